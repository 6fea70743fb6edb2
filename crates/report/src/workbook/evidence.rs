//! The sheets of what the ledger says. Each row names the times and the root, so that it can stand by itself.

use groundwork_model::evidence::words::{
    amount, date, known_from, reached, relates, stated, subject, taken_from, time, voice,
};
use groundwork_model::evidence::{
    FacilityScore, GroupScore, Mark, PromiseScore, Reached, StageState,
};
use rust_xlsxwriter::{Workbook, XlsxError};

use super::sheet::{Cell, Styles, add};
use crate::evidence_input::{EvidenceInput, KnownEntry};

/// Letters of a text at most, as UTF-16 counts them: a cell holds no more than 32,767.
const LETTERS: usize = 30_000;

/// Columns that every sheet ends with.
const TIMES: [&str; 5] = ["as of", "published by", "recorded by", "ledger", "root"];

/// Is a sheet: its name, its header and its rows.
type Sheet<'a> = (&'a str, &'a [&'a str], Vec<Vec<Cell>>);

/// Adds the sheets; those of which there is nothing to say are left out, but for the scorecard.
pub(super) fn write(
    book: &mut Workbook,
    styles: &Styles,
    evidence: &EvidenceInput,
) -> Result<(), XlsxError> {
    let sheets: [Sheet<'_>; 8] = [
        ("scorecard", &SCORECARD, scorecard(evidence)),
        ("promises", &PROMISES, promises(evidence)),
        ("series", &SERIES, series(evidence)),
        ("stages", &STAGES, stages(evidence)),
        ("totals", &TOTALS, totals(evidence)),
        ("alerts", &ALERTS, alerts(evidence)),
        ("entries", &ENTRIES, entries(evidence)),
        ("publishers", &PUBLISHERS, publishers(evidence)),
    ];
    let times = times(evidence);
    for (name, header, mut rows) in sheets {
        if rows.is_empty() && name != "scorecard" {
            continue;
        }
        rows.iter_mut().for_each(|row| row.extend(times.iter().cloned()));
        let header: Vec<String> =
            header.iter().chain(&TIMES).map(|&title| title.to_owned()).collect();
        add(book, styles, name, &header, &rows)?;
    }
    Ok(())
}

fn times(evidence: &EvidenceInput) -> [Cell; 5] {
    let (times, root) = (&evidence.card.times, &evidence.card.root);
    [
        Cell::Text(times.as_of.to_string()),
        Cell::Text(times.known_by.to_string()),
        text(&times.recorded_by.map_or_else(String::new, time)),
        text(&root.ledger),
        Cell::Text(format!("{} {}", root.entries, root.hash)),
    ]
}

fn whole(number: u64) -> Cell {
    Cell::Whole(number.into())
}

fn some(number: Option<u64>) -> Cell {
    number.map_or(Cell::Empty, whole)
}

fn day(day: Option<jiff::civil::Date>) -> Cell {
    day.map_or(Cell::Empty, |day| Cell::Text(day.to_string()))
}

/// Returns a text that fits into a cell.
fn text(text: &str) -> Cell {
    let mut units = 0;
    let too_far = |(_, letter): &(usize, char)| {
        units += letter.len_utf16();
        units > LETTERS
    };
    match text.char_indices().find(too_far) {
        Some((end, _)) => Cell::Text(format!("{}\u{2026}", &text[..end])),
        None => Cell::text(text),
    }
}

/// Returns numbers of entries as one text.
fn numbers(entries: &[u64]) -> Cell {
    text(&entries.iter().map(u64::to_string).collect::<Vec<_>>().join(", "))
}

const SCORECARD: [&str; 11] = [
    "group",
    "batch",
    "kind",
    "province",
    "named",
    "stage",
    "claimed",
    "verified",
    "denied",
    "not known any more",
    "entries of the claims",
];

/// Returns one row a group and stage: groups of batch and kind, then of kind, then of province and kind.
fn scorecard(evidence: &EvidenceInput) -> Vec<Vec<Cell>> {
    let card = evidence.card;
    let groups: [(&str, &[GroupScore]); 3] = [
        ("batch and kind", &card.batches),
        ("kind", &card.kinds),
        ("province and kind", &card.provinces),
    ];
    let rows = |(by, groups): (&'static str, &[GroupScore])| -> Vec<Vec<Cell>> {
        groups.iter().flat_map(|group| group_rows(by, group)).collect()
    };
    groups.into_iter().flat_map(rows).collect()
}

fn group_rows(by: &str, group: &GroupScore) -> Vec<Vec<Cell>> {
    let head = || {
        vec![
            text(by),
            text(&group.batch),
            text(&group.kind),
            text(&group.province),
            whole(group.facilities),
        ]
    };
    if group.stages.is_empty() {
        return vec![[head(), vec![Cell::Empty; 6]].concat()];
    }
    let stages = group.stages.iter().map(|score| {
        let figures = vec![
            text(reached(score.stage)),
            whole(score.claimed.len() as u64),
            whole(score.verified.len() as u64),
            whole(score.denied.len() as u64),
            whole(score.lapsed),
            numbers(&score.claimed),
        ];
        [head(), figures].concat()
    });
    stages.collect()
}

const PROMISES: [&str; 17] = [
    "promise",
    "entry",
    "batch",
    "kind",
    "stage",
    "count",
    "unit",
    "due",
    "words",
    "claimed",
    "claimed when due",
    "claimed of all on",
    "schedule by claim",
    "verified",
    "verified when due",
    "verified of all on",
    "schedule by evidence",
];

fn promises(evidence: &EvidenceInput) -> Vec<Vec<Cell>> {
    let side = |side: &Reached| {
        vec![some(side.count), some(side.by_due), day(side.day), text(side.schedule.words())]
    };
    let row = |promise: &PromiseScore| {
        let head = vec![
            text(&promise.id),
            promise.entry.map_or(Cell::Empty, whole),
            text(&promise.batch),
            text(&promise.kind),
            text(reached(promise.stage)),
            whole(promise.count),
            text(promise.unit.name()),
            day(promise.due),
            text(&promise.words),
        ];
        [head, side(&promise.claimed), side(&promise.verified)].concat()
    };
    evidence.card.promises.iter().map(row).collect()
}

const SERIES: [&str; 10] = [
    "batch",
    "kind",
    "stage",
    "unit",
    "day",
    "promised",
    "claimed",
    "verified",
    "late",
    "promised and not verified",
];

fn series(evidence: &EvidenceInput) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for one in &evidence.card.series {
        for point in &one.points {
            rows.push(vec![
                text(if one.batch.is_empty() { "all" } else { &one.batch }),
                text(if one.kind.is_empty() { "all" } else { &one.kind }),
                text(reached(one.stage)),
                text(one.unit.name()),
                Cell::Text(point.day.to_string()),
                whole(point.promised),
                whole(point.claimed),
                whole(point.verified),
                whole(point.late),
                whole(point.late_unverified),
            ]);
        }
    }
    rows
}

const STAGES: [&str; 20] = [
    "facility",
    "place",
    "batch",
    "kind",
    "official: furthest claimed",
    "evidence: furthest verified",
    "stage",
    "claimed",
    "entry",
    "verified",
    "entry",
    "denied",
    "entry",
    "last word",
    "origins",
    "found ready",
    "due",
    "last heard of",
    "silent",
    "entries",
];

/// Returns one row a facility and stage; one without a stage has a row as well.
fn stages(evidence: &EvidenceInput) -> Vec<Vec<Cell>> {
    let facilities = evidence.card.facilities.iter();
    facilities
        .flat_map(|facility| match facility.stages.as_slice() {
            [] => vec![stage_row(facility, None)],
            stages => stages.iter().map(|state| stage_row(facility, Some(state))).collect(),
        })
        .collect()
}

fn stage_row(facility: &FacilityScore, state: Option<&StageState>) -> Vec<Cell> {
    let word = |stage: Option<groundwork_model::evidence::Stage>| {
        stage.map_or(Cell::Empty, |stage| text(reached(stage)))
    };
    let yes = |holds: bool| text(if holds { "yes" } else { "no" });
    let mark = |read: fn(&StageState) -> Option<Mark>| {
        let mark = state.and_then(read);
        [day(mark.map(|mark| mark.day)), mark.map_or(Cell::Empty, |mark| whole(mark.entry))]
    };
    let subject = &facility.subject;
    let mut row = vec![
        text(&subject.id),
        text(&subject.place),
        text(&subject.batch),
        text(&subject.kind),
        word(facility.official),
        word(facility.evidence),
        word(state.map(|state| state.stage)),
    ];
    row.extend(mark(|state| state.claimed));
    row.extend(mark(|state| state.verified));
    row.extend(mark(|state| state.denied));
    row.extend([
        day(state.and_then(|state| state.latest)),
        state.map_or(Cell::Empty, |state| whole(state.origins.into())),
        state.and_then(|state| state.ready).map_or(Cell::Empty, yes),
        day(state.and_then(|state| state.deadline).map(|mark| mark.day)),
        Cell::Text(facility.last_heard.to_string()),
        yes(facility.silent),
        whole(facility.entries),
    ]);
    row
}

const TOTALS: [&str; 19] = [
    "entry",
    "day",
    "voice",
    "number",
    "as said",
    "unit",
    "stage",
    "batches",
    "kind",
    "place",
    "named",
    "named at that stage",
    "at a later stage only",
    "not explained",
    "came to it since",
    "verified",
    "doubled",
    "in words",
    "entries",
];

fn totals(evidence: &EvidenceInput) -> Vec<Vec<Cell>> {
    let all = evidence.card.reconciliations.iter().zip(evidence.reconciled);
    all.map(|(one, words)| {
        vec![
            whole(one.entry),
            Cell::Text(one.day.to_string()),
            text(voice(one.voice)),
            some(one.number),
            text(&amount(one.number, one.bound, one.unit)),
            text(one.unit.name()),
            text(reached(one.stage)),
            text(&one.batches.join(", ")),
            text(&one.kind),
            text(&one.place),
            whole(one.named),
            some(one.matched),
            some(one.further),
            some(one.unexplained),
            some(one.since),
            some(one.verified),
            text(&one.doubled.join(", ")),
            text(&words.join(" ")),
            numbers(&one.entries),
        ]
    })
    .collect()
}

const ALERTS: [&str; 6] = ["alert", "day", "batch", "text", "facilities", "entries"];

fn alerts(evidence: &EvidenceInput) -> Vec<Vec<Cell>> {
    let alerts = evidence.card.alerts.iter();
    alerts
        .map(|alert| {
            vec![
                text(alert.kind.words()),
                Cell::Text(alert.day.to_string()),
                text(&alert.batch),
                text(&alert.text),
                text(&alert.facilities.join(", ")),
                numbers(&alert.entries),
            ]
        })
        .collect()
}

const ENTRIES: [&str; 24] = [
    "entry",
    "about",
    "place",
    "kind",
    "batch",
    "states",
    "when",
    "counts from",
    "published",
    "published is known",
    "voice",
    "grade",
    "taken from",
    "source",
    "through",
    "address",
    "title",
    "quote",
    "named there",
    "note",
    "relations",
    "withdrawn by",
    "erased",
    "recorded",
];

fn entries(evidence: &EvidenceInput) -> Vec<Vec<Cell>> {
    evidence.entries.iter().map(entry).collect()
}

fn entry(known: &KnownEntry) -> Vec<Cell> {
    let entry = &known.entry;
    let draft = &entry.draft;
    let (texts, about) = (&draft.texts, &draft.subject);
    let relations: Vec<String> = draft
        .relations
        .iter()
        .map(|relation| format!("{} {}", relates(relation.how), relation.entry))
        .collect();
    let erased: Vec<&str> = entry.erased.iter().map(|field| field.name()).collect();
    vec![
        whole(entry.number),
        text(&subject(about)),
        text(&about.place),
        text(&about.kind),
        text(&about.batch),
        text(&stated(draft)),
        text(&date(&draft.valid)),
        day(draft.day()),
        Cell::Text(draft.published.day.to_string()),
        text(known_from(draft.published.from)),
        text(voice(draft.voice)),
        text(&draft.grade.map_or_else(String::new, |grade| grade.to_string())),
        text(taken_from(draft.medium)),
        text(&texts.source),
        text(&texts.attribution.join(", ")),
        text(&texts.url),
        text(&texts.title),
        text(texts.quote.as_ref().map_or("", |quote| &quote.text)),
        text(&texts.named),
        text(&texts.note),
        text(&relations.join(", ")),
        known.withdrawn_by.map_or(Cell::Empty, whole),
        text(&erased.join(", ")),
        Cell::Text(time(entry.recorded_at)),
    ]
}

const PUBLISHERS: [&str; 7] =
    ["source", "name", "behind it", "independent", "grade", "carries", "why it is graded so"];

fn publishers(evidence: &EvidenceInput) -> Vec<Vec<Cell>> {
    let sources = evidence.sources.iter();
    sources
        .map(|source| {
            vec![
                text(&source.id),
                text(&source.name),
                text(&source.behind),
                text(if source.independent { "yes" } else { "no" }),
                text(&source.grade.map_or_else(String::new, |grade| grade.to_string())),
                text(&source.carries.join(", ")),
                text(&source.reason),
            ]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(letter: &str, number: usize) -> usize {
        match text(&letter.repeat(number)) {
            Cell::Text(text) => text.encode_utf16().count(),
            _ => 0,
        }
    }

    #[test]
    fn texts_are_cut_as_utf_16_counts_them() {
        assert_eq!(length("a", 30_000), 30_000);
        assert_eq!(length("a", 40_000), 30_001);
        // A letter outside the first plane is two of 16 bits; 20,000 of them are too many.
        assert_eq!(length("\u{20000}", 15_000), 30_000);
        assert_eq!(length("\u{20000}", 20_000), 30_001);
    }
}
