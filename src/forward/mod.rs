//! The forwarder: the one fast path that simulation, benchmark, proof and live runs share.
//!
//! Invariant: no allocation per frame, no dyn, no clock, no randomness; one verdict per frame
//! copy; an unknown (port, VID) is a drop; flooding never leaves the VID's members.
//!
//! A frame's way: `key` (classify), `profile` and `lookup` (decide), `police`, `learn` and
//! `counters` (charge), `rewrite`; `fastpath` composes them, `quirk` spoils them.

mod counters;
mod fastpath;
mod key;
mod learn;
mod lookup;
mod police;
mod profile;
mod quirk;
mod rewrite;
mod service;
mod tables;

pub use counters::{Count, Drops, MemberCounters, ServiceCounters};
pub use fastpath::{Decision, FastPath, Group, Verdict};
pub use key::{Class, Key, MAX_TAGS, Shape, TagKey, classify};
pub use learn::MOST_ADDRESSES;
pub use lookup::{Lookup, Slot};
pub use police::Bucket;
pub use profile::Entry;
pub use quirk::{Exact, Planted, Quirk};
pub use rewrite::Rewrite;
pub use tables::{
    Limit, Member, Octets, Policer, PortConfig, PortRole, Profile, Service, ServiceId, ServiceKind, Tables, Untagged,
};

#[cfg(test)]
mod tests;
