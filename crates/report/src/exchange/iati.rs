//! IATI 2.03: one activity a facility. The order of elements is that of the standard.

use std::fmt::Write;

use groundwork_model::evidence::{FacilityState, Mark, Stage};
use jiff::civil::Date;

use super::{Atlas, Exchanged, due};
use crate::escape::markup;

/// Returns an activities file.
///
/// Dates and status are those that are claimed, as a publisher would give them; what is verified stands in the
/// description, with the entries of the ledger.
#[must_use]
pub fn iati(of: &Exchanged<'_>) -> Vec<u8> {
    let atlas = Atlas::new(of.programme);
    let day = of.snapshot.times.known_by;
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    put(
        &mut xml,
        format_args!("<iati-activities version=\"2.03\" generated-datetime=\"{day}T00:00:00Z\">\n"),
    );
    for facility in &of.snapshot.facilities {
        activity(&mut xml, of, &atlas, facility);
    }
    xml.push_str("</iati-activities>\n");
    xml.into_bytes()
}

fn put(xml: &mut String, text: std::fmt::Arguments<'_>) {
    // A string takes all.
    let _ = xml.write_fmt(text);
}

fn activity(xml: &mut String, of: &Exchanged<'_>, atlas: &Atlas<'_>, facility: &FacilityState) {
    let exchange = of.exchange;
    let subject = &facility.subject;
    let narrative = |text: &str| format!("<narrative>{}</narrative>", markup(text));
    let language = markup(&exchange.language);
    let heard = facility.last_heard;
    put(
        xml,
        format_args!(
            "<iati-activity xml:lang=\"{language}\" last-updated-datetime=\"{heard}T00:00:00Z\">\n"
        ),
    );
    let organisation = markup(&exchange.organisation);
    let kind = markup(&exchange.organisation_type);
    let id: String =
        subject.id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    put(xml, format_args!("<iati-identifier>{organisation}-{id}</iati-identifier>\n"));
    put(
        xml,
        format_args!(
            "<reporting-org ref=\"{organisation}\" type=\"{kind}\" secondary-reporter=\"1\">{}</reporting-org>\n",
            narrative(&exchange.publisher)
        ),
    );
    put(xml, format_args!("<title>{}</title>\n", narrative(&atlas.title(facility))));
    put(
        xml,
        format_args!(
            "<description type=\"1\">{}</description>\n",
            narrative(&description(facility))
        ),
    );
    put(
        xml,
        format_args!(
            "<participating-org role=\"2\">{}</participating-org>\n",
            narrative(&of.programme.settings.name)
        ),
    );
    put(xml, format_args!("<activity-status code=\"{}\"/>\n", status(facility)));
    dates(xml, atlas, facility);
    put(xml, format_args!("<recipient-country code=\"{}\"/>\n", markup(&exchange.country)));
    if let Some((lat, lon)) = atlas.point(&subject.place) {
        let name = narrative(atlas.name(&subject.place).unwrap_or(&subject.place));
        put(
            xml,
            format_args!(
                "<location><name>{name}</name><point srsName=\"http://www.opengis.net/def/crs/EPSG/0/4326\">\
             <pos>{lat} {lon}</pos></point></location>\n"
            ),
        );
    }
    let sector = markup(&exchange.iati_sector);
    put(xml, format_args!("<sector vocabulary=\"1\" code=\"{sector}\"/>\n"));
    xml.push_str("</iati-activity>\n");
}

/// Says in words what is claimed and verified, stage by stage.
fn description(facility: &FacilityState) -> String {
    let mut sentences = Vec::new();
    for (word, verified) in [("Claimed", false), ("Verified", true)] {
        let mark = |stage: Stage| -> Option<Mark> {
            let state = facility.stage(stage)?;
            if verified { state.verified } else { state.claimed }
        };
        let stages: Vec<String> = Stage::ALL
            .into_iter()
            .filter_map(|stage| Some((stage, mark(stage)?)))
            .map(|(stage, mark)| format!("{} by {} (entry {})", stage.name(), mark.day, mark.entry))
            .collect();
        let all = if stages.is_empty() { "nothing".to_owned() } else { stages.join(", ") };
        sentences.push(format!("{word}: {all}."));
    }
    sentences.join(" ")
}

/// Returns the code of the activity's status, by what is claimed.
fn status(facility: &FacilityState) -> u8 {
    let claimed = |stage: Stage| facility.stage(stage).is_some_and(|s| s.claimed.is_some());
    if claimed(Stage::Cancelled) {
        return 5;
    }
    let furthest = facility.furthest(false);
    let stalled = facility.stage(Stage::Stalled).and_then(|state| state.claimed);
    let later = furthest.and_then(|stage| facility.stage(stage)?.claimed);
    if stalled.is_some_and(|stalled| later.is_none_or(|later| stalled.day > later.day)) {
        return 6;
    }
    match furthest {
        None | Some(Stage::Announced | Stage::SiteChosen) => 1,
        Some(Stage::Inaugurated | Stage::Operating) => 3,
        Some(_) => 2,
    }
}

fn dates(xml: &mut String, atlas: &Atlas<'_>, facility: &FacilityState) {
    let claimed = |stage: Stage| facility.stage(stage).and_then(|s| s.claimed).map(|m| m.day);
    let begun = claimed(Stage::GroundBroken);
    let built = Stage::ALL[Stage::UnderConstruction.index()..=Stage::Operating.index()].iter();
    let seen = built.filter_map(|&stage| claimed(stage)).min();
    let planned = claimed(Stage::Announced).or_else(|| claimed(Stage::SiteChosen));
    let mut date = |kind: u8, day: Date, words: &str| {
        put(
            xml,
            format_args!(
                "<activity-date type=\"{kind}\" iso-date=\"{day}\"><narrative>{words}</narrative></activity-date>\n"
            ),
        );
    };
    match (begun, seen, planned) {
        (Some(day), ..) => date(2, day, "ground broken, as claimed"),
        (None, Some(day), _) => date(2, day, "begun by this day: no report of its beginning"),
        (None, None, Some(day)) => date(1, day, "announced"),
        (None, None, None) => date(1, facility.last_heard, "first heard of"),
    }
    if let Some(day) = due(atlas, facility, Stage::Inaugurated) {
        date(3, day, "to be inaugurated by this day, as promised");
    }
    if let Some(day) = claimed(Stage::Inaugurated) {
        date(4, day, "inaugurated, as claimed");
    }
}
