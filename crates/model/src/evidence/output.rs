//! What facilities delivered, against what they can.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::entry::Root;
use super::rules::EvidenceRules;
use super::snapshot::Times;
use super::statement::Subject;
use crate::decimal::Decimal;

/// Is what facilities delivered, as of a pair of times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Outputs {
    /// Name of the programme.
    pub programme: String,
    /// As of when.
    pub times: Times,
    /// Head of the ledger that it was made from.
    pub root: Root,
    /// The rules, with the least share of capacity that counts as operating.
    pub rules: EvidenceRules,
    /// One for each facility, product, unit and period, in this order.
    pub rows: Vec<OutputRow>,
}

/// Is what one facility delivered of one product, in one unit, in one period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OutputRow {
    /// The facility.
    pub subject: Subject,
    /// The product or service.
    pub product: String,
    /// The unit in which it was counted.
    pub unit: String,
    /// Number of the period; none where the span lies in no single period of the programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<u32>,
    /// First day of the period, or of the span.
    #[schemars(with = "String")]
    pub from: Date,
    /// Last day of the period, or of the span.
    #[schemars(with = "String")]
    pub to: Date,
    /// What it can deliver in a period, in the same unit; none where nothing says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u64>,
    /// The unit in which its capacity is given, where that is another: the two are not compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity_unit: Option<String>,
    /// By those who run the programme, or nobody known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<Delivered>,
    /// By somebody independent, at the least grade or better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<Delivered>,
}

/// Is what was delivered, by one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Delivered {
    /// Sum of what is counted.
    pub amount: Decimal,
    /// Days of the period of which it is known.
    pub days: u32,
    /// Share of the capacity of these days, in thousandths, rounded down; none where there is no capacity to compare with,
    /// or no full day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<u64>,
    /// Whether that is enough to count as operating, by the rule of the programme; none where the rule cannot be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operating: Option<bool>,
    /// The entries that are summed up.
    pub entries: Vec<u64>,
    /// Entries that are not added, because their span shares days with those that are: the longest span counts, of two the
    /// one that was published last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<u64>,
}
