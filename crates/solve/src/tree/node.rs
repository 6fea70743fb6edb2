//! The open nodes of a tree, and the cores of sites that they price.

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use crate::assignment::NEVER;
use crate::bound::Multipliers;
use crate::branch::Half;
use crate::dual::Relaxation;
use crate::instance::{Candidate, Instance, SiteRows};
use crate::rows::RowSource;
use crate::search::{Scratch, Timetable};
use crate::start;

/// How many times its largest radius the sites of a point are listed.
const REACH: f64 = 3.0;

/// Is the problem of the sites that may open in some part of the tree.
pub(super) struct Core {
    /// The problem; a node brings the candidates.
    pub(super) instance: Instance,
    /// The candidates as they were when the core was cut out.
    pub(super) candidates: Vec<Candidate>,
    /// Position in the whole problem of each site.
    pub(super) kept: Vec<u32>,
    pub(super) rows: OnceLock<Arc<SiteRows>>,
    pub(super) active: Vec<u32>,
}

impl Core {
    /// Returns the core that holds, of the sites of `instance`, those that may open. `number` is where a site
    /// lies in the whole problem.
    pub(super) fn of(
        instance: &Instance,
        number: impl Fn(u32) -> u32,
        reach: impl Fn(usize) -> u32,
    ) -> Self {
        let sites = &instance.candidates;
        let left: Vec<u32> =
            (0..sites.len() as u32).filter(|&site| sites[site as usize].may_open_ever()).collect();
        let candidates = left.iter().map(|&site| sites[site as usize]).collect();
        let instance = instance.restricted(&left, Vec::new(), reach);
        let kept = left.iter().map(|&site| number(site)).collect();
        let active = (0..left.len() as u32).collect();
        Self { instance, candidates, kept, rows: OnceLock::new(), active }
    }

    /// Returns the problem with candidates as some node has them.
    pub(super) fn with(&self, candidates: Vec<Candidate>) -> Instance {
        Instance { candidates, ..self.instance.clone() }
    }

    /// Returns the choice that a descent from what a relaxation recommends ends at, with its work.
    pub(super) fn advised(&self, relaxation: &Relaxation) -> (Vec<usize>, u64) {
        let instance = self.with(self.candidates.clone());
        let opens = start::advised(&instance, relaxation);
        self.descended(opens)
    }

    /// Returns the choice that a descent from another one ends at, with its work.
    pub(super) fn descended(&self, opens: Vec<usize>) -> (Vec<usize>, u64) {
        let instance = self.with(self.candidates.clone());
        let rows = self.rows.get_or_init(|| Arc::new(instance.rows_within(|_| f64::INFINITY)));
        // Each opening that radii recommend is chosen by a look at the pairs.
        let opened = opens.iter().filter(|&&period| period != NEVER).count();
        let looks = if start::is_open_to_all(&instance) { opened * rows.pairs() } else { 0 };
        let rows = RowSource::listed(Arc::clone(rows));
        let mut timetable = Timetable::new(&instance, rows, opens);
        timetable.descend(&self.active, &mut Scratch::default(), |_, _| true);
        (timetable.choice(), timetable.work + looks as u64)
    }
}

/// Is a part of the choices that is not done with.
pub(super) struct Node {
    /// Its record.
    pub(super) record: usize,
    pub(super) core: Arc<Core>,
    /// When the sites of the core may open.
    pub(super) times: Vec<Times>,
    /// The split that it comes from, and the bound before, times 2^shift.
    pub(super) half: Option<(Half, i128)>,
    /// First step of its ascent, as a share of the scale.
    pub(super) step: f64,
    /// Multipliers of the nearest node above that has some.
    pub(super) multipliers: Arc<Multipliers>,
    /// The bound that they give, times 2^shift.
    pub(super) bound: i128,
}

/// Is when a site may open, as short as open nodes hold it.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) first: u16,
    pub(super) last: u16,
    pub(super) required: bool,
}

impl Times {
    pub(super) fn of(candidates: &[Candidate]) -> Vec<Self> {
        let times = |candidate: &Candidate| Self {
            first: candidate.window.0 as u16,
            last: candidate.window.1 as u16,
            required: candidate.required,
        };
        candidates.iter().map(times).collect()
    }

    /// Returns a candidate that may open at these times.
    pub(super) fn candidate(self, core: &Candidate) -> Candidate {
        let window = (usize::from(self.first), usize::from(self.last));
        Candidate { window, required: self.required, ..*core }
    }
}

impl Ord for Node {
    fn cmp(&self, other: &Self) -> Ordering {
        other.bound.cmp(&self.bound).then(other.record.cmp(&self.record))
    }
}

impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Node {}

pub(super) struct Child {
    pub(super) half: Half,
    /// The site that was split, as it is now.
    pub(super) candidate: Candidate,
    pub(super) times: Vec<Times>,
    pub(super) bound: i128,
}

/// Returns how far a core lists sites of a point: well beyond any radius. A radius that is 0 may grow.
pub(super) fn reach<const N: usize>(periods: usize, radii: [&[f64]; N], point: usize) -> u32 {
    let of_point = radii.iter().flat_map(|radii| &radii[point * periods..(point + 1) * periods]);
    let largest = of_point.fold(0.0, |most: f64, &radius| most.max(radius));
    (REACH * largest) as u32 + 1
}
