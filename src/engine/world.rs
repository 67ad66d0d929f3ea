//! The loop: takes the next event, gives it to its node, carries on what the node answers.

use super::ahead::Lookahead;
use super::books::FrameBooks;
use super::key::{Event, EventKey, Phase};
use super::setup::{Setup, SetupError, Wiring};
use super::storm::StormGuard;
use super::wheel::{Handle, Wheel};
use crate::control::{Command, Commands, Controller};
use crate::evidence::{NodeChange, Observer, Outbox, Packet};
use crate::ident::{DropReason, Lane, LinkId, NodeId, PortNo, Station};
use crate::node::link::{End, Flights, Link};
use crate::node::{Change, LinkChange, Node};
use crate::record::{Recording, Stats, Storm};
use crate::units::{SimDuration, SimTime};

const NANOSECOND: SimDuration = SimDuration::from_nanos(1);

/// What a finished run hands over.
#[derive(Debug)]
pub struct Outcome<N, O> {
    /// The observer, having heard everything.
    pub observer: O,
    /// The nodes, sorted by name, for questions; their frames are taken out.
    pub nodes: Vec<(Box<str>, N)>,
    /// The digest; zero where it was switched off or nothing happened.
    pub digest: u64,
    /// What the run counted.
    pub stats: Stats,
    /// Frames that went in circles.
    pub storm: Storm,
    /// When it ended.
    pub end: SimTime,
}

/// A node in its place.
pub(super) struct HeldNode<N> {
    pub(super) node: N,
    pub(super) name: Box<str>,
    /// Frames sent so far.
    pub(super) sent: u64,
    timer: Timer,
}

/// The one live timer of a node.
#[derive(Clone, Copy)]
struct Timer {
    at: SimTime,
    generation: u64,
    handle: Handle,
}

/// A link in its place.
pub(super) struct HeldLink {
    pub(super) link: Link,
    pub(super) name: Box<str>,
    pub(super) ends: [(NodeId, PortNo); 2],
}

/// Nodes, links and time.
///
/// A world that has run must be [finished](World::finish): debug builds panic where a frame
/// under way is forgotten.
pub struct World<N, O> {
    pub(super) seats: Vec<HeldNode<N>>,
    pub(super) spans: Vec<HeldLink>,
    pub(super) books: FrameBooks,
    pub(super) wiring: Wiring,
    pub(super) flights: Flights,
    pub(super) queue: Wheel,
    pub(super) recording: Recording<O>,
    pub(super) guard: StormGuard,
    pub(super) now: SimTime,
    /// Changes of state that the controller has not heard of yet.
    pub(super) noticed: Vec<(NodeId, NodeChange)>,
    pub(super) ahead: Lookahead,
    outbox: Outbox,
    last: Option<EventKey>,
    /// The control plane acts at this time or later.
    control_from: SimTime,
    pub(super) seed: u64,
    /// The hashes of the flows' names.
    pub(super) flows: Vec<u64>,
}

impl<N: Node, O: Observer> World<N, O> {
    /// A world at time zero; its nodes have been asked when they first want to wake.
    ///
    /// # Errors
    /// Where names or ports collide.
    pub fn new(setup: Setup<N>, observer: O) -> Result<Self, SetupError> {
        let (setup, wiring) = setup.wire()?;
        let guard = StormGuard::new(setup.nodes.iter().map(|(_, node)| node));
        let mut recording = Recording::new(
            setup.nodes.iter().map(|(name, _)| name.as_str()),
            setup.links.iter().map(|link| link.name.as_str()),
            setup.tenants.iter().map(String::as_str),
            observer,
        );
        recording.set_storm(guard.circle_from(), guard.storm_from());
        let mut world = Self {
            seats: setup.nodes.into_iter().map(HeldNode::new).collect(),
            spans: setup
                .links
                .into_iter()
                .map(|l| HeldLink {
                    link: Link::new(l.config),
                    name: l.name.into(),
                    ends: [l.a, l.b],
                })
                .collect(),
            books: FrameBooks::default(),
            wiring,
            flights: Flights::new(),
            queue: Wheel::new(),
            recording,
            guard,
            now: SimTime::ZERO,
            noticed: Vec::new(),
            ahead: Lookahead::new(0, &[], false),
            outbox: Outbox::default(),
            last: None,
            control_from: SimTime::ZERO,
            seed: setup.seed,
            flows: setup.flows,
        };
        let in_order = world.recording.observer().needs_order();
        world.ahead = Lookahead::new(world.seats.len(), &world.spans, !in_order);
        world.books = FrameBooks::new(world.seats.len(), world.spans.len());
        debug_assert!(world.lanes_agree(), "a lane begins where its sender is");
        for i in 0..world.seats.len() {
            world.arm(NodeId::of(i), SimTime::ZERO);
        }
        Ok(world)
    }

    /// Does each end of a link lead into the link, in its direction?
    fn lanes_agree(&self) -> bool {
        (0u32..).zip(&self.spans).all(|(i, span)| {
            let [(a, at_a), (b, at_b)] = span.ends;
            self.wiring.lane(a, at_a) == Some(2 * i) && self.wiring.lane(b, at_b) == Some(2 * i + 1)
        })
    }

    /// Switches the digest off (or on), for benchmarks. Before the run.
    #[must_use]
    pub fn with_digest(mut self, on: bool) -> Self {
        self.recording.set_digest(on);
        self
    }

    /// No node looks ahead: every event happens in the one order of keys. The record is the same; tests
    /// hold the two against each other.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.ahead.on = false;
        self
    }

    /// The time of the last event, or the end of the last run.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// What was counted so far.
    pub fn stats(&self) -> Stats {
        self.recording.stats
    }

    /// The observer.
    pub fn observer(&self) -> &O {
        self.recording.observer()
    }

    /// A node, to ask it questions.
    pub fn node(&self, node: NodeId) -> &N {
        &self.seats[node.index()].node
    }

    /// A link, to ask it questions.
    pub fn link(&self, link: LinkId) -> &Link {
        &self.spans[link.index()].link
    }

    /// Every event up to and at `end` happens. May be called again with a later end.
    pub fn run<C: Controller>(&mut self, end: SimTime, control: &mut C) {
        let mut act_at = self.next_act(control);
        loop {
            self.ahead.barrier = act_at.unwrap_or(SimTime::MAX).min(end.saturating_add(NANOSECOND));
            self.ahead.reaction = control.reaction();
            let first = self.queue.first().filter(|event| event.key.time <= end);
            let due = first.map(|event| event.key.time);
            if act_at.is_some_and(|t| t <= end && due.is_none_or(|due| t <= due)) {
                self.act(act_at.expect("it was just compared"), control);
                act_at = self.next_act(control);
            } else if let Some(event) = first {
                self.step(event);
                if !self.noticed.is_empty() {
                    self.tell(control);
                    act_at = self.next_act(control);
                }
            } else {
                break;
            }
        }
        self.now = self.now.max(end);
        // All that happens until then has been told.
        self.turn(&EventKey::control(end.saturating_add(NANOSECOND)));
    }

    /// The observer hears whose turn it is.
    fn turn(&mut self, key: &EventKey) {
        self.recording.observer_mut().turn(key);
    }

    fn next_act<C: Controller>(&self, control: &C) -> Option<SimTime> {
        let started = match self.last {
            Some(last) => last.time.saturating_add(NANOSECOND),
            None => SimTime::ZERO,
        };
        Some(control.next()?.max(self.control_from).max(started).max(self.now))
    }

    fn tell<C: Controller>(&mut self, control: &mut C) {
        let before = control.next();
        for (node, change) in self.noticed.drain(..) {
            control.noticed(self.now, node, change);
        }
        let soonest = self.now.saturating_add(control.reaction());
        debug_assert!(
            control
                .next()
                .is_none_or(|next| Some(next) == before || next >= soonest),
            "a reaction takes its time"
        );
    }

    fn act<C: Controller>(&mut self, at: SimTime, control: &mut C) {
        assert!(at >= self.now, "time never goes back");
        self.now = at;
        self.control_from = at.saturating_add(NANOSECOND);
        self.turn(&EventKey::control(at));
        self.recording.stats.events += 1;
        let mut commands = Commands::default();
        control.act(at, &mut commands);
        for command in commands {
            self.recording.stats.commands += 1;
            self.obey(command);
        }
        self.tell(control);
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Node(node, change) => self.apply(node, &change),
            Command::Link(link, change) => self.change_link(link, change),
            Command::Epoch(tenant) => self.recording.observer_mut().epoch(self.now, tenant),
            Command::Gate(service, open) => self.recording.observer_mut().gate(self.now, service, open),
            Command::SoldRate(service, sold_rate) => {
                self.recording.observer_mut().sold_rate(self.now, service, sold_rate)
            }
            Command::Mark => self.recording.observer_mut().mark(self.now),
        }
    }

    fn apply(&mut self, node: NodeId, change: &Change) {
        let mut out = std::mem::take(&mut self.outbox);
        self.seats[node.index()].node.apply(change, self.now, &mut out);
        self.after(node, out, self.now);
    }

    fn change_link(&mut self, link: LinkId, change: LinkChange) {
        let mut lost = Vec::new();
        let span = &mut self.spans[link.index()];
        if let LinkChange::Police(rate, burst) = change {
            span.link.police(rate, burst, self.now);
            return;
        }
        let carrier = span.link.apply(change, &mut self.flights, &mut lost);
        let ends = span.ends;
        for (from, packet) in lost {
            self.books.settled_at_link();
            let lane = lane_from(link, from);
            self.recording
                .dropped_at_link(self.now, lane, packet, DropReason::LinkDown);
        }
        if let Some(up) = carrier {
            for (node, port) in ends {
                self.apply(node, &Change::Carrier { port, up });
            }
        }
    }

    /// The first event of the queue happens; it is in it still.
    fn step(&mut self, event: Event) {
        assert!(
            self.last.is_none_or(|last| last < event.key) && event.key.time >= self.now,
            "time never goes back"
        );
        self.last = Some(event.key);
        self.now = event.key.time;
        self.turn(&event.key);
        match event.key.phase {
            Phase::Arrival => self.arrive(event),
            Phase::Timer => {
                self.queue.pop();
                self.fire(event);
            }
            Phase::Control => unreachable!("the control plane has no place in the queue"),
        }
    }

    fn arrive(&mut self, event: Event) {
        let Some((node, port, index)) = self.land(event) else {
            return;
        };
        self.books.takes_part(node, event.key);
        self.books.given(node);
        if self.pass(event, node, port, index) {
            return;
        }
        self.await_next(event);
        let packet = self.flights.remove(index).packet;
        self.recording
            .arrived(self.now, LinkId(event.what >> 1), node, port, &packet);
        let mut out = std::mem::take(&mut self.outbox);
        self.seats[node.index()].node.receive(port, packet, self.now, &mut out);
        self.guard.came_by = Some(event.what);
        self.after(node, out, self.now);
        self.guard.came_by = None;
    }

    /// A node is given a frame that came by no lane.
    pub(super) fn hand_over(&mut self, node: NodeId, port: PortNo, packet: Packet) {
        let mut out = std::mem::take(&mut self.outbox);
        self.seats[node.index()].node.receive(port, packet, self.now, &mut out);
        self.after(node, out, self.now);
    }

    fn fire(&mut self, event: Event) {
        let node = event.key.node;
        let seat = &mut self.seats[node.index()];
        if seat.timer.generation != event.key.seq {
            return;
        }
        seat.timer.at = SimTime::MAX;
        // The node may have put it off since: then it is only armed anew.
        if seat.node.next_timeout().is_none_or(|wanted| wanted > self.now) {
            self.arm(node, self.now);
            return;
        }
        self.recording.stats.events += 1;
        self.books.takes_part(node, event.key);
        let mut out = std::mem::take(&mut self.outbox);
        seat.node.timeout(self.now, &mut out);
        // What is due has been done: the next timer is later, whatever the node says.
        self.after(node, out, self.now.saturating_add(NANOSECOND));
    }

    /// Drains what a node answered, and arms its timer, not before `earliest`.
    fn after(&mut self, node: NodeId, mut out: Outbox, earliest: SimTime) {
        for entry in out.entries.drain(..) {
            self.books.said(node, &entry);
            let change = self.recording.line(self.now, node, entry);
            self.noticed.extend(change.map(|change| (node, change)));
        }
        for (port, packet) in out.sends.drain(..) {
            self.send(node, port, packet);
        }
        self.outbox = out;
        debug_assert_eq!(
            self.books.wrong(node, &self.flights),
            None,
            "no frame is lost or made up"
        );
        self.arm(node, earliest);
    }

    fn arm(&mut self, node: NodeId, earliest: SimTime) {
        let seat = &mut self.seats[node.index()];
        let Some(wanted) = seat.node.next_timeout() else {
            return;
        };
        let at = wanted.max(earliest);
        if at >= seat.timer.at {
            return; // An earlier one is pending; it finds out when it fires.
        }
        if seat.timer.at != SimTime::MAX {
            let old = seat.timer.event(node);
            self.queue.cancel(seat.timer.handle, &old);
        }
        seat.timer.at = at;
        seat.timer.generation += 1;
        let event = seat.timer.event(node);
        seat.timer.handle = self.queue.push(event);
        debug_assert!(at >= self.now, "nobody wakes in the past");
        self.recording.pending(self.queue.len());
    }

    /// Takes every frame that is still under way, tells the observer, and ends the world.
    pub fn finish(mut self) -> Outcome<N, O> {
        debug_assert!(self.ahead.is_idle(), "what was put off has had its turn");
        self.turn(&EventKey::LAST);
        let digest = self.digest();
        let mut left: Vec<(End, Packet)> = Vec::new();
        for i in 0..self.spans.len() {
            for from in [End::A, End::B] {
                self.spans[i].link.empty(from, &mut self.flights, &mut left);
            }
            self.books.taken_off_links(left.len());
            for (from, packet) in left.drain(..) {
                let station = Station::Lane(lane_from(LinkId::of(i), from));
                self.recording.held(self.now, station, packet);
            }
        }
        for i in 0..self.seats.len() {
            let kept = self.seats[i].node.drain();
            let told = self.books.handed_back(NodeId::of(i), kept.len());
            debug_assert!(told, "`{}` hands back what it keeps", self.seats[i].name);
            for packet in kept {
                self.recording.held(self.now, Station::Node(NodeId::of(i)), packet);
            }
        }
        debug_assert!(self.flights.is_empty(), "every frame on its way is on a link");
        debug_assert!(self.books.is_closed(), "offered and copied is settled and held");
        Outcome {
            digest,
            stats: self.recording.stats,
            storm: self.recording.storm().clone(),
            observer: self.recording.into_observer(),
            nodes: self.seats.into_iter().map(|s| (s.name, s.node)).collect(),
            end: self.now,
        }
    }

    /// The digest of what happened so far; zero where it is switched off or nothing happened.
    pub fn digest(&self) -> u64 {
        self.recording.digest()
    }
}

/// A link in the direction from one of its ends.
const fn lane_from(link: LinkId, from: End) -> Lane {
    Lane {
        link,
        from_b: matches!(from, End::B),
    }
}

impl<N> HeldNode<N> {
    fn new((name, node): (String, N)) -> Self {
        Self {
            node,
            name: name.into(),
            sent: 0,
            timer: Timer {
                at: SimTime::MAX,
                generation: 0,
                handle: Handle::NOWHERE,
            },
        }
    }
}

impl Timer {
    fn event(self, node: NodeId) -> Event {
        Event {
            key: EventKey {
                time: self.at,
                phase: Phase::Timer,
                node,
                seq: self.generation,
            },
            what: node.0,
        }
    }
}
