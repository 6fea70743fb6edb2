//! How many persons gain and lose, and by how much.

use groundwork_model::Change;

use super::{Page, note, signed, with_sign};
use crate::html::header::figure;
use crate::html::section as wrap_section;
use crate::number::{plural, whole};
use crate::words;

/// Returns the section.
pub(super) fn section(page: &Page) -> String {
    let Change { nearer, farther, same, metres_gained, metres_lost, access_gained, access_lost } =
        page.difference.changes.total;
    let net = page.difference.changes.total.net_metres();
    let ways = page.ways_of([&page.difference.changes.total]);
    let less = format!("{} {} less in all", ways.nearest(signed(metres_gained)), ways.bare);
    let more = format!("{} {} more in all", ways.nearest(signed(metres_lost)), ways.bare);
    let figures = [
        figure("nearer", "Persons who come nearer", &whole(nearer), &less),
        figure("farther", "Persons who come farther", &whole(farther), &more),
        figure(
            "same",
            "Persons for whom it is the same",
            &whole(same),
            "their ways add up to as much under both plans",
        ),
        figure(
            "net",
            "Ways on balance",
            &with_sign(net, &ways.nearest(net)),
            &balance(page, &ways.bare),
        ),
        figure(
            "gained",
            "Access gained",
            &whole(access_gained),
            "person-years with access that the first plan does not have",
        ),
        figure(
            "lost",
            "Access lost",
            &whole(access_lost),
            "person-years with access that only the first plan has",
        ),
    ];
    let body = format!(
        "<dl class=\"figures\">{}</dl>{}{}{}",
        figures.concat(),
        note(&how_counted(page)),
        note(&futures(page)),
        page.population_note(),
    );
    wrap_section("gains", "Who gains and who loses", &body)
}

fn balance(page: &Page, unit: &str) -> String {
    let over = match over(page).as_str() {
        "" => String::new(),
        over => format!(", added up over {over}"),
    };
    format!("{unit} from the first plan to the second{over}")
}

/// Returns over what persons and ways are added up: "10 years and 2 kinds"; nothing where there is one of each.
fn over(page: &Page) -> String {
    let counts = [
        (page.settings.periods.count as usize, page.step()),
        (page.settings.package_kinds().len(), "kind"),
    ];
    let several = counts.into_iter().filter(|(count, _)| *count > 1);
    let said: Vec<String> =
        several.map(|(count, noun)| format!("{} {noun}s", whole(count as u64))).collect();
    words::list(&said)
}

fn how_counted(page: &Page) -> String {
    let unserved = page.settings.distance.unserved_m().filter(|_| page.leaves_some_out());
    let unserved = match unserved {
        None => String::new(),
        Some(metres) => format!(
            " Who has no site{} counts with {}\u{a0}km.",
            words::within(page.settings),
            groundwork_model::Decimal::new(i64::from(metres), 3)
        ),
    };
    let over = match over(page).as_str() {
        "" => String::new(),
        over => format!(", over all {over}"),
    };
    format!(
        "A place counts as a whole: its people are nearer when they go fewer person-km{over}, and farther when they go more.{unserved}"
    )
}

/// Says for which future the figures are counted; nothing without futures.
fn futures(page: &Page) -> String {
    let number =
        page.settings.scenarios.as_ref().map_or(0, |scenarios| scenarios.named().len() as u64);
    if number == 0 {
        return String::new();
    }
    format!(
        "The programme has {} {}; all figures but the values are counted in the numbers as written, with everything in time.",
        whole(number),
        plural(number, "future", "futures")
    )
}
