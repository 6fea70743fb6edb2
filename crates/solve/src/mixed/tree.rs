//! Branch and bound over the schedules of sites, with its nodes as the proof.
//!
//! A node has the schedules left to each site. Rules whose least is too much close it, or take schedules; an
//! ascent raises its bound; schedules that cannot be better than the best plan are taken. What is left is split
//! by the site about which the choices on the way disagree most. Everything that closes a node or takes a
//! schedule is worked out in whole numbers, with the multipliers that the node has in the certificate.

use std::collections::BTreeMap;

use groundwork_model::certificate::{KeptSchedules, ScheduleNode};

use super::climb::{Climb, Steps};
use super::dual::{Domain, State};
use super::exact::{ExactPriced, Multipliers};
use super::nearest::Near;
use super::problem::Mixed;
use super::propagation::{Ends, Kept};
use super::service::Draft;

/// Is a node that waits.
struct Waiting {
    /// Its number in the certificate; 0 is the root.
    number: usize,
    domain: Domain,
    state: State,
    /// Multipliers that it has from above.
    given: Multipliers,
    /// What they prove.
    bound: i128,
}

/// What the caller says when asked.
pub(crate) enum Answer {
    /// Go on.
    Go,
    /// There is a plan of this cost.
    Better(i128),
    /// Stop.
    Stop,
}

/// Tells the caller about a node: the choice of its sites, what is left to them, and the work so far.
pub(crate) struct Seen<'s> {
    pub(crate) choice: &'s [u32],
    pub(crate) domain: &'s Domain,
    pub(crate) prices: &'s [f64],
    /// Whether nothing is left to choose.
    pub(crate) is_leaf: bool,
    pub(crate) bound: i128,
    pub(crate) work: u64,
}

/// Is what a tree proves.
pub(crate) struct Proved {
    /// The cost that no plan beats; `None` where no plan is left.
    pub(crate) bound: Option<i128>,
    pub(crate) root: Multipliers,
    pub(crate) nodes: Vec<ScheduleNode>,
    /// Whether nothing waits.
    pub(crate) complete: bool,
    pub(crate) work: u64,
}

/// Grows a tree.
pub(crate) struct Tree<'a> {
    mixed: &'a Mixed,
    near: &'a Near,
    scale: &'a State,
    nodes: Vec<ScheduleNode>,
    root: Multipliers,
    /// Nodes by bound and by when they came.
    waiting: BTreeMap<(i128, usize), Waiting>,
    /// The bound of each node that waits, by when it came.
    bounds: BTreeMap<usize, i128>,
    came: usize,
    /// Cost of the best plan.
    known: Option<i128>,
    /// How much less than that need not be looked for.
    slack: i128,
    /// Least bound of what is closed.
    closed: Option<i128>,
    work: u64,
}

/// Steps of an ascent in a node.
const NODE_STEPS: Steps = Steps { first: 0.03, last: 0.002, count: 80 };
/// Ascents in a node at most, unless nothing is left to choose.
const NODE_ROUNDS: usize = 3;

impl<'a> Tree<'a> {
    /// Begins a tree at a state that an ascent has led to.
    pub(crate) fn new(
        (mixed, near): (&'a Mixed, &'a Near),
        scale: &'a State,
        state: State,
        known: Option<i128>,
        slack: i128,
    ) -> Self {
        let root = mixed.whole(&state);
        let domain = mixed.all_schedules();
        let bound = mixed.price_exactly(&root, &domain, false).bound(&domain);
        let mut tree = Self {
            mixed,
            near,
            scale,
            nodes: Vec::new(),
            root: root.clone(),
            waiting: BTreeMap::new(),
            bounds: BTreeMap::new(),
            came: 0,
            known,
            slack,
            closed: None,
            work: 0,
        };
        tree.wait(Waiting { number: 0, domain, state, given: root, bound });
        tree
    }

    /// Returns whether one rule alone shows at the root that no plan keeps it.
    pub(crate) fn rules_out_all(mut self) -> bool {
        let root = self.next();
        root.is_some_and(|mut root| self.propagate(0, &mut root.domain).is_none())
    }

    fn wait(&mut self, node: Waiting) {
        self.bounds.insert(self.came, node.bound);
        self.waiting.insert((node.bound, self.came), node);
        self.came += 1;
    }

    /// Returns the node to work on: the one of least bound, or the last one as long as there is no plan.
    fn next(&mut self) -> Option<Waiting> {
        let key = match self.known {
            None => self.bounds.last_key_value().map(|(&came, &bound)| (bound, came)),
            Some(_) => self.waiting.first_key_value().map(|(&key, _)| key),
        }?;
        self.bounds.remove(&key.1);
        self.waiting.remove(&key)
    }

    /// Returns the least bound of what waits and what is closed.
    pub(crate) fn bound(&self) -> Option<i128> {
        let waits = self.waiting.first_key_value().map(|(key, _)| key.0);
        waits.into_iter().chain(self.closed).min()
    }

    /// Returns the cost from which on a plan is of no interest.
    fn target(&self) -> Option<i128> {
        self.known.map(|known| known.saturating_sub(self.slack))
    }

    /// Grows until nothing waits or the caller stops it.
    pub(crate) fn grow(
        mut self,
        stop: &dyn Fn() -> bool,
        ask: &mut dyn FnMut(&Seen<'_>) -> Answer,
    ) -> Proved {
        let mut complete = true;
        while let Some(node) = self.next() {
            if self.target().is_some_and(|target| node.bound >= target) {
                self.close(node.bound);
                continue;
            }
            let bound = node.bound;
            if !self.process(node, stop, ask) {
                self.close(bound);
                complete = false;
                break;
            }
        }
        let bound = self.bound();
        Proved { bound, root: self.root, nodes: self.nodes, complete, work: self.work }
    }

    fn close(&mut self, bound: i128) {
        self.closed = Some(self.closed.map_or(bound, |closed| closed.min(bound)));
    }

    /// Adds a node to the certificate; returns its number.
    fn record(&mut self, node: ScheduleNode) -> usize {
        self.nodes.push(node);
        self.nodes.len()
    }

    /// Adds a fixing node.
    fn fix(&mut self, parent: usize, taken: &[(usize, Vec<u32>)]) -> usize {
        let kept = taken
            .iter()
            .map(|(site, schedules)| KeptSchedules {
                site: *site as u32 + 1,
                schedules: schedules.clone(),
            })
            .collect();
        self.record(ScheduleNode { parent: parent as u32, kept, ..ScheduleNode::default() })
    }

    /// Works on a node; returns whether to go on.
    fn process(
        &mut self,
        node: Waiting,
        stop_now: &dyn Fn() -> bool,
        ask: &mut dyn FnMut(&Seen<'_>) -> Answer,
    ) -> bool {
        let Waiting { number, mut domain, state, mut given, mut bound } = node;
        let Some(mut number) = self.propagate(number, &mut domain) else { return true };
        let mut climb = Climb::new(self.mixed, state, self.scale.clone());
        for round in 1.. {
            let is_leaf = self.climb_node(&mut climb, &domain, stop_now);
            let whole = self.mixed.whole(&climb.best);
            let mut priced = self.mixed.price_exactly(&whole, &domain, false);
            let better = priced.bound(&domain) > bound;
            bound = bound.max(priced.bound(&domain));
            let goes_on = self.tell(ask, &climb, &domain, is_leaf, bound);
            // From here on the node has these multipliers, unless those from above are as good.
            if better {
                number = self.give(number, &mut given, &whole);
            } else {
                priced = self.mixed.price_exactly(&given, &domain, false);
            }
            if !goes_on || self.target().is_some_and(|target| bound >= target) {
                self.close(bound);
                return goes_on;
            }
            if is_leaf {
                self.finish_leaf(number, &domain, bound);
                return true;
            }
            let taken = self.take(&mut domain, &priced);
            if !taken.is_empty() {
                number = self.fix(number, &taken);
                let Some(left) = self.propagate(number, &mut domain) else { return true };
                number = left;
                if is_worth_another_round(round, &domain, &taken) {
                    continue;
                }
            }
            self.branch(number, &domain, &climb, &given, &priced);
            break;
        }
        true
    }

    /// Climbs from the state of a node, or takes the tight one where nothing is left to choose; returns whether it is
    /// so.
    fn climb_node(
        &mut self,
        climb: &mut Climb<'_>,
        domain: &Domain,
        stop_now: &dyn Fn() -> bool,
    ) -> bool {
        if domain.iter().all(|domain| domain.len() == 1) {
            climb.best = self.settled_state(domain);
            climb.priced.choice = only(domain);
            return true;
        }
        let target = self.target();
        climb.climb(domain, NODE_STEPS, &mut |now, _| {
            let closed = target.is_some_and(|target| now >= target as f64 + 1e-6);
            !closed && !stop_now()
        });
        self.work += std::mem::take(&mut climb.work);
        false
    }

    /// Tells the caller about a node and takes note of the answer; returns whether to go on.
    fn tell(
        &mut self,
        ask: &mut dyn FnMut(&Seen<'_>) -> Answer,
        climb: &Climb<'_>,
        domain: &Domain,
        is_leaf: bool,
        bound: i128,
    ) -> bool {
        let seen = Seen {
            choice: &climb.priced.choice,
            domain,
            prices: &climb.best.prices,
            is_leaf,
            bound: self.bound().map_or(bound, |least| least.min(bound)),
            work: self.work,
        };
        match ask(&seen) {
            Answer::Go => true,
            Answer::Better(cost) => {
                self.known = Some(self.known.map_or(cost, |known| known.min(cost)));
                true
            }
            Answer::Stop => false,
        }
    }

    /// Gives a node other multipliers than it has from above.
    fn give(&mut self, number: usize, given: &mut Multipliers, whole: &Multipliers) -> usize {
        let number = self.unmarked(number);
        let node = &mut self.nodes[number - 1];
        node.prices = self.mixed.named_prices(&whole.prices, Some(&given.prices));
        node.radii = self.mixed.changed_radii(&whole.radii, &given.radii);
        given.clone_from(whole);
        number
    }

    /// Takes schedules that cannot lead to a better plan than is known, if one is.
    fn take(&mut self, domain: &mut Domain, priced: &ExactPriced) -> Kept {
        let Some(target) = self.target() else { return Vec::new() };
        let sum = priced.sum(domain);
        let mut taken = Vec::new();
        for (site, domain) in domain.iter_mut().enumerate().filter(|(_, domain)| domain.len() > 1) {
            let least = priced.least(site, domain);
            let bound = |schedule: &u32| {
                priced.rounded(sum - least + priced.values[site][*schedule as usize])
            };
            let kept: Vec<u32> = domain.iter().copied().filter(|s| bound(s) < target).collect();
            if kept.len() < domain.len() && !kept.is_empty() {
                let out = domain.iter().map(bound).filter(|&bound| bound >= target).min();
                out.into_iter().for_each(|bound| self.close(bound));
                domain.clone_from(&kept);
                taken.push((site, kept));
            }
        }
        taken
    }

    /// Takes schedules that no rule allows beside what is left to other sites, or that leave no room for all who
    /// must be served; returns the number of the node that is left, or `None` where nothing is.
    fn propagate(&mut self, mut number: usize, domain: &mut Domain) -> Option<usize> {
        loop {
            let cut = self.cut_by_rules(number, domain)?;
            let cut = if cut.is_some() { cut } else { self.cut_by_service(number, domain)? };
            let Some(left) = cut else { return Some(number) };
            number = left;
        }
    }

    /// Takes what the first rule that takes something does; returns the number of the node that is left if one does,
    /// or `None` where a rule leaves nothing.
    fn cut_by_rules(&mut self, number: usize, domain: &mut Domain) -> Option<Option<usize>> {
        let mixed = self.mixed;
        let ends = Ends::new(mixed, domain);
        for (rule, sign) in mixed.sums() {
            let Some(taken) = mixed.left_by(domain, &ends, (rule, sign)) else {
                self.rule_out(number, rule, sign);
                return None;
            };
            if !taken.is_empty() {
                let number = self.rule_out(number, rule, sign);
                return Some(Some(self.leave(number, domain, &taken)));
            }
        }
        Some(None)
    }

    /// Does the same with the room for all who must be served.
    fn cut_by_service(&mut self, number: usize, domain: &mut Domain) -> Option<Option<usize>> {
        let mixed = self.mixed;
        for must in mixed.musts() {
            let Some(taken) = mixed.with_room(domain, must) else {
                self.mark_room(number, must.0, must.1);
                return None;
            };
            if !taken.is_empty() {
                let number = self.mark_room(number, must.0, must.1);
                return Some(Some(self.leave(number, domain, &taken)));
            }
        }
        Some(None)
    }

    /// Leaves sites what they keep, below a node that shows why; returns the number of what is left.
    fn leave(&mut self, number: usize, domain: &mut Domain, kept: &Kept) -> usize {
        for (site, kept) in kept {
            domain[*site].clone_from(kept);
        }
        self.fix(number, kept)
    }

    /// Marks a node as one of rules alone, with a radius for everybody who must be served in a period.
    fn mark_room(&mut self, number: usize, layer: usize, period: usize) -> usize {
        let mut multipliers = self.mixed.none();
        multipliers.radii[layer] = self.mixed.radii_of_all(layer, period);
        self.mark(number, &multipliers)
    }

    /// Marks a node as one of rules alone with these multipliers; returns its number.
    fn mark(&mut self, number: usize, multipliers: &Multipliers) -> usize {
        let number = self.unmarked(number);
        let node = &mut self.nodes[number - 1];
        node.rules_alone = true;
        node.prices = self.mixed.named_prices(&multipliers.prices, None);
        node.radii = self.mixed.changed_radii(&multipliers.radii, &self.mixed.none().radii);
        number
    }

    /// Marks a node as one of rules alone, with a price on one rule; returns its number.
    fn rule_out(&mut self, number: usize, rule: usize, sign: i64) -> usize {
        let mut multipliers = self.mixed.none();
        multipliers.prices[rule] = i128::from(sign) << self.mixed.shift();
        self.mark(number, &multipliers)
    }

    /// Returns a node without multipliers of its own: this one, or a new one below it.
    fn unmarked(&mut self, number: usize) -> usize {
        let has_none = number.checked_sub(1).is_some_and(|at| {
            let node = &self.nodes[at];
            !node.rules_alone && node.prices.is_empty() && node.radii.is_empty()
        });
        if has_none { number } else { self.fix(number, &[]) }
    }

    /// Returns radii that are tight where every site has one schedule.
    fn settled_state(&self, domain: &Domain) -> State {
        self.mixed.tight_state(&Draft::new(self.mixed, self.near, only(domain)))
    }

    /// Closes a node in which nothing is left to choose: by its bound, or by a rule that it breaks.
    fn finish_leaf(&mut self, number: usize, domain: &Domain, bound: i128) {
        match self.mixed.ray(&only(domain)) {
            Some(multipliers) => {
                self.mark(number, &multipliers);
            }
            None => self.close(bound),
        }
    }

    /// Splits a node by the site about which choices disagree most.
    fn branch(
        &mut self,
        number: usize,
        domain: &Domain,
        climb: &Climb<'_>,
        given: &Multipliers,
        priced: &ExactPriced,
    ) {
        let mixed = self.mixed;
        let open: Vec<usize> = (0..domain.len()).filter(|&site| domain[site].len() > 1).collect();
        let doubt = |site: usize| -> f32 {
            let largest = domain[site].iter().map(|&s| climb.shares[site][s as usize]);
            1.0 - largest.fold(0.0, f32::max)
        };
        let Some(site) = open.iter().copied().max_by(|&a, &b| {
            doubt(a)
                .total_cmp(&doubt(b))
                .then(domain[a].len().cmp(&domain[b].len()))
                .then(b.cmp(&a))
        }) else {
            return;
        };
        let halves = mixed.halves(site, &domain[site], &climb.shares[site]);
        let sum = priced.sum(domain);
        let least = priced.least(site, &domain[site]);
        for half in halves {
            let child = self.record(ScheduleNode {
                parent: number as u32,
                site: site as u32 + 1,
                schedules: half.clone(),
                ..ScheduleNode::default()
            });
            let bound = priced.rounded(sum - least + priced.least(site, &half));
            let mut domain = domain.clone();
            domain[site] = half;
            self.wait(Waiting {
                number: child,
                domain,
                state: climb.best.clone(),
                given: given.clone(),
                bound,
            });
        }
    }
}

/// Returns whether to climb again after schedules were taken: as long as many are. Where nothing is left to choose
/// the node is a leaf, which is looked at like any other.
fn is_worth_another_round(round: usize, domain: &Domain, taken: &Kept) -> bool {
    let left: usize = domain.iter().map(|domain| domain.len() - 1).sum();
    let many = taken.iter().map(|taken| taken.1.len()).sum::<usize>() > left / 4;
    left == 0 || (round < NODE_ROUNDS && many)
}

/// Returns the schedules of sites that have one left.
fn only(domain: &Domain) -> Vec<u32> {
    domain.iter().map(|domain| domain[0]).collect()
}

impl Mixed {
    /// Splits the schedules of a site in two: by when it first offers something, else by what it offers then,
    /// else one by one; so that the choices seen fall to both halves.
    fn halves(&self, site: usize, domain: &[u32], shares: &[f32]) -> [Vec<u32>; 2] {
        let column = &self.columns[site].schedules;
        let key = |schedule: u32| {
            let schedule = &column[schedule as usize];
            let first = schedule.parts.first();
            (first.map_or(usize::MAX, |part| part.from), first.map_or(0, |part| part.package))
        };
        let mut order: Vec<u32> = domain.to_vec();
        order.sort_by_key(|&schedule| (key(schedule), schedule));
        let total: f32 = order.iter().map(|&s| shares[s as usize]).sum();
        let cuts: Vec<usize> =
            (1..order.len()).filter(|&cut| key(order[cut - 1]).0 != key(order[cut]).0).collect();
        let cuts = if cuts.is_empty() {
            (1..order.len()).filter(|&cut| key(order[cut - 1]) != key(order[cut])).collect()
        } else {
            cuts
        };
        let cuts: Vec<usize> = if cuts.is_empty() { (1..order.len()).collect() } else { cuts };
        let before = |cut: usize| order[..cut].iter().map(|&s| shares[s as usize]).sum::<f32>();
        let miss = |cut: usize| (before(cut) - total / 2.0).abs();
        let middle = order.len() / 2;
        let cut = cuts
            .into_iter()
            .min_by(|&a, &b| {
                miss(a).total_cmp(&miss(b)).then(a.abs_diff(middle).cmp(&b.abs_diff(middle)))
            })
            .unwrap_or(1);
        let mut halves = [order[..cut].to_vec(), order[cut..].to_vec()];
        halves.iter_mut().for_each(|half| half.sort_unstable());
        halves
    }
}
