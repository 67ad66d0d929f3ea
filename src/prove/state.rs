//! A set of frames on its way, and where a switch may send it.
//!
//! The sender chooses every tag of its frame; switches put theirs in front. What is known of a
//! frame at a port is therefore what switches pushed, and how the sender's own tags may go on.

use super::cell::Cell;
use super::model::{Model, PortId};
use super::symbol::{Symbol, TPIDS, Tail};

/// Tags that switches may have put on one above the other; more are not followed.
pub const MOST_PUSHED: usize = 6;

const ANY_MAC: u16 = u16::MAX;

/// Frames at a port: the tags that switches put on, outermost first, and behind them any of the
/// sender's own that `tail` allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameSet {
    /// Where they come in.
    pub port: PortId,
    /// How the sender's own tags go on.
    pub tail: Tail,
    depth: u8,
    mac: u16,
    pushed: [Symbol; MOST_PUSHED],
}

/// Tags that are not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooDeep {
    /// More above one another than are followed: a loop that pushes, or a design that nests deeper.
    #[error("switches put more than {MOST_PUSHED} tags above one another")]
    Pushed,
    /// A second one comes off, where Open vSwitch reads two (`vlan_limit: 2`).
    #[error("a switch takes a second tag off, and the proof follows the first alone")]
    Popped,
}

impl FrameSet {
    /// Whatever a sender may send into `port`.
    pub const fn all(port: PortId) -> Self {
        Self {
            port,
            tail: Tail::ANY,
            depth: 0,
            mac: ANY_MAC,
            pushed: [Symbol::NONE; MOST_PUSHED],
        }
    }

    /// The tags that switches put on, outermost first.
    #[inline]
    pub fn pushed(&self) -> &[Symbol] {
        &self.pushed[..usize::from(self.depth)]
    }

    /// The number of the source address, where a member on the way takes no other.
    #[inline]
    pub const fn mac(&self) -> Option<u32> {
        if self.mac == ANY_MAC {
            None
        } else {
            Some(self.mac as u32)
        }
    }

    /// The same frames at another port.
    #[must_use]
    #[inline]
    pub const fn at(self, port: PortId) -> Self {
        Self { port, ..self }
    }

    /// Are they the same but for the tail?
    #[inline]
    pub fn is_beside(&self, other: &Self) -> bool {
        (self.port, self.depth, self.mac) == (other.port, other.depth, other.mac) && self.pushed == other.pushed
    }

    fn pop(&mut self) {
        self.pushed.rotate_left(1);
        debug_assert!(self.depth > 0, "only a tag that a switch put on is taken off here");
        self.pushed[MOST_PUSHED - 1] = Symbol::NONE;
        self.depth -= 1;
        debug_assert!(self.is_whole(), "behind the tags of switches stand the sender's own");
    }

    fn push(&mut self, symbol: Symbol) -> Result<(), TooDeep> {
        if symbol == Symbol::OPAQUE {
            (self.depth, self.tail) = (0, Tail::END);
            self.pushed = [Symbol::NONE; MOST_PUSHED];
            return Ok(());
        }
        if symbol == Symbol::UNREAD {
            return Err(TooDeep::Popped);
        }
        if usize::from(self.depth) == MOST_PUSHED {
            return Err(TooDeep::Pushed);
        }
        self.pushed.rotate_right(1);
        self.pushed[0] = symbol;
        self.depth += 1;
        debug_assert!(self.is_whole(), "behind the tags of switches stand the sender's own");
        Ok(())
    }

    /// Is every place filled up to the depth, and none beyond it?
    fn is_whole(&self) -> bool {
        let (tags, rest) = self.pushed.split_at(usize::from(self.depth));
        tags.iter().all(|tag| *tag != Symbol::NONE) && rest.iter().all(|tag| *tag == Symbol::NONE)
    }
}

/// Hands every way on of these frames to `visit`: which of the sender's tags was taken off, the
/// port that they leave by, and what they are then (at that port, on the outside of it).
///
/// # Errors
/// Where tags stand too high; the other ways were handed on.
#[inline]
pub fn step(model: &Model, from: &FrameSet, mut visit: impl FnMut(Option<Symbol>, FrameSet)) -> Result<(), TooDeep> {
    if let [top, ..] = *from.pushed() {
        return switched(model, from, top, visit);
    }
    let mut deep = Ok(());
    debug_assert!(!from.tail.is_empty(), "a set without frames is not followed");
    if from.tail.may_end() {
        let cell = model.at(from.port, Symbol::NONE);
        deep = own(model, from, Symbol::NONE, &cell, &mut visit);
    }
    for tpid in (0..TPIDS.len()).filter(|tpid| from.tail.may_be(*tpid)) {
        model.each_tagged(from.port, tpid, |symbol, cell| {
            deep = deep.and(own(model, from, symbol, cell, &mut visit));
        });
    }
    deep
}

/// Frames that begin with a switch's tag.
#[inline]
fn switched(
    model: &Model,
    from: &FrameSet,
    top: Symbol,
    mut visit: impl FnMut(Option<Symbol>, FrameSet),
) -> Result<(), TooDeep> {
    let cell = model.at(from.port, top);
    let behind = from.pushed().get(1).map_or(from.tail, |next| next.class());
    let mut deep = Ok(());
    for out in model.outs(&cell) {
        let only = out.only().and(behind);
        let Some(mut to) = admitted(from, out.port(), out.mac()).filter(|_| !only.is_empty()) else {
            continue;
        };
        if from.pushed().len() == 1 {
            to.tail = only;
        }
        if out.pop() {
            to.pop();
        }
        match out.push().map_or(Ok(()), |symbol| to.push(symbol)) {
            Ok(()) => visit(None, to),
            Err(why) => deep = deep.and(Err(why)),
        }
    }
    deep
}

/// Frames that begin with a symbol of the sender's own.
#[inline]
fn own(
    model: &Model,
    from: &FrameSet,
    symbol: Symbol,
    cell: &Cell,
    visit: &mut impl FnMut(Option<Symbol>, FrameSet),
) -> Result<(), TooDeep> {
    let class = symbol.class();
    let mut deep = Ok(());
    for out in model.outs(cell) {
        // Behind no tag there is none.
        let only = if class == Tail::END {
            out.only().and(class)
        } else {
            out.only()
        };
        let Some(mut to) = admitted(from, out.port(), out.mac()).filter(|_| !only.is_empty()) else {
            continue;
        };
        // Behind a tag that stays on, everything stays possible.
        let taken = out.pop() && class != Tail::END;
        to.tail = if taken { only } else { class };
        match out.push().map_or(Ok(()), |pushed| to.push(pushed)) {
            Ok(()) => visit(taken.then_some(symbol), to),
            Err(why) => deep = deep.and(Err(why)),
        }
    }
    deep
}

/// The same frames at another port, where their source address may pass.
fn admitted(from: &FrameSet, port: PortId, mac: Option<u32>) -> Option<FrameSet> {
    let own = from.mac();
    if own.is_some() && mac.is_some() && own != mac {
        return None;
    }
    let mac = mac.or(own).map_or(ANY_MAC, |mac| mac as u16);
    Some(FrameSet { port, mac, ..*from })
}
