//! The ledger behind the figures: its root, the rules, and who publishes.

use std::collections::HashMap;

use groundwork_model::evidence::Source;
use groundwork_model::evidence::words::time;

use super::{Evidence, table};
use crate::escape::markup;
use crate::html::section as wrap_section;
use crate::number::whole;

/// Sources that the page lists.
const ROWS: usize = 300;

/// Returns the section.
pub(super) fn section(of: &Evidence) -> String {
    let body = [root(of), rules(of), sources(of)].concat();
    wrap_section("ledger", "The ledger, its rules and sources", &body)
}

fn root(of: &Evidence) -> String {
    let root = &of.card.root;
    let last = match root.recorded_at {
        0 => "never".to_owned(),
        at => time(at),
    };
    let row = |word: &str, text: &str| {
        format!("<tr><th scope=\"row\">{word}</th><td><code>{}</code></td></tr>", markup(text))
    };
    let times = &of.card.times;
    let recorded = times.recorded_by.map_or_else(|| "all that it holds".to_owned(), time);
    let rows = [
        row("Ledger", &root.ledger),
        row("Entries", &root.entries.to_string()),
        row("Last recorded", &last),
        row("Root: hash of the last entry", &root.hash),
        row("As of", &times.as_of.to_string()),
        row("Published by", &times.known_by.to_string()),
        row("Recorded by", &recorded),
    ]
    .concat();
    format!(
        "<p>Every entry is chained to those before it. Whoever has the ledger can compare: groundwork ledger verify says whether \
         it is sound and agrees with this root.</p>{}",
        table("hashes", "The ledger from which this page was made", &["What", "Which"], &rows)
    )
}

fn rules(of: &Evidence) -> String {
    let rules = &of.card.rules;
    let row = |key: &str, value: String, meaning: &str| {
        format!(
            "<tr><th scope=\"row\"><code>{key}</code></th><td>{value}</td><td>{meaning}</td></tr>"
        )
    };
    let share = rules.operating_share.map(|share| {
        row(
            "operating_share",
            share.to_string(),
            "least share of capacity that counts as operating where output is looked at",
        )
    });
    let rows = [
        row(
            "least_grade",
            rules.least_grade.to_string(),
            "the least grade of an independent observation that verifies",
        ),
        row("origins", whole(rules.origins), "independent origins that must have seen it"),
        row(
            "operating_days",
            whole(rules.operating_days),
            "days for which \u{201c}operating\u{201d} is known without a new word on it",
        ),
        row(
            "silent_days",
            whole(rules.silent_days),
            "days without any report after which a facility counts as silent",
        ),
        row(
            "report_days",
            whole(rules.report_days),
            "days after a promise fell due within which a word on it is expected",
        ),
        share.unwrap_or_default(),
    ]
    .concat();
    let caption = "The rules, as [evidence] of programme.toml has them: changing them changes the figures, not the ledger";
    format!("<h3>Rules</h3>{}", table("rules-table", caption, &["Rule", "Is", "Means"], &rows))
}

fn sources(of: &Evidence) -> String {
    let mut counts: HashMap<&str, u64> = HashMap::new();
    for known in of.input.entries {
        *counts.entry(known.entry.draft.texts.source.as_str()).or_default() += 1;
    }
    let mut rows: String =
        of.input.sources.iter().take(ROWS).map(|source| row(of, source, &counts)).collect();
    let known = |id: &str| of.input.sources.iter().any(|source| source.id == id);
    let mut others: Vec<(&str, u64)> =
        counts.iter().filter(|(id, _)| !known(id)).map(|(id, number)| (*id, *number)).collect();
    others.sort_unstable();
    for (id, number) in others.into_iter().take(ROWS) {
        let name = if id.is_empty() { "(none named, or erased)" } else { id };
        rows.push_str(&format!(
            "<tr><th scope=\"row\">{}</th><td></td><td></td><td></td><td>{}</td><td>not in the sources table</td></tr>",
            markup(name),
            whole(number)
        ));
    }
    if rows.is_empty() {
        return String::new();
    }
    let heads =
        ["Source", "Behind it", "Independent", "Grade", "Entries here", "Why it is graded so"];
    let caption = "Who publishes: grades are a judgement, and the reason says whose";
    format!("<h3>Sources</h3>{}", table("sources-table", caption, &heads, &rows))
}

fn row(of: &Evidence, source: &Source, counts: &HashMap<&str, u64>) -> String {
    let name = |id: &str| {
        let found = of.input.sources.iter().find(|other| other.id == id);
        found.map_or_else(|| id.to_owned(), |other| other.name.clone())
    };
    let carries: Vec<String> = source.carries.iter().map(|id| name(id)).collect();
    let carries = match carries.is_empty() {
        true => String::new(),
        false => format!("<span class=\"under\">carries {}</span>", markup(&carries.join(", "))),
    };
    format!(
        "<tr><th scope=\"row\">{}<span class=\"under\">{}</span></th><td>{}{carries}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
        markup(&source.name),
        markup(&source.id),
        markup(&source.behind),
        if source.independent { "yes" } else { "no" },
        source.grade.map_or_else(String::new, |grade| grade.to_string()),
        whole(counts.get(source.id.as_str()).copied().unwrap_or(0)),
        markup(&source.reason),
    )
}
