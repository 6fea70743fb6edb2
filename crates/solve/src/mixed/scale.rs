//! Where an ascent starts and what its steps are measured by.

use super::dual::State;
use super::layers::Layer;
use super::problem::Mixed;
use super::rows::Rows;
use super::savings::Savings;
use super::service::{self, Draft};

/// Returns the state near a plan at which an ascent starts: half the way between the nearest and the second
/// nearest site of each place, and as far as people count where there is none.
pub(crate) fn first_state(mixed: &Mixed, draft: &Draft<'_>) -> State {
    let farthest = farthest(mixed);
    let radii = mixed.layers.iter().enumerate().map(|(at, layer)| {
        let most = most_of(layer, farthest);
        let radius = |metres: u32, period: usize| {
            let tariff = layer.tariff_in(period);
            let served = if metres == service::NOBODY { None } else { tariff.cost(metres, true) };
            served.map_or(most, |cost| (cost as f64).min(most))
        };
        (0..mixed.places * mixed.periods)
            .map(|slot| {
                if layer.limited && at >= mixed.kinds {
                    most / 2.0
                } else if layer.limited {
                    let worth = &draft.flows[at][slot % mixed.periods].worth;
                    worth.get(slot / mixed.periods).map_or(most, |&worth| worth.min(most))
                } else {
                    let two = draft.nearest[at][slot];
                    let radius = |metres: u32| radius(metres, slot % mixed.periods);
                    f64::midpoint(radius(two.first.1), radius(two.second.1))
                }
            })
            .collect()
    });
    let mut prices = vec![0.0; mixed.rules.len()];
    mixed.share_out(&mut prices);
    State {
        radii: radii.collect(),
        floors: mixed.floors.iter().map(|floor| vec![0.0; floor.places.len()]).collect(),
        prices,
    }
}

impl Mixed {
    /// Returns radii whose bound is the cost of these schedules where they serve everybody who must be.
    pub(crate) fn tight_state(&self, draft: &Draft<'_>) -> State {
        let radii = self.layers.iter().enumerate().map(|(at, layer)| {
            let slots = 0..self.places * self.periods;
            let of_slot = |slot: usize| {
                let cost = if at >= self.kinds {
                    0.0
                } else if layer.limited {
                    draft.flows[at][slot % self.periods].worth[slot / self.periods]
                } else {
                    let metres = draft.nearest[at][slot].first.1;
                    Draft::person_cost(layer, slot % self.periods, metres)
                };
                if cost >= layer.lost { 0.0 } else { cost }
            };
            slots.map(of_slot).collect()
        });
        let mut prices = vec![0.0; self.rules.len()];
        if self.worst_case {
            let beyond = |at: &usize| draft.held_sum(*at) - self.held[*at].right as f64;
            let worst = self.worsts().max_by(|a, b| beyond(a).total_cmp(&beyond(b))).unwrap_or(0);
            prices[self.held[worst].rule] = 1.0;
        }
        State {
            radii: radii.collect(),
            floors: self.floors.iter().map(|floor| vec![0.0; floor.places.len()]).collect(),
            prices,
        }
    }
}

/// Returns what a person costs a layer at most.
fn most_of(layer: &Layer, farthest: f64) -> f64 {
    let served = || layer.tariff.cost(farthest as u32, false).map_or(farthest, |cost| cost as f64);
    layer.unserved.map_or_else(served, |unserved| unserved as f64)
}

/// Returns the metres of the farthest pair.
pub(crate) fn farthest(mixed: &Mixed) -> f64 {
    let last = |site: usize| mixed.pairs.of(site).last().map_or(0, |(_, metres)| metres);
    f64::from((0..mixed.sites()).map(last).max().unwrap_or(0))
}

/// Returns what a step of length 1 changes: a radius by its own size, a price by what a unit of the rule brings
/// in the median of the schedules that have part in it.
pub(crate) fn scale_of(mixed: &Mixed, state: &State) -> State {
    let rows = Rows::new(mixed, state);
    let mut worth: Vec<Vec<f64>> = vec![Vec::new(); mixed.rules.len()];
    let (mut savings, mut floors) = (Savings::empty(mixed), Vec::new());
    for site in 0..mixed.sites() {
        savings.price(mixed, state, &rows, site);
        mixed.floor_savings(state, site, &mut floors);
        let all: Vec<u32> = (0..mixed.columns[site].schedules.len() as u32).collect();
        mixed.schedule_values(site, &all, state, &savings, &floors, |schedule, value| {
            for &(rule, brought) in &mixed.brings[site][schedule as usize] {
                worth[rule as usize].push(value.abs() / (brought.abs() as f64));
            }
        });
    }
    let median = |list: &mut Vec<f64>| {
        if list.is_empty() {
            return 0.0;
        }
        let middle = list.len() / 2;
        *list.select_nth_unstable_by(middle, f64::total_cmp).1
    };
    let mut prices: Vec<f64> = worth.iter_mut().map(median).collect();
    for floor in &mixed.floors {
        let layer = &mixed.layers[floor.kind];
        let each = most_of(layer, farthest(mixed));
        prices[floor.rule] = each * layer.factors[floor.period] as f64;
    }
    let sum = |counts: &dyn Fn(usize, &Layer) -> bool| -> f64 {
        let layers = mixed.layers.iter().zip(&state.radii).enumerate();
        let layers = layers.filter(|(at, (layer, _))| counts(*at, layer));
        layers.map(|(_, (layer, radii))| mixed.radii_sum(layer, radii)).sum()
    };
    let share = 1.0 / mixed.worsts().len().max(1) as f64;
    for (number, held) in mixed.held.iter().enumerate() {
        prices[held.rule] = if mixed.worsts().contains(&number) {
            share
        } else {
            let of_goal = share * sum(&|at, _| at < mixed.kinds);
            of_goal / sum(&|_, layer| layer.held == Some(number)).max(1.0)
        };
    }
    let least = prices.iter().copied().filter(|&price| price > 0.0).fold(f64::INFINITY, f64::min);
    let least = if least.is_finite() { least } else { 1.0 };
    for price in &mut prices {
        *price = price.max(least * 1e-3);
    }
    let radii = state.radii.iter().map(|radii| {
        let mean = radii.iter().sum::<f64>() / radii.len().max(1) as f64;
        radii.iter().map(|&radius| radius.max(0.1 * mean).max(1e-3)).collect()
    });
    State { radii: radii.collect(), floors: state.floors.clone(), prices }
}
