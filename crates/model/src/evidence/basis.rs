//! On whose word planning takes what stands, and from which state of a ledger.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::entry::Root;
use super::snapshot::Times;
use super::stage::Stage;

/// Says whose word is taken for what stands and what has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// What anybody claims, those who run the programme among them.
    Claimed,
    /// Only what is verified by the rules of the programme.
    Verified,
}

impl Basis {
    /// Returns the word of it, as written in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Verified => "verified",
        }
    }
}

/// Says from which ledger the state of sites was taken, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LedgerState {
    /// Whose word was taken.
    pub basis: Basis,
    /// The stage from which on a facility counted as built.
    pub stage: Stage,
    /// As of when.
    pub times: Times,
    /// Head of the ledger.
    pub root: Root,
}
