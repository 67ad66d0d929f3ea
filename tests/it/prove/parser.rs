//! Bytes and keys: every byte string has one key, and what is not in the key never matters.

use proptest::prelude::*;
use trunklab::forward::{Class, MAX_TAGS, Shape, classify};
use trunklab::ident::PortNo;
use trunklab::prove::{Kind, Symbol, TPIDS, VIDS};
use trunklab::wire::EtherType;

/// The key, read again by walking the octets one by one.
fn by_hand(bytes: &[u8]) -> (Shape, Option<(u16, u16)>, Option<u16>, u16) {
    let two = |at: usize| Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
    if bytes.len() < 14 {
        return (Shape::Runt, None, None, 0);
    }
    let mut tags: Vec<(u16, u16)> = Vec::new();
    let mut at = 12;
    loop {
        let outer = tags.first().map(|(tpid, tci)| (*tpid, tci & 0xfff));
        let inner = tags.get(1).map(|(tpid, _)| *tpid);
        let Some(word) = two(at) else {
            return (Shape::Truncated, outer, inner, 0);
        };
        if tags.len() == MAX_TAGS || ![0x8100, 0x88a8, 0x9100].contains(&word) {
            return (Shape::Whole, outer, inner, word);
        }
        let Some(tci) = two(at + 2) else {
            return (Shape::Truncated, outer, inner, 0);
        };
        tags.push((word, tci));
        at += 4;
    }
}

#[test]
fn every_first_tag_and_every_second_one_has_its_own_key() {
    let plain = Kind::plain();
    let port = PortNo(3);
    for tpid in 0..TPIDS.len() {
        let mut last = None;
        for vid in 0..VIDS {
            let key = classify(&plain.frame(&[Symbol::tag(tpid, vid)], None), port);
            assert_eq!(key.outer, Symbol::tag(tpid, vid).key());
            assert_ne!(Some(key), last, "VIDs have keys of their own");
            last = Some(key);
        }
        for vid in 0..VIDS {
            let key = classify(&plain.frame(&[Symbol::tag(0, 5), Symbol::tag(tpid, vid)], None), port);
            assert_eq!(
                (key.outer, key.inner),
                (Symbol::tag(0, 5).key(), Symbol::tag(tpid, vid).key())
            );
        }
    }
}

fn frames() -> impl Strategy<Value = Vec<u8>> {
    let words = prop_oneof![
        Just(vec![0x81, 0x00]),
        Just(vec![0x88, 0xa8]),
        Just(vec![0x91, 0x00]),
        Just(vec![0x08, 0x00]),
        Just(vec![0x08, 0x06]),
        proptest::collection::vec(any::<u8>(), 2),
    ];
    let body = proptest::collection::vec(words, 0..24);
    (proptest::collection::vec(any::<u8>(), 12), body, 0..3usize).prop_map(|(mut head, body, cut)| {
        head.extend(body.concat());
        head.truncate(head.len().saturating_sub(cut));
        head
    })
}

proptest! {
    #[test]
    fn a_byte_string_has_the_key_that_reading_it_by_hand_gives(bytes in frames()) {
        let key = classify(&bytes, PortNo(1));
        let outer = key.outer.map(|tag| (tag.tpid.0, tag.vid.get()));
        let (shape, first, second, ethertype) = by_hand(&bytes);
        prop_assert_eq!((key.shape, outer, key.inner.map(|tag| tag.tpid.0), key.ethertype.0), (shape, first, second, ethertype));
        prop_assert_eq!(key.octets as usize, bytes.len());
        prop_assert_eq!(classify(&bytes, PortNo(1)), key);
    }

    #[test]
    fn octets_outside_the_key_never_matter(bytes in frames(), noise in any::<u8>()) {
        let key = classify(&bytes, PortNo(1));
        prop_assume!(key.shape == Shape::Whole);
        let behind = bytes.len() - key.payload as usize;
        let mut other = bytes.clone();
        // An IPv4 header's version and protocol are what limits ask for.
        let asked = |at: usize| key.ethertype == EtherType::IPV4 && (at == behind || at == behind + 9);
        for at in (behind..other.len()).filter(|at| !asked(*at)) {
            other[at] ^= noise;
        }
        prop_assert_eq!(classify(&other, PortNo(1)), key);
        prop_assert!(key.class != Class::Arp || key.ethertype == EtherType::ARP);
    }
}
