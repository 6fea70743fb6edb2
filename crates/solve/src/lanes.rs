//! Radii and rows laid out for fast steps of an ascent: periods side by side in lanes, in single precision.
//!
//! Periods are cut into blocks of [`LANES`]. Most pairs matter in the first periods alone, when few sites
//! are open and radii are wide; so a row lists the pairs that reach later blocks first, and each block is
//! priced over the front part of the row that reaches it.
//!
//! Single precision only chooses directions. Bounds are summed in double precision, and proved in integers.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::instance::Instance;
use crate::soft::Blend;

/// Periods of a block.
const LANES: usize = 4;
/// Pairs that are summed in single precision at a time.
const RUN: usize = 128;
/// Whole costs below this are exact in single precision.
const EXACT_BELOW: f32 = (1 << 24) as f32;
/// How far the worth of a site may be from the true one, as a share of it: each saving goes through three
/// operations (weight, difference, product), and at most RUN / 4 are added up one after the other, and two
/// times two sums of those; each operation is off by at most 2^-24. Radii are as given.
pub(crate) const WORTH_ERROR: f64 = (RUN / 4 + 6) as f64 / (1 << 24) as f64;
/// What a direction keeps from step to step.
const MEMORY: f32 = 0.8;
/// Points that one task moves at least.
const POINTS_AT_ONCE: usize = 4096;

/// Holds one number for each period of a block.
pub(crate) type Lane = [f32; LANES];

/// Is what pricing needs of a point in a block.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    radius: Lane,
    weight: Lane,
}

/// Holds radii and weights of all points, block after block.
#[derive(Clone, Debug)]
pub(crate) struct Cells {
    periods: usize,
    points: usize,
    cells: Vec<Cell>,
}

impl Cells {
    pub(crate) fn new(instance: &Instance, radii: &[f64]) -> Self {
        let (periods, points) = (instance.periods, instance.points);
        let mut cells = vec![Cell::default(); periods.div_ceil(LANES) * points];
        for (point, (radii, weights)) in
            radii.chunks(periods).zip(instance.weights.chunks(periods)).enumerate()
        {
            for (t, (&radius, &weight)) in radii.iter().zip(weights).enumerate() {
                let cell = &mut cells[t / LANES * points + point];
                cell.radius[t % LANES] = radius as f32;
                cell.weight[t % LANES] = weight as f32;
            }
        }
        Self { periods, points, cells }
    }

    /// Returns the radii, at `i * periods + t`.
    pub(crate) fn radii(&self) -> Vec<f64> {
        let radius = |point: usize, t: usize| {
            f64::from(self.cells[t / LANES * self.points + point].radius[t % LANES])
        };
        let of_point = |point| (0..self.periods).map(move |t| radius(point, t));
        (0..self.points).flat_map(of_point).collect()
    }

    /// Cuts the radii down to whole multiples of 2^-`shift`; those of single precision that are no such
    /// multiples are small enough to become one.
    pub(crate) fn cut_to_grain(&mut self, shift: u32) {
        let grain = 2.0_f32.powi(shift as i32);
        for radius in self.cells.iter_mut().flat_map(|cell| &mut cell.radius) {
            *radius = (*radius * grain).floor() / grain;
        }
    }

    /// Returns whether all radii are below the costs that single precision holds exactly.
    pub(crate) fn are_exact(&self) -> bool {
        self.cells.iter().all(|cell| largest(&cell.radius) < EXACT_BELOW)
    }

    fn blocks(&self) -> impl Iterator<Item = &[Cell]> {
        self.cells.chunks(self.points)
    }

    /// Returns the largest radius of each point in each block.
    fn tops(&self) -> Vec<f32> {
        self.cells.iter().map(|cell| largest(&cell.radius)).collect()
    }
}

/// Returns what every candidate is worth when open from each period on, but for its opening cost, over all
/// pairs; with the number of pairs. `None` if `goes_on` ends it.
pub(crate) fn worth_of_all(
    instance: &Instance,
    cells: &Cells,
    goes_on: &(dyn Fn() -> bool + Sync),
) -> Option<(Vec<f64>, u64)> {
    let pricing = Pricing::new(cells);
    let pairs = AtomicU64::new(0);
    let of_row = |_, points: &[u32], costs: &[u32]| {
        pairs.fetch_add(points.len() as u64, Ordering::Relaxed);
        pricing.worth(points, costs)
    };
    let farthest = |point: usize| pricing.farthest(point);
    let rows = instance.map_rows_while(farthest, of_row, goes_on)?;
    let none = vec![0.0; instance.periods];
    let rows = rows.iter().map(|row| if row.is_empty() { &none } else { row });
    Some((rows.flatten().copied().collect(), pairs.into_inner()))
}

/// Prices sites at fixed radii, over all pairs that matter.
struct Pricing<'a> {
    cells: &'a Cells,
    tops: Vec<f32>,
}

impl<'a> Pricing<'a> {
    fn new(cells: &'a Cells) -> Self {
        Self { tops: cells.tops(), cells }
    }

    /// Returns the largest radius of a point.
    fn farthest(&self, point: usize) -> f64 {
        let of_point = self.tops.iter().skip(point).step_by(self.cells.points);
        f64::from(of_point.fold(0.0, |most: f32, &top| most.max(top)))
    }

    /// Returns what a site with this row is worth when open from each period on, but for its opening cost.
    fn worth(&self, points: &[u32], costs: &[u32]) -> Vec<f64> {
        let mut worth = vec![0.0; self.cells.periods];
        let mut run = Run { points: [0; RUN], costs: [0.0; RUN], len: 0 };
        for (points, costs) in points.chunks(RUN).zip(costs.chunks(RUN)) {
            run.fill(points, costs);
            for (block, cells) in self.cells.blocks().enumerate() {
                if block > 0 {
                    run.keep_below(&self.tops[block * self.cells.points..]);
                }
                let (points, costs) = (&run.points[..run.len], &run.costs[..run.len]);
                add(&mut worth, block, savings(cells, points, costs));
            }
        }
        sum_from_the_end(&mut worth);
        worth
    }
}

/// Is a part of a row.
struct Run {
    points: [u32; RUN],
    costs: [f32; RUN],
    len: usize,
}

impl Run {
    fn fill(&mut self, points: &[u32], costs: &[u32]) {
        self.len = points.len();
        self.points[..points.len()].copy_from_slice(points);
        for (to, &cost) in self.costs.iter_mut().zip(costs) {
            *to = cost as f32;
        }
    }

    /// Keeps the pairs that cost less than their limit.
    fn keep_below(&mut self, limits: &[f32]) {
        let mut len = 0_usize;
        for at in 0..self.len {
            let (point, cost) = (self.points[at], self.costs[at]);
            self.points[len % RUN] = point;
            self.costs[len % RUN] = cost;
            // Written always and kept sometimes: no branch to guess.
            len = len.wrapping_add(usize::from(cost < limits[point as usize]));
        }
        self.len = len;
    }
}

/// Is the row of a site, the pairs that reach later blocks first.
#[derive(Clone, Debug, Default)]
struct Row {
    points: Vec<u32>,
    costs: Vec<f32>,
    /// For each block how many pairs reach it.
    ends: Vec<u32>,
}

impl Row {
    /// Orders a row by the block up to which its pairs cost less than `reach`.
    fn new(points: &[u32], costs: &[u32], reach: &Reach) -> Self {
        let last_block = |(&point, &cost): (&u32, &u32)| -> u8 {
            let reaches = |&block: &usize| (cost as f32) < reach.of(block, point);
            (0..reach.blocks).rev().find(reaches).unwrap_or(0) as u8
        };
        let last: Vec<u8> = points.iter().zip(costs).map(last_block).collect();
        let mut row = Self {
            points: Vec::with_capacity(points.len()),
            costs: Vec::with_capacity(points.len()),
            ends: vec![0; reach.blocks],
        };
        for block in (0..reach.blocks).rev() {
            for (at, _) in last.iter().enumerate().filter(|(_, last)| usize::from(**last) == block)
            {
                row.points.push(points[at]);
                row.costs.push(costs[at] as f32);
            }
            row.ends[block] = row.points.len() as u32;
        }
        row
    }

    /// Returns the pairs that reach a block.
    fn in_block(&self, block: usize) -> (&[u32], &[f32]) {
        let end = self.ends.get(block).map_or(0, |&end| end as usize);
        (&self.points[..end], &self.costs[..end])
    }

    fn worth(&self, cells: &Cells, worth: &mut [f64]) {
        for (block, cells) in cells.blocks().enumerate() {
            let (points, costs) = self.in_block(block);
            for (points, costs) in points.chunks(RUN).zip(costs.chunks(RUN)) {
                add(worth, block, savings(cells, points, costs));
            }
        }
        sum_from_the_end(worth);
    }
}

/// Holds the cost of each point in each block up to which rows are complete.
struct Reach {
    blocks: usize,
    points: usize,
    costs: Vec<f32>,
}

impl Reach {
    /// Returns the reach that leaves radii some room, as a share of their scale.
    fn new(cells: &Cells, scale: &[Lane], room: f32) -> Self {
        let reach = |(cell, scale): (&Cell, &Lane)| {
            largest(&std::array::from_fn(|lane| cell.radius[lane] + room * scale[lane]))
        };
        let costs = cells.cells.iter().zip(scale).map(reach).collect();
        Self { blocks: cells.blocks().count(), points: cells.points, costs }
    }

    fn of(&self, block: usize, point: u32) -> f32 {
        self.costs[block * self.points + point as usize]
    }

    fn farthest(&self, point: usize) -> f64 {
        let of_block = |block| f64::from(self.of(block, point as u32));
        (0..self.blocks).map(of_block).fold(0.0, f64::max)
    }
}

/// Is what stays the same from step to step.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// Scale of the steps.
    scale: Vec<Lane>,
    /// Largest radii.
    caps: Vec<Lane>,
}

impl Frame {
    pub(crate) fn new(instance: &Instance, scale: &[f64]) -> Self {
        let periods = instance.periods;
        let cap = |at: usize| {
            let end = f64::from(instance.complete_below(at / periods));
            if instance.weights[at] > 0.0 { instance.caps[at].min(end) } else { 0.0 }
        };
        Self {
            scale: in_lanes(instance, |at| scale[at] as f32),
            caps: in_lanes(instance, |at| cap(at) as f32),
        }
    }

    pub(crate) fn no_direction(&self) -> Vec<Lane> {
        vec![Lane::default(); self.scale.len()]
    }
}

/// Takes steps on some sites.
pub(crate) struct Steps<'a> {
    instance: &'a Instance,
    frame: &'a Frame,
    cells: Cells,
    /// Smoothed subgradient.
    direction: Vec<Lane>,
    slack: Vec<Lane>,
    reach: Reach,
    rows: Vec<Row>,
    /// Pairs of the rows.
    pub(crate) pairs: u64,
}

impl<'a> Steps<'a> {
    /// Lays out the rows of an instance around radii, with room for them to move by a share of their scale;
    /// `None` if `goes_on` ends that.
    pub(crate) fn new(
        instance: &'a Instance,
        frame: &'a Frame,
        (cells, direction): (Cells, Vec<Lane>),
        room: f64,
        goes_on: &(dyn Fn() -> bool + Sync),
    ) -> Option<Self> {
        let reach = Reach::new(&cells, &frame.scale, room as f32);
        let farthest = |point| reach.farthest(point);
        let of_row = |_, points: &[u32], costs: &[u32]| Row::new(points, costs, &reach);
        let rows = instance.map_rows_while(farthest, of_row, goes_on)?;
        let pairs = rows.iter().map(|row| row.points.len() as u64).sum();
        let slack = direction.clone();
        Some(Self { instance, frame, cells, direction, slack, reach, rows, pairs })
    }

    /// Returns the radii and the direction.
    pub(crate) fn into_place(self) -> (Cells, Vec<Lane>) {
        (self.cells, self.direction)
    }

    /// Returns what each site is worth when open from each period on.
    pub(crate) fn price(&self) -> Vec<f64> {
        let periods = self.instance.periods;
        let mut worth = vec![0.0; self.rows.len() * periods];
        worth.par_chunks_mut(periods).zip(&self.rows).with_min_len(8).for_each(|(worth, row)| {
            row.worth(&self.cells, worth);
        });
        add_opening_costs(self.instance, &mut worth);
        worth
    }

    /// Moves the radii along the smoothed gradient of a blend of choices.
    pub(crate) fn step(&mut self, blend: &Blend, step: f64) {
        self.count(blend);
        let step = step as f32;
        let points = self.cells.points;
        let frame = self.frame;
        let limits = &self.reach.costs;
        let (cells, direction) = (&mut self.cells.cells, &mut self.direction);
        cells
            .par_iter_mut()
            .zip(direction)
            .zip(&self.slack)
            .enumerate()
            .with_min_len(POINTS_AT_ONCE.min(points))
            .for_each(|(at, ((cell, direction), slack))| {
                let (scale, caps, limit) = (&frame.scale[at], &frame.caps[at], limits[at]);
                for lane in 0..LANES {
                    direction[lane] = MEMORY * direction[lane] + (1.0 - MEMORY) * slack[lane];
                    let radius = cell.radius[lane] + step * scale[lane] * direction[lane];
                    cell.radius[lane] = radius.max(0.0).min(caps[lane]).min(limit);
                }
            });
    }

    /// Counts for each point how many fewer sites than one serve it within its radius.
    fn count(&mut self, blend: &Blend) {
        let (points, rows) = (self.cells.points, &self.rows);
        let blocks = self.cells.cells.par_chunks(points).zip(self.slack.par_chunks_mut(points));
        blocks.enumerate().for_each(|(block, (cells, slack))| {
            slack.fill([1.0; LANES]);
            for (site, shares) in blend.iter() {
                let share =
                    |lane: usize| shares.get(block * LANES + lane).map_or(0.0, |&s| s as f32);
                let open: Lane = std::array::from_fn(share);
                if open == Lane::default() {
                    continue;
                }
                let (points, costs) = rows[site].in_block(block);
                for (&point, &cost) in points.iter().zip(costs) {
                    let (cell, slack) = (&cells[point as usize], &mut slack[point as usize]);
                    for lane in 0..LANES {
                        slack[lane] -= if cost < cell.radius[lane] { open[lane] } else { 0.0 };
                    }
                }
            }
        });
    }
}

/// Adds what each candidate costs to open.
pub(crate) fn add_opening_costs(instance: &Instance, worth: &mut [f64]) {
    for (site, row) in instance.candidates.iter().zip(worth.chunks_mut(instance.periods)) {
        row.iter_mut().for_each(|worth| *worth += site.opening_cost);
    }
}

/// Returns what pairs save in a block.
fn savings(cells: &[Cell], points: &[u32], costs: &[f32]) -> Lane {
    let saving = |&point: &u32, &cost: &f32| -> Lane {
        let cell = &cells[point as usize];
        std::array::from_fn(|lane| {
            let surplus = cost - cell.radius[lane];
            cell.weight[lane] * if surplus < 0.0 { surplus } else { 0.0 }
        })
    };
    let plus = |a: Lane, b: Lane| -> Lane { std::array::from_fn(|lane| a[lane] + b[lane]) };
    // Four sums need not wait for one another.
    let mut sums = [Lane::default(); 4];
    let ((points, last_points), (costs, last_costs)) = (points.as_chunks(), costs.as_chunks());
    for ([p, q, r, s], [c, d, e, f]) in points.iter().zip(costs) {
        sums[0] = plus(sums[0], saving(p, c));
        sums[1] = plus(sums[1], saving(q, d));
        sums[2] = plus(sums[2], saving(r, e));
        sums[3] = plus(sums[3], saving(s, f));
    }
    for ((point, cost), sum) in last_points.iter().zip(last_costs).zip(&mut sums) {
        *sum = plus(*sum, saving(point, cost));
    }
    plus(plus(sums[0], sums[1]), plus(sums[2], sums[3]))
}

fn add(worth: &mut [f64], block: usize, savings: Lane) {
    for (worth, saving) in worth[block * LANES..].iter_mut().zip(savings) {
        *worth += f64::from(saving);
    }
}

/// Makes what a site is worth in each period what it is worth from then on.
fn sum_from_the_end(worth: &mut [f64]) {
    for t in (1..worth.len()).rev() {
        worth[t - 1] += worth[t];
    }
}

fn largest(lane: &Lane) -> f32 {
    lane.iter().fold(0.0, |a, &b| if b > a { b } else { a })
}

/// Lays out what `of` says of `i * periods + t`.
fn in_lanes(instance: &Instance, of: impl Fn(usize) -> f32) -> Vec<Lane> {
    let (periods, points) = (instance.periods, instance.points);
    let mut lanes = vec![Lane::default(); periods.div_ceil(LANES) * points];
    for at in 0..points * periods {
        let (point, t) = (at / periods, at % periods);
        lanes[t / LANES * points + point][t % LANES] = of(at);
    }
    lanes
}
