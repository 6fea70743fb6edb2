//! `prices`: what one change of each rule would bring, solved anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use comfy_table::{CellAlignment, Table, presets};
use groundwork_model::plan::Sense;
use groundwork_model::price_list::{PRICE_LIST_FORMAT, PriceList, RuleWorth};
use groundwork_model::{Code, Plan, Problem, Question};
use groundwork_solve::{Easing, Standing, easings, gain};

use super::attempt::{Attempt, Shares, access_last, attempt, score};
use super::plan::{Made, use_threads};
use super::question::{cautions, label, question};
use crate::cli::PricesArgs;
use crate::disk::{self, Loaded, PLANS, Variant};
use crate::exit::{Exit, Failure};
use crate::figures::{Column, count, thousands};
use crate::output;
use crate::progress::is_interrupted;

/// Parts of the time that the plan as written has, where each rule has one: all prices rest on it.
const PARTS_AS_WRITTEN: usize = 2;

pub(crate) fn run(arguments: &PricesArgs) -> Result<Exit, Failure> {
    use_threads(arguments.search.run.threads);
    let loaded = disk::load(&arguments.folder)?;
    let mut asked = question(&arguments.question, &loaded.programme)?;
    let given = arguments.plan.as_ref().map(|path| given(path, &loaded)).transpose()?;
    if let Some(plan) = &given {
        asked = plan.question.clone();
    }
    for caution in cautions(&asked, &loaded.programme) {
        output::note(&format!("note: {caution}"));
    }
    let steps = steps(arguments, &loaded)?;
    let easings = easings(&loaded.programme, &asked, &steps);
    let shares = Shares::start(arguments.search.time_limit);
    let all = easings.len() + PARTS_AS_WRITTEN;
    let plan = match given {
        Some(plan) => plan,
        None => as_written(arguments, &loaded, &asked, shares.next(PARTS_AS_WRITTEN, all))?,
    };
    let mut desk = Desk::new(arguments, loaded, plan, easings.len());
    desk.write()?;
    for (at, easing) in easings.iter().enumerate() {
        if is_interrupted() || (shares.are_spent() && at > 0) {
            break;
        }
        output::note(&format!("rule {} of {}: {}", at + 1, easings.len(), easing.words));
        desk.price(at + 1, easing, shares.next(1, easings.len() - at))?;
        desk.write()?;
    }
    if arguments.json {
        output::data(&output::json_pretty(&desk.list));
    } else {
        output::data(text(&desk.loaded, &desk.list).as_bytes());
    }
    output::note(&format!("prices written to {}", desk.path().display()));
    Ok(desk.exit())
}

/// Reads a plan that must be one of the folder as it is and keep all that it claims.
fn given(path: &Path, loaded: &Loaded) -> Result<Plan, Failure> {
    let plan = disk::load_plan(path)?;
    let certificate = disk::load_certificate(path, &plan, None)?;
    let verdict =
        groundwork_verify::verify(&loaded.programme, &loaded.inputs, &plan, certificate.as_ref());
    if verdict.accepted { Ok(plan) } else { Err(Failure::Input(verdict.problems)) }
}

/// Returns the steps of budgets, by resource.
fn steps(arguments: &PricesArgs, loaded: &Loaded) -> Result<BTreeMap<String, u64>, Failure> {
    let budgets = &loaded.programme.settings.budgets;
    for (name, _) in &arguments.step {
        if budgets.iter().all(|budget| budget.resource != *name) {
            let cause = format!("there is no budget of `{}`", name.escape_debug());
            let names: Vec<&str> = budgets.iter().map(|budget| budget.resource.as_str()).collect();
            let remedy = format!("Budgets of the programme: {}.", names.join(", "));
            let problem = Problem::new(Code::NameUnknown, cause).in_column("--step");
            return Err(Failure::Usage(problem.with_remedy(remedy)));
        }
    }
    Ok(arguments.step.iter().cloned().collect())
}

/// Makes the plan with all rules as written.
fn as_written(
    arguments: &PricesArgs,
    loaded: &Loaded,
    asked: &Question,
    seconds: f64,
) -> Result<Plan, Failure> {
    output::note("the rules as written");
    let search = arguments.search.one(seconds);
    let Attempt { made, no_plan, .. } =
        attempt(loaded, asked, (None, false), &search, label(asked, &loaded.programme));
    match made {
        Some(made) => {
            checked(loaded, &made)?;
            Ok(made.plan)
        }
        None if no_plan.is_empty() => {
            let cause =
                "the search was stopped before there was any plan with the rules as written";
            Err(Failure::Stopped(Problem::new(Code::StoppedWithoutPlan, cause)))
        }
        None => Err(Failure::Infeasible(no_plan, None)),
    }
}

/// Lets the checker look at a plan before its figures are used.
fn checked(loaded: &Loaded, made: &Made) -> Result<(), Failure> {
    let verdict = groundwork_verify::verify(
        &loaded.programme,
        &loaded.inputs,
        &made.plan,
        made.certificate.as_ref(),
    );
    if verdict.accepted { Ok(()) } else { Err(Failure::Refused(verdict.problems)) }
}

/// Is a price list under way.
struct Desk<'a> {
    arguments: &'a PricesArgs,
    loaded: Loaded,
    /// The best plan with the rules as written that is known.
    plan: Plan,
    list: PriceList,
    /// Prices in the order in which they were worked out.
    found: Vec<Found>,
    accepted: bool,
}

/// Is a price with the figures of its plan.
struct Found {
    price: RuleWorth,
    /// Persons within reach in the last period, and person-years of access, of the plan.
    access: (u64, u64),
}

impl<'a> Desk<'a> {
    fn new(arguments: &'a PricesArgs, loaded: Loaded, plan: Plan, rules: usize) -> Self {
        let list = PriceList {
            format: PRICE_LIST_FORMAT,
            programme: plan.programme.clone(),
            inputs: loaded.inputs.clone(),
            question: plan.question.clone(),
            sense: plan.sense,
            scale: plan.scale,
            unit: plan.unit.clone(),
            value: plan.value,
            bound: plan.bound,
            access_last: access_last(&plan),
            person_years_of_access: plan.person_years_of_access,
            asked: u32::try_from(rules).unwrap_or(u32::MAX),
            prices: Vec::new(),
        };
        Self { arguments, loaded, plan, list, found: Vec::new(), accepted: true }
    }

    fn path(&self) -> PathBuf {
        self.arguments.folder.join(PLANS).join("prices.json")
    }

    fn write(&self) -> Result<(), Failure> {
        disk::write(&self.path(), &output::json_pretty(&self.list))
    }

    /// Solves the programme with one change and adds what it brings; the plan is kept in a folder with that number.
    fn price(&mut self, number: usize, easing: &Easing, seconds: f64) -> Result<(), Failure> {
        let loosens = easing.ease.loosens(&self.loaded.programme.settings);
        let (changed, variant) = self.changed(easing);
        let search = self.arguments.search.one(seconds);
        let known = (Some(&self.plan), loosens);
        let found = attempt(&changed, &self.plan.question, known, &search, easing.words.clone());
        if let Some(Err(failure)) = found.made.as_ref().map(|made| checked(&changed, made)) {
            for problem in failure.problems() {
                output::note(&format!("{}: {}", easing.words, output::problem_text(problem)));
            }
            self.accepted = false;
            return Ok(());
        }
        let folder = match (&found.made, &variant) {
            (Some(made), Some(variant)) => Some(self.keep(number, variant, &changed, made)?),
            _ => None,
        };
        let plan = found.made.map(|made| made.plan);
        let price = RuleWorth {
            rule: easing.key.clone(),
            change: easing.words.clone(),
            loosens,
            folder,
            value: plan.as_ref().map(|plan| plan.value),
            bound: plan.as_ref().and_then(|plan| plan.bound),
            gain_at_least: None,
            gain_at_most: None,
            access_gained: None,
            person_years_gained: None,
            stopped_by: found.stopped_by,
            seconds: found.seconds,
            work: found.work,
        };
        let access = plan.as_ref().map_or((0, 0), access);
        self.found.push(Found { price, access });
        if let Some(plan) = plan {
            self.adopt(plan);
        }
        self.weigh();
        Ok(())
    }

    /// Returns the programme with a change, and its folder where the change is one of the settings.
    fn changed(&self, easing: &Easing) -> (Loaded, Option<Variant>) {
        let mut changed = Loaded {
            programme: easing.ease.apply(&self.loaded.programme),
            inputs: self.loaded.inputs.clone(),
            warnings: Vec::new(),
        };
        if changed.programme.sites != self.loaded.programme.sites {
            return (changed, None);
        }
        let remark =
            format!("Written by `groundwork prices`: the programme with {}.", easing.words);
        let settings = &changed.programme.settings;
        let variant = disk::variant(&self.arguments.folder, settings, &remark);
        let Some(programme) = variant.checked.programme.clone() else { return (changed, None) };
        changed.programme = programme;
        changed.inputs.clone_from(&variant.checked.inputs);
        (changed, Some(variant))
    }

    /// Writes the programme with a change, and its plan, which has been checked; returns the name of the folder.
    fn keep(
        &self,
        number: usize,
        variant: &Variant,
        changed: &Loaded,
        made: &Made,
    ) -> Result<String, Failure> {
        let name = format!("price-{number:02}");
        let path = self.arguments.folder.join(PLANS).join(&name);
        disk::write_variant(&self.arguments.folder, variant, &self.loaded, &path)?;
        let cells = disk::map_cells(&path, &changed.programme);
        let (plan, certificate) = (made.plan.clone(), made.certificate.as_ref());
        let file = disk::plan_path(&path, None);
        disk::write_plan(&file, plan, certificate, &changed.programme, cells.as_deref())?;
        Ok(name)
    }

    /// Lets a plan that was found with a change take the place of the plan as written, where it is better and keeps
    /// all rules as they are written. Then it is one of all loosened programmes too.
    fn adopt(&mut self, plan: Plan) {
        let better = |than: i128| match self.list.sense {
            Sense::Min => plan.value < than,
            Sense::Max => plan.value > than,
        };
        if !better(self.plan.value) {
            return;
        }
        let score = score(&self.loaded.programme, &plan.question, &plan);
        if !score.problems.is_empty() || score.value != Some(plan.value) {
            return;
        }
        for found in self.found.iter_mut().filter(|found| found.price.loosens) {
            if found.price.value.is_none_or(better) {
                found.price.value = Some(plan.value);
                found.access = access(&plan);
            }
        }
        self.list.value = plan.value;
        (self.list.access_last, self.list.person_years_of_access) = access(&plan);
        self.plan = plan;
    }

    /// Works out all gains from what is known by now, and puts what may bring most first.
    fn weigh(&mut self) {
        let list = &mut self.list;
        let sense = list.sense;
        // The bound of a loosened programme holds for the programme as written too.
        let loosened = self.found.iter().map(|found| &found.price).filter(|price| price.loosens);
        let bounds = loosened.filter_map(|price| price.bound).chain(list.bound);
        list.bound = match sense {
            Sense::Min => bounds.max(),
            Sense::Max => bounds.min(),
        };
        let before = Standing::new(Some(list.value), list.bound, false);
        let more = |new: u64, old: u64| i64::try_from(i128::from(new) - i128::from(old)).ok();
        let weighed = |found: &Found| {
            let price = found.price.clone();
            let after = Standing::new(price.value, price.bound, false);
            let (least, most) = gain(sense, before, after, price.loosens);
            let has_plan = price.value.is_some();
            RuleWorth {
                gain_at_least: least,
                gain_at_most: most,
                access_gained: more(found.access.0, list.access_last).filter(|_| has_plan),
                person_years_gained: more(found.access.1, list.person_years_of_access)
                    .filter(|_| has_plan),
                ..price
            }
        };
        let mut prices: Vec<RuleWorth> = self.found.iter().map(weighed).collect();
        prices.sort_by_key(|price| {
            // The middle between the two; where nothing limits the gain it may be any.
            let middle = match (price.gain_at_least, price.gain_at_most) {
                (Some(least), Some(most)) => least + most,
                _ => i128::MAX,
            };
            std::cmp::Reverse((middle, price.gain_at_most))
        });
        list.prices = prices;
    }

    fn exit(&self) -> Exit {
        let open = self.list.prices.iter().any(|price| price.stopped_by.is_early());
        if !self.accepted {
            Exit::VerificationFailed
        } else if open || self.list.prices.len() < self.list.asked as usize {
            Exit::StoppedWithPlan
        } else {
            Exit::Done
        }
    }
}

/// Returns the persons within reach in the last period, and the person-years of access, of a plan.
fn access(plan: &Plan) -> (u64, u64) {
    (access_last(plan), plan.person_years_of_access)
}

fn text(loaded: &Loaded, list: &PriceList) -> String {
    let figures = list.prices.iter().flat_map(|price| [price.gain_at_least, price.gain_at_most]);
    let largest = figures.flatten().map(i128::abs).max().unwrap_or(0);
    let column = Column::of(largest, list.scale, &list.unit);
    let periods = loaded.programme.settings.periods;
    let last = periods.label(periods.count);
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "change".to_owned(),
        "at least".to_owned(),
        "not more than".to_owned(),
        format!("access {last}"),
        "person-years".to_owned(),
        String::new(),
    ]);
    for price in &list.prices {
        table.add_row(row(price, &column));
    }
    for column in table.column_iter_mut().skip(1).take(4) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let what = match list.sense {
        Sense::Min => "less",
        Sense::Max => "more",
    };
    let whole = Column::of(list.value, list.scale, &list.unit);
    let bound = list.bound.map_or_else(|| "not known".to_owned(), |bound| whole.text(bound));
    let mut lines = vec![
        format!("{}: what one change of each rule brings", list.programme),
        format!("as written: value {}, bound {bound} {}", whole.text(list.value), whole.unit),
        format!("\n{table}\n"),
        format!("Gains in {} {what}, of the best plans; access of the plans found.", column.unit),
    ];
    let open = list.prices.iter().filter(|price| price.is_open()).count();
    if open > 0 {
        let words = if open == 1 { "is" } else { "are" };
        lines.push(format!(
            "{} {words} not told apart from nothing: raise --time-limit.",
            count(open, "change")
        ));
    }
    let left = list.asked as usize - list.prices.len().min(list.asked as usize);
    if left > 0 {
        lines.push(format!("{} not priced: raise --time-limit.", count(left, "change")));
    }
    if list.asked == 0 {
        lines.push("The programme has no rules to price.".to_owned());
    }
    lines.join("\n") + "\n"
}

fn row(price: &RuleWorth, column: &Column) -> [String; 6] {
    let ends = column.ends(price.gain_at_least, price.gain_at_most);
    let [least, most] = ends.map(|end| end.unwrap_or_else(|| "-".to_owned()));
    let signed = |number: Option<i64>| match number {
        Some(number) if number > 0 => format!("+{}", thousands(number)),
        Some(number) => thousands(number),
        None => "-".to_owned(),
    };
    [
        price.change.clone(),
        least,
        most,
        signed(price.access_gained),
        signed(price.person_years_gained),
        price.words().to_owned(),
    ]
}
