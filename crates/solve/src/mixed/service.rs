//! Who is served by whom when sites follow given schedules, and what that costs.
//!
//! Kinds without limit: the nearest site that offers it, kept up to date while schedules change. Limited kinds: a
//! transportation problem for each kind and period, kept at least cost likewise ([`super::sending`]); where people are
//! sent by a blend of goals it is solved anew ([`crate::capacity`]).

use std::borrow::Cow;

use rayon::prelude::*;

use super::found::Parts;
use super::layers::Layer;
use super::market::{BLENDS, Flow, Market};
use super::nearest::Near;
use super::problem::Mixed;
use super::sending::{Sending, Ways};

/// Marks that no site serves.
pub(crate) const NOBODY: u32 = u32::MAX;

/// The nearest and second nearest site of a place for a kind in a period, with metres.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Two {
    pub(crate) first: (u32, u32),
    pub(crate) second: (u32, u32),
}

const NONE: Two = Two { first: (NOBODY, NOBODY), second: (NOBODY, NOBODY) };

/// Is a list of schedules, one a site, with all that follows.
#[derive(Clone)]
pub(crate) struct Draft<'a> {
    pub(crate) mixed: &'a Mixed,
    near: &'a Near,
    pub(crate) schedules: Vec<u32>,
    /// What the schedules bring to each rule.
    pub(crate) usage: Vec<i64>,
    /// For each layer without limit: nearest sites of each place and period, period by period of a place.
    pub(crate) nearest: Vec<Vec<Two>>,
    /// For each limited layer: who goes where in each period.
    pub(crate) flows: Vec<Vec<Flow>>,
    /// The same as it is kept up to date, where people are sent by the goal alone.
    sendings: Vec<Vec<Sending>>,
    /// For each floor of coverage: sites that offer the kind within reach of each of its places.
    pub(crate) reached: Vec<Vec<u32>>,
    /// How much goals that are held count where people of limited kinds are sent.
    pub(crate) blend: usize,
    /// Cost of each layer.
    costs: Vec<f64>,
    /// What the schedules are charged.
    charged: f64,
    /// Sites for which what a change costs is no longer what it was.
    pub(crate) stale: Vec<bool>,
    /// The last changes, as many as can be undone.
    steps: Vec<Step>,
    undoable: usize,
    /// Whether few sites are asked about, so that it is not worth while to tell which of them are stale.
    is_local: bool,
    pub(crate) work: u64,
}

/// Is a change of a site: the schedule before, and the limited layers and periods in which people were sent on.
#[derive(Clone, Debug)]
struct Step {
    site: usize,
    before: u32,
    changed: Vec<(usize, usize)>,
}

/// Changes that can be undone: two are tried together.
const UNDOABLE: usize = 2;

impl<'a> Draft<'a> {
    pub(crate) fn new(mixed: &'a Mixed, near: &'a Near, schedules: Vec<u32>) -> Self {
        let slots = mixed.places * mixed.periods;
        let nearest = |layer: &Layer| if layer.limited { Vec::new() } else { vec![NONE; slots] };
        let flows = |(at, layer): (usize, &Layer)| {
            let sends = layer.limited && at < mixed.kinds;
            if sends { vec![Flow::default(); mixed.periods] } else { Vec::new() }
        };
        let mut draft = Self {
            mixed,
            near,
            usage: vec![0; mixed.rules.len()],
            nearest: mixed.layers.iter().map(nearest).collect(),
            flows: mixed.layers.iter().enumerate().map(flows).collect(),
            sendings: vec![Vec::new(); mixed.layers.len()],
            reached: mixed.floors.iter().map(|floor| vec![0; floor.places.len()]).collect(),
            costs: vec![0.0; mixed.layers.len()],
            charged: 0.0,
            blend: 0,
            stale: vec![true; mixed.sites()],
            steps: Vec::new(),
            undoable: UNDOABLE,
            is_local: false,
            schedules,
            work: 0,
        };
        draft.build();
        draft
    }

    fn build(&mut self) {
        let mixed = self.mixed;
        for (site, &schedule) in self.schedules.iter().enumerate() {
            for &(rule, brought) in &mixed.brings[site][schedule as usize] {
                self.usage[rule as usize] += brought;
            }
            self.charged += mixed.charge_of(site, schedule) as f64;
        }
        for site in 0..mixed.sites() {
            self.count_floors(site, self.schedules[site], 1);
        }
        for (at, layer) in mixed.layers.iter().enumerate() {
            if layer.limited && at < mixed.kinds {
                if mixed.keeps_sendings() {
                    self.send_first(at);
                } else {
                    let periods: Vec<(usize, usize)> =
                        (0..mixed.periods).map(|t| (at, t)).collect();
                    self.send_anew(&periods);
                }
            } else if !layer.limited {
                for place in 0..mixed.places {
                    for period in 0..mixed.periods {
                        let two = self.find(at, place, period);
                        self.nearest[at][place * mixed.periods + period] = two;
                    }
                }
            }
            self.costs[at] = self.cost_of(at);
        }
    }

    /// Returns the size in which a site offers a layer in a period.
    pub(crate) fn offers(&self, site: usize, layer: usize, period: usize) -> Option<usize> {
        self.mixed.offered(site, self.schedules[site], layer, period)
    }

    /// Iterates over the sites near a place, the nearest first.
    pub(crate) fn sites_near(&self, place: usize) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.near.of(place)
    }

    fn find(&mut self, layer: usize, place: usize, period: usize) -> Two {
        let mut two = NONE;
        let mut looked = 0;
        let own = self.mixed.layers[layer].tariff.is_own();
        for (site, metres) in self.near.of(place) {
            looked += 1;
            if (own && !self.mixed.is_own(site as usize, place))
                || self.offers(site as usize, layer, period).is_none()
            {
                continue;
            }
            if two.first.0 == NOBODY {
                two.first = (site, metres);
                if own {
                    break;
                }
            } else {
                two.second = (site, metres);
                break;
            }
        }
        self.work += looked;
        two
    }

    /// Returns what somebody costs a layer in a period whose nearest site is so far.
    pub(crate) fn person_cost(layer: &Layer, period: usize, metres: u32) -> f64 {
        Self::whole_cost(layer, period, metres).map_or(layer.lost, |cost| cost as f64)
    }

    /// Returns the same as a whole number; `None` for somebody who must be served and is not.
    pub(crate) fn whole_cost(layer: &Layer, period: usize, metres: u32) -> Option<u64> {
        // Of a layer for which the own place counts, no other site is anybody's nearest.
        let tariff = layer.tariff_in(period);
        let served = if metres == NOBODY { None } else { tariff.cost(metres, true) };
        match (served, layer.unserved) {
            (Some(cost), Some(unserved)) => Some(cost.min(unserved)),
            (served, unserved) => served.or(unserved),
        }
    }

    /// Returns who goes where with a limited layer in a period.
    pub(crate) fn parts(&self, at: usize, period: usize) -> Vec<(u32, u32, u64)> {
        if self.mixed.layers[at].whole {
            self.whole_flow(at, period).parts
        } else {
            self.split_parts(at, period).into_owned()
        }
    }

    /// Returns the same where people may be split.
    pub(crate) fn split_parts(&self, at: usize, period: usize) -> Cow<'_, Parts> {
        match self.sendings[at].get(period) {
            Some(sending) => Cow::Owned(sending.parts()),
            None => Cow::Borrowed(&self.flows[at][period].parts),
        }
    }

    fn cost_of(&self, at: usize) -> f64 {
        let (mixed, layer) = (self.mixed, &self.mixed.layers[at]);
        if layer.limited {
            let periods = layer.factors.iter().enumerate();
            let cost = |period: usize| {
                if at < mixed.kinds && mixed.limits().is_empty() {
                    self.flows[at][period].cost
                } else {
                    self.cost_of_parts(layer, period)
                }
            };
            return periods.map(|(period, &factor)| cost(period) * factor as f64).sum();
        }
        let of_slot = |(slot, two): (usize, &Two)| {
            let period = slot % mixed.periods;
            let factor = layer.factors[period] as f64;
            Self::person_cost(layer, period, two.first.1) * layer.persons[slot] as f64 * factor
        };
        self.nearest[at].iter().enumerate().map(of_slot).sum()
    }

    /// Returns what those who go where they are sent cost under a goal.
    fn cost_of_parts(&self, layer: &Layer, period: usize) -> f64 {
        let unserved = layer.unserved.map_or(layer.lost, |unserved| unserved as f64);
        let mut left: f64 =
            self.mixed.persons_in(layer, period).map(|persons| persons as f64).sum();
        let mut sum = 0.0;
        for &(place, site, persons) in self.split_parts(layer.of, period).iter() {
            let cost = self.mixed.cost((layer, period), site as usize, place as usize);
            let cost = cost.map_or(unserved, |cost| (cost as f64).min(unserved));
            sum += cost * persons as f64;
            left -= persons as f64;
        }
        sum + left * unserved
    }

    /// Returns the cost of all layers under the goal, and what schedules are charged. Where the worst future counts,
    /// the others count a little, so that what is best for them is seen.
    pub(crate) fn cost(&self) -> f64 {
        if self.mixed.worst_case {
            let futures = self.mixed.worsts().map(|at| self.held_sum(at));
            return self.charged + self.mixed.worst_with_others(futures);
        }
        self.costs[..self.mixed.kinds].iter().sum::<f64>() + self.charged
    }

    /// Returns what a goal that is held comes to.
    pub(crate) fn held_sum(&self, held: usize) -> f64 {
        let layers = self.mixed.layers.iter().zip(&self.costs);
        let service: f64 =
            layers.filter(|(layer, _)| layer.held == Some(held)).map(|(_, cost)| cost).sum();
        service + self.usage[self.mixed.held[held].rule] as f64
    }

    /// Returns by how much a goal that is held is missed.
    pub(crate) fn beyond_held(&self, held: usize) -> f64 {
        let right = self.mixed.held[held].right as f64;
        let beyond = self.held_sum(held) - right;
        // Sums of floating point may miss the number that they are to meet by their last digits.
        if beyond <= 1e-11 * right.abs() { 0.0 } else { beyond }
    }

    /// Returns by how much each rule is missed, those that are.
    pub(crate) fn missed(&self) -> impl Iterator<Item = (usize, i64)> + '_ {
        let rules = self.mixed.rules.iter().enumerate();
        rules.filter(|&(at, _)| !self.mixed.is_held(at)).filter_map(|(at, rule)| {
            let excess = excess(self.usage[at] - rule.right, rule.exactly);
            (excess > 0).then_some((at, excess))
        })
    }

    /// Returns whether every rule is kept.
    pub(crate) fn keeps_rules(&self) -> bool {
        self.missed().next().is_none() && self.floors_are_kept() && self.goals_are_held()
    }

    /// Returns whether every goal that is held is.
    pub(crate) fn goals_are_held(&self) -> bool {
        self.mixed.limits().all(|held| self.beyond_held(held) == 0.0)
    }

    pub(crate) fn floors_are_kept(&self) -> bool {
        (0..self.mixed.floors.len()).all(|floor| self.short_of(floor) == 0)
    }

    /// Returns the persons of a floor of coverage who are out of reach.
    pub(crate) fn out_of(&self, at: usize) -> u64 {
        let floor = &self.mixed.floors[at];
        let persons = self.mixed.floor_persons(floor);
        let out = floor.places.iter().zip(&self.reached[at]).filter(|&(_, &sites)| sites == 0);
        out.map(|(&place, _)| persons[place * self.mixed.periods + floor.period]).sum()
    }

    /// Returns by how many persons a floor of coverage is missed.
    pub(crate) fn short_of(&self, at: usize) -> u64 {
        self.out_of(at).saturating_sub(self.mixed.floors[at].may_miss)
    }

    fn count_floors(&mut self, site: usize, schedule: u32, by: i32) {
        let mixed = self.mixed;
        for (at, floor) in mixed.floors.iter().enumerate() {
            if mixed.planned(site, schedule, floor.kind, floor.period).is_none() {
                continue;
            }
            let reach = mixed.layers[floor.kind].reach;
            for (place, _) in mixed.pairs.of(site).take_while(|&(_, metres)| metres <= reach) {
                if let Ok(index) = floor.places.binary_search(&place) {
                    let count = &mut self.reached[at][index];
                    *count = count.wrapping_add_signed(by);
                    for (site, _) in self.near.of(place).take_while(|&(_, metres)| metres <= reach)
                    {
                        self.stale[site as usize] = true;
                    }
                }
            }
        }
    }

    /// Gives a site another schedule.
    pub(crate) fn set(&mut self, site: usize, schedule: u32) {
        let before = self.schedules[site];
        if before == schedule {
            return;
        }
        let changed = self.follow(site, schedule);
        if !self.mixed.keeps_sendings() {
            self.send_anew(&changed);
            return;
        }
        self.send_on(site, &changed);
        self.steps.push(Step { site, before, changed });
        let old = self.steps.len().saturating_sub(self.undoable);
        self.steps.drain(..old);
    }

    /// Gives a site the schedule back that it had before its last change; at little cost where that was the last change of
    /// all: which sites are stale for it was said when it was made.
    pub(crate) fn set_back(&mut self, site: usize, before: u32) {
        let is_last = |step: &&mut Step| step.site == site && step.before == before;
        if self.steps.last_mut().filter(is_last).is_none() {
            self.set(site, before);
            return;
        }
        self.undo(false);
    }

    /// Undoes the last change that is kept; returns whether there was one. Says which sites are stale, or leaves it.
    pub(crate) fn undo(&mut self, says_stale: bool) -> bool {
        let Some(Step { site, before, changed }) = self.steps.pop() else { return false };
        self.follow(site, before);
        let undo = |this: &Self, at: usize, _, sending: &mut Sending| {
            sending.undo(this.ways(&this.mixed.layers[at]));
        };
        self.resend(&changed, undo, says_stale);
        true
    }

    /// From here on, keeps all changes, so that they can be undone, and asks about a few sites only; forgets earlier changes.
    pub(crate) fn begin_locally(&mut self) {
        self.steps.clear();
        (self.undoable, self.is_local) = (usize::MAX, true);
        self.sendings.iter_mut().flatten().for_each(Sending::forget_changes);
    }

    /// Gives a site another schedule, with all that follows but who goes where with limited kinds; returns the layers
    /// and periods of those in which the site offers something else.
    fn follow(&mut self, site: usize, schedule: u32) -> Vec<(usize, usize)> {
        let mixed = self.mixed;
        let before = self.schedules[site];
        for &(rule, brought) in &mixed.brings[site][before as usize] {
            self.usage[rule as usize] -= brought;
        }
        for &(rule, brought) in &mixed.brings[site][schedule as usize] {
            self.usage[rule as usize] += brought;
        }
        self.charged += (mixed.charge_of(site, schedule) - mixed.charge_of(site, before)) as f64;
        self.stale[site] = true;
        self.count_floors(site, before, -1);
        self.schedules[site] = schedule;
        self.count_floors(site, schedule, 1);
        let mut changed: Vec<(usize, usize)> = Vec::new();
        for at in 0..mixed.layers.len() {
            for period in 0..mixed.periods {
                let was = mixed.offered(site, before, at, period);
                let is = mixed.offered(site, schedule, at, period);
                if mixed.layers[at].limited {
                    let is_sent = at < mixed.kinds;
                    changed.extend((is_sent && was != is).then_some((at, period)));
                } else if was.is_some() != is.is_some() {
                    self.update(at, site, period, is.is_some());
                }
            }
        }
        changed
    }

    /// Sends the people of limited kinds with goals that are held counting more or less; returns whether that can be.
    pub(crate) fn set_blend(&mut self, blend: usize) -> bool {
        let mixed = self.mixed;
        if blend >= mixed.blends() {
            return false;
        }
        if blend != self.blend {
            self.blend = blend;
            let limited = (0..mixed.kinds).filter(|&at| mixed.layers[at].limited);
            let all: Vec<(usize, usize)> =
                limited.flat_map(|at| (0..mixed.periods).map(move |period| (at, period))).collect();
            self.send_anew(&all);
        }
        true
    }

    /// Sends the people of a limited layer where they go first.
    fn send_first(&mut self, at: usize) {
        let this = &*self;
        let layer = &self.mixed.layers[at];
        let first = |period: usize| {
            let total = this.mixed.persons_in(layer, period).sum();
            let offered = this.offered(at, period).into_iter();
            let open: Vec<(u32, u64)> = offered
                .map(|(site, size)| (site, layer.sizes[size as usize].unwrap_or(total)))
                .collect();
            Sending::new(this.ways(layer), period, &open)
        };
        let mut sent: Vec<Sending> = (0..self.mixed.periods).into_par_iter().map(first).collect();
        self.work += sent.iter_mut().map(Sending::take_work).sum::<u64>();
        self.flows[at] = sent.iter().map(Sending::flow).collect();
        self.sendings[at] = sent;
        for other in 0..self.mixed.layers.len() {
            let layer = &self.mixed.layers[other];
            if layer.limited && layer.of == at {
                self.costs[other] = self.cost_of(other);
            }
        }
        self.stale.fill(true);
    }

    /// Sends people on where a site offers limited layers in other sizes in some periods, or no more.
    fn send_on(&mut self, site: usize, changed: &[(usize, usize)]) {
        if changed.is_empty() {
            return;
        }
        let send = |this: &Self, at: usize, period: usize, sending: &mut Sending| {
            let layer = &this.mixed.layers[at];
            let limit = this.offers(site, at, period).map(|size| {
                let total = || this.mixed.persons_in(layer, period).sum();
                layer.sizes[size].unwrap_or_else(total)
            });
            sending.change(this.ways(layer), site as u32, limit, this.undoable);
        };
        self.resend(changed, send, true);
    }

    /// Changes who goes where with limited layers in some periods, and what follows from it.
    fn resend(
        &mut self,
        changed: &[(usize, usize)],
        change: impl Fn(&Self, usize, usize, &mut Sending) + Sync,
        says_stale: bool,
    ) {
        let mut moved: Vec<(usize, usize, Sending)> = changed
            .iter()
            .map(|&(at, period)| (at, period, std::mem::take(&mut self.sendings[at][period])))
            .collect();
        let this = &*self;
        moved.par_iter_mut().for_each(|(at, period, sending)| change(this, *at, *period, sending));
        let all = says_stale && self.is_local && !moved.is_empty();
        if all {
            self.stale.fill(true);
        }
        for (at, period, mut sending) in moved {
            let flow = &mut self.flows[at][period];
            flow.cost = sending.cost();
            let layer = &self.mixed.layers[at];
            for (place, worth, most) in sending.take_changed() {
                flow.worth[place as usize] = worth as f64;
                if all || !says_stale {
                    continue;
                }
                let ways = Ways { mixed: self.mixed, near: self.near, layer };
                ways.sites_within(place, most).for_each(|site| self.stale[site as usize] = true);
            }
            self.work += sending.take_work();
            self.sendings[at][period] = sending;
        }
        for at in 0..self.mixed.layers.len() {
            let layer = &self.mixed.layers[at];
            if layer.limited && changed.iter().any(|&(sent, _)| sent == layer.of) {
                self.costs[at] = self.cost_of(at);
            }
        }
    }

    fn ways<'b>(&'b self, layer: &'b Layer) -> Ways<'b> {
        Ways { mixed: self.mixed, near: self.near, layer }
    }

    /// Solves anew who goes where with limited layers in some periods.
    fn send_anew(&mut self, changed: &[(usize, usize)]) {
        if changed.is_empty() {
            return;
        }
        let this = &*self;
        let flows: Vec<(Flow, u64)> =
            changed.par_iter().map(|&(at, period)| this.flow(at, period)).collect();
        for (&(at, period), (flow, work)) in changed.iter().zip(flows) {
            self.flows[at][period] = flow;
            self.work += work;
        }
        for at in 0..self.mixed.layers.len() {
            let layer = &self.mixed.layers[at];
            if layer.limited && changed.iter().any(|&(sent, _)| sent == layer.of) {
                self.costs[at] = self.cost_of(at);
            }
        }
        self.stale.fill(true);
    }

    /// Takes note that a site offers a layer without limit in a period, or no longer.
    fn update(&mut self, at: usize, site: usize, period: usize, offers: bool) {
        let mixed = self.mixed;
        let layer = &mixed.layers[at];
        let me = site as u32;
        let mut change = 0.0;
        let own = layer.tariff.is_own();
        for (place, metres) in mixed.pairs.of(site) {
            self.work += 1;
            if own && !mixed.is_own(site, place) {
                continue;
            }
            let slot = place * mixed.periods + period;
            let two = self.nearest[at][slot];
            let now = if offers {
                if (metres, me) < (two.first.1, two.first.0) {
                    Two { first: (me, metres), second: two.first }
                } else if (metres, me) < (two.second.1, two.second.0) {
                    Two { second: (me, metres), ..two }
                } else {
                    continue;
                }
            } else if two.first.0 == me || two.second.0 == me {
                self.find(at, place, period)
            } else {
                continue;
            };
            self.nearest[at][slot] = now;
            let reach = two.second.1.max(now.second.1);
            for (site, _) in self.near.of(place).take_while(|&(_, metres)| metres <= reach) {
                self.stale[site as usize] = true;
            }
            let cost = |two: Two| Self::person_cost(layer, period, two.first.1);
            change += layer.persons[slot] as f64 * (cost(now) - cost(two));
        }
        self.costs[at] += change * layer.factors[period] as f64;
    }

    /// Returns the sites that offer a layer in a period, with the size.
    fn offered(&self, at: usize, period: usize) -> Vec<(u32, u32)> {
        (0..self.mixed.sites())
            .filter_map(|site| Some((site as u32, self.offers(site, at, period)? as u32)))
            .collect()
    }

    /// Returns who goes where with a limited layer in a period, and the work of it.
    fn flow(&self, at: usize, period: usize) -> (Flow, u64) {
        let layer = &self.mixed.layers[at];
        let offered = self.offered(at, period);
        let work = (self.mixed.places * (offered.len() + 1)) as u64;
        let prices = &self.flows[at][period].prices;
        let people = (layer, period, self.mixed.periods);
        let flow = match self.near.market(self.mixed, (at, period), self.blend) {
            Some(market) => market.split(people, &offered, prices),
            None => self.market((at, period), &offered).split(people, &offered, &[]),
        };
        (flow, work)
    }

    fn market(&self, at: (usize, usize), offered: &[(u32, u32)]) -> Market {
        let is_offered = |site, size| offered.contains(&(site as u32, size as u32));
        Market::new(self.mixed, at, self.blend, is_offered)
    }

    /// Returns who goes where with a layer in a period where the people of a place stay together.
    pub(crate) fn whole_flow(&self, at: usize, period: usize) -> Flow {
        let people = (&self.mixed.layers[at], period, self.mixed.periods);
        let offered = self.offered(at, period);
        match self.near.market(self.mixed, (at, period), self.blend) {
            Some(market) => market.whole(people, &offered),
            None => self.market((at, period), &offered).whole(people, &offered),
        }
    }
}

/// Returns by how much a rule is missed.
pub(crate) fn excess(beyond: i64, exactly: bool) -> i64 {
    if exactly { beyond.abs() } else { beyond.max(0) }
}

impl Mixed {
    /// Returns whether who goes where with limited kinds is kept up to date: people are sent by the goal alone.
    pub(crate) fn keeps_sendings(&self) -> bool {
        self.blends() == 1
    }

    /// Returns in how many ways goals that are held can count where people of limited kinds are sent.
    pub(crate) fn blends(&self) -> usize {
        let is_limited = self.layers.iter().any(|layer| layer.limited);
        if is_limited && !self.limits().is_empty() { BLENDS.len() } else { 1 }
    }

    /// Returns the size in which a site offers a layer in a period under a schedule.
    pub(crate) fn offered(
        &self,
        site: usize,
        schedule: u32,
        layer: usize,
        period: usize,
    ) -> Option<usize> {
        let future = self.layers[layer].future;
        let parts = self.parts_in(future, site, schedule);
        let part = parts.iter().find(|part| (part.from..part.until).contains(&period))?;
        let mut listed = self.offers[future][part.package].iter();
        listed.find(|&&(offered, _)| offered == layer).map(|&(_, size)| size)
    }

    /// Returns the size in which a site is planned to offer a layer of the first future in a period, late or not.
    pub(crate) fn planned(
        &self,
        site: usize,
        schedule: u32,
        layer: usize,
        period: usize,
    ) -> Option<usize> {
        let package = self.columns[site].schedules[schedule as usize].package_in(period)?;
        let mut listed = self.offers[0][package].iter();
        listed.find(|&&(offered, _)| offered == layer).map(|&(_, size)| size)
    }
}
