//! Memory that frames and output boxes stand in: whole pages, huge ones where they can be had.
//!
//! Invariant: memory is zero, page-aligned, and first touched by the thread that made it.

use memmap2::MmapMut;
use zerocopy::FromBytes;

/// An anonymous mapping.
#[derive(Debug)]
pub struct Slab {
    map: MmapMut,
    /// Were huge pages asked for, and did the kernel take the request?
    huge: bool,
}

impl Slab {
    /// That many octets, at least one.
    ///
    /// # Errors
    /// The machine has not that much.
    pub fn new(octets: usize) -> Result<Self, String> {
        let map = MmapMut::map_anon(octets.max(1)).map_err(|e| format!("no memory for {octets} octets: {e}"))?;
        #[cfg(target_os = "linux")]
        let huge = map.advise(memmap2::Advice::HugePage).is_ok();
        #[cfg(not(target_os = "linux"))]
        let huge = false;
        Ok(Self { map, huge })
    }

    /// Did the kernel take the request for huge pages? It may still give none.
    pub fn huge_pages_asked(&self) -> bool {
        self.huge
    }

    /// The octets.
    pub fn octets(&self) -> &[u8] {
        &self.map
    }

    /// The octets, to edit.
    pub fn octets_mut(&mut self) -> &mut [u8] {
        &mut self.map
    }

    /// The same memory as lines of sixteen words; what is left behind the last is out of use.
    pub fn lines_mut(&mut self) -> &mut [[u32; 16]] {
        let whole = self.map.len() / 64 * 64;
        <[[u32; 16]]>::mut_from_bytes(&mut self.map[..whole]).expect("pages are aligned, and cut to whole lines")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_zero_and_aligned_to_lines() {
        let mut slab = Slab::new(3 * 64 + 5).expect("a few octets");
        assert!(slab.octets().iter().all(|octet| *octet == 0));
        let lines = slab.lines_mut();
        assert_eq!(lines.len(), 3);
        lines[2][15] = 7;
        assert_eq!(slab.octets()[3 * 64 - 4], 7);
    }
}
