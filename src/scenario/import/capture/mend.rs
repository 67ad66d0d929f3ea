//! What a reader of captures caught, and what is made of it: whole frames in order of time.

use std::collections::BTreeMap;

use super::{Captured, FRAMES_MAX, OCTETS_MAX, SUM_MAX, link_in_words};
use crate::scenario::at::Wrong;
use crate::scenario::codes::Code;
use crate::units::SimDuration;
use crate::wire::Frame;

/// Octets of an Ethernet header: a frame with fewer has nowhere to go.
const HEADER: usize = 14;
/// Octets of a frame check sequence.
const FCS: usize = 4;

/// A frame as a capture holds it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Raw<'a> {
    /// Nanoseconds since 1970; `None`: this kind of record has no time.
    pub at: Option<i128>,
    /// Those of its octets that were captured.
    pub octets: &'a [u8],
    /// Octets that it had on the wire, as the capture says.
    pub original: u32,
    /// Does it end with a frame check sequence, as the capture says?
    pub fcs: bool,
}

/// Where a file breaks off.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tail {
    /// Octets of what is not whole.
    pub octets: usize,
}

/// Everything that a reader caught.
#[derive(Debug, Default)]
pub(super) struct Caught<'a> {
    list: Vec<Raw<'a>>,
    /// Frames of other links than Ethernet, by link type.
    pub other_links: BTreeMap<u32, u64>,
    /// Frames longer than the snap length of the file.
    pub above_snap: u64,
    /// A resolution of time below a nanosecond, in words.
    pub fine: Option<String>,
    /// Times that had to be rounded.
    pub rounded: u64,
    /// The file breaks off.
    pub tail: Option<Tail>,
}

impl<'a> Caught<'a> {
    /// Frames so far, those of other links too.
    pub fn count(&self) -> u64 {
        self.list.len() as u64 + self.other_links.values().sum::<u64>()
    }

    /// One frame more.
    pub fn push(&mut self, raw: Raw<'a>) -> Result<(), Wrong> {
        if self.list.len() >= FRAMES_MAX {
            return Err(Wrong::new(
                Code::CaptureTooLarge,
                format!("the capture holds more than {FRAMES_MAX} frames"),
            )
            .help(format!("keep a part of it: `editcap -r IN OUT 1-{FRAMES_MAX}`")));
        }
        self.list.push(raw);
        Ok(())
    }

    /// Whole frames, without check sequences, in order of time; and what was done to them.
    pub fn mended(mut self) -> Result<Captured, Wrong> {
        let mut told = Vec::new();
        self.take_off_fcs(&mut told);
        self.leave_out(&mut told);
        self.tell_lengths(&mut told);
        if let Some(tail) = self.tail {
            told.push(
                Wrong::new(
                    Code::CaptureTail,
                    format!(
                        "the capture breaks off: {} whole frames are read, {} octets of what follows are not",
                        self.count(),
                        tail.octets
                    ),
                )
                .help("the tool that wrote it was stopped before it had written all, or the copy is not whole"),
            );
        }
        if self.list.is_empty() {
            return Err(self.nothing());
        }
        let times = self.times(&mut told);
        let mut sum = 0;
        let mut frames = Vec::with_capacity(self.list.len());
        for (number, (at, raw)) in times.into_iter().zip(&self.list).enumerate() {
            let len = raw.wire_len();
            sum += len as u64;
            fits(number, len, sum)?;
            frames.push((at, whole(raw.octets, len)));
        }
        Ok(Captured { frames, told })
    }

    fn nothing(&self) -> Wrong {
        let wrong = Wrong::new(Code::CaptureEmpty, "the capture holds no frame that can be replayed");
        if let Some((link, frames)) = self.other_links.iter().next() {
            let (link, help) = link_in_words(*link);
            let message = format!("no frame of the capture is of Ethernet: {frames} are of {link}");
            return Wrong::new(Code::CaptureLink, message).help(help);
        }
        match self.tail {
            Some(tail) => {
                let message = format!(
                    "the capture breaks off before its first whole frame ends, after {} octets of it",
                    tail.octets
                );
                Wrong::new(Code::Capture, message)
            }
            None => wrong,
        }
    }

    /// Takes off the check sequences that the capture says to hold. If not one frame bears that
    /// out, its frames end with data, and stay as they are.
    fn take_off_fcs(&mut self, told: &mut Vec<Wrong>) {
        let (mut declared, mut whole, mut right) = (0u64, 0u64, 0u64);
        for raw in self.list.iter().filter(|raw| raw.fcs) {
            declared += 1;
            if raw.octets.len() >= raw.original as usize && raw.octets.len() >= HEADER + FCS {
                whole += 1;
                right += u64::from(ends_with_right_fcs(raw.octets));
            }
        }
        if declared == 0 {
            return;
        }
        if whole > 0 && right == 0 {
            let message = format!(
                "the capture says that {declared} frames end with a check sequence, and none of {whole} whole ones does: nothing is taken off"
            );
            told.push(Wrong::new(Code::CaptureFcs, message));
            return;
        }
        for raw in self.list.iter_mut().filter(|raw| raw.fcs) {
            let original = raw.wire_len().saturating_sub(FCS);
            raw.octets = &raw.octets[..raw.octets.len().min(original)];
            raw.original = u32::try_from(original).unwrap_or(u32::MAX);
        }
        let mut message = format!("the frame check sequences of {declared} frames are taken off: 4 octets each");
        if right < whole {
            message.push_str(&format!(
                "; {} of them do not fit their frames, which were damaged on the wire",
                whole - right
            ));
        }
        told.push(Wrong::new(Code::CaptureFcs, message));
    }

    /// Frames that cannot be sent are left out.
    fn leave_out(&mut self, told: &mut Vec<Wrong>) {
        for (link, frames) in &self.other_links {
            let (link, help) = link_in_words(*link);
            let message = format!(
                "{frames} of {} frames are left out: they are of {link}, not of Ethernet",
                self.count()
            );
            told.push(Wrong::new(Code::CaptureLeftOut, message).help(help));
        }
        let all = self.list.len();
        self.list.retain(|raw| raw.octets.len() >= HEADER);
        let short = all - self.list.len();
        if short > 0 {
            let message = format!(
                "{short} of {all} frames are left out: not even the {HEADER} octets of an Ethernet header were captured"
            );
            told.push(Wrong::new(Code::CaptureLeftOut, message));
        }
    }

    fn tell_lengths(&self, told: &mut Vec<Wrong>) {
        let missing = |raw: &&Raw<'_>| raw.wire_len() > raw.octets.len();
        let short = self.list.iter().filter(missing).count();
        if short > 0 {
            let octets: u64 = self
                .list
                .iter()
                .map(|raw| (raw.wire_len() - raw.octets.len()) as u64)
                .sum();
            let message = format!(
                "{short} of {} frames were cut short when they were captured: the {octets} octets that are missing are replayed as zeros",
                self.list.len()
            );
            told.push(Wrong::new(Code::CaptureSnapped, message).help("capture whole frames: `tcpdump -s 0`"));
        }
        let longer = self
            .list
            .iter()
            .filter(|raw| raw.octets.len() > raw.original as usize)
            .count();
        if longer > 0 {
            let message = format!(
                "{longer} of {} frames hold more octets than they had on the wire, as the capture says: they are replayed as captured",
                self.list.len()
            );
            told.push(Wrong::new(Code::CaptureLengths, message));
        }
        if self.above_snap > 0 {
            let message = format!(
                "{} frames are longer than the snap length that the capture gives: they are replayed as captured",
                self.above_snap
            );
            told.push(Wrong::new(Code::CaptureLengths, message));
        }
    }

    /// Each frame's time since the first.
    fn times(&self, told: &mut Vec<Wrong>) -> Vec<SimDuration> {
        let first = self.list.iter().find_map(|raw| raw.at).unwrap_or(0);
        let (mut latest, mut back, mut timeless) = (SimDuration::ZERO, 0u64, 0u64);
        let mut times = Vec::with_capacity(self.list.len());
        for raw in &self.list {
            match raw.at {
                Some(at) => {
                    let since = at.saturating_sub(first);
                    let nanos = u64::try_from(since).unwrap_or(if since < 0 { 0 } else { u64::MAX });
                    let at = SimDuration::from_nanos(nanos);
                    back += u64::from(since < i128::from(latest.as_nanos()));
                    latest = latest.max(at);
                }
                None => timeless += 1,
            }
            times.push(latest);
        }
        let all = self.list.len();
        let mut tell = |message: String| told.push(Wrong::new(Code::CaptureTimes, message));
        if let Some(resolution) = &self.fine {
            tell(format!(
                "times are given in steps of {resolution}, finer than 1 ns: {} of {all} are rounded, by 500 ps at most",
                self.rounded
            ));
        }
        if back > 0 {
            tell(format!(
                "the times of {back} of {all} frames go back: they are sent with the latest before them"
            ));
        }
        if timeless > 0 {
            tell(format!(
                "{timeless} of {all} frames have no time: each is sent at once after the one before it"
            ));
        }
        times
    }
}

impl Raw<'_> {
    /// Octets on the wire: those said, and no fewer than were captured.
    fn wire_len(&self) -> usize {
        (self.original as usize).max(self.octets.len())
    }
}

fn fits(number: usize, len: usize, sum: u64) -> Result<(), Wrong> {
    if len > OCTETS_MAX {
        let message = format!("frame {} has {len} octets, more than {OCTETS_MAX}", number + 1);
        return Err(Wrong::new(Code::CaptureTooLarge, message).help(
            "frames of that size were put together by the host and were never on the wire: capture with offloads off (`ethtool -K eth0 gro off tso off gso off lro off`)",
        ));
    }
    if sum > SUM_MAX {
        let message = format!(
            "up to frame {} the capture has {sum} octets, more than {SUM_MAX}",
            number + 1
        );
        return Err(Wrong::new(Code::CaptureTooLarge, message).help("keep a part of it (`editcap -r`)"));
    }
    Ok(())
}

/// A frame of `len` octets that begins with these, zeros after them.
fn whole(octets: &[u8], len: usize) -> Frame {
    if octets.len() >= len {
        return Frame::from_octets(octets);
    }
    let mut all = Vec::with_capacity(len);
    all.extend_from_slice(octets);
    all.resize(len, 0);
    Frame::from_octets(&all)
}

/// Are the last four octets the check sequence of those before (IEEE 802.3, 3.2.9)?
fn ends_with_right_fcs(octets: &[u8]) -> bool {
    let Some((data, fcs)) = octets.split_last_chunk::<FCS>() else {
        return false;
    };
    let mut crc = u32::MAX;
    for octet in data {
        crc ^= u32::from(*octet);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    u32::from_le_bytes(*fcs) == !crc
}

#[cfg(test)]
mod tests {
    use super::ends_with_right_fcs;

    #[test]
    fn the_check_sequence_is_that_of_ethernet() {
        // The check value of CRC-32: that of "123456789" is cbf43926.
        assert!(ends_with_right_fcs(b"123456789\x26\x39\xf4\xcb"));
        assert!(!ends_with_right_fcs(b"123456788\x26\x39\xf4\xcb"));
        assert!(!ends_with_right_fcs(b"\0\0\0"));
    }
}
