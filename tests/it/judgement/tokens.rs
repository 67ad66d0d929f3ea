//! Where a limit lets one ARP frame a second pass, nobody's own announcement spends it: neither where a line
//! is back nor where a router becomes active.

use trunklab::units::SimDuration;

use super::{Judged, Tenant, World, plan};

/// One frame each 10 ms both ways from `from`, those up answered; acme's router is active at `at` seconds.
fn world(limit: &'static str, at: u32, from: &str, steps: &'static str, faults: &'static str) -> World {
    let each = [
        ("up", "acme-dc", "acme-vpc/web", true),
        ("down", "acme-vpc/web", "acme-dc", false),
    ];
    let flow = |(name, of, to, answered): (&str, &str, &str, bool)| {
        format!(
            "  - {{ name: {name}, from: {of}, to: {to}, interval: 10ms, start: {from}, stop: 7s, answered: {answered}, warm_up: false }}\n"
        )
    };
    World {
        ap: limit,
        tenants: vec![Tenant {
            at,
            ..Tenant::new("acme", 101)
        }],
        traffic: Some(each.map(flow).concat()),
        steps,
        faults,
        ..World::default()
    }
}

const LIMITS: [&str; 3] = [
    "",
    ", service: bridged",
    ", arp_limit: shared, arp_per_second: 1, arp_burst: 1",
];

/// No direction is silent for longer than this, once frames of it arrive.
#[track_caller]
fn holds(world: &World, most: SimDuration) {
    let judged = world.judged();
    for (name, _, account) in super::world::flows(&judged) {
        let each = [&account.forward, &account.answers];
        for passage in each.into_iter().filter(|p| p.sent.frames > 0) {
            let gap = passage.longest_gap.expect("two frames arrived").length();
            let (limit, faults) = (world.ap, world.faults);
            assert!(gap <= most, "{limit}, {faults}: {name} was silent for {gap}");
        }
    }
}

#[test]
fn a_router_that_becomes_active_answers_from_the_first_frame_on() {
    for limit in LIMITS {
        // Nothing takes time but the router: it is active 300 ms before the first frame.
        let world = world(limit, 3, "3300ms", "", "");
        let leads = "duration: 8s\nlead_times: { cen_attachment: 0ns, route_entry: 0ns }\n";
        let judged = Judged::of(plan(&world.text().replacen("duration: 8s\n", leads, 1), &[]));
        for (name, _, account) in super::world::flows(&judged) {
            let each = [&account.forward, &account.answers];
            for passage in each.into_iter().filter(|p| p.sent.frames > 0) {
                let (sent, first) = (passage.first_sent, passage.first_arrival.expect("it arrives"));
                let took = first.saturating_since(sent.expect("it was sent"));
                assert!(took <= SimDuration::from_millis(20), "{limit}: {name} took {took}");
            }
        }
    }
}

#[test]
fn a_router_that_was_away_for_a_second_carries_frames_as_soon_as_it_is_back() {
    let steps = "  - { at: 4s, by: acme, do: TerminateVirtualBorderRouter, with: { VbrId: acme-vbr } }\n  - { at: 5s, by: acme, do: RecoverVirtualBorderRouter, with: { VbrId: acme-vbr } }\n";
    for limit in LIMITS {
        // Terminating and recovering each take effect a second later.
        holds(&world(limit, 1, "2500ms", steps, ""), SimDuration::from_millis(1_050));
    }
}

#[test]
fn a_line_that_was_cut_for_half_a_second_carries_frames_as_soon_as_it_is_back() {
    for limit in LIMITS {
        for link in ["line", "acme-dc/uni"] {
            let faults: &'static str = match link {
                "line" => "  - { at: 4500ms, cut: line }\n  - { at: 5s, restore: line }",
                _ => "  - { at: 4500ms, cut: acme-dc/uni }\n  - { at: 5s, restore: acme-dc/uni }",
            };
            holds(&world(limit, 1, "2500ms", "", faults), SimDuration::from_millis(550));
        }
    }
}
