//! What a scorecard's readers, on the screen and on the page, take from it alike.

use super::reconciliation::Reconciliation;
use super::scorecard::{GroupScore, PromiseScore, Reached, Schedule, Scorecard};
use super::stage::{CountUnit, Stage};
use super::statement::Voice;
use super::when::day_number;
use super::words::{amount, of_batches, reached, units};
use crate::words::{counted, thousands};

impl PromiseScore {
    /// Returns whether it speaks of a group. One of the whole programme stands by itself.
    #[must_use]
    pub fn is_of(&self, group: &GroupScore) -> bool {
        !self.batch.is_empty()
            && self.batch == group.batch
            && (self.kind.is_empty() || self.kind == group.kind)
    }

    /// Returns what is promised: "20 places of 2024 factories inaugurated by 2024-12-31".
    #[must_use]
    pub fn asked(&self) -> String {
        let due = self.due.map_or_else(|| "without a date".to_owned(), |due| format!("by {due}"));
        let parts: Vec<String> = self.batch.split('+').map(|part| part.trim().to_owned()).collect();
        let of = match &parts[..] {
            [one] if one.is_empty() && self.kind.is_empty() => String::new(),
            [one] if one.is_empty() => format!(" of {}", self.kind),
            // "2026+" means that and all later ones, and stays as written.
            parts if parts.iter().any(String::is_empty) => {
                format!(" of {} {}", self.batch, self.kind)
            }
            parts => format!("{} {}", of_batches(parts), self.kind),
        };
        let at = if self.place.is_empty() { String::new() } else { format!(" at {}", self.place) };
        let of = format!("{}{at}", of.trim_end());
        format!("{}{of} {} {due}", units(self.count, self.unit), reached(self.stage))
    }

    /// Returns how far it is kept, by one of its two sides: "1 of 20; late: 19".
    #[must_use]
    pub fn kept(&self, side: &Reached) -> String {
        let Some(reached) = side.count else {
            return format!("not counted: named facilities are no {}", self.unit.name());
        };
        let by_due = match side.by_due {
            Some(by_due) if by_due != reached => {
                format!(", {} when it fell due", thousands(by_due))
            }
            _ => String::new(),
        };
        let missing = self.count.saturating_sub(reached);
        let tail = match (side.schedule, side.day, self.due) {
            (Schedule::Late, Some(day), Some(due)) => {
                let days = (day_number(day) - day_number(due)).unsigned_abs();
                format!("; all on {day}, {} late", counted(days, "day"))
            }
            (Schedule::Late, ..) => format!("; late: {}", thousands(missing)),
            (schedule, Some(day), _) => format!("; all on {day}, {}", schedule.words()),
            (schedule, ..) => format!("; {}", schedule.words()),
        };
        format!("{} of {}{by_due}{tail}", thousands(reached), thousands(self.count))
    }
}

impl GroupScore {
    /// Returns its name for people: "2024 factories".
    #[must_use]
    pub fn name(&self) -> String {
        let parts = [self.batch.as_str(), self.kind.as_str(), self.province.as_str()];
        let named: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        if named.is_empty() { "(no batch, no kind)".to_owned() } else { named.join(" ") }
    }
}

impl Scorecard {
    /// Returns the groups to which something was promised, and the others. Where nothing was promised, all groups count
    /// alike and are the first.
    #[must_use]
    pub fn promised_groups(&self) -> (Vec<&GroupScore>, Vec<&GroupScore>) {
        // Milestones of the programme come before targets that are only reported.
        let milestones = self.promises.iter().any(|promise| promise.entry.is_none());
        let counts = |promise: &&PromiseScore| promise.entry.is_none() || !milestones;
        let promised = |group: &&GroupScore| {
            self.promises.iter().filter(counts).any(|promise| promise.is_of(group))
        };
        let (main, others): (Vec<&GroupScore>, Vec<&GroupScore>) =
            self.batches.iter().partition(promised);
        if main.is_empty() { (others, main) } else { (main, others) }
    }

    /// Returns the last claimed and the last seen total of a stage that speaks of a group's batch, in each unit: what
    /// stands beside the named facilities and is never added to them.
    #[must_use]
    pub fn beside(&self, stage: Stage, group: &GroupScore) -> Vec<&Reconciliation> {
        let speaks = |one: &&Reconciliation| {
            one.stage == stage
                && one.place.is_empty()
                && one.batches.contains(&group.batch)
                && (one.kind.is_empty() || one.kind == group.kind)
        };
        let mut found = Vec::new();
        for independent in [false, true] {
            for unit in CountUnit::ALL {
                let of = self.reconciliations.iter().filter(speaks).filter(|one| {
                    (one.voice == Voice::Independent) == independent && one.unit == unit
                });
                found.extend(of.max_by_key(|one| (one.day, one.entry)));
            }
        }
        found
    }
}

impl Reconciliation {
    /// Returns the total in few words: "claimed 40 places of 2024 and 2025, 2025-12-03". One batch alone is not named.
    #[must_use]
    pub fn in_short(&self) -> String {
        let word = if self.voice == Voice::Independent { "seen" } else { "claimed" };
        let batches =
            if self.batches.len() > 1 { of_batches(&self.batches) } else { String::new() };
        let amount = amount(self.number, self.bound, self.unit);
        format!("{word} {amount}{batches}, {}", self.day)
    }
}
