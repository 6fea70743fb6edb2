//! What a forecast says.

use serde::Serialize;

use super::base_rate::BaseRate;
use super::bias::ReportingBias;
use super::history::Day;
use super::words::Likelihood;

/// The shares of draws, in thousandths, of which [`Quantiles`] gives the days.
pub const LEVELS: [u32; 9] = [25, 50, 100, 250, 500, 750, 900, 950, 975];

/// Is, for each of [`LEVELS`], the first day by which that share of the draws has opened; none where that lies more
/// than 10,000 days ahead, or is never.
pub type Quantiles = [Option<Day>; LEVELS.len()];

/// Is a probability as a number of draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Chance {
    /// Draws in which it is so.
    pub part: u32,
    /// All draws.
    pub draws: u32,
    /// Its word.
    pub word: Likelihood,
}

impl Chance {
    pub(crate) fn of(part: u32, draws: u32) -> Self {
        let word = Likelihood::of(part.into(), draws.into()).unwrap_or(Likelihood::AlmostNoChance);
        Self { part, draws, word }
    }
}

/// Says where a facility stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Standing {
    /// It is open since a day: by whoever says so first.
    Done {
        /// The day.
        day: Day,
        /// Since when somebody independent says so.
        verified: Option<Day>,
    },
    /// It was given up.
    Cancelled {
        /// The day.
        day: Day,
    },
    /// Work goes on.
    Running {
        /// When work began.
        begun: Day,
        /// Whether that is assumed: the median day of its batch.
        assumed: bool,
    },
    /// Nothing says when work began, not even in its batch: there is no forecast.
    NoBeginning,
}

/// Is the forecast of one facility.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FacilityForecast {
    /// Identifier.
    pub id: String,
    /// Batch.
    pub batch: String,
    /// Group.
    pub group: String,
    /// Where it stands.
    pub standing: Standing,
    /// The day by which it is to open.
    pub deadline: Option<Day>,
    /// When it will be said to open; for running facilities, where the model speaks.
    pub claimed: Option<Quantiles>,
    /// When somebody who looks will find it open; for those that nobody independent saw, where the model speaks and
    /// there are enough checks.
    pub verified: Option<Quantiles>,
    /// Whether it will be said to have opened by its deadline, where it has one.
    pub in_time: Option<Chance>,
}

/// Is how many draws end with a number of open facilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CountDraws {
    /// The number of facilities.
    pub count: u32,
    /// Draws that end with it.
    pub draws: u32,
}

/// Is the forecast of a milestone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MilestoneForecast {
    /// Identifier.
    pub id: String,
    /// The number of facilities that are to be open.
    pub least: u32,
    /// The last day on which they count.
    pub due: Day,
    /// Number of facilities in the history that count toward it. What nobody has named yet is not among them.
    pub facilities: u32,
    /// Number of those that are said to be open by now and by the due day.
    pub open: u32,
    /// Number of those for which there is no forecast, because nothing says when work began.
    pub without_beginning: u32,
    /// How many will be said to be open by the due day, ascending; none where the model is silent.
    pub claimed: Option<Vec<CountDraws>>,
    /// Whether the milestone will be said to be met.
    pub met: Option<Chance>,
    /// How many somebody who looks at all of them will find open; where there are enough checks.
    pub verified: Option<Vec<CountDraws>>,
    /// Whether the milestone will be found to be met.
    pub met_verified: Option<Chance>,
    /// The same numbers by the other days that were asked for, ascending; empty where the model is silent.
    pub fan: Vec<FanDay>,
}

/// Is how many draws end with each number of open facilities by a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FanDay {
    /// The day.
    pub day: Day,
    /// How many will be said to be open.
    pub claimed: Vec<CountDraws>,
    /// How many somebody who looks at all of them will find open; where there are enough checks.
    pub verified: Option<Vec<CountDraws>>,
}

/// Returns the first count at which a share of the draws, in thousandths, has been reached.
#[must_use]
pub fn count_quantile(counts: &[CountDraws], level_per_mille: u32) -> u32 {
    let draws: u64 = counts.iter().map(|count| u64::from(count.draws)).sum();
    let mut sum = 0_u64;
    for count in counts {
        sum += u64::from(count.draws);
        if sum * 1000 >= u64::from(level_per_mille) * draws {
            return count.count;
        }
    }
    counts.last().map_or(0, |count| count.count)
}

/// Says why the model is silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Silence {
    /// Too few facilities with a beginning and an opening are known.
    TooFewOpenings {
        /// How many are.
        known: u32,
        /// How many are asked for.
        least: u32,
    },
    /// Facilities of too few batches have opened.
    TooFewBatches {
        /// Of how many have any.
        known: u32,
        /// How many are asked for.
        least: u32,
    },
}

/// Is how fast a batch is against all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BatchFactor {
    /// Its name.
    pub batch: String,
    /// Number of its facilities that opened, of those with a beginning.
    pub opened: u32,
    /// Number that the common curve expects in the same time, in thousandths.
    pub expected_per_mille: u64,
    /// Factor of its rate of openings, in thousandths: 1000 is as all.
    pub factor_per_mille: u64,
    /// The plainest forecast for it.
    pub base_rate: BaseRate,
}

/// Is how fast a group is against all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupFactor {
    /// Its name.
    pub group: String,
    /// Factor of its rate of openings, in thousandths.
    pub factor_per_mille: u64,
}

/// Is what the model has found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModelSummary {
    /// Whether times are shares of the planned time; else they are days.
    pub planned_time: bool,
    /// Facilities with a beginning and an opening.
    pub opened: u32,
    /// Facilities with a beginning that had not opened.
    pub running: u32,
    /// Facilities whose days contradict one another; they were left out.
    pub unsound: u32,
    /// Shape of the Weibull curve, in thousandths.
    pub shape_per_mille: u64,
    /// Time by which half of the facilities of a batch like all have opened, in thousandths of the unit of time.
    pub median_per_mille: u64,
    /// Variance of the batches' factors, in thousandths.
    pub variance_per_mille: u64,
    /// How many openings each group starts with; none where groups do not differ.
    pub group_worth: Option<u32>,
    /// Groups in the order of their names; none listed where they do not differ.
    pub groups: Vec<GroupFactor>,
}

/// Is a forecast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// The day on which it was made, from what was published by then.
    pub as_of: Day,
    /// Number of draws.
    pub draws: u32,
    /// Seed of the draws.
    pub seed: u64,
    /// Name of the reference class, where one was used.
    pub reference: Option<String>,
    /// What the model has found; none where it is silent.
    pub model: Option<ModelSummary>,
    /// Why the model is silent.
    pub silence: Option<Silence>,
    /// Batches in the order of their names. Where the model is silent, factors are 1000.
    pub batches: Vec<BatchFactor>,
    /// Claims against checks.
    pub bias: ReportingBias,
    /// Facilities in the order of batch and identifier.
    pub facilities: Vec<FacilityForecast>,
    /// Milestones in the order given.
    pub milestones: Vec<MilestoneForecast>,
}
