//! The law: Express Connect's resources, who may do what to them, and in which state.
//!
//! Invariant: no operation leaves a shared port with two VBRs, or a VBR with another VLAN than
//! its port. No frames, no forwarder, no clock, no randomness.
//!
//! How to read this room: a [`Call`] is an [`Operation`] (by the API's own name) with its token
//! and dry-run flag. [`State::call`] asks the operation for its guards over a shared reference,
//! so a refused call cannot have changed anything, and then applies what the guards allowed.
//! What completes later waits in the state with a relative deadline; [`State::advance`] lets time
//! pass. Money is kept outside, by the [`billing::Ledger`] that folds the [`Event`]s.

mod advance;
pub mod billing;
mod cen;
mod choices;
mod circuit;
mod circuit_ops;
pub mod codes;
mod error;
mod event;
mod guard;
mod ids;
mod invariant;
mod loa;
mod migrate;
mod operation;
mod param;
mod parse;
mod pending;
mod policy;
mod port;
mod port_end;
mod port_ops;
mod route;
mod setup;
mod spec;
mod state;
mod system;
mod vbr;
mod vbr_modify;
mod vbr_ops;
mod view;
mod world;

pub use choices::{Answer, Chance, Choices, Defaults, Lead, Recorder, Replay};
pub use circuit::{BusinessStatus, Circuit, ConnectionStatus, LoaStatus, OrderStatus};
pub use error::ApiError;
pub use event::{Completion, Done, Event};
pub use ids::{AttachmentId, IdError, PcId, ResourceId, ServiceKey, VbrId};
pub use operation::*;
pub use param::{AccountRef, LineType, NextHopType, OrderMode, ParamKind, ParamValue};
pub use parse::{OperationInfo, ParamError, ParamInfo};
pub use policy::{
    AcceptAndPay, BillingPoint, CircuitBuild, DeleteRetention, Gigabyte, NewVbrOnConvertingPort, OctetBasis,
    OutboundFrom, Policies, PolicyError, PolicyInfo, PortDeleteRight, RetentionBoundary, SetupGates, SpecUnit, Switch,
    VbrTerminateRight, VlanUpdate,
};
pub use port::{Acceptance, Port};
pub use setup::{Gate, Project};
pub use spec::Spec;
pub use state::{Call, Reply, State};
pub use vbr::{
    Addresses, Attachment, AttachmentStatus, Bfd, HealthCheck, NextHop, Prefix, Route, RouteStatus, Vbr, VbrStatus,
};
pub use view::{CircuitView, PortView, ServiceView, VbrView};
pub use world::{
    AccessDevice, AccessPoint, Account, AccountKind, Feature, LeadTimes, PresetCircuit, Range, Role, Site, World,
    WorldError,
};

#[cfg(test)]
mod tests;
