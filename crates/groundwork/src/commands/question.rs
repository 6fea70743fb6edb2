//! From options to the question asked of a programme.

use groundwork_model::{Code, Problem, Programme, Question, QuotaSource};
use jiff::civil::Date;

use crate::cli::{QuestionArgs, QuotasName};
use crate::exit::Failure;

/// Returns the question that the options ask.
pub(crate) fn question(options: &QuestionArgs, programme: &Programme) -> Result<Question, Failure> {
    Ok(Question {
        as_of: options.as_of.as_deref().map(|text| day(text, programme)).transpose()?,
        quotas: match options.quotas {
            QuotasName::AsWritten => QuotaSource::AsWritten,
            QuotasName::AsTaken => QuotaSource::AsTaken,
        },
        locked: Vec::new(),
    })
}

/// Returns the day that an `--as-of` means: the one given, or that of the last report.
pub(crate) fn day(text: &str, programme: &Programme) -> Result<Date, Failure> {
    if text == "last-report" {
        return programme
            .last_report()
            .ok_or_else(|| unusable("there is no report whose date could be taken".to_owned()));
    }
    // The civil parser also takes times of day and odd years; a programme needs plain days.
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    text.parse().ok().filter(|_| plain).ok_or_else(|| unusable(format!("`{text}` is not a day")))
}

fn unusable(cause: String) -> Failure {
    Failure::Usage(Problem::new(Code::DateUnusable, cause))
}

/// Returns the question in words, as a plan's label.
pub(crate) fn label(question: &Question) -> String {
    let asked = match question.as_of {
        None => "best order from the start".to_owned(),
        Some(day) => format!("best continuation as of {day}"),
    };
    let taken = match question.quotas {
        QuotaSource::AsWritten => "",
        QuotaSource::AsTaken => ", as many openings a year as taken",
    };
    let decided = if question.locked.is_empty() { "" } else { ", with decided openings" };
    format!("{asked}{taken}{decided}")
}
