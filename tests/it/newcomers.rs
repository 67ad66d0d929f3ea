//! Healthy first scenarios: addresses resolve before the first frame that counts, flows that start
//! together are not in lock-step, and a line that comes back does not stay silent.

use std::collections::BTreeSet;

use trunklab::check::Verdict;
use trunklab::evidence::FlowAccount;
use trunklab::ident::FlowId;
use trunklab::scenario::{MemorySources, load_text};
use trunklab::{Record, judge, run};

use crate::shared_inputs;

fn told(text: &str, seed: Option<u64>) -> (Vec<(String, String, Verdict)>, Record) {
    let mut plan = load_text("newcomer.yaml", text.to_owned(), &MemorySources::new())
        .expect("a scenario")
        .plan;
    plan.seed = seed.unwrap_or(plan.seed);
    let record = run(&plan).expect("a plan that exists can be run");
    let judgement = judge(&plan, &record);
    let lines = judgement.lines.iter();
    let lines = lines.map(|l| (l.check.to_owned(), l.subject.clone(), l.verdict));
    (lines.collect(), record)
}

/// Frames that each flow offered, and those that arrived, in order of name.
fn offered_and_taken(record: &Record) -> Vec<(u64, u64)> {
    let flows = (0..).map_while(|n| record.evidence.flow(FlowId(n)));
    let frames = |flow: &FlowAccount| (flow.forward.sent.frames, flow.forward.arrived.frames);
    flows.map(frames).collect()
}

/// When each flow's first frame left, in nanoseconds of its start at second 6.
fn begins(text: &str, seed: u64) -> Vec<u64> {
    let (_, record) = told(text, Some(seed));
    let flows = (0..).map_while(|n| record.evidence.flow(FlowId(n)));
    let first = flows.map(|flow| flow.forward.first_sent.expect("it sent").as_nanos());
    first.map(|at| at - 6_000_000_000).collect()
}

#[test]
fn a_phase_is_drawn_by_the_flows_name_and_less_than_the_interval_unless_it_is_set() {
    let [a, b] = begins(&two("", ""), 7)[..] else {
        panic!("there are two flows")
    };
    assert!(a != b && a < 1_000_000 && b < 1_000_000, "{a} {b}");
    let one = two("", "").replace("count: 2", "count: 1");
    assert_eq!(begins(&one, 7), [a], "another flow changes no phase");
    assert_ne!(begins(&one, 8), [a], "another seed does");
    assert_eq!(begins(&two(", phase: 0s", ""), 7), [0, 0]);
    assert_eq!(begins(&two(", phase: 400us", ""), 7), [400_000, 400_000]);
    assert_eq!(
        begins(&two(", count: 1", ""), 7),
        [0, 0],
        "of one frame the start says when"
    );
    for (keys, wrong) in [
        (", phase: 1ms", "less than the time between frames"),
        (", pattern: poisson, phase: 0s", "constant"),
    ] {
        let text = two(keys, "");
        let refused = load_text("newcomer.yaml", text, &MemorySources::new()).expect_err("a wrong phase");
        assert!(format!("{refused:?}").contains(wrong), "{refused:?}");
    }
}

#[test]
fn a_line_that_was_cut_for_half_a_second_is_silent_for_no_longer_than_that_and_a_way_there_and_back() {
    let cut = |link: &str| format!("faults:\n  - {{ at: 8s, cut: {link} }}\n  - {{ at: 8500ms, restore: {link} }}\n");
    for link in ["t-0001-idc/uni", "c1"] {
        let text = two(", phase: 0s", &cut(link));
        let text = text.replace(
            "{ check: continuity }",
            "{ check: continuity, tenant: t-0001, lost_max: 2000, longest_gap_max: 650ms }",
        );
        let text = text.replace("gratuitous: false", "gratuitous: true");
        let (lines, record) = told(&text, None);
        let line = lines.iter().find(|(check, ..)| check == "continuity").expect("a line");
        assert_eq!(line.2, Verdict::Pass, "{link}: {:?}", record.evidence.flow(FlowId(0)));
    }
}

fn verdict(text: &str, check: &str) -> Verdict {
    let (lines, _) = told(text, None);
    let line = lines.into_iter().find(|(name, ..)| name == check);
    line.expect("a line of the check").2
}

/// Two tenants over a circuit of 20 ms that send a frame each millisecond, and are answered.
fn two(flow: &str, more: &str) -> String {
    format!(
        "trunklab: 1\nname: two\nseed: 7\nduration: 12s\naccounts:\n  - {{ name: telecom, uid: 1, role: partner }}\n\
         access_points:\n  - {{ name: ap }}\naccess_devices:\n  - {{ name: dev, region: cn-shanghai }}\n\
         circuits:\n  - {{ name: c1, a: ap, b: dev, rate: 10G, delay: 20ms }}\n\
         tenants:\n  - {{ name: t, count: 2, circuit: c1, vlan_id: 10, spec: 100M, arp: {{ gratuitous: false }}, \
         traffic: {{ interval: 1ms, size: 128, start: 6s, stop: 11s, answered: true{flow} }} }}\n{more}\
         expect:\n  - {{ check: continuity }}\n"
    )
}

#[test]
fn no_frame_that_counts_is_lost_while_an_address_resolves_unless_that_is_studied() {
    assert_eq!(verdict(&two("", ""), "continuity"), Verdict::Pass);
    // What the routers asked when they came up is forgotten before the flows begin.
    let forgotten = |flow: &str| {
        let text = two(flow, "").replace("gratuitous: false", "gratuitous: false, age: 4s");
        verdict(&text.replace("stop: 11s", "stop: 8500ms"), "continuity")
    };
    assert_eq!(forgotten(""), Verdict::Pass);
    assert_eq!(forgotten(", warm_up: false"), Verdict::Fail);
}

#[test]
fn frames_whose_address_never_resolves_are_sent_and_lost_all_the_same() {
    let cut = "faults:\n  - { at: 1s, cut: c1 }\n";
    let (_, with) = told(&two("", cut), None);
    let (_, without) = told(&two(", warm_up: false", cut), None);
    for record in [&with, &without] {
        assert_eq!(offered_and_taken(record), [(5_000, 0), (5_000, 0)]);
    }
}

/// A service without a VLAN of its own has a VID on inner trunks, which nobody writes.
#[test]
fn an_untagged_circuit_is_served_over_trunks_with_lists_and_default_vlans() {
    for (list, ap, ap2) in [
        ("", "", ""),
        (", allowed_vids: [100-199]", "", ""),
        (", allowed_vids: [100-199], native_vid: 100", "", ""),
        ("", "", ", default_vlan: 1"),
        ("", ", default_vlan: 1", ", default_vlan: 2"),
        (", allowed_vids: [1-2, 9]", ", default_vlan: 1", ", default_vlan: 2"),
    ] {
        let text = two("", "")
            .replace(", count: 2", "")
            .replace("vlan_id: 10", "attach: ap2, vlan_id: 0")
            .replace(
                "  - { name: ap }\n",
                &format!(
                    "  - {{ name: ap{ap} }}\n  - {{ name: ap2{ap2} }}\nlinks:\n  - {{ name: l, a: ap2, b: ap{list} }}\n"
                ),
            );
        assert_eq!(verdict(&text, "continuity"), Verdict::Pass, "{list} {ap} {ap2}");
        let none = text.replace(&format!("b: ap{list} }}"), "b: ap, allowed_vids: [7], native_vid: 7 }");
        assert_eq!(
            verdict(&none, "continuity"),
            Verdict::Fail,
            "where no VID suits, nothing passes"
        );
    }
}

#[test]
fn a_service_without_a_vid_gets_none_that_is_the_default_vlan_of_a_switch_on_its_way() {
    // The trunk's native VLAN is another, so VID 1 goes tagged there; at the other ports of `ap` it does not.
    let plan = load_text("zero.yaml", ZERO.to_owned(), &MemorySources::new())
        .expect("a scenario")
        .plan;
    let proof = trunklab::study::prove_plan(&plan, |_, _, _| {}).expect("it can be read");
    let hops = proof.leaks.first().map(|leak| &leak.hops);
    assert!(proof.leaks.is_empty() && proof.has_control(), "{hops:?}");
}

const ZERO: &str = "trunklab: 1
name: zero
duration: 9s
accounts:
  - { name: telecom, uid: 1, role: partner }
  - { name: t1, uid: 11, outbound_billing: true }
  - { name: t2, uid: 12, outbound_billing: true }
access_points:
  - { name: ap, service: bridged, default_vlan: 1 }
  - { name: ap2, service: bridged }
access_devices:
  - { name: dev, region: cn-shanghai }
links:
  - { name: l, a: ap2, b: ap, native_vid: 3500 }
circuits:
  - { name: c1, a: ap, b: dev, rate: 10G }
  - { name: c2, a: ap2, b: dev, rate: 10G }
idcs:
  - { name: d1, tenant: t1, attach: ap, port: trunk, tag: 2, circuit: c1, vlan_id: 10, address: 10.1.0.2/30, lan: 172.16.1.0/24 }
  - { name: d2, tenant: t2, attach: ap, port: trunk, tag: 4094, circuit: c2, vlan_id: 0, address: 10.2.0.2/30, lan: 172.16.2.0/24 }
provisioning:
  - { at: 0s, by: telecom, do: CreateVirtualPhysicalConnection, as: p1, with: { PhysicalConnectionId: c1, VpconnAliUid: t1, VlanId: 10, Spec: 100M, OrderMode: PayByVirtualPhysicalConnectionOwner } }
  - { at: 0s, by: telecom, do: CreateVirtualPhysicalConnection, as: p2, with: { PhysicalConnectionId: c2, VpconnAliUid: t2, VlanId: 0, Spec: 100M, OrderMode: PayByVirtualPhysicalConnectionOwner } }
  - { at: 1s, by: t1, do: ConfirmPhysicalConnection, with: { PhysicalConnectionId: p1 } }
  - { at: 1s, by: t2, do: ConfirmPhysicalConnection, with: { PhysicalConnectionId: p2 } }
  - { at: 2s, by: t1, do: CreateVirtualBorderRouter, as: r1, with: { PhysicalConnectionId: p1, LocalGatewayIp: 10.1.0.1, PeerGatewayIp: 10.1.0.2, PeeringSubnetMask: 255.255.255.252 } }
  - { at: 2s, by: t2, do: CreateVirtualBorderRouter, as: r2, with: { PhysicalConnectionId: p2, LocalGatewayIp: 10.2.0.1, PeerGatewayIp: 10.2.0.2, PeeringSubnetMask: 255.255.255.252 } }
";

#[test]
fn who_is_hurt_by_a_flood_does_not_follow_the_order_of_names() {
    let Some(text) = shared_inputs::read("cases/50-lists-and-causes/who-is-hurt-in-lock-step.yaml") else {
        return;
    };
    let text = String::from_utf8(text).expect("text");
    let text = text
        .replace("count: 40", "count: 10")
        .replace("rate: 1G", "rate: 250M")
        .replace("stop: 14s", "stop: 12200ms");
    let lost = |seed| {
        let (_, record) = told(&text, Some(seed));
        offered_and_taken(&record)
            .into_iter()
            .map(|(sent, taken)| sent - taken)
            .collect::<Vec<u64>>()
    };
    let seen: BTreeSet<Vec<u64>> = (1..=3).map(lost).collect();
    assert_eq!(seen.len(), 3, "each seed hurts others: {seen:?}");
}
