//! The account of a run: what became of every frame copy, and every change of state.
//!
//! Invariant: its size depends on tenants, stations and changes, never on frames; and it judges
//! nothing. Every frame copy carries a [`Ticket`], which can only be settled; per tenant,
//! `offered + copies = settled + in flight`.

mod facts;
mod observer;
mod outbox;
mod ticket;

pub use facts::{PortFact, ServiceFact, StepRecord, VbrFact};
pub use observer::{NoObserver, Observer};
pub use outbox::{Entry, NodeChange, Outbox, Packet};
pub use ticket::{Lineage, Ticket, Trace};
