//! The two nearest sites of each place that offer a group of kinds in a period.

use groundwork_model::Programme;
use rayon::prelude::*;

use super::offers::{Offers, groups};
use crate::distance::chord_reaching;
use crate::network::Network;

/// Marks that there is no such site.
pub(crate) const NONE: u32 = u32::MAX;

/// Is the nearest site with its metres, and the metres of the one after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Two {
    pub(crate) metres: u32,
    pub(crate) site: u32,
    pub(crate) second: u32,
}

const NOBODY: Two = Two { metres: NONE, site: NONE, second: NONE };

impl Two {
    /// Takes note of a site.
    fn add(&mut self, metres: u32, site: u32) {
        if (metres, site) < (self.metres, self.site) {
            self.second = self.metres;
            (self.metres, self.site) = (metres, site);
        } else {
            self.second = self.second.min(metres);
        }
    }

    /// Returns the metres when a site is gone.
    pub(crate) fn without(self, site: u32) -> u32 {
        if self.site == site { self.second } else { self.metres }
    }
}

/// Holds the two nearest for each group of kinds, period and place.
pub(crate) struct Nearest {
    /// Group of each kind of `package_kinds`.
    pub(crate) group_of: Vec<usize>,
    /// For each group and package whether the package lists its kinds.
    pub(crate) lists: Vec<Vec<bool>>,
    periods: usize,
    /// Place-major; within a place by group, then period.
    cells: Vec<Two>,
}

impl Nearest {
    pub(crate) fn measure(programme: &Programme, network: &Network, offers: &Offers) -> Self {
        let periods = programme.settings.periods.count as usize;
        let (group_of, lists) = groups(programme);
        // Sites that offer something early come first, so that farther ones are soon passed over.
        let mut sites: Vec<(usize, Vec<usize>)> = offers
            .sites()
            .map(|site| (site, offered(&lists, offers.site(site))))
            .filter(|(_, offered)| !offered.is_empty())
            .collect();
        sites.sort_by_key(|(_, offered)| std::cmp::Reverse(offered.len()));
        let vectors: Vec<[f64; 3]> =
            sites.iter().map(|&(site, _)| network.sites[site].location.unit_vector()).collect();
        let width = lists.len() * periods;
        let row = |place: usize| row_of_place(network, place, width, &sites, &vectors);
        let cells = (0..network.places.len()).into_par_iter().flat_map_iter(row).collect();
        Self { group_of, lists, periods, cells }
    }

    /// Returns the two nearest of a place.
    pub(crate) fn get(&self, group: usize, period: usize, place: usize) -> Two {
        let width = self.lists.len() * self.periods;
        self.cells[place * width + group * self.periods + period]
    }
}

/// Returns the cells (group, then period) in which a site offers something.
fn offered(lists: &[Vec<bool>], packages: &[Option<usize>]) -> Vec<usize> {
    let mut cells = Vec::new();
    for (group, listed) in lists.iter().enumerate() {
        for (period, package) in packages.iter().enumerate() {
            if package.is_some_and(|package| listed[package]) {
                cells.push(group * packages.len() + period);
            }
        }
    }
    cells
}

fn row_of_place(
    network: &Network,
    place: usize,
    width: usize,
    sites: &[(usize, Vec<usize>)],
    vectors: &[[f64; 3]],
) -> Vec<Two> {
    let from = network.places[place].unit_vector();
    let mut row = vec![NOBODY; width];
    // Squared chords beyond which a site is no nearer than the second of a cell.
    let mut limits = vec![f64::INFINITY; width];
    for ((site, offered), vector) in sites.iter().zip(vectors) {
        let squared: f64 = from.iter().zip(vector).map(|(a, b)| (a - b) * (a - b)).sum();
        if offered.iter().all(|&at| squared > limits[at]) {
            continue;
        }
        let Some(metres) = network.metres(place, *site) else { continue };
        for &at in offered {
            row[at].add(metres, *site as u32);
            if row[at].second != NONE {
                let chord = chord_reaching(f64::from(row[at].second), network.detour());
                limits[at] = chord * chord;
            }
        }
    }
    row
}
