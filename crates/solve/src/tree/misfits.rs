//! Points that cost more under the choice of all patches together than their own patch counts.

use std::sync::Arc;

use rayon::prelude::*;

use super::patch::Grown;
use super::patches::summed;
use super::quilt::Quilt;
use crate::instance::NO_SITE;

/// Misfits below such a part of the gap do not count.
const FEW: f64 = 1000.0;

/// Says which patches serve a point.
#[derive(Default)]
struct Service {
    /// The cost of the nearest open site, and its patch.
    nearest: Option<(u64, u32)>,
    /// The patches of others that are open within its radius, and what those save.
    others: Vec<(u32, u64)>,
    /// The patch of the nearest site of another patch that may open.
    next: Option<u32>,
}

impl Quilt<'_> {
    /// Returns between which patches points are that cost more under the choice of all than their own patch
    /// counts, and by how much in engine units.
    pub(super) fn misfits(&self) -> Vec<(u32, u32, f64)> {
        let opens = self.choice();
        let of_patch = |(&first, grown): (&u32, &Arc<Grown>)| {
            let periods = self.ground.instance.periods;
            let mut misfits = Vec::new();
            for (&point, costs) in grown.points.iter().zip(grown.costs.chunks(periods)) {
                for (t, &counted) in costs.iter().enumerate() {
                    self.add_misfits((first, point, t), counted, &opens, &mut misfits);
                }
            }
            misfits
        };
        let mut misfits = summed(self.grown.par_iter().flat_map_iter(of_patch).collect());
        let few = ((self.value() << self.tree.grain) - self.bound()) as f64 / FEW;
        misfits.retain(|(_, _, lost)| lost * self.tree.unit > few);
        misfits
    }

    /// Adds what a point costs more in a period, under the choice of all, than its own patch counts.
    fn add_misfits(
        &self,
        (own, point, t): (u32, u32, usize),
        counted: u64,
        opens: &[usize],
        misfits: &mut Vec<(u32, u32, f64)>,
    ) {
        let slot = point as usize * self.ground.instance.periods + t;
        let weight = self.ground.instance.weights[slot];
        if weight <= 0.0 {
            return;
        }
        let radius = self.multipliers.radii[slot];
        let Service { nearest, others, next } = self.service((own, point, t), radius, opens);
        let saved: u64 = others.iter().map(|(_, saved)| saved).sum();
        let cap =
            self.tree.exact.caps[slot].map_or(u64::MAX, |cap| u64::from(cap) << self.tree.shift);
        // One that nothing listed serves goes far.
        let most = counted.max(radius).saturating_mul(4).min(cap);
        let (cost, by) = nearest.unwrap_or((most, NO_SITE));
        let lost = weight * (cost.min(most) as f64 + saved as f64 - counted as f64);
        if lost <= 0.0 {
            return;
        }
        let mut add = |patch: u32, lost: f64| misfits.push((own.min(patch), own.max(patch), lost));
        let by = Some(by).filter(|&by| by != own && by != NO_SITE);
        match by.or(next) {
            _ if saved > 0 => {
                others.iter().for_each(|&(by, part)| add(by, lost * part as f64 / saved as f64));
            }
            Some(by) => add(by, lost),
            None => {}
        }
    }

    /// Returns which patches serve a point in a period under a choice.
    fn service(&self, (own, point, t): (u32, u32, usize), radius: u64, opens: &[usize]) -> Service {
        let mut service = Service::default();
        for (site, cost) in self.ground.instance.near.of(point as usize) {
            let cost = u64::from(cost) << self.tree.shift;
            if cost >= radius && service.nearest.is_some() && service.next.is_some() {
                break;
            }
            let patch = self.firsts[site as usize];
            let is_other = patch != own && patch != NO_SITE;
            if opens[site as usize] <= t {
                service.nearest.get_or_insert((cost, patch));
                if is_other && cost < radius {
                    service.others.push((patch, radius - cost));
                }
            }
            if is_other && self.ground.is_left(site) {
                service.next.get_or_insert(patch);
            }
        }
        service
    }
}
