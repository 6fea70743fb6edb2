//! Whether plan and certificate say what the checker found.

use std::collections::BTreeSet;

use groundwork_model::certificate::CERTIFICATE_FORMAT;
use groundwork_model::plan::{KindOutcome, PLAN_FORMAT, Sense};
use groundwork_model::{
    Certificate, Code, InputFile, PeriodOutcome, Plan, Problem, Status, StoppedBy,
};

use crate::Score;
use crate::scene::Scene;

/// Gaps agree within this.
const GAP_TOLERANCE: f64 = 1e-12;

/// Means agree within this part of themselves.
const MEAN_TOLERANCE: f64 = 1e-9;

/// Lists every claim of the plan that does not hold, apart from its bound.
pub(crate) fn of_plan(
    scene: &Scene<'_>,
    settled: &BTreeSet<(usize, u32)>,
    plan: &Plan,
    score: &Score,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(format_version("plan", plan.format, PLAN_FORMAT));
    problems.extend(value(plan, score));
    problems.extend(names(scene, plan, score));
    problems.extend(gap(plan));
    problems.extend(status(plan, score));
    problems.extend(opening_labels(scene, settled, plan));
    problems.extend(outcomes(scene, plan, score));
    problems
}

/// Compares what the plan says of each future.
pub(crate) fn of_futures(scene: &Scene<'_>, plan: &Plan, score: &Score) -> Vec<Problem> {
    let wrong = |cause: String| Problem::new(Code::ClaimWrong, cause);
    if !plan.question.has_futures(scene.programme) {
        let cause = "the plan tells of futures; its question has none";
        let told = (!plan.futures.is_empty()).then(|| wrong(cause.to_owned()));
        return told.into_iter().collect();
    }
    let mut problems = Vec::new();
    if !plan.assignments.is_empty() {
        let cause = "the plan says who is served where beside its futures; each has its own";
        problems.push(Problem::new(Code::AssignmentWrong, cause));
    }
    if score.futures.is_empty() {
        return problems;
    }
    if plan.futures.len() != score.futures.len() {
        let (told, found) = (plan.futures.len(), score.futures.len());
        let cause = format!("the plan tells of {told} futures; the question has {found}");
        problems.push(wrong(cause));
    }
    for (number, (told, found)) in (1..).zip(plan.futures.iter().zip(&score.futures)) {
        let (name, weight, value) = (&found.name, found.weight, found.value);
        if told.name != *name {
            let told = &told.name;
            problems
                .push(wrong(format!("the plan names future {number} `{told}`; it is `{name}`")));
        }
        if told.weight != weight {
            let told = told.weight;
            let cause = format!("the plan gives `{name}` the weight {told}; it is {weight}");
            problems.push(wrong(cause));
        }
        if let Some(value) = value.filter(|value| told.value != *value) {
            let told = told.value;
            let cause = format!(
                "the plan claims the value {told} in the future `{name}`; its openings give {value}"
            );
            problems.push(Problem::new(Code::ValueWrong, cause));
        }
    }
    problems
}

/// Lists every way in which the certificate speaks of something else than the plan.
pub(crate) fn of_certificate(plan: &Plan, certificate: Option<&Certificate>) -> Vec<Problem> {
    let Some(certificate) = certificate else { return Vec::new() };
    let other = |what: &str| {
        let cause = format!("the certificate and the plan differ in {what}");
        Problem::new(Code::CertificateOfAnotherPlan, cause)
    };
    let claim = certificate.claim;
    let differences = [
        (sorted(&certificate.inputs) != sorted(&plan.inputs), "the files that they were made from"),
        (certificate.question != plan.question, "the question"),
        (claim.value != plan.value, "the value that they claim"),
        (Some(claim.bound) != plan.bound, "the bound that they claim"),
    ];
    let named =
        differences.into_iter().filter(|(differs, _)| *differs).map(|(_, what)| other(what));
    let version = format_version("certificate", certificate.format, CERTIFICATE_FORMAT);
    version.into_iter().chain(named).collect()
}

/// Says whether the bound that the plan claims is better than the one proved.
pub(crate) fn of_bound(
    plan: &Plan,
    sense: Sense,
    certified: bool,
    proved: Option<i128>,
) -> Option<Problem> {
    let claimed = plan.bound?;
    if !certified {
        let cause = format!("the plan claims the bound {claimed} without a certificate");
        return Some(Problem::new(Code::BoundNotProved, cause));
    }
    // A certificate that proves nothing has been reported with its own fault.
    let proved = proved?;
    let better = match sense {
        Sense::Min => claimed > proved,
        Sense::Max => claimed < proved,
    };
    let cause = format!("the plan claims the bound {claimed}; the certificate proves {proved}");
    better.then(|| Problem::new(Code::BoundNotProved, cause))
}

pub(crate) fn format_version(what: &str, found: u32, known: u32) -> Option<Problem> {
    let cause = format!("the {what} is of format {found}; this checker reads format {known}");
    (found != known).then(|| Problem::new(Code::NotThisFormat, cause))
}

fn value(plan: &Plan, score: &Score) -> Option<Problem> {
    let (claimed, value) = (plan.value, score.value?);
    let cause = format!("the plan claims the value {claimed}; its openings give {value}");
    (claimed != value).then(|| Problem::new(Code::ValueWrong, cause))
}

/// Compares the words and the scale by which a person reads the figures.
fn names(scene: &Scene<'_>, plan: &Plan, score: &Score) -> Vec<Problem> {
    let wrong = |what: &str, claimed: String, found: String| {
        let cause = format!("the plan gives {what} as {claimed}; it is {found}");
        (claimed != found).then(|| Problem::new(Code::ClaimWrong, cause))
    };
    let settings = &scene.programme.settings;
    let sense = |sense: Sense| if sense == Sense::Min { "min" } else { "max" }.to_owned();
    let checks = [
        wrong("the programme", plan.programme.clone(), settings.name.clone()),
        wrong("the sense", sense(plan.sense), sense(score.sense)),
        wrong("the scale", plan.scale.to_string(), score.scale.to_string()),
        wrong("the unit", plan.unit.clone(), score.unit.clone()),
    ];
    checks.into_iter().flatten().collect()
}

/// Returns whether a claimed gap is the one that follows.
pub(crate) fn gaps_agree(claimed: Option<f64>, follows: Option<f64>) -> bool {
    match (claimed, follows) {
        (Some(claimed), Some(follows)) => (claimed - follows).abs() <= GAP_TOLERANCE,
        (claimed, follows) => claimed.is_none() && follows.is_none(),
    }
}

fn gap(plan: &Plan) -> Option<Problem> {
    let follows = plan.bound.map(|bound| Plan::gap_of(plan.value, bound));
    let agrees = gaps_agree(plan.gap, follows);
    let cause = format!(
        "the plan claims {}; value and bound give {}",
        gap_words(plan.gap),
        gap_words(follows)
    );
    (!agrees).then(|| Problem::new(Code::ClaimWrong, cause))
}

fn gap_words(gap: Option<f64>) -> String {
    gap.map_or_else(|| "no gap".to_owned(), |gap| format!("a gap of {gap}"))
}

fn status(plan: &Plan, score: &Score) -> Vec<Problem> {
    let closed = plan.bound == Some(plan.value);
    let mut causes = Vec::new();
    if plan.status == Status::Optimal && !closed {
        causes.push("the plan claims to be optimal, and its value is not its bound");
    }
    if plan.stopped_by == StoppedBy::Proved && !closed {
        causes.push("the plan claims to be proved best, and its value is not its bound");
    }
    if plan.status == Status::Infeasible && score.problems.is_empty() {
        causes.push("the plan says that it breaks a rule, and it breaks none");
    }
    causes.into_iter().map(|cause| Problem::new(Code::ClaimWrong, cause)).collect()
}

/// Compares what the plan says beside each opening: the year, and whether it was settled before.
fn opening_labels(
    scene: &Scene<'_>,
    settled: &BTreeSet<(usize, u32)>,
    plan: &Plan,
) -> Vec<Problem> {
    let periods = scene.programme.settings.periods;
    let mut causes = Vec::new();
    for opening in &plan.openings {
        let (id, period) = (&opening.site, opening.period);
        let Some(site) = scene.sites.find(id) else { continue };
        if period == 0 || period as usize > scene.periods() {
            continue;
        }
        if opening.year != periods.label(period) {
            let (year, label) = (opening.year, periods.label(period));
            causes.push(format!(
                "the plan labels period {period} of `{id}` with {year}; it is {label}"
            ));
        }
        let is_settled = opening.action.is_open() && settled.contains(&(site, period));
        if opening.fixed != is_settled {
            let (says, is) = (settled_words(opening.fixed), settled_words(is_settled));
            causes.push(format!("the plan says that opening `{id}` is {says}; it is {is}"));
        }
    }
    causes.into_iter().map(|cause| Problem::new(Code::ClaimWrong, cause)).collect()
}

fn settled_words(fixed: bool) -> &'static str {
    if fixed { "a fact or a decision" } else { "a choice" }
}

fn outcomes(scene: &Scene<'_>, plan: &Plan, score: &Score) -> Vec<Problem> {
    if score.outcomes.len() != scene.periods() {
        return Vec::new();
    }
    let wrong = |cause: String| Problem::new(Code::OutcomeWrong, cause);
    let (claimed, found) = (plan.outcomes.len(), score.outcomes.len());
    if claimed != found {
        return vec![wrong(format!(
            "the plan gives figures of {claimed} periods; there are {found}"
        ))];
    }
    let periods = plan.outcomes.iter().zip(&score.outcomes).enumerate();
    let figures = periods.flat_map(|(index, (claimed, found))| {
        let when = scene.period_name(index);
        differing_figures(claimed, found).into_iter().map(move |(name, claimed, found)| {
            format!("{when}: the plan gives {name} {claimed}; its openings give {found}")
        })
    });
    let (claimed, found) = (plan.person_years_of_access, score.person_years_of_access);
    let years = (claimed != found).then(|| {
        format!("the plan gives person_years_of_access {claimed}; its openings give {found}")
    });
    figures.chain(years).map(wrong).collect()
}

/// Returns name, claim and finding of each figure of a period that differs.
fn differing_figures(
    claimed: &PeriodOutcome,
    found: &PeriodOutcome,
) -> Vec<(&'static str, String, String)> {
    let exact = |outcome: &PeriodOutcome| {
        [
            ("period", outcome.period.to_string()),
            ("year", outcome.year.to_string()),
            ("openings", outcome.openings.to_string()),
            ("open", outcome.open.to_string()),
            ("access", format!("{:?}", outcome.access)),
            ("access_all", outcome.access_all.to_string()),
            ("unserved", outcome.unserved.to_string()),
            ("person_metres", outcome.person_metres.to_string()),
            ("worst_distance_m", words(outcome.worst_distance_m)),
            ("kinds", kinds_words(&outcome.kinds)),
            ("spent", format!("{:?}", outcome.spent)),
        ]
    };
    let pairs = exact(claimed).into_iter().zip(exact(found));
    let mut differing: Vec<_> = pairs
        .filter(|(claimed, found)| claimed.1 != found.1)
        .map(|((name, claimed), (_, found))| (name, claimed, found))
        .collect();
    let means = (claimed.mean_distance_m, found.mean_distance_m);
    if !means_agree(means.0, means.1) {
        differing.push(("mean_distance_m", words(means.0), words(means.1)));
    }
    differing
}

fn kinds_words(kinds: &[KindOutcome]) -> String {
    let of_kind = |outcome: &KindOutcome| {
        format!(
            "{}: sites {}, served {}, person_metres {}, capacity {}",
            outcome.kind,
            outcome.sites,
            outcome.served,
            outcome.person_metres,
            words(outcome.capacity)
        )
    };
    kinds.iter().map(of_kind).collect::<Vec<_>>().join("; ")
}

fn means_agree(claimed: Option<f64>, found: Option<f64>) -> bool {
    match (claimed, found) {
        (Some(claimed), Some(found)) => (claimed - found).abs() <= MEAN_TOLERANCE * found.abs(),
        (claimed, found) => claimed.is_none() && found.is_none(),
    }
}

fn words<T: ToString>(figure: Option<T>) -> String {
    figure.map_or_else(|| "none".to_owned(), |figure| figure.to_string())
}

fn sorted(files: &[InputFile]) -> Vec<(&str, &str)> {
    let mut pairs: Vec<_> =
        files.iter().map(|file| (file.path.as_str(), file.sha256.as_str())).collect();
    pairs.sort_unstable();
    pairs
}
