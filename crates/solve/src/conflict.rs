//! Why no plan keeps all rules: an irreducible set of the programme's own rules, and the least changes that help.
//!
//! A rule is one table or key of `programme.toml`, or one row of the sites table that requires a site. Rules are
//! left out one after the other; one without which there still is no plan is left out for good (the deletion
//! filter: Chinneck and Dravnieks, ORSA Journal on Computing 3, 1991). What stays cannot be kept together, and any
//! part of it can. Then each of them is relaxed by itself, with all other rules in force, by as little as helps.

use groundwork_model::programme::{AmountPerPeriod, PerPeriod, QuotaRule};
use groundwork_model::{Code, Problem, Programme, Question, SiteRule};

use crate::control::{Control, Options, Silent};
use crate::door::Planner;

/// Names a rule of a programme by where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Quota,
    Budget(usize),
    Floor(usize),
    Ceiling(usize),
    Spacing(usize),
    Exclusive(usize),
    Together(usize),
    Precedence(usize),
    Need(usize, usize),
    /// A row of the sites table that requires a site.
    Required(usize),
    /// That everybody must be served.
    Everybody,
}

/// Pairs that one of the problems without a rule may look at.
const WORK: u64 = 200_000_000;

/// Any plan will do.
const ANY_GAP: f64 = 1e30;

/// Returns one problem for each rule of an irreducible set that no plan keeps together, each with the least change
/// of it alone that helps; nothing where no such set is found before the control stops it.
#[must_use]
pub fn conflict(programme: &Programme, question: &Question, control: &dyn Control) -> Vec<Problem> {
    let all = rules(programme);
    let mut kept: Vec<Rule> = all.clone();
    for rule in all {
        if control.stop().is_some() {
            return Vec::new();
        }
        let fewer: Vec<Rule> = kept.iter().copied().filter(|&other| other != rule).collect();
        if has_plan(&with_only(programme, &fewer), question, control) == Some(false) {
            kept = fewer;
        }
    }
    kept.into_iter().map(|rule| problem(programme, question, control, rule)).collect()
}

/// Returns whether some plan keeps the rules; `None` where the search ends before it knows.
fn has_plan(programme: &Programme, question: &Question, control: &dyn Control) -> Option<bool> {
    let options = Options { gap: ANY_GAP, work_limit: Some(WORK), ..Options::default() };
    let Ok(planner) = Planner::new(programme, question) else { return Some(false) };
    match planner.solve(options, &Silent(control)) {
        Err(_) => Some(false),
        Ok(solution) if solution.value != i128::MAX => Some(true),
        Ok(_) => None,
    }
}

fn rules(programme: &Programme) -> Vec<Rule> {
    let settings = &programme.settings;
    let mut rules = vec![Rule::Quota];
    rules.extend((0..settings.budgets.len()).map(Rule::Budget));
    rules.extend((0..settings.floors.len()).map(Rule::Floor));
    rules.extend((0..settings.ceilings.len()).map(Rule::Ceiling));
    rules.extend((0..settings.spacing.len()).map(Rule::Spacing));
    rules.extend((0..settings.exclusive.len()).map(Rule::Exclusive));
    rules.extend((0..settings.together.len()).map(Rule::Together));
    rules.extend((0..settings.precedence.len()).map(Rule::Precedence));
    for (kind, row) in settings.kinds.iter().enumerate() {
        let needs = row.needs.iter().enumerate().filter(|(_, need)| need.kind.is_some());
        rules.extend(needs.map(|(need, _)| Rule::Need(kind, need)));
    }
    let required = programme.sites.iter().enumerate();
    rules.extend(
        required
            .filter(|(_, row)| row.rule == SiteRule::Required)
            .map(|(at, _)| Rule::Required(at)),
    );
    if settings.distance.unserved_m().is_none() {
        rules.push(Rule::Everybody);
    }
    rules
}

/// Returns the programme with these rules alone.
fn with_only(programme: &Programme, kept: &[Rule]) -> Programme {
    let mut only = programme.clone();
    rules(programme)
        .into_iter()
        .filter(|rule| !kept.contains(rule))
        .for_each(|rule| relax(&mut only, rule));
    drop_relaxed(&mut only);
    only
}

/// Makes a rule one that every plan keeps.
fn relax(programme: &mut Programme, rule: Rule) {
    let settings = &mut programme.settings;
    match rule {
        Rule::Quota => {
            settings.quota.rule = QuotaRule::AtMost;
            settings.quota.openings = PerPeriod::Same(1_000_000);
        }
        Rule::Budget(at) => settings.budgets[at].amount = AmountPerPeriod::Same(1_000_000_000_000),
        Rule::Floor(at) => {
            let floor = &mut settings.floors[at];
            floor.coverage = None;
            floor.at_least = Some(0);
        }
        Rule::Ceiling(at) => settings.ceilings[at].at_most = u32::MAX,
        Rule::Spacing(at) => settings.spacing[at].km = groundwork_model::Decimal::ZERO,
        Rule::Exclusive(at) => settings.exclusive[at].sites.clear(),
        Rule::Together(at) => settings.together[at].sites.clear(),
        Rule::Precedence(at) => settings.precedence[at].first.clear(),
        Rule::Need(kind, need) => settings.kinds[kind].needs[need].kind = None,
        Rule::Required(at) => programme.sites[at].rule = SiteRule::Candidate,
        Rule::Everybody => {
            let far = groundwork_model::Decimal::new(40_000, 0);
            settings.distance.unserved_km = Some(far);
        }
    }
}

/// Takes out what is empty once it is relaxed, so that nothing is asked of it.
fn drop_relaxed(programme: &mut Programme) {
    let settings = &mut programme.settings;
    settings.exclusive.retain(|set| !set.sites.is_empty());
    settings.together.retain(|set| !set.sites.is_empty());
    settings.precedence.retain(|order| !order.first.is_empty());
    for kind in &mut settings.kinds {
        kind.needs.retain(|need| need.kind.is_some() || need.material.is_some());
    }
}

/// Says what a rule asks, where it is written, and what to change of it.
fn problem(
    programme: &Programme,
    question: &Question,
    control: &dyn Control,
    rule: Rule,
) -> Problem {
    let words = words(programme, rule);
    let cause = format!("cannot be kept together with the other rules named here: {words}");
    let problem = Problem::new(Code::NoPlan, cause);
    let placed = match rule {
        Rule::Required(index) => {
            let file = programme.settings.files.sites.clone().unwrap_or_default();
            problem.in_file(file).at_row(programme.sites[index].row).in_column("rule")
        }
        _ => problem.in_file("programme.toml").in_column(key(rule)),
    };
    placed.with_remedy(remedy(programme, question, control, rule))
}

/// Returns the key of `programme.toml` at which a rule is written.
fn key(rule: Rule) -> String {
    let at = |name: &str, index: usize| format!("{name}[{}]", index + 1);
    match rule {
        Rule::Quota => "quota".to_owned(),
        Rule::Budget(index) => at("budgets", index),
        Rule::Floor(index) => at("floors", index),
        Rule::Ceiling(index) => at("ceilings", index),
        Rule::Spacing(index) => at("spacing", index),
        Rule::Exclusive(index) => at("exclusive", index),
        Rule::Together(index) => at("together", index),
        Rule::Precedence(index) => at("precedence", index),
        Rule::Need(kind, need) => format!("kinds[{}].needs[{}]", kind + 1, need + 1),
        Rule::Required(_) => "sites".to_owned(),
        Rule::Everybody => "distance.cut_off_km".to_owned(),
    }
}

/// Says in words of planning what a rule asks.
fn words(programme: &Programme, rule: Rule) -> String {
    let settings = &programme.settings;
    let year =
        |by: u32| settings.period_named(by).map_or(0, |period| settings.periods.label(period));
    match rule {
        Rule::Quota => "the number of openings a period".to_owned(),
        Rule::Budget(index) => format!("the budget of {}", settings.budgets[index].resource),
        Rule::Floor(index) => {
            let floor = &settings.floors[index];
            let whom = whom(floor.province.as_deref(), floor.kind.as_deref());
            let what = match (floor.at_least, floor.coverage) {
                (Some(number), _) => format!("at least {number} sites in {whom}"),
                (None, Some(share)) => format!("{share} per cent of the people in reach in {whom}"),
                (None, None) => whom,
            };
            format!("{what} by {}", year(floor.by))
        }
        Rule::Ceiling(index) => {
            let ceiling = &settings.ceilings[index];
            let whom = whom(ceiling.province.as_deref(), ceiling.kind.as_deref());
            format!("at most {} sites in {whom} by {}", ceiling.at_most, year(ceiling.by))
        }
        Rule::Spacing(index) => format!("open sites lie {} km apart", settings.spacing[index].km),
        Rule::Exclusive(index) => {
            format!("one at most of `{}`", settings.exclusive[index].sites.join("`, `"))
        }
        Rule::Together(index) => {
            format!("all or none of `{}`", settings.together[index].sites.join("`, `"))
        }
        Rule::Precedence(index) => {
            let order = &settings.precedence[index];
            format!("`{}` opens after `{}`", order.then, order.first)
        }
        Rule::Need(kind, need) => {
            let row = &settings.kinds[kind];
            let other = row.needs[need].kind.as_deref().unwrap_or_default();
            format!("`{}` needs `{other}` near it", row.id)
        }
        Rule::Required(index) => format!("`{}` must open", programme.sites[index].id),
        Rule::Everybody => {
            "without a cut-off everybody must be served with every kind, from the first period on"
                .to_owned()
        }
    }
}

/// Says of which sites a floor or ceiling speaks.
fn whom(province: Option<&str>, kind: Option<&str>) -> String {
    let province = match province {
        None => "all provinces together".to_owned(),
        Some("*") => "each province".to_owned(),
        Some(name) => format!("`{name}`"),
    };
    kind.map_or_else(|| province.clone(), |kind| format!("{province} with `{kind}`"))
}

/// Says by how little a rule has to give way, with all others as written, for a plan to exist.
fn remedy(programme: &Programme, question: &Question, control: &dyn Control, rule: Rule) -> String {
    let helps = |relaxed: &dyn Fn(&mut Programme)| {
        let mut tried = programme.clone();
        relaxed(&mut tried);
        drop_relaxed(&mut tried);
        has_plan(&tried, question, control)
    };
    match helps(&|tried| relax(tried, rule)) {
        Some(true) => {}
        Some(false) => return "Other rules stand against a plan as well; changing this one alone does not help.".to_owned(),
        None => return "Relax it; whether that alone helps was not found in time.".to_owned(),
    }
    let least = |most: u64, change: &dyn Fn(&mut Programme, u64)| -> Option<u64> {
        let (mut fails, mut works) = (0_u64, most);
        if helps(&|tried| change(tried, most)) != Some(true) {
            return None;
        }
        while works - fails > 1 {
            let middle = u64::midpoint(fails, works);
            if helps(&|tried| change(tried, middle)) == Some(true) {
                works = middle;
            } else {
                fails = middle;
            }
        }
        Some(works)
    };
    let settings = &programme.settings;
    match rule {
        Rule::Floor(at) => match settings.floors[at].at_least {
            Some(number) => {
                let lower = |tried: &mut Programme, by: u64| {
                    tried.settings.floors[at].at_least = Some(number - by as u32);
                };
                least(u64::from(number), &lower).map(|by| {
                    format!(
                        "Lower at_least by {by} to {}: then a plan exists.",
                        u64::from(number) - by
                    )
                })
            }
            None => None,
        },
        Rule::Ceiling(at) => {
            let number = settings.ceilings[at].at_most;
            let raise = |tried: &mut Programme, by: u64| {
                tried.settings.ceilings[at].at_most = number + by as u32;
            };
            least(1 << 16, &raise).map(|by| {
                format!("Raise at_most by {by} to {}: then a plan exists.", u64::from(number) + by)
            })
        }
        Rule::Budget(at) => {
            let amounts = settings.budgets[at].amount.each(settings.periods.count);
            let raise = |tried: &mut Programme, by: u64| {
                let raised = amounts.iter().map(|amount| amount + by).collect();
                tried.settings.budgets[at].amount = AmountPerPeriod::Each(raised);
            };
            least(1 << 30, &raise)
                .map(|by| format!("Raise the amount of every period by {by}: then a plan exists."))
        }
        Rule::Quota if settings.quota.rule == QuotaRule::AtMost => {
            let quotas = settings.quotas();
            let raise = |tried: &mut Programme, by: u64| {
                let raised = quotas.iter().map(|quota| quota + by as u32).collect();
                tried.settings.quota.openings = PerPeriod::Each(raised);
            };
            least(1 << 16, &raise).map(|by| {
                format!("Raise the openings of every period by {by}: then a plan exists.")
            })
        }
        _ => None,
    }
    .unwrap_or_else(|| "Leave it out, or relax it: without it a plan exists.".to_owned())
}
