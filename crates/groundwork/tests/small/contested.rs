//! Small random programmes in which futures disagree about the best plan: two provinces of which one or the other
//! needs more, sites that are late or fail, and money for few openings.

use std::collections::BTreeMap;

use groundwork_model::plan::Action;
use groundwork_model::programme::{
    AmountPerPeriod, Amounts, Budget, Delays, DemandChange, Due, Future, Kind, Late, Package,
    PerPeriod, Robustness, Scenarios, Size, Stage, Upgrade,
};
use groundwork_model::{
    Decimal, Facility, Goal, Place, Programme, Progress, Promise, Question, Replan, Report,
    Settings, SiteState,
};

use crate::common::Stream;
use crate::line::degrees;

/// Returns a programme of four places with scenarios, and a question about all futures together.
pub(crate) fn programme(stream: &mut Stream) -> (Programme, Question) {
    let is_limited = stream.chance(30);
    let mut settings = Settings {
        name: "contested".to_owned(),
        kinds: vec![kind(stream, is_limited)],
        packages: packages(stream, is_limited),
        scenarios: Some(scenarios(stream)),
        ..Settings::default()
    };
    settings.periods.first = 2030;
    settings.periods.count = 2;
    settings.quota.openings = PerPeriod::Same(1 + stream.below(2) as u32);
    settings.distance.cut_off_km = Some(Decimal::new(60, 0));
    if stream.chance(60) {
        settings.budgets.push(Budget {
            resource: "money".to_owned(),
            amount: AmountPerPeriod::Same(4 + stream.below(9)),
            carry_over: stream.chance(50),
            due: Due::Opening,
        });
    }
    let goals = [Goal::Distance, Goal::Distance, Goal::Coverage, Goal::Cost];
    let objective = &mut settings.objective;
    objective.goal = goals[stream.below(4) as usize];
    objective.resource = Some("money".to_owned());
    objective.per_person_km = Some(Decimal::new(1, 2));
    let places = (0..4).map(|index| place(stream, index)).collect();
    let programme = Programme {
        settings,
        places,
        sites: Vec::new(),
        facilities: Vec::new(),
        reports: Vec::new(),
    };
    (programme, Question::default())
}

fn place(stream: &mut Stream, index: usize) -> Place {
    Place {
        id: format!("p{index}"),
        province: ["north", "south"][index % 2].to_owned(),
        lon: degrees(stream.below(60)),
        population: 1 + stream.below(60),
        ..Place::default()
    }
}

fn kind(stream: &mut Stream, is_limited: bool) -> Kind {
    let size = Size {
        id: "small".to_owned(),
        name: String::new(),
        capacity: Some(20 + stream.below(60)),
        cost: Amounts::new(),
        running: Amounts::new(),
        build: 0,
    };
    Kind {
        id: "health".to_owned(),
        reach_km: Decimal::new(8 + stream.below(12) as i64, 0),
        sizes: if is_limited { vec![size] } else { Vec::new() },
        ..Kind::default()
    }
}

/// Returns one package, or beside it one that costs less at once and more in all.
fn packages(stream: &mut Stream, is_limited: bool) -> Vec<Package> {
    let offers = if is_limited { "health:small" } else { "health" };
    let package = |id: &str, cost: u64, running: u64| Package {
        id: id.to_owned(),
        kinds: vec![offers.to_owned()],
        cost: money(cost),
        running: money(running),
        ..Package::default()
    };
    let mut packages = vec![package("post", 3 + stream.below(4), 0)];
    if stream.chance(30) {
        packages.push(package("clinic", 1 + stream.below(3), 1 + stream.below(2)));
    }
    packages
}

fn money(amount: u64) -> Amounts {
    [("money".to_owned(), amount)].into()
}

fn scenarios(stream: &mut Stream) -> Scenarios {
    let objective = if stream.chance(50) { Robustness::Expected } else { Robustness::WorstCase };
    let is_drawn = stream.chance(30);
    let number = if is_drawn { stream.below(2) } else { 2 + stream.below(2) };
    Scenarios {
        objective,
        futures: (0..number).map(|at| future(stream, at)).collect(),
        delays: is_drawn.then(|| Delays {
            late_per_cent: vec![50 + stream.below(20) as u32, 15, 10],
            samples: 2 + stream.below(2) as u32,
            seed: stream.below(1_000_000),
        }),
    }
}

fn future(stream: &mut Stream, at: u64) -> Future {
    let mut demand = Vec::new();
    for province in ["north", "south"] {
        let per_cent = [15, 50, 100, 250, 333][stream.below(5) as usize];
        demand.push(DemandChange { per_cent, kind: None, province: Some(province.to_owned()) });
    }
    let mut cost_per_cent = BTreeMap::new();
    if stream.chance(40) {
        cost_per_cent.insert("money".to_owned(), 60 + 15 * stream.below(6) as u32);
    }
    let mut late = Vec::new();
    for _ in 0..stream.below(3) {
        let fails = stream.chance(50);
        late.push(Late {
            periods: u32::from(!fails),
            fails,
            sites: vec![format!("p{}", stream.below(4))],
            province: None,
        });
    }
    let weight = 1 + stream.below(3) as u32;
    Future { name: format!("future{at}"), weight, demand, cost_per_cent, late }
}

/// Returns one of three places and periods in which a site that is settled, or stands, may be upgraded to offer a second kind. Such an
/// upgrade is late as any other, unless the facility stood before or the upgrade is frozen.
pub(crate) fn with_a_settled_site(stream: &mut Stream) -> (Programme, Question) {
    let (mut programme, mut question) = programme(stream);
    let settings = &mut programme.settings;
    settings.periods.count = 3;
    settings.budgets.clear();
    settings.kinds =
        ["health", "school"].map(|id| Kind { id: id.to_owned(), ..kind(stream, false) }).into();
    let package = |id: &str, kinds: &[&str], cost: u64| Package {
        id: id.to_owned(),
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        cost: money(cost),
        ..Package::default()
    };
    settings.packages =
        vec![package("post", &["health"], 2), package("centre", &["health", "school"], 5)];
    let (from, to) = ("post".to_owned(), "centre".to_owned());
    settings.upgrades = vec![Upgrade { from, to, cost: money(2), build: 0 }];
    programme.places.truncate(3);
    for future in settings.scenarios.iter_mut().flat_map(|all| &mut all.futures) {
        let late = Late { periods: 1, fails: false, sites: vec!["p0".to_owned()], province: None };
        future.late.retain(|row| row.sites != ["p3"]);
        if stream.chance(50) {
            future.late.push(Late { fails: stream.chance(30), ..late });
        }
    }
    settle(stream, &mut programme, &mut question);
    (programme, question)
}

/// Settles the first site: by a facility, a report, the state of a replan, or promises that have begun.
fn settle(stream: &mut Stream, programme: &mut Programme, question: &mut Question) {
    let (site, post) = ("p0".to_owned(), "post".to_owned());
    let promise = |package: &str, period, action| Promise {
        site: site.clone(),
        package: package.to_owned(),
        period,
        action,
    };
    match stream.below(4) {
        0 => {
            let facility = Facility { site, package: Some(post), ..Facility::default() };
            programme.facilities.push(facility);
        }
        1 => {
            programme.reports.push(Report {
                row: 2,
                site,
                named: String::new(),
                package: post,
                period: Some(1),
                stage: Stage::Begun,
                date: "2030-01-01".parse().unwrap(),
                source: String::new(),
            });
            question.as_of = Some("2030-02-01".parse().unwrap());
        }
        2 => {
            let (state, package, period) = (Progress::Built, Some(post), Some(1));
            let state = vec![SiteState { site, state, package, period }];
            question.replan = Some(Replan { state, ..Replan::default() });
        }
        _ => {
            let mut promised = vec![promise("post", 1, Action::Open)];
            if stream.chance(60) {
                promised.push(promise("centre", 2, Action::Upgrade));
            }
            let begun_by = 1 + stream.below(2) as u32;
            question.replan = Some(Replan { promised, begun_by, ..Replan::default() });
        }
    }
}
