//! F: addresses: what one tenant teaches a device must not show in another's VLAN.

use crate::forward::{ServiceId, ServiceKind};
use crate::isolate::ctx::Ctx;
use crate::isolate::draft::Draft;
use crate::isolate::story::Story;
use crate::isolate::trial::{Expect, Hand, Sender, Trial};
use crate::node::{LinkChange, LinkWay, SwitchChange};
use crate::units::SimDuration;
use crate::wire::MacAddr;

/// What the tenant's services on the device hold and for how long, where one learns.
fn bridged(story: &Story<'_>, place: usize) -> Option<(u32, SimDuration)> {
    let place = &story.bed.places[place];
    let services = story.bed.devices[place.device].tables.services.values();
    let mut own = services.filter(|s| s.members.iter().any(|m| m.port == place.port));
    own.find_map(|s| match s.kind {
        ServiceKind::Bridged { mac_limit, age } | ServiceKind::Shared { mac_limit, age, .. } => Some((mac_limit, age)),
        ServiceKind::CrossConnect => None,
    })
}

/// Every attacker's port that has another port of its tenant, and a place of somebody else.
fn pairs(story: &Story<'_>) -> Vec<(usize, usize, Option<usize>)> {
    let mut all = Vec::new();
    for tenant in story.attackers {
        let own = story.places(*tenant);
        let other = story.others(*tenant).first().copied();
        for (i, place) in own.iter().enumerate() {
            if let Some(peer) = own.get((i + 1) % own.len()).filter(|peer| *peer != place) {
                all.push((*place, *peer, other));
            }
        }
    }
    all
}

const NO_PAIR: &str = "no tenant has two ports here, or nobody is beside it";

/// F-01: the attacker and another use one address, 1,000 times each in turn; frames to that address
/// go to the own station alone, and the other's fare as without the attack.
pub fn same_address(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    let shared = MacAddr([0x02, 0x77, 0, 0, 0, 0x77]);
    let mut trials = Vec::new();
    for (place, peer, other) in pairs(story) {
        let Some(other) = other else { return Err(NO_PAIR) };
        let mut script = story.script(Sender::TestPort(place), story.bed.places[place].owner);
        let others = (other, story.places(story.bed.places[other].owner));
        for i in 0..1_000 {
            let number = script.number();
            let says = Draft {
                src: shared,
                ..story.good(place, story.bed.places[peer].mac, number)
            };
            script.attack(place, says.octets(), Expect::Own);
            let number = script.number();
            let says = Draft {
                src: shared,
                ..story.good(others.0, MacAddr::BROADCAST, number)
            };
            script.bystander(others.0, says.octets());
            script.wait(story.bed.pace());
            let hears = Draft::new(shared, story.bed.places[peer].mac, i);
            let hears = story.bed.places[peer].vid.map_or(hears.clone(), |vid| {
                hears.tagged((story.bed.places[peer].tpid.0, vid.get()))
            });
            script.attack(peer, hears.octets(), Expect::Own);
            if let Some(back) = others.1.iter().find(|p| **p != others.0) {
                let number = script.number();
                let octets = story.good(*back, shared, number).octets();
                script.bystander(*back, octets);
                script.wait(story.bed.pace());
            }
        }
        trials.push(script.finish());
    }
    if trials.is_empty() { Err(NO_PAIR) } else { Ok(trials) }
}

/// F-02: the same, where a device says that its VLANs share what they learn.
pub fn shared(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    let independent = |d: &crate::isolate::testbed::Device| {
        let shares = d.tables.services.values().any(|service| service.kind.fid().is_some());
        story.declared.pics(&d.name, d.tables.profile).independent_learning && !shares
    };
    if story.bed.devices.iter().all(independent) {
        return Err("every device declares that each VLAN learns for itself");
    }
    same_address(story)
}

fn limit(ctx: &Ctx<'_>) -> u32 {
    let (device, port) = ctx.from.enters(ctx.bed);
    let services = ctx.bed.devices[device].tables.services.values();
    let mut own = services.filter(|s| s.members.iter().any(|m| m.port == port));
    let limit = own.find_map(|s| match s.kind {
        ServiceKind::Bridged { mac_limit, .. } | ServiceKind::Shared { mac_limit, .. } => Some(mac_limit),
        ServiceKind::CrossConnect => None,
    });
    limit.unwrap_or(256).min(2_048)
}

fn sources(ctx: &mut Ctx<'_>, count: u32, kind: u8) {
    for n in 0..count {
        let frame = ctx.good(MacAddr([0x02, 0xee, 0, 0, 0, 0x99]));
        let src = MacAddr::local(kind, n);
        ctx.send(&Draft { src, ..frame }, Expect::Own);
    }
}

/// F-03: twice as many sources as the table holds; 512 where nothing is learned.
pub fn flood(ctx: &mut Ctx<'_>) {
    let count = 2 * limit(ctx);
    sources(ctx, count, 0xf3);
}

/// F-04: sources that are none.
pub fn bad_source(ctx: &mut Ctx<'_>) {
    let group = if ctx.pics.drops_group_source {
        Expect::Nobody
    } else {
        Expect::Own
    };
    let all = [
        (MacAddr::BROADCAST, group),
        (MacAddr([0x01, 0, 0x5e, 0, 0, 1]), group),
        (MacAddr([0x01, 0x80, 0xc2, 0, 0, 0]), group),
        (MacAddr([0x33, 0x33, 0, 0, 0, 1]), group),
        (MacAddr([0; 6]), Expect::Own),
    ];
    for (src, expect) in all {
        ctx.send_each(expect, |ctx, dst| Draft { src, ..ctx.good(dst) });
    }
}

/// F-05: the addresses of all others as source, in the own VLAN.
pub fn victims_source(ctx: &mut Ctx<'_>) {
    for src in ctx.victims(128) {
        ctx.send_each(Expect::Own, |ctx, dst| Draft { src, ..ctx.good(dst) });
    }
}

/// F-06: a station's address shows up at this port again and again, a legal move.
pub fn moves(ctx: &mut Ctx<'_>) {
    for _ in 0..64 {
        let src = ctx.peer;
        let frame = ctx.good(MacAddr::BROADCAST);
        ctx.send(&Draft { src, ..frame }, Expect::Own);
        let frame = ctx.good(MacAddr::BROADCAST);
        ctx.send(&frame, Expect::Own);
    }
}

/// F-07: the attacker's addresses are forgotten; its frames are flooded then, inside its VLAN.
pub fn ages(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    let mut trials = Vec::new();
    for (place, peer, _) in pairs(story) {
        let Some((_, age)) = bridged(story, place) else {
            continue;
        };
        let mut script = story.script(Sender::TestPort(place), story.bed.places[place].owner);
        script.wait(age.saturating_add(SimDuration::from_secs(1)));
        for _ in 0..32 {
            let number = script.number();
            let octets = story.good(place, story.bed.places[peer].mac, number).octets();
            script.attack(place, octets, Expect::Deliver);
        }
        trials.push(script.finish());
    }
    if trials.is_empty() {
        return Err("no service here learns addresses");
    }
    Ok(trials)
}

/// F-08: the attacker's service leaves the device that has learned its addresses: what follows is
/// dropped, not delivered. Then it comes back.
pub fn stale(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    let mut trials = Vec::new();
    for (place, peer, _) in pairs(story) {
        let here = &story.bed.places[place];
        let Some(id) = here.service else { continue };
        let service = story.bed.devices[here.device].tables.services[&id].clone();
        let mut script = story.script(Sender::TestPort(place), here.owner);
        script.hand(Hand::Switch(here.device, SwitchChange::Remove(id)));
        for dst in [story.bed.places[peer].mac, MacAddr::BROADCAST] {
            for _ in 0..16 {
                let number = script.number();
                let octets = story.good(place, dst, number).octets();
                script.attack(place, octets, Expect::Nobody);
            }
        }
        script.wait(story.bed.transit());
        script.hand(Hand::Switch(here.device, SwitchChange::Set(ServiceId(id.0), service)));
        trials.push(script.finish());
        trials.extend(moved_away(story, place, peer));
    }
    if trials.is_empty() { Err(NO_PAIR) } else { Ok(trials) }
}

/// The station at a port that learns moves, silently, to the free port of its device, which is its
/// tenant's in this trial; its old link goes down. What is sent to it must find it: an address that
/// outlives its link leads into a hole.
fn moved_away(story: &Story<'_>, place: usize, peer: usize) -> Option<Trial> {
    bridged(story, place)?;
    let here = &story.bed.places[place];
    let (device, id) = (here.device, here.service?);
    let free = story.bed.devices[device].free;
    let new = story
        .bed
        .places
        .iter()
        .position(|p| (p.device, p.port) == (device, free))?;
    let service = story.bed.devices[device].tables.services[&id].clone();
    let mut wider = service.clone();
    wider.members.push(crate::node::switch::member(free, None));
    wider.members.sort();
    let mut script = story.script(Sender::TestPort(place), here.owner);
    script.trial.owners = vec![(new, here.owner)];
    script.hand(Hand::Switch(device, SwitchChange::Set(id, wider)));
    for _ in 0..4 {
        let octets = script.plain(place, 60);
        script.attack(place, octets, Expect::Own);
    }
    script.wait(story.bed.transit());
    script.hand(Hand::PlaceLink(place, LinkChange::Cut(LinkWay::Both)));
    for _ in 0..16 {
        let number = script.number();
        let octets = story.good(peer, here.mac, number).octets();
        script.attack(peer, octets, Expect::Deliver);
    }
    script.wait(story.bed.transit());
    script.hand(Hand::PlaceLink(place, LinkChange::Restore(LinkWay::Both)));
    script.hand(Hand::Switch(device, SwitchChange::Set(id, service)));
    Some(script.finish())
}

/// F-09: up to the limit, and one by one beyond it.
pub fn capacity(ctx: &mut Ctx<'_>) {
    let count = limit(ctx) + 16;
    sources(ctx, count, 0xf9);
    // What was learned first is found, or flooded inside the VLAN.
    for n in 0..32 {
        let frame = ctx.good(MacAddr::local(0xf9, n));
        ctx.send(&frame, Expect::Own);
    }
}
