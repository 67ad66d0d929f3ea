//! What notices a change acts on it after the policy `reaction`.

use trunklab::evidence::NodeChange;
use trunklab::ident::{DropReason, Fate, StationId};
use trunklab::scenario::{Loaded, MemorySources, Refused, load_text};
use trunklab::units::{SimDuration, SimTime};

/// The circuit is cut at 20 s and whole again at 40 s; the VBR's health decides whether the VPC sends to
/// it. `after` stands among the steps.
fn world(policies: &str, after: &str) -> Result<Loaded, Refused> {
    let text = format!(
        "trunklab: 1
name: reaction
duration: 70s
{policies}
accounts:
  - {{ name: telecom, uid: 1, role: partner }}
  - {{ name: acme, uid: 2, outbound_billing: true }}
access_points: [{{ name: ap }}]
access_devices: [{{ name: dev, region: r1 }}]
circuits: [{{ name: c1, a: ap, b: dev, rate: 10G, delay: 2ms }}]
idcs:
  - {{ name: acme-dc, tenant: acme, attach: ap, circuit: c1, vlan_id: 101, address: 10.255.1.2/30, lan: 172.16.1.0/24 }}
vpcs:
  - {{ name: acme-vpc, tenant: acme, region: r1, cidr: 192.168.1.0/24, endpoints: [{{ name: web, address: 192.168.1.10 }}] }}
provisioning:
  - {{ at: 0s, by: telecom, do: CreateVirtualPhysicalConnection, as: port, with: {{ PhysicalConnectionId: c1, VpconnAliUid: acme, VlanId: 101, Spec: 100M, OrderMode: PayByVirtualPhysicalConnectionOwner }} }}
  - {{ at: 1s, by: acme, do: ConfirmPhysicalConnection, with: {{ PhysicalConnectionId: port }} }}
  - {{ at: 2s, by: acme, do: CreateVirtualBorderRouter, as: vbr, with: {{ PhysicalConnectionId: port, LocalGatewayIp: 10.255.1.1, PeerGatewayIp: 10.255.1.2, PeeringSubnetMask: 255.255.255.252 }} }}
  - {{ at: 3s, by: acme, do: CreateRouteEntry, with: {{ RouteTableId: vbr, DestinationCidrBlock: 172.16.1.0/24, NextHopType: PhysicalConnection }} }}
  - {{ at: 3s, by: acme, do: CreateTransitRouterVbrAttachment, with: {{ VbrId: vbr }} }}
  - {{ at: 15s, by: acme, do: EnableCenVbrHealthCheck, with: {{ VbrInstanceId: vbr, HealthCheckInterval: 2, HealthyThreshold: 3 }} }}
{after}
traffic:
  - {{ name: down, from: acme-vpc/web, to: acme-dc, interval: 5ms, size: 64, answered: false, start: 15s, stop: 69s, phase: 0s }}
faults:
  - {{ at: 20s, cut: c1 }}
  - {{ at: 40s, restore: c1 }}
"
    );
    load_text("reaction.yaml", text, &MemorySources::new())
}

/// When the VBR turned unhealthy and healthy again; how many frames its VPC then dropped, and the first.
fn turns(policies: &str, after: &str) -> (Vec<(SimTime, bool)>, u64, SimTime) {
    let plan = world(policies, after).expect("a scenario").plan;
    let record = trunklab::run(&plan).expect("it runs");
    let changes = record.evidence.changes().iter();
    let turns = changes.filter_map(|noted| match noted.change {
        NodeChange::Health { healthy, .. } => Some((noted.at, healthy)),
        _ => None,
    });
    let turns = turns.collect();
    let vpc = plan
        .nodes
        .iter()
        .position(|node| node.name == "acme-vpc")
        .expect("a VPC");
    let here = StationId::node(trunklab::ident::NodeId::of(vpc));
    let refused = Fate::Dropped(DropReason::InterfaceDown);
    let cells = record.evidence.cells();
    let (cell, count) = cells
        .iter()
        .find(|(cell, _)| cell.station == here && cell.fate == refused)
        .expect("a cell");
    let first = record
        .evidence
        .exceptions()
        .of(*cell)
        .next()
        .expect("the first is kept");
    (turns, count.frames, first.at)
}

#[test]
fn a_transit_router_switches_after_the_policy_reaction_and_not_before() {
    let (mut firsts, mut counts) = (Vec::new(), Vec::new());
    for (policies, reaction) in [
        ("", SimDuration::from_millis(1)),
        ("policies: { reaction: 1us }", SimDuration::from_micros(1)),
        ("policies: { reaction: 700ms }", SimDuration::from_millis(700)),
    ] {
        let (turns, frames, first) = turns(policies, "");
        let [(down, false), (up, true)] = turns[..] else {
            panic!("it turns twice: {turns:?}");
        };
        let late = first.saturating_since(down);
        let gap = SimDuration::from_millis(5);
        assert!(
            late >= reaction && late <= reaction.saturating_add(gap),
            "{policies}: {late}"
        );
        let away = up.saturating_since(down);
        assert!(
            frames.abs_diff(away.as_nanos() / gap.as_nanos()) <= 1,
            "{policies}: {frames}"
        );
        firsts.push(first);
        counts.push(frames);
    }
    assert!(firsts[2] > firsts[0], "{firsts:?}");
}

#[test]
fn a_check_that_is_taken_off_in_time_switches_nothing_and_one_that_is_taken_off_late_switches_back() {
    let off = "  - { at: 25s, by: acme, do: DisableCenVbrHealthCheck, with: { VbrInstanceId: vbr } }";
    let plan = world("policies: { reaction: 10s }", off).expect("a scenario").plan;
    let record = trunklab::run(&plan).expect("it runs");
    let refused = |record: &trunklab::Record| {
        let cells = record.evidence.cells();
        let refused = cells
            .iter()
            .filter(|(cell, _)| cell.fate == Fate::Dropped(DropReason::InterfaceDown));
        refused.map(|(_, count)| count.frames).sum::<u64>()
    };
    assert_eq!(
        refused(&record),
        0,
        "the router hears of it when nobody checks any more"
    );
    let late = "  - { at: 30s, by: acme, do: DisableCenVbrHealthCheck, with: { VbrInstanceId: vbr } }";
    let plan = world("policies: { reaction: 1s }", late).expect("a scenario").plan;
    let record = trunklab::run(&plan).expect("it runs");
    let turned = record.evidence.changes().iter().find_map(|noted| match noted.change {
        NodeChange::Health { healthy: false, .. } => Some(noted.at),
        _ => None,
    });
    let away = SimTime::from_secs(30).saturating_since(turned.expect("it turned"));
    assert!(
        refused(&record).abs_diff(away.as_nanos() / 5_000_000) <= 1,
        "{}",
        refused(&record)
    );
}

#[test]
fn nobody_reacts_in_less_than_a_microsecond() {
    for text in ["999ns", "0s", "soon"] {
        let refused = world(&format!("policies: {{ reaction: {text} }}"), "").expect_err("refused");
        let error = refused.errors.first().expect("an error").to_string();
        assert!(error.contains("at least 1us"), "{error}");
        assert!(error.contains("TL"), "{error}");
    }
}
