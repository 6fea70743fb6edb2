//! What a site saves at most within its capacity, where clients may be served in part: a continuous
//! knapsack. The items are taken by gain per unit, the last one in part (Dantzig 1957); which one that is,
//! is found by partition, in expected linear time (Balas and Zemel 1980).

/// Finds what a site saves, in floating point; keeps its buffer from site to site.
#[derive(Clone, Debug, Default)]
pub(crate) struct Knapsack {
    offers: Vec<Offer>,
    taken: Taken,
}

/// Is a client that gains from a site.
#[derive(Clone, Copy, Debug)]
struct Offer {
    /// Gain of a unit.
    gain: f64,
    units: f64,
    client: u32,
}

/// Says which offers are taken after a search.
#[derive(Clone, Copy, Debug, Default)]
struct Taken {
    /// Offers before this one are taken in full, behind it not at all.
    last: usize,
    /// Share of that one that is taken.
    part: f64,
}

/// Is what a site saves at most.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Saving {
    /// Gain of all that is served.
    pub(crate) saved: f64,
    /// Gain of a unit more of capacity.
    pub(crate) price: f64,
}

impl Knapsack {
    /// Returns what serving the best units saves. `worth` and `costs` are those of a unit of each client;
    /// `guess` is where the price is expected.
    pub(crate) fn saving(
        &mut self,
        (worth, costs): (&[f64], &[f64]),
        demands: &[f64],
        capacity: f64,
        guess: f64,
    ) -> Saving {
        let (saved, units) = self.gather((worth, costs), demands);
        if units <= capacity {
            self.taken = Taken { last: self.offers.len(), part: 0.0 };
            return Saving { saved, price: 0.0 };
        }
        self.take(capacity, guess)
    }

    /// Visits the clients that the last saving serves, with the share of each.
    pub(crate) fn visit(&self, mut see: impl FnMut(usize, f64)) {
        for offer in &self.offers[..self.taken.last] {
            see(offer.client as usize, 1.0);
        }
        if let Some(offer) = self.offers.get(self.taken.last).filter(|_| self.taken.part > 0.0) {
            see(offer.client as usize, self.taken.part);
        }
    }

    /// Lists all clients that gain; returns their gain and their units.
    fn gather(&mut self, (worth, costs): (&[f64], &[f64]), demands: &[f64]) -> (f64, f64) {
        self.offers.clear();
        let (mut saved, mut all) = (0.0, 0.0);
        let rows = worth.iter().zip(costs).zip(demands).zip(0..);
        for (((worth, cost), &units), client) in rows {
            let gain = worth - cost;
            if gain > 0.0 {
                self.offers.push(Offer { gain, units, client });
                saved += gain * units;
                all += units;
            }
        }
        (saved, all)
    }

    /// Takes the best offers while they hold more than the capacity.
    fn take(&mut self, capacity: f64, guess: f64) -> Saving {
        let (mut from, mut to) = (0, self.offers.len());
        let (mut left, mut saved, mut pivot) = (capacity, 0.0, guess);
        // Offers before `from` are taken; those up to `to` hold more than what is left.
        while from < to {
            let (better, equal) = split(&mut self.offers[from..to], pivot);
            let best = Sums::of(&self.offers[from..from + better]);
            if best.units > left {
                to = from + better;
            } else {
                left -= best.units;
                saved += best.gain;
                from += better;
                for at in from..from + equal {
                    let Offer { gain, units, .. } = self.offers[at];
                    if units > left {
                        self.taken = Taken { last: at, part: left / units };
                        return Saving { saved: saved + gain * left, price: gain };
                    }
                    left -= units;
                    saved += gain * units;
                }
                from += equal;
            }
            pivot = self.offers.get(from + (to - from) / 2).map_or(0.0, |offer| offer.gain);
        }
        // Only rounding leads here: the offers hold just as much as the capacity.
        self.taken = Taken { last: from, part: 0.0 };
        Saving { saved, price: 0.0 }
    }
}

/// Adds up offers.
struct Sums {
    gain: f64,
    units: f64,
}

impl Sums {
    fn of(offers: &[Offer]) -> Self {
        let add = |sum: Self, offer: &Offer| Self {
            gain: sum.gain + offer.gain * offer.units,
            units: sum.units + offer.units,
        };
        offers.iter().fold(Self { gain: 0.0, units: 0.0 }, add)
    }
}

/// Puts the offers above the pivot first and those equal to it next; returns how many of each there are.
fn split(offers: &mut [Offer], pivot: f64) -> (usize, usize) {
    let (mut better, mut at, mut worse) = (0, 0, offers.len());
    while at < worse {
        let gain = offers[at].gain;
        if gain > pivot {
            offers.swap(better, at);
            better += 1;
            at += 1;
        } else if gain < pivot {
            worse -= 1;
            offers.swap(at, worse);
        } else {
            at += 1;
        }
    }
    (better, at - better)
}

/// Is what a client offers a site, exactly: `gain` x (units taken) / `share`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub(crate) gain: u64,
    /// Units that can be taken.
    pub(crate) demand: u64,
    /// 1, or the demand where the gain is that of the whole client.
    pub(crate) share: u64,
}

/// Returns the largest sum of gains within the capacity, rounded up: all items but the last are taken in
/// full and give whole numbers, so that the order of equal ones does not matter.
pub(crate) fn most_saved(items: &mut [Item], capacity: u64) -> u128 {
    let all: u128 = items.iter().map(|item| u128::from(item.demand)).sum();
    if all > u128::from(capacity) {
        let per_unit = |item: &Item, other: &Item| u128::from(item.gain) * u128::from(other.share);
        items.sort_unstable_by(|a, b| per_unit(b, a).cmp(&per_unit(a, b)));
    }
    let mut left = capacity;
    let mut saved = 0;
    for item in items {
        let units = item.demand.min(left);
        saved += (u128::from(item.gain) * u128::from(units)).div_ceil(u128::from(item.share));
        left -= units;
        if left == 0 {
            break;
        }
    }
    saved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn the_best_units_are_taken_first_and_the_last_in_part() {
        let whole = |gain, demand| Item { gain, demand, share: demand };
        let saved = |capacity| most_saved(&mut [whole(10, 5), whole(9, 3), whole(1, 7)], capacity);
        // 3 a unit, then 2 a unit, then 1/7 a unit.
        assert_eq!([0, 2, 4, 8, 9, u64::MAX].map(saved), [0, 6, 11, 19, 20, 20]);
        let units = |gain, demand| Item { gain, demand, share: 1 };
        assert_eq!(most_saved(&mut [units(2, 5), units(3, 3)], 4), 11);
        let largest = Item { gain: u64::MAX, demand: u64::MAX, share: u64::MAX };
        assert_eq!(most_saved(&mut [largest; 2], u64::MAX), u128::from(u64::MAX));
    }

    #[test]
    fn floats_and_integers_save_alike() {
        let mut random = Random::new(7);
        let mut knapsack = Knapsack::default();
        for _ in 0..500 {
            let clients = 1 + random.below(40);
            let mut numbers =
                |limit| -> Vec<u64> { (0..clients).map(|_| random.below(limit) as u64).collect() };
            let (worth, costs, demands) = (numbers(30), numbers(30), numbers(9));
            let capacity = numbers(100)[0];
            let guess = numbers(20)[0] as f64;
            let floats = |list: &[u64]| -> Vec<f64> { list.iter().map(|&x| x as f64).collect() };
            let (w, c, d) = (floats(&worth), floats(&costs), floats(&demands));
            let saving = knapsack.saving((&w, &c), &d, capacity as f64, guess);
            let mut items: Vec<Item> = (0..clients)
                .filter(|&i| worth[i] > costs[i])
                .map(|i| Item { gain: worth[i] - costs[i], demand: demands[i], share: 1 })
                .collect();
            assert_eq!(saving.saved, most_saved(&mut items, capacity) as f64);
            let (mut visited, mut units) = (0.0, 0.0);
            knapsack.visit(|i, part| {
                visited += (w[i] - c[i]) * d[i] * part;
                units += d[i] * part;
            });
            assert!((visited - saving.saved).abs() < 1e-9 && units <= capacity as f64 + 1e-9);
        }
    }
}
