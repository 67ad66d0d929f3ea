//! Watches of places: frames where only one tenant's may be, and frames through a closed gate.

use std::collections::BTreeMap;

use super::count::Count;
use super::exceptions::{Exceptions, KeptOfKind};
use super::observer::Observer;
use super::places::{ServiceMap, ServicePort};
use super::ticket::{Lineage, Trace};
use crate::ident::{DropReason, Fate, Lane, NodeId, PortNo, Station, StationId, TenantId};
use crate::units::SimTime;
use crate::wire::{EtherType, Frame, FrameView};

/// A frame of `from` at a place that belongs to another tenant alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Leak {
    /// Whose frame, or [`TenantId::NONE`].
    pub from: TenantId,
    /// Where it was seen.
    pub station: StationId,
}

/// What was seen of one leak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeakCount {
    /// Frames that arrived at the node, or entered the link.
    pub arrived: Count,
    /// Frames that were settled there.
    pub settled: Count,
    kept: KeptOfKind,
}

/// What a tenant's own places saw of its own frames: the positive control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OwnCount {
    /// Frames that arrived at one of its nodes.
    pub arrived: Count,
    /// Frames that were delivered or consumed at one of its nodes.
    pub taken: Count,
    /// Answers to health-check probes that were consumed at one of its nodes.
    pub probes: Count,
    /// When the first of them came.
    pub first_probe: Option<SimTime>,
}

/// Watches every place that belongs to one tenant alone.
#[derive(Debug, Clone)]
pub struct IsolationWatch {
    nodes: Vec<TenantId>,
    links: Vec<TenantId>,
    strangers: bool,
    leaks: BTreeMap<Leak, LeakCount>,
    frames: Exceptions<Leak>,
    own: Vec<OwnCount>,
}

impl IsolationWatch {
    /// For so many tenants; the only tenant of each node and of each link, by id, `None` where
    /// the place is shared. May frames of no tenant be anywhere (`strangers`)?
    pub fn new(tenants: usize, nodes: &[Option<TenantId>], links: &[Option<TenantId>], strangers: bool) -> Self {
        let only = |places: &[Option<TenantId>]| places.iter().map(|p| p.unwrap_or(TenantId::NONE)).collect();
        Self {
            nodes: only(nodes),
            links: only(links),
            strangers,
            leaks: BTreeMap::new(),
            frames: Exceptions::default(),
            own: vec![OwnCount::default(); tenants],
        }
    }

    /// Every leak, sorted.
    pub fn leaks(&self) -> &BTreeMap<Leak, LeakCount> {
        &self.leaks
    }

    /// The first frames of each leak, whole.
    pub fn frames(&self) -> &Exceptions<Leak> {
        &self.frames
    }

    /// The positive control of a tenant.
    pub fn own(&self, tenant: TenantId) -> OwnCount {
        self.own.get(tenant.index()).copied().unwrap_or_default()
    }

    /// How many nodes and links belong to one tenant alone: the places watched.
    pub fn places(&self) -> usize {
        let alone = |places: &[TenantId]| places.iter().filter(|t| t.is_some()).count();
        alone(&self.nodes) + alone(&self.links)
    }

    fn only(&self, station: StationId) -> TenantId {
        let only = match (station.as_node(), station.as_link()) {
            (Some(node), _) => self.nodes.get(node.index()),
            (_, Some(link)) => self.links.get(link.index()),
            _ => None,
        };
        only.copied().unwrap_or(TenantId::NONE)
    }

    fn is_leak(&self, only: TenantId, trace: &Trace) -> bool {
        only.is_some() && trace.tenant != only && (trace.tenant.is_some() || !self.strangers)
    }

    /// A frame of another is at a place; it is kept where it is not one that was kept before.
    #[cold]
    fn leak(&mut self, at: SimTime, place: Station, trace: &Trace, frame: Option<&Frame>) -> &mut LeakCount {
        let leak = Leak {
            from: trace.tenant,
            station: place.id(),
        };
        debug_assert_ne!(
            self.only(leak.station),
            trace.tenant,
            "a tenant leaks nothing to itself"
        );
        let count = self.leaks.entry(leak).or_default();
        if let Some(frame) = frame {
            self.frames
                .keep(&mut count.kept, leak, place.is_from_b(), at, trace, frame);
        }
        count
    }
}

impl Observer for IsolationWatch {
    fn needs_order(&self) -> bool {
        false
    }

    fn arrived(&mut self, at: SimTime, node: NodeId, _port: PortNo, trace: &Trace, frame: &Frame) {
        let only = self.nodes.get(node.index()).copied().unwrap_or(TenantId::NONE);
        if !only.is_some() {
            return;
        }
        if self.is_leak(only, trace) {
            self.leak(at, Station::Node(node), trace, Some(frame))
                .arrived
                .add(frame.octets());
        } else if let Some(own) = self.own.get_mut(only.index()) {
            own.arrived.add(frame.octets());
        }
    }

    fn sent(&mut self, at: SimTime, _node: NodeId, _port: PortNo, lane: Lane, trace: &Trace, frame: &Frame) {
        let only = self.links.get(lane.link.index()).copied().unwrap_or(TenantId::NONE);
        if self.is_leak(only, trace) {
            self.leak(at, Station::Lane(lane), trace, Some(frame))
                .arrived
                .add(frame.octets());
        }
    }

    fn settled(&mut self, at: SimTime, station: Station, trace: &Trace, fate: Fate, frame: &Frame) {
        let only = self.only(station.id());
        if self.is_leak(only, trace) {
            // What a link loses on its way has entered it, and was kept then.
            let lost = matches!(fate, Fate::Dropped(DropReason::LinkLoss | DropReason::BadFcs));
            let whole = Some(frame).filter(|_| !lost);
            self.leak(at, station, trace, whole).settled.add(frame.octets());
        } else if !matches!(fate, Fate::Dropped(_))
            && only == trace.tenant
            && let Some(own) = self.own.get_mut(only.index())
        {
            own.taken.add(frame.octets());
            if fate == Fate::Consumed && !trace.flow.is_some() && is_probe_answer(trace, frame) {
                own.probes.add(frame.octets());
                own.first_probe.get_or_insert(at);
            }
        }
    }
}

/// Of frames without a flow, only health checks are answered over IPv4.
fn is_probe_answer(trace: &Trace, frame: &Frame) -> bool {
    trace.lineage == Lineage::Reply && FrameView::new(frame.bytes()).is_ok_and(|v| v.ethertype() == EtherType::IPV4)
}

/// What passed a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GateCount {
    /// Is it open now? Gates are closed until the driver says otherwise.
    pub open: bool,
    /// Frames that the device sent while the gate was open.
    pub while_open: Count,
    /// Frames that the device sent while it was closed.
    pub while_closed: Count,
    /// Frames that came to the device for the service while it was closed: what was tried.
    pub tried_closed: Count,
    kept: KeptOfKind,
}

/// Watches what access devices send through the ports of services.
#[derive(Debug, Clone)]
pub struct GateWatch {
    map: ServiceMap,
    gates: Vec<GateCount>,
    frames: Exceptions<u32>,
}

impl GateWatch {
    /// For these services; all gates are closed.
    pub fn new(services: &[ServicePort]) -> Self {
        let count = services.iter().map(|s| s.service as usize + 1).max().unwrap_or(0);
        Self {
            map: ServiceMap::new(services),
            gates: vec![GateCount::default(); count],
            frames: Exceptions::default(),
        }
    }

    /// What passed, by service.
    pub fn gates(&self) -> &[GateCount] {
        &self.gates
    }

    /// The first frames of each service that passed a closed gate, whole.
    pub fn frames(&self) -> &Exceptions<u32> {
        &self.frames
    }
}

impl Observer for GateWatch {
    fn needs_order(&self) -> bool {
        false
    }

    fn sent(&mut self, at: SimTime, node: NodeId, port: PortNo, _lane: Lane, trace: &Trace, frame: &Frame) {
        let Some(service) = self.map.find(node, port, frame) else {
            return;
        };
        let gate = &mut self.gates[service as usize];
        if gate.open {
            gate.while_open.add(frame.octets());
        } else {
            gate.while_closed.add(frame.octets());
            self.frames.keep(&mut gate.kept, service, false, at, trace, frame);
        }
    }

    fn arrived(&mut self, _at: SimTime, node: NodeId, port: PortNo, _trace: &Trace, frame: &Frame) {
        let Some(service) = self.map.find(node, port, frame) else {
            return;
        };
        let gate = &mut self.gates[service as usize];
        if !gate.open {
            gate.tried_closed.add(frame.octets());
        }
    }

    fn gate(&mut self, _at: SimTime, service: u32, open: bool) {
        if let Some(gate) = self.gates.get_mut(service as usize) {
            gate.open = open;
        }
    }
}
