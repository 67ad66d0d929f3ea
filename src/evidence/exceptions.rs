//! Frames that are kept whole because something is odd about them.

use super::ticket::Trace;
use crate::units::SimTime;
use crate::wire::Frame;

/// At most so many frames are kept of one kind.
pub const KEPT_PER_KIND: u8 = 16;
/// At most so many octets of a frame are kept.
pub const KEPT_OCTETS: usize = 256;
/// At most so many frames are kept of all kinds together (about 6 MiB).
pub const KEPT_IN_ALL: usize = 16_384;

/// One frame that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception<K> {
    /// Of which kind it is an example.
    pub kind: K,
    /// When.
    pub at: SimTime,
    /// Whose frame it was.
    pub trace: Trace,
    /// Its first octets, [`KEPT_OCTETS`] at most.
    pub octets: Box<[u8]>,
    /// How long it was, without FCS.
    pub length: u32,
    /// On a link: from its `b` end?
    from_b: bool,
    /// Its number among those of its kind and direction.
    nth: u8,
}

/// How many frames of a kind were kept, on a link in each direction.
pub type KeptOfKind = [u8; 2];

/// The first frames of each kind, on a link those of each direction. Its size is bounded by kinds, and
/// absolutely: then the earliest of all stay.
///
/// Frames of one kind and direction come in order of time, being of one station; the rest may come
/// in any order: what is kept in the end, and how it is sorted, does not depend on it.
#[derive(Debug, Clone)]
pub struct Exceptions<K> {
    /// Sorted.
    kept: Vec<Exception<K>>,
}

impl<K> Default for Exceptions<K> {
    fn default() -> Self {
        Self { kept: Vec::new() }
    }
}

impl<K: Copy + Ord> Exceptions<K> {
    /// Keeps a frame of a kind of which `kept` are kept already.
    pub fn keep(&mut self, kept: &mut KeptOfKind, kind: K, from_b: bool, at: SimTime, trace: &Trace, frame: &Frame) {
        let kept = &mut kept[usize::from(from_b)];
        if *kept >= KEPT_PER_KIND {
            return;
        }
        let nth = *kept;
        *kept += 1;
        let place = (at, kind, from_b, nth);
        let behind = self.kept.partition_point(|e| (e.at, e.kind, e.from_b, e.nth) < place);
        if behind >= KEPT_IN_ALL {
            return;
        }
        self.kept.truncate(KEPT_IN_ALL - 1);
        let octets = frame.bytes();
        let exception = Exception {
            kind,
            at,
            trace: *trace,
            octets: octets[..octets.len().min(KEPT_OCTETS)].into(),
            length: frame.octets(),
            from_b,
            nth,
        };
        self.kept.insert(behind, exception);
    }

    /// Those of one kind, in order of time, [`KEPT_PER_KIND`] at most.
    pub fn of(&self, kind: K) -> impl Iterator<Item = &Exception<K>> {
        let of_kind = self.kept.iter().filter(move |e| e.kind == kind);
        of_kind.take(usize::from(KEPT_PER_KIND))
    }

    /// All of them, in order of time, those of one instant in order of kind.
    pub fn all(&self) -> &[Exception<K>] {
        &self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::super::ticket::Lineage;
    use super::*;
    use crate::ident::{FlowId, Origin, TenantId};

    fn trace(seq: u64) -> Trace {
        Trace {
            tenant: TenantId(0),
            origin: Origin::Unknown,
            flow: FlowId::NONE,
            seq,
            lineage: Lineage::Root,
            doubled: 0,
        }
    }

    /// Frames of so many kinds, each kind's in order of time, told kind by kind or one after another.
    fn kept(kinds: u16, each: u64, kind_by_kind: bool) -> Exceptions<u16> {
        let mut told: Vec<(u64, u16, bool)> = Vec::new();
        for kind in 0..kinds {
            for n in 0..each {
                told.push((n * 7 + u64::from(kind % 5), kind, n % 3 == 0));
            }
        }
        if !kind_by_kind {
            told.sort_by_key(|(at, kind, _)| (*at, std::cmp::Reverse(*kind)));
        }
        let mut counts = vec![KeptOfKind::default(); usize::from(kinds)];
        let mut all = Exceptions::default();
        let frame = Frame::from_octets(&[1; 60]);
        for (at, kind, from_b) in told {
            let count = &mut counts[usize::from(kind)];
            all.keep(count, kind, from_b, SimTime::from_nanos(at), &trace(at), &frame);
        }
        all
    }

    #[test]
    fn what_is_kept_does_not_depend_on_the_order_between_kinds_and_directions() {
        for (kinds, each) in [(3, 60), (1_500, 40)] {
            let (one, other) = (kept(kinds, each, true), kept(kinds, each, false));
            assert!(one.all() == other.all(), "{kinds} kinds");
            assert!(one.all().is_sorted_by_key(|e| e.at));
        }
        let few = kept(3, 60, true);
        assert_eq!(few.all().len(), 3 * 2 * 16);
        let times: Vec<u64> = few.of(2).map(|e| e.at.as_nanos()).collect();
        let expected: Vec<u64> = (0..16).map(|n| 2 + 7 * n).collect();
        assert_eq!(times, expected, "of both directions together the first sixteen");
        assert_eq!(kept(1_500, 40, true).all().len(), KEPT_IN_ALL);
    }
}
