//! What is spent against the budgets, by resource and period.

use std::collections::BTreeSet;

use groundwork_model::programme::Due;
use groundwork_model::{Plan, Programme};

/// Is what one period spends of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spending<'a> {
    pub(crate) resource: &'a str,
    pub(crate) period: u32,
    pub(crate) spent: u64,
    /// What the budget says of it; `None` where the resource has no budget.
    pub(crate) budget: Option<Account>,
}

/// Is what a budget has for one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    /// What the budget gives to the period.
    pub(crate) amount: u64,
    /// What the periods before have left; below zero where facts have overdrawn them.
    pub(crate) carried: i128,
    /// What is left of both; below zero where facts overdraw the budget.
    pub(crate) left: i128,
}

impl Account {
    /// Returns what the period may spend.
    pub(crate) fn available(self) -> i128 {
        i128::from(self.amount) + self.carried
    }
}

/// Returns the spending of every resource, budgets first in their order, each with all periods.
pub(crate) fn spending<'a>(programme: &'a Programme, plan: &'a Plan) -> Vec<Spending<'a>> {
    let settings = &programme.settings;
    let budgets = settings.budgets.iter().map(|budget| budget.resource.as_str());
    let budgets: Vec<&str> = budgets.collect();
    let spent: BTreeSet<&str> =
        plan.outcomes.iter().flat_map(|outcome| outcome.spent.keys().map(String::as_str)).collect();
    let others = spent.into_iter().filter(|resource| !budgets.contains(resource));
    let resources: Vec<&str> = budgets.iter().copied().chain(others).collect();
    resources.into_iter().flat_map(|resource| of_resource(programme, plan, resource)).collect()
}

fn of_resource<'a>(programme: &Programme, plan: &Plan, resource: &'a str) -> Vec<Spending<'a>> {
    let settings = &programme.settings;
    let budget = settings.budgets.iter().find(|budget| budget.resource == resource);
    let amounts = budget.map(|budget| budget.amount.each(settings.periods.count));
    let carries = budget.is_some_and(|budget| budget.carry_over);
    let mut carried = 0;
    let in_period = |period: u32| {
        let outcome = plan.outcomes.iter().find(|outcome| outcome.period == period);
        let spent = outcome.and_then(|outcome| outcome.spent.get(resource)).copied().unwrap_or(0);
        let amount = amounts.as_ref().and_then(|all| all.get(period as usize - 1)).copied();
        let budget = amount.map(|amount| {
            let left = i128::from(amount) + carried - i128::from(spent);
            let account = Account { amount, carried, left };
            carried = if carries { left } else { 0 };
            account
        });
        Spending { resource, period, spent, budget }
    };
    (1..=settings.periods.count).map(in_period).collect()
}

/// Returns when costs of a resource fall due, in words; nothing where no budget says so.
pub(crate) fn due_words(programme: &Programme, resource: &str) -> &'static str {
    let budget = programme.settings.budgets.iter().find(|budget| budget.resource == resource);
    match budget.map(|budget| (budget.due, budget.carry_over)) {
        None => "without a budget",
        Some((Due::Start, true)) => "due when building starts; what is left moves on",
        Some((Due::Start, false)) => "due when building starts; what is left lapses",
        Some((Due::Opening, true)) => "due at the opening; what is left moves on",
        Some((Due::Opening, false)) => "due at the opening; what is left lapses",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programme(budgets: &str) -> Programme {
        let text = format!(
            "{{\"format\":1,\"name\":\"x\",\"periods\":{{\"first\":2026,\"count\":3}},\"kinds\":[{{\"id\":\"a\",\"reach_km\":5}}],\
             \"packages\":[{{\"id\":\"p\",\"kinds\":[\"a\"]}}],\"budgets\":{budgets}}}"
        );
        Programme {
            settings: serde_json::from_str(&text).unwrap(),
            places: Vec::new(),
            sites: Vec::new(),
            facilities: Vec::new(),
            reports: Vec::new(),
        }
    }

    fn plan(money: [u64; 3]) -> Plan {
        let outcome = |at: usize| {
            format!(
                "{{\"period\":{},\"year\":2026,\"openings\":0,\"open\":0,\"access\":[],\"access_all\":0,\"unserved\":0,\"person_metres\":0,\
             \"mean_distance_m\":null,\"worst_distance_m\":null,\"spent\":{{\"money\":{},\"wood\":1}}}}",
                at + 1,
                money[at]
            )
        };
        let outcomes: Vec<String> = (0..3).map(outcome).collect();
        let text = format!(
            "{{\"format\":1,\"programme\":\"x\",\"label\":\"l\",\"method\":\"optimised\",\"inputs\":[],\"question\":{{}},\"status\":\"feasible\",\
             \"stopped_by\":\"time\",\"sense\":\"min\",\"scale\":1,\"unit\":\"persons\",\"value\":0,\"bound\":null,\"gap\":null,\"openings\":[],\
             \"outcomes\":[{}],\"person_years_of_access\":0,\"run\":{{\"version\":\"0\",\"seconds\":0.0,\"work\":0,\"threads\":1,\"seed\":1,\
             \"peak_rss_bytes\":0}}}}",
            outcomes.join(",")
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn what_a_period_leaves_moves_on_only_where_the_budget_says_so() {
        let plan = plan([6, 13, 9]);
        let left = |carry: bool| {
            let programme = programme(&format!(
                "[{{\"resource\":\"money\",\"amount\":10,\"carry_over\":{carry}}}]"
            ));
            let rows = spending(&programme, &plan);
            let accounts: Vec<_> = rows
                .iter()
                .filter_map(|row| Some((row.budget?.available(), row.budget?.left)))
                .collect();
            assert_eq!(rows.len(), 6, "wood is spent too, without a budget");
            assert!(rows[3..].iter().all(|row| row.resource == "wood" && row.budget.is_none()));
            accounts
        };
        assert_eq!(left(true), [(10, 4), (14, 1), (11, 2)]);
        assert_eq!(left(false), [(10, 4), (10, -3), (10, 1)]);
    }
}
