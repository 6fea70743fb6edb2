//! What moving a site costs when everything else is planned again: an interval with a proof below and a plan above.

use groundwork_model::explanation::{Move, Outcome, Shift, Standing, Within};
use groundwork_model::plan::Action;
use groundwork_model::{Code, PlaceChange, Problem, SiteRule};
use groundwork_solve::{Effects, changes, moved};

use super::study::{Kept, Solved, Study};
use super::why;
use crate::output;

/// Part of the time that is kept for the pool.
pub(super) const FOR_POOL: f64 = 0.3;

/// Places that a move names on each side.
const PLACES: usize = 5;

/// Returns the moves that the standing of the site allows, with the plans that show them.
///
/// `known` are plans that other parts found; where one of them is such a move and better, it counts.
pub(super) fn moves(
    study: &Study<'_>,
    standing: Standing,
    known: &[Kept],
) -> Vec<(Move, Option<Kept>)> {
    let shifts = shifts(study, standing);
    let mut found = Vec::new();
    for (at, &(shift, period)) in shifts.iter().enumerate() {
        let seconds = study.left(FOR_POOL) / (shifts.len() - at) as f64;
        let name = &study.site.name;
        let years = study.programme().settings.periods;
        output::note(&match period {
            Some(period) => format!("re-solving with {name} in {}", years.label(period)),
            None if shift == Shift::Never => format!("re-solving without {name}"),
            None => format!("re-solving with {name}"),
        });
        let solved = solved(study, shift, period, seconds);
        found.push(judged(study, (shift, period), solved, known, standing));
    }
    found
}

fn shifts(study: &Study<'_>, standing: Standing) -> Vec<(Shift, Option<u32>)> {
    if standing == Standing::NotChosen {
        return vec![(Shift::Opened, None)];
    }
    let Some(own) = why::opening(study).filter(|_| standing != Standing::Fact) else {
        return Vec::new();
    };
    let last = study.programme().settings.periods.count;
    let earlier = (own.period > 1).then(|| (Shift::Earlier, Some(own.period - 1)));
    let later = (own.period < last).then(|| (Shift::Later, Some(own.period + 1)));
    earlier.into_iter().chain(later).chain([(Shift::Never, None)]).collect()
}

fn solved(study: &Study<'_>, shift: Shift, period: Option<u32>, seconds: f64) -> Solved {
    let how = (seconds, 0.0, study.search.run.seed);
    match (shift, period) {
        (Shift::Never, _) if study.has_rule(SiteRule::Required) => {
            let cause = format!("the sites table requires `{}`", study.site.id);
            let problem = Problem::new(Code::RequiredSiteMissing, cause);
            Solved { why_not: Some(vec![problem]), ..Solved::default() }
        }
        (Shift::Never, _) => {
            study.solve(&study.with_rule(SiteRule::Forbidden, None), &study.free, how)
        }
        (_, Some(period)) => {
            let question = study.locked_to(&study.site.id, period);
            study.solve(study.programme(), &question, how)
        }
        (_, None) => study.solve(&study.with_rule(SiteRule::Required, None), &study.free, how),
    }
}

/// Returns when a plan opens a site.
pub(super) fn opens(kept: &Kept, site: &str) -> Option<u32> {
    let row = kept.openings.iter().find(|row| row.site == site && row.action == Action::Open);
    row.map(|row| row.period)
}

fn judged(
    study: &Study<'_>,
    (shift, period): (Shift, Option<u32>),
    solved: Solved,
    known: &[Kept],
    standing: Standing,
) -> (Move, Option<Kept>) {
    let fits = |kept: &&Kept| match shift {
        Shift::Opened => opens(kept, &study.site.id).is_some(),
        _ => opens(kept, &study.site.id) == period,
    };
    let impossible = solved.why_not.is_some();
    let others = known.iter().filter(|_| !impossible).filter(fits).cloned();
    let best = solved.best.into_iter().chain(others).min_by_key(|kept| study.cost(kept.value));
    let cost_most = best.as_ref().map(|kept| study.cost(kept.value));
    // A decision that is dropped can make plans better than the plan's bound; else no plan is.
    let base = study.plan.bound.filter(|_| standing != Standing::Decided);
    let bounds = [solved.bound, base.filter(|_| !impossible)];
    let cost_least = bounds.into_iter().flatten().map(|bound| study.cost(bound)).max();
    let outcome = match (&best, impossible) {
        (_, true) => Outcome::Impossible,
        (Some(_), false) => Outcome::Found,
        (None, false) => Outcome::Unknown,
    };
    let within = match (cost_most, cost_least) {
        _ if impossible => Within::ProvedNone,
        (Some(most), _) if most <= study.slack => Within::Yes,
        (_, Some(least)) if least > study.slack => Within::ProvedNone,
        _ => Within::NotKnown,
    };
    let period = best.as_ref().map_or(period, |kept| opens(kept, &study.site.id));
    let mut row = Move {
        shift,
        period,
        year: period.map(|period| study.programme().settings.periods.label(period)),
        outcome,
        why_not: solved.why_not.unwrap_or_default(),
        value: best.as_ref().map(|kept| kept.value),
        bound: solved.bound,
        cost_least: cost_least.filter(|_| outcome != Outcome::Impossible),
        cost_most,
        within,
        change: None,
        gain: Vec::new(),
        lose: Vec::new(),
        moved: Vec::new(),
    };
    if let Some(kept) = &best {
        describe(study, kept, &mut row);
    }
    (row, best)
}

/// Says who gains and who loses, and what else moves.
fn describe(study: &Study<'_>, kept: &Kept, row: &mut Move) {
    let (programme, plan) = (study.programme(), study.plan);
    let before = Effects::of(programme, &plan.openings, &study.served());
    let changes = changes(programme, &before, &study.effects(kept));
    row.change = Some(changes.total);
    row.moved = moved(programme, &plan.openings, &kept.openings).0;
    let mut places: Vec<PlaceChange> = changes.places;
    places.sort_by_key(|place| place.person_metres);
    let nearer = places.iter().take_while(|place| place.person_metres < 0);
    row.gain = nearer.take(PLACES).cloned().collect();
    places.sort_by_key(|place| -place.person_metres);
    let farther = places.iter().take_while(|place| place.person_metres > 0);
    row.lose = farther.take(PLACES).cloned().collect();
}

/// Proves that no plan within the tolerance has the site in another period, if the moves and two more bounds do.
pub(super) fn proved_nowhere_else(study: &Study<'_>, moves: &[Move]) -> bool {
    if moves.is_empty() || moves.iter().any(|row| row.within != Within::ProvedNone) {
        return false;
    }
    let Some(own) = why::opening(study) else { return true };
    let last = study.programme().settings.periods.count;
    let before = (own.period > 2).then(|| (1, own.period - 2));
    let after = (own.period + 1 < last).then_some((own.period + 2, last));
    let windows: Vec<(u32, u32)> = before.into_iter().chain(after).collect();
    windows.iter().enumerate().all(|(at, &window)| {
        let inside = study.with_rule(SiteRule::Required, Some(window));
        let fits =
            |row: &groundwork_model::Site| row.id != study.site.id || row.earliest <= row.latest;
        if !inside.sites.iter().all(fits) {
            return true;
        }
        let seconds = study.left(0.15) / (windows.len() - at) as f64;
        let solved = study.solve(&inside, &study.free, (seconds, 0.0, study.search.run.seed));
        let beyond = solved.bound.is_some_and(|bound| study.cost(bound) > study.slack);
        solved.why_not.is_some() || beyond
    })
}
