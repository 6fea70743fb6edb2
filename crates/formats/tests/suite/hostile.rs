//! No bytes make the reader panic.

use std::collections::BTreeMap;
use std::io;

use groundwork_formats::{
    BenchmarkFlags, BenchmarkFormat, Checked, DistanceName, ProblemName, read_answer,
    read_benchmark, read_certificate, read_field_certificate, read_list, read_plan, read_programme,
    read_state,
};
use groundwork_model::Problem;
use groundwork_model::field::Costs;
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
        let state = [b"site,state,period\n", bytes.as_slice()].concat();
        let (rows, _) = read_state("state.csv", &state, &programme);
        prop_assert!(rows.len() <= bytes.len());
        prop_assert!(read_plan("plan.json", &bytes).is_err());
        prop_assert!(read_answer("answer.json", &bytes).is_err());
        prop_assert!(read_field_certificate("certificate.json", &bytes).is_err());
        prop_assert!(read_certificate("plan.certificate.json", &bytes).is_err());
    }

    #[test]
    fn random_benchmark_files_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), flags in flags()) {
        benchmark_holds_what_it_promises(&bytes, &flags)?;
        benchmark_holds_what_it_promises(&[b"\x1f\x8b\x08\0", bytes.as_slice()].concat(), &flags)?;
    }

    #[test]
    fn changed_benchmark_files_are_read_without_panic(edits in prop::collection::vec((any::<Index>(), edit()), 0..6), flags in flags()) {
        let mut bytes = sound_benchmark(flags.format).as_bytes().to_vec();
        for (at, edit) in &edits {
            apply(&mut bytes, at, edit);
        }
        benchmark_holds_what_it_promises(&bytes, &flags)?;
    }
}

fn flags() -> impl Strategy<Value = BenchmarkFlags> {
    let number = || prop::option::of(prop_oneof![0_u32..4, any::<u32>()]);
    let cover = prop::option::of(prop::sample::select(vec!["2", "1.5", "-1", "nan", "1e18"]));
    let choices = (
        prop::sample::select(BenchmarkFormat::ALL),
        prop::option::of(prop::sample::select(ProblemName::ALL)),
        prop::option::of(prop::sample::select(DistanceName::ALL)),
    );
    let range = prop::option::weighted(0.2, (0_u32..4, 0_u32..4));
    let numbers = ((number(), range), number(), number(), prop::option::of(0_u64..3));
    (choices, numbers, cover, any::<bool>(), any::<bool>()).prop_map(
        |(
            (format, problem, distance),
            ((p, frontier), periods, quota, capacity),
            cover,
            exactly,
            single,
        )| {
            let cover = cover.map(str::to_owned);
            BenchmarkFlags {
                format,
                problem,
                p,
                frontier,
                distance,
                periods,
                quota,
                exactly,
                cover,
                capacity,
                single,
            }
        },
    )
}

fn sound_benchmark(format: BenchmarkFormat) -> &'static str {
    match format {
        BenchmarkFormat::OrlibPmed => "3 3 2\n1 2 5\n2 3 0.5\n1 3 9\n",
        BenchmarkFormat::Tsplib => {
            "NAME : a\nTYPE : TSP\nDIMENSION : 2\nEDGE_WEIGHT_TYPE : EUC_2D\n\
             NODE_COORD_SECTION\n1 1.5e1 2\n2 -3 4.25\nEOF\n"
        }
        BenchmarkFormat::OrlibCap => "2 2\ncapacity 5.5\n9 7\n3\n1.25 2\n4 3 4\n",
        BenchmarkFormat::Ufllib => "FILE: a\n2 2 0\n1 9 1 2\n2 8 3.5 4\n",
        BenchmarkFormat::Points => "0 0 1\n3 4 2\n-5.5 1e2 0\n",
        BenchmarkFormat::Lonlat => "id,lon,lat,persons\nA,9.5,47.1,5\nB,9.6,47.2,0\n",
    }
}

/// A file is refused with a reason, or every list of the problem has the length that it must have.
fn benchmark_holds_what_it_promises(
    bytes: &[u8],
    flags: &BenchmarkFlags,
) -> Result<(), TestCaseError> {
    match read_benchmark("file", bytes, flags) {
        Err(problems) => prop_assert!(problems.iter().any(Problem::is_error)),
        Ok(problem) => {
            let (clients, sites) = (problem.weights.len(), problem.sites.len());
            let costs = match &problem.costs {
                Costs::Plane { points, .. } => points.len() * sites,
                Costs::Sphere { points } => points.len() * sites,
                Costs::Matrix(costs) => costs.len(),
                Costs::Total(costs) => costs.len(),
            };
            prop_assert!(clients > 0 && sites > 0);
            prop_assert_eq!(costs, clients * sites);
        }
    }
    Ok(())
}
