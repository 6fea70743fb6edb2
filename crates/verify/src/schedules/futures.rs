//! The futures of a question: who needs what, what things cost, and which sites serve later than planned.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use groundwork_formats::sha256_hex;
use groundwork_model::programme::{self, Delays, DemandChange, Robustness};
use groundwork_model::{Outlook, Place, Question};

use super::lists::Schedule;
use super::packages::{KindFacts, Persons};
use super::world::World;
use crate::scene::Scene;

/// Says how many periods later than planned a site serves; `None` where it never does.
pub(super) type Late = Option<u32>;

/// Says how the values that a plan has in the futures make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judging {
    /// Their sum, each times its weight.
    Expected,
    /// The worst of them.
    Worst,
}

/// Holds the futures by which a plan is judged.
pub(super) struct Futures {
    /// At least one: where the question has none, the programme's own numbers.
    pub(super) list: Vec<Future>,
    pub(super) judging: Judging,
    /// Whether the question has futures.
    pub(super) are_asked: bool,
}

/// Is one way in which things may turn out.
#[derive(Clone)]
pub(super) struct Future {
    /// Its name; empty for the programme's own numbers.
    pub(super) name: String,
    pub(super) weight: u32,
    /// Who needs each kind of the settings.
    pub(super) persons: Vec<Arc<Persons>>,
    /// Hundredths of what costs are otherwise, by resource; 100 where none is named.
    per_cent: BTreeMap<String, u32>,
    /// How late each site is.
    pub(super) late: Vec<Late>,
}

impl Futures {
    /// Returns the programme's own numbers as the one future.
    pub(super) fn none(own: &Future) -> Self {
        Self { list: vec![own.clone()], judging: Judging::Expected, are_asked: false }
    }

    /// Reads the futures of a question.
    ///
    /// # Errors
    ///
    /// Says why the question cannot have them.
    pub(super) fn of(
        scene: &Scene<'_>,
        question: &Question,
        kinds: &[KindFacts<'_>],
        own: &Future,
    ) -> Result<Self, String> {
        let asked = question.has_futures(scene.programme);
        let Some(scenarios) = scene.programme.settings.scenarios.as_ref().filter(|_| asked) else {
            return Ok(Self::none(own));
        };
        let named = scenarios.futures.iter().map(|future| Future::named(scene, kinds, own, future));
        let mut list: Vec<Future> = named.collect();
        if list.is_empty() {
            list.push(own.clone());
        }
        if let Some(delays) = &scenarios.delays {
            let draws = list.iter().flat_map(|future| {
                (1..=delays.samples).map(move |number| future.drawn(scene, delays, number))
            });
            list = draws.collect();
        }
        let judging = match scenarios.objective {
            Robustness::Expected => Judging::Expected,
            Robustness::WorstCase => Judging::Worst,
        };
        let mut futures = Self { list, judging, are_asked: true };
        if let Outlook::Future(name) = &question.outlook {
            futures.keep(name)?;
        }
        Ok(futures)
    }

    /// Keeps the one future of a name.
    fn keep(&mut self, name: &str) -> Result<(), String> {
        self.list.retain(|future| future.name == name);
        self.list.truncate(1);
        self.judging = Judging::Expected;
        let unknown = || format!("the question asks about the future `{name}`, which is unknown");
        self.list.first_mut().ok_or_else(unknown)?.weight = 1;
        Ok(())
    }

    /// Returns how many times the scale of the goal that of the values is.
    pub(super) fn scale(&self) -> u64 {
        match self.judging {
            Judging::Expected => self.list.iter().map(|future| u64::from(future.weight)).sum(),
            Judging::Worst => 1,
        }
    }

    /// Lists the budget rules of a resource: the number of the future that names one, 0 where costs are as
    /// written, and the future.
    pub(super) fn of_budget(&self, resource: &str) -> Vec<(u32, &Future)> {
        let mut rules: Vec<(u32, &Future)> = Vec::new();
        for (number, future) in (1..).zip(&self.list) {
            let per_cent = future.per_cent(resource);
            if rules.iter().all(|(_, known)| known.per_cent(resource) != per_cent) {
                rules.push((if per_cent == 100 { 0 } else { number }, future));
            }
        }
        rules
    }
}

impl Future {
    /// Returns the programme's own numbers, in which nothing is late.
    pub(super) fn own(kinds: &[KindFacts<'_>], sites: usize) -> Self {
        Self {
            name: String::new(),
            weight: 1,
            persons: kinds.iter().map(|kind| Arc::clone(&kind.persons)).collect(),
            per_cent: BTreeMap::new(),
            late: vec![Some(0); sites],
        }
    }

    fn named(
        scene: &Scene<'_>,
        kinds: &[KindFacts<'_>],
        own: &Self,
        future: &programme::Future,
    ) -> Self {
        let persons = kinds.iter().map(|kind| persons(scene, kind, &future.demand));
        Self {
            name: future.name.clone(),
            weight: future.weight,
            persons: persons.collect(),
            per_cent: future.cost_per_cent.clone(),
            late: late(scene, future, &own.late),
        }
    }

    /// Returns the future with the delays of one of its draws, counted from 1.
    fn drawn(&self, scene: &Scene<'_>, delays: &Delays, number: u32) -> Self {
        let name = if self.name.is_empty() { "draw" } else { &self.name };
        let late = scene.sites.rows.iter().zip(&self.late).map(|(site, late)| {
            let drawn = draw(delays, number, site.id);
            late.zip(drawn).map(|(late, drawn)| late.saturating_add(drawn))
        });
        Self { name: format!("{name}/{number}"), late: late.collect(), ..self.clone() }
    }

    fn per_cent(&self, resource: &str) -> u32 {
        self.per_cent.get(resource).copied().unwrap_or(100)
    }

    /// Returns what an amount of a resource comes to, rounded up.
    pub(super) fn costs(&self, resource: &str, amount: i128) -> i128 {
        // An amount is a sum of a few numbers of 64 bits.
        (amount * i128::from(self.per_cent(resource)) + 99).div_euclid(100)
    }
}

/// Returns who needs a kind, where the last row of changes that speaks of kind and place counts.
fn persons(scene: &Scene<'_>, kind: &KindFacts<'_>, changes: &[DemandChange]) -> Arc<Persons> {
    let of_kind: Vec<&DemandChange> = changes
        .iter()
        .filter(|change| change.kind.as_deref().is_none_or(|named| named == kind.id))
        .collect();
    if of_kind.is_empty() {
        return Arc::clone(&kind.persons);
    }
    let per_cent = |place: &Place| {
        let mut rows = of_kind.iter().rev();
        let speaks = |named: &String| *named == place.province;
        let row = rows.find(|row| row.province.as_ref().is_none_or(speaks));
        row.map_or(100, |row| row.per_cent)
    };
    let count = |place: &Place, year| {
        let hundredths = u128::from(place.persons_in(kind.id, year)) * u128::from(per_cent(place));
        u64::try_from((hundredths + 50) / 100).unwrap_or(u64::MAX)
    };
    Arc::new(Persons::of(scene.programme, count))
}

/// Returns how late each site is by the rows of a future, of which the last that speaks of a site counts.
fn late(scene: &Scene<'_>, future: &programme::Future, in_time: &[Late]) -> Vec<Late> {
    let places = scene.programme.places.iter();
    let provinces: HashMap<&str, &str> =
        places.map(|place| (place.id.as_str(), place.province.as_str())).collect();
    let mut late = in_time.to_vec();
    for row in &future.late {
        let of_row = if row.fails { None } else { Some(row.periods) };
        for (site, late) in scene.sites.rows.iter().zip(&mut late) {
            let is_named = row.sites.is_empty() || row.sites.iter().any(|id| id == site.id);
            let lies_there = row
                .province
                .as_deref()
                .is_none_or(|province| provinces.get(site.id).is_some_and(|of| *of == province));
            if is_named && lies_there {
                *late = of_row;
            }
        }
    }
    late
}

/// Draws how late a site is: by a hundredth of the hash of seed, draw and site.
fn draw(delays: &Delays, number: u32, site: &str) -> Late {
    let seed = delays.seed.to_string();
    let number = number.to_string();
    let parts = ["groundwork delay 1", &seed, &number, site];
    let text = parts.map(str::as_bytes).join(&0);
    let hex = sha256_hex(&text);
    let drawn = hex.get(..16).and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or(0);
    let hundredth = (u128::from(drawn) * 100) >> 64;
    let mut sum: u128 = 0;
    let mut shares = delays.late_per_cent.iter();
    let late = shares.position(|share| {
        sum += u128::from(*share);
        hundredth < sum
    });
    late.and_then(|late| u32::try_from(late).ok())
}

/// Returns schedules, one a site, as they turn out in a future.
pub(super) fn turned_out(
    world: &World<'_>,
    future: &Future,
    schedules: &[Schedule],
) -> Vec<Schedule> {
    let sites = schedules.iter().zip(&future.late).enumerate();
    sites.map(|(site, (schedule, late))| turns_out(world, site, schedule, *late)).collect()
}

/// Returns a schedule of a site as it turns out where the site is late. What is settled is as planned.
pub(super) fn turns_out(
    world: &World<'_>,
    site: usize,
    schedule: &Schedule,
    late: Late,
) -> Schedule {
    let stands = world.standing[site].is_some();
    let in_time = |is_settled: bool| if is_settled { Some(0) } else { late };
    let Some(opens_late) = in_time(world.is_settled(site)) else { return Schedule::never(world) };
    let turns_late = in_time(stands || world.has_frozen_turn(site));
    let turn = schedule.turn.zip(turns_late);
    Schedule {
        from: schedule.from.saturating_add(opens_late),
        turn: turn.map(|((upgrade, period), late)| (upgrade, period.saturating_add(late))),
        ..*schedule
    }
}

/// Lists how late a site is in some future, and in which.
pub(super) fn lateness(world: &World<'_>, site: usize) -> Vec<(Late, Vec<usize>)> {
    let mut found: BTreeMap<Late, Vec<usize>> = BTreeMap::new();
    for (number, future) in world.futures.list.iter().enumerate() {
        found.entry(future.late[site]).or_default().push(number);
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_drawn_from_the_hash_of_seed_draw_and_site() {
        let drawn = |late_per_cent: &[u32]| {
            let delays = Delays { late_per_cent: late_per_cent.to_vec(), samples: 1, seed: 7 };
            draw(&delays, 3, "a")
        };
        assert_eq!(drawn(&[100]), Some(0));
        assert_eq!(drawn(&[0, 100]), Some(1));
        assert_eq!(drawn(&[]), None);
        // The hash begins with 329601f849584ae3: 19 hundredths of 2^64 and a part.
        assert_eq!(drawn(&[20]), Some(0));
        assert_eq!(drawn(&[19, 0, 1]), Some(2));
        assert_eq!(drawn(&[19]), None);
    }
}
