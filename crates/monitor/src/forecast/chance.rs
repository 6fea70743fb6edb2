//! Chance by counters: a number is a function of seed, name and number of the draw.

use std::sync::LazyLock;

/// Is SplitMix64's last step (Steele, Lea, Flood 2014): a number without pattern from one with.
pub(crate) const fn mixed(word: u64) -> u64 {
    let mut z = word;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

const STRIDE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Is a sequence of numbers of its own, known by seed, purpose and name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stream(u64);

impl Stream {
    /// Returns the sequence for a name (FNV-1a, mixed).
    pub(crate) fn of(seed: u64, purpose: &str, name: &str) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in purpose.bytes().chain([0]).chain(name.bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(mixed(mixed(seed.wrapping_add(STRIDE)) ^ hash))
    }

    /// Returns the number at a place.
    #[inline]
    pub(crate) const fn at(self, place: u64) -> u64 {
        mixed(self.0.wrapping_add(place.wrapping_mul(STRIDE)))
    }

    /// Returns the sequence that belongs to a place of this one.
    pub(crate) const fn under(self, place: u64) -> Self {
        Self(mixed(self.at(place) ^ STRIDE))
    }
}

/// Returns a number above 0 and below 1 from 53 of the bits.
#[inline]
pub(crate) fn unit(bits: u64) -> f64 {
    ((bits >> 11) as i64 as f64 + 0.5) * (1.0 / 9_007_199_254_740_992.0)
}

/// Draws one number after another from a sequence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawer {
    stream: Stream,
    next: u64,
}

impl Drawer {
    pub(crate) const fn new(stream: Stream) -> Self {
        Self { stream, next: 0 }
    }

    pub(crate) fn unit(&mut self) -> f64 {
        self.next += 1;
        unit(self.stream.at(self.next))
    }

    /// Returns a normal number (Box and Muller 1958; the cosine of the two).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(self.unit())).sqrt();
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }

    /// Returns a gamma number with that shape and rate 1 (Marsaglia and Tsang 2000).
    pub(crate) fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let larger = self.gamma(shape + 1.0);
            return larger * libm::exp(libm::log(self.unit()) / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let normal = self.normal();
            let root = 1.0 + c * normal;
            if root <= 0.0 {
                continue;
            }
            let v = root * root * root;
            let bound = 0.5 * normal * normal + d - d * v + d * libm::log(v);
            if libm::log(self.unit()) < bound {
                return d * v;
            }
        }
    }

    /// Returns a beta number.
    pub(crate) fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (x, y) = (self.gamma(a), self.gamma(b));
        if x + y > 0.0 { x / (x + y) } else { 0.5 }
    }
}

const CELLS: usize = 128;

/// Natural logarithms in plain arithmetic, with a table: as exact as the draws need (1e-12), and several times as fast
/// as the general function.
#[derive(Debug)]
pub(crate) struct Logarithm {
    cells: [(f64, f64); CELLS],
}

static LOGARITHM: LazyLock<Logarithm> = LazyLock::new(|| {
    let mut cells = [(0.0, 0.0); CELLS];
    for (index, cell) in cells.iter_mut().enumerate() {
        let middle = 1.0 + (index as f64 + 0.5) / CELLS as f64;
        *cell = (1.0 / middle, libm::log(middle));
    }
    Logarithm { cells }
});

impl Logarithm {
    pub(crate) fn table() -> &'static Self {
        &LOGARITHM
    }

    /// Returns the logarithm of a positive number that is no smaller than the least normal one.
    #[inline]
    pub(crate) fn of(&self, number: f64) -> f64 {
        let bits = number.to_bits();
        let exponent = ((bits >> 52) & 0x7ff) as i32 - 1023;
        let mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
        let (inverse, middle) = self.cells[((bits >> 45) & 0x7f) as usize];
        let r = mantissa * inverse - 1.0;
        let tail = r * (1.0 + r * (-0.5 + r * (1.0 / 3.0 + r * (-0.25 + r * 0.2))));
        f64::from(exponent) * std::f64::consts::LN_2 + middle + tail
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_agrees_with_the_general_logarithm() {
        let table = Logarithm::table();
        let stream = Stream::of(1, "test", "logarithm");
        for place in 0..100_000 {
            let number = libm::exp(80.0 * (unit(stream.at(place)) - 0.5));
            assert!((table.of(number) - libm::log(number)).abs() < 1e-12, "{number}");
        }
        assert!(table.of(1.0).abs() < 1e-12);
    }

    /// Mean and variance of a gamma number are its shape; errors are four standard errors of 40,000 numbers.
    #[test]
    fn gamma_numbers_have_their_mean_and_variance() {
        for shape in [0.3, 1.0, 4.5, 60.0] {
            let mut drawer = Drawer::new(Stream::of(7, "test", "gamma"));
            let numbers: Vec<f64> = (0..40_000).map(|_| drawer.gamma(shape)).collect();
            let mean = numbers.iter().sum::<f64>() / 40_000.0;
            let spread = numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 40_000.0;
            assert!((mean - shape).abs() < 4.0 * (shape / 40_000.0).sqrt(), "{shape}: {mean}");
            let of_spread = ((6.0 * shape + 2.0 * shape * shape) / 40_000.0).sqrt();
            assert!((spread - shape).abs() < 4.0 * of_spread, "{shape}: {spread}");
        }
    }
}
