//! Calls of the API as they were meant, what they follow, and how many the cloud takes.

use crate::ident::{AccountId, BindingId};
use crate::provision::{ErrorCode, Hole, Operation};
use crate::scenario::file::OutcomeWord;
use crate::units::{SimDuration, SimTime};

/// How many calls the cloud takes, of each operation and each account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiLimit {
    /// So many, one or more.
    pub calls: u64,
    /// Within any such span.
    pub per: SimDuration,
    /// How long after a refusal for this reason the caller tries again; a nanosecond or more.
    pub retry: SimDuration,
}

impl ApiLimit {
    /// The documented quota: 300 calls in 60 s; who is refused tries again after a second.
    pub const DOCUMENTED: Self = Self {
        calls: 300,
        per: SimDuration::from_secs(60),
        retry: SimDuration::from_secs(1),
    };
}

/// A step that another one follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AfterPlan {
    /// Index into [`Plan::steps`](super::Plan::steps); less than that of the step that follows.
    pub step: usize,
    /// What must have become of it.
    pub outcome: OutcomeWord,
}

/// When a step that follows others is called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Following {
    /// What it follows; empty: it is called at its time.
    pub after: Vec<AfterPlan>,
    /// How long after all of them.
    pub wait: SimDuration,
    /// The caller asks this often; `None`: it knows at once.
    pub poll: Option<SimDuration>,
}

/// A call of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepPlan {
    /// When; where it follows others, not before this.
    pub at: SimTime,
    /// What it follows.
    pub follows: Following,
    /// Who calls.
    pub by: AccountId,
    /// What is asked, with holes for what steps bind; token and dry run stand apart.
    pub operation: Operation<Hole>,
    /// The name that its result is bound to.
    pub as_name: Option<BindingId>,
    /// The hash of what it is about, as the file names it: what it makes, or what it acts on. What the
    /// law leaves open is drawn by it.
    pub subject: u64,
    /// The idempotency token.
    pub token: Option<String>,
    /// Only asks.
    pub dry_run: bool,
    /// The error code that is the point of it.
    pub expect_error: Option<ErrorCode>,
    /// Line in the scenario file, from 1.
    pub line: u32,
    /// Index into [`Plan::vbr_slots`](super::Plan::vbr_slots), where it creates a VBR.
    pub slot: Option<usize>,
}
