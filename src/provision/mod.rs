//! The law: Express Connect's resources, who may do what to them, and in which state.
//!
//! Invariant: no operation leaves a shared port with two VBRs, or a VBR with another VLAN than
//! its port. No frames, no forwarder, no clock, no randomness.
