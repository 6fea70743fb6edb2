//! The bound of multipliers and times, kept up to date while they change.
//!
//! Every change costs what it touches: a time the times of its site, a radius the sites near its client.
//! All sums are exact, so that changing there and back changes nothing; that they fit has been shown for
//! the largest numbers of the proof ([`Longest::check`](super::range::Longest::check)).

use super::Multipliers;
use super::counts::Counts;
use super::fewest::Fewest;
use super::patch::Patch;
use super::pricing::Pricing;
use super::reach::Reach;

/// Is a bound with all that it is made of; numbers are x 2^shift.
#[derive(Clone)]
pub(super) struct Bound<'a> {
    pricing: &'a Pricing<'a>,
    prices: &'a [i128],
    /// The radii, cut, client by client.
    radii: Vec<u64>,
    /// What each site saves from each period on, site by site.
    savings: Vec<i128>,
    /// The times of each site.
    times: Vec<&'a [u32]>,
    /// The least that each site adds at its times.
    minima: Vec<i128>,
    counts: Counts,
    /// Where capacities rule; the price is one for that so many sites open.
    fewest: Option<Fewest>,
    /// Sites that have times, of which none can be used.
    stuck: usize,
    sum_of_u: i128,
    priced_quotas: i128,
    sum_of_minima: i128,
    stale: Stale,
    patch: Patch,
}

/// Lists the sites whose savings have changed since their minima were taken.
#[derive(Clone)]
struct Stale {
    sites: Vec<usize>,
    is_listed: Vec<bool>,
}

impl<'a> Bound<'a> {
    /// Prices all sites, with all their times; says how many pairs were measured.
    pub(super) fn new(pricing: &'a Pricing<'a>, multipliers: &Multipliers<'a>) -> (Self, u64) {
        let relaxation = pricing.relaxation;
        let radii = cut_radii(pricing, multipliers);
        let (savings, pairs) = pricing.savings(&radii);
        let sites = relaxation.sites();
        let mut bound = Self {
            pricing,
            prices: multipliers.prices,
            radii,
            savings,
            times: (0..sites).map(|site| relaxation.times.of(site)).collect(),
            minima: vec![0; sites],
            counts: Counts::new(relaxation),
            fewest: Fewest::new(relaxation),
            stuck: 0,
            sum_of_u: 0,
            priced_quotas: 0,
            sum_of_minima: 0,
            stale: Stale { sites: Vec::new(), is_listed: vec![false; sites] },
            patch: Patch::new(sites),
        };
        bound.stuck = bound.times.iter().filter(|times| bound.is_stuck(times)).count();
        bound.sum_of_u = (0..bound.radii.len()).map(|at| bound.u(at, bound.radii[at])).sum();
        bound.set_prices(multipliers.prices);
        (bound, pairs)
    }

    /// Returns the cost that no answer with these times beats.
    pub(super) fn cost(&self) -> i128 {
        self.sum_of_u - self.priced_quotas - self.priced_fewest() + self.sum_of_minima
    }

    /// Returns whether counting shows that no answer has these times.
    pub(super) fn is_impossible(&self) -> bool {
        self.stuck > 0 || self.counts.are_impossible()
    }

    /// Returns the times of a site.
    pub(super) fn times(&self, site: usize) -> &'a [u32] {
        self.times[site]
    }

    pub(super) fn prices(&self) -> &'a [i128] {
        self.prices
    }

    /// Returns the cost that no answer beats in which one site has only one of its times; `None` where
    /// no answer has it, as counting tells. The fewest sites are still those of all its times.
    pub(super) fn cost_of_time(&mut self, site: usize, time: u32) -> Option<i128> {
        let times = self.times[site];
        let stuck = self.stuck - usize::from(self.is_stuck(times));
        let added = self.added(site, time)?;
        let relaxation = self.pricing.relaxation;
        self.counts.leave(relaxation, site, times);
        self.counts.enter(relaxation, site, &[time]);
        let is_impossible = stuck > 0 || self.counts.are_impossible();
        self.counts.leave(relaxation, site, &[time]);
        self.counts.enter(relaxation, site, times);
        (!is_impossible).then(|| self.cost() - self.minima[site] + added)
    }

    /// Changes the times of a site; returns what they were.
    pub(super) fn set_times(&mut self, site: usize, times: &'a [u32]) -> &'a [u32] {
        let before = self.times[site];
        self.stuck -= usize::from(self.is_stuck(before));
        self.stuck += usize::from(self.is_stuck(times));
        self.counts.leave(self.pricing.relaxation, site, before);
        self.counts.enter(self.pricing.relaxation, site, times);
        if let Some(fewest) = &mut self.fewest {
            fewest.set(site, times.last().is_some_and(|last| *last > 0));
        }
        self.times[site] = times;
        self.renew(site);
        before
    }

    /// Changes all prices.
    pub(super) fn set_prices(&mut self, prices: &'a [i128]) {
        self.prices = prices;
        let openings = |index| self.pricing.relaxation.openings(index).map_or(0, i128::from);
        let quotas = prices.iter().enumerate();
        // Quotas of 0 are not looked at: no site may open then.
        self.priced_quotas = quotas.map(|(index, price)| openings(index) * price).sum();
        for site in 0..self.minima.len() {
            self.renew(site);
        }
    }

    /// From now on only the sites of a patch follow the radii.
    pub(super) fn enter_patch(&mut self, number: usize, sites: &[u32]) {
        self.patch.enter(number, sites);
    }

    /// All sites follow the radii again; the radii are what they were when the patch was entered.
    pub(super) fn leave_patch(&mut self) {
        self.patch.leave();
    }

    /// Returns a site outside the patch that has a period, and which a radius of the patch has risen past.
    pub(super) fn passed_site(&self) -> Option<usize> {
        self.patch.passed_site()
    }

    /// Changes the radius of a client, given by its place in the list of all radii, period by period;
    /// returns what it was. The bound is right again after [`settle`](Self::settle).
    pub(super) fn set_radius(&mut self, at: usize, radius: u64, reach: &Reach<'_>) -> u64 {
        let relaxation = self.pricing.relaxation;
        let (clients, periods) = (relaxation.clients(), relaxation.periods());
        let (index, client) = (at / clients, at % clients);
        let at = client * periods + index;
        let radius = relaxation.clip(client, index, radius, self.pricing.shift);
        let before = std::mem::replace(&mut self.radii[at], radius);
        if radius == before {
            return before;
        }
        self.sum_of_u += self.u(at, radius) - self.u(at, before);
        let one = i128::from(relaxation.weights[client]) * i128::from(relaxation.factors[index]);
        let has_risen = self.patch.has_risen(at, before, radius);
        reach.of_client(client, radius.max(before), |site, cost| {
            if self.patch.is_outside(site) {
                let has_period = self.times[site].last().is_some_and(|last| *last > 0);
                if has_risen && has_period && cost < radius {
                    self.patch.pass(site);
                }
                return;
            }
            let gain = |radius: u64| i128::from(radius.saturating_sub(cost));
            let more = one * (gain(radius) - gain(before));
            for saving in &mut self.savings[site * periods..][..=index] {
                *saving += more;
            }
            self.stale.add(site);
        });
        before
    }

    /// Takes the minima of the sites that changed radii are near to.
    pub(super) fn settle(&mut self) {
        while let Some(site) = self.stale.take() {
            if let Some((capacities, capacity)) = self.pricing.capacity(site) {
                let saving = self.pricing.saving_within(site, capacities, capacity, &self.radii);
                self.savings[site] = saving;
            }
            self.renew(site);
        }
    }

    /// Returns what the price makes of the fewest sites: 0 or below.
    fn priced_fewest(&self) -> i128 {
        let price = self.prices.first().copied().unwrap_or(0);
        self.fewest.as_ref().map_or(0, |fewest| price * fewest.count() as i128)
    }

    /// Returns what a client's radius adds to the bound.
    fn u(&self, at: usize, radius: u64) -> i128 {
        let relaxation = self.pricing.relaxation;
        let (client, index) = (at / relaxation.periods(), at % relaxation.periods());
        // A product without the radius need not fit where the radius is 0.
        let one = i128::from(radius) * i128::from(relaxation.weights[client]);
        if radius == 0 { 0 } else { one * i128::from(relaxation.factors[index]) }
    }

    /// Takes the minimum of a site anew.
    fn renew(&mut self, site: usize) {
        let added = self.times[site].iter().filter_map(|time| self.added(site, *time));
        let minimum = added.min().unwrap_or(0);
        self.sum_of_minima += minimum - std::mem::replace(&mut self.minima[site], minimum);
    }

    /// Returns what a site adds that opens at a time; `None` where nothing may open then.
    fn added(&self, site: usize, time: u32) -> Option<i128> {
        let relaxation = self.pricing.relaxation;
        let Some(index) = (time as usize).checked_sub(1) else { return Some(0) };
        relaxation.is_usable(time).then(|| {
            let price = self.prices.get(index).copied().unwrap_or(0);
            let opening = i128::from(relaxation.opening_costs[site]) << self.pricing.shift;
            price + opening - self.savings[site * relaxation.periods() + index]
        })
    }

    fn is_stuck(&self, times: &[u32]) -> bool {
        self.pricing.relaxation.are_stuck(times)
    }
}

impl Stale {
    fn add(&mut self, site: usize) {
        if !std::mem::replace(&mut self.is_listed[site], true) {
            self.sites.push(site);
        }
    }

    fn take(&mut self) -> Option<usize> {
        let site = self.sites.pop()?;
        self.is_listed[site] = false;
        Some(site)
    }
}

/// Cuts the radii of the multipliers and turns them client by client.
pub(super) fn cut_radii(pricing: &Pricing<'_>, multipliers: &Multipliers<'_>) -> Vec<u64> {
    let periods = pricing.relaxation.periods();
    let mut radii = vec![0; periods * pricing.relaxation.clients()];
    for (index, row) in multipliers.radii.iter().enumerate() {
        for (client, radius) in row.iter().enumerate() {
            radii[client * periods + index] =
                pricing.relaxation.clip(client, index, *radius, pricing.shift);
        }
    }
    radii
}
