//! What operators do to a partner's switch by hand.

use std::collections::BTreeMap;

use crate::forward::{Policer, PolicerRule, Service, ServiceId};
use crate::ident::{NodeId, PortNo, TenantId};
use crate::node::SwitchChange;
use crate::node::lower::at_switch;
use crate::scenario::plan::{Fault, NodeKind, SwitchPlan};
use crate::scenario::wiring::Wired;
use crate::units::{BitRate, ByteCount};
use crate::wire::Vid;

/// A slower policer's burst stays at least this, unless it was smaller before.
const LEAST_BURST: ByteCount = ByteCount::new(64_000);

/// The burst that is as long at this rate as a policer's at its own.
pub(super) fn as_long(policer: &Policer, rate: BitRate) -> ByteCount {
    let (old, new) = (u128::from(policer.rate.as_bps().max(1)), u128::from(rate.as_bps()));
    let scaled = u128::from(policer.burst.get()) * new / old;
    let least = policer.burst.min(LEAST_BURST);
    ByteCount::new(u64::try_from(scaled).unwrap_or(u64::MAX)).max(least)
}

/// What operators have done so far: services that no longer are as wired.
pub(super) struct Hands<'a> {
    wired: &'a Wired,
    /// How policers are made.
    rule: PolicerRule,
    services: BTreeMap<(NodeId, ServiceId), Option<Service>>,
}

impl<'a> Hands<'a> {
    pub(super) fn new(wired: &'a Wired, rule: PolicerRule) -> Self {
        Self {
            wired,
            rule,
            services: BTreeMap::new(),
        }
    }

    fn switch(&self, node: NodeId) -> Option<&'a SwitchPlan> {
        match &self.wired.nodes[node.index()].kind {
            NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) => Some(switch),
            NodeKind::AccessDevice(_) | NodeKind::Idc(_) | NodeKind::Vbr(_) | NodeKind::Vpc(_) => None,
        }
    }

    fn wired(&self, node: NodeId, id: ServiceId) -> Option<Service> {
        self.switch(node)?.tables.services.get(&id).cloned()
    }

    fn now(&self, node: NodeId, id: ServiceId) -> Option<Service> {
        match self.services.get(&(node, id)) {
            Some(changed) => changed.clone(),
            None => self.wired(node, id),
        }
    }

    fn all(&self, node: NodeId) -> Vec<ServiceId> {
        let services = |switch: &SwitchPlan| switch.tables.services.keys().copied().collect();
        self.switch(node).map_or_else(Vec::new, services)
    }

    /// An IDC's service gets this VLAN towards the circuit behind `port`; who had it is overwritten,
    /// as on a real switch.
    pub(super) fn misconnect(&mut self, node: NodeId, idc: usize, port: PortNo, vid: Vid) -> Vec<Fault> {
        let id = ServiceId(idc as u32);
        let mut changes = Vec::new();
        for other in self.all(node).into_iter().filter(|o| *o != id) {
            let holds = self
                .now(node, other)
                .is_some_and(|s| s.members.iter().any(|m| m.port == port && m.vid == Some(vid)));
            if holds {
                self.services.insert((node, other), None);
                changes.push(Fault::Switch(node, SwitchChange::Remove(other)));
            }
        }
        if let Some(mut service) = self.now(node, id).or_else(|| self.wired(node, id)) {
            for member in service.members.iter_mut().filter(|m| m.port == port) {
                member.vid = Some(vid);
            }
            service.members.sort();
            self.services.insert((node, id), Some(service.clone()));
            changes.push(Fault::Switch(node, SwitchChange::Set(id, service)));
        }
        changes
    }

    /// Has the tenant any service at this switch, as it is wired?
    pub(super) fn carries(&self, node: NodeId, tenant: TenantId) -> bool {
        let carries = |switch: &SwitchPlan| switch.tables.services.values().any(|service| service.tenant == tenant);
        self.switch(node).is_some_and(carries)
    }

    /// From now on this switch polices the tenant to the rate, in each direction where his frames come
    /// in, whatever it did before. The burst is the one that is typed; else a policer that stands there
    /// keeps the time that it had, and a new one has the switch's own, or the contract's.
    pub(super) fn police(
        &mut self,
        node: NodeId,
        tenant: TenantId,
        rate: BitRate,
        burst: Option<ByteCount>,
    ) -> Vec<Fault> {
        let own = self.switch(node).map(|switch| switch.policing).unwrap_or_default();
        let mut changes = Vec::new();
        for id in self.all(node) {
            let Some(mut service) = self.now(node, id).filter(|s| s.tenant == tenant) else {
                continue;
            };
            for member in &mut service.members {
                let policer = match member.police {
                    Some(old) => Policer {
                        burst: as_long(&old, rate),
                        rate,
                        ..old
                    },
                    None => at_switch(self.rule.policer(rate), own.burst, own.octets),
                };
                member.police = Some(Policer {
                    burst: burst.unwrap_or(policer.burst),
                    ..policer
                });
            }
            self.services.insert((node, id), Some(service.clone()));
            changes.push(Fault::Switch(node, SwitchChange::Set(id, service)));
        }
        changes
    }
}
