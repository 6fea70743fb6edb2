//! When the public could know it: days found in addresses and notes, and what is assumed of the others.

use std::collections::HashMap;

use groundwork_model::evidence::{Published, PublishedFrom, day_of};
use jiff::civil::Date;

use super::mapping::{AddressDate, Assumed, PublishedRule};

/// Is what all rows of one address say of its day of publication.
#[derive(Clone, Copy, Debug, Default)]
struct Page {
    /// Day behind the word of a note.
    noted: Option<Date>,
    /// Latest day of a row, with the days to be added.
    latest: Option<(Date, u32)>,
}

/// Holds what the rows of each address say.
#[derive(Debug, Default)]
pub(super) struct Pages(HashMap<String, Page>);

impl Pages {
    /// Takes a row: its address, note, last day, and the word for how its date is meant.
    pub(super) fn take(
        &mut self,
        rule: &PublishedRule,
        url: &str,
        note: &str,
        day: Option<Date>,
        kind: &str,
    ) {
        let noted = rule.note_word.as_ref().and_then(|word| day_behind(note, word));
        if url.is_empty() || (noted.is_none() && day.is_none()) {
            return;
        }
        let page = match self.0.get_mut(url) {
            Some(page) => page,
            None => self.0.entry(url.to_owned()).or_default(),
        };
        page.noted = page.noted.max(noted);
        let with_days = day.map(|day| (day, days_after(rule, kind)));
        page.latest = page.latest.max(with_days);
    }

    /// Returns the day of a row that no column states.
    pub(super) fn day(
        &self,
        rule: &PublishedRule,
        url: &str,
        note: &str,
        own: Option<Date>,
        kind: &str,
    ) -> Option<Published> {
        if let Some(day) = rule.address.iter().find_map(|form| day_in(url, *form)) {
            return Some(Published { day, from: PublishedFrom::Address });
        }
        let page = self.0.get(url).copied().unwrap_or_default();
        let here = rule.note_word.as_ref().and_then(|word| day_behind(note, word));
        if let Some(day) = here.or(page.noted) {
            return Some(Published { day, from: PublishedFrom::Stated });
        }
        let own = own.map(|day| (day, days_after(rule, kind)));
        let (day, after) = match rule.assume? {
            Assumed::Date => own?,
            Assumed::LatestOfAddress => page.latest.or(own)?,
        };
        let day = day.saturating_add(jiff::Span::new().days(i64::from(after)));
        Some(Published { day, from: PublishedFrom::Assumed })
    }
}

fn days_after(rule: &PublishedRule, kind: &str) -> u32 {
    if rule.same_day.iter().any(|word| word == kind) { 0 } else { rule.days_after.min(3650) }
}

/// Returns the day written YYYY-MM-DD behind a word.
fn day_behind(text: &str, word: &str) -> Option<Date> {
    let (_, behind) = text.split_once(word)?;
    behind.trim_start_matches([' ', ':']).get(..10)?.parse().ok()
}

/// Returns the first day that an address contains in that form.
fn day_in(url: &str, form: AddressDate) -> Option<Date> {
    match form {
        AddressDate::Slashes => parted(url, '/'),
        AddressDate::Hyphens => parted(url, '-'),
        AddressDate::MonthFirst => runs(url, 14).find_map(|run| {
            let day = date(&run[4..8], &run[..2], &run[2..4])?;
            let clock = run[8..10] < *"24" && run[10..12] < *"60" && run[12..] < *"60";
            clock.then_some(day)
        }),
        AddressDate::UnixSeconds => runs(url, 10).find_map(|run| {
            let days = run.parse::<i64>().ok()? / 86_400;
            Some(day_of(i32::try_from(days).ok()?)).filter(|day| is_likely(*day))
        }),
    }
}

/// Returns the first year, month and day with a mark between them; a month and day may have one digit.
fn parted(url: &str, mark: char) -> Option<Date> {
    let parts: Vec<&str> = url.split(mark).collect();
    parts.windows(3).find_map(|three| {
        let start = three[0].len().checked_sub(4)?;
        let year = three[0].get(start..)?;
        let glued = three[0][..start].ends_with(|before: char| before.is_ascii_alphanumeric());
        let digits = three[2].bytes().take_while(u8::is_ascii_digit).count();
        let day = three[2].get(..digits.min(3))?;
        if glued { None } else { date(year, three[1], day) }
    })
}

/// Returns the runs of so many digits that no letter or digit touches.
fn runs(url: &str, digits: usize) -> impl Iterator<Item = &str> {
    url.split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(move |run| run.len() == digits && run.bytes().all(|byte| byte.is_ascii_digit()))
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let plain = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if year.len() != 4 || !plain(year, 4) || !plain(month, 2) || !plain(day, 2) {
        return None;
    }
    let found = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    is_likely(found).then_some(found)
}

/// Returns whether pages can be of that year.
fn is_likely(day: Date) -> bool {
    (1990..2100).contains(&day.year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use AddressDate::{Hyphens, MonthFirst, Slashes, UnixSeconds};

    #[test]
    fn days_are_found_in_addresses_and_nowhere_else() {
        let found = |url: &str, form| day_in(url, form).map(|day| day.to_string());
        let some = |day: &str| Some(day.to_owned());
        assert_eq!(found("https://a.com/en/2024/12/21/1417.html", Slashes), some("2024-12-21"));
        assert_eq!(found("https://a.com/jp/2025/02/4-62", Slashes), some("2025-02-04"));
        assert_eq!(found("https://a.com/jp/2024/03/11rh-11", Slashes), some("2024-03-11"));
        assert_eq!(found("https://a.com/2024/13/21/", Slashes), None);
        assert_eq!(found("https://a.com/2024/12/217/", Slashes), None);
        assert_eq!(found("https://a.com/news/2024-11-20/x/2181795", Hyphens), some("2024-11-20"));
        assert_eq!(found("https://a.com/x-12024-11-20", Hyphens), None);
        assert_eq!(
            found("https://a.com/indepth-06252024141159.html", MonthFirst),
            some("2024-06-25")
        );
        assert_eq!(found("https://a.com/indepth-06252024991159.html", MonthFirst), None);
        assert_eq!(
            found("https://a.com/n/1720418829-343344193/x", UnixSeconds),
            some("2024-07-08")
        );
        assert_eq!(found("https://a.com/q/a1720418829f", UnixSeconds), None);
        assert_eq!(found("https://a.com/q/0000418829", UnixSeconds), None);
    }

    #[test]
    fn a_note_speaks_for_all_rows_of_its_address_and_the_latest_row_for_the_rest() {
        let day = |text: &str| text.parse::<Date>().ok();
        let rule = PublishedRule {
            note_word: Some("announced".to_owned()),
            assume: Some(Assumed::LatestOfAddress),
            days_after: 1,
            same_day: vec!["reported".to_owned()],
            ..PublishedRule::default()
        };
        let mut pages = Pages::default();
        pages.take(&rule, "a", "announced 2024-07-23: all seen", day("2024-06-30"), "by");
        pages.take(&rule, "b", "", day("2025-02-28"), "exact");
        pages.take(&rule, "b", "", day("2025-02-06"), "exact");
        pages.take(&rule, "c", "", day("2025-02-28"), "reported");
        let said = |url: &str, own: &str| {
            let found = pages.day(&rule, url, "", day(own), "exact");
            found.map(|found| (found.day.to_string(), found.from))
        };
        assert_eq!(said("a", "2024-06-30"), Some(("2024-07-23".to_owned(), PublishedFrom::Stated)));
        assert_eq!(
            said("b", "2025-02-06"),
            Some(("2025-03-01".to_owned(), PublishedFrom::Assumed))
        );
        assert_eq!(
            said("c", "2025-02-28"),
            Some(("2025-02-28".to_owned(), PublishedFrom::Assumed))
        );
        assert_eq!(said("", "2025-02-28"), Some(("2025-03-01".to_owned(), PublishedFrom::Assumed)));
    }
}
