//! The direction of dependencies, held by a test (see ARCHITECTURE.md).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What each crate may see of the others.
const ALLOWED: &[(&str, &[&str])] = &[
    ("groundwork-model", &[]),
    ("groundwork-formats", &["groundwork-model"]),
    ("groundwork-solve", &["groundwork-model"]),
    ("groundwork-verify", &["groundwork-formats", "groundwork-model"]),
    ("groundwork-report", &["groundwork-model"]),
    ("groundwork-ledger", &["groundwork-model"]),
    ("groundwork-monitor", &["groundwork-model"]),
    (
        "groundwork",
        &[
            "groundwork-formats",
            "groundwork-ledger",
            "groundwork-model",
            "groundwork-monitor",
            "groundwork-report",
            "groundwork-solve",
            "groundwork-verify",
        ],
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn manifests() -> BTreeMap<String, toml::Table> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path().join("Cargo.toml")).unwrap();
        let manifest: toml::Table = text.parse().unwrap();
        let name = manifest["package"]["name"].as_str().unwrap().to_owned();
        found.insert(name, manifest);
    }
    found
}

#[test]
fn crates_depend_in_one_direction() {
    let found = manifests();
    let names: Vec<&str> = found.keys().map(String::as_str).collect();
    let mut expected: Vec<&str> = ALLOWED.iter().map(|(name, _)| *name).collect();
    expected.sort_unstable();
    assert_eq!(names, expected, "a new crate needs a row in ALLOWED and in ARCHITECTURE.md");
    for (name, allowed) in ALLOWED {
        let manifest = &found[*name];
        for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(dependencies) = manifest.get(table).and_then(toml::Value::as_table) else {
                continue;
            };
            for dependency in dependencies.keys().filter(|d| d.starts_with("groundwork")) {
                assert!(allowed.contains(&dependency.as_str()), "{name} must not see {dependency}");
            }
        }
    }
}

#[test]
fn every_crate_keeps_the_workspace_lints() {
    for (name, manifest) in manifests() {
        let inherits = manifest.get("lints").and_then(|lints| lints.get("workspace"));
        assert_eq!(inherits, Some(&toml::Value::Boolean(true)), "{name}");
    }
}

/// The libraries are deaf and blind: no terminal, clock, files, environment or processes.
#[test]
fn libraries_touch_nothing_outside() {
    const FORBIDDEN: &[&str] = &[
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "std::time",
        "SystemTime",
        "Instant",
        "println!",
        "eprintln!",
        "Zoned::now",
        "Timestamp::now",
    ];
    for library in ["model", "formats", "solve", "verify", "report", "ledger", "monitor"] {
        for path in rust_files(&root().join("crates").join(library).join("src")) {
            // The checker's small program is an app of its own, and modules of tests may read files.
            let program = path.components().any(|part| part.as_os_str() == "bin")
                || path.file_name().is_some_and(|name| name == "tests.rs" || name == "trials.rs")
                || path.file_name().is_some_and(|name| name == "main.rs");
            if program {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for word in FORBIDDEN {
                let used =
                    code.lines().any(|l| !l.trim_start().starts_with("//") && l.contains(word));
                assert!(!used, "{} uses {word}", path.display());
            }
        }
    }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
