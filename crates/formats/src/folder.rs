//! The programme folder as seen while it is read: its bytes, their hashes, and the faults found.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use groundwork_model::plan::InputFile;
use groundwork_model::problem::{Code, Problem};
use groundwork_model::programme::Programme;
use sha2::{Digest, Sha256};

use crate::Checked;
use crate::decode;
use crate::faults::{Faults, Placing};
use crate::workbook::{self, Sheet, Workbook};

/// Name of the file that makes a folder a programme.
pub const SETTINGS_FILE: &str = "programme.toml";

/// Reads files and keeps what is known of them.
pub(crate) struct Folder<'r> {
    read: &'r mut dyn FnMut(&str) -> io::Result<Vec<u8>>,
    inputs: Vec<InputFile>,
    /// What was read to see whether it is there, and not used yet.
    probed: BTreeMap<String, io::Result<Vec<u8>>>,
    /// The workbooks that were opened; `None` for one that cannot be.
    workbooks: BTreeMap<String, Option<Workbook>>,
    /// The faults found so far.
    pub(crate) faults: Faults,
}

impl<'r> Folder<'r> {
    /// Returns a folder of which nothing is read yet.
    pub(crate) fn new(read: &'r mut dyn FnMut(&str) -> io::Result<Vec<u8>>) -> Self {
        Self {
            read,
            inputs: Vec::new(),
            probed: BTreeMap::new(),
            workbooks: BTreeMap::new(),
            faults: Faults::default(),
        }
    }

    /// Reads a file that the result depends on, as text.
    pub(crate) fn input(&mut self, name: &str) -> Option<String> {
        let bytes = self.bytes(name)?;
        self.inputs.push(InputFile { path: name.to_owned(), sha256: sha256_hex(&bytes) });
        decode::text(name, &bytes, &mut self.faults)
    }

    /// Returns whether the folder has a file, whether or not it can be read.
    pub(crate) fn is_there(&mut self, name: &str) -> bool {
        let missing = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        !self.probe(name).as_ref().is_err_and(missing)
    }

    /// Returns whether a file of the folder begins as a workbook does.
    pub(crate) fn is_packed(&mut self, name: &str) -> bool {
        self.probe(name).as_ref().is_ok_and(|bytes| bytes.starts_with(b"PK"))
    }

    /// Opens a workbook, which the result depends on; `None` when it cannot be, with the fault noted once.
    pub(crate) fn workbook(&mut self, name: &str) -> Option<&mut Workbook> {
        if !self.workbooks.contains_key(name) {
            let opened = self.open_workbook(name);
            self.workbooks.insert(name.to_owned(), opened);
        }
        self.workbooks.get_mut(name)?.as_mut()
    }

    fn open_workbook(&mut self, name: &str) -> Option<Workbook> {
        let bytes = self.bytes(name)?;
        self.inputs.push(InputFile { path: name.to_owned(), sha256: sha256_hex(&bytes) });
        match Workbook::open(bytes) {
            Ok(workbook) => Some(workbook),
            Err((code, cause)) => {
                self.faults.add(Problem::new(code, cause).in_file(name));
                None
            }
        }
    }

    /// Reads a sheet of a workbook by its full name, `places.xlsx#places`; from here on faults of that name
    /// are placed in the sheet and its cells.
    pub(crate) fn sheet(&mut self, name: &str) -> Option<Sheet> {
        let meant = workbook::reference(name)?;
        let (file, sheet) = (meant.file.to_owned(), meant.sheet?.to_owned());
        self.faults.open(name);
        let read = self.workbook(&file)?.sheet(&sheet);
        let header = read.as_ref().ok().and_then(|read| read.records.first());
        let columns = header.map(|header| header.cells.iter().map(|cell| cell.trim().to_owned()));
        let columns = columns.map(Iterator::collect).unwrap_or_default();
        self.faults.place(name, Placing { file, sheet, columns });
        read.map_err(|(code, cause)| self.faults.add(Problem::new(code, cause).in_file(name))).ok()
    }

    /// Reads a file that only the picture depends on, as text.
    pub(crate) fn picture(&mut self, name: &str) -> Option<String> {
        let bytes = self.bytes(name)?;
        decode::text(name, &bytes, &mut self.faults)
    }

    /// Hands out what was found; a programme only when nothing is an error.
    pub(crate) fn close(self, programme: Option<Programme>) -> Checked {
        let problems = self.faults.finish();
        let refused = problems.iter().any(Problem::is_error);
        Checked { programme: programme.filter(|_| !refused), problems, inputs: self.inputs }
    }

    fn probe(&mut self, name: &str) -> &io::Result<Vec<u8>> {
        self.probed.entry(name.to_owned()).or_insert_with(|| (self.read)(name))
    }

    fn bytes(&mut self, name: &str) -> Option<Vec<u8>> {
        self.faults.open(name);
        let read = self.probed.remove(name).unwrap_or_else(|| (self.read)(name));
        match read {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                self.faults.add(unread(name, &error));
                None
            }
        }
    }
}

/// Returns the SHA-256 of bytes, in lower-case hexadecimal.
///
/// ```
/// let empty = groundwork_formats::sha256_hex(b"");
/// assert!(empty.starts_with("e3b0c44298fc1c14"));
/// ```
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn unread(name: &str, error: &io::Error) -> Problem {
    let problem = if error.kind() == io::ErrorKind::NotFound {
        Problem::new(Code::FileMissing, format!("`{name}` is not in the folder"))
    } else {
        Problem::new(Code::FileUnreadable, format!("`{name}` cannot be read: {error}"))
    };
    let problem = problem.in_file(name);
    if name == SETTINGS_FILE && problem.code == Code::FileMissing {
        return problem.with_remedy(
            "Name the folder that holds programme.toml, or start one with `groundwork new`.",
        );
    }
    problem
}
