//! Worlds that nobody would draw: random tenants, calls in no sensible order, faults, flows. What
//! always holds must hold in them too.

use std::fmt::Write;

use trunklab::check::{Case, Verdict, judge};
use trunklab::engine::run;
use trunklab::evidence::NoObserver;
use trunklab::provision::Defaults;
use trunklab::scenario::{MemorySources, load_text};

/// A generator of our own (splitmix64), so that a seed means the same world for ever.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
    fn one_in(&mut self, n: u64) -> bool {
        self.roll(n) == 0
    }
    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[usize::try_from(self.roll(words.len() as u64)).expect("small")]
    }
}

struct World {
    text: String,
    /// Somebody planted a leak: isolation may fail.
    leaky: bool,
}

/// Tenants `t1` to `tn` on hand-made ports, and a few bulk tenants beside them.
fn world(seed: u64) -> World {
    let dice = &mut Dice(seed);
    let tenants = 1 + dice.roll(4);
    let mut w = String::new();
    let _ = writeln!(
        w,
        "trunklab: 1\nname: world-{seed}\nseed: {seed}\nduration: 6s\naccounts:"
    );
    w.push_str(
        "  - { name: telecom, uid: 1, role: partner, large_specs: true }\n  - { name: cloud, uid: 2, role: system }\n",
    );
    for t in 1..=tenants {
        let billing = !dice.one_in(6);
        let _ = writeln!(w, "  - {{ name: t{t}, uid: {}, outbound_billing: {billing} }}", 100 + t);
    }
    let service = dice.of(&["cross-connect", "cross-connect", "bridged"]);
    let arp = dice.of(&["per_tenant", "shared", "off"]);
    let profile = dice.of(&["strict", "strict", "ieee-default", "ovs-3.1", "linux-6.12"]);
    let quirk = dice.one_in(12);
    let _ = writeln!(
        w,
        "access_points:\n  - {{ name: ap1, service: {service}, arp_limit: {arp}, profile: {profile} }}\n  - {{ name: ap2, mac_limit: 1, service: {service} }}"
    );
    let fabric = dice.one_in(3);
    if fabric {
        w.push_str("fabrics:\n  - { name: fab }\n");
    }
    let quirk_text = if quirk { ", quirk: leak-vlan" } else { "" };
    let _ = writeln!(
        w,
        "access_devices:\n  - {{ name: dev, region: r1, features: [MPBGP{}]{quirk_text} }}",
        if dice.one_in(3) { "" } else { ", SubifRateLimit" }
    );
    w.push_str("links:\n  - { name: l1, a: ap1, b: ap2, delay: 1ms }\n");
    if fabric {
        w.push_str("  - { name: l2, a: ap1, b: fab, delay: 1ms }\n  - { name: l3, a: ap2, b: fab, delay: 1ms }\n");
    }
    let mtu = [1500, 1500, 1400, 9000][usize::try_from(dice.roll(4)).expect("small")];
    let _ = writeln!(
        w,
        "circuits:\n  - {{ name: c1, a: {}, b: dev, rate: {}, delay: 2ms, mtu: {mtu} }}\n  - {{ name: c2, a: ap2, b: dev, rate: 100M, delay: 1ms, queue: 20kB }}",
        if fabric { "fab" } else { "ap1" },
        dice.of(&["10G", "1G"])
    );
    w.push_str("idcs:\n");
    for t in 1..=tenants {
        let port = dice.of(&["", "", ", port: trunk, tag: 77", ", port: tunnel, tag: 78"]);
        let extra = dice.of(&[
            "",
            "",
            ", mac: '02:00:00:00:00:77'",
            ", arp: { age: 2s, tries: 2 }",
            ", last_mile: { mtu: 1300, rate: 10M }",
            ", bind_mac: true",
        ]);
        let vlan = if dice.one_in(40) { 0 } else { 10 + t };
        let _ = writeln!(
            w,
            "  - {{ name: d{t}, tenant: t{t}, attach: {}, circuit: {}, vlan_id: {vlan}, address: 10.255.{}.2/30, lan: 172.16.{}.0/24{port}{extra} }}",
            dice.of(&["ap1", "ap2"]),
            dice.of(&["c1", "c1", "c2"]),
            if dice.one_in(4) { 1 } else { t },
            if dice.one_in(4) { 1 } else { t }
        );
    }
    w.push_str("vpcs:\n");
    for t in 1..=tenants {
        let _ = writeln!(
            w,
            "  - {{ name: v{t}, tenant: t{t}, region: r1, cidr: 192.168.{t}.0/24, endpoints: [{{ name: web, address: 192.168.{t}.10 }}] }}"
        );
    }
    let _ = writeln!(
        w,
        "tenants:\n  - {{ name: bulk, count: {}, circuit: c1, vlan_id: 100, traffic: {{ interval: 50ms, start: 1500ms, stop: 5s, answered: true }} }}",
        1 + dice.roll(3)
    );
    w.push_str("provisioning:\n");
    let mut mistyped = false;
    for t in 1..=tenants {
        mistyped |= tenant_steps(dice, &mut w, t);
    }
    w.push_str("traffic:\n");
    for t in 1..=tenants {
        let size = dice.of(&["64", "512", "1518", "1519", "imix"]);
        let kind = dice.of(&[
            "kind: udp, interval: 20ms",
            "kind: ping, interval: 1500us, count: 700",
            "rate: 60M, count: 300",
            "pattern: poisson, interval: 5ms",
            "pattern: on_off, on: 100ms, off: 200ms, rate: 1M",
        ]);
        let to = dice.of(&["/web", ""]);
        let _ = writeln!(
            w,
            "  - {{ name: u{t}, from: d{t}, to: v{t}{to}, {kind}, size: {size}, start: {}s, stop: {}s }}",
            dice.roll(3),
            4 + dice.roll(3)
        );
        let _ = writeln!(
            w,
            "  - {{ name: w{t}, from: v{t}/web, to: d{t}, interval: 50ms, answered: {}, start: 1s, stop: 5s }}",
            dice.one_in(2)
        );
    }
    let leaky = faults(dice, &mut w, tenants);
    w.push_str("expect:\n  - { check: inheritance }\n  - { check: continuity }\n  - { check: bandwidth }\n");
    World {
        text: w,
        leaky: leaky || quirk || mistyped,
    }
}

/// What a tenant's life may hold, sensible first, then anything. Does its port get another VLAN
/// than the partner's switch, perhaps another tenant's?
fn tenant_steps(dice: &mut Dice, w: &mut String, t: u64) -> bool {
    let vlan = if dice.one_in(8) { 10 + dice.roll(4) } else { 10 + t };
    let circuit = dice.of(&["c1", "c1", "c2"]);
    let spec = dice.of(&["50M", "100M", "500M", "1G", "10G"]);
    let legacy = dice.one_in(4);
    let mut at = 0u64;
    let mut step = |w: &mut String, dice: &mut Dice, by: &str, call: &str| {
        // Steps get lost, come twice, and come from the wrong hand.
        let named = call.contains(" as: ");
        let times = if named {
            1
        } else {
            [0, 1, 1, 1, 1, 1, 1, 2][usize::try_from(dice.roll(8)).expect("small")]
        };
        let by = if dice.one_in(15) { "t1" } else { by };
        for _ in 0..times {
            let _ = writeln!(w, "  - {{ at: {at}ms, by: {by}, do: {call} }}");
        }
        at += 60 + dice.roll(200);
    };
    let owner = format!("t{t}");
    if legacy {
        step(
            w,
            dice,
            "telecom",
            &format!(
                "CreateVirtualBorderRouter, as: r{t}, with: {{ PhysicalConnectionId: {circuit}, VlanId: {vlan}, VbrOwnerId: {owner}, Bandwidth: 100 }}"
            ),
        );
        step(
            w,
            dice,
            &owner,
            &format!("Simulator.ConfirmVirtualBorderRouter, with: {{ VbrId: r{t} }}"),
        );
        step(
            w,
            dice,
            &owner,
            &format!(
                "ModifyVirtualBorderRouterAttribute, with: {{ VbrId: r{t}, LocalGatewayIp: 10.255.{t}.1, PeerGatewayIp: 10.255.{t}.2, PeeringSubnetMask: 255.255.255.252 }}"
            ),
        );
    } else {
        let payer = dice.of(&["PayByVirtualPhysicalConnectionOwner", "PayByPhysicalConnectionOwner"]);
        step(
            w,
            dice,
            "telecom",
            &format!(
                "CreateVirtualPhysicalConnection, as: p{t}, with: {{ PhysicalConnectionId: {circuit}, VpconnAliUid: {owner}, VlanId: {vlan}, Spec: {spec}, OrderMode: {payer} }}"
            ),
        );
        step(
            w,
            dice,
            &owner,
            &format!("ConfirmPhysicalConnection, with: {{ PhysicalConnectionId: p{t} }}"),
        );
        step(
            w,
            dice,
            &owner,
            &format!(
                "CreateVirtualBorderRouter, as: r{t}, with: {{ PhysicalConnectionId: p{t}, LocalGatewayIp: 10.255.{t}.1, PeerGatewayIp: 10.255.{t}.2, PeeringSubnetMask: 255.255.255.252 }}"
            ),
        );
    }
    step(
        w,
        dice,
        &owner,
        &format!(
            "CreateRouteEntry, with: {{ RouteTableId: r{t}, DestinationCidrBlock: 172.16.{t}.0/24, NextHopType: PhysicalConnection }}"
        ),
    );
    step(
        w,
        dice,
        &owner,
        &format!("CreateTransitRouterVbrAttachment, as: a{t}, with: {{ VbrId: r{t} }}"),
    );
    for _ in 0..dice.roll(8) {
        let by = dice.of(&["telecom", &owner, &owner, "cloud"]).to_owned();
        let port = if legacy { "c1".to_owned() } else { format!("p{t}") };
        let call = match dice.roll(16) {
            0 => format!("TerminateVirtualBorderRouter, with: {{ VbrId: r{t} }}"),
            1 => format!("RecoverVirtualBorderRouter, with: {{ VbrId: r{t} }}"),
            2 => format!("DeleteVirtualBorderRouter, with: {{ VbrId: r{t} }}"),
            3 => format!("DeletePhysicalConnection, with: {{ PhysicalConnectionId: {port} }}"),
            4 => format!(
                "Simulator.SetBusinessStatus, with: {{ InstanceId: {port}, BusinessStatus: {} }}",
                dice.of(&["FinancialLocked", "Normal", "SecurityLocked"])
            ),
            5 => format!(
                "UpdateVirtualPhysicalConnection, with: {{ InstanceId: {port}, VlanId: {vlan}, ExpectSpec: {} }}",
                dice.of(&["50M", "200M", "1G"])
            ),
            6 => format!("Simulator.PayOrder, with: {{ InstanceId: {port} }}"),
            7 => format!("DeleteTransitRouterVbrAttachment, with: {{ TransitRouterAttachmentId: a{t} }}"),
            8 => format!(
                "EnableCenVbrHealthCheck, with: {{ VbrInstanceId: r{t}, HealthCheckInterval: 2, HealthyThreshold: 3 }}"
            ),
            9 => {
                format!("CreateVpconnFromVbr, with: {{ VbrId: r{t}, OrderMode: PayByVirtualPhysicalConnectionOwner }}")
            }
            10 => format!("AttachVbrToVpconn, with: {{ VbrId: r{t}, VpconnId: {port} }}"),
            11 => format!("TerminatePhysicalConnection, with: {{ PhysicalConnectionId: {port} }}"),
            12 => format!("RecoverPhysicalConnection, with: {{ InstanceId: {port} }}"),
            13 => format!(
                "ModifyVirtualBorderRouterAttribute, with: {{ VbrId: r{t}, LocalGatewayIp: 10.255.{t}.2, PeerGatewayIp: 10.255.{t}.1, PeeringSubnetMask: 255.255.255.252 }}"
            ),
            14 => format!("DisableCenVbrHealthCheck, with: {{ VbrInstanceId: r{t} }}"),
            _ => format!("CreateTransitRouterVbrAttachment, with: {{ VbrId: r{t} }}"),
        };
        step(w, dice, &by, &call);
    }
    vlan != 10 + t
}

/// Faults; did they plant a leak?
fn faults(dice: &mut Dice, w: &mut String, tenants: u64) -> bool {
    let mut leaky = false;
    let mut list = String::new();
    for _ in 0..dice.roll(6) {
        let link = dice.of(&["c1", "c2", "l1", "d1/uni"]).to_owned();
        let way = dice.of(&["", ", way: a_to_b", ", way: b_to_a"]).to_owned();
        let at = 500 + dice.roll(5000);
        let what = match dice.roll(8) {
            0 => format!("cut: {link}{way}"),
            1 => format!("restore: {link}{way}"),
            2 => format!("lose: {link}, share: {}%{way}", dice.roll(101)),
            3 => format!("corrupt: {link}, share: {}%{way}", dice.roll(30)),
            4 => format!("duplicate: {link}, share: {}%{way}", dice.roll(50)),
            5 => format!(
                "flap: {{ link: {link}, every: 300ms, down: {}ms, times: 4 }}",
                1 + dice.roll(299)
            ),
            6 => {
                leaky = true;
                let t = 1 + dice.roll(tenants);
                format!(
                    "misconnect: {}, tenant: t{t}, vlan_id: {}",
                    dice.of(&["ap1", "ap2"]),
                    10 + dice.roll(6)
                )
            }
            _ => format!("detach: r{}", 1 + dice.roll(tenants)),
        };
        let _ = writeln!(list, "  - {{ at: {at}ms, {what} }}");
    }
    if !list.is_empty() {
        let _ = write!(w, "faults:\n{list}");
    }
    leaky
}

/// Runs a world; `Ok(false)` where it is refused, an error where something did not hold.
fn try_world(seed: u64) -> Result<bool, String> {
    let world = world(seed);
    let plan = match load_text("w.yaml", world.text.clone(), &MemorySources::new()) {
        Ok(loaded) => loaded.plan,
        Err(refused) => {
            eprintln!("world {seed} is refused: {}", refused.errors[0]);
            return Ok(false);
        }
    };
    let (run, _) = run(&plan, Defaults, NoObserver).map_err(|e| format!("world {seed}: {e}\n{}", world.text))?;
    let judgement = judge(&Case { plan: &plan, run: &run });
    for line in &judgement.lines {
        let must = match line.check {
            "conservation" | "gating" | "inheritance" => true,
            "isolation" => !world.leaky,
            _ => false,
        };
        let broken = line.verdict == Verdict::Error || (must && line.verdict == Verdict::Fail);
        if broken {
            let details = line.details.join("\n");
            return Err(format!(
                "world {seed}: {} {}: {}\n{details}\n{}",
                line.check, line.subject, line.finding, world.text
            ));
        }
    }
    Ok(true)
}

#[test]
fn no_random_world_panics_loses_account_of_a_frame_leaks_or_opens_a_gate_early() {
    let count = std::env::var("TRUNKLAB_WORLDS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(150);
    let from: u64 = std::env::var("TRUNKLAB_WORLDS_FROM")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1);
    let mut ran = 0;
    for seed in from..from + count {
        let told = std::panic::catch_unwind(|| try_world(seed));
        match told {
            Ok(Ok(did)) => ran += u64::from(did),
            Ok(Err(why)) => panic!("{why}"),
            Err(_) => panic!("world {seed} panicked:\n{}", world(seed).text),
        }
    }
    assert!(
        ran > count / 4,
        "of {count} worlds only {ran} could run: they test too little"
    );
}
