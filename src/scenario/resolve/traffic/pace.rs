//! How large the frames of a flow are, and when they leave.

use crate::forward::Octets;
use crate::host::{FrameSize, Pattern, Phase};
use crate::scenario::at::At;
use crate::scenario::codes::Code;
use crate::scenario::file::{FlowItem, PatternWord};
use crate::scenario::issues::Issues;
use crate::scenario::scalars::SizeText;
use crate::units::{BitRate, SimDuration, SimTime};

/// Keys of a pattern.
pub(super) struct Beat<'a> {
    pub pattern: &'a Option<At<PatternWord>>,
    pub on: &'a Option<At<SimDuration>>,
    pub off: &'a Option<At<SimDuration>>,
}

pub(super) fn size(size: &Option<At<SizeText>>, issues: &mut Issues) -> Option<FrameSize> {
    let Some(size) = size else {
        return Some(FrameSize::Fixed(512));
    };
    match size.value {
        SizeText::Imix => Some(FrameSize::Imix),
        SizeText::Octets(n) => match u16::try_from(n).ok().filter(|n| (64..=9234).contains(n)) {
            Some(n) => Some(FrameSize::Fixed(n)),
            None => {
                issues.err(
                    size.span,
                    Code::OutOfRange,
                    format!("a frame has 64 to 9234 octets with FCS, not {n}"),
                );
                None
            }
        },
    }
}

/// What the contract counts of a frame with so many octets, untagged and with FCS; a tag is the
/// circuit's.
fn counted(octets: u64, basis: Octets) -> u64 {
    match basis {
        Octets::L1 => octets + 24,
        Octets::L1Untagged => octets + 20,
        Octets::L2Fcs => octets + 4,
        Octets::L2FcsUntagged | Octets::L2 => octets,
        Octets::L2Untagged => octets - 4,
        Octets::L3 => octets - 18,
    }
}

/// Time between frames that offers the rate, in the octets of the contract.
pub(super) fn interval(
    rate: &Option<At<BitRate>>,
    interval: &Option<At<SimDuration>>,
    size: Option<(FrameSize, Octets)>,
    issues: &mut Issues,
) -> Option<SimDuration> {
    let gap = match (rate, interval) {
        (Some(rate), Some(_)) => {
            issues.err(rate.span, Code::FlowShape, "give `rate` or `interval`, not both");
            return None;
        }
        (None, None) => {
            // One frame a second is what `ping` does, and a fair default for a probe.
            return Some(SimDuration::from_secs(1));
        }
        (None, Some(interval)) => interval.clone(),
        (Some(rate), None) => {
            if rate.as_bps() == 0 {
                issues.err(rate.span, Code::Zero, "a rate of zero never sends a frame");
                return None;
            }
            let gap = match size? {
                (FrameSize::Fixed(octets), basis) => rate.time_of(counted(u64::from(octets), basis)),
                (FrameSize::Imix, basis) => {
                    let all = [(28, 64), (16, 570), (4, 1518)].map(|(frames, size)| frames * counted(size, basis));
                    let nanos = rate.time_of(all.iter().sum()).as_nanos();
                    SimDuration::from_nanos(nanos.div_ceil(48))
                }
            };
            At::new(gap, rate.span)
        }
    };
    if gap.is_zero() {
        issues.err(
            gap.span,
            Code::Zero,
            "frames without time between them would be offered all at once",
        );
        return None;
    }
    Some(gap.value)
}

/// When the frames leave, with this time between them.
pub(super) fn pattern(beat: &Beat<'_>, gap: Option<SimDuration>, issues: &mut Issues) -> Option<Pattern> {
    let bursts = beat.pattern.as_ref().filter(|p| p.value == PatternWord::OnOff);
    if bursts.is_none() {
        for (key, at) in [("on", beat.on), ("off", beat.off)] {
            if let Some(at) = at {
                let message = format!("`{key}` belongs to `pattern: on_off`");
                issues.err(at.span, Code::FlowShape, message);
            }
        }
    }
    let gap = gap?;
    match beat.pattern.as_ref().map(|p| p.value) {
        None | Some(PatternWord::Constant) => Some(Pattern::Constant(gap)),
        Some(PatternWord::Poisson) => Some(Pattern::Poisson(gap)),
        Some(PatternWord::OnOff) => {
            let (Some(on), Some(off)) = (beat.on, beat.off) else {
                let span = bursts.map_or_else(Default::default, |p| p.span);
                issues.err(span, Code::FlowShape, "`pattern: on_off` needs `on` and `off`");
                return None;
            };
            if on.is_zero() {
                issues.err(on.span, Code::Zero, "a flow that is never on shows nothing");
                return None;
            }
            Some(Pattern::OnOff {
                interval: gap,
                on: on.value,
                off: off.value,
            })
        }
    }
}

/// The phase as it is written.
pub(super) fn phase(phase: &Option<At<SimDuration>>, pattern: Option<Pattern>, issues: &mut Issues) -> Option<Phase> {
    let phase = phase.as_ref()?;
    match pattern? {
        Pattern::Constant(interval) if phase.value >= interval => {
            let message = format!("a phase is less than the time between frames, {interval}");
            issues.err(phase.span, Code::OutOfRange, message);
        }
        Pattern::Constant(_) => {}
        Pattern::Poisson(_) | Pattern::OnOff { .. } => {
            issues.err(phase.span, Code::FlowShape, "`phase` belongs to `pattern: constant`");
        }
    }
    Some(Phase::Set(phase.value))
}

/// When a flow starts and stops.
pub(super) fn times(item: &FlowItem, end: SimTime, issues: &mut Issues) -> (SimTime, SimTime) {
    let start = item.start.as_ref().map_or(SimTime::ZERO, |s| s.value);
    let stop = item.stop.as_ref().map_or(end, |s| s.value);
    if start >= end {
        let span = item.start.as_ref().map_or(item.name.span, |s| s.span);
        issues.err(
            span,
            Code::TimeOrder,
            format!("the run ends at {end}, and this flow would start at {start}"),
        );
    } else if start >= stop {
        let span = item.stop.as_ref().map_or(item.name.span, |s| s.span);
        issues.err(
            span,
            Code::TimeOrder,
            format!("the flow stops at {stop}, not after its start at {start}"),
        );
    }
    if let Some(s) = item.stop.as_ref().filter(|s| s.value > end) {
        issues.err(
            s.span,
            Code::TimeOrder,
            format!("the run ends at {end}, before the flow's stop"),
        );
    }
    (start, stop)
}
