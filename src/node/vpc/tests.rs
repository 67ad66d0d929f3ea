use std::net::Ipv4Addr;

use super::{EndpointKind, Vpc, VpcConfig};
use crate::host::{FlowKind, FlowSpec};
use crate::ident::{NodeId, PortNo};
use crate::node::VpcChange;
use crate::node::lab::*;
use crate::units::SimTime;
use crate::wire::MacAddr;

const BEIJING: Ipv4Addr = Ipv4Addr::new(10, 3, 0, 30);

#[test]
fn endpoints_listen_as_their_kind_says() {
    use EndpointKind::{Ecs, Oss, Rds, Slb};
    let listening = |kind: EndpointKind| [80, 443, 3306, 5432, 9000].map(|port| kind.listens(port));
    assert_eq!(listening(Ecs), [true; 5]);
    assert_eq!(listening(Oss), [true, true, false, false, false]);
    assert_eq!(listening(Slb), [true, true, false, false, false]);
    assert_eq!(listening(Rds), [false, false, true, true, false]);
}

#[test]
fn what_no_endpoint_answers_is_told_apart() {
    let flows = vec![
        flow(0, HOST, RDS, udp(80)),
        flow(1, HOST, Ipv4Addr::new(10, 2, 0, 99), udp(80)),
        flow(2, HOST, RDS, FlowKind::Ping),
    ];
    let far = Ipv4Addr::new(8, 8, 8, 8);
    let mut lab = line_with(
        flows,
        vec![flow(3, ECS, far, udp(80)), flow(4, ECS, RDS, answered(5432))],
    );
    lab.run_until(SimTime::from_secs(10));
    assert_eq!(
        lab.account(),
        [
            "flow 0 no_listener: 10",
            "flow 1 no_such_host: 10",
            "flow 2 consumed: 10",
            "flow 2 reply delivered: 10",
            "flow 3 no_route: 10",
            "flow 4 delivered: 10",
            "flow 4 reply delivered: 10",
            "node 0 consumed: 1",
            "node 1 consumed: 1",
            "node 1 reply consumed: 1"
        ]
    );
}

#[test]
fn nothing_passes_an_attachment_that_is_not_attached() {
    let mut lab = line_with(vec![flow(0, HOST, ECS, udp(1))], vec![flow(1, ECS, HOST, udp(1))]);
    lab.vpc(VPC, VpcChange::Attached(PortNo(0), false));
    lab.run_until(SimTime::from_secs(10));
    assert_eq!(
        lab.account(),
        [
            "flow 0 interface_down: 10",
            "flow 1 interface_down: 10",
            "node 0 consumed: 1",
            "node 1 consumed: 1",
            "node 1 reply consumed: 1"
        ]
    );
}

/// Virginia with an ECS instance, Beijing with another, a cross-border link between their ports 7.
fn two_regions(at_virginia: Vec<FlowSpec>) -> Lab {
    let mut lab = Lab::default();
    let region = |mac, address, other: Ipv4Addr, flows| {
        let endpoint = super::Endpoint {
            address,
            kind: EndpointKind::Ecs,
        };
        VpcConfig {
            tenant: TENANT,
            mac: MacAddr::local(3, mac),
            endpoints: vec![endpoint],
            prefixes: vec![(address, 16)],
            attached: vec![PortNo(7)],
            routes: vec![(other, 16, PortNo(7))],
            flows,
        }
    };
    lab.add(Vpc::new(region(1, ECS, BEIJING, at_virginia), NodeId(0), 1));
    lab.add(Vpc::new(region(2, BEIJING, ECS, vec![]), NodeId(1), 1));
    lab.wire((0, 7), (1, 7), None);
    lab
}

#[test]
fn regions_reach_each_other_over_the_border() {
    let mut lab = two_regions(vec![
        flow(0, ECS, BEIJING, answered(9)),
        flow(1, ECS, BEIJING, FlowKind::Ping),
    ]);
    lab.run_until(SimTime::from_secs(10));
    assert_eq!(
        lab.account(),
        [
            "flow 0 delivered: 10",
            "flow 0 reply delivered: 10",
            "flow 1 consumed: 10",
            "flow 1 reply delivered: 10"
        ]
    );
}

#[test]
fn of_several_attachments_the_lowest_usable_carries_the_frames() {
    let config = VpcConfig {
        routes: [2, 0, 1].map(|port| (HOST, 24, PortNo(port))).to_vec(),
        attached: vec![PortNo(1), PortNo(2)],
        ..vpc_config(vec![])
    };
    let mut vpc = Vpc::new(config, NodeId(0), 1);
    let mut out = crate::evidence::Outbox::default();
    let mut after = |change| {
        use crate::node::Node;
        vpc.apply(&crate::node::Change::Vpc(change), SimTime::ZERO, &mut out);
        vpc.carrier_of(HOST).map(|port| port.0)
    };
    assert_eq!(
        after(VpcChange::Usable(PortNo(0), true)),
        Some(1),
        "port 0 is not attached"
    );
    assert_eq!(after(VpcChange::Attached(PortNo(0), true)), Some(0));
    assert_eq!(after(VpcChange::Usable(PortNo(0), false)), Some(1));
    assert_eq!(after(VpcChange::RouteRemove(HOST, 24, PortNo(1))), Some(2));
    assert_eq!(after(VpcChange::Attached(PortNo(2), false)), None);
    assert_eq!(after(VpcChange::Usable(PortNo(0), true)), Some(0));
    // A wider route stands in where no port of the narrower one is usable.
    assert_eq!(after(VpcChange::RouteSet(Ipv4Addr::UNSPECIFIED, 0, PortNo(2))), Some(0));
    assert_eq!(after(VpcChange::Attached(PortNo(2), true)), Some(0));
    assert_eq!(after(VpcChange::Attached(PortNo(0), false)), Some(2));
    assert_eq!(after(VpcChange::RouteRemove(HOST, 24, PortNo(2))), Some(2));
}

#[test]
fn a_detached_port_neither_takes_nor_sends_and_an_unusable_one_still_takes() {
    let flows = vec![flow(0, HOST, ECS, udp(1))];
    let mut lab = line_with(flows, vec![flow(1, ECS, HOST, udp(1))]);
    lab.vpc(VPC, VpcChange::Usable(PortNo(0), false));
    lab.run_until(SimTime::from_secs(10));
    assert_eq!(
        lab.account(),
        [
            "flow 0 delivered: 10",
            "flow 1 interface_down: 10",
            "node 0 consumed: 1",
            "node 1 consumed: 1",
            "node 1 reply consumed: 1"
        ]
    );
}

/// Heap of a region with two endpoints, two routes and an attachment.
pub fn idle_heap_octets() -> usize {
    let config = VpcConfig {
        attached: vec![PortNo(0)],
        routes: vec![(HOST, 16, PortNo(0)), (EDGE, 30, PortNo(0))],
        ..vpc_config(vec![])
    };
    Vpc::new(config, NodeId(0), 1).heap_octets()
}
