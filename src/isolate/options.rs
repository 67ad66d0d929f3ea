//! What a suite tries, and how much of it.

use super::pics::Declared;
use super::rows::{ROWS, Vector};

/// What to run, and how much of it.
#[derive(Debug, Clone)]
pub struct Options {
    /// Rows by id (`I-06`), and groups by letter; none: all.
    pub vectors: Vec<String>,
    /// Threads; what is reported does not depend on it.
    pub jobs: usize,
    /// Random frames that each port sends (P-08); `None`: as many as make [`MILLION`] over all ports.
    pub random: Option<u32>,
    /// Tenants that attack, at most; `None`: as many as the budget admits ([`within_budget`]).
    pub attackers: Option<usize>,
    /// Tenants whose good frames are sent as controls, at most.
    pub controlled: usize,
    /// Leaks that are brought to their smallest case, at most.
    pub minimised: usize,
    /// What devices declare, before what the scenario says and their profile has.
    pub declared: Declared,
}

/// Random frames that P-08 sends over all ports (CONFORMANCE 3.3).
pub const MILLION: u32 = 1_000_000;

/// A trial costs what its testbed's tenants cost, so this many tenants times attackers are the
/// budget of a suite.
const BUDGET: usize = 1_200;

/// How many of so many tenants attack where nobody asks for more: all of a small circuit, four of a
/// large one.
pub const fn within_budget(tenants: usize) -> usize {
    match BUDGET.checked_div(tenants) {
        Some(n) if n > 4 => n,
        _ => 4,
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            vectors: Vec::new(),
            jobs: 1,
            random: None,
            attackers: None,
            controlled: 32,
            minimised: 8,
            declared: Declared::default(),
        }
    }
}

impl Options {
    /// Is the row asked for?
    pub fn wants(&self, row: &Vector) -> bool {
        let named = |word: &String| {
            let word = word.to_ascii_uppercase();
            word == row.group() || row.is_called(&word)
        };
        self.vectors.is_empty() || self.vectors.iter().any(named)
    }

    /// Words of [`Options::vectors`] that name no row and no group.
    pub fn unknown_vectors(&self) -> Vec<&str> {
        let alone = |word: &&String| {
            let only = Self {
                vectors: vec![(*word).clone()],
                ..Self::default()
            };
            !ROWS.iter().any(|row| only.wants(row))
        };
        self.vectors.iter().filter(alone).map(String::as_str).collect()
    }
}
