//! The ticket that rides beside a frame, never in its bytes.

use crate::ident::{FlowId, Luck, Origin, TenantId};

/// How a frame copy came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lineage {
    /// Offered by its origin.
    Root,
    /// A copy of another frame (a flood, a duplicating link); flow and seq are its parent's.
    Copy,
    /// A copy of an answer.
    ReplyCopy,
    /// An answer to another frame (an echo reply, a response); flow and seq are its parent's.
    Reply,
}

impl Lineage {
    /// What a copy of such a frame is.
    #[must_use]
    pub const fn copied(self) -> Self {
        match self {
            Self::Root | Self::Copy => Self::Copy,
            Self::Reply | Self::ReplyCopy => Self::ReplyCopy,
        }
    }

    /// Is it an answer, or a copy of one?
    pub const fn is_answer(self) -> bool {
        matches!(self, Self::Reply | Self::ReplyCopy)
    }
}

/// What a ticket says: plain facts, free to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Trace {
    /// Whose frame it is, whatever its tag says.
    pub tenant: TenantId,
    /// Who sent it.
    pub origin: Origin,
    /// The flow it belongs to, or [`FlowId::NONE`].
    pub flow: FlowId,
    /// Its number within the flow, from zero.
    pub seq: u64,
    /// How this copy came to be.
    pub lineage: Lineage,
    /// Which of the copies that links made of it: 0 where no link doubled it, or what it answers. Two
    /// copies differ in luck.
    pub doubled: u32,
}

/// What a link knows of a frame that it sends twice, once the frame itself is on its way.
#[derive(Debug, Clone, Copy)]
pub struct Parent {
    trace: Trace,
    hops: u16,
    crossed: u16,
}

impl Parent {
    /// The ticket of the frame's copy: it has crossed what that one has, and is told from it by where
    /// it was made.
    pub fn doubled(&self, link: u64) -> Ticket {
        let words = [u64::from(self.trace.doubled), u64::from(self.crossed), link];
        let trace = Trace {
            lineage: self.trace.lineage.copied(),
            doubled: Luck::of(0, &words).short(),
            ..self.trace
        };
        Ticket {
            trace,
            hops: self.hops,
            crossed: self.crossed,
        }
    }
}

/// The right and the duty to settle one frame copy. It moves; it is never cloned.
///
/// Debug builds panic where a ticket is dropped without having been settled.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a frame's fate must be settled"]
pub struct Ticket {
    trace: Trace,
    /// Links that it, and what it is a copy of, has crossed since a router or its origin sent it.
    hops: u16,
    /// The same since its origin sent it.
    crossed: u16,
}

impl Ticket {
    /// A ticket with these facts. Only `Outbox` and drivers open tickets, and both record it.
    pub fn open(trace: Trace) -> Self {
        Self {
            trace,
            hops: 0,
            crossed: 0,
        }
    }

    /// What the ticket says.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// It crosses one more link; returns how many that makes since a router or its origin sent it.
    pub fn hop(&mut self) -> u16 {
        self.hops = self.hops.saturating_add(1);
        self.crossed = self.crossed.saturating_add(1);
        self.hops
    }

    /// The ticket of a copy of a frame: it has crossed what that one has.
    pub fn copied(&self) -> Self {
        let trace = Trace {
            lineage: self.trace.lineage.copied(),
            ..self.trace
        };
        Self {
            trace,
            hops: self.hops,
            crossed: self.crossed,
        }
    }

    /// What a link needs to know of it to send it twice.
    pub const fn parent(&self) -> Parent {
        Parent {
            trace: self.trace,
            hops: self.hops,
            crossed: self.crossed,
        }
    }

    /// Links that it, and what it is a copy of, has crossed since its origin sent it.
    pub const fn crossed(&self) -> u16 {
        self.crossed
    }

    /// Links that it has crossed since a router or its origin sent it.
    pub const fn hops(&self) -> u16 {
        self.hops
    }

    /// A router sends it on: its way over switches begins anew. What goes in circles between
    /// routers ends by its TTL.
    pub fn routed(&mut self) {
        self.hops = 0;
    }

    /// Ends the ticket. Whoever calls this has recorded the frame's fate.
    #[expect(
        clippy::mem_forget,
        reason = "an unsettled ticket panics where it is dropped; a closed one must not"
    )]
    pub fn close(self) -> Trace {
        let trace = self.trace;
        std::mem::forget(self);
        trace
    }
}

#[cfg(debug_assertions)]
impl Drop for Ticket {
    fn drop(&mut self) {
        assert!(
            std::thread::panicking(),
            "a frame's ticket was dropped unsettled: {:?}",
            self.trace
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "was dropped unsettled")]
    fn a_ticket_that_is_dropped_unsettled_is_noticed() {
        drop(Ticket::open(Trace {
            tenant: TenantId(0),
            origin: Origin::Flow(FlowId(0)),
            flow: FlowId(0),
            seq: 0,
            lineage: Lineage::Root,
            doubled: 0,
        }));
    }
}
