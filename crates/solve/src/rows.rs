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
    Listed(Arc<SiteRows>),
    /// Measured anew whenever they are needed.
    Measured(Box<Measured<'a>>),
}

/// Measures rows up to what the present choice makes of interest.
#[derive(Clone)]
pub(crate) struct Measured<'a> {
    space: &'a Space,
    open: OpenSites<'a>,
    limits: Arc<Vec<u32>>,
    below: Option<Arc<Below>>,
    row: Row,
}

/// Is the row of a site.
pub(crate) enum SiteRow {
    /// Part of the lists.
    Listed(Arc<SiteRows>, usize),
    /// Measured.
    Measured(Row),
}

impl SiteRow {
    /// Returns the points.
    pub(crate) fn points(&self) -> &[u32] {
        match self {
            Self::Listed(rows, site) => rows.row(*site).0,
            Self::Measured(row) => row.slots(),
        }
    }

    /// Returns the cost of each point.
    pub(crate) fn costs(&self) -> &[u32] {
        match self {
            Self::Listed(rows, site) => rows.row(*site).1,
            Self::Measured(row) => row.costs(),
        }
    }
}

impl<'a> RowSource<'a> {
    /// Returns the source for an instance: its space, or lists of all its pairs.
    pub(crate) fn of(instance: &'a Instance) -> Self {
        match &instance.space {
            None => Self::Listed(Arc::new(instance.rows_within(|_| f64::INFINITY))),
            Some(space) => Self::Measured(Box::new(Measured {
                space,
                open: OpenSites::new(space),
                limits: Arc::new(vec![0; instance.points]),
                below: None,
                row: Row::default(),
            })),
        }
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

    /// Notes what the second nearest site of a point costs in the first period: cheaper sites matter to it.
    pub(crate) fn note_reach(&mut self, point: usize, farthest: u32) {
        if let Self::Measured(measured) = self
            && farthest > measured.limits[point]
        {
            measured.below = None;
        }
    }

    /// Widens the limits where the choice has outgrown them, with room for it to change.
    pub(crate) fn refresh(&mut self, instance: &Instance, nearest: &[Nearest]) {
        if let Self::Measured(measured) = self
            && measured.below.is_none()
        {
            let first = nearest.iter().step_by(instance.periods);
            let limit = |nearest: &Nearest| nearest.second.saturating_add(nearest.second / 4 + 1);
            let limits: Vec<u32> = first.map(limit).collect();
            measured.below = Some(Arc::new(Below::new(measured.space, &limits)));
            measured.limits = Arc::new(limits);
        }
    }

    /// Returns the row of a site, to be put back.
    pub(crate) fn take(&mut self, site: usize) -> SiteRow {
        match self {
            Self::Listed(rows) => SiteRow::Listed(Arc::clone(rows), site),
            Self::Measured(measured) => {
                let mut row = std::mem::take(&mut measured.row);
                if let Some(below) = &measured.below {
                    measured.space.row(site as u32, below, &mut row);
                }
                SiteRow::Measured(row)
            }
        }
    }

    /// Takes the buffers of a row back.
    pub(crate) fn put_back(&mut self, row: SiteRow) {
        if let (Self::Measured(measured), SiteRow::Measured(row)) = (self, row) {
            measured.row = row;
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

/// Lists a few sites near each site.
#[derive(Clone, Debug)]
pub(crate) struct Neighbours {
    starts: Vec<usize>,
    sites: Vec<u32>,
}

/// Neighbours listed for a site.
const NEIGHBOURS: usize = 16;

impl Neighbours {
    /// Finds the neighbours of every site of an instance.
    pub(crate) fn new(instance: &Instance, rows: &RowSource<'_>) -> Self {
        let of_site = |site: usize| match (&instance.space, rows) {
            (Some(space), _) => space.neighbours(site as u32, NEIGHBOURS),
            (None, RowSource::Listed(rows)) => {
                let (points, costs) = rows.row(site);
                let nearest = points.iter().zip(costs).min_by_key(|&(point, cost)| (cost, point));
                let near =
                    nearest.map_or(&[][..], |(&point, _)| instance.near.sites_of(point as usize));
                near.iter().copied().take(NEIGHBOURS).collect()
            }
            _ => Vec::new(),
        };
        let lists: Vec<Vec<u32>> =
            (0..instance.candidates.len()).into_par_iter().map(of_site).collect();
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
