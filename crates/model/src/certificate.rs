//! The numbers from which anyone recomputes the bound of a plan, without a solver.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::InputFile;
use crate::question::Question;

/// Version of the certificate format that this program writes.
pub const CERTIFICATE_FORMAT: u32 = 1;

/// Is a certificate as exchanged in `*.certificate.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// Version of this format: 1.
    pub format: u32,
    /// Every file of the programme, as in the plan.
    pub inputs: Vec<InputFile>,
    /// What was asked, as in the plan.
    pub question: Question,
    /// What is claimed, as in the plan.
    pub claim: Claim,
    /// The proof of the bound.
    pub proof: Proof,
}

/// Is what a certificate claims, in the units of the plan's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Value of the plan.
    pub value: i128,
    /// No plan of the question is better than this.
    pub bound: i128,
}

/// Is the proof of a bound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Proof {
    /// A Lagrangian bound, for the goals `distance` and `coverage`.
    ///
    /// With cost c (metres, or the summed weight of the kinds out of reach), weight w and
    /// u = w x radius clipped to [0, w x cap], the bound is
    /// `sum u - sum_t q_t price_t + sum_j min_tau (price_tau + sum_{t >= tau} sum_i min(0, w c - u))`,
    /// where the minimum runs over the periods in which site j may open and, unless it must open,
    /// over 0 ("never").
    Lagrangian {
        /// Radii are in cost units x 2^-`shift`, prices in objective units x 2^-`shift`.
        shift: u32,
        /// One price a period; not negative where the quota is `at-most`.
        prices: Vec<i128>,
        /// For each period, one radius a place, in the order of the places table.
        radii: Vec<Vec<u64>>,
    },
    /// Cover bounds, for the goal `worst-distance`: one for each period.
    Cover {
        /// One proof a period.
        periods: Vec<CoverProof>,
    },
}

/// Proves that in one period the worst distance is at least `at_least_m`.
///
/// Let Q be the number of sites that can be open by this period. The existing sites and any Q further
/// sites of those that may be open by then cover, within less than `at_least_m`, places that weigh at
/// most (weight of what existing sites cover) + (the Q largest weights of what one site covers beyond
/// those). When that is less than the total weight, some place with people lies farther.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoverProof {
    /// The distance in metres; 0 needs no proof.
    pub at_least_m: u32,
    /// One weight a place, in the order of the places table; empty when `at_least_m` is 0.
    pub weights: Vec<u64>,
}
