//! How a rule may give way, in whole units of the rule, and what that costs.

use groundwork_model::programme::{AmountPerPeriod, PerPeriod, QuotaRule, RepairPrices};
use groundwork_model::{Decimal, Programme, Question};

use super::rules::Rule;

/// Is a way to change a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Knob {
    /// Its number gives way, in every period where it has one for each.
    Number,
    /// Its number gives way in one period (0-based).
    InPeriod(usize),
    /// Fewer are asked for by a quota of `exactly`.
    Fewer,
    /// The same in one period (0-based).
    FewerIn(usize),
    /// Its date moves to a later period.
    Later,
    /// Its date moves to an earlier period.
    Earlier,
    /// A quota of `exactly` becomes one of `at-most`.
    AtMost,
    /// It is left out.
    LeaveOut,
}

/// Is a change of one rule by so many units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) rule: Rule,
    pub(super) knob: Knob,
    pub(super) by: u64,
}

/// Most that a budget has in a period.
const AMOUNT_MAX: u64 = 1_000_000_000_000;

/// Farthest that anything is, in kilometres.
const FAR_KM: i64 = 20_100;

/// One, in millionths.
pub(super) const WHOLE: u128 = 1_000_000;

/// Lists the ways to change a rule, those of single periods and leaving it out aside.
pub(super) fn knobs(programme: &Programme, rule: Rule) -> &'static [Knob] {
    use Knob::{AtMost, Earlier, Fewer, Later, Number};
    match rule {
        Rule::Quota if programme.settings.quota.rule == QuotaRule::Exactly => {
            &[AtMost, Fewer, Number]
        }
        Rule::Quota
        | Rule::Budget(_)
        | Rule::Ceiling(_)
        | Rule::Spacing(_)
        | Rule::Precedence(_)
        | Rule::Need(..)
        | Rule::Changes => &[Number],
        Rule::Floor(_) => &[Number, Later],
        Rule::Window(_) | Rule::Lock(_) => &[Later, Earlier],
        _ => &[],
    }
}

/// Returns the same way in one period alone, where the rule has a number for each period.
pub(super) fn in_one_period(
    programme: &Programme,
    rule: Rule,
    knob: Knob,
    at: usize,
) -> Option<Knob> {
    let several = programme.settings.periods.count > 1;
    match (rule, knob) {
        (Rule::Quota | Rule::Budget(_), Knob::Number) if several => Some(Knob::InPeriod(at)),
        (Rule::Quota, Knob::Fewer) if several => Some(Knob::FewerIn(at)),
        _ => None,
    }
}

/// Returns by how many units a rule can change at most.
pub(super) fn most(programme: &Programme, question: &Question, rule: Rule, knob: Knob) -> u64 {
    let settings = &programme.settings;
    let last = settings.periods.count;
    let sites = (programme.places.len() + programme.sites.len()) as u64;
    match (rule, knob) {
        (_, Knob::AtMost | Knob::LeaveOut) => 1,
        (Rule::Quota, Knob::Fewer) => settings.quotas().into_iter().max().unwrap_or(0).into(),
        (Rule::Quota, Knob::FewerIn(at)) => settings.quotas()[at].into(),
        // Each site opens once and turns once.
        (Rule::Quota, _) => 2 * sites,
        (Rule::Ceiling(_), _) => sites,
        (Rule::Budget(_), _) => AMOUNT_MAX,
        (Rule::Floor(at), Knob::Later) => {
            settings.period_named(settings.floors[at].by).map_or(0, |by| u64::from(last - by))
        }
        (Rule::Floor(at), _) => {
            match (settings.floors[at].at_least, settings.floors[at].coverage) {
                (Some(number), _) => number.into(),
                (None, share) => share.map_or(0, whole_above),
            }
        }
        (Rule::Spacing(at), _) => settings.spacing[at].km.mantissa().unsigned_abs(),
        (Rule::Precedence(at), _) => settings.precedence[at].lag.into(),
        (Rule::Need(kind, need), _) => {
            let km = settings.kinds[kind].needs[need].within_km;
            let far = FAR_KM.saturating_mul(10_i64.saturating_pow(km.scale()));
            far.saturating_sub(km.mantissa()).unsigned_abs()
        }
        (Rule::Window(at), Knob::Later) => {
            programme.sites[at].latest.map_or(0, |latest| last.saturating_sub(latest).into())
        }
        (Rule::Window(at), _) => {
            programme.sites[at].earliest.map_or(0, |earliest| earliest.saturating_sub(1).into())
        }
        (Rule::Lock(at), Knob::Later) => last.saturating_sub(question.locked[at].period).into(),
        (Rule::Lock(at), _) => question.locked[at].period.saturating_sub(1).into(),
        (Rule::Changes, _) => {
            question.replan.as_ref().map_or(0, |replan| replan.promised.len() as u64)
        }
        _ => 0,
    }
}

/// Returns the least whole number that is not below a decimal.
fn whole_above(number: Decimal) -> u64 {
    let unit = 10_u64.saturating_pow(number.scale());
    number.mantissa().max(0).unsigned_abs().div_ceil(unit)
}

/// Changes a rule; leaving out is for [`without`](super::rules::without).
pub(super) fn apply(programme: &mut Programme, question: &mut Question, step: Step) {
    if step.knob == Knob::LeaveOut {
        return;
    }
    let settings = &mut programme.settings;
    let by = u32::try_from(step.by).unwrap_or(u32::MAX);
    match step.rule {
        Rule::Quota => apply_to_quota(programme, step.knob, by),
        Rule::Budget(at) => {
            let amounts = settings.budgets[at].amount.each(settings.periods.count);
            let raised = amounts.into_iter().enumerate().map(|(period, amount)| {
                amount + if meets(step.knob, period) { step.by } else { 0 }
            });
            settings.budgets[at].amount = AmountPerPeriod::Each(raised.collect());
        }
        Rule::Floor(at) if step.knob == Knob::Later => {
            let before = settings.period_named(settings.floors[at].by);
            settings.floors[at].by = before.map_or(settings.floors[at].by, |before| before + by);
        }
        Rule::Floor(at) => {
            let floor = &mut settings.floors[at];
            floor.at_least = floor.at_least.map(|number| number.saturating_sub(by));
            floor.coverage = floor.coverage.map(|share| lowered(share, step.by));
        }
        Rule::Ceiling(at) => {
            let ceiling = &mut settings.ceilings[at];
            ceiling.at_most = ceiling.at_most.saturating_add(by);
        }
        Rule::Spacing(at) => {
            let km = settings.spacing[at].km;
            settings.spacing[at].km = Decimal::new(km.mantissa() - step.by as i64, km.scale());
        }
        Rule::Precedence(at) => settings.precedence[at].lag -= by,
        Rule::Need(kind, need) => {
            let need = &mut settings.kinds[kind].needs[need];
            let (mantissa, scale) = (need.within_km.mantissa(), need.within_km.scale());
            need.within_km = Decimal::new(mantissa + step.by as i64, scale);
        }
        Rule::Window(at) => {
            let row = &mut programme.sites[at];
            if step.knob == Knob::Later {
                row.latest = row.latest.map(|latest| latest + by);
            } else {
                row.earliest = row.earliest.map(|earliest| earliest - by);
            }
        }
        Rule::Lock(at) => {
            let period = &mut question.locked[at].period;
            *period = if step.knob == Knob::Later { *period + by } else { *period - by };
        }
        Rule::Changes => {
            if let Some(changes) =
                question.replan.as_mut().and_then(|replan| replan.changes.as_mut())
            {
                *changes = changes.saturating_add(by);
            }
        }
        _ => {}
    }
}

fn apply_to_quota(programme: &mut Programme, knob: Knob, by: u32) {
    let quotas = programme.settings.quotas();
    let quota = &mut programme.settings.quota;
    if knob == Knob::AtMost {
        quota.rule = QuotaRule::AtMost;
        return;
    }
    let changed = quotas.into_iter().enumerate().map(|(period, number)| match knob {
        Knob::Fewer => number.saturating_sub(by),
        Knob::FewerIn(at) if at == period => number.saturating_sub(by),
        _ if meets(knob, period) => number.saturating_add(by),
        _ => number,
    });
    quota.openings = PerPeriod::Each(changed.collect());
}

/// Returns whether a number that is raised is raised in a period (0-based).
fn meets(knob: Knob, period: usize) -> bool {
    knob == Knob::Number || knob == Knob::InPeriod(period)
}

/// Returns a share less so many per cent, at least 0.
fn lowered(share: Decimal, by: u64) -> Decimal {
    let unit = 10_i64.saturating_pow(share.scale());
    let by = i64::try_from(by).unwrap_or(i64::MAX).saturating_mul(unit);
    Decimal::new(share.mantissa().saturating_sub(by).max(0), share.scale())
}

/// Returns the units by which a change moves and the units that are written, both over all periods.
fn moved(programme: &Programme, question: &Question, step: Step) -> (u128, u128) {
    let settings = &programme.settings;
    let periods = u128::from(settings.periods.count);
    let by = u128::from(step.by);
    let total = |numbers: &[u64]| numbers.iter().map(|&number| u128::from(number)).sum::<u128>();
    let every = if step.knob == Knob::Number { by * periods } else { by };
    match step.rule {
        _ if matches!(step.knob, Knob::LeaveOut | Knob::AtMost) => (1, 1),
        Rule::Quota => {
            let quotas: Vec<u64> = settings.quotas().into_iter().map(u64::from).collect();
            let fewer = quotas.iter().map(|&number| u128::from(number.min(step.by))).sum();
            let units = if step.knob == Knob::Fewer { fewer } else { every };
            (units, total(&quotas))
        }
        Rule::Budget(at) => {
            (every, total(&settings.budgets[at].amount.each(settings.periods.count)))
        }
        Rule::Floor(at) if step.knob == Knob::Later => {
            (by, settings.period_named(settings.floors[at].by).unwrap_or(1).into())
        }
        Rule::Floor(at) => match (settings.floors[at].at_least, settings.floors[at].coverage) {
            (Some(number), _) => (by, number.into()),
            (None, share) => {
                let share = share.unwrap_or(Decimal::ONE);
                let unit = 10_u128.pow(share.scale());
                let written = u128::from(share.mantissa().unsigned_abs());
                ((by * unit).min(written), written)
            }
        },
        Rule::Ceiling(at) => (by, settings.ceilings[at].at_most.into()),
        Rule::Spacing(at) => (by, settings.spacing[at].km.mantissa().unsigned_abs().into()),
        Rule::Precedence(at) => (by, settings.precedence[at].lag.into()),
        Rule::Need(kind, need) => {
            let km = settings.kinds[kind].needs[need].within_km;
            (by, u128::from(km.mantissa().unsigned_abs()).max(10_u128.pow(km.scale())))
        }
        Rule::Window(at) => {
            let row = &programme.sites[at];
            let date = if step.knob == Knob::Later { row.latest } else { row.earliest };
            (by, date.unwrap_or(1).into())
        }
        Rule::Lock(at) => (by, question.locked[at].period.into()),
        Rule::Changes => {
            let changes = question.replan.as_ref().and_then(|replan| replan.changes);
            (by, changes.unwrap_or(1).into())
        }
        _ => (1, 1),
    }
}

/// Returns a change as a share of what is written, in millionths, rounded half up.
pub(super) fn share(programme: &Programme, question: &Question, step: Step) -> u128 {
    let (moved, written) = moved(programme, question, step);
    let written = written.max(1);
    (moved * WHOLE * 2 + written) / (2 * written)
}

/// Returns what a change costs by a list of prices; `None` where the list is silent.
pub(super) fn price(
    programme: &Programme,
    question: &Question,
    prices: &RepairPrices,
    step: Step,
) -> Option<u128> {
    let settings = &programme.settings;
    let (moved, _) = moved(programme, question, step);
    let km = |km: Decimal| {
        let unit = 10_u128.pow(km.scale());
        prices.km.map(|each| (u128::from(each) * u128::from(step.by)).div_ceil(unit))
    };
    let each = match (step.rule, step.knob) {
        (_, Knob::LeaveOut | Knob::AtMost) => prices.rule,
        (_, Knob::Later | Knob::Earlier) => prices.period,
        (Rule::Quota, _) => prices.opening,
        (Rule::Budget(at), _) => prices.resources.get(&settings.budgets[at].resource).copied(),
        (Rule::Floor(at), _) if settings.floors[at].at_least.is_none() => {
            let each = prices.coverage_percent?;
            return Some(u128::from(each) * u128::from(step.by));
        }
        (Rule::Floor(_) | Rule::Ceiling(_), _) => prices.site,
        (Rule::Spacing(at), _) => return km(settings.spacing[at].km),
        (Rule::Need(kind, need), _) => return km(settings.kinds[kind].needs[need].within_km),
        (Rule::Precedence(_), _) => prices.period,
        (Rule::Changes, _) => prices.change,
        _ => prices.rule,
    };
    each.map(|each| u128::from(each) * moved)
}
