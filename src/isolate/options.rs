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
    /// Does one of a class attack for all of it?
    pub by_class: ByClass,
    /// Tenants whose good frames are sent as controls, at most.
    pub controlled: usize,
    /// Leaks that are brought to their smallest case, at most.
    pub minimised: usize,
    /// What devices declare, before what the scenario says and their profile has.
    pub declared: Declared,
}

/// Where one tenant attacks for all that the proof shows to be like it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ByClass {
    /// Nowhere: everybody attacks for itself.
    Never,
    /// Where there are more tenants than attack within the budget, and not so many are asked for.
    #[default]
    WhereMany,
    /// Wherever the number of attackers is not asked for, or is that of all.
    Always,
}

/// The fewest tenants that attack, where there are so many.
const LEAST: usize = 4;

/// Random frames that P-08 sends over all ports (CONFORMANCE 3.3).
pub const MILLION: u32 = 1_000_000;

/// A trial costs what its testbed's tenants cost, so this many tenants times attackers are the
/// budget of a suite.
const BUDGET: usize = 1_200;

/// How many of so many tenants attack where nobody asks for more: all of a small circuit, four of a
/// large one.
pub const fn within_budget(tenants: usize) -> usize {
    match BUDGET.checked_div(tenants) {
        Some(n) if n > LEAST => n,
        _ => LEAST,
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            vectors: Vec::new(),
            jobs: 1,
            random: None,
            attackers: None,
            by_class: ByClass::default(),
            controlled: 32,
            minimised: 8,
            declared: Declared::default(),
        }
    }
}

impl Options {
    /// The fewest tenants that attack: of a class that is asked for everywhere, one.
    pub fn least(&self) -> usize {
        match self.by_class {
            ByClass::Always => 1,
            ByClass::Never | ByClass::WhereMany => LEAST,
        }
    }

    /// Does one of a class attack for all of it, among so many tenants?
    pub fn is_by_class(&self, tenants: usize) -> bool {
        let all = self.attackers.is_none_or(|n| n >= tenants);
        match self.by_class {
            ByClass::Never => false,
            ByClass::WhereMany => all && tenants > within_budget(tenants),
            ByClass::Always => all,
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stands_for_its_class_where_not_all_can_attack_and_no_number_is_asked_for() {
        let of = |by_class, attackers, tenants| {
            Options {
                by_class,
                attackers,
                ..Options::default()
            }
            .is_by_class(tenants)
        };
        for (tenants, many) in [(1, false), (34, false), (35, true), (2_999, true)] {
            for attackers in [None, Some(usize::MAX), Some(tenants)] {
                assert_eq!(of(ByClass::WhereMany, attackers, tenants), many, "{tenants}");
                assert!(of(ByClass::Always, attackers, tenants));
                assert!(!of(ByClass::Never, attackers, tenants));
            }
        }
        assert!(!of(ByClass::WhereMany, Some(34), 35));
        assert!(!of(ByClass::Always, Some(3), 4));
        assert_eq!(Options::default().least(), 4);
    }
}
