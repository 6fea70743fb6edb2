//! `diff`: what changed between two days, in the world and in what is known of the first.

use groundwork_model::evidence::Times;
use groundwork_model::{Code, Problem};
use groundwork_monitor::{Names, difference};

use super::{score_changes, status};
use crate::cli::DiffArgs;
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::ledger_file;
use crate::output;

pub(crate) fn run(arguments: &DiffArgs) -> Result<Exit, Failure> {
    let (from, to) = (arguments.from, arguments.to);
    let (first_known, last_known) = match arguments.known_by.as_deref() {
        Some([first, last]) => (*first, *last),
        _ => (from, to),
    };
    if from > to || first_known > last_known {
        let cause = format!(
            "{from}, known by {first_known}, does not lie before {to}, known by {last_known}"
        );
        let remedy = "Give the earlier day first, in --from and --to as well as in --known-by.";
        return Err(Failure::Usage(Problem::new(Code::NameUnknown, cause).with_remedy(remedy)));
    }
    let loaded = disk::load_to_watch(&arguments.folder)?;
    let programme = &loaded.programme;
    let location = ledger_file::location(&arguments.folder, arguments.ledger.as_deref());
    let mut ledger = status::opened(&arguments.folder, &location)?;
    let mut card = |as_of, known_by| {
        status::taken(&mut ledger, programme, Times { as_of, known_by, recorded_by: None })
    };
    let first = card(from, first_known)?;
    let hindsight = card(from, last_known)?;
    let second = card(to, last_known)?;
    let found = difference(&first, &hindsight, &second);
    if arguments.json {
        output::data(&output::json_pretty(&found));
        return Ok(Exit::Done);
    }
    let names = Names::of(programme);
    let text = format!(
        "{}\n\nIn the world from {from} to {to}, by what was published by {last_known}\n{}\n\
         In what is known of {from}, by what was published from {first_known} to {last_known}\n{}",
        found.programme,
        score_changes::text(&found.world, &names),
        score_changes::text(&found.knowledge, &names),
    );
    output::data(text.as_bytes());
    Ok(Exit::Done)
}
