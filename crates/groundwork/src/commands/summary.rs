//! A plan in the terminal: headline, figures by period, openings.

use comfy_table::{CellAlignment, Table, presets};
use groundwork_model::plan::Sense;
use groundwork_model::{
    Decimal, Goal, Held, PeriodOutcome, Plan, Programme, Question, Status, equivalent_km,
};

use crate::figures::{Column, count, kilometres, no_better, thousands, value};

/// Returns what to print about a plan.
pub(crate) fn text(programme: &Programme, plan: &Plan) -> String {
    let mut text = headline(programme, plan);
    text.push_str(&by_future(programme, plan));
    text.push_str(&by_period(programme, plan));
    text.push_str(&by_kind(plan));
    text.push_str(&spending(programme, plan));
    let note = population_note(programme);
    if !note.is_empty() {
        text.push_str(&format!("Persons: {note}.\n"));
    }
    text
}

/// Returns who was counted, in words.
pub(crate) fn population_note(programme: &Programme) -> &str {
    &programme.settings.population.source
}

fn headline(programme: &Programme, plan: &Plan) -> String {
    let goal = plan.question.goal(programme);
    let shown = |number: i128| value(number as f64, plan.scale, &plan.unit);
    let mean = plan.mean_distance_m(&programme.populations());
    let mut lines = vec![
        format!("{}: {}", plan.programme, plan.label),
        format!(
            "  {}, {} person-years of access, mean distance {}",
            count(plan.openings.len(), "opening"),
            thousands(plan.person_years_of_access),
            mean.map_or_else(|| "-".to_owned(), kilometres),
        ),
        format!(
            "  value {}{}, summed over {}",
            shown(plan.value),
            counted_as(programme, goal),
            summed_over(programme, goal)
        ),
    ];
    lines.extend(equivalent_km(programme, plan).map(|km| {
        format!("  as bad as if everybody went {km:.1} km: the equally distributed equivalent")
    }));
    lines.extend(plan.question.held.iter().map(|held| held_line(programme, &plan.question, held)));
    lines.push(match (plan.bound, plan.gap, plan.status) {
        (_, _, Status::Infeasible) => "  this list breaks rules, so it is no plan".to_owned(),
        (Some(_), _, Status::Optimal) => "  proved: no plan is better".to_owned(),
        (Some(bound), Some(gap), _) => {
            format!("  bound {}: {}", shown(bound), no_better(gap))
        }
        _ => "  no bound: nothing is known about better plans".to_owned(),
    });
    lines.join("\n") + "\n\n"
}

/// Says what one person or unit of a value is, where the unit alone does not.
fn counted_as(programme: &Programme, goal: Goal) -> String {
    match goal {
        Goal::SelfSufficiency => " in the own place".to_owned(),
        Goal::Equity => {
            let metres = programme.settings.distance.unserved_m().unwrap_or(0);
            format!(" as far as {} km", Decimal::new(i64::from(metres), 3))
        }
        _ => String::new(),
    }
}

/// Says at what value another goal was held.
fn held_line(programme: &Programme, question: &Question, held: &Held) -> String {
    let goal = held.goal;
    let side = if goal.sense() == Sense::Min { "at most" } else { "at least" };
    let (scale, unit) = (question.scale_of(programme, goal), programme.settings.unit_of(goal));
    let number = value(held.value as f64, scale, unit);
    format!("  holds {}: {side} {number}{}", goal.name(), counted_as(programme, goal))
}

/// Says what a value is a sum of.
fn summed_over(programme: &Programme, goal: Goal) -> String {
    let settings = &programme.settings;
    let mut words = count(settings.periods.count as usize, "period");
    let kinds = settings.package_kinds();
    if goal != Goal::WorstDistance {
        if kinds.len() > 1 {
            words.push_str(&format!(" and {}", count(kinds.len(), "kind")));
        }
        if goal != Goal::Cost && settings.is_weighted() {
            words.push_str(", weighted by kind");
        }
    }
    if settings.objective.discount_rate != Decimal::ZERO {
        words.push_str(&format!(", discounted by {} a year", settings.objective.discount_rate));
    }
    words
}

/// Shows what the plan is worth in each future; nothing where it is about one or none.
fn by_future(programme: &Programme, plan: &Plan) -> String {
    if plan.futures.len() < 2 {
        return String::new();
    }
    let scale = programme.settings.scale_of(plan.question.goal(programme));
    let largest = plan.futures.iter().map(|future| future.value).max().unwrap_or(0);
    let column = Column::of(largest, scale, &plan.unit);
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["future".to_owned(), "weight".to_owned(), column.unit.clone()]);
    for future in &plan.futures {
        let value = column.text(future.value);
        table.add_row([future.name.clone(), future.weight.to_string(), value]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{table}\n\n")
}

fn by_period(programme: &Programme, plan: &Plan) -> String {
    let left_out = plan.outcomes.iter().any(|outcome| outcome.unserved > 0);
    let mut header = vec!["period", "opens", "open", "persons with access", "share"];
    // Mean and worst speak of people with a site; who has none stands beside them.
    header.extend(left_out.then_some("without a site"));
    header.extend(["mean", "worst"]);
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(header);
    for outcome in &plan.outcomes {
        table.add_row(row(programme, outcome, left_out));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let note = match programme.settings.distance.cut_off_km {
        Some(km) if left_out => {
            format!("Mean and worst are of people with a site within {km} km.\n")
        }
        _ => String::new(),
    };
    let future = plan.futures.first().filter(|future| !future.name.is_empty());
    let future = future.map_or_else(String::new, |future| {
        let name = &future.name;
        format!("Figures by period are those of the future {name}, of the population as written.\n")
    });
    format!("{table}\n\n{note}{future}")
}

/// Shows what people get of each kind in the last period; nothing where every site offers all of them.
fn by_kind(plan: &Plan) -> String {
    let Some(last) = plan.outcomes.last().filter(|last| !last.kinds.is_empty()) else {
        return String::new();
    };
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(vec![
        format!("kind in {}", last.year),
        "sites".to_owned(),
        "served".to_owned(),
        "room for".to_owned(),
        "mean".to_owned(),
    ]);
    for kind in &last.kinds {
        let mean = (kind.served > 0).then(|| kind.person_metres as f64 / kind.served as f64);
        table.add_row(vec![
            kind.kind.clone(),
            kind.sites.to_string(),
            thousands(kind.served),
            kind.capacity.map_or_else(|| "all".to_owned(), thousands),
            mean.map_or_else(|| "-".to_owned(), kilometres),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{table}\n\n")
}

/// Shows what is spent of each resource in each period, beside its budget; nothing where nothing costs anything.
fn spending(programme: &Programme, plan: &Plan) -> String {
    let resources: Vec<&String> =
        plan.outcomes.first().into_iter().flat_map(|outcome| outcome.spent.keys()).collect();
    if resources.is_empty() {
        return String::new();
    }
    let settings = &programme.settings;
    let budgets: Vec<Option<Vec<u64>>> = resources
        .iter()
        .map(|resource| {
            let budget = settings.budgets.iter().find(|budget| budget.resource == **resource);
            budget.map(|budget| budget.amount.each(settings.periods.count))
        })
        .collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let mut header = vec!["spent in".to_owned()];
    for (resource, budget) in resources.iter().zip(&budgets) {
        header.push((*resource).clone());
        header.extend(budget.is_some().then(|| "budget".to_owned()));
    }
    table.set_header(header);
    for (outcome, at) in plan.outcomes.iter().zip(0..) {
        let mut cells = vec![outcome.year.to_string()];
        for (resource, budget) in resources.iter().zip(&budgets) {
            cells.push(thousands(outcome.spent.get(*resource).copied().unwrap_or(0)));
            cells.extend(
                budget.as_ref().map(|amounts| thousands(amounts.get(at).copied().unwrap_or(0))),
            );
        }
        table.add_row(cells);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let carried = settings.budgets.iter().filter(|budget| budget.carry_over);
    let carried: Vec<&str> = carried.map(|budget| budget.resource.as_str()).collect();
    let note = if carried.is_empty() {
        String::new()
    } else {
        format!("What a period leaves of {} moves on to the next.\n", carried.join(" and "))
    };
    format!("{table}\n\n{note}")
}

fn row(programme: &Programme, outcome: &PeriodOutcome, left_out: bool) -> Vec<String> {
    let share =
        outcome.access_all as f64 * 100.0 / programme.population_in(outcome.period).max(1) as f64;
    let distance = |metres: Option<f64>| metres.map_or_else(|| "-".to_owned(), kilometres);
    let mut cells = vec![
        outcome.year.to_string(),
        outcome.openings.to_string(),
        outcome.open.to_string(),
        thousands(outcome.access_all),
        format!("{share:.1} %"),
    ];
    cells.extend(left_out.then(|| thousands(outcome.unserved)));
    cells.push(distance(outcome.mean_distance_m));
    cells.push(distance(outcome.worst_distance_m.map(f64::from)));
    cells
}
