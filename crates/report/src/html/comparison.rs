//! Several plans side by side, and which differences are small.

use groundwork_model::plan::Sense;
use groundwork_model::{Comparison, ComparisonRow, Goal, Plan};

use super::{Page, list, section as wrap_section};
use crate::escape::markup;
use crate::number::{kilometres, percent, percent_at_most, plural, whole};
use crate::{asked, words};

/// Returns the section; nothing when the report has one plan only.
pub(super) fn section(page: &Page) -> String {
    let plans = page.input.plans();
    if page.input.comparison.is_none() && plans.len() < 2 {
        return String::new();
    }
    let table =
        page.input.comparison.map_or_else(String::new, |comparison| compared(page, comparison));
    let body = format!("{table}<h3>What each plan answers</h3>{}", answers(page, &plans));
    wrap_section("comparison", "Plans side by side", &body)
}

fn compared(page: &Page, comparison: &Comparison) -> String {
    let main =
        |row: &ComparisonRow| page.input.plan_of(row).is_some_and(|plan| page.input.is_main(plan));
    let first_main = comparison.rows.iter().position(main);
    let shown = comparison.rows.iter().enumerate().filter(|(at, row)| {
        // Rows of one and the same plan are one row.
        !main(row) || Some(*at) == first_main
    });
    let rows: String = shown.map(|(_, row)| table_row(page, comparison, row)).collect();
    let findings = match comparison.findings.as_slice() {
        [] => String::new(),
        findings => list("findings", findings),
    };
    let served = page.of_those_served();
    let without = match page.leaves_some_out() {
        true => format!(
            "<th scope=\"col\">Persons without any site{}, first and last {}</th>",
            words::within(&page.programme.settings),
            words::step_word(page.programme)
        ),
        false => String::new(),
    };
    format!(
        "{findings}<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Plans side by side\"><table class=\"plans-table\">\
         <thead><tr><th scope=\"col\">Plan</th><th scope=\"col\">Against the optimised plan, in per cent of <em>its</em> value</th>\
         <th scope=\"col\">The best possible is better by at most, in per cent of <em>this</em> plan\u{2019}s value</th>\
         <th scope=\"col\">Person-years of access</th>\
         <th scope=\"col\">Mean distance{served}</th><th scope=\"col\">Farthest place, last {}{served}</th>{without}</tr></thead>\
         <tbody>{rows}</tbody></table></div><p class=\"note\">{}</p><p class=\"note\">{BASES}</p>{}",
        words::step_word(page.programme),
        markup(&common_question(page, comparison)),
        page.population_note(),
    )
}

const BASES: &str = "The two percentages have different bases, so they must not be added or compared: the first is a difference between two \
    plans, divided by the value of the optimised plan; the second is the room that is left to the bound, divided by the value of the plan in \
    the row.";

fn table_row(page: &Page, comparison: &Comparison, row: &ComparisonRow) -> String {
    let first = comparison.rows.first().filter(|first| !std::ptr::eq(*first, row));
    let plan = page.input.plan_of(row);
    let label = plan.map_or_else(|| words::capital(&row.label), |plan| page.input.label(plan));
    let class = if first.is_none() { " class=\"ours\"" } else { "" };
    let mut cells = vec![
        first.map_or("\u{2014}".to_owned(), |first| {
            worse_words(goal(page, comparison).sense(), first, row)
        }),
        percent_at_most(row.gap),
        whole(row.person_years_of_access),
        row.mean_distance_m.map_or("none".to_owned(), kilometres),
        row.worst_distance_m.map_or("none".to_owned(), |m| kilometres(f64::from(m))),
    ];
    if page.leaves_some_out() {
        cells.push(plan.map_or("not known".to_owned(), without_site));
    }
    let cells: String = cells.iter().map(|cell| format!("<td>{}</td>", markup(cell))).collect();
    format!(
        "<tr{class}><th scope=\"row\">{}<span class=\"under\">{}</span></th>{cells}</tr>",
        markup(&label),
        words::method_words(row.method)
    )
}

fn without_site(plan: &Plan) -> String {
    let ends = [plan.outcomes.first(), plan.outcomes.last()];
    let persons: Vec<String> =
        ends.into_iter().flatten().map(|outcome| whole(outcome.unserved)).collect();
    persons.join(" \u{2192} ")
}

/// Returns the goal of a comparison, which may be another one than that of the report's plan.
fn goal(page: &Page, comparison: &Comparison) -> Goal {
    let first = comparison.rows.iter().find_map(|row| page.input.plan_of(row));
    first.unwrap_or(page.plan).question.goal(page.programme)
}

/// Says how a plan's value stands to the first one's, which way round the values themselves tell.
fn worse_words(sense: Sense, first: &ComparisonRow, row: &ComparisonRow) -> String {
    let worse = match sense {
        Sense::Min => row.value > first.value,
        Sense::Max => row.value < first.value,
    };
    match (row.value == first.value, worse) {
        (true, _) => "the same".to_owned(),
        (false, true) => format!("{} worse", percent(row.worse.abs())),
        (false, false) => format!("{} better", percent(row.worse.abs())),
    }
}

fn common_question(page: &Page, comparison: &Comparison) -> String {
    let openings: Vec<String> = comparison.openings.iter().map(|n| whole(*n)).collect();
    let step = words::step_word(page.programme);
    let openings = match comparison.openings.split_first() {
        Some((first, rest)) if rest.iter().all(|n| n == first) => format!(
            "{} {} in every {step}",
            whole(*first),
            plural(u64::from(*first), "site", "sites")
        ),
        _ => format!("{} sites, {step} by {step}", words::list(&openings)),
    };
    let as_of = comparison
        .as_of
        .map_or(String::new(), |day| format!(" The order taken is as reported up to {day}."));
    format!(
        "Every plan of this table opens {openings}. None that does can have a value better than {}.{as_of}",
        asked::value_words(
            &page.programme.settings,
            goal(page, comparison),
            comparison.bound,
            comparison.scale,
        )
    )
}

/// Returns, for each plan, what was asked and how good the answer is.
fn answers(page: &Page, plans: &[&Plan]) -> String {
    let item = |plan: &&Plan| {
        format!(
            "<div><dt>{} <span class=\"under\">{}</span></dt><dd>{} {}{}</dd></div>",
            markup(&page.input.label(plan)),
            words::method_words(plan.method),
            markup(&asked::question_words(page.programme, plan)),
            markup(&page.input.gap_words(plan)),
            markup(&same_openings(page, plan)),
        )
    };
    format!("<dl class=\"answers\">{}</dl>", plans.iter().map(item).collect::<String>())
}

/// Says which other plans open the very same sites at the same time, and are shown as this one.
fn same_openings(page: &Page, plan: &Plan) -> String {
    let labels: Vec<String> = page
        .input
        .also_called()
        .iter()
        .map(|label| format!("\u{201c}{}\u{201d}", words::capital(label)))
        .collect();
    match (page.input.is_main(plan), labels.is_empty()) {
        (true, false) => format!(" The very same openings: {}.", words::list(&labels)),
        _ => String::new(),
    }
}
