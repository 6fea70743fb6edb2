//! A still map of how far each place has come, of which every place leads to its entries.

use std::collections::HashMap;
use std::fmt::Write;

use groundwork_model::evidence::{FacilityScore, Stage};

use super::{Evidence, places};
use crate::cells::Area;
use crate::escape::markup;
use crate::html::section as wrap_section;
use crate::number::{plural, whole};
use crate::projection::{Bounds, Projection};

/// Width of the sheet, and the heights that it can have.
const WIDTH: f64 = 760.0;
const HEIGHTS: (f64, f64) = (240.0, 760.0);
/// Places up to which the map leads to each; more are drawn as bare points.
const LINKED: usize = 2000;

/// Says how far a place has come: the furthest of its facilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Far {
    /// Something is said of it, and of no stage.
    Named,
    /// Work has begun, as anybody says.
    Begun,
    /// It is claimed to have reached what was promised.
    Claimed,
    /// It is verified to have.
    Verified,
}

impl Far {
    const fn class(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Begun => "begun",
            Self::Claimed => "said",
            Self::Verified => "seen",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Named => "named, and of no stage is anything said",
            Self::Begun => "begun, as anybody says",
            Self::Claimed => "claimed to have reached what was promised",
            Self::Verified => "verified to have reached what was promised",
        }
    }
}

/// Returns the section; nothing where no facility stands at a place of the programme.
pub(super) fn section(of: &Evidence) -> String {
    let mut far: HashMap<&str, Far> = HashMap::new();
    for facility in &of.card.facilities {
        let place = facility.subject.place.as_str();
        if of.gazetteer.get(place).is_some() {
            let come = come(facility);
            far.entry(place).and_modify(|known| *known = come.max(*known)).or_insert(come);
        }
    }
    if far.is_empty() || of.gazetteer.spots.len() < 2 {
        return String::new();
    }
    let body = format!(
        "<p>How far the furthest facility of each place has come. A place leads to every entry about it.</p>{}{}",
        legend(&far),
        sheet(of, &far)
    );
    wrap_section("where", "Where it stands", &body)
}

/// Returns how far a facility has come toward the stage that its promise asks for; without a promise, that it opens.
fn come(facility: &FacilityScore) -> Far {
    let wanted = facility.schedule.first().map_or(Stage::Inaugurated, |schedule| schedule.stage);
    let enough = |stage: Stage| stage == wanted || (stage > wanted && stage == Stage::Operating);
    let reached =
        |verified: bool| {
            facility.stages.iter().filter(|state| enough(state.stage)).any(|state| {
                if verified { state.verified.is_some() } else { state.claimed.is_some() }
            })
        };
    if reached(true) {
        Far::Verified
    } else if reached(false) {
        Far::Claimed
    } else if facility.stages.iter().any(|state| {
        (state.claimed.is_some() || state.verified.is_some())
            && (Stage::GroundBroken..Stage::Stalled).contains(&state.stage)
    }) {
        Far::Begun
    } else {
        Far::Named
    }
}

fn legend(far: &HashMap<&str, Far>) -> String {
    let all = [Far::Verified, Far::Claimed, Far::Begun, Far::Named];
    let item = |come: Far| {
        let number = far.values().filter(|known| **known == come).count() as u64;
        format!(
            "<li><span class=\"part far-{}\"></span>{}: {} {}</li>",
            come.class(),
            come.words(),
            whole(number),
            plural(number, "place", "places")
        )
    };
    format!("<ul class=\"signs parts\">{}</ul>", all.into_iter().map(item).collect::<String>())
}

fn sheet(of: &Evidence, far: &HashMap<&str, Far>) -> String {
    let bounds = Bounds::around(of.gazetteer, of.cells);
    let height = (WIDTH / bounds.aspect()).clamp(HEIGHTS.0, HEIGHTS.1);
    let projection = Projection::fit(&bounds, WIDTH, height, 14.0);
    let areas = of.cells.by_spot(of.gazetteer.spots.len());
    let radius = (110.0 / (far.len() as f64).sqrt()).clamp(2.2, 5.0);
    let (mut ground, mut marked) = (String::new(), String::new());
    let mut bare = String::new();
    for (at, spot) in of.gazetteer.spots.iter().enumerate() {
        let (x, y) = projection.place(spot.lon, spot.lat);
        let come = far.get(spot.id).copied();
        match (areas[at], come) {
            (Some(area), None) => ground.push_str(&shape(&projection, area, "none")),
            (None, None) => {
                let _ = write!(bare, "M{x:.1} {y:.1}h0");
            }
            (Some(area), Some(come)) => {
                let shape = shape(&projection, area, come.class());
                marked.push_str(&linked(of, spot.id, spot.name, come, &shape, far.len()));
            }
            (None, Some(come)) => {
                let shape = format!(
                    "<circle class=\"far-{}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"/>",
                    come.class()
                );
                marked.push_str(&linked(of, spot.id, spot.name, come, &shape, far.len()));
            }
        }
    }
    format!(
        "<svg class=\"far-map\" viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"group\" aria-label=\"Map of how far each place has \
         come. The same is in the list of places below.\">{ground}<path class=\"bare\" d=\"{bare}\"/>{marked}</svg>"
    )
}

fn shape(projection: &Projection, area: &Area, class: &str) -> String {
    let mut path = String::new();
    for ring in area.polygons.iter().flatten() {
        for (position, &(lon, lat)) in ring.iter().enumerate() {
            let (x, y) = projection.place(lon, lat);
            let _ = write!(path, "{}{x:.1} {y:.1}", if position == 0 { 'M' } else { 'L' });
        }
        path.push('Z');
    }
    format!("<path class=\"far-{class}\" fill-rule=\"evenodd\" d=\"{path}\"/>")
}

fn linked(of: &Evidence, id: &str, name: &str, come: Far, shape: &str, number: usize) -> String {
    let title = markup(&format!("{name}: {}", come.words()));
    if number > LINKED || !of.keys.contains(id) {
        return format!("<g><title>{title}</title>{shape}</g>");
    }
    format!("<a href=\"#{}\"><title>{title}</title>{shape}</a>", places::anchor(id))
}
