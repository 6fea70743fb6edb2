//! What the ledger says: promised, claimed, verified and late, with every entry and its source.
//!
//! In the order of the page: `scorecard`, `milestones` and `alerts`, `over_time`, `agenda`, `places_map`, `timeline`, `totals`, `outlook`
//! (with `fan`), `places` (with `entry`), `sources`. `axis` divides a span of days; `marks` are the shapes of stages.

mod agenda;
mod alerts;
mod axis;
mod entry;
mod fan;
mod marks;
mod milestones;
mod outlook;
mod over_time;
mod places;
mod places_map;
mod scorecard;
mod sources;
mod timeline;
mod totals;

use std::collections::{HashMap, HashSet};

use groundwork_model::Programme;
use groundwork_model::evidence::words::time;
use groundwork_model::evidence::{Scope, Scorecard, Stage, Subject};

use crate::cells::Cells;
use crate::escape::markup;
use crate::evidence_input::EvidenceInput;
use crate::number::{plural, whole};
use crate::spot::Gazetteer;

pub(super) const STYLE: &str = include_str!("evidence.css");
pub(super) const SCRIPT: &str = include_str!("evidence.js");

/// Holds what every section about the ledger draws from.
pub(super) struct Evidence<'a> {
    programme: &'a Programme,
    gazetteer: &'a Gazetteer<'a>,
    cells: &'a Cells,
    input: &'a EvidenceInput<'a>,
    card: &'a Scorecard,
    /// Numbers of the entries that the page shows.
    shown: HashSet<u64>,
    /// Places and facilities of which the page has a part.
    keys: HashSet<String>,
    /// Number of places for which there is no room.
    left_places: usize,
    /// By entry the stages of facilities that count as claimed or verified from it on.
    rests: Rests,
    /// What each entry that the page shows stands under, in order.
    groups: Vec<places::Group<'a>>,
}

impl<'a> Evidence<'a> {
    pub(super) fn new(
        programme: &'a Programme,
        gazetteer: &'a Gazetteer<'a>,
        cells: &'a Cells,
        input: &'a EvidenceInput<'a>,
    ) -> Self {
        let (groups, left_places) = places::groups(gazetteer, input);
        let shown = groups.iter().flat_map(places::Group::numbers).collect();
        let keys = groups.iter().map(|group| group.key.clone()).collect();
        let rests = rests(input.card);
        Self {
            programme,
            gazetteer,
            cells,
            input,
            card: input.card,
            shown,
            keys,
            left_places,
            rests,
            groups,
        }
    }

    /// Returns the sections that come before those of a plan.
    pub(super) fn first(&self) -> String {
        [
            scorecard::section(self),
            alerts::section(self),
            over_time::section(self),
            agenda::section(self),
            places_map::section(self),
            timeline::section(self),
            totals::section(self),
            outlook::section(self),
        ]
        .concat()
    }

    /// Returns the sections that come behind those of a plan.
    pub(super) fn last(&self) -> String {
        places::section(self) + &sources::section(self)
    }

    /// Returns a sentence that says as of when, from what, and from which ledger.
    pub(super) fn standing(&self) -> String {
        let (times, root) = (&self.card.times, &self.card.root);
        let recorded = times
            .recorded_by
            .map_or_else(String::new, |until| format!(" and recorded by {}", time(until)));
        let withdrawn = match self.card.withdrawn {
            0 => String::new(),
            number => format!(", {} withdrawn", whole(number)),
        };
        let hash: String = root.hash.chars().take(12).collect();
        format!(
            "As of {}, from what was published by {}{recorded}: {} of {} {} counted{withdrawn}; the ledger\u{2019}s root begins \
             with {hash}.",
            times.as_of,
            times.known_by,
            whole(self.card.counted),
            whole(root.entries),
            plural(root.entries, "entry", "entries"),
        )
    }

    /// Returns how to call a facility: by the name of its place where there is one, else by its identifier.
    fn facility_name<'b>(&'b self, id: &'b str) -> &'b str {
        let place = id.split_once('/').map_or(id, |(place, _)| place);
        self.gazetteer.get(place).map_or(id, |spot| spot.name)
    }

    /// Returns text that leads to the entries of a place or facility, where the page has any.
    fn link(&self, key: &str, text: &str) -> String {
        if self.keys.contains(key) {
            format!("<a href=\"#{}\">{}</a>", places::anchor(key), markup(text))
        } else {
            markup(text)
        }
    }

    /// Returns the number of an entry, which leads to it where the page has it.
    fn number(&self, number: u64) -> String {
        if self.shown.contains(&number) {
            format!("<a class=\"e\" href=\"#entry-{number}\">{number}</a>")
        } else {
            number.to_string()
        }
    }

    /// Returns numbers of entries in a list, the first few and how many more.
    fn numbers(&self, numbers: &[u64], most: usize) -> String {
        let word = plural(numbers.len() as u64, "entry", "entries");
        let list: Vec<String> = numbers.iter().take(most).map(|n| self.number(*n)).collect();
        let more = match numbers.len().saturating_sub(most) {
            0 => String::new(),
            more => format!(" and {} more", whole(more as u64)),
        };
        format!("{word} {}{more}", list.join(", "))
    }
}

/// Holds by entry the stages that count as claimed or verified from it on.
type Rests = HashMap<u64, Vec<(Stage, &'static str)>>;

fn rests(card: &Scorecard) -> Rests {
    let mut rests = Rests::new();
    for state in card.facilities.iter().flat_map(|facility| &facility.stages) {
        for (word, mark) in [("claimed", state.claimed), ("verified", state.verified)] {
            let Some(mark) = mark else { continue };
            let of = rests.entry(mark.entry).or_default();
            if !of.contains(&(state.stage, word)) {
                of.push((state.stage, word));
            }
        }
    }
    rests
}

/// Returns the place or facility under which an entry about a subject stands: its place where it has one.
fn key_of(subject: &Subject) -> String {
    let place = match subject.scope {
        Scope::Programme => return String::new(),
        Scope::Milestone => return format!("milestone {}", subject.id),
        _ if !subject.place.is_empty() => &subject.place,
        Scope::Place => &subject.id,
        Scope::Facility => subject.id.split_once('/').map_or(&*subject.id, |(place, _)| place),
    };
    place.to_owned()
}

/// Returns a number of days in words.
fn days(number: i32) -> String {
    let number = u64::from(number.unsigned_abs());
    format!("{} {}", whole(number), plural(number, "day", "days"))
}

/// Returns a part that is folded until a reader asks for it; nothing where it is empty.
fn folded(summary: &str, body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!("<details class=\"more\"><summary>{}</summary>{body}</details>", markup(summary))
}

/// Returns a table that scrolls by itself where it is wider than the page. Head and rows are markup.
fn table(class: &str, caption: &str, heads: &[&str], rows: &str) -> String {
    let heads: String = heads.iter().map(|head| format!("<th scope=\"col\">{head}</th>")).collect();
    let caption = markup(caption);
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table class=\"{class}\">\
         <caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
}
