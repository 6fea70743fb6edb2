//! A scorecard in the terminal.

use comfy_table::Table;
use groundwork_model::evidence::{
    Alert, AlertKind, CountUnit, GroupScore, PromiseScore, Reached, Reconciliation, Schedule,
    Scorecard, Series, SeriesPoint, Stage, Voice,
};
use groundwork_monitor::{Names, amount, in_words, of_batches, reached, units};
use jiff::civil::Date;

use super::difference_text::{align, plain_table};
use crate::cli::GroupName;
use crate::exit::Failure;
use crate::figures::{count, thousands};
use crate::ledger_file::{self, AnyLedger};

/// Columns of the screen that sentences keep to.
const WIDTH: usize = 100;

/// Groups with a promise that the screen shows: the last ones.
const GROUPS: usize = 3;

/// Other groups that the screen shows, a line each.
const OTHERS: usize = 6;

/// Days of the series that the screen shows.
const POINTS: usize = 6;

/// Totals that the screen sets against names: the last ones.
const TOTALS: usize = 2;

/// Alerts of one kind, and in all, that the screen shows.
const ALERTS: [usize; 2] = [3, 10];

/// Entries that the screen lists behind one figure.
const ENTRIES: usize = 12;

/// Returns what to print about a scorecard.
pub(super) fn text(card: &Scorecard, names: &Names<'_>, by: GroupName) -> String {
    let mut text = headline(card);
    match by {
        GroupName::Batch => text.push_str(&batches(card)),
        GroupName::Kind => text.push_str(&table(&card.kinds, "kind")),
        GroupName::Province => text.push_str(&table(&card.provinces, "province")),
    }
    if by == GroupName::Batch {
        text.push_str(&over_time(&card.series));
        text.push_str(&totals(&card.reconciliations, names));
        text.push_str(&alerts(&card.alerts));
    }
    text
}

fn headline(card: &Scorecard) -> String {
    let rules = &card.rules;
    let sources = match rules.origins {
        1 => "1 independent source".to_owned(),
        more => format!("{more} independent sources"),
    };
    let recorded = card.times.recorded_by.map_or_else(String::new, |until| {
        let time = jiff::Timestamp::from_microsecond(until);
        time.map_or_else(|_| String::new(), |time| format!(" and recorded by {time}"))
    });
    let withdrawn = match card.withdrawn {
        0 => String::new(),
        number => format!(", {} withdrawn", thousands(number)),
    };
    let hash: String = card.root.hash.chars().take(12).collect();
    format!(
        "{}\n\
         As of {}, from what was published by {}{recorded}\n\
         {} of {} counted{withdrawn}; root {hash}...\n\
         Verified: seen by {sources} of grade {} or better. Operating is known for {}.\n",
        card.programme,
        card.times.as_of,
        card.times.known_by,
        thousands(card.counted),
        count(usize::try_from(card.root.entries).unwrap_or(usize::MAX), "entry")
            .replace("entrys", "entries"),
        rules.least_grade,
        count(rules.operating_days as usize, "day"),
    )
}

/// Shows the groups to which something was promised, stage by stage, and the others in a line each.
fn batches(card: &Scorecard) -> String {
    if card.batches.is_empty() {
        return "\nNo facility is named by any entry that counts.\n".to_owned()
            + &lone_promises(card);
    }
    let promised = |group: &&GroupScore| card.promises.iter().any(|promise| is_of(promise, group));
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
        text.push_str("\nBeside them, without a promise\n");
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

/// Shows promises of which nobody is named yet, and those of the whole programme.
fn lone_promises(card: &Scorecard) -> String {
    let alone = |promise: &&PromiseScore| !card.batches.iter().any(|group| is_of(promise, group));
    let lines: String = card
        .promises
        .iter()
        .filter(alone)
        .take(OTHERS)
        .map(|promise| promise_lines(promise))
        .collect();
    if lines.is_empty() { lines } else { format!("\nPromises that stand alone\n{lines}") }
}

fn group_name(group: &GroupScore) -> String {
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
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
    let facilities = usize::try_from(group.facilities).unwrap_or(usize::MAX);
    let named = count(facilities, "named facility").replace("facilitys", "facilities");
    let promises = card.promises.iter().filter(|promise| is_of(promise, group));
    let promises: String = promises.map(promise_lines).collect();
    format!("\n{}: {named}\n{table}\n{promises}", group_name(group))
}

/// Returns the last claimed and the last seen total of a stage that speaks of the group's batch.
fn beside(stage: Stage, group: &GroupScore, totals: &[Reconciliation]) -> String {
    let speaks = |one: &&Reconciliation| {
        one.stage == stage
            && one.place.is_empty()
            && one.batches.contains(&group.batch)
            && (one.kind.is_empty() || one.kind == group.kind)
    };
    let last = |independent: bool| {
        let of = totals.iter().filter(speaks);
        of.filter(|one| (one.voice == Voice::Independent) == independent)
            .max_by_key(|one| (one.day, one.entry))
    };
    let told = |one: &Reconciliation, word: &str| {
        let batches = if one.batches.len() > 1 { of_batches(&one.batches) } else { String::new() };
        let amount = amount(one.number, one.bound, one.unit);
        format!("{word}{amount}{batches}, {} (entry {})", one.day, one.entry)
    };
    let claimed = last(false).map(|one| told(one, "claimed "));
    let seen = last(true).map(|one| told(one, "seen "));
    claimed.into_iter().chain(seen).collect::<Vec<_>>().join("; ")
}

fn promise_lines(promise: &PromiseScore) -> String {
    let due = promise.due.map_or_else(|| "without a date".to_owned(), |due| format!("by {due}"));
    let batch =
        if promise.batch.is_empty() { String::new() } else { format!(" of {}", promise.batch) };
    let words =
        if promise.words.is_empty() { String::new() } else { format!(", \"{}\"", promise.words) };
    let head = format!(
        "promised: {}{batch} {} {due}{words}",
        units(promise.count, promise.unit),
        reached(promise.stage),
    );
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
            let days = groundwork_model::evidence::day_number(day)
                - groundwork_model::evidence::day_number(due);
            format!("; all on {day}, {} late", count(days.unsigned_abs() as usize, "day"))
        }
        (Schedule::Late, ..) => format!("; late: {}", thousands(missing)),
        (schedule, Some(day), _) => format!("; all on {day}, {}", schedule.words()),
        (schedule, ..) => format!("; {}", schedule.words()),
    };
    format!("{} of {}{by_due}{tail}", thousands(reached), thousands(promise.count))
}

fn in_a_line(group: &GroupScore) -> String {
    let stage = |score: &groundwork_model::evidence::StageScore| {
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
fn table(groups: &[GroupScore], by: &str) -> String {
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

/// Shows the series of all batches, or the first, at the last day of each of the last quarters.
fn over_time(series: &[Series]) -> String {
    let mut text = String::new();
    let mut shown: Vec<(&str, Stage, CountUnit)> = Vec::new();
    for one in series {
        let key = (one.kind.as_str(), one.stage, one.unit);
        if shown.contains(&key) || shown.len() == 2 {
            continue;
        }
        shown.push(key);
        let mut table =
            plain_table(&["day", "promised", "claimed", "verified", "late", "not verified"]);
        for point in quarters(&one.points) {
            table.add_row([
                point.day.to_string(),
                thousands(point.promised),
                thousands(point.claimed),
                thousands(point.verified),
                thousands(point.late),
                thousands(point.late_unverified),
            ]);
        }
        align(&mut table, 1);
        let batch = if one.batch.is_empty() { "all batches" } else { &one.batch };
        text.push_str(&format!(
            "\nOver time: {} {} ({batch}); late: promised by then and not claimed\n{table}\n",
            one.unit.name(),
            reached(one.stage)
        ));
    }
    text
}

/// Returns what the series says at the end of the last quarters in which it changes, and at its last day.
fn quarters(points: &[SeriesPoint]) -> Vec<&SeriesPoint> {
    let quarter = |day: Date| (day.year(), (day.month() - 1) / 3);
    let mut chosen: Vec<&SeriesPoint> = Vec::new();
    for point in points {
        if chosen.last().is_some_and(|last| quarter(last.day) == quarter(point.day)) {
            chosen.pop();
        }
        chosen.push(point);
    }
    let from = chosen.len().saturating_sub(POINTS);
    chosen.split_off(from)
}

/// Shows the last claimed totals against those that are named.
fn totals(all: &[Reconciliation], names: &Names<'_>) -> String {
    let mut claimed: Vec<&Reconciliation> =
        all.iter().filter(|one| one.voice != Voice::Independent && one.number.is_some()).collect();
    claimed.sort_by_key(|one| (one.day, one.entry));
    if claimed.is_empty() {
        return String::new();
    }
    let hidden = claimed.len().saturating_sub(TOTALS);
    let before = match hidden {
        0 => String::new(),
        hidden => format!(" (the last {TOTALS}; --json has {} more)", thousands(hidden as i128)),
    };
    let mut text = format!("\nClaimed totals against names{before}\n");
    for one in &claimed[hidden..] {
        let lines = in_words(one, names);
        text.push_str(&wrapped(&lines[0], "  ", "    "));
        text.push_str(&wrapped(&lines[1..].join(" "), "    ", "    "));
    }
    text
}

fn alerts(all: &[Alert]) -> String {
    if all.is_empty() {
        return "\nNo alerts\n".to_owned();
    }
    let mut text = format!("\n{}, the gravest first\n", count(all.len(), "alert"));
    let (mut kind, mut of_kind, mut shown): (Option<AlertKind>, usize, usize) = (None, 0, 0);
    for alert in all {
        of_kind = if kind == Some(alert.kind) { of_kind + 1 } else { 1 };
        kind = Some(alert.kind);
        if of_kind > ALERTS[0] || shown == ALERTS[1] {
            continue;
        }
        shown += 1;
        let line = format!("{} ({}): {}", alert.kind.words(), alert.day, alert.text);
        text.push_str(&wrapped(&line, "  ", "    "));
    }
    if shown < all.len() {
        text.push_str(&indented(&format!(
            "and {} more; --json lists all, --since DAY what is new",
            thousands((all.len() - shown) as i128)
        )));
    }
    text
}

/// Lists the entries that the figures of the groups rest on.
pub(super) fn why(
    card: &Scorecard,
    by: GroupName,
    ledger: &mut AnyLedger,
) -> Result<String, Failure> {
    let groups = match by {
        GroupName::Batch => &card.batches,
        GroupName::Kind => &card.kinds,
        GroupName::Province => &card.provinces,
    };
    let mut text = "\nWhat the figures rest on\n".to_owned();
    for group in groups {
        for score in &group.stages {
            let sides = [
                ("claimed", &score.claimed),
                ("verified", &score.verified),
                ("denied", &score.denied),
            ];
            for (word, entries) in sides.into_iter().filter(|(_, entries)| !entries.is_empty()) {
                text.push_str(&indented(&format!(
                    "{}: {word} {}, {}",
                    group_name(group),
                    reached(score.stage),
                    thousands(entries.len() as i128)
                )));
                for number in entries.iter().take(ENTRIES) {
                    text.push_str(&entry_line(*number, ledger)?);
                }
                if entries.len() > ENTRIES {
                    let more = thousands((entries.len() - ENTRIES) as i128);
                    text.push_str(&indented(&format!(
                        "  and {more} more; --json has their numbers"
                    )));
                }
            }
        }
    }
    Ok(text)
}

fn entry_line(number: u64, ledger: &mut AnyLedger) -> Result<String, Failure> {
    let entry = ledger.entry(number).map_err(|error| ledger_file::failure(&error))?;
    let draft = &entry.draft;
    let texts = &draft.texts;
    let grade = draft.grade.map_or_else(String::new, |grade| format!(" {grade}"));
    let source = if texts.source.is_empty() { "(no source)" } else { &texts.source };
    let subject = if draft.subject.id.is_empty() { "programme" } else { &draft.subject.id };
    let line = format!(
        "  entry {number}: {subject}, {} (published {}), {source}{grade} {}",
        draft.valid, draft.published.day, texts.url
    );
    Ok(indented(safe(&line).trim_end()))
}

/// Returns text that moves no cursor: what comes from a document may hold anything.
fn safe(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Returns a line, indented by two.
pub(super) fn indented(line: &str) -> String {
    format!("  {}\n", safe(line))
}

/// Returns a sentence in lines that fit the screen, the first and the others with their indents.
pub(super) fn wrapped(sentence: &str, first: &str, others: &str) -> String {
    let sentence = safe(sentence);
    let mut text = first.to_owned();
    let mut width = first.chars().count();
    let mut fresh = true;
    for word in sentence.split_whitespace() {
        let long = word.chars().count();
        if !fresh && width + 1 + long > WIDTH {
            text.push('\n');
            text.push_str(others);
            width = others.chars().count();
            fresh = true;
        }
        if !fresh {
            text.push(' ');
            width += 1;
        }
        text.push_str(word);
        width += long;
        fresh = false;
    }
    text + "\n"
}
