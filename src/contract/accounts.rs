//! Who owns what in a file.

use std::collections::BTreeMap;

use super::Owner;
use crate::provision::{CustomerEnd, Policies};
use crate::scenario::file::{AccountItem, CircuitItem, IdcItem, LinkItem, ScenarioFile, SwitchItem};
use crate::scenario::plan::Role;
use crate::scenario::{At, Name};

/// The accounts of a file, and what they own.
pub(super) struct Accounts<'a> {
    file: &'a ScenarioFile,
    /// By name: a file may have thousands, and each call is asked whose it is.
    by_name: BTreeMap<&'a str, &'a AccountItem>,
    circuits: BTreeMap<&'a str, &'a CircuitItem>,
    only_partner: &'a str,
    policies: &'a Policies,
}

impl<'a> Accounts<'a> {
    pub(super) fn new(file: &'a ScenarioFile, policies: &'a Policies) -> Self {
        let partner = |role: Option<&At<Role>>| role.is_some_and(|role| role.value == Role::Partner);
        let mut partners = file.accounts.iter().filter(|a| partner(a.role.as_ref()));
        // The first of a name is meant.
        let accounts = file.accounts.iter().rev();
        let circuits = file.circuits.iter().rev();
        Self {
            file,
            by_name: accounts.map(|account| (&*account.name.0, account)).collect(),
            circuits: circuits.map(|circuit| (&*circuit.name.0, circuit)).collect(),
            only_partner: partners.next().map_or("", |account| &account.name.0),
            policies,
        }
    }

    /// The account that a key names, or the partner where it is left out.
    pub(super) fn named(&self, owner: Option<&'a At<Name>>) -> Owner {
        let name = owner.map_or(self.only_partner, |owner| &owner.0);
        self.owner(name)
    }

    /// Whoever has this account.
    pub(super) fn owner(&self, account: &str) -> Owner {
        match self.role(account) {
            Role::Partner => Owner::Partner(account.to_owned()),
            Role::System => Owner::Cloud,
            Role::Tenant | Role::Stranger => Owner::Tenant(account.to_owned()),
        }
    }

    fn role(&self, account: &str) -> Role {
        let found = self.by_name.get(account);
        found
            .and_then(|item| item.role.as_ref())
            .map_or(Role::Tenant, |role| role.value)
    }

    /// Does this text name the account: by its name, or by its id?
    pub(super) fn is(&self, text: &str, account: &str) -> bool {
        let uid = || self.by_name.get(account).map(|item| item.uid.value.to_string());
        text == account || uid().is_some_and(|uid| uid == text)
    }

    /// The owner of a switch.
    pub(super) fn of_switch(&self, switch: &'a SwitchItem) -> Owner {
        self.named(switch.owner.as_ref())
    }

    /// The owner of a switch, fabric or access device, by its name.
    pub(super) fn of_device(&self, name: &str) -> Option<Owner> {
        let mut switches = self.file.access_points.iter().chain(&self.file.fabrics);
        match switches.find(|switch| *switch.name.0 == *name) {
            Some(switch) => Some(self.of_switch(switch)),
            None => {
                let is_device = self.file.access_devices.iter().any(|device| *device.name.0 == *name);
                is_device.then_some(Owner::Cloud)
            }
        }
    }

    /// The owner of a circuit.
    pub(super) fn of_circuit(&self, circuit: &'a CircuitItem) -> Owner {
        self.named(circuit.owner.as_ref())
    }

    /// The owner of a link between switches.
    pub(super) fn of_link(&self, link: &'a LinkItem) -> Owner {
        match &link.owner {
            Some(owner) => self.owner(&owner.0),
            None => self.of_device(&link.a).unwrap_or_else(|| self.named(None)),
        }
    }

    /// Whoever answers for a port of a customer: the owner of the switch that it is at.
    pub(super) fn of_port(&self, attach: &str) -> Owner {
        self.of_device(attach).unwrap_or_else(|| self.named(None))
    }

    /// Whoever ordered the line of a data centre (policy `last_mile_ordered_by`).
    pub(super) fn of_line(&self, idc: &IdcItem) -> Owner {
        match self.policies.last_mile_ordered_by {
            CustomerEnd::Partner => self.of_port(&idc.attach),
            CustomerEnd::Tenant => Owner::Tenant(idc.tenant.0.clone()),
        }
    }

    /// Whoever sets up the edge of a data centre (policy `ce_managed_by`).
    pub(super) fn of_edge(&self, idc: &IdcItem) -> Owner {
        match self.policies.ce_managed_by {
            CustomerEnd::Partner => self.of_port(&idc.attach),
            CustomerEnd::Tenant => Owner::Tenant(idc.tenant.0.clone()),
        }
    }

    /// The circuit of this name.
    pub(super) fn circuit(&self, name: &str) -> Option<&'a CircuitItem> {
        self.circuits.get(name).copied()
    }
}
