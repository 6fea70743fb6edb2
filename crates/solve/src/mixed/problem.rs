//! A programme that is not plain, as numbers.

use groundwork_model::programme::{Assignment, Package};
use groundwork_model::{Goal, Problem, Programme, Question};
use rayon::prelude::*;

use super::rules::{CoverFloor, Rule, rulebook};
use super::schedule::{Calendar, Column};
use crate::discount::{DISCOUNT_SCALE, period_weights};
use crate::facts::Facts;
use crate::network::Network;

/// Is a kind that a package lists.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    /// Position of the kind in the programme.
    pub(crate) kind: usize,
    /// Persons of each place who need it.
    pub(crate) persons: Vec<u64>,
    /// What one person and one unit of cost count for in each period.
    pub(crate) factors: Vec<u64>,
    /// Metres within which it has value under the goal `coverage`; none where metres cost.
    pub(crate) within: Option<u32>,
    /// Metres within which people count as reached.
    pub(crate) reach: u32,
    /// What a person costs who is not served; none where everybody must be.
    pub(crate) unserved: Option<u32>,
    /// Persons that each of its sizes serves; `None` is without limit.
    pub(crate) sizes: Vec<Option<u64>>,
    /// Whether the plan says who goes where.
    pub(crate) limited: bool,
    /// Whether the people of a place go to one site.
    pub(crate) whole: bool,
}

impl Layer {
    /// Returns what one person at so many metres costs; `None` where there is no such pair.
    pub(crate) fn cost(&self, metres: u32) -> Option<u32> {
        match self.within {
            None => Some(metres),
            Some(within) => (metres <= within).then_some(0),
        }
    }
}

/// Holds the pairs of sites and places within the cut-off, for each site the nearest place first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairs {
    starts: Vec<usize>,
    places: Vec<u32>,
    metres: Vec<u32>,
}

impl Pairs {
    fn new(network: &Network, usable: &[bool]) -> Self {
        let rows: Vec<Vec<(u32, u32)>> = (0..network.sites.len())
            .into_par_iter()
            .map(|site| {
                if !usable[site] {
                    return Vec::new();
                }
                let pair = |place: usize| Some((network.metres(place, site)?, place as u32));
                let mut row: Vec<(u32, u32)> = (0..network.places.len()).filter_map(pair).collect();
                row.sort_unstable();
                row
            })
            .collect();
        let mut pairs = Self { starts: vec![0], ..Self::default() };
        for row in rows {
            pairs.places.extend(row.iter().map(|&(_, place)| place));
            pairs.metres.extend(row.iter().map(|&(metres, _)| metres));
            pairs.starts.push(pairs.places.len());
        }
        pairs
    }

    /// Iterates over places and metres of a site, the nearest first.
    pub(crate) fn of(&self, site: usize) -> impl Iterator<Item = (usize, u32)> + '_ {
        let range = self.starts[site]..self.starts[site + 1];
        let places = self.places[range.clone()].iter().map(|&place| place as usize);
        places.zip(self.metres[range].iter().copied())
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }
}

/// Is a programme as numbers.
pub(crate) struct Mixed {
    pub(crate) places: usize,
    pub(crate) periods: usize,
    pub(crate) goal: Goal,
    pub(crate) layers: Vec<Layer>,
    pub(crate) columns: Vec<Column>,
    /// For each package, the layers that it offers, with the position of the size.
    pub(crate) offers: Vec<Vec<(usize, usize)>>,
    pub(crate) rules: Vec<Rule>,
    /// Floors of coverage; the kind is the position of the layer.
    pub(crate) floors: Vec<CoverFloor>,
    /// For each site and schedule, what it brings to which rules.
    pub(crate) brings: Vec<Vec<Vec<(u32, i64)>>>,
    pub(crate) pairs: Pairs,
    /// Values are this many times the unit.
    pub(crate) scale: u64,
    /// Decisions that no plan can keep.
    pub(crate) refused: Vec<Problem>,
}

impl Mixed {
    /// Puts a programme and a question into numbers.
    pub(crate) fn new(programme: &Programme, question: &Question, network: &Network) -> Self {
        let settings = &programme.settings;
        let calendar = Calendar::new(programme, question);
        let (columns, refused) = calendar.columns(network, question);
        let free = Facts::of(programme, question).free;
        let book = rulebook(programme, network, &columns, &free);
        let counted = settings.package_kinds();
        let plain = counted.iter().all(|kind| kind.weight == 1000);
        let layers: Vec<Layer> = settings
            .kinds
            .iter()
            .enumerate()
            .filter(|(_, kind)| counted.iter().any(|row| row.id == kind.id))
            .map(|(at, _)| layer(programme, at, plain))
            .collect();
        let layer_of = |kind: usize| layers.iter().position(|layer| layer.kind == kind);
        let offers = settings.packages.iter().map(|package| {
            let listed = package.listed().filter_map(|(id, size)| {
                let at = settings.kinds.iter().position(|kind| kind.id == id)?;
                let sizes = &settings.kinds[at].sizes;
                let size = sizes.iter().position(|row| Some(row.id.as_str()) == size);
                Some((layer_of(at)?, size.unwrap_or(0)))
            });
            listed.collect()
        });
        let offers: Vec<Vec<(usize, usize)>> = offers.collect();
        let mut floors = book.floors;
        floors.retain_mut(|floor| match layer_of(floor.kind) {
            Some(layer) => {
                floor.kind = layer;
                true
            }
            None => false,
        });
        let usable: Vec<bool> = columns
            .iter()
            .map(|column| column.schedules.iter().any(|schedule| !schedule.parts.is_empty()))
            .collect();
        let discount =
            if settings.objective.discount_rate.mantissa() == 0 { 1 } else { DISCOUNT_SCALE };
        Self {
            places: programme.places.len(),
            periods: settings.periods.count as usize,
            goal: settings.objective.goal,
            layers,
            offers,
            rules: book.rules,
            floors,
            brings: book.brings,
            pairs: Pairs::new(network, &usable),
            columns,
            scale: discount * if plain { 1 } else { 1000 },
            refused,
        }
    }

    /// Returns what everybody would count under the goal `coverage`.
    pub(crate) fn total(&self) -> i128 {
        let of_layer = |layer: &Layer| {
            let persons: i128 = layer.persons.iter().map(|&n| i128::from(n)).sum();
            let factors: i128 = layer.factors.iter().map(|&f| i128::from(f)).sum();
            persons * factors
        };
        self.layers.iter().map(of_layer).sum()
    }

    /// Returns a cost in the terms of the plan's value, or back.
    pub(crate) fn shown(&self, cost: i128) -> i128 {
        if self.goal == Goal::Coverage { self.total() - cost } else { cost }
    }

    /// Returns the metres of a pair, where there is one.
    pub(crate) fn metres(&self, site: usize, place: usize) -> Option<u32> {
        self.pairs.of(site).find(|&(other, _)| other == place).map(|(_, metres)| metres)
    }

    pub(crate) fn sites(&self) -> usize {
        self.columns.len()
    }

    /// Returns all schedules of every site.
    pub(crate) fn all_schedules(&self) -> Vec<Vec<u32>> {
        self.columns.iter().map(|column| (0..column.schedules.len() as u32).collect()).collect()
    }
}

fn layer(programme: &Programme, at: usize, plain: bool) -> Layer {
    let settings = &programme.settings;
    let kind = &settings.kinds[at];
    let goal = settings.objective.goal;
    let factor = if plain { 1 } else { u64::from(kind.weight) };
    let weights = period_weights(settings.objective.discount_rate, settings.periods);
    let sizes: Vec<Option<u64>> = if kind.sizes.is_empty() {
        vec![None]
    } else {
        kind.sizes.iter().map(|size| size.persons(kind.demand)).collect()
    };
    let has_limit = |package: &Package| {
        let sizes = package.listed().filter(|(id, _)| *id == kind.id).filter_map(|(_, size)| size);
        sizes.filter_map(|size| kind.size(size)).any(|size| size.capacity.is_some())
    };
    let covers = goal == Goal::Coverage;
    Layer {
        kind: at,
        persons: programme
            .places
            .iter()
            .map(|place| place.persons_in(&kind.id, settings.periods.label(1)))
            .collect(),
        factors: weights.into_iter().map(|weight| weight * factor).collect(),
        within: covers.then(|| kind.reach_m()),
        reach: kind.reach_m(),
        unserved: if covers { Some(1) } else { settings.distance.unserved_m() },
        limited: settings.packages.iter().any(has_limit),
        sizes,
        whole: kind.assignment == Assignment::Whole,
    }
}
