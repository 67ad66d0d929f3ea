//! Each data centre's way into the cloud, and the calls of the file that make it.

use std::collections::{BTreeMap, BTreeSet};

use super::Owner;
use super::accounts::Accounts;
use super::outcomes::Outcomes;
use crate::provision::{OperationName as Op, Spec};
use crate::scenario::file::{AgreedItem, IdcItem, StepItem, VpcItem};
use crate::scenario::{Expanded, ItemName, Plan};
use crate::units::{BitRate, SimTime};

/// A call of the file, and how it ended.
#[derive(Clone)]
pub(super) struct Call<'a> {
    pub name: ItemName,
    pub item: &'a StepItem,
    /// When it was accepted; `None`: it was refused, or never ran.
    pub accepted: Option<SimTime>,
}

/// What a call of the file says under a key.
fn with<'a>(item: &'a StepItem, key: &str) -> Option<&'a str> {
    let mut rows = item.with.0.iter();
    rows.find(|(name, _)| name == key).map(|(_, value)| value.0.as_str())
}

impl Call<'_> {
    pub(super) fn with(&self, key: &str) -> Option<&str> {
        with(self.item, key)
    }
    pub(super) fn bind(&self) -> Option<&str> {
        self.item.bind.as_ref().map(|bind| bind.0.as_str())
    }
    fn vlan(&self) -> Option<u64> {
        self.with("VlanId").and_then(|vlan| vlan.parse().ok())
    }
    /// Is it meant to be accepted?
    fn is_meant(&self) -> bool {
        self.item.expect_error.is_none() && !self.item.dry_run.as_ref().is_some_and(|dry| dry.value)
    }
}

/// The node of a place: `dc` of `dc/172.16.1.10`.
pub(super) fn base(place: &str) -> &str {
    place.split('/').next().unwrap_or_default()
}

/// How a service comes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// On a shared port.
    Shared,
    /// A cross-account VBR.
    Legacy,
    /// On a circuit of the tenant's own.
    Own,
}

/// A data centre's service, with the calls that make it. A call that is not there is `None`.
pub(super) struct Service<'a> {
    pub idc: &'a IdcItem,
    pub tenant: &'a str,
    pub kind: Kind,
    /// Whoever owns its circuit.
    pub seller: Owner,
    /// The account of the seller.
    pub seller_account: String,
    pub vpcs: Vec<&'a VpcItem>,
    /// The call that sells it: a shared port, or a VBR for another account.
    pub sale: Option<Call<'a>>,
    pub acceptance: Option<Call<'a>>,
    /// The call that makes the VBR; a legacy one is made by the sale.
    pub router: Option<Call<'a>>,
    /// The last call that gives the VBR addresses.
    pub addresses: Option<Call<'a>>,
    pub routes: Vec<Call<'a>>,
    pub attachment: Option<Call<'a>>,
}

impl<'a> Service<'a> {
    /// What its parties agreed.
    pub(super) fn agreed(&self) -> Option<&'a AgreedItem> {
        self.idc.agreed.as_ref()
    }

    /// The customer's own tag: as it was agreed, else as the port has it.
    pub(super) fn agreed_tag(&self) -> Option<u64> {
        let agreed = self.agreed().and_then(|agreed| agreed.tag.as_ref());
        agreed.or(self.idc.tag.as_ref()).map(|tag| tag.value)
    }

    /// The VLAN on the circuit: as it was agreed, else as the partner's switch has it.
    pub(super) fn agreed_vlan(&self) -> u64 {
        let agreed = self.agreed().and_then(|agreed| agreed.vlan_id.as_ref());
        agreed.unwrap_or(&self.idc.vlan_id).value
    }

    /// What its VBR is called, where some call makes it.
    pub(super) fn vbr(&self) -> Option<&str> {
        match self.kind {
            Kind::Legacy => self.sale.as_ref()?.bind(),
            Kind::Shared | Kind::Own => self.router.as_ref()?.bind(),
        }
    }
}

/// Every service, in the order of the data centres.
pub(super) struct Services<'a> {
    pub list: Vec<Service<'a>>,
    /// Every call of the file that is meant to be accepted.
    pub calls: Vec<Call<'a>>,
    sold: BTreeMap<String, BitRate>,
    /// The place of each data centre in the list.
    places: BTreeMap<&'a str, usize>,
}

/// Calls by what they name, in the order of the file: there may be five for each of thousands of services.
struct ByName<'c, 'a> {
    calls: &'c [Call<'a>],
    /// What sells a service of a circuit, and of its VLANs.
    circuits: BTreeMap<&'a str, Vec<usize>>,
    vlans: BTreeMap<(&'a str, u64), Vec<usize>>,
    /// By operation, a key, and what it says there.
    values: BTreeMap<(Op, &'static str, &'a str), Vec<usize>>,
}

/// The keys by which a call goes on with what another made.
const GO_ON: [&str; 3] = ["PhysicalConnectionId", "VbrId", "RouteTableId"];

impl<'c, 'a> ByName<'c, 'a> {
    fn new(calls: &'c [Call<'a>]) -> Self {
        let mut named = Self {
            calls,
            circuits: BTreeMap::new(),
            vlans: BTreeMap::new(),
            values: BTreeMap::new(),
        };
        for (at, call) in calls.iter().enumerate() {
            let op = call.item.operation.value;
            for key in GO_ON {
                if let Some(value) = with(call.item, key) {
                    named.values.entry((op, key, value)).or_default().push(at);
                }
            }
            let Some(circuit) = with(call.item, "PhysicalConnectionId") else {
                continue;
            };
            named.circuits.entry(circuit).or_default().push(at);
            if let Some(vlan) = call.vlan() {
                named.vlans.entry((circuit, vlan)).or_default().push(at);
            }
        }
        named
    }

    /// Calls that could sell a service: those that name as much of it as is looked at.
    fn sales(&self, how: Like, service: &Service<'_>) -> Vec<&Call<'a>> {
        let circuit = service.idc.circuit.0.as_str();
        let places = match how {
            Like::Account => self.circuits.get(circuit),
            Like::Exactly | Like::Vlan => self.vlans.get(&(circuit, service.idc.vlan_id.value)),
        };
        self.at(places)
    }

    /// Calls of an operation that name this under a key.
    fn on(&self, op: Op, key: &'static str, of: &str) -> Vec<&Call<'a>> {
        self.at(self.values.get(&(op, key, of)))
    }

    fn at(&self, places: Option<&Vec<usize>>) -> Vec<&Call<'a>> {
        places.into_iter().flatten().map(|at| &self.calls[*at]).collect()
    }
}

impl<'a> Services<'a> {
    pub(super) fn new(expanded: &'a Expanded, plan: &Plan, outcomes: &Outcomes<'_>, accounts: &Accounts<'a>) -> Self {
        let calls = calls(expanded, outcomes);
        let calls: Vec<Call<'a>> = calls.into_iter().filter(Call::is_meant).collect();
        let mut used = BTreeSet::new();
        let mut vpcs: BTreeMap<&str, Vec<&VpcItem>> = BTreeMap::new();
        for vpc in &expanded.file().vpcs {
            vpcs.entry(&vpc.tenant.0).or_default().push(vpc);
        }
        let mut list: Vec<Service<'a>> = expanded
            .file()
            .idcs
            .iter()
            .map(|idc| Service::bare(idc, &vpcs, accounts))
            .collect();
        // Who is named exactly goes before who is named in part, so that two services of one tenant do
        // not take each other's call.
        let named = ByName::new(&calls);
        for how in [Like::Exactly, Like::Account, Like::Vlan] {
            for service in list.iter_mut().filter(|service| service.sale.is_none()) {
                let sale = named
                    .sales(how, service)
                    .into_iter()
                    .find(|call| !used.contains(&call.name) && how.fits(call, service, accounts));
                if let Some(sale) = sale {
                    used.insert(sale.name.clone());
                    if sale.item.operation.value == Op::CreateVirtualBorderRouter {
                        service.kind = match service.kind {
                            Kind::Own => Kind::Own,
                            Kind::Shared | Kind::Legacy => Kind::Legacy,
                        };
                    }
                    service.sale = Some(sale.clone());
                }
            }
        }
        for service in &mut list {
            service.follow(&named);
        }
        let sold = list
            .iter()
            .filter_map(|service| Some((service.idc.name.0.clone(), sold(service, plan)?)));
        let places = list.iter().enumerate().rev();
        Self {
            sold: sold.collect(),
            places: places.map(|(at, service)| (&*service.idc.name.0, at)).collect(),
            list,
            calls,
        }
    }

    /// The bandwidth that is sold to a data centre.
    pub(super) fn sold(&self, idc: &str) -> Option<BitRate> {
        self.sold.get(idc).copied()
    }

    /// The service of a data centre.
    pub(super) fn of(&self, idc: &str) -> Option<&Service<'a>> {
        self.places.get(idc).map(|at| &self.list[*at])
    }
}

/// Every call of the file, with how it ended.
fn calls<'a>(expanded: &'a Expanded, outcomes: &Outcomes<'_>) -> Vec<Call<'a>> {
    let named = expanded.steps().enumerate();
    named
        .map(|(at, (name, item))| Call {
            name,
            item,
            accepted: outcomes.accepted(at),
        })
        .collect()
}

/// How much of a sale names a service.
#[derive(Clone, Copy)]
enum Like {
    /// Circuit, account and VLAN.
    Exactly,
    /// Circuit and account: another VLAN was typed.
    Account,
    /// Circuit and VLAN: another account was typed.
    Vlan,
}

impl Like {
    fn fits(self, call: &Call<'_>, service: &Service<'_>, accounts: &Accounts<'_>) -> bool {
        let buyer = match (call.item.operation.value, service.kind) {
            (Op::CreateVirtualPhysicalConnection, Kind::Shared | Kind::Legacy) => call.with("VpconnAliUid"),
            (Op::CreateVirtualBorderRouter, Kind::Shared | Kind::Legacy) => call.with("VbrOwnerId"),
            (Op::CreateVirtualBorderRouter, Kind::Own) => Some(service.tenant),
            _ => None,
        };
        let Some(buyer) = buyer else { return false };
        let vlan = || call.vlan() == Some(service.agreed_vlan());
        let account = || accounts.is(buyer, service.tenant);
        let circuit = call.with("PhysicalConnectionId") == Some(service.idc.circuit.0.as_str());
        circuit
            && match self {
                Self::Exactly => vlan() && account(),
                Self::Account => account(),
                Self::Vlan => vlan(),
            }
    }
}

impl<'a> Service<'a> {
    fn bare(idc: &'a IdcItem, vpcs: &BTreeMap<&str, Vec<&'a VpcItem>>, accounts: &Accounts<'a>) -> Self {
        let tenant = idc.tenant.0.as_str();
        let circuit = accounts.circuit(&idc.circuit.0);
        let seller = circuit.map_or_else(|| accounts.named(None), |circuit| accounts.of_circuit(circuit));
        let own = seller == Owner::Tenant(tenant.to_owned());
        Self {
            idc,
            tenant,
            kind: if own { Kind::Own } else { Kind::Shared },
            seller_account: match &seller {
                Owner::Partner(account) | Owner::Tenant(account) => account.clone(),
                Owner::Cloud | Owner::Load(_) | Owner::Contract => String::new(),
            },
            seller,
            vpcs: vpcs.get(tenant).cloned().unwrap_or_default(),
            sale: None,
            acceptance: None,
            router: None,
            addresses: None,
            routes: Vec::new(),
            attachment: None,
        }
    }

    /// Finds the calls that go on with what the sale made.
    fn follow(&mut self, named: &ByName<'_, 'a>) {
        let on = |op: Op, key: &'static str, of: Option<&str>| -> Vec<Call<'a>> {
            let of = of.into_iter();
            let mut found: Vec<Call<'a>> = of.flat_map(|of| named.on(op, key, of)).cloned().collect();
            // One that was accepted goes before those that were refused.
            found.sort_by_key(|call| call.accepted.is_none());
            found
        };
        let first = |mut found: Vec<Call<'a>>| (!found.is_empty()).then(|| found.swap_remove(0));
        let sale = self.sale.clone();
        let bound = sale.as_ref().and_then(Call::bind);
        match self.kind {
            Kind::Shared => {
                self.acceptance = first(on(Op::ConfirmPhysicalConnection, "PhysicalConnectionId", bound));
                self.router = first(on(Op::CreateVirtualBorderRouter, "PhysicalConnectionId", bound));
            }
            Kind::Legacy => self.acceptance = first(on(Op::ConfirmVirtualBorderRouter, "VbrId", bound)),
            Kind::Own => self.router.clone_from(&sale),
        }
        let vbr = self.vbr().map(str::to_owned);
        let vbr = vbr.as_deref();
        let given = on(Op::ModifyVirtualBorderRouterAttribute, "VbrId", vbr);
        let mut given = given.into_iter().filter(|call| call.with("LocalGatewayIp").is_some());
        let at_once = self.router.clone().filter(|call| call.with("LocalGatewayIp").is_some());
        self.addresses = given.next_back().or(at_once);
        self.routes = on(Op::CreateRouteEntry, "RouteTableId", vbr);
        self.attachment = first(on(Op::CreateTransitRouterVbrAttachment, "VbrId", vbr));
    }
}

/// What is sold: what was agreed, or what the sale asks for, or what the partner's switch polices where none
/// does.
fn sold(service: &Service<'_>, plan: &Plan) -> Option<BitRate> {
    if let Some(spec) = service.agreed().and_then(|agreed| agreed.spec.as_ref()) {
        return Some(spec.value);
    }
    let asked = service.sale.as_ref().and_then(|sale| sale_rate(sale, plan));
    asked.or_else(|| service.idc.spec.as_ref().map(|spec| spec.value))
}

/// The bandwidth that a sale asks for; `None`: none.
pub(super) fn sale_rate(sale: &Call<'_>, plan: &Plan) -> Option<BitRate> {
    let unit = plan.law.premises().policies.spec_1g;
    let spec = sale.with("Spec");
    let spec = spec.and_then(|name| Spec::all().find(|spec| spec.name() == name));
    let vbr = || sale.with("Bandwidth")?.parse().ok().map(BitRate::from_mbps);
    spec.map(|spec| spec.rate(unit)).or_else(vbr)
}
