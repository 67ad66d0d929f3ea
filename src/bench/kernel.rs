//! Which code of the fast path is timed. This is the one place where it is chosen.
//!
//! Invariant: a kernel that this build or this processor lacks is not run, never replaced.

use crate::forward::{FastPath, Quirk};

use super::point::Kernel;

impl Kernel {
    /// Can it run here?
    pub fn is_available(self) -> bool {
        // The fast path has one kernel, and picks it itself.
        self == Self::Auto
    }

    /// Lets a fast path run it.
    pub(super) fn choose<Q: Quirk>(self, _: &mut FastPath<Q>) {}
}
