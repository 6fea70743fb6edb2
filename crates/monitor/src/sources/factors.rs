//! How much of what is claimed was looked at and found, by group.

use std::collections::{BTreeMap, HashMap, HashSet};

use groundwork_model::Programme;
use groundwork_model::evidence::{
    FacilityScore, FactorBy, Sample, SampleFound, Scorecard, Stage, Subject, VerificationFactor,
    day_number,
};

use super::book::SourceBook;
use super::said::{How, Said};
use super::sample::interval;

/// Looks below which nothing but counts is said, unless all were looked at.
const LEAST: u64 = 5;

/// Is a claimed facility.
struct Claimed<'a> {
    facility: &'a FacilityScore,
    province: &'a str,
    looked: bool,
    verified: bool,
    /// For each sample whether it could be drawn, and what was found where it was.
    drawn: Vec<Option<Option<bool>>>,
}

/// Returns the factors of all facilities, then by batch, kind and province; only groups of which something is claimed.
pub(super) fn factors(
    book: &SourceBook<'_>,
    card: &Scorecard,
    programme: &Programme,
    stage: Stage,
    looked: &HashSet<&Subject>,
) -> Vec<VerificationFactor> {
    let samples: Vec<&Sample> =
        programme.settings.samples.iter().filter(|sample| sample.stage == stage).collect();
    let claimed = claimed(book, card, programme, (stage, looked), &samples);
    let mut groups: BTreeMap<(FactorBy, &str), Vec<&Claimed<'_>>> = BTreeMap::new();
    for one in &claimed {
        let subject = &one.facility.subject;
        let keys = [
            (FactorBy::All, ""),
            (FactorBy::Batch, subject.batch.as_str()),
            (FactorBy::Kind, subject.kind.as_str()),
            (FactorBy::Province, one.province),
        ];
        for key in keys {
            groups.entry(key).or_default().push(one);
        }
    }
    let factor = |((by, name), group): ((FactorBy, &str), Vec<&Claimed<'_>>)| VerificationFactor {
        by,
        name: name.to_owned(),
        stage,
        claimed: group.len() as u64,
        looked: group.iter().filter(|one| one.looked).count() as u64,
        verified: group.iter().filter(|one| one.verified).count() as u64,
        sample: of_samples(&group, &samples),
    };
    groups.into_iter().map(factor).collect()
}

fn claimed<'a>(
    book: &SourceBook<'_>,
    card: &'a Scorecard,
    programme: &'a Programme,
    (stage, looked): (Stage, &HashSet<&Subject>),
    samples: &[&Sample],
) -> Vec<Claimed<'a>> {
    let provinces: HashMap<&str, &str> =
        programme.places.iter().map(|place| (place.id.as_str(), place.province.as_str())).collect();
    let looks = looks(book, stage);
    let of = |facility: &'a FacilityScore| {
        let state = facility.stages.iter().find(|state| state.stage == stage)?;
        let claim = state.claimed?;
        let province = provinces.get(facility.subject.place.as_str()).copied().unwrap_or_default();
        let since = day_number(claim.day);
        let looks = book.facilities.find(&facility.subject).and_then(|at| looks.get(&at));
        let found = |sample: &Sample| {
            let source = book.sources.find(&sample.source)?;
            let ours = looks?.iter().filter(|look| look.source == source && look.day >= since);
            ours.min_by_key(|look| (look.day, look.number)).map(|look| look.how == How::Seen)
        };
        let drawn = samples
            .iter()
            .map(|sample| could_be_drawn(sample, facility, province).then(|| found(sample)));
        Some(Claimed {
            facility,
            province,
            looked: looked.contains(&*facility.subject),
            verified: state.verified.is_some(),
            drawn: drawn.collect(),
        })
    };
    card.facilities.iter().filter_map(of).collect()
}

/// Returns the facilities of which a stage is claimed and at which somebody looked since: saw it, or saw that it was not so.
pub(super) fn looked<'a>(
    book: &SourceBook<'_>,
    card: &'a Scorecard,
    stage: Stage,
) -> HashSet<&'a Subject> {
    let looks = looks(book, stage);
    let since = |facility: &&FacilityScore| {
        let state = facility.stages.iter().find(|state| state.stage == stage);
        let Some(claim) = state.and_then(|state| state.claimed) else { return false };
        let at = book.facilities.find(&facility.subject);
        let looks = at.and_then(|at| looks.get(&at));
        looks.is_some_and(|looks| looks.iter().any(|look| look.day >= day_number(claim.day)))
    };
    card.facilities.iter().filter(since).map(|facility| &*facility.subject).collect()
}

fn could_be_drawn(sample: &Sample, facility: &FacilityScore, province: &str) -> bool {
    let fits = |wanted: &str, has: &str| wanted.is_empty() || wanted == has;
    fits(&sample.batch, &facility.subject.batch)
        && fits(&sample.kind, &facility.subject.kind)
        && fits(&sample.province, province)
}

/// Returns what was seen or denied of a stage, by facility.
fn looks<'b>(book: &'b SourceBook<'_>, stage: Stage) -> HashMap<u32, Vec<&'b Said>> {
    let mut looks: HashMap<u32, Vec<&Said>> = HashMap::new();
    for ((facility, _), look) in book.looks().filter(|((_, of), _)| *of == stage) {
        looks.entry(facility).or_default().push(look);
    }
    looks
}

/// Returns what the first sample says that speaks of the whole group.
fn of_samples(group: &[&Claimed<'_>], samples: &[&Sample]) -> Option<SampleFound> {
    let whole = |which: &usize| group.iter().all(|one| one.drawn[*which].is_some());
    let which = (0..samples.len()).find(whole)?;
    let results: Vec<bool> = group.iter().filter_map(|one| one.drawn[which].flatten()).collect();
    let (frame, drawn) = (group.len() as u64, results.len() as u64);
    let found = results.iter().filter(|found| **found).count() as u64;
    let sayable = drawn >= LEAST || (drawn > 0 && drawn == frame);
    Some(SampleFound {
        id: samples[which].id.clone(),
        frame,
        drawn,
        found,
        interval: sayable.then(|| interval(frame, drawn, found)),
    })
}
