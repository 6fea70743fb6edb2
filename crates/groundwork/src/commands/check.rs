//! `check`: everything that is wrong with a folder, at once.

use groundwork_formats::check_evidence;
use groundwork_model::{Problem, Programme};

use crate::cli::CheckArgs;
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::figures::{count, thousands};
use crate::output::{self, Problems};

pub(crate) fn run(arguments: &CheckArgs) -> Result<Exit, Failure> {
    disk::expect_folder(&arguments.folder)?;
    let mut checked = disk::check(&arguments.folder);
    if let Some(programme) = &checked.programme {
        let read = &mut |name: &str| std::fs::read(arguments.folder.join(name));
        checked.problems.extend(check_evidence(programme, read));
    }
    let refused = checked.problems.iter().any(Problem::is_error);
    let problems = &checked.problems;
    if arguments.json {
        output::data(&output::json_pretty(&Problems { problems, conflict: None }));
    } else {
        let mut text = String::new();
        for problem in problems {
            text.push_str(&output::problem_text(problem));
            text.push('\n');
        }
        if let Some(programme) = &checked.programme {
            text.push_str(&format!(
                "{}: {} with {}, {}, {}\n",
                programme.settings.name,
                count(programme.places.len(), "place"),
                persons(programme),
                count(programme.settings.periods.count as usize, "period"),
                count(programme.reports.len(), "report"),
            ));
        }
        text.push_str(&output::tally(problems));
        text.push('\n');
        output::data(text.as_bytes());
    }
    Ok(if refused { Exit::InputRefused } else { Exit::Done })
}

/// Returns the number of persons, of the first and the last period where it changes.
fn persons(programme: &Programme) -> String {
    let periods = programme.settings.periods;
    let of = |period| thousands(programme.population_in(period));
    let (first, last) = (of(1), of(periods.count));
    if first == last {
        return format!("{first} persons");
    }
    format!(
        "{first} persons in {} and {last} in {}",
        periods.label(1),
        periods.label(periods.count)
    )
}
