//! What the control plane leaves behind.

use crate::evidence::{ServiceFact, StepRecord};
use crate::provision::money::Ledger;
use crate::provision::{ResourceId, State};

/// What the control plane showed of a service, with the slot that its VBR runs in.
pub type SlotFact = (Option<usize>, ServiceFact);

/// What the control plane leaves behind.
#[derive(Debug)]
pub struct CloudRecord {
    /// The law at the end.
    pub law: State,
    /// When fees started and stopped.
    pub ledger: Ledger,
    /// How each step ended, in order.
    pub steps: Vec<StepRecord>,
    /// What was shown of each service whenever it changed, in order.
    pub facts: Vec<SlotFact>,
    /// The cloud's ids of the plan's circuits, by index.
    pub circuits: Vec<ResourceId>,
    /// What the plan's names stand for at the end, by binding; unbound: no step made it.
    pub bound: Vec<ResourceId>,
}
