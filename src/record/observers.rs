//! Everyone who listens to a run whose record is wanted, by name.

use super::gates::Gates;
use super::{deliveries, service_levels};
use crate::evidence::{
    CarriedWatch, DeliveryWatch, Devices, EventKey, Evidence, FlowEnds, GateWatch, InOrder, IsolationWatch, LevelWatch,
    Meter, NoObserver, NodeChange, Observer, PassageWatch, ProfileWatch, SoldRate, Trace,
};
use crate::forward::Octets;
use crate::ident::{Fate, Lane, NodeId, PortNo, Station, StationId, TenantId};
use crate::node::lower::policer_rule;
use crate::scenario::Plan;
use crate::scenario::plan::{Check, FlowPlan, NodeKind, Over, Place};
use crate::units::SimTime;
use crate::wire::Frame;

/// The observers of a run. Each hears every fact, in the order in which they stand here.
#[derive(Debug)]
pub struct Observers<X = NoObserver> {
    /// Where gates, meter and profiles know frames.
    devices: Devices,
    /// The account of every frame.
    pub evidence: Evidence,
    /// Frames of one tenant at another's place.
    pub isolation: IsolationWatch,
    /// Frames that passed closed gates.
    pub gates: GateWatch,
    /// Octets by VLAN of a circuit, direction and hour, at the circuit's port.
    pub meter: Meter,
    /// Whether services and tenants kept to what was sold.
    pub profiles: ProfileWatch,
    /// Around which instants flows passed the places where something happens.
    pub passages: PassageWatch,
    /// Whether what was bought was delivered, where that is asked.
    pub deliveries: Option<DeliveryWatch>,
    /// What service levels are about, where that is asked.
    pub levels: Option<LevelWatch>,
    /// What each link carried.
    pub carried: CarriedWatch,
    /// Whoever else wants to hear: a capture, a second witness.
    pub extra: InOrder<X>,
}

impl<X> Observers<X> {
    /// The observers of a plan's run, numbered by `gates`.
    pub fn new(plan: &Plan, gates: &Gates, extra: X) -> Self {
        let only = |place: &Place| place.only;
        let nodes: Vec<_> = plan.nodes.iter().map(|n| only(&n.place)).collect();
        let links: Vec<_> = plan.links.iter().map(|l| only(&l.place)).collect();
        let flows = plan.flows.iter().map(|flow| FlowEnds {
            from: flow.from,
            to: flow.to,
            direction: flow.direction(plan),
        });
        let customer = plan.nodes.iter().map(|n| matches!(n.kind, NodeKind::Idc(_))).collect();
        let in_cloud = |node: NodeId| !matches!(plan.nodes[node.index()].kind, NodeKind::Idc(_));
        let inside = |flow: &FlowPlan| !flow.raw && in_cloud(flow.from) && in_cloud(flow.to);
        let ports = gates.everywhere(plan);
        Self {
            devices: Devices::of(&ports),
            evidence: Evidence::new(plan.tenants.len(), flows.collect()),
            isolation: IsolationWatch::new(plan.tenants.len(), &nodes, &links, false),
            gates: GateWatch::new(&ports),
            meter: Meter::new(&ports),
            profiles: ProfileWatch::new(
                &ports,
                &gates.owners(plan),
                plan.tenants.len(),
                customer,
                plan.flows.iter().map(inside).collect(),
                per_frame(policer_rule(&plan.law.premises().policies).octets),
            ),
            passages: passages(plan),
            deliveries: deliveries::watch(plan, gates),
            levels: service_levels::watch(plan, gates),
            carried: CarriedWatch::new(plan.links.len()),
            extra: InOrder::new(extra),
        }
    }
}

/// Watches the places of the plan's faults, its circuits, and its VBRs with their lines to the transit
/// routers, where somebody asks for continuity.
fn passages(plan: &Plan) -> PassageWatch {
    let windows = plan.expect.iter().filter_map(|expectation| match &expectation.check {
        Check::Continuity { over, .. } => Some(over),
        _ => None,
    });
    let windows: Vec<&Over> = windows.collect();
    if windows.is_empty() {
        return PassageWatch::new(0, [], Vec::new());
    }
    let faults = plan.faults.iter().map(|fault| fault.what.station());
    let circuits = plan.circuits.iter().map(|circuit| StationId::link(circuit.link));
    let vbrs = plan.vbr_slots.iter().map(|slot| StationId::node(slot.node));
    let lines = plan.vbr_lines().into_iter().flatten().map(StationId::link);
    let places = faults.chain(circuits).chain(vbrs).chain(lines);
    let times = windows.iter().flat_map(|over| over.times());
    PassageWatch::new(plan.flows.len(), places, times.collect())
}

macro_rules! all {
    ($($name:ident($($arg:ident: $ty:ty),*) $(at $node:ident)?;)*) => {
        impl<X: Observer> Observer for Observers<X> {
            fn needs_order(&self) -> bool {
                self.evidence.needs_order()
                    || self.isolation.needs_order()
                    || self.gates.needs_order()
                    || self.meter.needs_order()
                    || self.profiles.needs_order()
                    || self.passages.needs_order()
                    || self.deliveries.needs_order()
                    || self.levels.needs_order()
                    || self.carried.needs_order()
                    || self.extra.needs_order()
            }
            $(fn $name(&mut self, $($arg: $ty),*) {
                Observer::$name(&mut self.evidence, $($arg),*);
                Observer::$name(&mut self.isolation, $($arg),*);
                // These know frames by the ports of devices alone: most hops are elsewhere.
                if true $(&& self.devices.has($node))? {
                    Observer::$name(&mut self.gates, $($arg),*);
                    Observer::$name(&mut self.meter, $($arg),*);
                    Observer::$name(&mut self.profiles, $($arg),*);
                }
                Observer::$name(&mut self.passages, $($arg),*);
                Observer::$name(&mut self.deliveries, $($arg),*);
                Observer::$name(&mut self.levels, $($arg),*);
                Observer::$name(&mut self.carried, $($arg),*);
                Observer::$name(&mut self.extra, $($arg),*);
            })*
        }
    };
}

all! {
    turn(key: &EventKey);
    ahead(key: &EventKey);
    offered(at: SimTime, station: Station, trace: &Trace, octets: u32);
    copied(at: SimTime, station: Station, trace: &Trace, octets: u32);
    settled(at: SimTime, station: Station, trace: &Trace, fate: Fate, frame: &Frame);
    sent(at: SimTime, node: NodeId, port: PortNo, lane: Lane, trace: &Trace, frame: &Frame) at node;
    crosses(start: SimTime, node: NodeId, lane: Lane, trace: &Trace, frame: &Frame);
    arrived(at: SimTime, node: NodeId, port: PortNo, trace: &Trace, frame: &Frame) at node;
    changed(at: SimTime, node: NodeId, change: NodeChange);
    held(at: SimTime, station: Station, trace: &Trace, octets: u32);
    epoch(at: SimTime, tenant: TenantId);
    gate(at: SimTime, service: u32, open: bool);
    sold_rate(at: SimTime, service: u32, sold_rate: Option<SoldRate>);
    mark(at: SimTime);
}

/// Octets that count for each frame beside those of the untagged frame without FCS.
const fn per_frame(octets: Octets) -> i64 {
    match octets {
        Octets::L1 | Octets::L1Untagged => 24,
        Octets::L2Fcs | Octets::L2FcsUntagged => 4,
        Octets::L2 | Octets::L2Untagged => 0,
        Octets::L3 => -14,
    }
}
