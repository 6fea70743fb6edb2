//! Rules that need the whole programme, one function a rule.
//!
//! A rule takes the programme and returns the faults that it finds; its code stands in its doc. Rules
//! of tables hold whatever the settings say, so that a broken `programme.toml` does not hide them.
//!
//! A reader may hand over rows with stand-ins for what it could not read: an empty text, a location
//! that is not a number, one person, no period. Rules pass over those, so that one fault is told once.

mod between_sites;
mod checklists;
mod conflicts;
mod goals;
mod limits;
mod magnitudes;
mod milestones;
mod names;
mod packages;
mod places;
mod prospects;
mod quotas;
mod reports;
mod scenarios;
mod settings;
mod sites;
mod space;
mod together;

use crate::problem::{Code, Problem};
use crate::programme::Programme;
use crate::programme::Stage;

pub use names::nearest;
pub use packages::unknown_package;
pub use sites::{known_sites, never_opens, unknown_site};

/// How many faults of one code and column are shown; the others are counted.
pub const SHOWN: usize = 20;

/// Name of the settings in the programme folder.
const SETTINGS: &str = "programme.toml";

type Rule = fn(&Programme) -> Vec<Problem>;

/// Rules about the rows of the tables.
const TABLE_RULES: &[Rule] = &[
    places::ids_are_unique,
    places::ids_are_not_alike,
    places::names_are_unique_in_a_province,
    places::points_are_unique,
    places::points_are_near_others,
    places::somebody_lives_somewhere,
    places::population_is_believable,
    sites::ids_are_unique,
    sites::sites_have_a_location,
    sites::sites_are_near_their_place,
    sites::windows_are_not_reversed,
    sites::facilities_stand_on_known_sites,
    sites::facilities_stand_alone,
    sites::facilities_keep_the_rules,
    reports::sites_are_known,
];

/// Rules about what the ledger is set against: places, milestones, cycles, checklists.
const EVIDENCE_RULES: &[Rule] = &[
    places::ids_are_unique,
    milestones::ids_are_unique,
    milestones::braces_stand_for_something,
    milestones::cycles_have_both_ends,
    milestones::cycles_do_not_overlap,
    milestones::cycles_hold_periods,
    milestones::meetings_are_near_their_cycle,
    checklists::lists_are_clear,
    checklists::outputs_are_clear,
];

/// Rules that need the settings.
const PROGRAMME_RULES: &[Rule] = &[
    settings::population_source_is_named,
    settings::kinds_are_unique,
    settings::kinds_are_few,
    settings::packages_list_known_kinds,
    settings::kinds_are_in_the_package,
    settings::last_period_is_a_year,
    settings::lengths_are_whole_metres,
    settings::rate_is_not_too_fine,
    settings::unserved_is_not_below_the_cut_off,
    settings::unserved_is_used,
    settings::kinds_reach_somebody,
    settings::kinds_reach_within_the_cut_off,
    settings::some_kind_weighs,
    packages::ids_are_unique,
    packages::sizes_are_unique,
    packages::packages_name_known_sizes,
    packages::ids_have_no_marks,
    packages::needs_can_be_met,
    packages::upgrades_lead_somewhere,
    packages::demands_are_not_too_fine,
    packages::sizes_serve_somebody,
    goals::goals_can_be_had,
    goals::numbers_are_not_too_fine,
    magnitudes::numbers_of_goals_are_not_too_large,
    goals::keys_are_used,
    goals::the_resource_is_costed,
    goals::aversion_leaves_people_counted,
    goals::years_are_of_the_programme,
    milestones::ids_are_unique,
    milestones::braces_stand_for_something,
    milestones::cycles_have_both_ends,
    milestones::cycles_do_not_overlap,
    milestones::cycles_hold_periods,
    milestones::meetings_are_near_their_cycle,
    checklists::lists_are_clear,
    checklists::outputs_are_clear,
    scenarios::names_are_unique,
    scenarios::lateness_has_a_cut_off,
    scenarios::there_are_some_but_not_too_many,
    scenarios::numbers_are_in_range,
    scenarios::lateness_is_clear,
    scenarios::they_speak_of_what_is_there,
    scenarios::costs_are_used,
    packages::sites_may_get_known_packages,
    packages::facilities_offer_known_packages,
    packages::closures_are_clear,
    packages::persons_are_of_known_kinds,
    limits::lists_have_one_amount_a_period,
    limits::budgets_are_unique,
    limits::costs_have_budgets,
    limits::budgets_are_used,
    limits::prices_have_budgets,
    limits::limits_speak_of_what_is_there,
    limits::floors_are_clear,
    between_sites::spacings_are_of_known_kinds,
    between_sites::rules_name_known_sites,
    between_sites::rules_name_sites_once,
    between_sites::order_has_no_circle,
    between_sites::required_sites_keep_the_rules,
    quotas::list_has_one_number_a_period,
    quotas::some_site_is_usable,
    quotas::quotas_do_not_exceed_sites,
    quotas::places_are_within_reach,
    sites::facilities_are_older_than_the_programme,
    reports::packages_are_known,
    reports::sites_have_no_facility,
    reports::places_keep_the_quota,
    reports::dates_are_near_the_programme,
    reports::openings_keep_the_rules,
];

/// Rules that show that no plan exists which begins at the first period, in the numbers as written; a future may have others. Where reports are facts one may exist all the
/// same as of a day, since facts need keep no rule; then only a search can tell, and the faults are warnings.
const CONFLICTS: &[Rule] = &[
    conflicts::floors_can_be_met,
    conflicts::floors_are_below_ceilings,
    conflicts::required_sites_can_open,
    conflicts::budgets_pay_required_sites,
    together::budgets_pay_floors,
    together::quotas_allow_floors,
    conflicts::kinds_are_served_from_the_start,
    quotas::some_period_has_a_quota,
    quotas::exact_quotas_can_be_met,
    quotas::required_sites_fit,
    quotas::somebody_serves_from_the_start,
];

/// Returns the faults that the rows of the tables show, whatever the settings say.
#[must_use]
pub fn table_rules(programme: &Programme) -> Vec<Problem> {
    TABLE_RULES.iter().flat_map(|rule| rule(programme)).collect()
}

/// Returns the faults of what the ledger is set against. Much less is looked at than for a plan.
#[must_use]
pub fn evidence_rules(programme: &Programme) -> Vec<Problem> {
    EVIDENCE_RULES.iter().flat_map(|rule| rule(programme)).collect()
}

/// Returns the faults that the settings show, alone and together with the tables.
#[must_use]
pub fn programme_rules(programme: &Programme) -> Vec<Problem> {
    let facts = may_have_facts(programme);
    let conflicts = CONFLICTS.iter().flat_map(|rule| rule(programme));
    let conflicts = conflicts.filter(|fault| !scenarios::may_ease(programme, fault.code));
    let conflicts =
        conflicts.map(|fault| if facts && fault.is_error() { unless_facts(fault) } else { fault });
    PROGRAMME_RULES.iter().flat_map(|rule| rule(programme)).chain(conflicts).collect()
}

/// Returns the warning that a conflict is where reports, as facts of a day, may make a plan exist all the same.
fn unless_facts(fault: Problem) -> Problem {
    let cause = format!("{}, unless reports are facts", fault.cause);
    let Problem { code, severity, cause, remedy, .. } = Problem::new(Code::NoPlanFromStart, cause);
    Problem { code, severity, cause, remedy, ..fault }
}

/// Returns whether some report names a site that has begun.
fn may_have_facts(programme: &Programme) -> bool {
    programme.reports.iter().any(|report| {
        report.stage >= Stage::Begun && !report.site.is_empty() && !report.package.is_empty()
    })
}

/// Returns a fault of a key of the settings.
fn of_key(code: Code, key: impl Into<String>, cause: impl Into<String>) -> Problem {
    Problem::new(code, cause).in_file(SETTINGS).in_column(key)
}

/// Returns a fault of a cell.
fn of_cell(code: Code, file: &str, row: u32, column: &str, cause: impl Into<String>) -> Problem {
    Problem::new(code, cause).in_file(file).at_row(row).in_column(column)
}
