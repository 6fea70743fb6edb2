//! Files: programme folders in, whole files out.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use groundwork_formats::{Checked, read_certificate, read_plan, read_programme, sha256_hex};
use groundwork_model::{Certificate, InputFile, Plan, Programme};

use crate::exit::Failure;
use crate::output;

/// Where plans lie in a programme folder.
pub(crate) const PLANS: &str = "plans";

/// Is a programme folder that passed the check.
pub(crate) struct Loaded {
    pub(crate) programme: Programme,
    pub(crate) inputs: Vec<InputFile>,
    /// Warnings of the check.
    pub(crate) warnings: Vec<groundwork_model::Problem>,
}

/// Reads and checks a folder, whatever is wrong with it.
pub(crate) fn check(folder: &Path) -> Checked {
    read_programme(&mut |name| fs::read(folder.join(name)))
}

/// Reads a folder that must be free of errors; warnings are printed.
pub(crate) fn load(folder: &Path) -> Result<Loaded, Failure> {
    let Checked { programme, problems, inputs } = check(folder);
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
    write_whole(path, bytes).map_err(|error| Failure::file("cannot write", path, &error))
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    fs::create_dir_all(folder.unwrap_or(Path::new(".")))?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = fs::File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, path)
    });
    if written.is_err() {
        // The half-written file is of no use; the reason that matters is the first one.
        let _ = fs::remove_file(&part);
    }
    written
}

/// Returns the path of the plan that a command means.
pub(crate) fn plan_path(folder: &Path, named: Option<&PathBuf>) -> PathBuf {
    named.cloned().unwrap_or_else(|| folder.join(PLANS).join("plan.json"))
}

/// Reads a plan.
pub(crate) fn load_plan(path: &Path) -> Result<Plan, Failure> {
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
    if let Some(certificate) = certificate {
        let bytes = output::json_line(certificate);
        let beside = path.with_extension("certificate.json");
        write(&beside, &bytes)?;
        let name = beside.file_name().unwrap_or_default().to_string_lossy().into_owned();
        plan.certificate = Some(InputFile { path: name, sha256: sha256_hex(&bytes) });
    }
    write(&path.with_extension("csv"), &groundwork_report::openings_csv(programme, &plan))?;
    write(&path.with_extension("geojson"), &groundwork_report::geojson(programme, &plan, cells))?;
    // The plan comes last: whoever finds it finds everything that it names.
    write(path, &output::json_pretty(&plan))?;
    Ok(plan)
}
