//! A policer that an operator types in polices, wherever its switch stands on the way; who kept to its
//! own is not accused of what another one dropped; and what was bought, asked and got is told.

use trunklab::check::Verdict::{Fail, Pass};
use trunklab::scenario::{MemorySources, load_text};

use super::{Judged, Tenant, World, plan};

/// Three switches between the tenant's line and the circuit.
fn chain(service: &str, direction: &str, rate: &str, faults: &'static str) -> String {
    let (from, to) = match direction {
        "up" => ("acme-dc", "acme-vpc/web"),
        _ => ("acme-vpc/web", "acme-dc"),
    };
    let ap: &'static str = format!("{service} }}, {{ name: mid{service} }}, {{ name: far{service}").leak();
    let traffic = format!(
        "  - {{ name: warm, from: acme-dc, to: acme-vpc/web, interval: 20ms, start: 3s, count: 3 }}\n  - {{ name: f, from: {from}, to: {to}, answered: false, rate: {rate}, size: 1518, start: 4s, stop: 5s }}\n"
    );
    let world = World {
        ap,
        circuit: " }]\nlinks: [{ name: t1, a: far, b: mid }, { name: t2, a: mid, b: ap",
        tenants: vec![Tenant::new("acme", 101)],
        traffic: Some(traffic),
        faults,
        expect: "  - { check: bandwidth }",
        ..World::default()
    };
    world.text().replace("attach: ap,", "attach: far,")
}

fn judged(text: &str) -> Judged {
    Judged::of(plan(text, &[]))
}

#[test]
fn a_typed_policer_polices_both_directions_at_every_switch_of_the_way() {
    for service in [
        ", service: cross-connect",
        ", service: bridged",
        ", police: false",
        ", octets: l2",
    ] {
        for direction in ["up", "down"] {
            for (at, less, same) in [
                (
                    "far",
                    "  - { at: 3500ms, police: far, tenant: acme, spec: 20M }",
                    "  - { at: 3500ms, police: far, tenant: acme, spec: 50M }",
                ),
                (
                    "mid",
                    "  - { at: 3500ms, police: mid, tenant: acme, spec: 20M }",
                    "  - { at: 3500ms, police: mid, tenant: acme, spec: 50M }",
                ),
                (
                    "ap",
                    "  - { at: 3500ms, police: ap, tenant: acme, spec: 20M }",
                    "  - { at: 3500ms, police: ap, tenant: acme, spec: 50M }",
                ),
            ] {
                let short = judged(&chain(service, direction, "48M", less));
                short.is("bandwidth", Fail);
                short.says("bandwidth", &format!("ended in a policer at {at},"));
                judged(&chain(service, direction, "48M", same)).is("bandwidth", Pass);
            }
        }
    }
}

#[test]
fn a_switch_that_polices_by_itself_does_so_at_the_ends_of_the_way_alone() {
    let octets = |text: String| text.replace("name: mid,", "name: mid, octets: l1,");
    let configured = chain(", service: bridged", "up", "49M", "");
    judged(&octets(configured)).is("bandwidth", Pass);
}

#[test]
fn a_policer_at_a_switch_without_a_service_of_the_tenant_is_refused_with_those_that_have_one() {
    let faults = "  - { at: 3500ms, police: aside, tenant: acme, spec: 20M }";
    let text = chain("", "up", "48M", faults).replace("{ name: far }", "{ name: far }, { name: aside }");
    let refused = load_text("small.yaml", text, &MemorySources::new()).expect_err("it polices nobody");
    let told: String = refused.errors.iter().map(|d| format!("{d}\n")).collect();
    assert!(told.contains("TL0510"), "{told}");
    assert!(told.contains("`aside` carries no service of acme"), "{told}");
    assert!(told.contains("ap, far, mid"), "{told}");
}

/// One switch, and 50M sold.
fn single(direction: &str, rate: &str, idc: &'static str, faults: &'static str) -> Judged {
    let (from, to) = match direction {
        "up" => ("acme-dc", "acme-vpc/web"),
        _ => ("acme-vpc/web", "acme-dc"),
    };
    let mut tenant = Tenant::new("acme", 101);
    tenant.idc = idc;
    let world = World {
        tenants: vec![tenant],
        traffic: Some(format!(
            "  - {{ name: warm, from: acme-dc, to: acme-vpc/web, interval: 20ms, start: 3s, count: 3 }}\n  - {{ name: f, from: {from}, to: {to}, answered: false, rate: {rate}, size: 512, start: 4s, stop: 7s }}\n"
        )),
        faults,
        expect: "  - { check: bandwidth }",
        ..World::default()
    };
    world.judged()
}

/// Lines of the verdict that blame a place.
fn blames(judged: &Judged) -> Vec<String> {
    let details = judged.line("bandwidth").details.iter();
    details
        .map(|detail| detail.text.clone())
        .filter(|text| text.contains("ended in a policer at"))
        .collect()
}

#[test]
fn the_policer_that_passes_less_is_blamed_and_not_the_healthy_one_before_or_behind_it() {
    for direction in ["up", "down"] {
        for faults in [
            "  - { at: 3500ms, police: ap, tenant: acme, spec: 40M }",
            "  - { at: 3500ms, police: ap, tenant: acme, spec: 49M }",
            "  - { at: 5500ms, police: ap, tenant: acme, spec: 40M }",
        ] {
            let judged = single(direction, "80M", "", faults);
            judged.is("bandwidth", Fail);
            let blames = blames(&judged);
            assert_eq!(blames.len(), 1, "{direction} {faults}: {blames:?}");
            assert!(blames[0].contains("at ap,"), "{blames:?}");
        }
        let healthy = "  - { at: 3500ms, police: ap, tenant: acme, spec: 50M }";
        single(direction, "80M", "", healthy).is("bandwidth", Pass);
    }
}

#[test]
fn the_first_drop_without_reason_comes_behind_the_fault_and_rightful_ones_are_not_counted() {
    for direction in ["up", "down"] {
        let judged = single(
            direction,
            "80M",
            "",
            "  - { at: 5500ms, police: ap, tenant: acme, spec: 40M }",
        );
        let line = blames(&judged).remove(0);
        let first = line.split("the first of those at ").nth(1).expect("a time");
        let seconds: f64 = first.split('s').next().and_then(|n| n.parse().ok()).expect("seconds");
        assert!((5.5..5.8).contains(&seconds), "{line}");
        let number = |text: &str| -> u64 {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            digits.parse().expect("a number")
        };
        let (all, rest) = line.split_once(" frames ended in a policer at ap, ").expect("frames");
        let all = number(all.rsplit(' ').next().expect("a word"));
        let without = number(rest.split(" of them").next().expect("a number"));
        // What is beyond 40M for 1.5 s, of 512 octets; down, the VBR took what is beyond 50M. Before the
        // fault 7,300 ended there rightly.
        assert!(without > 2_000 && without <= all, "{line}");
        assert!(direction == "down" || without * 4 < all * 3, "{line}");
    }
}

#[test]
fn the_verdict_tells_what_was_bought_asked_and_got_each_way() {
    for direction in ["up", "down"] {
        let healthy = single(direction, "80M", "", "");
        healthy.is("bandwidth", Pass);
        healthy.says("bandwidth", "bought 50M, asked up to 80.");
        healthy.says("bandwidth", "or more would have shown");
        let short = single(
            direction,
            "80M",
            "",
            "  - { at: 3500ms, police: ap, tenant: acme, spec: 40M }",
        );
        let line = short.is("bandwidth", Fail);
        assert!(!line.finding.contains("would have shown"), "{}", line.finding);
        let got = |judged: &Judged, towards: &str| -> u64 {
            let details = judged.line("bandwidth").details.iter();
            let mut values = details
                .filter(|detail| detail.text.contains(towards))
                .flat_map(|d| &d.values);
            let got = values.find(|field| field.name() == "got_bps").expect("what was got");
            match got.value {
                trunklab::check::Value::Number(_, Some(bps)) => bps,
                _ => panic!("{towards}: {:?}", got.value),
            }
        };
        let towards = if direction == "up" {
            "to the cloud"
        } else {
            "from the cloud"
        };
        // The burst of 100 ms comes on top, over three seconds.
        assert!(
            (50_000_000..52_500_000).contains(&got(&healthy, towards)),
            "{direction}"
        );
        assert!((40_000_000..42_000_000).contains(&got(&short, towards)), "{direction}");
    }
}

#[test]
fn who_keeps_to_its_spec_with_a_burst_is_told_so() {
    let judged = single("up", "50M", "", "");
    judged.is("bandwidth", Pass);
    let line = judged.line("bandwidth");
    assert!(line.finding.contains(" within its burst, got 4"), "{}", line.finding);
}

#[test]
fn a_line_of_less_than_is_asked_falls_behind_however_slow_it_is() {
    for direction in ["up", "down"] {
        let on = |rate: &str, line: &str| {
            let idc: &'static str = format!(", last_mile: {{ rate: {line}, queue: 1GB }}").leak();
            let mut tenant = Tenant::new("acme", 101);
            tenant.idc = idc;
            let (from, to) = match direction {
                "up" => ("acme-dc", "acme-vpc/web"),
                _ => ("acme-vpc/web", "acme-dc"),
            };
            World {
                tenants: vec![tenant],
                traffic: Some(format!(
                    "  - {{ name: warm, from: acme-dc, to: acme-vpc/web, interval: 20ms, start: 3s, count: 3 }}\n  - {{ name: f, from: {from}, to: {to}, answered: false, rate: {rate}, size: 1518, start: 4s, stop: 39s }}\n"
                )),
                seconds: 40,
                expect: "  - { check: bandwidth }",
                ..World::default()
            }
            .judged()
        };
        on("121k", "110k").is("bandwidth", Fail);
        on("121k", "130k").is("bandwidth", Pass);
    }
}

#[test]
fn what_two_clouds_send_each_other_is_not_asked_of_the_circuit() {
    let inside = |kind: &str| {
        World {
            tenants: vec![Tenant::new("acme", 101)],
            vpcs: "  - { name: other, tenant: acme, region: s, cidr: 192.168.9.0/24, endpoints: [{ name: web, address: 192.168.9.10 }] }\n",
            traffic: Some(format!(
                "  - {{ name: warm, from: acme-dc, to: acme-vpc/web, interval: 20ms, start: 3s, count: 3 }}\n  - {{ name: f, from: {kind}, answered: false, rate: 80M, size: 1518, start: 4s, stop: 5s }}\ncross_border: [{{ name: xb, tenant: acme, a: acme-vpc, b: other, delay: 30ms, rate: 1G }}]\n"
            )),
            expect: "  - { check: bandwidth }",
            ..World::default()
        }
        .judged()
    };
    let between = inside("acme-vpc/web, to: other/web");
    between.says("bandwidth", "1 kept to the spec, 0 asked for more");
    inside("acme-vpc/web, to: acme-dc").says("bandwidth", "0 kept to the spec, 1 asked for more");
}
