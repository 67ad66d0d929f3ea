//! What stands where at a time of a plan: the plan's world is run until then, and asked.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use crate::engine::{PlanWorld, SetupError, any_node};
use crate::forward::{FastPath, PortConfig, Quirk, Service, ServiceId, Tables};
use crate::ident::{LinkId, NodeId, PortNo};
use crate::node::AskForwarder;
use crate::node::any::AnyNode;
use crate::node::vbr::Vbr;
use crate::provision::{Acceptance, ConnectionStatus, NextHop, ResourceId, ServiceKey, Spec, VbrView};
use crate::record::CloudRecord;
use crate::scenario::Plan;
use crate::scenario::plan::{NodeKind, NodePlan};
use crate::units::SimTime;
use crate::wire::MacAddr;

/// A link, with whether it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkState {
    /// Which.
    pub link: LinkId,
    /// Is it up?
    pub up: bool,
}

/// A port of a switch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwitchPort {
    /// The switch.
    pub node: NodeId,
    /// The port.
    pub port: PortNo,
    /// What is set up there.
    pub config: PortConfig,
    /// The VLANs that its list lets through; `None`: it has none.
    pub allowed: Option<String>,
    /// The link at it, where one is.
    pub link: Option<LinkId>,
}

/// A service of a switch: a tenant's VLAN there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwitchService {
    /// The switch.
    pub node: NodeId,
    /// Its number there.
    pub id: ServiceId,
    /// Members, and how it forwards.
    pub service: Service,
    /// Addresses that it has learned, with their ports.
    pub learned: Vec<(MacAddr, PortNo)>,
}

/// A VLAN of a circuit at the cloud's control plane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircuitVlan {
    /// The circuit's name.
    pub circuit: String,
    /// The VLAN.
    pub vlan: u16,
    /// The account that it serves.
    pub tenant: String,
    /// May frames pass?
    pub open: bool,
    /// The shared port: its name, state, bandwidth as written and whether its tenant has accepted.
    pub port: Option<SharedPort>,
    /// The VBR, by the name that the scenario gives it.
    pub vbr: Option<(String, VbrView)>,
}

/// A shared port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedPort {
    /// The name that the scenario gives it, or its id.
    pub name: String,
    /// Its owner's name.
    pub owner: String,
    /// Its state.
    pub status: ConnectionStatus,
    /// Its bandwidth.
    pub spec: Spec,
    /// Has its tenant accepted?
    pub acceptance: Acceptance,
}

/// A route of a VBR or of a data centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Whose, by name.
    pub of: String,
    /// The network.
    pub network: (Ipv4Addr, u8),
    /// Where frames go.
    pub to: String,
}

/// What a box keeps up with another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose, by name.
    pub of: String,
    /// `health_check` or `neighbour`.
    pub kind: &'static str,
    /// The peer.
    pub peer: Ipv4Addr,
    /// How it stands.
    pub state: String,
}

/// Everything, in order of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// When.
    pub at: SimTime,
    /// Links.
    pub links: Vec<LinkState>,
    /// Ports of switches.
    pub ports: Vec<SwitchPort>,
    /// Services of switches.
    pub services: Vec<SwitchService>,
    /// VLANs of circuits.
    pub vlans: Vec<CircuitVlan>,
    /// Routes.
    pub routes: Vec<Route>,
    /// Sessions.
    pub sessions: Vec<Session>,
}

/// Runs a plan until `at`, and says what stands where; what the plan does at that instant has been done.
///
/// # Errors
/// Where the plan's names or ports collide, which its validation excludes.
pub fn inspect(plan: &Plan, at: SimTime) -> Result<Inspection, SetupError> {
    let mut world = PlanWorld::quiet(plan, |id, node| any_node(plan.seed, id, node))?;
    world.run(at);
    let links = (0..plan.links.len()).map(LinkId::of);
    let links = links
        .map(|link| LinkState {
            link,
            up: world.link(link).carrier(),
        })
        .collect();
    let mut found = Inspection {
        at,
        links,
        ports: Vec::new(),
        services: Vec::new(),
        vlans: Vec::new(),
        routes: Vec::new(),
        sessions: Vec::new(),
    };
    let wires = wires(plan);
    for id in (0..plan.nodes.len()).map(NodeId::of) {
        match world.node(id) {
            AnyNode::Switch(switch) => {
                let tables = switch.tables();
                ports(&wires, id, &tables, &mut found.ports);
                let learned = |of: ServiceId| switch.ask(Learned(of, at));
                services(id, tables, learned, &mut found.services);
            }
            AnyNode::Idc(idc) => edge(plan, id, |ip| idc.neighbour(ip, at), &mut found),
            AnyNode::Vbr(_) | AnyNode::Vpc(_) => {}
        }
    }
    for slot in &plan.vbr_slots {
        if let AnyNode::Vbr(vbr) = world.node(slot.node) {
            found.sessions.extend(kept_up(&slot.name, vbr, at));
        }
    }
    let (_, cloud) = world.finish();
    found.vlans = vlans(plan, &cloud);
    for (name, view) in found.vlans.iter().filter_map(|vlan| vlan.vbr.as_ref()) {
        let slot = plan.vbr_slots.iter().find(|slot| slot.name == *name);
        found
            .routes
            .extend(routes(name, view, slot.map_or(&[], |slot| &slot.cloud)));
    }
    found.routes.sort_by(|a, b| (&a.of, a.network).cmp(&(&b.of, b.network)));
    found.sessions.sort_by(|a, b| (&a.of, a.kind).cmp(&(&b.of, b.kind)));
    Ok(found)
}

/// The link at each port.
fn wires(plan: &Plan) -> BTreeMap<(NodeId, PortNo), LinkId> {
    let links = plan.links.iter().enumerate();
    links
        .flat_map(|(i, link)| [link.a, link.b].map(|end| (end, LinkId::of(i))))
        .collect()
}

/// Asks a forwarder which addresses a service has learned by then.
struct Learned(ServiceId, SimTime);

impl AskForwarder for Learned {
    type Answer = Vec<(MacAddr, PortNo)>;
    fn ask<Q: Quirk>(self, fast: &FastPath<Q>) -> Self::Answer {
        fast.learned(self.0, self.1)
    }
}

fn ports(wires: &BTreeMap<(NodeId, PortNo), LinkId>, node: NodeId, tables: &Tables, into: &mut Vec<SwitchPort>) {
    for (number, config) in (0..).zip(&tables.ports) {
        let port = PortNo(number);
        into.push(SwitchPort {
            node,
            port,
            config: config.clone(),
            allowed: tables.allowed.get(&port).map(ToString::to_string),
            link: wires.get(&(node, port)).copied(),
        });
    }
}

fn services(
    node: NodeId,
    tables: Tables,
    learned: impl Fn(ServiceId) -> Vec<(MacAddr, PortNo)>,
    into: &mut Vec<SwitchService>,
) {
    for (id, service) in tables.services {
        let learned = learned(id);
        into.push(SwitchService {
            node,
            id,
            service,
            learned,
        });
    }
}

/// A data centre's routes, and whether it knows its gateway.
fn edge(plan: &Plan, id: NodeId, neighbour_of: impl Fn(Ipv4Addr) -> Option<MacAddr>, found: &mut Inspection) {
    let NodePlan { name, kind, .. } = &plan.nodes[id.index()];
    let NodeKind::Idc(config) = kind else { return };
    found.routes.extend(config.routes.iter().map(|network| Route {
        of: name.clone(),
        network: *network,
        to: config.gateway.to_string(),
    }));
    found
        .sessions
        .push(neighbour(name, config.gateway, neighbour_of(config.gateway)));
}

fn neighbour(of: &str, peer: Ipv4Addr, mac: Option<MacAddr>) -> Session {
    Session {
        of: of.to_owned(),
        kind: "neighbour",
        peer,
        state: mac.map_or_else(|| "unresolved".to_owned(), |mac| mac.to_string()),
    }
}

fn vlans(plan: &Plan, cloud: &CloudRecord) -> Vec<CircuitVlan> {
    let account = |id: crate::ident::AccountId| {
        plan.accounts
            .get(id.index())
            .map_or_else(String::new, |a| a.name.clone())
    };
    let named = |id: ResourceId| {
        let at = cloud.bound.iter().position(|bound| *bound == id);
        at.map_or_else(|| id.to_string(), |at| plan.bindings[at].clone())
    };
    let circuit = |key: &ServiceKey| {
        let id = ResourceId::Connection(key.circuit);
        let at = cloud.circuits.iter().position(|circuit| *circuit == id);
        at.map_or_else(|| id.to_string(), |at| plan.circuits[at].name.clone())
    };
    let mut all: Vec<CircuitVlan> = Vec::new();
    for key in cloud.law.services() {
        let Some(view) = cloud.law.service(&key) else { continue };
        all.push(CircuitVlan {
            circuit: circuit(&key),
            vlan: view.vlan,
            tenant: account(view.tenant),
            open: view.open,
            port: view.port.map(|port| SharedPort {
                name: named(ResourceId::Connection(port.id)),
                owner: account(port.owner),
                status: port.status,
                spec: port.spec,
                acceptance: port.acceptance,
            }),
            vbr: view.vbr.map(|vbr| (named(ResourceId::Vbr(vbr.id)), vbr)),
        });
    }
    all.sort_by(|a, b| (&a.circuit, a.vlan).cmp(&(&b.circuit, b.vlan)));
    all
}

/// A VBR's routes: its interconnect, its own, and, where it is attached, the networks of the `cloud`.
fn routes(name: &str, view: &VbrView, cloud: &[(Ipv4Addr, u8)]) -> Vec<Route> {
    let route = |network: (Ipv4Addr, u8), to: String| Route {
        of: name.to_owned(),
        network,
        to,
    };
    let mut all = Vec::new();
    if let Some(addresses) = view.addresses {
        let mask = u32::MAX.checked_shl(32 - u32::from(addresses.prefix_len)).unwrap_or(0);
        let network = Ipv4Addr::from(u32::from(addresses.local) & mask);
        all.push(route((network, addresses.prefix_len), "the interconnect".to_owned()));
    }
    for (network, len, hop) in &view.routes {
        let to = match (hop, view.addresses) {
            (NextHop::Circuit, Some(addresses)) => addresses.peer.to_string(),
            (NextHop::Circuit, None) => "the circuit".to_owned(),
            (NextHop::Cloud, _) => "the cloud".to_owned(),
        };
        all.push(route((*network, *len), to));
    }
    if view.cen_attached {
        all.extend(
            cloud
                .iter()
                .map(|network| route(*network, "the transit router".to_owned())),
        );
    }
    all
}

/// What a VBR keeps up: its peer's address, and its health check.
fn kept_up(name: &str, vbr: &Vbr, at: SimTime) -> Vec<Session> {
    let Some(peer) = vbr.peer() else {
        return Vec::new();
    };
    let mut all = vec![neighbour(name, peer, vbr.neighbour(peer, at))];
    if let Some(healthy) = vbr.health() {
        all.push(Session {
            of: name.to_owned(),
            kind: "health_check",
            peer,
            state: if healthy { "healthy" } else { "unhealthy" }.to_owned(),
        });
    }
    all
}

#[cfg(test)]
mod tests;
