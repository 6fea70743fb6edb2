//! Forms of inspections: a row for each line of the checklist, for what was found and for what was seen.

use std::collections::{HashMap, HashSet};

use groundwork_model::evidence::{Draft, Predicate, When};
use groundwork_model::problem::Code;

use super::blank::unguarded;
use super::row::{Above, Common, Head, repeated, when};
use super::{FormDraft, Lookup};
use crate::cells::Cells;
use crate::faults::Faults;
use crate::given::Given;
use crate::table::Columns;

const COLUMNS: Columns = Columns {
    required: &["facility", "date", "source", "line", "words", "answer"],
    optional: &["place", "kind", "batch", "published", "voice", "grade", "due", "note"],
    families: &[],
};

const YES_NO: [(&str, bool); 4] = [("yes", true), ("no", false), ("y", true), ("n", false)];
const MENDED: [(&str, bool); 2] = [("open", false), ("mended", true)];

/// Is what a row of a form comes to.
enum Line {
    Inspection { ready: bool },
    Item { id: String, holds: bool },
    Finding { words: String, mended: bool, due: When },
    Seen { what: String, seen: bool },
}

/// Is a row that was filled in.
struct FilledRow {
    row: u32,
    common: Common,
    line: Line,
    note: String,
}

/// Is one look at a facility: the facility, when and who.
type Look<'a> = (&'a str, &'a When, &'a str);

fn look(common: &Common) -> Look<'_> {
    (&common.subject.id, &common.date, &common.origin.source)
}

/// Reads filled forms of inspections.
pub(super) fn read(
    name: &str,
    given: Given,
    lookup: &Lookup<'_>,
    faults: &mut Faults,
) -> Vec<FormDraft> {
    let mut above = Above::default();
    let rows = given.rows(name, &COLUMNS, faults, |cells| row(cells, &mut above, lookup));
    let rows: Vec<FilledRow> = rows.into_iter().flatten().collect();
    let mut drafts: Vec<FormDraft> = Vec::new();
    let mut seen: HashMap<String, u32> = HashMap::new();
    let whole = |row: &&FilledRow| matches!(row.line, Line::Inspection { .. });
    let told: HashSet<Look<'_>> = rows.iter().filter(whole).map(|row| look(&row.common)).collect();
    for row in &rows {
        for draft in drafts_of(row, &told) {
            match seen.get(&draft.key) {
                // That somebody looked is said once for all lines of a form.
                Some(_) if matches!(draft.predicate, Predicate::Inspection { ready: None }) => {}
                Some(first) => {
                    let cause = format!(
                        "row {first} answers this line of the same facility, day and source already"
                    );
                    faults.add(repeated(name, row.row, "line", cause));
                }
                None => {
                    seen.insert(draft.key.clone(), row.row);
                    drafts.push(FormDraft { row: row.row, draft });
                }
            }
        }
    }
    drafts
}

/// Reads a row; none where its answer is empty, so that nobody looked, or where something in it is wrong.
fn row(cells: &mut Cells<'_, '_>, above: &mut Above, lookup: &Lookup<'_>) -> Option<FilledRow> {
    above.take(cells);
    if cells.text("answer").is_empty() {
        return None;
    }
    let head = Head::read(above, cells, lookup);
    let line = line(cells, head.subject.as_ref().map(|subject| subject.kind.as_str()), lookup);
    let common = head.whole()?;
    Some(FilledRow { row: cells.row(), common, line: line?, note: cells.text("note").to_owned() })
}

fn line(cells: &mut Cells<'_, '_>, kind: Option<&str>, lookup: &Lookup<'_>) -> Option<Line> {
    let name = unguarded(&cells.filled("line")).to_owned();
    let words = unguarded(cells.text("words")).to_owned();
    match name.as_str() {
        "" => None,
        "inspection" => cells.choice("answer", &YES_NO).map(|ready| Line::Inspection { ready }),
        "finding" => {
            let what = unguarded(&cells.filled("words")).to_owned();
            let mended = cells.choice("answer", &MENDED);
            let due = match cells.text("due") {
                "" => Some(When::default()),
                text => when(cells, "due", text),
            };
            let due = due.map(|due| {
                if due.earliest == due.latest { due.latest.map_or(due, When::by) } else { due }
            });
            (!what.is_empty()).then_some(Line::Finding { words: what, mended: mended?, due: due? })
        }
        "seen" => {
            let what = cells.filled("words");
            let seen = cells.choice("answer", &YES_NO)?;
            (!what.is_empty()).then_some(Line::Seen { what: words, seen })
        }
        item => {
            let list = kind.and_then(|kind| lookup.context.programme.settings.checklist(kind));
            let known = |list: &groundwork_model::evidence::Checklist| {
                list.items.iter().any(|row| row.id == item)
            };
            if let Some(kind) = kind.filter(|_| !list.is_some_and(known)) {
                let lines = list.map_or_else(String::new, |list| {
                    list.items.iter().map(|row| format!("`{}`, ", row.id)).collect::<String>()
                });
                let cause = format!(
                    "`{item}` is no line of the checklist of `{kind}`: {lines}`inspection`, `finding` or `seen`"
                );
                cells.fault(Code::NotAChoice, "line", cause);
                return None;
            }
            let holds = cells.choice("answer", &YES_NO)?;
            Some(Line::Item { id: item.to_owned(), holds })
        }
    }
}

/// Returns the drafts of a row. Where the form answers items and says nothing of the whole, that somebody looked is said.
fn drafts_of(row: &FilledRow, told: &HashSet<Look<'_>>) -> Vec<Draft> {
    let common = &row.common;
    let key = |line: &str| {
        let (subject, date) = (&common.subject.id, &common.date);
        format!("inspection 1|{subject}|{date}|{}|{line}", common.origin.source)
    };
    let one = |line: &str, predicate| common.draft(key(line), predicate, &row.note);
    match &row.line {
        Line::Inspection { ready } => {
            vec![one("inspection", Predicate::Inspection { ready: Some(*ready) })]
        }
        Line::Item { id, holds } => {
            let mut drafts = Vec::new();
            if !told.contains(&look(common)) {
                let looked = Predicate::Inspection { ready: None };
                drafts.push(common.draft(key("looked"), looked, ""));
            }
            drafts.push(one(
                &format!("item {id}"),
                Predicate::Readiness { item: id.clone(), holds: *holds },
            ));
            drafts
        }
        Line::Finding { words, mended, due } => {
            let state = if *mended { "mended" } else { "open" };
            let note =
                if row.note.is_empty() { words.clone() } else { format!("{words}\n{}", row.note) };
            let key = key(&format!("finding {state} {}", plain(words)));
            let mut draft = common.draft(key, Predicate::Finding { mended: *mended }, &note);
            if !mended {
                draft.valid = due.clone();
            }
            vec![draft]
        }
        Line::Seen { what, seen } => {
            let key = format!("seen {}", plain(what));
            vec![one(&key, Predicate::Observation { what: what.clone(), seen: *seen })]
        }
    }
}

fn plain(words: &str) -> String {
    words.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}
