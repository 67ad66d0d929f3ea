//! Raw traffic: frames as somebody forges them, tag by tag, whatever the tenant's port should send.

use super::FlowEnd;
use crate::host::FrameSize;
use crate::scenario::at::At;
use crate::scenario::codes::Code;
use crate::scenario::expand::Capture;
use crate::scenario::file::{FlowItem, TagItem};
use crate::scenario::issues::Issues;
use crate::scenario::resolve::Terrain;
use crate::scenario::scalars::SizeText;
use crate::scenario::wiring::idc_mac;
use crate::units::{SimDuration, SimTime};
use crate::wire::{EtherType, Frame, MacAddr};

/// Tags of a frame at most: as many as a classifier looks behind.
const TAGS_MAX: usize = 8;
/// Octets that the frames of one raw flow may take.
const OCTETS_MAX: u64 = 256 << 20;

/// When the frames leave.
pub(super) struct Times {
    pub gap: SimDuration,
    pub start: SimTime,
    pub stop: SimTime,
}

impl Times {
    /// Is a frame sent that is due so long after the first?
    pub fn sends(&self, since: SimDuration) -> bool {
        self.start.checked_add(since).is_some_and(|at| at < self.stop)
    }
}

/// What is forged.
pub(super) struct RawKeys<'a> {
    pub size: &'a Option<At<SizeText>>,
    pub tags: &'a [TagItem],
    pub dst_mac: &'a Option<At<MacAddr>>,
    pub src_mac: &'a Option<At<MacAddr>>,
    pub src_macs: &'a Option<At<u64>>,
    pub ethertype: &'a Option<At<EtherType>>,
}

/// The frames of a flow with `kind: raw`, each with its time since the first.
pub(super) fn frames(
    item: &FlowItem,
    forged: &RawKeys<'_>,
    from: FlowEnd,
    size: FrameSize,
    times: &Times,
    terrain: &Terrain,
    issues: &mut Issues,
) -> Option<Capture> {
    let FlowEnd::Idc(idc) = from else {
        issues.err(item.from.span, Code::FlowShape, "raw frames leave from an IDC");
        return None;
    };
    let FrameSize::Fixed(octets) = size else {
        let span = forged.size.as_ref().map_or(item.name.span, |s| s.span);
        issues.err(span, Code::FlowShape, "raw frames are of one size");
        return None;
    };
    let tags = tags(forged.tags, item, issues)?;
    let sources = sources(forged.src_macs, issues)?;
    let span = times.stop.saturating_since(times.start).as_nanos();
    // The last frame leaves before the stop.
    let fit = span.div_ceil(times.gap.as_nanos().max(1));
    let count = item.count.as_ref().map_or(fit, |c| c.value.min(fit));
    let each = u64::from(octets) + tags.len() as u64 + 64;
    if count.saturating_mul(each) > OCTETS_MAX {
        issues.err_help(
            item.name.span,
            Code::TooManyFrames,
            format!("{count} raw frames would take more than {OCTETS_MAX} octets"),
            "give it a `count`, a longer `interval`, or stop it earlier",
        );
        return None;
    }
    let dst = forged.dst_mac.as_ref().map_or(MacAddr::BROADCAST, |m| m.value);
    let src = forged
        .src_mac
        .as_ref()
        .map_or_else(|| idc_mac(&terrain.idcs[idc]), |m| m.value);
    let ethertype = forged.ethertype.as_ref().map_or(EtherType(0x88b5), |e| e.value);
    let frame = |n: u64| {
        let mut bytes = [dst.0, counted(src, n % sources).0].concat();
        bytes.extend(&tags);
        bytes.extend(ethertype.0.to_be_bytes());
        // The size is that of the untagged frame, with FCS.
        bytes.resize(usize::from(octets) - 4 + tags.len(), 0);
        (times.gap.saturating_mul(n), Frame::from_octets(&bytes))
    };
    Some((0..count).map(frame).collect())
}

/// The address `n` behind this one: its lower three octets count.
fn counted(MacAddr([a, b, c, d, e, f]): MacAddr, n: u64) -> MacAddr {
    let low = u64::from_be_bytes([0, 0, 0, 0, 0, d, e, f]).wrapping_add(n);
    let [.., d, e, f] = low.to_be_bytes();
    MacAddr([a, b, c, d, e, f])
}

fn sources(sources: &Option<At<u64>>, issues: &mut Issues) -> Option<u64> {
    let Some(sources) = sources else { return Some(1) };
    if (1..=1 << 24).contains(&sources.value) {
        return Some(sources.value);
    }
    issues.err(
        sources.span,
        Code::OutOfRange,
        format!("a raw flow has 1 to 16777216 source addresses, not {}", sources.value),
    );
    None
}

/// The octets of the tags, outermost first.
fn tags(list: &[TagItem], item: &FlowItem, issues: &mut Issues) -> Option<Vec<u8>> {
    if list.len() > TAGS_MAX {
        let message = format!("a raw frame has at most {TAGS_MAX} tags, not {}", list.len());
        issues.err(item.name.span, Code::OutOfRange, message);
        return None;
    }
    let mut octets = Vec::new();
    for tag in list {
        let vid = field(&tag.vid, 4095, "a tag's VID", issues)?;
        let pcp = tag
            .pcp
            .as_ref()
            .map_or(Some(0), |p| field(p, 7, "a priority", issues))?;
        let dei = u16::from(tag.dei.as_ref().is_some_and(|d| d.value));
        let tpid = tag.tpid.as_ref().map_or(EtherType::CTAG, |t| t.value);
        octets.extend(tpid.0.to_be_bytes());
        octets.extend((pcp << 13 | dei << 12 | vid).to_be_bytes());
    }
    Some(octets)
}

/// A forged tag may have any value that its field can hold.
fn field(value: &At<u64>, most: u16, what: &str, issues: &mut Issues) -> Option<u16> {
    let fits = u16::try_from(value.value).ok().filter(|v| *v <= most);
    if fits.is_none() {
        let message = format!("{what} is 0 to {most}, not {}", value.value);
        issues.err(value.span, Code::OutOfRange, message);
    }
    fits
}
