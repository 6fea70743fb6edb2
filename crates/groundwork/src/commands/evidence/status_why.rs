//! The entries that the figures of a scorecard rest on, in the terminal.

use groundwork_model::evidence::Scorecard;
use groundwork_monitor::reached;

use super::lines::{indented, safe};
use crate::cli::GroupName;
use crate::exit::Failure;
use crate::figures::thousands;
use crate::ledger_file::{self, AnyLedger};

/// Entries that the screen lists behind one figure.
const ENTRIES: usize = 12;

/// Lists the entries that the figures of the groups rest on.
pub(super) fn why(
    card: &Scorecard,
    by: GroupName,
    ledger: &mut AnyLedger,
) -> Result<String, Failure> {
    let groups = match by {
        GroupName::Batch => &card.batches,
        GroupName::Kind => &card.kinds,
        GroupName::Province => &card.provinces,
    };
    let mut text = "\nWhat the figures rest on\n".to_owned();
    for group in groups {
        for score in &group.stages {
            let sides = [
                ("claimed", &score.claimed),
                ("verified", &score.verified),
                ("denied", &score.denied),
            ];
            for (word, entries) in sides.into_iter().filter(|(_, entries)| !entries.is_empty()) {
                text.push_str(&indented(&format!(
                    "{}: {word} {}, {}",
                    group.name(),
                    reached(score.stage),
                    thousands(entries.len() as i128)
                )));
                for number in entries.iter().take(ENTRIES) {
                    text.push_str(&entry_line(*number, ledger)?);
                }
                if entries.len() > ENTRIES {
                    let more = thousands((entries.len() - ENTRIES) as i128);
                    text.push_str(&indented(&format!(
                        "  and {more} more; --json has their numbers"
                    )));
                }
            }
        }
    }
    Ok(text)
}

fn entry_line(number: u64, ledger: &mut AnyLedger) -> Result<String, Failure> {
    let entry = ledger.entry(number).map_err(|error| ledger_file::failure(&error))?;
    let draft = &entry.draft;
    let texts = &draft.texts;
    let grade = draft.grade.map_or_else(String::new, |grade| format!(" {grade}"));
    let source = if texts.source.is_empty() { "(no source)" } else { &texts.source };
    let subject = if draft.subject.id.is_empty() { "programme" } else { &draft.subject.id };
    let line = format!(
        "  entry {number}: {subject}, {} (published {}), {source}{grade} {}",
        draft.valid, draft.published.day, texts.url
    );
    Ok(indented(safe(&line).trim_end()))
}
