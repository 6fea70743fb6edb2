//! The independent checker: it believes nothing that a plan or a certificate says.
//!
//! [`verify`] takes the programme as written, a plan and its certificate, and derives everything
//! again: which sites there are, how far each place lies from them, what the reports fix, which
//! rules bind, what the plan is worth, and what bound the certificate proves. It holds no solver
//! and shares no code with one; it searches for nothing, and every figure is an exact integer.
//!
//! One file a family of rules:
//!
//! - `sites`, `distance`, `weights`: the programme in numbers.
//! - `facts`: what the question fixes, decides and leaves free; `replan`: what it says of promises.
//! - `rules`: whether the openings are allowed.
//! - `service`, `value`, `outcomes`: what they give.
//! - `metric`, `plane`, `near`: what pairs cost, and which are cheap.
//! - `relaxation`, `lagrangian`, `cover`: what the certificate proves.
//! - `schedules`: all of this for programmes with several packages or with rules between sites.
//! - `inputs`, `claims`: whether the plan says the same.
//!
//! [`verify_field`] does the same for the answers to benchmark problems, and [`verify_frontier`] for the
//! answers to one of them for every number of sites in a range.
//!
//! The programme is expected to have passed the input check: numbers lie in their documented ranges
//! and names are known. Plan and certificate may hold anything.

mod claims;
mod cover;
mod distance;
mod facts;
mod field;
mod inputs;
mod lagrangian;
mod metric;
mod near;
mod outcomes;
mod plane;
mod relaxation;
mod replan;
mod rules;
mod scene;
mod schedules;
mod service;
mod sites;
mod value;
mod weights;

use groundwork_model::plan::{Sense, Served};
use groundwork_model::{
    Certificate, Code, InputFile, Opening, PeriodOutcome, Plan, Problem, Programme, Proof,
    Question, Status, Verdict,
};

pub use crate::field::{verify_field, verify_frontier};

use crate::facts::Terms;
use crate::relaxation::Multipliers;
use crate::replan::Replanned;
use crate::scene::Scene;
use crate::schedules::Schedules;
use crate::service::Service;

/// Says whether a plan keeps every rule, is worth what it claims, and is bounded as it claims.
///
/// `inputs` are the files that the programme was read from just now, with their hashes.
#[must_use]
pub fn verify(
    programme: &Programme,
    inputs: &[InputFile],
    plan: &Plan,
    certificate: Option<&Certificate>,
) -> Verdict {
    let question = &plan.question;
    let scene = Scene::new(programme, question.goal(programme));
    let Asked { terms, replanned } = Asked::of(&scene, question);
    let world = schedules_of(&scene, question, &terms, replanned);
    let assignments: Vec<&[Served]> = if question.has_futures(programme) {
        plan.futures.iter().map(|future| future.assignments.as_slice()).collect()
    } else {
        vec![&plan.assignments]
    };
    let score = score(&scene, &terms, world.as_ref(), &plan.openings, &assignments);
    let proved = certificate.map(|certificate| match &world {
        None => prove(&scene, &terms, &certificate.proof),
        Some(world) => schedules::prove(world, &certificate.proof),
    });
    let bound = proved.as_ref().and_then(|proved| proved.bound);
    let feasible = score.problems.is_empty();

    let mut problems = inputs::changed(&plan.inputs, inputs);
    problems.extend(score.problems.iter().cloned());
    let settled = world.as_ref().map_or_else(|| terms.settled(), Schedules::settled);
    problems.extend(claims::of_plan(&scene, &settled, plan, &score));
    problems.extend(claims::of_futures(&scene, plan, &score));
    problems.extend(claims::of_certificate(plan, certificate));
    problems.extend(claims::of_bound(plan, score.sense, certificate.is_some(), bound));
    let mut pairs = score.pairs;
    if let Some(proved) = proved {
        pairs += proved.pairs;
        problems.extend(proved.problems);
    }

    Verdict {
        accepted: problems.is_empty() && plan.status != Status::Infeasible,
        feasible,
        value: score.value,
        bound,
        gap: score.value.zip(bound).map(|(value, bound)| Plan::gap_of(value, bound)),
        scale: score.scale,
        unit: score.unit,
        pairs,
        problems,
    }
}

/// Says what a list of openings breaks and what it is worth, whoever made the list.
///
/// Where kinds are limited by capacities nobody is served with them; see [`verify_choice`].
#[must_use]
pub fn verify_openings(programme: &Programme, question: &Question, openings: &[Opening]) -> Score {
    verify_choice(programme, question, openings, &[])
}

/// Says what openings break and what they are worth, with who is served where of the limited kinds: where the
/// question has futures, in the first of them.
#[must_use]
pub fn verify_choice(
    programme: &Programme,
    question: &Question,
    openings: &[Opening],
    assignments: &[Served],
) -> Score {
    verify_choices(programme, question, openings, &[assignments])
}

/// Says what openings break and what they are worth, with who is served where of the limited kinds in each
/// future of the question, in their order; nobody in those without a list.
#[must_use]
pub fn verify_choices(
    programme: &Programme,
    question: &Question,
    openings: &[Opening],
    assignments: &[&[Served]],
) -> Score {
    let scene = Scene::new(programme, question.goal(programme));
    let Asked { terms, replanned } = Asked::of(&scene, question);
    let world = schedules_of(&scene, question, &terms, replanned);
    score(&scene, &terms, world.as_ref(), openings, assignments)
}

/// Is a question as read.
struct Asked {
    terms: Terms,
    replanned: Replanned,
}

impl Asked {
    fn of(scene: &Scene<'_>, question: &Question) -> Self {
        let mut terms = facts::terms(scene, question);
        let replanned = Replanned::of(scene, question, &terms);
        terms.problems.extend(replanned.problems.iter().cloned());
        if is_plain(scene, question) {
            facts::replan(scene, &mut terms, &replanned);
        }
        Self { terms, replanned }
    }
}

/// Returns whether neither the programme nor the question needs schedules.
fn is_plain(scene: &Scene<'_>, question: &Question) -> bool {
    scene.programme.is_plain() && question.is_plain(scene.programme)
}

/// Returns the schedules of all sites where programme or question are not plain.
fn schedules_of<'a>(
    scene: &'a Scene<'a>,
    question: &Question,
    terms: &Terms,
    replanned: Replanned,
) -> Option<Schedules<'a>> {
    (!is_plain(scene, question)).then(|| Schedules::new(scene, question, terms, replanned))
}

/// Is what a list of openings gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Every rule that the openings break.
    pub problems: Vec<Problem>,
    /// Value of the objective; `None` when an opening cannot be read or somebody who must be served
    /// is not.
    pub value: Option<i128>,
    /// Whether a smaller or a larger value is better.
    pub sense: Sense,
    /// The value is this many times the unit.
    pub scale: u64,
    /// Unit of value / scale.
    pub unit: String,
    /// What the openings are worth in each future; empty where the question has none, or when an opening cannot
    /// be read.
    pub futures: Vec<FutureScore>,
    /// What people get in each period, of the first future where there are several; empty when an opening cannot
    /// be read.
    pub outcomes: Vec<PeriodOutcome>,
    /// Sum over the periods of (persons with access to every kind) x (years in the period).
    pub person_years_of_access: u64,
    /// Pairs of place and site whose distance was computed.
    pub pairs: u64,
}

/// Is what a list of openings is worth in one future.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FutureScore {
    /// Name of the future.
    pub name: String,
    /// How much it counts in the mean.
    pub weight: u32,
    /// Value in the future, in the scale of the goal alone; `None` when somebody who must be served is not.
    pub value: Option<i128>,
}

/// Is what a certificate proves.
#[derive(Debug, Default)]
pub(crate) struct Proved {
    /// The bound as shown; `None` when the certificate proves none.
    pub(crate) bound: Option<i128>,
    /// Why it proves less than it should.
    pub(crate) problems: Vec<Problem>,
    /// Pairs of place and site whose distance was computed.
    pub(crate) pairs: u64,
}

fn score(
    scene: &Scene<'_>,
    terms: &Terms,
    world: Option<&Schedules<'_>>,
    openings: &[Opening],
    assignments: &[&[Served]],
) -> Score {
    if let Some(world) = world {
        return schedules::score(world, terms, openings, assignments);
    }
    let reading = rules::read(scene, openings);
    let mut score = empty_score(scene, terms);
    score.problems.extend(rules::broken(scene, terms, &reading));
    if assignments.iter().any(|rows| !rows.is_empty()) {
        let cause = "the plan says who is served where; no kind of this programme has a capacity";
        score.problems.push(Problem::new(Code::AssignmentWrong, cause));
    }
    if !reading.complete {
        return score;
    }
    let service = Service::of(scene, &reading.opens(scene));
    score.problems.extend(rules::nobody_serves(scene, &service));
    match value::value(scene, &service) {
        Ok(value) => score.value = value,
        Err(problem) => score.problems.push(problem),
    }
    score.outcomes = outcomes::outcomes(scene, &reading, &service);
    score.person_years_of_access = outcomes::person_years_of_access(scene, &score.outcomes);
    score.pairs = service.pairs;
    score
}

/// Returns the score of nothing, with the faults of the question itself.
pub(crate) fn empty_score(scene: &Scene<'_>, terms: &Terms) -> Score {
    Score {
        problems: terms.problems.clone(),
        value: None,
        sense: scene.weights.sense(),
        scale: scene.weights.scale,
        unit: scene.weights.unit().to_owned(),
        futures: Vec::new(),
        outcomes: Vec::new(),
        person_years_of_access: 0,
        pairs: 0,
    }
}

fn prove(scene: &Scene<'_>, terms: &Terms, proof: &Proof) -> Proved {
    match proof {
        Proof::Lagrangian { shift, prices, radii } => {
            lagrangian::prove(scene, terms, Multipliers { shift: *shift, prices, radii })
        }
        Proof::Cover { periods } => cover::prove(scene, terms, periods),
        Proof::Tree { at_least: Some(_), .. } => {
            let cause = "`at_least` belongs to the p-centre problem";
            Proved { problems: vec![relaxation::malformed(cause)], ..Proved::default() }
        }
        Proof::Tree { shift, at_least: None, prices, radii, nodes } => {
            let root = Multipliers { shift: *shift, prices, radii };
            lagrangian::prove_by_tree(scene, terms, root, nodes)
        }
        Proof::Grains { .. } => {
            let cause = "a proof in halves by grains belongs to a facility location problem";
            Proved { problems: vec![relaxation::malformed(cause)], ..Proved::default() }
        }
        Proof::Schedules { .. } | Proof::ScheduleCover { .. } => {
            let cause = "a proof by schedules belongs to a programme that is not plain";
            Proved { problems: vec![relaxation::malformed(cause)], ..Proved::default() }
        }
    }
}
