//! Loops that switches would flood: found in the tables, before anything runs.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::at::Wrong;
use super::codes::Code;
use super::issues::Issues;
use super::origins::{Key, Origins};
use super::plan::{LinkPlan, NodeKind, NodePlan, Plan, SwitchPlan};
use crate::forward::{PortRole, ServiceId, ServiceKind, Untagged};
use crate::ident::{LinkId, NodeId, PortNo};
use crate::wire::Vid;

/// So many loops are warned of one by one.
const MOST: usize = 12;

/// A service at a switch.
type At = (NodeId, ServiceId);
/// Frames as they are on a link: at the port of a switch, under a tag or none.
type Seen = (NodeId, PortNo, Option<Vid>);

/// What joins services of neighbouring switches, without the links that close loops.
#[derive(Default)]
struct Forest {
    /// Neighbours, and the link to them.
    next: BTreeMap<At, Vec<(At, usize)>>,
    /// One of each tree's services stands for the tree.
    tree: BTreeMap<At, At>,
}

impl Forest {
    fn root(&self, mut of: At) -> At {
        while let Some(up) = self.tree.get(&of) {
            of = *up;
        }
        of
    }

    /// Joins two services by a link; if they were joined already, the links of the loop that it closes.
    fn join(&mut self, a: At, b: At, link: usize, floods: &BTreeSet<At>) -> Option<BTreeSet<usize>> {
        let (root_a, root_b) = (self.root(a), self.root(b));
        if root_a == root_b {
            return self.around(a, b, link, floods);
        }
        self.tree.insert(root_a, root_b);
        self.next.entry(a).or_default().push((b, link));
        self.next.entry(b).or_default().push((a, link));
        // Later questions are short ones.
        for of in [a, b] {
            if of != root_b {
                self.tree.insert(of, root_b);
            }
        }
        None
    }

    /// The links of the way between two services of one tree, and the one that closes it, if a
    /// service on it floods.
    fn around(&self, a: At, b: At, link: usize, floods: &BTreeSet<At>) -> Option<BTreeSet<usize>> {
        let mut came: BTreeMap<At, (At, usize)> = BTreeMap::new();
        let mut queue = VecDeque::from([a]);
        while let Some(at) = queue.pop_front().filter(|at| *at != b) {
            for (to, by) in self.next.get(&at).into_iter().flatten() {
                if *to != a && !came.contains_key(to) {
                    came.insert(*to, (at, *by));
                    queue.push_back(*to);
                }
            }
        }
        let (mut links, mut at) = (BTreeSet::from([link]), b);
        let mut flooded = floods.contains(&b);
        while let Some((from, by)) = came.get(&at) {
            links.insert(*by);
            flooded |= floods.contains(from);
            at = *from;
        }
        flooded.then_some(links)
    }
}

fn switch_of(node: &NodePlan) -> Option<&SwitchPlan> {
    match &node.kind {
        NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) | NodeKind::AccessDevice(switch) => Some(switch),
        NodeKind::Idc(_) | NodeKind::Vbr(_) | NodeKind::Vpc(_) => None,
    }
}

/// Each loop that flooding services close, by its links, and how many services it loops.
fn loops(nodes: &[NodePlan], links: &[LinkPlan]) -> BTreeMap<BTreeSet<usize>, usize> {
    let mut seen: BTreeMap<Seen, At> = BTreeMap::new();
    let mut floods: BTreeSet<At> = BTreeSet::new();
    for (i, node) in nodes.iter().enumerate() {
        let (id, Some(switch)) = (NodeId::of(i), switch_of(node)) else {
            continue;
        };
        for (service_id, service) in &switch.tables.services {
            let at = (id, *service_id);
            if service.kind != ServiceKind::CrossConnect {
                floods.insert(at);
            }
            for member in &service.members {
                seen.insert((id, member.port, on_the_wire(switch, member.port, member.vid)), at);
            }
        }
    }
    if floods.is_empty() {
        return BTreeMap::new();
    }
    let (mut forest, mut found) = (Forest::default(), BTreeMap::new());
    for (i, link) in links.iter().enumerate() {
        let tags = seen.range((link.a.0, link.a.1, None)..);
        let tags = tags.take_while(|((node, port, _), _)| (*node, *port) == link.a);
        for ((_, _, tag), at) in tags {
            let Some(far) = seen.get(&(link.b.0, link.b.1, *tag)) else {
                continue;
            };
            if let Some(links) = forest.join(*at, *far, i, &floods) {
                *found.entry(links).or_default() += 1;
            }
        }
    }
    found
}

/// The tag under which a member's frames cross its port's link.
fn on_the_wire(switch: &SwitchPlan, port: PortNo, vid: Option<Vid>) -> Option<Vid> {
    let config = switch.tables.ports.get(port.index())?;
    match config.untagged {
        Untagged::Native(native) if config.role == PortRole::Trunk && vid == Some(native) => None,
        Untagged::Native(_) | Untagged::Drop => vid,
    }
}

/// Of each loop between switches that would flood it, the link that was written last: with these
/// cut, none is left.
pub fn closing_links(plan: &Plan) -> Vec<LinkId> {
    let found = loops(&plan.nodes, &plan.links);
    let last = |of: &BTreeSet<usize>| {
        let written = of.iter().filter_map(|link| {
            let span = plan.origins.link(&plan.links[*link].name, Key::Name)?;
            Some((span.line, span.column, *link))
        });
        written.max().map(|(.., link)| LinkId::of(link))
    };
    let all: BTreeSet<LinkId> = found.keys().filter_map(last).collect();
    all.into_iter().collect()
}

/// Warns of every loop between switches that would flood it.
pub(super) fn warn(nodes: &[NodePlan], links: &[LinkPlan], origins: &Origins, issues: &mut Issues) {
    let found = loops(nodes, links);
    let more = found.len().saturating_sub(MOST);
    for (at, (of, services)) in found.into_iter().take(MOST).enumerate() {
        let names: Vec<&str> = of.iter().map(|link| links[*link].name.as_str()).collect();
        let spans = names.iter().filter_map(|name| origins.link(name, Key::Name));
        let Some(span) = spans.max_by_key(|span| (span.line, span.column)) else {
            continue;
        };
        let rest = match more {
            0 => String::new(),
            more if at + 1 == MOST => format!("; and {more} more loops"),
            _ => String::new(),
        };
        let text = format!(
            "a loop through {}: what is flooded in {services} service{} of its switches goes in circles{rest}",
            names.join(", "),
            if services == 1 { "" } else { "s" },
        );
        let help =
            "a switch here runs no spanning tree: take one of the links off these VLANs (`allowed_vids`), or out";
        issues.warn(span, Wrong::new(Code::Loop, text).help(help));
    }
}
