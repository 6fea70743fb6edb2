//! What facilities delivered, in the terminal.

use groundwork_model::evidence::{Delivered, OutputRow, Outputs, day_number};
use groundwork_model::{Decimal, Programme};
use groundwork_monitor::Names;

use super::lines::safe;
use crate::commands::difference_text::{align, plain_table};
use crate::figures::{count, thousands};

/// Rows that the screen shows: the last ones.
const ROWS: usize = 40;

/// Returns what was delivered, a row for each facility, product, unit and period.
pub(super) fn text(
    all: &Outputs,
    names: &Names<'_>,
    programme: &Programme,
    filtered: bool,
) -> String {
    let rule = match all.rules.operating_share {
        Some(share) => format!(
            "Operating: at least {} of the capacity of the days that are known.",
            per_cent(share)
        ),
        None => {
            "Operating: any output ([evidence] operating_share sets a least share of capacity)."
                .to_owned()
        }
    };
    let mut text = format!(
        "{}\nOutput as of {}, from what was published by {}\nVerified: by somebody independent of grade {} or better. {rule}\n",
        all.programme, all.times.as_of, all.times.known_by, all.rules.least_grade
    );
    if all.rows.is_empty() {
        let of = if filtered { "any of those asked for" } else { "any facility" };
        text.push_str(&format!("\nNothing is said of what {of} delivered.\n"));
        return text;
    }
    let mut table = plain_table(&[
        "facility",
        "product",
        "period",
        "by",
        "delivered",
        "of days",
        "capacity",
        "share",
        "operating",
    ]);
    let from = all.rows.len().saturating_sub(ROWS);
    for row in &all.rows[from..] {
        for (side, word) in [(&row.claimed, "claimed"), (&row.verified, "verified")] {
            if let Some(side) = side {
                table.add_row(cells(row, side, word, names, programme));
            }
        }
    }
    align(&mut table, 4);
    if from > 0 {
        text.push_str(&format!("\n{} before these; --json has all\n", count(from, "row")));
    }
    text.push_str(&format!("\n{table}\n"));
    let left_out: usize = all
        .rows
        .iter()
        .flat_map(|row| row.claimed.iter().chain(&row.verified))
        .map(|side| side.left_out.len())
        .sum();
    if left_out > 0 {
        let entries = count(left_out, "entry");
        text.push_str(&format!(
            "Not added: {entries} of which the span shares days with another; the longest span counts, of two the one \
             published last.\n"
        ));
    }
    if all.rows.iter().any(|row| row.capacity_unit.is_some()) {
        text.push_str(
            "What is counted in another unit than the capacity is not compared with it.\n",
        );
    }
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn cells(
    row: &OutputRow,
    side: &Delivered,
    word: &str,
    names: &Names<'_>,
    programme: &Programme,
) -> [String; 9] {
    let period = match row.period {
        Some(period) => programme.settings.periods.label(period).to_string(),
        None => format!("{} to {} (no one period)", row.from, row.to),
    };
    let whole = day_number(row.to) - day_number(row.from) + 1;
    let capacity = match (&row.capacity, &row.capacity_unit) {
        (Some(capacity), _) => format!("{} {}", thousands(*capacity), row.unit).trim().to_owned(),
        (None, Some(unit)) => format!("in {unit}, not {}", row.unit),
        (None, None) => "not given".to_owned(),
    };
    let operating = match side.operating {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not known",
    };
    let name = names.facility(&row.subject.id);
    let batch = if name == row.subject.id || row.subject.batch.is_empty() {
        String::new()
    } else {
        format!(" {}", row.subject.batch)
    };
    [
        format!("{}{}", safe(name), safe(&batch)),
        safe(&row.product),
        period,
        word.to_owned(),
        safe(format!("{} {}", side.amount, row.unit).trim()),
        format!("{} of {whole}", side.days),
        safe(&capacity),
        side.share.map_or("-".to_owned(), permille),
        operating.to_owned(),
    ]
}

/// Returns thousandths as per cent.
fn permille(share: u64) -> String {
    format!("{}.{} %", thousands(share / 10), share % 10)
}

fn per_cent(share: Decimal) -> String {
    match share.times_exact(1000).and_then(|share| u64::try_from(share).ok()) {
        Some(share) => permille(share).replace(".0 %", " %"),
        None => format!("{share}"),
    }
}
