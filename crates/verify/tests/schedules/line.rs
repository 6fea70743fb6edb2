//! Places on the equator with whole kilometres between them.

use std::f64::consts::PI;

/// Returns the longitude that lies so many kilometres from 0: distances come out in whole kilometres.
pub(crate) fn degrees(kilometres: u64) -> f64 {
    let metres_of_degree = 6_371_008.8 * PI / 180.0;
    kilometres as f64 * 1_000.0 / metres_of_degree
}
