//! `check`: everything that is wrong with a folder, at once.

use crate::cli::CheckArgs;
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::figures::{count, thousands};
use crate::output::{self, Problems};

pub(crate) fn run(arguments: &CheckArgs) -> Result<Exit, Failure> {
    disk::expect_folder(&arguments.folder)?;
    let checked = disk::check(&arguments.folder);
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
                "{}: {} with {} persons, {}, {}\n",
                programme.settings.name,
                count(programme.places.len(), "place"),
                thousands(programme.population()),
                count(programme.settings.periods.count as usize, "period"),
                count(programme.reports.len(), "report"),
            ));
        }
        text.push_str(&output::tally(problems));
        text.push('\n');
        output::data(text.as_bytes());
    }
    Ok(if checked.programme.is_some() { Exit::Done } else { Exit::InputRefused })
}
