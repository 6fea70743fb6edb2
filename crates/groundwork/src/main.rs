//! The command line of Groundwork: the only crate that knows terminal, files, clock and signals.

mod cli;
mod commands;
mod disk;
mod exit;
mod figures;
mod ledger_file;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::exit::{Exit, Failure};

fn main() -> ExitCode {
    let cli = Cli::parse();
    // A broken invariant has printed what it is; here it only becomes a documented exit code.
    let done = std::panic::catch_unwind(|| run(&cli.command));
    match done {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(failure)) => {
            output::failure(&failure, cli.command.json());
            Exit::of(&failure).into()
        }
        Err(_) => {
            output::note("this is a fault of the program; please report it with the input");
            Exit::Internal.into()
        }
    }
}

fn run(command: &Command) -> Result<Exit, Failure> {
    match command {
        Command::New(arguments) => commands::new::run(arguments),
        Command::Check(arguments) => commands::check::run(arguments),
        Command::Plan(arguments) => commands::plan::run(arguments),
        Command::Replan(arguments) => commands::replan::run(arguments),
        Command::Verify(arguments) => commands::verify::run(arguments),
        Command::Compare(arguments) => commands::compare::run(arguments),
        Command::Frontier(arguments) => commands::rule_frontier::run(arguments),
        Command::Prices(arguments) => commands::prices::run(arguments),
        Command::Scenarios(arguments) => commands::scenarios::run(arguments),
        Command::Explain(arguments) => commands::explain::run(arguments),
        Command::Status(arguments) => commands::evidence::status::run(arguments),
        Command::Diff(arguments) => commands::evidence::diff::run(arguments),
        Command::Forecast(arguments) => commands::evidence::forecast::run(arguments),
        Command::Inspect(arguments) => commands::evidence::inspect::run(arguments),
        Command::Sources(arguments) => commands::evidence::sources::run(arguments),
        Command::Record(arguments) => commands::evidence::record::run(arguments),
        Command::Import(arguments) => commands::evidence::import::run(arguments),
        Command::Ledger(arguments) => commands::evidence::ledger::run(&arguments.what),
        Command::Solve(arguments) => commands::solve::run(arguments),
        Command::Report(arguments) => commands::report::run(arguments),
        Command::Remake(arguments) => commands::remake(arguments),
        Command::Export(arguments) => commands::export::run(arguments),
        Command::Schema(arguments) => commands::schema::run(arguments),
        Command::Completions(arguments) => commands::completions::run(arguments),
    }
}
