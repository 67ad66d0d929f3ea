//! What a rule says of a tree.

use std::fmt;

/// One departure from a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub rule: &'static str,
    pub file: String,
    pub line: usize,
    /// What stands there that may not, or does not stand there and should: one name.
    pub name: String,
    pub why: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file, line, name, why, ..
        } = self;
        write!(f, "{file}:{line}: `{name}` {why}")
    }
}
