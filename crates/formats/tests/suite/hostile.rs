//! No bytes make the reader panic.

use std::collections::BTreeMap;
use std::io;

use groundwork_formats::{Checked, read_certificate, read_list, read_plan, read_programme};
use groundwork_model::Problem;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::corpus::folders;

const FILES: [&str; 6] =
    ["programme.toml", "places.csv", "sites.csv", "facilities.csv", "reports.csv", "cells.geojson"];

/// Is the content of a folder, by name of the file.
type Folder = BTreeMap<String, Vec<u8>>;

/// Is one change to a file.
#[derive(Clone, Debug)]
enum Edit {
    Set(u8),
    Insert(Vec<u8>),
    Remove(u8),
    Repeat(u8),
    Truncate,
}

fn edit() -> impl Strategy<Value = Edit> {
    let telling = prop::sample::select(vec![
        "\"",
        ",",
        ";",
        "\n",
        "\r",
        "\0",
        "=",
        "[",
        "]",
        "-",
        "9",
        "99999999999999999999",
        "1e999",
        "nan",
        "\u{feff}",
        "é",
        "../",
        "'''",
        "{",
        "}",
        "\t",
        " ",
    ]);
    prop_oneof![
        any::<u8>().prop_map(Edit::Set),
        prop::collection::vec(any::<u8>(), 1..4).prop_map(Edit::Insert),
        telling.prop_map(|text| Edit::Insert(text.as_bytes().to_vec())),
        any::<u8>().prop_map(Edit::Remove),
        any::<u8>().prop_map(Edit::Repeat),
        Just(Edit::Truncate),
    ]
}

fn apply(bytes: &mut Vec<u8>, at: &Index, edit: &Edit) {
    let at = at.index(bytes.len() + 1);
    let end = |length: &u8| (at + usize::from(*length)).min(bytes.len());
    match edit {
        Edit::Set(byte) => {
            if let Some(old) = bytes.get_mut(at) {
                *old = *byte;
            }
        }
        Edit::Insert(new) => {
            bytes.splice(at..at, new.iter().copied());
        }
        Edit::Remove(length) => {
            let end = end(length);
            bytes.drain(at..end);
        }
        Edit::Repeat(length) => {
            let again = bytes[at..end(length)].to_vec();
            bytes.splice(at..at, again);
        }
        Edit::Truncate => bytes.truncate(at),
    }
}

/// Returns the folder of the corpus in which nothing is wrong.
fn sound() -> Folder {
    let folder = folders().into_iter().find(|folder| folder.ends_with("without-fault"));
    let folder = folder.expect("the corpus has a folder without fault");
    FILES
        .iter()
        .map(|name| ((*name).to_owned(), std::fs::read(folder.join(name)).expect("readable")))
        .collect()
}

fn check(folder: &Folder) -> Checked {
    read_programme(&mut |name| {
        folder.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    })
}

fn holds_what_it_promises(checked: &Checked) -> Result<(), TestCaseError> {
    prop_assert_eq!(checked.programme.is_none(), checked.problems.iter().any(Problem::is_error));
    let mut seen: BTreeMap<_, usize> = BTreeMap::new();
    for problem in &checked.problems {
        *seen.entry((problem.code, &problem.file, &problem.column)).or_default() += 1;
    }
    prop_assert!(seen.values().all(|&count| count <= 21));
    Ok(())
}

proptest! {
    #[test]
    fn random_bytes_are_read_without_panic(files in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 6)) {
        let mut folder: Folder = FILES.iter().map(|name| (*name).to_owned()).zip(files).collect();
        holds_what_it_promises(&check(&folder))?;
        // Behind sound settings the tables are reached for certain.
        folder.insert("programme.toml".to_owned(), sound().remove("programme.toml").unwrap());
        holds_what_it_promises(&check(&folder))?;
    }

    #[test]
    fn changed_files_are_read_without_panic(edits in prop::collection::vec((any::<Index>(), any::<Index>(), edit()), 1..8)) {
        let mut folder = sound();
        for (file, at, edit) in &edits {
            apply(folder.get_mut(FILES[file.index(FILES.len())]).unwrap(), at, edit);
        }
        holds_what_it_promises(&check(&folder))?;
    }

    #[test]
    fn lists_and_exchanged_files_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let programme = check(&sound()).programme.unwrap();
        let (rows, _) = read_list("list.csv", &bytes, &programme);
        prop_assert!(rows.len() <= bytes.len());
        let list = [b"site,period,lock\n", bytes.as_slice()].concat();
        let (rows, _) = read_list("list.csv", &list, &programme);
        prop_assert!(rows.len() <= bytes.len());
        prop_assert!(read_plan("plan.json", &bytes).is_err());
        prop_assert!(read_certificate("plan.certificate.json", &bytes).is_err());
    }
}
