//! The files that the command line names.

use std::fs;
use std::path::{Component, Path, PathBuf};

use groundwork_formats::{read_certificate, read_plan, read_programme, sha256_hex};
use groundwork_model::{Certificate, Code, InputFile, Plan, Problem, Programme};

use crate::arguments::Arguments;
use crate::{INPUT_REFUSED, Refused, VERIFICATION_FAILED};

/// Reads the programme with the hashes of its files.
pub(crate) fn programme(folder: &Path) -> Result<(Programme, Vec<InputFile>), Refused> {
    let checked = read_programme(&mut |name| fs::read(folder.join(name)));
    match checked.programme {
        Some(programme) => Ok((programme, checked.inputs)),
        None => {
            let problems = checked.problems.into_iter().filter(Problem::is_error).collect();
            Err(Refused { code: INPUT_REFUSED, problems })
        }
    }
}

/// Reads the plan.
pub(crate) fn plan(path: &Path) -> Result<Plan, Refused> {
    let bytes = bytes(path)?;
    read_plan(&path.to_string_lossy(), &bytes)
        .map_err(|problem| Refused { code: VERIFICATION_FAILED, problems: vec![problem] })
}

/// Reads the certificate, if there is one, with everything that is wrong with it as a file.
pub(crate) fn certificate(
    arguments: &Arguments,
    plan: &Plan,
) -> Result<(Option<Certificate>, Vec<Problem>), Refused> {
    let path = match (&arguments.certificate, &plan.certificate) {
        (Some(given), _) => given.clone(),
        (None, Some(named)) => match beside(&arguments.plan, &named.path) {
            Some(path) => path,
            None => return Ok((None, vec![not_plain(named)])),
        },
        (None, None) => return Ok((None, Vec::new())),
    };
    let bytes = bytes(&path)?;
    let mut problems = Vec::new();
    problems.extend(plan.certificate.as_ref().and_then(|named| other_bytes(named, &bytes)));
    match read_certificate(&path.to_string_lossy(), &bytes) {
        Ok(certificate) => Ok((Some(certificate), problems)),
        Err(problem) => {
            problems.push(problem);
            Ok((None, problems))
        }
    }
}

/// Returns the path of a file beside the plan; `None` unless the name is a plain file name.
fn beside(plan: &Path, name: &str) -> Option<PathBuf> {
    let mut components = Path::new(name).components();
    let plain = matches!(components.next(), Some(Component::Normal(part)) if part == name);
    // What separates paths on another system is no part of a plain name on this one.
    let portable = !name.contains(['/', '\\', ':']);
    (plain && portable && components.next().is_none()).then(|| plan.with_file_name(name))
}

fn bytes(path: &Path) -> Result<Vec<u8>, Refused> {
    fs::read(path).map_err(|error| {
        let problem = Problem::new(Code::FileAccess, format!("the file cannot be read: {error}"));
        let problem = problem.in_file(path.to_string_lossy());
        Refused { code: INPUT_REFUSED, problems: vec![problem] }
    })
}

fn not_plain(named: &InputFile) -> Problem {
    let cause =
        format!("the plan names the certificate `{}`, which is no plain file name", named.path);
    Problem::new(Code::CertificateOfAnotherPlan, cause)
        .with_remedy("Name the certificate with --certificate.")
}

fn other_bytes(named: &InputFile, bytes: &[u8]) -> Option<Problem> {
    let cause = "the bytes are not those of the certificate that the plan names";
    let problem = Problem::new(Code::CertificateOfAnotherPlan, cause).in_file(&named.path);
    (sha256_hex(bytes) != named.sha256).then_some(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_lies_beside_its_plan() {
        let path = beside(Path::new("plans/plan.json"), "plan.certificate.json");
        assert_eq!(path, Some(PathBuf::from("plans/plan.certificate.json")));
        for name in
            ["", ".", "..", "../c.json", "/c.json", "a/c.json", "a\\c.json", "C:c.json", "c.json/"]
        {
            assert_eq!(beside(Path::new("plans/plan.json"), name), None, "{name}");
        }
    }
}
