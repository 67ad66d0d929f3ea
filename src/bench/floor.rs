//! The floor: what any demultiplexer has to do to memory, and no duty.
//!
//! Invariant: of every frame the descriptor is read, the tag is read and written back, one row of
//! its tenant is read, changed and written, its number is stored in the tenant's box, and full boxes
//! are drained. What is written to the tag needs the row, as every translated VID does; frames stay
//! as they are all the same. Nothing is checked but that memory is there.

use super::outbox::Outboxes;
use super::plant::Placing;
use super::slab::Slab;
use crate::forward::{Standing, fetch};
use crate::wire::Vid;

/// Frames that are on their way when one is taken.
const SOON: usize = 32;

/// Rows and outputs of its own, as many and as large as those of the fast path.
#[derive(Debug)]
pub struct Floor {
    /// A line for each box and direction: word 0 counts, word 1 is what a tag is changed by, always 0.
    rows: Slab,
    out: Outboxes,
    boxes: usize,
    /// Which half of the rows the next pass uses.
    half: usize,
}

impl Floor {
    /// Rows and boxes for `boxes` outputs, for rounds of about so many frames.
    ///
    /// # Errors
    /// The machine has not enough memory.
    pub fn new(boxes: usize, frames: usize) -> Result<Self, String> {
        let mut rows = Slab::new(2 * boxes.max(1) * 64)?;
        rows.lines_mut().fill([0; 16]);
        Ok(Self {
            rows,
            out: Outboxes::new(boxes, frames)?,
            boxes,
            half: 0,
        })
    }

    /// Every frame once. Boxes are found as by the way back: whoever comes in there leaves here.
    #[inline(never)]
    pub fn pass(&mut self, descriptors: &[Standing], slab: &mut [u8], back: &Placing) {
        let rows = &mut self.rows.lines_mut()[self.half * self.boxes..][..self.boxes];
        let mut out = self.out.open();
        for (number, descriptor) in descriptors.iter().enumerate() {
            if let Some(soon) = descriptors.get(number + SOON).and_then(|soon| slab.get(soon.at())) {
                fetch(soon);
            }
            let at = descriptor.at() + 12;
            let Some(header) = slab.get_mut(at..at + 4) else {
                continue;
            };
            let mut tag = [0; 4];
            tag.copy_from_slice(header);
            let word = u32::from_be_bytes(tag);
            let vid = if word >> 16 == 0x8100 { word as u16 & 0xfff } else { 0 };
            let place = back.of(descriptor.port(), Vid::of_tci(vid)) as usize;
            // A frame of nobody's VID has no row and no box.
            let Some(row) = rows.get_mut(place) else { continue };
            row[0] = row[0].wrapping_add(1);
            header.copy_from_slice(&(word ^ row[1]).to_be_bytes());
            out.put(place, number as u32);
        }
        self.half = 1 - self.half;
    }

    /// Drains what waits: the end of a round.
    pub fn flush(&mut self) {
        self.out.flush();
    }

    /// Did as many frames leave the boxes as the rows counted, of every tenant?
    ///
    /// # Errors
    /// The first that differs.
    pub fn balance(&mut self) -> Result<u64, String> {
        self.flush();
        let rows = self.rows.lines_mut();
        let mut all = 0;
        for (place, taken) in self.out.taken().iter().enumerate() {
            let counted = rows[place][0].wrapping_add(rows[place + self.boxes][0]);
            if counted != taken.frames as u32 {
                return Err(format!(
                    "floor: box {place} was drained of {} frames, and its rows counted {counted}",
                    taken.frames
                ));
            }
            all += taken.frames;
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::super::lane::Lane;
    use super::super::plant::Plant;
    use super::super::point::{Operation, Point, Set};
    use super::super::verify::octets_stand;
    use super::super::workload::{possible, schedule};
    use super::super::{Duties, Fault};
    use super::*;

    fn lane(operation: Operation, bad: u8) -> Lane {
        let point = Point {
            set: Set::Frames(512),
            vlans: 10,
            circuits: 3,
            bad,
            operation,
            ..Point::BASE
        };
        let faults = possible(&Plant::of(&point), &Duties::probe().faults());
        assert!(faults.len() > 2 && Fault::ALL.len() >= faults.len());
        Lane::new(&point, schedule(1, &point, 0, 512, &faults)).expect("a little memory")
    }

    #[test]
    fn every_good_frame_has_a_row_and_a_box_and_stays_as_it_is() {
        for operation in [Operation::Translate, Operation::Pop, Operation::Push] {
            let mut lane = lane(operation, 0);
            let mut floor = Floor::new(lane.plant.boxes(), 512).expect("a little memory");
            for pass in 1..=4 {
                lane.floor(&mut floor);
                octets_stand(&lane).expect("as they were");
                assert_eq!(floor.balance(), Ok(512 * pass), "{operation}");
                lane.pass();
            }
        }
    }

    #[test]
    fn frames_of_nobody_have_none_and_a_row_that_forgets_is_found() {
        let mut lane = lane(Operation::Translate, 50);
        let mut floor = Floor::new(lane.plant.boxes(), 512).expect("a little memory");
        lane.floor(&mut floor);
        let drained = floor.balance().expect("balanced");
        assert!((256..512).contains(&drained), "{drained}");
        let place = floor.out.taken().iter().position(|taken| taken.frames > 0);
        floor.rows.lines_mut()[place.expect("somebody's")][0] -= 1;
        assert!(floor.balance().is_err_and(|why| why.starts_with("floor: box ")));
    }
}
