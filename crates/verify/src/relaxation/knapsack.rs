//! What a site saves at most within its capacity.

/// Is what a client offers a site: `gain` x (units taken) / `share`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub(crate) gain: u64,
    /// Units that can be taken.
    pub(crate) demand: u64,
    /// 1, or the demand where the gain is that of the whole client.
    pub(crate) share: u64,
}

impl Item {
    /// Returns the gain of some of the units, rounded up.
    fn of(&self, units: u64) -> u128 {
        (u128::from(self.gain) * u128::from(units)).div_ceil(u128::from(self.share))
    }
}

/// Returns the largest sum of gains within the capacity, where clients may be served in part; what
/// the last one gives is rounded up.
///
/// The items are taken by gain per unit. No other choice gives more: any unit of it can be exchanged
/// for one of these that gains at least as much.
pub(crate) fn most_saved(mut items: Vec<Item>, capacity: u64) -> u128 {
    let per_unit = |item: &Item, other: &Item| u128::from(item.gain) * u128::from(other.share);
    items.sort_unstable_by(|a, b| per_unit(b, a).cmp(&per_unit(a, b)));
    let mut left = capacity;
    let mut saved = 0;
    for item in items {
        let units = item.demand.min(left);
        saved += item.of(units);
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

    #[test]
    fn the_best_units_are_taken_first_and_the_last_in_part() {
        let whole = |gain, demand| Item { gain, demand, share: demand };
        let items = || vec![whole(10, 5), whole(9, 3), whole(1, 7)];
        // 3 a unit, then 2 a unit, then 1/7 a unit.
        assert_eq!(most_saved(items(), 0), 0);
        assert_eq!(most_saved(items(), 2), 6);
        assert_eq!(most_saved(items(), 4), 11);
        assert_eq!(most_saved(items(), 8), 19);
        assert_eq!(most_saved(items(), 9), 20);
        assert_eq!(most_saved(items(), u64::MAX), 20);
        let units = |gain, demand| Item { gain, demand, share: 1 };
        assert_eq!(most_saved(vec![units(2, 5), units(3, 3)], 4), 11);
    }

    #[test]
    fn the_largest_numbers_fit() {
        let item = Item { gain: u64::MAX, demand: u64::MAX, share: u64::MAX };
        assert_eq!(most_saved(vec![item; 2], u64::MAX), u128::from(u64::MAX));
    }
}
