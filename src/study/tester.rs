//! A tester's port: sends what it was given when it is due, and takes whatever comes.

use std::collections::VecDeque;

use crate::evidence::{Outbox, Packet};
use crate::forward::{Planted, Tables};
use crate::ident::{Fate, FlowId, NodeId, Origin, PortNo, TenantId};
use crate::node::{AnySwitch, Change, Node};
use crate::units::SimTime;
use crate::wire::Frame;

/// A frame to send. Who sent it rides beside it, never in its octets.
#[derive(Debug, Clone)]
pub struct Due {
    /// When.
    pub at: SimTime,
    /// Out of which port.
    pub port: PortNo,
    /// Whose frame it is.
    pub tenant: TenantId,
    /// Its number in the study.
    pub number: u64,
    /// Its octets.
    pub frame: Frame,
}

/// A tester at the end of a link, or (with two ports) spliced into one.
#[derive(Debug, Clone)]
pub struct Tester {
    node: NodeId,
    due: VecDeque<Due>,
    splice: bool,
}

impl Tester {
    /// A tester that ends a link.
    pub fn new(node: NodeId) -> Self {
        Self {
            node,
            due: VecDeque::new(),
            splice: false,
        }
    }

    /// A tester between the two halves of a link: what comes in by one port leaves by the other.
    pub fn splice(node: NodeId) -> Self {
        Self {
            splice: true,
            ..Self::new(node)
        }
    }

    /// Sends these, which are in order of time.
    #[must_use]
    pub fn with(mut self, due: Vec<Due>) -> Self {
        debug_assert!(due.is_sorted_by_key(|d| d.at), "in order of time");
        self.due = due.into();
        self
    }
}

impl Node for Tester {
    fn receive(&mut self, port: PortNo, packet: Packet, _now: SimTime, out: &mut Outbox) {
        if self.splice {
            out.send(PortNo(port.0 ^ 1), packet);
        } else {
            out.settle(packet, Fate::Delivered);
        }
    }

    fn timeout(&mut self, now: SimTime, out: &mut Outbox) {
        while self.due.front().is_some_and(|due| due.at <= now) {
            let Some(due) = self.due.pop_front() else { return };
            let origin = Origin::Protocol(self.node);
            let packet = out.offer(due.tenant, origin, FlowId::NONE, due.number, due.frame);
            out.send(due.port, packet);
        }
    }

    fn next_timeout(&self) -> Option<SimTime> {
        self.due.front().map(|due| due.at)
    }

    fn apply(&mut self, _change: &Change, _now: SimTime, _out: &mut Outbox) {}

    fn bridges(&self) -> bool {
        self.splice
    }
}

/// A box of a study: a switch, or a tester in the place of whoever stands there.
#[derive(Debug, Clone)]
pub enum Station {
    /// A switch.
    Switch(AnySwitch),
    /// A tester.
    Tester(Box<Tester>),
}

impl Station {
    /// A switch with these tables, and with this fault where there is one.
    pub fn switch(tables: Tables, fault: Option<Planted>) -> Self {
        Self::Switch(AnySwitch::new(tables, fault))
    }

    /// A tester.
    pub fn tester(tester: Tester) -> Self {
        Self::Tester(Box::new(tester))
    }

    /// The switch, where it is one.
    pub fn into_switch(self) -> Option<AnySwitch> {
        match self {
            Self::Switch(switch) => Some(switch),
            Self::Tester(_) => None,
        }
    }

    /// The tables, where this is a switch.
    pub fn tables(&self) -> Option<Tables> {
        match self {
            Self::Switch(switch) => Some(switch.tables()),
            Self::Tester(_) => None,
        }
    }
}

macro_rules! each {
    ($self:expr, $node:ident => $body:expr) => {
        match $self {
            Station::Switch($node) => $body,
            Station::Tester($node) => $body,
        }
    };
}

impl Node for Station {
    fn receive(&mut self, port: PortNo, packet: Packet, now: SimTime, out: &mut Outbox) {
        each!(self, node => node.receive(port, packet, now, out));
    }
    fn timeout(&mut self, now: SimTime, out: &mut Outbox) {
        each!(self, node => node.timeout(now, out));
    }
    fn next_timeout(&self) -> Option<SimTime> {
        each!(self, node => node.next_timeout())
    }
    fn apply(&mut self, change: &Change, now: SimTime, out: &mut Outbox) {
        each!(self, node => node.apply(change, now, out));
    }
    fn bridges(&self) -> bool {
        each!(self, node => node.bridges())
    }
    fn drain(&mut self) -> Vec<Packet> {
        each!(self, node => node.drain())
    }
}
