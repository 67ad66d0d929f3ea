//! Looking at every frame: its verdict in a pass of its own, and its octets where it stands.
//!
//! Invariant: what is compared with is made anew from the schedule, never read from the switch.

use super::lane::{Lane, Window};
use super::octets::{octets_at, stands_at, write};
use crate::forward::{Exit, Group, Quirk, Sink};
use crate::ident::{DropReason, PortNo};

/// What was told about one frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It leaves by this port.
    Forward(PortNo),
    /// It ends.
    Drop(DropReason),
    /// It is flooded.
    Replicate,
}

/// A sink that says to somebody what it is told.
struct Watched<'a, 'b, W> {
    inner: &'a mut Window<'b>,
    watch: W,
}

impl<W: FnMut(usize, Told)> Sink for Watched<'_, '_, W> {
    fn soon(&self, name: u32) {
        self.inner.soon(name);
    }
    fn forward(&mut self, frame: usize, exit: Exit) {
        (self.watch)(frame, Told::Forward(exit.port));
        self.inner.forward(frame, exit);
    }
    fn drop(&mut self, frame: usize, reason: DropReason) {
        (self.watch)(frame, Told::Drop(reason));
        Sink::drop(self.inner, frame, reason);
    }
    fn replicate(&mut self, frame: usize, group: Group) {
        (self.watch)(frame, Told::Replicate);
        self.inner.replicate(frame, group);
    }
}

/// One pass in which every verdict is compared with the schedule, and then all octets.
///
/// # Errors
/// The first frame that differs, in a sentence.
pub fn watched_pass<Q: Quirk>(lane: &mut Lane<Q>) -> Result<(), String> {
    let (plant, pass) = (lane.plant, lane.end);
    let frames = std::mem::take(&mut lane.frames);
    let mut told_of = vec![false; frames.len()];
    let (mut last_left, mut first_wrong) = (None, None);
    lane.pass_by(|fast, now, slots, which, window| {
        let watch = |number: usize, told: Told| {
            let frame = &frames[number];
            let port = plant.end(frame.tenant, 1 - stands_at(frame, pass)).0;
            let right = frame.kind.reason().map_or(Told::Forward(port), Told::Drop);
            let again = std::mem::replace(&mut told_of[number], true);
            // What leaves keeps its order.
            let leaves = matches!(told, Told::Forward(_));
            let overtaken = leaves && last_left > Some(number);
            if leaves {
                last_left = Some(number);
            }
            if (told != right || again || overtaken) && first_wrong.is_none() {
                first_wrong = Some(format!(
                    "frame {number}, {:?} of tenant {}: {told:?}{}, scheduled is {right:?}",
                    frame.kind,
                    frame.tenant,
                    match (again, overtaken) {
                        (true, _) => " a second time",
                        (_, true) => " behind a later one",
                        _ => "",
                    },
                ));
            }
        };
        fast.process(now, slots, which, &mut Watched { inner: window, watch });
    });
    lane.frames = frames;
    if let Some(wrong) = first_wrong {
        return Err(wrong);
    }
    if let Some(number) = told_of.iter().position(|told| !told) {
        return Err(format!("frame {number} met no verdict"));
    }
    octets_stand(lane)
}

/// Are the octets of every frame what the schedule says, where the next pass would take it?
///
/// # Errors
/// The first frame that differs, in a sentence.
pub fn octets_stand<Q: Quirk>(lane: &Lane<Q>) -> Result<(), String> {
    let plant = &lane.plant;
    let mut right = Vec::new();
    for (number, (frame, place)) in (0..).zip(lane.frames.iter().zip(lane.descriptors())) {
        let end = stands_at(frame, lane.end);
        right.resize(octets_at(plant, frame, end).into(), 0);
        write(plant, frame, number, end, &mut right);
        let at = place.at();
        let there = &lane.octets()[at..at + right.len()];
        if let Some(first) = there.iter().zip(&right).position(|(a, b)| a != b) {
            return Err(format!(
                "frame {number}, {:?} of tenant {}: octet {first} is {:02x}, scheduled is {:02x}",
                frame.kind, frame.tenant, there[first], right[first]
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::fault::Fault;
    use super::super::ledger::balance;
    use super::super::point::{Feed, Operation, Point, Set};
    use super::super::workload::schedule;
    use super::*;
    use crate::forward::Planted;

    /// Faults that every fast path of this crate has stopped since its first day.
    const FAULTS: [Fault; 8] = [
        Fault::UnknownVid,
        Fault::PriorityTag,
        Fault::ReservedVid,
        Fault::ReservedDestination,
        Fault::GroupSource,
        Fault::TooLong,
        Fault::SourceNotBound,
        Fault::WrongTpid,
    ];

    fn point() -> Point {
        Point {
            set: Set::Frames(600),
            vlans: 20,
            bad: 20,
            circuits: 2,
            ..Point::BASE
        }
    }

    fn lane<Q: Quirk>(point: &Point, quirk: Q) -> Lane<Q> {
        let frames = schedule(1, point, 0, 600, &FAULTS);
        Lane::with_quirk(point, frames, quirk).expect("a little memory")
    }

    #[test]
    fn a_healthy_switch_passes_in_both_directions_and_in_every_operation() {
        for operation in [Operation::Translate, Operation::Pop, Operation::Push] {
            for feed in [Feed::Batch(256), Feed::Batch(1), Feed::Single] {
                let mut lane = lane(
                    &Point {
                        operation,
                        feed,
                        ..point()
                    },
                    crate::forward::Exact,
                );
                for _ in 0..2 {
                    watched_pass(&mut lane).expect("verdicts and octets");
                }
                lane.pass();
                lane.pass();
                lane.pass();
                octets_stand(&lane).expect("octets");
                lane.flush();
                let books = balance(&lane).expect("a balance");
                assert_eq!(books.offered.frames, 5 * 600);
                assert_eq!(books.delivered.frames, 5 * 480);
                assert_eq!(books.fairness.min_over_max(), 1.0);
            }
        }
    }

    #[test]
    fn a_watched_pass_names_the_frame_that_met_the_wrong_verdict_or_left_with_wrong_octets() {
        for planted in [
            Planted::UnknownVidToFirst,
            Planted::PushOffByOne,
            Planted::ReservedVidForwarded,
        ] {
            let wrong = watched_pass(&mut lane(&point(), planted)).expect_err("a planted fault");
            assert!(wrong.starts_with("frame "), "{planted}: {wrong}");
        }
    }

    #[test]
    fn the_ledger_alone_catches_a_frame_in_a_neighbours_output() {
        let mut lane = lane(&point(), Planted::PushOffByOne);
        lane.pass();
        lane.flush();
        assert!(balance(&lane).expect_err("misdelivered").contains("output"));
    }

    #[test]
    fn the_ledger_catches_a_lost_frame_a_foreign_one_and_one_counted_twice() {
        let mut lane = lane(&point(), crate::forward::Exact);
        lane.pass();
        assert!(balance(&lane).is_err(), "frames still wait in their boxes");
        lane.flush();
        balance(&lane).expect("a balance");
        let busy = lane
            .out
            .taken()
            .iter()
            .position(|taken| taken.frames > 1)
            .expect("a busy one");
        let right = lane.out.taken()[busy];
        for (frames, sum) in [
            (right.frames - 1, right.sum),
            (right.frames, right.sum + 1),
            (right.frames + 1, right.sum),
        ] {
            let taken = &mut lane.out.taken_mut()[busy];
            (taken.frames, taken.sum) = (frames, sum);
            assert!(balance(&lane).is_err_and(|why| why.contains(&format!("output {busy}"))));
        }
    }

    /// Loses every 50th frame that leaves.
    struct Leaky<'a, 'b>(&'a mut Window<'b>, &'a mut u32);

    impl Sink for Leaky<'_, '_> {
        fn soon(&self, name: u32) {
            self.0.soon(name);
        }
        fn forward(&mut self, frame: usize, exit: Exit) {
            *self.1 += 1;
            if !self.1.is_multiple_of(50) {
                self.0.forward(frame, exit);
            }
        }
        fn drop(&mut self, frame: usize, reason: DropReason) {
            Sink::drop(self.0, frame, reason);
        }
        fn replicate(&mut self, frame: usize, group: Group) {
            self.0.replicate(frame, group);
        }
    }

    #[test]
    fn an_output_that_loses_frames_is_caught() {
        let mut lane = lane(&point(), crate::forward::Exact);
        let mut n = 0;
        lane.pass_by(|fast, now, slots, which, window| fast.process(now, slots, which, &mut Leaky(window, &mut n)));
        lane.flush();
        assert!(balance(&lane).is_err_and(|why| why.contains("output")));
    }

    #[test]
    fn an_octet_that_was_changed_is_caught() {
        let mut lane = lane(&point(), crate::forward::Exact);
        lane.pass();
        octets_stand(&lane).expect("octets");
        let at = lane.descriptors()[17].at() + 40;
        lane.slab.octets_mut()[at] ^= 1;
        assert!(octets_stand(&lane).is_err_and(|why| why.contains("frame 17") && why.contains("octet 40")));
    }

    #[test]
    fn a_policer_that_lets_frames_pass_is_caught() {
        let point = Point {
            policed: 50,
            bad: 0,
            ..point()
        };
        assert!(watched_pass(&mut lane(&point, Planted::Unpoliced)).is_err());
    }
}
