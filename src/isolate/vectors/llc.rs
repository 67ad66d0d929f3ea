//! L: lengths, LLC and SNAP, behind which filters have lost sight of what follows
//! (CVE-2021-27853, -27854, -27861, -27862; CERT VU#855201).

use crate::isolate::ctx::{Ctx, MULTICAST6};
use crate::isolate::draft::{Draft, RawTag, ether, snap};
use crate::isolate::trial::Expect;
use crate::isolate::vectors::control_plane::{arp, icmpv4, icmpv6};
use crate::wire::MacAddr;

const OUIS: [[u8; 3]; 2] = [[0, 0, 0], [0, 0, 0xf8]];

fn length(payload: &[u8]) -> u16 {
    u16::try_from(payload.len()).unwrap_or(u16::MAX)
}

fn number(frame: &Draft) -> Vec<u8> {
    frame.payload.clone()
}

/// L-01: SNAP with IPv4, IPv6 and ARP.
pub fn snap_row(ctx: &mut Ctx<'_>) {
    for oui in OUIS {
        for kind in [ether::IPV4, ether::IPV6, ether::ARP] {
            for dst in ctx.das() {
                let frame = ctx.good(dst);
                let mut payload = snap(oui, kind);
                payload.extend(number(&frame));
                let frame = frame.carrying(length(&payload), payload);
                ctx.send(&frame, Expect::Own);
            }
        }
    }
}

/// L-02: behind SNAP stands a tag with another's VID; it is payload.
pub fn tag_after_snap(ctx: &mut Ctx<'_>) {
    for vid in ctx.foreign.clone() {
        for tpid in [ether::CTAG, ether::STAG] {
            for oui in OUIS {
                for dst in ctx.das() {
                    let frame = ctx.good(dst);
                    let mut payload = snap(oui, tpid);
                    payload.extend_from_slice(&vid.to_be_bytes());
                    payload.extend_from_slice(&ether::IPV4.to_be_bytes());
                    payload.extend(number(&frame));
                    let frame = frame.carrying(length(&payload), payload);
                    ctx.send(&frame, Expect::Own);
                }
            }
        }
    }
}

/// L-03: a priority tag, then a length with LLC and SNAP.
pub fn priority_then_length(ctx: &mut Ctx<'_>) {
    let tag = (ctx.tpid, 0);
    for oui in OUIS {
        for kind in [ether::IPV4, ether::IPV6, ether::ARP] {
            for dst in ctx.das() {
                let frame = ctx.bare(dst).tagged(tag);
                let mut payload = snap(oui, kind);
                payload.extend(number(&frame));
                let frame = frame.carrying(length(&payload), payload);
                ctx.send(&frame, Expect::Own);
            }
        }
    }
}

/// L-04: 0, what is too long for the frame, and 1501 to 1535, which are neither length nor type.
pub fn lengths(ctx: &mut Ctx<'_>) {
    for kind in [0, 1, 3, 46, 1499, 1500].into_iter().chain(1501..=1536) {
        let frame = ctx.good(MacAddr::BROADCAST);
        let mut payload = snap([0, 0, 0], ether::IPV6);
        payload.extend(number(&frame));
        let frame = frame.carrying(kind, payload);
        ctx.send(&frame, Expect::Own);
    }
}

/// L-05: EtherTypes that hide another one.
pub fn extended(ctx: &mut Ctx<'_>) {
    for kind in [0x88b7, 0x8870] {
        for inner in [ether::IPV4, ether::IPV6, ether::CTAG] {
            for dst in ctx.das() {
                let frame = ctx.good(dst);
                let mut payload = snap([0, 0, 0], inner);
                payload.extend(number(&frame));
                let frame = frame.carrying(kind, payload);
                ctx.send(&frame, Expect::Own);
            }
        }
    }
}

/// What stands between addresses and message: tags, and octets of LLC behind them. 47 in all, as
/// the public list of encapsulations has it.
fn encapsulations() -> Vec<(Vec<RawTag>, Wrap)> {
    let (c, s) = ((ether::CTAG, 0), (ether::STAG, 0));
    let stacks: [&[RawTag]; 11] = [
        &[],
        &[c],
        &[s],
        &[c, c],
        &[s, c],
        &[c, s],
        &[s, s],
        &[c, c, c],
        &[s, c, c],
        &[c, c, c, c],
        &[c, c, c, c, c],
    ];
    let wraps = [
        Wrap::Type,
        Wrap::Snap([0, 0, 0]),
        Wrap::Snap([0, 0, 0xf8]),
        Wrap::SnapTag,
    ];
    let mut all: Vec<(Vec<RawTag>, Wrap)> = Vec::with_capacity(47);
    for stack in stacks {
        all.extend(wraps.map(|wrap| (stack.to_vec(), wrap)));
    }
    all.push((vec![], Wrap::Length(0)));
    all.push((vec![c], Wrap::Length(1535)));
    all.push((vec![c], Wrap::Length(0)));
    all
}

#[derive(Debug, Clone, Copy)]
enum Wrap {
    /// An EtherType, as usual.
    Type,
    /// Length, LLC, SNAP.
    Snap([u8; 3]),
    /// Length, LLC, SNAP, and a priority tag behind it.
    SnapTag,
    /// A length that is none, LLC, SNAP.
    Length(u16),
}

impl Wrap {
    fn wrap(self, frame: Draft, kind: u16, message: &[u8]) -> Draft {
        let mut payload = match self {
            Self::Type => return frame.carrying(kind, message.to_vec()),
            Self::Snap(oui) => snap(oui, kind),
            Self::Length(_) => snap([0, 0, 0], kind),
            Self::SnapTag => {
                let mut header = snap([0, 0, 0], ether::CTAG);
                header.extend_from_slice(&[0, 0]);
                header.extend_from_slice(&kind.to_be_bytes());
                header
            }
        };
        payload.extend_from_slice(message);
        let long = match self {
            Self::Length(odd) => odd,
            _ => length(&payload),
        };
        frame.carrying(long, payload)
    }
}

/// L-06: each encapsulation of a router advertisement, a neighbour advertisement, an ARP reply, and
/// echo requests of both families.
pub fn whack(ctx: &mut Ctx<'_>) {
    let own = ctx.own.clone();
    for (tags, wrap) in encapsulations() {
        let messages = [
            (ether::IPV6, MULTICAST6, icmpv6(134, ctx.src)),
            (ether::IPV6, MULTICAST6, icmpv6(136, ctx.src)),
            (ether::ARP, MacAddr::BROADCAST, arp(2, ctx.src, [10, 255, 1, 1])),
            (ether::IPV6, MULTICAST6, icmpv6(128, ctx.src)),
            (ether::IPV4, MacAddr::BROADCAST, icmpv4()),
        ];
        for (kind, dst, mut message) in messages {
            let mut frame = ctx.bare(dst);
            message.extend(number(&frame));
            frame.tags = own.iter().chain(&tags).copied().collect();
            let frame = wrap.wrap(frame, kind, &message);
            ctx.send(&frame, Expect::Own);
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_are_47_encapsulations() {
        assert_eq!(super::encapsulations().len(), 47);
    }
}
