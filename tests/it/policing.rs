//! Bandwidth profiles by closed forms: what arithmetic says of traffic that is regular, and what no
//! traffic may exceed; and that what is counted stays exact over tens of thousands of frames.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use trunklab::forward::{
    Admission, Count, Excess, Exit, FastPath, FrameVerdict, Group, Kernel, MOST_BURST, Member, Octets, Planted,
    Policer, PortConfig, PortRole, PriorityMap, Profile, Quirk, Service, ServiceId, ServiceKind, Sink, Slots, Standing,
    Standings, Tables, Untagged,
};
use trunklab::ident::{DropReason, PortNo, TenantId};
use trunklab::units::{BitRate, ByteCount, SimDuration, SimTime};
use trunklab::wire::{EtherType, Frame, MacAddr, Tag, Vid};

/// An octet in nanobits.
const OCTET: u128 = 8_000_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Colour {
    Green,
    Yellow,
    Red,
}
use Colour::{Green, Red, Yellow};

fn vid(n: u16) -> Vid {
    Vid::new(n).unwrap()
}

fn port(role: PortRole) -> PortConfig {
    PortConfig {
        role,
        tpid: EtherType::CTAG,
        untagged: Untagged::Drop,
        mtu: 70_000,
        admit: Admission::BY_PROFILE,
    }
}

fn member(port: u32, vid: Option<Vid>) -> Member {
    Member {
        port: PortNo(port),
        vid,
        police: None,
        arp: None,
        icmp: None,
        bound_mac: None,
        priority: PriorityMap::KEEP,
    }
}

fn connect(a: Member, b: Member) -> Service {
    Service {
        tenant: TenantId(0),
        kind: ServiceKind::CrossConnect,
        members: vec![a, b],
    }
}

/// VID 10 of port 0, policed so, to VID 20 of port 1, where everything leaves with priority 0.
fn policed(policer: Policer) -> Service {
    let first = Member {
        police: Some(policer),
        ..member(0, Some(vid(10)))
    };
    let second = Member {
        priority: PriorityMap::all(0),
        ..member(1, Some(vid(20)))
    };
    connect(first, second)
}

fn switch(services: impl IntoIterator<Item = (u32, Service)>) -> Tables {
    Tables {
        profile: Profile::Strict,
        ports: vec![port(PortRole::Trunk), port(PortRole::Trunk), port(PortRole::Access)],
        services: services
            .into_iter()
            .map(|(id, service)| (ServiceId(id), service))
            .collect(),
        ..Tables::default()
    }
}

fn frame(tci: u16, octets: usize) -> Vec<u8> {
    let mut frame = Frame::ethernet(MacAddr::local(1, 1), MacAddr::local(1, 2), EtherType(0x88b5), &[0; 46]);
    frame.push_tag(Tag {
        tpid: EtherType::CTAG,
        tci,
    });
    let mut bytes = frame.bytes().to_vec();
    bytes.resize(octets, 0x77);
    bytes
}

fn three_colours(cir: u64, cbs: u64, eir: u64, ebs: u64, coupled: bool, colour_aware: bool) -> Policer {
    Policer {
        excess: Some(Excess {
            rate: BitRate::from_bps(eir),
            burst: ByteCount::new(ebs),
            coupled,
            marks: true,
        }),
        colour_aware,
        ..Policer::single(BitRate::from_bps(cir), ByteCount::new(cbs), Octets::L2Fcs)
    }
}

/// The colours that frames leave in, as their drop-eligible bit shows them.
struct Seen(Vec<Option<Colour>>, Vec<bool>);

impl Sink for Seen {
    fn forward(&mut self, frame: usize, _: Exit) {
        self.1[frame] = true;
    }
    fn drop(&mut self, frame: usize, reason: DropReason) {
        assert_eq!(reason, DropReason::OverRate);
        self.0[frame] = Some(Red);
    }
    fn replicate(&mut self, _: usize, _: Group) {
        unreachable!("a cross-connect floods nothing");
    }
}

/// Frames of VID 10 that arrive together, drop-eligible or not.
fn colours<Q: Quirk>(fast: &mut FastPath<Q>, now: u64, octets: usize, eligible: &[bool]) -> Vec<Colour> {
    let slot = octets.next_multiple_of(64) + 16;
    let mut memory = vec![0; slot * eligible.len() + 64];
    let standing = eligible.iter().enumerate().map(|(i, eligible)| {
        let at = slot * i + 8;
        let tci = 0x6000 | 10 | u16::from(*eligible) << 12;
        memory[at..at + octets].copy_from_slice(&frame(tci, octets));
        Standing::new(u32::try_from(at).unwrap(), octets, PortNo(0)).unwrap()
    });
    let standing = standing.collect();
    let mut slots = Slots::new(&mut memory, standing).unwrap();
    let mut seen = Seen(vec![None; eligible.len()], vec![false; eligible.len()]);
    fast.process(SimTime::from_nanos(now), &mut slots, 0..eligible.len(), &mut seen);
    let Seen(reds, left) = seen;
    let colour = |i: usize| match (reds[i], left[i], slots.octets(i)[14] >> 4) {
        (Some(Red), false, _) => Red,
        (None, true, 0) => Green,
        (None, true, 1) => Yellow,
        other => panic!("frame {i}: {other:?}"),
    };
    (0..eligible.len()).map(colour).collect()
}

fn count(all: &[Colour], of: Colour) -> u128 {
    all.iter().filter(|colour| **colour == of).count() as u128
}

/// The same traffic through rows, through all stages, and through every kernel: one list of colours.
fn colours_of(policer: Policer, octets: usize, arrivals: &[(u64, bool)]) -> Vec<Colour> {
    let tables = switch([(1, policed(policer))]);
    let run = |colour: &mut dyn FnMut(u64, bool) -> Colour| -> Vec<Colour> {
        arrivals.iter().map(|&(now, eligible)| colour(now, eligible)).collect()
    };
    let mut quirky = FastPath::with_quirk(tables.clone(), Planted::Nothing);
    let expected = run(&mut |now, eligible| colours(&mut quirky, now, octets, &[eligible])[0]);
    for kernel in Kernel::available() {
        let mut fast = FastPath::new(tables.clone());
        fast.use_kernel(kernel);
        assert_eq!(
            run(&mut |now, eligible| colours(&mut fast, now, octets, &[eligible])[0]),
            expected
        );
        assert_eq!(
            fast.buckets(ServiceId(1), PortNo(0), Some(vid(10))),
            quirky.buckets(ServiceId(1), PortNo(0), Some(vid(10)))
        );
    }
    expected
}

/// A bucket of `depth` that gains `gain` from one frame to the next, when each costs `cost`: how many
/// of the first `n` it passes, where it never overflows.
fn passes(n: u128, depth: u128, gain: u128, cost: u128) -> u128 {
    match n {
        0 => 0,
        n => n.min((depth + gain * (n - 1)) / cost),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn constant_overload_is_green_and_yellow_as_often_as_arithmetic_says(
        octets in 64..1_500_usize, interval in 100..20_000_u64, cir_permille in 1..499_u64, eir_permille in 1..499_u64,
        deep in 2..20_u64, excess_deep in 2..20_u64, frames in 1..250_u64, coupled: bool, aware: bool,
    ) {
        let cost = (octets as u128 + 4) * OCTET;
        // Of each rate less than half a frame in an interval: no bucket overflows once it was asked.
        let rate = |permille: u64| u64::try_from(cost * u128::from(permille) / 1_000 / u128::from(interval)).unwrap();
        let (cir, eir) = (rate(cir_permille), rate(eir_permille));
        let (cbs, ebs) = (deep * (octets as u64 + 4), excess_deep * (octets as u64 + 4));
        let policer = three_colours(cir, cbs, eir, ebs, coupled, aware);
        let arrivals: Vec<_> = (0..frames).map(|n| (n * interval, false)).collect();
        let all = colours_of(policer, octets, &arrivals);

        let gain = u128::from(cir) * u128::from(interval);
        let green = |n: u64| passes(n.into(), u128::from(cbs) * OCTET, gain, cost);
        prop_assert_eq!(count(&all, Green), green(frames));
        let refused: Vec<_> = (0..frames).filter(|&n| green(n + 1) == green(n)).collect();
        let excess_gain = u128::from(eir) * u128::from(interval);
        let yellow = match (refused.first(), refused.last()) {
            (Some(first), Some(last)) => {
                let earned = u128::from(ebs) * OCTET + excess_gain * u128::from(last - first);
                (refused.len() as u128).min(earned / cost)
            }
            _ => 0,
        };
        prop_assert_eq!(count(&all, Yellow), yellow);
        prop_assert_eq!(count(&all, Red), u128::from(frames) - green(frames) - yellow);
    }

    #[test]
    fn what_is_committed_and_not_used_is_yellows_where_it_is_coupled_and_nobodys_where_it_is_not(
        octets in 64..1_500_usize, interval in 100..20_000_u64, cir_permille in 1..499_u64, eir_permille in 1..499_u64,
        deep in 2..20_u64, excess_deep in 2..20_u64, frames in 1..250_u64,
    ) {
        let cost = (octets as u128 + 4) * OCTET;
        let rate = |permille: u64| u64::try_from(cost * u128::from(permille) / 1_000 / u128::from(interval)).unwrap();
        let (cir, eir) = (rate(cir_permille), rate(eir_permille));
        let (cbs, ebs) = (deep * (octets as u64 + 4), excess_deep * (octets as u64 + 4));
        // All of them are drop-eligible: none can be green.
        let arrivals: Vec<_> = (0..frames).map(|n| (n * interval, true)).collect();
        let depth = u128::from(ebs) * OCTET;
        let (g, e) = (u128::from(cir) * u128::from(interval), u128::from(eir) * u128::from(interval));
        for (coupled, gain) in [(false, e), (true, g + e)] {
            let all = colours_of(three_colours(cir, cbs, eir, ebs, coupled, true), octets, &arrivals);
            prop_assert_eq!(count(&all, Green), 0);
            prop_assert_eq!(count(&all, Yellow), passes(frames.into(), depth, gain, cost), "{}", coupled);
        }
        // Without excess nothing of it passes at all.
        let none = Policer { excess: None, ..three_colours(cir, cbs, eir, ebs, false, true) };
        prop_assert_eq!(count(&colours_of(none, octets, &arrivals), Red), u128::from(frames));
    }

    #[test]
    fn no_window_of_any_traffic_carries_more_than_burst_and_rate(
        octets in 64..1_500_usize, cir in 0..2_000_000_000_u64, cbs in 0..8_000_u64, eir in 0..2_000_000_000_u64, ebs in 0..8_000_u64,
        coupled: bool, aware: bool, gaps in vec((prop_oneof![3 => 0..2_000_u64, 1 => 0..200_000_u64], any::<bool>()), 1..80),
    ) {
        let mut now = 0;
        let arrivals: Vec<_> = gaps.iter().map(|(gap, eligible)| { now += gap; (now, *eligible) }).collect();
        let all = colours_of(three_colours(cir, cbs, eir, ebs, coupled, aware), octets, &arrivals);
        let cost = (octets as u128 + 4) * OCTET;
        for first in 0..all.len() {
            let (mut green, mut passed) = (0, 0);
            for last in first..all.len() {
                let window = u128::from(arrivals[last].0 - arrivals[first].0);
                green += if all[last] == Green { cost } else { 0 };
                passed += if all[last] == Red { 0 } else { cost };
                prop_assert!(green <= u128::from(cbs) * OCTET + u128::from(cir) * window);
                let both = u128::from(cbs + ebs) * OCTET + (u128::from(cir) + u128::from(eir)) * window;
                prop_assert!(passed <= both, "{} {} {} {}", first, last, passed, both);
            }
        }
    }
}

/// Two rates, three colours as RFC 2698 has them: everything that passes is taken from the peak
/// bucket too, so yellow frames can take what a green one needs.
fn peak_drops(cir: u128, cbs: u128, pir: u128, pbs: u128, cost: u128, arrivals: &[(u64, bool)]) -> usize {
    let (mut committed, mut peak, mut at, mut dropped) = (cbs, pbs, 0, 0);
    for &(now, eligible) in arrivals {
        let elapsed = u128::from(now - at);
        at = now;
        committed = cbs.min(committed + cir * elapsed);
        peak = pbs.min(peak + pir * elapsed);
        if peak < cost {
            dropped += usize::from(!eligible);
            continue;
        }
        peak -= cost;
        if !eligible && committed >= cost {
            committed -= cost;
        }
    }
    dropped
}

#[test]
fn committed_frames_are_never_dropped_for_a_load_of_yellow_ones_as_rfc_2698_would() {
    // A green frame each 10 us takes just the committed rate; four yellow ones between two of them.
    let octets = 996_usize;
    let cost = 1_000 * OCTET;
    let (cir, eir) = (800_000_000, 200_000_000);
    let arrivals: Vec<_> = (0..1_000_u64).map(|n| (n * 2_000, n % 5 != 4)).collect();
    let greens = arrivals.iter().filter(|(_, eligible)| !eligible).count() as u128;
    for coupled in [false, true] {
        let all = colours_of(three_colours(cir, 2_000, eir, 2_000, coupled, true), octets, &arrivals);
        assert_eq!(count(&all, Green), greens, "{coupled}");
        // Of the others, what the excess bucket holds and gains until the last one comes. For the first
        // 8 us the committed bucket is full: 800 octets flow over.
        let over = if coupled { 800 * OCTET } else { 0 };
        let earned = 2_000 * OCTET + 200_000_000 * 1_996_000 + over;
        assert_eq!(count(&all, Yellow), earned / cost, "{coupled}");
    }
    let peak = u128::from(cir + eir);
    let dropped = peak_drops(cir.into(), 2_000 * OCTET, peak, 4_000 * OCTET, cost, &arrivals);
    assert!(dropped > 0, "the difference can be seen at all");
}

#[test]
fn a_profile_that_was_idle_for_centuries_at_any_rate_is_full_and_no_fuller() {
    for rate in [0, 1, 1_000_000_000, u64::MAX] {
        for (coupled, eligible) in [(false, false), (true, false), (false, true), (true, true)] {
            let policer = three_colours(rate, 1_000, rate, 2_000, coupled, true);
            let mut fast = FastPath::new(switch([(1, policed(policer))]));
            for now in [0, 1 << 62, u64::MAX - 1, u64::MAX, u64::MAX] {
                let all = colours(&mut fast, now, 996, &[eligible; 9]);
                let full = now == 0 || rate > 0 && now < u64::MAX - 1 || rate >= 1 << 40 && now == u64::MAX - 1;
                if full {
                    assert_eq!(count(&all, Green), u128::from(!eligible), "{rate} {now}");
                    assert_eq!(count(&all, Yellow), 2, "{rate} {now}");
                } else {
                    let more = u128::from(rate) * u128::from(u64::MAX / 2);
                    assert!(
                        count(&all, Red) >= 6 && (more > 0 || count(&all, Red) == 9),
                        "{rate} {now}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_pause_whose_gain_is_a_multiple_of_a_word_fills_the_bucket_like_any_other() {
    // 8.6 Gbit/s for 2.1 s are 2^64 nanobits. What is left in the bucket would do for the next frame.
    for (rate, pause) in [
        (1 << 33, 1 << 31),
        (1 << 32, 1 << 32),
        (1 << 62, 4),
        (1 << 63, 1 << 20),
        (3 << 33, 1 << 31),
    ] {
        let policer = Policer::single(BitRate::from_bps(rate), ByteCount::new(3_000), Octets::L2Fcs);
        for more in [0, 1, 2] {
            assert!(u128::from(rate) * u128::from(more + pause) >= 1 << 64);
            let arrivals = [0, pause + more, pause + more, pause + more, pause + more].map(|now| (now, false));
            let expected = [Green, Green, Green, Green, Red];
            assert_eq!(colours_of(policer, 996, &arrivals), expected, "{rate} {pause} {more}");
        }
    }
}

#[test]
fn the_largest_burst_passes_what_two_gib_hold_and_not_a_frame_more() {
    let least = u64::from(u16::MAX) - 8;
    let bytes = frame(10, least as usize);
    for burst in [MOST_BURST.get(), 1 << 31, u64::MAX] {
        let policer = Policer::single(BitRate::from_bps(0), ByteCount::new(burst), Octets::L1);
        let mut fast = FastPath::new(switch([(1, policed(policer))]));
        let passed = (0..40_000).filter(|_| {
            let verdict = fast.forward(PortNo(0), &bytes, SimTime::from_nanos(u64::MAX));
            matches!(verdict, FrameVerdict::Forward(..))
        });
        let passed = passed.count() as u64;
        assert_eq!(passed, MOST_BURST.get() / (least + 24));
        let counters = fast.counters(ServiceId(1));
        assert_eq!(counters.member(PortNo(0), Some(vid(10))).received.frames, 40_000);
        assert_eq!(counters.member(PortNo(1), Some(vid(20))).sent.octets, passed * least);
        assert_eq!(
            counters.drops.of(DropReason::OverRate).octets,
            (40_000 - passed) * least
        );
        let spent = fast.bucket(ServiceId(1), PortNo(0), Some(vid(10))).unwrap().spent();
        assert_eq!(u128::from(spent), u128::from(passed * (least + 24)) * OCTET);
    }
}

#[test]
fn the_fastest_rate_refills_the_largest_burst_within_a_nanosecond_and_overflows_nowhere() {
    let policer = three_colours(u64::MAX, u64::MAX, u64::MAX, u64::MAX, true, false);
    let mut fast = FastPath::new(switch([(1, policed(policer))]));
    for now in [0, 1, 2, 3, u64::MAX / 2, u64::MAX] {
        assert_eq!(count(&colours(&mut fast, now, 1_500, &[false; 300]), Green), 300);
        let buckets = fast.buckets(ServiceId(1), PortNo(0), Some(vid(10))).unwrap();
        assert_eq!(u128::from(buckets.committed.spent()), 300 * 1_504 * OCTET);
        assert_eq!(buckets.excess.spent(), 0);
    }
}

#[test]
fn another_rate_or_burst_keeps_what_was_spent_of_both_buckets_and_a_shallower_one_owes_nothing() {
    let mut fast = FastPath::new(switch([(
        1,
        policed(three_colours(8_000, 10_000, 8_000, 10_000, false, false)),
    )]));
    let place = (PortNo(0), Some(vid(10)));
    let spent = |fast: &FastPath| {
        let buckets = fast.buckets(ServiceId(1), place.0, place.1).unwrap();
        [buckets.committed.spent(), buckets.excess.spent()].map(|spent| u128::from(spent) / OCTET)
    };
    // Ten green, ten yellow, one red.
    let all = colours(&mut fast, 0, 996, &[false; 21]);
    assert_eq!([Green, Yellow, Red].map(|colour| count(&all, colour)), [10, 10, 1]);
    assert_eq!(spent(&fast), [10_000, 10_000]);
    // 8 kbit/s are an octet each millisecond. Until the change the old rates hold.
    fast.advance(SimTime::from_nanos(1_000_000_000));
    fast.set(
        ServiceId(1),
        policed(three_colours(80_000, 15_000, 0, 12_000, false, false)),
    );
    assert_eq!(spent(&fast), [9_000, 9_000]);
    let all = colours(&mut fast, 1_000_000_000, 996, &[false; 10]);
    assert_eq!([Green, Yellow, Red].map(|colour| count(&all, colour)), [6, 3, 1]);
    // A burst that is smaller than what is spent is an empty bucket, and no debt: one that owed what the
    // larger bucket had let pass would refuse a tenant whose spec went down for seconds.
    fast.set(
        ServiceId(1),
        policed(three_colours(8_000, 14_000, 0, 1_000, true, false)),
    );
    assert_eq!(spent(&fast), [14_000, 1_000]);
    assert_eq!(count(&colours(&mut fast, 1_999_000_000, 996, &[false]), Red), 1);
    assert_eq!(count(&colours(&mut fast, 2_000_000_000, 996, &[false]), Green), 1);
    assert_eq!(spent(&fast), [14_000, 1_000]);
    // Until the committed bucket is full nothing flows over; then what it cannot hold fills the other.
    for (millis, left) in [(16_000, 1_000), (16_400, 600), (17_000, 0)] {
        fast.advance(SimTime::from_nanos(millis * 1_000_000));
        assert_eq!(spent(&fast), [0, left]);
    }
    // What is left in a larger bucket is left in the smaller one, as far as it holds that.
    assert_eq!(count(&colours(&mut fast, 17_000_000_000, 996, &[false; 3]), Green), 3);
    fast.set(
        ServiceId(1),
        policed(three_colours(8_000, 12_000, 0, 1_000, true, false)),
    );
    assert_eq!(spent(&fast), [1_000, 0]);
}

#[test]
fn a_coupled_excess_bucket_takes_what_the_committed_one_cannot_hold_also_while_frames_are_green() {
    let mut fast = FastPath::new(switch([(
        1,
        policed(three_colours(8_000, 2_000, 0, 5_000, true, true)),
    )]));
    let spent = |fast: &FastPath| {
        let buckets = fast.buckets(ServiceId(1), PortNo(0), Some(vid(10))).unwrap();
        [buckets.committed.spent(), buckets.excess.spent()].map(|spent| u128::from(spent) / OCTET)
    };
    assert_eq!(count(&colours(&mut fast, 0, 996, &[true; 5]), Yellow), 5);
    assert_eq!(spent(&fast), [0, 5_000]);
    // Half a green frame a second of what the rate gives: the other half is the yellow ones'.
    for second in 1..=4_u64 {
        let green = colours(&mut fast, second * 2_000_000_000, 996, &[false]);
        assert_eq!(green, [Green]);
        // The first one finds a full bucket; each later one has a second to fill it and one over.
        let over = if second == 1 {
            2_000
        } else {
            2_000 + 1_000 * u128::from(second - 1)
        };
        assert_eq!(spent(&fast), [1_000, 5_000_u128.saturating_sub(over)]);
    }
}

#[test]
fn an_excess_bucket_that_was_taken_away_is_full_when_it_comes_again() {
    let with = three_colours(0, 0, 0, 2_000, false, false);
    let without = Policer { excess: None, ..with };
    let mut fast = FastPath::new(switch([(1, policed(with))]));
    assert_eq!(colours(&mut fast, 0, 996, &[false; 3]), [Yellow, Yellow, Red]);
    fast.set(ServiceId(1), policed(without));
    assert_eq!(colours(&mut fast, 0, 996, &[false]), [Red]);
    fast.set(ServiceId(1), policed(with));
    assert_eq!(colours(&mut fast, 0, 996, &[false; 3]), [Yellow, Yellow, Red]);
}

/// Frames of each length, in turn.
const LENGTHS: [usize; 6] = [60, 61, 62, 63, 64, 1_000];

/// VID 10 of the trunk to the access port, where the tag comes off and short frames are padded.
fn popped(police: Option<Policer>) -> Service {
    let first = Member {
        police,
        ..member(0, Some(vid(10)))
    };
    connect(first, member(2, None))
}

/// The exact counts of so many frames of these lengths in turn: as they came in, and popped.
fn expected(frames: u64) -> (Count, Count) {
    let (mut came, mut left) = (Count::default(), Count::default());
    for i in 0..frames {
        let octets = LENGTHS[(i % 6) as usize] as u64;
        came.frames += 1;
        came.octets += octets;
        came.payload += octets - 18;
        left.frames += 1;
        left.octets += (octets - 4).max(60);
        left.payload += (octets - 4).max(60) - 14;
    }
    (came, left)
}

struct Ignore;
impl Sink for Ignore {
    fn forward(&mut self, _: usize, _: Exit) {}
    fn drop(&mut self, _: usize, _: DropReason) {}
    fn replicate(&mut self, _: usize, _: Group) {}
}

/// Sends frames `first..last` of the sequence, in batches of this many, or one by one at 0.
fn send(fast: &mut FastPath, now: u64, first: u64, last: u64, batch: usize) {
    let now = SimTime::from_nanos(now);
    let templates = LENGTHS.map(|octets| frame(10, octets));
    if batch == 0 {
        for i in first..last {
            fast.forward(PortNo(0), &templates[(i % 6) as usize], now);
        }
        return;
    }
    let mut at = first;
    while at < last {
        let some = (last - at).min(batch as u64);
        let mut memory = Vec::new();
        let mut standing = Vec::new();
        for i in at..at + some {
            memory.extend([0; 8]);
            let bytes = &templates[(i % 6) as usize];
            standing.push(Standing::new(memory.len() as u32, bytes.len(), PortNo(0)).unwrap());
            memory.extend(bytes);
            memory.extend([0; 12]);
        }
        let mut slots = Slots::new(&mut memory, standing).unwrap();
        fast.process(now, &mut slots, 0..some as usize, &mut Ignore);
        at += some;
    }
}

const MANY: u64 = 50_000;

#[test]
fn tens_of_thousands_of_frames_that_are_padded_are_counted_to_the_octet() {
    let (came, left) = expected(MANY);
    for batch in [0, 1, 64, 500] {
        for kernel in Kernel::available() {
            let mut fast = FastPath::new(switch([(1, popped(None))]));
            fast.use_kernel(kernel);
            send(&mut fast, 0, 0, MANY, batch);
            let counters = fast.counters(ServiceId(1));
            assert_eq!(
                counters.member(PortNo(0), Some(vid(10))).received,
                came,
                "{batch} {kernel}"
            );
            assert_eq!(counters.member(PortNo(2), None).sent, left, "{batch} {kernel}");
            assert_eq!(counters.drops.frames() + fast.unclaimed().frames(), 0);
        }
    }
}

#[test]
fn tens_of_thousands_of_yellow_and_of_red_frames_are_counted_to_the_octet() {
    let (came, left) = expected(MANY);
    let yellow = three_colours(0, 0, 0, u64::MAX, false, false);
    let red = three_colours(0, 0, 0, 0, false, false);
    for batch in [0, 500] {
        let mut fast = FastPath::new(switch([(1, popped(Some(yellow)))]));
        send(&mut fast, 0, 0, MANY, batch);
        let counters = fast.counters(ServiceId(1));
        assert_eq!(counters.member(PortNo(0), Some(vid(10))).received, came);
        assert_eq!(counters.member(PortNo(2), None).sent, left);
        assert_eq!(counters.drops.frames(), 0);

        let mut fast = FastPath::new(switch([(1, popped(Some(red)))]));
        send(&mut fast, 0, 0, MANY, batch);
        let counters = fast.counters(ServiceId(1));
        assert_eq!(counters.member(PortNo(0), Some(vid(10))).received, came);
        assert_eq!(counters.member(PortNo(2), None).sent, Count::default());
        assert_eq!(counters.drops.of(DropReason::OverRate), came);
    }
}

#[test]
fn what_was_counted_survives_every_change_under_traffic() {
    let (came, left) = expected(MANY);
    let plain = popped(Some(Policer::single(BitRate::from_bps(1), MOST_BURST, Octets::L2)));
    let other = popped(None);
    for batch in [0, 61] {
        let mut fast = FastPath::new(switch([(5, plain.clone())]));
        let mut sent = 0;
        for round in 0.. {
            let next = MANY.min(sent + 6_661);
            send(&mut fast, 0, sent, next, batch);
            sent = next;
            if sent == MANY {
                break;
            }
            match round % 4 {
                0 => drop(fast.set(ServiceId(5), other.clone())),
                // A stranger takes its index.
                1 => {
                    assert!(fast.remove(ServiceId(5)));
                    let stranger = connect(member(0, Some(vid(99))), member(1, Some(vid(99))));
                    assert!(fast.set(ServiceId(77), stranger));
                    assert!(fast.set(ServiceId(5), plain.clone()));
                }
                2 => assert!(fast.remove(ServiceId(77))),
                _ => drop(fast.counters(ServiceId(5))),
            }
        }
        let counters = fast.counters(ServiceId(5));
        assert_eq!(counters.member(PortNo(0), Some(vid(10))).received, came);
        assert_eq!(counters.member(PortNo(2), None).sent, left);
        assert_eq!(counters.drops.frames() + fast.unclaimed().frames(), 0);
    }
}

#[test]
fn a_place_that_is_handed_over_and_back_keeps_buckets_and_counts_of_both() {
    let policer = Policer::single(BitRate::from_bps(0), ByteCount::new(u64::MAX), Octets::L2);
    let (low, high) = (ServiceId(3), ServiceId(8));
    for batch in [0, 200] {
        let mut fast = FastPath::new(switch([(8, popped(Some(policer)))]));
        let spent = |fast: &FastPath, id| {
            let bucket = fast.bucket(id, PortNo(0), Some(vid(10)));
            bucket.map(|bucket| u128::from(bucket.spent()) / OCTET)
        };
        send(&mut fast, 0, 0, 18_000, batch);
        let first = expected(18_000).0;
        assert_eq!(spent(&fast, high), Some(first.octets.into()));
        // A lower id claims the place: it has it, with a full bucket of its own.
        fast.set(low, popped(Some(policer)));
        send(&mut fast, 0, 0, 17_400, batch);
        assert_eq!(spent(&fast, low), Some(expected(17_400).0.octets.into()));
        assert_eq!(spent(&fast, high), Some(first.octets.into()));
        // Back again, from where it was.
        fast.remove(low);
        send(&mut fast, 0, 0, 600, batch);
        assert_eq!(spent(&fast, high), Some((first.octets + expected(600).0.octets).into()));
        for (id, sums) in [(high, [18_000, 600]), (low, [17_400, 0])] {
            let counters = fast.counters(id);
            let [a, b] = sums.map(expected);
            let sum = |a: Count, b: Count| Count {
                frames: a.frames + b.frames,
                octets: a.octets + b.octets,
                payload: a.payload + b.payload,
            };
            assert_eq!(counters.member(PortNo(0), Some(vid(10))).received, sum(a.0, b.0));
            assert_eq!(counters.member(PortNo(2), None).sent, sum(a.1, b.1));
        }
    }
}

#[test]
fn a_priority_map_sends_each_of_the_sixteen_values_where_it_says() {
    let to = [7, 0, 15, 3, 9, 1, 12, 2, 8, 5, 14, 6, 11, 4, 10, 13];
    let map = PriorityMap::new(to).unwrap();
    for (from, to) in (0_u16..).zip(to) {
        for rest in [0, 1, 0xfff] {
            assert_eq!(map.of_tci(from << 12 | rest), u16::from(to) << 12);
            assert_eq!(map.eligible().of_tci(from << 12 | rest), u16::from(to | 1) << 12);
        }
    }
    assert_eq!(PriorityMap::new([16; 16]), None);
}

#[test]
fn a_frame_at_the_end_of_its_buffer_can_lose_its_tag_and_the_longest_can_take_two() {
    let services = BTreeMap::from([
        (1, popped(None)),
        (2, connect(member(0, Some(vid(30))), member(1, Some(vid(31))))),
    ]);
    for octets in 60..=70 {
        for kernel in Kernel::available() {
            let mut fast = FastPath::new(switch(services.clone()));
            fast.use_kernel(kernel);
            let mut memory = vec![0xee; 8];
            memory.extend(frame(10, octets));
            memory.resize(8 + octets.max(Standings::LEAST), 0xee);
            let standing = vec![Standing::new(8, octets, PortNo(0)).unwrap()];
            let mut slots = Slots::new(&mut memory, standing).expect("there is room for it");
            fast.process(SimTime::ZERO, &mut slots, 0..1, &mut Ignore);
            assert_eq!(slots.octets(0).len(), (octets - 4).max(60));
            assert!(slots.octets(0)[octets - 4..].iter().all(|octet| *octet == 0));
        }
    }
    // What has no room for two more tags within 65,535 octets is no frame that can stand there.
    assert_eq!(Standing::new(8, 65_528, PortNo(0)), None);
    let longest = 65_527_usize;
    let mut fast = FastPath::new(switch([(1, popped(None))]));
    let mut memory = vec![0; 8 + longest];
    memory[8..].copy_from_slice(&frame(10, longest));
    memory[20..22].copy_from_slice(&[0x88, 0xb5]);
    let standing = vec![Standing::new(8, longest, PortNo(2)).unwrap()];
    let mut slots = Slots::new(&mut memory, standing).unwrap();
    fast.process(
        SimTime::from_nanos(SimDuration::from_secs(1).as_nanos()),
        &mut slots,
        0..1,
        &mut Ignore,
    );
    assert_eq!(slots.octets(0).len(), longest + 4);
}
