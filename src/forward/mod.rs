//! The forwarder: the one fast path that simulation, benchmark, proof and live runs share.
//!
//! Invariant: no allocation per frame, no dyn, no clock, no randomness; one verdict per frame
//! copy; an unknown (port, VID) is a drop; flooding never leaves the VID's members.
//!
//! A frame's way through all stages: `key` (classify); `decide` with `profile`, `modes`,
//! `open_vswitch` and `lookup`;
//! `charge` with `police`, `learn`, `shared` and `counters`; `rewrite` with `priority`. `fastpath` holds the
//! state and composes them, `quirk` spoils them.
//!
//! Its way by a memo of those stages: `kernel` reads frames in `batch`, `row` charges them, `step`
//! falls back, `passing` leaves a frame where it lies, `names` calls exits what their outputs want. `rows` keeps memos in line with the tables, `terms` has what they share, `store` and `shelf` are where rows and
//! services stand, `shard` divides frames among workers, `rested` is a copy for questions.

mod agreement;
mod batch;
mod charge;
mod counters;
mod decide;
mod fastpath;
mod kernel;
mod key;
mod learn;
mod lookup;
mod modes;
mod names;
mod open_vswitch;
mod passing;
mod police;
mod priority;
mod profile;
mod quirk;
mod rested;
mod rewrite;
mod row;
mod rows;
mod run;
mod service;
mod shard;
mod shared;
mod shelf;
mod step;
mod store;
mod tables;
mod terms;
mod vids;

pub use batch::{Exit, Sink};
pub use charge::FrameVerdict;
pub use counters::{Count, Drops, MemberCounters, ServiceCounters};
pub use decide::{Decision, Group};
pub use fastpath::{FastPath, Move};
pub use kernel::{Kernel, NoRoom, Slots, Standing, Standings, fetch, fetch_one};
pub use key::{Class, Key, MAX_TAGS, Shape, TagKey, classify};
pub use learn::MOST_ADDRESSES;
pub use lookup::{Lookup, MemberRef};
pub use modes::{PortMode, PriorityTags};
pub use passing::Passing;
pub use police::{Bucket, Buckets, Colour};
pub use priority::PriorityMap;
pub use profile::Ingress;
pub use quirk::{Exact, Kept, Met, Planted, Quirk, Served};
pub use rewrite::Rewrite;
pub use shard::{Steering, counters_of_all, unclaimed_of_all};
pub use tables::{
    Admission, Excess, Limit, MOST_BURST, Member, Octets, Policer, PolicerRule, PortConfig, PortRole, Profile, Service,
    ServiceId, ServiceKind, Tables, Untagged, VlanLimit,
};

pub use vids::VidSet;

#[cfg(test)]
mod tests;
