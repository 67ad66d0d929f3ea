//! Edits of the tag on the way through a switch.

use super::key::TagKey;
use super::priority::PriorityMap;
use crate::wire::{Frame, Tag};

/// What a switch does to the tags of a frame.
///
/// Priority and drop eligibility move from a tag that is taken off to the one that is put on, by
/// the map; a tag in front of what had none carries what the map makes of 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rewrite {
    /// Takes the outermost tag off.
    pub pop: bool,
    /// Takes the tag behind that one off too. Only where the outermost comes off.
    pub inner: bool,
    /// Puts this tag on.
    pub push: Option<TagKey>,
    /// Priority and drop eligibility of the tag that is put on.
    pub priority: PriorityMap,
}

impl Rewrite {
    #[inline]
    pub(super) fn tag(self, TagKey { tpid, vid }: TagKey, old_tci: u16) -> Tag {
        Tag {
            tpid,
            tci: self.priority.of_tci(old_tci) | vid.get(),
        }
    }

    /// Edits the frame. What is shorter than 60 octets once it has fewer tags is padded.
    pub fn apply(self, frame: &mut Frame) {
        if self.pop && self.inner {
            frame.pop_second_tag();
        }
        match (self.pop, self.push) {
            (false, None) => {}
            (true, None) => {
                frame.pop_tag();
            }
            (false, Some(key)) => frame.push_tag(self.tag(key, 0)),
            (true, Some(key)) => {
                if let Some(old) = frame.outer_tag() {
                    frame.set_tag(self.tag(key, old.tci));
                }
            }
        }
    }

    /// Octets of tags that come off, less those that are put on.
    const fn shorter(self) -> u32 {
        match (self.pop, self.inner, self.push) {
            (false, ..) | (true, false, Some(_)) => 0,
            (true, false, None) | (true, true, Some(_)) => 4,
            (true, true, None) => 8,
        }
    }

    /// How many octets a frame of `octets` has after [`Rewrite::apply`], in a frame that
    /// has the tags that are taken off.
    pub const fn octets_after(self, octets: u32) -> u32 {
        match (self.shorter(), self.pop, self.push) {
            (0, false, Some(_)) => octets.saturating_add(4),
            (0, ..) => octets,
            (shorter, ..) if octets < 60 + shorter => 60,
            (shorter, ..) => octets - shorter,
        }
    }

    /// Octets behind addresses, tags and EtherType after [`Rewrite::apply`]: padding adds to them.
    pub const fn payload_after(self, octets: u32, payload: u32) -> u32 {
        match self.shorter() {
            0 => payload,
            shorter if octets < 60 + shorter => payload + (60 + shorter - octets),
            _ => payload,
        }
    }
}
