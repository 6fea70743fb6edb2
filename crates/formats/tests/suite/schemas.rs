//! The JSON Schemas in `schemas/` are those of the types.

use groundwork_formats::schemas;

use crate::{compare_with_file, workspace};

#[test]
fn the_schemas_are_those_of_the_types() {
    for (name, text) in schemas() {
        compare_with_file(&workspace().join("schemas").join(name), &text);
    }
}
