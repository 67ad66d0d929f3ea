//! What must hold after every step, recomputed from scratch.

use std::collections::BTreeMap;

use crate::ident::AccountId;
use crate::provision::circuit::BusinessStatus;
use crate::provision::ids::{PcId, ServiceKey};
use crate::provision::law::policy::Switch;
use crate::provision::law::state::State;
use crate::provision::vbr::{RouteStatus, VbrStatus};

/// Debug builds look through a state of at most so many resources after every step.
const FEW: usize = 48;

impl State {
    /// What a step broke; empty, and not looked for, in a state of many resources.
    pub(super) fn broken(&self) -> Vec<String> {
        let resources = self.circuits.len() + self.ports.len() + self.vbrs.len() + self.slots.len();
        if resources > FEW { Vec::new() } else { self.violations() }
    }

    /// Every invariant that does not hold, in words; empty in every state that calls can reach.
    /// O(n log n): for tests and exploration, not for each step of a large run.
    pub fn violations(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        self.check_ports(&mut wrong);
        self.check_vbrs(&mut wrong);
        self.check_slots(&mut wrong);
        self.check_circuits(&mut wrong);
        self.check_books(&mut wrong);
        wrong
    }

    fn check_ports(&self, wrong: &mut Vec<String>) {
        for (id, port) in &self.ports {
            let hanging: Vec<_> = self
                .vbrs
                .iter()
                .filter(|(_, v)| v.connection == *id)
                .map(|(v, _)| *v)
                .collect();
            if hanging.len() > 1 || hanging.first().copied() != port.vbr {
                wrong.push(format!("{id} says {:?}, and {hanging:?} hang on it", port.vbr));
            }
            if self.slots.get(&port.key()).and_then(|slot| slot.port) != Some(*id) {
                wrong.push(format!("{id} does not hold {}", port.key()));
            }
            if !self.circuits.contains_key(&port.circuit) {
                wrong.push(format!("{id} has lost its circuit"));
            }
        }
    }

    fn check_vbrs(&self, wrong: &mut Vec<String>) {
        for (id, vbr) in &self.vbrs {
            if vbr.is_on_port() {
                match self.ports.get(&vbr.connection) {
                    None => wrong.push(format!("{id} has lost its shared port")),
                    Some(port) if port.key() != vbr.key() => {
                        wrong.push(format!("{id} has {}, its shared port {}", vbr.key(), port.key()));
                    }
                    Some(_) => {}
                }
            } else if vbr.holds_vlan && self.slots.get(&vbr.key()).and_then(|slot| slot.vbr) != Some(*id) {
                wrong.push(format!("{id} does not hold {}", vbr.key()));
            }
            if !vbr.holds_vlan && vbr.status != VbrStatus::Terminated {
                wrong.push(format!("{id} is {} without a VLAN", vbr.status));
            }
            let unsettled = vbr.routes.values().any(|r| r.status != RouteStatus::Available);
            if unsettled && self.is_settled() {
                wrong.push(format!("a route of {id} waits for nothing"));
            }
        }
    }

    fn check_slots(&self, wrong: &mut Vec<String>) {
        for (key, slot) in &self.slots {
            if slot.is_free() {
                wrong.push(format!("{key} is kept for nobody"));
            }
            if slot
                .vbr
                .is_some_and(|v| self.vbrs.get(&v).is_none_or(|vbr| vbr.key() != *key))
            {
                wrong.push(format!("{key} is kept for a VBR that is elsewhere"));
            }
            if slot
                .port
                .is_some_and(|p| self.ports.get(&p).is_none_or(|port| port.key() != *key))
            {
                wrong.push(format!("{key} is kept for a shared port that is elsewhere"));
            }
            let zero = ServiceKey {
                circuit: key.circuit,
                vlan: 0,
            };
            if key.vlan != 0 && !self.premises.policies.vlan0_coexists && self.slots.contains_key(&zero) {
                wrong.push(format!("{key} stands beside VLAN 0"));
            }
        }
    }

    fn check_circuits(&self, wrong: &mut Vec<String>) {
        let mut sums: BTreeMap<PcId, (u32, u32)> = BTreeMap::new();
        for port in self.ports.values() {
            let sum = sums.entry(port.circuit).or_default();
            sum.0 += port.reserved(self.premises.policies.spec_1g);
            sum.1 += 1;
        }
        for (id, circuit) in &self.circuits {
            let (mbps, ports) = sums.get(id).copied().unwrap_or_default();
            if (mbps, ports) != (circuit.allocated_mbps, circuit.ports) {
                wrong.push(format!(
                    "{id} counts {} Mbit/s and {} ports, not {mbps} and {ports}",
                    circuit.allocated_mbps, circuit.ports
                ));
            }
            if self.premises.policies.sum_of_specs == Switch::Enforced && mbps > circuit.bandwidth_mbps {
                wrong.push(format!("{id} is oversold: {mbps} of {} Mbit/s", circuit.bandwidth_mbps));
            }
            let mut vbrs: BTreeMap<AccountId, u32> = BTreeMap::new();
            for vbr in self.vbrs.values().filter(|v| v.connection == *id) {
                *vbrs.entry(vbr.owner).or_default() += 1;
            }
            if vbrs != circuit.vbrs {
                wrong.push(format!("{id} miscounts its VBRs"));
            }
        }
    }

    fn check_books(&self, wrong: &mut Vec<String>) {
        for (i, books) in self.books.iter().enumerate() {
            let mine = || self.circuits.values().filter(|l| l.owner.index() == i);
            let unfinished = mine().filter(|l| l.is_unfinished()).count();
            let overdue = mine().filter(|l| l.business == BusinessStatus::FinancialLocked).count();
            if unfinished != books.unfinished as usize || overdue != books.overdue as usize {
                wrong.push(format!("the books of account {i} are off"));
            }
        }
    }
}
