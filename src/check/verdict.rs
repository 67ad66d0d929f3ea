//! Verdicts and their algebra (CONFORMANCE 5.2; ISO/IEC 9646-3).

use crate::scenario::plan::Expected;

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It holds, and the evidence would have shown otherwise.
    Pass,
    /// It does not hold.
    Fail,
    /// The tester could not know: a control is missing, or nothing was tried.
    Inconc,
    /// The tester itself failed.
    Error,
    /// The scenario declares that it does not apply.
    NotApplicable,
    /// This kind of run cannot show it.
    NotTestable,
}

impl Verdict {
    /// The verdict as every report prints it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Inconc => "INCONC",
            Self::Error => "ERROR",
            Self::NotApplicable => "NOT APPLICABLE",
            Self::NotTestable => "NOT TESTABLE",
        }
    }

    /// Joins two partial results: results only get worse, none -> pass -> inconc -> fail -> error.
    /// What does not apply changes nothing.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        let joined = if self.weight() >= other.weight() { self } else { other };
        debug_assert!(
            joined.weight() >= self.weight().max(other.weight()),
            "results only get worse"
        );
        joined
    }

    const fn weight(self) -> u8 {
        match self {
            Self::NotApplicable => 0,
            Self::Pass => 1,
            Self::NotTestable => 2,
            Self::Inconc => 3,
            Self::Fail => 4,
            Self::Error => 5,
        }
    }
}

/// How a verdict stands to what the scenario expected of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// As expected (or it does not apply).
    Conforms,
    /// Not as expected.
    Departs,
    /// Cannot be told.
    Unknown,
    /// The tester failed.
    Broken,
}

/// Compares a verdict with what was expected; `strict` expects every check to pass.
pub fn standing(verdict: Verdict, expected: Expected, strict: bool) -> Standing {
    let expected = if strict { Expected::Pass } else { expected };
    match (verdict, expected) {
        (Verdict::Error, _) => Standing::Broken,
        (Verdict::Pass | Verdict::NotApplicable, Expected::Pass)
        | (Verdict::Fail, Expected::Fail)
        | (Verdict::Inconc | Verdict::NotTestable, Expected::Inconc) => Standing::Conforms,
        (Verdict::Inconc | Verdict::NotTestable, Expected::Pass | Expected::Fail) => Standing::Unknown,
        (Verdict::Pass | Verdict::NotApplicable, Expected::Fail | Expected::Inconc)
        | (Verdict::Fail, Expected::Pass | Expected::Inconc) => Standing::Departs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::*;

    #[test]
    fn the_join_is_the_table_of_iso_9646() {
        for (a, b, joined) in [
            (Pass, Pass, Pass),
            (Pass, Inconc, Inconc),
            (Pass, Fail, Fail),
            (Inconc, Pass, Inconc),
            (Inconc, Inconc, Inconc),
            (Inconc, Fail, Fail),
            (Fail, Pass, Fail),
            (Fail, Inconc, Fail),
            (Fail, Fail, Fail),
            (NotApplicable, Pass, Pass),
            (Fail, Error, Error),
        ] {
            assert_eq!(a.join(b), joined, "{a:?} {b:?}");
            assert_eq!(b.join(a), joined, "{b:?} {a:?}");
        }
    }

    #[test]
    fn an_expected_failure_conforms_and_an_unexpected_pass_does_not() {
        assert_eq!(standing(Fail, Expected::Fail, false), Standing::Conforms);
        assert_eq!(standing(Pass, Expected::Fail, false), Standing::Departs);
        assert_eq!(standing(Fail, Expected::Fail, true), Standing::Departs);
        assert_eq!(standing(Inconc, Expected::Fail, false), Standing::Unknown);
    }
}
