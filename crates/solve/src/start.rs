//! First choices: what planners do by hand, made to keep every rule.
//!
//! Required sites come when their turn is there, or when the openings that are left for them run out.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rayon::prelude::*;

use crate::assignment::NEVER;
use crate::dual::Relaxation;
use crate::engine::feasible_choice;
use crate::instance::{Instance, NO_SITE, SiteRows};
use crate::random::Random;
use crate::space::Space;

/// Pairs that the greedy start may hold.
const GREEDY_PAIRS_MAX: usize = 30_000_000;
/// Sites for each opening with which greedy leads to a choice worth having.
const THIN_PER_OPENING: usize = 3;

/// Returns the choice that opens sites in the order of `rank` (smaller first), each in the first period
/// that has room for it; `None` when no choice keeps the rules.
pub(crate) fn by_rank(instance: &Instance, rank: &[usize]) -> Option<Vec<usize>> {
    let mut slots = Slots::new(instance);
    let mut order: Vec<usize> = (0..rank.len()).collect();
    order.sort_by_key(|&site| rank[site]);
    for site in order {
        if let Some(period) = (0..instance.periods).find(|&period| slots.may_take(site, period)) {
            slots.take(site, period);
        }
    }
    keep_rules(instance, slots.period)
}

/// Returns the choice that opens one site after the other, each the one that helps most in its period
/// with what is open so far; `None` when no choice keeps the rules.
pub(crate) fn greedy(instance: &Instance) -> Option<Vec<usize>> {
    let rows = instance.rows_within(|_| f64::INFINITY);
    let mut greedy = Greedy::new(instance, &rows);
    let mut slots = Slots::new(instance);
    for period in 0..instance.periods {
        greedy.enter_period(period);
        for _ in 0..instance.quotas[period] {
            let Some(site) = greedy.next(|site| slots.may_take(site, period)) else { break };
            slots.take(site, period);
            greedy.open(site);
        }
    }
    keep_rules(instance, slots.period)
}

/// Returns a first choice for a search: greedy where its rows can be held, else the most populous part of
/// every cluster of sites; `None` when no choice keeps the rules.
pub(crate) fn first(instance: &Instance) -> Option<Vec<usize>> {
    let Some(space) = &instance.space else { return greedy(instance) };
    if instance.points * instance.candidates.len() <= GREEDY_PAIRS_MAX {
        return greedy(instance);
    }
    let thin = thinned(instance, space);
    if thin.len() >= THIN_PER_OPENING * instance.openings_max() {
        let found = greedy(&instance.with_sites(&thin))?;
        let mut period = vec![NEVER; instance.candidates.len()];
        thin.iter().zip(found).for_each(|(&site, opens)| period[site as usize] = opens);
        return Some(period);
    }
    let openings = instance.openings_max().max(1);
    let alike = vec![1.0; space.sites()];
    let groups = space.site_clusters(&alike, instance.candidates.len().div_ceil(openings));
    let mut candidate_at = vec![usize::MAX; space.sites()];
    for (site, &member) in instance.members.iter().enumerate() {
        candidate_at[member as usize] = site;
    }
    let mut rank = vec![usize::MAX; instance.candidates.len()];
    let rounds = spread(groups.len());
    for (&round, group) in rounds.iter().zip(&groups) {
        for (place, &member) in group.iter().enumerate() {
            if let Some(rank) = rank.get_mut(candidate_at[member as usize]) {
                *rank = place * groups.len() + round;
            }
        }
    }
    by_rank(instance, &rank)
}

/// Returns so many candidates, spread evenly over all, that greedy can hold their rows; and all that must
/// open.
fn thinned(instance: &Instance, space: &Space) -> Vec<u32> {
    let most = (instance.points * instance.candidates.len()).div_ceil(GREEDY_PAIRS_MAX);
    let mut candidate_at = vec![NO_SITE; space.sites()];
    for (site, &member) in instance.members.iter().enumerate() {
        candidate_at[member as usize] = site as u32;
    }
    let usable = |&member: &u32| {
        let site = candidate_at[member as usize];
        (site != NO_SITE && instance.candidates[site as usize].may_open_ever()).then_some(site)
    };
    let groups = space.site_clusters(&vec![1.0; space.sites()], most.next_power_of_two());
    let of_groups = groups.iter().filter_map(|group| group.iter().find_map(usable));
    let all = 0..instance.candidates.len() as u32;
    let required = all.filter(|&site| instance.candidates[site as usize].required);
    let mut sites: Vec<u32> = of_groups.chain(required).collect();
    sites.sort_unstable();
    sites.dedup();
    sites
}

/// Returns the order in which to visit a row of things so that those visited first lie evenly along it: by
/// the bits of their positions, the lowest first (van der Corput).
fn spread(len: usize) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..len).collect();
    positions.sort_by_key(|at| at.reverse_bits());
    let mut rounds = vec![0; len];
    for (round, &at) in positions.iter().enumerate() {
        rounds[at] = round;
    }
    rounds
}

/// Holds what is chosen so far, and keeps enough openings back for required sites.
struct Slots<'a> {
    instance: &'a Instance,
    /// Period of each site, or [`NEVER`].
    period: Vec<usize>,
    /// Openings left in each period.
    spare: Vec<u32>,
    /// Required sites that are not chosen yet, by the last period in which they may open.
    waiting: Vec<usize>,
}

impl<'a> Slots<'a> {
    fn new(instance: &'a Instance) -> Self {
        let candidates = instance.candidates.len();
        let mut waiting: Vec<usize> =
            (0..candidates).filter(|&site| instance.candidates[site].required).collect();
        waiting.sort_by_key(|&site| instance.candidates[site].window.1);
        let spare = instance.quotas.clone();
        Self { instance, period: vec![NEVER; candidates], spare, waiting }
    }

    /// Returns whether a site may open in a period without taking what a required site needs.
    fn may_take(&self, site: usize, period: usize) -> bool {
        self.period[site] == NEVER
            && self.spare[period] > 0
            && self.instance.may_open(site, period)
            && self.leaves_room(site, period)
    }

    /// Returns whether all other required sites still fit: each, the most urgent first, into the first
    /// period of its window with an opening left. That finds room whenever there is any: a later site is
    /// no more urgent, so it could swap its opening with an earlier one.
    fn leaves_room(&self, site: usize, period: usize) -> bool {
        if self.waiting.is_empty() {
            return true;
        }
        let mut spare = self.spare.clone();
        spare[period] -= 1;
        self.waiting.iter().filter(|&&other| other != site).all(|&other| {
            let fits = |&t: &usize| spare[t] > 0 && self.instance.may_open(other, t);
            let found = (0..self.instance.periods).find(fits);
            found.map(|t| spare[t] -= 1).is_some()
        })
    }

    fn take(&mut self, site: usize, period: usize) {
        self.period[site] = period;
        self.spare[period] -= 1;
        self.waiting.retain(|&other| other != site);
    }
}

/// Is a site with what opening it saved when last looked at: an upper limit of what it saves now, since
/// more open sites only make another one less useful.
#[derive(PartialEq)]
pub(crate) struct Offer {
    pub(crate) gain: f64,
    pub(crate) site: usize,
}

impl Eq for Offer {}

impl Ord for Offer {
    fn cmp(&self, other: &Self) -> Ordering {
        self.gain.total_cmp(&other.gain).then(other.site.cmp(&self.site))
    }
}

impl PartialOrd for Offer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

struct Greedy<'a> {
    instance: &'a Instance,
    rows: &'a SiteRows,
    /// Cost of each point with what is open.
    cost: Vec<u32>,
    offers: BinaryHeap<Offer>,
    /// Whether opening a site costs something, so that more sites are not always better.
    costs_count: bool,
}

impl<'a> Greedy<'a> {
    fn new(instance: &'a Instance, rows: &'a SiteRows) -> Self {
        let cost = (0..instance.points).map(|point| instance.ceiling(point, 0)).collect();
        let costs_count = instance.candidates.iter().any(|site| site.opening_cost > 0.0);
        let mut greedy = Self { instance, rows, cost, offers: BinaryHeap::new(), costs_count };
        greedy.offers = (0..instance.candidates.len())
            .map(|site| Offer { gain: greedy.gain(site), site })
            .collect();
        greedy
    }

    /// Lowers the costs to what is given in a period.
    fn enter_period(&mut self, period: usize) {
        for (point, cost) in self.cost.iter_mut().enumerate() {
            *cost = (*cost).min(self.instance.ceiling(point, period));
        }
    }

    /// Returns what a site saves in the first period's weights, which order like any period's, less what
    /// it costs to open.
    fn gain(&self, site: usize) -> f64 {
        let saved = |(point, cost): (usize, u32)| {
            let weight = self.instance.weights[point * self.instance.periods];
            weight * f64::from(self.cost[point].saturating_sub(cost))
        };
        self.rows.of(site).map(saved).sum::<f64>() - self.instance.candidates[site].opening_cost
    }

    /// Takes the most useful site that may be taken.
    fn next(&mut self, may_take: impl Fn(usize) -> bool) -> Option<usize> {
        let mut refused = Vec::new();
        let mut found = None;
        while let Some(offer) = self.offers.pop() {
            if !may_take(offer.site) {
                refused.push(offer);
                continue;
            }
            let fresh = Offer { gain: self.gain(offer.site), site: offer.site };
            if self.offers.peek().is_none_or(|next| fresh >= *next) {
                let pays = fresh.gain > 0.0 || !self.costs_count;
                found = pays.then_some(fresh.site);
                break;
            }
            self.offers.push(fresh);
        }
        self.offers.extend(refused);
        found
    }

    fn open(&mut self, site: usize) {
        for (point, cost) in self.rows.of(site) {
            self.cost[point] = self.cost[point].min(cost);
        }
    }
}

/// Returns whether there is one period in which every site may open at its cost.
pub(crate) fn is_open_to_all(instance: &Instance) -> bool {
    let sites = instance.candidates.len() as u64;
    let costs_count = || instance.candidates.iter().any(|site| site.opening_cost > 0.0);
    instance.periods == 1 && u64::from(instance.quotas[0]) >= sites && costs_count()
}

/// Returns what radii recommend when each is changed by up to a fifth.
pub(crate) fn shaken(instance: &Instance, radii: &[f64], random: &mut Random) -> Vec<usize> {
    let mut factor = || 0.8 + 0.4 * random.below(1024) as f64 / 1023.0;
    let radii: Vec<f64> = radii.iter().map(|radius| radius * factor()).collect();
    recommended(instance, &radii)
}

/// Returns the choice from which to descend, given a relaxation.
pub(crate) fn advised(instance: &Instance, relaxation: &Relaxation) -> Vec<usize> {
    if is_open_to_all(instance) {
        recommended(instance, &relaxation.radii)
    } else {
        relaxation.assignment.period.clone()
    }
}

/// Returns the sites, of one period and with opening costs, that radii recommend: one after the other the
/// site that costs least, after what the points not served yet would pay for it, for each such point
/// (Caprara, Fischetti, Toth 1999, for set covering; here a served point pays what it saves).
fn recommended(instance: &Instance, radii: &[f64]) -> Vec<usize> {
    // A point whose radius is 0 may still be covered at cost 0.
    let rows = &instance.rows_within(|point| radii[point] + 1e-6);
    let sites = instance.candidates.len();
    let mut period = vec![NEVER; sites];
    let mut cost: Vec<Option<u32>> = vec![None; instance.points];
    let mut left: Vec<usize> = (0..sites).filter(|&site| instance.may_open(site, 0)).collect();
    let mut next: Vec<usize> =
        left.iter().copied().filter(|&site| instance.candidates[site].required).collect();
    loop {
        let required = next.pop();
        let Some(site) = required.or_else(|| cheapest(instance, rows, radii, &cost, &left)) else {
            return period;
        };
        period[site] = 0;
        left.retain(|&other| other != site);
        for (point, listed) in rows.of(site) {
            if f64::from(listed) <= radii[point] || cost[point].is_some() {
                cost[point] = Some(cost[point].map_or(listed, |cost| cost.min(listed)));
            }
        }
    }
}

/// Returns the site that costs least for each point that it newly serves; `None` when none serves more.
fn cheapest(
    instance: &Instance,
    rows: &SiteRows,
    radii: &[f64],
    cost: &[Option<u32>],
    left: &[usize],
) -> Option<usize> {
    let score = |site: usize| {
        let (mut rest, mut served) = (instance.candidates[site].opening_cost, 0.0);
        for (point, listed) in rows.of(site) {
            let most = cost[point].map_or(radii[point], f64::from);
            let saved = instance.weights[point] * (most - f64::from(listed));
            if saved > 0.0 {
                rest -= saved;
            }
            if cost[point].is_none() && saved >= 0.0 && instance.weights[point] > 0.0 {
                served += 1.0;
            }
        }
        let score = if rest > 0.0 { rest / served } else { rest * served };
        (served > 0.0).then_some((score, site))
    };
    let scores = left.iter().filter_map(|&site| score(site));
    scores.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))).map(|(_, site)| site)
}

/// Returns radii for problems with opening costs: for each point the least radius at which some site
/// within it is paid for by the points around, all with that radius (Mettu and Plaxton 2003).
pub(crate) fn paying_radii(instance: &Instance) -> Vec<f64> {
    let rows = &instance.rows_within(|_| f64::INFINITY);
    let periods = instance.periods;
    let of_site: Vec<Vec<f64>> = (0..instance.candidates.len())
        .into_par_iter()
        .map(|site| (0..periods).map(|t| paying_radius(instance, rows, site, t)).collect())
        .collect();
    let least = |point: usize, t: usize| {
        let near = instance.near.of(point);
        near.map(|(site, cost)| of_site[site as usize][t].max(f64::from(cost)))
            .fold(f64::INFINITY, f64::min)
            .min(f64::from(instance.unserved))
    };
    (0..instance.points * periods).map(|at| least(at / periods, at % periods)).collect()
}

/// Returns the radius at which the points around a site pay for opening it.
fn paying_radius(instance: &Instance, rows: &SiteRows, site: usize, period: usize) -> f64 {
    let weight = |point: usize| instance.weights[point * instance.periods + period];
    let mut row: Vec<(u32, f64)> =
        rows.of(site).map(|(point, cost)| (cost, weight(point))).collect();
    row.sort_unstable_by_key(|&(cost, _)| cost);
    let opening_cost = instance.candidates[site].opening_cost;
    let (mut weights, mut costs) = (0.0, 0.0);
    let mut radius = f64::INFINITY;
    for (cost, weight) in row {
        if f64::from(cost) >= radius {
            break;
        }
        weights += weight;
        costs += weight * f64::from(cost);
        if weights > 0.0 {
            radius = (opening_cost + costs) / weights;
        }
    }
    radius
}

/// Returns the choice itself when it keeps every rule, else the nearest one that does.
fn keep_rules(instance: &Instance, period: Vec<usize>) -> Option<Vec<usize>> {
    let mut used = vec![0; instance.periods];
    for &t in period.iter().filter(|&&t| t != NEVER) {
        used[t] += 1;
    }
    let required = |site: usize| instance.candidates[site].required;
    let kept = (0..period.len()).all(|site| !required(site) || period[site] != NEVER);
    if kept && (!instance.exactly || used == instance.quotas) {
        return Some(period);
    }
    let mut worth = vec![0.0; period.len() * instance.periods];
    for (site, &t) in period.iter().enumerate().filter(|&(_, &t)| t != NEVER) {
        for later in 0..instance.periods {
            let moved = later.abs_diff(t);
            worth[site * instance.periods + later] = -1.0 - 1.0 / (1 + moved) as f64;
        }
    }
    feasible_choice(instance, &worth)
}
