//! The frames that in-process rivals work on.

use super::{Job, ledger::mirror, sys};

/// Frames at a fixed stride, from the start of a cache line, on huge pages where the system has them.
pub(super) struct Field {
    bytes: Vec<u8>,
    start: usize,
    slot: usize,
    octets: usize,
    frames: usize,
}

/// Huge pages are this long on the machines that have them.
const PAGE: usize = 2 << 20;

/// One frame of the job: 0x8100, then IPv4 and UDP where they fit, and bytes that say nothing.
pub(super) fn frame(octets: u16, vid: u16) -> Vec<u8> {
    let len = usize::from(octets);
    let mut frame = vec![0x5a; len];
    frame[..12].copy_from_slice(&[0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2]);
    frame[12..14].copy_from_slice(&[0x81, 0]);
    frame[14..16].copy_from_slice(&vid.to_be_bytes());
    if len < 46 {
        // Local experimental: nobody parses on.
        frame[16..18].copy_from_slice(&[0x88, 0xb5]);
        return frame;
    }
    let total = (octets - 18).to_be_bytes();
    let udp = (octets - 38).to_be_bytes();
    frame[16..18].copy_from_slice(&[0x08, 0]);
    frame[18..38].copy_from_slice(&[
        0x45, 0, total[0], total[1], 0, 0, 0x40, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2,
    ]);
    let sum: u32 = frame[18..38]
        .chunks(2)
        .map(|w| u32::from(w[0]) << 8 | u32::from(w[1]))
        .sum();
    let sum = !((sum & 0xffff) + (sum >> 16)) as u16;
    frame[28..30].copy_from_slice(&sum.to_be_bytes());
    frame[38..46].copy_from_slice(&[0x27, 0x10, 0x27, 0x11, udp[0], udp[1], 0, 0]);
    frame
}

impl Field {
    pub(super) fn of(job: &Job) -> Self {
        let (slot, frames) = (job.slot as usize, job.frames as usize);
        let mut bytes = vec![0; slot * frames + PAGE];
        let start = bytes.as_ptr().align_offset(PAGE).min(PAGE);
        sys::ask_for_huge_pages(&mut bytes[start..]);
        let mut field = Self {
            bytes,
            start,
            slot,
            octets: usize::from(job.octets),
            frames,
        };
        let one = frame(job.octets, 1);
        for place in field.frames_mut() {
            place.copy_from_slice(&one);
        }
        field
    }

    pub(super) fn frames_mut(&mut self) -> impl Iterator<Item = &mut [u8]> {
        let all = &mut self.bytes[self.start..self.start + self.slot * self.frames];
        all.chunks_exact_mut(self.slot).map(|place| &mut place[..self.octets])
    }

    /// Every frame with the VID that the job gives it.
    pub(super) fn write(&mut self, job: &Job) {
        for (frame, vid) in self.frames_mut().zip(&job.order) {
            frame[14..16].copy_from_slice(&vid.to_be_bytes());
        }
    }

    /// Has every frame the VID that this many passes leave?
    pub(super) fn check(&mut self, job: &Job, passes: u64) -> Result<(), String> {
        for (i, (frame, &vid)) in self.frames_mut().zip(&job.order).enumerate() {
            let vid = if passes.is_multiple_of(2) {
                vid
            } else {
                mirror(job.vlans, vid)
            };
            if frame[14..16] != vid.to_be_bytes() {
                return Err(format!("frame {i} was not rewritten to VID {vid}"));
            }
        }
        Ok(())
    }
}
