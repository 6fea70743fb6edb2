//! Frontiers and prices on random small programmes: every plan is tried and valued by the checker, and the best of
//! them must lie between value and bound of every point, and every gain between what a price says of it.

use std::collections::BTreeMap;

use groundwork_model::plan::Sense;
use groundwork_model::{Decimal, Opening, Programme, Question};
use groundwork_solve::{Options, Planner, Quiet, Solution, Standing, Varied, carry, easings, gain};
use groundwork_verify::verify_choice;

use crate::common::Stream;
use crate::{choices, generator};

/// Random programmes that are looked at, and plans that one of them has at most.
const PROGRAMMES: u64 = 400;
const PLANS: usize = 700;

/// Work limits of the searches: one that leaves gaps open, and one that does not.
const WORK: [u64; 2] = [1, 20_000_000];

/// Returns the best value of all plans; `None` in it where there is none; `None` where there are too many, or
/// openings do not settle who is served.
fn best(programme: &Programme, question: &Question) -> Option<Option<i128>> {
    if programme.settings.kinds.iter().any(|kind| !kind.sizes.is_empty()) {
        return None;
    }
    let schedules = choices::of_sites(programme, question);
    let number = schedules.iter().map(Vec::len).try_fold(1_usize, usize::checked_mul);
    let number = number.filter(|number| (1..=PLANS).contains(number))?;
    let mut best: Option<i128> = None;
    for at in 0..number {
        let mut rest = at;
        let mut rows: Vec<Opening> = Vec::new();
        for of_site in &schedules {
            rows.extend(of_site[rest % of_site.len()].iter().cloned());
            rest /= of_site.len();
        }
        let score = verify_choice(programme, question, &rows, &[]);
        let Some(value) = score.value.filter(|_| score.problems.is_empty()) else { continue };
        let is_better = |best| if score.sense == Sense::Min { value < best } else { value > best };
        if best.is_none_or(is_better) {
            best = Some(value);
        }
    }
    Some(best)
}

/// Solves a programme from the plan of another.
fn solve(
    programme: &Programme,
    question: &Question,
    known: &[Opening],
    work: u64,
) -> (Standing, Vec<Opening>) {
    let options = Options { work_limit: Some(work), ..Options::default() };
    let solved = Planner::new(programme, question)
        .and_then(|planner| planner.solve_from(known, options, &Quiet));
    match solved {
        Err(_) => (Standing::new(None, None, true), Vec::new()),
        Ok(Solution { value: i128::MAX, bound, .. }) => {
            (Standing::new(None, bound, false), Vec::new())
        }
        Ok(found) => (Standing::new(Some(found.value), found.bound, false), found.openings),
    }
}

fn cost(sense: Sense, value: i128) -> i128 {
    if sense == Sense::Min { value } else { -value }
}

/// Holds what is known of a programme against its best value.
fn bracket(sense: Sense, point: Standing, best: Option<i128>, what: &str) {
    let Some(best) = best else {
        assert_eq!(point.value, None, "{what}: a plan, and there is none");
        return;
    };
    assert!(!point.no_plan, "{what}: refused, and there is a plan of {best}");
    let best = cost(sense, best);
    assert!(
        point.bound.is_none_or(|bound| cost(sense, bound) <= best),
        "{what}: {point:?}, {best}"
    );
    assert!(
        point.value.is_none_or(|value| cost(sense, value) >= best),
        "{what}: {point:?}, {best}"
    );
}

#[test]
fn the_gain_of_every_price_lies_where_it_is_said_to() {
    let mut stream = Stream(20_240_117);
    let (mut prices, mut exact, mut above_nothing) = (0, 0, 0);
    for _ in 0..PROGRAMMES {
        let (programme, question) = generator::programme(&mut stream);
        let Some(Some(before)) = best(&programme, &question) else { continue };
        let sense = question.goal(&programme).sense();
        for easing in easings(&programme, &question, &BTreeMap::new()) {
            let changed = easing.ease.apply(&programme);
            let loosens = easing.ease.loosens(&programme.settings);
            let Some(after) = best(&changed, &question) else { continue };
            for work in WORK {
                let (written, openings) = solve(&programme, &question, &[], work);
                let (own, _) = solve(&changed, &question, &openings, work);
                let mut both = [written, own];
                if loosens {
                    carry(&mut both, sense);
                }
                let what = format!("{}, work {work}", easing.words);
                bracket(sense, both[0], Some(before), &what);
                bracket(sense, both[1], after, &what);
                let (least, most) = gain(sense, both[0], both[1], loosens);
                let Some(after) = after else {
                    assert!(!loosens, "{what}: a loosened rule takes no plan away");
                    continue;
                };
                let gained = cost(sense, before) - cost(sense, after);
                assert!(least.is_none_or(|least| least <= gained), "{what}: {least:?} of {gained}");
                assert!(most.is_none_or(|most| most >= gained), "{what}: {most:?} of {gained}");
                prices += 1;
                exact += u32::from(least.is_some() && least == most);
                above_nothing += u32::from(gained > 0);
            }
        }
    }
    assert!(
        prices > 150 && exact * 3 > prices && above_nothing > 12,
        "{prices} {exact} {above_nothing}"
    );
}

#[test]
fn points_of_a_frontier_hold_the_best_between_them_and_get_no_worse() {
    let mut stream = Stream(20_240_118);
    let (mut frontiers, mut carried, mut without) = (0, 0, 0);
    for _ in 0..PROGRAMMES {
        let (programme, question) = generator::programme(&mut stream);
        let settings = &programme.settings;
        let sense = question.goal(&programme).sense();
        let mut rules = vec![Varied::Quota];
        rules.extend((0..settings.budgets.len()).map(Varied::Budget));
        rules.extend((0..settings.floors.len()).map(Varied::Floor));
        rules.extend((0..settings.ceilings.len()).map(Varied::Ceiling));
        for rule in rules {
            let steps: Vec<i64> = match rule {
                Varied::Budget(_) => vec![0, 2, 4, 8],
                Varied::Floor(_) if rule.is_share(settings) => vec![90, 60, 30, 0],
                Varied::Floor(_) => vec![3, 2, 1, 0],
                Varied::Quota | Varied::Ceiling(_) => vec![0, 1, 2, 3],
            };
            let programmes: Vec<Programme> = steps
                .iter()
                .map(|&x| {
                    let mut changed = programme.clone();
                    rule.set(&mut changed.settings, Decimal::new(x, 0));
                    changed
                })
                .collect();
            let all: Option<Vec<Option<i128>>> =
                programmes.iter().map(|changed| best(changed, &question)).collect();
            let Some(all) = all else { continue };
            frontiers += 1;
            without += u32::from(all.iter().any(Option::is_none));
            let mut known = Vec::new();
            let mut points: Vec<Standing> = Vec::new();
            for (at, changed) in programmes.iter().enumerate() {
                let (point, openings) = solve(changed, &question, &known, WORK[at % 2]);
                points.push(point);
                if point.value.is_some() {
                    known = openings;
                }
            }
            if rule.is_monotone(settings) {
                carry(&mut points, sense);
                for pair in points.windows(2) {
                    let rises = |a: Option<i128>, b: Option<i128>| {
                        a.zip(b).is_some_and(|(a, b)| cost(sense, b) > cost(sense, a))
                    };
                    assert!(!rises(pair[0].value, pair[1].value), "{rule:?}: {points:?}");
                    assert!(!rises(pair[0].bound, pair[1].bound), "{rule:?}: {points:?}");
                }
            }
            carried +=
                points.iter().filter(|p| p.value_of.is_some() || p.bound_of.is_some()).count();
            for ((point, best), x) in points.iter().zip(&all).zip(&steps) {
                bracket(sense, *point, *best, &format!("{rule:?} at {x}"));
            }
        }
    }
    assert!(frontiers > 80 && carried > 20 && without > 20, "{frontiers} {carried} {without}");
}
