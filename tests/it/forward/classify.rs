//! Classification: what is in the key, and nothing else matters.

use proptest::collection::vec;
use proptest::prelude::*;
use trunklab::forward::{Class, FastPath, Planted, Profile, Shape, classify};
use trunklab::ident::PortNo;
use trunklab::units::SimTime;

use super::draw::{TPIDS, a_frame, some_tables};
use super::drive::outcome;

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn octets_outside_the_key_never_matter(tables in some_tables(), bytes in a_frame(), port in 0..6_u32, noise: u8) {
        let fast = FastPath::new(tables);
        let key = fast.classify(&bytes, PortNo(port));
        let mut other = bytes.clone();
        let tags = 4 * usize::from(key.outer.is_some());
        for octet in other.iter_mut().skip(14 + tags + 40) {
            *octet = octet.wrapping_add(noise);
        }
        let other_key = fast.classify(&other, PortNo(port));
        if other_key == key {
            prop_assert_eq!(fast.decide(&key), fast.decide(&other_key));
        }
        if key.inner.is_none() {
            prop_assert_eq!(key, other_key);
        }
    }

    #[test]
    fn no_octets_panic_any_profile_or_quirk(
        mut tables in some_tables(),
        frames in vec((0..6_u32, prop_oneof![a_frame(), vec(any::<u8>(), 0..80)]), 1..20),
    ) {
        for profile in [Profile::Strict, Profile::IeeeDefault, Profile::Ovs31, Profile::Linux612] {
            tables.profile = profile;
            for quirk in [Planted::ALL, Planted::ROWS, Planted::BATCHES].concat() {
                let mut fast = FastPath::with_quirk(tables.clone(), quirk);
                for (port, bytes) in &frames {
                    let verdict = fast.forward(PortNo(*port), bytes, SimTime::ZERO);
                    let _ = outcome(&fast, verdict, bytes);
                }
            }
        }
    }

    #[test]
    fn classification_agrees_with_etherparse(bytes in a_frame()) {
        let key = classify(&bytes, PortNo(0));
        prop_assert_eq!(key.shape == Shape::Runt, bytes.len() < 14);
        let lax = etherparse::LaxSlicedPacket::from_ethernet(&bytes);
        prop_assert_eq!(key.shape == Shape::Runt, lax.is_err());
        let Ok(lax) = lax else { return Ok(()) };
        let outer = key.outer.map(|tag| tag.vid.get());
        if lax.stop_err.is_none() || key.shape == Shape::Whole {
            prop_assert_eq!(outer, lax.vlan_ids().first().map(|v| v.value()));
        }
        // It looks behind three tags at most.
        let deep = lax.ether_payload().is_some_and(|p| TPIDS.contains(&p.ether_type.0));
        if let (Shape::Whole, false, Some(payload)) = (key.shape, deep, lax.ether_payload()) {
            prop_assert_eq!(key.ethertype.0, payload.ether_type.0);
            if lax.link_exts.is_empty() || key.ethertype.0 >= 0x0600 {
                prop_assert_eq!(key.payload as usize, payload.payload.len());
            }
            let icmp = matches!(lax.net, Some(etherparse::LaxNetSlice::Ipv4(ref ip)) if ip.header().protocol().0 == 1);
            if icmp {
                prop_assert_eq!(key.class, Class::Icmp);
            }
            if matches!(lax.net, Some(etherparse::LaxNetSlice::Arp(_))) {
                prop_assert_eq!(key.class, Class::Arp);
            }
        }
    }
}
