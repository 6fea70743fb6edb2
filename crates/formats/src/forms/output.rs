//! Forms of what facilities delivered: a row for each facility, product and span.

use std::collections::HashMap;

use groundwork_model::Decimal;
use groundwork_model::evidence::{Bound, Predicate, Quantity};
use groundwork_model::problem::Code;

use super::row::{Above, Head, repeated};
use super::{FormDraft, Lookup};
use crate::cells::Cells;
use crate::faults::Faults;
use crate::given::Given;
use crate::table::Columns;

const COLUMNS: Columns = Columns {
    required: &["facility", "date", "source", "product", "amount"],
    optional: &["place", "kind", "batch", "published", "voice", "grade", "unit", "note"],
    families: &[],
};

/// Reads filled forms of outputs.
pub(super) fn read(
    name: &str,
    given: Given,
    lookup: &Lookup<'_>,
    faults: &mut Faults,
) -> Vec<FormDraft> {
    let mut above = Above::default();
    let rows = given.rows(name, &COLUMNS, faults, |cells| row(cells, &mut above, lookup));
    let mut drafts: Vec<FormDraft> = Vec::new();
    let mut seen: HashMap<String, u32> = HashMap::new();
    for one in rows.into_iter().flatten() {
        if let Some(first) = seen.get(&one.draft.key) {
            let cause = format!(
                "row {first} has this product of the same facility, span and source already"
            );
            faults.add(repeated(name, one.row, "product", cause));
            continue;
        }
        seen.insert(one.draft.key.clone(), one.row);
        drafts.push(one);
    }
    drafts
}

fn row(cells: &mut Cells<'_, '_>, above: &mut Above, lookup: &Lookup<'_>) -> Option<FormDraft> {
    above.take(cells);
    if cells.text("amount").is_empty() {
        return None;
    }
    let head = Head::read(above, cells, lookup);
    let product = cells.filled("product");
    let number = amount(cells);
    let spans =
        head.date.as_ref().is_none_or(|date| date.earliest.is_some() && date.latest.is_some());
    if !spans {
        let cause = "what was delivered needs a span with a first and a last day, such as 2025-Q1";
        cells.fault(Code::NotADate, "date", cause.to_owned());
    }
    let unit = cells.text("unit").to_owned();
    let common = head.whole()?;
    let (id, source) = (&common.subject.id, &common.origin.source);
    let key = format!("output 1|{id}|{}|{source}|{product}|{unit}", common.date);
    let number = number?;
    if product.is_empty() || !spans {
        return None;
    }
    let mut draft = common.draft(key, Predicate::Output { product }, cells.text("note"));
    draft.value = Some(Quantity { number: Some(number), unit, bound: Bound::Exactly });
    Some(FormDraft { row: cells.row(), draft })
}

/// Reads an amount exactly, digit by digit.
fn amount(cells: &mut Cells<'_, '_>) -> Option<Decimal> {
    let text = cells.text("amount");
    let number = text.parse::<Decimal>().ok().filter(|number| !number.is_negative());
    if number.is_none() {
        let cause =
            format!("`{text}` is not an amount: write digits, with a point before the fraction");
        cells.fault(Code::NotANumber, "amount", cause);
    }
    number
}
