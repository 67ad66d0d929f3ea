//! What the scenario calls a resource, instead of the id that the cloud made up for it.

use std::collections::BTreeMap;

use crate::check::case::Case;
use crate::ident::{AccountId, BindingId, TenantId};
use crate::provision::{Hole, ResourceId};

/// Names of resources, of a run, and whose accounts are whose.
#[derive(Debug)]
pub struct Names<'a> {
    by_id: BTreeMap<String, &'a str>,
    tenants: BTreeMap<AccountId, TenantId>,
}

impl<'a> Names<'a> {
    /// The names that the plan gives to circuits, and steps to what they make.
    pub fn new(case: &Case<'a>) -> Self {
        let cloud = &case.record.cloud;
        let circuits = cloud
            .circuits
            .iter()
            .zip(case.plan.circuits.iter().map(|c| c.name.as_str()));
        let bound = cloud.bound.iter().zip(case.plan.bindings.iter().map(String::as_str));
        let made = circuits.chain(bound).filter(|(id, _)| **id != ResourceId::UNBOUND);
        let mut by_id = BTreeMap::new();
        for (id, name) in made {
            // A circuit that a step makes has both; the circuit's own is the one that the file explains.
            by_id.entry(id.to_string()).or_insert(name);
        }
        let mut tenants = BTreeMap::new();
        for (at, tenant) in case.plan.tenants.iter().enumerate() {
            tenants.entry(tenant.account).or_insert(TenantId::of(at));
        }
        Self { by_id, tenants }
    }

    /// The tenant that has this account.
    pub(super) fn tenant_of(&self, account: AccountId) -> Option<TenantId> {
        self.tenants.get(&account).copied()
    }

    /// The tenant that owns what a step bound at the end, if it is there.
    pub(super) fn owner_of(&self, case: &Case<'_>, binding: BindingId) -> Option<TenantId> {
        let law = &case.record.cloud.law;
        let owner = match *case.record.cloud.bound.get(binding.index())? {
            ResourceId::Connection(id) => law.port(id)?.owner,
            ResourceId::Vbr(id) => law.vbr(id)?.owner,
            ResourceId::Attachment(_) | ResourceId::Unbound => return None,
        };
        self.tenant_of(owner)
    }

    /// The name of a resource, or its id if nobody named it.
    pub fn of(&self, id: impl ToString) -> String {
        let id = id.to_string();
        self.by_id.get(id.as_str()).map_or(id, |name| (*name).to_owned())
    }

    /// A text with every id in it replaced by its name.
    pub fn readable(&self, text: &str) -> String {
        let part = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(part) {
            let (before, tail) = rest.split_at(start);
            let (word, behind) = tail.split_at(tail.find(|c| !part(c)).unwrap_or(tail.len()));
            out.push_str(before);
            out.push_str(self.by_id.get(word).copied().unwrap_or(word));
            rest = behind;
        }
        out + rest
    }
}

/// What a plan calls a hole; `None`: a resource that does not exist.
pub(super) fn hole_name<'a>(case: &Case<'a>, hole: Hole) -> Option<&'a str> {
    match hole {
        Hole::Nothing => None,
        Hole::Circuit(circuit) => case.plan.circuits.get(circuit).map(|c| c.name.as_str()),
        Hole::Binding(binding) => case.plan.bindings.get(binding.index()).map(String::as_str),
    }
}
