//! Cases as times on one clock.
//!
//! Where a case has a deadline its clock runs in shares of the planned time, from the beginning of work to the
//! deadline: works of ten days and of three years are then of one kind. A case without a usable deadline has the median
//! planned time of its batch, or of all. Where no case has one, the clock runs in days.

use std::collections::BTreeMap;

use super::history::{Case, Day, History};

/// Is how long a facility took, or has taken so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spell {
    /// Position of the batch in [`Spells::batches`].
    pub(crate) batch: usize,
    /// Position of the group in [`Spells::groups`].
    pub(crate) group: usize,
    /// Time on the clock; above 0.
    pub(crate) time: f64,
    /// Whether it opened then; else it had not by then.
    pub(crate) done: bool,
}

/// Says how a case bears on the forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bearing {
    /// It is open, or was given up: nothing is left to be forecast.
    Settled,
    /// It is not open, and work began on this day; assumed where nobody gives the day.
    Running { begun: Day, assumed: bool },
    /// It is not open, and nothing says when work began.
    NoBeginning,
}

/// Is a history, ready to be fitted and drawn from.
#[derive(Clone, Debug)]
pub(crate) struct Spells {
    /// Names of the batches, ascending.
    pub(crate) batches: Vec<String>,
    /// Names of the groups, ascending.
    pub(crate) groups: Vec<String>,
    /// The times that a model is fitted to, in the order of cases.
    pub(crate) spells: Vec<Spell>,
    /// For each case, in the order of the history: its batch, group, days of its clock's unit, and bearing.
    pub(crate) cases: Vec<Placed>,
    /// Whether the clock runs in shares of the planned time.
    pub(crate) planned: bool,
    /// Number of cases whose days contradict one another (open before work began), which no model is fitted to.
    pub(crate) unsound: u32,
}

/// Is a case in its places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Placed {
    pub(crate) batch: usize,
    pub(crate) group: usize,
    /// Days of one unit of its clock.
    pub(crate) unit: f64,
    pub(crate) bearing: Bearing,
}

fn planned_days(case: &Case) -> Option<Day> {
    let days = case.deadline?.day - case.begun?.day;
    (days > 0).then_some(days)
}

/// Returns the middle one, the smaller of two.
pub(crate) fn median(mut days: Vec<Day>) -> Option<Day> {
    days.sort_unstable();
    days.get(days.len().saturating_sub(1) / 2).copied()
}

fn names<'a>(all: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut names: Vec<String> = all.cloned().collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Is what is taken from the cases of a batch for those that lack it.
struct Common {
    begun: Option<Day>,
    unit: f64,
}

impl Spells {
    /// Places the cases of a history, which is as [`History::known_by`] returns it.
    pub(crate) fn of(history: &History) -> Self {
        let cases = &history.cases;
        let batches = names(cases.iter().map(|case| &case.batch));
        let groups = names(cases.iter().map(|case| &case.group));
        let overall = median(cases.iter().filter_map(planned_days).collect());
        let mut of_batch: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
        for case in cases {
            of_batch.entry(&case.batch).or_default().push(case);
        }
        let common: Vec<Common> = of_batch
            .values()
            .map(|cases| Common {
                begun: median(cases.iter().filter_map(|c| c.begun).map(|m| m.day).collect()),
                unit: median(cases.iter().copied().filter_map(planned_days).collect())
                    .or(overall)
                    .map_or(1.0, f64::from),
            })
            .collect();
        let mut made = Self {
            batches,
            groups,
            spells: Vec::new(),
            cases: Vec::with_capacity(cases.len()),
            planned: overall.is_some(),
            unsound: 0,
        };
        for case in cases {
            made.place(case, &common, history.as_of);
        }
        made
    }

    fn place(&mut self, case: &Case, common: &[Common], as_of: Day) {
        let batch = self.batches.binary_search(&case.batch).unwrap_or(0);
        let group = self.groups.binary_search(&case.group).unwrap_or(0);
        let unit = planned_days(case).map_or(common[batch].unit, f64::from);
        let done = case.done();
        let bearing = match (done.is_some() || case.cancelled.is_some(), case.begun) {
            (true, _) => Bearing::Settled,
            (false, Some(begun)) => Bearing::Running { begun: begun.day, assumed: false },
            (false, None) => match common[batch].begun {
                Some(begun) => Bearing::Running { begun, assumed: true },
                None => Bearing::NoBeginning,
            },
        };
        self.cases.push(Placed { batch, group, unit, bearing });
        let Some(begun) = case.begun else { return };
        let end = done.or(case.cancelled.map(|mark| mark.day)).unwrap_or(as_of);
        if end < begun.day {
            self.unsound += 1;
            return;
        }
        // What opened on the day on which it was begun took half a day; what was begun today says nothing yet.
        let days = f64::from(end - begun.day).max(0.5);
        if done.is_some() || end > begun.day {
            let time = days / unit;
            self.spells.push(Spell { batch, group, time, done: done.is_some() });
        }
    }

    /// Returns the number of spells that ended with an opening.
    pub(crate) fn done(&self) -> usize {
        self.spells.iter().filter(|spell| spell.done).count()
    }

    /// Returns the number of batches of which a facility has opened.
    pub(crate) fn batches_done(&self) -> usize {
        let mut batches: Vec<usize> =
            self.spells.iter().filter(|spell| spell.done).map(|spell| spell.batch).collect();
        batches.sort_unstable();
        batches.dedup();
        batches.len()
    }
}
