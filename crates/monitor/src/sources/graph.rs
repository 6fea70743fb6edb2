//! Who carries whom.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use groundwork_model::evidence::{Carried, Source};

/// Gathers who carries whom, from the sources table and from the attribution of entries.
#[derive(Debug)]
pub(super) struct Chains {
    /// Sources by name, as people know them.
    called: HashMap<String, String>,
    listed: BTreeSet<(String, String)>,
    /// Entries by who is carried and by whom.
    said: BTreeMap<(String, String), u64>,
}

impl Chains {
    pub(super) fn new(sources: &[Source]) -> Self {
        let listed = sources
            .iter()
            .flat_map(|source| source.carries.iter().map(|from| (from.clone(), source.id.clone())));
        let called = sources.iter().map(|source| (source.name.clone(), source.id.clone()));
        Self { called: called.collect(), listed: listed.collect(), said: BTreeMap::new() }
    }

    /// Takes the chain of an entry: who spoke first, who carried it, and who publishes it.
    pub(super) fn take(&mut self, source: &str, chain: &[String]) {
        let id = |name: &str| self.called.get(name).cloned().unwrap_or_else(|| name.to_owned());
        let mut names: Vec<String> = chain.iter().map(|name| id(name)).collect();
        if !names.is_empty() && !source.is_empty() && !names.iter().any(|name| name == source) {
            names.push(source.to_owned());
        }
        names.dedup();
        for pair in names.windows(2) {
            *self.said.entry((pair[0].clone(), pair[1].clone())).or_default() += 1;
        }
    }

    /// Returns who carries whom, by who is carried.
    pub(super) fn edges(&self) -> Vec<Carried> {
        let mut pairs: BTreeSet<&(String, String)> = self.listed.iter().collect();
        pairs.extend(self.said.keys());
        let edge = |pair: &(String, String)| Carried {
            from: pair.0.clone(),
            by: pair.1.clone(),
            listed: self.listed.contains(pair),
            entries: self.said.get(pair).copied().unwrap_or(0),
        };
        pairs.into_iter().map(edge).collect()
    }
}
