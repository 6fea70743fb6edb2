//! What may be chosen: the schedules of each site, and who goes where, found by trying.

use groundwork_model::plan::{Action, Served};
use groundwork_model::programme::Kind;
use groundwork_model::{Code, Goal, Opening, Programme, Question};
use groundwork_verify::verify_choice;

use crate::common::Stream;
use crate::generator::site_ids;
use crate::values::{self, Server};

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

/// Is a place, a site and what one person costs there, or the persons who go there.
type Triple = (usize, usize, u128);

/// Returns the best that can be found for who goes where: by filling pairs in many orders.
pub(crate) fn assign(
    programme: &Programme,
    goal: Goal,
    openings: &[Opening],
    stream: &mut Stream,
) -> Vec<Served> {
    let mut rows = Vec::new();
    let kinds = programme.settings.package_kinds().into_iter();
    for kind in kinds.filter(|kind| values::is_limited(programme, kind)) {
        for period in 1..=programme.settings.periods.count {
            rows.extend(best(programme, goal, kind, period, openings, stream));
        }
    }
    rows
}

fn best(
    programme: &Programme,
    goal: Goal,
    kind: &Kind,
    period: u32,
    openings: &[Opening],
    stream: &mut Stream,
) -> Vec<Served> {
    let servers = values::servers(programme, openings, kind, period);
    let mut pairs: Vec<Triple> = Vec::new();
    for (number, place) in programme.places.iter().enumerate() {
        for (server, site) in servers.iter().enumerate() {
            let cost = values::cost(programme, goal, kind, place, site);
            pairs.extend(cost.map(|cost| (number, server, cost)));
        }
    }
    pairs.sort_by_key(|pair| pair.2);
    let left_out = values::unserved(programme, goal).unwrap_or(1_000_000_000_000);
    let mut found: Option<(u128, Vec<Triple>)> = None;
    for _ in 0..12 {
        let year = programme.settings.periods.label(period);
        let persons = programme.places.iter().map(|place| place.persons_in(&kind.id, year));
        let filled = fill(kind, persons.clone().collect(), &servers, &pairs, left_out);
        let left = persons.sum::<u64>() - filled.iter().map(|row| row.2 as u64).sum::<u64>();
        let cost = worth(goal, &filled, (u128::from(left), left_out), &pairs);
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
            persons: persons as u64,
        })
        .collect()
}

/// Returns what triples cost with persons of whom so many are left out; for the worst-off the most that one of them does.
fn worth(goal: Goal, filled: &[Triple], (left, left_out): (u128, u128), pairs: &[Triple]) -> u128 {
    let each = |row: &Triple| {
        pairs.iter().find(|pair| (pair.0, pair.1) == (row.0, row.1)).map_or(0, |pair| pair.2)
    };
    if goal == Goal::WorstDistance {
        let farthest = filled.iter().map(each).max().unwrap_or(0);
        return farthest.max(if left > 0 { left_out } else { 0 });
    }
    filled.iter().map(|row| row.2 * each(row)).sum::<u128>() + left * left_out
}

/// Fills pairs in this order, none that cost more than `left_out`.
fn fill(
    kind: &Kind,
    mut persons: Vec<u64>,
    servers: &[Server],
    pairs: &[Triple],
    left_out: u128,
) -> Vec<Triple> {
    let mut free: Vec<u64> =
        servers.iter().map(|server| server.limit.unwrap_or(u64::MAX)).collect();
    let mut rows = Vec::new();
    for &(place, server, each) in pairs {
        let mut taken = persons[place].min(free[server]);
        if (values::is_whole(kind) && taken < persons[place]) || each > left_out {
            taken = 0;
        }
        if taken > 0 {
            persons[place] -= taken;
            free[server] -= taken;
            rows.push((place, server, u128::from(taken)));
        }
    }
    rows
}
