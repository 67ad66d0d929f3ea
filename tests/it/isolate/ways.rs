//! What a way can carry: no priority where it goes untagged, one priority tag where two devices take one off,
//! and the network's own VID where nothing is filtered.

use std::collections::BTreeSet;

use trunklab::check::Verdict;
use trunklab::isolate::{Flaw, IsolationReport};
use trunklab::scenario::{MemorySources, load_text};

use super::{cause_of, explained, rows};

/// A tenant whose circuit ends untagged at `ap`, two switches from its data centre, and one with a VLAN.
struct Untagged<'a> {
    /// More of the switch at the data centres, of that at the circuits, and of the access device.
    near: &'a str,
    far: &'a str,
    device: &'a str,
}

const PLAIN: Untagged<'_> = Untagged {
    near: "",
    far: "",
    device: "",
};

impl Untagged<'_> {
    fn suite(&self, vectors: &[&str]) -> IsolationReport {
        let Self { near, far, device } = self;
        suite(
            &format!(
                "trunklab: 1\nname: untagged\nseed: 5\nduration: 10s\naccounts:\n  - {{ name: telecom, uid: 1200000000000001, role: partner }}\n\
                 access_points:\n  - {{ name: ap{far} }}\n  - {{ name: ap2{near} }}\nlinks:\n  - {{ name: l, a: ap2, b: ap }}\n\
                 access_devices:\n  - {{ name: dev, region: cn-shanghai{device} }}\ncircuits:\n  - {{ name: c1, a: ap, b: dev }}\n  - {{ name: c2, a: ap, b: dev }}\n\
                 tenants:\n  - {{ name: acme, circuit: c1, attach: ap2, vlan_id: 0 }}\n  - {{ name: globex, circuit: c2, attach: ap2, vlan_id: 20 }}\n"
            ),
            vectors,
        )
    }
}

fn suite(text: &str, vectors: &[&str]) -> IsolationReport {
    let loaded = load_text("ways.yaml", text.to_owned(), &MemorySources::new()).expect("a scenario");
    explained(&loaded, vectors)
}

/// Each row that found something, with the flaw and the place where its frames were sent from.
fn found(report: &IsolationReport) -> BTreeSet<(&str, Flaw, &str)> {
    let all = report.findings();
    all.map(|(id, f)| (id, f.flaw, f.from.as_str())).collect()
}

fn no_alarm(report: &IsolationReport) {
    assert_eq!(found(report), BTreeSet::new());
    assert_eq!(report.verdict, Verdict::Pass, "{report:#?}");
}

/// Rows whose frames have a priority.
const PRIORITIES: [&str; 7] = ["V-01", "Q-05", "P-01", "P-02", "P-03", "P-04", "P-05"];

#[test]
fn priority_ends_where_a_circuit_is_untagged_and_nobody_is_to_blame() {
    for profile in ["strict", "linux-6.12", "ovs-3.1"] {
        let of = format!(", profile: {profile}");
        no_alarm(
            &Untagged {
                near: &of,
                far: &of,
                device: &of,
            }
            .suite(&PRIORITIES),
        );
    }
}

#[test]
fn a_switch_that_loses_priority_is_found_wherever_the_way_carried_one() {
    // From acme's untagged port the first trunk is tagged; globex's port takes no priority tag.
    let near = Untagged {
        near: ", quirk: priority-lost",
        ..PLAIN
    };
    let wanted = ["P-01", "V-01"].map(|row| (row, Flaw::Mangled, "acme-idc"));
    assert_eq!(found(&near.suite(&["V-01", "P-01"])), wanted.into());
    // From the cloud that of the tagged circuit alone is.
    let device = Untagged {
        device: ", quirk: priority-lost",
        ..PLAIN
    };
    let report = device.suite(&["V-01"]);
    assert_eq!(found(&report), [("V-01", Flaw::Mangled, "globex-vbr")].into());
}

#[test]
fn of_two_priority_tags_an_untagged_circuit_brings_none_where_a_device_shows_the_second() {
    no_alarm(&PLAIN.suite(&["T-03", "L-06"]));
    for profile in ["linux-6.12", "ovs-3.1"] {
        let of = format!(", profile: {profile}");
        let shows = Untagged { device: &of, ..PLAIN }.suite(&["T-03", "L-06", "V-01"]);
        let mut wanted: BTreeSet<_> = ["L-06", "T-03"].map(|row| (row, Flaw::Mangled, "acme-vbr")).into();
        if profile == "ovs-3.1" {
            // The other's priority S-tag gets the VID and stays an S-tag, which the trunk's neighbour does not read.
            wanted.extend(["L-06", "T-03"].map(|row| (row, Flaw::Stray, "globex-vbr")));
        }
        assert_eq!(found(&shows), wanted, "{profile}");
        for (_, finding) in shows.findings() {
            let cause = cause_of(&shows, finding);
            assert_eq!(
                cause.iter().map(|(key, ..)| key).collect::<Vec<_>>(),
                ["profile"],
                "{finding:?}"
            );
        }
    }
}

/// A tenant whose customer's port has a VID of its own, at a switch of this kind.
fn customers_vid(switch: &str, more: &str) -> IsolationReport {
    suite(
        &format!(
            "trunklab: 1\nname: vids\nseed: 5\nduration: 10s\naccounts:\n  - {{ name: telecom, uid: 1200000000000001, role: partner }}\n  \
             - {{ name: duo, uid: 1300000000000009, outbound_billing: true }}\n\
             access_points:\n  - {{ name: ap{switch} }}\naccess_devices:\n  - {{ name: dev, region: cn-shanghai }}\n\
             circuits:\n  - {{ name: c1, a: ap, b: dev }}\n\
             tenants:\n  - {{ name: acme, circuit: c1, vlan_id: 10 }}\n\
             idcs:\n  - {{ name: d1, tenant: duo, attach: ap, circuit: c1, vlan_id: 41, address: 10.255.1.2/30, lan: 172.16.1.0/24, routes: [192.168.1.0/24], port: trunk, tag: 77, last_mile: {{ delay: 4ms }} }}\n\
             vpcs:\n  - {{ name: v1, tenant: duo, region: cn-shanghai, cidr: 192.168.1.0/24 }}\n\
             provisioning:\n  - {{ at: 0s, by: telecom, do: CreateVirtualPhysicalConnection, as: p1, with: {{ PhysicalConnectionId: c1, VpconnAliUid: duo, VlanId: 41, Spec: 100M, OrderMode: PayByVirtualPhysicalConnectionOwner }} }}\n  \
             - {{ at: 1s, by: duo, do: ConfirmPhysicalConnection, with: {{ PhysicalConnectionId: p1 }} }}\n  \
             - {{ at: 2s, by: duo, do: CreateVirtualBorderRouter, as: r1, vpc: v1, with: {{ PhysicalConnectionId: p1, LocalGatewayIp: 10.255.1.1, PeerGatewayIp: 10.255.1.2, PeeringSubnetMask: 255.255.255.252 }} }}\n{more}"
        ),
        &["I-04"],
    )
}

#[test]
fn a_port_that_is_not_filtered_takes_the_networks_vid_of_its_own_service_and_one_that_is_drops_it() {
    for profile in ["strict", "linux-6.12", "ovs-3.1", "ieee-default"] {
        no_alarm(&customers_vid(&format!(", profile: {profile}"), ""));
    }
    let delivered = [("I-04", Flaw::Delivered, "d1")].into();
    let says = "pics:\n  - { device: ap, ingress-filtering: true }\n";
    let report = customers_vid(", profile: ieee-default", says);
    assert_eq!(found(&report), delivered, "it filters nothing, whatever it declares");
    // What declares that it filters nothing must take it.
    let says = "pics:\n  - { device: ap, ingress-filtering: false }\n";
    assert_eq!(rows(&customers_vid("", says), Verdict::Fail), ["I-04"]);
}

/// An untagged circuit beside a customer's port with the same VID as the customer's own: a device that takes a
/// port's own VID finds either service by it. Where no other has it, it must find the own.
#[test]
fn a_vid_that_two_customers_have_at_their_ports_may_be_either_s_at_an_untagged_circuit() {
    let world = |other: u16, switch: &str| {
        let idc = |tenant: &str, circuit: &str, vid: u16, n: u16, tag: u16| {
            format!(
                "  - {{ name: d{n}, tenant: {tenant}, attach: ap, circuit: {circuit}, vlan_id: {vid}, spec: 100M, address: 10.255.{n}.2/30, lan: 172.16.{n}.0/24, routes: [192.168.{n}.0/24], port: trunk, tag: {tag}, last_mile: {{ delay: 4ms }} }}\n"
            )
        };
        let vbr = |owner: &str, circuit: &str, vid: u16, n: u16| {
            format!(
                "  - {{ at: {n}s, by: {owner}, do: CreateVirtualBorderRouter, as: r{n}, vpc: v{n}, with: {{ PhysicalConnectionId: {circuit}, VlanId: {vid}, Bandwidth: 100, LocalGatewayIp: 10.255.{n}.1, PeerGatewayIp: 10.255.{n}.2, PeeringSubnetMask: 255.255.255.252 }} }}\n"
            )
        };
        let vpc = |tenant: &str, n: u16| {
            format!("  - {{ name: v{n}, tenant: {tenant}, region: cn-shanghai, cidr: 192.168.{n}.0/24 }}\n")
        };
        let text = format!(
            "trunklab: 1\nname: vids\nseed: 5\nduration: 10s\naccounts:\n  - {{ name: telecom, uid: 1200000000000001, role: partner }}\n  \
             - {{ name: acme, uid: 1300000000000008, outbound_billing: true }}\n  - {{ name: duo, uid: 1300000000000009, outbound_billing: true }}\n\
             access_points:\n  - {{ name: ap, profile: linux-6.12{switch} }}\naccess_devices:\n  - {{ name: dev, region: cn-shanghai }}\n\
             circuits:\n  - {{ name: c1, owner: acme, a: ap, b: dev }}\n  - {{ name: c2, owner: duo, a: ap, b: dev }}\n\
             idcs:\n{}{}vpcs:\n{}{}provisioning:\n{}{}",
            idc("acme", "c1", 30, 1, other),
            idc("duo", "c2", 0, 2, 77),
            vpc("acme", 1),
            vpc("duo", 2),
            vbr("acme", "c1", 30, 1),
            vbr("duo", "c2", 0, 2)
        );
        suite(&text, &["I-06"])
    };
    no_alarm(&world(77, ""));
    no_alarm(&world(78, ""));
    let planted = world(78, ", quirk: vid-low-byte");
    assert_eq!(planted.verdict, Verdict::Fail, "{planted:#?}");
}
