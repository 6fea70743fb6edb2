//! The facilities of a snapshot, in lists that answer "how many by that day" without looking at each again.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Bound;
use std::rc::Rc;

use groundwork_model::evidence::{
    CountUnit, FacilityState, Mark, Milestone, Scope, Snapshot, Stage, StageState, Subject,
};
use jiff::civil::Date;

/// Holds a snapshot with what is asked of it again and again.
pub(crate) struct World<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) as_of: Date,
    /// Batches that facilities or milestones name, in order.
    batches: BTreeSet<String>,
    /// Place, batch and kind of each facility, as numbers.
    place_of: Vec<u32>,
    batch_of: Vec<u32>,
    kind_of: Vec<u32>,
    pub(crate) batch_names: Numbered<'a>,
    pub(crate) kind_names: Numbered<'a>,
    /// Facilities by their place, where a total speaks of one.
    by_place: HashMap<&'a str, Vec<u32>>,
    covers: RefCell<HashMap<Cover, Rc<Vec<u32>>>>,
    lists: RefCell<HashMap<(Which, CountUnit), Lists>>,
}

/// Gives the same words the same number, from 0 on.
#[derive(Default)]
pub(crate) struct Numbered<'a> {
    numbers: HashMap<&'a str, u32>,
    pub(crate) names: Vec<&'a str>,
}

impl<'a> Numbered<'a> {
    pub(crate) fn number(&mut self, name: &'a str) -> u32 {
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(name).or_insert(next);
        if number == next {
            self.names.push(name);
        }
        number
    }

    fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }
}

/// Is who reached something, by cover.
type Lists = HashMap<Cover, Rc<Vec<Reach>>>;

/// Says which facilities a promise or a total speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Cover {
    /// Batches; empty for all.
    pub(crate) batches: Vec<String>,
    /// Kind; empty for every kind.
    pub(crate) kind: String,
    /// Place; empty for all.
    pub(crate) place: String,
}

/// Says what of a facility is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Which {
    /// The stage is claimed.
    Claimed(Stage),
    /// The stage is verified.
    Verified(Stage),
    /// The stage is claimed or verified.
    Either(Stage),
    /// The stage or one that comes only after it is claimed or verified. An inspection comes after no stage: who
    /// looks at a building does not say that it is built.
    Past(Stage),
    /// The stage or any behind it in their order is claimed or verified.
    Far(Stage),
}

/// Is a facility, or a place, that reached something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reach {
    pub(crate) day: Date,
    pub(crate) entry: u64,
    /// Place of the facility in the snapshot's list.
    pub(crate) facility: u32,
}

impl<'a> World<'a> {
    /// Takes a snapshot beside what the programme promises.
    pub(crate) fn new(snapshot: &'a Snapshot, promised: &[Milestone]) -> Self {
        // A milestone over several batches names batches; it makes none.
        let named = promised.iter().flat_map(|milestone| milestone.batch.split('+'));
        let mut batches: BTreeSet<String> = named.map(|batch| batch.trim().to_owned()).collect();
        let (mut places, mut batch_names) = (Numbered::default(), Numbered::default());
        let mut kind_names = Numbered::default();
        let number = snapshot.facilities.len();
        let [mut place_of, mut batch_of, mut kind_of] =
            [(); 3].map(|()| Vec::with_capacity(number));
        for facility in &snapshot.facilities {
            let subject = &facility.subject;
            place_of.push(places.number(place_of_subject(subject)));
            batch_of.push(batch_names.number(&subject.batch));
            kind_of.push(kind_names.number(&subject.kind));
        }
        batches.extend(batch_names.names.iter().map(|name| (*name).to_owned()));
        let mut by_place: HashMap<&str, Vec<u32>> = HashMap::new();
        if snapshot.totals.iter().any(|total| total.subject.scope == Scope::Place) {
            for (at, facility) in (0_u32..).zip(&snapshot.facilities) {
                by_place.entry(place_of_subject(&facility.subject)).or_default().push(at);
            }
        }
        batches.remove("");
        Self {
            snapshot,
            as_of: snapshot.times.as_of,
            batches,
            place_of,
            batch_of,
            kind_of,
            batch_names,
            kind_names,
            by_place,
            covers: RefCell::default(),
            lists: RefCell::default(),
        }
    }

    pub(crate) fn facility(&self, at: u32) -> &'a FacilityState {
        &self.snapshot.facilities[at as usize]
    }

    pub(crate) fn place_of(&self, at: u32) -> u32 {
        self.place_of[at as usize]
    }

    pub(crate) fn batch_of(&self, at: u32) -> u32 {
        self.batch_of[at as usize]
    }

    pub(crate) fn kind_of(&self, at: u32) -> u32 {
        self.kind_of[at as usize]
    }

    /// Returns the facilities with their places in the list.
    pub(crate) fn facilities(&self) -> impl Iterator<Item = (u32, &'a FacilityState)> {
        (0..).zip(&self.snapshot.facilities)
    }

    /// Returns what a batch as written covers.
    pub(crate) fn batches(&self, written: &str) -> Vec<String> {
        batches_of(written, &self.batches)
    }

    /// Returns the facilities that are covered, in the order of the snapshot.
    pub(crate) fn covered(&self, cover: &Cover) -> Rc<Vec<u32>> {
        if let Some(found) = self.covers.borrow().get(cover) {
            return Rc::clone(found);
        }
        let batches: Vec<Option<u32>> =
            cover.batches.iter().map(|batch| self.batch_names.find(batch)).collect();
        let kind = self.kind_names.find(&cover.kind);
        let fits = |at: &u32| {
            (batches.is_empty() || batches.contains(&Some(self.batch_of(*at))))
                && (cover.kind.is_empty() || kind == Some(self.kind_of(*at)))
        };
        let found: Vec<u32> = if cover.place.is_empty() {
            let all = u32::try_from(self.place_of.len()).unwrap_or(u32::MAX);
            (0..all).filter(fits).collect()
        } else {
            let there = self.by_place.get(cover.place.as_str());
            there.into_iter().flatten().copied().filter(fits).collect()
        };
        let found = Rc::new(found);
        self.covers.borrow_mut().insert(cover.clone(), Rc::clone(&found));
        found
    }

    /// Returns who of those covered reached something, the first day first; of each place the first alone where
    /// places are counted. Empty where plants are counted: no facility is one.
    pub(crate) fn reached(&self, cover: &Cover, which: Which, unit: CountUnit) -> Rc<Vec<Reach>> {
        let known = self.lists.borrow();
        if let Some(found) = known.get(&(which, unit)).and_then(|covers| covers.get(cover)) {
            return Rc::clone(found);
        }
        drop(known);
        let mut found = Vec::new();
        if unit != CountUnit::Plants {
            for &facility in self.covered(cover).iter() {
                if let Some(Mark { day, entry }) = which.of(self.facility(facility)) {
                    found.push(Reach { day, entry, facility });
                }
            }
            found.sort_unstable();
            if unit == CountUnit::Places {
                let mut seen = HashSet::new();
                found.retain(|reach| seen.insert(self.place_of(reach.facility)));
            }
        }
        let found = Rc::new(found);
        let mut lists = self.lists.borrow_mut();
        lists.entry((which, unit)).or_default().insert(cover.clone(), Rc::clone(&found));
        found
    }

    /// Returns how many places are covered, or how many facilities where no places are counted.
    pub(crate) fn size(&self, cover: &Cover, unit: CountUnit) -> u64 {
        let covered = self.covered(cover);
        if unit != CountUnit::Places {
            return covered.len() as u64;
        }
        let places: HashSet<u32> = covered.iter().map(|at| self.place_of(*at)).collect();
        places.len() as u64
    }
}

/// Returns where a facility stands; what has no place stands by itself.
pub(crate) fn place_of_subject(subject: &Subject) -> &str {
    if subject.place.is_empty() { &subject.id } else { &subject.place }
}

impl Which {
    /// Returns the first day on which it held of a facility, with the entry that says so.
    pub(crate) fn of(self, facility: &FacilityState) -> Option<Mark> {
        let one = |stage: Stage, mark: fn(&StageState) -> Option<Mark>| {
            facility.stage(stage).and_then(mark)
        };
        let built = |stage: &Stage| *stage < Stage::Stalled;
        let first = |stages: &mut dyn Iterator<Item = Stage>| {
            stages.filter(built).filter_map(|stage| one(stage, either)).min()
        };
        match self {
            Self::Claimed(stage) => one(stage, |state| state.claimed),
            Self::Verified(stage) => one(stage, |state| state.verified),
            Self::Either(stage) => one(stage, either),
            Self::Past(stage) | Self::Far(stage) if stage >= Stage::Stalled => one(stage, either),
            Self::Past(stage) => {
                first(&mut Stage::ALL.into_iter().filter(|other| {
                    *other == stage || (*other > stage && *other != Stage::Inspected)
                }))
            }
            Self::Far(stage) => first(&mut Stage::ALL.into_iter().filter(|other| *other >= stage)),
        }
    }
}

/// Returns the first day on which a stage is claimed or verified.
pub(crate) fn either(state: &StageState) -> Option<Mark> {
    match (state.claimed, state.verified) {
        (Some(claimed), Some(verified)) => Some(claimed.min(verified)),
        (claimed, verified) => claimed.or(verified),
    }
}

/// Returns how many were reached by a day.
pub(crate) fn by(list: &[Reach], day: Date) -> u64 {
    list.partition_point(|reach| reach.day <= day) as u64
}

/// Returns what a batch as written covers of those that are known: itself; the batches that it names with `+` between them;
/// with `+` at its end, itself and those after it; nothing written covers all.
pub(crate) fn batches_of(written: &str, known: &BTreeSet<String>) -> Vec<String> {
    if written.is_empty() || known.contains(written) {
        return if written.is_empty() { Vec::new() } else { vec![written.to_owned()] };
    }
    if let Some(first) = written.strip_suffix('+') {
        let later = known.range::<str, _>((Bound::Included(first), Bound::Unbounded)).cloned();
        let mut all: BTreeSet<String> = later.collect();
        all.insert(first.to_owned());
        return all.into_iter().collect();
    }
    let parts = written.split('+').map(str::trim).filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}
