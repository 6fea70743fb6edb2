//! How good earlier forecasts were, as it is shown.

use groundwork_model::Programme;
use groundwork_model::evidence::{
    BacktestMethod, BacktestPartShown, BacktestTable, IntervalShown, MethodShown, Snapshot, Work,
    day_number, day_of,
};

use super::asked::ForecastAsked;
use super::cases::seen;
use super::findings::findings;
use crate::forecast::{
    Backtest, BacktestPart, Case, ForecastError, History, Look, Mark, Method, MethodScore,
};

/// Returns what a snapshot knew, for a backtest. Its day is the last on which anything was published.
///
/// # Errors
///
/// When nothing leads to the stage.
pub fn look(
    snapshot: &Snapshot,
    programme: &Programme,
    asked: &ForecastAsked,
) -> Result<Look, ForecastError> {
    let seen = seen(snapshot, programme, asked)?;
    // A promise of a batch of which nobody has said anything yet was not known.
    let known = |milestone: &crate::forecast::Milestone| {
        milestone.cover.members(&seen.history.cases).contains(&true)
    };
    let milestones = seen.milestones(|_, _| Vec::new());
    let milestones = milestones.into_iter().filter(known).collect();
    Ok(Look { history: seen.history, milestones })
}

/// Returns a backtest as it is shown.
#[must_use]
pub fn backtest_table(of: String, made: &Backtest, asked: &ForecastAsked) -> BacktestTable {
    let mut table = BacktestTable {
        of,
        stage: asked.stage,
        draws: asked.settings.draws,
        seed: asked.settings.seed,
        end: day_of(made.end),
        dates: made.dates,
        silent: made.silent,
        not_due: part(&made.not_due),
        overdue: part(&made.overdue),
        without_deadline: part(&made.without_deadline),
        milestones: part(&made.milestones),
        findings: Vec::new(),
    };
    table.findings = findings(&table);
    table
}

/// Returns works of a table as a history, as it is known on the last day on which any of them began or ended. What was
/// so was known on the day itself, and when works began it was known by when they were to end.
#[must_use]
pub fn history_of_works(works: &[Work]) -> History {
    let case = |work: &Work| {
        let begun = Mark::on(day_number(work.begun));
        let ended = work.ended.map(|day| Mark::on(day_number(day)));
        Case {
            id: work.id.clone(),
            batch: work.batch.clone(),
            group: work.group.clone(),
            begun: Some(begun),
            claimed_done: ended.filter(|_| work.completed),
            cancelled: ended.filter(|_| !work.completed),
            deadline: work.due.map(|due| Mark { day: day_number(due), published: begun.day }),
            ..Case::default()
        }
    };
    let cases: Vec<Case> = works.iter().map(case).collect();
    let marks = cases.iter().flat_map(|case| [case.begun, case.claimed_done, case.cancelled]);
    let as_of = marks.flatten().map(|mark| mark.published).max().unwrap_or(0);
    History { cases, as_of }
}

fn part(part: &BacktestPart) -> BacktestPartShown {
    let interval = |(which, per_cent): (usize, u32)| IntervalShown {
        per_cent,
        inside: part.inside[which],
        decided: part.decided[which],
    };
    BacktestPartShown {
        forecasts: part.forecasts,
        subjects: part.subjects,
        intervals: [50, 80, 95].into_iter().enumerate().map(interval).collect(),
        methods: part.scores.iter().map(method).collect(),
    }
}

fn method(score: &MethodScore) -> MethodShown {
    MethodShown {
        method: match score.method {
            Method::Model => BacktestMethod::Model,
            Method::AsAnnounced => BacktestMethod::AsAnnounced,
            Method::BaseRate => BacktestMethod::BaseRate,
        },
        chances: score.chances,
        brier_per_mille: score.brier_per_mille(),
        forecasts: score.forecasts,
        crps_tenths: score.crps_tenths(),
    }
}
