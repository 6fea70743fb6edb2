//! Rules about what was promised by when.

use std::collections::HashSet;

use super::of_key;
use crate::problem::{Code, Problem};
use crate::programme::Programme;

/// E244: two milestones have the same id.
pub(super) fn ids_are_unique(programme: &Programme) -> Vec<Problem> {
    let mut seen = HashSet::new();
    let listed = programme.settings.milestones.iter().enumerate();
    listed
        .filter(|(_, milestone)| !seen.insert(milestone.id.as_str()))
        .map(|(index, milestone)| {
            let cause = format!("milestone `{}` is there already", milestone.id);
            of_key(Code::DuplicateMilestone, format!("milestones[{}].id", index + 1), cause)
        })
        .collect()
}
