//! Healthy worlds of many shapes raise no alarm.

use proptest::prelude::*;
use trunklab::check::Verdict::{Fail, Inconc, Pass};

use super::{Judged, World};

fn shape() -> impl Strategy<Value = (usize, usize, usize, usize, u32, u64)> {
    (0..4usize, 0..4usize, 0..3usize, 0..3usize, 1..120u32, any::<u64>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, ..ProptestConfig::default() })]

    /// Whatever the port, the switch, the device, the pattern and the rate, twice the spec and
    /// more included: no always-judged check fails, no tenant gets or loses what it should not,
    /// and the counters agree to the octet.
    #[test]
    fn a_healthy_world_of_any_shape_raises_no_alarm((idc, ap, device, pattern, rate, seed) in shape()) {
        let mut world = World {
            ap: ["", ", service: bridged", ", police: false", ", arp_limit: off, burst: 70kB"][ap],
            device: ["", ", features: [MPBGP]", ", profile: ovs-3.1"][device],
            expect: "  - { check: bandwidth }\n  - { check: billing, outbound_payer: acme, tenant: acme }\n  - { check: continuity, flow: quiet }\n",
            seconds: 6,
            ..World::default()
        };
        // Without any policer a flood is no healthy world.
        if ap == 2 && device == 1 {
            world.device = "";
        }
        world.tenants[0].idc = ["", ", tag: 50", ", port: tunnel", ", arp: { age: 1s }"][idc];
        let pattern = ["", ", pattern: poisson", ", pattern: on_off, on: 20ms, off: 30ms"][pattern];
        world.traffic = Some(format!(
            "  - {{ name: busy, from: acme-dc, to: acme-vpc/web, rate: {rate}M, size: imix, start: 4s, stop: 4300ms{pattern} }}\n  - {{ name: back, from: acme-vpc/web, to: acme-dc, answered: false, rate: {rate}M, size: 1518, start: 4s, stop: 4300ms{pattern} }}\n  - {{ name: quiet, from: globex-dc, to: globex-vpc/web, interval: 4ms, start: 4s, stop: 4300ms }}\n"
        ));
        let mut plan = world.plan();
        plan.seed = seed;
        let judged = Judged::of(plan);
        for line in &judged.judgement.lines {
            prop_assert!(line.verdict != Fail && line.verdict != Inconc, "{}: {} {:?}\n{}", line.check, line.finding, line.details, world.text());
        }
    }
}

#[test]
fn a_run_that_ends_within_a_window_is_inconclusive_not_failed() {
    let world = World {
        seconds: 60,
        steps: "  - { at: 2s, by: acme, do: EnableCenVbrHealthCheck, with: { VbrInstanceId: acme-vbr, HealthCheckInterval: 2, HealthyThreshold: 3 } }\n",
        faults: "  - { at: 20s, cut: line }",
        expect: "  - { check: health, tenant: acme, unhealthy: [24s, 28s] }",
        ..World::default()
    };
    world.judged().is("health", Pass);
    let mut plan = world.plan();
    plan.end = trunklab::units::SimTime::from_secs(23);
    Judged::of(plan).is("health", Inconc);
}

#[test]
fn flows_that_never_begin_leave_conservation_inconclusive() {
    let mut world = World::default();
    for tenant in &mut world.tenants {
        tenant.idc = ", arp: { gratuitous: false }";
    }
    let mut plan = world.plan();
    plan.end = trunklab::units::SimTime::from_nanos(900_000_000);
    Judged::of(plan).is("conservation", Inconc);
}
