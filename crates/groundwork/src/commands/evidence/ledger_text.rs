//! Entries and verifications of a ledger, for people.

use groundwork_ledger::Verification;
use groundwork_model::Problem;
use groundwork_model::evidence::words::{
    date, known_from, relates, stated, subject, taken_from, time, voice,
};
use groundwork_model::evidence::{Draft, Entry};

use super::lines::safe;
use crate::figures::{count, thousands};
use crate::output::problem_text;

/// Returns an entry with all its texts, a line each.
pub(super) fn entry(entry: &Entry) -> String {
    let mut text = format!("Entry {}, recorded {}\n", entry.number, time(entry.recorded_at));
    text.push_str(&draft(&entry.draft));
    let erased: Vec<&str> = entry.erased.iter().map(|field| field.name()).collect();
    text.push_str(&line("erased", &erased.join(", ")));
    let redacted: Vec<&str> = entry.redacted.iter().map(|field| field.name()).collect();
    text.push_str(&line("it erases", &redacted.join(", ")));
    if let Some(origin) = &entry.origin {
        let key = if origin.key.is_empty() {
            String::new()
        } else {
            format!(", with the key {}", origin.key)
        };
        let first = format!(
            "entry {} of ledger {}, recorded {}{key}, hash {}",
            origin.number,
            origin.ledger,
            time(origin.recorded_at),
            origin.hash
        );
        text.push_str(&line("first", &first));
    }
    text.push_str(&line("hash", &entry.hash));
    text
}

/// Returns a draft with all its texts, a line each.
pub(super) fn draft(draft: &Draft) -> String {
    let texts = &draft.texts;
    let mut text: String =
        statement_lines(draft).iter().map(|(name, value)| line(name, value)).collect();
    for relation in &draft.relations {
        let related = format!("{} entry {}", relates(relation.how), relation.entry);
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
    let grade = draft.grade.map(|grade| format!(", grade {grade}")).unwrap_or_default();
    let medium = match taken_from(draft.medium) {
        "" => String::new(),
        medium => format!(", {medium}"),
    };
    let published = &draft.published;
    vec![
        ("about", subject(&draft.subject)),
        ("says", stated(draft)),
        ("when", date(&draft.valid)),
        ("published", format!("{}, {}", published.day, known_from(published.from))),
        ("voice", format!("{}{grade}{medium}", voice(draft.voice))),
    ]
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
