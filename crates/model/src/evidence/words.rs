//! Words of the ledger for people: stages, numbers with their unit, and what an entry states.

use super::entry::{Draft, Medium, PublishedFrom};
use super::stage::{CountUnit, Stage};
use super::statement::{
    Bound, Certainty, Predicate, Quantity, RelationKind, Scope, Subject, Voice,
};
use super::when::When;
use crate::words::thousands;

/// Returns the words for a stage that was reached: completed, inaugurated, under construction.
#[must_use]
pub const fn reached(stage: Stage) -> &'static str {
    match stage {
        Stage::Announced => "announced",
        Stage::SiteChosen => "site chosen",
        Stage::GroundBroken => "ground broken",
        Stage::UnderConstruction => "under construction",
        Stage::Completed => "completed",
        Stage::Inspected => "inspected",
        Stage::Inaugurated => "inaugurated",
        Stage::Operating => "operating",
        Stage::Stalled => "stalled",
        Stage::Cancelled => "cancelled",
    }
}

/// Returns a number with its unit: 1 place, 20 places.
#[must_use]
pub fn units(number: u64, unit: CountUnit) -> String {
    let one = match unit {
        CountUnit::Places => "place",
        CountUnit::Facilities => "facility",
        CountUnit::Plants => "plant",
    };
    if number == 1 { format!("1 {one}") } else { format!("{} {}", thousands(number), unit.name()) }
}

/// Returns a total as it is meant: "20 places", "at least 120 plants", "all places".
#[must_use]
pub fn amount(number: Option<u64>, bound: Bound, unit: CountUnit) -> String {
    let numbered = |words: &str| match number {
        Some(number) => format!("{words}{}", units(number, unit)),
        None => format!("an unknown number of {}", unit.name()),
    };
    match bound {
        Bound::Exactly => numbered(""),
        Bound::AtLeast => numbered("at least "),
        Bound::LessThan => numbered("less than "),
        Bound::About => numbered("about "),
        Bound::All => format!("all {}", unit.name()),
        Bound::Several => format!("several {}", unit.name()),
        Bound::Unknown => numbered(""),
    }
}

/// Returns the words for a voice.
#[must_use]
pub const fn voice(voice: Voice) -> &'static str {
    match voice {
        Voice::SelfReport => "self-report",
        Voice::Independent => "independent",
        Voice::Unattributed => "unattributed",
    }
}

/// Returns the first and the last of three or more batches that are years in a row.
fn in_a_row(batches: &[String]) -> Option<(&String, &String)> {
    let years: Vec<i32> = batches.iter().map_while(|batch| batch.parse().ok()).collect();
    let next = |pair: &[i32]| pair[0].checked_add(1) == Some(pair[1]);
    let all = years.len() == batches.len() && years.len() > 2 && years.windows(2).all(next);
    all.then(|| batches.first().zip(batches.last())).flatten()
}

/// Returns the batches that are covered, in words: " of 2024 and 2025".
#[must_use]
pub fn of_batches(batches: &[String]) -> String {
    if let Some((first, last)) = in_a_row(batches) {
        return format!(" of {first} to {last}");
    }
    match batches {
        [] => String::new(),
        [one] => format!(" of {one}"),
        [first @ .., last] => format!(" of {} and {last}", first.join(", ")),
    }
}

/// Returns a date with its own words: `2024-12 (by the end of the year)`.
#[must_use]
pub fn date(when: &When) -> String {
    match when.words.as_str() {
        "" => when.to_string(),
        words => format!("{when} ({words})"),
    }
}

/// Returns where a day of publication is known from.
#[must_use]
pub const fn known_from(from: PublishedFrom) -> &'static str {
    match from {
        PublishedFrom::Stated => "stated",
        PublishedFrom::Address => "from the address",
        PublishedFrom::Assumed => "assumed",
    }
}

/// Returns what an entry was taken from; nothing for a page or report, which most are.
#[must_use]
pub const fn taken_from(medium: Medium) -> &'static str {
    match medium {
        Medium::Document => "",
        Medium::Form => "a form",
        Medium::Photo => "a photo",
        Medium::Satellite => "a satellite image",
    }
}

/// Returns a subject in words.
#[must_use]
pub fn subject(subject: &Subject) -> String {
    let mut text = match subject.scope {
        Scope::Programme => "the programme".to_owned(),
        Scope::Place => format!("place {}", subject.id),
        Scope::Facility => format!("facility {}", subject.id),
        Scope::Milestone => format!("milestone {}", subject.id),
    };
    let parts = [("place", &subject.place), ("kind", &subject.kind), ("batch", &subject.batch)];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(name, part)| !part.is_empty() && (*name != "place" || **part != subject.id))
        .map(|(name, part)| format!("{name} {part}"))
        .collect();
    if !parts.is_empty() {
        text.push_str(&format!(" ({})", parts.join(", ")));
    }
    text
}

/// Returns what a draft or entry states, in words.
#[must_use]
pub fn stated(draft: &Draft) -> String {
    let value = draft.value.as_ref();
    let not = |holds: &bool| if *holds { "" } else { "not " };
    let stated = match &draft.predicate {
        Predicate::Stage { stage, reached: holds } => {
            format!("{}reached: {}", not(holds), reached(*stage))
        }
        Predicate::Progress { stage, part, reached: holds } => {
            format!("{part} {}done, a part of {}", not(holds), reached(*stage))
        }
        Predicate::Count { stage, unit } => {
            return format!("{} {} {}", quantity(value), unit.name(), reached(*stage));
        }
        Predicate::Target { stage, unit } => {
            return format!("target: {} {} {}", quantity(value), unit.name(), reached(*stage));
        }
        Predicate::Deadline { stage } => format!("deadline for {}", reached(*stage)),
        Predicate::MilestoneDate { certainty } => {
            format!("date of the milestone, {}", certainty_words(*certainty))
        }
        Predicate::PlanCycle => "plan cycle".to_owned(),
        Predicate::Inspection { ready } => match ready {
            Some(true) => "inspected, ready".to_owned(),
            Some(false) => "inspected, not ready".to_owned(),
            None => "inspected; whether it was ready is not said".to_owned(),
        },
        Predicate::Readiness { item, holds } => format!("checklist: {}{item}", not(holds)),
        Predicate::Finding { mended } => format!("finding, {}mended", not(mended)),
        Predicate::Budget { resource } => format!("budget of {resource}"),
        Predicate::Output { product } => format!("output of {product}"),
        Predicate::Observation { what, seen } => format!("{what} {}seen", not(seen)),
        Predicate::Statement => "statement".to_owned(),
        Predicate::Assessment => "assessment".to_owned(),
        Predicate::Absence { sought } => format!("searched for {sought}, found nothing"),
        Predicate::Note => "note".to_owned(),
    };
    match value {
        Some(value) => {
            format!("{stated}: {} {}", quantity(Some(value)), value.unit).trim_end().to_owned()
        }
        None => stated,
    }
}

const fn certainty_words(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Fixed => "fixed",
        Certainty::Expected => "expected",
        Certainty::Rumoured => "rumoured",
    }
}

fn quantity(value: Option<&Quantity>) -> String {
    let Some(value) = value else { return "an unknown number of".to_owned() };
    let number = value.number.map(|number| number.to_string()).unwrap_or_default();
    match value.bound {
        Bound::Exactly => number,
        Bound::AtLeast => format!("at least {number}"),
        Bound::LessThan => format!("less than {number}"),
        Bound::About => format!("about {number}"),
        Bound::All => "all".to_owned(),
        Bound::Several => "several".to_owned(),
        Bound::Unknown => "an unknown number of".to_owned(),
    }
}

/// Returns how an entry relates to an earlier one: confirms, denies, takes the place of, ...
#[must_use]
pub const fn relates(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Confirms => "confirms",
        RelationKind::Denies => "denies",
        RelationKind::Corrects => "corrects",
        RelationKind::Retracts => "retracts",
        RelationKind::Expires => "ends",
        RelationKind::CountsToward => "counts toward",
        RelationKind::Redacts => "erases texts of",
    }
}

/// Returns how an earlier entry is related to by a later one: corrected by, denied by, ...
#[must_use]
pub const fn is_related(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Confirms => "confirmed by",
        RelationKind::Denies => "denied by",
        RelationKind::Corrects => "corrected by",
        RelationKind::Retracts => "taken back by",
        RelationKind::Expires => "ended by",
        RelationKind::CountsToward => "summed up from",
        RelationKind::Redacts => "texts erased by",
    }
}

/// Returns a time of recording in words, in UTC.
#[must_use]
pub fn time(microseconds: i64) -> String {
    jiff::Timestamp::from_microsecond(microseconds)
        .map_or_else(|_| microseconds.to_string(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_its_unit_and_its_bound() {
        assert_eq!(units(1, CountUnit::Facilities), "1 facility");
        assert_eq!(units(1200, CountUnit::Places), "1,200 places");
        assert_eq!(amount(Some(120), Bound::AtLeast, CountUnit::Plants), "at least 120 plants");
        assert_eq!(amount(None, Bound::All, CountUnit::Places), "all places");
        assert_eq!(of_batches(&["2024".to_owned(), "2025".to_owned()]), " of 2024 and 2025");
        let of = |batches: &[&str]| {
            of_batches(&batches.iter().map(|&batch| batch.to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(of(&["2024", "2025", "2026"]), " of 2024 to 2026");
        assert_eq!(of(&["2024", "2026", "2027"]), " of 2024, 2026 and 2027");
        assert_eq!(of(&["a", "b", "c"]), " of a, b and c");
    }

    #[test]
    fn a_time_is_in_utc_and_one_out_of_range_stays_a_number() {
        assert_eq!(time(1_772_366_400_000_001), "2026-03-01T12:00:00.000001Z");
        assert_eq!(time(i64::MAX), i64::MAX.to_string());
    }
}
