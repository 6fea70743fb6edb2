//! Longitude and latitude on a flat sheet: equirectangular, true at the mean latitude.

use crate::cells::{Area, Cells};
use crate::spot::Gazetteer;

/// Places degrees on a sheet of fixed size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Projection {
    west: f64,
    north: f64,
    cos: f64,
    scale: f64,
    left: f64,
    top: f64,
    seam: bool,
}

/// Is the smallest box around everything drawn, in degrees; `seam` says that it crosses the 180th
/// meridian, so that western longitudes count from 180 on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) west: f64,
    pub(crate) south: f64,
    pub(crate) east: f64,
    pub(crate) north: f64,
    pub(crate) seam: bool,
}

impl Bounds {
    /// Returns the box around all spots and areas.
    pub(crate) fn around(gazetteer: &Gazetteer, cells: &Cells) -> Self {
        let points = || {
            let spots = gazetteer.spots.iter().map(|spot| (spot.lon, spot.lat));
            spots.chain(cells.points())
        };
        let plain = Self::of(points(), false);
        if plain.east - plain.west <= 180.0 {
            return plain;
        }
        let shifted = Self::of(points(), true);
        if shifted.east - shifted.west < plain.east - plain.west { shifted } else { plain }
    }

    /// Returns the cosine of the mean latitude, which makes the sheet true to shape there.
    pub(crate) fn cos(&self) -> f64 {
        ((self.north + self.south) / 2.0).to_radians().cos().max(0.05)
    }

    /// Returns width over height of the box on the sheet.
    pub(crate) fn aspect(&self) -> f64 {
        let (width, height) = (self.width(), self.height());
        width * self.cos() / height
    }

    fn width(&self) -> f64 {
        (self.east - self.west).max(1e-3)
    }

    fn height(&self) -> f64 {
        (self.north - self.south).max(1e-3)
    }

    fn of(points: impl Iterator<Item = (f64, f64)>, seam: bool) -> Self {
        let empty = Self { west: 180.0, south: 90.0, east: -180.0, north: -90.0, seam };
        let found = points.filter(|(lon, lat)| lon.is_finite() && lat.is_finite()).fold(
            empty,
            |b, (lon, lat)| {
                let lon = unroll(lon, seam);
                Self {
                    west: b.west.min(lon),
                    south: b.south.min(lat),
                    east: if b.east < b.west { lon } else { b.east.max(lon) },
                    north: b.north.max(lat),
                    seam,
                }
            },
        );
        if found.west > found.east {
            Self { west: 0.0, south: 0.0, east: 1.0, north: 1.0, seam }
        } else {
            found
        }
    }
}

impl Projection {
    /// Returns the projection that fits the box into a sheet, with a margin on every side.
    pub(crate) fn fit(bounds: &Bounds, width: f64, height: f64, margin: f64) -> Self {
        let cos = bounds.cos();
        let (wide, high) = (bounds.width() * cos, bounds.height());
        let scale = ((width - 2.0 * margin) / wide).min((height - 2.0 * margin) / high);
        Self {
            west: bounds.west,
            north: bounds.north,
            cos,
            scale,
            left: (width - wide * scale) / 2.0,
            top: (height - high * scale) / 2.0,
            seam: bounds.seam,
        }
    }

    /// Returns the label place of an area on the sheet, with the room around it in pixels.
    pub(crate) fn heart(&self, area: &Area) -> (f64, f64, f64) {
        let heart = area.heart(self.cos);
        let (x, y) = self.place(heart.lon, heart.lat);
        (x, y, heart.radius * self.scale)
    }

    /// Returns where a point lies on the sheet.
    pub(crate) fn place(&self, lon: f64, lat: f64) -> (f64, f64) {
        let x = (unroll(lon, self.seam) - self.west) * self.cos * self.scale + self.left;
        let y = (self.north - lat) * self.scale + self.top;
        (x, y)
    }
}

/// Returns the longitude counted from 0 to 360 where the sheet crosses the 180th meridian.
pub(crate) fn unroll(lon: f64, seam: bool) -> f64 {
    if seam && lon < 0.0 { lon + 360.0 } else { lon }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn islands_on_both_sides_of_the_seam_lie_together() {
        let points = [(178.0, -18.0), (-179.0, -17.0)];
        let plain = Bounds::of(points.into_iter(), false);
        let shifted = Bounds::of(points.into_iter(), true);
        assert_eq!((plain.east - plain.west, shifted.east - shifted.west), (357.0, 3.0));
    }

    #[test]
    fn one_point_lies_in_the_middle() {
        let bounds = Bounds::of([(10.0, 50.0)].into_iter(), false);
        let (x, y) = Projection::fit(&bounds, 100.0, 100.0, 10.0).place(10.0, 50.0);
        assert!((0.0..=100.0).contains(&x) && (0.0..=100.0).contains(&y), "{x} {y}");
    }
}
