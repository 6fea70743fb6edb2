//! The error index, `docs/reference/errors.md`: generated from the codes, with examples from the corpus,
//! so that no example can be wrong.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use groundwork_model::{Code, Problem};

use crate::benchmark::{Broken, broken};
use crate::corpus::{folders, is_of_inputs};
use crate::{compare_with_file, import, package, read_folder, state, workspace};

const OPENING: &str = "\
# Error index

Every fault that Groundwork reports has a code. The first letter says what it is:

- **E**: an error of the input. Nothing is planned until it is mended.
- **W**: a warning about the input. Planning goes on; a person should know.
- **V**: refused by the checker (`groundwork verify`), or found by `groundwork ledger verify`.
- **L**: a fault of a ledger; nothing of what was asked for was written.
- **S**: a fault of a run.

`groundwork check` reports all E and W faults of a folder in one run, each with its file, row and
column. Rows are counted as a spreadsheet does: the header is row 1. Keys of `programme.toml` are
written with dots, and entries of a list are counted from 1: `kinds[2].reach_km`. When one fault
repeats in a column, the first 20 are shown and the others counted.

`groundwork solve` and `groundwork verify` report the E71 and E72 faults of a benchmark file in the
same manner; its [formats](benchmark-files.md) are described apart. `groundwork import` reports the
E8 and W8 faults of a table, its mapping and the sources table.

The examples below are folders of the test corpus, `crates/formats/tests/corpus/`, and the benchmark
files of `crates/formats/tests/suite/benchmark.rs`, and the tables of `import.rs` and packages of `package.rs` beside it.
";

/// What the codes of a family are about, by how they begin.
const FAMILIES: [(&str, &str); 22] = [
    ("E1", "Errors of files"),
    ("E2", "Errors in programme.toml"),
    ("E3", "Errors in the shape of a table"),
    ("E4", "Errors in a cell"),
    ("E5", "Errors of ids and of rows that refer to others"),
    ("E6", "What no plan could keep"),
    ("E70", "Errors in the areas of the map"),
    ("E71", "Errors in a benchmark file"),
    ("E72", "Errors in the flags of a benchmark file"),
    ("E8", "Errors of an import and of the sources table"),
    ("W1", "Warnings about files"),
    ("W2", "Warnings about programme.toml"),
    ("W3", "Warnings about the shape of a table"),
    ("W4", "Warnings about a cell"),
    ("W5", "Warnings about ids and rows"),
    ("W6", "Warnings about quotas and reach"),
    ("W7", "Warnings about the areas of the map"),
    ("W8", "Warnings about an import and the sources table"),
    ("V7", "Refused by the checker"),
    ("L8", "Faults of a ledger"),
    ("V8", "Found by a look through a ledger"),
    ("S8", "Faults of a run"),
];

#[test]
fn the_error_index_is_that_of_the_codes() {
    compare_with_file(&workspace().join("docs/reference/errors.md"), &index());
}

/// Returns the bytes of a file of an input, by its name.
type ReadFile = Box<dyn Fn(&str) -> Option<Vec<u8>>>;

/// Is an input that is at fault: a folder or a benchmark file.
struct Sample {
    name: String,
    problems: Vec<Problem>,
    read: ReadFile,
}

fn samples() -> Vec<Sample> {
    let of_folder = |folder: PathBuf| Sample {
        name: folder.file_name().expect("a folder has a name").to_string_lossy().into_owned(),
        problems: read_folder(&folder).problems,
        read: Box::new(move |file| fs::read(folder.join(file)).ok()),
    };
    let of_benchmark = |broken: Broken| Sample {
        name: broken.name.to_owned(),
        problems: broken.problems(),
        read: Box::new(move |_| Some(broken.text.to_vec())),
    };
    let folders = folders().into_iter().map(of_folder);
    let of_state = Sample {
        name: state::FOLDER.to_owned(),
        problems: state::problems(),
        read: Box::new(|_| Some(state::FAULTS.as_bytes().to_vec())),
    };
    let of_imports =
        import::problems().into_iter().chain(package::problems()).map(|(name, text, problems)| {
            Sample {
                name: name.to_owned(),
                problems,
                read: Box::new(move |_| Some(text.as_bytes().to_vec())),
            }
        });
    folders
        .chain(broken().into_iter().map(of_benchmark))
        .chain([of_state])
        .chain(of_imports)
        .collect()
}

fn index() -> String {
    let corpus = samples();
    let mut text = OPENING.to_owned();
    let mut family = "";
    for code in Code::ALL {
        let title = family_of(*code);
        if title != family {
            write!(text, "\n## {title}\n").expect("a string takes all");
            family = title;
        }
        let section = section(*code, &corpus);
        text.push_str(&section);
    }
    text
}

fn family_of(code: Code) -> &'static str {
    let known = FAMILIES.iter().find(|(prefix, _)| code.as_str().starts_with(prefix));
    known.expect("every code has a family").1
}

fn section(code: Code, corpus: &[Sample]) -> String {
    let meaning = code.meaning().trim();
    let mut text =
        format!("\n### {code}: {}\n\n{meaning}\n\nRemedy: {}\n", code.title(), code.remedy());
    if is_of_inputs(code) {
        let (sample, problem) = example(code, corpus);
        let name = &sample.name;
        let source = line_of(sample, problem).map(|line| format!("{line}\n")).unwrap_or_default();
        write!(text, "\nExample (`{name}`):\n\n```text\n{source}{problem}\n```\n")
            .expect("a string takes all");
    }
    text
}

/// Returns the sample that shows a code with the least else, and the problem.
fn example(code: Code, corpus: &[Sample]) -> (&Sample, &Problem) {
    let has = |problem: &&Problem| problem.code == code;
    let showing = corpus.iter().filter(|sample| sample.problems.iter().any(|one| has(&one)));
    let sample = showing.min_by_key(|sample| sample.problems.len()).expect("each code occurs");
    (sample, sample.problems.iter().find(has).expect("it has the code"))
}

/// Returns the line that a problem speaks of, with what nobody sees made visible.
fn line_of(sample: &Sample, problem: &Problem) -> Option<String> {
    let bytes = (sample.read)(problem.file.as_ref()?)?;
    let text = String::from_utf8(bytes).ok()?;
    let line = text.lines().nth(problem.row? as usize - 1)?;
    let visible = |letter: char| {
        let plain = letter.is_alphanumeric() || letter.is_ascii_graphic() || letter == ' ';
        if plain { letter.to_string() } else { letter.escape_unicode().to_string() }
    };
    let line: String = line.chars().map(visible).collect();
    (!line.is_empty()).then_some(line)
}
