//! Names of files inside the programme folder.

/// Says why a name is not one of a file inside the folder, on every system; `None` for a good name.
pub(crate) fn refusal(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("is empty")
    } else if name.chars().any(char::is_control) {
        Some("has a control character")
    } else if name.contains('\\') {
        Some("has a backslash; parts of a path are separated by `/`")
    } else if name.contains(':') {
        Some("has a colon, as a drive or an address has")
    } else if name.starts_with('/') {
        Some("begins at the root of the disk")
    } else if name.split('/').any(|part| part == "..") {
        Some("leads out of the folder with `..`")
    } else if name.split('/').any(|part| part.is_empty() || part == ".") {
        Some("has an empty part or a `.` between its slashes")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_inside_the_folder_pass() {
        for name in ["places.csv", "tables/places.csv", "Orte 2026.csv", "..csv", "장소.csv"] {
            assert_eq!(refusal(name), None, "{name}");
        }
        for name in ["", "../a", "a/../b", "/a", "C:/a", "a\\b", "a\0", "a//b", "./a", "a/"] {
            assert!(refusal(name).is_some(), "{name}");
        }
    }
}
