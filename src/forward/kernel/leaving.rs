//! Frames of a chunk that leave once they have been rewritten, in their order.

use super::CHUNK;
use crate::forward::row::{Row, RowExit};
use crate::ident::PortNo;

/// The first `len` of each list count.
#[derive(Debug, Clone)]
pub(in crate::forward) struct Leaving {
    pub(super) ways: [RowExit; CHUNK],
    /// By which port each leaves, in bits 16 to 31; the other bits are anything.
    pub(super) ports: [u64; CHUNK],
    /// Which of its chunk each is; if there are no gaps, each is the one that has its own number.
    pub(super) at: [u32; CHUNK],
    pub(super) len: usize,
    /// Is there one of which more is changed than its tag?
    pub(super) edits: bool,
    /// Does a frame of the chunk in front of one of them not leave so?
    pub(super) gaps: bool,
}

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(in crate::forward) struct Left {
    pub way: RowExit,
    pub port: PortNo,
    /// Which of its chunk.
    pub at: usize,
}

impl Default for Leaving {
    fn default() -> Self {
        Self {
            ways: [RowExit::NONE; CHUNK],
            ports: [0; CHUNK],
            at: [0; CHUNK],
            len: 0,
            edits: false,
            gaps: false,
        }
    }
}

impl Leaving {
    /// None leaves yet, and frame `first` of the chunk is the first that may.
    #[inline(always)]
    pub fn begin(&mut self, first: usize) {
        (self.len, self.edits, self.gaps) = (0, false, first > 0);
    }

    /// The next frame of the chunk does not leave so.
    #[inline(always)]
    pub fn leave_gap(&mut self) {
        if !self.gaps {
            let which = self.at[..self.len].iter_mut().zip(0..);
            which.for_each(|(at, i)| *at = i);
            self.gaps = true;
        }
    }

    /// Frame `at` of the chunk leaves as this row says.
    #[inline(always)]
    pub fn put(&mut self, at: usize, way: RowExit, row: &Row) {
        let place = self.len % CHUNK;
        self.ways[place] = way;
        self.ports[place] = u64::from(row.port().0) << 16;
        self.at[place] = at as u32;
        if !way.retags() {
            self.edits = true;
        }
        self.len += 1;
    }

    /// The last one that was put, to leave otherwise.
    pub fn last_mut(&mut self) -> Option<&mut RowExit> {
        self.ways[..self.len].last_mut()
    }

    /// Are they the first frames of their chunk, all of them, and are just their tags changed?
    #[inline(always)]
    pub fn plain(&self) -> Option<&[RowExit]> {
        (!self.gaps && !self.edits).then(|| &self.ways[..self.len])
    }

    /// Where the `i`th of them leaves.
    #[inline(always)]
    pub fn port(&self, i: usize) -> PortNo {
        PortNo(u32::from((self.ports[i % CHUNK] >> 16) as u16))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Left> {
        let ways = self.ways[..self.len].iter().zip(&self.at);
        ways.enumerate().map(|(i, (&way, &at))| Left {
            way,
            port: self.port(i),
            at: if self.gaps { at as usize } else { i },
        })
    }
}
