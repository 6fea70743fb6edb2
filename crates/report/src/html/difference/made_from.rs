//! What both plans were made from, and how to make the page again.

use super::Page;
use crate::html::{provenance, section as wrap_section};

/// Returns the section.
pub(super) fn section(page: &Page) -> String {
    let body = provenance::files("Both plans were", &page.difference.inputs)
        + &provenance::commands(page.input.commands);
    wrap_section("sources", "Sources, and how to make this again", &body)
}
