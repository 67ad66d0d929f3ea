//! What a vector knows of the port that it is sent from, and the frames that it makes there.

use super::draft::{Draft, RawTag, ether};
use super::pics::Pics;
use super::testbed::Testbed;
use super::trial::{Expect, Sender};
use crate::forward::{PortRole, Untagged};
use crate::ident::{PortNo, Stream, TenantId};
use crate::wire::{EtherType, FrameView, MacAddr, Vid};

/// A frame of a vector, before it has a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shot {
    /// Whose frame it is.
    pub tenant: TenantId,
    /// Its octets, without FCS.
    pub octets: Vec<u8>,
    /// What should become of it.
    pub expect: Expect,
}

/// The port that a vector is sent from.
pub struct Ctx<'a> {
    /// The testbed.
    pub bed: &'a Testbed,
    /// Where from.
    pub from: Sender,
    /// Whose port it is; nobody's on a trunk.
    pub tenant: TenantId,
    /// What the device declares that hears it.
    pub pics: Pics,
    /// The port's role.
    pub role: PortRole,
    /// The protocol id that the port reads.
    pub tpid: u16,
    /// Another one, that it should not read.
    pub other_tpid: u16,
    /// Tags that a good frame has here.
    pub own: Vec<RawTag>,
    /// The tenant's VID in the network, where it has one.
    pub own_vid: Option<u16>,
    /// VIDs of others in the network, in order: the first, and those that are nearest to the own one.
    pub foreign: Vec<u16>,
    /// All of them.
    pub others: Vec<u16>,
    /// A VID of nobody.
    pub free_vid: u16,
    /// The station's own address.
    pub src: MacAddr,
    /// The far end's address.
    pub peer: MacAddr,
    /// An address of another tenant's station.
    pub victim: MacAddr,
    /// Largest payload that the port takes.
    pub mtu: usize,
    /// How many random frames a vector of random frames has.
    pub random: u32,
    /// The seed of random frames.
    pub seed: u64,
    /// What was made so far.
    pub shots: Vec<Shot>,
    number: u32,
}

/// An address that nobody has.
pub const UNKNOWN: MacAddr = MacAddr([0x02, 0xee, 0, 0, 0, 0x99]);
/// An IPv4 multicast.
pub const MULTICAST: MacAddr = MacAddr([0x01, 0x00, 0x5e, 0, 0, 0xfb]);
/// An IPv6 multicast.
pub const MULTICAST6: MacAddr = MacAddr([0x33, 0x33, 0, 0, 0, 0x01]);

/// So many VIDs of others stand for all of them in stacks.
const SOME: usize = 8;

/// The first of them, and those that differ from `own` by one, by a bit, or by 256.
fn some(all: &[u16], own: Option<u16>) -> Vec<u16> {
    let mut some: Vec<u16> = all.iter().take(SOME).copied().collect();
    if let Some(own) = own {
        let near = [
            own.wrapping_add(1),
            own.wrapping_sub(1),
            own ^ 1,
            own ^ 256,
            own ^ 2_048,
        ];
        some.extend(near.into_iter().filter(|vid| all.binary_search(vid).is_ok()));
    }
    some.sort_unstable();
    some.dedup();
    some
}

impl<'a> Ctx<'a> {
    /// The port of a place, or one end of a trunk.
    pub fn new(bed: &'a Testbed, from: Sender, pics: Pics, random: u32) -> Self {
        let (device, port) = from.enters(bed);
        let config = &bed.devices[device].tables.ports[port.index()];
        let (tenant, src, own) = match from {
            Sender::TestPort(i) => {
                let place = &bed.places[i];
                let own = place.vid.map(|vid| (place.tpid.0, vid.get()));
                (place.owner, place.mac, own.into_iter().collect())
            }
            Sender::Wire(..) => (TenantId::NONE, MacAddr::local(0xee, 1), Vec::new()),
        };
        let used = bed.vids(false);
        // A tenant may have several services: the own VID is that of the one at this port.
        let own_vid = match from {
            Sender::Wire(..) if config.role != PortRole::Access => None,
            _ => own_vid(bed, device, port),
        };
        let others: Vec<u16> = used.iter().filter(|(_, o)| *o != tenant).map(|(vid, _)| *vid).collect();
        // A place without a service, such as a VBR that was refused, hears nothing: it is no peer,
        // and a victim only where there is no other.
        let wanted = |mine: bool, live: bool| {
            let place = bed.places.iter().enumerate().find(|(i, p)| {
                let whose = p.owner.is_some() && (p.owner == tenant) == mine;
                whose && p.service.is_some() == live && Sender::TestPort(*i) != from
            });
            place.map(|(_, p)| p.mac)
        };
        let other = if config.tpid == EtherType::CTAG {
            ether::STAG
        } else {
            ether::CTAG
        };
        Self {
            bed,
            from,
            tenant,
            pics,
            role: config.role,
            tpid: config.tpid.0,
            other_tpid: other,
            own,
            foreign: some(&others, own_vid),
            others,
            own_vid,
            free_vid: (2..4095)
                .rev()
                .find(|vid| used.binary_search_by_key(vid, |(u, _)| *u).is_err())
                .unwrap_or(4094),
            src,
            peer: wanted(true, true).unwrap_or(UNKNOWN),
            victim: wanted(false, true).or_else(|| wanted(false, false)).unwrap_or(UNKNOWN),
            mtu: usize::try_from(config.mtu).unwrap_or(1500),
            random,
            seed: bed.seed,
            shots: Vec::new(),
            number: 0,
        }
    }

    /// Is it a trunk's wire?
    pub fn is_wire(&self) -> bool {
        matches!(self.from, Sender::Wire(..))
    }

    /// A random stream of this port and purpose.
    pub fn stream(&self, purpose: &str) -> Stream {
        Stream::new(self.seed, &self.from.name(self.bed), purpose)
    }

    /// A frame without any tag.
    pub fn bare(&mut self, dst: MacAddr) -> Draft {
        self.number += 1;
        Draft::new(dst, self.src, self.number)
    }

    /// A good frame of this port; on a wire, of the first VLAN there.
    pub fn good(&mut self, dst: MacAddr) -> Draft {
        let mut tags = self.own.clone();
        if self.is_wire() {
            tags.extend(self.foreign.first().map(|vid| (self.tpid, *vid)));
        }
        self.bare(dst).stack(&tags)
    }

    /// Destinations that every vector is sent to: known, unknown, multicast, broadcast.
    pub fn das(&self) -> [MacAddr; 4] {
        [self.peer, UNKNOWN, MULTICAST, MacAddr::BROADCAST]
    }

    /// Sends a frame to each of [`Ctx::das`].
    pub fn send_each(&mut self, expect: Expect, make: impl Fn(&mut Self, MacAddr) -> Draft) {
        for dst in self.das() {
            let frame = make(self, dst);
            self.send(&frame, expect);
        }
    }

    /// Addresses of all stations that are not this port's tenant's, so many at most.
    pub fn victims(&self, most: usize) -> Vec<MacAddr> {
        let other = self.bed.places.iter().filter(|p| p.owner != self.tenant);
        other.map(|p| p.mac).take(most).collect()
    }

    /// Sends these octets. On a wire a frame belongs to the tenant of its VLAN there, if any:
    /// without one it must reach nobody.
    pub fn shoot(&mut self, octets: Vec<u8>, expect: Expect) {
        let (tenant, expect) = match self.from {
            Sender::TestPort(_) => (self.tenant, expect),
            Sender::Wire(trunk, _) => {
                let (owner, known) = self.owner_of(trunk, &octets);
                match (owner.is_some(), known) {
                    (true, true) => (owner, expect),
                    _ => (owner, Expect::Nobody),
                }
            }
        };
        self.shots.push(Shot { tenant, octets, expect });
    }

    /// Sends a frame, padded.
    pub fn send(&mut self, draft: &Draft, expect: Expect) {
        self.shoot(draft.octets(), expect);
    }

    /// Whose VLAN a frame on a wire is in, and whether the device that hears it has that VLAN.
    fn owner_of(&self, trunk: usize, octets: &[u8]) -> (TenantId, bool) {
        let (device, port) = self.from.enters(self.bed);
        let config = &self.bed.devices[device].tables.ports[port.index()];
        let tag = match FrameView::new(octets) {
            Ok(view) => view.outer_tag().filter(|tag| tag.tpid == config.tpid),
            Err(_) => return (TenantId::NONE, false),
        };
        let vid = tag.map(|tag| tag.vid()).filter(|vid| *vid != Vid::PRIORITY);
        if vid == Some(Vid::RESERVED) {
            return (TenantId::NONE, false);
        }
        let native = match config.untagged {
            Untagged::Native(vid) => Some(vid),
            Untagged::Drop => None,
        };
        let at = |vid| self.bed.member(device, port, vid);
        let member = match vid {
            Some(vid) => at(Some(vid)),
            None => at(None).or_else(|| native.and_then(|vid| at(Some(vid)))),
        };
        // What an untagged port takes tagged with its own VID is its service's, too.
        let own = || {
            let vid = vid.filter(|_| config.role == PortRole::Access && self.pics.takes_own_tag)?;
            at(None).filter(|_| own_vid(self.bed, device, port) == Some(vid.get()))
        };
        match (member.or_else(own), vid) {
            (Some((_, service, _)), _) => (service.tenant, true),
            (None, Some(vid)) => (self.bed.owner_on(trunk, Some(vid)), false),
            (None, None) => (TenantId::NONE, false),
        }
    }

    /// What should become of an untagged frame here.
    pub fn untagged(&self) -> Expect {
        let (device, port) = self.from.enters(self.bed);
        let config = &self.bed.devices[device].tables.ports[port.index()];
        let here = |vid| self.bed.member(device, port, vid).is_some();
        match (config.role, config.untagged) {
            _ if here(None) => Expect::Deliver,
            (PortRole::Trunk, Untagged::Native(vid)) if here(Some(vid)) => Expect::Deliver,
            _ => Expect::Nobody,
        }
    }

    /// What should become of a frame whose one tag has this VID.
    pub fn tagged(&self, vid: u16) -> Expect {
        match self.role {
            PortRole::Tunnel => Expect::Own,
            PortRole::Routed => Expect::Nobody,
            _ if vid == 4095 => Expect::Nobody,
            _ if vid == 0 && self.pics.takes_priority_tag => self.untagged(),
            PortRole::Access if Some(vid) == self.own_vid && self.pics.takes_own_tag => self.looked_up(vid),
            PortRole::Access => Expect::Nobody,
            PortRole::Trunk if self.is_wire() => Expect::Deliver,
            PortRole::Trunk if self.own.first().is_some_and(|(_, own)| *own == vid) => Expect::Deliver,
            // A port that is not filtered takes the VLAN of its service by the network's VID, too.
            PortRole::Trunk if Some(vid) == self.own_vid && !self.pics.ingress_filtering => self.looked_up(vid),
            PortRole::Trunk => Expect::Nobody,
        }
    }

    /// What should become of a frame with the VID that the own service has at another port of the device.
    /// Where another service has the same VID at a port of its own, a device that looks it up may find either.
    fn looked_up(&self, vid: u16) -> Expect {
        let (device, port) = self.from.enters(self.bed);
        let mut services = self.bed.devices[device].tables.services.values();
        let another = services.any(|service| {
            let members = || service.members.iter();
            let has_it = members().any(|m| m.vid.map(Vid::get) == Some(vid));
            has_it && members().all(|m| m.port != port)
        });
        if another { Expect::Own } else { Expect::Deliver }
    }
}

/// The VID that the service at a port has where it leaves its device tagged.
fn own_vid(bed: &Testbed, device: usize, port: PortNo) -> Option<u16> {
    let mut here = bed.devices[device].tables.services.values();
    let service = here.find(|service| service.members.iter().any(|m| m.port == port))?;
    let mut elsewhere = service.members.iter().filter(|m| m.port != port);
    elsewhere.find_map(|m| m.vid).map(Vid::get)
}
