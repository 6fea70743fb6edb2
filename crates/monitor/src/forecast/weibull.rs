//! The Weibull model with a gamma shock for each batch.
//!
//! A facility of batch b and group g that is not open at time t opens in the next moment at the rate
//! Z(b) G(g) (k/l) (t/l)^(k-1): scale l, shape k, Z(b) of a gamma distribution with mean 1 and variance v, the same for
//! all facilities of the batch. Z is integrated out in closed form, and l, k and v are those of the largest likelihood,
//! pulled towards a prior.

use super::groups::Groups;
use super::settings::ReferenceClass;
use super::spells::Spell;

/// Is a normal distribution of the logarithm of a parameter: mean and standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// Of the scale, in units of the clock.
    pub scale: (f64, f64),
    /// Of the shape.
    pub shape: (f64, f64),
    /// Of how far batches lie apart: the standard deviation, between batches, of the logarithm of the time by which a
    /// given share has opened. 0.15 is about 15 per cent of the time.
    pub apart: (f64, f64),
}

/// That batches lie about 15 per cent of their time apart, and surely between 3 and 70, is our judgement. One batch says
/// nothing of it, and two say little.
const APART: (f64, f64) = (-1.897_119_984_885_88, 0.75);

/// Returns the second derivative of the logarithm of the gamma function, for a number above 0.
fn trigamma(number: f64) -> f64 {
    let (mut x, mut sum) = (number, 0.0);
    while x < 8.0 {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    sum + 1.0 / x + y / 2.0 + y / x * (1.0 / 6.0 - y * (1.0 / 30.0 - y / 42.0))
}

/// Returns the logarithm of how far batches lie apart in time, where their factors have the variance: the deviation of a
/// gamma number's logarithm, over the shape.
fn log_apart(log_variance: f64, log_shape: f64) -> f64 {
    0.5 * libm::log(trigamma(libm::exp(-log_variance))) - log_shape
}

/// How far apart programmes of one reference class are taken to lie: a standard deviation of a quarter, in logarithms.
const BETWEEN_PROGRAMMES: f64 = 0.25;

impl Prior {
    /// Returns a prior that says next to nothing of scale and shape, and that batches lie some per cent of their time
    /// apart.
    ///
    /// `typical` is a time in the middle of those that occur.
    #[must_use]
    pub fn weak(typical: f64) -> Self {
        Self {
            scale: (libm::log(typical), 3.0),
            shape: (std::f64::consts::LN_2, 1.5),
            apart: APART,
        }
    }

    /// Returns the prior that a reference class gives: the Weibull curve through its two figures, as sure as its number
    /// of facilities makes it and as programmes of one class differ.
    #[must_use]
    pub(crate) fn of_class(class: &ReferenceClass) -> Self {
        let median = f64::from(class.median_per_mille) / 1000.0;
        let ninety = f64::from(class.ninety_per_mille) / 1000.0;
        let (half, tenth) = (std::f64::consts::LN_2, std::f64::consts::LN_10);
        let shape = libm::log(tenth / half) / libm::log(ninety / median);
        let scale = libm::log(median) - libm::log(half) / shape;
        let facilities = f64::from(class.facilities);
        // The inverse of the Fisher information of one Weibull time: 1.109 / k^2 and 0.608.
        let between = BETWEEN_PROGRAMMES * BETWEEN_PROGRAMMES;
        let of_scale = (1.109 / (shape * shape * facilities) + between).sqrt();
        let of_shape = (0.608 / facilities + between).sqrt();
        Self { scale: (scale, of_scale), shape: (libm::log(shape), of_shape), apart: APART }
    }

    /// Returns the logarithm of the density, without its constant.
    fn log_density(&self, at: &[f64; 3]) -> f64 {
        let squared = |(mean, deviation): (f64, f64), x: f64| {
            let z = (x - mean) / deviation;
            -0.5 * z * z
        };
        let apart = log_apart(at[2], at[1]);
        squared(self.scale, at[0]) + squared(self.shape, at[1]) + squared(self.apart, apart)
    }
}

/// Is a choice of the model's parameters, as logarithms of scale, shape and variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeibullParameters {
    /// Logarithms of scale, shape and variance between batches.
    pub logarithms: [f64; 3],
}

impl WeibullParameters {
    /// Returns the time by which 63 % have opened, in units of the clock.
    #[must_use]
    pub fn scale(&self) -> f64 {
        libm::exp(self.logarithms[0])
    }

    /// Returns the shape: above 1 the rate of openings grows with age.
    #[must_use]
    pub fn shape(&self) -> f64 {
        libm::exp(self.logarithms[1])
    }

    /// Returns the variance of the batches' factors.
    #[must_use]
    pub fn variance(&self) -> f64 {
        libm::exp(self.logarithms[2])
    }

    /// Returns the summed rate up to a time of which the logarithm is given.
    pub(crate) fn summed(&self, log_time: f64) -> f64 {
        libm::exp(self.shape() * (log_time - self.logarithms[0]))
    }
}

/// Is a fitted model.
#[derive(Clone, Debug, PartialEq)]
pub struct WeibullFit {
    /// The parameters of the largest likelihood with the prior.
    pub parameters: WeibullParameters,
    /// Lower triangle of the root of their covariance: how sure they are (Laplace's approximation).
    pub root: [[f64; 3]; 3],
}

/// Is what the likelihood needs of the spells.
struct Sums<'a> {
    spells: &'a [Spell],
    logs: Vec<f64>,
    groups: &'a Groups,
    done: Vec<f64>,
    all_done: f64,
    log_times: f64,
    prior: Prior,
}

impl<'a> Sums<'a> {
    fn of(spells: &'a [Spell], batches: usize, groups: &'a Groups, prior: Prior) -> Self {
        let logs: Vec<f64> = spells.iter().map(|spell| libm::log(spell.time)).collect();
        let mut done = vec![0.0; batches];
        let mut log_times = 0.0;
        for (spell, log) in spells.iter().zip(&logs) {
            if spell.done {
                done[spell.batch] += 1.0;
                log_times += log;
            }
        }
        let all_done = done.iter().sum();
        Self { spells, logs, groups, done, all_done, log_times, prior }
    }

    /// Returns the logarithm of likelihood and prior, without constants.
    fn value(&self, at: &[f64; 3]) -> f64 {
        let parameters = WeibullParameters { logarithms: *at };
        let shape = parameters.shape();
        let mut summed = vec![0.0; self.done.len()];
        for (spell, log) in self.spells.iter().zip(&self.logs) {
            let rate = self.groups.factor(spell.group);
            summed[spell.batch] += rate * libm::exp(shape * (log - at[0]));
        }
        let rates = self.all_done * (at[1] - shape * at[0]) + (shape - 1.0) * self.log_times;
        let worth = libm::exp(-at[2]);
        let of_batch = |(done, summed): (&f64, &f64)| {
            let log_rise = libm::lgamma(worth + done) - libm::lgamma(worth);
            log_rise + worth * libm::log(worth) - (worth + done) * libm::log(worth + summed)
        };
        let batches: f64 = self.done.iter().zip(&summed).map(of_batch).sum();
        rates + batches + self.prior.log_density(at)
    }

    /// Returns value, slope and curvature by central differences.
    fn shape_at(&self, at: &[f64; 3]) -> (f64, [f64; 3], [[f64; 3]; 3]) {
        const STEP: f64 = 1e-3;
        let moved = |moves: &[(usize, f64)]| {
            let mut there = *at;
            for (axis, by) in moves {
                there[*axis] += by * STEP;
            }
            self.value(&there)
        };
        let here = self.value(at);
        let (mut slope, mut curvature) = ([0.0; 3], [[0.0; 3]; 3]);
        for i in 0..3 {
            let (up, down) = (moved(&[(i, 1.0)]), moved(&[(i, -1.0)]));
            slope[i] = (up - down) / (2.0 * STEP);
            curvature[i][i] = (up + down - 2.0 * here) / (STEP * STEP);
            for j in (0..3).take(i) {
                let same = moved(&[(i, 1.0), (j, 1.0)]) + moved(&[(i, -1.0), (j, -1.0)]);
                let across = moved(&[(i, 1.0), (j, -1.0)]) + moved(&[(i, -1.0), (j, 1.0)]);
                curvature[i][j] = (same - across) / (4.0 * STEP * STEP);
                curvature[j][i] = curvature[i][j];
            }
        }
        (here, slope, curvature)
    }
}

/// Returns the lower triangle whose square the matrix is; none where the matrix is not positive definite.
fn root_of(matrix: &[[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    let mut root = [[0.0; 3]; 3];
    for i in 0..3 {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| root[i][k] * root[j][k]).sum();
            let rest: f64 = matrix[i][j] - sum;
            if i == j {
                if rest.is_nan() || rest <= 1e-12 {
                    return None;
                }
                root[i][i] = rest.sqrt();
            } else {
                root[i][j] = rest / root[j][j];
            }
        }
    }
    Some(root)
}

/// Returns x with `root root' x = right`.
fn solved(root: &[[f64; 3]; 3], right: [f64; 3]) -> [f64; 3] {
    let mut x = right;
    for i in 0..3 {
        let sum: f64 = (0..i).map(|k| root[i][k] * x[k]).sum();
        x[i] = (x[i] - sum) / root[i][i];
    }
    for i in (0..3).rev() {
        let sum: f64 = (i + 1..3).map(|k| root[k][i] * x[k]).sum();
        x[i] = (x[i] - sum) / root[i][i];
    }
    x
}

/// Returns the root of minus the curvature, made definite by adding to its diagonal where it is not.
fn definite(curvature: &[[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let mut added = 0.0;
    loop {
        let mut matrix = curvature.map(|row| row.map(|entry| -entry));
        for (axis, row) in matrix.iter_mut().enumerate() {
            row[axis] += added;
        }
        if let Some(root) = root_of(&matrix) {
            return root;
        }
        added = if added == 0.0 { 1e-2 } else { added * 4.0 };
        if added > 1e30 {
            return [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        }
    }
}

/// Within these bounds the variance between batches is looked for: below, batches are alike; above, the data would have
/// to be absurd.
const VARIANCE: (f64, f64) = (-7.0, 4.0);

/// Fits the model to spells of `batches` batches, from a first guess.
pub(crate) fn fitted(
    spells: &[Spell],
    batches: usize,
    groups: &Groups,
    prior: Prior,
    first: Option<WeibullParameters>,
) -> WeibullFit {
    let sums = Sums::of(spells, batches, groups, prior);
    let mut at = first.map_or_else(
        || {
            let typical = sums.log_times / sums.all_done.max(1.0);
            [typical, prior.shape.0, -std::f64::consts::LN_2]
        },
        |parameters| parameters.logarithms,
    );
    let mut root = [[0.0; 3]; 3];
    for _ in 0..100 {
        let (value, slope, curvature) = sums.shape_at(&at);
        root = definite(&curvature);
        let full = solved(&root, slope).map(|step| step.clamp(-1.0, 1.0));
        let mut part = 1.0;
        let mut next = at;
        while part > 1e-6 {
            for axis in 0..3 {
                next[axis] = at[axis] + part * full[axis];
            }
            next[2] = next[2].clamp(VARIANCE.0, VARIANCE.1);
            if sums.value(&next) > value {
                break;
            }
            part *= 0.5;
        }
        let moved = (0..3).map(|axis| (next[axis] - at[axis]).abs()).fold(0.0, f64::max);
        if part <= 1e-6 || moved < 1e-8 {
            break;
        }
        at = next;
    }
    WeibullFit { parameters: WeibullParameters { logarithms: at }, root: inverse_root(&root) }
}

/// Returns the lower triangle of the root of the covariance, given the root of its inverse.
fn inverse_root(root: &[[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let columns = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(|e| solved(root, e));
    root_of(&columns).unwrap_or([[0.0; 3]; 3])
}

/// Fits the model to times of facilities of several batches, with no groups: for each facility the number of its batch,
/// its time (above 0) at the opening (true) or so far (false).
///
/// Times that are not finite and above 0 are left out.
#[must_use]
pub fn fit_weibull(times: &[(usize, f64, bool)], prior: Prior) -> WeibullFit {
    let spells: Vec<Spell> = times
        .iter()
        .filter(|(_, time, _)| time.is_finite() && *time > 0.0)
        .map(|&(batch, time, done)| Spell { batch, group: 0, time, done })
        .collect();
    let batches = spells.iter().map(|spell| spell.batch + 1).max().unwrap_or(0);
    fitted(&spells, batches, &Groups::alike(1), prior, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Abramowitz and Stegun, 6.4: trigamma of 1 is pi^2 / 6, of 1/2 pi^2 / 2, and of 2 pi^2 / 6 - 1.
    #[test]
    fn trigamma_has_its_known_values() {
        let square = std::f64::consts::PI * std::f64::consts::PI;
        for (number, value) in [(1.0, square / 6.0), (0.5, square / 2.0), (2.0, square / 6.0 - 1.0)]
        {
            assert!((trigamma(number) - value).abs() < 1e-8, "{number}");
        }
    }
}
