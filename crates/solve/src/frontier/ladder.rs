//! The numbers of sites at which the search really searches; those between follow from their neighbours.

/// A rung is at most so much larger than the one below, in hundredths.
const RATIO: u64 = 110;

/// Returns the rungs from the first to the last number, both among them: all while they are few, then
/// about in proportion.
///
/// A bound that was climbed for one number is a line that touches the best possible curve there; the
/// curve bends away from it as the square of the ratio between neighbours.
pub(super) fn rungs(first: u32, last: u32) -> Vec<u32> {
    let next = |&p: &u32| {
        let next = (u64::from(p) * RATIO / 100).max(u64::from(p) + 1);
        (p < last).then_some(next.min(u64::from(last)) as u32)
    };
    std::iter::successors(Some(first), next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rungs_go_up_to_both_ends_without_wide_steps() {
        assert_eq!(rungs(1, 1), [1]);
        assert_eq!(rungs(3, 6), [3, 4, 5, 6]);
        let rungs = rungs(1, 2000);
        assert_eq!((rungs[0], rungs[rungs.len() - 1]), (1, 2000));
        assert!(rungs.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(rungs.windows(2).all(|pair| pair[1] - pair[0] <= 1 + pair[0] / 10));
        assert!(rungs.len() < 100);
        assert_eq!(super::rungs(u32::MAX - 1, u32::MAX), [u32::MAX - 1, u32::MAX]);
    }
}
