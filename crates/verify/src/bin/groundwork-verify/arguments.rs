//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

/// What the program is called with.
pub(crate) const USAGE: &str = "\
Usage: groundwork-verify FOLDER PLAN.json [--certificate FILE] [--json]

Checks a plan against the programme in FOLDER, with code that shares nothing with the solver.
The certificate is the one that the plan names, beside it, unless FILE is given.

  --certificate FILE  the certificate of the plan's bound
  --json              print the verdict as JSON
  -h, --help          print this
  -V, --version       print the version

Ends with 0 when the plan is accepted, 2 on wrong usage, 3 when a file cannot be used as input,
5 when the plan is not accepted.";

/// Is what the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Help,
    Version,
    Check(Arguments),
}

/// Names the files and the form of the answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) folder: PathBuf,
    pub(crate) plan: PathBuf,
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) json: bool,
}

/// Reads the command line; the text of an error says what is wrong with it.
pub(crate) fn parse(mut words: impl Iterator<Item = OsString>) -> Result<Asked, String> {
    let (mut paths, mut certificate, mut json) = (Vec::new(), None, false);
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("-h" | "--help") => return Ok(Asked::Help),
            Some("-V" | "--version") => return Ok(Asked::Version),
            Some("--json") => json = true,
            Some("--certificate") => {
                let file = words.next().ok_or("--certificate needs a file")?;
                if certificate.replace(PathBuf::from(file)).is_some() {
                    return Err("--certificate is given twice".to_owned());
                }
            }
            Some(option) if option.starts_with('-') => {
                return Err(format!("{option} is not an option; write ./{option} for a file"));
            }
            _ => paths.push(PathBuf::from(word)),
        }
    }
    let [folder, plan] = <[PathBuf; 2]>::try_from(paths)
        .map_err(|paths| format!("a folder and a plan are needed; {} given", paths.len()))?;
    Ok(Asked::Check(Arguments { folder, plan, certificate, json }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_words(words: &[&str]) -> Result<Asked, String> {
        parse(words.iter().map(OsString::from))
    }

    #[test]
    fn options_stand_anywhere() {
        let arguments = Arguments {
            folder: PathBuf::from("f"),
            plan: PathBuf::from("p.json"),
            certificate: Some(PathBuf::from("c.json")),
            json: true,
        };
        let words = ["--json", "f", "--certificate", "c.json", "p.json"];
        assert_eq!(parse_words(&words), Ok(Asked::Check(arguments)));
    }

    #[test]
    fn help_and_version_need_nothing_else() {
        assert_eq!(parse_words(&["f", "--help"]), Ok(Asked::Help));
        assert_eq!(parse_words(&["-V"]), Ok(Asked::Version));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong: [(&[&str], &str); 5] = [
            (&[], "a folder and a plan are needed; 0 given"),
            (&["f", "p", "q"], "a folder and a plan are needed; 3 given"),
            (&["f", "p", "--certificate"], "--certificate needs a file"),
            (&["--certificate", "a", "--certificate", "b"], "--certificate is given twice"),
            (&["f", "p", "--jsn"], "--jsn is not an option; write ./--jsn for a file"),
        ];
        for (words, message) in wrong {
            assert_eq!(parse_words(words), Err(message.to_owned()));
        }
    }
}
