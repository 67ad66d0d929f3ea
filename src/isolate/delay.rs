//! How much later a load may make frames of others: what may stand ahead of one at every hop.
//!
//! A link sends frames in the order in which they came. So a frame waits at a hop for no more than what
//! the attacker has there at once, all that the others send, and the frame that is on the wire already.
//! What the attacker has is bounded by its bandwidth profile: a burst `b` and a rate `r`, in octets of
//! the wire, `b + r x t` in any time `t`. Behind hops at which frames may have waited for `J` that is
//! `b + r x (t + J)`. Of that the hop sends `R x t` meanwhile: where `r` is no more than `R`, no more
//! than `b + r x J` is ever left. The order of such hops does not matter: the sum is the same in all.

use crate::forward::Policer;
use crate::units::{BitRate, ByteCount, SimDuration};
use crate::wire::payload_octets;

/// Preamble, FCS and gap.
const AROUND: u64 = 24;
/// The longest frame on a wire, around included.
pub const LONGEST: u64 = 9_300;
/// Nanobits of an octet at one bit a second.
const NANOBITS: u128 = 8_000_000_000;

/// What the attacker's profile lets through, in octets of the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// At once.
    pub burst: u64,
    /// Bits a second.
    pub rate: BitRate,
}

/// A load and what stands beside it, in octets of the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// What polices it; `None`: nobody promised less than all of it.
    pub profile: Option<Profile>,
    /// All that is sent.
    pub offered: u64,
    /// All that the others send.
    pub others: u64,
}

fn octets(count: u128) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Octets of a frame on the wire.
pub fn on_wire(frame: &[u8]) -> u64 {
    frame.len() as u64 + AROUND
}

impl Profile {
    /// What a policer lets through of frames that are `longer` by so many octets behind it: by what each of
    /// them has on the wire for what is counted of it, the most of any. `None` where one counts nothing.
    pub fn of<'a>(policer: &Policer, longer: u64, frames: impl Iterator<Item = &'a [u8]>) -> Option<Self> {
        let (mut wire, mut counted) = (0, 1);
        for frame in frames {
            let len = u32::try_from(frame.len()).ok()?;
            let counts = policer.octets.count(len, payload_octets(frame));
            let has = on_wire(frame).saturating_add(longer);
            if u128::from(has) * u128::from(counted) > u128::from(wire) * u128::from(counts) {
                (wire, counted) = (has, counts);
            }
            if counts == 0 {
                return None;
            }
        }
        let excess = policer.excess.map_or((0, 0), |e| (e.burst.get(), e.rate.as_bps()));
        let scaled = |n: u64, more: u64| {
            let sum = u128::from(n) + u128::from(more);
            octets((sum * u128::from(wire)).div_ceil(u128::from(counted)))
        };
        Some(Self {
            burst: scaled(policer.burst.get(), excess.0),
            rate: BitRate::from_bps(scaled(policer.rate.as_bps(), excess.1)),
        })
    }
}

impl Load {
    /// How much later a frame of the others may be behind all these hops: links with their rates and what
    /// may wait for them. No more than by the profile, and no more than where all of the load, or as much
    /// as each queue holds, is ahead at every hop.
    pub fn later(&self, hops: &[(BitRate, ByteCount)]) -> SimDuration {
        let by_queues = hops.iter().fold(SimDuration::ZERO, |sum, (rate, queue)| {
            // Of the shortest frame a queue counts 60 octets, and the wire has 84.
            let holds = octets((u128::from(queue.get()) * 84).div_ceil(60));
            let ahead = self.offered.saturating_add(self.others).min(holds);
            sum.saturating_add(rate.time_of(ahead.saturating_add(LONGEST)))
        });
        self.by_profile(hops).map_or(by_queues, |time| time.min(by_queues))
    }

    /// As the profile has it: `b + r x J` at every hop, where `J` is what the hops before have added.
    fn by_profile(&self, hops: &[(BitRate, ByteCount)]) -> Option<SimDuration> {
        let profile = self.profile?;
        let bps = profile.rate.as_bps();
        let mut rates: Vec<BitRate> = hops.iter().map(|(rate, _)| *rate).collect();
        // What is sold beyond a link gathers there whole. That adds most where it comes first.
        rates.sort_unstable();
        let later = rates.into_iter().fold(SimDuration::ZERO, |before, rate| {
            let stands = if bps > rate.as_bps() {
                self.offered
            } else {
                let flows = (u128::from(bps) * u128::from(before.as_nanos())).div_ceil(NANOBITS);
                profile.burst.saturating_add(octets(flows))
            };
            let ahead = stands.saturating_add(self.others).saturating_add(LONGEST);
            before.saturating_add(rate.time_of(ahead))
        });
        Some(later)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forward::{Excess, Octets};

    const MBPS_100: BitRate = BitRate::from_mbps(100);
    const DEEP: ByteCount = ByteCount::new(1 << 40);

    fn load(burst: u64, mbps: u64) -> Load {
        Load {
            profile: Some(Profile {
                burst,
                rate: BitRate::from_mbps(mbps),
            }),
            offered: 1 << 32,
            others: 1_000,
        }
    }

    #[test]
    fn at_one_hop_a_burst_what_the_others_send_and_one_frame_stand_ahead() {
        // 125,000 + 1,000 + 9,300 octets of 8 bits at 100 Mbit/s.
        let later = load(125_000, 50).later(&[(MBPS_100, DEEP)]);
        assert_eq!(later, SimDuration::from_micros(10_824));
    }

    #[test]
    fn behind_a_hop_what_the_rate_brings_while_its_frames_wait_stands_ahead_too() {
        // In 10.824 ms 50 Mbit/s bring 67,650 octets; 202,950 take 16.236 ms.
        let later = load(125_000, 50).later(&[(MBPS_100, DEEP), (MBPS_100, DEEP)]);
        assert_eq!(later, SimDuration::from_micros(10_824 + 16_236));
    }

    #[test]
    fn in_whatever_order_the_hops_are_the_sum_is_the_same() {
        let fast = (BitRate::from_mbps(1_000), DEEP);
        let load = load(125_000, 50);
        assert_eq!(
            load.later(&[(MBPS_100, DEEP), fast]),
            load.later(&[fast, (MBPS_100, DEEP)])
        );
    }

    #[test]
    fn what_is_sold_beyond_a_link_gathers_there_whole_as_far_as_its_queue_holds_it() {
        let sold = Load {
            offered: 1_000_000,
            ..load(125_000, 101)
        };
        // 1,000,000 + 1,000 + 9,300 octets.
        assert_eq!(sold.later(&[(MBPS_100, DEEP)]), SimDuration::from_micros(80_824));
        let fits = Load {
            offered: 1_000_000,
            ..load(125_000, 100)
        };
        assert_eq!(fits.later(&[(MBPS_100, DEEP)]), SimDuration::from_micros(10_824));
        // A queue of 60,000 octets holds 1,000 of the shortest frames: 84,000 octets of the wire.
        let shallow = sold.later(&[(MBPS_100, ByteCount::new(60_000))]);
        assert_eq!(shallow, SimDuration::from_micros((84_000 + 9_300) * 8 / 100));
    }

    #[test]
    fn where_nobody_polices_all_of_the_load_stands_ahead_and_never_more_than_all() {
        let free = Load {
            profile: None,
            offered: 50_000,
            ..load(0, 0)
        };
        let all = SimDuration::from_micros((50_000 + 1_000 + 9_300) * 8 / 100);
        assert_eq!(free.later(&[(MBPS_100, DEEP)]), all);
        let little = Load {
            offered: 50_000,
            ..load(125_000, 50)
        };
        assert_eq!(little.later(&[(MBPS_100, DEEP)]), all);
    }

    #[test]
    fn a_profile_has_on_the_wire_what_the_worst_of_its_frames_has_for_what_is_counted_of_it() {
        let mut policer = Policer::single(BitRate::from_mbps(64), ByteCount::new(64_000), Octets::L2FcsUntagged);
        let (short, long) = ([0u8; 60], [0u8; 1_514]);
        let of = |policer: &Policer, longer: u64| {
            Profile::of(policer, longer, [&long[..], &short[..]].into_iter()).map(|p| (p.burst, p.rate.as_bps()))
        };
        // 64 counted, 60 + 24 + 4 on the wire.
        assert_eq!(of(&policer, 4), Some((88_000, 88_000_000)));
        assert_eq!(of(&policer, 0), Some((84_000, 84_000_000)));
        policer.excess = Some(Excess {
            rate: BitRate::from_mbps(32),
            burst: ByteCount::new(16_000),
            coupled: false,
            marks: false,
        });
        assert_eq!(of(&policer, 0), Some((105_000, 126_000_000)));
        // Of a tagged frame a policer that counts no tags counts four octets fewer.
        let mut tagged = short;
        tagged[12..16].copy_from_slice(&[0x81, 0, 0, 10]);
        policer.excess = None;
        let one = Profile::of(&policer, 0, std::iter::once(&tagged[..]));
        assert_eq!(one.map(|p| p.burst), Some((64_000 * 84_u64).div_ceil(60)));
    }
}
