//! The forwarder: the one fast path that simulation, benchmark, proof and live runs share.
//!
//! Invariant: no allocation per frame, no dyn, no clock, no randomness; one verdict per frame
//! copy; an unknown (port, VID) is a drop; flooding never leaves the VID's members.
//!
//! A frame's way: `key` (classify); `decide` with `profile` and `lookup`; `charge` with `police`,
//! `learn` and `counters`; `rewrite`. `fastpath` holds the state and composes them, `quirk`
//! spoils them.

mod batch;
mod charge;
mod counters;
mod decide;
mod fastpath;
mod key;
mod learn;
mod lookup;
mod police;
mod priority;
mod profile;
mod quirk;
mod rewrite;
mod service;
mod tables;

pub use batch::{Batch, Verdicts};
pub use charge::Verdict;
pub use counters::{Count, Drops, MemberCounters, ServiceCounters};
pub use decide::{Decision, Group};
pub use fastpath::FastPath;
pub use key::{Class, Key, MAX_TAGS, Shape, TagKey, classify};
pub use learn::MOST_ADDRESSES;
pub use lookup::{Lookup, Slot};
pub use police::Bucket;
pub use priority::PriorityMap;
pub use profile::Entry;
pub use quirk::{Exact, Planted, Quirk};
pub use rewrite::Rewrite;
pub use tables::{
    Admission, Excess, Limit, MOST_BURST, Member, Octets, Policer, PolicerRule, PortConfig, PortRole, Profile, Service,
    ServiceId, ServiceKind, Tables, Untagged,
};

#[cfg(test)]
mod tests;
