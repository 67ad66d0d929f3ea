//! When the frames of a flow leave, and how large they are.

use super::{FrameSize, Pattern, exponential};
use crate::ident::Stream;
use crate::units::{SimDuration, SimTime};

/// The instants of one flow, in order. At most one a nanosecond, whatever the pattern says.
#[derive(Debug)]
pub struct Schedule {
    pattern: Pattern,
    start: SimTime,
    stop: SimTime,
    /// Only Poisson flows draw.
    stream: Option<Box<Stream>>,
}

impl Schedule {
    /// The instants of `pattern` from `start` until just before `stop`. A Poisson pattern draws
    /// from `stream`; without one it is constant.
    pub fn new(pattern: Pattern, start: SimTime, stop: SimTime, stream: Option<Stream>) -> Self {
        Self {
            pattern,
            start,
            stop,
            stream: stream.map(Box::new),
        }
    }

    /// When the first frame leaves; `None`: never.
    pub fn first(&self) -> Option<SimTime> {
        let silent = matches!(self.pattern, Pattern::OnOff { on, .. } if on.is_zero());
        (!silent && self.start < self.stop).then_some(self.start)
    }

    /// When the frame after the one at `last` leaves; `None`: there is none.
    pub fn after(&mut self, last: SimTime) -> Option<SimTime> {
        let next = match (self.pattern, &mut self.stream) {
            (Pattern::Poisson(mean), Some(stream)) => last.checked_add(exponential::gap(mean, stream)),
            (Pattern::Poisson(every) | Pattern::Constant(every), _) => last.checked_add(at_least_one(every)),
            (Pattern::OnOff { interval, on, off }, _) => self.within_bursts(last, interval, on, off),
        };
        next.filter(|at| *at < self.stop)
    }

    /// Bursts begin at whole cycles after the start; the pacing begins anew with each.
    fn within_bursts(
        &self,
        last: SimTime,
        interval: SimDuration,
        on: SimDuration,
        off: SimDuration,
    ) -> Option<SimTime> {
        let cycle = on.saturating_add(off).as_nanos();
        let since = last.saturating_since(self.start).as_nanos();
        let into = since.checked_rem(cycle)?;
        let next = into.checked_add(at_least_one(interval).as_nanos())?;
        let step = if next < on.as_nanos() {
            next - into
        } else {
            cycle - into
        };
        last.checked_add(SimDuration::from_nanos(step))
    }
}

fn at_least_one(gap: SimDuration) -> SimDuration {
    gap.max(SimDuration::from_nanos(1))
}

/// CSIT's IMIX, 28 of 64, 16 of 570 and 4 of 1518 in 48 frames, as four rounds of twelve.
const IMIX: [u16; 12] = [64, 570, 64, 64, 570, 64, 1518, 64, 570, 64, 570, 64];

/// Octets of frame number `seq`, untagged and with FCS; never below 64.
pub const fn octets_of(size: FrameSize, seq: u64) -> u16 {
    match size {
        FrameSize::Fixed(octets) if octets < 64 => 64,
        FrameSize::Fixed(octets) => octets,
        FrameSize::Imix => IMIX[(seq % IMIX.len() as u64) as usize],
    }
}
