//! Why a site opens when it does: what binds it, what moving it costs, and which other plans are nearly as good.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::difference::{Change, ComparedPlan, Moved, PlaceChange};
use crate::plan::{InputFile, Opening, Sense};
use crate::problem::Problem;

/// Version of the format of explanations that this program writes.
pub const EXPLANATION_FORMAT: u32 = 1;

/// Explains one site of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// Version of this format: 1.
    pub format: u32,
    /// Name of the programme.
    pub programme: String,
    /// Every file that the plan was made from.
    pub inputs: Vec<InputFile>,
    /// Whether a smaller (`min`) or a larger (`max`) value is better.
    pub sense: Sense,
    /// Values, bounds and costs are this many times the unit.
    pub scale: u64,
    /// Unit of value / scale.
    pub unit: String,
    /// The plan.
    pub plan: ComparedPlan,
    /// Site.
    pub site: String,
    /// Its name.
    pub name: String,
    /// Its province; empty when it has none.
    pub province: String,
    /// Persons of its own place; `None` where it is no place.
    pub persons: Option<u64>,
    /// Why it stands where it does in the plan.
    pub standing: Standing,
    /// What happens at it in the plan: opening, upgrade, closure.
    pub steps: Vec<Opening>,
    /// Whom it serves in each period, and what they have from it.
    pub serves: Vec<Serves>,
    /// What the value would be worse by without it, everything else the same, everybody at the nearest site;
    /// `None` where nobody could be served then.
    pub saving: Option<i128>,
    /// Where it stands by that saving among the sites that open in the same period.
    pub rank: Option<Rank>,
    /// What other rules say when it alone is moved and everything else stays.
    pub alone: Vec<Alone>,
    /// What moving it costs when everything else is planned again.
    pub moves: Vec<Move>,
    /// Sites whose exchange with this one costs least.
    pub exchanges: Exchanges,
    /// Plans that are nearly as good.
    pub pool: Pool,
    /// Whether the plan is about futures: then values and costs are of those, and who is served, gains and loses is told
    /// in the numbers as written, everything in time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub as_written: bool,
}

/// Says why a site stands where it does in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The plan chose it.
    Chosen,
    /// The plan could have chosen it and did not.
    NotChosen,
    /// Reports fix it.
    Fact,
    /// A person has decided it.
    Decided,
    /// It stood before the programme.
    Existing,
    /// The sites table forbids it.
    Forbidden,
}

/// Says whom a site serves in one period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Serves {
    /// Period (1-based).
    pub period: u32,
    /// Year that labels it.
    pub year: i32,
    /// Persons of whom it is the nearest site, or whom it serves, with one kind or more.
    pub persons: u64,
    /// What everybody has from it, against the plan without it: nearer and farther as if it were added.
    pub change: Change,
}

/// Is a place in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rank {
    /// Number in the order; 1 saves most.
    pub rank: u32,
    /// How many there are.
    pub of: u32,
}

/// Names a move of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Shift {
    /// One period earlier.
    Earlier,
    /// One period later.
    Later,
    /// It never opens.
    Never,
    /// It opens, in whichever period costs least.
    Opened,
}

/// Says what the rules say when a site alone is moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alone {
    /// The move.
    pub shift: Shift,
    /// Period that it would open in; `None` for never.
    pub period: Option<u32>,
    /// Year that labels it.
    pub year: Option<i32>,
    /// Rules that are broken then.
    pub broken: Vec<Problem>,
    /// What it would cost, where no rule is broken; below 0 it would be better.
    pub cost: Option<i128>,
}

/// Says what a move costs when everything else is planned again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The move.
    pub shift: Shift,
    /// Period that the site opens in then; `None` where it does not.
    pub period: Option<u32>,
    /// Year that labels it.
    pub year: Option<i32>,
    /// What came of it.
    pub outcome: Outcome,
    /// Why no plan has it so, where that is proved.
    pub why_not: Vec<Problem>,
    /// Value of the best plan found with it.
    pub value: Option<i128>,
    /// No plan with it is better than this; the checker has confirmed it.
    pub bound: Option<i128>,
    /// It costs at least this, against the plan: proved.
    pub cost_least: Option<i128>,
    /// It costs at most this: a plan shows it.
    pub cost_most: Option<i128>,
    /// Whether a plan with it is within the tolerance.
    pub within: Within,
    /// Who gains and who loses in the plan found.
    pub change: Option<Change>,
    /// Places that gain most.
    pub gain: Vec<PlaceChange>,
    /// Places that lose most.
    pub lose: Vec<PlaceChange>,
    /// What else moves in the plan found.
    pub moved: Vec<Moved>,
}

/// Says what came of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A plan is found.
    Found,
    /// No plan keeps all rules then: proved.
    Impossible,
    /// Nothing was found in time.
    Unknown,
}

/// Says whether some plan is within the tolerance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Within {
    /// One is found.
    Yes,
    /// There is none: proved.
    ProvedNone,
    /// None is found, and it is not proved that there is none.
    NotKnown,
}

/// Lists exchanges of the site with others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exchanges {
    /// Exchanges of which the value was computed.
    pub looked_at: u64,
    /// Those of them, the cheapest first, that were held against all rules.
    pub checked: u64,
    /// The cheapest that keep all rules.
    pub rows: Vec<Exchanged>,
}

/// Is one exchange: the two sites trade what happens at them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exchanged {
    /// The other site.
    pub with: String,
    /// Its name.
    pub name: String,
    /// Its province.
    pub province: String,
    /// When it opens in the plan; `None` where it does not, and would stand in the place of the site.
    pub year: Option<i32>,
    /// Its package.
    pub package: Option<String>,
    /// What the exchange costs, exactly; below 0 it would be better.
    pub cost: i128,
}

/// Is a sample of plans that are nearly as good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// Share of the value by which a plan may be worse.
    pub within: f64,
    /// Different plans in the pool, the plan itself among them. A sample: there may be many more.
    pub plans: u32,
    /// When the site opens, in how many of them.
    pub site: Vec<PeriodCount>,
    /// Whether some plan within the tolerance has the site in another period.
    pub otherwise: Within,
    /// Sites with the same period in all of them.
    pub agreed: Vec<String>,
    /// Sites with different periods, first those on which most plans differ from the many.
    pub contested: Vec<Contested>,
}

/// Says in how many plans a site opens in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodCount {
    /// Period (1-based); `None` where it does not open.
    pub period: Option<u32>,
    /// Year that labels it.
    pub year: Option<i32>,
    /// Plans.
    pub plans: u32,
}

/// Is a site on which the plans of a pool do not agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contested {
    /// Site.
    pub site: String,
    /// Its name.
    pub name: String,
    /// When it opens, in how many plans.
    pub periods: Vec<PeriodCount>,
}
