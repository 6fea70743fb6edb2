//! One entry of the ledger with all that it says, by whom, where and when.

use groundwork_model::evidence::words::{
    date, known_from, reached, relates, stated, taken_from, time, voice,
};
use groundwork_model::evidence::{Draft, Grade, Predicate, RelationKind, Scope, TextField, Voice};

use super::Evidence;
use super::places::{Related, related_words};
use crate::escape::{markup, web_address};
use crate::evidence_input::KnownEntry;
use crate::words::capital;

/// Letters of one text that the page shows.
const LETTERS: usize = 2000;

/// Draws an entry.
pub(super) fn draw(of: &Evidence, known: &KnownEntry, related: &Related) -> String {
    let entry = &known.entry;
    let (draft, number) = (&entry.draft, entry.number);
    let texts = &draft.texts;
    let quote = texts.quote.as_ref().map_or_else(String::new, |quote| {
        let start = quote.start.map_or_else(String::new, |start| {
            format!("<span class=\"under\">from byte {start} of the stored document</span>")
        });
        format!("<blockquote>{}{start}</blockquote>", markup(&short(&quote.text)))
    });
    let note = match texts.note.as_str() {
        "" => String::new(),
        note => format!("<p class=\"entry-note\">Note: {}</p>", markup(&short(note))),
    };
    format!(
        "<div class=\"entry{}\" id=\"entry-{number}\"><p class=\"says\"><span class=\"no\">{number}</span> <time>{}</time> \
         <b>{}</b> {}</p>{quote}{note}<p class=\"explained\">{}</p>{}</div>",
        if known.withdrawn_by.is_some() { " withdrawn" } else { "" },
        markup(&date(&draft.valid)),
        markup(&capital(&stated(draft))),
        badge(of, known),
        origin(of, known),
        ties(of, known, related),
    )
}

/// Says what kind of word the entry is, and whether it counts.
fn badge(of: &Evidence, known: &KnownEntry) -> String {
    let draft = &known.entry.draft;
    let (class, word) = kind_of_word(draft, of.card.rules.least_grade);
    let mut badges = match word.as_str() {
        "" => String::new(),
        word => format!("<span class=\"badge {class}\">{}</span>", markup(word)),
    };
    if let Some(by) = known.withdrawn_by {
        badges.push_str(&format!(
            " <span class=\"badge gone\">withdrawn by entry {}</span>",
            of.number(by)
        ));
    } else if draft.day().is_none_or(|day| day > of.card.times.as_of) {
        badges
            .push_str(" <span class=\"badge gone\">after the day looked at: does not count</span>");
    }
    badges
}

/// Returns whether it is a promise, a claim or something seen, and how good that is.
fn kind_of_word(draft: &Draft, least: Grade) -> (&'static str, String) {
    let verb = match draft.predicate {
        Predicate::Note => return ("said", String::new()),
        Predicate::Target { .. }
        | Predicate::Deadline { .. }
        | Predicate::MilestoneDate { .. }
        | Predicate::PlanCycle
        | Predicate::Budget { .. } => "promised",
        Predicate::Statement => "said",
        Predicate::Assessment => "judged",
        _ if draft.voice == Voice::Independent => "seen",
        _ => "claimed",
    };
    match draft.voice {
        Voice::SelfReport => ("said", verb.to_owned()),
        Voice::Unattributed => ("said", format!("{verb} by nobody known")),
        Voice::Independent if draft.grade.is_some_and(|grade| grade.reaches(least)) => {
            ("seen", format!("{verb} independently"))
        }
        Voice::Independent => ("weak", format!("{verb} independently, below grade {least}")),
    }
}

/// Says who says it, where and when.
fn origin(of: &Evidence, known: &KnownEntry) -> String {
    let entry = &known.entry;
    let draft = &entry.draft;
    let texts = &draft.texts;
    let published =
        format!("published {} ({})", draft.published.day, known_from(draft.published.from));
    let grade = draft.grade.map_or_else(|| "no grade".to_owned(), |grade| format!("grade {grade}"));
    let mut parts =
        vec![markup(&published), source(of, known), format!("{}, {grade}", voice(draft.voice))];
    parts.push(markup(taken_from(draft.medium)));
    if !texts.attribution.is_empty() {
        parts.push(markup(&format!("through {}", texts.attribution.join(", "))));
    }
    parts.push(address(draft));
    if !texts.named.is_empty() {
        parts.push(markup(&format!("named there \u{201c}{}\u{201d}", short(&texts.named))));
    }
    parts.push(about(draft));
    let by = match texts.recorded_by.as_str() {
        "" => String::new(),
        by => format!(" by {by}"),
    };
    parts.push(markup(&format!(
        "recorded {}{by}",
        time(entry.recorded_at - entry.recorded_at.rem_euclid(1_000_000))
    )));
    if !draft.document.is_empty() {
        let hash: String = draft.document.chars().take(12).collect();
        parts.push(markup(&format!("document {hash}")));
    }
    parts.retain(|part| !part.is_empty());
    capital(&parts.join(" \u{b7} "))
}

fn source(of: &Evidence, known: &KnownEntry) -> String {
    let id = &known.entry.draft.texts.source;
    if id.is_empty() {
        let erased = known.entry.erased.contains(&TextField::Source);
        return if erased { String::new() } else { "no source named".to_owned() };
    }
    match of.input.sources.iter().find(|source| source.id == *id) {
        Some(source) => format!("<a href=\"#ledger\">{}</a>", markup(&source.name)),
        None => markup(id),
    }
}

/// Returns the address of the document as a link, with its title where it has one.
fn address(draft: &Draft) -> String {
    let texts = &draft.texts;
    let title = short(&texts.title);
    match web_address(texts.url.trim()) {
        Some(address) => {
            let host = address.split('/').nth(2).unwrap_or(address);
            let word = if title.is_empty() { host } else { &title };
            format!(
                "<a class=\"source\" rel=\"noreferrer noopener\" href=\"{}\">{}</a>",
                markup(address),
                markup(word)
            )
        }
        None => markup([title.as_str(), texts.url.trim()].join(" ").trim()),
    }
}

/// Says of which facility or batch it speaks, where the place alone does not say so.
fn about(draft: &Draft) -> String {
    let subject = &draft.subject;
    let of = [subject.batch.as_str(), subject.kind.as_str()].join(" ");
    match (subject.scope, of.trim()) {
        (Scope::Facility, "") => markup(&format!("about {}", subject.id)),
        (_, "") => String::new(),
        (_, of) => markup(&format!("about {of}")),
    }
}

/// Says how it relates to others, and what was erased of it.
fn ties(of: &Evidence, known: &KnownEntry, related: &Related) -> String {
    let entry = &known.entry;
    let own = entry
        .draft
        .relations
        .iter()
        .map(|relation| format!("{} {}", relates(relation.how), of.number(relation.entry)));
    let rests = of.rests.get(&entry.number).into_iter().flatten();
    let rests =
        rests.map(|(stage, word)| format!("{} counts as {word} from here", reached(*stage)));
    let mut parts: Vec<String> = rests.chain(own).collect();
    if let Some(later) = related.get(&entry.number) {
        let later: Vec<(RelationKind, u64)> =
            later.iter().copied().filter(|(how, _)| *how != RelationKind::Redacts).collect();
        parts.extend(related_words(of, &later));
    }
    if !entry.erased.is_empty() {
        let fields: Vec<&str> = entry.erased.iter().map(|field| field.name()).collect();
        let by = related.get(&entry.number).and_then(|later| {
            later.iter().find(|(how, _)| *how == RelationKind::Redacts).map(|(_, number)| *number)
        });
        let by = by.map_or_else(String::new, |by| format!(" by entry {}", of.number(by)));
        parts.push(format!(
            "<b>erased{by}: {}</b>; what it says still counts",
            markup(&fields.join(", "))
        ));
    }
    if parts.is_empty() {
        return String::new();
    }
    format!("<p class=\"explained\">{}</p>", capital(&parts.join(" \u{b7} ")))
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text.to_owned(),
    }
}
