//! On small random programmes every plan is tried, by code that is as plain as the rules read.
//!
//! The checker must agree on which plans are allowed and what they are worth, and no certificate,
//! however it is bent, may prove more than the best plan.

use crate::common::{
    Stream, begun, certify, equator, facility, kind, opening, plan, programme, site,
};
use groundwork_model::programme::{PerPeriod, SitesFrom, Stage};
use groundwork_model::{
    Certificate, Claim, CoverProof, Goal, KeptTimes, Locked, Opening, Plan, Programme, Proof,
    Question, QuotaRule, QuotaSource, SiteRule, TreeNode,
};
use groundwork_verify::{verify, verify_openings};

/// Random programmes a test; each is tried with many plans and certificates.
const PROGRAMMES: u64 = 400;

/// Is a programme and a question in the plainest form: tables of everything.
struct Oracle {
    goal: Goal,
    periods: usize,
    exactly: bool,
    persons: Vec<i128>,
    /// Metres from place to site, `None` beyond the cut-off.
    metres: Vec<Vec<Option<i128>>>,
    unserved: Option<i128>,
    omega: Vec<i128>,
    kinds: Vec<(i128, i128)>,
    sites: Vec<OracleSite>,
    free: Vec<usize>,
    first_free: usize,
}

#[derive(Clone)]
struct OracleSite {
    id: String,
    at: (f64, f64),
    own: bool,
    rule: SiteRule,
    window: (usize, usize),
    existing: bool,
    fixed: Option<usize>,
    locked: Vec<usize>,
}

impl Oracle {
    fn new(programme: &Programme, question: &Question) -> Self {
        let settings = &programme.settings;
        let periods = settings.periods.count as usize;
        let mut oracle = Self {
            goal: settings.objective.goal,
            periods,
            exactly: settings.quota.rule == QuotaRule::Exactly,
            persons: programme.places.iter().map(|p| i128::from(p.population)).collect(),
            metres: Vec::new(),
            unserved: settings.distance.unserved_m().map(i128::from),
            omega: (0..periods).map(|t| omega(programme, t)).collect(),
            kinds: kinds(programme),
            sites: oracle_sites(programme),
            free: Vec::new(),
            first_free: 0,
        };
        oracle.facts(programme, question);
        for place in &programme.places {
            let of_site = |site: &OracleSite| {
                let own = site.own && site.id == place.id;
                let metres = if own {
                    own_metres(programme, place.area_km2)
                } else {
                    haversine(programme, (place.lat, place.lon), site.at)
                };
                let cut_off = settings.distance.cut_off_m().map_or(i128::MAX, i128::from);
                (metres <= cut_off).then_some(metres)
            };
            oracle.metres.push(oracle.sites.iter().map(of_site).collect());
        }
        oracle
    }

    /// Reads reports and decisions, site by site.
    fn facts(&mut self, programme: &Programme, question: &Question) {
        let mut counting = Vec::new();
        let mut ever = Vec::new();
        for report in &programme.reports {
            let known = question.as_of.is_none() || Some(report.date) <= question.as_of;
            let site = self.sites.iter().position(|site| site.id == report.site && !site.existing);
            let begun = matches!(report.stage, Stage::Begun | Stage::Opened);
            if let (Some(site), Some(period)) = (site, report.period)
                && begun
                && report.package == "clinic"
            {
                ever.push((site, period as usize));
                if known {
                    counting.push((site, report.named.clone(), period as usize));
                }
            }
        }
        let first_of_site =
            |site: usize| counting.iter().filter(|c| c.0 == site).map(|c| c.2).min();
        let firsts: Vec<Option<usize>> = (0..self.sites.len()).map(first_of_site).collect();
        let last = ever.iter().map(|c| c.1).max().unwrap_or(0);
        let first_ever = |site: usize| ever.iter().filter(|c| c.0 == site).map(|c| c.1).min();
        for period in 1..=self.periods {
            let taken =
                (0..self.sites.len()).filter(|site| first_ever(*site) == Some(period)).count();
            let written = programme.settings.quotas()[period - 1] as usize;
            let as_taken = question.quotas == QuotaSource::AsTaken && period <= last;
            self.free.push(if as_taken { taken } else { written });
        }
        if let Some(day) = question.as_of {
            let periods = programme.settings.periods;
            self.first_free = (1..=self.periods)
                .find(|p| periods.label(*p as u32 + 1) > i32::from(day.year()))
                .map_or(self.periods, |p| p - 1);
            let mut pairs: Vec<(usize, String)> =
                counting.iter().map(|c| (c.0, c.1.clone())).collect();
            pairs.sort();
            pairs.dedup();
            if question.quotas == QuotaSource::AsTaken {
                // Sites count, not the places named in them.
                for period in firsts.iter().flatten() {
                    self.free[period - 1] = self.free[period - 1].saturating_sub(1);
                }
                pairs.clear();
            }
            for (site, named) in pairs {
                let of_pair = counting.iter().filter(|c| c.0 == site && c.1 == named);
                let period = of_pair.map(|c| c.2).min().unwrap();
                self.free[period - 1] = self.free[period - 1].saturating_sub(1);
            }
            self.free[..self.first_free].fill(0);
            for (site, first) in self.sites.iter_mut().zip(&firsts) {
                site.fixed = *first;
            }
        }
        for locked in &question.locked {
            let site = self.sites.iter_mut().find(|site| site.id == locked.site).unwrap();
            site.locked.push(locked.period as usize);
        }
    }

    /// Says whether a plan keeps every rule; 0 is never.
    fn allowed(&self, tau: &[usize]) -> bool {
        let mut chosen = vec![0; self.periods + 1];
        for (site, &period) in self.sites.iter().zip(tau) {
            if site.locked.iter().any(|locked| *locked != period) {
                return false;
            }
            if let Some(fixed) = site.fixed {
                if period != fixed {
                    return false;
                }
                continue;
            }
            if period == 0 {
                if site.rule == SiteRule::Required && !site.existing {
                    return false;
                }
                continue;
            }
            let (first, last) = site.window;
            if site.existing || site.rule == SiteRule::Forbidden || period < first || period > last
            {
                return false;
            }
            chosen[period] += 1;
        }
        (0..self.periods).all(|t| {
            let met = !self.exactly || t < self.first_free || chosen[t + 1] == self.free[t];
            chosen[t + 1] <= self.free[t] && met
        }) && self.cost(tau).is_some()
    }

    /// Returns what a plan costs; `None` when somebody who must be served is not.
    fn cost(&self, tau: &[usize]) -> Option<i128> {
        let mut total = 0;
        for t in 1..=self.periods {
            let mut of_period = 0;
            for (place, persons) in self.persons.iter().enumerate().filter(|(_, p)| **p > 0) {
                let open = |j: &usize| self.sites[*j].existing || (tau[*j] > 0 && tau[*j] <= t);
                let open = (0..self.sites.len()).filter(open);
                let nearest = open.filter_map(|j| self.metres[place][j]).min();
                let cost = self.cost_of(nearest)?;
                of_period = if self.goal == Goal::WorstDistance {
                    cost.max(of_period)
                } else {
                    of_period + persons * cost
                };
            }
            total += of_period * self.omega[t - 1] * self.factor();
        }
        Some(total)
    }

    fn cost_of(&self, nearest: Option<i128>) -> Option<i128> {
        if self.goal == Goal::Coverage {
            let out = |reach: i128| nearest.is_none_or(|metres| metres > reach);
            return Some(self.kinds.iter().filter(|kind| out(kind.0)).map(|kind| kind.1).sum());
        }
        match (nearest, self.unserved) {
            (Some(metres), Some(unserved)) => Some(metres.min(unserved)),
            (nearest, unserved) => nearest.or(unserved),
        }
    }

    /// Returns what the distance counts for: once for each kind.
    fn factor(&self) -> i128 {
        let sum = self.kinds.iter().map(|kind| kind.1).sum();
        if self.goal == Goal::Distance { sum } else { 1 }
    }

    /// Returns a cost as it is shown.
    fn shown(&self, cost: i128) -> i128 {
        let persons: i128 = self.persons.iter().sum();
        let kinds: i128 = self.kinds.iter().map(|kind| kind.1).sum();
        let all = persons * kinds * self.omega.iter().sum::<i128>();
        if self.goal == Goal::Coverage { all - cost } else { cost }
    }

    /// Returns the best plan and its cost.
    fn best(&self) -> Option<(Vec<usize>, i128)> {
        let mut best: Option<(Vec<usize>, i128)> = None;
        for number in 0..(self.periods + 1).pow(self.sites.len() as u32) {
            let tau = self.numbered(number);
            if !self.allowed(&tau) {
                continue;
            }
            let cost = self.cost(&tau).unwrap();
            if best.as_ref().is_none_or(|(_, least)| cost < *least) {
                best = Some((tau, cost));
            }
        }
        best
    }

    /// Returns when a site may open, 0 for never; nothing where that is settled.
    fn times(&self, site: &OracleSite) -> Vec<u32> {
        let settled = site.existing || site.fixed.is_some() || !site.locked.is_empty();
        if settled || site.rule == SiteRule::Forbidden {
            return Vec::new();
        }
        let never = (site.rule != SiteRule::Required).then_some(0);
        never.into_iter().chain(site.window.0 as u32..=site.window.1 as u32).collect()
    }

    /// Returns one of the (periods + 1)^sites plans, allowed or not.
    fn numbered(&self, mut number: usize) -> Vec<usize> {
        let digit = |_| {
            let digit = number % (self.periods + 1);
            number /= self.periods + 1;
            digit
        };
        (0..self.sites.len()).map(digit).collect()
    }

    fn openings(&self, programme: &Programme, tau: &[usize]) -> Vec<Opening> {
        let open = self.sites.iter().zip(tau).filter(|(_, period)| **period > 0);
        open.map(|(site, &period)| Opening {
            fixed: site.fixed == Some(period) || site.locked.contains(&period),
            year: programme.settings.periods.label(period as u32),
            ..opening(&site.id, period as u32)
        })
        .collect()
    }
}

fn omega(programme: &Programme, t: usize) -> i128 {
    let rate = programme.settings.objective.discount_rate;
    if rate.mantissa() == 0 {
        return 1;
    }
    // 1 / 1.25^k = 4^k / 5^k
    assert_eq!(rate.to_string(), "0.25");
    let years = (t * programme.settings.periods.years as usize) as u32;
    (2_000_000 * 4_i128.pow(years) + 5_i128.pow(years)).div_euclid(2 * 5_i128.pow(years))
}

fn kinds(programme: &Programme) -> Vec<(i128, i128)> {
    let kinds = programme.settings.package_kinds();
    let plain = kinds.iter().all(|kind| kind.weight == 1000);
    let weight = |weight: u32| if plain { 1 } else { i128::from(weight) };
    kinds.iter().map(|kind| (i128::from(kind.reach_m()), weight(kind.weight))).collect()
}

fn oracle_sites(programme: &Programme) -> Vec<OracleSite> {
    let periods = programme.settings.periods.count as usize;
    let plain = |id: &str, at, own| OracleSite {
        id: id.to_owned(),
        at,
        own,
        rule: SiteRule::Candidate,
        window: (1, periods),
        existing: programme.facilities.iter().any(|facility| facility.site == id),
        fixed: None,
        locked: Vec::new(),
    };
    let mut sites: Vec<OracleSite> = Vec::new();
    if programme.settings.sites == SitesFrom::Places {
        sites.extend(programme.places.iter().map(|p| plain(&p.id, (p.lat, p.lon), true)));
    }
    for row in &programme.sites {
        let place = programme.places.iter().find(|place| place.id == row.id);
        let at = row.location.unwrap_or_else(|| place.map(|p| (p.lat, p.lon)).unwrap());
        let mut site = plain(&row.id, at, row.location.is_none());
        site.rule = row.rule;
        site.window.0 = row.earliest.unwrap_or(1) as usize;
        site.window.1 = row.latest.map_or(periods, |latest| latest as usize);
        match sites.iter_mut().find(|known| known.id == row.id) {
            Some(known) => *known = site,
            None => sites.push(site),
        }
    }
    sites
}

fn haversine(programme: &Programme, a: (f64, f64), b: (f64, f64)) -> i128 {
    let rad = |degrees: f64| degrees * (std::f64::consts::PI / 180.0);
    let (lat1, lat2) = (rad(a.0), rad(b.0));
    let s1 = libm::sin((lat2 - lat1) / 2.0);
    let s2 = libm::sin((rad(b.1) - rad(a.1)) / 2.0);
    let h = s1 * s1 + libm::cos(lat1) * libm::cos(lat2) * (s2 * s2);
    let d = 2.0 * 6371008.8 * libm::asin(h.sqrt().min(1.0));
    (d * programme.settings.distance.detour.to_f64() + 0.5).floor() as i128
}

fn own_metres(programme: &Programme, area_km2: Option<f64>) -> i128 {
    let detour = programme.settings.distance.detour.to_f64();
    let mean = |area: f64| (2.0 / 3.0) * (area * 1e6 / std::f64::consts::PI).sqrt() * detour;
    area_km2.map_or(0, |area| (mean(area) + 0.5).floor() as i128)
}

/// Returns a random small programme: at most 6 sites and 3 periods.
fn random_programme(stream: &mut Stream) -> Programme {
    let periods = 1 + stream.below(3) as u32;
    let mut places = equator(&vec![(0.0, 0); 1 + stream.below(5) as usize]);
    for place in &mut places {
        place.lat = stream.below(30) as f64 / 10.0;
        place.lon = stream.below(30) as f64 / 10.0;
        place.population = if stream.chance(15) { 0 } else { 1 + stream.below(40) };
        place.area_km2 = stream.chance(30).then(|| 1.0 + stream.below(9_000) as f64);
    }
    let mut programme = programme(places, periods, 1);
    random_settings(&mut programme, stream);
    random_sites(&mut programme, stream);
    random_reports(&mut programme, stream);
    programme
}

fn random_settings(programme: &mut Programme, stream: &mut Stream) {
    let periods = programme.settings.periods.count;
    let settings = &mut programme.settings;
    settings.periods.years = 1 + stream.below(2) as u32;
    settings.quota.openings =
        PerPeriod::Each((0..periods).map(|_| stream.below(3) as u32).collect());
    settings.quota.rule = if stream.chance(30) { QuotaRule::Exactly } else { QuotaRule::AtMost };
    settings.objective.goal =
        [Goal::Distance, Goal::Coverage, Goal::WorstDistance][stream.below(3) as usize];
    if stream.chance(30) {
        settings.objective.discount_rate = "0.25".parse().unwrap();
    }
    settings.kinds[0].reach_km = groundwork_model::Decimal::new(stream.below(200) as i64, 0);
    if stream.chance(40) {
        settings.kinds.push(kind("school", [1000, 300, 0][stream.below(3) as usize], 80));
        settings.packages[0].kinds.push("school".to_owned());
    }
    if stream.chance(30) {
        settings.distance.detour = "1.3".parse().unwrap();
    }
    if stream.chance(50) {
        let cut_off = 20 + stream.below(200) as i64;
        settings.distance.cut_off_km = Some(groundwork_model::Decimal::new(cut_off, 0));
        if stream.chance(50) {
            let unserved = cut_off + stream.below(100) as i64;
            settings.distance.unserved_km = Some(groundwork_model::Decimal::new(unserved, 0));
        }
    }
}

fn random_sites(programme: &mut Programme, stream: &mut Stream) {
    let periods = u64::from(programme.settings.periods.count);
    if stream.chance(20) {
        programme.settings.sites = SitesFrom::Table;
    }
    let table = programme.settings.sites == SitesFrom::Table;
    for place in 0..programme.places.len() {
        if !table && stream.chance(60) {
            continue;
        }
        let rule = match stream.below(10) {
            0 | 1 => SiteRule::Forbidden,
            2 => SiteRule::Required,
            _ => SiteRule::Candidate,
        };
        let earliest = stream.chance(30).then(|| 1 + stream.below(periods) as u32);
        let latest = stream.chance(30).then(|| 1 + stream.below(periods) as u32);
        let mut row = site(&format!("p{place}"), rule, earliest, latest);
        if stream.chance(20) {
            row.location = Some((stream.below(30) as f64 / 10.0, stream.below(30) as f64 / 10.0));
        }
        programme.sites.push(row);
    }
    if stream.chance(30) {
        let mut row = site("extra", SiteRule::Candidate, None, None);
        row.location = Some((1.05, 1.05));
        programme.sites.push(row);
    }
    if stream.chance(25) {
        let ids = site_ids(programme);
        programme.facilities.push(facility(&ids[stream.below(ids.len() as u64) as usize]));
    }
}

fn site_ids(programme: &Programme) -> Vec<String> {
    oracle_sites(programme).into_iter().map(|site| site.id).collect()
}

fn random_reports(programme: &mut Programme, stream: &mut Stream) {
    let ids = site_ids(programme);
    let periods = u64::from(programme.settings.periods.count);
    let number = if stream.chance(50) { stream.below(4) } else { 0 };
    for _ in 0..number {
        let id = &ids[stream.below(ids.len() as u64) as usize];
        let day = format!("{}-0{}-15", 2023 + stream.below(4), 1 + stream.below(9));
        let named = ["north", "south"][stream.below(2) as usize];
        let mut report = begun(id, named, 1 + stream.below(periods) as u32, &day);
        match stream.below(10) {
            0 => report.stage = Stage::Announced,
            1 => report.package = String::new(),
            2 => report.period = None,
            3 => report.stage = Stage::Opened,
            _ => {}
        }
        programme.reports.push(report);
    }
}

fn random_question(programme: &Programme, stream: &mut Stream) -> Question {
    let ids = site_ids(programme);
    let mut question = Question::default();
    if stream.chance(40) {
        let day = format!("{}-06-30", 2022 + stream.below(8));
        question.as_of = Some(day.parse().unwrap());
    }
    if stream.chance(25) {
        question.quotas = QuotaSource::AsTaken;
    }
    if stream.chance(25) {
        let site = ids[stream.below(ids.len() as u64) as usize].clone();
        let period = 1 + stream.below(u64::from(programme.settings.periods.count)) as u32;
        question.locked.push(Locked { site, period, ..Locked::default() });
    }
    question
}

/// Returns the bound that a proof gives, whatever the plan.
fn bound(programme: &Programme, plan: &Plan, proof: &Proof) -> Option<i128> {
    let certificate = Certificate {
        format: 1,
        inputs: Vec::new(),
        question: plan.question.clone(),
        claim: Claim { value: 0, bound: 0 },
        proof: proof.clone(),
    };
    verify(programme, &[], plan, Some(&certificate)).bound
}

fn random_proof(oracle: &Oracle, stream: &mut Stream) -> Proof {
    let places = oracle.persons.len();
    let shift = stream.below(9) as u32;
    if oracle.goal == Goal::WorstDistance {
        let period = |_| random_cover(oracle, places, stream);
        return Proof::Cover { periods: (0..oracle.periods).map(period).collect() };
    }
    let mut radius = |place: usize| random_radius(oracle, place, shift, stream);
    let row = |radius: &mut dyn FnMut(usize) -> u64| (0..places).map(radius).collect();
    let radii = (0..oracle.periods).map(|_| row(&mut radius)).collect();
    let price = |_| random_price(oracle, shift, stream);
    let prices = (0..oracle.periods).map(price).collect();
    if stream.chance(50) {
        return Proof::Lagrangian { shift, prices, radii };
    }
    Proof::Tree { shift, at_least: None, prices, radii, nodes: random_nodes(oracle, stream) }
}

/// Returns the nodes of a tree that splits some leaves by some sites, and fixes sites at others.
fn random_nodes(oracle: &Oracle, stream: &mut Stream) -> Vec<TreeNode> {
    let root: Vec<Vec<u32>> = oracle.sites.iter().map(|site| oracle.times(site)).collect();
    let mut nodes = Vec::new();
    let mut leaves = vec![(0, root)];
    for _ in 0..stream.below(5) {
        let at = stream.below(leaves.len() as u64) as usize;
        let (parent, times) = leaves.swap_remove(at);
        let site = stream.below(times.len() as u64) as usize;
        if stream.chance(40) || times[site].is_empty() {
            let (node, below) = random_fixing(stream, parent, times);
            let fixes = !node.closed.is_empty() || !node.kept.is_empty();
            nodes.extend(fixes.then_some(node));
            leaves.push((if fixes { nodes.len() as u32 } else { parent }, below));
            continue;
        }
        let cut = 1 + stream.below(times[site].len() as u64) as usize;
        let (first, second) = times[site].split_at(cut);
        for part in [first, second].into_iter().filter(|part| !part.is_empty()) {
            let site_number = site as u32 + 1;
            let node =
                TreeNode { parent, site: site_number, times: part.to_vec(), ..TreeNode::default() };
            nodes.push(node);
            let mut below = times.clone();
            below[site] = part.to_vec();
            leaves.push((nodes.len() as u32, below));
        }
    }
    nodes
}

/// Returns a node that takes times from some sites, and the times that it leaves.
fn random_fixing(
    stream: &mut Stream,
    parent: u32,
    mut times: Vec<Vec<u32>>,
) -> (TreeNode, Vec<Vec<u32>>) {
    let mut node = TreeNode { parent, ..TreeNode::default() };
    for (times, site) in times.iter_mut().zip(1..).filter(|(times, _)| !times.is_empty()) {
        if times[0] == 0 && stream.chance(30) {
            node.closed.push(site);
            *times = vec![0];
        } else if stream.chance(30) {
            let last = times.pop();
            times.retain(|_| stream.chance(50));
            times.extend(last);
            node.kept.push(KeptTimes { site, times: times.clone() });
        }
    }
    (node, times)
}

/// Returns a radius near the cost of some site, or anything.
fn random_radius(oracle: &Oracle, place: usize, shift: u32, stream: &mut Stream) -> u64 {
    let site = stream.below(oracle.sites.len() as u64) as usize;
    let cost = oracle.cost_of(oracle.metres[place][site]).unwrap_or(400_000) as u64;
    match stream.below(8) {
        0 => 0,
        1 => stream.below(600_000) << shift,
        2 => (cost << shift) * stream.below(300) / 100,
        3 => u64::MAX >> stream.below(40),
        _ => cost << shift,
    }
}

fn random_price(oracle: &Oracle, shift: u32, stream: &mut Stream) -> i128 {
    let total: i128 = oracle.persons.iter().sum::<i128>() * oracle.factor() * oracle.omega[0];
    let unit = if oracle.goal == Goal::Coverage { 1_000 } else { 100_000 };
    let price = ((total * unit) << shift) * i128::from(stream.below(1_000)) / 1_000;
    let price = price / [1, 3, 10, 1_000][stream.below(4) as usize];
    if oracle.exactly && stream.chance(50) { -price } else { price }
}

fn random_cover(oracle: &Oracle, places: usize, stream: &mut Stream) -> CoverProof {
    let place = stream.below(places as u64) as usize;
    let site = stream.below(oracle.sites.len() as u64) as usize;
    let at_least_m = match oracle.metres[place][site] {
        Some(metres) => (metres + i128::from(stream.below(2))) as u32,
        None => stream.below(500_000) as u32,
    };
    CoverProof { at_least_m, weights: (0..places).map(|_| stream.below(3)).collect() }
}

/// Changes one number of a proof, or several.
fn bend(oracle: &Oracle, proof: &mut Proof, stream: &mut Stream) {
    match proof {
        Proof::Tree { shift, prices, radii, nodes, .. }
            if stream.chance(40) && !nodes.is_empty() =>
        {
            let node = stream.below(nodes.len() as u64) as usize;
            let node = &mut nodes[node];
            if stream.chance(40) {
                node.prices.clone_from(prices);
                let index = stream.below(prices.len() as u64) as usize;
                node.prices[index] = random_price(oracle, *shift, stream);
            } else {
                let places = radii[0].len();
                let changed = stream.below((places * radii.len()) as u64) as usize;
                node.changed.push(changed as u32);
                node.radii.push(random_radius(oracle, changed % places, *shift, stream));
            }
        }
        Proof::Lagrangian { shift, prices, radii } | Proof::Tree { shift, prices, radii, .. } => {
            let index = stream.below(prices.len() as u64) as usize;
            let place = stream.below(radii[index].len() as u64) as usize;
            if stream.chance(40) {
                prices[index] = random_price(oracle, *shift, stream);
            } else if stream.chance(20) {
                prices[index] = prices[index] * i128::from(50 + stream.below(100)) / 100;
            } else {
                radii[index][place] = random_radius(oracle, place, *shift, stream);
            }
        }
        Proof::Grains { .. } | Proof::Schedules { .. } | Proof::ScheduleCover { .. } => {
            unreachable!("plain programmes have no such proof")
        }
        Proof::Cover { periods } => {
            let index = stream.below(periods.len() as u64) as usize;
            let places = periods[index].weights.len();
            let other = random_cover(oracle, places, stream);
            if stream.chance(50) {
                periods[index].at_least_m = other.at_least_m;
            } else {
                periods[index].weights = other.weights;
            }
        }
    }
}

/// Says whether a bound is better, in the direction that flatters a plan.
fn stronger(oracle: &Oracle, a: i128, b: i128) -> bool {
    if oracle.goal == Goal::Coverage { a < b } else { a > b }
}

#[test]
fn the_checker_agrees_on_every_plan() {
    let (mut allowed, mut refused) = (0, 0);
    for seed in 0..PROGRAMMES {
        let stream = &mut Stream(seed);
        let programme = random_programme(stream);
        let question = random_question(&programme, stream);
        let oracle = Oracle::new(&programme, &question);
        let plans = (oracle.periods + 1).pow(oracle.sites.len() as u32);
        for number in (0..plans).step_by(1 + plans / 200) {
            let tau = oracle.numbered(number);
            let score = verify_openings(&programme, &question, &oracle.openings(&programme, &tau));
            let expected = oracle.allowed(&tau);
            assert_eq!(
                score.problems.is_empty(),
                expected,
                "seed {seed} {tau:?} {:#?}",
                score.problems
            );
            let value = oracle.cost(&tau).map(|cost| oracle.shown(cost));
            assert_eq!(score.value, value, "seed {seed} {tau:?}");
            *(if expected { &mut allowed } else { &mut refused }) += 1;
        }
    }
    assert!(allowed > 1_000 && refused > 1_000, "{allowed} {refused}");
}

#[test]
fn no_certificate_proves_more_than_the_best_plan() {
    let (mut solved, mut closed, mut trivial) = (0, 0, 0);
    for seed in 0..PROGRAMMES {
        let stream = &mut Stream(seed);
        let programme = random_programme(stream);
        let question = random_question(&programme, stream);
        let oracle = Oracle::new(&programme, &question);
        let Some((tau, cost)) = oracle.best() else { continue };
        let optimum = oracle.shown(cost);
        let mut plan = plan(&programme, &question, &oracle.openings(&programme, &tau));
        assert_eq!(plan.value, optimum, "seed {seed}");
        let mut best: Option<(Proof, i128)> = None;
        for round in 0..300 {
            let proof = match &best {
                Some((proof, _)) if round >= 30 => {
                    let mut bent = proof.clone();
                    bend(&oracle, &mut bent, stream);
                    bent
                }
                _ => random_proof(&oracle, stream),
            };
            let Some(bound) = bound(&programme, &plan, &proof) else { continue };
            assert!(
                !stronger(&oracle, bound, optimum),
                "seed {seed}: {bound} against {optimum}, {proof:?}"
            );
            if best.as_ref().is_none_or(|(_, known)| !stronger(&oracle, *known, bound)) {
                best = Some((proof, bound));
            }
        }
        let (proof, bound) = best.unwrap();
        let certificate = certify(&mut plan, bound, proof);
        let inputs = plan.inputs.clone();
        let verdict = verify(&programme, &inputs, &plan, Some(&certificate));
        assert_eq!(verdict.value, Some(optimum), "seed {seed}");
        assert!(verdict.feasible, "seed {seed}: {:#?}", verdict.problems);
        // A cover that was bent may hold in one period and fail in another.
        let failed = verdict.problems.iter().any(|p| p.cause.starts_with("the weights do not"));
        assert!(verdict.accepted || failed, "seed {seed}: {:#?}", verdict.problems);
        solved += 1;
        closed += u32::from(bound == optimum);
        trivial += u32::from(optimum == 0);
    }
    // The certificates must be strong enough for a fault of the checker to show.
    println!("{solved} solved, {closed} closed, {trivial} trivial");
    assert!(solved > 150 && closed - trivial > 40, "{solved} {closed} {trivial}");
}
