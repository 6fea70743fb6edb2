//! The document around the sections: head, policy, contents, data, script.

use sha2::{Digest, Sha256};

use super::{Page, data, refusal};
use crate::escape::{markup, script_json};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("app.js");

/// Returns the whole document.
pub(super) fn wrap(page: &Page, masthead: &str, main: &str) -> String {
    let name = markup(&page.programme.settings.name);
    let title = if page.input.refused() { format!("Refused: {name}") } else { name };
    let banner = refusal::banner(page);
    let data = script_json(&data::json(page));
    let version = markup(&page.plan.run.version);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the report</a>\n{banner}{masthead}\n\
         <main id=\"main\" tabindex=\"-1\">\n{main}</main>\n\
         <footer><p>Made with Groundwork {version}. This page is one file: it works offline, and it neither \
         loads nor sends anything.</p></footer>\n\
         <script type=\"application/json\" id=\"data\">{data}</script>\n\
         <script>{SCRIPT}</script>\n</body>\n</html>\n",
        policy = policy(),
    )
}

/// Sections that the contents name, in order.
const SECTIONS: [(&str, &str); 13] = [
    ("promises", "Promises"),
    ("map", "Map"),
    ("years", "Year by year"),
    ("money", "Money"),
    ("limits", "Floors"),
    ("prices", "Prices"),
    ("capacity", "Room and use"),
    ("comparison", "Comparison"),
    ("openings", "Openings"),
    ("served", "Who is served where"),
    ("meaning", "Terms"),
    ("proof", "Proof"),
    ("sources", "Sources"),
];

/// Returns the links to the sections that are there.
pub(super) fn contents(main: &str) -> String {
    let there = |id: &str| main.contains(&format!("<section id=\"{id}\""));
    let links = SECTIONS.iter().filter(|(id, _)| there(id));
    let items: String =
        links.map(|(id, word)| format!("<li><a href=\"#{id}\">{word}</a></li>")).collect();
    format!("<nav class=\"contents\" aria-label=\"Contents\"><ul>{items}</ul></nav>")
}

fn policy() -> String {
    format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
        source_hash(SCRIPT),
        source_hash(STYLE)
    )
}

fn source_hash(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for position in 0..4 {
            let digit = (bits >> (18 - 6 * position)) & 63;
            out.push(if position <= chunk.len() {
                char::from(DIGITS[digit as usize])
            } else {
                '='
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_pads_as_the_standard_says() {
        for (text, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(text.as_bytes()), coded);
        }
    }

    #[test]
    fn style_and_script_cannot_end_their_own_element() {
        assert!(!STYLE.contains("</") && !SCRIPT.contains("</") && !SCRIPT.contains("<!--"));
    }
}
