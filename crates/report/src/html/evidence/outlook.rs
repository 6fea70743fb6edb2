//! The forecast: how many will have reached the stage by when, whether promises will be kept, and what the model does
//! not know. What is announced, and how many were in time before, stand beside it.

use groundwork_model::evidence::words::{reached, units};
use groundwork_model::evidence::{
    BaseRateShown, ClaimsChecked, CountOutlook, ForecastFan, ForecastTable, MilestoneOutlook,
    Probability,
};

use super::fan;
use super::{Evidence, folded, table};
use crate::escape::markup;
use crate::html::section as wrap_section;
use crate::number::{plural, whole};

/// Fans and promises that the page has at most.
const FANS: usize = 12;
const ROWS: usize = 200;

/// Returns the section; nothing where nobody asked for a forecast.
pub(super) fn section(of: &Evidence) -> String {
    let Some(forecast) = of.input.forecast else { return String::new() };
    let body = [
        standing(forecast),
        fans(forecast),
        milestones(forecast),
        checks(&forecast.bias),
        limits(forecast),
    ];
    wrap_section("outlook", "Forecast", &body.concat())
}

fn standing(forecast: &ForecastTable) -> String {
    if let Some(why) = &forecast.silence {
        return format!(
            "<p><b>The model is silent.</b> {}</p><p class=\"note\">What was announced, and how many were in time before, stand \
             below: they need no model.</p>",
            markup(why)
        );
    }
    let model = forecast.model.as_ref().map_or_else(String::new, |model| {
        let running = u64::from(model.running);
        format!(
            " {}, fitted to {} that reached the stage and {} that {} not.",
            markup(&model.name),
            whole(model.reached),
            whole(running),
            plural(running, "has", "have")
        )
    });
    format!(
        "<p>How many of the named facilities will be said to be {}, as it stands on {} from what was published by {}: {} draws \
         with seed {}.</p><p class=\"note\">A forecast of what will be claimed; what somebody who looks will find stands beside \
         it where there are enough checks.{model}</p>",
        reached(forecast.stage),
        forecast.times.as_of,
        forecast.times.known_by,
        whole(forecast.draws),
        forecast.seed,
    )
}

fn fans(forecast: &ForecastTable) -> String {
    let drawn: String = forecast.fans.iter().take(FANS).map(|fan| one(forecast, fan)).collect();
    match drawn.is_empty() {
        true => drawn,
        false => drawn + fan::KEY + &more(forecast.fans.len(), FANS),
    }
}

/// Says how many of a list are left out.
fn more(all: usize, shown: usize) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        more => format!(
            "<p class=\"note\">{} more: groundwork forecast --json has all.</p>",
            whole(more as u64)
        ),
    }
}

fn one(forecast: &ForecastTable, fan: &ForecastFan) -> String {
    let group = [fan.batch.as_str(), fan.kind.as_str()].join(" ");
    let group = match group.trim() {
        "" => String::new(),
        group => format!(" of {group}"),
    };
    let title = format!(
        "{}{group} {}, due {}",
        units(fan.count, fan.unit),
        reached(forecast.stage),
        fan.due
    );
    let outlook = forecast.milestones.iter().find(|outlook| outlook.id == fan.milestone);
    let said = outlook.and_then(|outlook| outlook.met.as_ref()).map_or_else(String::new, |met| {
        format!(
            "<p class=\"outlook-word\">That the promise is said to be kept is <b>{}</b> ({}).</p>",
            markup(&met.word),
            share(met)
        )
    });
    let base = outlook.and_then(|outlook| outlook.base_rate_count);
    format!("<h3>{}</h3>{said}{}", markup(&title), fan::draw(fan, &title, base))
}

/// Returns a share of draws as per cent; never 0 or 100 where it is not.
fn share(probability: &Probability) -> String {
    let (part, draws) = (u64::from(probability.part), u64::from(probability.draws).max(1));
    match (part * 200 + draws) / (2 * draws) {
        _ if part == 0 => "in no draw".to_owned(),
        _ if part >= draws => "in every draw".to_owned(),
        0 => "under 1\u{a0}%".to_owned(),
        100.. => "over 99\u{a0}%".to_owned(),
        percent => format!("{percent}\u{a0}%"),
    }
}

fn milestones(forecast: &ForecastTable) -> String {
    if forecast.milestones.is_empty() {
        return "<p class=\"note\">Nothing was promised that falls due.</p>".to_owned();
    }
    let rows: String = forecast.milestones.iter().take(ROWS).map(row).collect();
    let heads = [
        "Promise",
        "Due",
        "As announced",
        "Base rate: others in time",
        "Will be claimed, and in 80\u{a0}% of draws",
        "Kept by what is claimed",
        "Will be found, and kept",
    ];
    let caption = "Each promise: as announced, by how many were in time before, and by the model";
    let more = more(forecast.milestones.len(), ROWS);
    format!(
        "<h3>Will the promises be kept?</h3>{}{more}",
        table("outlook-table", caption, &heads, &rows)
    )
}

fn row(outlook: &MilestoneOutlook) -> String {
    let group = [outlook.batch.as_str(), outlook.kind.as_str()].join(" ");
    let words = match outlook.words.as_str() {
        "" => String::new(),
        words => format!("<span class=\"under\">\u{201c}{}\u{201d}</span>", markup(words)),
    };
    let mut named =
        format!("{} named, {} in time so far", whole(outlook.named), whole(outlook.reached));
    if outlook.without_forecast > 0 {
        named.push_str(&format!(", {} without a forecast", whole(outlook.without_forecast)));
    }
    let passed = if outlook.passed { "<span class=\"under\">has passed</span>" } else { "" };
    let met = |met: Option<&Probability>| {
        met.map_or_else(
            || "\u{2013}".to_owned(),
            |met| {
                format!("<b>{}</b><span class=\"under\">{}</span>", markup(&met.word), share(met))
            },
        )
    };
    // What has passed is an outcome, no forecast.
    let (claimed, kept) = if outlook.passed {
        let kept = if u64::from(outlook.reached) >= outlook.count { "kept" } else { "not kept" };
        (format!("{} came in time", whole(outlook.reached)), kept.to_owned())
    } else {
        (expected(outlook.claimed.as_ref()), met(outlook.met.as_ref()))
    };
    let found = match (&outlook.verified, &outlook.met_verified) {
        (Some(count), Some(kept)) => format!("{}<br>{}", expected(Some(count)), met(Some(kept))),
        _ => "too few checks to say".to_owned(),
    };
    format!(
        "<tr><th scope=\"row\">{}{words}<span class=\"under\">{}</span></th><td class=\"day\">{}{passed}</td><td>{}</td><td>{}</td><td>{}</td>\
         <td>{}</td><td>{found}</td></tr>",
        markup(&format!("{} {}", units(outlook.count, outlook.unit), group.trim())),
        markup(&named),
        outlook.due,
        whole(outlook.count),
        base_rate(&outlook.base_rate, outlook.base_rate_count),
        claimed,
        kept,
    )
}

fn base_rate(base: &BaseRateShown, count: Option<u32>) -> String {
    if base.due == 0 {
        return "none was due before".to_owned();
    }
    let here = count.map_or_else(String::new, |count| format!("<b>{}</b>, as ", whole(count)));
    let interval = base.interval_per_mille.map_or_else(String::new, |(low, high)| {
        format!(
            "<span class=\"under\">90\u{a0}% interval of that share {} to {}\u{a0}%</span>",
            tenths(u64::from(low)),
            tenths(u64::from(high))
        )
    });
    format!("{here}{} of {} were{interval}", whole(base.in_time), whole(base.due))
}

/// Returns a number of tenths as a number with one decimal.
fn tenths(number: u64) -> String {
    format!("{}.{}", whole(number / 10), number % 10)
}

/// Returns the middle of the draws, and between which numbers eight in ten of them lie.
fn expected(count: Option<&CountOutlook>) -> String {
    let Some(count) = count else { return "\u{2013}".to_owned() };
    match (count.quantiles.get(2), count.quantiles.get(4), count.quantiles.get(6)) {
        (Some(low), Some(middle), Some(high)) => {
            format!("{} ({} to {})", whole(*middle), whole(*low), whole(*high))
        }
        _ => tenths(count.expected_tenths),
    }
}

fn checks(bias: &ClaimsChecked) -> String {
    let checked = u64::from(bias.checked);
    let mut said = format!(
        "Of {} claimed {} that somebody independent looked at, {} {} found so.",
        whole(checked),
        plural(checked, "facility", "facilities"),
        whole(bias.found),
        plural(u64::from(bias.found), "was", "were")
    );
    match (bias.share_per_mille, bias.interval_per_mille) {
        (Some(share), Some((low, high))) => said.push_str(&format!(
            " That is {}\u{a0}%, with an interval (90\u{a0}%) from {} to {}\u{a0}%.",
            tenths(u64::from(share)),
            tenths(u64::from(low)),
            tenths(u64::from(high))
        )),
        _ => said.push_str(&format!(
            " That is too few to say: from {} checks on the page says what will be found.",
            whole(bias.least)
        )),
    }
    if let Some((_, middle, most)) = bias.lag_days {
        said.push_str(&format!(
            " Half of the findings came within {middle} days of the claim, nine in ten within {most}."
        ));
    }
    format!("<h3>Claimed is not done</h3><p>{}</p>", markup(&said))
}

fn limits(forecast: &ForecastTable) -> String {
    if forecast.limits.is_empty() {
        return String::new();
    }
    let list = crate::html::list("plain", &forecast.limits);
    format!("<h3>What the forecast does not know</h3>{list}{}", batches(forecast))
}

/// Says how fast each batch is against all; nothing where the model is silent.
fn batches(forecast: &ForecastTable) -> String {
    if forecast.model.is_none() || forecast.batches.is_empty() {
        return String::new();
    }
    let rows: String = forecast
        .batches
        .iter()
        .take(ROWS)
        .map(|batch| {
            let factor = batch.factor_per_mille;
            format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}.{:02}</td></tr>",
                markup(&batch.batch),
                whole(batch.reached),
                tenths(batch.expected_tenths),
                whole(factor / 1000),
                factor % 1000 / 10
            )
        })
        .collect();
    let heads = ["Batch", "Reached it", "Expected in the same time", "Pace, 1 is as all"];
    folded("How fast each batch is", &table("pace-table", "Batches against all", &heads, &rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_none_or_all_only_when_it_is() {
        let word = |part, draws| share(&Probability { part, draws, word: String::new() });
        assert_eq!(word(0, 10_000), "in no draw");
        assert_eq!(word(1, 10_000), "under 1\u{a0}%");
        assert_eq!(word(7_349, 10_000), "73\u{a0}%");
        assert_eq!(word(9_999, 10_000), "over 99\u{a0}%");
        assert_eq!(word(10_000, 10_000), "in every draw");
        assert_eq!(word(0, 0), "in no draw");
    }
}
