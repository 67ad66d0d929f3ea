//! The shipped table of reason x place: who answers for a drop there.
//!
//! A *cause* names its party at once. A *symptom* (an address that does not resolve, a table
//! entry that is missing) is what some other fault looks like from here: it is attributed to the
//! party of the causes seen beside it, and to nobody where there is none.

use crate::ident::{DropReason, Party};

/// What kind of place a frame ended at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlaceKind {
    /// A tenant's data centre.
    Idc,
    /// A switch of the partner or of its exchange.
    PartnerSwitch,
    /// The cloud's access device, while the tenant's service is open in the control plane.
    AccessDeviceOpen,
    /// The access device, while the tenant's service is not open.
    AccessDeviceClosed,
    /// The access device, while the circuit's owner keeps the service shut.
    AccessDeviceShut,
    /// A virtual border router.
    Vbr,
    /// Transit router, VPC, endpoints.
    Vpc,
    /// A link; its owner answers.
    Link(Party),
}

/// What the table says of a drop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blame {
    /// The fault lies with this party.
    Cause(Party),
    /// The consequence of a fault that lies elsewhere.
    Symptom,
}

/// Who answers for a frame that was dropped for `reason` at a place of this kind.
pub const fn blame(reason: DropReason, place: PlaceKind) -> Blame {
    use Blame::{Cause, Symptom};
    use DropReason as R;
    use Party::{Alibaba, Partner, Tenant};
    match (place, reason) {
        // A link answers for what happens on it, whatever it is.
        (PlaceKind::Link(owner), _) => Cause(owner),

        // More than the spec was offered: the policer does what was bought.
        (_, R::OverRate | R::Throttled) => Cause(Tenant),

        // The partner's own limiters; the tenant did not buy them.
        (PlaceKind::PartnerSwitch, R::ArpLimit | R::IcmpLimit | R::QueueFull | R::MacLimit) => Cause(Partner),
        (_, R::ArpLimit | R::IcmpLimit | R::QueueFull | R::MacLimit) => Cause(Alibaba),

        // What the tenant's own equipment sent cannot be carried.
        (
            PlaceKind::PartnerSwitch,
            R::UnknownVid
            | R::VlanTagMismatch
            | R::ReservedVid
            | R::SecondTag
            | R::IngressVlanFilter
            | R::TruncatedTag
            | R::RuntFrame
            | R::MtuExceeded
            | R::SourceMacIsMulticast
            | R::SourceMacIsZero
            | R::SourceMacNotBound
            | R::ReservedDestination,
        ) => Cause(Tenant),
        (PlaceKind::PartnerSwitch, _) => Cause(Partner),

        // An open service whose frames arrive under another tag: the partner tags them.
        (
            PlaceKind::AccessDeviceOpen,
            R::UnknownVid | R::VlanTagMismatch | R::SecondTag | R::IngressVlanFilter | R::ReservedVid,
        ) => Cause(Partner),
        // A service that is not open: the tenant has not accepted, created or kept its VBR.
        (PlaceKind::AccessDeviceClosed, R::UnknownVid | R::VlanTagMismatch | R::InterfaceDown) => Cause(Tenant),
        // The circuit is locked or down, or its owner terminated the VBR.
        (PlaceKind::AccessDeviceShut, R::UnknownVid | R::VlanTagMismatch | R::InterfaceDown) => Cause(Partner),
        (
            PlaceKind::AccessDeviceOpen | PlaceKind::AccessDeviceClosed | PlaceKind::AccessDeviceShut,
            R::SourceMacIsMulticast
            | R::SourceMacIsZero
            | R::ReservedDestination
            | R::RuntFrame
            | R::TruncatedTag
            | R::MtuExceeded,
        ) => Cause(Tenant),
        (PlaceKind::AccessDeviceOpen | PlaceKind::AccessDeviceClosed | PlaceKind::AccessDeviceShut, _) => {
            Cause(Alibaba)
        }

        // Frames for somebody else, or under a wrong tag, were brought here by the partner.
        (PlaceKind::Idc, R::NotForMe | R::VlanTagMismatch | R::UnknownVid | R::SecondTag) => Cause(Partner),
        (_, R::NotForMe) => Symptom,
        // An attachment that the health check took out of use.
        (PlaceKind::Vpc, R::InterfaceDown) => Symptom,
        // An address that does not resolve: the neighbour is silent, or the way to it is broken.
        (_, R::ArpFailed | R::ArpQueueFull) => Symptom,
        // Routes, hosts and listeners are the tenant's configuration, wherever they are missing.
        (_, _) => Cause(Tenant),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_answers_for_everything_that_happens_on_it() {
        for reason in DropReason::ALL {
            for owner in [Party::Tenant, Party::Partner, Party::Alibaba] {
                assert_eq!(blame(*reason, PlaceKind::Link(owner)), Blame::Cause(owner));
            }
        }
    }

    #[test]
    fn an_unknown_vid_is_the_partners_while_the_service_is_open_and_the_tenants_while_it_is_not() {
        let at = |place| blame(DropReason::UnknownVid, place);
        assert_eq!(at(PlaceKind::AccessDeviceOpen), Blame::Cause(Party::Partner));
        assert_eq!(at(PlaceKind::AccessDeviceClosed), Blame::Cause(Party::Tenant));
    }

    #[test]
    fn a_neighbour_that_does_not_answer_is_a_symptom_everywhere_but_on_a_link() {
        for place in [PlaceKind::Idc, PlaceKind::Vbr, PlaceKind::Vpc] {
            assert_eq!(blame(DropReason::ArpFailed, place), Blame::Symptom);
        }
    }
}
