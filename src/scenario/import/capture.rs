//! Frames out of a capture: pcap and pcapng, microseconds and nanoseconds.

use pcap_file::DataLink;
use pcap_file::pcap::PcapParser;
use pcap_file::pcapng::PcapNgParser;
use pcap_file::pcapng::blocks::Block;

use crate::scenario::at::Wrong;
use crate::scenario::codes::Code;
use crate::units::SimDuration;
use crate::wire::{Frame, Tag};

/// Frames that a capture may hold.
pub const FRAMES_MAX: usize = 1_000_000;
/// Octets that a frame of it may have.
pub const OCTETS_MAX: usize = 9_280;

/// What becomes of the tags of replayed frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stack {
    /// As captured.
    Keep,
    /// All tags off.
    Strip,
    /// All tags off, this one on.
    Retag(Tag),
}

/// The frames of a capture, each so long after the first.
///
/// A frame that the capture cut short is replayed as long as it was captured. Times that go back
/// are taken as the latest time so far.
///
/// # Errors
/// It is no capture, not of Ethernet, breaks off, or is too large.
pub fn frames(octets: &[u8]) -> Result<Vec<(SimDuration, Frame)>, Wrong> {
    let mut out = Frames::default();
    match octets.get(..4) {
        Some([0x0a, 0x0d, 0x0d, 0x0a]) => pcapng(octets, &mut out)?,
        _ => pcap(octets, &mut out)?,
    }
    if out.list.is_empty() {
        return Err(Wrong::new(Code::CaptureEmpty, "the capture holds no frame"));
    }
    Ok(out.list)
}

/// The frame with its tags treated as `stack` says.
pub fn restack(frame: &Frame, stack: Stack) -> Frame {
    let mut frame = frame.clone();
    if stack != Stack::Keep {
        while frame.pop_tag().is_some() {}
    }
    if let Stack::Retag(tag) = stack {
        frame.push_tag(tag);
    }
    frame
}

#[derive(Default)]
struct Frames {
    list: Vec<(SimDuration, Frame)>,
    first: Option<u128>,
}

impl Frames {
    fn push(&mut self, at: u128, octets: &[u8]) -> Result<(), Wrong> {
        if self.list.len() >= FRAMES_MAX {
            return Err(Wrong::new(
                Code::CaptureTooLarge,
                format!("the capture holds more than {FRAMES_MAX} frames"),
            ));
        }
        if octets.len() > OCTETS_MAX {
            return Err(Wrong::new(
                Code::CaptureTooLarge,
                format!(
                    "frame {} has {} octets, more than {OCTETS_MAX}",
                    self.list.len() + 1,
                    octets.len()
                ),
            ));
        }
        let first = *self.first.get_or_insert(at);
        let since = u64::try_from(at.saturating_sub(first)).unwrap_or(u64::MAX);
        let latest = self.list.last().map_or(SimDuration::ZERO, |(t, _)| *t);
        self.list
            .push((SimDuration::from_nanos(since).max(latest), Frame::from_octets(octets)));
        Ok(())
    }
}

fn broken(what: impl std::fmt::Display) -> Wrong {
    Wrong::new(Code::Capture, format!("the capture is malformed: {what}"))
}

fn ethernet(link: DataLink) -> Result<(), Wrong> {
    if link == DataLink::ETHERNET {
        return Ok(());
    }
    Err(Wrong::new(
        Code::CaptureLink,
        format!("the capture is of link type {}, not of Ethernet", u32::from(link)),
    ))
}

fn pcap(octets: &[u8], out: &mut Frames) -> Result<(), Wrong> {
    let (mut rest, parser) = PcapParser::new(octets).map_err(broken)?;
    ethernet(parser.header().datalink)?;
    while !rest.is_empty() {
        let (next, packet) = parser.next_packet(rest).map_err(broken)?;
        out.push(packet.timestamp().as_nanos(), packet.data())?;
        rest = next;
    }
    Ok(())
}

fn pcapng(octets: &[u8], out: &mut Frames) -> Result<(), Wrong> {
    let (mut rest, mut parser) = PcapNgParser::new(octets).map_err(broken)?;
    while !rest.is_empty() {
        let (next, block) = parser.next_block(rest).map_err(broken)?;
        if next.len() >= rest.len() {
            return Err(broken("a block of no length"));
        }
        match block {
            Block::InterfaceDescription(interface) => ethernet(interface.linktype)?,
            Block::EnhancedPacket(packet) => out.push(packet.timestamp.as_nanos(), &packet.data)?,
            // A simple packet has no time: it follows the one before at once.
            Block::SimplePacket(packet) => {
                let now = out.first.unwrap_or(0) + out.list.last().map_or(0, |(t, _)| u128::from(t.as_nanos()));
                out.push(now, &packet.data)?;
            }
            Block::Packet(_) => return Err(broken("it has packet blocks of an obsolete kind")),
            _ => {}
        }
        rest = next;
    }
    Ok(())
}
