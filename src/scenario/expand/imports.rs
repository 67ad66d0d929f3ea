//! What stands in other files: captures, and backbones out of graphs.

use std::collections::BTreeMap;

use super::Captures;
use crate::scenario::at::{At, Span, Wrong};
use crate::scenario::codes::Code;
use crate::scenario::file::{BackboneItem, FlowFrames, FlowItem, LinkItem, SwitchItem};
use crate::scenario::import::{capture, graphml};
use crate::scenario::issues::Issues;
use crate::scenario::load::unreadable;
use crate::scenario::scalars::{Name, PlaceRef};
use crate::scenario::source::{FILE_MAX, Sources, beside};
use crate::units::SimDuration;

/// The same, said of the file at `path`.
fn within(path: &str, wrong: Wrong) -> Wrong {
    Wrong {
        message: format!("`{path}`: {}", wrong.message),
        ..wrong
    }
}

fn fetch(name: &At<String>, sources: &dyn Sources, issues: &Issues) -> Result<Vec<u8>, Wrong> {
    let path = beside(issues.path(), name);
    let octets = sources.read(&path).map_err(|e| within(&path, unreadable(&e)))?;
    if octets.len() as u64 > FILE_MAX {
        return Err(Wrong::new(
            Code::FileTooLarge,
            format!("`{path}` is larger than 256 MiB"),
        ));
    }
    Ok(octets)
}

/// Reads every capture that a flow names.
pub(super) fn captures(flows: &[FlowItem], sources: &dyn Sources, issues: &mut Issues) -> Captures {
    let mut captures = BTreeMap::new();
    let mut octets_held = 0;
    let named = flows.iter().filter_map(|flow| match &flow.what {
        FlowFrames::Replay { capture, .. } => Some(capture),
        FlowFrames::Udp { .. } | FlowFrames::Ping { .. } | FlowFrames::Raw { .. } => None,
    });
    for name in named {
        if captures.contains_key(&name.value) {
            continue;
        }
        if octets_held > 2 * FILE_MAX {
            issues.err(
                name.span,
                Code::CaptureTooLarge,
                "all captures together are larger than 512 MiB",
            );
            break;
        }
        let read = fetch(name, sources, issues).and_then(|octets| {
            octets_held += octets.len() as u64;
            capture::frames(&octets).map_err(|wrong| within(&beside(issues.path(), name), wrong))
        });
        let frames = match read {
            Ok(captured) => {
                let path = beside(issues.path(), name);
                for wrong in captured.told {
                    issues.warn(name.span, within(&path, wrong));
                }
                Some(captured.frames)
            }
            Err(wrong) => {
                issues.wrong(name.span, wrong);
                None
            }
        };
        captures.insert(name.value.clone(), frames);
    }
    captures
}

/// Adds the backbone's switches and links; returns its points of presence. `None`: it could not be
/// read, which was said.
pub(super) fn backbone(
    item: &BackboneItem,
    sources: &dyn Sources,
    issues: &mut Issues,
    switches: &mut Vec<SwitchItem>,
    links: &mut Vec<LinkItem>,
) -> Option<Vec<String>> {
    let place = item.graphml.span;
    let graph = match fetch(&item.graphml, sources, issues)
        .and_then(|octets| graphml::read(&octets).map_err(|wrong| within(&beside(issues.path(), &item.graphml), wrong)))
    {
        Ok(graph) => graph,
        Err(wrong) => {
            issues.wrong(place, wrong);
            return None;
        }
    };
    tell_oddities(&graph, place, item, issues);
    let full = |name: &str| format!("{}/{name}", item.name.0);
    for pop in &graph.pops {
        switches.push(SwitchItem {
            name: At::new(Name(full(&pop.name)), item.name.span),
            owner: item.owner.clone(),
            service: item.service.clone(),
            profile: item.profile.clone(),
            arp_limit: item.arp_limit.clone(),
            arp_per_second: None,
            arp_burst: None,
            icmp_per_second: None,
            icmp_burst: None,
            police: item.police.clone(),
            burst: None,
            octets: None,
            counts_tags: None,
            mac_limit: None,
            mac_age: None,
            quirk: None,
            learning: None,
            vlan_limit: None,
            default_vlan: None,
        });
    }
    let default = item
        .default_delay
        .as_ref()
        .map_or(SimDuration::from_millis(5), |d| d.value);
    for edge in &graph.edges {
        let end = |i: usize| At::new(PlaceRef(full(&graph.pops[i].name)), place);
        links.push(LinkItem {
            name: At::new(Name(full(&edge.name)), item.name.span),
            a: end(edge.a),
            b: end(edge.b),
            rate: item.rate.clone(),
            delay: Some(At::new(edge.delay.unwrap_or(default), place)),
            mtu: item.mtu.clone(),
            queue: item.queue.clone(),
            owner: item.owner.clone(),
            native_vid: None,
            native_vid_b: None,
            unpruned: None,
            allowed_vids: None,
            allowed_vids_b: None,
            port_a: None,
            port_b: None,
        });
    }
    Some(graph.pops.iter().map(|p| full(&p.name)).collect())
}

fn tell_oddities(graph: &graphml::Graph, place: Span, item: &BackboneItem, issues: &mut Issues) {
    if graph.parts > 1 {
        issues.warn(
            place,
            Wrong::new(Code::GraphParts, format!("the graph falls into {} parts", graph.parts))
                .help("tenants and circuits must be in one part"),
        );
    }
    let unplaced: Vec<&str> = graph
        .pops
        .iter()
        .filter(|p| p.position.is_none())
        .map(|p| p.name.as_str())
        .collect();
    if !unplaced.is_empty() {
        let default = item
            .default_delay
            .as_ref()
            .map_or(SimDuration::from_millis(5), |d| d.value);
        issues.warn(
            place,
            Wrong::new(
                Code::GraphPosition,
                format!(
                    "{} of {} points of presence have no position ({})",
                    unplaced.len(),
                    graph.pops.len(),
                    list(&unplaced)
                ),
            )
            .help(format!("their links have the default delay of {default}")),
        );
    }
    for wrong in &graph.told {
        issues.warn(place, wrong.clone());
    }
}

fn list(names: &[&str]) -> String {
    let mut text = names.iter().take(8).copied().collect::<Vec<_>>().join(", ");
    if names.len() > 8 {
        text.push_str(", ...");
    }
    text
}
