//! Blank forms, to be printed or filled in a spreadsheet.

use groundwork_model::evidence::{Checklist, Subject};

use crate::csv_table::csv_table;

/// Is a facility for which a form is asked.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The facility.
    pub subject: Subject,
    /// What people call it.
    pub name: String,
    /// The checklist of its kind, where there is one.
    pub checklist: Option<&'a Checklist>,
    /// What was found and is not mended, with the day by which it is to be.
    pub open: Vec<(String, String)>,
}

/// Empty lines for findings that a form has.
const FINDINGS: usize = 3;

const HEADER: [&str; 13] = [
    "facility",
    "place",
    "kind",
    "batch",
    "date",
    "published",
    "source",
    "voice",
    "line",
    "words",
    "answer",
    "due",
    "note",
];

/// Is a line of a form: its name, what it asks, and how it is answered.
struct FormLine {
    name: String,
    words: String,
    due: String,
    answers: &'static str,
}

fn lines(of: &Asked<'_>) -> Vec<FormLine> {
    let line = |name: &str, words: &str, due: &str, answers| FormLine {
        name: name.to_owned(),
        words: words.to_owned(),
        due: due.to_owned(),
        answers,
    };
    let mut all = Vec::new();
    for item in of.checklist.into_iter().flat_map(|list| &list.items) {
        all.push(line(&item.id, item.label(), "", "yes / no"));
    }
    all.push(line("inspection", "Was it found ready, all in all?", "", "yes / no"));
    all.extend(of.open.iter().map(|(words, due)| line("finding", words, due, "mended / open")));
    all.extend((0..FINDINGS).map(|_| line("finding", "", "", "open")));
    all.push(line("seen", "", "", "yes / no"));
    all
}

/// Returns a blank form as CSV, a row for each line; the answers, the date and the source are to be filled in.
#[must_use]
pub fn blank_form(asked: &[Asked<'_>]) -> Vec<u8> {
    let mut rows = vec![HEADER.map(str::to_owned)];
    for of in asked {
        let subject = &of.subject;
        for line in lines(of) {
            let cells = [
                &subject.id,
                &subject.place,
                &subject.kind,
                &subject.batch,
                "",
                "",
                "",
                "",
                &line.name,
                &line.words,
                "",
                &line.due,
                "",
            ];
            rows.push(cells.map(guarded));
        }
    }
    csv_table(rows.iter().map(|row| row.each_ref().map(String::as_str)))
}

/// Returns the same as a page to be printed (Markdown), a table for each facility.
#[must_use]
pub fn blank_sheet(asked: &[Asked<'_>], programme: &str) -> Vec<u8> {
    let mut text = format!("# Inspection: {programme}\n");
    for of in asked {
        let subject = &of.subject;
        text.push_str(&format!(
            "\n## {}\n\n`{}` ({})\n\nDate: ______________  Who looked: ______________________________\n\n",
            of.name,
            subject.id,
            [&subject.kind, &subject.batch].map(String::as_str).join(" ").trim()
        ));
        text.push_str("| line | question | answer | by when | note |\n|---|---|---|---|---|\n");
        for line in lines(of) {
            let words = line.words.replace('|', "\\|").replace('\n', " ");
            text.push_str(&format!(
                "| {} | {words} | {} | {} |  |\n",
                line.name, line.answers, line.due
            ));
        }
        text.push_str(
            "\nLeave an answer open where you did not look. `finding`: what is to be mended, by when. `seen`: what \
             else was looked for, and whether it was seen.\n",
        );
    }
    text.into_bytes()
}

/// Returns the text of a cell; what a spreadsheet would take for a formula gets an apostrophe before it.
fn guarded(text: &str) -> String {
    if is_risky(text) { format!("'{text}") } else { text.to_owned() }
}

/// Returns the text of a cell without the apostrophe that a blank form puts before it.
pub(super) fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_risky(rest)).unwrap_or(text)
}

/// Returns whether a spreadsheet would take a text for a formula, or a reader its own apostrophe for one of a blank form.
fn is_risky(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
}
