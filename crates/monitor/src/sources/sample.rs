//! What a random sample without replacement says of all that it was drawn from.

/// One-sided probability that is left out at either end of an interval of 90 per cent.
const TAIL: f64 = 0.05;

/// Returns the least and the most of `frame` that are so, where `found` of `drawn` were: all numbers under which neither so
/// many nor so few would be found in fewer than one in twenty samples (hypergeometric, exact).
pub(super) fn interval(frame: u64, drawn: u64, found: u64) -> (u64, u64) {
    let (least, most) = (found, frame - (drawn - found));
    // The more are so, the likelier are many: both tails move one way.
    let low = first(least, most, |so| tail(frame, so, drawn, found..=drawn) > TAIL);
    let high = first(least, most, |so| tail(frame, so, drawn, 0..=found) <= TAIL);
    let high = if tail(frame, most, drawn, 0..=found) > TAIL { most } else { high - 1 };
    (low, high.max(low))
}

/// Returns the first number from `from` to `to` for which `holds`, which holds for all behind it; `to` where none does.
fn first(from: u64, to: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (from, to);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// Returns the probability that a sample finds one of `found`, where `so` of `frame` are so.
fn tail(frame: u64, so: u64, drawn: u64, found: std::ops::RangeInclusive<u64>) -> f64 {
    let all = ways(frame, drawn);
    found
        .filter(|found| *found <= so && drawn - found <= frame - so)
        .map(|found| libm::exp(ways(so, found) + ways(frame - so, drawn - found) - all))
        .sum()
}

/// Returns the logarithm of the number of ways to choose some of all.
pub(super) fn ways(all: u64, some: u64) -> f64 {
    let gamma = |number: u64| libm::lgamma(number as f64 + 1.0);
    gamma(all) - gamma(some) - gamma(all - some)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All samples, counted one by one: every subset of `drawn` places of `frame`, of which the first `so` are so.
    fn counted(frame: u64, so: u64, drawn: u64) -> Vec<u64> {
        let mut counts = vec![0; drawn as usize + 1];
        for subset in 0_u32..1 << frame {
            if u64::from(subset.count_ones()) == drawn {
                counts[(subset & ((1 << so) - 1)).count_ones() as usize] += 1;
            }
        }
        counts
    }

    /// The interval is what counting all samples gives, for every sample of up to eleven.
    #[test]
    fn intervals_are_those_of_all_samples_counted() {
        for frame in 1..=11 {
            for drawn in 1..=frame {
                let all: u64 = counted(frame, 0, drawn).iter().sum();
                for found in 0..=drawn {
                    let mut inside = Vec::new();
                    for so in found..=frame - (drawn - found) {
                        let counts = counted(frame, so, drawn);
                        let many: u64 = counts[found as usize..].iter().sum();
                        let few: u64 = counts[..=found as usize].iter().sum();
                        if many * 20 > all && few * 20 > all {
                            inside.push(so);
                        }
                    }
                    let wanted = (inside[0], *inside.last().unwrap());
                    assert_eq!(
                        interval(frame, drawn, found),
                        wanted,
                        "{found} of {drawn} of {frame}"
                    );
                }
            }
        }
    }

    #[test]
    fn who_looks_at_all_knows_all() {
        assert_eq!(interval(40, 40, 31), (31, 31));
        // Ten of a thousand, all found: at least 742 are so (0.741^10 = 0.050 and a little less without replacement).
        let (low, high) = interval(1_000, 10, 10);
        assert!((740..=744).contains(&low) && high == 1_000, "{low}");
    }
}
