//! Where the rows of trunks are: pages of 64, on slabs that never move.
//!
//! A switch with many places asks for rows all over them. On large slabs the kernel is asked for
//! huge pages, since with small ones the processor spends more on finding a row than on reading it.

use super::kernel::ask_for_huge_pages;
use super::row::{Beside, Row};

/// Rows of a page.
pub(super) const PAGE: usize = 64;
/// Pages of the first slabs, and of the largest, which is 32 MiB of rows.
const LEAST: usize = 4;
const MOST: usize = 1 << IN_SLAB;
/// Bits of a page's number that say where on its slab it is.
const IN_SLAB: u32 = 13;

/// A page, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageId(u32);

impl PageId {
    /// No page: nothing is found by it.
    pub const NONE: Self = Self(u32::MAX);

    #[inline(always)]
    const fn slab(self) -> usize {
        (self.0 >> IN_SLAB) as usize
    }
    #[inline(always)]
    const fn at(self) -> usize {
        (self.0 & ((1 << IN_SLAB) - 1)) as usize
    }
}

/// All pages of a switch. They are made on demand and kept.
#[derive(Debug, Default)]
pub(super) struct Store {
    rows: Vec<Vec<[Row; PAGE]>>,
    beside: Vec<Vec<[Beside; PAGE]>>,
    /// Pages that were made, and how many the last slab has room for.
    pages: usize,
    room: usize,
}

impl Store {
    /// One page more.
    pub fn make(&mut self) -> PageId {
        if self.rows.last().is_none_or(|last| last.len() >= self.room) {
            // A quarter of what there is: at most a fifth is never used.
            self.room = (self.pages / 4).clamp(LEAST, MOST);
            let room = self.room;
            let mut rows = Vec::with_capacity(room);
            ask_for_huge_pages(&mut rows);
            self.rows.push(rows);
            self.beside.push(Vec::with_capacity(room));
        }
        self.pages += 1;
        let slab = self.rows.len() - 1;
        let at = self.rows[slab].len();
        self.rows[slab].push([Row::default(); PAGE]);
        self.beside[slab].push([Beside::NONE; PAGE]);
        let number = slab << IN_SLAB | at;
        PageId(u32::try_from(number).expect("fewer than 2^32 pages"))
    }

    /// The rows of a page, where there is one.
    #[inline(always)]
    pub fn rows_mut(&mut self, page: PageId) -> Option<&mut [Row; PAGE]> {
        self.rows.get_mut(page.slab())?.get_mut(page.at())
    }

    /// A row and what stands beside it.
    #[inline]
    pub fn parts(&self, page: PageId, row: usize) -> Option<(&Row, &Beside)> {
        let rows = self.rows.get(page.slab())?.get(page.at())?;
        let beside = self.beside.get(page.slab())?.get(page.at())?;
        Some((rows.get(row)?, beside.get(row)?))
    }

    /// A row and what stands beside it.
    #[inline]
    pub fn parts_mut(&mut self, page: PageId, row: usize) -> Option<(&mut Row, &mut Beside)> {
        let rows = self.rows.get_mut(page.slab())?.get_mut(page.at())?;
        let beside = self.beside.get_mut(page.slab())?.get_mut(page.at())?;
        Some((rows.get_mut(row)?, beside.get_mut(row)?))
    }
}

/// A copy has room for as many pages as the original: they do not move in it either.
impl Clone for Store {
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
            pages: self.pages,
            room: self.room,
        }
    }
}
