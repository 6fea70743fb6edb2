//! The banner of a plan that the checker refused: what a reader must see before any figure.

use groundwork_model::Problem;

use super::Page;
use crate::escape::markup;
use crate::number::{plural, whole};

/// Most problems that the banner names; the proof lists all.
const NAMED: usize = 3;

/// Returns the banner; nothing when the plan was accepted or not checked.
pub(super) fn banner(page: &Page) -> String {
    let Some(verdict) = page.input.verdict.filter(|verdict| !verdict.accepted) else {
        return String::new();
    };
    let why = match verdict.feasible {
        true => "The plan keeps every rule, but something that it claims does not hold.",
        false => "The plan breaks a rule of the programme.",
    };
    let named: String = verdict.problems.iter().take(NAMED).map(item).collect();
    let list = if named.is_empty() { named } else { format!("<ul>{named}</ul>") };
    let rest = verdict.problems.len().saturating_sub(NAMED) as u64;
    let more = match rest {
        0 => String::new(),
        n => format!("{} more {} in the proof. ", whole(n), plural(n, "fault is", "faults are")),
    };
    format!(
        "<aside class=\"refusal\" aria-labelledby=\"refusal-heading\"><div><p class=\"refusal-title\" id=\"refusal-heading\">\
         <span aria-hidden=\"true\">\u{2717}</span> The checker refused this plan</p><p>{why} Do not rely on its figures: they are \
         claims, and not all of them hold.</p>{list}<p>{more}<a href=\"#proof\">What the checker found</a></p></div></aside>\n"
    )
}

fn item(problem: &Problem) -> String {
    let place = [problem.file.clone(), problem.row.map(|row| format!("row {row}"))];
    let place: Vec<String> = place.into_iter().flatten().collect();
    let place = if place.is_empty() { String::new() } else { format!(" ({})", place.join(", ")) };
    let text = format!("{}: {}{place}", crate::words::capital(problem.code.title()), problem.cause);
    format!("<li>{}</li>", markup(&text))
}
