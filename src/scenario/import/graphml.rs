//! Graphs in GraphML: as the Internet Topology Zoo and drawing tools write them.

mod edges;
mod globe;
mod nodes;
mod text;

use std::collections::BTreeSet;

use roxmltree::{Document, Node, ParsingOptions};

use super::kind::InputKind;
use crate::scenario::at::Wrong;
use crate::scenario::codes::Code;
use crate::units::SimDuration;
pub use globe::Position;
use nodes::Keys;

/// Octets of XML that are read.
pub const XML_MAX: usize = 16 << 20;
/// Points of presence that a graph may have.
pub const POPS_MAX: usize = 10_000;
/// Edges that a graph may have.
pub const EDGES_MAX: usize = 50_000;

/// A point of presence.
#[derive(Debug, Clone, PartialEq)]
pub struct Pop {
    /// Its label, made a name; unique within the graph.
    pub name: String,
    /// Where it is, if the graph says so.
    pub position: Option<Position>,
}

/// An edge between two points of presence.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// Its name: both ends', with a number from the second parallel edge on.
    pub name: String,
    /// Index of the end with the smaller name.
    pub a: usize,
    /// Index of the other end.
    pub b: usize,
    /// Great-circle delay at 2e8 m/s, in whole nanoseconds and at least one; `None` where an end
    /// has no position.
    pub delay: Option<SimDuration>,
}

/// A graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    /// Points of presence, sorted by name.
    pub pops: Vec<Pop>,
    /// Edges, sorted by name.
    pub edges: Vec<Edge>,
    /// Into how many parts the graph falls.
    pub parts: usize,
    /// What was left out, or is not as it was written, each kind with its count.
    pub told: Vec<Wrong>,
}

/// What the author of a graph should know.
#[derive(Default)]
struct Told(Vec<Wrong>);

impl Told {
    fn left_out(&mut self, what: String) {
        self.0.push(Wrong::new(Code::GraphLeftOut, what));
    }

    fn edges(&mut self, what: String) {
        self.0.push(Wrong::new(Code::GraphEdges, what));
    }
}

/// Reads a graph: the first of the file, and those within its nodes.
///
/// # Errors
/// It is no GraphML, has a document type, dangling edges, no point of presence, or is too large.
pub fn read(octets: &[u8]) -> Result<Graph, Wrong> {
    if let Some(wrong) = InputKind::of(octets).and_then(InputKind::instead_of_a_graph) {
        return Err(wrong);
    }
    let large = |what| Wrong::new(Code::GraphTooLarge, what);
    if octets.len() > XML_MAX {
        return Err(large("the graph has more than 16 MiB of XML"));
    }
    let text = text::decode(octets)?;
    if text::deeper_than(&text, 64) {
        return Err(large("the XML nests deeper than 64 elements"));
    }
    let options = ParsingOptions {
        nodes_limit: 2_000_000,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(&text, options).map_err(|e| broken(e.to_string()))?;
    of_document(&document.root_element())
}

fn of_document(root: &Node<'_, '_>) -> Result<Graph, Wrong> {
    if root.tag_name().name() != "graphml" {
        let name = clip(root.tag_name().name());
        return Err(broken(format!("the root element is `{name}`, not `graphml`")));
    }
    let mut roots = children(root, "graph");
    let first = roots.next().ok_or_else(|| broken("there is no graph in it"))?;
    let further: Vec<_> = roots.collect();
    let mut told = Told::default();
    if !further.is_empty() {
        let count = |name| further.iter().map(|graph| within(graph, name)).sum::<usize>();
        let (graphs, nodes, edges) = (further.len(), count("node"), count("edge") + count("hyperedge"));
        told.left_out(format!(
            "{graphs} further graphs with {nodes} nodes and {edges} edges are left out: only the first is read"
        ));
    }
    let graphs = nested(first);
    let (pops, ids) = nodes::pops(&graphs, &Keys::read(root), &all_ends(&graphs), &mut told)?;
    let edges = edges::edges(&graphs, &pops, &ids, &mut told)?;
    let parts = edges::parts(pops.len(), &edges);
    Ok(Graph {
        pops,
        edges,
        parts,
        told: told.0,
    })
}

/// A graph, and those within its nodes, however deep.
fn nested<'a, 'i>(first: Node<'a, 'i>) -> Vec<Node<'a, 'i>> {
    let mut graphs = vec![first];
    let mut next = 0;
    while let Some(graph) = graphs.get(next).copied() {
        next += 1;
        graphs.extend(children(&graph, "node").flat_map(|node| node.children().filter(is_graph)));
    }
    graphs
}

fn is_graph(node: &Node<'_, '_>) -> bool {
    node.tag_name().name() == "graph"
}

/// The ids of all nodes at which an edge ends.
fn all_ends<'a>(graphs: &[Node<'a, '_>]) -> BTreeSet<&'a str> {
    let mut ids = BTreeSet::new();
    for graph in graphs {
        ids.extend(children(graph, "edge").flat_map(|edge| edges::ends(&edge)).flatten());
        let pairs = children(graph, "hyperedge").map(|edge| edges::endpoints(&edge));
        ids.extend(pairs.filter(|ends| ends.len() == 2).flatten().flatten());
    }
    ids
}

/// Elements of this name within a graph, however deep.
fn within(graph: &Node<'_, '_>, name: &str) -> usize {
    graph.descendants().filter(|n| n.tag_name().name() == name).count()
}

fn broken(what: impl Into<String>) -> Wrong {
    Wrong::new(Code::Graph, what)
}

fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}

fn children<'a, 'i>(node: &Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |n| n.tag_name().name() == name)
}
