//! Unaffected means: there was something to affect. Worlds in which a pass would say more than was seen,
//! each beside its healthy twin.

use trunklab::check::Verdict::{self, Fail, Inconc, Pass};

use super::{Judged, Tenant, World};

const CUT: &str = "  - { at: 4500ms, cut: line }\n  - { at: 4700ms, restore: line }";
const SLOW: &str = "  - { at: 5s, lose: acme-dc/uni, share: \"0%\" }";

/// A world with a flow of acme's of its own, `web`, and acme's neighbour as it is.
fn world(flows: &str, faults: &'static str, expect: &'static str) -> Judged {
    World {
        traffic: Some(flows.to_owned()),
        faults,
        expect,
        ..World::default()
    }
    .judged()
}

fn up(more: &str) -> String {
    format!(
        "  - {{ name: warm, from: acme-dc, to: acme-vpc/web, kind: ping, interval: 100ms, start: 2s, count: 3 }}\n  - {{ name: web, from: acme-dc, to: acme-vpc/web, {more} }}\n"
    )
}

fn down(more: &str) -> String {
    format!(
        "  - {{ name: warm, from: acme-dc, to: acme-vpc/web, kind: ping, interval: 100ms, start: 2s, count: 3 }}\n  - {{ name: web, from: acme-vpc/web, to: acme-dc, answered: false, {more} }}\n"
    )
}

/// A flow each way that is not answered, at these intervals.
fn both(up_each: &str, down_each: &str) -> String {
    let sent = "answered: false, start: 3s, stop: 5s";
    format!(
        "{}  - {{ name: back, from: acme-vpc/web, to: acme-dc, interval: {down_each}, {sent} }}\n",
        up(&format!("interval: {up_each}, {sent}"))
    )
}

/// A flow, what happens, what is asked, what is right, and words that say why.
type Row = (&'static str, String, &'static str, &'static str, Verdict, &'static str);

#[test]
fn a_continuity_passes_only_where_frames_were_in_flight_around_what_happened() {
    const ASK: &str = "  - { check: continuity, flow: web }";
    const GAP: &str = "  - { check: continuity, flow: web, longest_gap_max: 50ms }";
    let rows: Vec<Row> = vec![
        (
            "stops before",
            up("interval: 20ms, start: 3s, stop: 4s"),
            CUT,
            ASK,
            Inconc,
            "no frame after",
        ),
        (
            "begins after",
            up("interval: 20ms, start: 5s, stop: 6s"),
            CUT,
            ASK,
            Inconc,
            "no frame before",
        ),
        (
            "stops before, down",
            down("interval: 20ms, start: 3s, stop: 4s"),
            CUT,
            ASK,
            Inconc,
            "down: no frame after",
        ),
        (
            "begins after, down",
            down("interval: 20ms, start: 5s, stop: 6s"),
            CUT,
            ASK,
            Inconc,
            "down: no frame before",
        ),
        (
            "is hit",
            up("interval: 20ms, start: 3s, stop: 6s"),
            CUT,
            ASK,
            Fail,
            "frames lost",
        ),
        (
            "is hit, down",
            down("interval: 20ms, start: 3s, stop: 6s"),
            CUT,
            ASK,
            Fail,
            "frames lost",
        ),
        (
            "is there",
            up("interval: 20ms, start: 3s, stop: 6s"),
            SLOW,
            GAP,
            Pass,
            "nothing happened|one event",
        ),
        (
            "is there, down",
            down("interval: 20ms, start: 3s, stop: 6s"),
            SLOW,
            GAP,
            Pass,
            "nothing happened|one event",
        ),
        (
            "is paused",
            up("pattern: on_off, on: 100ms, off: 900ms, interval: 5ms, start: 3s, stop: 7s"),
            "  - { at: 4500ms, cut: line }\n  - { at: 4700ms, restore: line }",
            GAP,
            Inconc,
            "could have gone unseen",
        ),
        (
            "is paused, and nothing happens",
            up("pattern: on_off, on: 100ms, off: 900ms, interval: 5ms, start: 3s, stop: 7s"),
            "",
            GAP,
            Pass,
            "nothing happened",
        ),
        (
            "sends more seldom down",
            both("20ms", "100ms"),
            "",
            "  - { check: continuity, tenant: acme, over: [3200ms, 4s] }",
            Pass,
            ", down)",
        ),
        (
            "sends more seldom up",
            both("100ms", "20ms"),
            "",
            "  - { check: continuity, tenant: acme, over: [3200ms, 4s] }",
            Pass,
            ", up)",
        ),
        (
            "is asked over a window in which it sent",
            up("interval: 20ms, start: 3s, stop: 4s"),
            CUT,
            "  - { check: continuity, flow: web, over: [3200ms, 3800ms] }",
            Pass,
            "the window",
        ),
        (
            "is asked over a window in which it did not send",
            up("interval: 20ms, start: 3s, stop: 4s"),
            CUT,
            "  - { check: continuity, flow: web, over: [4200ms, 4400ms] }",
            Inconc,
            "the window",
        ),
        (
            "is asked over a name",
            up("interval: 20ms, start: 3s, stop: 4s"),
            CUT,
            "  - { check: continuity, flow: web, over: [line] }",
            Inconc,
            "line cut from 4.5s to 4.7s",
        ),
    ];
    for (name, flows, faults, expect, right, words) in rows {
        let judged = world(&flows, faults, expect);
        let line = judged.line("continuity");
        assert_eq!(line.verdict, right, "{name}: {} {:?}", line.finding, line.details);
        let told = words.split('|').any(|words| line.finding.contains(words));
        assert!(told, "{name}: {}", line.finding);
    }
}

#[test]
fn a_neighbours_call_on_the_circuit_needs_frames_in_flight_too() {
    let call = "  - { at: 5s, by: globex, do: ModifyVirtualBorderRouterAttribute, with: { VbrId: globex-vbr, Name: other } }\n";
    for (flow, right) in [
        ("interval: 20ms, start: 3s, stop: 6s", Pass),
        ("interval: 20ms, start: 3s, stop: 4s", Inconc),
        ("interval: 20ms, start: 5100ms, stop: 6s", Inconc),
    ] {
        for flows in [up(flow), down(flow)] {
            let world = World {
                traffic: Some(flows.clone()),
                steps: call,
                expect: "  - { check: continuity, flow: web }",
                ..World::default()
            };
            let judged = world.judged();
            judged.is("continuity", right);
            judged.says("continuity", "ModifyVirtualBorderRouterAttribute by globex at 5s");
        }
    }
}

#[test]
fn a_tenant_is_judged_both_ways_unless_one_is_asked_for() {
    let flows = up("interval: 20ms, start: 3s, stop: 6s, answered: false");
    let flows = flows.lines().skip(1).collect::<String>() + "\n";
    let both = world(&flows, "", "  - { check: continuity, tenant: acme }");
    both.is("continuity", Inconc);
    both.says("continuity", "acme sent nothing down");
    world(&flows, "", "  - { check: continuity, tenant: acme, direction: up }").is("continuity", Pass);
    world(&flows, "", "  - { check: continuity, tenant: acme, direction: down }").is("continuity", Inconc);
}

#[test]
fn what_waits_at_the_end_is_not_on_its_way() {
    let ask =
        "  - { check: continuity, flow: acme-web, longest_gap_max: 1s }\n  - { check: reachability, flow: acme-web }";
    let tenant = |idc: &'static str| Tenant {
        idc,
        ..Tenant::new("acme", 101)
    };
    for (idc, right) in [
        ("", Pass),
        (", last_mile: { rate: 500bps, queue: 100MB }", Fail),
        (", gateway: 10.255.1.9, arp: { retry: 60s, tries: 3 }", Fail),
    ] {
        let idc = if idc.contains("gateway") {
            ", arp: { retry: 60s, tries: 3 }, gateway: 10.255.1.1"
        } else {
            idc
        };
        let closed = idc.contains("arp");
        let world = World {
            tenants: vec![Tenant { vbr: !closed, ..tenant(idc) }, Tenant::new("globex", 102)],
            traffic: Some("  - { name: acme-web, from: acme-dc, to: acme-vpc/web, interval: 500ms, start: 2s, stop: 5s }\n  - { name: globex-web, from: globex-dc, to: globex-vpc/web, interval: 500ms, start: 2s, stop: 5s }\n".to_owned()),
            expect: ask,
            ..World::default()
        };
        let judged = world.judged();
        judged.is("continuity", right);
        judged.is("reachability", right);
    }
}

#[test]
fn a_negative_needs_the_place_that_refuses() {
    let ask = "  - { check: reachability, flow: web, reachable: false }";
    let world = |idc: &'static str, vbr: bool, to: &str, faults: &'static str| {
        World {
            tenants: vec![
                Tenant {
                    idc,
                    vbr,
                    ..Tenant::new("acme", 101)
                },
                Tenant::new("globex", 102),
            ],
            traffic: Some(format!("  - {{ name: web, from: acme-dc, to: {to}, interval: 50ms, start: 3s, stop: 4s, answered: false }}\n  - {{ name: other, from: globex-dc, to: globex-vpc/web, interval: 50ms, start: 3s, stop: 4s }}\n")),
            faults,
            expect: ask,
            ..World::default()
        }
        .judged()
    };
    // The service is closed, and its requests for an address end at the access device.
    world("", false, "acme-vpc/web", "").is("reachability", Pass);
    // The sender has no route: nothing came to the place that should refuse it.
    world(", routes: [10.99.0.0/16]", false, "acme-vpc/web", "").is("reachability", Inconc);
    // Its line is cut: nothing refused it.
    world("", false, "acme-vpc/web", "  - { at: 2s, cut: acme-dc/uni }").is("reachability", Inconc);
    // The service is open and it arrives.
    world("", true, "acme-vpc/web", "").is("reachability", Fail);
}

#[test]
fn a_silence_that_a_constant_flow_cannot_tell_is_an_error_of_the_file() {
    let text = World {
        traffic: Some(up("interval: 100ms, start: 3s, stop: 6s")),
        expect: "  - { check: continuity, flow: web, longest_gap_max: 50ms }",
        ..World::default()
    }
    .text();
    let sources = trunklab::scenario::MemorySources::new();
    let refused = trunklab::scenario::load_text("small.yaml", text, &sources).expect_err("it cannot be told");
    let told: String = refused.errors.iter().map(ToString::to_string).collect();
    assert!(told.contains("a silence of 50ms could not be told"), "{told}");
}

#[test]
fn a_proof_of_a_tenant_that_is_served_and_gets_nowhere_is_none() {
    let world = |idc: &'static str| {
        let mut tenants = vec![Tenant::new("acme", 101), Tenant::new("globex", 102)];
        tenants[0].idc = idc;
        let world = World {
            tenants,
            ..World::default()
        };
        let text = match idc {
            "" => world.text(),
            // The partner puts its line into another VLAN than the one that was sold.
            _ => world.text().replacen("vlan_id: 101", "vlan_id: 111", 1),
        };
        let plan = super::plan(&text, &[]);
        let proof = trunklab::study::prove_plan(&plan, |_, _, _| {}).expect("it can be read");
        (proof.has_control(), proof.without_control(&plan))
    };
    assert!(world("").0);
    let (has_control, told) = world(" ");
    assert!(!has_control && told.contains("no frame of acme"), "{told}");
}
