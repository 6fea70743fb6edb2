//! The frontier of a benchmark problem: what more sites bring, for every number of sites in a range.
//!
//! `solve --frontier FIRST..LAST` answers a p-median or a maximal coverage for each p of the range at
//! once. One list of radii bounds the answers of *all* p, so a certificate with few of them proves as
//! many bounds as there are points; and plans of neighbouring p differ little, so each is written as
//! what opens and closes after the one before.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::{Sense, StoppedBy};
use crate::problem::Problem;

/// Version of the frontier's certificate that this program writes and reads.
pub const FRONTIER_CERTIFICATE_FORMAT: u32 = 1;

/// Is what `solve --frontier` prints: an answer for every number of sites in a range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrontierAnswer {
    /// Why the search ended.
    pub stopped_by: StoppedBy,
    /// Whether a smaller or a larger value is better.
    pub sense: Sense,
    /// Values and bounds are this many times those of the file.
    pub scale: u64,
    /// The widest gap of all points; 0 is proved best everywhere.
    pub gap: f64,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Priced pairs.
    pub work: u64,
    /// Largest resident memory.
    pub peak_rss_bytes: u64,
    /// One point for each number of sites, ascending.
    pub points: Vec<FrontierPoint>,
}

/// Is the answer for one number of sites.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrontierPoint {
    /// Largest number of sites that may open.
    pub p: u32,
    /// Value of the plan.
    pub value: i128,
    /// No plan with at most p sites is better than this.
    pub bound: i128,
    /// |value - bound| / max(|value|, 1).
    pub gap: f64,
    /// Sites, numbered from 1 and ascending, that are open here and not at the point before; at the
    /// first point all that are open.
    pub opened: Vec<u32>,
    /// Sites that were open at the point before and are not here.
    pub closed: Vec<u32>,
}

/// Is the certificate of a frontier: lists of radii, each of which bounds the answers of every p.
///
/// With cost c, weight w and u = w x radius clipped to \[0, w x cap\], as the table at
/// [`Proof::Lagrangian`](crate::Proof::Lagrangian) has them for `pmedian` and `cover`, a list proves for
/// every p at once that no p sites cost less than
///
/// `sum u - (the p largest of sum_i max(0, u - w c), one number a site)`,
///
/// rounded up from units of 2^-`shift`. It is the bound of that proof at the best price for each p. The
/// bound of a point is the best that any list proves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrontierCertificate {
    /// Version of this format: 1.
    pub format: u32,
    /// SHA-256 of the benchmark file's bytes (unpacked).
    pub sha256: String,
    /// What is claimed of each point, as in the answer.
    pub claims: Vec<FrontierClaim>,
    /// The lists of radii, in any order.
    pub multipliers: Vec<FrontierMultipliers>,
}

/// Is what a certificate claims of one number of sites, in the units of the answer's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrontierClaim {
    /// Number of sites.
    pub p: u32,
    /// Value of the plan.
    pub value: i128,
    /// No plan with at most p sites is better than this.
    pub bound: i128,
}

/// Is a list of radii with its grain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrontierMultipliers {
    /// Radii are in cost units x 2^-`shift`.
    pub shift: u32,
    /// One radius a client.
    pub radii: Vec<u64>,
}

/// Is what the checker found about a frontier, from the benchmark file as written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrontierVerdict {
    /// Whether every plan keeps the rules and every claim of answer and certificate holds.
    pub accepted: bool,
    /// Whether every plan keeps the rules.
    pub feasible: bool,
    /// The widest gap as recomputed; `None` where a value or a bound could not be.
    pub gap: Option<f64>,
    /// Values and bounds are this many times those of the file.
    pub scale: u64,
    /// The figures of each point as recomputed, ascending.
    pub points: Vec<FrontierFigures>,
    /// Everything that does not hold.
    pub problems: Vec<Problem>,
}

/// Is what the checker computed for one number of sites.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrontierFigures {
    /// Number of sites.
    pub p: u32,
    /// Value of the plan; `None` when it could not be computed.
    pub value: Option<i128>,
    /// The best bound that the certificate proves; `None` without one.
    pub bound: Option<i128>,
    /// Gap between the two.
    pub gap: Option<f64>,
}

impl FrontierAnswer {
    /// Returns the claims of the answer, as its certificate repeats them.
    #[must_use]
    pub fn claims(&self) -> Vec<FrontierClaim> {
        let claim = |&FrontierPoint { p, value, bound, .. }: &FrontierPoint| FrontierClaim {
            p,
            value,
            bound,
        };
        self.points.iter().map(claim).collect()
    }
}
