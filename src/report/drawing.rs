//! The network of a plan, drawn: as Mermaid for a page, as DOT for graphviz.
//!
//! Columns from the customer to the cloud. Many data centres, VBRs or VPCs at one place are one box with
//! their number, so that three thousand tenants stay a picture.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::ident::{NodeId, TenantId};
use crate::scenario::Plan;
use crate::scenario::plan::{LinkPlan, NodeKind};

/// How a network is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawing {
    /// A flowchart of Mermaid, as Markdown pages show it.
    Mermaid,
    /// The language of graphviz.
    Dot,
}

/// The kinds of boxes, from the customer to the cloud.
const COLUMNS: [&str; 6] = [
    "data centres",
    "access points",
    "fabrics",
    "access devices",
    "VBRs",
    "VPCs",
];

/// Draws the network: every tenant's, or one's. Where more than `most` boxes of a kind hang on the same
/// others, they are one box.
pub fn drawing(plan: &Plan, tenant: Option<TenantId>, most: usize, as_what: Drawing) -> String {
    let boxes = boxes(plan, tenant, most);
    let lines = lines(plan, &boxes);
    match as_what {
        Drawing::Mermaid => mermaid(&boxes, &lines),
        Drawing::Dot => dot(plan, &boxes, &lines),
    }
}

/// A box: a node, or several of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Drawn {
    column: usize,
    label: String,
}

#[derive(Debug)]
struct Boxes {
    all: Vec<Drawn>,
    /// The box of each node that is drawn.
    of: BTreeMap<NodeId, usize>,
}

const fn column(kind: &NodeKind) -> usize {
    match kind {
        NodeKind::Idc(_) => 0,
        NodeKind::AccessPoint(_) => 1,
        NodeKind::Fabric(_) => 2,
        NodeKind::AccessDevice(_) => 3,
        NodeKind::Vbr(_) => 4,
        NodeKind::Vpc(_) => 5,
    }
}

fn boxes(plan: &Plan, tenant: Option<TenantId>, most: usize) -> Boxes {
    let is_drawn = |node: NodeId| {
        let only = plan.nodes[node.index()].place.only;
        tenant.is_none_or(|tenant| only.is_none_or(|only| only == tenant))
    };
    // Ends of one kind are alike where the boxes of others that they hang on are the same switches.
    let mut near: BTreeMap<NodeId, BTreeSet<NodeId>> = BTreeMap::new();
    for link in &plan.links {
        near.entry(link.a.0).or_default().insert(link.b.0);
        near.entry(link.b.0).or_default().insert(link.a.0);
    }
    let is_switch = |node: NodeId| (1..=3).contains(&column(&plan.nodes[node.index()].kind));
    let mut groups: BTreeMap<(usize, Vec<NodeId>), Vec<NodeId>> = BTreeMap::new();
    for node in (0..plan.nodes.len()).map(NodeId::of).filter(|node| is_drawn(*node)) {
        let kind = column(&plan.nodes[node.index()].kind);
        let hangs_on: Vec<NodeId> = match is_switch(node) {
            true => vec![node],
            false => near
                .get(&node)
                .into_iter()
                .flatten()
                .copied()
                .filter(|far| is_switch(*far))
                .collect(),
        };
        groups.entry((kind, hangs_on)).or_default().push(node);
    }
    let mut boxes = Boxes {
        all: Vec::new(),
        of: BTreeMap::new(),
    };
    for ((column, _), nodes) in groups {
        let name = |node: &NodeId| plan.nodes[node.index()].name.clone();
        if nodes.len() > most {
            let label = format!("{} {}", nodes.len(), COLUMNS[column]);
            boxes.of.extend(nodes.iter().map(|node| (*node, boxes.all.len())));
            boxes.all.push(Drawn { column, label });
            continue;
        }
        for node in nodes {
            boxes.of.insert(node, boxes.all.len());
            boxes.all.push(Drawn {
                column,
                label: name(&node),
            });
        }
    }
    boxes
}

/// Lines between boxes, with what stands at them: name, rate and delay of one link, or how many they are.
fn lines(plan: &Plan, boxes: &Boxes) -> Vec<(usize, usize, String)> {
    let mut all: BTreeMap<(usize, usize), Vec<&LinkPlan>> = BTreeMap::new();
    for link in &plan.links {
        let (Some(a), Some(b)) = (boxes.of.get(&link.a.0), boxes.of.get(&link.b.0)) else {
            continue;
        };
        all.entry((*a.min(b), *a.max(b))).or_default().push(link);
    }
    let told = |links: &[&LinkPlan]| match links {
        [link] => format!("{} {} {}", link.name, link.config.rate, link.config.delay),
        many => format!("{} links", many.len()),
    };
    all.into_iter().map(|((a, b), links)| (a, b, told(&links))).collect()
}

/// The columns in which something stands: number, title, and which boxes.
fn columns(boxes: &Boxes) -> impl Iterator<Item = (usize, &'static str, Vec<usize>)> {
    let each = COLUMNS.iter().enumerate().map(|(column, title)| {
        let inside = (0..boxes.all.len()).filter(|at| boxes.all[*at].column == column);
        (column, *title, inside.collect())
    });
    each.filter(|(.., inside): &(_, _, Vec<usize>)| !inside.is_empty())
}

fn mermaid(boxes: &Boxes, lines: &[(usize, usize, String)]) -> String {
    let mut text = "flowchart LR\n".to_owned();
    for (column, title, inside) in columns(boxes) {
        let _ = writeln!(text, "  subgraph c{column} [\"{title}\"]");
        for at in inside {
            let _ = writeln!(text, "    n{at}[\"{}\"]", spelt(&boxes.all[at].label));
        }
        text += "  end\n";
    }
    for (a, b, label) in lines {
        let _ = writeln!(text, "  n{a} ---|\"{}\"| n{b}", spelt(label));
    }
    text
}

fn dot(plan: &Plan, boxes: &Boxes, lines: &[(usize, usize, String)]) -> String {
    let mut text = format!(
        "graph \"{}\" {{\n  rankdir=LR;\n  node [shape=box];\n",
        quoted(&plan.name)
    );
    for (column, title, inside) in columns(boxes) {
        let _ = writeln!(text, "  subgraph cluster_{column} {{\n    label=\"{title}\";");
        for at in inside {
            let _ = writeln!(text, "    n{at} [label=\"{}\"];", quoted(&boxes.all[at].label));
        }
        text += "  }\n";
    }
    for (a, b, label) in lines {
        let _ = writeln!(text, "  n{a} -- n{b} [label=\"{}\"];", quoted(label));
    }
    text += "}\n";
    text
}

/// A text between quotes of Mermaid, which knows entities.
fn spelt(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '#' | '<' | '>' | '&' | '|' | '`' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A text between quotes of DOT.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests;
