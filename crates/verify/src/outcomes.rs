//! What people get in each period.

use std::collections::BTreeSet;

use groundwork_model::PeriodOutcome;

use crate::rules::{Opened, Reading};
use crate::scene::Scene;
use crate::service::Service;

/// Returns the figures of every period.
pub(crate) fn outcomes(
    scene: &Scene<'_>,
    reading: &Reading,
    service: &Service,
) -> Vec<PeriodOutcome> {
    let mut open: BTreeSet<usize> = BTreeSet::new();
    let opens = reading.opens(scene);
    let periods = opens.iter().enumerate();
    periods
        .map(|(index, sites)| {
            open.extend(sites);
            let mut outcome = of_people(scene, service, index);
            let begins = |opened: &&Opened| opened.period == outcome.period;
            outcome.openings = reading.openings.iter().filter(begins).count() as u32;
            outcome.open = open.len() as u32;
            outcome
        })
        .collect()
}

/// Returns the sum over the periods of persons with access to every kind x years in the period.
pub(crate) fn person_years_of_access(scene: &Scene<'_>, outcomes: &[PeriodOutcome]) -> u64 {
    let years = u64::from(scene.programme.settings.periods.years);
    outcomes.iter().fold(0, |sum, o| o.access_all.saturating_mul(years).saturating_add(sum))
}

/// Returns the figures of one period that count people; the caller counts sites.
fn of_people(scene: &Scene<'_>, service: &Service, index: usize) -> PeriodOutcome {
    let reaches: Vec<u32> =
        scene.programme.settings.package_kinds().iter().map(|kind| kind.reach_m()).collect();
    let mut outcome = empty(scene, index, reaches.len());
    let mut served: u64 = 0;
    for place in (0..scene.places()).filter(|&place| scene.persons(place) > 0) {
        let persons = scene.persons(place);
        let Some(metres) = service.nearest(place, index) else {
            outcome.unserved = outcome.unserved.saturating_add(persons);
            continue;
        };
        served = served.saturating_add(persons);
        outcome.person_metres += u128::from(persons) * u128::from(metres);
        outcome.worst_distance_m = outcome.worst_distance_m.max(Some(metres));
        add_access(&mut outcome, &reaches, metres, persons);
    }
    outcome.mean_distance_m = (served > 0).then(|| outcome.person_metres as f64 / served as f64);
    outcome
}

fn add_access(outcome: &mut PeriodOutcome, reaches: &[u32], metres: u32, persons: u64) {
    for (access, reach) in outcome.access.iter_mut().zip(reaches) {
        if metres <= *reach {
            *access = access.saturating_add(persons);
        }
    }
    if reaches.iter().all(|reach| metres <= *reach) {
        outcome.access_all = outcome.access_all.saturating_add(persons);
    }
}

fn empty(scene: &Scene<'_>, index: usize, kinds: usize) -> PeriodOutcome {
    let period = index as u32 + 1;
    PeriodOutcome {
        period,
        year: scene.programme.settings.periods.label(period),
        openings: 0,
        open: 0,
        access: vec![0; kinds],
        access_all: 0,
        unserved: 0,
        person_metres: 0,
        mean_distance_m: None,
        worst_distance_m: None,
        ..PeriodOutcome::default()
    }
}
