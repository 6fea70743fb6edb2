//! A plan in the terminal: headline, figures by period, openings.

use comfy_table::{CellAlignment, Table, presets};
use groundwork_model::{Decimal, Goal, PeriodOutcome, Plan, Programme, Status};

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
    let mut words = count(settings.periods.count as usize, "period");
    let kinds = settings.package_kinds();
    if settings.objective.goal != Goal::WorstDistance {
        if kinds.len() > 1 {
            words.push_str(&format!(" and {}", count(kinds.len(), "kind")));
        }
        if kinds.iter().any(|kind| kind.weight != 1000) {
            words.push_str(", weighted by kind");
        }
    }
    if settings.objective.discount_rate != Decimal::ZERO {
        words.push_str(&format!(", discounted by {} a year", settings.objective.discount_rate));
    }
    words
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
    format!("{table}\n\n{note}")
}

fn row(programme: &Programme, outcome: &PeriodOutcome, left_out: bool) -> Vec<String> {
    let share = outcome.access_all as f64 * 100.0 / programme.population().max(1) as f64;
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
