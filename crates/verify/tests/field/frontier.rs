//! Frontiers: one worked by hand, every way to be wrong, and whatever else may stand in them.

use groundwork_model::Code;
use groundwork_model::frontier::{
    FrontierAnswer, FrontierCertificate, FrontierMultipliers, FrontierPoint, FrontierVerdict,
};
use groundwork_verify::verify_frontier;
use proptest::prelude::*;

use super::*;

/// Is a frontier with its problem and its certificate.
#[derive(Clone, Debug)]
struct Drawn {
    problem: FieldProblem,
    range: (u32, u32),
    answer: FrontierAnswer,
    certificate: Option<FrontierCertificate>,
}

fn point(p: u32, value: i128, bound: i128, opened: &[u32], closed: &[u32]) -> FrontierPoint {
    let gap = Plan::gap_of(value, bound);
    FrontierPoint { p, value, bound, gap, opened: opened.to_vec(), closed: closed.to_vec() }
}

fn list(shift: u32, radii: &[u64]) -> FrontierMultipliers {
    FrontierMultipliers { shift, radii: radii.to_vec() }
}

impl Drawn {
    fn new(
        problem: FieldProblem,
        points: Vec<FrontierPoint>,
        lists: Vec<FrontierMultipliers>,
    ) -> Self {
        let is_cover = matches!(problem.ask, Ask::Cover { .. });
        let range = (points[0].p, points[points.len() - 1].p);
        let answer = FrontierAnswer {
            stopped_by: StoppedBy::Exhausted,
            sense: if is_cover { Sense::Max } else { Sense::Min },
            scale: problem.scale,
            gap: points.iter().map(|point| point.gap).fold(0.0, f64::max),
            seconds: 1.0,
            work: 1,
            peak_rss_bytes: 1,
            points,
        };
        let certificate = FrontierCertificate {
            format: 1,
            sha256: SHA256.to_owned(),
            claims: answer.claims(),
            multipliers: lists,
        };
        Self { problem, range, answer, certificate: Some(certificate) }
    }

    fn verdict(&self) -> FrontierVerdict {
        let range = self.range.0..=self.range.1;
        verify_frontier(&self.problem, range, SHA256, &self.answer, self.certificate.as_ref())
    }

    fn codes(&self) -> Vec<Code> {
        self.verdict().problems.iter().map(|problem| problem.code).collect()
    }

    /// Returns the codes of a copy that somebody changed.
    fn changed(&self, change: impl FnOnce(&mut Self)) -> Vec<Code> {
        let mut copy = self.clone();
        change(&mut copy);
        assert!(!copy.verdict().accepted);
        copy.codes()
    }

    /// Changes a point and what follows from it.
    fn claim(&mut self, at: usize, change: impl FnOnce(&mut FrontierPoint)) {
        let point = &mut self.answer.points[at];
        change(point);
        point.gap = Plan::gap_of(point.value, point.bound);
        self.answer.gap = self.answer.points.iter().map(|point| point.gap).fold(0.0, f64::max);
        self.repeat();
    }

    fn repeat(&mut self) {
        let claims = self.answer.claims();
        self.certificate.as_mut().unwrap().claims = claims;
    }
}

/// The example of `docs/concepts/certificate.md`: four clients, two lists.
fn medians() -> Drawn {
    let problem = line(&[(0, 1), (1, 1), (5, 1), (6, 1)], Ask::PMedian { p: 2 });
    let points = vec![point(1, 10, 10, &[2], &[]), point(2, 2, 2, &[1, 3], &[2])];
    Drawn::new(problem, points, vec![list(0, &[5; 4]), list(0, &[2; 4])])
}

/// The same clients, of whom a site covers those within 1.
fn covers() -> Drawn {
    let problem = line(&[(0, 4), (1, 1), (5, 2), (6, 1)], Ask::Cover { p: 3, reach: 1 });
    let points =
        vec![point(1, 5, 5, &[2], &[]), point(2, 8, 8, &[3], &[]), point(3, 8, 8, &[], &[])];
    Drawn::new(problem, points, vec![list(1, &[2; 4]), list(4, &[0; 4])])
}

#[test]
fn frontiers_worked_by_hand_are_accepted() {
    for drawn in [medians(), covers()] {
        let verdict = drawn.verdict();
        assert_eq!(verdict.problems, []);
        assert!(verdict.accepted && verdict.feasible);
        assert_eq!(verdict.gap, Some(0.0));
        let found = verdict.points.iter().map(|point| (point.value, point.bound));
        let claimed =
            drawn.answer.points.iter().map(|point| (Some(point.value), Some(point.bound)));
        assert!(found.eq(claimed));
    }
}

#[test]
fn each_list_bounds_every_point() {
    let mut one = medians();
    let certificate = one.certificate.as_mut().unwrap();
    certificate.multipliers.remove(0);
    let bounds: Vec<_> = one.verdict().points.iter().map(|point| point.bound).collect();
    assert_eq!(bounds, [Some(5), Some(2)]);
    assert_eq!(one.codes(), [Code::BoundNotProved]);
    // With a worse bound claimed it holds again.
    one.claim(0, |point| point.bound = 5);
    assert_eq!(one.codes(), []);
    assert_eq!(one.verdict().gap, Some(0.5));
}

#[test]
fn every_way_to_be_wrong_has_its_code() {
    for drawn in [medians(), covers()] {
        let better = if drawn.answer.sense == Sense::Min { -1 } else { 1 };
        let value = drawn.changed(|it| it.claim(1, |point| point.value += better));
        assert_eq!(value, [Code::ValueWrong]);
        let bound = drawn.changed(|it| it.claim(1, |point| point.bound -= better));
        assert_eq!(bound, [Code::BoundNotProved]);
        let gap = drawn.changed(|it| it.answer.points[0].gap = 0.25);
        assert_eq!(gap, [Code::ClaimWrong, Code::ClaimWrong], "of the point and of the whole");
        let widest = drawn.changed(|it| it.answer.gap = 0.25);
        assert_eq!(widest, [Code::ClaimWrong]);
        let scale = drawn.changed(|it| it.answer.scale = 10);
        assert_eq!(scale, [Code::ClaimWrong]);
        let sense = if better < 0 { Sense::Max } else { Sense::Min };
        assert_eq!(drawn.changed(|it| it.answer.sense = sense), [Code::ClaimWrong]);
        assert_eq!(drawn.changed(|it| it.range.1 += 1), [Code::ClaimWrong]);
        assert_eq!(drawn.changed(|it| it.certificate = None), [Code::BoundNotProved]);

        let other = [Code::CertificateOfAnotherPlan];
        let certificate = |change: fn(&mut FrontierCertificate)| {
            drawn.changed(|it| change(it.certificate.as_mut().unwrap()))
        };
        assert_eq!(certificate(|it| it.sha256.push('0')), other);
        assert_eq!(certificate(|it| it.claims[0].p += 1), other);
        assert_eq!(certificate(|it| it.format = 2), [Code::NotThisFormat]);
        let malformed = [Code::CertificateMalformed];
        assert_eq!(certificate(|it| it.multipliers.clear()), malformed);
        assert_eq!(certificate(|it| it.multipliers[0].shift = 33), malformed);
        assert_eq!(certificate(|it| it.multipliers[1].radii.truncate(3)), malformed);

        let plan =
            |change: fn(&mut Vec<FrontierPoint>)| drawn.changed(|it| change(&mut it.answer.points));
        assert_eq!(plan(|it| it[0].opened = vec![2, 2]), [Code::SiteOpenedTwice]);
        assert_eq!(plan(|it| it[0].opened = vec![0]), [Code::UnknownSiteInPlan]);
        assert_eq!(plan(|it| it[0].opened = vec![5]), [Code::UnknownSiteInPlan]);
        assert_eq!(plan(|it| it[0].closed = vec![1]), [Code::UnknownSiteInPlan]);
        assert!(plan(|it| it[0].opened = vec![2, 1]).contains(&Code::QuotaExceeded));
    }
    let proved = |it: &mut Drawn| {
        it.answer.stopped_by = StoppedBy::Proved;
        it.claim(0, |point| point.bound = 9);
    };
    assert_eq!(medians().changed(proved), [Code::ClaimWrong]);
    let nobody = medians().changed(|it| it.answer.points[0].opened.clear());
    assert!(nobody.contains(&Code::NobodyServes));
    let centre = medians().changed(|it| it.problem.ask = Ask::PCentre { p: 2 });
    assert_eq!(centre, [Code::FlagUnfit]);
}

#[test]
fn a_site_that_closes_and_opens_at_once_is_refused() {
    let codes = medians().changed(|it| it.answer.points[1] = point(2, 2, 2, &[1, 2], &[2]));
    assert!(codes.contains(&Code::SiteOpenedTwice));
}

fn number() -> impl Strategy<Value = u32> + Clone {
    prop_oneof![4 => 0..5_u32, 1 => Just(u32::MAX)]
}

fn any_point() -> impl Strategy<Value = FrontierPoint> {
    let sites = || prop::collection::vec(number(), 0..4);
    let figure = || prop_oneof![-9..9_i128, any::<i128>()];
    (number(), figure(), figure(), sites(), sites())
        .prop_map(|(p, value, bound, opened, closed)| point(p, value, bound, &opened, &closed))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_frontier_makes_the_checker_panic(
        points in prop::collection::vec(any_point(), 1..4),
        lists in prop::collection::vec(
            (prop_oneof![0..9_u32, any::<u32>()], prop::collection::vec(any::<u64>(), 3..5)),
            0..20,
        ),
        crowded in any::<bool>(),
        cover in any::<bool>(),
        range in (number(), number()),
    ) {
        let weight = if crowded { u64::MAX } else { 2 };
        let ask = if cover { Ask::Cover { p: 2, reach: 3 } } else { Ask::PMedian { p: 2 } };
        let problem = line(&[(0, weight), (1, 0), (5, weight), (6, 1)], ask);
        let lists = lists.iter().map(|(shift, radii)| list(*shift, radii)).collect();
        let mut drawn = Drawn::new(problem, points, lists);
        drawn.range = range;
        let verdict = drawn.verdict();
        prop_assert!(!verdict.accepted || verdict.problems.is_empty());
    }
}
