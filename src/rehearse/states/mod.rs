//! Every half-done state of a conversion, by name: what works in it, who is awaited, how to go on and
//! how to go back.
//!
//! [`HalfDone::of`] is total: every state of the law has exactly one name for each conversion. The
//! exploration holds what is said here against the law in every state that it reaches.

mod told;

pub use told::{Line, Move, Standing};

use super::conversion::Conversion;
use crate::provision::{Acceptance, BusinessStatus, ConnectionStatus, Port, State, Vbr, VbrStatus};

macro_rules! half_done {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal,)*) => {
        /// Where a conversion stands.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum HalfDone { $($(#[doc = $doc])* $variant,)* }

        impl HalfDone {
            /// Every one of them, in the order of a conversion.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it is, in a sentence.
            pub fn what(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),*).trim_start(),)* }
            }
        }
    };
}

half_done! {
    /// The partner has pushed the VBR, and the tenant has not confirmed it.
    VbrUnconfirmed = "vbr-unconfirmed",
    /// Nothing has begun, and the tenant has no outbound data transfer billing.
    BillingOff = "billing-off",
    /// Nothing has begun: the VBR hangs on the partner's circuit.
    NotBegun = "not-begun",
    /// The shared port waits for the tenant, who has no outbound billing by now and cannot accept.
    AwaitingBilling = "awaiting-billing",
    /// The shared port waits for the tenant; a tenant that never accepts stays here.
    AwaitingAcceptance = "awaiting-acceptance",
    /// The tenant has accepted and not paid.
    AcceptedUnpaid = "accepted-unpaid",
    /// The tenant has accepted; the port is not Enabled yet.
    AcceptedComingUp = "accepted-coming-up",
    /// The port is Enabled and its fee runs, and the tenant's outbound billing has lapsed.
    BillingLapsed = "billing-lapsed",
    /// A bandwidth was ordered for the port after it was made, and is not paid.
    OrderUnpaid = "order-unpaid",
    /// The VBR's bandwidth is not the port's: one of them was changed after the port was made.
    Drifted = "drifted",
    /// The tenant has made a VBR of its own on the port; the attach meets a full port.
    TenantVbrOnPort = "tenant-vbr-on-port",
    /// The port is Enabled and its fee runs, and the VBR is still a legacy one: the attach is missing.
    NotAttached = "not-attached",
    /// The port is locked before the attach, whatever else it is.
    PortLocked = "port-locked",
    /// The tenant has given the port up; it is on its way out.
    PortGoing = "port-going",
    /// The tenant has terminated the port; it still occupies the VLAN.
    PortTerminated = "port-terminated",
    /// The tenant has cancelled the port; it still occupies the VLAN.
    PortCanceled = "port-canceled",
    /// The VBR hangs on the shared port, and frames pass.
    Converted = "converted",
    /// The VBR hangs on the shared port, which is locked: no frame passes, whatever the VBR is.
    ConvertedLocked = "converted-locked",
    /// The VBR hangs on the shared port and is terminated.
    ConvertedVbrDown = "converted-vbr-down",
    /// The legacy VBR is terminated; its VLAN is reserved for seven days.
    LegacyVbrDown = "legacy-vbr-down",
    /// The legacy VBR is terminated, and the tenant has a VBR of its own on the port.
    Rebuilt = "rebuilt",
    /// The VBR is going down or coming back.
    VbrBetween = "vbr-between",
    /// The VBR is deleted.
    VbrGone = "vbr-gone",
    /// A shared port that was not made from the VBR is on its VLAN.
    ForeignPort = "foreign-port",
    /// The circuit is locked or not Enabled: nothing passes for anybody on it.
    CircuitShut = "circuit-shut",
}

impl HalfDone {
    /// Where a conversion stands in a state of the law.
    pub fn of(state: &State, conversion: &Conversion) -> Self {
        let open = (state.circuit(conversion.began.circuit)).is_some_and(|view| {
            view.circuit.status == ConnectionStatus::Enabled && view.circuit.business == BusinessStatus::Normal
        });
        if !open {
            return Self::CircuitShut;
        }
        let Some(vbr) = state.vbr(conversion.vbr) else {
            return Self::VbrGone;
        };
        let port = conversion.port(state).map(|(_, port)| port);
        match vbr.status {
            VbrStatus::Unconfirmed => Self::VbrUnconfirmed,
            VbrStatus::Terminating | VbrStatus::Recovering => Self::VbrBetween,
            VbrStatus::Terminated if vbr.is_on_port() => match Self::converted(state.port(vbr.connection)) {
                Self::Converted => Self::ConvertedVbrDown,
                locked => locked,
            },
            VbrStatus::Terminated if port.is_some_and(|port| port.vbr.is_some()) => Self::Rebuilt,
            VbrStatus::Terminated => Self::LegacyVbrDown,
            VbrStatus::Active if vbr.is_on_port() => Self::converted(state.port(vbr.connection)),
            VbrStatus::Active => Self::legacy(state, conversion, vbr, port),
        }
    }

    fn converted(port: Option<&Port>) -> Self {
        if port.is_some_and(Port::is_open) {
            Self::Converted
        } else {
            Self::ConvertedLocked
        }
    }

    fn legacy(state: &State, conversion: &Conversion, vbr: &Vbr, port: Option<&Port>) -> Self {
        let billing = state.outbound_billing(conversion.tenant);
        let Some(port) = port else {
            return if billing { Self::NotBegun } else { Self::BillingOff };
        };
        if port.from_vbr != Some(conversion.vbr) {
            return Self::ForeignPort;
        }
        match port.status {
            ConnectionStatus::Canceled => return Self::PortCanceled,
            ConnectionStatus::Terminated if port.business == BusinessStatus::Normal => return Self::PortTerminated,
            ConnectionStatus::Terminating => return Self::PortGoing,
            _ => {}
        }
        match (port.business, port.acceptance, port.status) {
            (BusinessStatus::FinancialLocked | BusinessStatus::SecurityLocked, ..) => Self::PortLocked,
            (_, Acceptance::UnConfirmed, _) if billing => Self::AwaitingAcceptance,
            (_, Acceptance::UnConfirmed, _) => Self::AwaitingBilling,
            (_, Acceptance::Confirmed, _) if !port.paid => Self::AcceptedUnpaid,
            (_, Acceptance::Confirmed, ConnectionStatus::Enabled) => Self::enabled(state, vbr, port, billing),
            (_, Acceptance::Confirmed, _) => Self::AcceptedComingUp,
        }
    }

    fn enabled(state: &State, vbr: &Vbr, port: &Port, billing: bool) -> Self {
        if port.vbr.is_some() {
            Self::TenantVbrOnPort
        } else if port.expect_spec.is_some() {
            Self::OrderUnpaid
        } else if has_drifted(state, vbr, port) {
            Self::Drifted
        } else if !billing {
            Self::BillingLapsed
        } else {
            Self::NotAttached
        }
    }
}

/// Is a legacy VBR's own bandwidth another than its port's? One without a bandwidth takes the port's.
fn has_drifted(state: &State, vbr: &Vbr, port: &Port) -> bool {
    vbr.bandwidth_mbps != 0 && state.converts_to(vbr.bandwidth_mbps) != Some(port.spec)
}
