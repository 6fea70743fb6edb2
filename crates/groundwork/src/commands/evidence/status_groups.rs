//! Named facilities by batch, kind and province beside what was promised, in the terminal.

use comfy_table::{CellAlignment, Table};
use groundwork_model::evidence::{GroupScore, PromiseScore, Scorecard, Stage, StageScore};

use super::lines::{indented, wrapped};
use crate::commands::difference_text::{align, plain_table};
use crate::figures::{count, thousands};

/// Groups with a promise that the screen shows: the last ones.
const GROUPS: usize = 3;

/// Promises that are yet to fall due and of which nobody is named: the next ones that the screen shows.
const NEXT: usize = 2;

/// Other groups that the screen shows, a line each.
const OTHERS: usize = 6;

/// Shows the groups to which something was promised, stage by stage, and the others in a line each.
pub(super) fn batches(card: &Scorecard) -> String {
    if card.batches.is_empty() {
        return "\nNo facility is named by any entry that counts.\n".to_owned()
            + &lone_promises(card);
    }
    let (main, others) = card.promised_groups();
    let mut text = String::new();
    let hidden = main.len().saturating_sub(GROUPS);
    if hidden > 0 {
        text.push_str(&format!("\n{} before these; --json has all\n", count(hidden, "group")));
    }
    for group in &main[hidden..] {
        text.push_str(&stage_by_stage(group, card));
    }
    if !others.is_empty() {
        text.push_str("\nBeside them\n");
    }
    for group in others.iter().take(OTHERS) {
        text.push_str(&indented(&in_a_line(group)));
    }
    if others.len() > OTHERS {
        let more = count(others.len() - OTHERS, "more group");
        text.push_str(&indented(&format!("and {more}; --json has all")));
    }
    text + &lone_promises(card)
}

/// Shows promises over several batches or the whole programme, and those of which nobody is named yet, a line each: of
/// those that are yet to fall due the next ones.
fn lone_promises(card: &Scorecard) -> String {
    let broad = |promise: &PromiseScore| promise.batch.is_empty() || promise.batch.contains('+');
    let alone = |promise: &PromiseScore| !card.batches.iter().any(|group| promise.is_of(group));
    let line = |promise: &PromiseScore| {
        let sides = [("claimed", &promise.claimed), ("verified", &promise.verified)];
        let sides = sides.map(|(word, side)| format!("{word} {}", promise.kept(side)));
        wrapped(&format!("{}: {}", promise.asked(), sides.join(", ")), "  ", "    ")
    };
    let listed = |title: &str, of: &dyn Fn(&PromiseScore) -> bool| {
        let chosen: Vec<&PromiseScore> = card.promises.iter().filter(|one| of(one)).collect();
        let (open, ahead): (Vec<&PromiseScore>, Vec<&PromiseScore>) =
            chosen.into_iter().partition(|one| one.due.is_none_or(|due| due <= card.times.as_of));
        let shown = open.iter().take(OTHERS).chain(ahead.iter().take(NEXT));
        let mut lines: String = shown.map(|promise| line(promise)).collect();
        let hidden = open.len().saturating_sub(OTHERS) + ahead.len().saturating_sub(NEXT);
        if hidden > 0 {
            let more = count(hidden, "more promise");
            lines.push_str(&indented(&format!("and {more}; --json has all")));
        }
        if lines.is_empty() { lines } else { format!("\n{title}\n{lines}") }
    };
    listed("Promises over several batches", &|one| alone(one) && broad(one))
        + &listed("Promises of which nobody is named", &|one| alone(one) && !broad(one))
}

fn stage_by_stage(group: &GroupScore, card: &Scorecard) -> String {
    let mut table =
        plain_table(&["stage", "claimed", "verified", "denied", "totals that name nobody"]);
    for stage in Stage::ALL {
        let score = group.stage(stage);
        let beside: Vec<String> = card
            .beside(stage, group)
            .into_iter()
            .map(|one| format!("{} (entry {})", one.in_short(), one.entry))
            .collect();
        let beside = beside.join("\n");
        if score.is_none() && beside.is_empty() {
            continue;
        }
        let number = |entries: Option<&Vec<u64>>| {
            let number = entries.map_or(0, Vec::len);
            if number == 0 { "-".to_owned() } else { thousands(number as i128) }
        };
        let lapsed = match score.map_or(0, |score| score.lapsed) {
            0 => String::new(),
            lapsed => format!("{} not known any more ", thousands(lapsed)),
        };
        table.add_row([
            stage.name().replace('-', " "),
            number(score.map(|score| &score.claimed)),
            number(score.map(|score| &score.verified)),
            number(score.map(|score| &score.denied)),
            format!("{lapsed}{beside}"),
        ]);
    }
    for column in 1..4 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let facilities = usize::try_from(group.facilities).unwrap_or(usize::MAX);
    let named = count(facilities, "named facility");
    let promises = card.promises.iter().filter(|promise| promise.is_of(group));
    let promises: String = promises.map(promise_lines).collect();
    format!("\n{}: {named}\n{table}\n{promises}", group.name())
}

fn promise_lines(promise: &PromiseScore) -> String {
    let words =
        if promise.words.is_empty() { String::new() } else { format!(", \"{}\"", promise.words) };
    let head = format!("promised: {}{words}", promise.asked());
    let mut text = wrapped(&head, "  ", "    ");
    for (word, side) in [("claimed ", &promise.claimed), ("verified", &promise.verified)] {
        text.push_str(&indented(&format!("  {word} {}", promise.kept(side))));
    }
    text
}

fn in_a_line(group: &GroupScore) -> String {
    let stage = |score: &StageScore| {
        format!(
            "{} {}/{}",
            score.stage.name().replace('-', " "),
            thousands(score.claimed.len() as i128),
            thousands(score.verified.len() as i128)
        )
    };
    let stages: Vec<String> = group.stages.iter().map(stage).collect();
    format!(
        "{}: {} named; claimed/verified {}",
        group.name(),
        thousands(group.facilities),
        stages.join(", ")
    )
}

/// Shows groups in rows and stages in columns.
pub(super) fn table(groups: &[GroupScore], by: &str) -> String {
    if groups.is_empty() {
        return "\nNo facility is named by any entry that counts.\n".to_owned();
    }
    let shown: Vec<Stage> = Stage::ALL
        .into_iter()
        .filter(|stage| groups.iter().any(|group| group.stage(*stage).is_some()))
        .collect();
    let heads: Vec<String> = shown.iter().map(|stage| stage.name().replace('-', " ")).collect();
    let mut header = vec![by, "named"];
    header.extend(heads.iter().map(String::as_str));
    let mut table: Table = plain_table(&header);
    for group in groups {
        let mut row = vec![group.name(), thousands(group.facilities)];
        row.extend(shown.iter().map(|stage| {
            group.stage(*stage).map_or_else(
                || "-".to_owned(),
                |score| format!("{}/{}", score.claimed.len(), score.verified.len()),
            )
        }));
        table.add_row(row);
    }
    align(&mut table, 1);
    format!("\n{table}\nClaimed/verified, named facilities of all batches.\n")
}
