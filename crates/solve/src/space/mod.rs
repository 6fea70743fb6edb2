//! Points and sites in space, priced on the fly: exact costs without any list of pairs.
//!
//! Costs follow from positions, so a pass over all pairs that matter can find them in a kd-tree and
//! compute them anew, as fast as it could read them from memory ([`Space::for_each_row`]). Memory is
//! some hundred bytes a point or site, whatever the number of pairs.
//!
//! A point or site is named by its index in the input. Points also have a *slot*, their index in the order
//! of the tree, in which neighbours lie side by side: rows name points by slots, and arrays that are read
//! along rows are best kept by slot ([`Space::order`]). [`Space::renumbered`] makes the two the same.

mod groups;
mod measure;
mod open;
mod rows;
mod smooth;
#[cfg(test)]
mod tests;
mod tree;

use std::sync::Arc;

use groundwork_model::field::Rounding;

use crate::distance::{Location, metres_between};
use crate::field_costs::plane_cost;

use measure::Measure;
use tree::{Position, Tree, squared};

pub(crate) use groups::Among;
pub(crate) use open::OpenSites;
pub(crate) use rows::{Below, Row};
pub(crate) use smooth::Smooth;

/// Points of a leaf at most.
const POINT_LEAF: usize = 64;
/// Sites of a leaf at most; few of them are open at a time.
const SITE_LEAF: usize = 16;
/// Marks a site that is at no point of its own.
const NOWHERE: u32 = u32::MAX;

/// Holds points and sites with the exact cost of every pair.
#[derive(Clone, Debug)]
pub(crate) struct Space {
    exact: Exact,
    measure: Measure,
    points: Tree,
    sites: Tree,
    /// For each site the point that it stands at, with the cost of that pair; or [`NOWHERE`].
    own: Vec<(u32, u32)>,
    /// Pairs that cost more do not exist.
    cut_off: u32,
}

/// Holds where points and sites are, as the exact functions take it.
#[derive(Clone, Debug)]
enum Exact {
    /// On the Earth: metres times `detour`, rounded half up.
    Sphere { points: Arc<[Location]>, sites: Arc<[Location]>, detour: f64 },
    /// In the plane: coordinates over `scale`, made whole by `rounding`.
    Plane { points: Arc<[(i64, i64)]>, sites: Arc<[(i64, i64)]>, scale: i64, rounding: Rounding },
}

impl Space {
    /// Returns a space on the sphere.
    pub(crate) fn sphere(
        points: impl Into<Arc<[Location]>>,
        sites: impl Into<Arc<[Location]>>,
        detour: f64,
    ) -> Self {
        let (points, sites) = (points.into(), sites.into());
        let place = |locations: &[Location]| -> Vec<Position> {
            locations.iter().map(|location| location.unit_vector()).collect()
        };
        let (at_points, at_sites) = (place(&points), place(&sites));
        let exact = Exact::Sphere { points, sites, detour };
        Self::new(exact, Measure::sphere(detour), &at_points, &at_sites)
    }

    /// Returns a space in the plane.
    pub(crate) fn plane(
        points: impl Into<Arc<[(i64, i64)]>>,
        sites: impl Into<Arc<[(i64, i64)]>>,
        scale: i64,
        rounding: Rounding,
    ) -> Self {
        let (points, sites) = (points.into(), sites.into());
        let all = || points.iter().chain(&*sites).copied();
        let least = |values: &mut dyn Iterator<Item = i64>| values.min().unwrap_or(0);
        let (left, low) = (least(&mut all().map(|at| at.0)), least(&mut all().map(|at| at.1)));
        // Counted from the corner, coordinates are as small as they can be.
        let corner = |at: (i64, i64)| (at.0.abs_diff(left), at.1.abs_diff(low));
        let width = all().map(corner).map(|(x, y)| x.max(y)).max().unwrap_or(0);
        let place = |places: &[(i64, i64)]| -> Vec<Position> {
            places.iter().map(|&at| corner(at)).map(|(x, y)| [x as f64, y as f64, 0.0]).collect()
        };
        let (at_points, at_sites) = (place(&points), place(&sites));
        let measure = Measure::plane(width, scale, rounding);
        Self::new(Exact::Plane { points, sites, scale, rounding }, measure, &at_points, &at_sites)
    }

    fn new(exact: Exact, measure: Measure, points: &[Position], sites: &[Position]) -> Self {
        let (points, sites) =
            rayon::join(|| Tree::new(points, POINT_LEAF), || Tree::new(sites, SITE_LEAF));
        let own = vec![(NOWHERE, 0); sites.len()];
        Self { exact, measure, points, sites, own, cut_off: u32::MAX }
    }

    /// Adds what it costs to serve the point that a site stands at from there, where that is not 0:
    /// (point, cost) for each site.
    pub(crate) fn with_own(mut self, own: impl IntoIterator<Item = Option<(u32, u32)>>) -> Self {
        let own = own.into_iter().map(|own| own.unwrap_or((NOWHERE, 0)));
        self.own = own.collect();
        debug_assert_eq!(self.own.len(), self.sites.len());
        self
    }

    /// Drops all pairs that cost more than `cut_off`.
    pub(crate) fn with_cut_off(mut self, cut_off: u32) -> Self {
        self.cut_off = cut_off;
        self
    }

    /// Returns the space with every point named by its slot, and the old name of each.
    pub(crate) fn renumbered(mut self) -> (Self, Vec<u32>) {
        let same = (0..self.points.len() as u32).collect();
        let slots = std::mem::replace(&mut self.points.slots, same);
        let order = std::mem::replace(&mut self.points.order, self.points.slots.clone());
        for (point, _) in self.own.iter_mut().filter(|(point, _)| *point != NOWHERE) {
            *point = slots[*point as usize];
        }
        self.exact.renumber_points(&order);
        (self, order)
    }

    /// Returns the number of points.
    pub(crate) fn points(&self) -> usize {
        self.points.len()
    }

    /// Returns the number of sites.
    pub(crate) fn sites(&self) -> usize {
        self.sites.len()
    }

    /// Returns the point of each slot.
    pub(crate) fn order(&self) -> &[u32] {
        &self.points.order
    }

    /// Returns the sites in an order in which neighbours lie side by side.
    pub(crate) fn site_order(&self) -> &[u32] {
        &self.sites.order
    }

    /// Returns the space of some of the points and some of the sites, numbered in the order given.
    pub(crate) fn part(&self, points: &[u32], sites: &[u32]) -> Self {
        let mut new_point = vec![NOWHERE; self.points.len()];
        for (at, &point) in points.iter().enumerate() {
            new_point[point as usize] = at as u32;
        }
        let own = sites.iter().map(|&site| {
            let (point, cost) = self.own[site as usize];
            let point = new_point.get(point as usize).copied().unwrap_or(NOWHERE);
            (point != NOWHERE).then_some((point, cost))
        });
        let space = match &self.exact {
            Exact::Sphere { points: all, sites: all_sites, detour } => {
                Self::sphere(chosen(all, points), chosen(all_sites, sites), *detour)
            }
            Exact::Plane { points: all, sites: all_sites, scale, rounding } => {
                Self::plane(chosen(all, points), chosen(all_sites, sites), *scale, *rounding)
            }
        };
        space.with_own(own.collect::<Vec<_>>()).with_cut_off(self.cut_off)
    }

    /// Returns the slot of a point.
    pub(crate) fn slot(&self, point: u32) -> u32 {
        self.points.slots[point as usize]
    }

    /// Returns the exact cost of serving a point from a site, `None` past the cut-off.
    pub(crate) fn cost(&self, point: u32, site: u32) -> Option<u32> {
        let slots = (self.points.slots[point as usize], self.sites.slots[site as usize]);
        let at_point = self.points.position(slots.0 as usize);
        let squared = squared(at_point, self.sites.position(slots.1 as usize));
        let cost = self.cost_at(squared, point, site);
        (cost <= self.cut_off).then_some(cost)
    }

    /// Returns the exact cost of a pair whose squared straight distance is known.
    fn cost_at(&self, squared: f64, point: u32, site: u32) -> u32 {
        match self.own[site as usize] {
            (own, cost) if own == point => cost,
            _ => self.measure.cost(squared).unwrap_or_else(|| self.exact.cost(point, site)),
        }
    }

    /// Returns the slot of the point that a site stands at, and what that pair costs.
    fn own(&self, site: u32) -> Option<(u32, u32)> {
        let (point, cost) = self.own[site as usize];
        (point != NOWHERE).then(|| (self.slot(point), cost))
    }
}

fn chosen<T: Copy>(all: &[T], some: &[u32]) -> Vec<T> {
    some.iter().map(|&at| all[at as usize]).collect()
}

impl Exact {
    /// Returns the cost of a pair apart from own places and the cut-off.
    fn cost(&self, point: u32, site: u32) -> u32 {
        let (point, site) = (point as usize, site as usize);
        match self {
            Self::Sphere { points, sites, detour } => {
                metres_between(points[point], sites[site], *detour)
            }
            Self::Plane { points, sites, scale, rounding } => {
                plane_cost(points[point], sites[site], *scale, *rounding)
            }
        }
    }

    /// Makes point i the one that was `order[i]`.
    fn renumber_points(&mut self, order: &[u32]) {
        match self {
            Self::Sphere { points, .. } => {
                *points = order.iter().map(|&at| points[at as usize]).collect();
            }
            Self::Plane { points, .. } => {
                *points = order.iter().map(|&at| points[at as usize]).collect();
            }
        }
    }
}
