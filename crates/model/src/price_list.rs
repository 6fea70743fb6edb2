//! The price list of a programme's rules: what one change of each would bring, solved anew.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::{InputFile, Sense, StoppedBy};
use crate::question::Question;

/// Version of the price list that this program writes.
pub const PRICE_LIST_FORMAT: u32 = 1;

/// Is what `groundwork prices` writes to `plans/prices.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceList {
    /// Version of this format: 1.
    pub format: u32,
    /// Name of the programme.
    pub programme: String,
    /// Every file that it was made from.
    pub inputs: Vec<InputFile>,
    /// What was asked.
    pub question: Question,
    /// Whether a smaller or a larger value is better.
    pub sense: Sense,
    /// Values, bounds and gains are this many times the unit.
    pub scale: u64,
    /// Unit of value / scale.
    pub unit: String,
    /// Value of the plan with all rules as written.
    pub value: i128,
    /// No plan with all rules as written is better than this; bounds of loosened programmes hold here too.
    pub bound: Option<i128>,
    /// Persons within reach of every kind in the last period of that plan.
    pub access_last: u64,
    /// Person-years of access of that plan.
    pub person_years_of_access: u64,
    /// Rules that there are to price; more than `prices` has when something stopped the run.
    pub asked: u32,
    /// One price a rule and change, what may bring most first.
    pub prices: Vec<RuleWorth>,
}

/// Says what one change of one rule would bring.
///
/// The gain is how much better the best plan with the change is than the best plan as written. Both are known
/// between a value and a bound, so the gain is known between two numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleWorth {
    /// Where the rule is written: `budgets[1]`, or a table with its row.
    pub rule: String,
    /// The change in words.
    pub change: String,
    /// Whether the change only loosens the rule, so that no plan is lost.
    pub loosens: bool,
    /// Folder beside the list with the programme as changed and the plan that was found, which can be checked by itself;
    /// none where no plan was found, or the change is one of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Value of the best plan with the change that is known.
    pub value: Option<i128>,
    /// No plan with the change is better than this.
    pub bound: Option<i128>,
    /// The gain is at least this; below 0 where the change may do harm.
    pub gain_at_least: Option<i128>,
    /// The gain is not more than this.
    pub gain_at_most: Option<i128>,
    /// Persons within reach of every kind in the last period: those of the plan with the change, less those of the
    /// plan as written.
    pub access_gained: Option<i64>,
    /// The same of person-years of access.
    pub person_years_gained: Option<i64>,
    /// Why the search ended.
    pub stopped_by: StoppedBy,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Priced pairs.
    pub work: u64,
}

impl RuleWorth {
    /// Returns whether the figures cannot tell the gain from nothing.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let may_be_nothing = self.gain_at_least.is_none_or(|least| least <= 0);
        may_be_nothing && self.gain_at_most.is_none_or(|most| most > 0)
    }

    /// Returns what the two figures of the gain say together; empty where they speak for themselves.
    #[must_use]
    pub fn words(&self) -> &'static str {
        match (self.gain_at_least, self.gain_at_most) {
            _ if self.value.is_none() => "no plan found",
            (_, Some(0)) if self.loosens => "brings nothing, proved",
            (Some(least), Some(most)) if least == most => "exactly",
            (_, Some(most)) if most < 0 => "does harm",
            _ if self.is_open() => "not told apart from nothing",
            _ => "",
        }
    }
}
