//! What multipliers prove of a programme, by themselves and in a tree.
//!
//! The sites that are open in every plan only cut the radii: what they offer, every place has anyway.

use groundwork_model::programme::QuotaRule;
use groundwork_model::{Code, Goal, Problem, SiteRule, TreeNode};

use crate::Proved;
use crate::facts::Terms;
use crate::metric::Metric;
use crate::relaxation::{
    Caps, Multipliers, Quotas, Relaxation, SiteTimes, Tariff, malformed, prove_tree, too_large,
};
use crate::scene::Scene;
use crate::service::Service;
use crate::value;

/// Recomputes the bound that the multipliers prove, whatever they are.
pub(crate) fn prove(scene: &Scene<'_>, terms: &Terms, multipliers: Multipliers<'_>) -> Proved {
    with_relaxation(scene, terms, |relaxation| {
        let (cost, pairs) = crate::relaxation::prove(relaxation, multipliers)?;
        Ok((Some(cost), pairs))
    })
}

/// Recomputes the bound that a tree proves.
pub(crate) fn prove_by_tree(
    scene: &Scene<'_>,
    terms: &Terms,
    root: Multipliers<'_>,
    nodes: &[TreeNode],
) -> Proved {
    with_relaxation(scene, terms, |relaxation| prove_tree(relaxation, root, nodes))
}

fn with_relaxation(
    scene: &Scene<'_>,
    terms: &Terms,
    cost: impl FnOnce(&Relaxation<'_>) -> Result<(Option<i128>, u64), Vec<Problem>>,
) -> Proved {
    if scene.weights.goal == Goal::WorstDistance {
        let cause = "multipliers do not bound the goal `worst-distance`";
        return Proved { problems: vec![malformed(cause)], ..Proved::default() };
    }
    let always = Service::of(scene, &terms.settled_opens(scene));
    let metric = Metric::of_programme(&scene.distances);
    let proved = relaxation(scene, terms, &always, &metric)
        .map_err(|problem| vec![problem])
        .and_then(|relaxation| {
            required_open(scene, terms, &relaxation)?;
            cost(&relaxation)
        });
    match proved {
        Ok((cost, pairs)) => shown(scene, cost, always.pairs + pairs),
        Err(problems) => Proved { problems, pairs: always.pairs, ..Proved::default() },
    }
}

fn shown(scene: &Scene<'_>, cost: Option<i128>, pairs: u64) -> Proved {
    let bound = cost.ok_or_else(crate::field::no_answer);
    match bound.and_then(|cost| value::shown(scene, cost).ok_or_else(too_large)) {
        Ok(bound) => Proved { bound: Some(bound), problems: Vec::new(), pairs },
        Err(problem) => Proved { bound: None, problems: vec![problem], pairs },
    }
}

/// Puts the programme in the form in which each site can be looked at alone.
fn relaxation<'a>(
    scene: &'a Scene<'_>,
    terms: &Terms,
    always: &Service,
    metric: &'a Metric<'a>,
) -> Result<Relaxation<'a>, Problem> {
    let factor = |index| u64::try_from(scene.weights.of_period(index)).map_err(|_| too_large());
    let sites = scene.sites.rows.len();
    Ok(Relaxation {
        metric,
        tariff: match scene.weights.goal {
            Goal::Coverage => Tariff::Goal(&scene.weights),
            _ => Tariff::Distance,
        },
        weights: (0..scene.places()).map(|place| scene.persons(place)).collect(),
        factors: (0..scene.periods()).map(factor).collect::<Result<_, _>>()?,
        caps: Caps::Each(caps(scene, always)),
        quota: Some(Quotas {
            openings: terms.left(),
            exactly: scene.programme.settings.quota.rule == QuotaRule::Exactly,
        }),
        opening_costs: vec![0; sites],
        capacities: None,
        times: SiteTimes::each((0..sites).map(|site| times(scene, terms, site))),
        clients_word: "places",
    })
}

/// Returns what each place costs at most in each period of any plan: what existing, fixed and locked
/// sites offer, or what it costs to be unserved.
fn caps(scene: &Scene<'_>, always: &Service) -> Vec<Option<u64>> {
    let row = |place| {
        let cap = move |index| scene.weights.cost_of_nearest(always.nearest(place, index));
        (0..scene.periods()).map(cap)
    };
    (0..scene.places()).flat_map(row).collect()
}

/// Returns when a site may open; nothing where nothing is left to choose.
fn times(scene: &Scene<'_>, terms: &Terms, site: usize) -> Vec<u32> {
    if !terms.is_free(scene, site) {
        return Vec::new();
    }
    let row = &scene.sites.rows[site];
    let never = (row.rule != SiteRule::Required).then_some(0);
    let periods = (1..=scene.periods() as u32).filter(|period| row.window_contains(*period));
    never.into_iter().chain(periods).collect()
}

/// Says which site must open and cannot.
fn required_open(
    scene: &Scene<'_>,
    terms: &Terms,
    relaxation: &Relaxation<'_>,
) -> Result<(), Vec<Problem>> {
    let rows = scene.sites.rows.iter().enumerate();
    let mut required =
        rows.filter(|(site, row)| row.rule == SiteRule::Required && terms.is_free(scene, *site));
    match required.find(|(site, _)| !relaxation.may_open(*site)) {
        None => Ok(()),
        Some((_, row)) => Err(vec![cannot_open(row.id)]),
    }
}

fn cannot_open(id: &str) -> Problem {
    let cause =
        format!("`{id}` is required and has no period left to open in: no plan keeps every rule");
    Problem::new(Code::RequiredSiteMissing, cause)
}
