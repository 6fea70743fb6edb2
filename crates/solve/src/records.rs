//! The nodes of a tree as a certificate lists them.

use groundwork_model::{KeptTimes, TreeNode};

use crate::bound::Multipliers;

/// Is a node of a tree below the root.
#[derive(Clone)]
pub(crate) struct Record {
    /// Number of the parent: 0 for the root, k for the k-th record.
    pub(crate) parent: usize,
    pub(crate) split: Split,
    /// Multipliers of its own, as changes to the parent's.
    pub(crate) change: Option<Change>,
}

/// Says which times a node takes from sites, numbered from 0.
#[derive(Clone)]
pub(crate) enum Split {
    /// One site is left some of its times.
    Branch {
        /// The site.
        site: u32,
        /// The times that it keeps.
        times: Vec<u32>,
    },
    /// Sites lose times by reduced cost.
    Fix(Fixings),
    /// What is below speaks of these sites alone.
    Patch(Vec<u32>),
}

/// Lists sites that lose times.
#[derive(Clone, Default)]
pub(crate) struct Fixings {
    /// Those that never open.
    pub(crate) closed: Vec<u32>,
    /// Others, with the times that they keep.
    pub(crate) kept: Vec<KeptTimes>,
}

impl Fixings {
    pub(crate) fn is_empty(&self) -> bool {
        self.closed.is_empty() && self.kept.is_empty()
    }
}

/// Is the difference of multipliers to those in force at the parent.
#[derive(Clone)]
pub(crate) struct Change {
    /// All prices; empty when they are the same.
    prices: Vec<i128>,
    /// Places of the radii that differ, as [`Multipliers`] has them.
    changed: Vec<u32>,
    radii: Vec<u64>,
}

impl Change {
    pub(crate) fn between(old: &Multipliers, new: &Multipliers) -> Self {
        let pairs = old.radii.iter().zip(&new.radii).enumerate();
        let (changed, radii) = pairs
            .filter(|(_, (old, new))| old != new)
            .map(|(at, (_, &new))| (at as u32, new))
            .unzip();
        let prices = if old.prices == new.prices { Vec::new() } else { new.prices.clone() };
        Self { prices, changed, radii }
    }

    /// Returns the change for a problem in which radii have other places.
    pub(crate) fn moved(self, place: impl Fn(u32) -> u32) -> Self {
        Self { changed: self.changed.into_iter().map(place).collect(), ..self }
    }

    /// Returns how many radii differ.
    pub(crate) fn len(&self) -> usize {
        self.changed.len()
    }
}

impl Split {
    /// Returns the split for a problem in which sites have other numbers.
    fn moved(self, number: impl Fn(u32) -> u32) -> Self {
        match self {
            Self::Branch { site, times } => Self::Branch { site: number(site), times },
            Self::Fix(Fixings { closed, kept }) => {
                let closed = closed.into_iter().map(&number).collect();
                let kept = kept.into_iter();
                let kept = kept.map(|k| KeptTimes { site: number(k.site), times: k.times });
                Self::Fix(Fixings { closed, kept: kept.collect() })
            }
            Self::Patch(sites) => Self::Patch(sites.into_iter().map(number).collect()),
        }
    }
}

impl Record {
    /// Returns the record for a problem in which sites have other numbers and radii other places.
    pub(crate) fn moved(self, number: impl Fn(u32) -> u32, place: impl Fn(u32) -> u32) -> Self {
        let change = self.change.map(|change| change.moved(place));
        Self { parent: self.parent, split: self.split.moved(number), change }
    }

    /// Returns the record as exchanged. `order` says which client each point is, where that is not its own
    /// number; `origin` numbers a site from 1.
    pub(crate) fn node(
        self,
        (points, periods): (usize, usize),
        order: &[u32],
        origin: impl Fn(u32) -> u32,
    ) -> TreeNode {
        let mut node = TreeNode { parent: self.parent as u32, ..TreeNode::default() };
        match self.split {
            Split::Branch { site, times } => {
                node.site = origin(site);
                node.times = times;
            }
            Split::Fix(Fixings { closed, kept }) => {
                node.closed = closed.into_iter().map(&origin).collect();
                let kept = kept.into_iter();
                node.kept =
                    kept.map(|k| KeptTimes { site: origin(k.site), times: k.times }).collect();
            }
            Split::Patch(sites) => {
                node.patch = sites.into_iter().map(&origin).collect();
                node.patch.sort_unstable();
            }
        }
        if let Some(change) = self.change {
            // Here radii lie by point, in certificates by period.
            let listed = |at: u32| {
                let (point, period) = (at as usize / periods, at as usize % periods);
                let point = order.get(point).map_or(point, |&point| point as usize);
                (period * points + point) as u32
            };
            let changed = change.changed.into_iter().map(listed);
            let mut pairs: Vec<(u32, u64)> = changed.zip(change.radii).collect();
            pairs.sort_unstable();
            node.prices = change.prices;
            (node.changed, node.radii) = pairs.into_iter().unzip();
        }
        node
    }
}
