//! What is said of each half-done state: what works, who is awaited, which calls lead on and back.

use super::HalfDone;
use crate::provision::{OperationName as O, Policies, VbrTerminateRight};
use crate::rehearse::conversion::Actor;

/// A call that leads on or back, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    /// Who calls.
    pub by: Actor,
    /// What.
    pub call: O,
    /// What has to be known of it.
    pub note: &'static str,
}

const fn a_move(by: Actor, call: O, note: &'static str) -> Move {
    Move { by, call, note }
}

/// Who may terminate and recover the VBR, and change what hangs on its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Line {
    /// Nobody: there is no VBR.
    Nobody,
    /// The partner, who owns the circuit.
    Partner,
    /// The tenant, who owns the shared port.
    Tenant,
}

/// What works in a state. `None`: that depends on more than the state's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Do the tenant's frames pass?
    pub frames: Option<bool>,
    /// Who has the line under the VBR?
    pub line: Option<Line>,
    /// Does the port usage fee run?
    pub fee: Option<bool>,
}

const OPEN: Move = a_move(
    Actor::Tenant,
    O::OpenPhysicalConnectionService,
    "without it the tenant cannot accept",
);
const DELETE: Move = a_move(
    Actor::Tenant,
    O::DeletePhysicalConnection,
    "the port's owner alone, but for the policy port_delete_right",
);
const TERMINATE: Move = a_move(
    Actor::Tenant,
    O::TerminatePhysicalConnection,
    "an Enabled port is terminated before it is deleted",
);
const ATTACH: Move = a_move(
    Actor::Partner,
    O::AttachVbrToVpconn,
    "the same VBR that the port was made from; there is no way back from here",
);
const UNLOCK: Move = a_move(Actor::Cloud, O::SetBusinessStatus, "once what is owed is paid");

impl HalfDone {
    /// Who is awaited; `None`: nobody, it is done or out of anybody's hands.
    pub fn awaits(self) -> Option<Actor> {
        match self {
            Self::AcceptedComingUp | Self::PortGoing | Self::VbrBetween => Some(Actor::Cloud),
            _ => self.go_on().first().map(|next| next.by),
        }
    }

    /// The calls that lead on, in order; empty where only time or nobody helps.
    pub fn go_on(self) -> &'static [Move] {
        const CONFIRM: Move = a_move(
            Actor::Tenant,
            O::ConfirmPhysicalConnection,
            "from here on the port usage fee runs",
        );
        const CREATE: Move = a_move(
            Actor::Partner,
            O::CreateVpconnFromVbr,
            "a dry run tells whether it would pass",
        );
        const PAY: Move = a_move(Actor::Tenant, O::PayOrder, "whoever pays for the port");
        const RATE: Move = a_move(
            Actor::Partner,
            O::UpdateVirtualBorderBandwidth,
            "to what the port has; the attach would change it silently",
        );
        const OWN: Move = a_move(
            Actor::Tenant,
            O::DeleteVirtualBorderRouter,
            "the new VBR, not the legacy one",
        );
        const AGAIN: Move = a_move(
            Actor::Tenant,
            O::DeletePhysicalConnection,
            "then everything begins anew, with another token",
        );
        const BACK: Move = a_move(Actor::Tenant, O::RecoverPhysicalConnection, "the port is Enabled again");
        const PARTNER_RECOVERS: Move = a_move(
            Actor::Partner,
            O::RecoverVirtualBorderRouter,
            "refused where somebody else uses its VLAN by then",
        );
        const TENANT_RECOVERS: Move = a_move(
            Actor::Tenant,
            O::RecoverVirtualBorderRouter,
            "whoever has the line, by the policy vbr_terminate_right_on_shared_port",
        );
        const SIGN: Move = a_move(
            Actor::Tenant,
            O::ConfirmVirtualBorderRouter,
            "the legacy console's step",
        );
        match self {
            Self::VbrUnconfirmed => &[SIGN],
            Self::BillingOff => &[OPEN, CREATE],
            Self::NotBegun => &[CREATE],
            Self::AwaitingBilling => &[OPEN, CONFIRM],
            Self::AwaitingAcceptance => &[CONFIRM],
            Self::AcceptedUnpaid => &[PAY],
            Self::BillingLapsed => &[OPEN, ATTACH],
            Self::OrderUnpaid => &[PAY, RATE, ATTACH],
            Self::Drifted => &[RATE, ATTACH],
            Self::TenantVbrOnPort => &[OWN, ATTACH],
            Self::NotAttached => &[ATTACH],
            Self::PortLocked | Self::ConvertedLocked | Self::CircuitShut => &[UNLOCK],
            Self::PortTerminated => &[BACK, ATTACH],
            Self::PortCanceled => &[AGAIN, CREATE],
            Self::LegacyVbrDown => &[PARTNER_RECOVERS],
            Self::ConvertedVbrDown => &[TENANT_RECOVERS],
            Self::AcceptedComingUp
            | Self::PortGoing
            | Self::VbrBetween
            | Self::Converted
            | Self::Rebuilt
            | Self::VbrGone
            | Self::ForeignPort => &[],
        }
    }

    /// The calls that lead back to a legacy VBR without a port, in order; empty where there are none, or
    /// nothing has to be undone.
    pub fn go_back(self) -> &'static [Move] {
        const OWN: Move = a_move(
            Actor::Tenant,
            O::DeleteVirtualBorderRouter,
            "the new VBR, not the legacy one",
        );
        match self {
            Self::AwaitingBilling
            | Self::AwaitingAcceptance
            | Self::AcceptedUnpaid
            | Self::AcceptedComingUp
            | Self::PortTerminated
            | Self::PortCanceled => &[DELETE],
            Self::BillingLapsed | Self::OrderUnpaid | Self::Drifted | Self::NotAttached => &[TERMINATE, DELETE],
            Self::TenantVbrOnPort => &[OWN, TERMINATE, DELETE],
            Self::PortLocked
            | Self::PortGoing
            | Self::VbrUnconfirmed
            | Self::BillingOff
            | Self::NotBegun
            | Self::Converted
            | Self::ConvertedLocked
            | Self::ConvertedVbrDown
            | Self::LegacyVbrDown
            | Self::Rebuilt
            | Self::VbrBetween
            | Self::VbrGone
            | Self::ForeignPort
            | Self::CircuitShut => &[],
        }
    }

    /// Is the point of no return behind it? No page names a call that takes a VBR off its shared port.
    pub const fn is_past_return(self) -> bool {
        matches!(self, Self::Converted | Self::ConvertedLocked | Self::ConvertedVbrDown)
    }

    /// What works in it, under these policies.
    pub fn standing(self, policies: &Policies) -> Standing {
        let on_port = match policies.vbr_terminate_right_on_shared_port {
            VbrTerminateRight::Tenant => Line::Tenant,
            VbrTerminateRight::Partner => Line::Partner,
        };
        let (frames, line, fee) = match self {
            Self::VbrUnconfirmed => (Some(false), Some(Line::Partner), Some(false)),
            Self::BillingOff
            | Self::NotBegun
            | Self::AwaitingBilling
            | Self::AwaitingAcceptance
            | Self::AcceptedUnpaid
            | Self::PortTerminated
            | Self::PortCanceled => (Some(true), Some(Line::Partner), Some(false)),
            Self::AcceptedComingUp
            | Self::BillingLapsed
            | Self::OrderUnpaid
            | Self::Drifted
            | Self::TenantVbrOnPort
            | Self::NotAttached
            | Self::PortGoing => (Some(true), Some(Line::Partner), Some(true)),
            Self::PortLocked => (Some(true), Some(Line::Partner), None),
            Self::Converted => (Some(true), Some(on_port), Some(true)),
            Self::ConvertedLocked | Self::ConvertedVbrDown => (Some(false), Some(on_port), Some(true)),
            Self::LegacyVbrDown => (Some(false), Some(Line::Partner), None),
            Self::Rebuilt => (None, Some(Line::Partner), None),
            Self::VbrBetween => (Some(false), None, None),
            Self::VbrGone => (None, Some(Line::Nobody), None),
            Self::ForeignPort | Self::CircuitShut => (None, None, None),
        };
        Standing { frames, line, fee }
    }
}
