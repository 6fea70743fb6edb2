//! What a forecast says of a programme, as people and programs read it. `docs/concepts/forecast.md` says how it is made.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::entry::Root;
use super::rules::EvidenceRules;
use super::snapshot::Times;
use super::stage::{CountUnit, Stage};

/// The shares of draws, in thousandths, of which all quantiles of a [`ForecastTable`] speak, in this order. The first
/// and last are the ends of the interval of 95 per cent, the third and seventh those of 80, the fourth and sixth those
/// of 50, and the fifth is the median.
pub const FORECAST_LEVELS: [u32; 9] = [25, 50, 100, 250, 500, 750, 900, 950, 975];

/// Is a forecast: when the named facilities that have not reached a stage will be said to, and whether promises hold.
///
/// It is of what will be **claimed**; where there are enough checks of earlier claims, what somebody who looks will
/// **find** stands beside it. The same ledger, times, programme and seed give the same forecast, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ForecastTable {
    /// Name of the programme.
    pub programme: String,
    /// The day on which it stands, and what was known by when.
    pub times: Times,
    /// Head of the ledger that it was made from.
    pub root: Root,
    /// What counted as verified.
    pub rules: EvidenceRules,
    /// The stage that is forecast.
    pub stage: Stage,
    /// The day from which it looks ahead: that of the question, or the last on which anything was published where that
    /// is earlier. What was not published by then counts as not so.
    #[schemars(with = "String")]
    pub from: Date,
    /// Kinds that are forecast; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// What facilities were grouped by.
    pub group: ForecastGroup,
    /// Number of joint draws.
    pub draws: u32,
    /// Seed of the draws.
    pub seed: u64,
    /// The shares of draws, in thousandths, of which all quantiles below speak, in this order.
    pub levels_per_mille: Vec<u32>,
    /// What was promised, in the order of the scorecard.
    pub milestones: Vec<MilestoneOutlook>,
    /// How many will have reached the stage, over time: one for each promise of which some facility has not, the first
    /// due first. Empty where the model is silent.
    pub fans: Vec<ForecastFan>,
    /// Named facilities in the order of batch and identifier.
    pub facilities: Vec<FacilityOutlook>,
    /// Batches in the order of their names.
    pub batches: Vec<BatchOutlook>,
    /// What earlier claims were worth.
    pub bias: ClaimsChecked,
    /// What the model has found; none where it is silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ForecastModel>,
    /// Why the model is silent, in words; none where it speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<String>,
    /// What the forecast does not know, in words, the gravest first.
    pub limits: Vec<String>,
}

/// Says what facilities are grouped by: some groups may be faster or slower than others.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ForecastGroup {
    /// By their kind.
    Kind,
    /// By the province of their place.
    Province,
    /// Not at all.
    None,
}

/// Is a probability: in how many of all draws something is so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Probability {
    /// Draws in which it is so.
    pub part: u32,
    /// All draws.
    pub draws: u32,
    /// Its word, of the seven of ICD 203, such as `very likely`.
    pub word: String,
}

/// Is a number that is not known yet: how often the draws end with what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CountOutlook {
    /// Mean over the draws, in tenths, rounded.
    pub expected_tenths: u64,
    /// The least numbers that are not exceeded in these shares of the draws (`levels_per_mille`).
    pub quantiles: Vec<u32>,
    /// How many draws end with each number, ascending.
    pub distribution: Vec<CountShare>,
}

/// Is how many draws end with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CountShare {
    /// The number.
    pub count: u32,
    /// Draws that end with it.
    pub draws: u32,
}

/// Is how many of other batches were in time, of those that were due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BaseRateShown {
    /// Facilities of other batches whose deadline has passed.
    pub due: u32,
    /// Those of them that had reached the stage by then, as anybody says.
    pub in_time: u32,
    /// Interval of 90 per cent of their share, in thousandths; none where none was due. It takes facilities as
    /// independent, which those of a batch are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval_per_mille: Option<(u32, u32)>,
}

/// Is the forecast of a promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MilestoneOutlook {
    /// Identifier of the milestone, or `entry 12` for a target of the ledger.
    pub id: String,
    /// Entry of the target; none for a milestone of the programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// Batch that it speaks of; empty for the whole programme.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub batch: String,
    /// Kind that it speaks of; empty for every kind.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// How many are to reach the stage: the number as announced.
    pub count: u64,
    /// What is counted.
    pub unit: CountUnit,
    /// The last day on which they count.
    #[schemars(with = "String")]
    pub due: Date,
    /// The promise in its own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Whether that day has passed: the forecast is then the outcome, as far as it is known.
    pub passed: bool,
    /// How many are named and count toward it. What nobody has named yet cannot be forecast.
    pub named: u32,
    /// How many of those have reached the stage in time, as anybody says.
    pub reached: u32,
    /// How many of those have no forecast, because nothing says when work began, or they were given up.
    pub without_forecast: u32,
    /// How many will be said to have reached it by the due day; none where the model is silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<CountOutlook>,
    /// Whether the promise will be said to be kept; none where the model is silent, or fewer are named than were promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met: Option<Probability>,
    /// How many somebody who looks at all of them will find by the due day; where there are enough checks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<CountOutlook>,
    /// Whether the promise will be found to be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met_verified: Option<Probability>,
    /// How many of other batches were in time.
    pub base_rate: BaseRateShown,
    /// How many that share makes here: those that have reached it, and that share of the others that are named, rounded;
    /// none where nothing was due before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_rate_count: Option<u32>,
}

/// Is how many will have reached the stage, over time: a fan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ForecastFan {
    /// Identifier of the promise, as in the list of milestones.
    pub milestone: String,
    /// Batch; empty for all together.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub batch: String,
    /// Kind; empty for every kind.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// What is counted.
    pub unit: CountUnit,
    /// The number as announced, and the day on which it is due.
    pub count: u64,
    /// The day on which it falls due.
    #[schemars(with = "String")]
    pub due: Date,
    /// Days, ascending, from the day of the forecast on.
    pub points: Vec<FanPoint>,
}

/// Is how many will have reached the stage by a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FanPoint {
    /// The day.
    #[schemars(with = "String")]
    pub day: Date,
    /// Numbers that will be claimed, at the shares of `levels_per_mille`.
    pub claimed: Vec<u32>,
    /// Numbers that somebody who looks will find; where there are enough checks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<Vec<u32>>,
}

/// Is the forecast of one facility.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FacilityOutlook {
    /// Identifier.
    pub id: String,
    /// Place where it stands; empty where it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// Kind.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Batch.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub batch: String,
    /// Where it stands.
    pub standing: FacilityStanding,
    /// The day since which that is so: on which it reached the stage, was given up, or was begun; none where that is
    /// not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub since: Option<Date>,
    /// Whether that day is assumed: the median of the batch.
    #[serde(default, skip_serializing_if = "is_false")]
    pub assumed: bool,
    /// The day by which it is to reach the stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub deadline: Option<Date>,
    /// The days by which it will be said to reach the stage, at the shares of `levels_per_mille`; null where that is
    /// more than 10,000 days ahead. None where there is no forecast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<Option<String>>>")]
    pub claimed: Option<Vec<Option<Date>>>,
    /// The days by which somebody who looks will find that it has; where there are enough checks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<Option<String>>>")]
    pub verified: Option<Vec<Option<Date>>>,
    /// Whether it will be said to have reached it by its deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_time: Option<Probability>,
}

/// Says where a facility stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum FacilityStanding {
    /// It is said, or seen, to have reached the stage.
    Reached,
    /// It is not, and work goes on as far as is known.
    Running,
    /// It was given up.
    Cancelled,
    /// A stage that comes after it is said or seen, it is not: nothing is left to be forecast, and it does not count.
    Beyond,
    /// Nothing says when work began, not even in its batch: there is no forecast.
    NoBeginning,
}

/// Is how fast a batch is against all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BatchOutlook {
    /// Its name.
    pub batch: String,
    /// Number of its facilities that reached the stage, of those of which the beginning is known.
    pub reached: u32,
    /// Number that the common curve expects in the same time, in tenths.
    pub expected_tenths: u64,
    /// Factor of its pace, in thousandths: 1000 is as all.
    pub factor_per_mille: u64,
    /// How many of other batches were in time.
    pub base_rate: BaseRateShown,
}

/// Is what independent checks found of earlier claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClaimsChecked {
    /// Claimed facilities that somebody independent looked at on the day of the claim or later.
    pub checked: u32,
    /// Those of them that were found so, at once or later.
    pub found: u32,
    /// Least number of checks from which more than the two counts is said.
    pub least: u32,
    /// Share found, in thousandths; none with too few checks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_per_mille: Option<u32>,
    /// Interval of 90 per cent of that share, in thousandths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval_per_mille: Option<(u32, u32)>,
    /// Days from claim to finding that one in ten, half, and nine in ten of the findings took at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lag_days: Option<(i32, i32, i32)>,
}

/// Is the model with its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ForecastModel {
    /// What it is, in words.
    pub name: String,
    /// Whether its time is the share of the planned time; else it is days.
    pub planned_time: bool,
    /// Facilities with a beginning that reached the stage.
    pub reached: u32,
    /// Facilities with a beginning that had not.
    pub running: u32,
    /// Facilities whose days contradict one another; they were left out.
    pub unsound: u32,
    /// Shape of the Weibull curve, in thousandths: above 1000 the older, the sooner.
    pub shape_per_mille: u64,
    /// Time by which half of the facilities of a batch like all have reached the stage, in thousandths of the unit of
    /// time: of the planned time, or of a day.
    pub median_per_mille: u64,
    /// Variance of the batches' factors, in thousandths: how far batches lie apart.
    pub variance_per_mille: u64,
    /// How many openings each group starts with; none where groups do not differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_worth: Option<u32>,
    /// How fast each group is against all; empty where groups do not differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupPace>,
    /// Name of the reference class, where one was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// Is how fast a group is against all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GroupPace {
    /// Its name.
    pub group: String,
    /// Factor of its pace, in thousandths: 1000 is as all.
    pub factor_per_mille: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}
