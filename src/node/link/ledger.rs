//! What must hold of one direction of a link: its frames stand in order, and its queue is their sum.

use super::Direction;
use super::flights::{Flight, Flights, NONE};

impl Direction {
    /// What of this does not hold; asked in debug builds after every frame that leaves. Of a long
    /// queue the first two frames are looked at.
    pub(super) fn wrong(&self, flights: &Flights) -> Option<String> {
        if self.first == NONE {
            let idle = self.last == NONE && self.queued == NONE && self.waiting == 0;
            return (!idle).then(|| format!("{} octets wait, and no frame is on its way", self.waiting));
        }
        if self.queued == NONE && self.waiting > 0 {
            return Some(format!("{} octets wait, and no frame does", self.waiting));
        }
        let first = flights.get(self.first);
        let (start, arrival) = (first.start.as_nanos(), first.arrival.as_nanos());
        if arrival <= start {
            return Some(format!(
                "a frame arrives at {} and leaves at {}",
                first.arrival, first.start
            ));
        }
        if first.next == NONE {
            return self.sum_wrong(&[(self.first, first)]);
        }
        let second = flights.get(first.next);
        if second.start.as_nanos() < start || second.arrival.as_nanos() < arrival {
            return Some(format!("a frame overtakes another at {}", second.arrival));
        }
        if second.next == NONE {
            return self.sum_wrong(&[(self.first, first), (first.next, second)]);
        }
        None
    }

    /// Are these, all that are on their way, the octets that wait?
    fn sum_wrong(&self, all: &[(u32, &Flight)]) -> Option<String> {
        let queued = all.iter().skip_while(|(at, _)| *at != self.queued);
        let octets: u64 = queued.map(|(_, flight)| u64::from(flight.packet.frame.octets())).sum();
        let is_last = all.last().is_some_and(|(at, _)| *at == self.last);
        let whole = is_last && octets == self.waiting;
        (!whole).then(|| format!("{octets} octets wait, and {} are counted", self.waiting))
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
