//! A programme that is written as files reads back the same.

use std::collections::BTreeMap;
use std::io;

use groundwork_formats::read_programme;
use groundwork_model::programme::{
    Distance, Files, Goal, Kind, Map, Objective, Package, PerPeriod, Periods, Population, Quota,
    QuotaRule, SitesFrom, Stage,
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
        (
            "places.csv",
            csv(
                &["id", "name", "name:ko", "province", "lat", "lon", "population", "area_km2"],
                programme.places.iter().map(place_row),
            ),
        ),
        (
            "sites.csv",
            csv(
                &["id", "name", "lat", "lon", "rule", "earliest", "latest"],
                programme.sites.iter().map(site_row),
            ),
        ),
        (
            "facilities.csv",
            csv(
                &["site", "name", "opened", "source"],
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

fn csv(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).expect("memory takes all");
    rows.for_each(|row| writer.write_record(row).expect("memory takes all"));
    writer.into_inner().expect("memory takes all")
}

fn or_empty(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn place_row(place: &Place) -> Vec<String> {
    vec![
        place.id.clone(),
        place.name.clone(),
        or_empty(place.names.get("ko")),
        place.province.clone(),
        place.lat.to_string(),
        place.lon.to_string(),
        place.population.to_string(),
        or_empty(place.area_km2),
    ]
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
    ]
}

fn facility_row(facility: &Facility) -> Vec<String> {
    vec![
        facility.site.clone(),
        or_empty(facility.name.as_ref()),
        or_empty(facility.opened),
        or_empty(facility.source.as_ref()),
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
            Programme { settings, places, sites, facilities, reports }
        },
    )
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
    let goal = prop::sample::select(vec![Goal::Distance, Goal::Coverage, Goal::WorstDistance]);
    let lengths = (1_i64..1000, prop::option::of(1000_i64..2000), 0_i64..1000);
    (text(), openings, goal, lengths).prop_map(|(name, openings, goal, (reach, cut_off, rate))| {
        Settings {
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
            objective: Objective { goal, discount_rate: Decimal::new(rate, 4) },
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
        }
    })
}

fn place() -> impl Strategy<Value = Place> {
    let names = prop::option::of(text())
        .prop_map(|name| name.map(|name| ("ko".to_owned(), name)).into_iter().collect());
    let area = prop::option::of(0.001_f64..100_000.0);
    (text(), names, text(), 10.0_f64..20.0, 100.0_f64..170.0, 1_u64..1_000_000, area).prop_map(
        |(name, names, province, lat, lon, population, area_km2)| Place {
            row: 0,
            id: String::new(),
            name,
            names,
            province,
            lat,
            lon,
            population,
            area_km2,
            ..Place::default()
        },
    )
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
    )
        .prop_map(|(name, location, rule, earliest, latest)| Site {
            row: 0,
            id: String::new(),
            name,
            location,
            rule,
            earliest,
            latest,
            ..Site::default()
        })
}

fn facility() -> impl Strategy<Value = Facility> {
    (prop::option::of(text()), prop::option::of(date()), prop::option::of(text())).prop_map(
        |(name, opened, source)| Facility {
            row: 0,
            site: String::new(),
            name,
            opened,
            source,
            ..Facility::default()
        },
    )
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
