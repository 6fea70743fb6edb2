//! Entries and verifications of a ledger, for people.

use groundwork_ledger::Verification;
use groundwork_model::Problem;
use groundwork_model::evidence::{
    Bound, Draft, Entry, Medium, Predicate, PublishedFrom, Quantity, RelationKind, Scope, Subject,
    Voice,
};

use super::lines::safe;
use crate::figures::{count, thousands, time};
use crate::output::problem_text;

/// Returns an entry with all its texts, a line each.
pub(super) fn entry(entry: &Entry) -> String {
    let mut text = format!("Entry {}, recorded {}\n", entry.number, time(entry.recorded_at));
    text.push_str(&draft(&entry.draft));
    let erased: Vec<&str> = entry.erased.iter().map(|field| field.name()).collect();
    text.push_str(&line("erased", &erased.join(", ")));
    text.push_str(&line("hash", &entry.hash));
    text
}

/// Returns a draft with all its texts, a line each.
pub(super) fn draft(draft: &Draft) -> String {
    let texts = &draft.texts;
    let mut text: String =
        statement_lines(draft).iter().map(|(name, value)| line(name, value)).collect();
    for relation in &draft.relations {
        let related = format!("{} entry {}", how(relation.how), relation.entry);
        text.push_str(&line("relation", &related));
    }
    let through = texts.attribution.join(", ");
    let quote = texts.quote.as_ref().map_or("", |quote| &quote.text);
    let others = [
        ("source", texts.source.as_str()),
        ("through", &through),
        ("address", &texts.url),
        ("title", &texts.title),
        ("named", &texts.named),
        ("quote", quote),
        ("note", &texts.note),
        ("document", &draft.document),
        ("recorded by", &texts.recorded_by),
        ("key", &draft.key),
    ];
    text.extend(others.iter().map(|(name, value)| line(name, value)));
    text
}

/// Returns a name with its value; nothing where there is none.
fn line(name: &str, value: &str) -> String {
    if value.is_empty() { String::new() } else { format!("  {name:<12} {}\n", safe(value)) }
}

/// Returns what a draft states, as names and values.
fn statement_lines(draft: &Draft) -> Vec<(&'static str, String)> {
    let when = if draft.valid.words.is_empty() {
        draft.valid.to_string()
    } else {
        format!("{} ({})", draft.valid, draft.valid.words)
    };
    let from = match draft.published.from {
        PublishedFrom::Stated => "stated",
        PublishedFrom::Address => "from the address",
        PublishedFrom::Assumed => "assumed",
    };
    let voice = match draft.voice {
        Voice::SelfReport => "self-report",
        Voice::Independent => "independent",
        Voice::Unattributed => "unattributed",
    };
    let grade = draft.grade.map(|grade| format!(", grade {grade}")).unwrap_or_default();
    let medium = match draft.medium {
        Medium::Document => "",
        Medium::Form => ", a form",
        Medium::Photo => ", a photo",
        Medium::Satellite => ", a satellite image",
    };
    vec![
        ("about", subject(&draft.subject)),
        ("says", predicate(&draft.predicate, draft.value.as_ref())),
        ("when", when),
        ("published", format!("{}, {from}", draft.published.day)),
        ("voice", format!("{voice}{grade}{medium}")),
    ]
}

/// Returns a subject in words.
fn subject(subject: &Subject) -> String {
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

/// Returns what an entry states, in words.
fn predicate(predicate: &Predicate, value: Option<&Quantity>) -> String {
    let not = |holds: &bool| if *holds { "" } else { "not " };
    let stated = match predicate {
        Predicate::Stage { stage, reached } => format!("{}reached: {}", not(reached), stage.name()),
        Predicate::Progress { stage, part, reached } => {
            format!("{part} {}done, a part of {}", not(reached), stage.name())
        }
        Predicate::Count { stage, unit } => {
            return format!("{} {} {}", quantity(value), unit.name(), stage.name());
        }
        Predicate::Target { stage, unit } => {
            return format!("target: {} {} {}", quantity(value), unit.name(), stage.name());
        }
        Predicate::Deadline { stage } => format!("deadline for {}", stage.name()),
        Predicate::MilestoneDate { certainty } => {
            format!("date of the milestone, {}", format!("{certainty:?}").to_lowercase())
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

const fn how(kind: RelationKind) -> &'static str {
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

/// Returns what a look through a ledger found.
pub(super) fn verified(found: &Verification, roots: usize, problems: &[Problem]) -> String {
    let root = &found.root;
    let mut text = format!(
        "Ledger {}: {} entries, the last recorded {}\n  hash {}\n",
        root.ledger,
        thousands(root.entries),
        if root.entries == 0 { "never".to_owned() } else { time(root.recorded_at) },
        root.hash
    );
    if problems.is_empty() {
        let compared = match roots {
            0 => "no published root was given to compare with (--root)".to_owned(),
            roots => format!("it agrees with {}", count(roots, "published root")),
        };
        text.push_str(&format!("Sound: every entry is as it was recorded; {compared}.\n"));
        return text;
    }
    for problem in problems {
        text.push_str(&problem_text(problem));
        text.push('\n');
    }
    if found.more > 0 {
        text.push_str(&format!("and {} more\n", thousands(found.more)));
    }
    text.push_str("Not sound.\n");
    text
}
