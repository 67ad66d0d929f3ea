//! Sets of VIDs, as a trunk lists them.

use std::fmt;

use crate::wire::Vid;

/// A set of VIDs. Equal sets are equal values, however they were written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct VidSet(Box<[(Vid, Vid)]>);

impl VidSet {
    /// All VIDs of these ranges, first and last included. A range that ends before it begins holds
    /// none.
    pub fn new(ranges: impl IntoIterator<Item = (Vid, Vid)>) -> Self {
        let mut sorted: Vec<_> = ranges.into_iter().filter(|(first, last)| first <= last).collect();
        sorted.sort_unstable();
        let mut whole: Vec<(Vid, Vid)> = Vec::new();
        for (first, last) in sorted {
            match whole.last_mut() {
                Some((_, end)) if first.get() <= end.get() + 1 => *end = last.max(*end),
                _ => whole.push((first, last)),
            }
        }
        Self(whole.into())
    }

    /// Is the VID among them?
    pub fn contains(&self, vid: Vid) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&vid))
    }

    /// As few ranges as there can be, in order.
    pub fn ranges(&self) -> &[(Vid, Vid)] {
        &self.0
    }
}

impl fmt::Display for VidSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (first, last)) in self.0.iter().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            write!(f, "{comma}{}", first.get())?;
            if first != last {
                write!(f, "-{}", last.get())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ranges: &[(u16, u16)]) -> VidSet {
        let vid = |n| Vid::new(n).unwrap();
        VidSet::new(ranges.iter().map(|(first, last)| (vid(*first), vid(*last))))
    }

    #[test]
    fn sets_of_the_same_vids_are_equal_however_they_are_written() {
        assert_eq!(
            set(&[(20, 29), (10, 10), (11, 19), (25, 40)]).ranges(),
            set(&[(10, 40)]).ranges()
        );
        assert_eq!(set(&[(12, 11)]), VidSet::default());
        assert_eq!(
            set(&[(10, 10), (12, 13), (4_095, 4_095)]).to_string(),
            "10, 12-13, 4095"
        );
    }

    #[test]
    fn a_set_holds_the_first_and_the_last_of_each_range_and_nothing_beside() {
        let set = set(&[(10, 10), (12, 14)]);
        let held: Vec<u16> = (0..4_096).filter(|n| set.contains(Vid::new(*n).unwrap())).collect();
        assert_eq!(held, [10, 12, 13, 14]);
    }
}
