//! The programme folder as seen while it is read: its bytes, their hashes, and the faults found.

use std::fmt::Write as _;
use std::io;

use groundwork_model::plan::InputFile;
use groundwork_model::problem::{Code, Problem};
use groundwork_model::programme::Programme;
use sha2::{Digest, Sha256};

use crate::Checked;
use crate::decode;
use crate::faults::Faults;

/// Name of the file that makes a folder a programme.
pub const SETTINGS_FILE: &str = "programme.toml";

/// Reads files and keeps what is known of them.
pub(crate) struct Folder<'r> {
    read: &'r mut dyn FnMut(&str) -> io::Result<Vec<u8>>,
    inputs: Vec<InputFile>,
    /// The faults found so far.
    pub(crate) faults: Faults,
}

impl<'r> Folder<'r> {
    /// Returns a folder of which nothing is read yet.
    pub(crate) fn new(read: &'r mut dyn FnMut(&str) -> io::Result<Vec<u8>>) -> Self {
        Self { read, inputs: Vec::new(), faults: Faults::default() }
    }

    /// Reads a file that the result depends on, as text.
    pub(crate) fn input(&mut self, name: &str) -> Option<String> {
        let bytes = self.bytes(name)?;
        self.inputs.push(InputFile { path: name.to_owned(), sha256: sha256_hex(&bytes) });
        decode::text(name, &bytes, &mut self.faults)
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

    fn bytes(&mut self, name: &str) -> Option<Vec<u8>> {
        self.faults.open(name);
        match (self.read)(name) {
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
