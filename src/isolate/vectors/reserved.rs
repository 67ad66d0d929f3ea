//! V: VIDs that name no VLAN, or none that a tenant may have.

use crate::isolate::ctx::Ctx;
use crate::isolate::trial::Expect;

/// V-01, V-02: VID 0 with every priority and drop eligibility.
pub fn priority(ctx: &mut Ctx<'_>) {
    let expect = ctx.tagged(0);
    for upper in 0..16u16 {
        for dst in ctx.das() {
            let tag = (ctx.tpid, upper << 12);
            let frame = ctx.bare(dst).tagged(tag);
            ctx.send(&frame, expect);
        }
    }
}

/// V-03: VID 4095, with every priority, alone and above another tag.
pub fn last(ctx: &mut Ctx<'_>) {
    let expect = ctx.tagged(4095);
    let inner = ctx.foreign.first().copied().unwrap_or(1);
    for upper in 0..16u16 {
        for dst in ctx.das() {
            let tag = (ctx.tpid, upper << 12 | 0xfff);
            let frame = ctx.bare(dst).tagged(tag);
            ctx.send(&frame, expect);
            let frame = ctx.bare(dst).stack(&[tag, (ctx.tpid, inner)]);
            ctx.send(&frame, expect);
        }
    }
}

/// V-05: VIDs that vendors keep for themselves are VIDs like any other.
pub fn vendors(ctx: &mut Ctx<'_>) {
    for vid in (1002..=1005).chain(3967..=4094).chain([1, 1006, 4087, 4085]) {
        let tag = (ctx.tpid, vid);
        for dst in ctx.das() {
            let frame = ctx.bare(dst).tagged(tag);
            ctx.send(&frame, Expect::Deliver);
        }
    }
}
