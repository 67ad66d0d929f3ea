//! What the commands share that ask something of one scenario: which time, which node, which port.

use crate::ident::{NodeId, PortNo, TenantId};
use crate::provision::nearest;
use crate::scenario::{Plan, Scalar};
use crate::study::journey::link_at;
use crate::units::SimTime;

/// A virtual time as scenarios write it: `90s`, `1500ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct When(pub(super) SimTime);

impl std::str::FromStr for When {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        SimTime::read(text).map(Self).map_err(|wrong| match wrong.help {
            Some(help) => format!("{}: {help}", wrong.message),
            None => wrong.message,
        })
    }
}

impl When {
    /// The time within a plan: its end where none is said.
    ///
    /// # Errors
    /// It lies behind the end.
    pub(super) fn within(when: Option<Self>, plan: &Plan) -> Result<SimTime, String> {
        match when {
            None => Ok(plan.end),
            Some(Self(at)) if at <= plan.end => Ok(at),
            Some(Self(at)) => Err(format!("--at {at} lies behind the scenario's end at {}", plan.end)),
        }
    }
}

/// The tenant of that name.
///
/// # Errors
/// There is none; those that are called much the same.
pub(super) fn tenant(plan: &Plan, name: &str) -> Result<TenantId, String> {
    let at = plan.tenants.iter().position(|tenant| tenant.name == name);
    at.map(TenantId::of).ok_or_else(|| {
        let names = plan.tenants.iter().map(|tenant| tenant.name.as_str());
        missing("tenant", name, nearest(name, names))
    })
}

/// A port as `NODE.PORT`: by its number, by the link at it or by the node at the other end. A node of one
/// link needs no port.
///
/// # Errors
/// There is no such node, or no such port; those that there are.
pub(super) fn port(plan: &Plan, text: &str) -> Result<(NodeId, PortNo), String> {
    let node = |name: &str| plan.nodes.iter().position(|node| node.name == name).map(NodeId::of);
    if let Some(node) = node(text) {
        let ports = ports_of(plan, node);
        return match ports.as_slice() {
            [port] => Ok((node, *port)),
            _ => Err(format!("`{text}` has several ports: {}", listed(plan, node, &ports))),
        };
    }
    // A name may hold dots itself: the longest that is a node's.
    let split = text
        .rmatch_indices('.')
        .find_map(|(at, _)| Some((node(&text[..at])?, &text[at + 1..])));
    let Some((node, port)) = split else {
        let name = text.rsplit_once('.').map_or(text, |(name, _)| name);
        let names = plan.nodes.iter().map(|node| node.name.as_str());
        return Err(missing("node", name, nearest(name, names)));
    };
    let ports = ports_of(plan, node);
    let is_it = |number: &PortNo| port.parse() == Ok(number.0) || called(plan, node, *number).contains(&port);
    match ports.iter().copied().find(is_it) {
        Some(port) => Ok((node, port)),
        None => Err(format!(
            "`{}` has no port `{port}`: there are {}",
            plan.nodes[node.index()].name,
            listed(plan, node, &ports)
        )),
    }
}

fn ports_of(plan: &Plan, node: NodeId) -> Vec<PortNo> {
    let ends = plan.links.iter().flat_map(|link| [link.a, link.b]);
    let mut ports: Vec<PortNo> = ends.filter(|end| end.0 == node).map(|end| end.1).collect();
    ports.sort_unstable();
    ports
}

/// The link at a port, and the node at its other end.
fn called(plan: &Plan, node: NodeId, port: PortNo) -> Vec<&str> {
    let Some(link) = link_at(plan, node, port).map(|link| &plan.links[link.index()]) else {
        return Vec::new();
    };
    let far = if link.a == (node, port) { link.b.0 } else { link.a.0 };
    vec![&link.name, &plan.nodes[far.index()].name]
}

fn listed(plan: &Plan, node: NodeId, ports: &[PortNo]) -> String {
    const SHOWN: usize = 8;
    let told = |port: &PortNo| match called(plan, node, *port).as_slice() {
        [link, far] => format!("{} ({link}, to {far})", port.0),
        _ => port.0.to_string(),
    };
    let mut all: Vec<String> = ports.iter().take(SHOWN).map(told).collect();
    if ports.len() > SHOWN {
        all.push(format!("{} more", ports.len() - SHOWN));
    }
    all.join(", ")
}

fn missing(what: &str, name: &str, near: String) -> String {
    match near.is_empty() {
        true => format!("there is no {what} `{name}`, and no other either"),
        false => format!("there is no {what} `{name}`; the nearest names are {near}"),
    }
}
