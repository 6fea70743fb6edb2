//! The model against closed forms, and against histories made with known parameters.

use crate::common::Numbers;
use groundwork_monitor::forecast::{Prior, fit_weibull};

/// All batches alike, as far as the prior can say so.
const ALIKE: (f64, f64) = (-3.5, 0.01);

/// With shape 1 the scale of the largest likelihood is the sum of all times over the number of openings.
#[test]
fn with_shape_one_it_is_the_exponential_estimate() {
    let mut numbers = Numbers(3);
    let times: Vec<_> = (0..500)
        .map(|_| {
            let time = 40.0 * numbers.exponential();
            if time > 60.0 { (0, 60.0, false) } else { (0, time, true) }
        })
        .collect();
    let sum: f64 = times.iter().map(|(_, time, _)| time).sum();
    let done = times.iter().filter(|(.., done)| *done).count() as f64;
    let prior = Prior { scale: (3.0, 100.0), shape: (0.0, 1e-4), apart: ALIKE };
    let fit = fit_weibull(&times, prior);
    assert!((fit.parameters.shape() - 1.0).abs() < 1e-3);
    assert!((fit.parameters.scale() / (sum / done) - 1.0).abs() < 3e-3, "{fit:?}");
}

/// The largest likelihood has l^k = sum t^k / d, and 1/k = sum t^k ln t / sum t^k - mean ln t (of the openings).
#[test]
fn the_weibull_estimate_solves_its_two_equations() {
    let mut numbers = Numbers(4);
    let times: Vec<_> =
        (0..2000).map(|_| (0, 2.0 * numbers.exponential().powf(1.0 / 3.0), true)).collect();
    let prior = Prior { scale: (0.0, 100.0), shape: (0.0, 100.0), apart: (-3.5 - 1.1, 0.01) };
    let fit = fit_weibull(&times, prior);
    let (scale, shape) = (fit.parameters.scale(), fit.parameters.shape());
    let power: f64 = times.iter().map(|(_, t, _)| t.powf(shape)).sum();
    let logs: f64 = times.iter().map(|(_, t, _)| t.ln()).sum::<f64>() / 2000.0;
    let weighted: f64 = times.iter().map(|(_, t, _)| t.powf(shape) * t.ln()).sum();
    assert!((scale.powf(shape) / (power / 2000.0) - 1.0).abs() < 1e-2, "{fit:?}");
    assert!((1.0 / shape - (weighted / power - logs)).abs() < 2e-3, "{fit:?}");
}

/// 200 batches of 30 facilities with scale 1.1, shape 4 and variance 0.4 between batches, a quarter of them still
/// running: all three are found within four of the standard errors that the fit states.
#[test]
fn known_parameters_are_found_again() {
    let mut numbers = Numbers(5);
    let mut times = Vec::new();
    for batch in 0..200 {
        let factor = 0.4 * numbers.gamma_of(2.5);
        for i in 0..30 {
            let time = 1.1 * (numbers.exponential() / factor).powf(0.25);
            let end = if i % 4 == 0 { 0.9 } else { f64::INFINITY };
            times.push((batch, time.min(end), time <= end));
        }
    }
    let fit = fit_weibull(&times, Prior::weak(1.0));
    let truth = [1.1_f64.ln(), 4.0_f64.ln(), 0.4_f64.ln()];
    for (axis, truth) in truth.into_iter().enumerate() {
        let error: f64 = fit.root[axis].iter().map(|root| root * root).sum::<f64>().sqrt();
        let off = fit.parameters.logarithms[axis] - truth;
        assert!(off.abs() < 4.0 * error, "{axis}: {off} with standard error {error}");
        assert!(error < 0.25, "{axis}: {error}");
    }
}

#[test]
fn nothing_to_fit_gives_the_prior_and_no_panic() {
    let fit = fit_weibull(&[], Prior::weak(2.0));
    assert!(fit.parameters.scale().is_finite());
    let fit =
        fit_weibull(&[(0, f64::NAN, true), (3, 0.0, true), (1, 2.0, false)], Prior::weak(2.0));
    assert!(fit.parameters.shape().is_finite());
}
