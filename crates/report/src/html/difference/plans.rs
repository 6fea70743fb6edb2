//! The two plans: what each is worth, how good that is, and what was asked.

use groundwork_model::difference::{ComparedPlan, GoalChange};
use groundwork_model::plan::Sense;
use groundwork_model::{Goal, Plan, Status};

use super::table::{self, Table};
use super::{Page, note, with_sign};
use crate::escape::markup;
use crate::gains::Gains;
use crate::html::section as wrap_section;
use crate::number::{percent, percent_at_most};
use crate::{asked, words};

/// Returns the section.
pub(super) fn section(page: &Page) -> String {
    let difference = page.difference;
    let values = values(page);
    let [first, second] = names(&difference.before, &difference.after);
    let columns = [format!("First plan: {first}"), format!("Second plan: {second}")];
    let table = Table {
        caption: &format!("Value and bound in {}", values.unit),
        class: "two-plans",
        groups: &[],
        columns: &[("", false), (&columns[0], true), (&columns[1], true)],
    };
    let other_question = match difference.same_question {
        true => String::new(),
        false => note(
            "The plans answer different questions: facts, quotas, decisions, goals or futures are not the same, so the difference is not of choice alone.",
        ),
    };
    let body = format!(
        "{}<p>{}</p>{}{other_question}{}<h3>What each plan answers</h3><dl class=\"answers\">{}</dl>",
        table.of(&rows(&values, [&difference.before, &difference.after])),
        markup(&change(page, &values)),
        note(&format!(
            "In the value {}. No plan that answers the same question can have a value better than the bound.",
            words::sense_words(difference.sense)
        )),
        goals(page),
        answers(page),
    );
    wrap_section("plans", "The two plans", &body)
}

/// Returns what both plans come to for each goal; nothing where there is one.
fn goals(page: &Page) -> String {
    let goals = &page.difference.goals;
    if goals.is_empty() {
        return String::new();
    }
    let row = |row: &GoalChange| {
        let values = [row.before, row.after];
        let largest = values.into_iter().map(i128::saturating_abs).max().unwrap_or(0);
        let figures = Gains::of(page.settings, row.goal, row.scale, largest);
        let change = row.after.saturating_sub(row.before);
        let judged = match row.worse() {
            0 => "the same".to_owned(),
            1.. => format!("worse by {}", percent(row.share())),
            _ => format!("better by {}", percent(row.share())),
        };
        let cells = [
            figures.nearest(row.before),
            figures.nearest(row.after),
            with_sign(change, &figures.nearest(change)),
            judged,
        ];
        let cells: String = cells.iter().map(|text| table::number(text)).collect();
        // Below the goal stands in what it is counted.
        let head = table::named(row.goal.name(), &figures.unit, "", "");
        format!("<tr>{head}{cells}</tr>")
    };
    let table = Table {
        caption: "What both plans come to for each goal",
        class: "two-plans",
        groups: &[],
        columns: &[
            ("Goal", false),
            ("First", true),
            ("Second", true),
            ("Change", true),
            ("", true),
        ],
    };
    format!(
        "<h3>For each goal</h3>{}{}",
        table.of(&goals.iter().map(row).collect::<String>()),
        note("People go where each plan sends them.")
    )
}

/// Returns how the second plan stands to the first, in a sentence or two for the top of the page.
pub(super) fn verdict(page: &Page) -> String {
    let difference = page.difference;
    let [first, second] = names(&difference.before, &difference.after);
    let plans = format!("From \u{201c}{first}\u{201d} to \u{201c}{second}\u{201d}");
    if let Some(broken) = broken(page) {
        return format!("{plans}. {broken}");
    }
    let by = percent(share(page));
    match worse(page) {
        0 => format!("{plans}: the value stays the same."),
        1.. => format!("{plans}: the value is worse by {by}."),
        _ => format!("{plans}: the value is better by {by}."),
    }
}

/// Returns what tells two plans apart: their labels, or their files where those are the same.
fn names<'a>(first: &'a ComparedPlan, second: &'a ComparedPlan) -> [&'a str; 2] {
    match first.label == second.label {
        true => [&first.file, &second.file],
        false => [&first.label, &second.label],
    }
}

fn goal(page: &Page) -> Goal {
    page.input.plans[0].question.goal(page.programme)
}

fn values(page: &Page) -> Gains {
    let Page { settings, difference, .. } = page;
    let values = [difference.before.value, difference.after.value];
    let largest = values.into_iter().map(i128::saturating_abs).max().unwrap_or(0);
    Gains::of(settings, goal(page), difference.scale, largest)
}

/// Returns by how much the second value is worse; below 0 it is better.
fn worse(page: &Page) -> i128 {
    match page.difference.sense {
        Sense::Min => page.difference.change,
        Sense::Max => page.difference.change.saturating_neg(),
    }
}

fn share(page: &Page) -> f64 {
    let first = page.difference.before.value.unsigned_abs().max(1);
    page.difference.change.unsigned_abs() as f64 / first as f64
}

fn broken(page: &Page) -> Option<&'static str> {
    let broken = |plan: &ComparedPlan| plan.status == Status::Infeasible;
    match (broken(&page.difference.before), broken(&page.difference.after)) {
        (false, false) => None,
        (true, false) => Some("The first breaks rules of the programme, so it is no plan."),
        (false, true) => Some("The second breaks rules of the programme, so it is no plan."),
        (true, true) => Some("Both break rules of the programme, so they are no plans."),
    }
}

fn change(page: &Page, values: &Gains) -> String {
    let change = page.difference.change;
    let by = with_sign(change, &values.nearest(change));
    let unit = &values.unit;
    let percent = percent(share(page));
    let said = match worse(page) {
        0 => "The values are the same.".to_owned(),
        1.. => format!(
            "Second less first: {by} {unit}. That is worse by {percent} of the first value."
        ),
        _ => format!(
            "Second less first: {by} {unit}. That is better by {percent} of the first value."
        ),
    };
    broken(page).map_or_else(|| said.clone(), |broken| format!("{said} {broken}"))
}

fn rows(values: &Gains, plans: [&ComparedPlan; 2]) -> String {
    let unknown = || "not known".to_owned();
    let gap = |plan: &ComparedPlan| match plan.status {
        Status::Optimal => percent_at_most(0.0),
        Status::Feasible => {
            plan.gap.filter(|gap| gap.is_finite()).map_or_else(unknown, percent_at_most)
        }
        Status::Infeasible => unknown(),
    };
    let status = |plan: &ComparedPlan| match plan.status {
        Status::Optimal => "\u{2713} proved best",
        Status::Feasible => "keeps every rule",
        Status::Infeasible => "\u{2717} breaks rules, so it is no plan",
    };
    let bound =
        |plan: &ComparedPlan| plan.bound.map_or_else(unknown, |bound| values.nearest(bound));
    [
        ("Value", plans.map(|plan| values.nearest(plan.value))),
        ("Bound", plans.map(bound)),
        ("Gap, at most", plans.map(gap)),
        ("Status", plans.map(|plan| status(plan).to_owned())),
        ("How it was made", plans.map(|plan| words::method_words(plan.method).to_owned())),
        ("File", plans.map(|plan| plan.file.clone())),
    ]
    .map(|(name, cells)| {
        let cells: String = cells.iter().map(|text| table::number(text)).collect();
        format!("<tr><th scope=\"row\">{name}</th>{cells}</tr>")
    })
    .concat()
}

fn answers(page: &Page) -> String {
    let made_for = |plan: &Plan| match page.difference.goals.is_empty() {
        true => String::new(),
        false => {
            let goal = plan.question.goal(page.programme);
            format!(" It was made for {}.", asked::goal_words(page.settings, goal))
        }
    };
    let item = |(word, plan): (&str, &Plan)| {
        let asked = asked::question_words(page.programme, plan) + &made_for(plan);
        format!("<div><dt>{word}</dt><dd>{}</dd></div>", markup(&asked))
    };
    let [first, second] = page.input.plans;
    [("First plan", first), ("Second plan", second)].map(item).concat()
}
