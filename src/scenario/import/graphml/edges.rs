//! Links: the edges of a graph, those of two ends that are written as hyperedges too.

use std::collections::BTreeMap;

use roxmltree::Node;

use super::nodes::Ids;
use super::{EDGES_MAX, Edge, Pop, Told, broken, children, clip};
use crate::scenario::at::Wrong;
use crate::scenario::codes::Code;

/// How often two points of presence are joined.
#[derive(Default)]
struct Joined {
    undirected: usize,
    /// From the smaller to the greater, and back.
    directed: [usize; 2],
}

/// The two ends that an edge names, as written.
pub(super) fn ends<'a>(edge: &Node<'a, '_>) -> [Option<&'a str>; 2] {
    [edge.attribute("source"), edge.attribute("target")]
}

/// The ends of a hyperedge, as written.
pub(super) fn endpoints<'a>(hyperedge: &Node<'a, '_>) -> Vec<Option<&'a str>> {
    children(hyperedge, "endpoint").map(|e| e.attribute("node")).collect()
}

/// The links of these graphs, sorted by name. Two directed edges, there and back, are one link.
pub(super) fn edges(graphs: &[Node<'_, '_>], pops: &[Pop], ids: &Ids, told: &mut Told) -> Result<Vec<Edge>, Wrong> {
    let mut joined: BTreeMap<(usize, usize), Joined> = BTreeMap::new();
    let (mut loops, mut paired, mut hyperedges, mut read) = (0u64, 0u64, 0u64, 0usize);
    let mut join = |ends: [Option<&str>; 2], directed: bool| {
        read += 1;
        if read > EDGES_MAX {
            let message = format!("the graph has more than {EDGES_MAX} edges");
            return Err(Wrong::new(Code::GraphTooLarge, message));
        }
        let end = |which: usize, name: &str| {
            let id = ends[which].ok_or_else(|| broken(format!("an edge has no {name}")))?;
            let unknown = || broken(format!("an edge's {name} `{}` is no node", clip(id)));
            ids.get(id).copied().ok_or_else(unknown)
        };
        let (a, b) = (end(0, "source")?, end(1, "target")?);
        if a == b {
            loops += 1;
            return Ok(());
        }
        let pair = joined.entry((a.min(b), a.max(b))).or_default();
        if directed {
            pair.directed[usize::from(a > b)] += 1;
        } else {
            pair.undirected += 1;
        }
        Ok(())
    };
    for graph in graphs {
        let default = graph.attribute("edgedefault") == Some("directed");
        for edge in children(graph, "edge") {
            let directed = match edge.attribute("directed") {
                Some("true" | "1") => true,
                Some("false" | "0") => false,
                _ => default,
            };
            join(ends(&edge), directed)?;
        }
        for hyperedge in children(graph, "hyperedge") {
            match endpoints(&hyperedge)[..] {
                [a, b] => {
                    paired += 1;
                    join([a, b], false)?;
                }
                _ => hyperedges += 1,
            }
        }
    }
    if paired > 0 {
        told.edges(format!("{paired} hyperedges of two ends are read as links"));
    }
    if hyperedges > 0 {
        told.left_out(format!("{hyperedges} hyperedges are left out: a link has two ends"));
    }
    Ok(links(&joined, pops, loops, told))
}

fn links(joined: &BTreeMap<(usize, usize), Joined>, pops: &[Pop], loops: u64, told: &mut Told) -> Vec<Edge> {
    let (mut both, mut one_way, mut parallel) = (0, 0, 0);
    let mut list: Vec<Edge> = Vec::new();
    for ((a, b), pair) in joined {
        let [there, back] = pair.directed;
        let links = pair.undirected + there.max(back);
        both += there.min(back);
        one_way += there.abs_diff(back);
        parallel += links - 1;
        let base = format!("{}--{}", pops[*a].name, pops[*b].name);
        let delay = pops[*a].position.zip(pops[*b].position).map(|(p, q)| p.delay_to(q));
        list.extend((1..=links).map(|nth| Edge {
            name: if nth == 1 {
                base.clone()
            } else {
                format!("{base}--{nth}")
            },
            a: *a,
            b: *b,
            delay,
        }));
    }
    if loops > 0 || parallel > 0 {
        told.edges(format!(
            "{loops} edges to themselves are left out, {parallel} are parallel to another"
        ));
    }
    if both > 0 {
        told.edges(format!(
            "{both} links are written both ways, as two directed edges: each pair is one link"
        ));
    }
    if one_way > 0 {
        told.edges(format!(
            "{one_way} directed edges have none that leads back: their links carry both directions"
        ));
    }
    list.sort_by(|x, y| x.name.cmp(&y.name));
    list
}

/// Into how many parts `n` points fall.
pub(super) fn parts(n: usize, edges: &[Edge]) -> usize {
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
