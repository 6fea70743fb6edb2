//! Dates as sources give them, and grades: what is read, what is refused, and that nothing is lost on the way.

use groundwork_model::evidence::{Grade, Precision, When, day_number, day_of};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use proptest::prelude::*;

/// Reads a date and returns its first and last day as text.
fn span(text: &str) -> (Option<String>, Option<String>, Precision) {
    let when: When = text.parse().expect(text);
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    (day(when.earliest), day(when.latest), when.precision)
}

#[test]
fn each_precision_means_its_first_and_last_day() {
    let cases = [
        ("2024-12-20", "2024-12-20", "2024-12-20", Precision::Day),
        ("2024-02", "2024-02-01", "2024-02-29", Precision::Month),
        ("2025-02", "2025-02-01", "2025-02-28", Precision::Month),
        ("2024-Q1", "2024-01-01", "2024-03-31", Precision::Quarter),
        ("2024-Q4", "2024-10-01", "2024-12-31", Precision::Quarter),
        ("2024-H1", "2024-01-01", "2024-06-30", Precision::HalfYear),
        ("2024-H2", "2024-07-01", "2024-12-31", Precision::HalfYear),
        ("2024", "2024-01-01", "2024-12-31", Precision::Year),
        ("9999", "9999-01-01", "9999-12-31", Precision::Year),
        ("0000-Q3", "0000-07-01", "0000-09-30", Precision::Quarter),
        ("2024-12-20/2025-01-05", "2024-12-20", "2025-01-05", Precision::Interval),
        ("2024-11/2025-Q1", "2024-11-01", "2025-03-31", Precision::Interval),
        ("by 2024-12-31", "", "2024-12-31", Precision::By),
        ("by 2024-Q2", "", "2024-06-30", Precision::By),
        ("from 2024-12-20", "2024-12-20", "", Precision::From),
        ("from 2024", "2024-01-01", "", Precision::From),
        ("unknown", "", "", Precision::Unknown),
    ];
    for (text, from, to, precision) in cases {
        let day = |day: &str| (!day.is_empty()).then(|| day.to_owned());
        assert_eq!(span(text), (day(from), day(to), precision), "{text}");
        assert_eq!(span(&format!("  {text} ")), span(text), "spaces around {text}");
    }
}

#[test]
fn what_is_no_date_is_refused() {
    let wrong = [
        "",
        " ",
        "24",
        "2024-13",
        "2024-00",
        "2024-2",
        "2024-Q0",
        "2024-Q5",
        "2024-q1",
        "2024-H3",
        "2024-02-30",
        "2025-02-29",
        "2024-12-20T00:00",
        "2024/2023",
        "2025-01-05/2024-12-20",
        "2024/",
        "/2024",
        "2024/2025/2026",
        "by",
        "by ",
        "by unknown",
        "by by 2024",
        "by from 2024",
        "by 2024/2025",
        "from by 2024",
        "from unknown",
        "unknown/2024",
        "-2024",
        "+2024",
        "20244",
        "２０２４",
        "2024-１2",
        "год",
        "2024-12-2é",
        "10000-01-01",
        "99999",
    ];
    for text in wrong {
        let error = text.parse::<When>().expect_err(text);
        assert_eq!(error.0, text.trim(), "the error names what was written");
    }
}

#[test]
fn a_long_chain_of_dates_is_refused_without_deep_recursion() {
    for part in ["by ", "from ", "2024/", "2024-12-20/"] {
        let text = part.repeat(1_000_000) + "2024";
        assert!(text.parse::<When>().is_err(), "{part} repeated");
    }
}

#[test]
fn days_around_a_change_of_clocks_are_one_apart() {
    // The last Sundays of March and October, when clocks go forward and back, and the ends of the calendar.
    for day in [date(2024, 3, 31), date(2024, 10, 27), date(1969, 12, 31), date(2024, 2, 29)] {
        let next = day.tomorrow().expect("a day");
        assert_eq!(day_number(next), day_number(day) + 1);
        assert_eq!(day_of(day_number(day)), day);
    }
    assert_eq!(day_number(date(1970, 1, 1)), 0);
    assert_eq!(day_number(Date::MAX), 2_932_896);
    assert_eq!(day_of(i32::MAX), Date::MAX);
    assert_eq!(day_of(i32::MIN), Date::MIN);
}

#[test]
fn every_grade_is_read_as_written_and_nothing_else() {
    let mut codes = Vec::new();
    for letter in 'A'..='F' {
        for digit in 1..=6 {
            let grade: Grade = format!("{letter}{digit}").parse().expect("a grade");
            assert_eq!((grade.letter(), grade.digit()), (letter, digit));
            assert_eq!(Grade::from_code(grade.code()), Some(grade));
            codes.push(grade.code());
        }
    }
    assert_eq!(codes, (1..=36).collect::<Vec<u8>>());
    assert_eq!((Grade::from_code(0), Grade::from_code(37)), (None, None));
    for wrong in ["", "C", "3", "c3", "C0", "C7", "G1", "C33", "3C", "C 3", "Ｃ3"] {
        assert!(wrong.parse::<Grade>().is_err(), "{wrong}");
    }
}

#[test]
fn what_cannot_be_judged_reaches_no_grade() {
    let grade = |text: &str| text.parse::<Grade>().expect("a grade");
    let reaching: Vec<String> = (1..=36)
        .filter_map(Grade::from_code)
        .filter(|one| one.reaches(grade("C3")))
        .map(|one| one.to_string())
        .collect();
    assert_eq!(reaching, ["A1", "A2", "A3", "B1", "B2", "B3", "C1", "C2", "C3"]);
    let least = grade("F6");
    assert!(grade("E5").reaches(least));
    for unjudged in ["F1", "A6", "F6"] {
        assert!(!grade(unjudged).reaches(least), "{unjudged}");
    }
}

/// Any date that can be written.
fn any_when() -> impl Strategy<Value = When> {
    let day = (0_i32..3_652_059).prop_map(|after| date(0, 1, 1).saturating_add(after.days()));
    let year = 0_i16..=9999;
    prop_oneof![
        day.clone().prop_map(|day| day.to_string()),
        (year.clone(), 1..=12).prop_map(|(year, month)| format!("{year:04}-{month:02}")),
        (year.clone(), 1..=4).prop_map(|(year, quarter)| format!("{year:04}-Q{quarter}")),
        (year.clone(), 1..=2).prop_map(|(year, half)| format!("{year:04}-H{half}")),
        year.prop_map(|year| format!("{year:04}")),
        (day.clone(), day.clone()).prop_map(|(a, b)| format!("{}/{}", a.min(b), a.max(b))),
        day.clone().prop_map(|day| format!("by {day}")),
        day.prop_map(|day| format!("from {day}")),
        Just("unknown".to_owned()),
    ]
    .prop_map(|text| {
        let when: When = text.parse().expect("a date as written above");
        assert_eq!(when.to_string(), text, "written as it was read");
        when
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_date_keeps_its_precision_and_words_through_text_and_json(
        when in any_when(),
        words in "[^\u{0}]{0,12}",
    ) {
        let read: When = when.to_string().parse().expect("what was written");
        prop_assert_eq!(&read, &when);
        let worded = when.in_words(words);
        let json = serde_json::to_string(&worded).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<When>(&json).expect("a date"), worded);
    }

    #[test]
    fn no_text_makes_the_readers_panic(text in "\\PC{0,24}", near in "[0-9QHby/from unkw-]{0,24}") {
        for text in [text, near] {
            if let Ok(when) = text.parse::<When>() {
                if let (Some(from), Some(to)) = (when.earliest, when.latest) {
                    prop_assert!(from <= to);
                }
                prop_assert_eq!(when.to_string().parse::<When>(), Ok(when));
            }
            let _ = text.parse::<Grade>();
        }
    }
}
