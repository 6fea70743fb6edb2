//! From options to the question asked of a programme.

use groundwork_model::programme::{Robustness, Scenarios};
use groundwork_model::validation::{self, nearest};
use groundwork_model::{Code, Goal, Outlook, Problem, Programme, Question, QuotaSource};
use jiff::civil::Date;

use crate::cli::{GivenArgs, GoalArgs, LAST_REPORT, QuestionArgs, QuotasName};
use crate::exit::Failure;
use crate::figures::{count, thousands};

/// Returns the question that the options ask.
pub(crate) fn question(options: &QuestionArgs, programme: &Programme) -> Result<Question, Failure> {
    Ok(Question {
        outlook: outlook(options, programme)?,
        goal: goal(&options.goal, programme)?,
        ..given(&options.given, programme)?
    })
}

/// Returns the goal that is asked for in place of those of the programme.
pub(crate) fn goal(options: &GoalArgs, programme: &Programme) -> Result<Option<Goal>, Failure> {
    let missing = options.goal.map_or_else(Vec::new, |goal| missing_for(goal, programme));
    if missing.is_empty() { Ok(options.goal) } else { Err(Failure::Input(missing)) }
}

/// Says why a programme cannot have a goal as it is written.
fn missing_for(goal: Goal, programme: &Programme) -> Vec<Problem> {
    let mut asked = programme.clone();
    asked.settings.objective.goal = goal;
    asked.settings.objective.then.clear();
    let problems = [validation::table_rules(&asked), validation::programme_rules(&asked)].concat();
    // The file names another goal: this one comes from the option.
    let placed = |problem: Problem| match problem.column.as_deref() {
        Some("objective.goal") => Problem { file: None, ..problem.in_column("--goal") },
        _ => problem,
    };
    problems.into_iter().filter(Problem::is_error).map(placed).collect()
}

/// Returns the question from what is taken as given, about all futures together.
pub(crate) fn given(options: &GivenArgs, programme: &Programme) -> Result<Question, Failure> {
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

/// Returns which futures the options ask for.
fn outlook(options: &QuestionArgs, programme: &Programme) -> Result<Outlook, Failure> {
    let scenarios = programme.settings.scenarios.as_ref();
    match &options.future {
        _ if options.no_futures => Ok(scenarios.map_or(Outlook::Together, |_| Outlook::AsWritten)),
        None => Ok(Outlook::Together),
        Some(name) => known_future(name, scenarios).map(Outlook::Future),
    }
}

/// Returns the name of a future that must be one of the programme.
fn known_future(name: &str, scenarios: Option<&Scenarios>) -> Result<String, Failure> {
    let named = scenarios.map(Scenarios::named).unwrap_or_default();
    let names: Vec<&str> =
        named.iter().map(|(name, _)| name.as_str()).filter(|name| !name.is_empty()).collect();
    if names.contains(&name) {
        return Ok(name.to_owned());
    }
    let shown = name.escape_debug();
    let (cause, remedy) = match (names.len(), nearest(name, names.iter().copied())) {
        (0, _) => (
            format!("there is no future `{shown}`: the programme has none"),
            "Add [[scenarios.future]] to programme.toml, or leave the option out.".to_owned(),
        ),
        (_, Some(meant)) => {
            (format!("there is no future `{shown}`; did you mean `{meant}`?"), listed(&names))
        }
        _ => (format!("there is no future `{shown}`"), listed(&names)),
    };
    let problem = Problem::new(Code::NameUnknown, cause).in_column("--future");
    Err(Failure::Usage(problem.with_remedy(remedy)))
}

/// Lists the futures, the first of many.
fn listed(names: &[&str]) -> String {
    const MOST: usize = 8;
    let first = names.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    let more = if names.len() > MOST { ", .." } else { "" };
    format!("Futures of the programme: {first}{more}.")
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
pub(crate) fn label(question: &Question, programme: &Programme) -> String {
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
    // Of several goals in order a plan says itself which one it is about.
    let goal = question.goal.filter(|_| question.held.is_empty());
    let goal = goal.map_or_else(String::new, |goal| format!(", for the goal {}", goal.name()));
    format!("{asked}{taken}{decided}{replanned}{}{goal}", outlook_words(question, programme))
}

/// Says which futures a plan is good for; empty without scenarios.
fn outlook_words(question: &Question, programme: &Programme) -> String {
    let Some(scenarios) = &programme.settings.scenarios else { return String::new() };
    match &question.outlook {
        Outlook::AsWritten => ", for the numbers as written".to_owned(),
        Outlook::Future(name) => format!(", for the future {name} alone"),
        Outlook::Together => {
            let number = count(scenarios.named().len(), "future");
            match scenarios.objective {
                Robustness::Expected => format!(", expected over {number}"),
                Robustness::WorstCase => format!(", worst case of {number}"),
            }
        }
    }
}
