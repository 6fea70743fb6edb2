//! Tests of reading whole folders. `BLESS=1` rewrites what is generated.

use std::fs;
use std::path::{Path, PathBuf};

use groundwork_formats::{Checked, read_programme};

mod benchmark;
mod corpus;
mod error_index;
mod forms;
mod hostile;
mod import;
mod messages;
mod package;
mod round_trip;
mod schemas;
mod shipped;
mod state;
mod workbooks;

/// Returns the root of the workspace.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Reads a folder on disk as a programme.
fn read_folder(folder: &Path) -> Checked {
    read_programme(&mut |name| fs::read(folder.join(name)))
}

/// Compares a generated text with its file, or writes the file when `BLESS` is set.
fn compare_with_file(path: &Path, generated: &str) {
    if std::env::var_os("BLESS").is_some() {
        let folder = path.parent().expect("a file has a folder");
        fs::create_dir_all(folder).expect("the folder can be made");
        fs::write(path, generated).expect("the file can be written");
    }
    let written = fs::read_to_string(path).unwrap_or_default();
    assert!(written == generated, "{} is stale: run with BLESS=1\n{generated}", path.display());
}
