//! Numbers exactly as written, and what makes a list of them whole.

use groundwork_model::problem::Code;

use super::refusals::Refusals;

/// Most digits of a number, and most zeros before or behind them.
const DIGITS_MAX: u32 = 18;

/// Is a decimal number exactly as written: `mantissa` x 10^`exponent`, the mantissa without trailing
/// zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exact {
    mantissa: i64,
    exponent: i32,
}

/// Says why a text is no [`Exact`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotExact {
    /// It is no number, or one without end.
    NotANumber,
    /// It has too many digits before or behind the point.
    TooLong,
}

impl Exact {
    /// Reads digits with or without sign, point and exponent: `12`, `7500.`, `-0.5`, `2.1e+03`.
    pub(super) fn parse(text: &str) -> Result<Self, NotExact> {
        let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (sign, digits) = split_sign(number);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let (exponent_sign, exponent_digits) = split_sign(exponent);
        let is_number = whole.len() + fraction.len() > 0
            && !exponent_digits.is_empty()
            && [whole, fraction, exponent_digits].iter().all(|part| is_digits(part));
        if !is_number {
            return Err(NotExact::NotANumber);
        }
        let (mantissa, zeros) = mantissa(whole.bytes().chain(fraction.bytes()))?;
        if mantissa == 0 {
            return Ok(Self { mantissa: 0, exponent: 0 });
        }
        let power: i64 = exponent_digits.parse().map_err(|_| NotExact::TooLong)?;
        let fraction = i64::try_from(fraction.len()).map_err(|_| NotExact::TooLong)?;
        let exponent = (exponent_sign * power).saturating_add(zeros - fraction);
        let bounded = i32::try_from(exponent).ok();
        let exponent = bounded.filter(|exponent| exponent.unsigned_abs() <= DIGITS_MAX);
        Ok(Self { mantissa: sign * mantissa, exponent: exponent.ok_or(NotExact::TooLong)? })
    }

    /// Returns whether the number is below zero.
    pub(super) fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// Returns the number of digits behind the point.
    pub(super) fn places(self) -> u32 {
        if self.exponent < 0 { self.exponent.unsigned_abs() } else { 0 }
    }

    /// Returns the number x 10^`places`, cut off towards zero; `None` where it does not fit.
    pub(super) fn scaled(self, places: u32) -> Option<i64> {
        let shift = self.exponent + i32::try_from(places).ok()?;
        let power = 10_i64.checked_pow(shift.unsigned_abs());
        if shift >= 0 {
            self.mantissa.checked_mul(power?)
        } else {
            // A power too large for 64 bits is larger than every mantissa.
            Some(power.map_or(0, |power| self.mantissa / power))
        }
    }
}

/// Is a number of a list with the row in which it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Amount {
    /// Number, not below zero.
    pub(super) value: Exact,
    /// Row.
    pub(super) row: u32,
}

/// Returns the digits behind the point with which all numbers are whole.
pub(super) fn places<'a>(amounts: impl IntoIterator<Item = &'a Amount>) -> u32 {
    amounts.into_iter().map(|amount| amount.value.places()).max().unwrap_or(0)
}

/// Returns the numbers x 10^`places`, refusing those above `max`.
pub(super) fn scaled(
    amounts: &[Amount],
    places: u32,
    max: u64,
    field: &str,
    refusals: &mut Refusals<'_>,
) -> Vec<u64> {
    let scaled = |amount: &Amount| {
        let whole = amount.value.scaled(places).and_then(|whole| u64::try_from(whole).ok());
        whole.filter(|&whole| whole <= max).unwrap_or_else(|| {
            let cause = match places {
                0 => format!("a {field} is more than {max}"),
                _ => format!(
                    "a {field} is more than {max} when it is made whole with the {places} digits \
                     behind the point that the file has"
                ),
            };
            refusals.field(Code::BenchmarkOutOfRange, amount.row, field, cause);
            0
        })
    };
    amounts.iter().map(scaled).collect()
}

/// Reads digits as a whole number without its trailing zeros, and counts those.
fn mantissa(digits: impl Iterator<Item = u8>) -> Result<(i64, i64), NotExact> {
    let (mut mantissa, mut zeros) = (0_i64, 0_u32);
    for digit in digits {
        if digit == b'0' {
            zeros = zeros.saturating_add(1);
            continue;
        }
        if mantissa != 0 {
            let power = 10_i64.checked_pow(zeros.saturating_add(1));
            mantissa =
                power.and_then(|power| mantissa.checked_mul(power)).ok_or(NotExact::TooLong)?;
        }
        mantissa = mantissa.checked_add(i64::from(digit - b'0')).ok_or(NotExact::TooLong)?;
        zeros = 0;
    }
    if mantissa >= 10_i64.pow(DIGITS_MAX) {
        return Err(NotExact::TooLong);
    }
    Ok((mantissa, i64::from(zeros)))
}

fn split_sign(text: &str) -> (i64, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn exact(mantissa: i64, exponent: i32) -> Result<Exact, NotExact> {
        Ok(Exact { mantissa, exponent })
    }

    #[test]
    fn numbers_are_read_as_written() {
        let cases = [
            ("12", exact(12, 0)),
            ("7500.", exact(75, 2)),
            (".5", exact(5, -1)),
            ("-6.80000e+01", exact(-68, 0)),
            ("2.10461e+03", exact(210_461, -2)),
            ("33613.158800", exact(336_131_588, -4)),
            ("0.000000000000000000000000000000e-99999999999999999999", exact(0, 0)),
            ("999999999999999999", exact(999_999_999_999_999_999, 0)),
            ("1000000000000000001", Err(NotExact::TooLong)),
            ("0.1000000000000000000000001", Err(NotExact::TooLong)),
            ("1e19", Err(NotExact::TooLong)),
            ("1e-99999999999999999999", Err(NotExact::TooLong)),
        ];
        for (text, expected) in cases {
            assert_eq!(Exact::parse(text), expected, "{text}");
        }
        for text in ["", "-", ".", "e5", "1e", "1e+", "--1", "1.2.3", "1,5", "NaN", "inf", "0x10"] {
            assert_eq!(Exact::parse(text), Err(NotExact::NotANumber), "{text}");
        }
    }

    #[test]
    fn scaling_cuts_off_what_is_finer() {
        let value = Exact::parse("12.345").unwrap();
        assert_eq!(
            [0, 2, 3, 5].map(|places| value.scaled(places)),
            [Some(12), Some(1_234), Some(12_345), Some(1_234_500)]
        );
        assert_eq!(Exact::parse("1e18").unwrap().scaled(1), None);
        assert_eq!(Exact::parse("1e-18").unwrap().scaled(0), Some(0));
    }

    proptest! {
        /// The reader of binary numbers, which shares no code with this one, agrees.
        #[test]
        fn a_number_is_what_f64_reads(text in "-?[0-9]{1,9}(\\.[0-9]{1,8})?(e[+-]?[0-9])?") {
            let exact = Exact::parse(&text).unwrap();
            let again: f64 = format!("{}e{}", exact.mantissa, exact.exponent).parse().unwrap();
            prop_assert_eq!(again, text.parse::<f64>().unwrap());
        }
    }
}
