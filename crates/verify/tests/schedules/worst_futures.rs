//! The goal of the worst-off over several futures: the case by hand of `docs/concepts/rules.md`.

use groundwork_model::certificate::{RuleFamily, RuleName, ScheduleCoverProof};
use groundwork_model::programme::{PerPeriod, Robustness};
use groundwork_model::{Code, Opening, Outlook, Programme, Proof, Question, Status};
use groundwork_verify::verify;

use crate::common::{certify, inputs, plan_in};
use crate::covers::villages;
use crate::scenarios::{expect, future, late, needing, values};
use crate::worked::{name, open, package, priced};

/// Returns the four villages, of which one gets a clinic a year; `c` is in time, or a year late.
fn in_two_futures(objective: Robustness) -> Programme {
    let mut programme = villages();
    let settings = &mut programme.settings;
    settings.kinds.truncate(1);
    settings.packages = vec![package("clinic", &["clinic"], 0, 0)];
    settings.budgets.clear();
    settings.quota.openings = PerPeriod::Same(1);
    expect(&mut programme, objective, vec![future("in time", 2), late("late", &["c"], Some(1))]);
    programme
}

fn first(site: &str) -> [Opening; 2] {
    [open(site, "clinic", 1), open("d", "clinic", 2)]
}

/// Returns a proof for a year, with a price of 1 for each opening up to it.
fn cover(year: u32, at_least_m: u32, weights: [u64; 4]) -> ScheduleCoverProof {
    let quota = |period: u32| priced(RuleName { period, ..name(RuleFamily::Quota) }, 1);
    ScheduleCoverProof {
        at_least_m,
        weights: vec![weights.to_vec()],
        prices: (1..=year).map(quota).collect(),
    }
}

/// Returns the proofs of 28 and 12 km in time, and of 40 and 12 km where `c` is late.
fn by_hand() -> Vec<ScheduleCoverProof> {
    let second = || cover(2, 12_000, [1, 0, 1, 1]);
    let first = |at_least_m| cover(1, at_least_m, [1, 0, 0, 1]);
    vec![first(28_000), second(), first(40_000), second()]
}

fn bound(
    programme: &Programme,
    question: &Question,
    periods: Vec<ScheduleCoverProof>,
) -> (Option<i128>, Vec<Code>) {
    let mut plan = plan_in(programme, question, &first("b"), &[]);
    let certificate = certify(&mut plan, 0, Proof::ScheduleCover { periods });
    let verdict = verify(programme, &inputs(), &plan, Some(&certificate));
    let codes = verdict.problems.iter().map(|problem| problem.code);
    let proof = [Code::CertificateMalformed, Code::BoundNotProved];
    (verdict.bound, codes.filter(|code| proof.contains(code)).collect())
}

#[test]
fn the_farthest_counts_in_each_future() {
    let together = Question::default();
    let expected = in_two_futures(Robustness::Expected);
    assert_eq!(values(&expected, &together, &first("c")), (vec![50, 82], 2 * 50 + 82));
    assert_eq!(values(&expected, &together, &first("b")), (vec![52, 52], 3 * 52));
    let worst = in_two_futures(Robustness::WorstCase);
    assert_eq!(values(&worst, &together, &first("c")), (vec![50, 82], 82));
    assert_eq!(values(&worst, &together, &first("b")), (vec![52, 52], 52));
    let alone = Question { outlook: Outlook::Future("late".to_owned()), ..Question::default() };
    assert_eq!(values(&worst, &alone, &first("c")), (vec![82], 82));
    // Where nobody needs anything in a future nobody is far.
    let mut empty = in_two_futures(Robustness::Expected);
    expect(&mut empty, Robustness::Expected, vec![needing("nobody", 5, 0, None)]);
    assert_eq!(values(&empty, &together, &first("c")), (vec![0], 0));
}

#[test]
fn covers_of_every_future_prove_the_best_plan() {
    let programme = in_two_futures(Robustness::WorstCase);
    let mut plan = plan_in(&programme, &Question::default(), &first("b"), &[]);
    let certificate = certify(&mut plan, 52_000, Proof::ScheduleCover { periods: by_hand() });
    plan.status = Status::Optimal;
    plan.stopped_by = groundwork_model::StoppedBy::Proved;
    let verdict = verify(&programme, &inputs(), &plan, Some(&certificate));
    assert!(verdict.accepted, "{:#?}", verdict.problems);
    assert_eq!((verdict.value, verdict.bound), (Some(52_000), Some(52_000)));
    // In the mean each future counts by its weight.
    let expected = in_two_futures(Robustness::Expected);
    let question = Question::default();
    assert_eq!(bound(&expected, &question, by_hand()), (Some(2 * 40_000 + 52_000), vec![]));
}

#[test]
fn what_is_altered_in_one_future_proves_less_or_nothing() {
    let programme = in_two_futures(Robustness::WorstCase);
    let question = Question::default();
    let altered = |alter: &dyn Fn(&mut Vec<ScheduleCoverProof>)| {
        let mut periods = by_hand();
        alter(&mut periods);
        bound(&programme, &question, periods)
    };
    // In time `c` has both within less than 40 km.
    let in_time = (Some(52_000), vec![Code::BoundNotProved]);
    assert_eq!(altered(&|p| p[0].at_least_m = 40_000), in_time);
    // Late it does not, and nobody lies 40 km and a metre from `b`.
    let late = (Some(40_000), vec![Code::BoundNotProved]);
    assert_eq!(altered(&|p| p[2].at_least_m = 40_001), late);
    let refused = (None, vec![Code::CertificateMalformed]);
    assert_eq!(altered(&|p| p.truncate(2)), refused);
    assert_eq!(altered(&|p| p.push(ScheduleCoverProof::default())), refused);
    // One future alone has its own periods only.
    let alone = Question { outlook: Outlook::Future("late".to_owned()), ..Question::default() };
    assert_eq!(bound(&programme, &alone, by_hand()), refused);
    assert_eq!(bound(&programme, &alone, by_hand().split_off(2)), (Some(52_000), vec![]));
}
