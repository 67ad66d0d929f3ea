//! Flows: from where, to where, what, when.

mod ends;
mod pace;
mod raw;
mod replay;

use std::collections::BTreeMap;

use super::steps::Steps;
use super::terrain::Terrain;
use crate::forward::Octets;
use crate::host::{FlowKind, FlowSpec, FrameSize, Pattern, Phase};
use crate::ident::{FlowId, TenantId};
use crate::scenario::at::{At, Span};
use crate::scenario::codes::Code;
use crate::scenario::expand::Captures;
use crate::scenario::file::{FlowFrames, FlowItem};
use crate::scenario::issues::Issues;
use crate::units::{SimDuration, SimTime};

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
    /// Do the data centres at its ends resolve their gateways before it starts?
    pub warms_up: bool,
    pub spec: FlowSpec,
}

/// All flows, sorted by name.
pub(crate) struct Flows {
    pub list: Vec<Flow>,
    pub names: BTreeMap<String, usize>,
}

/// What times and rates of flows go by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Basis {
    /// When the run ends.
    pub end: SimTime,
    /// The octets of the contract.
    pub octets: Octets,
}

pub(super) fn resolve(
    items: &[FlowItem],
    captures: &Captures,
    terrain: &Terrain,
    steps: &Steps,
    basis: Basis,
    issues: &mut Issues,
) -> Flows {
    let mut items: Vec<&FlowItem> = items.iter().collect();
    items.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    super::terrain::distinct(
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
        let Some(mut flow) = flow(item, captures, terrain, steps, basis, issues) else {
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
    captures: &Captures,
    terrain: &Terrain,
    steps: &Steps,
    basis: Basis,
    issues: &mut Issues,
) -> Option<Flow> {
    let from = ends::place(&item.from, terrain, steps, issues);
    let to = ends::place(&item.to, terrain, steps, issues);
    if let Some(count) = item.count.as_ref().filter(|c| c.value == 0) {
        issues.err(count.span, Code::Zero, "a flow of no frames shows nothing");
    }
    let (start, stop) = pace::times(item, basis.end, issues);
    let sent = Sent::of(&item.what, basis.octets, issues);
    let ((from, src), (to, dst)) = (from?, to?);
    if let FlowEnd::Slot(_) = from {
        issues.err(
            item.from.span,
            Code::FlowShape,
            "a VBR sends no traffic of its own: a flow begins at an IDC or a VPC",
        );
        return None;
    }
    let (tenant, other) = (owner(from, terrain, steps), owner(to, terrain, steps));
    if tenant != other && tenant.is_some() && other.is_some() {
        let name = |t: TenantId| terrain.tenants[t.index()].name.as_str();
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
    let sent = sent?;
    let times = raw::Times {
        gap: sent.gap,
        start,
        stop,
    };
    let kind = kind(item, from, sent.size, &times, captures, terrain, issues)?;
    let answered = match &kind {
        FlowKind::Udp { answered, .. } => *answered,
        FlowKind::Ping => true,
        FlowKind::Replay(_) => false,
    };
    Some(Flow {
        name: item.name.0.clone(),
        span: item.name.span,
        tenant,
        from,
        to,
        answered,
        warms_up: sent.warms_up,
        spec: FlowSpec {
            id: FlowId::default(),
            name: item.name.value.0.as_str().into(),
            src,
            dst,
            kind,
            pattern: sent.pattern,
            size: sent.size,
            start,
            phase: sent.phase.unwrap_or(Phase::Drawn),
            stop,
            count: item.count.as_ref().map(|c| c.value),
            share: item.sent_share.as_ref().map(|share| share.value.0),
        },
    })
}

/// What the flow's frames are; those of captures and raw ones are made here.
fn kind(
    item: &FlowItem,
    from: FlowEnd,
    size_each: FrameSize,
    times: &raw::Times,
    captures: &Captures,
    terrain: &Terrain,
    issues: &mut Issues,
) -> Option<FlowKind> {
    Some(match &item.what {
        FlowFrames::Udp { port, answered, .. } => FlowKind::Udp {
            port: udp_port(port, issues)?,
            answered: answered.as_ref().is_none_or(|a| a.value),
        },
        FlowFrames::Ping { .. } => FlowKind::Ping,
        FlowFrames::Replay {
            capture,
            only_vid,
            stack,
            tag,
        } => {
            let replayed = replay::ReplayKeys {
                capture,
                only_vid,
                stack,
                tag,
            };
            FlowKind::Replay(replay::frames(item, &replayed, from, times, captures, terrain, issues)?)
        }
        FlowFrames::Raw {
            size,
            tags,
            dst_mac,
            src_mac,
            src_macs,
            ethertype,
            ..
        } => {
            let forged = raw::RawKeys {
                size,
                tags: tags.as_deref().unwrap_or_default(),
                dst_mac,
                src_mac,
                src_macs,
                ethertype,
            };
            FlowKind::Replay(raw::frames(item, &forged, from, size_each, times, terrain, issues)?)
        }
    })
}

/// How large the frames are, and when they leave.
struct Sent {
    size: FrameSize,
    gap: SimDuration,
    pattern: Pattern,
    /// As written; drawn where it is not.
    phase: Option<Phase>,
    warms_up: bool,
}

impl Sent {
    /// Frames of a list have their times, and no pattern.
    const LISTED: Pattern = Pattern::Constant(SimDuration::from_nanos(1));

    fn of(what: &FlowFrames, octets: Octets, issues: &mut Issues) -> Option<Self> {
        match what {
            FlowFrames::Udp {
                pattern,
                rate,
                interval,
                phase,
                on,
                off,
                size,
                warm_up,
                ..
            }
            | FlowFrames::Ping {
                pattern,
                rate,
                interval,
                phase,
                on,
                off,
                size,
                warm_up,
            } => {
                let size = pace::size(size, issues);
                let gap = pace::interval(rate, interval, size.map(|size| (size, octets)), issues);
                let pattern = pace::pattern(&pace::Beat { pattern, on, off }, gap, issues);
                let phase = pace::phase(phase, pattern, issues);
                Some(Self {
                    size: size?,
                    gap: gap?,
                    pattern: pattern?,
                    phase,
                    warms_up: warm_up.as_ref().is_none_or(|w| w.value),
                })
            }
            FlowFrames::Replay { .. } => Some(Self {
                size: FrameSize::Fixed(512),
                gap: SimDuration::from_nanos(1),
                pattern: Self::LISTED,
                phase: Some(Phase::NONE),
                warms_up: false,
            }),
            FlowFrames::Raw {
                rate, interval, size, ..
            } => {
                let size = pace::size(size, issues);
                let gap = pace::interval(rate, interval, size.map(|size| (size, octets)), issues);
                Some(Self {
                    size: size?,
                    gap: gap?,
                    pattern: Self::LISTED,
                    phase: Some(Phase::NONE),
                    warms_up: false,
                })
            }
        }
    }
}

fn udp_port(port: &Option<At<u64>>, issues: &mut Issues) -> Option<u16> {
    let Some(port) = port else { return Some(443) };
    let message = match u16::try_from(port.value) {
        Ok(4789) => "UDP port 4789 (VXLAN) is not allowed over the interconnect".to_owned(),
        Ok(p) if p > 0 => return Some(p),
        _ => format!("a UDP port is 1 to 65535, not {}", port.value),
    };
    issues.err(port.span, Code::OutOfRange, message);
    None
}

pub(crate) fn owner(place: FlowEnd, terrain: &Terrain, steps: &Steps) -> TenantId {
    match place {
        FlowEnd::Idc(i) => terrain.idcs[i].tenant,
        FlowEnd::Vpc(i) => terrain.vpcs[i].tenant,
        FlowEnd::Slot(i) => steps.slots[i].tenant,
    }
}
