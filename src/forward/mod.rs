//! The forwarder: the one fast path that simulation, benchmark, proof and live runs share.
//!
//! Invariant: no allocation per frame, no dyn, no clock, no randomness; one verdict per frame
//! copy; an unknown (port, VID) is a drop; flooding never leaves the VID's members.

mod tables;

pub use tables::{
    Limit, Member, Octets, Policer, PortConfig, PortRole, Profile, Service, ServiceId, ServiceKind, Tables, Untagged,
};
