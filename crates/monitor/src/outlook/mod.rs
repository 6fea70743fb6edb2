//! From a snapshot of the ledger to a forecast as people read it, and to a look back.
//!
//! In reading order: `asked` (what is forecast, and how), `cases` (facilities as the forecast sees them, and the promises),
//! `table` (the forecast as it is shown), `days` (the days of a fan), `limits` (what it does not know, in words), `backtest`
//! (how good earlier forecasts were, as it is shown), `findings` (the same in words).

mod asked;
mod backtest;
mod cases;
mod days;
mod findings;
mod limits;
mod table;

pub use self::asked::ForecastAsked;
pub use self::backtest::{backtest_table, history_of_works, look};
pub use self::table::outlook;
