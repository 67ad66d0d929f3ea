//! Where a starter's data centres are: points of presence of a partner's backbone.

use std::collections::BTreeSet;

use thiserror::Error;

use super::graphml::{self, Graph};

/// A partner's backbone, and where the circuit begins in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The graph's file, as the scenario names it: relative to its own folder, or absolute.
    pub file: String,
    /// The point of presence with most links, the first by name among equals: the circuit begins there.
    pub hub: String,
    /// Every point of presence that a way leads to from there, in order; `None` where that is all of them.
    pub reached: Option<Vec<String>>,
    /// How many points of presence the graph has.
    pub pops: usize,
}

/// Why there is no site.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SiteError {
    /// The file is no graph that is read.
    #[error("{0}")]
    Graph(String),
    /// Its path cannot be written on one line.
    #[error("its path holds a control character")]
    Path,
}

impl Site {
    /// The site of a GraphML file; `file` is its path as the scenario will name it.
    ///
    /// # Errors
    /// The octets are no graph, or the path cannot be written into a scenario.
    pub fn read(file: &str, octets: &[u8]) -> Result<Self, SiteError> {
        if file.chars().any(char::is_control) {
            return Err(SiteError::Path);
        }
        let graph = graphml::read(octets).map_err(|wrong| SiteError::Graph(wrong.message))?;
        let links = |pop: usize| graph.edges.iter().filter(|e| e.a == pop || e.b == pop).count();
        let ends: Vec<usize> = (0..graph.pops.len()).collect();
        let hub = ends
            .iter()
            .copied()
            .max_by_key(|pop| (links(*pop), std::cmp::Reverse(*pop)));
        let hub = hub.ok_or_else(|| SiteError::Graph("it has no point of presence".to_owned()))?;
        let reached = reached(&graph, hub);
        let all = reached.len() == graph.pops.len();
        let names = reached.iter().map(|pop| graph.pops[*pop].name.clone()).collect();
        Ok(Self {
            file: file.to_owned(),
            hub: graph.pops[hub].name.clone(),
            reached: (!all).then_some(names),
            pops: graph.pops.len(),
        })
    }
}

/// The points of presence that links lead to from `hub`, itself among them.
fn reached(graph: &Graph, hub: usize) -> BTreeSet<usize> {
    let mut near: Vec<Vec<usize>> = vec![Vec::new(); graph.pops.len()];
    for edge in &graph.edges {
        near[edge.a].push(edge.b);
        near[edge.b].push(edge.a);
    }
    let mut reached = BTreeSet::from([hub]);
    let mut next = vec![hub];
    while let Some(pop) = next.pop() {
        for other in &near[pop] {
            if reached.insert(*other) {
                next.push(*other);
            }
        }
    }
    reached
}
