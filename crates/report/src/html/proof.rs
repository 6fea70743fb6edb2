//! What the checker says, and how to check again.

use groundwork_model::{Problem, Verdict};

use super::{Page, section as wrap_section};
use crate::escape::markup;
use crate::number::{percent_at_most, whole};
use crate::{asked, words};

/// Returns the section with the checker's verdict.
pub(super) fn section(page: &Page) -> String {
    let body = format!(
        "{}{}{}{}",
        page.input.verdict.map_or(
            "<p>This report was made without the checker\u{2019}s verdict. The claims below are the planner\u{2019}s own.</p>".to_owned(),
            statement
        ),
        claims(page),
        page.input.verdict.map_or(String::new(), |verdict| problems(&verdict.problems)),
        CHECK_AGAIN,
    );
    wrap_section("proof", "The proof", &body)
}

const CHECK_AGAIN: &str = "<p>To check it yourself, on any computer:</p>\
    <pre><code>groundwork verify FOLDER PLAN</code></pre>\
    <p class=\"note\">FOLDER is the programme\u{2019}s folder, PLAN the plan\u{2019}s file with its certificate beside it. The checker \
    compares the files with the fingerprints listed below, recomputes distances, people with access, value and bound in whole numbers, \
    and ends with 0 only if everything holds.</p>";

fn statement(verdict: &Verdict) -> String {
    let class = if verdict.accepted { "verdict accepted" } else { "verdict refused" };
    let text = match (verdict.accepted, verdict.feasible) {
        (true, _) => format!(
            "\u{2713} Accepted. The checker recomputed {} distances from the files as written. The plan keeps every rule, and \
             every figure that it claims holds.",
            whole(verdict.pairs)
        ),
        (false, true) => {
            "\u{2717} Not accepted. The plan keeps every rule, but a claim does not hold."
                .to_owned()
        }
        (false, false) => {
            "\u{2717} Not accepted. The plan breaks a rule of the programme.".to_owned()
        }
    };
    format!("<p class=\"{class}\">{}</p>", markup(&text))
}

fn claims(page: &Page) -> String {
    let (plan, verdict) = (page.plan, page.input.verdict);
    let goal = plan.question.goal(page.programme);
    let value = |number: i128| asked::value_number(goal, number, plan.scale);
    let unit = asked::unit_words(&page.programme.settings, goal);
    let unknown = || "not known".to_owned();
    let checked = |text: Option<String>| {
        verdict.map_or("not checked".to_owned(), |_| text.unwrap_or_else(unknown))
    };
    let rows = [
        (
            "Value",
            unit.as_str(),
            value(plan.value),
            checked(verdict.and_then(|v| v.value).map(value)),
        ),
        (
            "Bound",
            unit.as_str(),
            plan.bound.map_or_else(unknown, value),
            checked(verdict.and_then(|v| v.bound).map(value)),
        ),
        (
            "Gap, at most",
            "of the plan\u{2019}s own value",
            plan.gap.map_or_else(unknown, percent_at_most),
            checked(verdict.filter(|v| v.feasible).and_then(|v| v.gap).map(percent_at_most)),
        ),
    ];
    let row = |(name, unit, claimed, recomputed): &(&str, &str, String, String)| {
        format!(
            "<tr><th scope=\"row\">{name}<span class=\"under\">{}</span></th><td>{}</td><td>{}</td></tr>",
            markup(unit),
            markup(claimed),
            markup(recomputed)
        )
    };
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Claims of the plan\"><table class=\"claims-table\"><thead><tr><th scope=\"col\">{}</th>\
         <th scope=\"col\">Claimed by the plan</th><th scope=\"col\">Recomputed by the checker</th></tr></thead><tbody>{}</tbody></table></div>\
         <p>{}</p>",
        markup(&words::capital(words::sense_words(plan.sense))),
        rows.iter().map(row).collect::<String>(),
        markup(&page.input.gap_words(plan)),
    )
}

fn problems(problems: &[Problem]) -> String {
    if problems.is_empty() {
        return String::new();
    }
    let item = |problem: &Problem| {
        format!(
            "<li>{}<span class=\"under\">{}</span></li>",
            markup(&problem.to_string()),
            markup(&problem.remedy)
        )
    };
    format!(
        "<h3>What does not hold</h3><ul class=\"problems\">{}</ul>",
        problems.iter().map(item).collect::<String>()
    )
}
