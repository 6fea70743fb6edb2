//! The command line of Groundwork: the only crate that knows terminal, files, clock and signals.

mod cli;
mod commands;
mod disk;
mod exit;
mod figures;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::exit::Exit;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match &cli.command {
        Command::New(arguments) => commands::new::run(arguments),
        Command::Check(arguments) => commands::check::run(arguments),
        Command::Plan(arguments) => commands::plan::run(arguments),
        Command::Verify(arguments) => commands::verify::run(arguments),
        Command::Compare(arguments) => commands::compare::run(arguments),
        Command::Report(arguments) => commands::report::run(arguments),
        Command::Export(arguments) => commands::export::run(arguments),
        Command::Schema(arguments) => commands::schema::run(arguments),
        Command::Completions(arguments) => commands::completions::run(arguments),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(failure) => {
            let json = cli.command.json();
            output::failure(&failure, json);
            Exit::of(&failure).into()
        }
    }
}
