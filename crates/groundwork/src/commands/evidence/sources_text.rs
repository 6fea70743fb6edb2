//! Sources in the terminal, and for Graphviz.

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::evidence::{
    Carried, FactorBy, SourceScore, SourceTable, Stage, TrackRecord, VerificationFactor,
};
use groundwork_monitor::{Names, reached};

use super::lines::{indented, safe, wrapped};
use crate::commands::difference_text::{align, plain_table};
use crate::figures::{count, thousands};

/// Copies, and groups of one kind, that the screen shows.
const SHOWN: usize = 12;

/// Returns what to print about sources.
pub(super) fn text(table: &SourceTable, names: &Names<'_>, stage: Stage, next: usize) -> String {
    let mut text = headline(table);
    text.push_str(&sources(&table.sources));
    text.push_str(&graph(table));
    text.push_str(&copies(table));
    text.push_str(&proposals(&table.sources));
    text.push_str(&factors(&table.factors, stage));
    text.push_str(&looks(table, names, stage, next));
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn headline(table: &SourceTable) -> String {
    let hash: String = table.root.hash.chars().take(12).collect();
    let origins = match table.rules.origins {
        1 => "1 origin".to_owned(),
        more => format!("{more} origins"),
    };
    format!(
        "{}\nSources as of {}, from what was published by {}; root {hash}...\n\
         Verified: seen by {origins} of grade {} or better that nobody stands behind in common.\n",
        table.programme, table.times.as_of, table.times.known_by, table.rules.least_grade
    )
}

fn sources(all: &[SourceScore]) -> String {
    let heard: Vec<&SourceScore> = all.iter().filter(|one| one.entries > 0).collect();
    let mut table = plain_table(&[
        "source",
        "voice",
        "grade",
        "entries",
        "carried",
        "first",
        "last",
        "claims",
        "found so",
        "not so",
        "not looked at",
    ]);
    for one in &heard {
        let day =
            |day: Option<jiff::civil::Date>| day.map_or("-".to_owned(), |day| day.to_string());
        let number = |number: u64| if number == 0 { "-".to_owned() } else { thousands(number) };
        let record = &one.record;
        table.add_row([
            if one.id.is_empty() { "(none named)".to_owned() } else { safe(&one.id) },
            match (one.listed, one.independent) {
                (false, _) => "not listed",
                (true, true) => "independent",
                (true, false) => "programme",
            }
            .to_owned(),
            one.grade.map_or("-".to_owned(), |grade| grade.to_string()),
            thousands(one.entries),
            number(one.carried_entries),
            day(one.first_heard),
            day(one.last_heard),
            number(record.claims),
            found(record),
            number(record.refuted),
            number(record.open),
        ]);
    }
    align(&mut table, 3);
    let silent = all.len() - heard.len();
    let silent = match silent {
        0 => String::new(),
        some => format!("; {} in the table without any entry that counts", thousands(some as i128)),
    };
    format!("\n{}{silent}\n{table}\n", count(heard.len(), "source"))
}

fn found(record: &TrackRecord) -> String {
    let looked = record.verified + record.refuted;
    match (looked, record.interval_per_mille) {
        (0, _) => "-".to_owned(),
        (_, None) => format!("{} (too few to say)", thousands(record.verified)),
        (_, Some((low, high))) => {
            format!(
                "{} (90 %: {} to {} %)",
                thousands(record.verified),
                low / 10,
                high.div_ceil(10)
            )
        }
    }
}

/// Shows who carries whom: those who are carried and carry nobody, with their carriers below them.
fn graph(table: &SourceTable) -> String {
    if table.carried.is_empty() {
        return "\nNobody carries anybody, as far as the table and the entries say.\n".to_owned();
    }
    let mut carriers: BTreeMap<&str, Vec<&Carried>> = BTreeMap::new();
    for edge in &table.carried {
        carriers.entry(&edge.from).or_default().push(edge);
    }
    let carry: BTreeSet<&str> = table.carried.iter().map(|edge| edge.by.as_str()).collect();
    let mut roots: Vec<&str> =
        carriers.keys().copied().filter(|from| !carry.contains(from)).collect();
    if roots.is_empty() {
        roots.extend(carriers.keys().next());
    }
    let mut text = "\nWho carries whom: below each stand those that carry it\n".to_owned();
    let mut met = BTreeSet::new();
    for root in roots {
        branch(&mut text, root, "", 1, &carriers, &mut met);
    }
    // Those that only carry one another.
    for from in carriers.keys().copied().collect::<Vec<_>>() {
        if !met.contains(from) {
            branch(&mut text, from, "", 1, &carriers, &mut met);
        }
    }
    text
}

fn branch<'a>(
    text: &mut String,
    id: &'a str,
    said: &str,
    depth: usize,
    carriers: &BTreeMap<&'a str, Vec<&'a Carried>>,
    met: &mut BTreeSet<&'a str>,
) {
    let below = carriers.get(id).map_or(&[][..], Vec::as_slice);
    let again = !met.insert(id) && !below.is_empty();
    let again = if again { ", see above" } else { "" };
    text.push_str(&format!("{}{}{said}{again}\n", "  ".repeat(depth), safe(id)));
    if !again.is_empty() {
        return;
    }
    for edge in below {
        let said = match (edge.listed, edge.entries) {
            (true, 0) => String::new(),
            (listed, entries) => {
                let entries = if entries == 1 {
                    "1 entry".to_owned()
                } else {
                    format!("{} entries", thousands(entries))
                };
                let unlisted = if listed { "" } else { ", by attribution alone" };
                format!(" ({entries}{unlisted})")
            }
        };
        branch(text, &edge.by, &said, depth + 1, carriers, met);
    }
}

fn copies(table: &SourceTable) -> String {
    if table.copies.is_empty() {
        return String::new();
    }
    let mut text = "\nThe same words, and nothing says that one carries the other\n".to_owned();
    for copy in table.copies.iter().take(SHOWN) {
        let passages = usize::try_from(copy.passages).unwrap_or(usize::MAX);
        let line = format!(
            "{} printed what {} had printed before: {} (entry {} after entry {}, {} later). If it copies, write \
             {} into its `carries` in sources.csv.",
            copy.by,
            copy.from,
            count(passages, "passage"),
            copy.later,
            copy.first,
            count(usize::try_from(copy.days).unwrap_or(0), "day"),
            copy.from
        );
        text.push_str(&wrapped(&line, "  ", "    "));
    }
    if table.copies.len() > SHOWN {
        text.push_str(&indented(&format!(
            "and {} more; --json has all",
            thousands((table.copies.len() - SHOWN) as i128)
        )));
    }
    text
}

fn proposals(all: &[SourceScore]) -> String {
    let mut text = String::new();
    for one in all {
        let Some(proposed) = &one.proposed else { continue };
        let now = one.grade.map_or("no grade".to_owned(), |grade| grade.to_string());
        let line = format!(
            "{}: letter {} in place of {now}: {}",
            one.id, proposed.letter, proposed.reason
        );
        text.push_str(&wrapped(&line, "  ", "    "));
    }
    if text.is_empty() {
        return text;
    }
    format!("\nGrades that the record speaks for (proposed; sources.csv decides)\n{text}")
}

fn factors(all: &[VerificationFactor], stage: Stage) -> String {
    if all.is_empty() {
        return format!("\nOf no named facility it is claimed that it is {}.\n", reached(stage));
    }
    let mut table = plain_table(&["", "claimed", "looked at", "verified", "a random sample says"]);
    let mut shown: BTreeMap<FactorBy, usize> = BTreeMap::new();
    let mut hidden = 0;
    for one in all {
        let of = shown.entry(one.by).or_default();
        *of += 1;
        if *of > SHOWN {
            hidden += 1;
            continue;
        }
        table.add_row([
            factor_name(one),
            thousands(one.claimed),
            thousands(one.looked),
            thousands(one.verified),
            sample(one),
        ]);
    }
    for column in 1..4 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
    let mut text = format!(
        "\nOf those claimed to be {}, what somebody independent found\n{table}\n",
        reached(stage)
    );
    if hidden > 0 {
        text.push_str(&indented(&format!("and {}; --json has all", count(hidden, "more group"))));
    }
    if all.iter().all(|one| one.sample.is_none()) {
        text.push_str(&wrapped(
            "Nothing says that these looks were a random sample: they speak for those looked at alone. Where they \
             were drawn by lot, say so in [[samples]] of programme.toml.",
            "  ",
            "  ",
        ));
    }
    text
}

fn factor_name(one: &VerificationFactor) -> String {
    let name = if one.name.is_empty() { "none" } else { &one.name };
    match one.by {
        FactorBy::All => "all".to_owned(),
        FactorBy::Batch => format!("batch {}", safe(name)),
        FactorBy::Kind => format!("kind {}", safe(name)),
        FactorBy::Province => format!("province {}", safe(name)),
    }
}

fn sample(one: &VerificationFactor) -> String {
    let Some(sample) = &one.sample else { return "-".to_owned() };
    let drawn =
        format!("{}: {} of {} drawn", sample.id, thousands(sample.found), thousands(sample.drawn));
    let said = match sample.interval {
        None => "too few to say".to_owned(),
        Some((low, high)) if low == high => {
            format!("{} of {}", thousands(low), thousands(sample.frame))
        }
        Some((low, high)) => {
            format!(
                "{} to {} of {} (90 %)",
                thousands(low),
                thousands(high),
                thousands(sample.frame)
            )
        }
    };
    safe(&format!("{said}; {drawn}"))
}

fn looks(table: &SourceTable, names: &Names<'_>, stage: Stage, next: usize) -> String {
    if table.next.is_empty() || next == 0 {
        return String::new();
    }
    let mut text = format!(
        "\nA look would tell most at (of {} claimed to be {} and not verified)\n",
        thousands(table.next.len() as i128),
        reached(stage)
    );
    for (at, one) in table.next.iter().take(next).enumerate() {
        let name = names.facility(&one.id);
        let id = if name == one.id { String::new() } else { format!(" ({})", one.id) };
        let worth = match one.promise {
            Some(_) => format!("; worth {} people", thousands(one.worth)),
            None => String::new(),
        };
        let line = format!("{}. {name}{id}: {}{worth}", at + 1, one.reason);
        text.push_str(&wrapped(&line, "  ", "     "));
    }
    if table.next.len() > next {
        text.push_str(&indented("--next N lists more, --json all"));
    }
    text
}

/// Returns who carries whom for Graphviz: from who is carried to who carries it.
pub(super) fn dot(table: &SourceTable) -> String {
    let escaped = |text: &str| safe(text).replace('\\', "\\\\").replace('"', "\\\"");
    let quoted = |text: &str| format!("\"{}\"", escaped(text));
    let mut text = "digraph sources {\n  rankdir=LR;\n  node [shape=box];\n".to_owned();
    for one in table.sources.iter().filter(|one| one.listed || one.entries > 0) {
        let style = if one.independent { ", style=bold" } else { "" };
        let grade = one.grade.map_or_else(String::new, |grade| format!("\\n{grade}"));
        let label = escaped(if one.name.is_empty() { &one.id } else { &one.name });
        text.push_str(&format!("  {} [label=\"{label}{grade}\"{style}];\n", quoted(&one.id)));
    }
    for edge in &table.carried {
        let label =
            if edge.entries > 0 { format!(" [label=\"{}\"]", edge.entries) } else { String::new() };
        text.push_str(&format!("  {} -> {}{label};\n", quoted(&edge.from), quoted(&edge.by)));
    }
    text + "}\n"
}
