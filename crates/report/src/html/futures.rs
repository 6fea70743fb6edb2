//! What the plan is worth in each future, beside the best plan of each.

use groundwork_model::plan::FutureOutcome;
use groundwork_model::programme::Robustness;
use groundwork_model::scenario_table::{FutureRow, ScenarioTable};

use super::{Page, section as wrap_section};
use crate::asked::{future_label, unit_words, value_number};
use crate::escape::markup;
use crate::number::{percent_at_most, whole};

/// Returns the section; nothing where the plan is about one future or none.
pub(super) fn section(page: &Page) -> String {
    let futures = &page.plan.futures;
    if futures.len() < 2 {
        return String::new();
    }
    let table = page.input.scenarios.filter(|table| is_of(table, page));
    let body = format!(
        "<p>{}</p>{}{}",
        markup(&summary(page)),
        rows(page, table),
        markup_note(table.is_some())
    );
    wrap_section("futures", "In each future", &body)
}

/// Returns whether a table sets other plans beside this one: its values in the futures are the same.
fn is_of(table: &ScenarioTable, page: &Page) -> bool {
    let same = |(row, own): (&FutureRow, &FutureOutcome)| {
        row.name == own.name && row.together == own.value
    };
    table.question == page.plan.question
        && table.together.value == page.plan.value
        && table.futures.iter().zip(&page.plan.futures).all(same)
}

fn summary(page: &Page) -> String {
    let plan = page.plan;
    let scenarios = page.programme.settings.scenarios.as_ref();
    let worst = scenarios.is_some_and(|all| all.objective == Robustness::WorstCase);
    let what = match worst {
        true => "The plan makes the worst of these futures best.",
        false => "The plan makes the mean over these futures best, by their weights.",
    };
    format!(
        "One plan for {} futures: what opens when is the same in all of them. {what} Budgets are kept in each; all other rules \
         speak of the plan as promised.",
        whole(plan.futures.len() as u64)
    )
}

fn rows(page: &Page, table: Option<&ScenarioTable>) -> String {
    let goal = page.plan.question.goal(page.programme);
    let scale = page.programme.settings.scale_of(goal);
    let number = |value: i128| markup(&value_number(goal, value, scale));
    let body: String = page
        .plan
        .futures
        .iter()
        .enumerate()
        .map(|(at, future)| {
            let more = table.map_or(String::new(), |table| beside(table, at, &number));
            format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td>{more}</tr>",
                markup(future_label(&future.name)),
                whole(future.weight),
                number(future.value)
            )
        })
        .collect();
    let more = match table {
        Some(_) => {
            "<th scope=\"col\">Best plan alone</th><th scope=\"col\">Lost, at most</th>\
             <th scope=\"col\">Plan as written</th>"
        }
        None => "",
    };
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"In each future\"><table class=\"prices-table\">\
         <caption>Values in {}</caption><thead><tr><th scope=\"col\">Future</th><th scope=\"col\">Weight</th>\
         <th scope=\"col\">This plan</th>{more}</tr></thead><tbody>{body}</tbody></table></div>",
        markup(&unit_words(&page.programme.settings, goal))
    )
}

/// Returns the cells of the plans that are set beside this one.
fn beside(table: &ScenarioTable, at: usize, number: &dyn Fn(i128) -> String) -> String {
    let row = table.futures.get(at);
    let none = || "\u{2014}".to_owned();
    let alone = row.and_then(|row| row.alone.as_ref()).map_or_else(none, |plan| number(plan.value));
    let lost = row.and_then(|row| {
        let (least, most) = row.loss(table.sense, row.together);
        most.or(least)
    });
    let lost = lost.map_or_else(none, percent_at_most);
    let own = row.and_then(|row| row.own_numbers).map_or_else(none, number);
    format!("<td>{alone}</td><td>{lost}</td><td>{own}</td>")
}

fn markup_note(beside: bool) -> String {
    let text = match beside {
        true => {
            "Best plan alone: the best that is known for that future, as if it were known beforehand; what this plan loses \
             is measured against its bound. Plan as written: that for the numbers as written, where it keeps the rules."
        }
        false => "`groundwork scenarios` sets the best plan of each future beside these values.",
    };
    format!("<p class=\"note\">{}</p>", markup(text))
}
