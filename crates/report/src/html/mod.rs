//! The report: one HTML file that opens offline, from top to bottom as a reader meets it.

mod capacity;
mod chart;
mod charts;
mod comparison;
mod data;
mod difference;
mod evidence;
mod evidence_page;
mod futures;
mod glossary;
mod header;
mod limits;
mod map;
mod money;
mod openings;
mod prices;
mod promises;
mod proof;
mod provenance;
mod refusal;
mod served;
mod shell;

use groundwork_model::{Plan, Programme};

use crate::cells::Cells;
use crate::escape::markup;
use crate::input::ReportInput;
use crate::spot::Gazetteer;
use crate::words;

pub use difference::difference_html;
pub use evidence_page::evidence_html;

/// Returns the report as one HTML file that needs nothing else: no network, no other file.
///
/// Styles and script are inside and bound by a content security policy that allows only them. The
/// data stands in the page as JSON. Without scripts a reader still has the still map, the charts and
/// every table. The same input gives the same bytes.
#[must_use]
pub fn html(input: &ReportInput) -> Vec<u8> {
    let gazetteer = Gazetteer::new(input.programme);
    let cells = Cells::read(input.cells, &gazetteer);
    let page = Page { input, programme: input.programme, plan: input.plan, gazetteer, cells };
    let evidence = input
        .evidence
        .map(|of| evidence::Evidence::new(page.programme, &page.gazetteer, &page.cells, of));
    let evidence = evidence.as_ref();
    let main = [
        header::headline(&page),
        header::findings(&page),
        evidence.map(evidence::Evidence::first).unwrap_or_default(),
        promises::section(&page),
        futures::section(&page),
        map::section(&page),
        charts::section(&page),
        money::section(&page),
        limits::section(&page),
        prices::section(&page),
        capacity::section(&page),
        comparison::section(&page),
        openings::section(&page),
        served::section(&page),
        evidence.map(evidence::Evidence::last).unwrap_or_default(),
        glossary::section(&page),
        proof::section(&page),
        provenance::section(&page),
    ]
    .concat();
    let name = &page.programme.settings.name;
    let title = if input.refused() { format!("Refused: {name}") } else { name.clone() };
    let (styles, scripts) = match evidence {
        Some(_) => (vec![evidence::STYLE], vec![shell::SCRIPT, evidence::SCRIPT]),
        None => (Vec::new(), vec![shell::SCRIPT]),
    };
    let standing = evidence.map(evidence::Evidence::standing).unwrap_or_default();
    let document = shell::Document {
        title: &title,
        banner: &refusal::banner(&page),
        masthead: &header::masthead(&page, &main, &standing),
        main: &main,
        version: &page.plan.run.version,
        data: Some(data::json(&page)),
        styles: &styles,
        scripts: &scripts,
    };
    shell::wrap(&document).into_bytes()
}

/// Holds what every section of the report draws from.
struct Page<'a> {
    input: &'a ReportInput<'a>,
    programme: &'a Programme,
    plan: &'a Plan,
    gazetteer: Gazetteer<'a>,
    cells: Cells,
}

impl Page<'_> {
    /// Returns the population note as a paragraph, for every group of figures; with a word of warning
    /// where the figures are claims of a refused plan.
    fn population_note(&self) -> String {
        let claims = match self.input.refused() {
            true => format!(
                "<p class=\"note claims\">\u{2717} The figures of \u{201c}{}\u{201d} are its own claims: the checker refused this plan.</p>",
                markup(&words::capital(&self.plan.label))
            ),
            false => String::new(),
        };
        format!(
            "{claims}<p class=\"note\">{}</p>",
            markup(&words::population_note(&self.programme.settings))
        )
    }

    /// Returns whether somebody is without any site in some period of some plan shown.
    fn leaves_some_out(&self) -> bool {
        self.input.plans().iter().any(|plan| plan.outcomes.iter().any(|o| o.unserved > 0))
    }

    /// Returns ", of those with a site within 15 km" where a mean leaves people out; else nothing.
    fn of_those_served(&self) -> String {
        match self.leaves_some_out() {
            true => format!(", of those with a site{}", words::within(&self.programme.settings)),
            false => String::new(),
        }
    }

    /// Returns the label of a period, escaped.
    fn label(&self, period: u32) -> String {
        words::period_label(self.programme.settings.periods, period)
    }
}

/// Returns a section with its heading; `body` is markup.
fn section(id: &str, heading: &str, body: &str) -> String {
    format!(
        "<section id=\"{id}\" aria-labelledby=\"{id}-heading\"><h2 id=\"{id}-heading\">{}</h2>{body}</section>\n",
        markup(heading)
    )
}

/// Returns texts as a list.
fn list(class: &str, texts: &[String]) -> String {
    let items: String = texts.iter().map(|text| format!("<li>{}</li>", markup(text))).collect();
    format!("<ul class=\"{class}\">{items}</ul>")
}
