//! Whether the openings are allowed: one function a rule, and every fault is listed.

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::plan::Action;
use groundwork_model::programme::QuotaRule;
use groundwork_model::{Code, Opening, Problem, SiteRule};

use crate::facts::Terms;
use crate::scene::Scene;
use crate::service::Service;

/// Is an opening whose site and period the programme has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) site: usize,
    /// Period, 1-based.
    pub(crate) period: u32,
}

/// Holds the openings that could be read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    pub(crate) openings: Vec<Opened>,
    /// Whether every opening could be read.
    pub(crate) complete: bool,
    /// Why the others could not.
    problems: Vec<Problem>,
}

/// Reads the openings of a plan.
pub(crate) fn read(scene: &Scene<'_>, openings: &[Opening]) -> Reading {
    let mut reading = Reading::default();
    for opening in openings {
        match read_opening(scene, opening) {
            Ok(opened) => reading.openings.push(opened),
            Err(problem) => reading.problems.push(problem),
        }
    }
    reading.complete = reading.problems.is_empty();
    reading
}

fn read_opening(scene: &Scene<'_>, opening: &Opening) -> Result<Opened, Problem> {
    let Opening { site: id, package, period, .. } = opening;
    let unknown = |cause: String| Problem::new(Code::UnknownSiteInPlan, cause);
    let site = scene
        .sites
        .find(id)
        .ok_or_else(|| unknown(format!("the plan opens site `{id}`, which is unknown")))?;
    if package != scene.package() {
        return Err(unknown(format!(
            "the plan opens package `{package}` at `{id}`, which is unknown"
        )));
    }
    match opening.action {
        Action::Open => {}
        Action::Upgrade => {
            let cause = format!("the plan turns `{id}` to `{package}`; there are no upgrades");
            return Err(Problem::new(Code::UpgradeNotAllowed, cause));
        }
        Action::Close => {
            let cause = format!("the plan closes `{id}`, which may not be closed");
            return Err(Problem::new(Code::ClosureNotAllowed, cause));
        }
    }
    if *period == 0 || *period as usize > scene.periods() {
        let cause = format!("the plan opens `{id}` in period {period}, which does not exist");
        return Err(Problem::new(Code::OutsideWindow, cause));
    }
    Ok(Opened { site, period: *period })
}

impl Reading {
    /// Returns the sites that begin to serve in each period, those of existing facilities first.
    pub(crate) fn opens(&self, scene: &Scene<'_>) -> Vec<Vec<usize>> {
        let mut opens = vec![Vec::new(); scene.periods()];
        if let Some(first) = opens.first_mut() {
            first.extend(scene.sites.existing());
        }
        for opened in &self.openings {
            opens[opened.period as usize - 1].push(opened.site);
        }
        opens
    }

    /// Returns the openings that neither reports nor existing facilities settle.
    fn chosen<'s>(
        &'s self,
        scene: &'s Scene<'_>,
        terms: &'s Terms,
    ) -> impl Iterator<Item = Opened> + 's {
        let settled =
            |site: usize| terms.fixed.contains_key(&site) || scene.sites.rows[site].existing;
        self.openings.iter().copied().filter(move |opened| !settled(opened.site))
    }
}

/// Lists every rule that the openings break, apart from [`nobody_serves`].
pub(crate) fn broken(scene: &Scene<'_>, terms: &Terms, reading: &Reading) -> Vec<Problem> {
    let mut problems = reading.problems.clone();
    problems.extend(opened_twice(scene, reading));
    problems.extend(existing_opened(scene, reading));
    problems.extend(facts_not_kept(scene, terms, reading));
    problems.extend(decisions_not_kept(scene, terms, reading));
    problems.extend(forbidden_opened(scene, terms, reading));
    problems.extend(outside_windows(scene, terms, reading));
    problems.extend(quotas_broken(scene, terms, reading));
    problems.extend(required_missing(scene, terms, reading));
    problems
}

fn opened_twice(scene: &Scene<'_>, reading: &Reading) -> Vec<Problem> {
    let mut times: BTreeMap<usize, u32> = BTreeMap::new();
    for opened in &reading.openings {
        *times.entry(opened.site).or_default() += 1;
    }
    let twice = times.iter().filter(|(_, number)| **number > 1);
    twice
        .map(|(site, number)| {
            let id = scene.sites.rows[*site].id;
            Problem::new(Code::SiteOpenedTwice, format!("the plan opens `{id}` {number} times"))
        })
        .collect()
}

fn existing_opened(scene: &Scene<'_>, reading: &Reading) -> Vec<Problem> {
    let existing = reading.openings.iter().filter(|opened| scene.sites.rows[opened.site].existing);
    existing
        .map(|opened| {
            let id = scene.sites.rows[opened.site].id;
            let cause = format!("the plan opens `{id}`, where a facility stands already");
            Problem::new(Code::ExistingSiteOpened, cause)
        })
        .collect()
}

fn facts_not_kept(scene: &Scene<'_>, terms: &Terms, reading: &Reading) -> Vec<Problem> {
    let who = |site: &usize| terms.fixed_by.get(site).copied().unwrap_or("the reports open");
    let facts = terms.fixed.iter();
    facts
        .flat_map(|(site, &period)| {
            let fact = Opened { site: *site, period };
            not_kept(scene, reading, std::iter::once(fact), Code::FactNotKept, who(site))
        })
        .collect()
}

fn decisions_not_kept(scene: &Scene<'_>, terms: &Terms, reading: &Reading) -> Vec<Problem> {
    let decisions = terms.locked.iter().map(|&(site, period)| Opened { site, period });
    not_kept(scene, reading, decisions, Code::DecisionNotKept, "the question locks")
}

/// Lists what should open just so and does not, with what the plan does instead.
fn not_kept(
    scene: &Scene<'_>,
    reading: &Reading,
    settled: impl Iterator<Item = Opened>,
    code: Code,
    who: &str,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for wanted in settled {
        let of_site = || reading.openings.iter().filter(|opened| opened.site == wanted.site);
        if of_site().count() > 0 && of_site().all(|opened| *opened == wanted) {
            continue;
        }
        let id = scene.sites.rows[wanted.site].id;
        let when = scene.period_name(wanted.period as usize - 1);
        let instead = of_site().find(|opened| opened.period != wanted.period).map_or_else(
            || "never opens it".to_owned(),
            |opened| format!("opens it in {}", scene.period_name(opened.period as usize - 1)),
        );
        let cause = format!("{who} `{id}` in {when}; the plan {instead}");
        problems.push(Problem::new(code, cause));
    }
    problems
}

fn forbidden_opened(scene: &Scene<'_>, terms: &Terms, reading: &Reading) -> Vec<Problem> {
    let rows = &scene.sites.rows;
    let forbidden = |opened: &Opened| {
        rows[opened.site].rule == SiteRule::Forbidden || terms.failed.contains(&opened.site)
    };
    let opened = reading.chosen(scene, terms).filter(forbidden);
    opened
        .map(|opened| {
            let why =
                if terms.failed.contains(&opened.site) { "has failed" } else { "is forbidden" };
            let cause = format!("the plan opens `{}`, which {why}", rows[opened.site].id);
            Problem::new(Code::ForbiddenSiteOpened, cause)
        })
        .collect()
}

fn outside_windows(scene: &Scene<'_>, terms: &Terms, reading: &Reading) -> Vec<Problem> {
    let rows = &scene.sites.rows;
    let outside = |opened: &Opened| !rows[opened.site].window_contains(opened.period);
    let opened = reading.chosen(scene, terms).filter(outside);
    opened
        .map(|opened| {
            let row = &rows[opened.site];
            let when = scene.period_name(opened.period as usize - 1);
            let window = (row.earliest.unwrap_or(1), row.latest.unwrap_or(scene.periods() as u32));
            let (id, first, last) = (row.id, window.0, window.1);
            let cause =
                format!("the plan opens `{id}` in {when}; its periods are {first} to {last}");
            Problem::new(Code::OutsideWindow, cause)
        })
        .collect()
}

fn quotas_broken(scene: &Scene<'_>, terms: &Terms, reading: &Reading) -> Vec<Problem> {
    let mut chosen = vec![0_u64; scene.periods()];
    for opened in reading.chosen(scene, terms) {
        chosen[opened.period as usize - 1] += 1;
    }
    let exactly = scene.programme.settings.quota.rule == QuotaRule::Exactly;
    let mut problems = Vec::new();
    for (index, (&chosen, &free)) in chosen.iter().zip(&terms.free).enumerate() {
        let when = scene.period_name(index);
        let cause = format!("the plan chooses {chosen} in {when}, where {free} can be chosen");
        if chosen > free {
            problems.push(Problem::new(Code::QuotaExceeded, cause));
        } else if exactly && index >= terms.first_open && chosen < free {
            problems.push(Problem::new(Code::QuotaNotMet, cause));
        }
    }
    problems
}

fn required_missing(scene: &Scene<'_>, terms: &Terms, reading: &Reading) -> Vec<Problem> {
    let open: BTreeSet<usize> = reading.openings.iter().map(|opened| opened.site).collect();
    let required = scene.sites.rows.iter().enumerate().filter(|(number, site)| {
        site.rule == SiteRule::Required
            && !site.existing
            && !open.contains(number)
            && !terms.failed.contains(number)
    });
    required
        .map(|(_, site)| {
            let cause = format!("the plan never opens `{}`, which is required", site.id);
            Problem::new(Code::RequiredSiteMissing, cause)
        })
        .collect()
}

/// Lists the periods in which somebody who must be served is not.
pub(crate) fn nobody_serves(scene: &Scene<'_>, service: &Service) -> Vec<Problem> {
    let peopled = || (0..scene.places()).filter(|&place| scene.persons(place) > 0);
    let unserved = |place: usize, index: usize| {
        scene.weights.cost_of_nearest(service.nearest(place, index)).is_none()
    };
    let periods = (0..scene.periods()).filter(|&t| peopled().any(|place| unserved(place, t)));
    periods
        .map(|index| {
            let cause = format!(
                "no site is open in {}, and everybody must be served",
                scene.period_name(index)
            );
            Problem::new(Code::NobodyServes, cause)
        })
        .collect()
}
