//! A report without a plan: what the ledger says, for those who watch a programme and plan none.

use groundwork_model::Programme;

use super::evidence::Evidence;
use super::{header, provenance, section, shell};
use crate::cells::Cells;
use crate::escape::markup;
use crate::evidence_input::EvidenceInput;
use crate::spot::Gazetteer;

/// Returns a report of the ledger alone as one HTML file, with the guarantees of [`html`](super::html): it needs nothing
/// else, without scripts every figure and entry is there, and the same input gives the same bytes.
///
/// `cells` is the GeoJSON text of the map's areas, as for a plan; `findings` are sentences that a reader must know; `commands` make the report again.
#[must_use]
pub fn evidence_html(
    programme: &Programme,
    evidence: &EvidenceInput,
    cells: Option<&str>,
    findings: &[String],
    commands: &[String],
) -> Vec<u8> {
    let gazetteer = Gazetteer::new(programme);
    let cells = Cells::read(cells, &gazetteer);
    let of = Evidence::new(programme, &gazetteer, &cells, evidence);
    let again = match provenance::commands(commands) {
        commands if commands.is_empty() => commands,
        commands => section("sources", "How to make this again", &commands),
    };
    let main = [header::known_first(findings), of.first(), of.last(), again].concat();
    let masthead = format!(
        "<header class=\"masthead\"><p class=\"kicker\">Evidence</p><h1>{}</h1>{}<p class=\"about\">{}</p>{}</header>",
        markup(&programme.settings.name),
        header::promise(&programme.settings),
        markup(&of.standing()),
        shell::contents(&main)
    );
    let document = shell::Document {
        title: &programme.settings.name,
        banner: "",
        masthead: &masthead,
        main: &main,
        version: env!("CARGO_PKG_VERSION"),
        data: None,
        styles: &[super::evidence::STYLE],
        scripts: &[super::evidence::SCRIPT],
    };
    shell::wrap(&document).into_bytes()
}
