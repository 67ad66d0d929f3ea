//! The octets of a scheduled frame, as they must be before and after the switch.
//!
//! Invariant: a function of (frame, number, end). Verification writes a frame anew and compares.

use super::fault::{Fault, Kind};
use super::plant::Plant;
use super::workload::Scheduled;
use crate::wire::{EtherType, MacAddr, Tag};

/// At which end of its tenant a frame stands before the pass that enters by `end`. What is never
/// let through comes in by end 0 every time.
pub fn stands_at(frame: &Scheduled, end: usize) -> usize {
    if frame.kind == Kind::Good { end } else { 0 }
}

/// Its octets at an end, without FCS.
pub fn octets_at(plant: &Plant, frame: &Scheduled, end: usize) -> u16 {
    if plant.translates || end == 0 {
        frame.octets
    } else {
        frame.octets - 4
    }
}

/// Writes frame number `number` as it stands at `end`. `out` is as long as [`octets_at`] says.
pub fn write(plant: &Plant, frame: &Scheduled, number: u32, end: usize, out: &mut [u8]) {
    let (destination, source) = addresses(frame, number);
    out[..6].copy_from_slice(&destination.0);
    out[6..12].copy_from_slice(&source.0);
    let mut at = 12;
    for tag in tags(plant, frame, number, end).into_iter().flatten() {
        out[at..at + 2].copy_from_slice(&tag.tpid.0.to_be_bytes());
        out[at + 2..at + 4].copy_from_slice(&tag.tci.to_be_bytes());
        at += 4;
    }
    out[at..at + 2].copy_from_slice(&EtherType::IPV4.0.to_be_bytes());
    payload(number, &mut out[at + 2..]);
}

fn addresses(frame: &Scheduled, number: u32) -> (MacAddr, MacAddr) {
    let (to, from) = (MacAddr::local(2, number), Plant::source(frame.tenant));
    let last = u8::try_from(number % 16).expect("four bits");
    match frame.kind {
        Kind::Bad(Fault::ReservedDestination) => (MacAddr([0x01, 0x80, 0xc2, 0, 0, last]), from),
        Kind::Bad(Fault::GroupSource) => (
            to,
            MacAddr([from.0[0] | 1, from.0[1], from.0[2], from.0[3], from.0[4], from.0[5]]),
        ),
        Kind::Bad(Fault::SourceNotBound) => (to, MacAddr::local(3, frame.tenant)),
        _ => (to, from),
    }
}

fn tags(plant: &Plant, frame: &Scheduled, number: u32, end: usize) -> [Option<Tag>; 2] {
    let Some(own) = plant.end(frame.tenant, end).1 else {
        return [None, None];
    };
    let top = u16::from(frame.pcp) << 13 | if frame.kind == Kind::Policed { 0x1000 } else { 0 };
    let tag = |tpid, vid: u16| Some(Tag { tpid, tci: top | vid });
    let others = [EtherType::CTAG, EtherType::STAG, EtherType::QINQ];
    let ctag = |vid| [tag(EtherType::CTAG, vid), None];
    match frame.kind {
        Kind::Bad(Fault::UnknownVid) => ctag(plant.unknown_vid(number).map_or(0, |vid| vid.get())),
        Kind::Bad(Fault::PriorityTag) => ctag(0),
        Kind::Bad(Fault::ReservedVid) => ctag(4095),
        Kind::Bad(Fault::SecondTag) => [tag(EtherType::CTAG, own.get()), tag(others[number as usize % 3], 7)],
        Kind::Bad(Fault::WrongTpid) => [tag(others[1 + number as usize % 2], own.get()), None],
        _ => ctag(own.get()),
    }
}

/// Looks like IPv4 with UDP (no limit for ICMP may see it), then words that differ from frame to
/// frame and from place to place.
fn payload(number: u32, out: &mut [u8]) {
    let mut word = u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for chunk in out.chunks_mut(8) {
        word = word
            .wrapping_mul(0xd129_42cc_7a3f_2b65)
            .wrapping_add(0x2545_f491_4f6c_dd1d);
        chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
    }
    if let [first, _, _, _, _, _, _, _, _, protocol, ..] = out {
        (*first, *protocol) = (0x45, 17);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forward::{Shape, classify};
    use crate::ident::PortNo;

    fn frame(kind: Kind, translates: bool, end: usize) -> Vec<u8> {
        let plant = Plant {
            translates,
            vlans: 10,
            circuits: 1,
        };
        let frame = Scheduled {
            tenant: 4,
            octets: 64,
            kind,
            pcp: 5,
        };
        let mut out = vec![0; octets_at(&plant, &frame, end).into()];
        write(&plant, &frame, 9, end, &mut out);
        out
    }

    #[test]
    fn a_good_frame_keeps_its_priority_and_changes_its_vid() {
        let (before, after) = (frame(Kind::Good, true, 0), frame(Kind::Good, true, 1));
        assert_eq!(
            (&before[12..16], &after[12..16]),
            (&[0x81, 0, 0xa0, 5][..], &[0x81, 0, 0xa0, 6][..])
        );
        assert_eq!((&before[..12], &before[16..]), (&after[..12], &after[16..]));
    }

    #[test]
    fn a_popped_frame_is_the_same_without_its_tag() {
        let (before, after) = (frame(Kind::Good, false, 0), frame(Kind::Good, false, 1));
        assert_eq!([&before[..12], &before[16..]].concat(), after);
    }

    #[test]
    fn bad_frames_have_their_fault_and_are_whole() {
        for fault in Fault::ALL {
            let bytes = frame(Kind::Bad(fault), true, 0);
            let key = classify(&bytes, PortNo(0));
            assert_eq!(key.shape, Shape::Whole);
            assert_eq!(key.inner.is_some(), fault == Fault::SecondTag);
            assert_eq!(key.src.is_group(), fault == Fault::GroupSource);
            assert_eq!(key.dst.is_reserved(), fault == Fault::ReservedDestination);
            assert_eq!(
                key.src == Plant::source(4),
                !matches!(fault, Fault::GroupSource | Fault::SourceNotBound)
            );
        }
    }
}
