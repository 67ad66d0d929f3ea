//! A capture of a run as another program reads it: tshark.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use crate::{Scratch, status, stderr, trunklab};

/// Tags that differ on every stretch: 1411 at the exchange, 211 on the circuit, none at the VBR.
const SCENARIO: &str = "
trunklab: 1
name: captured
duration: 12s
accounts:
  - { name: exchange, uid: 1200000000000002, role: partner }
  - { name: acme, uid: 1300000000000001, outbound_billing: true }
fabrics: [{ name: ecx }]
access_points: [{ name: ap }]
access_devices: [{ name: dev, region: us-east-1 }]
links: [{ name: fabric-to-ap, a: ecx, b: ap, delay: 150us }]
circuits: [{ name: circuit-1, a: ap, b: dev, rate: 10G, delay: 400us }]
idcs:
  - { name: dc, tenant: acme, attach: ecx, tag: 1411, circuit: circuit-1, vlan_id: 211, address: 10.255.1.2/30, lan: 10.11.0.0/24 }
vpcs:
  - { name: vpc, tenant: acme, region: us-east-1, cidr: 10.20.0.0/16, endpoints: [{ name: web, address: 10.20.0.10 }] }
tenants:
  - { name: globex, circuit: circuit-1, vlan_id: 212, traffic: { interval: 50ms, start: 8s, stop: 11s, answered: true } }
provisioning:
  - { at: 0s, by: exchange, do: CreateVirtualPhysicalConnection, as: port, with: { PhysicalConnectionId: circuit-1, VpconnAliUid: acme, VlanId: 211, Spec: 200M, OrderMode: PayByVirtualPhysicalConnectionOwner } }
  - { at: 1s, by: acme, do: ConfirmPhysicalConnection, with: { PhysicalConnectionId: port } }
  - { at: 2s, by: acme, do: CreateVirtualBorderRouter, as: vbr, with: { PhysicalConnectionId: port, LocalGatewayIp: 10.255.1.1, PeerGatewayIp: 10.255.1.2, PeeringSubnetMask: 255.255.255.252 } }
  - { at: 3s, by: acme, do: CreateRouteEntry, with: { RouteTableId: vbr, DestinationCidrBlock: 10.11.0.0/24, NextHopType: PhysicalConnection } }
  - { at: 3s, by: acme, do: CreateTransitRouterVbrAttachment, with: { VbrId: vbr } }
traffic:
  - { name: imix, from: dc, to: vpc/web, size: imix, interval: 10ms, start: 8s, stop: 11s }
  - { name: ping, from: dc, to: vpc/web, kind: ping, interval: 100ms, start: 8s, stop: 11s }
expect:
  - { check: continuity, flow: imix }
  - { check: continuity, flow: ping }
";

/// tshark's answer, a line for each frame; `None`, with a message, where there is no tshark.
/// Where `TRUNKLAB_REQUIRE` is set, that is a failure.
fn tshark(capture: &str, args: &[&str]) -> Option<Vec<String>> {
    let check = ["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"];
    let out = Command::new("tshark")
        .args(["-n", "-r", capture])
        .args(check)
        .args(args)
        .output();
    let out = match out {
        Ok(out) => out,
        Err(error) => {
            assert!(
                std::env::var_os("TRUNKLAB_REQUIRE").is_none(),
                "tshark is required: {error}"
            );
            eprintln!("SKIPPED: tshark does not start: {error}");
            return None;
        }
    };
    assert!(out.status.success(), "{}", stderr(&out));
    Some(
        String::from_utf8(out.stdout)
            .expect("UTF-8")
            .lines()
            .map(str::to_owned)
            .collect(),
    )
}

/// The capture of the scenario, and how many frames the program said that it holds.
fn captured(scratch: &Scratch) -> (String, usize) {
    let scenario = scratch.file("captured.yaml", SCENARIO);
    let capture = scratch.path().join("out.pcapng").to_string_lossy().into_owned();
    let out = trunklab(&["run", &scenario, "--pcap", &capture]);
    assert_eq!(status(&out), 0, "{}", stderr(&out));
    let told = stderr(&out);
    let count = told
        .split(" frames written to")
        .next()
        .and_then(|t| t.rsplit(' ').next()?.replace(',', "").parse().ok());
    (capture, count.unwrap_or_else(|| panic!("{told}")))
}

#[test]
fn tshark_reads_a_capture_link_by_link_with_its_tags_and_to_the_nanosecond() {
    let scratch = Scratch::new("tshark-fields");
    let (capture, count) = captured(&scratch);
    let fields = [
        "-e",
        "frame.interface_name",
        "-e",
        "vlan.id",
        "-e",
        "frame.time_epoch",
        "-e",
        "frame.comment",
    ];
    let Some(lines) = tshark(
        &capture,
        &[&["-T", "fields", "-E", "separator=|"], &fields[..]].concat(),
    ) else {
        return;
    };
    assert_eq!(lines.len(), count, "as many frames as the run reported");
    let mut vids: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut latest = "";
    let mut below_a_microsecond = 0;
    for line in &lines {
        let [link, vid, at, comment] = line.split('|').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        vids.entry(link).or_default().insert(vid);
        assert!(
            comment.starts_with("acme: ") || comment.starts_with("globex: "),
            "{line}"
        );
        assert!(comment.contains(", sent by "), "{line}");
        assert!(at.len() > latest.len() || at >= latest, "time steps back at {line}");
        latest = at;
        let decimals = at.split_once('.').map_or("", |(_, d)| d);
        assert_eq!(decimals.len(), 9, "{line}");
        below_a_microsecond += usize::from(!decimals.ends_with("000"));
    }
    assert!(below_a_microsecond > count / 10, "stamps are of nanoseconds");
    let expected: [(&str, &[&str]); 8] = [
        ("circuit-1", &["211", "212"]),
        ("dc/uni", &["1411"]),
        ("fabric-to-ap", &["211"]),
        ("globex-idc/uni", &["212"]),
        ("globex-vbr/device", &[""]),
        ("globex-vbr/vpc", &[""]),
        ("vbr/device", &[""]),
        ("vbr/vpc", &[""]),
    ];
    for (link, wanted) in &expected {
        let found: Vec<&str> = vids.get(link).into_iter().flatten().copied().collect();
        assert_eq!(&found[..], *wanted, "{link}");
    }
    assert_eq!(vids.len(), expected.len(), "{vids:?}");
}

#[test]
fn tshark_finds_no_malformed_frame_and_no_wrong_checksum_in_a_capture() {
    let scratch = Scratch::new("tshark-malformed");
    let (capture, count) = captured(&scratch);
    let odd = "_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0 || icmp.checksum.status == 0";
    let Some(lines) = tshark(&capture, &["-Y", odd]) else {
        return;
    };
    assert_eq!(lines, Vec::<String>::new());
    // The control: the same question of good ones.
    let good = |filter: &str| tshark(&capture, &["-Y", filter]).map_or(0, |l| l.len());
    let (udp, icmp) = (good("udp.checksum.status == 1"), good("icmp.checksum.status == 1"));
    assert_eq!(good("ip.checksum.status == 1"), udp + icmp);
    assert_eq!(udp + icmp + good("arp"), count);
    assert!(udp > 1_000 && icmp > 100, "{udp} UDP, {icmp} ICMP");
}
