//! The block format: sections, interfaces, and frames of an interface.
//!
//! `pcap-file` refuses resolutions below a nanosecond and a reserved field that is not zero, hence
//! blocks are taken apart here: only those that hold frames, and what these need.

use super::mend::{Caught, Raw, Tail};
use super::{broken, ends_with_fcs};
use crate::scenario::at::Wrong;

/// A block longer than this is damage, not a file that breaks off.
const BLOCK_MAX: usize = 64 << 20;
/// Interfaces that a section may have.
const INTERFACES_MAX: usize = 65_536;

/// Order of octets in a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn word(self, octets: &[u8], at: usize) -> Option<u32> {
        let word = octets.get(at..)?.first_chunk::<4>()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(*word),
            Self::Big => u32::from_be_bytes(*word),
        })
    }

    fn half(self, octets: &[u8], at: usize) -> Option<u16> {
        let half = octets.get(at..)?.first_chunk::<2>()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(*half),
            Self::Big => u16::from_be_bytes(*half),
        })
    }
}

/// What an interface says of its frames.
#[derive(Debug, Clone, Copy)]
struct Interface {
    link: u32,
    snap: u32,
    /// `if_tsresol`: the exponent, of 2 if the highest bit is set, else of 10.
    resolution: u8,
    /// `if_tsoffset`, in seconds.
    offset: i64,
    /// `if_fcslen`, as written.
    fcs: u8,
}

pub(super) fn read<'a>(octets: &'a [u8], caught: &mut Caught<'a>) -> Result<(), Wrong> {
    let mut rest = octets;
    let mut order = Order::Big;
    let mut interfaces: Vec<Interface> = Vec::new();
    while !rest.is_empty() {
        let place = octets.len() - rest.len();
        let header = rest.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]);
        if header {
            interfaces.clear();
            order = match rest.get(8..12) {
                Some([0x1a, 0x2b, 0x3c, 0x4d]) => Order::Big,
                Some([0x4d, 0x3c, 0x2b, 0x1a]) => Order::Little,
                Some(_) => return Err(broken(format!("the section at octet {place} has no order of octets"))),
                None => {
                    caught.tail = Some(Tail { octets: rest.len() });
                    break;
                }
            };
        }
        let Some(block) = block(rest, order, place)? else {
            caught.tail = Some(Tail { octets: rest.len() });
            break;
        };
        let body = &rest[8..block - 4];
        let kind = order.word(rest, 0).filter(|_| !header);
        rest = &rest[block..];
        match kind {
            Some(1) => {
                if interfaces.len() >= INTERFACES_MAX {
                    return Err(broken(format!("a section has more than {INTERFACES_MAX} interfaces")));
                }
                let short = || broken(format!("the interface at octet {place} is not whole"));
                interfaces.push(interface(body, order).ok_or_else(short)?);
            }
            Some(2 | 6) => packet(body, order, kind == Some(2), &interfaces, caught)?,
            Some(3) => simple(body, order, &interfaces, caught)?,
            _ => {}
        }
    }
    if caught.count() == 0
        && let Some(other) = interfaces.first().filter(|_| interfaces.iter().all(|i| i.link != 1))
    {
        caught.other_links.insert(other.link, 0);
    }
    Ok(())
}

/// The length of the block that begins here; `None`: it is not whole.
fn block(rest: &[u8], order: Order, place: usize) -> Result<Option<usize>, Wrong> {
    let Some(said) = order.word(rest, 4) else {
        return Ok(None);
    };
    let len = said as usize;
    if len < 12 || !len.is_multiple_of(4) || len > BLOCK_MAX {
        return Err(broken(format!(
            "the block at octet {place} says that it has {said} octets"
        )));
    }
    if rest.len() < len {
        return Ok(None);
    }
    if order.word(rest, len - 4) != Some(said) {
        return Err(broken(format!("the block at octet {place} has two lengths")));
    }
    Ok(Some(len))
}

/// The options of a block, each with its code; what breaks off ends the list.
fn options(mut rest: &[u8], order: Order) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (code, len) = (order.half(rest, 0)?, usize::from(order.half(rest, 2)?));
        let value = rest.get(4..4 + len)?;
        rest = rest.get(4 + len.next_multiple_of(4)..).unwrap_or_default();
        (code != 0).then_some((code, value))
    })
}

fn interface(body: &[u8], order: Order) -> Option<Interface> {
    let mut interface = Interface {
        link: u32::from(order.half(body, 0)?),
        snap: order.word(body, 4)?,
        resolution: 6,
        offset: 0,
        fcs: 0,
    };
    for (code, value) in options(&body[8..], order) {
        match (code, value) {
            (9, [resolution]) => interface.resolution = *resolution,
            (13, [fcs]) => interface.fcs = *fcs,
            (14, value) => {
                let octets = *value.first_chunk::<8>().filter(|_| value.len() == 8)?;
                interface.offset = match order {
                    Order::Little => i64::from_le_bytes(octets),
                    Order::Big => i64::from_be_bytes(octets),
                };
            }
            (9 | 13, _) => return None,
            _ => {}
        }
    }
    Some(interface)
}

/// A frame with its time: the block of today, and the obsolete one.
fn packet<'a>(
    body: &'a [u8],
    order: Order,
    obsolete: bool,
    interfaces: &[Interface],
    caught: &mut Caught<'a>,
) -> Result<(), Wrong> {
    let number = caught.count() + 1;
    let short = || broken(format!("frame {number} is longer than the block that holds it"));
    let index = if obsolete {
        order.half(body, 0).map(u32::from)
    } else {
        order.word(body, 0)
    };
    let index = index.ok_or_else(short)?;
    let interface = interfaces.get(index as usize).ok_or_else(|| {
        broken(format!(
            "frame {number} is of interface {index}, which is not described before it"
        ))
    })?;
    let word = |at| order.word(body, at).ok_or_else(short);
    let ticks = u64::from(word(4)?) << 32 | u64::from(word(8)?);
    let (captured, original) = (word(12)? as usize, word(16)?);
    let data = body.get(20..).and_then(|data| data.get(..captured)).ok_or_else(short)?;
    if interface.link != 1 {
        *caught.other_links.entry(interface.link).or_default() += 1;
        return Ok(());
    }
    caught.above_snap += u64::from(interface.snap > 0 && captured > interface.snap as usize);
    let after = body.get(20 + captured.next_multiple_of(4)..).unwrap_or_default();
    let fcs = fcs(interface, after, order)?;
    let at = Some(nanos(ticks, interface, caught));
    caught.push(Raw {
        at,
        octets: data,
        original,
        fcs,
    })
}

/// A frame without a time, of the first interface.
fn simple<'a>(body: &'a [u8], order: Order, interfaces: &[Interface], caught: &mut Caught<'a>) -> Result<(), Wrong> {
    let number = caught.count() + 1;
    let interface = interfaces.first().ok_or_else(|| {
        broken(format!(
            "frame {number} is of an interface that is not described before it"
        ))
    })?;
    let (Some(original), Some(data)) = (order.word(body, 0), body.get(4..)) else {
        return Err(broken(format!("frame {number} has no length")));
    };
    if interface.link != 1 {
        *caught.other_links.entry(interface.link).or_default() += 1;
        return Ok(());
    }
    let snap = if interface.snap == 0 { u32::MAX } else { interface.snap };
    // The block pads the frame: what is captured is the lesser of the two lengths.
    let captured = original.min(snap) as usize;
    let data = data.get(..captured).unwrap_or(data);
    let fcs = fcs(interface, &[], order)?;
    caught.push(Raw {
        at: None,
        octets: data,
        original,
        fcs,
    })
}

/// Does the frame end with a check sequence? Its own flags (octets) go before what its interface
/// says (bits, and octets as many tools write it).
fn fcs(interface: &Interface, options_after: &[u8], order: Order) -> Result<bool, Wrong> {
    let flags = options(options_after, order).find(|(code, value)| *code == 2 && value.len() == 4);
    let own = flags
        .and_then(|(_, value)| order.word(value, 0))
        .map_or(0, |flags| flags >> 5 & 0xf);
    if own > 0 {
        return ends_with_fcs(own, "a frame's flags word");
    }
    let octets = match u32::from(interface.fcs) {
        bits if bits >= 8 => bits / 8,
        octets => octets,
    };
    ends_with_fcs(octets, "`if_fcslen`")
}

/// Nanoseconds since 1970 of a time of this interface, rounded to the nearest.
fn nanos(ticks: u64, interface: &Interface, caught: &mut Caught<'_>) -> i128 {
    let exponent = u32::from(interface.resolution & 0x7f);
    let binary = interface.resolution & 0x80 != 0;
    let scaled = u128::from(ticks) * 1_000_000_000;
    // So fine that 2^64 ticks are no nanosecond: all times are the same.
    let parts = if binary {
        1u128.checked_shl(exponent)
    } else {
        10u128.checked_pow(exponent)
    }
    .unwrap_or(u128::MAX);
    let (whole, part) = (scaled / parts, scaled % parts);
    let up = u128::from(part >= parts - part);
    if parts > 1_000_000_000 {
        caught.fine.get_or_insert_with(|| {
            let base = if binary { 2 } else { 10 };
            format!("{base}^-{exponent} s")
        });
    }
    caught.rounded += u64::from(part > 0 && parts > 1_000_000_000);
    let since = i128::try_from(whole + up).unwrap_or(i128::MAX);
    since.saturating_add(i128::from(interface.offset) * 1_000_000_000)
}
