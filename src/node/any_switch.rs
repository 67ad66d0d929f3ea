//! A switch, with or without a planted fault.

use super::switch::Switch;
use super::{Change, Node};
use crate::evidence::{Outbox, Packet};
use crate::forward::{FastPath, Passing, Planted, Quirk, Tables};
use crate::ident::PortNo;
use crate::units::SimTime;
use crate::wire::Frame;

/// A switch of which a plan alone says whether a fault is planted in it.
#[derive(Debug, Clone)]
pub enum AnySwitch {
    /// Without faults.
    Exact(Box<Switch>),
    /// With a planted one.
    Planted(Box<Switch<Planted>>),
}

/// Something asked of a switch's forwarder, whatever its quirk.
pub trait AskForwarder {
    /// What is answered.
    type Answer;
    /// Asks.
    fn ask<Q: Quirk>(self, fast: &FastPath<Q>) -> Self::Answer;
}

impl AnySwitch {
    /// A switch with these tables, and with this fault where there is one.
    pub fn new(tables: Tables, fault: Option<Planted>) -> Self {
        match fault {
            Some(fault) => Self::Planted(Box::new(Switch::with_quirk(tables, fault))),
            None => Self::Exact(Box::new(Switch::new(tables))),
        }
    }

    /// Asks its forwarder.
    pub fn ask<A: AskForwarder>(&self, what: A) -> A::Answer {
        match self {
            Self::Exact(switch) => what.ask(switch.fast_path()),
            Self::Planted(switch) => what.ask(switch.fast_path()),
        }
    }

    /// Its tables, read back.
    pub fn tables(&self) -> Tables {
        struct Read;
        impl AskForwarder for Read {
            type Answer = Tables;
            fn ask<Q: Quirk>(self, fast: &FastPath<Q>) -> Tables {
                fast.tables()
            }
        }
        self.ask(Read)
    }

    /// Takes away interruptions: what is left is what its tables let pass.
    pub fn resume_all(&mut self) {
        match self {
            Self::Exact(switch) => switch.resume_all(),
            Self::Planted(switch) => switch.resume_all(),
        }
    }

    /// How often its tables have changed.
    pub fn generation(&self) -> u64 {
        struct Count;
        impl AskForwarder for Count {
            type Answer = u64;
            fn ask<Q: Quirk>(self, fast: &FastPath<Q>) -> u64 {
                fast.generation()
            }
        }
        self.ask(Count)
    }
}

macro_rules! each {
    ($self:expr, $switch:ident => $body:expr) => {
        match $self {
            AnySwitch::Exact($switch) => $body,
            AnySwitch::Planted($switch) => $body,
        }
    };
}

impl Node for AnySwitch {
    fn receive(&mut self, port: PortNo, packet: Packet, now: SimTime, out: &mut Outbox) {
        each!(self, switch => switch.receive(port, packet, now, out));
    }
    fn pass(&mut self, port: PortNo, frame: &Frame, now: SimTime) -> Option<Passing> {
        each!(self, switch => switch.pass(port, frame, now))
    }
    fn foresee(&mut self, port: PortNo, frame: &Frame) {
        each!(self, switch => switch.foresee(port, frame));
    }
    fn rewrite(&self, passing: Passing, frame: &mut Frame) {
        each!(self, switch => switch.rewrite(passing, frame));
    }
    fn timeout(&mut self, now: SimTime, out: &mut Outbox) {
        each!(self, switch => switch.timeout(now, out));
    }
    fn next_timeout(&self) -> Option<SimTime> {
        each!(self, switch => switch.next_timeout())
    }
    fn apply(&mut self, change: &Change, now: SimTime, out: &mut Outbox) {
        each!(self, switch => switch.apply(change, now, out));
    }
    fn bridges(&self) -> bool {
        each!(self, switch => switch.bridges())
    }
    fn drain(&mut self) -> Vec<Packet> {
        each!(self, switch => switch.drain())
    }
}
