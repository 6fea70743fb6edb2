//! Rows of sites priced on the fly: which points cost less than their limit, and how much.

use rayon::prelude::*;

use super::measure::SURELY;
use super::tree::Position;
use super::{POINT_LEAF, Space};
use crate::instance::SiteRows;

/// Holds a limit for every point, ready for the rows of many sites.
#[derive(Clone, Debug)]
pub(crate) struct Below {
    /// By slot: what costs this or more is left out.
    limits: Vec<u32>,
    /// By slot: squared straight distance above all that costs less.
    squared: Vec<f64>,
    /// The largest squared distance below each node.
    largest: Vec<f64>,
}

/// Is the row of a site: slots of points, rising, with the cost of each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) slots: Vec<u32>,
    pub(crate) costs: Vec<u32>,
}

/// Is the part of a row that one leaf gives.
struct Batch {
    squared: [f64; POINT_LEAF],
    slots: [u32; POINT_LEAF],
    costs: [u32; POINT_LEAF],
    len: usize,
}

/// Sites of one task.
const SITES_AT_ONCE: usize = 16;

impl Below {
    /// Prepares a limit for every slot; 0 leaves a point out.
    pub(crate) fn new(space: &Space, limits: &[u32]) -> Self {
        let end = space.cut_off.saturating_add(1);
        let limits: Vec<u32> = limits.iter().map(|&limit| limit.min(end)).collect();
        let squared: Vec<f64> = limits
            .par_iter()
            .with_min_len(1024)
            .map(|&limit| space.measure.squared_limit(limit))
            .collect();
        Self { largest: space.points.largest(&squared), limits, squared }
    }
}

impl Space {
    /// Finds the row of a site: every point that costs less than its limit.
    pub(crate) fn row(&self, site: u32, below: &Below, row: &mut Row) {
        row.slots.clear();
        row.costs.clear();
        let from = self.sites.position(self.sites.slots[site as usize] as usize);
        self.points.leaves_where(
            |node, bounds| bounds.squared(from) < below.largest[node],
            |leaf| {
                let batch = self.batch(site, from, leaf, below);
                row.slots.extend_from_slice(&batch.slots[..batch.len]);
                row.costs.extend_from_slice(&batch.costs[..batch.len]);
            },
        );
        if let Some((slot, cost)) = self.own(site) {
            row.settle(slot, (cost < below.limits[slot as usize]).then_some(cost));
        }
    }

    /// Calls `visit(position in the list, slots, costs)` for the row of every site of a list, in parallel
    /// and in no order.
    pub(crate) fn for_each_row(
        &self,
        sites: &[u32],
        below: &Below,
        visit: impl Fn(usize, &[u32], &[u32]) + Sync,
    ) {
        // Neighbours one after the other find their points in the cache.
        let mut order: Vec<(u32, u32)> = (0..)
            .zip(sites)
            .map(|(position, &site)| (self.sites.slots[site as usize], position))
            .collect();
        order.sort_unstable();
        order.par_chunks(SITES_AT_ONCE).for_each_init(Row::default, |row, chunk| {
            for &(_, position) in chunk {
                self.row(sites[position as usize], below, row);
                visit(position as usize, &row.slots, &row.costs);
            }
        });
    }

    /// Returns the rows of a list of sites, by position in the list; their points are slots.
    ///
    /// Rows are found twice, first to be counted: that takes less memory than to join them.
    pub(crate) fn rows_of(&self, sites: &[u32], below: &Below) -> SiteRows {
        let lengths: Vec<usize> = sites
            .par_iter()
            .map_init(Row::default, |row, &site| {
                self.row(site, below, row);
                row.slots.len()
            })
            .collect();
        let mut starts = vec![0];
        starts.extend(lengths.iter().scan(0, |end, &length| {
            *end += length;
            Some(*end)
        }));
        let total = starts[sites.len()];
        let (mut slots, mut costs) = (vec![0; total], vec![0; total]);
        let parts: Vec<_> = split(&mut slots, &lengths)
            .into_iter()
            .zip(split(&mut costs, &lengths))
            .zip(sites)
            .collect();
        parts.into_par_iter().for_each_init(Row::default, |row, ((slots, costs), &site)| {
            self.row(site, below, row);
            slots.copy_from_slice(&row.slots);
            costs.copy_from_slice(&row.costs);
        });
        SiteRows::new(starts, slots, costs)
    }

    /// Prices the points of a leaf that cost less than their limit.
    fn batch(&self, site: u32, from: Position, leaf: usize, below: &Below) -> Batch {
        let range = self.points.slots_of(leaf);
        let first = range.start as u32;
        let loose = self.measure.is_loose(below.largest[self.points.leaves + leaf]);
        let limits = &below.squared[range.clone()];
        let axes = [0, 1, 2].map(|axis| &self.points.axes[axis][range.clone()]);
        let mut batch = Batch::new();
        let (within, surely) = batch.measure(from, axes, limits);
        if within == 0 {
            return batch;
        }
        batch.keep_within(first, within, limits);
        let (squared, costs) = (&batch.squared[..within], &mut batch.costs[..within]);
        if self.measure.costs(squared, loose, costs) {
            self.settle_edges(site, &mut batch);
        }
        if loose || within != surely {
            batch.keep_below(&below.limits);
        }
        batch
    }

    /// Replaces the costs at rounding edges by the exact ones.
    #[cold]
    fn settle_edges(&self, site: u32, batch: &mut Batch) {
        for at in 0..batch.len {
            if self.measure.cost(batch.squared[at]).is_none() {
                let point = self.points.order[batch.slots[at] as usize];
                batch.costs[at] = self.exact.cost(point, site);
            }
        }
    }
}

impl Batch {
    fn new() -> Self {
        let (slots, costs) = ([0; POINT_LEAF], [0; POINT_LEAF]);
        Self { squared: [0.0; POINT_LEAF], slots, costs, len: 0 }
    }

    /// Measures all points of a leaf, and returns how many are within their squared limits, and how many
    /// certainly are.
    #[inline(always)]
    fn measure(&mut self, from: Position, axes: [&[f64]; 3], limits: &[f64]) -> (usize, usize) {
        let (mut within, mut surely) = (0_u64, 0_u64);
        let positions = axes[0].iter().zip(axes[1]).zip(axes[2]).zip(limits);
        for ((((&x, &y), &z), &limit), squared) in positions.zip(&mut self.squared) {
            let (x, y, z) = (x - from[0], y - from[1], z - from[2]);
            let sum = x * x + y * y + z * z;
            *squared = sum;
            // Checked sums would not run in lanes.
            within = within.wrapping_add(u64::from(sum < limit));
            surely = surely.wrapping_add(u64::from(sum < limit * SURELY));
        }
        (within as usize, surely as usize)
    }

    /// Keeps the `within` points whose squares are below their limits.
    #[inline(always)]
    fn keep_within(&mut self, first: u32, within: usize, limits: &[f64]) {
        if within == limits.len() {
            for (slot, at) in self.slots.iter_mut().zip(first..) {
                *slot = at;
            }
        } else {
            let mut len = 0;
            for (at, &limit) in limits.iter().enumerate() {
                let squared = self.squared[at % POINT_LEAF];
                // Written always and kept sometimes: no branch to guess.
                self.squared[len % POINT_LEAF] = squared;
                self.slots[len % POINT_LEAF] = first.wrapping_add(at as u32);
                len = len.wrapping_add(usize::from(squared < limit));
            }
        }
        self.len = within;
    }

    /// Keeps the points whose costs are below their limits.
    #[cold]
    fn keep_below(&mut self, limits: &[u32]) {
        let mut len = 0;
        for at in 0..self.len {
            let (slot, cost) = (self.slots[at], self.costs[at]);
            self.slots[len] = slot;
            self.costs[len] = cost;
            len += usize::from(cost < limits[slot as usize]);
        }
        self.len = len;
    }
}

impl Row {
    /// Makes the cost of a slot the given one, or takes the slot out.
    fn settle(&mut self, slot: u32, cost: Option<u32>) {
        match (self.slots.binary_search(&slot), cost) {
            (Ok(at), Some(cost)) => self.costs[at] = cost,
            (Ok(at), None) => {
                self.slots.remove(at);
                self.costs.remove(at);
            }
            (Err(at), Some(cost)) => {
                self.slots.insert(at, slot);
                self.costs.insert(at, cost);
            }
            (Err(_), None) => {}
        }
    }
}

/// Cuts a slice into parts of these lengths.
fn split<'a>(mut rest: &'a mut [u32], lengths: &[usize]) -> Vec<&'a mut [u32]> {
    lengths
        .iter()
        .map(|&length| {
            let (part, after) = std::mem::take(&mut rest).split_at_mut(length);
            rest = after;
            part
        })
        .collect()
}
