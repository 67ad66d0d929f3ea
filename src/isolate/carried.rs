//! What of a frame's priority its way can carry: none where it goes without a tag.

/// What the trunks that a frame crossed show of its priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Carried {
    /// Did it cross one without a tag, before it had one?
    bare: bool,
    /// The control information of its first tag; `Some(None)`: of a tag that may be its own payload.
    first: Option<Option<u16>>,
}

impl Carried {
    /// The frame leaves by a trunk that is `tagged` or not, with `outer` in front, which the trunk's
    /// neighbour `reads` or not.
    pub fn cross(&mut self, tagged: bool, outer: Option<(u16, bool)>) {
        if self.first.is_some() {
            return;
        }
        match outer {
            Some((tci, true)) if tagged => self.first = Some(Some(tci)),
            Some(_) => self.first = Some(None),
            None => self.bare = true,
        }
    }

    /// Priority and drop eligibility on the first trunk where the frame had a tag, and those that it
    /// should have there: its own, or none where it had gone without a tag before.
    pub fn priority(self, own: u16) -> Option<(u16, u16)> {
        let tci = self.first.flatten()?;
        Some((tci >> 12, if self.bare { 0 } else { own }))
    }
}

/// Is the priority that a frame shows another than it should be? Where a device on the way need not keep
/// drop eligibility, the bit may have been cleared.
pub const fn is_another(is: u16, should: u16, keeps_drop_eligible: bool) -> bool {
    is != should && (keeps_drop_eligible || is != should & !1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crossed(trunks: &[(bool, Option<(u16, bool)>)]) -> Option<(u16, u16)> {
        let mut carried = Carried::default();
        trunks.iter().for_each(|(tagged, outer)| carried.cross(*tagged, *outer));
        carried.priority(5)
    }

    #[test]
    fn the_first_tag_has_the_frames_own_priority_and_none_behind_a_trunk_without_one() {
        let (tag, zero) = (Some((0xa00a, true)), Some((0x000a, true)));
        assert_eq!(crossed(&[(true, tag), (true, zero)]), Some((10, 5)), "the first counts");
        assert_eq!(crossed(&[(true, zero)]), Some((0, 5)), "it was lost");
        for bare in [(false, None), (true, None)] {
            assert_eq!(crossed(&[bare, (true, zero)]), Some((0, 0)), "it cannot be kept");
            assert_eq!(crossed(&[bare, (true, tag)]), Some((10, 0)), "it was made up");
        }
        assert_eq!(crossed(&[]), None);
        assert_eq!(crossed(&[(false, None)]), None);
    }

    #[test]
    fn drop_eligibility_may_be_cleared_where_no_device_keeps_it_and_is_never_made_up() {
        assert!(!is_another(5, 5, true) && !is_another(5, 5, false));
        assert!(is_another(4, 5, true) && !is_another(4, 5, false), "cleared");
        assert!(is_another(5, 4, true) && is_another(5, 4, false), "made up");
        assert!(
            is_another(2, 5, false) && is_another(0, 5, false),
            "the priority is another"
        );
    }

    #[test]
    fn a_tag_that_may_be_payload_says_nothing_of_priority() {
        let tag = Some((0xa00a, true));
        assert_eq!(crossed(&[(false, tag), (true, tag)]), None, "on a trunk without tags");
        assert_eq!(
            crossed(&[(true, Some((0xa00a, false))), (true, tag)]),
            None,
            "of another protocol"
        );
    }
}
