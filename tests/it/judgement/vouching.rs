//! What is busy vouches for nothing but itself: services of one tenant on one circuit, frames that wait,
//! and what a failure says; each beside its healthy twin.

use trunklab::check::Verdict::{self, Fail, Inconc, Pass};

use super::world::plan;
use super::{Judged, World};

const BUSY: &str = "  - { name: up, from: acme-dc, to: acme-vpc/web, interval: 10ms, start: 3s, stop: 7s, answered: false }\n  - { name: down, from: acme-vpc/web, to: acme-dc, interval: 10ms, start: 3s, stop: 7s, answered: false }\n";
const BOTH: &str = "  - { name: du, from: acme-dr, to: acme-vpc/web, interval: 10ms, start: 3s, stop: 7s, answered: false }\n  - { name: dd, from: acme-vpc/web, to: acme-dr, interval: 10ms, start: 3s, stop: 7s, answered: false }\n";
const EARLY: &str = "  - { name: du, from: acme-dr, to: acme-vpc/web, interval: 10ms, start: 3s, stop: 4s, answered: false }\n  - { name: dd, from: acme-vpc/web, to: acme-dr, interval: 10ms, start: 3s, stop: 4s, answered: false }\n";

/// Acme has a second service on the circuit, `dr-vbr`, of a data centre of its own.
fn two_services(traffic: &str, step: &'static str, faults: &'static str, expect: &'static str) -> Judged {
    let world = World {
        traffic: Some(traffic.to_owned()),
        steps: step,
        faults,
        expect,
        ..World::default()
    };
    let text = world.text().replace(
        "vpcs:\n",
        "  - { name: acme-dr, tenant: acme, attach: ap, circuit: line, vlan_id: 103, address: 10.255.9.2/30, lan: 172.16.9.0/24 }\nvpcs:\n",
    );
    let text = text.replace(
        "provisioning:\n",
        "provisioning:\n  - { at: 0s, by: telecom, do: CreateVirtualPhysicalConnection, as: dr-port, with: { PhysicalConnectionId: line, VpconnAliUid: acme, VlanId: 103, Spec: 100M, OrderMode: PayByVirtualPhysicalConnectionOwner } }\n  - { at: 500ms, by: acme, do: ConfirmPhysicalConnection, with: { PhysicalConnectionId: dr-port } }\n  - { at: 1s, by: acme, do: CreateVirtualBorderRouter, as: dr-vbr, vpc: acme-vpc, with: { PhysicalConnectionId: dr-port, LocalGatewayIp: 10.255.9.1, PeerGatewayIp: 10.255.9.2, PeeringSubnetMask: 255.255.255.252 } }\n  - { at: 1s, by: acme, do: CreateRouteEntry, with: { RouteTableId: dr-vbr, DestinationCidrBlock: 172.16.9.0/24, NextHopType: PhysicalConnection } }\n  - { at: 1s, by: acme, do: CreateTransitRouterVbrAttachment, with: { VbrId: dr-vbr } }\n",
    );
    Judged::of(plan(&text, &[]))
}

#[test]
fn a_busy_service_does_not_vouch_for_a_silent_one_of_the_same_tenant() {
    const NAMED: &str =
        "  - { at: 5s, by: acme, do: ModifyVirtualBorderRouterAttribute, with: { VbrId: dr-vbr, Name: other } }\n";
    const SPEC: &str = "  - { at: 5s, by: telecom, do: UpdateVirtualPhysicalConnection, with: { InstanceId: dr-port, VlanId: 103, ExpectSpec: 50M } }\n";
    const DETACHED: &str = "  - { at: 5s, detach: dr-vbr }\n  - { at: 5500ms, attach: dr-vbr }";
    const TENANT: &str = "  - { check: continuity, tenant: acme }";
    const FLOW: &str = "  - { check: continuity, flow: up }";
    let busy = BUSY.to_owned();
    let early = format!("{BUSY}{EARLY}");
    let both = format!("{BUSY}{BOTH}");
    let rows: [(&str, &'static str, &'static str, &'static str, Verdict, &str); 9] = [
        (
            &busy,
            NAMED,
            "",
            TENANT,
            Inconc,
            "ModifyVirtualBorderRouterAttribute by acme at 5s, up: no frame came there",
        ),
        (
            &early,
            NAMED,
            "",
            TENANT,
            Inconc,
            "ModifyVirtualBorderRouterAttribute by acme at 5s, down: no frame after it",
        ),
        (
            &both,
            NAMED,
            "",
            TENANT,
            Pass,
            "ModifyVirtualBorderRouterAttribute by acme at 5s",
        ),
        (
            &early,
            SPEC,
            "",
            TENANT,
            Inconc,
            "UpdateVirtualPhysicalConnection by telecom at 5s, up: no frame after it",
        ),
        (
            &busy,
            "",
            DETACHED,
            TENANT,
            Inconc,
            "dr-vbr is detached from 5s to 5.5s",
        ),
        (
            &early,
            "",
            DETACHED,
            TENANT,
            Inconc,
            "dr-vbr is detached from 5s to 5.5s",
        ),
        (&both, "", DETACHED, TENANT, Fail, "dr-vbr is detached from 5s to 5.5s"),
        // Another service of its tenant is not on a flow's way.
        (&both, "", DETACHED, FLOW, Pass, "nothing happened on its way"),
        // A call at it is one at a neighbour of the circuit.
        (&both, NAMED, "", FLOW, Pass, "one event"),
    ];
    for (traffic, step, faults, expect, right, words) in rows {
        let judged = two_services(traffic, step, faults, expect);
        judged.is("continuity", right);
        judged.says("continuity", words);
    }
}

#[test]
fn what_happens_to_the_circuit_or_the_account_needs_frames_in_flight() {
    const CIRCUIT: &str = "  - { at: 5s, by: telecom, do: ModifyPhysicalConnectionAttribute, with: { PhysicalConnectionId: line, CircuitCode: other } }\n";
    const PORT: &str = "  - { at: 5s, by: telecom, do: CreateVirtualPhysicalConnection, with: { PhysicalConnectionId: line, VpconnAliUid: acme, VlanId: 202, Spec: 50M, OrderMode: PayByVirtualPhysicalConnectionOwner } }\n";
    for (step, name) in [
        (CIRCUIT, "ModifyPhysicalConnectionAttribute"),
        (PORT, "CreateVirtualPhysicalConnection"),
    ] {
        for (stop, right) in [("7s", Pass), ("4s", Inconc)] {
            let world = World {
                traffic: Some(BUSY.replace("7s", stop)),
                steps: step,
                expect: "  - { check: continuity, tenant: acme }",
                ..World::default()
            };
            let judged = world.judged();
            judged.is("continuity", right);
            judged.says("continuity", &format!("{name} by telecom at 5s"));
        }
    }
}

#[test]
fn a_tenant_that_only_asks_its_vbr_says_nothing_of_its_cloud() {
    for (to, right) in [("acme-vbr", Inconc), ("acme-vpc/web", Fail)] {
        let world = World {
            traffic: Some(format!(
                "  - {{ name: pg, from: acme-dc, to: {to}, kind: ping, interval: 10ms, start: 3s, stop: 7s }}\n"
            )),
            faults: "  - { at: 5s, detach: acme-vbr }\n  - { at: 5500ms, attach: acme-vbr }",
            expect: "  - { check: continuity, tenant: acme }",
            ..World::default()
        };
        let judged = world.judged();
        judged.is("continuity", right);
        judged.says("continuity", "acme-vbr is detached from 5s to 5.5s");
    }
}

#[test]
fn what_waits_in_a_growing_queue_is_not_excused_and_what_a_long_line_carries_is() {
    let slow = |rate: &str, answered: bool| {
        let mut world = World {
            seconds: 12,
            traffic: Some(format!(
                "  - {{ name: web, from: acme-dc, to: acme-vpc/web, size: 1518, interval: 100ms, start: 3s, stop: 6s, answered: {answered} }}\n"
            )),
            expect: "  - { check: continuity, flow: web }\n  - { check: reachability, flow: web }",
            ..World::default()
        };
        world.tenants[0].idc = match rate {
            "20k" => ", last_mile: { rate: 20k, queue: 100MB }",
            _ => ", last_mile: { rate: 1M, queue: 100MB }",
        };
        world.judged()
    };
    for answered in [false, true] {
        let judged = slow("20k", answered);
        judged.is("continuity", Inconc);
        judged.says("continuity", "waited at the end, at acme-dc");
        judged.says("reachability", "waiting");
        slow("1M", answered).is("continuity", Pass);
    }
    for way in [
        "from: acme-dc, to: acme-vpc/web",
        "from: acme-vpc/web, to: acme-dc, answered: false",
    ] {
        let world = World {
            seconds: 20,
            traffic: Some(format!(
                "  - {{ name: warm, from: acme-dc, to: acme-vpc/web, kind: ping, interval: 100ms, start: 4s, count: 3 }}\n  - {{ name: web, {way}, interval: 4ms, start: 10s }}\n"
            )),
            expect: "  - { check: continuity, flow: web }",
            ..World::default()
        };
        let text = world.text().replace("delay: 2ms", "delay: 2100ms");
        let judged = Judged::of(plan(&text, &[]));
        judged.is("continuity", Pass);
        judged.says("continuity", "under way at the end");
    }
}

#[test]
fn a_failure_says_which_limit_broke_and_what_happened() {
    let world = World {
        traffic: Some(BUSY.to_owned()),
        faults: "  - { at: 5s, cut: line }\n  - { at: 5300ms, restore: line }",
        expect: "  - { check: continuity, tenant: acme, lost_max: 10, longest_gap_max: 500ms }",
        ..World::default()
    };
    let judged = world.judged();
    let line = judged.is("continuity", Fail);
    for words in ["lost (10 allowed)", "(500ms allowed)", "line cut from 5s to 5.3s"] {
        assert!(line.finding.contains(words), "{words}: {}", line.finding);
    }
    assert!(
        !line.finding.contains("duplicated ("),
        "that limit holds: {}",
        line.finding
    );
    assert_eq!(
        line.details,
        Vec::new(),
        "a gap that was seen could not have gone unseen"
    );
}

#[test]
fn a_silence_is_dated_where_it_goes_beyond_the_senders_own() {
    let world = World {
        traffic: Some("  - { name: web, from: acme-dc, to: acme-vpc/web, pattern: on_off, on: 100ms, off: 900ms, interval: 5ms, start: 3s, stop: 7s, answered: false }\n".to_owned()),
        faults: "  - { at: 5s, cut: line }\n  - { at: 5050ms, restore: line }",
        expect: "  - { check: continuity, flow: web }",
        ..World::default()
    };
    let judged = world.judged();
    judged.is("continuity", Fail);
    let (_, _, account) = super::world::flows(&judged).next().expect("it sent");
    let gap = account.forward.longest_gap.expect("it was silent");
    let late = gap.begins.saturating_since(gap.from);
    assert!(
        late.as_nanos() > 800_000_000,
        "the pause of the sender is not its beginning: {gap:?}"
    );
    assert!(gap.begins.saturating_add(gap.length()) <= gap.to, "{gap:?}");
}

#[test]
fn a_run_and_a_proof_both_miss_the_control_of_a_tenant_that_is_never_served() {
    for (vbr, right) in [(true, Pass), (false, Inconc)] {
        let mut world = World::default();
        world.tenants[0].vbr = vbr;
        let judged = world.judged();
        judged.is("isolation", right);
        let proof = trunklab::study::prove_plan(&judged.plan, |_, _, _| {}).expect("it can be read");
        assert_eq!(proof.has_control(), vbr, "{}", proof.without_control(&judged.plan));
    }
}
