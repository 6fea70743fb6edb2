//! A cell of a sheet as the text that a CSV cell would hold.

use calamine::{DataRef, ExcelDateTime};

/// Days that a spreadsheet can show: up to the end of the year 9999.
const DAYS: std::ops::Range<f64> = 0.0..2_958_466.0;

/// Returns the text of a cell; `Err` is why the cell has no value that can be used.
pub(super) fn text(value: &DataRef<'_>, formula: bool) -> Result<String, String> {
    Ok(match value {
        DataRef::Empty if formula => {
            return Err(
                "the cell has a formula, and its value is not stored in the file".to_owned()
            );
        }
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(true) => "yes".to_owned(),
        DataRef::Bool(false) => "no".to_owned(),
        DataRef::DateTime(day) => day_text(day),
        DataRef::DateTimeIso(text) => {
            text.split_once("T00:00:00").map_or(text.as_str(), |(day, _)| day).to_owned()
        }
        DataRef::Error(error) => return Err(format!("the cell shows the error {error}")),
    })
}

/// Returns a number in digits. One that 15 digits, all that a spreadsheet keeps, show as whole is whole.
fn number_text(number: f64) -> String {
    let kept: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    if kept == 0.0 {
        "0".to_owned()
    } else if kept.fract() == 0.0 {
        kept.to_string()
    } else {
        number.to_string()
    }
}

/// Returns a day as YYYY-MM-DD, with the time of day where there is one.
fn day_text(day: &ExcelDateTime) -> String {
    if day.is_duration() || !DAYS.contains(&day.as_f64()) {
        return number_text(day.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = day.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        return date;
    }
    format!("{date}T{hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{CellErrorType, ExcelDateTimeType};

    #[test]
    fn numbers_are_digits_as_a_person_would_type_them() {
        let cases = [
            (1200.0, "1200"),
            (-0.0, "0"),
            (47.1, "47.1"),
            (1_199.999_999_999_999_8, "1200"),
            (0.1 + 0.2, "0.30000000000000004"),
            (-124.303_2, "-124.3032"),
            (1e21, "1000000000000000000000"),
            (1.5e-7, "0.00000015"),
            (f64::NAN, "NaN"),
        ];
        for (number, text) in cases {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn days_are_written_as_days() {
        let day = |value, kind| ExcelDateTime::new(value, kind, false);
        let date = |value| day_text(&day(value, ExcelDateTimeType::DateTime));
        // 2024-02-28 is day 45350 of the calendar that spreadsheets count.
        assert_eq!(date(45350.0), "2024-02-28");
        assert_eq!(date(45350.5), "2024-02-28T12:00:00");
        assert_eq!(date(-1.0), "-1");
        assert_eq!(day_text(&day(1.5, ExcelDateTimeType::TimeDelta)), "1.5");
        // Day 0 of the other calendar is 1904-01-01, 1462 days later.
        let other = ExcelDateTime::new(43888.0, ExcelDateTimeType::DateTime, true);
        assert_eq!(day_text(&other), "2024-02-28");
    }

    #[test]
    fn other_cells_are_what_a_csv_would_say() {
        assert_eq!(text(&DataRef::Bool(true), false).unwrap(), "yes");
        assert_eq!(
            text(&DataRef::DateTimeIso("2024-02-28T00:00:00".into()), false).unwrap(),
            "2024-02-28"
        );
        assert_eq!(text(&DataRef::Empty, false).unwrap(), "");
        assert!(text(&DataRef::Empty, true).unwrap_err().contains("formula"));
        assert!(text(&DataRef::Error(CellErrorType::Ref), false).unwrap_err().contains("#REF!"));
    }
}
