//! What a refused call answers.

use std::fmt;

use crate::provision::table::codes;

/// A refusal, by the API's code or one of ours.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiError {
    /// The stable code; `codes::CODES` explains every one.
    pub code: &'static str,
    /// What was asked, what forbids it.
    pub message: String,
    /// The API's own code was not found, so the simulator names one (`Simulator.*`).
    pub simulator_code: bool,
}

impl ApiError {
    /// Is it the answer to a dry run that would have succeeded?
    pub fn is_dry_run(&self) -> bool {
        self.code == codes::DRY_RUN
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for ApiError {}

/// A refusal.
pub(in crate::provision) fn deny(code: &'static str, message: impl Into<String>) -> ApiError {
    ApiError {
        code,
        message: message.into(),
        simulator_code: code.starts_with("Simulator."),
    }
}

/// Refuses unless `ok`.
pub(in crate::provision) fn ensure(
    ok: bool,
    code: &'static str,
    message: impl FnOnce() -> String,
) -> Result<(), ApiError> {
    if ok { Ok(()) } else { Err(deny(code, message())) }
}
