//! The schedule: which frame of which tenant stands where, and what must become of it.
//!
//! Invariant: a function of (seed, point, worker, number of frames); shares are exact.

use super::fault::{Fault, Kind};
use super::plant::Plant;
use super::point::{Operation, Order, Point, Size};
use crate::ident::Stream;

/// One frame of the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheduled {
    /// Whose it is. A bad frame has an owner too, though its VID may name nobody.
    pub tenant: u32,
    /// Its octets with the tag, without FCS.
    pub octets: u16,
    /// What it is.
    pub kind: Kind,
    /// Priority code point, 0 to 7.
    pub pcp: u8,
}

/// Octets with tag, without FCS, of a frame that is longer than every port's MTU.
const TOO_LONG: u16 = 1_600;
const FCS: u16 = 4;

/// Draws the schedule of one worker: `frames` of them, with bad ones of these kinds in turn.
pub fn schedule(seed: u64, point: &Point, worker: u8, frames: u32, faults: &[Fault]) -> Vec<Scheduled> {
    let node = format!("worker-{worker}");
    let stream = |purpose: &str| Stream::new(seed, &node, purpose);
    let mut tenants = Tenants::new(point, stream("tenant"));
    let mut sizes = Sizes::new(point, stream("size"));
    let mut kinds = Kinds::new(point, frames, faults, stream("kind"));
    let mut priorities = stream("priority");
    // A tag that was taken off has taken its priority with it: pushed again it would be 0.
    let pcps = if point.operation == Operation::Translate { 8 } else { 1 };
    (0..frames)
        .map(|i| {
            let kind = kinds.next(frames - i);
            let octets = sizes.next();
            Scheduled {
                tenant: tenants.next(i),
                octets: if kind == Kind::Bad(Fault::TooLong) {
                    TOO_LONG
                } else {
                    octets
                },
                kind,
                pcp: u8::try_from(priorities.below(pcps)).expect("three bits"),
            }
        })
        .collect()
}

/// Kinds of bad frames that can be made where so many VLANs are in use.
pub fn possible(plant: &Plant, faults: &[Fault]) -> Vec<Fault> {
    let all_known = plant.unknown_vid(0).is_none();
    let mut faults = faults.to_vec();
    faults.retain(|fault| !(all_known && *fault == Fault::UnknownVid));
    faults
}

/// Selection sampling: exactly the shares asked for, each subset equally likely.
struct Kinds<'a> {
    bad: u32,
    policed: u32,
    faults: &'a [Fault],
    next_fault: usize,
    stream: Stream,
}

impl<'a> Kinds<'a> {
    fn new(point: &Point, frames: u32, faults: &'a [Fault], stream: Stream) -> Self {
        let share = |percent: u8| {
            let exact = u64::from(frames) * u64::from(percent) / 100;
            u32::try_from(exact).expect("at most all frames")
        };
        Self {
            bad: if faults.is_empty() { 0 } else { share(point.bad) },
            policed: share(point.policed),
            faults,
            next_fault: 0,
            stream,
        }
    }

    fn next(&mut self, left: u32) -> Kind {
        let drawn = self.stream.below(left.into());
        if drawn < self.bad.into() {
            self.bad -= 1;
            let fault = self.faults[self.next_fault];
            self.next_fault = (self.next_fault + 1) % self.faults.len();
            Kind::Bad(fault)
        } else if drawn < u64::from(self.bad) + u64::from(self.policed) {
            self.policed -= 1;
            Kind::Policed
        } else {
            Kind::Good
        }
    }
}

struct Tenants {
    order: Order,
    vlans: u32,
    circuits: u32,
    /// Cumulated weights of ranks, and which VLAN has which rank; for Zipf's order only.
    weights: Vec<u64>,
    ranked: Vec<u32>,
    stream: Stream,
}

impl Tenants {
    fn new(point: &Point, mut stream: Stream) -> Self {
        let vlans = u32::from(point.vlans);
        let (mut weights, mut ranked) = (Vec::new(), Vec::new());
        if point.order == Order::Zipf {
            let mut sum = 0;
            weights.extend((1..=u64::from(vlans)).map(|rank| {
                sum += (1 << 32) / rank;
                sum
            }));
            ranked.extend(0..vlans);
            shuffle(&mut ranked, &mut stream);
        }
        Self {
            order: point.order,
            vlans,
            circuits: point.circuits.into(),
            weights,
            ranked,
            stream,
        }
    }

    fn next(&mut self, i: u32) -> u32 {
        let below = |stream: &mut Stream, n: u32| u32::try_from(stream.below(n.into())).expect("below a u32");
        if self.order == Order::RoundRobin {
            return i % self.circuits * self.vlans + i / self.circuits % self.vlans;
        }
        let circuit = below(&mut self.stream, self.circuits);
        let nth = match self.weights.last() {
            Some(&sum) => {
                let drawn = self.stream.below(sum);
                self.ranked[self.weights.partition_point(|weight| *weight <= drawn)]
            }
            None => below(&mut self.stream, self.vlans),
        };
        circuit * self.vlans + nth
    }
}

/// Sizes in octets with tag, without FCS; the mix in shuffled blocks of 48.
struct Sizes {
    block: Vec<u16>,
    at: usize,
    stream: Stream,
}

impl Sizes {
    fn new(point: &Point, stream: Stream) -> Self {
        let block: Vec<u16> = match point.size {
            Size::Fixed(size) => vec![size],
            Size::Imix => Size::IMIX.iter().flat_map(|(size, n)| vec![*size; *n]).collect(),
        };
        let least = if point.operation == Operation::Translate {
            64
        } else {
            68
        };
        Self {
            // Without its tag a frame still has 64 octets: nothing is padded on the way.
            block: block.into_iter().map(|size: u16| size.max(least) - FCS).collect(),
            at: 0,
            stream,
        }
    }

    fn next(&mut self) -> u16 {
        if self.at == 0 {
            shuffle(&mut self.block, &mut self.stream);
        }
        let size = self.block[self.at];
        self.at = (self.at + 1) % self.block.len();
        size
    }
}

/// Fisher and Yates.
fn shuffle<T>(items: &mut [T], stream: &mut Stream) {
    for i in (1..items.len()).rev() {
        let j = usize::try_from(stream.below(i as u64 + 1)).expect("an index");
        items.swap(i, j);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(schedule: &[Scheduled], is: impl Fn(&Scheduled) -> bool) -> usize {
        schedule.iter().filter(|frame| is(frame)).count()
    }

    #[test]
    fn the_same_seed_draws_the_same_frames_and_another_seed_others() {
        let point = Point {
            bad: 10,
            size: Size::Imix,
            order: Order::Zipf,
            ..Point::BASE
        };
        let draw = |seed, worker| schedule(seed, &point, worker, 4_800, &Fault::ALL);
        assert_eq!(draw(1, 0), draw(1, 0));
        assert_ne!(draw(1, 0), draw(2, 0));
        assert_ne!(draw(1, 0), draw(1, 1));
    }

    #[test]
    fn shares_are_exact_and_kinds_of_bad_frames_even() {
        let point = Point {
            bad: 10,
            policed: 50,
            vlans: 10,
            ..Point::BASE
        };
        let drawn = schedule(7, &point, 0, 9_000, &Fault::ALL);
        assert_eq!(count(&drawn, |f| matches!(f.kind, Kind::Bad(_))), 900);
        assert_eq!(count(&drawn, |f| f.kind == Kind::Policed), 4_500);
        for fault in Fault::ALL {
            assert_eq!(count(&drawn, |f| f.kind == Kind::Bad(fault)), 100);
        }
    }

    #[test]
    fn the_mix_is_exact() {
        let point = Point {
            size: Size::Imix,
            ..Point::BASE
        };
        let drawn = schedule(7, &point, 0, 480, &[]);
        let wire: u64 = drawn.iter().map(|f| u64::from(f.octets + FCS)).sum();
        assert_eq!(wire, 10 * (28 * 64 + 16 * 570 + 4 * 1518));
        assert_eq!(count(&drawn, |f| f.octets == 60), 280);
    }

    #[test]
    fn orders_are_what_they_say() {
        let of = |order, circuits| {
            let point = Point {
                order,
                circuits,
                vlans: 10,
                ..Point::BASE
            };
            schedule(3, &point, 0, 20_000, &[])
        };
        let robin: Vec<u32> = of(Order::RoundRobin, 2).iter().take(5).map(|f| f.tenant).collect();
        assert_eq!(robin, [0, 10, 1, 11, 2]);
        let mut hits = [0; 10];
        of(Order::Zipf, 1).iter().for_each(|f| hits[f.tenant as usize] += 1);
        hits.sort_unstable();
        // Weights 1, 1/2, ... 1/10 of their sum 2.929.
        assert!(
            (6_600..7_060).contains(&hits[9]) && (580..790).contains(&hits[0]),
            "{hits:?}"
        );
        let even = of(Order::Uniform, 1);
        assert!((0..10).all(|t| (1_800..2_200).contains(&count(&even, |f| f.tenant == t))));
    }

    #[test]
    fn a_popped_frame_needs_no_padding() {
        let point = Point {
            operation: Operation::Pop,
            ..Point::BASE
        };
        assert!(schedule(1, &point, 0, 10, &[]).iter().all(|f| f.octets == 64));
    }
}
