//! Each service's ends: accounts, data centre, VPC, and the border to another region.

use super::service::Service;
use super::{Part, Section, Sketch, Value};
use crate::swarm::dice::Dice;
use crate::units::SimDuration;

/// The first three octets of a service's LAN: its own, or the same for every tenant's first.
pub(super) fn lan(sketch: &Sketch, service: &Service) -> String {
    let same = sketch.dice("sound lans").one_in(4) && !service.tag.ends_with('b');
    format!("172.16.{}", if same { 0 } else { service.number })
}

pub(super) fn write(sketch: &mut Sketch) {
    let partner = Part::new().must("name", "telecom").must("uid", 1);
    let partner = partner.must("role", "partner").must("large_specs", true);
    sketch.add(Section::Accounts, partner);
    for t in 1..=sketch.ground.tenants {
        let tenant = Part::of(t).must("name", format!("t{t}")).must("uid", 100 + t);
        sketch.add(Section::Accounts, tenant.must("outbound_billing", true));
    }
    for service in sketch.services.clone() {
        let mut dice = sketch.dice(&format!("sound site {}", service.tag));
        idc(sketch, &mut dice, &service);
        vpc(sketch, &mut dice, &service);
    }
    bulk(sketch);
}

fn idc(sketch: &mut Sketch, dice: &mut Dice, service: &Service) {
    let (t, n, tag) = (service.tenant, service.number, &service.tag);
    let idc = Part::of(t)
        .must("name", format!("d{tag}"))
        .must("tenant", format!("t{t}"));
    let idc = idc.must("attach", service.attach.as_str());
    let idc = idc
        .must("circuit", service.circuit.as_str())
        .must("vlan_id", service.vlan);
    let idc = idc.must("spec", format!("{}M", service.raised));
    let idc = idc.must("address", format!("10.255.{n}.2/30"));
    let lan = lan(sketch, service);
    let idc = idc.must("lan", format!("{lan}.0/24"));
    let hosts = [format!("{lan}.10"), format!("{lan}.11")].map(Value::from);
    let idc = idc.must("hosts", Value::List(hosts.to_vec()));
    let vpcs = std::iter::once(n).chain(service.border.map(|_| 100 + n));
    let routes = vpcs.map(|n| Value::from(format!("192.168.{n}.0/24")));
    let idc = idc.must("routes", Value::List(routes.collect()));
    let idc = match dice.roll(5) {
        // The customer's own tag may be anybody's VLAN on the circuit, but none that goes untagged there.
        0 | 1 => idc
            .must("port", "trunk")
            .must("tag", dice.of(&[2, 50, 4_094, service.vlan.max(2)])),
        // Access devices take C-tags.
        2 if sketch.ground.tunnels_by_s_tags(&service.attach) => {
            let by_c_tags = Part::new().must("tunnel_tpid", "0x8100");
            idc.must("port", "tunnel").must("switch_port", by_c_tags)
        }
        2 => idc.may("port", "tunnel"),
        _ => idc.may("port", "access"),
    };
    let idc = match dice.roll(6) {
        0 if sketch.ground.tells_equal_addresses_apart() => idc.may("mac", "02:00:00:00:00:77"),
        1 | 2 => idc.may("bind_mac", true),
        _ => idc,
    };
    let line = Part::new().may("delay", SimDuration::from_micros(dice.between(20, 4_000)));
    let line = line
        .must("rate", dice.of(&["1G", "10G"]))
        .must("mtu", dice.of(&[1_500, 9_000]));
    sketch.add(Section::Idcs, idc.must("last_mile", line));
}

fn vpc(sketch: &mut Sketch, dice: &mut Dice, service: &Service) {
    let (t, n, tag) = (service.tenant, service.number, &service.tag);
    let place = |name: &str, kind: &str, host: u64, n: u64| {
        let place = Part::new().must("name", name).may("kind", kind);
        Value::from(place.must("address", format!("192.168.{n}.{host}")))
    };
    let one = |name: String, region: &str, n: u64| {
        let vpc = Part::of(t).must("name", name).must("tenant", format!("t{t}"));
        let vpc = vpc.must("region", region).must("cidr", format!("192.168.{n}.0/24"));
        let places = vec![
            place("web", "ecs", 10, n),
            place("db", "rds", 20, n),
            place("files", "oss", 30, n),
        ];
        vpc.must("endpoints", Value::List(places))
    };
    sketch.add(Section::Vpcs, one(format!("v{tag}"), service.region, n));
    let Some(rate) = service.border else { return };
    sketch.add(Section::Vpcs, one(format!("w{tag}"), "r9", 100 + n));
    let border = Part::of(t)
        .must("name", format!("x{tag}"))
        .must("tenant", format!("t{t}"));
    let border = border.must("a", format!("v{tag}")).must("b", format!("w{tag}"));
    let border = border.must("rate", format!("{rate}M"));
    let delay = SimDuration::from_millis(dice.between(1, 60));
    sketch.add(Section::CrossBorder, border.must("delay", delay));
}

/// Tenants in shorthand: on a circuit with room for their VLANs, which come behind those of the others.
fn bulk(sketch: &mut Sketch) {
    let mut dice = sketch.dice("sound bulk");
    let count = dice.between(1, 3);
    let free = sketch.ground.circuits.iter_mut();
    let free = free.filter(|c| c.owner.is_none() && c.left >= 50 * count).last();
    let (true, Some(circuit)) = (dice.one_in(3), free) else {
        return;
    };
    circuit.left -= 50 * count;
    let (name, mtu) = (circuit.name.clone(), circuit.mtu);
    let n = sketch.ground.switches.len() as u64;
    let attach = sketch.ground.switches[usize::try_from(dice.roll(n)).expect("few switches")].clone();
    let traffic = Part::new().must("interval", SimDuration::from_millis(dice.between(1, 20)));
    let traffic = traffic.may("size", dice.of(&[64, 512, mtu.min(1_500) + 18]));
    let traffic = traffic
        .must("start", sketch.at(super::FLOWS.0))
        .must("stop", sketch.at(super::FLOWS.1));
    let traffic = traffic.may("answered", !dice.one_in(3));
    let bulk = Part::new()
        .must("name", "bulk")
        .must("count", count)
        .must("circuit", name);
    let bulk = bulk.must("attach", attach).must("vlan_id", super::ground::VLANS.1 - 9);
    let bulk = bulk.may("overlapping", dice.one_in(2));
    let bulk = bulk.may("payer", dice.of(&["tenant", "partner"]));
    sketch.chose("bulk", count.to_string());
    sketch.add(Section::Tenants, bulk.must("traffic", traffic));
}
