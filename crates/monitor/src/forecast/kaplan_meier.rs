//! The share that is not open yet, counted.

/// Is the share of facilities that are not open yet, by their age, where some are still running (Kaplan and Meier
/// 1958).
///
/// At each age t at which d facilities opened while n had not done so before, the share is multiplied by 1 - d/n. A
/// facility that still runs, or was given up, counts among the n up to its own age and says nothing after it.
#[derive(Clone, Debug, PartialEq)]
pub struct KaplanMeier {
    steps: Vec<Step>,
}

/// Is an age at which facilities opened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Age, in the unit of the times that were given.
    pub time: f64,
    /// Number of facilities that had not opened before.
    pub at_risk: u32,
    /// Number that opened at this age.
    pub done: u32,
    /// Share that is not open after it, from 0 to 1.
    pub share: f64,
    /// Greenwood's sum of d / (n (n - d)) so far: the squared relative error of the share. Infinite once it is 0.
    pub relative_variance: f64,
}

impl KaplanMeier {
    /// Counts facilities by age: for each its age at the opening (true) or so far (false). Ages that are not finite
    /// are left out. Of facilities of one age, openings come first.
    #[must_use]
    pub fn of(times: &[(f64, bool)]) -> Self {
        let mut times: Vec<_> =
            times.iter().copied().filter(|(time, _)| time.is_finite()).collect();
        times.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        let mut steps: Vec<Step> = Vec::new();
        let (mut share, mut variance) = (1.0, 0.0);
        let mut first = 0;
        while first < times.len() {
            let time = times[first].0;
            let same = times[first..].iter().take_while(|(other, _)| *other == time).count();
            let done = times[first..first + same].iter().filter(|(_, done)| *done).count();
            let at_risk = times.len() - first;
            if done > 0 {
                share *= 1.0 - done as f64 / at_risk as f64;
                variance += done as f64 / (at_risk as f64 * (at_risk - done) as f64);
                let (at_risk, done) = (at_risk as u32, done as u32);
                steps.push(Step { time, at_risk, done, share, relative_variance: variance });
            }
            first += same;
        }
        Self { steps }
    }

    /// Returns the ages at which facilities opened, ascending.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Returns the share that is not open at an age: 1 before the first opening; after the last age, that of the last
    /// opening.
    #[must_use]
    pub fn share(&self, time: f64) -> f64 {
        let passed = self.steps.partition_point(|step| step.time <= time);
        passed.checked_sub(1).map_or(1.0, |last| self.steps[last].share)
    }

    /// Returns the first age at which at most that share is not open; none where more than that are still running at
    /// the end.
    #[must_use]
    pub fn age_at(&self, share: f64) -> Option<f64> {
        self.steps.iter().find(|step| step.share <= share).map(|step| step.time)
    }
}
