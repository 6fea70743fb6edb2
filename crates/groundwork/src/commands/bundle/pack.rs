//! `report --bundle`: the page with all that it was made from, in one file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use groundwork_formats::{pack_bundle, sha256_hex};
use groundwork_ledger::write_lines;
use groundwork_model::evidence::Root;
use groundwork_model::plan::InputFile;
use groundwork_model::{BUNDLE_FORMAT, BundledLedger, Code, Manifest, Problem};

use super::layout::{LEDGER, MANIFEST, PROGRAMME, README, made_files, verdicts};
use crate::cli::ReportArgs;
use crate::commands::report::Made;
use crate::disk::{self, Loaded, PLANS};
use crate::exit::Failure;
use crate::figures::count;
use crate::ledger_file;
use crate::output;

/// Files of a folder that are no input of a plan and yet say something in a report.
const BESIDE: [&str; 1] = ["sources.csv"];

const WORDS: &str = "\
This is a report with all that it was made from.

  made/report.html     the page: open it in a browser
  made/scorecard.json  its figures, where they come from the ledger
  programme/           the programme's files, and its plans with their certificates
  ledger.jsonl         the ledger, an entry a line
  bundle.json          the SHA-256 of every file, what the checker said, and the ledger's root

    groundwork remake THIS-FILE.zip

looks through the ledger, lets the checker look at the plans, makes the page again, and names the first
difference. Without the program: compare the SHA-256 of the files with bundle.json; the hash of each
entry of ledger.jsonl is SHA-256 of \"groundwork entry 1\", a zero byte, the hash of the entry before
it (32 zero bytes before the first) and its body.
";

/// Writes the bundle of a page.
pub(in crate::commands) fn write(
    path: &Path,
    arguments: &ReportArgs,
    loaded: &Loaded,
    made: &Made,
) -> Result<(), Failure> {
    let mut files = BTreeMap::new();
    take_inputs(&arguments.folder, loaded, &mut files)?;
    let plan = take_plans(arguments, made, &mut files)?;
    let verdicts = verdicts(loaded, &files);
    let ledger = match &made.told {
        Some(told) => {
            let root = take_ledger(arguments, &mut files)?;
            if root != told.card.root {
                return Err(written_meanwhile());
            }
            Some(BundledLedger { root, times: told.card.times })
        }
        None => None,
    };
    for (path, bytes) in made_files(made) {
        files.insert(path.to_owned(), bytes);
    }
    files.insert(README.to_owned(), WORDS.as_bytes().to_vec());
    let listed = files
        .iter()
        .map(|(path, bytes)| InputFile { path: path.clone(), sha256: sha256_hex(bytes) });
    let manifest = Manifest {
        format: BUNDLE_FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        programme: loaded.programme.settings.name.clone(),
        files: listed.collect(),
        plan,
        verdicts,
        ledger,
    };
    files.insert(MANIFEST.to_owned(), output::json_pretty(&manifest));
    let number = files.len();
    let packed = pack_bundle(&files).map_err(|cause| {
        Failure::File(Problem::new(Code::FileAccess, format!("cannot pack the bundle: {cause}")))
    })?;
    disk::write(path, &packed)?;
    output::note(&format!(
        "packed {} into {}; its SHA-256 is {}",
        count(number, "file"),
        path.display(),
        sha256_hex(&packed)
    ));
    Ok(())
}

/// Says that the page is of another state of the ledger than the one that would be packed.
fn written_meanwhile() -> Failure {
    let cause = "somebody wrote to the ledger while the bundle was made; it is not written";
    Failure::File(Problem::new(Code::LedgerBusy, cause).with_remedy("Run the command again."))
}

/// Takes the files that the programme was read from, and those beside them.
fn take_inputs(
    folder: &Path,
    loaded: &Loaded,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), Failure> {
    let inputs = loaded.inputs.iter().map(|input| input.path.as_str());
    let cells = loaded.programme.settings.map.cells.as_deref();
    for name in inputs.chain(cells) {
        let bytes = disk::read(&folder.join(name))?;
        files.insert(format!("{PROGRAMME}/{name}"), bytes);
    }
    for name in BESIDE {
        if folder.join(name).exists() {
            files.insert(format!("{PROGRAMME}/{name}"), disk::read(&folder.join(name))?);
        }
    }
    Ok(())
}

/// Takes all plans of the folder with what was written beside them; returns the one of the page.
fn take_plans(
    arguments: &ReportArgs,
    made: &Made,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<Option<String>, Failure> {
    for (name, path) in disk::json_files(&arguments.folder.join(PLANS))? {
        files.insert(format!("{PROGRAMME}/{PLANS}/{name}"), disk::read(&path)?);
    }
    if made.verdict.is_none() {
        return Ok(None);
    }
    let path = disk::plan_path(&arguments.folder, arguments.plan.as_ref());
    let plan = disk::load_plan(&path)?;
    let name = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        format!("{PLANS}/{name}")
    };
    let beside = plan.certificate.as_ref().map(|file| path.with_file_name(&file.path));
    let own: Vec<PathBuf> = std::iter::once(path.clone()).chain(beside).collect();
    for path in own.iter().filter(|path| path.exists()) {
        files.insert(format!("{PROGRAMME}/{}", name(path)), disk::read(path)?);
    }
    Ok(Some(name(&path)))
}

/// Takes the ledger, line by line; returns its root.
fn take_ledger(
    arguments: &ReportArgs,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<Root, Failure> {
    let location = ledger_file::location(&arguments.folder, arguments.times.ledger.as_deref());
    let mut ledger = ledger_file::open(&location)?;
    let mut text = String::new();
    let root = write_lines(ledger.store(), &mut |line| {
        text.push_str(line);
        text.push('\n');
        Ok(())
    });
    files.insert(LEDGER.to_owned(), text.into_bytes());
    root.map_err(|error| ledger_file::failure(&error))
}
