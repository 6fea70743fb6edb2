//! Whether the openings of an answer are allowed.

use groundwork_model::field::{Ask, FieldOpening, FieldProblem};
use groundwork_model::{Code, Problem};

/// Says how many sites may open in each period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quota {
    pub(crate) openings: u32,
    /// Whether it must be met.
    pub(crate) exactly: bool,
}

/// Holds the openings that can be read.
pub(crate) struct Reading {
    /// The sites that open in each period.
    pub(crate) opens: Vec<Vec<usize>>,
    /// What keeps openings from being read.
    unreadable: Vec<Problem>,
    /// What they break.
    broken: Vec<Problem>,
}

impl Reading {
    /// Reads the openings and holds them against the rules.
    pub(crate) fn of(problem: &FieldProblem, openings: &[FieldOpening]) -> Self {
        let periods = periods(problem.ask);
        let sites = problem.sites.len();
        let mut reading =
            Self { opens: vec![Vec::new(); periods], unreadable: Vec::new(), broken: Vec::new() };
        let mut open = vec![false; sites];
        for opening in openings {
            let site = index(opening.site, sites);
            let period = index(opening.period, periods);
            reading.unreadable.extend(unknown_site(opening, site, sites));
            reading.unreadable.extend(outside_periods(opening, period, periods));
            let Some((site, period)) = site.zip(period) else { continue };
            reading.broken.extend(open[site].then(|| opened_twice(opening)));
            open[site] = true;
            reading.opens[period].push(site);
        }
        reading.broken.extend(quota_broken(quota(problem.ask), &reading.opens));
        reading
    }

    /// Returns whether every opening could be read.
    pub(crate) fn is_complete(&self) -> bool {
        self.unreadable.is_empty()
    }

    /// Returns all that is wrong.
    pub(crate) fn problems(&self) -> impl Iterator<Item = Problem> {
        self.unreadable.iter().chain(&self.broken).cloned()
    }

    /// Returns every site that opens, each once.
    pub(crate) fn open(&self) -> Vec<usize> {
        let mut open: Vec<usize> = self.opens.iter().flatten().copied().collect();
        open.sort_unstable();
        open.dedup();
        open
    }
}

/// Returns the number of periods, 1 where there are none.
pub(crate) fn periods(ask: Ask) -> usize {
    match ask {
        Ask::Rollout { periods, .. } => periods as usize,
        _ => 1,
    }
}

/// Returns the openings allowed in each period; `None` without limit.
pub(crate) fn quota(ask: Ask) -> Option<Quota> {
    match ask {
        Ask::PMedian { p } | Ask::PCentre { p } | Ask::Cover { p, .. } => {
            Some(Quota { openings: p, exactly: false })
        }
        Ask::Rollout { quota, exactly, .. } => Some(Quota { openings: quota, exactly }),
        Ask::SetCover { .. } | Ask::Ufl | Ask::Cfl { .. } => None,
    }
}

/// Returns the index of a number counted from 1 that is at most `largest`.
pub(crate) fn index(number: u32, largest: usize) -> Option<usize> {
    (number as usize).checked_sub(1).filter(|index| *index < largest)
}

fn unknown_site(opening: &FieldOpening, site: Option<usize>, sites: usize) -> Option<Problem> {
    let cause = format!("site {} opens; the sites are 1 to {sites}", opening.site);
    site.is_none().then(|| Problem::new(Code::UnknownSiteInPlan, cause))
}

fn outside_periods(
    opening: &FieldOpening,
    period: Option<usize>,
    periods: usize,
) -> Option<Problem> {
    let FieldOpening { site, period: number } = opening;
    let cause = format!("site {site} opens in period {number}; the periods are 1 to {periods}");
    period.is_none().then(|| Problem::new(Code::OutsideWindow, cause))
}

fn opened_twice(opening: &FieldOpening) -> Problem {
    Problem::new(Code::SiteOpenedTwice, format!("site {} opens more than once", opening.site))
}

fn quota_broken(quota: Option<Quota>, opens: &[Vec<usize>]) -> Vec<Problem> {
    let Some(quota) = quota else { return Vec::new() };
    let allowed = quota.openings as usize;
    let broken = |(index, sites): (usize, &Vec<usize>)| {
        let (period, number) = (index + 1, sites.len());
        let cause = format!("{number} sites open in period {period}; the quota is {allowed}");
        let code = if number > allowed { Code::QuotaExceeded } else { Code::QuotaNotMet };
        let breaks = number > allowed || quota.exactly && number < allowed;
        breaks.then(|| Problem::new(code, cause))
    };
    opens.iter().enumerate().filter_map(broken).collect()
}
