//! Names of things as small integers, and the closed lists that every room shares.
//!
//! Invariant: no floats; an id is an index into a list that is sorted by name, so that adding
//! an idle thing never changes the order of the others.

mod ids;
mod reason;
mod stream;

pub use ids::{
    AccountId, BindingId, Direction, FlowId, Lane, LinkId, NodeId, Origin, Party, PortNo, Segment, Station, StationId,
    TenantId,
};
pub use reason::{DropReason, Fate};
pub use stream::{Luck, Stream, name_hash};
