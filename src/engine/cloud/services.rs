//! Keeps the data plane at what the law says, service by service.

use std::collections::BTreeMap;

use super::SlotFact;
use super::bursts::Bursts;
use super::partner::Partner;
use crate::engine::control::Commands;
use crate::engine::run::{Gates, sub_interface_id};
use crate::evidence::{PortFact, ServiceFact, VbrFact};
use crate::forward::{PolicerRule, Service};
use crate::ident::{AccountId, NodeId, TenantId};
use crate::node::SwitchChange;
use crate::node::lower::{
    Lowered, Site, VbrIntent, VpcIntent, device_changes, lower, policer_rule, vbr_changes, vpc_changes,
};
use crate::provision::{
    BusinessStatus, ConnectionStatus, PcId, ServiceKey, ServiceView, State, VbrId, VbrStatus, VbrView,
};
use crate::scenario::Plan;
use crate::units::SimTime;

/// What the data plane holds at one slot.
#[derive(Debug, Clone, Default)]
struct Held {
    vbr: VbrIntent,
    vpc: VpcIntent,
    /// The service that put it there.
    by: Option<ServiceKey>,
}

/// What runs where, and the last word of the law on each service.
#[derive(Debug, Default)]
pub(super) struct Services {
    /// Index into the plan's circuits, by the cloud's id.
    circuits: BTreeMap<PcId, usize>,
    /// Index into the plan's slots, by the VBR that runs there.
    slots: BTreeMap<VbrId, usize>,
    tenants: BTreeMap<AccountId, TenantId>,
    held: Vec<Held>,
    sub_interfaces: BTreeMap<ServiceKey, Service>,
    /// Which slot served the service last.
    serving: BTreeMap<ServiceKey, usize>,
    facts: BTreeMap<ServiceKey, ServiceFact>,
    gates: Gates,
    rule: PolicerRule,
    bursts: Bursts,
    partner: Partner,
}

impl Services {
    pub(super) fn new(plan: &Plan, gates: Gates) -> Self {
        let tenants = plan.tenants.iter().enumerate();
        Self {
            held: vec![Held::default(); plan.vbr_slots.len()],
            tenants: tenants.map(|(i, t)| (t.account, TenantId::of(i))).collect(),
            gates,
            rule: policer_rule(&plan.law.world().policies),
            bursts: Bursts::new(plan),
            ..Self::default()
        }
    }

    pub(super) fn bind_circuit(&mut self, id: PcId, circuit: usize) {
        self.circuits.insert(id, circuit);
    }

    pub(super) fn bind_vbr(&mut self, id: VbrId, slot: usize) {
        self.slots.insert(id, slot);
    }

    /// Ends the meter's reading of a service here; its gates stay as they are.
    pub(super) fn read_meter(&self, law: &State, key: ServiceKey, commands: &mut Commands) {
        let open = law.service(&key).is_some_and(|view| view.open);
        let vlan = self
            .circuits
            .get(&key.circuit)
            .and_then(|circuit| self.gates.vlan((*circuit, key.vlan)));
        let slot = self.serving.get(&key).map(|slot| self.gates.slot(*slot));
        vlan.into_iter().chain(slot).for_each(|gate| commands.gate(gate, open));
    }

    /// Does the transit router switch routes on the health of this slot's VBR?
    pub(super) fn switches_on_health(&self, law: &State, slot: Option<usize>) -> bool {
        let key = slot.and_then(|slot| self.held[slot].by);
        let view = key.and_then(|key| law.service(&key));
        view.and_then(|v| v.vbr?.health_check).is_some_and(|check| !check.only)
    }

    /// What an operator's hand in a switch comes to.
    pub(super) fn by_hand(&mut self, plan: &Plan, node: NodeId, change: &SwitchChange) -> SwitchChange {
        self.partner.by_hand(plan, node, change)
    }

    /// Brings the boxes of one service to what the law says now; tells what is shown of it, where
    /// that changed.
    pub(super) fn refresh(
        &mut self,
        plan: &Plan,
        law: &State,
        key: ServiceKey,
        at: SimTime,
        commands: &mut Commands,
    ) -> Option<SlotFact> {
        let circuit = *self.circuits.get(&key.circuit)?;
        let view = law.service(&key);
        let vbr = view.as_ref().and_then(|v| v.vbr.as_ref());
        let slot = vbr.and_then(|v| self.slots.get(&v.id).copied());
        let lowered = match slot {
            Some(slot) => lower(view.as_ref(), &site(plan, circuit, slot, self.rule)),
            None => Lowered::default(),
        };
        self.set_sub_interface(plan, circuit, key, lowered.sub_interface.as_ref(), commands);
        let last = match slot {
            Some(slot) => self.serving.insert(key, slot),
            None => self.serving.remove(&key),
        };
        if let Some(last) = last.filter(|last| Some(*last) != slot && self.held[*last].by == Some(key)) {
            self.set_slot(plan, last, None, Lowered::default(), commands);
        }
        if let Some(slot) = slot {
            self.set_slot(plan, slot, Some(key), lowered, commands);
        }
        let (rule, bursts) = (self.rule, &mut self.bursts);
        self.partner
            .refresh(plan, (circuit, key.vlan), view.as_ref(), rule, bursts, commands);
        let fact = self.fact(plan, law, circuit, key, view.as_ref(), at)?;
        if fact.tenant.is_some() {
            commands.epoch(fact.tenant);
        }
        for gate in [
            self.gates.vlan((circuit, key.vlan)),
            slot.or(last).map(|slot| self.gates.slot(slot)),
        ] {
            let Some(gate) = gate else { continue };
            commands.gate(gate, fact.open);
            let rate = fact.vbr.as_ref().and_then(|vbr| vbr.bandwidth).filter(|_| fact.open);
            let contract = rate.map(|rate| self.bursts.contract(plan, circuit, fact.tenant, rate));
            commands.contract(gate, contract);
        }
        Some((slot, fact))
    }

    fn set_sub_interface(
        &mut self,
        plan: &Plan,
        circuit: usize,
        key: ServiceKey,
        new: Option<&Service>,
        commands: &mut Commands,
    ) {
        let id = sub_interface_id(circuit, key.vlan);
        for change in device_changes(id, self.sub_interfaces.get(&key), new) {
            commands.node(plan.circuits[circuit].device, change);
        }
        match new {
            Some(service) => self.sub_interfaces.insert(key, service.clone()),
            None => self.sub_interfaces.remove(&key),
        };
    }

    fn set_slot(
        &mut self,
        plan: &Plan,
        slot: usize,
        by: Option<ServiceKey>,
        lowered: Lowered,
        commands: &mut Commands,
    ) {
        let site = &plan.vbr_slots[slot];
        let held = &mut self.held[slot];
        for change in vbr_changes(&held.vbr, &lowered.vbr) {
            commands.node(site.node, change);
        }
        if let Some((vpc, port)) = site.vpc {
            for change in vpc_changes(port, &held.vpc, &lowered.vpc) {
                commands.node(vpc, change);
            }
        }
        *held = Held {
            vbr: lowered.vbr,
            vpc: lowered.vpc,
            by,
        };
    }

    /// What the control plane shows, where it differs from what it showed last.
    fn fact(
        &mut self,
        plan: &Plan,
        law: &State,
        circuit: usize,
        key: ServiceKey,
        view: Option<&ServiceView>,
        at: SimTime,
    ) -> Option<ServiceFact> {
        let last = self.facts.get(&key);
        let fact = match view {
            Some(view) => ServiceFact {
                at,
                tenant: self.tenants.get(&view.tenant).copied().unwrap_or(TenantId::NONE),
                circuit: plan.circuits[circuit].name.clone(),
                vlan: view.vlan,
                open: view.open,
                shut_by_owner: !view.open && shut_by_owner(view, law),
                vbr: view.vbr.as_ref().map(|vbr| vbr_fact(vbr, law)),
                port: view.port.as_ref().map(port_fact),
            },
            None => ServiceFact {
                at,
                open: false,
                shut_by_owner: false,
                vbr: None,
                port: None,
                ..last?.clone()
            },
        };
        if last.is_some_and(|last| fact == ServiceFact { at, ..last.clone() }) {
            return None;
        }
        self.facts.insert(key, fact.clone());
        Some(fact)
    }
}

fn site(plan: &Plan, circuit: usize, slot: usize, rule: PolicerRule) -> Site<'_> {
    let (circuit, slot) = (&plan.circuits[circuit], &plan.vbr_slots[slot]);
    Site {
        tenant: slot.tenant,
        circuit_port: circuit.device_port,
        vbr_port: slot.device_port,
        subif_rate_limit: circuit.subif_rate_limit,
        vpc_port: slot.vpc.map(|(_, port)| port),
        cloud: &slot.cloud,
        rule,
    }
}

/// Is it the circuit's owner who keeps a tenant's frames out?
fn shut_by_owner(view: &ServiceView, law: &State) -> bool {
    let Some(circuit) = law.circuit(view.circuit) else {
        return false;
    };
    let owned_by_tenant = circuit.circuit.owner == view.tenant;
    let down =
        circuit.circuit.status != ConnectionStatus::Enabled || circuit.circuit.business != BusinessStatus::Normal;
    let terminated = |vbr: &VbrView| !matches!(vbr.status, VbrStatus::Active | VbrStatus::Unconfirmed);
    !owned_by_tenant && (down || (!view.on_port && view.vbr.as_ref().is_some_and(terminated)))
}

fn vbr_fact(vbr: &crate::provision::VbrView, law: &State) -> VbrFact {
    VbrFact {
        id: vbr.id.to_string(),
        vlan: law.vbr(vbr.id).map_or(0, |own| own.vlan),
        bandwidth: vbr.bandwidth,
        addresses: vbr
            .addresses
            .map(|a| format!("{}/{}/{}", a.local, a.peer, a.prefix_len))
            .unwrap_or_default(),
        routes: u32::try_from(vbr.routes.len()).unwrap_or(u32::MAX),
    }
}

fn port_fact(port: &crate::provision::PortView) -> PortFact {
    PortFact {
        id: port.id.to_string(),
        vlan: port.vlan,
        bandwidth: port.bandwidth,
        vbrs: port.vbr_count,
    }
}

#[cfg(test)]
mod tests;
