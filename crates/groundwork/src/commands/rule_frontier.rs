//! `frontier`: the programme solved anew for each number of one rule.

mod numbers;
mod screen;

use std::collections::BTreeMap;
use std::path::PathBuf;

use groundwork_formats::read_rule_frontier;
use groundwork_model::rule_frontier::{PointStatus, RULE_FRONTIER_FORMAT, RuleFrontier, RulePoint};
use groundwork_model::{
    Code, Decimal, Plan, Problem, Question, QuotaSource, Status, StoppedBy, Verdict,
};
use groundwork_solve::{Standing, Varied, carry};

use super::attempt::{Attempt, Shares, access_last, attempt};
use super::plan::{use_threads, write_verified};
use super::question::{cautions, label, question};
use crate::cli::{FrontierArgs, RuleName};
use crate::disk::{self, Loaded, PLANS};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::progress::is_interrupted;

pub(crate) fn run(arguments: &FrontierArgs) -> Result<Exit, Failure> {
    use_threads(arguments.search.run.threads);
    let loaded = disk::load(&arguments.folder)?;
    let question = question(&arguments.question, &loaded.programme)?;
    for caution in cautions(&question, &loaded.programme) {
        output::note(&format!("note: {caution}"));
    }
    let mut course = Course::begin(arguments, loaded, question)?;
    course.run()?;
    if let Some(path) = &arguments.svg {
        disk::write(path, &groundwork_report::frontier_svg(&course.frontier))?;
    }
    if arguments.json {
        output::data(&output::json_pretty(&course.frontier));
    } else {
        output::data(screen::text(&course.loaded.programme, &course.frontier).as_bytes());
    }
    output::note(&format!("frontier written to {}", course.path().display()));
    Ok(course.exit())
}

/// Is a frontier under way.
struct Course<'a> {
    arguments: &'a FrontierArgs,
    loaded: Loaded,
    rule: Varied,
    frontier: RuleFrontier,
    /// Plan of the loosest point that is done, which is one of all looser points.
    known: Option<Plan>,
    accepted: bool,
}

impl<'a> Course<'a> {
    /// Reads what is asked, and what is done already.
    fn begin(
        arguments: &'a FrontierArgs,
        loaded: Loaded,
        question: Question,
    ) -> Result<Self, Failure> {
        let rule = numbers::rule(&arguments.of, &loaded.programme)?;
        if arguments.of == RuleName::Quota && question.quotas == QuotaSource::AsTaken {
            let cause = "the quotas are those of the order taken, whatever the programme says";
            let problem = Problem::new(Code::FlagUnfit, cause).in_column("--quotas");
            return Err(Failure::Usage(problem));
        }
        let settings = &loaded.programme.settings;
        let frontier = RuleFrontier {
            format: RULE_FRONTIER_FORMAT,
            programme: settings.name.clone(),
            inputs: loaded.inputs.clone(),
            sense: question.goal(&loaded.programme).sense(),
            question,
            rule: numbers::name(&arguments.of),
            counts: rule.words(settings),
            per_cent: arguments.scale,
            more_is_looser: rule.more_is_looser(),
            monotone: rule.is_monotone(settings),
            asked: numbers::asked(arguments, rule, settings)?,
            scale: 1,
            unit: String::new(),
            points: Vec::new(),
        };
        let mut course = Self { arguments, loaded, rule, frontier, known: None, accepted: true };
        if arguments.resume {
            course.resume()?;
        }
        Ok(course)
    }

    fn plans(&self) -> PathBuf {
        self.arguments.folder.join(PLANS)
    }

    fn path(&self) -> PathBuf {
        self.plans().join("frontier.json")
    }

    /// Takes over the points that are done, if they answer the same.
    fn resume(&mut self) -> Result<(), Failure> {
        let path = self.path();
        if !path.exists() {
            output::note("there is no frontier to go on with: it begins anew");
            return Ok(());
        }
        let read = read_rule_frontier(&path.display().to_string(), &disk::read(&path)?);
        let before = read.map_err(|problem| Failure::Input(vec![problem]))?;
        let same = [
            ("the files of the programme", before.inputs == self.frontier.inputs),
            ("the question", before.question == self.frontier.question),
            (
                "the rule",
                before.rule == self.frontier.rule && before.per_cent == self.frontier.per_cent,
            ),
            ("the numbers asked for", before.asked == self.frontier.asked),
        ];
        if let Some((what, _)) = same.iter().find(|(_, same)| !same) {
            let cause =
                format!("{} is the frontier of something else: {what} differ", path.display());
            let remedy = "Run it without --resume to begin anew, or with the options of that run.";
            let problem = Problem::new(Code::FlagUnfit, cause).in_column("--resume");
            return Err(Failure::Usage(problem.with_remedy(remedy)));
        }
        let interrupted = |point: &RulePoint| point.stopped_by == StoppedBy::Interrupt;
        self.frontier = RuleFrontier {
            points: before.points.iter().filter(|point| !interrupted(point)).cloned().collect(),
            ..before
        };
        let done =
            self.order().into_iter().filter_map(|x| self.point(x)?.folder.clone()).next_back();
        if let Some(folder) = done {
            self.known = Some(disk::load_plan(&disk::plan_path(&self.plans().join(folder), None))?);
        }
        Ok(())
    }

    /// Returns the numbers from the tightest rule to the loosest.
    fn order(&self) -> Vec<Decimal> {
        let mut order = self.frontier.asked.clone();
        if !self.frontier.more_is_looser {
            order.reverse();
        }
        order
    }

    fn point(&self, x: Decimal) -> Option<&RulePoint> {
        self.frontier.points.iter().find(|point| point.x == x)
    }

    /// Solves the points that are left, from the tightest rule to the loosest, and writes what is known after each.
    fn run(&mut self) -> Result<(), Failure> {
        let left: Vec<Decimal> =
            self.order().into_iter().filter(|&x| self.point(x).is_none()).collect();
        let shares = Shares::start(self.arguments.search.time_limit);
        for (at, &x) in left.iter().enumerate() {
            if is_interrupted() || (shares.are_spent() && at > 0) {
                break;
            }
            output::note(&format!("point {} of {}: {}", at + 1, left.len(), self.words(x)));
            let point = self.solve(x, shares.next(1, left.len() - at))?;
            let place = self.frontier.points.partition_point(|other| other.x.to_f64() < x.to_f64());
            self.frontier.points.insert(place, point);
            self.carry();
            disk::write(&self.path(), &output::json_pretty(&self.frontier))?;
        }
        Ok(())
    }

    fn words(&self, x: Decimal) -> String {
        let counts = &self.frontier.counts;
        let one = counts.strip_prefix("openings").filter(|_| x == Decimal::ONE);
        match one {
            _ if self.frontier.per_cent => format!("{x} per cent of the {counts}"),
            Some(rest) => format!("1 opening{rest}"),
            None => format!("{x} {counts}"),
        }
    }

    fn solve(&mut self, x: Decimal, seconds: f64) -> Result<RulePoint, Failure> {
        let mut settings = self.loaded.programme.settings.clone();
        if self.frontier.per_cent {
            self.rule.scale(&mut settings, x);
        } else {
            self.rule.set(&mut settings, x);
        }
        let words = self.words(x);
        let remark = format!("Written by `groundwork frontier`: the programme with {words}.");
        let variant = disk::variant(&self.arguments.folder, &settings, &remark);
        let checked = &variant.checked;
        let Some(programme) = checked.programme.clone() else {
            let errors = checked.problems.iter().filter(|problem| problem.is_error()).cloned();
            let attempt = Attempt::refused(errors.collect());
            return Ok(self.pointed(x, None, attempt));
        };
        let changed = Loaded { programme, inputs: checked.inputs.clone(), warnings: Vec::new() };
        let label =
            format!("{}, with {words}", label(&self.frontier.question, &self.loaded.programme));
        let known = (self.known.as_ref(), self.frontier.monotone);
        let search = self.arguments.search.one(seconds);
        let mut attempt = attempt(&changed, &self.frontier.question, known, &search, label);
        let Some(made) = attempt.made.take() else { return Ok(self.pointed(x, None, attempt)) };
        (self.frontier.scale, self.frontier.unit) = (made.plan.scale, made.plan.unit.clone());
        let folder = self.folder(x);
        let path = self.plans().join(&folder);
        disk::write_variant(&self.arguments.folder, &variant, &self.loaded, &path)?;
        let plan_path = disk::plan_path(&path, None);
        let (plan, verdict) = write_verified(&plan_path, &path, &changed, made)?;
        self.judge(&folder, &verdict);
        let point = self.pointed(x, Some((&plan, folder)), attempt);
        self.known = Some(plan);
        Ok(point)
    }

    /// Returns the folder of a point, numbered in the order of the numbers.
    fn folder(&self, x: Decimal) -> String {
        let at = self.frontier.asked.iter().position(|&other| other == x).unwrap_or(0);
        format!("frontier-{:02}", at + 1)
    }

    fn judge(&mut self, folder: &str, verdict: &Verdict) {
        for problem in &verdict.problems {
            output::note(&format!("{folder}: {}", output::problem_text(problem)));
        }
        self.accepted &= verdict.accepted;
    }

    fn pointed(&self, x: Decimal, plan: Option<(&Plan, String)>, attempt: Attempt) -> RulePoint {
        let is_zero = |problem: &Problem| problem.code == Code::QuotasAllZero;
        let status = match &plan {
            Some((plan, _)) if plan.status == Status::Optimal => PointStatus::Optimal,
            Some(_) => PointStatus::Feasible,
            None if attempt.no_plan.is_empty() => PointStatus::Unknown,
            None if attempt.no_plan.iter().all(is_zero) => PointStatus::Refused,
            None => PointStatus::Infeasible,
        };
        let mut spent: BTreeMap<String, u64> = BTreeMap::new();
        for outcome in plan.iter().flat_map(|(plan, _)| &plan.outcomes) {
            for (resource, amount) in &outcome.spent {
                *spent.entry(resource.clone()).or_default() += amount;
            }
        }
        // A point that has another's plan has the figures of that plan.
        let of = |plan: &Plan| {
            let known = self.known.as_ref().filter(|_| self.frontier.monotone)?;
            let same = known.value == plan.value && known.openings == plan.openings;
            same.then(|| self.last_with_plan()).flatten()
        };
        RulePoint {
            x,
            status,
            stopped_by: attempt.stopped_by,
            value: plan.as_ref().map(|(plan, _)| plan.value),
            bound: plan.as_ref().and_then(|(plan, _)| plan.bound),
            gap: plan.as_ref().and_then(|(plan, _)| plan.gap),
            plan_of: plan.as_ref().and_then(|(plan, _)| of(plan)),
            bound_of: None,
            access_last: plan.as_ref().map(|(plan, _)| access_last(plan)),
            person_years_of_access: plan.as_ref().map(|(plan, _)| plan.person_years_of_access),
            openings: plan.as_ref().map(|(plan, _)| plan.outcomes.iter().map(|o| o.openings).sum()),
            folder: plan.map(|(_, folder)| folder),
            spent,
            reasons: attempt.no_plan,
            seconds: attempt.seconds,
            work: attempt.work,
        }
    }

    /// Returns the number whose plan is the one that is known.
    fn last_with_plan(&self) -> Option<Decimal> {
        let of = |x| self.point(x).filter(|point| point.value.is_some());
        let last = self.order().into_iter().filter_map(of).next_back()?;
        Some(last.plan_of.unwrap_or(last.x))
    }

    /// Lets bounds of looser rules hold for tighter ones.
    fn carry(&mut self) {
        if !self.frontier.monotone {
            return;
        }
        let (sense, looser_last) = (self.frontier.sense, self.frontier.more_is_looser);
        let mut points: Vec<&mut RulePoint> = self.frontier.points.iter_mut().collect();
        if !looser_last {
            points.reverse();
        }
        let numbers: Vec<Decimal> = points.iter().map(|point| point.x).collect();
        let standing = |point: &&mut RulePoint| Standing {
            bound_of: numbers.iter().position(|&x| Some(x) == point.bound_of),
            ..Standing::new(point.value, point.bound, point.status == PointStatus::Infeasible)
        };
        let mut standings: Vec<Standing> = points.iter().map(standing).collect();
        carry(&mut standings, sense);
        for (point, standing) in points.iter_mut().zip(standings) {
            point.bound_of = standing.bound_of.map(|at| numbers[at]);
            if standing.no_plan && point.status == PointStatus::Unknown {
                point.status = PointStatus::Infeasible;
            }
            if let (Some(value), Some(bound)) = (point.value, standing.bound) {
                point.bound = Some(bound);
                point.gap = Some(Plan::gap_of(value, bound));
                if value == bound {
                    point.status = PointStatus::Optimal;
                }
            } else if point.status == PointStatus::Unknown {
                point.bound = standing.bound;
            }
        }
    }

    fn exit(&self) -> Exit {
        let points = &self.frontier.points;
        let all_done = points.len() == self.frontier.asked.len();
        let cut_short =
            |point: &RulePoint| point.status != PointStatus::Optimal && point.stopped_by.is_early();
        let has_plan = points.iter().any(|point| point.value.is_some());
        if !self.accepted {
            Exit::VerificationFailed
        } else if all_done && !points.iter().any(cut_short) {
            if has_plan { Exit::Done } else { Exit::Infeasible }
        } else if has_plan {
            Exit::StoppedWithPlan
        } else {
            Exit::StoppedWithoutPlan
        }
    }
}
