//! Keeps the partner's switches at what is sold, and at what operators did to them by hand.
//!
//! A VLAN that is sold anew, by another shared port than before, is policed to what that port was sold
//! with. A port that changes its spec changes no switch: that is an operator's work (`police`).

use std::collections::BTreeMap;

use super::sites::{PolicedPort, PolicedSite, Sites};
use crate::control::command::Commands;
use crate::forward::{Member, Policer, Service, ServiceId};
use crate::ident::{NodeId, PortNo};
use crate::node::lower::at_switch;
use crate::node::{Change, SwitchChange};
use crate::provision::PcId;

type SwitchService = (NodeId, ServiceId);

/// What stands in the partner's switches, where that is not what their tables said at the start.
#[derive(Debug, Default)]
pub(super) struct Partner {
    /// The shared port that each policed VLAN was sold by last, and with what.
    sold: BTreeMap<usize, (PcId, Policer)>,
    /// Services as they stand; `None`: gone.
    now: BTreeMap<SwitchService, Option<Service>>,
    /// Services as operators take them to stand, who know of no later sale.
    by_hand: BTreeMap<SwitchService, Option<Service>>,
}

impl Partner {
    /// Brings the switches of a VLAN's way to what the law says is sold there: by which port, and the
    /// policer that means.
    pub(super) fn refresh(
        &mut self,
        sites: &mut Sites,
        place: (usize, u16),
        sale: Option<(PcId, Policer)>,
        commands: &mut Commands,
    ) {
        let (Some(index), Some((port, policer))) = (policed(sites, place), sale) else {
            return;
        };
        let before = self.sold.get(&index).copied();
        if before.is_some_and(|(known, _)| known == port) {
            return;
        }
        self.sold.insert(index, (port, policer));
        let before = before.map(|(_, policer)| policer.rate);
        if before.or(sites.policed[index].sold) != Some(policer.rate) {
            self.police(sites, index, policer, commands);
        }
    }

    fn police(&mut self, sites: &mut Sites, index: usize, sold: Policer, commands: &mut Commands) {
        let Sites { policed, bursts, .. } = sites;
        let vlan = &policed[index];
        let mut nodes: Vec<NodeId> = vlan.ports.iter().map(|port| port.node).collect();
        nodes.dedup();
        for node in nodes {
            let place = (node, vlan.service);
            let wired = vlan.tables.get(&node);
            let now = self.now.get(&place).cloned();
            let Some(mut service) = now.unwrap_or_else(|| wired.cloned()) else {
                continue;
            };
            for port in vlan.ports.iter().filter(|port| port.node == node) {
                let policer = at_switch(sold, port.burst, port.octets);
                bursts.add_policer(service.tenant, policer.burst);
                for member in service.members.iter_mut().filter(|member| member.port == port.port) {
                    member.police = Some(policer);
                }
            }
            // What was typed in beside, at this switch, is replaced with the rest.
            if let Some(like) = vlan.ports.iter().find(|port| port.node == node) {
                let beside = service.members.iter_mut().filter(|member| member.police.is_some());
                for member in beside {
                    member.police = Some(at_switch(sold, like.burst, like.octets));
                }
            }
            let change = SwitchChange::Set(vlan.service, service.clone());
            self.now.insert(place, Some(service));
            commands.node(node, Change::Switch(change));
        }
    }

    /// What of a VLAN's way is not policed to what this port was sold with last. A hand in a switch
    /// goes before every sale.
    pub(super) fn wrong(&self, sites: &Sites, place: (usize, u16), sold_by: Option<PcId>) -> Option<String> {
        let (index, port) = policed(sites, place).zip(sold_by)?;
        let vlan = &sites.policed[index];
        let Some((_, sold)) = self.sold.get(&index).filter(|(known, _)| *known == port) else {
            return Some(format!("the partner does not know who sold VLAN {} last", vlan.vlan));
        };
        let differs = vlan.ports.iter().find(|port| {
            let place = (port.node, vlan.service);
            let wired = || vlan.tables.get(&port.node);
            let service = self.now.get(&place).map_or_else(wired, Option::as_ref);
            let mut members = service.into_iter().flat_map(|service| &service.members);
            let policer = Some(at_switch(*sold, port.burst, port.octets));
            !self.by_hand.contains_key(&place)
                && members.any(|member| member.port == port.port && member.police != policer)
        })?;
        let PolicedPort { node, port, .. } = differs;
        Some(format!(
            "VLAN {} is not policed to what was sold at {node:?}, {port:?}",
            vlan.vlan
        ))
    }

    /// What an operator's hand comes to. It was written down without knowing what would be sold: who
    /// moves a service to another VLAN leaves its policers as they are.
    pub(super) fn by_hand(&mut self, sites: &Sites, node: NodeId, change: &SwitchChange) -> SwitchChange {
        let (id, typed) = match change {
            SwitchChange::Set(id, service) => (*id, Some(service)),
            SwitchChange::Remove(id) => (*id, None),
            // What no hand types into a table leaves the tables as they are.
            SwitchChange::Interrupt(..) | SwitchChange::Resume(_) | SwitchChange::Renew(_) => return change.clone(),
        };
        let place = (node, id);
        let Some(wired) = wired(sites, place) else {
            return change.clone(); // Nothing is sold there: it stands as it was typed.
        };
        let known = self.by_hand.insert(place, typed.cloned());
        let known = known.unwrap_or_else(|| Some(wired.clone()));
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

/// The index of the policed VLAN here, where the partner polices it.
fn policed(sites: &Sites, place: (usize, u16)) -> Option<usize> {
    let key = |vlan: &PolicedSite| (vlan.circuit, vlan.vlan);
    sites.policed.binary_search_by_key(&place, key).ok()
}

/// Ports and VLANs of a service.
fn ends(service: &Service) -> Vec<(PortNo, Option<crate::wire::Vid>)> {
    let end = |member: &Member| (member.port, member.vid);
    service.members.iter().map(end).collect()
}

/// A service as a policed VLAN's switch has it at the start.
fn wired(sites: &Sites, (node, id): SwitchService) -> Option<&Service> {
    let of = sites.policed.iter().filter(|vlan| vlan.service == id);
    of.filter_map(|vlan| vlan.tables.get(&node)).next()
}

#[cfg(test)]
impl Partner {
    /// Every switch polices as it did at the start, whatever was sold since.
    pub(super) fn spoil(&mut self) {
        self.now.clear();
    }
}
