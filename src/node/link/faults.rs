//! What goes wrong in one direction of a link: each frame draws for itself.
//!
//! A draw is keyed by the frame and by what it is drawn for ([`Luck`]), and a frame that draws worse
//! than a small rate of loss draws worse than every larger one: what a link loses at 1 % it loses at
//! 2 % as well, and whatever else is changed moves none of it.

use super::flights::Blemish;
use crate::ident::{Luck, Stream};
use crate::wire::Frame;

/// What can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The frame is lost.
    Loss,
    /// One of its bits is flipped.
    Corrupt,
    /// It is sent twice.
    Duplicate,
}

impl Purpose {
    /// The name of its draws.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Corrupt => "corrupt",
            Self::Duplicate => "duplicate",
        }
    }

    /// Does it strike a frame of this luck, where it strikes `ppb` of a billion? What is drawn next
    /// for the same purpose goes on with the stream.
    fn strikes(self, luck: Luck, ppb: u32) -> Option<Stream> {
        if ppb == 0 {
            return None;
        }
        let mut stream = luck.stream(self.as_str());
        stream.chance_ppb(ppb).then_some(stream)
    }
}

/// The faults of one direction, each in parts of a billion.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Faults {
    loss: u32,
    corrupt: u32,
    duplicate: u32,
}

impl Faults {
    /// What becomes of this frame, and its copy where the link sends it twice.
    pub(super) fn strike(&self, frame: &mut Frame, luck: Luck) -> (Blemish, Option<Frame>) {
        let lost = Purpose::Loss.strikes(luck, self.loss).is_some();
        let corrupt = Purpose::Corrupt.strikes(luck, self.corrupt);
        let twice = Purpose::Duplicate.strikes(luck, self.duplicate);
        let copy = twice.map(|_| frame.clone());
        let blemish = match (lost, &corrupt) {
            (true, _) => Blemish::Lost,
            (false, Some(_)) => Blemish::Corrupt,
            (false, None) => Blemish::None,
        };
        if let Some(mut stream) = corrupt {
            flip(frame.bytes_mut(), &mut stream);
        }
        (blemish, copy)
    }
}

fn flip(octets: &mut [u8], stream: &mut Stream) {
    let bit = stream.below(octets.len() as u64 * 8);
    debug_assert!(
        bit < octets.len() as u64 * 8 || octets.is_empty(),
        "the flipped bit is one of the frame's"
    );
    if let Some(octet) = octets.get_mut((bit / 8) as usize) {
        *octet ^= 1 << (bit % 8);
    }
}

/// Sets one fault of a direction to strike `ppb` frames of a billion. Where nothing goes wrong any
/// more, nothing is left of it.
pub(super) fn set(faults: &mut Option<Box<Faults>>, purpose: Purpose, ppb: u32) {
    debug_assert!(ppb <= 1_000_000_000, "a fault strikes every frame at most");
    let mut now = faults.as_deref().copied().unwrap_or_default();
    match purpose {
        Purpose::Loss => now.loss = ppb,
        Purpose::Corrupt => now.corrupt = ppb,
        Purpose::Duplicate => now.duplicate = ppb,
    }
    let healthy = now.loss == 0 && now.corrupt == 0 && now.duplicate == 0;
    *faults = (!healthy).then(|| Box::new(now));
}
