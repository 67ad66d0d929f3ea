//! What is wrong with what was read.

use super::place::Place;
use crate::scenario::Code;

/// One thing that is wrong with a source, or odd in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trouble {
    /// Where.
    pub place: Place,
    /// Its stable code.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// Does it stop the source from being used? What only leaves something UNKNOWN does not.
    pub stops: bool,
}

impl Trouble {
    /// What stops the source from being used.
    pub fn error(place: Place, code: Code, message: impl Into<String>) -> Self {
        Self {
            place,
            code,
            message: message.into(),
            stops: true,
        }
    }
    /// What leaves something UNKNOWN, or is odd.
    pub fn note(place: Place, code: Code, message: impl Into<String>) -> Self {
        Self {
            stops: false,
            ..Self::error(place, code, message)
        }
    }
}

impl std::fmt::Display for Trouble {
    /// `place: error[CODE]: message`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = if self.stops { "error" } else { "warning" };
        write!(f, "{}: {word}[{}]: {}", self.place, self.code.as_str(), self.message)
    }
}
