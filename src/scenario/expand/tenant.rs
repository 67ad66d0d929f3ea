//! One tenant of `tenants`, written out: account, IDC, VPC, provisioning and traffic.

use std::net::{IpAddr, Ipv4Addr};

use crate::provision::{NextHopType, OperationName as Op, OrderMode, Spec, SpecUnit};
use crate::scenario::at::{At, Span};
use crate::scenario::codes::Code;
use crate::scenario::file::{
    AccountItem, EndpointItem, FlowFrames, FlowItem, IdcItem, PayerWord, ScenarioFile, StepItem, TenantsItem, VpcItem,
};
use crate::scenario::issues::Issues;
use crate::scenario::plan::Role;
use crate::scenario::scalars::{Name, Param, PlaceRef, Prefix};
use crate::scenario::yaml::Table;
use crate::units::{SimDuration, SimTime};
use crate::wire::MacAddr;

/// One tenant of `tenants`.
pub(super) struct One<'a> {
    pub entry: &'a TenantsItem,
    pub name: String,
    pub vlan: u64,
    pub circuit: &'a At<Name>,
    pub attach: Option<At<PlaceRef>>,
    pub owner: Option<At<Name>>,
    pub region: String,
    pub n: u32,
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

    /// Writes its items.
    pub(super) fn write(&self, file: &mut ScenarioFile, issues: &mut Issues) {
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
            switch_port: None,
            tag: (self.vlan > 0).then(|| self.at(self.vlan)),
            circuit: self.circuit.clone(),
            vlan_id: self.at(self.vlan),
            spec: None,
            last_mile: self.entry.last_mile.clone(),
            address: self.prefix(peer, 30),
            gateway: None,
            mac: same_mac.then(|| self.at(MacAddr([2, 0, 0, 0, 0, 1]))),
            bind_mac: None,
            agreed: None,
            due: None,
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
        let spec = self.entry.spec.clone().unwrap_or_else(|| self.at(Spec::SMALLEST));
        let port = format!("{}-port", self.name);
        let vbr = format!("{}-vbr", self.name);
        let there = |key: &str, value: &str, span| (key.to_owned(), At::new(Param(value.to_owned()), span));
        let row = |key: &str, value: &str| there(key, value, self.span());
        let mut step = |n: u64, by: At<Name>, what: Op, bind: Option<&str>, with: Vec<(String, At<Param>)>| {
            file.provisioning.push(StepItem {
                at: self.at(self.begin().saturating_add(SimDuration::from_millis(100 * n))),
                step: None,
                after: Vec::new(),
                wait: None,
                poll: None,
                by,
                operation: self.at(what),
                bind: bind.map(|b| self.at(Name(b.to_owned()))),
                with: Table(with),
                vpc: None,
                token: None,
                dry_run: None,
                because_of: None,
                expect_error: None,
            });
        };
        let tenant = self.named("");
        let create = vec![
            there("PhysicalConnectionId", &self.circuit.0, self.circuit.span),
            row("VpconnAliUid", &self.name),
            row("VlanId", &self.vlan.to_string()),
            there("Spec", spec.value.name(), spec.span),
            row("OrderMode", payer.as_str()),
        ];
        let addresses = [
            row("LocalGatewayIp", &local.to_string()),
            row("PeerGatewayIp", &peer.to_string()),
            row("PeeringSubnetMask", "255.255.255.252"),
        ];
        if self.entry.legacy.as_ref().is_some_and(|legacy| legacy.value) {
            let pushed = vec![
                there("PhysicalConnectionId", &self.circuit.0, self.circuit.span),
                row("VlanId", &self.vlan.to_string()),
                row("VbrOwnerId", &self.name),
                there(
                    "Bandwidth",
                    &spec.value.vbr_mbps(SpecUnit::Decimal).to_string(),
                    spec.span,
                ),
            ];
            let own = || row("VbrId", &vbr);
            let mut modified = vec![own()];
            modified.extend(addresses);
            step(0, owner, Op::CreateVirtualBorderRouter, Some(&vbr), pushed);
            step(2, tenant.clone(), Op::ConfirmVirtualBorderRouter, None, vec![own()]);
            step(
                4,
                tenant.clone(),
                Op::ModifyVirtualBorderRouterAttribute,
                None,
                modified,
            );
        } else {
            step(0, owner, Op::CreateVirtualPhysicalConnection, Some(&port), create);
            let accepted = vec![row("PhysicalConnectionId", &port)];
            step(2, tenant.clone(), Op::ConfirmPhysicalConnection, None, accepted);
            let mut border = vec![row("PhysicalConnectionId", &port)];
            border.extend(addresses);
            step(4, tenant.clone(), Op::CreateVirtualBorderRouter, Some(&vbr), border);
        }
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
            name: self.named("-flow"),
            from,
            to,
            kind: None,
            start: Some(traffic.start.clone().unwrap_or_else(|| self.at(start))),
            stop: traffic.stop.clone(),
            count: traffic.count.clone(),
            sent_share: None,
            what: FlowFrames::Udp {
                port: None,
                answered: Some(traffic.answered.clone().unwrap_or_else(|| self.at(false))),
                pattern: traffic.pattern.clone(),
                rate: traffic.rate.clone(),
                interval: traffic.interval.clone(),
                on: None,
                off: None,
                size: traffic.size.clone(),
                phase: traffic.phase.clone(),
                warm_up: traffic.warm_up.clone(),
            },
        });
    }
}
