//! Bandwidth and billing.

use trunklab::check::Verdict::{Fail, Inconc, Pass};
use trunklab::evidence::{Observer, SoldRate};
use trunklab::provision::money::BillRow;
use trunklab::units::{BitRate, ByteCount, SimTime};

use super::{Judged, World};

fn flood(ap: &'static str, device: &'static str, traffic: &str) -> Judged {
    World {
        ap,
        device,
        traffic: Some(traffic.to_owned()),
        expect: "  - { check: bandwidth }",
        ..World::default()
    }
    .judged()
}

const FLOOD: &str = "  - { name: flood, from: acme-dc, to: acme-vpc/web, answered: false, rate: 400M, size: 1518, start: 4s, stop: 5s }\n  - { name: globex-web, from: globex-dc, to: globex-vpc/web, answered: false, rate: 20M, size: 1518, start: 4s, stop: 5s }\n";

#[test]
fn a_flood_is_held_to_its_spec_by_either_policer() {
    for (ap, device) in [("", ""), (", police: false", ""), ("", ", features: [MPBGP]")] {
        flood(ap, device, FLOOD).is("bandwidth", Pass);
    }
}

#[test]
fn a_flood_that_no_policer_holds_is_caught() {
    let judged = flood(", police: false", ", features: [MPBGP]", FLOOD);
    judged.is("bandwidth", Fail);
    judged.says("bandwidth", "acme, acme-vbr to the cloud");
}

#[test]
fn an_excess_of_a_tenth_of_a_second_in_a_long_run_is_caught() {
    let short = "  - { name: flood, from: acme-dc, to: acme-vpc/web, answered: false, rate: 400M, size: 1518, start: 4s, stop: 4200ms }\n  - { name: web, from: acme-dc, to: acme-vpc/web, interval: 1s, start: 3s, stop: 8s }\n";
    flood(", police: false", ", features: [MPBGP]", short).is("bandwidth", Fail);
    flood("", "", short).is("bandwidth", Pass);
}

#[test]
fn a_flow_of_the_tenant_that_sends_nothing_hides_nothing() {
    let mut text = FLOOD.to_owned();
    text += "  - { name: mute, from: acme-dc, to: acme-vpc/web, interval: 1s, start: 7s }\n";
    let world = World {
        ap: ", police: false",
        device: ", features: [MPBGP]",
        traffic: Some(text),
        expect: "  - { check: bandwidth, tenant: acme }",
        ..World::default()
    };
    let mut plan = world.plan();
    plan.end = SimTime::from_secs(6);
    Judged::of(plan).is("bandwidth", Fail);
}

#[test]
fn a_neighbour_that_kept_to_its_spec_and_lost_to_a_full_circuit_is_harm() {
    let world = World {
        ap: ", police: false",
        circuit: ", rate: 100M, queue: 20kB",
        traffic: Some(FLOOD.to_owned()),
        expect: "  - { check: bandwidth, tenant: globex }",
        ..World::default()
    };
    let judged = world.judged();
    judged.is("bandwidth", Fail);
    judged.says("bandwidth", "globex kept to its spec and lost");
    judged.says("bandwidth", "to queues that others send into too");
    let twin = World {
        ap: "",
        circuit: ", rate: 1G",
        ..world
    };
    twin.judged().is("bandwidth", Pass);
}

#[test]
fn a_tenant_that_lost_to_a_full_circuit_alone_is_told_that_no_neighbour_has_a_part_in_it() {
    // Globex alone, within its spec, on a circuit that carries less than that.
    let alone: String = FLOOD
        .lines()
        .filter(|line| line.contains("globex"))
        .map(|line| format!("{line}\n"))
        .collect();
    let world = World {
        ap: ", police: false",
        circuit: ", rate: 1M, bandwidth: 1G, queue: 2kB",
        traffic: Some(alone),
        expect: "  - { check: bandwidth, tenant: globex }",
        ..World::default()
    };
    let judged = world.judged();
    judged.is("bandwidth", Fail);
    judged.says("bandwidth", "to queues that nobody else sends into");
}

#[test]
fn bandwidth_of_a_tenant_of_which_nothing_passed_is_inconclusive() {
    let world = World {
        traffic: Some(FLOOD.to_owned()),
        faults: "  - { at: 3s, cut: line }",
        expect: "  - { check: bandwidth, tenant: globex }",
        ..World::default()
    };
    world.judged().is("bandwidth", Inconc);
}

#[test]
fn the_burst_is_judged_to_the_octet() {
    let judged = flood(", police: false", "", FLOOD);
    let slot = judged
        .plan
        .vbr_slots
        .iter()
        .position(|s| s.name == "acme-vbr")
        .expect("a slot");
    let service = judged.run.numbering.slot(slot);
    let sold_rate = judged.run.profiles.last_sold(service).expect("a sold_rate");
    assert_eq!(sold_rate.rate, BitRate::from_mbps(50));
    assert_eq!(sold_rate.burst, ByteCount::new(625_000), "100 ms of 50 Mbit/s");
    // The policer's own burst is 625,000 octets of tagged frames with FCS: a burst that is one
    // frame smaller than what passed would have been exceeded.
    let passed = judged.run.profiles.passed(service);
    assert_eq!(passed.over, 0);
    assert!(passed.octets > 625_000 + 50_000_000 / 8 * 95 / 100, "{}", passed.octets);
}

#[test]
fn a_contract_that_ends_is_not_held_against_what_follows() {
    let mut judged = flood("", "", FLOOD);
    let service = judged.run.numbering.slot(0);
    let before = judged.run.profiles.passed(service);
    judged
        .run
        .profiles
        .sold_rate(SimTime::from_secs(7), service, None::<SoldRate>);
    assert_eq!(judged.run.profiles.passed(service).octets, before.octets);
    judged.again().is("bandwidth", Pass);
}

fn billed(expect: &'static str) -> World {
    World {
        expect,
        ..World::default()
    }
}

#[test]
fn the_payer_of_port_and_outbound_is_as_the_order_says_or_the_check_fails() {
    let judged = billed("  - { check: billing, tenant: acme, port_payer: acme, outbound_payer: acme }").judged();
    judged.is("billing", Pass);
    let wrong = billed("  - { check: billing, tenant: acme, port_payer: telecom, outbound_payer: acme }").judged();
    wrong.is("billing", Fail);
    wrong.says("billing", "telecom should");
    billed("  - { check: billing, tenant: acme, outbound_payer: globex }")
        .judged()
        .is("billing", Fail);
}

#[test]
fn a_bill_without_an_octet_is_inconclusive() {
    let mut world = billed("  - { check: billing, tenant: globex, outbound_payer: globex }");
    world.tenants[1].vbr = false;
    let judged = world.judged();
    let line = judged.line("billing");
    assert_ne!(line.verdict, Pass, "{}", line.finding);
    // The service stands, but nothing ever left by it.
    let mut world = billed("  - { check: billing, tenant: globex, outbound_payer: globex }");
    world.faults = "  - { at: 400ms, cut: line }";
    world.judged().is("billing", Inconc);
}

#[test]
fn an_octet_that_one_of_the_counters_missed_is_found() {
    let mut judged = billed("  - { check: billing, tenant: acme, outbound_payer: acme }").judged();
    judged.run.devices[0].sent.octets += 1;
    let judged = judged.again();
    judged.is("billing", Fail);
    judged.says("billing", "the device");
}

#[test]
fn an_octet_on_the_ledger_that_never_left_is_found() {
    let mut judged = billed("  - { check: billing, tenant: acme, outbound_payer: acme }").judged();
    let key = judged.run.cloud.law.services().next().expect("a service");
    judged.run.cloud.ledger.record(key, SimTime::from_secs(5), 1);
    judged.again().is("billing", Fail);
}

#[test]
fn what_leaves_before_outbound_billing_is_told_as_not_billed() {
    let judged = billed("  - { check: billing, tenant: acme, outbound_payer: acme }").judged();
    let rows: Vec<BillRow> = judged.run.invoice(&judged.plan).iter().map(|l| l.row).collect();
    assert!(rows.contains(&BillRow::OutboundDataTransfer));
}

#[test]
fn a_way_fits_up_to_each_limit_of_the_need_and_not_beyond_it() {
    let fits = |need: &'static str| {
        let expect: &'static str =
            Box::leak(format!("  - {{ check: choice, vbr: acme-vbr, {need} }}").into_boxed_str());
        let steps = "prices: { currency: EUR, port_per_month: { 50M: \"100\", 100M: \"180\" } }\n";
        World {
            steps,
            expect,
            ..World::default()
        }
        .judged()
    };
    for (met, missed, why) in [
        ("monthly_max: 100", "monthly_max: 99.999999", "too dear"),
        ("bandwidth_min: 50M", "bandwidth_min: 100M", "too slow"),
        ("distance_max_km: 1000", "distance_max_km: 399", "too far"),
        ("ready_by: 4s", "ready_by: 500ms", "too late"),
    ] {
        fits(met).is("choice", Pass);
        let judged = fits(missed);
        judged.is("choice", Fail);
        judged.says("choice", why);
    }
}
