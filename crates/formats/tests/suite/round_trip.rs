//! A programme that is written as files reads back the same.

use std::collections::BTreeMap;
use std::io;

use groundwork_formats::read_programme;
use groundwork_model::evidence::{
    Certainty, Checklist, ChecklistItem, CountUnit, Cycle, CycleTarget, Each, Meeting,
    MilestoneRule, OutputRule, Wanted, WantedWord,
};
use groundwork_model::programme::{
    AmountPerPeriod, Assignment, Budget, Ceiling, Distance, Due, Files, Floor, Goal, Kind, Map,
    Need, NextGoal, Objective, Package, PerPeriod, Periods, Population, Precedence, Quota,
    QuotaRule, RepairPrices, SiteSet, SitesFrom, Size, Spacing, Stage, Upgrade,
};
use groundwork_model::{Decimal, Facility, Place, Programme, Report, Settings, Site, SiteRule};
use jiff::civil::Date;
use proptest::prelude::*;

proptest! {
    #[test]
    fn what_is_written_reads_back(programme in programme()) {
        let files = write(&programme);
        let checked = read_programme(&mut |name| files.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into()));
        prop_assert_eq!(checked.programme.as_ref(), Some(&programme), "{:#?}", checked.problems);
    }
}

fn write(programme: &Programme) -> BTreeMap<&'static str, Vec<u8>> {
    let settings = toml::to_string(&programme.settings).expect("settings are TOML");
    BTreeMap::from([
        ("programme.toml", settings.into_bytes()),
        ("places.csv", csv(&place_header(), programme.places.iter().map(place_row))),
        (
            "sites.csv",
            csv(
                &[
                    "id",
                    "name",
                    "lat",
                    "lon",
                    "rule",
                    "earliest",
                    "latest",
                    "packages",
                    "cost:money",
                    "materials",
                ],
                programme.sites.iter().map(site_row),
            ),
        ),
        (
            "facilities.csv",
            csv(
                &["site", "name", "opened", "source", "package", "closes", "may_close"],
                programme.facilities.iter().map(facility_row),
            ),
        ),
        (
            "reports.csv",
            csv(
                &["site", "named", "package", "period", "stage", "date", "source"],
                programme.reports.iter().map(report_row),
            ),
        ),
    ])
}

fn csv<T: AsRef<[u8]>>(header: &[T], rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).expect("memory takes all");
    rows.for_each(|row| writer.write_record(row).expect("memory takes all"));
    writer.into_inner().expect("memory takes all")
}

fn or_empty(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Years of which places have their own number of persons.
const YEARS: [i16; 2] = [1000, 2030];

fn place_header() -> Vec<String> {
    let fixed = [
        "id",
        "name",
        "name:ko",
        "province",
        "lat",
        "lon",
        "population",
        "area_km2",
        "materials",
        "persons:k",
    ];
    let of_population = YEARS.map(|year| format!("population:{year}"));
    let of_kind = YEARS.map(|year| format!("persons:k:{year}"));
    fixed.map(str::to_owned).into_iter().chain(of_population).chain(of_kind).collect()
}

fn place_row(place: &Place) -> Vec<String> {
    let mut row = vec![
        place.id.clone(),
        place.name.clone(),
        or_empty(place.names.get("ko")),
        place.province.clone(),
        place.lat.to_string(),
        place.lon.to_string(),
        place.population.to_string(),
        or_empty(place.area_km2),
        place.materials.join("|"),
    ];
    row.push(or_empty(place.persons.get("k")));
    row.extend(YEARS.map(|year| or_empty(place.population_from.get(&year))));
    let of_kind = place.persons_from.get("k");
    row.extend(YEARS.map(|year| or_empty(of_kind.and_then(|years| years.get(&year)))));
    row
}

fn site_row(site: &Site) -> Vec<String> {
    let rule = match site.rule {
        SiteRule::Candidate => "",
        SiteRule::Required => "required",
        SiteRule::Forbidden => "forbidden",
    };
    vec![
        site.id.clone(),
        or_empty(site.name.as_ref()),
        or_empty(site.location.map(|(lat, _)| lat)),
        or_empty(site.location.map(|(_, lon)| lon)),
        rule.to_owned(),
        or_empty(site.earliest),
        or_empty(site.latest),
        site.packages.join(" | "),
        or_empty(site.cost.get("money")),
        site.materials.join("|"),
    ]
}

fn facility_row(facility: &Facility) -> Vec<String> {
    vec![
        facility.site.clone(),
        or_empty(facility.name.as_ref()),
        or_empty(facility.opened),
        or_empty(facility.source.as_ref()),
        or_empty(facility.package.as_ref()),
        or_empty(facility.closes),
        if facility.may_close { "yes" } else { "" }.to_owned(),
    ]
}

fn report_row(report: &Report) -> Vec<String> {
    let stage = match report.stage {
        Stage::Other => "target_set",
        Stage::Announced => "announced",
        Stage::Begun => "groundbreaking",
        Stage::Opened => "inaugurated",
    };
    vec![
        report.site.clone(),
        report.named.clone(),
        report.package.clone(),
        or_empty(report.period),
        stage.to_owned(),
        report.date.to_string(),
        report.source.clone(),
    ]
}

/// Makes programmes without error. The first place is always free to open, and each table has a row.
fn programme() -> impl Strategy<Value = Programme> {
    let rows = (
        prop::collection::vec(place(), 4..9),
        prop::collection::vec(site(), 1..3),
        prop::collection::vec(facility(), 1..3),
        prop::collection::vec(report(), 1..5),
    );
    (settings(), rows).prop_map(
        |(settings, (mut places, mut sites, mut facilities, mut reports))| {
            for (index, place) in places.iter_mut().enumerate() {
                (place.row, place.id) = (index as u32 + 2, format!("P{index}"));
            }
            for (index, site) in sites.iter_mut().enumerate() {
                (site.row, site.id) = (index as u32 + 2, format!("P{}", index + 1));
            }
            for (index, facility) in facilities.iter_mut().enumerate() {
                (facility.row, facility.site) = (index as u32 + 2, "P3".to_owned());
            }
            for (index, report) in reports.iter_mut().enumerate() {
                report.row = index as u32 + 2;
            }
            let programme = Programme { settings, places, sites, facilities, reports };
            if programme.settings.packages.len() > 1 { programme } else { plain(programme) }
        },
    )
}

/// Takes out what only programmes of several packages have here.
fn plain(mut programme: Programme) -> Programme {
    for place in &mut programme.places {
        place.persons.clear();
        place.population_from.clear();
        place.persons_from.clear();
    }
    for site in &mut programme.sites {
        (site.packages, site.cost) = (Vec::new(), BTreeMap::new());
    }
    for facility in &mut programme.facilities {
        (facility.package, facility.closes, facility.may_close) = (None, None, false);
    }
    programme
}

/// Adds one of everything that a plain programme has not.
fn ruled(mut settings: Settings) -> Settings {
    let money = |amount| BTreeMap::from([("money".to_owned(), amount)]);
    let set = |sites: [&str; 2]| SiteSet { sites: sites.map(str::to_owned).to_vec() };
    let limited = settings.distance.cut_off_km.is_some();
    settings.kinds[0].demand = Decimal::new(15, 1);
    settings.kinds[0].assignment = Assignment::Whole;
    settings.kinds[0].sizes = vec![
        Size {
            id: "s".to_owned(),
            name: "Small".to_owned(),
            capacity: limited.then_some(500),
            cost: money(7),
            running: money(1),
            build: 0,
        },
        Size {
            id: "l".to_owned(),
            name: String::new(),
            capacity: None,
            cost: BTreeMap::new(),
            running: BTreeMap::new(),
            build: 1,
        },
    ];
    settings.kinds[0].needs =
        vec![Need { kind: Some("k".to_owned()), material: None, within_km: Decimal::new(15, 1) }];
    settings.packages[0].kinds = vec!["k:s".to_owned()];
    settings.packages[0].cost = money(1_000_000_000_000);
    settings.packages.push(Package {
        id: "q".to_owned(),
        kinds: vec!["k:l".to_owned()],
        running: money(2),
        build: 2,
        ..Package::default()
    });
    settings.upgrades =
        vec![Upgrade { from: "p".to_owned(), to: "q".to_owned(), cost: money(3), build: 1 }];
    settings.budgets = vec![Budget {
        resource: "money".to_owned(),
        amount: AmountPerPeriod::Each(vec![0, 5, 1_000_000_000_000, 7]),
        carry_over: true,
        due: Due::Opening,
    }];
    settings.floors = vec![
        Floor { province: None, kind: None, by: 4, at_least: Some(1), coverage: None },
        Floor {
            province: Some("*".to_owned()),
            kind: Some("k".to_owned()),
            by: 2033,
            at_least: None,
            coverage: Some(Decimal::new(125, 1)),
        },
    ];
    settings.ceilings =
        vec![Ceiling { province: None, kind: Some("k".to_owned()), by: 2, at_most: 5 }];
    settings.spacing = vec![Spacing { km: Decimal::new(15, 1), kind: None }];
    (settings.exclusive, settings.together) = (vec![set(["P0", "P1"])], vec![set(["P2", "P0"])]);
    settings.precedence =
        vec![Precedence { first: "P1".to_owned(), then: "P2".to_owned(), lag: 1 }];
    settings.repair_prices =
        Some(RepairPrices { site: Some(50), resources: money(3), ..RepairPrices::default() });
    promising(settings)
}

/// Adds what the ledger is read beside: milestones of each period, a cycle with a meeting, a checklist, a capacity.
fn promising(mut settings: Settings) -> Settings {
    settings.evidence.operating_share = Some(Decimal::new(25, 2));
    settings.milestones = vec![MilestoneRule {
        id: "open-{year}".to_owned(),
        each: Some(Each::Period),
        batch: "{year}".to_owned(),
        kind: String::new(),
        stage: groundwork_model::evidence::Stage::Inaugurated,
        count: Wanted::Word(WantedWord::All),
        unit: CountUnit::Facilities,
        due: "by {last}-12-31".to_owned(),
        words: "all of them".to_owned(),
        source: String::new(),
    }];
    let target = CycleTarget {
        id: String::new(),
        batch: String::new(),
        kind: "k".to_owned(),
        stage: groundwork_model::evidence::Stage::Operating,
        count: Wanted::Number(7),
        unit: CountUnit::Places,
        words: String::new(),
        source: String::new(),
    };
    let meeting = Meeting {
        id: "congress".to_owned(),
        name: String::new(),
        date: "2028-12".parse().expect("a month"),
        certainty: Certainty::Rumoured,
        words: "in \"December\"".to_owned(),
        source: String::new(),
    };
    settings.cycles = vec![Cycle {
        id: "plan".to_owned(),
        name: "Plan".to_owned(),
        span: "2026-01-01/2029-12-31".parse().expect("a span"),
        words: String::new(),
        source: "https://example.org".to_owned(),
        targets: vec![target],
        meetings: vec![meeting],
    }];
    let item = |id: &str, required| ChecklistItem {
        id: id.to_owned(),
        words: "Is it?".to_owned(),
        required,
    };
    settings.checklists =
        vec![Checklist { kind: "k".to_owned(), items: vec![item("a", true), item("b", false)] }];
    settings.outputs = vec![OutputRule {
        kind: "k".to_owned(),
        product: "soap".to_owned(),
        unit: "t".to_owned(),
        capacity: Some(1200),
        of: None,
    }];
    settings
}

/// Makes texts that a cell keeps: quotation marks, separators and other scripts, no blanks around.
fn text() -> impl Strategy<Value = String> {
    "[A-Za-z가-힣éß\"',;:#=]([A-Za-z가-힣éß\"',;:#= ]{0,10}[A-Za-z가-힣éß\"',;:#=])?"
}

fn date() -> impl Strategy<Value = Date> {
    (2000_i16..2100, 1_i8..=12, 1_i8..=28)
        .prop_map(|(year, month, day)| Date::constant(year, month, day))
}

fn settings() -> impl Strategy<Value = Settings> {
    let openings = prop_oneof![
        (1_u32..50).prop_map(PerPeriod::Same),
        prop::collection::vec(1_u32..50, 4).prop_map(PerPeriod::Each),
    ];
    let goals = prop::sample::subsequence(GOALS.to_vec(), 1..=GOALS.len()).prop_shuffle();
    let goals = (goals, prop::collection::vec(0_i64..=100_000_000, GOALS.len()));
    let keys = (prop::option::of(0_i64..10_000), prop::option::of(1_i64..10_000));
    let lengths = (1_i64..1000, prop::option::of(1000_i64..2000), 0_i64..1000);
    let made = (text(), openings, (goals, keys), lengths);
    let made = made.prop_map(|(name, openings, (goals, keys), (reach, cut_off, rate))| Settings {
        format: 1,
        name,
        description: "It \"promises\"\nmuch".to_owned(),
        source: String::new(),
        population: Population { year: Some(2020), source: "census".to_owned() },
        periods: Periods { first: 2026, count: 4, years: 2 },
        quota: Quota { openings, rule: QuotaRule::AtMost, ..Quota::default() },
        kinds: vec![Kind {
            id: "k".to_owned(),
            name: "Kind".to_owned(),
            weight: 1000,
            reach_km: Decimal::new(reach, 1),
            ..Kind::default()
        }],
        packages: vec![Package {
            id: "p".to_owned(),
            name: String::new(),
            kinds: vec!["k".to_owned()],
            ..Package::default()
        }],
        objective: Objective {
            discount_rate: Decimal::new(rate, 4),
            ..objective(goals, keys, cut_off.is_some())
        },
        distance: Distance {
            detour: Decimal::new(13, 1),
            cut_off_km: cut_off.map(|metres| Decimal::new(metres, 3)),
            unserved_km: cut_off.map(|metres| Decimal::new(metres + 1, 3)),
        },
        sites: SitesFrom::Places,
        files: Files {
            places: "places.csv".to_owned(),
            sites: Some("sites.csv".to_owned()),
            facilities: Some("facilities.csv".to_owned()),
            reports: Some("reports.csv".to_owned()),
        },
        map: Map::default(),
        ..Settings::default()
    });
    (made, any::<bool>()).prop_map(|(settings, rich)| if rich { ruled(settings) } else { settings })
}

/// Goals that may stand together.
const GOALS: [Goal; 5] =
    [Goal::Distance, Goal::Coverage, Goal::SelfSufficiency, Goal::Equity, Goal::Cost];

/// Makes an objective of goals with their tolerances and of what a way costs and how much worse it becomes.
/// Without a cut-off there is one goal, and it is not equity.
fn objective(
    (goals, tolerances): (Vec<Goal>, Vec<i64>),
    (way, aversion): (Option<i64>, Option<i64>),
    limited: bool,
) -> Objective {
    let tolerance = |index: usize| Decimal::new(tolerances[index], 6);
    let then = goals.iter().enumerate().skip(1);
    let then =
        then.map(|(at, &goal)| NextGoal { goal, tolerance_percent: tolerance(at) }).collect();
    let objective = Objective {
        goal: goals[0],
        resource: Some("cement".to_owned()),
        per_person_km: way.map(|way| Decimal::new(way, 3)),
        aversion_per_km: Some(Decimal::new(aversion.unwrap_or(1), 3)),
        tolerance_percent: tolerance(0),
        then,
        ..Objective::default()
    };
    match (limited, objective.goal) {
        (true, _) => objective,
        (false, Goal::Equity) => {
            Objective { goal: Goal::WorstDistance, then: Vec::new(), ..objective }
        }
        (false, _) => Objective { then: Vec::new(), ..objective },
    }
}

fn materials() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(text(), 0..3)
}

fn place() -> impl Strategy<Value = Place> {
    let names = prop::option::of(text())
        .prop_map(|name| name.map(|name| ("ko".to_owned(), name)).into_iter().collect());
    let area = prop::option::of(0.001_f64..100_000.0);
    let persons = (1_u64..1_000_000, prop::option::of(0_u64..1_000_000));
    let point = (10.0_f64..20.0, 100.0_f64..170.0);
    let later = (by_year(), by_year());
    (text(), names, text(), point, (persons, later), area, materials()).prop_map(
        |(name, names, province, (lat, lon), (persons, later), area_km2, materials)| Place {
            row: 0,
            id: String::new(),
            name,
            names,
            province,
            lat,
            lon,
            population: persons.0,
            persons: persons.1.map(|needing| ("k".to_owned(), needing)).into_iter().collect(),
            population_from: later.0,
            persons_from: Some(later.1)
                .filter(|years| !years.is_empty())
                .map(|years| ("k".to_owned(), years))
                .into_iter()
                .collect(),
            area_km2,
            materials,
        },
    )
}

fn by_year() -> impl Strategy<Value = BTreeMap<i16, u64>> {
    let numbers = prop::collection::vec(prop::option::of(0_u64..1_000_000), YEARS.len());
    numbers.prop_map(|numbers| {
        YEARS.into_iter().zip(numbers).filter_map(|(year, number)| Some((year, number?))).collect()
    })
}

fn site() -> impl Strategy<Value = Site> {
    let location = prop::option::of((10.0_f64..20.0, 100.0_f64..170.0));
    let rule = prop::sample::select(vec![SiteRule::Candidate, SiteRule::Forbidden]);
    (
        prop::option::of(text()),
        location,
        rule,
        prop::option::of(1_u32..3),
        prop::option::of(3_u32..5),
        prop::sample::subsequence(vec!["p".to_owned(), "q".to_owned()], 0..=2),
        prop::option::of(0_u64..=1_000_000_000_000),
        materials(),
    )
        .prop_map(|(name, location, rule, earliest, latest, packages, cost, materials)| Site {
            row: 0,
            id: String::new(),
            name,
            location,
            rule,
            earliest,
            latest,
            packages,
            cost: cost.map(|cost| ("money".to_owned(), cost)).into_iter().collect(),
            materials,
        })
}

fn facility() -> impl Strategy<Value = Facility> {
    let package = prop::option::of(prop::sample::select(vec!["p".to_owned(), "q".to_owned()]));
    let closure = prop_oneof![Just((None, true)), (2_u32..5).prop_map(|at| (Some(at), false))];
    let texts = (prop::option::of(text()), prop::option::of(date()), prop::option::of(text()));
    (texts, package, closure).prop_map(|((name, opened, source), package, (closes, may_close))| {
        Facility { row: 0, site: String::new(), name, opened, package, closes, may_close, source }
    })
}

fn report() -> impl Strategy<Value = Report> {
    let stage =
        prop::sample::select(vec![Stage::Other, Stage::Announced, Stage::Begun, Stage::Opened]);
    let site = prop::sample::select(vec!["", "P0", "P1"]);
    let package = prop::sample::select(vec!["", "p"]);
    (site, text(), package, prop::option::of(1_u32..5), stage, date(), text()).prop_map(
        |(site, named, package, period, stage, date, source)| Report {
            row: 0,
            site: site.to_owned(),
            named,
            package: package.to_owned(),
            period,
            stage,
            date,
            source,
        },
    )
}
