//! The days of a fan.

use groundwork_model::evidence::{day_number, day_of};
use jiff::civil::Date;

use crate::forecast::Day;

/// Returns the days for which the number is shown: the day of the forecast, ends of months (of quarters or years where the
/// time is long), the due day, and some time after it.
pub(super) fn fan_days(from: Day, due: Day) -> Vec<Day> {
    let last = due.saturating_add(90).clamp(from.saturating_add(365), from.saturating_add(3_650));
    let (start, end) = (day_of(from), day_of(last));
    let months = (i32::from(end.year()) - i32::from(start.year())) * 12 + i32::from(end.month())
        - i32::from(start.month());
    let every = match months {
        ..=18 => 1,
        19..=60 => 3,
        _ => 12,
    };
    let mut days = vec![from];
    let (mut year, mut month) = (start.year(), i16::from(start.month()));
    while let Ok(first) = Date::new(year, month as i8, 1) {
        let day = day_number(first.last_of_month());
        if day > last {
            break;
        }
        if month % every == 0 && day > from {
            days.push(day);
        }
        month += 1;
        if month > 12 {
            (year, month) = (year.saturating_add(1), 1);
        }
    }
    if due > from && due <= last {
        days.push(due);
    }
    days.sort_unstable();
    days.dedup();
    days
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn shown(from: Date, due: Date) -> Vec<String> {
        let days = fan_days(day_number(from), day_number(due));
        days.into_iter().map(|day| day_of(day).to_string()).collect()
    }

    #[test]
    fn months_quarters_and_years_by_how_far_it_is() {
        let near = shown(date(2026, 2, 10), date(2026, 12, 30));
        assert_eq!(near.len(), 15);
        assert_eq!(near[..3], ["2026-02-10", "2026-02-28", "2026-03-31"]);
        assert_eq!(
            near[10..],
            ["2026-11-30", "2026-12-30", "2026-12-31", "2027-01-31", "2027-02-28"]
        );
        let far = shown(date(2026, 2, 10), date(2029, 6, 30));
        assert_eq!(far[..3], ["2026-02-10", "2026-03-31", "2026-06-30"]);
        assert_eq!(far.last().unwrap(), "2029-06-30");
        // What is due in a hundred years is beyond what is drawn: ten years are shown.
        let never = shown(date(2026, 2, 10), date(2126, 12, 31));
        assert_eq!((never.len(), never.last().unwrap().as_str()), (11, "2035-12-31"));
    }

    #[test]
    fn what_fell_due_long_ago_is_shown_for_a_year_ahead() {
        let late = shown(date(2026, 2, 10), date(2024, 12, 31));
        assert_eq!((late[0].as_str(), late.last().unwrap().as_str()), ("2026-02-10", "2027-01-31"));
    }
}
