//! The journey of one frame: put in at a port at a time of a plan, and followed hop by hop.
//!
//! The plan's own nodes handle it, in the plan's own world, with its traffic and its control plane going
//! on; what each did is told by a wrapper around it that does nothing itself. Answers are followed too.

mod rule;
mod wrapped;

use std::net::Ipv4Addr;

use crate::control::Drawn;
use crate::engine::{PlanWorld, any_node};
use crate::evidence::{Observer, Trace};
use crate::ident::{DropReason, Fate, Lane, LinkId, NodeId, Origin, PortNo, Station};
use crate::record::Gates;
use crate::scenario::Plan;
use crate::units::{SimDuration, SimTime};
use crate::wire::{EtherType, Frame, FrameView, Ipv4View};
use wrapped::Wrapped;

/// Where and when a frame is put in.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The node that is given it.
    pub node: NodeId,
    /// By which port.
    pub port: PortNo,
    /// When; what the plan does at that time has been done.
    pub at: SimTime,
    /// Its octets, without FCS.
    pub frame: Frame,
}

/// The rule by which a node did what it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// In words.
    pub text: String,
    /// The line of the scenario that wrote it, from 1; `None`: none did, it is how such a box behaves.
    pub line: Option<u32>,
}

/// What a node or a link did with one frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// When.
    pub at: SimTime,
    /// Where.
    pub place: Place,
    /// The frame as it came; `None`: the node sent on what it had kept, or made.
    pub frame: Option<Frame>,
    /// The rule; of a link that lost it, none.
    pub rule: Option<Rule>,
    /// What became of it there, copies too.
    pub done: Vec<Done>,
}

/// Where something was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At a node, by the port that the frame came in by.
    Node(NodeId, Option<PortNo>),
    /// On a link, in a direction.
    Link(Lane),
}

/// One thing that was done with a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// It left by a port, with these octets.
    Sent(PortNo, Frame),
    /// It ended.
    Ended(Fate),
    /// It is kept, until its next hop's address is known.
    Kept,
}

/// What became of a frame.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Journey {
    /// In order of time.
    pub hops: Vec<Hop>,
    /// Copies and answers that were still under way when it was left.
    pub under_way: u64,
    /// Were there more hops than are told?
    pub cut: bool,
}

/// How long a frame is followed: five seconds hold every retry of address resolution.
pub const FOLLOWED: SimDuration = SimDuration::from_secs(5);
/// Hops that are told.
pub const MOST_HOPS: usize = 2_000;

/// Puts a frame in and follows it, its copies and the answers to it until all have ended, or for
/// [`FOLLOWED`].
///
/// # Errors
/// Where the plan's names or ports collide, which its validation excludes.
pub fn journey(plan: &Plan, entry: &Entry) -> Result<Journey, crate::engine::SetupError> {
    let node = |id, node: &_| Wrapped::new(any_node(plan.seed, id, node));
    let choices = Drawn::new(plan.seed);
    let mut world = PlanWorld::new(plan, node, Watch::default(), Gates::new(plan), choices)?;
    world.run(entry.at);
    world.inject(entry.node, entry.port, entry.frame.clone());
    let end = entry.at.saturating_add(FOLLOWED);
    // In slices that grow: most frames end within milliseconds, and a storm is noticed soon.
    let mut slice = SimDuration::from_micros(100);
    while world.now() < end && world.observer().alive > 0 && world.observer().events < MOST_HOPS as u64 {
        let to = world.now().saturating_add(slice).min(end);
        world.run(to);
        slice = slice.saturating_add(slice);
    }
    let under_way = world.observer().alive;
    let (outcome, _) = world.finish();
    let mut hops: Vec<(SimTime, u32, Hop)> = Vec::new();
    for (i, (_, node)) in outcome.nodes.into_iter().enumerate() {
        for (order, step) in (0..).zip(node.into_steps()) {
            hops.push((step.at, order, step.hop(plan, NodeId::of(i))));
        }
    }
    for (order, hop) in (0..).zip(outcome.observer.lost) {
        hops.push((hop.at, order, hop));
    }
    hops.sort_by_key(|(at, order, _)| (*at, *order));
    let cut = hops.len() > MOST_HOPS;
    hops.truncate(MOST_HOPS);
    Ok(Journey {
        hops: hops.into_iter().map(|(_, _, hop)| hop).collect(),
        under_way,
        cut,
    })
}

impl Journey {
    /// How all of it ended: each fate with its place, in order of time.
    pub fn ends(&self) -> impl Iterator<Item = (&Hop, Fate)> {
        let ends = |hop: &'_ Hop| -> Vec<Fate> {
            let fates = hop.done.iter().filter_map(|done| match done {
                Done::Ended(fate) => Some(*fate),
                Done::Sent(..) | Done::Kept => None,
            });
            fates.collect()
        };
        self.hops
            .iter()
            .flat_map(move |hop| ends(hop).into_iter().map(move |fate| (hop, fate)))
    }
}

/// Counts what is alive of the frame, and notes what links lose of it.
#[derive(Debug, Default)]
struct Watch {
    alive: u64,
    events: u64,
    lost: Vec<Hop>,
}

fn is_followed(trace: &Trace) -> bool {
    trace.origin == Origin::Unknown
}

impl Observer for Watch {
    fn offered(&mut self, _at: SimTime, _station: Station, trace: &Trace, _octets: u32) {
        self.alive += u64::from(is_followed(trace));
    }

    fn copied(&mut self, _at: SimTime, _station: Station, trace: &Trace, _octets: u32) {
        self.alive += u64::from(is_followed(trace));
    }

    fn settled(&mut self, at: SimTime, station: Station, trace: &Trace, fate: Fate, frame: &Frame) {
        if !is_followed(trace) {
            return;
        }
        self.alive = self.alive.saturating_sub(1);
        if let Station::Lane(lane) = station {
            self.lost.push(Hop {
                at,
                place: Place::Link(lane),
                frame: Some(frame.clone()),
                rule: None,
                done: vec![Done::Ended(fate)],
            });
        }
    }

    fn arrived(&mut self, _at: SimTime, _node: NodeId, _port: PortNo, trace: &Trace, _frame: &Frame) {
        self.events += u64::from(is_followed(trace));
    }
}

/// The destination of a frame's IPv4 packet, where it has one.
fn destination(frame: &Frame) -> Option<Ipv4Addr> {
    let view = FrameView::new(frame.bytes()).ok()?;
    if view.ethertype() != EtherType::IPV4 {
        return None;
    }
    Ipv4View::new(view.payload()).ok().map(|ip| ip.dst())
}

/// The link at a node's port, where one is.
pub fn link_at(plan: &Plan, node: NodeId, port: PortNo) -> Option<LinkId> {
    let at = plan
        .links
        .iter()
        .position(|link| link.a == (node, port) || link.b == (node, port))?;
    Some(LinkId::of(at))
}

/// Why a frame ended, where it was dropped.
pub const fn dropped(fate: Fate) -> Option<DropReason> {
    match fate {
        Fate::Dropped(reason) => Some(reason),
        Fate::Delivered | Fate::Consumed => None,
    }
}

#[cfg(test)]
mod tests;
