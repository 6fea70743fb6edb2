//! How groups differ, pulled together as strongly as the data ask for.

/// Is a factor of the rate of openings for each group.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Groups {
    factors: Vec<f64>,
    /// How many openings at the common rate each group starts with; none where all groups are alike.
    pub(crate) worth: Option<f64>,
}

/// The worths that are tried.
const WORTHS: [f64; 8] = [2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

impl Groups {
    /// Returns groups that do not differ.
    pub(crate) fn alike(groups: usize) -> Self {
        Self { factors: vec![1.0; groups], worth: None }
    }

    /// Returns the groups' factors from their openings and the openings that the common rate would have given.
    ///
    /// A group with d openings where e were expected gets (w + d) / (w + e). The worth w is the one under which the
    /// openings of all groups are most likely (each factor being of a gamma distribution with mean 1 and variance 1/w);
    /// alike when none makes them clearly likelier than no difference does.
    pub(crate) fn from(done: &[f64], expected: &[f64]) -> Self {
        let none: f64 = -expected.iter().sum::<f64>();
        let likelihood = |worth: f64| -> f64 {
            let of_group = |(done, expected): (&f64, &f64)| {
                let rise = libm::lgamma(worth + done) - libm::lgamma(worth);
                rise + worth * libm::log(worth) - (worth + done) * libm::log(worth + expected)
            };
            done.iter().zip(expected).map(of_group).sum()
        };
        // The price of one more number in the model (Akaike 1974).
        let mut best = (none + 1.0, None);
        for worth in WORTHS {
            let value = likelihood(worth);
            if value > best.0 {
                best = (value, Some(worth));
            }
        }
        match best.1 {
            None => Self::alike(done.len()),
            Some(worth) => Self {
                factors: done
                    .iter()
                    .zip(expected)
                    .map(|(d, e)| (worth + d) / (worth + e))
                    .collect(),
                worth: Some(worth),
            },
        }
    }

    pub(crate) fn factor(&self, group: usize) -> f64 {
        self.factors.get(group).copied().unwrap_or(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_do_not_differ_are_alike() {
        assert_eq!(Groups::from(&[10.0, 9.0, 11.0], &[10.0, 10.0, 10.0]), Groups::alike(3));
        assert_eq!(Groups::from(&[], &[]), Groups::alike(0));
    }

    /// 40 openings where 10 were expected, and 10 where 40 were: with the worth w the factors are (w + 40) / (w + 10)
    /// and (w + 10) / (w + 40).
    #[test]
    fn groups_that_differ_keep_most_of_their_difference() {
        let groups = Groups::from(&[40.0, 10.0], &[10.0, 40.0]);
        let worth = groups.worth.unwrap();
        assert!(worth <= 8.0);
        assert!((groups.factor(0) - (worth + 40.0) / (worth + 10.0)).abs() < 1e-12);
        assert!((groups.factor(0) * groups.factor(1) - 1.0).abs() < 1e-12);
        assert!((groups.factor(9) - 1.0).abs() < 1e-12);
    }
}
