//! What changing the schedule of one site costs, for all sites: kept from one change to the next, and worked out
//! anew where it may have changed.

use rayon::prelude::*;

use super::dual::Domain;
use super::savings::Gains;
use super::search::{Search, Work};
use super::service::Draft;

/// A change of one site's schedule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    pub(super) site: usize,
    pub(super) schedule: u32,
    /// What it costs more, as far as it is known.
    pub(super) cost: f64,
    /// The same with the prices of the rules.
    pub(super) reduced: f64,
}

/// What the schedules of a site cost beside what all others do.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// For each schedule of the domain.
    pub(super) costs: Vec<f64>,
    /// For each floor of coverage, persons whom no other site reaches.
    pub(super) alone: Vec<u64>,
    /// For each goal that is held, what each schedule of the domain adds to its sum.
    pub(super) held: Vec<Vec<f64>>,
}

impl<'a> Search<'a> {
    /// Works out anew what schedules cost at the sites for which that may have changed.
    /// Returns what stood there before.
    pub(super) fn refresh(&mut self, work: &mut Work<'a>, domain: &Domain) -> Vec<(usize, Table)> {
        let mixed = self.mixed;
        let Work { draft, tables } = work;
        let stale: Vec<usize> =
            (0..tables.len()).filter(|&site| draft.stale[site] && domain[site].len() > 1).collect();
        // Sites that may not change now may change later.
        stale.iter().for_each(|&site| draft.stale[site] = false);
        let pairs: usize = stale.len() * mixed.pairs.len() / mixed.sites().max(1);
        self.work += (pairs * mixed.periods) as u64;
        let this = &*self;
        let table = |&site: &usize| this.table(draft, site, &domain[site]);
        let fresh: Vec<Table> = if pairs > 20_000 {
            stale.par_iter().map(table).collect()
        } else {
            stale.iter().map(table).collect()
        };
        let replaced = stale.into_iter().zip(fresh);
        replaced.map(|(site, table)| (site, std::mem::replace(&mut tables[site], table))).collect()
    }

    fn table(&self, draft: &Draft<'a>, site: usize, domain: &[u32]) -> Table {
        let mixed = self.mixed;
        let saved = self.saved(draft, site);
        let cost = |schedule: u32, held: Option<usize>| -> f64 {
            let mut sum = 0.0;
            mixed.each_offer(site, schedule, |layer, size, periods| {
                if mixed.layers[layer].held == held {
                    sum -= saved[layer][size][periods].iter().sum::<f64>();
                }
            });
            sum
        };
        let held = |number: usize| -> Vec<f64> {
            let rule = mixed.held[number].rule;
            let sum = |&schedule: &u32| {
                cost(schedule, Some(number)) + mixed.brought(site, schedule, rule) as f64
            };
            domain.iter().map(sum).collect()
        };
        let charge = |schedule: u32| mixed.charge_of(site, schedule) as f64;
        Table {
            costs: domain.iter().map(|&s| cost(s, None) + charge(s)).collect(),
            alone: (0..mixed.floors.len()).map(|at| self.alone(draft, site, at)).collect(),
            held: (0..mixed.held.len()).map(held).collect(),
        }
    }

    /// Lists all changes of one site with what they cost.
    pub(super) fn changes(
        &self,
        draft: &Draft<'a>,
        domain: &Domain,
        prices: &[f64],
        tables: &[Table],
    ) -> Vec<Change> {
        let mixed = self.mixed;
        let out: Vec<u64> = (0..mixed.floors.len()).map(|at| draft.out_of(at)).collect();
        let held: Vec<f64> = (0..mixed.held.len()).map(|at| draft.held_sum(at)).collect();
        let worst =
            if mixed.worst_case { mixed.worst_with_others(held.iter().copied()) } else { 0.0 };
        let of_site = |site: usize| -> Vec<Change> {
            if domain[site].len() < 2 {
                return Vec::new();
            }
            let table = &tables[site];
            let fines: Vec<f64> = (0..mixed.floors.len())
                .map(|at| self.floor_saved(draft, site, at, (out[at], table.alone[at])))
                .collect();
            let now = domain[site].iter().position(|&s| s == draft.schedules[site]);
            let Some(now) = now else { return Vec::new() };
            let value = |at: usize| -> (f64, f64) {
                let schedule = domain[site][at];
                let mut cost = table.costs[at];
                for (floor, fine) in mixed.floors.iter().zip(&fines) {
                    if *fine != 0.0
                        && mixed.planned(site, schedule, floor.kind, floor.period).is_some()
                    {
                        cost -= fine;
                    }
                }
                let brought = mixed.brings[site][schedule as usize].iter();
                let mut priced: f64 = brought.map(|&(r, b)| prices[r as usize] * b as f64).sum();
                for number in mixed.limits() {
                    let (sums, goal) = (&table.held[number], &mixed.held[number]);
                    let more = sums[at] - sums[now];
                    let beyond = held[number] - goal.right as f64;
                    let fine =
                        self.held_fines[number] * ((beyond + more).max(0.0) - beyond.max(0.0));
                    cost += fine;
                    if goal.guards {
                        // What is promising is told by the price: another site may take over who would go too far.
                        priced -= fine;
                    }
                    priced += prices[goal.rule] * sums[at];
                }
                if mixed.worst_case {
                    let of = |number: usize| {
                        let sums = &table.held[number];
                        priced += prices[mixed.held[number].rule] * sums[at];
                        held[number] + sums[at] - sums[now]
                    };
                    let sums: Vec<f64> = mixed.worsts().map(of).collect();
                    let then = mixed.worst_with_others(sums.into_iter()) - worst;
                    return (cost + then, cost + priced);
                }
                (cost, cost + priced)
            };
            let now = value(now);
            let others =
                (0..domain[site].len()).filter(|&at| domain[site][at] != draft.schedules[site]);
            others
                .map(|at| {
                    let then = value(at);
                    Change {
                        site,
                        schedule: domain[site][at],
                        cost: then.0 - now.0,
                        reduced: then.1 - now.1,
                    }
                })
                .collect()
        };
        if mixed.sites() > 500 {
            (0..mixed.sites()).into_par_iter().flat_map_iter(of_site).collect()
        } else {
            (0..mixed.sites()).flat_map(of_site).collect()
        }
    }

    /// Returns what a site saves, or would save, with each layer and size in each period.
    fn saved(&self, draft: &Draft<'_>, site: usize) -> Vec<Vec<Vec<f64>>> {
        let mixed = self.mixed;
        let mut all = Vec::with_capacity(mixed.layers.len());
        for (at, layer) in mixed.layers.iter().enumerate() {
            if layer.limited {
                all.push(self.saved_limited(draft, site, at));
                continue;
            }
            if layer.tariff.is_own() {
                all.push(self.saved_at_home(draft, site, at));
                continue;
            }
            let mut row = vec![0.0; mixed.periods];
            let offered: Vec<bool> =
                (0..mixed.periods).map(|period| draft.offers(site, at, period).is_some()).collect();
            // Mostly what a person costs is the same in all periods.
            let each = if layer.by_period.is_empty() { mixed.periods.max(1) } else { 1 };
            for first in (0..mixed.periods).step_by(each) {
                for (place, cost) in mixed.costs_of((layer, first), site) {
                    for period in first..first + each {
                        let slot = place * mixed.periods + period;
                        let two = draft.nearest[at][slot];
                        let without = match (offered[period], two.first.0 == site as u32) {
                            (true, true) => two.second,
                            (true, false) => continue,
                            (false, _) => two.first,
                        };
                        let saves = Draft::person_cost(layer, period, without.1) - cost as f64;
                        if saves > 0.0 {
                            row[period] += layer.persons[slot] as f64 * saves;
                        }
                    }
                }
            }
            for (sum, &factor) in row.iter_mut().zip(&layer.factors) {
                *sum *= factor as f64;
            }
            all.push(vec![row; layer.sizes.len()]);
        }
        all
    }

    /// Returns the same for a layer for which only the own place counts.
    fn saved_at_home(&self, draft: &Draft<'_>, site: usize, at: usize) -> Vec<Vec<f64>> {
        let mixed = self.mixed;
        let layer = &mixed.layers[at];
        let mut row = vec![0.0; mixed.periods];
        let home = mixed.own_place(site) as usize;
        if home < mixed.places && mixed.metres(site, home).is_some() {
            for (period, saved) in row.iter_mut().enumerate() {
                let slot = home * mixed.periods + period;
                let first = draft.nearest[at][slot].first.0;
                if first == super::service::NOBODY || first == site as u32 {
                    *saved = layer.persons[slot] as f64 * layer.factors[period] as f64;
                }
            }
        }
        vec![row; layer.sizes.len()]
    }

    fn saved_limited(&self, draft: &Draft<'_>, site: usize, at: usize) -> Vec<Vec<f64>> {
        let mixed = self.mixed;
        let layer = &mixed.layers[at];
        if at >= mixed.kinds {
            // Who goes where follows the goal; what that is worth to another is seen once it is done.
            return vec![vec![0.0; mixed.periods]; layer.sizes.len()];
        }
        let mut rows = vec![Vec::with_capacity(mixed.periods); layer.sizes.len()];
        // Under the goal, which is the same in all periods.
        let costs = mixed.costs_of((layer, 0), site);
        let row: Vec<(usize, f64)> = costs.map(|(place, cost)| (place, cost as f64)).collect();
        let mut gains = Gains::default();
        for period in 0..mixed.periods {
            let worth = &draft.flows[at][period].worth;
            // Nobody goes farther than what somebody is worth: the row is in the order of metres.
            let most = worth.iter().fold(0.0_f64, |a, &b| a.max(b));
            let useful = row.partition_point(|&(_, cost)| layer.tariff.is_own() || cost < most);
            let row = &row[..useful];
            let persons = |place: usize| layer.persons[place * mixed.periods + period] as f64;
            let people = row.iter().map(|&(place, cost)| (worth[place], cost, persons(place)));
            gains.list(row.len(), people);
            gains.most(&layer.sizes, |size, sum| {
                rows[size].push(sum * layer.factors[period] as f64);
            });
        }
        rows
    }

    /// Returns the persons of a floor of coverage who have no other site than this within reach.
    fn alone(&self, draft: &Draft<'_>, site: usize, at: usize) -> u64 {
        let mixed = self.mixed;
        let floor = &mixed.floors[at];
        let layer = &mixed.layers[floor.kind];
        let persons = mixed.floor_persons(floor);
        let offers = mixed.planned(site, draft.schedules[site], floor.kind, floor.period).is_some();
        let near = mixed.pairs.of(site).take_while(|&(_, metres)| metres <= layer.reach);
        near.filter_map(|(place, _)| {
            let index = floor.places.binary_search(&place).ok()?;
            let others = draft.reached[at][index] - u32::from(offers);
            (others == 0).then_some(persons[place * mixed.periods + floor.period])
        })
        .sum()
    }

    /// Returns the fines that a site keeps from a floor of coverage, or would: of so many persons out of reach, and
    /// so many whom this site alone reaches or would.
    fn floor_saved(
        &self,
        draft: &Draft<'_>,
        site: usize,
        at: usize,
        (out, alone): (u64, u64),
    ) -> f64 {
        let floor = &self.mixed.floors[at];
        let schedule = draft.schedules[site];
        let offers = self.mixed.planned(site, schedule, floor.kind, floor.period).is_some();
        let short = |out: u64| out.saturating_sub(floor.may_miss);
        let (with, without) = if offers { (out, out + alone) } else { (out - alone.min(out), out) };
        self.floor_fines[at] * (short(without) - short(with)) as f64
    }
}
