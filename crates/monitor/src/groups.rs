//! Named facilities, counted by batch, kind and province.

use std::collections::{BTreeMap, HashMap};

use groundwork_model::Programme;
use groundwork_model::evidence::{
    EvidenceRules, FacilityState, GroupScore, Stage, StageScore, StageState, day_number,
};
use jiff::civil::Date;

use crate::world::World;

/// Holds the same facilities, counted three ways.
pub(crate) struct Groups {
    pub(crate) batches: Vec<GroupScore>,
    pub(crate) kinds: Vec<GroupScore>,
    pub(crate) provinces: Vec<GroupScore>,
}

pub(crate) fn groups(world: &World<'_>, programme: &Programme) -> Groups {
    let places = &programme.places;
    let provinces: HashMap<&str, &str> =
        places.iter().map(|place| (place.id.as_str(), place.province.as_str())).collect();
    let batches = gathered(world, |facility| {
        [facility.subject.batch.as_str(), facility.subject.kind.as_str(), ""]
    });
    let kinds = gathered(world, |facility| ["", facility.subject.kind.as_str(), ""]);
    let provinces = gathered(world, |facility| {
        let province = provinces.get(facility.subject.place.as_str()).copied();
        ["", facility.subject.kind.as_str(), province.unwrap_or_default()]
    });
    Groups { batches, kinds, provinces }
}

/// Counts facilities by a key of batch, kind and province; groups stand in the order of their keys, those of one kind
/// together.
fn gathered<'a>(
    world: &World<'a>,
    key: impl Fn(&'a FacilityState) -> [&'a str; 3],
) -> Vec<GroupScore> {
    let mut groups: BTreeMap<[&str; 3], Tally> = BTreeMap::new();
    for facility in &world.snapshot.facilities {
        let [batch, kind, province] = key(facility);
        let tally = groups.entry([batch, kind, province]).or_default();
        tally.take(facility, world.as_of, &world.snapshot.rules);
    }
    let of = |([batch, kind, province], tally): ([&str; 3], Tally)| GroupScore {
        batch: batch.to_owned(),
        kind: kind.to_owned(),
        province: province.to_owned(),
        facilities: tally.facilities,
        stages: tally.stages.into_values().collect(),
    };
    groups.into_iter().map(of).collect()
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
