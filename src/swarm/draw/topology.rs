//! Accounts, switches, links, circuits, data centres and VPCs.

use super::{Kind, Part, Section, Sketch, Value};
use crate::forward::Planted;
use crate::swarm::dice::Dice;

pub(super) fn draw(sketch: &mut Sketch) {
    accounts(sketch);
    core(sketch);
    for tenant in 1..=sketch.tenants {
        idc(sketch, tenant);
        vpc(sketch, tenant);
    }
    bulk(sketch);
}

fn accounts(sketch: &mut Sketch) {
    let mut dice = sketch.dice("accounts");
    let partner = Part::new()
        .must("name", "telecom")
        .must("uid", 1)
        .must("role", "partner");
    sketch.add(Section::Accounts, partner.may("large_specs", true));
    let cloud = Part::new().must("name", "cloud").must("uid", 2).must("role", "system");
    sketch.add(Section::Accounts, cloud);
    for t in 1..=sketch.tenants {
        let tenant = Part::of(t).must("name", format!("t{t}")).must("uid", 100 + t);
        sketch.add(Section::Accounts, tenant.may("outbound_billing", !dice.one_in(6)));
    }
}

/// Two access points, perhaps a fabric between them and the circuit, one or two access devices.
fn core(sketch: &mut Sketch) {
    let mut dice = sketch.dice("core");
    let service = dice.of(&["cross-connect", "cross-connect", "bridged"]);
    let arp = dice.of(&["per_tenant", "per_tenant", "shared", "off"]);
    let profile = dice.of(&["strict", "strict", "ieee-default", "ovs-3.1", "linux-6.12"]);
    let per_second = dice.of(&[1, 100, 100, 1_000]);
    let (fabric, second) = (dice.one_in(3), dice.one_in(3));
    let quirk = sketch
        .has(Kind::Quirk)
        .then(|| (dice.of(&["ap1", "dev"]), planted(&mut dice)));
    let with = |part: Part, name: &str| match quirk {
        Some((at, quirk)) if at == name => part.must("quirk", quirk.as_str()),
        _ => part,
    };
    let ap1 = Part::new()
        .must("name", "ap1")
        .may("service", service)
        .may("arp_limit", arp);
    let ap1 = ap1.may("arp_per_second", per_second).may("profile", profile);
    sketch.add(Section::AccessPoints, with(ap1, "ap1"));
    let ap2 = Part::new()
        .must("name", "ap2")
        .may("service", service)
        .may("mac_limit", 1);
    sketch.add(Section::AccessPoints, ap2.may("arp_per_second", 1_000));
    if fabric {
        sketch.add(
            Section::Fabrics,
            Part::new().must("name", "fab").may("arp_limit", "off"),
        );
    }
    for name in ["dev", "dev2"].into_iter().take(1 + usize::from(second)) {
        let device = Part::new().must("name", name).must("region", "r1");
        let limits = ["MPBGP", "SubifRateLimit"]
            .into_iter()
            .take(1 + usize::from(!dice.one_in(3)));
        let features = Value::List(limits.map(Value::from).collect());
        sketch.add(Section::AccessDevices, with(device.may("features", features), name));
    }
    lines(sketch, &mut dice, fabric, second);
    sketch.options.push(("service", service.to_owned()));
    sketch.options.push(("profile", profile.to_owned()));
    sketch
        .options
        .push(("arp_limit", format!("{arp}, {per_second} a second")));
    if let Some((at, quirk)) = quirk {
        sketch.options.push(("quirk", format!("{quirk} at {at}")));
    }
}

fn planted(dice: &mut Dice) -> Planted {
    let faults: Vec<Planted> = Planted::ALL
        .iter()
        .copied()
        .filter(|q| *q != Planted::Nothing)
        .collect();
    dice.of(&faults)
}

fn lines(sketch: &mut Sketch, dice: &mut Dice, fabric: bool, second: bool) {
    let mut trunks = vec![("l1", "ap1", "ap2")];
    if fabric {
        trunks.extend([("l2", "ap1", "fab"), ("l3", "ap2", "fab")]);
    }
    for (name, a, b) in trunks {
        let link = Part::new().must("name", name).must("a", a).must("b", b);
        sketch.add(Section::Links, link.may("delay", dice.part(sketch.span, 1, 2)));
        sketch.links.push(name.to_owned());
    }
    sketch.c1_at = if fabric { "fab" } else { "ap1" };
    let c1 = Part::new().must("name", "c1").must("a", sketch.c1_at);
    let c1 = c1.must("b", "dev").may("rate", dice.of(&["10G", "1G"]));
    let c1 = c1.may("mtu", dice.of(&[1_500, 1_500, 1_400, 9_000]));
    sketch.add(Section::Circuits, c1.may("delay", dice.part(sketch.span, 1, 3)));
    let c2 = Part::new().must("name", "c2").must("a", "ap2");
    let c2 = c2.must("b", if second { "dev2" } else { "dev" }).may("rate", "100M");
    // Where within-spec bursts do not fit the queue, nobody can be promised a bandwidth.
    sketch.narrow = dice.one_in(3);
    sketch.add(
        Section::Circuits,
        c2.may("queue", if sketch.narrow { "20kB" } else { "2MB" }),
    );
    sketch.links.extend(["c1".to_owned(), "c2".to_owned()]);
}

fn idc(sketch: &mut Sketch, t: u64) {
    let mut dice = sketch.dice(&format!("idc {t}"));
    // VLAN 0 has the circuit for itself.
    let vlan = if sketch.tenants == 1 && dice.one_in(6) {
        0
    } else {
        10 + t
    };
    let circuit = dice.of(&["c1", "c1", "c2"]);
    let idc = Part::of(t)
        .must("name", format!("d{t}"))
        .must("tenant", format!("t{t}"));
    let idc = idc
        .must("attach", dice.of(&["ap1", "ap2"]))
        .must("circuit", circuit)
        .must("vlan_id", vlan);
    let idc = idc
        .must("address", format!("10.255.{t}.2/30"))
        .must("lan", format!("172.16.{}.0/24", lan(sketch, t)));
    let idc = match dice.roll(4) {
        0 => idc.may("port", "trunk").may("tag", 77),
        1 => idc.may("port", "tunnel").may("tag", 78),
        _ => idc,
    };
    let idc = match dice.roll(6) {
        0 => idc.may("mac", "02:00:00:00:00:77"),
        1 => idc.may(
            "last_mile",
            Part::new().may("mtu", 1_300).may("rate", "10M").must("queue", "64kB"),
        ),
        2 => idc.may("bind_mac", true),
        _ => idc,
    };
    // What is resolved is asked for again soon enough for the quiet end.
    let arp = Part::new().must("retry", sketch.at(10)).must("age", sketch.at(50));
    sketch.add(Section::Idcs, idc.must("arp", arp.may("tries", dice.between(2, 4))));
    sketch.services.push((vlan, circuit));
    sketch.links.push(format!("d{t}/uni"));
}

/// The third octet of a tenant's LAN: its own number, or every tenant's the same.
pub(super) fn lan(sketch: &Sketch, t: u64) -> u64 {
    if sketch.dice("lans").one_in(4) { 1 } else { t }
}

fn vpc(sketch: &mut Sketch, t: u64) {
    let web = Part::new()
        .must("name", "web")
        .must("address", format!("192.168.{t}.10"));
    let vpc = Part::of(t)
        .must("name", format!("v{t}"))
        .must("tenant", format!("t{t}"));
    let vpc = vpc.must("region", "r1").must("cidr", format!("192.168.{t}.0/24"));
    sketch.add(Section::Vpcs, vpc.must("endpoints", Value::List(vec![web.into()])));
}

/// Tenants in shorthand, whose provisioning takes seconds: in worlds that have them.
fn bulk(sketch: &mut Sketch) {
    let mut dice = sketch.dice("bulk");
    if sketch.span.as_secs() < 6 || dice.one_in(2) {
        return;
    }
    let traffic = Part::new()
        .must("interval", sketch.at(20))
        .must("start", sketch.at(250));
    let traffic = traffic.must("stop", sketch.at(super::WILD)).may("answered", true);
    let bulk = Part::new()
        .must("name", "bulk")
        .may("count", dice.between(1, 3))
        .must("circuit", "c1");
    sketch.add(Section::Tenants, bulk.must("vlan_id", 100).may("traffic", traffic));
}
