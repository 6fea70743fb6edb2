//! Named facilities by batch, kind and province beside what was promised, in the terminal.

use comfy_table::{CellAlignment, Table};
use groundwork_model::evidence::{
    CountUnit, GroupScore, PromiseScore, Reached, Reconciliation, Schedule, Scorecard, Stage,
    StageScore, Voice, day_number,
};
use groundwork_monitor::{amount, of_batches, reached, units};

use super::lines::{indented, wrapped};
use crate::commands::difference_text::{align, plain_table};
use crate::figures::{count, thousands};

/// Groups with a promise that the screen shows: the last ones.
const GROUPS: usize = 3;

/// Other groups that the screen shows, a line each.
const OTHERS: usize = 6;

/// Shows the groups to which something was promised, stage by stage, and the others in a line each.
pub(super) fn batches(card: &Scorecard) -> String {
    if card.batches.is_empty() {
        return "\nNo facility is named by any entry that counts.\n".to_owned()
            + &lone_promises(card);
    }
    // Milestones of the programme come before targets that are only reported.
    let milestones = card.promises.iter().any(|promise| promise.entry.is_none());
    let counts = |promise: &&PromiseScore| promise.entry.is_none() || !milestones;
    let promised = |group: &&GroupScore| {
        card.promises.iter().filter(counts).any(|promise| is_of(promise, group))
    };
    let (main, others): (Vec<&GroupScore>, Vec<&GroupScore>) =
        card.batches.iter().partition(promised);
    // Where nothing was promised, all groups count alike.
    let (main, others) = if main.is_empty() { (others, main) } else { (main, others) };
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

/// Returns whether a promise speaks of a group. One of the whole programme stands by itself.
fn is_of(promise: &PromiseScore, group: &GroupScore) -> bool {
    !promise.batch.is_empty()
        && promise.batch == group.batch
        && (promise.kind.is_empty() || promise.kind == group.kind)
}

/// Shows promises of which nobody is named yet, and those of the whole programme, a line each.
fn lone_promises(card: &Scorecard) -> String {
    let alone = |promise: &&PromiseScore| !card.batches.iter().any(|group| is_of(promise, group));
    let line = |promise: &PromiseScore| {
        let sides = [("claimed", &promise.claimed), ("verified", &promise.verified)];
        let sides = sides.map(|(word, side)| format!("{word} {}", kept(promise, side)));
        wrapped(&format!("{}: {}", promised(promise), sides.join(", ")), "  ", "    ")
    };
    let mut lines: String = card.promises.iter().filter(alone).take(OTHERS).map(line).collect();
    let hidden = card.promises.iter().filter(alone).count().saturating_sub(OTHERS);
    if hidden > 0 {
        lines
            .push_str(&indented(&format!("and {}; --json has all", count(hidden, "more promise"))));
    }
    if lines.is_empty() { lines } else { format!("\nPromises of which nobody is named\n{lines}") }
}

pub(super) fn group_name(group: &GroupScore) -> String {
    let parts = [group.batch.as_str(), group.kind.as_str(), group.province.as_str()];
    let named: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if named.is_empty() { "(no batch, no kind)".to_owned() } else { named.join(" ") }
}

fn stage_by_stage(group: &GroupScore, card: &Scorecard) -> String {
    let mut table =
        plain_table(&["stage", "claimed", "verified", "denied", "totals that name nobody"]);
    for stage in Stage::ALL {
        let score = group.stage(stage);
        let beside = beside(stage, group, &card.reconciliations);
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
    let promises = card.promises.iter().filter(|promise| is_of(promise, group));
    let promises: String = promises.map(promise_lines).collect();
    format!("\n{}: {named}\n{table}\n{promises}", group_name(group))
}

/// Returns the last claimed and the last seen total of a stage that speaks of the group's batch, in each unit, a line
/// each.
fn beside(stage: Stage, group: &GroupScore, totals: &[Reconciliation]) -> String {
    let speaks = |one: &&Reconciliation| {
        one.stage == stage
            && one.place.is_empty()
            && one.batches.contains(&group.batch)
            && (one.kind.is_empty() || one.kind == group.kind)
    };
    let mut lines = Vec::new();
    for (independent, word) in [(false, "claimed"), (true, "seen")] {
        for unit in CountUnit::ALL {
            let of = totals
                .iter()
                .filter(speaks)
                .filter(|one| (one.voice == Voice::Independent) == independent && one.unit == unit);
            let Some(one) = of.max_by_key(|one| (one.day, one.entry)) else { continue };
            let batches =
                if one.batches.len() > 1 { of_batches(&one.batches) } else { String::new() };
            let amount = amount(one.number, one.bound, one.unit);
            lines.push(format!("{word} {amount}{batches}, {} (entry {})", one.day, one.entry));
        }
    }
    lines.join("\n")
}

fn promised(promise: &PromiseScore) -> String {
    let due = promise.due.map_or_else(|| "without a date".to_owned(), |due| format!("by {due}"));
    let of = [promise.batch.as_str(), promise.kind.as_str()].join(" ");
    let of = if of.trim().is_empty() { String::new() } else { format!(" of {}", of.trim()) };
    format!("{}{of} {} {due}", units(promise.count, promise.unit), reached(promise.stage))
}

fn promise_lines(promise: &PromiseScore) -> String {
    let words =
        if promise.words.is_empty() { String::new() } else { format!(", \"{}\"", promise.words) };
    let head = format!("promised: {}{words}", promised(promise));
    let mut text = wrapped(&head, "  ", "    ");
    for (word, side) in [("claimed ", &promise.claimed), ("verified", &promise.verified)] {
        text.push_str(&indented(&format!("  {word} {}", kept(promise, side))));
    }
    text
}

fn kept(promise: &PromiseScore, side: &Reached) -> String {
    let Some(reached) = side.count else {
        return format!("not counted: named facilities are no {}", promise.unit.name());
    };
    let by_due = match side.by_due {
        Some(by_due) if by_due != reached => format!(", {} when it fell due", thousands(by_due)),
        _ => String::new(),
    };
    let missing = promise.count.saturating_sub(reached);
    let tail = match (side.schedule, side.day, promise.due) {
        (Schedule::Late, Some(day), Some(due)) => {
            let days = day_number(day) - day_number(due);
            format!("; all on {day}, {} late", count(days.unsigned_abs() as usize, "day"))
        }
        (Schedule::Late, ..) => format!("; late: {}", thousands(missing)),
        (schedule, Some(day), _) => format!("; all on {day}, {}", schedule.words()),
        (schedule, ..) => format!("; {}", schedule.words()),
    };
    format!("{} of {}{by_due}{tail}", thousands(reached), thousands(promise.count))
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
        group_name(group),
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
        let mut row = vec![group_name(group), thousands(group.facilities)];
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
