//! Why a site opens when it does: whom it serves, what it saves, and what the rules say when it alone is moved.

use groundwork_model::difference::Change;
use groundwork_model::explanation::{Alone, Rank, Serves, Shift, Standing};
use groundwork_model::plan::Action;
use groundwork_model::{Opening, SiteRule};
use groundwork_solve::{Effects, Exchanges, Planner, changes};

use super::study::{Study, of_rules};

/// Returns why the site stands where it does.
pub(super) fn standing(study: &Study<'_>) -> Standing {
    let id = &study.site.id;
    if study.programme().facilities.iter().any(|facility| facility.site == *id) {
        return Standing::Existing;
    }
    match opening(study) {
        Some(_) if study.plan.question.locked.iter().any(|locked| locked.site == *id) => {
            Standing::Decided
        }
        Some(opening) if opening.fixed => Standing::Fact,
        Some(_) => Standing::Chosen,
        None if study.has_rule(SiteRule::Forbidden) => Standing::Forbidden,
        None => Standing::NotChosen,
    }
}

/// Returns the opening of the site in the plan.
pub(super) fn opening<'a>(study: &Study<'a>) -> Option<&'a Opening> {
    let of_site =
        |opening: &&Opening| opening.site == study.site.id && opening.action == Action::Open;
    study.plan.openings.iter().find(of_site)
}

/// Says whom the site serves in each period, and what everybody has from it.
pub(super) fn serves(study: &Study<'_>, exchanges: &Exchanges<'_>) -> Vec<Serves> {
    let (programme, plan) = (study.programme(), study.plan);
    let served = study.served();
    let with = Effects::of(programme, &plan.openings, &served);
    let mut without = study.with_rule(SiteRule::Forbidden, None);
    without.facilities.retain(|facility| facility.site != study.site.id);
    let others = others(study);
    let mut assignments = match Planner::new(&without, &study.told()) {
        Ok(planner) => planner.assign(&others),
        Err(_) => Vec::new(),
    };
    if assignments.is_empty() {
        // The rules do not allow the plan without the site; then those whom it serves are served by nobody.
        assignments.clone_from(&served);
        assignments.retain(|served| served.site != study.site.id);
    }
    let without = Effects::of(&without, &others, &assignments);
    let periods = changes(programme, &without, &with).periods;
    periods
        .into_iter()
        .map(|row| Serves {
            period: row.period,
            year: row.year,
            persons: exchanges.served_by(&study.site.id, row.period as usize - 1, &served),
            change: row.change,
        })
        .filter(|row| row.persons > 0 || row.change.nearer > 0 || row.change != unmoved(row))
        .collect()
}

fn unmoved(row: &Serves) -> Change {
    Change { same: row.change.same, ..Change::default() }
}

fn others(study: &Study<'_>) -> Vec<Opening> {
    let rows = study.plan.openings.iter();
    rows.filter(|opening| opening.site != study.site.id).cloned().collect()
}

/// Returns whether exchanges know what a site saves: of a plain goal, without futures.
fn knows_savings(study: &Study<'_>) -> bool {
    study.plan.question.goal(study.programme()).is_plain() && !study.is_about_futures()
}

/// Returns what the plan would be worse by without the site, where everybody goes to the nearest.
pub(super) fn saving(study: &Study<'_>, exchanges: &Exchanges<'_>) -> Option<i128> {
    knows_savings(study).then(|| exchanges.saving(&study.site.id)).flatten()
}

/// Returns where the site stands by what it saves among those that open in the same period.
pub(super) fn rank(study: &Study<'_>, exchanges: &Exchanges<'_>) -> Option<Rank> {
    let own = opening(study).filter(|_| knows_savings(study))?;
    // A site without which somebody is not served at all saves more than any number.
    let saving = |site: &str| exchanges.saving(site).unwrap_or(i128::MAX);
    let mine = saving(&own.site);
    let rows = study.plan.openings.iter();
    let beside = rows.filter(|row| row.action == Action::Open && row.period == own.period);
    let savings: Vec<i128> = beside.map(|row| saving(&row.site)).collect();
    let better = savings.iter().filter(|&&saving| saving > mine).count();
    Some(Rank { rank: better as u32 + 1, of: savings.len() as u32 })
}

/// Says what the rules say when the site alone is moved.
pub(super) fn alone(study: &Study<'_>) -> Vec<Alone> {
    let Some(own) = opening(study) else { return Vec::new() };
    let periods = study.programme().settings.periods;
    let mut shifts = Vec::new();
    if own.period > 1 {
        shifts.push((Shift::Earlier, Some(own.period - 1)));
    }
    if own.period < periods.count {
        shifts.push((Shift::Later, Some(own.period + 1)));
    }
    shifts.push((Shift::Never, None));
    let row = |(shift, period): (Shift, Option<u32>)| {
        let mut openings = others(study);
        if let Some(period) = period {
            let steps = study.plan.openings.iter().filter(|row| row.site == own.site);
            openings.extend(steps.cloned().map(|step| match step.action {
                Action::Open => Opening { period, year: periods.label(period), ..step },
                _ => step,
            }));
            openings.sort_by_key(|opening| opening.period);
        }
        let (_, score) = study.score(&openings);
        let broken = of_rules(score.problems);
        let cost = score.value.filter(|_| broken.is_empty()).map(|value| study.cost(value));
        Alone { shift, period, year: period.map(|period| periods.label(period)), broken, cost }
    };
    shifts.into_iter().map(row).collect()
}
