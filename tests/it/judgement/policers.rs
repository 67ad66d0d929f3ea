//! A policer that an operator types in polices, wherever its switch stands on the way; who kept to its
//! own is not accused of what another one dropped.

use trunklab::check::Verdict::{Fail, Pass};
use trunklab::scenario::{MemorySources, load_text};

use super::{Judged, Tenant, World, plan};

/// Three switches between the tenant's line and the circuit.
fn chain(service: &str, direction: &str, rate: &str, faults: &'static str) -> String {
    let (from, to) = match direction {
        "up" => ("acme-dc", "acme-vpc/web"),
        _ => ("acme-vpc/web", "acme-dc"),
    };
    let ap: &'static str =
        format!("{service} }}, {{ name: mid{service} }}, {{ name: far{service}").leak();
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
    for service in [", service: cross-connect", ", service: bridged", ", police: false", ", octets: l2"] {
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
    let refused = load_text("small.yaml", text, &MemorySources::new())
        .err()
        .expect("it polices nobody");
    let told: String = refused.errors.iter().map(|d| format!("{d}\n")).collect();
    assert!(told.contains("TL0510"), "{told}");
    assert!(told.contains("`aside` carries no service of acme"), "{told}");
    assert!(told.contains("ap, far, mid"), "{told}");
}
