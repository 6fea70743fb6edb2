//! How far people may go in each moment for the largest distances to come to no more than a value.

use groundwork_model::certificate::ScheduleCoverProof;

use super::truth::Truth;

/// Knows how far people may go in each moment.
pub(super) struct Limits {
    /// What a metre counts for in each moment.
    weights: Vec<i128>,
    /// Moments that share one sum, and what it may come to.
    together: usize,
    most: i128,
    /// What is proved that somebody goes at least.
    least: Vec<u32>,
    unserved: u32,
}

impl Limits {
    pub(super) fn new(truth: &Truth<'_>, most: i128, proofs: &[ScheduleCoverProof]) -> Self {
        let moments = truth.weights.len();
        let unserved = truth.unserved.unwrap_or(u32::MAX);
        let proved = |at: usize| proofs.get(at).map_or(0, |proof| proof.at_least_m.min(unserved));
        Self {
            together: if truth.mixed.worst_case { truth.mixed.periods } else { moments },
            weights: truth.weights.clone(),
            most,
            least: (0..moments).map(proved).collect(),
            unserved,
        }
    }

    /// Returns what distances leave of the value, for each sum.
    fn left_by(&self, metres: &[u32]) -> Vec<i128> {
        let counted = metres.iter().zip(&self.weights).map(|(&m, &weight)| i128::from(m) * weight);
        let counted: Vec<i128> = counted.collect();
        counted.chunks(self.together).map(|all| self.most - all.iter().sum::<i128>()).collect()
    }

    /// Returns a limit; none where nobody can go farther anyway.
    fn limit(&self, metres: i128) -> u32 {
        let metres = u32::try_from(metres.max(0)).unwrap_or(u32::MAX);
        if metres >= self.unserved { u32::MAX } else { metres }
    }

    /// Returns for each moment what all others leave it.
    pub(super) fn loosest(&self) -> Vec<u32> {
        let left = self.left_by(&self.least);
        let of_moment = |(at, (&least, &weight)): (usize, (&u32, &i128))| match weight {
            0 => u32::MAX,
            _ => self.limit(i128::from(least) + left[at / self.together].div_euclid(weight)),
        };
        self.least.iter().zip(&self.weights).enumerate().map(of_moment).collect()
    }

    /// Shares out evenly what distances leave of the value.
    pub(super) fn shared(&self, metres: &[u32]) -> Vec<u32> {
        let left = self.left_by(metres);
        let sums: Vec<i128> =
            self.weights.chunks(self.together).map(|all| all.iter().sum()).collect();
        let of_moment = |(at, (&metres, &weight)): (usize, (&u32, &i128))| {
            let sum = at / self.together;
            match weight {
                0 => u32::MAX,
                _ => self.limit(i128::from(metres) + left[sum].div_euclid(sums[sum])),
            }
        };
        metres.iter().zip(&self.weights).enumerate().map(of_moment).collect()
    }

    /// Returns distances between what is proved and these, in their proportions, that come to no more than the value.
    pub(super) fn approaching(&self, metres: &[u32]) -> Vec<u32> {
        let room = self.left_by(&self.least);
        let wanted: Vec<i128> =
            self.left_by(metres).iter().zip(&room).map(|(left, room)| room - left).collect();
        let of_moment = |(at, (&metres, &least)): (usize, (&u32, &u32))| {
            let (room, wanted) = (room[at / self.together], wanted[at / self.together]);
            let more = i128::from(metres.saturating_sub(least));
            let share = if wanted > room { more * room.max(0) / wanted } else { more };
            least + u32::try_from(share).unwrap_or(u32::MAX - least)
        };
        metres.iter().zip(&self.least).enumerate().map(of_moment).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Limits;

    /// Two years that count alike, somebody going 28 and 12 km at least, and people counting 60 km without a site.
    fn limits(most: i128) -> Limits {
        Limits {
            weights: vec![1, 1],
            together: 2,
            most,
            least: vec![28_000, 12_000],
            unserved: 60_000,
        }
    }

    #[test]
    fn no_moment_has_more_than_all_others_leave() {
        assert_eq!(limits(50_000).loosest(), [38_000, 22_000]);
        // Nobody is farther than who has no site.
        assert_eq!(limits(80_000).loosest(), [u32::MAX, 52_000]);
        assert_eq!(Limits { weights: vec![2, 0], ..limits(70_000) }.loosest(), [35_000, u32::MAX]);
        assert_eq!(Limits { together: 1, ..limits(50_000) }.loosest(), [50_000, 50_000]);
    }

    #[test]
    fn what_is_left_is_shared_out_and_too_much_cut_back() {
        assert_eq!(limits(56_000).shared(&[28_000, 22_000]), [31_000, 25_000]);
        // 16 km above what is proved in one year and 8 in the other, where there is room for 12.
        assert_eq!(limits(52_000).approaching(&[44_000, 20_000]), [36_000, 16_000]);
        assert_eq!(limits(52_000).approaching(&[30_000, 14_000]), [30_000, 14_000]);
    }
}
