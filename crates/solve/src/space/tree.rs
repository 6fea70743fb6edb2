//! A balanced kd-tree that keeps its positions in its own order, axis by axis.

use std::ops::Range;

/// Is a place in 3-space.
pub(super) type Position = [f64; 3];

/// Holds positions sorted so that every node of a balanced kd-tree is a contiguous range.
///
/// Nodes are numbered like a heap: the root is 1, the children of k are 2k and 2k + 1, and the leaves are
/// the last `leaves` nodes from left to right. A "slot" is an index in the order of the tree.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    /// Index of each slot in the input.
    pub(super) order: Vec<u32>,
    /// Slot of each index of the input.
    pub(super) slots: Vec<u32>,
    /// Coordinates by slot.
    pub(super) axes: [Vec<f64>; 3],
    /// Number of leaves, a power of two.
    pub(super) leaves: usize,
    /// First slot of each leaf, and the end.
    starts: Vec<u32>,
    /// Bounding box of each node; the entry 0 is not used.
    boxes: Vec<Bounds>,
}

/// Is a box, empty where `low` is above `high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounds {
    pub(super) low: Position,
    pub(super) high: Position,
}

impl Tree {
    /// Sorts positions into leaves of at most `leaf_max` each and, where there are that many, more than
    /// half of it. The order within a leaf is that of the input.
    pub(super) fn new(positions: &[Position], leaf_max: usize) -> Self {
        let mut leaves = 1;
        while positions.len().div_ceil(leaves) > leaf_max {
            leaves *= 2;
        }
        let mut order: Vec<u32> = (0..positions.len() as u32).collect();
        halve(positions, &mut order, leaves);
        let mut tree = Self {
            slots: vec![0; order.len()],
            axes: [0, 1, 2].map(|axis| along(positions, &order, axis)),
            starts: leaf_starts(order.len(), leaves),
            boxes: vec![Bounds::EMPTY; 2 * leaves],
            leaves,
            order,
        };
        for (slot, &index) in tree.order.iter().enumerate() {
            tree.slots[index as usize] = slot as u32;
        }
        for leaf in 0..leaves {
            tree.boxes[leaves + leaf] =
                tree.slots_of(leaf).map(|slot| Bounds::at(tree.position(slot))).fold_all();
        }
        for node in (1..leaves).rev() {
            tree.boxes[node] = tree.boxes[2 * node].with(tree.boxes[2 * node + 1]);
        }
        tree
    }

    /// Returns the number of positions.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// Returns the position of a slot.
    pub(super) fn position(&self, slot: usize) -> Position {
        [self.axes[0][slot], self.axes[1][slot], self.axes[2][slot]]
    }

    /// Returns the slots of a leaf.
    pub(super) fn slots_of(&self, leaf: usize) -> Range<usize> {
        self.starts[leaf] as usize..self.starts[leaf + 1] as usize
    }

    /// Returns the leaf of a slot.
    pub(super) fn leaf_of(&self, slot: usize) -> usize {
        self.starts.partition_point(|&start| start as usize <= slot) - 1
    }

    /// Returns the box of a node.
    pub(super) fn bounds(&self, node: usize) -> &Bounds {
        &self.boxes[node]
    }

    /// Returns the largest of the values of the slots below each node.
    pub(super) fn largest(&self, values: &[f64]) -> Vec<f64> {
        let mut largest = vec![0.0; 2 * self.leaves];
        for leaf in 0..self.leaves {
            let values = &values[self.slots_of(leaf)];
            largest[self.leaves + leaf] = values.iter().fold(0.0, |a: f64, &b| a.max(b));
        }
        for node in (1..self.leaves).rev() {
            largest[node] = largest[2 * node].max(largest[2 * node + 1]);
        }
        largest
    }

    /// Visits, from left to right, the leaves of which every node above and they themselves are `wanted`.
    pub(super) fn leaves_where(
        &self,
        wanted: impl Fn(usize, &Bounds) -> bool,
        mut visit: impl FnMut(usize),
    ) {
        let mut node = 1;
        loop {
            if wanted(node, &self.boxes[node]) {
                if node < self.leaves {
                    node *= 2;
                    continue;
                }
                visit(node - self.leaves);
            }
            // The next node in depth-first order is the right sister of the first ancestor that has one.
            node += 1;
            node >>= node.trailing_zeros();
            if node == 1 {
                return;
            }
        }
    }
}

/// Joins boxes.
trait FoldAll {
    fn fold_all(self) -> Bounds;
}

impl<I: Iterator<Item = Bounds>> FoldAll for I {
    fn fold_all(self) -> Bounds {
        self.fold(Bounds::EMPTY, Bounds::with)
    }
}

impl Bounds {
    /// Holds nothing; infinitely far from everything.
    pub(super) const EMPTY: Self = Self { low: [f64::INFINITY; 3], high: [f64::NEG_INFINITY; 3] };

    /// Returns the box of one position.
    pub(super) fn at(position: Position) -> Self {
        Self { low: position, high: position }
    }

    /// Returns the box around two.
    pub(super) fn with(self, other: Self) -> Self {
        let mut joint = self;
        for axis in 0..3 {
            joint.low[axis] = joint.low[axis].min(other.low[axis]);
            joint.high[axis] = joint.high[axis].max(other.high[axis]);
        }
        joint
    }

    /// Returns the squared distance of a position from the box, never more than [`squared`] gives for any
    /// position in it: floating-point operations keep order, and these are the same ones.
    pub(super) fn squared(&self, from: Position) -> f64 {
        let gap = |axis: usize| {
            let below = self.low[axis] - from[axis];
            let above = from[axis] - self.high[axis];
            larger(larger(below, above), 0.0)
        };
        let (x, y, z) = (gap(0), gap(1), gap(2));
        x * x + y * y + z * z
    }

    /// Returns the axis along which the box is longest.
    fn longest_axis(&self) -> usize {
        let length = |axis: usize| self.high[axis] - self.low[axis];
        let longer = |a: usize, b: usize| if length(b) > length(a) { b } else { a };
        longer(longer(0, 1), 2)
    }
}

/// Returns the squared distance of two positions.
pub(super) fn squared(a: Position, b: Position) -> f64 {
    let (x, y, z) = (a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    x * x + y * y + z * z
}

/// Is `f64::max` without its care for what is not a number.
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// Sorts `order` into `leaves` parts, each of about as many positions.
fn halve(positions: &[Position], order: &mut [u32], leaves: usize) {
    if leaves == 1 {
        order.sort_unstable();
        return;
    }
    let bounds = order.iter().map(|&at| Bounds::at(positions[at as usize])).fold_all();
    let axis = bounds.longest_axis();
    let key = |at: u32| positions[at as usize][axis];
    let middle = order.len() / 2;
    if middle < order.len() {
        order.select_nth_unstable_by(middle, |&a, &b| key(a).total_cmp(&key(b)).then(a.cmp(&b)));
    }
    let (left, right) = order.split_at_mut(middle);
    rayon::join(|| halve(positions, left, leaves / 2), || halve(positions, right, leaves / 2));
}

/// Returns the first slot of each leaf and the end, as [`halve`] makes them.
fn leaf_starts(len: usize, leaves: usize) -> Vec<u32> {
    let mut lengths = vec![len];
    while lengths.len() < leaves {
        lengths = lengths.iter().flat_map(|&len| [len / 2, len - len / 2]).collect();
    }
    let mut starts = vec![0];
    let mut end = 0;
    for len in lengths {
        end += len as u32;
        starts.push(end);
    }
    starts
}

fn along(positions: &[Position], order: &[u32], axis: usize) -> Vec<f64> {
    order.iter().map(|&at| positions[at as usize][axis]).collect()
}
