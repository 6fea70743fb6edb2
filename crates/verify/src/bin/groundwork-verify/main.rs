//! `groundwork-verify`: the checker as a program of its own, without any solver in it.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is where the program speaks")]

mod arguments;
mod files;
mod words;

use std::process::ExitCode;

use groundwork_model::{Problem, Verdict};
use groundwork_verify::verify;

use crate::arguments::{Arguments, Asked, USAGE};

/// The command line is not understood.
const WRONG_USAGE: u8 = 2;
/// A file that was named cannot be used as input.
const INPUT_REFUSED: u8 = 3;
/// The plan is not what it claims to be.
const VERIFICATION_FAILED: u8 = 5;

fn main() -> ExitCode {
    match arguments::parse(std::env::args_os().skip(1)) {
        Ok(Asked::Help) => println!("{USAGE}"),
        Ok(Asked::Version) => println!("groundwork-verify {}", env!("CARGO_PKG_VERSION")),
        Ok(Asked::Check(arguments)) => return check(&arguments),
        Err(message) => {
            eprintln!("error: {message}\n\n{USAGE}");
            return ExitCode::from(WRONG_USAGE);
        }
    }
    ExitCode::SUCCESS
}

/// Reads, verifies, says what was found.
fn check(arguments: &Arguments) -> ExitCode {
    let (verdict, code) = match verdict(arguments) {
        Ok(verdict) if verdict.accepted => (verdict, 0),
        Ok(verdict) => (verdict, VERIFICATION_FAILED),
        Err(refused) => {
            (Verdict { problems: refused.problems, ..Verdict::default() }, refused.code)
        }
    };
    if arguments.json {
        match serde_json::to_string_pretty(&verdict) {
            Ok(text) => println!("{text}"),
            Err(error) => eprintln!("error: the verdict cannot be written: {error}"),
        }
    } else if code == INPUT_REFUSED {
        eprint!("{}", words::refusal(&verdict.problems));
    } else {
        print!("{}", words::verdict(&verdict));
    }
    ExitCode::from(code)
}

fn verdict(arguments: &Arguments) -> Result<Verdict, Refused> {
    let (programme, inputs) = files::programme(&arguments.folder)?;
    let plan = files::plan(&arguments.plan)?;
    let (certificate, problems) = files::certificate(arguments, &plan)?;
    let mut verdict = verify(&programme, &inputs, &plan, certificate.as_ref());
    verdict.accepted &= problems.is_empty();
    verdict.problems.splice(0..0, problems);
    Ok(verdict)
}

/// Says why there is nothing to verify.
struct Refused {
    code: u8,
    problems: Vec<Problem>,
}
