//! Asks for an inspection line by line, and writes the answers as a form.

use std::io::{BufRead, Write};

use groundwork_formats::csv_table;
use groundwork_model::evidence::{Checklist, Source, Subject, When};

use super::lines::safe;
use super::terminal::Terminal;
use crate::exit::Failure;

/// Is what is known before anything is asked.
pub(super) struct Known<'a> {
    /// The checklist of the facility's kind.
    pub(super) list: Option<&'a Checklist>,
    /// What was found before and is still to be mended.
    pub(super) open: &'a [String],
    /// The sources table, where there is one: who is not in it is asked for again.
    pub(super) sources: Option<&'a [Source]>,
}

/// Returns the filled form of a facility; none where the input ends before.
pub(super) fn ask(
    subject: &Subject,
    known: &Known<'_>,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> Result<Option<Vec<u8>>, Failure> {
    let mut asking = Terminal { input, output };
    asking.say(&format!(
        "{}: an empty answer says that nobody looked; Ctrl-D stops, and nothing is written.",
        safe(&subject.id)
    ))?;
    Asking(asking).form(subject, known)
}

/// Asks whether to write.
pub(super) fn agreed(input: &mut dyn BufRead, output: &mut dyn Write) -> Result<bool, Failure> {
    let mut asking = Asking(Terminal { input, output });
    let answer = asking.until("Write all of it? (yes or no)", &|text| yes_or_no(text, false))?;
    Ok(answer.as_deref() == Some("yes"))
}

/// Asks for the lines of a form.
struct Asking<'t>(Terminal<'t>);

impl Asking<'_> {
    fn form(&mut self, subject: &Subject, known: &Known<'_>) -> Result<Option<Vec<u8>>, Failure> {
        let Some(date) = self.until("When was it looked at? (such as 2025-12-03)", &past)? else {
            return Ok(None);
        };
        let source = |text: &str| is_source(text, known.sources);
        let question = "Who looked, or who says so? (an id of sources.csv)";
        let Some(source) = self.until(question, &source)? else { return Ok(None) };
        let mut rows: Vec<[String; 4]> = Vec::new();
        let row = |line: &str, words: &str, answer: String, due: &str| {
            [line.to_owned(), words.to_owned(), answer, due.to_owned()]
        };
        for item in known.list.into_iter().flat_map(|list| &list.items) {
            let required = if item.required { "" } else { ", not required" };
            let question = format!("{} (yes, no, or empty{required})", item.label());
            let Some(answer) = self.until(&question, &|text| yes_or_no(text, true))? else {
                return Ok(None);
            };
            rows.push(row(&item.id, item.label(), answer, ""));
        }
        let question = "Was it found ready, all in all? (yes, no, or empty where that is not said)";
        let Some(answer) = self.until(question, &|text| yes_or_no(text, true))? else {
            return Ok(None);
        };
        rows.push(row("inspection", "", answer, ""));
        for words in known.open {
            let question = format!("Found before: {}. (mended, open, or empty)", safe(words));
            let Some(answer) = self.until(&question, &mended_or_open)? else { return Ok(None) };
            rows.push(row("finding", words, answer, ""));
        }
        loop {
            let question =
                "What else is to be mended? (one thing; empty when there is nothing more)";
            let Some(words) = self.until(question, &|text| Ok(text.to_owned()))? else {
                return Ok(None);
            };
            if words.is_empty() {
                break;
            }
            let due = |text: &str| if text.is_empty() { Ok(String::new()) } else { date_of(text) };
            let Some(due) = self.until("By when? (a date, or empty)", &due)? else {
                return Ok(None);
            };
            rows.push(row("finding", &words, "open".to_owned(), &due));
        }
        Ok(Some(form(subject, &date, &source, &rows)))
    }

    /// Asks until the answer can be read; none where the input ends.
    fn until(
        &mut self,
        question: &str,
        read: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<Option<String>, Failure> {
        loop {
            let Some(answer) = self.0.answer(question)? else { return Ok(None) };
            match read(&answer) {
                Ok(answer) => return Ok(Some(answer)),
                Err(cause) => self.0.say(&format!("  {cause}"))?,
            }
        }
    }
}

fn date_of(text: &str) -> Result<String, String> {
    text.parse::<When>().map(|_| text.to_owned()).map_err(|fault| fault.to_string())
}

/// Takes a date with a last day, so that it says when it was known.
fn past(text: &str) -> Result<String, String> {
    match text.parse::<When>() {
        Ok(when) if when.latest.is_some() => Ok(text.to_owned()),
        Ok(_) => Err("a date with a last day is needed, such as 2025-12-03 or 2025-12".to_owned()),
        Err(fault) => Err(fault.to_string()),
    }
}

fn is_source(text: &str, sources: Option<&[Source]>) -> Result<String, String> {
    let known = |id: &str| sources.is_none_or(|sources| sources.iter().any(|one| one.id == id));
    match text {
        "" => Err("this needs an answer".to_owned()),
        id if known(id) => Ok(id.to_owned()),
        id => Err(format!("sources.csv has no source `{}`", safe(id))),
    }
}

fn yes_or_no(text: &str, or_empty: bool) -> Result<String, String> {
    match text {
        "yes" | "y" => Ok("yes".to_owned()),
        "no" | "n" => Ok("no".to_owned()),
        "" if or_empty => Ok(String::new()),
        _ => Err("answer yes or no".to_owned()),
    }
}

fn mended_or_open(text: &str) -> Result<String, String> {
    match text {
        "" | "mended" | "open" => Ok(text.to_owned()),
        _ => Err("answer mended or open".to_owned()),
    }
}

fn form<'a>(
    subject: &'a Subject,
    date: &'a str,
    source: &'a str,
    rows: &'a [[String; 4]],
) -> Vec<u8> {
    let header =
        ["facility", "place", "kind", "batch", "date", "source", "line", "words", "answer", "due"];
    let row = |[line, words, answer, due]: &'a [String; 4]| -> [&'a str; 10] {
        let Subject { id, place, kind, batch, .. } = subject;
        [id, place, kind, batch, date, source, line, words, answer, due]
    };
    csv_table([header].into_iter().chain(rows.iter().map(row)))
}

#[cfg(test)]
mod tests {
    use groundwork_model::evidence::{ChecklistItem, Scope};

    use super::*;

    fn asked(input: &str) -> Option<String> {
        let subject = Subject {
            scope: Scope::Facility,
            id: "A/2026".to_owned(),
            place: "A".to_owned(),
            kind: "factories".to_owned(),
            batch: "2026".to_owned(),
        };
        let item = ChecklistItem {
            id: "power".to_owned(),
            words: "Is there power?".to_owned(),
            required: true,
        };
        let list = Checklist { kind: "factories".to_owned(), items: vec![item] };
        let monitor = Source {
            row: 2,
            id: "monitor".to_owned(),
            name: String::new(),
            behind: String::new(),
            independent: true,
            grade: None,
            carries: Vec::new(),
            reason: String::new(),
        };
        let known =
            Known { list: Some(&list), open: &["no water".to_owned()], sources: Some(&[monitor]) };
        let form = ask(&subject, &known, &mut input.as_bytes(), &mut Vec::new()).unwrap_or(None);
        form.and_then(|form| String::from_utf8(form).ok())
    }

    #[test]
    fn answers_become_rows_of_a_form_and_wrong_ones_are_asked_again() {
        let form =
            asked("soon\nunknown\n2026-03-01\nnobody\nmonitor\nperhaps\nyes\n\ngone\nmended\nthe \"roof\" leaks\n2026-04-01\n\n")
                .unwrap_or_default();
        let head = "A/2026,A,factories,2026,2026-03-01,monitor";
        let expected = format!(
            "facility,place,kind,batch,date,source,line,words,answer,due\n\
             {head},power,Is there power?,yes,\n\
             {head},inspection,,,\n\
             {head},finding,no water,mended,\n\
             {head},finding,\"the \"\"roof\"\" leaks\",open,2026-04-01\n"
        );
        assert_eq!(form, expected);
        assert_eq!(asked("2026-03-01\nmonitor\nyes\n"), None, "the input ended before");
    }
}
