//! The price list: what one change of each rule brings.

use groundwork_model::plan::Sense;
use groundwork_model::{PriceList, RuleWorth, Settings};

use super::{Page, section as wrap_section};
use crate::escape::markup;
use crate::gains::Gains;
use crate::number::{plural, whole};
use crate::{asked, words};

/// Returns the section; nothing where no price list is given.
pub(super) fn section(page: &Page) -> String {
    let Some(prices) = page.input.prices else { return String::new() };
    let body = format!(
        "<p>{}</p>{}{}{}",
        markup(&as_written(page, prices)),
        table(page, prices),
        notes(prices),
        page.population_note()
    );
    wrap_section("prices", "What each rule costs", &body)
}

/// Says what the prices are measured from.
fn as_written(page: &Page, prices: &PriceList) -> String {
    let goal = prices.question.goal(page.programme);
    let figures = Gains::of(&page.programme.settings, goal, prices.scale, prices.value);
    let bound = prices.bound.map_or_else(
        || "a bound that is not known".to_owned(),
        |b| format!("the bound {}", figures.nearest(b)),
    );
    format!(
        "One change of each rule, made by itself and solved anew; what may bring most comes first. With all rules as written{} the best plan known has the value {} and {bound}, in {}.",
        asked::given_words(&prices.question),
        figures.nearest(prices.value),
        figures.unit,
    )
}

fn table(page: &Page, prices: &PriceList) -> String {
    if prices.prices.is_empty() {
        return String::new();
    }
    let settings = &page.programme.settings;
    let goal = prices.question.goal(page.programme);
    let ends = prices.prices.iter().flat_map(|price| [price.gain_at_least, price.gain_at_most]);
    let largest = ends.flatten().map(i128::saturating_abs).max().unwrap_or(0);
    let gains = Gains::of(settings, goal, prices.scale, largest);
    let rows: String = prices.prices.iter().map(|price| row(settings, &gains, price)).collect();
    let better = match prices.sense {
        Sense::Min => "less",
        Sense::Max => "more",
    };
    let caption = format!(
        "What each change brings, in {}: {better} than with the rules as written",
        gains.bare
    );
    let last = page.label(settings.periods.count);
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"What each rule costs\"><table class=\"prices-table\">\
         <caption>{}</caption><thead><tr><th scope=\"col\">Rule: change</th><th scope=\"col\">At least</th>\
         <th scope=\"col\">Not more than</th><th scope=\"col\">Persons with access gained in {last}</th>\
         <th scope=\"col\">Person-years of access gained</th></tr></thead><tbody>{rows}</tbody></table></div>",
        markup(&caption)
    )
}

fn row(settings: &Settings, gains: &Gains, price: &RuleWorth) -> String {
    let unknown = || "not known".to_owned();
    let [least, most] = gains.ends(price).map(|end| end.unwrap_or_else(unknown));
    let said = match price.words() {
        "" => String::new(),
        words => format!("<span class=\"under\">{words}</span>"),
    };
    let gained = |number: Option<i64>| number.map_or_else(unknown, signed);
    format!(
        "<tr><th scope=\"row\">{}: {}{said}</th><td>{least}</td><td>{most}</td><td>{}</td><td>{}</td></tr>",
        markup(&rule_words(settings, &price.rule)),
        markup(&price.change),
        gained(price.access_gained),
        gained(price.person_years_gained),
    )
}

/// Returns a difference with its sign.
fn signed(number: i64) -> String {
    if number > 0 { format!("+{}", whole(number)) } else { whole(number) }
}

/// Returns where a rule is written, in words: "Budget of cement" for `budgets[2]`.
fn rule_words(settings: &Settings, key: &str) -> String {
    let numbered = key.strip_suffix(']').and_then(|key| key.split_once('['));
    let at = numbered.and_then(|(table, number)| Some((table, number.parse::<usize>().ok()?)));
    match at {
        Some(("budgets", number)) => {
            let budget = number.checked_sub(1).and_then(|at| settings.budgets.get(at));
            budget.map_or_else(|| key.to_owned(), |budget| format!("Budget of {}", budget.resource))
        }
        Some(("floors", number)) => format!("Floor {number}"),
        Some(("ceilings", number)) => format!("Ceiling {number}"),
        Some(("spacing", number)) => format!("Spacing {number}"),
        Some(("exclusive", number)) => format!("Exclusive {number}"),
        Some(("together", number)) => format!("Together {number}"),
        Some(("precedence", number)) => format!("Precedence {number}"),
        _ => words::capital(key),
    }
}

/// Says how to read the figures.
fn notes(prices: &PriceList) -> String {
    let mut notes = vec![
        "Both ends of a gain are proved: the best plan as written and the best plan with the change are each known between a value and a \
         bound. Two changes together may bring more or less than the sum. Access is that of the plans found, not of the best ones, and can \
         be below 0."
            .to_owned(),
    ];
    if prices.prices.iter().any(RuleWorth::is_open) {
        notes.push(
            "Not told apart from nothing: no proof that the change brings nothing. Not more than the right end can be won; more time \
             (--time-limit) narrows both."
                .to_owned(),
        );
    }
    let left = (prices.asked as usize).saturating_sub(prices.prices.len()) as u64;
    if left > 0 {
        notes.push(format!(
            "{} {} not priced: the time was over.",
            whole(left),
            plural(left, "change is", "changes are")
        ));
    }
    if prices.asked == 0 {
        notes.push("The programme has no rules to price.".to_owned());
    }
    notes.push(
        "The checker accepted every plan and bound behind these figures when the list was made; their certificates are not kept, so that \
         groundwork prices has to make the list again to check it."
            .to_owned(),
    );
    notes.iter().map(|note| format!("<p class=\"note\">{}</p>", markup(note))).collect()
}
