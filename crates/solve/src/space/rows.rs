//! Rows of sites priced on the fly: which points cost less than their limit, and how much.

use std::ops::Range;

use rayon::prelude::*;

use super::Space;
use super::measure::SURELY;
use super::tree::Position;
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
///
/// Its buffers are as long as the longest row can be, and used again from row to row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    slots: Vec<u32>,
    /// Squared straight distances.
    squared: Vec<f64>,
    costs: Vec<u32>,
    len: usize,
    /// How many of the points have their costs already.
    priced: usize,
    /// Whether all others are certain to be below their limits.
    sure: bool,
}

/// Points that are measured at a time.
const BLOCK: usize = 64;
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

    /// Returns the limit of a slot.
    pub(crate) fn limit(&self, slot: usize) -> u32 {
        self.limits[slot]
    }

    /// Raises the limit of one slot.
    pub(crate) fn raise(&mut self, space: &Space, slot: usize, limit: u32) {
        let limit = limit.min(space.cut_off.saturating_add(1));
        let squared = space.measure.squared_limit(limit);
        self.limits[slot] = limit;
        self.squared[slot] = squared;
        let mut node = space.points.leaves + space.points.leaf_of(slot);
        while node > 0 && self.largest[node] < squared {
            self.largest[node] = squared;
            node /= 2;
        }
    }
}

impl Space {
    /// Finds the row of a site: every point that costs less than its limit.
    pub(crate) fn row(&self, site: u32, below: &Below, row: &mut Row) {
        row.clear(self.points.len());
        let from = self.sites.position(self.sites.slots[site as usize] as usize);
        let (mut run, mut run_is_loose) = (0..0, false);
        self.points.leaves_where(
            |node, bounds| bounds.squared(from) < below.largest[node],
            |leaf| {
                let loose = self.measure.is_loose(below.largest[self.points.leaves + leaf]);
                let slots = self.points.slots_of(leaf);
                // Leaves side by side are measured as one.
                if slots.start != run.end || loose != run_is_loose {
                    self.measure_run(from, run.clone(), below, row);
                    run.start = slots.start;
                }
                if loose != run_is_loose {
                    self.price(site, run_is_loose, below, row);
                    run_is_loose = loose;
                }
                run.end = slots.end;
            },
        );
        self.measure_run(from, run, below, row);
        self.price(site, run_is_loose, below, row);
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
                visit(position as usize, row.slots(), row.costs());
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
                row.len
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
            slots.copy_from_slice(row.slots());
            costs.copy_from_slice(row.costs());
        });
        SiteRows::new(starts, slots, costs)
    }

    /// Adds the points of a run of slots that are within their squared limits.
    fn measure_run(&self, from: Position, run: Range<usize>, below: &Below, row: &mut Row) {
        let [xs, ys, zs] = &self.points.axes;
        for first in run.clone().step_by(BLOCK) {
            let block = first..run.end.min(first + BLOCK);
            let axes = [&xs[block.clone()], &ys[block.clone()], &zs[block.clone()]];
            row.add_block(from, first as u32, axes, &below.squared[block]);
        }
    }

    /// Prices the points measured since last time and keeps those below their limits, which are all loose
    /// or all not.
    fn price(&self, site: u32, loose: bool, below: &Below, row: &mut Row) {
        let new = row.priced..row.len;
        let (squared, costs) = (&row.squared[new.clone()], &mut row.costs[new]);
        if self.measure.costs(squared, loose, costs) {
            self.settle_edges(site, row);
        }
        if loose || !row.sure {
            row.keep_below(&below.limits);
        }
        row.priced = row.len;
        row.sure = true;
    }

    /// Replaces the new costs at rounding edges by the exact ones.
    #[cold]
    fn settle_edges(&self, site: u32, row: &mut Row) {
        for at in row.priced..row.len {
            if self.measure.cost(row.squared[at]).is_none() {
                let point = self.points.order[row.slots[at] as usize];
                row.costs[at] = self.exact.cost(point, site);
            }
        }
    }
}

impl Row {
    /// Returns the slots of the points, rising.
    pub(crate) fn slots(&self) -> &[u32] {
        &self.slots[..self.len]
    }

    /// Returns the cost of each point.
    pub(crate) fn costs(&self) -> &[u32] {
        &self.costs[..self.len]
    }

    /// Makes the row empty, with room for all of so many points, and a block to write past the end.
    fn clear(&mut self, points: usize) {
        if self.slots.len() < points + BLOCK {
            self.slots.resize(points + BLOCK, 0);
            self.squared.resize(points + BLOCK, 0.0);
            self.costs.resize(points + BLOCK, 0);
        }
        (self.len, self.priced) = (0, 0);
        self.sure = true;
    }

    /// Measures the points of a block, and adds those that are within their squared limits.
    fn add_block(&mut self, from: Position, first: u32, axes: [&[f64]; 3], limits: &[f64]) {
        let slots = self.slots[self.len..].first_chunk_mut();
        let squared = self.squared[self.len..].first_chunk_mut();
        let (Some(slots), Some(squared)) = (slots, squared) else { return };
        let (within, surely) = measure_block(from, axes, limits, squared);
        self.sure &= within == surely;
        if within == limits.len() {
            *slots = std::array::from_fn(|at| first.wrapping_add(at as u32));
        } else if within > 0 {
            pick(first, limits, slots, squared);
        }
        self.len += within;
    }

    /// Keeps the new points whose costs are below their limits.
    #[cold]
    fn keep_below(&mut self, limits: &[u32]) {
        let mut len = self.priced;
        for at in self.priced..self.len {
            let (slot, cost) = (self.slots[at], self.costs[at]);
            self.slots[len] = slot;
            self.costs[len] = cost;
            len += usize::from(cost < limits[slot as usize]);
        }
        self.len = len;
    }

    /// Makes the cost of a slot the given one, or takes the slot out.
    fn settle(&mut self, slot: u32, cost: Option<u32>) {
        match (self.slots().binary_search(&slot), cost) {
            (Ok(at), Some(cost)) => self.costs[at] = cost,
            (Ok(at), None) => {
                self.slots.copy_within(at + 1..self.len, at);
                self.costs.copy_within(at + 1..self.len, at);
                self.len -= 1;
            }
            (Err(at), Some(cost)) => {
                self.slots.copy_within(at..self.len, at + 1);
                self.costs.copy_within(at..self.len, at + 1);
                (self.slots[at], self.costs[at]) = (slot, cost);
                self.len += 1;
            }
            (Err(_), None) => {}
        }
    }
}

/// Measures all points of a block, and returns how many are within their squared limits, and how many
/// certainly are.
#[inline(always)]
fn measure_block(
    from: Position,
    axes: [&[f64]; 3],
    limits: &[f64],
    block: &mut [f64; BLOCK],
) -> (usize, usize) {
    let (mut within, mut surely) = (0_u64, 0_u64);
    let positions = axes[0].iter().zip(axes[1]).zip(axes[2]).zip(limits);
    for ((((&x, &y), &z), &limit), squared) in positions.zip(block) {
        let (x, y, z) = (x - from[0], y - from[1], z - from[2]);
        let sum = x * x + y * y + z * z;
        *squared = sum;
        // Checked sums would not run in lanes.
        within = within.wrapping_add(u64::from(sum < limit));
        surely = surely.wrapping_add(u64::from(sum < limit * SURELY));
    }
    (within as usize, surely as usize)
}

/// Moves those points of a block that are within their squared limits side by side.
#[inline(always)]
fn pick(first: u32, limits: &[f64], slots: &mut [u32; BLOCK], squared: &mut [f64; BLOCK]) {
    let mut len = 0_usize;
    for (at, &limit) in limits.iter().enumerate() {
        let distance = squared[at % BLOCK];
        // Written always and kept sometimes: no branch to guess.
        slots[len % BLOCK] = first.wrapping_add(at as u32);
        squared[len % BLOCK] = distance;
        len = len.wrapping_add(usize::from(distance < limit));
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
