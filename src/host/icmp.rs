//! ICMP echo: requests of a host's own, and answers to those of others.

use std::net::Ipv4Addr;

use super::deliver::ETHERNET;
use crate::wire::ipv4::{self, protocol};
use crate::wire::{Checksum, EtherType, Frame, Icmp, Ipv4, Ipv4View};

/// An untagged frame with an echo request; its Ethernet addresses are still to be written.
/// Padded to 60 octets. Data beyond what one packet holds (65,507 octets) is left out.
pub fn echo_request(src: Ipv4Addr, dst: Ipv4Addr, ident: u16, seq: u16, data: &[u8]) -> Frame {
    let data = &data[..data.len().min(65_507)];
    let message = Icmp::Echo {
        reply: false,
        ident,
        seq,
        data,
    };
    let mut frame = Frame::zeroed(ETHERNET + Ipv4::LEN + message.emit_len());
    let octets = frame.bytes_mut();
    octets[12..14].copy_from_slice(&EtherType::IPV4.0.to_be_bytes());
    let (header, payload) = octets[ETHERNET..].split_at_mut(Ipv4::LEN);
    Ipv4::new(src, dst, protocol::ICMP)
        .emit(message.emit_len(), header)
        .expect("the data was cut to what one packet holds");
    message.emit(payload).expect("the frame was made for this message");
    debug_assert!(
        super::ipv4_of(&frame).is_ok_and(|ip| ip.dst() == dst),
        "what was built can be read"
    );
    frame
}

/// The answer to an untagged frame with an echo request: addresses swapped, TTL 64, the data as
/// it came. Of any other frame it returns a copy.
pub fn echo_reply(request: &Frame) -> Frame {
    let mut answer = request.clone();
    let Some(octets) = answer.bytes_mut().get_mut(ETHERNET..) else {
        return answer;
    };
    ipv4::turn_round(octets);
    let Ok((from, upto)) = Ipv4View::new(octets).map(|ip| (ip.header_len(), ip.total_len())) else {
        return answer;
    };
    let message = &mut octets[from..upto];
    if let [kind @ 8, ..] = message {
        *kind = 0;
        if let Some(field) = message.get_mut(2..4) {
            field.fill(0);
            let sum = Checksum::new().octets(message).finish();
            message[2..4].copy_from_slice(&sum.to_be_bytes());
        }
    }
    debug_assert_eq!(answer.len(), request.len(), "an answer is as long as what it answers");
    answer
}

/// Identifier and sequence number of the echo reply in an untagged, checked IPv4 frame.
pub fn echo_reply_of(ip: &Ipv4View<'_>) -> Option<(u16, u16)> {
    if ip.protocol() != protocol::ICMP || ip.is_fragment() {
        return None;
    }
    match Icmp::parse(ip.payload()) {
        Ok(Icmp::Echo {
            reply: true,
            ident,
            seq,
            ..
        }) => Some((ident, seq)),
        _ => None,
    }
}
