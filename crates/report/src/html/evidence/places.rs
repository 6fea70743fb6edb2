//! Every place with what is said and seen of it, entry by entry. Each has an address of its own, `#place-ID`.

use std::collections::HashMap;

use groundwork_model::evidence::words::{is_related, reached};
use groundwork_model::evidence::{FacilityScore, RelationKind, Schedule, Stage, StageState};

use super::{Evidence, entry, key_of, table};
use crate::escape::markup;
use crate::evidence_input::{EvidenceInput, KnownEntry};
use crate::html::section as wrap_section;
use crate::number::{plural, whole};
use crate::spot::Gazetteer;

/// Places that the page has at most.
const PLACES: usize = 1000;
/// Facilities of one place in its table.
const FACILITIES: usize = 60;

/// Is a place, a facility without a place, a milestone or the programme itself, with its entries.
pub(super) struct Group<'a> {
    /// Empty for the programme.
    pub(super) key: String,
    title: String,
    entries: Vec<&'a KnownEntry>,
    facilities: Vec<&'a FacilityScore>,
}

impl Group<'_> {
    pub(super) fn numbers(&self) -> impl Iterator<Item = u64> + '_ {
        self.entries.iter().map(|known| known.entry.number)
    }
}

/// Sorts entries and facilities under their places: first the programme, then milestones, then places by name. Returns
/// as many as there is room for, and how many are left out.
pub(super) fn groups<'a>(
    gazetteer: &Gazetteer,
    input: &EvidenceInput<'a>,
) -> (Vec<Group<'a>>, usize) {
    let mut at: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut of = |key: String, groups: &mut Vec<Group<'a>>| -> usize {
        *at.entry(key.clone()).or_insert_with(|| {
            let title = match key.as_str() {
                "" => "The programme and its batches".to_owned(),
                key => gazetteer.get(key).map_or(key, |spot| spot.name).to_owned(),
            };
            groups.push(Group { key, title, entries: Vec::new(), facilities: Vec::new() });
            groups.len() - 1
        })
    };
    for known in input.entries {
        let group = of(key_of(&known.entry.draft.subject), &mut groups);
        groups[group].entries.push(known);
    }
    for facility in &input.card.facilities {
        let group = of(key_of(&facility.subject), &mut groups);
        groups[group].facilities.push(facility);
    }
    for group in &mut groups {
        group.entries.sort_by_key(|known| (known.entry.draft.day(), known.entry.number));
    }
    let rank = |group: &Group| match group.key.as_str() {
        "" => 0,
        key if key.starts_with("milestone ") => 1,
        _ => 2,
    };
    groups.sort_by(|a, b| (rank(a), &a.title, &a.key).cmp(&(rank(b), &b.title, &b.key)));
    // Where there is no room for all, places with entries stay.
    let left_out = groups.len().saturating_sub(PLACES);
    if left_out > 0 {
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.sort_by_key(|at| groups[*at].entries.is_empty());
        let mut keep = vec![false; groups.len()];
        order.into_iter().take(PLACES).for_each(|at| keep[at] = true);
        let mut keep = keep.into_iter();
        groups.retain(|_| keep.next().unwrap_or(false));
    }
    (groups, left_out)
}

/// Returns the name by which a page's address leads to a place: letters and digits as they are, else `~` and the byte.
pub(super) fn anchor(key: &str) -> String {
    let mut anchor = String::from(if key.is_empty() { "programme" } else { "place-" });
    for byte in key.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'_' | b'.' => {
                anchor.push(char::from(byte));
            }
            _ => anchor.push_str(&format!("~{byte:02X}")),
        }
    }
    anchor
}

/// Returns the section.
pub(super) fn section(of: &Evidence) -> String {
    if of.groups.is_empty() {
        return String::new();
    }
    let shown: usize = of.groups.iter().map(|group| group.entries.len()).sum();
    let related = related(of);
    let places: String = of.groups.iter().map(|group| place(of, group, &related)).collect();
    let left_out = match of.input.known.saturating_sub(shown as u64) {
        0 => String::new(),
        more => format!(
            " The page holds the {} that were published last; {} earlier ones are left out: groundwork ledger show FOLDER \
             --subject ID shows them.",
            whole(shown as u64),
            whole(more)
        ),
    };
    let left_places = match of.left_places as u64 {
        0 => String::new(),
        more => format!(
            " {} more {} not on the page: groundwork status --json has all.",
            whole(more),
            plural(more, "subject is", "subjects are")
        ),
    };
    let tools = "<div class=\"table-tools live\"><div><label for=\"place-filter\">Show only</label><input id=\"place-filter\" \
        type=\"search\" placeholder=\"name, province or id\" autocomplete=\"off\" spellcheck=\"false\"></div>\
        <p id=\"places-filtered\" role=\"status\"></p></div>";
    let body = format!(
        "<p>Every entry that was known, under the place that it speaks of: {} {} of {} {}.{left_out}{left_places}</p>{tools}\
         <div id=\"place-list\">{places}</div>",
        whole(of.input.known),
        plural(of.input.known, "entry", "entries"),
        whole(of.groups.len() as u64),
        plural(of.groups.len() as u64, "subject", "subjects"),
    );
    wrap_section("places", "Place by place, entry by entry", &body)
}

/// Holds by the number of an entry how later ones relate to it.
pub(super) type Related = HashMap<u64, Vec<(RelationKind, u64)>>;

fn related(of: &Evidence) -> Related {
    let mut related = Related::new();
    for known in of.input.entries {
        for relation in &known.entry.draft.relations {
            related.entry(relation.entry).or_default().push((relation.how, known.entry.number));
        }
    }
    related
}

/// Says how later entries relate to one.
pub(super) fn related_words(of: &Evidence, later: &[(RelationKind, u64)]) -> Vec<String> {
    later
        .iter()
        .map(|(how, number)| format!("{} {}", is_related(*how), of.number(*number)))
        .collect()
}

fn place(of: &Evidence, group: &Group, related: &Related) -> String {
    let spot = of.gazetteer.get(&group.key);
    let mut local = String::new();
    for language in of.gazetteer.languages() {
        let name = spot.map_or("", |spot| spot.name_in(language));
        if !name.is_empty() {
            local.push_str(&format!(
                " <span lang=\"{}\">{}</span>",
                markup(language),
                markup(name)
            ));
        }
    }
    let mut facts = Vec::new();
    facts.extend(spot.map(|spot| spot.province.to_owned()).filter(|province| !province.is_empty()));
    if !group.key.is_empty() && group.key != group.title {
        facts.push(group.key.clone());
    }
    let count = |number: usize, one, many| {
        let number = number as u64;
        format!("{} {}", whole(number), plural(number, one, many))
    };
    if !group.facilities.is_empty() {
        facts.push(count(group.facilities.len(), "facility", "facilities"));
    }
    facts.push(count(group.entries.len(), "entry", "entries"));
    let last = group.facilities.iter().map(|facility| facility.last_heard).max();
    facts.extend(last.map(|day| format!("last heard of {day}")));
    let entries: String =
        group.entries.iter().map(|known| entry::draw(of, known, related)).collect();
    format!(
        "<details class=\"place\"><summary><b>{}</b>{local} <span>{}</span></summary><div class=\"place-body\" id=\"{}\">{}{entries}\
         <p class=\"back\"><a href=\"#timeline\">Claim and check</a> \u{b7} <a href=\"#places\">All places</a></p></div></details>",
        markup(&group.title),
        markup(&facts.join(" \u{b7} ")),
        anchor(&group.key),
        facilities(of, group),
    )
}

/// Returns the three statuses of each facility of a place, which are never mixed.
fn facilities(of: &Evidence, group: &Group) -> String {
    if group.facilities.is_empty() {
        return String::new();
    }
    let rows: String = group
        .facilities
        .iter()
        .take(FACILITIES)
        .map(|facility| facility_row(of, facility))
        .collect();
    let heads = ["Facility", "Official: claimed", "Evidence: verified", "Schedule", "Stages"];
    let caption = format!("{}: what is claimed, what is verified, and the schedule", group.title);
    table("status-table", &caption, &heads, &rows)
}

fn facility_row(of: &Evidence, facility: &FacilityScore) -> String {
    let subject = &facility.subject;
    let stage = |stage: Option<Stage>| stage.map_or("\u{2013}", reached);
    let what = [subject.batch.as_str(), subject.kind.as_str()].join(" ");
    let halted = facility.halted.map_or_else(String::new, |stage| format!(", {}", reached(stage)));
    let silent = if facility.silent { "<span class=\"under\">silent</span>" } else { "" };
    format!(
        "<tr><th scope=\"row\">{}<span class=\"under\">{}</span></th><td>{}{halted}{silent}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
        markup(if what.trim().is_empty() { &subject.id } else { what.trim() }),
        markup(&subject.id),
        stage(facility.official),
        stage(facility.evidence),
        schedules(facility),
        facility.stages.iter().map(|state| stage_line(of, state)).collect::<Vec<_>>().join("<br>"),
    )
}

fn schedules(facility: &FacilityScore) -> String {
    let words = |schedule: Schedule| schedule.words();
    let lines = facility.schedule.iter().map(|one| {
        format!(
            "{} by {}: {} by claim, {} by evidence",
            reached(one.stage),
            one.due.day,
            words(one.claimed),
            words(one.verified)
        )
    });
    lines.collect::<Vec<_>>().join("<br>")
}

fn stage_line(of: &Evidence, state: &StageState) -> String {
    let sides = [
        ("claimed", state.claimed),
        ("verified", state.verified),
        ("denied", state.denied),
        ("due", state.deadline),
    ];
    let sides: Vec<String> = sides
        .into_iter()
        .filter_map(|(word, mark)| {
            mark.map(|mark| format!("{word} {} ({})", mark.day, of.number(mark.entry)))
        })
        .collect();
    let ready = match state.ready {
        Some(true) => ", found ready",
        Some(false) => ", found not ready",
        None => "",
    };
    format!("{}: {}{ready}", reached(state.stage), sides.join(", "))
}

#[cfg(test)]
mod tests {
    use super::anchor;

    #[test]
    fn an_anchor_is_one_word_and_two_places_never_share_it() {
        assert_eq!(anchor("KP0717"), "place-KP0717");
        assert_eq!(anchor("a b/~<\u{e9}"), "place-a~20b~2F~7E~3C~C3~A9");
        assert_eq!(anchor(""), "programme");
        assert_ne!(anchor("a b"), anchor("a~20b"));
    }
}
