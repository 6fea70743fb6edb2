//! Which sites operate in a period with which package, and what that gives each floor and ceiling.

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::plan::Action;
use groundwork_model::programme::Package;
use groundwork_model::{Place, Plan, Programme};

/// Pairs of place and site that a share of people is computed from at most.
const PAIRS_MAX: usize = 20_000_000;

/// Returns the sites that operate in a period, with what they offer; a package that is not known offers nothing.
pub(crate) fn operating<'a>(
    programme: &'a Programme,
    plan: &'a Plan,
    period: u32,
) -> BTreeMap<&'a str, Option<&'a Package>> {
    let packages = &programme.settings.packages;
    let package = |id: &str| packages.iter().find(|package| package.id == id);
    let mut sites = BTreeMap::new();
    for facility in &programme.facilities {
        let own = facility.package.as_deref().map_or_else(|| packages.first(), package);
        if facility.closes.is_none_or(|closes| period < closes) {
            // Of two facilities on one site the first in the table counts.
            sites.entry(facility.site.as_str()).or_insert(own);
        }
    }
    let mut done: Vec<_> =
        plan.openings.iter().filter(|opening| opening.period <= period).collect();
    done.sort_by_key(|opening| opening.period);
    for opening in done {
        match opening.action {
            Action::Open | Action::Upgrade => {
                sites.insert(&opening.site, package(&opening.package))
            }
            Action::Close => sites.remove(opening.site.as_str()),
        };
    }
    sites
}

/// Is what a floor or a ceiling asks of one province, or of all, and what the plan has.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Limit<'a> {
    /// `None` for all of the programme.
    pub(crate) province: Option<&'a str>,
    /// `None` for any kind.
    pub(crate) kind: Option<&'a str>,
    pub(crate) period: u32,
    pub(crate) asked: Asked,
    /// Sites, or persons within reach; `None` where there are too many pairs to count.
    pub(crate) has: Option<u64>,
}

/// Is what is asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Asked {
    /// So many sites at least.
    AtLeast(u32),
    /// So many sites at most.
    AtMost(u32),
    /// So many of these persons within reach, with the share that is written.
    Persons { least: u64, of: u64, percent: String },
}

impl Limit<'_> {
    /// Returns whether the plan has what is asked; `None` where that is not known.
    pub(crate) fn kept(&self) -> Option<bool> {
        let has = self.has?;
        Some(match &self.asked {
            Asked::AtLeast(least) => has >= u64::from(*least),
            Asked::AtMost(most) => has <= u64::from(*most),
            Asked::Persons { least, .. } => has >= *least,
        })
    }
}

/// Returns every floor, then every ceiling, by province where it speaks of each.
pub(crate) fn limits<'a>(programme: &'a Programme, plan: &'a Plan) -> Vec<Limit<'a>> {
    let settings = &programme.settings;
    let mut limits = Vec::new();
    for floor in &settings.floors {
        let Some(period) = settings.period_named(floor.by) else { continue };
        for province in provinces(programme, floor.province.as_deref()) {
            let scope = Scope { programme, plan, province, kind: floor.kind.as_deref(), period };
            if let Some(least) = floor.at_least {
                limits.push(scope.limit(Asked::AtLeast(least), Some(scope.sites())));
            }
            if let (Some(percent), Some(kind)) = (floor.coverage, &floor.kind) {
                let of = scope.persons(kind);
                // A share is in hundredths of people, rounded up to whole persons.
                let hundredths = u128::try_from(percent.mantissa()).unwrap_or(0) * u128::from(of);
                let least = hundredths.div_ceil(100 * 10_u128.pow(percent.scale()));
                let least = u64::try_from(least).unwrap_or(u64::MAX);
                let asked = Asked::Persons { least, of, percent: percent.to_string() };
                limits.push(scope.limit(asked, scope.reached(kind)));
            }
        }
    }
    for ceiling in &settings.ceilings {
        let Some(period) = settings.period_named(ceiling.by) else { continue };
        for province in provinces(programme, ceiling.province.as_deref()) {
            let scope = Scope { programme, plan, province, kind: ceiling.kind.as_deref(), period };
            limits.push(scope.limit(Asked::AtMost(ceiling.at_most), Some(scope.sites())));
        }
    }
    limits
}

/// Returns the provinces that a rule speaks of: each, one, or `None` for all together.
fn provinces<'a>(programme: &'a Programme, named: Option<&'a str>) -> Vec<Option<&'a str>> {
    if named != Some("*") {
        return vec![named];
    }
    let mut seen = BTreeSet::new();
    let all = programme.places.iter().map(|place| place.province.as_str());
    all.filter(|province| !province.is_empty() && seen.insert(*province)).map(Some).collect()
}

/// Is what one rule speaks of.
#[derive(Clone, Copy)]
struct Scope<'a> {
    programme: &'a Programme,
    plan: &'a Plan,
    province: Option<&'a str>,
    kind: Option<&'a str>,
    period: u32,
}

impl<'a> Scope<'a> {
    fn limit(self, asked: Asked, has: Option<u64>) -> Limit<'a> {
        Limit { province: self.province, kind: self.kind, period: self.period, asked, has }
    }

    fn places(self) -> impl Iterator<Item = &'a Place> {
        let inside = move |place: &&Place| self.province.is_none_or(|name| place.province == name);
        self.programme.places.iter().filter(inside)
    }

    /// Counts the sites that operate; the province of a site is that of the place with its id.
    fn sites(self) -> u64 {
        let inside: BTreeSet<&str> = self.places().map(|place| place.id.as_str()).collect();
        let sites = operating(self.programme, self.plan, self.period);
        let counts = |(site, package): &(&&str, &Option<&Package>)| {
            let here = self.province.is_none() || inside.contains(*site);
            here && self.kind.is_none_or(|kind| package.is_some_and(|package| package.lists(kind)))
        };
        sites.iter().filter(counts).count() as u64
    }

    fn persons(self, kind: &str) -> u64 {
        let year = self.programme.settings.periods.label(self.period);
        self.places().map(|place| place.persons_in(kind, year)).sum()
    }

    /// Counts the persons within reach of a site that offers the kind, in any province.
    fn reached(self, kind: &str) -> Option<u64> {
        let settings = &self.programme.settings;
        let year = settings.periods.label(self.period);
        let reach = settings.kinds.iter().find(|known| known.id == kind)?.reach_m();
        let reach = settings.distance.cut_off_m().map_or(reach, |cut_off| cut_off.min(reach));
        let sites = operating(self.programme, self.plan, self.period);
        let offers =
            |package: &Option<&Package>| package.is_some_and(|package| package.lists(kind));
        let offering = sites.iter().filter(|(_, package)| offers(package)).map(|(site, _)| *site);
        let points: Vec<(&str, (f64, f64), bool)> =
            offering.filter_map(|site| point(self.programme, site)).collect();
        if self.places().count().saturating_mul(points.len()) > PAIRS_MAX {
            return None;
        }
        let detour = settings.distance.detour.to_f64();
        let near = |place: &&Place| {
            points.iter().any(|&(site, at, own)| {
                let metres = match own && site == place.id {
                    true => own_metres(place, detour),
                    false => metres((place.lat, place.lon), at, detour),
                };
                metres <= f64::from(reach)
            })
        };
        Some(self.places().filter(near).map(|place| place.persons_in(kind, year)).sum())
    }
}

/// Returns where a site stands, and whether that is the very point of its place.
fn point<'a>(programme: &Programme, site: &'a str) -> Option<(&'a str, (f64, f64), bool)> {
    let place = programme.places.iter().find(|place| place.id == site);
    let row = programme.sites.iter().find(|row| row.id == site && row.location.is_some());
    let at = row.and_then(|row| row.location).or(place.map(|place| (place.lat, place.lon)))?;
    Some((site, at, place.is_some_and(|place| (place.lat, place.lon) == at)))
}

/// Returns the mean way to a site in the own place: two thirds of the radius of a circle of its area.
fn own_metres(place: &Place, detour: f64) -> f64 {
    let area = place.area_km2.unwrap_or(0.0) * 1e6;
    ((2.0 / 3.0) * (area / std::f64::consts::PI).sqrt() * detour + 0.5).floor()
}

/// Returns the great circle between two points in degrees times the detour, in whole metres.
fn metres(from: (f64, f64), to: (f64, f64), detour: f64) -> f64 {
    let (lat1, lat2) = (from.0.to_radians(), to.0.to_radians());
    let lat = ((lat2 - lat1) / 2.0).sin();
    let lon = ((to.1 - from.1).to_radians() / 2.0).sin();
    let h = lat * lat + lat1.cos() * lat2.cos() * lon * lon;
    (2.0 * 6_371_008.8 * h.sqrt().min(1.0).asin() * detour + 0.5).floor()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three places on a line, a twentieth of a degree apart: 5.56 km. Only B and C are in the South.
    fn programme(rules: &str) -> Programme {
        let settings = format!(
            "{{\"format\":1,\"name\":\"x\",\"periods\":{{\"first\":2026,\"count\":4}},\
             \"kinds\":[{{\"id\":\"care\",\"reach_km\":6}},{{\"id\":\"births\",\"reach_km\":2}}],\
             \"packages\":[{{\"id\":\"small\",\"kinds\":[\"care\"]}},{{\"id\":\"full\",\"kinds\":[\"care\",\"births\"]}}],{rules}}}"
        );
        let place = |id: &str, province: &str, lon: f64, population: u64| Place {
            id: id.to_owned(),
            province: province.to_owned(),
            lon,
            population,
            ..Place::default()
        };
        let facility = groundwork_model::Facility {
            site: "A".to_owned(),
            closes: Some(3),
            ..groundwork_model::Facility::default()
        };
        Programme {
            settings: serde_json::from_str(&settings).unwrap(),
            places: vec![
                place("A", "North", 0.0, 100),
                place("B", "South", 0.05, 30),
                place("C", "South", 0.1, 10),
            ],
            sites: Vec::new(),
            facilities: vec![facility],
            reports: Vec::new(),
        }
    }

    /// C opens small in the first period, is upgraded in the second and closes in the fourth.
    fn plan() -> Plan {
        let text = "{\"format\":1,\"programme\":\"x\",\"label\":\"l\",\"method\":\"optimised\",\"inputs\":[],\"question\":{},\
            \"status\":\"feasible\",\"stopped_by\":\"time\",\"sense\":\"min\",\"scale\":1,\"unit\":\"persons\",\"value\":0,\
            \"bound\":null,\"gap\":null,\"openings\":[\
            {\"site\":\"C\",\"package\":\"small\",\"period\":1,\"year\":2026,\"fixed\":false},\
            {\"site\":\"C\",\"package\":\"full\",\"period\":2,\"year\":2027,\"fixed\":false,\"action\":\"upgrade\"},\
            {\"site\":\"C\",\"package\":\"full\",\"period\":4,\"year\":2029,\"fixed\":false,\"action\":\"close\"}],\
            \"outcomes\":[],\"person_years_of_access\":0,\"run\":{\"version\":\"0\",\"seconds\":0.0,\"work\":0,\"threads\":1,\
            \"seed\":1,\"peak_rss_bytes\":0}}";
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn sites_open_turn_and_close() {
        let (programme, plan) = (programme("\"floors\":[]"), plan());
        let at = |period| {
            let sites = operating(&programme, &plan, period);
            let named = |(site, package): (&&str, &Option<&Package>)| {
                format!("{site}:{}", package.map_or("-", |package| package.id.as_str()))
            };
            sites.iter().map(named).collect::<Vec<_>>().join(" ")
        };
        let all: Vec<String> = (1..=4).map(at).collect();
        assert_eq!(all, ["A:small C:small", "A:small C:full", "C:full", ""]);
    }

    #[test]
    fn floors_and_ceilings_are_counted_by_province_kind_and_period() {
        let rules = "\"floors\":[{\"province\":\"*\",\"by\":2027,\"at_least\":1},\
            {\"by\":2,\"kind\":\"births\",\"at_least\":2},\
            {\"by\":3,\"kind\":\"care\",\"coverage\":28.6},\
            {\"by\":3,\"kind\":\"care\",\"coverage\":28.5},\
            {\"province\":\"South\",\"by\":1,\"kind\":\"births\",\"coverage\":10}],\
            \"ceilings\":[{\"by\":1,\"at_most\":1}]";
        let (programme, plan) = (programme(rules), plan());
        let found: Vec<_> = limits(&programme, &plan)
            .iter()
            .map(|limit| (limit.province.unwrap_or("-").to_owned(), limit.has, limit.kept()))
            .collect();
        let expected = [
            // One site each: A in the North, C in the South.
            ("North", 1, true),
            ("South", 1, true),
            // Only C offers births in the second period.
            ("-", 1, false),
            // From the third on A is closed; C reaches B and itself, 40 of 140 persons: 28.57 per cent.
            ("-", 40, false),
            ("-", 40, true),
            // Nobody offers births in the first period.
            ("South", 0, false),
            ("-", 2, false),
        ];
        let expected: Vec<_> = expected
            .map(|(province, has, kept)| (province.to_owned(), Some(has), Some(kept)))
            .to_vec();
        assert_eq!(found, expected);
    }
}
