//! What a host does with a packet that reached it: takes it, answers it, or refuses it.

use super::icmp;
use crate::evidence::{Lineage, Outbox, Packet, Trace};
use crate::ident::{DropReason, Fate};
use crate::wire::ipv4::{self, protocol};
use crate::wire::{Frame, Icmp, Ipv4View, Stamp, Udp, UdpView, WireError};

/// Octets in front of the IPv4 header of an untagged frame.
pub const ETHERNET: usize = 14;

/// Looks at the IPv4 packet of an untagged frame. Fails with `BadHeader` where the header is
/// malformed, its checksum is wrong, or the packet is cut short.
pub fn ipv4_of(frame: &Frame) -> Result<Ipv4View<'_>, DropReason> {
    let octets = frame.bytes().get(ETHERNET..).ok_or(DropReason::RuntFrame)?;
    let view = Ipv4View::new(octets).map_err(|_| DropReason::BadHeader)?;
    if view.checksum_is_right() {
        Ok(view)
    } else {
        Err(DropReason::BadHeader)
    }
}

/// Takes one routed hop off an untagged IPv4 frame; `TtlExpired` where none is left.
pub fn route_hop(packet: &mut Packet) -> Result<(), DropReason> {
    packet.ticket.routed();
    let octets = packet
        .frame
        .bytes_mut()
        .get_mut(ETHERNET..)
        .ok_or(DropReason::RuntFrame)?;
    if octets.get(8).copied().unwrap_or(0) <= 1 {
        return Err(DropReason::TtlExpired);
    }
    ipv4::decrement_ttl(octets);
    let read = Ipv4View::new(octets);
    debug_assert!(
        read.is_err() || read.is_ok_and(|ip| ip.checksum_is_right()),
        "a hop keeps the checksum right"
    );
    Ok(())
}

/// What became clear about a packet that reached its host.
enum Meaning {
    /// It ends here with this fate.
    Ends(Fate),
    /// It ends here with this fate, and is answered with this frame.
    Answered(Fate, Frame),
}

/// Settles a packet that reached the host it is addressed to, in an untagged frame whose IPv4
/// header [`ipv4_of`] has checked. Returns the answer, if there is one, still to be routed: its
/// ticket is a child of the packet's, its TTL is 64, its Ethernet addresses are not written yet.
///
/// - Echo requests are consumed and answered. Echo replies are delivered where they belong to a
///   flow, else consumed. Other ICMP errors are consumed.
/// - UDP is delivered where `listens` says so for the destination port or where it is itself an
///   answer, and answered where its stamp asks for that.
/// - Fragments are not reassembled: `UnsupportedProtocol`. Other protocols: `NoListener`.
pub fn deliver(packet: Packet, listens: impl Fn(u16) -> bool, out: &mut Outbox) -> Option<Packet> {
    let trace = *packet.ticket.trace();
    match understand(&packet.frame, &trace, listens) {
        Err(reason) => {
            out.drop(packet, reason);
            None
        }
        Ok(Meaning::Ends(fate)) => {
            out.settle(packet, fate);
            None
        }
        Ok(Meaning::Answered(fate, answer)) => {
            out.settle(packet, fate);
            Some(out.child(&trace, Lineage::Reply, answer))
        }
    }
}

fn understand(frame: &Frame, trace: &Trace, listens: impl Fn(u16) -> bool) -> Result<Meaning, DropReason> {
    let ip = ipv4_of(frame)?;
    if ip.is_fragment() {
        return Err(DropReason::UnsupportedProtocol);
    }
    match ip.protocol() {
        protocol::UDP => udp(frame, &ip, listens),
        protocol::ICMP => match Icmp::parse(ip.payload()).map_err(bad)? {
            Icmp::Echo { reply: false, .. } => Ok(Meaning::Answered(Fate::Consumed, icmp::echo_reply(frame))),
            Icmp::Echo { .. } if trace.flow.is_some() => Ok(Meaning::Ends(Fate::Delivered)),
            Icmp::Other { .. } => Err(DropReason::NoListener),
            _ => Ok(Meaning::Ends(Fate::Consumed)),
        },
        _ => Err(DropReason::NoListener),
    }
}

fn udp(frame: &Frame, ip: &Ipv4View<'_>, listens: impl Fn(u16) -> bool) -> Result<Meaning, DropReason> {
    let udp = UdpView::new(ip.payload()).map_err(bad)?;
    if !udp.checksum_is_right(ip.src(), ip.dst()) {
        return Err(DropReason::BadHeader);
    }
    let stamp = Stamp::parse(udp.payload());
    let is_answer = stamp.is_some_and(|s| s.is_answer);
    if !is_answer && !listens(udp.dst_port()) {
        return Err(DropReason::NoListener);
    }
    Ok(match stamp {
        Some(stamp) if stamp.wants_answer && !is_answer => Meaning::Answered(Fate::Delivered, udp_answer(frame, stamp)),
        _ => Meaning::Ends(Fate::Delivered),
    })
}

/// The same datagram on its way back: addresses and ports swapped, stamped as an answer.
fn udp_answer(frame: &Frame, stamp: Stamp) -> Frame {
    let mut answer = frame.clone();
    let octets = &mut answer.bytes_mut()[ETHERNET..];
    ipv4::turn_round(octets);
    let Ok((src, dst, from, upto)) =
        Ipv4View::new(octets).map(|ip| (ip.src(), ip.dst(), ip.header_len(), ip.total_len()))
    else {
        return answer;
    };
    let datagram = &mut octets[from..upto];
    let Ok((header, len)) = UdpView::new(datagram).map(|u| (u.header(), Udp::LEN + u.payload().len())) else {
        return answer;
    };
    let stamp = Stamp {
        wants_answer: false,
        is_answer: true,
        ..stamp
    };
    datagram[Udp::LEN..Udp::LEN + Stamp::LEN].copy_from_slice(&stamp.emit());
    let turned = Udp {
        src_port: header.dst_port,
        dst_port: header.src_port,
    };
    turned
        .emit(src, dst, &mut datagram[..len])
        .expect("a datagram that parsed has room for its own header");
    debug_assert_eq!(answer.len(), frame.len(), "an answer is as long as what it answers");
    answer
}

fn bad(_: WireError) -> DropReason {
    DropReason::BadHeader
}
