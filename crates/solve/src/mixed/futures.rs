//! The futures of a question: who needs how much, what costs how much, which sites are late.

use std::collections::BTreeMap;

use groundwork_model::plan::FutureOutcome;
use groundwork_model::programme::{Delays, DemandChange, Future as Written, Robustness};
use groundwork_model::{Goal, Outlook, Programme, Question};
use sha2::{Digest, Sha256};

use super::MixedPlanner;
use super::found::{Found, served_in_future};
use super::problem::Mixed;
use super::schedule::{Column, Part, Schedule};
use super::service::Draft;
use super::worst;
use crate::network::Network;

/// Says how late a site is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lateness {
    pub(crate) periods: usize,
    /// Whether it never opens.
    pub(crate) fails: bool,
}

/// Is one future.
#[derive(Clone, Debug, Default)]
pub(crate) struct Future {
    pub(crate) name: String,
    pub(crate) weight: u32,
    demand: Vec<DemandChange>,
    cost_per_cent: BTreeMap<String, u32>,
    /// For each site how late it is; empty where all are in time.
    late: Vec<Lateness>,
}

impl Future {
    /// Returns what is due of a resource, in per cent of what is written.
    pub(crate) fn per_cent(&self, resource: &str) -> u32 {
        self.cost_per_cent.get(resource).copied().unwrap_or(100)
    }

    /// Returns the persons who need a kind at a place of a province, of so many as written.
    pub(crate) fn persons(&self, written: u64, kind: &str, province: &str) -> u64 {
        let speaks = |row: &&DemandChange| {
            row.kind.as_deref().is_none_or(|named| named == kind)
                && row.province.as_deref().is_none_or(|named| named == province)
        };
        let per_cent = self.demand.iter().rev().find(speaks).map_or(100, |row| row.per_cent);
        let hundredfold = u128::from(written) * u128::from(per_cent);
        ((hundredfold + 50) / 100) as u64
    }

    /// Returns whether people need as much and sites are as late as in another; what things cost may differ.
    pub(crate) fn serves_as(&self, other: &Self) -> bool {
        self.demand == other.demand && self.late == other.late
    }

    /// Returns how late a site is.
    pub(crate) fn lateness(&self, site: usize) -> Lateness {
        self.late.get(site).copied().unwrap_or_default()
    }
}

/// Returns so many per cent of an amount, rounded up.
pub(crate) fn per_cent_of(amount: i64, per_cent: u32) -> i64 {
    let hundredfold = i128::from(amount) * i128::from(per_cent);
    hundredfold.div_euclid(100) as i64 + i64::from(hundredfold.rem_euclid(100) > 0)
}

/// Returns the futures of a question, in their order; one with all as written where it asks for none. Nothing where
/// it names one that is not there.
pub(crate) fn of(programme: &Programme, question: &Question, network: &Network) -> Vec<Future> {
    let as_written = || vec![Future { weight: 1, ..Future::default() }];
    let Some(scenarios) = &programme.settings.scenarios else { return as_written() };
    let named = scenarios.futures.iter().map(|future| written(programme, future, network));
    let mut futures: Vec<Future> = named.collect();
    if futures.is_empty() {
        futures = as_written();
    }
    if let Some(delays) = &scenarios.delays {
        let draws = |future: Future| {
            (1..=delays.samples).map(move |draw| drawn(&future, delays, draw, network))
        };
        futures = futures.into_iter().flat_map(draws).collect();
    }
    match &question.outlook {
        Outlook::Together => futures,
        Outlook::AsWritten => as_written(),
        Outlook::Future(name) => {
            let alone = futures.into_iter().filter(|future| future.name == *name);
            alone.map(|future| Future { weight: 1, ..future }).collect()
        }
    }
}

/// Returns whether the worst future counts rather than the mean.
pub(crate) fn is_worst_case(programme: &Programme, question: &Question) -> bool {
    let scenarios = programme.settings.scenarios.as_ref();
    question.outlook == Outlook::Together
        && scenarios.is_some_and(|all| all.objective == Robustness::WorstCase)
}

fn written(programme: &Programme, future: &Written, network: &Network) -> Future {
    let lateness = |site: &crate::network::NetworkSite| -> Lateness {
        let province = site.of_place.map(|place| programme.places[place].province.as_str());
        let speaks = |row: &&groundwork_model::programme::Late| {
            (row.sites.is_empty() || row.sites.contains(&site.id))
                && row.province.as_deref().is_none_or(|named| province == Some(named))
        };
        let row = future.late.iter().rev().find(speaks);
        row.map_or_else(Lateness::default, |row| Lateness {
            periods: row.periods as usize,
            fails: row.fails,
        })
    };
    let late = if future.late.is_empty() {
        Vec::new()
    } else {
        network.sites.iter().map(lateness).collect()
    };
    Future {
        name: future.name.clone(),
        weight: future.weight,
        demand: future.demand.clone(),
        cost_per_cent: future.cost_per_cent.clone(),
        late,
    }
}

/// Draws delays for a future.
fn drawn(future: &Future, delays: &Delays, draw: u32, network: &Network) -> Future {
    let of_site = |(at, site): (usize, &crate::network::NetworkSite)| {
        let before = future.lateness(at);
        let drawn = drawn_delay(delays, draw, &site.id);
        Lateness {
            periods: before.periods + drawn.unwrap_or(0),
            fails: before.fails || drawn.is_none(),
        }
    };
    let name = if future.name.is_empty() { "draw" } else { &future.name };
    Future {
        name: format!("{name}/{draw}"),
        late: network.sites.iter().enumerate().map(of_site).collect(),
        ..future.clone()
    }
}

/// Draws the periods by which a site is late; none where it fails.
fn drawn_delay(delays: &Delays, draw: u32, site: &str) -> Option<usize> {
    let text = format!("groundwork delay 1\0{}\0{draw}\0{site}", delays.seed);
    let hash = Sha256::digest(text.as_bytes());
    let first = hash.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    let part = ((u128::from(first) * 100) >> 64) as u32;
    let mut below = 0;
    delays.late_per_cent.iter().position(|share| {
        below += share;
        part < below
    })
}

/// Is what a schedule offers in one future, by time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LateParts {
    parts: [Part; 2],
    count: usize,
}

impl LateParts {
    fn planned(schedule: &Schedule) -> Self {
        let mut parts = [Part { package: 0, from: 0, until: 0 }; 2];
        let count = schedule.parts.len().min(2);
        parts[..count].copy_from_slice(&schedule.parts[..count]);
        Self { parts, count }
    }

    /// Returns what is offered of a schedule at a site that is so late.
    fn of(column: &Column, schedule: &Schedule, late: Lateness, periods: usize) -> Self {
        if late == Lateness::default() || column.existing {
            return Self::planned(schedule);
        }
        let behind = |at: usize, in_time: bool| match (in_time, late.fails) {
            (true, _) => at,
            (false, true) => periods,
            (false, false) => (at + late.periods).min(periods),
        };
        let mut parts = Self { parts: [Part { package: 0, from: 0, until: 0 }; 2], count: 0 };
        let mut add = |part: Part| {
            if part.from < part.until {
                parts.parts[parts.count] = part;
                parts.count += 1;
            }
        };
        let turns = schedule.upgrade.map(|(_, at)| at);
        for part in &schedule.parts {
            let is_upgrade = turns == Some(part.from);
            let from = behind(
                part.from,
                if is_upgrade { column.frozen_upgrade.is_some() } else { column.fact },
            );
            let until = match turns {
                Some(at) if !is_upgrade => behind(at, column.frozen_upgrade.is_some()),
                _ => part.until,
            };
            add(Part { from, until, ..*part });
        }
        parts
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Part> + '_ {
        self.parts[..self.count].iter().copied()
    }
}

impl Mixed {
    /// Returns what a schedule offers in a future.
    pub(crate) fn parts_in(&self, future: usize, site: usize, schedule: u32) -> LateParts {
        let column = &self.columns[site];
        let schedule = &column.schedules[schedule as usize];
        LateParts::of(column, schedule, self.futures[future].lateness(site), self.periods)
    }

    /// Calls `each` with every layer that a schedule offers, its size and the periods.
    pub(crate) fn each_offer(
        &self,
        site: usize,
        schedule: u32,
        mut each: impl FnMut(usize, usize, std::ops::Range<usize>),
    ) {
        for (future, offers) in self.offers.iter().enumerate() {
            for part in self.parts_in(future, site, schedule).iter() {
                for &(layer, size) in &offers[part.package] {
                    each(layer, size, part.from..part.until);
                }
            }
        }
    }

    /// Returns whether a site offers anything in a period of the first future.
    pub(crate) fn operates(&self, site: usize, schedule: u32, period: usize) -> bool {
        let parts = self.parts_in(0, site, schedule);
        parts.iter().any(|part| (part.from..part.until).contains(&period))
    }
}

impl MixedPlanner<'_> {
    /// Returns what a plan comes to in each future; nothing where the question has none.
    pub(super) fn future_outcomes(&self, best: &Found) -> Vec<FutureOutcome> {
        if !self.has_futures {
            return Vec::new();
        }
        let served = self.served_in_futures(best);
        let assignments = self.assignments_by_future(best);
        let futures = self.mixed.futures.iter().zip(assignments).enumerate();
        let outcome = |(at, (future, assignments)): (usize, (&Future, _))| FutureOutcome {
            name: future.name.clone(),
            weight: future.weight,
            value: self.mixed.shown_in_future(at, served[at] + self.charged_in_future(best, at)),
            assignments,
        };
        futures.map(outcome).collect()
    }

    /// Returns what a plan costs in each future alone, without what schedules are charged.
    fn served_in_futures(&self, best: &Found) -> Vec<i128> {
        if self.goal == Goal::WorstDistance {
            return worst::in_futures(self, best);
        }
        let draft = Draft::new(&self.mixed, &self.near, best.schedules.clone());
        let served = |at: usize| served_in_future(&draft, &best.flows, at).unwrap_or(0);
        (0..self.mixed.futures.len()).map(served).collect()
    }

    /// Returns what the schedules of a plan are charged in one future alone.
    fn charged_in_future(&self, best: &Found, at: usize) -> i128 {
        let mixed = &self.mixed;
        let charge = |(site, &schedule): (usize, &u32)| {
            let column = &mixed.columns[site];
            let charge = self.objective().charge(
                &self.network,
                (site, &column.schedules[schedule as usize]),
                &mixed.futures[at],
            );
            charge + mixed.price_of_change * i128::from(column.is_change(schedule as usize))
        };
        best.schedules.iter().enumerate().map(charge).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_up_and_persons_half_up() {
        assert_eq!(per_cent_of(101, 115), 117);
        assert_eq!(per_cent_of(100, 115), 115);
        let demand = vec![
            DemandChange { per_cent: 150, kind: None, province: None },
            DemandChange { per_cent: 50, kind: Some("clinic".into()), province: None },
        ];
        let future = Future { demand, weight: 1, ..Future::default() };
        assert_eq!(future.persons(3, "school", "north"), 5);
        assert_eq!(future.persons(3, "clinic", "north"), 2);
    }

    #[test]
    fn draws_follow_the_shares() {
        let delays = Delays { late_per_cent: vec![70, 20], samples: 1, seed: 7 };
        let mut counts = [0; 3];
        for site in 0..10_000 {
            let late = drawn_delay(&delays, 1, &format!("s{site}"));
            counts[late.unwrap_or(2)] += 1;
        }
        // Of 10,000 draws the standard deviations are 46, 40 and 30.
        assert!(counts[0] > 6_800 && counts[0] < 7_200, "{counts:?}");
        assert!(counts[1] > 1_840 && counts[1] < 2_160, "{counts:?}");
        assert!(counts[2] > 880 && counts[2] < 1_120, "{counts:?}");
    }
}
