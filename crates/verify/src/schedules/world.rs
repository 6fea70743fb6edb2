//! The programme and the question in numbers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use groundwork_model::programme::{Facility, Site};
use groundwork_model::{Code, Decimal, Goal, Place, Problem, Question};

use super::futures::{Future, Futures};
use super::lists::{self, Schedule};
use super::materials;
use super::packages::{self, KindFacts, PackageFacts, Persons, UpgradeFacts};
use super::promises::{self, Frozen};
use super::tariff::Tariff;
use super::value;
use crate::distance::Distances;
use crate::facts::{self, Terms};
use crate::near::NearPlaces;
use crate::replan::Replanned;
use crate::scene::Scene;

/// Holds everything that rules and bounds are made of.
pub(crate) struct World<'a> {
    pub(super) scene: &'a Scene<'a>,
    /// Number of periods; periods are counted from 1.
    pub(super) periods: u32,
    /// What the goal counts.
    pub(super) tariff: Tariff,
    /// The goals that are held.
    pub(super) held: Vec<HeldGoal>,
    /// Why no plan can be judged by the goals of the question.
    pub(super) refusal: Option<String>,
    pub(super) population: Persons,
    /// The programme's own numbers, in which everything happens as planned.
    pub(super) own: Future,
    /// The futures by which a plan is judged.
    pub(super) futures: Futures,
    /// For each place the site of its id, where the two are no farther apart than the cut-off.
    pub(super) own_sites: Vec<Option<usize>>,
    pub(super) kinds: Vec<KindFacts<'a>>,
    /// The kinds that packages list, in the order of the settings.
    pub(super) listed: Vec<usize>,
    pub(super) packages: Vec<PackageFacts<'a>>,
    pub(super) upgrades: Vec<UpgradeFacts<'a>>,
    /// The row of the sites table of each site, if it has one.
    pub(super) rows: Vec<Option<&'a Site>>,
    /// What stands at each site already.
    pub(super) standing: Vec<Option<Standing>>,
    /// The provinces in the order in which they first appear.
    pub(super) provinces: Vec<&'a str>,
    /// For each kind the sites at which its materials are near.
    materials: Vec<Vec<bool>>,
    /// Distances between the points of sites.
    pub(super) between: Distances,
    pub(super) near_sites: NearPlaces<Distances>,
    /// Period and package of each site that reports fix.
    pub(super) fixed: BTreeMap<usize, (u32, usize)>,
    pub(super) locks: Vec<Lock>,
    /// The first period that is not past on the day of the question.
    pub(super) first_of_day: u32,
    /// The first period in which anything may begin that is not frozen.
    pub(super) first_free: u32,
    /// What facts, and what a replan settles, leave of each quota.
    pub(super) free: Vec<u64>,
    pub(super) replanned: Replanned,
    /// The promised schedule of each site that may change; `None` where no schedule is what was promised.
    pub(super) promised: BTreeMap<usize, Option<Schedule>>,
    /// What of each site's promises has begun.
    pub(super) frozen: Vec<Frozen>,
    /// The schedules of each site.
    pub(super) lists: Vec<Vec<Schedule>>,
    /// Decisions that cannot be read.
    pub(super) problems: Vec<Problem>,
}

/// Is a goal that a plan holds.
pub(super) struct HeldGoal {
    pub(super) tariff: Tariff,
    /// The value that it is held at.
    pub(super) value: i128,
    /// The most that persons may cost and schedules be charged: in each future where the worst of them counts, else in
    /// all together, each as often as it weighs.
    pub(super) most: Vec<i128>,
}

impl HeldGoal {
    /// Returns whether it is that of the worst-off, which is no sum over persons: in a bound nobody may go farther than
    /// what others leave, and who does counts 1.
    pub(super) fn guards(&self) -> bool {
        self.tariff.goal == Goal::WorstDistance
    }
}

/// Is a facility that stands already.
#[derive(Clone, Copy)]
pub(super) struct Standing {
    pub(super) package: usize,
    pub(super) closes: Option<u32>,
    pub(super) may_close: bool,
}

/// Is a decision that is not a fact already.
#[derive(Clone, Copy)]
pub(super) struct Lock {
    pub(super) site: usize,
    pub(super) period: u32,
    pub(super) package: Option<usize>,
}

impl<'a> World<'a> {
    pub(crate) fn new(
        scene: &'a Scene<'a>,
        question: &Question,
        terms: &Terms,
        replanned: Replanned,
    ) -> Self {
        let settings = &scene.programme.settings;
        let kinds = packages::kinds(scene.programme);
        let first_of_day = u32::try_from(terms.first_open).unwrap_or(u32::MAX).saturating_add(1);
        let (tariff, refusal) = tariff(scene);
        let points: Vec<(f64, f64)> = scene.sites.rows.iter().map(|site| site.location).collect();
        let between = Distances::between(&points, &points, settings.distance.detour.to_f64());
        let near_sites = NearPlaces::new(between.clone(), &vec![Some(u32::MAX); points.len()]);
        let own = Future::own(&kinds, points.len());
        let listed = |number: &usize| {
            settings.packages.iter().any(|package| package.lists(&settings.kinds[*number].id))
        };
        let mut world = Self {
            scene,
            periods: settings.periods.count,
            tariff,
            held: Vec::new(),
            refusal,
            population: Persons::of(scene.programme, Place::population_in),
            futures: Futures::none(&own),
            own,
            own_sites: own_sites(scene),
            listed: (0..kinds.len()).filter(listed).collect(),
            kinds,
            packages: packages::packages(settings),
            upgrades: packages::upgrades(settings),
            rows: rows(scene),
            standing: standing(scene),
            provinces: provinces(scene),
            materials: materials::allowed(scene),
            between,
            near_sites,
            fixed: fixed(scene, question, terms),
            locks: Vec::new(),
            first_of_day,
            first_free: first_of_day.max(replanned.begun_by.saturating_add(1)),
            free: terms.free.clone(),
            replanned,
            promised: BTreeMap::new(),
            frozen: Vec::new(),
            lists: Vec::new(),
            problems: Vec::new(),
        };
        world.expect(question);
        world.lock(question);
        world.promised = promises::schedules(&world);
        (world.lists, world.frozen) = lists::all(&world);
        world.use_quotas();
        match world.hold(question) {
            Ok(held) => world.held = held,
            Err(cause) => drop(world.refusal.get_or_insert(cause)),
        }
        world
    }

    /// Takes from the quotas what a replan settles.
    fn use_quotas(&mut self) {
        let mut used = vec![0_u64; self.periods as usize];
        for &(period, _) in self.replanned.state.values() {
            used[period as usize - 1] += 1;
        }
        let counts_turns = self.scene.programme.settings.quota.count_upgrades;
        for frozen in &self.frozen {
            let turn = frozen.turn().filter(|_| counts_turns);
            for period in frozen.opening().map(|opening| opening.0).into_iter().chain(turn) {
                used[period as usize - 1] += 1;
            }
        }
        let begun_by = self.replanned.begun_by as usize;
        for (index, (free, used)) in self.free.iter_mut().zip(used).enumerate() {
            *free = if index < begun_by { 0 } else { free.saturating_sub(used) };
        }
    }

    /// Reads the futures; where the question cannot have them, says why.
    fn expect(&mut self, question: &Question) {
        let futures = Futures::of(self.scene, question, &self.kinds, &self.own);
        let scaled = futures.and_then(|futures| {
            let scale = self.tariff.scale.checked_mul(futures.scale());
            let scale = scale.ok_or("the scale of the values does not fit 64 bits")?;
            Ok((futures, scale))
        });
        match scaled {
            Ok((futures, scale)) => (self.futures, self.tariff.scale) = (futures, scale),
            Err(cause) => drop(self.refusal.get_or_insert(cause)),
        }
    }

    /// Reads the goals that are held.
    fn hold(&self, question: &Question) -> Result<Vec<HeldGoal>, String> {
        let settings = &self.scene.programme.settings;
        if !question.held.is_empty() && settings.distance.unserved_m().is_none() {
            let needs = "distance.cut_off_km or distance.unserved_km";
            return Err(format!("goals are held, and everybody must be served: set {needs}"));
        }
        let mut goals = Vec::new();
        for held in &question.held {
            let unfit = || format!("what `{}` is held at does not fit 128 bits", held.goal.name());
            let mut tariff = Tariff::of(settings, &self.scene.weights, held.goal)?;
            tariff.scale = tariff.scale.checked_mul(self.futures.scale()).ok_or_else(unfit)?;
            let most = value::most(self, &tariff, held.value).ok_or_else(unfit)?;
            goals.push(HeldGoal { tariff, value: held.value, most });
        }
        Ok(goals)
    }

    /// Returns site and period of each opening that is a fact, a decision or settled by a replan.
    pub(crate) fn settled(&self) -> BTreeSet<(usize, u32)> {
        let opening = |site| Some((site, self.settled_opening(site)?.0));
        let openings = (0..self.sites()).filter_map(opening);
        openings.chain(self.locks.iter().map(|lock| (lock.site, lock.period))).collect()
    }

    /// Returns period and package of the opening of a new site that facts or a replan settle.
    pub(super) fn settled_opening(&self, site: usize) -> Option<(u32, usize)> {
        let known = self.fixed.get(&site).or_else(|| self.replanned.state.get(&site)).copied();
        known.or_else(|| self.frozen[site].opening())
    }

    /// Returns whether a site has an upgrade that was promised and has begun.
    pub(super) fn has_frozen_turn(&self, site: usize) -> bool {
        self.frozen[site].turn().is_some()
    }

    /// Returns whether a site does something else than was promised of it, where that counts.
    pub(super) fn is_change(&self, site: usize, schedule: &Schedule) -> bool {
        let promised = self.promised.get(&site);
        promised.is_some_and(|promised| promised.as_ref() != Some(schedule))
    }

    /// Returns what each change of a promise is charged: a product of two numbers of 64 bits.
    pub(super) fn charge_of_change(&self) -> i128 {
        i128::from(self.replanned.price) * i128::from(self.tariff.scale)
    }

    /// Returns whether a site has the id of a place; the two are within the cut-off.
    pub(super) fn is_own(&self, place: usize, site: usize) -> bool {
        self.own_sites[place] == Some(site)
    }

    /// Returns the number of sites.
    pub(super) fn sites(&self) -> usize {
        self.scene.sites.rows.len()
    }

    /// Returns whether a site may open with a package, by the sites table and its materials.
    pub(super) fn may_get(&self, site: usize, package: usize) -> bool {
        self.is_named(site, package) && self.has_materials(site, package)
    }

    /// Returns whether the sites table lets a site open with a package.
    pub(super) fn is_named(&self, site: usize, package: usize) -> bool {
        self.rows[site].is_none_or(|row| {
            row.packages.is_empty() || row.packages.iter().any(|id| id == self.packages[package].id)
        })
    }

    /// Returns whether all materials of a package are near a site.
    pub(super) fn has_materials(&self, site: usize, package: usize) -> bool {
        let offers = self.packages[package].offers.iter().enumerate();
        offers.filter(|(_, offer)| offer.is_some()).all(|(kind, _)| self.materials[kind][site])
    }

    /// Returns whether nothing but the first schedule of a site is settled: it stands or is a fact.
    pub(super) fn is_settled(&self, site: usize) -> bool {
        self.standing[site].is_some() || self.settled_opening(site).is_some()
    }

    /// Returns whether a site has a schedule with which it operates.
    pub(super) fn has_choice(&self, site: usize) -> bool {
        self.lists[site].iter().any(|schedule| !schedule.is_never(self))
    }

    /// Returns the packages that list a kind, or all.
    pub(super) fn packages_with(&self, kind: Option<usize>) -> impl Iterator<Item = usize> {
        let packages = self.packages.iter().enumerate();
        let with = packages
            .filter(move |(_, package)| kind.is_none_or(|kind| package.offers[kind].is_some()));
        with.map(|(number, _)| number)
    }

    /// Returns the place of a site: that of the place with its id.
    pub(super) fn place_of(&self, places: &HashMap<&str, usize>, site: usize) -> Option<usize> {
        places.get(self.scene.sites.rows[site].id).copied()
    }

    /// Returns the number of each place by its id.
    pub(super) fn places_by_id(&self) -> HashMap<&'a str, usize> {
        let places = self.scene.programme.places.iter().enumerate();
        places.map(|(number, place)| (place.id.as_str(), number)).collect()
    }

    /// Returns the metres between two sites, which have no cut-off.
    pub(super) fn metres_between(&self, a: usize, b: usize) -> u32 {
        self.between.metres(a, b).unwrap_or(u32::MAX)
    }

    /// Returns whether everybody must be served.
    pub(super) fn must_serve(&self) -> bool {
        self.tariff.unserved.is_none()
    }

    /// Returns the number of a package.
    pub(super) fn package(&self, id: &str) -> Option<usize> {
        self.packages.iter().position(|package| package.id == id)
    }

    /// Reads the decisions; sites and periods that cannot be read have been reported with the terms.
    fn lock(&mut self, question: &Question) {
        for locked in &question.locked {
            let Some(site) = self.scene.sites.find(&locked.site) else { continue };
            if locked.period == 0 || locked.period > self.periods {
                continue;
            }
            let package = locked.package.as_deref().map(|id| (id, self.package(id)));
            if let Some((id, None)) = package {
                let cause = format!(
                    "the question locks package `{id}` at `{}`, which is unknown",
                    locked.site
                );
                self.problems.push(Problem::new(Code::UnknownSiteInPlan, cause));
                continue;
            }
            let package = package.and_then(|(_, number)| number);
            let known = self.fixed.get(&site).or_else(|| self.replanned.state.get(&site));
            let is_fact = known.is_some_and(|fact| {
                fact.0 == locked.period && package.is_none_or(|package| package == fact.1)
            });
            if !is_fact {
                self.locks.push(Lock { site, period: locked.period, package });
            }
        }
    }
}

/// Reads the goal of the question; where no such question can have it, says why beside that of distances.
fn tariff(scene: &Scene<'_>) -> (Tariff, Option<String>) {
    let settings = &scene.programme.settings;
    match Tariff::of(settings, &scene.weights, scene.weights.goal) {
        Ok(tariff) => (tariff, None),
        Err(cause) => (Tariff::unknown(scene.weights.goal), Some(cause)),
    }
}

/// Returns kilometres in whole metres.
pub(super) fn metres(kilometres: Decimal) -> u32 {
    kilometres.times_exact(1000).and_then(|m| u32::try_from(m).ok()).unwrap_or(u32::MAX)
}

fn rows<'a>(scene: &Scene<'a>) -> Vec<Option<&'a Site>> {
    let mut rows = vec![None; scene.sites.rows.len()];
    for row in &scene.programme.sites {
        if let Some(number) = scene.sites.find(&row.id) {
            rows[number] = Some(row);
        }
    }
    rows
}

/// Reads what stands; of two facilities on one site the first counts.
fn standing(scene: &Scene<'_>) -> Vec<Option<Standing>> {
    let packages = &scene.programme.settings.packages;
    let number = |facility: &Facility| {
        let named = facility.package.as_ref();
        named.and_then(|id| packages.iter().position(|package| package.id == *id)).unwrap_or(0)
    };
    let mut standing = vec![None; scene.sites.rows.len()];
    for facility in &scene.programme.facilities {
        if let Some(site) = scene.sites.find(&facility.site) {
            standing[site].get_or_insert(Standing {
                package: number(facility),
                closes: facility.closes,
                may_close: facility.may_close,
            });
        }
    }
    standing
}

fn own_sites(scene: &Scene<'_>) -> Vec<Option<usize>> {
    let places = scene.programme.places.iter().enumerate();
    let own = |(place, row): (usize, &Place)| {
        let site = scene.sites.find(&row.id)?;
        scene.distances.metres(place, site).map(|_| site)
    };
    places.map(own).collect()
}

fn provinces<'a>(scene: &Scene<'a>) -> Vec<&'a str> {
    let mut provinces: Vec<&str> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for place in &scene.programme.places {
        if !place.province.is_empty() && known.insert(place.province.as_str()) {
            provinces.push(&place.province);
        }
    }
    provinces
}

fn fixed(scene: &Scene<'_>, question: &Question, terms: &Terms) -> BTreeMap<usize, (u32, usize)> {
    let packages = facts::packages(scene, question, &terms.fixed);
    let fixed = terms.fixed.iter();
    fixed
        .map(|(&site, &period)| (site, (period, packages.get(&site).copied().unwrap_or(0))))
        .collect()
}
