//! What a forecast says of small histories, and what holds for all of them.

use crate::common::{Made, Numbers, history, made};
use groundwork_monitor::forecast::{
    Backtest, Case, Check, Cover, ForecastError, History, Likelihood, Mark, Milestone,
    ReferenceClass, Settings, Silence, Standing, backtest, forecast, looks,
};
use proptest::prelude::*;

const FEW: Settings = Settings {
    draws: 200,
    seed: 1,
    least_done: 10,
    least_batches: 2,
    least_checks: 5,
    curve_worth: 5,
    reference: None,
};

fn usual(seed: u64) -> Vec<Case> {
    made(Made { batches: 5, each: 8, shape: 3.0, scale: 1.1 }, &mut Numbers(seed))
}

fn by_end(batch: Option<&str>, least: u32, due: i32) -> Milestone {
    let cover = batch.map_or_else(Cover::default, Cover::of_batch);
    Milestone { id: "m".to_owned(), cover, least, due, published: 0, fan: Vec::new() }
}

fn looked(
    history: &History,
    milestones: &[Milestone],
    settings: &Settings,
    dates: &[i32],
) -> Result<Backtest, ForecastError> {
    backtest(history, &looks(history, milestones, dates), settings)
}

fn bytes(history: &History, milestones: &[Milestone], settings: &Settings) -> String {
    let said = forecast(history, milestones, settings).expect("a sound history");
    serde_json::to_string(&said).expect("a forecast as JSON")
}

#[test]
fn with_too_few_openings_or_batches_the_base_rate_stands_alone() {
    // Of batch 000 eight were due by day 400; how many were in time is counted here once more.
    let cases = usual(1);
    let said = forecast(&history(cases.clone(), 420), &[by_end(None, 3, 600)], &FEW).unwrap();
    let early = cases.iter().filter(|case| case.batch == "000");
    let in_time = early.filter(|case| case.done() <= case.deadline.map(|mark| mark.day)).count();
    let rate = said.batches.iter().find(|batch| batch.batch == "001").unwrap().base_rate;
    assert_eq!((rate.due, rate.in_time as usize), (8, in_time));
    // What a batch itself did in time is no base rate of it.
    let own = said.batches.iter().find(|batch| batch.batch == "000").unwrap().base_rate;
    assert_eq!((own.due, own.in_time, own.interval_per_mille), (0, 0, None));
    assert!(matches!(said.silence, Some(Silence::TooFewOpenings { least: 10, .. })));
    assert!(said.model.is_none() && said.milestones[0].met.is_none());
    assert!(said.facilities.iter().all(|f| f.claimed.is_none() && f.in_time.is_none()));
    let settings = Settings { least_done: 3, least_batches: 2, ..FEW };
    let said = forecast(&history(cases, 380), &[], &settings).unwrap();
    assert_eq!(said.silence, Some(Silence::TooFewBatches { known: 1, least: 2 }));
}

#[test]
fn few_checks_are_counts_and_five_are_a_factor() {
    let mut cases = usual(2);
    let as_of = 4 * 365 + 200;
    let early = cases.iter_mut().filter(|case| case.done() <= Some(as_of - 30));
    for (looked, case) in early.take(4).enumerate() {
        let day = case.done().unwrap() + 10;
        case.checks.push(Check { mark: Mark::on(day), done: looked > 0 });
    }
    let said = forecast(&history(cases.clone(), as_of), &[], &FEW).unwrap();
    assert_eq!((said.bias.checked, said.bias.found), (4, 3));
    assert_eq!((said.bias.factor_per_mille, said.bias.interval_per_mille), (None, None));
    assert!(said.facilities.iter().all(|facility| facility.verified.is_none()));

    for case in cases.iter_mut().filter(|case| case.done() <= Some(as_of - 30)).take(10) {
        let day = case.done().unwrap();
        case.checks.clear();
        case.checks.push(Check { mark: Mark::on(day + 10), done: false });
    }
    for case in cases.iter_mut().filter(|case| !case.checks.is_empty()).skip(2) {
        case.verified_done = Some(Mark::on(case.done().unwrap() + 20));
    }
    let asked = [by_end(Some("004"), 4, as_of + 400)];
    let said = forecast(&history(cases, as_of), &asked, &FEW).unwrap();
    assert_eq!((said.bias.checked, said.bias.found), (10, 8));
    // Wilson's interval of 8 in 10 for 1.645 standard errors, worked by hand: 0.5408 to 0.9315.
    assert_eq!(said.bias.factor_per_mille, Some(800));
    assert_eq!(said.bias.interval_per_mille, Some((540, 932)));
    assert_eq!(said.bias.lag_days, Some((20, 20, 20)));
    let milestone = &said.milestones[0];
    let (met, found) = (milestone.met.unwrap(), milestone.met_verified.unwrap());
    assert!(found.part < met.part, "{met:?} {found:?}");
    for facility in said.facilities.iter().filter(|f| f.claimed.is_some()) {
        let (claimed, found) = (facility.claimed.unwrap()[4], facility.verified.unwrap()[4]);
        assert!(found.is_none_or(|found| claimed.is_some_and(|day| found >= day + 20)));
    }
}

#[test]
fn a_reference_class_pulls_the_forecast_where_little_is_known() {
    let cases = usual(3);
    let as_of = 365 + 330;
    let class = |median, ninety| ReferenceClass {
        name: "works".to_owned(),
        source: "made up".to_owned(),
        facilities: 400,
        median_per_mille: median,
        ninety_per_mille: ninety,
    };
    let with = |reference| {
        let settings = Settings { reference, least_done: 3, curve_worth: 1_000_000, ..FEW };
        forecast(&history(cases.clone(), as_of), &[], &settings).unwrap()
    };
    let (plain, slow) = (with(None), with(Some(class(2_500, 5_000))));
    assert_eq!((plain.reference, slow.reference.as_deref()), (None, Some("works")));
    let median = |said: &Option<groundwork_monitor::forecast::ModelSummary>| {
        said.as_ref().unwrap().median_per_mille
    };
    assert!(median(&slow.model) > median(&plain.model) + 50);
}

#[test]
fn faults_have_codes_and_do_not_panic() {
    let mut cases = usual(4);
    cases[1].id = cases[0].id.clone();
    let twice = forecast(&history(cases, 500), &[], &FEW).unwrap_err();
    assert_eq!(twice, ForecastError::CaseTwice("0-0".to_owned()));
    assert_eq!(twice.problem().code.as_str(), "S811");
    let mut cases = usual(4);
    cases[0].begun = Some(Mark::on(i32::MIN));
    let far = forecast(&history(cases, 500), &[], &FEW).unwrap_err();
    assert_eq!(far.problem().code.as_str(), "S811");
    let none = Settings { draws: 0, ..FEW };
    let wrong = forecast(&history(usual(4), 500), &[], &none).unwrap_err();
    assert_eq!(wrong.to_string(), "the number of draws is 0, and must be from 100 to 1,000,000");
    assert_eq!(wrong.problem().code.as_str(), "S812");
    assert!(forecast(&history(usual(4), i32::MAX), &[], &FEW).is_err());
    assert!(forecast(&history(usual(4), 500), &[by_end(None, 1, i32::MIN)], &FEW).is_err());
    let empty = forecast(&History::default(), &[by_end(None, 1, 5)], &FEW).unwrap();
    assert_eq!(empty.silence, Some(Silence::TooFewOpenings { known: 0, least: 10 }));
    assert!(looked(&History::default(), &[], &FEW, &[1, 2]).is_ok());
}

#[test]
fn words_are_those_of_icd_203() {
    let word = |part| Likelihood::of(part, 1000).unwrap().words();
    let expected = [
        (0, "almost no chance"),
        (49, "almost no chance"),
        (50, "very unlikely"),
        (199, "very unlikely"),
        (200, "unlikely"),
        (449, "unlikely"),
        (450, "roughly even chance"),
        (550, "roughly even chance"),
        (551, "likely"),
        (800, "likely"),
        (801, "very likely"),
        (950, "very likely"),
        (951, "almost certain"),
        (1000, "almost certain"),
    ];
    for (part, expected) in expected {
        assert_eq!(word(part), expected, "{part}");
    }
    assert_eq!(Likelihood::of(0, 0), None);
}

/// A facility without a beginning takes the median of its batch, and is marked so; a batch without any has no forecast.
#[test]
fn beginnings_that_nobody_gives_are_assumed_or_missing_and_said_so() {
    let mut cases = usual(5);
    let as_of = 3 * 365 + 120;
    let lost = cases.iter().position(|case| case.batch == "003").unwrap();
    cases[lost].begun = None;
    for case in cases.iter_mut().filter(|case| case.batch == "004") {
        case.begun = None;
        case.deadline = Some(Mark { day: as_of + 500, published: 0 });
    }
    let mut begun: Vec<i32> = cases
        .iter()
        .filter(|case| case.batch == "003")
        .filter_map(|case| case.begun.map(|mark| mark.day))
        .collect();
    begun.sort_unstable();
    let asked = [by_end(Some("004"), 1, as_of + 500)];
    let said = forecast(&history(cases.clone(), as_of), &asked, &FEW).unwrap();
    let of = |id: &str| said.facilities.iter().find(|facility| facility.id == id).unwrap();
    let middle = begun[(begun.len() - 1) / 2];
    assert_eq!(of(&cases[lost].id).standing, Standing::Running { begun: middle, assumed: true });
    assert!(of(&cases[lost].id).claimed.is_some());
    assert_eq!(of("4-0").standing, Standing::NoBeginning);
    assert_eq!((said.milestones[0].without_beginning, said.milestones[0].open), (8, 0));
    assert_eq!(said.milestones[0].met.unwrap().part, 0);
}

/// What is published later changes nothing of an earlier forecast.
#[test]
fn an_earlier_forecast_sees_nothing_of_the_future() {
    let cases = usual(6);
    let as_of = 3 * 365 + 200;
    let asked = [by_end(Some("003"), 8, as_of + 100)];
    let with = bytes(&history(cases.clone(), as_of), &asked, &FEW);
    let mut without = cases;
    without.retain(|case| case.begun.is_some_and(|mark| mark.published <= as_of));
    for case in &mut without {
        case.claimed_done = case.claimed_done.filter(|mark| mark.published <= as_of);
    }
    assert_eq!(with, bytes(&history(without, as_of), &asked, &FEW));
}

/// Opened on day 1,200 and published on day 1,300: on day 1,250 it runs, and a check of it is not known either. What
/// is dated ahead has not come to pass, however early it was published; a deadline is known from its publication.
#[test]
fn what_is_not_published_is_not_known() {
    let mut cases = usual(7);
    let late = Mark { day: 1_200, published: 1_300 };
    cases[39] = Case {
        id: "late".to_owned(),
        batch: "003".to_owned(),
        begun: Some(Mark::on(1_100)),
        claimed_done: Some(late),
        verified_done: Some(Mark { day: 1_400, published: 1_210 }),
        checks: vec![Check { mark: late, done: true }],
        deadline: Some(Mark { day: 1_350, published: 1_260 }),
        ..Case::default()
    };
    let of = |as_of| {
        let said = forecast(&history(cases.clone(), as_of), &[], &FEW).unwrap();
        said.facilities.into_iter().find(|facility| facility.id == "late").unwrap()
    };
    let running = Standing::Running { begun: 1_100, assumed: false };
    assert_eq!((of(1_250).standing, of(1_250).deadline), (running, None));
    assert_eq!((of(1_299).standing, of(1_299).deadline), (running, Some(1_350)));
    assert_eq!(of(1_300).standing, Standing::Done { day: 1_200, verified: None });
    assert_eq!(of(1_400).standing, Standing::Done { day: 1_200, verified: Some(1_400) });
}

/// Two milestones at one date, worked by hand where nothing is left to chance: all of batch 000 have opened, 8 of them
/// by day 700. At least 8 is met for certain, and the count is known: every score is 0. At least 9 is announced and not
/// met: as announced is wrong by 1 in Brier and by one facility, the model by nothing.
#[test]
fn milestones_are_scored_against_what_came() {
    let mut cases = usual(8);
    for case in cases.iter_mut().filter(|case| case.batch == "000") {
        case.claimed_done = Some(Mark::on(300));
    }
    let settings = Settings { least_done: 3, least_batches: 1, ..FEW };
    let scored = |least| {
        let asked = [by_end(Some("000"), least, 700)];
        let looked = looked(&history(cases.clone(), 900), &asked, &settings, &[500]).unwrap();
        let scores = looked.milestones.scores;
        assert_eq!((looked.milestones.forecasts, looked.milestones.inside), (1, [1; 3]));
        [0, 1].map(|which: usize| (scores[which].brier_millionths, scores[which].crps_millionths))
    };
    assert_eq!(scored(8), [(0, 0), (0, 0)]);
    assert_eq!(scored(9), [(0, 0), (1_000_000, 1_000_000)]);
}

/// A milestone of one facility is met exactly when that facility is open by its due day, the day itself included. A
/// third of all earlier ones opened on their deadline, so that the day itself matters.
#[test]
fn a_milestone_of_one_is_met_when_that_one_is_open() {
    let mut cases = usual(10);
    for case in cases.iter_mut().step_by(3).filter(|case| case.batch != "004") {
        case.claimed_done = case.deadline.map(|mark| Mark::on(mark.day));
    }
    cases.retain(|case| case.batch != "004" || case.id == "4-0");
    let due = cases.iter().find(|case| case.id == "4-0").unwrap().deadline.unwrap().day;
    let asked = [by_end(Some("004"), 1, due), by_end(Some("004"), 1, due - 1)];
    let said = forecast(&history(cases, due - 60), &asked, &FEW).unwrap();
    let one = said.facilities.iter().find(|facility| facility.id == "4-0").unwrap();
    assert_eq!(said.milestones[0].met, one.in_time);
    let (on, before) = (said.milestones[0].met.unwrap(), said.milestones[1].met.unwrap());
    assert!(on.part > before.part + 20, "{on:?} {before:?}");
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let cases = made(Made { batches: 6, each: 90, shape: 3.0, scale: 1.1 }, &mut Numbers(9));
    let asked = [by_end(None, 400, 2_200), by_end(Some("005"), 60, 2_200)];
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| bytes(&history(cases.clone(), 5 * 365 + 150), &asked, &FEW))
    };
    let one = on(1);
    assert_eq!(one, on(2));
    assert_eq!(one, on(7));
    let other = Settings { seed: 2, ..FEW };
    assert_ne!(one, bytes(&history(cases, 5 * 365 + 150), &asked, &other));
}

fn any_case() -> impl Strategy<Value = Case> {
    let mark = || {
        proptest::option::of((0..900_i32, 0..40_i32))
            .prop_map(|mark| mark.map(|(day, lag)| Mark { day, published: day + lag }))
    };
    let checks = proptest::collection::vec((0..900_i32, any::<bool>()), 0..3);
    let days = (mark(), mark(), mark(), mark(), mark());
    (0..4_u8, 0..3_u8, days, checks).prop_map(|(batch, group, days, checks)| {
        let (begun, claimed_done, verified_done, cancelled, deadline) = days;
        let checks =
            checks.into_iter().map(|(day, done)| Check { mark: Mark::on(day), done }).collect();
        Case {
            id: String::new(),
            batch: batch.to_string(),
            group: group.to_string(),
            begun,
            claimed_done,
            verified_done,
            checks,
            cancelled,
            deadline,
            ..Case::default()
        }
    })
}

fn any_cases() -> impl Strategy<Value = Vec<Case>> {
    proptest::collection::vec(any_case(), 0..60).prop_map(|mut cases| {
        for (number, case) in cases.iter_mut().enumerate() {
            case.id = number.to_string();
        }
        cases
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Of any history, sound or not: quantiles ascend and lie ahead, counts lie between what is open and all, draws
    /// add up, and the order of the cases changes no byte.
    #[test]
    fn forecasts_keep_their_order_and_bounds(cases in any_cases(), as_of in 200..900_i32) {
        let settings = Settings { draws: 100, least_done: 3, least_batches: 1, ..FEW };
        let asked = [by_end(None, 5, as_of + 100), by_end(Some("1"), 1, as_of - 50)];
        let said = forecast(&history(cases.clone(), as_of), &asked, &settings).unwrap();
        for facility in &said.facilities {
            for quantiles in facility.claimed.iter().chain(&facility.verified) {
                let days: Vec<i64> =
                    quantiles.iter().map(|day| day.map_or(i64::MAX, i64::from)).collect();
                prop_assert!(days.is_sorted());
                prop_assert!(days[0] > i64::from(as_of));
            }
        }
        for milestone in &said.milestones {
            for counts in milestone.claimed.iter().chain(&milestone.verified) {
                prop_assert_eq!(counts.iter().map(|count| count.draws).sum::<u32>(), 100);
                prop_assert!(counts.iter().all(|count| count.count <= milestone.facilities));
            }
            if let Some(counts) = &milestone.claimed {
                prop_assert!(counts.iter().all(|count| count.count >= milestone.open));
            }
        }
        let mut turned = cases;
        turned.reverse();
        let half = turned.len() / 2;
        turned.rotate_left(half);
        let one = serde_json::to_string(&said).unwrap();
        prop_assert_eq!(one, bytes(&history(turned, as_of), &asked, &settings));
    }

    /// What is open stays open, however much more is known.
    #[test]
    fn more_evidence_never_undoes_what_is_open(
        cases in any_cases(),
        first in 200..900_i32,
        more in 0..300_i32,
    ) {
        let settings = Settings { draws: 100, least_done: 3, least_batches: 1, ..FEW };
        let before = forecast(&history(cases.clone(), first), &[], &settings).unwrap();
        let after = forecast(&history(cases, first + more), &[], &settings).unwrap();
        for facility in &before.facilities {
            if let Standing::Done { day, verified } = facility.standing {
                let later = after.facilities.iter().find(|f| f.id == facility.id).unwrap();
                let Standing::Done { day: then, verified: seen } = later.standing else {
                    return Err(TestCaseError::fail("undone"));
                };
                prop_assert!(then <= day && (verified.is_none() || seen.is_some()));
                prop_assert!(later.claimed.is_none());
            }
        }
    }

    /// A backtest of any history ends, and no interval holds more often than it is decided.
    #[test]
    fn backtests_of_anything_add_up(cases in any_cases()) {
        let settings = Settings { draws: 100, least_done: 3, least_batches: 1, ..FEW };
        let asked = [by_end(Some("1"), 3, 700)];
        let looked =
            looked(&history(cases, 900), &asked, &settings, &[100, 400, 500, 500, 899]).unwrap();
        prop_assert_eq!(looked.dates, 4);
        for part in [&looked.not_due, &looked.overdue, &looked.milestones] {
            for which in 0..3 {
                prop_assert!(part.inside[which] <= part.decided[which]);
                prop_assert!(part.decided[which] <= part.forecasts);
            }
        }
    }
}
