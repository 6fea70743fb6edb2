//! The commands that fill a ledger, show it and look after it.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use groundwork_model::evidence::TextField;

use super::parse::named;

/// Make, show, check, copy and mend the ledger of a programme
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork ledger init my-plan                     an empty ledger, my-plan/ledger.db
  groundwork ledger root my-plan > root-2025.json    the head, to be published
  groundwork ledger verify my-plan --root root-2025.json
  groundwork ledger show my-plan --subject KP0717/2024/factories
  groundwork ledger backup my-plan --out ledger-copy.db

The ledger lies in ledger.db of the folder, or where --ledger says. docs/guide/ledger.md tells the whole story.")]
pub(crate) struct LedgerArgs {
    /// What to do
    #[command(subcommand)]
    pub(crate) what: LedgerCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Make an empty ledger
    Init(WhereArgs),
    /// Print the head: number of entries and hash of the last; publish it, and `verify --root` compares
    Root(WhereArgs),
    /// Look for anything that is not as it was recorded; ends with 5 where anything is found
    Verify(LedgerVerifyArgs),
    /// Copy the ledger into a new file or to a server, whatever is written meanwhile
    Backup(LedgerOutArgs),
    /// Make the index anew; with --out, copy what can be read of a damaged ledger into a new one
    Recover(LedgerRecoverArgs),
    /// Show entries with all their texts
    Show(LedgerShowArgs),
    /// Erase texts of an entry; that it was done, by whom and why is recorded
    Erase(LedgerEraseArgs),
}

impl LedgerCommand {
    /// Returns where the ledger lies, and whether JSON is wanted.
    pub(crate) fn place(&self) -> &WhereArgs {
        match self {
            Self::Init(place) | Self::Root(place) => place,
            Self::Verify(arguments) => &arguments.place,
            Self::Backup(arguments) => &arguments.place,
            Self::Recover(arguments) => &arguments.place,
            Self::Show(arguments) => &arguments.place,
            Self::Erase(arguments) => &arguments.place,
        }
    }
}

/// Says where the ledger lies.
#[derive(Args, Debug)]
pub(crate) struct WhereArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Ledger: a file, or postgres://USER@HOST/DATABASE?schema=NAME; ledger.db in the folder if not given
    #[arg(long, value_name = "LEDGER")]
    pub(crate) ledger: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct LedgerVerifyArgs {
    #[command(flatten)]
    pub(crate) place: WhereArgs,
    /// Compare with a root that `ledger root` printed; may be given more than once
    #[arg(long, value_name = "FILE")]
    pub(crate) root: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct LedgerOutArgs {
    #[command(flatten)]
    pub(crate) place: WhereArgs,
    /// New file, or postgres://USER@HOST/DATABASE?schema=NAME
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct LedgerRecoverArgs {
    #[command(flatten)]
    pub(crate) place: WhereArgs,
    /// Copy all entries before the first that cannot be read into this new file; the old one stays as it is
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct LedgerShowArgs {
    #[command(flatten)]
    pub(crate) place: WhereArgs,
    /// Entry of this number; may be given more than once
    #[arg(long, value_name = "NUMBER")]
    pub(crate) entry: Vec<u64>,
    /// Entries about this subject: a facility, place or milestone; `programme` for the programme itself
    #[arg(long, value_name = "ID")]
    pub(crate) subject: Option<String>,
    /// The last entries only
    #[arg(long, value_name = "NUMBER")]
    pub(crate) last: Option<u64>,
}

#[derive(Args, Debug)]
pub(crate) struct LedgerEraseArgs {
    #[command(flatten)]
    pub(crate) place: WhereArgs,
    /// Number of the entry
    #[arg(long, value_name = "NUMBER")]
    pub(crate) entry: u64,
    /// Text to erase: recorded-by, source, attribution, url, title, quote, named or note; may be given more than once
    #[arg(long, value_name = "TEXT", required = true, value_parser = text_field)]
    pub(crate) text: Vec<TextField>,
    /// Role of whoever erases it
    #[arg(long, value_name = "ROLE")]
    pub(crate) by: String,
    /// Why
    #[arg(long)]
    pub(crate) reason: String,
}

fn text_field(text: &str) -> Result<TextField, String> {
    let found = TextField::ALL.into_iter().find(|field| field.name() == text);
    named(found, TextField::ALL.iter().map(|field| field.name()))
}

/// Bring a table of reports into the ledger, by a mapping of its columns
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork import reports.csv --map import.toml --dry-run     what each rule does, and what is wrong
  groundwork import reports.csv --map import.toml               all rows or none
  groundwork import visits.xlsx --map visits.toml --folder my-plan

The same row again adds nothing. All problems of all rows are printed in one run, and then nothing is
written. docs/reference/import.md explains the mapping. A ledger is made where there is none.")]
pub(crate) struct ImportArgs {
    /// Table: CSV or XLSX
    pub(crate) file: PathBuf,
    /// Mapping
    #[arg(long, value_name = "FILE")]
    pub(crate) map: PathBuf,
    /// Programme folder, for its places and its sources.csv
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    /// Ledger: a file, or postgres://USER@HOST/DATABASE?schema=NAME; ledger.db in the folder if not given
    #[arg(long, value_name = "LEDGER")]
    pub(crate) ledger: Option<PathBuf>,
    /// Who records it: a role
    #[arg(long, default_value = "import", value_name = "ROLE")]
    pub(crate) by: String,
    /// Say what would be done, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
