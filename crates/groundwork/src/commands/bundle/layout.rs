//! Where what lies inside a bundle, and how a bundle's figures are made.

use std::collections::BTreeMap;

use groundwork_formats::{read_certificate, read_plan};
use groundwork_model::BundledVerdict;

use crate::commands::report::Made;
use crate::disk::{Loaded, PLANS};
use crate::output;

/// The list of the bundle.
pub(super) const MANIFEST: &str = "bundle.json";
/// The folder of the programme.
pub(super) const PROGRAMME: &str = "programme";
/// The ledger, line by line.
pub(super) const LEDGER: &str = "ledger.jsonl";
/// The page.
pub(super) const PAGE: &str = "made/report.html";
/// The figures of the page that the ledger gives.
pub(super) const SCORECARD: &str = "made/scorecard.json";
/// How to check it without the program.
pub(super) const README: &str = "README.txt";

/// Returns the files that are made from the others, by path.
pub(super) fn made_files(made: &Made) -> Vec<(&'static str, Vec<u8>)> {
    let mut files = vec![(PAGE, made.page.clone())];
    files.extend(made.told.as_ref().map(|told| (SCORECARD, output::json_pretty(&told.card))));
    files
}

/// Returns what the checker says of every plan among the files of a bundle, in the order of their paths.
pub(super) fn verdicts(loaded: &Loaded, files: &BTreeMap<String, Vec<u8>>) -> Vec<BundledVerdict> {
    let folder = format!("{PROGRAMME}/{PLANS}/");
    let mut verdicts = Vec::new();
    for (path, bytes) in files {
        let Some(name) = path.strip_prefix(&folder) else { continue };
        let Ok(plan) = read_plan(name, bytes) else { continue };
        let beside = plan.certificate.as_ref().map(|file| format!("{folder}{}", file.path));
        let certificate = beside
            .and_then(|path| files.get_key_value(&path))
            .and_then(|(path, bytes)| read_certificate(path, bytes).ok());
        let verdict = groundwork_verify::verify(
            &loaded.programme,
            &loaded.inputs,
            &plan,
            certificate.as_ref(),
        );
        verdicts.push(BundledVerdict {
            plan: format!("{PLANS}/{name}"),
            accepted: verdict.accepted,
            value: verdict.value,
            bound: verdict.bound,
            problems: verdict.problems.iter().map(|problem| problem.code.to_string()).collect(),
        });
    }
    verdicts
}
