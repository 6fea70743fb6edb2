//! Why a forecast cannot be made.

use groundwork_model::evidence::Stage;
use groundwork_model::{Code, Problem};

/// Says why a forecast cannot be made. A history that says too little is no fault: the forecast then says so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForecastError {
    /// Two cases have one identifier.
    #[error("facility `{0}` stands twice in the history")]
    CaseTwice(String),
    /// A day is farther away than a calendar reaches.
    #[error("facility `{id}` names a day that is {day} days from 1970-01-01")]
    DayTooFar {
        /// Identifier of the case.
        id: String,
        /// The day.
        day: i32,
    },
    /// Nothing leads to the stage that is asked for.
    #[error("`{}` cannot be forecast: no stage leads to it", .0.name())]
    Stage(Stage),
    /// A setting is outside its limits.
    #[error("{name} is {value}, and must be {limits}")]
    Setting {
        /// What it is called.
        name: &'static str,
        /// What it says.
        value: i64,
        /// What it may say.
        limits: &'static str,
    },
}

impl ForecastError {
    /// Returns the fault with its code, as people see it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let code = match self {
            Self::CaseTwice(_) | Self::DayTooFar { .. } => Code::HistoryUnsound,
            Self::Setting { .. } | Self::Stage(_) => Code::ForecastSetting,
        };
        Problem::new(code, self.to_string())
    }
}
