//! A whole run: a plan's world under its control plane, observed.

use std::collections::BTreeMap;

use super::build::setup;
use super::cloud::{Cloud, CloudRecord};
use super::setup::SetupError;
use super::world::{Stats, World};
use crate::evidence::{
    Bound, Evidence, FlowEnds, GateWatch, IsolationWatch, Meter, Observer, ProfileWatch, ServiceFrames, ServicePort,
};
use crate::forward::{Count, Octets, Service, ServiceId};
use crate::ident::{NodeId, PortNo, TenantId};
use crate::node::AnySwitch;
use crate::node::any::AnyNode;
use crate::node::lower::policer_rule;
use crate::provision::money::{InvoiceLine, Prices};
use crate::provision::{BillingPoint, Choices, OctetBasis, ServiceKey, Spec};
use crate::scenario::Plan;
use crate::scenario::plan::NodeKind;
use crate::units::SimTime;
use crate::wire::Vid;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// A VLAN of a circuit, by the plan's index of the circuit.
pub type CircuitVlan = (usize, u16);

/// How gate watch and meter number what they count: first every VLAN of a circuit that a step
/// names (at the circuit's port), then every VBR slot (at the VBR's port).
#[derive(Debug, Clone, Default)]
pub struct Gates {
    vlans: Vec<CircuitVlan>,
    index: BTreeMap<CircuitVlan, u32>,
}

impl Gates {
    /// The numbering of a plan.
    pub fn new(plan: &Plan) -> Self {
        let mut vlans: Vec<CircuitVlan> = plan
            .vbr_slots
            .iter()
            .filter_map(|slot| Some((slot.circuit, slot.vlan?)))
            .collect();
        vlans.sort_unstable();
        vlans.dedup();
        let index = vlans
            .iter()
            .enumerate()
            .map(|(i, key)| (*key, u32::try_from(i).expect("fewer than 2^32 VLANs")))
            .collect();
        Self { vlans, index }
    }

    /// The VLANs, by number.
    pub fn vlans(&self) -> &[CircuitVlan] {
        &self.vlans
    }
    /// Whose contract each number stands for: the tenant of a VBR slot, nobody's for a VLAN.
    fn owners(&self, plan: &Plan) -> Vec<Option<TenantId>> {
        let vlans = self.vlans.iter().map(|_| None);
        vlans.chain(plan.vbr_slots.iter().map(|s| Some(s.tenant))).collect()
    }
    /// The number of a VLAN of a circuit.
    pub fn vlan(&self, key: CircuitVlan) -> Option<u32> {
        self.index.get(&key).copied()
    }
    /// The number of a VBR slot.
    pub fn slot(&self, slot: usize) -> u32 {
        u32::try_from(self.vlans.len() + slot).expect("fewer than 2^32 gates")
    }

    fn at_circuits(&self, plan: &Plan) -> Vec<ServicePort> {
        let ports = self.vlans.iter().enumerate().filter_map(|(i, (circuit, vlan))| {
            let circuit = &plan.circuits[*circuit];
            let frames = match vlan {
                0 => ServiceFrames::Untagged,
                vlan => ServiceFrames::Vid(Vid::new(*vlan)?),
            };
            Some(ServicePort {
                device: circuit.device,
                port: circuit.device_port,
                frames,
                service: u32::try_from(i).ok()?,
            })
        });
        ports.collect()
    }

    fn everywhere(&self, plan: &Plan) -> Vec<ServicePort> {
        let mut ports = self.at_circuits(plan);
        ports.extend(plan.vbr_slots.iter().enumerate().map(|(i, slot)| ServicePort {
            device: plan.circuits[slot.circuit].device,
            port: slot.device_port,
            frames: ServiceFrames::All,
            service: self.slot(i),
        }));
        ports
    }
}

/// What an access device itself says of a VLAN of a circuit at the end of a run.
#[derive(Debug, Clone, Default)]
pub struct DeviceRecord {
    /// What left by the circuit's port under the VLAN's table entry, as the device counted it.
    pub sent: Count,
    /// The device's table entry of that VLAN, where it has one.
    pub service: Option<Service>,
}

/// Everything that a run shows.
#[derive(Debug)]
pub struct Run {
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
    /// How gates and meter are numbered.
    pub numbering: Gates,
    /// What the access devices themselves say at the end, by VLAN of a circuit.
    pub devices: Vec<DeviceRecord>,
    /// What the control plane did and showed.
    pub cloud: CloudRecord,
    /// The digest of everything that happened: in the network, and in the control plane.
    pub digest: u64,
    /// The digest of the network alone: what the control plane does for others leaves it as it is.
    pub network: u64,
    /// Events and hops.
    pub stats: Stats,
    /// When it ended.
    pub end: SimTime,
}

/// Runs a plan to its end. `extra` hears everything too (a capture), and is handed back.
///
/// # Errors
/// Where the plan's names or ports collide, which its validation excludes.
pub fn run<C: Choices, O: Observer>(plan: &Plan, choices: C, extra: O) -> Result<(Run, O), SetupError> {
    let numbering = Gates::new(plan);
    let only = |place: &crate::scenario::plan::Place| place.only;
    let nodes: Vec<_> = plan.nodes.iter().map(|n| only(&n.place)).collect();
    let links: Vec<_> = plan.links.iter().map(|l| only(&l.place)).collect();
    let flows = plan
        .flows
        .iter()
        .map(|flow| FlowEnds {
            from: flow.from,
            to: flow.to,
        })
        .collect();
    let customer = plan.nodes.iter().map(|n| matches!(n.kind, NodeKind::Idc(_))).collect();
    let profiles = ProfileWatch::new(
        &numbering.everywhere(plan),
        &numbering.owners(plan),
        plan.tenants.len(),
        customer,
        per_frame(policer_rule(&plan.law.world().policies).octets),
    );
    let observer = (
        (
            Evidence::new(plan.tenants.len(), flows),
            IsolationWatch::new(plan.tenants.len(), &nodes, &links, false),
        ),
        (
            (
                GateWatch::new(&numbering.everywhere(plan)),
                Meter::new(&numbering.everywhere(plan)),
            ),
            (profiles, extra),
        ),
    );
    let mut cloud = Cloud::new(plan, choices, numbering.clone());
    let mut world = World::new(setup(plan), observer)?;
    world.run(plan.end, &mut cloud);
    let outcome = world.finish();
    let devices = device_records(plan, &numbering, &outcome.nodes);
    let ((evidence, isolation), ((gates, meter), (profiles, extra))) = outcome.observer;
    let mut cloud = cloud.finish(plan.end);
    for (key, since, octets) in outbound(plan, &meter, &numbering, &cloud) {
        cloud.ledger.record(key, since, octets);
    }
    let digest = control_digest(outcome.digest, &cloud);
    let run = Run {
        evidence,
        isolation,
        gates,
        meter,
        profiles,
        numbering,
        devices,
        cloud,
        digest,
        network: outcome.digest,
        stats: outcome.stats,
        end: outcome.end,
    };
    Ok((run, extra))
}

/// Reads the devices' own counters and tables: nothing of it passed through an observer.
fn device_records(plan: &Plan, numbering: &Gates, nodes: &[(Box<str>, AnyNode)]) -> Vec<DeviceRecord> {
    type PortVid = (NodeId, PortNo, Option<Vid>);
    let mut sent: BTreeMap<PortVid, Count> = BTreeMap::new();
    let mut tables: BTreeMap<PortVid, Service> = BTreeMap::new();
    let mut devices: Vec<NodeId> = plan.circuits.iter().map(|c| c.device).collect();
    devices.sort_unstable();
    devices.dedup();
    for device in devices {
        let mut count = |port, vid, more: Count| {
            let sum = sent.entry((device, port, vid)).or_default();
            sum.frames += more.frames;
            sum.octets += more.octets;
            sum.payload += more.payload;
        };
        macro_rules! read {
            ($switch:expr) => {{
                let fast = $switch.fast_path();
                for id in fast.counted() {
                    for (port, vid, counters) in fast.counters(id).members {
                        count(port, vid, counters.sent);
                    }
                }
                for service in fast.tables().services.into_values() {
                    for member in &service.members {
                        tables.insert((device, member.port, member.vid), service.clone());
                    }
                }
            }};
        }
        match nodes.get(device.index()) {
            Some((_, AnyNode::Switch(AnySwitch::Exact(switch)))) => read!(switch),
            Some((_, AnyNode::Switch(AnySwitch::Planted(switch)))) => read!(switch),
            _ => {}
        }
    }
    let record = |(circuit, vlan): &CircuitVlan| {
        let (device, port) = (plan.circuits[*circuit].device, plan.circuits[*circuit].device_port);
        let vid = Vid::new(*vlan).filter(|_| *vlan != 0);
        DeviceRecord {
            sent: sent.get(&(device, port, vid)).copied().unwrap_or_default(),
            service: tables.get(&(device, port, vid)).cloned(),
        }
    };
    numbering.vlans().iter().map(record).collect()
}

/// The number of a VLAN's sub-interface on its access device.
pub(super) fn sub_interface_id(circuit: usize, vlan: u16) -> ServiceId {
    let number = circuit * 4096 + usize::from(vlan);
    ServiceId(u32::try_from(number).expect("fewer than 2^20 circuits"))
}

impl Run {
    /// What everybody owes at the end, at the plan's prices.
    pub fn invoice(&self, plan: &Plan) -> Vec<InvoiceLine> {
        let policies = &self.cloud.law.world().policies;
        self.cloud.ledger.invoice(self.end, &prices(plan), policies)
    }

    /// All outbound octets, at the point and by the basis that the policies name.
    pub fn outbound_octets(&self, plan: &Plan) -> u64 {
        let all = outbound(plan, &self.meter, &self.numbering, &self.cloud);
        all.iter().map(|(_, _, octets)| octets).sum()
    }
}

/// Outbound readings as the ledger takes them: service, since when, octets.
fn outbound(plan: &Plan, meter: &Meter, numbering: &Gates, cloud: &CloudRecord) -> Vec<(ServiceKey, SimTime, u64)> {
    let policies = &cloud.law.world().policies;
    let key = |(circuit, vlan): CircuitVlan| {
        let circuit = cloud.circuits[circuit].connection()?;
        Some(ServiceKey { circuit, vlan })
    };
    let at_circuit = |service: usize| numbering.vlans().get(service).copied();
    let at_vbr = |service: usize| {
        let slot = &plan.vbr_slots[service.checked_sub(numbering.vlans().len())?];
        Some((slot.circuit, slot.vlan?))
    };
    let readings = meter.readings().into_iter().filter_map(|r| {
        let service = r.service as usize;
        let place = match (policies.billing_point, r.bound) {
            (BillingPoint::CircuitEgress, Bound::Outbound) => at_circuit(service)?,
            // What arrives at the device from a VBR is on its way to the customer.
            (BillingPoint::VbrEgress, Bound::Inbound) => at_vbr(service)?,
            _ => return None,
        };
        let octets = match policies.octets_billing {
            OctetBasis::L1 => r.metered.l1(),
            OctetBasis::L2Fcs => r.metered.l2_fcs(),
            OctetBasis::L2 => r.metered.l2,
            OctetBasis::L3 => r.metered.l3,
        };
        Some((key(place)?, r.since, octets))
    });
    readings.collect()
}

/// The plan's prices as the ledger takes them; a spec that is none was refused with the plan.
fn prices(plan: &Plan) -> Prices {
    let Some(prices) = &plan.prices else {
        return Prices::default();
    };
    let specs = prices.port_per_month.iter();
    Prices {
        currency: prices.currency.clone(),
        port_month: specs
            .filter_map(|(spec, price)| Some((Spec::parse(spec)?, *price)))
            .collect(),
        outbound_gb: prices.outbound_per_gb,
    }
}

/// The network's digest, and on it what the control plane answered and showed.
fn control_digest(network: u64, cloud: &CloudRecord) -> u64 {
    let answers = cloud.steps.iter().map(|step| {
        let code = step.error.as_ref().map_or("accepted", |(code, _)| code.as_str());
        format!("{} {code}", step.at.as_nanos())
    });
    let shown = cloud.facts.iter().map(|(_, fact)| {
        let vbr = fact.vbr.as_ref().map_or("", |v| v.id.as_str());
        let port = fact.port.as_ref().map_or("", |p| p.id.as_str());
        let (at, open) = (fact.at.as_nanos(), u8::from(fact.open));
        format!("{at} {} {} {open} {vbr} {port}", fact.circuit, fact.vlan)
    });
    let lines = answers.chain(shown);
    lines.fold(network, |digest, line| xxh3_64_with_seed(line.as_bytes(), digest))
}

/// Octets that count for each frame beside those of the untagged frame without FCS.
const fn per_frame(octets: Octets) -> i64 {
    match octets {
        Octets::L1 => 24,
        Octets::L2Fcs => 4,
        Octets::L2 => 0,
        Octets::L3 => -14,
    }
}
