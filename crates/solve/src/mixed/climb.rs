//! The ascent: it follows a running mean of subgradients with steps that shrink geometrically, each radius by its own
//! scale (half the way between nearest and second nearest site of a plan), each price by the scale of what a unit of
//! its rule is worth.

use super::dual::{Domain, Priced, State};
use super::problem::Mixed;
use super::rows::Rows;

/// Steps of an ascent and how they shrink.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steps {
    pub(crate) first: f64,
    pub(crate) last: f64,
    pub(crate) count: usize,
}

/// Share of the direction that is kept from one step to the next.
const MEMORY: f64 = 0.9;
/// Steps between two lists of rows.
const RELIST: usize = 25;

/// Climbs from a state to better ones.
pub(crate) struct Climb<'a> {
    pub(crate) mixed: &'a Mixed,
    pub(crate) rows: Rows,
    /// What a step of length 1 changes.
    pub(crate) scale: State,
    pub(crate) best: State,
    pub(crate) bound: f64,
    pub(crate) priced: Priced,
    /// How often each site chose each schedule of late.
    pub(crate) shares: Vec<Vec<f32>>,
    pub(crate) work: u64,
}

impl<'a> Climb<'a> {
    pub(crate) fn new(mixed: &'a Mixed, state: State, scale: State) -> Self {
        let rows = Rows::new(mixed, &state);
        let shares = mixed.columns.iter().map(|c| vec![0.0; c.schedules.len()]).collect();
        Self {
            mixed,
            rows,
            scale,
            best: state,
            bound: f64::NEG_INFINITY,
            priced: Priced::default(),
            shares,
            work: 0,
        }
    }

    /// Climbs over a domain; `goes_on(bound, choice)` is asked after each step.
    pub(crate) fn climb(
        &mut self,
        domain: &Domain,
        steps: Steps,
        goes_on: &mut dyn FnMut(f64, &[u32]) -> bool,
    ) {
        let mixed = self.mixed;
        let mut state = self.best.clone();
        let mut direction = zero(&state);
        let mut spread: Vec<f64> = vec![0.0; state.prices.len()];
        let shrink = (steps.last / steps.first).powf(1.0 / steps.count.max(2) as f64);
        let mut length = steps.first;
        self.bound = f64::NEG_INFINITY;
        self.shares.iter_mut().for_each(|shares| shares.fill(0.0));
        let counted = steps.count / 2;
        for step in 0..steps.count {
            if step % RELIST == 0 && step > 0 {
                self.rows = Rows::new(mixed, &state);
            }
            let priced = mixed.price(&state, &self.rows, domain);
            self.work += self.rows.pairs() as u64 + 1;
            if step >= counted {
                for (shares, &chosen) in self.shares.iter_mut().zip(&priced.choice) {
                    shares[chosen as usize] += 1.0 / (steps.count - counted) as f32;
                }
            }
            let slope = mixed.gradient(&state, &self.rows, &priced.choice);
            let on = goes_on(priced.bound, &priced.choice);
            if priced.bound > self.bound {
                self.bound = priced.bound;
                self.best.clone_from(&state);
                self.priced = priced;
            }
            if !on {
                break;
            }
            self.step(&mut state, &mut direction, &slope, &mut spread, length);
            if self.rows.are_outgrown(mixed, &state) {
                self.rows = Rows::new(mixed, &state);
            }
            mixed.clip(&mut state, &self.rows);
            length *= shrink;
        }
    }

    fn step(
        &self,
        state: &mut State,
        direction: &mut State,
        slope: &State,
        spread: &mut [f64],
        length: f64,
    ) {
        let follow = |to: &mut [f64], along: &mut [f64], slope: &[f64], scale: &[f64]| {
            for (((to, along), &slope), &scale) in to.iter_mut().zip(along).zip(slope).zip(scale) {
                *along = MEMORY * *along + (1.0 - MEMORY) * slope;
                *to += length * scale * *along;
            }
        };
        for (at, radii) in state.radii.iter_mut().enumerate() {
            follow(radii, &mut direction.radii[at], &slope.radii[at], &self.scale.radii[at]);
        }
        for (at, worth) in state.floors.iter_mut().enumerate() {
            let scale = vec![self.scale.prices[self.mixed.floors[at].rule]; worth.len()];
            follow(worth, &mut direction.floors[at], &slope.floors[at], &scale);
        }
        for (at, price) in state.prices.iter_mut().enumerate() {
            let slope = slope.prices[at];
            spread[at] = if spread[at] == 0.0 {
                slope.abs()
            } else {
                0.98 * spread[at] + 0.02 * slope.abs()
            };
            if spread[at] > 0.0 {
                let along = &mut direction.prices[at];
                *along = MEMORY * *along + (1.0 - MEMORY) * slope;
                *price += length * self.scale.prices[at] * *along / spread[at];
            }
        }
    }
}

fn zero(state: &State) -> State {
    State {
        radii: state.radii.iter().map(|radii| vec![0.0; radii.len()]).collect(),
        floors: state.floors.iter().map(|worth| vec![0.0; worth.len()]).collect(),
        prices: vec![0.0; state.prices.len()],
    }
}
