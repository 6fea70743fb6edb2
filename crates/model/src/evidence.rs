//! Evidence: what is said and seen of a programme, entry by entry, and what it comes to as of a pair of times.
//!
//! A [`Draft`] is brought to the ledger, which makes an [`Entry`] of it and never changes it again; a [`Snapshot`] is
//! what the entries that count come to. `docs/concepts/evidence.md` says what each word means.

mod agenda;
mod alert;
mod backtest_table;
mod basis;
mod checklist;
mod cycle;
mod entry;
mod forecast_rules;
mod forecast_table;
mod milestone;
mod origin;
mod output;
mod readiness;
mod reading;
mod reconciliation;
mod rules;
mod sample;
mod score_difference;
mod scorecard;
mod snapshot;
mod source;
mod source_table;
mod stage;
mod statement;
mod when;
pub mod words;
mod work;

pub use self::agenda::{Agenda, Counted, CycleRow, CycleScore, DueBy, Event, EventDate, EventKind};
pub use self::alert::{Alert, AlertKind};
pub use self::backtest_table::{
    BacktestMethod, BacktestPartShown, BacktestTable, IntervalShown, MethodShown,
};
pub use self::basis::{Basis, LedgerState};
pub use self::checklist::{Checklist, ChecklistItem, OutputRule};
pub use self::cycle::{Cycle, CycleTarget, Meeting};
pub use self::entry::{
    Draft, Entry, Medium, Origin, Published, PublishedFrom, Quote, Root, TextField, Texts,
};
pub use self::forecast_rules::{ForecastReference, ForecastRules};
pub use self::forecast_table::{
    BaseRateShown, BatchOutlook, ClaimsChecked, CountOutlook, CountShare, FORECAST_LEVELS,
    FacilityOutlook, FacilityStanding, FanPoint, ForecastFan, ForecastGroup, ForecastModel,
    ForecastTable, GroupPace, MilestoneOutlook, Probability,
};
pub use self::milestone::{Each, Milestone, MilestoneRule, Wanted, WantedWord, fill};
pub use self::origin::Origins;
pub use self::output::{Delivered, OutputRow, Outputs};
pub use self::readiness::{
    Answer, FacilityReadiness, FindingState, Inspections, ItemState, Ready, SaidReady, Unready,
};
pub use self::reconciliation::{EarlierTotal, Reconciliation, StageCount};
pub use self::rules::EvidenceRules;
pub use self::sample::Sample;
pub use self::score_difference::{
    Changes, ScoreDifference, StageChange, StageChangeKind, TotalChange,
};
pub use self::scorecard::{
    FacilitySchedule, FacilityScore, GroupScore, PromiseScore, Reached, Schedule, Scorecard,
    Series, SeriesPoint, StageScore,
};
pub use self::snapshot::{FacilityState, Mark, Snapshot, StageState, Times, Total, TotalKind};
pub use self::source::Source;
pub use self::source_table::{
    Carried, CopyFound, FactorBy, NextInspection, PromiseAtStake, ProposedGrade, SampleFound,
    SourceScore, SourceTable, StageRecord, TrackRecord, VerificationFactor,
};
pub use self::stage::{CountUnit, Stage};
pub use self::statement::{
    Bound, Certainty, Grade, GradeError, KeyRelation, Predicate, Quantity, Relation, RelationKind,
    Scope, Subject, Voice,
};
pub use self::when::{Precision, When, WhenError, day_number, day_of};
pub use self::work::Work;
