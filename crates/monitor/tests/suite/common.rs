//! What the tests of the forecast share: numbers that look random, and histories made of them.

use groundwork_monitor::forecast::{Case, Day, History, Mark};

/// Numbers by SplitMix64, written apart from the crate's.
#[derive(Debug)]
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn unit(&mut self) -> f64 {
        ((self.next() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    pub(crate) fn exponential(&mut self) -> f64 {
        -self.unit().ln()
    }

    /// A gamma number of shape 2.5 (or any whole number and a half): exponentials and half a squared normal.
    pub(crate) fn gamma_of(&mut self, shape: f64) -> f64 {
        let whole = shape.floor();
        let sum: f64 = (0..whole as u32).map(|_| self.exponential()).sum();
        let normal = (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos();
        if shape > whole { sum + 0.5 * normal * normal } else { sum }
    }
}

/// Says how a made history is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Made {
    pub(crate) batches: u32,
    pub(crate) each: u32,
    pub(crate) shape: f64,
    /// Share of the planned 300 days by which 63 % have opened.
    pub(crate) scale: f64,
}

/// One batch a year; work begins in its first month and is planned to take 300 days. Factors of batches are gamma of
/// shape 2.5 and mean 1.
pub(crate) fn made(how: Made, numbers: &mut Numbers) -> Vec<Case> {
    let mut cases = Vec::new();
    for batch in 0..how.batches {
        let factor = 0.4 * numbers.gamma_of(2.5);
        for number in 0..how.each {
            let begun = 365 * batch as Day + (numbers.next() % 30) as Day;
            let time = how.scale * (numbers.exponential() / factor).powf(1.0 / how.shape);
            let opened = begun + (time * 300.0).ceil() as Day;
            cases.push(Case {
                id: format!("{batch}-{number}"),
                batch: format!("{batch:03}"),
                group: format!("group {}", number % 3),
                begun: Some(Mark::on(begun)),
                claimed_done: Some(Mark::on(opened)),
                deadline: Some(Mark { day: begun + 300, published: begun }),
                ..Case::default()
            });
        }
    }
    cases
}

pub(crate) fn history(cases: Vec<Case>, as_of: Day) -> History {
    History { cases, as_of }
}
