//! The command that says who says what.

use std::path::PathBuf;

use clap::Args;
use groundwork_model::evidence::Stage;

use super::parse::stage;
use super::times::TimesArgs;

/// Say who says what, whom they carry, what became of their claims, and where a look would tell most
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork sources my-plan                             today, by all that is known
  groundwork sources my-plan --as-of 2025-06-30 --known-by 2025-06-30     as it was known then
  groundwork sources my-plan --dot | dot -Tsvg > who-carries-whom.svg
  groundwork sources my-plan --next 20                   where to look next, and why

A claim is verified or refuted by the first look of somebody else after it. Copies and grades are proposed,
never applied: write them into sources.csv. docs/concepts/independence.md says what each figure means.")]
pub(crate) struct SourcesArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) times: TimesArgs,
    /// Stage of which shares found and next looks speak; that of [forecast], or inaugurated, if not given
    #[arg(long, value_name = "STAGE", value_parser = stage)]
    pub(crate) stage: Option<Stage>,
    /// List so many facilities of which a look would tell most
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) next: usize,
    /// Print who carries whom for Graphviz
    #[arg(long, conflicts_with = "json")]
    pub(crate) dot: bool,
    /// Print all of it as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
