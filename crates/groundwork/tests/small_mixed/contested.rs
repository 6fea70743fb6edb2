//! Small random programmes in which futures disagree about the best plan: two provinces of which one or the other
//! needs more, sites that are late or fail, and money for few openings.

use std::collections::BTreeMap;

use groundwork_model::programme::{
    AmountPerPeriod, Amounts, Budget, Delays, DemandChange, Due, Future, Kind, Late, Package,
    PerPeriod, Robustness, Scenarios, Size,
};
use groundwork_model::{Decimal, Goal, Place, Programme, Question, Settings};

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
