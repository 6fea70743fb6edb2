//! Plans of plain programmes, with value, bound and proof.

use std::sync::Arc;

use groundwork_model::plan::{FutureOutcome, Sense, Served};
use groundwork_model::programme::PlainGoal;
use groundwork_model::{
    Code, Opening, PeriodOutcome, Plan, Problem, Programme, Proof, Question, Status, StoppedBy,
};

use crate::assignment::NEVER;
use crate::bound::{ExactBound, Multipliers, ceil_shift};
use crate::control::{Control, Event, Options};
use crate::dual::Relaxation;
use crate::engine::{self, feasible_choice};
use crate::instance::{Instance, NO_WINDOW};
use crate::outcomes::{Evaluation, NearestMetres, evaluate};
use crate::start;
use crate::translation::Translation;
use crate::tree::Closed;
use crate::worst::{self, WorstProblem};

/// Holds a plain programme, indexed for one question.
pub struct PlainPlanner<'a> {
    programme: &'a Programme,
    pub(crate) translation: Translation,
}

/// Is a plan as solved, with its value, bound and proof.
#[derive(Clone, Debug)]
pub struct Solution {
    /// The openings, by period, then in the order of the sites.
    pub openings: Vec<Opening>,
    /// Who is served where, for kinds of which sizes have capacities.
    pub assignments: Vec<Served>,
    /// What the plan comes to in each future, where the question has futures.
    pub futures: Vec<FutureOutcome>,
    /// Exact value.
    pub value: i128,
    /// Exact bound, when the method gives one.
    pub bound: Option<i128>,
    /// The proof of the bound.
    pub proof: Option<Proof>,
    /// Whether it is proved best.
    pub status: Status,
    /// Why the search ended.
    pub stopped_by: StoppedBy,
    /// Figures of each period.
    pub outcomes: Vec<PeriodOutcome>,
    /// Sum over the periods of persons with access to every kind x years.
    pub person_years_of_access: u64,
    /// Priced pairs.
    pub work: u64,
}

/// A bound is rounded up, so anything less than a whole unit is a proof; integers have the last word.
const PROVED_BELOW: f64 = 0.999;

/// Says that no plan keeps the rules of a question, and which of them cannot be kept.
#[derive(Clone, Debug, thiserror::Error)]
#[error("no plan keeps all rules: {}", .0.iter().map(|p| p.cause.as_str()).collect::<Vec<_>>().join("; "))]
pub struct Infeasible(pub Vec<Problem>);

impl<'a> PlainPlanner<'a> {
    /// Indexes a programme for a question; says so when no plan can keep its rules.
    ///
    /// # Errors
    /// [`Infeasible`] with the rules that cannot be kept.
    pub fn new(programme: &'a Programme, question: &Question) -> Result<Self, Infeasible> {
        let planner = Self { programme, translation: Translation::new(programme, question) };
        let problems = planner.conflicts();
        if problems.is_empty() { Ok(planner) } else { Err(Infeasible(problems)) }
    }

    /// Returns the direction, scale and unit of values.
    #[must_use]
    pub fn measure(&self) -> (Sense, u64, &'static str) {
        let goal = &self.translation.goal;
        (goal.sense(), goal.scale, goal.unit())
    }

    /// Searches for the best plan and proves how good it is.
    #[must_use]
    pub fn solve(&self, options: Options, control: &dyn Control) -> Solution {
        self.solve_from(&[], options, control)
    }

    /// Does the same from the openings of a plan that is known, where they keep the rules.
    #[must_use]
    pub fn solve_from(
        &self,
        known: &[Opening],
        options: Options,
        control: &dyn Control,
    ) -> Solution {
        self.announce(control);
        if self.translation.goal.goal == PlainGoal::WorstDistance {
            return self.solve_worst(options, control);
        }
        let instance = &self.translation.instance;
        if instance.openings_max() == 0 {
            return self.nothing_to_choose();
        }
        let first = || self.choice(known).or_else(|| start::first(instance));
        let shown = |value: f64| self.shown(value);
        let unit = self.translation.engine_unit();
        let proved = |value: f64, bound: f64| (value - bound) * unit < PROVED_BELOW;
        let closing = Some((&self.translation.exact, unit));
        let found = engine::search(instance, closing, &first, options, control, &shown, &proved);
        let mut solution = self.assemble(&found.opens, found.stopped_by, found.work);
        self.certify(&mut solution, &found.relaxation);
        if let Some(closed) = found.closed {
            self.claim_if_better(&mut solution, closed);
        }
        if solution.stopped_by == StoppedBy::Gap && solution.gap() > Some(options.gap) {
            // Rounding to integers cost the last bit of what was asked.
            solution.stopped_by = StoppedBy::Exhausted;
        }
        solution
    }

    /// Returns the period of each candidate in a list of openings; `None` where there is no list, or it does not
    /// keep the rules.
    fn choice(&self, openings: &[Opening]) -> Option<Vec<usize>> {
        let (translation, instance) = (&self.translation, &self.translation.instance);
        let periods: std::collections::HashMap<&str, usize> = openings
            .iter()
            .filter_map(|row| Some((row.site.as_str(), (row.period as usize).checked_sub(1)?)))
            .collect();
        let of_site = |&site: &usize| periods.get(translation.network.sites[site].id.as_str());
        let choice: Vec<usize> = translation
            .candidates
            .iter()
            .map(|site| of_site(site).copied().unwrap_or(NEVER))
            .collect();
        let mut opened = vec![0; instance.periods];
        for (site, &period) in choice.iter().enumerate() {
            if period == NEVER {
                if instance.candidates[site].required {
                    return None;
                }
            } else if period >= instance.periods || !instance.may_open(site, period) {
                return None;
            } else {
                opened[period] += 1;
            }
        }
        let fits = |(&opened, &quota): (&u32, &u32)| {
            if instance.exactly { opened == quota } else { opened <= quota }
        };
        let keeps = opened.iter().zip(&instance.quotas).all(fits);
        (keeps && !openings.is_empty()).then_some(choice)
    }

    fn solve_worst(&self, options: Options, control: &dyn Control) -> Solution {
        let translation = &self.translation;
        let peopled: Vec<bool> = translation.persons.iter().map(|&persons| persons > 0).collect();
        let problem = WorstProblem {
            instance: &translation.instance,
            caps: &translation.exact.caps,
            peopled: &peopled,
            weights: &translation.goal.period_weights,
        };
        let found = worst::solve(problem, options, control);
        let mut solution = self.assemble(&found.opens, found.stopped_by, found.work);
        solution.claim(found.bound, Proof::Cover { periods: found.cover });
        solution
    }

    /// Returns the plan that opens the largest places first.
    #[must_use]
    pub fn biggest_first(&self) -> Solution {
        let translation = &self.translation;
        let population = |site: usize| {
            let place = translation.network.sites[translation.candidates[site]].of_place;
            place.map_or(0, |place| translation.persons[place])
        };
        let persons: Vec<u64> = (0..self.candidates()).map(population).collect();
        let mut order: Vec<usize> = (0..self.candidates()).collect();
        order.sort_by_key(|&site| (std::cmp::Reverse(persons[site]), site));
        let mut rank = vec![0; order.len()];
        for (at, site) in order.into_iter().enumerate() {
            rank[site] = at;
        }
        self.by_hand(start::by_rank(&translation.instance, &rank))
    }

    /// Returns the plan that opens one site after the other, each the one that helps most at once.
    #[must_use]
    pub fn greedy(&self) -> Solution {
        self.by_hand(start::greedy(&self.translation.instance))
    }

    /// Returns the plan that first finds the best final set of sites, then the best order of that set.
    #[must_use]
    pub fn two_step(&self, options: Options, control: &dyn Control) -> Solution {
        let instance = &self.translation.instance;
        if instance.openings_max() == 0 {
            return self.by_hand(Some(vec![NEVER; self.candidates()]));
        }
        let shown = |value: f64| self.shown(value);
        let unit = self.translation.engine_unit();
        let proved = |value: f64, bound: f64| (value - bound) * unit < PROVED_BELOW;
        let final_year = final_period(instance);
        if start::greedy(&final_year).is_none() {
            return self.by_hand(None);
        }
        let first = || start::first(&final_year);
        let chosen = engine::search(&final_year, None, &first, options, control, &shown, &proved);
        let ordered = restricted_to(instance, &chosen.opens);
        let first = || start::first(&ordered);
        let found = start::greedy(&ordered)
            .map(|_| engine::search(&ordered, None, &first, options, control, &shown, &proved));
        let two_step = found.map(|found| self.by_hand(Some(found.opens)));
        // A final set that cannot be ordered within the rules, or has no site for the first period, is no
        // plan; then greedy is what is left.
        two_step.filter(|plan| plan.status != Status::Infeasible).unwrap_or_else(|| self.greedy())
    }

    /// Returns the exact value and the yearly figures of a list of openings (site id, period
    /// 1-based), whatever rules it breaks; unknown sites and periods are left out.
    #[must_use]
    pub fn evaluate(&self, openings: &[(String, u32)]) -> Evaluation {
        let network = &self.translation.network;
        let periods = self.translation.instance.periods;
        let known: Vec<(usize, usize)> = openings
            .iter()
            .filter(|(_, period)| (1..=periods).contains(&(*period as usize)))
            .filter_map(|(id, period)| Some((network.site_index(id)?, *period as usize - 1)))
            .collect();
        self.evaluate_positions(&known)
    }

    pub(crate) fn candidates(&self) -> usize {
        self.translation.candidates.len()
    }

    fn announce(&self, control: &dyn Control) {
        let instance = &self.translation.instance;
        control.event(&Event::Started {
            places: instance.points,
            candidates: self.candidates(),
            periods: instance.periods,
            pairs: instance.near.pairs(),
        });
    }

    /// Returns an engine value in the terms of the plan's value.
    pub(crate) fn shown(&self, value: f64) -> f64 {
        let goal = &self.translation.goal;
        let value = value * self.translation.engine_unit();
        if goal.goal != PlainGoal::Coverage {
            return value;
        }
        self.coverage_total() as f64 - value
    }

    /// Returns the covered weight if everybody were covered in every period.
    fn coverage_total(&self) -> i128 {
        let goal = &self.translation.goal;
        let persons = i128::from(self.programme.population());
        let periods: i128 = goal.period_weights.iter().map(|&w| i128::from(w)).sum();
        persons * periods * i128::from(goal.factor_sum())
    }

    fn conflicts(&self) -> Vec<Problem> {
        let rules = [self.openings_that_do_not_fit(), self.nobody_serves_at_first()];
        self.translation.refused.iter().cloned().chain(rules.into_iter().flatten()).collect()
    }

    /// Finds required sites and exact quotas that the free openings cannot satisfy together.
    fn openings_that_do_not_fit(&self) -> Option<Problem> {
        let instance = &self.translation.instance;
        let no_worth = vec![0.0; instance.candidates.len() * instance.periods];
        if feasible_choice(instance, &no_worth).is_some() {
            return None;
        }
        let free: Vec<String> = instance.quotas.iter().map(ToString::to_string).collect();
        let required = instance.candidates.iter().filter(|site| site.required).count();
        let cause = format!(
            "{required} required sites do not fit into the openings that are free ({} by period), each \
             within its window",
            free.join(", ")
        );
        Some(if instance.exactly {
            let cause = format!(
                "the openings that are free ({} by period) cannot all be filled, as the rule `exactly` \
                 asks, with every required site among them",
                free.join(", ")
            );
            Problem::new(Code::QuotaNotMet, cause)
        } else {
            Problem::new(Code::RequiredSiteMissing, cause)
        })
    }

    /// Finds a first period in which somebody must be served and nothing can be open.
    fn nobody_serves_at_first(&self) -> Option<Problem> {
        let instance = &self.translation.instance;
        let unserved = instance.caps.iter().step_by(instance.periods).any(|cap| cap.is_infinite());
        let may_open_first = (0..instance.candidates.len()).any(|site| instance.may_open(site, 0));
        if !unserved || may_open_first || self.programme.population() == 0 {
            return None;
        }
        let label = self.programme.settings.periods.label(1);
        let cause = format!("nothing is open and nothing may open in {label}, the first period");
        let remedy = "Let a site open in the first period, ask as of another day, or set \
                      distance.cut_off_km.";
        Some(Problem::new(Code::NobodyServes, cause).with_remedy(remedy))
    }

    fn nothing_to_choose(&self) -> Solution {
        let translation = &self.translation;
        let exact = &translation.exact;
        let periods = self.translation.instance.periods;
        let cap = |cap: &Option<u32>| cap.map_or(0, |cap| u64::from(cap) << exact.shift);
        let radii = exact.caps.iter().map(cap).collect();
        let multipliers = Multipliers { shift: exact.shift, radii, prices: vec![0; periods] };
        let instance = &self.translation.instance;
        let none = vec![NEVER; self.candidates()];
        let mut solution = self.assemble(&none, StoppedBy::Proved, 0);
        let pricing = exact.price(instance, &multipliers);
        let bound = pricing.and_then(|pricing| pricing.bound(&instance.candidates));
        if let Some(bound) = bound {
            let exact = ExactBound { least: ceil_shift(bound, exact.shift), multipliers };
            let order = &translation.exact.order;
            solution.claim(self.as_shown(exact.least), exact.proof(periods, order));
        }
        solution
    }

    /// Adds the exact bound of a relaxation.
    fn certify(&self, solution: &mut Solution, relaxation: &Relaxation) {
        let translation = &self.translation;
        let unit = translation.engine_unit();
        let float_gap = (self.shown(relaxation.bound) - solution.value as f64).abs();
        let proved = |least: i128| self.as_shown(least) == solution.value;
        let instance = &translation.instance;
        let early = solution.stopped_by.is_early();
        let sure = early.then(|| translation.exact.sure(relaxation, unit)).flatten();
        let exact = sure.or_else(|| {
            translation.exact.tightest(instance, relaxation, (unit, float_gap), &proved)
        });
        if let Some(exact) = exact {
            let bound = self.as_shown(exact.least);
            let order = &translation.exact.order;
            solution.claim(bound, exact.proof(translation.instance.periods, order));
        }
    }

    /// Claims what a tree proves, where that is more than is claimed already.
    fn claim_if_better(&self, solution: &mut Solution, closed: Closed) {
        let bound = self.as_shown(closed.least);
        let better = match self.translation.goal.sense() {
            Sense::Min => solution.bound.is_none_or(|before| bound > before),
            Sense::Max => solution.bound.is_none_or(|before| bound < before),
        };
        if better {
            solution.claim(bound, closed.proof);
        }
    }

    /// Returns an exact bound on the engine's cost in the terms of the plan's value.
    fn as_shown(&self, least: i128) -> i128 {
        if self.translation.goal.goal == PlainGoal::Coverage {
            self.coverage_total() - least
        } else {
            least
        }
    }

    pub(crate) fn positions(&self, opens: &[usize]) -> Vec<(usize, usize)> {
        let translation = &self.translation;
        let chosen = translation
            .candidates
            .iter()
            .zip(opens)
            .filter(|&(_, &period)| period != NEVER)
            .map(|(&site, &period)| (site, period));
        translation.given.iter().copied().chain(chosen).collect()
    }

    pub(crate) fn evaluate_positions(&self, openings: &[(usize, usize)]) -> Evaluation {
        let translation = &self.translation;
        let periods = translation.instance.periods;
        let existing = translation.existing.iter().map(|&site| (site, 0));
        let open: Vec<(usize, usize)> = existing.chain(openings.iter().copied()).collect();
        let nearest = NearestMetres::measure(&translation.network, &open, periods);
        let mut openings_of = vec![0; periods];
        for &(_, period) in openings {
            openings_of[period] += 1;
        }
        let existing = translation.existing.len();
        evaluate(self.programme, &translation.goal, &nearest, &openings_of, existing)
    }

    fn by_hand(&self, opens: Option<Vec<usize>>) -> Solution {
        let opens = opens.unwrap_or_else(|| vec![NEVER; self.candidates()]);
        self.assemble(&opens, StoppedBy::Exhausted, 0)
    }

    /// Makes a solution without a bound.
    pub(crate) fn assemble(&self, opens: &[usize], stopped_by: StoppedBy, work: u64) -> Solution {
        let positions = self.positions(opens);
        let Evaluation { value, outcomes, person_years_of_access } =
            self.evaluate_positions(&positions);
        Solution {
            openings: self.openings(positions),
            assignments: Vec::new(),
            futures: Vec::new(),
            value: value.unwrap_or(i128::MAX),
            bound: None,
            proof: None,
            status: if value.is_some() { Status::Feasible } else { Status::Infeasible },
            stopped_by,
            outcomes,
            person_years_of_access,
            work,
        }
    }

    fn openings(&self, mut positions: Vec<(usize, usize)>) -> Vec<Opening> {
        let settings = &self.programme.settings;
        let given: std::collections::HashSet<_> =
            self.translation.given.iter().map(|&(site, _)| site).collect();
        positions.sort_by_key(|&(site, period)| (period, site));
        positions
            .into_iter()
            .map(|(site, period)| Opening {
                site: self.translation.network.sites[site].id.clone(),
                package: settings.packages.first().map_or_else(String::new, |p| p.id.clone()),
                period: period as u32 + 1,
                year: settings.periods.label(period as u32 + 1),
                fixed: given.contains(&site),
                ..Opening::default()
            })
            .collect()
    }
}

impl Solution {
    /// Adds a bound with its proof.
    pub(crate) fn claim(&mut self, bound: i128, proof: Proof) {
        self.bound = Some(bound);
        self.proof = Some(proof);
        if bound == self.value {
            self.status = Status::Optimal;
            self.stopped_by = StoppedBy::Proved;
        } else if self.stopped_by == StoppedBy::Proved {
            // Floating point saw a proof that integers do not bear out.
            self.stopped_by = StoppedBy::Exhausted;
        }
    }

    /// Says that the search ended because value and bound are close enough, where they are.
    pub(crate) fn stop_where_close(&mut self, gap: f64) {
        if self.status != Status::Optimal && self.gap().is_some_and(|reached| reached <= gap) {
            self.stopped_by = StoppedBy::Gap;
        }
    }

    /// Returns the gap between value and bound.
    #[must_use]
    pub fn gap(&self) -> Option<f64> {
        self.bound.map(|bound| Plan::gap_of(self.value, bound))
    }
}

/// Returns the problem of the last period alone, with all openings.
fn final_period(instance: &Instance) -> Instance {
    let last = instance.periods - 1;
    let of_last = |all: &[f64]| all.iter().skip(last).step_by(instance.periods).copied().collect();
    let mut one = Instance {
        periods: 1,
        weights: Arc::new(of_last(&instance.weights)),
        caps: Arc::new(of_last(&instance.caps)),
        quotas: vec![instance.openings_max() as u32],
        ..instance.clone()
    };
    for (site, candidate) in one.candidates.iter_mut().enumerate() {
        let usable = (0..instance.periods).any(|t| instance.may_open(site, t));
        candidate.window = if usable { (0, 0) } else { NO_WINDOW };
    }
    one
}

/// Returns the problem in which only the sites chosen may open.
fn restricted_to(instance: &Instance, chosen: &[usize]) -> Instance {
    let mut restricted = instance.clone();
    for (candidate, &period) in restricted.candidates.iter_mut().zip(chosen) {
        if period == NEVER {
            candidate.window = NO_WINDOW;
        }
    }
    restricted
}
