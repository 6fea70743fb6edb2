//! Named facilities, counted by batch, kind and province.

use std::collections::{BTreeMap, HashMap};

use groundwork_model::Programme;
use groundwork_model::evidence::{
    EvidenceRules, FacilityState, GroupScore, Stage, StageScore, StageState, day_number,
};
use jiff::civil::Date;

use crate::world::{Numbered, World};

/// Holds the same facilities, counted three ways.
pub(crate) struct Groups {
    pub(crate) batches: Vec<GroupScore>,
    pub(crate) kinds: Vec<GroupScore>,
    pub(crate) provinces: Vec<GroupScore>,
}

pub(crate) fn groups(world: &World<'_>, programme: &Programme) -> Groups {
    let places = &programme.places;
    let mut names = Numbered::default();
    let nowhere = names.number("");
    let mut provinces: HashMap<&str, u32> = HashMap::with_capacity(places.len());
    for place in places {
        provinces.insert(&place.id, names.number(&place.province));
    }
    let batches = gathered(world, &names, |at, _| [Some(world.batch_of(at)), None]);
    let kinds = gathered(world, &names, |_, _| [None, None]);
    let provinces = gathered(world, &names, |_, facility| {
        let province = provinces.get(facility.subject.place.as_str()).copied();
        [None, Some(province.unwrap_or(nowhere))]
    });
    Groups { batches, kinds, provinces }
}

/// Counts facilities by kind and by a key of batch and province; groups stand in the order of batch, kind, province.
fn gathered<'a>(
    world: &World<'a>,
    provinces: &Numbered<'_>,
    key: impl Fn(u32, &'a FacilityState) -> [Option<u32>; 2],
) -> Vec<GroupScore> {
    let mut groups: HashMap<([Option<u32>; 2], u32), Tally> = HashMap::new();
    for (at, facility) in world.facilities() {
        let tally = groups.entry((key(at, facility), world.kind_of(at))).or_default();
        tally.take(facility, world.as_of, &world.snapshot.rules);
    }
    let name = |names: &Numbered<'_>, number: Option<u32>| {
        number.map_or_else(String::new, |number| names.names[number as usize].to_owned())
    };
    let of = |(([batch, province], kind), tally): (([Option<u32>; 2], u32), Tally)| GroupScore {
        batch: name(&world.batch_names, batch),
        kind: name(&world.kind_names, Some(kind)),
        province: name(provinces, province),
        facilities: tally.facilities,
        stages: tally.stages.into_values().collect(),
    };
    let mut groups: Vec<GroupScore> = groups.into_iter().map(of).collect();
    groups.sort_by(|a, b| (&a.batch, &a.kind, &a.province).cmp(&(&b.batch, &b.kind, &b.province)));
    groups
}

#[derive(Default)]
struct Tally {
    facilities: u64,
    stages: BTreeMap<Stage, StageScore>,
}

impl Tally {
    fn take(&mut self, facility: &FacilityState, as_of: Date, rules: &EvidenceRules) {
        self.facilities += 1;
        for state in &facility.stages {
            let empty = || StageScore {
                stage: state.stage,
                claimed: Vec::new(),
                verified: Vec::new(),
                denied: Vec::new(),
                lapsed: 0,
            };
            let score = self.stages.entry(state.stage).or_insert_with(empty);
            if lapsed(state, as_of, rules) {
                score.lapsed += 1;
                continue;
            }
            score.claimed.extend(state.claimed.map(|mark| mark.entry));
            score.verified.extend(state.verified.map(|mark| mark.entry));
            if state.verified.is_none() {
                score.denied.extend(state.denied.map(|mark| mark.entry));
            }
        }
    }
}

/// Returns whether a stage was reached once and is not known any more: nobody said so for too long.
pub(crate) fn lapsed(state: &StageState, as_of: Date, rules: &EvidenceRules) -> bool {
    let reached = state.claimed.is_some() || state.verified.is_some();
    let last = state.latest.map_or(i64::MIN, |day| i64::from(day_number(day)));
    let fresh = last.saturating_add(i64::from(rules.operating_days));
    state.stage == Stage::Operating && reached && fresh < i64::from(day_number(as_of))
}
