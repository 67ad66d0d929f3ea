//! The way back of each step: a documented inverse, a named policy, or NONE; and the price of waiting.
//!
//! Invariant: a way back that no page documents and no user names is NONE. Each one that exists is run on
//! the law and judged by what then differs from the state before the step.

mod contain;
mod tried;
mod walked;

pub use contain::{Rebuild, Rebuilt, rebuild};
pub use tried::{Called, Tried, longest, try_back, undo};
pub use walked::{BREAK_BEFORE_MAKE, IN_PLACE, Walked, walk};

use super::conversion::{Actor, Conversion};
use super::states::Move;
use crate::ident::AccountId;
use crate::provision::{ConvertedPortPayer, OperationName as O, Spec, State};
use crate::scenario::plan::Prices;
use crate::units::SimDuration;

/// A step of a cutover, of whichever strategy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The tenant enables outbound data transfer billing.
    OpenBilling,
    /// The partner makes the shared port from the VBR.
    Create,
    /// The tenant accepts the shared port (and pays).
    Confirm,
    /// The partner hangs the VBR on the shared port.
    Attach,
    /// The legacy VBR is terminated.
    TerminateVbr,
    /// The terminated VBR is deleted.
    DeleteVbr,
    /// The partner sells a shared port.
    Sell,
    /// The tenant makes a VBR on the shared port.
    BuildVbr,
}

/// Where something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Which document.
    pub document: &'static str,
    /// What it says, in our words.
    pub says: &'static str,
}

/// How a step can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayBack {
    /// By calls that the documentation has.
    Documented {
        /// The calls, in order.
        calls: &'static [Move],
        /// Where they are documented.
        source: Source,
    },
    /// By something that no page documents and the user assumes.
    Policy {
        /// The assumption's name.
        name: &'static str,
        /// How long it takes.
        delay: SimDuration,
    },
    /// By nothing.
    Nothing {
        /// What was looked for.
        why: &'static str,
    },
}

/// What the user assumes beyond the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terms {
    /// The vendor's support takes a VBR off its port again within this; `None`: it does not.
    pub support_case: Option<SimDuration>,
}

const SDK: &str = "operation notes of the vendor's SDK (vpc-20160428)";

const fn a_move(by: Actor, call: O, note: &'static str) -> Move {
    Move { by, call, note }
}

const DELETE: Move = a_move(Actor::Tenant, O::DeletePhysicalConnection, "the port's owner");
const TERMINATE: Move = a_move(
    Actor::Tenant,
    O::TerminatePhysicalConnection,
    "an Enabled port is terminated first",
);

const RECOVER: Move = a_move(
    Actor::Partner,
    O::RecoverVirtualBorderRouter,
    "while nobody else uses the VLAN; it is reserved for 7 days",
);
const DELETE_VBR: Move = a_move(
    Actor::Tenant,
    O::DeleteVirtualBorderRouter,
    "while no router interface or attachment depends on it",
);

impl Step {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::OpenBilling,
        Self::Create,
        Self::Confirm,
        Self::Attach,
        Self::TerminateVbr,
        Self::DeleteVbr,
        Self::Sell,
        Self::BuildVbr,
    ];

    /// The call that it is.
    pub const fn call(self) -> O {
        match self {
            Self::OpenBilling => O::OpenPhysicalConnectionService,
            Self::Create => O::CreateVpconnFromVbr,
            Self::Confirm => O::ConfirmPhysicalConnection,
            Self::Attach => O::AttachVbrToVpconn,
            Self::TerminateVbr => O::TerminateVirtualBorderRouter,
            Self::DeleteVbr => O::DeleteVirtualBorderRouter,
            Self::Sell => O::CreateVirtualPhysicalConnection,
            Self::BuildVbr => O::CreateVirtualBorderRouter,
        }
    }

    /// Who takes it.
    pub const fn by(self) -> Actor {
        match self {
            Self::OpenBilling | Self::Confirm | Self::DeleteVbr | Self::BuildVbr => Actor::Tenant,
            Self::Create | Self::Attach | Self::TerminateVbr | Self::Sell => Actor::Partner,
        }
    }

    /// Is it the point of no return?
    pub const fn is_point_of_no_return(self) -> bool {
        matches!(self, Self::Attach)
    }

    /// Its way back, on these terms.
    pub fn way_back(self, terms: Terms) -> WayBack {
        match self {
            Self::OpenBilling => WayBack::Nothing {
                why: "no call closes outbound data transfer billing; by itself it bills nothing",
            },
            Self::Create | Self::Sell => WayBack::Documented {
                calls: &[DELETE],
                source: Source {
                    document: SDK,
                    says: "DeletePhysicalConnection in Allocated; OperationDenied.NeedVpconnOwner: by the port's owner",
                },
            },
            Self::Confirm => WayBack::Documented {
                calls: &[TERMINATE, DELETE],
                source: Source {
                    document: SDK,
                    says: "TerminatePhysicalConnection in Enabled without a VBR on it, DeletePhysicalConnection in Terminated",
                },
            },
            Self::Attach => terms.support_case.map_or(
                WayBack::Nothing {
                    why: "no page names a call that takes a VBR off its shared port",
                },
                |delay| WayBack::Policy {
                    name: "support_case",
                    delay,
                },
            ),
            Self::TerminateVbr => WayBack::Documented {
                calls: &[RECOVER],
                source: Source {
                    document: SDK,
                    says: "RecoverVirtualBorderRouter in terminated; VLAN kept 7 days, then OperationFailed.VlanIdAlreadyInUse",
                },
            },
            Self::DeleteVbr => WayBack::Nothing {
                why: "a deleted VBR does not come back; one that is made anew has another id",
            },
            Self::BuildVbr => WayBack::Documented {
                calls: &[DELETE_VBR],
                source: Source {
                    document: SDK,
                    says: "DeleteVirtualBorderRouter in active, after what depends on the VBR is gone",
                },
            },
        }
    }
}

/// What it costs that a tenant has accepted and the VBR is still a legacy one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Who pays.
    pub payer: AccountId,
    /// For which spec; `None`: the VBR has no bandwidth that a port is sold with.
    pub spec: Option<Spec>,
    /// A day's port usage fee, in millionths of the currency, rounded down; `None`: no price is known.
    pub day: Option<u64>,
}

/// The price of each day from Confirm to Attach: money runs, and the VBR is still a legacy one.
pub fn waiting(state: &State, conversion: &Conversion, prices: Option<&Prices>) -> Waiting {
    const DAY_NS: u128 = 86_400_000_000_000;
    let policies = &state.premises().policies;
    let port = conversion.port(state).map(|(_, port)| port);
    let of_vbr = || state.converts_to(state.vbr(conversion.vbr)?.bandwidth_mbps);
    let payer = port.map_or(
        match policies.converted_port_payer {
            ConvertedPortPayer::Tenant => conversion.tenant,
            ConvertedPortPayer::Partner => conversion.partner,
        },
        crate::provision::Port::payer,
    );
    let spec = port.map(|port| port.spec).or_else(of_vbr);
    let month = u128::from(policies.billing_month.as_nanos().max(1));
    let price = spec.and_then(|spec| prices?.port_per_month.get(&spec).copied());
    let day = price.map(|price| u64::try_from(u128::from(price) * DAY_NS / month).unwrap_or(u64::MAX));
    Waiting { payer, spec, day }
}
