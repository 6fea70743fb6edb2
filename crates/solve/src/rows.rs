//! Where the local search finds the points of a site and the sites of a point: in lists, or in space.

use std::sync::Arc;

use rayon::prelude::*;

use crate::instance::{Instance, SiteRows};
use crate::search::Nearest;
use crate::space::{Below, OpenSites, Row, Space};

/// Gives rows of sites and nearest sites of points.
#[derive(Clone)]
pub(crate) enum RowSource<'a> {
    /// From lists of all pairs that matter.
    Listed(Listed),
    /// Measured anew whenever they are needed.
    Measured(Box<Measured<'a>>),
}

/// Holds lists of all pairs, and of those that the present choice makes of interest.
#[derive(Clone)]
pub(crate) struct Listed {
    all: Option<Arc<SiteRows>>,
    /// The pairs that cost less than the limit of their point.
    short: Option<Arc<SiteRows>>,
    limits: Arc<Vec<u32>>,
    /// Points to which pairs beyond their limit matter.
    outgrown: usize,
}

/// Measures rows up to what the present choice makes of interest.
#[derive(Clone)]
pub(crate) struct Measured<'a> {
    space: &'a Space,
    open: OpenSites<'a>,
    below: Option<Arc<Below>>,
    row: Row,
}

/// Is the row of a site.
pub(crate) enum SiteRow {
    /// Part of the lists: all of them, or the short ones.
    Listed {
        /// The lists.
        rows: Option<Arc<SiteRows>>,
        /// The site.
        site: usize,
        /// Whether they are the short ones.
        short: bool,
    },
    /// Measured.
    Measured(Row),
}

impl SiteRow {
    /// Returns the points with the cost of each.
    pub(crate) fn pairs(&self) -> (&[u32], &[u32]) {
        match self {
            Self::Listed { rows, site, .. } => {
                rows.as_ref().map_or((&[], &[]), |rows| rows.row(*site))
            }
            Self::Measured(row) => (row.slots(), row.costs()),
        }
    }
}

impl Listed {
    fn new(rows: Arc<SiteRows>) -> Self {
        Self { all: Some(rows), short: None, limits: Arc::default(), outgrown: 0 }
    }
}

impl<'a> RowSource<'a> {
    /// Returns the source for an instance: its space, or lists of all its pairs.
    pub(crate) fn of(instance: &'a Instance) -> Self {
        match &instance.space {
            None => Self::listed(Arc::new(instance.rows_within(|_| f64::INFINITY))),
            Some(space) => Self::Measured(Box::new(Measured {
                space,
                open: OpenSites::new(space),
                below: None,
                row: Row::default(),
            })),
        }
    }

    /// Returns the source that has these rows, which hold all pairs.
    pub(crate) fn listed(rows: Arc<SiteRows>) -> Self {
        Self::Listed(Listed::new(rows))
    }

    /// Returns the source for an instance under a choice.
    pub(crate) fn with_opens(instance: &'a Instance, opens: &[usize]) -> Self {
        let mut source = Self::of(instance);
        for (site, &period) in opens.iter().enumerate() {
            if period < instance.periods {
                source.note_period(site, period, instance.periods);
            }
        }
        source
    }

    /// Returns the rows of all pairs, where they are listed.
    pub(crate) fn all_rows(&self) -> Option<&Arc<SiteRows>> {
        match self {
            Self::Listed(listed) => listed.all.as_ref(),
            Self::Measured(_) => None,
        }
    }

    /// Notes in which period a site opens; `periods` is never.
    pub(crate) fn note_period(&mut self, site: usize, period: usize, periods: usize) {
        if let Self::Measured(measured) = self {
            if period < periods {
                measured.open.insert(site as u32, period as u32);
            } else {
                measured.open.remove(site as u32);
            }
        }
    }

    /// Notes what the second nearest site of a point cost in the first period and costs now: cheaper sites
    /// matter to it.
    pub(crate) fn note_reach(&mut self, point: usize, before: u32, now: u32) {
        match self {
            Self::Listed(listed) => {
                if let Some(&limit) = listed.limits.get(point) {
                    listed.outgrown += usize::from(now >= limit);
                    listed.outgrown -= usize::from(before >= limit);
                }
            }
            Self::Measured(measured) => {
                if let Some(below) = &mut measured.below
                    && now >= below.limit(point)
                {
                    Arc::make_mut(below).raise(measured.space, point, with_room(now));
                }
            }
        }
    }

    /// Returns what to look at a row of so many points counts as work, in pairs priced by an ascent.
    pub(crate) fn work_of_row(&self, points: usize) -> u64 {
        match self {
            Self::Listed(_) => 16 + points as u64,
            Self::Measured(_) => 200 + 4 * points as u64,
        }
    }

    /// Returns what to find the nearest sites of a point counts as work.
    pub(crate) fn work_of_nearest(&self) -> u64 {
        match self {
            Self::Listed(_) => 8,
            Self::Measured(_) => 400,
        }
    }

    /// Returns whether rows cannot be measured for want of limits.
    pub(crate) fn is_unlimited(&self) -> bool {
        matches!(self, Self::Measured(measured) if measured.below.is_none())
    }

    /// Sets the limits to what the present choice makes of interest, with room for it to change.
    pub(crate) fn narrow(&mut self, instance: &Instance, nearest: &[Nearest]) {
        let first = nearest.iter().step_by(instance.periods);
        let limits: Vec<u32> = first.map(|nearest| with_room(nearest.second)).collect();
        match self {
            Self::Listed(listed) => {
                listed.short = Some(Arc::new(instance.rows_within(|i| f64::from(limits[i]))));
                listed.limits = Arc::new(limits);
                listed.outgrown = 0;
            }
            Self::Measured(measured) => {
                measured.below = Some(Arc::new(Below::new(measured.space, &limits)));
            }
        }
    }

    /// Returns the row of a site, to be put back.
    pub(crate) fn take(&mut self, site: usize) -> SiteRow {
        match self {
            Self::Listed(listed) => {
                let short = listed.short.is_some() && listed.outgrown == 0;
                let rows = if short { &mut listed.short } else { &mut listed.all };
                SiteRow::Listed { rows: rows.take(), site, short }
            }
            Self::Measured(measured) => {
                let mut row = std::mem::take(&mut measured.row);
                if let Some(below) = &measured.below {
                    measured.space.row(site as u32, below, &mut row);
                }
                SiteRow::Measured(row)
            }
        }
    }

    /// Returns the points of a site and their costs; `buffer` holds them where they are measured.
    pub(crate) fn read<'r>(&'r self, site: usize, buffer: &'r mut Row) -> (&'r [u32], &'r [u32]) {
        match self {
            Self::Listed(listed) => {
                let short = listed.short.as_ref().filter(|_| listed.outgrown == 0);
                let rows = short.or(listed.all.as_ref());
                rows.map_or((&[], &[]), |rows| rows.row(site))
            }
            Self::Measured(measured) => {
                if let Some(below) = &measured.below {
                    measured.space.row(site as u32, below, buffer);
                }
                (buffer.slots(), buffer.costs())
            }
        }
    }

    /// Takes a row back.
    pub(crate) fn put_back(&mut self, row: SiteRow) {
        match (self, row) {
            (Self::Listed(listed), SiteRow::Listed { rows, short: true, .. }) => {
                listed.short = rows;
            }
            (Self::Listed(listed), SiteRow::Listed { rows, .. }) => listed.all = rows,
            (Self::Measured(measured), SiteRow::Measured(row)) => measured.row = row,
            _ => {}
        }
    }

    /// Calls `visit(site, cost, period)` for the open sites of a point by rising cost; what it returns is
    /// the period from which on sites are of no more interest.
    pub(crate) fn nearest(
        &self,
        instance: &Instance,
        opens: &[usize],
        point: usize,
        mut visit: impl FnMut(u32, u32, usize) -> usize,
    ) {
        match self {
            Self::Listed(_) => {
                for (site, cost) in instance.near.of(point) {
                    let opens = opens[site as usize];
                    if opens < instance.periods && visit(site, cost, opens) == 0 {
                        return;
                    }
                }
            }
            Self::Measured(measured) => measured.open.nearest_below(
                point as u32,
                instance.periods as u32,
                |site, cost, level| visit(site, cost, level as usize) as u32,
            ),
        }
    }
}

/// Returns a limit that leaves room for the second nearest site of a point to go farther away.
fn with_room(second: u32) -> u32 {
    second.saturating_add(second / 2 + 1)
}

/// Lists a few sites near each site.
#[derive(Clone, Debug)]
pub(crate) struct Neighbours {
    starts: Vec<usize>,
    sites: Vec<u32>,
}

/// Neighbours listed for a site: at least, at most, and for each site that there is for one opening.
const NEIGHBOURS_MIN: usize = 16;
const NEIGHBOURS_MAX: usize = 32;

impl Neighbours {
    /// Finds the neighbours of every site of an instance among some of the sites.
    pub(crate) fn among(
        instance: &Instance,
        rows: &RowSource<'_>,
        wanted: impl Fn(u32) -> bool + Sync,
    ) -> Self {
        let sites = instance.candidates.len() as u32;
        let count = (0..sites).filter(|&site| wanted(site)).count();
        let for_each = count / instance.openings_max().max(1);
        let number = for_each.clamp(NEIGHBOURS_MIN, NEIGHBOURS_MAX);
        // Of those that lie near, a part is wanted.
        let share = (sites as usize).div_ceil(count.max(1)).min(8);
        let of_site = |site: u32| -> Vec<u32> {
            if !wanted(site) {
                return Vec::new();
            }
            if let Some(space) = &instance.space {
                let near = space.neighbours(site, number * share);
                return near.into_iter().filter(|&site| wanted(site)).take(number).collect();
            }
            let Some(rows) = rows.all_rows() else { return Vec::new() };
            let (points, costs) = rows.row(site as usize);
            let nearest = points.iter().zip(costs).min_by_key(|&(point, cost)| (cost, point));
            let near =
                nearest.map_or(&[][..], |(&point, _)| instance.near.sites_of(point as usize));
            near.iter().copied().filter(|&site| wanted(site)).take(number).collect()
        };
        let lists: Vec<Vec<u32>> = (0..sites).into_par_iter().map(of_site).collect();
        let mut starts = vec![0];
        starts.extend(lists.iter().scan(0, |end, list| {
            *end += list.len();
            Some(*end)
        }));
        Self { starts, sites: lists.concat() }
    }

    /// Returns the neighbours of a site.
    pub(crate) fn of(&self, site: u32) -> &[u32] {
        &self.sites[self.starts[site as usize]..self.starts[site as usize + 1]]
    }
}
