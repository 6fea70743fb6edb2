//! Texts to numbers, and what a text that is none was meant to be.

use groundwork_model::problem::Code;

/// Persons of the largest place that is believed.
const PERSONS_MAX: u64 = 1_500_000_000;

/// Most that an amount of a resource is.
const AMOUNT_MAX: u64 = 1_000_000_000_000;

/// Is a number as read from a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Number {
    /// The value, finite.
    pub(crate) value: f64,
    /// Whether it was written with a decimal comma.
    pub(crate) comma: bool,
}

/// Reads a number with a fraction. A decimal comma is read where `comma` says that commas separate
/// no cells.
pub(crate) fn number(text: &str, comma: bool) -> Result<Number, Code> {
    if let Some(value) = plain(text) {
        return if value.is_finite() {
            Ok(Number { value, comma: false })
        } else {
            Err(Code::NotFinite)
        };
    }
    if let Some(value) = single_comma(text).as_deref().and_then(plain) {
        return if comma { Ok(Number { value, comma: true }) } else { Err(Code::DecimalComma) };
    }
    let (whole, _) = text.rsplit_once(['.', ',']).unwrap_or((text, ""));
    let grouped = is_grouped(text) || is_grouped(whole);
    Err(if grouped { Code::ThousandsSeparator } else { Code::NotANumber })
}

/// Says why a text is no whole number that is read.
enum NotWhole {
    /// It is no number, or one in another form than is read.
    Form(Code),
    /// It is below zero.
    Negative,
    /// It has a fraction.
    Fraction,
    /// It is larger than what is read.
    Large,
}

/// Reads a number of persons.
pub(crate) fn persons(text: &str) -> Result<u64, Code> {
    whole(text, PERSONS_MAX).map_err(|refused| match refused {
        NotWhole::Form(code) => code,
        NotWhole::Negative => Code::NegativePopulation,
        NotWhole::Fraction => Code::FractionalPopulation,
        NotWhole::Large => Code::AbsurdPopulation,
    })
}

/// Reads an amount of a resource.
pub(crate) fn amount(text: &str) -> Result<u64, Code> {
    whole(text, AMOUNT_MAX).map_err(|refused| match refused {
        NotWhole::Form(code) => code,
        NotWhole::Negative | NotWhole::Fraction | NotWhole::Large => Code::NotAnAmount,
    })
}

/// Reads a whole number from 0 to a largest one.
fn whole(text: &str, most: u64) -> Result<u64, NotWhole> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    if is_grouped(digits) {
        return Err(NotWhole::Form(Code::ThousandsSeparator));
    }
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    if !is_digits(whole) || !is_digits(fraction) {
        let endless = plain(text).is_some_and(|value| !value.is_finite());
        let code = if endless { Code::NotFinite } else { Code::NotANumber };
        return Err(NotWhole::Form(code));
    }
    if sign == "-" {
        return Err(NotWhole::Negative);
    }
    // A spreadsheet may write 1200.0 for 1200.
    if fraction.bytes().any(|digit| digit != b'0') {
        return Err(NotWhole::Fraction);
    }
    whole.parse().ok().filter(|&number| number <= most).ok_or(NotWhole::Large)
}

/// Parses a number with a point, or one that is not finite.
fn plain(text: &str) -> Option<f64> {
    text.parse().ok()
}

/// Returns the text with a point for its one comma.
fn single_comma(text: &str) -> Option<String> {
    let single = text.matches(',').count() == 1 && !text.contains('.');
    single.then(|| text.replace(',', "."))
}

/// Returns whether digits stand in groups of three: 1,234,567 or 1 234 567 or 1.234.567.
fn is_grouped(text: &str) -> bool {
    const MARKS: [char; 8] = [',', '.', ' ', '\'', '’', '\u{a0}', '\u{202f}', '_'];
    let Some(mark) = text.chars().find(|letter| MARKS.contains(letter)) else { return false };
    let mut groups = text.trim_start_matches(['+', '-']).split(mark);
    let head = groups.next().unwrap_or_default();
    is_digits(head) && head.len() <= 3 && groups.all(|group| is_digits(group) && group.len() == 3)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_say_what_they_were_meant_to_be() {
        assert_eq!(number("41,366", true), Ok(Number { value: 41.366, comma: true }));
        let cases = [
            ("41,366", Code::DecimalComma),
            ("1,234,567", Code::ThousandsSeparator),
            ("1,234.5", Code::ThousandsSeparator),
            ("1 234", Code::ThousandsSeparator),
            ("-inf", Code::NotFinite),
            ("NaN", Code::NotFinite),
            ("41.366N", Code::NotANumber),
        ];
        for (text, code) in cases {
            assert_eq!(number(text, false), Err(code), "{text}");
        }
    }

    #[test]
    fn persons_are_whole_and_believable() {
        assert_eq!(persons("1200.0"), Ok(1200));
        let cases = [
            ("1.200", Code::ThousandsSeparator),
            ("-5", Code::NegativePopulation),
            ("12.5", Code::FractionalPopulation),
            ("99999999999999999999", Code::AbsurdPopulation),
            ("1e5", Code::NotANumber),
            ("inf", Code::NotFinite),
        ];
        for (text, code) in cases {
            assert_eq!(persons(text), Err(code), "{text}");
        }
    }

    #[test]
    fn amounts_are_whole_and_not_too_large() {
        assert_eq!(amount("1000000000000"), Ok(1_000_000_000_000));
        let cases = [
            ("1000000000001", Code::NotAnAmount),
            ("-5", Code::NotAnAmount),
            ("12.5", Code::NotAnAmount),
            ("1,200", Code::ThousandsSeparator),
            ("much", Code::NotANumber),
        ];
        for (text, code) in cases {
            assert_eq!(amount(text), Err(code), "{text}");
        }
    }
}
