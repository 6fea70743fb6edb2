//! Where entries come from in the end: ten papers that carry one agency are one origin.

use std::collections::{BTreeMap, BTreeSet};

use super::source::Source;

/// Knows whom sources carry and who stands behind them, so that copies are not counted as sources of their own.
///
/// An entry comes from a set of **identities**: who may have looked, as far as anybody says. Two entries are of different
/// origins only where their sets have nobody in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    /// Identities of each source that the table has.
    of: BTreeMap<String, BTreeSet<String>>,
    /// Names of sources, as people know them, with their identifiers.
    called: BTreeMap<String, String>,
    /// Identities of those who speak for the programme.
    programme: BTreeSet<String>,
}

impl Origins {
    /// Returns what a sources table says. The identities of a source that carries nobody are one: who stands behind it, or
    /// itself where nobody is named. One that carries others has theirs, however long the chain.
    #[must_use]
    pub fn of(sources: &[Source]) -> Self {
        let rows: BTreeMap<&str, &Source> =
            sources.iter().map(|source| (source.id.as_str(), source)).collect();
        let of = sources
            .iter()
            .map(|source| {
                let (mut found, mut seen) = (BTreeSet::new(), BTreeSet::new());
                let mut open = vec![source.id.as_str()];
                while let Some(id) = open.pop() {
                    if !seen.insert(id) {
                        continue;
                    }
                    let carried: &[String] = rows.get(id).map_or(&[], |row| &row.carries);
                    if carried.is_empty() {
                        found.insert(root(id, rows.get(id).copied()));
                    }
                    open.extend(carried.iter().map(String::as_str));
                }
                // Those that only carry one another look for themselves, as far as is known.
                if found.is_empty() {
                    found.extend(seen.iter().map(|id| root(id, rows.get(id).copied())));
                }
                (source.id.clone(), found)
            })
            .collect();
        let called = sources.iter().map(|source| (source.name.clone(), source.id.clone()));
        let theirs = sources.iter().filter(|row| !row.independent && row.carries.is_empty());
        let programme = theirs.map(|row| root(&row.id, Some(row))).collect();
        Self { of, called: called.collect(), programme }
    }

    /// Returns whether any of those who may have looked speaks for those who run the programme: what they see of
    /// themselves verifies nothing, whoever carries it.
    #[must_use]
    pub fn of_programme(&self, identities: &BTreeSet<String>) -> bool {
        !self.programme.is_disjoint(identities)
    }

    /// Returns the identities of an entry: by its chain of attribution where it has one, else by its source; those of
    /// nobody named where it has neither.
    ///
    /// Of a chain those count up to the first that the sources table has; where it has none of them, the first, who spoke.
    #[must_use]
    pub fn identities(&self, source: &str, chain: &[String]) -> BTreeSet<String> {
        let Some(first) = chain.first() else { return self.of_source(source) };
        let mut found = BTreeSet::new();
        for name in chain {
            if let Some(known) = self.known(name) {
                found.extend(known.iter().cloned());
                return found;
            }
            found.insert(name.clone());
        }
        BTreeSet::from([first.clone()])
    }

    fn of_source(&self, source: &str) -> BTreeSet<String> {
        self.known(source).cloned().unwrap_or_else(|| BTreeSet::from([source.to_owned()]))
    }

    fn known(&self, name: &str) -> Option<&BTreeSet<String>> {
        self.of.get(name).or_else(|| self.of.get(self.called.get(name)?))
    }
}

/// Returns the identity of a source that carries nobody.
fn root(id: &str, row: Option<&Source>) -> String {
    let behind = row.map_or("", |row| row.behind.as_str());
    if behind.is_empty() { id.to_owned() } else { behind.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(id: &str, behind: &str, carries: &[&str]) -> Source {
        Source {
            row: 2,
            id: id.to_owned(),
            name: format!("The {id}"),
            behind: behind.to_owned(),
            independent: true,
            grade: None,
            carries: carries.iter().map(|id| (*id).to_owned()).collect(),
            reason: String::new(),
        }
    }

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn chain(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn papers_that_carry_an_agency_are_the_agency() {
        let origins = Origins::of(&[
            source("agency", "", &[]),
            source("paper", "", &["agency"]),
            source("blog", "", &["paper"]),
            source("digest", "", &["agency", "radio"]),
            source("radio", "State", &[]),
            source("gazette", "State", &[]),
            source("a", "", &["b"]),
            source("b", "", &["a"]),
        ]);
        assert_eq!(origins.identities("blog", &[]), set(&["agency"]));
        assert_eq!(origins.identities("digest", &[]), set(&["State", "agency"]));
        assert_eq!(origins.identities("radio", &[]), origins.identities("gazette", &[]));
        assert_eq!(origins.identities("a", &[]), set(&["a", "b"]));
        assert_eq!(origins.identities("stranger", &[]), set(&["stranger"]));
        assert_eq!(origins.identities("", &[]), set(&[""]));
    }

    #[test]
    fn who_carries_the_programme_is_of_the_programme() {
        let mut state = source("state", "Government", &[]);
        let mut copier = source("copier", "", &["ministry"]);
        (state.independent, copier.independent) = (false, false);
        let table = [state, copier, source("paper", "", &["state"]), source("ministry", "", &[])];
        let origins = Origins::of(&table);
        let theirs = |id: &str| origins.of_programme(&origins.identities(id, &[]));
        assert!(theirs("state") && theirs("paper"));
        // Who is not independent and carries somebody who is makes nobody dependent.
        assert!(!theirs("ministry") && !theirs("copier") && !theirs("stranger"));
    }

    #[test]
    fn a_chain_says_more_than_the_table() {
        let origins = Origins::of(&[source("agency", "", &[]), source("paper", "", &["agency"])]);
        // The paper carries somebody else here.
        assert_eq!(
            origins.identities("paper", &chain(&["ministry", "paper"])),
            set(&["agency", "ministry"])
        );
        assert_eq!(origins.identities("paper", &chain(&["agency", "paper"])), set(&["agency"]));
        assert_eq!(origins.identities("paper", &chain(&["The agency", "paper"])), set(&["agency"]));
        assert_eq!(origins.identities("x", &chain(&["Reuters", "x"])), set(&["Reuters"]));
    }
}
