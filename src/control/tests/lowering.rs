//! Whatever the control plane goes through, the data plane ends where lowering from scratch does.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use proptest::prelude::*;

use crate::control::law::{Services, sub_interface_id};
use crate::control::{Command, Commands, Controller, Timeline};
use crate::forward::FastPath;
use crate::ident::{NodeId, PortNo};
use crate::node::lower::{VbrIntent, VpcIntent, device_changes, lower, policer_rule, vbr_changes, vpc_changes};
use crate::node::{Change, SwitchChange, VbrChange, VpcChange};
use crate::provision::{Defaults, State};
use crate::record::Gates;
use crate::scenario::Plan;
use crate::scenario::plan::{NodeKind, StepPlan};
use crate::scenario::{MemorySources, load_text};
use crate::units::{SimDuration, SimTime};

/// Two tenants with everything that can be ordered; the order comes from the test.
const TEXT: &str = "
trunklab: 1
name: lowering
duration: 1000s
accounts:
  - { name: telecom, uid: 99, role: partner }
  - { name: acme, uid: 1, outbound_billing: true }
  - { name: globex, uid: 2, outbound_billing: true }
access_points: [{ name: ap }]
access_devices: [{ name: dev, region: r }]
circuits: [{ name: line, a: ap, b: dev }]
idcs:
  - { name: acme-dc, tenant: acme, attach: ap, circuit: line, vlan_id: 101, spec: 50M, address: 10.255.1.2/30, lan: 172.16.1.0/24 }
  - { name: globex-dc, tenant: globex, attach: ap, circuit: line, vlan_id: 102, spec: 50M, address: 10.255.2.2/30, lan: 172.16.2.0/24 }
vpcs:
  - { name: acme-vpc, tenant: acme, region: r, cidr: 192.168.1.0/24, endpoints: [{ name: web, address: 192.168.1.10 }] }
  - { name: globex-vpc, tenant: globex, region: r, cidr: 192.168.2.0/24, endpoints: [{ name: web, address: 192.168.2.10 }] }
provisioning:
";

fn orders(name: &str, n: u8) -> String {
    let vlan = 100 + u16::from(n);
    let step = |by: &str, what: &str| format!("  - {{ at: 0s, by: {by}, {what} }}\n");
    let own = |what: &str| step(name, what);
    [
        step("telecom", &format!("do: CreateVirtualPhysicalConnection, as: {name}-port, with: {{ PhysicalConnectionId: line, VpconnAliUid: {name}, VlanId: {vlan}, Spec: 50M, OrderMode: PayByVirtualPhysicalConnectionOwner }}")),
        own(&format!("do: ConfirmPhysicalConnection, with: {{ PhysicalConnectionId: {name}-port }}")),
        own(&format!("do: CreateVirtualBorderRouter, as: {name}-vbr, with: {{ PhysicalConnectionId: {name}-port, LocalGatewayIp: 10.255.{n}.1, PeerGatewayIp: 10.255.{n}.2, PeeringSubnetMask: 255.255.255.252 }}")),
        own(&format!("do: CreateRouteEntry, with: {{ RouteTableId: {name}-vbr, DestinationCidrBlock: 172.16.{n}.0/24, NextHopType: PhysicalConnection }}")),
        own(&format!("do: CreateRouteEntry, with: {{ RouteTableId: {name}-vbr, DestinationCidrBlock: 172.17.{n}.0/24, NextHopType: PhysicalConnection }}")),
        own(&format!("do: DeleteRouteEntry, with: {{ RouteTableId: {name}-vbr, DestinationCidrBlock: 172.16.{n}.0/24 }}")),
        own(&format!("do: CreateTransitRouterVbrAttachment, with: {{ VbrId: {name}-vbr }}")),
        own(&format!("do: EnableCenVbrHealthCheck, with: {{ VbrInstanceId: {name}-vbr, HealthCheckInterval: 2, HealthyThreshold: 3 }}")),
        own(&format!("do: DisableCenVbrHealthCheck, with: {{ VbrInstanceId: {name}-vbr }}")),
        own(&format!("do: ModifyVirtualBorderRouterAttribute, with: {{ VbrId: {name}-vbr, LocalGatewayIp: 10.254.{n}.1, PeerGatewayIp: 10.254.{n}.2, PeeringSubnetMask: 255.255.255.252 }}")),
        own(&format!("do: TerminateVirtualBorderRouter, with: {{ VbrId: {name}-vbr }}")),
        own(&format!("do: RecoverVirtualBorderRouter, with: {{ VbrId: {name}-vbr }}")),
        own(&format!("do: DeleteVirtualBorderRouter, with: {{ VbrId: {name}-vbr }}")),
        step("telecom", &format!("do: TerminatePhysicalConnection, with: {{ PhysicalConnectionId: {name}-port }}")),
    ]
    .concat()
}

fn plan() -> Plan {
    let text = TEXT.to_owned() + &orders("acme", 1) + &orders("globex", 2);
    match load_text("lowering.yaml", text, &MemorySources::new()) {
        Ok(loaded) => loaded.plan,
        Err(refused) => panic!(
            "{}",
            refused.errors.iter().map(|d| format!("{d}\n")).collect::<String>()
        ),
    }
}

/// What a VBR was told, as it keeps it.
#[derive(Debug, Default, PartialEq)]
struct VbrMirror {
    active: bool,
    fields: BTreeMap<&'static str, String>,
    routes: BTreeMap<(Ipv4Addr, u8), String>,
}

impl VbrMirror {
    fn apply(&mut self, change: &VbrChange) {
        let mut set = |key, value: Option<String>| match value {
            Some(value) => {
                self.fields.insert(key, value);
            }
            None => {
                self.fields.remove(key);
            }
        };
        match change {
            VbrChange::Active(active) => self.active = *active,
            VbrChange::Address(a) => set("address", a.map(|a| format!("{a:?}"))),
            VbrChange::Throttle(t) => set("throttle", t.map(|t| format!("{t:?}"))),
            VbrChange::HealthCheck(h) => set("health", h.map(|h| format!("{h:?}"))),
            // What it is meant to be stays the same.
            VbrChange::Renew | VbrChange::Rebuild => {}
            VbrChange::RouteSet(to, len, hop) => {
                self.routes.insert((*to, *len), format!("{hop:?}"));
            }
            VbrChange::RouteRemove(to, len) => {
                assert!(
                    self.routes.remove(&(*to, *len)).is_some(),
                    "a route that is there is removed"
                );
            }
        }
    }
}

#[derive(Debug, Default, PartialEq)]
struct VpcMirror {
    attached: BTreeSet<PortNo>,
    routes: BTreeSet<(Ipv4Addr, u8, PortNo)>,
}

impl VpcMirror {
    fn apply(&mut self, change: &VpcChange) {
        match change {
            VpcChange::Attached(port, true) => assert!(self.attached.insert(*port)),
            VpcChange::Attached(port, false) => assert!(self.attached.remove(port)),
            VpcChange::RouteSet(to, len, port) => assert!(self.routes.insert((*to, *len, *port))),
            VpcChange::RouteRemove(to, len, port) => assert!(self.routes.remove(&(*to, *len, *port))),
            VpcChange::Usable(..) => {}
        }
    }
}

/// The data plane, as far as the control plane orders it.
struct Boxes {
    devices: BTreeMap<NodeId, FastPath>,
    vbrs: BTreeMap<NodeId, VbrMirror>,
    vpcs: BTreeMap<NodeId, VpcMirror>,
}

impl Boxes {
    fn new(plan: &Plan) -> Self {
        let mut boxes = Self {
            devices: BTreeMap::new(),
            vbrs: BTreeMap::new(),
            vpcs: BTreeMap::new(),
        };
        for (i, node) in plan.nodes.iter().enumerate() {
            let id = NodeId::of(i);
            match &node.kind {
                NodeKind::AccessDevice(switch) => {
                    boxes.devices.insert(id, FastPath::new(switch.tables.clone()));
                }
                NodeKind::Vbr(_) => {
                    boxes.vbrs.insert(id, VbrMirror::default());
                }
                NodeKind::Vpc(_) => {
                    boxes.vpcs.insert(id, VpcMirror::default());
                }
                _ => {}
            }
        }
        boxes
    }

    fn obey(&mut self, node: NodeId, change: &Change) {
        match change {
            Change::Switch(SwitchChange::Set(id, service)) => {
                self.devices.get_mut(&node).expect("a device").set(*id, service.clone());
            }
            Change::Switch(SwitchChange::Remove(id)) => {
                self.devices.get_mut(&node).expect("a device").remove(*id);
            }
            Change::Switch(SwitchChange::Interrupt(..) | SwitchChange::Resume(_) | SwitchChange::Renew(_)) => {}
            Change::Vbr(change) => self.vbrs.get_mut(&node).expect("a VBR").apply(change),
            Change::Vpc(change) => self.vpcs.get_mut(&node).expect("a VPC").apply(change),
            Change::Carrier { .. } => unreachable!("no link is cut"),
            Change::Router(_) => unreachable!("no router is swapped"),
        }
    }

    /// From the law alone: every service lowered from nothing.
    fn from_scratch(plan: &Plan, law: &State, services: &Services) -> Self {
        let mut boxes = Self::new(plan);
        for key in law.services() {
            let view = law.service(&key);
            let circuit = services.circuits[&key.circuit];
            let vbr = view.as_ref().and_then(|v| v.vbr.as_ref());
            let Some(slot) = vbr.and_then(|v| services.slots.get(&v.id).copied()) else {
                continue;
            };
            let lowered = lower(
                view.as_ref(),
                policer_rule(&plan.law.premises().policies),
                Some(&services.sites.site(circuit, slot)),
            );
            let id = sub_interface_id(circuit, key.vlan);
            for change in device_changes(id, None, lowered.sub_interface.as_ref()) {
                boxes.obey(plan.circuits[circuit].device, &change);
            }
            for change in vbr_changes(&VbrIntent::default(), &lowered.vbr) {
                boxes.obey(plan.vbr_slots[slot].node, &change);
            }
            if let Some((vpc, port)) = plan.vbr_slots[slot].vpc {
                for change in vpc_changes(port, &VpcIntent::default(), &lowered.vpc) {
                    boxes.obey(vpc, &change);
                }
            }
        }
        boxes
    }

    fn assert_same(&self, other: &Self) {
        for (id, device) in &self.devices {
            assert_eq!(device.tables(), other.devices[id].tables());
        }
        assert_eq!(self.vbrs, other.vbrs);
        assert_eq!(self.vpcs, other.vpcs);
    }
}

/// Runs the orders in this order, with these gaps, and compares after every instant. Returns the
/// most services that were open at once.
fn follow(template: &Plan, order: &[(usize, u32)]) -> usize {
    let mut plan = template.clone();
    let mut at = SimTime::ZERO;
    plan.steps = order
        .iter()
        .map(|(i, gap)| {
            at = at.saturating_add(SimDuration::from_millis(u64::from(*gap)));
            StepPlan {
                at,
                ..template.steps[*i].clone()
            }
        })
        .collect();
    let mut timeline = Timeline::new(&plan, Defaults, Gates::new(&plan));
    let mut boxes = Boxes::new(&plan);
    let mut open = 0;
    while let Some(at) = timeline.next() {
        let mut commands = Commands::default();
        timeline.act(at, &mut commands);
        for command in commands {
            if let Command::Node(node, change) = command {
                boxes.obey(node, &change);
            }
        }
        boxes.assert_same(&Boxes::from_scratch(
            &plan,
            timeline.law().state(),
            &timeline.law().services,
        ));
        open = open.max(boxes.devices.values().map(|d| d.tables().services.len()).sum());
    }
    open
}

#[test]
fn the_usual_order_opens_both_services_and_closes_them_again() {
    let plan = plan();
    let each = plan.steps.len() / 2;
    let both =
        |list: &[usize]| -> Vec<(usize, u32)> { list.iter().flat_map(|i| [(*i, 1_000), (*i + each, 1_000)]).collect() };
    assert_eq!(follow(&plan, &both(&[0, 1, 2, 3, 6, 7, 10, 11, 9, 12])), 2);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Random orders; each begins with a service that works, so that there is something to undo.
    #[test]
    fn changes_one_by_one_end_where_lowering_from_scratch_does(
        order in prop::collection::vec((0usize..28, prop_oneof![0u32..5, 0u32..400_000]), 1..40),
    ) {
        let plan = plan();
        let mut all: Vec<(usize, u32)> = [0, 1, 2, 14, 15].iter().map(|i| (*i, 0)).collect();
        all.extend(order);
        follow(&plan, &all);
    }
}
