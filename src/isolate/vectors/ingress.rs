//! I: which VLAN a frame is in, by the port that it comes in by and the tag that it has.

use crate::isolate::ctx::Ctx;
use crate::isolate::trial::Expect;
use crate::wire::MacAddr;

/// I-01, I-02: untagged.
pub fn untagged(ctx: &mut Ctx<'_>) {
    let expect = ctx.untagged();
    ctx.send_each(expect, Ctx::bare);
}

fn tagged(ctx: &mut Ctx<'_>, vid: u16, dst: MacAddr) {
    let tag = (ctx.tpid, vid);
    let frame = ctx.bare(dst).tagged(tag);
    let expect = ctx.tagged(vid);
    ctx.send(&frame, expect);
}

/// The same VID to every kind of destination.
fn tagged_each(ctx: &mut Ctx<'_>, vid: u16) {
    let (tag, expect) = ((ctx.tpid, vid), ctx.tagged(vid));
    ctx.send_each(expect, |ctx, dst| ctx.bare(dst).tagged(tag));
}

/// I-03: another tenant's VID, every one that the network has.
pub fn foreign_vid(ctx: &mut Ctx<'_>) {
    for vid in ctx.others.clone() {
        tagged_each(ctx, vid);
    }
}

/// I-04: the own VID, at a port that is a member of it.
pub fn own_vid(ctx: &mut Ctx<'_>) {
    let Some(vid) = ctx.own_vid else { return };
    tagged_each(ctx, vid);
}

/// I-05: VIDs that nobody has.
pub fn unprovisioned(ctx: &mut Ctx<'_>) {
    let free = ctx.free_vid;
    for vid in [free, free ^ 256, free ^ 1, 40] {
        tagged_each(ctx, vid);
    }
}

/// I-06: the full sweep, each VID to four kinds of destination.
pub fn every_vid(ctx: &mut Ctx<'_>) {
    for vid in 1..=4094 {
        tagged_each(ctx, vid);
    }
}

/// I-07: each VID of the others, to its owner and to everybody, in every port's neighbourhood.
pub fn unfiltered(ctx: &mut Ctx<'_>) {
    for vid in ctx.foreign.clone() {
        for near in [vid, vid ^ 1, vid ^ 256, vid ^ 0x800] {
            if (1..=4094).contains(&near) && Some(near) != ctx.own_vid {
                tagged(ctx, near, ctx.victim);
                tagged(ctx, near, MacAddr::BROADCAST);
            }
        }
    }
}

/// I-08: a port without a service is in no VLAN, VID 1 and the default one included.
pub fn default_vlan(ctx: &mut Ctx<'_>) {
    let tpid = ctx.tpid;
    let vids: Vec<u16> = [1].into_iter().chain(ctx.foreign.clone()).collect();
    for dst in ctx.das() {
        let frame = ctx.bare(dst);
        ctx.send(&frame, Expect::Nobody);
        for vid in &vids {
            let frame = ctx.bare(dst).tagged((tpid, *vid));
            ctx.send(&frame, Expect::Nobody);
        }
    }
}

/// I-09: another tenant's VID to its own station's address, from its far end's address too.
pub fn known_unicast(ctx: &mut Ctx<'_>) {
    let victims = ctx.victims(64);
    for vid in ctx.foreign.clone().into_iter().take(64) {
        for dst in &victims {
            tagged(ctx, vid, *dst);
        }
    }
}
