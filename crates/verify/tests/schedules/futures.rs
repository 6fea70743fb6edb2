//! Futures, told once more: each as a programme of its own, with the openings as they turn out in it.

use std::collections::BTreeMap;

use groundwork_formats::sha256_hex;
use groundwork_model::plan::{Action, Sense, Served};
use groundwork_model::programme::{DemandChange, Robustness, Scenarios};
use groundwork_model::{Opening, Outlook, Place, Programme, Question};

use crate::common::Stream;
use crate::generator::site_ids;
use crate::{choices, values};

/// Is a future.
pub(crate) struct Turned {
    pub(crate) name: String,
    pub(crate) weight: u32,
    /// The programme with the persons of the future, and without scenarios.
    pub(crate) programme: Programme,
    pub(crate) per_cent: BTreeMap<String, u32>,
    /// By how many periods each site is late; `None` for those that fail.
    pub(crate) late: BTreeMap<String, Option<u32>>,
}

/// Returns the futures of a question; none where it has none.
pub(crate) fn of(programme: &Programme, question: &Question) -> Vec<Turned> {
    let Some(scenarios) = &programme.settings.scenarios else { return Vec::new() };
    if question.outlook == Outlook::AsWritten {
        return Vec::new();
    }
    let mut futures = named(programme, scenarios);
    if let Some(delays) = &scenarios.delays {
        let mut drawn = Vec::new();
        for future in &futures {
            for number in 1..=delays.samples {
                let mut late = future.late.clone();
                for (site, late) in &mut late {
                    let draw = draw(&delays.late_per_cent, delays.seed, number, site);
                    *late = late.zip(draw).map(|(late, draw)| late + draw);
                }
                let name = if future.name.is_empty() { "draw" } else { &future.name };
                drawn.push(Turned {
                    name: format!("{name}/{number}"),
                    weight: future.weight,
                    programme: future.programme.clone(),
                    per_cent: future.per_cent.clone(),
                    late,
                });
            }
        }
        futures = drawn;
    }
    if let Outlook::Future(name) = &question.outlook {
        futures.retain(|future| future.name == *name);
        futures.iter_mut().for_each(|future| future.weight = 1);
    }
    futures
}

fn named(programme: &Programme, scenarios: &Scenarios) -> Vec<Turned> {
    let mut as_written = programme.clone();
    as_written.settings.scenarios = None;
    let in_time: BTreeMap<String, Option<u32>> =
        site_ids(programme).into_iter().map(|id| (id, Some(0))).collect();
    if scenarios.futures.is_empty() {
        return vec![Turned {
            name: String::new(),
            weight: 1,
            programme: as_written,
            per_cent: BTreeMap::new(),
            late: in_time,
        }];
    }
    let mut futures = Vec::new();
    for future in &scenarios.futures {
        let mut late = in_time.clone();
        for row in &future.late {
            for (id, late) in &mut late {
                let place = programme.places.iter().find(|place| place.id == *id);
                let province = place.map(|place| place.province.as_str());
                let lies_there = row.province.is_none() || row.province.as_deref() == province;
                if lies_there && (row.sites.is_empty() || row.sites.contains(id)) {
                    *late = (!row.fails).then_some(row.periods);
                }
            }
        }
        let mut own = as_written.clone();
        own.places.iter_mut().for_each(|place| need(programme, place, &future.demand));
        futures.push(Turned {
            name: future.name.clone(),
            weight: future.weight,
            programme: own,
            per_cent: future.cost_per_cent.clone(),
            late,
        });
    }
    futures
}

/// Writes the persons who need each kind in each period into a place.
fn need(programme: &Programme, place: &mut Place, changes: &[DemandChange]) {
    let written = place.clone();
    for kind in &programme.settings.kinds {
        let mut per_cent = 100;
        for row in changes {
            let is_kind = row.kind.as_ref().is_none_or(|id| *id == kind.id);
            if is_kind && row.province.as_ref().is_none_or(|id| *id == place.province) {
                per_cent = u64::from(row.per_cent);
            }
        }
        let mut by_year = BTreeMap::new();
        for period in 1..=programme.settings.periods.count {
            let year = programme.settings.periods.label(period);
            let hundredths = written.persons_in(&kind.id, year).saturating_mul(per_cent);
            let half_up = hundredths / 100 + u64::from(hundredths % 100 >= 50);
            by_year.insert(i16::try_from(year).unwrap(), half_up);
        }
        place.persons_from.insert(kind.id.clone(), by_year);
    }
}

/// Draws by how much a site is late.
fn draw(late_per_cent: &[u32], seed: u64, number: u32, site: &str) -> Option<u32> {
    let mut bytes = b"groundwork delay 1".to_vec();
    for part in [seed.to_string(), number.to_string(), site.to_owned()] {
        bytes.push(0);
        bytes.extend(part.into_bytes());
    }
    let first = u64::from_str_radix(&sha256_hex(&bytes)[..16], 16).unwrap();
    let hundredth = (u128::from(first) * 100 / (1 << 64)) as u32;
    let mut sum = 0;
    for (late, share) in (0..).zip(late_per_cent) {
        sum += share;
        if hundredth < sum {
            return Some(late);
        }
    }
    None
}

/// Returns whether the opening of a site is a fact or stands under the state of a replan. No promise may be frozen.
fn is_settled(programme: &Programme, question: &Question, site: &str) -> bool {
    let reported = |report: &groundwork_model::Report| {
        report.site == site && question.as_of.is_some_and(|day| report.date <= day)
    };
    let state = question.replan.as_ref().map_or(&[][..], |replan| &replan.state);
    programme.reports.iter().any(reported)
        || state.iter().any(|row| row.site == site && row.state.serves())
}

/// Returns what happens in a future when these rows were planned.
pub(crate) fn rows(
    programme: &Programme,
    question: &Question,
    future: &Turned,
    planned: &[Opening],
) -> Vec<Opening> {
    let mut rows = Vec::new();
    for row in planned {
        let stands = programme.facilities.iter().any(|facility| facility.site == row.site);
        let settled = is_settled(programme, question, &row.site) && row.action == Action::Open;
        let late = if stands || settled { Some(0) } else { future.late[&row.site] };
        let period = late.map(|late| row.period + late);
        if let Some(period) = period.filter(|p| *p <= programme.settings.periods.count) {
            rows.push(Opening { period, ..row.clone() });
        }
    }
    rows
}

/// Finds who goes where in each future, or as written where the question has none.
pub(crate) fn assign(
    programme: &Programme,
    question: &Question,
    planned: &[Opening],
    stream: &mut Stream,
) -> Vec<Vec<Served>> {
    let goal = question.goal(programme);
    let futures = of(programme, question);
    if futures.is_empty() {
        return vec![choices::assign(programme, goal, planned, stream)];
    }
    let of_future = |future: &Turned| {
        let rows = rows(programme, question, future, planned);
        choices::assign(&future.programme, goal, &rows, stream)
    };
    futures.iter().map(of_future).collect()
}

/// Returns the value of a plan in each future, and that by which it is judged; `None` where somebody must be
/// served and is not.
pub(crate) fn value(
    programme: &Programme,
    question: &Question,
    planned: &[Opening],
    assignments: &[Vec<Served>],
) -> Option<(Vec<i128>, i128)> {
    let futures = of(programme, question);
    if futures.is_empty() {
        let value = values::value(programme, question, planned, assignments.first()?)?;
        return Some((Vec::new(), value));
    }
    let mut each = Vec::new();
    for (future, served) in futures.iter().zip(assignments) {
        let turned = rows(programme, question, future, planned);
        let people = values::people(&future.programme, question, &turned, served)?;
        each.push(values::with_costs(programme, question, planned, people, &future.per_cent));
    }
    let is_min = question.goal(programme).sense() == Sense::Min;
    let objective = programme.settings.scenarios.as_ref().unwrap().objective;
    let is_alone = matches!(question.outlook, Outlook::Future(_));
    let value = match objective {
        Robustness::WorstCase if !is_alone && is_min => *each.iter().max()?,
        Robustness::WorstCase if !is_alone => *each.iter().min()?,
        _ => each.iter().zip(&futures).map(|(v, f)| v * i128::from(f.weight)).sum(),
    };
    Some((each, value))
}

/// Returns whether what is due in a future is within each budget, or no more than what is settled brings.
pub(crate) fn keeps_budgets(
    programme: &Programme,
    question: &Question,
    planned: &[Opening],
) -> bool {
    let settled: Vec<Opening> = planned
        .iter()
        .filter(|row| row.action == Action::Open && is_settled(programme, question, &row.site))
        .cloned()
        .collect();
    let mut futures: Vec<BTreeMap<String, u32>> =
        of(programme, question).into_iter().map(|future| future.per_cent).collect();
    if futures.is_empty() {
        futures.push(BTreeMap::new());
    }
    let keeps = |per_cent: &BTreeMap<String, u32>| {
        programme.settings.budgets.iter().all(|budget| {
            let due = |rows| values::due(programme, rows, &budget.resource, per_cent);
            let (all, settled) = (due(planned), due(&settled));
            let amounts = budget.amount.each(programme.settings.periods.count);
            (0..all.len()).all(|last| {
                let first = if budget.carry_over { 0 } else { last };
                let sum = |sums: &[u128]| sums[first..=last].iter().sum::<u128>();
                let most: u128 = amounts[first..=last].iter().map(|a| u128::from(*a)).sum();
                sum(&all) <= most.max(sum(&settled))
            })
        })
    };
    futures.iter().all(keeps)
}
