//! Flows: from where, to where, what, when.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::raw;
use super::steps::Steps;
use super::world::Terrain;
use crate::host::{FlowKind, FlowSpec, FrameSize, Pattern};
use crate::ident::{FlowId, TenantId};
use crate::scenario::at::{At, Span};
use crate::scenario::codes::Code;
use crate::scenario::expand::Capture;
use crate::scenario::file::{FlowItem, FlowWord, PatternWord, StackWord};
use crate::scenario::import::capture::{Stack, restack};
use crate::scenario::issues::Issues;
use crate::scenario::scalars::{PlaceRef, SizeText};
use crate::units::{SimDuration, SimTime};
use crate::wire::Tag;

/// Frames that all flows of a run may offer.
const FRAMES_MAX: u64 = 2_000_000_000;
/// Octets of captures that a plan may hold, all flows together.
const REPLAYED_MAX: u64 = 512 << 20;

/// Where a flow begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FlowEnd {
    Idc(usize),
    Vpc(usize),
    Slot(usize),
}

/// A flow.
pub(crate) struct Flow {
    pub name: String,
    pub span: Span,
    pub tenant: TenantId,
    pub from: FlowEnd,
    pub to: FlowEnd,
    pub answered: bool,
    pub spec: FlowSpec,
}

/// All flows, sorted by name.
pub(crate) struct Flows {
    pub list: Vec<Flow>,
    pub names: BTreeMap<String, usize>,
}

pub(super) fn resolve(
    items: &[FlowItem],
    captures: BTreeMap<String, Capture>,
    world: &Terrain,
    steps: &Steps,
    end: SimTime,
    issues: &mut Issues,
) -> Flows {
    let mut items: Vec<&FlowItem> = items.iter().collect();
    items.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    super::world::distinct(
        "flow",
        items.iter().map(|f| (&*f.name.0, f.name.span)).collect(),
        issues,
    );
    let mut flows = Flows {
        list: Vec::with_capacity(items.len()),
        names: BTreeMap::new(),
    };
    let (mut offered, mut replayed) = (0u64, 0u64);
    for (i, item) in items.iter().enumerate() {
        flows.names.entry(item.name.0.clone()).or_insert(i);
    }
    for item in items {
        let Some(mut flow) = flow(item, &captures, world, steps, end, issues) else {
            continue;
        };
        flow.spec.id = FlowId::of(flows.list.len());
        offered = offered.saturating_add(frames(&flow.spec));
        if let FlowKind::Replay(list) = &flow.spec.kind {
            replayed += list.iter().map(|(_, f)| f.len() as u64 + 64).sum::<u64>();
        }
        if offered > FRAMES_MAX {
            issues.err_help(
                item.name.span,
                Code::TooManyFrames,
                format!("with this flow {offered} frames would be offered, more than {FRAMES_MAX}"),
                "lower its rate, give it a `count`, or stop it earlier",
            );
            return flows;
        }
        if replayed > REPLAYED_MAX {
            issues.err(
                item.name.span,
                Code::TooManyFrames,
                format!("with this flow {replayed} octets of captures would be held, more than {REPLAYED_MAX}"),
            );
            return flows;
        }
        flows.list.push(flow);
    }
    flows
}

/// At most so many frames.
fn frames(spec: &FlowSpec) -> u64 {
    if let FlowKind::Replay(list) = &spec.kind {
        return list.len() as u64;
    }
    let span = spec.stop.saturating_since(spec.start).as_nanos();
    let gap = match spec.pattern {
        Pattern::Constant(gap) | Pattern::Poisson(gap) => gap,
        Pattern::OnOff { interval, .. } => interval,
    };
    (span / gap.as_nanos().max(1))
        .saturating_add(1)
        .min(spec.count.unwrap_or(u64::MAX))
}

fn flow(
    item: &FlowItem,
    captures: &BTreeMap<String, Capture>,
    world: &Terrain,
    steps: &Steps,
    end: SimTime,
    issues: &mut Issues,
) -> Option<Flow> {
    let from = place(&item.from, world, steps, issues);
    let to = place(&item.to, world, steps, issues);
    let word = item.kind.as_ref().map_or(FlowWord::Udp, |k| k.value);
    check_keys(item, word, issues);
    let size = size(item, issues);
    let pattern = pattern(item, word, size, issues);
    let (start, stop) = times(item, end, issues);
    let ((from, src), (to, dst)) = (from?, to?);
    if let FlowEnd::Slot(_) = from {
        issues.err(
            item.from.span,
            Code::FlowShape,
            "a VBR sends no traffic of its own: a flow begins at an IDC or a VPC",
        );
        return None;
    }
    let (tenant, other) = (owner(from, world, steps), owner(to, world, steps));
    if tenant != other && tenant.is_some() && other.is_some() {
        let name = |t: TenantId| world.tenants[t.index()].name.as_str();
        issues.err(
            item.to.span,
            Code::CrossTenant,
            format!("the flow begins at `{}` and ends at `{}`", name(tenant), name(other)),
        );
        return None;
    }
    if from == to && src == dst {
        issues.err(item.to.span, Code::FlowShape, "the flow ends where it begins");
    }
    let answered = match word {
        FlowWord::Udp => item.answered.as_ref().is_none_or(|a| a.value),
        FlowWord::Ping => true,
        FlowWord::Replay | FlowWord::Raw => false,
    };
    let kind = match word {
        FlowWord::Udp => FlowKind::Udp {
            port: port(item, issues),
            answered,
        },
        FlowWord::Ping => FlowKind::Ping,
        FlowWord::Replay => FlowKind::Replay(replay(item, from, captures, world, issues)?),
        FlowWord::Raw => {
            let gap = interval(item, size, issues)?;
            let times = raw::Times { gap, start, stop };
            FlowKind::Replay(raw::frames(item, from, size?, &times, world, issues)?)
        }
    };
    Some(Flow {
        name: item.name.0.clone(),
        span: item.name.span,
        tenant,
        from,
        to,
        answered,
        spec: FlowSpec {
            id: FlowId::default(),
            src,
            dst,
            kind,
            pattern: pattern?,
            size: size?,
            start,
            stop,
            count: item.count.as_ref().map(|c| c.value),
        },
    })
}

pub(crate) fn owner(place: FlowEnd, world: &Terrain, steps: &Steps) -> TenantId {
    match place {
        FlowEnd::Idc(i) => world.idcs[i].tenant,
        FlowEnd::Vpc(i) => world.vpcs[i].tenant,
        FlowEnd::Slot(i) => steps.slots[i].tenant,
    }
}

/// The place and the address of a reference.
fn place(at: &At<PlaceRef>, world: &Terrain, steps: &Steps, issues: &mut Issues) -> Option<(FlowEnd, Ipv4Addr)> {
    let (name, part) = match at.split_once('/') {
        Some((name, part)) => (name, Some(part)),
        None => (at.0.as_str(), None),
    };
    if let Some(i) = world.idc_names.find(name) {
        return idc_host(i, part, at.span, world, issues).map(|a| (FlowEnd::Idc(i), a));
    }
    if let Some(i) = world.vpc_names.find(name) {
        return vpc_endpoint(i, part, at.span, world, issues).map(|a| (FlowEnd::Vpc(i), a));
    }
    if let Some(i) = steps.slot(name) {
        let local = steps.slots[i].local;
        if local.is_none() {
            issues.err(
                at.span,
                Code::Needed,
                format!("the step that creates `{name}` gives no LocalGatewayIp"),
            );
        }
        return local.map(|a| (FlowEnd::Slot(i), a));
    }
    let known = world
        .idcs
        .iter()
        .map(|i| &*i.item.name.0)
        .chain(world.vpcs.iter().map(|v| &*v.item.name.0))
        .chain(steps.slots.iter().map(|s| &*s.name));
    let message = format!("there is no IDC, VPC or VBR `{name}`");
    issues.dangling(at.span, message, name, known);
    None
}

fn idc_host(i: usize, part: Option<&str>, span: Span, world: &Terrain, issues: &mut Issues) -> Option<Ipv4Addr> {
    let idc = &world.idcs[i];
    let name = &*idc.item.name.0;
    match part {
        None if idc.hosts.is_empty() => {
            issues.err_help(
                span,
                Code::Needed,
                format!("the IDC `{name}` has no host"),
                "give it `hosts` or a `lan`",
            );
            None
        }
        None => idc.hosts.first().copied(),
        Some(text) => {
            let found = text
                .parse()
                .ok()
                .filter(|a: &Ipv4Addr| idc.hosts.contains(a) || *a == idc.address);
            if found.is_none() {
                issues.err(span, Code::Dangling, format!("the IDC `{name}` has no host `{text}`"));
            }
            found
        }
    }
}

fn vpc_endpoint(i: usize, part: Option<&str>, span: Span, world: &Terrain, issues: &mut Issues) -> Option<Ipv4Addr> {
    let vpc = &world.vpcs[i];
    let name = &*vpc.item.name.0;
    let Some(text) = part else {
        if vpc.endpoints.is_empty() {
            issues.err(span, Code::Needed, format!("the VPC `{name}` has no endpoint"));
        }
        return vpc.endpoints.first().map(|e| e.address);
    };
    let by_name = vpc
        .item
        .endpoints
        .iter()
        .zip(&vpc.endpoints)
        .find(|(item, _)| &*item.name.0 == text)
        .map(|(_, e)| e.address);
    let by_address = || {
        text.parse()
            .ok()
            .filter(|a: &Ipv4Addr| vpc.endpoints.iter().any(|e| e.address == *a))
    };
    let found = by_name.or_else(by_address);
    if found.is_none() {
        let message = format!("the VPC `{name}` has no endpoint `{text}`");
        issues.dangling(span, message, text, vpc.item.endpoints.iter().map(|e| &*e.name.0));
    }
    found
}

fn check_keys(item: &FlowItem, word: FlowWord, issues: &mut Issues) {
    let mut refuse = |span: Option<Span>, good: bool, key: &str, whose: &str| {
        if let Some(span) = span.filter(|_| !good) {
            issues.err(span, Code::FlowShape, format!("`{key}` belongs to {whose}"));
        }
    };
    let udp = word == FlowWord::Udp;
    let replay = word == FlowWord::Replay;
    let raw = word == FlowWord::Raw;
    refuse(item.port.as_ref().map(|p| p.span), udp, "port", "`kind: udp`");
    refuse(item.answered.as_ref().map(|p| p.span), udp, "answered", "`kind: udp`");
    refuse(
        item.capture.as_ref().map(|p| p.span),
        replay,
        "capture",
        "`kind: replay`",
    );
    refuse(
        item.only_vid.as_ref().map(|p| p.span),
        replay,
        "only_vid",
        "`kind: replay`",
    );
    refuse(item.stack.as_ref().map(|p| p.span), replay, "stack", "`kind: replay`");
    refuse(item.tag.as_ref().map(|p| p.span), replay, "tag", "`kind: replay`");
    refuse(
        item.rate.as_ref().map(|p| p.span),
        !replay,
        "rate",
        "`udp` and `ping`: a replay keeps its times",
    );
    refuse(
        item.interval.as_ref().map(|p| p.span),
        !replay,
        "interval",
        "`udp` and `ping`: a replay keeps its times",
    );
    refuse(item.tags.first().map(|t| t.vid.span), raw, "tags", "`kind: raw`");
    refuse(item.dst_mac.as_ref().map(|p| p.span), raw, "dst_mac", "`kind: raw`");
    refuse(item.src_mac.as_ref().map(|p| p.span), raw, "src_mac", "`kind: raw`");
    refuse(item.src_macs.as_ref().map(|p| p.span), raw, "src_macs", "`kind: raw`");
    refuse(item.ethertype.as_ref().map(|p| p.span), raw, "ethertype", "`kind: raw`");
    refuse(
        item.size.as_ref().map(|p| p.span),
        !replay,
        "size",
        "`udp`, `ping` and `raw`",
    );
    refuse(
        item.pattern.as_ref().map(|p| p.span),
        !replay && !raw,
        "pattern",
        "`udp` and `ping`",
    );
    let on_off = item.pattern.as_ref().is_some_and(|p| p.value == PatternWord::OnOff);
    refuse(item.on.as_ref().map(|p| p.span), on_off, "on", "`pattern: on_off`");
    refuse(item.off.as_ref().map(|p| p.span), on_off, "off", "`pattern: on_off`");
    if let Some(count) = item.count.as_ref().filter(|c| c.value == 0) {
        issues.err(count.span, Code::Zero, "a flow of no frames shows nothing");
    }
}

fn port(item: &FlowItem, issues: &mut Issues) -> u16 {
    let Some(port) = &item.port else { return 443 };
    match u16::try_from(port.value).ok().filter(|p| *p > 0) {
        Some(4789) => {
            issues.err(
                port.span,
                Code::OutOfRange,
                "UDP port 4789 (VXLAN) is not allowed over the interconnect",
            );
            4789
        }
        Some(p) => p,
        None => {
            issues.err(
                port.span,
                Code::OutOfRange,
                format!("a UDP port is 1 to 65535, not {}", port.value),
            );
            443
        }
    }
}

fn size(item: &FlowItem, issues: &mut Issues) -> Option<FrameSize> {
    let Some(size) = &item.size else {
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

/// Time between frames that offers the rate, in octets with FCS.
fn interval(item: &FlowItem, size: Option<FrameSize>, issues: &mut Issues) -> Option<SimDuration> {
    let gap = match (&item.rate, &item.interval) {
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
                FrameSize::Fixed(octets) => rate.time_of(u64::from(octets)),
                // 28 of 64, 16 of 570, 4 of 1518: 16,984 octets in 48 frames.
                FrameSize::Imix => SimDuration::from_nanos(rate.time_of(16_984).as_nanos().div_ceil(48)),
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

fn pattern(item: &FlowItem, word: FlowWord, size: Option<FrameSize>, issues: &mut Issues) -> Option<Pattern> {
    if matches!(word, FlowWord::Replay | FlowWord::Raw) {
        return Some(Pattern::Constant(SimDuration::from_nanos(1)));
    }
    let gap = interval(item, size, issues)?;
    match item.pattern.as_ref().map(|p| p.value) {
        None | Some(PatternWord::Constant) => Some(Pattern::Constant(gap)),
        Some(PatternWord::Poisson) => Some(Pattern::Poisson(gap)),
        Some(PatternWord::OnOff) => {
            let span = item.pattern.as_ref().map_or(item.name.span, |p| p.span);
            let (Some(on), Some(off)) = (&item.on, &item.off) else {
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

fn times(item: &FlowItem, end: SimTime, issues: &mut Issues) -> (SimTime, SimTime) {
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

fn replay(
    item: &FlowItem,
    from: FlowEnd,
    captures: &BTreeMap<String, Capture>,
    world: &Terrain,
    issues: &mut Issues,
) -> Option<Capture> {
    let FlowEnd::Idc(idc) = from else {
        issues.err(item.from.span, Code::FlowShape, "a capture is replayed from an IDC");
        return None;
    };
    let Some(name) = &item.capture else {
        issues.err(item.name.span, Code::FlowShape, "`kind: replay` needs a `capture`");
        return None;
    };
    let own = world.idcs[idc].tag;
    let word = item.stack.as_ref().map_or(
        if own.is_some() {
            StackWord::Retag
        } else {
            StackWord::Strip
        },
        |s| s.value,
    );
    if let (Some(tag), true) = (&item.tag, word != StackWord::Retag) {
        issues.err(tag.span, Code::FlowShape, "`tag` belongs to `stack: retag`");
    }
    let stack = match word {
        StackWord::Keep => Stack::Keep,
        StackWord::Strip => Stack::Strip,
        StackWord::Retag => {
            let tag = match &item.tag {
                Some(tag) => super::sites::vid(tag, 1, issues),
                None => own,
            };
            if tag.is_none() && item.tag.is_none() {
                issues.err(
                    item.name.span,
                    Code::Needed,
                    "`stack: retag` needs a `tag`: the IDC has none of its own",
                );
            }
            Stack::Retag(Tag::ctag(tag?))
        }
    };
    // A capture that could not be read has its own error already.
    let frames = captures.get(&name.value)?;
    let most = item
        .count
        .as_ref()
        .map_or(usize::MAX, |c| usize::try_from(c.value).unwrap_or(usize::MAX));
    // Times stay those since the capture's first frame, so that flows out of one capture keep step.
    let chosen: Capture = frames
        .iter()
        .filter(|(_, frame)| item.only_vid.as_ref().is_none_or(|only| only.is_of(frame)))
        .take(most)
        .map(|(at, frame)| (*at, restack(frame, stack)))
        .collect();
    if let (Some(only), true) = (&item.only_vid, chosen.is_empty()) {
        issues.err(
            only.span,
            Code::CaptureEmpty,
            "no frame of the capture has this stack of tags",
        );
        return None;
    }
    Some(chosen)
}
