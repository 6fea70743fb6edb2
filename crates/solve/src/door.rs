//! The door of the crate: a programme and a question in, a plan with value, bound and proof out.

use groundwork_model::plan::{Sense, Served};
use groundwork_model::{Opening, Programme, Question};

use crate::control::{Control, Options};
use crate::mixed::MixedPlanner;
use crate::planner::{Infeasible, PlainPlanner, Solution};

/// Holds a programme, indexed for one question.
pub enum Planner<'a> {
    /// A site gets either nothing or the one package, and nothing but quotas limits which sites do.
    Plain(Box<PlainPlanner<'a>>),
    /// Any other programme.
    Mixed(Box<MixedPlanner<'a>>),
}

impl<'a> Planner<'a> {
    /// Indexes a programme for a question; says so when it is plain that no plan can keep its rules.
    ///
    /// # Errors
    /// [`Infeasible`] with the rules that cannot be kept.
    pub fn new(programme: &'a Programme, question: &Question) -> Result<Self, Infeasible> {
        if programme.is_plain() && question.is_plain(programme) {
            Ok(Self::Plain(Box::new(PlainPlanner::new(programme, question)?)))
        } else {
            Ok(Self::Mixed(Box::new(MixedPlanner::new(programme, question)?)))
        }
    }

    /// Returns the direction, scale and unit of values.
    #[must_use]
    pub fn measure(&self) -> (Sense, u64, &str) {
        match self {
            Self::Plain(planner) => planner.measure(),
            Self::Mixed(planner) => planner.measure(),
        }
    }

    /// Searches for the best plan and proves how good it is.
    ///
    /// # Errors
    /// [`Infeasible`] when the search shows that no plan keeps all rules together.
    pub fn solve(&self, options: Options, control: &dyn Control) -> Result<Solution, Infeasible> {
        self.solve_from(&[], options, control)
    }

    /// Does the same, and leads the search from the openings of a plan that is known, of this programme or one
    /// that differs little. The plan that is found can be worse than a known one: the search is one of many ways.
    ///
    /// # Errors
    /// As of [`solve`](Self::solve).
    pub fn solve_from(
        &self,
        known: &[Opening],
        options: Options,
        control: &dyn Control,
    ) -> Result<Solution, Infeasible> {
        match self {
            Self::Plain(planner) => Ok(planner.solve_from(known, options, control)),
            Self::Mixed(planner) => planner.solve(known, options, control),
        }
    }

    /// Sends people to the sites of a list of openings, at least cost: who is served where, for limited kinds.
    /// Nobody is sent anywhere where a site has no schedule with its openings. Where the question has futures, it is
    /// the first of them.
    #[must_use]
    pub fn assign(&self, openings: &[Opening]) -> Vec<Served> {
        self.assign_in_futures(openings).into_iter().next().unwrap_or_default()
    }

    /// Does the same for each future of the question; for one list where it has none.
    #[must_use]
    pub fn assign_in_futures(&self, openings: &[Opening]) -> Vec<Vec<Served>> {
        match self {
            Self::Plain(_) => Vec::new(),
            Self::Mixed(planner) => planner.assign(openings),
        }
    }

    /// Returns the planner of a plain programme, which can also make plans in simpler ways.
    #[must_use]
    pub fn plain(&self) -> Option<&PlainPlanner<'a>> {
        match self {
            Self::Plain(planner) => Some(planner),
            Self::Mixed(_) => None,
        }
    }
}
