//! What was promised, beside what the plan has now.

use groundwork_model::plan::Action;
use groundwork_model::{Deed, Departure, Progress, PromisedSite, Promises};

use super::data::package_label;
use super::{Page, section as wrap_section};
use crate::escape::markup;
use crate::number::{plural, whole};

/// Rows up to which the table stands unfolded.
const UNFOLDED: usize = 60;

/// Returns the section; nothing where the plan was made without promises.
pub(super) fn section(page: &Page) -> String {
    let Some(promises) = Promises::of(page.plan) else { return String::new() };
    let body = format!("<p>{}</p>{}", markup(&summary(page, &promises)), table(page, &promises));
    wrap_section("promises", "Promised and now", &body)
}

const NOTE: &str = "<p class=\"note\">Changed: the plan gives a promised site another schedule, or none. New: nothing was promised of the \
    site. Happened: the state of sites or the reports say so, and that is no change of a promise.</p>";

fn summary(page: &Page, promises: &Promises<'_>) -> String {
    let count = |why| promises.count(why) as u64;
    let departed = promises.sites.iter().filter(|site| !site.promised.is_empty()).count();
    let kept = promises.promised.saturating_sub(departed) as u64;
    let (changed, new, happened) =
        (count(Departure::Changed), count(Departure::New), count(Departure::Happened));
    let allowed = page.plan.question.replan.as_ref().and_then(|replan| replan.changes);
    let allowed = allowed.map_or(String::new(), |most| format!(" of {} allowed", whole(most)));
    let all = promises.promised as u64;
    format!(
        "{} {} promised, and {} of them {} as promised. {} {}{allowed}, {} new, {} by what happened.",
        whole(all),
        plural(all, "site was", "sites were"),
        whole(kept),
        plural(kept, "stays", "stay"),
        whole(changed),
        plural(changed, "change", "changes"),
        whole(new),
        whole(happened)
    )
}

fn table(page: &Page, promises: &Promises<'_>) -> String {
    if promises.sites.is_empty() {
        return String::new();
    }
    let rows: String = promises.sites.iter().map(|site| row(page, site)).collect();
    let table = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Promised and now\"><table class=\"promises-table\">\
         <caption>Sites of which the plan has something else than was promised</caption>\
         <thead><tr><th scope=\"col\">Site</th><th scope=\"col\">Promised</th><th scope=\"col\">Now</th><th scope=\"col\">Why</th></tr></thead>\
         <tbody>{rows}</tbody></table></div>"
    );
    let table = match promises.sites.len() {
        number if number > UNFOLDED => format!(
            "<details class=\"more\"><summary>All {} sites that differ</summary>{table}</details>",
            whole(number as u64)
        ),
        _ => table,
    };
    table + NOTE
}

fn row(page: &Page, site: &PromisedSite<'_>) -> String {
    let spot = page.gazetteer.get(site.site);
    let name = spot.map_or(site.site, |spot| spot.name);
    let mut under = Vec::new();
    if name != site.site {
        under.push(site.site);
    }
    under.extend(spot.map(|spot| spot.province).filter(|province| !province.is_empty()));
    let under = match under.is_empty() {
        true => String::new(),
        false => format!("<span class=\"under\">{}</span>", markup(&under.join(", "))),
    };
    format!(
        "<tr><th scope=\"row\">{}{under}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
        markup(name),
        markup(&deeds(page, &site.promised)),
        markup(&deeds(page, &site.now)),
        markup(&why(page, site)),
    )
}

fn deeds(page: &Page, deeds: &[Deed<'_>]) -> String {
    let packages = &page.programme.settings.packages;
    let word = |deed: &Deed<'_>| {
        let named = packages.iter().find(|package| package.id == deed.package);
        let package = match packages.len() {
            0 | 1 => String::new(),
            _ => format!(" {}", named.map_or(deed.package, package_label)),
        };
        let verb = match deed.action {
            Action::Open if package.is_empty() => "",
            Action::Open => ":",
            Action::Upgrade => " \u{2191} turns to",
            Action::Close => " \u{2715} closes",
        };
        format!("{}{verb}{package}", page.label(deed.period))
    };
    match deeds {
        [] => "\u{2014}".to_owned(),
        deeds => deeds.iter().map(word).collect::<Vec<_>>().join("; "),
    }
}

/// Says why a site differs, and what has become of it where the state of sites says so.
fn why(page: &Page, site: &PromisedSite<'_>) -> String {
    let states = page.plan.question.replan.iter().flat_map(|replan| &replan.state);
    let state = states.filter(|row| row.site == site.site).map(|row| row.state).next_back();
    match (site.why, state) {
        (Departure::Happened, Some(Progress::Built)) => "happened: built",
        (Departure::Happened, Some(Progress::UnderWay)) => "happened: under way",
        (Departure::Happened, Some(Progress::Failed)) => "happened: failed",
        (Departure::Happened, Some(Progress::NotBegun)) => "happened: not begun",
        (Departure::Happened, None) => "happened: reported",
        (why, _) => why.word(),
    }
    .to_owned()
}
