//! What the outside can change in a node or a link while it runs.

use std::net::Ipv4Addr;

use crate::forward::{Policer, Service, ServiceId};
use crate::ident::PortNo;
use crate::units::{BitRate, ByteCount, SimDuration};
use crate::wire::{EtherType, FrameView, MacAddr, Vid};

/// A change to one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The link at a port came up or went down.
    Carrier {
        /// Which port.
        port: PortNo,
        /// Up now?
        up: bool,
    },
    /// A switch (access point, fabric, access device) changes a service.
    Switch(SwitchChange),
    /// A VBR is configured.
    Vbr(VbrChange),
    /// A transit router's attachment or route changes.
    Vpc(VpcChange),
    /// A data centre has another router, with this MAC address.
    Router(MacAddr),
}

/// A change to a switch's tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SwitchChange {
    /// The service with this id is now as given; it is created where it did not exist.
    Set(ServiceId, Service),
    /// The service is gone; frames for it are dropped as unknown from now on.
    Remove(ServiceId),
    /// Until it is resumed, frames that come in at these places are dropped as `AttachEffect`.
    Interrupt(InterruptionId, Vec<IngressPlace>),
    /// The interruption is over.
    Resume(InterruptionId),
    /// The service is set up anew as it is: with full buckets, and counters of its own.
    Renew(ServiceId),
}

/// An interruption of what passes a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InterruptionId(pub u32);

/// Where frames come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IngressPlace {
    /// By a port, whatever they are.
    Port(PortNo),
    /// By a port with this C-TAG outermost; `None`: untagged, or with a priority tag.
    Vlan(PortNo, Option<Vid>),
}

impl IngressPlace {
    /// Does a frame that comes in by `port` come in here?
    pub fn holds(self, port: PortNo, octets: &[u8]) -> bool {
        match self {
            Self::Port(at) => at == port,
            Self::Vlan(at, vid) if at == port => FrameView::new(octets).is_ok_and(|frame| {
                let tag = frame.outer_tag().filter(|tag| tag.vid() != Vid::PRIORITY);
                match (tag, vid) {
                    (Some(tag), Some(vid)) => tag.tpid == EtherType::CTAG && tag.vid() == vid,
                    (None, None) => true,
                    (Some(_), None) | (None, Some(_)) => false,
                }
            }),
            Self::Vlan(..) => false,
        }
    }
}

/// Addresses of a point-to-point interconnect, from the VBR's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressPlan {
    /// `LocalGatewayIp`: Alibaba's side.
    pub local: Ipv4Addr,
    /// `PeerGatewayIp`: the customer's side.
    pub peer: Ipv4Addr,
    /// Length of `PeeringSubnetMask`, 24 to 30.
    pub prefix_len: u8,
}

/// Where a VBR's route points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NextHop {
    /// Over the circuit to the customer's gateway.
    Peer,
    /// Into the cloud, to the transit router.
    Cloud,
}

/// Health check of a VBR's peer (`EnableCenVbrHealthCheck`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HealthCheckConfig {
    /// Source address of the probes.
    pub source: Ipv4Addr,
    /// 2 to 3 s.
    pub interval: SimDuration,
    /// Consecutive losses that turn it unhealthy (and answers that turn it healthy), 3 to 8.
    pub threshold: u8,
}

/// A change to a VBR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VbrChange {
    /// The interface has these addresses, or none.
    Address(Option<AddressPlan>),
    /// `active` or not: an inactive VBR passes nothing and answers nothing.
    Active(bool),
    /// Throttle in both directions; `None`: unlimited.
    Throttle(Option<Policer>),
    /// A route is added or its next hop replaced.
    RouteSet(Ipv4Addr, u8, NextHop),
    /// A route is removed.
    RouteRemove(Ipv4Addr, u8),
    /// Probes start, change, or stop.
    HealthCheck(Option<HealthCheckConfig>),
    /// The interface is set up anew, with full buckets.
    Renew,
    /// It is built anew: also with another MAC address, and it has forgotten its neighbours.
    Rebuild,
}

/// A change to a transit router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VpcChange {
    /// The attachment at this port passes frames, or not.
    Attached(PortNo, bool),
    /// Destination prefix out of this port; of several ports for one prefix, the attached one
    /// that is not marked down and has the lowest number carries the frames.
    RouteSet(Ipv4Addr, u8, PortNo),
    /// That route is gone.
    RouteRemove(Ipv4Addr, u8, PortNo),
    /// The attachment's health check says it is usable, or not.
    Usable(PortNo, bool),
}

/// One way over a link, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkWay {
    /// From the link's `a` end to its `b` end.
    AToB,
    /// From `b` to `a`.
    BToA,
    /// Both.
    Both,
}

/// A change to a link: a fault, or its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkChange {
    /// Cut: frames on the way and frames offered are lost.
    Cut(LinkWay),
    /// Whole again.
    Restore(LinkWay),
    /// Loses so many frames of a billion.
    Loss(LinkWay, u32),
    /// Flips a bit in so many frames of a billion (they fail their FCS).
    Corrupt(LinkWay, u32),
    /// Delivers so many frames of a billion twice.
    Duplicate(LinkWay, u32),
    /// Polices both ways to another rate and burst, where it polices at all.
    Police(BitRate, ByteCount),
}
