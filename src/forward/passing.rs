//! A frame that passes where it lies: charged by its row first, rewritten then.
//!
//! Between the two its driver can tell of the frame as it came, and need not move it.

use super::fastpath::FastPath;
use super::kernel::{brief_of, fetch};
use super::quirk::Quirk;
use super::step::Leaves;
use crate::ident::PortNo;
use crate::units::SimTime;
use crate::wire::{Frame, Vid};

/// How a frame that its place serves from its row leaves a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passing(Leaves);

impl Passing {
    /// By which port.
    #[inline]
    pub const fn port(self) -> PortNo {
        self.0.port
    }
}

impl<Q: Quirk> FastPath<Q> {
    /// All stages but the rewrite, for a frame in order and within its commitment at a place that is
    /// served from its row: how it leaves. `None`, and nothing has been charged, where it is another, or
    /// where there is a fault.
    #[inline]
    pub fn pass(&mut self, port: PortNo, bytes: &[u8], now: SimTime) -> Option<Passing> {
        if !Q::EXACT {
            return None;
        }
        self.advance(now);
        self.ordinary(port, bytes, brief_of(bytes)).map(Passing)
    }

    /// A frame that begins so will soon come in by a port: its row is fetched. Nothing is done.
    #[inline]
    pub fn foresee(&mut self, port: PortNo, bytes: &[u8]) {
        let vid = Vid::of_tci(bytes.get(14..16).map_or(0, |tci| u16::from_be_bytes([tci[0], tci[1]])));
        if let Some((row, _)) = self.lookup.first_row(port, vid) {
            fetch(row);
        }
    }

    /// The last stage, for a frame that passes.
    #[inline]
    pub fn rewrite(&self, passing: Passing, frame: &mut Frame) {
        let Leaves { way, .. } = passing.0;
        if !way.retags() {
            passing.0.rewrite().apply(frame);
            return;
        }
        debug_assert!(passing.0.is_retagged(frame), "a tag is put in the place of another");
        // The row has the whole tag: one store.
        if let Some(tag) = frame.bytes_mut().get_mut(12..16) {
            tag.copy_from_slice(&way.tag().to_le_bytes());
        }
    }
}

impl Leaves {
    /// Does the rewrite of all stages put on the tag that the row has?
    fn is_retagged(self, frame: &Frame) -> bool {
        let mut frame = frame.clone();
        self.rewrite().apply(&mut frame);
        frame.bytes().get(12..16) == Some(&self.way.tag().to_le_bytes()[..])
    }
}
