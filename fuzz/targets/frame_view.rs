//! Any octets as a frame: the view, the classifier and the protocols agree and never panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunklab::forward::{MAX_TAGS, Shape, classify};
use trunklab::ident::PortNo;
use trunklab::wire::{Arp, EtherType, Frame, FrameView, Icmp, Ipv4View, UdpView, WireError, ipv4, payload_octets};

fuzz_target!(|octets: &[u8]| {
    let key = classify(octets, PortNo(0));
    match FrameView::new(octets) {
        Ok(view) => {
            assert_eq!(payload_octets(octets) as usize, view.payload().len());
            if view.tag_count() <= MAX_TAGS {
                assert_eq!(key.shape, Shape::Whole);
                assert_eq!((key.dst, key.src), (view.dst(), view.src()));
                assert_eq!(
                    key.outer.map(|t| (t.tpid, t.vid)),
                    view.outer_tag().map(|t| (t.tpid, t.vid()))
                );
                assert_eq!(key.inner.map(|tag| tag.tpid), view.tags().nth(1).map(|t| t.tpid));
                assert_eq!(key.ethertype, view.ethertype());
                assert_eq!(key.payload as usize, view.payload().len());
            }
            protocols(&view);
        }
        Err(WireError::Runt) => assert_eq!(key.shape, Shape::Runt),
        // Past the depth that the classifier reads, it takes what follows for payload.
        Err(_) => assert_ne!(key.shape, Shape::Runt),
    }
    edits(octets);
});

fn protocols(view: &FrameView<'_>) {
    if view.ethertype() == EtherType::ARP
        && let Ok(arp) = Arp::parse(view.payload())
    {
        assert_eq!(Arp::parse(&arp.emit()), Ok(arp));
    }
    let Ok(ip) = Ipv4View::new(view.payload()) else { return };
    assert!(ip.header_len() <= ip.total_len() && ip.total_len() <= view.payload().len());
    assert_eq!(ip.payload().len(), ip.total_len() - ip.header_len());
    let mut header = [0; 20];
    ip.header()
        .emit(ip.payload().len(), &mut header)
        .expect("what was read can be written");
    if let Ok(udp) = UdpView::new(ip.payload()) {
        let _ = (udp.checksum_is_right(ip.src(), ip.dst()), udp.payload(), udp.header());
    }
    if let Ok(icmp) = Icmp::parse(ip.payload()) {
        let mut out = vec![0; icmp.emit_len()];
        icmp.emit(&mut out).expect("as long as it says");
        assert_eq!(
            Icmp::parse(&out),
            Ok(icmp),
            "what was read is written and read back equal"
        );
    }
    let mut packet = view.payload().to_vec();
    let right = ip.checksum_is_right();
    ipv4::decrement_ttl(&mut packet);
    if right {
        assert!(Ipv4View::new(&packet).expect("still a packet").checksum_is_right());
    }
    ipv4::turn_round(&mut packet);
    let back = Ipv4View::new(&packet).expect("still a packet");
    assert!(back.checksum_is_right());
    assert_eq!((back.src(), back.dst()), (ip.dst(), ip.src()));
}

/// Tags come off and go on again without moving anything else.
fn edits(octets: &[u8]) {
    let whole = Frame::from_octets(octets);
    let mut frame = whole.clone();
    let Some(tag) = frame.pop_tag() else { return };
    frame.push_tag(tag);
    assert_eq!(frame.bytes().get(..whole.len()), Some(whole.bytes()));
}
