//! Texts to days.

use jiff::civil::Date;

/// Reads a day `YYYY-MM-DD`, or a month `YYYY-MM` as its last day; else says what is wrong.
pub(crate) fn day(text: &str) -> Result<Date, String> {
    let parts: Vec<&str> = text.split('-').collect();
    let widths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let digits = parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    if !digits || !matches!(widths[..], [4, 2, 2] | [4, 2]) {
        return Err(format!("`{text}` is not a day written YYYY-MM-DD{}", hint(text)));
    }
    let part = |index: usize| parts.get(index).and_then(|part| part.parse::<i16>().ok());
    let (year, month) = (part(0).unwrap_or_default(), part(1).unwrap_or_default() as i8);
    let none = |_| format!("`{text}` is not in the calendar");
    match part(2) {
        Some(day) => Date::new(year, month, day as i8).map_err(none),
        None => Date::new(year, month, 1).map(Date::last_of_month).map_err(none),
    }
}

/// Returns what a text that is no day may be instead.
fn hint(text: &str) -> &'static str {
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.len() {
        4 if all_digits => "; a year alone is no day",
        5 if all_digits => "; it looks like a spreadsheet's count of days",
        _ if text.contains('/') || text.contains('.') => {
            "; day and month could be either way round"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_month_is_its_last_day() {
        assert_eq!(day("2024-02"), Ok(date(2024, 2, 29)));
        assert_eq!(day("2024-02-01"), Ok(date(2024, 2, 1)));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in
            ["", "2024", "45321", "12/05/2024", "2024-2-1", "2024-02-30", "2024-13", "+024-01-01"]
        {
            assert!(day(text).is_err(), "{text}");
        }
    }
}
