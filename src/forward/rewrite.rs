//! Edits of the tag on the way through a switch.

use super::key::TagKey;
use crate::wire::{Frame, Tag};

/// What a switch does to the tags of a frame.
///
/// Priority and drop eligibility move from a tag that is taken off to the one that is put on;
/// a tag in front of what had none carries priority 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Rewrite {
    /// Takes the outermost tag off.
    pub pop: bool,
    /// Puts this tag on.
    pub push: Option<TagKey>,
}

impl Rewrite {
    /// Edits the frame. What is shorter than 60 octets after its tag was taken off is padded.
    pub fn apply(self, frame: &mut Frame) {
        match (self.pop, self.push) {
            (false, None) => {}
            (true, None) => {
                frame.pop_tag();
            }
            (false, Some(TagKey { tpid, vid })) => frame.push_tag(Tag { tpid, tci: vid.get() }),
            (true, Some(TagKey { tpid, vid })) => {
                if let Some(old) = frame.outer_tag() {
                    frame.set_tag(Tag {
                        tpid,
                        tci: old.with_vid(vid).tci,
                    });
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
