//! The least changes of rules after which a plan exists, each tried with all other rules in force.

use groundwork_model::programme::RepairPrices;
use groundwork_model::{Decimal, Programme, Question, Repair, RuleChange};

use super::knobs::{self, Knob, Step};
use super::rules::{Rule, named, without};
use super::say;
use super::sets::Answer;
use super::trial::{Trial, any_plan, good_plan};
use crate::control::Control;
use crate::planner::Solution;

/// Looks for the changes of rules that are to give way.
pub(super) struct Workshop<'a> {
    pub(super) programme: &'a Programme,
    pub(super) question: &'a Question,
    pub(super) control: &'a dyn Control,
}

/// Is a repair before it is tried as a whole.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    steps: Vec<Step>,
    /// Whether each step is shown to be the least.
    least: bool,
}

impl Workshop<'_> {
    /// Returns the ways in which rules that must give way together can do so with the others in force: each way of a
    /// single rule; of several the cheapest of each in turn, from the first or from the last, whichever is cheaper.
    pub(super) fn drafts(&self, rules: &[Rule]) -> Vec<Draft> {
        if let [rule] = rules {
            return self.ways(*rule, &[], &[]);
        }
        let backwards: Vec<Rule> = rules.iter().rev().copied().collect();
        let orders = [self.in_turn(rules), self.in_turn(&backwards)];
        orders
            .into_iter()
            .flatten()
            .min_by_key(|draft| self.rank(&draft.steps))
            .into_iter()
            .collect()
    }

    /// Lets rules give way one after the other, each in the way that is cheapest then.
    fn in_turn(&self, rules: &[Rule]) -> Option<Draft> {
        let mut steps: Vec<Step> = Vec::new();
        let mut least = true;
        for (at, &rule) in rules.iter().enumerate() {
            // Those behind it may still give way as much as they like.
            let ways = self.ways(rule, &steps, &rules[at + 1..]);
            let way = ways.into_iter().min_by_key(|way| self.rank(&way.steps))?;
            steps.extend(way.steps);
            least &= way.least;
        }
        steps.sort_by_key(|step| step.rule);
        Some(Draft { steps, least })
    }

    /// Returns how a rule can give way after other changes, with some rules left out.
    fn ways(&self, rule: Rule, before: &[Step], left_out: &[Rule]) -> Vec<Draft> {
        let mut ways: Vec<Draft> = Vec::new();
        for &knob in knobs::knobs(self.programme, rule) {
            let Some(way) = self.least(rule, knob, before, left_out) else { continue };
            let single = self.least_in_one_period((rule, knob), before, left_out);
            let cheaper = single.filter(|single| self.rank(&single.steps) < self.rank(&way.steps));
            ways.push(way);
            ways.extend(cheaper);
        }
        if ways.is_empty() {
            let step = Step { rule, knob: Knob::LeaveOut, by: 1 };
            ways.push(Draft { steps: vec![step], least: true });
        }
        ways
    }

    /// Returns the least change of a rule in one way; none where the most of it does not help.
    fn least(&self, rule: Rule, knob: Knob, before: &[Step], left_out: &[Rule]) -> Option<Draft> {
        let most = knobs::most(self.programme, self.question, rule, knob);
        let tried = |by: u64| self.tried(Step { rule, knob, by }, before, left_out);
        let (by, least) = match knob {
            // A plan with one date says nothing of another, so each is tried.
            Knob::Later | Knob::Earlier => first(most, &tried)?,
            _ => bisected(most, &tried)?,
        };
        Some(Draft { steps: vec![Step { rule, knob, by }], least })
    }

    /// Returns the least change in a single period, the earliest of several that need as little.
    fn least_in_one_period(
        &self,
        (rule, knob): (Rule, Knob),
        before: &[Step],
        left_out: &[Rule],
    ) -> Option<Draft> {
        let mut best: Option<(Step, bool)> = None;
        for at in 0..self.programme.settings.periods.count as usize {
            let knob = knobs::in_one_period(self.programme, rule, knob, at)?;
            let most = knobs::most(self.programme, self.question, rule, knob);
            let most = best.map_or(most, |(step, _)| most.min(step.by - 1));
            let tried = |by: u64| self.tried(Step { rule, knob, by }, before, left_out);
            if let Some((by, least)) = bisected(most, &tried) {
                best = Some((Step { rule, knob, by }, least));
            }
        }
        let (step, least) = best?;
        Some(Draft { steps: vec![step], least })
    }

    /// Tries a change; returns the answer and by how little the plan that was found would do.
    fn tried(&self, step: Step, before: &[Step], left_out: &[Rule]) -> (Answer, u64) {
        let steps: Vec<Step> = before.iter().copied().chain([step]).collect();
        let (programme, question) = self.changed(&steps, left_out);
        match any_plan(&programme, &question, self.control) {
            Trial::Plan(solution) => {
                (Answer::Plan, self.enough(step, &solution).unwrap_or(step.by))
            }
            other => (other.answer(), step.by),
        }
    }

    /// Returns programme and question with changes and without some rules.
    fn changed(&self, steps: &[Step], left_out: &[Rule]) -> (Programme, Question) {
        let (mut programme, mut question) = (self.programme.clone(), self.question.clone());
        for &step in steps {
            knobs::apply(&mut programme, &mut question, step);
        }
        let out = |rule: Rule| {
            let gives_up = |step: &Step| step.rule == rule && step.knob == Knob::LeaveOut;
            left_out.contains(&rule) || steps.iter().any(gives_up)
        };
        without(&programme, &question, &out)
    }

    /// Returns by how little a budget has to be raised for what a plan spends.
    fn enough(&self, step: Step, solution: &Solution) -> Option<u64> {
        let Rule::Budget(at) = step.rule else { return None };
        let budget = &self.programme.settings.budgets[at];
        let amounts = budget.amount.each(self.programme.settings.periods.count);
        let (mut spent, mut had, mut enough) = (0_u64, 0_u64, 0_u64);
        for (period, (outcome, amount)) in solution.outcomes.iter().zip(amounts).enumerate() {
            if !budget.carry_over {
                (spent, had) = (0, 0);
            }
            spent += outcome.spent.get(&budget.resource).copied().unwrap_or(0);
            had += amount;
            let over = spent.saturating_sub(had);
            let raised = match step.knob {
                Knob::InPeriod(at) if budget.carry_over => u64::from(at <= period),
                Knob::InPeriod(at) => u64::from(at == period),
                _ if budget.carry_over => period as u64 + 1,
                _ => 1,
            };
            if over > 0 && raised == 0 {
                return None;
            }
            enough = enough.max(over.div_ceil(raised.max(1)));
        }
        Some(enough.clamp(1, step.by))
    }

    /// Returns what drafts are ordered by: what has no price comes last.
    pub(super) fn rank(&self, steps: &[Step]) -> (bool, u128, usize) {
        let price = self.sum(steps);
        (price.is_none(), price.unwrap_or(0), steps.len())
    }

    /// Returns the price of changes, of shares in millionths.
    fn sum(&self, steps: &[Step]) -> Option<u128> {
        steps.iter().try_fold(0, |sum, &step| Some(sum + self.price(step)?))
    }

    fn price(&self, step: Step) -> Option<u128> {
        match self.prices() {
            Some(prices) => knobs::price(self.programme, self.question, prices, step),
            None => Some(knobs::share(self.programme, self.question, step)),
        }
    }

    fn prices(&self) -> Option<&RepairPrices> {
        self.programme.settings.repair_prices.as_ref()
    }

    /// Tries a draft as a whole and says it in words; `None` where no plan keeps it after all.
    pub(super) fn finished(&self, draft: &Draft) -> Option<Repair> {
        let (programme, question) = self.changed(&draft.steps, &[]);
        let plan = good_plan(&programme, &question, self.control);
        if plan.is_none() && self.control.stop().is_none() {
            return None;
        }
        let shown = |price: Option<u128>| price.map(|price| self.shown(price));
        let change = |&step: &Step| {
            let (words, by, unit) = say::words(self.programme, self.question, step);
            let rule = named(self.programme, self.question, step.rule);
            RuleChange { rule, words, by, unit, price: shown(self.price(step)) }
        };
        Some(Repair {
            price: shown(self.sum(&draft.steps)),
            changes: draft.steps.iter().map(change).collect(),
            least: draft.least,
            plan,
        })
    }

    /// Returns a price as it is shown: shares as per cent with one digit, rounded half up.
    fn shown(&self, price: u128) -> Decimal {
        let (number, scale) = match self.prices() {
            Some(_) => (price, 0),
            None => ((price + 500) / 1000, 1),
        };
        Decimal::new(i64::try_from(number).unwrap_or(i64::MAX), scale)
    }

    /// Returns drafts by price, the cheapest first, those of fewer changes before others.
    pub(super) fn by_price(&self, mut drafts: Vec<Draft>) -> Vec<Draft> {
        drafts.sort_by_key(|draft| self.rank(&draft.steps));
        drafts
    }
}

/// Returns the least number that helps, where any above it helps too, and whether it is shown to be the least.
fn bisected(most: u64, tried: &dyn Fn(u64) -> (Answer, u64)) -> Option<(u64, bool)> {
    if most == 0 {
        return None;
    }
    let (first, enough) = tried(most);
    if first != Answer::Plan {
        return None;
    }
    let (mut fails, mut works, mut least) = (0, enough, true);
    while works - fails > 1 {
        let middle = u64::midpoint(fails, works);
        let (answer, enough) = tried(middle);
        if answer == Answer::Plan {
            works = enough.clamp(fails + 1, middle);
        } else {
            least &= answer == Answer::None;
            fails = middle;
        }
    }
    Some((works, least))
}

/// Returns the first number that helps, and whether it is shown to be the least.
fn first(most: u64, tried: &dyn Fn(u64) -> (Answer, u64)) -> Option<(u64, bool)> {
    let mut least = true;
    for by in 1..=most {
        match tried(by).0 {
            Answer::Plan => return Some((by, least)),
            Answer::None => {}
            Answer::Unknown => least = false,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_number_is_found_also_with_hints_and_without_answers() {
        let from = |least: u64| {
            move |by: u64| if by >= least { (Answer::Plan, by) } else { (Answer::None, by) }
        };
        assert_eq!(bisected(100, &from(37)), Some((37, true)));
        assert_eq!(bisected(100, &from(1)), Some((1, true)));
        assert_eq!(bisected(100, &from(101)), None);
        let hinted = |by: u64| if by >= 37 { (Answer::Plan, 37) } else { (Answer::None, by) };
        assert_eq!(bisected(1 << 40, &hinted), Some((37, true)));
        let doubtful = |by: u64| match by {
            50.. => (Answer::Plan, by),
            30.. => (Answer::Unknown, by),
            _ => (Answer::None, by),
        };
        assert_eq!(bisected(100, &doubtful), Some((50, false)));
        assert_eq!(
            first(9, &|by| if by == 4 { (Answer::Plan, by) } else { (Answer::None, by) }),
            Some((4, true))
        );
        assert_eq!(first(9, &|by| (Answer::None, by)), None);
    }
}
