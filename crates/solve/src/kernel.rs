//! The sites about which the choices on the way to a bound disagree, and the problem in which all others stay as
//! they mostly were: small enough to be closed by branch and bound, and rich in good plans (kernel search,
//! Guastaroba and Speranza, European Journal of Operational Research 238, 2014; heuristic concentration,
//! Rosing and ReVelle, ibid. 97, 1997).

use crate::assignment::NEVER;
use crate::instance::{Candidate, Instance, NO_WINDOW};

/// Returns the candidates left to choose when what nearly all choices agree on is settled: `shares` says in
/// what share of them a site was open by a period. The plan `opens` stays possible. What less than a share of
/// `doubt` did counts as agreed.
pub(crate) fn narrowed(
    instance: &Instance,
    shares: &[f64],
    opens: &[usize],
    doubt: f64,
) -> Vec<Candidate> {
    let rows = shares.chunks(instance.periods).zip(opens);
    let narrow = |(candidate, (shares, &opens)): (&Candidate, (&[f64], &usize))| {
        of_site(*candidate, shares, opens, doubt)
    };
    instance.candidates.iter().zip(rows).map(narrow).collect()
}

fn of_site(candidate: Candidate, shares: &[f64], opens: usize, doubt: f64) -> Candidate {
    if !candidate.may_open_ever() {
        return candidate;
    }
    let (first, last) = candidate.window;
    let from = shares.iter().position(|&share| share > doubt).unwrap_or(NEVER).min(opens);
    if from == NEVER && !candidate.required {
        return Candidate { window: NO_WINDOW, ..candidate };
    }
    let agreed = shares.iter().position(|&share| share >= 1.0 - doubt);
    let required = candidate.required || (agreed.is_some() && opens != NEVER);
    let until = agreed.map_or(last, |agreed| if opens == NEVER { last } else { agreed.max(opens) });
    let window = (from.max(first), until.min(last));
    if window.0 > window.1 { candidate } else { Candidate { window, required, ..candidate } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_choices_agree_on_is_settled() {
        let free = Candidate::free(0, 3);
        let narrowed = |shares: [f64; 3], opens| of_site(free, &shares, opens, 0.1);
        let ends = |candidate: Candidate| (candidate.window, candidate.required);
        assert_eq!(ends(narrowed([0.0, 0.05, 0.08], NEVER)), (NO_WINDOW, false));
        assert_eq!(ends(narrowed([0.0, 0.95, 1.0], 1)), ((1, 1), true));
        assert_eq!(ends(narrowed([0.0, 0.95, 1.0], 2)), ((1, 2), true));
        assert_eq!(ends(narrowed([0.0, 0.5, 0.7], NEVER)), ((1, 2), false));
        assert_eq!(ends(narrowed([0.0, 0.0, 0.0], 0)), ((0, 2), false));
        // A plan that leaves out what the choices agree on stays possible.
        assert_eq!(ends(narrowed([1.0, 1.0, 1.0], NEVER)), ((0, 2), false));
    }
}
