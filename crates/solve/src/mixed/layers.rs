//! Layers: the kinds that packages list, in each future, under the goal or under one that is held.

use groundwork_model::programme::{Assignment, Package};
use groundwork_model::{Place, Programme};

use super::futures::Future;
use super::objective::Objective;
use super::tariff::Tariff;
use crate::effects::is_limited;

/// Is a kind that a package lists, in a future, under the goal or under one that is held.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    /// Position of the kind in the programme.
    pub(crate) kind: usize,
    /// Position of the layer of the same kind under the goal.
    pub(crate) of: usize,
    /// Position of the sum of a goal that is held, or of a future where the worst counts; `None` for the goal itself.
    pub(crate) held: Option<usize>,
    /// Position of the future.
    pub(crate) future: usize,
    /// Persons who need it: period by period of a place.
    pub(crate) persons: Vec<u64>,
    /// What one person and one unit of cost count for in each period.
    pub(crate) factors: Vec<u64>,
    /// What a person costs.
    pub(crate) tariff: Tariff,
    /// The same in each period, where it is not the same in all.
    pub(crate) by_period: Vec<Tariff>,
    /// Metres within which people count as reached.
    pub(crate) reach: u32,
    /// What a person costs who is not served; none where everybody must be.
    pub(crate) unserved: Option<u64>,
    /// Persons that each of its sizes serves; `None` is without limit.
    pub(crate) sizes: Vec<Option<u64>>,
    /// What somebody counts with in the search who must be served and is not: more than anybody costs.
    pub(crate) lost: f64,
    /// Whether the plan says who goes where.
    pub(crate) limited: bool,
    /// Whether the people of a place go to one site.
    pub(crate) whole: bool,
}

impl Layer {
    /// Returns what a person costs in a period.
    pub(crate) fn tariff_in(&self, period: usize) -> &Tariff {
        self.by_period.get(period).unwrap_or(&self.tariff)
    }

    /// Returns whether as many people need it in each period.
    pub(crate) fn is_steady(&self, periods: usize) -> bool {
        self.persons.chunks(periods).all(|row| row.iter().all(|&persons| persons == row[0]))
    }
}

/// Lists the kinds that packages list, under the goal and then under each goal that is held.
pub(super) fn layers(
    programme: &Programme,
    farthest: u32,
    objective: &Objective<'_>,
    held: &[Objective<'_>],
) -> Vec<Layer> {
    let settings = &programme.settings;
    let counted = settings.package_kinds();
    let kinds: Vec<usize> = (0..settings.kinds.len())
        .filter(|&at| counted.iter().any(|row| row.id == settings.kinds[at].id))
        .collect();
    let goals = std::iter::once((None, objective))
        .chain(held.iter().enumerate().map(|(at, goal)| (Some(at), goal)));
    goals
        .flat_map(|(held, goal)| {
            let under = |(of, &kind): (usize, &usize)| Layer {
                of,
                held,
                ..layer(programme, kind, farthest, goal)
            };
            kinds.iter().enumerate().map(under).collect::<Vec<_>>()
        })
        .collect()
}

fn layer(programme: &Programme, at: usize, farthest: u32, goal: &Objective<'_>) -> Layer {
    let settings = &programme.settings;
    let kind = &settings.kinds[at];
    let sizes: Vec<Option<u64>> = if kind.sizes.is_empty() {
        vec![None]
    } else {
        kind.sizes.iter().map(|size| size.persons(kind.demand)).collect()
    };
    let years: Vec<i32> = (1..=settings.periods.count).map(|t| settings.periods.label(t)).collect();
    let persons = |place: &Place| -> Vec<u64> {
        years.iter().map(|&year| place.persons_in(&kind.id, year)).collect()
    };
    let tariff = goal.tariff(kind);
    let most = tariff.cost(farthest, false).unwrap_or(0).max(goal.unserved().unwrap_or(0));
    Layer {
        kind: at,
        lost: (16.0 * most as f64).max(1e9),
        of: 0,
        held: None,
        future: 0,
        persons: programme.places.iter().flat_map(persons).collect(),
        factors: goal.factors(kind),
        tariff,
        by_period: Vec::new(),
        reach: kind.reach_m(),
        unserved: goal.unserved(),
        limited: is_limited(programme, kind),
        sizes,
        whole: kind.assignment == Assignment::Whole,
    }
}

/// Returns what everybody would count.
pub(super) fn all_of(layer: &Layer) -> i128 {
    let persons = layer.persons.iter().zip(layer.factors.iter().cycle());
    persons.map(|(&persons, &factor)| i128::from(persons) * i128::from(factor)).sum()
}

/// Returns layers in every future: those of the goal, `per_future` of them, then those of each goal that is held.
pub(super) fn in_futures(
    programme: &Programme,
    (layers, per_future): (&[Layer], usize),
    futures: &[Future],
    worst_case: bool,
) -> Vec<Layer> {
    let of_goal = |(goal, layers): (usize, &[Layer])| -> Vec<Layer> {
        let of_future = |(at, future): (usize, &Future)| -> Vec<Layer> {
            // Where the worst future counts, each has a sum under each goal, those of the goal itself first.
            let held = match (worst_case, goal) {
                (true, _) => Some(goal * futures.len() + at),
                (false, 0) => None,
                (false, goal) => Some(goal - 1),
            };
            let weight = if worst_case { 1 } else { u64::from(future.weight) };
            let of = at * per_future;
            let layers = layers.iter().map(|layer| Layer {
                of: of + layer.of,
                held,
                future: at,
                ..in_future(programme, layer, future, weight)
            });
            layers.collect()
        };
        futures.iter().enumerate().flat_map(of_future).collect()
    };
    layers.chunks(per_future.max(1)).enumerate().flat_map(of_goal).collect()
}

/// Returns a layer with those who need it in a future, who count so often.
fn in_future(programme: &Programme, layer: &Layer, future: &Future, weight: u64) -> Layer {
    let periods = programme.settings.periods.count as usize;
    let kind = &programme.settings.kinds[layer.kind].id;
    let of_place = |(persons, place): (&[u64], &Place)| -> Vec<u64> {
        persons.iter().map(|&n| future.persons(n, kind, &place.province)).collect()
    };
    let places = layer.persons.chunks(periods).zip(&programme.places);
    Layer {
        persons: places.flat_map(of_place).collect(),
        factors: layer.factors.iter().map(|factor| factor * weight).collect(),
        ..layer.clone()
    }
}

/// Returns the layers that each package offers in each future, with the position of the size.
pub(super) fn offers(
    programme: &Programme,
    layers: &[Layer],
    futures: usize,
) -> Vec<Vec<Vec<(usize, usize)>>> {
    let settings = &programme.settings;
    let of_package = |future: usize, package: &Package| {
        let listed = package.listed().flat_map(|(id, size)| {
            let at = settings.kinds.iter().position(|kind| kind.id == id);
            let sizes = at.map(|at| &settings.kinds[at].sizes);
            let size =
                sizes.and_then(|sizes| sizes.iter().position(|row| Some(row.id.as_str()) == size));
            let of_kind = layers
                .iter()
                .enumerate()
                .filter(move |(_, layer)| Some(layer.kind) == at && layer.future == future);
            of_kind.map(move |(layer, _)| (layer, size.unwrap_or(0)))
        });
        listed.collect()
    };
    let of_future = |future: usize| {
        settings.packages.iter().map(|package| of_package(future, package)).collect()
    };
    (0..futures).map(of_future).collect()
}
