//! Keeps the partner's switches at what is sold, and at what operators did to them by hand.
//!
//! A VLAN that is sold anew, by another shared port than before, is policed to what that port was sold
//! with. A port that changes its spec changes no switch: that is an operator's work (`police`).

use std::collections::BTreeMap;

use super::bursts::Bursts;
use crate::engine::control::Commands;
use crate::forward::{Member, PolicerRule, Service, ServiceId};
use crate::ident::{NodeId, PortNo};
use crate::node::lower::{sold, sold_policer};
use crate::node::{Change, SwitchChange};
use crate::provision::{PcId, ServiceView};
use crate::scenario::Plan;
use crate::scenario::plan::{NodeKind, PolicedVlan};
use crate::units::BitRate;

type Place = (NodeId, ServiceId);

/// What stands in the partner's switches, where that is not what the plan's tables say.
#[derive(Debug, Default)]
pub(super) struct Partner {
    /// The shared port that each policed VLAN was sold by last, and with what.
    sold: BTreeMap<usize, (PcId, BitRate)>,
    /// Services as they stand; `None`: gone.
    now: BTreeMap<Place, Option<Service>>,
    /// Services as the plan's faults take them to stand, which know of no later sale.
    by_hand: BTreeMap<Place, Option<Service>>,
}

impl Partner {
    /// Brings the switches of a VLAN's way to what the law says is sold there.
    pub(super) fn refresh(
        &mut self,
        plan: &Plan,
        place: (usize, u16),
        view: Option<&ServiceView>,
        rule: PolicerRule,
        bursts: &mut Bursts,
        commands: &mut Commands,
    ) {
        let Ok(index) = plan
            .policed
            .binary_search_by_key(&place, |vlan| (vlan.circuit, vlan.vlan))
        else {
            return;
        };
        let port = view.and_then(|view| view.port.as_ref()).map(|port| port.id);
        let (Some(port), Some(rate)) = (port, sold(view)) else {
            return;
        };
        let vlan = &plan.policed[index];
        let before = self.sold.get(&index).copied();
        if before.is_some_and(|(known, _)| known == port) {
            return;
        }
        self.sold.insert(index, (port, rate));
        if before.map(|(_, rate)| rate).or(vlan.sold) != Some(rate) {
            self.police(plan, vlan, rate, rule, bursts, commands);
        }
    }

    fn police(
        &mut self,
        plan: &Plan,
        vlan: &PolicedVlan,
        rate: BitRate,
        rule: PolicerRule,
        bursts: &mut Bursts,
        commands: &mut Commands,
    ) {
        let mut nodes: Vec<NodeId> = vlan.ports.iter().map(|port| port.node).collect();
        nodes.dedup();
        for node in nodes {
            let place = (node, vlan.service);
            let Some(mut service) = self.service(plan, place) else {
                continue;
            };
            for port in vlan.ports.iter().filter(|port| port.node == node) {
                let policer = sold_policer(rate, port.burst, rule);
                bursts.widen(service.tenant, &policer);
                for member in service.members.iter_mut().filter(|member| member.port == port.port) {
                    member.police = Some(policer);
                }
            }
            let change = SwitchChange::Set(vlan.service, service.clone());
            self.now.insert(place, Some(service));
            commands.node(node, Change::Switch(change));
        }
    }

    fn service(&self, plan: &Plan, place: Place) -> Option<Service> {
        let now = self.now.get(&place).cloned();
        now.unwrap_or_else(|| wired(plan, place).cloned())
    }

    /// What an operator's hand comes to. It was written down without knowing what would be sold: who
    /// moves a service to another VLAN leaves its policers as they are.
    pub(super) fn by_hand(&mut self, plan: &Plan, node: NodeId, change: &SwitchChange) -> SwitchChange {
        let (id, typed) = match change {
            SwitchChange::Set(id, service) => (*id, Some(service)),
            SwitchChange::Remove(id) => (*id, None),
        };
        let place = (node, id);
        let known = self.by_hand.insert(place, typed.cloned());
        let known = known.unwrap_or_else(|| wired(plan, place).cloned());
        let mut service = typed.cloned();
        if let (Some(service), Some(Some(now))) = (&mut service, self.now.get(&place))
            && known.is_none_or(|known| ends(&known) != ends(service))
        {
            for member in &mut service.members {
                let stands = now.members.iter().find(|stands| stands.port == member.port);
                member.police = stands.map_or(member.police, |stands| stands.police);
            }
        }
        self.now.insert(place, service.clone());
        match service {
            Some(service) => SwitchChange::Set(id, service),
            None => SwitchChange::Remove(id),
        }
    }
}

/// Ports and VLANs of a service.
fn ends(service: &Service) -> Vec<(PortNo, Option<crate::wire::Vid>)> {
    let end = |member: &Member| (member.port, member.vid);
    service.members.iter().map(end).collect()
}

/// A service as the plan's tables have it.
fn wired(plan: &Plan, (node, id): Place) -> Option<&Service> {
    match &plan.nodes[node.index()].kind {
        NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) | NodeKind::AccessDevice(switch) => {
            switch.tables.services.get(&id)
        }
        NodeKind::Idc(_) | NodeKind::Vbr(_) | NodeKind::Vpc(_) => None,
    }
}
