//! The bytes of facts: nothing is lost in them, and no other bytes are taken for a fact.

use groundwork_ledger::{Fact, NONE_DAY, What, mark_of_source, mark_of_subject, names_of};
use groundwork_model::evidence::{
    Bound, CountUnit, Grade, RelationKind, Scope, Stage, Subject, Voice,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn one_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    (0..all.len()).prop_map(|at| all[at])
}

const WHATS: &[What] = &[
    What::Stage,
    What::Progress,
    What::Count,
    What::Target,
    What::Deadline,
    What::MilestoneDate,
    What::PlanCycle,
    What::Inspection,
    What::Readiness,
    What::Finding,
    What::Budget,
    What::Output,
    What::Observation,
    What::Statement,
    What::Assessment,
    What::Absence,
    What::Note,
];
const BOUNDS: &[Bound] = &[
    Bound::Exactly,
    Bound::AtLeast,
    Bound::LessThan,
    Bound::About,
    Bound::All,
    Bound::Several,
    Bound::Unknown,
];
const RELATIONS: &[RelationKind] = &[
    RelationKind::Confirms,
    RelationKind::Denies,
    RelationKind::Corrects,
    RelationKind::Retracts,
    RelationKind::Expires,
    RelationKind::CountsToward,
    RelationKind::Redacts,
];

prop_compose! {
    fn a_fact()(
        numbers in any::<(u32, u32, u32, i64)>(),
        chain in prop_oneof![Just(0), any::<u32>()],
        days in (any::<i32>(), prop_oneof![Just(NONE_DAY), any::<i32>()], prop_oneof![Just(NONE_DAY), any::<i32>()]),
        what in one_of(WHATS),
        stage in prop::option::of(one_of(&Stage::ALL)),
        holds in any::<Option<bool>>(),
        unit in one_of(&CountUnit::ALL),
        bound in one_of(BOUNDS),
        number in prop::option::of(i64::MIN + 1..=i64::MAX),
        voice in one_of(&[Voice::SelfReport, Voice::Independent, Voice::Unattributed]),
        grade in prop::option::of(1_u8..=36),
        relations in vec((one_of(RELATIONS), any::<u64>()), 0..4),
    ) -> Fact {
        Fact {
            subject: numbers.0,
            source: numbers.1,
            chain,
            names: numbers.2,
            recorded_at: numbers.3,
            published: days.0,
            earliest: days.1,
            latest: days.2,
            what,
            stage,
            holds,
            unit,
            bound,
            number,
            voice,
            grade: grade.and_then(Grade::from_code),
            relations,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_fact_is_read_as_it_was_written_and_with_any_bit_flipped_not_at_all(fact in a_fact()) {
        let bytes = fact.to_bytes();
        let chain = if fact.chain == 0 { 0 } else { 4 };
        prop_assert_eq!(bytes.len(), 52 + chain + 9 * fact.relations.len());
        prop_assert_eq!(Fact::from_bytes(&bytes), Some(fact));
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(Fact::from_bytes(&flipped), None, "bit {}", bit);
        }
        for length in 0..bytes.len() {
            prop_assert_eq!(Fact::from_bytes(&bytes[..length]), None, "{} bytes", length);
        }
    }

    #[test]
    fn random_bytes_are_no_fact(bytes in vec(any::<u8>(), 0..120)) {
        prop_assert_eq!(Fact::from_bytes(&bytes), None);
        // With a right checksum the bytes may be a fact; then they are exactly those that it writes.
        let mut summed = bytes;
        summed.extend(crc32fast::hash(&summed).to_le_bytes());
        if let Some(fact) = Fact::from_bytes(&summed) {
            prop_assert_eq!(fact.to_bytes(), summed);
        }
    }
}

/// The bytes are an exchange format between versions: they are worked out here by hand.
#[test]
fn the_bytes_of_a_fact_stand_where_they_are_said_to_stand() {
    let fact = Fact {
        subject: 1,
        source: 2,
        chain: 0,
        names: 0x0403_0201,
        recorded_at: 3,
        published: 4,
        earliest: NONE_DAY,
        latest: 5,
        what: What::Count,
        stage: Some(Stage::Completed),
        holds: None,
        unit: CountUnit::Plants,
        bound: Bound::AtLeast,
        number: Some(40),
        voice: Voice::Independent,
        grade: "C3".parse().ok(),
        relations: vec![(RelationKind::Corrects, 7)],
    };
    let mut bytes = vec![1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0x80];
    bytes.extend([5, 0, 0, 0, 40, 0, 0, 0, 0, 0, 0, 0, 2, 4, 2, 2, 1, 1, 15, 0, 1, 2, 3, 4]);
    bytes.extend([2, 7, 0, 0, 0, 0, 0, 0, 0]);
    let written = fact.to_bytes();
    assert_eq!(written[..bytes.len()], bytes);
    assert_eq!(written.len(), bytes.len() + 4);
    // With a chain of attribution its number stands before the relations, and a byte says so.
    let chained = Fact { chain: 9, ..fact }.to_bytes();
    let mut expected = bytes[..48].to_vec();
    expected[43] = 1;
    expected.extend([9, 0, 0, 0]);
    expected.extend(&bytes[48..]);
    assert_eq!(chained[..expected.len()], expected);
    assert_eq!(chained.len(), expected.len() + 4);
}

#[test]
fn marks_tell_subjects_and_sources_apart() {
    let subject = |id: &str, place: &str| Subject {
        scope: Scope::Facility,
        id: id.to_owned(),
        place: place.to_owned(),
        kind: String::new(),
        batch: String::new(),
    };
    // The same letters in other fields are another subject.
    assert_ne!(mark_of_subject(&subject("ab", "c")), mark_of_subject(&subject("a", "bc")));
    assert_ne!(mark_of_subject(&subject("a", "")), mark_of_subject(&subject("", "a")));
    let (a, b) = (mark_of_source("a"), mark_of_source("b"));
    assert_ne!(
        names_of(a, b, 0),
        names_of(b, a, 0),
        "a subject's mark is not taken for a source's"
    );
    assert_ne!(names_of(a, b, 0), names_of(a, 0, b), "nor a source's for a chain's");
    // The check value of CRC-32.
    assert_eq!(mark_of_source("123456789"), 0xcbf4_3926);
}
