//! D: destinations that bridges and protocols keep for themselves.

use crate::isolate::ctx::{Ctx, MULTICAST, MULTICAST6, UNKNOWN};
use crate::isolate::draft::ether;
use crate::isolate::trial::Expect;
use crate::wire::MacAddr;

const fn bridge_group(last: u8) -> MacAddr {
    MacAddr([0x01, 0x80, 0xc2, 0, 0, last])
}

/// Untagged, with a priority tag, and with the tenant's own tag.
fn three_ways(ctx: &mut Ctx<'_>, dst: MacAddr, expect: Expect) {
    let mut ways = vec![vec![], vec![(ctx.tpid, 0)], ctx.own.clone()];
    ways.extend(ctx.own_vid.map(|vid| vec![(ctx.tpid, vid)]));
    ways.dedup();
    for tags in ways {
        let frame = ctx.bare(dst).stack(&tags);
        ctx.send(&frame, expect);
    }
}

/// D-01 to D-16: peered or discarded. -00 may pass in the own VLAN where the device declares that
/// it neither speaks spanning tree nor filters it.
pub fn reserved(ctx: &mut Ctx<'_>) {
    for last in 0..16 {
        let passes = last == 0 && !ctx.pics.ends_bpdu;
        let expect = if passes { Expect::Own } else { Expect::Nobody };
        three_ways(ctx, bridge_group(last), expect);
    }
}

/// D-17: the addresses beyond: all-bridges, GARP and MRP, CFM.
pub fn beyond(ctx: &mut Ctx<'_>) {
    for last in [0x10].into_iter().chain(0x20..=0x3f) {
        three_ways(ctx, bridge_group(last), Expect::Own);
    }
}

/// D-18: what vendors use.
pub fn vendors(ctx: &mut Ctx<'_>) {
    let cisco = |a, b| MacAddr([0x01, 0x00, 0x0c, 0xcc, a, b]);
    let all = [
        cisco(0xcc, 0xcc),
        cisco(0xcc, 0xcd),
        MacAddr([0x01, 0x00, 0x0c, 0xcd, 0xcd, 0xcd]),
        MacAddr([0x01, 0x00, 0x0c, 0xdd, 0xdd, 0xdd]),
        MacAddr([0x00, 0xe0, 0x2b, 0, 0, 0]),
        MacAddr([0x00, 0xe0, 0x2b, 0, 0, 0x04]),
        MacAddr([0x01, 0x00, 0x81, 0, 0x01, 0x00]),
        MacAddr([0x01, 0x0f, 0xe2, 0, 0, 0x07]),
        MacAddr([0x01, 0x1b, 0x19, 0, 0, 0]),
    ];
    for dst in all {
        three_ways(ctx, dst, Expect::Own);
    }
}

/// D-19: broadcast and multicast reach every own port once.
pub fn groups(ctx: &mut Ctx<'_>) {
    let multicast = (0..16).map(|n| MacAddr([0x01, 0x00, 0x5e, 0, n, n]));
    let multicast6 = (0..16).map(|n| MacAddr([0x33, 0x33, 0, 0, n, n]));
    let all = [MacAddr::BROADCAST, MULTICAST, MULTICAST6];
    for dst in all.into_iter().chain(multicast).chain(multicast6) {
        let frame = ctx.good(dst);
        ctx.send(&frame, Expect::Deliver);
    }
}

/// D-20: to oneself: no reflection; to the others' addresses: not to them.
pub fn reflected(ctx: &mut Ctx<'_>) {
    let frame = ctx.good(ctx.src);
    ctx.send(&frame, Expect::Own);
    for dst in ctx.victims(128).into_iter().chain([UNKNOWN]) {
        let frame = ctx.good(dst);
        ctx.send(&frame, Expect::Own);
    }
}

/// D-21: PAUSE with every length of silence, PFC for all classes: never forwarded.
pub fn pause(ctx: &mut Ctx<'_>) {
    for quanta in [0xffff_u16, 1, 0] {
        let mut pause = vec![0x00, 0x01];
        pause.extend_from_slice(&quanta.to_be_bytes());
        let mut pfc = vec![0x01, 0x01, 0x00, 0xff];
        for _ in 0..8 {
            pfc.extend_from_slice(&quanta.to_be_bytes());
        }
        for message in [pause, pfc] {
            for tags in [vec![], ctx.own.clone()] {
                let frame = ctx.bare(bridge_group(1)).stack(&tags);
                let mut payload = message.clone();
                payload.extend_from_slice(&frame.payload);
                ctx.send(&frame.carrying(ether::CONTROL, payload), Expect::Nobody);
            }
        }
    }
}
