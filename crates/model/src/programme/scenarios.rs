//! Several futures of one programme: other numbers of people, other costs, sites that are late or fail.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Says how the future may turn out, and what a plan for all of it makes best.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenarios {
    /// Whether the weighted mean or the worst future counts.
    #[serde(default)]
    pub objective: Robustness,
    /// The futures that have a name. Where none is given, there is one, with the numbers as written.
    #[serde(default, rename = "future", skip_serializing_if = "Vec::is_empty")]
    pub futures: Vec<Future>,
    /// How often sites are late or fail: each future is drawn several times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delays: Option<Delays>,
}

impl Scenarios {
    /// Returns name and weight of each future, in the order in which plans list them: those with a name, of each its draws
    /// by number.
    #[must_use]
    pub fn named(&self) -> Vec<(String, u32)> {
        let listed = self.futures.iter().map(|future| (future.name.as_str(), future.weight));
        let listed: Vec<(&str, u32)> =
            if self.futures.is_empty() { vec![("", 1)] } else { listed.collect() };
        let Some(delays) = &self.delays else {
            return listed.into_iter().map(|(name, weight)| (name.to_owned(), weight)).collect();
        };
        let drawn = listed.iter().flat_map(|&(name, weight)| {
            let name = if self.futures.is_empty() { "draw" } else { name };
            (1..=delays.samples).map(move |draw| (format!("{name}/{draw}"), weight))
        });
        drawn.collect()
    }
}

/// Says which value of a plan counts where there are several futures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Robustness {
    /// The mean over the futures, by their weights.
    #[default]
    Expected,
    /// The worst value of any future.
    WorstCase,
}

/// Is one future.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Future {
    /// Name, unique among futures.
    #[schemars(length(min = 1))]
    pub name: String,
    /// How much it counts in the mean.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1000))]
    pub weight: u32,
    /// How many persons need something, in per cent of the numbers as written; the last row that speaks of a place and
    /// kind counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub demand: Vec<DemandChange>,
    /// What is due, in per cent of what is written, by resource; 100 where a resource is not named.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cost_per_cent: BTreeMap<String, u32>,
    /// Sites that are late or fail; the last row that speaks of a site counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub late: Vec<Late>,
}

/// Changes how many persons need something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DemandChange {
    /// Persons in per cent of the numbers as written.
    #[schemars(range(max = 1000))]
    pub per_cent: u32,
    /// Kind that it speaks of; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Province that it speaks of; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
}

/// Says which sites are late, and by how much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Late {
    /// Periods by which they are late.
    #[serde(default)]
    pub periods: u32,
    /// Whether they never open.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fails: bool,
    /// Sites that it speaks of; all of the province when none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<String>,
    /// Province that it speaks of; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
}

/// Says how often sites are late or fail, and how many times that is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Delays {
    /// Per cent of the sites that are in time, one period late, two periods late, ...; the rest never opens.
    #[schemars(length(min = 1))]
    pub late_per_cent: Vec<u32>,
    /// How many times every future is drawn.
    #[schemars(range(min = 1, max = 64))]
    pub samples: u32,
    /// What is drawn: another seed draws other delays.
    #[serde(default)]
    pub seed: u64,
}

const fn one() -> u32 {
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn futures_stand_in_the_order_of_the_programme_each_with_its_draws() {
        let future = |name: &str, weight| Future {
            name: name.to_owned(),
            weight,
            demand: Vec::new(),
            cost_per_cent: BTreeMap::new(),
            late: Vec::new(),
        };
        let delays = Delays { late_per_cent: vec![90], samples: 2, seed: 0 };
        let mut scenarios = Scenarios::default();
        assert_eq!(scenarios.named(), [(String::new(), 1)]);
        scenarios.delays = Some(delays);
        assert_eq!(scenarios.named(), [("draw/1".to_owned(), 1), ("draw/2".to_owned(), 1)]);
        scenarios.futures = vec![future("wet", 3), future("dry", 1)];
        let named = scenarios.named();
        let shown: Vec<_> = named.iter().map(|(name, weight)| (name.as_str(), *weight)).collect();
        assert_eq!(shown, [("wet/1", 3), ("wet/2", 3), ("dry/1", 1), ("dry/2", 1)]);
        scenarios.delays = None;
        assert_eq!(scenarios.named()[1], ("dry".to_owned(), 1));
    }
}
