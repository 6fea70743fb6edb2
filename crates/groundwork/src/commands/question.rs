//! From options to the question asked of a programme.

use groundwork_model::{Code, Problem, Programme, Question, QuotaSource};
use jiff::civil::Date;

use crate::cli::{LAST_REPORT, QuestionArgs, QuotasName};
use crate::exit::Failure;
use crate::figures::{count, thousands};

/// Returns the question that the options ask.
pub(crate) fn question(options: &QuestionArgs, programme: &Programme) -> Result<Question, Failure> {
    Ok(Question {
        as_of: options.as_of.as_deref().map(|text| day(text, programme)).transpose()?,
        quotas: match options.quotas {
            QuotasName::AsWritten => QuotaSource::AsWritten,
            QuotasName::AsTaken => QuotaSource::AsTaken,
        },
        locked: Vec::new(),
        ..Question::default()
    })
}

/// Returns the day that an `--as-of` means: the one given, or that of the last report.
pub(crate) fn day(text: &str, programme: &Programme) -> Result<Date, Failure> {
    let refused = |cause: String| Failure::Usage(Problem::new(Code::DateUnusable, cause));
    if text == LAST_REPORT {
        let none = "there is no report whose date could be taken".to_owned();
        return programme.last_report().ok_or_else(|| refused(none));
    }
    text.parse().map_err(|_| refused(format!("`{text}` is not a day")))
}

/// Says what a reader of the question should know: days that the reports do not reach, and numbers that
/// nothing was taken from.
pub(crate) fn cautions(question: &Question, programme: &Programme) -> Vec<String> {
    let mut cautions = Vec::new();
    match (question.as_of, programme.last_report()) {
        (Some(day), Some(last)) if day > last => cautions.push(format!(
            "the last report is of {last}: nothing after it is known, and what was not reported by {day} \
             counts as not begun"
        )),
        (Some(_), None) => {
            cautions.push("there are no reports: nothing is begun, and past periods stay empty".to_owned());
        }
        (Some(day), _) if programme.reports.iter().all(|report| report.date > day) => {
            cautions.push(format!("no report is as early as {day}: nothing is begun"));
        }
        _ => {}
    }
    if question.quotas == QuotaSource::AsTaken && programme.reports.is_empty() {
        cautions.push(
            "there are no reports to take numbers from: the quotas are as written".to_owned(),
        );
    }
    cautions
}

/// Returns the question in words, as a plan's label.
pub(crate) fn label(question: &Question) -> String {
    let asked = match (&question.replan, question.as_of) {
        (Some(_), None) => "replanned".to_owned(),
        (Some(_), Some(day)) => format!("replanned as of {day}"),
        (None, None) => "best order from the start".to_owned(),
        (None, Some(day)) => format!("best continuation as of {day}"),
    };
    let taken = match question.quotas {
        QuotaSource::AsWritten => "",
        QuotaSource::AsTaken => ", as many openings a period as taken",
    };
    let decided = if question.locked.is_empty() { "" } else { ", with decided openings" };
    let replanned = question.replan.as_ref().map_or_else(String::new, |replan| {
        match (replan.changes, replan.price) {
            (Some(most), _) => format!(", {} of promises at most", count(most as usize, "change")),
            (None, Some(price)) => format!(", each changed promise at {}", thousands(price)),
            (None, None) => ", promises may change".to_owned(),
        }
    });
    format!("{asked}{taken}{decided}{replanned}")
}
