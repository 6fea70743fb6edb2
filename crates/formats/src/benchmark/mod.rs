//! Benchmark files of the field to [`FieldProblem`]s, with every fault at once.
//!
//! [`read_benchmark`] takes the bytes of a file and what is said beside it ([`BenchmarkFlags`]), and
//! returns the problem, or everything that is wrong with the two. Bytes become text (`gzip`, then the
//! decoder of programme folders), text becomes words with their rows (`text`), words become exact
//! numbers (`exact`, `refusals`), and one file for each format says what they mean. Costs are made
//! whole by a power of ten, never rounded; distances between coordinates are left to those who need
//! them. `docs/reference/benchmark-files.md` says what is accepted.

mod exact;
mod flags;
mod gzip;
mod lonlat;
mod orlib_pmed;
mod paths;
mod plane;
mod points;
mod refusals;
mod text;
mod tsplib;
mod ufllib;
mod warehouse;

use groundwork_model::field::{Costs, FieldProblem, FieldSite};
use groundwork_model::problem::{Code, Problem};

pub use flags::{BenchmarkFlags, BenchmarkFormat, DistanceName, ProblemName};
pub use gzip::unpack_benchmark;

use crate::decode;
use refusals::Refusals;

/// Largest sum of weights, opening cost and total cost that is read; a double holds each exactly.
const AMOUNT_MAX: u64 = 1_000_000_000_000_000;

/// Reads a benchmark file, packed with gzip or not.
///
/// # Errors
///
/// Every fault of the file and of the flags: codes E71x and E72x, and those of tables and text files
/// where a benchmark file is one.
///
/// # Examples
///
/// ```
/// use groundwork_formats::benchmark::{BenchmarkFlags, BenchmarkFormat, read_benchmark};
///
/// let flags = BenchmarkFlags::new(BenchmarkFormat::OrlibPmed);
/// let problem = read_benchmark("tiny.txt", b"2 1 1\n1 2 30\n", &flags).unwrap();
/// assert_eq!(problem.weights, [1, 1]);
///
/// let faults = read_benchmark("tiny.txt", b"2 1 1\n1 2 far\n", &flags).unwrap_err();
/// assert_eq!(
///     faults[0].to_string(),
///     "error E712 tiny.txt, row 2, cost: `far`, word 3 of the line, is not a number"
/// );
/// ```
pub fn read_benchmark(
    name: &str,
    bytes: &[u8],
    flags: &BenchmarkFlags,
) -> Result<FieldProblem, Vec<Problem>> {
    let mut refusals = Refusals::new(name);
    let problem = read(bytes, flags, &mut refusals);
    problem.filter(|_| !refusals.refused()).ok_or_else(|| refusals.finish())
}

/// Is what a file states, before it is known what is asked.
struct Stated {
    weights: Vec<u64>,
    sites: Vec<FieldSite>,
    costs: Costs,
    scale: u64,
    /// The number of sites that the file asks for, with its row.
    p: Option<(u64, u32)>,
}

impl Stated {
    /// Returns a statement in which each client is a site too.
    fn clients_are_sites(weights: Vec<u64>, costs: Costs, scale: u64) -> Self {
        let sites = vec![FieldSite::default(); weights.len()];
        Self { weights, sites, costs, scale, p: None }
    }
}

fn read(bytes: &[u8], flags: &BenchmarkFlags, refusals: &mut Refusals<'_>) -> Option<FieldProblem> {
    let problem = flags::problem(flags, refusals);
    let stated = stated(bytes, flags, problem, refusals)?;
    check_weights(&stated.weights, refusals);
    let ask = flags::ask(flags, problem?, &stated, refusals)?;
    let Stated { weights, sites, costs, scale, .. } = stated;
    Some(FieldProblem { weights, sites, costs, ask, scale })
}

/// Reads what a file states; its faults are found even where the flags have some.
fn stated(
    bytes: &[u8],
    flags: &BenchmarkFlags,
    problem: Option<ProblemName>,
    refusals: &mut Refusals<'_>,
) -> Option<Stated> {
    let name = refusals.name();
    let bytes = unpack_benchmark(name, bytes).map_err(|problem| refusals.add(problem)).ok()?;
    let text = decode::text(name, &bytes, refusals.faults())?;
    match flags.format {
        BenchmarkFormat::OrlibPmed => orlib_pmed::read(&text, refusals),
        BenchmarkFormat::Tsplib => tsplib::read(&text, flags.distance, refusals),
        BenchmarkFormat::OrlibCap => {
            let capacities = problem == Some(ProblemName::Cfl);
            warehouse::read(&text, warehouse::Use { capacities, word: flags.capacity }, refusals)
        }
        BenchmarkFormat::Ufllib => ufllib::read(&text, refusals),
        BenchmarkFormat::Points => points::read(&text, flags.distance, refusals),
        BenchmarkFormat::Lonlat => lonlat::read(&text, refusals),
    }
}

fn check_weights(weights: &[u64], refusals: &mut Refusals<'_>) {
    let total: u128 = weights.iter().copied().map(u128::from).sum();
    if total > u128::from(AMOUNT_MAX) {
        let cause = format!("the weights add up to {total}; at most {AMOUNT_MAX} are read");
        refusals.file(Code::BenchmarkOutOfRange, cause);
    }
}
