//! Dates as sources give them: with their precision and their words.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Is a date as a source gives it: a day, month, quarter, half-year, year, interval, one-sided bound, or unknown.
///
/// Written `2024-12-20`, `2024-12`, `2024-Q4`, `2024-H2`, `2024`, `2024-12-20/2025-01-05`, `by 2024-12-31`,
/// `from 2024-12-20` or `unknown`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct When {
    /// First day that it can mean; none where there is no such bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub earliest: Option<Date>,
    /// Last day that it can mean; none where there is no such bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub latest: Option<Date>,
    /// How exactly the source says it.
    pub precision: Precision,
    /// The source's own words for the date, such as "by the end of the year".
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

/// Says how exactly a source gives a date.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// One day.
    Day,
    /// A calendar month.
    Month,
    /// Three months.
    Quarter,
    /// Six months.
    HalfYear,
    /// A calendar year.
    Year,
    /// From one day to another.
    Interval,
    /// Not after a day.
    By,
    /// Not before a day.
    From,
    /// Not known.
    #[default]
    Unknown,
}

/// Says why a text is not a date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a date: write 2024-12-20, 2024-12, 2024-Q4, 2024-H2, 2024, 2024-12-20/2025-01-05, by 2024-12-31, from \
     2024-12-20 or unknown"
)]
pub struct WhenError(pub String);

impl When {
    /// Returns one day.
    #[must_use]
    pub const fn day(day: Date) -> Self {
        Self {
            earliest: Some(day),
            latest: Some(day),
            precision: Precision::Day,
            words: String::new(),
        }
    }

    /// Returns "not after that day".
    #[must_use]
    pub const fn by(day: Date) -> Self {
        Self { earliest: None, latest: Some(day), precision: Precision::By, words: String::new() }
    }

    /// Returns the same date with the source's words.
    #[must_use]
    pub fn in_words(mut self, words: impl Into<String>) -> Self {
        self.words = words.into();
        self
    }

    /// Returns the first day by which what is dated so has surely happened; also the day on which a promise so dated
    /// falls due.
    #[must_use]
    pub const fn surely_by(&self) -> Option<Date> {
        self.latest
    }

    /// Returns whether nothing is known of the date.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        self.earliest.is_none() && self.latest.is_none()
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = |day: Option<Date>| day.map_or(0, Date::year);
        let month = |day: Option<Date>| day.map_or(1, Date::month);
        match (self.precision, self.earliest, self.latest) {
            (Precision::Day, Some(day), _) => write!(f, "{day}"),
            (Precision::Month, day, _) => write!(f, "{:04}-{:02}", year(day), month(day)),
            (Precision::Quarter, day, _) => write!(f, "{:04}-Q{}", year(day), (month(day) + 2) / 3),
            (Precision::HalfYear, day, _) => {
                write!(f, "{:04}-H{}", year(day), (month(day) + 5) / 6)
            }
            (Precision::Year, day, _) => write!(f, "{:04}", year(day)),
            (Precision::Interval, Some(from), Some(to)) => write!(f, "{from}/{to}"),
            (_, _, Some(day)) => write!(f, "by {day}"),
            (_, Some(day), None) => write!(f, "from {day}"),
            (_, None, None) => f.write_str("unknown"),
        }
    }
}

impl FromStr for When {
    type Err = WhenError;

    fn from_str(text: &str) -> Result<Self, WhenError> {
        let text = text.trim();
        parse(text).ok_or_else(|| WhenError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<When> {
    let span =
        |earliest, latest, precision| When { earliest, latest, precision, words: String::new() };
    if text == "unknown" {
        return Some(When::default());
    }
    if let Some(day) = text.strip_prefix("by ") {
        return Some(span(None, one(day.trim())?.latest, Precision::By));
    }
    if let Some(day) = text.strip_prefix("from ") {
        return Some(span(one(day.trim())?.earliest, None, Precision::From));
    }
    if let Some((from, to)) = text.split_once('/') {
        let (from, to) = (one(from)?.earliest?, one(to)?.latest?);
        return (from <= to).then(|| span(Some(from), Some(to), Precision::Interval));
    }
    one(text)
}

/// Reads one day, month, quarter, half-year or year.
fn one(text: &str) -> Option<When> {
    let (year, rest) = text.split_at_checked(4)?;
    let plain = year.bytes().all(|byte| byte.is_ascii_digit());
    let year: i16 = if plain { year.parse().ok()? } else { return None };
    let months = |first: i8, count: i8, precision| {
        let from = Date::new(year, first, 1).ok()?;
        let to = Date::new(year, first + count - 1, 1).ok()?.last_of_month();
        Some(When { earliest: Some(from), latest: Some(to), precision, words: String::new() })
    };
    match rest.as_bytes() {
        [] => months(1, 12, Precision::Year),
        [b'-', b'Q', quarter @ b'1'..=b'4'] => {
            months((quarter - b'1').cast_signed() * 3 + 1, 3, Precision::Quarter)
        }
        [b'-', b'H', half @ b'1'..=b'2'] => {
            months((half - b'1').cast_signed() * 6 + 1, 6, Precision::HalfYear)
        }
        [b'-', a, b] if a.is_ascii_digit() && b.is_ascii_digit() => {
            months(rest[1..].parse().ok()?, 1, Precision::Month)
        }
        [b'-', _, _, b'-', _, _] => Some(When::day(text.parse().ok()?)),
        _ => None,
    }
}

/// Returns the number of days since the first of January 1970.
#[must_use]
pub fn day_number(day: Date) -> i32 {
    (day - date(1970, 1, 1)).get_days()
}

/// Returns the day of a number that [`day_number`] gave; out of range the nearest day there is.
#[must_use]
pub fn day_of(number: i32) -> Date {
    let span = jiff::Span::new().days(i64::from(number).clamp(-4_371_587, 2_932_896));
    date(1970, 1, 1).saturating_add(span)
}

pub(super) mod written {
    //! Dates of a programme are written as text.

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::When;

    pub(in crate::evidence) fn serialize<S: Serializer>(
        when: &When,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(when)
    }

    pub(in crate::evidence) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<When, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
