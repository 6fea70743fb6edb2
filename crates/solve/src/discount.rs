//! Period weights: what one person in a later period counts.

use groundwork_model::Decimal;
use groundwork_model::programme::Periods;
use num_bigint::BigUint;

/// Is the weight of the first period when later ones are discounted.
pub(crate) const DISCOUNT_SCALE: u64 = 1_000_000;

/// Returns one weight a period: 1 each without a discount rate, else 10^6 (1 + r)^-(years before the
/// period), rounded half up in exact rationals.
pub(crate) fn period_weights(rate: Decimal, periods: Periods) -> Vec<u64> {
    if rate.mantissa() == 0 {
        return vec![1; periods.count as usize];
    }
    let one = BigUint::from(10_u32).pow(rate.scale());
    let growth = &one + BigUint::from(rate.mantissa().unsigned_abs());
    (0..periods.count)
        .map(|elapsed| {
            let years = elapsed * periods.years;
            let numerator = BigUint::from(DISCOUNT_SCALE) * one.pow(years);
            let denominator = growth.pow(years);
            let doubled = (numerator * 2_u32 + &denominator) / (denominator * 2_u32);
            u64::try_from(doubled).unwrap_or(DISCOUNT_SCALE)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(rate: &str, count: u32, years: u32) -> Vec<u64> {
        period_weights(rate.parse().unwrap(), Periods { first: 2024, count, years })
    }

    #[test]
    fn no_rate_counts_all_periods_alike() {
        assert_eq!(weights("0", 3, 1), [1, 1, 1]);
    }

    #[test]
    fn five_per_cent_a_year() {
        assert_eq!(weights("0.05", 4, 1), [1_000_000, 952_381, 907_029, 863_838]);
        assert_eq!(weights("0.05", 2, 2), [1_000_000, 907_029]);
    }

    #[test]
    fn a_hundred_years_at_a_long_rate_do_not_overflow() {
        assert_eq!(weights("9.87654321", 100, 1)[99], 0);
    }
}
