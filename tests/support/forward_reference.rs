//! A slow, obvious switch of the `strict` profile, from tables to octets. It looks everything
//! up by searching the tables, keeps its state in ordered maps, and edits frames by building
//! new ones.

use std::collections::BTreeMap;

use trunklab::forward::{
    Count, Limit, Member, MemberCounters, Policer, PortConfig, PortRole, Service, ServiceId, ServiceKind, Tables,
    Untagged,
};
use trunklab::ident::{DropReason, PortNo};
use trunklab::units::SimTime;
use trunklab::wire::{MacAddr, Vid};

pub type Place = (PortNo, Option<Vid>);

/// What became of a frame: the reason of its end, or the copies that left, in order.
pub type Outcome = Result<Vec<(PortNo, Vec<u8>)>, DropReason>;

/// Where a copy leaves, its octets, and how many of them are padding of this switch.
type Leaving = (Place, Vec<u8>, usize);

/// A bucket that counts what is left, in billionths.
#[derive(Debug, Clone, Copy)]
struct Tokens {
    left: i128,
    at: u64,
}

impl Tokens {
    fn take(&mut self, rate: u64, depth: i128, cost: i128, now: u64) -> bool {
        let gained = i128::from(rate) * i128::from(now - self.at);
        self.left = depth.min(self.left + gained);
        self.at = now;
        if cost > self.left {
            return false;
        }
        self.left -= cost;
        true
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Meter {
    Police,
    Arp,
    Icmp,
}

/// A frame taken apart.
struct Parsed {
    addresses: Vec<u8>,
    tags: Vec<(u16, u16)>,
    /// EtherType and everything behind it.
    tail: Vec<u8>,
}

fn be(bytes: &[u8]) -> u16 {
    u16::from(bytes[0]) * 256 + u16::from(bytes[1])
}

fn parse(bytes: &[u8]) -> Result<Parsed, DropReason> {
    if bytes.len() < 14 {
        return Err(DropReason::RuntFrame);
    }
    let mut tail = bytes[12..].to_vec();
    let mut tags = Vec::new();
    while tags.len() < 8 && [0x8100, 0x88a8, 0x9100].contains(&be(&tail)) {
        if tail.len() < 6 {
            return Err(DropReason::TruncatedTag);
        }
        tags.push((be(&tail), be(&tail[2..])));
        tail.drain(..4);
    }
    Ok(Parsed {
        addresses: bytes[..12].to_vec(),
        tags,
        tail,
    })
}

impl Parsed {
    /// The frame with these tags, and how many octets of padding it took.
    fn build(&self, tags: &[(u16, u16)], pad: bool) -> (Vec<u8>, usize) {
        let mut bytes = self.addresses.clone();
        for (tpid, tci) in tags {
            bytes.extend(tpid.to_be_bytes());
            bytes.extend(tci.to_be_bytes());
        }
        bytes.extend(&self.tail);
        let mut padding = 0;
        while pad && bytes.len() < 60 {
            bytes.push(0);
            padding += 1;
        }
        (bytes, padding)
    }
    fn mac(&self, at: usize) -> MacAddr {
        MacAddr(self.addresses[at..at + 6].try_into().unwrap())
    }
    fn payload(&self) -> usize {
        self.tail.len() - 2
    }
    fn meter(&self) -> Option<Meter> {
        let ip = &self.tail[2..];
        match be(&self.tail) {
            0x0806 => Some(Meter::Arp),
            0x0800 if ip.len() >= 20 && ip[0] / 16 == 4 && ip[9] == 1 => Some(Meter::Icmp),
            _ => None,
        }
    }
}

#[derive(Debug, Default)]
pub struct ReferenceSwitch {
    pub tables: Tables,
    now: u64,
    tokens: BTreeMap<(ServiceId, Place, Meter), Tokens>,
    shared: BTreeMap<u32, SharedTokens>,
    addresses: BTreeMap<(ServiceId, MacAddr), (Place, u64)>,
    pub members: BTreeMap<(ServiceId, Place), MemberCounters>,
    pub drops: BTreeMap<(Option<ServiceId>, DropReason), Count>,
}

/// Members of one shared bucket may disagree on its depth, so it counts what is missing.
#[derive(Debug, Clone, Copy, Default)]
struct SharedTokens {
    missing: i128,
    at: u64,
}

fn add(count: &mut Count, octets: usize, payload: usize) {
    count.frames += 1;
    count.octets += octets as u64;
    count.payload += payload as u64;
}

/// Rate and depth of each of a member's meters.
fn meters(member: &Member) -> [(Meter, Option<(u64, i128)>); 3] {
    let frames = |limit: Option<Limit>| limit.map(|l| (u64::from(l.per_second), i128::from(l.burst) * 1_000_000_000));
    let police = member
        .police
        .map(|p| (p.rate.as_bps(), i128::from(p.burst.get()) * 8_000_000_000));
    [
        (Meter::Police, police),
        (Meter::Arp, frames(member.arp)),
        (Meter::Icmp, frames(member.icmp)),
    ]
}

impl ReferenceSwitch {
    pub fn new(tables: Tables) -> Self {
        let mut new = Self {
            tables: Tables {
                services: BTreeMap::new(),
                ..tables.clone()
            },
            ..Self::default()
        };
        for (id, service) in tables.services {
            new.set(id, service);
        }
        new
    }

    fn port(&self, port: PortNo) -> Option<&PortConfig> {
        self.tables.ports.get(port.0 as usize)
    }

    pub fn set(&mut self, id: ServiceId, mut service: Service) {
        let mut places: Vec<Place> = Vec::new();
        service.members.sort();
        service.members.retain(|m| {
            let carries = match (self.tables.ports.get(m.port.0 as usize).map(|p| p.role), m.vid) {
                (None, _) => false,
                (Some(PortRole::Trunk), Some(vid)) => (1..=4094).contains(&vid.get()),
                (_, vid) => vid.is_none(),
            };
            let new = !places.contains(&(m.port, m.vid));
            if carries && new {
                places.push((m.port, m.vid));
            }
            carries && new
        });
        let old = self.tables.services.insert(id, service.clone());
        let has = |service: &Service, place: Place, meter: Meter| {
            service.members.iter().any(|m| {
                (m.port, m.vid) == place
                    && match meter {
                        Meter::Police => m.police.is_some(),
                        Meter::Arp => m.arp.is_some(),
                        Meter::Icmp => m.icmp.is_some(),
                    }
            })
        };
        self.tokens
            .retain(|(of, place, meter), _| *of != id || has(&service, *place, *meter));
        // Until now the old rate held; what is missing then stays missing.
        for member in old.iter().flat_map(|old| &old.members) {
            let Some(new) = service
                .members
                .iter()
                .find(|m| (m.port, m.vid) == (member.port, member.vid))
            else {
                continue;
            };
            for ((meter, before), (_, after)) in meters(member).into_iter().zip(meters(new)) {
                if let (Some((rate, before)), Some((_, after))) = (before, after)
                    && let Some(tokens) = self.tokens.get_mut(&(id, (member.port, member.vid), meter))
                {
                    tokens.take(rate, before, 0, self.now);
                    tokens.left += after - before;
                }
            }
        }
        let shape = |s: &Service| (s.kind, s.members.iter().map(|m| (m.port, m.vid)).collect::<Vec<_>>());
        if old.as_ref().map(shape) != Some(shape(&service)) {
            self.addresses.retain(|(of, _), _| *of != id);
        }
    }

    pub fn remove(&mut self, id: ServiceId) {
        self.tables.services.remove(&id);
        self.tokens.retain(|(of, _, _), _| *of != id);
        self.addresses.retain(|(of, _), _| *of != id);
    }

    pub fn flush_port(&mut self, port: PortNo) {
        self.addresses.retain(|_, (place, _)| place.0 != port);
    }

    pub fn learned(&self, id: ServiceId) -> Vec<(MacAddr, PortNo)> {
        let Some(ServiceKind::Bridged { age, .. }) = self.tables.services.get(&id).map(|s| s.kind) else {
            return Vec::new();
        };
        let alive = |heard: u64| self.now - heard < age.as_nanos();
        let mine = self
            .addresses
            .iter()
            .filter(|((of, _), (_, heard))| *of == id && alive(*heard));
        mine.map(|((_, mac), (place, _))| (*mac, place.0)).collect()
    }

    fn owner(&self, place: Place) -> Option<(ServiceId, Member)> {
        self.tables.services.iter().find_map(|(id, service)| {
            let member = service.members.iter().find(|m| (m.port, m.vid) == place)?;
            Some((*id, member.clone()))
        })
    }

    /// The service of a frame, the member it came in by, and whether its outer tag comes off.
    fn classify(&self, port: PortNo, frame: &Parsed) -> Result<(ServiceId, Member, bool), DropReason> {
        let config = self.port(port).ok_or(DropReason::IngressVlanFilter)?;
        let own = frame
            .tags
            .first()
            .filter(|(tpid, _)| *tpid == config.tpid.0)
            .map(|(_, tci)| tci % 4096);
        let whole = || self.owner((port, None)).ok_or(DropReason::UnknownVid);
        let no_vlan = || match (self.owner((port, None)), config.untagged) {
            (Some(found), _) => Ok(found),
            (None, Untagged::Drop) => Err(DropReason::VlanTagMismatch),
            (None, Untagged::Native(vid)) => self.owner((port, Some(vid))).ok_or(DropReason::UnknownVid),
        };
        let alone = |(id, member)| {
            if frame.tags.len() > 1 {
                Err(DropReason::SecondTag)
            } else {
                Ok((id, member, true))
            }
        };
        match config.role {
            PortRole::Tunnel => whole().map(|(id, m)| (id, m, false)),
            PortRole::Routed if !frame.tags.is_empty() => Err(DropReason::VlanTagMismatch),
            PortRole::Routed => whole().map(|(id, m)| (id, m, false)),
            PortRole::Access => match own {
                None => whole().map(|(id, m)| (id, m, false)),
                Some(0) => whole().and_then(alone),
                Some(4095) => Err(DropReason::ReservedVid),
                Some(_) => Err(DropReason::VlanTagMismatch),
            },
            PortRole::Trunk => match own {
                None => no_vlan().map(|(id, m)| (id, m, false)),
                Some(0) => no_vlan().and_then(alone),
                Some(4095) => Err(DropReason::ReservedVid),
                Some(vid) => {
                    let found = self.owner((port, Vid::new(vid))).ok_or(DropReason::UnknownVid)?;
                    Ok((found.0, found.1, true))
                }
            },
        }
    }

    pub fn receive(&mut self, port: PortNo, bytes: &[u8], now: SimTime) -> Outcome {
        self.now = self.now.max(now.as_nanos());
        let frame = match parse(bytes) {
            Ok(frame) => frame,
            Err(reason) => return self.drop(None, reason, bytes.len(), 0),
        };
        let payload = frame.payload();
        let (dst, src) = (frame.mac(0), frame.mac(6));
        let found = if src.0[0] % 2 == 1 {
            Err(DropReason::SourceMacIsMulticast)
        } else if dst.0[..5] == [1, 0x80, 0xc2, 0, 0] && dst.0[5] < 16 {
            Err(DropReason::ReservedDestination)
        } else {
            self.classify(port, &frame)
        };
        let (id, member, pop) = match found {
            Ok(found) => found,
            Err(reason) => return self.drop(None, reason, bytes.len(), payload),
        };
        let place = (member.port, member.vid);
        add(
            &mut self.members.entry((id, place)).or_default().received,
            bytes.len(),
            payload,
        );
        match self.carry(id, &member, pop, &frame, bytes.len()) {
            Err(reason) => self.drop(Some(id), reason, bytes.len(), payload),
            Ok(copies) => {
                let mut sent = Vec::new();
                for (place, copy, padding) in copies {
                    let counters = self.members.entry((id, place)).or_default();
                    add(&mut counters.sent, copy.len(), payload + padding);
                    sent.push((place.0, copy));
                }
                Ok(sent)
            }
        }
    }

    fn drop(&mut self, id: Option<ServiceId>, reason: DropReason, octets: usize, payload: usize) -> Outcome {
        add(self.drops.entry((id, reason)).or_default(), octets, payload);
        Err(reason)
    }

    fn carry(
        &mut self,
        id: ServiceId,
        member: &Member,
        pop: bool,
        frame: &Parsed,
        octets: usize,
    ) -> Result<Vec<Leaving>, DropReason> {
        if frame.payload() > self.port(member.port).unwrap().mtu as usize {
            return Err(DropReason::MtuExceeded);
        }
        if member.bound_mac.is_some_and(|bound| bound != frame.mac(6)) {
            return Err(DropReason::SourceMacNotBound);
        }
        let place = (member.port, member.vid);
        match frame.meter() {
            Some(Meter::Arp) if !self.limit(id, place, Meter::Arp, member.arp) => return Err(DropReason::ArpLimit),
            Some(Meter::Icmp) if !self.limit(id, place, Meter::Icmp, member.icmp) => return Err(DropReason::IcmpLimit),
            _ => {}
        }
        if !self.police(id, place, member.police, octets, frame.payload()) {
            return Err(DropReason::OverRate);
        }
        let service = self.tables.services[&id].clone();
        let others = service.members.iter().filter(|m| m.port != member.port);
        let kind = service.kind;
        let ServiceKind::Bridged { mac_limit, age } = kind else {
            if service.members.len() != 2 {
                return Err(DropReason::PortListIsEmpty);
            }
            let Some(other) = service.members.iter().find(|m| (m.port, m.vid) != place) else {
                unreachable!()
            };
            if other.port == member.port {
                return Err(DropReason::PortLoopbackFilter);
            }
            return Ok(vec![self.leave(other, pop, frame)?]);
        };
        let now = self.now;
        self.addresses
            .retain(|(of, _), (_, heard)| *of != id || now - *heard < age.as_nanos());
        let known = self.addresses.keys().filter(|(of, _)| *of == id).count();
        if self.addresses.contains_key(&(id, frame.mac(6))) || known < mac_limit as usize {
            self.addresses.insert((id, frame.mac(6)), (place, now));
        }
        let target = self
            .addresses
            .get(&(id, frame.mac(0)))
            .filter(|(_, heard)| now - heard < age.as_nanos());
        if let Some((target, _)) = target.filter(|_| !frame.mac(0).is_group()) {
            if target.0 == member.port {
                return Err(DropReason::PortLoopbackFilter);
            }
            let to = service.members.iter().find(|m| (m.port, m.vid) == *target).unwrap();
            return Ok(vec![self.leave(to, pop, frame)?]);
        }
        let copies: Vec<_> = others.filter_map(|m| self.leave(m, pop, frame).ok()).collect();
        if copies.is_empty() {
            Err(DropReason::PortListIsEmpty)
        } else {
            Ok(copies)
        }
    }

    fn leave(&self, to: &Member, pop: bool, frame: &Parsed) -> Result<Leaving, DropReason> {
        let config = self.port(to.port).unwrap();
        if frame.payload() > config.mtu as usize {
            return Err(DropReason::MtuExceeded);
        }
        let rest = if pop { &frame.tags[1..] } else { &frame.tags[..] };
        let vid = match (config.role, to.vid, config.untagged) {
            (PortRole::Trunk, Some(vid), Untagged::Native(native)) if vid == native => None,
            (PortRole::Trunk, vid, _) => vid,
            _ => None,
        };
        let place = (to.port, to.vid);
        if let Some(vid) = vid {
            let priority = if pop { frame.tags[0].1 & 0xf000 } else { 0 };
            let mut tags = vec![(config.tpid.0, priority + vid.get())];
            tags.extend(rest);
            let (bytes, padding) = frame.build(&tags, false);
            return Ok((place, bytes, padding));
        }
        if let Some((tpid, _)) = rest.first() {
            match config.role {
                PortRole::Tunnel => {}
                PortRole::Routed => return Err(DropReason::SecondTag),
                _ if *tpid == config.tpid.0 => return Err(DropReason::SecondTag),
                _ => {}
            }
        }
        let (bytes, padding) = frame.build(rest, pop);
        Ok((place, bytes, padding))
    }

    fn limit(&mut self, id: ServiceId, place: Place, meter: Meter, limit: Option<Limit>) -> bool {
        let Some(limit) = limit else { return true };
        let (frame, now) = (1_000_000_000, self.now);
        let depth = i128::from(limit.burst) * frame;
        if let Some(number) = limit.shared {
            let bucket = self.shared.entry(number).or_default();
            bucket.missing -= i128::from(limit.per_second) * i128::from(now - bucket.at);
            bucket.missing = bucket.missing.max(0);
            bucket.at = now;
            let passes = bucket.missing + frame <= depth;
            bucket.missing += if passes { frame } else { 0 };
            return passes;
        }
        let full = Tokens { left: depth, at: now };
        let tokens = self.tokens.entry((id, place, meter)).or_insert(full);
        tokens.take(u64::from(limit.per_second), depth, frame, now)
    }

    fn police(&mut self, id: ServiceId, place: Place, policer: Option<Policer>, octets: usize, payload: usize) -> bool {
        use trunklab::forward::Octets::{L1, L2, L2Fcs, L3};
        let Some(policer) = policer else { return true };
        let counted = match policer.octets {
            L1 => octets + 24,
            L2Fcs => octets + 4,
            L2 => octets,
            L3 => payload,
        };
        let octet = 8_000_000_000;
        let depth = i128::from(policer.burst.get()) * octet;
        let full = Tokens {
            left: depth,
            at: self.now,
        };
        let tokens = self.tokens.entry((id, place, Meter::Police)).or_insert(full);
        tokens.take(policer.rate.as_bps(), depth, counted as i128 * octet, self.now)
    }
}
