//! Claimed is not done: what checks found of earlier claims.

use serde::Serialize;

use super::chance::{Drawer, Stream};
use super::history::{Case, Day};
use super::settings::Settings;

/// Is what independent checks found of claims that facilities had opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReportingBias {
    /// Number of claimed facilities that somebody independent looked at on the day of the claim or later.
    pub checked: u32,
    /// Number of those that were found open, at once or later.
    pub found: u32,
    /// Least number of checks from which more than the two counts is said.
    pub least: u32,
    /// Share found open, in thousandths; none with too few checks.
    pub factor_per_mille: Option<u32>,
    /// Interval of 90 per cent of that share, in thousandths (Wilson 1927).
    pub interval_per_mille: Option<(u32, u32)>,
    /// Days from claim to finding that one in ten, half, and nine in ten of the findings took at most; none with too
    /// few findings.
    pub lag_days: Option<(Day, Day, Day)>,
    /// All lags, ascending.
    #[serde(skip)]
    lags: Vec<Day>,
}

/// Returns the interval of a share of `part` in `whole` for `z` standard errors, in thousandths, rounded outwards.
pub(crate) fn wilson(part: u32, whole: u32, z: f64) -> (u32, u32) {
    let (part, whole) = (f64::from(part), f64::from(whole.max(1)));
    let share = part / whole;
    let middle = share + z * z / (2.0 * whole);
    let half = z * (share * (1.0 - share) / whole + z * z / (4.0 * whole * whole)).sqrt();
    let below = 1.0 + z * z / whole;
    let low = ((middle - half) / below * 1000.0 + 1e-9).floor().clamp(0.0, 1000.0);
    let high = ((middle + half) / below * 1000.0 - 1e-9).ceil().clamp(0.0, 1000.0);
    (low as u32, high as u32)
}

/// Of the normal distribution: nine in ten lie within so many standard deviations.
pub(crate) const NINETY: f64 = 1.644_853_626_951_472_2;

/// Returns the day on which a check of the claim found it open, or that none did; none where nobody checked.
fn checked(case: &Case) -> Option<Option<Day>> {
    let claimed = case.claimed_done?.day;
    let found = case
        .checks
        .iter()
        .filter(|check| check.done)
        .map(|check| check.mark.day)
        .chain(case.verified_done.map(|mark| mark.day))
        .min();
    let looked = case.checks.iter().any(|check| check.mark.day >= claimed);
    match found {
        Some(day) => Some(Some(day.max(claimed))),
        None => looked.then_some(None),
    }
}

impl ReportingBias {
    /// Counts what checks found.
    pub(crate) fn of(cases: &[Case], settings: &Settings) -> Self {
        let mut bias = Self { least: settings.least_checks, ..Self::default() };
        for case in cases {
            let (Some(found), Some(claimed)) = (checked(case), case.claimed_done) else { continue };
            bias.checked += 1;
            if let Some(day) = found {
                bias.found += 1;
                bias.lags.push(day - claimed.day);
            }
        }
        bias.lags.sort_unstable();
        if bias.checked >= bias.least {
            let share = u64::from(bias.found) * 1000 / u64::from(bias.checked);
            bias.factor_per_mille = u32::try_from(share).ok();
            bias.interval_per_mille = Some(wilson(bias.found, bias.checked, NINETY));
            if bias.found >= bias.least {
                let at = |tenths: usize| bias.lags[(bias.lags.len() * tenths).div_ceil(10) - 1];
                bias.lag_days = Some((at(1), at(5), at(9)));
            }
        }
        bias
    }

    /// Returns for each draw the share of claims that would be found open, as a number of 2^-32; none with too few
    /// checks. One share for all facilities of a draw: who exaggerates does so throughout.
    pub(crate) fn drawn(&self, settings: &Settings) -> Option<Vec<u64>> {
        self.factor_per_mille?;
        let stream = Stream::of(settings.seed, "bias", "");
        let (found, not) = (f64::from(self.found), f64::from(self.checked - self.found));
        let shares = (0..u64::from(settings.draws)).map(|draw| {
            let share = Drawer::new(stream.under(draw)).beta(found + 0.5, not + 0.5);
            (share * 4_294_967_296.0) as u64
        });
        Some(shares.collect())
    }

    /// Returns the lags that draws are taken from: no lag with too few findings.
    pub(crate) fn lags(&self) -> &[Day] {
        if self.lag_days.is_some() { &self.lags } else { &[0] }
    }
}
