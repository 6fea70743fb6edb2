//! What to change of a rule, in words.

use groundwork_model::{Decimal, Programme, Question};

use super::knobs::{Knob, Step, apply};
use super::rules::{Rule, words as asked};
use super::words::{counted, periods, thousands, year, year_named};

/// Says what to do, and in how many units of what.
pub(super) fn words(
    programme: &Programme,
    question: &Question,
    step: Step,
) -> (String, Decimal, String) {
    let (mut then, mut asks) = (programme.clone(), question.clone());
    apply(&mut then, &mut asks, step);
    let by = Decimal::new(i64::try_from(step.by).unwrap_or(i64::MAX), 0);
    let with = |words: String, unit: &str| (words, by, unit.to_owned());
    match (step.rule, step.knob) {
        (rule, Knob::LeaveOut) => {
            (left_out(programme, question, rule), Decimal::ONE, "rules".to_owned())
        }
        (_, Knob::AtMost) => {
            let words = "let the quota be `at-most`: a period may open fewer".to_owned();
            (words, Decimal::ONE, "rules".to_owned())
        }
        (Rule::Quota, _) => with(quota(programme, step), "openings a period"),
        (Rule::Budget(at), _) => {
            let resource = &programme.settings.budgets[at].resource;
            with(budget(programme, &then, at, step), &format!("{resource} a period"))
        }
        (Rule::Floor(at), Knob::Later) => {
            let to = year_named(&then, then.settings.floors[at].by);
            let from = year_named(programme, programme.settings.floors[at].by);
            with(format!("move the date of the floor from {from} to {to}"), "periods")
        }
        (Rule::Floor(at), _) => {
            let floor = &then.settings.floors[at];
            match (floor.at_least, floor.coverage) {
                (Some(number), _) => with(
                    format!("lower the floor by {} to {number}", counted(step.by, "site")),
                    "sites",
                ),
                (None, share) => {
                    let share = share.unwrap_or(Decimal::ZERO);
                    let words =
                        format!("lower the floor by {by} per cent of the people to {share}");
                    with(words, "per cent")
                }
            }
        }
        (Rule::Ceiling(at), _) => {
            let most = then.settings.ceilings[at].at_most;
            with(format!("raise the ceiling by {} to {most}", counted(step.by, "site")), "sites")
        }
        (Rule::Spacing(at), _) => {
            let (before, now) = (programme.settings.spacing[at].km, then.settings.spacing[at].km);
            let by = Decimal::new(step.by as i64, before.scale());
            (format!("shorten the spacing by {by} km to {now} km"), by, "km".to_owned())
        }
        (Rule::Need(kind, need), _) => {
            let before = programme.settings.kinds[kind].needs[need].within_km;
            let now = then.settings.kinds[kind].needs[need].within_km;
            let by = Decimal::new(step.by as i64, before.scale());
            (format!("let it be {by} km farther, within {now} km"), by, "km".to_owned())
        }
        (Rule::Precedence(at), _) => {
            let lag = then.settings.precedence[at].lag;
            with(format!("shorten the lag by {} to {lag}", periods(step.by)), "periods")
        }
        (Rule::Window(at), knob) => with(window(&then, at, knob), "periods"),
        (Rule::Lock(at), _) => {
            let (locked, to) = (&asks.locked[at], year(programme, asks.locked[at].period));
            with(format!("move your lock of `{}` to {to}", locked.site), "periods")
        }
        (Rule::Changes, _) => {
            let more = counted(step.by, "further promise");
            with(format!("let {more} change"), "changes")
        }
        (rule, _) => with(left_out(programme, question, rule), "rules"),
    }
}

fn left_out(programme: &Programme, question: &Question, rule: Rule) -> String {
    match rule {
        Rule::Required(at) => format!("do not require `{}`", programme.sites[at].id),
        Rule::Forbidden(at) => format!("let `{}` open", programme.sites[at].id),
        Rule::Window(at) => format!("let `{}` open in every period", programme.sites[at].id),
        Rule::Packages(at) => format!("let `{}` get any package", programme.sites[at].id),
        Rule::Lock(at) => format!("unlock `{}`", question.locked[at].site),
        Rule::Everybody => {
            "let people stay unserved: set distance.cut_off_km or unserved_km".to_owned()
        }
        _ => format!("leave this rule out: {}", asked(programme, question, rule)),
    }
}

fn quota(programme: &Programme, step: Step) -> String {
    let by = counted(step.by, "opening");
    let quotas = programme.settings.quotas();
    match step.knob {
        Knob::Fewer => format!("lower the quota of every period by {by}"),
        Knob::FewerIn(at) => {
            let now = quotas[at].saturating_sub(step.by as u32);
            format!("lower the quota of {} by {by} to {now}", year(programme, at as u32 + 1))
        }
        Knob::InPeriod(at) => {
            let now = u64::from(quotas[at]) + step.by;
            format!(
                "raise the quota of {} by {by} to {}",
                year(programme, at as u32 + 1),
                thousands(now)
            )
        }
        _ => format!("raise the quota of every period by {by}"),
    }
}

fn budget(programme: &Programme, then: &Programme, at: usize, step: Step) -> String {
    let budget = &then.settings.budgets[at];
    let (resource, by) = (&budget.resource, thousands(step.by));
    match step.knob {
        Knob::InPeriod(period) => {
            let now = budget.amount.each(then.settings.periods.count)[period];
            let year = year(programme, period as u32 + 1);
            format!("raise the budget of `{resource}` in {year} by {by} to {}", thousands(now))
        }
        _ => format!("raise the budget of `{resource}` in every period by {by}"),
    }
}

fn window(then: &Programme, at: usize, knob: Knob) -> String {
    let row = &then.sites[at];
    if knob == Knob::Later {
        format!("let `{}` open until {}", row.id, year(then, row.latest.unwrap_or(1)))
    } else {
        format!("let `{}` open from {} on", row.id, year(then, row.earliest.unwrap_or(1)))
    }
}
