//! What `trunklab inspect` says: tables of what stands where at a time.

use super::document::{Column, Document, Part, Section, Table};
use crate::check::{Field, Unit, Value};
use crate::forward::{Member, PortRole, ServiceKind, Untagged};
use crate::ident::{NodeId, PortNo};
use crate::scenario::Plan;
use crate::study::inspection::{CircuitVlan, Inspection, SwitchPort, SwitchService};

/// The version of what programs read; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.inspect/1";
/// Rows of a table that text shows.
const SHOWN: usize = 20;

/// The tables.
pub fn inspection_document(source: &str, plan: &Plan, found: &Inspection) -> Document {
    let head = vec![
        Field::new("source", Value::text(source)),
        Field::new("name", Value::text(&plan.name)),
        Field::new("seed", Value::label(plan.seed)),
        Field::new("at", Value::at(found.at)),
    ];
    let parts = vec![
        Part::Fields(head),
        Part::Table(vlans(found)),
        Part::Table(routes(found)),
        Part::Table(sessions(found)),
        Part::Table(ports(plan, found)),
        Part::Table(services(plan, found)),
        Part::Table(links(plan, found)),
    ];
    let section = Section {
        source: source.to_owned(),
        name: plan.name.clone(),
        subtitle: format!("  (as it stands at {} of {})", found.at, plan.end),
        properties: Vec::new(),
        parts,
    };
    Document {
        format: FORMAT,
        title: "trunklab inspect",
        parts: vec![Part::Sections {
            key: "inspections",
            shown: usize::MAX,
            sections: vec![section],
        }],
    }
}

const VLANS: [Column; 13] = [
    Column::new("circuit", "circuit"),
    Column::unit("vlan", "VLAN", Unit::Label),
    Column::new("tenant", "tenant"),
    Column::new("open", "open"),
    Column::new("port", "shared port"),
    Column::new("port_status", "state"),
    Column::new("acceptance", "acceptance"),
    Column::new("spec", "bought"),
    Column::new("vbr", "VBR"),
    Column::new("vbr_status", "state"),
    Column::new("local", "its address"),
    Column::new("peer", "peer"),
    Column::new("attached", "attached"),
];

fn vlans(found: &Inspection) -> Table {
    let mut table = Table::new("vlans", "VLANs of circuits, with shared ports and VBRs", &VLANS, SHOWN);
    let word = |text: Option<String>| text.map_or(Value::Nothing, Value::text);
    for CircuitVlan {
        circuit,
        vlan,
        tenant,
        open,
        port,
        vbr,
    } in &found.vlans
    {
        let addresses = vbr.as_ref().and_then(|(_, view)| view.addresses);
        table.push(vec![
            Value::text(circuit),
            Value::label(*vlan),
            Value::text(tenant),
            Value::Flag(*open),
            word(port.as_ref().map(|port| port.name.clone())),
            word(port.as_ref().map(|port| port.status.to_string())),
            word(port.as_ref().map(|port| port.acceptance.to_string())),
            word(port.as_ref().map(|port| port.spec.to_string())),
            word(vbr.as_ref().map(|(name, _)| name.clone())),
            word(vbr.as_ref().map(|(_, view)| view.status.to_string())),
            word(addresses.map(|a| format!("{}/{}", a.local, a.prefix_len))),
            word(addresses.map(|a| a.peer.to_string())),
            vbr.as_ref()
                .map_or(Value::Nothing, |(_, view)| Value::Flag(view.cen_attached)),
        ]);
    }
    table
}

const ROUTES: [Column; 3] = [
    Column::new("of", "of"),
    Column::new("network", "network"),
    Column::new("to", "to"),
];

fn routes(found: &Inspection) -> Table {
    let mut table = Table::new("routes", "routes", &ROUTES, SHOWN);
    for route in &found.routes {
        let (network, len) = route.network;
        table.push(vec![
            Value::text(&route.of),
            Value::text(format!("{network}/{len}")),
            Value::text(&route.to),
        ]);
    }
    table
}

const SESSIONS: [Column; 4] = [
    Column::new("of", "of"),
    Column::new("kind", "kind"),
    Column::new("peer", "peer"),
    Column::new("state", "state"),
];

fn sessions(found: &Inspection) -> Table {
    let mut table = Table::new("sessions", "neighbours and health checks", &SESSIONS, SHOWN);
    for session in &found.sessions {
        table.push(vec![
            Value::text(&session.of),
            Value::text(session.kind),
            Value::text(session.peer.to_string()),
            Value::text(&session.state),
        ]);
    }
    table
}

const PORTS: [Column; 8] = [
    Column::new("node", "switch"),
    Column::unit("port", "port", Unit::Label),
    Column::new("link", "link"),
    Column::new("role", "role"),
    Column::unit("native_vid", "native", Unit::Label),
    Column::new("allowed_vids", "allowed"),
    Column::new("tpid", "TPID"),
    Column::new("mtu", "MTU"),
];

fn ports(plan: &Plan, found: &Inspection) -> Table {
    let mut table = Table::new("ports", "ports of switches", &PORTS, SHOWN);
    for SwitchPort {
        node,
        port,
        config,
        allowed,
        link,
    } in &found.ports
    {
        table.push(vec![
            Value::text(node_name(plan, *node)),
            Value::label(port.0),
            link.map_or(Value::Nothing, |link| Value::text(&plan.links[link.index()].name)),
            Value::text(role(config.role)),
            match config.untagged {
                Untagged::Drop => Value::Nothing,
                Untagged::Native(vid) => Value::label(vid.get()),
            },
            allowed.as_ref().map_or(Value::Nothing, Value::text),
            Value::text(format!("{:#06x}", config.tpid.0)),
            Value::count(config.mtu),
        ]);
    }
    table
}

const SERVICES: [Column; 6] = [
    Column::new("node", "switch"),
    Column::unit("service", "service", Unit::Label),
    Column::new("tenant", "tenant"),
    Column::new("kind", "forwards"),
    Column::new("members", "port and VLAN"),
    Column::new("learned", "learned"),
];

fn services(plan: &Plan, found: &Inspection) -> Table {
    let mut table = Table::new("services", "services of switches", &SERVICES, SHOWN);
    for SwitchService {
        node,
        id,
        service,
        learned,
    } in &found.services
    {
        let tenant = plan.tenants.get(service.tenant.index());
        table.push(vec![
            Value::text(node_name(plan, *node)),
            Value::label(id.0),
            tenant.map_or(Value::Nothing, |tenant| Value::text(&tenant.name)),
            Value::text(kind(service.kind)),
            Value::names(service.members.iter().map(member)),
            Value::names(learned.iter().map(|(mac, PortNo(port))| format!("{mac} at {port}"))),
        ]);
    }
    table
}

fn links(plan: &Plan, found: &Inspection) -> Table {
    const LINKS: [Column; 4] = [
        Column::new("link", "link"),
        Column::new("a", "from"),
        Column::new("b", "to"),
        Column::new("up", "up"),
    ];
    let mut table = Table::new("links", "links", &LINKS, SHOWN);
    // What is down is what one looks for.
    table.urgent = (0..found.links.len()).filter(|at| !found.links[*at].up).collect();
    for state in &found.links {
        let link = &plan.links[state.link.index()];
        let end = |(node, port): (NodeId, PortNo)| Value::text(format!("{}.{}", node_name(plan, node), port.0));
        table.push(vec![
            Value::text(&link.name),
            end(link.a),
            end(link.b),
            Value::Flag(state.up),
        ]);
    }
    table
}

fn node_name(plan: &Plan, node: NodeId) -> &str {
    &plan.nodes[node.index()].name
}

fn member(member: &Member) -> String {
    match member.vid {
        Some(vid) => format!("{}:{}", member.port.0, vid.get()),
        None => format!("{}:untagged", member.port.0),
    }
}

const fn role(role: PortRole) -> &'static str {
    match role {
        PortRole::Access => "access",
        PortRole::Trunk => "trunk",
        PortRole::Tunnel => "tunnel",
        PortRole::Routed => "routed",
    }
}

const fn kind(kind: ServiceKind) -> &'static str {
    match kind {
        ServiceKind::CrossConnect => "cross-connect",
        ServiceKind::Bridged { .. } => "bridged",
        ServiceKind::Shared { .. } => "bridged, shared learning",
    }
}
