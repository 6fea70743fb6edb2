//! What radii prove of every number of sites, in integers.
//!
//! With the radii fixed, the bound on the cost is the sum of all u less what the p sites save that save
//! most. So every site is priced once, the savings are sorted and summed up, and there is a bound for
//! each p.

use rayon::prelude::*;

use crate::bound::{ExactData, Multipliers, ceil_shift};
use crate::instance::Instance;

/// Is what a list of radii proves.
pub(super) struct Curve {
    /// The sum of all u, x 2^shift.
    base: i128,
    /// What the sites that save most save together, by their number, x 2^shift.
    saved: Vec<i128>,
    multipliers: Multipliers,
}

impl Curve {
    /// Prices every site at radii rounded to 2^-`shift`, for up to `most` sites; `None` when a number is
    /// too large.
    pub(super) fn of(
        instance: &Instance,
        exact: &ExactData,
        radii: &[f64],
        (shift, most): (u32, u32),
    ) -> Option<Self> {
        let grain = 2.0_f64.powi(shift as i32);
        let radii = radii.iter().map(|radius| (radius * grain).round() as u64).collect();
        let multipliers = Multipliers { shift, radii, prices: vec![0] };
        let pricing = exact.price(instance, &multipliers)?;
        // Without any candidate, all that is left is the sum of all u.
        let base = pricing.bound(&[])?;
        let sites = 0..instance.candidates.len();
        let mut savings: Vec<i128> = sites.map(|site| (-pricing.opened(site, 0)).max(0)).collect();
        let most = (most as usize).min(savings.len());
        if most < savings.len() {
            savings.select_nth_unstable_by(most, |a, b| b.cmp(a));
            savings.truncate(most);
        }
        savings.par_sort_unstable_by(|a, b| b.cmp(a));
        let mut saved = vec![0_i128];
        for saving in savings {
            saved.push(saved[saved.len() - 1].checked_add(saving)?);
        }
        Some(Self { base, saved, multipliers })
    }

    /// Returns the cost that no choice of `p` sites beats.
    pub(super) fn least(&self, p: u32) -> i128 {
        let saved = self.saved[(p as usize).min(self.saved.len() - 1)];
        ceil_shift(self.base - saved, self.multipliers.shift)
    }

    /// Returns the radii with their grain.
    pub(super) fn into_multipliers(self) -> Multipliers {
        self.multipliers
    }
}

/// Returns the best bound of some curves for each number of sites, and drops the curves that are nowhere
/// the best.
pub(super) fn envelope(
    curves: Vec<Curve>,
    numbers: impl Iterator<Item = u32>,
) -> (Vec<i128>, Vec<Multipliers>) {
    let mut is_best = vec![false; curves.len()];
    let best = |p: u32| {
        let costs = curves.iter().enumerate().map(|(at, curve)| (curve.least(p), at));
        // Of several the first.
        let (least, at) =
            costs.max_by_key(|&(least, at)| (least, usize::MAX - at)).unwrap_or((0, 0));
        if let Some(is_best) = is_best.get_mut(at) {
            *is_best = true;
        }
        least
    };
    let least = numbers.map(best).collect();
    let kept = curves.into_iter().zip(is_best).filter(|(_, is_best)| *is_best);
    (least, kept.map(|(curve, _)| curve.into_multipliers()).collect())
}
