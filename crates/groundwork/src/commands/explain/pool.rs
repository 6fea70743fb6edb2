//! A sample of plans that are nearly as good: exchanges, moves, other seeds, contested sites decided otherwise.

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::Opening;
use groundwork_model::explanation::{
    Contested, Exchanged, Exchanges as Rows, PeriodCount, Pool, Within,
};
use groundwork_model::plan::Action;
use groundwork_solve::{Exchange, Exchanges};

use super::study::{Kept, Study};
use super::why;
use crate::output;

/// Exchanges that are shown.
const SHOWN: usize = 5;

/// Exchanges of the site that are held against the rules at most.
const CHECKED: usize = 120;

/// Pairs of place and period that all exchanges together may look at.
const WORK: usize = 400_000_000;

/// Runs with other seeds.
const SEEDS: u64 = 2;

/// Contested sites that are decided otherwise.
const DECIDED: usize = 4;

/// Returns whether the costs of exchanges are those of plans; where they are not they only say where to look.
fn is_exact(study: &Study<'_>, index: &Exchanges<'_>) -> bool {
    index.is_exact() && !study.is_about_futures()
}

/// Holds the cheapest exchanges of the site against the rules; returns those that keep them, and their plans.
pub(super) fn exchanges(study: &Study<'_>, index: &Exchanges<'_>) -> (Rows, Vec<Kept>) {
    let most = (WORK / index.work().max(1)).max(100);
    let all = index.of_site(&study.site.id, most);
    let estimated = !is_exact(study, index);
    let mut rows = Rows { looked_at: all.len() as u64, ..Rows::default() };
    let mut plans: Vec<(Exchange, Kept)> = Vec::new();
    for exchange in all.iter().take(CHECKED) {
        let enough = plans.len() >= if estimated { 4 * SHOWN } else { SHOWN };
        if enough || study.left(0.85) <= 0.0 {
            break;
        }
        rows.checked += 1;
        if let Some(kept) = study.kept(index.after(exchange)) {
            plans.push((exchange.clone(), kept));
        }
    }
    plans.sort_by_key(|(_, kept)| study.cost(kept.value));
    rows.rows = plans.iter().take(SHOWN).map(|plan| exchanged(study, plan)).collect();
    (rows, plans.into_iter().map(|(_, kept)| kept).chain(towards(study, index, &all)).collect())
}

/// Exchanges towards each move that are held against the rules at most.
const TOWARDS: usize = 15;

/// Returns for each period beside that of the site, and for never, the plan of the cheapest exchange that brings the
/// site there and keeps all rules.
fn towards(study: &Study<'_>, index: &Exchanges<'_>, all: &[Exchange]) -> Vec<Kept> {
    let Some(own) = why::opening(study) else { return Vec::new() };
    let opens: BTreeMap<&str, u32> = study
        .plan
        .openings
        .iter()
        .filter(|row| row.action == Action::Open)
        .map(|row| (row.site.as_str(), row.period))
        .collect();
    let aims = [own.period.checked_sub(1), Some(own.period + 1), None];
    let cheapest = |aim: Option<u32>| {
        let there = all.iter().filter(|row| opens.get(row.with.as_str()).copied() == aim);
        let mut there = there.take(TOWARDS).take_while(|_| study.left(0.8) > 0.0);
        there.find_map(|exchange| study.kept(index.after(exchange)))
    };
    aims.into_iter().filter_map(cheapest).collect()
}

fn exchanged(study: &Study<'_>, (exchange, kept): &(Exchange, Kept)) -> Exchanged {
    let opens = |row: &&Opening| row.site == exchange.with && row.action == Action::Open;
    let own = study.plan.openings.iter().find(opens);
    let place = study.programme().places.iter().find(|place| place.id == exchange.with);
    Exchanged {
        with: exchange.with.clone(),
        name: name(study, &exchange.with),
        province: place.map_or_else(String::new, |place| place.province.clone()),
        year: own.map(|row| row.year),
        package: own.map(|row| row.package.clone()),
        cost: study.cost(kept.value),
    }
}

fn name(study: &Study<'_>, site: &str) -> String {
    let programme = study.programme();
    let of_site = programme.sites.iter().find(|row| row.id == site);
    let of_place = programme.places.iter().find(|place| place.id == site);
    of_site
        .and_then(|row| row.name.clone())
        .or_else(|| of_place.map(|place| place.name.clone()))
        .unwrap_or_else(|| site.to_owned())
}

/// When each site opens in one plan.
type Periods = BTreeMap<String, u32>;

/// Collects plans that are within the tolerance.
pub(super) struct Collector<'s, 'a> {
    study: &'s Study<'a>,
    plans: BTreeSet<Periods>,
}

impl<'s, 'a> Collector<'s, 'a> {
    /// Starts with the plan itself.
    pub(super) fn new(study: &'s Study<'a>) -> Self {
        Self { study, plans: BTreeSet::from([periods(&study.plan.openings)]) }
    }

    /// Adds a plan that keeps all rules of the question, if it is good enough.
    pub(super) fn add(&mut self, kept: &Kept) {
        if self.study.cost(kept.value) <= self.study.slack {
            self.plans.insert(periods(&kept.openings));
        }
    }

    /// Adds for each site its cheapest exchange.
    pub(super) fn add_exchanges(&mut self, index: &Exchanges<'_>) {
        let sites = self.study.plan.openings.len().max(1);
        let most = (WORK / index.work().max(1) / sites).max(1);
        let mut cheapest = index.cheapest_of_each(most);
        let is_exact = is_exact(self.study, index);
        cheapest.retain(|exchange| !is_exact || exchange.cost <= self.study.slack);
        cheapest.sort_by_key(|exchange| exchange.cost);
        for exchange in cheapest {
            if self.study.left(0.2) <= 0.0 {
                break;
            }
            if let Some(kept) = self.study.kept(index.after(&exchange)) {
                self.add(&kept);
            }
        }
    }

    /// Adds plans of runs with other seeds, and with contested sites decided otherwise.
    pub(super) fn add_runs(&mut self, within: f64) {
        let study = self.study;
        output::note("looking for other plans that are nearly as good");
        let gap = within / 4.0;
        let runs = (SEEDS as usize + DECIDED) as f64;
        for seed in 1..=SEEDS {
            let how = (study.left(0.05) / runs, gap, study.search.run.seed + seed);
            let solved = study.solve(study.programme(), &study.plan.question, how);
            solved.best.iter().for_each(|kept| self.add(kept));
        }
        for (site, period) in self.otherwise() {
            let how = (study.left(0.05) / DECIDED as f64, gap, study.search.run.seed);
            let question = study.locked_to(&site, period);
            let solved = study.solve(study.programme(), &question, how);
            solved.best.iter().for_each(|kept| self.add(kept));
        }
    }

    /// Names the most contested sites, each with a period just outside those seen.
    fn otherwise(&self) -> Vec<(String, u32)> {
        let last = self.study.programme().settings.periods.count;
        let counts = self.counts();
        let mut contested: Vec<(&String, u32, u32)> = counts
            .iter()
            .filter(|(site, periods)| periods.len() > 1 && **site != self.study.site.id)
            .filter_map(|(site, periods)| {
                let seen = || periods.keys().flatten().copied();
                Some((site, seen().min()?, seen().max()?))
            })
            .collect();
        contested.sort_by_key(|&(_, first, last)| std::cmp::Reverse(last - first));
        let outside = |(site, first, end): (&String, u32, u32)| {
            let period =
                if end < last { end + 1 } else { first.checked_sub(1).filter(|p| *p > 0)? };
            Some((site.clone(), period))
        };
        contested.into_iter().filter_map(outside).take(DECIDED).collect()
    }

    /// Counts for each site that some plan opens in how many plans it opens when.
    fn counts(&self) -> BTreeMap<String, BTreeMap<Option<u32>, u32>> {
        let sites: BTreeSet<&String> = self.plans.iter().flat_map(BTreeMap::keys).collect();
        let of_site = |site: &String| {
            let mut counts: BTreeMap<Option<u32>, u32> = BTreeMap::new();
            for plan in &self.plans {
                *counts.entry(plan.get(site).copied()).or_default() += 1;
            }
            counts
        };
        sites.into_iter().map(|site| (site.clone(), of_site(site))).collect()
    }

    /// Says on what the plans agree.
    pub(super) fn pool(&self, within: f64, otherwise: Within) -> Pool {
        let study = self.study;
        let counts = self.counts();
        let label = |period: u32| study.programme().settings.periods.label(period);
        let rows = |counts: &BTreeMap<Option<u32>, u32>| -> Vec<PeriodCount> {
            let mut rows: Vec<PeriodCount> = counts
                .iter()
                .map(|(&period, &plans)| PeriodCount { period, year: period.map(label), plans })
                .collect();
            rows.sort_by_key(|row| row.period.unwrap_or(u32::MAX));
            rows
        };
        let never = BTreeMap::from([(None, self.plans.len() as u32)]);
        let own = rows(counts.get(&study.site.id).unwrap_or(&never));
        let (agreed, contested): (Vec<_>, Vec<_>) =
            counts.iter().partition(|(_, periods)| periods.len() == 1);
        let mut contested: Vec<Contested> = contested
            .into_iter()
            .map(|(site, periods)| Contested {
                site: site.clone(),
                name: name(study, site),
                periods: rows(periods),
            })
            .collect();
        // First those on which most plans differ from the many.
        let most = |row: &Contested| row.periods.iter().map(|row| row.plans).max();
        contested.sort_by_key(|row| (most(row), std::cmp::Reverse(row.periods.len())));
        let otherwise = if own.len() > 1 { Within::Yes } else { otherwise };
        Pool {
            within,
            plans: self.plans.len() as u32,
            site: own,
            otherwise,
            agreed: agreed.into_iter().map(|(site, _)| site.clone()).collect(),
            contested,
        }
    }
}

fn periods(openings: &[Opening]) -> Periods {
    let opens = openings.iter().filter(|row| row.action == Action::Open);
    opens.map(|row| (row.site.clone(), row.period)).collect()
}
