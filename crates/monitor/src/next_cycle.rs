//! The programme of the cycle that follows: what stands becomes what exists, what was begun goes on, rules move on.

use std::collections::{HashMap, HashSet};

use groundwork_model::Programme;
use groundwork_model::evidence::{Basis, Cycle, MilestoneRule, Scorecard, Stage};
use groundwork_model::programme::{
    AmountPerPeriod, Facility, PerPeriod, Report, Settings, SiteRule, Stage as Building,
};
use groundwork_model::question::Progress;
use jiff::civil::Date;

use crate::built::{Built, BuiltSite, Reading, built};
use crate::words::reached;

/// Is the programme of the cycle that follows, with the origin of what stands in it.
#[derive(Clone, Debug, PartialEq)]
pub struct NextCycle {
    /// The programme. Rows of tables that were not changed keep their row.
    pub programme: Programme,
    /// Where each figure comes from.
    pub origins: Vec<Origin>,
    /// What the ledger says and the programme cannot hold.
    pub built: Built,
    /// What was left out and has to be written anew, in sentences.
    pub notes: Vec<String>,
}

/// Says where a figure of the next programme comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// File in which it stands.
    pub file: &'static str,
    /// Key, or the site of a row.
    pub what: String,
    /// What stands there.
    pub value: String,
    /// Where it comes from.
    pub from: String,
}

/// Says what the next programme is made of.
#[derive(Clone, Copy, Debug)]
pub struct Ended<'a> {
    /// The cycle that ended.
    pub cycle: &'a Cycle,
    /// The scorecard of its last day, or of today while it runs.
    pub card: &'a Scorecard,
    /// Whether claims are taken for true.
    pub basis: Basis,
    /// From this stage on a facility counts as built.
    pub stage: Stage,
}

/// Returns the programme of the periods behind a cycle: those of the cycle that follows it, else all that are left, else as
/// many as the one that ended had. None where no period of the programme begins in the cycle.
#[must_use]
pub fn next_cycle(programme: &Programme, ended: &Ended<'_>) -> Option<NextCycle> {
    let settings = &programme.settings;
    let past = *ended.cycle.periods(settings).last()?;
    let count = periods_of_next(settings, ended.cycle, past);
    // The state is read beside periods that reach into the next cycle, so that what is under way has one to open in.
    let mut longer = programme.clone();
    longer.settings.periods.count = settings.periods.count.max(past + count);
    let reading = Reading { basis: ended.basis, stage: ended.stage, first_open: past + 1 };
    let built = built(ended.card, &longer, reading);
    let mut next =
        Moving { past, count, next: programme.clone(), origins: Vec::new(), notes: Vec::new() };
    next.periods(settings);
    next.quotas(settings);
    next.dated_rules();
    next.promises(ended.cycle);
    next.facilities(programme, &built.sites, ended.card.times.as_of);
    next.sites();
    let Moving { next, origins, notes, .. } = next;
    Some(NextCycle { programme: next, origins, built, notes })
}

/// Returns the number of periods of the next cycle.
fn periods_of_next(settings: &Settings, cycle: &Cycle, past: u32) -> u32 {
    let after = settings.cycles.iter().filter(|other| other.span.earliest > cycle.span.latest);
    let after = after.min_by_key(|other| other.span.earliest);
    let own = after.map_or(0, |next| {
        // Its periods may reach behind those of the programme.
        let mut longer = settings.clone();
        longer.periods.count = 100.max(longer.periods.count);
        u32::try_from(next.periods(&longer).len()).unwrap_or(0)
    });
    let left = settings.periods.count.saturating_sub(past);
    let before = u32::try_from(cycle.periods(settings).len()).unwrap_or(1);
    [own, left, before].into_iter().find(|count| *count > 0).unwrap_or(1).min(100)
}

/// Is the next programme while it is made.
struct Moving {
    /// Periods that are past.
    past: u32,
    /// Periods that it has.
    count: u32,
    next: Programme,
    origins: Vec<Origin>,
    notes: Vec<String>,
}

impl Moving {
    fn origin(
        &mut self,
        file: &'static str,
        what: impl Into<String>,
        value: impl Into<String>,
        from: impl Into<String>,
    ) {
        let (what, value, from) = (what.into(), value.into(), from.into());
        self.origins.push(Origin { file, what, value, from });
    }

    fn periods(&mut self, before: &Settings) {
        let first = i16::try_from(before.periods.label(self.past + 1)).unwrap_or(i16::MAX);
        self.next.settings.periods.first = first;
        self.next.settings.periods.count = self.count;
        let from = "the first period behind the cycle that ended";
        self.origin(SETTINGS, "periods.first", first.to_string(), from);
        self.origin(
            SETTINGS,
            "periods.count",
            self.count.to_string(),
            "the next cycle, to be changed",
        );
    }

    fn quotas(&mut self, before: &Settings) {
        let from = format!("as before from period {} on, to be changed", self.past + 1);
        if let PerPeriod::Each(numbers) = &before.quota.openings {
            let moved = self.moved(numbers);
            self.next.settings.quota.openings = PerPeriod::Each(moved);
        }
        let quota = written(&self.next.settings.quota.openings);
        self.origin(SETTINGS, "quota.openings", quota, from.clone());
        for index in 0..before.budgets.len() {
            if let AmountPerPeriod::Each(amounts) = &before.budgets[index].amount {
                let moved = self.moved(amounts);
                self.next.settings.budgets[index].amount = AmountPerPeriod::Each(moved);
            }
            let budget = &self.next.settings.budgets[index];
            let (key, amount) = (
                format!("budgets[{}] {}", index + 1, budget.resource),
                written_amount(&budget.amount),
            );
            self.origin(SETTINGS, key, amount, from.clone());
        }
    }

    /// Returns what is left of a list with one number a period; its last number stands for periods that it lacks.
    fn moved<T: Copy>(&self, numbers: &[T]) -> Vec<T> {
        let last = numbers.last().copied();
        let at = |period: u32| numbers.get((self.past + period) as usize).copied().or(last);
        (0..self.count).filter_map(at).collect()
    }

    /// Moves floors and ceilings; those of past periods are left out, and so are scenarios, which speak of periods.
    fn dated_rules(&mut self) {
        let old = self.next.settings.clone();
        let mut settings = old.clone();
        // The next programme still has the old periods in `old` with a first year of its own, so years are asked directly.
        let (past, count) = (self.past, self.count);
        let first = i32::from(old.periods.first);
        let years = i32::try_from(old.periods.years).unwrap_or(1);
        let moved = move |by: u32| {
            let year = i32::try_from(by).ok().filter(|year| *year >= 1000);
            match year {
                Some(year) => (year >= first
                    && year < first + years * i32::try_from(count).unwrap_or(0))
                .then_some(by),
                None => by.checked_sub(past).filter(|by| (1..=count).contains(by)),
            }
        };
        settings.floors.retain_mut(|floor| moved(floor.by).inspect(|by| floor.by = *by).is_some());
        settings
            .ceilings
            .retain_mut(|ceiling| moved(ceiling.by).inspect(|by| ceiling.by = *by).is_some());
        let dropped = [
            ("[[floors]]", old.floors.len() - settings.floors.len()),
            ("[[ceilings]]", old.ceilings.len() - settings.ceilings.len()),
        ];
        for (what, number) in dropped.into_iter().filter(|(_, number)| *number > 0) {
            let note =
                format!("left out: {number} of {what}, which speak of no period of the next cycle");
            self.notes.push(note);
        }
        if settings.scenarios.take().is_some() {
            self.notes.push(
                "left out: [scenarios], which speaks of the periods of the old programme"
                    .to_owned(),
            );
        }
        self.next.settings = settings;
    }

    /// Keeps what was promised for later, and the cycles that follow.
    fn promises(&mut self, ended: &Cycle) {
        let settings = &mut self.next.settings;
        let last = ended.span.latest.unwrap_or(Date::MIN);
        let due = |rule: &MilestoneRule| {
            let later = |day: Option<Date>| day.is_none_or(|day| day > last);
            rule.written_out(settings).iter().any(|one| later(one.due.latest))
        };
        let kept: Vec<MilestoneRule> = settings
            .milestones
            .iter()
            .filter(|rule| rule.each.is_some() || due(rule))
            .cloned()
            .collect();
        let dropped = settings.milestones.len() - kept.len();
        settings.milestones = kept;
        settings.cycles.retain(|cycle| cycle.span.latest.is_some_and(|day| day > last));
        if dropped > 0 {
            let note =
                format!("left out: {dropped} of [[milestones]], due in the cycle that ended");
            self.notes.push(note);
        }
    }

    /// Returns the facilities of the programme before that have not closed.
    fn existing(&mut self, before: &Programme) -> Vec<Facility> {
        let past = self.past;
        let mut facilities: Vec<Facility> = Vec::new();
        for row in &before.facilities {
            match row.closes {
                Some(closes) if closes <= past => {
                    self.notes
                        .push(format!("left out: the facility at {}, which has closed", row.site));
                }
                closes => {
                    let closes =
                        closes.map(|period| period - past).filter(|period| *period <= self.count);
                    self.origin(
                        "facilities.csv",
                        &row.site,
                        row.package.clone().unwrap_or_default(),
                        "as in the programme before",
                    );
                    facilities.push(Facility { closes, ..row.clone() });
                }
            }
        }
        facilities
    }

    /// Writes down what exists, what was begun, and since when.
    fn facilities(&mut self, before: &Programme, sites: &[BuiltSite], as_of: Date) {
        let past = self.past;
        let mut facilities = self.existing(before);
        if !before.reports.is_empty() {
            let number = before.reports.len();
            let note = format!(
                "left out: {number} of reports.csv; what the ledger says was begun stands there"
            );
            self.notes.push(note);
        }
        let mut reports: Vec<Report> = Vec::new();
        let owned: Vec<(String, String)> =
            before.places.iter().map(|place| (place.id.clone(), place.name.clone())).collect();
        let names: HashMap<&str, &str> =
            owned.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
        for site in sites {
            let id = &site.state.site;
            let package = site.state.package.clone().unwrap_or_default();
            let told = format!(
                "{} {} (entry {} of the ledger)",
                reached(site.stage),
                site.mark.day,
                site.mark.entry
            );
            match site.state.state {
                Progress::Built => {
                    self.origin("facilities.csv", id, &package, &told);
                    facilities.push(Facility {
                        site: id.clone(),
                        name: names.get(id.as_str()).map(|name| (*name).to_owned()),
                        opened: Some(site.mark.day),
                        package: Some(package),
                        source: Some(told),
                        ..Facility::default()
                    });
                }
                Progress::UnderWay => {
                    let period =
                        site.state.period.map_or(1, |period| period.saturating_sub(past).max(1));
                    if period > self.count {
                        self.notes.push(format!(
                            "left out: {id}, under way ({told}), which opens after the periods of the next cycle"
                        ));
                        continue;
                    }
                    let value = format!("{package}, to open in period {period}");
                    self.origin("reports.csv", id, value, &told);
                    reports.push(Report {
                        row: 0,
                        site: id.clone(),
                        named: names
                            .get(id.as_str())
                            .map_or_else(String::new, |name| (*name).to_owned()),
                        package,
                        period: Some(period),
                        stage: Building::Begun,
                        date: site.mark.day.min(as_of),
                        source: told,
                    });
                }
                _ => {
                    self.notes.push(format!("{id} was given up ({told}) and is a candidate again"));
                }
            }
        }
        self.next.facilities = facilities;
        self.next.reports = reports;
    }

    /// Moves the windows of sites. What has a facility needs no rule, and neither does what is under way.
    fn sites(&mut self) {
        let (past, count) = (self.past, self.count);
        // What is under way opens, whatever its rule was.
        let under_way = self.next.reports.iter().map(|row| row.site.as_str());
        let settled: HashSet<&str> =
            self.next.facilities.iter().map(|row| row.site.as_str()).chain(under_way).collect();
        let mut closed = 0;
        for site in &mut self.next.sites {
            let over = site.latest.is_some_and(|latest| latest <= past);
            site.earliest = site
                .earliest
                .and_then(|period| period.checked_sub(past))
                .filter(|period| *period > 1);
            site.latest = site
                .latest
                .and_then(|period| period.checked_sub(past))
                .filter(|period| (1..count).contains(period));
            if settled.contains(site.id.as_str()) {
                (site.rule, site.earliest, site.latest) = (SiteRule::Candidate, None, None);
            } else if over && site.rule == SiteRule::Required {
                // What was required and did not open in time is required still.
                (site.earliest, site.latest) = (None, None);
            } else if over || site.earliest.is_some_and(|period| period > count) {
                (site.rule, site.earliest, site.latest) = (SiteRule::Forbidden, None, None);
                closed += 1;
            }
        }
        if closed > 0 {
            let note = format!(
                "{closed} of the sites could open only outside the periods of the next cycle and are forbidden"
            );
            self.notes.push(note);
        }
    }
}

const SETTINGS: &str = "programme.toml";

fn written(openings: &PerPeriod) -> String {
    match openings {
        PerPeriod::Same(number) => number.to_string(),
        PerPeriod::Each(numbers) => format!("{numbers:?}"),
    }
}

fn written_amount(amount: &AmountPerPeriod) -> String {
    match amount {
        AmountPerPeriod::Same(amount) => amount.to_string(),
        AmountPerPeriod::Each(amounts) => format!("{amounts:?}"),
    }
}
