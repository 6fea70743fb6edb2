//! Every way to be wrong is refused with its code, and every code has a way.

use std::collections::BTreeSet;

use crate::common::{
    begun, certify, coverage, equator, facility, input, inputs, opening, plan, programme, site,
    worst_distance,
};
use groundwork_model::plan::Sense;
use groundwork_model::programme::PerPeriod;
use groundwork_model::{
    Certificate, Code, CoverProof, InputFile, Locked, Opening, Plan, Programme, Proof, Question,
    QuotaRule, SiteRule, Status, StoppedBy, Verdict,
};
use groundwork_verify::verify;

/// Is everything that the checker is given.
struct Case {
    programme: Programme,
    inputs: Vec<InputFile>,
    plan: Plan,
    certificate: Option<Certificate>,
}

impl Case {
    /// Returns three places over two periods with a plan that is proved best; `worked.rs` shows
    /// how.
    fn sound() -> Self {
        let programme = programme(equator(&[(0.0, 100), (1.0, 50), (3.0, 10)]), 2, 1);
        let openings = [opening("p0", 1), opening("p1", 2)];
        let mut plan = plan(&programme, &Question::default(), &openings);
        let certificate = certify(&mut plan, 11_119_500, proof());
        Self { programme, inputs: inputs(), plan, certificate: Some(certificate) }
    }

    fn verdict(&self) -> Verdict {
        verify(&self.programme, &self.inputs, &self.plan, self.certificate.as_ref())
    }

    fn certificate(&mut self) -> &mut Certificate {
        self.certificate.as_mut().unwrap()
    }

    /// Replaces the plan by one that truthfully gives what these openings are worth, without bound.
    fn replan(&mut self, question: &Question, openings: &[Opening]) {
        self.plan = plan(&self.programme, question, openings);
        self.certificate = None;
    }

    fn replan_plainly(&mut self, openings: &[(&str, u32)]) {
        let openings: Vec<_> = openings.iter().map(|(id, period)| opening(id, *period)).collect();
        self.replan(&Question::default(), &openings);
    }

    /// Lets plan and certificate claim a bound.
    fn claim(&mut self, bound: i128, proof: Proof) {
        self.certificate = Some(certify(&mut self.plan, bound, proof));
    }

    fn multipliers(&mut self) -> (&mut u32, &mut Vec<i128>, &mut Vec<Vec<u64>>) {
        match &mut self.certificate().proof {
            Proof::Lagrangian { shift, prices, radii } => (shift, prices, radii),
            _ => panic!("the sound case has a Lagrangian proof"),
        }
    }
}

fn proof() -> Proof {
    Proof::Lagrangian {
        shift: 0,
        prices: vec![10_000_000, 3_000_000],
        radii: vec![vec![80_000, 111_195, 333_585], vec![111_195, 111_195, 222_390]],
    }
}

fn locked(site: &str, period: u32) -> Question {
    Question {
        locked: vec![Locked { site: site.to_owned(), period, ..Locked::default() }],
        ..Question::default()
    }
}

fn as_of(day: &str) -> Question {
    Question { as_of: Some(day.parse().unwrap()), ..Question::default() }
}

fn fixed(site: &str, period: u32) -> Opening {
    Opening { fixed: true, ..opening(site, period) }
}

type Tamper = fn(&mut Case);

/// What to do to the sound case, and the codes with which it must be refused: these and no others.
const TAMPERED: &[(&str, &[Code], Tamper)] = &[
    ("a file has other bytes", &[Code::InputChanged], |case| {
        case.inputs[0] = input("programme.toml", 'f');
    }),
    ("a file is gone", &[Code::InputChanged], |case| {
        case.inputs.pop();
    }),
    ("a file is new", &[Code::InputChanged], |case| case.inputs.push(input("sites.csv", 'c'))),
    ("the plan lists no file", &[Code::InputChanged], |case| {
        case.plan.inputs.clear();
        case.certificate().inputs.clear();
    }),
    ("a plan of another format", &[Code::NotThisFormat], |case| case.plan.format = 2),
    ("a certificate of another format", &[Code::NotThisFormat], |case| {
        case.certificate().format = 0;
    }),
    ("a certificate of other files", &[Code::CertificateOfAnotherPlan], |case| {
        case.certificate().inputs[0].sha256 = "c".repeat(64);
    }),
    ("a certificate of another question", &[Code::CertificateOfAnotherPlan], |case| {
        case.certificate().question = locked("p0", 1);
    }),
    ("a certificate of another value", &[Code::CertificateOfAnotherPlan], |case| {
        case.certificate().claim.value += 1;
    }),
    ("a certificate of another bound", &[Code::CertificateOfAnotherPlan], |case| {
        case.certificate().claim.bound -= 1;
    }),
    ("a price too many", &[Code::CertificateMalformed], |case| case.multipliers().1.push(0)),
    ("a period of radii missing", &[Code::CertificateMalformed], |case| {
        case.multipliers().2.pop();
    }),
    ("a radius missing", &[Code::CertificateMalformed], |case| {
        case.multipliers().2[1].pop();
    }),
    ("a negative price under at-most", &[Code::CertificateMalformed], |case| {
        case.multipliers().1[1] = -1;
    }),
    ("a shift beyond reason", &[Code::CertificateMalformed], |case| *case.multipliers().0 = 200),
    ("prices beyond 128 bits", &[Code::CertificateMalformed], |case| {
        *case.multipliers().1 = vec![i128::MAX; 2];
    }),
    ("a proof of another goal", &[Code::CertificateMalformed], |case| {
        case.certificate().proof = Proof::Cover { periods: Vec::new() };
    }),
    ("a proof of benchmark problems", &[Code::CertificateMalformed], |case| {
        let (shift, prices, radii) = case.multipliers();
        let (shift, prices, radii) = (*shift, prices.clone(), radii.clone());
        case.certificate().proof =
            Proof::Tree { shift, at_least: Some(1), prices, radii, nodes: Vec::new() };
    }),
    ("a distance proof of the worst distance", &[Code::CertificateMalformed], |case| {
        worst_distance(&mut case.programme);
        case.replan_plainly(&[("p0", 1), ("p1", 2)]);
        case.claim(1, proof());
    }),
    ("a value that flatters", &[Code::ValueWrong], |case| {
        case.plan.value -= 1;
        case.claim(11_119_000, proof());
    }),
    ("a value that does not", &[Code::ValueWrong], |case| {
        case.plan.value += 1;
        case.claim(11_119_000, proof());
    }),
    ("a bound better than proved", &[Code::BoundNotProved], |case| {
        case.multipliers().1[0] = 0;
    }),
    ("a radius that proves less", &[Code::BoundNotProved], |case| case.multipliers().2[0][2] -= 1),
    ("a coverage bound better than proved", &[Code::BoundNotProved], |case| {
        coverage(&mut case.programme);
        case.replan_plainly(&[("p0", 1), ("p1", 2)]);
        // At radius 0 the proof is that nobody is more than covered: 160 people in two periods.
        case.claim(
            319,
            Proof::Lagrangian { shift: 0, prices: vec![0; 2], radii: vec![vec![0; 3]; 2] },
        );
    }),
    ("a bound without certificate", &[Code::BoundNotProved], |case| case.certificate = None),
    ("a cover that does not hold", &[Code::BoundNotProved], |case| {
        worst_distance(&mut case.programme);
        case.replan_plainly(&[("p0", 1), ("p1", 2)]);
        let nothing = CoverProof { at_least_m: 0, weights: Vec::new() };
        let cover = CoverProof { at_least_m: 222_391, weights: vec![1, 0, 1] };
        case.claim(0, Proof::Cover { periods: vec![cover, nothing] });
    }),
    ("a gap too small", &[Code::ClaimWrong], |case| {
        case.claim(11_000_000, proof());
        case.plan.gap = Some(0.0);
    }),
    ("a gap without bound", &[Code::ClaimWrong], |case| {
        case.replan_plainly(&[("p0", 1)]);
        case.plan.gap = Some(0.0);
    }),
    ("optimal without proof", &[Code::ClaimWrong], |case| {
        case.claim(11_119_499, proof());
        case.plan.status = Status::Optimal;
    }),
    ("proved without proof", &[Code::ClaimWrong], |case| {
        case.replan_plainly(&[("p0", 1)]);
        case.plan.stopped_by = StoppedBy::Proved;
    }),
    ("infeasible without fault", &[Code::ClaimWrong], |case| case.plan.status = Status::Infeasible),
    ("another sense", &[Code::ClaimWrong], |case| case.plan.sense = Sense::Max),
    ("another scale", &[Code::ClaimWrong], |case| case.plan.scale = 1_000),
    ("another unit", &[Code::ClaimWrong], |case| case.plan.unit = "metres".to_owned()),
    ("another programme", &[Code::ClaimWrong], |case| case.plan.programme = "other".to_owned()),
    ("another year", &[Code::ClaimWrong], |case| case.plan.openings[1].year += 1),
    ("a choice called a fact", &[Code::ClaimWrong], |case| case.plan.openings[0].fixed = true),
    ("a period of figures missing", &[Code::OutcomeWrong], |case| {
        case.plan.outcomes.pop();
    }),
    ("figures of another period", &[Code::OutcomeWrong], |case| case.plan.outcomes[0].period = 2),
    ("figures of another year", &[Code::OutcomeWrong], |case| case.plan.outcomes[0].year = 1),
    ("openings miscounted", &[Code::OutcomeWrong], |case| case.plan.outcomes[0].openings = 2),
    ("open sites miscounted", &[Code::OutcomeWrong], |case| case.plan.outcomes[1].open = 1),
    ("access miscounted", &[Code::OutcomeWrong], |case| case.plan.outcomes[0].access[0] += 1),
    ("access of a kind too many", &[Code::OutcomeWrong], |case| {
        case.plan.outcomes[0].access.push(0);
    }),
    ("access to all miscounted", &[Code::OutcomeWrong], |case| {
        case.plan.outcomes[0].access_all += 1;
    }),
    ("unserved miscounted", &[Code::OutcomeWrong], |case| case.plan.outcomes[0].unserved = 1),
    ("person-metres miscounted", &[Code::OutcomeWrong], |case| {
        case.plan.outcomes[0].person_metres += 1;
    }),
    ("another mean", &[Code::OutcomeWrong], |case| {
        case.plan.outcomes[0].mean_distance_m = Some(55_597.501);
    }),
    ("no mean", &[Code::OutcomeWrong], |case| case.plan.outcomes[0].mean_distance_m = None),
    ("another worst distance", &[Code::OutcomeWrong], |case| {
        case.plan.outcomes[0].worst_distance_m = None;
    }),
    ("person-years miscounted", &[Code::OutcomeWrong], |case| {
        case.plan.person_years_of_access += 1;
    }),
    ("an unknown site", &[Code::UnknownSiteInPlan], |case| {
        case.replan_plainly(&[("p0", 1), ("p9", 2)]);
    }),
    ("an unknown package", &[Code::UnknownSiteInPlan], |case| {
        let other = Opening { package: "school".to_owned(), ..opening("p0", 1) };
        case.replan(&Question::default(), &[other]);
    }),
    ("an unknown site locked", &[Code::UnknownSiteInPlan], |case| {
        case.replan(&locked("p9", 1), &[opening("p0", 1)]);
    }),
    ("a site twice", &[Code::SiteOpenedTwice], |case| case.replan_plainly(&[("p0", 1), ("p0", 2)])),
    ("two in a period of one", &[Code::QuotaExceeded], |case| {
        case.replan_plainly(&[("p0", 1), ("p1", 1)]);
    }),
    ("a choice in a period full of facts", &[Code::QuotaExceeded], |case| {
        case.programme.reports = vec![begun("p0", "p0", 1, "2024-03-01")];
        case.replan(&as_of("2024-06-30"), &[fixed("p0", 1), opening("p1", 1)]);
    }),
    ("a choice in the past", &[Code::QuotaExceeded], |case| {
        case.programme.settings.quota.openings = PerPeriod::Same(5);
        case.programme.reports = vec![begun("p0", "p0", 1, "2024-03-01")];
        case.replan(&as_of("2025-01-01"), &[fixed("p0", 1), opening("p1", 1)]);
    }),
    ("too few under exactly", &[Code::QuotaNotMet], |case| {
        case.programme.settings.quota.rule = QuotaRule::Exactly;
        case.replan_plainly(&[("p0", 1)]);
    }),
    ("a forbidden site", &[Code::ForbiddenSiteOpened], |case| {
        case.programme.sites = vec![site("p1", SiteRule::Forbidden, None, None)];
        case.replan_plainly(&[("p0", 1), ("p1", 2)]);
    }),
    ("a forbidden site locked", &[Code::ForbiddenSiteOpened], |case| {
        case.programme.sites = vec![site("p1", SiteRule::Forbidden, None, None)];
        case.replan(&locked("p1", 2), &[opening("p0", 1), fixed("p1", 2)]);
    }),
    ("too early", &[Code::OutsideWindow], |case| {
        case.programme.sites = vec![site("p0", SiteRule::Candidate, Some(2), None)];
        case.replan_plainly(&[("p0", 1)]);
    }),
    ("too late", &[Code::OutsideWindow], |case| {
        case.programme.sites = vec![site("p1", SiteRule::Candidate, None, Some(1))];
        case.replan_plainly(&[("p0", 1), ("p1", 2)]);
    }),
    ("before the first period", &[Code::OutsideWindow], |case| case.replan_plainly(&[("p0", 0)])),
    ("after the last period", &[Code::OutsideWindow], |case| case.replan_plainly(&[("p0", 3)])),
    ("locked in no period", &[Code::OutsideWindow], |case| {
        case.replan(&locked("p0", 3), &[opening("p0", 1)]);
    }),
    ("a required site missing", &[Code::RequiredSiteMissing], |case| {
        case.programme.sites = vec![site("p2", SiteRule::Required, None, None)];
        case.replan_plainly(&[("p0", 1), ("p1", 2)]);
    }),
    (
        "a required site that cannot open",
        &[Code::OutsideWindow, Code::RequiredSiteMissing],
        |case| {
            case.programme.sites = vec![site("p0", SiteRule::Required, Some(2), Some(1))];
            case.replan_plainly(&[("p0", 1), ("p1", 2)]);
            case.claim(0, proof());
        },
    ),
    ("an existing site", &[Code::ExistingSiteOpened], |case| {
        case.programme.facilities = vec![facility("p1")];
        case.replan_plainly(&[("p0", 1), ("p1", 2)]);
    }),
    ("a fact left out", &[Code::FactNotKept], |case| {
        case.programme.reports = vec![begun("p2", "p2", 2, "2024-03-01")];
        case.replan(&as_of("2024-06-30"), &[opening("p0", 1)]);
    }),
    ("a fact moved", &[Code::FactNotKept], |case| {
        case.programme.reports = vec![begun("p1", "p1", 2, "2024-03-01")];
        case.replan(&as_of("2024-06-30"), &[opening("p1", 1)]);
    }),
    ("a decision moved", &[Code::DecisionNotKept], |case| {
        case.replan(&locked("p0", 2), &[opening("p0", 1)]);
    }),
    ("a decision left out", &[Code::DecisionNotKept], |case| {
        case.replan(&locked("p0", 2), &[opening("p1", 1)]);
    }),
    ("nothing open at first", &[Code::NobodyServes], |case| case.replan_plainly(&[("p0", 2)])),
];

fn codes(verdict: &Verdict) -> BTreeSet<Code> {
    verdict.problems.iter().map(|problem| problem.code).collect()
}

#[test]
fn the_sound_case_is_accepted() {
    let verdict = Case::sound().verdict();
    assert_eq!(verdict.problems, []);
    assert!(verdict.accepted);
}

#[test]
fn every_tampering_is_refused_with_its_code() {
    for (what, expected, tamper) in TAMPERED {
        let mut case = Case::sound();
        tamper(&mut case);
        let verdict = case.verdict();
        assert!(!verdict.accepted, "{what}");
        let expected: BTreeSet<Code> = expected.iter().copied().collect();
        assert_eq!(codes(&verdict), expected, "{what}: {:#?}", verdict.problems);
    }
}

#[test]
fn every_code_of_the_checker_is_produced() {
    // Those from V721 on are of benchmark answers, whose tests see to them.
    let of_checker = |code: &Code| code.as_str().starts_with('V') && code.as_str() < "V721";
    let known: BTreeSet<Code> = Code::ALL.iter().copied().filter(of_checker).collect();
    let tested = TAMPERED.iter().flat_map(|(_, codes, _)| codes.iter().copied()).collect();
    assert_eq!(known, tested);
}

#[test]
fn every_file_that_changed_is_named() {
    let mut case = Case::sound();
    case.inputs = vec![input("programme.toml", 'a'), input("sites.csv", 'c')];
    let files: Vec<_> = case.verdict().problems.into_iter().map(|problem| problem.file).collect();
    assert_eq!(files, [Some("places.csv".to_owned()), Some("sites.csv".to_owned())]);
}

#[test]
fn a_broken_rule_leaves_the_value_known() {
    let mut case = Case::sound();
    case.replan_plainly(&[("p0", 1), ("p1", 1)]);
    let verdict = case.verdict();
    assert_eq!((verdict.feasible, verdict.value), (false, Some(4_447_800)));
}

#[test]
fn a_plan_that_owns_up_to_a_broken_rule_is_not_accepted() {
    let mut case = Case::sound();
    case.replan_plainly(&[("p0", 1), ("p1", 1)]);
    case.plan.status = Status::Infeasible;
    let verdict = case.verdict();
    assert_eq!(codes(&verdict), BTreeSet::from([Code::QuotaExceeded]));
    assert!(!verdict.accepted);
}

#[test]
fn a_weaker_bound_than_proved_is_accepted() {
    let mut case = Case::sound();
    case.claim(11_000_000, proof());
    let verdict = case.verdict();
    assert!(verdict.accepted, "{:#?}", verdict.problems);
    assert_eq!(verdict.bound, Some(11_119_500));
}

#[test]
fn a_weaker_coverage_bound_than_proved_is_accepted() {
    let mut case = Case::sound();
    coverage(&mut case.programme);
    case.replan_plainly(&[("p0", 1), ("p1", 2)]);
    let nothing = Proof::Lagrangian { shift: 0, prices: vec![0; 2], radii: vec![vec![0; 3]; 2] };
    case.claim(321, nothing);
    let verdict = case.verdict();
    assert!(verdict.accepted, "{:#?}", verdict.problems);
    assert_eq!((verdict.value, verdict.bound), (Some(250), Some(320)));
}

#[test]
fn a_plan_without_bound_is_accepted_without_bound() {
    let mut case = Case::sound();
    case.replan_plainly(&[("p1", 1)]);
    let verdict = case.verdict();
    assert!(verdict.accepted, "{:#?}", verdict.problems);
    assert_eq!((verdict.bound, verdict.gap), (None, None));
}
