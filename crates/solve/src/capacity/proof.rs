//! A tree as a certificate states it.

use groundwork_model::{KeptTimes, Proof};

use super::exact::Multipliers;
use super::tree::{Change, Node, Tree};
use crate::bound;
use crate::records::{self, Fixings, Record, Split};

/// Returns the proof that a tree is; the root alone makes a Lagrangian one.
pub(crate) fn of(tree: &Tree, clients: usize) -> Proof {
    let multipliers = |number: usize| stated(tree.shift, tree.nodes[number].multipliers.as_ref());
    let root = multipliers(0);
    let (shift, prices, radii) = (root.shift, root.prices.clone(), vec![root.radii]);
    if tree.nodes.len() == 1 {
        return Proof::Lagrangian { shift, prices, radii };
    }
    // Whose multipliers are in force at each node.
    let mut source = vec![0];
    let mut nodes = Vec::new();
    for (number, node) in tree.nodes.iter().enumerate().skip(1) {
        let above = source[node.parent];
        source.push(if node.multipliers.is_some() { number } else { above });
        let change = node
            .multipliers
            .is_some()
            .then(|| records::Change::between(&multipliers(above), &multipliers(number)));
        if let Some(split) = split(node) {
            let record = Record { parent: node.parent, split, change };
            nodes.push(record.node((clients, 1), &[], |site| site + 1));
        }
    }
    Proof::Tree { shift, at_least: None, prices, radii, nodes }
}

fn stated(shift: u32, multipliers: Option<&Multipliers>) -> bound::Multipliers {
    let (price, radii) = multipliers.map_or((0, Vec::new()), |m| (m.price, m.radii.clone()));
    bound::Multipliers { shift, radii, prices: vec![price] }
}

/// Returns what a node settles; the root settles nothing.
fn split(node: &Node) -> Option<Split> {
    match &node.change {
        Change::Root => None,
        Change::Split { site, open } => {
            Some(Split::Branch { site: *site as u32, times: vec![u32::from(*open)] })
        }
        Change::Fixed { closed, opened } => {
            let kept = |&site: &usize| KeptTimes { site: site as u32, times: vec![1] };
            Some(Split::Fix(Fixings {
                closed: closed.iter().map(|&site| site as u32).collect(),
                kept: opened.iter().map(kept).collect(),
            }))
        }
    }
}
