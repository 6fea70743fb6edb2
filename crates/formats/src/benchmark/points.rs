//! Points in the plane with weights: one line `x y w` for each.

use super::flags::DistanceName;
use super::plane;
use super::refusals::Refusals;
use super::text::lines;
use super::{AMOUNT_MAX, Stated};

/// Reads the points.
pub(super) fn read(
    text: &str,
    distance: Option<DistanceName>,
    refusals: &mut Refusals<'_>,
) -> Option<Stated> {
    let (mut points, mut weights) = (Vec::new(), Vec::new());
    for line in lines(text) {
        let Some([x, y, w]) = line.fields(["x", "y", "w"], refusals) else { continue };
        let (x, y) = (refusals.exact(x, "x"), refusals.exact(y, "y"));
        let weight = refusals.whole(w, "w", 0..=AMOUNT_MAX);
        points.extend(x.zip(y));
        weights.extend(weight);
    }
    if refusals.refused() {
        return None;
    }
    let (costs, scale) = plane::costs(&points, distance.unwrap_or(DistanceName::Round), refusals)?;
    Some(Stated::clients_are_sites(weights, costs, scale))
}
