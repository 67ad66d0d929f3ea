//! What a node hands to its driver, and the only place where tickets open and close.

use super::ticket::{Lineage, Ticket, Trace};
use crate::ident::{DropReason, Fate, FlowId, Origin, PortNo, TenantId};
use crate::wire::{Frame, MacAddr};

/// A frame and its ticket.
#[derive(Debug)]
pub struct Packet {
    /// The octets on the wire, without FCS.
    pub frame: Frame,
    /// Who sent it, to whom its fate is owed.
    pub ticket: Ticket,
}

/// One line of the account.
#[derive(Debug)]
pub enum AccountLine {
    /// A frame was offered to the network.
    Offered(Trace, u32),
    /// A copy of a frame, or an answer to one, came to be.
    Copied(Trace, u32),
    /// A frame copy's fate was settled; the frame rides along for exceptions and captures.
    Settled(Trace, Fate, Frame),
    /// A node changed a state that a user may ask for (health check, ARP entry, carrier).
    Changed(NodeChange),
}

/// A change of state at a node, told by the node itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeChange {
    /// The health check of the node's peer turned healthy or unhealthy.
    Health {
        /// Whose.
        tenant: TenantId,
        /// Healthy now?
        healthy: bool,
    },
    /// Address resolution of a next hop ended.
    Arp {
        /// Whose.
        tenant: TenantId,
        /// The IPv4 address asked for.
        address: [u8; 4],
        /// Resolved, or given up?
        resolved: bool,
    },
    /// A switch that learns heard an address at another port than where it knew it.
    Moved {
        /// Whose service it is in.
        tenant: TenantId,
        /// The number of the service at this switch.
        service: u32,
        /// The service's VLAN; 0: it is untagged everywhere.
        vlan: u16,
        /// The address.
        mac: MacAddr,
        /// Where it was known.
        from: PortNo,
        /// Where it was heard now.
        to: PortNo,
    },
}

/// Frames to send and lines for the account, in the order in which they came to be.
///
/// A node fills it, its driver drains it after every call.
#[derive(Debug, Default)]
pub struct Outbox {
    /// Frames to send, by port, in order.
    pub sends: Vec<(PortNo, Packet)>,
    /// Lines of the account, in order.
    pub entries: Vec<AccountLine>,
}

impl Outbox {
    /// Opens the ticket of a frame that its origin offers to the network.
    pub fn offer(&mut self, tenant: TenantId, origin: Origin, flow: FlowId, seq: u64, frame: Frame) -> Packet {
        let trace = Trace {
            tenant,
            origin,
            flow,
            seq,
            lineage: Lineage::Root,
            doubled: 0,
        };
        self.entries.push(AccountLine::Offered(trace, frame.octets()));
        Packet {
            frame,
            ticket: Ticket::open(trace),
        }
    }

    /// Opens the ticket of a child of the frame that `of` describes.
    pub fn child(&mut self, of: &Trace, lineage: Lineage, frame: Frame) -> Packet {
        let trace = Trace { lineage, ..*of };
        self.entries.push(AccountLine::Copied(trace, frame.octets()));
        Packet {
            frame,
            ticket: Ticket::open(trace),
        }
    }

    /// Opens the ticket of a copy of the frame that `of` is of.
    pub fn copy(&mut self, of: &Ticket, frame: Frame) -> Packet {
        let ticket = of.copied();
        self.entries.push(AccountLine::Copied(*ticket.trace(), frame.octets()));
        Packet { frame, ticket }
    }

    /// Sends a packet out of a port.
    pub fn send(&mut self, port: PortNo, packet: Packet) {
        self.sends.push((port, packet));
    }

    /// Settles a packet; its ticket ends here.
    pub fn settle(&mut self, packet: Packet, fate: Fate) {
        let trace = packet.ticket.close();
        self.entries.push(AccountLine::Settled(trace, fate, packet.frame));
    }

    /// Settles a packet as dropped.
    pub fn drop(&mut self, packet: Packet, reason: DropReason) {
        self.settle(packet, Fate::Dropped(reason));
    }

    /// Records a change of the node's state.
    pub fn changed(&mut self, change: NodeChange) {
        self.entries.push(AccountLine::Changed(change));
    }
}
