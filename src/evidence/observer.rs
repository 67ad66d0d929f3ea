//! What a driver tells, once per fact, to whoever listens.

use super::event_key::EventKey;
use super::outbox::NodeChange;
use super::profile::SoldRate;
use super::ticket::Trace;
use crate::ident::{Fate, Lane, NodeId, PortNo, Station, TenantId};
use crate::units::SimTime;
use crate::wire::Frame;

/// Listens to a run. Statically dispatched; what a method ignores costs nothing.
///
/// Octets are those of the frame at that place, tags included, without FCS.
pub trait Observer {
    /// Must it hear everything in the one order of the world? Else `sent`, `crosses` and `arrived` of frames
    /// that a node only sends on may come before what happens earlier elsewhere: in order at each node and
    /// each direction of a link, and before the next act of the control plane. [`InOrder`](super::InOrder)
    /// gives one order to whoever needs it; where somebody listens without it, no node looks ahead.
    fn needs_order(&self) -> bool {
        true
    }
    /// What is told next happens at this key, in its turn: what happens before has been told.
    fn turn(&mut self, _key: &EventKey) {}
    /// What is told next happens at this key, before its turn: a frame that a node only sends on.
    fn ahead(&mut self, _key: &EventKey) {}
    /// A frame was offered at `station`.
    fn offered(&mut self, _at: SimTime, _station: Station, _trace: &Trace, _octets: u32) {}
    /// A copy or an answer came to be at `station`.
    fn copied(&mut self, _at: SimTime, _station: Station, _trace: &Trace, _octets: u32) {}
    /// A frame's fate was settled at `station`.
    fn settled(&mut self, _at: SimTime, _station: Station, _trace: &Trace, _fate: Fate, _frame: &Frame) {}
    /// A frame left `node` by `port`, and entered `link` there. A frame that the link refuses
    /// (its queue is full, it is cut, the frame is too long) was not sent: the link settles it.
    fn sent(&mut self, _at: SimTime, _node: NodeId, _port: PortNo, _lane: Lane, _trace: &Trace, _frame: &Frame) {}
    /// A frame that `node` sent enters the wire of `link` with its first bit at `start`, now or later;
    /// a frame that the link settles as cut before that never does.
    fn crosses(&mut self, _start: SimTime, _node: NodeId, _lane: Lane, _trace: &Trace, _frame: &Frame) {}
    /// A frame arrived at `node` on `port`.
    fn arrived(&mut self, _at: SimTime, _node: NodeId, _port: PortNo, _trace: &Trace, _frame: &Frame) {}
    /// A node changed its state.
    fn changed(&mut self, _at: SimTime, _node: NodeId, _change: NodeChange) {}
    /// A frame was still under way at `station` when the run ended.
    fn held(&mut self, _at: SimTime, _station: Station, _trace: &Trace, _octets: u32) {}
    /// The control plane changed something of this tenant's: its epoch ends here.
    fn epoch(&mut self, _at: SimTime, _tenant: TenantId) {}
    /// The control plane opened or closed a service (an index that the driver gives out).
    fn gate(&mut self, _at: SimTime, _service: u32, _open: bool) {}
    /// The control plane says what a service was sold, while it is open; `None`: nothing binds it.
    fn sold_rate(&mut self, _at: SimTime, _service: u32, _contract: Option<SoldRate>) {}
    /// Something happened that could disturb flows: a fault, a call that was accepted, its outcome.
    /// Frames of this instant come after it.
    fn mark(&mut self, _at: SimTime) {}
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObserver;
impl Observer for NoObserver {
    fn needs_order(&self) -> bool {
        false
    }
}

macro_rules! both {
    ($($name:ident($($arg:ident: $ty:ty),*);)*) => {
        impl<A: Observer, B: Observer> Observer for (A, B) {
            fn needs_order(&self) -> bool {
                self.0.needs_order() || self.1.needs_order()
            }
            $(fn $name(&mut self, $($arg: $ty),*) {
                self.0.$name($($arg),*);
                self.1.$name($($arg),*);
            })*
        }
        impl<O: Observer> Observer for Option<O> {
            fn needs_order(&self) -> bool {
                self.as_ref().is_some_and(Observer::needs_order)
            }
            $(fn $name(&mut self, $($arg: $ty),*) {
                if let Some(o) = self { o.$name($($arg),*); }
            })*
        }
        impl<O: Observer + ?Sized> Observer for &mut O {
            fn needs_order(&self) -> bool {
                (**self).needs_order()
            }
            $(fn $name(&mut self, $($arg: $ty),*) { (**self).$name($($arg),*); })*
        }
    };
}

both! {
    turn(key: &EventKey);
    ahead(key: &EventKey);
    offered(at: SimTime, station: Station, trace: &Trace, octets: u32);
    copied(at: SimTime, station: Station, trace: &Trace, octets: u32);
    settled(at: SimTime, station: Station, trace: &Trace, fate: Fate, frame: &Frame);
    sent(at: SimTime, node: NodeId, port: PortNo, lane: Lane, trace: &Trace, frame: &Frame);
    crosses(start: SimTime, node: NodeId, lane: Lane, trace: &Trace, frame: &Frame);
    arrived(at: SimTime, node: NodeId, port: PortNo, trace: &Trace, frame: &Frame);
    changed(at: SimTime, node: NodeId, change: NodeChange);
    held(at: SimTime, station: Station, trace: &Trace, octets: u32);
    epoch(at: SimTime, tenant: TenantId);
    gate(at: SimTime, service: u32, open: bool);
    sold_rate(at: SimTime, service: u32, sold_rate: Option<SoldRate>);
    mark(at: SimTime);
}
