//! The combinatorial core of the relaxation: which site opens when, given what each opening is worth.
//!
//! A transportation problem with one column a period, solved exactly by successive shortest paths
//! (Ahuja, Magnanti, Orlin, *Network Flows*, section 9.7), whose nodes are the columns alone: an arc
//! a -> b is the cheapest move of an assigned site from a to b. Cost: one Bellman-Ford over the
//! periods for each opening.

use crate::instance::Instance;

/// Tells that a site does not open.
pub(crate) const NEVER: usize = usize::MAX;

/// Is an optimal choice of opening periods with its prices.
#[derive(Clone, Debug, Default)]
pub(crate) struct Assignment {
    /// Period of each candidate, or [`NEVER`].
    pub(crate) period: Vec<usize>,
    /// Price of an opening in each period.
    pub(crate) prices: Vec<f64>,
    /// Whether every required site and every exact quota is met.
    pub(crate) complete: bool,
}

/// Returns the choice that minimises the summed `worth` (site-major, `sites` x periods, not positive
/// where opening helps).
pub(crate) fn assign(instance: &Instance, worth: &[f64]) -> Assignment {
    if let Some(outside) = &instance.outside {
        return alone(instance, worth, &outside.prices);
    }
    if instance.periods == 1 && !instance.exactly {
        return select(instance, worth);
    }
    let mut columns = Columns::new(instance, worth);
    while columns.augment() {}
    columns.finish()
}

/// Returns the choice of each site by itself at given prices.
fn alone(instance: &Instance, worth: &[f64], prices: &[f64]) -> Assignment {
    let periods = instance.periods;
    let of_site = |(site, worth): (usize, &[f64])| {
        let cost = |t: usize| worth[t] + prices[t];
        let usable = (0..periods).filter(|&t| instance.may_open(site, t));
        let best = usable.min_by(|&a, &b| cost(a).total_cmp(&cost(b)))?;
        (instance.candidates[site].required || cost(best) < 0.0).then_some(best)
    };
    let rows = worth.chunks(periods).enumerate();
    let period: Vec<usize> = rows.map(|row| of_site(row).unwrap_or(NEVER)).collect();
    let missing = |site: usize| instance.candidates[site].required && period[site] == NEVER;
    let complete = !(0..period.len()).any(missing);
    Assignment { period, prices: prices.to_vec(), complete }
}

/// Returns the choice for one period: every required site, and the best of the others.
fn select(instance: &Instance, worth: &[f64]) -> Assignment {
    let quota = instance.quotas[0] as usize;
    let required = |site: u32| instance.candidates[site as usize].required;
    let order = |a: &u32, b: &u32| {
        let (x, y) = (worth[*a as usize], worth[*b as usize]);
        required(*b).cmp(&required(*a)).then(x.total_cmp(&y)).then(a.cmp(b))
    };
    let mut sites: Vec<u32> = (0..worth.len() as u32)
        .filter(|&site| instance.may_open(site as usize, 0))
        .filter(|&site| required(site) || worth[site as usize] < 0.0)
        .collect();
    let mut price = 0.0;
    if sites.len() > quota {
        let (_, &mut next, _) = sites.select_nth_unstable_by(quota, order);
        price = (-worth[next as usize]).max(0.0);
        sites.truncate(quota);
    }
    let mut period = vec![NEVER; worth.len()];
    for &site in &sites {
        period[site as usize] = 0;
    }
    let missing = |site: usize| instance.candidates[site].required && period[site] == NEVER;
    let complete = !(0..worth.len()).any(missing);
    Assignment { period, prices: vec![price], complete }
}

struct Columns<'a> {
    instance: &'a Instance,
    worth: &'a [f64],
    periods: usize,
    /// Reward for opening a required site, larger than any sum of worths.
    reward: f64,
    period: Vec<usize>,
    members: Vec<Vec<u32>>,
    /// Candidates by rising cost of entering each column, and how far each list is used up.
    entrants: Vec<Vec<u32>>,
    next: Vec<usize>,
    /// Cheapest move from column a to b at `a * periods + b`: (cost, site).
    moves: Vec<(f64, u32)>,
}

impl<'a> Columns<'a> {
    fn new(instance: &'a Instance, worth: &'a [f64]) -> Self {
        let periods = instance.periods;
        let largest = worth.iter().fold(1.0_f64, |most, &w| most.max(w.abs()));
        let reward = largest * (instance.openings_max() as f64 + 2.0) * 2.0;
        let mut columns = Self {
            instance,
            worth,
            periods,
            reward,
            period: vec![NEVER; instance.candidates.len()],
            members: vec![Vec::new(); periods],
            entrants: Vec::new(),
            next: vec![0; periods],
            moves: vec![(f64::INFINITY, 0); periods * periods],
        };
        columns.entrants = (0..periods).map(|t| columns.entrants_of(t)).collect();
        columns
    }

    /// Returns the candidates that can matter to a column: the best as many as all columns hold, and one
    /// more, which sets the price.
    fn entrants_of(&self, period: usize) -> Vec<u32> {
        let mut sites: Vec<u32> = (0..self.period.len() as u32)
            .filter(|&site| self.instance.may_open(site as usize, period))
            .collect();
        let order = |a: &u32, b: &u32| {
            let (x, y) = (self.cost(*a as usize, period), self.cost(*b as usize, period));
            x.total_cmp(&y).then(a.cmp(b))
        };
        let keep = self.instance.openings_max() + 1;
        if sites.len() > keep {
            sites.select_nth_unstable_by(keep - 1, order);
            sites.truncate(keep);
        }
        sites.sort_unstable_by(order);
        sites
    }

    fn cost(&self, site: usize, period: usize) -> f64 {
        let worth = self.worth[site * self.periods + period];
        if self.instance.candidates[site].required { worth - self.reward } else { worth }
    }

    /// Returns the cheapest unassigned site for a column.
    fn entry(&mut self, period: usize) -> Option<u32> {
        let list = &self.entrants[period];
        while self.next[period] < list.len()
            && self.period[list[self.next[period]] as usize] != NEVER
        {
            self.next[period] += 1;
        }
        list.get(self.next[period]).copied()
    }

    /// Adds one opening along the cheapest chain of moves; returns whether there was one that helps.
    fn augment(&mut self) -> bool {
        let periods = self.periods;
        let entries: Vec<Option<u32>> = (0..periods).map(|t| self.entry(t)).collect();
        let direct: Vec<f64> = (0..periods)
            .map(|t| entries[t].map_or(f64::INFINITY, |site| self.cost(site as usize, t)))
            .collect();
        let mut distance = direct.clone();
        let mut parent = vec![NEVER; periods];
        self.relax(&mut distance, Some(&mut parent));
        let Some(mut last) = self.cheapest_open(&distance) else { return false };
        if is_cyclic(&parent, last) {
            // A cycle made of rounding leads nowhere; an opening without a chain does.
            parent.fill(NEVER);
            distance = direct;
            last = self.cheapest_open(&distance).unwrap_or(last);
        }
        if !distance[last].is_finite() || (distance[last] >= 0.0 && !self.instance.exactly) {
            return false;
        }
        self.follow(last, &parent, &entries);
        true
    }

    /// Returns the column with an opening left to which the distance is least.
    fn cheapest_open(&self, distance: &[f64]) -> Option<usize> {
        let open = |t: &usize| self.members[*t].len() < self.instance.quotas[*t] as usize;
        (0..self.periods).filter(open).min_by(|&a, &b| distance[a].total_cmp(&distance[b]))
    }

    /// Shortens distances along moves until none helps.
    fn relax(&self, distance: &mut [f64], mut parent: Option<&mut Vec<usize>>) {
        let periods = self.periods;
        for _ in 0..periods {
            let mut changed = false;
            for a in 0..periods {
                if !distance[a].is_finite() {
                    continue;
                }
                for b in 0..periods {
                    let through = distance[a] + self.moves[a * periods + b].0;
                    // A margin keeps rounding from making a cycle look shorter than it is.
                    if through < distance[b] - 1e-9 * distance[b].abs().min(1e15) {
                        distance[b] = through;
                        if let Some(parent) = parent.as_deref_mut() {
                            parent[b] = a;
                        }
                        changed = true;
                    }
                }
            }
            if !changed {
                break;
            }
        }
    }

    /// Carries out the chain of moves that ends in column `last`.
    fn follow(&mut self, last: usize, parent: &[usize], entries: &[Option<u32>]) {
        let mut to = last;
        let mut changed = vec![last];
        while parent[to] != NEVER {
            let from = parent[to];
            let site = self.moves[from * self.periods + to].1;
            self.leave(site as usize, from);
            self.join(site as usize, to);
            changed.push(from);
            to = from;
        }
        if let Some(site) = entries[to] {
            self.join(site as usize, to);
        }
        for column in changed {
            self.refresh_moves(column);
        }
    }

    fn leave(&mut self, site: usize, period: usize) {
        self.members[period].retain(|&member| member as usize != site);
    }

    fn join(&mut self, site: usize, period: usize) {
        self.period[site] = period;
        self.members[period].push(site as u32);
    }

    fn refresh_moves(&mut self, from: usize) {
        for to in 0..self.periods {
            let mut best = (f64::INFINITY, 0);
            if to != from {
                for &site in &self.members[from] {
                    if self.instance.may_open(site as usize, to) {
                        let row = site as usize * self.periods;
                        let cost = self.worth[row + to] - self.worth[row + from];
                        if cost < best.0 || (cost == best.0 && site < best.1) {
                            best = (cost, site);
                        }
                    }
                }
            }
            self.moves[from * self.periods + to] = best;
        }
    }

    /// Derives the prices: what one more opening in a period would be worth, filled by the best
    /// unassigned site or by a chain of moves.
    fn finish(mut self) -> Assignment {
        let largest = self.worth.iter().fold(1.0_f64, |most, &w| most.max(w.abs()));
        let base = if self.instance.exactly { 2.0 * largest } else { 0.0 };
        let mut value: Vec<f64> = (0..self.periods)
            .map(|t| {
                let entry = self.entry(t).map(|site| self.worth[site as usize * self.periods + t]);
                entry.map_or(base, |cost| cost.min(base))
            })
            .collect();
        self.relax(&mut value, None);
        let required = |site: usize| self.instance.candidates[site].required;
        let all_required =
            (0..self.period.len()).all(|site| !required(site) || self.period[site] != NEVER);
        let filled =
            (0..self.periods).all(|t| self.members[t].len() == self.instance.quotas[t] as usize);
        Assignment {
            prices: value.iter().map(|v| -v).collect(),
            complete: all_required && (filled || !self.instance.exactly),
            period: self.period,
        }
    }
}

/// Returns whether the parents of a column come back to themselves.
fn is_cyclic(parent: &[usize], last: usize) -> bool {
    let mut to = last;
    for _ in 0..parent.len() {
        if parent[to] == NEVER {
            return false;
        }
        to = parent[to];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::Candidate;
    use proptest::prelude::*;
    use std::sync::Arc;

    fn instance(quotas: Vec<u32>, candidates: Vec<Candidate>, exactly: bool) -> Instance {
        let periods = quotas.len();
        Instance {
            points: 0,
            periods,
            weights: Arc::default(),
            caps: Arc::default(),
            candidates,
            quotas,
            exactly,
            unserved: 0,
            near: Arc::default(),
            space: None,
            members: Arc::default(),
            outside: None,
        }
    }

    /// Returns the least summed worth over all choices, or `None` when none keeps the rules.
    fn brute(instance: &Instance, worth: &[f64], site: usize, used: &mut Vec<u32>) -> Option<f64> {
        if site == instance.candidates.len() {
            let met = !instance.exactly || *used == instance.quotas;
            return met.then_some(0.0);
        }
        let mut best = None;
        if !instance.candidates[site].required {
            best = brute(instance, worth, site + 1, used);
        }
        for t in 0..instance.periods {
            if instance.may_open(site, t) && used[t] < instance.quotas[t] {
                used[t] += 1;
                let rest = brute(instance, worth, site + 1, used);
                used[t] -= 1;
                let total = rest.map(|r| r + worth[site * instance.periods + t]);
                best = match (best, total) {
                    (Some(a), Some(b)) => Some(f64::min(a, b)),
                    (a, b) => a.or(b),
                };
            }
        }
        best
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn the_choice_is_optimal_and_the_prices_prove_it(
            quotas in proptest::collection::vec(0_u32..3, 1..4),
            sites in proptest::collection::vec((0_usize..4, 0_usize..4, any::<bool>(), proptest::collection::vec(0_u32..50, 4)), 1..6),
            exactly in any::<bool>(),
        ) {
            let periods = quotas.len();
            let candidates: Vec<_> = sites.iter().map(|(a, b, required, _)| Candidate {
                window: ((*a).min(*b).min(periods - 1), (*a).max(*b).min(periods - 1)),
                required: *required && a % 2 == 0,
                ..Candidate::free(0, 1)
            }).collect();
            // Earlier is worth at least as much as later, as in the relaxation.
            let worth: Vec<f64> = sites.iter().flat_map(|(.., w)| {
                (0..periods).map(|t| -f64::from(w[t..periods].iter().sum::<u32>())).collect::<Vec<_>>()
            }).collect();
            let instance = instance(quotas.clone(), candidates, exactly);
            let found = assign(&instance, &worth);
            let best = brute(&instance, &worth, 0, &mut vec![0; periods]);
            prop_assert_eq!(found.complete, best.is_some());
            let Some(best) = best else { return Ok(()) };
            let value: f64 = found.period.iter().enumerate()
                .filter(|(_, t)| **t != NEVER).map(|(j, t)| worth[j * periods + t]).sum();
            prop_assert_eq!(value, best);
            let mut bound: f64 = found.prices.iter().zip(&quotas).map(|(p, q)| -p * f64::from(*q)).sum();
            for site in 0..instance.candidates.len() {
                let never = if instance.candidates[site].required { f64::INFINITY } else { 0.0 };
                bound += (0..periods).filter(|t| instance.may_open(site, *t))
                    .map(|t| worth[site * periods + t] + found.prices[t]).fold(never, f64::min);
            }
            prop_assert!((bound - best).abs() < 1e-6, "bound {} of {}", bound, best);
        }

        /// Sums of very large and very small worths are rounded, and chains of moves must not turn in circles.
        #[test]
        fn it_ends_whatever_the_magnitudes(
            rows in proptest::collection::vec(
                (any::<bool>(), proptest::collection::vec((0.0_f64..1.0, -9_i32..12), 8)), 30..60),
            quota in 3_u32..7,
        ) {
            let candidates = rows.iter().map(|&(required, _)| Candidate {
                required, ..Candidate::free(0, 8)
            }).collect();
            let worth: Vec<f64> = rows.iter().flat_map(|(_, row)| {
                let cost = |&(share, power): &(f64, i32)| -share * libm::pow(10.0, f64::from(power));
                row.iter().map(cost)
            }).collect();
            let instance = instance(vec![quota; 8], candidates, false);
            let found = assign(&instance, &worth);
            for period in 0..8 {
                let opened = found.period.iter().filter(|&&t| t == period).count();
                prop_assert!(opened <= quota as usize);
            }
        }
    }
}
