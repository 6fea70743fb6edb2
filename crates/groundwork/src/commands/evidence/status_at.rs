//! `status --at ID`: the scorecard of the day of a milestone, a meeting or a cycle's end, known then and known now.

use groundwork_model::evidence::{
    Event, GroupScore, PromiseScore, Reached, Scorecard, Stage, StageScore, Times,
};
use groundwork_model::validation::nearest;
use groundwork_model::{Code, Problem, Programme};
use groundwork_monitor::units;
use jiff::civil::Date;
use serde::Serialize;

use super::lines::{indented, wrapped};
use super::status::{dated, today};
use super::status_agenda::{lines, notes};
use super::status_text::rules;
use crate::cli::StatusArgs;
use crate::commands::difference_text::{align, plain_table};
use crate::exit::{Exit, Failure};
use crate::figures::{count, thousands};
use crate::ledger_file::AnyLedger;
use crate::output;

/// Groups that the screen shows: the last ones to which something was promised by then.
const GROUPS: usize = 4;

/// Promises that the screen shows: the last ones that fell due by then.
const PROMISES: usize = 6;

/// Is what `--json` prints.
#[derive(Serialize)]
struct Answer<'a> {
    event: &'a Event,
    /// As of its day, by what was published by then; none where the day is yet to come.
    then: Option<&'a Scorecard>,
    /// As of its day, or today where that is yet to come, by all that is known.
    now: &'a Scorecard,
}

/// Prints the scorecard of an event.
pub(super) fn run(
    arguments: &StatusArgs,
    id: &str,
    ledger: &mut AnyLedger,
    programme: &Programme,
) -> Result<Exit, Failure> {
    let today = today();
    let recorded_by = arguments.times.recorded_by;
    let (card, agenda) =
        dated(ledger, programme, Times { as_of: today, known_by: today, recorded_by })?;
    let Some(event) = agenda.events.iter().find(|event| event.id == id) else {
        return Err(unknown(id, agenda.events.iter().map(|event| event.id.as_str())));
    };
    let Some(day) = event.date.latest else {
        let cause = format!("--at {id}: {}", event.date.meant());
        let remedy = "Ask for a day by --as-of, or give the date a last day.";
        return Err(Failure::Usage(Problem::new(Code::NameUnknown, cause).with_remedy(remedy)));
    };
    let times = |known_by| Times { as_of: day, known_by, recorded_by };
    let (then, now) = if day > today {
        (None, card.clone())
    } else {
        (Some(dated(ledger, programme, times(day))?.0), dated(ledger, programme, times(today))?.0)
    };
    if arguments.json {
        output::data(&output::json_pretty(&Answer { event, then: then.as_ref(), now: &now }));
        return Ok(Exit::Done);
    }
    let text = match &then {
        Some(then) => past(event, day, [then, &now, &card]),
        None => to_come(event, &now),
    };
    let text: String = text.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    output::data(text.as_bytes());
    Ok(Exit::Done)
}

fn unknown<'a>(id: &str, known: impl Iterator<Item = &'a str> + Clone) -> Failure {
    let cause = format!("--at: there is no milestone, meeting or cycle `{id}`");
    let remedy = match nearest(id, known.clone()) {
        Some(meant) => format!("Did you mean `{meant}`?"),
        None => {
            let all: Vec<&str> = known.collect();
            if all.is_empty() {
                "Write [[milestones]] or [[cycles]] into programme.toml, or use --as-of.".to_owned()
            } else {
                format!("Write one of {}.", all.join(", "))
            }
        }
    };
    Failure::Usage(Problem::new(Code::NameUnknown, cause).with_remedy(remedy))
}

fn headline(event: &Event, card: &Scorecard) -> String {
    let name = if event.name == event.id { String::new() } else { format!(" [{}]", event.id) };
    let mut text = format!("{}\n", card.programme);
    let head = format!("At {}{name}, {}: {}", event.name, event.what.words(), event.date.written);
    text.push_str(&wrapped(&head, "", "  "));
    for note in notes(event) {
        text.push_str(&wrapped(&note, "  ", "    "));
    }
    text
}

fn to_come(event: &Event, now: &Scorecard) -> String {
    format!(
        "{}\nThat day is yet to come. As of {}, from all that is known:\n{}",
        now.programme,
        now.times.as_of,
        lines(event, None)
    )
}

/// Shows a day that is past: as it was known then, as it is known now, and what came after it.
fn past(event: &Event, day: Date, [then, now, today]: [&Scorecard; 3]) -> String {
    let mut text = headline(event, now);
    text.push_str(&format!(
        "As of {day}. Known then: published by {day}, {}. Known now: published by {}, {}.\n{}",
        entries(then.counted),
        now.times.known_by,
        entries(now.counted),
        rules(&now.rules)
    ));
    text.push_str(&groups(day, then, now));
    text.push_str(&promises(day, [then, now, today]));
    text.push_str(&format!(
        "\nAll of it: groundwork status --as-of {day} --known-by {day}, and without --known-by\n"
    ));
    text
}

fn entries(number: u64) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), "entry")
}

/// Shows the last groups to which something was promised by the day, stage by stage; where nothing was, the last groups.
fn groups(day: Date, then: &Scorecard, now: &Scorecard) -> String {
    let of_promise = |group: &&GroupScore| {
        now.promises.iter().any(|promise| {
            let kind = promise.kind.is_empty() || promise.kind == group.kind;
            let batch = promise.batch.split('+').any(|batch| batch == group.batch);
            promise.entry.is_none() && promise.due.is_some_and(|due| due <= day) && kind && batch
        })
    };
    let mut chosen: Vec<&GroupScore> = now.batches.iter().filter(of_promise).collect();
    if chosen.is_empty() {
        chosen.extend(&now.batches);
    }
    if chosen.is_empty() {
        return "\nNo facility is named by any entry that counts.\n".to_owned();
    }
    let from = chosen.len().saturating_sub(GROUPS);
    let mut text = String::new();
    for group in &chosen[from..] {
        let same = |other: &&GroupScore| other.batch == group.batch && other.kind == group.kind;
        text.push_str(&group_table(group, then.batches.iter().find(same)));
    }
    text
}

fn group_table(now: &GroupScore, then: Option<&GroupScore>) -> String {
    let mut table = plain_table(&[
        "stage",
        "claimed then",
        "now",
        "verified then",
        "now",
        "denied then",
        "now",
    ]);
    for stage in Stage::ALL {
        let sides = [then.and_then(|group| group.stage(stage)), now.stage(stage)];
        if sides.iter().all(Option::is_none) {
            continue;
        }
        let mut row = vec![stage.name().replace('-', " ")];
        let of: [fn(&StageScore) -> &Vec<u64>; 3] =
            [|score| &score.claimed, |score| &score.verified, |score| &score.denied];
        for list in of {
            row.extend(sides.map(|side| match side.map_or(0, |score| list(score).len()) {
                0 => "-".to_owned(),
                number => thousands(number as i128),
            }));
        }
        table.add_row(row);
    }
    align(&mut table, 1);
    let named = |number: u64| thousands(number);
    format!(
        "\n{}: named then {}, now {}\n{table}\n",
        now.name(),
        named(then.map_or(0, |group| group.facilities)),
        named(now.facilities)
    )
}

/// Shows the last promises that fell due by the day, then and now.
fn promises(day: Date, [then, now, today]: [&Scorecard; 3]) -> String {
    let fell = |promise: &&PromiseScore| promise.due.is_some_and(|due| due <= day);
    let mut due: Vec<&PromiseScore> = now.promises.iter().filter(fell).collect();
    due.sort_by_key(|promise| promise.due);
    if due.is_empty() {
        return "\nNothing that was promised fell due by then.\n".to_owned();
    }
    let from = due.len().saturating_sub(PROMISES);
    let mut text = "\nPromises that fell due by then\n".to_owned();
    for promise in &due[from..] {
        let words = if promise.words.is_empty() {
            String::new()
        } else {
            format!(", \"{}\"", promise.words)
        };
        text.push_str(&wrapped(&format!("{}{words}", promise.asked()), "  ", "    "));
        let of =
            |card: &'_ Scorecard| card.promises.iter().position(|other| other.id == promise.id);
        for (word, side) in [("claimed ", claimed as Side), ("verified", verified as Side)] {
            let known = |card: &Scorecard| of(card).map(|at| kept(&card.promises[at], side));
            let before = known(then).unwrap_or_else(|| "not promised yet".to_owned());
            let after = kept(promise, side);
            let both = if before == after {
                format!("{after}, then and now")
            } else {
                format!("{before}, known then; {after}, known now")
            };
            let since =
                of(today).and_then(|at| came(&today.promises[at], side, side(promise).count));
            text.push_str(&wrapped(
                &format!("{word} {both}{}", since.unwrap_or_default()),
                "    ",
                "      ",
            ));
        }
    }
    if from > 0 {
        text.push_str(&indented(&format!("and {} before these", count(from, "promise"))));
    }
    text
}

type Side = fn(&PromiseScore) -> &Reached;

const fn claimed(promise: &PromiseScore) -> &Reached {
    &promise.claimed
}

const fn verified(promise: &PromiseScore) -> &Reached {
    &promise.verified
}

fn kept(promise: &PromiseScore, side: Side) -> String {
    let side = side(promise);
    let Some(count) = side.count else { return "not counted".to_owned() };
    let missing = promise.count.saturating_sub(count);
    let tail = if missing == 0 {
        let last = side.day.map(|day| format!(", the last on {day}")).unwrap_or_default();
        format!("{}{last}", side.schedule.words())
    } else {
        format!("late: {}", thousands(missing))
    };
    format!("{} of {}, {tail}", thousands(count), units(promise.count, promise.unit))
}

/// Returns what came after the day, where anything did.
fn came(promise: &PromiseScore, side: Side, by_then: Option<u64>) -> Option<String> {
    let side = side(promise);
    let count = side.count.filter(|count| Some(*count) != by_then)?;
    let last = side.day.map(|day| format!(", the last on {day}")).unwrap_or_default();
    Some(format!("; today {}{last}", thousands(count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_event_is_answered_with_the_nearest_one() {
        let failure = unknown("opend-2024", ["opened-2024", "congress"].into_iter());
        assert_eq!(failure.problems()[0].remedy, "Did you mean `opened-2024`?");
        let failure = unknown("x", std::iter::empty());
        assert!(failure.problems()[0].remedy.contains("--as-of"));
    }
}
