//! All irreducible sets of rules that cannot be kept together, and all least sets of rules that must give way.
//!
//! A set of rules is asked whether some plan keeps it. What is known is a map of all sets: above a set without a plan
//! there is none, below a set with one there is one. The largest set that the map says nothing of is asked next: it
//! leaves out a smallest set of rules that meets all irreducible sets found so far. Where a plan keeps it, those left
//! out are a least repair; else it is shrunk to a further irreducible set. When the map is full, all of both kinds are
//! known (MARCO: Liffiton, Previti, Malik and Marques-Silva, Constraints 21, 2016).
//!
//! Cost: one question for each least repair, and for each irreducible set of k among n rules about k log n, at
//! most n. Answers are kept, and what follows from them is not asked.

use std::collections::BTreeSet;

/// Holds positions of rules.
pub(super) type Set = BTreeSet<usize>;

/// Says whether some plan keeps rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// A plan keeps all of them.
    Plan,
    /// No plan keeps all of them.
    None,
    /// The search ended before it knew.
    Unknown,
}

/// Limits of the search where there are many rules.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Irreducible sets after which it ends.
    pub(super) sets: usize,
    /// Least repairs after which it ends.
    pub(super) repairs: usize,
}

/// Is what the search has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Map {
    /// Irreducible sets, and whether that is shown of each, in the order in which they were found.
    pub(super) cores: Vec<(Set, bool)>,
    /// Least sets of rules to leave out, the smallest first.
    pub(super) repairs: Vec<Set>,
    /// Whether these are all of both.
    pub(super) complete: bool,
}

/// Steps of looking for the next set to ask.
const STEPS: u64 = 2_000_000;

/// Rules from which on several are left out at once.
const IN_CHUNKS: usize = 20;

/// Asks sets of rules until all is known of them, a limit is reached or no answer comes any more.
pub(super) struct Search<'a> {
    rules: usize,
    ask: &'a mut dyn FnMut(&Set) -> Answer,
    stopped: &'a dyn Fn() -> bool,
    /// Sets that a plan keeps, sets that none keeps, and sets of which nothing is known.
    with: Vec<Set>,
    without: Vec<Set>,
    unknown: Vec<Set>,
    map: Map,
}

impl<'a> Search<'a> {
    /// Begins with the knowledge that no plan keeps all of the rules.
    pub(super) fn new(
        rules: usize,
        ask: &'a mut dyn FnMut(&Set) -> Answer,
        stopped: &'a dyn Fn() -> bool,
    ) -> Self {
        let all: Set = (0..rules).collect();
        Self {
            rules,
            ask,
            stopped,
            with: Vec::new(),
            without: vec![all],
            unknown: Vec::new(),
            map: Map::default(),
        }
    }

    /// Fills the map.
    pub(super) fn run(mut self, limits: Limits) -> Map {
        // Sets of rules to leave out of which nothing more is to be learnt: repairs, and what has no answer.
        let mut settled: Vec<Set> = Vec::new();
        let mut sure = true;
        loop {
            let full =
                self.map.cores.len() >= limits.sets && self.map.repairs.len() >= limits.repairs;
            if full || (self.stopped)() {
                return self.map;
            }
            let next = match self.smallest_to_leave_out(&settled) {
                Next::Set(next) => next,
                Next::Nothing => break,
                Next::TooMany => return self.map,
            };
            let kept: Set = (0..self.rules).filter(|rule| !next.contains(rule)).collect();
            match self.answer(&kept) {
                Answer::Plan => {
                    self.map.repairs.push(next.clone());
                    settled.push(next);
                }
                Answer::None => {
                    let (core, shown) = self.shrink(kept);
                    let stopped_within = !shown && (self.stopped)();
                    if !stopped_within || self.map.cores.is_empty() {
                        self.map.cores.push((core, shown));
                    }
                    sure &= shown;
                }
                Answer::Unknown => {
                    sure = false;
                    settled.push(next);
                }
            }
        }
        self.map.complete = sure;
        self.map
    }

    /// Returns whether a plan keeps a set, from what is known or by asking.
    fn answer(&mut self, kept: &Set) -> Answer {
        if self.without.iter().any(|set| set.is_subset(kept)) {
            return Answer::None;
        }
        if self.with.iter().any(|set| kept.is_subset(set)) {
            return Answer::Plan;
        }
        if (self.stopped)() || self.unknown.contains(kept) {
            return Answer::Unknown;
        }
        let answer = (self.ask)(kept);
        let known = match answer {
            Answer::Plan => &mut self.with,
            Answer::None => &mut self.without,
            Answer::Unknown => &mut self.unknown,
        };
        known.push(kept.clone());
        answer
    }

    /// Leaves rules out for good as long as no plan keeps the rest; says whether each that stays is shown to be
    /// needed.
    fn shrink(&mut self, mut kept: Set) -> (Set, bool) {
        let rules: Vec<usize> = kept.iter().copied().collect();
        let chunk = if rules.len() < IN_CHUNKS { 1 } else { rules.len().div_ceil(8) };
        let mut shown = true;
        for part in rules.chunks(chunk) {
            self.leave_out(&mut kept, part, &mut shown);
        }
        (kept, shown)
    }

    fn leave_out(&mut self, kept: &mut Set, part: &[usize], shown: &mut bool) {
        let fewer: Set = kept.iter().copied().filter(|rule| !part.contains(rule)).collect();
        match self.answer(&fewer) {
            Answer::None => *kept = fewer,
            answer if part.len() == 1 => *shown &= answer == Answer::Plan,
            _ => {
                let (first, second) = part.split_at(part.len() / 2);
                self.leave_out(kept, first, shown);
                self.leave_out(kept, second, shown);
            }
        }
    }

    /// Returns a smallest set that meets every irreducible set so far and holds none of those that are settled.
    fn smallest_to_leave_out(&self, settled: &[Set]) -> Next {
        let mut steps = STEPS;
        for size in 0..=self.rules {
            let mut chosen = Set::new();
            match self.meet(&mut chosen, size, settled, &mut steps) {
                Some(true) => return Next::Set(chosen),
                Some(false) => {}
                None => return Next::TooMany,
            }
        }
        Next::Nothing
    }

    /// Adds up to so many rules to a set so that it meets all irreducible sets; `None` when it took too long.
    fn meet(
        &self,
        chosen: &mut Set,
        left: usize,
        settled: &[Set],
        steps: &mut u64,
    ) -> Option<bool> {
        *steps = steps.checked_sub(1)?;
        if settled.iter().any(|set| set.is_subset(chosen)) {
            return Some(false);
        }
        let unmet = self.map.cores.iter().find(|(core, _)| core.is_disjoint(chosen));
        let Some((core, _)) = unmet else { return Some(true) };
        if left == 0 {
            return Some(false);
        }
        for &rule in core {
            chosen.insert(rule);
            if self.meet(chosen, left - 1, settled, steps)? {
                return Some(true);
            }
            chosen.remove(&rule);
        }
        Some(false)
    }
}

/// Is what to ask next.
enum Next {
    Set(Set),
    Nothing,
    TooMany,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: Limits = Limits { sets: usize::MAX, repairs: usize::MAX };

    /// Returns all subsets of so many rules.
    fn subsets(rules: usize) -> impl Iterator<Item = Set> {
        (0_u32..1 << rules)
            .map(move |bits| (0..rules).filter(|rule| bits >> rule & 1 == 1).collect())
    }

    /// Returns the sets that hold none of the others.
    fn least(sets: &[Set]) -> BTreeSet<Set> {
        let is_least = |set: &&Set| !sets.iter().any(|other| other.is_subset(set) && other != *set);
        sets.iter().filter(is_least).cloned().collect()
    }

    fn asked(rules: usize, clashes: &[Set], limits: Limits) -> (Map, usize) {
        let mut questions = 0;
        let mut ask = |kept: &Set| {
            questions += 1;
            if clashes.iter().any(|clash| clash.is_subset(kept)) {
                Answer::None
            } else {
                Answer::Plan
            }
        };
        let map = Search::new(rules, &mut ask, &|| false).run(limits);
        (map, questions)
    }

    proptest! {
        #[test]
        fn all_sets_of_both_kinds_are_found(
            clashes in prop::collection::vec(prop::collection::btree_set(0_usize..8, 1..5), 1..7)
        ) {
            let (map, _) = asked(8, &clashes, ALL);
            let breaks = |kept: &Set| clashes.iter().any(|clash| clash.is_subset(kept));
            let broken: Vec<Set> = subsets(8).filter(|kept| breaks(kept)).collect();
            let mended: Vec<Set> = subsets(8)
                .filter(|out| !breaks(&(0..8).filter(|rule| !out.contains(rule)).collect()))
                .collect();
            prop_assert!(map.complete);
            prop_assert!(map.cores.iter().all(|(_, shown)| *shown));
            let found: BTreeSet<Set> = map.cores.iter().map(|(core, _)| core.clone()).collect();
            prop_assert_eq!(found.len(), map.cores.len());
            prop_assert_eq!(found, least(&broken));
            prop_assert!(map.repairs.is_sorted_by_key(Set::len));
            prop_assert_eq!(map.repairs.iter().cloned().collect::<BTreeSet<_>>(), least(&mended));
        }
    }

    #[test]
    fn rules_that_have_no_answer_stay_and_are_said_to_be_doubtful() {
        // 0 and 1 clash; of sets without 2 nothing is known.
        let mut ask = |kept: &Set| match (kept.contains(&2), kept.contains(&0) && kept.contains(&1))
        {
            (false, _) => Answer::Unknown,
            (true, true) => Answer::None,
            (true, false) => Answer::Plan,
        };
        let map = Search::new(3, &mut ask, &|| false).run(ALL);
        assert_eq!(map.cores, [(Set::from([0, 1, 2]), false)]);
        assert_eq!(map.repairs, [Set::from([0]), Set::from([1])]);
        assert!(!map.complete);
    }

    #[test]
    fn of_many_rules_few_sets_are_asked() {
        let clash = Set::from([17, 150]);
        let limits = Limits { sets: 1, repairs: 6 };
        let (map, questions) = asked(200, std::slice::from_ref(&clash), limits);
        assert_eq!(map.cores, [(clash, true)]);
        assert_eq!(map.repairs, [Set::from([17]), Set::from([150])]);
        assert!(map.complete);
        assert!(questions < 40, "{questions}");
    }

    #[test]
    fn what_is_settled_alone_gives_the_empty_set_and_no_repair() {
        let (map, _) = asked(3, &[Set::new()], ALL);
        assert_eq!(map.cores, [(Set::new(), true)]);
        assert!(map.repairs.is_empty() && map.complete);
    }
}
