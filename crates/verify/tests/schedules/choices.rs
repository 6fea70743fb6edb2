//! What may be chosen: the schedules of each site, and who goes where, found by trying.

use groundwork_model::plan::{Action, Served};
use groundwork_model::programme::{Assignment, Kind, Package};
use groundwork_model::{Code, Decimal, Goal, Opening, Programme, Question};
use groundwork_verify::verify_choice;

use crate::common::Stream;
use crate::generator::site_ids;

/// The faults of one site alone.
const OF_SITE: [Code; 12] = [
    Code::SiteOpenedTwice,
    Code::ForbiddenSiteOpened,
    Code::OutsideWindow,
    Code::RequiredSiteMissing,
    Code::ExistingSiteOpened,
    Code::FactNotKept,
    Code::DecisionNotKept,
    Code::PackageNotAllowed,
    Code::StartTooEarly,
    Code::UpgradeNotAllowed,
    Code::ClosureNotAllowed,
    Code::UnknownSiteInPlan,
];

/// Returns for each site what may happen there, in the order in which certificates number it.
pub(crate) fn of_sites(programme: &Programme, question: &Question) -> Vec<Vec<Vec<Opening>>> {
    let ids = site_ids(programme);
    ids.iter().map(|id| of_site(programme, question, id)).collect()
}

fn of_site(programme: &Programme, question: &Question, id: &str) -> Vec<Vec<Opening>> {
    let mut tries = written(programme, id);
    tries.retain(|rows| {
        let score = verify_choice(programme, question, rows, &[]);
        let mention = format!("`{id}`");
        let of_site = |code: &Code| OF_SITE.contains(code);
        !score.problems.iter().any(|p| of_site(&p.code) && p.cause.contains(&mention))
    });
    tries
}

/// Returns everything that could be written of a site, in the order of the rules page.
fn written(programme: &Programme, id: &str) -> Vec<Vec<Opening>> {
    let settings = &programme.settings;
    let row = |package: &str, period: u32, action: Action| Opening {
        site: id.to_owned(),
        package: package.to_owned(),
        period,
        year: settings.periods.label(period),
        fixed: false,
        action,
    };
    let periods = || 1..=settings.periods.count;
    let mut tries = vec![Vec::new()];
    if let Some(facility) = programme.facilities.iter().find(|facility| facility.site == id) {
        let package = facility.package.as_ref().unwrap_or(&settings.packages[0].id);
        for upgrade in settings.upgrades.iter().filter(|upgrade| upgrade.from == *package) {
            tries.extend(periods().map(|t| vec![row(&upgrade.to, t, Action::Upgrade)]));
        }
        tries.extend(periods().map(|t| vec![row(package, t, Action::Close)]));
        return tries;
    }
    for package in &settings.packages {
        for opens in periods() {
            let open = row(&package.id, opens, Action::Open);
            tries.push(vec![open.clone()]);
            for upgrade in settings.upgrades.iter().filter(|upgrade| upgrade.from == package.id) {
                let turn = |t| vec![open.clone(), row(&upgrade.to, t, Action::Upgrade)];
                tries.extend((opens + 1..=settings.periods.count).map(turn));
            }
        }
    }
    tries
}

/// Returns the package that a site offers in a period when these rows are all that happens.
fn offered<'a>(
    programme: &'a Programme,
    id: &str,
    rows: &'a [Opening],
    period: u32,
) -> Option<&'a str> {
    let facility = programme.facilities.iter().find(|facility| facility.site == id);
    let mut package = facility
        .filter(|f| f.closes.is_none_or(|closes| period < closes))
        .map(|f| f.package.as_deref().unwrap_or(&programme.settings.packages[0].id));
    for row in rows.iter().filter(|row| row.site == id && row.period <= period) {
        package = (row.action != Action::Close).then_some(row.package.as_str());
    }
    package
}

/// Returns how many persons a size serves.
fn limit(kind: &Kind, size: Option<&str>) -> Option<u64> {
    let capacity = kind.sizes.iter().find(|known| Some(known.id.as_str()) == size)?.capacity?;
    if kind.demand == Decimal::ZERO {
        return None;
    }
    let tenths = kind.demand.times_exact(10).unwrap() as u64;
    Some(capacity * 10 / tenths)
}

/// Is a place, a site and their metres, or the persons who go there.
type Triple = (usize, usize, u64);

/// Is a site that offers a limited kind in a period.
struct Server {
    id: String,
    at: f64,
    own: bool,
    limit: Option<u64>,
}

/// Returns the best that can be found for who goes where: by filling pairs in many orders.
pub(crate) fn assign(
    programme: &Programme,
    openings: &[Opening],
    stream: &mut Stream,
) -> Vec<Served> {
    let mut rows = Vec::new();
    for kind in programme.settings.package_kinds() {
        let listed = programme.settings.packages.iter().flat_map(Package::listed);
        let mut sizes = listed.filter(|(id, _)| *id == kind.id).filter_map(|(_, size)| size);
        let has_capacity = |size: &str| {
            kind.sizes.iter().any(|known| known.id == size && known.capacity.is_some())
        };
        if !sizes.any(has_capacity) {
            continue;
        }
        for period in 1..=programme.settings.periods.count {
            let servers = servers(programme, openings, kind, period);
            rows.extend(best(programme, kind, period, &servers, stream));
        }
    }
    rows
}

fn servers(programme: &Programme, openings: &[Opening], kind: &Kind, period: u32) -> Vec<Server> {
    let mut servers = Vec::new();
    for id in site_ids(programme) {
        let Some(package) = offered(programme, &id, openings, period) else { continue };
        let package = programme.settings.packages.iter().find(|p| p.id == package).unwrap();
        let Some((_, size)) = package.listed().find(|(listed, _)| *listed == kind.id) else {
            continue;
        };
        let place = programme.places.iter().find(|place| place.id == id);
        let row = programme.sites.iter().find(|row| row.id == id);
        let location = row.and_then(|row| row.location);
        let at = location.map_or_else(|| place.unwrap().lon, |location| location.1);
        let limit = limit(kind, size);
        servers.push(Server { id, at, own: location.is_none(), limit });
    }
    servers
}

fn best(
    programme: &Programme,
    kind: &Kind,
    period: u32,
    servers: &[Server],
    stream: &mut Stream,
) -> Vec<Served> {
    let settings = &programme.settings;
    let mut pairs: Vec<Triple> = Vec::new();
    for (number, place) in programme.places.iter().enumerate() {
        for (server, site) in servers.iter().enumerate() {
            let own = site.own && site.id == place.id;
            let km = if own { 0.0 } else { (place.lon - site.at).abs() * 111.195_08 };
            let metres = (km * 1_000.0).round() as u64;
            let within = settings.distance.cut_off_m().is_none_or(|m| metres <= u64::from(m));
            let is_coverage = settings.objective.goal == Goal::Coverage;
            let covered = metres <= u64::from(kind.reach_m());
            if within && (!is_coverage || covered) {
                pairs.push((number, server, if is_coverage { 0 } else { metres }));
            }
        }
    }
    pairs.sort_by_key(|pair| pair.2);
    let mut found: Option<(u64, Vec<Triple>)> = None;
    for _ in 0..12 {
        let (cost, filled) = fill(programme, kind, servers, &pairs);
        if found.as_ref().is_none_or(|found| cost < found.0) {
            found = Some((cost, filled));
        }
        for last in (1..pairs.len()).rev() {
            pairs.swap(last, stream.below(last as u64 + 1) as usize);
        }
    }
    let rows = found.map(|found| found.1).unwrap_or_default();
    rows.into_iter()
        .map(|(place, server, persons)| Served {
            kind: kind.id.clone(),
            period,
            place: programme.places[place].id.clone(),
            site: servers[server].id.clone(),
            persons,
        })
        .collect()
}

/// Fills pairs in this order; returns what it costs, persons left out most of all.
fn fill(
    programme: &Programme,
    kind: &Kind,
    servers: &[Server],
    pairs: &[Triple],
) -> (u64, Vec<Triple>) {
    let persons = programme
        .places
        .iter()
        .map(|place| place.persons.get(&kind.id).copied().unwrap_or(place.population));
    let mut persons: Vec<u64> = persons.collect();
    let mut free: Vec<u64> =
        servers.iter().map(|server| server.limit.unwrap_or(u64::MAX)).collect();
    let (mut cost, mut rows) = (0, Vec::new());
    for &(place, server, metres) in pairs {
        let mut taken = persons[place].min(free[server]);
        if kind.assignment == Assignment::Whole && taken < persons[place] {
            taken = 0;
        }
        if taken > 0 {
            persons[place] -= taken;
            free[server] -= taken;
            cost += taken * metres;
            rows.push((place, server, taken));
        }
    }
    let left: u64 = persons.iter().sum();
    (cost + left * 1_000_000_000, rows)
}
