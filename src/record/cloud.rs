//! What the control plane leaves behind.

use crate::evidence::{ServiceFact, StepRecord};
use crate::ident::TenantId;
use crate::provision::money::Ledger;
use crate::provision::{Done, ResourceId, State};
use crate::units::SimTime;

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
    /// What calls and their outcomes touched, in order of time.
    pub happenings: Vec<Happening>,
    /// What the callers' clients did beside the steps.
    pub clients: ClientUse,
    /// The cloud's ids of the plan's circuits, by index.
    pub circuits: Vec<ResourceId>,
    /// What the plan's names stand for at the end, by binding; unbound: no step made it.
    pub bound: Vec<ResourceId>,
}

/// What the callers' clients did beside the steps themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClientUse {
    /// How often they asked for an outcome, where a step says that they ask.
    pub looks: u64,
    /// Calls and questions that the limit of calls refused; each was tried again.
    pub throttled: u64,
}

/// A call that was accepted, or an outcome of one, with the services that it touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// When.
    pub at: SimTime,
    /// What.
    pub cause: Cause,
    /// Services whose state may have changed.
    pub touched: Vec<Touched>,
}

/// What happened at the control plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A call: so many were accepted before it.
    Call(u32),
    /// An outcome of an earlier call.
    Outcome(Done),
}

impl Cause {
    /// How many calls were accepted before it, where it is one.
    pub const fn call(self) -> Option<u32> {
        match self {
            Self::Call(call) => Some(call),
            Self::Outcome(_) => None,
        }
    }
}

/// A service that something touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touched {
    /// Index of the circuit in the plan.
    pub circuit: usize,
    /// The VLAN on it.
    pub vlan: u16,
    /// Whose it is, or was.
    pub tenant: TenantId,
    /// Can it carry the tenant's frames now: is its gate open, has its VBR addresses and a route, and
    /// is it attached to a transit router?
    pub carries: bool,
}
