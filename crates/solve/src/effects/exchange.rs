//! What it costs when two sites trade what happens at them, and what a site alone is worth.
//!
//! Values are exact where everybody goes to the nearest site; for kinds with capacities they are those of everybody
//! at the nearest, which says where to look. Rules are not looked at: whoever asks holds exchanges against them.
//!
//! Cost: an exchange measures one row of distances and looks at each place in each period in which the two sites
//! differ.

use groundwork_model::plan::Served;
use groundwork_model::programme::Kind;
use groundwork_model::{Goal, Opening, Programme, SiteRule};
use rayon::prelude::*;

use super::nearest::{NONE, Nearest};
use super::offers::{Offers, is_limited};
use crate::discount::period_weights;
use crate::network::Network;

/// Holds a plan, indexed for exchanges.
pub struct Exchanges<'a> {
    programme: &'a Programme,
    openings: &'a [Opening],
    network: Network,
    offers: Offers,
    nearest: Nearest,
    goal: Goal,
    /// Persons x factor of each group of kinds, period and place, for goals in metres.
    weights: Vec<Vec<Vec<i128>>>,
    kinds: Vec<Layer>,
    period_weights: Vec<i128>,
    /// For the goal `worst-distance` the largest metres of each period.
    worst: Vec<u32>,
}

/// Is a kind that a package lists.
struct Layer {
    reach: u32,
    factor: i128,
    group: usize,
    limited: bool,
    /// Persons who need it, by period and place.
    persons: Vec<Vec<u64>>,
}

/// Is one exchange with what comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The site that trades.
    pub site: String,
    /// The other site.
    pub with: String,
    /// What it costs: above 0 the plan is worse then.
    pub cost: i128,
}

/// What leaves and what comes in one group of kinds and period, with the metres of what comes.
type Trade<'t> = (Option<u32>, Option<&'t [u32]>);

impl<'a> Exchanges<'a> {
    /// Indexes a list of openings; rows that name what the programme does not have are left out.
    ///
    /// Under goals other than `distance`, `coverage` and `worst-distance` exchanges are measured in person-metres.
    #[must_use]
    pub fn new(programme: &'a Programme, openings: &'a [Opening], goal: Goal) -> Self {
        let network = Network::new(programme);
        let offers = Offers::of(programme, &network, openings);
        let nearest = Nearest::measure(programme, &network, &offers);
        let kinds = layers(programme, &nearest.group_of);
        let settings = &programme.settings;
        let periods = 0..settings.periods.count as usize;
        let none = vec![vec![0_i128; programme.places.len()]; periods.len()];
        let mut weights = vec![none; nearest.lists.len()];
        for kind in &kinds {
            for (sums, persons) in weights[kind.group].iter_mut().zip(&kind.persons) {
                for (sum, &persons) in sums.iter_mut().zip(persons) {
                    *sum += kind.factor * i128::from(persons);
                }
            }
        }
        let period_weights = period_weights(settings.objective.discount_rate, settings.periods);
        let period_weights = period_weights.into_iter().map(i128::from).collect();
        let worst = Vec::new();
        let mut exchanges = Self {
            programme,
            openings,
            network,
            offers,
            nearest,
            goal,
            weights,
            kinds,
            period_weights,
            worst,
        };
        if goal == Goal::WorstDistance {
            let same = vec![(None, None); exchanges.nearest.lists.len()];
            let worst = |t: usize| exchanges.worst(t, &same).unwrap_or(0);
            exchanges.worst = periods.map(worst).collect();
        }
        exchanges
    }

    /// Returns whether costs are exact: everybody goes to the nearest site, and the goal counts nothing else.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.goal.is_plain() && self.kinds.iter().all(|kind| !kind.limited)
    }

    /// Returns what the value is worse by without a site, everything else the same; `None` for an unknown site,
    /// or where somebody who must be served is not then.
    #[must_use]
    pub fn saving(&self, site: &str) -> Option<i128> {
        let site = self.network.site_index(site)?;
        let never = vec![None; self.period_weights.len()];
        self.cost((site, &[]), (site, &[]), (&never, &never))
    }

    /// Returns the exchanges of a site with all others that may trade, the cheapest first; of equals the first
    /// in the tables. With more than `most` others, those nearest to the site.
    #[must_use]
    pub fn of_site(&self, site: &str, most: usize) -> Vec<Exchange> {
        let Some(own) = self.network.site_index(site) else { return Vec::new() };
        let metres = self.metres(own);
        let mut others: Vec<usize> =
            (0..self.network.sites.len()).filter(|&other| other != own).collect();
        others.retain(|&other| self.may_trade(other));
        if others.len() > most {
            let to = self.network.sites[own].location;
            others.sort_by_key(|&other| (self.network.metres_to(other, to), other));
            others.truncate(most);
            others.sort_unstable();
        }
        let mut exchanges: Vec<Exchange> = others
            .into_par_iter()
            .filter_map(|other| self.exchange((own, &metres), other))
            .collect();
        exchanges.sort_by_key(|exchange| exchange.cost);
        exchanges
    }

    /// Returns for each site that opens its cheapest exchange, among so many of the nearest others.
    #[must_use]
    pub fn cheapest_of_each(&self, most: usize) -> Vec<Exchange> {
        let own = self.offers.sites().filter(|&site| self.may_trade(site));
        own.filter_map(|site| self.of_site(&self.network.sites[site].id, most).into_iter().next())
            .collect()
    }

    /// Returns how many pairs of place and period an exchange looks at, at most.
    #[must_use]
    pub fn work(&self) -> usize {
        self.programme.places.len() * self.period_weights.len() * self.nearest.lists.len()
    }

    /// Returns the openings after an exchange, by period, then in the order of the plan.
    #[must_use]
    pub fn after(&self, exchange: &Exchange) -> Vec<Opening> {
        let mut openings: Vec<Opening> = self.openings.to_vec();
        for opening in &mut openings {
            if opening.site == exchange.site {
                opening.site.clone_from(&exchange.with);
            } else if opening.site == exchange.with {
                opening.site.clone_from(&exchange.site);
            }
        }
        openings.sort_by_key(|opening| {
            (opening.period, self.network.site_index(&opening.site), opening.action)
        });
        openings
    }

    /// Returns the persons of whom a site is the nearest, or whom it serves, with some kind in a period.
    #[must_use]
    pub fn served_by(&self, site: &str, period: usize, assignments: &[Served]) -> u64 {
        let Some(own) = self.network.site_index(site) else { return 0 };
        let mut persons = vec![0_u64; self.programme.places.len()];
        for kind in self.kinds.iter().filter(|kind| !kind.limited) {
            for (place, most) in persons.iter_mut().enumerate() {
                if self.nearest.get(kind.group, period, place).site == own as u32 {
                    *most = (*most).max(kind.persons[period][place]);
                }
            }
        }
        let ids: std::collections::HashMap<&str, usize> = self
            .programme
            .places
            .iter()
            .enumerate()
            .map(|(at, place)| (place.id.as_str(), at))
            .collect();
        let rows = assignments.iter().filter(|row| row.site == site);
        for row in rows.filter(|row| row.period as usize == period + 1) {
            if let Some(&place) = ids.get(row.place.as_str()) {
                persons[place] = persons[place].max(row.persons);
            }
        }
        persons.iter().sum()
    }

    /// Returns whether a plan may have a site otherwise: nothing stood there, and nothing fixes or forbids it.
    fn may_trade(&self, site: usize) -> bool {
        let row = &self.network.sites[site];
        let fixed = || self.openings.iter().any(|opening| opening.fixed && opening.site == row.id);
        !row.existing && row.rule != SiteRule::Forbidden && !fixed()
    }

    fn metres(&self, site: usize) -> Vec<u32> {
        let metres = |place: usize| self.network.metres(place, site).unwrap_or(NONE);
        (0..self.network.places.len()).map(metres).collect()
    }

    fn exchange(&self, own: (usize, &[u32]), other: usize) -> Option<Exchange> {
        let (first, second) = (self.offers.site(own.0), self.offers.site(other));
        if first == second {
            return None;
        }
        let metres = self.metres(other);
        let cost = self.cost(own, (other, &metres), (second, first))?;
        let id = |site: usize| self.network.sites[site].id.clone();
        Some(Exchange { site: id(own.0), with: id(other), cost })
    }

    /// Returns the cost when one site offers `after.0` and the other `after.1`; the same site twice counts once.
    fn cost(
        &self,
        one: (usize, &[u32]),
        other: (usize, &[u32]),
        after: (&[Option<usize>], &[Option<usize>]),
    ) -> Option<i128> {
        let mut total = 0_i128;
        for (t, &weight) in self.period_weights.iter().enumerate() {
            let mut trades: Vec<Trade<'_>> = Vec::new();
            for listed in &self.nearest.lists {
                let mut trade: Trade<'_> = (None, None);
                for ((site, metres), now) in [(one, after.0), (other, after.1)] {
                    let offers = |package: Option<usize>| package.is_some_and(|at| listed[at]);
                    match (offers(self.offers.site(site)[t]), offers(now[t])) {
                        (true, false) => trade.0 = Some(site as u32),
                        (false, true) => trade.1 = Some(metres),
                        _ => {}
                    }
                }
                trades.push(trade);
            }
            total += weight * self.period(t, &trades)?;
        }
        Some(total)
    }

    /// Returns what a period is worse by after trades, one for each group of kinds.
    fn period(&self, t: usize, trades: &[Trade<'_>]) -> Option<i128> {
        let none = |trade: &Trade<'_>| trade.0.is_none() && trade.1.is_none();
        if trades.iter().all(none) {
            return Some(0);
        }
        match self.goal {
            Goal::Coverage => Some(self.uncovered(t, trades)),
            Goal::WorstDistance => {
                let now = self.worst(t, trades)?;
                Some(i128::from(now) - i128::from(self.worst[t]))
            }
            Goal::Distance | Goal::SelfSufficiency | Goal::Equity | Goal::Cost => {
                self.farther(t, trades)
            }
        }
    }

    /// Returns the metres of a place before and after a trade.
    fn both(&self, (group, t, place): (usize, usize, usize), trade: &Trade<'_>) -> (u32, u32) {
        let two = self.nearest.get(group, t, place);
        let left = trade.0.map_or(two.metres, |site| two.without(site));
        (two.metres, trade.1.map_or(left, |metres| left.min(metres[place])))
    }

    fn farther(&self, t: usize, trades: &[Trade<'_>]) -> Option<i128> {
        let unserved = self.programme.settings.distance.unserved_m();
        let counted = |metres: u32| if metres == NONE { unserved } else { Some(metres) };
        let mut sum = 0_i128;
        for (group, trade) in trades.iter().enumerate() {
            for (place, &weight) in self.weights[group][t].iter().enumerate() {
                let (before, after) = self.both((group, t, place), trade);
                if before != after && weight != 0 {
                    sum += weight * (i128::from(counted(after)?) - i128::from(counted(before)?));
                }
            }
        }
        Some(sum)
    }

    fn uncovered(&self, t: usize, trades: &[Trade<'_>]) -> i128 {
        let mut sum = 0_i128;
        for kind in &self.kinds {
            for (place, &persons) in kind.persons[t].iter().enumerate() {
                let (before, after) = self.both((kind.group, t, place), &trades[kind.group]);
                let covered = |metres: u32| i128::from(metres != NONE && metres <= kind.reach);
                sum += kind.factor * i128::from(persons) * (covered(before) - covered(after));
            }
        }
        sum
    }

    fn worst(&self, t: usize, trades: &[Trade<'_>]) -> Option<u32> {
        let unserved = self.programme.settings.distance.unserved_m();
        let mut worst = 0;
        for kind in &self.kinds {
            let trade = &trades[kind.group];
            for (place, _) in kind.persons[t].iter().enumerate().filter(|(_, n)| **n > 0) {
                let metres = self.both((kind.group, t, place), trade).1;
                worst = worst.max(if metres == NONE { unserved? } else { metres });
            }
        }
        Some(worst)
    }
}

fn layers(programme: &Programme, group_of: &[usize]) -> Vec<Layer> {
    let settings = &programme.settings;
    let kinds = settings.package_kinds();
    let weighted = settings.is_weighted();
    let of_kind = |(at, kind): (usize, &&Kind)| {
        let persons = |period: u32| {
            let year = settings.periods.label(period);
            programme.places.iter().map(|place| place.persons_in(&kind.id, year)).collect()
        };
        Layer {
            reach: kind.reach_m(),
            factor: if weighted { i128::from(kind.weight) } else { 1 },
            group: group_of[at],
            limited: is_limited(programme, kind),
            persons: (1..=settings.periods.count).map(persons).collect(),
        }
    };
    kinds.iter().enumerate().map(of_kind).collect()
}
