//! Exit statuses, and which of several wins.

/// How the command ended, worst first: the order is the precedence over several files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Everything that was judged is as expected.
    Conforms,
    /// Something could not be told, or nothing was tested.
    Inconclusive,
    /// Something is not as expected.
    Departs,
    /// A scenario or the command line is wrong.
    BadInput,
    /// The environment does not allow it: a file that cannot be written, a missing privilege.
    Environment,
    /// A defect of trunklab.
    Internal,
}

impl Exit {
    /// The process's exit status.
    pub const fn code(self) -> u8 {
        match self {
            Self::Conforms => 0,
            Self::Departs => 1,
            Self::BadInput => 2,
            Self::Inconclusive => 3,
            Self::Environment => 4,
            Self::Internal => 70,
        }
    }

    /// The worse of two.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }
}

impl From<crate::check::Standing> for Exit {
    fn from(standing: crate::check::Standing) -> Self {
        use crate::check::Standing;
        match standing {
            Standing::Conforms => Self::Conforms,
            Standing::Departs => Self::Departs,
            Standing::Unknown => Self::Inconclusive,
            Standing::Broken => Self::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Exit::{self, *};

    #[test]
    fn the_precedence_over_several_files_is_70_4_2_1_3_0() {
        let mut all = [Conforms, Inconclusive, Departs, BadInput, Environment, Internal];
        all.sort();
        all.reverse();
        assert_eq!(all.map(Exit::code), [70, 4, 2, 1, 3, 0]);
        assert_eq!(Departs.and(Inconclusive).code(), 1);
    }
}
