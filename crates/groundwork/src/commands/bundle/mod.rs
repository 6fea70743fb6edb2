//! Bundles: a report with all that it was made from, and the same made again somewhere else.
//!
//! - `layout`: where what lies inside a bundle.
//! - `pack`: `report --bundle`.
//! - `remake`, `remake_text`: `remake`, which looks for the first difference.

mod layout;
mod pack;
pub(super) mod remake;
mod remake_text;

pub(super) use self::pack::write;
