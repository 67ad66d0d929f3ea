//! What is claimed of frames at a port.

/// More tenants than this there are not.
pub(super) const MOST_TENANTS: u32 = 1 << 28;

const TAG_BITS: u32 = 14;
const TAG: u128 = (1 << TAG_BITS) - 1;
/// The lowest bit of the stack, and of its first tag: there is room for six.
const LAST: u32 = 16;
const FIRST: u32 = LAST + 5 * TAG_BITS;
const OWNER: u32 = FIRST + TAG_BITS;
const STACK: u128 = (1 << OWNER) - (1 << LAST);

/// Frames of a tenant, with these tags of switches before the tenant's own.
///
/// From the highest bit on: the tenant (28), six tags, outermost first, 0 where there are no more
/// (14 each), a source address (12, 0 is any), how the tenant's own tags may go on (4). There may be
/// many millions, so they are small, and what they are found by is one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim(u128);

impl Claim {
    pub fn new(owner: u32, tail: u8, mac: u16) -> Self {
        Self(u128::from(owner) << OWNER | u128::from(mac) << 4 | u128::from(tail))
    }

    /// What a claim is found by: its tenant and its tags.
    #[inline]
    pub fn key(self) -> u128 {
        self.0 >> LAST
    }
    #[inline]
    pub fn owner(self) -> u32 {
        (self.0 >> OWNER) as u32
    }
    #[inline]
    pub fn tail(self) -> u8 {
        (self.0 & 15) as u8
    }
    #[inline]
    pub fn mac(self) -> u16 {
        (self.0 >> 4 & 0xfff) as u16
    }

    /// The outermost tag, and the one under it; 0 for none.
    #[inline]
    pub fn tags(self) -> (u16, u16) {
        let at = |bit: u32| (self.0 >> bit & TAG) as u16;
        (at(FIRST), at(FIRST - TAG_BITS))
    }

    #[inline]
    pub fn with_tail(self, tail: u8) -> Self {
        Self(self.0 & !15 | u128::from(tail))
    }
    #[inline]
    pub fn with_mac(self, mac: u16) -> Self {
        Self(self.0 & !0xfff0 | u128::from(mac) << 4)
    }

    /// With this tag before the others, where there is room.
    #[inline]
    pub fn push(self, tag: u16) -> Option<Self> {
        let full = self.0 >> LAST & TAG != 0;
        let stack = (self.0 & STACK) >> TAG_BITS & STACK | u128::from(tag) << FIRST;
        let pushed = Self(self.0 & !STACK | stack);
        debug_assert!(full || pushed.pop() == self, "what was put on comes off again");
        (!full).then_some(pushed)
    }

    /// Without the outermost tag.
    #[inline]
    pub fn pop(self) -> Self {
        Self(self.0 & !STACK | (self.0 & STACK) << TAG_BITS & STACK)
    }

    /// Without any tag of a switch.
    pub fn bare(self) -> Self {
        Self(self.0 & !STACK)
    }

    /// With this tag behind the others, where there is room.
    #[inline]
    pub fn under(self, tag: u16) -> Option<Self> {
        let places = (0..6).map(|place| FIRST - place * TAG_BITS);
        let free = places.into_iter().find(|place| self.0 >> place & TAG == 0)?;
        Some(Self(self.0 | u128::from(tag) << free))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_gives_back_what_it_was_made_of_and_holds_six_tags() {
        let mut claim = Claim::new(MOST_TENANTS - 1, 15, 4095);
        for tag in (1..=6).map(|n| 12_288 - n) {
            assert_eq!(claim.tags().0, if tag == 12_287 { 0 } else { tag + 1 });
            claim = claim.push(tag).expect("room");
            assert_eq!((claim.owner(), claim.mac(), claim.tail()), (MOST_TENANTS - 1, 4095, 15));
        }
        assert_eq!((claim.push(1), claim.under(1)), (None, None), "it is full");
        assert_eq!(claim.tags(), (12_282, 12_283));
        for tag in (1..=6).rev().map(|n| 12_288 - n) {
            assert_eq!(claim.tags().0, tag);
            claim = claim.pop();
            assert_eq!((claim.owner(), claim.mac(), claim.tail()), (MOST_TENANTS - 1, 4095, 15));
        }
        assert_eq!(claim, claim.bare());
        let two = claim.under(7).and_then(|one| one.under(9)).expect("room");
        assert_eq!(Some(two), claim.push(9).and_then(|one| one.push(7)), "outermost first");
        assert_eq!(
            two.with_tail(3).with_mac(5),
            Claim::new(MOST_TENANTS - 1, 3, 5)
                .under(7)
                .and_then(|one| one.under(9))
                .expect("room")
        );
    }
}
