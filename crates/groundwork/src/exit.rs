//! How a command ends: exit codes, and failures with their faults.

use std::process::ExitCode;

use groundwork_model::{Code, Conflict, Problem};

/// Is how a command ended; the numbers are part of the interface (`docs/reference/exit-codes.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// A fault of the program or the machine.
    Internal = 1,
    /// The command line cannot be understood (clap uses the same number).
    Usage = 2,
    /// The input was refused.
    InputRefused = 3,
    /// No plan keeps all rules.
    Infeasible = 4,
    /// The checker refused.
    VerificationFailed = 5,
    /// Stopped by a limit or a person, with a plan.
    StoppedWithPlan = 6,
    /// Stopped by a limit or a person, without any.
    StoppedWithoutPlan = 7,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Is why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Faults of the input; warnings may stand among them.
    Input(Vec<Problem>),
    /// No plan keeps all rules; with the rules that cannot be kept together, where they were looked for.
    Infeasible(Vec<Problem>, Option<Box<Conflict>>),
    /// The checker refused what the program made.
    Refused(Vec<Problem>),
    /// A limit or a person stopped the run before there was any plan.
    Stopped(Problem),
    /// The command line asks for something that cannot be.
    Usage(Problem),
    /// A file could not be read or written.
    File(Problem),
}

impl Failure {
    /// Returns the faults.
    pub(crate) fn problems(&self) -> &[Problem] {
        match self {
            Self::Input(problems) | Self::Infeasible(problems, _) | Self::Refused(problems) => {
                problems
            }
            Self::Usage(problem) | Self::File(problem) | Self::Stopped(problem) => {
                std::slice::from_ref(problem)
            }
        }
    }

    /// Returns why no plan keeps all rules, where that was looked for.
    pub(crate) fn conflict(&self) -> Option<&Conflict> {
        match self {
            Self::Infeasible(_, conflict) => conflict.as_deref(),
            _ => None,
        }
    }

    /// Returns a failure to read or write a path.
    pub(crate) fn file(doing: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        let cause = format!("{doing} {}: {error}", path.display());
        Self::File(Problem::new(Code::FileAccess, cause))
    }
}

impl Exit {
    /// Returns the exit code of a failure.
    pub(crate) fn of(failure: &Failure) -> Self {
        match failure {
            Failure::Input(_) => Self::InputRefused,
            Failure::Infeasible(..) => Self::Infeasible,
            Failure::Refused(_) => Self::VerificationFailed,
            Failure::Stopped(_) => Self::StoppedWithoutPlan,
            Failure::Usage(_) => Self::Usage,
            Failure::File(_) => Self::Internal,
        }
    }
}
