//! How far the nearest open site of each place is, period by period.

use rayon::prelude::*;

use crate::scene::Scene;

/// Holds the distance from each place to its nearest open site in each period.
pub(crate) struct Service {
    periods: usize,
    nearest: Vec<Option<u32>>,
    /// Pairs of place and site whose distance was computed.
    pub(crate) pairs: u64,
}

impl Service {
    /// Measures for sites that begin to serve in the given periods and never close.
    pub(crate) fn of(scene: &Scene<'_>, opens: &[Vec<usize>]) -> Self {
        let rows: Vec<(Vec<Option<u32>>, u64)> =
            (0..scene.places()).into_par_iter().map(|place| nearest(scene, place, opens)).collect();
        let pairs = rows.iter().map(|row| row.1).sum();
        let nearest = rows.into_iter().flat_map(|row| row.0).collect();
        Self { periods: opens.len(), nearest, pairs }
    }

    /// Returns the metres from a place to its nearest open site in a period (0-based); `None` when
    /// no open site lies within the cut-off.
    pub(crate) fn nearest(&self, place: usize, index: usize) -> Option<u32> {
        self.nearest[place * self.periods + index]
    }
}

/// Returns the nearest distance of one place in each period, and how many pairs were measured.
fn nearest(scene: &Scene<'_>, place: usize, opens: &[Vec<usize>]) -> (Vec<Option<u32>>, u64) {
    let distances = &scene.distances;
    let mut best: Option<u32> = None;
    let mut limit = distances.chord2_within(u32::MAX);
    let mut pairs = 0;
    let mut row = Vec::with_capacity(opens.len());
    for sites in opens {
        for &site in sites {
            if distances.chord2(place, site) > limit {
                continue;
            }
            pairs += 1;
            let metres = distances.metres(place, site);
            if metres.is_some_and(|metres| best.is_none_or(|best| metres < best)) {
                best = metres;
                limit = metres.map_or(limit, |metres| distances.chord2_within(metres));
            }
        }
        row.push(best);
    }
    (row, pairs)
}
