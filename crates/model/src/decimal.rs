//! Exact decimals.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Represents a number exactly as it was written: `mantissa` x 10^-`scale`.
///
/// At most 18 digits and no exponent: `0.05`, `25`, `-1.5`. Equality is of the written form's value
/// after trailing zeros are dropped, so `1.50` equals `1.5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    mantissa: i64,
    scale: u32,
}

/// Says why a text is not a [`Decimal`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a plain decimal number of at most 18 digits")]
pub struct DecimalError(pub String);

impl Decimal {
    /// The number zero.
    pub const ZERO: Self = Self { mantissa: 0, scale: 0 };
    /// The number one.
    pub const ONE: Self = Self { mantissa: 1, scale: 0 };

    /// Returns `mantissa` x 10^-`scale`, with trailing zeros dropped.
    #[must_use]
    pub const fn new(mut mantissa: i64, mut scale: u32) -> Self {
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Self { mantissa, scale }
    }

    /// Returns the digits as an integer; the value is this x 10^-[`scale`](Self::scale).
    #[must_use]
    pub const fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// Returns the number of digits behind the point.
    #[must_use]
    pub const fn scale(self) -> u32 {
        self.scale
    }

    /// Returns whether the number is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// Returns the nearest binary number.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        // The text form is parsed with correct rounding; a division of two rounded numbers is not.
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// Returns the value times `factor` when that is a whole number that fits, else `None`.
    ///
    /// ```
    /// # use groundwork_model::Decimal;
    /// let reach: Decimal = "2.5".parse().unwrap();
    /// assert_eq!(reach.times_exact(1000), Some(2500));
    /// let fine: Decimal = "0.0005".parse().unwrap();
    /// assert_eq!(fine.times_exact(1000), None);
    /// ```
    #[must_use]
    pub fn times_exact(self, factor: i64) -> Option<i64> {
        let product = i128::from(self.mantissa) * i128::from(factor);
        let divisor = 10_i128.pow(self.scale);
        if product % divisor != 0 { None } else { i64::try_from(product / divisor).ok() }
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let refuse = || DecimalError(text.to_owned());
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{fraction}");
        let plain = !all.is_empty() && all.bytes().all(|b| b.is_ascii_digit());
        if !plain || all.len() > 18 {
            return Err(refuse());
        }
        let mantissa: i64 = all.parse().map_err(|_| refuse())?;
        let scale = u32::try_from(fraction.len()).map_err(|_| refuse())?;
        Ok(Self::new(sign * mantissa, scale))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.mantissa.unsigned_abs().to_string();
        let scale = self.scale as usize;
        let sign = if self.mantissa < 0 { "-" } else { "" };
        if scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        write!(f, "{sign}{whole}.{fraction}")
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.scale == 0 {
            serializer.serialize_i64(self.mantissa)
        } else {
            serializer.serialize_f64(self.to_f64())
        }
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Decimal;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal number")
            }
            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Decimal, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Decimal, E> {
                self.visit_str(&number.to_string())
            }
            // The shortest text that reads back as this number is what was written.
            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Decimal, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Decimal, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for Decimal {
    /// Stands inline, so that the range of each field can stand beside the type.
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Decimal".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_decimal_prints_as_it_reads(mantissa in -999_999_999_999_i64..999_999_999_999, scale in 0_u32..12) {
            let decimal = Decimal::new(mantissa, scale);
            prop_assert_eq!(decimal.to_string().parse::<Decimal>(), Ok(decimal));
        }
    }

    #[test]
    fn texts_that_are_not_plain_decimals_are_refused() {
        for text in ["", "-", ".", "1e3", "1,5", "NaN", "inf", "0x10", "1234567890123456789"] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }
}
