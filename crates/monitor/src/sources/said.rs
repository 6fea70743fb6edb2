//! What an entry says, in few bytes.

use groundwork_model::evidence::{
    Bound, Draft, EvidenceRules, Predicate, RelationKind, Scope, Stage, Voice,
};
use sha2::{Digest, Sha256};

/// Letters and digits of a passage below which it is no sign of a copy: short sentences repeat.
const LEAST_WORDS: usize = 40;

/// Is what an entry says.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) number: u64,
    /// Place of its source in the book.
    pub(super) source: u32,
    /// Place of who may have looked in the book.
    pub(super) origin: u32,
    /// Day from which it counts.
    pub(super) day: i32,
    pub(super) published: i32,
    /// Place of its facility in the book, and the stage; none where it says nothing of a stage of a facility.
    pub(super) of: Option<(u32, Stage)>,
    pub(super) how: How,
    /// Whether another entry can deny the stage that it says.
    pub(super) deniable: bool,
    /// Whether it comes from somebody else than its source.
    pub(super) carried: bool,
    /// Its passage, as a number.
    pub(super) passage: Option<u64>,
}

/// Says what an entry says of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// Nothing.
    Nothing,
    /// That it was reached, as those say who run the programme, or nobody known.
    Claim,
    /// That it was reached, as somebody independent saw, at the least grade or better.
    Seen,
    /// The same at a lower grade, or from those who run the programme.
    SeenPoorly,
    /// That it was not reached, as somebody independent says.
    Denied,
}

/// Returns whether `denies` of another entry takes back a stage that a draft says: not that of something delivered, nor of
/// a stage on the way.
pub(super) const fn is_deniable(draft: &Draft) -> bool {
    matches!(
        draft.predicate,
        Predicate::Stage { .. } | Predicate::Inspection { .. } | Predicate::Count { .. }
    )
}

/// Returns which stage of its facility a draft speaks of, and what it says of it.
pub(super) fn of_stage(draft: &Draft, rules: &EvidenceRules) -> Option<(Stage, How)> {
    if draft.subject.scope != Scope::Facility {
        return None;
    }
    let (stage, reached) = match &draft.predicate {
        Predicate::Stage { stage, reached } => (*stage, Some(*reached)),
        Predicate::Progress { stage, reached, .. } => (*stage, reached.then_some(true)),
        Predicate::Count { stage, .. } => (*stage, counts_any(draft)),
        Predicate::Inspection { .. } => (Stage::Inspected, Some(true)),
        Predicate::Output { .. } => (Stage::Operating, Some(true)),
        _ => return None,
    };
    let good = draft.grade.is_some_and(|grade| grade.reaches(rules.least_grade));
    let how = match (reached?, draft.voice == Voice::Independent, good) {
        (true, false, _) => How::Claim,
        (true, true, true) => How::Seen,
        (true, true, false) => How::SeenPoorly,
        (false, true, _) => How::Denied,
        (false, false, _) => How::Nothing,
    };
    Some((stage, how))
}

/// Returns whether the number of a draft is one or more; none where that is not said.
fn counts_any(draft: &Draft) -> Option<bool> {
    let value = draft.value.as_ref()?;
    let number = value.number.map(|n| n.mantissa().div_euclid(10_i64.saturating_pow(n.scale())));
    match (value.bound, number) {
        (Bound::All | Bound::Several, _) => Some(true),
        (Bound::Exactly | Bound::About | Bound::AtLeast, Some(1..)) => Some(true),
        (Bound::Exactly | Bound::About, Some(0)) | (Bound::LessThan, Some(1)) => Some(false),
        _ => None,
    }
}

/// Returns the entries that a draft takes out of count, and those that it denies.
pub(super) fn bearing(draft: &Draft) -> (Vec<u64>, Vec<u64>) {
    let of = |kinds: &[RelationKind]| {
        let fits = draft.relations.iter().filter(|to| kinds.contains(&to.how));
        fits.map(|to| to.entry).collect()
    };
    let denies = draft.voice == Voice::Independent;
    (
        of(&[RelationKind::Corrects, RelationKind::Retracts]),
        if denies { of(&[RelationKind::Denies]) } else { Vec::new() },
    )
}

/// Returns a passage as a number that is the same however it is set: its letters and digits, all small. None where it is
/// too short to be a sign of anything.
pub(super) fn passage(text: &str) -> Option<u64> {
    let bare: String =
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if bare.chars().count() < LEAST_WORDS {
        return None;
    }
    let digest = Sha256::digest(bare.as_bytes());
    Some(u64::from_be_bytes(*digest.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_same_however_they_are_set() {
        let one = passage("The county's factories were opened on Friday, in the presence of all.");
        let two = passage("  the COUNTYS factories\nwere opened on friday in the presence of all");
        assert!(one.is_some() && one == two);
        assert_ne!(
            one,
            passage("The county's factories were opened on Monday, in the presence of all.")
        );
        assert_eq!(passage("They were opened."), None);
    }
}
