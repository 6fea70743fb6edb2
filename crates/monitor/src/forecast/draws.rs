//! Joint draws: one shock per batch and draw, and days of its facilities under it.

use std::sync::Arc;

use rayon::prelude::*;

use super::bias::ReportingBias;
use super::chance::{Drawer, Logarithm, Stream, unit};
use super::days::{DayCounts, HORIZON, LATER};
use super::fit::{CHOICES, Fit};
use super::history::{Case, Day, History};
use super::outcome::CountDraws;
use super::settings::Settings;
use super::spells::{Bearing, Spells};

/// Is what draws are made from.
pub(crate) struct Source<'a> {
    pub(crate) history: &'a History,
    pub(crate) spells: &'a Spells,
    pub(crate) fit: &'a Fit,
    pub(crate) bias: &'a ReportingBias,
    /// For each draw the share of claims that would be found open.
    pub(crate) found: Option<Vec<u64>>,
    pub(crate) asked: &'a [Asked],
    pub(crate) settings: &'a Settings,
}

/// Is a number that is asked for: how many of some facilities will be open by a day.
pub(crate) struct Asked {
    /// For each case whether it counts.
    pub(crate) members: Arc<[bool]>,
    /// The last day on which they count.
    pub(crate) due: Day,
    /// The only batch of which any counts, where it is one.
    pub(crate) batch: Option<usize>,
}

/// Is what was read off the draws of one facility.
pub(crate) struct Seen<R> {
    pub(crate) case: usize,
    pub(crate) claimed: Option<R>,
    pub(crate) verified: Option<R>,
}

/// Is how many draws end with each number of open facilities, as claimed and as found by checks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Distribution {
    pub(crate) claimed: Vec<CountDraws>,
    pub(crate) verified: Option<Vec<CountDraws>>,
}

/// Is everything that was read off the draws.
pub(crate) struct Drawn<R> {
    pub(crate) facilities: Vec<Seen<R>>,
    /// For each number that is asked for.
    pub(crate) counts: Vec<Distribution>,
}

/// Counts open facilities in each draw.
#[derive(Clone, Debug)]
struct Tally {
    asked: usize,
    claimed: Vec<u32>,
    verified: Vec<u32>,
}

/// Is a part of the work: facilities seen, numbers still to be added up, and those that are finished.
struct Part<R> {
    facilities: Vec<Seen<R>>,
    tallies: Vec<Tally>,
    finished: Vec<(usize, Distribution)>,
}

impl<R> Part<R> {
    const fn empty() -> Self {
        Self { facilities: Vec::new(), tallies: Vec::new(), finished: Vec::new() }
    }

    /// Joins two parts. Sums of whole numbers do not depend on who was ready first.
    fn with(mut self, mut other: Self) -> Self {
        self.facilities.append(&mut other.facilities);
        self.finished.append(&mut other.finished);
        for tally in other.tallies {
            match self.tallies.iter_mut().find(|own| own.asked == tally.asked) {
                None => self.tallies.push(tally),
                Some(own) => {
                    add(&mut own.claimed, &tally.claimed);
                    add(&mut own.verified, &tally.verified);
                }
            }
        }
        self
    }
}

fn add(own: &mut [u32], other: &[u32]) {
    for (own, other) in own.iter_mut().zip(other) {
        *own += other;
    }
}

/// Returns how often each number occurs, ascending.
fn distribution(mut numbers: Vec<u32>) -> Vec<CountDraws> {
    numbers.sort_unstable();
    let runs = numbers.chunk_by(|a, b| a == b);
    runs.map(|run| CountDraws { count: run[0], draws: run.len() as u32 }).collect()
}

/// Is what the draws of a batch share.
struct Shock {
    /// For each draw one over the batch's factor and the choice's pace.
    slowness: Vec<f64>,
    /// For each choice one over its bend.
    straight: Vec<f64>,
}

/// Facilities that one thread takes at a time.
const TOGETHER: usize = 64;

impl Source<'_> {
    /// Makes the draws and reads them off with `look`, facility by facility: nothing else of them is kept.
    pub(crate) fn draw<R: Send>(&self, look: impl Fn(usize, &DayCounts) -> R + Sync) -> Drawn<R> {
        let batches = self.spells.batches.len();
        let mut members = vec![Vec::new(); batches];
        for (case, placed) in self.spells.cases.iter().enumerate() {
            members[placed.batch].push(case);
        }
        let all = (0..batches)
            .into_par_iter()
            .map(|batch| self.draw_batch(batch, &members[batch], &look))
            .reduce(Part::empty, Part::with);
        let mut counts = vec![Distribution::default(); self.asked.len()];
        let shared = all.tallies.into_iter().map(|tally| self.finished(tally));
        for (asked, distribution) in all.finished.into_iter().chain(shared) {
            counts[asked] = distribution;
        }
        let mut facilities = all.facilities;
        facilities.sort_unstable_by_key(|seen| seen.case);
        Drawn { facilities, counts }
    }

    fn finished(&self, tally: Tally) -> (usize, Distribution) {
        let verified = self.found.is_some().then(|| distribution(tally.verified));
        (tally.asked, Distribution { claimed: distribution(tally.claimed), verified })
    }

    fn draw_batch<R: Send>(
        &self,
        batch: usize,
        members: &[usize],
        look: &(impl Fn(usize, &DayCounts) -> R + Sync),
    ) -> Part<R> {
        let shock = self.shock(batch);
        let mut part = members
            .par_chunks(TOGETHER)
            .map(|cases| self.draw_some(batch, cases, &shock, look))
            .reduce(Part::empty, Part::with);
        let own = |tally: &Tally| self.asked[tally.asked].batch.is_some();
        let (own, shared): (Vec<Tally>, Vec<Tally>) = part.tallies.into_iter().partition(own);
        part.tallies = shared;
        part.finished = own.into_iter().map(|tally| self.finished(tally)).collect();
        part
    }

    /// Draws the factor of a batch: gamma, from what it has shown so far under each choice of the parameters.
    fn shock(&self, batch: usize) -> Shock {
        let choices = &self.fit.choices;
        let of_batch: Vec<(f64, f64)> = self
            .spells
            .spells
            .iter()
            .zip(&self.fit.expected)
            .filter(|(spell, _)| spell.batch == batch)
            .map(|(_, expected)| *expected)
            .collect();
        let expected: Vec<f64> = choices
            .iter()
            .map(|choice| {
                let some = of_batch.iter().filter(|(expected, _)| *expected > 0.0);
                let sum: f64 = some
                    .map(|(expected, group)| group * libm::exp(choice.bend * libm::log(*expected)))
                    .sum();
                choice.pace * sum
            })
            .collect();
        let done = self.fit.batches[batch].0;
        let stream = Stream::of(self.settings.seed, "batch", &self.spells.batches[batch]);
        let slowness = (0..self.settings.draws)
            .into_par_iter()
            .map(|draw| {
                let which = draw as usize % CHOICES;
                let choice = choices[which];
                let worth = 1.0 / choice.variance;
                let gamma = Drawer::new(stream.under(draw.into())).gamma(worth + done);
                (worth + expected[which]) / (gamma.max(1e-300) * choice.pace)
            })
            .collect();
        let straight = choices.iter().map(|choice| 1.0 / choice.bend).collect();
        Shock { slowness, straight }
    }

    fn draw_some<R>(
        &self,
        batch: usize,
        cases: &[usize],
        shock: &Shock,
        look: &impl Fn(usize, &DayCounts) -> R,
    ) -> Part<R> {
        let draws = self.settings.draws as usize;
        let tallies = self.asked.iter().enumerate();
        let ours = tallies.filter(|(_, asked)| asked.batch.is_none_or(|own| own == batch));
        let tallies = ours.map(|(asked, _)| Tally {
            asked,
            claimed: vec![0; draws],
            verified: vec![0; if self.found.is_some() { draws } else { 0 }],
        });
        let mut part =
            Part { facilities: Vec::new(), tallies: tallies.collect(), finished: Vec::new() };
        let mut counts = DayCounts::new(self.history.as_of);
        let (mut ahead, mut seen) = (vec![LATER; draws], vec![LATER; draws]);
        for &case in cases {
            let facility = &self.history.cases[case];
            let running = self.claims(case, shock, &mut ahead);
            let claimed = running.then(|| {
                counts.count(&ahead);
                look(case, &counts)
            });
            self.tally_claims(case, running, &ahead, &mut part.tallies);
            let verified = self.findings(facility, running, &ahead, &mut seen).then(|| {
                counts.count(&seen);
                look(case, &counts)
            });
            self.tally_findings(case, verified.is_some(), &seen, &mut part.tallies);
            if claimed.is_some() || verified.is_some() {
                part.facilities.push(Seen { case, claimed, verified });
            }
        }
        part
    }

    /// Draws the days ahead until a running facility is said to open; false for any other.
    fn claims(&self, case: usize, shock: &Shock, ahead: &mut [u16]) -> bool {
        let placed = self.spells.cases[case];
        let Bearing::Running { begun, .. } = placed.bearing else { return false };
        let as_of = self.history.as_of;
        let elapsed = as_of - begun;
        let summed = self.fit.curve.summed(f64::from(elapsed) / placed.unit);
        let log = libm::log(summed.max(1e-300));
        let power = |bend: f64| if summed > 0.0 { libm::exp(bend * log) } else { 0.0 };
        let so_far: Vec<f64> = self.fit.choices.iter().map(|c| power(c.bend)).collect();
        let over_group = 1.0 / self.fit.groups.factor(placed.group);
        let stream = Stream::of(self.settings.seed, "facility", &self.history.cases[case].id);
        let table = Logarithm::table();
        let rounds = ahead.chunks_mut(CHOICES).zip(shock.slowness.chunks(CHOICES));
        for (round, (ahead, slowness)) in (0_u64..).zip(rounds) {
            let first = round * CHOICES as u64;
            let choices = so_far.iter().zip(&shock.straight);
            let each = ahead.iter_mut().zip(slowness).zip(choices);
            for (draw, ((ahead, slowness), (so_far, straight))) in (first..).zip(each) {
                let exponential = -table.of(unit(stream.at(draw)));
                let rate = so_far + exponential * slowness * over_group;
                let log = table.of(rate.clamp(1e-300, 1e300)) * straight;
                // Beyond its last knot the curve says a time past the horizon.
                let days = self.fit.curve.time(log) * placed.unit - 1e-6;
                // The day in which the time falls; a whole number of days stays on its own day.
                let whole = days as i32;
                let day = whole.saturating_add(i32::from(days > f64::from(whole)));
                *ahead = (day.saturating_sub(elapsed)).clamp(1, i32::from(LATER)) as u16;
            }
        }
        true
    }

    /// Draws the days ahead until somebody who looks finds a facility open; false where that is known already, is not
    /// to be expected, or cannot be said.
    fn findings(&self, facility: &Case, running: bool, ahead: &[u16], seen: &mut [u16]) -> bool {
        let Some(found) = &self.found else { return false };
        if facility.verified_done.is_some() || (!running && facility.claimed_done.is_none()) {
            return false;
        }
        let lags = self.bias.lags();
        let stream = Stream::of(self.settings.seed, "finding", &facility.id);
        let since = facility.claimed_done.map(|mark| mark.day - self.history.as_of);
        for (draw, (seen, found)) in seen.iter_mut().zip(found).enumerate() {
            let bits = stream.at(draw as u64);
            let lag = lags[(((bits & 0xffff_ffff) * lags.len() as u64) >> 32) as usize];
            let opens = match since {
                Some(day) if !running => Some(day),
                _ => Some(i32::from(ahead[draw])).filter(|ahead| *ahead <= HORIZON as i32),
            };
            *seen = match opens {
                Some(day) if bits >> 32 < *found => {
                    day.saturating_add(lag).clamp(1, i32::from(LATER)) as u16
                }
                _ => LATER,
            };
        }
        true
    }

    fn days_ahead(&self, due: Day) -> u16 {
        (i64::from(due) - i64::from(self.history.as_of)).clamp(0, HORIZON as i64) as u16
    }

    fn tally_claims(&self, case: usize, running: bool, ahead: &[u16], tallies: &mut [Tally]) {
        let known = self.history.cases[case].done();
        for tally in tallies.iter_mut().filter(|tally| self.asked[tally.asked].members[case]) {
            let due = self.asked[tally.asked].due;
            tally_one(&mut tally.claimed, known, running, ahead, (due, self.days_ahead(due)));
        }
    }

    fn tally_findings(&self, case: usize, drawn: bool, seen: &[u16], tallies: &mut [Tally]) {
        let known = self.history.cases[case].verified_done.map(|mark| mark.day);
        let ours = |tally: &&mut Tally| {
            !tally.verified.is_empty() && self.asked[tally.asked].members[case]
        };
        for tally in tallies.iter_mut().filter(ours) {
            let due = self.asked[tally.asked].due;
            tally_one(&mut tally.verified, known, drawn, seen, (due, self.days_ahead(due)));
        }
    }
}

/// Adds a facility to the counts: for good where it is known to be open in time, else draw by draw.
fn tally_one(
    counts: &mut [u32],
    known: Option<Day>,
    drawn: bool,
    ahead: &[u16],
    (due, limit): (Day, u16),
) {
    match known {
        Some(day) if day <= due => counts.iter_mut().for_each(|count| *count += 1),
        None if drawn => {
            for (count, ahead) in counts.iter_mut().zip(ahead) {
                *count += u32::from(*ahead <= limit);
            }
        }
        _ => (),
    }
}
