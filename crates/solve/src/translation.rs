//! From a programme and a question to the numeric [`Instance`] and back.

use std::collections::HashSet;
use std::sync::Arc;

use groundwork_model::programme::PlainGoal;
use groundwork_model::{Code, Locked, Problem, Programme, Question, QuotaRule, SiteRule};
use rayon::prelude::*;

use crate::bound::ExactData;
use crate::distance::{Location, chord_metres, chord_reaching};
use crate::facts::Facts;
use crate::goal::GoalModel;
use crate::instance::{Candidate, Instance, NearLists};
use crate::near::Geometry;
use crate::network::Network;
use crate::space::Space;

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
        let mut network = Network::new(programme);
        let goal = GoalModel::new(&programme.settings, question.goal(programme));
        let persons: Vec<u64> = programme.places.iter().map(|place| place.population).collect();
        let facts = Facts::of(programme, question);
        facts.failed.iter().for_each(|site| network.forbid(site));
        let locks = Locks::of(&network, &facts, question);
        let given = given_openings(&network, &facts, &locks);
        let mut quotas = facts.free.clone();
        for &(_, period) in &locks.kept {
            quotas[period] -= 1;
        }
        let existing: Vec<usize> =
            (0..network.sites.len()).filter(|&site| network.sites[site].existing).collect();
        let candidates = free_sites(&network, &given);
        let measured = measured(&network, &goal, &candidates);
        let order = measured.as_ref().map_or_else(Vec::new, |(_, order)| order.clone());
        let caps =
            in_order(caps(&network, &goal, &existing, &given), goal.period_weights.len(), &order);
        let weights = persons.iter().map(|&persons| goal.point_weight(persons)).collect();
        let exact = ExactData {
            point_weights: in_order(weights, 1, &order),
            period_weights: goal.period_weights.clone(),
            caps,
            shift: goal.shift(),
            order,
            ..ExactData::default()
        };
        let near = match measured {
            None => near_lists(&network, &goal, &candidates, &exact.caps, &persons),
            Some(_) => NearLists::default(),
        };
        let farthest = if measured.is_some() { network.farthest_m() } else { near.farthest };
        let instance = Instance {
            points: persons.len(),
            unserved: farthest,
            periods: quotas.len(),
            weights: Arc::new(engine_weights(&exact, &goal)),
            caps: Arc::new(
                exact.caps.iter().map(|cap| cap.map_or(f64::INFINITY, f64::from)).collect(),
            ),
            candidates: candidates.iter().map(|&site| candidate(&network, site)).collect(),
            exactly: programme.settings.quota.rule == QuotaRule::Exactly,
            quotas,
            near: Arc::new(near),
            space: measured.map(|(space, _)| Arc::new(space)),
            members: Arc::new((0..candidates.len() as u32).collect()),
            outside: None,
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
    let window = network.sites[site].window;
    let required = network.sites[site].rule == SiteRule::Required;
    // Certificates name sites as the programme lists them.
    Candidate { window, required, ..Candidate::free(site, 1) }
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

/// Pairs up to which all are listed; of more, those that matter are measured when they are needed.
const LISTED_MAX: usize = 4_000_000;

/// Returns places and candidates in space, and which place each of its points is, where distances count
/// and there are too many pairs to list them all.
fn measured(
    network: &Network,
    goal: &GoalModel,
    candidates: &[usize],
) -> Option<(Space, Vec<u32>)> {
    if goal.goal != PlainGoal::Distance || network.places.len() * candidates.len() <= LISTED_MAX {
        return None;
    }
    let sites: Vec<Location> = candidates.iter().map(|&at| network.sites[at].location).collect();
    let own: Vec<Option<(u32, u32)>> = candidates
        .iter()
        .map(|&at| network.sites[at].own_place)
        .map(|own| own.map(|place| (place as u32, network.own_metres(place))))
        .collect();
    let space = Space::sphere(network.places.clone(), sites, network.detour());
    Some(space.with_own(own).with_cut_off(network.cut_off_m()).renumbered())
}

/// Returns rows of `length` entries each in the order given, where there is one.
fn in_order<T: Clone>(rows: Vec<T>, length: usize, order: &[u32]) -> Vec<T> {
    if order.is_empty() {
        return rows;
    }
    let row = |&at: &u32| rows[at as usize * length..(at as usize + 1) * length].iter().cloned();
    order.iter().flat_map(row).collect()
}

/// Lists the candidates near each place.
fn near_lists(
    network: &Network,
    goal: &GoalModel,
    candidates: &[usize],
    caps: &[Option<u32>],
    persons: &[u64],
) -> NearLists {
    let periods = goal.period_weights.len();
    let useful = goal.useful_metres().unwrap_or(u32::MAX).min(network.cut_off_m());
    let detour = network.detour();
    let weight = |site: usize| network.sites[site].of_place.map_or(1, |place| persons[place]);
    let geometry = Geometry {
        points: network.places.iter().map(|place| place.unit_vector()).collect(),
        sites: candidates.iter().map(|&at| network.sites[at].location.unit_vector()).collect(),
        site_weights: candidates.iter().map(|&site| weight(site)).collect(),
        reach: chord_reaching(f64::from(useful), detour),
    };
    geometry.lists(
        |place, at| {
            let cost = goal.cost(network.metres(place, candidates[at])?);
            caps[place * periods].is_none_or(|cap| cost < cap).then_some(cost)
        },
        // Two metres are room for the rounding of both measures.
        |chord| goal.cost((chord_metres(chord, detour) as u32).saturating_sub(2)),
    )
}
