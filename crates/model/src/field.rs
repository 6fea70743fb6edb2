//! Location problems as the field's benchmark files state them: clients, sites, costs, and what is asked.
//!
//! A [`FieldProblem`] is to a benchmark file what a [`Programme`](crate::Programme) is to a programme
//! folder: the problem as written. Solver and checker each read it for themselves. Clients and sites are
//! numbered from 0 here and from 1 in files and answers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::certificate::Proof;
use crate::plan::{Sense, StoppedBy};
use crate::problem::Problem;

/// Is a location problem as a file and its flags state it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// Weight of each client; its demand where capacities rule.
    pub weights: Vec<u64>,
    /// The candidate sites.
    pub sites: Vec<FieldSite>,
    /// What it costs to serve a client from a site, for one unit of weight unless the costs say otherwise.
    pub costs: Costs,
    /// What is asked.
    pub ask: Ask,
    /// Costs, opening costs and values are this many times those of the file (a power of ten where a file
    /// has decimals).
    pub scale: u64,
}

/// Is a candidate site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldSite {
    /// Cost of opening it, scaled.
    pub opening_cost: u64,
    /// Units that it can serve; `None` is without limit.
    pub capacity: Option<u64>,
}

/// Says what it costs to serve a client from a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Costs {
    /// Clients are sites, at these plane coordinates (scaled to whole numbers by `coordinate_scale`);
    /// the cost is the Euclidean distance in whole units of the file, per unit of weight.
    Plane {
        /// Coordinates x `coordinate_scale`.
        points: Vec<(i64, i64)>,
        /// A power of ten.
        coordinate_scale: i64,
        /// How the distance becomes whole.
        rounding: Rounding,
    },
    /// Clients are sites, at these places on the sphere, in degrees; the cost is the great-circle distance
    /// in whole metres (`docs/concepts/model.md`), per unit of weight.
    Sphere {
        /// Latitude and longitude in degrees, as read.
        points: Vec<LatLon>,
    },
    /// One cost for each client and site, client-major, per unit of weight.
    Matrix(Vec<u32>),
    /// One cost for each client and site, client-major, for all of the client's demand.
    Total(Vec<u64>),
}

/// Is a place on the sphere in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatLon {
    /// Latitude.
    pub lat: f64,
    /// Longitude.
    pub lon: f64,
}

impl Eq for LatLon {}

/// Says how a distance in the plane becomes whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Cut off: the largest whole number not above it.
    Floor,
    /// Rounded half up.
    Round,
}

/// Says what is asked of the problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// At most `p` sites of least total cost.
    PMedian {
        /// Number of sites.
        p: u32,
    },
    /// At most `p` sites of least largest cost; weights do not count, but clients of weight 0 are left out.
    PCentre {
        /// Number of sites.
        p: u32,
    },
    /// At most `p` sites with the most weight within `reach`.
    Cover {
        /// Number of sites.
        p: u32,
        /// Largest cost that covers.
        reach: u32,
    },
    /// The fewest sites (or the cheapest, with opening costs) with every client within `reach`.
    SetCover {
        /// Largest cost that covers.
        reach: u32,
    },
    /// Sites of least opening and total cost; capacities do not count.
    Ufl,
    /// Sites of least opening and total cost within capacities. A part of a client's demand costs its
    /// share; the value is the exact sum, rounded up once.
    Cfl {
        /// Whether each client is served by one site alone.
        single: bool,
    },
    /// Openings over `periods` of least total cost, summed over the periods.
    Rollout {
        /// Number of periods.
        periods: u32,
        /// Openings a period.
        quota: u32,
        /// Whether the quota must be met.
        exactly: bool,
    },
}

/// Is what `solve` prints: the answer to a benchmark problem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldAnswer {
    /// `optimal`, `feasible`, `infeasible` or `unknown`.
    pub status: FieldStatus,
    /// Why the search ended.
    pub stopped_by: StoppedBy,
    /// Whether a smaller or a larger value is better.
    pub sense: Sense,
    /// Value and bound are this many times those of the file.
    pub scale: u64,
    /// Value; `None` when no answer was found.
    pub value: Option<i128>,
    /// No answer is better than this.
    pub bound: Option<i128>,
    /// |value - bound| / max(|value|, 1).
    pub gap: Option<f64>,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Priced pairs.
    pub work: u64,
    /// Largest resident memory.
    pub peak_rss_bytes: u64,
    /// The openings, numbered from 1; the period is 1 where there are no periods.
    pub openings: Vec<FieldOpening>,
    /// Who is served where, where capacities rule; empty otherwise: everybody goes to the cheapest.
    pub assignments: Vec<FieldAssignment>,
}

/// Says how far an answer got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FieldStatus {
    /// Proved best.
    Optimal,
    /// Keeps the rules.
    Feasible,
    /// Proved that no answer keeps the rules.
    Infeasible,
    /// Nothing found, nothing proved.
    Unknown,
}

/// Is a site that opens, numbered from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldOpening {
    /// Site.
    pub site: u32,
    /// Period.
    pub period: u32,
}

/// Is a part of a client's demand served from a site, both numbered from 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldAssignment {
    /// Client.
    pub client: u32,
    /// Site.
    pub site: u32,
    /// Units of demand.
    pub amount: u64,
}

/// Is the certificate of an answer's bound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldCertificate {
    /// Version of this format: 1.
    pub format: u32,
    /// SHA-256 of the benchmark file's bytes (unpacked).
    pub sha256: String,
    /// What is claimed, in units of the answer's value.
    pub value: Option<i128>,
    /// What is claimed of every answer.
    pub bound: i128,
    /// The proof.
    pub proof: Proof,
}

/// Is what the checker found about an answer, from the benchmark file as written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldVerdict {
    /// Whether the answer keeps every rule and every claim of answer and certificate holds.
    pub accepted: bool,
    /// Whether there is an answer and it keeps every rule.
    pub feasible: bool,
    /// Value as recomputed; `None` when it could not be.
    pub value: Option<i128>,
    /// Bound as recomputed from the certificate; `None` without one.
    pub bound: Option<i128>,
    /// Gap as recomputed.
    pub gap: Option<f64>,
    /// Value and bound are this many times those of the file.
    pub scale: u64,
    /// Everything that does not hold.
    pub problems: Vec<Problem>,
}
