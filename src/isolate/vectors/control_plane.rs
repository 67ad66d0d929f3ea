//! P: protocols of the control plane, spoken by a tenant. The messages are written out here from
//! the standards' formats; a device that listens to one of them would change its state.

use crate::isolate::ctx::{Ctx, MULTICAST6};
use crate::isolate::draft::{Draft, ether};
use crate::isolate::trial::Expect;
use crate::wire::MacAddr;

const CISCO: MacAddr = MacAddr([0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc]);
const PVST: MacAddr = MacAddr([0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcd]);
const BRIDGES: MacAddr = MacAddr([0x01, 0x80, 0xc2, 0, 0, 0]);
const GVRP: MacAddr = MacAddr([0x01, 0x80, 0xc2, 0, 0, 0x21]);

fn length(payload: &[u8]) -> u16 {
    u16::try_from(payload.len()).unwrap_or(u16::MAX)
}

/// Sends a message untagged, as the port's good frames are, and with a priority tag.
fn speak(ctx: &mut Ctx<'_>, dst: MacAddr, kind: Option<u16>, message: &[u8], expect: Expect) {
    let mut ways = vec![vec![], ctx.own.clone(), vec![(ctx.tpid, 0xe000)]];
    ways.dedup();
    for tags in ways {
        let frame = ctx.bare(dst).stack(&tags);
        let mut payload = message.to_vec();
        payload.extend_from_slice(&frame.payload);
        let kind = kind.unwrap_or_else(|| length(message));
        ctx.send(&frame.carrying(kind, payload), expect);
    }
}

fn cisco(kind: u16) -> Vec<u8> {
    let [hi, lo] = kind.to_be_bytes();
    vec![0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c, hi, lo]
}

/// P-01: DTP in every state that asks for a trunk.
pub fn dtp(ctx: &mut Ctx<'_>) {
    for status in [0x81, 0x83, 0x84, 0x03, 0x04] {
        for kind in [0xa5, 0x45, 0x25] {
            let mut message = cisco(0x2004);
            message.push(0x01);
            message.extend_from_slice(&[0, 1, 0, 8, b'T', b'K', b'L', 0]);
            message.extend_from_slice(&[0, 2, 0, 5, status]);
            message.extend_from_slice(&[0, 3, 0, 5, kind]);
            message.extend_from_slice(&[0, 4, 0, 10]);
            message.extend_from_slice(&ctx.src.0);
            speak(ctx, CISCO, None, &message, Expect::Own);
        }
    }
    // Had a trunk formed, another's VID would be taken now.
    for vid in ctx.foreign.clone() {
        let frame = ctx.bare(MacAddr::BROADCAST).tagged((ctx.tpid, vid));
        let expect = ctx.tagged(vid);
        ctx.send(&frame, expect);
    }
}

/// A configuration BPDU of the best bridge there can be.
fn bpdu(version: u8, kind: u8, flags: u8, src: MacAddr) -> Vec<u8> {
    let mut message = vec![0x42, 0x42, 0x03, 0, 0, version, kind];
    if kind == 0x80 {
        return message;
    }
    message.push(flags);
    message.extend_from_slice(&[0, 0]);
    message.extend_from_slice(&src.0);
    message.extend_from_slice(&[0, 0, 0, 0]);
    message.extend_from_slice(&[0, 0]);
    message.extend_from_slice(&src.0);
    message.extend_from_slice(&[0x80, 1, 0, 0, 20, 0, 2, 0, 15, 0]);
    if version >= 2 {
        message.push(0);
    }
    message
}

/// P-02: superior BPDUs of STP, RSTP and MSTP, topology changes, PVST+ of another's VLAN.
pub fn spanning_tree(ctx: &mut Ctx<'_>) {
    let bridges = if ctx.pics.ends_bpdu {
        Expect::Nobody
    } else {
        Expect::Own
    };
    for (version, kind) in [(0, 0), (0, 0x80), (2, 2), (3, 2)] {
        for flags in [0, 1, 0x81, 0x3c, 0x7e] {
            let message = bpdu(version, kind, flags, ctx.src);
            speak(ctx, BRIDGES, None, &message, bridges);
        }
    }
    for vid in ctx.foreign.clone() {
        let mut message = cisco(0x010b);
        message.extend_from_slice(&bpdu(2, 2, 0x3d, ctx.src)[3..]);
        message.extend_from_slice(&[0, 0, 0, 2]);
        message.extend_from_slice(&vid.to_be_bytes());
        speak(ctx, PVST, None, &message, Expect::Own);
    }
}

/// P-03: joins for every VID of the others.
pub fn registration(ctx: &mut Ctx<'_>) {
    for vid in ctx.foreign.clone() {
        let [hi, lo] = vid.to_be_bytes();
        let gvrp = [0x42, 0x42, 0x03, 0x00, 0x01, 0x01, 0x04, 0x02, hi, lo, 0x00, 0x00];
        speak(ctx, GVRP, None, &gvrp, Expect::Own);
        let mvrp = [0x00, 0x01, 0x02, 0x20, 0x01, hi, lo, 0x48, 0, 0, 0, 0];
        speak(ctx, GVRP, Some(ether::MVRP), &mvrp, Expect::Own);
        let mut vtp = cisco(0x2003);
        vtp.extend_from_slice(&[0x02, 0x01, 0x00, 0x03, b'T', b'K', b'L', 0, 0, 0, 0xff, 0xff]);
        vtp.extend_from_slice(&[hi, lo]);
        speak(ctx, CISCO, None, &vtp, Expect::Own);
    }
}

/// P-04: what neighbours tell each other.
pub fn neighbours(ctx: &mut Ctx<'_>) {
    let mut lldp = vec![0x02, 0x07, 0x04];
    lldp.extend_from_slice(&ctx.src.0);
    // Port, time to live, port VLAN 1, MTU 9216, end.
    lldp.extend_from_slice(&[0x04, 0x02, 0x07, b'1', 0x06, 0x02, 0x00, 0x78]);
    lldp.extend_from_slice(&[0xfe, 0x06, 0x00, 0x80, 0xc2, 0x01, 0x00, 0x01]);
    lldp.extend_from_slice(&[0xfe, 0x06, 0x00, 0x12, 0x0f, 0x04, 0x24, 0x00, 0x00, 0x00]);
    for last in [0x0e, 0x03, 0x00] {
        let ends = last != 0 || ctx.pics.ends_bpdu;
        let expect = if ends { Expect::Nobody } else { Expect::Own };
        speak(
            ctx,
            MacAddr([1, 0x80, 0xc2, 0, 0, last]),
            Some(ether::LLDP),
            &lldp,
            expect,
        );
    }
    for kind in [0x2000, 0x0111] {
        let mut message = cisco(kind);
        message.extend_from_slice(&[0x02, 0xb4, 0, 0, 0, 1, 0, 8, b'T', b'K', b'L', 0, 0, 0x0a, 0, 6, 0, 1]);
        speak(ctx, CISCO, None, &message, Expect::Own);
    }
    let lacp = [
        0x01, 0x01, 0x01, 0x14, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 0, 1, 0, 1, 0x3f, 0, 0, 0,
    ];
    let slow = MacAddr([0x01, 0x80, 0xc2, 0, 0, 2]);
    speak(ctx, slow, Some(ether::SLOW), &lacp, Expect::Nobody);
    let evb = [0xfe, 0x09, 0x00, 0x80, 0xc2, 0x0d, 0x00, 0x01, 0x00, 0x00];
    let nearest = MacAddr([0x01, 0x80, 0xc2, 0, 0, 0]);
    let expect = if ctx.pics.ends_bpdu {
        Expect::Nobody
    } else {
        Expect::Own
    };
    speak(ctx, nearest, Some(0x8940), &evb, expect);
}

/// P-05: continuity checks with another's name, at every level.
pub fn continuity(ctx: &mut Ctx<'_>) {
    let names: Vec<String> = ctx.bed.tenants.iter().take(16).cloned().collect();
    for level in 0..8u8 {
        for name in &names {
            let mut ccm = vec![level << 5, 0x01, 0x04, 70, 0, 0, 0, 1, 0, 1];
            let name: Vec<u8> = name.bytes().take(40).collect();
            ccm.extend_from_slice(&[1, 32, u8::try_from(name.len()).unwrap_or(0)]);
            ccm.extend_from_slice(&name);
            ccm.resize(74, 0);
            let dst = MacAddr([0x01, 0x80, 0xc2, 0, 0, 0x30 + level]);
            speak(ctx, dst, Some(ether::CFM), &ccm, Expect::Own);
        }
    }
}

/// An ARP message: operation (1 asks, 2 answers), who says it, whose address.
pub fn arp(operation: u8, src: MacAddr, ip: [u8; 4]) -> Vec<u8> {
    let mut message = vec![0, 1, 8, 0, 6, 4, 0, operation];
    message.extend_from_slice(&src.0);
    message.extend_from_slice(&ip);
    message.extend_from_slice(&[0xff; 6]);
    message.extend_from_slice(&ip);
    message
}

/// An IPv6 packet with an ICMPv6 message of this type from a link-local address.
pub fn icmpv6(kind: u8, src: MacAddr) -> Vec<u8> {
    let body = [
        kind, 0, 0, 0, 0x40, 0, 0, 0, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe, 0, 0, 1, 0x02, 0x01,
    ];
    let mut message = vec![0x60, 0, 0, 0, 0, u8::try_from(body.len() + 6).unwrap_or(0), 58, 255];
    message.extend_from_slice(&[0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe, 0, 0, 1]);
    message.extend_from_slice(&[0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    message.extend_from_slice(&body);
    message.extend_from_slice(&src.0);
    message
}

/// An IPv4 packet with an echo request.
pub fn icmpv4() -> Vec<u8> {
    let mut message = vec![0x45, 0, 0, 28, 0, 0, 0, 0, 64, 1, 0, 0, 10, 255, 1, 2, 10, 255, 1, 1];
    message.extend_from_slice(&[8, 0, 0, 0, 0, 1, 0, 1]);
    message
}

/// An IPv4 packet with a UDP datagram from one port to another.
fn udp(from: u16, to: u16, payload: &[u8]) -> Vec<u8> {
    let long = u16::try_from(28 + payload.len()).unwrap_or(u16::MAX);
    let mut message = vec![0x45, 0];
    message.extend_from_slice(&long.to_be_bytes());
    message.extend_from_slice(&[0, 0, 0, 0, 64, 17, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255]);
    message.extend_from_slice(&from.to_be_bytes());
    message.extend_from_slice(&to.to_be_bytes());
    message.extend_from_slice(&(long - 20).to_be_bytes());
    message.extend_from_slice(&[0, 0]);
    message.extend_from_slice(payload);
    message
}

fn say(ctx: &mut Ctx<'_>, dst: MacAddr, src: MacAddr, kind: u16, message: &[u8]) {
    let frame = ctx.good(dst);
    let mut payload = message.to_vec();
    payload.extend_from_slice(&frame.payload);
    let frame = Draft { src, ..frame };
    ctx.send(&frame.carrying(kind, payload), Expect::Own);
}

/// P-06: in the name of others' gateways: ARP, neighbour and router advertisements, DHCP.
pub fn spoofs(ctx: &mut Ctx<'_>) {
    for mac in ctx.victims(16) {
        for ip in [[10, 255, 1, 1], [10, 255, 2, 1], [192, 168, 1, 1]] {
            for operation in [1, 2] {
                say(ctx, MacAddr::BROADCAST, mac, ether::ARP, &arp(operation, mac, ip));
                say(ctx, mac, ctx.src, ether::ARP, &arp(operation, mac, ip));
            }
        }
        for kind in [133, 134, 135, 136, 137] {
            say(ctx, MULTICAST6, mac, ether::IPV6, &icmpv6(kind, mac));
        }
        let discover = udp(68, 67, &[1, 1, 6, 0]);
        say(ctx, MacAddr::BROADCAST, mac, ether::IPV4, &discover);
        let offer = udp(67, 68, &[2, 1, 6, 0]);
        say(ctx, MacAddr::BROADCAST, mac, ether::IPV4, &offer);
    }
}

/// P-08: random headers and lengths from the port's own stream.
pub fn random(ctx: &mut Ctx<'_>) {
    let mut stream = ctx.stream("random frames");
    let known = [ctx.peer, ctx.victim, MacAddr::BROADCAST, BRIDGES, PVST, ctx.src];
    let vids: Vec<u16> = ctx
        .foreign
        .iter()
        .copied()
        .chain(ctx.own_vid)
        .chain([0, 1, 4095])
        .collect();
    let kinds = [
        0x8100, 0x88a8, 0x9100, 0x9200, 0x0800, 0x0806, 0x86dd, 0x88cc, 0x8808, 0x8902,
    ];
    for _ in 0..ctx.random {
        let mut octets = vec![0u8; 14 + usize::try_from(stream.below(110)).unwrap_or(0)];
        for octet in &mut octets {
            *octet = u8::try_from(stream.below(256)).unwrap_or(0);
        }
        let pick = |stream: &mut crate::ident::Stream, n: usize| usize::try_from(stream.below(n as u64)).unwrap_or(0);
        if stream.below(2) == 0 {
            octets[..6].copy_from_slice(&known[pick(&mut stream, known.len())].0);
        }
        if stream.below(4) != 0 {
            octets[6..12].copy_from_slice(&ctx.src.0);
        }
        let mut at = 12;
        while at + 4 <= octets.len() && stream.below(3) != 0 {
            let kind: u16 = kinds[pick(&mut stream, kinds.len())];
            octets[at..at + 2].copy_from_slice(&kind.to_be_bytes());
            if stream.below(2) == 0 {
                let vid = vids[pick(&mut stream, vids.len())] | u16::try_from(stream.below(16)).unwrap_or(0) << 12;
                octets[at + 2..at + 4].copy_from_slice(&vid.to_be_bytes());
            }
            at += 4;
        }
        if stream.below(2) == 0 && octets.len() < 60 {
            octets.resize(60, 0);
        }
        ctx.shoot(octets, Expect::Own);
    }
}

/// P-09: joins for groups that another tenant may listen to.
pub fn joins(ctx: &mut Ctx<'_>) {
    for n in 0..16u8 {
        let group = [239, 1, 1, n];
        let mut igmp = vec![0x46, 0, 0, 32, 0, 0, 0, 0, 1, 2, 0, 0, 10, 255, 1, 2];
        igmp.extend_from_slice(&group);
        igmp.extend_from_slice(&[0x94, 4, 0, 0, 0x16, 0, 0, 0]);
        igmp.extend_from_slice(&group);
        say(
            ctx,
            MacAddr([0x01, 0x00, 0x5e, 0x01, 0x01, n]),
            ctx.src,
            ether::IPV4,
            &igmp,
        );
        for kind in [131, 143, 130] {
            let mld = icmpv6(kind, ctx.src);
            say(ctx, MacAddr([0x33, 0x33, 0, 0, 0, n]), ctx.src, ether::IPV6, &mld);
        }
    }
}
