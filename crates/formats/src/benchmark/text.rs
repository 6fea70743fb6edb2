//! The words of a benchmark file, with where they stand.

use std::fmt;

use groundwork_model::problem::Code;

use super::refusals::Refusals;

/// Most letters of a word that a fault repeats.
const SHOWN_LETTERS: usize = 20;

/// Is a line that is not blank.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'t> {
    /// Text, without blanks around.
    pub(super) text: &'t str,
    /// Row, counted from 1.
    pub(super) row: u32,
}

/// Is a run of letters between blanks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'t> {
    /// Text.
    pub(super) text: &'t str,
    /// Row, counted from 1.
    pub(super) row: u32,
    /// Place in its line, counted from 1.
    pub(super) nth: usize,
}

/// Returns the lines of a text that are not blank.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let numbered = text.lines().zip(1..);
    numbered.map(|(text, row)| Line { text: text.trim(), row }).filter(|line| !line.text.is_empty())
}

/// Returns the words of a text in order, wherever its lines break.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    lines(text).flat_map(Line::words)
}

impl<'t> Line<'t> {
    /// Returns the words of the line.
    pub(super) fn words(self) -> impl Iterator<Item = Word<'t>> {
        let numbered = self.text.split_whitespace().zip(1..);
        numbered.map(move |(text, nth)| Word { text, row: self.row, nth })
    }

    /// Returns the words of a line that has exactly one for each of `fields`; else refuses it.
    pub(super) fn fields<const N: usize>(
        self,
        fields: [&str; N],
        refusals: &mut Refusals<'_>,
    ) -> Option<[Word<'t>; N]> {
        let words: Vec<Word<'t>> = self.words().collect();
        let count = words.len();
        let exactly: Option<[Word<'t>; N]> = words.try_into().ok();
        if exactly.is_none() {
            let cause = format!("the line has {count} words and needs {N}: `{}`", fields.join(" "));
            refusals.line(Code::BenchmarkCount, self.row, cause);
        }
        exactly
    }
}

impl fmt::Display for Word<'_> {
    /// Writes the beginning of the word in a form that does nothing to a terminal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let visible = |letter: char| if letter.is_control() { '\u{fffd}' } else { letter };
        let shown: String = self.text.chars().take(SHOWN_LETTERS).map(visible).collect();
        let more = if self.text.chars().nth(SHOWN_LETTERS).is_some() { "..." } else { "" };
        write!(f, "`{shown}{more}`")
    }
}
