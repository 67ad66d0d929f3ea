//! S: lengths, padding, and frames that the line has spoilt.

use super::stacks::{fill, smallest_mtu};
use crate::isolate::ctx::Ctx;
use crate::isolate::story::Story;
use crate::isolate::trial::{Expect, Hand, Sender, Trial};
use crate::node::{LinkChange, LinkWay};
use crate::wire::MacAddr;

/// S-01: 64 octets with tag and FCS: without the tag it must be padded.
pub fn smallest(ctx: &mut Ctx<'_>) {
    let tpid = ctx.tpid;
    for vid in ctx.foreign.clone() {
        for octets in [60, 61, 62, 63, 64] {
            let frame = ctx.bare(MacAddr::BROADCAST).tagged((tpid, vid));
            let mut octets = frame.sized(octets);
            let from = frame.header() + 8;
            fill(&mut octets[from..]);
            ctx.shoot(octets, Expect::Deliver);
        }
    }
}

/// S-02: around every limit. Up to the declared one a frame arrives whole; above, it ends.
pub fn long(ctx: &mut Ctx<'_>) {
    let limit = smallest_mtu(ctx).min(ctx.mtu);
    let mut payloads: Vec<usize> = vec![1496, 1500, 1504, 1508, 1982, 9000, 9198];
    payloads.extend([limit - 1, limit, limit + 1, limit + 4, limit + 5]);
    payloads.sort_unstable();
    payloads.dedup();
    for payload in payloads {
        let frame = ctx.good(ctx.peer);
        let mut octets = frame.sized(frame.header() + payload);
        let from = frame.header() + 8;
        fill(&mut octets[from..]);
        // Ports and links may differ in what they take: between the least and the own limit, a
        // frame may end on its way, but never be cut.
        let expect = if payload <= limit { Expect::Deliver } else { Expect::Own };
        ctx.shoot(octets, expect);
    }
}

/// S-03: shorter than addresses and EtherType, and shorter than a line carries.
pub fn runts(ctx: &mut Ctx<'_>) {
    for length in 0..60 {
        let mut octets = ctx.good(MacAddr::BROADCAST).octets();
        octets.truncate(length);
        ctx.shoot(octets, if length < 14 { Expect::Nobody } else { Expect::Own });
    }
}

/// S-04: while the line flips a bit of every frame, nothing of it may arrive.
pub fn bad_fcs(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    let every = |place| Hand::PlaceLink(place, LinkChange::Corrupt(LinkWay::Both, 1_000_000_000));
    let none = |place| Hand::PlaceLink(place, LinkChange::Corrupt(LinkWay::Both, 0));
    let places = story.attackers.iter().flat_map(|t| story.places(*t));
    let trial = |place: usize| {
        let mut script = story.script(Sender::TestPort(place), story.bed.places[place].owner);
        script.hand(every(place));
        for octets in [60, 64, 100, 512, 1514] {
            for _ in 0..16 {
                let octets = script.plain(place, octets);
                script.attack(place, octets, Expect::Nobody);
            }
        }
        script.wait(story.bed.transit());
        script.hand(none(place));
        script.finish()
    };
    Ok(places.map(trial).collect())
}

/// S-05: frames of every length below the least; what is added must be nothing.
pub fn padding(ctx: &mut Ctx<'_>) {
    for length in 22..=64 {
        for _ in 0..4 {
            let frame = ctx.good(ctx.peer);
            let mut octets = frame.bare();
            octets.resize(length.max(octets.len()), 0x5a);
            ctx.shoot(octets, Expect::Own);
        }
    }
}
