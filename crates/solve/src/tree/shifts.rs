//! Moves of the radii at seams and of the prices to where the choices seen say that patches prove most.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::patch::Grown;
use super::quilt::Quilt;
use super::seams::{Promise, Seams};
use crate::bound::Multipliers;

/// How far a move goes at first, as a share of each radius and of the dearest price; and at least, the first one after
/// patches were changed.
const FAR: f64 = 0.03;
const FAR_CHANGED: f64 = 0.01;
/// How far the next one goes: after a move that brought more than `HELD` of what was promised, one that lost more
/// than `BROKEN` of that, and any other that brought nothing.
const HELD: f64 = 0.5;
const FARTHER: f64 = 2.0;
const BROKEN: f64 = 0.3;
const NEARER: f64 = 0.5;
const LITTLE_NEARER: f64 = 0.8;
/// A promise of so many times the gap says that the choices seen know too little of what is so far away.
const BELIEVED: f64 = 2.0;
/// Prices move when that promises so many times what radii alone do, since all patches grow anew then.
const DEARER: f64 = 1.5;
/// A promise below such a part of the gap is not worth a move.
const ENOUGH: f64 = 0.01;
/// Moves between the same patches, and how many may bring nothing in a row.
const MOVES: usize = 30;
const FAILURES: usize = 4;

/// Is what moves have come to since patches were divided.
pub(super) struct Shifts {
    pub(super) seams: Option<Seams>,
    highest: Option<Highest>,
    /// How far the next move goes.
    far: f64,
    tried: usize,
    /// Those that brought nothing since the last that did.
    failed: usize,
}

/// Is the place where patches prove most.
struct Highest {
    multipliers: Multipliers,
    base: i128,
    bound: i128,
    grown: BTreeMap<u32, Arc<Grown>>,
    /// What the next move is to bring.
    promised: f64,
}

impl Shifts {
    pub(super) fn new() -> Self {
        Self { seams: None, highest: None, far: FAR, tried: 0, failed: 0 }
    }

    /// Begins anew with other patches.
    pub(super) fn forget(&mut self) {
        *self = Self { far: self.far.max(FAR_CHANGED), ..Self::new() };
    }
}

impl Quilt<'_> {
    /// Takes note of what patches chose, and goes back to the highest place if this one is lower.
    pub(super) fn note_shift(&mut self) {
        let of = (&self.division, &self.firsts[..]);
        let find = || Seams::of(&self.ground, of, (self.tree.exact, &self.multipliers));
        let mut seams = self.shifts.seams.take().unwrap_or_else(find);
        let highest = self.shifts.highest.take();
        let is_new = |(first, grown): &(&u32, &Arc<Grown>)| {
            let known = highest.as_ref().and_then(|highest| highest.grown.get(first));
            known.is_none_or(|known| !Arc::ptr_eq(known, grown))
        };
        let new: Vec<u32> = self.grown.iter().filter(is_new).map(|(first, _)| *first).collect();
        let whole = (&self.ground, &self.firsts[..]);
        seams.note(whole, (&self.grown, &new, &self.choice()), &self.multipliers);
        self.shifts.seams = Some(seams);
        let brought = highest.as_ref().map(|highest| {
            (self.bound() - highest.bound) as f64 / highest.promised.max(f64::MIN_POSITIVE)
        });
        match highest {
            Some(highest) if highest.bound >= self.bound() => self.go_back(highest, brought),
            _ => {
                self.shifts.failed = 0;
                let held = brought.is_some_and(|brought| brought > HELD);
                self.shifts.far *= if held { FARTHER } else { 1.0 };
                self.shifts.highest = Some(self.here());
            }
        }
    }

    fn here(&self) -> Highest {
        Highest {
            multipliers: self.multipliers.clone(),
            base: self.base,
            bound: self.bound(),
            grown: self.grown.clone(),
            promised: 0.0,
        }
    }

    fn go_back(&mut self, highest: Highest, brought: Option<f64>) {
        let is_broken = brought.is_some_and(|brought| brought < -BROKEN);
        self.shifts.far *= if is_broken { NEARER } else { LITTLE_NEARER };
        self.shifts.failed += 1;
        self.multipliers = highest.multipliers.clone();
        self.grown = highest.grown.clone();
        self.base = highest.base;
        self.shifts.highest = Some(highest);
    }

    /// Moves to where the choices seen promise most; returns whether that is worth it.
    pub(super) fn shift(&mut self, stop: &(dyn Fn() -> bool + Sync)) -> bool {
        if self.shifts.tried >= MOVES || self.shifts.failed > FAILURES {
            return false;
        }
        self.shifts.tried += 1;
        let gap = ((self.value() << self.tree.grain) - self.bound()) as f64;
        let Some(promise) = self.promise(gap, stop) else { return false };
        promise.gain > ENOUGH * gap && self.go_to(promise)
    }

    /// Returns where the choices seen promise most within a box in which they are to be believed.
    fn promise(&mut self, gap: f64, stop: &(dyn Fn() -> bool + Sync)) -> Option<Promise> {
        let seams = self.shifts.seams.as_ref()?;
        let whole = (&self.ground, &self.firsts[..]);
        loop {
            let far = self.shifts.far;
            let still = seams.promise(whole, &self.multipliers, (far, 0.0), stop);
            let moved = seams.promise(whole, &self.multipliers, (far, far), stop);
            self.work += still.work + moved.work;
            if moved.gain.max(still.gain) <= BELIEVED * gap {
                return Some(if moved.gain > DEARER * still.gain { moved } else { still });
            }
            self.shifts.far *= NEARER;
        }
    }

    /// Takes the radii and prices of a promise; returns whether their bound can be told.
    fn go_to(&mut self, promise: Promise) -> bool {
        let (exact, whole) = (self.tree.exact, self.ground.instance);
        let shift = self.multipliers.shift;
        let multipliers = Multipliers { shift, radii: promise.radii, prices: promise.prices };
        let pricing = exact.price(whole, &multipliers);
        let base = pricing.and_then(|pricing| pricing.bound(&whole.candidates));
        let (Some(base), Some(radii)) = (base, exact.clipped_short(&multipliers)) else {
            return false;
        };
        self.base = base;
        self.multipliers = Multipliers { radii, ..multipliers };
        for first in promise.touched {
            self.grown.remove(&first);
        }
        if let Some(highest) = &mut self.shifts.highest {
            highest.promised = promise.gain;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use crate::dual::{Dual, Schedule};
    use crate::instance::examples::square;
    use crate::start;
    use crate::tree::patches::Ground;
    use crate::tree::quilt::Quilt;
    use crate::tree::{Best, Effort, Settings, Tree};

    const CLIMB: Schedule = Schedule { first: 0.5, last: 0.005, steps: 40 };

    /// Runs `look` on the patches of a small problem before they grow.
    fn cut(seed: u64, form: (usize, u32), look: impl Fn(&mut Quilt<'_>)) {
        let (instance, exact) = square(seed, 300, form);
        let opens = start::first(&instance).expect("nothing is required");
        let value = exact.value(&instance, &opens).expect("all are served");
        let mut dual = Dual::new(&instance, vec![1_000.0; 300 * form.0]);
        dual.ascend(CLIMB, |_| true);
        let effort = Effort::Thorough { patching: Some(u64::MAX) };
        let settings = Settings { shift: exact.fine_shift(), slack: 0, effort };
        let best = Best { opens, value };
        let mut tree =
            Tree::plant(&instance, &exact, 1.0, &dual.best, best, settings).expect("small numbers");
        let node = tree.open.pop().expect("the first node");
        let left = node.core.with(node.core.candidates.clone());
        let mut dual = Dual::new(&left, exact.floats(&node.multipliers));
        dual.ascend(CLIMB, |_| true);
        let shares = dual.shares();
        let multipliers = exact.round(&dual.best, tree.shift, 1.0);
        let pricing = exact.price(&left, &multipliers).expect("small numbers");
        let base = pricing.bound(&left.candidates).expect("small numbers");
        let ground = Ground { core: &node.core, instance: &left, shares: &shares };
        let quilt = Quilt::cut(&tree, ground, (&multipliers, base), 0);
        look(&mut quilt.expect("several patches"));
    }

    /// Choices seen say what patches prove at most: no move brings more than is promised. And patches that a move does
    /// not touch prove what they did.
    #[test]
    fn moves_bring_no_more_than_is_promised_and_touch_all_that_changes() {
        let moves = Cell::new(0);
        for (seed, form) in [(0, (1, 45)), (1, (1, 60)), (2, (3, 14)), (3, (2, 25))] {
            cut(seed, form, |quilt| {
                quilt.grow(&|| false);
                let unit = f64::from(1 << quilt.tree.grain);
                let first = quilt.bound();
                for round in 0..6 {
                    quilt.note_shift();
                    assert!(quilt.grown.values().all(|grown| grown.left == 0), "all are settled");
                    let before = quilt.bound();
                    if !quilt.shift(&|| false) {
                        break;
                    }
                    moves.set(moves.get() + 1);
                    quilt.grow(&|| false);
                    let highest = quilt.shifts.highest.as_ref().expect("a place");
                    let gain = (quilt.bound() - before) as f64;
                    assert!(gain < highest.promised + unit, "{seed}, {round}: {gain}");
                    let moved = quilt.bound();
                    quilt.grown.clear();
                    quilt.grow(&|| false);
                    let apart = (quilt.bound() - moved) as f64;
                    assert!(apart.abs() < unit, "{seed}, {round}: {apart} after growing anew");
                }
                quilt.note_shift();
                assert!(quilt.bound() >= first, "it goes back to the highest place");
            });
        }
        assert!(moves.get() >= 4, "{} moves", moves.get());
    }
}
