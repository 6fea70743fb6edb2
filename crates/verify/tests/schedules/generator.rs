//! Small random programmes that mix all rules, on a line of places with whole kilometres.

use std::collections::BTreeMap;

use groundwork_model::plan::Action;
use groundwork_model::programme::{
    Amounts, Assignment, Budget, Ceiling, Delays, DemandChange, Due, Floor, Future, Kind, Late,
    Need, NextGoal, Package, PerPeriod, Precedence, Quota, Robustness, Scenarios, SiteSet,
    SitesFrom, Size, Spacing, Stage, Upgrade,
};
use groundwork_model::{
    Decimal, Facility, Goal, Held, Locked, Outlook, Place, Programme, Progress, Promise, Question,
    QuotaRule, Replan, Report, Settings, Site, SiteRule, SiteState,
};
use groundwork_verify::verify_choice;

use crate::choices;
use crate::common::Stream;
use crate::line::degrees;

/// The year that labels the first period.
const FIRST_YEAR: i16 = 2024;

/// Returns a programme that is not plain, and a question.
pub(crate) fn programme(stream: &mut Stream) -> (Programme, Question) {
    loop {
        let (programme, mut question) = draw(stream);
        if stream.chance(40) {
            let goal = any_goal(stream, &programme);
            question.goal = Some(goal);
        }
        if stream.chance(35) {
            hold(stream, &programme, &mut question);
        }
        if stream.chance(35) {
            question.replan = Some(replan(stream, &programme));
        }
        if !programme.is_plain() || !question.is_plain(&programme) {
            return (programme, question);
        }
    }
}

/// Returns a programme that is not plain or a question of one, half of them without capacities, that asks for the
/// worst-off.
pub(crate) fn worst_off(stream: &mut Stream) -> (Programme, Question) {
    let (mut programme, mut question) = programme(stream);
    if stream.chance(50) {
        for size in programme.settings.kinds.iter_mut().flat_map(|kind| &mut kind.sizes) {
            size.capacity = None;
        }
    }
    programme.settings.objective.then.clear();
    question.held.clear();
    question.goal = Some(Goal::WorstDistance);
    (programme, question)
}

/// Returns a programme with scenarios, and a question about its futures.
pub(crate) fn with_scenarios(stream: &mut Stream) -> (Programme, Question) {
    in_futures(stream, |stream, programme| stream.chance(40).then(|| any_goal(stream, programme)))
}

/// Returns the same with a question that asks for the worst-off.
pub(crate) fn worst_off_in_futures(stream: &mut Stream) -> (Programme, Question) {
    in_futures(stream, |_, _| Some(Goal::WorstDistance))
}

fn in_futures(
    stream: &mut Stream,
    goal: impl Fn(&mut Stream, &Programme) -> Option<Goal>,
) -> (Programme, Question) {
    let (mut programme, mut question) = draw(stream);
    programme.settings.objective.then.clear();
    question.goal = goal(stream, &programme);
    if stream.chance(35) {
        // No promise has begun: what is frozen is told by itself.
        question.replan = Some(Replan { begun_by: 0, ..replan(stream, &programme) });
    }
    let must_serve = programme.settings.distance.unserved_m().is_none();
    let needs_sites = [Goal::Distance, Goal::WorstDistance, Goal::Cost];
    let is_any = !must_serve || !needs_sites.contains(&question.goal(&programme));
    let scenarios = scenarios(stream, &programme, is_any);
    let names: Vec<String> = future_names(&scenarios);
    programme.settings.scenarios = Some(scenarios);
    if stream.chance(30) {
        question.outlook = Outlook::Future(any(stream, &names));
    }
    (programme, question)
}

/// Returns a programme with scenarios, and a question about its futures that holds goals.
pub(crate) fn with_goals_held_in_futures(stream: &mut Stream) -> (Programme, Question) {
    loop {
        let (programme, mut question) = with_scenarios(stream);
        hold(stream, &programme, &mut question);
        if !question.held.is_empty() {
            return (programme, question);
        }
    }
}

/// Returns a programme, some with scenarios, and a question that asks for the worst-off with goals held, or holds it.
pub(crate) fn worst_off_among_goals(stream: &mut Stream) -> (Programme, Question) {
    loop {
        let (mut programme, mut question) =
            if stream.chance(50) { with_scenarios(stream) } else { draw(stream) };
        if stream.chance(50) {
            for size in programme.settings.kinds.iter_mut().flat_map(|kind| &mut kind.sizes) {
                size.capacity = None;
            }
        }
        if programme.settings.distance.unserved_m().is_none() {
            continue;
        }
        question.held.clear();
        if stream.chance(50) {
            question.goal = Some(Goal::WorstDistance);
            hold(stream, &programme, &mut question);
            return (programme, question);
        }
        question.goal = Some(any_goal(stream, &programme));
        if stream.chance(20) {
            hold(stream, &programme, &mut question);
        }
        if let Some(value) = some_value(stream, &programme, &question, Goal::WorstDistance) {
            question.held.push(Held { goal: Goal::WorstDistance, value });
            return (programme, question);
        }
    }
}

fn future_names(scenarios: &Scenarios) -> Vec<String> {
    let mut names: Vec<String> = scenarios.futures.iter().map(|f| f.name.clone()).collect();
    if names.is_empty() {
        names.push(String::new());
    }
    let Some(delays) = &scenarios.delays else { return names };
    let named = |name: String| if name.is_empty() { "draw".to_owned() } else { name };
    let draws = |name: String| (1..=delays.samples).map(move |k| format!("{name}/{k}"));
    names.into_iter().map(named).flat_map(draws).collect()
}

fn scenarios(stream: &mut Stream, programme: &Programme, may_be_late: bool) -> Scenarios {
    let number = stream.below(4) as usize;
    let objective = if stream.chance(50) { Robustness::Expected } else { Robustness::WorstCase };
    let is_drawn = may_be_late && stream.chance(40);
    Scenarios {
        objective,
        futures: (0..number).map(|at| future(stream, programme, at, may_be_late)).collect(),
        delays: is_drawn.then(|| Delays {
            late_per_cent: (0..=stream.below(3)).map(|_| 10 + stream.below(24) as u32).collect(),
            samples: 1 + stream.below(2) as u32,
            seed: stream.below(1_000),
        }),
    }
}

fn future(stream: &mut Stream, programme: &Programme, at: usize, may_be_late: bool) -> Future {
    let province = |stream: &mut Stream| {
        [None, Some("south"), Some("north")][stream.below(3) as usize].map(str::to_owned)
    };
    let kinds: Vec<String> = programme.settings.kinds.iter().map(|kind| kind.id.clone()).collect();
    let ids = site_ids(programme);
    let mut future = Future {
        name: format!("future{at}"),
        weight: 1 + stream.below(3) as u32,
        demand: Vec::new(),
        cost_per_cent: BTreeMap::new(),
        late: Vec::new(),
    };
    for _ in 0..stream.below(3) {
        future.demand.push(DemandChange {
            per_cent: stream.below(250) as u32,
            kind: stream.chance(50).then(|| any(stream, &kinds)),
            province: province(stream),
        });
    }
    for resource in ["money", "cement"] {
        if stream.chance(40) {
            future.cost_per_cent.insert(resource.to_owned(), 50 + 25 * stream.below(6) as u32);
        }
    }
    for _ in 0..stream.below(if may_be_late { 3 } else { 1 }) {
        let fails = stream.chance(30);
        future.late.push(Late {
            periods: if fails { 0 } else { 1 + stream.below(2) as u32 },
            fails,
            sites: if stream.chance(60) { vec![any(stream, &ids)] } else { Vec::new() },
            province: province(stream),
        });
    }
    future
}

fn draw(stream: &mut Stream) -> (Programme, Question) {
    let periods = 1 + stream.below(3) as u32;
    let kinds = kinds(stream);
    let packages = packages(stream, &kinds);
    let mut settings = Settings {
        name: "drawn".to_owned(),
        quota: quota(stream),
        upgrades: upgrades(stream, &packages),
        kinds,
        packages,
        ..Settings::default()
    };
    settings.periods.first = FIRST_YEAR;
    settings.periods.count = periods;
    if stream.chance(25) {
        settings.objective.discount_rate = Decimal::new(5, 2);
    }
    if stream.chance(60) {
        settings.distance.cut_off_km = Some(Decimal::new(8 + stream.below(50) as i64, 0));
    }
    if stream.chance(30) {
        settings.distance.unserved_km = Some(Decimal::new(60, 0));
    }
    let objective = &mut settings.objective;
    objective.resource = Some("money".to_owned());
    objective.per_person_km =
        stream.chance(80).then(|| Decimal::new(1 + stream.below(12) as i64, 1));
    objective.aversion_per_km = Some(Decimal::new(1 + stream.below(20) as i64, 2));
    let mut programme = Programme {
        places: places(stream, &settings.kinds),
        settings,
        sites: Vec::new(),
        facilities: Vec::new(),
        reports: Vec::new(),
    };
    programme.settings.objective.goal = any_goal(stream, &programme);
    if programme.settings.distance.unserved_m().is_some() && stream.chance(30) {
        let goal = any_goal(stream, &programme);
        programme.settings.objective.then.push(NextGoal { goal, tolerance_percent: Decimal::ZERO });
    }
    if stream.chance(40) {
        grow(stream, &mut programme);
    }
    programme.sites = sites(stream, &programme);
    if stream.chance(20) && !programme.sites.is_empty() {
        programme.settings.sites = SitesFrom::Table;
    }
    let ids = site_ids(&programme);
    programme.facilities = facilities(stream, &programme, &ids);
    between_sites(stream, &mut programme.settings, &ids);
    by_province(stream, &mut programme.settings);
    let question = question(stream, &mut programme, &ids);
    (programme, question)
}

/// Draws a goal that a programme which is not plain can have.
fn any_goal(stream: &mut Stream, programme: &Programme) -> Goal {
    let goals = [Goal::Distance, Goal::Coverage, Goal::SelfSufficiency, Goal::Cost, Goal::Equity];
    let number = if programme.settings.distance.unserved_m().is_some() { 5 } else { 4 };
    goals[stream.below(number) as usize]
}

/// Gives some places other numbers of persons from a year on.
fn grow(stream: &mut Stream, programme: &mut Programme) {
    let kinds: Vec<String> = programme.settings.kinds.iter().map(|kind| kind.id.clone()).collect();
    for place in &mut programme.places {
        for _ in 0..stream.below(3) {
            let year = FIRST_YEAR - 1 + stream.below(4) as i16;
            place.population_from.insert(year, stream.below(8));
        }
        if stream.chance(30) {
            let kind = any(stream, &kinds);
            let year = FIRST_YEAR + stream.below(3) as i16;
            place.persons_from.entry(kind).or_default().insert(year, stream.below(8));
        }
    }
}

/// Holds a goal or two at what some plan has.
fn hold(stream: &mut Stream, programme: &Programme, question: &mut Question) {
    if programme.settings.distance.unserved_m().is_none() {
        return;
    }
    for _ in 0..=stream.below(2) {
        let goal = any_goal(stream, programme);
        let value = some_value(stream, programme, question, goal).unwrap_or_default();
        question.held.push(Held { goal, value });
    }
}

/// Returns what some choice of schedules is worth under a goal.
fn some_value(
    stream: &mut Stream,
    programme: &Programme,
    question: &Question,
    goal: Goal,
) -> Option<i128> {
    let schedules = choices::of_sites(programme, question);
    let outlook = question.outlook.clone();
    let asked = Question { goal: Some(goal), outlook, ..Question::default() };
    let mut rows = Vec::new();
    for of_site in schedules.iter().filter(|of_site| !of_site.is_empty()) {
        rows.extend(of_site[stream.below(of_site.len() as u64) as usize].iter().cloned());
    }
    let served = choices::assign(programme, goal, &rows, stream);
    verify_choice(programme, &asked, &rows, &served).value
}

/// Draws promises, and what has become of them.
fn replan(stream: &mut Stream, programme: &Programme) -> Replan {
    let settings = &programme.settings;
    let periods = u64::from(settings.periods.count);
    let mut replan = Replan { begun_by: stream.below(periods + 1) as u32, ..Replan::default() };
    for id in site_ids(programme) {
        let mut packages = settings.packages.iter().map(|package| package.id.clone());
        let number = stream.below(settings.packages.len() as u64) as usize;
        let package = packages.nth(number).unwrap();
        let period = 1 + stream.below(periods) as u32;
        let facility = programme.facilities.iter().find(|facility| facility.site == id);
        let promise = |package: &str, period, action| Promise {
            site: id.clone(),
            package: package.to_owned(),
            period,
            action,
        };
        let from = facility.map_or(&package, |row| row.package.as_ref().unwrap_or(&package));
        let upgrade = settings.upgrades.iter().find(|upgrade| upgrade.from == *from);
        if stream.chance(60) {
            if facility.is_none() {
                replan.promised.push(promise(&package, period, Action::Open));
            } else if stream.chance(30) {
                replan.promised.push(promise(from, period, Action::Close));
            }
            if let Some(upgrade) = upgrade.filter(|_| stream.chance(40)) {
                let later = (period + 1).min(periods as u32);
                replan.promised.push(promise(&upgrade.to, later, Action::Upgrade));
            }
        }
        if facility.is_none() && stream.chance(15) {
            let state = [Progress::Built, Progress::UnderWay, Progress::Failed, Progress::NotBegun];
            replan.state.push(SiteState {
                site: id.clone(),
                state: state[stream.below(4) as usize],
                package: stream.chance(70).then_some(package),
                period: Some(period),
            });
        }
    }
    if stream.chance(40) {
        replan.changes = Some(stream.below(3) as u32);
    }
    if stream.chance(40) {
        replan.price = Some(stream.below(50));
    }
    replan
}

fn amounts(stream: &mut Stream, percent: u64, most: u64) -> Amounts {
    let mut amounts = Amounts::new();
    if stream.chance(percent) {
        amounts.insert("money".to_owned(), stream.below(most + 1));
    }
    if stream.chance(percent / 3) {
        amounts.insert("cement".to_owned(), stream.below(most + 1));
    }
    amounts
}

fn kinds(stream: &mut Stream) -> Vec<Kind> {
    let number = 1 + stream.below(2) as usize;
    let mut kinds: Vec<Kind> = (0..number).map(|index| kind(stream, index)).collect();
    for index in 0..number {
        let other = kinds[(index + 1) % number].id.clone();
        if number > 1 && stream.chance(25) {
            let within_km = Decimal::new(stream.below(25) as i64, 0);
            kinds[index].needs.push(Need { kind: Some(other), material: None, within_km });
        }
        if stream.chance(15) {
            let within_km = Decimal::new(stream.below(25) as i64, 0);
            let material = Some("clay".to_owned());
            kinds[index].needs.push(Need { kind: None, material, within_km });
        }
    }
    kinds
}

fn kind(stream: &mut Stream, index: usize) -> Kind {
    let size = |id: &str, capacity: Option<u64>, stream: &mut Stream| Size {
        id: id.to_owned(),
        capacity,
        cost: amounts(stream, 50, 4),
        running: amounts(stream, 15, 2),
        build: u32::from(stream.chance(20)),
        name: String::new(),
    };
    let sizes = if stream.chance(60) {
        let small = Some(stream.below(9));
        let large = if stream.chance(50) { Some(6 + stream.below(9)) } else { None };
        vec![size("small", small, stream), size("large", large, stream)]
    } else {
        Vec::new()
    };
    let demands = [Decimal::ONE, Decimal::new(5, 1), Decimal::new(2, 0), Decimal::ZERO];
    Kind {
        id: format!("kind{index}"),
        weight: if stream.chance(80) { 1000 } else { 500 },
        reach_km: Decimal::new(5 + stream.below(30) as i64, 0),
        demand: demands[if stream.chance(60) { 0 } else { stream.below(4) as usize }],
        assignment: if stream.chance(30) { Assignment::Whole } else { Assignment::Split },
        sizes,
        ..Kind::default()
    }
}

fn packages(stream: &mut Stream, kinds: &[Kind]) -> Vec<Package> {
    let number = 1 + stream.below(3) as usize;
    (0..number)
        .map(|index| {
            let first = stream.below(kinds.len() as u64) as usize;
            let listed = kinds.iter().enumerate();
            let listed = listed.filter(|(kind, _)| *kind == first || stream.chance(40));
            let listed: Vec<&Kind> = listed.map(|(_, kind)| kind).collect();
            let named = listed.iter().map(|kind| match kind.sizes.len() as u64 {
                0 => kind.id.clone(),
                sizes => format!("{}:{}", kind.id, kind.sizes[stream.below(sizes) as usize].id),
            });
            Package {
                id: format!("package{index}"),
                kinds: named.collect(),
                cost: amounts(stream, 50, 5),
                running: amounts(stream, 15, 2),
                build: u32::from(stream.chance(20)),
                ..Package::default()
            }
        })
        .collect()
}

fn upgrades(stream: &mut Stream, packages: &[Package]) -> Vec<Upgrade> {
    let mut upgrades = Vec::new();
    for from in packages {
        for to in packages.iter().filter(|to| to.id != from.id) {
            if stream.chance(25) {
                upgrades.push(Upgrade {
                    from: from.id.clone(),
                    to: to.id.clone(),
                    cost: amounts(stream, 60, 4),
                    build: u32::from(stream.chance(30)),
                });
            }
        }
    }
    upgrades
}

fn quota(stream: &mut Stream) -> Quota {
    if stream.chance(30) {
        return Quota::default();
    }
    Quota {
        openings: PerPeriod::Same(1 + stream.below(2) as u32),
        rule: if stream.chance(20) { QuotaRule::Exactly } else { QuotaRule::AtMost },
        count_upgrades: stream.chance(40),
    }
}

fn places(stream: &mut Stream, kinds: &[Kind]) -> Vec<Place> {
    let number = 2 + stream.below(3) as usize;
    (0..number)
        .map(|index| {
            let mut persons = BTreeMap::new();
            for kind in kinds {
                if stream.chance(15) {
                    persons.insert(kind.id.clone(), stream.below(6));
                }
            }
            Place {
                id: format!("p{index}"),
                province: ["north", "south", ""][stream.below(3) as usize].to_owned(),
                lon: degrees(stream.below(45)),
                population: stream.below(8),
                persons,
                materials: clay(stream, 25),
                ..Place::default()
            }
        })
        .collect()
}

fn clay(stream: &mut Stream, percent: u64) -> Vec<String> {
    if stream.chance(percent) { vec!["clay".to_owned()] } else { Vec::new() }
}

fn sites(stream: &mut Stream, programme: &Programme) -> Vec<Site> {
    let periods = u64::from(programme.settings.periods.count);
    let ids = programme.places.iter().map(|place| place.id.clone());
    let ids: Vec<String> = ids.chain(["s0".to_owned()]).collect();
    let mut sites = Vec::new();
    for id in ids {
        let is_place = id != "s0";
        if !stream.chance(if is_place { 45 } else { 25 }) {
            continue;
        }
        let has_point = !is_place || stream.chance(20);
        let packages = programme.settings.packages.iter().map(|package| package.id.clone());
        let packages: Vec<String> = packages.filter(|_| stream.chance(60)).collect();
        sites.push(Site {
            id,
            location: has_point.then(|| (0.0, degrees(stream.below(45)))),
            rule: match stream.below(10) {
                0 => SiteRule::Required,
                1 => SiteRule::Forbidden,
                _ => SiteRule::Candidate,
            },
            earliest: stream.chance(20).then(|| 1 + stream.below(periods) as u32),
            latest: stream.chance(15).then_some(periods as u32),
            packages: if stream.chance(30) { packages } else { Vec::new() },
            cost: amounts(stream, 30, 3),
            materials: clay(stream, 20),
            ..Site::default()
        });
    }
    sites
}

/// Returns the ids of all sites in the order in which certificates number them.
pub(crate) fn site_ids(programme: &Programme) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    if programme.settings.sites == SitesFrom::Places {
        ids.extend(programme.places.iter().map(|place| place.id.clone()));
    }
    for row in &programme.sites {
        if !ids.contains(&row.id) {
            ids.push(row.id.clone());
        }
    }
    ids
}

fn any(stream: &mut Stream, ids: &[String]) -> String {
    ids[stream.below(ids.len() as u64) as usize].clone()
}

fn facilities(stream: &mut Stream, programme: &Programme, ids: &[String]) -> Vec<Facility> {
    let periods = u64::from(programme.settings.periods.count);
    let mut facilities = Vec::new();
    for _ in 0..2 {
        if !stream.chance(35) {
            continue;
        }
        let packages: Vec<String> =
            programme.settings.packages.iter().map(|package| package.id.clone()).collect();
        facilities.push(Facility {
            site: any(stream, ids),
            package: stream.chance(60).then(|| any(stream, &packages)),
            closes: stream.chance(20).then(|| 1 + stream.below(periods) as u32),
            may_close: stream.chance(35),
            ..Facility::default()
        });
    }
    facilities
}

fn between_sites(stream: &mut Stream, settings: &mut Settings, ids: &[String]) {
    let periods = settings.periods.count;
    let kind = |stream: &mut Stream, settings: &Settings| {
        stream.chance(40).then(|| settings.kinds[0].id.clone())
    };
    for resource in ["money", "cement"] {
        if stream.chance(40) {
            let amounts = (0..periods).map(|_| 2 + stream.below(9)).collect();
            settings.budgets.push(Budget {
                resource: resource.to_owned(),
                amount: groundwork_model::programme::AmountPerPeriod::Each(amounts),
                carry_over: stream.chance(50),
                due: if stream.chance(40) { Due::Opening } else { Due::Start },
            });
        }
    }
    if stream.chance(25) {
        let km = Decimal::new(3 + stream.below(20) as i64, 0);
        settings.spacing.push(Spacing { km, kind: kind(stream, settings) });
    }
    let pair = |stream: &mut Stream| {
        let first = any(stream, ids);
        let others: Vec<String> = ids.iter().filter(|id| **id != first).cloned().collect();
        (!others.is_empty()).then(|| vec![first, any(stream, &others)])
    };
    if stream.chance(20)
        && let Some(sites) = pair(stream)
    {
        settings.exclusive.push(SiteSet { sites });
    }
    if stream.chance(20)
        && let Some(sites) = pair(stream)
    {
        settings.together.push(SiteSet { sites });
    }
    if stream.chance(25)
        && let Some(sites) = pair(stream)
    {
        let [first, then] = [sites[0].clone(), sites[1].clone()];
        settings.precedence.push(Precedence { first, then, lag: stream.below(3) as u32 });
    }
}

fn by_province(stream: &mut Stream, settings: &mut Settings) {
    let province = |stream: &mut Stream| {
        [None, Some("*"), Some("north")][stream.below(3) as usize].map(str::to_owned)
    };
    let by = |stream: &mut Stream, settings: &Settings| {
        1 + stream.below(u64::from(settings.periods.count)) as u32
    };
    let listed: Vec<String> = settings.package_kinds().iter().map(|k| k.id.clone()).collect();
    if stream.chance(25) {
        let kind = stream.chance(40).then(|| any(stream, &listed));
        let at_least = Some(stream.below(2) as u32);
        let (province, by) = (province(stream), by(stream, settings));
        settings.floors.push(Floor { province, kind, by, at_least, coverage: None });
    }
    if stream.chance(35) {
        let kind = Some(any(stream, &listed));
        let coverage = Some(Decimal::new(stream.below(101) as i64, 0));
        let (province, by) = (province(stream), by(stream, settings));
        settings.floors.push(Floor { province, kind, by, at_least: None, coverage });
    }
    if stream.chance(25) {
        let kind = stream.chance(40).then(|| any(stream, &listed));
        let at_most = 1 + stream.below(2) as u32;
        let (province, by) = (province(stream), by(stream, settings));
        settings.ceilings.push(Ceiling { province, kind, by, at_most });
    }
}

fn question(stream: &mut Stream, programme: &mut Programme, ids: &[String]) -> Question {
    let periods = u64::from(programme.settings.periods.count);
    let packages: Vec<String> =
        programme.settings.packages.iter().map(|package| package.id.clone()).collect();
    let mut question = Question::default();
    if stream.chance(30) {
        for _ in 0..=stream.below(2) {
            programme.reports.push(Report {
                row: 2,
                site: any(stream, ids),
                named: String::new(),
                package: any(stream, &packages),
                period: Some(1 + stream.below(periods) as u32),
                stage: Stage::Begun,
                date: "2024-03-01".parse().unwrap(),
                source: String::new(),
            });
        }
        let day = if stream.chance(60) { "2024-06-01" } else { "2025-06-01" };
        question.as_of = Some(day.parse().unwrap());
    }
    if stream.chance(20) {
        question.locked.push(Locked {
            site: any(stream, ids),
            period: 1 + stream.below(periods) as u32,
            package: stream.chance(50).then(|| any(stream, &packages)),
        });
    }
    question
}
