//! Looks back on a real history: how good forecasts at earlier dates would have been.
//!
//! ```text
//! cargo run --release -p groundwork-monitor --example forecast_backtest -- contracts FILE [STEP] [DRAWS] [BATCHES]
//! cargo run --release -p groundwork-monitor --example forecast_backtest -- programme FILE [STEP] [DRAWS] [BATCHES]
//! ```
//!
//! `contracts`: a table of works contracts (`contract_id`, `infra_type`, `start`, `expiry_planned`, `completion_actual`,
//! `status`). `programme`: a table of reports (`county`, `province`, `batch_year`, `facility`, `stage`, `date`,
//! `date_kind`), of which ground-breakings and openings of factories count; every batch is due at its year's end.
//! It stands at every STEP days (30; 7), with DRAWS draws (2000), and the model speaks once facilities of BATCHES
//! batches have opened (2).

#![expect(clippy::print_stdout, reason = "this is a program")]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use groundwork_monitor::forecast::{
    Backtest, BacktestPart, Case, Day, History, Mark, Milestone, Settings, backtest, forecast,
};
use jiff::civil::Date;

type Row = BTreeMap<String, String>;

fn rows(file: &str) -> Result<Vec<Row>, Box<dyn Error>> {
    Ok(csv::Reader::from_path(file)?.deserialize().collect::<Result<_, _>>()?)
}

fn number(date: Date) -> Day {
    const FIRST: Date = Date::constant(1970, 1, 1);
    FIRST.until(date).map_or(0, |span| span.get_days())
}

fn day(text: &str) -> Option<Day> {
    text.parse::<Date>().ok().map(number)
}

fn date(day: Day) -> String {
    let first = Date::constant(1970, 1, 1);
    first.saturating_add(jiff::Span::new().days(day)).to_string()
}

fn contracts(rows: &[Row]) -> Vec<Case> {
    let case = |row: &Row| {
        let begun = Mark::on(day(&row["start"])?);
        let ended = day(&row["completion_actual"]).map(Mark::on);
        let completed = row["status"] == "Completed";
        Some(Case {
            id: row["contract_id"].clone(),
            batch: row["start"][..4].to_owned(),
            group: row["infra_type"].clone(),
            begun: Some(begun),
            claimed_done: ended.filter(|_| completed),
            cancelled: ended.filter(|_| !completed),
            deadline: day(&row["expiry_planned"])
                .map(|due| Mark { day: due, published: begun.day }),
            ..Case::default()
        })
    };
    rows.iter().filter_map(case).collect()
}

fn programme(rows: &[Row]) -> Vec<Case> {
    let mut cases: BTreeMap<(String, String), Case> = BTreeMap::new();
    for row in rows.iter().filter(|row| row["facility"].contains("factor")) {
        let (batch, county) = (&row["batch_year"], &row["county"]);
        let Ok(year) = batch.parse::<i16>() else { continue };
        let (Ok(first), Ok(last)) = (Date::new(year, 1, 15), Date::new(year, 12, 31)) else {
            continue;
        };
        // The last day of a month; published the day after, unless it is the day of the report itself.
        let month = || day(&format!("{}-28", row["date"]));
        let Some(when) = day(&row["date"]).or_else(month) else { continue };
        let mark = Mark { day: when, published: when + i32::from(row["date_kind"] != "reported") };
        let earliest = |known: Option<Mark>| known.into_iter().chain([mark]).min();
        let case = cases.entry((batch.clone(), county.clone())).or_default();
        match row["stage"].as_str() {
            "groundbreaking" => case.begun = earliest(case.begun),
            "inaugurated" => case.claimed_done = earliest(case.claimed_done),
            _ => continue,
        }
        case.id = format!("{batch} {county}");
        case.batch.clone_from(batch);
        case.group.clone_from(&row["province"]);
        case.deadline = Some(Mark { day: number(last), published: number(first) });
    }
    cases.into_values().filter(|case| !case.id.is_empty()).collect()
}

fn tenths(number: Option<u64>, decimals: u64) -> String {
    number.map_or_else(
        || "-".to_owned(),
        |n| {
            format!(
                "{}.{:0width$}",
                n / decimals,
                n % decimals,
                width = if decimals == 10 { 1 } else { 3 }
            )
        },
    )
}

fn show(name: &str, part: &BacktestPart) {
    println!("{name}: {} forecasts of {} subjects", part.forecasts, part.subjects);
    if part.forecasts == 0 {
        return;
    }
    for (interval, which) in ["50", "80", "95"].iter().zip(0..) {
        let (inside, decided) = (part.inside[which], part.decided[which]);
        let share = tenths((inside * 1000).checked_div(decided), 10);
        println!("  {interval} % interval: {inside} of {decided} inside = {share} %");
    }
    for score in &part.scores {
        let (brier, crps) =
            (tenths(score.brier_per_mille(), 1000), tenths(score.crps_tenths(), 10));
        println!(
            "  {:?}: Brier {brier} ({}), CRPS {crps} ({})",
            score.method, score.chances, score.forecasts
        );
    }
}

fn table(made: &Backtest) {
    println!("to {}: {} dates, silent at {}", date(made.end), made.dates, made.silent);
    show("not due", &made.not_due);
    show("overdue", &made.overdue);
    show("without deadline", &made.without_deadline);
    show("milestones", &made.milestones);
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, file, rest @ ..] = arguments.as_slice() else {
        return Err("say contracts or programme, and the file".into());
    };
    let rows = rows(file)?;
    let of_programme = kind == "programme";
    let cases = if of_programme { programme(&rows) } else { contracts(&rows) };
    let step: usize = rest.first().map_or(Ok(if of_programme { 7 } else { 30 }), |s| s.parse())?;
    let draws = rest.get(1).map_or(Ok(2_000), |text| text.parse())?;
    let least_batches = rest.get(2).map_or(Ok(2), |text| text.parse())?;
    let days = cases.iter().flat_map(|case| [case.begun, case.claimed_done, case.cancelled]);
    let days: BTreeSet<Day> = days.flatten().map(|mark| mark.published).collect();
    let (first, last) = (days.first().copied().unwrap_or(0), days.last().copied().unwrap_or(0));
    let batches: BTreeMap<String, Mark> =
        cases.iter().filter_map(|case| Some((case.batch.clone(), case.deadline?))).collect();
    let milestones: Vec<Milestone> = batches
        .into_iter()
        .filter(|_| of_programme)
        .map(|(batch, mark)| Milestone {
            id: format!("{batch}: 20 by its end"),
            batch: Some(batch),
            least: 20,
            due: mark.day,
            published: mark.published,
        })
        .collect();
    let settings = Settings { draws, least_batches, ..Settings::default() };
    let history = History { cases, as_of: last };
    let dates: Vec<Day> = (first..last).step_by(step).collect();
    table(&backtest(&history, &milestones, &settings, &dates)?);
    let now = forecast(&history, &milestones, &Settings { draws: 10_000, ..settings })?;
    println!("\nas of {}: {:?}", date(now.as_of), now.model);
    for batch in &now.batches {
        println!("  {batch:?}");
    }
    for milestone in &now.milestones {
        println!(
            "  {} open {} of {}, met: {:?}",
            milestone.id, milestone.open, milestone.facilities, milestone.met
        );
    }
    for facility in now.facilities.iter().filter(|f| f.claimed.is_some()).take(6) {
        let days: Vec<String> =
            facility.claimed.iter().flatten().map(|day| day.map_or("later".into(), date)).collect();
        println!("  {}: {}, in time {:?}", facility.id, days.join(" "), facility.in_time);
    }
    Ok(())
}
