//! Branch and bound over the schedules of sites, with its nodes as the proof.
//!
//! A node has the schedules left to each site. Rules whose least is too much close it, or take schedules; an
//! ascent raises its bound; schedules that cannot be better than the best plan are taken. What is left is split
//! by the site about which the choices on the way disagree most. Everything that closes a node or takes a
//! schedule is worked out in whole numbers, with the multipliers that the node has in the certificate.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use groundwork_model::certificate::{KeptSchedules, ScheduleNode};

use super::dual::{Climb, Domain, State, Steps};
use super::exact::Multipliers;
use super::problem::Mixed;
use super::service::{Draft, Near, excess};

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
    heap: BinaryHeap<(Reverse<i128>, Reverse<usize>)>,
    waiting: Vec<Option<Waiting>>,
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
        let domain: Domain = mixed
            .columns
            .iter()
            .map(|column| (0..column.schedules.len() as u32).collect())
            .collect();
        let bound = mixed.price_exactly(&root, &domain, false).bound(&domain);
        let mut tree = Self {
            mixed,
            near,
            scale,
            nodes: Vec::new(),
            root: root.clone(),
            heap: BinaryHeap::new(),
            waiting: Vec::new(),
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
        let Some(mut root) = self.waiting.pop().flatten() else { return false };
        self.propagate(0, &mut root.domain).is_none()
    }

    fn wait(&mut self, node: Waiting) {
        self.heap.push((Reverse(node.bound), Reverse(self.waiting.len())));
        self.waiting.push(Some(node));
    }

    /// Returns the least bound of what waits and what is closed.
    pub(crate) fn bound(&self) -> Option<i128> {
        let waits = self.waiting.iter().flatten().map(|node| node.bound).min();
        waits.into_iter().chain(self.closed).min()
    }

    /// Returns the cost from which on a plan is of no interest.
    fn target(&self) -> Option<i128> {
        self.known.map(|known| known - self.slack)
    }

    /// Grows until nothing waits or the caller stops it.
    pub(crate) fn grow(
        mut self,
        stop: &dyn Fn() -> bool,
        ask: &mut dyn FnMut(&Seen<'_>) -> Answer,
    ) -> Proved {
        let mut complete = true;
        while let Some(at) = self.next() {
            let Some(node) = self.waiting[at].take() else { continue };
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

    /// Returns the node to work on: the one of least bound, or the last one as long as there is no plan.
    fn next(&mut self) -> Option<usize> {
        if self.known.is_none() {
            return self.waiting.iter().rposition(Option::is_some);
        }
        self.heap.pop().map(|(_, Reverse(at))| at)
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

    /// Returns the number of a node below which multipliers may be changed: the root and nodes that rules alone
    /// close or cut have theirs for themselves.
    fn fresh(&mut self, number: usize) -> usize {
        self.fix(number, &[])
    }

    /// Works on a node; returns whether to go on.
    fn process(
        &mut self,
        node: Waiting,
        stop_now: &dyn Fn() -> bool,
        ask: &mut dyn FnMut(&Seen<'_>) -> Answer,
    ) -> bool {
        let mixed = self.mixed;
        let Waiting { mut number, mut domain, state, mut given, mut bound } = node;
        match self.propagate(number, &mut domain) {
            None => return true,
            Some(left) => number = left,
        }
        let mut climb = Climb::new(mixed, state, self.scale.clone());
        let mut rounds = 0;
        loop {
            let target = self.target();
            let mut stop = false;
            if domain.iter().any(|domain| domain.len() > 1) {
                let work = self.work;
                climb.climb(&domain, NODE_STEPS, &mut |now, _| {
                    let closed = target.is_some_and(|target| now >= target as f64 + 1e-6);
                    !closed && !stop_now()
                });
                self.work = work + std::mem::take(&mut climb.work);
            } else {
                climb.best = self.settled_state(&domain);
                climb.priced.choice = domain.iter().map(|domain| domain[0]).collect();
            }
            let is_leaf = domain.iter().all(|domain| domain.len() == 1);
            let whole = mixed.whole(&climb.best);
            let priced = mixed.price_exactly(&whole, &domain, false);
            let now = priced.bound(&domain);
            let better = now > bound;
            if better {
                bound = now;
            }
            let seen = Seen {
                choice: &climb.priced.choice,
                domain: &domain,
                prices: &climb.best.prices,
                is_leaf,
                bound: self.bound().map_or(bound, |least| least.min(bound)),
                work: self.work,
            };
            match ask(&seen) {
                Answer::Go => {}
                Answer::Better(cost) => self.known = Some(self.known.map_or(cost, |k| k.min(cost))),
                Answer::Stop => stop = true,
            }
            // From here on the node has these multipliers, unless those from above are as good.
            let priced = if better {
                number = self.give(number, &mut given, &whole);
                priced
            } else {
                mixed.price_exactly(&given, &domain, false)
            };
            if stop {
                self.close(bound);
                return false;
            }
            let target = self.target();
            if target.is_some_and(|target| bound >= target) {
                self.close(bound);
                return true;
            }
            if is_leaf {
                return self.finish_leaf(number, &domain, bound);
            }
            if let Some(target) = target {
                let taken = self.taken(&mut domain, &priced, target);
                if !taken.is_empty() {
                    number = self.fix(number, &taken);
                    match self.propagate(number, &mut domain) {
                        None => return true,
                        Some(left) => number = left,
                    }
                    rounds += 1;
                    let left: usize = domain.iter().map(|domain| domain.len() - 1).sum();
                    let many = taken.iter().map(|taken| taken.1.len()).sum::<usize>() > left / 4;
                    // Where nothing is left to choose the node is a leaf, which is looked at like any other.
                    if left == 0 || (rounds < 3 && many) {
                        continue;
                    }
                }
            }
            self.branch(number, &domain, &climb, &given, &priced);
            return true;
        }
    }

    /// Gives a node other multipliers than it has from above.
    fn give(&mut self, number: usize, given: &mut Multipliers, whole: &Multipliers) -> usize {
        let number = if number == 0 { self.fresh(0) } else { number };
        let node = &mut self.nodes[number - 1];
        let number = if node.rules_alone || !node.prices.is_empty() || !node.radii.is_empty() {
            self.fresh(number)
        } else {
            number
        };
        let node = &mut self.nodes[number - 1];
        node.prices = self.mixed.named_prices(&whole.prices, Some(&given.prices));
        node.radii = self.mixed.changed_radii(&whole.radii, &given.radii);
        given.clone_from(whole);
        number
    }

    /// Takes schedules that cannot lead to a better plan than is known.
    fn taken(
        &mut self,
        domain: &mut Domain,
        priced: &super::exact::ExactPriced,
        target: i128,
    ) -> Vec<(usize, Vec<u32>)> {
        let sum = priced.sum(domain);
        let mut taken = Vec::new();
        let mut least_closed: Option<i128> = None;
        for (site, domain) in domain.iter_mut().enumerate() {
            if domain.len() < 2 {
                continue;
            }
            let least = priced.least(site, domain);
            let bound = |schedule: &u32| {
                priced.rounded(sum - least + priced.values[site][*schedule as usize])
            };
            let kept: Vec<u32> = domain.iter().copied().filter(|s| bound(s) < target).collect();
            if kept.len() < domain.len() && !kept.is_empty() {
                let out = domain.iter().filter(|s| bound(s) >= target).map(bound).min();
                least_closed = least_closed.into_iter().chain(out).min();
                domain.clone_from(&kept);
                taken.push((site, kept));
            }
        }
        if let Some(least) = least_closed {
            self.close(least);
        }
        taken
    }

    /// Takes schedules that no rule allows beside what is left to other sites; returns the number of the node
    /// that is left, or `None` where nothing is.
    fn propagate(&mut self, mut number: usize, domain: &mut Domain) -> Option<usize> {
        let mixed = self.mixed;
        loop {
            let mut changed = false;
            let ends = Ends::new(mixed, domain);
            for rule in 0..mixed.rules.len() {
                if mixed.floors.iter().any(|floor| floor.rule == rule) {
                    continue;
                }
                for sign in [1_i64, -1] {
                    if sign < 0 && !mixed.rules[rule].exactly {
                        continue;
                    }
                    let (least, of_sites) = ends.least(rule, sign);
                    let right = sign * mixed.rules[rule].right;
                    if least > right {
                        self.rule_out(number, rule, sign);
                        return None;
                    }
                    let room = right - least;
                    let mut taken = Vec::new();
                    for &(site, least) in &of_sites {
                        let brought = |schedule: u32| sign * mixed.brought(site, schedule, rule);
                        if domain[site].iter().any(|&s| brought(s) - least > room) {
                            let kept: Vec<u32> = domain[site]
                                .iter()
                                .copied()
                                .filter(|&s| brought(s) - least <= room)
                                .collect();
                            domain[site].clone_from(&kept);
                            taken.push((site, kept));
                        }
                    }
                    if !taken.is_empty() {
                        number = self.rule_out(number, rule, sign);
                        number = self.fix(number, &taken);
                        changed = true;
                        break;
                    }
                }
                if changed {
                    break;
                }
            }
            if !changed {
                match self.make_room(number, domain)? {
                    (left, true) => number = left,
                    (left, false) => return Some(left),
                }
            }
        }
    }

    /// Takes schedules without which there is no room for all who must be served; returns the number of the node
    /// that is left and whether anything was taken, or `None` where there is no room in any case.
    fn make_room(&mut self, number: usize, domain: &mut Domain) -> Option<(usize, bool)> {
        let mixed = self.mixed;
        for (layer, period, persons) in mixed.musts() {
            let Some(taken) = mixed.without_room(domain, layer, period, persons) else {
                self.mark_room(number, layer, period);
                return None;
            };
            if !taken.is_empty() {
                let number = self.mark_room(number, layer, period);
                for (site, kept) in &taken {
                    domain[*site].clone_from(kept);
                }
                return Some((self.fix(number, &taken), true));
            }
        }
        Some((number, false))
    }

    /// Marks a node as one of rules alone, with a radius for everybody who must be served in a period.
    fn mark_room(&mut self, number: usize, layer: usize, period: usize) -> usize {
        let mixed = self.mixed;
        let number = self.unmarked(number);
        let before = mixed.none();
        let mut radii = before.radii.clone();
        let of_period = period * mixed.places..(period + 1) * mixed.places;
        radii[layer][of_period].fill(1 << mixed.shift());
        let node = &mut self.nodes[number - 1];
        node.rules_alone = true;
        node.radii = mixed.changed_radii(&radii, &before.radii);
        number
    }

    /// Marks a node as one of rules alone, with a price on one rule; returns its number.
    fn rule_out(&mut self, number: usize, rule: usize, sign: i64) -> usize {
        let number = self.unmarked(number);
        let mut prices = vec![0; self.mixed.rules.len()];
        prices[rule] = i128::from(sign) << self.mixed.shift();
        let node = &mut self.nodes[number - 1];
        node.rules_alone = true;
        node.prices = self.mixed.named_prices(&prices, None);
        number
    }

    /// Returns a node without multipliers of its own: this one, or a new one below it.
    fn unmarked(&mut self, number: usize) -> usize {
        if number == 0 {
            return self.fresh(0);
        }
        let node = &self.nodes[number - 1];
        if node.rules_alone || !node.prices.is_empty() || !node.radii.is_empty() {
            self.fresh(number)
        } else {
            number
        }
    }

    /// Returns radii that are tight where every site has one schedule.
    fn settled_state(&self, domain: &Domain) -> State {
        let schedules: Vec<u32> = domain.iter().map(|domain| domain[0]).collect();
        self.mixed.tight_state(&Draft::new(self.mixed, self.near, schedules))
    }

    /// Closes a node in which nothing is left to choose: by its bound, or by a rule that it breaks.
    fn finish_leaf(&mut self, number: usize, domain: &Domain, bound: i128) -> bool {
        let mixed = self.mixed;
        let schedules: Vec<u32> = domain.iter().map(|domain| domain[0]).collect();
        if let Some(multipliers) = self.ray(&schedules) {
            let number = self.unmarked(number);
            let before = mixed.none();
            let node = &mut self.nodes[number - 1];
            node.rules_alone = true;
            node.prices = mixed.named_prices(&multipliers.prices, None);
            node.radii = mixed.changed_radii(&multipliers.radii, &before.radii);
        } else {
            self.close(bound);
        }
        true
    }

    /// Returns multipliers that show which rule schedules break, if they break one.
    fn ray(&self, schedules: &[u32]) -> Option<Multipliers> {
        let mixed = self.mixed;
        let mut multipliers = mixed.none();
        let one = 1_i128 << mixed.shift();
        for (at, rule) in mixed.rules.iter().enumerate() {
            let usage: i64 = schedules
                .iter()
                .enumerate()
                .map(|(site, &schedule)| mixed.brought(site, schedule, at))
                .sum();
            if excess(usage - rule.right, rule.exactly) > 0
                && mixed.floors.iter().all(|f| f.rule != at)
            {
                multipliers.prices[at] = if usage > rule.right { one } else { -one };
                return Some(multipliers);
            }
        }
        for (at, floor) in mixed.floors.iter().enumerate() {
            let (short, out) = mixed.floor_short(floor, schedules);
            if short > 0 {
                multipliers.prices[floor.rule] = one;
                for index in out {
                    multipliers.radii[mixed.layers.len() + at][floor.places[index]] =
                        1 << mixed.shift();
                }
                return Some(multipliers);
            }
        }
        for (at, layer) in mixed.layers.iter().enumerate().filter(|(_, l)| l.unserved.is_none()) {
            for period in 0..mixed.periods {
                if mixed.serves_everybody(layer, at, period, schedules) {
                    continue;
                }
                for place in 0..mixed.places {
                    multipliers.radii[at][period * mixed.places + place] = 1 << mixed.shift();
                }
                return Some(multipliers);
            }
        }
        None
    }

    /// Splits a node by the site about which choices disagree most.
    fn branch(
        &mut self,
        number: usize,
        domain: &Domain,
        climb: &Climb<'_>,
        given: &Multipliers,
        priced: &super::exact::ExactPriced,
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

/// For each rule, the least and the most that each site that has part in it can bring.
struct Ends {
    of_rule: Vec<Vec<(usize, i64, i64)>>,
}

impl Ends {
    fn new(mixed: &Mixed, domain: &Domain) -> Self {
        let mut of_rule: Vec<Vec<(usize, i64, i64)>> = vec![Vec::new(); mixed.rules.len()];
        let mut sums: std::collections::BTreeMap<u32, (i64, i64, usize)> =
            std::collections::BTreeMap::new();
        for (site, domain) in domain.iter().enumerate() {
            sums.clear();
            for &schedule in domain {
                for &(rule, brought) in &mixed.brings[site][schedule as usize] {
                    let ends = sums.entry(rule).or_insert((i64::MAX, i64::MIN, 0));
                    *ends = (ends.0.min(brought), ends.1.max(brought), ends.2 + 1);
                }
            }
            for (&rule, &(least, most, number)) in &sums {
                // Schedules that are not named bring nothing.
                let all = number == domain.len();
                let ends = if all { (least, most) } else { (least.min(0), most.max(0)) };
                of_rule[rule as usize].push((site, ends.0, ends.1));
            }
        }
        Self { of_rule }
    }

    /// Returns the least of a rule, or of its opposite, and that of each site.
    fn least(&self, rule: usize, sign: i64) -> (i64, Vec<(usize, i64)>) {
        let of_sites: Vec<(usize, i64)> = self.of_rule[rule]
            .iter()
            .map(|&(site, least, most)| (site, if sign > 0 { least } else { -most }))
            .collect();
        (of_sites.iter().map(|end| end.1).sum(), of_sites)
    }
}

impl Mixed {
    /// Lists layers and periods in which so many persons must be served.
    fn musts(&self) -> Vec<(usize, usize, u64)> {
        let layers = self.layers.iter().enumerate().filter(|(_, layer)| layer.unserved.is_none());
        let persons = layers.map(|(at, layer)| (at, layer.persons.iter().sum::<u64>()));
        persons
            .filter(|&(_, persons)| persons > 0)
            .flat_map(|(at, persons)| (0..self.periods).map(move |period| (at, period, persons)))
            .collect()
    }

    /// Returns the sites that must offer a layer in a period so that there is room for so many persons, with the
    /// schedules that make it; `None` where there is no room in any case.
    fn without_room(
        &self,
        domain: &Domain,
        layer: usize,
        period: usize,
        persons: u64,
    ) -> Option<Vec<(usize, Vec<u32>)>> {
        let room = |site: usize, schedule: u32| -> u64 {
            let size = self.offered(site, schedule, layer, period);
            size.map_or(0, |size| self.layers[layer].sizes[size].unwrap_or(persons).min(persons))
        };
        let most: Vec<u64> = domain
            .iter()
            .enumerate()
            .map(|(site, domain)| domain.iter().map(|&s| room(site, s)).max().unwrap_or(0))
            .collect();
        let total: u128 = most.iter().map(|&room| u128::from(room)).sum();
        let persons = u128::from(persons);
        if total < persons {
            return None;
        }
        let mut taken = Vec::new();
        for (site, domain) in domain.iter().enumerate().filter(|(_, domain)| domain.len() > 1) {
            let others = total - u128::from(most[site]);
            let serves = |&s: &u32| others + u128::from(room(site, s)) >= persons;
            if !domain.iter().all(serves) {
                taken.push((site, domain.iter().copied().filter(serves).collect()));
                // The room of others is no longer what it was.
                break;
            }
        }
        Some(taken)
    }

    /// Takes the schedules that no rule allows beside what is left to other sites, or that leave no room for all who
    /// must be served; returns whether every site keeps one.
    pub(crate) fn narrow(&self, domain: &mut Domain) -> bool {
        loop {
            let ends = Ends::new(self, domain);
            let mut changed = false;
            for (rule, row) in self.rules.iter().enumerate() {
                for sign in [1_i64, -1] {
                    let holds = sign > 0 || row.exactly;
                    if !holds || self.floors.iter().any(|floor| floor.rule == rule) {
                        continue;
                    }
                    let (least, of_sites) = ends.least(rule, sign);
                    let room = sign * row.right - least;
                    if room < 0 {
                        return false;
                    }
                    for (site, least) in of_sites {
                        let before = domain[site].len();
                        domain[site]
                            .retain(|&s| sign * self.brought(site, s, rule) - least <= room);
                        changed |= domain[site].len() < before;
                        if domain[site].is_empty() {
                            return false;
                        }
                    }
                }
            }
            for (layer, period, persons) in self.musts() {
                let Some(taken) = self.without_room(domain, layer, period, persons) else {
                    return false;
                };
                changed |= !taken.is_empty();
                for (site, kept) in taken {
                    domain[site] = kept;
                }
            }
            if !changed {
                return true;
            }
        }
    }

    /// Returns what a schedule brings to a rule.
    pub(crate) fn brought(&self, site: usize, schedule: u32, rule: usize) -> i64 {
        let brings = &self.brings[site][schedule as usize];
        let found = brings.binary_search_by_key(&(rule as u32), |&(rule, _)| rule);
        found.map_or(0, |at| brings[at].1)
    }

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

    /// Returns by how many persons schedules miss a floor of coverage, and which of its places are out of reach.
    fn floor_short(
        &self,
        floor: &super::rules::CoverFloor,
        schedules: &[u32],
    ) -> (u64, Vec<usize>) {
        let layer = &self.layers[floor.kind];
        let mut reached = vec![false; floor.places.len()];
        for (site, &schedule) in schedules.iter().enumerate() {
            if self.offered(site, schedule, floor.kind, floor.period).is_none() {
                continue;
            }
            for (place, _) in self.pairs.of(site).take_while(|&(_, m)| m <= layer.reach) {
                if let Ok(index) = floor.places.binary_search(&place) {
                    reached[index] = true;
                }
            }
        }
        let out: Vec<usize> = (0..reached.len()).filter(|&index| !reached[index]).collect();
        let persons: u64 = out.iter().map(|&index| layer.persons[floor.places[index]]).sum();
        (persons.saturating_sub(floor.may_miss), out)
    }

    /// Returns whether sites with these schedules have room for all who must be served in a period.
    fn serves_everybody(
        &self,
        layer: &super::problem::Layer,
        at: usize,
        period: usize,
        schedules: &[u32],
    ) -> bool {
        let persons: u64 = layer.persons.iter().sum();
        if persons == 0 {
            return true;
        }
        let mut room = 0_u64;
        for (site, &schedule) in schedules.iter().enumerate() {
            if let Some(size) = self.offered(site, schedule, at, period) {
                room = room.saturating_add(layer.sizes[size].unwrap_or(u64::MAX));
            }
        }
        room >= persons
    }
}
