//! A VLAN that is sold anew: the partner's switch polices what the law says is sold there now.

use trunklab::engine::run;
use trunklab::evidence::NoObserver;
use trunklab::ident::FlowId;
use trunklab::prove::{Snapshots, quiet};
use trunklab::provision::Defaults;
use trunklab::scenario::plan::NodeKind;
use trunklab::scenario::{MemorySources, Plan, load_text};
use trunklab::units::{BitRate, SimDuration, SimTime};

/// One tenant at VLAN 101 that offers 150M for two seconds. `sales` sell the port that is accepted.
fn world(sales: &str, faults: &str) -> Plan {
    loaded(text(sales, faults))
}

fn text(sales: &str, faults: &str) -> String {
    format!(
        "trunklab: 1
name: resale
duration: 8s
accounts:
  - {{ name: telecom, uid: 1, role: partner }}
  - {{ name: acme, uid: 2, outbound_billing: true }}
access_points: [{{ name: ap }}]
access_devices: [{{ name: dev, region: r }}]
circuits: [{{ name: circuit, a: ap, b: dev }}]
idcs: [{{ name: dc, tenant: acme, attach: ap, circuit: circuit, vlan_id: 101, address: 10.255.1.2/30, lan: 172.16.1.0/24 }}]
vpcs: [{{ name: vpc, tenant: acme, region: r, cidr: 192.168.1.0/24, endpoints: [{{ name: web, address: 192.168.1.10 }}] }}]
provisioning:
{sales}  - {{ at: 1s, by: acme, do: ConfirmPhysicalConnection, with: {{ PhysicalConnectionId: port }} }}
  - {{ at: 1s, by: acme, do: CreateVirtualBorderRouter, as: vbr, with: {{ PhysicalConnectionId: port, LocalGatewayIp: 10.255.1.1, PeerGatewayIp: 10.255.1.2, PeeringSubnetMask: 255.255.255.252 }} }}
  - {{ at: 1s, by: acme, do: CreateRouteEntry, with: {{ RouteTableId: vbr, DestinationCidrBlock: 172.16.1.0/24, NextHopType: PhysicalConnection }} }}
  - {{ at: 1s, by: acme, do: CreateTransitRouterVbrAttachment, with: {{ VbrId: vbr }} }}
traffic:
  - {{ name: warm, from: dc, to: vpc/web, kind: ping, start: 3s, count: 1, interval: 1s }}
  - {{ name: load, from: dc, to: vpc/web, rate: 150M, size: 1518, answered: false, start: 4s, stop: 6s }}
{faults}"
    )
}

fn loaded(text: String) -> Plan {
    let loaded = load_text("w.yaml", text.clone(), &MemorySources::new());
    loaded
        .unwrap_or_else(|refused| panic!("{}\n{text}", refused.errors[0]))
        .plan
}

fn sale(at: &str, by: &str, name: &str, spec: &str) -> String {
    format!(
        "  - {{ at: {at}, by: {by}, do: CreateVirtualPhysicalConnection, as: {name}, with: {{ PhysicalConnectionId: circuit, VpconnAliUid: acme, VlanId: 101, Spec: {spec}, OrderMode: PayByVirtualPhysicalConnectionOwner }} }}\n"
    )
}

/// Sold, deleted before it was accepted, and sold anew.
fn resale(first: &str, then: &str) -> String {
    let delete = "  - { at: 100ms, by: acme, do: DeletePhysicalConnection, with: { PhysicalConnectionId: old } }\n";
    let (first, then) = (
        sale("0s", "telecom", "old", first),
        sale("200ms", "telecom", "port", then),
    );
    format!("{first}{delete}{then}")
}

/// Hundredths of the load that arrive.
fn arrives(plan: &Plan) -> u64 {
    let (run, _) = run(plan, Defaults, NoObserver).unwrap_or_else(|e| panic!("{e}"));
    let load = plan.flows.iter().position(|flow| flow.name == "load").expect("a flow");
    let way = &run.evidence.flow(FlowId::of(load)).expect("it sent").forward;
    way.arrived.frames * 100 / (way.arrived.frames + way.lost())
}

/// What the partner's switch polices its services to at the start.
fn policed_at_the_start(plan: &Plan) -> Vec<BitRate> {
    let switch = plan.nodes.iter().find_map(|node| match &node.kind {
        NodeKind::AccessPoint(switch) => Some(switch),
        _ => None,
    });
    let services = switch.expect("an access point").tables.services.values();
    let policers = services.flat_map(|service| service.members.iter().filter_map(|member| member.police));
    policers.map(|policer| policer.rate).collect()
}

#[test]
fn a_vlan_that_is_sold_anew_is_policed_to_what_it_is_sold_with_now() {
    assert_eq!(arrives(&world(&resale("50M", "200M"), "")), 100);
    let slower = arrives(&world(&resale("200M", "50M"), ""));
    assert!((32..45).contains(&slower), "50M of 150M and a burst, not {slower} %");
    assert_eq!(arrives(&world(&sale("0s", "telecom", "port", "200M"), "")), 100);
}

#[test]
fn a_sale_that_the_law_refuses_sets_no_policer() {
    let refused = [
        sale("0s", "acme", "old", "50M"),
        sale("0s", "telecom", "old", "51M"),
        sale("0s", "telecom", "old", "50M").replace(" }\n", ", dry_run: true }\n"),
    ];
    for refused in refused {
        let plan = world(&format!("{refused}{}", sale("200ms", "telecom", "port", "200M")), "");
        assert_eq!(policed_at_the_start(&plan), [BitRate::from_mbps(200); 2], "{refused}");
        assert_eq!(arrives(&plan), 100, "{refused}");
    }
}

#[test]
fn a_vlan_that_the_law_never_sells_is_policed_to_what_is_asked_for() {
    let never = world(&sale("0s", "acme", "port", "50M"), "");
    assert_eq!(policed_at_the_start(&never), [BitRate::from_mbps(50); 2]);
    let unknown = world(&sale("0s", "telecom", "port", "51M"), "");
    assert_eq!(policed_at_the_start(&unknown), []);
    let first = world(&resale("200M", "50M"), "");
    assert_eq!(policed_at_the_start(&first), [BitRate::from_mbps(200); 2]);
}

#[test]
fn what_an_operator_does_by_hand_and_what_is_sold_later_go_together() {
    let moved = "faults:\n  - { at: 2s, misconnect: ap, tenant: acme, vlan_id: 102 }\n  - { at: 2100ms, misconnect: ap, tenant: acme, vlan_id: 101 }\n";
    assert_eq!(
        arrives(&world(&resale("50M", "200M"), moved)),
        100,
        "moving keeps policers"
    );
    let before = "faults:\n  - { at: 150ms, misconnect: ap, tenant: acme, vlan_id: 102 }\n";
    assert_eq!(
        arrives(&world(&resale("50M", "200M"), before)),
        0,
        "a sale does not mend a VLAN"
    );
    let typed = "faults:\n  - { at: 2s, police: ap, tenant: acme, spec: 75M }\n";
    let half = arrives(&world(&resale("50M", "200M"), typed));
    assert!((49..60).contains(&half), "75M of 150M and a burst, not {half} %");
}

#[test]
fn a_sale_anew_takes_the_place_of_policers_that_were_typed_in_at_switches_that_it_reaches() {
    let typed = "faults:
  - { at: 150ms, police: ap, tenant: acme, spec: 50M }
  - { at: 150ms, police: far, tenant: acme, spec: 50M }\n";
    let arrives = |sales: &str| {
        let text = text(sales, typed).replace("attach: ap,", "attach: far,").replace(
            "access_points: [{ name: ap }]",
            "access_points: [{ name: ap }, { name: far }]\nlinks: [{ name: trunk, a: far, b: ap }]",
        );
        arrives(&loaded(text))
    };
    assert_eq!(arrives(&resale("50M", "200M")), 100);
    let typed_last = arrives(&sale("0s", "telecom", "port", "200M"));
    assert!(
        (32..45).contains(&typed_last),
        "50M of 150M and a burst, not {typed_last} %"
    );
}

#[test]
fn a_legacy_vlan_is_policed_once_its_conversion_sells_it() {
    let sales = "  - { at: 0s, by: telecom, do: CreateVirtualBorderRouter, as: legacy, with: { PhysicalConnectionId: circuit, VbrOwnerId: acme, VlanId: 101, Bandwidth: 200 } }
  - { at: 0s, by: acme, do: Simulator.ConfirmVirtualBorderRouter, with: { VbrId: legacy } }
  - { at: 500ms, by: telecom, do: CreateVpconnFromVbr, as: port, with: { VbrId: legacy, OrderMode: PayByVirtualPhysicalConnectionOwner } }\n";
    let plan = quiet(&world(sales, ""));
    assert_eq!(policed_at_the_start(&plan), []);
    let mut timeline = Snapshots::new(&plan).unwrap_or_else(|error| panic!("{error}"));
    let mut policed = |at: SimDuration| {
        timeline.run(SimTime::ZERO.saturating_add(at));
        let switches = timeline.snapshot().switches;
        let switches = switches
            .iter()
            .filter(|(node, _)| plan.nodes[node.index()].name == "ap");
        let services = switches.flat_map(|(_, switch)| switch.tables().services.into_values());
        let members: Vec<_> = services.flat_map(|service| service.members).collect();
        let rates = members.iter().filter_map(|member| Some(member.police?.rate));
        rates.collect::<Vec<BitRate>>()
    };
    assert_eq!(policed(SimDuration::from_millis(400)), []);
    assert_eq!(policed(SimDuration::from_millis(600)), [BitRate::from_mbps(200); 2]);
}
