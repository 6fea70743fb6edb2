//! Progress on stderr, time limits and Ctrl-C: the other side of the solver's [`Control`].

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, OnceLock};
use std::time::{Duration, Instant};

use groundwork_model::StoppedBy;
use groundwork_solve::{Control, Event, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::cli::ProgressName;
use crate::figures::{count, per_cent, value};
use crate::output;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static HANDLER: Once = Once::new();

/// Returns whether somebody has pressed Ctrl-C.
pub(crate) fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Shows a run and stops it at its time limit or at Ctrl-C.
pub(crate) struct Watch {
    started: Instant,
    limit: Duration,
    display: Display,
    /// Scale and unit of values, once they are known.
    measure: OnceLock<(u64, String)>,
    /// When a line was written last, and what the newest figures are that no line has shown.
    last: Mutex<(Option<Instant>, Option<Progress>)>,
}

enum Display {
    Bar(ProgressBar),
    Plain,
    Json,
    None,
}

/// Is a line of `--progress json`.
#[derive(Serialize)]
struct Line {
    event: &'static str,
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bound: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gap: Option<f64>,
    work: u64,
}

/// Is the first line of `--progress json`: values are in `unit` x `scale`.
#[derive(Serialize)]
struct Started<'a> {
    event: &'static str,
    places: usize,
    candidates: usize,
    periods: usize,
    scale: u64,
    unit: &'a str,
}

/// Time between two lines.
const PAUSE: Duration = Duration::from_millis(500);

impl Watch {
    /// Starts the clock of a run.
    pub(crate) fn start(name: ProgressName, limit: f64) -> Self {
        HANDLER.call_once(|| {
            // Without a handler Ctrl-C ends the program at once, which is no worse than before.
            let _ = ctrlc::set_handler(|| {
                if INTERRUPTED.swap(true, Ordering::Relaxed) {
                    // A second Ctrl-C does not wait for the plan.
                    std::process::exit(i32::from(crate::exit::Exit::StoppedWithoutPlan as u8));
                }
            });
        });
        let terminal = std::io::stderr().is_terminal();
        let display = match name {
            ProgressName::Bar => Display::Bar(bar(limit)),
            ProgressName::Auto if terminal => Display::Bar(bar(limit)),
            ProgressName::Auto | ProgressName::Plain => Display::Plain,
            ProgressName::Json => Display::Json,
            ProgressName::None => Display::None,
        };
        let limit = Duration::try_from_secs_f64(limit).unwrap_or(Duration::MAX);
        Self {
            started: Instant::now(),
            limit,
            display,
            measure: OnceLock::new(),
            last: Mutex::new((None, None)),
        }
    }

    /// Says in what values are counted.
    pub(crate) fn measure(&self, scale: u64, unit: &str) {
        self.measure.get_or_init(|| (scale, unit.to_owned()));
    }

    /// Returns the seconds since the start.
    pub(crate) fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// Shows the last figures and clears the display.
    pub(crate) fn finish(&self) {
        if let Display::Bar(bar) = &self.display {
            bar.finish_and_clear();
        }
        let unseen = self.last.lock().ok().and_then(|mut last| last.1.take());
        if let Some(progress) = unseen {
            self.show_line(&progress);
        }
    }

    /// Returns whether enough time has passed for another line; if not, keeps the figures for later.
    fn due(&self, progress: &Progress) -> bool {
        let Ok(mut last) = self.last.lock() else { return false };
        let due = last.0.is_none_or(|last| last.elapsed() >= PAUSE);
        *last = if due { (Some(Instant::now()), None) } else { (last.0, Some(*progress)) };
        due
    }

    fn show(&self, progress: &Progress) {
        if let Display::Bar(bar) = &self.display {
            bar.set_position(self.started.elapsed().as_millis() as u64);
            bar.set_message(self.figures(progress));
        } else if self.due(progress) {
            self.show_line(progress);
        }
    }

    fn show_line(&self, progress: &Progress) {
        match &self.display {
            Display::Plain => {
                output::note(&format!("{:7.1} s  {}", self.seconds(), self.figures(progress)));
            }
            Display::Json => self.line(&Line {
                event: progress.phase.as_str(),
                seconds: self.seconds(),
                value: progress.value,
                bound: progress.bound,
                gap: progress.gap,
                work: progress.work,
            }),
            Display::Bar(_) | Display::None => {}
        }
    }

    /// Returns the figures, the gap first: a narrow terminal cuts the end.
    fn figures(&self, progress: &Progress) -> String {
        let (scale, unit) =
            self.measure.get().map_or((1, ""), |(scale, unit)| (*scale, unit.as_str()));
        let figure =
            |number: Option<f64>| number.map_or_else(|| "-".to_owned(), |n| value(n, scale, unit));
        let gap = progress.gap.map_or_else(|| "-".to_owned(), per_cent);
        format!("gap {gap}, value {}, bound {}", figure(progress.value), figure(progress.bound))
    }

    fn line(&self, line: &Line) {
        output::note(String::from_utf8_lossy(&output::json_line(line)).trim_end());
    }

    fn started(&self, places: usize, candidates: usize, periods: usize) {
        let text = format!(
            "{}, {}, {}",
            count(places, "place"),
            count(candidates, "candidate site"),
            count(periods, "period"),
        );
        match &self.display {
            Display::Json => {
                let (scale, unit) =
                    self.measure.get().map_or((1, ""), |(scale, unit)| (*scale, unit.as_str()));
                let started =
                    Started { event: "started", places, candidates, periods, scale, unit };
                output::note(String::from_utf8_lossy(&output::json_line(&started)).trim_end());
            }
            Display::Bar(bar) => bar.println(text),
            Display::Plain => output::note(&text),
            Display::None => {}
        }
    }
}

impl Control for Watch {
    fn event(&self, event: &Event) {
        match event {
            Event::Started { places, candidates, periods, .. } => {
                self.started(*places, *candidates, *periods);
            }
            Event::Progress(progress) => self.show(progress),
        }
    }

    fn stop(&self) -> Option<StoppedBy> {
        if is_interrupted() {
            Some(StoppedBy::Interrupt)
        } else if self.started.elapsed() >= self.limit {
            Some(StoppedBy::Time)
        } else {
            None
        }
    }
}

fn bar(limit: f64) -> ProgressBar {
    let length = (limit * 1000.0) as u64;
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{elapsed} {bar:10} {wide_msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
