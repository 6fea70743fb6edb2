//! Plans, answers and certificates from their files.

use groundwork_model::certificate::{CERTIFICATE_FORMAT, Certificate};
use groundwork_model::field::{FieldAnswer, FieldCertificate};
use groundwork_model::frontier::{
    FRONTIER_CERTIFICATE_FORMAT, FrontierAnswer, FrontierCertificate,
};
use groundwork_model::plan::{PLAN_FORMAT, Plan};
use groundwork_model::problem::{Code, Problem};
use groundwork_model::rule_frontier::{RULE_FRONTIER_FORMAT, RuleFrontier};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Version of an answer's certificate that this program reads.
const FIELD_CERTIFICATE_FORMAT: u32 = 1;

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

/// Reads the answer to a benchmark problem, as `solve` prints it.
///
/// # Errors
///
/// [`Code::NotThisFormat`] when the bytes are not an answer, with the line at which that shows. An
/// answer states no version: its fields are its format.
pub fn read_answer(name: &str, bytes: &[u8]) -> Result<FieldAnswer, Problem> {
    parse(name, bytes, "an answer")
}

/// Reads the certificate of an answer.
///
/// # Errors
///
/// [`Code::NotThisFormat`] when the bytes are not a certificate of an answer of this version, with the
/// line at which that shows.
pub fn read_field_certificate(name: &str, bytes: &[u8]) -> Result<FieldCertificate, Problem> {
    read(name, bytes, "a certificate of an answer", FIELD_CERTIFICATE_FORMAT)
}

/// Reads a frontier, as `solve --frontier` prints it.
///
/// # Errors
///
/// [`Code::NotThisFormat`] when the bytes are not a frontier, with the line at which that shows. Like an
/// answer it states no version.
pub fn read_frontier(name: &str, bytes: &[u8]) -> Result<FrontierAnswer, Problem> {
    parse(name, bytes, "a frontier")
}

/// Reads the certificate of a frontier.
///
/// # Errors
///
/// [`Code::NotThisFormat`] when the bytes are not a certificate of a frontier of this version, with the
/// line at which that shows.
pub fn read_frontier_certificate(name: &str, bytes: &[u8]) -> Result<FrontierCertificate, Problem> {
    read(name, bytes, "a certificate of a frontier", FRONTIER_CERTIFICATE_FORMAT)
}

/// Reads the frontier of a programme, as `groundwork frontier` writes it.
///
/// # Errors
///
/// [`Code::NotThisFormat`] when the bytes are not such a frontier of this version, with the line at which
/// that shows.
pub fn read_rule_frontier(name: &str, bytes: &[u8]) -> Result<RuleFrontier, Problem> {
    read(name, bytes, "a frontier of a programme", RULE_FRONTIER_FORMAT)
}

/// Is what every file with a version begins with, whatever that is.
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
    parse(name, bytes, what)
}

fn parse<T: DeserializeOwned>(name: &str, bytes: &[u8], what: &str) -> Result<T, Problem> {
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
        insta::assert_snapshot!(problem, @r"error V702 plan.json, row 3: the file is not a plan: unknown field `colour`, expected one of `format`, `programme`, `label`, `method`, `inputs`, `question`, `status`, `stopped_by`, `sense`, `scale`, `unit`, `value`, `bound`, `gap`, `openings`, `assignments`, `futures`, `outcomes`, `person_years_of_access`, `certificate`, `run` at line 3 column 10");
    }

    #[test]
    fn another_version_is_named_as_such() {
        let problem =
            read_certificate("plan.certificate.json", b"{\"format\": 2, \"new\": []}").unwrap_err();
        insta::assert_snapshot!(problem, @r"error V702 plan.certificate.json: the file is a certificate of format 2; this version reads format 1");
    }

    #[test]
    fn an_answer_reads_back() {
        let text = r#"{"status":"optimal","stopped_by":"proved","sense":"min","scale":1,"value":5819,
            "bound":5819,"gap":0.0,"seconds":0.1,"work":7,"peak_rss_bytes":1024,
            "openings":[{"site":1,"period":1}],"assignments":[]}"#;
        let answer = read_answer("answer.json", text.as_bytes()).unwrap();
        assert_eq!((answer.value, answer.openings[0].site), (Some(5819), 1));
        let again = serde_json::to_vec(&answer).unwrap();
        assert_eq!(read_answer("answer.json", &again), Ok(answer));
        let problem = read_answer("answer.json", b"[]").unwrap_err();
        assert!(problem.cause.starts_with("the file is not an answer: "), "{problem}");
    }

    #[test]
    fn a_certificate_of_an_answer_reads_back() {
        let text = r#"{"format":1,"sha256":"00","value":null,"bound":-3,
            "proof":{"cover":{"periods":[{"at_least_m":0,"weights":[]}]}}}"#;
        let certificate = read_field_certificate("c.json", text.as_bytes()).unwrap();
        assert_eq!((certificate.value, certificate.bound), (None, -3));
        let again = serde_json::to_vec(&certificate).unwrap();
        assert_eq!(read_field_certificate("c.json", &again), Ok(certificate));
        let problem = read_field_certificate("c.json", b"{\"format\": 9}").unwrap_err();
        assert!(problem.cause.contains("of format 9"), "{problem}");
    }

    #[test]
    fn a_frontier_reads_back() {
        let text = r#"{"stopped_by":"exhausted","sense":"max","scale":1,"gap":0.5,"seconds":0.1,"work":7,
            "peak_rss_bytes":1024,"points":[{"p":1,"value":4,"bound":6,"gap":0.5,"opened":[2],"closed":[]}]}"#;
        let frontier = read_frontier("f.json", text.as_bytes()).unwrap();
        assert_eq!(frontier.points[0].opened, [2]);
        let again = serde_json::to_vec(&frontier).unwrap();
        assert_eq!(read_frontier("f.json", &again), Ok(frontier.clone()));
        let claims = serde_json::to_string(&frontier.claims()).unwrap();
        let text = format!(
            r#"{{"format":1,"sha256":"00","claims":{claims},"multipliers":[{{"shift":4,"radii":[16,0]}}]}}"#
        );
        let certificate = read_frontier_certificate("c.json", text.as_bytes()).unwrap();
        assert_eq!((certificate.claims.len(), certificate.multipliers[0].shift), (1, 4));
        let problem = read_frontier_certificate("c.json", b"{\"format\": 9}").unwrap_err();
        assert!(problem.cause.contains("a certificate of a frontier of format 9"), "{problem}");
    }
}
