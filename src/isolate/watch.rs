//! Hears everything of a trial: what came to each tester, and in which VLAN each frame crossed.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::carried::Carried;
use super::drive::{Layout, Who};
use super::testbed::Testbed;
use super::trial::{Purpose, Trial};
use crate::evidence::{Count, Observer, Trace};
use crate::forward::{PortRole, Untagged};
use crate::ident::{DropReason, Fate, LinkId, NodeId, PortNo, StationId, TenantId};
use crate::units::SimTime;
use crate::wire::{EtherType, Frame, Vid};

/// A frame at a tester.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// When.
    pub at: SimTime,
    /// Which place.
    pub place: usize,
    /// Its number in the trial.
    pub number: usize,
    /// What arrived.
    pub octets: Vec<u8>,
}

/// A frame that left a device by a trunk in a VLAN that is not its tenant's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// When.
    pub at: SimTime,
    /// Which device sent it.
    pub device: usize,
    /// By which port.
    pub port: PortNo,
    /// Its number in the trial.
    pub number: usize,
    /// Whose VLAN it is in; [`TenantId::NONE`]: nobody's, or none.
    pub in_vlan_of: TenantId,
    /// The VID it carries; `None`: it has no tag that the port's neighbour reads.
    pub vid: Option<Vid>,
    /// What was sent.
    pub octets: Vec<u8>,
}

/// One frame on one link, for explanations and captures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    /// When it entered the link.
    pub at: SimTime,
    /// The sending node's name.
    pub by: String,
    /// The device, where the sender is one, and the port it left by.
    pub device: Option<(usize, PortNo)>,
    /// The link, by the layout's number.
    pub link: LinkId,
    /// The frame's number in the trial.
    pub number: usize,
    /// Its octets on the link.
    pub octets: Vec<u8>,
}

/// A trunk's end.
#[derive(Debug, Clone, Copy)]
struct TrunkEnd {
    trunk: usize,
    tpid: EtherType,
    tagged: bool,
    /// The VID that untagged frames are in here.
    native: Option<Vid>,
}

/// What was heard.
#[derive(Debug)]
pub struct Watch {
    who: Vec<(String, Who)>,
    /// By (device, port).
    ends: BTreeMap<(usize, PortNo), TrunkEnd>,
    owners: Arc<BTreeMap<(usize, Option<Vid>), TenantId>>,
    /// What came to testers, in order.
    pub arrivals: Vec<Arrival>,
    /// Frames in a VLAN of others, in order; the first [`Watch::KEPT`].
    pub strays: Vec<Stray>,
    /// All of them.
    pub strays_seen: u64,
    /// Where each frame was dropped last, and why.
    pub drops: Vec<Option<(StationId, DropReason)>>,
    /// What the trunks show of each frame's priority.
    pub carried: Vec<Carried>,
    /// Every frame on every link, where it was asked for.
    pub trail: Option<Vec<Crossing>>,
    /// What of the attack arrived at a device's port from another device, without tag and with FCS.
    pub load: BTreeMap<(usize, PortNo), u64>,
    attacks: Vec<bool>,
    /// What arrived at a device's port of a tenant with a VID, or none that the port reads. Kept
    /// where counters are compared.
    pub came: BTreeMap<Place, Count>,
    /// The protocol id of tags that a port tells VLANs by, of every device's trunk ports.
    readers: Option<BTreeMap<(usize, PortNo), EtherType>>,
}

/// A device, its port, whose frames, and with which VID; `None`: without one that the port reads.
pub type Place = (usize, PortNo, TenantId, Option<Vid>);

/// Trunk ports of all devices, and the tags that they read.
fn readers(bed: &Testbed) -> BTreeMap<(usize, PortNo), EtherType> {
    let devices = bed.devices.iter().enumerate();
    let ports = devices.flat_map(|(d, device)| device.tables.ports.iter().enumerate().map(move |p| (d, p)));
    let trunks = ports.filter(|(_, (_, config))| config.role == PortRole::Trunk);
    trunks
        .map(|(d, (port, config))| ((d, PortNo::of(port)), config.tpid))
        .collect()
}

impl Watch {
    /// Frames in VLANs of others that are kept whole.
    pub const KEPT: usize = 65_536;

    /// Listens everywhere.
    pub fn new(bed: &Testbed, layout: &Layout, trial: &Trial, trail: bool) -> Self {
        let mut ends = BTreeMap::new();
        for (i, trunk) in bed.trunks.iter().enumerate() {
            for (device, port) in [trunk.a, trunk.b] {
                let config = &bed.devices[device].tables.ports[port.index()];
                let end = TrunkEnd {
                    trunk: i,
                    tpid: config.tpid,
                    tagged: config.role == PortRole::Trunk,
                    native: match config.untagged {
                        Untagged::Native(vid) => Some(vid),
                        Untagged::Drop => None,
                    },
                };
                ends.insert((device, port), end);
            }
        }
        Self {
            who: layout.nodes.clone(),
            ends,
            owners: Arc::clone(&bed.owners),
            arrivals: Vec::new(),
            strays: Vec::new(),
            strays_seen: 0,
            drops: vec![None; trial.sendings.len()],
            carried: vec![Carried::default(); trial.sendings.len()],
            trail: trail.then(Vec::new),
            came: BTreeMap::new(),
            readers: trial.counted.then(|| readers(bed)),
            load: BTreeMap::new(),
            attacks: trial.sendings.iter().map(|s| s.purpose == Purpose::Attack).collect(),
        }
    }

    /// A link's or node's name for a station.
    pub fn name(&self, layout_links: &[crate::engine::LinkSetup], station: StationId) -> String {
        match (station.as_node(), station.as_link()) {
            (Some(node), _) => self.who.get(node.index()).map_or(String::new(), |(n, _)| n.clone()),
            (_, Some(link)) => layout_links.get(link.index()).map_or(String::new(), |l| l.name.clone()),
            _ => String::new(),
        }
    }

    /// The device that stands on a node.
    pub fn device(&self, node: NodeId) -> Option<usize> {
        match self.who.get(node.index()) {
            Some((_, Who::Device(d))) => Some(*d),
            _ => None,
        }
    }

    /// In whose VLAN a frame leaves by a trunk: a frame that its tenant has no right to be in.
    fn check_vlan(&mut self, at: SimTime, device: usize, port: PortNo, trace: &Trace, frame: &Frame) {
        let Some(end) = self.ends.get(&(device, port)) else {
            return;
        };
        let outer = frame.outer_tag().map(|tag| (tag, tag.tpid == end.tpid));
        if let Some(carried) = self.carried.get_mut(number(trace)) {
            carried.cross(end.tagged, outer.map(|(tag, read)| (tag.tci, read)));
        }
        if !end.tagged {
            return;
        }
        // Behind a native VLAN a tag of another protocol is the tenant's payload.
        let vid = outer.filter(|(_, read)| *read).map(|(tag, _)| tag.vid());
        let untagged = self.owners.get(&(end.trunk, None)).filter(|_| vid.is_none());
        let named = self.owners.get(&(end.trunk, vid.or(end.native)));
        let owner = untagged.or(named).copied().unwrap_or(TenantId::NONE);
        if vid.is_none_or(Vid::is_usable) && owner == trace.tenant && owner.is_some() {
            return;
        }
        self.strays_seen += 1;
        if self.strays.len() < Self::KEPT {
            self.strays.push(Stray {
                at,
                device,
                port,
                number: number(trace),
                in_vlan_of: owner,
                vid,
                octets: frame.bytes().to_vec(),
            });
        }
    }
}

fn number(trace: &Trace) -> usize {
    usize::try_from(trace.seq).unwrap_or(usize::MAX)
}

impl Observer for Watch {
    fn sent(&mut self, at: SimTime, node: NodeId, port: PortNo, link: LinkId, trace: &Trace, frame: &Frame) {
        let device = self.device(node);
        if let Some(device) = device {
            self.check_vlan(at, device, port, trace, frame);
        }
        let by = match (&self.trail, self.who.get(node.index())) {
            (Some(_), Some((name, _))) => name.clone(),
            _ => return,
        };
        if let Some(trail) = &mut self.trail {
            trail.push(Crossing {
                at,
                by,
                device: device.map(|d| (d, port)),
                link,
                number: number(trace),
                octets: frame.bytes().to_vec(),
            });
        }
    }

    fn arrived(&mut self, at: SimTime, node: NodeId, port: PortNo, trace: &Trace, frame: &Frame) {
        match self.who.get(node.index()) {
            Some((_, Who::TestPort(place))) => {
                let (place, number) = (*place, number(trace));
                let octets = frame.bytes().to_vec();
                self.arrivals.push(Arrival {
                    at,
                    place,
                    number,
                    octets,
                });
            }
            Some((_, Who::Device(device))) => {
                let device = *device;
                if let Some(readers) = &self.readers {
                    let tag = frame.outer_tag();
                    let read = tag.filter(|tag| readers.get(&(device, port)) == Some(&tag.tpid));
                    let vid = read.map(|tag| tag.vid()).filter(|vid| *vid != Vid::PRIORITY);
                    let place = (device, port, trace.tenant, vid);
                    self.came.entry(place).or_default().add(frame.octets());
                }
                if self.ends.contains_key(&(device, port)) && self.attacks.get(number(trace)) == Some(&true) {
                    let tag = if frame.outer_tag().is_some() { 4 } else { 0 };
                    *self.load.entry((device, port)).or_default() += u64::from(frame.octets()) + 4 - tag;
                }
            }
            _ => {}
        }
    }

    fn settled(&mut self, _at: SimTime, station: StationId, trace: &Trace, fate: Fate, _frame: &Frame) {
        if let (Fate::Dropped(reason), Some(slot)) = (fate, self.drops.get_mut(number(trace))) {
            *slot = Some((station, reason));
        }
    }
}
