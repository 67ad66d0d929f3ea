//! What must hold of every plan, so that it can be run: ids lead somewhere, lists are in order.

use std::collections::BTreeSet;

use super::plan::Plan;
use crate::ident::{AccountId, LinkId, NodeId, TenantId};

impl Plan {
    /// What of this does not hold; asked in debug builds of every plan that comes to be.
    pub(super) fn wrong(&self) -> Option<String> {
        self.list_wrong()
            .or_else(|| self.link_wrong())
            .or_else(|| self.circuit_wrong())
            .or_else(|| self.end_wrong())
    }

    /// Ids are indices into lists that are sorted by name, each name once.
    fn list_wrong(&self) -> Option<String> {
        let accounts = self.accounts.iter().map(|a| a.name.as_str()).collect();
        let tenants = self.tenants.iter().map(|t| t.name.as_str()).collect();
        let nodes = self.nodes.iter().map(|n| n.name.as_str()).collect();
        let links = self.links.iter().map(|l| l.name.as_str()).collect();
        let circuits = self.circuits.iter().map(|c| c.name.as_str()).collect();
        let bindings = self.bindings.iter().map(String::as_str).collect();
        let lists: [(&str, Vec<&str>); 6] = [
            ("accounts", accounts),
            ("tenants", tenants),
            ("nodes", nodes),
            ("links", links),
            ("circuits", circuits),
            ("bindings", bindings),
        ];
        let (list, _) = lists.iter().find(|(_, names)| !names.is_sorted_by(|a, b| a < b))?;
        Some(format!("the {list} are not in order of their names, each once"))
    }

    /// Each port of a node is the end of one link at most, and no link ends where it begins.
    fn link_wrong(&self) -> Option<String> {
        let mut taken = BTreeSet::new();
        let wrong = self.links.iter().find(|link| {
            let there = self.has_node(link.a.0) && self.has_node(link.b.0);
            let free = taken.insert(link.a) && taken.insert(link.b);
            !there || !free || link.a.0 == link.b.0
        })?;
        Some(format!("the link `{}` does not join two free ports", wrong.name))
    }

    fn circuit_wrong(&self) -> Option<String> {
        if self.circuit_ids.len() != self.circuits.len() {
            return Some("a circuit has no id of the cloud's".to_owned());
        }
        let wrong = self.circuits.iter().find(|circuit| {
            let there = self.has_node(circuit.device) && self.has_account(circuit.owner);
            !there || !self.has_link(circuit.link)
        });
        if let Some(circuit) = wrong {
            return Some(format!("the circuit `{}` leads nowhere", circuit.name));
        }
        let wrong = self.vbr_slots.iter().find(|slot| {
            let made = slot.step < self.steps.len() && slot.circuit < self.circuits.len();
            !made || !self.has_node(slot.node) || !self.has_tenant(slot.tenant)
        })?;
        Some(format!("the VBR `{}` leads nowhere", wrong.name))
    }

    /// Flows join nodes; what happens at a time comes in order and before the end.
    fn end_wrong(&self) -> Option<String> {
        let joins = |from, to, tenant| self.has_node(from) && self.has_node(to) && self.has_tenant(tenant);
        if let Some(flow) = self.flows.iter().find(|flow| !joins(flow.from, flow.to, flow.tenant)) {
            return Some(format!("the flow `{}` joins nothing", flow.name));
        }
        if let Some(tenant) = self.tenants.iter().find(|tenant| !self.has_account(tenant.account)) {
            return Some(format!("the tenant `{}` has no account", tenant.name));
        }
        let faults = self.faults.is_sorted_by_key(|fault| fault.at);
        (!faults).then(|| "faults come out of order".to_owned())
    }

    fn has_node(&self, node: NodeId) -> bool {
        node.index() < self.nodes.len()
    }

    fn has_link(&self, link: LinkId) -> bool {
        link.index() < self.links.len()
    }

    fn has_account(&self, account: AccountId) -> bool {
        account.index() < self.accounts.len()
    }

    fn has_tenant(&self, tenant: TenantId) -> bool {
        tenant.index() < self.tenants.len()
    }
}
