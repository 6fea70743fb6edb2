//! Finds the places near a site without looking at the others.
//!
//! Each place has a limit of its own: the distance up to which a site matters to it. A tree of
//! boxes, each knowing the longest limit inside, skips whatever lies too far. It may look at pairs
//! in vain; it never leaves out one that counts.
//!
//! The tree numbers the places in an order of its own, in which near places have near numbers.
//! Figures of places that are kept in this order are read several times as fast.

use crate::distance::{Distances, chord2};

/// Places in a leaf of the tree, and in a block; every leaf but one is full.
pub(crate) const BLOCK: usize = 32;

/// Stands in a block for a pair that does not exist, or to which no site matters.
pub(crate) const NO_PAIR: u32 = u32::MAX;

/// Measures between points whose straight lines tell near from far.
pub(crate) trait Space: Sync {
    /// Returns where a place lies.
    fn place(&self, place: usize) -> [f64; 3];

    /// Returns where a site lies.
    fn site(&self, site: usize) -> [f64; 3];

    /// Returns a squared straight line that no pair of at most `metres` exceeds.
    fn chord2_within(&self, metres: u32) -> f64;

    /// Returns the metres of a pair whose squared straight line is known; `None` where no pair
    /// exists.
    fn metres_of_chord(&self, place: usize, site: usize, chord2: f64) -> Option<u32>;

    /// Fills in the metres from a site to the places of a block; where the squared straight line is
    /// above the place's limit any larger number will do, and [`NO_PAIR`] where no pair exists.
    fn metres_of_block(&self, block: &Block, site: usize, metres: &mut [u32; BLOCK]) {
        let point = self.site(site);
        for (number, metres) in metres.iter_mut().enumerate() {
            let chord2 = chord2(&block.point(number), &point);
            let pair = (chord2 <= block.limits[number])
                .then(|| self.metres_of_chord(block.places[number], site, chord2));
            *metres = pair.flatten().unwrap_or(NO_PAIR);
        }
    }
}

/// Holds places that lie together, coordinate by coordinate, so that one instruction does several.
pub(crate) struct Block {
    pub(crate) axes: [[f64; BLOCK]; 3],
    /// The squared straight line up to which a site matters; below 0 where there is no place.
    pub(crate) limits: [f64; BLOCK],
    pub(crate) places: [usize; BLOCK],
}

impl Block {
    fn of(entries: &[Entry]) -> Self {
        let mut block =
            Self { axes: [[0.0; BLOCK]; 3], limits: [-1.0; BLOCK], places: [usize::MAX; BLOCK] };
        for (number, entry) in entries.iter().enumerate() {
            for (axis, coordinate) in block.axes.iter_mut().zip(entry.point) {
                axis[number] = coordinate;
            }
            block.limits[number] = entry.chord2;
            block.places[number] = entry.place;
        }
        block
    }

    pub(crate) fn point(&self, number: usize) -> [f64; 3] {
        [self.axes[0][number], self.axes[1][number], self.axes[2][number]]
    }

    /// Returns the squared straight lines from a point.
    #[inline]
    pub(crate) fn chords2(&self, point: &[f64; 3]) -> [f64; BLOCK] {
        let mut chords2 = [0.0; BLOCK];
        let [xs, ys, zs] = &self.axes;
        for (number, chord2) in chords2.iter_mut().enumerate() {
            let [x, y, z] = [xs[number] - point[0], ys[number] - point[1], zs[number] - point[2]];
            *chord2 = x * x + y * y + z * z;
        }
        chords2
    }
}

impl<S: Space> Space for &S {
    fn place(&self, place: usize) -> [f64; 3] {
        (**self).place(place)
    }

    fn site(&self, site: usize) -> [f64; 3] {
        (**self).site(site)
    }

    fn chord2_within(&self, metres: u32) -> f64 {
        (**self).chord2_within(metres)
    }

    #[inline]
    fn metres_of_chord(&self, place: usize, site: usize, chord2: f64) -> Option<u32> {
        (**self).metres_of_chord(place, site, chord2)
    }

    #[inline]
    fn metres_of_block(&self, block: &Block, site: usize, metres: &mut [u32; BLOCK]) {
        (**self).metres_of_block(block, site, metres);
    }
}

/// Is a space seen the other way round: places are its sites, and sites its places.
pub(crate) struct Turned<S>(pub(crate) S);

impl<S: Space> Space for Turned<S> {
    fn place(&self, place: usize) -> [f64; 3] {
        self.0.site(place)
    }

    fn site(&self, site: usize) -> [f64; 3] {
        self.0.place(site)
    }

    fn chord2_within(&self, metres: u32) -> f64 {
        self.0.chord2_within(metres)
    }

    fn metres_of_chord(&self, place: usize, site: usize, chord2: f64) -> Option<u32> {
        self.0.metres_of_chord(site, place, chord2)
    }
}

impl Space for Distances {
    fn place(&self, place: usize) -> [f64; 3] {
        self.places[place].unit
    }

    fn site(&self, site: usize) -> [f64; 3] {
        self.sites[site].unit
    }

    fn chord2_within(&self, metres: u32) -> f64 {
        self.chord2_within(metres)
    }

    #[inline]
    fn metres_of_chord(&self, place: usize, site: usize, chord2: f64) -> Option<u32> {
        self.metres_of_chord(place, site, chord2)
    }

    #[inline]
    fn metres_of_block(&self, block: &Block, site: usize, metres: &mut [u32; BLOCK]) {
        self.metres_of_block(block, site, metres);
    }
}

/// Is a tree over the places that some site can matter to.
pub(crate) struct NearPlaces<S> {
    space: S,
    entries: Vec<Entry>,
    nodes: Vec<Node>,
}

#[derive(Clone, Copy)]
struct Entry {
    point: [f64; 3],
    place: usize,
    /// Farthest site that matters, in metres and as a safe squared chord.
    metres: u32,
    chord2: f64,
}

/// Is a box around `entries[start..end]`; the left child of an inner node follows it at once.
struct Node {
    low: [f64; 3],
    high: [f64; 3],
    chord2_max: f64,
    start: usize,
    end: usize,
    right: Option<usize>,
}

impl<S: Space> NearPlaces<S> {
    /// Builds the tree for one limit a place, in metres; a place with `None` is never found.
    pub(crate) fn new(space: S, limits: &[Option<u32>]) -> Self {
        let limited =
            limits.iter().enumerate().filter_map(|(place, limit)| Some((place, (*limit)?)));
        let entries = limited.map(|(place, metres)| Entry {
            point: space.place(place),
            place,
            metres,
            chord2: space.chord2_within(metres),
        });
        let entries = entries.collect();
        let mut tree = Self { space, entries, nodes: Vec::new() };
        if !tree.entries.is_empty() {
            tree.build(0, tree.entries.len());
        }
        tree
    }

    /// Returns the places that can be found, in the order of the tree.
    pub(crate) fn places(&self) -> impl Iterator<Item = usize> {
        self.entries.iter().map(|entry| entry.place)
    }

    /// Calls `found` with the number in [`places`](Self::places) of each place to which a site
    /// matters and its distance in metres; returns how many pairs were measured.
    pub(crate) fn of_site(&self, site: usize, mut found: impl FnMut(usize, u32)) -> u64 {
        let point = self.space.site(site);
        let mut pairs = 0;
        let mut open = Vec::with_capacity(64);
        open.extend((!self.nodes.is_empty()).then_some(0));
        while let Some(number) = open.pop() {
            let node = &self.nodes[number];
            if node.chord2_to(&point) > node.chord2_max {
                continue;
            }
            if let Some(right) = node.right {
                open.extend([right, number + 1]);
                continue;
            }
            for number in node.start..node.end {
                let entry = &self.entries[number];
                let chord2 = chord2(&entry.point, &point);
                if chord2 > entry.chord2 {
                    continue;
                }
                pairs += 1;
                let metres = self.space.metres_of_chord(entry.place, site, chord2);
                if let Some(metres) = metres.filter(|metres| *metres <= entry.metres) {
                    found(number, metres);
                }
            }
        }
        pairs
    }

    /// Returns the metres from a site to the nearest place of the tree, whatever the limits.
    pub(crate) fn nearest(&self, site: usize) -> Option<u32> {
        let point = self.space.site(site);
        let (mut best, mut limit) = (None, f64::INFINITY);
        let mut open = Vec::with_capacity(64);
        open.extend((!self.nodes.is_empty()).then_some((0.0, 0)));
        while let Some((chord2_min, number)) = open.pop() {
            let node = &self.nodes[number];
            if chord2_min > limit {
                continue;
            }
            if let Some(right) = node.right {
                let children = [number + 1, right];
                let mut children = children.map(|n| (self.nodes[n].chord2_to(&point), n));
                // The nearer one comes last, so that it is looked at first.
                children.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
                open.extend(children);
                continue;
            }
            for entry in &self.entries[node.start..node.end] {
                let chord2 = chord2(&entry.point, &point);
                if chord2 > limit {
                    continue;
                }
                let metres = self.space.metres_of_chord(entry.place, site, chord2);
                if let Some(metres) = metres.filter(|m| best.is_none_or(|best| *m < best)) {
                    best = Some(metres);
                    limit = self.space.chord2_within(metres);
                }
            }
        }
        best
    }

    /// Returns the places in blocks of [`BLOCK`], in the order of [`places`](Self::places).
    pub(crate) fn blocks(&self) -> Vec<Block> {
        self.entries.chunks(BLOCK).map(Block::of).collect()
    }

    /// Calls `found` with the number of each block in which a site may matter to a place, a squared
    /// straight line below which no place of it lies, and the metres to all of them; returns how many
    /// pairs were measured.
    pub(crate) fn of_site_by_blocks(
        &self,
        blocks: &[Block],
        site: usize,
        mut found: impl FnMut(usize, f64, &[u32; BLOCK]),
    ) -> u64 {
        let point = self.space.site(site);
        let mut metres = [NO_PAIR; BLOCK];
        let mut pairs = 0;
        let mut open = Vec::with_capacity(64);
        open.extend((!self.nodes.is_empty()).then_some(0));
        while let Some(number) = open.pop() {
            let node = &self.nodes[number];
            let chord2 = node.chord2_to(&point);
            if chord2 > node.chord2_max {
                continue;
            }
            if let Some(right) = node.right {
                open.extend([right, number + 1]);
                continue;
            }
            let number = node.start / BLOCK;
            pairs += (node.end - node.start) as u64;
            self.space.metres_of_block(&blocks[number], site, &mut metres);
            found(number, chord2, &metres);
        }
        pairs
    }

    /// Returns a squared straight line that no pair of at most `metres` exceeds.
    pub(crate) fn chord2_within(&self, metres: u32) -> f64 {
        self.space.chord2_within(metres)
    }

    /// Calls `found` with each place that can be found within some metres of a site, whatever its own
    /// limit, and its distance.
    pub(crate) fn within(&self, site: usize, metres: u32, mut found: impl FnMut(usize, u32)) {
        let (point, limit) = (self.space.site(site), self.space.chord2_within(metres));
        let mut open = Vec::with_capacity(64);
        open.extend((!self.nodes.is_empty()).then_some(0));
        while let Some(number) = open.pop() {
            let node = &self.nodes[number];
            if node.chord2_to(&point) > limit {
                continue;
            }
            if let Some(right) = node.right {
                open.extend([right, number + 1]);
                continue;
            }
            for entry in &self.entries[node.start..node.end] {
                let chord2 = chord2(&entry.point, &point);
                if chord2 > limit {
                    continue;
                }
                let distance = self.space.metres_of_chord(entry.place, site, chord2);
                if let Some(distance) = distance.filter(|distance| *distance <= metres) {
                    found(entry.place, distance);
                }
            }
        }
    }

    /// Adds the node of `entries[start..end]` and all below it; returns its number.
    fn build(&mut self, start: usize, end: usize) -> usize {
        let number = self.nodes.len();
        let node = Node::around(&self.entries[start..end], start);
        let axis = node.widest_axis();
        self.nodes.push(node);
        if end - start > BLOCK {
            // Whole blocks to the left, so that every leaf begins a block.
            let middle = (end - start).div_ceil(BLOCK) / 2 * BLOCK;
            self.entries[start..end]
                .select_nth_unstable_by(middle, |a, b| a.point[axis].total_cmp(&b.point[axis]));
            self.build(start, start + middle);
            self.nodes[number].right = Some(self.build(start + middle, end));
        }
        number
    }
}

impl Node {
    fn around(entries: &[Entry], start: usize) -> Self {
        let (mut low, mut high) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
        for (axis, (low, high)) in low.iter_mut().zip(&mut high).enumerate() {
            for entry in entries {
                *low = low.min(entry.point[axis]);
                *high = high.max(entry.point[axis]);
            }
        }
        let chord2_max = entries.iter().map(|entry| entry.chord2).fold(0.0, f64::max);
        Self { low, high, chord2_max, start, end: start + entries.len(), right: None }
    }

    fn widest_axis(&self) -> usize {
        let width = |axis: &usize| self.high[*axis] - self.low[*axis];
        (0..3).max_by(|a, b| width(a).total_cmp(&width(b))).unwrap_or(0)
    }

    /// Returns the squared length from a point to the box.
    fn chord2_to(&self, point: &[f64; 3]) -> f64 {
        let beyond = |axis: usize| {
            (self.low[axis] - point[axis]).max(point[axis] - self.high[axis]).max(0.0)
        };
        let [x, y, z] = [beyond(0), beyond(1), beyond(2)];
        x * x + y * y + z * z
    }
}

/// Returns the places to which a site matters and their distances, as the blocks tell.
#[cfg(test)]
pub(crate) fn found_by_blocks<S: Space>(
    near: &NearPlaces<S>,
    site: usize,
    limits: &[Option<u32>],
) -> Vec<(usize, u32)> {
    let order: Vec<usize> = near.places().collect();
    let mut found = Vec::new();
    near.of_site_by_blocks(&near.blocks(), site, |block, _, metres| {
        let places = order[block * BLOCK..].iter().zip(metres);
        let near = places.filter(|(place, m)| limits[**place].is_some_and(|limit| **m <= limit));
        found.extend(near.filter(|(_, m)| **m != NO_PAIR).map(|(place, m)| (*place, *m)));
    });
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Returns points of the globe that gather at a pole, at the antimeridian, on one spot, and
    /// anywhere.
    fn points(number: usize) -> impl Strategy<Value = Vec<(f64, f64)>> {
        let point = prop_oneof![
            (89.9..=90.0_f64, -180.0..=180.0_f64),
            (-90.0..=-89.9_f64, -180.0..=180.0_f64),
            (-1.0..1.0_f64, 179.0..=180.0_f64),
            (-1.0..1.0_f64, -180.0..=-179.0_f64),
            Just((12.5, 77.25)),
            (-90.0..=90.0_f64, -180.0..=180.0_f64),
        ];
        prop::collection::vec(point, 1..number)
    }

    fn limit() -> impl Strategy<Value = Option<u32>> {
        prop_oneof![
            Just(None),
            Just(Some(0)),
            (0..20_000_u32).prop_map(Some),
            (0..21_000_000_u32).prop_map(Some),
            Just(Some(u32::MAX)),
        ]
    }

    proptest! {
        #[test]
        fn the_tree_finds_what_trying_all_pairs_finds(
            places in points(200),
            sites in points(8),
            limits in prop::collection::vec(limit(), 200),
            exact in any::<prop::sample::Index>(),
            detour in 1.0..3.0_f64,
        ) {
            let distances = Distances::between(&places, &sites, detour);
            let mut limits = limits[..places.len()].to_vec();
            // One limit is just the distance to a site: the pair at the very edge counts.
            let edge = exact.index(places.len());
            limits[edge] = Some(distances.defined_metres(edge, 0));
            let near = NearPlaces::new(&distances, &limits);
            let order: Vec<usize> = near.places().collect();
            for site in 0..sites.len() {
                let mut found = Vec::new();
                near.of_site(site, |number, metres| found.push((order[number], metres)));
                found.sort_unstable();
                let metres = |place: usize| distances.defined_metres(place, site);
                let matters = |place: &usize| limits[*place].is_some_and(|l| metres(*place) <= l);
                let expected: Vec<_> =
                    (0..places.len()).filter(matters).map(|place| (place, metres(place))).collect();
                prop_assert_eq!(&found, &expected);
                prop_assert_eq!(found_by_blocks(&near, site, &limits), expected);
                let limited = order.iter().map(|place| metres(*place)).min();
                prop_assert_eq!(near.nearest(site), limited);
            }
        }
    }

    #[test]
    fn nothing_is_found_where_nothing_matters() {
        let distances = Distances::between(&[(0.0, 0.0)], &[(0.0, 0.0)], 1.0);
        let near = NearPlaces::new(&distances, &[None]);
        assert_eq!(near.of_site(0, |_, _| panic!("no place has a limit")), 0);
    }
}
