//! A slow, obvious switch of every profile, from tables to octets. It looks everything up by
//! searching the tables, keeps its state in ordered maps, and edits frames by building new ones.
//! Bandwidth profiles are the formula of MEF 10.2 as it is printed, by tokens that are left.

use std::collections::BTreeMap;

use trunklab::forward::{
    Count, Limit, Member, MemberCounters, Policer, PortConfig, PortRole, PriorityTags, Profile, Service, ServiceId,
    ServiceKind, Tables, Untagged, VidSet, VlanLimit,
};
use trunklab::ident::{DropReason, PortNo};
use trunklab::units::SimTime;
use trunklab::wire::{MacAddr, Vid};

pub type Place = (PortNo, Option<Vid>);

/// What became of a frame: the reason of its end, or the copies that left, in order.
pub type Outcome = Result<Vec<(PortNo, Vec<u8>)>, DropReason>;

/// Who knows an address: a service by itself, or all that share a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Known {
    To(ServiceId),
    ToAll(u32),
}

/// Where a copy leaves, its octets, and how many of them are padding of this switch.
type Leaving = (Place, Vec<u8>, usize);

/// Billionths of an octet's eight bits.
const OCTET: i128 = 8_000_000_000;

/// What a bandwidth profile makes of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Colour {
    Green,
    Yellow,
    Red,
}

/// The state of a bandwidth profile: what is left in both buckets, in nanobits, at a time.
#[derive(Debug, Clone, Copy)]
struct Profiled {
    committed: i128,
    excess: i128,
    at: u64,
}

/// A burst in nanobits.
fn nanobits(burst: trunklab::units::ByteCount) -> i128 {
    i128::from(burst.get().min(2_147_483_647)) * OCTET
}

fn excess_burst(policer: &Policer) -> i128 {
    policer.excess.map_or(0, |excess| nanobits(excess.burst))
}

impl Profiled {
    fn full(policer: &Policer, at: u64) -> Self {
        Self {
            committed: nanobits(policer.burst),
            excess: excess_burst(policer),
            at,
        }
    }

    /// Both buckets at time `now`.
    fn refill(&mut self, policer: &Policer, now: u64) {
        let gain = |rate: u64| i128::from(rate).saturating_mul(i128::from(now - self.at));
        let cbs = nanobits(policer.burst);
        let committed = self.committed.saturating_add(gain(policer.rate.as_bps()));
        let overflow = (committed - cbs).max(0);
        self.committed = committed.min(cbs);
        if let Some(excess) = policer.excess {
            let coupled = if excess.coupled { overflow } else { 0 };
            let tokens = self.excess.saturating_add(gain(excess.rate.as_bps()));
            self.excess = tokens.saturating_add(coupled).min(nanobits(excess.burst));
        }
        self.at = now;
    }

    fn meter(&mut self, policer: &Policer, length: i128, eligible: bool, now: u64) -> Colour {
        self.refill(policer, now);
        if !(policer.colour_aware && eligible) && length <= self.committed {
            self.committed -= length;
            return Colour::Green;
        }
        if policer.excess.is_some() && length <= self.excess {
            self.excess -= length;
            return Colour::Yellow;
        }
        Colour::Red
    }

    /// The profile changes: until now the old one held. What is missing in a bucket that grows stays
    /// missing, what is left in one that shrinks is left, if it holds that. One that was not there before
    /// is full.
    fn change(&mut self, old: &Policer, new: &Policer, now: u64) {
        self.refill(old, now);
        let left = |left: i128, old: i128, new: i128| if new > old { left + new - old } else { left.min(new) };
        self.committed = left(self.committed, nanobits(old.burst), nanobits(new.burst));
        self.excess = match (old.excess, new.excess) {
            (Some(_), Some(_)) => left(self.excess, excess_burst(old), excess_burst(new)),
            _ => excess_burst(new),
        };
    }
}

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

#[derive(Debug, Clone, Default)]
pub struct ReferenceSwitch {
    pub tables: Tables,
    now: u64,
    profiles: BTreeMap<(ServiceId, Place), Profiled>,
    tokens: BTreeMap<(ServiceId, Place, Meter), Tokens>,
    shared: BTreeMap<u32, SharedTokens>,
    addresses: BTreeMap<(Known, MacAddr), (Place, u64)>,
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

/// Rate and depth of each of a member's limits.
fn limits(member: &Member) -> [(Meter, Option<(u64, i128)>); 2] {
    let frames = |limit: Option<Limit>| limit.map(|l| (u64::from(l.per_second), i128::from(l.burst) * 1_000_000_000));
    [(Meter::Arp, frames(member.arp)), (Meter::Icmp, frames(member.icmp))]
}

/// How a frame came in: the service, the member if it came in by one, and whether its outer tag
/// comes off.
struct Entered {
    id: ServiceId,
    member: Option<Member>,
    pop: bool,
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
                (Some(PortRole::Trunk), Some(vid)) => {
                    let takes_4095 = self.tables.ports[m.port.0 as usize].admit.takes_vid_4095;
                    let listed = self.tables.allowed.get(&m.port);
                    let lists = |list: &VidSet| list.ranges().iter().any(|(a, b)| *a <= vid && vid <= *b);
                    vid.get() != 0 && (vid.get() != 4095 || takes_4095) && listed.is_none_or(lists)
                }
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
                        Meter::Arp => m.arp.is_some(),
                        Meter::Icmp => m.icmp.is_some(),
                    }
            })
        };
        self.tokens
            .retain(|(of, place, meter), _| *of != id || has(&service, *place, *meter));
        let policed = |place: Place| {
            service
                .members
                .iter()
                .any(|m| (m.port, m.vid) == place && m.police.is_some())
        };
        self.profiles.retain(|(of, place), _| *of != id || policed(*place));
        // Until now the old rate held; what is missing then stays missing.
        for member in old.iter().flat_map(|old| &old.members) {
            let Some(new) = service
                .members
                .iter()
                .find(|m| (m.port, m.vid) == (member.port, member.vid))
            else {
                continue;
            };
            if let (Some(before), Some(after)) = (&member.police, &new.police)
                && let Some(profiled) = self.profiles.get_mut(&(id, (member.port, member.vid)))
            {
                profiled.change(before, after, self.now);
            }
            for ((meter, before), (_, after)) in limits(member).into_iter().zip(limits(new)) {
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
            self.addresses.retain(|(of, _), _| *of != Known::To(id));
        }
        self.drop_unused();
    }

    /// A shared database is there while a service uses it.
    fn drop_unused(&mut self) {
        if self.addresses.keys().all(|(of, _)| matches!(of, Known::To(_))) {
            return;
        }
        let fids: Vec<u32> = self.tables.services.values().filter_map(|s| s.kind.fid()).collect();
        self.addresses.retain(|(of, _), _| match of {
            Known::To(_) => true,
            Known::ToAll(fid) => fids.contains(fid),
        });
    }

    pub fn remove(&mut self, id: ServiceId) {
        self.tables.services.remove(&id);
        self.tokens.retain(|(of, _, _), _| *of != id);
        self.profiles.retain(|(of, _), _| *of != id);
        self.addresses.retain(|(of, _), _| *of != Known::To(id));
        self.drop_unused();
    }

    pub fn flush_port(&mut self, port: PortNo) {
        self.addresses.retain(|_, (place, _)| place.0 != port);
    }

    pub fn learned(&self, id: ServiceId) -> Vec<(MacAddr, PortNo)> {
        let (of, age) = match self.tables.services.get(&id).map(|s| s.kind) {
            Some(ServiceKind::Bridged { age, .. }) => (Known::To(id), age),
            Some(ServiceKind::Shared { fid, age, .. }) => (Known::ToAll(fid), age),
            Some(ServiceKind::CrossConnect) | None => return Vec::new(),
        };
        let alive = |heard: u64| self.now - heard < age.as_nanos();
        let mine = self
            .addresses
            .iter()
            .filter(|((by, _), (_, heard))| *by == of && alive(*heard));
        mine.map(|((_, mac), (place, _))| (*mac, place.0)).collect()
    }

    fn owner(&self, place: Place) -> Option<(ServiceId, Member)> {
        self.tables.services.iter().find_map(|(id, service)| {
            let member = service.members.iter().find(|m| (m.port, m.vid) == place)?;
            Some((*id, member.clone()))
        })
    }

    /// What is missing in the committed and the excess bucket of a policed member now, in nanobits.
    pub fn spent(&self, id: ServiceId, place: Place) -> Option<(u64, u64)> {
        let service = self.tables.services.get(&id)?;
        let policer = service.members.iter().find(|m| (m.port, m.vid) == place)?.police?;
        let Some(mut profiled) = self.profiles.get(&(id, place)).copied() else {
            return Some((0, 0));
        };
        profiled.refill(&policer, self.now);
        let missing = |depth: i128, left: i128| u64::try_from(depth - left).expect("at most a bucket");
        Some((
            missing(nanobits(policer.burst), profiled.committed),
            missing(excess_burst(&policer), profiled.excess),
        ))
    }

    /// Does a port read a tag of this protocol id as its own?
    fn reads(&self, config: &PortConfig, tpid: u16) -> bool {
        let dot1q = [0x8100, 0x88a8];
        let aliased = dot1q.contains(&tpid) && dot1q.contains(&config.tpid.0);
        tpid == config.tpid.0 || self.tables.profile == Profile::Ovs31 && aliased
    }

    /// The service that has a VID on any trunk; the lowest port decides.
    fn anywhere(&self, vid: u16) -> Option<ServiceId> {
        let ports = 0..self.tables.ports.len() as u32;
        let mut owners = ports.filter_map(|port| self.owner((PortNo(port), Vid::new(vid))));
        owners.next().map(|(id, _)| id)
    }

    fn classify(&self, port: PortNo, frame: &Parsed) -> Result<Entered, DropReason> {
        let profile = self.tables.profile;
        let config = self.port(port).ok_or(DropReason::IngressVlanFilter)?;
        let by = |pop: bool, (id, member)| Entered {
            id,
            member: Some(member),
            pop,
        };
        let stray = |id: ServiceId| Entered {
            id,
            member: None,
            pop: true,
        };
        let whole = |pop| Ok(by(pop, self.owner((port, None)).ok_or(DropReason::UnknownVid)?));
        // A trunk's own member for untagged frames comes before its native VLAN.
        let no_vlan = |pop| match (self.owner((port, None)), config.untagged) {
            (Some(found), _) => Ok(by(pop, found)),
            (None, Untagged::Drop) => Err(DropReason::VlanTagMismatch),
            (None, Untagged::Native(vid)) => {
                let found = self.owner((port, Some(vid)));
                Ok(by(pop, found.ok_or(DropReason::UnknownVid)?))
            }
        };
        let trunk = match config.role {
            PortRole::Tunnel if !self.takes_customer(port, self.customer_vid(port, frame.tags.first())) => {
                return Err(DropReason::UnknownVid);
            }
            PortRole::Tunnel => return whole(false),
            PortRole::Routed if frame.tags.is_empty() => return whole(false),
            PortRole::Routed => return Err(DropReason::VlanTagMismatch),
            PortRole::Trunk => true,
            PortRole::Access => false,
        };
        let own = frame.tags.first().filter(|(tpid, _)| self.reads(config, *tpid));
        let Some((_, tci)) = own else {
            return if trunk { no_vlan(false) } else { whole(false) };
        };
        let (vid, double) = (tci % 4096, frame.tags.len() > 1);
        if double && config.admit.drops_second_tag {
            return Err(DropReason::SecondTag);
        }
        if vid == 4095 && !config.admit.takes_vid_4095 {
            return Err(DropReason::ReservedVid);
        }
        if vid == 0 {
            if config.admit.drops_priority_tagged {
                return Err(DropReason::VlanTagMismatch);
            }
            let found = if trunk { no_vlan(true)? } else { whole(true)? };
            return match profile {
                Profile::Strict if double => Err(DropReason::SecondTag),
                _ => Ok(found),
            };
        }
        let anywhere = || self.anywhere(vid).ok_or(DropReason::UnknownVid);
        if trunk {
            return match (self.owner((port, Vid::new(vid))), profile) {
                (Some(found), _) => Ok(by(true, found)),
                (None, Profile::IeeeDefault) => anywhere().map(stray),
                (None, _) => Err(DropReason::UnknownVid),
            };
        }
        match profile {
            Profile::Strict | Profile::Ovs31 => Err(DropReason::VlanTagMismatch),
            Profile::IeeeDefault | Profile::Linux612 => {
                let id = anywhere()?;
                match self.owner((port, None)) {
                    Some(own) if own.0 == id => Ok(by(true, own)),
                    _ if profile == Profile::IeeeDefault => Ok(stray(id)),
                    _ => Err(DropReason::IngressVlanFilter),
                }
            }
        }
    }

    /// Does a frame to this address end at the port?
    fn ends_here(&self, port: PortNo, dst: MacAddr) -> bool {
        if dst.0[..5] == [1, 0x80, 0xc2, 0, 0] && dst.0[5] < 16 {
            let configured = self.port(port).and_then(|config| config.admit.reserved);
            return match configured {
                Some(mask) => mask & (1 << dst.0[5]) != 0,
                None => self.tables.profile != Profile::Linux612 || dst.0[5] != 0,
            };
        }
        let text: String = dst.0.iter().map(|octet| format!("{octet:02x}")).collect();
        let listed = [
            "01000c000000",
            "01000ccccccc",
            "01000ccccccd",
            "01000ccdcdcd",
            "00e02b000000",
            "00e02b000004",
            "00e02b000006",
        ];
        let cfm = text.starts_with("01000cccccc") && ('0'..='7').any(|last| text.ends_with(last)) && dst.0[5] >= 0xc0;
        self.tables.profile == Profile::Ovs31 && (listed.contains(&text.as_str()) || cfm)
    }

    pub fn receive(&mut self, port: PortNo, bytes: &[u8], now: SimTime) -> Outcome {
        self.now = self.now.max(now.as_nanos());
        let frame = match parse(bytes) {
            Ok(frame) => frame,
            Err(reason) => return self.drop(None, reason, bytes.len(), 0),
        };
        let payload = frame.payload();
        let (dst, src) = (frame.mac(0), frame.mac(6));
        let found = if src.0[0] % 2 == 1 && self.tables.profile != Profile::Ovs31 {
            Err(DropReason::SourceMacIsMulticast)
        } else if self.ends_here(port, dst) {
            Err(DropReason::ReservedDestination)
        } else {
            self.classify(port, &frame)
        };
        let entered = match found {
            Ok(entered) => entered,
            Err(reason) => return self.drop(None, reason, bytes.len(), payload),
        };
        let id = entered.id;
        if let Some(member) = &entered.member {
            let counters = self.members.entry((id, (member.port, member.vid))).or_default();
            add(&mut counters.received, bytes.len(), payload);
        }
        match self.carry(port, &entered, &frame, bytes.len()) {
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
        port: PortNo,
        entered: &Entered,
        frame: &Parsed,
        octets: usize,
    ) -> Result<Vec<Leaving>, DropReason> {
        let foreign = frame.tags.len() - usize::from(entered.pop);
        if self.weight(port, frame, foreign) > self.port(port).unwrap().mtu as usize {
            return Err(DropReason::MtuExceeded);
        }
        let id = entered.id;
        let service = self.tables.services[&id].clone();
        let zero = frame.mac(6) == MacAddr([0; 6]) && self.tables.profile != Profile::Ovs31;
        let bound = entered.member.as_ref().and_then(|member| member.bound_mac);
        if zero && service.kind != ServiceKind::CrossConnect && bound.is_none_or(|mac| mac == frame.mac(6)) {
            return Err(DropReason::SourceMacIsZero);
        }
        let marked = match &entered.member {
            Some(member) => self.meter(id, member, frame, octets)?,
            None => false,
        };
        let read = self.read_by_open_vswitch(port, entered.pop, frame);
        let leave = |m: &Member, base: &mut Vec<(u16, u16)>| match self.tables.profile {
            Profile::Ovs31 => self.leave_open_vswitch(port, m, (read.len(), base), marked, frame),
            _ => self.leave(port, m, entered.pop, marked, frame),
        };
        let out = |m: &Member| leave(m, &mut read.clone());
        let flood = || {
            let mut base = read.clone();
            let copies: Vec<_> = service
                .members
                .iter()
                .filter_map(|m| leave(m, &mut base).ok())
                .collect();
            if copies.is_empty() {
                Err(DropReason::PortListIsEmpty)
            } else {
                Ok(copies)
            }
        };
        let (of, mac_limit, age) = match (service.kind, &entered.member) {
            // Nobody's partner: to everybody.
            (ServiceKind::CrossConnect, None) => return flood(),
            (ServiceKind::CrossConnect, Some(member)) => {
                if service.members.len() != 2 {
                    return Err(DropReason::PortListIsEmpty);
                }
                let other = |m: &&Member| (m.port, m.vid) != (member.port, member.vid);
                let other = service.members.iter().find(other).expect("places differ");
                return Ok(vec![out(other)?]);
            }
            (ServiceKind::Bridged { mac_limit, age }, _) => (Known::To(id), mac_limit, age),
            (ServiceKind::Shared { fid, mac_limit, age }, _) => (Known::ToAll(fid), mac_limit, age),
        };
        let now = self.now;
        let mut addresses = self.addresses.clone();
        if let Some(member) = entered.member.as_ref().filter(|_| !frame.mac(6).is_group()) {
            addresses.retain(|(by, _), (_, heard)| *by != of || now - *heard < age.as_nanos());
            let known = addresses.keys().filter(|(by, _)| *by == of).count();
            if addresses.contains_key(&(of, frame.mac(6))) || known < mac_limit as usize {
                addresses.insert((of, frame.mac(6)), ((member.port, member.vid), now));
            }
        }
        let target = addresses
            .get(&(of, frame.mac(0)))
            .filter(|(_, heard)| !frame.mac(0).is_group() && now - heard < age.as_nanos());
        let left = match target {
            Some((target, _)) => {
                let there = |m: &&Member| match of {
                    Known::To(_) => (m.port, m.vid) == *target,
                    Known::ToAll(_) => m.port == target.0,
                };
                let to = service.members.iter().find(there).ok_or(DropReason::PortListIsEmpty);
                to.and_then(out).map(|copy| vec![copy])
            }
            None => flood(),
        };
        self.addresses = addresses;
        left
    }

    /// Address, limits and bandwidth of a member; says whether the frame leaves marked.
    fn meter(&mut self, id: ServiceId, member: &Member, frame: &Parsed, octets: usize) -> Result<bool, DropReason> {
        if member.bound_mac.is_some_and(|bound| bound != frame.mac(6)) {
            return Err(DropReason::SourceMacNotBound);
        }
        let place = (member.port, member.vid);
        match frame.meter() {
            Some(Meter::Arp) if !self.limit(id, place, Meter::Arp, member.arp) => return Err(DropReason::ArpLimit),
            Some(Meter::Icmp) if !self.limit(id, place, Meter::Icmp, member.icmp) => return Err(DropReason::IcmpLimit),
            _ => {}
        }
        use trunklab::forward::Octets::{L1, L1Untagged, L2, L2Fcs, L2FcsUntagged, L2Untagged, L3};
        let Some(policer) = member.police else { return Ok(false) };
        let length = match policer.octets {
            L1 => octets + 24,
            L2Fcs => octets + 4,
            L2 => octets,
            L3 => frame.payload(),
            L1Untagged => frame.payload() + 38,
            L2FcsUntagged => frame.payload() + 18,
            L2Untagged => frame.payload() + 14,
        };
        // The drop-eligible bit of the outermost tag, whoever put it there.
        let eligible = frame.tags.first().is_some_and(|(_, tci)| tci & 0x1000 != 0);
        let now = self.now;
        let full = Profiled::full(&policer, now);
        let profiled = self.profiles.entry((id, place)).or_insert(full);
        match profiled.meter(&policer, length as i128 * OCTET, eligible, now) {
            Colour::Green => Ok(false),
            Colour::Yellow => Ok(policer.excess.is_some_and(|excess| excess.marks)),
            Colour::Red => Err(DropReason::OverRate),
        }
    }

    /// Octets that count against a port's MTU, of a frame with so many tags that are not the port's.
    fn weight(&self, port: PortNo, frame: &Parsed, foreign: usize) -> usize {
        match self.tables.modes.get(&port) {
            Some(mode) if mode.counts_tags => frame.payload() + 4 * foreign,
            _ => frame.payload(),
        }
    }

    fn takes_customer(&self, port: PortNo, vid: u16) -> bool {
        match self
            .tables
            .modes
            .get(&port)
            .and_then(|mode| mode.customer_vids.as_ref())
        {
            Some(list) => list.ranges().iter().any(|(a, b)| a.get() <= vid && vid <= b.get()),
            None => true,
        }
    }

    fn customer_vid(&self, tunnel: PortNo, tag: Option<&(u16, u16)>) -> u16 {
        match tag {
            Some((tpid, tci)) => {
                let open_vswitch = self.tables.profile == Profile::Ovs31;
                let read = match open_vswitch {
                    true => self.reads(self.port(tunnel).unwrap(), *tpid),
                    false => *tpid == 0x8100,
                };
                if read { tci % 4096 } else { 0 }
            }
            None => 0,
        }
    }

    fn leave(&self, from: PortNo, to: &Member, pop: bool, marked: bool, frame: &Parsed) -> Result<Leaving, DropReason> {
        if to.port == from {
            return Err(DropReason::PortLoopbackFilter);
        }
        let config = self.port(to.port).unwrap();
        let mode = self.tables.modes.get(&to.port).cloned().unwrap_or_default();
        let foreign = frame.tags.len() - usize::from(pop);
        if self.weight(to.port, frame, foreign) > config.mtu as usize {
            return Err(DropReason::MtuExceeded);
        }
        let rest = if pop { &frame.tags[1..] } else { &frame.tags[..] };
        let vid = match (config.role, to.vid, config.untagged) {
            (PortRole::Trunk, Some(vid), Untagged::Native(native)) if vid == native && !mode.native_tagged => None,
            (PortRole::Trunk, vid, _) => vid,
            _ => None,
        };
        let place = (to.port, to.vid);
        let came = if pop { frame.tags[0].1 / 4096 * 4096 } else { 0 };
        let with = |tpid: u16, vid: u16| {
            let mapped = to.priority.of_tci(came) / 4096;
            let priority = if marked { mapped | 1 } else { mapped };
            let mut tags = vec![(tpid, priority * 4096 + vid)];
            tags.extend(rest);
            frame.build(&tags, false)
        };
        if let Some(vid) = vid {
            let pushes = self.tables.modes.get(&from).and_then(|mode| mode.pushes);
            let (bytes, padding) = with(pushes.unwrap_or(config.tpid).0, vid.get());
            return Ok((place, bytes, padding));
        }
        if let (Some((tpid, _)), Profile::Strict) = (rest.first(), self.tables.profile) {
            match config.role {
                PortRole::Tunnel => {}
                PortRole::Routed => return Err(DropReason::SecondTag),
                _ if *tpid == config.tpid.0 => return Err(DropReason::SecondTag),
                _ => {}
            }
        }
        if config.role == PortRole::Tunnel && !self.takes_customer(to.port, self.customer_vid(to.port, rest.first())) {
            return Err(DropReason::SecondTag);
        }
        let prioritised = match mode.priority_tags {
            PriorityTags::Never => false,
            PriorityTags::IfNonzero => came / 8192 != 0,
            PriorityTags::Always => true,
        };
        if prioritised && config.role != PortRole::Tunnel {
            let (bytes, padding) = with(config.tpid.0, 0);
            return Ok((place, bytes, padding));
        }
        let (bytes, padding) = frame.build(rest, pop);
        Ok((place, bytes, padding))
    }

    /// The tags of a frame that Open vSwitch reads where it comes in.
    fn read_by_open_vswitch(&self, from: PortNo, pop: bool, frame: &Parsed) -> Vec<(u16, u16)> {
        let into = self.port(from).unwrap();
        let most = match self.tables.vlan_limit {
            VlanLimit::One => 1,
            VlanLimit::Two => 2,
        };
        if !pop && into.role != PortRole::Tunnel {
            return Vec::new();
        }
        let tags = frame.tags.iter().take(most);
        tags.take_while(|(tpid, _)| self.reads(into, *tpid)).copied().collect()
    }

    /// A copy that Open vSwitch sends. `base` is what its frame begins with, after the copies before: it is
    /// edited from one copy to the next.
    fn leave_open_vswitch(
        &self,
        from: PortNo,
        to: &Member,
        (read, base): (usize, &mut Vec<(u16, u16)>),
        marked: bool,
        frame: &Parsed,
    ) -> Result<Leaving, DropReason> {
        if to.port == from {
            return Err(DropReason::PortLoopbackFilter);
        }
        const NONE: (u16, u16, u16) = (0, 0, 0);
        let (into, config) = (self.port(from).unwrap(), self.port(to.port).unwrap());
        if frame.payload() > config.mtu as usize {
            return Err(DropReason::MtuExceeded);
        }
        let one_vlan = |port: &PortConfig| !matches!(port.role, PortRole::Trunk | PortRole::Tunnel);
        let mode = self.tables.modes.get(&to.port).cloned().unwrap_or_default();
        // A header: type (0: none is known), VID, priority.
        let header = |at: usize| match frame.tags.get(at).filter(|_| at < read) {
            Some((tpid, tci)) => (*tpid, tci % 4096, tci / 8192),
            None => NONE,
        };
        let (x0, x1) = (header(0), header(1));
        let own_type = if x0.0 == into.tpid.0 { config.tpid.0 } else { x0.0 };
        let (own, inner) = match into.role {
            PortRole::Tunnel => {
                let pushes = self.tables.modes.get(&from).and_then(|mode| mode.pushes);
                ((pushes.unwrap_or(into.tpid).0, 0, 0), x0)
            }
            PortRole::Trunk => ((own_type, 0, x0.2), x1),
            _ => ((own_type, 0, x0.2), NONE),
        };
        if one_vlan(config) && inner.1 != 0 || config.role == PortRole::Tunnel && !self.takes_customer(to.port, inner.1)
        {
            return Err(DropReason::SecondTag);
        }
        let native = to.vid.is_some_and(|vid| config.untagged == Untagged::Native(vid)) && !mode.native_tagged;
        let untagged = config.role != PortRole::Trunk || to.vid.is_none() || native;
        let mut wanted = match (config.role, to.vid) {
            (PortRole::Trunk, Some(_)) if native => vec![inner, NONE],
            (PortRole::Trunk, vid) => vec![(own.0, vid.map_or(0, Vid::get), own.2), inner],
            (PortRole::Tunnel, _) => vec![inner, NONE],
            _ => vec![NONE, NONE],
        };
        if mode.priority_tags != PriorityTags::Never {
            wanted[0].2 = x0.2;
        }
        let mut flow = Vec::new();
        for (tpid, vid, pcp) in wanted {
            let always = mode.priority_tags == PriorityTags::Always && tpid != 0;
            if (vid, pcp) == (0, 0) && !always {
                break;
            }
            let default = if config.role == PortRole::Tunnel {
                0x8100
            } else {
                config.tpid.0
            };
            flow.push((if tpid == 0 { default } else { tpid }, pcp * 8192 + vid));
        }
        let before = base.clone();
        let mut kept = Vec::new();
        while let (Some(old), Some(new)) = (base.last(), flow.last())
            && (old.0, old.1 & 0xefff) == *new
        {
            kept.insert(0, *old);
            base.pop();
            flow.pop();
        }
        *base = [&flow[..], &kept[..]].concat();
        let mut tags = base.clone();
        // Against the frame as it came in, whatever was done for other copies.
        let bare = |tags: &[(u16, u16)]| tags.iter().map(|(tpid, tci)| (*tpid, tci & 0xefff)).collect::<Vec<_>>();
        let (came, goes) = (bare(&frame.tags[..read]), bare(base));
        let stay = came
            .iter()
            .rev()
            .zip(goes.iter().rev())
            .take_while(|(a, b)| a == b)
            .count();
        let unchanged = came == goes && !untagged && !tags.is_empty();
        if goes.len() > stay || unchanged {
            let map = if untagged {
                trunklab::forward::PriorityMap::KEEP
            } else {
                to.priority
            };
            let mapped = (map.of_tci(tags[0].1) / 4096) & if unchanged { 15 } else { 14 };
            tags[0].1 = (mapped | u16::from(marked)) * 4096 + tags[0].1 % 4096;
        }
        let foreign = frame.tags.len() - (read - stay).max(usize::from(unchanged));
        if self.weight(to.port, frame, foreign) > config.mtu as usize {
            *base = before;
            return Err(DropReason::MtuExceeded);
        }
        let shorter = read > goes.len();
        tags.extend(&frame.tags[read..]);
        let (bytes, padding) = frame.build(&tags, shorter);
        Ok(((to.port, to.vid), bytes, padding))
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
}
