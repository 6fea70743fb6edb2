//! A run of the solver: ascents, dives and the search in turn, then the tree.

use std::cell::Cell;

use groundwork_model::certificate::ScheduleNode;
use groundwork_model::plan::Sense;
use groundwork_model::{Code, Problem, Proof, Status, StoppedBy};

use super::MixedPlanner;
use super::climb::{Climb, Steps};
use super::dual::{Domain, State};
use super::even;
use super::exact::Multipliers;
use super::found::Found;
use super::nearby::LANES;
use super::nearest::Near;
use super::problem::Mixed;
use super::scale::{first_state, scale_of};
use super::search::Search;
use super::service::Draft;
use super::tree::{Answer, Proved, Seen, Tree};
use crate::control::{Control, Event, Options, Phase, Progress};
use crate::planner::{Infeasible, Solution};

/// Steps of the first ascent, of those after it, and how often those are tried without much gain.
const FIRST: Steps = Steps { first: 0.05, last: 0.0003, count: 3000 };
/// How much fewer steps a brief ascent has before it where kinds are limited, how many at least, and its last one.
const BRIEF: usize = 6;
const BRIEF_LEAST: usize = 150;
const BRIEF_LAST: f64 = 0.003;
/// Pairs that the first ascent may look at before it has fewer steps, and how few.
const FIRST_PAIRS: usize = 5_000_000_000;
const FIRST_LEAST: usize = 400;
/// Steps from which on they can be as short as those of the first ascent, and what fewer are like.
const MANY_STEPS: usize = 1000;
const FEW: Steps = Steps { first: 0.1, last: 0.001, count: 400 };
const AGAIN: Steps = Steps { first: 0.02, last: 0.0005, count: 300 };
const ROUNDS: usize = 6;
/// Share of the first ascent where a good plan is asked and no bound.
const GOOD_SHARE: usize = 6;
/// Part of the gap that a round has to close to be better than branching.
const ROUND_PAYS: f64 = 0.1;
/// Sites up to which changes in twos help to find a first plan soon.
const IN_TWOS_MAX: usize = 1000;
/// Steps of an ascent on a dive, parts in which it settles sites at least, and what counts as agreed.
const DIVE_STEPS: Steps = Steps { first: 0.02, last: 0.005, count: 40 };
const DIVES: usize = 12;
const AGREED: f32 = 0.97;
/// Further dives where kicks take long, and how much chance has a say in them.
const DIVES_LIMITED: usize = 3;
const CHANCE: f32 = 0.05;
/// Sites up to which dives are worth their time.
const DIVE_SITES_MAX: usize = 1000;
/// Kicks of the best plan between two ascents.
const KICKS: usize = 40;
/// Part of the cost that as many kicks have to gain to be followed by others, where neighbours answer, and sites for each of
/// which there is one more round of them.
const SHAKING_PAYS: f64 = 1e-4;
const SITES_A_ROUND: usize = 100;
/// The same between two nodes of the tree, and the node from which on: what is proved soon needs none. Where neighbours
/// answer, a node takes as long as many kicks.
const KICKS_OF_TREE: usize = 8;
const KICKED_FROM: u64 = 100;
/// Work of looking for better plans, as a share of that of the tree.
const SEARCH_OF_TREE: u64 = 1;

/// Remembers when plan or bound last got better.
struct Gain {
    cost: Option<i128>,
    bound: f64,
    work: u64,
}

/// Part of the bound that counts as a gain, and pairs without one, at least and as a multiple of those up to the
/// last one, after which the tree has done what it can.
const BOUND_GAIN: f64 = 1e-5;
const VAIN_LEAST: u64 = 10_000_000_000;
const VAIN_FACTOR: u64 = 3;

impl Gain {
    /// Takes note of plan and bound; returns whether the last gain was long ago.
    fn is_long_ago(&mut self, cost: Option<i128>, bound: f64, work: u64) -> bool {
        if cost != self.cost || bound > self.bound + BOUND_GAIN * self.bound.abs() {
            *self = Self { cost, bound, work };
        }
        work - self.work > VAIN_LEAST.max(VAIN_FACTOR * self.work)
    }
}

/// Says how much is asked of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// The best plan, with a proof.
    Best,
    /// A good plan.
    Good,
    /// Any plan.
    Any,
}

/// Is how far a run has come without a tree.
struct Reached<'a> {
    search: Search<'a>,
    climb: Climb<'a>,
    scale: State,
}

/// Is what looking for any plan comes to.
pub(super) struct Sought {
    pub(super) schedules: Option<Vec<u32>>,
    /// Prices of rules to which its ascent has led.
    pub(super) prices: Vec<f64>,
    pub(super) work: u64,
    pub(super) stopped: Option<StoppedBy>,
}

/// Is what a run comes to.
pub(super) struct Closed {
    pub(super) found: Option<Found>,
    /// The cost that no plan beats.
    pub(super) bound: i128,
    pub(super) proof: Proof,
    pub(super) stopped_by: StoppedBy,
    pub(super) work: u64,
}

/// Is a run of the solver.
pub(super) struct Run<'a> {
    planner: &'a MixedPlanner<'a>,
    /// The planner's problem, or one that stands in for it.
    mixed: &'a Mixed,
    near: &'a Near,
    /// How much is asked: the best plan with a proof, or less.
    wish: Wish,
    options: Options,
    control: &'a dyn Control,
    best: Option<Found>,
    /// Bound so far, as far as floating point can tell.
    bound: f64,
    work: u64,
    stopped: Cell<Option<StoppedBy>>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        planner: &'a MixedPlanner<'a>,
        options: Options,
        control: &'a dyn Control,
    ) -> Self {
        Self {
            planner,
            mixed: &planner.mixed,
            near: &planner.near,
            wish: Wish::Best,
            options,
            control,
            best: None,
            bound: f64::NEG_INFINITY,
            work: 0,
            stopped: Cell::new(None),
        }
    }

    /// Searches for the best plan, also from schedules that are known to be good, and proves how good it is; says
    /// so when no plan keeps all rules.
    pub(super) fn run(self, known: Option<Vec<u32>>) -> Result<Solution, Infeasible> {
        let (planner, gap) = (self.planner, self.options.gap);
        let closed = self.close(known)?;
        let Some(found) = closed.found else {
            return Ok(planner.nothing(closed.stopped_by, closed.work));
        };
        let mut solution = planner.solution(&found, closed.stopped_by, closed.work);
        solution.claim(planner.mixed.shown(closed.bound), closed.proof);
        solution.stop_where_close(gap);
        Ok(solution)
    }

    /// Does the same, and returns plan and proof as they are.
    pub(super) fn close(mut self, known: Option<Vec<u32>>) -> Result<Closed, Infeasible> {
        let mut reached = self.look_around(known);
        let scale = reached.scale;
        let proved = self.grow(&mut reached.search, reached.climb, &scale)?;
        let cost = self.best.as_ref().map_or(i128::MAX, |best| best.cost);
        Ok(Closed {
            bound: proved.bound.map_or(cost, |bound| bound.min(cost)),
            proof: self.proof(proved.root, proved.nodes),
            found: self.best,
            stopped_by: self.stopped.get().unwrap_or(StoppedBy::Exhausted),
            work: self.work,
        })
    }

    /// Only bounds: ascends from near some schedules, and looks for no plan.
    pub(super) fn bound(mut self, near: &[u32]) -> Closed {
        let mixed = self.mixed;
        let domain = mixed.all_schedules();
        let state = first_state(mixed, &Draft::new(mixed, self.near, near.to_vec()));
        let scale = scale_of(mixed, &state);
        let mut climb = Climb::new(mixed, state, scale);
        self.ascend(&mut climb, &domain, self.first_steps());
        for _ in 0..ROUNDS {
            let before = self.bound;
            if self.is_over() {
                break;
            }
            self.ascend(&mut climb, &domain, AGAIN);
            if self.bound - before < BOUND_GAIN * before.abs() {
                break;
            }
        }
        let root = mixed.whole(&climb.best);
        Closed {
            found: None,
            bound: mixed.price_exactly(&root, &domain, false).bound(&domain),
            proof: self.proof(root, Vec::new()),
            stopped_by: self.stopped.get().unwrap_or(StoppedBy::Exhausted),
            work: self.work,
        }
    }

    fn proof(&self, root: Multipliers, nodes: Vec<ScheduleNode>) -> Proof {
        Proof::Schedules {
            shift: self.mixed.shift(),
            prices: self.mixed.named_prices(&root.prices, None),
            radii: root.radii,
            nodes,
            covers: Vec::new(),
        }
    }

    /// Returns the steps of the first ascent: fewer where each takes long, or where less is asked.
    fn first_steps(&self) -> Steps {
        let mixed = self.mixed;
        let each = (mixed.pairs.len() * mixed.periods * mixed.layers.len()).max(1);
        let share = if self.wish == Wish::Best { 1 } else { GOOD_SHARE };
        let count = (FIRST_PAIRS / share / each).clamp(FIRST_LEAST, FIRST.count / share);
        let steps = if FIRST_PAIRS / each < MANY_STEPS { FEW } else { FIRST };
        Steps { count, ..steps }
    }

    /// Searches for a plan of a problem that stands in for the planner's, from schedules that are known to be good; only
    /// where none is found, goes on with a tree until there is one, or says that no plan keeps all rules.
    pub(super) fn seek(
        mut self,
        stand_in: &'a Mixed,
        known: Option<Vec<u32>>,
        wish: Wish,
    ) -> Result<Sought, Infeasible> {
        (self.mixed, self.wish) = (stand_in, wish);
        let mut reached = self.look_around(known);
        let prices = reached.climb.best.prices.clone();
        if self.best.is_none() {
            let scale = reached.scale;
            self.grow(&mut reached.search, reached.climb, &scale)?;
        }
        Ok(Sought {
            schedules: self.best.map(|best| best.schedules),
            prices,
            work: self.work,
            stopped: self.stopped.get(),
        })
    }

    /// Ascends and searches in turn, before any tree.
    fn look_around(&mut self, known: Option<Vec<u32>>) -> Reached<'a> {
        let (mixed, near) = (self.mixed, self.near);
        let domain = mixed.all_schedules();
        let nothing: Vec<u32> = vec![0; mixed.sites()];
        let draft = Draft::new(mixed, near, nothing.clone());
        let state = first_state(mixed, &draft);
        let scale = scale_of(mixed, &state);
        let mut search = Search::new((mixed, near), self.control, self.options.seed, &scale);
        let tree = Tree::new((mixed, near), &scale, state.clone(), None, 0);
        if tree.rules_out_all() {
            let climb = Climb::new(mixed, state, scale.clone());
            return Reached { search, climb, scale };
        }
        let free = vec![0.0; mixed.rules.len()];
        let is_small = mixed.sites() <= IN_TWOS_MAX;
        if let Some(known) = known {
            self.lead(&mut search, &known, &domain, (&free, is_small));
        }
        if self.best.is_none() {
            self.lead(&mut search, &nothing, &domain, (&free, is_small));
        }
        let state = match &self.best {
            Some(best) => {
                let draft = Draft::new(mixed, near, best.schedules.clone());
                first_state(mixed, &draft)
            }
            None => state,
        };
        let mut scale = scale_of(mixed, &state);
        let steps = self.first_steps();
        let mut climb = Climb::new(mixed, state, scale.clone());
        if self.wish == Wish::Any && self.best.is_some() {
            return Reached { search, climb, scale };
        }
        if search.is_limited() {
            let brief = (steps.count / BRIEF).max(BRIEF_LEAST);
            self.begin(&mut search, &mut climb, (&domain, &scale), brief);
            if let Some(best) = &self.best {
                // A better plan says better how far a step should go.
                let draft = Draft::new(mixed, near, best.schedules.clone());
                scale = scale_of(mixed, &first_state(mixed, &draft));
                climb.scale.clone_from(&scale);
            }
        }
        self.ascend(&mut climb, &domain, steps);
        self.dives(&mut search, &climb, &scale);
        self.follow(&mut search, &climb, &domain);
        let rounds = if self.wish == Wish::Best { ROUNDS } else { 1 };
        for _ in 0..rounds {
            if self.is_over() {
                break;
            }
            let before = (self.cost(), self.bound);
            self.ascend(&mut climb, &domain, AGAIN);
            self.dives(&mut search, &climb, &scale);
            self.follow(&mut search, &climb, &domain);
            let gap = before.0.unwrap_or(f64::INFINITY) - before.1;
            let gained = self.bound - before.1;
            let better = before.0.unwrap_or(f64::INFINITY) - self.cost().unwrap_or(f64::INFINITY);
            if gained < ROUND_PAYS * gap && better.is_nan() | (better < ROUND_PAYS * gap) {
                break;
            }
        }
        Reached { search, climb, scale }
    }

    /// Looks for a plan where a brief ascent leads: where kinds are limited, what comes before any ascent is poor, and
    /// the long ascent goes farther from where a brief one ends.
    fn begin(
        &mut self,
        search: &mut Search<'a>,
        climb: &mut Climb<'_>,
        (domain, scale): (&Domain, &State),
        count: usize,
    ) {
        self.ascend(climb, domain, Steps { count, last: BRIEF_LAST, ..FIRST });
        if self.is_over() {
            return;
        }
        if self.may_dive(search) {
            self.dive(search, climb, scale, 0.0);
        }
        let is_small = self.mixed.sites() <= IN_TWOS_MAX;
        let guide = (&climb.best.prices[..], is_small);
        let in_common = self.in_common(climb);
        self.lead(search, &in_common, domain, guide);
    }

    fn cost(&self) -> Option<f64> {
        self.best.as_ref().map(|best| best.cost as f64)
    }

    fn slack(&self) -> i128 {
        let Some(best) = &self.best else { return 0 };
        let value = self.mixed.shown(best.cost).unsigned_abs().max(1);
        (self.options.gap * value as f64) as i128
    }

    /// Returns whether there is no more to do, or something has stopped the run.
    fn is_over(&self) -> bool {
        let done = self.best.as_ref().is_some_and(|best| {
            self.bound.ceil() >= (best.cost.saturating_sub(self.slack())) as f64 - 1e-6
        });
        done || !self.goes_on(self.work)
    }

    /// Returns the work that may still be done.
    fn left(&self) -> u64 {
        self.options.work_limit.map_or(u64::MAX, |limit| limit.saturating_sub(self.work))
    }

    fn goes_on(&self, work: u64) -> bool {
        if self.stopped.get().is_none() {
            let spent = self.options.work_limit.is_some_and(|limit| work >= limit);
            let reason = spent.then_some(StoppedBy::Work).or_else(|| self.control.stop());
            self.stopped.set(reason);
        }
        self.stopped.get().is_none()
    }

    fn report(&self, phase: Phase) {
        if self.wish != Wish::Best {
            return;
        }
        // A line in floating point: exact figures are those of the plan.
        let at_zero = self.mixed.shown(0) as f64;
        let sign = if self.mixed.sense == Sense::Max { -1.0 } else { 1.0 };
        let shown = |cost: f64| at_zero + sign * cost;
        let value = self.cost().map(shown);
        let bound = self.bound.is_finite().then(|| shown(self.bound));
        let gap = value.zip(bound).map(|(v, b)| (v - b).abs() / v.abs().max(1.0));
        self.control.event(&Event::Progress(Progress {
            phase,
            value,
            bound,
            gap,
            work: self.work,
        }));
    }

    fn ascend(&mut self, climb: &mut Climb<'_>, domain: &Domain, steps: Steps) {
        let target = self.best.as_ref().map(|best| best.cost as f64);
        let before = self.work;
        let this = &*self;
        let each = climb.rows.pairs() as u64 + 1;
        let mut done = 0;
        climb.climb(domain, steps, &mut |bound, _| {
            done += each;
            let closed = target.is_some_and(|target| bound > target - 1e-3);
            !closed && this.goes_on(before + done)
        });
        self.work += std::mem::take(&mut climb.work);
        self.bound = self.bound.max(climb.bound);
        self.report(Phase::Bound);
    }

    /// Returns the schedules that the choices of an ascent have in common: where there are many sites, such as lie as evenly.
    fn in_common(&self, climb: &Climb<'_>) -> Vec<u32> {
        if self.mixed.sites() > IN_TWOS_MAX {
            even::evenly(self.mixed, self.near, &climb.shares)
        } else {
            climb.shares.iter().map(|shares| even::most_chosen(shares)).collect()
        }
    }

    /// Looks for plans where an ascent has led: its last choices, what sites chose most, and kicks of the best.
    fn follow(&mut self, search: &mut Search<'a>, climb: &Climb<'_>, domain: &Domain) {
        let mean = self.in_common(climb);
        let prices = &climb.best.prices;
        let guide = (&prices[..], true);
        self.lead(search, &mean, domain, guide);
        // Where each takes long, kicks of the plan from the first are better than one from another start.
        let takes_long = search.is_limited() && self.mixed.sites() > IN_TWOS_MAX;
        if !climb.priced.choice.is_empty() && !takes_long {
            self.lead(search, &climb.priced.choice.clone(), domain, guide);
        }
        self.shake(search, domain, prices, KICKS);
    }

    /// Returns whether dives are worth their time: where neighbours answer kicks, those find better plans in less.
    fn may_dive(&self, search: &Search<'_>) -> bool {
        self.mixed.sites() <= DIVE_SITES_MAX && !search.is_shaken_nearby()
    }

    fn dives(&mut self, search: &mut Search<'a>, from: &Climb<'_>, scale: &State) {
        if !self.may_dive(search) {
            return;
        }
        let more = if search.is_limited() { DIVES_LIMITED } else { 0 };
        for dive in 0..=more {
            if self.is_over() {
                return;
            }
            self.dive(search, from, scale, if dive == 0 { 0.0 } else { CHANCE });
        }
    }

    /// Settles sites in turn, those first on whose schedule an ascent agrees most, each time with a short ascent
    /// over what is left; and leads what comes of it to a plan.
    /// Chance, as a share, mixes the order.
    fn dive(&mut self, search: &mut Search<'a>, from: &Climb<'_>, scale: &State, chance: f32) {
        let mixed = self.mixed;
        let whole = mixed.all_schedules();
        let mut domain = whole.clone();
        let mut climb = Climb::new(mixed, from.best.clone(), scale.clone());
        climb.shares.clone_from(&from.shares);
        loop {
            let mut open: Vec<(f32, usize, u32)> = Vec::new();
            for (site, domain) in domain.iter().enumerate().filter(|(_, domain)| domain.len() > 1) {
                let mut share =
                    |&s: &u32| (climb.shares[site][s as usize] + chance * search.chance(), s);
                let best = domain
                    .iter()
                    .map(&mut share)
                    .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
                open.extend(best.map(|(share, schedule)| (share, site, schedule)));
            }
            if open.is_empty() || self.is_over() {
                break;
            }
            open.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            let least = (open.len() / DIVES).max(1);
            for (at, &(share, site, schedule)) in open.iter().enumerate() {
                if at >= least && share < AGREED {
                    break;
                }
                if !domain[site].contains(&schedule) {
                    continue;
                }
                let mut tried = domain.clone();
                tried[site] = vec![schedule];
                if mixed.narrow(&mut tried) {
                    domain = tried;
                } else {
                    domain[site].retain(|&other| other != schedule);
                    if domain[site].is_empty() {
                        // What was settled before leaves this site nothing.
                        return;
                    }
                }
                if at % 8 == 7 && self.is_over() {
                    return;
                }
            }
            let before = self.work;
            climb.climb(&domain, DIVE_STEPS, &mut |_, _| self.goes_on(before));
            self.work += std::mem::take(&mut climb.work);
        }
        let settled: Vec<u32> = domain.iter().map(|domain| domain[0]).collect();
        self.lead(search, &settled, &whole, (&from.best.prices, !search.is_limited()));
    }

    /// Kicks the best plan a number of times; where neighbours answer, as long as so many kicks gain something.
    fn shake(&mut self, search: &mut Search<'a>, domain: &Domain, prices: &[f64], kicks: usize) {
        let Some(best) = self.best.clone().filter(|_| !self.is_over()) else { return };
        search.may_do(self.left());
        let (mut cost, mut rounds) = (best.cost, 0);
        let is_nearby = search.is_shaken_nearby();
        let window = (kicks / LANES).max(self.mixed.sites() / SITES_A_ROUND);
        let mut goes_on = |work, better: Option<Found>| {
            self.work += work;
            better.into_iter().for_each(|better| self.keep(better));
            rounds += 1;
            if is_nearby && rounds % window == 0 {
                let now = self.best.as_ref().map_or(cost, |best| best.cost);
                let gain = (cost - now) as f64;
                cost = now;
                return gain >= SHAKING_PAYS * now.abs() as f64 && !self.is_over();
            }
            !self.is_over()
        };
        if is_nearby {
            search.shake_nearby(&best, domain, prices, &mut goes_on);
        } else {
            search.shake(&best, domain, prices, kicks, &mut goes_on);
        }
    }

    /// Leads schedules to a plan; keeps it where it is the best so far.
    fn lead(
        &mut self,
        search: &mut Search<'a>,
        start: &[u32],
        domain: &Domain,
        guide: (&[f64], bool),
    ) {
        let work = search.work;
        search.may_do(self.left());
        let found = search.lead(start, domain, guide);
        self.work += search.work - work;
        if let Some(found) = found {
            self.keep(found);
        }
    }

    fn keep(&mut self, found: Found) {
        if self.best.as_ref().is_none_or(|best| found.cost < best.cost) {
            self.best = Some(found);
            self.report(Phase::Improve);
        }
    }

    /// Grows a tree, until it is complete or something stops it; says so when no plan keeps all rules.
    fn grow(
        &mut self,
        search: &mut Search<'a>,
        climb: Climb<'_>,
        scale: &State,
    ) -> Result<Proved, Infeasible> {
        let mixed = self.mixed;
        let known = self.best.as_ref().map(|best| best.cost);
        let (domain, prices) = (mixed.all_schedules(), climb.best.prices.clone());
        let tree = Tree::new((mixed, self.near), scale, climb.best, known, self.slack());
        let (before, mut looked, mut kicked) = (self.work, 0_u64, 0_u64);
        let mut nodes = 0_u64;
        let mut gain = Gain { cost: known, bound: self.bound, work: self.work };
        let control = self.control;
        let stop = || control.stop().is_some();
        let proved = tree.grow(&stop, &mut |seen| {
            nodes += 1;
            self.work = before + looked + kicked + seen.work;
            let was = self.best.as_ref().map(|best| best.cost);
            if seen.is_leaf || looked <= SEARCH_OF_TREE * seen.work + 1000 {
                let start = search.work;
                self.look(search, seen);
                looked += search.work - start;
            }
            let is_kicked = nodes >= KICKED_FROM || search.is_shaken_nearby();
            if is_kicked && kicked <= SEARCH_OF_TREE * seen.work {
                let start = search.work;
                let kicks = if search.is_shaken_nearby() { KICKS } else { KICKS_OF_TREE };
                self.shake(search, &domain, &prices, kicks);
                kicked += search.work - start;
                self.work = before + looked + kicked + seen.work;
            }
            if nodes.is_power_of_two() || nodes.is_multiple_of(64) {
                self.bound = self.bound.max(seen.bound as f64);
                self.report(Phase::Bound);
            }
            let is = self.best.as_ref().map(|best| best.cost);
            if !self.goes_on(self.work) || (self.wish != Wish::Best && is.is_some()) {
                Answer::Stop
            } else if is.is_some() && gain.is_long_ago(is, seen.bound as f64, self.work) {
                self.stopped.set(Some(StoppedBy::Exhausted));
                Answer::Stop
            } else if is != was {
                is.map_or(Answer::Go, Answer::Better)
            } else {
                Answer::Go
            }
        });
        self.work = before + looked + kicked + proved.work;
        if self.best.is_none() && proved.complete && proved.bound.is_none() {
            let cause = "no choice of openings keeps all rules together";
            return Err(Infeasible(vec![Problem::new(Code::NoPlan, cause)]));
        }
        Ok(proved)
    }

    /// Looks for a plan where the choices of a node lead.
    fn look(&mut self, search: &mut Search<'a>, seen: &Seen<'_>) {
        search.may_do(self.left());
        let found = if seen.is_leaf {
            let schedules = seen.choice.to_vec();
            Found::best_of(&mut Draft::new(self.mixed, self.near, schedules))
        } else {
            search.lead(seen.choice, seen.domain, (seen.prices, true))
        };
        if let Some(found) = found {
            self.keep(found);
        }
    }
}

impl MixedPlanner<'_> {
    /// Returns the solution of a search that has found no plan and shown nothing.
    pub(super) fn nothing(&self, stopped_by: StoppedBy, work: u64) -> Solution {
        Solution {
            openings: Vec::new(),
            assignments: Vec::new(),
            futures: Vec::new(),
            value: i128::MAX,
            bound: None,
            proof: None,
            status: Status::Infeasible,
            stopped_by,
            outcomes: Vec::new(),
            person_years_of_access: 0,
            work,
        }
    }

    /// Returns a plan with its figures, without a bound.
    pub(super) fn solution(&self, best: &Found, stopped_by: StoppedBy, work: u64) -> Solution {
        let assignments = self.assignments(best);
        let (outcomes, person_years_of_access) = self.outcomes(best);
        Solution {
            openings: self.openings(best),
            assignments,
            futures: self.future_outcomes(best),
            value: self.mixed.shown(best.cost),
            bound: None,
            proof: None,
            status: Status::Feasible,
            stopped_by,
            outcomes,
            person_years_of_access,
            work,
        }
    }
}
