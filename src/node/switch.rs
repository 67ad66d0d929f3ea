//! What access point, fabric and access device have in common: a forwarder that settles what it drops.
//!
//! What each of them is set up to do stands in its own file.

use crate::evidence::{NodeChange, Outbox, Packet};
use crate::forward::{
    Admission, Exact, FastPath, FrameVerdict, Group, Member, Passing, PortConfig, PortRole, PriorityMap, Quirk,
    Service, ServiceKind, Tables, Untagged,
};
use crate::ident::{DropReason, PortNo, TenantId};
use crate::node::{Change, IngressPlace, InterruptionId, Node, SwitchChange};
use crate::units::SimTime;
use crate::wire::{EtherType, Frame, Vid};

/// A switch around a [`FastPath`]. It settles what it drops, sends on the rest, and opens a
/// child's ticket for every further copy of a flood.
#[derive(Debug, Clone)]
pub struct Switch<Q: Quirk = Exact> {
    fast: FastPath<Q>,
    /// Where frames end for now, whatever the tables say.
    interrupted: Vec<(InterruptionId, Vec<IngressPlace>)>,
}

/// A port with C-tags that takes no untagged frames.
pub const fn port(role: PortRole, mtu: u32) -> PortConfig {
    PortConfig {
        role,
        tpid: EtherType::CTAG,
        untagged: Untagged::Drop,
        mtu,
        admit: Admission::BY_PROFILE,
    }
}

/// A place of a service without any limit.
pub const fn member(port: PortNo, vid: Option<Vid>) -> Member {
    Member {
        port,
        vid,
        police: None,
        arp: None,
        icmp: None,
        bound_mac: None,
        priority: PriorityMap::KEEP,
    }
}

/// A tenant's service between two places.
pub fn service(tenant: TenantId, kind: ServiceKind, a: Member, b: Member) -> Service {
    let mut members = vec![a, b];
    members.sort();
    Service { tenant, kind, members }
}

impl Switch {
    /// A switch with these tables, without faults.
    pub fn new(tables: Tables) -> Self {
        Self {
            fast: FastPath::new(tables),
            interrupted: Vec::new(),
        }
    }
}

impl<Q: Quirk> Switch<Q> {
    /// A switch with these tables and a quirk.
    pub fn with_quirk(tables: Tables, quirk: Q) -> Self {
        Self {
            fast: FastPath::with_quirk(tables, quirk),
            interrupted: Vec::new(),
        }
    }

    /// The forwarder inside: tables, counters, learned addresses.
    pub fn fast_path(&self) -> &FastPath<Q> {
        &self.fast
    }

    /// The same without interruptions: what its tables let pass.
    pub fn resume_all(&mut self) {
        self.interrupted.clear();
    }

    fn is_interrupted(&self, port: PortNo, octets: &[u8]) -> bool {
        let mut places = self.interrupted.iter().flat_map(|(_, places)| places);
        places.any(|place| place.holds(port, octets))
    }

    /// The copy that leaves last is the frame itself; those before it are its children.
    fn replicate(&self, group: Group, mut packet: Packet, out: &mut Outbox) {
        let mut copies = self.fast.copies(group);
        let mut next = copies.next().expect("a group has at least one copy");
        let (entries, sends) = (out.entries.len(), out.sends.len());
        for following in copies {
            let (port, rewrite) = std::mem::replace(&mut next, following);
            let mut frame = packet.frame.clone();
            self.fast.edit(rewrite, &mut frame);
            let copy = out.copy(&packet.ticket, frame);
            out.send(port, copy);
        }
        let (port, rewrite) = next;
        self.fast.edit(rewrite, &mut packet.frame);
        out.send(port, packet);
        debug_assert_eq!(
            out.sends.len() - sends,
            out.entries.len() - entries + 1,
            "every copy but one has a ticket of its own"
        );
    }
}

impl<Q: Quirk> Node for Switch<Q> {
    fn bridges(&self) -> bool {
        true
    }

    fn pass(&mut self, port: PortNo, frame: &Frame, now: SimTime) -> Option<Passing> {
        if !self.interrupted.is_empty() {
            return None;
        }
        self.fast.pass(port, frame.bytes(), now)
    }

    fn foresee(&mut self, port: PortNo, frame: &Frame) {
        self.fast.foresee(port, frame.bytes());
    }

    fn rewrite(&self, passing: Passing, frame: &mut Frame) {
        self.fast.rewrite(passing, frame);
    }

    fn receive(&mut self, port: PortNo, mut packet: Packet, now: SimTime, out: &mut Outbox) {
        if !self.interrupted.is_empty() && self.is_interrupted(port, packet.frame.bytes()) {
            return out.drop(packet, DropReason::AttachEffect);
        }
        let verdict = self.fast.forward(port, packet.frame.bytes(), now);
        if let Some(made) = self.fast.take_move() {
            out.changed(NodeChange::Moved {
                tenant: made.tenant,
                service: made.service.0,
                vlan: made.vid.map_or(0, Vid::get),
                mac: made.mac,
                from: made.from,
                to: made.to,
            });
        }
        match verdict {
            FrameVerdict::Drop(reason) => out.drop(packet, reason),
            FrameVerdict::Forward(port, rewrite) => {
                self.fast.edit(rewrite, &mut packet.frame);
                out.send(port, packet);
            }
            FrameVerdict::Replicate(group) => self.replicate(group, packet, out),
        }
    }

    /// Services come and go; a port that goes down forgets the addresses behind it. Changes of
    /// other kinds of node are none of a switch's.
    fn apply(&mut self, change: &Change, now: SimTime, _out: &mut Outbox) {
        self.fast.advance(now);
        match change {
            Change::Switch(SwitchChange::Set(id, service)) => {
                self.fast.set(*id, service.clone());
            }
            Change::Switch(SwitchChange::Remove(id)) => {
                self.fast.remove(*id);
            }
            Change::Switch(SwitchChange::Interrupt(id, places)) => self.interrupted.push((*id, places.clone())),
            Change::Switch(SwitchChange::Resume(id)) => self.interrupted.retain(|(of, _)| of != id),
            Change::Switch(SwitchChange::Renew(id)) => {
                if let Some(service) = self.fast.service(*id) {
                    self.fast.remove(*id);
                    self.fast.set(*id, service);
                }
            }
            Change::Carrier { port, up: false } => self.fast.flush_port(*port),
            Change::Carrier { up: true, .. } | Change::Vbr(_) | Change::Vpc(_) | Change::Router(_) => {}
        }
    }
}
