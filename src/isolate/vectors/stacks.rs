//! T: stacks of tags, and tags that are none here.

use crate::isolate::ctx::Ctx;
use crate::isolate::draft::{RawTag, ether};
use crate::isolate::trial::Expect;
use crate::wire::MacAddr;

fn stacked(ctx: &mut Ctx<'_>, tags: &[RawTag], expect: Expect) {
    ctx.send_each(expect, |ctx, dst| ctx.bare(dst).stack(tags));
}

/// The tag of a good frame here: the port's own, or the tenant's VID where the port has none.
fn outside(ctx: &Ctx<'_>) -> Option<RawTag> {
    let own = ctx.own.first().copied();
    own.or_else(|| ctx.own_vid.map(|vid| (ctx.tpid, vid)))
}

/// T-01: [own][another's].
pub fn own_then_foreign(ctx: &mut Ctx<'_>) {
    let Some(own) = outside(ctx) else { return };
    for vid in ctx.foreign.clone() {
        stacked(ctx, &[own, (ether::CTAG, vid)], Expect::Own);
        stacked(ctx, &[own, (ether::STAG, vid)], Expect::Own);
    }
}

/// T-02: [0][another's].
pub fn zero_then_foreign(ctx: &mut Ctx<'_>) {
    for vid in ctx.foreign.clone() {
        stacked(ctx, &[(ctx.tpid, 0), (ether::CTAG, vid)], Expect::Own);
        stacked(ctx, &[(ctx.tpid, 0xe000), (ether::CTAG, vid)], Expect::Own);
        stacked(ctx, &[(ctx.tpid, 0), (ether::STAG, vid)], Expect::Own);
    }
}

/// T-03: k priority tags, k from two to five, each of both protocols, with and without another's
/// VID at the end.
pub fn zeros(ctx: &mut Ctx<'_>) {
    let last = ctx.foreign.first().copied();
    for depth in 2..=5u32 {
        for mix in 0..1u32 << depth {
            let tpid = |i: u32| if mix >> i & 1 == 0 { ether::CTAG } else { ether::STAG };
            let mut tags: Vec<RawTag> = (0..depth).map(|i| (tpid(i), 0)).collect();
            let frame = ctx.bare(MacAddr::BROADCAST).stack(&tags);
            ctx.send(&frame, Expect::Own);
            if let Some(vid) = last {
                tags.push((ether::CTAG, vid));
                stacked(ctx, &tags, Expect::Own);
            }
        }
    }
}

/// T-04: the tag protocol that the port does not read, with another's VID: it is untagged here.
pub fn other_tag(ctx: &mut Ctx<'_>) {
    let tpid = ctx.other_tpid;
    for vid in ctx.foreign.clone() {
        stacked(ctx, &[(tpid, vid)], Expect::Own);
    }
}

/// T-05: the same above a VLAN that the port does read: the inner one must not count.
pub fn other_then_own(ctx: &mut Ctx<'_>) {
    let (other, own) = (ctx.other_tpid, ctx.tpid);
    let vids = ctx.foreign.clone();
    for (i, vid) in vids.iter().enumerate() {
        let inner = vids[(i + 1) % vids.len()];
        stacked(ctx, &[(other, *vid), (own, inner)], Expect::Own);
    }
}

/// T-06: vendors' tag protocols are payload.
pub fn vendor_tags(ctx: &mut Ctx<'_>) {
    for vid in ctx.foreign.clone() {
        for tpid in [ether::QINQ, ether::QINQ2, 0x9300] {
            let mut tags = ctx.own.clone();
            tags.push((tpid, vid));
            stacked(ctx, &tags, Expect::Own);
        }
    }
}

/// T-07: a VLAN outside and another protocol's tag inside: the outer one alone counts.
pub fn inverted(ctx: &mut Ctx<'_>) {
    let (own, other) = (ctx.tpid, ctx.other_tpid);
    let vids = ctx.foreign.clone();
    for (i, vid) in vids.iter().enumerate() {
        let inner = vids[(i + 1) % vids.len()];
        stacked(ctx, &[(own, *vid), (other, inner)], Expect::Own);
        stacked(ctx, &[(own, *vid), (own, inner)], Expect::Own);
    }
}

/// T-08: the frame ends behind a protocol id, within the tag, or before its EtherType.
pub fn truncated(ctx: &mut Ctx<'_>) {
    let vid = ctx.foreign.first().copied().unwrap_or(1);
    for tpid in [ether::CTAG, ether::STAG, ether::QINQ] {
        for depth in 1..=3usize {
            let tags = vec![(tpid, vid); depth];
            let whole = ctx.bare(MacAddr::BROADCAST).stack(&tags).bare();
            let end = 12 + 4 * depth;
            for cut in [end - 2, end - 1, end, end + 1] {
                ctx.shoot(whole[..cut].to_vec(), Expect::Own);
            }
        }
    }
}

/// T-09: customer VIDs inside the tunnel, provisioned or not, never name a VLAN of the network.
pub fn tunnelled(ctx: &mut Ctx<'_>) {
    let own = ctx.own.clone();
    for vid in [1, 300, 1002, 4094].into_iter().chain(ctx.foreign.clone()) {
        for inner in [ether::CTAG, ether::STAG] {
            let mut tags = own.clone();
            tags.push((inner, vid));
            stacked(ctx, &tags, Expect::Own);
        }
    }
}

/// T-10: one inner VID under every outer one: the outer one alone counts.
pub fn equal_inner(ctx: &mut Ctx<'_>) {
    let inner = (ether::CTAG, 7);
    if ctx.is_wire() {
        for vid in ctx.foreign.clone() {
            stacked(ctx, &[(ctx.tpid, vid), inner], Expect::Own);
        }
        return;
    }
    let mut tags = ctx.own.clone();
    tags.push(inner);
    stacked(ctx, &tags, Expect::Own);
}

/// T-11: from the smallest to the longest frame, octet by octet as it was sent.
pub fn once(ctx: &mut Ctx<'_>) {
    let room = ctx.mtu.min(smallest_mtu(ctx));
    for payload in [46, 47, 100, 1000, 1496, 1500, room] {
        if payload <= room {
            let frame = ctx.good(ctx.peer);
            let octets = frame.header() + payload;
            let mut octets = frame.sized(octets);
            let from = frame.header() + 8;
            fill(&mut octets[from..]);
            ctx.shoot(octets, Expect::Deliver);
        }
    }
}

/// The largest payload that every port and link takes.
pub fn smallest_mtu(ctx: &Ctx<'_>) -> usize {
    let places = ctx.bed.places.iter().filter(|p| p.service.is_some()).map(|p| p.mtu);
    let trunks = ctx.bed.trunks.iter().map(|t| t.config.mtu);
    let least = places.chain(trunks).min().unwrap_or(1500);
    usize::try_from(least).unwrap_or(1500)
}

/// Octets that no padding would have.
pub fn fill(octets: &mut [u8]) {
    for (i, octet) in octets.iter_mut().enumerate() {
        *octet = u8::try_from(i % 251).unwrap_or(0) | 1;
    }
}

/// T-12: three to eight tags of one protocol, of both, and one more than a classifier looks behind.
pub fn deep(ctx: &mut Ctx<'_>) {
    let vid = ctx.foreign.first().copied().unwrap_or(1);
    for depth in 3..=9usize {
        for mixed in [false, true] {
            let tpid = |i: usize| if mixed && i % 2 == 1 { ether::STAG } else { ether::CTAG };
            let mut tags = ctx.own.clone();
            tags.extend((tags.len()..depth).map(|i| (tpid(i), vid)));
            stacked(ctx, &tags, Expect::Own);
        }
    }
}

/// T-13: headers that are no tags, with a tag of another's VLAN behind them.
pub fn between(ctx: &mut Ctx<'_>) {
    let vid = ctx.foreign.first().copied().unwrap_or(1);
    let [hi, lo] = vid.to_be_bytes();
    let tag = [0x81, 0x00, hi, lo, 0x08, 0x00];
    // VNTAG has four octets behind its EtherType, MACsec's SecTAG six or fourteen.
    for (kind, header) in [(0x8926, 4), (0x88e5, 6), (0x88e5, 14), (0x893f, 6)] {
        for dst in ctx.das() {
            let mut payload = vec![0u8; header];
            payload.extend_from_slice(&tag);
            let mut frame = ctx.good(dst);
            payload.extend_from_slice(&frame.payload);
            frame = frame.carrying(kind, payload);
            ctx.send(&frame, Expect::Own);
        }
    }
}
