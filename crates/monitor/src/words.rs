//! Sentences for people: names, numbers with their noun, reconciliations as a monitor would write them.

use std::collections::HashMap;

use groundwork_model::Programme;
use groundwork_model::evidence::words::voice;
pub use groundwork_model::evidence::words::{amount, of_batches, reached, units};
use groundwork_model::evidence::{EarlierTotal, Reconciliation, StageCount};
use groundwork_model::words::thousands;

/// Facilities or places that a sentence names.
const NAMED: usize = 8;

/// Knows how places are called.
#[derive(Clone, Debug)]
pub struct Names<'a> {
    places: HashMap<&'a str, &'a str>,
}

impl<'a> Names<'a> {
    /// Returns the names of a programme's places.
    #[must_use]
    pub fn of(programme: &'a Programme) -> Self {
        let places = programme.places.iter();
        Self { places: places.map(|place| (place.id.as_str(), place.name.as_str())).collect() }
    }

    /// Returns the name of a place, or its identifier where it has none.
    #[must_use]
    pub fn place<'b>(&self, id: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.places.get(id).copied().unwrap_or(id)
    }

    /// Returns how to call a facility: by the name of its place where there is one, else by its identifier. The
    /// identifier may begin with that of the place, a slash behind it.
    #[must_use]
    pub fn facility<'b>(&self, id: &'b str) -> &'b str
    where
        'a: 'b,
    {
        let place = id.split_once('/').map_or(id, |(place, _)| place);
        self.places.get(place).copied().unwrap_or(id)
    }

    /// Returns a list of facilities in words: the first few and how many more.
    #[must_use]
    pub fn facilities(&self, ids: &[String]) -> String {
        let named = ids.iter().take(NAMED).map(|id| self.facility(id));
        let list = named.collect::<Vec<_>>().join(", ");
        match ids.len().saturating_sub(NAMED) {
            0 => list,
            more => format!("{list} and {} more", thousands(more as u64)),
        }
    }
}

/// Returns a reconciliation as a monitor would write it: a line for each thing that is to be said.
#[must_use]
pub fn in_words(one: &Reconciliation, names: &Names<'_>) -> Vec<String> {
    let mut lines = vec![headline(one, names)];
    let (Some(matched), Some(further)) = (one.matched, one.further) else {
        lines.push(format!(
            "Not compared with the {} facilities that are named: they are no {}.",
            thousands(one.named),
            one.unit.name()
        ));
        lines.extend(others(one));
        return lines;
    };
    let word = reached(one.stage);
    let mut first = format!("Named as {word} by then: {}", thousands(matched));
    if further > 0 {
        let later = stages(&one.further_stages);
        first.push_str(&format!("; named at a later stage only: {} ({later})", thousands(further)));
    }
    lines.push(first + ".");
    if let Some(missing) = one.unexplained.filter(|missing| *missing > 0) {
        lines.push(unexplained(one, missing, names));
    } else if one.number.is_some() {
        lines.push("Nothing is left unexplained.".to_owned());
    }
    if let Some(fits) = one.redefined {
        lines.push(format!(
            "The number fits another definition: {} were named or counted as {} or further by then.",
            thousands(fits.count),
            reached(fits.stage)
        ));
    }
    if let Some(since) = one.since.filter(|since| *since > 0) {
        lines.push(format!("Of those left {} came to it or further since.", thousands(since)));
    }
    lines.push(format!("Verified as {word} by then: {}.", thousands(one.verified.unwrap_or(0))));
    lines.extend(others(one));
    if !one.doubled.is_empty() {
        let places: Vec<&str> = one.doubled.iter().map(|place| names.place(place)).collect();
        lines.push(format!(
            "More than one of those named stands in one place, which counts once: {}.",
            places.join(", ")
        ));
    }
    lines
}

fn headline(one: &Reconciliation, names: &Names<'_>) -> String {
    let place = if one.place.is_empty() {
        String::new()
    } else {
        format!(" in {}", names.place(&one.place))
    };
    format!(
        "{} {}{}{place}, {} (entry {}, {}).",
        amount(one.number, one.bound, one.unit),
        reached(one.stage),
        of_batches(&one.batches),
        one.day,
        one.entry,
        voice(one.voice)
    )
}

fn unexplained(one: &Reconciliation, missing: u64, names: &Names<'_>) -> String {
    let mut line = format!("Not explained by anybody named: {}", thousands(missing));
    if !one.rest.is_empty() {
        line.push_str(&format!("; the others named had come only so far: {}", stages(&one.rest)));
    }
    if !one.rest_facilities.is_empty() {
        line.push_str(&format!(" ({})", names.facilities(&one.rest_facilities)));
    }
    let explained = one.matched.unwrap_or(0) + one.further.unwrap_or(0);
    let nameless = one.number.map_or(0, |number| number.saturating_sub(explained.max(one.named)));
    if nameless > 0 && one.named > 0 {
        line.push_str(&format!("; {} of them nobody has named at all", thousands(nameless)));
    }
    line + "."
}

fn others(one: &Reconciliation) -> Vec<String> {
    let this = one.number.map_or_else(String::new, |number| units(number, one.unit));
    let told = |other: &EarlierTotal| {
        format!("{} (entry {}, {})", units(other.number, other.unit), other.entry, other.day)
    };
    let mut lines = Vec::new();
    if let Some(before) = &one.unit_changed {
        lines.push(format!(
            "The unit changed: {} before, {this} now. The two are not compared.",
            told(before)
        ));
    }
    if let Some(before) = &one.fallen {
        lines.push(format!("Fewer than said before: {}.", told(before)));
    }
    if let Some(after) = &one.contradicted {
        lines.push(format!("Contradicted by somebody independent: {}.", told(after)));
    }
    lines
}

fn stages(counts: &[StageCount]) -> String {
    let one = |count: &StageCount| format!("{} {}", thousands(count.count), reached(count.stage));
    counts.iter().map(one).collect::<Vec<_>>().join(", ")
}
