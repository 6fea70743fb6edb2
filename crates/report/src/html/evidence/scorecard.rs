//! The scorecard: what was promised, claimed and verified, batch by batch and stage by stage.

use groundwork_model::evidence::words::{reached, units};
use groundwork_model::evidence::{GroupScore, PromiseScore, Reached, Schedule, Stage, StageScore};

use super::{Evidence, folded, milestones, table};
use crate::escape::markup;
use crate::html::section as wrap_section;
use crate::number::{plural, whole};

/// Groups with a promise that stand unfolded: the last ones.
const GROUPS: usize = 3;
/// Groups in the tables at most.
const ROWS: usize = 400;
/// Entries that the page lists behind one figure.
const ENTRIES: usize = 60;
/// Width of a bar's sheet.
const BAR: f64 = 200.0;

/// Returns the section.
pub(super) fn section(of: &Evidence) -> String {
    let body = [standing(of), groups(of), others(of), provinces(of), milestones::part(of)].concat();
    wrap_section("scorecard", "Promised, claimed, verified", &body)
}

fn standing(of: &Evidence) -> String {
    let rules = &of.card.rules;
    let origins = u64::from(rules.origins);
    format!(
        "<p>{}</p><p class=\"note\">Claimed: said by those who run the programme, or by nobody known. Verified: seen by {} {} of \
         grade {} or better, and not denied later. Each stage stands for itself: completed is not opened. Figures count \
         facilities that are named; totals that name nobody stand beside them and are never added. \u{201c}Operating\u{201d} is \
         known for {} days. <a href=\"#ledger\">Rules and sources</a></p>",
        markup(&of.standing()),
        whole(origins),
        plural(origins, "independent origin", "independent origins"),
        rules.least_grade,
        whole(rules.operating_days),
    )
}

fn groups(of: &Evidence) -> String {
    let (main, _) = of.card.promised_groups();
    if main.is_empty() {
        return "<p>No facility is named by any entry that counts.</p>".to_owned();
    }
    let hidden = main.len().saturating_sub(GROUPS);
    let earlier: String =
        main[..hidden].iter().rev().take(ROWS).map(|group| card(of, group)).collect();
    let last: String = main[hidden..].iter().map(|group| card(of, group)).collect();
    let summary = format!("{} before these", counted(hidden as u64, "group", "groups"));
    last + &folded(&summary, &earlier)
}

fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", whole(number), plural(number, one, many))
}

fn card(of: &Evidence, group: &GroupScore) -> String {
    let promises: Vec<&PromiseScore> =
        of.card.promises.iter().filter(|promise| promise.is_of(group)).collect();
    let named = counted(group.facilities, "named facility", "named facilities");
    let figures = promises.first().map_or_else(String::new, |promise| figures(promise));
    let words: String = promises.iter().map(|promise| words(promise)).collect();
    format!(
        "<div class=\"batch\"><h3>{}</h3>{words}{figures}{}{}</div>",
        markup(&group.name()),
        stages(of, group, promises.first().copied(), &named),
        entries(of, group),
    )
}

fn words(promise: &PromiseScore) -> String {
    let words = match promise.words.as_str() {
        "" => String::new(),
        words => format!(" \u{201c}{}\u{201d}", markup(words)),
    };
    format!("<p class=\"promised-words\">Promised: {}.{words}</p>", markup(&promise.asked()))
}

/// Returns the four figures of a promise.
fn figures(promise: &PromiseScore) -> String {
    let side = |side: &Reached| side.count.map_or_else(|| "not counted".to_owned(), whole);
    let due = promise.due.map_or_else(|| "without a date".to_owned(), |due| format!("due {due}"));
    let unit = promise.unit.name();
    let figure = |class: &str, word: &str, number: &str, explained: &str| {
        format!(
            "<div class=\"figure {class}\"><dt>{word}</dt><dd><span class=\"number\">{number}</span>\
             <span class=\"explained\">{}</span></dd></div>",
            markup(explained)
        )
    };
    let missing = |side: &Reached| match (side.schedule, side.count) {
        (Schedule::Late, Some(count)) => whole(promise.count.saturating_sub(count)),
        (Schedule::NotDue | Schedule::Unknown, _) => "\u{2013}".to_owned(),
        _ => "0".to_owned(),
    };
    let late = match promise.claimed.schedule {
        Schedule::NotDue => "not due yet".to_owned(),
        Schedule::Unknown => "cannot be told".to_owned(),
        _ => {
            let by_due = promise.claimed.by_due.map(|by_due| promise.count.saturating_sub(by_due));
            let then = by_due
                .filter(|late| *late > 0 && promise.claimed.by_due != promise.claimed.count)
                .map_or_else(String::new, |late| format!(", {} when it fell due", whole(late)));
            format!("by what is claimed{then}; {} by what is verified", missing(&promise.verified))
        }
    };
    format!(
        "<dl class=\"figures four\">{}{}{}{}</dl>",
        figure(
            "promised",
            "Promised",
            &whole(promise.count),
            &format!("{unit} {}, {due}", reached(promise.stage))
        ),
        figure("said", "Claimed", &side(&promise.claimed), &promise.kept(&promise.claimed)),
        figure("seen", "Verified", &side(&promise.verified), &promise.kept(&promise.verified)),
        figure("late", "Late", &missing(&promise.claimed), &late),
    )
}

/// Returns the stages of a group as a table with bars.
fn stages(
    of: &Evidence,
    group: &GroupScore,
    promise: Option<&PromiseScore>,
    named: &str,
) -> String {
    let most = promise.map_or(0, |promise| promise.count).max(group.facilities).max(1);
    let mut rows = String::new();
    for stage in Stage::ALL {
        let (score, beside) = (group.stage(stage), of.card.beside(stage, group));
        if score.is_none() && beside.is_empty() {
            continue;
        }
        let beside: Vec<String> = beside
            .into_iter()
            .map(|one| format!("{} (entry {})", markup(&one.in_short()), of.number(one.entry)))
            .collect();
        let lapsed = match score.map_or(0, |score| score.lapsed) {
            0 => String::new(),
            lapsed => format!("{} not known any more; ", whole(lapsed)),
        };
        rows.push_str(&format!(
            "<tr><th scope=\"row\">{}</th><td class=\"bar\">{}</td>{}{}{}<td class=\"beside\">{lapsed}{}</td></tr>",
            reached(stage),
            bar(score, most),
            number(score.map(|score| &score.claimed)),
            number(score.map(|score| &score.verified)),
            number(score.map(|score| &score.denied)),
            beside.join("; "),
        ));
    }
    if rows.is_empty() {
        return format!("<p>{named}; of no stage is anything said.</p>");
    }
    let caption = format!("{}: {named}, stage by stage", group.name());
    let heads =
        ["Stage", "", "Claimed", "Verified", "Denied", "Beside them: totals that name nobody"];
    table("stages-table", &caption, &heads, &rows)
}

fn number(entries: Option<&Vec<u64>>) -> String {
    match entries.map_or(0, Vec::len) {
        0 => "<td class=\"none\">\u{2013}</td>".to_owned(),
        number => format!("<td>{}</td>", whole(number as u64)),
    }
}

/// Draws how many are claimed, hollow, and how many of all are verified, filled.
fn bar(score: Option<&StageScore>, most: u64) -> String {
    let width = |entries: Option<&Vec<u64>>| {
        entries.map_or(0.0, |entries| entries.len() as f64) / most as f64 * (BAR - 2.0)
    };
    let (claimed, verified) =
        (width(score.map(|score| &score.claimed)), width(score.map(|score| &score.verified)));
    format!(
        "<svg viewBox=\"0 0 {BAR} 16\" width=\"{BAR}\" height=\"16\" aria-hidden=\"true\"><path class=\"rail\" d=\"M1 14.5H{}\"/>\
         <rect class=\"said\" x=\"1\" y=\"2\" width=\"{claimed:.1}\" height=\"12\"/>\
         <rect class=\"seen\" x=\"1\" y=\"5\" width=\"{verified:.1}\" height=\"6\"/></svg>",
        BAR - 1.0
    )
}

/// Lists the entries that each figure of a group rests on.
fn entries(of: &Evidence, group: &GroupScore) -> String {
    let mut items = String::new();
    for score in &group.stages {
        let sides =
            [("claimed", &score.claimed), ("verified", &score.verified), ("denied", &score.denied)];
        for (word, numbers) in sides.into_iter().filter(|(_, numbers)| !numbers.is_empty()) {
            items.push_str(&format!(
                "<li>{} {word}: {} ({})</li>",
                reached(score.stage),
                whole(numbers.len() as u64),
                of.numbers(numbers, ENTRIES)
            ));
        }
    }
    folded("The entries behind these figures", &format!("<ul class=\"plain\">{items}</ul>"))
}

/// Returns the groups to which nothing was promised, a row each.
fn others(of: &Evidence) -> String {
    let (_, others) = of.card.promised_groups();
    if others.is_empty() {
        return String::new();
    }
    let caption = "Other named facilities: claimed / verified";
    format!("<h3>Beside them</h3>{}", by_stage(caption, "Group", &others))
}

/// Returns the groups of each province; nothing where there is only one.
fn provinces(of: &Evidence) -> String {
    if of.card.provinces.len() < 2 {
        return String::new();
    }
    let all: Vec<&GroupScore> = of.card.provinces.iter().collect();
    let caption = "Named facilities of all batches by province and kind: claimed / verified";
    folded("By province", &by_stage(caption, "Province and kind", &all))
}

/// Returns groups in rows and stages in columns.
fn by_stage(caption: &str, head: &str, groups: &[&GroupScore]) -> String {
    let shown: Vec<Stage> = Stage::ALL
        .into_iter()
        .filter(|stage| groups.iter().any(|group| group.stage(*stage).is_some()))
        .collect();
    let mut heads = vec![head, "Named"];
    heads.extend(shown.iter().map(|stage| reached(*stage)));
    let cell = |score: Option<&StageScore>| match score {
        None => "<td class=\"none\">\u{2013}</td>".to_owned(),
        Some(score) => format!(
            "<td>{} / {}</td>",
            whole(score.claimed.len() as u64),
            whole(score.verified.len() as u64)
        ),
    };
    let row = |group: &&GroupScore| {
        let cells: String = shown.iter().map(|stage| cell(group.stage(*stage))).collect();
        format!(
            "<tr><th scope=\"row\">{}</th><td>{}</td>{cells}</tr>",
            markup(&group.name()),
            whole(group.facilities)
        )
    };
    let rows: String = groups.iter().take(ROWS).map(row).collect();
    let more = match groups.len().saturating_sub(ROWS) {
        0 => String::new(),
        more => format!(
            "<p class=\"note\">{} more: groundwork status --json has all.</p>",
            whole(more as u64)
        ),
    };
    table("groups-table", caption, &heads, &rows) + &more
}

/// Returns a number with its unit, for other sections.
pub(super) fn of_unit(promise: &PromiseScore) -> String {
    units(promise.count, promise.unit)
}
