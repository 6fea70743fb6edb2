//! Bundles: many files packed into one, the same bytes for the same files.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use groundwork_model::problem::{Code, Problem};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// Bytes that all files of a bundle may have unpacked.
const UNPACKED_MAX: u64 = 4 << 30;

/// Files that a bundle may have.
const FILES_MAX: usize = 10_000;

/// Packs files by their paths into one that every system unpacks (ZIP). No time and no owner is kept.
///
/// # Errors
///
/// Where a file has more bytes than the format can say, in words.
pub fn pack_bundle(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, String> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        let large = bytes.len() as u64 >= u64::from(u32::MAX);
        writer
            .start_file(path.as_str(), options.large_file(large))
            .map_err(|error| error.to_string())?;
        writer.write_all(bytes).map_err(|error| error.to_string())?;
    }
    writer.finish().map(Cursor::into_inner).map_err(|error| error.to_string())
}

/// Unpacks a bundle. What would be written outside its folder, is there twice, or is more than is read, is refused.
///
/// # Errors
///
/// The first fault (V821), named with its file.
pub fn unpack_bundle(name: &str, bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, Problem> {
    let refused =
        |cause: String| Problem::new(Code::BundleUnreadable, cause).in_file(name.to_owned());
    let damaged =
        |error: &dyn std::fmt::Display| refused(format!("it is no whole bundle: {error}"));
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    if archive.len() > FILES_MAX {
        return Err(refused(format!("it has more than {FILES_MAX} files")));
    }
    let mut left = UNPACKED_MAX;
    let mut files = BTreeMap::new();
    for number in 0..archive.len() {
        let mut file = archive.by_index(number).map_err(|error| damaged(&error))?;
        let path = file.name().map_err(|error| damaged(&error))?.into_owned();
        if !is_plain(&path) {
            return Err(refused(format!("it names a file `{}`", path.escape_debug())));
        }
        let mut content = Vec::new();
        let size = file.by_ref().take(left + 1).read_to_end(&mut content);
        let size = size.map_err(|error| damaged(&error))? as u64;
        let most = UNPACKED_MAX >> 30;
        left = left
            .checked_sub(size)
            .ok_or_else(|| refused(format!("it unpacks to more than {most} GiB")))?;
        if files.insert(path.clone(), content).is_some() {
            return Err(refused(format!("it has the file `{path}` twice")));
        }
    }
    Ok(files)
}

/// Returns whether a path stays inside its folder, on every system.
fn is_plain(path: &str) -> bool {
    let parts = || path.split('/');
    let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    parts().all(plain) && !path.contains(['\\', ':', '\0'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> BTreeMap<String, Vec<u8>> {
        names.iter().map(|&name| (name.to_owned(), name.as_bytes().repeat(50))).collect()
    }

    #[test]
    fn what_is_packed_is_unpacked_and_the_same_files_give_the_same_bytes() {
        let files = files(&["bundle.json", "programme/places.csv", "made/report.html"]);
        let packed = pack_bundle(&files).unwrap();
        assert_eq!(packed, pack_bundle(&files).unwrap());
        assert_eq!(unpack_bundle("b.zip", &packed).unwrap(), files);
    }

    #[test]
    fn files_outside_the_folder_are_refused() {
        for name in ["../x", "/etc/x", "a//b", "a/../../x", "a\\b", "C:x", "."] {
            let packed = pack_bundle(&files(&[name])).unwrap();
            let problem = unpack_bundle("b.zip", &packed).unwrap_err();
            assert_eq!(problem.code, Code::BundleUnreadable, "{name}");
        }
    }

    #[test]
    fn what_is_cut_or_changed_never_panics() {
        let files = files(&["bundle.json", "programme/places.csv"]);
        let packed = pack_bundle(&files).unwrap();
        for at in 0..packed.len() {
            let _ = unpack_bundle("b.zip", &packed[..at]);
            let mut changed = packed.clone();
            changed[at] ^= 0x55;
            // The name of a file may have changed; what a file holds may not, for ZIP keeps a sum of it.
            if let Ok(found) = unpack_bundle("b.zip", &changed) {
                let whole: Vec<_> = files.values().collect();
                assert!(found.values().all(|content| whole.contains(&content)), "byte {at}");
            }
        }
    }
}
