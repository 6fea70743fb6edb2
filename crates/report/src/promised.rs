//! What a plan must keep from before: goals in order, and promises, in sentences.

use groundwork_model::plan::Sense;
use groundwork_model::{Decimal, Goal, Plan, Programme, Progress, Replan, Settings};

use crate::asked::{bare_unit, best_words, value_words};
use crate::number::{plural, whole};
use crate::words::{list, period_label};

/// Says which of several goals a plan is for, and at which values it holds others; empty where a programme has one
/// goal and nothing is held.
pub(crate) fn goals_words(programme: &Programme, plan: &Plan) -> String {
    let settings = &programme.settings;
    let goals: Vec<_> = settings.objective.goals().collect();
    let goal = plan.question.goal(programme);
    let number = |goal: Goal| goals.iter().position(|(known, _)| *known == goal).map(|at| at + 1);
    let which = match number(goal).filter(|_| goals.len() > 1) {
        Some(at) => format!(
            "This is goal {at} of {}, \u{201c}{}\u{201d}{}.",
            goals.len(),
            goal.name(),
            if at < goals.len() { "; later goals are left aside" } else { "" }
        ),
        None => String::new(),
    };
    let held = plan.question.held.iter().map(|held| {
        let side = if held.goal.sense() == Sense::Min { "at most" } else { "at least" };
        let named = match number(held.goal) {
            Some(at) => format!("goal {at}, \u{201c}{}\u{201d}", held.goal.name()),
            None => format!("\u{201c}{}\u{201d}", held.goal.name()),
        };
        let scale = plan.question.scale_of(programme, held.goal);
        let value = value_words(settings, held.goal, held.value, scale);
        format!("{named} ({}), {side} {value}", best_words(settings, held.goal))
    });
    let held: Vec<String> = held.collect();
    let held = if held.is_empty() { held.concat() } else { format!("Held: {}.", held.join("; ")) };
    [which, held].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Says what was promised, what has become of it and what may change; empty where a plan was made without promises.
pub(crate) fn replan_words(programme: &Programme, plan: &Plan) -> String {
    let Some(replan) = &plan.question.replan else { return String::new() };
    let mut promised: Vec<&str> = replan.promised.iter().map(|row| row.site.as_str()).collect();
    promised.sort_unstable();
    promised.dedup();
    let number = promised.len() as u64;
    let promises =
        format!("{} {} promised before.", whole(number), plural(number, "site was", "sites were"));
    let begun = match replan.begun_by {
        0 => String::new(),
        by => format!(
            "What was promised and has begun by {} stays, and nothing else begins by then.",
            period_label(programme.settings.periods, by)
        ),
    };
    let goal = plan.question.goal(programme);
    let sentences = [promises, begun, states(replan), changes(&programme.settings, goal, replan)];
    sentences.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Says what has become of sites: "Of 3 sites is known what has become of them: 2 stand and 1 has failed."
fn states(replan: &Replan) -> String {
    let count = |state| replan.state.iter().filter(|row| row.state == state).count() as u64;
    let said = |state, one: &str, many: &str| match count(state) {
        0 => None,
        n => Some(format!("{} {}", whole(n), plural(n, one, many))),
    };
    let known = [
        said(Progress::Built, "is built", "are built"),
        said(Progress::UnderWay, "is under way", "are under way"),
        said(Progress::Failed, "has failed", "have failed"),
        said(Progress::NotBegun, "has not begun", "have not begun"),
    ];
    let known: Vec<String> = known.into_iter().flatten().collect();
    if known.is_empty() { String::new() } else { format!("Of the sites, {}.", list(&known)) }
}

fn changes(settings: &Settings, goal: Goal, replan: &Replan) -> String {
    let most = replan.changes.map(|most| match most {
        0 => "no promise may change".to_owned(),
        n => format!(
            "at most {} {} may get another schedule, or none",
            whole(n),
            plural(u64::from(n), "promised site", "promised sites")
        ),
    });
    let price = replan.price.map(|price| {
        // A price is in the unit of the value; ways are shown in person-km.
        let amount = match (goal, i64::try_from(price)) {
            (Goal::Distance, Ok(metres)) if metres % 1000 != 0 => {
                Decimal::new(metres, 3).to_string()
            }
            (Goal::Distance, _) => whole(price / 1000),
            _ => whole(price),
        };
        format!("each changed promise counts {amount} {} in the value", bare_unit(settings, goal))
    });
    let said: Vec<String> = [most, price].into_iter().flatten().collect();
    let text = match said.is_empty() {
        true => "promises may change".to_owned(),
        false => list(&said),
    };
    format!("{}.", crate::words::capital(&text))
}
