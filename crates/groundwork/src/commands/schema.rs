//! `schema`: the JSON schema of a file format.

use groundwork_model::{Code, Problem};

use crate::cli::SchemaArgs;
use crate::exit::{Exit, Failure};
use crate::output;

pub(crate) fn run(arguments: &SchemaArgs) -> Result<Exit, Failure> {
    let schemas = groundwork_formats::schemas();
    let name_of = |file: &str| file.trim_end_matches(".schema.json").to_owned();
    let found = schemas.iter().find(|(file, _)| name_of(file) == arguments.name);
    let Some((_, text)) = found else {
        let names: Vec<String> = schemas.iter().map(|(file, _)| name_of(file)).collect();
        let cause = format!("there is no schema `{}`", arguments.name);
        let remedy = format!("Name one of: {}.", names.join(", "));
        return Err(Failure::Usage(Problem::new(Code::NameUnknown, cause).with_remedy(remedy)));
    };
    output::data(text.as_bytes());
    Ok(Exit::Done)
}
