//! Plans that keep every rule, with their cost in whole numbers.

use super::layers::Layer;
use super::problem::Mixed;
use super::service::Draft;

/// Is a plan that keeps every rule.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    pub(crate) schedules: Vec<u32>,
    /// Exact cost.
    pub(crate) cost: i128,
    /// For each limited layer, period by period, who goes where.
    pub(crate) flows: Vec<Vec<Parts>>,
}

/// Place, site and persons.
pub(super) type Parts = Vec<(u32, u32, u64)>;

impl Found {
    /// Returns the plan that schedules make up, with its exact cost; `None` where somebody must be served and is
    /// not, or where a goal is not held.
    pub(crate) fn of(draft: &Draft<'_>) -> Option<Self> {
        Self::served(draft).filter(|found| found.holds(draft))
    }

    /// Returns the same, whether goals are held or not.
    pub(crate) fn served(draft: &Draft<'_>) -> Option<Self> {
        let mixed = draft.mixed;
        let of_layer = |(at, layer): (usize, &Layer)| -> Vec<Parts> {
            let periods = if layer.limited { 0..mixed.periods } else { 0..0 };
            periods.map(|period| draft.parts(at, period)).collect()
        };
        let goal = &mixed.layers[..mixed.kinds];
        let flows: Vec<Vec<Parts>> = goal.iter().enumerate().map(of_layer).collect();
        let cost = cost(draft, &flows)?;
        Some(Self { schedules: draft.schedules.clone(), cost, flows })
    }

    fn holds(&self, draft: &Draft<'_>) -> bool {
        draft.mixed.limits().all(|number| {
            let right = draft.mixed.held[number].right;
            cost_under(draft, &self.flows, Some(number)).is_some_and(|sum| sum <= right)
        })
    }

    /// Returns the cheapest plan of the schedules, of those that send people by some blend of goals.
    pub(crate) fn best_of(draft: &mut Draft<'_>) -> Option<Self> {
        let mut best: Option<Self> = None;
        for blend in 0..draft.mixed.blends() {
            draft.set_blend(blend);
            let found = if draft.keeps_rules() { Self::of(draft) } else { None };
            if let Some(found) = found.filter(|f| best.as_ref().is_none_or(|b| f.cost < b.cost)) {
                best = Some(found);
            }
        }
        best
    }
}

/// Returns what a draft costs: in the mean of all futures, or in the worst.
fn cost(draft: &Draft<'_>, flows: &[Vec<Parts>]) -> Option<i128> {
    let mixed = draft.mixed;
    if !mixed.worst_case {
        return cost_under(draft, flows, None);
    }
    let mut worst = i128::MIN;
    for number in mixed.worsts() {
        worst = worst.max(cost_under(draft, flows, Some(number))? - mixed.held[number].right);
    }
    Some(worst + charged(mixed, &draft.schedules))
}

/// Returns what a draft costs in one future alone, without what schedules are charged.
pub(crate) fn served_in_future(
    draft: &Draft<'_>,
    flows: &[Vec<Parts>],
    future: usize,
) -> Option<i128> {
    let mixed = draft.mixed;
    let mut cost = 0;
    for at in future * mixed.per_future..(future + 1) * mixed.per_future {
        cost += cost_of_layer(draft, flows, at)?;
    }
    Some(cost / i128::from(mixed.weight_of(future)))
}

/// Returns what a draft costs under the goal, or under one that is held, with what is charged.
fn cost_under(draft: &Draft<'_>, flows: &[Vec<Parts>], held: Option<usize>) -> Option<i128> {
    let mixed = draft.mixed;
    let mut cost: i128 = match held {
        None => charged(mixed, &draft.schedules),
        Some(number) => i128::from(draft.usage[mixed.held[number].rule]),
    };
    let layers = mixed.layers.iter().enumerate();
    for (at, _) in layers.filter(|(_, layer)| layer.held == held) {
        cost += cost_of_layer(draft, flows, at)?;
    }
    Some(cost)
}

fn cost_of_layer(draft: &Draft<'_>, flows: &[Vec<Parts>], at: usize) -> Option<i128> {
    let layer = &draft.mixed.layers[at];
    let mut cost = 0;
    for (period, &factor) in layer.factors.iter().enumerate() {
        let of_period = if layer.limited {
            cost_of_parts(draft.mixed, layer, period, &flows[layer.of][period])?
        } else {
            cost_of_nearest(draft, at, period)?
        };
        cost += i128::from(factor) * of_period;
    }
    Some(cost)
}

fn charged(mixed: &Mixed, schedules: &[u32]) -> i128 {
    schedules.iter().enumerate().map(|(site, &schedule)| mixed.charge_of(site, schedule)).sum()
}

fn cost_of_nearest(draft: &Draft<'_>, at: usize, period: usize) -> Option<i128> {
    let layer = &draft.mixed.layers[at];
    let mut sum = 0;
    for (place, persons) in draft.mixed.persons_in(layer, period).enumerate() {
        if persons == 0 {
            continue;
        }
        let metres = draft.nearest[at][place * draft.mixed.periods + period].first.1;
        sum += i128::from(persons) * i128::from(Draft::whole_cost(layer, period, metres)?);
    }
    Some(sum)
}

fn cost_of_parts(mixed: &Mixed, layer: &Layer, period: usize, parts: &Parts) -> Option<i128> {
    let mut left: u64 = mixed.persons_in(layer, period).sum();
    let mut sum = 0;
    for &(place, site, persons) in parts {
        left -= persons;
        let each = mixed.cost((layer, period), site as usize, place as usize).or(layer.unserved)?;
        sum += i128::from(persons) * i128::from(each);
    }
    if left > 0 {
        sum += i128::from(left) * i128::from(layer.unserved?);
    }
    Some(sum)
}
