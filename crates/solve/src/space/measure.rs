//! From squared straight distances to whole costs: fast, and certified to be the exact ones.
//!
//! The exact costs are those of `metres_between` and `plane_cost`. Here they are found from the squared
//! straight distance in arithmetic that runs in lanes; a result is used only when its distance from the
//! next rounding edge is more than all errors can add up to. Else the pair is an "edge", and the caller
//! asks the exact function.
//!
//! Errors on the sphere, as angles (radius 1; u = 2^-53):
//! - The coordinates of a unit vector come from two functions within 1 ulp and a product, so they are
//!   within 4 u; a difference of two is within 9 u, a chord within 16 u plus 4 u of itself.
//! - `metres_between` takes differences of latitude and longitude within 2 u and 4 u, and a few operations
//!   within 1 ulp; up to a squared chord of 3.6 (h = 0.9) the arc sine multiplies that by at most 4, so
//!   its angle is within 64 u. A longer chord is always an edge.
//! - The series of the arc sine ends after six terms. Its coefficients are positive and fall, so what is
//!   left out is at most the seventh times z^6 / (1 - z), with z a quarter of the squared chord: 1.3e-13
//!   of the whole up to a squared chord of 0.055 (1,500 km). Longer ones halve their angle four times
//!   first, which leaves z < 0.0062 and costs 40 u.
//!
//! All of it is less than 2e-13 + 200 u, which is 2e-6 m on the Earth; an edge is as wide as 1e-5 m. About
//! one pair in 50,000 is an edge.
//!
//! In the plane the difference of two coordinates is exact, its squared length within 3 u of itself, the
//! root within 3 u, the units within 5 u: below 2^31 units that is 2e-6, and an edge is 1e-5 wide. Where all
//! coordinates lie within 2^24, everything is exact, and an edge is decided on the spot by comparing squares.

use groundwork_model::field::Rounding;

use crate::distance::EARTH_RADIUS_M;

/// Is how costs follow from squared straight distances.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    form: Form,
    /// Cost units per straight distance where that is short.
    per_straight: f64,
    /// Added to a cost before it is cut off: 1/2 where it is rounded half up, else 0.
    offset: f64,
    /// Distance from a rounding edge, in units, within which the exact function decides.
    edge: f64,
}

/// Is the arithmetic of a [`Measure`].
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    /// Chords of the unit sphere.
    Sphere,
    /// A plane whose squared lengths are whole numbers that floating point holds exactly; with the length
    /// of a unit.
    SmallPlane(f64),
    /// Any other plane.
    Plane,
    /// A plane too wide for floating point: only the exact function knows.
    Opaque,
}

/// Relative room around squared limits; wider than every error above for costs from half a unit on and
/// detours up to 13.
const ROOM: f64 = 1e-6;
/// A squared distance below this share of an outer limit is certainly within the limit.
pub(super) const SURELY: f64 = 1.0 - 3.0 * ROOM;
/// Squared chord up to which the short series does.
const SHORT_CHORD: f64 = 0.055;
/// Squared chord past which the exact function decides: near antipodes chords say too little.
const LONG_CHORD: f64 = 3.6;
/// Adding this makes the low bits of a double the nearest whole number, also for one just below 0.
const WHOLE: f64 = 1.5 * (1_u64 << 52) as f64;
/// Largest width of a plane, in coordinates, whose squares of halves stay below 2^53.
const SMALL_PLANE: u64 = 1 << 24;
/// Largest width of a plane whose coordinates floating point holds exactly.
const WIDE_PLANE: u64 = 1 << 50;

impl Measure {
    /// Returns the measure of the sphere: metres times `detour`, rounded half up.
    pub(super) fn sphere(detour: f64) -> Self {
        Self {
            form: Form::Sphere,
            per_straight: EARTH_RADIUS_M * detour,
            offset: 0.5,
            edge: 1e-5 * detour.max(1.0),
        }
    }

    /// Returns the measure of a plane `width` coordinates wide and high, `scale` of them to a unit.
    pub(super) fn plane(width: u64, scale: i64, rounding: Rounding) -> Self {
        let unit = scale.unsigned_abs() as f64;
        let form = match width {
            0..=SMALL_PLANE if unit <= SMALL_PLANE as f64 => Form::SmallPlane(unit),
            0..=WIDE_PLANE if 1.5 * width as f64 / unit < f64::from(1_u32 << 31) => Form::Plane,
            _ => Form::Opaque,
        };
        let edge = if form == Form::Opaque { 1.0 } else { 1e-5 };
        let offset = if rounding == Rounding::Round { 0.5 } else { 0.0 };
        Self { form, per_straight: 1.0 / unit, offset, edge }
    }

    /// Returns a squared distance above that of every pair that costs less than `below`. One below
    /// [`SURELY`] times it certainly costs less, unless it [`is_loose`](Self::is_loose).
    pub(super) fn squared_limit(&self, below: u32) -> f64 {
        if below == 0 {
            return 0.0;
        }
        let straight = (f64::from(below) - self.offset) / self.per_straight;
        match self.form {
            Form::Opaque => f64::INFINITY,
            Form::Sphere if straight > 2.49 => f64::INFINITY,
            Form::Sphere => {
                let half = libm::sin(straight / 2.0);
                4.0 * half * half * (1.0 + ROOM)
            }
            _ => straight * straight * (1.0 + ROOM),
        }
    }

    /// Says of a limit that costs up to it must be compared one by one, and take the long way.
    pub(super) fn is_loose(&self, squared_limit: f64) -> bool {
        match self.form {
            Form::Sphere => squared_limit > SHORT_CHORD,
            Form::Opaque => true,
            _ => false,
        }
    }

    /// Returns a cost that nothing at this squared distance or farther is below.
    pub(super) fn at_least(&self, squared: f64) -> u32 {
        if self.form == Form::Opaque {
            return 0;
        }
        // An arc is no shorter than its chord.
        let units = squared.sqrt() * self.per_straight * (1.0 - ROOM) - self.edge;
        (units + self.offset) as u32
    }

    /// Writes the cost of every squared distance, all below a limit that is [`is_loose`](Self::is_loose) or
    /// not, and returns whether there are edges; theirs are to be replaced.
    pub(super) fn costs(&self, squared: &[f64], loose: bool, costs: &mut [u32]) -> bool {
        let pairs = squared.iter().zip(costs);
        match (self.form, loose) {
            (Form::Sphere, false) => {
                let series = self.series();
                self.round_all(pairs, |squared| squared.sqrt() * value(&series, squared))
            }
            (Form::Sphere, true) => {
                let series = self.series();
                self.round_all(pairs, |squared| long_arc(&series, squared))
            }
            (Form::SmallPlane(unit), _) => {
                for (&squared, cost) in pairs {
                    *cost = self.exact_units(squared, unit);
                }
                false
            }
            _ => self.round_all(pairs, |squared| squared.sqrt() * self.per_straight),
        }
    }

    /// Returns the cost of one squared distance, `None` at an edge.
    pub(super) fn cost(&self, squared: f64) -> Option<u32> {
        let mut cost = [0];
        let edge = self.costs(&[squared], self.is_loose(squared), &mut cost);
        (!edge).then_some(cost[0])
    }

    /// Rounds units to costs and returns whether any is an edge.
    #[inline(always)]
    fn round_all<'a>(
        &self,
        pairs: impl Iterator<Item = (&'a f64, &'a mut u32)>,
        units: impl Fn(f64) -> f64,
    ) -> bool {
        let (shift, most) = (self.offset - 0.5, 0.5 - self.edge);
        let longest = if self.form == Form::Sphere { LONG_CHORD } else { f64::INFINITY };
        let mut edges = 0_u64;
        for (&squared, cost) in pairs {
            let units = units(squared) + shift;
            let whole = units + WHOLE;
            *cost = whole.to_bits() as u32;
            edges |= u64::from((units - (whole - WHOLE)).abs() > most);
            edges |= u64::from(squared > longest);
        }
        edges > 0
    }

    /// Returns floor(root(squared) / unit + offset) where all of it is exact.
    #[inline(always)]
    fn exact_units(&self, squared: f64, unit: f64) -> u32 {
        // The largest k with ((k - offset) unit)^2 <= squared is within one of this.
        let near = squared.sqrt() * self.per_straight + (self.offset - 0.5);
        let near = (near + WHOLE) - WHOLE;
        let low = (near - self.offset) * unit;
        let low = if low > 0.0 { low } else { 0.0 };
        let high = (near + 1.0 - self.offset) * unit;
        let less = f64::from(u8::from(low * low > squared));
        let more = f64::from(u8::from(high * high <= squared));
        (near - less + more + WHOLE).to_bits() as u32
    }

    /// Returns the series of the arc sine as a polynomial of the squared chord that gives units per chord.
    fn series(&self) -> [f64; 6] {
        const ARC_SINE: [f64; 6] =
            [1.0, 1.0 / 6.0, 3.0 / 40.0, 5.0 / 112.0, 35.0 / 1152.0, 63.0 / 2816.0];
        let mut factor = self.per_straight;
        ARC_SINE.map(|coefficient| {
            let scaled = coefficient * factor;
            factor /= 4.0;
            scaled
        })
    }
}

/// Returns the value of a polynomial.
#[inline(always)]
fn value(series: &[f64; 6], x: f64) -> f64 {
    let [a, b, c, d, e, f] = *series;
    // Pairs first: fewer operations wait for each other.
    let xx = x * x;
    (a + b * x) + xx * ((c + d * x) + xx * (e + f * x))
}

/// Returns the units of a long chord, by halving its angle four times.
#[inline(always)]
fn long_arc(series: &[f64; 6], squared: f64) -> f64 {
    let mut quarter = squared / 4.0;
    for _ in 0..4 {
        // The squared sine of half an angle; without a difference of near numbers.
        quarter /= 2.0 * (1.0 + (1.0 - quarter).sqrt());
    }
    16.0 * (4.0 * quarter).sqrt() * value(series, 4.0 * quarter)
}
