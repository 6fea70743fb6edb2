//! That no sum of a proof can leave 128 bits, shown once, before anything is added up.

use groundwork_model::Problem;

use super::Given;
use super::layers::{KindLayer, Layers, Times};
use super::prices::Priced;
use crate::relaxation::too_large;
use crate::schedules::rules::Entry;
use crate::schedules::world::World;

/// Returns the longest radius of each place in each layer anywhere in a proof.
pub(super) fn longest(layers: &Layers<'_>, given: &Given<'_>) -> Vec<Vec<u64>> {
    let mut longest = vec![vec![0; layers.places]; layers.len()];
    let mut count = |layer: usize, at: usize, radius: u64| {
        let known = &mut longest[layer][at % layers.places];
        *known = radius.max(*known);
    };
    for (layer, list) in given.radii.iter().enumerate() {
        for (at, radius) in list.iter().enumerate() {
            count(layer, at, *radius);
        }
    }
    for changes in given.nodes.iter().flat_map(|node| &node.radii) {
        for (at, radius) in changes.changed.iter().zip(&changes.radii) {
            count(changes.layer as usize - 1, *at as usize, *radius);
        }
    }
    longest
}

/// Returns how many times, least and most, costs are taken in a layer; `None` where they never are.
pub(super) fn times(
    layers: &Layers<'_>,
    priced: &Priced,
    layer: &KindLayer<'_>,
) -> Option<(u128, u128)> {
    match layer.times {
        Times::Whole => Some((1 << layers.shift, 1 << layers.shift)),
        Times::Price(sum) => priced.range_of_sums[sum],
    }
}

/// Refuses numbers of which a sum might not fit.
///
/// No site saves more than the sum of all u at the longest radii, and no schedule brings a row more than
/// all its coefficients together. All sums then stay below 2^125, which leaves room for the difference of
/// two.
pub(super) fn check(
    world: &World<'_>,
    layers: &Layers<'_>,
    priced: &Priced,
    longest: &[Vec<u64>],
) -> Result<(), Problem> {
    let fits = || {
        let savings = sum_of_u(layers, priced, longest)?;
        let sites = savings.checked_mul(world.sites() as u128 + 2)?;
        let prices = sum_of_prices(layers, priced)?;
        let charges = brought(&priced.charges)?.checked_mul(1 << layers.shift)?;
        sites.checked_add(prices)?.checked_add(charges)
    };
    match fits() {
        Some(sum) if sum < 1 << 125 => Ok(()),
        _ => Err(too_large()),
    }
}

fn sum_of_u(layers: &Layers<'_>, priced: &Priced, longest: &[Vec<u64>]) -> Option<u128> {
    let mut sum: u128 = 0;
    for (layer, longest) in layers.kinds.iter().zip(longest) {
        let Some((_, most)) = times(layers, priced, layer) else { continue };
        for (factor, period) in layer.factors.iter().zip(1..) {
            // A person counts at least once: the rules alone do not weigh.
            let factor = (*factor).max(1);
            for (persons, radius) in layer.persons.in_period(period).iter().zip(longest) {
                let radius = layer.cut(*radius, most);
                let one = u128::from(*persons).checked_mul(u128::from(radius))?;
                sum = sum.checked_add(one.checked_mul(factor)?)?;
            }
        }
    }
    for ((floor, longest), price) in
        layers.floors.iter().zip(&longest[layers.kinds.len()..]).zip(&priced.largest_of_floors)
    {
        for (persons, radius) in floor.persons.iter().zip(longest) {
            let radius = u128::from(*radius).min(*price);
            sum = sum.checked_add(u128::from(*persons).checked_mul(radius)?)?;
        }
    }
    Some(sum)
}

fn sum_of_prices(layers: &Layers<'_>, priced: &Priced) -> Option<u128> {
    let mut sum: u128 = 0;
    let largest_of_sums = priced.range_of_sums.iter().map(|range| range.map_or(0, |range| range.1));
    let sums = priced.sums.iter().zip(largest_of_sums);
    for (row, price) in priced.rows.iter().zip(priced.largest.iter().copied()).chain(sums) {
        let brought = brought(&row.entries)?.checked_add(row.most.unsigned_abs())?;
        // A price that no sum asks for must fit as well: it is compared with others.
        sum = sum.checked_add(brought.max(1).checked_mul(price)?)?;
    }
    for (floor, price) in layers.floors.iter().zip(&priced.largest_of_floors) {
        sum = sum.checked_add(floor.spared.unsigned_abs().max(1).checked_mul(*price)?)?;
    }
    Some(sum)
}

/// Returns the sum of all coefficients, whatever their signs.
fn brought(entries: &[Entry]) -> Option<u128> {
    let mut coefficients = entries.iter().map(|entry| entry.coefficient.unsigned_abs());
    coefficients.try_fold(0_u128, u128::checked_add)
}
