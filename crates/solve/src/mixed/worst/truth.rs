//! What plans are worth under the goal of the worst-off, in whole numbers.

use crate::mixed::problem::Mixed;
use crate::mixed::service::{Draft, NOBODY};

/// Knows who needs what, and what the largest distance of each period counts.
pub(super) struct Truth<'a> {
    mixed: &'a Mixed,
    /// What a metre counts for in each period.
    pub(super) weights: Vec<i128>,
    /// Metres that somebody without a site counts with; `None` where everybody must be served.
    pub(super) unserved: Option<u32>,
    /// For each period the layers and places that somebody needs.
    pub(super) needs: Vec<Vec<(usize, usize)>>,
}

impl<'a> Truth<'a> {
    pub(super) fn new(mixed: &'a Mixed, unserved: Option<u32>) -> Self {
        let factors = mixed.layers.first().map_or(&[][..], |layer| &layer.factors);
        let needs = |period: usize| -> Vec<(usize, usize)> {
            let of_layer = |layer: usize| {
                let persons = mixed.persons_in(&mixed.layers[layer], period).enumerate();
                persons.filter(|&(_, n)| n > 0).map(move |(place, _)| (layer, place))
            };
            (0..mixed.layers.len()).flat_map(of_layer).collect()
        };
        Self {
            mixed,
            weights: factors.iter().map(|&factor| i128::from(factor)).collect(),
            unserved,
            needs: (0..mixed.periods).map(needs).collect(),
        }
    }

    /// Returns whether a period counts at all.
    pub(super) fn counts(&self, period: usize) -> bool {
        self.weights[period] > 0
    }

    /// Returns the largest distance of a period, and the layer and place that have it first; `None` where somebody
    /// must be served and is not.
    pub(super) fn worst(
        &self,
        draft: &Draft<'_>,
        period: usize,
    ) -> Option<(u32, Option<(usize, usize)>)> {
        let mut worst = (0, None);
        for &(layer, place) in &self.needs[period] {
            let metres = draft.nearest[layer][place * self.mixed.periods + period].first.1;
            let metres = if metres == NOBODY { self.unserved? } else { metres };
            if metres > worst.0 || worst.1.is_none() {
                worst = (metres, Some((layer, place)));
            }
        }
        Some(worst)
    }

    /// Returns the value of a draft; `None` where somebody must be served and is not.
    pub(super) fn value(&self, draft: &Draft<'_>) -> Option<i128> {
        let mut value = 0;
        for (period, weight) in self.weights.iter().enumerate() {
            value += weight * i128::from(self.worst(draft, period)?.0);
        }
        if self.mixed.charges() {
            let charged = draft.schedules.iter().enumerate();
            value += charged.map(|(site, &s)| self.mixed.charge_of(site, s)).sum::<i128>();
        }
        Some(value)
    }

    /// Returns what a change of a site's schedule is charged more.
    pub(super) fn charged_more(&self, site: usize, from: u32, to: u32) -> i128 {
        self.mixed.charge_of(site, to) - self.mixed.charge_of(site, from)
    }

    /// Returns how many layers and places a value looks at.
    pub(super) fn work(&self) -> u64 {
        self.needs.iter().map(|needs| needs.len() as u64).sum()
    }
}
