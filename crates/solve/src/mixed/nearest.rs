//! The sites near each place, and what is kept for each site of the places around it.

use super::market::Market;
use super::problem::Mixed;

/// The pairs again, for each place the nearest site first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Near {
    starts: Vec<usize>,
    sites: Vec<u32>,
    metres: Vec<u32>,
    /// Where each pair of [`Mixed::pairs`] stands here, where who goes where with limited kinds is kept up to date.
    positions: Vec<u32>,
    /// For each limited layer under the goal of which markets are asked, each blend of goals and each period, its market with
    /// all sites, where that is not too large; one for all periods where people stay as many as they are.
    markets: Vec<Vec<Market>>,
    /// Places that lie together, where who goes where with limited kinds is kept up to date.
    blocks: Blocks,
}

/// Places of a block.
const BLOCK: usize = 32;

/// Is the places in blocks of such as lie together.
#[derive(Clone, Debug, Default)]
struct Blocks {
    of_place: Vec<u32>,
    /// For each site, the blocks in which it can serve somebody.
    starts: Vec<usize>,
    of_sites: Vec<u32>,
}

impl Blocks {
    /// Puts places together that are nearest to sites which follow one another along a curve.
    fn new(mixed: &Mixed, nearest: impl Fn(usize) -> Option<u32>) -> Self {
        let mut position = vec![0; mixed.sites()];
        (0..).zip(&mixed.pairs.order).for_each(|(at, &site)| position[site as usize] = at);
        let mut order: Vec<usize> = (0..mixed.places).collect();
        order.sort_by_key(|&place| nearest(place).map(|site| position[site as usize]));
        let mut of_place = vec![0; mixed.places];
        for (at, &place) in order.iter().enumerate() {
            of_place[place] = (at / BLOCK) as u32;
        }
        let mut blocks = Self { of_place, starts: vec![0], of_sites: Vec::new() };
        let mut seen = vec![usize::MAX; mixed.places / BLOCK + 1];
        for site in 0..mixed.sites() {
            for (place, _) in mixed.pairs.of(site) {
                let block = blocks.of_place[place];
                if seen[block as usize] != site {
                    seen[block as usize] = site;
                    blocks.of_sites.push(block);
                }
            }
            blocks.starts.push(blocks.of_sites.len());
        }
        blocks
    }
}

/// Pairs of places and slots up to which a market holds all sites at once.
const MARKET_MAX: usize = 4_000_000;

impl Near {
    pub(crate) fn new(mixed: &Mixed) -> Self {
        let mut lists: Vec<Vec<(u32, u32, usize)>> = vec![Vec::new(); mixed.places];
        for site in 0..mixed.sites() {
            for (pair, (place, metres)) in mixed.pairs.range_of(site).zip(mixed.pairs.of(site)) {
                lists[place].push((metres, site as u32, pair));
            }
        }
        let market = |at: usize| {
            let layer = &mixed.layers[at];
            let is_steady = layer.is_steady(mixed.periods) && !mixed.changes_by_period();
            let periods = if is_steady { 1 } else { mixed.periods };
            let slots = mixed.sites() * layer.sizes.len() * periods * mixed.blends();
            let sends = layer.limited && (layer.whole || !mixed.keeps_sendings());
            let fits = sends && slots * mixed.places <= MARKET_MAX;
            let blends = if fits { 0..mixed.blends() } else { 0..0 };
            let of_blend = |blend: usize| {
                (0..periods).map(move |t| Market::new(mixed, (at, t), blend, |_, _| true))
            };
            blends.flat_map(of_blend).collect()
        };
        let markets = (0..mixed.kinds).map(market).collect();
        let mut near = Self { starts: vec![0], markets, ..Self::default() };
        if mixed.layers.iter().any(|layer| layer.limited) && mixed.keeps_sendings() {
            near.positions = vec![0; mixed.pairs.len()];
        }
        for mut list in lists {
            list.sort_unstable();
            if !near.positions.is_empty() {
                for (at, &(_, _, pair)) in list.iter().enumerate() {
                    near.positions[pair] = (near.sites.len() + at) as u32;
                }
            }
            near.sites.extend(list.iter().map(|pair| pair.1));
            near.metres.extend(list.iter().map(|pair| pair.0));
            near.starts.push(near.sites.len());
        }
        if !near.positions.is_empty() {
            near.blocks = Blocks::new(mixed, |place| near.of(place).next().map(|(site, _)| site));
        }
        near
    }

    /// Returns a few sites near a site: those near the place that is nearest to it.
    pub(crate) fn around(&self, mixed: &Mixed, site: usize, most: usize) -> Vec<usize> {
        let place = mixed.pairs.of(site).next().map(|(place, _)| place);
        let near = place.into_iter().flat_map(|place| self.of(place));
        near.take(most).map(|(site, _)| site as usize).collect()
    }

    /// Returns the market of a layer in a period, where one is kept.
    pub(super) fn market(
        &self,
        mixed: &Mixed,
        (at, period): (usize, usize),
        blend: usize,
    ) -> Option<&Market> {
        let markets = &self.markets[at];
        let periods = markets.len() / mixed.blends();
        markets.get(blend * periods + if periods == 1 { 0 } else { period })
    }

    pub(super) fn of(&self, place: usize) -> impl Iterator<Item = (u32, u32)> + '_ {
        let range = self.starts[place]..self.starts[place + 1];
        self.sites[range.clone()].iter().copied().zip(self.metres[range].iter().copied())
    }

    /// Returns the most of each block of places, of something that each place has.
    pub(super) fn most_of_blocks(&self, of_places: &[i64], most: &mut Vec<i64>) {
        most.clear();
        most.resize(self.blocks.of_place.len() / BLOCK + 1, i64::MIN);
        for (&block, &of_place) in self.blocks.of_place.iter().zip(of_places) {
            let most = &mut most[block as usize];
            *most = (*most).max(of_place);
        }
    }

    /// Returns the most of the blocks in which a site can serve somebody.
    pub(super) fn most_near(&self, site: u32, most: &[i64]) -> i64 {
        let range = self.blocks.starts[site as usize]..self.blocks.starts[site as usize + 1];
        let blocks = self.blocks.of_sites[range].iter();
        blocks.map(|&block| most[block as usize]).max().unwrap_or(i64::MIN)
    }

    /// Returns marks of the pairs of a site, none of which is set.
    pub(super) fn no_marks(&self) -> Vec<u64> {
        vec![0; self.sites.len().div_ceil(64)]
    }

    /// Sets or takes away the marks of the pairs of a site.
    pub(super) fn mark(&self, mixed: &Mixed, marks: &mut [u64], site: u32, is_set: bool) {
        for &at in &self.positions[mixed.pairs.range_of(site as usize)] {
            let (word, bit) = (at as usize / 64, 1 << (at % 64));
            if is_set { marks[word] |= bit } else { marks[word] &= !bit }
        }
    }

    /// Iterates over the sites of a place whose pairs are marked, nearest first.
    pub(super) fn marked<'b>(
        &'b self,
        marks: &'b [u64],
        place: usize,
    ) -> impl Iterator<Item = (u32, u32)> + 'b {
        let (mut at, end) = (self.starts[place], self.starts[place + 1]);
        std::iter::from_fn(move || {
            while at < end {
                let rest = marks[at / 64] >> (at % 64);
                if rest == 0 {
                    at = (at / 64 + 1) * 64;
                    continue;
                }
                let found = at + rest.trailing_zeros() as usize;
                at = found + 1;
                return (found < end).then(|| (self.sites[found], self.metres[found]));
            }
            None
        })
    }
}
