//! What is asked of a programme.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Says what is asked of a programme: what is already fact, and which quotas bind.
///
/// # Facts as of a date
///
/// A report *counts* as of day D when it names a site without an existing facility, a package of
/// the programme and a period, its stage is begun or opened, and its date is D or earlier. Then:
///
/// - A site named by a counting report is *fixed*: it opens in the smallest period of its counting
///   reports, and nowhere else.
/// - Each (site, place as named) pair of the counting reports *uses* one opening of the smallest
///   period of its reports. Two named places inside one site are one fixed opening and use two.
/// - In periods before D's own, nothing is *free*. In D's period and later, quota minus used is free
///   (never below zero). When D lies before the first period everything is free; when it lies after
///   the last, nothing is.
///
/// # Quotas as taken
///
/// The numbers are those of the last report, whatever day D is, so that plans of different days can be
/// compared: for every period up to the last one with a counting report, the quota is the number of
/// sites that the last report fixes in it (named places inside one site count once); later quotas are
/// as written. A fixed site then uses one opening of its period. Without an `as_of`, only the numbers
/// are taken and nothing is fixed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Reports up to this day are facts; `None` asks for the best order from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub as_of: Option<Date>,
    /// Which quotas bind.
    #[serde(default)]
    pub quotas: QuotaSource,
    /// Openings that a person has decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locked: Vec<Locked>,
}

/// Says which quotas bind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum QuotaSource {
    /// The quotas of the programme.
    #[default]
    AsWritten,
    /// As many new sites a period as the order taken opened.
    AsTaken,
}

/// Is an opening that a person has decided: this site opens in this period and in no other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Locked {
    /// Site.
    pub site: String,
    /// Period (1-based).
    pub period: u32,
    /// Package; any that the site may get when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
}
