use std::net::Ipv4Addr;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn any_ip() -> impl Strategy<Value = Ipv4Addr> {
    any::<u32>().prop_map(Ipv4Addr::from_bits)
}

fn any_mac() -> impl Strategy<Value = MacAddr> {
    any::<[u8; 6]>().prop_map(MacAddr)
}

prop_compose! {
    fn any_ipv4()(
        (src, dst) in (any_ip(), any_ip()),
        (protocol, ttl, tos, ident) in any::<(u8, u8, u8, u16)>(),
        (dont_fragment, more_fragments) in any::<(bool, bool)>(),
        fragment_offset in 0u16..0x2000,
    ) -> Ipv4 {
        Ipv4 { src, dst, protocol, ttl, tos, ident, dont_fragment, more_fragments, fragment_offset }
    }
}

/// A tag with one of the three protocol ids.
fn any_tag() -> impl Strategy<Value = Tag> {
    let tpid = prop_oneof![Just(EtherType::CTAG), Just(EtherType::STAG), Just(EtherType::QINQ)];
    (tpid, any::<u16>()).prop_map(|(tpid, tci)| Tag { tpid, tci })
}

proptest! {
    #[test]
    fn an_arp_packet_parses_back_equal(
        request: bool,
        (sender_mac, target_mac) in (any_mac(), any_mac()),
        (sender_ip, target_ip) in (any_ip(), any_ip()),
    ) {
        let operation = if request { ArpOperation::Request } else { ArpOperation::Reply };
        let arp = Arp { operation, sender_mac, sender_ip, target_mac, target_ip };
        prop_assert_eq!(Arp::parse(&arp.emit()), Ok(arp));
        let frame = arp.frame(target_mac);
        let view = FrameView::new(frame.bytes()).unwrap();
        prop_assert_eq!((view.src(), view.ethertype()), (sender_mac, EtherType::ARP));
        prop_assert_eq!(Arp::parse(view.payload()), Ok(arp));
    }

    #[test]
    fn an_ipv4_header_parses_back_equal(header in any_ipv4(), payload in vec(any::<u8>(), 0..100)) {
        let mut packet = vec![0; 20];
        header.emit(payload.len(), &mut packet).unwrap();
        packet.extend_from_slice(&payload);
        packet.extend_from_slice(b"padding");
        let view = Ipv4View::new(&packet).unwrap();
        prop_assert!(view.checksum_is_right());
        prop_assert_eq!(view.header(), header);
        prop_assert_eq!(view.payload(), &payload[..]);
        prop_assert_eq!(view.options(), b"");
        prop_assert_eq!(view.is_fragment(), header.more_fragments || header.fragment_offset > 0);
    }

    #[test]
    fn a_hop_takes_one_from_the_ttl_and_nothing_else(header in any_ipv4()) {
        let mut packet = vec![0; 20];
        header.emit(0, &mut packet).unwrap();
        ipv4::decrement_ttl(&mut packet);
        let view = Ipv4View::new(&packet).unwrap();
        prop_assert!(view.checksum_is_right());
        prop_assert_eq!(view.header(), Ipv4 { ttl: header.ttl.saturating_sub(1), ..header });
    }

    #[test]
    fn options_are_skipped_and_survive_a_turn(options in 0usize..=10, header in any_ipv4()) {
        // A header with options, written by hand: longer header, longer total length.
        let mut packet = vec![0; 20];
        header.emit(options * 4 + 8, &mut packet).unwrap();
        packet[0] = 0x45 + options as u8;
        packet.extend(std::iter::repeat_n(1, options * 4));
        packet.extend_from_slice(b"payload!");
        ipv4::turn_round(&mut packet);
        let view = Ipv4View::new(&packet).unwrap();
        prop_assert!(view.checksum_is_right());
        prop_assert_eq!((view.src(), view.dst(), view.ttl()), (header.dst, header.src, 64));
        prop_assert_eq!(view.options().len(), options * 4);
        prop_assert_eq!(view.payload(), b"payload!");
    }

    #[test]
    fn every_icmp_message_parses_back_equal(
        which in 0..5u8, (a, b) in any::<(u16, u16)>(), code: u8, kind: u8, data in vec(any::<u8>(), 0..90),
    ) {
        let data = &data[..];
        let message = match which {
            0 => Icmp::Echo { reply: false, ident: a, seq: b, data },
            1 => Icmp::Echo { reply: true, ident: a, seq: b, data },
            2 => Icmp::Unreachable { code, mtu: a, quoted: data },
            3 => Icmp::TimeExceeded { code, quoted: data },
            _ if matches!(kind, 0 | 3 | 8 | 11) => Icmp::TimeExceeded { code: kind, quoted: data },
            _ => Icmp::Other { kind, code, rest: [a as u8, b as u8, 1, 2], data },
        };
        let mut octets = vec![0xaa; message.emit_len()];
        message.emit(&mut octets).unwrap();
        prop_assert_eq!(Icmp::parse(&octets), Ok(message));
        let short = message.emit_len() - 1;
        prop_assert_eq!(message.emit(&mut octets[..short]), Err(WireError::Truncated));
    }

    #[test]
    fn a_flipped_bit_fails_the_icmp_checksum(data in vec(any::<u8>(), 0..40), at: prop::sample::Index, bit in 0..8u8) {
        let message = Icmp::Echo { reply: false, ident: 1, seq: 2, data: &data };
        let mut octets = vec![0; message.emit_len()];
        message.emit(&mut octets).unwrap();
        octets[at.index(message.emit_len())] ^= 1 << bit;
        prop_assert_eq!(Icmp::parse(&octets), Err(WireError::Checksum));
    }

    #[test]
    fn a_datagram_parses_back_equal_and_its_checksum_covers_the_addresses(
        (src, dst) in (any_ip(), any_ip()),
        (src_port, dst_port) in any::<(u16, u16)>(),
        payload in vec(any::<u8>(), 0..90),
        bit in 0..32u32,
    ) {
        let header = Udp { src_port, dst_port };
        let mut datagram = vec![0; Udp::LEN];
        datagram.extend_from_slice(&payload);
        header.emit(src, dst, &mut datagram).unwrap();
        let view = UdpView::new(&datagram).unwrap();
        prop_assert_eq!((view.header(), view.payload()), (header, &payload[..]));
        prop_assert!(view.checksum_is_right(src, dst));
        prop_assert!(!view.checksum_is_right(Ipv4Addr::from_bits(src.to_bits() ^ 1 << bit), dst));
    }

    #[test]
    fn a_stamp_parses_back_equal(flow: u32, seq: u64, wants_answer: bool, is_answer: bool) {
        let stamp = Stamp { flow, seq, wants_answer, is_answer };
        prop_assert_eq!(Stamp::parse(&stamp.emit()), Some(stamp));
    }

    #[test]
    fn a_frame_shows_its_whole_stack_of_tags(tags in vec(any_tag(), 0..20), payload in vec(any::<u8>(), 46..80)) {
        let (dst, src) = (MacAddr([2; 6]), MacAddr([4; 6]));
        let mut frame = Frame::ethernet(dst, src, EtherType::IPV4, &payload);
        for tag in tags.iter().rev() {
            frame.push_tag(*tag);
        }
        let view = FrameView::new(frame.bytes()).unwrap();
        prop_assert_eq!((view.dst(), view.src()), (dst, src));
        prop_assert_eq!(view.tags().collect::<Vec<_>>(), tags.clone());
        prop_assert_eq!(view.tag_count(), tags.len());
        prop_assert_eq!(view.outer_tag(), frame.outer_tag());
        prop_assert_eq!(view.ethertype(), EtherType::IPV4);
        prop_assert_eq!(view.payload(), &payload[..]);
    }

    #[test]
    fn no_octets_panic_any_reader(octets in vec(any::<u8>(), 0..120)) {
        let _ = (Arp::parse(&octets), Icmp::parse(&octets), Stamp::parse(&octets));
        if let Ok(view) = FrameView::new(&octets) {
            let _ = (view.dst(), view.src(), view.tags().count(), view.ethertype(), view.payload());
        }
        if let Ok(view) = Ipv4View::new(&octets) {
            let _ = (view.header(), view.options(), view.payload(), view.checksum_is_right());
        }
        if let Ok(view) = UdpView::new(&octets) {
            let _ = (view.header(), view.payload(), view.checksum_is_right(Ipv4Addr::LOCALHOST, Ipv4Addr::LOCALHOST));
        }
        let mut edited = octets;
        ipv4::decrement_ttl(&mut edited);
        ipv4::turn_round(&mut edited);
    }
}

#[test]
fn a_frame_cut_at_any_length_is_an_error_or_a_shorter_payload_but_never_a_panic() {
    let mut frame = Arp::request(MacAddr([2; 6]), Ipv4Addr::LOCALHOST, Ipv4Addr::LOCALHOST).frame(MacAddr::BROADCAST);
    frame.push_tag(Tag::ctag(Vid::new(7).unwrap()));
    frame.push_tag(Tag::ctag(Vid::new(8).unwrap()));
    for len in 0..frame.len() {
        let view = FrameView::new(&frame.bytes()[..len]);
        match len {
            0..14 => assert_eq!(view.unwrap_err(), WireError::Runt),
            14..22 => assert_eq!(view.unwrap_err(), WireError::TruncatedTag),
            _ => {
                let view = view.unwrap();
                assert_eq!((view.tag_count(), view.payload().len()), (2, len - 22));
                assert_eq!(Arp::parse(view.payload()).is_ok(), len >= 22 + Arp::LEN);
            }
        }
    }
}

#[test]
fn a_packet_cut_at_any_length_is_an_error() {
    let mut packet = [0; 48];
    let (src, dst) = (Ipv4Addr::LOCALHOST, Ipv4Addr::BROADCAST);
    Ipv4::new(src, dst, 17).emit(28, &mut packet).unwrap();
    let ports = Udp {
        src_port: 1,
        dst_port: 2,
    };
    ports.emit(src, dst, &mut packet[20..]).unwrap();
    for len in 0..48 {
        assert_eq!(
            Ipv4View::new(&packet[..len]).unwrap_err(),
            WireError::Truncated,
            "{len}"
        );
        let udp = UdpView::new(&packet[20..len.max(20)]);
        assert_eq!(udp.unwrap_err(), WireError::Truncated, "{len}");
    }
}

#[test]
fn impossible_headers_are_named() {
    let mut packet = [0; 20];
    Ipv4::new(Ipv4Addr::LOCALHOST, Ipv4Addr::LOCALHOST, 1)
        .emit(0, &mut packet)
        .unwrap();
    let changed = |at: usize, to: u8| {
        let mut packet = packet;
        packet[at] = to;
        Ipv4View::new(&packet).unwrap_err()
    };
    assert_eq!(changed(0, 0x65), WireError::Version);
    assert_eq!(changed(0, 0x44), WireError::Length);
    assert_eq!(changed(3, 19), WireError::Length);
    assert_eq!(changed(3, 21), WireError::Truncated);
    let datagram = [0, 1, 0, 2, 0, 7, 0, 0];
    assert_eq!(UdpView::new(&datagram).unwrap_err(), WireError::Length);
    let whole = Ipv4::new(Ipv4Addr::LOCALHOST, Ipv4Addr::LOCALHOST, 1);
    assert_eq!(whole.emit(65_516, &mut packet), Err(WireError::Length));
}

#[test]
fn a_frame_that_ends_with_its_tag_loses_that_tag_and_is_padded() {
    let octets = [2, 7, 0, 0, 0, 1, 2, 7, 0, 0, 0, 2, 0x81, 0, 0x60, 20];
    let mut frame = Frame::from_octets(&octets);
    assert_eq!(frame.pop_tag().map(|tag| tag.tci), Some(0x6014));
    assert_eq!(frame.bytes()[..12], octets[..12]);
    assert_eq!(frame.bytes()[12..], [0; 48]);
    assert_eq!(Frame::from_octets(&octets[..15]).pop_tag(), None);
}
