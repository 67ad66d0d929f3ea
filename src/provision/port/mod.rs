//! A shared port (API: VirtualPhysicalConnection).

pub(in crate::provision) mod end;
pub(in crate::provision) mod migrate;
pub(in crate::provision) mod ops;

use crate::ident::AccountId;
use crate::provision::circuit::{BusinessStatus, ConnectionStatus, named};
use crate::provision::ids::{PcId, ServiceKey, VbrId};
use crate::provision::law::policy::SpecUnit;
use crate::provision::table::param::OrderMode;
use crate::provision::table::spec::Spec;

named!(
    /// `VirtualPhysicalConnectionStatus`: has the tenant accepted?
    Acceptance {
        /// Not yet.
        UnConfirmed,
        /// Yes.
        Confirmed,
    }
);

/// A slice of a partner's circuit in a tenant's account. Its three states are independent:
/// life cycle, acceptance and lock.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port {
    /// The tenant.
    pub owner: AccountId,
    /// The partner, who owns the circuit.
    pub partner: AccountId,
    /// The circuit (`ParentPhysicalConnectionId`).
    pub circuit: PcId,
    /// Its VLAN on the circuit.
    pub vlan: u16,
    /// Bandwidth in force.
    pub spec: Spec,
    /// Mbit/s that a conversion kept of its VBR's bandwidth, where no spec is exactly that.
    pub kept_mbps: Option<u32>,
    /// Bandwidth that is ordered and not yet paid.
    pub expect_spec: Option<Spec>,
    /// Who pays the port usage fee.
    pub order_mode: OrderMode,
    /// Life cycle.
    pub status: ConnectionStatus,
    /// Has the tenant accepted?
    pub acceptance: Acceptance,
    /// Lock state.
    pub business: BusinessStatus,
    /// Does the lock stop frames (policy `lock_effect`)?
    pub stopped: bool,
    /// Is the port usage paid for?
    pub paid: bool,
    /// The legacy VBR that it was made from.
    pub from_vbr: Option<VbrId>,
    /// The VBR on it: at most one, by type.
    pub vbr: Option<VbrId>,
    /// Its name.
    pub name: Option<Box<str>>,
    /// What the ledger was last told.
    pub(in crate::provision) fee_runs: bool,
    pub(in crate::provision) outbound_runs: bool,
}

impl Port {
    /// Its VLAN of its circuit.
    pub fn key(&self) -> ServiceKey {
        ServiceKey {
            circuit: self.circuit,
            vlan: self.vlan,
        }
    }
    /// Who pays the port usage fee.
    pub fn payer(&self) -> AccountId {
        match self.order_mode {
            OrderMode::PayByPhysicalConnectionOwner => self.partner,
            OrderMode::PayByVirtualPhysicalConnectionOwner => self.owner,
        }
    }
    /// May frames pass as far as this port is concerned?
    pub fn is_open(&self) -> bool {
        self.acceptance == Acceptance::Confirmed && self.status == ConnectionStatus::Enabled && !self.stopped
    }
    /// Mbit/s in force.
    pub fn mbps(&self, unit: SpecUnit) -> u32 {
        self.kept_mbps.unwrap_or_else(|| self.spec.mbps(unit))
    }
    /// The larger of the bandwidth in force and the one ordered, in Mbit/s.
    pub(in crate::provision) fn reserved(&self, unit: SpecUnit) -> u32 {
        let ordered = self.expect_spec.map_or(0, |spec| spec.mbps(unit));
        ordered.max(self.mbps(unit))
    }
}
