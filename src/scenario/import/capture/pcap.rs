//! The classic format: one header, then frame after frame.

use pcap_file::pcap::{PcapParser, PcapTsResolution};

use super::mend::{Caught, Raw, Tail};
use super::{broken, ends_with_fcs};
use crate::scenario::at::Wrong;
use crate::scenario::codes::Code;
use crate::scenario::import::kind::InputKind;

/// Octets in front of each frame.
const RECORD: usize = 16;
/// Above this a length is damage, not a file that breaks off; tools write no longer record.
const INCLUDED_MAX: u32 = 262_144;
/// The bit of the link-type word that says that the length of check sequences is given, and where.
const FCS_GIVEN: u32 = 0x0400_0000;

pub(super) fn read<'a>(octets: &'a [u8], caught: &mut Caught<'a>) -> Result<(), Wrong> {
    match InputKind::of(octets) {
        Some(InputKind::Pcap) => {}
        Some(other) => return Err(other.instead_of_a_capture()),
        None if octets.is_empty() => return Err(Wrong::new(Code::Capture, "the file is empty: it holds no capture")),
        None => {
            return Err(Wrong::new(
                Code::Capture,
                "the file is no capture: neither pcap nor pcapng",
            ));
        }
    }
    let (mut rest, parser) = PcapParser::new(octets).map_err(|_| {
        broken(format!(
            "it breaks off within its header, after {} octets",
            octets.len()
        ))
    })?;
    let header = parser.header();
    let word = u32::from(header.datalink);
    let link = word & 0xffff;
    let fcs = link == 1 && word & FCS_GIVEN != 0 && ends_with_fcs(fcs_octets(word >> 28), "the capture's header")?;
    let (fractions, unit) = match header.ts_resolution {
        PcapTsResolution::MicroSecond => (1_000_000, 1_000),
        PcapTsResolution::NanoSecond => (1_000_000_000, 1),
    };
    while !rest.is_empty() {
        let number = caught.count() + 1;
        let Ok((next, packet)) = parser.next_raw_packet(rest) else {
            return tail(rest, &parser, number, caught);
        };
        let data = &rest[RECORD..rest.len() - next.len()];
        rest = next;
        if packet.ts_frac >= fractions {
            return Err(broken(format!(
                "the time of frame {number} has {} parts of {fractions} of a second: the file is damaged there, or its header gives another unit than its frames have",
                packet.ts_frac
            )));
        }
        caught.above_snap += u64::from(header.snaplen > 0 && packet.incl_len > header.snaplen);
        if link != 1 {
            *caught.other_links.entry(link).or_default() += 1;
            continue;
        }
        let nanos = i128::from(packet.ts_sec) * 1_000_000_000 + i128::from(packet.ts_frac) * unit;
        caught.push(Raw {
            at: Some(nanos),
            octets: data,
            original: packet.orig_len,
            fcs,
        })?;
    }
    if link != 1 && caught.count() == 0 {
        caught.other_links.insert(link, 0);
    }
    Ok(())
}

/// The last record is not whole: the file breaks off, unless the record's length is nonsense.
fn tail(rest: &[u8], parser: &PcapParser, number: u64, caught: &mut Caught<'_>) -> Result<(), Wrong> {
    let most = INCLUDED_MAX.max(parser.header().snaplen.min(1 << 24));
    if let Some(said) = said(rest, parser).filter(|said| *said > most) {
        return Err(broken(format!(
            "frame {number} says that it has {said} octets: the file is damaged there"
        )));
    }
    caught.tail = Some(Tail { octets: rest.len() });
    Ok(())
}

/// How many octets the record that begins here says to hold.
fn said(rest: &[u8], parser: &PcapParser) -> Option<u32> {
    let head = rest.get(8..12)?.first_chunk::<4>()?;
    Some(if parser.header().endianness.is_little() {
        u32::from_le_bytes(*head)
    } else {
        u32::from_be_bytes(*head)
    })
}

/// The field counts words of two octets (libpcap), octets in an early draft of the format: two and
/// four are the same sequence, and nothing else is Ethernet's.
const fn fcs_octets(field: u32) -> u32 {
    match field {
        2 | 4 => 4,
        other => other * 2,
    }
}
