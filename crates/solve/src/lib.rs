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
//! (`bound`). The mathematics: Narula, Ogbu and Samuelsson (1977) for the p-median's relaxation,
//! Albareda-Sambola et al. (2009) for several periods.
//!
//! The crate reads no clock and prints nothing: a [`Control`] takes events and says when to stop.
//!
//! Cost: n places, m candidates, T periods. A step of the ascent prices the pairs within the radii, at
//! most n x m x T; a pass of the local search looks at n x m x T pairs; memory is 16 bytes a listed
//! pair and as much again while the lists are built: at most 24 million pairs, about 600 MB at 42,010 places.

mod assignment;
mod bound;
mod branch;
#[allow(dead_code)] // What solves problems of this kind is not wired up yet.
mod capacity;
mod control;
mod cover_search;
mod discount;
mod distance;
mod dual;
mod engine;
mod facts;
mod field;
mod field_costs;
mod goal;
mod instance;
mod near;
mod network;
mod outcomes;
mod planner;
mod random;
mod search;
#[allow(dead_code, unused_imports)]
// The engine still works on lists; it moves to this step by step.
mod space;
mod start;
mod translation;
mod tree;
mod worst;
mod worst_search;

pub use control::{Control, Event, Options, Phase, Progress, Quiet};
pub use field::{FieldSolution, solve_field};
pub use outcomes::Evaluation;
pub use planner::{Infeasible, Planner, Solution};
