//! What each site saves at given radii.

use rayon::prelude::*;

use super::blocks::Blocks;
use super::knapsack::{Item, most_saved};
use super::range::Longest;
use super::{Capacities, Relaxation};
use crate::metric::Near;

/// Finds what sites save; knows which clients a site can ever make a difference to.
pub(super) struct Pricing<'a> {
    pub(super) relaxation: &'a Relaxation<'a>,
    pub(super) shift: u32,
    near: Near<'a>,
    /// The clients in the order in which they are found.
    numbers: Vec<usize>,
}

impl<'a> Pricing<'a> {
    pub(super) fn new(relaxation: &'a Relaxation<'a>, shift: u32, longest: &Longest) -> Self {
        let limit = |client| relaxation.tariff.reach(longest.of_client(client), shift);
        let limits: Vec<Option<u64>> = (0..relaxation.clients()).map(limit).collect();
        let near = relaxation.metric.near(&limits);
        let numbers = near.clients();
        Self { relaxation, shift, near, numbers }
    }

    /// Returns what each site saves from each period on, site by site, and how many pairs were
    /// measured. The radii are cut, and given client by client.
    pub(super) fn savings(&self, radii: &[u64]) -> (Vec<i128>, u64) {
        let relaxation = self.relaxation;
        let clients = Clients::along(&self.numbers, relaxation, radii);
        let blocks = self.near.blocks();
        let blocks = blocks
            .as_ref()
            .and_then(|blocks| Blocks::new(relaxation, self.shift, &self.near, blocks, radii));
        let rows: Vec<(Vec<i128>, u64)> = (0..relaxation.sites())
            .into_par_iter()
            .map(|site| match self.capacity(site) {
                _ if relaxation.times.of(site).is_empty() => (vec![0; relaxation.periods()], 0),
                Some((capacities, capacity)) => {
                    (vec![self.saving_within(site, capacities, capacity, radii)], 0)
                }
                None => {
                    if let Some(blocks) = &blocks {
                        let (savings, pairs) = blocks.savings(site);
                        (self.cumulated(savings), pairs)
                    } else {
                        let (savings, pairs) = self.savings_of_site(site, &clients);
                        (self.cumulated(savings), pairs)
                    }
                }
            })
            .collect();
        let pairs = rows.iter().map(|row| row.1).sum();
        (rows.into_iter().flat_map(|row| row.0).collect(), pairs)
    }

    /// Returns the capacity of a site that has one.
    pub(super) fn capacity(&self, site: usize) -> Option<(&Capacities<'a>, u64)> {
        let capacities = self.relaxation.capacities.as_ref()?;
        Some((capacities, capacities.of_sites[site]?))
    }

    /// Returns what a site saves at most within its capacity; there is one period.
    pub(super) fn saving_within(
        &self,
        site: usize,
        capacities: &Capacities<'_>,
        capacity: u64,
        radii: &[u64],
    ) -> i128 {
        let mut items = Vec::new();
        self.near.of_site(site, |number, distance| {
            let client = self.numbers[number];
            let gain = self.gain(radii[client], distance);
            let demand = capacities.demands[client];
            let share = if capacities.whole_client { demand } else { 1 };
            if gain > 0 {
                items.push(Item { gain, demand, share });
            }
        });
        signed(most_saved(items, capacity))
    }

    /// Returns what a site saves in each period, and how many pairs were measured.
    fn savings_of_site(&self, site: usize, clients: &Clients) -> (Vec<u128>, u64) {
        let mut savings = vec![0_u128; clients.periods];
        let pairs = self.near.of_site(site, |number, distance| {
            let weight = u128::from(clients.weights[number]);
            for (saving, radius) in savings.iter_mut().zip(clients.radii(number)) {
                *saving += weight * u128::from(self.gain(*radius, distance));
            }
        });
        (savings, pairs)
    }

    /// Adds up what a site saves in each period into what it saves from each period on.
    fn cumulated<N: Into<u128>>(&self, savings: Vec<N>) -> Vec<i128> {
        let counted = savings.into_iter().zip(&self.relaxation.factors);
        let counted = counted.map(|(saving, factor)| saving.into() * u128::from(*factor));
        let mut savings: Vec<i128> = counted.map(signed).collect();
        let mut from_here_on = 0;
        for saving in savings.iter_mut().rev() {
            from_here_on += *saving;
            *saving = from_here_on;
        }
        savings
    }

    /// Returns radius - cost where it is positive.
    fn gain(&self, radius: u64, distance: u64) -> u64 {
        radius.saturating_sub(self.relaxation.tariff.cost(distance) << self.shift)
    }
}

/// Holds weights and radii of the clients in the order in which they are found.
struct Clients {
    periods: usize,
    weights: Vec<u64>,
    radii: Vec<u64>,
}

impl Clients {
    fn along(numbers: &[usize], relaxation: &Relaxation<'_>, radii: &[u64]) -> Self {
        let periods = relaxation.periods();
        let row = |client: &usize| radii[client * periods..][..periods].iter().copied();
        Self {
            periods,
            weights: numbers.iter().map(|client| relaxation.weights[*client]).collect(),
            radii: numbers.iter().flat_map(row).collect(),
        }
    }

    fn radii(&self, number: usize) -> &[u64] {
        &self.radii[number * self.periods..][..self.periods]
    }
}

/// No site saves more than the sum of all u, which fits.
fn signed(saving: u128) -> i128 {
    i128::try_from(saving).unwrap_or(i128::MAX)
}

#[cfg(test)]
mod tests {
    use groundwork_model::field::{Ask, Costs, FieldProblem, FieldSite, LatLon, Rounding};
    use proptest::prelude::*;

    use super::*;
    use crate::field;
    use crate::metric::Metric;
    use crate::relaxation::Multipliers;

    fn problem(points: &[(i64, i64, u64)], on_sphere: bool, reach: Option<u32>) -> FieldProblem {
        let degrees = |number: i64| number as f64 / 100.0;
        let costs = if on_sphere {
            let points = points.iter().map(|p| LatLon { lat: degrees(p.0), lon: degrees(p.1) });
            Costs::Sphere { points: points.collect() }
        } else {
            Costs::Plane {
                points: points.iter().map(|p| (p.0, p.1)).collect(),
                coordinate_scale: 1,
                rounding: Rounding::Round,
            }
        };
        let ask = match reach {
            Some(reach) => Ask::SetCover { reach },
            None => Ask::Rollout { periods: 2, quota: 3, exactly: false },
        };
        FieldProblem {
            weights: points.iter().map(|p| p.2).collect(),
            sites: vec![FieldSite::default(); points.len()],
            costs,
            ask,
            scale: 1,
        }
    }

    proptest! {
        #[test]
        fn blocks_save_what_single_clients_save(
            points in prop::collection::vec((-900..900_i64, -900..900_i64, 0..9_u64), 1..90),
            radii in prop::collection::vec(0..80_000_u64, 180),
            on_sphere in any::<bool>(),
            reach in prop::option::of(0..1_500_u32),
            shift in 0..12_u32,
        ) {
            let problem = problem(&points, on_sphere, reach);
            let metric = Metric::of(&problem);
            let relaxation = field::relaxed(&problem, &metric);
            let scale = if on_sphere { 1_000 } else { 1 };
            let rows = radii.chunks(90).take(relaxation.periods());
            let rows: Vec<Vec<u64>> =
                rows.map(|row| row[..points.len()].iter().map(|r| r * scale).collect()).collect();
            let root = Multipliers { shift, prices: &[], radii: &rows };
            let longest = Longest::of(&relaxation, &root, &[]);
            let pricing = Pricing::new(&relaxation, shift, &longest);
            let turned: Vec<u64> = (0..points.len())
                .flat_map(|client| rows.iter().map(move |row| row[client]))
                .zip((0..points.len()).flat_map(|client| vec![points[client].2; rows.len()]))
                .map(|(radius, weight)| if weight == 0 { 0 } else { radius })
                .collect();
            let blocks = pricing.near.blocks().unwrap();
            let blocks = Blocks::new(&relaxation, shift, &pricing.near, &blocks, &turned).unwrap();
            let clients = Clients::along(&pricing.numbers, &relaxation, &turned);
            for site in 0..points.len() {
                let by_blocks = blocks.savings(site).0.into_iter().map(u128::from);
                prop_assert_eq!(
                    by_blocks.collect::<Vec<_>>(),
                    pricing.savings_of_site(site, &clients).0
                );
            }
        }
    }
}
