//! What is known of the best plan of each of several programmes that differ by one rule, and what follows from
//! one for the others.
//!
//! Loosening a rule takes no plan away. So a plan of a tighter programme is one of a looser, with the same value;
//! no plan of a tighter is better than the bound of a looser; and where a looser has no plan, a tighter has none.

use groundwork_model::plan::Sense;

/// Says what is known of the best plan of a programme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Value of the best plan that is known.
    pub value: Option<i128>,
    /// No plan is better than this.
    pub bound: Option<i128>,
    /// Whether it is shown that there is no plan.
    pub no_plan: bool,
    /// The programme, by its number, whose plan has the value, where that is another.
    pub value_of: Option<usize>,
    /// The programme whose bound it is, or which has no plan, where that is another.
    pub bound_of: Option<usize>,
}

impl Standing {
    /// Returns what is known by these figures alone.
    #[must_use]
    pub fn new(value: Option<i128>, bound: Option<i128>, no_plan: bool) -> Self {
        Self { value, bound, no_plan, value_of: None, bound_of: None }
    }
}

/// Carries values from tighter programmes to looser ones, and bounds from looser to tighter ones. The programmes
/// come from the tightest to the loosest. Afterwards values get no worse along the list, and nor do bounds.
///
/// ```
/// # use groundwork_model::plan::Sense;
/// # use groundwork_solve::{Standing, carry};
/// let known = |value, bound| Standing::new(Some(value), Some(bound), false);
/// let mut all = [known(90, 40), known(95, 60), known(70, 50)];
/// carry(&mut all, Sense::Min);
/// assert_eq!(all.map(|point| point.value), [Some(90), Some(90), Some(70)]);
/// assert_eq!(all.map(|point| point.bound), [Some(60), Some(60), Some(50)]);
/// assert_eq!((all[1].value_of, all[0].bound_of), (Some(0), Some(1)));
/// ```
pub fn carry(tight_to_loose: &mut [Standing], sense: Sense) {
    let cost = |value: i128| if sense == Sense::Min { value } else { -value };
    for at in 1..tight_to_loose.len() {
        let (before, own) = (tight_to_loose[at - 1], &mut tight_to_loose[at]);
        let Some(value) = before.value else { continue };
        if own.value.is_none_or(|own| cost(value) < cost(own)) {
            own.value = Some(value);
            own.value_of = before.value_of.or(Some(at - 1));
        }
    }
    for at in (1..tight_to_loose.len()).rev() {
        let (looser, own) = (tight_to_loose[at], &mut tight_to_loose[at - 1]);
        let better =
            looser.bound.filter(|&bound| own.bound.is_none_or(|own| cost(bound) > cost(own)));
        if let Some(bound) = better.filter(|_| !own.no_plan) {
            own.bound = Some(bound);
            own.bound_of = looser.bound_of.or(Some(at));
        }
        if looser.no_plan && !own.no_plan {
            own.no_plan = true;
            own.bound_of = looser.bound_of.or(Some(at));
        }
    }
}

/// Returns the least and the most by which the best plan of a changed programme is better than that of the
/// programme as written; below 0 where it is worse. `None` where nothing is known of a side.
///
/// With V the value of a plan and B the bound, the best value of a programme lies between the two. For costs the
/// gain, best before less best after, so is at least B before - V after and at most V before - B after. Where the
/// change only loosens a rule, it is at least 0.
#[must_use]
pub fn gain(
    sense: Sense,
    before: Standing,
    after: Standing,
    loosens: bool,
) -> (Option<i128>, Option<i128>) {
    let cost = |value: i128| if sense == Sense::Min { value } else { -value };
    let less = |from: Option<i128>, to: Option<i128>| Some(cost(from?) - cost(to?));
    let (least, most) = (less(before.bound, after.value), less(before.value, after.bound));
    if loosens {
        (Some(least.unwrap_or(0).max(0)), most.map(|most| most.max(0)))
    } else {
        (least, most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_looser_programme_without_a_plan_leaves_the_tighter_none() {
        let mut all = [
            Standing::default(),
            Standing::new(None, None, true),
            Standing::new(Some(5), Some(5), false),
        ];
        carry(&mut all, Sense::Max);
        assert!(all[0].no_plan && all[0].bound_of == Some(1) && !all[2].no_plan);
        assert_eq!((all[0].value, all[0].bound), (None, None));
    }

    #[test]
    fn the_gain_lies_between_what_both_sides_leave_open() {
        let before = Standing::new(Some(100), Some(90), false);
        let after = Standing::new(Some(80), Some(70), false);
        assert_eq!(gain(Sense::Min, before, after, true), (Some(10), Some(30)));
        let near = Standing::new(Some(98), Some(85), false);
        assert_eq!(gain(Sense::Min, before, near, true), (Some(0), Some(15)));
        assert_eq!(gain(Sense::Min, before, near, false), (Some(-8), Some(15)));
        // More is better: best before is in 100..=110, best after in 120..=130.
        let (before, after) = (
            Standing::new(Some(100), Some(110), false),
            Standing::new(Some(120), Some(130), false),
        );
        assert_eq!(gain(Sense::Max, before, after, true), (Some(10), Some(30)));
        assert_eq!(gain(Sense::Max, before, Standing::default(), true), (Some(0), None));
    }
}
