//! The law: Express Connect's resources, who may do what to them, and in which state.
//!
//! Invariant: no operation leaves a shared port with two VBRs, or a VBR with another VLAN than
//! its port. No frames, no forwarder, no clock, no randomness.
//!
//! How to read this room: a [`Call`] is an [`Operation`] (by the API's own name) with its token
//! and dry-run flag. [`State::call`] asks the operation for its guards over a shared reference,
//! so a refused call cannot have changed anything, and then applies what the guards allowed.
//! What completes later waits in the state with a relative deadline; [`State::advance`] lets time
//! pass. Money is kept outside, by the [`money::Ledger`] that folds the [`Event`]s.
//!
//! - `law`: the state, its one door, time, choices, policies, guards, views.
//! - `table`: the closed lists: operations, parameters, specs, error codes.
//! - `circuit`, `port`, `vbr`: each resource, and the operations on it. `ids`: their ids.
//! - `money`: the ledger and its bill.

mod circuit;
mod ids;
mod law;
pub mod money;
mod port;
mod table;
mod vbr;

pub use circuit::{BusinessStatus, Circuit, ConnectionStatus, LoaStatus, OrderStatus};
pub use ids::{AttachmentId, IdError, PcId, ResourceId, ServiceKey, VbrId};
pub use law::advance::Outcome;
pub use law::attach_effect::{AttachDirection, AttachEffect, AttachKind, AttachScope};
pub use law::choices::{About, Answer, Chance, Choices, Defaults, Lead, Recorder, Replay};
pub use law::difference::Difference;
pub use law::error::ApiError;
pub use law::event::{Completion, Done, Event};
pub use law::guard::VLAN_MAX;
pub use law::policy::{
    AcceptAndPay, AsyncPromise, BillingPoint, BusyAttachment, CircuitBuild, ConvertSpec, ConvertedPortPayer,
    CustomerEnd, DeleteRetention, Gigabyte, LockEffect, NewVbrOnConvertingPort, OctetBasis, OutboundFrom, Policies,
    PolicyError, PolicyInfo, PortDeleteRight, Reaction, RetentionBoundary, SetupGates, SpecUnit, Switch,
    VbrTerminateRight, VlanUpdate,
};
pub use law::premises::{
    AccessDevice, AccessPoint, Account, AccountKind, Feature, LeadTimes, Premises, PremisesError, PresetCircuit, Range,
    Role, Site,
};
pub use law::setup::{Gate, Project};
pub use law::state::{Begun, Call, Reply, State};
pub use law::view::{CircuitView, PortView, ServiceView, VbrView};
pub use port::{Acceptance, Port};
pub use table::asked_word::{AskedWord, LineOperator, OnList, PricingCycle};
pub use table::codes::{self, ErrorCode};
pub use table::hole::{Bindings, Hole};
pub use table::operation::*;
pub use table::param::{AccountRef, LineType, NextHopType, OrderMode, ParamKind, ParamValue, Reference};
pub use table::parse::{OperationInfo, ParamError, ParamInfo, nearest};
pub use table::port_type::PortType;
pub use table::spec::Spec;
pub use vbr::{
    Addresses, Attachment, AttachmentStatus, Bfd, HealthCheck, NextHop, Prefix, Route, RouteStatus, Vbr, VbrStatus,
};

#[cfg(test)]
mod tests;
