//! What a look back comes to, in words.

use groundwork_model::evidence::{BacktestMethod, BacktestPartShown, BacktestTable, MethodShown};
use groundwork_model::words::{counted, thousands};

/// Intervals may hold so many per cent of the time more or less before it is said.
const ALLOWED: u64 = 5;

/// Forecasts below which nothing is judged.
const FEW: u64 = 20;

/// Takes a figure of a way to forecast.
type Figure = fn(&MethodShown) -> Option<u64>;

/// Returns what the figures come to.
pub(super) fn findings(table: &BacktestTable) -> Vec<String> {
    let mut said = Vec::new();
    if table.dates == table.silent {
        said.push("The model was silent throughout: nothing can be said of it.".to_owned());
        return said;
    }
    let parts = [
        ("Not due", &table.not_due, "day"),
        ("Overdue", &table.overdue, "day"),
        ("Without a deadline", &table.without_deadline, "day"),
        ("Promises", &table.milestones, "number"),
    ];
    for (name, part, unit) in parts {
        of_part(&mut said, name, part, unit);
    }
    said.push(
        "Forecasts of one facility at many dates are no independent trials, nor are facilities of \
         one batch: small differences mean nothing."
            .to_owned(),
    );
    said
}

fn of_part(said: &mut Vec<String>, name: &str, part: &BacktestPartShown, unit: &str) {
    if part.forecasts == 0 {
        return;
    }
    let few = if part.forecasts < FEW { ", which is few" } else { "" };
    let chance = if unit == "number" { "kept or not" } else { "in time or not" };
    let head = format!("{name} ({}{few})", counted(part.forecasts, "forecast"));
    let questions: [(&str, Figure); 2] = [
        (chance, |score| score.brier_per_mille),
        (if unit == "number" { "how many" } else { "on which day" }, |score| score.crps_tenths),
    ];
    for (question, figure) in questions {
        if let Some(sentence) = against(part, figure) {
            said.push(format!("{head}, {question}: {sentence}"));
        }
    }
    said.extend(intervals(part).map(|sentence| format!("{head}, intervals: {sentence}")));
}

/// Says which other ways the model beats.
fn against(part: &BacktestPartShown, figure: fn(&MethodShown) -> Option<u64>) -> Option<String> {
    let of = |method| part.methods.iter().find(|score| score.method == method).and_then(figure);
    let model = of(BacktestMethod::Model)?;
    let others = [
        (BacktestMethod::AsAnnounced, "what was announced"),
        (BacktestMethod::BaseRate, "the base rate"),
    ];
    let (mut beats, mut not) = (Vec::new(), Vec::new());
    for (method, name) in others {
        match of(method) {
            Some(other) if model < other => beats.push(name),
            Some(_) => not.push(name),
            None => {}
        }
    }
    let list = |names: &[&str]| names.join(" and ");
    match (beats.is_empty(), not.is_empty()) {
        (true, true) => None,
        (false, true) => Some(format!("the model beats {}.", list(&beats))),
        (true, false) => Some(format!("the model does NOT beat {}.", list(&not))),
        (false, false) => {
            Some(format!("the model beats {}, and does NOT beat {}.", list(&beats), list(&not)))
        }
    }
}

/// Says whether intervals hold as often as they should: the one of 80 per cent.
fn intervals(part: &BacktestPartShown) -> Option<String> {
    let interval = part.intervals.iter().find(|interval| interval.per_cent == 80)?;
    if interval.decided < FEW {
        return None;
    }
    let held = (interval.inside * 200 + interval.decided) / (2 * interval.decided);
    let wanted = u64::from(interval.per_cent);
    let word = if held + ALLOWED < wanted {
        "the model is too sure"
    } else if held > wanted + ALLOWED {
        "the model is less sure than it could be"
    } else {
        "as they should"
    };
    let decided = thousands(interval.decided);
    Some(format!("those of 80 % held in {held} % of {decided} decided: {word}."))
}
