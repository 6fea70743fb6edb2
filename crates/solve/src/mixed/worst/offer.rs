//! What sites hold of the weights of places in one moment, within less than a distance.
//!
//! Of a kind without limit a site holds the weights of all places near it. Of a limited one it serves so many persons, the
//! heaviest first: what it holds is the best that a fractional knapsack comes to.

use groundwork_model::certificate::ScheduleCoverProof;

use crate::mixed::problem::Mixed;

/// Grain of weights and prices in a certificate, 2^50: budgets may be large numbers, so that the price of one unit is a
/// small part of a weight, and so is the weight of one person.
const GRAIN: f64 = 1_125_899_906_842_624.0;

/// Holds weights of all people of a place, by layer of the future and place, and prices of rules.
#[derive(Clone)]
pub(super) struct Offer {
    pub(super) weights: Vec<Vec<f64>>,
    pub(super) prices: Vec<f64>,
}

impl Offer {
    /// Gives each weight the same number, and rules no price.
    pub(super) fn of(mixed: &Mixed, weight: f64) -> Self {
        let weights = vec![vec![weight; mixed.places]; mixed.per_future];
        Self { weights, prices: vec![0.0; mixed.rules.len()] }
    }
}

/// Marks that a schedule offers no package.
pub(super) const NOTHING: usize = usize::MAX;

/// Is a moment for which a distance is tried.
#[derive(Clone, Copy)]
pub(super) struct Trial<'a> {
    pub(super) mixed: &'a Mixed,
    pub(super) needs: &'a [(usize, usize)],
    pub(super) moment: (usize, usize),
    pub(super) metres: u32,
    /// For each site and schedule the package that it offers in the moment; [`NOTHING`] where there is none.
    pub(super) packages: &'a [Vec<usize>],
}

impl Trial<'_> {
    /// Returns the layers and sizes that a package offers in the moment.
    pub(super) fn offers(&self, package: usize) -> &[(usize, usize)] {
        self.mixed.offers[self.moment.0].get(package).map_or(&[], |offers| offers)
    }

    /// Returns the number of a layer in its future.
    pub(super) fn own(&self, layer: usize) -> usize {
        layer - self.moment.0 * self.mixed.per_future
    }

    /// Returns the persons of a place who need a layer.
    pub(super) fn persons(&self, layer: usize, place: usize) -> u64 {
        self.mixed.layers[layer].persons[place * self.mixed.periods + self.moment.1]
    }

    /// Returns the persons that a size of a layer serves; `None` without limit.
    fn limit(&self, layer: usize, size: usize) -> Option<u64> {
        let layer = &self.mixed.layers[layer];
        layer.sizes.get(size).copied().flatten().filter(|_| layer.limited)
    }

    /// Iterates over the places that a site serves from nearer than the distance.
    pub(super) fn near(&self, site: usize) -> impl Iterator<Item = usize> + '_ {
        let metres = self.metres;
        let pairs = self.mixed.pairs.of(site).take_while(move |&(_, other)| other < metres);
        pairs.map(|(place, _)| place)
    }

    /// Calls `each` with the places whose weights a site holds with a size of a layer, and the share of each.
    pub(super) fn fill(
        &self,
        weights: &[f64],
        site: usize,
        (layer, size): (usize, usize),
        mut each: impl FnMut(usize, f64),
    ) {
        let Some(mut room) = self.limit(layer, size) else {
            self.near(site).for_each(|place| each(place, 1.0));
            return;
        };
        let mut heaviest: Vec<(f64, usize, u64)> = self
            .near(site)
            .filter(|&place| weights[place] > 0.0)
            .map(|place| (place, self.persons(layer, place)))
            .filter(|&(_, persons)| persons > 0)
            .map(|(place, persons)| (weights[place] / persons as f64, place, persons))
            .collect();
        heaviest.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for (_, place, persons) in heaviest {
            if room == 0 {
                return;
            }
            let served = persons.min(room);
            each(place, served as f64 / persons as f64);
            room -= served;
        }
    }

    /// Returns the weight that a site holds with each package.
    pub(super) fn held(&self, offer: &Offer, site: usize) -> Vec<f64> {
        let mut known: Vec<((usize, usize), f64)> = Vec::new();
        let mut of_size = |size: (usize, usize)| {
            if let Some((_, held)) = known.iter().find(|(other, _)| *other == size) {
                return *held;
            }
            let weights = &offer.weights[self.own(size.0)];
            let mut held = 0.0;
            self.fill(weights, site, size, |place, share| held += share * weights[place]);
            known.push((size, held));
            held
        };
        let packages = 0..self.mixed.offers[self.moment.0].len();
        packages
            .map(|package| self.offers(package).iter().map(|&size| of_size(size)).sum())
            .collect()
    }

    /// Returns the proof in whole numbers, where it is one.
    pub(super) fn proof(&self, offer: &Offer) -> Option<ScheduleCoverProof> {
        let mixed = self.mixed;
        let first = self.moment.0 * mixed.per_future;
        let of_layer = |layer: usize| -> Vec<u64> {
            let weights = offer.weights[self.own(layer)].iter().enumerate();
            let one = |(place, &weight): (usize, &f64)| {
                let counted =
                    if mixed.layers[layer].limited { self.persons(layer, place) } else { 1 };
                (weight / counted.max(1) as f64 * GRAIN) as u64
            };
            weights.map(one).collect()
        };
        let weights: Vec<Vec<u64>> = (first..first + mixed.per_future).map(of_layer).collect();
        let prices: Vec<i128> = offer.prices.iter().map(|p| (p * GRAIN).round() as i128).collect();
        let whole = Whole { trial: self, weights: &weights, prices: &prices };
        let sites: i128 = (0..mixed.sites()).map(|site| whole.least(site)).sum();
        let rules = mixed.rules.iter().zip(&prices);
        let rights: i128 = rules.map(|(rule, price)| price * i128::from(rule.right)).sum();
        (whole.all() - rights + sites > 0).then(|| ScheduleCoverProof {
            at_least_m: self.metres,
            weights,
            prices: mixed.named_prices(&prices, None),
        })
    }
}

/// Is a proof in whole numbers: of a limited kind weights are those of a person.
struct Whole<'a, 'b> {
    trial: &'a Trial<'b>,
    weights: &'a [Vec<u64>],
    prices: &'a [i128],
}

impl Whole<'_, '_> {
    fn weight(&self, layer: usize, place: usize) -> i128 {
        i128::from(self.weights[self.trial.own(layer)][place])
    }

    /// Returns how often the weight of a place counts.
    fn times(&self, layer: usize, place: usize) -> u64 {
        let persons = self.trial.persons(layer, place);
        if self.trial.mixed.layers[layer].limited { persons } else { persons.min(1) }
    }

    fn all(&self) -> i128 {
        let weight = |&(layer, place): &(usize, usize)| {
            self.weight(layer, place) * i128::from(self.times(layer, place))
        };
        self.trial.needs.iter().map(weight).sum()
    }

    /// Returns the least that a site adds over its schedules.
    fn least(&self, site: usize) -> i128 {
        let mixed = self.trial.mixed;
        let packages = 0..mixed.offers[self.trial.moment.0].len();
        let held: Vec<i128> = packages
            .map(|package| {
                let offers = self.trial.offers(package).iter();
                offers.map(|&(layer, size)| self.held(site, layer, size)).sum()
            })
            .collect();
        let schedules = self.trial.packages[site].iter().zip(&mixed.brings[site]);
        let value = |(&package, brings): (&usize, &Vec<(u32, i64)>)| -> i128 {
            let priced =
                brings.iter().map(|&(rule, by)| self.prices[rule as usize] * i128::from(by));
            priced.sum::<i128>() - held.get(package).copied().unwrap_or(0)
        };
        schedules.map(value).min().unwrap_or(0)
    }

    /// Returns what a site holds with a size of a layer.
    fn held(&self, site: usize, layer: usize, size: usize) -> i128 {
        let near = self.trial.near(site);
        let mut heaviest: Vec<(i128, u64)> =
            near.map(|place| (self.weight(layer, place), self.times(layer, place))).collect();
        heaviest.sort_unstable_by(|a, b| b.cmp(a));
        let mut room = self.trial.limit(layer, size).unwrap_or(u64::MAX);
        let mut held = 0;
        for (weight, times) in heaviest {
            let served = times.min(room);
            held += weight * i128::from(served);
            room -= served;
        }
        held
    }
}
