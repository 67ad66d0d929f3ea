//! What became of a flow: sent, arrived, lost, duplicated, out of order, and how long silent.

use super::count::Count;
use super::sent_times::SentTimes;
use super::ticket::{Lineage, Trace};
use super::under_way::UnderWay;
use crate::ident::{Direction, DropReason, NodeId, StationId};
use crate::units::{SimDuration, SimTime};

/// Where a flow starts and where it should end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlowEnds {
    /// Its sender, where answers should arrive.
    pub from: NodeId,
    /// Where its frames should arrive.
    pub to: NodeId,
    /// Which way they go; answers come back the other way.
    pub direction: Direction,
}

/// What waits at the end for no longer is on its way.
const PATIENCE: SimDuration = SimDuration::from_secs(1);

/// A silence between two arrivals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The arrival before it.
    pub from: SimTime,
    /// The arrival that ended it.
    pub to: SimTime,
    /// So much of it is the sender's own silence.
    pub excused: SimDuration,
    /// Where what is more than that begins: where the first missing frame should have come.
    pub begins: SimTime,
}

impl Gap {
    /// How long, beyond the silence of sending.
    pub fn length(&self) -> SimDuration {
        self.to.saturating_since(self.from).saturating_sub(self.excused)
    }
}

/// One direction of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passage {
    /// Frames sent, copies not counted.
    pub sent: Count,
    /// When the first was sent.
    pub first_sent: Option<SimTime>,
    /// When the last was sent.
    pub last_sent: Option<SimTime>,
    /// Frames that arrived where they should, copies counted.
    pub arrived: Count,
    /// Arrivals of a number that had arrived before, as far as the window sees.
    pub duplicated: u64,
    /// Arrivals of a number lower than one before (RFC 4737 type-P-reordered), not duplicated.
    pub reordered: u64,
    /// Of the reordered: so far behind that a duplicate would not have been noticed.
    pub beyond_window: u64,
    /// One more than the highest number that arrived.
    pub next_seq: u64,
    /// The number of the first that arrived.
    pub first_seq: Option<u64>,
    /// When the first arrived.
    pub first_arrival: Option<SimTime>,
    /// When the last arrived that was no duplicate.
    pub last_arrival: Option<SimTime>,
    /// The longest silence between two arrivals, the first of equal ones.
    pub longest_gap: Option<Gap>,
    /// Of the time from the first frame sent to the first arrival so much is the sender's own silence.
    pub lead_excused: SimDuration,
    /// The least and the most time from being sent to arriving; of frames that overtook 512 others no
    /// more than that it lies within these.
    pub transit: Option<(SimDuration, SimDuration)>,
    /// Frames still under way at the end of the run, copies not counted.
    pub held: u64,
    /// Of those: frames that had been waiting for longer than a second, and than twice what any that
    /// arrived took.
    pub overdue: u64,
    /// Of those held: frames that had been waiting for longer than a second, and than twice what the
    /// quickest took, but not for twice what the slowest took. They may be on their way or not.
    pub doubtful: u64,
    /// Where the overdue and the doubtful waited, in the order of the first of each.
    pub waiting: Vec<(StationId, u64)>,
    under_way: UnderWay,
    times: SentTimes,
    window: Window,
    /// For answers: one more than the highest number that was answered, and which were.
    next_answered: u64,
    answered: Window,
}

/// Which of the last 256 numbers have arrived.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Window([u64; 4]);

impl Window {
    const BITS: u64 = 256;

    /// Moves on by so many numbers.
    fn advance(&mut self, by: u64) {
        if by >= Self::BITS {
            self.0 = [0; 4];
            return;
        }
        let (words, bits) = ((by / 64) as usize, by % 64);
        for i in (0..4).rev() {
            let high = if i >= words { self.0[i - words] << bits } else { 0 };
            let low = match (bits, i > words) {
                (1.., true) => self.0[i - words - 1] >> (64 - bits),
                _ => 0,
            };
            self.0[i] = high | low;
        }
    }

    /// Marks the number `back` behind the highest; was it marked before?
    fn mark(&mut self, back: u64) -> bool {
        let (word, bit) = ((back / 64) as usize, 1 << (back % 64));
        let before = self.0[word] & bit != 0;
        self.0[word] |= bit;
        before
    }
}

impl Passage {
    /// Frames that arrived, duplicates not counted.
    pub fn arrived_once(&self) -> u64 {
        self.arrived.frames - self.duplicated
    }

    /// Frames that were sent and neither arrived nor are under way.
    pub fn lost(&self) -> u64 {
        self.sent.frames.saturating_sub(self.arrived_once() + self.held)
    }

    /// Frames that were sent and are not there: lost, or waiting for so long that they are on their
    /// way no more.
    pub fn missing(&self) -> u64 {
        self.lost() + self.overdue
    }

    /// Frames that were on their way at the end: what waited no longer than a second, or than twice what
    /// the quickest that arrived took.
    pub fn on_their_way(&self) -> u64 {
        self.held.saturating_sub(self.overdue + self.doubtful)
    }

    /// By how much times from being sent to arriving differ.
    pub fn jitter(&self) -> SimDuration {
        self.transit
            .map_or(SimDuration::ZERO, |(least, most)| most.saturating_sub(least))
    }

    /// Of the time from the last arrival to the last frame sent so much is the sender's own silence.
    pub fn tail_excused(&self) -> SimDuration {
        self.under_way.pause_at_end()
    }

    /// Of the time from the first frame sent to the last so much is the sender's own silence.
    pub fn whole_excused(&self) -> SimDuration {
        self.under_way.pause_ever()
    }

    /// Where the silence after the last arrival begins, beyond the sender's own.
    pub fn tail_begins(&self) -> Option<SimTime> {
        Some(self.silent_from(self.last_arrival?, self.under_way.first_missed()))
    }

    /// Where a silence after an arrival begins: not before the first missing frame should have come.
    fn silent_from(&self, arrival: SimTime, first_missed: Option<SimTime>) -> SimTime {
        let least = self.transit.map_or(SimDuration::ZERO, |(least, _)| least);
        let due = first_missed.map(|sent| sent.saturating_add(least).saturating_sub(self.under_way.shortest()));
        due.map_or(arrival, |due| due.max(arrival))
    }

    /// A frame is still under way at the end. What waits no longer than a second, or than twice what the
    /// quickest frame took, is on its way: so long a link may be. What waits longer than twice what the
    /// slowest took is not. What lies between the two may be either.
    fn hold(&mut self, at: SimTime, seq: u64, station: StationId) {
        self.held += 1;
        let (least, most) = self.transit.unwrap_or_default();
        let Some((from, to)) = self.times.sent(seq) else {
            return;
        };
        let (no_less, no_more) = (at.saturating_since(to), at.saturating_since(from));
        if no_more <= PATIENCE.max(least.saturating_mul(2)) {
            return;
        }
        let overdue = no_less > PATIENCE.max(most.saturating_mul(2));
        *if overdue { &mut self.overdue } else { &mut self.doubtful } += 1;
        match self.waiting.iter_mut().find(|(place, _)| *place == station) {
            Some((_, frames)) => *frames += 1,
            None => self.waiting.push((station, 1)),
        }
        debug_assert!(self.overdue + self.doubtful <= self.held, "what is overdue waits");
    }

    fn send(&mut self, at: SimTime, seq: u64, octets: u32) {
        debug_assert!(
            self.last_sent.is_none_or(|last| last <= at),
            "frames are sent in order of time"
        );
        self.sent.add(octets);
        self.first_sent.get_or_insert(at);
        self.last_sent = Some(at);
        self.under_way.send(seq, at);
        self.times.send(seq, at);
    }

    /// An answer is sent. The answer to a frame that came twice is a second copy of the first: as
    /// with other copies, whether one of them arrives is what counts.
    fn answer(&mut self, at: SimTime, seq: u64, octets: u32) {
        let again = if seq >= self.next_answered {
            let next = seq.saturating_add(1);
            self.answered.advance(next - self.next_answered);
            self.next_answered = next;
            self.answered.mark(0)
        } else {
            let back = self.next_answered - 1 - seq;
            debug_assert!(back < self.next_answered, "what was answered before lies behind");
            back < Window::BITS && self.answered.mark(back)
        };
        if !again {
            self.send(at, seq, octets);
        }
    }

    /// A frame arrives. A copy that comes so late that its number is out of the window is a duplicate:
    /// what is counted as arrived is never more than what was sent.
    fn arrive(&mut self, at: SimTime, seq: u64, octets: u32, is_copy: bool) {
        self.arrived.add(octets);
        self.first_seq.get_or_insert(seq);
        if seq >= self.next_seq {
            let next = seq.saturating_add(1);
            self.window.advance(next - self.next_seq);
            self.next_seq = next;
            self.window.mark(0);
        } else {
            let back = self.next_seq - 1 - seq;
            if back >= Window::BITS && is_copy {
                self.duplicated += 1;
                return;
            } else if back >= Window::BITS {
                self.beyond_window += 1;
            } else if self.window.mark(back) {
                self.duplicated += 1;
                return;
            }
            self.reordered += 1;
        }
        self.heard(at, seq);
        debug_assert_eq!(self.wrong(), None, "what came twice or late came");
    }

    /// What does not hold of what arrived; asked in debug builds after every arrival.
    fn wrong(&self) -> Option<String> {
        let &Self {
            duplicated,
            reordered,
            beyond_window,
            ..
        } = self;
        let arrived = self.arrived.frames;
        if duplicated + reordered >= arrived.max(1) || beyond_window > reordered {
            return Some(format!(
                "of {arrived} frames {duplicated} twice, {reordered} late, {beyond_window} too late"
            ));
        }
        let first_is_first = self.first_arrival <= self.last_arrival;
        let gap_is_within = self
            .longest_gap
            .is_none_or(|gap| Some(gap.to) <= self.last_arrival && gap.from <= gap.to);
        (!first_is_first || !gap_is_within).then(|| format!("arrivals out of order: {self:?}"))
    }

    fn heard(&mut self, at: SimTime, seq: u64) {
        if let Some((from, to)) = self.times.sent(seq) {
            let (quick, slow) = (at.saturating_since(to), at.saturating_since(from));
            let (least, most) = self.transit.unwrap_or((quick, slow));
            self.transit = Some((least.min(quick), most.max(slow)));
        }
        self.times.arrive(seq);
        let sent = self.under_way.arrive(seq);
        // Where nothing is missing in between, only what came on top of the sender's pause is silence.
        // Where something is, the pause is longer than what it would have been in any case.
        let excused = sent.map_or(SimDuration::ZERO, |sent| match sent.passed_over {
            0 => sent.pause,
            _ => self.under_way.beyond_shortest(sent.pause),
        });
        if self.first_arrival.is_none() {
            self.first_arrival = Some(at);
            self.lead_excused = excused;
        }
        if let Some(from) = self.last_arrival {
            let begins = self.silent_from(from, sent.and_then(|sent| sent.first_missed));
            let begins = begins.min(from.saturating_add(excused));
            let gap = Gap {
                from,
                to: at,
                excused,
                begins,
            };
            if self.longest_gap.is_none_or(|longest| gap.length() > longest.length()) {
                self.longest_gap = Some(gap);
            }
        }
        self.last_arrival = Some(at);
    }
}

/// Both directions of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FlowAccount {
    /// From its sender to its end.
    pub forward: Passage,
    /// Answers, on their way back.
    pub answers: Passage,
    /// Frames that an application or protocol took at a node where they should not have come.
    pub astray: u64,
    /// Where frames of the flow itself ended, and why, in order of place and reason.
    pub ends: Vec<FlowEnd>,
}

/// Frames of a flow, no answers, that ended at one place for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlowEnd {
    /// Where.
    pub station: StationId,
    /// Why.
    pub reason: DropReason,
    /// How many.
    pub frames: u64,
}

/// The accounts of all flows. A flow that sent nothing costs eight octets.
#[derive(Debug, Clone, Default)]
pub struct Flows {
    ends: Vec<FlowEnds>,
    accounts: Vec<Option<Box<FlowAccount>>>,
}

impl Flows {
    /// For these flows, by id.
    pub(super) fn new(ends: Vec<FlowEnds>) -> Self {
        let accounts = ends.iter().map(|_| None).collect();
        Self { ends, accounts }
    }

    /// The account of a flow; `None` where nothing of it was heard.
    pub fn get(&self, flow: crate::ident::FlowId) -> Option<&FlowAccount> {
        self.accounts.get(flow.index())?.as_deref()
    }

    /// Which way a frame goes; a protocol's own goes neither.
    pub(super) fn direction(&self, trace: &Trace) -> Direction {
        let direction = match self.ends.get(trace.flow.index()) {
            Some(ends) if trace.flow.is_some() => ends.direction,
            _ => return Direction::Neither,
        };
        if trace.lineage.is_answer() {
            direction.back()
        } else {
            direction
        }
    }

    fn of(&mut self, trace: &Trace) -> Option<(FlowEnds, &mut FlowAccount)> {
        let ends = *self.ends.get(trace.flow.index())?;
        let account = self.accounts[trace.flow.index()].get_or_insert_default();
        Some((ends, account))
    }

    /// A frame of a flow was offered.
    pub(super) fn offered(&mut self, at: SimTime, trace: &Trace, octets: u32) {
        if let Some((_, account)) = self.of(trace) {
            account.forward.send(at, trace.seq, octets);
        }
    }

    /// A copy or an answer came to be.
    pub(super) fn copied(&mut self, at: SimTime, trace: &Trace, octets: u32) {
        if trace.lineage == Lineage::Reply
            && let Some((_, account)) = self.of(trace)
        {
            account.answers.answer(at, trace.seq, octets);
        }
    }

    /// Somebody took a frame of a flow.
    pub(super) fn taken(&mut self, at: SimTime, station: StationId, trace: &Trace, octets: u32) {
        let Some((ends, account)) = self.of(trace) else {
            return;
        };
        let (from, to) = (StationId::node(ends.from), StationId::node(ends.to));
        let passage = match trace.lineage {
            Lineage::Root | Lineage::Copy if station == to => &mut account.forward,
            Lineage::Reply | Lineage::ReplyCopy if station == from => &mut account.answers,
            _ => {
                account.astray += 1;
                return;
            }
        };
        let is_copy = matches!(trace.lineage, Lineage::Copy | Lineage::ReplyCopy);
        passage.arrive(at, trace.seq, octets, is_copy);
    }

    /// A frame of a flow was dropped.
    pub(super) fn dropped(&mut self, station: StationId, trace: &Trace, reason: DropReason) {
        let Some((_, account)) = self.of(trace).filter(|_| !trace.lineage.is_answer()) else {
            return;
        };
        // In order of place and reason, whatever came first.
        let at = account
            .ends
            .partition_point(|end| (end.station, end.reason) < (station, reason));
        match account.ends.get_mut(at) {
            Some(end) if (end.station, end.reason) == (station, reason) => end.frames += 1,
            _ => account.ends.insert(
                at,
                FlowEnd {
                    station,
                    reason,
                    frames: 1,
                },
            ),
        }
    }

    /// A frame of a flow was still under way at the end.
    pub(super) fn held(&mut self, at: SimTime, station: StationId, trace: &Trace) {
        if let Some((_, account)) = self.of(trace) {
            match trace.lineage {
                Lineage::Root => account.forward.hold(at, trace.seq, station),
                Lineage::Reply => account.answers.hold(at, trace.seq, station),
                Lineage::Copy | Lineage::ReplyCopy => {}
            }
        }
    }
}
