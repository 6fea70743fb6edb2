//! Asks for an inspection line by line, and writes the answers as a form.

use std::io::{BufRead, Write};
use std::path::Path;

use groundwork_model::evidence::{Checklist, Subject};

use crate::exit::Failure;

/// Is where answers come from and questions go.
struct Asking<'f> {
    input: &'f mut dyn BufRead,
    output: &'f mut dyn Write,
}

/// Returns the filled form of a facility; none where the input ends before.
pub(super) fn ask(
    subject: &Subject,
    list: Option<&Checklist>,
    open: &[String],
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> Result<Option<String>, Failure> {
    let mut asking = Asking { input, output };
    asking.say(&format!(
        "{}: an empty answer says that nobody looked; Ctrl-D stops, and nothing is written.",
        subject.id
    ))?;
    asking.form(subject, list, open)
}

/// Asks whether to write.
pub(super) fn agreed(input: &mut dyn BufRead, output: &mut dyn Write) -> Result<bool, Failure> {
    let mut asking = Asking { input, output };
    let answer = asking.until("Write all of it? (yes or no)", &|text| yes_or_no(text, false))?;
    Ok(answer.as_deref() == Some("yes"))
}

impl Asking<'_> {
    fn form(
        &mut self,
        subject: &Subject,
        list: Option<&Checklist>,
        open: &[String],
    ) -> Result<Option<String>, Failure> {
        let day = |text: &str| match text.parse::<groundwork_model::evidence::When>() {
            Ok(_) => Ok(text.to_owned()),
            Err(fault) => Err(fault.to_string()),
        };
        let Some(date) = self.until("When was it looked at? (such as 2025-12-03)", &day)? else {
            return Ok(None);
        };
        let any = |text: &str| match text {
            "" => Err("this needs an answer".to_owned()),
            text => Ok(text.to_owned()),
        };
        let Some(source) =
            self.until("Who looked, or who says so? (an id of sources.csv)", &any)?
        else {
            return Ok(None);
        };
        let mut rows: Vec<[String; 4]> = Vec::new();
        let row = |line: &str, words: &str, answer: String, due: &str| {
            [line.to_owned(), words.to_owned(), answer, due.to_owned()]
        };
        for item in list.into_iter().flat_map(|list| &list.items) {
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
        for words in open {
            let question = format!("Found before: {words}. (mended, open, or empty)");
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
            let due = |text: &str| if text.is_empty() { Ok(String::new()) } else { day(text) };
            let Some(due) = self.until("By when? (a date, or empty)", &due)? else {
                return Ok(None);
            };
            rows.push(row("finding", &words, "open".to_owned(), &due));
        }
        Ok(Some(form(subject, &date, &source, &rows)))
    }

    fn say(&mut self, text: &str) -> Result<(), Failure> {
        let said = writeln!(self.output, "{text}").and_then(|()| self.output.flush());
        said.map_err(|error| Failure::file("cannot write to", Path::new("the terminal"), &error))
    }

    /// Asks until the answer can be read; none where the input ends.
    fn until(
        &mut self,
        question: &str,
        read: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<Option<String>, Failure> {
        loop {
            self.say(question)?;
            let mut line = String::new();
            let length = self.input.read_line(&mut line).map_err(|error| {
                Failure::file("cannot read from", Path::new("the terminal"), &error)
            })?;
            if length == 0 {
                return Ok(None);
            }
            match read(line.trim()) {
                Ok(answer) => return Ok(Some(answer)),
                Err(cause) => self.say(&format!("  {cause}"))?,
            }
        }
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

fn form(subject: &Subject, date: &str, source: &str, rows: &[[String; 4]]) -> String {
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut text = "facility,place,kind,batch,date,source,line,words,answer,due\n".to_owned();
    for [line, words, answer, due] in rows {
        let cells = [
            &subject.id,
            &subject.place,
            &subject.kind,
            &subject.batch,
            date,
            source,
            line,
            words,
            answer,
            due,
        ];
        text.push_str(&(cells.map(cell).join(",") + "\n"));
    }
    text
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
        ask(&subject, Some(&list), &["no water".to_owned()], &mut input.as_bytes(), &mut Vec::new())
            .unwrap_or(None)
    }

    #[test]
    fn answers_become_rows_of_a_form_and_wrong_ones_are_asked_again() {
        let form =
            asked("soon\n2026-03-01\nmonitor\nperhaps\nyes\n\ngone\nmended\nthe \"roof\" leaks\n2026-04-01\n\n")
                .unwrap_or_default();
        let head = "\"A/2026\",\"A\",\"factories\",\"2026\",\"2026-03-01\",\"monitor\"";
        let expected = format!(
            "facility,place,kind,batch,date,source,line,words,answer,due\n\
             {head},\"power\",\"Is there power?\",\"yes\",\"\"\n\
             {head},\"inspection\",\"\",\"\",\"\"\n\
             {head},\"finding\",\"no water\",\"mended\",\"\"\n\
             {head},\"finding\",\"the \"\"roof\"\" leaks\",\"open\",\"2026-04-01\"\n"
        );
        assert_eq!(form, expected);
        assert_eq!(asked("2026-03-01\nmonitor\nyes\n"), None, "the input ended before");
    }
}
