//! Scores of forecasts, in whole numbers: millionths, summed.
//!
//! Brier (1950): the square of the difference between the probability and what came (1 or 0). CRPS (Matheson and Winkler
//! 1976): the same for "open by day d", summed over all days d that have come to pass; for a forecast that names one day
//! it is the number of days by which that was wrong. A facility that is still not open at the end of the history counts
//! with the days until then (Gneiting and Ranjan 2011), so that the slowest are not left out.

use super::days::DayCounts;

/// Is one in a million.
pub(crate) const MILLION: u128 = 1_000_000;

/// Is what came of a facility: days ahead, counted from the day of the forecast.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Came {
    /// The day ahead on which it opened, at least 1; none where it had not by the end.
    pub(crate) opened: Option<u32>,
    /// Days ahead that are known.
    pub(crate) known: u32,
}

impl Came {
    /// Says whether it opened by a day ahead; none where that lies beyond what is known.
    pub(crate) fn by(&self, ahead: u32) -> Option<bool> {
        match self.opened {
            Some(day) => Some(day <= ahead),
            None => (ahead <= self.known).then_some(false),
        }
    }
}

/// Returns the square of `part / whole - came`, in millionths.
pub(crate) fn brier(part: u128, whole: u128, came: bool) -> u128 {
    let off = if came { whole - part } else { part };
    MILLION * off * off / (whole * whole).max(1)
}

/// Returns the CRPS of draws, in millionths of a day.
pub(crate) fn crps_of_draws(counts: &DayCounts, came: Came) -> u128 {
    let draws = u128::from(counts.draws());
    let opened = came.opened.unwrap_or(u32::MAX);
    let mut sum = 0_u128;
    for (ahead, by) in (1_u32..).zip(counts.until(came.known as usize)) {
        let off = if ahead >= opened { draws - u128::from(by) } else { u128::from(by) };
        sum += off * off;
    }
    MILLION * sum / (draws * draws).max(1)
}

/// Returns the CRPS of a forecast that says `part / whole` from a day ahead on and nothing before, in millionths of a
/// day.
pub(crate) fn crps_of_step(day: u32, part: u128, whole: u128, came: Came) -> u128 {
    let end = came.known + 1;
    let (day, opened) = (day.clamp(1, end), came.opened.unwrap_or(end).min(end));
    let square = |number: u128| number * number;
    // Before both nothing is wrong; between the two one is; after both what the share lacks.
    let early = u128::from(opened.saturating_sub(day)) * square(part);
    let late = u128::from(day.saturating_sub(opened)) * square(whole);
    let after = u128::from(end - day.max(opened)) * square(whole - part);
    MILLION * (early + late + after) / square(whole).max(1)
}

/// Says whether what came lies between two days ahead (none being later than any); none where that is not known yet.
pub(crate) fn within(low: Option<u32>, high: Option<u32>, came: Came) -> Option<bool> {
    match (came.opened, low, high) {
        (Some(day), low, high) => {
            Some(low.is_some_and(|low| day >= low) && high.is_none_or(|high| day <= high))
        }
        (None, _, Some(high)) if high <= came.known => Some(false),
        (None, ..) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked by hand: ten days are known.
    #[test]
    fn a_named_day_scores_the_days_by_which_it_was_wrong() {
        let came = |opened| Came { opened, known: 10 };
        assert_eq!(crps_of_step(4, 1, 1, came(Some(7))), 3 * MILLION);
        assert_eq!(crps_of_step(9, 1, 1, came(Some(7))), 2 * MILLION);
        // Not open on any of days 4 to 10: seven days.
        assert_eq!(crps_of_step(4, 1, 1, came(None)), 7 * MILLION);
        // Half from day 4 on: wrong by a half on days 4 to 6 and on days 7 to 10.
        assert_eq!(crps_of_step(4, 1, 2, came(Some(7))), 7 * MILLION / 4);
        // Day 12 lies beyond: wrong on days 7 to 10.
        assert_eq!(crps_of_step(12, 1, 1, came(Some(7))), 4 * MILLION);
    }

    #[test]
    fn draws_score_as_a_step_where_they_agree_and_better_where_they_spread_well() {
        let mut counts = DayCounts::new(0);
        counts.count(&[4; 100]);
        let came = Came { opened: Some(7), known: 10 };
        assert_eq!(crps_of_draws(&counts, came), 3 * MILLION);
        let spread: Vec<u16> = (0..100).map(|draw| if draw < 50 { 4 } else { 7 }).collect();
        counts.count(&spread);
        assert_eq!(crps_of_draws(&counts, came), 3 * MILLION / 4);
        assert_eq!(brier(50, 100, true), MILLION / 4);
        assert_eq!(brier(100, 100, true), 0);
    }

    #[test]
    fn what_is_not_known_yet_lies_neither_inside_nor_outside() {
        let open = Came { opened: Some(7), known: 10 };
        let not = Came { opened: None, known: 10 };
        assert_eq!(within(Some(7), Some(7), open), Some(true));
        assert_eq!(within(Some(8), None, open), Some(false));
        assert_eq!(within(Some(1), Some(10), not), Some(false));
        assert_eq!(within(Some(1), Some(11), not), None);
        assert_eq!(within(Some(11), None, not), None);
    }
}
