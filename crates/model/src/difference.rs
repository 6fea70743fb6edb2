//! What changes from one plan of a programme to another: what moves, and who gains and who loses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::{Action, InputFile, Method, Sense, Status};
use crate::programme::Goal;
use crate::question::Question;

/// Version of the format of differences that this program writes.
pub const DIFFERENCE_FORMAT: u32 = 1;

/// Sets two plans of one programme against each other: the first is what was, the second what would be.
///
/// Metres count as the goal `distance` counts them, without weights and discount: for each kind and period the
/// persons of a place times the metres to the site that serves them, and `unserved_km` for those whom none serves.
/// A place is judged as a whole over what a row covers: in one row it is nearer or farther, never both. Where numbers
/// of persons change over the periods, a row that covers several counts those of the first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// Version of this format: 1.
    pub format: u32,
    /// Name of the programme.
    pub programme: String,
    /// Every file that both plans were made from.
    pub inputs: Vec<InputFile>,
    /// Whether a smaller (`min`) or a larger (`max`) value is better.
    pub sense: Sense,
    /// Values and bounds are this many times the unit.
    pub scale: u64,
    /// Unit of value / scale.
    pub unit: String,
    /// The plan before.
    pub before: ComparedPlan,
    /// The plan after.
    pub after: ComparedPlan,
    /// Value after less value before.
    pub change: i128,
    /// What both plans come to for each goal, where they or the programme have several: those of the programme in
    /// order, then others that a plan was made for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<GoalChange>,
    /// Whether both plans answer the same question.
    pub same_question: bool,
    /// Openings, upgrades and closures that are not the same, in the order of the places table.
    pub moved: Vec<Moved>,
    /// Openings, upgrades and closures that are the same.
    pub unmoved: u32,
    /// Who gains and who loses.
    pub changes: Changes,
}

/// Is one of the two plans.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComparedPlan {
    /// What the plan is, in words.
    pub label: String,
    /// Its file.
    pub file: String,
    /// How it was made.
    pub method: Method,
    /// What was asked.
    pub question: Question,
    /// Whether it is proved best, and whether it keeps every rule.
    pub status: Status,
    /// Value of the objective.
    pub value: i128,
    /// No plan of its question is better than this; `None` when nothing is known.
    pub bound: Option<i128>,
    /// |value - bound| / max(|value|, 1).
    pub gap: Option<f64>,
}

/// Is what two plans come to for one goal; people go where each plan sends them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalChange {
    /// The goal.
    pub goal: Goal,
    /// Whether a smaller (`min`) or a larger (`max`) value is better.
    pub sense: Sense,
    /// Values are this many times the unit.
    pub scale: u64,
    /// Unit of value / scale.
    pub unit: String,
    /// Value of the plan before.
    pub before: i128,
    /// Value of the plan after.
    pub after: i128,
}

impl GoalChange {
    /// Returns by how much the value after is worse; below 0 it is better.
    #[must_use]
    pub fn worse(&self) -> i128 {
        match self.sense {
            Sense::Min => self.after.saturating_sub(self.before),
            Sense::Max => self.before.saturating_sub(self.after),
        }
    }

    /// Returns by what share of the value before it is another.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.worse().unsigned_abs() as f64 / self.before.unsigned_abs().max(1) as f64
    }
}

/// Is something that happens at a site otherwise in the two plans.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// Site.
    pub site: String,
    /// Its name.
    pub name: String,
    /// Its province; empty when it has none.
    pub province: String,
    /// Whether it is an opening, an upgrade or a closure.
    pub action: Action,
    /// What is otherwise.
    pub how: How,
    /// When and with what before; `None` where it is in the plan after only.
    pub before: Option<Step>,
    /// When and with what after; `None` where it is in the plan before only.
    pub after: Option<Step>,
}

/// Names what is otherwise about an opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// It is in the plan after only.
    Added,
    /// It is in the plan before only.
    Dropped,
    /// It comes in an earlier period.
    Earlier,
    /// It comes in a later period.
    Later,
    /// It comes in the same period, with another package.
    OtherPackage,
}

/// Is a package from a period on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Package.
    pub package: String,
    /// Period (1-based).
    pub period: u32,
    /// Year that labels it.
    pub year: i32,
}

/// Says who gains and who loses, in several sums of the same figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// Over all periods and kinds; access in person-years.
    pub total: Change,
    /// Each period, over all kinds; access in persons.
    pub periods: Vec<PeriodChange>,
    /// Each kind, over all periods, its access in person-years; empty where every site offers all kinds without
    /// limit.
    pub kinds: Vec<KindChange>,
    /// Each province, over all periods and kinds, as the places table first names them; access in person-years.
    pub provinces: Vec<ProvinceChange>,
    /// Each place, in the order of the places table.
    pub places: Vec<PlaceChange>,
}

/// Says how many persons come nearer and farther, and by how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Persons of the places that come nearer.
    pub nearer: u64,
    /// Persons of the places that come farther.
    pub farther: u64,
    /// Persons of all other places.
    pub same: u64,
    /// Person-metres less, over the places that come nearer.
    pub metres_gained: u128,
    /// Person-metres more, over the places that come farther.
    pub metres_lost: u128,
    /// Access that is gained: persons within reach after and not before.
    pub access_gained: u64,
    /// Access that is lost.
    pub access_lost: u64,
}

/// Is the change of one period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodChange {
    /// Period (1-based).
    pub period: u32,
    /// Year that labels it.
    pub year: i32,
    /// What changes.
    pub change: Change,
}

/// Is the change of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KindChange {
    /// Kind.
    pub kind: String,
    /// What changes.
    pub change: Change,
}

/// Is the change of one province.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProvinceChange {
    /// Province; empty for the places without one.
    pub province: String,
    /// Mean metres of a person before, over periods and kinds; `None` where nobody can be counted.
    pub before_m: Option<f64>,
    /// Mean metres of a person after.
    pub after_m: Option<f64>,
    /// Metres from its farthest place with people to the nearest site of any kind in the last period, before; `None`
    /// where no place has a site.
    pub worst_before_m: Option<u32>,
    /// The same metres after.
    pub worst_after_m: Option<u32>,
    /// Person-years of access to every kind before.
    pub access_before: u64,
    /// Person-years of access to every kind after.
    pub access_after: u64,
    /// What changes.
    pub change: Change,
}

/// Is the change of one place over all periods.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceChange {
    /// Place.
    pub place: String,
    /// Its name.
    pub name: String,
    /// Its province; empty when it has none.
    pub province: String,
    /// Persons.
    pub persons: u64,
    /// Person-metres after less those before, over periods and kinds; below 0 is nearer.
    pub person_metres: i128,
    /// Mean metres of a person before, over periods and kinds; `None` where nobody can be counted.
    pub before_m: Option<f64>,
    /// Mean metres of a person after.
    pub after_m: Option<f64>,
    /// Periods with access to every kind before.
    pub access_before: u32,
    /// Periods with access to every kind after.
    pub access_after: u32,
    /// Mean metres of each kind; empty where every site offers all kinds without limit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<PlaceKind>,
}

/// Is what one kind means for a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceKind {
    /// Kind.
    pub kind: String,
    /// Person-metres after less those before.
    pub person_metres: i128,
    /// Mean metres of a person before.
    pub before_m: Option<f64>,
    /// Mean metres of a person after.
    pub after_m: Option<f64>,
}

impl Change {
    /// Returns person-metres after less those before.
    #[must_use]
    pub fn net_metres(&self) -> i128 {
        let signed = |metres: u128| i128::try_from(metres).unwrap_or(i128::MAX);
        signed(self.metres_lost) - signed(self.metres_gained)
    }

    /// Adds a place with so many persons that comes so many person-metres farther (below 0: nearer).
    ///
    /// `direction` decides where metres cannot: people who have a site only in one of the plans.
    pub fn add(&mut self, persons: u64, person_metres: i128, direction: i64) {
        let metres = person_metres.unsigned_abs();
        match person_metres.signum() {
            -1 => self.metres_gained += metres,
            1 => self.metres_lost += metres,
            _ => {}
        }
        match if person_metres == 0 { i128::from(direction) } else { person_metres } {
            ..0 => self.nearer += persons,
            0 => self.same += persons,
            1.. => self.farther += persons,
        }
    }
}
