//! Several plans side by side, and which differences are small.

use groundwork_model::{Comparison, ComparisonRow, Plan};

use super::{Page, list, section as wrap_section};
use crate::escape::markup;
use crate::number::{kilometres, percent, percent_at_most, whole};
use crate::words;

/// Returns the section; nothing when the report has one plan only.
pub(super) fn section(page: &Page) -> String {
    let plans = page.input.plans();
    if page.input.comparison.is_none() && plans.len() < 2 {
        return String::new();
    }
    let table =
        page.input.comparison.map_or_else(String::new, |comparison| compared(page, comparison));
    let body = format!("{table}<h3>What each plan answers</h3>{}", answers(&plans));
    wrap_section("comparison", "Plans side by side", &body)
}

fn compared(page: &Page, comparison: &Comparison) -> String {
    let rows: String =
        comparison.rows.iter().enumerate().map(|(at, row)| table_row(row, at == 0)).collect();
    let findings = match comparison.findings.as_slice() {
        [] => String::new(),
        findings => list("findings", findings),
    };
    format!(
        "{findings}<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Plans side by side\"><table class=\"plans-table\">\
         <thead><tr><th scope=\"col\">Plan</th><th scope=\"col\">Against the optimised plan</th>\
         <th scope=\"col\">Worse than the best possible by at most</th><th scope=\"col\">Person-years of access</th>\
         <th scope=\"col\">Mean distance</th><th scope=\"col\">Farthest place, last {}</th></tr></thead>\
         <tbody>{rows}</tbody></table></div><p class=\"note\">{}</p>{}",
        words::step_word(page.programme),
        markup(&common_question(comparison)),
        page.population_note(),
    )
}

fn table_row(row: &ComparisonRow, first: bool) -> String {
    let class = if first { " class=\"ours\"" } else { "" };
    let cells = [
        if first { "\u{2014}".to_owned() } else { worse_words(row.worse) },
        percent_at_most(row.gap),
        whole(row.person_years_of_access),
        row.mean_distance_m.map_or("none".to_owned(), kilometres),
        row.worst_distance_m.map_or("none".to_owned(), |m| kilometres(f64::from(m))),
    ];
    let cells: String = cells.iter().map(|cell| format!("<td>{}</td>", markup(cell))).collect();
    format!(
        "<tr{class}><th scope=\"row\">{}<span class=\"under\">{}</span></th>{cells}</tr>",
        markup(&words::capital(&row.label)),
        words::method_words(row.method)
    )
}

fn worse_words(worse: f64) -> String {
    match worse {
        w if w.abs() < 1e-12 => "the same".to_owned(),
        w if w > 0.0 => format!("{} worse", percent(w)),
        w => format!("{} better", percent(-w)),
    }
}

fn common_question(comparison: &Comparison) -> String {
    let openings: Vec<String> = comparison.openings.iter().map(|n| whole(*n)).collect();
    let openings = match openings.split_first() {
        Some((first, rest)) if rest.iter().all(|n| n == first) => {
            format!("{first} sites in every period")
        }
        _ => format!("{} sites, period by period", words::list(&openings)),
    };
    let as_of = comparison
        .as_of
        .map_or(String::new(), |day| format!(" The order taken is as reported up to {day}."));
    format!(
        "Every plan of this table opens {openings}. None that does can have a value better than {}.{as_of}",
        words::value_words(comparison.bound, comparison.scale, &comparison.unit)
    )
}

/// Returns, for each plan, what was asked and how good the answer is.
fn answers(plans: &[&Plan]) -> String {
    let item = |plan: &&Plan| {
        format!(
            "<div><dt>{} <span class=\"under\">{}</span></dt><dd>{} {}</dd></div>",
            markup(&words::capital(&plan.label)),
            words::method_words(plan.method),
            markup(&words::question_words(plan)),
            markup(&words::gap_words(plan)),
        )
    };
    format!("<dl class=\"answers\">{}</dl>", plans.iter().map(item).collect::<String>())
}
