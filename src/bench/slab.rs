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

    /// Millionths of what is in memory of it that stand on huge pages, where the system tells: they are
    /// given as far as there are any, and that differs from one run to the next.
    pub fn on_huge_pages(&self) -> Option<u64> {
        huge_share(
            &std::fs::read_to_string("/proc/self/smaps").ok()?,
            self.map.as_ptr() as u64,
        )
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

/// Of the mapping that this address is in: anonymous huge pages over what is resident, in millionths.
fn huge_share(smaps: &str, address: u64) -> Option<u64> {
    let range = |line: &str| {
        let (first, last) = line.split_once(' ')?.0.split_once('-')?;
        let number = |text| u64::from_str_radix(text, 16).ok();
        Some(number(first)?..number(last)?)
    };
    let mut lines = smaps.lines();
    lines.find(|line| range(line).is_some_and(|range| range.contains(&address)))?;
    let (mut resident, mut huge) = (None, None);
    for line in lines.take_while(|line| range(line).is_none()) {
        let kib = || line.split_whitespace().nth(1)?.parse::<u64>().ok();
        if line.starts_with("Rss:") {
            resident = kib();
        } else if line.starts_with("AnonHugePages:") {
            huge = kib();
        }
    }
    let resident = resident.filter(|kib| *kib > 0)?;
    Some(huge?.saturating_mul(1_000_000) / resident)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_on_huge_pages_is_that_of_the_mapping_that_is_meant() {
        let smaps = "7000-9000 rw-p 00000000 00:00 0 \nSize: 8 kB\nRss: 8 kB\nAnonHugePages: 8 kB\n\
                     a000-f000 rw-p 00000000 00:00 0 \nRss: 400 kB\nAnonHugePages: 100 kB\nVmFlags: rd wr\n\
                     f000-ff00 rw-p 00000000 00:00 0 [heap]\nRss: 0 kB\nAnonHugePages: 0 kB\n";
        assert_eq!(huge_share(smaps, 0x8fff), Some(1_000_000));
        assert_eq!(huge_share(smaps, 0xa000), Some(250_000));
        assert_eq!(huge_share(smaps, 0x9000), None, "nobody's");
        assert_eq!(huge_share(smaps, 0xf123), None, "nothing of it is in memory");
        assert_eq!(huge_share("a000-f000 rw-p\nRss: 4 kB\n", 0xa000), None, "an old kernel");
    }

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
