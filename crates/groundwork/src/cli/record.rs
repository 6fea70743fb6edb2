//! `record`: one entry, by flags.

use std::path::PathBuf;

use clap::Args;
use groundwork_formats::import::Statement;
use groundwork_model::evidence::{
    Bound, Certainty, CountUnit, Grade, RelationKind, Scope, Stage, Voice, When,
};
use jiff::civil::Date;
use serde::de::DeserializeOwned;

pub(crate) use super::parse::day;

/// Record one entry: by flags, or on a terminal by a form that asks one thing after another
#[derive(Args, Clone, Debug, Default)]
#[command(after_help = "\
Examples:
  groundwork record my-plan                                    a form
  groundwork record my-plan --is stage --stage completed --facility KP0717/2024/factories \\
      --date 2024-12-26 --source unification-ministry --voice independent --grade B2 --by monitor
  groundwork record my-plan --is count --stage completed --count 40 --batch 2024+2025 --kind factories \\
      --date 2025-12-03 --published 2025-12-04 --source kcna --voice self-report --by monitor
  groundwork record my-plan --is milestone-date --milestone congress-9 --certainty fixed --date 2026-02-19 \\
      --published 2026-02-08 --source kcna --by monitor
  groundwork record my-plan --is note --relates retracts:17 --date 2026-01-05 --source kcna \\
      --voice self-report --note \"the paper took it back\" --by monitor

Without --facility, --place or --milestone it speaks of the programme. docs/concepts/evidence.md says what
each word means.")]
pub(crate) struct RecordArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// What it states: stage, progress, count, target, deadline, milestone-date, plan-cycle, inspection, readiness, finding,
    /// budget, output, observation, statement, assessment, absence or note (which only relates to others)
    #[arg(long, value_name = "WHAT", value_parser = statement)]
    pub(crate) is: Option<Is>,
    /// Id of the facility that it speaks of
    #[arg(long, value_name = "ID", conflicts_with = "milestone")]
    pub(crate) facility: Option<String>,
    /// Id of the place that it speaks of, or in which the facility stands
    #[arg(long, value_name = "ID")]
    pub(crate) place: Option<String>,
    /// Id of the milestone, meeting or cycle that it speaks of
    #[arg(long, value_name = "ID")]
    pub(crate) milestone: Option<String>,
    /// Kind of facility
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// Batch or period
    #[arg(long)]
    pub(crate) batch: Option<String>,
    /// Stage: announced, site-chosen, ground-broken, under-construction, completed, inspected, inaugurated, operating,
    /// stalled or cancelled
    #[arg(long, value_parser = stage)]
    pub(crate) stage: Option<Stage>,
    /// Part of the stage, item of the checklist, what was seen, searched for, delivered, or the resource
    #[arg(long)]
    pub(crate) what: Option<String>,
    /// It does not hold: not reached, not seen, not ready, not mended
    #[arg(long)]
    pub(crate) not: bool,
    /// It holds, where that is not said otherwise: an inspection that found it ready, a finding that is mended
    #[arg(long, conflicts_with = "not")]
    pub(crate) holds: bool,
    /// How sure the date of a meeting is: fixed, expected or rumoured
    #[arg(long, value_parser = certainty)]
    pub(crate) certainty: Option<Certainty>,
    /// Number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) count: Option<String>,
    /// What is counted: places, facilities or plants
    #[arg(long, value_parser = unit)]
    pub(crate) unit: Option<CountUnit>,
    /// Unit of a number that counts nothing, such as t
    #[arg(long)]
    pub(crate) measure: Option<String>,
    /// How the number is meant: exactly, at-least, less-than, about, all, several or unknown
    #[arg(long, value_parser = bound)]
    pub(crate) bound: Option<Bound>,
    /// When it was so, or is to be: 2024-12-20, 2024-12, 2024-Q4, 2024, "by 2024-12-31", unknown, ...
    #[arg(long, value_name = "DATE", value_parser = when)]
    pub(crate) date: Option<When>,
    /// The source's words for the date
    #[arg(long, value_name = "WORDS")]
    pub(crate) date_words: Option<String>,
    /// Day on which the public could know it; the last day of the date if not given, marked as assumed
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) published: Option<Date>,
    /// Who publishes it: an id of sources.csv where the folder has one
    #[arg(long, value_name = "ID")]
    pub(crate) source: Option<String>,
    /// Through whom it came, who spoke first comes first; may be given more than once
    #[arg(long, value_name = "NAME")]
    pub(crate) through: Vec<String>,
    /// On whose behalf: self-report, independent or unattributed; what sources.csv says if not given
    #[arg(long, value_parser = voice)]
    pub(crate) voice: Option<Voice>,
    /// Grade, such as C3; what sources.csv says if not given
    #[arg(long, value_parser = grade)]
    pub(crate) grade: Option<Grade>,
    /// Earlier entry to which it relates, such as denies:12; confirms, denies, corrects, retracts, expires or
    /// counts-toward; may be given more than once
    #[arg(long, value_name = "HOW:NUMBER", value_parser = relation)]
    pub(crate) relates: Vec<(RelationKind, u64)>,
    /// Document that it rests on, to be stored in the ledger
    #[arg(long, value_name = "FILE")]
    pub(crate) document: Option<PathBuf>,
    /// Address of the document
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// Title of the document
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Sentence that it rests on, byte for byte
    #[arg(long)]
    pub(crate) quote: Option<String>,
    /// The subject as the source names it
    #[arg(long)]
    pub(crate) named: Option<String>,
    /// What you add
    #[arg(long)]
    pub(crate) note: Option<String>,
    /// Role of whoever records it
    #[arg(long, value_name = "ROLE")]
    pub(crate) by: Option<String>,
    /// Ledger: a file, or postgres://USER@HOST/DATABASE?schema=NAME; ledger.db in the folder if not given
    #[arg(long, value_name = "LEDGER")]
    pub(crate) ledger: Option<PathBuf>,
    /// Show the entry and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print the entry as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Says what an entry states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Is {
    /// A statement that a table may make too.
    Of(Statement),
    /// When a meeting, a milestone or a review is.
    MilestoneDate,
    /// From when to when a plan cycle is.
    PlanCycle,
    /// Nothing of its own.
    Note,
}

impl RecordArgs {
    /// Returns of what the entry speaks.
    pub(crate) const fn scope(&self) -> Scope {
        match (&self.facility, &self.milestone, &self.place) {
            (Some(_), ..) => Scope::Facility,
            (None, Some(_), _) => Scope::Milestone,
            (None, None, Some(_)) => Scope::Place,
            (None, None, None) => Scope::Programme,
        }
    }
}

const STATEMENTS: &str = "stage, progress, count, target, deadline, milestone-date, plan-cycle, inspection, readiness, finding, budget, output, \
                          observation, statement, assessment, absence, note";

/// Reads a word as the value that files write so.
fn word<T: DeserializeOwned>(text: &str, all: &str) -> Result<T, String> {
    let value = serde_json::Value::String(text.trim().to_owned());
    serde_json::from_value(value).map_err(|_| format!("expected one of {all}"))
}

pub(crate) fn statement(text: &str) -> Result<Is, String> {
    match text.trim() {
        "note" => Ok(Is::Note),
        "milestone-date" => Ok(Is::MilestoneDate),
        "plan-cycle" => Ok(Is::PlanCycle),
        "skip" => Err(format!("expected one of {STATEMENTS}")),
        text => word(text, STATEMENTS).map(Is::Of),
    }
}

pub(crate) fn stage(text: &str) -> Result<Stage, String> {
    let all: Vec<&str> = Stage::ALL.iter().map(|stage| stage.name()).collect();
    word(text, &all.join(", "))
}

pub(crate) fn unit(text: &str) -> Result<CountUnit, String> {
    word(text, "places, facilities, plants")
}

pub(crate) fn bound(text: &str) -> Result<Bound, String> {
    word(text, "exactly, at-least, less-than, about, all, several, unknown")
}

pub(crate) fn certainty(text: &str) -> Result<Certainty, String> {
    word(text, "fixed, expected, rumoured")
}

pub(crate) fn voice(text: &str) -> Result<Voice, String> {
    word(text, "self-report, independent, unattributed")
}

pub(crate) fn when(text: &str) -> Result<When, String> {
    text.parse::<When>().map_err(|error| error.to_string())
}

pub(crate) fn grade(text: &str) -> Result<Grade, String> {
    text.parse::<Grade>().map_err(|error| error.to_string())
}

pub(crate) fn relation(text: &str) -> Result<(RelationKind, u64), String> {
    let all = "confirms, denies, corrects, retracts, expires, counts-toward";
    let wanted = || format!("expected one of {all}, a colon and the number of an entry: denies:12");
    let (how, number) = text.split_once(':').ok_or_else(wanted)?;
    let how: RelationKind = word(how, all)?;
    let number = number.trim().parse().map_err(|_| wanted())?;
    if how == RelationKind::Redacts { Err(wanted()) } else { Ok((how, number)) }
}
