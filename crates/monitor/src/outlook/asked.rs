//! What is forecast, and how.

use groundwork_model::evidence::{ForecastGroup, ForecastRules, Stage};

use crate::forecast::{ForecastError, ReferenceClass, Settings};

/// Says what is forecast, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForecastAsked {
    /// The stage.
    pub stage: Stage,
    /// What facilities are grouped by; by kind if not given, and by province where there is one kind only.
    pub group: Option<ForecastGroup>,
    /// Kinds of facilities, all where none is named; those of which the programme promises something if not given, or
    /// else the ledger.
    pub kinds: Option<Vec<String>>,
    /// How it is made.
    pub settings: Settings,
}

impl ForecastAsked {
    /// Returns what a programme asks for.
    #[must_use]
    pub fn of(rules: Option<&ForecastRules>) -> Self {
        let nothing = ForecastRules::default();
        let rules = rules.unwrap_or(&nothing);
        let usual = Settings::default();
        let reference = rules.reference.as_ref().map(|class| ReferenceClass {
            name: class.name.clone(),
            source: class.source.clone(),
            facilities: class.facilities,
            median_per_mille: class.median_per_cent.saturating_mul(10),
            ninety_per_mille: class.ninety_per_cent.saturating_mul(10),
        });
        Self {
            stage: rules.stage.unwrap_or(Stage::Inaugurated),
            group: rules.group,
            kinds: None,
            settings: Settings {
                draws: rules.draws.unwrap_or(usual.draws),
                seed: rules.seed.map_or(usual.seed, u64::from),
                reference,
                ..usual
            },
        }
    }

    /// Returns the stages that show that work toward the stage had begun.
    ///
    /// # Errors
    ///
    /// When nothing comes before the stage, or it stands outside the order of building.
    pub(super) fn beginnings(&self) -> Result<&'static [Stage], ForecastError> {
        match self.stage {
            Stage::Announced | Stage::Stalled | Stage::Cancelled => {
                Err(ForecastError::Stage(self.stage))
            }
            Stage::SiteChosen | Stage::GroundBroken => Ok(&[Stage::Announced]),
            Stage::UnderConstruction => Ok(&[Stage::GroundBroken]),
            _ => Ok(&[Stage::GroundBroken, Stage::UnderConstruction]),
        }
    }
}
