//! What a tenant's life may hold: first what is sensible, then anything.

use super::topology::lan;
use super::{Kind, Part, Section, Sketch};
use crate::swarm::dice::Dice;
use crate::units::SimDuration;

/// A call: who, what, under which name, with what.
struct Call {
    by: String,
    operation: &'static str,
    name: Option<String>,
    with: Part,
}

/// A tenant's calls in the making.
struct Life<'a> {
    sketch: &'a mut Sketch,
    dice: Dice,
    tenant: u64,
    at: SimDuration,
}

pub(super) fn draw(sketch: &mut Sketch) {
    for tenant in 1..=sketch.tenants {
        let dice = sketch.dice(&format!("calls {tenant}"));
        let at = SimDuration::ZERO;
        let mut life = Life {
            sketch,
            dice,
            tenant,
            at,
        };
        life.draw();
    }
}

fn call(by: &str, operation: &'static str, with: Part) -> Call {
    Call {
        by: by.to_owned(),
        operation,
        name: None,
        with,
    }
}

impl Call {
    fn named(mut self, name: String) -> Self {
        self.name = Some(name);
        self
    }
}

impl Life<'_> {
    fn draw(&mut self) {
        let t = self.tenant;
        let (vlan, circuit) = self.sketch.services[usize::try_from(t - 1).expect("few tenants")];
        let mistyped = self.sketch.has(Kind::Mistype) && vlan != 0 && self.dice.one_in(2);
        let sold = if mistyped {
            10 + self.dice.between(1, self.sketch.tenants + 1)
        } else {
            vlan
        };
        // On another circuit than the partner's switch, a port is of no use and does no harm.
        let circuit = if vlan != 0 && self.dice.one_in(8) {
            "c1"
        } else {
            circuit
        };
        let legacy = self.dice.one_in(4);
        self.at = self.dice.part(self.sketch.span, 0, 60);
        if legacy {
            self.legacy(circuit, sold);
        } else {
            self.shared_port(circuit, sold);
        }
        let route = Part::new().must("RouteTableId", format!("r{t}"));
        let route = route.must("DestinationCidrBlock", format!("172.16.{}.0/24", lan(self.sketch, t)));
        let owner = self.owner();
        self.make(call(
            &owner,
            "CreateRouteEntry",
            route.must("NextHopType", "PhysicalConnection"),
        ));
        let attach = Part::new().must("VbrId", format!("r{t}"));
        self.make(call(&owner, "CreateTransitRouterVbrAttachment", attach).named(format!("a{t}")));
        if self.sketch.has(Kind::StrayCall) {
            for _ in 0..self.dice.roll(8) {
                self.stray(if legacy { circuit.to_owned() } else { format!("p{t}") }, sold);
            }
        }
    }

    fn owner(&self) -> String {
        format!("t{}", self.tenant)
    }

    fn addresses(&self, part: Part, local: u64, peer: u64) -> Part {
        let t = self.tenant;
        let part = part.must("LocalGatewayIp", format!("10.255.{t}.{local}"));
        let part = part.must("PeerGatewayIp", format!("10.255.{t}.{peer}"));
        part.must("PeeringSubnetMask", "255.255.255.252")
    }

    fn legacy(&mut self, circuit: &str, vlan: u64) {
        let (t, owner) = (self.tenant, self.owner());
        let vbr = Part::new().must("PhysicalConnectionId", circuit).must("VlanId", vlan);
        let vbr = vbr.must("VbrOwnerId", owner.as_str()).may("Bandwidth", 100);
        self.make(call("telecom", "CreateVirtualBorderRouter", vbr).named(format!("r{t}")));
        let confirm = Part::new().must("VbrId", format!("r{t}"));
        self.make(call(&owner, "Simulator.ConfirmVirtualBorderRouter", confirm));
        let modify = self.addresses(Part::new().must("VbrId", format!("r{t}")), 1, 2);
        self.make(call(&owner, "ModifyVirtualBorderRouterAttribute", modify));
    }

    fn shared_port(&mut self, circuit: &str, vlan: u64) {
        let (t, owner) = (self.tenant, self.owner());
        let payer = self
            .dice
            .of(&["PayByVirtualPhysicalConnectionOwner", "PayByPhysicalConnectionOwner"]);
        let spec = self.dice.of(&["50M", "50M", "100M", "500M", "1G", "10G"]);
        let port = Part::new()
            .must("PhysicalConnectionId", circuit)
            .must("VpconnAliUid", owner.as_str());
        let port = port.must("VlanId", vlan).must("Spec", spec).must("OrderMode", payer);
        self.make(call("telecom", "CreateVirtualPhysicalConnection", port).named(format!("p{t}")));
        let accept = Part::new().must("PhysicalConnectionId", format!("p{t}"));
        self.make(call(&owner, "ConfirmPhysicalConnection", accept));
        let vbr = self.addresses(Part::new().must("PhysicalConnectionId", format!("p{t}")), 1, 2);
        self.make(call(&owner, "CreateVirtualBorderRouter", vbr).named(format!("r{t}")));
    }

    fn stray(&mut self, port: String, vlan: u64) {
        let (t, owner) = (self.tenant, self.owner());
        let by = self.dice.of(&["telecom", &owner, &owner, "cloud"]).to_owned();
        let id = |key: &'static str, value: &str| Part::new().must(key, value);
        let (vbr, p) = (format!("r{t}"), port.as_str());
        let (operation, with) = match self.dice.roll(16) {
            0 => ("TerminateVirtualBorderRouter", id("VbrId", &vbr)),
            1 => ("RecoverVirtualBorderRouter", id("VbrId", &vbr)),
            2 => ("DeleteVirtualBorderRouter", id("VbrId", &vbr)),
            3 => ("DeletePhysicalConnection", id("PhysicalConnectionId", p)),
            4 => {
                let lock = self.dice.of(&["FinancialLocked", "Normal", "SecurityLocked"]);
                (
                    "Simulator.SetBusinessStatus",
                    id("InstanceId", p).must("BusinessStatus", lock),
                )
            }
            5 => {
                let spec = self.dice.of(&["50M", "200M", "1G"]);
                (
                    "UpdateVirtualPhysicalConnection",
                    id("InstanceId", p).must("VlanId", vlan).must("ExpectSpec", spec),
                )
            }
            6 => ("Simulator.PayOrder", id("InstanceId", p)),
            7 => (
                "DeleteTransitRouterVbrAttachment",
                id("TransitRouterAttachmentId", &format!("a{t}")),
            ),
            8 => {
                let check = id("VbrInstanceId", &vbr).may("HealthCheckInterval", 2);
                ("EnableCenVbrHealthCheck", check.may("HealthyThreshold", 3))
            }
            9 => {
                let payer = "PayByVirtualPhysicalConnectionOwner";
                ("CreateVpconnFromVbr", id("VbrId", &vbr).must("OrderMode", payer))
            }
            10 => ("AttachVbrToVpconn", id("VbrId", &vbr).must("VpconnId", p)),
            11 => ("TerminatePhysicalConnection", id("PhysicalConnectionId", p)),
            12 => ("RecoverPhysicalConnection", id("InstanceId", p)),
            13 => (
                "ModifyVirtualBorderRouterAttribute",
                self.addresses(id("VbrId", &vbr), 2, 1),
            ),
            14 => ("DisableCenVbrHealthCheck", id("VbrInstanceId", &vbr)),
            _ => ("CreateTransitRouterVbrAttachment", id("VbrId", &vbr)),
        };
        self.make(call(&by, operation, with));
    }

    /// Calls get lost, come twice, and come from the wrong hand, where such kinds are on. A name
    /// is bound once.
    fn make(&mut self, call: Call) {
        let lost = self.sketch.has(Kind::LostCall) && call.name.is_none() && self.dice.one_in(8);
        let twice = self.sketch.has(Kind::RepeatedCall) && call.name.is_none() && self.dice.one_in(8);
        let wrong = self.sketch.has(Kind::WrongHand) && self.dice.one_in(15);
        let by = if wrong {
            self.dice.of(&["t1", "telecom", "cloud"]).to_owned()
        } else {
            call.by
        };
        for _ in 0..if lost { 0 } else { 1 + u32::from(twice) } {
            let step = Part::of(self.tenant).must("at", self.at).must("by", by.as_str());
            let step = step.must("do", call.operation);
            let step = match &call.name {
                Some(name) => step.must("as", name.as_str()),
                None => step,
            };
            let step = step.must("with", call.with.clone());
            self.sketch.add(Section::Provisioning, step);
        }
        let gap = self.dice.part(self.sketch.span, 6, 36);
        self.at = self.at.saturating_add(gap).min(self.sketch.at(super::WILD - 20));
    }
}
