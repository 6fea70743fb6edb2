//! Warehouse location files of OR-Library: `m n`, then capacity and opening cost of each site, then
//! demand of each client and its cost from each site, for all of its demand. Lines break anywhere.

use groundwork_model::field::{Costs, FieldSite};
use groundwork_model::problem::Code;

use super::exact::{self, Amount};
use super::refusals::Refusals;
use super::text::{Word, words};
use super::{AMOUNT_MAX, Stated};

/// Says what is made of the capacities.
#[derive(Clone, Copy)]
pub(super) struct Use {
    /// Whether capacities rule; else they are not read, and each client weighs 1.
    pub(super) capacities: bool,
    /// What stands for the word `capacity`.
    pub(super) word: Option<u64>,
}

/// Holds the sites and clients as far as they are read.
#[derive(Default)]
struct Tables {
    capacities: Vec<Option<u64>>,
    opening_costs: Vec<Amount>,
    weights: Vec<u64>,
    costs: Vec<Amount>,
}

/// Reads sites and clients.
pub(super) fn read(text: &str, usage: Use, refusals: &mut Refusals<'_>) -> Option<Stated> {
    let mut words = Words { words: words(text), row: 1 };
    let sites = words.next("the number of sites", refusals)?;
    let clients = words.next("the number of clients", refusals)?;
    let (sites, clients) = (refusals.count(sites, "m"), refusals.count(clients, "n"));
    let tables = tables(&mut words, (sites?, clients?), usage, refusals);
    if let Some(word) = tables.as_ref().and_then(|_| words.words.next()) {
        let cause = format!("the file goes on with {word} behind its last client");
        refusals.line(Code::BenchmarkTrailing, word.row, cause);
    }
    let tables = tables.filter(|_| !refusals.refused())?;
    let places = exact::places(tables.opening_costs.iter().chain(&tables.costs));
    let mut scaled =
        |amounts: &[Amount], field| exact::scaled(amounts, places, AMOUNT_MAX, field, refusals);
    let opening_costs = scaled(&tables.opening_costs, "opening cost");
    let costs = Costs::Total(scaled(&tables.costs, "cost"));
    let sites = opening_costs
        .into_iter()
        .zip(tables.capacities)
        .map(|(opening_cost, capacity)| FieldSite { opening_cost, capacity })
        .collect();
    Some(Stated { weights: tables.weights, sites, costs, scale: 10_u64.pow(places), p: None })
}

/// Reads both tables; `None` when the file ends before them. A fault of a number leaves a gap, and the
/// file is refused for it.
fn tables<'t>(
    words: &mut Words<impl Iterator<Item = Word<'t>>>,
    (sites, clients): (u32, u32),
    usage: Use,
    refusals: &mut Refusals<'_>,
) -> Option<Tables> {
    let mut tables = Tables::default();
    for site in 1..=sites {
        let word = words.next(format_args!("the capacity of site {site}"), refusals)?;
        tables.capacities.push(capacity(word, usage, site, refusals));
        let word = words.next(format_args!("the opening cost of site {site}"), refusals)?;
        tables.opening_costs.extend(refusals.amount(word, "opening cost"));
    }
    for client in 1..=clients {
        let word = words.next(format_args!("the demand of client {client}"), refusals)?;
        tables.weights.extend(weight(word, usage, refusals));
        for site in 1..=sites {
            let what = format_args!("the cost of client {client} from site {site}");
            let word = words.next(what, refusals)?;
            tables.costs.extend(refusals.amount(word, "cost"));
        }
    }
    Some(tables)
}

/// Reads a capacity, `None` where none rules. The flag is missed once, at the first site.
fn capacity(word: Word<'_>, usage: Use, site: u32, refusals: &mut Refusals<'_>) -> Option<u64> {
    let is_open = word.text == "capacity";
    if is_open && usage.capacities && usage.word.is_none() && site == 1 {
        refusals.word(Code::FlagMissing, word, "capacity", "stands for what --capacity gives");
    }
    if !is_open && usage.word.is_some() && site == 1 {
        let what = "is not the word `capacity`, so --capacity says nothing";
        refusals.word(Code::FlagUnfit, word, "capacity", what);
    }
    let capacity = match (is_open, usage.capacities) {
        (true, _) => usage.word,
        (false, true) => refusals.whole(word, "capacity", 0..=u64::MAX),
        (false, false) => refusals.amount(word, "capacity").and(None),
    };
    capacity.filter(|_| usage.capacities)
}

/// Reads a demand; without capacities the costs say all about it, and each client counts once.
fn weight(word: Word<'_>, usage: Use, refusals: &mut Refusals<'_>) -> Option<u64> {
    if usage.capacities {
        refusals.whole(word, "demand", 1..=AMOUNT_MAX)
    } else {
        refusals.amount(word, "demand").map(|_| 1)
    }
}

/// Gives out the words one by one and notes where they end too early.
struct Words<I> {
    words: I,
    row: u32,
}

impl<'t, I: Iterator<Item = Word<'t>>> Words<I> {
    fn next(
        &mut self,
        expected: impl std::fmt::Display,
        refusals: &mut Refusals<'_>,
    ) -> Option<Word<'t>> {
        let word = self.words.next();
        if let Some(word) = word {
            self.row = word.row;
        } else {
            let cause = format!("the file ends where {expected} should stand");
            refusals.line(Code::BenchmarkCount, self.row, cause);
        }
        word
    }
}
