//! What inspections come to, facility by facility: items that hold, what is to be mended, opened before ready.

use std::collections::BTreeMap;

use groundwork_model::Programme;
use groundwork_model::evidence::{
    Answer, Checklist, Counted, EvidenceRules, FacilityReadiness, FindingState, Inspections,
    ItemState, Mark, Predicate, Ready, SaidReady, Scope, Snapshot, Stage, Subject, Unready, Voice,
};
use jiff::civil::Date;

use crate::world::either;

/// Returns what inspections come to. `counted` holds the entries that count of which the predicate is `inspection`,
/// `readiness` or `finding`; the snapshot says which facilities there are and when they opened.
///
/// Facilities of a kind with a checklist at which nobody looked are there as well.
#[must_use]
pub fn inspections(programme: &Programme, counted: &[Counted], snapshot: &Snapshot) -> Inspections {
    let settings = &programme.settings;
    let mut of: BTreeMap<&str, (&Subject, Vec<&Counted>)> = BTreeMap::new();
    for one in counted.iter().filter(|one| one.entry.draft.subject.scope == Scope::Facility) {
        let subject = &one.entry.draft.subject;
        of.entry(&subject.id).or_insert_with(|| (subject, Vec::new())).1.push(one);
    }
    let mut opened: BTreeMap<&str, Mark> = BTreeMap::new();
    for facility in &snapshot.facilities {
        let subject = &facility.subject;
        if settings.checklist(&subject.kind).is_some() {
            of.entry(&subject.id).or_insert_with(|| (subject, Vec::new()));
        }
        if let Some(mark) = facility.stage(Stage::Inaugurated).and_then(either) {
            opened.insert(&subject.id, mark);
        }
    }
    let facilities = of.into_iter().map(|(id, (subject, mut entries))| {
        entries.sort_by_key(|one| (one.day, one.entry.number));
        let opened = opened.get(id).copied();
        let list = settings.checklist(&subject.kind);
        facility(subject, &entries, list, opened, snapshot)
    });
    Inspections {
        programme: settings.name.clone(),
        times: snapshot.times,
        root: snapshot.root.clone(),
        rules: snapshot.rules.clone(),
        facilities: facilities.collect(),
    }
}

fn facility(
    subject: &Subject,
    entries: &[&Counted],
    list: Option<&Checklist>,
    opened: Option<Mark>,
    snapshot: &Snapshot,
) -> FacilityReadiness {
    let rules = &snapshot.rules;
    let (items, undone) = items(entries, list, rules);
    let findings = findings(entries, snapshot.times.as_of, rules);
    let again: u32 = findings.iter().map(|finding| finding.again).sum();
    let looked =
        entries.iter().filter(|one| looks(&one.entry.draft.predicate)).map(|one| mark(one));
    let [claimed, verified] = [false, true].map(|seen| ready(&items, seen));
    FacilityReadiness {
        subject: subject.clone(),
        claimed,
        verified,
        said: said(entries),
        rework: again + undone,
        looked: looked.max(),
        opened_before_ready: opened
            .map_or_else(Vec::new, |opened| unready(entries, list, opened, rules)),
        opened,
        items,
        findings,
    }
}

const fn looks(predicate: &Predicate) -> bool {
    matches!(predicate, Predicate::Inspection { .. } | Predicate::Readiness { .. })
}

const fn mark(one: &Counted) -> Mark {
    Mark { day: one.day, entry: one.entry.number }
}

fn is_seen(one: &Counted) -> bool {
    one.entry.draft.voice == Voice::Independent
}

/// Returns whether an entry verifies: somebody independent says it, at the least grade or better, and nobody stands behind it
/// who runs the programme.
fn verifies(one: &Counted, rules: &EvidenceRules) -> bool {
    let graded = one.entry.draft.grade.is_some_and(|grade| grade.reaches(rules.least_grade));
    is_seen(one) && graded && !one.theirs
}

/// Returns the items with their last answers, and how often one that had held held no more by the same side.
fn items(
    entries: &[&Counted],
    list: Option<&Checklist>,
    rules: &EvidenceRules,
) -> (Vec<ItemState>, u32) {
    let listed = list.map_or(&[][..], |list| &list.items);
    let mut items: Vec<ItemState> = listed
        .iter()
        .map(|item| ItemState {
            id: item.id.clone(),
            words: item.label().to_owned(),
            required: item.required,
            listed: true,
            claimed: None,
            verified: None,
        })
        .collect();
    let mut undone = 0;
    for one in entries {
        let Predicate::Readiness { item, holds } = &one.entry.draft.predicate else { continue };
        let at = items.iter().position(|state| state.id == *item).unwrap_or_else(|| {
            items.push(ItemState {
                id: item.clone(),
                words: item.clone(),
                required: false,
                listed: false,
                claimed: None,
                verified: None,
            });
            items.len() - 1
        });
        let side = match (is_seen(one), verifies(one, rules)) {
            (false, _) => &mut items[at].claimed,
            (true, true) => &mut items[at].verified,
            // Somebody independent of a lower grade, or behind whom those stand who run the programme, neither verifies nor speaks for those who run it.
            (true, false) => continue,
        };
        if !holds && side.is_some_and(|before| before.holds) {
            undone += 1;
        }
        *side = Some(Answer { holds: *holds, mark: mark(one) });
    }
    (items, undone)
}

/// Returns whether all required items hold, by one side.
fn ready(items: &[ItemState], verified: bool) -> Ready {
    let required = items.iter().filter(|item| item.required);
    let answers = required.map(|item| if verified { item.verified } else { item.claimed });
    let (mut any, mut known) = (false, true);
    for answer in answers {
        any = true;
        match answer {
            Some(answer) if !answer.holds => return Ready::NotReady,
            Some(_) => {}
            None => known = false,
        }
    }
    if any && known { Ready::Ready } else { Ready::NotKnown }
}

/// Returns what was last said of the whole: by those who run the programme or nobody known, then by somebody independent.
fn said(entries: &[&Counted]) -> Vec<SaidReady> {
    let last = |seen: bool| {
        let mut inspections = entries.iter().rev().filter(|one| is_seen(one) == seen);
        inspections.find_map(|one| match one.entry.draft.predicate {
            Predicate::Inspection { ready: Some(ready) } => {
                Some(SaidReady { ready, mark: mark(one), voice: one.entry.draft.voice })
            }
            _ => None,
        })
    };
    [false, true].into_iter().filter_map(last).collect()
}

/// Returns why a facility was not ready when it opened: the last answers before, of each side, that say so. As for items,
/// somebody independent who does not verify is on neither side.
fn unready(
    entries: &[&Counted],
    list: Option<&Checklist>,
    opened: Mark,
    rules: &EvidenceRules,
) -> Vec<Unready> {
    let required = |item: &str| {
        list.is_some_and(|list| list.items.iter().any(|row| row.id == *item && row.required))
    };
    let mut last: BTreeMap<(&str, bool), (bool, &Counted)> = BTreeMap::new();
    let sides = |one: &&&Counted| !is_seen(one) || verifies(one, rules);
    for &one in entries.iter().filter(|one| one.day <= opened.day).filter(sides) {
        let (item, holds) = match &one.entry.draft.predicate {
            Predicate::Inspection { ready: Some(ready) } => ("", *ready),
            Predicate::Readiness { item, holds } if required(item) => (item.as_str(), *holds),
            _ => continue,
        };
        last.insert((item, is_seen(one)), (holds, one));
    }
    let failed = last.into_iter().filter(|(_, (holds, _))| !holds);
    let reason = |((item, _), (_, one)): ((&str, bool), (bool, &Counted))| Unready {
        item: item.to_owned(),
        mark: mark(one),
        voice: one.entry.draft.voice,
    };
    failed.map(reason).collect()
}

/// Returns what was found, open ones first. Entries speak of one finding where one relates to the other or their words
/// are the same.
fn findings(entries: &[&Counted], as_of: Date, rules: &EvidenceRules) -> Vec<FindingState> {
    let mut findings: Vec<FindingState> = Vec::new();
    for one in entries {
        let Predicate::Finding { mended } = one.entry.draft.predicate else { continue };
        let words = words_of(one);
        let related = |finding: &FindingState| {
            one.entry
                .draft
                .relations
                .iter()
                .any(|relation| finding.entries.contains(&relation.entry))
        };
        let same =
            |finding: &FindingState| !words.is_empty() && alike(&finding.words) == alike(words);
        let known = findings.iter().position(related).or_else(|| findings.iter().position(same));
        let at = known.unwrap_or_else(|| {
            findings.push(new_finding(words, one));
            findings.len() - 1
        });
        let finding = &mut findings[at];
        if known.is_some() {
            finding.entries.push(one.entry.number);
        }
        if mended {
            finding.mended = Some(mark(one));
            finding.mended_verified |= verifies(one, rules);
        } else {
            if finding.mended.take().is_some() {
                finding.again += 1;
                finding.mended_verified = false;
            }
            let due = one.entry.draft.valid.latest;
            finding.due = finding.due.or(due);
            finding.moved_to = due.filter(|due| Some(*due) != finding.due);
        }
        // An entry that was ended speaks no more of what is open.
        if let Some(day) = one.ended.filter(|_| !mended) {
            finding.mended = Some(Mark { day, entry: one.entry.number });
        }
    }
    for finding in &mut findings {
        finding.overdue = finding.mended.is_none() && finding.due.is_some_and(|due| due < as_of);
    }
    findings.sort_by_key(|finding| {
        (finding.mended.is_some(), finding.due.unwrap_or(Date::MAX), finding.found.entry)
    });
    findings
}

fn new_finding(words: &str, one: &Counted) -> FindingState {
    FindingState {
        words: words.to_owned(),
        found: mark(one),
        due: None,
        moved_to: None,
        mended: None,
        mended_verified: false,
        overdue: false,
        again: 0,
        entries: vec![one.entry.number],
    }
}

/// Returns what an entry says that was found: the first line of its note, or of the sentence that it rests on.
fn words_of(one: &Counted) -> &str {
    let texts = &one.entry.draft.texts;
    let text = match &texts.quote {
        Some(quote) if texts.note.is_empty() => &quote.text,
        _ => &texts.note,
    };
    text.lines().next().unwrap_or_default()
}

fn alike(words: &str) -> String {
    words.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}
