//! Makes any text safe for the format that it lands in.

/// Returns the text escaped for HTML and SVG, in content and in quoted attributes.
pub(crate) fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if is_forbidden(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Returns JSON text that may stand inside a `<script>` element: no `<` can end it, and no line
/// separator can break a reader that treats it as a script.
pub(crate) fn script_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            c => out.push(c),
        }
    }
    out
}

/// Returns the text for a CSV cell that a spreadsheet will not take for a formula.
///
/// A number stays as it is, also a negative one.
pub(crate) fn spreadsheet_text(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if risky && !is_plain_number(text) { format!("'{text}") } else { text.to_owned() }
}

/// Returns the address when it is one that a page may link to.
pub(crate) fn web_address(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let web = lower.starts_with("https://") || lower.starts_with("http://");
    (web && !text.contains(|c: char| c.is_whitespace() || c.is_control())).then_some(text)
}

fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole) && all_digits(fraction)
}

/// Returns whether a character may not stand in an HTML or XML document at all.
fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_cannot_open_an_element_or_leave_an_attribute() {
        assert_eq!(
            markup("<script>\"a\" & 'b'\0"),
            "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;\u{fffd}"
        );
    }

    #[test]
    fn json_in_a_script_element_stays_json_and_has_no_tag() {
        let text = "</script><!-- \u{2028} & ]]>";
        let safe = script_json(&serde_json::to_string(text).unwrap());
        assert!(!safe.contains('<') && !safe.contains('\u{2028}'), "{safe}");
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), text);
    }

    #[test]
    fn a_formula_is_quoted_and_a_negative_number_is_not() {
        for formula in ["=1+1", "+1", "-1-1", "@SUM(A1)", "\tx", "-", "\n=1"] {
            assert_eq!(spreadsheet_text(formula), format!("'{formula}"));
        }
        for plain in ["-1", "-12.50", "Unsan", "", "1-2", "은산"] {
            assert_eq!(spreadsheet_text(plain), plain);
        }
    }

    #[test]
    fn only_web_addresses_are_linked() {
        assert!(web_address("https://example.org/a?b=c").is_some());
        for text in
            ["javascript:alert(1)", "data:text/html,x", "speech of 15 January", "https://a b"]
        {
            assert_eq!(web_address(text), None, "{text}");
        }
    }
}
