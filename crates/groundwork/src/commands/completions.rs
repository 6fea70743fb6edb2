//! `completions`: shell completions.

use clap::CommandFactory;

use crate::cli::{Cli, CompletionsArgs};
use crate::exit::{Exit, Failure};
use crate::output;

pub(crate) fn run(arguments: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "groundwork", &mut script);
    output::data(&script);
    Ok(Exit::Done)
}
