//! A sequence as a scenario that replays it: each call at a time of its own, each outcome when it is due.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::deed::{self, Act, Deed};
use super::invariants::Invariant;
use super::node::{Behaviour, Node, Stepped, step};
use super::search::told;
use super::world::World;
use crate::provision::{Addresses, Done, Operation, Outcome, PcId, State, Vbr, VbrId};
use crate::rehearse::conversion::{Actor, Conversion};
use crate::units::SimDuration;

/// What takes time, takes so long in a replay.
const LEAD_S: u64 = 600;
/// When the sequence begins: everything is set up by then.
const BEGIN_S: u64 = 3_600;
/// Between one call and the next.
const PACE_S: u64 = 10;

/// The scenario that replays a sequence; or why none can.
///
/// # Errors
/// Where the order of outcomes cannot come about with one lead time for each of them, or where the law
/// answered what a run would not.
pub(super) fn scenario(
    world: &World,
    behaviour: &dyn Behaviour,
    path: &[Act],
    invariant: Invariant,
    says: &str,
) -> Result<String, String> {
    let mut text = head(world, behaviour, path, invariant, says);
    let mut writer = Writer {
        world,
        ports: BTreeMap::new(),
        made: 0,
    };
    let mut node = Box::new(Node::start(world));
    let mut due: BTreeMap<Outcome, u64> = BTreeMap::new();
    let mut now = BEGIN_S;
    for act in path {
        let mut scratch = node.law.clone();
        let next = match step(world, behaviour, &node, &mut scratch, *act).0 {
            Stepped::To(next, _) => next,
            Stepped::NoCall | Stepped::Spent | Stepped::Refused(_) | Stepped::Same => break,
        };
        let busy = matches!(act.deed, Deed::AddRoute | Deed::AddOtherRoute) && !node.law.outcomes().is_empty();
        if busy && act.answers == 0 {
            return Err("two calls meet in it, and a run answers TaskConflict".to_owned());
        }
        if act.deed == Deed::Outcome {
            let outcome = node.law.outcomes().get(usize::from(act.which)).copied();
            let at = outcome
                .and_then(|outcome| due.remove(&outcome))
                .ok_or("an outcome of nothing")?;
            if at < now {
                return Err("its outcomes come in another order than their calls were made".to_owned());
            }
            now = at;
        } else {
            now += PACE_S;
            writer.call(&mut text, &node, *act, now);
            let before = &node.law;
            writer.bind(before, &next.law, *act);
        }
        due.retain(|outcome, _| next.law.outcomes().contains(outcome));
        if due.values().any(|at| *at <= now && act.deed != Deed::Outcome) {
            return Err("an outcome is due before the call that it follows".to_owned());
        }
        for outcome in next.law.outcomes() {
            due.entry(outcome).or_insert(now + lead(&next.law, outcome));
        }
        node = next;
    }
    let _ = writeln!(text, "duration: {}s", now + 1);
    Ok(text)
}

/// How long an outcome takes in a replay, in seconds.
fn lead(law: &State, outcome: Outcome) -> u64 {
    let policies = &law.premises().policies;
    if outcome.freed().is_some() {
        policies.vlan_retention.as_secs()
    } else if outcome.done() == Done::PortExpired {
        policies.unaccepted_port_lifetime.unwrap_or(SimDuration::ZERO).as_secs()
    } else {
        LEAD_S
    }
}

fn name(world: &World, one: &Conversion) -> String {
    let index = world
        .conversions
        .iter()
        .position(|other| other == one)
        .unwrap_or_default();
    format!("tenant-{}", index + 1)
}

fn head(world: &World, behaviour: &dyn Behaviour, path: &[Act], invariant: Invariant, says: &str) -> String {
    let mut text = String::from("trunklab: 1\n");
    let _ = writeln!(text, "name: explored-{}", invariant.name());
    let _ = writeln!(text, "about: |\n  Shows: {} does not hold: {says}.", invariant.name());
    for told in told(world, behaviour, path) {
        let fault = if told.fault { " (a fault)" } else { "" };
        let _ = writeln!(text, "  - {}, {}: {}{fault}", told.tenant, told.by, told.deed);
    }
    let _ = writeln!(text, "  Refuted by: a run at whose end it holds.\nseed: 1");
    let policies = world.start.premises().policies.list();
    let changed: Vec<_> = policies
        .iter()
        .filter(|policy| policy.value != policy.default)
        .collect();
    if !changed.is_empty() {
        text.push_str("policies:\n");
        for policy in changed {
            let _ = writeln!(text, "  {}: {}", policy.name, policy.value);
        }
    }
    text.push_str("lead_times:\n");
    for lead in [
        "port_enable",
        "connection_terminate",
        "vbr_terminate",
        "vbr_recover",
        "route_entry",
        "cen_attachment",
    ] {
        let _ = writeln!(text, "  {lead}: {LEAD_S}s");
    }
    accounts(world, &mut text);
    places(world, &mut text);
    foundation(world, &mut text);
    text
}

fn accounts(world: &World, text: &mut String) {
    text.push_str("accounts:\n  - { name: partner, uid: 1200000000000001, role: partner }\n");
    text.push_str("  - { name: cloud, uid: 1, role: system }\n");
    for (n, one) in (1u64..).zip(&world.conversions) {
        let _ = writeln!(
            text,
            "  - {{ name: {}, uid: {} }}",
            name(world, one),
            1_300_000_000_000_000 + n
        );
    }
}

fn circuits(world: &World) -> Vec<PcId> {
    let mut circuits: Vec<PcId> = world.conversions.iter().map(|one| one.began.circuit).collect();
    circuits.sort_unstable();
    circuits.dedup();
    circuits
}

fn circuit_name(world: &World, id: PcId) -> String {
    let index = circuits(world)
        .iter()
        .position(|other| *other == id)
        .unwrap_or_default();
    format!("circuit-{}", index + 1)
}

fn places(world: &World, text: &mut String) {
    text.push_str(
        "access_points:\n  - { name: ap-1 }\naccess_devices:\n  - { name: device-1, region: cn-shanghai }\ncircuits:\n",
    );
    for id in circuits(world) {
        // What others hold there is left out with them.
        let free = world.start.circuit(id).map_or(0, |view| view.circuit.free_mbps());
        let _ = writeln!(
            text,
            "  - {{ name: {}, a: ap-1, b: device-1, rate: {free}M, delay: 1ms }}",
            circuit_name(world, id)
        );
    }
    text.push_str("idcs:\n");
    for (n, one) in (1..).zip(&world.conversions) {
        let rate = vbr(world, one).map_or(0, |vbr| vbr.bandwidth_mbps).max(50);
        let addresses = addresses(world, one);
        let _ = writeln!(
            text,
            "  - {{ name: dc-{n}, tenant: {}, attach: ap-1, circuit: {}, vlan_id: {}, spec: {rate}M, address: {}/{}, lan: 172.16.{n}.0/24 }}",
            name(world, one),
            circuit_name(world, one.began.circuit),
            one.began.vlan,
            addresses.peer,
            addresses.prefix_len,
        );
    }
    text.push_str("vpcs:\n");
    for (n, one) in (1..).zip(&world.conversions) {
        let _ = writeln!(
            text,
            "  - {{ name: vpc-{n}, tenant: {}, region: cn-shanghai, cidr: 192.168.{n}.0/24, endpoints: [{{ name: web, address: 192.168.{n}.10 }}] }}",
            name(world, one)
        );
    }
}

fn vbr<'w>(world: &'w World, one: &Conversion) -> Option<&'w Vbr> {
    world.start.vbr(one.vbr)
}

fn addresses(world: &World, one: &Conversion) -> Addresses {
    let index = world
        .conversions
        .iter()
        .position(|other| other == one)
        .unwrap_or_default();
    let third = u8::try_from(index % 250).unwrap_or(0) + 1;
    Addresses {
        local: [10, 255, third, 1].into(),
        peer: [10, 255, third, 2].into(),
        prefix_len: 30,
    }
}

fn foundation(world: &World, text: &mut String) {
    text.push_str("provisioning:\n");
    for (n, one) in (1..).zip(&world.conversions) {
        let owner = name(world, one);
        let rate = vbr(world, one).map_or(0, |vbr| vbr.bandwidth_mbps);
        let bandwidth = if rate == 0 {
            String::new()
        } else {
            format!(", Bandwidth: {rate}")
        };
        let circuit = circuit_name(world, one.began.circuit);
        let _ = writeln!(
            text,
            "  - {{ at: 0s, by: partner, do: CreateVirtualBorderRouter, as: vbr-{n}, with: {{ PhysicalConnectionId: {circuit}, VlanId: {}, VbrOwnerId: {owner}{bandwidth} }} }}",
            one.began.vlan
        );
        let mut by_owner = |at: u64, what: &str, with: &str| {
            let _ = writeln!(text, "  - {{ at: {at}s, by: {owner}, do: {what}, with: {{ {with} }} }}");
        };
        by_owner(1, "Simulator.ConfirmVirtualBorderRouter", &format!("VbrId: vbr-{n}"));
        let addresses = addresses(world, one);
        let ips = format!(
            "VbrId: vbr-{n}, LocalGatewayIp: {}, PeerGatewayIp: {}, PeeringSubnetMask: 255.255.255.252",
            addresses.local, addresses.peer
        );
        by_owner(2, "ModifyVirtualBorderRouterAttribute", &ips);
        let route =
            format!("RouteTableId: vbr-{n}, DestinationCidrBlock: 172.16.{n}.0/24, NextHopType: PhysicalConnection");
        by_owner(3, "CreateRouteEntry", &route);
        by_owner(3, "CreateTransitRouterVbrAttachment", &format!("VbrId: vbr-{n}"));
        if world.start.outbound_billing(one.tenant) {
            let _ = writeln!(text, "  - {{ at: 4s, by: {owner}, do: OpenPhysicalConnectionService }}");
        }
    }
}

/// Writes calls down, with the names that earlier ones have bound.
struct Writer<'w> {
    world: &'w World,
    /// Names of shared ports.
    ports: BTreeMap<PcId, String>,
    made: u32,
}

impl Writer<'_> {
    fn bind(&mut self, before: &State, after: &State, act: Act) {
        let made = after.ports().map(|(id, _)| id).find(|id| before.port(*id).is_none());
        if let Some(id) = made.filter(|_| act.deed == Deed::Convert) {
            self.ports.insert(id, format!("port-{}", self.made));
        }
    }

    fn call(&mut self, text: &mut String, node: &Node, act: Act, at: u64) {
        let one = &self.world.conversions[usize::from(act.of)];
        let by = match act.deed.by() {
            Actor::Partner => "partner".to_owned(),
            Actor::Cloud => "cloud".to_owned(),
            Actor::Tenant => name(self.world, one),
        };
        let Some((_, call)) = deed::call(self.world, node, act) else {
            let _ = writeln!(text, "  # {at}s, by hand in the partner's switch: {}", act.deed.name());
            return;
        };
        let mut keys = String::new();
        if matches!(act.deed, Deed::Convert | Deed::OwnVbr) {
            self.made += 1;
            let word = if act.deed == Deed::Convert { "port" } else { "own" };
            let _ = write!(keys, ", as: {word}-{}", self.made);
        }
        if let Some(token) = &call.token {
            let _ = write!(keys, ", token: {token}");
        }
        let with = self.with(one, &call.op);
        if !with.is_empty() {
            let _ = write!(keys, ", with: {{ {with} }}");
        }
        let _ = writeln!(text, "  - {{ at: {at}s, by: {by}, do: {}{keys} }}", call.op.name());
    }

    fn port(&self, id: Option<PcId>) -> String {
        id.and_then(|id| self.ports.get(&id).cloned())
            .unwrap_or_else(|| "port-0".to_owned())
    }

    fn vbr(&self, id: Option<VbrId>) -> String {
        let index = self.world.conversions.iter().position(|one| Some(one.vbr) == id);
        index.map_or_else(|| format!("own-{}", self.made), |i| format!("vbr-{}", i + 1))
    }

    /// The parameters of a call, as a scenario writes them.
    fn with(&self, one: &Conversion, op: &Operation) -> String {
        match op {
            Operation::CreateVpconnFromVbr(p) => format!("VbrId: {}", self.vbr(p.vbr_id.vbr())),
            Operation::AttachVbrToVpconn(p) => {
                let port = self.port(p.vpconn_id.connection());
                format!("VbrId: {}, VpconnId: {port}", self.vbr(p.vbr_id.vbr()))
            }
            Operation::ConfirmPhysicalConnection(p) => {
                self.connection("PhysicalConnectionId", p.physical_connection_id.connection())
            }
            Operation::CancelPhysicalConnection(p) => {
                self.connection("PhysicalConnectionId", p.physical_connection_id.connection())
            }
            Operation::TerminatePhysicalConnection(p) => {
                self.connection("PhysicalConnectionId", p.physical_connection_id.connection())
            }
            Operation::DeletePhysicalConnection(p) => {
                self.connection("PhysicalConnectionId", p.physical_connection_id.connection())
            }
            Operation::CreateVirtualBorderRouter(p) => {
                self.connection("PhysicalConnectionId", p.physical_connection_id.connection())
            }
            Operation::RecoverPhysicalConnection(p) => self.connection("InstanceId", p.instance_id.connection()),
            Operation::PayOrder(p) => self.connection("InstanceId", p.instance_id.connection()),
            Operation::SetBusinessStatus(p) => {
                let port = self.connection("InstanceId", p.instance_id.connection());
                format!("{port}, BusinessStatus: {}", p.business_status)
            }
            Operation::LapseOutboundBilling(_) => format!("AliUid: {}", name(self.world, one)),
            Operation::DeleteVirtualBorderRouter(p) => format!("VbrId: {}", self.vbr(p.vbr_id.vbr())),
            Operation::TerminateVirtualBorderRouter(p) => format!("VbrId: {}", self.vbr(p.vbr_id.vbr())),
            Operation::RecoverVirtualBorderRouter(p) => format!("VbrId: {}", self.vbr(p.vbr_id.vbr())),
            Operation::UpdateVirtualBorderBandwidth(p) => {
                let vbr = self.vbr(p.virtual_border_router_id.vbr());
                format!("VirtualBorderRouterId: {vbr}, Bandwidth: {}", p.bandwidth)
            }
            Operation::UpdateVirtualPhysicalConnection(p) => {
                let port = self.connection("InstanceId", p.instance_id.connection());
                let spec = p.expect_spec.as_ref().and_then(|spec| spec.word().ok());
                let spec = spec.map(|spec| format!(", ExpectSpec: {spec}")).unwrap_or_default();
                format!("{port}, VlanId: {}{spec}", p.vlan_id)
            }
            Operation::ModifyVirtualBorderRouterAttribute(p) => {
                let vlan = p.vlan_id.map(|vlan| format!(", VlanId: {vlan}")).unwrap_or_default();
                format!("VbrId: {}{vlan}", self.vbr(p.vbr_id.vbr()))
            }
            Operation::CreateRouteEntry(p) => format!(
                "RouteTableId: {}, DestinationCidrBlock: {}, NextHopType: PhysicalConnection",
                self.vbr(p.route_table_id.vbr()),
                p.destination_cidr_block
            ),
            _ => String::new(),
        }
    }

    fn connection(&self, key: &str, id: Option<PcId>) -> String {
        format!("{key}: {}", self.port(id))
    }
}
