//! Whether the files are the ones that the plan was made from.

use std::collections::BTreeMap;

use groundwork_model::{Code, InputFile, Problem};

/// Names every file that changed, is missing or is new since the plan was made.
pub(crate) fn changed(planned: &[InputFile], found: &[InputFile]) -> Vec<Problem> {
    let (planned, found) = (by_path(planned), by_path(found));
    let gone = planned.iter().filter_map(|(path, hashes)| match found.get(path) {
        None => Some(fault(path, "the plan was made from this file, and it is not read now")),
        Some(now) if now != hashes => {
            Some(fault(path, "the bytes are not those that the plan was made from"))
        }
        Some(_) => None,
    });
    let new = found.keys().filter(|path| !planned.contains_key(*path));
    let new = new.map(|path| fault(path, "the plan was made without this file"));
    gone.chain(new).collect()
}

fn by_path(files: &[InputFile]) -> BTreeMap<&str, Vec<&str>> {
    let mut map: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in files {
        map.entry(&file.path).or_default().push(&file.sha256);
    }
    map
}

fn fault(path: &str, cause: &str) -> Problem {
    Problem::new(Code::InputChanged, cause).in_file(path)
}
