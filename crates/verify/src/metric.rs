//! What each pair of client and site costs, and which pairs are cheap.

use std::borrow::Cow;

use groundwork_model::field::{Costs, FieldProblem};
use rayon::prelude::*;

use crate::distance::Distances;
use crate::near::{BLOCK, Block, NearPlaces, Space, Turned};
use crate::plane::Plane;

/// Tells the cost of every pair. Points are measured when asked; only a table holds all pairs.
pub(crate) enum Metric<'a> {
    Plane(Plane<'a>),
    Sphere(Cow<'a, Distances>),
    Matrix(Table<'a, u32>),
    Total(Table<'a, u64>),
}

impl<'a> Metric<'a> {
    pub(crate) fn of(problem: &'a FieldProblem) -> Self {
        let sites = problem.sites.len();
        match &problem.costs {
            Costs::Plane { points, coordinate_scale, rounding } => {
                Self::Plane(Plane::new(points, coordinate_scale.unsigned_abs(), *rounding))
            }
            Costs::Sphere { points } => {
                let points: Vec<_> = points.iter().map(|point| (point.lat, point.lon)).collect();
                Self::Sphere(Cow::Owned(Distances::between(&points, &points, 1.0)))
            }
            Costs::Matrix(costs) => Self::Matrix(Table::new(costs, sites)),
            Costs::Total(costs) => Self::Total(Table::new(costs, sites)),
        }
    }

    /// Measures between the places and sites of a programme.
    pub(crate) fn of_programme(distances: &'a Distances) -> Self {
        Self::Sphere(Cow::Borrowed(distances))
    }

    /// Returns the cost of one pair.
    pub(crate) fn cost(&self, client: usize, site: usize) -> u64 {
        match self {
            Self::Plane(plane) => u64::from(plane.distance(client, site)),
            Self::Sphere(sphere) => sphere.metres(client, site).map_or(u64::MAX, u64::from),
            Self::Matrix(table) => table.cost(client, site),
            Self::Total(table) => table.cost(client, site),
        }
    }

    /// Returns the least cost of each client among the open sites; `None` when there is none.
    pub(crate) fn nearest(&self, clients: usize, open: &[usize]) -> Vec<Option<u64>> {
        match self {
            Self::Plane(plane) => nearest_point(plane, clients, open),
            Self::Sphere(sphere) => nearest_point(&**sphere, clients, open),
            Self::Matrix(_) | Self::Total(_) => {
                let least = |client| open.iter().map(|&site| self.cost(client, site)).min();
                (0..clients).into_par_iter().map(least).collect()
            }
        }
    }

    /// Prepares to find, for a client, the sites that cost it at most a limit.
    pub(crate) fn near_sites(&self, sites: usize) -> NearSites<'_> {
        let all = || vec![Some(u32::MAX); sites];
        match self {
            Self::Plane(plane) => NearSites::Plane(NearPlaces::new(Turned(plane), &all())),
            Self::Sphere(sphere) => NearSites::Sphere(NearPlaces::new(Turned(sphere), &all())),
            Self::Matrix(table) => NearSites::Matrix(table),
            Self::Total(table) => NearSites::Total(table),
        }
    }

    /// Prepares to find, for a site, the clients that it costs at most their limits; a client
    /// without limit is never found.
    pub(crate) fn near(&self, limits: &[Option<u64>]) -> Near<'_> {
        match self {
            Self::Plane(plane) => Near::Plane(NearPlaces::new(plane, &short(limits))),
            Self::Sphere(sphere) => Near::Sphere(NearPlaces::new(&**sphere, &short(limits))),
            Self::Matrix(table) => Near::Matrix(table, limited(limits)),
            Self::Total(table) => Near::Total(table, limited(limits)),
        }
    }
}

impl Near<'_> {
    /// Returns the clients in blocks, in the order of [`clients`](Self::clients); `None` for a table,
    /// which has none.
    pub(crate) fn blocks(&self) -> Option<Vec<Block>> {
        match self {
            Self::Plane(near) => Some(near.blocks()),
            Self::Sphere(near) => Some(near.blocks()),
            Self::Matrix(..) | Self::Total(..) => None,
        }
    }

    /// Does what [`NearPlaces::of_site_by_blocks`] does; a table has no blocks to find.
    pub(crate) fn of_site_by_blocks(
        &self,
        blocks: &[Block],
        site: usize,
        found: impl FnMut(usize, f64, &[u32; BLOCK]),
    ) -> u64 {
        match self {
            Self::Plane(near) => near.of_site_by_blocks(blocks, site, found),
            Self::Sphere(near) => near.of_site_by_blocks(blocks, site, found),
            Self::Matrix(..) | Self::Total(..) => 0,
        }
    }

    /// Returns a squared straight line that no pair of at most a limit exceeds.
    pub(crate) fn chord2_within(&self, limit: u64) -> f64 {
        let metres = u32::try_from(limit).unwrap_or(u32::MAX);
        match self {
            Self::Plane(near) => near.chord2_within(metres),
            Self::Sphere(near) => near.chord2_within(metres),
            Self::Matrix(..) | Self::Total(..) => f64::INFINITY,
        }
    }
}

/// Finds the sites near a client.
pub(crate) enum NearSites<'a> {
    Plane(NearPlaces<Turned<&'a Plane<'a>>>),
    Sphere(NearPlaces<Turned<&'a Distances>>),
    Matrix(&'a Table<'a, u32>),
    Total(&'a Table<'a, u64>),
}

impl NearSites<'_> {
    /// Calls `found` with each site that costs a client at most a limit, and its cost.
    pub(crate) fn of_client(&self, client: usize, limit: u64, mut found: impl FnMut(usize, u64)) {
        let metres = u32::try_from(limit).unwrap_or(u32::MAX);
        match self {
            Self::Plane(near) => near.within(client, metres, |site, m| found(site, u64::from(m))),
            Self::Sphere(near) => near.within(client, metres, |site, m| found(site, u64::from(m))),
            Self::Matrix(table) => table.of_client(client, limit, found),
            Self::Total(table) => table.of_client(client, limit, found),
        }
    }
}

/// Holds a table of costs by client, as written, and by site.
pub(crate) struct Table<'a, T> {
    by_client: &'a [T],
    by_site: Vec<T>,
    clients: usize,
    sites: usize,
}

impl<'a, T: Copy + Into<u64>> Table<'a, T> {
    fn new(by_client: &'a [T], sites: usize) -> Self {
        let columns = (0..sites).flat_map(|site| by_client[site..].iter().step_by(sites));
        let clients = by_client.len().checked_div(sites).unwrap_or(0);
        Self { by_client, by_site: columns.copied().collect(), clients, sites }
    }

    fn cost(&self, client: usize, site: usize) -> u64 {
        self.by_client[client * self.sites + site].into()
    }

    fn of_client(&self, client: usize, limit: u64, mut found: impl FnMut(usize, u64)) {
        let costs = &self.by_client[client * self.sites..][..self.sites];
        for (site, cost) in costs.iter().enumerate() {
            let cost = (*cost).into();
            if cost <= limit {
                found(site, cost);
            }
        }
    }

    fn of_site(
        &self,
        site: usize,
        limited: &[(usize, u64)],
        mut found: impl FnMut(usize, u64),
    ) -> u64 {
        let costs = &self.by_site[site * self.clients..][..self.clients];
        for (number, (client, limit)) in limited.iter().enumerate() {
            let cost = costs[*client].into();
            if cost <= *limit {
                found(number, cost);
            }
        }
        limited.len() as u64
    }
}

/// Finds the clients that a site is cheap for; they have an order of their own.
pub(crate) enum Near<'a> {
    Plane(NearPlaces<&'a Plane<'a>>),
    Sphere(NearPlaces<&'a Distances>),
    Matrix(&'a Table<'a, u32>, Vec<(usize, u64)>),
    Total(&'a Table<'a, u64>, Vec<(usize, u64)>),
}

impl Near<'_> {
    /// Returns the clients that can be found, in order.
    pub(crate) fn clients(&self) -> Vec<usize> {
        match self {
            Self::Plane(near) => near.places().collect(),
            Self::Sphere(near) => near.places().collect(),
            Self::Matrix(_, limited) | Self::Total(_, limited) => {
                limited.iter().map(|entry| entry.0).collect()
            }
        }
    }

    /// Calls `found` with the number in [`clients`](Self::clients) and the cost of each client that
    /// the site costs at most its limit; returns how many pairs were measured.
    pub(crate) fn of_site(&self, site: usize, mut found: impl FnMut(usize, u64)) -> u64 {
        match self {
            Self::Plane(near) => {
                near.of_site(site, |number, metres| found(number, u64::from(metres)))
            }
            Self::Sphere(near) => {
                near.of_site(site, |number, metres| found(number, u64::from(metres)))
            }
            Self::Matrix(table, limited) => table.of_site(site, limited, found),
            Self::Total(table, limited) => table.of_site(site, limited, found),
        }
    }
}

/// Every client is a site, and both ways are equally far: so the tree may hold the sites.
fn nearest_point<S: Space>(space: &S, clients: usize, open: &[usize]) -> Vec<Option<u64>> {
    let mut limits = vec![None; clients];
    for &site in open {
        limits[site] = Some(u32::MAX);
    }
    let near = NearPlaces::new(space, &limits);
    (0..clients).into_par_iter().map(|client| near.nearest(client).map(u64::from)).collect()
}

/// No distance is above 32 bits, so neither need a limit be.
fn short(limits: &[Option<u64>]) -> Vec<Option<u32>> {
    let short = |limit: u64| u32::try_from(limit).unwrap_or(u32::MAX);
    limits.iter().map(|limit| limit.map(short)).collect()
}

fn limited(limits: &[Option<u64>]) -> Vec<(usize, u64)> {
    limits.iter().enumerate().filter_map(|(client, limit)| Some((client, (*limit)?))).collect()
}
