//! The model, the groups and the curve, each from the others in turn.

use super::chance::{Drawer, Stream};
use super::curve::Curve;
use super::groups::Groups;
use super::settings::Settings;
use super::spells::{Spell, Spells};
use super::weibull::{Prior, WeibullFit, WeibullParameters, fitted};

/// How many choices of the parameters the draws go through in turn.
pub(crate) const CHOICES: usize = 256;

/// Is everything that draws are made from.
#[derive(Debug)]
pub(crate) struct Fit {
    pub(crate) weibull: WeibullFit,
    pub(crate) groups: Groups,
    pub(crate) curve: Curve,
    /// For each batch: its openings, and the openings that the curve expects of it.
    pub(crate) batches: Vec<(f64, f64)>,
    /// For each spell the openings that it had to expect, and the factor of its group.
    pub(crate) expected: Vec<(f64, f64)>,
    /// Choices of the parameters, as sure as the data make them.
    pub(crate) choices: Vec<Choice>,
}

/// Is one choice of the parameters, as a bend of the curve: `pace * summed ^ bend` is its summed rate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice {
    pub(crate) pace: f64,
    pub(crate) bend: f64,
    pub(crate) variance: f64,
}

/// Returns the fit of spells, for a curve between two times.
pub(crate) fn fit(spells: &Spells, settings: &Settings, range: (f64, f64)) -> Fit {
    let typical = typical(&spells.spells);
    let class = settings.reference.as_ref().filter(|_| spells.planned);
    let prior = class.map_or_else(|| Prior::weak(typical), Prior::of_class);
    let (weibull, groups) = weibull_with_groups(spells, prior);
    let worth = f64::from(settings.curve_worth);
    let times = &spells.spells;
    let variance = weibull.parameters.variance();
    let by_model =
        batch_sums(spells, &groups, |spell| weibull.parameters.summed(libm::log(spell.time)));
    let factors: Vec<f64> = by_model.into_iter().map(|sums| shrunk(sums, variance)).collect();
    let weights: Vec<f64> =
        times.iter().map(|spell| factors[spell.batch] * groups.factor(spell.group)).collect();
    let curve = Curve::of(times, &weights, &weibull.parameters, worth, range);
    let batches = batch_sums(spells, &groups, |spell| curve.expected(spell.time));
    let expected = times
        .iter()
        .map(|spell| (curve.expected(spell.time), groups.factor(spell.group)))
        .collect();
    let choices = choices(&weibull, settings.seed);
    Fit { weibull, groups, curve, batches, expected, choices }
}

/// Returns the mean of a batch's factor, given its openings and those expected.
pub(crate) fn shrunk((done, expected): (f64, f64), variance: f64) -> f64 {
    (1.0 + variance * done) / (1.0 + variance * expected)
}

fn typical(spells: &[Spell]) -> f64 {
    let done = spells.iter().filter(|spell| spell.done);
    let logs: Vec<f64> = done.map(|spell| libm::log(spell.time)).collect();
    libm::exp(logs.iter().sum::<f64>() / logs.len().max(1) as f64)
}

/// Returns for each batch its openings, and the sum of what its spells are given.
fn batch_sums(spells: &Spells, groups: &Groups, summed: impl Fn(&Spell) -> f64) -> Vec<(f64, f64)> {
    let mut sums = vec![(0.0, 0.0); spells.batches.len()];
    for spell in &spells.spells {
        let sum = &mut sums[spell.batch];
        sum.0 += f64::from(u8::from(spell.done));
        sum.1 += summed(spell) * groups.factor(spell.group);
    }
    sums
}

fn weibull_with_groups(spells: &Spells, prior: Prior) -> (WeibullFit, Groups) {
    let (times, batches) = (&spells.spells, spells.batches.len());
    let mut groups = Groups::alike(spells.groups.len());
    let mut fit = fitted(times, batches, &groups, prior, None);
    for _ in 0..12 {
        let next = group_factors(spells, &groups, &fit.parameters);
        if next.worth.is_none() && groups.worth.is_none() {
            break;
        }
        groups = next;
        let again = fitted(times, batches, &groups, prior, Some(fit.parameters));
        let moved = again
            .parameters
            .logarithms
            .iter()
            .zip(fit.parameters.logarithms)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        fit = again;
        if moved < 1e-6 {
            break;
        }
    }
    (fit, groups)
}

fn group_factors(spells: &Spells, now: &Groups, parameters: &WeibullParameters) -> Groups {
    let summed = |spell: &Spell| parameters.summed(libm::log(spell.time));
    let of_batches: Vec<f64> = batch_sums(spells, now, summed)
        .into_iter()
        .map(|sums| shrunk(sums, parameters.variance()))
        .collect();
    let mut done = vec![0.0; spells.groups.len()];
    let mut expected = vec![0.0; spells.groups.len()];
    for spell in &spells.spells {
        done[spell.group] += f64::from(u8::from(spell.done));
        expected[spell.group] += of_batches[spell.batch] * summed(spell);
    }
    Groups::from(&done, &expected)
}

/// Draws choices of the parameters around the fitted ones, at most three deviations away along each axis.
fn choices(fit: &WeibullFit, seed: u64) -> Vec<Choice> {
    let mut drawer = Drawer::new(Stream::of(seed, "parameters", ""));
    let middle = fit.parameters.logarithms;
    let shape = fit.parameters.shape();
    (0..CHOICES)
        .map(|_| {
            let normals: [f64; 3] = std::array::from_fn(|_| drawer.normal().clamp(-3.0, 3.0));
            let moved: [f64; 3] =
                std::array::from_fn(|i| (0..=i).map(|j| fit.root[i][j] * normals[j]).sum());
            let bend = libm::exp(moved[1].clamp(-1.5, 1.5));
            // (t/l')^k' = (l/l')^k' (t/l)^k', and the last factor is the fitted sum to the power k'/k.
            let pace = libm::exp((-moved[0] * shape * bend).clamp(-20.0, 20.0));
            let variance = libm::exp((middle[2] + moved[2]).clamp(-7.0, 4.0));
            Choice { pace, bend, variance }
        })
        .collect()
}
