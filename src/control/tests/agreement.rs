//! Boxes that were told otherwise than the law says are noticed: each is spoilt by hand.

use super::client::{law, law_over, lowered, served, sites, sold};
use crate::control::law::{PolicedPort, PolicedSite, Services, Sites};
use crate::forward::{Octets, Policer, Service, ServiceId, ServiceKind};
use crate::ident::{NodeId, PortNo, TenantId};
use crate::node::SwitchChange;
use crate::node::switch::{member, service};
use crate::units::{BitRate, ByteCount};

/// The partner's switch; it polices ACME's VLAN at its only port.
const SWITCH: NodeId = NodeId(9);
const SERVICE: ServiceId = ServiceId(0);

fn spoilt(spoil: impl FnOnce(&mut Services)) {
    let (mut law, circuit) = law();
    served(&mut law, circuit);
    lowered(&mut law);
    spoil(&mut law.services);
    lowered(&mut law);
}

/// As the switch has it at the start: nothing is sold.
fn unsold() -> Service {
    service(
        TenantId(0),
        ServiceKind::CrossConnect,
        member(PortNo(3), None),
        member(PortNo(4), None),
    )
}

fn policing() -> Sites {
    let port = PolicedPort {
        node: SWITCH,
        port: PortNo(3),
        burst: Some(ByteCount::new(9_000)),
        octets: None,
    };
    let vlan = PolicedSite {
        circuit: 0,
        vlan: 101,
        service: SERVICE,
        sold: None,
        ports: vec![port],
        tables: [(SWITCH, unsold())].into(),
    };
    Sites {
        policed: vec![vlan],
        ..sites()
    }
}

#[test]
#[should_panic(expected = "the sub-interface of")]
fn a_vbr_that_is_no_longer_placed_is_noticed() {
    spoilt(|services| services.slots.clear());
}

#[test]
#[should_panic(expected = "which is not served there")]
fn a_vbr_that_is_held_by_a_service_without_a_slot_is_noticed() {
    spoilt(Services::spoil_slots);
}

#[test]
#[should_panic(expected = "is held by nobody")]
fn a_vbr_that_is_set_up_for_nobody_is_noticed() {
    spoilt(Services::spoil_holders);
}

#[test]
#[should_panic(expected = "on a circuit that was never placed")]
fn a_service_on_a_circuit_that_was_never_placed_is_noticed() {
    spoilt(|services| services.circuits.clear());
}

#[test]
#[should_panic(expected = "is not policed to what was sold")]
fn a_partner_s_switch_that_polices_something_else_than_was_sold_is_noticed() {
    let (mut law, circuit) = law_over(policing());
    sold(&mut law, circuit);
    lowered(&mut law);
    law.services.spoil_partner();
    lowered(&mut law);
}

#[test]
fn a_hand_in_a_partner_s_switch_goes_before_the_sale() {
    let (mut law, circuit) = law_over(policing());
    sold(&mut law, circuit);
    lowered(&mut law);
    let mut typed = unsold();
    typed.members[0].police = Some(Policer {
        rate: BitRate::from_mbps(7),
        burst: ByteCount::new(9_000),
        octets: Octets::L2,
        excess: None,
        colour_aware: false,
    });
    let change = SwitchChange::Set(SERVICE, typed);
    assert_eq!(law.by_hand(SWITCH, &change), change);
    assert_eq!(lowered(&mut law), []);
}
