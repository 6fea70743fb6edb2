//! Which entries are known at the times of a snapshot, and which of them others took back or corrected.

use std::collections::HashMap;

use groundwork_model::evidence::{Draft, Entry, RelationKind, Root, Times};

/// Returns whether an entry is known at the times of a snapshot with this root: what was appended since is not in it.
pub(super) fn is_known(entry: &Entry, times: Times, root: &Root) -> bool {
    entry.number <= root.entries
        && entry.draft.published.day <= times.known_by
        && times.recorded_by.is_none_or(|until| entry.recorded_at <= until)
}

/// Returns the earlier entries of which a draft takes the place, or which it takes back.
pub(super) fn taken_back(draft: &Draft) -> impl Iterator<Item = u64> + '_ {
    let takes = |how| matches!(how, RelationKind::Corrects | RelationKind::Retracts);
    draft
        .relations
        .iter()
        .filter(move |relation| takes(relation.how))
        .map(|relation| relation.entry)
}

/// Returns by which entry each is withdrawn. One that is withdrawn itself withdraws nothing; entries relate to earlier
/// ones alone, so that the last are settled first.
pub(super) fn withdrawn(takes: &[(u64, u64)]) -> HashMap<u64, u64> {
    let mut takes = takes.to_vec();
    takes.sort_unstable_by(|a, b| b.cmp(a));
    let mut withdrawn = HashMap::new();
    for (by, earlier) in takes {
        if !withdrawn.contains_key(&by) {
            withdrawn.entry(earlier).or_insert(by);
        }
    }
    withdrawn
}

#[cfg(test)]
mod tests {
    use super::withdrawn;

    #[test]
    fn a_correction_that_is_taken_back_withdraws_nothing() {
        // 3 corrects 1; 5 takes 3 back; 4 corrects 2, and so does 6.
        let found = withdrawn(&[(3, 1), (4, 2), (5, 3), (6, 2)]);
        let mut found: Vec<(u64, u64)> = found.into_iter().collect();
        found.sort_unstable();
        assert_eq!(found, [(2, 6), (3, 5)]);
    }
}
