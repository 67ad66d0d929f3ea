//! A circuit (API: PhysicalConnection) and the states it shares with shared ports.

pub(in crate::provision) mod loa;
pub(in crate::provision) mod ops;

use std::collections::BTreeMap;

use crate::ident::AccountId;
use crate::provision::ids::PcId;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }
        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// The API's name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant),)* }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(in crate::provision) use named;

named!(
    /// `Status`: the life cycle of a circuit or shared port.
    ConnectionStatus {
        /// Applied for, under review.
        Initial,
        /// The review passed; the set-up order is awaited.
        Approved,
        /// A port in the access point is being allotted.
        Allocating,
        /// Under construction; a shared port: waiting to be accepted.
        Allocated,
        /// Waiting to be enabled.
        Confirmed,
        /// In use.
        Enabled,
        /// On its way to `Terminated`.
        Terminating,
        /// Out of use.
        Terminated,
        /// The review refused it.
        Rejected,
        /// Cancelled by its owner.
        Canceled,
        /// No port could be allotted.
        AllocationFailed,
    }
);
named!(
    /// `BusinessStatus`: what the system thinks of the bill.
    BusinessStatus {
        /// Nothing is owed, nothing is suspect.
        Normal,
        /// Locked for an overdue payment.
        FinancialLocked,
        /// Locked for security.
        SecurityLocked,
    }
);
named!(
    /// `LoaStatus`: the letter of authorisation.
    LoaStatus {
        /// Applied for.
        Applying,
        /// The application was accepted.
        Accept,
        /// The letter can be downloaded.
        Available,
        /// Under construction.
        Completing,
        /// Built.
        Complete,
    }
);
named!(
    /// An order of a circuit.
    OrderStatus {
        /// Not placed.
        None,
        /// Placed, waiting for payment.
        Unpaid,
        /// Paid.
        Paid,
    }
);

/// A circuit between a partner (or a lone customer) and an access point.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Circuit {
    /// Its owner.
    pub owner: AccountId,
    /// Number of the access point in the premises.
    pub access_point: u32,
    /// Number of the access device in the access point.
    pub device: u32,
    /// Mbit/s.
    pub bandwidth_mbps: u32,
    /// Life cycle.
    pub status: ConnectionStatus,
    /// Lock state.
    pub business: BusinessStatus,
    /// Does the lock stop frames (policy `lock_effect`)?
    pub stopped: bool,
    /// Letter of authorisation, once applied for.
    pub loa: Option<LoaStatus>,
    /// Initial installation order.
    pub setup_order: OrderStatus,
    /// Port occupancy order.
    pub occupancy_order: OrderStatus,
    /// Is a QoS policy bound to it?
    pub qos_policy: bool,
    /// The redundant circuit, where one is named.
    pub redundant: Option<PcId>,
    /// The carrier's circuit id.
    pub circuit_code: Option<Box<str>>,
    /// Its name.
    pub name: Option<Box<str>>,
    /// Mbit/s that its shared ports hold, running upgrades included.
    pub(in crate::provision) allocated_mbps: u32,
    /// Shared ports on it.
    pub(in crate::provision) ports: u32,
    /// VBRs directly on it, by owner.
    pub(in crate::provision) vbrs: BTreeMap<AccountId, u32>,
}

impl Circuit {
    /// Mbit/s that shared ports may still take.
    pub fn free_mbps(&self) -> u32 {
        self.bandwidth_mbps.saturating_sub(self.allocated_mbps)
    }
    /// Mbit/s that its shared ports hold, running upgrades included.
    pub fn allocated_mbps(&self) -> u32 {
        self.allocated_mbps
    }
    /// How many VBRs hang directly on it.
    pub fn vbr_count(&self) -> u32 {
        self.vbrs.values().sum()
    }
    /// Is another record of the circuit the same but for what is counted on it?
    pub(in crate::provision) fn is_but_for_counts(&self, other: &Self) -> bool {
        let counted = Self {
            allocated_mbps: self.allocated_mbps,
            ports: self.ports,
            vbrs: self.vbrs.clone(),
            ..other.clone()
        };
        *self == counted
    }
    pub(in crate::provision) fn vbrs_of(&self, owner: AccountId) -> u32 {
        self.vbrs.get(&owner).copied().unwrap_or(0)
    }
    pub(in crate::provision) fn add_vbr(&mut self, owner: AccountId) {
        *self.vbrs.entry(owner).or_insert(0) += 1;
    }
    pub(in crate::provision) fn remove_vbr(&mut self, owner: AccountId) {
        let left = self.vbrs_of(owner).saturating_sub(1);
        if left == 0 {
            self.vbrs.remove(&owner);
        } else {
            self.vbrs.insert(owner, left);
        }
    }
    /// Does it count against the quota of circuits that are not enabled?
    pub(in crate::provision) fn is_unfinished(&self) -> bool {
        use ConnectionStatus as S;
        matches!(
            self.status,
            S::Initial | S::Approved | S::Allocating | S::Allocated | S::Confirmed
        )
    }
}
