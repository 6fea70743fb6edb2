//! What moves: the sites at which the plans do not do the same.

use groundwork_model::Moved;
use groundwork_model::difference::{How, Step};
use groundwork_model::plan::Action;

use super::table::{self, Table};
use super::{Page, note};
use crate::escape::markup;
use crate::html::data::package_label;
use crate::html::section as wrap_section;
use crate::number::{plural, whole};
use crate::words;

/// Rows of the table at most.
const MOST: usize = 500;

/// Returns the section.
pub(super) fn section(page: &Page) -> String {
    let mut moved: Vec<&Moved> = page.difference.moved.iter().collect();
    // Of equals the first in the tables stays first.
    moved.sort_by_key(|moved| order(moved));
    let table = match moved.as_slice() {
        [] => String::new(),
        moved => table(page, moved),
    };
    let body = format!("<p>{}</p>{table}", markup(&summary(page)));
    wrap_section("moves", "What moves", &body)
}

/// Sorts by what is in one plan only, then by how far it moves, then by when it comes.
fn order(moved: &Moved) -> (u8, u32, u32) {
    let period = |step: &Option<Step>| step.as_ref().map(|step| step.period);
    match (period(&moved.before), period(&moved.after)) {
        (Some(before), None) => (0, 0, before),
        (None, after) => (1, 0, after.unwrap_or(0)),
        (Some(before), Some(after)) => (2, u32::MAX - before.abs_diff(after), before),
    }
}

fn summary(page: &Page) -> String {
    let number = |how: How| page.difference.moved.iter().filter(|row| row.how == how).count();
    let parts: Vec<String> = [
        (How::Earlier, "earlier"),
        (How::Later, "later"),
        (How::OtherPackage, "with another package"),
        (How::Added, "only in the second plan"),
        (How::Dropped, "only in the first plan"),
    ]
    .into_iter()
    .filter(|&(how, _)| number(how) > 0)
    .map(|(how, word)| format!("{} {word}", whole(number(how) as u64)))
    .collect();
    let same = u64::from(page.difference.unmoved);
    let same = format!("{} {} the same", whole(same), plural(same, "opening is", "openings are"));
    match parts.is_empty() {
        true => format!("{same}; none moves."),
        false => format!("{same}; {}.", words::list(&parts)),
    }
}

fn table(page: &Page, moved: &[&Moved]) -> String {
    let shown = &moved[..moved.len().min(MOST)];
    let rows: String = shown.iter().map(|moved| row(page, moved)).collect();
    let table = Table {
        caption: "Sites at which something moves; what moves farthest comes first",
        class: "moves-table",
        groups: &[],
        columns: &[
            ("Site", false),
            ("First plan", false),
            ("Second plan", false),
            ("Change", false),
        ],
    };
    let left = table::left_out(moved.len(), MOST, "moved of groundwork compare --json");
    table::searched("find-move", "sites", &(table.of(&rows) + &left)) + &packages(page)
}

fn row(page: &Page, moved: &Moved) -> String {
    format!(
        "<tr>{}{}{}{}</tr>",
        table::named(&moved.name, &moved.site, &moved.province, ""),
        step(page, moved.before.as_ref()),
        step(page, moved.after.as_ref()),
        table::text(&change(page, moved)),
    )
}

/// Returns a cell with the period of a step and, where there are several, its package.
fn step(page: &Page, step: Option<&Step>) -> String {
    let Some(step) = step else {
        return "<td data-sort=\"9999\">never</td>".to_owned();
    };
    let packages = &page.settings.packages;
    let package = match packages.len() {
        0 | 1 => String::new(),
        _ => {
            let named = packages.iter().find(|package| package.id == step.package);
            let label = named.map_or(step.package.as_str(), package_label);
            format!("<span class=\"under\">{}</span>", markup(label))
        }
    };
    format!("<td data-sort=\"{}\">{}{package}</td>", step.period, page.label(step.period))
}

fn change(page: &Page, moved: &Moved) -> String {
    let action = match moved.action {
        Action::Open => "",
        Action::Upgrade => "upgrade ",
        Action::Close => "closure ",
    };
    let apart = match (&moved.before, &moved.after) {
        (Some(before), Some(after)) => u64::from(before.period.abs_diff(after.period)),
        _ => 0,
    };
    let steps = format!("{} {}{}", whole(apart), page.step(), plural(apart, "", "s"));
    let how = match moved.how {
        How::Earlier => format!("\u{25b2} {steps} earlier"),
        How::Later => format!("\u{25bc} {steps} later"),
        How::OtherPackage => "\u{25c6} another package".to_owned(),
        How::Added => "\u{25b3} only in the second plan".to_owned(),
        How::Dropped => "\u{25bd} only in the first plan".to_owned(),
    };
    format!("{action}{how}")
}

/// Says what every site receives where there is one package only.
fn packages(page: &Page) -> String {
    match page.settings.packages.as_slice() {
        [package] => note(&format!(
            "Every site receives the same package: {} ({}).",
            package_label(package),
            words::package_words(page.settings)
        )),
        _ => String::new(),
    }
}
