//! Alerts as a feed for a feed reader (Atom, RFC 4287).

use groundwork_model::evidence::{Alert, Scorecard};
use jiff::civil::Date;

use crate::escape::markup;

/// Characters of a title; the whole sentence stands in the content.
const TITLE: usize = 100;

/// Returns alerts as an Atom feed. `id` names the feed, the same at every later day.
///
/// An entry keeps its identifier from day to day, so that a reader shows each once; its time is the first second of
/// the day from which it was so. The same scorecard gives the same bytes.
#[must_use]
pub fn atom(scorecard: &Scorecard, alerts: &[Alert], id: &str) -> Vec<u8> {
    let updated = alerts.iter().map(|alert| alert.day).max();
    let updated = updated.unwrap_or(scorecard.times.known_by);
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\">\n  \
           <id>{}</id>\n  \
           <title>{}</title>\n  \
           <subtitle>as of {}, from what was published by {}</subtitle>\n  \
           <updated>{}</updated>\n  \
           <author><name>Groundwork</name></author>\n  \
           <generator>Groundwork</generator>\n",
        markup(id),
        markup(&format!("{}: alerts", scorecard.programme)),
        scorecard.times.as_of,
        scorecard.times.known_by,
        time(updated),
    );
    for alert in alerts {
        feed.push_str(&format!(
            "  <entry>\n    \
               <id>{}</id>\n    \
               <title>{}</title>\n    \
               <updated>{}</updated>\n    \
               <category term=\"{}\"/>\n    \
               <content type=\"text\">{}</content>\n  \
             </entry>\n",
            markup(&alert.id),
            markup(&title(alert)),
            time(alert.day),
            markup(alert.kind.words()),
            markup(&content(alert)),
        ));
    }
    feed.push_str("</feed>\n");
    feed.into_bytes()
}

fn time(day: Date) -> String {
    format!("{day}T00:00:00Z")
}

fn title(alert: &Alert) -> String {
    let whole = format!("{}: {}", alert.kind.words(), alert.text);
    match whole.char_indices().nth(TITLE) {
        Some((end, _)) => format!("{}…", whole[..end].trim_end()),
        None => whole,
    }
}

fn content(alert: &Alert) -> String {
    if alert.entries.is_empty() {
        return alert.text.clone();
    }
    let shown: Vec<String> = alert.entries.iter().take(20).map(u64::to_string).collect();
    let more = if alert.entries.len() > 20 { ", ..." } else { "" };
    format!("{} Entries of the ledger: {}{more}.", alert.text, shown.join(", "))
}

#[cfg(test)]
mod tests {
    use groundwork_model::evidence::{AlertKind, Times};

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn scorecard(alerts: Vec<Alert>) -> Scorecard {
        Scorecard {
            programme: "Wells & <clinics>".to_owned(),
            alerts,
            ..Scorecard::empty(Times {
                as_of: day("2025-01-31"),
                known_by: day("2025-02-01"),
                recorded_by: None,
            })
        }
    }

    fn alert(id: &str, on: &str, text: &str) -> Alert {
        Alert {
            id: id.to_owned(),
            kind: AlertKind::Silence,
            day: day(on),
            batch: String::new(),
            text: text.to_owned(),
            facilities: Vec::new(),
            entries: vec![3, 5],
        }
    }

    /// What RFC 4287 asks of a feed (4.1.1) and of an entry (4.1.2): exactly one id, title and updated; an author; a
    /// time as in RFC 3339; identifiers that differ.
    fn standard(bytes: &[u8]) -> Vec<(String, String, String)> {
        let text = std::str::from_utf8(bytes).unwrap();
        let document = roxmltree::Document::parse(text).unwrap();
        let feed = document.root_element();
        assert_eq!(feed.tag_name().namespace(), Some("http://www.w3.org/2005/Atom"));
        assert_eq!(feed.tag_name().name(), "feed");
        let parts = |node: roxmltree::Node<'_, '_>| {
            let one = |name: &str| {
                let found: Vec<_> =
                    node.children().filter(|child| child.has_tag_name((ATOM, name))).collect();
                assert_eq!(found.len(), 1, "{name}");
                found[0].text().unwrap_or_default().to_owned()
            };
            let (id, title, updated) = (one("id"), one("title"), one("updated"));
            assert!(id.starts_with("urn:uuid:"), "an IRI: {id}");
            assert!(updated.parse::<jiff::Timestamp>().is_ok(), "{updated}");
            (id, title, updated)
        };
        let author = feed.children().find(|child| child.has_tag_name((ATOM, "author"))).unwrap();
        assert!(author.children().any(|child| child.has_tag_name((ATOM, "name"))));
        let mut all = vec![parts(feed)];
        all.extend(feed.children().filter(|child| child.has_tag_name((ATOM, "entry"))).map(parts));
        let ids: std::collections::BTreeSet<&String> = all.iter().map(|(id, ..)| id).collect();
        assert_eq!(ids.len(), all.len(), "identifiers differ");
        all
    }

    const ATOM: &str = "http://www.w3.org/2005/Atom";

    #[test]
    fn a_feed_has_what_the_standard_asks_for_whatever_the_texts_hold() {
        let alerts = vec![
            alert("urn:uuid:1", "2025-01-03", "\"Ends\" ]]> & <script>\u{0}\u{1b}[31m"),
            alert("urn:uuid:2", "2025-01-07", &"ö".repeat(300)),
        ];
        let card = scorecard(alerts);
        let found = standard(&atom(&card, &card.alerts, "urn:uuid:0"));
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].1, "Wells & <clinics>: alerts");
        assert_eq!(found[0].2, "2025-01-07T00:00:00Z", "that of the latest entry");
        assert_eq!(found[1].2, "2025-01-03T00:00:00Z");
        assert!(found[1].1.contains("]]> & <script>"));
        assert_eq!(found[2].1.chars().count(), TITLE + 1, "a long title is cut and marked");
    }

    #[test]
    fn a_feed_without_alerts_is_a_feed() {
        let card = scorecard(Vec::new());
        let found = standard(&atom(&card, &[], "urn:uuid:0"));
        assert_eq!(
            found,
            [(
                "urn:uuid:0".to_owned(),
                "Wells & <clinics>: alerts".to_owned(),
                "2025-02-01T00:00:00Z".to_owned()
            )]
        );
    }
}
