//! The counted openings and the Weibull curve in one: a summed rate over time, and back.
//!
//! With a worth of c facilities, the summed rate grows between openings by c / (c + Y) of what the Weibull curve says,
//! and at each opening by 1 / (c + Y), where Y facilities had not opened yet, each counted with the factors of its batch
//! and group. This is the mean of a beta process (Hjort 1990): with c near 0 it is the counted curve of Nelson and Aalen
//! (which tends to that of Kaplan and Meier), and beyond the last facility it is the Weibull curve.

use super::spells::Spell;
use super::weibull::WeibullParameters;

const CELLS: usize = 16_384;

/// Below it a summed rate is nothing: one opening in a thousand million.
const NOTHING: f64 = 1e-9;

/// Is a summed rate of openings, as straight pieces between knots: the logarithm of the sum, and the time.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    logs: Vec<f64>,
    times: Vec<f64>,
    slopes: Vec<f64>,
    cells: Vec<u32>,
    cells_per_log: f64,
    /// At times, ascending, the openings that a facility like all had to expect by then, counted.
    counted: Vec<(f64, f64)>,
}

/// Is where facilities enter and leave the count.
struct Event {
    time: f64,
    weight: f64,
    done: bool,
}

/// Returns times from the first to the last, each 1.5 % above the one before.
fn grid(first: f64, last: f64) -> Vec<f64> {
    let mut times = vec![first];
    let mut time = first;
    while time < last && times.len() < 4000 {
        time *= 1.015;
        times.push(time);
    }
    times
}

impl Curve {
    /// Makes the curve from spells and the weight of each, between two times.
    pub(crate) fn of(
        spells: &[Spell],
        weights: &[f64],
        weibull: &WeibullParameters,
        worth: f64,
        (first, last): (f64, f64),
    ) -> Self {
        let mut events: Vec<Event> = spells
            .iter()
            .zip(weights)
            .map(|(spell, weight)| Event { time: spell.time, weight: *weight, done: spell.done })
            .chain(grid(first, last).into_iter().map(|time| Event {
                time,
                weight: 0.0,
                done: false,
            }))
            .collect();
        events.sort_by(|a, b| a.time.total_cmp(&b.time).then(b.done.cmp(&a.done)));
        let mut at_risk: f64 = weights.iter().sum();
        let (mut summed, mut counted, mut before) = (0.0, 0.0, 0.0);
        let (mut knots, mut counts) = (Vec::new(), Vec::with_capacity(events.len()));
        let mut next = 0;
        while next < events.len() {
            let time = events[next].time;
            let here = weibull.summed(libm::log(time));
            let grown = worth / (worth + at_risk) * (here - before);
            summed += grown;
            counted += grown;
            before = here;
            knots.push((summed, time));
            let same = events[next..].iter().take_while(|event| event.time == time).count();
            let together = &events[next..next + same];
            let done: Vec<f64> = together.iter().filter(|e| e.done).map(|e| e.weight).collect();
            if !done.is_empty() {
                let mean = done.iter().sum::<f64>() / done.len() as f64;
                // Openings of one day are taken one after another, each leaving the mean weight (Efron 1977).
                for number in 0..done.len() {
                    summed += 1.0 / (worth + (at_risk - number as f64 * mean).max(0.0));
                }
                knots.push((summed, time));
                counted += done.len() as f64 / (worth + at_risk);
            }
            counts.push((time, counted));
            at_risk = (at_risk - together.iter().map(|event| event.weight).sum::<f64>()).max(0.0);
            next += same;
        }
        Self::through(&knots, counts)
    }

    fn through(knots: &[(f64, f64)], counted: Vec<(f64, f64)>) -> Self {
        let positive = knots.iter().filter(|(summed, _)| *summed > NOTHING && summed.is_finite());
        let (mut logs, mut times): (Vec<f64>, Vec<f64>) =
            positive.map(|(summed, time)| (libm::log(*summed), *time)).unzip();
        if logs.is_empty() {
            (logs, times) = (vec![0.0], vec![1.0]);
        }
        let slopes = (1..logs.len())
            .map(|j| {
                let rise = logs[j] - logs[j - 1];
                if rise > 0.0 { (times[j] - times[j - 1]) / rise } else { 0.0 }
            })
            .chain([0.0])
            .collect();
        let range = (logs[logs.len() - 1] - logs[0]).max(1e-9);
        let cells_per_log = CELLS as f64 / range;
        let mut knot = 0;
        let cells = (0..=CELLS)
            .map(|cell| {
                let log = logs[0] + cell as f64 / cells_per_log;
                while knot + 2 < logs.len() && logs[knot + 1] < log {
                    knot += 1;
                }
                u32::try_from(knot).unwrap_or(0)
            })
            .collect();
        Self { logs, times, slopes, cells, cells_per_log, counted }
    }

    /// Returns the openings that a facility like all had to expect by a time of the spells (Breslow 1972): of openings
    /// of one day each facility expects its share, so that all together expect as many as there were.
    pub(crate) fn expected(&self, time: f64) -> f64 {
        let passed = self.counted.partition_point(|(knot, _)| *knot <= time);
        passed.checked_sub(1).map_or(0.0, |last| self.counted[last].1)
    }

    /// Returns the summed rate after all that happens at a time.
    pub(crate) fn summed(&self, time: f64) -> f64 {
        let passed = self.times.partition_point(|knot| *knot <= time);
        let Some(last) = passed.checked_sub(1) else { return 0.0 };
        let slope = self.slopes[last];
        let beyond = if slope > 0.0 { (time - self.times[last]) / slope } else { 0.0 };
        libm::exp(self.logs[last] + beyond)
    }

    /// Returns the time at which the summed rate has the logarithm; infinite beyond the last knot.
    #[inline]
    pub(crate) fn time(&self, log: f64) -> f64 {
        let end = self.logs.len() - 1;
        if log > self.logs[end] {
            return f64::INFINITY;
        }
        let above = (log - self.logs[0]).max(0.0);
        let mut knot = self.cells[((above * self.cells_per_log) as usize).min(CELLS)] as usize;
        // A cell's edge may be rounded to either side.
        knot -= usize::from(knot > 0 && self.logs[knot] > log);
        while knot + 1 < end && self.logs[knot + 1] < log {
            knot += 1;
        }
        let beyond = (log - self.logs[knot]).max(0.0);
        (self.times[knot] + beyond * self.slopes[knot]).min(self.times[(knot + 1).min(end)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::KaplanMeier;

    fn weibull() -> WeibullParameters {
        WeibullParameters { logarithms: [0.0, libm::log(2.0), -1.0] }
    }

    #[test]
    fn without_facilities_it_is_the_weibull_curve_and_back() {
        let curve = Curve::of(&[], &[], &weibull(), 10.0, (0.01, 100.0));
        for time in [0.05, 0.5, 1.0, 3.0] {
            let summed = curve.summed(time);
            assert!((summed / (time * time) - 1.0).abs() < 1e-3, "{time}: {summed}");
            let back = curve.time(libm::log(summed));
            assert!((back - time).abs() < 1e-9, "{time}: {back}");
        }
        assert!(curve.time(50.0).is_infinite());
    }

    #[test]
    fn with_next_to_no_worth_it_is_the_counted_share() {
        let spells: Vec<Spell> = (0..400_u32)
            .map(|i| {
                let time = f64::from(1 + i % 20) / 10.0;
                Spell { batch: 0, group: 0, time, done: i % 3 > 0 }
            })
            .collect();
        let times: Vec<_> = spells.iter().map(|spell| (spell.time, spell.done)).collect();
        let counted = KaplanMeier::of(&times);
        let curve = Curve::of(&spells, &vec![1.0; 400], &weibull(), 1e-9, (0.01, 100.0));
        for time in [0.1, 0.5, 1.0, 1.5] {
            let share = libm::exp(-curve.summed(time));
            assert!((share - counted.share(time)).abs() < 0.005, "{time}: {share}");
        }
        // An opening's own time comes back exactly, not smeared.
        let before = curve.summed(0.999_999);
        let after = curve.summed(1.0);
        assert!((curve.time(libm::log(0.5 * (before + after))) - 1.0).abs() < 1e-15);
    }
}
