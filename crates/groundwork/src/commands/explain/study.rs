//! A plan under study: variants of its question, solved and checked, and lists held against the rules.

use std::time::Instant;

use groundwork_model::plan::{Method, Sense, Served};
use groundwork_model::{
    Code, Locked, Opening, Outlook, Plan, Problem, Programme, Question, Site, SiteRule, Status,
};
use groundwork_solve::{Effects, Planner};
use groundwork_verify::{Score, verify_choices};

use super::find::Named;
use crate::cli::{RunArgs, SearchArgs};
use crate::commands::attempt::sent;
use crate::commands::plan::{Made, assemble, options, run_facts};
use crate::disk::Loaded;
use crate::progress::Watch;

/// Is the plan, the site, and how long the study may take.
pub(super) struct Study<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) plan: &'a Plan,
    pub(super) site: &'a Named,
    pub(super) search: &'a SearchArgs,
    /// The question of the plan, without a decision about the site.
    pub(super) free: Question,
    /// By how much a plan may be worse to count as nearly as good.
    pub(super) slack: i128,
    /// Sends people to sites, where the programme is not plain or the plan about futures.
    planner: Option<Planner<'a>>,
    /// Does so in the numbers as written, where the plan is about futures: in those it is told who gains and who loses.
    as_written: Option<Planner<'a>>,
    started: Instant,
}

/// Is a list of openings that keeps all rules, with its exact value.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) openings: Vec<Opening>,
    /// Who goes where, in each future where the plan is about several.
    sent: Vec<Vec<Served>>,
    pub(super) value: i128,
}

/// Is what came of solving a variant.
#[derive(Default)]
pub(super) struct Solved {
    pub(super) best: Option<Kept>,
    /// A bound that the checker has confirmed.
    pub(super) bound: Option<i128>,
    /// Why no plan keeps all rules, where that is proved.
    pub(super) why_not: Option<Vec<Problem>>,
}

impl<'a> Study<'a> {
    pub(super) fn new(
        loaded: &'a Loaded,
        plan: &'a Plan,
        site: &'a Named,
        search: &'a SearchArgs,
        within: f64,
    ) -> Self {
        let mut free = plan.question.clone();
        free.locked.retain(|locked| locked.site != site.id);
        let slack = (plan.value.unsigned_abs() as f64 * within).floor() as i128;
        let planner = Planner::new(&loaded.programme, &free).ok();
        let planner = planner.filter(|planner| planner.plain().is_none());
        let mut study = Self {
            loaded,
            plan,
            site,
            search,
            free,
            slack,
            planner,
            as_written: None,
            started: Instant::now(),
        };
        if study.is_about_futures() {
            study.as_written = Planner::new(&loaded.programme, &study.told()).ok();
        }
        study
    }

    /// Returns whether the plan is about futures.
    pub(super) fn is_about_futures(&self) -> bool {
        self.plan.question.has_futures(self.programme())
    }

    /// Returns the question in whose numbers it is told who gains and who loses: those as written.
    pub(super) fn told(&self) -> Question {
        let free = self.free.clone();
        if !self.is_about_futures() {
            return free;
        }
        Question { outlook: Outlook::AsWritten, held: Vec::new(), ..free }
    }

    /// Returns who goes where in the plan, as it is told.
    pub(super) fn served(&self) -> Vec<Served> {
        match &self.as_written {
            Some(planner) => planner.assign(&self.plan.openings),
            None => self.plan.assignments.clone(),
        }
    }

    /// Returns what people get from a plan, as it is told.
    pub(super) fn effects(&self, kept: &Kept) -> Effects {
        let again = self.as_written.as_ref().map(|planner| planner.assign(&kept.openings));
        let served = again.as_deref().or(kept.sent.first().map(Vec::as_slice)).unwrap_or_default();
        Effects::of(self.programme(), &kept.openings, served)
    }

    pub(super) fn programme(&self) -> &'a Programme {
        &self.loaded.programme
    }

    /// Returns the seconds that are left when a part of the whole time is kept for what follows.
    pub(super) fn left(&self, kept: f64) -> f64 {
        let limit = self.search.time_limit;
        (limit * (1.0 - kept) - self.started.elapsed().as_secs_f64()).max(0.0)
    }

    /// Returns what a value costs against the plan: above 0 is worse.
    pub(super) fn cost(&self, value: i128) -> i128 {
        match self.plan.sense {
            Sense::Min => value - self.plan.value,
            Sense::Max => self.plan.value - value,
        }
    }

    /// Returns the question with the site decided for a period.
    pub(super) fn locked_to(&self, site: &str, period: u32) -> Question {
        let mut question =
            if site == self.site.id { self.free.clone() } else { self.plan.question.clone() };
        question.locked.retain(|locked| locked.site != site);
        question.locked.push(Locked { site: site.to_owned(), period, package: None });
        question
    }

    /// Returns the programme with another rule for the site, and with a narrower window if one is given.
    pub(super) fn with_rule(&self, rule: SiteRule, window: Option<(u32, u32)>) -> Programme {
        let mut programme = self.programme().clone();
        if programme.sites.iter().all(|row| row.id != self.site.id) {
            programme.sites.push(Site { id: self.site.id.clone(), ..Site::default() });
        }
        for row in programme.sites.iter_mut().filter(|row| row.id == self.site.id) {
            row.rule = rule;
            if let Some((first, last)) = window {
                row.earliest = Some(row.earliest.map_or(first, |earliest| earliest.max(first)));
                row.latest = Some(row.latest.map_or(last, |latest| latest.min(last)));
            }
        }
        programme
    }

    /// Returns whether some row of the sites table has this rule for the site.
    pub(super) fn has_rule(&self, rule: SiteRule) -> bool {
        self.programme().sites.iter().any(|row| row.id == self.site.id && row.rule == rule)
    }

    /// Solves a variant within so many seconds; a bound counts only if the checker confirms it.
    pub(super) fn solve(
        &self,
        programme: &Programme,
        question: &Question,
        (seconds, gap, seed): (f64, f64, u64),
    ) -> Solved {
        let gap = Some(self.search.run.gap.unwrap_or(gap));
        let run = RunArgs { gap, seed, ..self.search.run.clone() };
        let search = SearchArgs { time_limit: seconds, run };
        let watch = Watch::start(search.run.progress, search.time_limit);
        let planner = match Planner::new(programme, question) {
            Ok(planner) => planner,
            Err(infeasible) => return Solved { why_not: Some(infeasible.0), ..Solved::default() },
        };
        let (_, scale, unit) = planner.measure();
        watch.measure(scale, unit);
        let solution = planner.solve_from(&self.plan.openings, options(&search), &watch);
        watch.finish();
        let solution = match solution {
            Ok(solution) => solution,
            Err(infeasible) => return Solved { why_not: Some(infeasible.0), ..Solved::default() },
        };
        let run = run_facts(&solution, &watch, &search);
        let label = (String::new(), Method::Optimised);
        let Made { plan, certificate } =
            assemble(self.loaded, &planner, question, solution, label, run);
        if plan.status == Status::Infeasible {
            return Solved::default();
        }
        let inputs = &self.loaded.inputs;
        let verdict = groundwork_verify::verify(programme, inputs, &plan, certificate.as_ref());
        let value = verdict.value.filter(|_| verdict.feasible);
        let best = value.map(|value| Kept {
            sent: sent(&plan).into_iter().map(<[Served]>::to_vec).collect(),
            openings: plan.openings,
            value,
        });
        Solved { best, bound: verdict.bound.filter(|_| verdict.accepted), why_not: None }
    }

    /// Sends people to the sites of a list and says what the checker thinks of it.
    pub(super) fn score(&self, openings: &[Opening]) -> (Vec<Vec<Served>>, Score) {
        let planner = self.planner.as_ref();
        let sent = planner.map_or_else(Vec::new, |planner| planner.assign_in_futures(openings));
        let lists: Vec<&[Served]> = sent.iter().map(Vec::as_slice).collect();
        let score = verify_choices(self.programme(), &self.free, openings, &lists);
        (sent, score)
    }

    /// Returns a list as a plan, if it keeps all rules.
    pub(super) fn kept(&self, openings: Vec<Opening>) -> Option<Kept> {
        let (sent, score) = self.score(&openings);
        let value = score.value.filter(|_| score.problems.is_empty())?;
        Some(Kept { openings, sent, value })
    }
}

/// Keeps what is said about rules; who goes where follows from the openings.
pub(super) fn of_rules(problems: Vec<Problem>) -> Vec<Problem> {
    let follows =
        [Code::AssignmentWrong, Code::DemandNotMet, Code::CapacityExceeded, Code::ClientSplit];
    problems.into_iter().filter(|problem| !follows.contains(&problem.code)).collect()
}
