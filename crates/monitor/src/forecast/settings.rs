//! What is asked of a forecast.

use std::collections::HashMap;

use super::error::ForecastError;
use super::history::{Case, Day, FARTHEST};

/// Is a number of facilities that are to be open by a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// Identifier.
    pub id: String,
    /// Which facilities count.
    pub cover: Cover,
    /// The number of facilities that are to be open.
    pub least: u32,
    /// The last day on which they count.
    pub due: Day,
    /// When the public could know of it.
    pub published: Day,
    /// Other days for which the number is asked, in any order.
    pub fan: Vec<Day>,
}

/// Says which facilities count toward a milestone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cover {
    /// Batches; all where none is named.
    pub batches: Vec<String>,
    /// Kind; every one where none is named.
    pub kind: Option<String>,
    /// Place; every one where none is named.
    pub place: Option<String>,
    /// Whether each place counts once, however many facilities stand there: of several the one counts that opened
    /// first, or else the first by identifier.
    pub places: bool,
}

impl Cover {
    /// Returns the cover of one batch.
    #[must_use]
    pub fn of_batch(batch: &str) -> Self {
        Self { batches: vec![batch.to_owned()], ..Self::default() }
    }

    fn fits(&self, case: &Case) -> bool {
        (self.batches.is_empty() || self.batches.contains(&case.batch))
            && self.kind.as_ref().is_none_or(|kind| *kind == case.kind)
            && self.place.as_ref().is_none_or(|place| *place == case.place)
    }

    /// Returns for each case whether it counts.
    pub(crate) fn members(&self, cases: &[Case]) -> Vec<bool> {
        let mut members: Vec<bool> = cases.iter().map(|case| self.fits(case)).collect();
        if !self.places {
            return members;
        }
        // Those that opened come first, the earliest first; then those that go on; then those that were given up.
        let rank = |case: &Case| {
            let lost = case.cancelled.is_some() && case.done().is_none();
            (lost, case.done().unwrap_or(Day::MAX))
        };
        let mut first: HashMap<&str, usize> = HashMap::new();
        for (index, case) in cases.iter().enumerate() {
            if !members[index] || case.place.is_empty() {
                continue;
            }
            let Some(other) = first.get_mut(case.place.as_str()) else {
                first.insert(&case.place, index);
                continue;
            };
            let before = (rank(&cases[*other]), &cases[*other].id) <= (rank(case), &case.id);
            members[if before { index } else { *other }] = false;
            if !before {
                *other = index;
            }
        }
        members
    }
}

/// Is what other programmes of the kind took, before this one is looked at (Flyvbjerg 2006).
///
/// Its figures are shares of the planned time, from the beginning of work to the deadline, in thousandths: 1000 is
/// exactly as planned. They are used only where cases have deadlines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceClass {
    /// What they were.
    pub name: String,
    /// Where the figures come from.
    pub source: String,
    /// Number of facilities that the figures rest on, at least 1.
    pub facilities: u32,
    /// Half of them had opened by this share of the planned time.
    pub median_per_mille: u32,
    /// Nine in ten of them had.
    pub ninety_per_mille: u32,
}

/// Is how a forecast is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Number of joint draws, from 100 to 1,000,000.
    pub draws: u32,
    /// Seed of the draws. The same history, settings and seed give the same bytes.
    pub seed: u64,
    /// The least number of facilities with a beginning and an opening for which the model speaks; below it the base
    /// rate stands alone. At least 3.
    pub least_done: u32,
    /// The least number of batches of which facilities have opened for which the model speaks: a single one cannot say
    /// how far batches lie apart. At least 1.
    pub least_batches: u32,
    /// The least number of checked claims from which reporting bias is computed; below it the counts stand alone.
    pub least_checks: u32,
    /// How many facilities the Weibull curve is worth against the counted one, at least 1. Few facilities are
    /// forecast by the former, many by the latter.
    pub curve_worth: u32,
    /// What other programmes took.
    pub reference: Option<ReferenceClass>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            draws: 10_000,
            seed: 1,
            least_done: 10,
            least_batches: 2,
            least_checks: 5,
            curve_worth: 5,
            reference: None,
        }
    }
}

impl Settings {
    /// Says which setting is outside its limits.
    pub(crate) fn check(&self) -> Result<(), ForecastError> {
        let wrong = |name, value: u32, limits| {
            Err(ForecastError::Setting { name, value: i64::from(value), limits })
        };
        if !(100..=1_000_000).contains(&self.draws) {
            return wrong("the number of draws", self.draws, "from 100 to 1,000,000");
        }
        if self.least_done < 3 {
            return wrong("the least number of openings", self.least_done, "3 or more");
        }
        if self.least_batches < 1 {
            return wrong("the least number of batches", self.least_batches, "1 or more");
        }
        if self.least_checks < 1 {
            return wrong("the least number of checks", self.least_checks, "1 or more");
        }
        if !(1..=1_000_000).contains(&self.curve_worth) {
            return wrong(
                "the worth of the model's curve",
                self.curve_worth,
                "from 1 to 1,000,000",
            );
        }
        let Some(class) = &self.reference else { return Ok(()) };
        if class.facilities < 1 {
            return wrong("the reference class's number of facilities", 0, "1 or more");
        }
        if !(10..=100_000).contains(&class.median_per_mille) {
            let limits = "from 10 to 100,000 thousandths";
            return wrong("the reference class's median", class.median_per_mille, limits);
        }
        let ninety = class.ninety_per_mille;
        if ninety <= class.median_per_mille || ninety > 10_000_000 {
            let limits = "above its median and at most 10,000,000 thousandths";
            return wrong("the reference class's nine in ten", ninety, limits);
        }
        Ok(())
    }
}

/// Says which milestone falls due on no day of a calendar.
pub(crate) fn check_milestones(milestones: &[Milestone]) -> Result<(), ForecastError> {
    let days = milestones.iter().flat_map(|milestone| milestone.fan.iter().chain([&milestone.due]));
    match days.copied().find(|day| day.saturating_abs() > FARTHEST) {
        None => Ok(()),
        Some(day) => Err(ForecastError::Setting {
            name: "the day on which a milestone falls due",
            value: i64::from(day),
            limits: "at most 1,000,000 days from 1970-01-01",
        }),
    }
}
