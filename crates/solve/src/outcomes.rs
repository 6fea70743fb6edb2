//! What people get from a set of openings: nearest distances, exact value, yearly figures.

use groundwork_model::programme::{Periods, PlainGoal};
use groundwork_model::{PeriodOutcome, Programme};
use rayon::prelude::*;

use crate::distance::chord_reaching;
use crate::goal::GoalModel;
use crate::network::Network;

/// Marks that no site serves.
const NONE: u32 = u32::MAX;

/// Is what openings give, exactly.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// Value of the objective; `None` when somebody who must be served is not.
    pub value: Option<i128>,
    /// Figures of each period.
    pub outcomes: Vec<PeriodOutcome>,
    /// Sum over the periods of persons with access to every kind x years.
    pub person_years_of_access: u64,
}

/// Holds the metres from each place to its nearest open site in each period, place-major.
pub(crate) struct NearestMetres {
    periods: usize,
    metres: Vec<u32>,
}

impl NearestMetres {
    /// Measures a set of openings: (site, first period 0-based).
    pub(crate) fn measure(network: &Network, openings: &[(usize, usize)], periods: usize) -> Self {
        let mut by_period = openings.to_vec();
        by_period.sort_by_key(|&(_, from)| from);
        let vectors: Vec<[f64; 3]> =
            by_period.iter().map(|&(site, _)| network.sites[site].location.unit_vector()).collect();
        let metres = (0..network.places.len())
            .into_par_iter()
            .flat_map_iter(|place| nearest_of_place(network, place, &by_period, &vectors, periods))
            .collect();
        Self { periods, metres }
    }

    fn of(&self, period: usize) -> impl Iterator<Item = u32> + '_ {
        self.metres.iter().skip(period).step_by(self.periods).copied()
    }
}

/// Returns the metres from a place to its nearest open site in each period. Openings come by period; one
/// whose chord is longer than any that could be nearer is not measured.
fn nearest_of_place(
    network: &Network,
    place: usize,
    by_period: &[(usize, usize)],
    vectors: &[[f64; 3]],
    periods: usize,
) -> Vec<u32> {
    let from = network.places[place].unit_vector();
    let mut row = vec![NONE; periods];
    let (mut nearest, mut limit) = (NONE, f64::INFINITY);
    for (&(site, opens), vector) in by_period.iter().zip(vectors) {
        let squared: f64 = from.iter().zip(vector).map(|(a, b)| (a - b) * (a - b)).sum();
        if squared > limit {
            continue;
        }
        let Some(metres) = network.metres(place, site) else { continue };
        if metres < nearest {
            nearest = metres;
            let chord = chord_reaching(f64::from(metres), network.detour());
            limit = chord * chord;
            row[opens..].fill(metres);
        }
    }
    row
}

/// Returns the exact value and the figures of all periods.
pub(crate) fn evaluate(
    programme: &Programme,
    goal: &GoalModel,
    nearest: &NearestMetres,
    openings_of: &[u32],
    existing: usize,
) -> Evaluation {
    let periods = programme.settings.periods;
    let mut open = existing as u32;
    let outcomes: Vec<PeriodOutcome> = (0..periods.count as usize)
        .map(|t| {
            open += openings_of[t];
            let row: Vec<u32> = nearest.of(t).collect();
            period_outcome(programme, periods, t, &row, (openings_of[t], open))
        })
        .collect();
    let years = u64::from(periods.years);
    Evaluation {
        value: value(programme, goal, nearest),
        person_years_of_access: outcomes.iter().map(|outcome| outcome.access_all * years).sum(),
        outcomes,
    }
}

fn period_outcome(
    programme: &Programme,
    periods: Periods,
    t: usize,
    nearest: &[u32],
    (openings, open): (u32, u32),
) -> PeriodOutcome {
    let people = || programme.places.iter().map(|place| place.population).zip(nearest);
    let within = |reach: u32| -> u64 {
        people().filter(|&(_, &metres)| metres <= reach && metres != NONE).map(|(n, _)| n).sum()
    };
    let kinds = programme.settings.package_kinds();
    let unserved: u64 = people().filter(|&(_, &metres)| metres == NONE).map(|(n, _)| n).sum();
    let person_metres: u128 = people()
        .filter(|&(_, &metres)| metres != NONE)
        .map(|(persons, &metres)| u128::from(persons) * u128::from(metres))
        .sum();
    let served = programme.population() - unserved;
    PeriodOutcome {
        period: t as u32 + 1,
        year: periods.label(t as u32 + 1),
        openings,
        open,
        access: kinds.iter().map(|kind| within(kind.reach_m())).collect(),
        access_all: kinds.iter().map(|kind| kind.reach_m()).min().map_or(0, within),
        unserved,
        person_metres,
        mean_distance_m: (served > 0).then(|| person_metres as f64 / served as f64),
        worst_distance_m: people()
            .filter(|&(persons, &metres)| persons > 0 && metres != NONE)
            .map(|(_, &metres)| metres)
            .max(),
        ..PeriodOutcome::default()
    }
}

/// Returns the exact value of the objective.
fn value(programme: &Programme, goal: &GoalModel, nearest: &NearestMetres) -> Option<i128> {
    let mut total = 0_i128;
    for (t, &period_weight) in goal.period_weights.iter().enumerate() {
        let mut of_period = 0_i128;
        let mut worst = 0;
        for (place, metres) in programme.places.iter().zip(nearest.of(t)) {
            if place.population == 0 {
                continue;
            }
            let cost = if metres == NONE {
                goal.unserved()?
            } else {
                let cost = goal.cost(metres);
                goal.unserved().map_or(cost, |unserved| cost.min(unserved))
            };
            worst = worst.max(cost);
            of_period += i128::from(goal.point_weight(place.population)) * i128::from(cost);
        }
        let of_period = match goal.goal {
            PlainGoal::Distance => of_period,
            PlainGoal::Coverage => {
                i128::from(programme.population()) * i128::from(goal.factor_sum()) - of_period
            }
            PlainGoal::WorstDistance => i128::from(worst),
        };
        total += of_period * i128::from(period_weight);
    }
    Some(total)
}
