//! The vectors, by family: each makes frames for one port, or tells a story with changes.

pub mod contention;
pub mod control_plane;
pub mod destinations;
pub mod ingress;
pub mod learning;
pub mod llc;
pub mod pairwise;
pub mod reconfiguration;
pub mod reserved;
pub mod size;
pub mod stacks;
