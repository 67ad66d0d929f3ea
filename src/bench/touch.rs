//! The floor: reading what a demultiplexer has to read, and doing nothing with it.
//!
//! Invariant: one load of a descriptor and one load from the frame's first line, in the order in
//! which the demultiplexer reads them; scalar. Each step needs the last one's result, so neither a
//! vector loop nor gathers can take its place; a test looks at the machine code.

use crate::forward::Standing;

/// Reads each descriptor and the last eight octets of its frame's header (a part of the source
/// address, the tag, the EtherType). The alternating sum keeps the loads and their order.
#[inline(never)]
pub fn touch(descriptors: &[Standing], slab: &[u8]) -> u64 {
    let mut sum = 0_u64;
    for descriptor in descriptors {
        let at = descriptor.at() + 8;
        let Some(octets) = slab.get(at..at + 8) else { return sum };
        let mut word = [0; 8];
        word.copy_from_slice(octets);
        sum = u64::from_le_bytes(word).wrapping_sub(sum);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ident::PortNo;

    #[test]
    fn every_frame_is_read_once_and_in_order() {
        let mut slab = vec![0_u8; 64 * 3];
        for (i, value) in [100_u8, 10, 1].into_iter().enumerate() {
            slab[64 * i + 8] = value;
        }
        let frame = |i: u32| Standing::new(64 * i, 60, PortNo(0)).expect("a short frame");
        assert_eq!(touch(&[frame(0), frame(1), frame(2)], &slab), 1 + 100 - 10);
        assert_ne!(
            touch(&[frame(1), frame(0), frame(2)], &slab),
            touch(&[frame(0), frame(1), frame(2)], &slab)
        );
    }

    #[test]
    fn a_descriptor_is_eight_octets() {
        assert_eq!(size_of::<Standing>(), 8);
    }
}
