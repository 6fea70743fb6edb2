//! Benchmark problems with capacities, from the problem as read to the answer with its proof.

use std::cell::Cell;

use groundwork_model::field::{Costs, FieldProblem, FieldStatus};
use groundwork_model::plan::Sense;
use groundwork_model::{Code, Problem, Proof, StoppedBy};

use super::ascent::{Ascent, Relaxed, State};
use super::gate::Gate;
use super::search::{Choice, Search};
use super::single::{self, Single};
use super::transport::Transport;
use super::tree::{self, Tree};
use super::{Capacitated, Part, proof};
use crate::control::{Control, Event, Options, Phase, Progress};
use crate::field::FieldSolution;
use crate::field_costs::FieldCosts;
use crate::near::PAIRS_MAX;

/// Kicks without gain after which the search for sites ends.
const ROUNDS: usize = 20;

/// Searches for the best answer to a problem with capacities and proves how good it is; `single` asks for
/// one site a client.
///
/// # Errors
/// A [`Problem`] when its table of costs or its numbers are too large.
pub(crate) fn solve(
    problem: &FieldProblem,
    single: bool,
    options: Options,
    control: &dyn Control,
) -> Result<FieldSolution, Problem> {
    let instance = instance(problem)?;
    control.event(&Event::Started {
        places: instance.clients(),
        candidates: instance.sites(),
        periods: 1,
        pairs: instance.clients() * instance.sites(),
    });
    let gate = Gate::new(control, options.work_limit);
    let run =
        Run { instance: &instance, single, options, control, gate: &gate, work: Cell::new(0) };
    Ok(run.solve())
}

/// Takes the problem apart.
fn instance(problem: &FieldProblem) -> Result<Capacitated, Problem> {
    let refused = |cause: &str| Problem::new(Code::NotSolved, cause);
    if problem.weights.len().saturating_mul(problem.sites.len()) > PAIRS_MAX {
        return Err(refused("the table of costs has too many entries"));
    }
    let costs = FieldCosts::new(problem);
    let sites: Vec<(u64, Option<u64>)> =
        problem.sites.iter().map(|site| (site.opening_cost, site.capacity)).collect();
    let whole_client = matches!(problem.costs, Costs::Total(_));
    let cost = |client: usize, site: usize| costs.exact(client, site);
    Capacitated::new(problem.weights.clone(), &sites, whole_client, cost)
        .ok_or_else(|| refused("demands, capacities or costs are too large together"))
}

/// Is the search for one answer.
struct Run<'a> {
    instance: &'a Capacitated,
    single: bool,
    options: Options,
    control: &'a dyn Control,
    gate: &'a Gate<'a>,
    /// Pairs priced by the parts that are done.
    work: Cell<u64>,
}

/// Is an answer with its exact value.
struct Answer {
    value: i128,
    open: Vec<usize>,
    parts: Vec<Part>,
}

impl<'a> Run<'a> {
    fn solve(&self) -> FieldSolution {
        let instance = self.instance;
        if self.single && single::is_impossible(instance) {
            return nothing(FieldStatus::Infeasible);
        }
        if instance.total == 0 {
            return nobody_to_serve(instance.clients());
        }
        let Some(mut search) = Search::new(instance, self.options.seed, Some(self.gate)) else {
            return nothing(FieldStatus::Infeasible);
        };
        let first = self.single.then(|| self.first(&search.best.open, search.work())).flatten();
        let start = self.climb(&mut search, first.as_ref());
        self.search(&mut search, first.as_ref());
        let mut single = first;
        if self.single {
            single = self.pack(&search.pool, single);
        }
        let best = search.best.clone();
        let mut transport = search.into_transport();
        let split = self.split(best, &mut transport);
        let tree = self.prove(&split, single.as_ref(), start);
        let answer = if self.single {
            self.repacked(&tree, single).map(Answer::from)
        } else if tree.best.0 < split.value {
            transport.solve(&tree.best.1);
            Some(self.answer(tree.best.1.clone(), transport.parts()))
        } else {
            Some(split)
        };
        self.solution(answer, &tree)
    }

    /// Assigns the clients, who may be split, to the best choice.
    fn split(&self, best: Choice, transport: &mut Transport<'_>) -> Answer {
        let parts = if best.value.is_finite() && transport.solve(&best.open).is_some() {
            transport.parts()
        } else {
            Transport::rough_parts(self.instance, &best.open)
        };
        self.answer(best.open, parts)
    }

    /// Climbs the dual from the first choice, so that there is a bound early, and tries the sites to which
    /// that leads.
    fn climb(&self, search: &mut Search<'_>, first: Option<&Single>) -> Relaxed {
        let before = search.work();
        let value = search.best.value;
        let shown = if self.single { first.map(|first| first.value as f64) } else { Some(value) };
        self.report(Phase::Start, shown.filter(|shown| shown.is_finite()), None, before);
        let worth = search.worth();
        let states = vec![State::Free; self.instance.sites()];
        let mut ascent = Ascent::new(self.instance);
        let stops = |work: u64| !self.gate.goes_on(before + work);
        let relaxed = ascent.ascend((&states, &worth), (tree::ROOT, value), &stops);
        search.note_work(ascent.work);
        search.try_usage(&relaxed.usage);
        self.report(Phase::Bound, shown, Some(relaxed.bound), search.work());
        relaxed
    }

    /// Returns an answer of split clients; sites that serve nobody stay closed.
    fn answer(&self, mut open: Vec<usize>, parts: Vec<Part>) -> Answer {
        open.retain(|&site| parts.iter().any(|part| part.1 == site));
        Answer { value: self.instance.value(&open, &parts), open, parts }
    }

    /// Packs the clients of a choice of sites, so that there is an answer early.
    fn first(&self, open: &[usize], work: u64) -> Option<Single> {
        let goes_on = self.gate.goes_on(work);
        let from = (self.options.seed, work);
        goes_on.then(|| single::first(self.instance, open, from, Some(self.gate))).flatten()
    }

    /// Searches sets of open sites.
    fn search(&self, search: &mut Search<'_>, first: Option<&Single>) {
        let known = first.map(|first| first.value as f64);
        let shows = |split: f64| if self.single { known } else { Some(split) };
        let mut least = search.best.value;
        search.run(ROUNDS, |work, value| {
            if value < least {
                least = value;
                self.report(Phase::Improve, shows(value), None, work);
            }
            self.gate.goes_on(work)
        });
        self.work.set(search.work());
    }

    /// Packs the clients, each whole, at good choices of sites.
    fn pack(&self, pool: &[Choice], known: Option<Single>) -> Option<Single> {
        let before = self.work.get();
        let mut least = None;
        let from = (self.options.seed, known);
        single::best(self.instance, pool, from, Some(self.gate), |work, value| {
            self.work.set(before + work);
            if value.is_some() && value != least {
                least = value;
                let shown = value.map(|value| value as f64);
                self.report(Phase::Improve, shown, None, before + work);
            }
            self.gate.goes_on(before + work)
        })
    }

    /// Proves how good answers can be: until split ones are settled, or a single one is proved best.
    fn prove(&self, split: &Answer, single: Option<&Single>, start: Relaxed) -> Tree {
        let before = self.work.get();
        let best = match single {
            Some(single) if single.value < split.value => (single.value, single.open.clone()),
            _ => (split.value, split.open.clone()),
        };
        let gate = Some((self.gate, before));
        let goes_on = |work, value, bound| {
            let value = if self.single { single.map(|single| single.value) } else { Some(value) };
            let (shown, bound) = (value.map(|value| value as f64), bound as f64);
            self.report(Phase::Bound, shown, Some(bound), before + work);
            self.note_gap(shown, bound, before + work);
            self.gate.goes_on(before + work)
        };
        let tree = tree::prove(self.instance, best, start, goes_on, gate);
        self.work.set(before + tree.work);
        tree
    }

    /// Stops where the gap asked for is reached.
    fn note_gap(&self, value: Option<f64>, bound: f64, work: u64) {
        let gap = value.map(|value| gap_of(value, bound));
        if self.options.gap > 0.0 && gap.is_some_and(|gap| gap <= self.options.gap) {
            self.gate.stop(StoppedBy::Gap, work);
        }
    }

    /// Packs the clients once more where the tree came across better sites.
    fn repacked(&self, tree: &Tree, single: Option<Single>) -> Option<Single> {
        let known = single.as_ref().map_or(i128::MAX, |single| single.value);
        let worse = tree.best.0 >= known || self.gate.has_stopped();
        let found = if worse { None } else { self.first(&tree.best.1, self.work.get()) };
        found.filter(|found| found.value < known).or(single)
    }

    fn report(&self, phase: Phase, value: Option<f64>, bound: Option<f64>, work: u64) {
        let gap = value.zip(bound).map(|(value, bound)| gap_of(value, bound));
        self.control.event(&Event::Progress(Progress { phase, value, bound, gap, work }));
    }

    fn solution(&self, answer: Option<Answer>, tree: &Tree) -> FieldSolution {
        let stopped = self.gate.stopped();
        let (stopped_by, work) = stopped.unwrap_or((StoppedBy::Exhausted, self.work.get()));
        let mut solution = FieldSolution {
            stopped_by,
            work,
            bound: Some(tree.bound),
            proof: Some(proof::of(tree, self.instance.clients())),
            ..nothing(FieldStatus::Unknown)
        };
        if let Some(answer) = answer {
            solution.status = FieldStatus::Feasible;
            solution.value = Some(answer.value);
            solution.openings = answer.open.iter().map(|&site| (site, 0)).collect();
            solution.assignments = answer.parts;
        }
        solution.settled()
    }
}

impl From<Single> for Answer {
    fn from(single: Single) -> Self {
        Self { value: single.value, open: single.open, parts: single.parts }
    }
}

fn gap_of(value: f64, bound: f64) -> f64 {
    (value - bound).abs() / value.abs().max(1.0)
}

fn nothing(status: FieldStatus) -> FieldSolution {
    FieldSolution {
        status,
        stopped_by: StoppedBy::Proved,
        sense: Sense::Min,
        value: None,
        bound: None,
        proof: None,
        openings: Vec::new(),
        assignments: Vec::new(),
        work: 0,
    }
}

/// Returns the answer where nobody demands anything: no site opens.
fn nobody_to_serve(clients: usize) -> FieldSolution {
    let proof = Proof::Lagrangian { shift: 0, prices: Vec::new(), radii: vec![vec![0; clients]] };
    let (value, bound) = (Some(0), Some(0));
    FieldSolution { value, bound, proof: Some(proof), ..nothing(FieldStatus::Optimal) }
}
