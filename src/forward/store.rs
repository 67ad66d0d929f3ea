//! Where the rows of trunks are: pages of 64 and whole trunks of 4,096, on slabs that never move.
//!
//! A switch with many places asks for rows all over them. On large slabs the kernel is asked for
//! huge pages, since with small ones the processor spends more on finding a row than on reading it.

use super::kernel::ask_for_huge_pages;
use super::kernel::four::RowSpot;
use super::row::{Beside, Row};

/// Rows of a page.
pub(super) const PAGE: usize = 64;
/// Rows of a trunk: one for each VID.
pub(super) const TRUNK: usize = 4096;

/// A block of rows, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BlockId(u32);

impl BlockId {
    /// No block: nothing is found by it.
    pub const NONE: Self = Self(u32::MAX);
}

/// Blocks of so many rows. They are made on demand and used again.
#[derive(Debug)]
pub(super) struct Blocks<const ROWS: usize> {
    rows: Vec<Vec<Row>>,
    beside: Vec<Vec<Beside>>,
    /// Blocks that were made, and how many the last slab has room for.
    made: usize,
    room: usize,
    free: Vec<BlockId>,
}

impl<const ROWS: usize> Default for Blocks<ROWS> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            beside: Vec::new(),
            made: 0,
            room: 0,
            free: Vec::new(),
        }
    }
}

impl<const ROWS: usize> Blocks<ROWS> {
    /// Blocks of the first slabs, at least 16 KiB of rows, and of the largest, which is 32 MiB.
    const LEAST: usize = (256 / ROWS).next_power_of_two();
    const MOST: usize = (32 << 20) / 64 / ROWS;

    const fn slab(block: BlockId) -> usize {
        block.0 as usize / Self::MOST
    }
    const fn at(block: BlockId) -> usize {
        block.0 as usize % Self::MOST * ROWS
    }

    /// One block more, of empty rows.
    pub fn make(&mut self) -> BlockId {
        if let Some(block) = self.free.pop() {
            debug_assert!(self.parts(block, 0).is_some(), "a free block is one that was made");
            return block;
        }
        if self.rows.last().is_none_or(|last| last.len() >= self.room * ROWS) {
            // A quarter of what there is: at most a fifth is never used.
            self.room = (self.made / 4).clamp(Self::LEAST, Self::MOST);
            let mut rows = Vec::with_capacity(self.room * ROWS);
            ask_for_huge_pages(&mut rows);
            self.rows.push(rows);
            self.beside.push(Vec::with_capacity(self.room * ROWS));
        }
        self.made += 1;
        debug_assert_eq!(
            self.rows.len(),
            self.beside.len(),
            "every row has what stands beside it"
        );
        let slab = self.rows.len() - 1;
        let (rows, beside) = (&mut self.rows[slab], &mut self.beside[slab]);
        let at = rows.len() / ROWS;
        rows.resize(rows.len() + ROWS, Row::default());
        beside.resize(beside.len() + ROWS, Beside::NONE);
        BlockId(u32::try_from(slab * Self::MOST + at).expect("fewer than 2^32 blocks"))
    }

    /// Empties a block, for whoever needs one next.
    pub fn free(&mut self, block: BlockId) {
        let (slab, at) = (Self::slab(block), Self::at(block));
        self.rows[slab][at..at + ROWS].fill(Row::default());
        self.beside[slab][at..at + ROWS].fill(Beside::NONE);
        debug_assert!(!self.free.contains(&block), "no block is given back twice");
        self.free.push(block);
    }

    /// A row, for four at once.
    #[inline(always)]
    pub fn spot(&mut self, block: BlockId, row: usize) -> RowSpot {
        let rows = self.rows.get_mut(Self::slab(block));
        rows.map_or(RowSpot::NONE, |rows| RowSpot::of(rows, Self::at(block) + row))
    }

    /// The rows of a block, where there is one.
    #[inline(always)]
    pub fn rows_mut(&mut self, block: BlockId) -> Option<&mut [Row; ROWS]> {
        let rows = self.rows.get_mut(Self::slab(block))?;
        rows.get_mut(Self::at(block)..)?.first_chunk_mut()
    }

    /// A row and what stands beside it.
    #[inline]
    pub fn parts(&self, block: BlockId, row: usize) -> Option<(&Row, &Beside)> {
        let (slab, at) = (Self::slab(block), Self::at(block) + row);
        Some((self.rows.get(slab)?.get(at)?, self.beside.get(slab)?.get(at)?))
    }

    /// A row and what stands beside it.
    #[inline]
    pub fn parts_mut(&mut self, block: BlockId, row: usize) -> Option<(&mut Row, &mut Beside)> {
        let (slab, at) = (Self::slab(block), Self::at(block) + row);
        let row = self.rows.get_mut(slab)?.get_mut(at)?;
        Some((row, self.beside.get_mut(slab)?.get_mut(at)?))
    }
}

/// A copy has room for as many blocks as the original: they do not move in it either.
impl<const ROWS: usize> Clone for Blocks<ROWS> {
    fn clone(&self) -> Self {
        fn slabs<T: Clone>(slabs: &[Vec<T>]) -> Vec<Vec<T>> {
            let copy = |slab: &Vec<T>| {
                let mut copy = Vec::with_capacity(slab.capacity());
                copy.extend_from_slice(slab);
                copy
            };
            slabs.iter().map(copy).collect()
        }
        Self {
            rows: slabs(&self.rows),
            beside: slabs(&self.beside),
            made: self.made,
            room: self.room,
            free: self.free.clone(),
        }
    }
}

/// All rows of a switch's trunks.
#[derive(Debug, Default, Clone)]
pub(super) struct Store {
    /// Of 64 VIDs each.
    pub pages: Blocks<PAGE>,
    /// Of all VIDs of a trunk.
    pub trunks: Blocks<TRUNK>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "no block is given back twice")]
    fn a_block_that_is_given_back_twice_is_noticed() {
        let mut blocks = Blocks::<PAGE>::default();
        let block = blocks.make();
        blocks.free(block);
        blocks.free(block);
    }
}
