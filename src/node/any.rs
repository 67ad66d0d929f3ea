//! Any of the boxes: what a driver holds in its list.

use super::idc::Idc;
use super::vbr::Vbr;
use super::vpc::Vpc;
use super::{AnySwitch, Change, Node};
use crate::evidence::{Outbox, Packet};
use crate::forward::Passing;
use crate::ident::PortNo;
use crate::units::SimTime;
use crate::wire::Frame;

/// A box of any kind. Boxed by kind, so that a list of many small ones stays small.
#[derive(Debug)]
pub enum AnyNode {
    /// A tenant's data centre.
    Idc(Box<Idc>),
    /// A switch: access point, fabric or access device.
    Switch(AnySwitch),
    /// A virtual border router.
    Vbr(Box<Vbr>),
    /// Transit router with a VPC.
    Vpc(Box<Vpc>),
}

macro_rules! each {
    ($self:expr, $node:ident => $body:expr) => {
        match $self {
            AnyNode::Idc($node) => $body,
            AnyNode::Switch($node) => $body,
            AnyNode::Vbr($node) => $body,
            AnyNode::Vpc($node) => $body,
        }
    };
}

impl Node for AnyNode {
    fn receive(&mut self, port: PortNo, packet: Packet, now: SimTime, out: &mut Outbox) {
        each!(self, node => node.receive(port, packet, now, out));
    }
    fn pass(&mut self, port: PortNo, frame: &Frame, now: SimTime) -> Option<Passing> {
        each!(self, node => node.pass(port, frame, now))
    }
    fn foresee(&mut self, port: PortNo, frame: &Frame) {
        each!(self, node => node.foresee(port, frame));
    }
    fn rewrite(&self, passing: Passing, frame: &mut Frame) {
        each!(self, node => node.rewrite(passing, frame));
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
