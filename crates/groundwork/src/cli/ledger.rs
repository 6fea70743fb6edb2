//! The commands that fill a ledger, show it and look after it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
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
  groundwork ledger merge my-plan their-ledger.db

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
    /// Append what another ledger holds and this one does not; each entry says where it was recorded first
    Merge(LedgerMergeArgs),
}

impl LedgerCommand {
    /// Returns whether JSON is wanted.
    pub(crate) fn json(&self) -> bool {
        match self {
            Self::Init(place) | Self::Root(place) => place.json,
            Self::Verify(arguments) => arguments.place.json,
            Self::Backup(arguments) => arguments.place.json,
            Self::Recover(arguments) => arguments.place.json,
            Self::Show(arguments) => arguments.place.json,
            Self::Erase(arguments) => arguments.place.json,
            Self::Merge(arguments) => arguments.json,
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

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork ledger merge my-plan their-ledger.db --dry-run
  groundwork ledger merge my-plan their-ledger.db
  groundwork ledger merge my-plan 'postgres://monitor@localhost/evidence?schema=prk_20x10'

The other ledger is verified first and stays as it is. What was merged before is known again, so that merging
twice adds nothing. What was erased there is erased here as well.")]
pub(crate) struct LedgerMergeArgs {
    /// Ledger that grows: a programme folder, a file, or postgres://USER@HOST/DATABASE?schema=NAME
    pub(crate) into: PathBuf,
    /// Ledger whose entries it gets: the same
    pub(crate) from: PathBuf,
    /// Append an entry whose key says something else here under a key of its own; both stand, and a person decides
    #[arg(long)]
    pub(crate) theirs_apart: bool,
    /// Say what would be done, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

fn text_field(text: &str) -> Result<TextField, String> {
    let found = TextField::ALL.into_iter().find(|field| field.name() == text);
    named(found, TextField::ALL.iter().map(|field| field.name()))
}

/// Bring reports into the ledger: a table by a mapping of its columns, or a package that others publish
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork import reports.csv --map import.toml --dry-run     what each rule does, and what is wrong
  groundwork import reports.csv --map import.toml               all rows or none
  groundwork import visits.xlsx --map visits.toml --folder my-plan
  groundwork import projects.json --folder my-plan --dry-run    a package of projects (OC4IDS)
  groundwork import clinics.geojson --map clinics.toml          features with properties as columns

The same row or package again adds nothing. All problems are printed in one run, and then nothing is
written. docs/reference/import.md explains the mapping, docs/guide/exchange.md the packages. A ledger is made
where there is none.")]
pub(crate) struct ImportArgs {
    /// Table (CSV, XLSX, GeoJSON), or package of projects (OC4IDS)
    pub(crate) file: PathBuf,
    /// Mapping; a table needs one
    #[arg(long, value_name = "FILE")]
    pub(crate) map: Option<PathBuf>,
    /// What the file is; told by its content if not given
    #[arg(long, value_enum)]
    pub(crate) format: Option<ImportFormat>,
    /// Programme folder, for its places and its sources.csv
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    /// Ledger: a file, or postgres://USER@HOST/DATABASE?schema=NAME; ledger.db in the folder if not given
    #[arg(long, value_name = "LEDGER")]
    pub(crate) ledger: Option<PathBuf>,
    /// Who records it: a role
    #[arg(long, default_value = "import", value_name = "ROLE")]
    pub(crate) by: String,
    /// Correct earlier entries of rows that read otherwise now, each by an entry of its own; else they are refused
    #[arg(long)]
    pub(crate) correct: bool,
    /// Say what would be done, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImportFormat {
    /// Rows of a table, or features of a GeoJSON file, by a mapping
    Table,
    /// A package of projects, OC4IDS 0.9
    Oc4ids,
    /// Facilities as `export --format facilities` writes them
    Facilities,
}
