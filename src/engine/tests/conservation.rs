//! Nodes that lose frames or make them up are noticed: at the event, or where the run ends.

use super::*;
use crate::evidence::{Ticket, Trace};

/// A node that does not keep its books.
#[derive(Clone, Copy)]
enum Rogue {
    /// Offers one frame, as it should, unless it has.
    Honest { sent: bool },
    /// Closes the ticket of every frame and tells nobody.
    Swallows,
    /// Sends a frame on that it never had beside each that it was given.
    MakesUp,
}

impl Node for Rogue {
    fn receive(&mut self, port: PortNo, packet: Packet, _: SimTime, out: &mut Outbox) {
        match self {
            Self::Honest { .. } => out.drop(packet, DropReason::NoListener),
            Self::Swallows => drop(packet.ticket.close()),
            Self::MakesUp => {
                let ticket = Ticket::open(Trace {
                    seq: 9,
                    ..*packet.ticket.trace()
                });
                let frame = packet.frame.clone();
                out.send(port, Packet { frame, ticket });
                out.send(port, packet);
            }
        }
    }

    fn timeout(&mut self, _: SimTime, out: &mut Outbox) {
        *self = Self::Honest { sent: true };
        let packet = out.offer(TenantId(0), Origin::Unknown, FlowId::NONE, 0, frame(100));
        out.send(PortNo(0), packet);
    }

    fn next_timeout(&self) -> Option<SimTime> {
        matches!(self, Self::Honest { sent: false }).then_some(SimTime::ZERO)
    }

    fn apply(&mut self, _: &Change, _: SimTime, _: &mut Outbox) {}
}

/// An honest node sends one frame to the rogue.
fn meets(rogue: Rogue) {
    let honest = Rogue::Honest { sent: false };
    let setup = Setup {
        seed: 1,
        nodes: vec![("a-honest".to_owned(), honest), ("b-rogue".to_owned(), rogue)],
        links: vec![link("between", (0, 0), (1, 0))],
        tenants: vec!["alpha".to_owned()],
        flows: Vec::new(),
    };
    let mut world = World::new(setup, evidence()).unwrap();
    world.run(SimTime::from_millis(1), &mut Schedule::new(Vec::new()));
    world.finish();
}

#[test]
#[should_panic(expected = "`b-rogue` hands back what it keeps")]
fn a_frame_that_a_node_swallows_is_missed_at_the_end() {
    meets(Rogue::Swallows);
}

#[test]
#[should_panic(expected = "node 1 let go of more frames than it had")]
fn a_frame_that_a_node_makes_up_is_noticed_at_once() {
    meets(Rogue::MakesUp);
}
