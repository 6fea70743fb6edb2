//! The choices that a branch leaves: what rules some of them out, and where to split the rest.

use groundwork_model::KeptTimes;

use crate::assignment::NEVER;
use crate::bound::ExactPricing;
use crate::instance::{Candidate, Instance, NO_WINDOW};
use crate::records::Fixings;

/// Takes from candidates the times that multipliers rule out: those at which no choice costs less than
/// `value`. `number` is what a candidate is called in the fixings.
pub(crate) fn fix(
    pricing: &ExactPricing,
    bound: i128,
    value: i128,
    candidates: &mut [Candidate],
    number: impl Fn(usize) -> u32,
) -> Fixings {
    let mut fixings = Fixings::default();
    for (site, candidate) in candidates.iter_mut().enumerate() {
        if !candidate.may_open_ever() {
            continue;
        }
        let rest = bound - pricing.least(site, candidate);
        let ruled_out = |cost: i128| pricing.whole(rest + cost) >= value;
        let (first, last) = candidate.window;
        let mut left = (first..=last).filter(|&t| !ruled_out(pricing.opened(site, t)));
        let fixed = match left.next() {
            None if candidate.required => continue,
            None => Candidate { window: NO_WINDOW, ..*candidate },
            Some(from) => Candidate {
                window: (from, left.next_back().unwrap_or(from)),
                required: candidate.required || ruled_out(0),
                ..*candidate
            },
        };
        if fixed == *candidate {
            continue;
        }
        if fixed.may_open_ever() {
            fixings.kept.push(KeptTimes { site: number(site), times: times_of(&fixed) });
        } else {
            fixings.closed.push(number(site));
        }
        *candidate = fixed;
    }
    fixings
}

/// Returns the times of a candidate as certificates number them: 0 for never, else periods.
pub(crate) fn times_of(candidate: &Candidate) -> Vec<u32> {
    let (first, last) = candidate.window;
    let never = (!candidate.required).then_some(0);
    never.into_iter().chain((first..=last).map(|t| t as u32 + 1)).collect()
}

/// Returns the only choice that is left, if there is just one.
pub(crate) fn decided(instance: &Instance) -> Option<Vec<usize>> {
    let period = |site: &Candidate| match site.window {
        (first, last) if first > last => Some(NEVER),
        (first, last) if first == last && site.required => Some(first),
        _ => None,
    };
    instance.candidates.iter().map(period).collect()
}

/// Returns whether counting shows that no choice opens its sites so.
pub(crate) fn is_impossible(instance: &Instance) -> bool {
    let required = || instance.candidates.iter().filter(|site| site.required);
    let total: u64 = instance.quotas.iter().map(|&quota| u64::from(quota)).sum();
    let of_period = |t: usize| {
        let only = required().filter(|site| site.window == (t, t)).count() as u64;
        let may =
            instance.candidates.iter().filter(|site| (site.window.0..=site.window.1).contains(&t));
        let quota = u64::from(instance.quotas[t]);
        only > quota || (instance.exactly && (may.count() as u64) < quota)
    };
    required().count() as u64 > total || (0..instance.periods).any(of_period)
}

/// Closes what may not open because the sites that must open use all quotas; nothing of that needs a bound.
pub(crate) fn fill(instance: &mut Instance, number: impl Fn(usize) -> u32) -> Fixings {
    let total: u64 = instance.quotas.iter().map(|&quota| u64::from(quota)).sum();
    let required = instance.candidates.iter().filter(|site| site.required).count();
    let mut fixings = Fixings::default();
    if required as u64 != total {
        return fixings;
    }
    for (site, candidate) in instance.candidates.iter_mut().enumerate() {
        if !candidate.required && candidate.may_open_ever() {
            candidate.window = NO_WINDOW;
            fixings.closed.push(number(site));
        }
    }
    fixings
}

/// Is a half of a split: whether the site is open by a period.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Half {
    /// The site in the whole problem.
    pub(crate) site: u32,
    pub(crate) period: usize,
    pub(crate) open: bool,
    /// How far the half is from the share of choices in which the site was open.
    pub(crate) distance: f64,
}

/// Holds what splits brought so far: pseudo-costs (Benichou and others, Mathematical Programming 1, 1971).
pub(crate) struct Lessons {
    periods: usize,
    /// Sum and number of gains of the bound a unit of distance, for each site and period: closed and open.
    gains: Vec<[(f64, f64); 2]>,
    all: [(f64, f64); 2],
}

impl Lessons {
    pub(crate) fn new(sites: usize, periods: usize) -> Self {
        Self { periods, gains: vec![[(0.0, 0.0); 2]; sites * periods], all: [(0.0, 0.0); 2] }
    }

    /// Notes by how much a half raised the bound.
    pub(crate) fn note(&mut self, half: Half, gain: f64) {
        let gain = gain / half.distance.max(0.02);
        let at = half.site as usize * self.periods + half.period;
        for sums in [&mut self.gains[at], &mut self.all] {
            let (sum, count) = &mut sums[usize::from(half.open)];
            *sum += gain;
            *count += 1.0;
        }
    }

    /// Returns what to expect of a split, given the share of choices in which the site was open.
    fn expected(&self, site: u32, period: usize, share: f64) -> f64 {
        let gains = &self.gains[site as usize * self.periods + period];
        let of_half = |open: usize, distance: f64| {
            let (all, times) = self.all[open];
            let mean = if times > 0.0 { all / times } else { 1.0 };
            let (sum, count) = gains[open];
            ((sum + mean) / (count + 1.0) * distance).max(1e-6 * mean)
        };
        of_half(0, share) * of_half(1, 1.0 - share)
    }

    /// Returns the site to split and the last period of its first half: where both halves promise most.
    pub(crate) fn best(
        &self,
        candidates: &[Candidate],
        shares: &[f64],
        number: impl Fn(usize) -> u32,
    ) -> Option<(usize, usize)> {
        let mut best = None;
        for (site, candidate) in candidates.iter().enumerate() {
            let (first, last) = candidate.window;
            for t in first..=last {
                if candidate.required && t == last {
                    continue;
                }
                let promise = self.expected(number(site), t, shares[site * self.periods + t]);
                if best.is_none_or(|(most, _, _)| promise > most) {
                    best = Some((promise, site, t));
                }
            }
        }
        best.map(|(_, site, t)| (site, t))
    }
}

/// Splits a candidate: open by a period, or later or never.
pub(crate) fn halves(candidate: Candidate, period: usize) -> [Candidate; 2] {
    let (first, last) = candidate.window;
    let by = Candidate { window: (first, period), required: true, ..candidate };
    let after = if period < last { (period + 1, last) } else { NO_WINDOW };
    [by, Candidate { window: after, ..candidate }]
}
