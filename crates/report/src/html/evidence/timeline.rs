//! Claim and check: for each facility what is claimed and what is verified of its stages on one axis of time, and how
//! long the way from claim to check is.

use std::collections::BTreeMap;

use groundwork_model::evidence::words::reached;
use groundwork_model::evidence::{
    FacilityScore, GroupScore, Mark, PromiseScore, Stage, StageState, day_number,
};

use super::axis::{Axis, label_below};
use super::{Evidence, days, folded, key_of, marks, places, table};
use crate::escape::markup;
use crate::html::section as wrap_section;
use crate::number::{plural, whole};

/// Facilities of one group, and of all, that are drawn.
const DRAWN: [usize; 2] = [60, 240];
/// Groups that stand unfolded.
const UNFOLDED: usize = 3;
/// Facilities in the table of a group.
const ROWS: usize = 200;

/// Returns the section; nothing where no facility is named.
pub(super) fn section(of: &Evidence) -> String {
    let groups = groups(of);
    if groups.is_empty() {
        return String::new();
    }
    let stages: Vec<Stage> = marks::STAGES
        .into_iter()
        .filter(|stage| of.card.facilities.iter().any(|f| said(f, *stage)))
        .collect();
    let denials = of.card.facilities.iter().any(|f| f.stages.iter().any(|s| s.denied.is_some()));
    let mut room = DRAWN[1];
    let (mut first, mut rest, mut left_out) = (String::new(), String::new(), 0);
    let mut folded_groups = 0_u64;
    for (at, (group, facilities)) in groups.iter().enumerate() {
        if room == 0 {
            left_out += facilities.len();
            continue;
        }
        let drawn = facilities.len().min(DRAWN[0]).min(room);
        room -= drawn;
        let part = part(of, group, facilities, drawn);
        if at < UNFOLDED {
            first.push_str(&part);
        } else {
            folded_groups += 1;
            rest.push_str(&part);
        }
    }
    let summary =
        format!("{} more {}", whole(folded_groups), plural(folded_groups, "group", "groups"));
    let left_out = match left_out {
        0 => String::new(),
        more => format!(
            "<p class=\"note\">{} more facilities of other groups are not drawn: groundwork status --json has all.</p>",
            whole(more as u64)
        ),
    };
    let body = format!(
        "<p>What was claimed of each facility, when, and whether somebody independent has seen it since. The name leads to every \
         entry about the place.</p>{}{first}{}{left_out}",
        marks::key(&stages, denials),
        folded(&summary, &rest)
    );
    wrap_section("timeline", "Claim and check", &body)
}

fn said(facility: &FacilityScore, stage: Stage) -> bool {
    facility
        .stages
        .iter()
        .any(|state| state.stage == stage && (state.claimed.is_some() || state.verified.is_some()))
}

type Groups<'a> = Vec<(&'a GroupScore, Vec<&'a FacilityScore>)>;

/// Returns the groups with something to draw: first those to which something was promised, in their order.
fn groups<'a>(of: &Evidence<'a>) -> Groups<'a> {
    let mut members: BTreeMap<(&str, &str), Vec<&FacilityScore>> = BTreeMap::new();
    for facility in &of.card.facilities {
        if marks::STAGES.into_iter().any(|stage| said(facility, stage)) {
            let key = (facility.subject.batch.as_str(), facility.subject.kind.as_str());
            members.entry(key).or_default().push(facility);
        }
    }
    let (main, others) = of.card.promised_groups();
    let mut found = Vec::new();
    for group in main.into_iter().chain(others) {
        let key = (group.batch.as_str(), group.kind.as_str());
        if let Some(mut facilities) = members.remove(&key) {
            let stage = promise(of, group).map(|promise| promise.stage);
            facilities.sort_by_cached_key(|facility| order(of, facility, stage));
            found.push((group, facilities));
        }
    }
    found
}

/// Returns the promise by which a group is judged: the first that speaks of it.
fn promise<'a>(of: &Evidence<'a>, group: &GroupScore) -> Option<&'a PromiseScore> {
    of.card.promises.iter().find(|promise| promise.is_of(group))
}

/// Sorts facilities so that a reader sees a staircase: those first that reached the stage first, then those that came
/// furthest, then by name.
fn order(
    of: &Evidence,
    facility: &FacilityScore,
    stage: Option<Stage>,
) -> (i32, usize, i32, String) {
    let focus = focus(facility, stage);
    let at_stage = focus.filter(|state| stage.is_none_or(|stage| state.stage == stage));
    let reached = at_stage.and_then(first_day).unwrap_or(i32::MAX);
    let far = focus.map_or(0, |state| state.stage.index());
    let began = facility.stages.iter().filter_map(first_day).min().unwrap_or(i32::MAX);
    let name = of.facility_name(&facility.subject.id).to_owned();
    (reached, usize::MAX - far, began, name)
}

fn first_day(state: &StageState) -> Option<i32> {
    let marks = [state.claimed, state.verified];
    marks.into_iter().flatten().map(|mark| day_number(mark.day)).min()
}

/// Returns the stage by which a facility is judged: the promised one where anything is said of it, else the furthest.
fn focus(facility: &FacilityScore, stage: Option<Stage>) -> Option<&StageState> {
    let known = |state: &&StageState| state.claimed.is_some() || state.verified.is_some();
    let promised = facility.stages.iter().filter(known).find(|state| Some(state.stage) == stage);
    let built = |state: &&StageState| known(state) && state.stage < Stage::Stalled;
    promised.or_else(|| facility.stages.iter().rfind(built))
}

/// Says how long the way from claim to check is.
fn gap_words(of: &Evidence, state: &StageState) -> String {
    let as_of = day_number(of.card.times.as_of);
    match (state.claimed, state.verified) {
        (Some(claim), Some(check)) => match day_number(check.day) - day_number(claim.day) {
            0 => "checked on the day of the claim".to_owned(),
            after if after > 0 => format!("checked {} after the claim", days(after)),
            before => format!("seen {} before it was claimed", days(before)),
        },
        (Some(claim), None) => match state.denied {
            Some(denied) => format!("claimed; denied on {}", denied.day),
            None => match as_of - day_number(claim.day) {
                0 => "claimed on the day looked at".to_owned(),
                since => format!("unchecked for {}", days(since)),
            },
        },
        (None, Some(_)) => "seen, and not claimed".to_owned(),
        (None, None) => String::new(),
    }
}

fn part(of: &Evidence, group: &GroupScore, facilities: &[&FacilityScore], drawn: usize) -> String {
    let promise = promise(of, group);
    let title = group.name();
    let unchecked = facilities
        .iter()
        .filter_map(|facility| focus(facility, promise.map(|promise| promise.stage)))
        .filter(|state| state.claimed.is_some() && state.verified.is_none())
        .count() as u64;
    let number = facilities.len() as u64;
    let more = match facilities.len() - drawn {
        0 => String::new(),
        more => format!(
            " The first {} are drawn; {} more are not.",
            whole(drawn as u64),
            whole(more as u64)
        ),
    };
    let chart = Chart::new(of, promise, &facilities[..drawn]);
    format!(
        "<h3>{}</h3><p class=\"note\">{} {}, {} of them claimed and not checked.{more}</p>\
         <div class=\"chart claims\">{}{}</div>{}",
        markup(&title),
        whole(number),
        plural(number, "facility", "facilities"),
        whole(unchecked),
        chart.wide(&title),
        chart.narrow(&title),
        as_table(of, &title, promise, facilities)
    )
}

/// Is a chart of facilities, a row each.
struct Chart<'e, 'a> {
    of: &'e Evidence<'a>,
    promise: Option<&'a PromiseScore>,
    facilities: &'e [&'a FacilityScore],
    first: i32,
    last: i32,
}

const WIDE: (f64, f64, f64, f64) = (980.0, 150.0, 255.0, 21.0);
const NARROW: (f64, f64, f64, f64) = (350.0, 6.0, 8.0, 38.0);
const HEAD: f64 = 26.0;

impl<'e, 'a> Chart<'e, 'a> {
    fn new(
        of: &'e Evidence<'a>,
        promise: Option<&'a PromiseScore>,
        facilities: &'e [&'a FacilityScore],
    ) -> Self {
        let last = day_number(of.card.times.as_of);
        let states = facilities.iter().flat_map(|facility| &facility.stages);
        let first = states.filter_map(first_day).min().unwrap_or(last).min(last);
        Self { of, promise, facilities, first, last }
    }

    fn wide(&self, title: &str) -> String {
        let (width, left, right, row) = WIDE;
        let axis = Axis::new(self.first, self.last, left, width - right);
        let rows = self.facilities.iter().enumerate().map(|(at, facility)| {
            let y = HEAD + row * (at as f64 + 0.5);
            let who = (left - 8.0, y + 4.0, "end");
            let room = (0.0, y - row / 2.0, left - 4.0, row);
            format!(
                "{}{}<text class=\"gap-words\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                self.track(facility, &axis, y),
                self.name(facility, 21, who, room),
                width - right + 8.0,
                y + 4.0,
                markup(&self.words(facility, true))
            )
        });
        self.sheet("wide", title, &axis, (width, row), &rows.collect::<String>())
    }

    fn narrow(&self, title: &str) -> String {
        let (width, left, right, row) = NARROW;
        let axis = Axis::new(self.first, self.last, left, width - right);
        let rows = self.facilities.iter().enumerate().map(|(at, facility)| {
            let top = HEAD + row * at as f64;
            let room = (0.0, top, width / 2.0, row / 2.0);
            format!(
                "{}<text class=\"gap-words\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>{}",
                self.name(facility, 18, (left, top + 13.0, "start"), room),
                width - right,
                top + 13.0,
                markup(&self.words(facility, false)),
                self.track(facility, &axis, top + 26.0)
            )
        });
        self.sheet("narrow", title, &axis, (width, row), &rows.collect::<String>())
    }

    fn sheet(
        &self,
        class: &str,
        title: &str,
        axis: &Axis,
        (width, row): (f64, f64),
        rows: &str,
    ) -> String {
        let base = HEAD + row * self.facilities.len() as f64;
        let mut lines = format!(
            "<line class=\"axis\" x1=\"{}\" x2=\"{}\" y1=\"{base}\" y2=\"{base}\"/>",
            axis.left, axis.right
        );
        for tick in axis.ticks(58.0) {
            let x = axis.x(tick.day);
            lines.push_str(&format!(
                "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{HEAD}\" y2=\"{base}\"/>{}",
                label_below(x, base + 16.0, width, &tick.label)
            ));
        }
        format!(
            "<svg class=\"{class}\" viewBox=\"0 0 {width} {:.0}\" role=\"group\" aria-label=\"{}\">{lines}{}{rows}</svg>",
            base + 24.0,
            markup(&format!(
                "Claims and checks over time: {title}. The same days are in the table below."
            )),
            self.due(axis, base)
        )
    }

    /// Draws the line of the day on which the promise falls due, where the axis reaches it.
    fn due(&self, axis: &Axis, base: f64) -> String {
        let Some(due) = self.promise.and_then(|promise| promise.due) else { return String::new() };
        let day = day_number(due);
        if day < self.first || day > self.last {
            let word = if day > self.last { "falls due later, on" } else { "fell due before, on" };
            let (x, anchor) =
                if day > self.last { (axis.right, "end") } else { (axis.left, "start") };
            return format!(
                "<text class=\"tick due-word\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{word} {due}</text>",
                HEAD - 12.0
            );
        }
        let x = axis.x(day);
        let half = 48.0;
        let middle = x.clamp(axis.left + half, (axis.right - half).max(axis.left + half));
        format!(
            "<path class=\"due\" d=\"M{x:.1} {:.1}V{base:.1}\"/>\
             <text class=\"tick due-word\" x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">due {due}</text>",
            HEAD - 8.0,
            HEAD - 12.0
        )
    }

    /// Draws the marks of a facility, the way from claim to check beneath them.
    fn track(&self, facility: &FacilityScore, axis: &Axis, y: f64) -> String {
        let mut gaps = String::new();
        let mut shapes = String::new();
        let focus = focus(facility, self.promise.map(|promise| promise.stage));
        for state in &facility.stages {
            let x = |mark: Mark| axis.x(day_number(mark.day));
            match (state.claimed.map(x), state.verified.map(x)) {
                (Some(claim), Some(check)) => {
                    gaps.push_str(&format!(
                        "<path class=\"gap shut\" d=\"M{claim:.1} {y:.1}H{check:.1}\"/>"
                    ));
                }
                (Some(claim), None) if focus.is_some_and(|focus| focus.stage == state.stage) => {
                    gaps.push_str(&format!(
                        "<path class=\"gap open\" d=\"M{claim:.1} {y:.1}H{:.1}\"/>",
                        axis.right
                    ));
                }
                _ => {}
            }
            let word = reached(state.stage);
            let sides = [("claimed", state.claimed), ("verified", state.verified)];
            for (class, mark) in sides {
                let Some(mark) = mark else { continue };
                let title = format!("{word}: {class}, {} (entry {})", mark.day, mark.entry);
                shapes.push_str(&marks::draw(state.stage, class, x(mark), y, &title));
            }
            if let Some(mark) = state.denied {
                let title = format!("{word}: denied, {} (entry {})", mark.day, mark.entry);
                shapes.push_str(&marks::denied(x(mark), y, &title));
            }
        }
        gaps + &shapes
    }

    /// Says how long the way from claim to check is; at another stage than the promised one also at which.
    fn words(&self, facility: &FacilityScore, long: bool) -> String {
        let stage = self.promise.map(|promise| promise.stage);
        let Some(state) = focus(facility, stage) else { return String::new() };
        let words = gap_words(self.of, state);
        match (Some(state.stage) == stage, long) {
            (true, _) => words,
            (false, true) => format!("{}: {words}", reached(state.stage)),
            (false, false) => words.replace("unchecked for ", "unchecked "),
        }
    }

    /// Writes the name of a facility at a point, with its identifier where two are called alike. All of its room leads
    /// to the place, since letters alone are hard to hit.
    fn name(
        &self,
        facility: &FacilityScore,
        most: usize,
        (x, y, anchor): (f64, f64, &str),
        (left, top, width, height): (f64, f64, f64, f64),
    ) -> String {
        let id = &facility.subject.id;
        let name = self.of.facility_name(id);
        let alike = |other: &&FacilityScore| self.of.facility_name(&other.subject.id) == name;
        let name = match self.facilities.iter().filter(|other| alike(other)).count() {
            0 | 1 => name.to_owned(),
            _ => format!("{name} {}", id.rsplit('/').next().unwrap_or_default()),
        };
        let short = match name.char_indices().nth(most) {
            Some((end, _)) => format!("{}\u{2026}", name[..end].trim_end()),
            None => name,
        };
        let text = format!(
            "<text class=\"who\" x=\"{x}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>",
            markup(&short)
        );
        let key = key_of(&facility.subject);
        if !self.of.keys.contains(&key) {
            return text;
        }
        format!(
            "<a href=\"#{}\"><rect class=\"room\" x=\"{left}\" y=\"{top:.1}\" width=\"{width}\" height=\"{height}\"/>{text}</a>",
            places::anchor(&key)
        )
    }
}

/// Returns the days of a group as a table, for those who see no chart.
fn as_table(
    of: &Evidence,
    title: &str,
    promise: Option<&PromiseScore>,
    facilities: &[&FacilityScore],
) -> String {
    let stages: Vec<Stage> = Stage::ALL
        .into_iter()
        .filter(|stage| facilities.iter().any(|facility| said(facility, *stage)))
        .collect();
    let row = |facility: &&FacilityScore| {
        let cells: String = stages
            .iter()
            .map(|stage| {
                let state = facility.stages.iter().find(|state| state.stage == *stage);
                format!("<td>{}</td>", state.map_or_else(String::new, |state| cell(of, state)))
            })
            .collect();
        let gap = focus(facility, promise.map(|promise| promise.stage))
            .map_or_else(String::new, |state| {
                format!("{}: {}", reached(state.stage), gap_words(of, state))
            });
        format!(
            "<tr><th scope=\"row\">{}<span class=\"under\">{}</span></th>{cells}<td>{}</td></tr>",
            of.link(&key_of(&facility.subject), of.facility_name(&facility.subject.id)),
            markup(&facility.subject.id),
            markup(&gap)
        )
    };
    let rows: String = facilities.iter().take(ROWS).map(row).collect();
    let mut heads = vec!["Facility"];
    heads.extend(stages.iter().map(|stage| reached(*stage)));
    heads.push("From claim to check");
    let more = match facilities.len().saturating_sub(ROWS) {
        0 => String::new(),
        more => format!(
            "<p class=\"note\">{} more: groundwork status --json has all.</p>",
            whole(more as u64)
        ),
    };
    let caption = format!("{title}: days of claims (c) and checks (v), with their entries");
    folded("As a table", &(table("days-table", &caption, &heads, &rows) + &more))
}

fn cell(of: &Evidence, state: &StageState) -> String {
    let sides = [("c", state.claimed), ("v", state.verified), ("denied", state.denied)];
    let sides = sides.into_iter().filter_map(|(word, mark)| {
        mark.map(|mark| format!("{word} {} ({})", mark.day, of.number(mark.entry)))
    });
    sides.collect::<Vec<_>>().join("<br>")
}
