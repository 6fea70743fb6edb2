//! Files: programme folders in, whole files out.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use groundwork_formats::{
    Checked, SETTINGS_FILE, read_certificate, read_plan, read_programme, read_programme_to_watch,
    sha256_hex,
};
use groundwork_model::{Certificate, Code, InputFile, Plan, Problem, Programme, Settings};

use crate::exit::Failure;
use crate::output;

/// Where plans lie in a programme folder.
pub(crate) const PLANS: &str = "plans";

/// Is a programme folder that passed the check.
pub(crate) struct Loaded {
    pub(crate) programme: Programme,
    pub(crate) inputs: Vec<InputFile>,
    /// Warnings of the check.
    pub(crate) warnings: Vec<Problem>,
}

/// Reads and checks a folder, whatever is wrong with it.
pub(crate) fn check(folder: &Path) -> Checked {
    read_programme(&mut |name| fs::read(folder.join(name)))
}

/// Is a programme folder with other settings than its own, before it is written.
pub(crate) struct Variant {
    /// The text of its `programme.toml`.
    text: String,
    /// What the check says of it.
    pub(crate) checked: Checked,
}

/// Reads and checks a folder as if its settings were these; the text that says so begins with a remark.
pub(crate) fn variant(folder: &Path, settings: &Settings, remark: &str) -> Variant {
    let settings = toml::to_string(settings).expect("settings are what TOML can say");
    let text = format!("# {remark}\n\n{settings}");
    let checked = read_programme(&mut |name| match name {
        SETTINGS_FILE => Ok(text.clone().into_bytes()),
        _ => fs::read(folder.join(name)),
    });
    Variant { text, checked }
}

/// Writes a variant as a folder of its own, with copies of the tables.
pub(crate) fn write_variant(
    folder: &Path,
    variant: &Variant,
    loaded: &Loaded,
    to: &Path,
) -> Result<(), Failure> {
    let mut files = Vec::new();
    for file in loaded.inputs.iter().filter(|file| file.path != SETTINGS_FILE) {
        files.push((to.join(&file.path), read(&folder.join(&file.path))?));
    }
    let cells = loaded.programme.settings.map.cells.as_ref();
    if let Some((name, text)) = cells.zip(map_cells(folder, &loaded.programme)) {
        files.push((to.join(name), text.into_bytes()));
    }
    files.push((to.join(SETTINGS_FILE), variant.text.clone().into_bytes()));
    write_together(&files)
}

/// Refuses what is no folder, before its files are missed one by one.
pub(crate) fn expect_folder(folder: &Path) -> Result<(), Failure> {
    let (cause, remedy) = if folder.is_dir() {
        return Ok(());
    } else if folder.is_file() {
        let remedy = "Name the folder first; to name a plan of this folder, write `.` before it.";
        (format!("{} is a file, not a programme folder", folder.display()), remedy)
    } else {
        let remedy = "Check the path, or make the folder with `groundwork new`.";
        (format!("there is no folder {}", folder.display()), remedy)
    };
    Err(Failure::Usage(Problem::new(Code::FileAccess, cause).with_remedy(remedy)))
}

/// Reads a folder that must be free of errors.
pub(crate) fn load(folder: &Path) -> Result<Loaded, Failure> {
    expect_folder(folder)?;
    sound(check(folder))
}

/// Reads a folder for what its ledger says: it need not be fit to be planned.
pub(crate) fn load_to_watch(folder: &Path) -> Result<Loaded, Failure> {
    expect_folder(folder)?;
    sound(read_programme_to_watch(&mut |name| fs::read(folder.join(name))))
}

fn sound(checked: Checked) -> Result<Loaded, Failure> {
    let Checked { programme, problems, inputs } = checked;
    match programme {
        Some(programme) => Ok(Loaded { programme, inputs, warnings: problems }),
        None => Err(Failure::Input(problems)),
    }
}

/// Returns the text of the map's areas, if the programme has them and they can be read.
pub(crate) fn map_cells(folder: &Path, programme: &Programme) -> Option<String> {
    let name = programme.settings.map.cells.as_ref()?;
    fs::read_to_string(folder.join(name)).ok()
}

/// Reads a file whole.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::file("cannot read", path, &error))
}

/// Writes a file whole or not at all: a temporary file beside it, then a rename.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_together(&[(path.to_owned(), bytes.to_vec())])
}

/// Writes files that belong together: all of them to temporary files first, then one rename after the
/// other, so that nothing but a crash between two renames can leave old beside new.
pub(crate) fn write_together(files: &[(PathBuf, Vec<u8>)]) -> Result<(), Failure> {
    let mut parts = Vec::new();
    for (path, bytes) in files {
        match write_part(path, bytes) {
            Ok(part) => parts.push(part),
            Err(error) => {
                remove(&parts);
                return Err(Failure::file("cannot write", path, &error));
            }
        }
    }
    for (part, (path, _)) in parts.iter().zip(files) {
        if let Err(error) = fs::rename(part, path) {
            remove(&parts);
            return Err(Failure::file("cannot write", path, &error));
        }
    }
    Ok(())
}

fn write_part(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    fs::create_dir_all(folder.unwrap_or(Path::new(".")))?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = fs::File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    if written.is_err() {
        remove(std::slice::from_ref(&part));
    }
    written.map(|()| part)
}

/// Removes half-written files; the reason that matters is the one that led here.
fn remove(parts: &[PathBuf]) {
    for part in parts {
        let _ = fs::remove_file(part);
    }
}

/// Lists the files of a folder whose names end in `.json`, by name; none where there is no such folder.
pub(crate) fn json_files(folder: &Path) -> Result<BTreeMap<String, PathBuf>, Failure> {
    let mut found = BTreeMap::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    let failed = |error| Failure::file("cannot read", folder, &error);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_file() && name.ends_with(".json") {
            found.insert(name.to_owned(), path.clone());
        }
    }
    Ok(found)
}

/// Returns the path of the plan that a command means.
pub(crate) fn plan_path(folder: &Path, named: Option<&PathBuf>) -> PathBuf {
    named.cloned().unwrap_or_else(|| folder.join(PLANS).join("plan.json"))
}

/// Reads a plan.
pub(crate) fn load_plan(path: &Path) -> Result<Plan, Failure> {
    if !path.exists() {
        let cause = format!("there is no plan {}", path.display());
        let remedy = "Run `groundwork plan` first, or name another plan.";
        return Err(Failure::Usage(Problem::new(Code::FileAccess, cause).with_remedy(remedy)));
    }
    let bytes = read(path)?;
    read_plan(&path.display().to_string(), &bytes).map_err(|problem| Failure::Input(vec![problem]))
}

/// Reads the certificate of a plan: the one given, else the one that the plan names, which lies beside
/// it. Only a plain file name is followed.
pub(crate) fn load_certificate(
    plan_path: &Path,
    plan: &Plan,
    given: Option<&PathBuf>,
) -> Result<Option<Certificate>, Failure> {
    let named = plan.certificate.as_ref().map(|file| Path::new(file.path.as_str()));
    let beside = named.and_then(Path::file_name).map(|name| plan_path.with_file_name(name));
    let Some(path) = given.cloned().or(beside) else { return Ok(None) };
    let bytes = read(&path)?;
    let certificate = read_certificate(&path.display().to_string(), &bytes)
        .map_err(|problem| Failure::Input(vec![problem]))?;
    Ok(Some(certificate))
}

/// Writes a plan with its certificate, a table and a map file beside it; returns the plan as written.
pub(crate) fn write_plan(
    path: &Path,
    mut plan: Plan,
    certificate: Option<&Certificate>,
    programme: &Programme,
    cells: Option<&str>,
) -> Result<Plan, Failure> {
    let mut files = Vec::new();
    if let Some(certificate) = certificate {
        let bytes = output::json_line(certificate);
        let beside = path.with_extension("certificate.json");
        let name = beside.file_name().unwrap_or_default().to_string_lossy().into_owned();
        plan.certificate = Some(InputFile { path: name, sha256: sha256_hex(&bytes) });
        files.push((beside, bytes));
    }
    let table = groundwork_report::openings_csv(programme, &plan);
    let map = groundwork_report::geojson(programme, &plan, cells);
    files.push((path.with_extension("csv"), table));
    files.push((path.with_extension("geojson"), map));
    // The plan comes last: whoever finds it finds everything that it names.
    files.push((path.to_owned(), output::json_pretty(&plan)));
    write_together(&files)?;
    Ok(plan)
}

/// Refuses a name for a plan whose companions would take its place.
pub(crate) fn expect_json_name(path: &Path) -> Result<(), Failure> {
    if path.extension().is_some_and(|extension| extension == "json") {
        return Ok(());
    }
    let cause = format!("a plan cannot be called {}", path.display());
    let remedy =
        "Give --out a name that ends in .json; the CSV and the GeoJSON are written beside it.";
    Err(Failure::Usage(Problem::new(Code::NameUnknown, cause).with_remedy(remedy)))
}
