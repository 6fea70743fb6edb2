//! Stages of a facility's life, units of counts, and what is seen of a stage.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Is a stage that a facility reaches.
///
/// Each stage stands for itself: a claim of one says nothing of another, in either direction. The order is that of
/// building; [`Stalled`](Self::Stalled) and [`Cancelled`](Self::Cancelled) stand outside it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Said to be planned.
    Announced,
    /// Its place is settled.
    SiteChosen,
    /// Work was begun with a ceremony or without.
    GroundBroken,
    /// Work goes on: foundations, frame, roof, exterior.
    UnderConstruction,
    /// Building has ended.
    Completed,
    /// Was looked at before its opening; the inspection says whether it was ready.
    Inspected,
    /// Was opened with a ceremony or by an order.
    Inaugurated,
    /// Produces or serves people.
    Operating,
    /// Work has stopped.
    Stalled,
    /// Will not be built.
    Cancelled,
}

impl Stage {
    /// Lists all stages, in order.
    pub const ALL: [Self; 10] = [
        Self::Announced,
        Self::SiteChosen,
        Self::GroundBroken,
        Self::UnderConstruction,
        Self::Completed,
        Self::Inspected,
        Self::Inaugurated,
        Self::Operating,
        Self::Stalled,
        Self::Cancelled,
    ];

    /// Lists the stages from which on a facility may count as built, in order.
    pub const BUILT: [Self; 3] = [Self::Completed, Self::Inaugurated, Self::Operating];

    /// Returns the name as written in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::SiteChosen => "site-chosen",
            Self::GroundBroken => "ground-broken",
            Self::UnderConstruction => "under-construction",
            Self::Completed => "completed",
            Self::Inspected => "inspected",
            Self::Inaugurated => "inaugurated",
            Self::Operating => "operating",
            Self::Stalled => "stalled",
            Self::Cancelled => "cancelled",
        }
    }

    /// Returns the stage of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }

    /// Returns the place in [`ALL`](Self::ALL).
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// Says what a count counts.
///
/// A place and a plant are never added up, nor compared without saying so.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum CountUnit {
    /// Cities, counties, villages: each once, whatever stands there.
    #[default]
    Places,
    /// Facilities of any kind.
    Facilities,
    /// Single plants: several may stand in one place.
    Plants,
}

impl CountUnit {
    /// Lists all units.
    pub const ALL: [Self; 3] = [Self::Places, Self::Facilities, Self::Plants];

    /// Returns the name as written in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Places => "places",
            Self::Facilities => "facilities",
            Self::Plants => "plants",
        }
    }
}
