//! One tenant of `tenants`, written out: account, IDC, VPC, provisioning and traffic.

use std::net::{IpAddr, Ipv4Addr};

use super::addresses::{Addresses, host, mask};
use crate::provision::{NextHopType, OperationName as Op, OrderMode, Spec, SpecUnit};
use crate::scenario::at::{At, Span};
use crate::scenario::codes::Code;
use crate::scenario::file::{
    AccountItem, EndpointItem, FlowFrames, FlowItem, IdcItem, PayerWord, PortWord, ScenarioFile, StepItem, TenantsItem,
    VpcItem,
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
    /// Which tenant of all, from 0.
    pub n: u32,
    /// Which tenant of its entry, from 0.
    pub turn: u64,
    /// How far its VLAN is behind the first of its entry on its circuit.
    pub step: u64,
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
    /// Whose account it is.
    fn account(&self) -> At<Name> {
        match &self.entry.account {
            Some(account) => account.clone(),
            None => self.named(""),
        }
    }
    fn prefix(&self, address: Ipv4Addr, len: u8) -> At<Prefix> {
        let address = IpAddr::V4(address);
        self.at(Prefix { address, len })
    }

    /// Writes its items.
    pub(super) fn write(&self, file: &mut ScenarioFile, issues: &mut Issues) {
        let overlapping = self.entry.overlapping.as_ref().is_some_and(|o| o.value);
        let own = Addresses::of(self.entry, if overlapping { 0 } else { self.n });
        if self.entry.account.is_none() {
            self.open_account(file);
        }
        self.data_centre(file, &own);
        file.vpcs.push(VpcItem {
            name: self.named("-vpc"),
            tenant: self.account(),
            region: self.at(self.region.clone()),
            cidr: self.prefix(own.vpc, 28),
            endpoints: vec![EndpointItem {
                name: self.at(Name("ecs".to_owned())),
                kind: None,
                address: self.at(IpAddr::V4(host(own.vpc))),
            }],
        });
        if self.entry.provision.as_ref().is_none_or(|p| p.value) {
            self.provision(file, issues, &own);
        }
        self.traffic(file);
    }

    fn open_account(&self, file: &mut ScenarioFile) {
        let uid = match &self.entry.uid {
            Some(uid) => At::new(uid.value.saturating_add(self.turn), uid.span),
            None => self.at(1_900_000_000_000_000 + u64::from(self.n)),
        };
        file.accounts.push(AccountItem {
            name: self.named(""),
            uid,
            role: Some(self.at(Role::Tenant)),
            sold_specs: None,
            gated: None,
            outbound_billing: Some(self.at(true)),
            kind: None,
            site: None,
            large_specs: None,
        });
    }

    fn data_centre(&self, file: &mut ScenarioFile, own: &Addresses) {
        let same_mac = self.entry.same_mac.as_ref().is_some_and(|s| s.value);
        let trunk = self
            .entry
            .port
            .as_ref()
            .is_none_or(|port| port.value == PortWord::Trunk);
        let tag = match &self.entry.tag {
            Some(first) => Some(At::new(first.value.saturating_add(self.step), first.span)),
            None => (self.vlan > 0 && trunk).then(|| self.at(self.vlan)),
        };
        let (lan, hosts) = match &self.entry.lan {
            Some(lan) => (lan.clone(), self.entry.hosts.clone()),
            None if self.entry.hosts.is_empty() => (self.prefix(own.lan, 28), vec![self.at(IpAddr::V4(host(own.lan)))]),
            None => (self.prefix(own.lan, 28), self.entry.hosts.clone()),
        };
        file.idcs.push(IdcItem {
            name: self.named("-idc"),
            tenant: self.account(),
            attach: self.attach.clone().unwrap_or_else(|| self.at(PlaceRef(String::new()))),
            port: self.entry.port.clone(),
            switch_port: None,
            tag,
            circuit: self.circuit.clone(),
            vlan_id: self.at(self.vlan),
            spec: None,
            last_mile: self.entry.last_mile.clone(),
            address: match &self.entry.address {
                Some(address) => address.clone(),
                None => self.prefix(own.peer, 30),
            },
            gateway: self.entry.gateway.clone(),
            mac: same_mac.then(|| self.at(MacAddr([2, 0, 0, 0, 0, 1]))),
            bind_mac: None,
            agreed: None,
            due: None,
            lan: Some(lan),
            hosts,
            routes: None,
            probe_return_route: None,
            arp: self.entry.arp.clone(),
            unknown: self.entry.unknown.clone(),
        });
    }

    fn begin(&self) -> SimTime {
        self.entry.at.as_ref().map_or(SimTime::ZERO, |t| t.value)
    }

    fn provision(&self, file: &mut ScenarioFile, issues: &mut Issues, own: &Addresses) {
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
        // Another entry may give the account a second transit router.
        let vpc = self.named("-vpc");
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
                vpc: (what == Op::CreateVirtualBorderRouter).then(|| vpc.clone()),
                token: None,
                dry_run: None,
                because_of: None,
                expect_error: None,
            });
        };
        let tenant = self.account();
        let create = vec![
            there("PhysicalConnectionId", &self.circuit.0, self.circuit.span),
            row("VpconnAliUid", &tenant.0),
            row("VlanId", &self.vlan.to_string()),
            there("Spec", spec.value.name(), spec.span),
            row("OrderMode", payer.as_str()),
        ];
        let addresses = [
            row("LocalGatewayIp", &own.local.to_string()),
            row("PeerGatewayIp", &own.peer.to_string()),
            row("PeeringSubnetMask", &mask(own.len).to_string()),
        ];
        if self.entry.legacy.as_ref().is_some_and(|legacy| legacy.value) {
            let pushed = vec![
                there("PhysicalConnectionId", &self.circuit.0, self.circuit.span),
                row("VlanId", &self.vlan.to_string()),
                row("VbrOwnerId", &tenant.0),
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
            row("DestinationCidrBlock", &own.behind()),
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
