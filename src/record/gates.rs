//! How watches and meters number what they count.

use std::collections::BTreeMap;

use crate::evidence::{ServiceFrames, ServicePort};
use crate::ident::TenantId;
use crate::scenario::Plan;
use crate::wire::Vid;

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
        let slots = plan.vbr_slots.iter();
        Self::of(slots.filter_map(|slot| Some((slot.circuit, slot.vlan?))))
    }

    /// The numbering of these VLANs, each once, and then of however many VBR slots there are.
    pub fn of(vlans: impl IntoIterator<Item = CircuitVlan>) -> Self {
        let mut vlans: Vec<CircuitVlan> = vlans.into_iter().collect();
        vlans.sort_unstable();
        vlans.dedup();
        let index = vlans
            .iter()
            .enumerate()
            .map(|(i, key)| (*key, u32::try_from(i).expect("fewer than 2^32 VLANs")))
            .collect();
        debug_assert!(vlans.is_sorted_by(|a, b| a < b), "a VLAN has one number");
        Self { vlans, index }
    }

    /// The VLANs, by number.
    pub fn vlans(&self) -> &[CircuitVlan] {
        &self.vlans
    }
    /// Whose contract each number stands for: the tenant of a VBR slot, nobody's for a VLAN.
    pub(super) fn owners(&self, plan: &Plan) -> Vec<Option<TenantId>> {
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

    pub(super) fn everywhere(&self, plan: &Plan) -> Vec<ServicePort> {
        let mut ports = self.at_circuits(plan);
        ports.extend(plan.vbr_slots.iter().enumerate().map(|(i, slot)| ServicePort {
            device: plan.circuits[slot.circuit].device,
            port: slot.device_port,
            frames: ServiceFrames::All,
            service: self.slot(i),
        }));
        debug_assert!(
            ports.is_sorted_by(|a, b| a.service < b.service),
            "a number stands for one place"
        );
        ports
    }
}
