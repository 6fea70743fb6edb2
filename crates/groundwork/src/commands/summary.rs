//! A plan in the terminal: headline, figures by period, openings.

use comfy_table::{CellAlignment, Table, presets};
use groundwork_model::{Goal, Plan, Programme, Status};

use crate::figures::{count, kilometres, per_cent, thousands, value};

/// Returns what to print about a plan.
pub(crate) fn text(programme: &Programme, plan: &Plan) -> String {
    let mut text = headline(programme, plan);
    text.push_str(&by_period(programme, plan));
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
    let shown = |number: i128| value(number as f64, plan.scale, &plan.unit);
    let mean = plan.mean_distance_m(programme.population());
    let mut lines = vec![
        format!("{}: {}", plan.programme, plan.label),
        format!(
            "  {}, {} person-years of access, mean distance {}",
            count(plan.openings.len(), "opening"),
            thousands(plan.person_years_of_access),
            mean.map_or_else(|| "-".to_owned(), kilometres),
        ),
        format!("  value {}, summed over {}", shown(plan.value), summed_over(programme)),
    ];
    lines.push(match (plan.bound, plan.gap, plan.status) {
        (_, _, Status::Infeasible) => "  this list breaks rules, so it is no plan".to_owned(),
        (Some(_), _, Status::Optimal) => "  proved: no plan is better".to_owned(),
        (Some(bound), Some(gap), _) => {
            format!("  bound {}: no plan is better by more than {}", shown(bound), per_cent(gap))
        }
        _ => "  no bound: nothing is known about better plans".to_owned(),
    });
    lines.join("\n") + "\n\n"
}

/// Says what a value is a sum of.
fn summed_over(programme: &Programme) -> String {
    let settings = &programme.settings;
    let periods = count(settings.periods.count as usize, "period");
    match (settings.objective.goal, settings.package_kinds().len()) {
        (Goal::WorstDistance, _) | (_, 1) => periods,
        (_, kinds) => format!("{periods} and {}", count(kinds, "kind")),
    }
}

fn by_period(programme: &Programme, plan: &Plan) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["period", "opens", "open", "persons with access", "share", "mean", "worst"]);
    let population = programme.population().max(1) as f64;
    for outcome in &plan.outcomes {
        table.add_row([
            outcome.year.to_string(),
            outcome.openings.to_string(),
            outcome.open.to_string(),
            thousands(outcome.access_all),
            format!("{:.1} %", outcome.access_all as f64 * 100.0 / population),
            outcome.mean_distance_m.map_or_else(|| "-".to_owned(), kilometres),
            outcome.worst_distance_m.map_or_else(|| "-".to_owned(), |m| kilometres(f64::from(m))),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{table}\n\n")
}
