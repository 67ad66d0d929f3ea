//! Each tenant's own output: a box of one cache line, emptied into a ledger whenever it is full.
//!
//! Invariant: a frame that was put is counted once, in its own box's account or as astray.

use super::slab::Slab;

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

    /// Puts frames in their boxes: pairs of box and frame number.
    #[inline]
    pub fn put(&mut self, outputs: &[(u32, u32)]) {
        let Self {
            lines,
            taken,
            sought,
            astray,
        } = self;
        let lines = &mut lines.lines_mut()[..taken.len()];
        match sought {
            None => put_all(lines, taken, astray, outputs, |_| {}),
            Some(sought) => put_all(lines, taken, astray, outputs, |place| sought.push(place)),
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

#[inline]
fn put_all(
    lines: &mut [Line],
    taken: &mut [Taken],
    astray: &mut u64,
    outputs: &[(u32, u32)],
    mut first: impl FnMut(u32),
) {
    for &(place, number) in outputs {
        let Some(line) = lines.get_mut(place as usize) else {
            *astray += 1;
            continue;
        };
        let waiting = line[0];
        if waiting == 0 {
            first(place);
        }
        line[(waiting as usize + 1) & 15] = number;
        line[0] = waiting + 1;
        if waiting + 1 == ROOM {
            consume(line, &mut taken[place as usize]);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(boxes: usize, frames: usize) -> Outboxes {
        let mut out = Outboxes::new(boxes, frames).expect("a little memory");
        let outputs: Vec<_> = (0..100).map(|n| (n % 3, n)).collect();
        out.put(&outputs);
        out.put(&[(boxes as u32, 1)]);
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
