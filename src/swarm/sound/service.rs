//! How each tenant comes to its VBR: every kind of service that the product knows.

use super::ground::VLANS;
use super::{OPEN, Part, Section, Sketch, Value};
use crate::swarm::dice::Dice;
use crate::units::SimDuration;

/// A kind of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A shared port, bought and accepted.
    Port,
    /// A VBR that the partner pushed on its own circuit.
    Legacy,
    /// The same, made a shared port before it sends.
    Converted,
    /// The same, made a shared port while it sends.
    ConvertedLive,
    /// A shared port that is sold anew at a higher bandwidth while it sends.
    Raised,
    /// A circuit of the tenant's own.
    Dedicated,
    /// A circuit of its own, untagged.
    Untagged,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Port => "port",
            Self::Legacy => "legacy",
            Self::Converted => "converted",
            Self::ConvertedLive => "converted-live",
            Self::Raised => "raised",
            Self::Dedicated => "dedicated",
            Self::Untagged => "untagged",
        }
    }
    /// Is it a shared port from before the first flow on?
    pub fn is_port(self) -> bool {
        matches!(self, Self::Port | Self::Raised | Self::Converted)
    }
}

/// A tenant's service; some have two.
#[derive(Debug, Clone)]
pub(super) struct Service {
    pub tenant: u64,
    /// `1` or `1b`: what tells its things from those of others.
    pub tag: String,
    /// The third octet of its addresses.
    pub number: u64,
    pub kind: Kind,
    pub circuit: String,
    pub vlan: u64,
    /// Megabits a second, from the first flow on.
    pub spec: u64,
    /// What it is raised to.
    pub raised: u64,
    /// Does the partner pay for the port?
    pub partner_pays: bool,
    /// The switch of its line.
    pub attach: String,
    /// The region of its access device.
    pub region: &'static str,
    /// Largest payload that all lines on its way carry.
    pub mtu: u64,
    /// A VPC in another region behind its own, over a border of so many Mbit/s.
    pub border: Option<u64>,
}

pub(super) fn draw(sketch: &mut Sketch, tenant: u64) {
    let mut dice = sketch.dice(&format!("sound service {tenant}"));
    let first = one(sketch, &mut dice, tenant, String::new());
    sketch.services.extend(first);
    if dice.one_in(5) {
        let second = one(sketch, &mut dice, tenant, "b".to_owned());
        sketch.services.extend(second);
    }
}

/// A service on one of the circuits, or on one of its own; none where nothing is left to be sold.
fn one(sketch: &mut Sketch, dice: &mut Dice, tenant: u64, which: String) -> Option<Service> {
    let number = sketch.services.len() as u64 + 1;
    let kind = dice.of(&[
        Kind::Port,
        Kind::Port,
        Kind::Port,
        Kind::Legacy,
        Kind::Converted,
        Kind::ConvertedLive,
        Kind::Raised,
        Kind::Dedicated,
        Kind::Untagged,
    ]);
    let spec = dice.of(&[50, 50, 100, 200, 500]);
    let raised = if kind == Kind::Raised { 2 * spec.min(100) } else { spec };
    let spec = spec.min(raised);
    let at = match kind {
        // A MAC address of the device would be at two ports of a switch that tells addresses by nothing else.
        Kind::Dedicated | Kind::Untagged if !sketch.ground.shared_learning => own_circuit(sketch, dice, tenant, number),
        _ => shared_circuit(sketch, dice, raised)?,
    };
    let circuit = &sketch.ground.circuits[at];
    let kind = match (circuit.owner, kind) {
        (None, Kind::Dedicated | Kind::Untagged) => Kind::Port,
        // Where only the partner polices, it does so at the new bandwidth from the start.
        (_, Kind::Raised) if !circuit.limits => Kind::Port,
        (_, kind) => kind,
    };
    let spec = if kind == Kind::Port { raised } else { spec };
    sketch.ground.circuits[at].left -= raised;
    let circuit = sketch.ground.circuits[at].clone();
    let n = sketch.ground.switches.len() as u64;
    let attach = if dice.one_in(2) {
        circuit.at.clone()
    } else {
        sketch.ground.switches[usize::try_from(dice.roll(n)).expect("few switches")].clone()
    };
    let vlan = match kind {
        Kind::Untagged => 0,
        _ => vlan(sketch, dice),
    };
    sketch.chose("kind", kind.as_str());
    Some(Service {
        tenant,
        tag: format!("{tenant}{which}"),
        number,
        kind,
        circuit: circuit.name.clone(),
        vlan,
        spec,
        raised,
        partner_pays: dice.one_in(2),
        attach,
        region: if circuit.device == 0 { "r1" } else { "r2" },
        mtu: circuit.mtu.min(sketch.ground.mtu),
        border: dice.one_in(6).then(|| dice.of(&[20, 100])),
    })
}

/// A VLAN that no other service of the world has.
fn vlan(sketch: &Sketch, dice: &mut Dice) -> u64 {
    loop {
        let vlan = dice.between(VLANS.0, VLANS.1 - 10);
        // A list may have a gap between 450 and 451 only.
        if sketch.services.iter().all(|other| other.vlan != vlan) {
            return vlan;
        }
    }
}

fn shared_circuit(sketch: &Sketch, dice: &mut Dice, spec: u64) -> Option<usize> {
    let free = sketch.ground.circuits.iter().enumerate();
    let free = free
        .filter(|(_, c)| c.owner.is_none() && c.left >= spec)
        .map(|(i, _)| i);
    let free: Vec<usize> = free.collect();
    (!free.is_empty()).then(|| dice.of(&free))
}

fn own_circuit(sketch: &mut Sketch, dice: &mut Dice, tenant: u64, number: u64) -> usize {
    let n = sketch.ground.switches.len() as u64;
    let at = sketch.ground.switches[usize::try_from(dice.roll(n)).expect("few switches")].clone();
    let limits = sketch
        .ground
        .circuits
        .iter()
        .find(|c| c.device == 0)
        .is_some_and(|c| c.limits);
    let name = format!("own{number}");
    let part = Part::new()
        .must("name", name.as_str())
        .must("owner", format!("t{tenant}"));
    let part = part.must("a", at.as_str()).must("b", "dev0").must("rate", "1G");
    let part = part.may("delay", SimDuration::from_micros(dice.between(20, 3_000)));
    sketch.add(Section::Circuits, part);
    sketch.ground.circuits.push(super::ground::Circuit {
        name,
        at,
        device: 0,
        owner: Some(tenant),
        left: 1_000,
        rate: 1_000,
        mtu: 1_500,
        limits,
    });
    sketch.ground.circuits.len() - 1
}

/// A call: when, by whom, what, under which name, with what.
struct Calls<'s> {
    sketch: &'s mut Sketch,
    dice: Dice,
    tenant: u64,
    at: SimDuration,
}

pub(super) fn write(sketch: &mut Sketch) {
    for service in sketch.services.clone() {
        let dice = sketch.dice(&format!("sound calls {}", service.tag));
        let mut calls = Calls {
            tenant: service.tenant,
            at: SimDuration::ZERO,
            sketch,
            dice,
        };
        calls.life(&service);
    }
}

fn with(key: &'static str, value: impl Into<Value>) -> Part {
    Part::new().must(key, value)
}

impl Calls<'_> {
    fn life(&mut self, service: &Service) {
        let begins = self.dice.between(0, 60);
        self.at = self.sketch.at(begins);
        match service.kind {
            Kind::Port | Kind::Raised => self.port(service),
            Kind::Legacy | Kind::ConvertedLive => self.legacy(service),
            Kind::Converted => {
                self.legacy(service);
                self.convert(service);
            }
            Kind::Dedicated | Kind::Untagged => self.dedicated(service),
        }
        self.reach(service);
        debug_assert!(
            self.at < self.sketch.at(OPEN + 150),
            "it is open before what counts begins"
        );
        // From here on frames are in flight.
        let (low, high) = (super::FLOWS.0 + 60, super::FLOWS.1 - 150);
        let at = self.dice.between(low, high);
        self.at = self.sketch.at(at);
        match service.kind {
            Kind::ConvertedLive => self.convert(service),
            Kind::Raised => self.raise(service),
            _ => {}
        }
    }

    fn owner(&self) -> String {
        format!("t{}", self.tenant)
    }

    fn addresses(service: &Service, part: Part) -> Part {
        let n = service.number;
        let part = part.must("LocalGatewayIp", format!("10.255.{n}.1"));
        let part = part.must("PeerGatewayIp", format!("10.255.{n}.2"));
        part.must("PeeringSubnetMask", "255.255.255.252")
    }

    fn port(&mut self, service: &Service) {
        let (port, owner) = (format!("p{}", service.tag), self.owner());
        let sold = with("PhysicalConnectionId", service.circuit.as_str()).must("VpconnAliUid", owner.as_str());
        let sold = sold.must("VlanId", service.vlan).must("Spec", spec(service.spec));
        let sold = sold.must("OrderMode", payer(service));
        self.call("telecom", "CreateVirtualPhysicalConnection", Some(port.clone()), sold);
        self.call(
            &owner,
            "ConfirmPhysicalConnection",
            None,
            with("PhysicalConnectionId", port.as_str()),
        );
        let vbr = Self::addresses(service, with("PhysicalConnectionId", port.as_str()));
        self.made(service, &owner, vbr);
    }

    /// The VBR of a service, on the transit router of its own VPC.
    fn made(&mut self, service: &Service, by: &str, vbr: Part) {
        let name = format!("r{}", service.tag);
        let vpc = format!("v{}", service.tag);
        let step = self.step(by, "CreateVirtualBorderRouter", Some(name)).must("vpc", vpc);
        self.put(step.must("with", vbr));
    }

    fn legacy(&mut self, service: &Service) {
        let owner = self.owner();
        let vbr = with("PhysicalConnectionId", service.circuit.as_str()).must("VlanId", service.vlan);
        let vbr = vbr.must("VbrOwnerId", owner.as_str()).must("Bandwidth", service.spec);
        self.made(service, "telecom", vbr);
        let id = || with("VbrId", format!("r{}", service.tag));
        self.call(&owner, "Simulator.ConfirmVirtualBorderRouter", None, id());
        let addresses = Self::addresses(service, id());
        self.call(&owner, "ModifyVirtualBorderRouterAttribute", None, addresses);
    }

    fn convert(&mut self, service: &Service) {
        let (port, owner) = (format!("p{}", service.tag), self.owner());
        let id = with("VbrId", format!("r{}", service.tag));
        let from = id.clone().must("OrderMode", payer(service));
        self.call("telecom", "CreateVpconnFromVbr", Some(port.clone()), from);
        self.call(
            &owner,
            "ConfirmPhysicalConnection",
            None,
            with("PhysicalConnectionId", port.as_str()),
        );
        self.call("telecom", "AttachVbrToVpconn", None, id.must("VpconnId", port));
    }

    fn raise(&mut self, service: &Service) {
        let port = with("InstanceId", format!("p{}", service.tag));
        let new = port
            .must("VlanId", service.vlan)
            .must("ExpectSpec", spec(service.raised));
        self.call("telecom", "UpdateVirtualPhysicalConnection", None, new);
    }

    fn dedicated(&mut self, service: &Service) {
        let owner = self.owner();
        let vbr = with("PhysicalConnectionId", service.circuit.as_str()).must("VlanId", service.vlan);
        let vbr = Self::addresses(service, vbr.must("Bandwidth", service.spec));
        self.made(service, &owner, vbr);
    }

    /// The way back, and the cloud behind.
    fn reach(&mut self, service: &Service) {
        let (owner, tag) = (self.owner(), &service.tag);
        let route = with("RouteTableId", format!("r{tag}"));
        let route = route.must(
            "DestinationCidrBlock",
            format!("{}.0/24", super::site::lan(self.sketch, service)),
        );
        let route = route.must("NextHopType", "PhysicalConnection");
        self.call(&owner, "CreateRouteEntry", None, route);
        let attach = with("VbrId", format!("r{tag}"));
        self.call(
            &owner,
            "CreateTransitRouterVbrAttachment",
            Some(format!("a{tag}")),
            attach,
        );
    }

    fn step(&self, by: &str, operation: &'static str, name: Option<String>) -> Part {
        let step = Part::of(self.tenant).must("at", self.at).must("by", by);
        let step = step.must("do", operation);
        match name {
            Some(name) => step.must("as", name),
            None => step,
        }
    }

    fn call(&mut self, by: &str, operation: &'static str, name: Option<String>, with: Part) {
        let step = self.step(by, operation, name).must("with", with);
        self.put(step);
    }

    fn put(&mut self, step: Part) {
        self.sketch.add(Section::Provisioning, step);
        let gap = self.dice.between(2, 20);
        self.at = self.at.saturating_add(self.sketch.at(gap));
    }
}

fn spec(mbps: u64) -> String {
    format!("{mbps}M")
}

fn payer(service: &Service) -> &'static str {
    if service.partner_pays {
        "PayByPhysicalConnectionOwner"
    } else {
        "PayByVirtualPhysicalConnectionOwner"
    }
}
