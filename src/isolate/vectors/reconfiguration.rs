//! R: tenants come and go, devices restart, changes stop half-way: never a mixture. And what the
//! control plane must refuse.

use crate::control::Drawn;
use crate::forward::{Limit, Service, ServiceId, Tables, Untagged};
use crate::ident::{AccountId, PortNo, TenantId};
use crate::isolate::ctx::Shot;
use crate::isolate::story::{Asked, Script, Story};
use crate::isolate::testbed::{TestPort, TestPortKind, Trunk};
use crate::isolate::trial::{Expect, Hand, Sender, Trial};
use crate::node::switch::member;
use crate::node::{LinkChange, LinkWay, SwitchChange};
use crate::provision::{
    Acceptance, AskedWord, Call, CreateVirtualBorderRouter, CreateVirtualPhysicalConnection,
    ModifyVirtualBorderRouterAttribute, Operation, OrderMode, Spec, UpdateVirtualPhysicalConnection, VLAN_MAX,
};
use crate::units::SimDuration;
use crate::wire::{MacAddr, Vid};

const NO_PORT: &str = "no tenant has a port here";

/// A service of a tenant: device, id, service.
type Held = (usize, ServiceId, Service);

fn services(story: &Story<'_>, tenant: TenantId) -> Vec<Held> {
    let devices = story.bed.devices.iter().enumerate();
    let all = devices.flat_map(|(i, d)| d.tables.services.iter().map(move |(id, s)| (i, *id, s)));
    all.filter(|(.., s)| s.tenant == tenant)
        .map(|(i, id, s)| (i, id, s.clone()))
        .collect()
}

fn remove(script: &mut Script<'_>, held: &[Held]) {
    for (device, id, _) in held {
        script.hand(Hand::Switch(*device, SwitchChange::Remove(*id)));
    }
}

fn restore(script: &mut Script<'_>, held: &[Held]) {
    for (device, id, service) in held {
        script.hand(Hand::Switch(*device, SwitchChange::Set(*id, service.clone())));
    }
}

/// What the tenant tries while it is gone, and good frames of the others beside it.
fn tries(story: &Story<'_>, script: &mut Script<'_>, tenant: TenantId, rounds: u32, expect: Expect) {
    tries_from(story, script, (tenant, &story.places(tenant)), rounds, expect);
}

/// The same from some of its places.
fn tries_from(
    story: &Story<'_>,
    script: &mut Script<'_>,
    (tenant, places): (TenantId, &[usize]),
    rounds: u32,
    expect: Expect,
) {
    for _ in 0..rounds {
        for place in places {
            let octets = script.plain(*place, 60);
            script.attack(*place, octets, expect);
        }
        for other in story.others(tenant) {
            let octets = script.plain(other, 60);
            script.bystander(other, octets);
            script.wait(story.bed.pace());
        }
    }
}

fn undisturbed(script: &mut Script<'_>) {
    script.comparing(SimDuration::from_millis(1), true);
}

fn per_tenant(story: &Story<'_>, tell: impl Fn(&mut Script<'_>, TenantId, usize)) -> Result<Vec<Trial>, &'static str> {
    let mut trials = Vec::new();
    for tenant in story.attackers {
        let Some(place) = story.places(*tenant).first().copied() else {
            continue;
        };
        let mut script = story.script(Sender::TestPort(place), *tenant);
        undisturbed(&mut script);
        tell(&mut script, *tenant, place);
        trials.push(script.finish());
    }
    if trials.is_empty() { Err(NO_PORT) } else { Ok(trials) }
}

/// removed, silent, added again; twice. The others lose nothing.
pub fn comes_and_goes(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    per_tenant(story, |script, tenant, _| {
        let held = services(story, tenant);
        for _ in 0..2 {
            remove(script, &held);
            tries(story, script, tenant, 16, Expect::Nobody);
            // What was sent has to come to the first device before the services come back.
            script.wait(story.bed.transit());
            restore(script, &held);
            script.controls();
            tries(story, script, tenant, 16, Expect::Own);
            script.wait(story.bed.transit());
        }
    })
}

/// A circuit with the tenant's VLAN on both ends, and the ids of its services there.
fn vlan_of(story: &Story<'_>, tenant: TenantId) -> Option<(usize, Vid, ServiceId, ServiceId)> {
    let at = |end: (usize, PortNo)| {
        let held = story.bed.devices[end.0].tables.services.iter();
        held.filter(|(_, s)| s.tenant == tenant)
            .find_map(move |(id, s)| Some((*id, s.members.iter().find(|m| m.port == end.1)?.vid?)))
    };
    let circuit = |(i, t): (usize, &Trunk)| {
        let ((a, vid), (b, other)) = (at(t.a)?, at(t.b)?);
        (vid == other && t.circuit).then_some((i, vid, a, b))
    };
    story.bed.trunks.iter().enumerate().find_map(circuit)
}

fn connects(tenant: TenantId, a: (PortNo, Option<Vid>), b: PortNo) -> Service {
    let mut members = vec![member(a.0, a.1), member(b, None)];
    members.sort();
    Service {
        tenant,
        kind: crate::forward::ServiceKind::CrossConnect,
        members,
    }
}

/// the VID of a removed tenant goes to a new one, who is at the free ports of both ends. What
/// the old one has under way, and what it sends on, must not reach the new one, nor the reverse.
pub fn recycled(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    let mut trials = Vec::new();
    let heir = TenantId::of(story.bed.tenants.len());
    for tenant in story.attackers {
        let Some((circuit, vid, near_id, far_id)) = vlan_of(story, *tenant) else {
            continue;
        };
        let (near, far) = (story.bed.trunks[circuit].a, story.bed.trunks[circuit].b);
        let free = |device: usize| {
            story
                .bed
                .places
                .iter()
                .position(|p| (p.device, p.port) == (device, story.bed.devices[device].free))
        };
        let (Some(near_place), Some(far_place)) = (free(near.0), free(far.0)) else {
            continue;
        };
        let places = story.places(*tenant);
        let Some(first) = places.first().copied() else { continue };
        let mut script = story.script(Sender::TestPort(first), *tenant);
        script.trial.recycled = true;
        script.trial.owners = vec![(near_place, heir), (far_place, heir)];
        script.trial.compare = None;
        let held = services(story, *tenant);
        // Frames are under way when the services go.
        for place in &places {
            let frames = (0..64).map(|_| script.plain(*place, 512)).collect();
            script.burst(*place, frames, Expect::Own);
        }
        remove(&mut script, &held);
        // The law keeps a VID back for longer than any frame is under way.
        script.wait(story.bed.transit().saturating_add(story.bed.pace().saturating_mul(8)));
        let heirs = |device: usize, id, end: (usize, PortNo)| {
            let service = connects(heir, (end.1, Some(vid)), story.bed.devices[device].free);
            Hand::Switch(device, SwitchChange::Set(id, service))
        };
        script.hand(heirs(near.0, near_id, near));
        script.hand(heirs(far.0, far_id, far));
        for _ in 0..64 {
            for place in &places {
                let octets = script.plain(*place, 60);
                script.attack(*place, octets, Expect::Nobody);
            }
            for place in [near_place, far_place] {
                let octets = script.plain(place, 60);
                script.heir(place, heir, octets);
            }
        }
        script.wait(story.bed.transit());
        script.hand(Hand::Switch(near.0, SwitchChange::Remove(near_id)));
        script.hand(Hand::Switch(far.0, SwitchChange::Remove(far_id)));
        restore(&mut script, &held);
        trials.push(script.finish());
    }
    if trials.is_empty() {
        return Err("no tenant has one VID on both ends of a circuit");
    }
    Ok(trials)
}

/// What stands at the ends of a cutover: the tenant's data centre, the VBR on the shared port, and
/// the free port that is its legacy VBR.
struct Ends {
    idc: usize,
    vbr: usize,
    legacy: usize,
}

/// Each end sends, so many times: the data centre to the VBR that is in force and to it alone, that
/// one back, and the other one to nobody.
fn crossing(story: &Story<'_>, script: &mut Script<'_>, ends: &Ends, in_force: usize, rounds: u32) {
    let idle = ends.vbr + ends.legacy - in_force;
    for _ in 0..rounds {
        for (from, expect) in [
            (ends.idc, Expect::Only(in_force)),
            (in_force, Expect::Only(ends.idc)),
            (idle, Expect::Nobody),
        ] {
            let octets = script.plain(from, 60);
            let tenant = script.trial.attacker;
            script.shot(Sender::TestPort(from), Shot { tenant, octets, expect });
        }
        for other in story.others(script.trial.attacker) {
            let octets = script.plain(other, 60);
            script.bystander(other, octets);
            script.wait(story.bed.pace());
        }
    }
}

/// a legacy VLAN of the circuit, which ends at a VBR of its own, is cut over to the tenant's
/// shared port: before that moment every frame comes to the legacy VBR alone, behind it to the new
/// one alone; none is lost, doubled or late for its side, and the others feel nothing. The legacy
/// VBR is the free port of the access device.
pub fn cutover(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    let mut trials = Vec::new();
    for tenant in story.attackers {
        let Some((circuit, vid, near_id, far_id)) = vlan_of(story, *tenant) else {
            continue;
        };
        let (near, far) = (story.bed.trunks[circuit].a, story.bed.trunks[circuit].b);
        let places = || story.bed.places.iter();
        let idc =
            places().position(|p| p.kind == TestPortKind::Idc && p.owner == *tenant && p.service == Some(near_id));
        let at_far = |p: &TestPort| p.device == far.0 && p.owner == *tenant && p.service == Some(far_id);
        let free = story.bed.devices[far.0].free;
        let (Some(idc), Some(vbr), Some(legacy), Some(old)) = (
            idc,
            places().position(at_far),
            places().position(|p| (p.device, p.port) == (far.0, free)),
            unused(story, circuit),
        ) else {
            continue;
        };
        let ends = Ends { idc, vbr, legacy };
        let service = story.bed.devices[near.0].tables.services[&near_id].clone();
        let mut before = service.clone();
        for member in before
            .members
            .iter_mut()
            .filter(|m| (m.port, m.vid) == (near.1, Some(vid)))
        {
            member.vid = Some(old);
        }
        let ids = story.bed.devices[far.0].tables.services.keys();
        let Some(legacy_id) = ids.max().and_then(|id| id.0.checked_add(1)).map(ServiceId) else {
            continue;
        };
        let mut script = story.script(Sender::TestPort(idc), *tenant);
        undisturbed(&mut script);
        script.trial.recycled = true;
        script.trial.owners = vec![(legacy, *tenant)];
        let connected = connects(*tenant, (far.1, Some(old)), free);
        script.hand(Hand::Switch(far.0, SwitchChange::Set(legacy_id, connected)));
        script.hand(Hand::Switch(near.0, SwitchChange::Set(near_id, before)));
        crossing(story, &mut script, &ends, legacy, 32);
        // What the far ends have sent is through; then one change moves the tenant.
        script.wait(story.bed.transit());
        script.hand(Hand::Switch(near.0, SwitchChange::Set(near_id, service)));
        crossing(story, &mut script, &ends, vbr, 32);
        script.wait(story.bed.transit());
        script.hand(Hand::Switch(far.0, SwitchChange::Remove(legacy_id)));
        crossing(story, &mut script, &ends, vbr, 8);
        trials.push(script.finish());
    }
    if trials.is_empty() {
        return Err(
            "no tenant has one VID on both ends of a circuit, from its data centre to its VBR, and another VID free there",
        );
    }
    Ok(trials)
}

/// A VID that neither end of a circuit has, and that both carry: of one that is on no list of
/// theirs, nothing would cross.
fn unused(story: &Story<'_>, circuit: usize) -> Option<Vid> {
    let trunk = &story.bed.trunks[circuit];
    let carried = |v: &Vid| {
        let mut ends = [trunk.a, trunk.b].into_iter();
        ends.all(|(device, port)| {
            let list = story.bed.devices[device].tables.allowed.get(&port);
            list.is_none_or(|list| list.contains(*v))
        })
    };
    let used = |v: &Vid| {
        let mut ends = [trunk.a, trunk.b].into_iter();
        ends.any(|end| story.bed.member(end.0, end.1, Some(*v)).is_some())
    };
    (2..VLAN_MAX)
        .rev()
        .filter_map(Vid::new)
        .find(|v| carried(v) && !used(v))
}

/// each device starts with empty tables: nothing passes it. Then its services come. And each
/// trunk's link flaps.
pub fn restart(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    let mut trials = Vec::new();
    for (device, box_) in story.bed.devices.iter().enumerate() {
        let Some((place, here)) = story
            .bed
            .live()
            .find(|(i, p)| p.device == device && story.controlled.contains(i))
        else {
            continue;
        };
        let mut script = story.blank(Sender::TestPort(place), here.owner);
        script.trial.compare = None;
        let empty = Tables {
            services: std::collections::BTreeMap::new(),
            ..box_.tables.clone()
        };
        script.trial.tables.push((device, empty));
        for _ in 0..4 {
            for place in story
                .bed
                .live()
                .filter(|(_, p)| p.device == device)
                .map(|(i, _)| i)
                .take(64)
            {
                let octets = script.plain(place, 60);
                script.attack(place, octets, Expect::Nobody);
            }
        }
        // However long the lines, it finds the tables empty.
        script.wait(story.bed.transit());
        for (id, service) in &box_.tables.services {
            script.hand(Hand::Switch(device, SwitchChange::Set(*id, service.clone())));
        }
        script.wait(story.bed.transit());
        trials.push(script.finish());
    }
    for trunk in 0..story.bed.trunks.len() {
        let Some(place) = story.controlled.first().copied() else {
            break;
        };
        let mut script = story.script(Sender::TestPort(place), story.bed.places[place].owner);
        script.trial.compare = None;
        for _ in 0..3 {
            script.hand(Hand::TrunkLink(trunk, LinkChange::Cut(LinkWay::Both)));
            for place in story.controlled.iter().take(64) {
                let octets = script.plain(*place, 60);
                script.attack(*place, octets, Expect::Own);
            }
            script.hand(Hand::TrunkLink(trunk, LinkChange::Restore(LinkWay::Both)));
        }
        script.wait(story.bed.transit());
        trials.push(script.finish());
    }
    if trials.is_empty() { Err(NO_PORT) } else { Ok(trials) }
}

/// the tenant's VLAN is moved on one end of the circuit alone, then the change is undone.
pub fn half_way(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    let mut trials = Vec::new();
    for tenant in story.attackers {
        let Some((circuit, vid, near_id, far_id)) = vlan_of(story, *tenant) else {
            continue;
        };
        let trunk = &story.bed.trunks[circuit];
        // Of a tenant with several services only this one is moved.
        let moves = |place: &usize| {
            let port = &story.bed.places[*place];
            match port.kind {
                TestPortKind::Idc => port.service == Some(near_id),
                _ => (port.device, port.service) == (trunk.b.0, Some(far_id)),
            }
        };
        let places: Vec<usize> = story.places(*tenant).into_iter().filter(moves).collect();
        let Some(place) = places.first().copied() else {
            continue;
        };
        let Some(free) = unused(story, circuit) else {
            continue;
        };
        for (end, id) in [(trunk.a, near_id), (trunk.b, far_id)] {
            let mut script = story.script(Sender::TestPort(place), *tenant);
            undisturbed(&mut script);
            script.trial.recycled = true;
            let old = story.bed.devices[end.0].tables.services[&id].clone();
            let mut moved = old.clone();
            for member in moved
                .members
                .iter_mut()
                .filter(|m| (m.port, m.vid) == (end.1, Some(vid)))
            {
                member.vid = Some(free);
            }
            script.hand(Hand::Switch(end.0, SwitchChange::Set(id, moved)));
            tries_from(story, &mut script, (*tenant, &places), 16, Expect::Nobody);
            script.wait(story.bed.transit());
            script.hand(Hand::Switch(end.0, SwitchChange::Set(id, old)));
            trials.push(script.finish());
        }
    }
    if trials.is_empty() {
        return Err("no tenant has one VID on both ends of a circuit, and another VID free there");
    }
    Ok(trials)
}

/// both ends of a circuit take untagged frames for a VLAN of their own, and not for the same
/// one: the attacker's frames come out in another's. Does the tester notice?
pub fn native_mismatch(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    let mut trials = Vec::new();
    for tenant in story.attackers {
        let Some((circuit, vid, ..)) = vlan_of(story, *tenant) else {
            continue;
        };
        let others = story.bed.live_tenants().into_iter().filter(|t| t != tenant);
        let mut victims = others.filter_map(|t| vlan_of(story, t)).filter(|v| v.0 == circuit);
        let (Some((_, other, ..)), Some(place)) = (victims.next(), story.places(*tenant).first().copied()) else {
            continue;
        };
        let trunk = &story.bed.trunks[circuit];
        let mut script = story.blank(Sender::TestPort(place), *tenant);
        script.trial.compare = None;
        script.trial.planted = true;
        for (end, native) in [(trunk.a, vid), (trunk.b, other)] {
            let mut tables = story.bed.devices[end.0].tables.clone();
            tables.ports[end.1.index()].untagged = Untagged::Native(native);
            script.trial.tables.push((end.0, tables));
        }
        for place in story.places(*tenant) {
            let octets = script.plain(place, 60);
            script.attack(place, octets, Expect::Own);
            // Whatever the bridges know of the peer, who may even have the sender's own address at another
            // port, this one crosses the circuit.
            let number = script.number();
            let everywhere = story.good(place, MacAddr::BROADCAST, number).octets();
            script.attack(place, everywhere, Expect::Own);
        }
        trials.push(script.silent());
        break;
    }
    if trials.is_empty() {
        return Err("no two tenants have their VLANs on one circuit");
    }
    Ok(trials)
}

/// the attacker's service is set anew 200 times, so that whatever the devices remember of
/// decisions is thrown away while the others send.
pub fn cache(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    per_tenant(story, |script, tenant, _| {
        let held = services(story, tenant);
        for i in 0..200u32 {
            for (device, id, service) in &held {
                let mut other = service.clone();
                for member in other.members.iter_mut().filter(|_| i % 2 == 0) {
                    member.icmp = Some(Limit {
                        per_second: 500 + i,
                        burst: 500,
                        shared: None,
                    });
                }
                script.hand(Hand::Switch(*device, SwitchChange::Set(*id, other)));
            }
            if i % 10 == 0 {
                tries(story, script, tenant, 1, Expect::Own);
            }
        }
        restore(script, &held);
    })
}

/// Asks, changing nothing.
fn granted(story: &Story<'_>, by: AccountId, op: impl Into<Operation>) -> Result<(), String> {
    let call = Call {
        op: op.into(),
        token: None,
        dry_run: true,
    };
    let mut law = story.bed.cloud.law.clone();
    match law.call(by, &call, &mut Drawn::new(story.bed.seed)) {
        Ok(_) => Ok(()),
        Err(error) if error.is_dry_run() => Ok(()),
        Err(error) => Err(error.code.to_owned()),
    }
}

fn note(asked: &mut Asked, what: String, answer: Result<(), String>) {
    match answer {
        Ok(()) => asked.granted.push(what),
        Err(code) => asked.refused.push(format!("{what}: {code}")),
    }
}

/// V-04: VIDs that no tag may carry, and those beyond the API's own limit.
pub fn reserved_vid(story: &Story<'_>) -> Asked {
    let mut asked = Asked {
        reason: "no shared port was sold here",
        ..Asked::default()
    };
    let ports: Vec<_> = story.bed.cloud.law.ports().take(4).collect();
    for (_, port) in ports {
        let beyond = i64::from(VLAN_MAX) + 1;
        for vlan_id in [4095, 4094, beyond, -1] {
            let sale = CreateVirtualPhysicalConnection {
                physical_connection_id: port.circuit.into(),
                vpconn_ali_uid: port.owner.into(),
                vlan_id,
                spec: AskedWord::Known(Spec::SMALLEST),
                order_mode: OrderMode::PayByPhysicalConnectionOwner,
                ..Default::default()
            };
            let answer = granted(story, port.partner, sale);
            note(&mut asked, format!("VLAN {vlan_id} on {}", port.circuit), answer);
        }
    }
    asked
}

/// the VLAN of an accepted shared port, by its partner and by its tenant, and a second VBR.
pub fn forbidden(story: &Story<'_>) -> Asked {
    let mut asked = Asked {
        reason: "no accepted shared port has a VBR here",
        ..Asked::default()
    };
    let law = &story.bed.cloud.law;
    let accepted = law.ports().filter(|(_, p)| p.acceptance == Acceptance::Confirmed);
    let ports: Vec<_> = accepted.filter_map(|(id, p)| Some((id, p, p.vbr?))).take(4).collect();
    for (id, port, vbr) in ports {
        let other = i64::from(port.vlan % VLAN_MAX + 1);
        let update = UpdateVirtualPhysicalConnection {
            instance_id: id.into(),
            vlan_id: other,
            ..Default::default()
        };
        let answer = granted(story, port.partner, update);
        note(&mut asked, format!("another VLAN for {id}"), answer);
        let modify = ModifyVirtualBorderRouterAttribute {
            vbr_id: vbr.into(),
            vlan_id: Some(other),
            ..Default::default()
        };
        let answer = granted(story, port.owner, modify);
        note(&mut asked, format!("another VLAN for {vbr}"), answer);
        let second = CreateVirtualBorderRouter {
            physical_connection_id: id.into(),
            local_gateway_ip: Some("10.250.250.1".to_owned()),
            peer_gateway_ip: Some("10.250.250.2".to_owned()),
            peering_subnet_mask: Some("255.255.255.252".to_owned()),
            ..Default::default()
        };
        let answer = granted(story, port.owner, second);
        note(&mut asked, format!("a second VBR on {id}"), answer);
    }
    asked
}
