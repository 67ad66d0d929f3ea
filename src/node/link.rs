//! A link: rate, delay, MTU, a bounded queue, and what can go wrong on it.
//!
//! Each direction is a queue in front of a wire: frames leave in the order in which they came,
//! so only the first needs an event. A frame occupies the wire for its octets with preamble,
//! FCS and gap, and the fraction of a nanosecond that is left over counts for the frame behind
//! it: a busy link carries exactly its rate. The last bit arrives `delay` after it was sent.

use super::{LinkChange, LinkWay};
use crate::evidence::Packet;
use crate::forward::{Bucket, Policer};
use crate::ident::{DropReason, Luck};
use crate::units::{BitRate, ByteCount, SimDuration, SimTime};
use crate::wire::{Frame, payload_octets, wire_octets};

mod faults;
mod flights;
mod ledger;
mod ways;
mod wire_time;

use faults::{Faults, Purpose, set};
use flights::NONE;
pub use flights::{Blemish, Flight, Flights};
use ways::Ways;
use wire_time::WireTime;

/// What a link is, the same in both directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkConfig {
    /// Bits a second on the wire; preamble, FCS and gap count.
    pub rate: BitRate,
    /// Propagation, at least 1 ns.
    pub delay: SimDuration,
    /// Largest payload behind addresses, tags and EtherType, in octets.
    pub mtu: u32,
    /// Octets that may wait for the wire, in each direction.
    pub queue: ByteCount,
    /// What polices frames as they enter, in each direction on its own.
    pub police: Option<Box<Policer>>,
}

/// An end of a link: the one a frame is sent from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// The `a` end.
    A,
    /// The `b` end.
    B,
}

impl End {
    const fn index(self) -> usize {
        match self {
            Self::A => 0,
            Self::B => 1,
        }
    }

    /// Is this the sending end of that way?
    const fn sends(self, way: LinkWay) -> bool {
        matches!(
            (self, way),
            (_, LinkWay::Both) | (Self::A, LinkWay::AToB) | (Self::B, LinkWay::BToA)
        )
    }
}

/// What entering a link led to.
#[derive(Debug, PartialEq, Eq)]
pub struct Entered {
    /// When the frame arrives, where it is now the first on its way.
    pub head: Option<SimTime>,
    /// The link sends the frame twice: the caller opens a child with these octets and enters it
    /// by [`Link::enter_copy`].
    pub copy: Option<Frame>,
}

/// The state of a link. Idle it is small: what is on its way lives in [`Flights`], its directions come
/// to be with the first frame, and faults are boxed.
#[derive(Debug)]
pub struct Link {
    config: LinkConfig,
    ways: Ways,
    /// The policers of both directions, with their buckets.
    police: Option<Box<[(Policer, Bucket); 2]>>,
}

#[derive(Debug)]
struct Direction {
    /// The wire is free from here on, and `part / rate` of a nanosecond.
    free: SimTime,
    part: u64,
    /// Octets (without FCS) of the frames from `queued` on.
    waiting: u64,
    first: u32,
    last: u32,
    last_time: WireTime,
    /// The first frame whose first bit was not on the wire yet when last asked.
    queued: u32,
    down: bool,
    faults: Option<Box<Faults>>,
}

impl Direction {
    const IDLE: Self = Self {
        free: SimTime::ZERO,
        part: 0,
        waiting: 0,
        last_time: WireTime::NONE,
        first: NONE,
        last: NONE,
        queued: NONE,
        down: false,
        faults: None,
    };

    /// Forgets the frames that have left the queue for the wire.
    fn settle_queue(&mut self, now: SimTime, flights: &Flights) {
        while self.queued != NONE {
            let flight = flights.get(self.queued);
            if flight.start > now {
                break;
            }
            debug_assert!(
                self.waiting >= u64::from(flight.packet.frame.octets()),
                "a queue never owes octets"
            );
            self.waiting -= u64::from(flight.packet.frame.octets());
            self.queued = flight.next;
        }
    }

    /// Occupies the wire; answers when the first bit leaves and when the last one has left.
    fn occupy(&mut self, octets: u64, rate: BitRate, now: SimTime) -> (SimTime, SimTime) {
        if self.free < now {
            (self.free, self.part) = (now, 0);
        }
        let start = self.free_at();
        let (ns, part) = self.last_time.of(octets, rate.as_bps());
        // Both parts are less than a nanosecond: together they are less than two.
        let missing = rate.as_bps() - part;
        let (more, part) = match self.part >= missing {
            true => (1, self.part - missing),
            false => (0, self.part + part),
        };
        self.free = self
            .free
            .saturating_add(SimDuration::from_nanos(ns.saturating_add(more)));
        self.part = part;
        debug_assert!(part < rate.as_bps(), "what is left over is less than a nanosecond");
        (start, self.free_at())
    }

    /// The first whole nanosecond at which the wire is free.
    fn free_at(&self) -> SimTime {
        self.free
            .saturating_add(SimDuration::from_nanos(u64::from(self.part > 0)))
    }
}

impl Link {
    /// A whole link with nothing on it. A delay of zero counts as 1 ns.
    pub fn new(config: LinkConfig) -> Self {
        let policed = |policer: &Policer| Box::new([(*policer, Bucket::default()); 2]);
        Self {
            police: config.police.as_deref().map(policed),
            config: LinkConfig {
                delay: config.delay.max(SimDuration::from_nanos(1)),
                ..config
            },
            ways: Ways::IDLE,
        }
    }

    /// What the link is.
    pub fn config(&self) -> &LinkConfig {
        &self.config
    }

    /// Do both ends see a carrier? They do unless both directions are cut.
    pub fn carrier(&self) -> bool {
        !(self.ways[0].down && self.ways[1].down)
    }

    /// Octets (without FCS) that wait for the wire at that end.
    pub fn waiting(&mut self, from: End, now: SimTime, flights: &Flights) -> ByteCount {
        let way = &mut self.ways[from.index()];
        way.settle_queue(now, flights);
        ByteCount::new(way.waiting)
    }

    /// When the first bit of a frame that enters at that end now is on the wire: behind the frames
    /// that wait there already.
    pub fn starts(&self, from: End, now: SimTime) -> SimTime {
        self.ways[from.index()].free_at().max(now)
    }

    /// Would the link take this frame at that end now? A frame that need not wait always fits
    /// the queue. A link with a rate of zero is down.
    ///
    /// # Errors
    /// The reason for which the link drops it.
    pub fn admit(&mut self, from: End, packet: &Packet, now: SimTime, flights: &Flights) -> Result<(), DropReason> {
        let way = &mut self.ways[from.index()];
        if way.down || self.config.rate.as_bps() == 0 {
            return Err(DropReason::LinkDown);
        }
        // Behind the addresses and the EtherType: no more than that is payload, whatever the tags.
        let octets = packet.frame.octets();
        if octets.saturating_sub(14) > self.config.mtu && payload_octets(packet.frame.bytes()) > self.config.mtu {
            return Err(DropReason::MtuExceeded);
        }
        if let Some(police) = &mut self.police {
            let (policer, bucket) = &mut police[from.index()];
            let payload = payload_octets(packet.frame.bytes());
            if !bucket.passes(policer, octets, payload, now) {
                return Err(DropReason::OverRate);
            }
        }
        if way.free_at() > now {
            way.settle_queue(now, flights);
            if way.waiting + u64::from(octets) > self.config.queue.get() {
                return Err(DropReason::QueueFull);
            }
        }
        Ok(())
    }

    /// May something go wrong with a frame that enters at that end now?
    pub fn is_faulty(&self, from: End) -> bool {
        self.ways[from.index()].faults.is_some()
    }

    /// Takes a frame that was admitted at `now`; `seq` is the sender's number for it, `luck` the frame's
    /// own at this link, this way: without it the link harms no frame.
    pub fn enter(
        &mut self,
        from: End,
        mut packet: Packet,
        luck: Option<Luck>,
        seq: u64,
        now: SimTime,
        flights: &mut Flights,
    ) -> Entered {
        let (blemish, copy) = match (&self.ways[from.index()].faults, luck) {
            (Some(faults), Some(luck)) => faults.strike(&mut packet.frame, luck),
            _ => (Blemish::None, None),
        };
        let head = self.put(from, packet, blemish, seq, now, flights);
        Entered { head, copy }
    }

    /// Takes the copy of a frame that the link sends twice; the copy itself comes to no harm.
    pub fn enter_copy(
        &mut self,
        from: End,
        packet: Packet,
        seq: u64,
        now: SimTime,
        flights: &mut Flights,
    ) -> Option<SimTime> {
        self.put(from, packet, Blemish::None, seq, now, flights)
    }

    fn put(
        &mut self,
        from: End,
        packet: Packet,
        blemish: Blemish,
        seq: u64,
        now: SimTime,
        flights: &mut Flights,
    ) -> Option<SimTime> {
        let index = flights.insert(Flight {
            packet,
            arrival: now,
            start: now,
            seq,
            blemish,
            next: NONE,
        });
        self.append(from, index, seq, now, flights)
    }

    /// Takes a frame that was admitted at `now` and lies in the pool, where no link names it any more.
    /// It comes to no harm: for a direction that is not [faulty](Link::is_faulty). Answers when it arrives, where
    /// it is now the first on its way.
    pub fn append(&mut self, from: End, index: u32, seq: u64, now: SimTime, flights: &mut Flights) -> Option<SimTime> {
        let way = &mut self.ways[from.index()];
        let flight = flights.get_mut(index);
        let octets = flight.packet.frame.octets();
        let (start, end) = way.occupy(wire_octets(octets), self.config.rate, now);
        let arrival = end.saturating_add(self.config.delay);
        (flight.arrival, flight.start, flight.seq, flight.next) = (arrival, start, seq, NONE);
        if way.queued == NONE && start > now {
            way.queued = index;
        }
        if way.queued != NONE {
            way.waiting += u64::from(octets);
        }
        if way.first == NONE {
            (way.first, way.last) = (index, index);
            return Some(arrival);
        }
        debug_assert!(
            flights.get(way.last).arrival.as_nanos() <= arrival.as_nanos(),
            "no frame overtakes another"
        );
        flights.get_mut(way.last).next = index;
        way.last = index;
        None
    }

    /// Arrival and number of the first frame on its way from that end.
    pub fn head(&self, from: End, flights: &Flights) -> Option<(SimTime, u64)> {
        let first = self.ways[from.index()].first;
        (first != NONE).then(|| {
            let flight = flights.get(first);
            (flight.arrival, flight.seq)
        })
    }

    /// The first frame on its way from that end, by its place in the pool.
    pub fn first(&self, from: End) -> Option<u32> {
        let first = self.ways[from.index()].first;
        (first != NONE).then_some(first)
    }

    /// Takes the first frame off the link.
    pub fn take(&mut self, from: End, flights: &mut Flights) -> Option<Flight> {
        let index = self.unlink(from, flights)?;
        Some(flights.remove(index))
    }

    /// Takes the first frame off the link and leaves it in its place in the pool, which it answers.
    pub fn unlink(&mut self, from: End, flights: &Flights) -> Option<u32> {
        let index = self.first(from)?;
        let way = &mut self.ways[from.index()];
        let flight = flights.get(index);
        if way.queued == index {
            way.queued = flight.next;
            way.waiting -= u64::from(flight.packet.frame.octets());
        }
        way.first = flight.next;
        if way.first == NONE {
            way.last = NONE;
        }
        debug_assert_eq!(way.wrong(flights), None, "a link carries its frames in order");
        Some(index)
    }

    /// Polices both directions to another rate and burst from now on, where the link polices at all.
    pub fn police(&mut self, rate: BitRate, burst: ByteCount, now: SimTime) {
        for (policer, bucket) in self.police.iter_mut().flat_map(|both| both.iter_mut()) {
            let new = Policer {
                rate,
                burst,
                ..*policer
            };
            bucket.change(policer, &new, now);
            *policer = new;
        }
    }

    /// Changes the link; what changes its policers does nothing here ([`Link::police`]). Frames that a cut
    /// loses are pushed to `lost` with the end that sent them, in order, `a` to `b` first. Answers the
    /// new carrier where it changed.
    pub fn apply(&mut self, change: LinkChange, flights: &mut Flights, lost: &mut Vec<(End, Packet)>) -> Option<bool> {
        let before = self.carrier();
        for from in [End::A, End::B] {
            self.apply_one(from, change, flights, lost);
        }
        let down = [End::A, End::B]
            .map(|from| &self.ways[from.index()])
            .into_iter()
            .filter(|way| way.down);
        debug_assert!(
            { down }.all(|way| way.first == NONE),
            "a wire that is cut carries nothing"
        );
        (self.carrier() != before).then(|| self.carrier())
    }

    fn apply_one(&mut self, from: End, change: LinkChange, flights: &mut Flights, lost: &mut Vec<(End, Packet)>) {
        let way = &mut self.ways[from.index()];
        match change {
            LinkChange::Cut(w) if from.sends(w) => {
                way.down = true;
                self.empty(from, flights, lost);
            }
            LinkChange::Restore(w) if from.sends(w) => way.down = false,
            LinkChange::Loss(w, ppb) if from.sends(w) => set(&mut way.faults, Purpose::Loss, ppb),
            LinkChange::Corrupt(w, ppb) if from.sends(w) => set(&mut way.faults, Purpose::Corrupt, ppb),
            LinkChange::Duplicate(w, ppb) if from.sends(w) => set(&mut way.faults, Purpose::Duplicate, ppb),
            _ => {}
        }
    }

    /// Hands back every frame on the way from that end; the wire is free again.
    pub fn empty(&mut self, from: End, flights: &mut Flights, into: &mut Vec<(End, Packet)>) {
        while let Some(flight) = self.take(from, flights) {
            into.push((from, flight.packet));
        }
        if self.ways.are_idle() {
            return;
        }
        let way = &mut self.ways[from.index()];
        (way.free, way.part, way.waiting) = (SimTime::ZERO, 0, 0);
        debug_assert_eq!(way.wrong(flights), None, "an emptied wire holds nothing");
    }
}

#[cfg(test)]
mod tests;
