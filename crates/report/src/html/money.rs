//! What is spent against the budgets: bars and a table a resource.

use super::{Page, section as wrap_section};
use crate::escape::markup;
use crate::number::whole;
use crate::spending::{Account, Spending, due_words, spending};
use crate::words;

/// Returns the section; nothing where the programme spends nothing.
pub(super) fn section(page: &Page) -> String {
    let rows = spending(page.programme, page.plan);
    if rows.is_empty() {
        return String::new();
    }
    let parts: String =
        rows.chunk_by(|a, b| a.resource == b.resource).map(|rows| resource(page, rows)).collect();
    wrap_section("money", "What it takes", &parts)
}

fn resource(page: &Page, rows: &[Spending<'_>]) -> String {
    let name = rows[0].resource;
    let title = format!("{} ({})", words::capital(name), due_words(page.programme, name));
    format!("<h3>{}</h3>{}{}", markup(&title), bars(page, rows), table(page, rows))
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 150.0;
const FOOT: f64 = 22.0;

/// Draws a bar for what each period spends, in a frame as high as what it may spend.
fn bars(page: &Page, rows: &[Spending<'_>]) -> String {
    let available = |row: &Spending<'_>| row.budget.map_or(0, Account::available);
    let most =
        rows.iter().map(|row| available(row).max(row.spent.into())).max().unwrap_or(1).max(1);
    let step = WIDTH / rows.len() as f64;
    let height = |amount: i128| HEIGHT * (amount.max(0) as f64) / most as f64;
    let every = (rows.len() as f64 * 46.0 / WIDTH).ceil().max(1.0) as usize;
    let bar = |(at, row): (usize, &Spending<'_>)| {
        let (x, width) = (step * at as f64 + step * 0.14, step * 0.72);
        let rect = |class: &str, amount: i128| {
            let tall = height(amount);
            format!(
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{tall:.1}\"/>",
                HEIGHT - tall + 2.0
            )
        };
        let over = row.budget.is_some_and(|account| account.left < 0);
        let frame = row.budget.map_or(String::new(), |account| rect("room", account.available()));
        let label = if at.is_multiple_of(every) {
            format!(
                "<text class=\"tick\" x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                x + width / 2.0,
                HEIGHT + FOOT - 4.0,
                page.label(row.period)
            )
        } else {
            String::new()
        };
        format!(
            "{frame}{}{label}",
            rect(if over { "spent over" } else { "spent" }, row.spent.into())
        )
    };
    let drawn: String = rows.iter().enumerate().map(bar).collect();
    let what = format!(
        "Bars: {} spent by {}. The figures are in the table below.",
        rows[0].resource,
        words::step_word(page.programme)
    );
    let key = match rows[0].budget {
        Some(_) => {
            "<p class=\"note\">Filled: spent. Frame: what the budget has for it, with what was left before.</p>"
        }
        None => "",
    };
    format!(
        "<div class=\"chart bars\"><svg viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"{}\">{drawn}</svg></div>{key}",
        HEIGHT + FOOT + 2.0,
        markup(&what)
    )
}

fn table(page: &Page, rows: &[Spending<'_>]) -> String {
    let carries = rows.iter().any(|row| row.budget.is_some_and(|account| account.carried != 0));
    let budgeted = rows[0].budget.is_some();
    let head: String = rows
        .iter()
        .map(|row| format!("<th scope=\"col\">{}</th>", page.label(row.period)))
        .collect();
    let line = |title: &str, figure: &dyn Fn(&Spending<'_>) -> Option<i128>| {
        let cell =
            |row: &Spending<'_>| format!("<td>{}</td>", figure(row).map_or(String::new(), whole));
        format!(
            "<tr><th scope=\"row\">{title}</th>{}</tr>",
            rows.iter().map(cell).collect::<String>()
        )
    };
    let mut body = String::new();
    if budgeted {
        body.push_str(&line("Budget", &|row| Some(row.budget?.amount.into())));
    }
    if carries {
        body.push_str(&line("Carried over", &|row| Some(row.budget?.carried)));
    }
    body.push_str(&line("Spent", &|row| Some(row.spent.into())));
    if budgeted {
        body.push_str(&line("Left", &|row| Some(row.budget?.left)));
    }
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table class=\"figures-table\"><caption>{0}</caption>\
         <thead><tr><th scope=\"col\">{1}</th>{head}</tr></thead><tbody>{body}</tbody></table></div>",
        markup(&format!(
            "{} by {}",
            words::capital(rows[0].resource),
            words::step_word(page.programme)
        )),
        words::capital(words::step_word(page.programme)),
    )
}
