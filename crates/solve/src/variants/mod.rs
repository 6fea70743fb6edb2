//! Programmes that differ from one another by one rule.
//!
//! `varied` sets the rule of a frontier, `easing` changes one rule for a list of prices, `standing` says what a plan or a
//! bound of one programme means for a looser or a tighter one.

mod easing;
mod standing;
mod varied;

pub use self::easing::{Ease, Easing, easings};
pub use self::standing::{Standing, carry, gain};
pub use self::varied::Varied;
