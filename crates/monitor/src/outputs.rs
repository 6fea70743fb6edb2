//! What facilities delivered, period by period, against what they can.

use std::collections::BTreeMap;

use groundwork_model::evidence::{
    Bound, Counted, Delivered, EvidenceRules, OutputRow, OutputRule, Outputs, Predicate, Scope,
    Snapshot, Subject, Voice,
};
use groundwork_model::programme::{Periods, Settings};
use groundwork_model::{Decimal, Programme};
use jiff::civil::Date;

use crate::alerts::days;

/// Is what is summed up together: facility, product, unit, the number of the period or else the span.
type Key<'a> = (&'a str, &'a str, &'a str, Date, Date, Option<u32>);

/// Returns what facilities delivered. `counted` holds the entries that count of which the predicate is `output`.
///
/// What was delivered counts in the period in which its whole span lies; spans over several periods stand by themselves.
/// Different units are never added.
#[must_use]
pub fn outputs(programme: &Programme, counted: &[Counted], snapshot: &Snapshot) -> Outputs {
    let settings = &programme.settings;
    let mut of: BTreeMap<Key<'_>, Vec<&Counted>> = BTreeMap::new();
    for one in counted {
        let draft = &one.entry.draft;
        let Predicate::Output { product } = &draft.predicate else { continue };
        let value = draft.value.as_ref();
        let number = value.and_then(|value| value.number);
        let (Some(from), Some(to)) = (draft.valid.earliest, draft.valid.latest) else { continue };
        if number.is_none() || draft.subject.scope != Scope::Facility {
            continue;
        }
        let (period, from, to) = period_of(settings.periods, from, to);
        let unit = value.map_or("", |value| value.unit.as_str());
        of.entry((&draft.subject.id, product, unit, from, to, period)).or_default().push(one);
    }
    let rows = of.into_iter().filter_map(|((_, product, unit, from, to, period), entries)| {
        let subject = &entries.first()?.entry.draft.subject;
        let rule = rule_of(settings, subject, product);
        let known = rule.and_then(|rule| Some((rule, rule.capacity_in(settings)?)));
        let same = |(rule, _): &(&OutputRule, u64)| rule.unit == unit;
        let capacity =
            known.filter(same).map(|(_, capacity)| capacity).filter(|_| period.is_some());
        let side = |seen: bool| delivered(&entries, seen, (from, to), capacity, &snapshot.rules);
        Some(OutputRow {
            subject: subject.clone(),
            product: product.to_owned(),
            unit: unit.to_owned(),
            period,
            from,
            to,
            capacity,
            capacity_unit: known.filter(|known| !same(known)).map(|(rule, _)| rule.unit.clone()),
            claimed: side(false),
            verified: side(true),
        })
    });
    Outputs {
        programme: settings.name.clone(),
        times: snapshot.times,
        root: snapshot.root.clone(),
        rows: rows.collect(),
        rules: snapshot.rules.clone(),
    }
}

fn rule_of<'a>(settings: &'a Settings, subject: &Subject, product: &str) -> Option<&'a OutputRule> {
    settings.outputs.iter().find(|rule| rule.kind == subject.kind && rule.product == product)
}

/// Returns the period in which a span lies with its first and last day; the span itself where it lies in no single one.
fn period_of(periods: Periods, from: Date, to: Date) -> (Option<u32>, Date, Date) {
    let first_day = |period: u32| {
        let year = i16::try_from(periods.label(period)).ok()?;
        Date::new(year, 1, 1).ok()
    };
    let found = periods.period_of_year(i32::from(from.year())).and_then(|period| {
        let first = first_day(period)?;
        let last = first_day(period + 1)?.yesterday().ok()?;
        (to <= last).then_some((Some(period), first, last))
    });
    found.unwrap_or((None, from, to))
}

/// Returns what one side says was delivered.
fn delivered(
    entries: &[&Counted],
    seen: bool,
    (from, to): (Date, Date),
    capacity: Option<u64>,
    rules: &EvidenceRules,
) -> Option<Delivered> {
    let mut own: Vec<(Date, Date, &Counted, Decimal)> = entries
        .iter()
        .filter(|one| {
            let draft = &one.entry.draft;
            let independent = draft.voice == Voice::Independent;
            let graded = draft.grade.is_some_and(|grade| grade.reaches(rules.least_grade));
            independent == seen && (!seen || (graded && !one.theirs))
        })
        .filter_map(|one| {
            let draft = &one.entry.draft;
            let value = draft.value.as_ref()?;
            // "Less than 900" is no amount, and neither is "several".
            let amount = matches!(value.bound, Bound::Exactly | Bound::About | Bound::AtLeast);
            let number = value.number.filter(|_| amount)?;
            Some((draft.valid.earliest?, draft.valid.latest?, *one, number))
        })
        .collect();
    // The longest span first, of two the one that was published last.
    own.sort_by_key(|(first, last, one, _)| {
        let published = one.entry.draft.published.day;
        (-days(*first, *last), std::cmp::Reverse((published, one.entry.number)))
    });
    let mut taken: Vec<(Date, Date, &Counted, Decimal)> = Vec::new();
    let mut left_out = Vec::new();
    for row in own {
        if taken.iter().any(|other| other.0 <= row.1 && row.0 <= other.1) {
            left_out.push(row.2.entry.number);
        } else {
            taken.push(row);
        }
    }
    if taken.is_empty() {
        return None;
    }
    taken.sort_by_key(|(first, ..)| *first);
    left_out.sort_unstable();
    let amount = sum(taken.iter().map(|row| row.3));
    let known: i64 = taken.iter().map(|row| days(row.0, row.1) + 1).sum();
    let whole = days(from, to) + 1;
    let share = capacity.and_then(|capacity| share(amount, capacity, known, whole));
    Some(Delivered {
        amount,
        days: u32::try_from(known).unwrap_or(u32::MAX),
        share,
        operating: operating(amount, capacity, (known, whole), rules.operating_share),
        entries: taken.iter().map(|row| row.2.entry.number).collect(),
        left_out,
    })
}

/// Returns the sum of numbers, with no digit lost where it has at most 18 of them.
fn sum(numbers: impl Iterator<Item = Decimal> + Clone) -> Decimal {
    let mut scale = numbers.clone().map(Decimal::scale).max().unwrap_or(0);
    let mut total: i128 = 0;
    for number in numbers {
        let factor = 10_i128.saturating_pow(scale - number.scale());
        total = total.saturating_add(i128::from(number.mantissa()).saturating_mul(factor));
    }
    while i64::try_from(total).is_err() && scale > 0 {
        total /= 10;
        scale -= 1;
    }
    Decimal::new(i64::try_from(total).unwrap_or(i64::MAX), scale)
}

/// Returns an amount over what the capacity of a period comes to on the known days of it: numerator and denominator.
fn ratio(amount: Decimal, capacity: u64, known: i64, whole: i64) -> Option<(i128, i128)> {
    let above = i128::from(amount.mantissa()).checked_mul(i128::from(whole))?;
    let below = i128::from(capacity).checked_mul(i128::from(known))?;
    let below = below.checked_mul(10_i128.checked_pow(amount.scale())?)?;
    (above >= 0 && below > 0).then_some((above, below))
}

fn share(amount: Decimal, capacity: u64, known: i64, whole: i64) -> Option<u64> {
    let (above, below) = ratio(amount, capacity, known, whole)?;
    u64::try_from(above.checked_mul(1000)? / below).ok()
}

/// Returns whether that is enough to count as operating: any output where there is no rule.
fn operating(
    amount: Decimal,
    capacity: Option<u64>,
    (known, whole): (i64, i64),
    least: Option<Decimal>,
) -> Option<bool> {
    let Some(least) = least else { return Some(amount.mantissa() > 0) };
    let (above, below) = ratio(amount, capacity?, known, whole)?;
    let above = above.checked_mul(10_i128.checked_pow(least.scale())?)?;
    Some(above >= below.checked_mul(i128::from(least.mantissa()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap_or(Decimal::ZERO)
    }

    #[test]
    fn shares_are_of_the_days_that_are_known() {
        // 300 t in 90 of 360 days, of 2,400 t a year: a quarter of the year could give 600 t.
        assert_eq!(share(decimal("300"), 2400, 90, 360), Some(500));
        assert_eq!(share(decimal("0.3"), 2400, 90, 360), Some(0));
        assert_eq!(share(decimal("1"), 0, 90, 360), None, "nothing can be delivered");
        let asked = |least: Option<&str>| {
            operating(decimal("300"), Some(2400), (90, 360), least.map(decimal))
        };
        assert_eq!(
            [asked(None), asked(Some("0.5")), asked(Some("0.501"))],
            [Some(true), Some(true), Some(false)]
        );
        assert_eq!(operating(decimal("300"), None, (90, 360), Some(decimal("0.5"))), None);
        assert_eq!(operating(Decimal::ZERO, None, (90, 360), None), Some(false));
    }

    #[test]
    fn sums_lose_no_digit() {
        let sum_of = |numbers: &[&str]| sum(numbers.iter().map(|text| decimal(text))).to_string();
        assert_eq!(sum_of(&["0.1", "0.2", "3"]), "3.3");
        assert_eq!(sum_of(&["99999999999999999", "0.5"]), "99999999999999999.5");
    }
}
