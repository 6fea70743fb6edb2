//! The seam between the solver and whoever runs it: events out, stop signals in.

use groundwork_model::StoppedBy;

/// Watches a run and may stop it. The solver knows no clock: time limits live here.
pub trait Control: Sync {
    /// Takes note of an event.
    fn event(&self, event: &Event);
    /// Says whether to stop now, and why. Asked often; must be cheap.
    fn stop(&self) -> Option<StoppedBy>;
}

/// Is something that happened during a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The programme is indexed and the search begins.
    Started {
        /// Places.
        places: usize,
        /// Sites that are free to choose.
        candidates: usize,
        /// Periods.
        periods: usize,
        /// Listed pairs of place and site.
        pairs: usize,
    },
    /// The search has new figures.
    Progress(Progress),
}

/// Is how far a search has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// What the search is doing.
    pub phase: Phase,
    /// Value of the best plan so far, in units of the plan's value (rounded).
    pub value: Option<f64>,
    /// Bound so far, in the same units; exact only once certified at the end.
    pub bound: Option<f64>,
    /// Gap between the two.
    pub gap: Option<f64>,
    /// Priced pairs so far.
    pub work: u64,
}

/// Names what a search is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Builds a first plan.
    Start,
    /// Raises the bound.
    Bound,
    /// Improves the plan.
    Improve,
}

impl Phase {
    /// Returns the phase as a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Bound => "bound",
            Self::Improve => "improve",
        }
    }
}

/// Says when to stop and how to break ties of chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Stop once the gap is this small (a fraction); 0 asks for proof.
    pub gap: f64,
    /// Stop once this many pairs are priced.
    pub work_limit: Option<u64>,
    /// Seed of the random kicks.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { gap: 0.0, work_limit: None, seed: 1 }
    }
}

/// Runs without display and without limits.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Control for Quiet {
    fn event(&self, _: &Event) {}
    fn stop(&self) -> Option<StoppedBy> {
        None
    }
}

/// Passes stops on and keeps events to itself.
pub(crate) struct Silent<'a>(pub(crate) &'a dyn Control);

impl Control for Silent<'_> {
    fn event(&self, _: &Event) {}
    fn stop(&self) -> Option<StoppedBy> {
        self.0.stop()
    }
}
