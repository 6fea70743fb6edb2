//! What rules leave of the schedules of each site, given what they leave to others: bounds of sums, rule by rule.

use std::collections::BTreeMap;

use super::dual::Domain;
use super::problem::Mixed;

/// Schedules that sites keep, of those from which some are taken.
pub(crate) type Kept = Vec<(usize, Vec<u32>)>;

/// For each rule, the least and the most that each site that has part in it can bring.
pub(crate) struct Ends {
    of_rule: Vec<Vec<(usize, i64, i64)>>,
}

impl Ends {
    pub(crate) fn new(mixed: &Mixed, domain: &Domain) -> Self {
        let mut of_rule: Vec<Vec<(usize, i64, i64)>> = vec![Vec::new(); mixed.rules.len()];
        let mut sums: BTreeMap<u32, (i64, i64, usize)> = BTreeMap::new();
        for (site, domain) in domain.iter().enumerate() {
            sums.clear();
            for &schedule in domain {
                for &(rule, brought) in &mixed.brings[site][schedule as usize] {
                    let ends = sums.entry(rule).or_insert((i64::MAX, i64::MIN, 0));
                    *ends = (ends.0.min(brought), ends.1.max(brought), ends.2 + 1);
                }
            }
            for (&rule, &(least, most, number)) in &sums {
                // Schedules that are not named bring nothing.
                let all = number == domain.len();
                let ends = if all { (least, most) } else { (least.min(0), most.max(0)) };
                of_rule[rule as usize].push((site, ends.0, ends.1));
            }
        }
        Self { of_rule }
    }

    /// Returns the least of a rule, or of its opposite, and that of each site.
    fn least(&self, rule: usize, sign: i64) -> (i64, Vec<(usize, i64)>) {
        let of_sites: Vec<(usize, i64)> = self.of_rule[rule]
            .iter()
            .map(|&(site, least, most)| (site, if sign > 0 { least } else { -most }))
            .collect();
        (of_sites.iter().map(|end| end.1).sum(), of_sites)
    }
}

impl Mixed {
    /// Lists the sums that have to be at most their right sides: each rule, and the opposite of those that hold
    /// exactly.
    pub(crate) fn sums(&self) -> Vec<(usize, i64)> {
        let rules = (0..self.rules.len()).filter(|&rule| self.is_a_sum(rule));
        rules
            .flat_map(|rule| [(rule, 1), (rule, -1)])
            .filter(|&(rule, sign)| sign > 0 || self.rules[rule].exactly)
            .collect()
    }

    /// Returns whether a rule is a sum of what schedules bring: not a floor of coverage or a goal that is held.
    pub(crate) fn is_a_sum(&self, rule: usize) -> bool {
        !self.is_held(rule) && self.floors.iter().all(|floor| floor.rule != rule)
    }

    /// Returns what a sum leaves of the schedules of the sites from which it takes some; `None` where no choice is
    /// low enough.
    pub(crate) fn left_by(
        &self,
        domain: &Domain,
        ends: &Ends,
        (rule, sign): (usize, i64),
    ) -> Option<Kept> {
        let (least, of_sites) = ends.least(rule, sign);
        let room = sign * self.rules[rule].right - least;
        if room < 0 {
            return None;
        }
        let mut taken = Vec::new();
        for (site, least) in of_sites {
            let fits = |&s: &u32| sign * self.brought(site, s, rule) - least <= room;
            if !domain[site].iter().all(fits) {
                taken.push((site, domain[site].iter().copied().filter(fits).collect()));
            }
        }
        Some(taken)
    }

    /// Lists layers and periods in which so many persons must be served.
    pub(crate) fn musts(&self) -> Vec<(usize, usize, u64)> {
        let layers = self.layers.iter().enumerate().filter(|(_, layer)| layer.unserved.is_none());
        layers
            .flat_map(|(at, layer)| (0..self.periods).map(move |period| (at, layer, period)))
            .map(|(at, layer, period)| (at, period, self.persons_in(layer, period).sum::<u64>()))
            .filter(|&(_, _, persons)| persons > 0)
            .collect()
    }

    /// Returns a site that must offer a layer in a period so that there is room for so many persons, with the
    /// schedules that make it, if there is one; `None` where there is no room in any case.
    pub(crate) fn with_room(
        &self,
        domain: &Domain,
        (layer, period, persons): (usize, usize, u64),
    ) -> Option<Kept> {
        let room = |site: usize, schedule: u32| -> u64 {
            let size = self.offered(site, schedule, layer, period);
            size.map_or(0, |size| self.layers[layer].sizes[size].unwrap_or(persons).min(persons))
        };
        let most: Vec<u64> = domain
            .iter()
            .enumerate()
            .map(|(site, domain)| domain.iter().map(|&s| room(site, s)).max().unwrap_or(0))
            .collect();
        let total: u128 = most.iter().map(|&room| u128::from(room)).sum();
        let persons = u128::from(persons);
        if total < persons {
            return None;
        }
        let serves = |site: usize, s: u32| {
            total - u128::from(most[site]) + u128::from(room(site, s)) >= persons
        };
        let needed = (0..domain.len())
            .find(|&site| domain[site].len() > 1 && !domain[site].iter().all(|&s| serves(site, s)));
        let kept =
            |site: usize| domain[site].iter().copied().filter(|&s| serves(site, s)).collect();
        Some(needed.map(|site| (site, kept(site))).into_iter().collect())
    }

    /// Takes the schedules that no rule allows beside what is left to other sites, or that leave no room for all who
    /// must be served; returns whether every site keeps one.
    pub(crate) fn narrow(&self, domain: &mut Domain) -> bool {
        loop {
            let ends = Ends::new(self, domain);
            let mut changed = false;
            for sum in self.sums() {
                let Some(taken) = self.left_by(domain, &ends, sum) else { return false };
                changed |= !taken.is_empty();
                if !keep(domain, taken) {
                    return false;
                }
            }
            for must in self.musts() {
                let Some(taken) = self.with_room(domain, must) else { return false };
                changed |= !taken.is_empty();
                if !keep(domain, taken) {
                    return false;
                }
            }
            if !changed {
                return true;
            }
        }
    }

    /// Returns what a schedule brings to a rule.
    pub(crate) fn brought(&self, site: usize, schedule: u32, rule: usize) -> i64 {
        let brings = &self.brings[site][schedule as usize];
        let found = brings.binary_search_by_key(&(rule as u32), |&(rule, _)| rule);
        found.map_or(0, |at| brings[at].1)
    }
}

/// Leaves sites what they keep; returns whether each keeps something.
fn keep(domain: &mut Domain, kept: Kept) -> bool {
    let mut all = true;
    for (site, kept) in kept {
        all &= !kept.is_empty();
        domain[site] = kept;
    }
    all
}
