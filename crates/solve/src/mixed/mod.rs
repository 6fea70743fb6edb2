//! Programmes with several packages, capacities, costs and rules between sites.
//!
//! ```text
//! Programme + Question -> objective, tariff (what counts) + schedule (what may happen at a site)
//!   + rules (sums over sites) -> problem
//!   -> run: climb (the ascent; dual says what multipliers are worth, rows which pairs matter, savings what sites save)
//!        <-> search (changes of schedules; service says what they cost, sending and market who goes where, found what is kept;
//!            nearby kicks a plan here and there where looking at all of it takes long)
//!        -> tree (branch and bound on schedules) -> exact (the proof in whole numbers)
//!   -> openings, outcomes
//! ```
//!
//! The relaxation has a radius for everybody's service and a price for each rule between sites; what is left is one
//! schedule for each site, chosen by itself. `docs/concepts/rules.md` states it.
//!
//! Cost: with n places, m sites, K kinds, T periods and S schedules a site, a step of the ascent looks at the
//! pairs within the radii of each kind and period, and at the schedules of all sites. All pairs within the cut-off are
//! held, 8 bytes each and as many again by place, 4 more where kinds are limited; those that a step looks at 8 bytes each
//! for each kind and period. A kick looks at the sites around it alone; to open or close a site with a capacity sends people
//! on along paths, which are short where there is room and long where there is hardly any.
//!
//! `futures` says how demand, costs and delays may turn out; there is a layer for each kind and future.
//! `even` makes a plan that lies as evenly as the choices of an ascent; `scale` says where one starts and what its steps are
//! measured by, `changes` what changes of a plan cost;
//! `propagation` what rules leave of schedules, and `ray` which rule a list of schedules breaks. `worst` is for the goal
//! of the worst-off, which is no sum over persons.

mod changes;
mod climb;
mod dual;
mod even;
mod exact;
mod found;
mod futures;
mod layers;
mod market;
mod nearby;
mod nearest;
mod objective;
mod openings;
mod outcomes;
mod problem;
mod propagation;
mod ray;
mod rows;
mod rules;
mod run;
mod savings;
mod scale;
mod schedule;
mod search;
mod sending;
mod service;
mod tariff;
mod tree;
#[cfg(test)]
mod trials;
mod worst;

use std::sync::Arc;

use groundwork_model::plan::Sense;
use groundwork_model::{Code, Goal, Opening, Problem, Programme, Question};

use self::nearest::Near;
use self::objective::Objective;
use self::problem::Mixed;
use self::run::Run;
use crate::control::{Control, Event, Options};
use crate::network::Network;
use crate::planner::{Infeasible, Solution};

/// Holds a programme that is not plain, indexed for one question.
pub struct MixedPlanner<'a> {
    programme: &'a Programme,
    question: Question,
    network: Arc<Network>,
    mixed: Mixed,
    near: Near,
    goal: Goal,
    /// Whether the question is about futures.
    has_futures: bool,
}

impl<'a> MixedPlanner<'a> {
    pub(crate) fn new(programme: &'a Programme, question: &Question) -> Result<Self, Infeasible> {
        if !question.held.is_empty() && programme.settings.distance.unserved_m().is_none() {
            let cause = "goals are held, and everybody must be served: what nobody serves has no cost to hold";
            let remedy = "Set distance.cut_off_km or distance.unserved_km.";
            let problem = Problem::new(Code::NoPlan, cause).with_remedy(remedy);
            return Err(Infeasible(vec![problem]));
        }
        let network = Arc::new(Network::new(programme));
        futures_refused(programme, question, &network)?;
        let mixed = Mixed::new(programme, question, &network);
        let mut problems = mixed.refused.clone();
        for (site, column) in mixed.columns.iter().enumerate() {
            if column.schedules.is_empty() && !column.locked {
                let id = &network.sites[site].id;
                let cause =
                    format!("`{id}` is required and may open in no period with any package");
                problems.push(Problem::new(Code::RequiredSiteMissing, cause));
            }
        }
        if !problems.is_empty() {
            return Err(Infeasible(problems));
        }
        let near = Near::new(&mixed);
        let has_futures = question.has_futures(programme);
        let goal = question.goal(programme);
        let question = question.clone();
        Ok(Self { programme, question, network, mixed, near, goal, has_futures })
    }

    fn objective(&self) -> Objective<'_> {
        Objective::new(self.programme, self.goal)
    }

    pub(crate) fn measure(&self) -> (Sense, u64, &str) {
        (self.mixed.sense, self.mixed.scale, &self.mixed.unit)
    }

    /// Searches for the best plan, also from a known one, and proves how good it is; says so when no plan keeps all
    /// rules.
    pub(crate) fn solve(
        &self,
        known: &[Opening],
        options: Options,
        control: &dyn Control,
    ) -> Result<Solution, Infeasible> {
        control.event(&Event::Started {
            places: self.mixed.places,
            candidates: self.mixed.sites(),
            periods: self.mixed.periods,
            pairs: self.mixed.pairs.len(),
        });
        let known = self.start(known);
        if self.goal == Goal::WorstDistance {
            return worst::solve(self, known, options, control);
        }
        match self.worst_distance_held() {
            Some((goal, most)) => worst::solve_held(self, (goal, most), known, (options, control)),
            None => Run::new(self, options, control).run(known),
        }
    }

    /// Returns the number of the goal of the worst-off among those that are held, and what it is held at.
    fn worst_distance_held(&self) -> Option<(usize, i128)> {
        let mut held = self.question.held.iter().enumerate();
        let found = held.find(|(_, held)| held.goal == Goal::WorstDistance);
        found.map(|(at, held)| (at, held.value))
    }

    /// Returns the same planner where nobody may go farther in a moment than so many metres.
    fn with_limits(&self, goal: usize, limits: &[u32]) -> Self {
        let mixed = self.mixed.with_limits(goal, limits);
        Self {
            near: Near::new(&mixed),
            mixed,
            question: self.question.clone(),
            network: Arc::clone(&self.network),
            ..*self
        }
    }
}

/// Refuses what a question asks of futures and cannot be had.
fn futures_refused(
    programme: &Programme,
    question: &Question,
    network: &Network,
) -> Result<(), Infeasible> {
    if !question.has_futures(programme) {
        return Ok(());
    }
    if futures::of(programme, question, network).is_empty() {
        let cause = "the future that is asked for is none of the programme";
        let remedy = "Name a future of [scenarios].";
        return Err(Infeasible(vec![Problem::new(Code::NoPlan, cause).with_remedy(remedy)]));
    }
    Ok(())
}
