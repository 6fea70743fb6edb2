//! A difference of two plans in the terminal.

use comfy_table::{CellAlignment, Table, presets};
use groundwork_model::difference::{ComparedPlan, GoalChange, How, Step};
use groundwork_model::plan::{Action, Sense};
use groundwork_model::{Change, Difference, Moved, PlaceChange, Programme, Status};

use super::summary::population_note;
use crate::figures::{count, kilometres, per_cent, thousands, value};

/// Openings that the screen lists.
const MOVED: usize = 25;

/// Places that the screen lists on each side.
pub(super) const PLACES: usize = 8;

/// Returns what to print about a difference.
pub(super) fn text(programme: &Programme, difference: &Difference) -> String {
    let mut text = headline(difference);
    text.push_str(&by_goal(&difference.goals));
    text.push_str(&moved(&difference.moved, difference.unmoved, MOVED));
    text.push_str(&by_period(difference));
    text.push_str(&places(&difference.changes.places, PLACES));
    text.push_str(&by_province(difference));
    let kinds = programme.settings.package_kinds().len();
    if kinds > 1 {
        text.push_str(&format!("Person-km are summed over {}.\n", count(kinds, "kind")));
    }
    if programme.settings.distance.unserved_m().is_some() {
        text.push_str("Who has no site counts with the distance of the unserved.\n");
    }
    if difference.before.question.has_futures(programme) {
        text.push_str(
            "Who gains and loses is counted in the numbers as written, with everything in time.\n",
        );
    }
    match population_note(programme) {
        "" => text,
        note => text + &format!("Persons: {note}.\n"),
    }
}

fn headline(difference: &Difference) -> String {
    let shown = |number: i128| value(number as f64, difference.scale, &difference.unit);
    let side = |word: &str, plan: &ComparedPlan| {
        let bound = match (plan.status, plan.bound, plan.gap) {
            (Status::Infeasible, ..) => "breaks rules, so it is no plan".to_owned(),
            (Status::Optimal, ..) => "proved: no plan is better".to_owned(),
            (_, Some(bound), Some(gap)) => {
                format!("bound {}, gap {}", shown(bound), per_cent(gap))
            }
            _ => "no bound is known".to_owned(),
        };
        format!(
            "  {word}  {} ({})\n          value {}; {bound}\n",
            plan.label,
            plan.file,
            shown(plan.value)
        )
    };
    let worse = match difference.sense {
        Sense::Min => difference.change,
        Sense::Max => -difference.change,
    };
    let share = worse.unsigned_abs() as f64 / difference.before.value.unsigned_abs().max(1) as f64;
    let word = match worse {
        0 => "the values are the same".to_owned(),
        1.. => format!("{}: worse by {}", signed(difference), per_cent(share)),
        _ => format!("{}: better by {}", signed(difference), per_cent(share)),
    };
    let questions = match difference.same_question {
        true => "",
        false => {
            "  The plans answer different questions: facts, quotas, decisions, goals or futures are not the same.\n"
        }
    };
    format!(
        "{}\n{}{}  change  {word}\n{questions}\n",
        difference.programme,
        side("before", &difference.before),
        side("after ", &difference.after),
    )
}

fn signed(difference: &Difference) -> String {
    with_sign(difference.change, difference.scale, &difference.unit)
}

/// Returns a change with its sign and unit.
fn with_sign(change: i128, scale: u64, unit: &str) -> String {
    let shown = value(change as f64, scale, unit);
    if change > 0 { format!("+{shown}") } else { shown }
}

/// Lists what both plans come to for each goal; nothing where there is one.
fn by_goal(goals: &[GoalChange]) -> String {
    if goals.is_empty() {
        return String::new();
    }
    let mut table = plain_table(&["goal", "before", "after", "change", ""]);
    for row in goals {
        let shown = |number: i128| value(number as f64, row.scale, &row.unit);
        let judged = match row.worse() {
            0 => "the same".to_owned(),
            1.. => format!("worse by {}", per_cent(row.share())),
            _ => format!("better by {}", per_cent(row.share())),
        };
        let change = with_sign(row.after - row.before, row.scale, &row.unit);
        table.add_row([
            row.goal.name().to_owned(),
            shown(row.before),
            shown(row.after),
            change,
            judged,
        ]);
    }
    align(&mut table, 1);
    format!("{table}\n\n")
}

/// Lists openings that move, under a line that counts them.
pub(super) fn moved(moved: &[Moved], unmoved: u32, most: usize) -> String {
    let number = |how: How| moved.iter().filter(|row| row.how == how).count();
    let words = [
        (How::Earlier, "earlier"),
        (How::Later, "later"),
        (How::OtherPackage, "with another package"),
        (How::Added, "only after"),
        (How::Dropped, "only before"),
    ];
    let parts: Vec<String> = words
        .into_iter()
        .filter(|&(how, _)| number(how) > 0)
        .map(|(how, word)| format!("{} {word}", thousands(number(how) as i128)))
        .collect();
    let same = format!("{} the same", count(unmoved as usize, "opening"));
    if parts.is_empty() {
        return format!("{same}, none moves\n\n");
    }
    let several = moved.iter().any(|row| {
        let packages = [&row.before, &row.after].map(|step| step.as_ref().map(|s| &s.package));
        packages[0] != packages[1] && packages.iter().all(Option::is_some)
    }) || has_packages(moved);
    let mut table = plain_table(&["site", "name", "province", "before", "after", ""]);
    for row in moved.iter().take(most) {
        table.add_row([
            row.site.clone(),
            row.name.clone(),
            row.province.clone(),
            step(row.before.as_ref(), several),
            step(row.after.as_ref(), several),
            how(row),
        ]);
    }
    let more = match moved.len().saturating_sub(most) {
        0 => String::new(),
        more => format!("and {} more; --json lists all\n", thousands(more as i128)),
    };
    format!("{same}; {}\n\n{table}\n{more}\n", parts.join(", "))
}

fn has_packages(moved: &[Moved]) -> bool {
    let mut packages =
        moved.iter().flat_map(|row| [&row.before, &row.after]).flatten().map(|step| &step.package);
    packages.next().is_some_and(|first| packages.any(|package| package != first))
}

fn step(step: Option<&Step>, with_package: bool) -> String {
    match step {
        None => "never".to_owned(),
        Some(step) if with_package => format!("{} {}", step.year, step.package),
        Some(step) => step.year.to_string(),
    }
}

fn how(row: &Moved) -> String {
    let action = match row.action {
        Action::Open => "",
        Action::Upgrade => "upgrade ",
        Action::Close => "closure ",
    };
    let word = match row.how {
        How::Earlier => "earlier",
        How::Later => "later",
        How::OtherPackage => "another package",
        How::Added => "only after",
        How::Dropped => "only before",
    };
    format!("{action}{word}")
}

fn by_period(difference: &Difference) -> String {
    let mut table = change_table("period");
    for row in &difference.changes.periods {
        table.add_row(change_row(row.year.to_string(), &row.change));
    }
    table.add_row(change_row("over all".to_owned(), &difference.changes.total));
    for kind in &difference.changes.kinds {
        table.add_row(change_row(kind.kind.clone(), &kind.change));
    }
    align(&mut table, 1);
    format!(
        "{table}\nOver all periods places count with what they gain and lose on the whole, access in person-years.\n\n"
    )
}

fn by_province(difference: &Difference) -> String {
    if difference.changes.provinces.len() < 2 {
        return String::new();
    }
    let mut table = change_table("province");
    for row in &difference.changes.provinces {
        let name = if row.province.is_empty() { "(none)" } else { &row.province };
        table.add_row(change_row(name.to_owned(), &row.change));
    }
    align(&mut table, 1);
    format!("{table}\n\n")
}

fn change_table(first: &str) -> Table {
    plain_table(&[
        first,
        "persons nearer",
        "farther",
        "same",
        "person-km less",
        "more",
        "access gained",
        "lost",
    ])
}

fn change_row(first: String, change: &Change) -> Vec<String> {
    vec![
        first,
        thousands(change.nearer),
        thousands(change.farther),
        thousands(change.same),
        person_km(change.metres_gained as f64),
        person_km(change.metres_lost as f64),
        thousands(change.access_gained),
        thousands(change.access_lost),
    ]
}

/// Returns person-metres as whole person-kilometres.
pub(super) fn person_km(metres: f64) -> String {
    thousands((metres / 1000.0).round() as i128)
}

/// Lists the places that gain most and those that lose most.
pub(super) fn places(places: &[PlaceChange], most: usize) -> String {
    let mut sorted: Vec<&PlaceChange> =
        places.iter().filter(|place| place.person_metres != 0).collect();
    // The sort is stable: of equals the first in the table comes first.
    sorted.sort_by_key(|place| place.person_metres);
    let nearer = sorted.iter().take_while(|place| place.person_metres < 0).take(most);
    let mut farther: Vec<&PlaceChange> =
        sorted.iter().copied().filter(|place| place.person_metres > 0).collect();
    farther.sort_by_key(|place| -place.person_metres);
    farther.truncate(most);
    let mut text = place_table("gain most", &nearer.copied().collect::<Vec<_>>());
    text.push_str(&place_table("lose most", &farther));
    text
}

fn place_table(title: &str, rows: &[&PlaceChange]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut table =
        plain_table(&[title, "province", "persons", "mean before", "after", "person-km", "access"]);
    let mean = |metres: Option<f64>| metres.map_or_else(|| "-".to_owned(), kilometres);
    for place in rows {
        table.add_row([
            format!("{} {}", place.place, place.name),
            place.province.clone(),
            thousands(place.persons),
            mean(place.before_m),
            mean(place.after_m),
            format!(
                "{}{}",
                if place.person_metres > 0 { "+" } else { "" },
                person_km(place.person_metres as f64)
            ),
            format!("{} -> {} periods", place.access_before, place.access_after),
        ]);
    }
    align(&mut table, 2);
    let mut text = format!("{table}\n");
    for place in rows {
        for kind in place.kinds.iter().filter(|kind| kind.person_metres != 0) {
            text.push_str(&format!(
                "   {}, {}: {} -> {}\n",
                place.place,
                kind.kind,
                mean(kind.before_m),
                mean(kind.after_m)
            ));
        }
    }
    text + "\n"
}

pub(super) fn plain_table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(header.to_vec());
    table
}

/// Puts all columns but the first ones to the right.
pub(super) fn align(table: &mut Table, first: usize) {
    for column in table.column_iter_mut().skip(first) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}
