//! When to stop: limits and signals, asked by every loop.
//!
//! A loop whose steps are kept asks [`Gate::goes_on`] between them. What cannot be kept half done asks
//! [`Gate::breaks_off`] on the way and is dropped. So the answer is always that of the last question
//! between steps, and the work counted there, as a limit, gives it again.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use groundwork_model::StoppedBy;

use crate::control::Control;

/// Knows whether a run has to stop.
pub(crate) struct Gate<'a> {
    control: &'a dyn Control,
    /// Pairs that may be priced.
    limit: u64,
    /// Work at the last step that was begun.
    begun: AtomicU64,
    stopped: OnceLock<(StoppedBy, u64)>,
}

impl<'a> Gate<'a> {
    pub(crate) fn new(control: &'a dyn Control, limit: Option<u64>) -> Self {
        let limit = limit.unwrap_or(u64::MAX);
        Self { control, limit, begun: AtomicU64::new(0), stopped: OnceLock::new() }
    }

    /// Returns whether another step may begin after so much work. Only one thread may ask.
    pub(crate) fn goes_on(&self, work: u64) -> bool {
        if self.stopped.get().is_none() {
            self.begun.store(work, Ordering::Relaxed);
            let spent = (work >= self.limit).then_some(StoppedBy::Work);
            if let Some(reason) = spent.or_else(|| self.control.stop()) {
                self.stop(reason, work);
            }
        }
        !self.has_stopped()
    }

    /// Returns whether to break off the step that is under way; what it has done must be dropped.
    pub(crate) fn breaks_off(&self) -> bool {
        if !self.has_stopped()
            && let Some(reason) = self.control.stop()
        {
            self.stop(reason, self.begun.load(Ordering::Relaxed));
        }
        self.has_stopped()
    }

    /// Stops for a reason, unless something else did before.
    pub(crate) fn stop(&self, reason: StoppedBy, work: u64) {
        self.stopped.get_or_init(|| (reason, work));
    }

    pub(crate) fn has_stopped(&self) -> bool {
        self.stopped.get().is_some()
    }

    /// Returns why the run stopped, and after how much work.
    pub(crate) fn stopped(&self) -> Option<(StoppedBy, u64)> {
        self.stopped.get().copied()
    }
}

impl fmt::Debug for Gate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("stopped", &self.stopped).finish_non_exhaustive()
    }
}

/// Returns whether a gate, where there is one, breaks off the step that is under way.
pub(crate) fn breaks_off(gate: Option<&Gate<'_>>) -> bool {
    gate.is_some_and(Gate::breaks_off)
}
