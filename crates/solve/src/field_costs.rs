//! Costs of a benchmark problem: from the plane, the sphere or a table.

use std::sync::Arc;

use groundwork_model::field::{Costs, FieldProblem, Rounding};
use rayon::prelude::*;
use rstar::RTree;

use crate::bound::CostTable;
use crate::distance::{Location, chord_metres, metres_between};
use crate::instance::NearLists;
use crate::near::{Geometry, PAIRS_MAX, SitePoint};
use crate::space::{Below, Row, Space};

/// Gives the cost of a client and a site.
pub(crate) struct FieldCosts<'a> {
    problem: &'a FieldProblem,
    sites: usize,
    /// Points of the sphere, ready for distances.
    locations: Vec<Location>,
    /// Clients in a space whose straight distance orders like the cost; empty for a table.
    space: Vec<[f64; 3]>,
    /// What costs are divided by to fit the engine's 32 bits.
    divisor: u64,
}

/// Is what the engine needs to know of pairs.
pub(crate) struct Pairs {
    /// Lists of sites near each point; empty where there is a space.
    pub(crate) near: NearLists,
    /// Points and sites to measure.
    pub(crate) space: Option<Space>,
    /// The client of each point; empty where they are the same.
    pub(crate) order: Vec<u32>,
    /// More than any pair costs.
    pub(crate) farthest: u32,
}

/// Pairs up to which all are listed; of more, those that matter are measured when they are needed.
pub(crate) const LISTED_MAX: usize = 4_000_000;
/// Pairs of a covering problem that are listed at most.
const COVERING_MAX: usize = 100_000_000;

/// Largest cost that the engine takes as it is; there is room above it for what costs more than any.
const COST_MAX: u64 = 1 << 30;

impl<'a> FieldCosts<'a> {
    /// Returns the costs of a problem.
    pub(crate) fn new(problem: &'a FieldProblem) -> Self {
        let locations: Vec<Location> = match &problem.costs {
            Costs::Sphere { points } => {
                points.iter().map(|p| Location::new(p.lat, p.lon)).collect()
            }
            _ => Vec::new(),
        };
        let space = match &problem.costs {
            Costs::Plane { points, .. } => {
                points.iter().map(|&(x, y)| [x as f64, y as f64, 0.0]).collect()
            }
            Costs::Sphere { .. } => locations.iter().map(|point| point.unit_vector()).collect(),
            Costs::Matrix(_) | Costs::Total(_) => Vec::new(),
        };
        let divisor = match &problem.costs {
            Costs::Total(costs) => {
                let opening = problem.sites.iter().map(|site| site.opening_cost);
                let most = costs.iter().copied().chain(opening).max().unwrap_or(0);
                most.div_ceil(COST_MAX).max(1)
            }
            _ => 1,
        };
        Self { problem, sites: problem.sites.len(), locations, space, divisor }
    }

    /// Returns the cost of serving a client from a site.
    pub(crate) fn cost(&self, client: usize, site: usize) -> u32 {
        match &self.problem.costs {
            Costs::Plane { points, coordinate_scale, rounding } => {
                plane_cost(points[client], points[site], *coordinate_scale, *rounding)
            }
            Costs::Sphere { .. } => {
                metres_between(self.locations[client], self.locations[site], 1.0)
            }
            Costs::Matrix(costs) => costs[client * self.sites + site],
            Costs::Total(costs) => (costs[client * self.sites + site] / self.divisor) as u32,
        }
    }

    /// Returns what costs are divided by to fit the engine.
    pub(crate) fn divisor(&self) -> u64 {
        self.divisor
    }

    /// Returns the exact cost of serving a client from a site.
    pub(crate) fn exact(&self, client: usize, site: usize) -> u64 {
        match &self.problem.costs {
            Costs::Total(costs) => costs[client * self.sites + site],
            _ => u64::from(self.cost(client, site)),
        }
    }

    /// Returns the costs as a table, where the engine has them rounded. Who is only covered or not has
    /// no cost beside that of opening.
    pub(crate) fn table(&self, covers: bool) -> Option<Arc<CostTable>> {
        let Costs::Total(costs) = &self.problem.costs else { return None };
        let costs = if covers { Vec::new() } else { costs.clone() };
        let candidates = self.sites;
        Some(Arc::new(CostTable { costs, candidates, divisor: self.divisor }))
    }

    /// Lists the sites near each client: those that cost less than `below`, exactly.
    pub(crate) fn lists(&self, below: Option<u32>) -> Option<NearLists> {
        let useful = |cost: u32| below.is_none_or(|below| cost < below).then_some(cost);
        if self.space.is_empty() {
            let clients = self.problem.weights.len();
            if clients * self.sites > 2 * PAIRS_MAX {
                return None;
            }
            return Some(NearLists::build(clients, |client| {
                let sites = 0..self.sites;
                let cost = |site| match below {
                    Some(_) => useful(u32::try_from(self.exact(client, site)).ok()?),
                    None => Some(self.cost(client, site)),
                };
                let priced = sites.filter_map(|site| Some((site as u32, cost(site)?)));
                (priced.collect(), u32::MAX)
            }));
        }
        let geometry = Geometry {
            points: self.space.clone(),
            sites: self.space.clone(),
            site_weights: self.problem.weights.clone(),
            reach: f64::INFINITY,
        };
        Some(geometry.lists(
            |client, site| useful(self.cost(client, site)),
            |distance| self.cost_at(distance).saturating_sub(2),
        ))
    }

    /// Returns the pairs that matter as the engine takes them, up to `listed_max` of them all in lists; `None` where a table has too many.
    pub(crate) fn pairs(
        &self,
        reach: Option<u32>,
        worst: bool,
        listed_max: usize,
    ) -> Option<Pairs> {
        let clients = self.problem.weights.len();
        let few = clients * self.sites <= listed_max;
        let measured = self.space().filter(|_| !few && !worst);
        let Some((space, order)) = measured else {
            let below = reach.map(|reach| reach.saturating_add(1));
            let near = self.lists(below)?;
            let near = if reach.is_some() { near.all_at_no_cost() } else { near };
            return Some(Pairs { farthest: near.farthest, near, space: None, order: Vec::new() });
        };
        match reach {
            None => {
                let (near, farthest) = (NearLists::default(), self.farthest());
                Some(Pairs { near, farthest, space: Some(space), order })
            }
            Some(reach) => {
                let near = covering(&space, reach)?;
                Some(Pairs { farthest: near.farthest, near, space: None, order })
            }
        }
    }

    /// Returns clients and sites in space, and which client each of its points is.
    fn space(&self) -> Option<(Space, Vec<u32>)> {
        let space = match &self.problem.costs {
            Costs::Plane { points, coordinate_scale, rounding } => {
                Space::plane(points.clone(), points.clone(), *coordinate_scale, *rounding)
            }
            Costs::Sphere { .. } => {
                Space::sphere(self.locations.clone(), self.locations.clone(), 1.0)
            }
            Costs::Matrix(_) | Costs::Total(_) => return None,
        };
        Some(space.renumbered())
    }

    /// Returns more than any pair of points costs.
    fn farthest(&self) -> u32 {
        let (mut low, mut high) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
        for place in &self.space {
            for axis in 0..3 {
                low[axis] = low[axis].min(place[axis]);
                high[axis] = high[axis].max(place[axis]);
            }
        }
        let squares = low.iter().zip(high).map(|(low, high)| (high - low) * (high - low));
        self.cost_at(squares.sum::<f64>().sqrt()).saturating_add(2)
    }

    /// Returns the cost of a straight distance, within one.
    fn cost_at(&self, distance: f64) -> u32 {
        match &self.problem.costs {
            Costs::Plane { coordinate_scale, .. } => (distance / *coordinate_scale as f64) as u32,
            _ => chord_metres(distance, 1.0) as u32,
        }
    }

    /// Returns the cost of every client's cheapest site among those open, `None` where none is.
    pub(crate) fn cheapest(&self, open: &[usize]) -> Vec<Option<u64>> {
        let clients = 0..self.problem.weights.len();
        if self.space.is_empty() {
            let least = |client| open.iter().map(|&site| self.exact(client, site)).min();
            return clients.into_par_iter().map(least).collect();
        }
        let point = |&site: &usize| SitePoint::new(self.space[site], site as u32);
        let tree = RTree::bulk_load(open.iter().map(point).collect());
        clients
            .into_par_iter()
            .map(|client| {
                // Rounding makes distances equal that differ a little, never the other way round; on the
                // sphere two near ones can change places, so a few are measured.
                let near = tree.nearest_neighbor_iter(self.space[client]).take(4);
                near.map(|site| self.exact(client, site.data as usize)).min()
            })
            .collect()
    }
}

/// Lists the sites within reach of each point, at no cost; `None` where those are too many.
fn covering(space: &Space, reach: u32) -> Option<NearLists> {
    let limits = vec![reach.saturating_add(1); space.points()];
    let below = Below::new(space, &limits);
    let sites: Vec<u32> = (0..space.sites() as u32).collect();
    let mut row = Row::default();
    let some: Vec<u32> = sites.iter().copied().step_by(sites.len() / 64 + 1).collect();
    let mut pairs = 0;
    for &site in &some {
        space.row(site, &below, &mut row);
        pairs += row.slots().len();
    }
    if pairs / some.len().max(1) * sites.len() > COVERING_MAX {
        return None;
    }
    let rows = space.rows_of(&sites, &below);
    Some(NearLists::of_rows(&rows, sites.len(), &vec![u32::MAX; space.points()]).all_at_no_cost())
}

/// Returns a distance of the plane in whole units, exactly.
pub(crate) fn plane_cost(a: (i64, i64), b: (i64, i64), scale: i64, rounding: Rounding) -> u32 {
    let (dx, dy) = (i128::from(a.0) - i128::from(b.0), i128::from(a.1) - i128::from(b.1));
    let squared = (dx * dx + dy * dy).unsigned_abs();
    let scale = u128::from(scale.unsigned_abs());
    let units = match (rounding, u64::try_from(squared)) {
        // The square root of a 64-bit number is much faster.
        (Rounding::Floor, Ok(squared)) => u128::from(squared.isqrt()) / scale,
        (Rounding::Floor, Err(_)) => squared.isqrt() / scale,
        // floor(r + 1/2) = floor((2 r + 1) / 2) with r = sqrt(squared) / scale.
        (Rounding::Round, _) => ((4 * squared).isqrt() + scale) / (2 * scale),
    };
    u32::try_from(units).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_of_the_plane_are_exact() {
        let cost = |x, y, scale, rounding| plane_cost((0, 0), (x, y), scale, rounding);
        assert_eq!(cost(3, 4, 1, Rounding::Floor), 5);
        assert_eq!(cost(1, 1, 1, Rounding::Floor), 1);
        assert_eq!(cost(1, 2, 1, Rounding::Round), 2);
        assert_eq!(cost(25, 0, 10, Rounding::Round), 3, "half goes up");
        assert_eq!(cost(24, 0, 10, Rounding::Round), 2);
        assert_eq!(cost(29, 0, 10, Rounding::Floor), 2);
    }
}
