//! What a plan means for people: who is served, how far from home, kind by kind and period by period.
//!
//! `offers` says what sites offer under a list of openings, `nearest` who lies near them, `difference` who gains and who
//! loses from one list to another, `exchange` what it costs when two sites trade places.

mod difference;
mod exchange;
mod nearest;
mod offers;

use std::collections::HashMap;

use groundwork_model::plan::Served;
use groundwork_model::{Goal, Opening, Programme};

use self::nearest::{NONE, Nearest};
use crate::discount::period_weights;
use crate::network::Network;

pub use self::difference::{changes, moved};
pub use self::exchange::{Exchange, Exchanges};
use self::offers::Offers;
pub(crate) use self::offers::is_limited;

/// Holds what a plan means for each place, for each kind that a package lists and each period.
///
/// It is read from openings as exchanged, whoever made them, and from who is served where for the kinds that
/// have capacities. All figures are exact.
#[derive(Clone, Debug, PartialEq)]
pub struct Effects {
    places: usize,
    periods: usize,
    /// Metres that somebody without a site counts with, where they do.
    unserved_m: Option<u32>,
    /// Whether the plan says who goes where, by kind.
    limited: Vec<bool>,
    /// Metres within which people count as reached, by kind.
    reach: Vec<u32>,
    /// By kind, then period, then place.
    cells: Vec<Cell>,
}

/// Says how one place is served with one kind in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Persons who need the kind.
    pub persons: u64,
    /// Those of them who have a site: the nearest one, or the one that serves them.
    pub served: u64,
    /// Sum of persons x metres over those served.
    pub person_metres: u128,
    /// Metres to the farthest site that serves any of them.
    pub farthest: u32,
    /// Metres to the nearest site that offers the kind; `None` when there is none within the cut-off.
    pub nearest: Option<u32>,
}

impl Effects {
    /// Reads what openings mean; rows that name what the programme does not have are left out.
    #[must_use]
    pub fn of(programme: &Programme, openings: &[Opening], assignments: &[Served]) -> Self {
        let network = Network::new(programme);
        let offers = Offers::of(programme, &network, openings);
        let nearest = Nearest::measure(programme, &network, &offers);
        Self::from_nearest(programme, &network, &nearest, assignments)
    }

    pub(crate) fn from_nearest(
        programme: &Programme,
        network: &Network,
        nearest: &Nearest,
        assignments: &[Served],
    ) -> Self {
        let kinds = programme.settings.package_kinds();
        let periods = programme.settings.periods.count as usize;
        let places = programme.places.len();
        let limited: Vec<bool> = kinds.iter().map(|kind| is_limited(programme, kind)).collect();
        let mut cells = Vec::with_capacity(kinds.len() * periods * places);
        for (at, kind) in kinds.iter().enumerate() {
            let group = nearest.group_of[at];
            for period in 0..periods {
                let year = programme.settings.periods.label(period as u32 + 1);
                cells.extend(programme.places.iter().enumerate().map(|(at_place, place)| {
                    let metres = nearest.get(group, period, at_place).metres;
                    Cell::of(
                        place.persons_in(&kind.id, year),
                        (metres != NONE).then_some(metres),
                        limited[at],
                    )
                }));
            }
        }
        let unserved_m = programme.settings.distance.unserved_m();
        let reach = kinds.iter().map(|kind| kind.reach_m()).collect();
        let mut effects = Self { places, periods, unserved_m, limited, reach, cells };
        effects.assign(programme, network, assignments);
        effects
    }

    /// Adds who is served where with the kinds that have capacities.
    fn assign(&mut self, programme: &Programme, network: &Network, assignments: &[Served]) {
        let kinds = programme.settings.package_kinds();
        let place_of: HashMap<&str, usize> =
            programme.places.iter().enumerate().map(|(at, p)| (p.id.as_str(), at)).collect();
        for served in assignments {
            let kind = kinds.iter().position(|kind| kind.id == served.kind);
            let Some(kind) = kind.filter(|&kind| self.limited[kind]) else { continue };
            let Some(&place) = place_of.get(served.place.as_str()) else { continue };
            let Some(site) = network.site_index(&served.site) else { continue };
            let period = (served.period as usize).wrapping_sub(1);
            let Some(metres) = network.metres(place, site).filter(|_| period < self.periods) else {
                continue;
            };
            let at = self.position(kind, period, place);
            self.cells[at].served += served.persons;
            self.cells[at].person_metres += u128::from(served.persons) * u128::from(metres);
            self.cells[at].farthest = self.cells[at].farthest.max(metres);
        }
    }

    fn position(&self, kind: usize, period: usize, place: usize) -> usize {
        (kind * self.periods + period) * self.places + place
    }

    /// Returns one cell: kind in the order of `package_kinds`, period 0-based, place by its row.
    #[must_use]
    pub fn cell(&self, kind: usize, period: usize, place: usize) -> &Cell {
        &self.cells[self.position(kind, period, place)]
    }

    /// Returns how many kinds there are.
    #[must_use]
    pub fn kinds(&self) -> usize {
        self.limited.len()
    }

    /// Returns whether a plan says who goes where for a kind.
    #[must_use]
    pub fn is_limited(&self, kind: usize) -> bool {
        self.limited[kind]
    }

    /// Returns person-metres with those who have no site; `None` where nobody says what they count.
    #[must_use]
    pub fn counted(&self, cell: &Cell) -> Option<u128> {
        let unserved = cell.persons.saturating_sub(cell.served);
        match self.unserved_m {
            Some(metres) => Some(cell.person_metres + u128::from(unserved) * u128::from(metres)),
            None => (unserved == 0).then_some(cell.person_metres),
        }
    }

    /// Returns whether a place has a kind within reach in a period.
    #[must_use]
    pub fn reaches(&self, kind: usize, period: usize, place: usize) -> bool {
        let nearest = self.cell(kind, period, place).nearest;
        nearest.is_some_and(|metres| metres <= self.reach[kind])
    }

    /// Returns whether a place has every kind within reach in a period.
    #[must_use]
    pub fn has_access(&self, period: usize, place: usize) -> bool {
        !self.reach.is_empty() && (0..self.kinds()).all(|kind| self.reaches(kind, period, place))
    }

    /// Returns the exact value under the goals `distance`, `coverage` and `worst-distance`; `None` under others,
    /// under `coverage` where other goals follow and people of limited kinds may be sent beyond reach, and when
    /// somebody who must be served is not.
    #[must_use]
    pub fn value(&self, programme: &Programme, goal: Goal) -> Option<i128> {
        let settings = &programme.settings;
        let kinds = settings.package_kinds();
        let weighted = settings.is_weighted();
        let goes_on = !settings.objective.then.is_empty() && self.limited.contains(&true);
        if goal == Goal::Coverage && goes_on {
            return None;
        }
        let weights = period_weights(settings.objective.discount_rate, settings.periods);
        let mut total = 0_i128;
        for (period, weight) in weights.into_iter().enumerate() {
            let mut of_period = 0_i128;
            for (at, kind) in kinds.iter().enumerate() {
                let factor = if weighted { i128::from(kind.weight) } else { 1 };
                let first = self.position(at, period, 0);
                let row = &self.cells[first..first + self.places];
                of_period = match goal {
                    Goal::Distance => of_period + factor * self.metres(row)?,
                    Goal::Coverage => of_period + factor * self.covered(at, kind.reach_m(), row),
                    Goal::WorstDistance => of_period.max(self.worst(row)?),
                    Goal::SelfSufficiency | Goal::Equity | Goal::Cost => return None,
                };
            }
            total += of_period * i128::from(weight);
        }
        Some(total)
    }

    fn metres(&self, row: &[Cell]) -> Option<i128> {
        let counted = row.iter().map(|cell| self.counted(cell)).sum::<Option<u128>>()?;
        i128::try_from(counted).ok()
    }

    fn covered(&self, kind: usize, reach: u32, row: &[Cell]) -> i128 {
        let of_cell = |cell: &Cell| match self.limited[kind] {
            true => cell.served,
            false if cell.nearest.is_some_and(|metres| metres <= reach) => cell.persons,
            false => 0,
        };
        row.iter().map(|cell| i128::from(of_cell(cell))).sum()
    }

    fn worst(&self, row: &[Cell]) -> Option<i128> {
        let mut worst = 0;
        for cell in row.iter().filter(|cell| cell.persons > 0) {
            let served = (cell.served >= cell.persons).then_some(cell.farthest);
            worst = worst.max(served.or(self.unserved_m)?);
        }
        Some(i128::from(worst))
    }
}

impl Cell {
    fn of(persons: u64, nearest: Option<u32>, limited: bool) -> Self {
        let served = if limited || nearest.is_none() { 0 } else { persons };
        let farthest = if served > 0 { nearest.unwrap_or(0) } else { 0 };
        let person_metres = u128::from(served) * u128::from(farthest);
        Self { persons, served, person_metres, farthest, nearest }
    }
}
