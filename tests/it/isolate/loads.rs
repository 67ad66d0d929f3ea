//! What a load, a burst or a fault of the tester's own may do in a healthy world is no alarm, and what it may
//! not do still is one.

use trunklab::check::Verdict;
use trunklab::isolate::{Flaw, IsolationReport, run};
use trunklab::scenario::{MemorySources, load_text};

use super::{options, rows};

fn suite(text: &str, vectors: &[&str]) -> IsolationReport {
    let loaded = load_text("loads.yaml", text.to_owned(), &MemorySources::new()).expect("a scenario");
    run(&loaded.plan, &options(vectors), &|_, _| {}).expect("a testbed")
}

fn flaws(report: &IsolationReport) -> Vec<(&'static str, Flaw)> {
    let mut all: Vec<_> = report.findings().map(|(id, f)| (id, f.flaw)).collect();
    all.dedup();
    all
}

fn passes(text: &str, vectors: &[&str]) {
    let report = suite(text, vectors);
    assert_eq!(flaws(&report), [], "{text}\n{report:#?}");
    assert_eq!(rows(&report, Verdict::Pass), vectors, "{text}");
}

/// Two tenants on a circuit: what is said of the policies, the access point, the circuit and each tenant.
fn two(policies: &str, ap: &str, circuit: &str, tenants: [&str; 2]) -> String {
    format!(
        "trunklab: 1\nname: loads\nduration: 10s\npolicies: {{ {policies} }}\naccounts:\n  - {{ name: telecom, uid: 1200000000000001, role: partner }}\n\
         access_points:\n  - {{ name: ap{ap} }}\naccess_devices:\n  - {{ name: dev, region: cn-shanghai }}\n\
         circuits:\n  - {{ name: c1, a: ap, b: dev{circuit} }}\n\
         tenants:\n  - {{ name: acme, circuit: c1, vlan_id: 10, {} }}\n  - {{ name: globex, circuit: c1, vlan_id: 20, {} }}\n",
        tenants[0], tenants[1]
    )
}

const ORDER: [&str; 2] = [
    "spec: 50M, last_mile: { delay: 1ms, rate: 10G }",
    "spec: 500M, last_mile: { delay: 5ms, rate: 1G }",
];

/// One tenant's load delays the last good frames of the other, so that the bridge hears its addresses in
/// another order: that decides nothing.
#[test]
fn addresses_that_a_delayed_frame_brings_in_another_order_are_no_changed_state() {
    for learning in ["shared", "independent"] {
        let ap = format!(", service: bridged, learning: {learning}");
        let text = two(
            "policer_burst: 200ms",
            &ap,
            ", rate: 1G, delay: 500us, mtu: 1600",
            ORDER,
        );
        passes(&text, &["Q-01", "Q-02", "Q-05"]);
    }
}

#[test]
fn an_address_that_moves_in_the_database_that_all_share_still_is_changed_state() {
    let ap = ", service: bridged, learning: shared";
    let text = two("policer_burst: 200ms", ap, ", rate: 1G, delay: 500us, mtu: 1600", ORDER);
    let report = suite(&text, &["F-02"]);
    assert!(flaws(&report).contains(&("F-02", Flaw::State)), "{report:#?}");
}

/// Of a short frame a policer counts 64 octets, 60 of one with a tag, and the wire has 88.
#[test]
fn a_storm_of_short_frames_delays_others_by_what_the_wire_has_of_them() {
    for octets in ["l2_fcs", "l2", "l1", "l3"] {
        for counts_tags in [true, false] {
            let policies = format!("octets_policing: {octets}, counts_tags: {counts_tags}");
            let tenant = "spec: 50M, last_mile: { rate: 10G, delay: 1ms }";
            let text = two(&policies, "", ", rate: 1G, delay: 1ms", [tenant, tenant]);
            passes(&text, &["Q-01", "Q-04", "Q-05"]);
        }
    }
}

/// Behind a hop the burst is longer by what came in while its first frames waited.
#[test]
fn a_load_over_several_slow_trunks_delays_others_at_each() {
    let text = "trunklab: 1\nname: line\nduration: 10s\naccounts:\n  - { name: telecom, uid: 1200000000000001, role: partner }\n\
                access_points:\n  - { name: ap0 }\n  - { name: ap1 }\n  - { name: ap2 }\n\
                links:\n  - { name: l0, a: ap0, b: ap1, rate: 300M, delay: 1ms }\n  - { name: l1, a: ap1, b: ap2, rate: 200M, delay: 1ms }\n\
                access_devices:\n  - { name: dev, region: cn-shanghai }\ncircuits:\n  - { name: c1, a: ap2, b: dev, rate: 150M, delay: 1ms }\n\
                tenants:\n  - { name: acme, circuit: c1, attach: ap0, vlan_id: 10, spec: 50M }\n  - { name: globex, circuit: c1, attach: ap0, vlan_id: 20, spec: 50M }\n";
    passes(text, &["Q-01", "Q-02", "Q-03", "Q-04", "Q-05"]);
}

#[test]
fn a_storm_that_nobody_polices_still_makes_others_too_late() {
    let tenant = "spec: 50M, last_mile: { rate: 10G, delay: 1ms }";
    let world = |ap| two("policer_burst: 20ms", ap, ", rate: 1G, delay: 1ms", [tenant, tenant]);
    passes(&world(""), &["Q-01", "Q-04"]);
    let report = suite(&world(", quirk: unpoliced"), &["Q-04"]);
    assert!(flaws(&report).contains(&("Q-04", Flaw::Late)), "{report:#?}");
}

const BURSTS: [&str; 2] = [
    "spec: 50M, last_mile: { delay: 1ms, rate: 10G }",
    "spec: 100M, last_mile: { delay: 600us, rate: 1G }",
];

/// The second policer on the way holds less than the first: how much more than its bucket it takes of a burst
/// depends on how a queue before it has spaced the frames.
#[test]
fn a_burst_that_a_second_policer_cuts_is_not_lost_to_another_tenant() {
    let text = two(
        "policer_burst: 50ms",
        ", burst: 1250kB",
        ", rate: 1G, delay: 3ms, queue: 3MB",
        BURSTS,
    );
    passes(&text, &["Q-06"]);
}

#[test]
fn another_tenants_frames_in_a_bucket_still_are_changed_state() {
    let text = two(
        "policer_burst: 50ms",
        ", burst: 1250kB",
        ", rate: 1G, delay: 3ms, queue: 3MB",
        BURSTS,
    ) + "faults:\n  - { at: 8s, misconnect: ap, tenant: globex, vlan_id: 10 }\n";
    let report = suite(&text, &["Q-06"]);
    let mut spent = report.findings().filter(|(_, f)| f.flaw == Flaw::State);
    assert!(spent.any(|(_, f)| f.at == "dev, state of acme"), "{report:#?}");
}

/// A tenant with two services, whose two data centres have one address.
fn twice(more: &str) -> String {
    let mut w = String::from(
        "trunklab: 1\nname: twice\nduration: 10s\naccounts:\n  - { name: telecom, uid: 1200000000000001, role: partner }\n\
         \x20 - { name: duo, uid: 1300000000000009, outbound_billing: true }\n\
         access_points:\n  - { name: ap, service: bridged }\naccess_devices:\n  - { name: dev, region: cn-shanghai }\n\
         circuits:\n  - { name: c1, a: ap, b: dev, rate: 1G, delay: 1ms }\n  - { name: own, owner: duo, a: ap, b: dev, rate: 1G, delay: 1ms }\nidcs:\n",
    );
    for (n, circuit) in [(1, "c1"), (2, "own")] {
        w += &format!(
            "  - {{ name: d{n}, tenant: duo, attach: ap, circuit: {circuit}, vlan_id: 4{n}, spec: 50M, address: 10.255.{n}.2/30, lan: 172.16.{n}.0/24, routes: [192.168.{n}.0/24], mac: '02:00:00:00:00:77' }}\n"
        );
    }
    w += "vpcs:\n  - { name: v1, tenant: duo, region: cn-shanghai, cidr: 192.168.1.0/24 }\n  - { name: v2, tenant: duo, region: cn-shanghai, cidr: 192.168.2.0/24 }\n\
          tenants:\n  - { name: zeta, circuit: c1, vlan_id: 20, spec: 100M }\n\
          provisioning:\n  - { at: 0s, by: telecom, do: CreateVirtualPhysicalConnection, as: p1, with: { PhysicalConnectionId: c1, VpconnAliUid: duo, VlanId: 41, Spec: 50M, OrderMode: PayByVirtualPhysicalConnectionOwner } }\n\
          \x20 - { at: 1s, by: duo, do: ConfirmPhysicalConnection, with: { PhysicalConnectionId: p1 } }\n\
          \x20 - { at: 2s, by: duo, do: CreateVirtualBorderRouter, as: r1, vpc: v1, with: { PhysicalConnectionId: p1, LocalGatewayIp: 10.255.1.1, PeerGatewayIp: 10.255.1.2, PeeringSubnetMask: 255.255.255.252 } }\n\
          \x20 - { at: 2s, by: duo, do: CreateVirtualBorderRouter, as: r2, vpc: v2, with: { PhysicalConnectionId: own, VlanId: 42, Bandwidth: 50, LocalGatewayIp: 10.255.2.1, PeerGatewayIp: 10.255.2.2, PeeringSubnetMask: 255.255.255.252 } }\n";
    w + more
}

#[test]
fn native_vlans_that_differ_are_noticed_whatever_address_the_far_end_has() {
    passes(&twice(""), &["R-07"]);
}

#[test]
fn native_vlans_that_differ_on_a_circuit_that_is_cut_can_be_noticed_by_nobody() {
    let report = suite(&twice("faults:\n  - { at: 9s, cut: c1 }\n"), &["R-07"]);
    assert_eq!(flaws(&report), []);
    assert_eq!(rows(&report, Verdict::Inconc), ["R-07"], "{report:#?}");
}
