//! From a programme to a plan with a value, a bound and a certificate.
//!
//! ```text
//! Programme + Question -> Translation (Network, Facts, GoalModel) -> Instance -> search -> Solution
//! ```
//!
//! The plan is found by greedy start, local search over opening times (`search`) and kicks; the bound
//! by ascent of a Lagrangian dual (`dual`) whose subproblem is a transportation problem
//! (`assignment`); `engine` lets both sides help each other until they meet. At the end radii and
//! prices are rounded to integers, and what they prove is computed in integers over every site and pair
//! (`bound`). What gap is left, branch and bound closes, if it can (`tree`), with its nodes as the proof.
//! Opening costs are part of what a site costs in the relaxation; capacities have a solver beside it
//! (`capacity`); `frontier` answers p-median and coverage for every number of sites at once. The
//! mathematics: Narula, Ogbu and Samuelsson (1977) for the p-median's relaxation,
//! Albareda-Sambola et al. (2009) for several periods.
//!
//! Programmes with several packages, capacities, budgets or rules between sites have a planner of their own
//! (`mixed`); [`Planner`] is the door to both, and [`conflict()`] says which rules no plan keeps together. `effects` says
//! what any list of openings means for people, `variants` how programmes that differ by one rule relate.
//!
//! The crate reads no clock and prints nothing: a [`Control`] takes events and says when to stop.
//!
//! Cost: n places, m candidates, T periods. A step of the ascent prices the pairs within the radii, at
//! most n x m x T; a pass of the local search looks at n x m x T pairs. Up to four million pairs are listed,
//! 16 bytes each and as much again while the lists are built. Of more, where distances count, pairs are
//! measured when they are needed (`space`), a coarse problem comes first (`coarse`), and most steps price a
//! core of sites (`core`); memory then grows with the points and with the pairs of the core. The other
//! goals list at most 24 million pairs.

mod ascent;
mod assignment;
mod bound;
mod branch;
mod capacity;
mod coarse;
mod conflict;
mod control;
mod core;
mod cover_search;
mod discount;
mod distance;
mod door;
mod dual;
mod effects;
mod engine;
mod facts;
mod field;
mod field_costs;
mod frontier;
mod goal;
mod grains;
mod instance;
mod kernel;
mod kicks;
mod lanes;
mod mixed;
mod near;
mod network;
mod outcomes;
mod planner;
mod random;
mod records;
mod region;
mod rounding;
mod rows;
mod search;
mod settled;
mod soft;
#[allow(dead_code, unused_imports)] // Some of what it offers is used by its tests alone so far.
mod space;
mod start;
mod translation;
mod tree;
mod variants;
mod worst;
mod worst_search;

pub use conflict::conflict;
pub use control::{Control, Event, Options, Phase, Progress, Quiet};
pub use door::Planner;
pub use effects::{Cell, Effects, Exchange, Exchanges, changes, moved};
pub use field::{FieldSolution, solve_field};
pub use frontier::{FrontierSolution, FrontierStep, solve_frontier};
pub use mixed::MixedPlanner;
pub use outcomes::Evaluation;
pub use planner::{Infeasible, PlainPlanner, Solution};
pub use variants::{Ease, Easing, Standing, Varied, carry, easings, gain};
