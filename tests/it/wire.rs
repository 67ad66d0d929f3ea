//! `wire` against two readers and writers that others wrote: etherparse and pnet.
//!
//! etherparse stops after three link extensions, so no stack here is deeper.

use std::net::Ipv4Addr;

use etherparse::{LinkExtSlice, NetSlice, PacketBuilder, SlicedPacket, TransportSlice};
use pnet::packet::Packet as _;
use pnet::packet::arp::ArpPacket;
use pnet::packet::ethernet::EthernetPacket;
use pnet::packet::icmp::{self, IcmpPacket, echo_request::EchoRequestPacket};
use pnet::packet::ipv4::{self as pnet_ipv4, Ipv4Packet};
use pnet::packet::udp::{self as pnet_udp, UdpPacket};
use proptest::collection::vec;
use proptest::prelude::*;
use trunklab::host::icmp::{echo_reply, echo_request};
use trunklab::wire::{
    Arp, ArpOperation, EtherType, Frame, FrameView, Icmp, Ipv4, Ipv4View, MacAddr, Tag, Udp, UdpView,
};

fn any_ip() -> impl Strategy<Value = Ipv4Addr> {
    any::<u32>().prop_map(Ipv4Addr::from_bits)
}

/// A UDP frame of ours.
fn udp_frame(src: Ipv4Addr, dst: Ipv4Addr, ports: Udp, payload: &[u8]) -> Frame {
    let mut packet = vec![0; 28];
    packet.extend_from_slice(payload);
    Ipv4::new(src, dst, 17).emit(8 + payload.len(), &mut packet).unwrap();
    ports.emit(src, dst, &mut packet[20..]).unwrap();
    Frame::ethernet(MacAddr([2; 6]), MacAddr([4; 6]), EtherType::IPV4, &packet)
}

proptest! {
    #[test]
    fn etherparse_reads_what_we_write(
        (src, dst) in (any_ip(), any_ip()),
        (src_port, dst_port) in any::<(u16, u16)>(),
        payload in vec(any::<u8>(), 0..80),
        tags in vec((prop_oneof![Just(0x8100u16), Just(0x88a8), Just(0x9100)], any::<u16>()), 0..=3),
    ) {
        let mut frame = udp_frame(src, dst, Udp { src_port, dst_port }, &payload);
        for (tpid, tci) in tags.iter().rev() {
            frame.push_tag(Tag { tpid: EtherType(*tpid), tci: *tci });
        }
        let sliced = SlicedPacket::from_ethernet(frame.bytes()).unwrap();
        let vids: Vec<u16> = sliced.link_exts.iter().map(|ext| match ext {
            LinkExtSlice::Vlan(vlan) => vlan.vlan_identifier().value(),
            other => panic!("{other:?}"),
        }).collect();
        prop_assert_eq!(vids, tags.iter().map(|(_, tci)| tci & 0xfff).collect::<Vec<_>>());
        let Some(NetSlice::Ipv4(ip)) = sliced.net else { panic!("no IPv4") };
        prop_assert_eq!((ip.header().source_addr(), ip.header().destination_addr()), (src, dst));
        prop_assert_eq!(ip.header().header_checksum(), ip.header().to_header().calc_header_checksum());
        let Some(TransportSlice::Udp(udp)) = sliced.transport else { panic!("no UDP") };
        prop_assert_eq!((udp.source_port(), udp.destination_port()), (src_port, dst_port));
        prop_assert_eq!(udp.payload(), &payload[..]);
        let sum = udp.to_header().calc_checksum_ipv4(&ip.header().to_header(), &payload).unwrap();
        prop_assert_eq!(udp.checksum(), sum);
    }

    #[test]
    fn we_read_what_etherparse_writes(
        (src, dst) in any::<([u8; 4], [u8; 4])>(),
        (src_port, dst_port) in any::<(u16, u16)>(),
        (outer, inner) in (0u16..4096, 0u16..4096),
        ttl: u8,
        payload in vec(any::<u8>(), 0..80),
    ) {
        let builder = PacketBuilder::ethernet2([1; 6], [2; 6])
            .double_vlan(outer.try_into().unwrap(), inner.try_into().unwrap())
            .ipv4(src, dst, ttl)
            .udp(src_port, dst_port);
        let mut octets = Vec::new();
        builder.write(&mut octets, &payload).unwrap();
        let view = FrameView::new(&octets).unwrap();
        prop_assert_eq!((view.src(), view.dst()), (MacAddr([1; 6]), MacAddr([2; 6])));
        prop_assert_eq!(view.tags().map(|t| t.vid().get()).collect::<Vec<_>>(), [outer, inner]);
        let ip = Ipv4View::new(view.payload()).unwrap();
        prop_assert!(ip.checksum_is_right());
        prop_assert_eq!((ip.src().octets(), ip.dst().octets(), ip.ttl()), (src, dst, ttl));
        let udp = UdpView::new(ip.payload()).unwrap();
        prop_assert!(udp.checksum_is_right(ip.src(), ip.dst()));
        prop_assert_eq!(udp.header(), Udp { src_port, dst_port });
        prop_assert_eq!(udp.payload(), &payload[..]);
    }

    #[test]
    fn pnet_agrees_on_ipv4_and_udp(
        (src, dst) in (any_ip(), any_ip()),
        (src_port, dst_port) in any::<(u16, u16)>(),
        payload in vec(any::<u8>(), 0..80),
    ) {
        let frame = udp_frame(src, dst, Udp { src_port, dst_port }, &payload);
        let ethernet = EthernetPacket::new(frame.bytes()).unwrap();
        prop_assert_eq!(ethernet.get_source().octets(), [4; 6]);
        let ip = Ipv4Packet::new(ethernet.payload()).unwrap();
        prop_assert_eq!((ip.get_source(), ip.get_destination()), (src, dst));
        prop_assert_eq!(ip.get_checksum(), pnet_ipv4::checksum(&ip));
        let udp = UdpPacket::new(ip.payload()).unwrap();
        prop_assert_eq!((udp.get_source(), udp.get_destination()), (src_port, dst_port));
        let sum = pnet_udp::ipv4_checksum(&udp, &src, &dst);
        prop_assert_eq!(udp.get_checksum(), if sum == 0 { 0xffff } else { sum });
    }

    #[test]
    fn pnet_agrees_on_arp(
        request: bool,
        (sender_mac, target_mac) in any::<([u8; 6], [u8; 6])>(),
        (sender_ip, target_ip) in (any_ip(), any_ip()),
    ) {
        let arp = Arp {
            operation: if request { ArpOperation::Request } else { ArpOperation::Reply },
            sender_mac: MacAddr(sender_mac),
            sender_ip,
            target_mac: MacAddr(target_mac),
            target_ip,
        };
        let octets = arp.emit();
        let read = ArpPacket::new(&octets).unwrap();
        prop_assert_eq!(read.get_operation().0, if request { 1 } else { 2 });
        prop_assert_eq!((read.get_hardware_type().0, read.get_protocol_type().0), (1, 0x0800));
        prop_assert_eq!((read.get_sender_hw_addr().octets(), read.get_sender_proto_addr()), (sender_mac, sender_ip));
        prop_assert_eq!((read.get_target_hw_addr().octets(), read.get_target_proto_addr()), (target_mac, target_ip));
    }

    #[test]
    fn pnet_agrees_on_echo_and_on_its_answer(ident: u16, seq: u16, data in vec(any::<u8>(), 0..80)) {
        let (src, dst) = (Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2));
        let request = echo_request(src, dst, ident, seq, &data);
        let answer = echo_reply(&request);
        for (frame, kind) in [(&request, 8), (&answer, 0)] {
            let ip = Ipv4Packet::new(&frame.bytes()[14..]).unwrap();
            prop_assert_eq!(ip.get_checksum(), pnet_ipv4::checksum(&ip));
            let message = IcmpPacket::new(ip.payload()).unwrap();
            prop_assert_eq!((message.get_icmp_type().0, message.get_icmp_code().0), (kind, 0));
            prop_assert_eq!(message.get_checksum(), icmp::checksum(&message));
            let echo = EchoRequestPacket::new(ip.payload()).unwrap();
            prop_assert_eq!((echo.get_identifier(), echo.get_sequence_number()), (ident, seq));
            prop_assert_eq!(echo.payload(), &data[..]);
        }
        let ip = Ipv4View::new(&answer.bytes()[14..]).unwrap();
        prop_assert_eq!((ip.src(), ip.dst()), (dst, src));
        let echoed = Icmp::Echo { reply: true, ident, seq, data: &data };
        prop_assert_eq!(Icmp::parse(ip.payload()), Ok(echoed));
    }
}
