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

    /// Edits the frame. What is shorter than 60 octets after its tag was taken off is padded.
    pub fn apply(self, frame: &mut Frame) {
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

    /// How many octets a frame of `octets` has after [`Rewrite::apply`], in a frame that
    /// has a tag where one is taken off.
    pub const fn octets_after(self, octets: u32) -> u32 {
        match (self.pop, self.push) {
            (false, None) | (true, Some(_)) => octets,
            (false, Some(_)) => octets.saturating_add(4),
            (true, None) if octets < 64 => 60,
            (true, None) => octets - 4,
        }
    }

    /// Octets behind addresses, tags and EtherType after [`Rewrite::apply`]: padding adds to them.
    pub const fn payload_after(self, octets: u32, payload: u32) -> u32 {
        if self.pop && self.push.is_none() && octets < 64 {
            payload + (64 - octets)
        } else {
            payload
        }
    }
}
