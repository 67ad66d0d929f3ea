//! Facts of the control plane, as the driver records them: plain values, judged elsewhere.

use crate::ident::{AccountId, TenantId};
use crate::units::{BitRate, SimTime};

/// How a step of the provisioning ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRecord {
    /// Which step of the plan.
    pub step: u32,
    /// When it was called.
    pub at: SimTime,
    /// Who called.
    pub by: AccountId,
    /// `None`: accepted. Else the API's error code and message (`DRYRUN.SUCCESS` is a code too).
    pub error: Option<(String, String)>,
}

/// What the control plane says of one tenant's service on one circuit, whenever it changes.
///
/// The gate is open where the shared port is confirmed and enabled, its business status is
/// normal, the circuit is enabled and the VBR is active (a legacy or own VBR: the circuit is
/// enabled and the VBR active).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceFact {
    /// When.
    pub at: SimTime,
    /// Whose service.
    pub tenant: TenantId,
    /// The circuit's name.
    pub circuit: String,
    /// The VLAN on the circuit.
    pub vlan: u16,
    /// May frames pass?
    pub open: bool,
    /// Where they may not: is it the circuit's owner who keeps them out? The circuit is not enabled
    /// or locked, or the owner terminated a VBR that hangs on no shared port.
    pub shut_by_owner: bool,
    /// The VBR: its id, VLAN, bandwidth and interconnect addresses as text, where one exists.
    pub vbr: Option<VbrFact>,
    /// The shared port: id, VLAN, bandwidth, where the service hangs on one.
    pub port: Option<PortFact>,
}

/// A VBR as the control plane shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VbrFact {
    /// Its id, `vbr-...`.
    pub id: String,
    /// Its VLAN.
    pub vlan: u16,
    /// Its bandwidth, both ways; `None`: unlimited.
    pub bandwidth: Option<BitRate>,
    /// `local/peer/len`, empty where it has no address.
    pub addresses: String,
    /// How many routes it has.
    pub routes: u32,
}

/// A shared port as the control plane shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortFact {
    /// Its id, `pc-...`.
    pub id: String,
    /// Its VLAN.
    pub vlan: u16,
    /// Its `Spec`.
    pub bandwidth: BitRate,
    /// How many VBRs hang on it.
    pub vbrs: u32,
}
