//! Why no plan keeps all rules, in the terminal: sets of rules, and repairs with prices.

use groundwork_model::{
    Conflict, ConflictRule, ConflictSet, Decimal, PricedBy, Repair, RepairedPlan,
};

use crate::figures::{count, per_cent, value};

/// Sets and repairs that are shown; `--json` has all of them.
const SHOWN: usize = 6;

/// Returns what to print.
pub(crate) fn text(conflict: &Conflict) -> String {
    let mut lines = Vec::new();
    let sets = conflict.sets.len();
    for (at, set) in conflict.sets.iter().take(SHOWN).enumerate() {
        lines.push(String::new());
        lines.push(heading(set, at + 1, conflict));
        lines.extend(set.rules.iter().map(|rule| format!("  {}", placed(rule))));
        if !set.facts.is_empty() {
            let kept = if set.rules.is_empty() { "of these facts" } else { "with these facts" };
            lines.push(format!("  {kept}: {}", set.facts.join("; ")));
        }
    }
    if sets > SHOWN {
        lines.push(format!("and {} more with --json", count(sets - SHOWN, "set")));
    }
    lines.push(String::new());
    lines.push(how_far(conflict));
    lines.push(String::new());
    lines.extend(repairs(conflict));
    lines.join("\n")
}

fn heading(set: &ConflictSet, number: usize, conflict: &Conflict) -> String {
    let of = if conflict.complete { format!(" of {}", conflict.sets.len()) } else { String::new() };
    let name = format!("Set {number}{of}");
    match (set.rules.len(), set.irreducible) {
        (0, _) => format!("{name}: there is no plan even without any of your rules"),
        (1, true) => format!("{name}: this rule cannot be kept"),
        (2, true) => {
            format!("{name}: these 2 rules cannot be kept together; either of them alone can")
        }
        (rules, true) => format!(
            "{name}: these {rules} rules cannot be kept together; without any one of them the others can"
        ),
        (rules, false) => format!(
            "{name}: these {rules} rules cannot be kept together; whether all of them are needed for that was \
             not found in time"
        ),
    }
}

fn placed(rule: &ConflictRule) -> String {
    let file = rule.file.as_ref().map(|file| format!("{file}, ")).unwrap_or_default();
    let row = rule.row.map(|row| format!("row {row}, ")).unwrap_or_default();
    format!("{file}{row}{}: {}", rule.key, rule.words)
}

/// Says how far the search for sets came.
fn how_far(conflict: &Conflict) -> String {
    let rules = count(conflict.rules as usize, "rule");
    match (conflict.complete, conflict.sets.is_empty()) {
        (true, _) => format!("{rules} in play; there is no further such set."),
        (false, true) => format!(
            "{rules} in play; the search ended before a set of them was found. Give it more time with --time-limit."
        ),
        (false, false) if conflict.rules >= 20 => format!(
            "{rules} in play; of 20 and more not all sets are looked for, so there may be others."
        ),
        (false, false) => format!(
            "{rules} in play; the search ended before it had found all sets, so there may be others."
        ),
    }
}

fn repairs(conflict: &Conflict) -> Vec<String> {
    if conflict.repairs.is_empty() {
        return vec!["No repair was found: no trial with fewer rules came to a plan before its work or the time was spent.".to_owned()]
            .into_iter()
            .filter(|_| conflict.sets.iter().all(|set| !set.rules.is_empty()))
            .collect();
    }
    let prices = match conflict.prices {
        PricedBy::Shares => {
            "priced by the sum of the changes, each as a share of what is written (a rule left out is 100 %)"
        }
        PricedBy::Programme => "priced by [repair_prices] of programme.toml",
    };
    let mut lines = vec![format!("Repairs, the cheapest first, {prices}:")];
    for (at, repair) in conflict.repairs.iter().take(SHOWN).enumerate() {
        lines.extend(repair_lines(repair, at + 1, conflict.prices));
    }
    if conflict.repairs.len() > SHOWN {
        let more = count(conflict.repairs.len() - SHOWN, "repair");
        lines.push(format!("and {more} more with --json"));
    }
    lines
}

fn repair_lines(repair: &Repair, number: usize, prices: PricedBy) -> Vec<String> {
    let shown = |price: Option<Decimal>| match (price, prices) {
        (None, _) => "no price".to_owned(),
        (Some(price), PricedBy::Shares) => format!("{price} %"),
        (Some(price), PricedBy::Programme) => format!("price {price}"),
    };
    let several = repair.changes.len() > 1;
    let mut lines = Vec::new();
    for (at, change) in repair.changes.iter().enumerate() {
        let lead = if at == 0 {
            format!("{number:>3}. {}: ", shown(repair.price))
        } else {
            "     and ".to_owned()
        };
        let part = if several { format!(" ({})", shown(change.price)) } else { String::new() };
        let ConflictRule { file, row, key, .. } = &change.rule;
        let row = row.map(|row| format!("row {row}, ")).unwrap_or_default();
        let file = file.as_ref().map(|file| format!("{file}, ")).unwrap_or_default();
        lines.push(format!("{lead}{}{part} [{file}{row}{key}]", change.words));
    }
    let least = if repair.least { "" } else { " (perhaps less would do)" };
    lines.push(match &repair.plan {
        Some(plan) => format!("     then a plan exists: {}{least}", plan_words(plan)),
        None => {
            format!("     then a plan exists; time was over before a good one was found{least}")
        }
    });
    lines
}

fn plan_words(plan: &RepairedPlan) -> String {
    let shown = value(plan.value as f64, plan.scale, &plan.unit);
    let openings = count(plan.openings as usize, "opening");
    let gap = match plan.gap {
        None => "no bound".to_owned(),
        Some(0.0) => "proved best".to_owned(),
        Some(gap) => format!("within {} of the best", per_cent(gap)),
    };
    format!("{openings}, value {shown}, {gap}")
}
