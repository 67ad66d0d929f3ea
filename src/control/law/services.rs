//! Keeps the data plane at what the law says, service by service.

mod agreement;

use std::collections::BTreeMap;

use super::partner::Partner;
use super::sites::Sites;
use crate::control::command::Commands;
use crate::evidence::{PortFact, ServiceFact, SoldRate, VbrFact};
use crate::forward::{PolicerRule, Service, ServiceId};
use crate::ident::{NodeId, TenantId};
use crate::node::lower::{
    Lowered, VbrIntent, VpcIntent, device_changes, lower, policer_rule, vbr_changes, vpc_changes,
};
use crate::node::{Change, SwitchChange, VpcChange};
use crate::provision::{ConnectionStatus, PcId, ServiceKey, ServiceView, State, VbrId, VbrStatus, VbrView};
use crate::record::{SlotFact, Touched};
use crate::units::{BitRate, SimTime};

/// What the data plane holds at one slot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Held {
    vbr: VbrIntent,
    vpc: VpcIntent,
    /// The service that put it there.
    by: Option<ServiceKey>,
}

/// What runs where, and the last word of the law on each service.
#[derive(Debug, Default)]
pub(in crate::control) struct Services {
    pub(in crate::control) sites: Sites,
    /// Index into the sites' circuits, by the cloud's id.
    pub(in crate::control) circuits: BTreeMap<PcId, usize>,
    /// Index into the sites' VBRs, by the VBR that runs there.
    pub(in crate::control) slots: BTreeMap<VbrId, usize>,
    /// The same, by the VBR's node.
    by_node: BTreeMap<NodeId, usize>,
    held: Vec<Held>,
    sub_interfaces: BTreeMap<ServiceKey, Service>,
    /// Which slot served the service last.
    pub(super) serving: BTreeMap<ServiceKey, usize>,
    facts: BTreeMap<ServiceKey, ServiceFact>,
    rule: PolicerRule,
    partner: Partner,
}

impl Services {
    /// Nothing runs anywhere yet.
    pub(super) fn new(sites: Sites, law: &State) -> Self {
        Self {
            held: vec![Held::default(); sites.vbrs.len()],
            by_node: sites.vbrs.iter().enumerate().map(|(i, vbr)| (vbr.node, i)).collect(),
            rule: policer_rule(&law.premises().policies),
            sites,
            ..Self::default()
        }
    }

    pub(super) fn place_circuit(&mut self, id: PcId, circuit: usize) {
        assert!(
            circuit < self.sites.circuits.len(),
            "a circuit is placed where one ends"
        );
        self.circuits.insert(id, circuit);
    }

    pub(super) fn place_vbr(&mut self, id: VbrId, slot: usize) {
        assert!(slot < self.sites.vbrs.len(), "a VBR is placed where one can run");
        self.slots.insert(id, slot);
    }

    /// Ends the meter's reading of a service here; its gates stay as they are.
    pub(super) fn read_meter(&self, law: &State, key: ServiceKey, commands: &mut Commands) {
        let open = law.service(&key).is_some_and(|view| view.open);
        let vlan = self
            .circuits
            .get(&key.circuit)
            .and_then(|circuit| self.sites.gates.vlan((*circuit, key.vlan)));
        let slot = self.serving.get(&key).map(|slot| self.sites.gates.slot(*slot));
        vlan.into_iter().chain(slot).for_each(|gate| commands.gate(gate, open));
    }

    /// The VBR at this node, where the transit router switches routes on its health.
    pub(super) fn switches_on_health(&self, law: &State, node: NodeId) -> Option<VbrId> {
        let key = self.by_node.get(&node).and_then(|slot| self.held[*slot].by);
        let vbr = law.service(&key?)?.vbr?;
        vbr.health_check.filter(|check| !check.only).map(|_| vbr.id)
    }

    /// Tells the transit router of the VBR at this node whether it is usable.
    pub(super) fn tell_router(&self, vbr: NodeId, usable: bool, commands: &mut Commands) {
        let slot = self.by_node.get(&vbr).map(|slot| &self.sites.vbrs[*slot]);
        if let Some((vpc, port)) = slot.and_then(|slot| slot.vpc) {
            commands.node(vpc, Change::Vpc(VpcChange::Usable(port, usable)));
        }
    }

    /// What an operator's hand in a partner's switch comes to.
    pub(super) fn by_hand(&mut self, node: NodeId, change: &SwitchChange) -> SwitchChange {
        self.partner.by_hand(&self.sites, node, change)
    }

    /// What is to be said of a service that something touched.
    pub(super) fn touched(&self, law: &State, key: ServiceKey) -> Option<Touched> {
        let circuit = *self.circuits.get(&key.circuit)?;
        let view = law.service(&key);
        let tenant = match &view {
            Some(view) => self.sites.tenants.get(&view.tenant).copied(),
            None => self.facts.get(&key).map(|fact| fact.tenant),
        };
        let carries = |view: &ServiceView| {
            let vbr = view.vbr.as_ref();
            view.open && vbr.is_some_and(|v| v.addresses.is_some() && v.cen_attached && !v.routes.is_empty())
        };
        Some(Touched {
            circuit,
            vlan: key.vlan,
            tenant: tenant.unwrap_or(TenantId::NONE),
            carries: view.as_ref().is_some_and(carries),
        })
    }

    /// Brings the boxes of one service to what the law says now; tells what is shown of it, where
    /// that changed.
    pub(super) fn refresh(
        &mut self,
        law: &State,
        key: ServiceKey,
        at: SimTime,
        commands: &mut Commands,
    ) -> Option<SlotFact> {
        let circuit = *self.circuits.get(&key.circuit)?;
        let view = law.service(&key);
        let vbr = view.as_ref().and_then(|v| v.vbr.as_ref());
        let slot = vbr.and_then(|v| self.slots.get(&v.id).copied());
        let lowered = self.lowered(view.as_ref(), circuit, slot);
        let partner = lowered.partner;
        self.set_sub_interface(circuit, key, lowered.sub_interface.as_ref(), commands);
        let last = match slot {
            Some(slot) => self.serving.insert(key, slot),
            None => self.serving.remove(&key),
        };
        if let Some(last) = last.filter(|last| Some(*last) != slot && self.held[*last].by == Some(key)) {
            self.set_slot(last, None, Lowered::default(), commands);
        }
        if let Some(slot) = slot {
            self.set_slot(slot, Some(key), lowered, commands);
        }
        let place = (circuit, key.vlan);
        let port = view.as_ref().and_then(|view| view.port.as_ref()).map(|port| port.id);
        self.partner
            .refresh(&mut self.sites, place, port.zip(partner), commands);
        let fact = self.fact(law, circuit, key, view.as_ref(), at)?;
        if fact.tenant.is_some() {
            commands.epoch(fact.tenant);
        }
        for gate in [
            self.sites.gates.vlan((circuit, key.vlan)),
            slot.or(last).map(|slot| self.sites.gates.slot(slot)),
        ] {
            let Some(gate) = gate else { continue };
            commands.gate(gate, fact.open);
            let rate = fact.vbr.as_ref().and_then(|vbr| vbr.bandwidth).filter(|_| fact.open);
            let sold_rate = rate.map(|rate| self.sold(circuit, fact.tenant, rate));
            commands.sold_rate(gate, sold_rate);
        }
        Some((slot, fact))
    }

    /// A service's policers have full buckets again: so has what it was sold.
    pub(super) fn renew_sold(&self, key: ServiceKey, slot: usize, circuit: usize, commands: &mut Commands) {
        let fact = self.facts.get(&key).filter(|fact| fact.open);
        let Some((tenant, rate)) = fact.and_then(|fact| Some((fact.tenant, fact.vbr.as_ref()?.bandwidth?))) else {
            return;
        };
        let gates = [
            self.sites.gates.vlan((circuit, key.vlan)),
            Some(self.sites.gates.slot(slot)),
        ];
        for gate in gates.into_iter().flatten() {
            commands.sold_rate(gate, None);
            commands.sold_rate(gate, Some(self.sold(circuit, tenant, rate)));
        }
    }

    /// What a service of this circuit means, its VBR being at this slot.
    fn lowered(&self, view: Option<&ServiceView>, circuit: usize, slot: Option<usize>) -> Lowered {
        let site = slot.map(|slot| self.sites.site(circuit, slot));
        lower(view, self.rule, site.as_ref())
    }

    /// What a service was sold, with the burst that comes with it.
    fn sold(&self, circuit: usize, tenant: TenantId, rate: BitRate) -> SoldRate {
        let limited = self.sites.circuits[circuit].subif_rate_limit;
        self.sites.bursts.sold(limited, tenant, rate, self.rule)
    }

    fn set_sub_interface(&mut self, circuit: usize, key: ServiceKey, new: Option<&Service>, commands: &mut Commands) {
        let id = sub_interface_id(circuit, key.vlan);
        for change in device_changes(id, self.sub_interfaces.get(&key), new) {
            commands.node(self.sites.circuits[circuit].device, change);
        }
        match new {
            Some(service) => self.sub_interfaces.insert(key, service.clone()),
            None => self.sub_interfaces.remove(&key),
        };
    }

    fn set_slot(&mut self, slot: usize, by: Option<ServiceKey>, lowered: Lowered, commands: &mut Commands) {
        let site = &self.sites.vbrs[slot];
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
                tenant: self.sites.tenants.get(&view.tenant).copied().unwrap_or(TenantId::NONE),
                circuit: self.sites.circuits[circuit].name.clone(),
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

/// The number of a VLAN's sub-interface on its access device.
pub(in crate::control) fn sub_interface_id(circuit: usize, vlan: u16) -> ServiceId {
    let number = circuit * 4096 + usize::from(vlan);
    ServiceId(u32::try_from(number).expect("fewer than 2^20 circuits"))
}

/// Is it the circuit's owner who keeps a tenant's frames out?
fn shut_by_owner(view: &ServiceView, law: &State) -> bool {
    let Some(circuit) = law.circuit(view.circuit) else {
        return false;
    };
    let owned_by_tenant = circuit.circuit.owner == view.tenant;
    let down = circuit.circuit.status != ConnectionStatus::Enabled || circuit.circuit.stopped;
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
