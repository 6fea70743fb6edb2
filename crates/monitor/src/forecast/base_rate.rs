//! The plainest forecast: how many opened in time before.

use serde::Serialize;

use super::bias::{NINETY, wilson};
use super::history::{Case, Day};

/// Is how many facilities of other batches, all of those whose deadline had passed, had opened by their deadline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BaseRate {
    /// Number of facilities whose deadline had passed. One that was given up counts among them.
    pub due: u32,
    /// Number of those that had opened by their deadline, as anybody says.
    pub in_time: u32,
    /// Interval of 90 per cent of their share, in thousandths (Wilson 1927); none where nothing was due. It takes
    /// facilities as independent, which those of one batch are not: the truth is less sure.
    pub interval_per_mille: Option<(u32, u32)>,
}

impl BaseRate {
    /// Returns the rate of the facilities of all batches but some, as of a day.
    pub(crate) fn of_others(cases: &[Case], own: &[String], as_of: Day) -> Self {
        let (mut due, mut in_time) = (0, 0);
        for case in cases.iter().filter(|case| !own.contains(&case.batch)) {
            let Some(deadline) = case.deadline.filter(|mark| mark.day <= as_of) else { continue };
            due += 1;
            in_time += u32::from(case.done().is_some_and(|day| day <= deadline.day));
        }
        let interval_per_mille = (due > 0).then(|| wilson(in_time, due, NINETY));
        Self { due, in_time, interval_per_mille }
    }

    /// Returns the rate for each of `batches` (ascending), as of a day.
    pub(crate) fn of_batches(cases: &[Case], batches: &[String], as_of: Day) -> Vec<Self> {
        let mut own = vec![(0_u32, 0_u32); batches.len()];
        for case in cases {
            let Some(deadline) = case.deadline.filter(|mark| mark.day <= as_of) else { continue };
            let Ok(batch) = batches.binary_search(&case.batch) else { continue };
            own[batch].0 += 1;
            own[batch].1 += u32::from(case.done().is_some_and(|day| day <= deadline.day));
        }
        let all = own.iter().fold((0, 0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
        own.iter()
            .map(|own| {
                let (due, in_time) = (all.0 - own.0, all.1 - own.1);
                let interval_per_mille = (due > 0).then(|| wilson(in_time, due, NINETY));
                Self { due, in_time, interval_per_mille }
            })
            .collect()
    }
}
