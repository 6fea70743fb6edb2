//! An explanation in the terminal.

use groundwork_model::explanation::{
    Alone, Move, Outcome, PeriodCount, Pool, Shift, Standing, Within,
};
use groundwork_model::plan::Action;
use groundwork_model::{Explanation, PlaceChange, Programme, Status};

use crate::commands::difference_text::{align, moved, person_km, plain_table};
use crate::commands::summary::population_note;
use crate::figures::{count, kilometres, no_better, per_cent, thousands, value};

/// Places that a move lists on each side.
const PLACES: usize = 3;

/// Other openings that a move lists.
const MOVED: usize = 6;

/// Contested sites that the screen lists.
const CONTESTED: usize = 12;

/// Returns what to print about an explanation.
pub(super) fn text(programme: &Programme, explanation: &Explanation) -> String {
    let mut text = headline(explanation);
    text.push_str(&serves(programme, explanation));
    text.push_str(&why(explanation));
    text.push_str(&moves(explanation));
    text.push_str(&exchanges(explanation));
    text.push_str(&pool(explanation));
    if explanation.as_written {
        text.push_str(
            "Values and costs are over the futures of the plan; persons and person-km are those of the numbers as written.\n",
        );
    }
    let kinds = programme.settings.package_kinds().len();
    if kinds > 1 {
        text.push_str(&format!("Person-km are summed over {}.\n", count(kinds, "kind")));
    }
    match population_note(programme) {
        "" => text,
        note => text + &format!("Persons: {note}.\n"),
    }
}

fn shown(explanation: &Explanation, number: i128) -> String {
    value(number as f64, explanation.scale, &explanation.unit)
}

fn headline(explanation: &Explanation) -> String {
    let Explanation { site, name, province, plan, .. } = explanation;
    let of = if province.is_empty() { site.clone() } else { format!("{site}, {province}") };
    let persons =
        explanation.persons.map_or_else(String::new, |n| format!(", {} persons", thousands(n)));
    let mut steps: Vec<String> = Vec::new();
    for step in &explanation.steps {
        let word = match step.action {
            Action::Open => "opens",
            Action::Upgrade => "turns to another package",
            Action::Close => "closes",
        };
        steps.push(format!("{word} in {} ({})", step.year, step.package));
    }
    let standing = match explanation.standing {
        Standing::Chosen => "the plan chose it so",
        Standing::NotChosen => "does not open in this plan",
        Standing::Fact => "the reports fix it, so nothing can move it",
        Standing::Decided => "somebody has decided it so",
        Standing::Existing => "stood before the programme, so it cannot open",
        Standing::Forbidden => "the sites table forbids it",
    };
    steps.push(standing.to_owned());
    let bound = match (plan.status, plan.gap) {
        (Status::Optimal, _) => "proved: no plan is better".to_owned(),
        (_, Some(gap)) => no_better(gap),
        _ => "no bound is known".to_owned(),
    };
    format!(
        "{name} ({of}{persons}): {}\n  plan  {} ({}): {}, {bound}\n\n",
        steps.join(", "),
        plan.label,
        plan.file,
        shown(explanation, plan.value),
    )
}

fn serves(programme: &Programme, explanation: &Explanation) -> String {
    if explanation.serves.is_empty() {
        return String::new();
    }
    let mut table = plain_table(&[
        "it serves in",
        "persons",
        "persons nearer",
        "person-km less",
        "access through it",
    ]);
    for row in &explanation.serves {
        table.add_row([
            row.year.to_string(),
            thousands(row.persons),
            thousands(row.change.nearer),
            person_km(-row.change.net_metres() as f64),
            thousands(i128::from(row.change.access_gained) - i128::from(row.change.access_lost)),
        ]);
    }
    align(&mut table, 1);
    let periods = programme.settings.periods.count as usize;
    let all = if explanation.serves.len() == periods { "" } else { "In other periods nobody. " };
    format!(
        "{table}\n{all}Nearer and less: against the plan without it, everything else the same.\n\n"
    )
}

fn why(explanation: &Explanation) -> String {
    let mut lines = Vec::new();
    match explanation.saving {
        Some(saving) if saving != 0 => {
            lines.push(format!(
                "  Without it the plan would be worse by {}.",
                shown(explanation, saving)
            ));
        }
        _ => {}
    }
    if let Some(rank) = explanation.rank.filter(|_| explanation.saving.is_some()) {
        let year = explanation.steps.first().map_or(0, |step| step.year);
        lines.push(format!(
            "  By that it is number {} of {} that {} in {year}.",
            rank.rank,
            count(rank.of as usize, "site"),
            if rank.of == 1 { "opens" } else { "open" },
        ));
    }
    lines.extend(explanation.alone.iter().map(|row| alone(explanation, row)));
    if lines.is_empty() {
        return String::new();
    }
    format!("Why then (everything else the same)\n{}\n\n", lines.join("\n"))
}

fn alone(explanation: &Explanation, row: &Alone) -> String {
    let when = when(row.shift, row.year);
    if !row.broken.is_empty() {
        let causes: Vec<String> = row
            .broken
            .iter()
            .map(|problem| format!("    {}: {}", problem.code, problem.cause))
            .collect();
        return format!("  {when}, alone, it would break\n{}", causes.join("\n"));
    }
    match row.cost {
        None => format!("  {when}, alone, somebody who must be served would not be."),
        Some(0) => format!("  {when}, alone, it would cost nothing and break no rule."),
        Some(cost) if cost > 0 => {
            format!(
                "  {when}, alone, it would break no rule and cost {}.",
                shown(explanation, cost)
            )
        }
        Some(cost) => format!(
            "  {when}, alone, it would break no rule and be better by {}: the plan is not the best.",
            shown(explanation, -cost)
        ),
    }
}

fn when(shift: Shift, year: Option<i32>) -> String {
    let year = year.map_or_else(String::new, |year| format!(" ({year})"));
    match shift {
        Shift::Earlier => format!("One period earlier{year}"),
        Shift::Later => format!("One period later{year}"),
        Shift::Never => "Never opened".to_owned(),
        Shift::Opened => format!("Opened when it costs least{year}"),
    }
}

fn moves(explanation: &Explanation) -> String {
    if explanation.moves.is_empty() {
        return String::new();
    }
    let mut text = "What moving it costs (everything else planned again)\n".to_owned();
    for row in &explanation.moves {
        text.push_str(&format!("  {}: {}\n", when(row.shift, row.year), cost(explanation, row)));
        if row.within == Within::ProvedNone && row.outcome != Outcome::Impossible {
            let within = per_cent(explanation.pool.within);
            text.push_str(&format!("    proved: no plan within {within} has it so\n"));
        }
        if is_wide(explanation, row) {
            text.push_str(
                "    the search had little time for this; a higher --time-limit narrows it\n",
            );
        }
    }
    text.push('\n');
    for row in &explanation.moves {
        text.push_str(&who(row));
    }
    text
}

/// Returns whether an interval is wider than the tolerance.
fn is_wide(explanation: &Explanation, row: &Move) -> bool {
    let slack = explanation.plan.value.unsigned_abs() as f64 * explanation.pool.within;
    let width = row.cost_most.zip(row.cost_least).map(|(most, least)| (most - least) as f64);
    width.is_some_and(|width| width > slack.max(1.0))
}

/// Says what a move costs: an interval, or one number where both ends meet.
fn cost(explanation: &Explanation, row: &Move) -> String {
    let figure = |number: i128| match number {
        ..0 => format!("{} better", shown(explanation, -number)),
        _ => shown(explanation, number),
    };
    let share = |number: i128| {
        let all = explanation.plan.value.unsigned_abs().max(1) as f64;
        format!(" ({})", per_cent(number.unsigned_abs() as f64 / all))
    };
    match (row.outcome, row.cost_least, row.cost_most) {
        (Outcome::Impossible, ..) => {
            let causes: Vec<&str> = row.why_not.iter().map(|p| p.cause.as_str()).collect();
            format!("proved impossible: {}", causes.join("; "))
        }
        (_, Some(least), Some(most)) if least == most => {
            format!("{}{}, proved", figure(most), share(most))
        }
        (_, Some(least), Some(most)) => format!(
            "between {}{}, proved, and {}{}, shown by a plan",
            figure(least),
            share(least),
            figure(most),
            share(most)
        ),
        (_, None, Some(most)) => {
            format!("at most {}{}; no bound in time", figure(most), share(most))
        }
        (_, Some(least), None) => {
            format!("at least {}{}; no plan in time", figure(least), share(least))
        }
        (_, None, None) => "nothing is known in time".to_owned(),
    }
}

fn who(row: &Move) -> String {
    let Some(change) = row.change else { return String::new() };
    let mut text = format!(
        "  {}: {} persons nearer by {} person-km, {} farther by {}\n",
        when(row.shift, row.year),
        thousands(change.nearer),
        person_km(change.metres_gained as f64),
        thousands(change.farther),
        person_km(change.metres_lost as f64),
    );
    text.push_str(&places("gains", &row.gain));
    text.push_str(&places("loses", &row.lose));
    let others: Vec<_> = row.moved.clone();
    let more = moved(&others, 0, MOVED);
    // The first line counts what is the same, which is no news here.
    if let Some((_, table)) = more.split_once("\n\n").filter(|_| !others.is_empty()) {
        text.push_str(&format!(
            "    {} otherwise in the plan then:\n",
            count(others.len(), "opening")
        ));
        text.extend(table.trim_end().lines().map(|line| format!("   {line}\n")));
    }
    text.push('\n');
    text
}

fn places(word: &str, rows: &[PlaceChange]) -> String {
    let mean = |metres: Option<f64>| metres.map_or_else(|| "-".to_owned(), kilometres);
    let of_place = |place: &PlaceChange| {
        let sign = if place.person_metres > 0 { "+" } else { "" };
        format!(
            "    {word}  {} {}: {sign}{} person-km ({} persons, {} -> {})\n",
            place.place,
            place.name,
            person_km(place.person_metres as f64),
            thousands(place.persons),
            mean(place.before_m),
            mean(place.after_m)
        )
    };
    rows.iter().take(PLACES).map(of_place).collect()
}

fn exchanges(explanation: &Explanation) -> String {
    let rows = &explanation.exchanges;
    if rows.looked_at == 0 {
        return String::new();
    }
    if rows.rows.is_empty() {
        return format!(
            "Nearest equals: none of {} exchanges that were checked keeps all rules.\n\n",
            thousands(rows.checked)
        );
    }
    let mut table = plain_table(&["nearest equals", "province", "opens", "exchange costs", ""]);
    for row in &rows.rows {
        let opens = match (row.year, &row.package) {
            (Some(year), Some(package)) => format!("{year} {package}"),
            _ => "never: in its stead".to_owned(),
        };
        let share =
            row.cost.unsigned_abs() as f64 / explanation.plan.value.unsigned_abs().max(1) as f64;
        let sign = if row.cost < 0 { "-" } else { "" };
        table.add_row([
            format!("{} {}", row.with, row.name),
            row.province.clone(),
            opens,
            shown(explanation, row.cost),
            format!("{sign}{}", per_cent(share)),
        ]);
    }
    align(&mut table, 3);
    let better = match rows.rows.iter().any(|row| row.cost < 0) {
        true => {
            "An exchange that costs less than nothing is a better plan: let `plan` search longer.\n"
        }
        false => "",
    };
    format!(
        "{table}\nOf {} valued, the cheapest that keep all rules: the two sites trade places, everything else \
         the same.\n{better}\n",
        match rows.looked_at {
            1 => "1 exchange".to_owned(),
            number => format!("{} exchanges", thousands(number)),
        }
    )
}

fn pool(explanation: &Explanation) -> String {
    let Pool { within, plans, site, otherwise, agreed, contested } = &explanation.pool;
    let name = &explanation.name;
    let mut text = format!(
        "Plans within {}: a sample of {}\n  {name}: {}\n",
        per_cent(*within),
        count(*plans as usize, "plan"),
        in_words(site)
    );
    let movable = !explanation.moves.is_empty();
    text.push_str(&match otherwise {
        Within::ProvedNone => {
            format!("  proved: no plan within {} has it otherwise\n", per_cent(*within))
        }
        Within::NotKnown if movable => {
            "  whether some plan within that has it otherwise is not known\n".to_owned()
        }
        _ => String::new(),
    });
    text.push_str(&format!(
        "  {} the same in all of them, {} contested\n",
        count(agreed.len(), "site"),
        thousands(contested.len() as i128)
    ));
    if contested.is_empty() {
        return text + "\n";
    }
    let mut table = plain_table(&["contested", "opens in"]);
    for row in contested.iter().take(CONTESTED) {
        table.add_row([format!("{} {}", row.site, row.name), in_words(&row.periods)]);
    }
    let more = match contested.len().saturating_sub(CONTESTED) {
        0 => String::new(),
        more => format!("and {} more; --json lists all\n", thousands(more as i128)),
    };
    format!("{text}\n{table}\n{more}\n")
}

/// Says in how many plans something opens when.
fn in_words(periods: &[PeriodCount]) -> String {
    let of_period = |row: &PeriodCount| match row.year {
        Some(year) => format!("{year} in {}", thousands(row.plans)),
        None => format!("never in {}", thousands(row.plans)),
    };
    periods.iter().map(of_period).collect::<Vec<_>>().join(", ")
}
