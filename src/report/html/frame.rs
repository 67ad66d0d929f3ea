//! A frame as people read it: layer by layer, and its octets.

use serde::Serialize;

use super::words::shown;
use crate::check::thousands;
use crate::report::document::picture::FrameTold;
use crate::units::SimTime;
use crate::wire::ipv4::protocol;
use crate::wire::{Arp, ArpOperation, EtherType, FrameView, Icmp, Ipv4View, UdpView};

/// Octets of a line.
const LINE: usize = 16;
/// Octets that are shown.
const SHOWN: usize = 128;

/// A frame on the page.
#[derive(Debug, Serialize)]
pub(super) struct FrameShown {
    whose: String,
    fate: String,
    party: String,
    layers: Vec<(&'static str, String)>,
    hex: String,
    hops: Vec<HopShown>,
}

#[derive(Debug, Serialize)]
struct HopShown {
    at: String,
    from: String,
    link: String,
    tags: String,
    captured: String,
}

/// A frame with its layers and its way.
pub(super) fn frame(told: &FrameTold) -> FrameShown {
    let hops = told.hops.iter().map(|hop| HopShown {
        at: hop
            .at_ns
            .map_or(String::new(), |at| SimTime::from_nanos(at).to_string()),
        from: shown(&hop.from),
        link: shown(&hop.link),
        tags: shown(&hop.tags),
        captured: hop.captured.map_or(String::new(), thousands),
    });
    FrameShown {
        whose: shown(&told.whose),
        fate: shown(&told.fate),
        party: shown(&told.party),
        layers: layers(&told.octets, told.length),
        hex: hex(&told.octets),
        hops: hops.collect(),
    }
}

/// What the octets say, layer by layer, as far as they can be read.
pub(super) fn layers(octets: &[u8], length: u64) -> Vec<(&'static str, String)> {
    let length = length.max(octets.len() as u64);
    let Ok(view) = FrameView::new(octets) else {
        return vec![(
            "not readable",
            format!("{length} octets, too short for an Ethernet header"),
        )];
    };
    let mut layers = vec![(
        "Ethernet",
        format!(
            "{} to {}, {} octets without FCS",
            view.src(),
            view.dst(),
            thousands(length)
        ),
    )];
    for tag in view.tags() {
        let (tpid, vid, pcp) = (tag.tpid.0, tag.vid(), tag.pcp());
        let eligible = if tag.dei() { ", drop eligible" } else { "" };
        layers.push(("tag", format!("TPID {tpid:04x}, VLAN {vid}, priority {pcp}{eligible}")));
    }
    match view.ethertype() {
        EtherType::ARP => layers.push(("ARP", arp(view.payload()))),
        EtherType::IPV4 => ipv4(&mut layers, view.payload()),
        EtherType::IPV6 => layers.push(("IPv6", "not read further".to_owned())),
        EtherType(other) => layers.push(("EtherType", format!("{other:04x}, not read further"))),
    }
    layers
}

fn arp(octets: &[u8]) -> String {
    let Ok(arp) = Arp::parse(octets) else {
        return "malformed".to_owned();
    };
    match arp.operation {
        ArpOperation::Request => format!("who has {}? tell {} ({})", arp.target_ip, arp.sender_ip, arp.sender_mac),
        ArpOperation::Reply => format!("{} is at {}", arp.sender_ip, arp.sender_mac),
    }
}

fn ipv4(layers: &mut Vec<(&'static str, String)>, octets: &[u8]) {
    let whole = Ipv4View::new(octets);
    let Ok(ip) = whole else {
        let text = match octets.first_chunk::<20>() {
            // Only its beginning was kept.
            Some(h) if h[0] >> 4 == 4 => format!(
                "{}.{}.{}.{} to {}.{}.{}.{}, protocol {}, time to live {}",
                h[12], h[13], h[14], h[15], h[16], h[17], h[18], h[19], h[9], h[8]
            ),
            _ => "malformed".to_owned(),
        };
        layers.push(("IPv4", text));
        let behind = octets.first().map_or(0, |first| usize::from(first & 0x0f) * 4);
        if let (Some(protocol::UDP), Some([a, b, c, d, ..])) = (octets.get(9).copied(), octets.get(behind..)) {
            let (from, to) = (u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d]));
            layers.push(("UDP", format!("port {from} to {to}")));
        }
        return;
    };
    let (protocol, ttl) = (ip.protocol(), ip.ttl());
    layers.push((
        "IPv4",
        format!("{} to {}, protocol {protocol}, time to live {ttl}", ip.src(), ip.dst()),
    ));
    match protocol {
        protocol::UDP => {
            let ports = UdpView::new(ip.payload()).map(|udp| format!("port {} to {}", udp.src_port(), udp.dst_port()));
            layers.push(("UDP", ports.unwrap_or_else(|_| "malformed".to_owned())));
        }
        protocol::ICMP => layers.push(("ICMP", icmp(ip.payload()))),
        _ => {}
    }
}

fn icmp(octets: &[u8]) -> String {
    match Icmp::parse(octets) {
        Ok(Icmp::Echo { reply, ident, seq, .. }) => {
            let what = if reply { "echo reply" } else { "echo request" };
            format!("{what}, identifier {ident}, number {seq}")
        }
        Ok(Icmp::Unreachable { code, .. }) => format!("destination unreachable, code {code}"),
        Ok(Icmp::TimeExceeded { code, .. }) => format!("time exceeded, code {code}"),
        Ok(Icmp::Other { kind, code, .. }) => format!("type {kind}, code {code}"),
        Err(_) => "malformed".to_owned(),
    }
}

/// Octets in lines of sixteen, each with where it begins.
pub(super) fn hex(octets: &[u8]) -> String {
    let lines = octets.chunks(LINE).take(SHOWN / LINE).enumerate().map(|(i, line)| {
        let octets: Vec<String> = line.iter().map(|octet| format!("{octet:02x}")).collect();
        format!("{:04x}  {}", i * LINE, octets.join(" "))
    });
    let mut text = lines.collect::<Vec<_>>().join("\n");
    if let Some(more) = octets.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        text += &format!("\n      and {more} octets more");
    }
    text
}

/// Octets that are written as hexadecimal digits; `None`: they are none.
pub(super) fn octets(hex: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = hex.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let pairs = digits.chunks(2).map(|pair| {
        let text = std::str::from_utf8(pair).ok().filter(|text| text.len() == 2)?;
        u8::from_str_radix(text, 16).ok()
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_layer_by_layer_as_far_as_it_goes() {
        let octets = octets(
            "ff ff ff ff ff ff 02 00 00 00 00 01 81 00 60 65 08 06 00 01 08 00 06 04 00 01 02 00 00 00 00 01 \
             0a 00 00 01 00 00 00 00 00 00 0a 00 00 02",
        );
        let octets = octets.expect("hexadecimal digits");
        let told = layers(&octets, 60);
        let names: Vec<&str> = told.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["Ethernet", "tag", "ARP"]);
        assert!(told[0].1.contains("60 octets"), "{told:?}");
        assert_eq!(told[1].1, "TPID 8100, VLAN 101, priority 3");
        assert!(told[2].1.starts_with("who has 10.0.0.2? tell 10.0.0.1"), "{told:?}");
        for cut in 0..octets.len() {
            assert!(!layers(&octets[..cut], 60).is_empty(), "a frame of {cut} octets");
        }
    }

    #[test]
    fn what_is_no_hexadecimal_text_gives_no_octets() {
        assert_eq!(octets("0aff"), Some(vec![10, 255]));
        assert_eq!(octets("0af"), None);
        assert_eq!(octets("zz"), None);
        assert_eq!(octets("\u{e9}"), None);
    }

    #[test]
    fn octets_stand_in_lines_of_sixteen_and_what_is_left_out_is_counted() {
        let text = hex(&[7; 130]);
        assert_eq!(text.lines().count(), 9);
        assert!(text.starts_with("0000  07 07"), "{text}");
        assert!(text.ends_with("and 2 octets more"), "{text}");
    }
}
