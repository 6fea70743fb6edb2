//! The monitor: from a snapshot of the ledger and the promises of a programme to a scorecard.
//! `docs/concepts/scorecard.md` is the contract, and of the forecast `docs/concepts/forecast.md`.
//!
//! - [`scorecard()`]: promised, claimed, verified and late; totals set against named facilities; what to look at.
//! - [`difference()`]: what changed in the world, and what changed in what is known of an earlier day.
//! - [`agenda()`]: meetings and cycles to come, and what each cycle came to.
//! - [`inspections()`]: what was looked at before facilities open; [`outputs()`]: what they deliver against what they can.
//! - [`SourceBook`]: who says what, whom they carry, what became of their claims; [`next_inspections`]: where a look would
//!   tell most.
//! - [`in_words`]: a reconciliation as a monitor would write it.
//! - [`built()`]: what stands, is being built or was given up, as planning takes it.
//! - [`outlook()`]: when what has not reached a stage will, and whether promises will be kept; [`look`] and
//!   [`backtest_table`]: how good earlier forecasts were; [`mod@forecast`] is the mathematics of both.
//!
//! In reading order: `world` (facilities in lists that answer "how many by that day"), `groups`, `promises`, `series`,
//! `reconcile` and `words`, `alerts`, `difference`, `forecast`, `outlook`, `agenda`, `inspections`, `outputs`, `sources`, `next_cycle`.

mod agenda;
mod alerts;
mod built;
mod difference;
pub mod forecast;
mod groups;
mod inspections;
mod next_cycle;
mod outlook;
mod outputs;
mod promises;
mod reconcile;
mod series;
mod sources;
mod words;
mod world;

use groundwork_model::Programme;
use groundwork_model::evidence::{Scorecard, Snapshot};

pub use self::agenda::agenda;
pub use self::alerts::feed_identifier;
pub use self::built::{Built, BuiltSite, LeftOut, Reading, WhyLeftOut, built};
pub use self::difference::{changes, difference};
pub use self::inspections::inspections;
pub use self::next_cycle::{Ended, NextCycle, Origin, next_cycle};
pub use self::outlook::{ForecastAsked, backtest_table, history_of_works, look, outlook};
pub use self::outputs::outputs;
pub use self::sources::{SourceBook, next_inspections};
pub use self::words::{Names, amount, in_words, of_batches, reached, units};

/// Returns what a snapshot comes to beside the promises of a programme.
///
/// The cost grows with the number of facilities and, much slower, with that of totals.
#[must_use]
pub fn scorecard(snapshot: Snapshot, programme: &Programme) -> Scorecard {
    let promised = programme.settings.promised();
    let world = world::World::new(&snapshot, &promised);
    let promises = promises::promises(&world, &promised);
    let series = series::series(&world, &promises);
    let reconciliations = reconcile::reconcile(&world);
    let names = Names::of(programme);
    let found = alerts::alerts(&world, &promises, &reconciliations, &names);
    let groups::Groups { batches, kinds, provinces } = groups::groups(&world, programme);
    let schedules = promises::schedules(&world, &promises);
    drop(world);
    let as_of = snapshot.times.as_of;
    let silent_days = snapshot.rules.silent_days;
    let facilities = snapshot.facilities.into_iter().zip(schedules);
    let facilities = facilities
        .map(|(facility, schedule)| promises::facility(facility, schedule, as_of, silent_days));
    Scorecard {
        programme: programme.settings.name.clone(),
        times: snapshot.times,
        root: snapshot.root,
        counted: snapshot.counted,
        withdrawn: snapshot.withdrawn,
        batches,
        kinds,
        provinces,
        promises: promises.into_iter().map(|promise| promise.score).collect(),
        series,
        reconciliations,
        alerts: found,
        facilities: facilities.collect(),
        rules: snapshot.rules,
    }
}
