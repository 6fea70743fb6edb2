//! A forecast in the terminal.

use groundwork_model::evidence::{
    BaseRateShown, CountOutlook, FacilityOutlook, FacilityStanding, ForecastGroup, ForecastModel,
    ForecastTable, MilestoneOutlook, Probability,
};
use groundwork_monitor::{Names, reached, units};
use jiff::civil::Date;

use super::lines::{indented, wrapped};
use crate::commands::difference_text::plain_table;
use crate::figures::{count, thousands};

/// Promises that are still open, and such as have passed, that the screen shows.
const PROMISES: [usize; 2] = [6, 4];

/// Facilities that the screen shows.
const FACILITIES: usize = 20;

/// Limits that the screen shows.
const LIMITS: usize = 4;

/// Places of the shares of draws among those of a forecast: the ends of the interval of 80 per cent, and the median.
const LOW: usize = 2;
const MEDIAN: usize = 4;
const HIGH: usize = 6;

/// Returns what to print about a forecast.
pub(super) fn text(table: &ForecastTable, names: &Names<'_>, all: bool) -> String {
    let mut text = headline(table);
    text.push_str(&promises(table, all));
    text.push_str(&facilities(table, names, all));
    text.push_str(&model(table, all));
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn headline(table: &ForecastTable) -> String {
    let kinds = match table.kinds.as_slice() {
        [] => String::new(),
        kinds => format!(" of {}", kinds.join(", ")),
    };
    let hash: String = table.root.hash.chars().take(12).collect();
    let known = if table.times.known_by == table.times.as_of {
        "by what was published by then".to_owned()
    } else {
        format!("by what was published by {}", table.times.known_by)
    };
    let mut text = format!(
        "{}\nForecast of \"{}\"{kinds}, as of {}, {known}; root {hash}...\n",
        table.programme,
        reached(table.stage),
        table.times.as_of
    );
    if table.from < table.times.as_of {
        text.push_str(&format!(
            "It looks ahead from {}, the last day on which anything was published.\n",
            table.from
        ));
    }
    text
}

fn promises(table: &ForecastTable, all: bool) -> String {
    if table.milestones.is_empty() {
        return "\nNothing was promised of this stage by a day, in a number of places or facilities.\n"
            .to_owned();
    }
    let (passed, open): (Vec<&MilestoneOutlook>, Vec<&MilestoneOutlook>) =
        table.milestones.iter().partition(|one| one.passed);
    let mut text = String::new();
    // Of what nobody has named nothing can be said but that; it is counted where something else can be shown.
    let (named, nameless): (Vec<&MilestoneOutlook>, Vec<&MilestoneOutlook>) =
        open.into_iter().partition(|one| one.named > 0);
    let (open, hidden) = if all || named.is_empty() {
        (named.into_iter().chain(nameless).collect::<Vec<_>>(), 0)
    } else {
        (named, nameless.len())
    };
    for (list, most) in [(open, PROMISES[0]), (passed, PROMISES[1])] {
        let most = if all { usize::MAX } else { most };
        for one in list.iter().take(most) {
            text.push('\n');
            text.push_str(&promise(one, table));
        }
        if list.len() > most {
            text.push_str(&format!("and {}: --all\n", count(list.len() - most, "more promise")));
        }
    }
    if hidden > 0 {
        text.push_str(&format!("\n{} of which nobody is named: --all\n", count(hidden, "promise")));
    }
    text
}

fn promise(one: &MilestoneOutlook, table: &ForecastTable) -> String {
    let of = format!("{} {}", one.batch, one.kind);
    let of = if of.trim().is_empty() { String::new() } else { format!(" of {}", of.trim()) };
    let head =
        format!("{}{of} {} by {}", units(one.count, one.unit), reached(table.stage), one.due);
    let mut text = wrapped(&head, "", "  ");
    if one.passed {
        text.push_str(&passed(one, table.from));
        return text;
    }
    let named = u64::from(one.named) >= one.count;
    if let Some(claimed) = one.claimed.as_ref().filter(|_| one.named > 0) {
        let unsayable = || "cannot be said before as many are named".to_owned();
        text.push_str(&line(
            "claimed to be kept",
            &one.met.as_ref().map_or_else(unsayable, chance),
        ));
        let of = if named { "" } else { " of those named" };
        text.push_str(&line("expected", &format!("{}{of}", number(claimed, one))));
    }
    if let Some(verified) = one.verified.as_ref().filter(|_| one.named > 0) {
        if let Some(met) = &one.met_verified {
            text.push_str(&line("found to be kept", &chance(met)));
        }
        text.push_str(&line("found by who looks", &number(verified, one)));
    }
    text.push_str(&line("as announced", &thousands(i128::from(one.count))));
    text.push_str(&line("base rate", &base_rate(&one.base_rate, one.base_rate_count)));
    let mut parts = vec![
        format!("{} named", thousands(one.named)),
        format!("{} so far", thousands(one.reached)),
    ];
    if one.without_forecast > 0 {
        parts.push(format!("{} without a forecast", thousands(one.without_forecast)));
    }
    if !named {
        parts.push("what nobody has named is not in the forecast".to_owned());
    }
    text.push_str(&line("facilities", &parts.join(", ")));
    text
}

/// Says how a promise came out.
fn passed(one: &MilestoneOutlook, from: Date) -> String {
    let kept = if u64::from(one.reached) >= one.count { "kept" } else { "not kept" };
    let said = format!(
        "{} of {} by then, as claimed or seen by {from}: {kept}",
        thousands(one.reached),
        thousands(i128::from(one.count))
    );
    line("fell due", &said)
}

fn line(label: &str, said: &str) -> String {
    wrapped(said, &format!("  {label:<19} "), &" ".repeat(22))
}

/// Returns a probability with its word.
fn chance(chance: &Probability) -> String {
    format!("{} ({})", per_cent(chance.part, chance.draws), chance.word)
}

fn per_cent(part: u32, whole: u32) -> String {
    let (part, whole) = (u64::from(part), u64::from(whole).max(1));
    match (part * 200 + whole) / (2 * whole) {
        0 if part > 0 => "less than 1 %".to_owned(),
        100 if part < whole => "more than 99 %".to_owned(),
        share => format!("{share} %"),
    }
}

fn number(count: &CountOutlook, one: &MilestoneOutlook) -> String {
    let at = |which: usize| count.quantiles.get(which).copied().unwrap_or(0);
    format!(
        "{}.{} {}; 8 in 10 draws between {} and {}",
        thousands(count.expected_tenths / 10),
        count.expected_tenths % 10,
        one.unit.name(),
        thousands(at(LOW)),
        thousands(at(HIGH))
    )
}

fn base_rate(rate: &BaseRateShown, makes: Option<u32>) -> String {
    if rate.due == 0 {
        return "none: nothing of another batch was due yet".to_owned();
    }
    let interval = rate.interval_per_mille.map_or_else(String::new, |(low, high)| {
        format!(" (90 %: {} to {} %)", low / 10, high.div_ceil(10))
    });
    let makes =
        makes.map_or_else(String::new, |makes| format!(", which makes {}", thousands(makes)));
    format!(
        "of other batches {} of {} in time{interval}{makes}",
        thousands(rate.in_time),
        thousands(rate.due)
    )
}

fn facilities(table: &ForecastTable, names: &Names<'_>, all: bool) -> String {
    let mut running: Vec<(Option<Date>, &FacilityOutlook)> = table
        .facilities
        .iter()
        .filter_map(|one| Some((*one.claimed.as_ref()?.get(MEDIAN)?, one)))
        .collect();
    running.sort_by_key(|(median, one)| (median.is_none(), *median, &one.batch, &one.id));
    let mut text = others(table);
    if running.is_empty() {
        return text;
    }
    let found = running.iter().any(|(_, one)| one.verified.is_some());
    let mut header =
        vec!["facility", "batch", "begun", "due", "1 in 10 by", "half by", "9 in 10 by"];
    header.push("in time");
    if found {
        header.push("half found by");
    }
    let mut rows = plain_table(&header);
    let most = if all { usize::MAX } else { FACILITIES };
    for (_, one) in running.iter().take(most) {
        rows.add_row(row(one, names, table, found));
    }
    text.push_str(&format!(
        "\n{} not yet {}, the soonest first\n{rows}\n",
        count(running.len(), "facility"),
        reached(table.stage)
    ));
    if running.len() > most {
        text.push_str(&indented(&format!(
            "and {} more: --all",
            thousands((running.len() - most) as i128)
        )));
    }
    text
}

fn row(
    one: &FacilityOutlook,
    names: &Names<'_>,
    table: &ForecastTable,
    found: bool,
) -> Vec<String> {
    let day = |days: &Option<Vec<Option<Date>>>, which: usize| {
        let day = days.as_ref().and_then(|days| days.get(which).copied());
        day.map_or_else(|| "-".to_owned(), |day| day.map_or("later".to_owned(), |d| d.to_string()))
    };
    let begun = one.since.map_or_else(|| "-".to_owned(), |day| day.to_string());
    let kind = if table.kinds.len() == 1 || one.kind.is_empty() {
        String::new()
    } else {
        format!(" {}", one.kind)
    };
    let late = one.deadline.is_some_and(|due| due <= table.from);
    let in_time = match (&one.in_time, late) {
        (_, true) => "overdue".to_owned(),
        (Some(met), false) => chance(met),
        (None, false) => "-".to_owned(),
    };
    let mut cells = vec![
        super::lines::safe(&format!("{}{kind}", names.facility(&one.id))),
        super::lines::safe(&one.batch),
        if one.assumed { format!("{begun} assumed") } else { begun },
        one.deadline.map_or_else(|| "-".to_owned(), |due| due.to_string()),
        day(&one.claimed, LOW),
        day(&one.claimed, MEDIAN),
        day(&one.claimed, HIGH),
        in_time,
    ];
    if found {
        cells.push(day(&one.verified, MEDIAN));
    }
    cells
}

/// Says how many facilities stand where.
fn others(table: &ForecastTable) -> String {
    let number = |standing: FacilityStanding| {
        table.facilities.iter().filter(|one| one.standing == standing).count()
    };
    let word = reached(table.stage);
    let parts = [
        (number(FacilityStanding::Reached), format!("{word} by now")),
        (number(FacilityStanding::Running), format!("not yet {word}")),
        (number(FacilityStanding::Cancelled), "given up".to_owned()),
        (number(FacilityStanding::Beyond), format!("at a later stage, without a word of {word}")),
        (number(FacilityStanding::NoBeginning), "of which nobody says when work began".to_owned()),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{} {word}", thousands(number as i128)))
        .collect();
    if parts.is_empty() {
        return "\nNo facility is named by any entry that counts.\n".to_owned();
    }
    format!("\n{}", wrapped(&format!("Named facilities: {}.", parts.join(", ")), "", "  "))
}

fn model(table: &ForecastTable, all: bool) -> String {
    let mut text = String::new();
    match (&table.model, &table.silence) {
        (Some(model), _) => {
            text.push_str(&format!("\n{}", wrapped(&parameters(model, table), "", "  ")));
        }
        (None, Some(why)) => {
            let said = format!(
                "The model is silent: too little is known. {why} What was announced and the base rate stand alone."
            );
            text.push_str(&format!("\n{}", wrapped(&said, "", "  ")));
        }
        (None, None) => {}
    }
    let most = if all { usize::MAX } else { LIMITS };
    for limit in table.limits.iter().take(most) {
        text.push_str(&wrapped(limit, "- ", "  "));
    }
    text
}

fn parameters(model: &ForecastModel, table: &ForecastTable) -> String {
    let median = if model.planned_time {
        format!("half after {} % of the planned time", model.median_per_mille.div_ceil(10))
    } else {
        format!("half after {} days", thousands(model.median_per_mille.div_ceil(1000)))
    };
    let group = match table.group {
        ForecastGroup::Kind => "kinds",
        ForecastGroup::Province => "provinces",
        ForecastGroup::None => "groups",
    };
    let groups = match (table.group, model.groups.is_empty()) {
        (ForecastGroup::None, _) => String::new(),
        (_, true) => format!("; {group} do not differ"),
        (_, false) => format!("; {group} differ (--json says how)"),
    };
    let reference = model
        .reference
        .as_ref()
        .map_or_else(String::new, |name| format!("; reference class: {name}"));
    let unsound = match model.unsound {
        0 => String::new(),
        some => format!("; {} left out, whose days contradict one another", thousands(some)),
    };
    format!(
        "Model: {}. {} reached, {} running; shape {}, {median}, variance of batches {}{groups}{reference}{unsound}. \
         {} draws, seed {}.",
        model.name,
        thousands(model.reached),
        thousands(model.running),
        thousandths(model.shape_per_mille),
        thousandths(model.variance_per_mille),
        thousands(table.draws),
        table.seed
    )
}

fn thousandths(number: u64) -> String {
    format!("{}.{:02}", number / 1000, number % 1000 / 10)
}
