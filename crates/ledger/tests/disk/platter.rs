//! A disk in memory that keeps what was not synchronised apart, and forgets any part of it when the power is cut.

use std::collections::BTreeMap;

/// A disk writes this many bytes whole or not at all.
const SECTOR: usize = 512;

/// Is a change that was not synchronised yet.
#[derive(Clone, Debug)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Truncate(usize),
}

/// Is a file: what is safe on the disk, what was done since, and what programs see.
#[derive(Clone, Debug, Default)]
pub(crate) struct File {
    /// Whether programs see it.
    pub(crate) there: bool,
    /// Whether its name is safe on the disk.
    named: bool,
    /// Whether it was made since its folder was last synchronised.
    fresh: bool,
    safe: Vec<u8>,
    since: Vec<Change>,
    pub(crate) now: Vec<u8>,
}

/// Is what goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing works from here on, and what was not synchronised may be lost.
    PowerCut,
    /// The operation fails, as on a broken disk.
    Broken,
    /// There is no room.
    Full,
}

/// Is a fault at an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) fault: Fault,
    /// Number of the operation, from 1.
    pub(crate) at: u64,
    /// Whether all later operations fail as well.
    pub(crate) lasting: bool,
}

/// Is a disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk {
    pub(crate) files: BTreeMap<String, File>,
    /// Operations that changed something or made it safe.
    pub(crate) done: u64,
    pub(crate) plan: Option<Plan>,
}

/// Numbers that look random and are the same each time.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..8 {
            dice.next();
        }
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn toss(&mut self) -> bool {
        self.next() >> 40 & 1 == 1
    }
}

fn write(into: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if into.len() < end {
        into.resize(end, 0);
    }
    into[at..end].copy_from_slice(bytes);
}

impl Disk {
    /// Counts an operation; it may fail.
    pub(crate) fn step(&mut self, grows: bool) -> Result<(), Fault> {
        self.done += 1;
        let Some(plan) = self.plan else { return Ok(()) };
        let hit = self.done == plan.at || (self.done > plan.at && plan.lasting);
        // What takes no room works on a full disk.
        if hit && (grows || plan.fault != Fault::Full) { Err(plan.fault) } else { Ok(()) }
    }

    /// Whether nothing works any more, not even reading.
    pub(crate) fn dead(&self) -> bool {
        self.plan.is_some_and(|plan| plan.fault == Fault::PowerCut && self.done >= plan.at)
    }

    pub(crate) fn file(&mut self, name: &str) -> &mut File {
        self.files.entry(name.to_owned()).or_default()
    }

    pub(crate) fn open(&mut self, name: &str, create: bool) -> Result<bool, Fault> {
        if self.file(name).there {
            return Ok(true);
        }
        if !create {
            return Ok(false);
        }
        self.step(true)?;
        let file = self.file(name);
        file.there = true;
        file.fresh = true;
        // A file that was deleted and comes again is a new one; the old one may come back from the disk.
        if !file.now.is_empty() {
            file.since.push(Change::Truncate(0));
            file.now.clear();
        }
        Ok(true)
    }

    pub(crate) fn write(&mut self, name: &str, at: usize, bytes: &[u8]) -> Result<(), Fault> {
        self.step(true)?;
        let file = self.file(name);
        write(&mut file.now, at, bytes);
        file.since.push(Change::Write { at, bytes: bytes.to_vec() });
        Ok(())
    }

    pub(crate) fn truncate(&mut self, name: &str, length: usize) -> Result<(), Fault> {
        self.step(false)?;
        let file = self.file(name);
        file.now.resize(length, 0);
        file.since.push(Change::Truncate(length));
        Ok(())
    }

    pub(crate) fn sync(&mut self, name: &str) -> Result<(), Fault> {
        self.step(false)?;
        let file = self.file(name);
        file.since.clear();
        file.safe.clone_from(&file.now);
        // SQLite synchronises the folder with each new journal and log, and only then.
        if file.fresh && (name.ends_with("-journal") || name.ends_with("-wal")) {
            self.files.retain(|_, file| file.there);
            for file in self.files.values_mut() {
                (file.named, file.fresh) = (true, false);
            }
        }
        Ok(())
    }

    pub(crate) fn delete(&mut self, name: &str, for_sure: bool) -> Result<bool, Fault> {
        if !self.file(name).there {
            return Ok(false);
        }
        self.step(false)?;
        let file = self.file(name);
        file.there = false;
        if for_sure {
            *file = File::default();
        }
        Ok(true)
    }

    /// What is found when the power is back: of each file what was safe, and any part of what was done since. The parts
    /// are sectors, so that writes are torn and later ones are there where earlier ones are not.
    pub(crate) fn after_the_cut(&self, dice: &mut Dice) -> Self {
        let mut files = BTreeMap::new();
        let manner = dice.next() >> 40 & 3;
        for (name, file) in &self.files {
            let keeps = |dice: &mut Dice| match manner {
                0 => false,
                1 => true,
                _ => dice.toss(),
            };
            // The name of a new file, and a deletion, are safe only with the folder.
            let there =
                if file.there { file.named || keeps(dice) } else { file.named && keeps(dice) };
            if !there {
                continue;
            }
            let mut found = file.safe.clone();
            let mut gone = false;
            for change in &file.since {
                // In the third manner everything behind some point is lost, as where a disk works in order.
                gone |= manner == 2 && dice.next() >> 40 & 7 == 0;
                let keeps = |dice: &mut Dice| !gone && (manner == 2 || keeps(dice));
                match change {
                    Change::Truncate(length) if keeps(dice) => found.resize(*length, 0),
                    Change::Truncate(_) => {}
                    Change::Write { at, bytes } => {
                        let mut from = 0;
                        while from < bytes.len() {
                            let to = bytes.len().min((at + from) / SECTOR * SECTOR + SECTOR - at);
                            if keeps(dice) {
                                write(&mut found, at + from, &bytes[from..to]);
                            }
                            from = to;
                        }
                    }
                }
            }
            let (safe, now) = (found.clone(), found);
            let file = File { there, named: true, safe, now, ..File::default() };
            files.insert(name.clone(), file);
        }
        Self { files, ..Self::default() }
    }
}
