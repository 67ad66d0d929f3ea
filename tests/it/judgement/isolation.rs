//! Isolation and gating: leaks of every kind, and frames before their time.

use trunklab::check::Verdict::{Fail, Inconc, NotApplicable, Pass};
use trunklab::forward::{Member, Planted, PriorityMap, Service, ServiceId, ServiceKind};
use trunklab::node::SwitchChange;
use trunklab::scenario::plan::{Fault, FaultPlan};
use trunklab::units::SimTime;
use trunklab::wire::Vid;

use super::{Judged, Tenant, World, capture, frame};

#[test]
fn a_healthy_world_raises_no_alarm() {
    let judged = World::default().judged();
    judged.is_healthy();
    judged.is("isolation", Pass);
    judged.is("gating", Pass);
}

#[test]
fn a_misconnection_is_a_leak_that_names_both_tenants() {
    let judged = World {
        faults: "  - { at: 5s, misconnect: ap, tenant: acme, vlan_id: 102 }",
        ..World::default()
    }
    .judged();
    judged.is("isolation", Fail);
    judged.says("isolation", "of acme at");
    judged.says("isolation", "belongs to globex");
}

#[test]
fn a_tenant_whose_own_frames_never_arrive_has_no_control() {
    let mut world = World::default();
    world.tenants[1].vbr = false;
    let judged = world.judged();
    judged.is("isolation", Inconc);
    judged.says("isolation", "globex at any place");
}

#[test]
fn a_control_of_one_tenant_is_none_for_another() {
    let world = World {
        traffic: Some(
            "  - { name: acme-web, from: acme-dc, to: acme-vpc/web, interval: 20ms, start: 4s, stop: 6s }".into(),
        ),
        ..World::default()
    };
    // That the other one's router and data centre know each other is its control.
    world.judged().is("isolation", Pass);
    let cut = World {
        faults: "  - { at: 0s, cut: globex-dc/uni }",
        ..world
    };
    let judged = cut.judged();
    judged.is("isolation", Inconc);
    judged.says("isolation", "globex at any place");
}

#[test]
fn one_tenant_alone_has_nobody_to_leak_to() {
    let world = World {
        tenants: vec![Tenant::new("acme", 101)],
        ..World::default()
    };
    world.judged().is("isolation", NotApplicable);
}

/// A world in which this fault of a forwarder shows, which check must show it, and whether the
/// same world is without alarm when the forwarder is healthy.
fn shown(fault: Planted) -> Option<(World, &'static str)> {
    let world = World::default();
    let at_device = |text: &'static str| World {
        device: text,
        ..World::default()
    };
    let at_ap = |text: &'static str| World {
        ap: text,
        ..World::default()
    };
    let replay = |mut world: World, idc: &'static str, tcis: &[u16]| {
        world.tenants[0].idc = idc;
        world.capture = capture(&frame(tcis));
        world.traffic = Some(
            "  - { name: acme-web, from: acme-dc, to: acme-vpc/web, interval: 20ms, start: 3s, stop: 6s }\n  - { name: globex-web, from: globex-dc, to: globex-vpc/web, interval: 20ms, start: 3s, stop: 6s }\n  - { name: odd, kind: replay, capture: frames.pcap, stack: keep, from: acme-dc, to: acme-vpc, start: 4s }".into(),
        );
        world
    };
    let tunnel = ", port: tunnel";
    // Gateways are asked for again and again.
    let asking = |mut world: World| {
        world.tenants.iter_mut().for_each(|t| t.idc = ", arp: { age: 1s }");
        world
    };
    Some(match fault {
        Planted::Nothing => return None,
        // What shows these are frames that hosts do not send: the isolation suite does, and a test of
        // the mutants holds it to that.
        Planted::PriorityTagHides
        | Planted::TagBehindSnap
        | Planted::TruncatedTagPasses
        | Planted::UntaggedMeansAny
        | Planted::AnyTagIsOwn
        | Planted::DeeperStacks
        | Planted::TagKept
        | Planted::PriorityLost
        | Planted::FlowCacheTooWide
        | Planted::StaleAddresses
        | Planted::LearnsWithoutLimit
        | Planted::DirtyPadding
        | Planted::RowTakesSecondTag => return None,
        // A run hands over one frame at a time.
        Planted::BatchTakesRowBefore | Planted::ScalarKernelCutsVid => return None,
        Planted::LastTagWins => (
            replay(at_device(", profile: ovs-3.1, quirk: last-tag-wins"), tunnel, &[102]),
            "isolation",
        ),
        Planted::TciNotMasked => (
            replay(at_device(", quirk: tci-not-masked"), ", tag: 101", &[0x3000 | 101]),
            "isolation",
        ),
        Planted::VidLowByte => {
            let mut world = at_device(", quirk: vid-low-byte");
            world.tenants.push(Tenant {
                vbr: false,
                ..Tenant::new("late", 357)
            });
            (world, "isolation")
        }
        Planted::SubsetTrunkIsFull => {
            let mut world = replay(at_ap(", quirk: subset-trunk-is-full"), ", tag: 50", &[60]);
            world.tenants[1].idc = ", tag: 60";
            (world, "isolation")
        }
        Planted::UnknownVidToFirst => {
            let mut world = at_device(", quirk: unknown-vid-to-first");
            world.tenants[1].vbr = false;
            (world, "isolation")
        }
        // Two faults meet: the switch takes a tag off and puts none on, the device takes what is
        // left, VID 4095, for the lowest VID of the circuit.
        Planted::ReservedVidForwarded => {
            let broken = World {
                ap: ", profile: ovs-3.1, quirk: pop-without-push",
                device: ", quirk: reserved-vid-forwarded",
                tenants: vec![Tenant::new("acme", 103), Tenant::new("globex", 102)],
                ..World::default()
            };
            (replay(broken, ", tag: 50", &[50, 4095]), "isolation")
        }
        Planted::BroadcastToNextVid => (asking(at_device(", quirk: broadcast-to-next-vid")), "isolation"),
        Planted::ArpToFirst => (asking(at_device(", quirk: arp-to-first")), "isolation"),
        Planted::PortOffByOne => (at_ap(", quirk: port-off-by-one"), "isolation"),
        Planted::PushOffByOne => (at_ap(", quirk: push-off-by-one"), "isolation"),
        Planted::RowToNextPort => (at_ap(", quirk: row-to-next-port"), "isolation"),
        Planted::RowPushesNextVid => (at_ap(", quirk: row-pushes-next-vid"), "isolation"),
        Planted::PopWithoutPush => {
            let mut world = at_ap(", quirk: pop-without-push");
            world.tenants[0].idc = ", tag: 50";
            (
                World {
                    expect: "  - { check: continuity }",
                    ..world
                },
                "continuity",
            )
        }
        Planted::Unpoliced => {
            let mut world = world;
            world.ap = ", quirk: unpoliced";
            world.device = ", features: [MPBGP]";
            world.expect = "  - { check: bandwidth }";
            world.traffic = Some(
                "  - { name: flood, from: acme-dc, to: acme-vpc/web, answered: false, rate: 400M, size: 1518, start: 4s, stop: 5s }".into(),
            );
            (world, "bandwidth")
        }
    })
}

#[test]
fn every_planted_fault_is_caught_by_the_check_that_answers_for_it() {
    for fault in Planted::every() {
        let Some((world, check)) = shown(fault) else { continue };
        let judged = world.judged();
        let line = judged.line(check);
        assert_eq!(
            line.verdict, Fail,
            "{fault}: {check}: {} {:?}",
            line.finding, line.details
        );
    }
}

#[test]
fn the_same_worlds_without_the_fault_raise_no_alarm_of_that_kind() {
    for fault in Planted::every() {
        let Some((mut world, check)) = shown(fault) else {
            continue;
        };
        let healthy = |keys: &'static str| match keys.find(", quirk") {
            Some(at) => &keys[..at],
            None => keys,
        };
        (world.ap, world.device) = (healthy(world.ap), healthy(world.device));
        let judged = world.judged();
        let Some(line) = judged.judgement.lines.iter().find(|l| l.check == check) else {
            continue;
        };
        assert_ne!(
            line.verdict, Fail,
            "{fault}: {check}: {} {:?}",
            line.finding, line.details
        );
    }
}

fn pair(a: trunklab::ident::PortNo, vid: Option<Vid>, b: trunklab::ident::PortNo) -> Service {
    let member = |port, vid| Member {
        port,
        vid,
        police: None,
        arp: None,
        icmp: None,
        bound_mac: None,
        priority: PriorityMap::KEEP,
    };
    let mut members = vec![member(a, vid), member(b, None)];
    members.sort();
    Service {
        tenant: trunklab::ident::TenantId(0),
        kind: ServiceKind::CrossConnect,
        members,
    }
}

#[test]
fn a_vbr_that_a_forged_table_opens_too_early_is_caught_by_gating() {
    let mut world = World::default();
    world.tenants[0].at = 6;
    world.traffic = Some(
        "  - { name: acme-web, from: acme-dc, to: acme-vpc/web, interval: 20ms, start: 2s, stop: 7s }\n  - { name: globex-web, from: globex-dc, to: globex-vpc/web, interval: 20ms, start: 4s, stop: 6s }".into(),
    );
    let healthy = Judged::of(world.plan());
    healthy.is("gating", Pass);
    let mut plan = world.plan();
    let (device, circuit) = (plan.circuits[0].device, plan.circuits[0].device_port);
    let slot = plan
        .vbr_slots
        .iter()
        .find(|s| s.name == "acme-vbr")
        .expect("a slot")
        .device_port;
    let change = SwitchChange::Set(ServiceId(101), pair(circuit, Vid::new(101), slot));
    plan.faults.push(FaultPlan {
        at: SimTime::from_secs(3),
        what: Fault::Switch(device, change),
    });
    let judged = Judged::of(plan);
    judged.is("gating", Fail);
    judged.says("gating", "acme-vbr while it was closed");
}

#[test]
fn gating_without_a_frame_that_passed_while_open_is_inconclusive() {
    let mut world = World {
        faults: "  - { at: 900ms, cut: line }",
        ..World::default()
    };
    world.tenants.truncate(1);
    world.judged().is("gating", Inconc);
}

#[test]
fn gating_that_nobody_tried_does_not_apply() {
    let mut world = World::default();
    for tenant in &mut world.tenants {
        tenant.idc = ", arp: { gratuitous: false }";
    }
    world.judged().is("gating", NotApplicable);
}
