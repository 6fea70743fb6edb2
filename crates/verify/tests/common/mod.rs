//! Programmes, plans and certificates for the tests.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;

use groundwork_model::certificate::CERTIFICATE_FORMAT;
use groundwork_model::plan::{Method, PLAN_FORMAT, Run, Served};
use groundwork_model::programme::{
    Distance, Files, Goal, Kind, Map, Objective, Package, PerPeriod, Periods, Population, Quota,
    SitesFrom, Stage,
};
use groundwork_model::{
    Certificate, Claim, Decimal, Facility, FutureOutcome, InputFile, Opening, Place, Plan,
    Programme, Proof, Question, QuotaRule, Report, Settings, Site, SiteRule, Status, StoppedBy,
};
use groundwork_verify::verify_choices;

/// The year that labels the first period of every programme here.
pub(crate) const FIRST_YEAR: i16 = 2024;

/// Returns a programme with one kind of 10 km reach, where every place is a candidate.
pub(crate) fn programme(places: Vec<Place>, periods: u32, quota: u32) -> Programme {
    Programme {
        settings: Settings {
            format: 1,
            name: "test".to_owned(),
            description: String::new(),
            source: String::new(),
            population: Population::default(),
            periods: Periods { first: FIRST_YEAR, count: periods, years: 1 },
            quota: Quota {
                openings: PerPeriod::Same(quota),
                rule: QuotaRule::AtMost,
                ..Quota::default()
            },
            kinds: vec![kind("clinic", 1000, 10)],
            packages: vec![Package {
                id: "clinic".to_owned(),
                name: String::new(),
                kinds: vec!["clinic".to_owned()],
                ..Package::default()
            }],
            objective: Objective::default(),
            distance: Distance::default(),
            sites: SitesFrom::Places,
            files: Files::default(),
            map: Map::default(),
            ..Settings::default()
        },
        places,
        sites: Vec::new(),
        facilities: Vec::new(),
        reports: Vec::new(),
    }
}

/// Returns places on the equator, one degree (111,195 m) a unit of `at`, with the given people.
pub(crate) fn equator(places: &[(f64, u64)]) -> Vec<Place> {
    let number = |(index, (lon, persons)): (usize, &(f64, u64))| place(index, 0.0, *lon, *persons);
    places.iter().enumerate().map(number).collect()
}

/// Returns the place `p<index>`.
pub(crate) fn place(index: usize, lat: f64, lon: f64, population: u64) -> Place {
    Place {
        row: index as u32 + 2,
        id: format!("p{index}"),
        name: format!("Place {index}"),
        names: BTreeMap::new(),
        province: String::new(),
        lat,
        lon,
        population,
        area_km2: None,
        ..Place::default()
    }
}

pub(crate) fn kind(id: &str, weight: u32, reach_km: i64) -> Kind {
    Kind {
        id: id.to_owned(),
        name: String::new(),
        weight,
        reach_km: Decimal::new(reach_km, 0),
        ..Kind::default()
    }
}

/// Returns a row of the sites table.
pub(crate) fn site(id: &str, rule: SiteRule, earliest: Option<u32>, latest: Option<u32>) -> Site {
    Site {
        row: 2,
        id: id.to_owned(),
        name: None,
        location: None,
        rule,
        earliest,
        latest,
        ..Site::default()
    }
}

pub(crate) fn facility(site: &str) -> Facility {
    Facility {
        row: 2,
        site: site.to_owned(),
        name: None,
        opened: None,
        source: None,
        ..Facility::default()
    }
}

/// Returns a report that ground was broken at a site, for a period, on a day.
pub(crate) fn begun(site: &str, named: &str, period: u32, day: &str) -> Report {
    Report {
        row: 2,
        site: site.to_owned(),
        named: named.to_owned(),
        package: "clinic".to_owned(),
        period: Some(period),
        stage: Stage::Begun,
        date: day.parse().unwrap(),
        source: String::new(),
    }
}

/// Returns an opening that is a choice.
pub(crate) fn opening(site: &str, period: u32) -> Opening {
    let year = i32::from(FIRST_YEAR) + period as i32 - 1;
    Opening {
        site: site.to_owned(),
        package: "clinic".to_owned(),
        period,
        year,
        fixed: false,
        ..Opening::default()
    }
}

pub(crate) fn input(path: &str, fill: char) -> InputFile {
    InputFile { path: path.to_owned(), sha256: fill.to_string().repeat(64) }
}

pub(crate) fn inputs() -> Vec<InputFile> {
    vec![input("programme.toml", 'a'), input("places.csv", 'b')]
}

pub(crate) fn coverage(programme: &mut Programme) {
    programme.settings.objective.goal = Goal::Coverage;
}

pub(crate) fn worst_distance(programme: &mut Programme) {
    programme.settings.objective.goal = Goal::WorstDistance;
}

/// Returns a plan that tells the truth about its openings and claims no bound.
pub(crate) fn plan(programme: &Programme, question: &Question, openings: &[Opening]) -> Plan {
    plan_of(programme, question, openings, &[])
}

/// Does the same with who is served where.
pub(crate) fn plan_of(
    programme: &Programme,
    question: &Question,
    openings: &[Opening],
    assignments: &[Served],
) -> Plan {
    plan_in(programme, question, openings, &[assignments.to_vec()])
}

/// Does the same with who is served where in each future.
pub(crate) fn plan_in(
    programme: &Programme,
    question: &Question,
    openings: &[Opening],
    assignments: &[Vec<Served>],
) -> Plan {
    let lists: Vec<&[Served]> = assignments.iter().map(Vec::as_slice).collect();
    let score = verify_choices(programme, question, openings, &lists);
    let list = |number: usize| assignments.get(number).cloned().unwrap_or_default();
    let futures = score.futures.iter().enumerate().map(|(number, future)| FutureOutcome {
        name: future.name.clone(),
        weight: future.weight,
        value: future.value.unwrap_or_default(),
        assignments: list(number),
    });
    Plan {
        format: PLAN_FORMAT,
        programme: programme.settings.name.clone(),
        label: "a plan".to_owned(),
        method: Method::Optimised,
        inputs: inputs(),
        question: question.clone(),
        status: Status::Feasible,
        stopped_by: StoppedBy::Exhausted,
        sense: score.sense,
        scale: score.scale,
        unit: score.unit,
        value: score.value.unwrap_or_default(),
        bound: None,
        gap: None,
        openings: openings.to_vec(),
        outcomes: score.outcomes,
        person_years_of_access: score.person_years_of_access,
        certificate: None,
        run: Run::default(),
        assignments: if question.has_futures(programme) { Vec::new() } else { list(0) },
        futures: futures.collect(),
    }
}

/// Lets a plan claim a bound, and returns the certificate that goes with it.
pub(crate) fn certify(plan: &mut Plan, bound: i128, proof: Proof) -> Certificate {
    plan.bound = Some(bound);
    plan.gap = Some(Plan::gap_of(plan.value, bound));
    (plan.status, plan.stopped_by) = if plan.value == bound {
        (Status::Optimal, StoppedBy::Proved)
    } else {
        (Status::Feasible, StoppedBy::Exhausted)
    };
    Certificate {
        format: CERTIFICATE_FORMAT,
        inputs: plan.inputs.clone(),
        question: plan.question.clone(),
        claim: Claim { value: plan.value, bound },
        proof,
    }
}

/// Is a small deterministic stream of numbers, so that no test depends on a clock.
pub(crate) struct Stream(pub(crate) u64);

impl Stream {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, number: u64) -> u64 {
        self.next() % number
    }

    /// Returns a number from 0 to 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}
