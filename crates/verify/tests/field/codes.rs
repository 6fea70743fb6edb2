//! Each way of being wrong, with the codes that it gets.

use std::collections::BTreeSet;

use groundwork_model::{Code, CoverProof};

use super::*;

type Tamper = fn(&mut Case);

/// Returns a sound answer: the two middle ones of four clients in two pairs, proved best.
fn sound() -> Case {
    let problem = line(&[(0, 1), (1, 1), (5, 1), (6, 1)], Ask::PMedian { p: 2 });
    Case::new(&problem, &open(&[2, 3])).claim(2, lagrangian(0, &[3], &[&[2, 2, 2, 2]]))
}

/// Returns a sound answer of a roll-out in which both quotas are to be met.
fn roll_out() -> Case {
    let ask = Ask::Rollout { periods: 2, quota: 1, exactly: true };
    let problem = line(&[(0, 1), (1, 1), (5, 1), (6, 1)], ask);
    let opens = [FieldOpening { site: 2, period: 1 }, FieldOpening { site: 4, period: 2 }];
    let proof = lagrangian(0, &[15, 3], &[&[6, 5, 5, 6], &[2, 2, 2, 2]]);
    Case::new(&problem, &opens).claim(12, proof)
}

/// Returns a sound answer with capacities and a tree.
fn capacitated() -> Case {
    let problem = FieldProblem {
        weights: vec![2, 2],
        sites: vec![
            FieldSite { opening_cost: 1, capacity: Some(3) },
            FieldSite { opening_cost: 5, capacity: Some(3) },
        ],
        costs: Costs::Total(vec![2, 6, 3, 4]),
        ask: Ask::Cfl { single: true },
        scale: 1,
    };
    let parts = [part(1, 1, 2), part(2, 2, 2)];
    let tree = Proof::Tree {
        shift: 1,
        at_least: None,
        prices: vec![],
        radii: vec![vec![6, 8]],
        nodes: vec![node(0, 2, &[0]), node(0, 2, &[1])],
    };
    Case::assigned(&problem, &open(&[1, 2]), &parts).claim(12, tree)
}

/// Returns the numbers of a proof that has them.
fn numbers(case: &mut Case) -> (&mut u32, &mut Vec<i128>, &mut Vec<Vec<u64>>) {
    match &mut case.certificate.as_mut().unwrap().proof {
        Proof::Lagrangian { shift, prices, radii } | Proof::Tree { shift, prices, radii, .. } => {
            (shift, prices, radii)
        }
        _ => panic!("no sound case has another proof"),
    }
}

fn nodes(case: &mut Case) -> &mut Vec<TreeNode> {
    match &mut case.certificate.as_mut().unwrap().proof {
        Proof::Tree { nodes, .. } => nodes,
        _ => panic!("the case has no tree"),
    }
}

/// Changes the openings, and claims the value that they have.
fn reopen(case: &mut Case, openings: &[FieldOpening]) {
    let bare = Case::new(&case.problem, openings);
    case.answer = bare.answer;
    case.certificate = None;
}

fn proof(case: &mut Case) -> &mut Proof {
    &mut case.certificate.as_mut().unwrap().proof
}

const MEDIAN: &[(&str, &[Code], Tamper)] = &[
    ("another file", &[Code::CertificateOfAnotherPlan], |case| {
        case.certificate.as_mut().unwrap().sha256 = "beef".to_owned();
    }),
    ("another version", &[Code::NotThisFormat], |case| {
        case.certificate.as_mut().unwrap().format = 2;
    }),
    ("another value in the certificate", &[Code::CertificateOfAnotherPlan], |case| {
        case.certificate.as_mut().unwrap().value = None;
    }),
    ("another bound in the certificate", &[Code::CertificateOfAnotherPlan], |case| {
        case.certificate.as_mut().unwrap().bound = 1;
    }),
    ("a better value", &[Code::ValueWrong, Code::CertificateOfAnotherPlan], |case| {
        case.answer.value = Some(1);
        case.answer.bound = Some(1);
    }),
    ("no value", &[Code::ValueWrong, Code::CertificateOfAnotherPlan, Code::ClaimWrong], |case| {
        case.answer.value = None;
        case.answer.gap = None;
    }),
    ("another gap", &[Code::ClaimWrong], |case| case.answer.gap = Some(0.1)),
    ("no gap", &[Code::ClaimWrong], |case| case.answer.gap = None),
    ("another scale", &[Code::ClaimWrong], |case| case.answer.scale = 10),
    ("another sense", &[Code::ClaimWrong], |case| case.answer.sense = Sense::Max),
    ("nothing found, it says", &[Code::ClaimWrong], |case| {
        case.answer.status = FieldStatus::Infeasible;
    }),
    ("optimal at a gap", &[Code::ClaimWrong], |case| {
        let proof = case.certificate.clone().unwrap().proof;
        *case = case.clone().claim(1, proof);
        case.answer.status = FieldStatus::Optimal;
    }),
    ("infeasible without reason", &[Code::ClaimWrong], |case| {
        case.answer.openings.clear();
        case.answer.value = None;
        case.answer.gap = None;
        case.answer.bound = None;
        case.answer.status = FieldStatus::Infeasible;
        case.certificate = None;
    }),
    ("no certificate", &[Code::BoundNotProved], |case| case.certificate = None),
    ("an unknown site", &[Code::UnknownSiteInPlan], |case| reopen(case, &open(&[2, 5]))),
    ("site 0", &[Code::UnknownSiteInPlan], |case| reopen(case, &open(&[0, 2]))),
    ("an unknown period", &[Code::OutsideWindow], |case| {
        reopen(case, &[FieldOpening { site: 2, period: 2 }]);
    }),
    ("a site twice", &[Code::SiteOpenedTwice], |case| reopen(case, &open(&[2, 2]))),
    ("too many sites", &[Code::QuotaExceeded], |case| reopen(case, &open(&[1, 2, 3]))),
    ("no site", &[Code::NobodyServes], |case| reopen(case, &[])),
    ("assignments", &[Code::AssignmentWrong], |case| case.answer.assignments = vec![part(1, 2, 1)]),
    ("a smaller radius", &[Code::BoundNotProved], |case| numbers(case).2[0][0] = 1),
    ("a larger radius", &[Code::BoundNotProved], |case| numbers(case).2[0][1] = 4),
    ("a smaller price", &[Code::BoundNotProved], |case| numbers(case).1[0] = 2),
    ("a larger price", &[Code::BoundNotProved], |case| numbers(case).1[0] = 4),
    ("a larger shift", &[Code::BoundNotProved], |case| *numbers(case).0 = 1),
    ("a negative price", &[Code::CertificateMalformed], |case| numbers(case).1[0] = -1),
    ("a shift out of range", &[Code::CertificateMalformed], |case| *numbers(case).0 = 33),
    ("no price", &[Code::CertificateMalformed], |case| numbers(case).1.clear()),
    ("a radius missing", &[Code::CertificateMalformed], |case| {
        numbers(case).2[0].pop();
    }),
    ("radii of a second period", &[Code::CertificateMalformed], |case| {
        numbers(case).2.push(vec![0; 4]);
    }),
    ("a price beyond all sums", &[Code::CertificateMalformed], |case| {
        numbers(case).1[0] = i128::MAX;
    }),
    ("a proof for another problem", &[Code::CertificateMalformed], |case| {
        let weights = vec![1; 4];
        *proof(case) = Proof::Cover { periods: vec![CoverProof { at_least_m: 1, weights }] };
    }),
    ("points that are missing", &[Code::NotThisFormat], |case| case.problem.weights.push(1)),
    ("points out of range", &[Code::NotThisFormat], |case| {
        case.problem.costs = Costs::Plane {
            points: vec![(0, 0), (1, 0), (5, 0), (1 << 40, 0)],
            coordinate_scale: 1,
            rounding: Rounding::Floor,
        };
    }),
];

const ROLL_OUT: &[(&str, &[Code], Tamper)] = &[
    ("a quota not met", &[Code::QuotaNotMet], |case| reopen(case, &open(&[2]))),
    ("nobody serves at first", &[Code::QuotaNotMet, Code::NobodyServes], |case| {
        reopen(case, &[FieldOpening { site: 2, period: 2 }]);
    }),
    ("both at once", &[Code::QuotaExceeded, Code::QuotaNotMet], |case| {
        reopen(case, &open(&[2, 4]));
    }),
    ("prices exchanged", &[Code::BoundNotProved], |case| numbers(case).1.reverse()),
    ("radii exchanged", &[Code::BoundNotProved], |case| numbers(case).2.reverse()),
];

const CAPACITATED: &[(&str, &[Code], Tamper)] = &[
    ("an unknown client", &[Code::AssignmentWrong], |case| {
        case.answer.assignments.push(part(3, 1, 1));
    }),
    ("a site that is not open", &[Code::AssignmentWrong], |case| {
        case.answer.openings.pop();
    }),
    ("too little", &[Code::DemandNotMet], |case| case.answer.assignments[0].amount = 1),
    ("too much", &[Code::DemandNotMet], |case| case.answer.assignments[0].amount = 3),
    ("over the capacity", &[Code::CapacityExceeded], |case| case.answer.assignments[0].site = 2),
    ("a client split", &[Code::ClientSplit], |case| {
        case.answer.assignments = vec![part(1, 1, 1), part(1, 2, 1), part(2, 2, 2)];
    }),
    ("a child missing", &[Code::CertificateMalformed], |case| {
        nodes(case).pop();
    }),
    ("a child twice", &[Code::CertificateMalformed], |case| nodes(case).push(node(0, 2, &[1]))),
    ("a child of another site", &[Code::CertificateMalformed], |case| nodes(case)[1].site = 1),
    ("a parent that comes later", &[Code::CertificateMalformed], |case| nodes(case)[0].parent = 1),
    ("a time that does not exist", &[Code::CertificateMalformed], |case| {
        nodes(case)[1].times = vec![2];
    }),
    ("a site that does not exist", &[Code::CertificateMalformed], |case| nodes(case)[1].site = 0),
    ("a radius too few", &[Code::CertificateMalformed], |case| nodes(case)[1].changed = vec![0]),
    ("a radius that does not exist", &[Code::CertificateMalformed], |case| {
        nodes(case)[1].changed = vec![2];
        nodes(case)[1].radii = vec![0];
    }),
    ("prices where there are none", &[Code::CertificateMalformed], |case| {
        nodes(case)[1].prices = vec![1];
    }),
    ("a cost for a centre", &[Code::CertificateMalformed], |case| {
        let Proof::Tree { at_least, .. } = proof(case) else { return };
        *at_least = Some(1);
    }),
    ("worse multipliers at a leaf", &[Code::BoundNotProved], |case| {
        nodes(case)[1].changed = vec![0];
        nodes(case)[1].radii = vec![0];
    }),
    ("a leaf that is left open", &[Code::BoundNotProved], |case| nodes(case).clear()),
];

/// Returns a sound answer of a roll-out whose tree fixes sites: neither 1 nor 3 opens in period 1.
fn fixed() -> Case {
    let mut case = roll_out();
    let (prices, radii) = (numbers(&mut case).1.clone(), numbers(&mut case).2.clone());
    let nodes = vec![fixing(0, &[1], &[(3, &[0, 2])]), fixing(1, &[], &[(2, &[1])])];
    case.claim(12, Proof::Tree { shift: 0, at_least: None, prices, radii, nodes })
}

const FIXED: &[(&str, &[Code], Tamper)] = &[
    ("a fixing node with a sibling", &[Code::CertificateMalformed], |case| {
        nodes(case).push(fixing(0, &[1], &[]));
    }),
    ("a fixing node beside branches", &[Code::CertificateMalformed], |case| {
        nodes(case).push(node(1, 2, &[0, 1, 2]));
    }),
    ("a node that does both", &[Code::CertificateMalformed], |case| nodes(case)[0].site = 4),
    ("a node with times of no site", &[Code::CertificateMalformed], |case| {
        nodes(case)[0].times = vec![0];
    }),
    ("a node that does nothing", &[Code::CertificateMalformed], |case| nodes(case)[1].kept.clear()),
    ("site 0 closed", &[Code::CertificateMalformed], |case| nodes(case)[0].closed = vec![0]),
    ("an unknown site closed", &[Code::CertificateMalformed], |case| {
        nodes(case)[0].closed = vec![5];
    }),
    ("an unknown site kept", &[Code::CertificateMalformed], |case| {
        nodes(case)[1].kept[0].site = 5;
    }),
    ("a site closed twice", &[Code::CertificateMalformed], |case| {
        nodes(case)[0].closed = vec![1, 4, 1];
    }),
    ("a site closed and kept", &[Code::CertificateMalformed], |case| {
        nodes(case)[0].closed.push(3);
    }),
    ("no time kept", &[Code::CertificateMalformed], |case| nodes(case)[0].kept[0].times.clear()),
    ("times out of order", &[Code::CertificateMalformed], |case| {
        nodes(case)[0].kept[0].times.reverse();
    }),
    ("a time that was lost above", &[Code::CertificateMalformed], |case| {
        nodes(case)[1].kept.push(KeptTimes { site: 3, times: vec![0, 1] });
    }),
    ("a site closed that must open", &[Code::CertificateMalformed], |case| {
        nodes(case).push(fixing(2, &[2], &[]));
    }),
    ("a fixing that costs less than the bound", &[Code::BoundNotProved], |case| {
        nodes(case)[0].prices = numbers(case).1.clone();
        numbers(case).1[1] = 4;
    }),
];

/// Codes that only answers to benchmark problems can get.
const OF_ANSWERS: [Code; 5] = [
    Code::ClientNotCovered,
    Code::AssignmentWrong,
    Code::DemandNotMet,
    Code::CapacityExceeded,
    Code::ClientSplit,
];

fn assert_refused(sound: fn() -> Case, tampered: &[(&str, &[Code], Tamper)]) {
    assert_eq!(sound().verdict().problems, []);
    assert!(sound().verdict().accepted);
    for (what, expected, tamper) in tampered {
        let mut case = sound();
        tamper(&mut case);
        let verdict = case.verdict();
        let codes: BTreeSet<Code> = verdict.problems.iter().map(|problem| problem.code).collect();
        let expected: BTreeSet<Code> = expected.iter().copied().collect();
        assert_eq!(codes, expected, "{what}: {:#?}", verdict.problems);
        assert!(!verdict.accepted, "{what}");
    }
}

#[test]
fn every_tampering_is_refused_with_its_code() {
    assert_refused(sound, MEDIAN);
    assert_refused(roll_out, ROLL_OUT);
    assert_refused(capacitated, CAPACITATED);
    assert_refused(fixed, FIXED);
}

#[test]
fn a_client_out_of_reach_is_named() {
    let problem = line(&[(0, 1), (1, 1), (5, 1)], Ask::SetCover { reach: 1 });
    let verdict = Case::new(&problem, &open(&[1])).verdict();
    let codes: Vec<Code> = verdict.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [Code::ClientNotCovered]);
    assert!(verdict.problems[0].cause.contains("client 3"), "{}", verdict.problems[0].cause);
}

#[test]
fn every_code_of_answers_is_produced() {
    let lists = [MEDIAN, ROLL_OUT, CAPACITATED, FIXED].concat();
    let mut tested: BTreeSet<Code> = lists.iter().flat_map(|case| case.1).copied().collect();
    tested.insert(Code::ClientNotCovered);
    assert!(OF_ANSWERS.iter().all(|code| tested.contains(code)));
}
