//! What inspections come to, in the terminal.

use groundwork_model::Programme;
use groundwork_model::evidence::{
    Answer, FacilityReadiness, FindingState, Inspections, ItemState, Ready, SaidReady, Voice,
};
use groundwork_monitor::Names;

use super::lines::{indented, safe, wrapped};
use crate::commands::difference_text::plain_table;
use crate::figures::thousands;

/// Facilities that the table shows.
const ROWS: usize = 30;

/// Findings that are listed below the table.
const FINDINGS: usize = 10;

/// Facilities that opened before they were ready, of which the reason is given.
const OPENED: usize = 10;

/// Returns all facilities in a table, then what is to be mended and what opened before it was ready.
pub(super) fn table(
    all: &Inspections,
    names: &Names<'_>,
    programme: &Programme,
    filtered: bool,
) -> String {
    let mut text = headline(all);
    if all.facilities.is_empty() {
        text.push_str(match filtered {
            false => "\nNothing was inspected, and no named facility is of a kind with a checklist.\n",
            true => {
                "\nOf those asked for nothing was inspected, and none is of a kind with a checklist.\n"
            }
        });
        return text;
    }
    let (looked, never): (Vec<&FacilityReadiness>, Vec<&FacilityReadiness>) =
        all.facilities.iter().partition(|one| one.looked.is_some() || !one.findings.is_empty());
    text.push_str(&rows(&looked, names));
    text.push_str(&never_looked(&never, names));
    text.push_str(&findings(&looked, names));
    text.push_str(&opened(&looked, names));
    if programme.settings.checklists.is_empty() {
        text.push_str("\nprogramme.toml has no [[checklists]], so that nothing says what makes a facility ready.\n");
    }
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn headline(all: &Inspections) -> String {
    format!(
        "{}\nInspections as of {}, from what was published by {}\nVerified: by somebody independent of grade {} or \
         better. Ready: every required item holds.\n",
        all.programme, all.times.as_of, all.times.known_by, all.rules.least_grade
    )
}

fn rows(looked: &[&FacilityReadiness], names: &Names<'_>) -> String {
    if looked.is_empty() {
        return "\nNobody has looked yet.\n".to_owned();
    }
    let mut table = plain_table(&[
        "facility",
        "holds/not/open",
        "ready: claimed",
        "ready: verified",
        "inspector said",
        "to mend",
        "rework",
        "last looked",
        "opened",
    ]);
    for one in looked.iter().take(ROWS) {
        table.add_row([
            called(one, names),
            tally(&one.items),
            one.claimed.words().to_owned(),
            one.verified.words().to_owned(),
            said(&one.said),
            to_mend(&one.findings),
            if one.rework == 0 { "-".to_owned() } else { one.rework.to_string() },
            one.looked.map_or("-".to_owned(), |mark| mark.day.to_string()),
            one.opened.map_or("-".to_owned(), |mark| {
                let early = if one.opened_before_ready.is_empty() { "" } else { ", before ready" };
                format!("{}{early}", mark.day)
            }),
        ]);
    }
    let more = match looked.len().saturating_sub(ROWS) {
        0 => String::new(),
        more => indented(&format!("and {} more; --json has all", thousands(more as u64))),
    };
    format!("\n{table}\n{more}\"open\": not looked at. Each answer is the last one of its side.\n")
}

fn called(one: &FacilityReadiness, names: &Names<'_>) -> String {
    let name = names.facility(&one.subject.id);
    if name == one.subject.id {
        safe(name)
    } else {
        format!("{} [{}]", safe(name), safe(&one.subject.id))
    }
}

/// Returns how many listed items hold, do not, and were not looked at, each item by its last answer of either side.
fn tally(items: &[ItemState]) -> String {
    let listed: Vec<&ItemState> = items.iter().filter(|item| item.listed).collect();
    if listed.is_empty() {
        return "no checklist".to_owned();
    }
    let last = |item: &ItemState| latest(item).map(|answer| answer.holds);
    let number = |wanted: Option<bool>| listed.iter().filter(|item| last(item) == wanted).count();
    format!("{}/{}/{} of {}", number(Some(true)), number(Some(false)), number(None), listed.len())
}

fn latest(item: &ItemState) -> Option<Answer> {
    item.claimed.into_iter().chain(item.verified).max_by_key(|answer| answer.mark)
}

fn said(said: &[SaidReady]) -> String {
    let one = |said: &SaidReady| {
        let word = if said.ready { "ready" } else { "not ready" };
        format!("{word} ({})", voice(said.voice))
    };
    let all: Vec<String> = said.iter().map(one).collect();
    if all.is_empty() { "-".to_owned() } else { all.join("; ") }
}

pub(super) const fn voice(voice: Voice) -> &'static str {
    match voice {
        Voice::SelfReport => "self-report",
        Voice::Independent => "independent",
        Voice::Unattributed => "unattributed",
    }
}

fn to_mend(findings: &[FindingState]) -> String {
    let open = findings.iter().filter(|finding| finding.mended.is_none()).count();
    let overdue = findings.iter().filter(|finding| finding.overdue).count();
    match (open, overdue) {
        (0, _) => "-".to_owned(),
        (open, 0) => open.to_string(),
        (open, overdue) => format!("{open}, {overdue} overdue"),
    }
}

fn never_looked(never: &[&FacilityReadiness], names: &Names<'_>) -> String {
    if never.is_empty() {
        return String::new();
    }
    let opened: Vec<String> =
        never.iter().filter(|one| one.opened.is_some()).map(|one| one.subject.id.clone()).collect();
    let others: Vec<String> =
        never.iter().filter(|one| one.opened.is_none()).map(|one| one.subject.id.clone()).collect();
    let mut text = "\nNo inspection is reported\n".to_owned();
    for (ids, what) in [(opened, "opened"), (others, "not opened")] {
        if !ids.is_empty() {
            let line =
                format!("{what}: {} ({})", thousands(ids.len() as u64), names.facilities(&ids));
            text.push_str(&wrapped(&line, "  ", "    "));
        }
    }
    text
}

fn findings(looked: &[&FacilityReadiness], names: &Names<'_>) -> String {
    let mut open: Vec<(&FacilityReadiness, &FindingState)> = looked
        .iter()
        .flat_map(|one| one.findings.iter().map(move |finding| (*one, finding)))
        .filter(|(_, finding)| finding.mended.is_none())
        .collect();
    if open.is_empty() {
        return String::new();
    }
    open.sort_by_key(|(_, finding)| (finding.due.unwrap_or(jiff::civil::Date::MAX), finding.found));
    let mut text = "\nTo be mended, what is due first\n".to_owned();
    for (one, finding) in open.iter().take(FINDINGS) {
        let line = format!("{}: {}", names.facility(&one.subject.id), finding_line(finding));
        text.push_str(&wrapped(&line, "  ", "    "));
    }
    if open.len() > FINDINGS {
        text.push_str(&indented(&format!(
            "and {} more; --json has all",
            thousands((open.len() - FINDINGS) as u64)
        )));
    }
    text
}

fn finding_line(finding: &FindingState) -> String {
    let words = if finding.words.is_empty() { "(its words were erased)" } else { &finding.words };
    let due = match (finding.due, finding.overdue) {
        (Some(due), true) => format!("was to be mended by {due}, overdue"),
        (Some(due), false) => format!("to be mended by {due}"),
        (None, _) => "no date was set".to_owned(),
    };
    let moved = finding.moved_to.map_or_else(String::new, |day| format!(", then put off to {day}"));
    let again = match finding.again {
        0 => String::new(),
        1 => "; was mended and found again".to_owned(),
        more => format!("; was mended and found again {more} times"),
    };
    format!(
        "{words}: {due}{moved} (found {}, entry {}){again}",
        finding.found.day, finding.found.entry
    )
}

fn opened(looked: &[&FacilityReadiness], names: &Names<'_>) -> String {
    let early: Vec<&&FacilityReadiness> =
        looked.iter().filter(|one| !one.opened_before_ready.is_empty()).collect();
    if early.is_empty() {
        return String::new();
    }
    let mut text = format!("\nOpened before ready: {}\n", thousands(early.len() as u64));
    for one in early.iter().take(OPENED) {
        text.push_str(&wrapped(&opened_line(one, names), "  ", "    "));
    }
    text
}

fn opened_line(one: &FacilityReadiness, names: &Names<'_>) -> String {
    let opened = one
        .opened
        .map_or_else(String::new, |mark| format!("opened {} (entry {})", mark.day, mark.entry));
    let words = |id: &str| {
        one.items
            .iter()
            .find(|item| item.id == id)
            .map_or_else(|| id.to_owned(), |item| item.words.clone())
    };
    let reasons: Vec<String> = one
        .opened_before_ready
        .iter()
        .map(|reason| {
            let what = if reason.item.is_empty() {
                "the inspector said not ready".to_owned()
            } else {
                format!("\"{}\" did not hold", words(&reason.item))
            };
            format!(
                "{what} on {} (entry {}, {})",
                reason.mark.day,
                reason.mark.entry,
                voice(reason.voice)
            )
        })
        .collect();
    format!("{}: {opened}; {}", names.facility(&one.subject.id), reasons.join("; "))
}

/// Returns all of single facilities: each item, each finding.
pub(super) fn whole(all: &Inspections, names: &Names<'_>) -> String {
    let mut text = headline(all);
    for one in &all.facilities {
        text.push_str(&format!("\n{}\n", called(one, names)));
        let mut table = plain_table(&["item", "required", "claimed", "verified"]);
        for item in &one.items {
            let required = match (item.required, item.listed) {
                (true, _) => "yes",
                (false, true) => "no",
                (false, false) => "not on the list",
            };
            table.add_row([
                safe(&item.words),
                required.to_owned(),
                answer(item.claimed),
                answer(item.verified),
            ]);
        }
        if !one.items.is_empty() {
            text.push_str(&format!("{table}\n"));
        }
        let ready = |ready: Ready| ready.words();
        text.push_str(&indented(&format!(
            "by the required items: claimed {}, verified {}",
            ready(one.claimed),
            ready(one.verified)
        )));
        for said in &one.said {
            let word = if said.ready { "ready" } else { "not ready" };
            text.push_str(&indented(&format!(
                "the inspector said: {word}, {} (entry {}, {})",
                said.mark.day,
                said.mark.entry,
                voice(said.voice)
            )));
        }
        for finding in &one.findings {
            let line = match finding.mended {
                None => format!("to be mended: {}", finding_line(finding)),
                Some(mark) => format!(
                    "mended {} (entry {}{}): {}",
                    mark.day,
                    mark.entry,
                    if finding.mended_verified { ", seen by somebody independent" } else { "" },
                    finding.words
                ),
            };
            text.push_str(&wrapped(&line, "  ", "    "));
        }
        if one.looked.is_none() {
            text.push_str(&indented("nobody has looked yet"));
        }
        if !one.opened_before_ready.is_empty() {
            text.push_str(&wrapped(
                &format!("opened before ready: {}", opened_line(one, names)),
                "  ",
                "    ",
            ));
        } else if let Some(mark) = one.opened {
            text.push_str(&indented(&format!("opened {} (entry {})", mark.day, mark.entry)));
        }
    }
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn answer(answer: Option<Answer>) -> String {
    answer.map_or("-".to_owned(), |answer| {
        let word = if answer.holds { "yes" } else { "no" };
        format!("{word}, {} (entry {})", answer.mark.day, answer.mark.entry)
    })
}
