//! Writers that turn a plan into bytes for people and for other programs.
//!
//! - [`html`]: a report in one file that opens offline in any browser; [`evidence_html`]: the same without a plan.
//! - [`svg_map`]: a still map for a page or a slide.
//! - [`frontier_svg`]: values and bounds over the numbers of one rule.
//! - [`geojson`]: places with their opening period, for a map program (RFC 7946).
//! - [`openings_csv`]: one row an opening, for a spreadsheet.
//! - [`difference_html`], [`difference_map`] and [`difference_csv`]: what moves from one plan to another, who gains and who loses.
//! - [`oc4ids`], [`iati`], [`facilities_geojson`], [`facilities_csv`]: what the ledger says, in the field's open formats.
//! - [`atom`]: alerts of a scorecard, for a feed reader (RFC 4287).
//! - [`workbook`]: all figures of a plan and the programme's tables, as XLSX.
//!
//! Writers return bytes, and only workbooks can fail, where something does not fit into one. They open no file, read
//! no clock and print nothing. The same
//! input gives the same bytes. Every text of the programme is escaped for the format that it lands
//! in, so a place name may contain anything.

mod asked;
mod atom;
mod cells;
mod difference_csv;
mod difference_input;
mod escape;
mod evidence_input;
mod exchange;
mod frontier_svg;
mod gains;
mod geojson;
mod html;
mod input;
mod number;
mod openings_csv;
mod operating;
mod palette;
mod projection;
mod promised;
mod spending;
mod spot;
mod svg_map;
mod words;
mod workbook;

pub use atom::atom;
pub use difference_csv::difference_csv;
pub use difference_input::DifferenceInput;
pub use evidence_input::{EvidenceInput, KnownEntry};
pub use exchange::{Exchanged, facilities_csv, facilities_geojson, iati, oc4ids};
pub use frontier_svg::frontier_svg;
pub use geojson::geojson;
pub use html::{difference_html, evidence_html, html};
pub use input::ReportInput;
pub use openings_csv::openings_csv;
pub use svg_map::{difference_map, svg_map};
pub use workbook::{tables_csv, tables_workbook, workbook};
