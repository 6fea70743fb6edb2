//! Rules about what is looked at before facilities open, and about what they can deliver.

use std::collections::HashSet;

use super::of_key;
use crate::problem::{Code, Problem};
use crate::programme::Programme;

/// E248: two checklists are of one kind, or two items of one have the same id.
pub(super) fn lists_are_clear(programme: &Programme) -> Vec<Problem> {
    let mut faults = Vec::new();
    let mut kinds = HashSet::new();
    for (index, list) in (1..).zip(&programme.settings.checklists) {
        if !kinds.insert(list.kind.as_str()) {
            let cause = format!("there is a checklist of `{}` already", list.kind);
            faults.push(of_key(Code::ChecklistTwice, format!("checklists[{index}].kind"), cause));
        }
        let mut items = HashSet::new();
        for (number, item) in (1..).zip(&list.items) {
            let reserved = RESERVED.contains(&item.id.as_str());
            if reserved || !items.insert(item.id.as_str()) {
                let cause = match reserved {
                    true => format!(
                        "`{}` is a line of every form, so no item can be called so",
                        item.id
                    ),
                    false => format!("item `{}` is there already", item.id),
                };
                let key = format!("checklists[{index}].items[{number}].id");
                faults.push(of_key(Code::ChecklistTwice, key, cause));
            }
        }
    }
    faults
}

/// Lines of a form that are no items.
const RESERVED: [&str; 3] = ["inspection", "finding", "seen"];

/// E249: what a facility can deliver of a product is given twice, in two ways or not at all, or by a size that is not there.
pub(super) fn outputs_are_clear(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let mut faults = Vec::new();
    let mut seen = HashSet::new();
    for (index, rule) in (1..).zip(&settings.outputs) {
        let key = |name: &str| format!("outputs[{index}].{name}");
        let mut note =
            |name: &str, cause: String| faults.push(of_key(Code::OutputUnclear, key(name), cause));
        if !seen.insert((&rule.kind, &rule.product)) {
            note("product", format!("`{}` of `{}` is there already", rule.product, rule.kind));
        }
        match (rule.capacity, &rule.of) {
            (Some(_), Some(_)) => note("of", "both capacity and of are given".to_owned()),
            (None, None) => note("product", "neither capacity nor of is given".to_owned()),
            (None, Some(of)) if rule.capacity_in(settings).is_none() => {
                note("of", format!("`{of}` is no size with a capacity"));
            }
            _ => {}
        }
    }
    faults
}
