//! Nodes: the boxes of a shared circuit, each with its real behaviour.
//!
//! Invariant: no I/O, no clock, no randomness but a named stream; the same inputs in the same
//! order give the same outputs; nothing idle holds a timer.
//!
//! A node has four kinds of method: *inputs* ([`Node::receive`], [`Node::timeout`],
//! [`Node::apply`]), *outputs* that its driver drains from an [`Outbox`] after every input,
//! *when to wake* ([`Node::next_timeout`]) and *questions* (pure reads of its own type).

pub mod access_device;
pub mod access_point;
pub mod any;
mod any_switch;
mod change;
pub mod cloud;
pub mod fabric;
pub mod idc;
#[cfg(test)]
mod lab;
pub mod link;
pub mod lower;
pub mod switch;
#[cfg(test)]
mod tests;
pub mod vbr;
pub mod vlan_bridge;
pub mod vpc;

pub use any_switch::{AnySwitch, AskForwarder};
pub use change::{
    AddressPlan, Change, HealthCheckConfig, IngressPlace, InterruptionId, LinkChange, LinkWay, NextHop, SwitchChange,
    VbrChange, VpcChange,
};
pub use switch::Switch;

use crate::evidence::{Outbox, Packet};
use crate::forward::Passing;
use crate::ident::PortNo;
use crate::units::SimTime;
use crate::wire::Frame;

/// What a driver (virtual time, or live sockets) asks of every box.
pub trait Node {
    /// A frame arrives on a port. The node settles it, sends it on, or keeps it (ARP queue).
    fn receive(&mut self, port: PortNo, packet: Packet, now: SimTime, out: &mut Outbox);

    /// A frame that arrives on a port and that the node does nothing with but send it on, with other tags:
    /// it is charged, and how it leaves is answered. `None`, and nothing has been done, where the node wants
    /// to [receive](Node::receive) it. A node that ever answers this keeps no timer.
    fn pass(&mut self, port: PortNo, frame: &Frame, now: SimTime) -> Option<Passing> {
        let _ = (port, frame, now);
        None
    }

    /// This frame will soon arrive on a port: what it will ask for may be fetched. Nothing is done.
    fn foresee(&mut self, port: PortNo, frame: &Frame) {
        let _ = (port, frame);
    }

    /// Gives a frame that the node [passes](Node::pass) on the tags with which it leaves.
    fn rewrite(&self, passing: Passing, frame: &mut Frame) {
        let _ = (passing, frame);
    }

    /// Everything that is due at `now` or before is done. Called at [`Node::next_timeout`].
    fn timeout(&mut self, now: SimTime, out: &mut Outbox) {
        let _ = (now, out);
    }

    /// When the node next wants [`Node::timeout`]; `None` while it is idle.
    fn next_timeout(&self) -> Option<SimTime> {
        None
    }

    /// The outside changes the node: provisioning, carrier, an operator's hand.
    fn apply(&mut self, change: &Change, now: SimTime, out: &mut Outbox);

    /// Does it pass frames on without routing them? A frame can go in circles between such nodes.
    fn bridges(&self) -> bool {
        false
    }

    /// Hands back every frame that the node still holds, for the account at the end of a run.
    fn drain(&mut self) -> Vec<Packet> {
        Vec::new()
    }
}
