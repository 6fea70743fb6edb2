//! A programme that is not plain, as numbers.

use std::sync::Arc;

use groundwork_model::certificate::{RuleFamily, RuleName};
use groundwork_model::plan::Sense;
use groundwork_model::{Problem, Programme, Question};
use rayon::prelude::*;

use super::futures::{self, Future};
use super::layers::{Layer, all_of, in_futures, layers, offers};
use super::objective::Objective;
use super::rules::{CoverFloor, Rule, bare, rulebook};
use super::schedule::{Calendar, Column, Schedule};
use super::tariff::Tariff;
use crate::facts::Facts;
use crate::network::Network;

/// Is a sum that persons count in: of a future where the worst counts, when the sums, less their rights, make the cost; or
/// of a goal that is held, in one future where the worst counts, else in all together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeldGoal {
    /// Position of its rule, to which schedules bring what they are charged.
    pub(crate) rule: usize,
    /// What its sum may come to.
    pub(crate) right: i128,
    /// Whether it counts those who go farther than their moment allows.
    pub(crate) guards: bool,
}

/// Holds the pairs of sites and places within the cut-off, for each site the nearest place first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairs {
    starts: Vec<usize>,
    places: Vec<u32>,
    metres: Vec<u32>,
    /// The sites along a curve on which those near one another follow one another.
    pub(crate) order: Vec<u32>,
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
        let mut order: Vec<u32> = (0..network.sites.len() as u32).collect();
        order.sort_by_key(|&site| network.sites[site as usize].location.along_a_curve());
        let mut pairs = Self { starts: vec![0], order, ..Self::default() };
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

    /// Returns the positions of a site's pairs among all.
    pub(crate) fn range_of(&self, site: usize) -> std::ops::Range<usize> {
        self.starts[site]..self.starts[site + 1]
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }
}

/// Is a programme as numbers.
#[derive(Clone)]
pub(crate) struct Mixed {
    pub(crate) places: usize,
    pub(crate) periods: usize,
    pub(crate) sense: Sense,
    pub(crate) unit: String,
    /// The futures; one where nothing is asked of them.
    pub(crate) futures: Vec<Future>,
    /// Whether the worst future counts rather than the mean.
    pub(crate) worst_case: bool,
    /// The kinds under the goal in each future, then the same under each goal that is held.
    pub(crate) layers: Vec<Layer>,
    /// Number of layers under the goal, of all futures.
    pub(crate) kinds: usize,
    /// Number of layers under the goal in one future.
    pub(crate) per_future: usize,
    /// Those of the futures first.
    pub(crate) held: Vec<HeldGoal>,
    pub(crate) columns: Vec<Column>,
    /// For each future and package, the layers that it offers, with the position of the size.
    pub(crate) offers: Vec<Vec<Vec<(usize, usize)>>>,
    pub(crate) rules: Vec<Rule>,
    /// Floors of coverage; the kind is the position of the layer in the first future.
    pub(crate) floors: Vec<CoverFloor>,
    /// Persons who need each kind as written, where the first future has others.
    written: Vec<Vec<u64>>,
    /// For each site and schedule, what it brings to which rules.
    pub(crate) brings: Vec<Vec<Vec<(u32, i64)>>>,
    /// For each site and schedule, what it is charged; empty where nothing is.
    charges: Vec<Vec<i128>>,
    pub(crate) pairs: Arc<Pairs>,
    /// What a changed promise costs in a future alone.
    pub(crate) price_of_change: i128,
    /// The place with the id of each site.
    own: Vec<Option<usize>>,
    /// Values are this many times the unit.
    pub(crate) scale: u64,
    /// Decisions that no plan can keep.
    pub(crate) refused: Vec<Problem>,
}

/// How much the mean of all futures counts beside the worst one, in a search.
const OTHERS: f64 = 1e-3;

impl Mixed {
    /// Puts a programme and a question into numbers.
    pub(crate) fn new(programme: &Programme, question: &Question, network: &Network) -> Self {
        let settings = &programme.settings;
        let calendar = Calendar::new(programme, question);
        let (columns, refused) = calendar.columns(network, question);
        let objective = Objective::new(programme, question.goal(programme));
        let goals: Vec<Objective<'_>> =
            question.held.iter().map(|held| Objective::held(programme, held.goal)).collect();
        let mut free = Facts::of(programme, question).free;
        calendar.use_up(&columns, settings.quota.count_upgrades, &mut free);
        let usable: Vec<bool> = columns
            .iter()
            .map(|column| column.schedules.iter().any(|schedule| !schedule.parts.is_empty()))
            .collect();
        let pairs = Pairs::new(network, &usable);
        let farthest = pairs.metres.iter().copied().max().unwrap_or(0);
        let futures = futures::of(programme, question, network);
        let worst_case = futures::is_worst_case(programme, question);
        let mut layers = layers(programme, farthest, &objective, &goals);
        let per_future = layers.len() / (goals.len() + 1);
        let written = if question.has_futures(programme) {
            let written = layers.iter().map(|layer| layer.persons.clone()).collect();
            layers = in_futures(programme, (&layers, per_future), &futures, worst_case);
            written
        } else {
            Vec::new()
        };
        let kinds = per_future * futures.len();
        let mut book = rulebook(programme, network, &columns, (&free, question), &futures);
        let layer_of =
            |kind: usize| layers[..per_future].iter().position(|layer| layer.kind == kind);
        let offers = offers(programme, &layers, futures.len());
        let weights: u64 = if worst_case {
            1
        } else {
            futures.iter().map(|future| u64::from(future.weight)).sum()
        };
        book.floors.retain_mut(|floor| match layer_of(floor.kind) {
            Some(layer) => {
                floor.kind = layer;
                true
            }
            None => false,
        });
        let mut mixed = Self {
            places: programme.places.len(),
            periods: settings.periods.count as usize,
            sense: objective.sense(),
            unit: objective.unit().to_owned(),
            futures,
            worst_case,
            layers,
            kinds,
            per_future,
            held: Vec::new(),
            offers,
            rules: book.rules,
            floors: book.floors,
            written,
            brings: book.brings,
            charges: Vec::new(),
            pairs: Arc::new(pairs),
            own: network.sites.iter().map(|site| site.of_place).collect(),
            columns,
            price_of_change: 0,
            scale: objective.scale() * weights,
            refused,
        };
        mixed.charge(network, &objective, question);
        mixed.bear_the_worst(network, &objective);
        mixed.hold(network, &goals, question);
        mixed
    }

    /// Says what schedules are charged: under the goal, and for promises that they do not keep.
    fn charge(&mut self, network: &Network, objective: &Objective<'_>, question: &Question) {
        let price = question.replan.as_ref().and_then(|replan| replan.price);
        if !objective.charges() && price.is_none() {
            return;
        }
        self.price_of_change = i128::from(price.unwrap_or(0)) * i128::from(objective.scale());
        let price = self.price_of_change * i128::from(self.weights());
        let of_site = |(site, column): (usize, &Column)| {
            let of_schedule = |(at, schedule): (usize, &Schedule)| {
                let change = i128::from(column.is_change(at));
                let of_future = |future: &Future| {
                    let charge = objective.charge(network, (site, schedule), future);
                    i128::from(future.weight) * charge
                };
                let futures = if self.worst_case { &[][..] } else { &self.futures[..] };
                futures.iter().map(of_future).sum::<i128>() + price * change
            };
            column.schedules.iter().enumerate().map(of_schedule).collect()
        };
        self.charges = self.columns.iter().enumerate().map(of_site).collect();
    }

    /// Adds a rule for each future, where the worst of them counts.
    fn bear_the_worst(&mut self, network: &Network, objective: &Objective<'_>) {
        let futures = if self.worst_case { self.futures.len() } else { 0 };
        for future in 0..futures {
            let name = RuleName { future: future as u32 + 1, ..bare(RuleFamily::Future) };
            let right = match self.sense {
                Sense::Min => 0,
                Sense::Max => self.total_of(Some(self.held.len())),
            };
            self.add_sum(network, (objective, &[future]), name, right);
        }
    }

    /// Adds a rule for each goal that is held: for each future where the worst of them counts, else for all together.
    fn hold(&mut self, network: &Network, goals: &[Objective<'_>], question: &Question) {
        let all: Vec<usize> = (0..self.futures.len()).collect();
        let together = if self.worst_case { 1 } else { all.len() };
        for (number, (goal, held)) in goals.iter().zip(&question.held).enumerate() {
            for (at, futures) in all.chunks(together).enumerate() {
                let future = if self.worst_case { at as u32 + 1 } else { 0 };
                let number = number as u32 + 1;
                let name = RuleName { number, future, ..bare(RuleFamily::Held) };
                let right = match goal.sense() {
                    Sense::Min if goal.guards() => 0,
                    Sense::Min => held.value,
                    Sense::Max => self.total_of(Some(self.held.len())) - held.value,
                };
                self.add_sum(network, (goal, futures), name, right);
            }
        }
    }

    /// Adds a sum that persons count in and that schedules are charged in some futures.
    fn add_sum(
        &mut self,
        network: &Network,
        (goal, futures): (&Objective<'_>, &[usize]),
        name: RuleName,
        right: i128,
    ) {
        let rule = self.rules.len();
        self.rules.push(Rule { name, right: 0, exactly: false });
        self.held.push(HeldGoal { rule, right, guards: goal.guards() });
        if !goal.charges() {
            return;
        }
        for (site, column) in self.columns.iter().enumerate() {
            for (brings, schedule) in self.brings[site].iter_mut().zip(&column.schedules) {
                let of_future = |&future: &usize| {
                    let weight = if self.worst_case { 1 } else { self.futures[future].weight };
                    i128::from(weight)
                        * goal.charge(network, (site, schedule), &self.futures[future])
                };
                let charge: i128 = futures.iter().map(of_future).sum();
                // Validation keeps sums of what is due within this.
                brings.push((rule as u32, i64::try_from(charge).unwrap_or(i64::MAX >> 8)));
            }
        }
    }

    /// Returns what everybody would count under the goal, or one that is held.
    fn total_of(&self, held: Option<usize>) -> i128 {
        self.layers.iter().filter(|layer| layer.held == held).map(all_of).sum()
    }

    /// Returns a cost in the terms of the plan's value, or back.
    pub(crate) fn shown(&self, cost: i128) -> i128 {
        match self.sense {
            Sense::Min => cost,
            // There the cost is what it comes to less what everybody would count.
            Sense::Max if self.worst_case => -cost,
            Sense::Max => self.total_of(None) - cost,
        }
    }

    /// Returns a cost in a future alone in the terms of the plan's value.
    pub(crate) fn shown_in_future(&self, future: usize, cost: i128) -> i128 {
        let layers = self.layers[..self.kinds].iter().filter(|layer| layer.future == future);
        let weight = i128::from(self.weight_of(future));
        match self.sense {
            Sense::Min => cost,
            Sense::Max => layers.map(all_of).sum::<i128>() / weight - cost,
        }
    }

    /// Returns how often a future counts in the factors of its layers.
    pub(crate) fn weight_of(&self, future: usize) -> u32 {
        if self.worst_case { 1 } else { self.futures[future].weight }
    }

    /// Returns the sum of the weights that count.
    pub(crate) fn weights(&self) -> u64 {
        if self.worst_case {
            return 1;
        }
        self.futures.iter().map(|future| u64::from(future.weight)).sum()
    }

    /// Returns the persons who need the kind of a floor of coverage, as written: period by period of a place.
    pub(crate) fn floor_persons(&self, floor: &CoverFloor) -> &[u64] {
        self.written.get(floor.kind).unwrap_or(&self.layers[floor.kind].persons)
    }

    /// Returns the sums of futures, where the worst of them counts.
    pub(crate) fn worsts(&self) -> std::ops::Range<usize> {
        0..if self.worst_case { self.futures.len() } else { 0 }
    }

    /// Returns the sums that limit a plan.
    pub(crate) fn limits(&self) -> std::ops::Range<usize> {
        self.worsts().end..self.held.len()
    }

    /// Returns whether a layer is of a goal that is held.
    pub(crate) fn is_of_limit(&self, layer: &Layer) -> bool {
        layer.held.is_some_and(|sum| self.limits().contains(&sum))
    }

    /// Returns the worst of the sums under each future, less what everybody would count there, and a little of the mean
    /// of all: so that a search sees what is better for others where the worst stays.
    pub(crate) fn worst_with_others(&self, sums: impl Iterator<Item = f64>) -> f64 {
        let mut worst = f64::NEG_INFINITY;
        let mut all = 0.0;
        for (sum, held) in sums.zip(&self.held[self.worsts()]) {
            let beyond = sum - held.right as f64;
            worst = worst.max(beyond);
            all += beyond;
        }
        worst + OTHERS * all / self.worsts().len() as f64
    }

    /// Returns the same rules and sites with other layers, one for each under the goal; each unit that schedules are
    /// charged counts so much.
    pub(crate) fn with_layers(&self, layer: impl Fn(&Layer) -> Layer, charge: f64) -> Self {
        let of_site = |charges: &Vec<i128>| {
            charges.iter().map(|&sum| (sum as f64 * charge).round() as i128).collect()
        };
        Self {
            layers: self.layers.iter().map(layer).collect(),
            // Floors of coverage ask for persons as written.
            written: if self.written.is_empty() {
                self.layers.iter().map(|layer| layer.persons.clone()).collect()
            } else {
                self.written.clone()
            },
            charges: self.charges.iter().map(of_site).collect(),
            ..self.clone()
        }
    }

    /// Returns the same programme where, under a goal that is held by its number, those count who go farther than their
    /// moment (a period of a future) allows; `u32::MAX` where anybody may go as far as there are sites, or nowhere.
    pub(crate) fn with_limits(&self, goal: usize, limits: &[u32]) -> Self {
        let mut limited = self.clone();
        for layer in &mut limited.layers[self.kinds * (goal + 1)..][..self.kinds] {
            let limits = &limits[layer.future * self.periods..][..self.periods];
            layer.factors = limits.iter().map(|&metres| u64::from(metres < u32::MAX)).collect();
            let within = |&metres: &u32| Tariff::Within { metres, beyond: true };
            layer.by_period = limits.iter().map(within).collect();
        }
        limited
    }

    /// Returns whether schedules are charged.
    pub(crate) fn charges(&self) -> bool {
        !self.charges.is_empty()
    }

    /// Returns what a schedule is charged.
    pub(crate) fn charge_of(&self, site: usize, schedule: u32) -> i128 {
        self.charges.get(site).map_or(0, |charges| charges[schedule as usize])
    }

    /// Iterates over the persons of a layer in a period, place by place.
    pub(crate) fn persons_in<'b>(
        &self,
        layer: &'b Layer,
        period: usize,
    ) -> impl Iterator<Item = u64> + use<'b> {
        layer.persons.iter().copied().skip(period).step_by(self.periods)
    }

    /// Iterates over places and what their people cost at a site in a period, where there is such a pair; nearest first.
    pub(crate) fn costs_of<'b>(
        &'b self,
        (layer, period): (&'b Layer, usize),
        site: usize,
    ) -> impl Iterator<Item = (usize, u64)> + 'b {
        let tariff = layer.tariff_in(period);
        let (own, farthest) = (self.own[site], tariff.farthest());
        let near = self.pairs.of(site).take_while(move |&(_, metres)| metres <= farthest);
        near.filter_map(move |(place, metres)| {
            Some((place, tariff.cost(metres, own == Some(place))?))
        })
    }

    /// Iterates over the places within so many metres of a site.
    pub(crate) fn within(&self, site: usize, metres: u32) -> impl Iterator<Item = usize> + '_ {
        let near = self.pairs.of(site).take_while(move |&(_, at)| at <= metres);
        near.map(|(place, _)| place)
    }

    /// Returns what a person of a place costs at a site in a period, where there is such a pair.
    pub(crate) fn cost(
        &self,
        (layer, period): (&Layer, usize),
        site: usize,
        place: usize,
    ) -> Option<u64> {
        layer.tariff_in(period).cost(self.metres(site, place)?, self.is_own(site, place))
    }

    /// Returns whether what a person costs under some goal differs by period.
    pub(crate) fn changes_by_period(&self) -> bool {
        self.layers.iter().any(|layer| !layer.by_period.is_empty())
    }

    /// Returns the metres of a pair, where there is one.
    pub(crate) fn metres(&self, site: usize, place: usize) -> Option<u32> {
        self.pairs.of(site).find(|&(other, _)| other == place).map(|(_, metres)| metres)
    }

    /// Returns the place with the id of a site; `u32::MAX` where there is none.
    pub(crate) fn own_place(&self, site: usize) -> u32 {
        self.own[site].map_or(u32::MAX, |place| place as u32)
    }

    /// Returns whether a rule holds a goal.
    pub(crate) fn is_held(&self, rule: usize) -> bool {
        self.held.iter().any(|held| held.rule == rule)
    }

    /// Returns whether a site is that of a place.
    pub(crate) fn is_own(&self, site: usize, place: usize) -> bool {
        self.own[site] == Some(place)
    }

    pub(crate) fn sites(&self) -> usize {
        self.columns.len()
    }

    /// Returns all schedules of every site.
    pub(crate) fn all_schedules(&self) -> Vec<Vec<u32>> {
        self.columns.iter().map(|column| (0..column.schedules.len() as u32).collect()).collect()
    }
}
