//! Texts of `programme.toml` that have a form of their own; schemas name it as `format`.

use groundwork_model::evidence::{Grade, Wanted, When, fill};

/// Says why a text has not the form that its schema names; nothing where it has, or the form asks nothing of texts.
pub(crate) fn unfit(form: &str, text: &str) -> Option<String> {
    let (fits, wanted) = match form {
        "grade" => return text.parse::<Grade>().err().map(|fault| fault.to_string()),
        "date-or-span" => return text.parse::<When>().err().map(|fault| fault.to_string()),
        // What stands in braces is filled in for each period: it must be a date in leap years and others, and whether the
        // period has one digit or two.
        "date-or-span-of-each" => {
            let filled =
                [(2000, 1), (2001, 1), (2001, 10)].map(|(year, at)| fill(text, year, year, at));
            let fault = filled.iter().find_map(|text| text.parse::<When>().err());
            return fault.map(|fault| fault.to_string());
        }
        "all-or-named" => (Wanted::from_word(text).is_some(), "a number, `all` or `named`"),
        "oc4ids-prefix" => (is_prefix(text), "`oc4ids-` and six small letters or digits"),
        "country" => (is_of(text, 2, u8::is_ascii_uppercase), "two capital letters of ISO 3166-1"),
        "five-digits" => (is_of(text, 5, u8::is_ascii_digit), "five digits"),
        "two-digits" => (is_of(text, 2, u8::is_ascii_digit), "two digits"),
        _ => return None,
    };
    (!fits).then(|| format!("`{text}` is not {wanted}"))
}

fn is_of(text: &str, length: usize, kind: impl Fn(&u8) -> bool) -> bool {
    text.len() == length && text.bytes().all(|byte| kind(&byte))
}

fn is_prefix(text: &str) -> bool {
    let small = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.strip_prefix("oc4ids-").is_some_and(|rest| is_of(rest, 6, small))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_of_each_is_one_in_every_year_and_period() {
        for text in ["by {year}-02-29", "2025-0{period}", "by {year}-13"] {
            assert!(unfit("date-or-span-of-each", text).is_some(), "{text}");
        }
        for text in ["{year}", "by {year}-02-28", "{year}-01/{last}-12"] {
            assert_eq!(unfit("date-or-span-of-each", text), None, "{text}");
        }
    }
}
