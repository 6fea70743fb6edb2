//! What a replan settles and counts, worked by hand on the three villages of `worked`.

use groundwork_model::certificate::{RuleFamily, ScheduleNode};
use groundwork_model::plan::Action;
use groundwork_model::programme::{Amounts, PerPeriod, Upgrade};
use groundwork_model::{
    Code, Facility, Goal, Locked, Opening, Programme, Progress, Promise, Proof, Question,
    QuotaRule, Replan, Site, SiteRule, SiteState,
};
use groundwork_verify::{verify, verify_choice};

use crate::common::{certify, facility, inputs, plan_of, site};
use crate::worked::{asked, close, name, open, priced, proof, proved_of, turn, villages};

/// Returns the villages over three years, with an upgrade from post to clinic.
fn three_years() -> Programme {
    let mut programme = villages();
    programme.settings.periods.count = 3;
    programme.settings.upgrades = vec![Upgrade {
        from: "post".to_owned(),
        to: "clinic".to_owned(),
        cost: Amounts::new(),
        build: 0,
    }];
    programme
}

fn promise(row: &Opening) -> Promise {
    let Opening { site, package, period, action, .. } = row.clone();
    Promise { site, package, period, action }
}

fn promising(rows: &[Opening], begun_by: u32) -> Replan {
    Replan { promised: rows.iter().map(promise).collect(), begun_by, ..Replan::default() }
}

fn asking(replan: Replan) -> Question {
    Question { replan: Some(replan), ..Question::default() }
}

fn state(site: &str, state: Progress, package: Option<&str>, period: Option<u32>) -> SiteState {
    let (site, package) = (site.to_owned(), package.map(str::to_owned));
    SiteState { site, state, package, period }
}

fn with_state(rows: Vec<SiteState>) -> Question {
    asking(Replan { state: rows, ..Replan::default() })
}

/// Checks that a plan is accepted, whole; openings of `fixed` sites are settled.
fn accepts(programme: &Programme, question: &Question, rows: &[Opening], fixed: &[&str]) {
    let is_fixed = |row: &Opening| row.action.is_open() && fixed.contains(&row.site.as_str());
    let rows = rows.iter().map(|row| Opening { fixed: is_fixed(row), ..row.clone() });
    let rows: Vec<Opening> = rows.collect();
    let plan = plan_of(programme, question, &rows, &[]);
    let verdict = verify(programme, &inputs(), &plan, None);
    assert!(verdict.accepted, "{:#?}", verdict.problems);
}

#[test]
fn what_is_built_stands_whatever_the_rules_say() {
    let mut programme = three_years();
    programme.sites = vec![site("a", SiteRule::Forbidden, None, None)];
    programme.settings.quota.openings = PerPeriod::Same(1);
    let question = with_state(vec![
        state("a", Progress::Built, Some("post"), Some(1)),
        state("b", Progress::UnderWay, None, Some(2)),
    ]);
    // The first package is the post. Each uses the one opening of its year.
    let rows = [open("a", "post", 1), open("b", "post", 2)];
    accepts(&programme, &question, &rows, &["a", "b"]);
    let with = |more: Opening| [rows.to_vec(), vec![more]].concat();
    accepts(&programme, &question, &with(open("c", "post", 3)), &["a", "b"]);
    accepts(&programme, &question, &with(turn("a", "clinic", 2)), &["a", "b"]);
    assert_eq!(asked(&programme, &question, &with(open("c", "post", 2))), [Code::QuotaExceeded]);
    assert_eq!(asked(&programme, &question, &rows[..1]), [Code::FactNotKept]);
    let moved = [open("a", "post", 1), open("b", "post", 3)];
    assert_eq!(asked(&programme, &question, &moved), [Code::FactNotKept]);
    programme.settings.quota.rule = QuotaRule::Exactly;
    accepts(&programme, &question, &with(open("c", "post", 3)), &["a", "b"]);
    assert_eq!(asked(&programme, &question, &rows), [Code::QuotaNotMet]);
}

#[test]
fn what_has_failed_never_opens() {
    let mut programme = three_years();
    programme.sites = vec![site("b", SiteRule::Required, None, None)];
    let question = with_state(vec![state("b", Progress::Failed, None, None)]);
    accepts(&programme, &question, &[open("a", "post", 1)], &[]);
    assert_eq!(asked(&programme, &question, &[open("b", "post", 1)]), [Code::ForbiddenSiteOpened]);
    let locked = vec![Locked { site: "b".to_owned(), period: 1, package: None }];
    let question = Question { locked, ..question };
    assert_eq!(asked(&programme, &question, &[]), [Code::DecisionNotKept]);
}

#[test]
fn promises_of_what_has_not_begun_are_void() {
    let programme = three_years();
    let promised = [open("a", "post", 1), open("b", "post", 2)];
    let question = |state| Replan { changes: Some(0), state, ..promising(&promised, 1) };
    // The post of a was promised for the first year, which is past: without a word it counts as begun.
    let kept = asking(question(vec![]));
    let broken = [Code::FactNotKept, Code::TooManyChanges];
    assert_eq!(asked(&programme, &kept, &[open("b", "post", 2)]), broken);
    let void = asking(question(vec![state("a", Progress::NotBegun, None, None)]));
    accepts(&programme, &void, &[open("b", "post", 2)], &[]);
    accepts(&programme, &void, &[open("a", "clinic", 3), open("b", "post", 2)], &[]);
    assert_eq!(
        asked(&programme, &void, &[open("a", "post", 1), open("b", "post", 2)]),
        [Code::StartTooEarly, Code::QuotaExceeded]
    );
    // The promise of b still counts.
    assert_eq!(asked(&programme, &void, &[open("b", "post", 3)]), [Code::TooManyChanges]);
    let twice = vec![
        state("a", Progress::NotBegun, None, None),
        state("a", Progress::NotBegun, None, None),
    ];
    assert_eq!(
        asked(&programme, &asking(question(twice)), &promised[1..]),
        [Code::SiteOpenedTwice]
    );
}

#[test]
fn what_was_promised_and_has_begun_stays() {
    let mut programme = three_years();
    programme.settings.packages[1].build = 1;
    programme.settings.quota.openings = PerPeriod::Same(2);
    // The clinic of a opens in the second year and begins in the first; b begins when it opens.
    let promised = [open("a", "clinic", 2), open("b", "post", 2)];
    let question = asking(promising(&promised, 1));
    accepts(&programme, &question, &promised, &["a"]);
    accepts(&programme, &question, &promised[..1], &["a"]);
    assert_eq!(asked(&programme, &question, &promised[1..]), [Code::FactNotKept]);
    // Nothing else begins in the first year, of which no opening is left.
    let early = [open("a", "clinic", 2), open("c", "post", 1)];
    assert_eq!(asked(&programme, &question, &early), [Code::StartTooEarly, Code::QuotaExceeded]);
    let slow = [open("a", "clinic", 2), open("c", "clinic", 2)];
    assert_eq!(asked(&programme, &question, &slow), [Code::StartTooEarly]);
    // The frozen opening uses one of the two of its year.
    let full = [open("a", "clinic", 2), open("b", "post", 2), open("c", "post", 2)];
    assert_eq!(asked(&programme, &question, &full), [Code::QuotaExceeded]);
    // Nothing has begun at 0.
    let free = asking(promising(&promised, 0));
    accepts(&programme, &free, &[open("c", "post", 1)], &[]);
}

#[test]
fn a_promise_that_the_rules_do_not_have_is_not_frozen() {
    let mut programme = three_years();
    let allowed = vec!["clinic".to_owned()];
    programme.sites =
        vec![Site { packages: allowed, ..site("a", SiteRule::Candidate, None, None) }];
    let question = asking(promising(&[open("a", "post", 1)], 1));
    accepts(&programme, &question, &[], &[]);
    accepts(&programme, &question, &[open("a", "clinic", 2)], &[]);
    // Nor is one that a person has decided otherwise.
    programme.sites.clear();
    let locked = vec![Locked { site: "a".to_owned(), period: 2, package: None }];
    let question = Question { locked, ..question };
    accepts(&programme, &question, &[open("a", "clinic", 2)], &["a"]);
    assert_ne!(asked(&programme, &question, &[open("a", "post", 1)]), []);
}

#[test]
fn upgrades_and_closures_that_have_begun_stay() {
    let mut programme = three_years();
    programme.settings.upgrades[0].build = 1;
    programme.settings.quota.openings = PerPeriod::Same(1);
    programme.settings.quota.count_upgrades = true;
    programme.facilities = vec![
        Facility { may_close: true, ..facility("b") },
        Facility { may_close: true, ..facility("c") },
    ];
    // The upgrade of b begins in 2027, as that of a does; c closes in 2027.
    let promised = [
        open("a", "post", 1),
        turn("a", "clinic", 3),
        turn("b", "clinic", 3),
        close("c", "post", 2),
    ];
    let question = asking(promising(&promised, 2));
    // Two upgrades of the third year are more than its one, but neither is a choice.
    accepts(&programme, &question, &promised, &["a"]);
    for missing in 1..4 {
        let mut rows = promised.to_vec();
        rows.remove(missing);
        assert_eq!(asked(&programme, &question, &rows), [Code::FactNotKept], "{missing}");
    }
    // A year earlier only the opening and nothing else has begun; the upgrades are chosen, so that one is too many.
    let earlier = asking(promising(&promised, 1));
    assert_eq!(asked(&programme, &earlier, &promised), [Code::QuotaExceeded]);
    accepts(&programme, &earlier, &[promised[0].clone(), promised[2].clone()], &["a"]);
    assert_eq!(asked(&programme, &earlier, &[close("c", "post", 1)]).len(), 2);
}

#[test]
fn promises_change_as_often_as_they_may() {
    let mut programme = three_years();
    programme.facilities = vec![Facility { may_close: true, ..facility("c") }];
    let promised = [open("a", "post", 1), open("b", "post", 2), close("c", "post", 3)];
    let allowing = |changes| asking(Replan { changes: Some(changes), ..promising(&promised, 0) });
    accepts(&programme, &allowing(0), &promised, &[]);
    let moved = [open("a", "post", 1), open("b", "post", 3)];
    let score = verify_choice(&programme, &allowing(1), &moved, &[]);
    assert_eq!(score.problems.len(), 1);
    assert_eq!(score.problems[0].code, Code::TooManyChanges);
    assert_eq!(score.problems[0].cause, "2 promised sites change, where 1 may: `b`, `c`");
    accepts(&programme, &allowing(2), &moved, &[]);
    // More than was promised is a change; another site is none.
    let more = [&promised[..], &[turn("a", "clinic", 2)]].concat();
    assert_eq!(asked(&programme, &allowing(0), &more), [Code::TooManyChanges]);
    let promised = &promised[..1];
    let question = asking(Replan { changes: Some(0), ..promising(promised, 0) });
    accepts(&programme, &question, &[open("a", "post", 1), open("b", "clinic", 2)], &[]);
    // What happened is no choice.
    let failed = vec![state("a", Progress::Failed, None, None)];
    let question = asking(Replan { changes: Some(0), state: failed, ..promising(promised, 0) });
    accepts(&programme, &question, &[], &[]);
    // No schedule is two openings: whatever the site does, it changes.
    let twice = [open("a", "post", 1), open("a", "clinic", 1)];
    let question = asking(Replan { changes: Some(0), ..promising(&twice, 0) });
    assert_eq!(asked(&programme, &question, &[open("a", "post", 1)]), [Code::TooManyChanges]);
}

#[test]
fn changes_cost_their_price() {
    let mut programme = three_years();
    programme.settings.periods.count = 1;
    programme.settings.kinds[0].weight = 500;
    let promised = [open("a", "post", 1)];
    let question = |goal| Question {
        goal: Some(goal),
        ..asking(Replan { price: Some(7), ..promising(&promised, 0) })
    };
    let value = |goal, rows: &[Opening]| {
        let score = verify_choice(&programme, &question(goal), rows, &[]);
        assert_eq!(score.problems, []);
        score.value
    };
    // 1,100 person-km from a, 1,400 from b, each half and a thousand times.
    assert_eq!(value(Goal::Distance, &promised), Some(1_100_000 * 500));
    let moved = [open("b", "post", 1)];
    assert_eq!(value(Goal::Distance, &moved), Some(1_400_000 * 500 + 7_000));
    assert_eq!(value(Goal::Coverage, &moved), Some(150 * 500 - 7_000));
    // Held goals do not count it.
    let held = vec![groundwork_model::Held { goal: Goal::Coverage, value: 150 * 500 }];
    let question = Question { held, ..question(Goal::Distance) };
    assert_eq!(asked(&programme, &question, &moved), []);
}

#[test]
fn changes_count_in_the_bound() {
    let mut programme = three_years();
    programme.settings.periods.count = 1;
    programme.sites = vec![site("a", SiteRule::Forbidden, None, None)];
    let promised = [open("a", "post", 1), open("b", "post", 1)];
    let replan = Replan { changes: Some(0), ..promising(&promised, 0) };
    let question = asking(replan.clone());
    let zero = || vec![vec![0; 3]];
    // a cannot do what was promised, b can. At a price of 5: 5 x (1 - 0).
    let changes = || priced(name(RuleFamily::Changes), 5);
    let root = proof(vec![changes()], zero(), Vec::new());
    assert_eq!(proved_of(&programme, &question, root), (Some(5), Vec::new()));
    let marked =
        ScheduleNode { rules_alone: true, prices: vec![changes()], ..ScheduleNode::default() };
    let alone = proof(Vec::new(), zero(), vec![marked]);
    assert_eq!(proved_of(&programme, &question, alone), (None, vec![Code::BoundNotProved]));
    // What is charged is charged in any case.
    let question = asking(Replan { price: Some(3), ..replan });
    let bare = proof(Vec::new(), zero(), Vec::new());
    assert_eq!(proved_of(&programme, &question, bare), (Some(3), Vec::new()));
    let question = asking(promising(&promised, 0));
    let unknown = proof(vec![changes()], zero(), Vec::new());
    assert_eq!(proved_of(&programme, &question, unknown).1, [Code::CertificateMalformed]);
}

#[test]
fn rows_that_cannot_be_read_are_said() {
    let mut programme = three_years();
    programme.facilities = vec![facility("c")];
    let built = |site: &str, package: Option<&str>, period: Option<u32>| {
        with_state(vec![state(site, Progress::Built, package, period)])
    };
    let first = |question: &Question| asked(&programme, question, &[])[0];
    assert_eq!(first(&built("z", None, Some(1))), Code::UnknownSiteInPlan);
    assert_eq!(first(&built("a", Some("z"), Some(1))), Code::UnknownSiteInPlan);
    assert_eq!(first(&built("a", None, None)), Code::OutsideWindow);
    assert_eq!(first(&built("a", None, Some(0))), Code::OutsideWindow);
    assert_eq!(first(&built("a", None, Some(u32::MAX))), Code::OutsideWindow);
    assert_eq!(first(&built("c", None, Some(1))), Code::ExistingSiteOpened);
    let twice = [Some(1), Some(2)].map(|period| state("a", Progress::Built, None, period));
    assert_eq!(first(&with_state(twice.to_vec())), Code::SiteOpenedTwice);
    let promised = |row: Opening| asking(promising(&[row], u32::MAX));
    assert_eq!(first(&promised(open("z", "post", 1))), Code::UnknownSiteInPlan);
    assert_eq!(first(&promised(open("a", "z", 1))), Code::UnknownSiteInPlan);
    assert_eq!(first(&promised(open("a", "post", 0))), Code::OutsideWindow);
    assert_eq!(first(&promised(open("a", "post", 4))), Code::OutsideWindow);
}

/// Returns the villages as a plain programme of two years.
fn plain() -> Programme {
    let mut programme = villages();
    programme.settings.packages.truncate(1);
    programme.settings.quota.openings = PerPeriod::Same(1);
    assert!(programme.is_plain());
    programme
}

#[test]
fn a_replan_of_a_plain_programme_stays_plain() {
    let mut programme = plain();
    programme.sites = vec![site("c", SiteRule::Required, None, None)];
    let replan = Replan {
        state: vec![state("c", Progress::Failed, None, None)],
        ..promising(&[open("a", "post", 1), open("b", "post", 2)], 1)
    };
    let question = asking(replan.clone());
    let rows = [open("a", "post", 1), open("b", "post", 2)];
    accepts(&programme, &question, &rows, &["a"]);
    accepts(&programme, &question, &rows[..1], &["a"]);
    assert_eq!(asked(&programme, &question, &rows[1..]), [Code::FactNotKept]);
    let failed = [open("a", "post", 1), open("c", "post", 2)];
    assert_eq!(asked(&programme, &question, &failed), [Code::ForbiddenSiteOpened]);
    let early = [open("a", "post", 1), open("b", "post", 1)];
    assert_eq!(asked(&programme, &question, &early), [Code::QuotaExceeded]);
    // Only b is left to choose: 1,100 in 2026, then 20 x 20 = 400 with b. Radii of nothing at the quota's price of
    // nothing prove what a alone gives less what b saves: 10 km for 50 people, 10 km for 20.
    let radii = vec![vec![0, 10_000, 30_000]; 2];
    let lagrangian = Proof::Lagrangian { shift: 0, prices: vec![0, 0], radii };
    let rows = rows.map(|row| Opening { fixed: row.site == "a", ..row });
    let mut plan = plan_of(&programme, &question, &rows, &[]);
    let certificate = certify(&mut plan, 1_500_000, lagrangian);
    let verdict = verify(&programme, &inputs(), &plan, Some(&certificate));
    assert!(verdict.accepted, "{:#?}", verdict.problems);
    assert_eq!((verdict.value, verdict.bound), (Some(1_500_000), Some(1_500_000)));
    // Built sites stand as facts do.
    let built = vec![state("c", Progress::UnderWay, None, Some(2))];
    let question = asking(Replan { state: built, ..replan });
    accepts(&programme, &question, &[open("a", "post", 1), open("c", "post", 2)], &["a", "c"]);
    assert_eq!(asked(&programme, &question, &[open("a", "post", 1)])[0], Code::FactNotKept);
}

#[test]
fn a_plain_programme_whose_changes_count_has_schedules() {
    let programme = plain();
    let promised = [open("a", "post", 1)];
    let question = asking(Replan { changes: Some(0), ..promising(&promised, 0) });
    assert_eq!(asked(&programme, &question, &[open("b", "post", 1)]), [Code::TooManyChanges]);
    accepts(&programme, &question, &promised, &[]);
    let bare = proof(Vec::new(), vec![vec![0; 6]], Vec::new());
    assert_eq!(proved_of(&programme, &question, bare), (Some(0), Vec::new()));
    let lagrangian = Proof::Lagrangian { shift: 0, prices: vec![0; 2], radii: vec![vec![0; 3]; 2] };
    assert_eq!(proved_of(&programme, &question, lagrangian).1, [Code::CertificateMalformed]);
    let closing = Promise { action: Action::Close, ..promise(&promised[0]) };
    let question = asking(Replan { promised: vec![closing], begun_by: 2, ..Replan::default() });
    assert_eq!(asked(&programme, &question, &[]), []);
}
