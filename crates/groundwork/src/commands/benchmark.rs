//! From a benchmark file and its flags to a problem.

use std::path::Path;

use groundwork_formats::{BenchmarkFlags, read_benchmark, sha256_hex, unpack_benchmark};
use groundwork_model::field::FieldProblem;
use groundwork_model::{Code, Problem};

use crate::cli::{BenchmarkArgs, QuotaRuleName};
use crate::disk;
use crate::exit::Failure;

/// Reads a benchmark file; returns the problem and the hash of the file's bytes, unpacked.
pub(crate) fn load(file: &Path, flags: &BenchmarkArgs) -> Result<(FieldProblem, String), Failure> {
    let Some(format) = flags.format else {
        let cause = "a benchmark file needs its format";
        let remedy = "Say --format orlib-pmed, tsplib, orlib-cap, ufllib, points or lonlat.";
        return Err(Failure::Usage(Problem::new(Code::NameUnknown, cause).with_remedy(remedy)));
    };
    let flags = BenchmarkFlags {
        problem: flags.problem,
        p: flags.p,
        frontier: flags.frontier,
        distance: flags.distance,
        periods: flags.periods,
        quota: flags.quota,
        exactly: flags.quota_rule == QuotaRuleName::Exactly,
        cover: flags.cover.clone(),
        capacity: flags.capacity,
        single: flags.single,
        ..BenchmarkFlags::new(format)
    };
    let name = file.display().to_string();
    let bytes = disk::read(file)?;
    let problem = read_benchmark(&name, &bytes, &flags).map_err(Failure::Input)?;
    let unpacked =
        unpack_benchmark(&name, &bytes).map_err(|problem| Failure::Input(vec![problem]))?;
    Ok((problem, sha256_hex(&unpacked)))
}
