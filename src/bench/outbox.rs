//! Each tenant's own output: a box of one cache line, emptied into a ledger whenever it is full.
//!
//! Invariant: a frame that was put is counted once, in its own box's account or as astray.

use super::slab::Slab;
use crate::forward::fetch_one;

/// What a consumer has taken from one box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// Frames.
    pub frames: u64,
    /// Their numbers, added up with wrapping: with the count it tells a lost or foreign frame.
    pub sum: u64,
}

/// Frames that wait in one box: word 0 says how many, the others are their numbers.
type Line = [u32; 16];
const ROOM: u32 = 15;

/// All boxes of one core, and the consumer behind them.
#[derive(Debug)]
pub struct Outboxes {
    lines: Slab,
    taken: Vec<Taken>,
    /// Boxes that were empty when something came, where there are more boxes than could all be
    /// looked through at the end of a round.
    sought: Option<Vec<u32>>,
    astray: u64,
}

impl Outboxes {
    /// That many boxes, for rounds of about so many frames.
    ///
    /// # Errors
    /// The machine has not enough memory.
    pub fn new(boxes: usize, frames: usize) -> Result<Self, String> {
        let mut lines = Slab::new(boxes.max(1) * 64)?;
        lines.lines_mut().fill([0; 16]);
        Ok(Self {
            lines,
            taken: vec![Taken::default(); boxes],
            sought: (boxes > frames / 4).then(Vec::new),
            astray: 0,
        })
    }

    /// The boxes, to put frames in.
    pub fn open(&mut self) -> Open<'_> {
        Open {
            lines: &mut self.lines.lines_mut()[..self.taken.len()],
            taken: &mut self.taken,
            sought: self.sought.as_mut(),
            astray: &mut self.astray,
        }
    }

    /// Empties what is left: the end of a round.
    pub fn flush(&mut self) {
        let lines = &mut self.lines.lines_mut()[..self.taken.len()];
        match &mut self.sought {
            None => {
                for (line, taken) in lines.iter_mut().zip(&mut self.taken) {
                    consume(line, taken);
                }
            }
            Some(sought) => {
                for place in sought.drain(..) {
                    let place = place as usize;
                    consume(&mut lines[place], &mut self.taken[place]);
                }
            }
        }
    }

    /// What was taken from each box since the start.
    pub fn taken(&self) -> &[Taken] {
        &self.taken
    }

    /// The same, for a test to plant a fault in.
    pub fn taken_mut(&mut self) -> &mut [Taken] {
        &mut self.taken
    }

    /// Frames that left where nobody has a box.
    pub fn astray(&self) -> u64 {
        self.astray
    }
}

/// Boxes that frames are put in.
#[derive(Debug)]
pub struct Open<'a> {
    lines: &'a mut [Line],
    taken: &'a mut [Taken],
    sought: Option<&'a mut Vec<u32>>,
    astray: &'a mut u64,
}

impl Open<'_> {
    /// A frame will be put in this box soon.
    #[inline(always)]
    pub fn soon(&self, place: usize) {
        fetch_one(self.lines, place);
    }

    /// Puts a frame in a box; a full one is emptied at once.
    #[inline(always)]
    pub fn put(&mut self, place: usize, number: u32) {
        let Some(line) = self.lines.get_mut(place) else {
            *self.astray += 1;
            return;
        };
        let waiting = line[0];
        if let Some(sought) = &mut self.sought
            && waiting == 0
        {
            sought.push(place as u32);
        }
        line[(waiting as usize + 1) & 15] = number;
        line[0] = waiting + 1;
        if waiting + 1 == ROOM {
            consume_full(line, &mut self.taken[place]);
        }
    }
}

/// The consumer: reads what waits, counts it, and leaves the box empty.
#[inline(never)]
fn consume(line: &mut Line, taken: &mut Taken) {
    let [waiting, numbers @ ..] = line;
    let waiting = std::mem::take(waiting);
    let numbers = numbers.iter().take(waiting as usize);
    taken.sum = numbers.fold(taken.sum, |sum, number| sum.wrapping_add(u64::from(*number)));
    taken.frames += u64::from(waiting);
}

/// The same for a full box, whose numbers are as many as they can be.
#[inline(never)]
fn consume_full(line: &mut Line, taken: &mut Taken) {
    // Word 0 is known, and sixteen words are added up faster than fifteen.
    let all = line.iter().fold(0, |sum: u64, word| sum.wrapping_add(u64::from(*word)));
    taken.sum = taken.sum.wrapping_add(all - u64::from(ROOM));
    taken.frames += u64::from(ROOM);
    line[0] = 0;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(boxes: usize, frames: usize) -> Outboxes {
        let mut out = Outboxes::new(boxes, frames).expect("a little memory");
        let mut open = out.open();
        (0..100).for_each(|n| open.put(n as usize % 3, n));
        open.put(boxes, 1);
        out.flush();
        out
    }

    #[test]
    fn every_frame_is_taken_once_whether_boxes_are_few_or_many() {
        for frames in [0, 1 << 20] {
            let out = filled(7, frames);
            assert_eq!(out.sought.is_some(), frames == 0);
            assert_eq!(
                out.taken()[1],
                Taken {
                    frames: 33,
                    sum: (0..33).map(|n| 3 * n + 1).sum()
                }
            );
            assert_eq!(out.taken().iter().map(|t| t.frames).sum::<u64>(), 100);
            assert_eq!(out.astray(), 1);
        }
    }

    #[test]
    fn what_is_flushed_is_gone() {
        let mut out = filled(7, 0);
        let before = out.taken().to_vec();
        out.flush();
        assert_eq!(out.taken(), before);
    }
}
