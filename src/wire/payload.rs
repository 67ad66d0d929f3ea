//! How much of a frame is payload.

/// Octets behind addresses, tags and EtherType (or length); zero where they do not end.
pub fn payload_octets(frame: &[u8]) -> u32 {
    let mut at = 12;
    loop {
        match frame.get(at..at + 2) {
            Some([0x81, 0x00] | [0x88, 0xa8] | [0x91, 0x00]) => at += 4,
            Some(_) => break,
            None => return 0,
        }
    }
    debug_assert!(at + 2 <= frame.len(), "no payload begins behind its frame");
    u32::try_from(frame.len() - at - 2).expect("a frame is shorter than 4 GiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_payload_begins_behind_every_tag() {
        let mut frame = vec![0u8; 60];
        assert_eq!(payload_octets(&frame), 46);
        frame[12..14].copy_from_slice(&[0x81, 0x00]);
        assert_eq!(payload_octets(&frame), 42);
        frame[12..14].copy_from_slice(&[0x88, 0xa8]);
        frame[16..18].copy_from_slice(&[0x91, 0x00]);
        assert_eq!(payload_octets(&frame), 38);
    }

    #[test]
    fn a_truncated_frame_has_no_payload() {
        assert_eq!(payload_octets(&[]), 0);
        assert_eq!(payload_octets(&[0; 13]), 0);
        assert_eq!(payload_octets(&[0; 14]), 0);
        let mut tags = vec![0u8; 12];
        tags.extend([0x81, 0x00, 0, 1].repeat(100));
        assert_eq!(payload_octets(&tags), 0);
    }
}
