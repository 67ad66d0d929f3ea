//! Frames that failing verdicts are about: which they are, and the way that each went.

use std::collections::{BTreeMap, BTreeSet};

use super::{Named, is_wrong};
use crate::check::{Case, Judgement, Line};
use crate::evidence::{Family, Hop, Lineage, Trace};
use crate::ident::{Fate, Origin, StationId};
use crate::report::document::picture::{FrameTold, HopTold};
use crate::scenario::Plan;

/// Frames of one verdict that are told.
const OF_ONE: usize = 3;
/// Frames that are told in all.
const IN_ALL: usize = 96;

/// A frame that a verdict is about.
#[derive(Debug, Clone)]
pub struct Noticed {
    /// Which line of the judgement.
    pub line: usize,
    /// Whose frame it is.
    pub trace: Trace,
    told: FrameTold,
}

impl Noticed {
    /// The frame with its copies and answers.
    pub const fn family(&self) -> Family {
        Family::of(&self.trace)
    }
}

/// The frames that lines which are not as one would wish are about, the first of each kind.
pub fn noticed(plan: &Plan, record: &crate::record::Record, judgement: &Judgement) -> Vec<Noticed> {
    let case = Case { plan, record };
    let names = Named::new(plan);
    let wrong = judgement.lines.iter().enumerate().filter(|(_, line)| is_wrong(line));
    let mut all = Vec::new();
    for (at, line) in wrong {
        let found = match line.check {
            "isolation" => astray(&case),
            "gating" => Vec::new(),
            _ => lost(&case, &names, line),
        };
        let found = found.into_iter().map(|(trace, told)| Noticed { line: at, trace, told });
        all.extend(found);
        if all.len() >= IN_ALL {
            all.truncate(IN_ALL);
            break;
        }
    }
    all
}

/// The first frame of each leak.
fn astray(case: &Case<'_>) -> Vec<(Trace, FrameTold)> {
    let (mut kinds, mut traces) = (BTreeSet::new(), BTreeSet::new());
    let mut told = Vec::new();
    for kept in case.record.isolation.frames().all() {
        if told.len() >= OF_ONE {
            break;
        }
        // The link and the node behind it see the same frame.
        if !kinds.insert(kept.kind) || !traces.insert(kept.trace) {
            continue;
        }
        let (place, party) = place(case.plan, kept.kind.station);
        let fate = format!("seen at {place}, where it does not belong, at {}", kept.at);
        told.push((
            kept.trace,
            one(case.plan, &kept.trace, fate, party, &kept.octets, kept.length),
        ));
    }
    told
}

/// The first frame of each reason and place for which a tenant or a flow lost frames.
fn lost(case: &Case<'_>, names: &Named<'_>, line: &Line) -> Vec<(Trace, FrameTold)> {
    let (tenant, flow) = (names.tenant(&line.subject), names.flow(&line.subject));
    let Some(tenant) = tenant else { return Vec::new() };
    let mut kinds = BTreeSet::new();
    let mut told = Vec::new();
    for kept in case.record.evidence.exceptions().all() {
        if told.len() >= OF_ONE {
            break;
        }
        let Fate::Dropped(reason) = kept.kind.fate else {
            continue;
        };
        let own = kept.kind.tenant == tenant && flow.is_none_or(|flow| kept.trace.flow == flow);
        let of_flow = kept.trace.flow.is_some();
        if !own || !of_flow || !kinds.insert((kept.kind.station, reason)) {
            continue;
        }
        let (place, party) = place(case.plan, kept.kind.station);
        let fate = format!("ended at {place} at {}: {}", kept.at, reason.as_str());
        told.push((
            kept.trace,
            one(case.plan, &kept.trace, fate, party, &kept.octets, kept.length),
        ));
    }
    told
}

fn one(plan: &Plan, trace: &Trace, fate: String, party: &'static str, octets: &[u8], length: u32) -> FrameTold {
    let tenant = plan.tenants.get(trace.tenant.index());
    let tenant = tenant.map_or("no tenant", |tenant| tenant.name.as_str());
    let which = match trace.origin {
        Origin::Flow(flow) => {
            let name = plan.flows.get(flow.index()).map_or("?", |flow| flow.name.as_str());
            format!("frame {} of flow {name}", trace.seq)
        }
        Origin::Protocol(node) => {
            let name = plan.nodes.get(node.index()).map_or("?", |node| node.name.as_str());
            format!("frame of a protocol of {name}")
        }
        Origin::Unknown => "a frame of unknown origin".to_owned(),
    };
    FrameTold {
        whose: format!("{tenant}: {which}{}", lineage(trace.lineage)),
        fate,
        party: party.to_owned(),
        octets: octets.to_vec(),
        length: u64::from(length),
        hops: Vec::new(),
    }
}

const fn lineage(lineage: Lineage) -> &'static str {
    match lineage {
        Lineage::Root => "",
        Lineage::Copy => ", a copy",
        Lineage::Reply => ", an answer",
        Lineage::ReplyCopy => ", a copy of an answer",
    }
}

/// The name of a place, and the party that answers for it.
fn place(plan: &Plan, station: StationId) -> (&str, &'static str) {
    let node = station.as_node().and_then(|node| plan.nodes.get(node.index()));
    let link = station.as_link().and_then(|link| plan.links.get(link.index()));
    match (node, link) {
        (Some(node), _) => (&node.name, node.place.party.as_str()),
        (_, Some(link)) => (&link.name, link.place.party.as_str()),
        _ => ("nowhere", "nobody"),
    }
}

/// Frames with the ways that they went, by line of the judgement. Of an answer the way of the answer.
pub fn told(
    plan: &Plan,
    noticed: Vec<Noticed>,
    followed: &BTreeMap<Family, Vec<Hop>>,
) -> BTreeMap<usize, Vec<FrameTold>> {
    let mut by_line: BTreeMap<usize, Vec<FrameTold>> = BTreeMap::new();
    for mut one in noticed {
        let hops = followed.get(&one.family()).into_iter().flatten();
        let own = hops.filter(|hop| hop.lineage.is_answer() == one.trace.lineage.is_answer());
        one.told.hops = own.map(|hop| told_hop(plan, hop)).collect();
        by_line.entry(one.line).or_default().push(one.told);
    }
    by_line
}

fn told_hop(plan: &Plan, hop: &Hop) -> HopTold {
    let from = plan.nodes.get(hop.from.index()).map_or("?", |node| node.name.as_str());
    let link = plan.links.get(hop.lane.link.index());
    HopTold {
        at_ns: Some(hop.start.as_nanos()),
        from: format!("{from}{}", lineage(hop.lineage)),
        link: link.map_or_else(String::new, |link| link.name.clone()),
        tags: hop.tags.to_string(),
        captured: Some(hop.number),
    }
}
