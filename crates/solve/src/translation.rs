//! From a programme and a question to the numeric [`Instance`] and back.

use std::collections::HashSet;

use groundwork_model::{Code, Locked, Problem, Programme, Question, QuotaRule, SiteRule};
use rayon::prelude::*;
use rstar::RTree;
use rstar::primitives::GeomWithData;

use crate::bound::ExactData;
use crate::distance::{chord_metres, chord_reaching};
use crate::facts::Facts;
use crate::goal::GoalModel;
use crate::instance::{Candidate, Instance, NearLists};
use crate::network::Network;

/// Pairs that the lists may hold; past it each place lists only its nearest candidates.
const PAIRS_MAX: usize = 24_000_000;

type SitePoint = GeomWithData<[f64; 3], u32>;

/// Holds a programme as the engine sees it.
pub(crate) struct Translation {
    pub(crate) network: Network,
    pub(crate) goal: GoalModel,
    /// Persons of each place.
    pub(crate) persons: Vec<u64>,
    /// Openings that are not free: (site, period 0-based), facts first, then decisions.
    pub(crate) given: Vec<(usize, usize)>,
    /// Sites that existed before.
    pub(crate) existing: Vec<usize>,
    /// Network positions of the candidates.
    pub(crate) candidates: Vec<usize>,
    pub(crate) instance: Instance,
    pub(crate) exact: ExactData,
    /// Decisions that no plan can keep.
    pub(crate) refused: Vec<Problem>,
}

impl Translation {
    pub(crate) fn new(programme: &Programme, question: &Question) -> Self {
        let network = Network::new(programme);
        let goal = GoalModel::new(&programme.settings);
        let persons: Vec<u64> = programme.places.iter().map(|place| place.population).collect();
        let facts = Facts::of(programme, question);
        let locks = Locks::of(&network, &facts, question);
        let given = given_openings(&network, &facts, &locks);
        let mut quotas = facts.free.clone();
        for &(_, period) in &locks.kept {
            quotas[period] -= 1;
        }
        let existing: Vec<usize> =
            (0..network.sites.len()).filter(|&site| network.sites[site].existing).collect();
        let candidates = free_sites(&network, &given);
        let caps = caps(&network, &goal, &existing, &given);
        let exact = ExactData {
            point_weights: persons.iter().map(|&persons| goal.point_weight(persons)).collect(),
            period_weights: goal.period_weights.clone(),
            caps,
            shift: goal.shift(),
        };
        let instance = Instance {
            points: persons.len(),
            periods: quotas.len(),
            weights: engine_weights(&exact, &goal),
            caps: exact.caps.iter().map(|cap| cap.map_or(f64::INFINITY, f64::from)).collect(),
            candidates: candidates.iter().map(|&site| candidate(&network, site)).collect(),
            exactly: programme.settings.quota.rule == QuotaRule::Exactly,
            quotas,
            near: near_lists(&network, &goal, &candidates, &exact.caps, &persons),
        };
        let refused = locks.refused;
        Self { network, goal, persons, given, existing, candidates, instance, exact, refused }
    }

    /// Returns how many objective units one engine unit is.
    pub(crate) fn engine_unit(&self) -> f64 {
        engine_unit(&self.goal)
    }
}

/// The engine counts the first period's weight as 1 to keep its sums exact.
fn engine_unit(goal: &GoalModel) -> f64 {
    goal.period_weights.first().map_or(1.0, |&first| first.max(1) as f64)
}

fn engine_weights(exact: &ExactData, goal: &GoalModel) -> Vec<f64> {
    let unit = engine_unit(goal);
    let periods = exact.period_weights.len();
    (0..exact.point_weights.len() * periods)
        .map(|at| {
            exact.point_weights[at / periods] as f64
                * (exact.period_weights[at % periods] as f64 / unit)
        })
        .collect()
}

fn candidate(network: &Network, site: usize) -> Candidate {
    let site = &network.sites[site];
    Candidate { window: site.window, required: site.rule == SiteRule::Required }
}

/// Returns the openings that facts and decisions give, facts first.
fn given_openings(network: &Network, facts: &Facts, locks: &Locks) -> Vec<(usize, usize)> {
    let fixed = facts
        .fixed
        .iter()
        .filter_map(|(site, &period)| Some((network.site_index(site)?, period as usize - 1)));
    fixed.chain(locks.kept.iter().copied()).collect()
}

/// Holds the decisions of a question: those that plans keep, and those that none can.
#[derive(Default)]
struct Locks {
    /// Site and period (0-based) of decisions that are not facts already.
    kept: Vec<(usize, usize)>,
    refused: Vec<Problem>,
}

impl Locks {
    fn of(network: &Network, facts: &Facts, question: &Question) -> Self {
        let mut locks = Self::default();
        let mut left = facts.free.clone();
        for locked in &question.locked {
            if facts.fixed.get(&locked.site) == Some(&locked.period) {
                continue;
            }
            match usable(network, facts, &mut left, locked) {
                Ok((site, _)) if locks.kept.iter().any(|&(kept, _)| kept == site) => {
                    let cause = format!("`{}` is decided twice", locked.site);
                    locks.refused.push(Problem::new(Code::SiteOpenedTwice, cause));
                }
                Ok(kept) => locks.kept.push(kept),
                Err(cause) => {
                    let remedy =
                        "Unlock the row, or lock it to a period in which the site may open.";
                    let problem = Problem::new(Code::DecisionNotKept, cause).with_remedy(remedy);
                    locks.refused.push(problem);
                }
            }
        }
        locks
    }
}

/// Returns a decision as positions, or why no plan can keep it.
fn usable(
    network: &Network,
    facts: &Facts,
    left: &mut [u32],
    locked: &Locked,
) -> Result<(usize, usize), String> {
    let (id, period) = (&locked.site, locked.period);
    let Some(site) = network.site_index(id) else {
        return Err(format!("the decided site `{id}` is unknown"));
    };
    if let Some(fact) = facts.fixed.get(id) {
        return Err(format!("`{id}` is decided for period {period}, but begun for period {fact}"));
    }
    let t = (period as usize).wrapping_sub(1);
    let row = &network.sites[site];
    if row.existing
        || row.rule == SiteRule::Forbidden
        || !(row.window.0..=row.window.1).contains(&t)
    {
        return Err(format!("`{id}` may not open in period {period}, for which it is decided"));
    }
    match left.get_mut(t).filter(|left| **left > 0) {
        Some(number) => *number -= 1,
        None => return Err(format!("period {period} has no opening free for `{id}`")),
    }
    Ok((site, t))
}

/// Returns the sites that the engine may open.
fn free_sites(network: &Network, given: &[(usize, usize)]) -> Vec<usize> {
    let taken: HashSet<usize> = given.iter().map(|&(site, _)| site).collect();
    let free = |&site: &usize| {
        let row = &network.sites[site];
        !row.existing && row.rule != SiteRule::Forbidden && !taken.contains(&site)
    };
    (0..network.sites.len()).filter(free).collect()
}

/// Returns the cost of each place in each period if nothing is chosen: the nearest existing or given
/// site, or the cost of having none.
fn caps(
    network: &Network,
    goal: &GoalModel,
    existing: &[usize],
    given: &[(usize, usize)],
) -> Vec<Option<u32>> {
    let periods = goal.period_weights.len();
    (0..network.places.len())
        .into_par_iter()
        .flat_map_iter(|place| {
            let mut row = vec![goal.unserved(); periods];
            let always = existing.iter().map(|&site| (site, 0));
            for (site, from) in always.chain(given.iter().copied()) {
                let Some(metres) = network.metres(place, site) else { continue };
                let cost = goal.cost(metres);
                for cap in &mut row[from..] {
                    *cap = Some(cap.map_or(cost, |cap| cap.min(cost)));
                }
            }
            row
        })
        .collect()
}

/// Lists the candidates near each place: all that can matter, or the nearest where those are too many.
///
/// A list that ends early also holds the beacons, a few candidates spread over everybody, so that the
/// search never loses sight of who serves a place from afar. It then counts with one of those at worst,
/// never with too little.
fn near_lists(
    network: &Network,
    goal: &GoalModel,
    candidates: &[usize],
    caps: &[Option<u32>],
    persons: &[u64],
) -> NearLists {
    let places = network.places.len();
    let periods = goal.period_weights.len();
    let most = (PAIRS_MAX / places.max(1)).max(1);
    let beacons = if candidates.len() > most {
        beacons(network, candidates, persons, most / 4)
    } else {
        Vec::new()
    };
    let tree = RTree::bulk_load(candidates.iter().enumerate().map(site_point(network)).collect());
    let useful = goal.useful_metres().unwrap_or(u32::MAX).min(network.cut_off_m());
    NearLists::build(places, |place| {
        let cap = caps[place * periods];
        let cost_of = |at: u32| {
            let cost = goal.cost(network.metres(place, candidates[at as usize])?);
            cap.is_none_or(|cap| cost < cap).then_some((at, cost))
        };
        let (listed, complete) = nearest_sites(network, &tree, place, useful, most - beacons.len());
        let complete_below = complete.map_or(u32::MAX, |metres| goal.cost(metres));
        let mut row: Vec<(u32, u32)> = listed.into_iter().filter_map(cost_of).collect();
        if complete.is_some() {
            row.extend(beacons.iter().copied().filter_map(cost_of));
            row.sort_unstable();
            row.dedup();
        }
        (row, complete_below)
    })
}

fn site_point(network: &Network) -> impl Fn((usize, &usize)) -> SitePoint + '_ {
    |(at, &site)| SitePoint::new(network.sites[site].location.unit_vector(), at as u32)
}

/// Returns the positions of the nearest candidates of a place, and the metres below which none is missing
/// when there are more than `most` within `useful` metres.
fn nearest_sites(
    network: &Network,
    tree: &RTree<SitePoint>,
    place: usize,
    useful: u32,
    most: usize,
) -> (Vec<u32>, Option<u32>) {
    let from = network.places[place].unit_vector();
    let reach = chord_reaching(f64::from(useful), network.detour());
    let mut listed = Vec::new();
    for point in tree.nearest_neighbor_iter(from) {
        let chord = chord_between(from, *point.geom());
        if chord > reach {
            break;
        }
        if listed.len() == most {
            // Two metres are room for the rounding of both measures.
            let metres = chord_metres(chord, network.detour());
            return (listed, Some((metres as u32).saturating_sub(2)));
        }
        listed.push(point.data);
    }
    (listed, None)
}

/// Returns at most `number` candidates that stand for all people: the places are halved again and again,
/// each half with as many people, and the largest candidate of each part is taken.
fn beacons(network: &Network, candidates: &[usize], persons: &[u64], number: usize) -> Vec<u32> {
    let mut parts = vec![(0..candidates.len() as u32).collect::<Vec<_>>()];
    let weight = |at: u32| {
        let place = network.sites[candidates[at as usize]].of_place;
        place.map_or(1, |place| persons[place].max(1))
    };
    let vector = |at: u32| network.sites[candidates[at as usize]].location.unit_vector();
    let mut axis = 0;
    while parts.len() * 2 <= number.max(1) && parts.iter().any(|part| part.len() > 1) {
        parts = parts.into_iter().flat_map(|part| halves(part, axis, &weight, &vector)).collect();
        axis = (axis + 1) % 3;
    }
    parts.iter().filter_map(|part| part.iter().copied().max_by_key(|&at| weight(at))).collect()
}

/// Cuts a part in two along an axis, each half with as many people.
fn halves(
    mut part: Vec<u32>,
    axis: usize,
    weight: &impl Fn(u32) -> u64,
    vector: &impl Fn(u32) -> [f64; 3],
) -> Vec<Vec<u32>> {
    if part.len() < 2 {
        return vec![part];
    }
    part.sort_by(|&a, &b| vector(a)[axis].total_cmp(&vector(b)[axis]).then(a.cmp(&b)));
    let total: u128 = part.iter().map(|&at| u128::from(weight(at))).sum();
    let mut sum = 0;
    let middle = part
        .iter()
        .position(|&at| {
            sum += u128::from(weight(at));
            2 * sum >= total
        })
        .unwrap_or(0);
    let rest = part.split_off((middle + 1).min(part.len() - 1));
    vec![part, rest]
}

fn chord_between(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt()
}
