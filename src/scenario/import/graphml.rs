//! Graphs of the Internet Topology Zoo.

use std::collections::BTreeMap;

use roxmltree::{Document, Node, ParsingOptions};

use crate::scenario::at::Wrong;
use crate::scenario::codes::Code;
use crate::units::SimDuration;

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
    /// Latitude and longitude in degrees, where both are given.
    pub position: Option<(f64, f64)>,
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
    /// Great-circle delay at 2e8 m/s, rounded to 1 us and at least 1 us; `None` where an end has
    /// no position.
    pub delay: Option<SimDuration>,
}

/// A graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    /// Points of presence, sorted by name.
    pub pops: Vec<Pop>,
    /// Edges, sorted by name.
    pub edges: Vec<Edge>,
    /// Edges from a point to itself, which were left out.
    pub loops: usize,
    /// Into how many parts the graph falls.
    pub parts: usize,
}

/// Reads a graph.
///
/// # Errors
/// It is no GraphML, has a document type, dangling edges, no point of presence, or is too large.
pub fn read(octets: &[u8]) -> Result<Graph, Wrong> {
    if octets.len() > XML_MAX {
        return Err(Wrong::new(Code::GraphTooLarge, "the graph has more than 16 MiB of XML"));
    }
    let text = std::str::from_utf8(octets).map_err(|e| broken(format!("octet {} is not UTF-8", e.valid_up_to())))?;
    if deeper_than(text, 64) {
        return Err(Wrong::new(Code::GraphTooLarge, "the XML nests deeper than 64 elements"));
    }
    let options = ParsingOptions {
        nodes_limit: 2_000_000,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|e| broken(e.to_string()))?;
    let root = document.root_element();
    if root.tag_name().name() != "graphml" {
        return Err(broken(format!(
            "the root element is `{}`, not `graphml`",
            clip(root.tag_name().name())
        )));
    }
    let keys = Keys::read(&root);
    let graph = children(&root, "graph")
        .next()
        .ok_or_else(|| broken("there is no graph in it"))?;
    let (pops, ids) = pops(&graph, &keys)?;
    let (edges, loops) = edges(&graph, &pops, &ids)?;
    let parts = parts(pops.len(), &edges);
    Ok(Graph {
        pops,
        edges,
        loops,
        parts,
    })
}

fn broken(what: impl Into<String>) -> Wrong {
    Wrong::new(Code::Graph, what)
}

fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}

/// A bound on the depth of elements, before anything recursive sees the text.
/// Comments and CDATA may make it too large, never too small.
fn deeper_than(text: &str, max: usize) -> bool {
    let octets = text.as_bytes();
    let mut depth = 0usize;
    for (i, octet) in octets.iter().enumerate() {
        if *octet == b'<' {
            match octets.get(i + 1) {
                Some(b'/') => depth = depth.saturating_sub(1),
                Some(b'?' | b'!') => {}
                _ => depth += 1,
            }
        } else if *octet == b'>' && i > 0 && octets[i - 1] == b'/' {
            depth = depth.saturating_sub(1);
        }
        if depth > max {
            return true;
        }
    }
    false
}

fn children<'a, 'i>(node: &Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |n| n.tag_name().name() == name)
}

/// Which `key` ids mean label, latitude and longitude.
struct Keys<'a> {
    label: Option<&'a str>,
    latitude: Option<&'a str>,
    longitude: Option<&'a str>,
}

impl<'a> Keys<'a> {
    fn read(root: &Node<'a, '_>) -> Self {
        let id = |name: &str| {
            children(root, "key")
                .find(|k| k.attribute("for") == Some("node") && k.attribute("attr.name") == Some(name))
                .and_then(|k| k.attribute("id"))
        };
        Self {
            label: id("label"),
            latitude: id("Latitude"),
            longitude: id("Longitude"),
        }
    }
}

fn data<'a>(node: &Node<'a, '_>, key: Option<&str>) -> Option<&'a str> {
    let key = key?;
    children(node, "data")
        .find(|d| d.attribute("key") == Some(key))
        .and_then(|d| d.text())
}

fn degrees(text: Option<&str>, max: f64) -> Option<f64> {
    text?
        .trim()
        .parse::<f64>()
        .ok()
        .filter(|d| d.is_finite() && d.abs() <= max)
}

type Ids = BTreeMap<String, usize>;

fn pops(graph: &Node<'_, '_>, keys: &Keys<'_>) -> Result<(Vec<Pop>, Ids), Wrong> {
    let mut found: Vec<(String, Pop)> = Vec::new();
    for node in children(graph, "node") {
        if found.len() >= POPS_MAX {
            return Err(Wrong::new(
                Code::GraphTooLarge,
                format!("the graph has more than {POPS_MAX} points of presence"),
            ));
        }
        let id = node
            .attribute("id")
            .ok_or_else(|| broken("a node has no id"))?
            .to_owned();
        let label = data(&node, keys.label).filter(|l| !l.trim().is_empty()).unwrap_or(&id);
        let position = degrees(data(&node, keys.latitude), 90.0).zip(degrees(data(&node, keys.longitude), 180.0));
        let name = slug(label);
        found.push((id, Pop { name, position }));
    }
    if found.is_empty() {
        return Err(broken("the graph has no node"));
    }
    // Equal labels are told apart by their ids.
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for (_, pop) in &found {
        *times.entry(pop.name.clone()).or_default() += 1;
    }
    for (id, pop) in &mut found {
        if times.get(&pop.name).is_some_and(|n| *n > 1) {
            pop.name = format!("{}-{}", pop.name, slug(id));
        }
    }
    found.sort_by(|a, b| a.1.name.cmp(&b.1.name));
    if let Some(pair) = found.windows(2).find(|w| w[0].1.name == w[1].1.name) {
        return Err(broken(format!(
            "two points of presence are named `{}`",
            clip(&pair[0].1.name)
        )));
    }
    let ids: Ids = found.iter().enumerate().map(|(i, (id, _))| (id.clone(), i)).collect();
    if ids.len() < found.len() {
        return Err(broken("two nodes have the same id"));
    }
    Ok((found.into_iter().map(|(_, pop)| pop).collect(), ids))
}

/// A label as a name: letters, digits, `.`, `_` and `-`; anything else becomes `-`.
fn slug(label: &str) -> String {
    let mut name: String = label
        .trim()
        .chars()
        .take(48)
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '.' | '_' | '-') {
                c
            } else {
                '-'
            }
        })
        .collect();
    if !name.chars().next().is_some_and(char::is_alphanumeric) {
        name.insert(0, 'p');
    }
    name
}

fn edges(graph: &Node<'_, '_>, pops: &[Pop], ids: &Ids) -> Result<(Vec<Edge>, usize), Wrong> {
    let mut loops = 0;
    let mut ends: Vec<(usize, usize)> = Vec::new();
    for edge in children(graph, "edge") {
        if ends.len() >= EDGES_MAX {
            return Err(Wrong::new(
                Code::GraphTooLarge,
                format!("the graph has more than {EDGES_MAX} edges"),
            ));
        }
        let end = |which: &str| {
            let id = edge
                .attribute(which)
                .ok_or_else(|| broken(format!("an edge has no {which}")))?;
            ids.get(id)
                .copied()
                .ok_or_else(|| broken(format!("an edge's {which} `{}` is no node", clip(id))))
        };
        let (a, b) = (end("source")?, end("target")?);
        if a == b {
            loops += 1;
        } else {
            ends.push((a.min(b), a.max(b)));
        }
    }
    ends.sort_unstable();
    let mut list: Vec<Edge> = Vec::with_capacity(ends.len());
    let mut nth = 1;
    for (i, (a, b)) in ends.iter().copied().enumerate() {
        nth = if i > 0 && ends[i - 1] == (a, b) { nth + 1 } else { 1 };
        let base = format!("{}--{}", pops[a].name, pops[b].name);
        list.push(Edge {
            name: if nth == 1 { base } else { format!("{base}--{nth}") },
            a,
            b,
            delay: pops[a].position.zip(pops[b].position).map(|(p, q)| delay(p, q)),
        });
    }
    list.sort_by(|x, y| x.name.cmp(&y.name));
    Ok((list, loops))
}

/// Great-circle distance (haversine, mean radius 6,371,008.8 m) at 2e8 m/s, rounded to 1 us.
/// `libm` gives the same bits on every platform.
fn delay(p: (f64, f64), q: (f64, f64)) -> SimDuration {
    let rad = |d: f64| d * (core::f64::consts::PI / 180.0);
    let half = |d: f64| {
        let s = libm::sin(rad(d) / 2.0);
        s * s
    };
    let h = half(q.0 - p.0) + libm::cos(rad(p.0)) * libm::cos(rad(q.0)) * half(q.1 - p.1);
    let metres = 2.0 * 6_371_008.8 * libm::asin(libm::sqrt(h.clamp(0.0, 1.0)));
    let micros = libm::round(metres / 200.0);
    SimDuration::from_micros((micros as u64).max(1))
}

/// Into how many parts `n` points fall.
fn parts(n: usize, edges: &[Edge]) -> usize {
    let mut parent: Vec<usize> = (0..n).collect();
    fn find(parent: &mut [usize], mut i: usize) -> usize {
        while parent[i] != i {
            parent[i] = parent[parent[i]];
            i = parent[i];
        }
        i
    }
    let mut count = n;
    for edge in edges {
        let (a, b) = (find(&mut parent, edge.a), find(&mut parent, edge.b));
        if a != b {
            parent[a] = b;
            count -= 1;
        }
    }
    count
}
