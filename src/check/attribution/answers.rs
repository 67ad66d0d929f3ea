//! What an experiment found out: whose frames were lost, and who could have saved them.
//!
//! Plain data. It is found by putting deviations right and running the same world again (see `why`); here
//! it is judged and told.

use std::collections::BTreeMap;

use crate::contract::{Deviation, Owner};

/// The answers of a run, by tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    /// Of each tenant of whom frames were lost or went astray.
    pub tenants: BTreeMap<String, TenantAnswer>,
    /// How many worlds were run, the one that is asked about among them.
    pub worlds: u64,
    /// How many partners there are.
    pub partners: usize,
}

/// What one tenant lost, and who answers for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TenantAnswer {
    /// Frames that were sent and did not arrive (or whose answer did not).
    pub lost: u64,
    /// Frames that reached another tenant's place.
    pub astray: u64,
    /// Every such frame once, by who could have saved it; the most first.
    pub groups: Vec<Group>,
    /// Whose deviations were put right, in vain or not.
    pub tried: Vec<Owner>,
}

/// Frames that the same owners could have saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The smallest sets of owners in whose world these frames arrive, each in order. One set of one owner:
    /// it answers. Several: each could have saved them. Empty: nobody could.
    pub sets: Vec<Vec<Owner>>,
    /// How many frames.
    pub frames: u64,
    /// How many of each flow, by name.
    pub flows: BTreeMap<String, u64>,
    /// Of these, frames that the sender would not have sent at all: more than it bought.
    pub withheld: u64,
    /// Which deviations it takes, set by set.
    pub causes: Vec<Cause>,
}

/// A smallest set of deviations that saves what a set of owners saves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// In the order of the file.
    pub deviations: Vec<Deviation>,
    /// Frames of the tenant that are lost still with these put right, and nothing else.
    pub left: u64,
    /// Frames that were not lost before.
    pub newly_lost: u64,
}

impl Group {
    /// The owner that alone answers.
    pub fn only(&self) -> Option<&Owner> {
        match self.sets.as_slice() {
            [set] => match set.as_slice() {
                [only] => Some(only),
                _ => None,
            },
            _ => None,
        }
    }

    /// Do two records contradict each other, each of which would do if the other were put right, and nothing
    /// says which of them is right?
    pub fn is_contradicted(&self) -> bool {
        let undecided = |cause: &Cause| cause.deviations.iter().any(|deviation| deviation.undecided);
        self.sets.len() > 1 && self.causes.iter().filter(|cause| undecided(cause)).count() > 1
    }

    /// Does the contract allow it: is nobody in breach?
    pub fn is_allowed(&self) -> bool {
        self.only() == Some(&Owner::Contract)
    }
}
