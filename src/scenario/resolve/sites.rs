//! IDCs, VPCs and the links between regions: the places that have addresses.

use std::net::{IpAddr, Ipv4Addr};

use super::circuit_vlans;
use super::switch_ports::{PortKeys, Side};
use super::terrain::{Index, LinkDefaults, NOWHERE, Terrain, link_config, tenant};
use crate::forward::PortRole;
use crate::host::ArpConfig;
use crate::ident::TenantId;
use crate::node::link::LinkConfig;
use crate::node::vpc::{Endpoint, EndpointKind};
use crate::scenario::at::{At, Span};
use crate::scenario::codes::Code;
use crate::scenario::file::{
    AgreedItem, ArpItem, CrossBorderItem, EndpointWord, IdcItem, PortWord, ScenarioFile, VpcItem,
};
use crate::scenario::issues::Issues;
use crate::scenario::scalars::{BindMac, Name, Prefix};
use crate::units::{BitRate, ByteCount, SimDuration};
use crate::wire::{MacAddr, Vid};

/// Hosts of an IDC, and endpoints of a VPC.
const HOSTS_MAX: usize = 4_096;

/// The line of a data centre, where nothing is written.
const LINE: LinkDefaults = LinkDefaults {
    rate: BitRate::from_mbps(1_000),
    delay: SimDuration::from_micros(500),
    mtu: 1500,
    queue: ByteCount::new(1_000_000),
};

/// A network in canonical form.
pub(crate) type Net = (Ipv4Addr, u8);

/// A tenant's data centre.
pub(crate) struct Idc {
    pub item: IdcItem,
    pub tenant: TenantId,
    pub switch: usize,
    pub circuit: usize,
    pub role: PortRole,
    pub tag: Option<Vid>,
    /// How its port is configured beyond its role.
    pub port: PortKeys,
    /// Another line of its tenant's is in the same VLAN of its circuit.
    pub shares: bool,
    /// On the circuit; 0: untagged.
    pub vlan: Vid,
    pub config: LinkConfig,
    pub address: Ipv4Addr,
    pub prefix_len: u8,
    pub gateway: Ipv4Addr,
    pub lan: Option<Net>,
    pub hosts: Vec<Ipv4Addr>,
    pub routes: Vec<Net>,
    pub arp: ArpConfig,
}

impl Idc {
    /// The VLAN that its switch's port has for it; `None`: untagged, or a tunnel.
    pub(crate) fn port_vid(&self) -> Option<Vid> {
        self.port.vid.or(self.tag).filter(|_| self.role == PortRole::Trunk)
    }

    /// The networks behind it and its interconnect.
    pub(crate) fn nets(&self) -> Vec<Net> {
        let mut nets = vec![(mask(self.address, self.prefix_len), self.prefix_len)];
        match self.lan {
            Some(lan) => nets.push(lan),
            None => nets.extend(self.hosts.iter().map(|h| (*h, 32))),
        }
        nets
    }
}

/// A transit router with its VPC.
pub(crate) struct Vpc {
    pub item: VpcItem,
    pub tenant: TenantId,
    pub cidr: Net,
    pub endpoints: Vec<Endpoint>,
}

/// A link between regions.
pub(crate) struct Cross {
    pub name: At<Name>,
    pub tenant: TenantId,
    pub a: usize,
    pub b: usize,
    pub config: LinkConfig,
    /// What was sold across it, and what it is policed to.
    pub sold: Option<(BitRate, BitRate)>,
    /// Is its queue whatever it must be?
    pub roomy: bool,
}

pub(crate) fn mask(address: Ipv4Addr, len: u8) -> Ipv4Addr {
    let bits = u32::from(address);
    Ipv4Addr::from(if len == 0 {
        0
    } else {
        bits & (u32::MAX << (32 - u32::from(len.min(32))))
    })
}

/// First and last address.
fn range((net, len): Net) -> (u32, u32) {
    let first = u32::from(net);
    (first, first | u32::MAX.checked_shr(u32::from(len)).unwrap_or(0))
}

/// IPv4, or "not modelled".
pub(super) fn v4(address: &At<IpAddr>, issues: &mut Issues) -> Option<Ipv4Addr> {
    match address.value {
        IpAddr::V4(v4) => Some(v4),
        IpAddr::V6(_) => {
            issues.err(
                address.span,
                Code::NotModelled,
                format!("IPv6 addresses (`{}`) are not modelled yet", address.value),
            );
            None
        }
    }
}

fn v4_prefix(prefix: &At<Prefix>, issues: &mut Issues) -> Option<Net> {
    v4(&At::new(prefix.value.address, prefix.span), issues).map(|a| (a, prefix.value.len))
}

/// An IPv4 network without host bits.
fn net(prefix: &At<Prefix>, issues: &mut Issues) -> Option<Net> {
    let (address, len) = v4_prefix(prefix, issues)?;
    let base = mask(address, len);
    if base != address {
        issues.err_help(
            prefix.span,
            Code::NotInPrefix,
            format!("`{address}/{len}` has bits behind its prefix"),
            format!("write `{base}/{len}`"),
        );
    }
    Some((base, len))
}

/// A host of the prefix: inside, and neither network nor broadcast address.
fn is_host((base, len): Net, address: Ipv4Addr) -> bool {
    let (first, last) = range((base, len));
    let a = u32::from(address);
    if len >= 31 {
        (first..=last).contains(&a)
    } else {
        first < a && a < last
    }
}

pub(super) fn resolve(file: &mut ScenarioFile, terrain: &mut Terrain, issues: &mut Issues) {
    let mut vpcs = std::mem::take(&mut file.vpcs);
    vpcs.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    terrain.vpc_names = Index::new("VPC", vpcs.iter().map(|v| &*v.name.0));
    terrain.vpcs = vpcs.into_iter().map(|item| vpc(item, terrain, issues)).collect();
    let mut own: Vec<Vec<Net>> = vec![Vec::new(); terrain.tenants.len()];
    terrain.tenant_vpcs = vec![Vec::new(); terrain.tenants.len()];
    for (i, vpc) in terrain.vpcs.iter().enumerate().filter(|(_, v)| v.tenant.is_some()) {
        own[vpc.tenant.index()].push(vpc.cidr);
        terrain.tenant_vpcs[vpc.tenant.index()].push(i);
    }
    let mut idcs = std::mem::take(&mut file.idcs);
    idcs.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    terrain.idc_names = Index::new("IDC", idcs.iter().map(|i| &*i.name.0));
    terrain.idcs = idcs.into_iter().map(|item| idc(item, terrain, &own, issues)).collect();
    let mut cross = std::mem::take(&mut file.cross_border);
    cross.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    terrain.cross = cross
        .into_iter()
        .map(|item| cross_border(item, terrain, issues))
        .collect();
    check_domains(terrain, issues);
    circuit_vlans::share(terrain);
    circuit_vlans::check(terrain, issues);
}

fn vpc(item: VpcItem, terrain: &Terrain, issues: &mut Issues) -> Vpc {
    let tenant = tenant(&item.tenant, &terrain.account_names, &terrain.tenant_of, issues).unwrap_or(TenantId::NONE);
    let cidr = net(&item.cidr, issues).unwrap_or((Ipv4Addr::UNSPECIFIED, 32));
    let mut names: Vec<(&str, Span)> = item.endpoints.iter().map(|e| (&*e.name.0, e.name.span)).collect();
    names.sort();
    super::terrain::distinct("endpoint of this VPC", names, issues);
    let mut endpoints: Vec<Endpoint> = Vec::new();
    if let Some(extra) = item.endpoints.get(HOSTS_MAX) {
        issues.err(
            extra.name.span,
            Code::TooMany,
            format!("a VPC has at most {HOSTS_MAX} endpoints"),
        );
    }
    for e in item.endpoints.iter().take(HOSTS_MAX) {
        let Some(address) = v4(&e.address, issues) else {
            continue;
        };
        if !is_host(cidr, address) {
            issues.err(
                e.address.span,
                Code::NotInPrefix,
                format!("`{address}` is no host of `{}/{}`", cidr.0, cidr.1),
            );
        }
        if endpoints.iter().any(|other| other.address == address) {
            issues.err(
                e.address.span,
                Code::Overlap,
                format!("two endpoints have the address `{address}`"),
            );
        }
        let kind = match e.kind.as_ref().map(|k| k.value) {
            None | Some(EndpointWord::Ecs) => EndpointKind::Ecs,
            Some(EndpointWord::Oss) => EndpointKind::Oss,
            Some(EndpointWord::Rds) => EndpointKind::Rds,
            Some(EndpointWord::Slb) => EndpointKind::Slb,
        };
        endpoints.push(Endpoint { address, kind });
    }
    Vpc {
        item,
        tenant,
        cidr,
        endpoints,
    }
}

fn idc(item: IdcItem, terrain: &Terrain, own: &[Vec<Net>], issues: &mut Issues) -> Idc {
    let tenant = tenant(&item.tenant, &terrain.account_names, &terrain.tenant_of, issues).unwrap_or(TenantId::NONE);
    let switch = terrain
        .switch_names
        .get(&item.attach, item.attach.span, issues)
        .unwrap_or(NOWHERE);
    let circuit = terrain
        .circuit_names
        .get(&item.circuit, item.circuit.span, issues)
        .unwrap_or(NOWHERE);
    let (role, tag) = port_and_tag(&item, issues);
    let vlan = vid(&item.vlan_id, 0, issues).unwrap_or(Vid::RESERVED);
    let last = item.last_mile.clone().unwrap_or_default();
    let config = link_config(
        last.rate.as_ref(),
        last.delay.as_ref(),
        last.mtu.as_ref(),
        last.queue.as_ref(),
        &LINE,
        issues,
    );
    if let Some(spec) = item.spec.as_ref().filter(|s| s.as_bps() == 0) {
        issues.err(spec.span, Code::Zero, "a bandwidth of zero lets nothing pass");
    }
    if let Some(mac) = &item.mac {
        of_a_station(mac, issues);
    }
    if let Some(bind) = &item.bind_mac
        && let BindMac::This(mac) = bind.value
    {
        of_a_station(&At::new(mac, bind.span), issues);
    }
    if let Some(agreed) = &item.agreed {
        self::agreed(agreed, issues);
    }
    let (address, prefix_len, gateway) = interconnect(&item, issues);
    let lan = item.lan.as_ref().and_then(|l| net(l, issues));
    let mut hosts: Vec<Ipv4Addr> = Vec::new();
    if let Some(extra) = item.hosts.get(HOSTS_MAX) {
        issues.err(
            extra.span,
            Code::TooMany,
            format!("an IDC has at most {HOSTS_MAX} hosts"),
        );
    }
    for host in item.hosts.iter().take(HOSTS_MAX) {
        let Some(h) = v4(host, issues) else { continue };
        if lan.is_some_and(|lan| !is_host(lan, h)) {
            issues.err(host.span, Code::NotInPrefix, format!("`{h}` is no host of the LAN"));
        }
        if hosts.contains(&h) {
            issues.err(host.span, Code::Overlap, format!("the host `{h}` stands twice"));
        }
        hosts.push(h);
    }
    if let (true, Some((base, len))) = (hosts.is_empty(), lan) {
        hosts.push(if len >= 31 {
            base
        } else {
            Ipv4Addr::from(u32::from(base) + 1)
        });
    }
    let routes = match &item.routes {
        Some(list) => list.iter().filter_map(|r| net(r, issues)).collect(),
        None => own.get(tenant.index()).cloned().unwrap_or_default(),
    };
    Idc {
        tenant,
        switch,
        circuit,
        port: PortKeys::of(item.switch_port.as_ref(), Side::Customer(role), issues),
        shares: false,
        role,
        tag,
        vlan,
        config,
        address,
        prefix_len,
        gateway,
        lan,
        hosts,
        routes,
        arp: arp(item.arp.as_ref(), issues),
        item,
    }
}

/// Is this an address that a station has?
pub(super) fn of_a_station(mac: &At<MacAddr>, issues: &mut Issues) {
    if !mac.value.is_of_a_station() {
        issues.err_help(
            mac.span,
            Code::BadAddress,
            format!("`{}` is no address that a station has", mac.value),
            "its first octet is even (an odd one is a group's), and not all octets are zero: `02:00:00:00:00:01`",
        );
    }
}

/// What was agreed is such that it could be.
fn agreed(item: &AgreedItem, issues: &mut Issues) {
    if let Some(tag) = &item.tag {
        vid(tag, 1, issues);
    }
    if let Some(vlan) = &item.vlan_id {
        vid(vlan, 0, issues);
    }
    if let Some(spec) = item.spec.as_ref().filter(|spec| spec.as_bps() == 0) {
        issues.err(spec.span, Code::Zero, "a bandwidth of zero lets nothing pass");
    }
    if let Some(mac) = &item.mac {
        of_a_station(mac, issues);
    }
    if let Some(address) = &item.address {
        v4_prefix(address, issues);
    }
    if let Some(gateway) = &item.gateway {
        v4(gateway, issues);
    }
    // As of a link.
    link_config(None, None, item.mtu.as_ref(), None, &LINE, issues);
}

/// A VID of the partner's: `low` to 4094.
pub(super) fn vid(value: &At<u64>, low: u64, issues: &mut Issues) -> Option<Vid> {
    if !(low..=4094).contains(&value.value) {
        issues.err(
            value.span,
            Code::VidRange,
            format!("a VLAN of the partner's is {low} to 4094, not {}", value.value),
        );
        return None;
    }
    u16::try_from(value.value).ok().and_then(Vid::new)
}

fn port_and_tag(item: &IdcItem, issues: &mut Issues) -> (PortRole, Option<Vid>) {
    let tag = item.tag.as_ref().and_then(|t| vid(t, 1, issues));
    let role = match item.port.as_ref().map(|p| p.value) {
        None if item.tag.is_some() => PortRole::Trunk,
        None | Some(PortWord::Access) => PortRole::Access,
        Some(PortWord::Trunk) => PortRole::Trunk,
        Some(PortWord::Tunnel) => PortRole::Tunnel,
    };
    if let (PortRole::Access, Some(tag)) = (role, &item.tag) {
        issues.err_help(
            tag.span,
            Code::TagAndPort,
            "an access port takes untagged frames only",
            "leave `tag` out, or write `port: trunk`",
        );
    }
    let has_vid = item.switch_port.as_ref().is_some_and(|port| port.vid.is_some());
    if let (PortRole::Trunk, None, Some(port)) = (role, &item.tag, &item.port)
        && !has_vid
    {
        issues.err_help(
            port.span,
            Code::TagAndPort,
            "a trunk port needs the customer's `tag`",
            "write `tag: 50`, or `port: access`",
        );
    }
    (role, tag)
}

fn interconnect(item: &IdcItem, issues: &mut Issues) -> (Ipv4Addr, u8, Ipv4Addr) {
    let nothing = (Ipv4Addr::UNSPECIFIED, 30, Ipv4Addr::UNSPECIFIED);
    let Some((address, len)) = v4_prefix(&item.address, issues) else {
        return nothing;
    };
    if !(24..=30).contains(&len) {
        issues.err(
            item.address.span,
            Code::OutOfRange,
            format!("an interconnect is a /24 to /30, not a /{len}"),
        );
        return nothing;
    }
    let base = (mask(address, len), len);
    if !is_host(base, address) {
        issues.err(
            item.address.span,
            Code::NotInPrefix,
            format!("`{address}` is the network or broadcast address of its /{len}"),
        );
        return nothing;
    }
    let gateway = match &item.gateway {
        Some(gateway) => {
            let Some(g) = v4(gateway, issues) else { return nothing };
            if !is_host(base, g) || g == address {
                issues.err(
                    gateway.span,
                    Code::NotInPrefix,
                    format!("the gateway `{g}` is no other host of `{}/{len}`", base.0),
                );
            }
            g
        }
        None if len == 30 => Ipv4Addr::from(u32::from(base.0) + 3 - (u32::from(address) & 3)),
        None => {
            issues.err(
                item.address.span,
                Code::Needed,
                format!("in a /{len} the `gateway` must be given"),
            );
            address
        }
    };
    (address, len, gateway)
}

fn arp(item: Option<&ArpItem>, issues: &mut Issues) -> ArpConfig {
    let mut config = ArpConfig::default();
    let Some(item) = item else { return config };
    for time in [&item.retry, &item.age].into_iter().flatten() {
        if time.is_zero() {
            issues.err(time.span, Code::Zero, "a time of zero would ask without end");
        }
    }
    let mut small = |value: &Option<At<u64>>, low: u64, what: &str, into: &mut u8| {
        if let Some(v) = value {
            match u8::try_from(v.value).ok().filter(|_| v.value >= low) {
                Some(n) => *into = n,
                None => issues.err(
                    v.span,
                    Code::OutOfRange,
                    format!("{what} is {low} to 255, not {}", v.value),
                ),
            }
        }
    };
    small(&item.tries, 1, "the number of requests", &mut config.tries);
    small(&item.queue, 0, "the number of waiting frames", &mut config.queue);
    if let Some(retry) = &item.retry {
        config.retry = retry.value;
    }
    if let Some(age) = &item.age {
        config.age = age.value;
    }
    if let Some(g) = &item.gratuitous {
        config.gratuitous = g.value;
    }
    config
}

fn cross_border(item: CrossBorderItem, terrain: &Terrain, issues: &mut Issues) -> Cross {
    let tenant = tenant(&item.tenant, &terrain.account_names, &terrain.tenant_of, issues).unwrap_or(TenantId::NONE);
    let mut end = |name: &At<Name>| {
        let i = terrain.vpc_names.get(name, name.span, issues).unwrap_or(NOWHERE);
        if terrain.vpcs.get(i).is_some_and(|v| v.tenant != tenant) {
            issues.err(
                name.span,
                Code::CrossTenant,
                format!("the VPC `{}` is another tenant's", name.0),
            );
        }
        i
    };
    let (a, b) = (end(&item.a), end(&item.b));
    if a == b && a != NOWHERE {
        issues.err(
            item.b.span,
            Code::SelfLink,
            format!("`{}` has `{}` at both ends", item.name.0, item.b.0),
        );
    }
    let defaults = LinkDefaults {
        rate: item.rate.value,
        delay: item.delay.value,
        mtu: 1500,
        queue: ByteCount::new(1_000_000),
    };
    let config = link_config(
        Some(&item.rate),
        Some(&item.delay),
        item.mtu.as_ref(),
        item.queue.as_ref(),
        &defaults,
        issues,
    );
    Cross {
        sold: sold_across(&item, issues),
        roomy: item.queue.is_none(),
        name: item.name,
        tenant,
        a,
        b,
        config,
    }
}

/// What was sold across a border, and what it is policed to.
fn sold_across(item: &CrossBorderItem, issues: &mut Issues) -> Option<(BitRate, BitRate)> {
    for rate in [&item.spec, &item.police].into_iter().flatten() {
        if rate.as_bps() == 0 {
            issues.err(rate.span, Code::Zero, "a policer of no rate passes nothing");
        }
    }
    if let (None, Some(police)) = (&item.spec, &item.police) {
        issues.err(
            police.span,
            Code::Needed,
            format!("`{}` is policed and sells nothing: give it a `spec`", item.name.0),
        );
    }
    let spec = item.spec.as_ref()?.value;
    Some((spec, item.police.as_ref().map_or(spec, |police| police.value)))
}

/// Within one tenant, no two prefixes overlap.
fn check_domains(terrain: &Terrain, issues: &mut Issues) {
    let mut all: Vec<(TenantId, u32, u32, Net, Span, &'static str)> = Vec::new();
    let mut add = |tenant: TenantId, net: Net, span: Span, what: &'static str| {
        if tenant.is_some() {
            let (first, last) = range(net);
            all.push((tenant, first, last, net, span, what));
        }
    };
    for idc in &terrain.idcs {
        add(
            idc.tenant,
            (mask(idc.address, idc.prefix_len), idc.prefix_len),
            idc.item.address.span,
            "interconnect",
        );
        match (idc.lan, &idc.item.lan) {
            (Some(lan), Some(item)) => add(idc.tenant, lan, item.span, "LAN"),
            _ => {
                for (host, item) in idc.hosts.iter().zip(&idc.item.hosts) {
                    add(idc.tenant, (*host, 32), item.span, "host");
                }
            }
        }
    }
    for vpc in &terrain.vpcs {
        add(vpc.tenant, vpc.cidr, vpc.item.cidr.span, "VPC");
    }
    all.sort();
    let mut widest: Option<(TenantId, u32, Net, Span, &str)> = None;
    for (tenant, first, last, net, span, what) in all {
        if let Some((t, end, other, there, kind)) = widest
            && t == tenant
            && first <= end
        {
            let (early, late) = if there <= span { (there, span) } else { (span, there) };
            issues.err_help(
                late,
                Code::Overlap,
                format!(
                    "the {what} `{}/{}` and the {kind} `{}/{}` of one tenant overlap",
                    net.0, net.1, other.0, other.1
                ),
                format!("the other one stands in line {}", early.line),
            );
        }
        if widest.is_none_or(|(t, end, ..)| t != tenant || end < last) {
            widest = Some((tenant, last, net, span, what));
        }
    }
}
