//! Sets of rules that cannot be kept together, and repairs, of random small programmes against the enumeration of
//! all plans: the checker says which rules each plan breaks when it is asked about them one by one.

use std::collections::BTreeSet;

use groundwork_model::programme::{
    AmountPerPeriod, Budget, Ceiling, Due, Floor, Future, PerPeriod, Precedence, Quota, Scenarios,
    SiteSet,
};
use groundwork_model::{
    Code, Conflict, Decimal, Locked, Opening, Programme, Question, RuleChange, Site, SiteRule,
};
use groundwork_solve::{Options, Planner, Quiet, conflict};
use groundwork_verify::verify_choice;

use crate::common::{FIRST_YEAR, Stream, equator, programme};

const PROGRAMMES: usize = 150;
const SITES: usize = 4;
const PERIODS: u32 = 3;

/// Is a rule of such a programme.
#[derive(Clone, Debug, PartialEq)]
enum Rule {
    Quota(Vec<u32>),
    Budget(Vec<u64>, bool),
    Floor { by: u32, least: u32, north: bool },
    Ceiling { by: u32, most: u32 },
    Exclusive(usize, usize),
    Precedence(usize, usize, u32),
    Required(usize),
    Latest(usize, u32),
    Lock(usize, u32),
}

/// Says what sites cost, and in how many futures this is how many per cent of it.
#[derive(Debug)]
struct Money {
    costs: Vec<u64>,
    per_cent: Vec<u32>,
}

impl Money {
    fn drawn(stream: &mut Stream) -> Self {
        let costs = (0..SITES).map(|_| 1 + stream.below(6)).collect();
        let futures = if stream.chance(40) { 1 + stream.below(3) } else { 0 };
        let per_cent = (0..futures).map(|_| 40 + 20 * stream.below(9) as u32).collect();
        Self { costs, per_cent }
    }

    /// Returns the futures; `None` where there are none.
    fn scenarios(&self) -> Option<Scenarios> {
        let future = |(at, per_cent): (usize, &u32)| Future {
            name: format!("future{at}"),
            weight: 1,
            demand: Vec::new(),
            cost_per_cent: [("money".to_owned(), *per_cent)].into(),
            late: Vec::new(),
        };
        let futures: Vec<Future> = self.per_cent.iter().enumerate().map(future).collect();
        (!futures.is_empty()).then(|| Scenarios { futures, ..Scenarios::default() })
    }
}

fn id(site: usize) -> String {
    format!("p{site}")
}

/// Returns the programme with some rules, and for each of them the key and row at which it is written.
fn written(money: &Money, rules: &[Rule]) -> (Programme, Question, Vec<(String, Option<u32>)>) {
    let mut written = programme(equator(&[(0.0, 5), (0.1, 3), (0.2, 8), (0.4, 2)]), PERIODS, 1);
    let mut question = Question::default();
    for (at, place) in written.places.iter_mut().enumerate() {
        place.id = id(at);
        place.province = if at < 2 { "north" } else { "south" }.to_owned();
    }
    let row = |at: usize| Site {
        id: id(at),
        row: at as u32 + 2,
        cost: [("money".to_owned(), money.costs[at])].into(),
        ..Site::default()
    };
    written.sites = (0..SITES).map(row).collect();
    let settings = &mut written.settings;
    settings.files.sites = Some("sites.csv".to_owned());
    settings.quota = Quota::default();
    settings.distance.cut_off_km = Some(Decimal::new(60, 0));
    settings.packages[0].build = 1;
    settings.scenarios = money.scenarios();
    let mut places = Vec::new();
    for rule in rules {
        let settings = &mut written.settings;
        places.push(match rule.clone() {
            Rule::Quota(numbers) => {
                settings.quota.openings = PerPeriod::Each(numbers);
                ("quota".to_owned(), None)
            }
            Rule::Budget(amounts, carry_over) => {
                settings.budgets.push(Budget {
                    resource: "money".to_owned(),
                    amount: AmountPerPeriod::Each(amounts),
                    carry_over,
                    due: Due::Start,
                });
                (format!("budgets[{}]", settings.budgets.len()), None)
            }
            Rule::Floor { by, least, north } => {
                let province = north.then(|| "north".to_owned());
                let at_least = Some(least);
                settings.floors.push(Floor { province, kind: None, by, at_least, coverage: None });
                (format!("floors[{}]", settings.floors.len()), None)
            }
            Rule::Ceiling { by, most } => {
                let (province, kind) = (None, None);
                settings.ceilings.push(Ceiling { province, kind, by, at_most: most });
                (format!("ceilings[{}]", settings.ceilings.len()), None)
            }
            Rule::Exclusive(a, b) => {
                settings.exclusive.push(SiteSet { sites: vec![id(a), id(b)] });
                (format!("exclusive[{}]", settings.exclusive.len()), None)
            }
            Rule::Precedence(first, then, lag) => {
                settings.precedence.push(Precedence { first: id(first), then: id(then), lag });
                (format!("precedence[{}]", settings.precedence.len()), None)
            }
            Rule::Required(site) => {
                written.sites[site].rule = SiteRule::Required;
                ("rule".to_owned(), Some(site as u32 + 2))
            }
            Rule::Latest(site, latest) => {
                written.sites[site].latest = Some(latest);
                ("latest".to_owned(), Some(site as u32 + 2))
            }
            Rule::Lock(site, period) => {
                question.locked.push(Locked { site: id(site), period, package: None });
                (format!("locked[{}]", question.locked.len()), None)
            }
        });
    }
    (written, question, places)
}

/// Draws rules, at most one of each family but floors.
fn drawn(stream: &mut Stream) -> Vec<Rule> {
    let mut rules = Vec::new();
    let site = |stream: &mut Stream| stream.below(SITES as u64) as usize;
    let numbers = |stream: &mut Stream| (0..PERIODS).map(|_| stream.below(3) as u32).collect();
    if stream.chance(60) {
        rules.push(Rule::Quota(numbers(stream)));
    }
    if stream.chance(70) {
        let amounts = (0..PERIODS).map(|_| stream.below(9)).collect();
        rules.push(Rule::Budget(amounts, stream.chance(50)));
    }
    for north in [true, false] {
        if stream.chance(75) {
            let (by, least) = (2 + stream.below(2) as u32, 1 + stream.below(3) as u32);
            rules.push(Rule::Floor { by, least, north });
        }
    }
    if stream.chance(30) {
        rules.push(Rule::Ceiling { by: 3, most: 1 + stream.below(2) as u32 });
    }
    let first = site(stream);
    let second = (first + 1 + stream.below(SITES as u64 - 1) as usize) % SITES;
    if stream.chance(40) {
        rules.push(Rule::Exclusive(first, second));
    }
    if stream.chance(40) {
        rules.push(Rule::Precedence(first, second, stream.below(3) as u32));
    }
    if stream.chance(40) {
        rules.push(Rule::Required(site(stream)));
    }
    if stream.chance(40) {
        rules.push(Rule::Latest(second, 2));
    }
    if stream.chance(30) {
        rules.push(Rule::Lock(site(stream), 1 + stream.below(3) as u32));
    }
    rules
}

/// Returns all choices of a period (or none) for each site.
fn plans() -> Vec<Vec<Opening>> {
    let choices = PERIODS as usize + 1;
    let plan = |number: usize| {
        let period = |site: usize| (number / choices.pow(site as u32) % choices) as u32;
        let opening = |site: usize| Opening {
            site: id(site),
            package: "clinic".to_owned(),
            period: period(site),
            year: i32::from(FIRST_YEAR) + period(site) as i32 - 1,
            ..Opening::default()
        };
        (0..SITES).filter(|&site| period(site) > 0).map(opening).collect()
    };
    (0..choices.pow(SITES as u32)).map(plan).collect()
}

fn keeps(plan: &[Opening], money: &Money, rules: &[Rule]) -> bool {
    let (programme, question, _) = written(money, rules);
    verify_choice(&programme, &question, plan, &[]).problems.is_empty()
}

/// Returns for each plan the rules that it breaks; plans that break what is no rule are left out.
fn broken(money: &Money, rules: &[Rule]) -> Vec<BTreeSet<usize>> {
    let possible = plans().into_iter().filter(|plan| keeps(plan, money, &[]));
    possible
        .map(|plan| {
            let breaks = |at: &usize| !keeps(&plan, money, &rules[*at..=*at]);
            (0..rules.len()).filter(breaks).collect()
        })
        .collect()
}

fn has_plan(money: &Money, rules: &[Rule]) -> bool {
    broken(money, rules).iter().any(BTreeSet::is_empty)
}

/// Returns the subsets that no plan keeps while one keeps each smaller one.
fn irreducible(rules: usize, broken: &[BTreeSet<usize>]) -> BTreeSet<BTreeSet<usize>> {
    let subset = |bits: u32| (0..rules).filter(|at| bits >> at & 1 == 1).collect::<BTreeSet<_>>();
    let none_keeps = |set: &BTreeSet<usize>| broken.iter().all(|breaks| !breaks.is_disjoint(set));
    let one_less =
        |set: &BTreeSet<usize>, at: usize| set.iter().copied().filter(|&o| o != at).collect();
    let is_least = |set: &BTreeSet<usize>| {
        none_keeps(set) && set.iter().all(|&at| !none_keeps(&one_less(set, at)))
    };
    (0..1 << rules).map(subset).filter(is_least).collect()
}

/// Returns the rules after a change as its words say it, by so many units; none where a rule is left out.
fn changed(rule: &Rule, change: &RuleChange, by: u32) -> Option<Rule> {
    let words = change.words.as_str();
    let year = |at: usize| words.contains(&format!(" {} ", i32::from(FIRST_YEAR) + at as i32));
    let raised = |at: usize| u32::from(words.contains("every period") || year(at)) * by;
    Some(match rule.clone() {
        Rule::Quota(numbers) if words.starts_with("raise") => {
            Rule::Quota(numbers.iter().enumerate().map(|(at, n)| n + raised(at)).collect())
        }
        Rule::Budget(amounts, carry) if words.starts_with("raise") => {
            let amounts = amounts.iter().enumerate().map(|(at, n)| n + u64::from(raised(at)));
            Rule::Budget(amounts.collect(), carry)
        }
        Rule::Floor { by: date, least, north } if words.starts_with("lower") => {
            Rule::Floor { by: date, least: least - by, north }
        }
        Rule::Floor { by: date, least, north } if words.starts_with("move") => {
            Rule::Floor { by: date + by, least, north }
        }
        Rule::Ceiling { by: date, most } if words.starts_with("raise") => {
            Rule::Ceiling { by: date, most: most + by }
        }
        Rule::Precedence(a, b, lag) if words.starts_with("shorten") => {
            Rule::Precedence(a, b, lag - by)
        }
        Rule::Latest(site, latest) if words.contains("until") => Rule::Latest(site, latest + by),
        Rule::Lock(site, period) if words.starts_with("move") => {
            let to: i32 = words.rsplit(' ').next().unwrap().parse().unwrap();
            let later = to - i32::from(FIRST_YEAR) + 1 > period as i32;
            Rule::Lock(site, if later { period + by } else { period - by })
        }
        _ => {
            assert_eq!((change.unit.as_str(), change.by), ("rules", Decimal::ONE), "{change:?}");
            return (by == 0).then(|| rule.clone());
        }
    })
}

fn repaired(
    rules: &[Rule],
    places: &[(String, Option<u32>)],
    changes: &[(&RuleChange, u32)],
) -> Vec<Rule> {
    let of = |at: usize| {
        let here = |(change, _): &&(&RuleChange, u32)| {
            (&change.rule.key, change.rule.row) == (&places[at].0, places[at].1)
        };
        match changes.iter().find(here) {
            Some((change, by)) => changed(&rules[at], change, *by),
            None => Some(rules[at].clone()),
        }
    };
    (0..rules.len()).filter_map(of).collect()
}

fn judge(money: &Money, rules: &[Rule], found: &Conflict) -> usize {
    let (_, _, places) = written(money, rules);
    let expected = irreducible(rules.len(), &broken(money, rules));
    let at = |rule: &groundwork_model::ConflictRule| {
        places.iter().position(|place| (&place.0, place.1) == (&rule.key, rule.row)).unwrap()
    };
    let sets: BTreeSet<BTreeSet<usize>> =
        found.sets.iter().map(|set| set.rules.iter().map(at).collect()).collect();
    assert!(found.complete && found.sets.iter().all(|set| set.irreducible));
    assert_eq!(sets.len(), found.sets.len(), "no set twice");
    assert_eq!(sets, expected, "{rules:?}");
    assert!(found.sets.is_sorted_by_key(|set| set.rules.len()));
    assert!(!found.repairs.is_empty(), "{rules:?}");
    for repair in &found.repairs {
        assert!(repair.least && repair.plan.is_some(), "{repair:?}");
        let units = |change: &RuleChange| change.by.mantissa() as u32;
        let all: Vec<(&RuleChange, u32)> = repair.changes.iter().map(|c| (c, units(c))).collect();
        assert!(has_plan(money, &repaired(rules, &places, &all)), "{rules:?} {repair:?}");
        for short in 0..all.len() {
            let mut less = all.clone();
            less[short].1 -= 1;
            assert!(!has_plan(money, &repaired(rules, &places, &less)), "{rules:?} {repair:?}");
        }
    }
    found.repairs.len()
}

#[test]
fn sets_and_repairs_are_those_of_the_enumeration() {
    let mut stream = Stream(7_060_925);
    let (mut conflicts, mut repairs, mut several, mut futures) = (0, 0, 0, 0);
    for _ in 0..PROGRAMMES {
        let money = Money::drawn(&mut stream);
        let rules = drawn(&mut stream);
        let (programme, question, _) = written(&money, &rules);
        let solved = Planner::new(&programme, &question)
            .and_then(|planner| planner.solve(Options::default(), &Quiet));
        assert_eq!(solved.is_ok(), has_plan(&money, &rules), "{rules:?}");
        if solved.is_ok() {
            continue;
        }
        let found = conflict(&programme, &question, &Quiet);
        repairs += judge(&money, &rules, &found);
        conflicts += 1;
        several += usize::from(found.sets.len() > 1);
        futures += usize::from(!money.per_cent.is_empty());
    }
    println!(
        "{conflicts} conflicts, {several} with several sets, {futures} with futures, {repairs} repairs"
    );
    assert!(conflicts > 40 && several > 10 && repairs > 100, "{conflicts} {several} {repairs}");
    assert!(futures > 15, "{futures}");
}

#[test]
fn check_refuses_no_programme_that_has_a_plan() {
    let mut stream = Stream(19_480_101);
    let (mut refused, mut futures) = (0, 0);
    for _ in 0..600 {
        let money = Money::drawn(&mut stream);
        // A decision is of the question, which the check does not know.
        let mut rules = drawn(&mut stream);
        rules.retain(|rule| !matches!(rule, Rule::Lock(..)));
        let (programme, _, _) = written(&money, &rules);
        let mut faults = groundwork_model::validation::programme_rules(&programme);
        // A programme in which nothing may open is refused as such, though its plan without openings may keep the rules.
        faults.retain(|fault| fault.is_error() && fault.code != Code::QuotasAllZero);
        faults.retain(|fault| fault.code.as_str().starts_with("E6"));
        if !faults.is_empty() {
            assert!(!has_plan(&money, &rules), "{rules:?} {faults:?}");
            refused += 1;
            futures += u32::from(!money.per_cent.is_empty());
        }
    }
    println!("{refused} refused, {futures} with futures");
    assert!(refused > 60 && futures > 20, "{refused} {futures}");
}
