//! What was bought was delivered: the lower side of a bandwidth, and one octet basis for all.

use trunklab::check::Verdict::{Fail, Inconc, Pass};

use super::{Judged, Tenant, World};
use crate::shared_inputs;

fn flow(from: &str, to: &str, rate: &str, size: &str) -> String {
    format!(
        "  - {{ name: warm, from: acme-dc, to: acme-vpc/web, interval: 20ms, start: 3s, count: 3 }}\n  - {{ name: f, from: {from}, to: {to}, answered: false, rate: {rate}, size: {size}, start: 4s, stop: 6s }}\n"
    )
}

fn up(rate: &str, size: &str) -> String {
    flow("acme-dc", "acme-vpc/web", rate, size)
}

fn down(rate: &str, size: &str) -> String {
    flow("acme-vpc/web", "acme-dc", rate, size)
}

/// Buckets so shallow that a few octets too many in each frame are soon told.
const SHALLOW: &str = "policies: { policer_burst: 1ms, policer_burst_min: 3044 }\n";

fn world(traffic: String) -> World {
    World {
        tenants: vec![Tenant::new("acme", 101)],
        traffic: Some(traffic),
        expect: "  - { check: bandwidth }\n  - { check: continuity, flow: f }",
        ..World::default()
    }
}

#[test]
fn a_policer_below_what_was_sold_fails_in_either_direction_and_its_healthy_twin_passes() {
    for traffic in [up("60M", "1518"), down("60M", "1518")] {
        let police = |faults| {
            World {
                faults,
                expect: "  - { check: bandwidth }",
                ..world(traffic.clone())
            }
            .judged()
        };
        police("  - { at: 3500ms, police: ap, tenant: acme, spec: 50M }").is("bandwidth", Pass);
        let judged = police("  - { at: 3500ms, police: ap, tenant: acme, spec: 40M }");
        judged.is("bandwidth", Fail);
        judged.says("bandwidth", "ended in a policer at ap");
    }
}

#[test]
fn a_last_mile_slower_than_what_is_sold_fails_under_load_whatever_its_queue_holds() {
    for (queue, traffic) in [
        ("1MB", up("48M", "1518")),
        ("900MB", up("48M", "1518")),
        ("1MB", down("48M", "1518")),
        ("900MB", down("48M", "1518")),
    ] {
        let judged = |rate: &str| {
            let line: &'static str = format!(", last_mile: {{ rate: {rate}, queue: {queue} }}").leak();
            let mut tenant = Tenant::new("acme", 101);
            tenant.idc = line;
            World {
                tenants: vec![tenant],
                expect: "  - { check: bandwidth }",
                ..world(traffic.clone())
            }
            .judged()
        };
        judged("30M").is("bandwidth", Fail);
        judged("30M").says(
            "bandwidth",
            "acme-dc/uni carries 30M on the wire, and 50M are sold over it",
        );
        judged("60M").is("bandwidth", Pass);
    }
}

#[test]
fn who_keeps_to_its_spec_loses_nothing_at_any_frame_size_port_mode_or_direction() {
    for idc in ["", ", tag: 50", ", port: tunnel"] {
        for size in ["64", "65", "512", "1518", "imix"] {
            for traffic in [up("49M", size), down("49M", size)] {
                let traffic = traffic.replace("stop: 6s", "stop: 4150ms") + SHALLOW;
                let mut tenant = Tenant::new("acme", 101);
                tenant.idc = idc;
                let judged = World {
                    tenants: vec![tenant],
                    ..world(traffic)
                }
                .judged();
                judged.is("bandwidth", Pass);
                judged.is("continuity", Pass);
            }
        }
    }
}

#[test]
fn a_policer_that_counts_more_than_the_contract_is_named_with_the_arithmetic() {
    for (device, ap) in [(", counts_tags: true", ""), ("", ", octets: l1")] {
        let judged = World {
            device,
            ap,
            ..world(up("49M", "64").replace("stop: 6s", "stop: 4300ms") + SHALLOW)
        }
        .judged();
        judged.is("bandwidth", Fail);
        let words = match ap {
            "" => "the policer of dev counts 68 for 64: 6.25 % short",
            _ => "the policer of ap counts 84 for 64: 31.25 % short",
        };
        judged.says("bandwidth", words);
    }
}

#[test]
fn who_did_not_ask_for_all_of_it_cannot_know_whether_all_of_it_is_there() {
    let full = |traffic| {
        World {
            expect: "  - { check: bandwidth, full: true }",
            ..world(traffic)
        }
        .judged()
    };
    full(up("60M", "1518")).is("bandwidth", Inconc);
    full(
        up("60M", "1518")
            + &down("60M", "1518")
                .replace("name: f", "name: g")
                .replace("name: warm", "name: w"),
    )
    .is("bandwidth", Pass);
}

#[test]
fn what_was_asked_and_the_least_shortfall_that_would_have_shown_are_told() {
    let judged = world(up("49M", "1518")).judged();
    judged.is("bandwidth", Pass);
    judged.says("bandwidth", "asked up to 49.");
    judged.says("bandwidth", "% or more would have shown");
    let judged = world(up("1M", "512")).judged();
    judged.says("bandwidth", "too little for any shortfall to show");
}

#[test]
fn a_router_s_own_frames_are_nobody_s_bill() {
    let expect = "  - { check: billing, tenant: acme, outbound_payer: acme }";
    let silent = World {
        expect,
        ..world(up("1M", "512").replace("count: 3", "count: 3, answered: false"))
    }
    .judged();
    silent.is("billing", Inconc);
    let sends = World {
        expect,
        ..world(down("1M", "512"))
    }
    .judged();
    sends.is("billing", Pass);
    sends.says("billing", "hour 0 of");
}

/// A case of the shared folder, judged; `None` where it is absent.
fn case(name: &str) -> Option<Judged> {
    let octets = shared_inputs::read(&format!("cases/{name}"))?;
    let plan = super::plan(&String::from_utf8(octets).expect("a scenario is text"), &[]);
    Some(Judged::of(plan))
}

#[test]
fn cases_40_bought_and_delivered_43_a_last_mile_below_what_was_sold_and_70_exact_values() {
    for (name, check, verdict) in [
        (
            "40-bought-and-delivered/w1-gets-1M-of-100M-sold.yaml",
            "bandwidth",
            Fail,
        ),
        (
            "43-who-answers/a1-last-mile-below-what-was-sold.yaml",
            "bandwidth",
            Fail,
        ),
        ("70-exact-values/O4-arp-billed-as-outbound.yaml", "billing", Inconc),
    ] {
        if let Some(judged) = case(name) {
            judged.is(check, verdict);
        }
    }
}
