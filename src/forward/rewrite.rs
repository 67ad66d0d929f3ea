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
    /// Puts this one on behind that; only where another is put on.
    pub second: Option<Tag>,
    /// Clears drop eligibility in so many of the frame's first tags, before anything else: Open vSwitch
    /// had taken them off for a copy before this one.
    pub clears: u8,
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
        if self.clears > 0 || self.second.is_some() {
            return self.apply_to_two(frame);
        }
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

    /// The same for what is seldom: more than one tag is put on, or tags that stay are changed.
    #[cold]
    fn apply_to_two(self, frame: &mut Frame) {
        if let Some(tag) = frame.outer_tag().filter(|_| self.clears > 0) {
            frame.set_tag(tag.ineligible());
        }
        if let Some(tag) = frame.second_tag().filter(|_| self.clears > 1) {
            frame.set_second_tag(tag.ineligible());
        }
        let first = Self { clears: 0, ..self };
        let (Some(second), Some(key)) = (self.second, self.push) else {
            return Self { second: None, ..first }.apply(frame);
        };
        let came = frame.outer_tag().filter(|_| self.pop).map_or(0, |tag| tag.tci);
        match (self.pop, self.inner) {
            (true, true) => {
                frame.set_second_tag(second);
                frame.set_tag(self.tag(key, came));
            }
            (true, false) => {
                frame.set_tag(second);
                frame.push_tag(self.tag(key, came));
            }
            (false, _) => {
                frame.push_tag(second);
                frame.push_tag(self.tag(key, came));
            }
        }
    }

    /// How many tags come off.
    pub const fn taken(self) -> u32 {
        match (self.pop, self.inner) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) => 2,
        }
    }

    /// How many tags are put on.
    const fn put(self) -> u32 {
        match (self.push, self.second) {
            (None, _) => 0,
            (Some(_), None) => 1,
            (Some(_), Some(_)) => 2,
        }
    }

    /// Are more tags put on than come off?
    pub(super) const fn grows(self) -> bool {
        self.put() > self.taken()
    }

    /// Octets of tags that come off, less those that are put on.
    const fn shorter(self) -> u32 {
        4 * self.taken().saturating_sub(self.put())
    }

    /// How many octets a frame of `octets` has after [`Rewrite::apply`], in a frame that
    /// has the tags that are taken off.
    pub const fn octets_after(self, octets: u32) -> u32 {
        match self.shorter() {
            0 => octets.saturating_add(4 * (self.put() - self.taken())),
            shorter if octets < 60 + shorter => 60,
            shorter => octets - shorter,
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
