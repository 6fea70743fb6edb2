//! Trials: whether some plan keeps the rules of a programme, and which.

use groundwork_model::{Programme, Question, RepairedPlan};

use super::sets::Answer;
use crate::control::{Control, Options, Silent};
use crate::door::Planner;
use crate::planner::Solution;

/// Pairs that one trial may look at.
const WORK: u64 = 200_000_000;

/// Any plan will do.
const ANY_GAP: f64 = 1e30;

/// Gap of the plan that is shown with a repair.
const SHOWN_GAP: f64 = 0.01;

/// Is what a trial came to.
pub(super) enum Trial {
    Plan(Box<Solution>),
    None,
    Unknown,
}

impl Trial {
    pub(super) fn answer(&self) -> Answer {
        match self {
            Self::Plan(_) => Answer::Plan,
            Self::None => Answer::None,
            Self::Unknown => Answer::Unknown,
        }
    }
}

/// Looks for any plan.
pub(super) fn any_plan(programme: &Programme, question: &Question, control: &dyn Control) -> Trial {
    if control.stop().is_some() {
        return Trial::Unknown;
    }
    let options = Options { gap: ANY_GAP, work_limit: Some(WORK), ..Options::default() };
    let Ok(planner) = Planner::new(programme, question) else { return Trial::None };
    match planner.solve(options, &Silent(control)) {
        Err(_) => Trial::None,
        Ok(solution) if solution.value != i128::MAX => Trial::Plan(Box::new(solution)),
        Ok(_) => Trial::Unknown,
    }
}

/// Looks for a good plan; `None` where none is found in time.
pub(super) fn good_plan(
    programme: &Programme,
    question: &Question,
    control: &dyn Control,
) -> Option<RepairedPlan> {
    let options = Options { gap: SHOWN_GAP, work_limit: Some(WORK), ..Options::default() };
    let planner = Planner::new(programme, question).ok()?;
    let solution = planner.solve(options, &Silent(control)).ok()?;
    let (_, scale, unit) = planner.measure();
    (solution.value != i128::MAX).then(|| RepairedPlan {
        openings: u32::try_from(solution.openings.len()).unwrap_or(u32::MAX),
        value: solution.value,
        bound: solution.bound,
        gap: solution.gap(),
        scale,
        unit: unit.to_owned(),
    })
}
