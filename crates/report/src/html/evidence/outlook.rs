//! The forecast: what will be open by when.

use super::Evidence;

/// Returns the section; nothing where nobody asked for a forecast.
pub(super) fn section(_: &Evidence) -> String {
    String::new()
}
