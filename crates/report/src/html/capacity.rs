//! What each kind has room for, how much of it is used, and which sites are used most.

use std::collections::BTreeMap;

use groundwork_model::plan::KindOutcome;

use super::{Page, section as wrap_section};
use crate::escape::markup;
use crate::input::served as served_by;
use crate::number::{share, whole};
use crate::operating::operating;
use crate::words;

/// Sites that are named as the most used.
const NAMED: usize = 12;

/// Returns the section; nothing where no kind has figures of its own.
pub(super) fn section(page: &Page) -> String {
    if page.plan.outcomes.iter().all(|outcome| outcome.kinds.is_empty()) {
        return String::new();
    }
    let body = format!("{}{}{}", table(page), most_used(page), page.population_note());
    wrap_section("capacity", "Room and use", &body)
}

fn table(page: &Page) -> String {
    let outcomes = &page.plan.outcomes;
    let head: String = outcomes
        .iter()
        .map(|outcome| format!("<th scope=\"col\">{}</th>", page.label(outcome.period)))
        .collect();
    let kinds: Vec<&str> = outcomes
        .first()
        .map_or(Vec::new(), |first| first.kinds.iter().map(|kind| kind.kind.as_str()).collect());
    let line = |kind: &str, title: &str, figure: &dyn Fn(&KindOutcome) -> String| {
        let cell = |outcome: &groundwork_model::PeriodOutcome| {
            let of = outcome.kinds.iter().find(|one| one.kind == kind);
            format!("<td>{}</td>", of.map_or(String::new(), figure))
        };
        let cells: String = outcomes.iter().map(cell).collect();
        format!("<tr><th scope=\"row\">{title}</th>{cells}</tr>")
    };
    let group = |kind: &&str| {
        let limited = outcomes
            .iter()
            .flat_map(|outcome| &outcome.kinds)
            .any(|one| one.kind == *kind && one.capacity.is_some());
        let mut rows = line(kind, "Sites that offer it", &|one| whole(one.sites));
        rows.push_str(&line(kind, "Persons served", &|one| whole(one.served)));
        if limited {
            rows.push_str(&line(kind, "Room for persons", &|one| {
                one.capacity.map_or("no limit".to_owned(), whole)
            }));
            rows.push_str(&line(kind, "In use", &|one| {
                one.capacity.map_or(String::new(), |room| share(one.served, room))
            }));
        }
        format!(
            "<tbody><tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{}\"><span>{}</span></th></tr>{rows}</tbody>",
            outcomes.len() + 1,
            markup(label(page, kind))
        )
    };
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Room and use by kind\"><table class=\"figures-table\">\
         <caption>Sites, persons served and room, by kind and {0}</caption><thead><tr><th scope=\"col\">{1}</th>{head}</tr></thead>{2}</table></div>",
        words::step_word(page.programme),
        words::capital(words::step_word(page.programme)),
        kinds.iter().map(group).collect::<String>()
    )
}

fn label<'p>(page: &'p Page, kind: &'p str) -> &'p str {
    page.programme
        .settings
        .kinds
        .iter()
        .find(|known| known.id == kind)
        .map_or(kind, |known| known.label())
}

/// Returns the sites that use most of their room in the last period; nothing where nobody is assigned.
fn most_used(page: &Page) -> String {
    let last = page.programme.settings.periods.count;
    let mut served: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for row in served_by(page.plan).iter().filter(|row| row.period == last) {
        *served.entry((row.kind.as_str(), row.site.as_str())).or_default() += row.persons;
    }
    let sites = operating(page.programme, page.plan, last);
    let mut used: Vec<(&str, &str, u64, u64)> = served
        .into_iter()
        .filter_map(|((kind, site), persons)| {
            let known = page.programme.settings.kinds.iter().find(|known| known.id == kind)?;
            let package = sites.get(site).copied().flatten()?;
            let (_, size) = package.listed().find(|(listed, _)| *listed == kind)?;
            let room = known.size(size?)?.persons(known.demand).filter(|&room| room > 0)?;
            Some((kind, site, persons, room))
        })
        .collect();
    // The fullest first; the products of two numbers of persons fit.
    used.sort_by(|a, b| {
        let full = |of: &(&str, &str, u64, u64), other: u64| u128::from(of.2) * u128::from(other);
        full(b, a.3).cmp(&full(a, b.3)).then(b.2.cmp(&a.2)).then(a.1.cmp(b.1))
    });
    let all = used.len();
    let full = used.iter().filter(|(_, _, persons, room)| persons >= room).count() as u64;
    used.truncate(NAMED);
    if used.is_empty() {
        return String::new();
    }
    let row = |(kind, site, persons, room): &(&str, &str, u64, u64)| {
        let name = page.gazetteer.get(site).map_or(*site, |spot| spot.name);
        format!(
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            markup(name),
            markup(label(page, kind)),
            whole(*persons),
            whole(*room),
            share(*persons, *room)
        )
    };
    format!(
        "<h3>Most used sites in {0}</h3><p class=\"note\">{1} of {2} facilities with a capacity are full; {3} are named.</p>\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Most used sites\"><table><caption>Sites that use most of their room in {0}</caption>\
         <thead><tr><th scope=\"col\">Site</th><th scope=\"col\">Kind</th><th scope=\"col\">Persons served</th><th scope=\"col\">Room</th>\
         <th scope=\"col\">In use</th></tr></thead><tbody>{4}</tbody></table></div>",
        page.label(last),
        whole(full),
        whole(all as u64),
        whole(used.len() as u64),
        used.iter().map(row).collect::<String>()
    )
}
