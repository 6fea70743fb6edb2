//! `scenarios`: one plan for all futures beside the best plan of each.

mod screen;

use std::collections::BTreeSet;
use std::path::PathBuf;

use groundwork_formats::SETTINGS_FILE;
use groundwork_model::plan::{FutureOutcome, Sense, Served};
use groundwork_model::programme::Scenarios;
use groundwork_model::scenario_table::{FutureRow, OwnPlan, SCENARIO_TABLE_FORMAT, ScenarioTable};
use groundwork_model::{Code, Opening, Outlook, Plan, Problem, Question, StoppedBy};
use groundwork_solve::Planner;
use groundwork_verify::{Score, verify_choice};

use super::attempt::{Attempt, Shares, attempt};
use super::plan::{Made, expect_plan, solve, use_threads, write_verified};
use super::question::{cautions, given, goal, label};
use super::rechecked;
use crate::cli::ScenariosArgs;
use crate::disk::{self, Loaded, PLANS};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::progress::is_interrupted;

/// Parts of the time that the plan for all futures has, where each future has one: everything is set beside it.
const PARTS_TOGETHER: usize = 2;

pub(crate) fn run(arguments: &ScenariosArgs) -> Result<Exit, Failure> {
    use_threads(arguments.search.run.threads);
    let loaded = disk::load(&arguments.folder)?;
    let Some(scenarios) = loaded.programme.settings.scenarios.clone() else {
        let cause = "the programme has no scenarios";
        let remedy = "Add [[scenarios.future]] or [scenarios.delays] to programme.toml.";
        let problem = Problem::new(Code::FlagUnfit, cause).in_file(SETTINGS_FILE);
        return Err(Failure::Usage(problem.with_remedy(remedy)));
    };
    let asked = Question {
        goal: goal(&arguments.goal, &loaded.programme)?,
        ..given(&arguments.given, &loaded.programme)?
    };
    for caution in cautions(&asked, &loaded.programme) {
        output::note(&format!("note: {caution}"));
    }
    let objective = &loaded.programme.settings.objective;
    if asked.goal.is_none() && !objective.then.is_empty() {
        let first = objective.goal.name();
        output::note(&format!("note: of several goals the table speaks of the first, {first}"));
    }
    let mut desk = Desk::begin(arguments, loaded, &scenarios, &asked)?;
    desk.as_written()?;
    let named = scenarios.named();
    for (at, (name, weight)) in named.iter().enumerate() {
        if is_interrupted() || (desk.shares.are_spent() && at > 0) {
            break;
        }
        output::note(&format!("future {} of {}: {}", at + 1, named.len(), screen::shown(name)));
        desk.future(at, (name, *weight))?;
    }
    if arguments.json {
        output::data(&output::json_pretty(&desk.table));
    } else {
        output::data(screen::text(&desk.table).as_bytes());
    }
    output::note(&format!("table written to {}", desk.path("scenarios.json").display()));
    Ok(desk.exit())
}

/// Is a table under way.
struct Desk<'a> {
    arguments: &'a ScenariosArgs,
    loaded: Loaded,
    shares: Shares,
    /// Searches that are left, in parts of the time.
    left: usize,
    together: Plan,
    /// The plan for the numbers as written, where there is one.
    as_written: Option<Plan>,
    table: ScenarioTable,
    /// Names of files that are taken, in small letters.
    taken: BTreeSet<String>,
    accepted: bool,
}

impl<'a> Desk<'a> {
    /// Makes the plan for all futures, or reads the one that is given.
    fn begin(
        arguments: &'a ScenariosArgs,
        loaded: Loaded,
        scenarios: &Scenarios,
        asked: &Question,
    ) -> Result<Self, Failure> {
        let shares = Shares::start(arguments.search.time_limit);
        let left = scenarios.named().len() + 1;
        let plans = arguments.folder.join(PLANS);
        let (plan, file, accepted) = match &arguments.plan {
            Some(path) => {
                let plan = rechecked::plan(path, &loaded)?;
                expect_together(path.display().to_string(), &plan)?;
                (plan, path.display().to_string(), true)
            }
            None => {
                output::note("all futures together");
                let seconds = shares.next(PARTS_TOGETHER, left + PARTS_TOGETHER);
                let made = solve(&loaded, asked, &[], &arguments.search.one(seconds))?;
                expect_plan(&made.plan, " for all futures")?;
                let path = plans.join("together.json");
                let (plan, verdict) = write_verified(&path, &arguments.folder, &loaded, made)?;
                verdict.problems.iter().for_each(|p| output::note(&output::problem_text(p)));
                (plan, "together.json".to_owned(), verdict.accepted)
            }
        };
        let settings = &loaded.programme.settings;
        let table = ScenarioTable {
            format: SCENARIO_TABLE_FORMAT,
            programme: plan.programme.clone(),
            inputs: loaded.inputs.clone(),
            question: plan.question.clone(),
            objective: scenarios.objective,
            sense: plan.sense,
            scale: settings.scale_of(plan.question.goal(&loaded.programme)),
            unit: plan.unit.clone(),
            together: own_plan(&plan, file),
            own_numbers: None,
            asked: u32::try_from(scenarios.named().len()).unwrap_or(u32::MAX),
            futures: Vec::new(),
        };
        let taken = ["together", "as-written", "scenarios"].map(str::to_owned).into();
        Ok(Self {
            arguments,
            loaded,
            shares,
            left,
            together: plan,
            as_written: None,
            table,
            taken,
            accepted,
        })
    }

    /// Returns the question of the plan with another outlook.
    fn asking(&self, outlook: Outlook) -> Question {
        Question { outlook, ..self.together.question.clone() }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.arguments.folder.join(PLANS).join(file)
    }

    fn write(&self) -> Result<(), Failure> {
        disk::write(&self.path("scenarios.json"), &output::json_pretty(&self.table))
    }

    /// Returns the plan that is worth most under a question of those for all futures and for the numbers as written.
    fn best_known(&self, asked: &Question) -> Option<Plan> {
        let plans = [Some(&self.together), self.as_written.as_ref()].into_iter().flatten();
        let worths = plans.filter_map(|plan| self.worth(asked, plan).ok());
        worths.reduce(|one, other| match one.sense {
            Sense::Min if other.value < one.value => other,
            Sense::Max if other.value > one.value => other,
            _ => one,
        })
    }

    /// Searches for the plan of one outlook, from the best that is known; writes it.
    fn search(&mut self, asked: &Question, file: &str) -> Result<(Attempt, Option<Plan>), Failure> {
        let seconds = self.shares.next(1, self.left);
        self.left = self.left.saturating_sub(1);
        let known = self.best_known(asked);
        let start = known.as_ref().unwrap_or(&self.together);
        let search = self.arguments.search.one(seconds);
        let label = label(asked, &self.loaded.programme);
        let mut found =
            attempt(&self.loaded, asked, (Some(start), known.is_some()), &search, label);
        let Some(made) = found.made.take() else { return Ok((found, None)) };
        let plan = self.written(made, file)?;
        Ok((found, Some(plan)))
    }

    fn written(&mut self, made: Made, file: &str) -> Result<Plan, Failure> {
        let path = self.path(file);
        let (plan, verdict) = write_verified(&path, &self.arguments.folder, &self.loaded, made)?;
        verdict.problems.iter().for_each(|p| output::note(&output::problem_text(p)));
        self.accepted &= verdict.accepted;
        Ok(plan)
    }

    /// Returns what a plan for other futures does under a question about one, with people sent where they fare best; or
    /// why it does not keep all rules there.
    fn worth(&self, asked: &Question, plan: &Plan) -> Result<Plan, Vec<Problem>> {
        let programme = &self.loaded.programme;
        let own = match &asked.outlook {
            Outlook::Future(name) => plan.futures.iter().find(|future| future.name == *name),
            _ => None,
        };
        let assignments = match own {
            Some(future) => future.assignments.clone(),
            None => assigned(&self.loaded, asked, &plan.openings)?,
        };
        let score = verify_choice(programme, asked, &plan.openings, &assignments);
        let Score { problems, value, outcomes, person_years_of_access, futures, .. } = score;
        let (true, Some(value)) = (problems.is_empty(), value) else { return Err(problems) };
        let (assignments, futures) = match futures.first() {
            None => (assignments, Vec::new()),
            Some(future) => {
                let (name, weight) = (future.name.clone(), future.weight);
                (Vec::new(), vec![FutureOutcome { name, weight, value, assignments }])
            }
        };
        Ok(Plan {
            question: asked.clone(),
            value,
            assignments,
            futures,
            outcomes,
            person_years_of_access,
            ..plan.clone()
        })
    }

    /// Makes the plan for the numbers as written.
    fn as_written(&mut self) -> Result<(), Failure> {
        output::note("the numbers as written");
        let asked = self.asking(Outlook::AsWritten);
        let (_, plan) = self.search(&asked, "as-written.json")?;
        self.table.own_numbers =
            plan.as_ref().map(|plan| own_plan(plan, "as-written.json".to_owned()));
        self.as_written = plan;
        self.write()
    }

    /// Adds the row of one future.
    fn future(&mut self, at: usize, (name, weight): (&str, u32)) -> Result<(), Failure> {
        let asked = self.asking(Outlook::Future(name.to_owned()));
        let file = self.file_of(name);
        let (found, plan) = self.search(&asked, &file)?;
        let together = self.together.futures.get(at).map_or(self.together.value, |own| own.value);
        let (own_numbers, broken) = match &self.as_written {
            None => (None, Vec::new()),
            Some(plan) => match self.worth(&asked, plan) {
                Ok(plan) => (Some(plan.value), Vec::new()),
                Err(problems) => (None, problems),
            },
        };
        self.table.futures.push(FutureRow {
            name: name.to_owned(),
            weight,
            alone: plan.as_ref().map(|plan| own_plan(plan, file)),
            no_plan: found.no_plan,
            together,
            own_numbers,
            broken,
        });
        self.write()
    }

    /// Returns the name of the file of a future: its letters and digits, and a number where that is taken.
    fn file_of(&mut self, name: &str) -> String {
        let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
        let stem: String = name.chars().map(plain).collect();
        let mut file = format!("future-{stem}");
        let mut number = 1;
        while !self.taken.insert(file.to_lowercase()) {
            number += 1;
            file = format!("future-{stem}-{number}");
        }
        format!("{file}.json")
    }

    fn exit(&self) -> Exit {
        let table = &self.table;
        let plans = table.futures.iter().filter_map(|row| row.alone.as_ref());
        let plans = plans.chain([&table.together]).chain(&table.own_numbers);
        let early = plans.map(|plan| plan.stopped_by).any(StoppedBy::is_early);
        let open = table.futures.iter().any(|row| row.alone.is_none() && row.no_plan.is_empty());
        if !self.accepted {
            Exit::VerificationFailed
        } else if early || open || table.futures.len() < table.asked as usize {
            Exit::StoppedWithPlan
        } else {
            Exit::Done
        }
    }
}

/// Sends people to the sites of a list under a question; nobody anywhere where no plan keeps its rules.
fn assigned(
    loaded: &Loaded,
    asked: &Question,
    openings: &[Opening],
) -> Result<Vec<Served>, Vec<Problem>> {
    let planner = Planner::new(&loaded.programme, asked).map_err(|infeasible| infeasible.0)?;
    Ok(planner.assign(openings))
}

fn own_plan(plan: &Plan, file: String) -> OwnPlan {
    OwnPlan {
        file,
        status: plan.status,
        value: plan.value,
        scale: plan.scale,
        bound: plan.bound,
        stopped_by: plan.stopped_by,
        seconds: plan.run.seconds,
        work: plan.run.work,
    }
}

/// Refuses a plan that is not one for all futures, or holds goals: what a future alone would hold is another number.
fn expect_together(file: String, plan: &Plan) -> Result<(), Failure> {
    let cause = if !plan.question.outlook.is_together() {
        "the plan is not one for all futures together"
    } else if !plan.question.held.is_empty() {
        "the plan holds a goal before its own; name that of the first goal, `goal-1.json`"
    } else {
        return Ok(());
    };
    Err(Failure::Input(vec![Problem::new(Code::FlagUnfit, cause).in_file(file)]))
}
