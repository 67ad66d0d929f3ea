//! Frames out of a capture: pcap and pcapng, and what was mended or lost in reading them.

mod mend;
mod pcap;
mod pcapng;

use crate::scenario::at::Wrong;
use crate::scenario::codes::Code;
use crate::units::SimDuration;
use crate::wire::{Frame, Tag};
use mend::Caught;

/// Frames that a capture may hold.
pub const FRAMES_MAX: usize = 1_000_000;
/// Octets that a frame of it may have.
pub const OCTETS_MAX: usize = 9_280;
/// Octets that all its frames together may have, those that it cut short made whole: 256 MiB.
pub const SUM_MAX: u64 = 256 << 20;

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

/// What a capture gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Captured {
    /// Its frames without their check sequence, each so long after the first; times never go back.
    pub frames: Vec<(SimDuration, Frame)>,
    /// What was lost, left out or mended, each kind with its count.
    pub told: Vec<Wrong>,
}

/// Reads a capture.
///
/// Frames that it cut short have zeros for what is missing; check sequences that it says to hold
/// are taken off; times that go back are taken as the latest so far, and those finer than a
/// nanosecond rounded to the nearest; frames of other links than Ethernet are left out; of a file
/// that breaks off every whole frame is read. All this is told.
///
/// # Errors
/// It is no capture, holds no frame of Ethernet, contradicts itself, or is too large.
pub fn frames(octets: &[u8]) -> Result<Captured, Wrong> {
    let mut caught = Caught::default();
    match octets.get(..4) {
        Some([0x0a, 0x0d, 0x0d, 0x0a]) => pcapng::read(octets, &mut caught)?,
        _ => pcap::read(octets, &mut caught)?,
    }
    caught.mended()
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

fn broken(what: impl std::fmt::Display) -> Wrong {
    Wrong::new(Code::Capture, format!("the capture is malformed: {what}"))
}

/// Do frames of so many octets of check sequence end with Ethernet's, which has four?
fn ends_with_fcs(octets: u32, who: &str) -> Result<bool, Wrong> {
    match octets {
        0 => Ok(false),
        4 => Ok(true),
        _ => Err(Wrong::new(
            Code::CaptureFcs,
            format!("{who} says that frames end with a check sequence of {octets} octets: Ethernet's has 4"),
        )
        .help("write the capture anew with a tool that knows what it holds (`editcap`)")),
    }
}

/// A link type in words, and how to capture Ethernet instead.
fn link_in_words(link: u32) -> (String, &'static str) {
    let name = match link {
        0 | 108 => "BSD loopback",
        9 | 50 => "PPP",
        12 | 14 | 101 | 228 | 229 => "IP without a frame around it",
        105 | 127 | 119 | 163 => "Wi-Fi",
        113 | 276 => "Linux cooked capture, which `any` gives",
        _ => "",
    };
    let told = match name {
        "" => format!("link type {link}"),
        name => format!("link type {link} ({name})"),
    };
    (
        told,
        "capture on the Ethernet interface itself (`tcpdump -i eth0`): other links have no Ethernet header to replay",
    )
}
