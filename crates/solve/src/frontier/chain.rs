//! Plans of neighbouring numbers of sites: handed on, filled in, kept from getting worse.

use rayon::prelude::*;

use super::{Method, Plan, Rung};

/// Returns the plans from which a rung is searched: at first its own and what the ascent advises, later
/// also those of its neighbours, with sites added or taken.
pub(super) fn starts(
    method: &impl Method,
    rungs: &[Rung],
    plans: &[Plan],
    at: usize,
    round: usize,
) -> Vec<Vec<u32>> {
    let plan = |rung: &Rung| &plans[rung.p as usize - 1];
    let here = &rungs[at];
    let mut starts = vec![plan(here).sites.clone()];
    if round == 0 {
        starts.push(largest(here));
        return starts;
    }
    if let Some(below) = at.checked_sub(1).map(|below| &rungs[below]) {
        let pool = &plan(here).sites;
        starts.extend(method.grow(plan(below), (below.p, here.p), pool).pop().map(|p| p.sites));
    }
    if let Some(above) = rungs.get(at + 1) {
        starts.extend(method.shrink(plan(above), (above.p, here.p)).pop().map(|p| p.sites));
    }
    starts
}

/// Returns the sites of which the relaxation opens most.
fn largest(rung: &Rung) -> Vec<u32> {
    let mut sites = rung.fractions.clone();
    sites.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    sites.truncate(rung.p as usize);
    sites.into_iter().map(|(site, _)| site).collect()
}

/// Gives every number between two rungs the best plan that follows from those of the rungs.
pub(super) fn fill(method: &impl Method, rungs: &[Rung], plans: &mut [Plan]) {
    let known: &[Plan] = plans;
    let plan = |p: u32| &known[p as usize - 1];
    let between = |pair: &[Rung]| -> Vec<Plan> {
        let (below, above) = (pair[0].p, pair[1].p);
        let pool = &plan(above).sites;
        let up = method.grow(plan(below), (below, above - 1), pool);
        let mut down = method.shrink(plan(above), (above, below + 1));
        down.reverse();
        better_of(up, down)
    };
    let filled: Vec<Vec<Plan>> = rungs.par_windows(2).map(between).collect();
    for (pair, filled) in rungs.windows(2).zip(filled) {
        for (plan, found) in plans[pair[0].p as usize..].iter_mut().zip(filled) {
            if found.cost < plan.cost {
                *plan = found;
            }
        }
    }
}

/// Returns the better plan of each number; of equals the one that goes on from the number before.
fn better_of(up: Vec<Plan>, down: Vec<Plan>) -> Vec<Plan> {
    let mut goes_up = true;
    let better = |(up, down): (Plan, Plan)| {
        goes_up = if goes_up { up.cost <= down.cost } else { up.cost < down.cost };
        if goes_up { up } else { down }
    };
    up.into_iter().zip(down).map(better).collect()
}

/// Keeps the plan of fewer sites wherever more bring nothing.
pub(super) fn never_worse(plans: &mut [Plan]) {
    for at in 1..plans.len() {
        if plans[at].cost >= plans[at - 1].cost {
            plans[at] = plans[at - 1].clone();
        }
    }
}

/// Returns what of one ascending list is not in another.
pub(super) fn without(sites: &[u32], others: &[u32]) -> Vec<usize> {
    let missing = sites.iter().filter(|site| others.binary_search(site).is_err());
    missing.map(|&site| site as usize).collect()
}
