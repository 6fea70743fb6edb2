//! Which ledger is asked, and as of when: the same options for every command that reads it.

use std::path::PathBuf;

use clap::Args;
use groundwork_model::evidence::Times;
use jiff::civil::Date;

use super::parse::{day, moment};

#[derive(Args, Clone, Debug, Default)]
pub(crate) struct TimesArgs {
    /// The world on this day (YYYY-MM-DD); today if not given
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) as_of: Option<Date>,
    /// From what was published by this day; today if not given
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) known_by: Option<Date>,
    /// From what the ledger had recorded by then: a day, or a time such as 2025-12-04T09:30:00Z
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) recorded_by: Option<i64>,
    /// Ledger: a file, or postgres://USER@HOST/DATABASE?schema=NAME; ledger.db in the folder if not given
    #[arg(long, value_name = "LEDGER")]
    pub(crate) ledger: Option<PathBuf>,
}

impl TimesArgs {
    /// Returns the times that are asked for; what is not given is today.
    pub(crate) fn times(&self, today: Date) -> Times {
        Times {
            as_of: self.as_of.unwrap_or(today),
            known_by: self.known_by.unwrap_or(today),
            recorded_by: self.recorded_by,
        }
    }

    /// Returns whether somebody asked for the ledger in so many words.
    pub(crate) const fn in_words(&self) -> bool {
        self.ledger.is_some()
            || self.as_of.is_some()
            || self.known_by.is_some()
            || self.recorded_by.is_some()
    }
}
