//! Texts to periods.

use groundwork_model::problem::Code;
use groundwork_model::programme::Periods;

/// Numbers from here on are years; a programme has at most 100 periods, and its years have four digits.
const FIRST_YEAR: i32 = 1000;

/// Is a text of a period column, read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// A period of the programme, counted from 1.
    Inside(u32),
    /// A year before the first period or after the last.
    YearOutside,
    /// A number, in a programme whose periods are not known.
    Unknown,
}

/// Reads a year or the number of a period; else says what is wrong.
pub(crate) fn period(text: &str, periods: Option<Periods>) -> Result<Written, (Code, String)> {
    let number = text.parse::<i32>().ok().filter(|number| (1..100_000).contains(number));
    let Some(number) = number else {
        return Err((
            Code::NotAPeriod,
            format!("`{text}` is neither a year nor the number of a period"),
        ));
    };
    let Some(periods) = periods else { return Ok(Written::Unknown) };
    let found = if number >= FIRST_YEAR {
        periods.period_of_year(number)
    } else {
        u32::try_from(number).ok().filter(|&number| number <= periods.count)
    };
    match found {
        Some(period) => Ok(Written::Inside(period)),
        None if number >= FIRST_YEAR => Ok(Written::YearOutside),
        None => Err((Code::PeriodOutside, outside(text, periods))),
    }
}

/// Says that a period is outside the programme, and what is inside.
pub(crate) fn outside(text: &str, periods: Periods) -> String {
    let (first, last) = (periods.label(1), periods.label(periods.count) + periods.years as i32 - 1);
    let count = periods.count;
    format!(
        "`{text}` is outside the programme: it has the periods 1 to {count}, the years {first} to {last}"
    )
}
