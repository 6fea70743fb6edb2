//! The nouns of Groundwork, as written and as exchanged, with their invariants.
//!
//! Values flow one way: a [`Programme`] (the person's files as written) becomes a [`Plan`] with a
//! value, a bound and a [`Certificate`]; an independent checker turns the three into a [`Verdict`].
//! Every other crate speaks in these types. This crate does no input or output, reads no clock, and
//! knows no solver.
//!
//! - [`programme`]: what a person writes: settings and tables.
//! - [`question`]: what is asked of a programme: from the start, or from a date, and what is locked.
//! - [`plan`]: openings with their value, bound, gap and yearly outcomes.
//! - [`certificate`]: the numbers from which anyone recomputes the bound.
//! - [`verdict`]: what the checker says.
//! - [`conflict`]: why no plan keeps all rules, and what would help.
//! - [`comparison`]: several plans of one programme side by side.
//! - [`promises`]: what was promised, beside what a plan has now.
//! - [`rule_frontier`]: the best plan for each number that one rule may have.
//! - [`price_list`]: what one change of each rule would bring.
//! - [`scenario_table`]: what plans are worth in each future.
//! - [`difference`]: two plans of one programme: what moves, who gains, who loses.
//! - [`explanation`]: why a site opens when it does, and what else would cost.
//! - [`evidence`]: what is said and seen of a programme: entries, and the snapshot that they come to.
//! - [`problem`]: a fault with its code, place, cause and remedy, and the index of all codes.
//! - [`bundle`]: what a report was made from, and what it came to, for others to make it again.
//! - [`field`]: location problems as benchmark files state them.
//! - [`frontier`]: the answers to such a problem for every number of sites in a range.
//! - [`words`]: whole numbers in sentences.
//! - [`decimal`]: exact decimals, so that a rate of 0.05 is one twentieth and nothing else.

pub mod bundle;
pub mod certificate;
pub mod comparison;
pub mod conflict;
pub mod decimal;
pub mod difference;
pub mod evidence;
pub mod explanation;
pub mod field;
pub mod frontier;
mod goal_measure;
pub mod plan;
pub mod price_list;
pub mod problem;
pub mod programme;
pub mod promises;
pub mod question;
pub mod rule_frontier;
pub mod scenario_table;
pub mod validation;
pub mod verdict;
pub mod words;

pub use bundle::{BUNDLE_FORMAT, BundledLedger, BundledVerdict, Manifest};
pub use certificate::{Certificate, Claim, CoverProof, GrainHalf, KeptTimes, Proof, TreeNode};
pub use comparison::{Comparison, ComparisonRow};
pub use conflict::{
    Conflict, ConflictRule, ConflictSet, PricedBy, Repair, RepairedPlan, RuleChange,
};
pub use decimal::Decimal;
pub use difference::{Change, Changes, Difference, Moved, PlaceChange};
pub use explanation::Explanation;
pub use goal_measure::equivalent_km;
pub use plan::{FutureOutcome, InputFile, Opening, PeriodOutcome, Plan, Run, Status, StoppedBy};
pub use price_list::{PriceList, RuleWorth};
pub use problem::{Code, Problem, Severity};
pub use programme::{
    Facility, Goal, Place, Programme, QuotaRule, Report, Settings, Site, SiteRule,
};
pub use promises::{Deed, Departure, PromisedSite, Promises};
pub use question::{
    Held, Locked, Outlook, Progress, Promise, Question, QuotaSource, Replan, SiteState,
};
pub use rule_frontier::{PointStatus, RuleFrontier, RulePoint};
pub use scenario_table::{FutureRow, OwnPlan, ScenarioTable};
pub use verdict::Verdict;
