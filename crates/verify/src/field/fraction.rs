//! Exact sums of fractions.

use num_bigint::BigUint;

/// Returns the sum of (denominator, numerator) fractions, rounded up to a whole number; `None` when
/// it does not fit.
pub(crate) fn sum_rounded_up(fractions: &[(u64, u128)]) -> Option<u128> {
    let (numerator, denominator) = sum(fractions);
    let rounded: BigUint = (numerator + &denominator - 1_u32) / denominator;
    u128::try_from(rounded).ok()
}

/// Adds the two halves, so that the long numbers come last and are few.
fn sum(fractions: &[(u64, u128)]) -> (BigUint, BigUint) {
    match fractions {
        [] => (BigUint::ZERO, BigUint::from(1_u32)),
        [(denominator, numerator)] => (BigUint::from(*numerator), BigUint::from(*denominator)),
        _ => {
            let (left, right) = fractions.split_at(fractions.len() / 2);
            let (left, right) = (sum(left), sum(right));
            (left.0 * &right.1 + right.0 * &left.1, left.1 * right.1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_sum_is_rounded() {
        assert_eq!(sum_rounded_up(&[]), Some(0));
        assert_eq!(sum_rounded_up(&[(7, 14)]), Some(2));
        assert_eq!(sum_rounded_up(&[(2, 1), (3, 1), (6, 1)]), Some(1));
        assert_eq!(sum_rounded_up(&[(2, 1), (3, 1), (6, 1), (1_000_000, 1)]), Some(2));
        assert_eq!(sum_rounded_up(&[(1, u128::MAX), (2, 1)]), None);
    }
}
