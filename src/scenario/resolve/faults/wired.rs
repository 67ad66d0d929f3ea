//! Faults at the wires: names of links become links, and what an operator does becomes changes of a
//! switch.

use std::collections::BTreeMap;

use super::hands::{Hands, as_long};
use super::{FAULTS_MAX, Happening, Meant};
use crate::forward::PolicerRule;
use crate::ident::{LinkId, NodeId, TenantId};
use crate::node::{LinkChange, LinkWay, VpcChange};
use crate::scenario::at::At;
use crate::scenario::codes::Code;
use crate::scenario::file::FlapItem;
use crate::scenario::issues::Issues;
use crate::scenario::plan::{Fault, FaultPlan};
use crate::scenario::resolve::Terrain;
use crate::scenario::scalars::PlaceRef;
use crate::scenario::wiring::{Wired, idc_mac};
use crate::units::SimTime;
use crate::wire::MacAddr;

/// So many switches on a tenant's way are named to who polices him elsewhere.
const NAMED: usize = 5;

/// The faults of the plan, sorted by time, then as written.
pub(in crate::scenario::resolve) fn wire(
    meant: Vec<Meant>,
    terrain: &Terrain,
    wired: &Wired,
    rule: PolicerRule,
    end: SimTime,
    issues: &mut Issues,
) -> Vec<FaultPlan> {
    let mut list: Vec<FaultPlan> = Vec::new();
    let mut hands = Hands::new(wired, rule);
    let mut routers: BTreeMap<NodeId, MacAddr> = BTreeMap::new();
    for Meant { at, what } in meant {
        match what {
            Happening::Link(name, change) => {
                if let Some(link) = link(&name, wired, issues) {
                    let what = Fault::Link(link, change);
                    list.push(FaultPlan { at, what });
                }
            }
            Happening::Flap(flap, way) => {
                if let Some(link) = link(&flap.link, wired, issues) {
                    flaps(at, &flap, link, way, end, &mut list);
                }
            }
            Happening::Misconnect { switch, idc, vid } => {
                let port = wired.circuit_ports[terrain.idcs[idc].circuit];
                let changes = hands.misconnect(wired.switch_nodes[switch], idc, port, vid);
                list.extend(changes.into_iter().map(|what| FaultPlan { at, what }));
            }
            Happening::Police {
                place,
                switch,
                tenant,
                rate,
                burst,
            } => {
                let node = wired.switch_nodes[switch];
                if !hands.carries(node, tenant) {
                    polices_nobody(&place, tenant, terrain, wired, &hands, issues);
                    continue;
                }
                let changes = hands.police(node, tenant, rate, burst);
                list.extend(changes.into_iter().map(|what| FaultPlan { at, what }));
            }
            Happening::PoliceBorder(name, rate, burst) => {
                let Some(id) = link(&name, wired, issues) else { continue };
                if let Some(policer) = &wired.links[id.index()].config.police {
                    let burst = burst.unwrap_or_else(|| as_long(policer, rate));
                    let what = Fault::Link(id, LinkChange::Police(rate, burst));
                    list.push(FaultPlan { at, what });
                }
            }
            Happening::Swap { idc, mac } => {
                let idc = &terrain.idcs[idc];
                let found = wired.nodes.iter().position(|node| node.name == *idc.item.name.0);
                let Some(node) = found.map(NodeId::of) else { continue };
                let mac = mac.unwrap_or_else(|| routers.get(&node).copied().unwrap_or_else(|| idc_mac(idc)).rebuilt());
                routers.insert(node, mac);
                list.push(FaultPlan {
                    at,
                    what: Fault::Router(node, mac),
                });
            }
            Happening::Attached { slot, vbr, yes } => match wired.slots.get(slot).and_then(|slot| slot.vpc) {
                Some((node, port)) => list.push(FaultPlan {
                    at,
                    what: Fault::Vpc(node, VpcChange::Attached(port, yes)),
                }),
                None => issues.err(
                    vbr.span,
                    Code::Needed,
                    format!("the VBR `{}` has no transit router", vbr.0),
                ),
            },
        }
    }
    list.sort_by_key(|f| f.at);
    list
}

/// Refuses a policer at a switch that carries no service of the tenant, and names those that do.
fn polices_nobody(
    place: &At<PlaceRef>,
    tenant: TenantId,
    terrain: &Terrain,
    wired: &Wired,
    hands: &Hands<'_>,
    issues: &mut Issues,
) {
    let who = &terrain.tenants[tenant.index()].name;
    let nodes = wired.switch_nodes.iter().filter(|node| hands.carries(**node, tenant));
    let names: Vec<&str> = nodes
        .take(NAMED)
        .map(|node| wired.nodes[node.index()].name.as_str())
        .collect();
    let message = format!("`{}` carries no service of {who}", place.0);
    let help = match &names[..] {
        [] => format!("no switch carries a service of {who}"),
        names => format!("switches on the way of {who}: {}", names.join(", ")),
    };
    issues.err_help(place.span, Code::PolicesNobody, message, help);
}

fn link(name: &At<PlaceRef>, wired: &Wired, issues: &mut Issues) -> Option<LinkId> {
    if let Some(id) = wired.link(name) {
        return Some(id);
    }
    let message = format!(
        "there is no link or circuit `{}`",
        name.0.chars().take(80).collect::<String>()
    );
    issues.dangling(name.span, message, name, wired.links.iter().map(|l| l.name.as_str()));
    None
}

fn flaps(at: SimTime, flap: &FlapItem, link: LinkId, way: LinkWay, end: SimTime, list: &mut Vec<FaultPlan>) {
    let mut down = at;
    for _ in 0..flap.times.value.min(FAULTS_MAX) {
        let up = down.saturating_add(flap.down.value);
        if up > end {
            break;
        }
        let what = Fault::Link(link, LinkChange::Cut(way));
        list.push(FaultPlan { at: down, what });
        let what = Fault::Link(link, LinkChange::Restore(way));
        list.push(FaultPlan { at: up, what });
        down = down.saturating_add(flap.every.value);
    }
}
