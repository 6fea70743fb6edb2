//! Where patches meet: radii of points that sites of several patches can serve, and the prices of openings.
//!
//! What all patches prove together is a concave function of these radii and prices, as long as each patch is
//! settled. A choice of a patch says how much that patch can prove at most elsewhere, so the choices seen so far are
//! a model of the function (cuts, a set for each patch), which costs next to nothing to climb. Where it is highest
//! within a box around the best place known is where patches grow next (boxstep: Marsten, Hogan and Blankenship,
//! Operations Research 23, 1975; cuts by part: Ruszczynski, Mathematical Programming 35, 1986). The model need not
//! be exact: what is proved is what patches come to there.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::patch::Grown;
use super::patches::{Division, Ground};
use crate::assignment::NEVER;
use crate::bound::{ExactData, Multipliers};
use crate::instance::NO_SITE;

/// Sites of other patches matter to a point up to so many times its radius.
const NEAR: f64 = 1.5;
/// Cuts list sites up to so many times a radius.
const LISTED: f64 = 3.0;
/// Choices kept of each patch.
const CUTS_MAX: usize = 24;
/// Steps up the model; the first, as a share of the box, and how many times shorter the last is.
const STEPS: usize = 600;
const STEP_FIRST: f64 = 0.5;
const STEP_FALLS: f64 = 100.0;
/// Share of each step in the mean square of slopes by which steps are divided.
const FRESH: f64 = 0.05;
/// Entries of cuts that cost as much as a priced pair.
const ENTRIES_A_PAIR: usize = 8;

/// Is what the choices seen say of the radii at seams and of prices. Numbers are times 2^shift.
pub(super) struct Seams {
    slots: Vec<Slot>,
    quotas: Vec<f64>,
    /// By the sites that stand for patches.
    cuts: BTreeMap<u32, Vec<Cut>>,
}

/// Is a point in a period that sites of more than one patch can serve.
struct Slot {
    /// Where its radius lies.
    at: usize,
    /// The site that stands for its patch.
    own: u32,
    weight: f64,
    /// What it costs from the first site of another patch: lower radii are no different.
    end: f64,
    cap: f64,
}

/// Is what a patch proves at most, since it can choose so.
struct Cut {
    /// All that does not depend on radii and prices.
    constant: f64,
    /// Openings in each period.
    openings: Vec<f64>,
    /// Own slots, with what they cost under the choice.
    own: Vec<(u32, f64)>,
    /// Slots of other patches, with what they cost from a site that is open.
    others: Vec<(u32, f64)>,
    /// The choice: sites, and their periods.
    choice: (Vec<u32>, Vec<usize>),
}

/// Holds a radius for each slot and a price for each period, or something of each.
#[derive(Clone)]
struct Place {
    radii: Vec<f64>,
    prices: Vec<f64>,
}

/// Is where the model is highest.
pub(super) struct Promise {
    pub(super) radii: Vec<u64>,
    pub(super) prices: Vec<i128>,
    /// By how much it is higher there, times 2^shift.
    pub(super) gain: f64,
    /// The patches that do not prove there what they did.
    pub(super) touched: Vec<u32>,
    /// In priced pairs, about.
    pub(super) work: u64,
}

impl Seams {
    /// Finds the seams of a division.
    pub(super) fn of(
        ground: &Ground<'_>,
        (division, firsts): (&Division, &[u32]),
        (exact, multipliers): (&ExactData, &Multipliers),
    ) -> Self {
        let (instance, shift) = (ground.instance, multipliers.shift);
        let mut slots = Vec::new();
        let patched = (0..instance.points).filter(|&point| division.of_point[point] != NO_SITE);
        for point in patched {
            let own = division.first[division.of_point[point] as usize];
            let end = (u64::from(ground.end(firsts, point, own)) << shift) as f64;
            for t in 0..instance.periods {
                let at = point * instance.periods + t;
                let weight = exact.weight(point, t) as f64;
                let cap = exact.caps[at].map_or(f64::INFINITY, |c| (u64::from(c) << shift) as f64);
                if weight > 0.0 && end < NEAR * multipliers.radii[at] as f64 {
                    slots.push(Slot { at, own, weight, end, cap });
                }
            }
        }
        let quotas = instance.quotas.iter().map(|&quota| f64::from(quota)).collect();
        Self { slots, quotas, cuts: BTreeMap::new() }
    }

    /// Takes note of the choices of those patches that are new, made at some multipliers; `opens` is that of all.
    pub(super) fn note(
        &mut self,
        (ground, firsts): (&Ground<'_>, &[u32]),
        (grown, new, opens): (&BTreeMap<u32, Arc<Grown>>, &[u32], &[usize]),
        multipliers: &Multipliers,
    ) {
        let periods = ground.instance.periods;
        let cut = |&first: &u32| Some((first, Cut::of(grown.get(&first)?, periods)));
        let mut cuts: BTreeMap<u32, Cut> = new.iter().filter_map(cut).collect();
        for number in 0..self.slots.len() {
            self.list((ground, firsts), (number, multipliers), opens, &mut cuts);
        }
        let place = self.place(multipliers);
        for (first, mut cut) in cuts {
            // So far the constant is what the whole is to come to.
            cut.constant -= cut.value(&self.slots, &place) - cut.constant;
            let known = self.cuts.entry(first).or_default();
            known.push(cut);
            let many = known.len().saturating_sub(CUTS_MAX);
            known.drain(..many);
        }
    }

    /// Adds what open sites cost the point of a slot to the cuts that it is part of.
    fn list(
        &self,
        (ground, firsts): (&Ground<'_>, &[u32]),
        (number, multipliers): (usize, &Multipliers),
        opens: &[usize],
        cuts: &mut BTreeMap<u32, Cut>,
    ) {
        let (slot, periods) = (&self.slots[number], ground.instance.periods);
        let (point, t) = (slot.at / periods, slot.at % periods);
        let most = LISTED * (multipliers.radii[slot.at] as f64).max(slot.end);
        let near = ground.instance.near.of(point);
        let near = near.map(|(site, cost)| (site, (u64::from(cost) << multipliers.shift) as f64));
        let mut own = f64::INFINITY;
        for (site, cost) in near.take_while(|&(_, cost)| cost < most) {
            let first = firsts[site as usize];
            if opens[site as usize] > t {
                continue;
            }
            if first == slot.own {
                own = own.min(cost);
            } else if let Some(cut) = cuts.get_mut(&first) {
                cut.others.push((number as u32, cost));
            }
        }
        if let Some(cut) = cuts.get_mut(&slot.own) {
            cut.own.push((number as u32, own));
        }
    }

    /// Returns where multipliers are.
    fn place(&self, multipliers: &Multipliers) -> Place {
        let radius = |slot: &Slot| (multipliers.radii[slot.at] as f64).max(slot.end);
        let radii = self.slots.iter().map(radius).collect();
        Place { radii, prices: multipliers.prices.iter().map(|&price| price as f64).collect() }
    }

    /// Returns the value of the model, less what does not depend on the place; `slope` becomes its slope.
    fn value(&self, place: &Place, slope: &mut Place) -> f64 {
        let paid = place.prices.iter().zip(&self.quotas).map(|(price, quota)| price * quota);
        let mut value = -paid.sum::<f64>();
        slope.radii.fill(0.0);
        slope.prices.iter_mut().zip(&self.quotas).for_each(|(slope, quota)| *slope = -quota);
        for cuts in self.cuts.values() {
            let valued = cuts.iter().map(|cut| (cut.value(&self.slots, place), cut));
            if let Some((least, cut)) = valued.min_by(|a, b| a.0.total_cmp(&b.0)) {
                value += least;
                cut.add_slope(&self.slots, place, slope);
            }
        }
        value
    }

    /// Climbs the model within a box, so large a share of each radius and of the dearest price.
    pub(super) fn promise(
        &self,
        whole: (&Ground<'_>, &[u32]),
        multipliers: &Multipliers,
        (of_radii, of_prices): (f64, f64),
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Promise {
        let center = self.place(multipliers);
        let dearest = center.prices.iter().copied().fold(0.0, f64::max);
        let size = Place {
            radii: center.radii.iter().map(|radius| of_radii * radius).collect(),
            prices: vec![of_prices * dearest; center.prices.len()],
        };
        let (best, gain) = self.climb(&center, &size, stop);
        let entries = self.cuts.values().flatten().map(|cut| cut.own.len() + cut.others.len());
        let work = (entries.sum::<usize>() * STEPS / ENTRIES_A_PAIR) as u64;
        let (radii, mut touched) = self.moved(whole, multipliers, (&center, &best));
        let prices: Vec<i128> = best.prices.iter().map(|price| price.round() as i128).collect();
        if prices != multipliers.prices {
            touched = self.cuts.keys().copied().collect();
        }
        Promise { radii, prices, gain, touched, work }
    }

    /// Returns the highest place found in a box, and by how much it is higher than the center: steps along slopes,
    /// each over the root of its mean square.
    fn climb(
        &self,
        center: &Place,
        size: &Place,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> (Place, f64) {
        let mut slope = center.clone();
        let before = self.value(center, &mut slope);
        let (mut best, mut highest, mut here) = (center.clone(), before, center.clone());
        let mut squares =
            Place { radii: vec![0.0; center.radii.len()], prices: vec![0.0; center.prices.len()] };
        for step in (0..STEPS).take_while(|_| !stop()) {
            let length = STEP_FIRST * STEP_FALLS.powf(-(step as f64) / STEPS as f64);
            for (at, slot) in self.slots.iter().enumerate() {
                let size = size.radii[at];
                let least = (center.radii[at] - size).max(slot.end);
                let moved = stepped(slope.radii[at], &mut squares.radii[at], length * size);
                here.radii[at] = (here.radii[at] + moved).clamp(least, center.radii[at] + size);
            }
            for (t, price) in here.prices.iter_mut().enumerate() {
                let (middle, size) = (center.prices[t], size.prices[t]);
                let moved = stepped(slope.prices[t], &mut squares.prices[t], length * size);
                *price = (*price + moved).clamp((middle - size).max(0.0), middle + size);
            }
            let value = self.value(&here, &mut slope);
            if value > highest {
                highest = value;
                best.clone_from(&here);
            }
        }
        (best, highest - before)
    }

    /// Returns the radii of a place, and the patches that those which differ from the center's touch.
    fn moved(
        &self,
        (ground, firsts): (&Ground<'_>, &[u32]),
        multipliers: &Multipliers,
        (center, place): (&Place, &Place),
    ) -> (Vec<u64>, Vec<u32>) {
        let instance = ground.instance;
        let (mut radii, mut touched) = (multipliers.radii.clone(), Vec::new());
        for (number, slot) in self.slots.iter().enumerate() {
            if place.radii[number] == center.radii[number] {
                continue;
            }
            let after = place.radii[number].min(slot.cap) as u64;
            let most = after.max(std::mem::replace(&mut radii[slot.at], after));
            let near = instance.near.of(slot.at / instance.periods);
            let near = near.take_while(|&(_, c)| u64::from(c) << multipliers.shift < most);
            touched.extend(near.map(|(site, _)| firsts[site as usize]).chain([slot.own]));
        }
        touched.sort_unstable();
        touched.dedup();
        (radii, touched)
    }

    /// Returns the choice of a core with so many sites that is best by the model among those which open no more than
    /// `quota` in the only period: one of the choices seen of each patch.
    pub(super) fn mixed(
        &self,
        multipliers: &Multipliers,
        quota: u32,
        sites: usize,
    ) -> Option<Vec<usize>> {
        let place = self.place(multipliers);
        let free = Place { prices: vec![0.0; place.prices.len()], ..place };
        // For each number of openings the best value of the patches so far.
        let mut best = vec![0.0];
        let mut taken = Vec::with_capacity(self.cuts.len());
        for cuts in self.cuts.values() {
            let valued = cuts.iter().map(|cut| (cut.opened(), cut.value(&self.slots, &free)));
            let (values, by) = with_one_more(&best, &valued.collect::<Vec<_>>(), quota as usize);
            taken.push(by);
            best = values;
        }
        let ends = best.iter().enumerate().filter(|(_, value)| value.is_finite());
        let (mut opened, _) = ends.min_by(|a, b| a.1.total_cmp(b.1))?;
        let mut opens = vec![NEVER; sites];
        for (cuts, by) in self.cuts.values().zip(&taken).rev() {
            let cut = &cuts[by[opened]];
            let (sites, periods) = &cut.choice;
            sites.iter().zip(periods).for_each(|(&site, &period)| opens[site as usize] = period);
            opened -= cut.opened();
        }
        Some(opens)
    }
}

/// Returns the best value for each number of openings up to `most` with one patch more, of which the choices are given
/// by their openings and values; and which of these it takes.
fn with_one_more(best: &[f64], choices: &[(usize, f64)], most: usize) -> (Vec<f64>, Vec<usize>) {
    let larger = choices.iter().map(|(opened, _)| *opened).max().unwrap_or(0);
    let mut next = vec![(f64::INFINITY, 0); (best.len() + larger).min(most + 1)];
    for (before, value) in best.iter().enumerate().filter(|(_, value)| value.is_finite()) {
        for (choice, &(opened, of_choice)) in choices.iter().enumerate() {
            let Some(known) = next.get_mut(before + opened) else { continue };
            if value + of_choice < known.0 {
                *known = (value + of_choice, choice);
            }
        }
    }
    next.into_iter().unzip()
}

impl Cut {
    /// Begins with what the choice of a patch comes to.
    fn of(grown: &Grown, periods: usize) -> Self {
        let mut openings = vec![0.0; periods];
        for &period in &grown.opens {
            if let Some(count) = openings.get_mut(period) {
                *count += 1.0;
            }
        }
        Self {
            constant: grown.value as f64,
            openings,
            own: Vec::new(),
            others: Vec::new(),
            choice: (grown.sites.clone(), grown.opens.clone()),
        }
    }

    fn opened(&self) -> usize {
        self.openings.iter().sum::<f64>() as usize
    }

    fn value(&self, slots: &[Slot], place: &Place) -> f64 {
        let opened = self.openings.iter().zip(&place.prices).map(|(count, price)| count * price);
        let own = self.own.iter().map(|&(slot, cost)| {
            let Slot { weight, cap, .. } = slots[slot as usize];
            weight * cost.min(place.radii[slot as usize]).min(cap)
        });
        let others = self.others.iter().map(|&(slot, cost)| {
            slots[slot as usize].weight * (place.radii[slot as usize] - cost).max(0.0)
        });
        self.constant + opened.sum::<f64>() + own.sum::<f64>() - others.sum::<f64>()
    }

    fn add_slope(&self, slots: &[Slot], place: &Place, slope: &mut Place) {
        slope.prices.iter_mut().zip(&self.openings).for_each(|(slope, count)| *slope += count);
        for &(number, cost) in &self.own {
            let (slot, radius) = (&slots[number as usize], place.radii[number as usize]);
            if radius < cost.min(slot.cap) {
                slope.radii[number as usize] += slot.weight;
            }
        }
        for &(number, cost) in &self.others {
            if cost < place.radii[number as usize] {
                slope.radii[number as usize] -= slots[number as usize].weight;
            }
        }
    }
}

/// Returns a step along a slope over the root of its mean square, which takes it in.
fn stepped(slope: f64, square: &mut f64, length: f64) -> f64 {
    *square += FRESH * (slope * slope - *square);
    if *square > 0.0 { length * slope / square.sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::with_one_more;

    #[test]
    fn the_table_takes_the_best_choice_for_each_number_of_openings() {
        // Two choices of one patch, then three of another; no more than three openings.
        let (values, taken) = with_one_more(&[0.0], &[(1, 9.0), (2, 4.0)], 3);
        assert_eq!((&values[..], &taken[..]), (&[f64::INFINITY, 9.0, 4.0][..], &[0, 0, 1][..]));
        let (values, taken) = with_one_more(&values, &[(0, 8.0), (1, 2.0), (2, 1.0)], 3);
        assert_eq!(values, [f64::INFINITY, 17.0, 11.0, 6.0]);
        assert_eq!(taken[1..], [0, 1, 1]);
    }
}
