//! A terminal that is asked one thing after another.

use std::io::{BufRead, Write};
use std::path::Path;

use crate::exit::Failure;

/// Is where answers come from and questions go.
pub(super) struct Terminal<'t> {
    pub(super) input: &'t mut dyn BufRead,
    pub(super) output: &'t mut dyn Write,
}

impl Terminal<'_> {
    pub(super) fn say(&mut self, text: &str) -> Result<(), Failure> {
        let said = writeln!(self.output, "{text}").and_then(|()| self.output.flush());
        said.map_err(|error| Failure::file("cannot write to", Path::new("the terminal"), &error))
    }

    /// Asks a question and returns the answer without space around it; none where the input ends.
    pub(super) fn answer(&mut self, question: &str) -> Result<Option<String>, Failure> {
        self.say(question)?;
        let mut line = String::new();
        let length = self.input.read_line(&mut line).map_err(|error| {
            Failure::file("cannot read from", Path::new("the terminal"), &error)
        })?;
        Ok((length > 0).then(|| line.trim().to_owned()))
    }
}
