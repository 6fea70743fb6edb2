//! The document around the sections: head, policy, contents, data, scripts.

use sha2::{Digest, Sha256};

use crate::escape::{markup, script_json};

const STYLE: &str = include_str!("style.css");
/// The script of a plan's map and tables.
pub(super) const SCRIPT: &str = include_str!("app.js");

/// Is a page without the elements that are in every page.
pub(super) struct Document<'a> {
    /// Title of the window, as text.
    pub(super) title: &'a str,
    /// What stands at the very top.
    pub(super) banner: &'a str,
    pub(super) masthead: &'a str,
    pub(super) main: &'a str,
    pub(super) version: &'a str,
    /// What [`SCRIPT`] reads, as JSON; none where the page is without that script.
    pub(super) data: Option<String>,
    /// Styles beyond those of every page.
    pub(super) styles: &'a [&'a str],
    pub(super) scripts: &'a [&'a str],
}

/// Returns the whole document.
pub(super) fn wrap(document: &Document) -> String {
    let Document { title, banner, masthead, main, version, data, styles, scripts } = document;
    let style = STYLE.to_owned() + &styles.concat();
    let data = data.as_ref().map_or_else(String::new, |data| {
        let data = script_json(data);
        format!("<script type=\"application/json\" id=\"data\">{data}</script>\n")
    });
    let policy = policy(scripts, &style);
    let scripts: String =
        scripts.iter().map(|script| format!("<script>{script}</script>\n")).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{}</title>\n<style>{style}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the report</a>\n{banner}{masthead}\n\
         <main id=\"main\" tabindex=\"-1\">\n{main}</main>\n\
         <footer><p>Made with Groundwork {}. This page is one file: it works offline, and it neither \
         loads nor sends anything.</p></footer>\n{data}{scripts}</body>\n</html>\n",
        markup(title),
        markup(version),
    )
}

/// Sections that the contents name, in order.
const SECTIONS: [(&str, &str); 29] = [
    ("scorecard", "Scorecard"),
    ("alerts", "Alerts"),
    ("series", "Over time"),
    ("agenda", "Ahead"),
    ("where", "Where it stands"),
    ("timeline", "Claim and check"),
    ("totals", "Totals"),
    ("outlook", "Forecast"),
    ("promises", "Promises"),
    ("futures", "Futures"),
    ("plans", "The two plans"),
    ("gains", "Gains and losses"),
    ("map", "Map"),
    ("moves", "What moves"),
    ("gaining", "Places"),
    ("years", "Year by year"),
    ("provinces", "Provinces"),
    ("money", "Money"),
    ("limits", "Floors"),
    ("prices", "Prices"),
    ("capacity", "Room and use"),
    ("comparison", "Comparison"),
    ("openings", "Openings"),
    ("served", "Who is served where"),
    ("places", "Places and entries"),
    ("ledger", "Ledger"),
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

fn policy(scripts: &[&str], style: &str) -> String {
    let hashes: Vec<String> =
        scripts.iter().map(|script| format!("'{}'", source_hash(script))).collect();
    format!(
        "default-src 'none'; script-src {}; style-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
        hashes.join(" "),
        source_hash(style)
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
    use crate::html::{difference, evidence};

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
        let texts = [
            STYLE,
            SCRIPT,
            evidence::STYLE,
            evidence::SCRIPT,
            difference::STYLE,
            difference::SCRIPT,
        ];
        assert!(texts.iter().all(|text| !text.contains("</") && !text.contains("<!--")));
    }
}
