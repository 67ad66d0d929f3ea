//! Where a VBR that a step creates will run. It is wired in advance, whatever the law will say to
//! the call: a place where nothing ever runs is idle.

use std::collections::BTreeMap;

use super::PlannedVbr;
use super::names::Names;
use crate::ident::{AccountId, TenantId};
use crate::provision::{AccountRef, Hole, Operation, OperationName, VLAN_MAX};
use crate::scenario::codes::Code;
use crate::scenario::file::StepItem;
use crate::scenario::issues::Issues;
use crate::scenario::resolve::terrain::{NOWHERE, Terrain};

/// Port of a VBR of a port ...: any chain longer than this runs in a circle.
const CHAIN_MAX: usize = 8;

/// The places of all VBRs.
pub(super) struct Slots<'a> {
    pub(super) names: &'a Names<'a>,
    pub(super) terrain: &'a Terrain,
    /// By step; `None` where the call cannot be expressed.
    pub(super) calls: &'a [Option<Operation<Hole>>],
    pub(super) list: Vec<PlannedVbr>,
    pub(super) by_name: BTreeMap<String, usize>,
}

impl Slots<'_> {
    /// The place of the VBR that this step creates, where it creates one.
    pub(super) fn place(
        &mut self,
        step: usize,
        item: &StepItem,
        by: Option<AccountId>,
        issues: &mut Issues,
    ) -> Option<usize> {
        if item.operation.value != OperationName::CreateVirtualBorderRouter {
            if let Some(vpc) = &item.vpc {
                issues.err(
                    vpc.span,
                    Code::StepParameter,
                    "only CreateVirtualBorderRouter has a `vpc`",
                );
            }
            return None;
        }
        let call = self.calls[step].as_ref();
        let circuit = call.and_then(|call| self.circuit(call.made_on()?));
        let tenant = call.and_then(|call| self.owner(call, by));
        let (circuit, tenant) = match (circuit, tenant) {
            (Some(circuit), Some(tenant)) => (circuit, tenant),
            // The plan is refused: what names this VBR is not at fault besides.
            _ if issues.any() => (NOWHERE, TenantId::NONE),
            _ => return None,
        };
        let bound = item.bind.as_ref();
        let name = bound.map_or_else(|| format!("step/{:06}", step + 1), |b| b.0.clone());
        let vpc = match circuit {
            NOWHERE => None,
            circuit => self.vpc(item, tenant, circuit, issues),
        };
        if let Some(known) = self.by_name.get(&name) {
            return Some(*known);
        }
        let local = match call {
            Some(Operation::CreateVirtualBorderRouter(vbr)) => vbr.local_gateway_ip.as_ref(),
            _ => None,
        };
        self.list.push(PlannedVbr {
            name: name.clone(),
            span: item.bind.as_ref().map_or(item.at.span, |b| b.span),
            tenant,
            circuit,
            vpc,
            step,
            local: local.and_then(|ip| ip.parse().ok()),
            vlan: call.and_then(|call| self.vlan(call)),
        });
        self.by_name.insert(name, self.list.len() - 1);
        Some(self.list.len() - 1)
    }

    /// An address that a VBR has only from a later step is its address too: the first that is given.
    pub(super) fn find_addresses(&mut self) {
        for call in self.calls.iter().flatten() {
            let Operation::ModifyVirtualBorderRouterAttribute(change) = call else {
                continue;
            };
            let Hole::Binding(binding) = change.vbr_id else {
                continue;
            };
            let place = self.by_name.get(self.names.of(binding).0);
            if let Some(slot) = place.map(|place| &mut self.list[*place])
                && slot.local.is_none()
            {
                slot.local = change.local_gateway_ip.as_ref().and_then(|ip| ip.parse().ok());
            }
        }
    }

    /// The call that makes what this names, where a step makes it.
    fn maker(&self, hole: Hole) -> Option<&Operation<Hole>> {
        let Hole::Binding(binding) = hole else { return None };
        self.calls[self.names.of(binding).1].as_ref()
    }

    /// The circuit behind a circuit, port or VBR.
    fn circuit(&self, hole: Hole) -> Option<usize> {
        let mut hole = hole;
        for _ in 0..CHAIN_MAX {
            let planned = match hole {
                Hole::Circuit(circuit) => Some(circuit),
                Hole::Binding(binding) => self.terrain.circuit_names.find(self.names.of(binding).0),
                Hole::Nothing => None,
            };
            if planned.is_some() {
                return planned;
            }
            hole = self.maker(hole)?.made_on()?;
        }
        None
    }

    /// The VLAN that a call names for what it creates, or that is inherited from what it names.
    fn vlan(&self, call: &Operation<Hole>) -> Option<u16> {
        let mut call = call;
        for _ in 0..CHAIN_MAX {
            if let Some(vlan) = call.made_with_vlan() {
                return u16::try_from(vlan).ok().filter(|vlan| *vlan <= VLAN_MAX);
            }
            call = self.maker(call.made_on()?)?;
        }
        None
    }

    /// Whose VBR it will be: the one it is pushed to, or the caller; for a partner that calls on a
    /// tenant's port (and will be refused), the port's tenant.
    fn owner(&self, call: &Operation<Hole>, by: Option<AccountId>) -> Option<TenantId> {
        if let Some(owner) = call.made_for() {
            return self.tenant(owner);
        }
        let caller = by.and_then(|by| self.terrain.tenant_of[by.index()]);
        caller.or_else(|| self.tenant(self.maker(call.made_on()?)?.made_for()?))
    }

    fn tenant(&self, account: AccountRef) -> Option<TenantId> {
        let index = match account {
            AccountRef::Account(id) => id.index(),
            AccountRef::Uid(uid) => *self.terrain.uids.get(&uid)?,
        };
        self.terrain.tenant_of[index]
    }

    /// The transit router: the one that is named, or the tenant's only one, or its only one in the
    /// circuit's region.
    fn vpc(&self, item: &StepItem, tenant: TenantId, circuit: usize, issues: &mut Issues) -> Option<usize> {
        let terrain = self.terrain;
        if let Some(name) = &item.vpc {
            let i = terrain.vpc_names.get(name, name.span, issues)?;
            if terrain.vpcs[i].tenant != tenant {
                issues.err(
                    name.span,
                    Code::CrossTenant,
                    format!("the VPC `{}` is another tenant's", name.0),
                );
            }
            return Some(i);
        }
        let region = terrain
            .circuits
            .get(circuit)
            .and_then(|c| terrain.devices.get(c.device))
            .map(|d| d.region.value.as_str());
        let own = terrain.vpcs_of(tenant);
        let mut near = own
            .iter()
            .take(1_000)
            .copied()
            .filter(|i| Some(terrain.vpcs[*i].item.region.value.as_str()) == region);
        match (own, near.next(), near.next()) {
            ([only], ..) => Some(*only),
            (_, Some(one), None) => Some(one),
            ([], ..) => None,
            _ => {
                issues.err(
                    item.operation.span,
                    Code::Needed,
                    "the tenant has several VPCs: say which transit router the VBR is for with `vpc`",
                );
                None
            }
        }
    }

    /// Sorts the slots by name, as every list of the plan is; for each, where it now stands.
    pub(super) fn sort(&mut self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.list.len()).collect();
        order.sort_by(|a, b| self.list[*a].name.cmp(&self.list[*b].name));
        let mut place = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old] = new;
        }
        for slot in self.by_name.values_mut() {
            *slot = place[*slot];
        }
        self.list.sort_by(|a, b| a.name.cmp(&b.name));
        place
    }
}
