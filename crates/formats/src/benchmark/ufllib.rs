//! UflLib files. The simple layout begins with a line `FILE: name` and a line `sites clients 0`; then
//! each site has a line: its number, its opening cost, its cost to each client. Some folders of UflLib
//! use the layout of OR-Library instead, with capacities that do not count.

use groundwork_model::field::{Costs, FieldSite};
use groundwork_model::problem::Code;

use super::exact::{self, Amount};
use super::refusals::Refusals;
use super::text::{Line, lines};
use super::{AMOUNT_MAX, Stated, warehouse};

/// Is one line of a site.
struct Row {
    opening_cost: Amount,
    costs: Vec<Amount>,
}

/// Reads either layout.
pub(super) fn read(text: &str, refusals: &mut Refusals<'_>) -> Option<Stated> {
    let mut lines = lines(text);
    if lines.next()?.text.starts_with("FILE:") {
        simple(lines, refusals)
    } else {
        warehouse::read(text, warehouse::Use { capacities: false, word: None }, refusals)
    }
}

/// Reads the simple layout below its first line.
fn simple<'t>(
    mut lines: impl Iterator<Item = Line<'t>>,
    refusals: &mut Refusals<'_>,
) -> Option<Stated> {
    let Some(line) = lines.next() else {
        refusals.file(Code::BenchmarkCount, "the file ends after its first line");
        return None;
    };
    let (sites, clients) = heading(line, refusals)?;
    let rows = rows(lines, sites, clients, refusals);
    if refusals.refused() {
        return None;
    }
    let amounts = || rows.iter().flat_map(|row| row.costs.iter().chain([&row.opening_cost]));
    let places = exact::places(amounts());
    let mut scaled =
        |amounts: &[Amount], field| exact::scaled(amounts, places, AMOUNT_MAX, field, refusals);
    let opening_costs: Vec<Amount> = rows.iter().map(|row| row.opening_cost).collect();
    let sites = scaled(&opening_costs, "opening cost")
        .into_iter()
        .map(|opening_cost| FieldSite { opening_cost, capacity: None })
        .collect();
    let by_site: Vec<Vec<u64>> = rows.iter().map(|row| scaled(&row.costs, "cost")).collect();
    let clients = clients as usize;
    let costs = (0..clients).flat_map(|client| by_site.iter().map(move |site| site[client]));
    Some(Stated {
        weights: vec![1; clients],
        sites,
        costs: Costs::Total(costs.collect()),
        scale: 10_u64.pow(places),
        p: None,
    })
}

/// Reads the line `sites clients 0`. What another number at its end would mean is not written anywhere.
fn heading(line: Line<'_>, refusals: &mut Refusals<'_>) -> Option<(u32, u32)> {
    let [sites, clients, zero] = line.fields(["sites", "clients", "0"], refusals)?;
    let (sites, clients) = (refusals.count(sites, "sites"), refusals.count(clients, "clients"));
    refusals.whole(zero, "0", 0..=0)?;
    Some((sites?, clients?))
}

/// Reads the lines of the sites, in the order of their numbers.
fn rows<'t>(
    lines: impl Iterator<Item = Line<'t>>,
    sites: u32,
    clients: u32,
    refusals: &mut Refusals<'_>,
) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut read = 0;
    for line in lines {
        if read == sites {
            let cause = format!("the file goes on behind the last site, number {sites}");
            refusals.line(Code::BenchmarkTrailing, line.row, cause);
            return rows;
        }
        read += 1;
        rows.extend(row(line, read, clients, refusals));
    }
    if read < sites {
        let cause = format!("the file ends after {read} of its {sites} sites");
        refusals.file(Code::BenchmarkCount, cause);
    }
    rows
}

fn row(line: Line<'_>, expected: u32, clients: u32, refusals: &mut Refusals<'_>) -> Option<Row> {
    let (count, needed) = (line.words().count() as u64, u64::from(clients) + 2);
    if count != needed {
        let cause = format!(
            "the line has {count} words and needs {needed}: number, opening cost, {clients} costs"
        );
        refusals.line(Code::BenchmarkCount, line.row, cause);
        return None;
    }
    let mut words = line.words();
    let (number, opening_cost) = (words.next()?, words.next()?);
    let found = refusals.whole(number, "number", 0..=u64::MAX);
    if found.is_some_and(|found| found != u64::from(expected)) {
        let what = format_args!("is not the number {expected} of this site");
        refusals.word(Code::BenchmarkNode, number, "number", what);
    }
    let opening_cost = refusals.amount(opening_cost, "opening cost");
    let costs = words.filter_map(|word| refusals.amount(word, "cost")).collect();
    Some(Row { opening_cost: opening_cost?, costs })
}
