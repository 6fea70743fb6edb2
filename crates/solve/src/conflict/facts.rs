//! What is no rule and stands against a plan together with rules: reports, facilities, building times, capacities.

use groundwork_model::{Programme, Question};

use super::sets::Answer;
use super::trial::any_plan;
use crate::control::Control;

type Fact = (String, Programme, Question);

/// Names the facts without any one of which some plan would keep the rules of a programme that has none.
pub(super) fn facts(
    programme: &Programme,
    question: &Question,
    control: &dyn Control,
) -> Vec<String> {
    let helps = |(_, programme, question): &Fact| {
        any_plan(programme, question, control).answer() == Answer::Plan
    };
    let all = [
        reports(programme, question),
        state(programme, question),
        facilities(programme, question),
        building_times(programme, question),
        capacities(programme, question),
    ];
    all.into_iter().flatten().filter(helps).map(|(words, ..)| words).collect()
}

fn reports(programme: &Programme, question: &Question) -> Option<Fact> {
    let day = question.as_of?;
    let words = format!("what reports say up to {day}, and that nothing begins before then");
    Some((words, programme.clone(), Question { as_of: None, ..question.clone() }))
}

fn state(programme: &Programme, question: &Question) -> Option<Fact> {
    let mut asked = question.clone();
    let replan = asked.replan.as_mut()?;
    replan.state.clear();
    replan.begun_by = 0;
    (asked != *question).then(|| ("what has begun or failed".to_owned(), programme.clone(), asked))
}

fn facilities(programme: &Programme, question: &Question) -> Option<Fact> {
    if programme.facilities.is_empty() {
        return None;
    }
    let without = Programme { facilities: Vec::new(), ..programme.clone() };
    Some(("the facilities that stand already".to_owned(), without, question.clone()))
}

fn building_times(programme: &Programme, question: &Question) -> Option<Fact> {
    let mut without = programme.clone();
    let settings = &mut without.settings;
    settings.packages.iter_mut().for_each(|package| package.build = 0);
    settings.upgrades.iter_mut().for_each(|upgrade| upgrade.build = 0);
    let sizes = settings.kinds.iter_mut().flat_map(|kind| &mut kind.sizes);
    sizes.for_each(|size| size.build = 0);
    let words = "the building times".to_owned();
    (without != *programme).then(|| (words, without, question.clone()))
}

fn capacities(programme: &Programme, question: &Question) -> Option<Fact> {
    let mut without = programme.clone();
    let sizes = without.settings.kinds.iter_mut().flat_map(|kind| &mut kind.sizes);
    sizes.for_each(|size| size.capacity = None);
    let words = "the capacities of sizes".to_owned();
    (without != *programme).then(|| (words, without, question.clone()))
}
