//! Drawn days, counted.

use super::history::Day;
use super::outcome::{LEVELS, Quantiles};

/// Days ahead that are told apart; what lies beyond is "later".
pub(crate) const HORIZON: usize = 10_000;

/// Stands for a day beyond the horizon, and for never.
pub(crate) const LATER: u16 = HORIZON as u16 + 1;

/// Is how many draws fall on each of the days ahead.
#[derive(Clone, Debug)]
pub(crate) struct DayCounts {
    as_of: Day,
    draws: u32,
    counts: Vec<u32>,
}

impl DayCounts {
    pub(crate) fn new(as_of: Day) -> Self {
        Self { as_of, draws: 0, counts: vec![0; HORIZON + 2] }
    }

    /// Counts anew: each draw is a number of days ahead, from 1 to [`LATER`].
    pub(crate) fn count(&mut self, draws: &[u16]) {
        self.counts.fill(0);
        self.draws = u32::try_from(draws.len()).unwrap_or(u32::MAX);
        for draw in draws {
            self.counts[usize::from((*draw).min(LATER))] += 1;
        }
    }

    /// Returns for each day ahead, from 1 to `last`, the number of draws by then.
    pub(crate) fn until(&self, last: usize) -> impl Iterator<Item = u32> + '_ {
        self.counts[1..=last.min(HORIZON)].iter().scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        })
    }

    /// Returns the number of draws by a day.
    pub(crate) fn by(&self, day: Day) -> u32 {
        let ahead = (i64::from(day) - i64::from(self.as_of)).clamp(0, HORIZON as i64) as usize;
        self.counts[1..=ahead].iter().sum()
    }

    pub(crate) const fn draws(&self) -> u32 {
        self.draws
    }

    pub(crate) fn quantiles(&self) -> Quantiles {
        let mut found = [None; LEVELS.len()];
        let mut level = 0;
        let mut sum = 0_u64;
        for (ahead, count) in self.counts[..=HORIZON].iter().enumerate() {
            sum += u64::from(*count);
            while level < LEVELS.len()
                && sum * 1000 >= u64::from(LEVELS[level]) * u64::from(self.draws)
                && sum > 0
            {
                found[level] = Day::try_from(ahead).ok().map(|ahead| self.as_of + ahead);
                level += 1;
            }
        }
        found
    }
}
