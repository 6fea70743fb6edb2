//! Plans and certificates from their files.

use groundwork_model::certificate::{CERTIFICATE_FORMAT, Certificate};
use groundwork_model::plan::{PLAN_FORMAT, Plan};
use groundwork_model::problem::{Code, Problem};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Reads a plan.
///
/// # Errors
///
/// [`Code::NotThisFormat`] when the bytes are not a plan of this version, with the line at which that
/// shows.
pub fn read_plan(name: &str, bytes: &[u8]) -> Result<Plan, Problem> {
    read(name, bytes, "a plan", PLAN_FORMAT)
}

/// Reads a certificate.
///
/// # Errors
///
/// [`Code::NotThisFormat`] when the bytes are not a certificate of this version, with the line at
/// which that shows.
pub fn read_certificate(name: &str, bytes: &[u8]) -> Result<Certificate, Problem> {
    read(name, bytes, "a certificate", CERTIFICATE_FORMAT)
}

/// Is what every exchanged file begins with, whatever its version.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

fn read<T: DeserializeOwned>(
    name: &str,
    bytes: &[u8],
    what: &str,
    format: u32,
) -> Result<T, Problem> {
    // The version comes first: a file of another version would only show strange fields.
    if let Ok(version) = serde_json::from_slice::<Version>(bytes)
        && version.format != format
    {
        let cause = format!(
            "the file is {what} of format {}; this version reads format {format}",
            version.format
        );
        return Err(Problem::new(Code::NotThisFormat, cause).in_file(name));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let line = u32::try_from(error.line()).unwrap_or(u32::MAX).max(1);
        Problem::new(Code::NotThisFormat, format!("the file is not {what}: {error}"))
            .in_file(name)
            .at_row(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fault_names_the_line() {
        let problem =
            read_plan("plan.json", b"{\n  \"format\": 1,\n  \"colour\": 2\n}").unwrap_err();
        insta::assert_snapshot!(problem, @r"error V702 plan.json, row 3: the file is not a plan: unknown field `colour`, expected one of `format`, `programme`, `label`, `method`, `inputs`, `question`, `status`, `stopped_by`, `sense`, `scale`, `unit`, `value`, `bound`, `gap`, `openings`, `outcomes`, `person_years_of_access`, `certificate`, `run` at line 3 column 10");
    }

    #[test]
    fn another_version_is_named_as_such() {
        let problem =
            read_certificate("plan.certificate.json", b"{\"format\": 2, \"new\": []}").unwrap_err();
        insta::assert_snapshot!(problem, @r"error V702 plan.certificate.json: the file is a certificate of format 2; this version reads format 1");
    }
}
