//! Intervals hold as often as they say, on histories made with known parameters.

use crate::common::{Made, Numbers, history, made};
use groundwork_monitor::forecast::{
    Case, Cover, LEVELS, Milestone, Settings, backtest, forecast, looks,
};

/// Returns how far a number of hits may lie from its mean: four standard deviations of a binomial.
fn allowed(trials: u32, share: f64) -> f64 {
    4.0 * (f64::from(trials) * share * (1.0 - share)).sqrt()
}

/// 300 histories of 12 batches; the last one stands at half its planned time, and one facility of it is looked at: its
/// intervals of 50, 80 and 95 per cent hold as often, and so does the interval of 80 per cent of the batch's count. It
/// counts in whole numbers and so may hold more often.
#[test]
fn intervals_hold_as_often_as_they_say() {
    let how = Made { batches: 12, each: 15, shape: 4.0, scale: 1.05 };
    let intervals = [(3, 5, 0.5), (2, 6, 0.8), (0, LEVELS.len() - 1, 0.95)];
    let (mut trials, mut inside, mut counts) = (0_u32, [0_u32; 3], 0_u32);
    for replicate in 0..300 {
        let mut numbers = Numbers(1_000 + replicate);
        let cases = made(how, &mut numbers);
        let as_of = 11 * 365 + 150;
        let due = 11 * 365 + 300;
        let asked = Milestone {
            id: "last".to_owned(),
            cover: Cover::of_batch("011"),
            least: 15,
            due,
            published: 0,
            fan: Vec::new(),
        };
        let settings = Settings { draws: 1_000, seed: replicate, ..Settings::default() };
        let said = forecast(&history(cases.clone(), as_of), &[asked], &settings).unwrap();
        let opened =
            |id: &str| cases.iter().find(|case| case.id == id).and_then(Case::done).unwrap();
        let ours = said.facilities.iter().filter(|f| f.batch == "011");
        let Some(facility) = ours.clone().find(|f| f.claimed.is_some()) else { continue };
        trials += 1;
        let quantiles = facility.claimed.unwrap();
        let came = opened(&facility.id);
        for (index, (low, high, _)) in intervals.into_iter().enumerate() {
            let above = quantiles[low].is_some_and(|low| came >= low);
            let below = quantiles[high].is_none_or(|high| came <= high);
            inside[index] += u32::from(above && below);
        }
        let open = ours.filter(|f| opened(&f.id) <= due).count() as u32;
        let numbers = said.milestones[0].claimed.as_ref().unwrap();
        let at_most: u32 = numbers.iter().filter(|n| n.count <= open).map(|n| n.draws).sum();
        let below: u32 = numbers.iter().filter(|n| n.count < open).map(|n| n.draws).sum();
        counts += u32::from(at_most >= 100 && below <= 900);
    }
    assert!(trials > 250, "{trials}");
    for ((.., share), inside) in intervals.into_iter().zip(inside) {
        let off = f64::from(inside) - share * f64::from(trials);
        assert!(off.abs() <= allowed(trials, share), "{share}: {inside} of {trials}");
    }
    let least = 0.8 * f64::from(trials) - allowed(trials, 0.8);
    assert!(f64::from(counts) >= least, "{counts} of {trials}");
}

/// Where the model is true it beats what was announced, and the base rate.
#[test]
fn on_a_history_of_its_own_kind_the_model_is_best() {
    let how = Made { batches: 20, each: 10, shape: 4.0, scale: 1.2 };
    let cases = made(how, &mut Numbers(77));
    let dates: Vec<i32> = (0..20 * 365).step_by(61).collect();
    let settings = Settings { draws: 500, ..Settings::default() };
    let all = history(cases, 21 * 365);
    let looked = backtest(&all, &looks(&all, &[], &dates), &settings).unwrap();
    let scores = &looked.not_due.scores;
    assert!(scores[0].brier_per_mille() < scores[1].brier_per_mille(), "{scores:?}");
    assert!(scores[0].crps_tenths() < scores[1].crps_tenths(), "{scores:?}");
    assert!(scores[0].crps_tenths() < scores[2].crps_tenths(), "{scores:?}");
    assert!(scores.iter().all(|score| score.forecasts == looked.not_due.forecasts));
}
