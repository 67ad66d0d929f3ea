//! Continuity, reachability, health and resolution.

use trunklab::check::Verdict::{Fail, Inconc, Pass};
use trunklab::evidence::{Lineage, NodeChange, Observer, Trace};
use trunklab::ident::{FlowId, Origin, Station, TenantId};
use trunklab::units::SimTime;

use super::{Judged, World};

fn continuity(faults: &'static str) -> Judged {
    World {
        faults,
        expect: "  - { check: continuity, tenant: acme, longest_gap_max: 30ms }",
        ..World::default()
    }
    .judged()
}

#[test]
fn continuity_holds_where_nothing_is_lost() {
    continuity("").is("continuity", Pass);
}

#[test]
fn a_cut_circuit_is_a_loss_and_a_silence() {
    let judged = continuity("  - { at: 4500ms, cut: line }\n  - { at: 4700ms, restore: line }");
    judged.is("continuity", Fail);
    judged.says("continuity", "longest silence 22");
}

#[test]
fn silence_before_the_first_arrival_counts() {
    let judged = continuity(
        "  - { at: 3900ms, lose: line, share: \"100%\", way: a_to_b }\n  - { at: 4500ms, lose: line, share: \"0%\", way: a_to_b }",
    );
    judged.is("continuity", Fail);
    judged.says("continuity", "from 4.0");
    judged.says("continuity", "(acme-web");
}

#[test]
fn silence_after_the_last_arrival_counts() {
    let judged = World {
        faults: "  - { at: 5s, lose: line, share: \"100%\", way: a_to_b }",
        expect: "  - { check: continuity, tenant: acme, lost_max: 1000, longest_gap_max: 500ms }",
        ..World::default()
    }
    .judged();
    judged.is("continuity", Fail);
}

#[test]
fn a_frame_that_arrives_and_is_never_answered_is_lost() {
    let mut judged = continuity("");
    let flow = FlowId::of(
        judged
            .plan
            .flows
            .iter()
            .position(|f| f.name == "acme-web")
            .expect("a flow"),
    );
    let plan = judged.plan.flows[flow.index()].clone();
    let (trace, at) = (trace(plan.tenant, flow, 100), SimTime::from_secs(6));
    judged.run.evidence.offered(at, Station::Node(plan.from), &trace, 74);
    let fate = trunklab::ident::Fate::Delivered;
    judged
        .run
        .evidence
        .settled(at, Station::Node(plan.to), &trace, fate, &octets());
    let judged = judged.again();
    judged.is("continuity", Fail);
    judged.says("continuity", "1 of 202 frames lost");
}

fn octets() -> trunklab::wire::Frame {
    use trunklab::wire::{EtherType, Frame, MacAddr};
    Frame::ethernet(MacAddr::local(1, 1), MacAddr::local(1, 2), EtherType::IPV4, &[7; 60])
}

#[test]
fn a_loss_on_the_way_back_counts() {
    continuity("  - { at: 4500ms, lose: line, share: \"100%\", way: b_to_a }\n  - { at: 4520ms, lose: line, share: \"0%\", way: b_to_a }")
        .is("continuity", Fail);
}

#[test]
fn a_duplicate_is_seen() {
    let judged = continuity(
        "  - { at: 4500ms, duplicate: line, share: \"100%\" }\n  - { at: 4600ms, duplicate: line, share: \"0%\" }",
    );
    judged.is("continuity", Fail);
    judged.says("continuity", "0 of 200 frames lost");
}

#[test]
fn frames_out_of_order_are_seen() {
    let mut judged = continuity("");
    let flow = FlowId::of(
        judged
            .plan
            .flows
            .iter()
            .position(|f| f.name == "acme-web")
            .expect("a flow"),
    );
    let plan = judged.plan.flows[flow.index()].clone();
    // No link reorders, so one more frame is sent and arrives behind a later one.
    let (late, later) = (trace(plan.tenant, flow, 100), trace(plan.tenant, flow, 101));
    let at = SimTime::from_nanos(6_000_000_000);
    for trace in [late, later] {
        judged.run.evidence.offered(at, Station::Node(plan.from), &trace, 74);
    }
    for trace in [later, late] {
        let fate = trunklab::ident::Fate::Delivered;
        judged
            .run
            .evidence
            .settled(at, Station::Node(plan.to), &trace, fate, &octets());
    }
    let judged = judged.again();
    judged.is("continuity", Fail);
    judged.says("continuity", "1 out of order");
}

fn trace(tenant: TenantId, flow: FlowId, seq: u64) -> Trace {
    Trace {
        tenant,
        origin: Origin::Flow(flow),
        flow,
        seq,
        lineage: Lineage::Root,
        doubled: 0,
    }
}

#[test]
fn a_flow_that_sent_nothing_makes_continuity_inconclusive() {
    let judged = World {
        traffic: Some("  - { name: acme-web, from: acme-dc, to: acme-vpc/web, interval: 20ms, start: 4s, stop: 6s }\n  - { name: mute, from: acme-dc, to: acme-vpc/web, pattern: on_off, on: 1s, off: 1s, interval: 9s, start: 7500ms }".into()),
        expect: "  - { check: continuity, tenant: acme }",
        ..World::default()
    };
    let text = judged.text();
    assert!(text.contains("mute"));
    let mut plan = judged.plan();
    // The run ends before the second flow begins.
    plan.end = SimTime::from_secs(7);
    let judged = Judged::of(plan);
    judged.is("continuity", Inconc);
    judged.says("continuity", "mute sent nothing");
}

#[test]
fn a_flow_all_under_way_at_the_end_is_inconclusive() {
    let world = World {
        traffic: Some(
            "  - { name: acme-web, from: acme-dc, to: acme-vpc/web, interval: 20ms, start: 4s, count: 1 }".into(),
        ),
        expect: "  - { check: continuity, flow: acme-web }\n  - { check: reachability, flow: acme-web }",
        ..World::default()
    };
    let mut plan = world.plan();
    plan.end = SimTime::from_nanos(4_001_000_000);
    let judged = Judged::of(plan);
    judged.is("continuity", Inconc);
    judged.is("reachability", Inconc);
}

fn unreachable(traffic: &str) -> Judged {
    World {
        traffic: Some(traffic.to_owned()),
        expect: "  - { check: reachability, flow: odd, reachable: false }",
        ..World::default()
    }
    .judged()
}

const ODD: &str =
    "  - { name: odd, from: acme-dc, to: acme-vpc/db, port: 8080, interval: 20ms, start: 4s, count: 5 }\n";

#[test]
fn a_flow_that_should_not_arrive_needs_a_control() {
    let control = |who: &str, from: u32| {
        format!(
            "{ODD}  - {{ name: control, from: {who}-dc, to: {who}-vpc/web, interval: 20ms, start: {from}s, count: 20 }}\n"
        )
    };
    let same = unreachable(&control("acme", 4));
    same.is("reachability", Pass);
    same.says("reachability", "control arrived at the same time");
    let later = unreachable(&control("acme", 6));
    later.is("reachability", Pass);
    later.says("reachability", "of the same tenant arrived at another time");
    unreachable(&control("globex", 6)).is("reachability", Inconc);
    unreachable(ODD).is("reachability", Inconc);
}

#[test]
fn a_flow_that_arrives_though_it_should_not_fails() {
    unreachable("  - { name: odd, from: acme-dc, to: acme-vpc/web, interval: 20ms, start: 4s, count: 5 }")
        .is("reachability", Fail);
}

#[test]
fn a_flow_that_should_arrive_and_does_not_fails() {
    let judged = World {
        faults: "  - { at: 3s, cut: line }",
        expect: "  - { check: reachability, flow: acme-web }",
        ..World::default()
    }
    .judged();
    judged.is("reachability", Fail);
}

#[test]
fn a_flow_that_is_never_answered_is_not_reachable() {
    let judged = World {
        faults: "  - { at: 4s, lose: line, share: \"100%\", way: b_to_a }",
        expect: "  - { check: reachability, flow: acme-web }",
        ..World::default()
    };
    let mut plan = judged.plan();
    for flow in &mut plan.flows {
        flow.start = SimTime::from_secs(4);
    }
    let judged = Judged::of(plan);
    let line = judged.line("reachability");
    assert_ne!(line.verdict, Pass, "{}", line.finding);
}

const HEALTH: &str = "  - { at: 2s, by: acme, do: EnableCenVbrHealthCheck, with: { VbrInstanceId: acme-vbr, HealthCheckInterval: 2, HealthyThreshold: 3 } }\n";

fn health(faults: &'static str, expect: &'static str, steps: &'static str) -> Judged {
    World {
        seconds: 60,
        steps,
        faults,
        expect,
        ..World::default()
    }
    .judged()
}

#[test]
fn a_health_check_that_notices_in_its_window_passes_and_outside_it_fails() {
    let cut = "  - { at: 20s, cut: line }\n  - { at: 40s, restore: line }";
    let judged = health(
        cut,
        "  - { check: health, tenant: acme, unhealthy: [24s, 28s], healthy: [44s, 50s] }",
        HEALTH,
    );
    judged.is("health", Pass);
    judged.says("health", "probes answered");
    health(
        cut,
        "  - { check: health, tenant: acme, unhealthy: [20s, 22s] }",
        HEALTH,
    )
    .is("health", Fail);
    health(cut, "  - { check: health, tenant: acme }", HEALTH).is("health", Fail);
}

#[test]
fn a_second_fault_outside_the_window_is_not_overlooked() {
    let twice = "  - { at: 10s, cut: line }\n  - { at: 20s, restore: line }\n  - { at: 35s, cut: line }\n  - { at: 50s, restore: line }";
    health(
        twice,
        "  - { check: health, tenant: acme, unhealthy: [14s, 18s] }",
        HEALTH,
    )
    .is("health", Fail);
}

#[test]
fn a_health_check_that_never_got_an_answer_proves_nothing() {
    let dead = "  - { at: 1s, cut: line }";
    let judged = health(
        dead,
        "  - { check: health, tenant: acme, unhealthy: [4s, 12s] }",
        HEALTH,
    );
    judged.is("health", Inconc);
    health("", "  - { check: health, tenant: acme }", "").is("health", Inconc);
    health("", "  - { check: health, tenant: acme }", HEALTH).is("health", Pass);
}

/// Every entry holds for a second only, so that gateways are asked for again.
fn resolution(expect: &'static str) -> Judged {
    let mut world = World {
        expect,
        ..World::default()
    };
    for tenant in &mut world.tenants {
        tenant.idc = ", arp: { age: 1s }";
    }
    world.judged()
}

#[test]
fn resolution_is_in_its_window_or_fails() {
    resolution("  - { check: resolution, last_resolved: [0s, 5s], gave_up: [0, 0] }").is("resolution", Pass);
    resolution("  - { check: resolution, last_resolved: [6s, 7s] }").is("resolution", Fail);
    resolution("  - { check: resolution, gave_up: [1, 2] }").is("resolution", Fail);
}

#[test]
fn a_resolution_that_nobody_needed_is_inconclusive() {
    resolution("  - { check: resolution, after: 7s, gave_up: [0, 2] }").is("resolution", Inconc);
}

#[test]
fn what_a_vbr_resolves_is_no_tenants_resolution() {
    let mut judged = resolution("  - { check: resolution, after: 7s, gave_up: [0, 2] }");
    let slot = &judged.plan.vbr_slots[0];
    let change = NodeChange::Arp {
        tenant: slot.tenant,
        address: [10, 255, 1, 2],
        resolved: true,
    };
    judged.run.evidence.changed(SimTime::from_secs(7), slot.node, change);
    judged.again().is("resolution", Inconc);
}

#[test]
fn a_tenant_that_gave_up_is_counted() {
    let mut judged = World {
        expect: "  - { check: resolution, gave_up: [1, 1] }",
        seconds: 12,
        ..World::default()
    };
    judged.tenants[1].vbr = false;
    judged.judged().is("resolution", Pass);
}

#[test]
fn a_cut_of_one_line_leaves_the_neighbour_alone() {
    let world = World {
        expect: "  - { check: continuity, tenant: globex }\n  - { check: attribution, tenant: acme, party: partner }",
        faults: "  - { at: 4500ms, lose: acme-dc/uni, share: 50% }",
        ..World::default()
    };
    let judged = world.judged();
    judged.is("continuity", Pass);
    assert_eq!(
        judged.line("attribution").verdict,
        Pass,
        "{}",
        judged.line("attribution").finding
    );
}
