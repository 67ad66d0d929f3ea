//! An Ethernet interface of a host or router: which frames it takes, how it sends them.

use std::net::Ipv4Addr;

use super::prefix_holds;
use crate::evidence::{Outbox, Packet};
use crate::ident::{DropReason, NodeId, Origin, PortNo, TenantId};
use crate::wire::{EtherType, Frame, FrameView, MacAddr, Tag, Vid, WireError};

/// What a node sends of its own accord; frames of each are numbered on their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Address resolution.
    Arp = 0,
    /// The health check.
    Probe = 1,
}

/// An interface: plain facts, free to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interface {
    /// Whose frames it speaks for.
    pub tenant: TenantId,
    /// Which node it is at.
    pub node: NodeId,
    /// By which port it is reached.
    pub port: PortNo,
    /// Its MAC.
    pub mac: MacAddr,
    /// The C-TAG that it pushes and demands; `None`: untagged both ways.
    pub tag: Option<Vid>,
    /// Its address and the length of its prefix, where it has one.
    pub address: Option<(Ipv4Addr, u8)>,
}

impl Interface {
    /// Its own address, where it has one.
    pub fn own(&self) -> Option<Ipv4Addr> {
        self.address.map(|(address, _)| address)
    }
    /// Is `ip` in the interface's own prefix?
    pub fn is_on_link(&self, ip: Ipv4Addr) -> bool {
        self.address.is_some_and(|(own, len)| prefix_holds(own, len, ip))
    }

    /// Takes a frame off the wire: checks tag and addresses, pops the tag, and returns the
    /// untagged frame with its EtherType. What is not for this interface is dropped here.
    ///
    /// ARP may come by broadcast; everything else only by the interface's own MAC.
    pub fn admit(&self, mut packet: Packet, out: &mut Outbox) -> Option<(Packet, EtherType)> {
        match self.judge(&packet.frame) {
            Ok(ethertype) => {
                if self.tag.is_some() {
                    packet.frame.pop_tag();
                }
                Some((packet, ethertype))
            }
            Err(reason) => {
                out.drop(packet, reason);
                None
            }
        }
    }

    fn judge(&self, frame: &Frame) -> Result<EtherType, DropReason> {
        let view = FrameView::new(frame.bytes()).map_err(|error| match error {
            WireError::Runt => DropReason::RuntFrame,
            _ => DropReason::TruncatedTag,
        })?;
        self.judge_tags(&view)?;
        if view.src().is_group() {
            return Err(DropReason::SourceMacIsMulticast);
        }
        let ethertype = view.ethertype();
        let broadcast = view.dst() == MacAddr::BROADCAST && ethertype == EtherType::ARP;
        if view.dst() != self.mac && !broadcast {
            return Err(DropReason::NotForMe);
        }
        Ok(ethertype)
    }

    fn judge_tags(&self, view: &FrameView<'_>) -> Result<(), DropReason> {
        match (self.tag, view.outer_tag()) {
            (None, None) => Ok(()),
            (None, Some(_)) | (Some(_), None) => Err(DropReason::VlanTagMismatch),
            (Some(vid), Some(tag)) => {
                if tag.tpid != EtherType::CTAG || tag.vid() == Vid::PRIORITY {
                    Err(DropReason::VlanTagMismatch)
                } else if tag.vid() == Vid::RESERVED {
                    Err(DropReason::ReservedVid)
                } else if tag.vid() != vid {
                    Err(DropReason::UnknownVid)
                } else if view.tag_count() > 1 {
                    Err(DropReason::SecondTag)
                } else {
                    Ok(())
                }
            }
        }
    }

    /// Sends an untagged frame to `dst`: writes both addresses and pushes the tag.
    pub fn send(&self, mut packet: Packet, dst: MacAddr, out: &mut Outbox) {
        packet.frame.set_addresses(dst, self.mac);
        if let Some(vid) = self.tag {
            packet.frame.push_tag(Tag::ctag(vid));
        }
        out.send(self.port, packet);
    }

    /// Offers a frame of a protocol of the node's own, with its number among those of the
    /// protocol, from zero: no two frames of a node have one number.
    pub fn offer(&self, protocol: Protocol, number: u32, frame: Frame, out: &mut Outbox) -> Packet {
        let origin = Origin::Protocol(self.node);
        let seq = u64::from(number) << 1 | protocol as u64;
        out.offer(self.tenant, origin, crate::ident::FlowId::NONE, seq, frame)
    }
}
