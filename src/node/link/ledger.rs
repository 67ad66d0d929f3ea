//! What must hold of one direction of a link: its frames stand in order, and its queue is their sum.

use super::Direction;
use super::flights::{Flights, NONE};

/// So many frames are looked at, at most: a full look at a long queue for each frame would be slow.
const FEW: usize = 3;

impl Direction {
    /// What of this does not hold; asked in debug builds after every frame that enters or leaves.
    pub(super) fn wrong(&self, flights: &Flights) -> Option<String> {
        if self.first == NONE {
            let idle = self.last == NONE && self.queued == NONE && self.waiting == 0;
            return (!idle).then(|| format!("{} octets wait, and no frame is on its way", self.waiting));
        }
        if self.queued == NONE && self.waiting > 0 {
            return Some(format!("{} octets wait, and no frame does", self.waiting));
        }
        let (mut at, mut queued, mut octets) = (self.first, false, 0);
        for _ in 0..FEW {
            let flight = flights.get(at);
            queued |= at == self.queued;
            octets += if queued {
                u64::from(flight.packet.frame.octets())
            } else {
                0
            };
            let (start, arrival) = (flight.start.as_nanos(), flight.arrival.as_nanos());
            if arrival <= start {
                return Some(format!(
                    "a frame arrives at {} and leaves at {}",
                    flight.arrival, flight.start
                ));
            }
            if flight.next == NONE {
                let whole = at == self.last && octets == self.waiting && (queued || self.queued == NONE);
                return (!whole).then(|| format!("{octets} octets wait, and {} are counted", self.waiting));
            }
            let next = flights.get(flight.next);
            if next.start.as_nanos() < start || next.arrival.as_nanos() < arrival {
                return Some(format!("a frame overtakes another at {}", next.arrival));
            }
            at = flight.next;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{config, offer};
    use super::super::{End, Link};
    use super::*;
    use crate::units::SimTime;

    /// A link on which three frames of 100 octets were offered at once, one of them on the wire.
    fn busy() -> (Link, Flights) {
        let (mut link, mut flights) = (Link::new(config(1_000_000_000, 1, 1500, 1_000)), Flights::new());
        for _ in 0..3 {
            offer(&mut link, &mut flights, 100, 0).expect("there is room");
        }
        (link, flights)
    }

    #[test]
    #[should_panic(expected = "200 octets wait, and 201 are counted")]
    fn an_octet_too_many_in_the_queue_is_noticed() {
        let (mut link, mut flights) = busy();
        link.ways[0].waiting += 1;
        let flight = link.take(End::A, &mut flights).expect("three are on their way");
        flight.packet.ticket.close();
    }

    #[test]
    #[should_panic(expected = "a frame overtakes another")]
    fn a_frame_that_overtakes_another_is_noticed() {
        let (mut link, mut flights) = busy();
        flights.get_mut(link.ways[0].last).arrival = SimTime::from_nanos(1);
        flights.get_mut(link.ways[0].last).start = SimTime::ZERO;
        let flight = link.take(End::A, &mut flights).expect("three are on their way");
        flight.packet.ticket.close();
    }

    #[test]
    #[should_panic(expected = "and no frame is on its way")]
    fn octets_that_wait_on_an_empty_link_are_noticed() {
        let (mut link, mut flights) = busy();
        for _ in 0..2 {
            link.take(End::A, &mut flights)
                .expect("on its way")
                .packet
                .ticket
                .close();
        }
        link.ways[0].waiting += 1;
        link.take(End::A, &mut flights)
            .expect("on its way")
            .packet
            .ticket
            .close();
    }
}
