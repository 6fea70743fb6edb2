//! Why no plan keeps all rules: an irreducible set of the programme's own rules, and the least changes that help.
//!
//! A rule is one table or key of `programme.toml`, or one row of the sites table that requires a site. Rules are
//! left out one after the other; one without which there still is no plan is left out for good (the deletion
//! filter: Chinneck and Dravnieks, ORSA Journal on Computing 3, 1991). What stays cannot be kept together, and any
//! part of it can. Then each of them is relaxed by itself, with all other rules in force, by as little as helps.

use groundwork_model::programme::{AmountPerPeriod, PerPeriod, QuotaRule};
use groundwork_model::{Code, Problem, Programme, Question, SiteRule, StoppedBy};

use crate::control::{Control, Event, Options};
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

/// Passes stops on and keeps events to itself.
struct Quick<'a>(&'a dyn Control);

impl Control for Quick<'_> {
    fn event(&self, _: &Event) {}
    fn stop(&self) -> Option<StoppedBy> {
        self.0.stop()
    }
}

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
    match planner.solve(options, &Quick(control)) {
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
    let settings = &programme.settings;
    let of_key = |key: String, words: String| {
        let cause = format!("cannot be kept together with the other rules named here: {words}");
        Problem::new(Code::NoPlan, cause).in_file("programme.toml").in_column(key)
    };
    let year =
        |by: u32| settings.period_named(by).map_or(0, |period| settings.periods.label(period));
    let whom = |province: Option<&String>, kind: Option<&String>| {
        let province = match province.map(String::as_str) {
            None => "all provinces together".to_owned(),
            Some("*") => "each province".to_owned(),
            Some(name) => format!("`{name}`"),
        };
        kind.map_or_else(|| province.clone(), |kind| format!("{province} with `{kind}`"))
    };
    let at = |name: &str, index: usize| format!("{name}[{}]", index + 1);
    let found = match rule {
        Rule::Quota => of_key("quota".to_owned(), "the number of openings a period".to_owned()),
        Rule::Budget(index) => {
            let resource = &settings.budgets[index].resource;
            of_key(at("budgets", index), format!("the budget of {resource}"))
        }
        Rule::Floor(index) => {
            let floor = &settings.floors[index];
            let whom = whom(floor.province.as_ref(), floor.kind.as_ref());
            let what = match (floor.at_least, floor.coverage) {
                (Some(number), _) => format!("at least {number} sites in {whom}"),
                (None, Some(share)) => format!("{share} per cent of the people in reach in {whom}"),
                (None, None) => whom,
            };
            of_key(at("floors", index), format!("{what} by {}", year(floor.by)))
        }
        Rule::Ceiling(index) => {
            let ceiling = &settings.ceilings[index];
            let whom = whom(ceiling.province.as_ref(), ceiling.kind.as_ref());
            let words =
                format!("at most {} sites in {whom} by {}", ceiling.at_most, year(ceiling.by));
            of_key(at("ceilings", index), words)
        }
        Rule::Spacing(index) => {
            let km = settings.spacing[index].km;
            of_key(at("spacing", index), format!("open sites lie {km} km apart"))
        }
        Rule::Exclusive(index) => {
            let sites = settings.exclusive[index].sites.join("`, `");
            of_key(at("exclusive", index), format!("one at most of `{sites}`"))
        }
        Rule::Together(index) => {
            let sites = settings.together[index].sites.join("`, `");
            of_key(at("together", index), format!("all or none of `{sites}`"))
        }
        Rule::Precedence(index) => {
            let order = &settings.precedence[index];
            let words = format!("`{}` opens after `{}`", order.then, order.first);
            of_key(at("precedence", index), words)
        }
        Rule::Need(kind, need) => {
            let row = &settings.kinds[kind];
            let other = row.needs[need].kind.as_deref().unwrap_or_default();
            let key = format!("kinds[{}].needs[{}]", kind + 1, need + 1);
            of_key(key, format!("`{}` needs `{other}` near it", row.id))
        }
        Rule::Required(index) => {
            let row = &programme.sites[index];
            let file = settings.files.sites.clone().unwrap_or_default();
            let cause = format!(
                "cannot be kept together with the other rules named here: `{}` must open",
                row.id
            );
            Problem::new(Code::NoPlan, cause).in_file(file).at_row(row.row).in_column("rule")
        }
        Rule::Everybody => of_key(
            "distance.cut_off_km".to_owned(),
            "without a cut-off everybody must be served with every kind, from the first period on"
                .to_owned(),
        ),
    };
    found.with_remedy(remedy(programme, question, control, rule))
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
