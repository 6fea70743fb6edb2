//! What a Lagrangian certificate proves: one pass of whole-number arithmetic, no search.
//!
//! Let c be the cost of a pair, w what a place's people count for, q the openings left to choice,
//! and u = w x radius. In any allowed plan place i costs, in period t, at least `u_it + sum over
//! open j of min(0, w_it c_ij - u_it)`: if no open site is nearer than the radius the sum is 0 and
//! the cost is at least u (which is why radii are first cut down to what everybody is served within
//! anyway); else the nearest one alone brings the sum to w c. Adding this up over places and
//! periods leaves one number a site, which depends only on when it opens; the best choice of each
//! site alone, with the quotas as prices, is at least as good as any plan.

use groundwork_model::programme::QuotaRule;
use groundwork_model::{Code, Goal, Problem, SiteRule};
use rayon::prelude::*;

use crate::Proved;
use crate::facts::Terms;
use crate::near::NearPlaces;
use crate::scene::Scene;
use crate::service::Service;
use crate::value;

/// The largest shift: every whole distance in metres, shifted, fits 64 bits.
pub(crate) const SHIFT_MAX: u32 = 32;

/// Holds the numbers of a Lagrangian proof as the certificate gives them.
pub(crate) struct Multipliers<'a> {
    pub(crate) shift: u32,
    pub(crate) prices: &'a [i128],
    pub(crate) radii: &'a [Vec<u64>],
}

/// Recomputes the bound that the multipliers prove, whatever they are.
pub(crate) fn prove(scene: &Scene<'_>, terms: &Terms, multipliers: &Multipliers<'_>) -> Proved {
    let problems = malformed(scene, multipliers);
    if !problems.is_empty() {
        return Proved { problems, ..Proved::default() };
    }
    let always = Service::of(scene, &terms.settled_opens(scene));
    let radii = Radii::clipped(scene, multipliers, &always);
    let mut proved = match bound(scene, terms, multipliers, &radii) {
        Ok(proved) => proved,
        Err(problem) => Proved { problems: vec![problem], ..Proved::default() },
    };
    proved.pairs += always.pairs;
    proved
}

/// Lists everything about the shape of the multipliers that keeps them from being evaluated.
fn malformed(scene: &Scene<'_>, multipliers: &Multipliers<'_>) -> Vec<Problem> {
    let (periods, places) = (scene.periods(), scene.places());
    let mut causes = Vec::new();
    if scene.weights.goal == Goal::WorstDistance {
        causes.push("a Lagrangian proof does not bound the goal `worst-distance`".to_owned());
    }
    if multipliers.shift > SHIFT_MAX {
        causes.push(format!("the shift {} is above {SHIFT_MAX}", multipliers.shift));
    }
    for (name, length) in [("prices", multipliers.prices.len()), ("radii", multipliers.radii.len())]
    {
        if length != periods {
            causes.push(format!("`{name}` has {length} entries for {periods} periods"));
        }
    }
    for (index, row) in multipliers.radii.iter().enumerate().filter(|(_, row)| row.len() != places)
    {
        let (period, length) = (index + 1, row.len());
        causes.push(format!(
            "the radii of period {period} have {length} entries for {places} places"
        ));
    }
    if scene.programme.settings.quota.rule == QuotaRule::AtMost {
        for (index, price) in multipliers.prices.iter().enumerate().filter(|(_, price)| **price < 0)
        {
            causes.push(format!(
                "the price of period {} is {price}, below 0 under at-most",
                index + 1
            ));
        }
    }
    causes.into_iter().map(|cause| Problem::new(Code::CertificateMalformed, cause)).collect()
}

/// Holds the clipped radii, place by place, in cost units x 2^-shift.
struct Radii {
    periods: usize,
    clipped: Vec<u64>,
}

impl Radii {
    /// Cuts each radius down to what the place costs at most in any plan: what existing, fixed and
    /// locked sites offer, or what it costs to be unserved. Where nobody lives it is 0.
    fn clipped(scene: &Scene<'_>, multipliers: &Multipliers<'_>, always: &Service) -> Self {
        let periods = scene.periods();
        let mut clipped = Vec::with_capacity(periods * scene.places());
        for place in 0..scene.places() {
            for (index, row) in multipliers.radii.iter().enumerate() {
                let cap = scene.weights.cost_of_nearest(always.nearest(place, index));
                let radius = if scene.persons(place) == 0 { 0 } else { row[place] };
                clipped.push(cap.map_or(radius, |cap| clip(radius, cap, multipliers.shift)));
            }
        }
        Self { periods, clipped }
    }

    fn of_place(&self, place: usize) -> &[u64] {
        &self.clipped[place * self.periods..][..self.periods]
    }

    /// Returns the farthest distance of each place at which a site makes any difference.
    fn limits(&self, scene: &Scene<'_>, shift: u32) -> Vec<Option<u32>> {
        let longest = |place| self.of_place(place).iter().copied().max().unwrap_or(0);
        (0..scene.places()).map(|place| scene.weights.metres_below(longest(place), shift)).collect()
    }
}

fn clip(radius: u64, cap: u64, shift: u32) -> u64 {
    let cap = u128::from(cap) << shift;
    u64::try_from(cap).map_or(radius, |cap| radius.min(cap))
}

/// Adds up the bound: multipliers, minus prices of the quotas, plus the best choice of each site.
fn bound(
    scene: &Scene<'_>,
    terms: &Terms,
    multipliers: &Multipliers<'_>,
    radii: &Radii,
) -> Result<Proved, Problem> {
    let left = terms.left();
    let sum_u = sum_of_multipliers(scene, radii).ok_or_else(too_large)?;
    let quotas = priced_quotas(&left, multipliers.prices).ok_or_else(too_large)?;
    let near = NearPlaces::new(&scene.distances, &radii.limits(scene, multipliers.shift));
    let people = People::along(&near, scene, radii);
    let site = SiteMinimum { scene, left: &left, multipliers, near: &near, people: &people };
    let minima: Vec<Result<(i128, u64), Problem>> = (0..scene.sites.rows.len())
        .into_par_iter()
        .filter(|&number| terms.is_free(scene, number))
        .map(|number| site.of(number))
        .collect();
    // One after the other, so that a sum that does not fit is the same fault on every run.
    let (mut sites, mut pairs): (i128, u64) = (0, 0);
    for minimum in minima {
        let (minimum, measured) = minimum?;
        sites = sites.checked_add(minimum).ok_or_else(too_large)?;
        pairs += measured;
    }
    let shifted = sum_u.checked_sub(quotas).and_then(|sum| sum.checked_add(sites));
    let cost = ceil_shifted(shifted.ok_or_else(too_large)?, multipliers.shift);
    let bound = value::shown(scene, cost).ok_or_else(too_large)?;
    Ok(Proved { bound: Some(bound), problems: Vec::new(), pairs })
}

/// Returns the sum of all u. Once it is known to fit, so does every part of it that a site can
/// save.
fn sum_of_multipliers(scene: &Scene<'_>, radii: &Radii) -> Option<i128> {
    let mut total: i128 = 0;
    for index in 0..scene.periods() {
        let mut of_period: u128 = 0;
        for place in 0..scene.places() {
            let u = u128::from(scene.persons(place)) * u128::from(radii.of_place(place)[index]);
            of_period = of_period.checked_add(u)?;
        }
        total = total.checked_add(value::counted(scene, index, of_period)?)?;
    }
    Some(total)
}

/// Returns the sum over the periods of openings left x price.
fn priced_quotas(left: &[u64], prices: &[i128]) -> Option<i128> {
    let mut terms =
        left.iter().zip(prices).map(|(left, price)| price.checked_mul(i128::from(*left)));
    terms.try_fold(0_i128, |sum, term| sum.checked_add(term?))
}

/// Holds persons and radii of the places in the order of the tree.
struct People {
    periods: usize,
    persons: Vec<u64>,
    radii: Vec<u64>,
}

impl People {
    fn along(near: &NearPlaces<'_>, scene: &Scene<'_>, radii: &Radii) -> Self {
        Self {
            periods: scene.periods(),
            persons: near.places().map(|place| scene.persons(place)).collect(),
            radii: near.places().flat_map(|place| radii.of_place(place)).copied().collect(),
        }
    }

    fn radii(&self, number: usize) -> &[u64] {
        &self.radii[number * self.periods..][..self.periods]
    }
}

/// Finds the best that one site can do by itself.
struct SiteMinimum<'a> {
    scene: &'a Scene<'a>,
    left: &'a [u64],
    multipliers: &'a Multipliers<'a>,
    near: &'a NearPlaces<'a>,
    people: &'a People,
}

impl SiteMinimum<'_> {
    /// Returns the minimum over the periods in which the site may open, and over never unless it
    /// must open; and how many pairs were measured.
    fn of(&self, site: usize) -> Result<(i128, u64), Problem> {
        let row = &self.scene.sites.rows[site];
        let (savings, pairs) = self.savings(site);
        let mut best = (row.rule != SiteRule::Required).then_some(0);
        let mut from_here_on: i128 = 0;
        for index in (0..self.scene.periods()).rev() {
            let saved = value::counted(self.scene, index, savings[index]).ok_or_else(too_large)?;
            from_here_on = from_here_on.checked_add(saved).ok_or_else(too_large)?;
            if self.left[index] == 0 || !row.window_contains(index as u32 + 1) {
                continue;
            }
            let cost = self.multipliers.prices[index].checked_sub(from_here_on);
            let cost = cost.ok_or_else(too_large)?;
            best = Some(best.map_or(cost, |best: i128| best.min(cost)));
        }
        best.map(|best| (best, pairs)).ok_or_else(|| cannot_open(row.id))
    }

    /// Returns, for each period, the sum over places of persons x (radius - cost) where positive.
    fn savings(&self, site: usize) -> (Vec<u128>, u64) {
        let mut savings = vec![0_u128; self.scene.periods()];
        let pairs = self.near.of_site(site, |number, metres| {
            let persons = u128::from(self.people.persons[number]);
            // The limits keep the cost below a radius, which fits 64 bits with its shift.
            let cost = self.scene.weights.cost(metres) << self.multipliers.shift;
            for (saving, radius) in savings.iter_mut().zip(self.people.radii(number)) {
                *saving += persons * u128::from(radius.saturating_sub(cost));
            }
        });
        (savings, pairs)
    }
}

/// Returns the smallest whole number that is at least `number` / 2^`shift`.
pub(crate) fn ceil_shifted(number: i128, shift: u32) -> i128 {
    let floor = number >> shift;
    let rest = number - (floor << shift);
    floor + i128::from(rest != 0)
}

pub(crate) fn too_large() -> Problem {
    Problem::new(Code::CertificateMalformed, "the numbers of the proof do not fit 128 bits")
}

fn cannot_open(id: &str) -> Problem {
    let cause =
        format!("`{id}` is required and has no period left to open in: no plan keeps every rule");
    Problem::new(Code::RequiredSiteMissing, cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_rounded_up_to_whole_numbers() {
        let rounded = [(256, 8), (257, 8), (-256, 8), (-257, 8), (-1, 8), (7, 0), (-7, 0)]
            .map(|(number, shift)| ceil_shifted(number, shift));
        assert_eq!(rounded, [1, 2, -1, -1, 0, 7, -7]);
        assert_eq!(ceil_shifted(i128::MAX, 1), 1 << 126);
    }

    #[test]
    fn radii_are_clipped_even_where_the_cap_is_beyond_64_bits() {
        assert_eq!(clip(90 << 7, 30, 7), 30 << 7);
        assert_eq!(clip(29 << 7, 30, 7), 29 << 7);
        assert_eq!(clip(u64::MAX, 1 << 33, 32), u64::MAX);
    }
}
