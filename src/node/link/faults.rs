//! What goes wrong in one direction of a link, each from a random stream of its own.

use super::End;
use super::flights::Blemish;
use crate::ident::Stream;
use crate::wire::Frame;

/// Where the streams of a link's faults grow from.
#[derive(Debug, Clone, Copy)]
pub struct StreamRoot<'a> {
    /// The run's seed.
    pub seed: u64,
    /// The link's name.
    pub link: &'a str,
}

#[derive(Debug)]
struct Fault {
    ppb: u32,
    stream: Stream,
}

impl Fault {
    fn strikes(fault: &mut Option<Self>) -> bool {
        fault.as_mut().is_some_and(|f| f.ppb > 0 && f.stream.chance_ppb(f.ppb))
    }
}

/// The faults of one direction. A stream goes on where it stopped when its fault comes back.
#[derive(Debug, Default)]
pub(super) struct Faults {
    loss: Option<Fault>,
    corrupt: Option<Fault>,
    duplicate: Option<Fault>,
}

impl Faults {
    /// What becomes of this frame, and its copy where the link sends it twice.
    pub(super) fn strike(&mut self, frame: &mut Frame) -> (Blemish, Option<Frame>) {
        let lost = Fault::strikes(&mut self.loss);
        let corrupt = Fault::strikes(&mut self.corrupt);
        let copy = Fault::strikes(&mut self.duplicate).then(|| frame.clone());
        if let (true, Some(fault)) = (corrupt, &mut self.corrupt) {
            flip(frame.bytes_mut(), &mut fault.stream);
        }
        let blemish = match (lost, corrupt) {
            (true, _) => Blemish::Lost,
            (false, true) => Blemish::Corrupt,
            (false, false) => Blemish::None,
        };
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

/// Sets one fault of a direction to strike `ppb` frames of a billion.
pub(super) fn set(faults: &mut Option<Box<Faults>>, root: StreamRoot<'_>, from: End, purpose: &str, ppb: u32) {
    if ppb == 0 && faults.is_none() {
        return;
    }
    debug_assert!(ppb <= 1_000_000_000, "a fault strikes every frame at most");
    let faults = faults.get_or_insert_default();
    let fault = match purpose {
        "loss" => &mut faults.loss,
        "corrupt" => &mut faults.corrupt,
        _ => &mut faults.duplicate,
    };
    match fault {
        Some(fault) => fault.ppb = ppb,
        None if ppb == 0 => {}
        None => {
            let way = match from {
                End::A => "a-to-b",
                End::B => "b-to-a",
            };
            *fault = Some(Fault {
                ppb,
                stream: Stream::new(root.seed, &format!("{}/{way}", root.link), purpose),
            });
        }
    }
}
