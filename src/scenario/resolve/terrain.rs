//! Accounts, switches, devices, links and circuits.

use super::switch_ports::{PortKeys, Side};
use std::collections::BTreeMap;

use super::sites::{self, Cross, Idc, Vpc};
use super::steps::Steps;
use super::vlans::{self, Carriage};
use crate::ident::{AccountId, TenantId};
use crate::node::link::LinkConfig;
use crate::scenario::at::{At, Span};
use crate::scenario::codes::Code;
use crate::scenario::file::{AccountItem, CircuitItem, CircuitWord, DeviceItem, ScenarioFile, SwitchItem};
use crate::scenario::issues::Issues;
use crate::scenario::plan::{Role, TenantPlan};
use crate::scenario::scalars::Name;
use crate::units::{BitRate, ByteCount, SimDuration};

/// Where a name was not found; an error stands in the issues, and no list is so long.
pub(crate) const NOWHERE: usize = usize::MAX;

/// Who owns something where that was not found; an error stands in the issues.
const NOBODY: AccountId = AccountId(u32::MAX);

/// Names of one kind of thing.
pub(crate) struct Index {
    kind: &'static str,
    map: BTreeMap<String, usize>,
}

impl Index {
    pub(crate) fn new<'a>(kind: &'static str, names: impl Iterator<Item = &'a str>) -> Self {
        let mut map = BTreeMap::new();
        for (i, name) in names.enumerate() {
            map.entry(name.to_owned()).or_insert(i);
        }
        Self { kind, map }
    }

    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.map.get(name).copied()
    }

    /// The index, or an error with the nearest name.
    pub(crate) fn get(&self, name: &str, span: Span, issues: &mut Issues) -> Option<usize> {
        let found = self.find(name);
        if found.is_none() {
            let message = format!(
                "there is no {} `{}`",
                self.kind,
                name.chars().take(80).collect::<String>()
            );
            if self.map.is_empty() {
                let help = format!("the scenario has no {} at all", self.kind);
                issues.err_help(span, Code::Dangling, message, help);
            } else {
                issues.dangling(span, message, name, self.map.keys().map(String::as_str));
            }
        }
        found
    }
}

/// A partner's switch.
pub(crate) struct Switch {
    pub item: SwitchItem,
    pub fabric: bool,
}

/// A link between two switches.
pub(crate) struct Link {
    pub name: At<Name>,
    pub a: usize,
    pub b: usize,
    pub config: LinkConfig,
    pub carries: Carriage,
    /// Its two ports.
    pub ports: [PortKeys; 2],
}

/// A circuit.
pub(crate) struct Circuit {
    pub item: CircuitItem,
    pub owner: AccountId,
    pub a: usize,
    pub device: usize,
    pub bandwidth: BitRate,
    pub config: LinkConfig,
    pub carries: Carriage,
    /// Its two ports.
    pub ports: [PortKeys; 2],
}

/// Everything that stands when the run begins; every list is sorted by name.
pub(crate) struct Terrain {
    pub accounts: Vec<AccountItem>,
    pub account_names: Index,
    /// uid to account.
    pub uids: BTreeMap<u64, usize>,
    pub tenants: Vec<TenantPlan>,
    /// By account.
    pub tenant_of: Vec<Option<TenantId>>,
    pub switches: Vec<Switch>,
    pub devices: Vec<DeviceItem>,
    pub links: Vec<Link>,
    pub circuits: Vec<Circuit>,
    pub circuit_names: Index,
    pub idcs: Vec<Idc>,
    pub idc_names: Index,
    pub vpcs: Vec<Vpc>,
    pub vpc_names: Index,
    /// VPCs of each tenant.
    pub tenant_vpcs: Vec<Vec<usize>>,
    pub cross: Vec<Cross>,
    pub switch_names: Index,
}

impl Terrain {
    /// The tenant with this account name, or an error.
    pub(crate) fn tenant(&self, name: &At<Name>, issues: &mut Issues) -> Option<TenantId> {
        tenant(name, &self.account_names, &self.tenant_of, issues)
    }
    /// The tenant's VPCs.
    pub(crate) fn vpcs_of(&self, tenant: TenantId) -> &[usize] {
        self.tenant_vpcs.get(tenant.index()).map_or(&[], Vec::as_slice)
    }
    /// The account with this name, or an error.
    pub(crate) fn account(&self, name: &At<Name>, issues: &mut Issues) -> Option<AccountId> {
        self.account_names.get(name, name.span, issues).map(AccountId::of)
    }
}

pub(super) fn tenant(
    name: &At<Name>,
    accounts: &Index,
    tenant_of: &[Option<TenantId>],
    issues: &mut Issues,
) -> Option<TenantId> {
    let account = accounts.get(name, name.span, issues)?;
    let tenant = tenant_of[account];
    if tenant.is_none() {
        issues.err(name.span, Code::WrongRole, format!("`{}` is no tenant", name.0));
    }
    tenant
}

/// What an account is.
pub(crate) fn role(account: &AccountItem) -> Role {
    account.role.as_ref().map_or(Role::Tenant, |role| role.value)
}

/// What is left of the file (steps, traffic, faults, expectations), and the world.
pub(super) fn resolve(
    mut file: ScenarioFile,
    mut switches: Vec<(SwitchItem, bool)>,
    issues: &mut Issues,
) -> (ScenarioFile, Terrain) {
    let mut accounts = std::mem::take(&mut file.accounts);
    accounts.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    let account_names = Index::new("account", accounts.iter().map(|a| &*a.name.0));
    let uids = uids(&accounts, issues);
    let (tenants, tenant_of) = tenants(&accounts);

    switches.sort_by(|a, b| a.0.name.value.cmp(&b.0.name.value));
    let switch_names = Index::new("partner switch or fabric", switches.iter().map(|s| &*s.0.name.0));
    let owners = Owners::new(&accounts, &account_names);
    let switches: Vec<Switch> = switches
        .into_iter()
        .map(|(item, fabric)| {
            owners.of(item.owner.as_ref(), item.name.span, issues);
            check_switch(&item, issues);
            Switch { item, fabric }
        })
        .collect();
    let mut devices = std::mem::take(&mut file.access_devices);
    devices.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    let device_names = Index::new("access device", devices.iter().map(|d| &*d.name.0));
    let links = links(&mut file, &owners, &switch_names, issues);
    let circuits = circuits(&mut file, &owners, &switch_names, &device_names, issues);
    let circuit_names = Index::new("circuit", circuits.iter().map(|c| &*c.item.name.0));
    let mut terrain = Terrain {
        accounts,
        account_names,
        uids,
        tenants,
        tenant_of,
        switches,
        devices,
        links,
        circuits,
        circuit_names,
        idcs: Vec::new(),
        idc_names: Index::new("IDC", std::iter::empty()),
        vpcs: Vec::new(),
        vpc_names: Index::new("VPC", std::iter::empty()),
        tenant_vpcs: Vec::new(),
        cross: Vec::new(),
        switch_names,
    };
    vlans::check(&terrain, issues);
    sites::resolve(&mut file, &mut terrain, issues);
    (file, terrain)
}

fn uids(accounts: &[AccountItem], issues: &mut Issues) -> BTreeMap<u64, usize> {
    let mut uids = BTreeMap::new();
    for (i, account) in accounts.iter().enumerate() {
        if account.uid.value == 0 {
            issues.err(account.uid.span, Code::Zero, "an account id is not zero");
        }
        if let Some(other) = uids.insert(account.uid.value, i) {
            issues.err(
                account.uid.span,
                Code::DuplicateName,
                format!(
                    "`{}` and `{}` have the same uid",
                    accounts[other].name.0, account.name.0
                ),
            );
        }
    }
    uids
}

fn tenants(accounts: &[AccountItem]) -> (Vec<TenantPlan>, Vec<Option<TenantId>>) {
    let mut tenants = Vec::new();
    let mut tenant_of = Vec::with_capacity(accounts.len());
    for (i, account) in accounts.iter().enumerate() {
        if matches!(role(account), Role::Partner | Role::System) {
            tenant_of.push(None);
            continue;
        }
        tenant_of.push(Some(TenantId::of(tenants.len())));
        tenants.push(TenantPlan {
            name: account.name.0.clone(),
            account: AccountId::of(i),
        });
    }
    (tenants, tenant_of)
}

/// Who owns what belongs to a partner.
struct Owners<'a> {
    names: &'a Index,
    partner: Vec<bool>,
    only: Option<AccountId>,
}

impl<'a> Owners<'a> {
    fn new(accounts: &[AccountItem], names: &'a Index) -> Self {
        let partner: Vec<bool> = accounts.iter().map(|a| role(a) == Role::Partner).collect();
        let mut partners = partner
            .iter()
            .enumerate()
            .filter(|(_, p)| **p)
            .map(|(i, _)| AccountId::of(i));
        let only = partners.next().filter(|_| partners.next().is_none());
        Self { names, partner, only }
    }

    fn of(&self, owner: Option<&At<Name>>, place: Span, issues: &mut Issues) -> AccountId {
        let Some(name) = owner else {
            if self.only.is_none() {
                let many = self.partner.iter().any(|p| *p);
                let message = if many {
                    "there are several partners: say which is the `owner`"
                } else {
                    "this needs an account with `role: partner` as its owner"
                };
                issues.err(place, Code::Needed, message);
            }
            return self.only.unwrap_or(NOBODY);
        };
        let Some(i) = self.names.get(name, name.span, issues) else {
            return NOBODY;
        };
        if !self.partner[i] {
            issues.err_help(
                name.span,
                Code::WrongRole,
                format!("`{}` is not a partner", name.0),
                "give the account `role: partner`",
            );
        }
        AccountId::of(i)
    }
}

impl Owners<'_> {
    /// The account that is named, whatever its role (a tenant may own a circuit of its own), or
    /// the only partner.
    fn anybody(&self, owner: Option<&At<Name>>, place: Span, issues: &mut Issues) -> AccountId {
        match owner {
            Some(name) => self.names.get(name, name.span, issues).map_or(NOBODY, AccountId::of),
            None => self.of(None, place, issues),
        }
    }
}

fn check_switch(item: &SwitchItem, issues: &mut Issues) {
    let range = |value: &Option<At<u64>>, low: u64, high: u64, what: &str, issues: &mut Issues| {
        if let Some(v) = value.as_ref().filter(|v| !(low..=high).contains(&v.value)) {
            issues.err(
                v.span,
                Code::OutOfRange,
                format!("{what} is {low} to {high}, not {}", v.value),
            );
        }
    };
    range(&item.arp_per_second, 1, 1_000_000, "an ARP limit", issues);
    range(&item.icmp_per_second, 0, 10_000_000, "an ICMP limit", issues);
    range(&item.mac_limit, 1, 1_000_000, "a limit of learned addresses", issues);
    if let Some(age) = item.mac_age.as_ref().filter(|a| a.is_zero()) {
        issues.err(
            age.span,
            Code::Zero,
            "an address that is forgotten at once is never learned",
        );
    }
    range(&item.arp_burst, 1, 1_000_000, "a burst of ARP", issues);
    range(&item.icmp_burst, 1, 10_000_000, "a burst of ICMP", issues);
    if let Some(burst) = item.burst.as_ref().filter(|b| b.get() < LEAST_FRAME) {
        issues.err(
            burst.span,
            Code::OutOfRange,
            format!("a burst below {LEAST_FRAME} octets lets no frame pass"),
        );
    }
}

/// The shortest frame, with FCS.
const LEAST_FRAME: u64 = 64;

/// Defaults of a link.
pub(super) struct LinkDefaults {
    pub rate: BitRate,
    pub delay: SimDuration,
    pub mtu: u32,
    pub queue: ByteCount,
}

pub(super) fn link_config(
    rate: Option<&At<BitRate>>,
    delay: Option<&At<SimDuration>>,
    mtu: Option<&At<u64>>,
    queue: Option<&At<ByteCount>>,
    defaults: &LinkDefaults,
    issues: &mut Issues,
) -> LinkConfig {
    if let Some(r) = rate.filter(|r| r.as_bps() == 0) {
        issues.err_help(
            r.span,
            Code::Zero,
            "a rate of zero never sends a frame",
            "to take a link down, use the fault `cut`",
        );
    }
    if let Some(d) = delay.filter(|d| d.is_zero()) {
        issues.err(d.span, Code::Zero, "a link has a delay of at least 1ns");
    }
    if let Some(m) = mtu.filter(|m| !(68..=9216).contains(&m.value)) {
        issues.err(
            m.span,
            Code::OutOfRange,
            format!("an MTU is 68 to 9216, not {}", m.value),
        );
    }
    if let Some(q) = queue.filter(|q| q.get() == 0) {
        issues.err(
            q.span,
            Code::Zero,
            "a queue of no octets drops every second frame of a burst",
        );
    }
    LinkConfig {
        rate: rate.map_or(defaults.rate, |r| r.value),
        delay: delay.map_or(defaults.delay, |d| d.value),
        mtu: mtu.and_then(|m| u32::try_from(m.value).ok()).unwrap_or(defaults.mtu),
        queue: queue.map_or(defaults.queue, |q| q.value),
        police: None,
    }
}

fn links(file: &mut ScenarioFile, owners: &Owners<'_>, switches: &Index, issues: &mut Issues) -> Vec<Link> {
    let mut items = std::mem::take(&mut file.links);
    items.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    let defaults = LinkDefaults {
        rate: BitRate::from_mbps(100_000),
        delay: SimDuration::from_millis(1),
        mtu: 9000,
        queue: ByteCount::new(10_000_000),
    };
    items
        .into_iter()
        .map(|item| {
            let a = switches.get(&item.a, item.a.span, issues).unwrap_or(NOWHERE);
            let b = switches.get(&item.b, item.b.span, issues).unwrap_or(NOWHERE);
            if a == b && a != NOWHERE {
                issues.err(
                    item.b.span,
                    Code::SelfLink,
                    format!("`{}` has `{}` at both ends", item.name.0, item.b.0),
                );
            }
            if item.owner.is_some() {
                owners.of(item.owner.as_ref(), item.name.span, issues);
            }
            let config = link_config(
                item.rate.as_ref(),
                item.delay.as_ref(),
                item.mtu.as_ref(),
                item.queue.as_ref(),
                &defaults,
                issues,
            );
            let carries = Carriage::of(item.carries(), issues);
            let ends = [item.port_a.as_ref(), item.port_b.as_ref()];
            Link {
                ports: ends.map(|end| PortKeys::of(end, Side::Network, issues)),
                name: item.name,
                a,
                b,
                config,
                carries,
            }
        })
        .collect()
}

fn circuits(
    file: &mut ScenarioFile,
    owners: &Owners<'_>,
    switches: &Index,
    devices: &Index,
    issues: &mut Issues,
) -> Vec<Circuit> {
    let mut items = std::mem::take(&mut file.circuits);
    items.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    let defaults = LinkDefaults {
        rate: BitRate::from_mbps(10_000),
        delay: SimDuration::from_millis(1),
        mtu: 1500,
        queue: ByteCount::new(10_000_000),
    };
    items
        .into_iter()
        .map(|item| {
            let owner = owners.anybody(item.owner.as_ref(), item.name.span, issues);
            let a = switches.get(&item.a, item.a.span, issues).unwrap_or(NOWHERE);
            let device = devices.get(&item.b, item.b.span, issues).unwrap_or(NOWHERE);
            let config = link_config(
                item.rate.as_ref(),
                item.delay.as_ref(),
                item.mtu.as_ref(),
                item.queue.as_ref(),
                &defaults,
                issues,
            );
            if let Some(b) = item.bandwidth.as_ref().filter(|b| b.as_bps() == 0) {
                issues.err(b.span, Code::Zero, "nothing can be sold on a circuit of no bandwidth");
            }
            let carries = Carriage::of(item.carries(), issues);
            let ends = [item.port_a.as_ref(), item.port_b.as_ref()];
            Circuit {
                ports: ends.map(|end| PortKeys::of(end, Side::Network, issues)),
                carries,
                owner,
                a,
                device,
                bandwidth: item.bandwidth.as_ref().map_or(config.rate, |b| b.value),
                config,
                item,
            }
        })
        .collect()
}

impl Circuit {
    /// Does a step create it?
    pub(crate) fn planned(&self) -> bool {
        self.item
            .state
            .as_ref()
            .is_some_and(|s| s.value == CircuitWord::Planned)
    }
}

/// Names that must differ: nodes of every kind; links and circuits; accounts.
pub(super) fn check_names(terrain: &Terrain, steps: &Steps, issues: &mut Issues) {
    distinct(
        "account",
        terrain.accounts.iter().map(|a| (&*a.name.0, a.name.span)).collect(),
        issues,
    );
    let mut nodes: Vec<(&str, Span)> = Vec::new();
    nodes.extend(terrain.switches.iter().map(|s| (&*s.item.name.0, s.item.name.span)));
    nodes.extend(terrain.devices.iter().map(|d| (&*d.name.0, d.name.span)));
    nodes.extend(terrain.idcs.iter().map(|i| (&*i.item.name.0, i.item.name.span)));
    nodes.extend(terrain.vpcs.iter().map(|v| (&*v.item.name.0, v.item.name.span)));
    nodes.extend(steps.slots.iter().map(|s| (&*s.name, s.span)));
    distinct("node", nodes, issues);
    let mut links: Vec<(&str, Span)> = Vec::new();
    links.extend(terrain.links.iter().map(|l| (&*l.name.0, l.name.span)));
    links.extend(terrain.circuits.iter().map(|c| (&*c.item.name.0, c.item.name.span)));
    links.extend(terrain.cross.iter().map(|c| (&*c.name.0, c.name.span)));
    distinct("link or circuit", links, issues);
}

/// Every name once; the later one of two is at fault.
pub(super) fn distinct(kind: &str, mut names: Vec<(&str, Span)>, issues: &mut Issues) {
    names.sort();
    for pair in names.windows(2) {
        if pair[0].0 == pair[1].0 {
            issues.err_help(
                pair[1].1,
                Code::DuplicateName,
                format!("there is a {kind} `{}` already", pair[1].0),
                format!("the other one stands in line {}", pair[0].1.line),
            );
        }
    }
}
