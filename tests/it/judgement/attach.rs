//! What is assumed of an attach acts on frames, shows in what is measured, and is said with every verdict
//! that it touches.

use trunklab::check::Field;
use trunklab::check::Value;
use trunklab::check::Verdict::{self, Fail, Inconc, Pass};
use trunklab::ident::{DropReason, Fate, Party, StationId};
use trunklab::scenario::{MemorySources, load_text};
use trunklab::units::SimDuration;

use super::{Judged, plan};

/// Who is where: acme is converted; globex shares its circuit, initech its device, umbra nothing.
const TENANTS: [(&str, &str, u16); 4] = [
    ("acme", "c1", 101),
    ("globex", "c1", 102),
    ("initech", "c2", 101),
    ("umbra", "c3", 101),
];
const INTERVAL: SimDuration = SimDuration::from_millis(5);

/// A conversion at 6 s, under this policy, with constant flows both ways from 5 s to 7 s.
fn text(effect: &str, more: &str) -> String {
    let mut text = format!(
        "trunklab: 1\nname: attach\nduration: 8s\npolicies: {{ {effect} }}\naccounts:\n  - {{ name: telecom, uid: 99, role: partner }}\n"
    );
    let each = |f: &dyn Fn(usize, &str, &str, u16) -> String| -> String {
        let all = TENANTS.iter().enumerate();
        all.map(|(i, (name, circuit, vlan))| f(i + 1, name, circuit, *vlan))
            .collect()
    };
    text += &each(&|i, n, _, _| format!("  - {{ name: {n}, uid: {i}, outbound_billing: true }}\n"));
    text += "access_points: [{ name: ap }]\naccess_devices: [{ name: dev, region: r }, { name: other, region: r }]\ncircuits:\n";
    for (name, device) in [("c1", "dev"), ("c2", "dev"), ("c3", "other")] {
        text += &format!("  - {{ name: {name}, a: ap, b: {device}, delay: 2ms }}\n");
    }
    text += "idcs:\n";
    text += &each(&|i, n, c, v| {
        format!(
            "  - {{ name: {n}-dc, tenant: {n}, attach: ap, circuit: {c}, vlan_id: {v}, spec: 100M, address: 10.255.{i}.2/30, lan: 172.16.{i}.0/24 }}\n"
        )
    });
    text += "vpcs:\n";
    text += &each(&|i, n, _, _| {
        format!(
            "  - {{ name: {n}-vpc, tenant: {n}, region: r, cidr: 192.168.{i}.0/24, endpoints: [{{ name: web, address: 192.168.{i}.10 }}] }}\n"
        )
    });
    text += "provisioning:\n";
    text += &each(&|i, n, c, v| {
        format!("  - {{ at: 0s, by: telecom, do: CreateVirtualBorderRouter, as: {n}-vbr, with: {{ PhysicalConnectionId: {c}, VlanId: {v}, VbrOwnerId: {n}, Bandwidth: 100 }} }}
  - {{ at: 100ms, by: {n}, do: Simulator.ConfirmVirtualBorderRouter, with: {{ VbrId: {n}-vbr }} }}
  - {{ at: 200ms, by: {n}, do: ModifyVirtualBorderRouterAttribute, with: {{ VbrId: {n}-vbr, LocalGatewayIp: 10.255.{i}.1, PeerGatewayIp: 10.255.{i}.2, PeeringSubnetMask: 255.255.255.252 }} }}
  - {{ at: 300ms, by: {n}, do: CreateRouteEntry, with: {{ RouteTableId: {n}-vbr, DestinationCidrBlock: 172.16.{i}.0/24, NextHopType: PhysicalConnection }} }}
  - {{ at: 300ms, by: {n}, do: CreateTransitRouterVbrAttachment, with: {{ VbrId: {n}-vbr }} }}\n")
    });
    text += "  - { at: 5200ms, by: telecom, do: CreateVpconnFromVbr, as: acme-port, with: { VbrId: acme-vbr, OrderMode: PayByVirtualPhysicalConnectionOwner } }
  - { at: 5500ms, by: acme, do: ConfirmPhysicalConnection, with: { PhysicalConnectionId: acme-port } }
  - { at: 6s, by: telecom, do: AttachVbrToVpconn, with: { VbrId: acme-vbr, VpconnId: acme-port } }
traffic:\n";
    text += &each(&|_, n, _, _| {
        format!(
            "  - {{ name: {n}-up, from: {n}-dc, to: {n}-vpc/web, interval: 5ms, answered: false, start: 5s, stop: 7s }}
  - {{ name: {n}-down, from: {n}-vpc/web, to: {n}-dc, interval: 5ms, answered: false, start: 5s, stop: 7s }}\n"
        )
    });
    text += "expect:\n";
    text += &each(&|_, n, _, _| {
        format!("  - {{ check: continuity, flow: {n}-up }}\n  - {{ check: continuity, flow: {n}-down }}\n")
    });
    text + more
}

fn judged(effect: &str, more: &str) -> Judged {
    Judged::asked(&text(effect, more), &[])
}

fn refused(effect: &str) -> Vec<String> {
    let refused = load_text("small.yaml", text(effect, ""), &MemorySources::new()).expect_err("it is refused");
    refused
        .errors
        .iter()
        .map(|e| format!("{} {e}", e.code.as_str()))
        .collect()
}

/// Verdict and longest silence of a flow.
fn flow(judged: &Judged, name: &str) -> (Verdict, SimDuration, String) {
    let lines = &judged.judgement.lines;
    let line = lines.iter().find(|l| l.check == "continuity" && l.subject == name);
    let line = line.unwrap_or_else(|| panic!("{name} is judged"));
    let (_, _, account) = (super::world::flows(judged))
        .find(|(n, ..)| *n == name)
        .expect("a flow");
    let gap = account
        .forward
        .longest_gap
        .map_or(SimDuration::ZERO, |gap| gap.length());
    (line.verdict, gap, line.finding.clone())
}

#[test]
fn an_outage_is_as_long_as_assumed_where_it_is_assumed_and_nowhere_else() {
    let time = SimDuration::from_millis(100);
    for kind in ["outage", "reprogram", "rebuild"] {
        for direction in ["both", "up", "down"] {
            for scope in ["sub_interface", "circuit", "device"] {
                let effect =
                    format!("attach_effect: {{ kind: {kind}, for: 100ms, direction: {direction}, scope: {scope} }}");
                let judged = judged(&effect, "");
                for (tenant, reach) in [("acme", 0), ("globex", 1), ("initech", 2), ("umbra", 3)] {
                    let within = reach
                        <= ["sub_interface", "circuit", "device"]
                            .iter()
                            .position(|s| *s == scope)
                            .expect("a scope");
                    for way in ["up", "down"] {
                        let (verdict, gap, told) = flow(&judged, &format!("{tenant}-{way}"));
                        let case = format!("{effect}: {tenant} {way}: {gap}: {told}");
                        let silent = within && (direction == "both" || direction == way);
                        // What is sent to a rebuilt router's old address ends there, until it was heard of.
                        let lost = silent || (within && kind == "rebuild" && way == "up");
                        assert_eq!(verdict, if lost { Fail } else { Pass }, "{case}");
                        assert_eq!(
                            told.contains("assumed of AttachVbrToVpconn"),
                            tenant != "umbra",
                            "{case}"
                        );
                        if silent {
                            let most = match kind {
                                "rebuild" => time.saturating_add(SimDuration::from_millis(20)),
                                _ => time.saturating_add(INTERVAL),
                            };
                            assert!(gap >= time.saturating_sub(INTERVAL) && gap <= most, "{case}");
                        } else if !lost {
                            assert!(gap <= SimDuration::from_millis(20), "{case}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn what_an_attach_loses_ends_at_the_cloud_for_a_reason_of_its_own() {
    let judged = judged(
        "attach_effect: { kind: outage, for: 100ms, scope: circuit }",
        "  - { check: attribution, tenant: acme, party: cloud }\n",
    );
    judged.is("attribution", Pass);
    let device = judged
        .plan
        .nodes
        .iter()
        .position(|n| n.name == "dev")
        .expect("a device");
    let cells = judged.run.evidence.cells();
    let lost = cells
        .iter()
        .filter(|(key, _)| key.fate == Fate::Dropped(DropReason::AttachEffect));
    let mut frames = 0;
    for (key, count) in lost {
        assert_eq!(key.station, StationId::node(trunklab::ident::NodeId::of(device)));
        assert_eq!(judged.plan.nodes[device].place.party, Party::Cloud);
        frames += count.frames;
    }
    assert!((76..=84).contains(&frames), "{frames} of two tenants, each way 20");
    judged.says("isolation", "of acme, globex ended");
    let values = &judged.line("isolation").values;
    let told = values
        .iter()
        .find(|f| f.key == "attach_effect")
        .expect("it stands among the numbers");
    let Value::Fields(fields) = &told.value else {
        panic!("{told:?}")
    };
    let names: Vec<String> = fields.iter().map(Field::name).collect();
    assert_eq!(names, ["kind", "for_ns", "direction", "scope", "hurt"]);
}

#[test]
fn that_nothing_is_interrupted_is_assumed_aloud() {
    let more = "  - { check: reachability, flow: acme-up }\n  - { check: bandwidth, tenant: acme }\n  - { check: billing, tenant: acme, port_payer: acme, outbound_payer: acme }\n";
    let none = "assumed: AttachVbrToVpconn itself interrupts nothing";
    for effect in ["", "attach_effect: { kind: none }"] {
        let judged = judged(effect, more);
        for check in [
            "conservation",
            "isolation",
            "inheritance",
            "reachability",
            "bandwidth",
            "billing",
        ] {
            judged.is(check, Pass);
            judged.says(check, none);
        }
        assert!(!judged.line("storm").finding.contains("assumed"));
        let (verdict, _, told) = flow(&judged, "acme-up");
        assert!(verdict == Pass && told.contains(none), "{told}");
    }
    // Nobody is hung on a port: nothing is assumed.
    let without = text("", "")
        .lines()
        .filter(|l| !l.contains("AttachVbr"))
        .map(|l| format!("{l}\n"))
        .collect::<String>();
    let judged = Judged::of(plan(&without, &[]));
    assert!(!judged.judgement.lines.iter().any(|l| l.finding.contains("assumed")));
}

#[test]
fn an_outage_that_nobody_sent_around_is_unknown() {
    let sparse = text("attach_effect: { kind: outage, for: 100ms }", "").replace("stop: 7s", "stop: 5800ms");
    let judged = Judged::of(plan(&sparse, &[]));
    let (verdict, _, told) = flow(&judged, "acme-up");
    assert!(verdict == Inconc && told.contains("no frame after it"), "{told}");
}

#[test]
fn a_reprogrammed_sub_interface_starts_with_full_buckets_and_nobody_got_more_than_was_sold() {
    for kind in ["outage", "reprogram", "rebuild"] {
        let effect = format!("attach_effect: {{ kind: {kind}, for: 1ms }}");
        let more =
            "  - { check: bandwidth, tenant: acme }\n  - { check: billing, tenant: acme, outbound_payer: acme }\n";
        let overload = |text: String, to: &str| {
            let (from, more) = (
                format!("to: {to}, interval: 5ms"),
                format!("to: {to}, rate: 300M, size: 1518"),
            );
            text.replace(&from, &more)
        };
        let busy = overload(overload(text(&effect, more), "acme-dc"), "acme-vpc/web");
        let judged = Judged::of(plan(&busy, &[]));
        judged.is("bandwidth", Pass);
        judged.is("billing", Pass);
        judged.is("inheritance", Pass);
        judged.is("conservation", Pass);
    }
}

#[test]
fn an_effect_that_contradicts_itself_is_refused_where_it_stands() {
    for (effect, code, words) in [
        ("kind: none, for: 5s", "TL0507", "has no `for`"),
        ("kind: none, scope: device", "TL0507", "has no `scope`"),
        ("kind: none, direction: up", "TL0507", "has no `direction`"),
        ("kind: outage", "TL0304", "needs `for`"),
        ("kind: rebuild, for: 0s", "TL0403", "for no time"),
        ("kind: gone, for: 1s", "TL0204", "effect of an attach"),
        ("kind: outage, for: 1s, direction: sideways", "TL0204", "direction"),
        ("kind: outage, for: 1s, scope: world", "TL0204", "scope"),
        ("kind: outage, for: -1s", "TL0205", ""),
        ("for: 1s", "TL0202", "kind"),
        ("kind: outage, for: 1s, why: 2", "TL0201", "why"),
    ] {
        let errors = refused(&format!("attach_effect: {{ {effect} }}"));
        assert_eq!(errors.len(), 1, "{effect}: {errors:?}");
        assert!(
            errors[0].starts_with(code) && errors[0].contains(words),
            "{effect}: {errors:?}"
        );
    }
    assert!(refused("attach_effect: none")[0].starts_with("TL0203"));
}

#[test]
fn the_same_seed_interrupts_the_same_frames() {
    let run = || {
        let judged = judged("attach_effect: { kind: rebuild, for: 37ms, scope: device }", "");
        (judged.run.digest, judged.judgement)
    };
    assert_eq!(run(), run());
}
