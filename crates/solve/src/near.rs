//! Which candidates lie near which points: lists by rising cost, without a matrix.

use rstar::RTree;
use rstar::primitives::GeomWithData;

use crate::instance::NearLists;

/// Pairs that the lists may hold; past it each point lists only its nearest candidates.
pub(crate) const PAIRS_MAX: usize = 24_000_000;

/// A candidate in space.
pub(crate) type SitePoint = GeomWithData<[f64; 3], u32>;

/// Holds points and candidates in a space whose straight distance orders like the cost.
pub(crate) struct Geometry {
    pub(crate) points: Vec<[f64; 3]>,
    pub(crate) sites: Vec<[f64; 3]>,
    /// How many people a candidate stands for.
    pub(crate) site_weights: Vec<u64>,
    /// Straight distance beyond which no candidate is of use.
    pub(crate) reach: f64,
}

impl Geometry {
    /// Lists the candidates near each point: all that can matter, or the nearest where those are too many.
    ///
    /// `cost(i, j)` is what it costs to serve point i from candidate j, `None` where that is of no use;
    /// `cost_beyond(d)` is at most the cost of any candidate at the straight distance d or farther.
    ///
    /// A list that ends early also holds the beacons, a few candidates spread over everybody, so that the
    /// search never loses sight of who serves a point from afar. It then counts with one of those at
    /// worst, never with too little.
    pub(crate) fn lists(
        &self,
        cost: impl Fn(usize, usize) -> Option<u32> + Sync,
        cost_beyond: impl Fn(f64) -> u32 + Sync,
    ) -> NearLists {
        let most = (PAIRS_MAX / self.points.len().max(1)).max(1);
        let beacons = if self.sites.len() > most { self.beacons(most / 4) } else { Vec::new() };
        let tree = self.tree();
        NearLists::build(self.points.len(), |point| {
            let priced = |at: u32| Some((at, cost(point, at as usize)?));
            let (listed, end) = self.nearest(&tree, point, most - beacons.len());
            let mut row: Vec<(u32, u32)> = listed.into_iter().filter_map(priced).collect();
            if end.is_some() {
                row.extend(beacons.iter().copied().filter_map(priced));
                row.sort_unstable();
                row.dedup();
            }
            (row, end.map_or(u32::MAX, &cost_beyond))
        })
    }

    /// Returns a search tree over the candidates.
    fn tree(&self) -> RTree<SitePoint> {
        let sites = self.sites.iter().enumerate();
        RTree::bulk_load(sites.map(|(at, &site)| SitePoint::new(site, at as u32)).collect())
    }

    /// Returns the nearest candidates of a point within reach, and how far the next one lies when there
    /// are more than `most`.
    fn nearest(
        &self,
        tree: &RTree<SitePoint>,
        point: usize,
        most: usize,
    ) -> (Vec<u32>, Option<f64>) {
        let from = self.points[point];
        let mut listed = Vec::new();
        for site in tree.nearest_neighbor_iter(from) {
            let distance = straight(from, *site.geom());
            if distance > self.reach {
                break;
            }
            if listed.len() == most {
                return (listed, Some(distance));
            }
            listed.push(site.data);
        }
        (listed, None)
    }

    /// Returns at most `number` candidates that stand for all people: the candidates are halved again and
    /// again, each half with as many people, and the largest of each part is taken.
    fn beacons(&self, number: usize) -> Vec<u32> {
        let mut parts = vec![(0..self.sites.len() as u32).collect::<Vec<_>>()];
        let mut axis = 0;
        while parts.len() * 2 <= number.max(1) && parts.iter().any(|part| part.len() > 1) {
            parts = parts.into_iter().flat_map(|part| self.halves(part, axis)).collect();
            axis = (axis + 1) % 3;
        }
        parts
            .iter()
            .filter_map(|part| part.iter().copied().max_by_key(|&at| self.weight(at)))
            .collect()
    }

    fn weight(&self, site: u32) -> u64 {
        self.site_weights[site as usize].max(1)
    }

    /// Cuts a part in two along an axis, each half with as many people.
    fn halves(&self, mut part: Vec<u32>, axis: usize) -> Vec<Vec<u32>> {
        if part.len() < 2 {
            return vec![part];
        }
        let along = |at: u32| self.sites[at as usize][axis];
        part.sort_by(|&a, &b| along(a).total_cmp(&along(b)).then(a.cmp(&b)));
        let total: u128 = part.iter().map(|&at| u128::from(self.weight(at))).sum();
        let mut sum = 0;
        let middle = part
            .iter()
            .position(|&at| {
                sum += u128::from(self.weight(at));
                2 * sum >= total
            })
            .unwrap_or(0);
        let rest = part.split_off((middle + 1).min(part.len() - 1));
        vec![part, rest]
    }
}

fn straight(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt()
}
