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
///
/// For benchmark problems ([`FieldProblem`](crate::field::FieldProblem)) read *client* for place; what
/// each proof says of them is told at its variant and in `docs/concepts/certificate.md`.
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
    ///
    /// For benchmark problems, where any site may open in any period:
    ///
    /// | problem | w | c | cap | prices | opening cost in the minimum |
    /// |---|---|---|---|---|---|
    /// | p-median | weight | cost | none | 1, at most p sites | 0 |
    /// | roll-out | weight | cost | none | 1 a period | 0 |
    /// | cover | weight | 0 within reach, else 1 | 1 | 1, at most p sites | 0 |
    /// | set cover | 1, or 0 for weight 0 | 0 within reach, else no pair | none | none | f |
    /// | ufl | weight | cost | none | none | f |
    /// | cfl | demand | cost | none | see below | f |
    ///
    /// Where costs are for the whole client ([`Costs::Total`](crate::field::Costs::Total)), w is 1 in
    /// p-median, roll-out and ufl, and in cfl 1, or 0 for demand 0. The f of set covering is 1 when
    /// all are 0. Where there are no periods, there is one list of radii.
    ///
    /// In cfl the sum over i inside the minimum of site j becomes
    /// `min sum_i x_i (w c - u) with sum_i x_i demand_i <= capacity_j and 0 <= x <= 1`:
    /// clients in the order of (u - w c) / demand, the last one in part, and what that part saves
    /// rounded up to whole 2^-`shift`. There may be one price, 0 or below, for that enough sites open: it
    /// stands in the minimum as the price of period 1, and q_1 is k, the fewest sites, largest capacities
    /// first, that can serve all demand, of those that have another time than 0.
    Lagrangian {
        /// Radii are in cost units x 2^-`shift`, prices in objective units x 2^-`shift`.
        shift: u32,
        /// One price a period; not negative where the quota is `at-most`. Empty without quota; in cfl
        /// empty, or one that is not positive.
        prices: Vec<i128>,
        /// For each period, one radius a place, in the order of the places table.
        radii: Vec<Vec<u64>>,
    },
    /// Cover bounds, for the goal `worst-distance` and for p-centre: one for each period.
    Cover {
        /// One proof a period.
        periods: Vec<CoverProof>,
    },
    /// Cover bounds with prices of rules, for the goal `worst-distance` in programmes with several packages or with
    /// rules beyond quotas: one for each period of each future. See `docs/concepts/rules.md`.
    ScheduleCover {
        /// One proof a period, all periods of the first future first.
        periods: Vec<ScheduleCoverProof>,
    },
    /// A tree of Lagrangian bounds, for the goals `distance` and `coverage` and for benchmark problems.
    ///
    /// The tree splits the answers by when a site opens: the *times* of a site are 0, which is never,
    /// and the periods (1 where there are none). Node 0 is the root, where every site has all its
    /// times: in a benchmark problem 0 and each period; in a programme the periods of its window and,
    /// unless it must open, 0. Sites that may not open, that are open from the start, or whose opening
    /// is settled have no times, and no node names them.
    ///
    /// A *branching* node leaves one site some of the times that it has at the parent; the children of
    /// a node name the same site and split its times among them. A *fixing* node has no siblings; it
    /// leaves any number of sites fewer times than they have at the parent. A *patch* node leaves every
    /// site its times; its siblings are patches too, and what hangs below it names only sites of the patch.
    ///
    /// A node without children is a leaf. Its bound is that of [`Proof::Lagrangian`] with the
    /// multipliers of the leaf, where the minimum of a site runs over its times at the leaf, without
    /// the periods whose quota is 0. Each time that a fixing node takes from a site counts as a leaf of
    /// its own: with the multipliers and times of the *parent* of the fixing node, but for that one
    /// site, which has that one time; in cfl k stays that of the parent. What is proved is the least bound
    /// of all these leaves; patches add to that, see below. A leaf that no answer belongs to, as counting
    /// tells, has no bound and needs none:
    ///
    /// - more sites lack the time 0 than all quotas together allow, or more have only period t than q_t;
    /// - under `exactly`, fewer sites have period t than q_t;
    /// - a site has no time but periods whose quota is 0;
    /// - in cfl, the sites that have another time than 0 cannot serve all demand.
    ///
    /// A node with patches proves its own bound, as if it were a leaf, plus for each patch what the least
    /// bound of the patch is above that; no answer belongs to it where none belongs to it as a leaf, or to one
    /// of its patches. In a patch, sites that are not of it save what they save at the node above the patch,
    /// whatever the radii. Patches lie in no patch; those of a node share no sites; in them no prices change,
    /// and no radius changes in two patches of a node. No radius in a patch is longer than it is above the
    /// patch and also longer than the cost of a site that is not of the patch and has a period there. Where
    /// capacities rule there are no patches.
    ///
    /// For p-centre the tree proves that every answer is at least `at_least`: its bounds are those of
    /// set covering with each f = 1 and reach `at_least` - 1, and the least of them, rounded up, has
    /// to be above p.
    Tree {
        /// As for `lagrangian`.
        shift: u32,
        /// For p-centre, the cost that is proved; absent elsewhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_least: Option<u32>,
        /// Prices at the root.
        prices: Vec<i128>,
        /// Radii at the root.
        radii: Vec<Vec<u64>>,
        /// Nodes 1, 2, .. in this order; parents come before their children.
        nodes: Vec<TreeNode>,
    },
    /// Two proofs, for ufl where costs are for the whole client: every answer belongs to one of two
    /// halves.
    ///
    /// The *grains* of an answer are sum floor(f / `grain`) over its openings + sum floor(c / `grain`)
    /// over its clients, a whole number. `fewer` speaks of the answers with less than `fewest` grains,
    /// `others` of those with `fewest` or more. The proof of a half is a `lagrangian` or a `tree` for the
    /// problem with f + price floor(f / `grain`) instead of each f, and with c alike; of its bound is
    /// taken off the price times the grains, at the end of the half where that is most: with the price
    /// of `fewer`, 0 or above, `fewest` - 1 times; with that of `others`, between -`grain` and 0,
    /// `fewest` times. What is proved is the lesser of the two. (A row of the relaxation that counts
    /// grains, with its multiplier.)
    Grains {
        /// Cost units that make a grain; at least 1.
        grain: u64,
        /// Grains of the second half; at least 1.
        fewest: u32,
        /// Answers with fewer grains.
        fewer: GrainHalf,
        /// All others.
        others: GrainHalf,
    },
    /// A tree of Lagrangian bounds over the schedules of sites, for programmes with several packages or with
    /// rules beyond quotas: see `docs/concepts/certificate.md`.
    Schedules {
        /// Radii of kinds are in cost units x 2^-`shift`; prices, and radii of floors for one person, in
        /// objective units x 2^-`shift`.
        shift: u32,
        /// Prices at the root of the rules that have one; others are 0.
        prices: Vec<RulePrice>,
        /// Radii at the root, one list a layer: first the kinds that packages list, each with the places of the
        /// first period, then those of the second, and so on; where there are several futures the same for each of them;
        /// then for each held goal all of that again, in objective units for one person; then the floors of coverage, each
        /// with the places of its period.
        radii: Vec<Vec<u64>>,
        /// Nodes 1, 2, .. in this order; parents come before their children.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        nodes: Vec<ScheduleNode>,
        /// Where the goal `worst-distance` is held, how far somebody goes at least in each period, all periods of the
        /// first future first. What these leave of the value that is held is how far anybody may go in a period.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        covers: Vec<ScheduleCoverProof>,
    },
}

/// Is the price of one rule of a programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RulePrice {
    /// The rule.
    pub of: RuleName,
    /// The price, in objective units x 2^-`shift`.
    pub price: i128,
}

/// Names one rule of a programme, as far as a price is concerned; what does not apply is left out.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct RuleName {
    /// The rule.
    pub rule: RuleFamily,
    /// Which table of this name in `programme.toml`, counted from 1; of a need the kind's number.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub number: u32,
    /// The period (1-based) of a quota, budget, precedence or need.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub period: u32,
    /// The province of a floor or ceiling that speaks of each.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub province: String,
    /// The site of a need, or the first of two that are too near; counted from 1.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub site: u32,
    /// The second of two sites that are too near; of `together` which two neighbours of the list, and of a
    /// need which need of the kind; counted from 1.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub other: u32,
    /// The future of a budget whose costs are not those as written, or of which the worst case or, in it, a held goal
    /// speaks; counted from 1.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub future: u32,
}

/// Names the rules that have prices.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum RuleFamily {
    /// The quota of a period.
    Quota,
    /// A budget in a period; with carry-over, all that is spent up to it.
    Budget,
    /// A floor.
    Floor,
    /// A ceiling.
    Ceiling,
    /// Two sites too near each other.
    Spacing,
    /// Sites that exclude one another.
    Exclusive,
    /// Two sites that follow each other in a list of sites that belong together.
    Together,
    /// One site after another, in a period.
    Precedence,
    /// What a kind needs at a site in a period.
    Need,
    /// How many promises change.
    Changes,
    /// A goal that is held.
    Held,
    /// The value of a future, where the worst case counts.
    Future,
}

/// Is a node of a tree of schedules below the root; its multipliers are those of the parent, with changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleNode {
    /// Number of the parent: 0 for the root, k for the k-th of the list of nodes.
    pub parent: u32,
    /// The site that the parent branches on, counted from 1; absent (0) in a fixing node.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub site: u32,
    /// Schedules left to the site, ascending, counted from 0; empty in a fixing node.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<u32>,
    /// Sites of which a fixing node keeps only some schedules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<KeptSchedules>,
    /// Whether prices and radii are for the bound of the rules alone, without costs: above 0 it shows that no plan is
    /// left. They are then all that this bound has, and below this node those of its parent go on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rules_alone: bool,
    /// Prices that differ from the parent's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prices: Vec<RulePrice>,
    /// Radii that differ from the parent's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub radii: Vec<LayerRadii>,
}

/// Says which schedules a fixing node leaves a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeptSchedules {
    /// The site, counted from 1.
    pub site: u32,
    /// Some of its schedules at the parent, ascending.
    pub schedules: Vec<u32>,
}

/// Holds changed radii of one layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayerRadii {
    /// The layer, counted from 1.
    pub layer: u32,
    /// Positions in the list of the layer, counted from 0, ascending.
    pub changed: Vec<u32>,
    /// The radius of each of `changed`.
    pub radii: Vec<u64>,
}

/// Is the proof of one half of the answers, see [`Proof::Grains`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrainHalf {
    /// What is added to costs for each grain.
    pub price: i64,
    /// The proof for the problem with those costs.
    pub proof: Box<Proof>,
}

/// Is a node of a tree below the root; its multipliers are those of the parent, with changes.
///
/// It branches when it has `site` and `times`, fixes when it has `closed` or `kept`, and is a patch when it
/// has `patch`. Of a fixing node only what is below has the changed multipliers; the times that it takes are
/// bounded by those of its parent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TreeNode {
    /// Number of the parent: 0 for the root, k for the k-th of the list of nodes.
    pub parent: u32,
    /// The site that the parent branches on, numbered from 1; absent (0) in other nodes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub site: u32,
    /// Times left to the site, ascending: 0 for never, else periods; empty in other nodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub times: Vec<u32>,
    /// Sites, numbered from 1, that a fixing node leaves with time 0 alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<u32>,
    /// Other sites of which a fixing node keeps only some times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<KeptTimes>,
    /// The sites of a patch, numbered from 1, ascending: what hangs below names no others; empty in other nodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patch: Vec<u32>,
    /// All prices anew; empty when they are the parent's, as always in patches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prices: Vec<i128>,
    /// Which radii differ from the parent's: (period - 1) x number of clients + (client - 1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<u32>,
    /// The radius of each of `changed`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub radii: Vec<u64>,
}

/// Says which times a fixing node leaves a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeptTimes {
    /// The site, numbered from 1.
    pub site: u32,
    /// Some of its times at the parent, ascending: 0 for never, else periods.
    pub times: Vec<u32>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
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

/// Proves that in one period somebody lies at least `at_least_m` from something that they need, in every plan that keeps
/// the rules.
///
/// Each site holds, with a schedule, the weights of the places within less than `at_least_m` for the kinds that the
/// schedule offers in the period, and brings something to the rules. Of a limited kind the weights are those of a person,
/// and a site holds the heaviest persons there, no more than it serves. With W all weights of places where somebody needs
/// the kind, or of all persons, and b what the rules are held against, the proof holds if W + sum over sites of the least,
/// over the schedules of the site, of (sum of price x what it brings - what it holds) is more than the sum of price x b.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleCoverProof {
    /// The distance in metres; 0 needs no proof.
    pub at_least_m: u32,
    /// One list for each kind that packages list, with one weight a place, or a person there where the kind is limited, in the
    /// order of the places table; empty when `at_least_m` is 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<Vec<u64>>,
    /// Prices of the rules that have one, in units of the weights; others are 0. Not negative but for rules that are
    /// held exactly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prices: Vec<RulePrice>,
}
