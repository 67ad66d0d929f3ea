//! The rule for positive controls: "nothing of it was seen" counts only where the same trial showed
//! that it could have been seen.

/// Of how many of those that a negative speaks of the trial has to show something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needed {
    /// Of every one. What was sent may have been lost before it came to where it could do harm, so
    /// that nobody else's frames stand for one's own.
    Each,
    /// Of one. Everything that there may be was asked about each of them, whether it has a service
    /// or not; to be shown is that the asking finds anything at all.
    One,
}

impl Needed {
    /// Does the negative count, where of so many something was shown of so many?
    /// Of nobody at all, nothing was shown.
    pub const fn is_met(self, shown: u64, of: u64) -> bool {
        match self {
            Self::Each => shown >= of && of > 0,
            Self::One => shown > 0,
        }
    }
}

/// Those that a negative speaks of, each with whether the trial showed something of it: the ones of
/// which it still has to. None are left where the negative counts.
pub fn uncontrolled<S>(needed: Needed, all: impl IntoIterator<Item = (S, bool)>) -> Vec<S> {
    let (shown, missing): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, shown)| *shown);
    let of = shown.len() + missing.len();
    if needed.is_met(shown.len() as u64, of as u64) {
        return Vec::new();
    }
    missing.into_iter().map(|(subject, _)| subject).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_frames_that_were_sent_each_tenant_needs_a_control_of_its_own() {
        let all = [("acme", true), ("globex", false)];
        assert_eq!(uncontrolled(Needed::Each, all), ["globex"]);
        assert_eq!(uncontrolled(Needed::Each, [("acme", true)]), [""; 0]);
    }

    #[test]
    fn of_everything_that_may_be_sent_one_tenants_control_stands_for_all() {
        assert_eq!(uncontrolled(Needed::One, [("acme", true), ("globex", false)]), [""; 0]);
        assert_eq!(
            uncontrolled(Needed::One, [("acme", false), ("globex", false)]),
            ["acme", "globex"]
        );
    }

    #[test]
    fn of_nobody_nothing_was_shown() {
        for needed in [Needed::Each, Needed::One] {
            assert!(!needed.is_met(0, 0), "{needed:?}");
        }
    }
}
