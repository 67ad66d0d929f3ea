//! Which code of the fast path is timed. This is the one place where it is chosen.
//!
//! Invariant: a kernel that this processor lacks is not run, never replaced.

use crate::forward::{FastPath, Quirk};

use super::point::Kernel;

impl Kernel {
    /// The fast path's kernel of this name; none where this processor lacks it.
    fn found(self) -> Option<crate::forward::Kernel> {
        match self {
            Self::Auto => Some(crate::forward::Kernel::best()),
            named => named.to_string().parse().ok(),
        }
    }

    /// Can it run here?
    pub fn is_available(self) -> bool {
        self.found().is_some()
    }

    /// Lets a fast path run it, where it is available.
    pub(super) fn choose<Q: Quirk>(self, fast: &mut FastPath<Q>) {
        if let Some(kernel) = self.found() {
            fast.use_kernel(kernel);
        }
    }
}
