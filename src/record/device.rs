//! What access devices say of themselves: their own counters and tables, which no observer heard.

use std::collections::BTreeMap;

use super::gates::{CircuitVlan, Gates};
use crate::forward::{Count, Service};
use crate::ident::{NodeId, PortNo};
use crate::node::AnySwitch;
use crate::node::any::AnyNode;
use crate::scenario::Plan;
use crate::wire::Vid;

/// What an access device itself says of a VLAN of a circuit at the end of a run.
#[derive(Debug, Clone, Default)]
pub struct DeviceRecord {
    /// What left by the circuit's port under the VLAN's table entry, as the device counted it.
    pub sent: Count,
    /// The device's table entry of that VLAN, where it has one.
    pub service: Option<Service>,
}

/// Reads the devices' own counters and tables: nothing of it passed through an observer.
pub fn device_records(plan: &Plan, numbering: &Gates, nodes: &[(Box<str>, AnyNode)]) -> Vec<DeviceRecord> {
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
