//! The form of `record`: asks one thing after another, shows the entry, and asks before it is written.

use std::io::{BufRead, Write};

use groundwork_formats::import::Statement;
use groundwork_model::evidence::{Draft, Voice};

use super::ledger_text;
use super::terminal::Terminal;
use crate::cli::{Is, RecordArgs, record};
use crate::exit::Failure;

/// Asks for the parts of an entry.
struct Form<'t>(Terminal<'t>);

/// Asks for everything that an entry needs; none where the input ends before.
pub(super) fn ask(
    arguments: &RecordArgs,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> Result<Option<RecordArgs>, Failure> {
    let mut form = Form(Terminal { input, output });
    form.0.say("An empty answer leaves a thing out where that is possible; Ctrl-D stops, and nothing is written.")?;
    let mut answers = arguments.clone();
    Ok(form.fill(&mut answers)?.map(|()| answers))
}

/// Shows an entry and asks whether to write it.
pub(super) fn confirm(
    draft: &Draft,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> Result<bool, Failure> {
    let mut form = Form(Terminal { input, output });
    form.0.say(&format!("\n{}", ledger_text::draft(draft)))?;
    let answer = form.needed("Write it? (yes or no)", |text| match text {
        "yes" | "y" => Ok(true),
        "no" | "n" => Ok(false),
        _ => Err("answer yes or no".to_owned()),
    })?;
    Ok(answer.unwrap_or(false))
}

impl Form<'_> {
    fn fill(&mut self, to: &mut RecordArgs) -> Result<Option<()>, Failure> {
        macro_rules! needed {
            ($question:expr, $read:expr) => {
                match self.needed($question, $read)? {
                    Some(answer) => answer,
                    None => return Ok(None),
                }
            };
        }
        macro_rules! asked {
            ($question:expr, $read:expr) => {
                match self.asked($question, $read)? {
                    Some(answer) => answer,
                    None => return Ok(None),
                }
            };
        }
        let is = needed!(
            "What does it state? (stage, progress, count, target, deadline, milestone-date, inspection, observation, assessment, ...)",
            record::statement
        );
        to.is = Some(is);
        if matches!(is, Is::MilestoneDate | Is::PlanCycle) {
            to.milestone = Some(needed!("Milestone, meeting or cycle, by its id", text));
            if is == Is::MilestoneDate {
                let question = "How sure is the date? (fixed, expected, rumoured)";
                to.certainty = Some(needed!(question, record::certainty));
            }
            return self.rest(to);
        }
        to.facility = asked!("Facility, by its id (empty for a place or the programme)", text);
        to.place = asked!("Place, by its id (empty for none)", text);
        to.kind = asked!("Kind of facility (empty for none)", text);
        to.batch = asked!("Batch (empty for none)", text);
        let Is::Of(is) = is else {
            let how = needed!(
                "How does it relate to which entry? (such as retracts:12)",
                record::relation
            );
            to.relates = vec![how];
            return self.rest(to);
        };
        use Statement as S;
        if matches!(is, S::Stage | S::Progress | S::Count | S::Target | S::Deadline) {
            to.stage = Some(needed!("Stage", record::stage));
        }
        if matches!(
            is,
            S::Progress | S::Readiness | S::Budget | S::Output | S::Observation | S::Absence
        ) {
            to.what =
                Some(needed!("What? (the part, the item, what was seen or searched for)", text));
        }
        if matches!(
            is,
            S::Stage | S::Progress | S::Readiness | S::Observation | S::Inspection | S::Finding
        ) {
            let holds = asked!(
                "Does it hold: reached, seen, ready, mended? (yes or no; empty: as it is usual)",
                yes_or_no
            );
            (to.holds, to.not) = (holds == Some(true), holds == Some(false));
        }
        if matches!(is, S::Count | S::Target) {
            to.unit = Some(needed!("What is counted? (places, facilities, plants)", record::unit));
            to.count = asked!("Number (empty for all, several or unknown)", whole);
            if to.count.is_none() {
                to.bound = Some(needed!("All, several or unknown?", record::bound));
            } else {
                to.bound = asked!(
                    "How is it meant? (exactly, at-least, less-than, about; empty for exactly)",
                    record::bound
                );
            }
        }
        self.rest(to)
    }

    /// Asks for what every entry has.
    fn rest(&mut self, to: &mut RecordArgs) -> Result<Option<()>, Failure> {
        macro_rules! asked {
            ($ask:ident, $question:expr, $read:expr) => {
                match self.$ask($question, $read)? {
                    Some(answer) => answer,
                    None => return Ok(None),
                }
            };
        }
        to.date = Some(asked!(
            needed,
            "When was it so, or is it to be? (2024-12-20, 2024-12, by 2024-12-31, unknown)",
            record::when
        ));
        to.published = asked!(
            asked,
            "When was it published? (a day; empty: not known, the last day of the date is assumed)",
            record::day
        );
        to.source = Some(asked!(needed, "Source, by its id in sources.csv", text));
        to.voice = asked!(
            asked,
            "On whose behalf? (self-report, independent, unattributed; empty: as sources.csv says)",
            record::voice
        )
        .or(None::<Voice>);
        to.grade = asked!(asked, "Grade, such as C3 (empty: as sources.csv says)", record::grade);
        to.url = asked!(asked, "Address of the document (empty for none)", text);
        to.quote = asked!(asked, "Sentence that it rests on (empty for none)", text);
        to.note = asked!(asked, "What do you add? (empty for nothing)", text);
        to.by = Some(asked!(needed, "Your role", text));
        Ok(Some(()))
    }

    /// Asks until the answer can be read; none where the input ends.
    fn needed<T>(
        &mut self,
        question: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Failure> {
        loop {
            match self.asked(question, &read)? {
                None => return Ok(None),
                Some(Some(answer)) => return Ok(Some(answer)),
                Some(None) => self.0.say("  this needs an answer")?,
            }
        }
    }

    /// Asks until the answer is empty or can be read; none where the input ends.
    fn asked<T>(
        &mut self,
        question: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<Option<T>>, Failure> {
        loop {
            let Some(line) = self.0.answer(question)? else { return Ok(None) };
            if line.is_empty() {
                return Ok(Some(None));
            }
            match read(&line) {
                Ok(answer) => return Ok(Some(Some(answer))),
                Err(cause) => self.0.say(&format!("  {cause}"))?,
            }
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it stands beside readers that can fail")]
fn text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" | "y" => Ok(true),
        "no" | "n" => Ok(false),
        _ => Err("answer yes or no".to_owned()),
    }
}

fn whole(text: &str) -> Result<String, String> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { Ok(text.to_owned()) } else { Err("write a whole number".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(input: &str) -> (Option<RecordArgs>, String) {
        let mut output = Vec::new();
        let asked = ask(&RecordArgs::default(), &mut input.as_bytes(), &mut output);
        (asked.unwrap_or(None), String::from_utf8(output).unwrap_or_default())
    }

    #[test]
    fn a_count_is_asked_for_what_it_needs_and_wrong_answers_again() {
        let (read, shown) = answers(
            "counts\ncount\n\n\nfactories\n2024\ncompleted\nplaces\ntwenty\n20\n\n2024-13\n2024-12-21\n2024-12-21\nkcna\n\n\n\n\n\n\nmonitor\n",
        );
        let read = read.expect("the form was filled");
        assert_eq!(read.is, Some(Is::Of(Statement::Count)));
        assert_eq!(read.count.as_deref(), Some("20"));
        assert_eq!(read.date.map(|date| date.to_string()).as_deref(), Some("2024-12-21"));
        assert_eq!(read.by.as_deref(), Some("monitor"));
        assert!(shown.contains("write a whole number") && shown.contains("expected one of stage"));
    }

    #[test]
    fn nothing_is_made_of_a_form_that_ends_early() {
        assert!(answers("count\n\n\n").0.is_none());
    }
}
