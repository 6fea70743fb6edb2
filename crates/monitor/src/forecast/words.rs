//! Words for probabilities.

use serde::Serialize;

/// Is the word for a probability, of the seven of ICD 203 (Office of the Director of National Intelligence, 2015).
///
/// | word | per cent |
/// |---|---|
/// | almost no chance | below 5 |
/// | very unlikely | 5 to below 20 |
/// | unlikely | 20 to below 45 |
/// | roughly even chance | 45 to 55 |
/// | likely | above 55 to 80 |
/// | very likely | above 80 to 95 |
/// | almost certain | above 95 |
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Likelihood {
    /// Below 5 per cent.
    AlmostNoChance,
    /// From 5 to below 20 per cent.
    VeryUnlikely,
    /// From 20 to below 45 per cent.
    Unlikely,
    /// From 45 to 55 per cent.
    RoughlyEvenChance,
    /// Above 55, up to 80 per cent.
    Likely,
    /// Above 80, up to 95 per cent.
    VeryLikely,
    /// Above 95 per cent.
    AlmostCertain,
}

impl Likelihood {
    /// Returns the word for `part` of `whole`; none where the whole is 0.
    #[must_use]
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        if whole == 0 {
            return None;
        }
        let (part, whole) = (u128::from(part) * 100, u128::from(whole));
        Some(match () {
            () if part < 5 * whole => Self::AlmostNoChance,
            () if part < 20 * whole => Self::VeryUnlikely,
            () if part < 45 * whole => Self::Unlikely,
            () if part <= 55 * whole => Self::RoughlyEvenChance,
            () if part <= 80 * whole => Self::Likely,
            () if part <= 95 * whole => Self::VeryLikely,
            () => Self::AlmostCertain,
        })
    }

    /// Returns the word as people read it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::AlmostNoChance => "almost no chance",
            Self::VeryUnlikely => "very unlikely",
            Self::Unlikely => "unlikely",
            Self::RoughlyEvenChance => "roughly even chance",
            Self::Likely => "likely",
            Self::VeryLikely => "very likely",
            Self::AlmostCertain => "almost certain",
        }
    }
}
