//! Why no plan keeps all rules: irreducible sets of the programme's own rules, and the cheapest repairs.
//!
//! A rule is one table or key of `programme.toml`, one cell of the sites table that limits its site, or one decision
//! of the question (`rules`). All irreducible sets and all least sets of rules that must give way come out of one
//! search (`sets`), each question of it being a run of the solver that ends with any plan (`trial`). For the rules of
//! a least set the least change is found in whole units of the rule (`knobs`, `repairs`), with all other rules in
//! force, and the plan that exists then is shown. `facts` names what is no rule and matters too; `words` and `say` put
//! all of it in words of planning.

mod facts;
mod knobs;
mod repairs;
mod rules;
mod say;
mod sets;
mod trial;
mod words;

use groundwork_model::{Conflict, ConflictSet, PricedBy, Programme, Question, Repair};

use self::repairs::Workshop;
use self::rules::{Rule, named, rules, without};
use self::sets::{Limits, Map, Search, Set};
use crate::control::Control;

/// Rules in play below which all irreducible sets are looked for.
const ALL_SETS_BELOW: usize = 20;

/// Least sets of rules for which repairs are looked for.
const REPAIRED: usize = 6;

/// Sets of which the facts that matter are looked for.
const WITH_FACTS: usize = 8;

/// Returns why no plan keeps the rules of a programme and a question, which is known already, as far as it is found
/// before the control stops it.
#[must_use]
pub fn conflict(programme: &Programme, question: &Question, control: &dyn Control) -> Conflict {
    let rules = rules(programme, question);
    let map = searched(programme, question, control, &rules);
    let workshop = Workshop { programme, question, control };
    let repairs = repairs(&workshop, &rules, &map.repairs);
    let mut cores = map.cores;
    cores.sort_by_key(|(core, _)| core.len());
    let mut sets: Vec<ConflictSet> = Vec::new();
    for (core, irreducible) in cores {
        let named = |&rule: &usize| named(programme, question, rules[rule]);
        let kept = |rule: Rule| core.iter().any(|&at| rules[at] == rule);
        let facts = if sets.len() < WITH_FACTS && irreducible {
            let (alone, asked) = without(programme, question, &|rule| !kept(rule));
            facts::facts(&alone, &asked, control)
        } else {
            Vec::new()
        };
        sets.push(ConflictSet { rules: core.iter().map(named).collect(), facts, irreducible });
    }
    let prices = match programme.settings.repair_prices {
        Some(_) => PricedBy::Programme,
        None => PricedBy::Shares,
    };
    Conflict { rules: rules.len() as u32, sets, complete: map.complete, prices, repairs }
}

fn searched(
    programme: &Programme,
    question: &Question,
    control: &dyn Control,
    rules: &[Rule],
) -> Map {
    let mut ask = |kept: &Set| {
        let out = |rule: Rule| !kept.iter().any(|&at| rules[at] == rule);
        let (programme, question) = without(programme, question, &out);
        trial::any_plan(&programme, &question, control).answer()
    };
    let stopped = || control.stop().is_some();
    let limits = if rules.len() < ALL_SETS_BELOW {
        Limits { sets: usize::MAX, repairs: usize::MAX }
    } else {
        Limits { sets: 1, repairs: REPAIRED }
    };
    Search::new(rules.len(), &mut ask, &stopped).run(limits)
}

/// Returns the repairs of the smallest least sets of rules that must give way, the cheapest first.
fn repairs(workshop: &Workshop<'_>, rules: &[Rule], least: &[Set]) -> Vec<Repair> {
    let mut drafts = Vec::new();
    for set in least.iter().take(REPAIRED) {
        if workshop.control.stop().is_some() {
            break;
        }
        let rules: Vec<Rule> = set.iter().map(|&at| rules[at]).collect();
        drafts.extend(workshop.drafts(&rules));
    }
    workshop.by_price(drafts).iter().filter_map(|draft| workshop.finished(draft)).collect()
}
