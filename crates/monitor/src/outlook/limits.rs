//! What a forecast does not know, in words.

use groundwork_model::evidence::{Snapshot, day_number, day_of};
use groundwork_model::words::{counted, thousands};

use super::cases::Seen;
use crate::forecast::{Case, Forecast, Silence, Standing};

/// Batches with openings below which the forecast rests on the prior nearly as much as on the data.
const FEW_BATCHES: usize = 4;

/// Returns why the model is silent, in words.
pub(super) fn silence(silence: Silence) -> String {
    match silence {
        Silence::TooFewOpenings { known, least } => format!(
            "Of {} it is known when work began and when the stage was reached; the model asks for \
             {least}.",
            facilities(known as usize)
        ),
        Silence::TooFewBatches { known, least } => format!(
            "Facilities of {} have reached the stage; the model asks for {least}: fewer cannot say \
             how far batches lie apart.",
            batches(known as usize)
        ),
    }
}

/// Returns what the forecast does not know, the gravest first.
pub(super) fn limits(seen: &Seen<'_>, said: &Forecast, snapshot: &Snapshot) -> Vec<String> {
    let mut limits = Vec::new();
    limits.extend(stale(seen, snapshot));
    limits.push(claims(said));
    if said.model.is_some() {
        limits.extend(of_model(seen, said));
    }
    limits
}

/// Says that nothing was published for some time.
fn stale(seen: &Seen<'_>, snapshot: &Snapshot) -> Option<String> {
    let from = seen.history.as_of;
    let asked = snapshot.times.as_of.min(snapshot.times.known_by);
    let days = day_number(asked) - from;
    (days > 0).then(|| {
        format!(
            "Nothing was published in the {} from {} to {asked}: the forecast looks ahead from the former, \
             and what was not reported by then counts as not so.",
            counted(days, "day"),
            day_of(from)
        )
    })
}

/// Says what claims are worth.
fn claims(said: &Forecast) -> String {
    let bias = &said.bias;
    if bias.factor_per_mille.is_some() {
        return format!(
            "Claimed is not done: of {} that somebody independent looked at, {} were found so.",
            claimed(bias.checked),
            thousands(bias.found)
        );
    }
    let checked = match bias.checked {
        0 => "Nobody independent looked at any claim".to_owned(),
        some => format!(
            "Somebody independent looked at {} alone, and found {} so",
            claimed(some),
            thousands(bias.found)
        ),
    };
    format!(
        "It is of what will be claimed. {checked}: too few to say \
         what claims are worth (from {} on it is said).",
        bias.least
    )
}

fn of_model(seen: &Seen<'_>, said: &Forecast) -> Vec<String> {
    let mut limits = Vec::new();
    let opened = said.batches.iter().filter(|batch| batch.opened > 0).count();
    if opened < FEW_BATCHES {
        limits.push(format!(
            "It has learnt from {}: the forecast of another rests on our prior judgement of how far \
             batches lie apart nearly as much as on data.",
            batches(opened)
        ));
    }
    let late = |case: &&Case| {
        case.done().is_none()
            && case.cancelled.is_none()
            && case.deadline.is_some_and(|due| due.day <= seen.history.as_of)
    };
    let late = seen.history.cases.iter().filter(late).count();
    if late > 0 {
        limits.push(format!(
            "{} overdue; some may be stuck, and all are taken alike, so that their days are too early \
             and too sure.",
            are(late)
        ));
    }
    let standing = |wanted: fn(&Standing) -> bool| {
        said.facilities.iter().filter(|one| wanted(&one.standing)).count()
    };
    let assumed = standing(|one| matches!(one, Standing::Running { assumed: true, .. }));
    if assumed > 0 {
        limits.push(format!(
            "Of {} nobody says when work began; the median day of the batch is taken.",
            facilities(assumed)
        ));
    }
    let lost = standing(|one| *one == Standing::NoBeginning);
    if lost > 0 {
        limits.push(format!(
            "Of {} nobody says when work began, nor of any other of the batch: they have no forecast \
             and count as never.",
            facilities(lost)
        ));
    }
    limits.push(
        "Batches are taken as drawn from one urn: a new policy, a war or a change of what the word \
         of the stage means is not in it."
            .to_owned(),
    );
    limits
}

fn facilities(number: usize) -> String {
    if number == 1 {
        "1 facility".to_owned()
    } else {
        format!("{} facilities", thousands(number as i128))
    }
}

fn are(number: usize) -> String {
    format!("{} {}", facilities(number), if number == 1 { "is" } else { "are" })
}

fn batches(number: usize) -> String {
    if number == 1 {
        "1 batch".to_owned()
    } else {
        format!("{} batches", thousands(number as i128))
    }
}

fn claimed(number: u32) -> String {
    counted(number, "claim")
}
