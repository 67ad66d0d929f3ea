//! A frame from outside: put in at a node's port, as if it came off the line there.

use super::world::World;
use crate::evidence::{AccountLine, Lineage, Observer, Packet, Ticket, Trace};
use crate::ident::{FlowId, NodeId, Origin, PortNo, TenantId};
use crate::node::Node;
use crate::wire::Frame;

impl<N: Node, O: Observer> World<N, O> {
    /// A frame that nobody here sent arrives at a port now. It is of [`Origin::Unknown`], as are its copies
    /// and the answers to it.
    pub fn inject(&mut self, node: NodeId, port: PortNo, frame: Frame) {
        let trace = Trace {
            tenant: TenantId::NONE,
            origin: Origin::Unknown,
            flow: FlowId::NONE,
            seq: 0,
            lineage: Lineage::Root,
            doubled: 0,
        };
        let offered = AccountLine::Offered(trace, frame.octets());
        self.books.said(node, &offered);
        self.recording.line(self.now, node, offered);
        let packet = Packet {
            frame,
            ticket: Ticket::open(trace),
        };
        self.hand_over(node, port, packet);
    }
}
