//! Solver and checker on the frontiers of random small problems: every set of sites is tried, each point
//! must bound the best of them, and the checker must accept the frontier and nothing beside it.

use std::ops::RangeInclusive;

use groundwork_model::field::{Ask, Costs, FieldProblem, FieldSite, Rounding};
use groundwork_model::frontier::{
    FrontierAnswer, FrontierCertificate, FrontierMultipliers, FrontierPoint, FrontierVerdict,
};
use groundwork_model::plan::Sense;
use groundwork_model::{Code, Plan, Problem, StoppedBy};
use groundwork_solve::{Control, Event, Options, Quiet, solve_frontier};
use groundwork_verify::verify_frontier;
use proptest::prelude::*;

const SHA256: &str = "5eed";

fn problem(points: &[(i64, i64, u64)], ask: Ask) -> FieldProblem {
    FieldProblem {
        weights: points.iter().map(|&(_, _, weight)| weight).collect(),
        sites: vec![FieldSite::default(); points.len()],
        costs: Costs::Plane {
            points: points.iter().map(|&(x, y, _)| (x, y)).collect(),
            coordinate_scale: 1,
            rounding: Rounding::Floor,
        },
        ask,
        scale: 1,
    }
}

fn problems() -> impl Strategy<Value = FieldProblem> {
    let points = proptest::collection::vec((0_i64..40, 0_i64..40, 0_u64..9), 1..9);
    let asks = prop_oneof![
        Just(Ask::PMedian { p: 1 }),
        (0_u32..30).prop_map(|reach| Ask::Cover { p: 1, reach }),
    ];
    (points, asks).prop_map(|(points, ask)| problem(&points, ask))
}

fn asked(problem: &FieldProblem, p: u32) -> FieldProblem {
    let ask = match problem.ask {
        Ask::Cover { reach, .. } => Ask::Cover { p, reach },
        _ => Ask::PMedian { p },
    };
    FieldProblem { ask, ..problem.clone() }
}

fn cost(problem: &FieldProblem, client: usize, site: usize) -> i128 {
    let Costs::Plane { points, .. } = &problem.costs else { panic!("all are of the plane") };
    let (a, b) = (points[client], points[site]);
    let squared = (a.0 - b.0).pow(2) + (a.1 - b.1).pow(2);
    i128::from(squared.isqrt())
}

/// Returns what a set of sites, one a bit, is worth by the definition.
fn worth(problem: &FieldProblem, sites: u32) -> i128 {
    let open = || (0..problem.sites.len()).filter(|site| sites >> site & 1 == 1);
    let of_client = |client: usize| {
        let weight = i128::from(problem.weights[client]);
        let nearest = open().map(|site| cost(problem, client, site)).min().unwrap_or(i128::MAX);
        match problem.ask {
            Ask::Cover { reach, .. } if nearest <= i128::from(reach) => weight,
            Ask::Cover { .. } => 0,
            _ => weight * nearest,
        }
    };
    (0..problem.weights.len()).map(of_client).sum()
}

/// Returns the best value of each number of sites, from 1 on.
fn best(problem: &FieldProblem) -> Vec<i128> {
    let sites = problem.sites.len() as u32;
    let covers = matches!(problem.ask, Ask::Cover { .. });
    let of_number = |p: u32| {
        let sets = (1..1_u32 << sites).filter(|set| set.count_ones() <= p);
        let worths = sets.map(|set| worth(problem, set));
        if covers { worths.max() } else { worths.min() }.expect("there is a site")
    };
    (1..=sites).map(of_number).collect()
}

/// Is a frontier as the program exchanges it.
#[derive(Clone)]
struct Found {
    problem: FieldProblem,
    range: RangeInclusive<u32>,
    answer: FrontierAnswer,
    certificate: FrontierCertificate,
}

impl Found {
    fn of(
        problem: &FieldProblem,
        range: RangeInclusive<u32>,
        options: Options,
        control: &dyn Control,
    ) -> Self {
        let found = solve_frontier(problem, range.clone(), options, control);
        let found = found.expect("the problem has a frontier");
        let numbered = |sites: &[usize]| sites.iter().map(|&site| site as u32 + 1).collect();
        let points: Vec<FrontierPoint> = found
            .steps
            .iter()
            .map(|step| FrontierPoint {
                p: step.p,
                value: step.value,
                bound: step.bound,
                gap: Plan::gap_of(step.value, step.bound),
                opened: numbered(&step.opened),
                closed: numbered(&step.closed),
            })
            .collect();
        let answer = FrontierAnswer {
            stopped_by: found.stopped_by,
            sense: found.sense,
            scale: 1,
            gap: points.iter().map(|point| point.gap).fold(0.0, f64::max),
            seconds: 0.0,
            work: found.work,
            peak_rss_bytes: 0,
            points,
        };
        let lists = found.multipliers.into_iter();
        let certificate = FrontierCertificate {
            format: 1,
            sha256: SHA256.to_owned(),
            claims: answer.claims(),
            multipliers: lists.map(|(shift, radii)| FrontierMultipliers { shift, radii }).collect(),
        };
        Self { problem: asked(problem, *range.end()), range, answer, certificate }
    }

    fn verdict(&self) -> FrontierVerdict {
        let certificate = Some(&self.certificate);
        verify_frontier(&self.problem, self.range.clone(), SHA256, &self.answer, certificate)
    }

    /// Returns the codes of what is wrong with an altered copy.
    fn altered(&self, alter: impl FnOnce(&mut Self)) -> Vec<Code> {
        let mut copy = self.clone();
        alter(&mut copy);
        let verdict = copy.verdict();
        assert!(!verdict.accepted);
        verdict.problems.iter().map(|problem| problem.code).collect()
    }

    /// Changes a point, and whatever follows from that in answer and certificate.
    fn claim(&mut self, at: usize, change: impl FnOnce(&mut FrontierPoint)) {
        let point = &mut self.answer.points[at];
        change(point);
        point.gap = Plan::gap_of(point.value, point.bound);
        self.answer.gap = self.answer.points.iter().map(|point| point.gap).fold(0.0, f64::max);
        if self.answer.gap > 0.0 && self.answer.stopped_by == StoppedBy::Proved {
            self.answer.stopped_by = StoppedBy::Exhausted;
        }
        self.certificate.claims = self.answer.claims();
    }
}

/// Stops a run when it is asked for the n-th time.
struct After(std::sync::atomic::AtomicUsize);

impl Control for After {
    fn event(&self, _: &Event) {}
    fn stop(&self) -> Option<StoppedBy> {
        let left = &self.0;
        let order = std::sync::atomic::Ordering::Relaxed;
        let spent = left.fetch_update(order, order, |left| left.checked_sub(1)).is_err();
        spent.then_some(StoppedBy::Time)
    }
}

fn assert_holds(found: &Found, best: &[i128]) {
    let verdict = found.verdict();
    assert_eq!(verdict.problems, Vec::<Problem>::new());
    assert!(verdict.accepted && verdict.feasible);
    assert_eq!(verdict.gap, Some(found.answer.gap));
    let better = if found.answer.sense == Sense::Min { -1 } else { 1 };
    let mut before = None;
    for (point, p) in found.answer.points.iter().zip(found.range.clone()) {
        let best = best[p as usize - 1];
        assert_eq!(point.p, p);
        assert!((best - point.value) * better >= 0, "p = {p}: {} beats {best}", point.value);
        assert!((point.bound - best) * better >= 0, "p = {p}: {} excludes {best}", point.bound);
        assert!(before.is_none_or(|before| (point.value - before) * better >= 0), "p = {p}");
        before = Some(point.value);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(7),
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_point_bounds_the_best(problem in problems(), first in 1_u32..4, stop in 0_usize..200) {
        let sites = problem.sites.len() as u32;
        let range = first.min(sites)..=sites;
        let best = best(&problem);
        let whole = Found::of(&problem, range.clone(), Options::default(), &Quiet);
        assert_holds(&whole, &best);
        let cut = Found::of(&problem, range, Options::default(), &After(stop.into()));
        assert_holds(&cut, &best);
    }

    #[test]
    fn what_cannot_be_true_is_refused(problem in problems(), draw in any::<prop::sample::Index>()) {
        let sites = problem.sites.len() as u32;
        let found = Found::of(&problem, 1..=sites, Options::default(), &Quiet);
        let at = draw.index(found.answer.points.len());
        let better = if found.answer.sense == Sense::Min { -1 } else { 1 };
        let bound = found.verdict().points[at].bound.expect("there is a certificate");

        let value = found.altered(|it| it.claim(at, |point| point.value += better));
        prop_assert!(value.contains(&Code::ValueWrong));
        let tighter = found.altered(|it| it.claim(at, |point| point.bound = bound - better));
        prop_assert!(tighter.contains(&Code::BoundNotProved));
        let file = found.altered(|it| it.certificate.sha256 = "other".to_owned());
        prop_assert_eq!(file, [Code::CertificateOfAnotherPlan]);
        let claims = found.altered(|it| it.certificate.claims[at].bound += 1);
        prop_assert_eq!(claims, [Code::CertificateOfAnotherPlan]);
        let twice = found.altered(|it| it.answer.points[0].opened = vec![1, 1]);
        prop_assert!(twice.contains(&Code::SiteOpenedTwice));
        let unknown = found.altered(|it| it.answer.points[at].opened.push(sites + 1));
        prop_assert!(unknown.contains(&Code::UnknownSiteInPlan));
        let radii = found.altered(|it| it.certificate.multipliers[0].radii.push(0));
        prop_assert!(radii.contains(&Code::CertificateMalformed));
        let none = found.altered(|it| it.certificate.multipliers.clear());
        prop_assert!(none.contains(&Code::CertificateMalformed));
        let missing = found.altered(|it| {
            it.answer.points.pop();
            it.certificate.claims.pop();
        });
        prop_assert!(missing.contains(&Code::ClaimWrong));
    }
}

/// Three towns in a row, each with a village in reach.
fn towns() -> FieldProblem {
    let points = [(0, 0, 50), (3, 0, 5), (20, 0, 30), (23, 0, 4), (40, 0, 20), (43, 0, 3)];
    problem(&points, Ask::Cover { p: 1, reach: 3 })
}

#[test]
fn a_frontier_of_three_towns_is_proved() {
    let found = Found::of(&towns(), 1..=6, Options::default(), &Quiet);
    let values: Vec<i128> = found.answer.points.iter().map(|point| point.value).collect();
    assert_eq!(values, [55, 89, 112, 112, 112, 112]);
    assert_eq!((found.answer.stopped_by, found.answer.gap), (StoppedBy::Proved, 0.0));
    assert!(found.answer.points[3..].iter().all(|point| point.opened.is_empty()));
}

#[test]
fn one_site_too_many_is_refused() {
    let found = Found::of(&towns(), 1..=6, Options::default(), &Quiet);
    let open: Vec<u32> = found.answer.points[..3].iter().flat_map(|p| p.opened.clone()).collect();
    let closed: Vec<u32> = (1..=6).filter(|site| !open.contains(site)).collect();
    // Two sites at p = 1; what they are worth is claimed truthfully.
    let codes = found.altered(|it| it.answer.points[0].opened.push(closed[0]));
    assert!(codes.contains(&Code::QuotaExceeded), "{codes:?}");
    let codes = found.altered(|it| it.answer.points[1].closed.push(closed[0]));
    assert!(codes.contains(&Code::UnknownSiteInPlan), "{codes:?}");
}

#[test]
fn radii_that_prove_less_are_refused() {
    let found = Found::of(&towns(), 1..=6, Options::default(), &Quiet);
    let codes = found.altered(|it| {
        for list in &mut it.certificate.multipliers {
            list.radii[0] = 0;
        }
    });
    assert!(codes.iter().all(|code| *code == Code::BoundNotProved) && !codes.is_empty());
}

#[test]
fn threads_change_nothing_and_work_reproduces_a_run() {
    let random = |at: i64, by: i64| (at * by) % 101;
    let points: Vec<(i64, i64, u64)> =
        (1..150).map(|at| (random(at, 37), random(at, 61), 1 + at as u64 % 7)).collect();
    for ask in [Ask::Cover { p: 1, reach: 9 }, Ask::PMedian { p: 1 }] {
        let problem = problem(&points, ask);
        let run = |threads: usize, work_limit: Option<u64>| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let options = Options { work_limit, ..Options::default() };
            let run = || Found::of(&problem, 1..=30, options, &Quiet);
            pool.expect("threads can be started").install(run)
        };
        let (one, two) = (run(1, None), run(3, None));
        assert_eq!(one.answer, two.answer);
        assert_eq!(one.certificate, two.certificate);
        let half = one.answer.work / 2;
        let cut = run(2, Some(half));
        assert_eq!(cut.answer.stopped_by, StoppedBy::Work);
        let again = run(1, Some(cut.answer.work));
        assert_eq!((&cut.answer, &cut.certificate), (&again.answer, &again.certificate));
    }
}

#[test]
fn other_problems_and_ranges_have_no_frontier() {
    let code = |ask, range| {
        let problem = FieldProblem { ask, ..towns() };
        solve_frontier(&problem, range, Options::default(), &Quiet).map(|_| ()).unwrap_err().code
    };
    assert_eq!(code(Ask::PCentre { p: 2 }, 1..=2), Code::FlagUnfit);
    assert_eq!(code(Ask::SetCover { reach: 3 }, 1..=2), Code::FlagUnfit);
    assert_eq!(code(Ask::PMedian { p: 2 }, 0..=2), Code::FlagOutOfRange);
    assert_eq!(code(Ask::PMedian { p: 2 }, 1..=7), Code::FlagOutOfRange);
    #[expect(clippy::reversed_empty_ranges, reason = "this is what is refused")]
    let reversed = 3..=2;
    assert_eq!(code(Ask::PMedian { p: 2 }, reversed), Code::FlagOutOfRange);
}
