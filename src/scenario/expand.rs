//! Shorthands and imports become what could have been written out.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use super::at::{At, Span, Wrong};
use super::codes::Code;
use super::file::*;
use super::import::{capture, graphml};
use super::issues::Issues;
use super::load::unreadable;
use super::plan::Role;
use super::scalars::{Name, Param, PlaceRef, Prefix};
use super::source::{FILE_MAX, Sources, beside};
use super::yaml::Table;
use crate::provision::{NextHopType, OperationName as Op, OrderMode, Spec, VLAN_MAX};
use crate::units::{SimDuration, SimTime};
use crate::wire::{Frame, MacAddr};

/// Tenants that a scenario may have.
pub(super) const TENANTS_MAX: u64 = 250_000;

/// Backbones that a scenario may have.
const BACKBONES_MAX: usize = 32;

/// The frames of a capture, each so long after the first.
pub(super) type Capture = Vec<(SimDuration, Frame)>;

/// A scenario without shorthands.
pub(super) struct Written {
    pub file: ScenarioFile,
    /// Access points and points of presence (`false`), fabrics (`true`).
    pub switches: Vec<(SwitchItem, bool)>,
    /// Captures by the path as written.
    pub captures: BTreeMap<String, Capture>,
}

/// `None`: so much is wrong that nothing more can be said.
pub(super) fn expand(mut file: ScenarioFile, sources: &dyn Sources, issues: &mut Issues) -> Option<Written> {
    if file.trunklab.value != 1 {
        issues.err_help(
            file.trunklab.span,
            Code::Version,
            format!("version {} of the scenario format is not known", file.trunklab.value),
            "write `trunklab: 1`",
        );
        return None;
    }
    let mut switches: Vec<(SwitchItem, bool)> = Vec::new();
    switches.extend(file.access_points.drain(..).map(|s| (s, false)));
    switches.extend(file.fabrics.drain(..).map(|s| (s, true)));
    let mut pops: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (i, backbone) in std::mem::take(&mut file.backbones).into_iter().enumerate() {
        if i >= BACKBONES_MAX {
            issues.err(
                backbone.name.span,
                Code::TooMany,
                format!("more than {BACKBONES_MAX} backbones"),
            );
            break;
        }
        let names = expand_backbone(&backbone, sources, issues, &mut switches, &mut file.links);
        pops.insert(backbone.name.0.clone(), names);
    }
    let captures = read_captures(&file.traffic, sources, issues);
    Tenants::new(&file, &pops).expand(&mut file, issues)?;
    Some(Written {
        file,
        switches,
        captures,
    })
}

fn fetch(name: &At<String>, sources: &dyn Sources, issues: &Issues) -> Result<Vec<u8>, Wrong> {
    let path = beside(issues.path(), name);
    let within = |wrong: Wrong| Wrong {
        message: format!("`{path}`: {}", wrong.message),
        ..wrong
    };
    let octets = sources.read(&path).map_err(|e| within(unreadable(&e)))?;
    if octets.len() as u64 > FILE_MAX {
        return Err(Wrong::new(
            Code::FileTooLarge,
            format!("`{path}` is larger than 256 MiB"),
        ));
    }
    Ok(octets)
}

fn read_captures(flows: &[FlowItem], sources: &dyn Sources, issues: &mut Issues) -> BTreeMap<String, Capture> {
    let mut captures = BTreeMap::new();
    let mut octets_held = 0;
    for name in flows.iter().filter_map(|f| f.capture.as_ref()) {
        if captures.contains_key(&name.value) {
            continue;
        }
        if octets_held > 2 * FILE_MAX {
            issues.err(
                name.span,
                Code::CaptureTooLarge,
                "all captures together are larger than 512 MiB",
            );
            break;
        }
        let read = fetch(name, sources, issues).and_then(|octets| {
            octets_held += octets.len() as u64;
            capture::frames(&octets)
        });
        match read {
            Ok(frames) => {
                captures.insert(name.value.clone(), frames);
            }
            Err(wrong) => issues.wrong(name.span, wrong),
        }
    }
    captures
}

/// Adds the backbone's switches and links; returns its points of presence.
fn expand_backbone(
    item: &BackboneItem,
    sources: &dyn Sources,
    issues: &mut Issues,
    switches: &mut Vec<(SwitchItem, bool)>,
    links: &mut Vec<LinkItem>,
) -> Vec<String> {
    let place = item.graphml.span;
    let graph = match fetch(&item.graphml, sources, issues).and_then(|octets| graphml::read(&octets)) {
        Ok(graph) => graph,
        Err(wrong) => {
            issues.wrong(place, wrong);
            return Vec::new();
        }
    };
    tell_oddities(&graph, place, item, issues);
    let full = |name: &str| format!("{}/{name}", item.name.0);
    for pop in &graph.pops {
        switches.push((
            SwitchItem {
                name: At::new(Name(full(&pop.name)), item.name.span),
                owner: item.owner.clone(),
                service: item.service.clone(),
                profile: item.profile.clone(),
                arp_limit: item.arp_limit.clone(),
                arp_per_second: None,
                icmp_per_second: None,
                police: item.police.clone(),
                burst: None,
                mac_limit: None,
                mac_age: None,
                quirk: None,
                learning: None,
                vlan_limit: None,
                default_vlan: None,
            },
            false,
        ));
    }
    let default = item
        .default_delay
        .as_ref()
        .map_or(SimDuration::from_millis(5), |d| d.value);
    for edge in &graph.edges {
        let end = |i: usize| At::new(PlaceRef(full(&graph.pops[i].name)), place);
        links.push(LinkItem {
            name: At::new(Name(full(&edge.name)), item.name.span),
            a: end(edge.a),
            b: end(edge.b),
            rate: item.rate.clone(),
            delay: Some(At::new(edge.delay.unwrap_or(default), place)),
            mtu: item.mtu.clone(),
            queue: item.queue.clone(),
            owner: item.owner.clone(),
            native_vid: None,
            native_vid_b: None,
            unpruned: None,
            allowed_vids: None,
            allowed_vids_b: None,
        });
    }
    graph.pops.iter().map(|p| full(&p.name)).collect()
}

fn tell_oddities(graph: &graphml::Graph, place: Span, item: &BackboneItem, issues: &mut Issues) {
    if graph.parts > 1 {
        issues.warn(
            place,
            Wrong::new(Code::GraphParts, format!("the graph falls into {} parts", graph.parts))
                .help("tenants and circuits must be in one part"),
        );
    }
    let unplaced: Vec<&str> = graph
        .pops
        .iter()
        .filter(|p| p.position.is_none())
        .map(|p| p.name.as_str())
        .collect();
    if !unplaced.is_empty() {
        let default = item
            .default_delay
            .as_ref()
            .map_or(SimDuration::from_millis(5), |d| d.value);
        issues.warn(
            place,
            Wrong::new(
                Code::GraphPosition,
                format!(
                    "{} of {} points of presence have no position ({})",
                    unplaced.len(),
                    graph.pops.len(),
                    list(&unplaced)
                ),
            )
            .help(format!("their links have the default delay of {default}")),
        );
    }
    let parallel = graph
        .edges
        .windows(2)
        .filter(|w| (w[0].a, w[0].b) == (w[1].a, w[1].b))
        .count();
    if graph.loops > 0 || parallel > 0 {
        issues.warn(
            place,
            Wrong::new(
                Code::GraphEdges,
                format!(
                    "{} edges to themselves are left out, {parallel} are parallel to another",
                    graph.loops
                ),
            ),
        );
    }
}

fn list(names: &[&str]) -> String {
    let mut text = names.iter().take(8).copied().collect::<Vec<_>>().join(", ");
    if names.len() > 8 {
        text.push_str(", ...");
    }
    text
}

/// What `tenants` needs to know of a circuit.
struct Known {
    switch: At<PlaceRef>,
    owner: Option<At<Name>>,
    region: String,
}

/// What `tenants` needs to know of the rest.
struct Tenants {
    circuits: BTreeMap<String, Known>,
    pops: BTreeMap<String, Vec<String>>,
    used: BTreeMap<String, BTreeSet<u64>>,
    next: BTreeMap<String, u64>,
    partner: Option<At<Name>>,
}

impl Tenants {
    fn new(file: &ScenarioFile, pops: &BTreeMap<String, Vec<String>>) -> Self {
        let regions: BTreeMap<&str, &str> = file
            .access_devices
            .iter()
            .map(|d| (&*d.name.0, d.region.value.as_str()))
            .collect();
        let region = |device: &str| regions.get(device).copied().unwrap_or_default().to_owned();
        let mut used: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
        for idc in &file.idcs {
            used.entry(idc.circuit.0.clone()).or_default().insert(idc.vlan_id.value);
        }
        Self {
            circuits: file
                .circuits
                .iter()
                .map(|c| {
                    let known = Known {
                        switch: c.a.clone(),
                        owner: c.owner.clone(),
                        region: region(&c.b),
                    };
                    (c.name.0.clone(), known)
                })
                .collect(),
            pops: pops.clone(),
            used,
            next: BTreeMap::new(),
            partner: file
                .accounts
                .iter()
                .find(|a| a.role.as_ref().is_some_and(|r| r.value == Role::Partner))
                .map(|a| a.name.clone()),
        }
    }

    fn expand(mut self, file: &mut ScenarioFile, issues: &mut Issues) -> Option<()> {
        let entries = std::mem::take(&mut file.tenants);
        let total = entries.iter().fold(0u64, |sum, e| {
            sum.saturating_add(e.count.as_ref().map_or(1, |c| c.value))
        });
        if total > TENANTS_MAX {
            let span = entries
                .iter()
                .find_map(|e| e.count.as_ref())
                .map_or_else(Span::default, |c| c.span);
            issues.err(
                span,
                Code::TooMany,
                format!("{total} tenants are more than {TENANTS_MAX}"),
            );
            return None;
        }
        let mut running = 0u32;
        for entry in &entries {
            self.entry(entry, &mut running, file, issues);
        }
        Some(())
    }

    fn entry(&mut self, entry: &TenantsItem, running: &mut u32, file: &mut ScenarioFile, issues: &mut Issues) {
        let mut circuits: Vec<&At<Name>> = entry.circuit.iter().collect();
        circuits.extend(&entry.circuits);
        if circuits.is_empty() {
            issues.err(entry.name.span, Code::Needed, "`tenants` needs `circuit` or `circuits`");
            return;
        }
        let Some(spread) = self.spread(entry, issues) else {
            return;
        };
        let count = entry.count.as_ref().map_or(1, |c| c.value);
        if count == 0 {
            let span = entry.count.as_ref().map_or(entry.name.span, |c| c.span);
            issues.err(span, Code::Zero, "a count of zero makes no tenant");
        }
        let mut own: BTreeMap<&str, u64> = BTreeMap::new();
        let width = count.to_string().len().max(4);
        for i in 0..count {
            let turn = usize::try_from(i).unwrap_or(usize::MAX);
            let circuit = circuits[turn % circuits.len()];
            let vlan = match &entry.vlan_id {
                Some(first) => {
                    let next = own.entry(&circuit.0).or_insert(first.value);
                    let vlan = *next;
                    *next = next.saturating_add(1);
                    vlan
                }
                None => self.free_vlan(&circuit.0),
            };
            self.used.entry(circuit.0.clone()).or_default().insert(vlan);
            if vlan > u64::from(VLAN_MAX) {
                let span = entry.vlan_id.as_ref().map_or(circuit.span, |v| v.span);
                issues.err_help(
                    span,
                    Code::VidRange,
                    format!(
                        "tenant {} of {count} would have VLAN {vlan} on circuit `{}`",
                        i + 1,
                        circuit.0
                    ),
                    format!("a circuit has VLANs 1 to {VLAN_MAX}; spread the tenants over more `circuits`"),
                );
                return;
            }
            let name = match &entry.count {
                Some(_) => format!("{}-{:0width$}", entry.name.0, i + 1),
                None => entry.name.0.clone(),
            };
            let known = self.circuits.get(&circuit.0);
            let one = One {
                entry,
                name,
                vlan,
                circuit,
                attach: match spread.is_empty() {
                    true => known.map(|k| At::new(k.switch.value.clone(), circuit.span)),
                    false => Some(spread[turn % spread.len()].clone()),
                },
                owner: known.and_then(|k| k.owner.clone()).or_else(|| self.partner.clone()),
                region: known.map_or_else(String::new, |k| k.region.clone()),
                n: *running,
            };
            one.write(file, issues);
            *running += 1;
        }
    }

    fn spread(&self, entry: &TenantsItem, issues: &mut Issues) -> Option<Vec<At<PlaceRef>>> {
        let mut places = Vec::new();
        for place in entry.attach.iter().chain(&entry.spread) {
            match place.strip_suffix("/*") {
                None => places.push(place.clone()),
                Some(backbone) => match self.pops.get(backbone) {
                    Some(pops) => places.extend(pops.iter().map(|p| At::new(PlaceRef(p.clone()), place.span))),
                    None => {
                        issues.err(place.span, Code::Dangling, format!("there is no backbone `{backbone}`"));
                        return None;
                    }
                },
            }
        }
        Some(places)
    }

    fn free_vlan(&mut self, circuit: &str) -> u64 {
        let used = self.used.entry(circuit.to_owned()).or_default();
        let next = self.next.entry(circuit.to_owned()).or_insert(1);
        while used.contains(next) {
            *next += 1;
        }
        *next
    }
}

/// One tenant of `tenants`.
struct One<'a> {
    entry: &'a TenantsItem,
    name: String,
    vlan: u64,
    circuit: &'a At<Name>,
    attach: Option<At<PlaceRef>>,
    owner: Option<At<Name>>,
    region: String,
    n: u32,
}

impl One<'_> {
    fn span(&self) -> Span {
        self.entry.name.span
    }
    fn at<T>(&self, value: T) -> At<T> {
        At::new(value, self.span())
    }
    fn named(&self, suffix: &str) -> At<Name> {
        self.at(Name(format!("{}{suffix}", self.name)))
    }
    /// An address of ours: interconnects in 10.0.0.0/10, LANs in 10.64.0.0/10, VPCs in 10.128.0.0/9.
    fn address(&self, base: [u8; 4], step: u32, host: u32) -> Ipv4Addr {
        let overlapping = self.entry.overlapping.as_ref().is_some_and(|o| o.value);
        let n = if overlapping { 0 } else { self.n };
        Ipv4Addr::from(u32::from(Ipv4Addr::from(base)) + n * step + host)
    }
    fn prefix(&self, address: Ipv4Addr, len: u8) -> At<Prefix> {
        let address = IpAddr::V4(address);
        self.at(Prefix { address, len })
    }

    fn write(&self, file: &mut ScenarioFile, issues: &mut Issues) {
        let local = self.address([10, 0, 0, 0], 4, 1);
        let peer = self.address([10, 0, 0, 0], 4, 2);
        let lan = self.address([10, 64, 0, 0], 16, 0);
        let host = self.address([10, 64, 0, 0], 16, 1);
        let vpc = self.address([10, 128, 0, 0], 16, 0);
        let endpoint = self.address([10, 128, 0, 0], 16, 1);
        file.accounts.push(AccountItem {
            name: self.named(""),
            uid: self.at(1_900_000_000_000_000 + u64::from(self.n)),
            role: Some(self.at(Role::Tenant)),
            sold_specs: None,
            gated: None,
            outbound_billing: Some(self.at(true)),
            kind: None,
            site: None,
            large_specs: None,
        });
        let same_mac = self.entry.same_mac.as_ref().is_some_and(|s| s.value);
        file.idcs.push(IdcItem {
            name: self.named("-idc"),
            tenant: self.named(""),
            attach: self.attach.clone().unwrap_or_else(|| self.at(PlaceRef(String::new()))),
            port: None,
            tag: (self.vlan > 0).then(|| self.at(self.vlan)),
            circuit: self.circuit.clone(),
            vlan_id: self.at(self.vlan),
            spec: None,
            last_mile: self.entry.last_mile.clone(),
            address: self.prefix(peer, 30),
            gateway: None,
            mac: same_mac.then(|| self.at(MacAddr([2, 0, 0, 0, 0, 1]))),
            bind_mac: None,
            lan: Some(self.prefix(lan, 28)),
            hosts: vec![self.at(IpAddr::V4(host))],
            routes: None,
            probe_return_route: None,
            arp: self.entry.arp.clone(),
        });
        file.vpcs.push(VpcItem {
            name: self.named("-vpc"),
            tenant: self.named(""),
            region: self.at(self.region.clone()),
            cidr: self.prefix(vpc, 28),
            endpoints: vec![EndpointItem {
                name: self.at(Name("ecs".to_owned())),
                kind: None,
                address: self.at(IpAddr::V4(endpoint)),
            }],
        });
        if self.entry.provision.as_ref().is_none_or(|p| p.value) {
            self.provision(file, issues, (local, peer, lan));
        }
        self.traffic(file);
    }

    fn begin(&self) -> SimTime {
        self.entry.at.as_ref().map_or(SimTime::ZERO, |t| t.value)
    }

    fn provision(
        &self,
        file: &mut ScenarioFile,
        issues: &mut Issues,
        (local, peer, lan): (Ipv4Addr, Ipv4Addr, Ipv4Addr),
    ) {
        let Some(owner) = self.owner.clone() else {
            issues.err(
                self.span(),
                Code::Needed,
                "`tenants` needs a partner among the accounts to provision them",
            );
            return;
        };
        let payer = match self.entry.payer.as_ref().map(|p| p.value) {
            Some(PayerWord::Partner) => OrderMode::PayByPhysicalConnectionOwner,
            _ => OrderMode::PayByVirtualPhysicalConnectionOwner,
        };
        let least = || self.at(Spec::SMALLEST.name().to_owned());
        let spec = self.entry.spec.clone().unwrap_or_else(least);
        let port = format!("{}-port", self.name);
        let vbr = format!("{}-vbr", self.name);
        let there = |key: &str, value: &str, span| (key.to_owned(), At::new(Param(value.to_owned()), span));
        let row = |key: &str, value: &str| there(key, value, self.span());
        let mut step = |n: u64, by: At<Name>, what: Op, bind: Option<&str>, with: Vec<(String, At<Param>)>| {
            file.provisioning.push(StepItem {
                at: self.at(self.begin().saturating_add(SimDuration::from_millis(100 * n))),
                by,
                operation: self.at(what),
                bind: bind.map(|b| self.at(Name(b.to_owned()))),
                with: Table(with),
                vpc: None,
                token: None,
                dry_run: None,
                expect_error: None,
            });
        };
        let tenant = self.named("");
        let create = vec![
            there("PhysicalConnectionId", &self.circuit.0, self.circuit.span),
            row("VpconnAliUid", &self.name),
            row("VlanId", &self.vlan.to_string()),
            there("Spec", &spec.value, spec.span),
            row("OrderMode", payer.as_str()),
        ];
        step(0, owner, Op::CreateVirtualPhysicalConnection, Some(&port), create);
        step(
            2,
            tenant.clone(),
            Op::ConfirmPhysicalConnection,
            None,
            vec![row("PhysicalConnectionId", &port)],
        );
        let border = vec![
            row("PhysicalConnectionId", &port),
            row("LocalGatewayIp", &local.to_string()),
            row("PeerGatewayIp", &peer.to_string()),
            row("PeeringSubnetMask", "255.255.255.252"),
        ];
        step(4, tenant.clone(), Op::CreateVirtualBorderRouter, Some(&vbr), border);
        let route = vec![
            row("RouteTableId", &vbr),
            row("DestinationCidrBlock", &format!("{lan}/28")),
            row("NextHopType", NextHopType::PhysicalConnection.as_str()),
        ];
        step(6, tenant.clone(), Op::CreateRouteEntry, None, route);
        step(
            6,
            tenant,
            Op::CreateTransitRouterVbrAttachment,
            None,
            vec![row("VbrId", &vbr)],
        );
    }

    fn traffic(&self, file: &mut ScenarioFile) {
        let Some(traffic) = &self.entry.traffic else { return };
        let start = self.begin().saturating_add(SimDuration::from_secs(10));
        let (from, to) = (format!("{}-idc", self.name), format!("{}-vpc", self.name));
        let (from, to) = (self.at(PlaceRef(from)), self.at(PlaceRef(to)));
        file.traffic.push(FlowItem {
            answered: Some(traffic.answered.clone().unwrap_or_else(|| self.at(false))),
            pattern: traffic.pattern.clone(),
            rate: traffic.rate.clone(),
            interval: traffic.interval.clone(),
            size: traffic.size.clone(),
            start: Some(traffic.start.clone().unwrap_or_else(|| self.at(start))),
            stop: traffic.stop.clone(),
            count: traffic.count.clone(),
            ..FlowItem::between(self.named("-flow"), from, to)
        });
    }
}
