//! From the ledger to the state of a replan: what stands, what is under way, what was promised and has not begun.

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::evidence::{Basis, LedgerState, Stage, Times};
use groundwork_model::plan::Action;
use groundwork_model::{Programme, Progress, Promise, SiteState};
use groundwork_monitor::{Built, Reading, WhyLeftOut, built};
use jiff::civil::Date;

use super::status;
use crate::cli::{LedgerStateArgs, ReplanArgs};
use crate::commands::question;
use crate::exit::Failure;
use crate::figures::count;
use crate::ledger_file;

/// Holds what the ledger says of sites.
pub(crate) struct FromLedger {
    /// What has become of them, those among them that were promised and have not begun.
    pub(crate) state: Vec<SiteState>,
    /// Which ledger, as of when, and how it was read.
    pub(crate) ledger: LedgerState,
    /// Number of periods that are past.
    pub(crate) past: u32,
    found: Built,
}

impl FromLedger {
    /// Reads the ledger as the options say; `None` where they do not ask for it.
    pub(crate) fn read(
        arguments: &ReplanArgs,
        programme: &Programme,
        promised: &[Promise],
    ) -> Result<Option<Self>, Failure> {
        let options = &arguments.from_ledger;
        let Some(basis) = options.from_ledger else { return Ok(None) };
        let location = ledger_file::location(&arguments.folder, options.ledger.as_deref());
        let mut ledger = status::opened(&arguments.folder, &location)?;
        let times = times(arguments, options, programme)?;
        let card = status::taken(&mut ledger, programme, times)?;
        let stage = options.built.unwrap_or_else(|| stage_of(programme));
        let past = past(programme, times.as_of);
        let begun_by = arguments.begun_by.and_then(|by| programme.settings.period_named(by));
        let reading = Reading { basis, stage, first_open: begun_by.unwrap_or(past) + 1 };
        let found = built(&card, programme, reading);
        let mut state: Vec<SiteState> = found.sites.iter().map(|row| row.state.clone()).collect();
        state.extend(not_begun(programme, promised, &state, reading.first_open - 1));
        let ledger = LedgerState { basis, stage, times, root: card.root };
        Ok(Some(Self { state, ledger, past, found }))
    }

    /// Says what was taken from the ledger, and what was not.
    pub(crate) fn words(&self) -> String {
        let LedgerState { basis, stage, times, root } = &self.ledger;
        let number = |wanted| self.state.iter().filter(|row| row.state == wanted).count();
        let mut text = format!(
            "From the ledger as of {}, known by {} ({}, root {}); {} counts, and a facility is built from `{}` on\n  {} \
             built, {} under way, {} given up, {} promised and not begun\n",
            times.as_of,
            times.known_by,
            count(usize::try_from(root.entries).unwrap_or(usize::MAX), "entry"),
            &root.hash[..16.min(root.hash.len())],
            match basis {
                Basis::Claimed => "what is claimed",
                Basis::Verified => "only what is verified",
            },
            stage.name(),
            count(number(Progress::Built), "site"),
            number(Progress::UnderWay),
            number(Progress::Failed),
            number(Progress::NotBegun),
        );
        for row in self.found.sites.iter().filter(|row| !row.beyond.is_empty()) {
            text.push_str(&format!(
                "  {} counts as `{}`, the closest package; nothing is known of its {}\n",
                row.state.site,
                row.state.package.as_deref().unwrap_or_default(),
                row.beyond.join(" and ")
            ));
        }
        for (why, number) in left_out(&self.found) {
            text.push_str(&format!("  {} left out: {why}\n", count(number, "facility")));
        }
        text
    }
}

/// Counts the facilities that are left out, by the reason.
pub(in crate::commands) fn left_out(found: &Built) -> BTreeMap<String, usize> {
    let mut reasons = BTreeMap::new();
    for row in &found.left_out {
        let why = match &row.why {
            WhyLeftOut::NoSite => "their places are no sites of the programme".to_owned(),
            WhyLeftOut::Existing => "the programme has one there from the beginning".to_owned(),
            WhyLeftOut::NoPackage(kind) => {
                format!("no package goes by `{kind}`; `reported_as` of a package says so")
            }
            WhyLeftOut::NoPeriod => "their time lies behind the last period".to_owned(),
        };
        *reasons.entry(why).or_insert(0) += 1;
    }
    reasons
}

fn times(
    arguments: &ReplanArgs,
    options: &LedgerStateArgs,
    programme: &Programme,
) -> Result<Times, Failure> {
    let today = status::today();
    let as_of = arguments.question.given.as_of.as_deref();
    Ok(Times {
        as_of: as_of.map_or(Ok(today), |text| question::day(text, programme))?,
        known_by: options.known_by.unwrap_or(today),
        recorded_by: options.recorded_by,
    })
}

/// Returns the stage from which a facility counts as built: that of the first milestone, where it is one of those.
pub(in crate::commands) fn stage_of(programme: &Programme) -> Stage {
    let asked = programme.settings.milestones.iter().map(|milestone| milestone.stage);
    asked.into_iter().find(|stage| Stage::BUILT.contains(stage)).unwrap_or(Stage::Inaugurated)
}

/// Returns the number of periods that are past on a day.
fn past(programme: &Programme, day: Date) -> u32 {
    let periods = programme.settings.periods;
    let year = i32::from(day.year());
    match periods.period_of_year(year) {
        Some(period) => period - 1,
        None if year < periods.label(1) => 0,
        None => periods.count,
    }
}

/// Returns the sites whose promised openings should have begun by a period, and of which the ledger knows nothing.
fn not_begun(
    programme: &Programme,
    promised: &[Promise],
    known: &[SiteState],
    by: u32,
) -> Vec<SiteState> {
    let known: BTreeSet<&str> = known.iter().map(|row| row.site.as_str()).collect();
    let existing = programme.facilities.iter().map(|row| row.site.as_str());
    let spoken: BTreeSet<&str> = known.into_iter().chain(existing).collect();
    let opening = promised.iter().filter(|row| row.action == Action::Open);
    let due =
        opening.filter(|row| row.period.saturating_sub(building(programme, &row.package)) <= by);
    let sites: BTreeSet<&str> = due.map(|row| row.site.as_str()).collect();
    let void = sites.difference(&spoken).map(|site| SiteState {
        site: (*site).to_owned(),
        state: Progress::NotBegun,
        package: None,
        period: None,
    });
    void.collect()
}

/// Returns the number of periods between the start of building a package and its opening.
fn building(programme: &Programme, id: &str) -> u32 {
    let settings = &programme.settings;
    let Some(package) = settings.packages.iter().find(|package| package.id == id) else { return 0 };
    let size = |(kind, size): (&str, Option<&str>)| {
        let kind = settings.kinds.iter().find(|row| row.id == kind)?;
        Some(kind.size(size?)?.build)
    };
    package.listed().filter_map(size).max().unwrap_or(0).max(package.build)
}
