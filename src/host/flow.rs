//! Flows: what traffic a host sends.

use std::net::Ipv4Addr;

use crate::ident::{FlowId, Stream};
use crate::units::{SimDuration, SimTime};
use crate::wire::Frame;

/// How a host resolves addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArpConfig {
    /// Time between requests for one address.
    pub retry: SimDuration,
    /// How many requests before it gives up.
    pub tries: u8,
    /// How long an answer holds.
    pub age: SimDuration,
    /// How many frames may wait for one address.
    pub queue: u8,
    /// Announces itself when its interface comes up?
    pub gratuitous: bool,
}

impl Default for ArpConfig {
    /// One request a second, three of them; an answer holds four hours (the common router default).
    fn default() -> Self {
        Self {
            retry: SimDuration::from_secs(1),
            tries: 3,
            age: SimDuration::from_secs(4 * 3600),
            queue: 8,
            gratuitous: true,
        }
    }
}

/// When the frames of a flow leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// One every interval.
    Constant(SimDuration),
    /// Exponential gaps with this mean.
    Poisson(SimDuration),
    /// One every `interval` for `on`, then silence for `off`, and again.
    OnOff {
        /// Between frames while on.
        interval: SimDuration,
        /// How long on.
        on: SimDuration,
        /// How long off.
        off: SimDuration,
    },
}

/// By how much a constant flow begins later than its start, so that flows which start together are
/// not in lock-step: less than its interval, or no phase at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// So much.
    Set(SimDuration),
    /// As the flow's own stream says: `Stream::new(seed, name, "phase")`, by the flow's name. A flow
    /// that sends one frame has none.
    Drawn,
}

impl Phase {
    /// The first frame leaves at the start.
    pub const NONE: Self = Self::Set(SimDuration::ZERO);

    /// The phase of the flow of this name with so much time between frames that lasts so long.
    pub fn of(self, name: &str, interval: SimDuration, lasts: SimDuration, seed: u64) -> SimDuration {
        match self {
            Self::Set(phase) => phase,
            Self::Drawn => {
                let below = interval.min(lasts).as_nanos();
                SimDuration::from_nanos(Stream::new(seed, name, "phase").below(below))
            }
        }
    }
}

/// So long before a flow starts its ends resolve their gateways, unless they need not. As
/// long as a limit of one ARP frame a second takes to let the next one pass: if nothing has answered
/// by then, the flow's first frame asks as if nobody had asked before.
pub const WARM_UP: SimDuration = SimDuration::from_secs(1);

/// How large the frames of a flow are, in octets of the untagged frame with FCS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameSize {
    /// All alike, 64 to 1518 (or the MTU's worth).
    Fixed(u16),
    /// CSIT's IMIX: 28 of 64, 16 of 570, 4 of 1518, in a fixed interleaving.
    Imix,
}

/// What a flow's frames are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlowKind {
    /// UDP datagrams from an ephemeral port to this port; answered or not.
    Udp {
        /// Destination port.
        port: u16,
        /// Does the endpoint answer each with a datagram of the same size?
        answered: bool,
    },
    /// ICMP echo requests; the answers count as the flow's answers.
    Ping,
    /// Frames of a capture, as they are, tags included, each so long after the flow's start and
    /// none before its predecessor; pattern and size do not apply.
    Replay(Vec<(SimDuration, Frame)>),
}

/// A flow that starts at one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowSpec {
    /// Which flow of the plan.
    pub id: FlowId,
    /// Its name, which its random streams have.
    pub name: Box<str>,
    /// From (a host or endpoint of the node).
    pub src: Ipv4Addr,
    /// To.
    pub dst: Ipv4Addr,
    /// What its frames are.
    pub kind: FlowKind,
    /// When they leave.
    pub pattern: Pattern,
    /// How large they are.
    pub size: FrameSize,
    /// The first frame leaves at this time, or by its phase later.
    pub start: SimTime,
    /// The phase of a constant flow; others, and frames of captures, have none.
    pub phase: Phase,
    /// No frame leaves at or after this time.
    pub stop: SimTime,
    /// At most so many frames.
    pub count: Option<u64>,
    /// Of its frames only this share leaves, evenly, in parts of a billion; the others keep their numbers
    /// and are never sent. `None`: all leave.
    pub share: Option<u32>,
}
