//! Small changes to a good choice, each followed by a descent nearby and kept or taken back: an iterated
//! local search (Lourenço, Martin, Stützle 2003) whose steps cost what lies near, not the whole problem.
//!
//! Several walks start from the same choice side by side. What one of them gains, the others can take over,
//! move by move: most changes have nothing to do with one another.

use std::collections::{BTreeSet, VecDeque};

use rayon::prelude::*;

use crate::dual::Relaxation;
use crate::instance::{Instance, NO_SITE};
use crate::random::Random;
use crate::rows::{Neighbours, RowSource};
use crate::search::{Agenda, Move, Scratch, Timetable};

/// Walks side by side; a constant, so that results do not depend on the thread count.
const WALKS: usize = 4;
/// Exchanges of a kick: at least, and how many more at most.
const EXCHANGES_MIN: usize = 1;
const EXCHANGES_MORE: usize = 4;
/// One kick in so many changes sites anywhere, and one exchange in so many is with a site far away.
const ANYWHERE: usize = 8;
const FAR: usize = 4;
const FAR_TRIES: usize = 8;
/// Share of choices from which on, and up to which, it is doubtful whether a site should be open.
const DOUBTFUL: f64 = 0.02;

/// Gain of a pass over all sites, as a share of the value, that is worth another one.
const PASS_GAIN: f64 = 2e-5;

/// Work after which a pass may be stopped.
const PART_OF_PASS: u64 = 20_000_000;

/// Is what kicks change, and where descents look after them.
pub(crate) struct Ground {
    /// The sites to change.
    active: Vec<u32>,
    /// Those of them on which good choices disagree.
    doubtful: Vec<u32>,
    is_doubtful: Vec<bool>,
    /// Active neighbours of every site.
    neighbours: Neighbours,
}

impl Ground {
    /// Returns the ground of some sites of an instance.
    pub(crate) fn new(instance: &Instance, rows: &RowSource<'_>, active: &[u32]) -> Self {
        let mut is_active = vec![false; instance.candidates.len()];
        active.iter().for_each(|&site| is_active[site as usize] = true);
        let neighbours = Neighbours::among(instance, rows, |site| is_active[site as usize]);
        let is_doubtful = vec![false; is_active.len()];
        Self { active: active.to_vec(), doubtful: Vec::new(), is_doubtful, neighbours }
    }

    /// Looks for sites on which a relaxation and a choice disagree, or the choices on the way to it, given in
    /// what share of those a site was open.
    pub(crate) fn doubt(
        &mut self,
        relaxation: &Relaxation,
        (opens, never): (&[usize], usize),
        shares: &[f64],
    ) {
        let chosen = &relaxation.assignment.period;
        let differs =
            |site: usize| chosen.get(site).is_some_and(|&period| period.min(never) != opens[site]);
        let wavers = |site: usize| {
            let shares = &shares[site * never..(site + 1) * never];
            shares.iter().any(|share| (DOUBTFUL..1.0 - DOUBTFUL).contains(share))
        };
        let active = self.active.iter().copied();
        self.doubtful =
            active.filter(|&site| differs(site as usize) || wavers(site as usize)).collect();
        self.is_doubtful.fill(false);
        self.doubtful.iter().for_each(|&site| self.is_doubtful[site as usize] = true);
    }

    /// Takes a descent to its end, or until `stop` says so.
    pub(crate) fn descend(&self, timetable: &mut Timetable<'_>, stop: &(dyn Fn() -> bool + Sync)) {
        let mut descent = self.descent();
        while !descent.go_on(timetable, self) && !stop() {}
    }

    /// Returns a descent over all sites, and again where something moved as long as that brings something, to
    /// go on with part by part.
    pub(crate) fn descent(&self) -> Descent {
        Descent { agenda: None, before: 0.0 }
    }

    /// Returns doubtful and open sites around one that is drawn, or active ones where none is doubtful: so many, or
    /// what there is.
    pub(crate) fn around(
        &self,
        is_open: impl Fn(u32) -> bool,
        most: usize,
        random: &mut Random,
    ) -> Vec<u32> {
        let Some(first) = self.site(random) else { return Vec::new() };
        let mut found = vec![first];
        let mut seen = BTreeSet::from([first]);
        let mut queue = VecDeque::from([first]);
        while let Some(site) = queue.pop_front() {
            for &near in self.neighbours.of(site) {
                if found.len() == most {
                    return found;
                }
                if seen.insert(near) {
                    queue.push_back(near);
                    if self.doubtful.is_empty() || is_open(near) || self.is_doubtful[near as usize]
                    {
                        found.push(near);
                    }
                }
            }
        }
        found
    }

    /// Draws a site to change.
    fn site(&self, random: &mut Random) -> Option<u32> {
        let sites = match self.doubtful.len() {
            0 => &self.active,
            _ if random.below(ANYWHERE) == 0 => &self.active,
            _ => &self.doubtful,
        };
        (!sites.is_empty()).then(|| sites[random.below(sites.len())])
    }
}

/// Is a descent over all sites of a ground, in parts.
pub(crate) struct Descent {
    /// What is left of a pass.
    agenda: Option<Agenda>,
    /// The value before it.
    before: f64,
}

impl Descent {
    /// Goes on for a part of a pass; returns whether the descent is done.
    pub(crate) fn go_on(&mut self, timetable: &mut Timetable<'_>, ground: &Ground) -> bool {
        let mut agenda = self.agenda.take().unwrap_or_else(|| {
            timetable.prepare();
            self.before = timetable.value;
            Agenda::new(ground.active.clone(), timetable.opens.len())
        });
        if timetable.settle_together(&mut agenda, &ground.neighbours, PART_OF_PASS) {
            return self.before - timetable.value <= PASS_GAIN * self.before.abs();
        }
        self.agenda = Some(agenda);
        false
    }
}

/// Lets walks of so much work each start from a choice, and takes over what they gain; returns what the
/// walks worked, or `None` when they were stopped, which leaves the choice as it was.
pub(crate) fn improve(
    best: &mut Timetable<'_>,
    ground: &Ground,
    work: u64,
    random: &mut Random,
    stop: &(dyn Fn() -> bool + Sync),
) -> Option<u64> {
    best.prepare();
    let seeds: Vec<u64> = (0..WALKS).map(|_| random.below(usize::MAX) as u64).collect();
    let start = &*best;
    let walks: Vec<(Vec<Vec<Move>>, u64)> = seeds
        .into_par_iter()
        .map(|seed| walk(start.clone(), ground, work, Random::new(seed), stop))
        .collect();
    if stop() {
        return None;
    }
    let before = best.clone();
    for gain in walks.iter().flat_map(|(gains, _)| gains) {
        best.replay(gain);
        if stop() {
            *best = before;
            return None;
        }
    }
    let replayed = best.work - before.work;
    best.work = before.work;
    Some(replayed + walks.iter().map(|(_, work)| work).sum::<u64>())
}

/// Kicks a choice again and again; returns the moves of every kick that made it better, and the work.
fn walk(
    mut timetable: Timetable<'_>,
    ground: &Ground,
    work: u64,
    mut random: Random,
    stop: &(dyn Fn() -> bool + Sync),
) -> (Vec<Vec<Move>>, u64) {
    let mut scratch = Scratch::default();
    let mut gains = Vec::new();
    let mut queue = Vec::new();
    timetable.work = 0;
    let tolerance = timetable.tolerance();
    while timetable.work < work && !stop() {
        let value = timetable.value;
        timetable.work += 1;
        timetable.take_trail();
        kick(ground, &mut timetable, &mut random, &mut queue);
        timetable.settle(&mut queue, &ground.neighbours, &mut scratch, stop);
        if stop() {
            break;
        }
        if timetable.value < value - tolerance {
            gains.push(timetable.take_trail());
        } else {
            timetable.roll_back(value);
        }
    }
    (gains, timetable.work)
}

/// Changes a few sites near one another; lists them and their neighbours as those to look at.
pub(crate) fn kick(
    ground: &Ground,
    timetable: &mut Timetable<'_>,
    random: &mut Random,
    queue: &mut Vec<u32>,
) {
    let Some(mut site) = ground.site(random) else { return };
    for _ in 0..EXCHANGES_MIN + random.below(EXCHANGES_MORE) {
        let partner = change(ground, timetable, site as usize, random);
        for moved in [site, partner].into_iter().filter(|&site| site != NO_SITE) {
            queue.push(moved);
            queue.extend(ground.neighbours.of(moved));
        }
        let near = ground.neighbours.of(site);
        if near.is_empty() {
            return;
        }
        site = near[random.below(near.len())];
    }
}

/// Opens or closes a site where that costs something, or exchanges its period with that of a site near it;
/// returns that site, if there is one.
fn change(ground: &Ground, timetable: &mut Timetable<'_>, site: usize, random: &mut Random) -> u32 {
    let instance = timetable.instance();
    if instance.candidates[site].opening_cost > 0.0 && random.below(2) == 0 {
        timetable.toggle(site);
        return NO_SITE;
    }
    let near = ground.neighbours.of(site as u32);
    let period = random.below(instance.periods);
    let mut partners = timetable.servers_near(site, period).to_vec();
    partners.retain(|&partner| partner != NO_SITE);
    // A site near it will do as well as those that serve the place.
    for _ in 0..partners.len().max(2) {
        if !near.is_empty() {
            partners.push(near[random.below(near.len())]);
        }
    }
    if random.below(FAR) == 0 {
        // Places that have a site too many and such that have one too few may lie far apart.
        partners = (0..FAR_TRIES).filter_map(|_| ground.site(random)).collect();
    }
    let opens = &timetable.opens;
    partners.retain(|&partner| opens[partner as usize] != opens[site]);
    if partners.is_empty() {
        return NO_SITE;
    }
    let partner = partners[random.below(partners.len())];
    timetable.exchange(site, partner as usize);
    partner
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::{Candidate, NearLists};
    use proptest::prelude::*;
    use std::sync::Arc;

    /// Points on a line, of which each is a site; some sites cost something or have a window.
    fn instance(points: &[(u8, u8)], periods: usize, quota: u32, paid: bool) -> Instance {
        let n = points.len();
        let near = NearLists::build(n, |i| {
            let cost = |j: usize| u32::from(points[i].0.abs_diff(points[j].0));
            ((0..n).map(|j| (j as u32, cost(j))).collect(), u32::MAX)
        });
        let candidate = |j: usize| {
            let free = Candidate::free(j, periods);
            let window = if points[j].1.is_multiple_of(5) {
                (periods / 2, periods - 1)
            } else {
                free.window
            };
            let opening_cost = if paid { f64::from(points[j].1 % 40) } else { 0.0 };
            Candidate { window, opening_cost, ..free }
        };
        let weight = |at: usize| f64::from(points[at / periods].1) * (1 + at % periods) as f64;
        Instance {
            members: Arc::default(),
            outside: None,
            space: None,
            points: n,
            periods,
            weights: Arc::new((0..n * periods).map(weight).collect()),
            caps: Arc::new(vec![f64::INFINITY; n * periods]),
            candidates: (0..n).map(candidate).collect(),
            quotas: vec![quota; periods],
            exactly: false,
            unserved: 1000,
            near: Arc::new(near),
        }
    }

    proptest! {
        /// What is kept up move by move is what a count from nothing gives, and walks never make it worse.
        #[test]
        fn walks_end_at_what_they_say(
            points in proptest::collection::vec((any::<u8>(), any::<u8>()), 4..40),
            periods in 1_usize..4,
            quota in 1_u32..4,
            paid in any::<bool>(),
            seed in any::<u64>(),
        ) {
            let instance = instance(&points, periods, quota, paid);
            let rows = RowSource::of(&instance);
            let first = crate::start::first(&instance).expect("nothing is required");
            let mut best = Timetable::new(&instance, rows.clone(), first);
            let sites: Vec<u32> = (0..points.len() as u32).collect();
            let ground = Ground::new(&instance, &rows, &sites);
            let mut random = Random::new(seed);
            for _ in 0..3 {
                let before = best.value;
                let worked = improve(&mut best, &ground, 3_000, &mut random, &|| false);
                prop_assert!(worked.is_some_and(|work| work > 0));
                prop_assert!(best.value <= before);
                let fresh = Timetable::new(&instance, rows.clone(), best.opens.clone());
                prop_assert_eq!(best.value, fresh.value);
                for period in 0..periods {
                    let opened = best.opens.iter().filter(|&&t| t == period).count();
                    prop_assert!(opened as u32 <= quota);
                }
            }
        }
    }
}
