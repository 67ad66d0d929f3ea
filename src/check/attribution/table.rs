//! The shipped table of reason x place: who answers for a drop there.
//!
//! A *cause* names its party at once. A *symptom* (an address that does not resolve, a table
//! entry that is missing) is what some other fault looks like from here: it is attributed to the
//! party of the causes seen beside it, and to nobody where there is none.

use Blame::{Cause, Symptom};
use DropReason as R;
use Party::{Cloud, Partner, Tenant};

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
    match place {
        // A border's policer does what was bought; else a link answers for what happens on it.
        PlaceKind::Link(_) if matches!(reason, R::OverRate | R::Throttled) => Cause(Tenant),
        PlaceKind::Link(owner) => Cause(owner),
        PlaceKind::PartnerSwitch => at_partner(reason),
        PlaceKind::AccessDeviceOpen => at_device(reason, Partner, Partner, Cloud),
        // The tenant has not accepted, created or kept its VBR.
        PlaceKind::AccessDeviceClosed => at_device(reason, Tenant, Cloud, Tenant),
        // The circuit is locked or down, or its owner terminated the VBR.
        PlaceKind::AccessDeviceShut => at_device(reason, Partner, Cloud, Partner),
        PlaceKind::Idc | PlaceKind::Vbr | PlaceKind::Vpc => at_station(reason, place),
    }
}

const fn at_partner(reason: DropReason) -> Blame {
    match reason {
        // More than the spec was offered: the policer does what was bought.
        R::OverRate | R::Throttled => Cause(Tenant),
        // What the scenario assumes of the cloud's own doing.
        R::AttachEffect => Cause(Cloud),
        // The partner's own limiters; the tenant did not buy them.
        R::ArpLimit | R::IcmpLimit | R::QueueFull | R::MacLimit | R::Storm => Cause(Partner),
        // What the tenant's own equipment sent cannot be carried.
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
        | R::ReservedDestination => Cause(Tenant),
        // Where its tables, its links or its box do not carry what should be carried.
        R::PortLoopbackFilter
        | R::PortListIsEmpty
        | R::BadFcs
        | R::LinkDown
        | R::LinkLoss
        | R::NotForMe
        | R::BadHeader
        | R::UnsupportedProtocol
        | R::NoRoute
        | R::TtlExpired
        | R::ArpFailed
        | R::ArpQueueFull
        | R::NoSuchHost
        | R::NoListener
        | R::InterfaceDown => Cause(Partner),
    }
}

/// At an access device: who answers where there is no such VLAN, where there is a tag that should
/// not be, and where the interface is down, depends on who keeps the service open or shut.
const fn at_device(reason: DropReason, no_vlan: Party, wrong_tag: Party, down: Party) -> Blame {
    match reason {
        R::OverRate | R::Throttled => Cause(Tenant),
        // What the scenario assumes of the cloud's own doing.
        R::AttachEffect => Cause(Cloud),
        R::ArpLimit | R::IcmpLimit | R::QueueFull | R::MacLimit | R::Storm => Cause(Cloud),
        R::UnknownVid | R::VlanTagMismatch => Cause(no_vlan),
        R::SecondTag | R::IngressVlanFilter | R::ReservedVid => Cause(wrong_tag),
        R::InterfaceDown => Cause(down),
        R::SourceMacIsMulticast
        | R::SourceMacIsZero
        | R::ReservedDestination
        | R::RuntFrame
        | R::TruncatedTag
        | R::MtuExceeded => Cause(Tenant),
        R::SourceMacNotBound
        | R::PortLoopbackFilter
        | R::PortListIsEmpty
        | R::BadFcs
        | R::LinkDown
        | R::LinkLoss
        | R::NotForMe
        | R::BadHeader
        | R::UnsupportedProtocol
        | R::NoRoute
        | R::TtlExpired
        | R::ArpFailed
        | R::ArpQueueFull
        | R::NoSuchHost
        | R::NoListener => Cause(Cloud),
    }
}

const fn at_station(reason: DropReason, place: PlaceKind) -> Blame {
    let customer = matches!(place, PlaceKind::Idc);
    match reason {
        R::OverRate | R::Throttled => Cause(Tenant),
        // What the scenario assumes of the cloud's own doing.
        R::AttachEffect => Cause(Cloud),
        R::ArpLimit | R::IcmpLimit | R::QueueFull | R::MacLimit | R::Storm => Cause(Cloud),
        // Frames for somebody else, or under a wrong tag, were brought here by the partner.
        R::NotForMe | R::VlanTagMismatch | R::UnknownVid | R::SecondTag if customer => Cause(Partner),
        R::NotForMe => Symptom,
        // An attachment that the health check took out of use.
        R::InterfaceDown if matches!(place, PlaceKind::Vpc) => Symptom,
        // An address that does not resolve: the neighbour is silent, or the way to it is broken.
        R::ArpFailed | R::ArpQueueFull => Symptom,
        // Routes, hosts and listeners are the tenant's configuration, wherever they are missing.
        R::NoRoute | R::NoSuchHost | R::NoListener | R::InterfaceDown | R::TtlExpired => Cause(Tenant),
        // What its own stations sent.
        R::VlanTagMismatch
        | R::UnknownVid
        | R::SecondTag
        | R::ReservedVid
        | R::IngressVlanFilter
        | R::TruncatedTag
        | R::RuntFrame
        | R::MtuExceeded
        | R::SourceMacIsMulticast
        | R::SourceMacIsZero
        | R::SourceMacNotBound
        | R::ReservedDestination
        | R::BadHeader
        | R::UnsupportedProtocol => Cause(Tenant),
        // What no station drops for: switches and links do.
        R::PortLoopbackFilter | R::PortListIsEmpty | R::BadFcs | R::LinkDown | R::LinkLoss => Cause(Tenant),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_answers_for_everything_that_happens_on_it_but_for_what_is_beyond_the_bandwidth_across_a_border() {
        for reason in DropReason::ALL {
            let policed = matches!(reason, DropReason::OverRate | DropReason::Throttled);
            for owner in [Party::Tenant, Party::Partner, Party::Cloud] {
                let who = if policed { Party::Tenant } else { owner };
                assert_eq!(blame(*reason, PlaceKind::Link(owner)), Blame::Cause(who));
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
