//! Gains of a price list as figures, in whole-number arithmetic: what is "at least" never rounds up, and what is
//! "not more than" never rounds down.

use groundwork_model::{Goal, RuleWorth, Settings};

use crate::asked::{bare_unit, unit_words};
use crate::number::whole;

/// Person-metres from which a million person-km is the better unit.
const MANY_PERSON_METRES: i128 = 1_000_000_000;

/// Says how the figures of a column are written.
pub(crate) struct Gains {
    /// The unit, with all that is counted in it.
    pub(crate) unit: String,
    /// The unit alone.
    pub(crate) bare: String,
    /// A value times `times`, divided by `by`, is the number without its point.
    times: i128,
    by: i128,
    digits: u32,
}

/// Says which way a figure is rounded.
#[derive(Clone, Copy)]
enum Rounded {
    Down,
    Up,
    Nearest,
}

impl Gains {
    /// Returns how figures up to the largest are written.
    pub(crate) fn of(settings: &Settings, goal: Goal, scale: u64, largest: i128) -> Self {
        let scale = i128::from(scale.max(1));
        let large = largest.saturating_abs() / scale;
        let many = goal == Goal::Distance && large >= MANY_PERSON_METRES;
        let named = |unit: String| if many { format!("million {unit}") } else { unit };
        let (times, by, digits) = match goal {
            Goal::Distance if many => (1, scale.saturating_mul(1_000_000), 3),
            Goal::Distance => (1, scale.saturating_mul(1000), 0),
            // Small sums of parts: a digit behind the point tells them apart.
            Goal::SelfSufficiency | Goal::Equity | Goal::Cost if scale > 1 && large < 1000 => {
                (10, scale, 1)
            }
            _ => (1, scale, 0),
        };
        let (unit, bare) = (named(unit_words(settings, goal)), named(bare_unit(settings, goal)));
        Self { unit, bare, times, by, digits }
    }

    /// Returns the two ends of a gain: at least, and not more than. A gain that is known exactly is rounded to the
    /// nearest figure on both sides.
    pub(crate) fn ends(&self, price: &RuleWorth) -> [Option<String>; 2] {
        let (least, most) = (price.gain_at_least, price.gain_at_most);
        let exact = least.is_some() && least == most;
        let end = |value: Option<i128>, rounded: Rounded| {
            value.map(|value| self.text(value, if exact { Rounded::Nearest } else { rounded }))
        };
        [end(least, Rounded::Down), end(most, Rounded::Up)]
    }

    /// Returns a value rounded to the nearest figure.
    pub(crate) fn nearest(&self, value: i128) -> String {
        self.text(value, Rounded::Nearest)
    }

    fn text(&self, value: i128, rounded: Rounded) -> String {
        let value = value.saturating_mul(self.times);
        let (down, rest) = (value.div_euclid(self.by), value.rem_euclid(self.by));
        let up = match rounded {
            Rounded::Down => false,
            Rounded::Up => rest > 0,
            Rounded::Nearest => rest >= self.by - rest,
        };
        with_point(down + i128::from(up && rest > 0), self.digits)
    }
}

/// Returns a number of which the last digits stand behind the point.
fn with_point(number: i128, digits: u32) -> String {
    if digits == 0 {
        return whole(number);
    }
    let unit = 10_i128.pow(digits);
    let (before, behind) =
        (number.unsigned_abs() / unit.unsigned_abs(), number.unsigned_abs() % unit.unsigned_abs());
    let sign = if number < 0 { "\u{2212}" } else { "" };
    let before = whole(i128::try_from(before).unwrap_or(i128::MAX));
    format!("{sign}{before}.{behind:0width$}", width = digits as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use groundwork_model::StoppedBy;

    fn settings() -> Settings {
        let text = r#"{"format":1,"name":"x","periods":{"first":2026,"count":2},"kinds":[{"id":"a","reach_km":5}],
            "packages":[{"id":"p","kinds":["a"]}],"objective":{"goal":"cost","resource":"money"}}"#;
        serde_json::from_str(text).unwrap()
    }

    fn price(least: i128, most: i128) -> RuleWorth {
        RuleWorth {
            rule: "quota".to_owned(),
            change: "x".to_owned(),
            loosens: true,
            folder: None,
            value: Some(0),
            bound: None,
            gain_at_least: Some(least),
            gain_at_most: Some(most),
            access_gained: None,
            person_years_gained: None,
            stopped_by: StoppedBy::Proved,
            seconds: 0.0,
            work: 0,
        }
    }

    fn ends(gains: &Gains, least: i128, most: i128) -> [String; 2] {
        gains.ends(&price(least, most)).map(Option::unwrap)
    }

    #[test]
    fn ends_never_promise_more_than_is_proved() {
        // Person-metres times 1000: 202,934,567,890 person-metres are 202.934567890 million person-km.
        let many = Gains::of(&settings(), Goal::Distance, 1000, 203_610_000_000_000);
        assert_eq!(many.unit, "million person-km, added up over all years");
        assert_eq!(ends(&many, 202_934_567_890_000, 203_609_000_000_001), ["202.934", "203.610"]);
        assert_eq!(ends(&many, -1, 1), ["\u{2212}0.001", "0.001"]);
        assert_eq!(ends(&many, 0, 1_234_567_000_000_000), ["0.000", "1,234.567"]);
        // Known exactly: the nearest on both sides, half of it up.
        assert_eq!(ends(&many, 202_934_567_890_000, 202_934_567_890_000), ["202.935", "202.935"]);
        assert_eq!(many.nearest(500_000_000), "0.001");
        assert_eq!(many.nearest(499_999_999), "0.000");
    }

    #[test]
    fn small_gains_have_the_unit_of_their_goal() {
        let few = Gains::of(&settings(), Goal::Distance, 1, 11_700_000);
        assert_eq!(
            (few.unit.as_str(), few.nearest(11_700_000)),
            ("person-km, added up over all years", "11,700".to_owned())
        );
        let cost = Gains::of(&settings(), Goal::Cost, 100_000, 99_900_000);
        assert_eq!(ends(&cost, 1_234_567, 1_234_568), ["12.3", "12.4"]);
        assert_eq!(ends(&cost, -1_234_567, -1), ["\u{2212}12.4", "0.0"]);
        let persons = Gains::of(&settings(), Goal::Coverage, 1, 12);
        assert_eq!(ends(&persons, 12, 13), ["12", "13"]);
    }

    #[test]
    fn figures_of_a_stranger_do_not_break_a_page() {
        let odd = Gains::of(&settings(), Goal::Cost, u64::MAX, i128::MIN);
        let _ = ends(&odd, i128::MIN, i128::MAX);
        let odd = Gains::of(&settings(), Goal::Distance, 0, i128::MAX);
        let _ = ends(&odd, i128::MIN, i128::MAX);
        let odd = Gains::of(&settings(), Goal::Coverage, 1, 0);
        let _ = ends(&odd, i128::MIN, i128::MAX);
    }
}
