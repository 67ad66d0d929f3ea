//! What calls and completions report besides the state itself.

use crate::ident::AccountId;
use crate::provision::ids::{PcId, ResourceId, ServiceKey, VbrId};
use crate::provision::table::spec::Spec;
use crate::units::SimDuration;

/// Something that money or the account of a run depends on. The caller stamps it with the time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// A tenant accepted a shared port.
    PortAccepted {
        /// The shared port.
        port: PcId,
        /// Its owner.
        tenant: AccountId,
    },
    /// The port usage fee runs from now on.
    PortFeeStarted {
        /// The shared port.
        port: PcId,
        /// Who pays, by `OrderMode`.
        payer: AccountId,
        /// At which spec.
        spec: Spec,
    },
    /// The port usage fee goes on at another spec.
    PortFeeChanged {
        /// The shared port.
        port: PcId,
        /// The new spec.
        spec: Spec,
    },
    /// The port usage fee stops.
    PortFeeStopped {
        /// The shared port.
        port: PcId,
    },
    /// Outbound data of this service is billed from now on.
    OutboundStarted {
        /// The shared port.
        port: PcId,
        /// Where the octets are counted.
        service: ServiceKey,
        /// Who pays.
        tenant: AccountId,
    },
    /// Outbound data of this service is not billed any more.
    OutboundStopped {
        /// The shared port.
        port: PcId,
        /// Where the octets were counted.
        service: ServiceKey,
    },
    /// A VBR became active.
    VbrActivated {
        /// The VBR.
        vbr: VbrId,
        /// Its owner.
        tenant: AccountId,
    },
    /// A VBR is not active any more.
    VbrStopped {
        /// The VBR.
        vbr: VbrId,
    },
    /// A retained VLAN can be used again.
    VlanFreed {
        /// Which VLAN of which circuit.
        service: ServiceKey,
    },
}

/// What became of a pending task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Done {
    /// A circuit's application was approved.
    Approved,
    /// A circuit's application was rejected.
    Rejected,
    /// A port in the access point was allotted.
    Allocated,
    /// None could be allotted.
    AllocationFailed,
    /// The letter of authorisation was accepted.
    LoaAccepted,
    /// The letter of authorisation is available.
    LoaAvailable,
    /// The carrier has built the circuit.
    LoaComplete,
    /// A circuit or shared port is enabled.
    Enabled,
    /// A circuit, shared port or VBR is terminated.
    Terminated,
    /// A VBR is active again.
    Recovered,
    /// A VLAN's retention ended.
    VlanFreed,
    /// A custom route is in force.
    RouteAvailable,
    /// A custom route is gone.
    RouteDeleted,
    /// A VBR is attached to its transit router.
    Attached,
    /// A VBR is detached from its transit router.
    Detached,
    /// A shared port that nobody accepted is gone.
    PortExpired,
    /// A lock has lasted so long that it stops frames.
    LockStops,
    /// A tenant's last mile is built.
    LastMileBuilt,
}

impl Done {
    /// The word that programs read.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Allocated => "allocated",
            Self::AllocationFailed => "allocation_failed",
            Self::LoaAccepted => "loa_accepted",
            Self::LoaAvailable => "loa_available",
            Self::LoaComplete => "loa_complete",
            Self::Enabled => "enabled",
            Self::Terminated => "terminated",
            Self::Recovered => "recovered",
            Self::VlanFreed => "vlan_freed",
            Self::RouteAvailable => "route_available",
            Self::RouteDeleted => "route_deleted",
            Self::Attached => "attached",
            Self::Detached => "detached",
            Self::PortExpired => "port_expired",
            Self::LockStops => "lock_stops",
            Self::LastMileBuilt => "last_mile_built",
        }
    }
}

/// A pending task that came due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// How long after the start of the advance it happened.
    pub after: SimDuration,
    /// What happened.
    pub done: Done,
    /// To which resource, where it is one.
    pub resource: Option<ResourceId>,
    /// Services whose view may have changed.
    pub touched: Vec<ServiceKey>,
    /// What money and the account depend on.
    pub events: Vec<Event>,
}

/// Collects what a change touches.
#[derive(Debug, Default)]
pub(in crate::provision) struct Sink {
    pub touched: Vec<ServiceKey>,
    pub events: Vec<Event>,
}

impl Sink {
    pub(in crate::provision) fn touch(&mut self, key: ServiceKey) {
        if !self.touched.contains(&key) {
            self.touched.push(key);
        }
    }
}
