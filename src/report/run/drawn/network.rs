//! The network of a run as it is drawn: what each node and link lost or let astray, and where each
//! tenant's frames went.

use std::collections::BTreeMap;

use super::Tones;
use crate::check::{Case, network_events, thousands};
use crate::evidence::{Count, Samples};
use crate::ident::{Fate, Lane, LinkId, StationId, TenantId};
use crate::node::LinkChange;
use crate::report::document::picture::{Crossing, LinkDrawn, Network, NodeDrawn, Picture, TagsSeen, TenantWay, Tone};
use crate::scenario::Plan;
use crate::scenario::plan::{Fault, LinkPlan, LinkRole, NodeKind, Place};

/// Reasons and events of one place that are told.
const NOTES: usize = 6;

/// What was seen at places.
#[derive(Default)]
struct Seen {
    lost: u64,
    astray: u64,
    notes: Vec<String>,
}

pub(super) fn network(case: &Case<'_>, tones: &Tones, samples: &Samples) -> Network {
    let plan = case.plan;
    let mut seen = seen(case);
    let mut take = |station| seen.remove(&station).unwrap_or_default();
    let nodes = plan.nodes.iter().enumerate().map(|(i, node)| {
        let seen = take(StationId::node(crate::ident::NodeId::of(i)));
        NodeDrawn {
            name: node.name.clone(),
            column: column(&node.kind),
            owner: owner(plan, &node.place),
            notes: seen.notes,
            lost: seen.lost,
            astray: seen.astray,
        }
    });
    let nodes = nodes.collect();
    let links = plan.links.iter().enumerate().map(|(i, link)| {
        let id = LinkId::of(i);
        let seen = take(StationId::link(id));
        let cut = |fault: &Fault| matches!(fault, Fault::Link(of, LinkChange::Cut(_)) if *of == id);
        LinkDrawn {
            was_down: plan.faults.iter().any(|fault| cut(&fault.what)),
            ..link_drawn(plan, link, seen)
        }
    });
    Network {
        links: links.collect(),
        nodes,
        tenants: ways(case, tones, samples),
    }
}

/// A link with what was seen there; nothing says that it was down.
fn link_drawn(plan: &Plan, link: &LinkPlan, seen: Seen) -> LinkDrawn {
    let mut notes = vec![format!("{}, {} one way", link.config.rate, link.config.delay)];
    notes.extend(seen.notes);
    LinkDrawn {
        name: link.name.clone(),
        ends: (link.a.0.index(), link.b.0.index()),
        is_circuit: link.role == LinkRole::Circuit,
        owner: owner(plan, &link.place),
        notes,
        lost: seen.lost,
        astray: seen.astray,
        was_down: false,
    }
}

/// A network as it is built, with what a suite or a proof found astray: whose frames, where, how many, what.
pub fn built(plan: &Plan, astray: &[(String, String, u64, String)]) -> Picture {
    let mut seen: BTreeMap<&str, Seen> = BTreeMap::new();
    for (_, place, frames, what) in astray {
        let of = seen.entry(place).or_default();
        of.astray += frames;
        of.notes.push(what.clone());
    }
    for of in seen.values_mut() {
        shorten(&mut of.notes);
    }
    let mut take = |name: &str| seen.remove(name).unwrap_or_default();
    let nodes = plan.nodes.iter().map(|node| {
        let seen = take(&node.name);
        NodeDrawn {
            name: node.name.clone(),
            column: column(&node.kind),
            owner: owner(plan, &node.place),
            notes: seen.notes,
            astray: seen.astray,
            lost: 0,
        }
    });
    let nodes = nodes.collect();
    let links = plan.links.iter().map(|link| link_drawn(plan, link, take(&link.name)));
    let links = links.collect();
    let mut ways = built_ways(plan);
    let tenants = plan.tenants.iter().enumerate().map(|(i, tenant)| TenantWay {
        name: tenant.name.clone(),
        was_seen: false,
        hops: ways.remove(&TenantId::of(i)).unwrap_or_default(),
        tone: match astray.iter().any(|(whose, ..)| *whose == tenant.name) {
            true => Tone::Bad,
            false => Tone::Plain,
        },
    });
    Picture::Network(Network {
        nodes,
        links,
        tenants: tenants.collect(),
    })
}

fn built_ways(plan: &Plan) -> BTreeMap<TenantId, Vec<Crossing>> {
    let mut built: BTreeMap<TenantId, Vec<Crossing>> = BTreeMap::new();
    for way in &plan.ways {
        let hops = way.links.iter().map(|link| crossing(*link));
        built.entry(way.tenant).or_default().extend(hops);
    }
    built
}

fn shorten(notes: &mut Vec<String>) {
    if let Some(more) = notes.len().checked_sub(NOTES).filter(|more| *more > 0) {
        notes.truncate(NOTES);
        notes.push(format!("and {more} more"));
    }
}

const fn column(kind: &NodeKind) -> usize {
    match kind {
        NodeKind::Idc(_) => 0,
        NodeKind::Fabric(_) => 1,
        NodeKind::AccessPoint(_) => 2,
        NodeKind::AccessDevice(_) => 4,
        NodeKind::Vbr(_) => 5,
        NodeKind::Vpc(_) => 6,
    }
}

fn owner(plan: &Plan, place: &Place) -> String {
    let only = place.only.and_then(|tenant| plan.tenants.get(tenant.index()));
    match only {
        Some(tenant) => format!("{}, of {} alone", place.party.as_str(), tenant.name),
        None => place.party.as_str().to_owned(),
    }
}

/// What was lost, went astray and happened at each place.
fn seen(case: &Case<'_>) -> BTreeMap<StationId, Seen> {
    let mut seen: BTreeMap<StationId, Seen> = BTreeMap::new();
    let mut reasons: BTreeMap<(StationId, &'static str), Count> = BTreeMap::new();
    for (key, count) in case.record.evidence.cells() {
        if let Fate::Dropped(reason) = key.fate {
            seen.entry(key.station).or_default().lost += count.frames;
            let of = reasons.entry((key.station, reason.as_str())).or_default();
            of.frames += count.frames;
        }
    }
    for (leak, count) in case.record.isolation.leaks() {
        let of = seen.entry(leak.station).or_default();
        let frames = count.arrived.frames.max(count.settled.frames);
        of.astray += frames;
        let tenant = case.plan.tenants.get(leak.from.index());
        let whose = tenant.map_or("no tenant", |tenant| tenant.name.as_str());
        of.notes
            .push(format!("{} frames of {whose} astray here", thousands(frames)));
    }
    let mut sorted: Vec<_> = reasons.into_iter().collect();
    sorted.sort_by_key(|((station, reason), count)| (*station, std::cmp::Reverse(count.frames), *reason));
    for ((station, reason), count) in sorted {
        let of = seen.entry(station).or_default();
        of.notes.push(format!("{} lost: {reason}", thousands(count.frames)));
    }
    let places: BTreeMap<&str, StationId> = places(case.plan);
    for event in network_events(case) {
        let Some(station) = places.get(event.place.as_str()) else {
            continue;
        };
        let when = match event.to > event.from {
            true => format!("from {} to {}", event.from, event.to),
            false => format!("at {}", event.from),
        };
        let of = seen.entry(*station).or_default();
        of.notes.push(format!("{when}: {}", event.text));
    }
    seen.values_mut().for_each(|of| shorten(&mut of.notes));
    seen
}

fn places(plan: &Plan) -> BTreeMap<&str, StationId> {
    let nodes = plan.nodes.iter().enumerate();
    let nodes = nodes.map(|(i, n)| (n.name.as_str(), StationId::node(crate::ident::NodeId::of(i))));
    let links = plan.links.iter().enumerate();
    let links = links.map(|(i, l)| (l.name.as_str(), StationId::link(LinkId::of(i))));
    links.chain(nodes).collect()
}

/// Where each tenant's frames went; where none was seen, the way as it was built.
fn ways(case: &Case<'_>, tones: &Tones, samples: &Samples) -> Vec<TenantWay> {
    let plan = case.plan;
    let mut crossed: BTreeMap<TenantId, Vec<Crossing>> = BTreeMap::new();
    for ((tenant, lane), tagged) in samples.crossed() {
        let tags = tagged.iter().map(|seen| TagsSeen {
            tags: seen.tags.to_string(),
            frames: seen.frames,
            since_ns: seen.since.as_nanos(),
        });
        crossed.entry(tenant).or_default().push(Crossing {
            link: lane.link.index(),
            from_b: lane.from_b,
            tags: tags.collect(),
        });
    }
    let leaking: std::collections::BTreeSet<TenantId> =
        case.record.isolation.leaks().keys().map(|leak| leak.from).collect();
    let mut built = built_ways(plan);
    let each = plan.tenants.iter().enumerate().map(|(i, tenant)| {
        let id = TenantId::of(i);
        let seen = crossed.remove(&id).map(|mut hops| {
            hops.sort_by_key(|hop| order(plan, hop));
            hops
        });
        TenantWay {
            name: tenant.name.clone(),
            was_seen: seen.is_some(),
            hops: seen.or_else(|| built.remove(&id)).unwrap_or_default(),
            tone: match leaking.contains(&id) {
                true => Tone::Bad,
                false => tones.of(id).unwrap_or(Tone::Plain),
            },
        }
    });
    each.collect()
}

/// First what goes to the cloud, from column to column, then what comes back.
fn order(plan: &Plan, hop: &Crossing) -> (bool, usize, usize) {
    const LAST: usize = 6;
    let Some(link) = plan.links.get(hop.link) else {
        return (true, LAST, hop.link);
    };
    let of = |node: crate::ident::NodeId| plan.nodes.get(node.index()).map_or(LAST, |node| column(&node.kind));
    let (from, to) = match hop.from_b {
        true => (of(link.b.0), of(link.a.0)),
        false => (of(link.a.0), of(link.b.0)),
    };
    match from <= to {
        true => (false, from, hop.link),
        false => (true, LAST - from, hop.link),
    }
}

fn crossing(link: LinkId) -> Crossing {
    let lane = Lane { link, from_b: false };
    Crossing {
        link: lane.link.index(),
        from_b: lane.from_b,
        tags: Vec::new(),
    }
}
