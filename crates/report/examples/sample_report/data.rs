//! A made-up programme with made-up plans, the same on every run.
//!
//! Names include other scripts and texts that try to break a page.

use std::collections::BTreeMap;

use groundwork_model::plan::{InputFile, Method, Run, Sense};
use groundwork_model::{
    Code, Comparison, ComparisonRow, Facility, Goal, Opening, PeriodOutcome, Place, Plan,
    PriceList, Problem, Programme, Progress, Promise, Question, Replan, RuleWorth, Settings, Site,
    SiteRule, SiteState, Status, StoppedBy, Verdict,
};

/// Names that a page must show as they are.
pub(crate) const HOSTILE: [&str; 5] = [
    "<script>window.hacked=1</script>",
    "</script><img src=x onerror=\"window.hacked=2\">",
    "=HYPERLINK(\"https://example.org\")",
    "Quote \" and ' & \u{2028} line",
    "A place with an uncommonly long name that has to fit beside the others on a small telephone",
];

const STEMS: [(&str, &str); 20] = [
    ("Hae", "해"),
    ("Sam", "삼"),
    ("Kang", "강"),
    ("Un", "은"),
    ("Pyong", "평"),
    ("Chong", "청"),
    ("Ryong", "룡"),
    ("Tok", "덕"),
    ("Song", "송"),
    ("Pak", "박"),
    ("Kum", "금"),
    ("Chol", "철"),
    ("On", "온"),
    ("Sin", "신"),
    ("Hwa", "화"),
    ("Nam", "남"),
    ("Tong", "동"),
    ("Yon", "연"),
    ("Ma", "마"),
    ("Po", "포"),
];
const ENDS: [(&str, &str); 10] = [
    ("san", "산군"),
    ("chon", "천군"),
    ("ju", "주시"),
    ("won", "원군"),
    ("gang", "강군"),
    ("dok", "덕군"),
    ("gye", "계시"),
    ("ryong", "룡군"),
    ("jin", "진군"),
    ("ho", "호군"),
];
const PROVINCES: [&str; 8] = [
    "North River",
    "South River",
    "Highlands",
    "East Coast",
    "West Coast",
    "The Plain",
    "Lakes",
    "Capital",
];

/// Makes numbers that look random and are the same on every run.
pub(crate) struct Dice(u64);

impl Dice {
    /// Starts from a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns the next number from 0 up to 1.
    pub(crate) fn next(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Returns settings like those of a real programme.
pub(crate) fn settings(name: &str, periods: u32, openings: u32) -> Settings {
    let kind = |id: &str, name: &str| serde_json::json!({"id": id, "name": name, "reach_km": 25});
    let settings = serde_json::json!({
        "format": 1,
        "name": name,
        "description": "Modern factories for foodstuffs, garments and daily necessities in every city and county, \
            some each year, as announced on 15 January 2024.",
        "source": "https://example.org/policy?a=1&b=2",
        "population": {"year": 2008, "source": "2008 census, made up for this sample; no later one is published"},
        "periods": {"first": 2024, "count": periods},
        "quota": {"openings": openings},
        "kinds": [kind("foodstuffs", "Foodstuffs factory"), kind("garments", "Garment factory")],
        "packages": [{"id": "factories", "name": "County factories", "kinds": ["foodstuffs", "garments"]}],
        "distance": {"detour": 1.3},
        "map": {
            "cells_note": "Stand-in cells, not real boundaries: each is the area nearer to its unit's point than to any \
                other, clipped to an outline.",
            "attribution": [
                "Points: made up for this sample, CC-BY-4.0", "Population: 2008 census, made up",
                "Outline: none, public domain"
            ]
        },
    });
    serde_json::from_value(settings).expect("the sample's settings are complete")
}

/// Returns a programme with `across` x `down` places on a shaken grid.
pub(crate) fn programme(across: usize, down: usize, periods: u32, openings: u32) -> Programme {
    let mut dice = Dice::new(7);
    let mut places: Vec<Place> =
        (0..across * down).map(|at| place(at, across, down, &mut dice)).collect();
    for (at, name) in HOSTILE.iter().enumerate() {
        let count = places.len();
        places[(at * 13 + 5) % count].name = (*name).to_owned();
    }
    let facility = Facility {
        row: 2,
        site: places[across / 2].id.clone(),
        name: None,
        opened: None,
        source: None,
        ..Facility::default()
    };
    Programme {
        settings: settings("Regional Development Sample <20x10>", periods, openings),
        places,
        sites: Vec::new(),
        facilities: vec![facility],
        reports: Vec::new(),
    }
}

/// Returns a programme of points that maximises people within reach, with all that a programme can
/// have: kinds that reach and weigh differently, a discount, a cut-off, facilities, and rules for sites.
pub(crate) fn clinics(across: usize, down: usize) -> Programme {
    let mut programme = programme(across, down, 5, 40);
    let settings = serde_json::json!({
        "format": 1,
        "name": "Rural clinics sample",
        "description": "Clinics for primary care and births, beside those that towns have.",
        "population": {"year": 2024, "source": "made up for this sample"},
        "periods": {"first": 2026, "count": 5, "years": 2},
        "quota": {"openings": [20, 30, 40, 40, 30]},
        "kinds": [
            {"id": "primary-care", "name": "Primary care", "reach_km": 5},
            {"id": "births", "name": "Birth care", "weight": 500, "reach_km": 10}
        ],
        "packages": [{"id": "factories", "name": "Rural clinic", "kinds": ["primary-care", "births"]}],
        "objective": {"goal": "coverage", "discount_rate": 0.03},
        "distance": {"detour": 1.4, "cut_off_km": 15},
        "map": {"attribution": ["Points: made up for this sample, CC-BY-4.0"]}
    });
    programme.settings = serde_json::from_value(settings).expect("the settings are complete");
    programme.places.iter_mut().for_each(|place| place.area_km2 = Some(60.0));
    let rule = |at: usize, rule: SiteRule, earliest: Option<u32>| Site {
        row: at as u32 + 2,
        id: programme.places[at].id.clone(),
        name: None,
        location: None,
        rule,
        earliest,
        latest: None,
        ..Site::default()
    };
    programme.sites = vec![
        rule(1, SiteRule::Forbidden, None),
        rule(2, SiteRule::Forbidden, None),
        rule(3, SiteRule::Required, None),
        rule(4, SiteRule::Candidate, Some(2)),
    ];
    let facility = |at: usize| Facility {
        row: at as u32 + 2,
        site: programme.places[at].id.clone(),
        name: None,
        opened: None,
        source: None,
        ..Facility::default()
    };
    programme.facilities = (7..programme.places.len()).step_by(6).map(facility).collect();
    programme
}

fn place(at: usize, across: usize, down: usize, dice: &mut Dice) -> Place {
    let (column, row) = (at % across, at / across);
    let (x, y) = (
        (column as f64 + 0.2 + 0.6 * dice.next()) / across as f64,
        (row as f64 + 0.2 + 0.6 * dice.next()) / down as f64,
    );
    let (stem, end) = (STEMS[(dice.next() * 20.0) as usize], ENDS[(dice.next() * 10.0) as usize]);
    let bulk = 1.0 / (0.02 + dice.next());
    Place {
        row: at as u32 + 2,
        id: format!("P{at:05}"),
        name: format!("{}{}", stem.0, end.0),
        names: BTreeMap::from([("ko".to_owned(), format!("{}{}", stem.1, end.1))]),
        province: PROVINCES[(x * 4.0) as usize + 4 * usize::from(y > 0.5)].to_owned(),
        lat: 42.5 - y * 4.6,
        lon: 124.5 + x * 5.9,
        population: (bulk * 24_000_000.0 / 4.0 / (across * down) as f64) as u64,
        area_km2: Some(240_000.0 / (across * down) as f64),
        ..Place::default()
    }
}

/// Returns the areas of [`programme`]'s places: cells of a shaken grid.
pub(crate) fn cells(across: usize, down: usize) -> String {
    let mut dice = Dice::new(11);
    let inner = |at: usize, last: usize| at > 0 && at < last;
    let mut corner = |column: usize, row: usize| {
        let (dx, dy) = (dice.next() * 0.5 - 0.25, dice.next() * 0.5 - 0.25);
        let x = column as f64 + if inner(column, across) { dx } else { 0.0 };
        let y = row as f64 + if inner(row, down) { dy } else { 0.0 };
        let (lon, lat) = (124.5 + x / across as f64 * 5.9, 42.5 - y / down as f64 * 4.6);
        [(lon * 1e4).round() / 1e4, (lat * 1e4).round() / 1e4]
    };
    let corners: Vec<Vec<[f64; 2]>> =
        (0..=down).map(|r| (0..=across).map(|c| corner(c, r)).collect()).collect();
    let feature = |at: usize| {
        let (c, r) = (at % across, at / across);
        let ring = [
            corners[r][c],
            corners[r][c + 1],
            corners[r + 1][c + 1],
            corners[r + 1][c],
            corners[r][c],
        ];
        serde_json::json!({
            "type": "Feature", "id": format!("P{at:05}"), "properties": {},
            "geometry": {"type": "Polygon", "coordinates": [ring]}
        })
    };
    let features: Vec<_> = (0..across * down).map(feature).collect();
    serde_json::json!({"type": "FeatureCollection", "features": features}).to_string()
}

/// Says which place comes next in a made-up plan.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// The place with most persons times distance.
    Needy,
    /// The largest place.
    Biggest,
    /// Any place; the first two periods are facts.
    Taken,
}

/// Returns a plan made in one pass, with outcomes that are true to its openings.
pub(crate) fn plan(programme: &Programme, order: Order, label: &str) -> Plan {
    let mut state = State::new(programme);
    let mut dice = Dice::new(3);
    let quotas = programme.settings.quotas();
    let (mut openings, mut outcomes) = (Vec::new(), Vec::new());
    for (at, quota) in quotas.iter().enumerate() {
        let period = at as u32 + 1;
        let mut opened = 0;
        while opened < *quota
            && let Some(next) = state.next(order, &mut dice)
        {
            state.open(next);
            opened += 1;
            openings.push(Opening {
                site: programme.places[next].id.clone(),
                package: "factories".to_owned(),
                period,
                year: programme.settings.periods.label(period),
                fixed: order == Order::Taken && period <= 2,
                ..Opening::default()
            });
        }
        outcomes.push(state.outcome(period, opened));
    }
    let coverage = programme.settings.objective.goal == Goal::Coverage;
    let persons = |o: &PeriodOutcome| {
        let kinds = o.access.iter().zip(&programme.settings.kinds);
        let counted: u64 = kinds.map(|(n, kind)| n * u64::from(kind.weight)).sum();
        i128::from(counted) * 1_000_000
    };
    let value = match coverage {
        true => outcomes.iter().map(persons).sum::<i128>(),
        false => outcomes.iter().map(|o| o.person_metres as i128).sum::<i128>(),
    };
    let bound = (value as f64 * if coverage { 1.05 } else { 0.9997 }) as i128;
    Plan {
        format: 1,
        programme: programme.settings.name.clone(),
        label: label.to_owned(),
        method: match order {
            Order::Needy => Method::Optimised,
            Order::Biggest => Method::BiggestFirst,
            Order::Taken => Method::Listed,
        },
        inputs: ["programme.toml", "places.csv"]
            .map(|path| InputFile { path: path.to_owned(), sha256: "5f".repeat(32) })
            .to_vec(),
        question: Question::default(),
        status: Status::Feasible,
        stopped_by: StoppedBy::Gap,
        sense: if coverage { Sense::Max } else { Sense::Min },
        scale: if coverage { 1_000_000_000 } else { 1 },
        unit: if coverage { "persons" } else { "person-metres" }.to_owned(),
        value,
        bound: Some(bound),
        gap: Some(Plan::gap_of(value, bound)),
        openings,
        person_years_of_access: outcomes.iter().map(|o| o.access_all).sum::<u64>()
            * u64::from(programme.settings.periods.years),
        outcomes,
        certificate: Some(InputFile {
            path: "plan.certificate.json".to_owned(),
            sha256: "a0".repeat(32),
        }),
        run: Run {
            version: "0.1.0".to_owned(),
            seconds: 4.2,
            work: 123_456_789,
            threads: 2,
            seed: 1,
            peak_rss_bytes: 88_000_000,
        },
        assignments: Vec::new(),
        futures: Vec::new(),
    }
}

/// Holds how far everybody is from the nearest open site.
pub(crate) struct State<'a> {
    programme: &'a Programme,
    points: Vec<[f64; 3]>,
    metres: Vec<f64>,
    open: Vec<bool>,
}

impl<'a> State<'a> {
    pub(crate) fn new(programme: &'a Programme) -> Self {
        let point = |place: &Place| {
            let (lat, lon) = (place.lat.to_radians(), place.lon.to_radians());
            [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
        };
        let count = programme.places.len();
        let points = programme.places.iter().map(point).collect();
        let mut state = Self {
            programme,
            points,
            metres: vec![f64::INFINITY; count],
            open: vec![false; count],
        };
        for at in 0..count {
            if programme.facilities.iter().any(|f| f.site == programme.places[at].id) {
                state.open(at);
            }
        }
        state
    }

    /// Returns the metres from each place to its nearest open site.
    pub(crate) fn metres(&self) -> &[f64] {
        &self.metres
    }

    pub(crate) fn open(&mut self, site: usize) {
        self.open[site] = true;
        let detour = self.programme.settings.distance.detour.to_f64();
        let own = 2.0 / 3.0
            * (self.programme.places[site].area_km2.unwrap_or(0.0) / std::f64::consts::PI).sqrt()
            * 1000.0;
        let [x, y, z] = self.points[site];
        for (at, point) in self.points.iter().enumerate() {
            let (dx, dy, dz) = (point[0] - x, point[1] - y, point[2] - z);
            let chord = (dx * dx + dy * dy + dz * dz).sqrt();
            let metres = if at == site { own } else { 2.0 * (chord / 2.0).asin() * 6_371_008.8 };
            self.metres[at] = self.metres[at].min(metres * detour);
        }
    }

    fn next(&self, order: Order, dice: &mut Dice) -> Option<usize> {
        let closed = |at: usize| {
            let id = &self.programme.places[at].id;
            self.programme.sites.iter().any(|s| s.id == *id && s.rule == SiteRule::Forbidden)
        };
        let free = (0..self.open.len()).filter(|&at| !self.open[at] && !closed(at));
        let persons = |at: usize| self.programme.places[at].population as f64;
        let score = |at: usize, dice: &mut Dice| match order {
            Order::Needy => persons(at) * self.metres[at].min(1e6),
            Order::Biggest => persons(at),
            Order::Taken => dice.next(),
        };
        let scored = free.map(|at| (score(at, dice), at)).collect::<Vec<_>>();
        scored.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, at)| at)
    }

    fn outcome(&self, period: u32, openings: u32) -> PeriodOutcome {
        let settings = &self.programme.settings;
        let cut_off = settings.distance.cut_off_m().map_or(f64::INFINITY, f64::from);
        let rows =
            || self.programme.places.iter().map(|p| p.population).zip(self.metres.iter().copied());
        let within = |limit: f64| -> u64 {
            rows().filter(|(_, metres)| *metres <= limit).map(|(persons, _)| persons).sum()
        };
        let access: Vec<u64> =
            settings.kinds.iter().map(|kind| within(f64::from(kind.reach_m()))).collect();
        let served = || rows().filter(|(_, metres)| *metres <= cut_off);
        let person_metres: u128 =
            served().map(|(persons, m)| u128::from(persons) * m.round() as u128).sum();
        let persons: u64 = served().map(|(persons, _)| persons).sum();
        PeriodOutcome {
            period,
            year: settings.periods.label(period),
            openings,
            open: self.open.iter().filter(|open| **open).count() as u32,
            access_all: access.iter().copied().min().unwrap_or(0),
            access,
            unserved: self.programme.population() - persons,
            person_metres,
            mean_distance_m: (persons > 0).then(|| person_metres as f64 / persons as f64),
            worst_distance_m: served().map(|(_, m)| m.round() as u32).max(),
            ..PeriodOutcome::default()
        }
    }
}

/// Returns the plans side by side.
pub(crate) fn comparison(populations: &[u64], plans: &[&Plan]) -> Comparison {
    let first = plans[0];
    let row = |plan: &&Plan| ComparisonRow {
        label: plan.label.clone(),
        method: plan.method,
        file: "plan.json".to_owned(),
        value: plan.value,
        gap: Plan::gap_of(plan.value, first.bound.unwrap_or(0)),
        worse: (plan.value - first.value).abs() as f64 / first.value as f64,
        person_years_of_access: plan.person_years_of_access,
        mean_distance_m: plan.mean_distance_m(populations),
        worst_distance_m: plan.outcomes.last().and_then(|o| o.worst_distance_m),
    };
    Comparison {
        format: 1,
        programme: first.programme.clone(),
        as_of: None,
        openings: first.outcomes.iter().map(|o| o.openings).collect(),
        bound: first.bound.unwrap_or(0),
        scale: first.scale,
        unit: first.unit.clone(),
        rows: plans.iter().map(row).collect(),
        findings: vec![
            "The order taken reaches the same people by the last year; on the way it gives fewer of them access.".to_owned(),
            "Biggest first and the optimised order differ by little after the fourth year.".to_owned(),
        ],
    }
}

/// Returns a price list of a plan: one gain that is known between two ends, one that is none, one that is open and
/// one that does harm.
pub(crate) fn prices(plan: &Plan) -> PriceList {
    let price = |rule: &str, change: &str, ends: (i128, i128), gained: (i64, i64)| RuleWorth {
        rule: rule.to_owned(),
        change: change.to_owned(),
        loosens: ends.1 >= 0,
        folder: None,
        value: Some(plan.value),
        bound: plan.bound,
        gain_at_least: Some(ends.0),
        gain_at_most: Some(ends.1),
        access_gained: Some(gained.0),
        person_years_gained: Some(gained.1),
        stopped_by: StoppedBy::Gap,
        seconds: 1.5,
        work: 1000,
    };
    PriceList {
        format: 1,
        programme: plan.programme.clone(),
        inputs: plan.inputs.clone(),
        question: plan.question.clone(),
        sense: plan.sense,
        scale: plan.scale,
        unit: plan.unit.clone(),
        value: plan.value,
        bound: plan.bound,
        access_last: plan.outcomes.last().map_or(0, |last| last.access_all),
        person_years_of_access: plan.person_years_of_access,
        asked: 5,
        prices: vec![
            price(
                "quota",
                "one opening more a period",
                (202_934_567_890, 203_609_000_001),
                (0, 2_174_423),
            ),
            price(
                "floors[1]",
                "without the floor of 1 site in <each> province by 2025",
                (0, 395_053_000_000),
                (-41_354, 0),
            ),
            price("spacing[2]", "without the spacing of 20 km", (0, 0), (0, 0)),
            price(
                "quota",
                "at most instead of exactly",
                (-7_000_000_000, -5_999_999_999),
                (-1, -2_000),
            ),
        ],
    }
}

/// Returns what was promised before a plan, and what has become of it: one site has failed, one site was promised
/// earlier, one is new, and the rest is as promised.
pub(crate) fn promises(plan: &Plan, failed: &str) -> Replan {
    let promise = |opening: &Opening| Promise {
        site: opening.site.clone(),
        package: opening.package.clone(),
        period: opening.period,
        action: opening.action,
    };
    let mut promised: Vec<Promise> = plan.openings.iter().skip(1).map(promise).collect();
    promised.last_mut().expect("the plan opens something").period = 1;
    promised.push(Promise { site: failed.to_owned(), ..promised[0].clone() });
    let state =
        SiteState { site: failed.to_owned(), state: Progress::Failed, package: None, period: None };
    Replan { promised, state: vec![state], begun_by: 2, changes: Some(3), ..Replan::default() }
}

/// Returns a verdict that accepts the plan.
pub(crate) fn verdict(plan: &Plan, pairs: u64) -> Verdict {
    Verdict {
        accepted: true,
        feasible: true,
        value: Some(plan.value),
        bound: plan.bound,
        gap: plan.gap,
        scale: plan.scale,
        unit: plan.unit.clone(),
        pairs,
        problems: Vec::new(),
    }
}

/// Returns a verdict that refuses the plan.
pub(crate) fn refusal(plan: &Plan, pairs: u64) -> Verdict {
    Verdict {
        accepted: false,
        feasible: false,
        problems: vec![
            Problem::new(Code::QuotaExceeded, "period 2 opens 17 sites; the quota is 16"),
            Problem::new(Code::BoundNotProved, "claimed 5 < proved 4"),
        ],
        ..verdict(plan, pairs)
    }
}
