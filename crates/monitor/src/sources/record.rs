//! What became of claims, by the first look of somebody else after each.

use std::collections::{BTreeMap, HashMap};

use groundwork_model::evidence::{Grade, ProposedGrade, Stage, StageRecord, TrackRecord};

use super::book::SourceBook;
use super::said::{How, Said};
use crate::forecast::{NINETY, wilson};

/// Claims that must have been looked at before more than the counts is said.
const LEAST: u64 = 5;

/// Returns for each source what became of its claims, in all and by stage.
pub(super) fn records(book: &SourceBook<'_>) -> BTreeMap<u32, (TrackRecord, Vec<StageRecord>)> {
    let mut claims: HashMap<(u32, (u32, Stage)), &Said> = HashMap::new();
    let mut looks: HashMap<(u32, Stage), Vec<&Said>> = HashMap::new();
    for said in &book.said {
        let Some(of) = said.of else { continue };
        if matches!(said.how, How::Claim | How::Seen | How::SeenPoorly) {
            let first = claims.entry((said.source, of)).or_insert(said);
            if (said.published, said.number) < (first.published, first.number) {
                *first = said;
            }
        }
    }
    for (of, look) in book.looks() {
        looks.entry(of).or_default().push(look);
    }
    for looks in looks.values_mut() {
        looks.sort_by_key(|look| (look.day, look.number));
    }
    let mut stages: BTreeMap<(u32, Stage), TrackRecord> = BTreeMap::new();
    for ((source, of), claim) in claims {
        let record = stages.entry((source, of.1)).or_default();
        record.claims += 1;
        let looks = looks.get(&of).map_or(&[][..], Vec::as_slice);
        match first_after(book, claim, looks) {
            Some(look) if look.how == How::Seen => record.verified += 1,
            Some(_) => record.refuted += 1,
            None => record.open += 1,
        }
    }
    let mut records: BTreeMap<u32, (TrackRecord, Vec<StageRecord>)> = BTreeMap::new();
    for ((source, stage), record) in stages {
        let (all, stages) = records.entry(source).or_default();
        all.claims += record.claims;
        all.verified += record.verified;
        all.refuted += record.refuted;
        all.open += record.open;
        stages.push(StageRecord { stage, record: with_share(record) });
    }
    for (all, _) in records.values_mut() {
        *all = with_share(*all);
    }
    records
}

/// Returns the first look after a claim: of the same day or a later one in the world, published after it, and by somebody
/// who has nobody in common with who claims.
fn first_after<'s>(book: &SourceBook<'_>, claim: &Said, looks: &[&'s Said]) -> Option<&'s Said> {
    looks.iter().copied().find(|look| {
        look.day >= claim.day
            && (look.published, look.number) > (claim.published, claim.number)
            && book.apart(look.origin, claim.origin)
    })
}

/// Returns a record with its share, where enough was looked at.
fn with_share(mut record: TrackRecord) -> TrackRecord {
    let looked = record.verified + record.refuted;
    if looked >= LEAST {
        record.share_per_mille = u32::try_from(record.verified * 1000 / looked).ok();
        let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        record.interval_per_mille = Some(wilson(number(record.verified), number(looked), NINETY));
    }
    record
}

/// Returns the letter that a record speaks for, where it is another one.
///
/// What the least and the most of the share would be: above 80 per cent B, above 60 C; below 50 D, below 30 E. Nothing
/// speaks for an A or an F. These limits are our judgement.
pub(super) fn proposed(record: &TrackRecord, grade: Option<Grade>) -> Option<ProposedGrade> {
    let (low, high) = record.interval_per_mille?;
    let letter = match () {
        () if low >= 800 => 'B',
        () if low >= 600 => 'C',
        () if high <= 300 => 'E',
        () if high <= 500 => 'D',
        () => return None,
    };
    // What is graded better than a good record shows is left alone, and so is what is graded worse than a bad one shows.
    let kept = match grade.map(Grade::letter) {
        None | Some('F') => false,
        Some(now) if letter <= 'C' => now <= letter,
        Some(now) => now >= letter,
    };
    if kept {
        return None;
    }
    let looked = record.verified + record.refuted;
    let reason = format!(
        "{} of {looked} claims that somebody else looked at later were found so (90 %: {} to {} %)",
        record.verified,
        low / 10,
        high.div_ceil(10)
    );
    Some(ProposedGrade { letter: letter.to_string(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(verified: u64, refuted: u64) -> TrackRecord {
        with_share(TrackRecord {
            claims: verified + refuted,
            verified,
            refuted,
            ..TrackRecord::default()
        })
    }

    fn letter(verified: u64, refuted: u64, grade: &str) -> Option<String> {
        proposed(&record(verified, refuted), grade.parse().ok()).map(|proposed| proposed.letter)
    }

    #[test]
    fn few_looks_say_nothing() {
        assert_eq!(record(4, 0).interval_per_mille, None);
        assert_eq!(letter(4, 0, "D3"), None);
        // Wilson's interval of 5 in 5 for 1.645 standard errors, worked by hand: 1 / (1 + 2.706 / 5) = 0.6489.
        assert_eq!(record(5, 0).interval_per_mille, Some((648, 1000)));
        assert_eq!(letter(5, 0, "D3").as_deref(), Some("C"));
    }

    #[test]
    fn a_grade_is_proposed_where_the_record_speaks_for_another() {
        assert_eq!(letter(30, 0, "D3").as_deref(), Some("B"));
        assert_eq!(letter(30, 0, "A1"), None);
        assert_eq!(letter(30, 0, "B2"), None);
        assert_eq!(letter(0, 30, "C3").as_deref(), Some("E"));
        assert_eq!(letter(15, 15, "C3"), None);
        assert_eq!(letter(8, 22, "C3").as_deref(), Some("D"));
        assert_eq!(letter(8, 22, "E3"), None, "a bad record makes nobody better");
        assert_eq!(letter(8, 22, "F6").as_deref(), Some("D"));
        assert_eq!(letter(30, 0, ""), Some("B".to_owned()));
    }
}
