//! What a world is built from.

use crate::ident::{NodeId, PortNo};
use crate::node::link::LinkConfig;

/// Nodes and links, in any order. Ids in here are indices into `nodes` as given; a world sorts
/// by name, and what it tells its observer are indices in order of name.
#[derive(Debug, Clone)]
pub struct Setup<N> {
    /// Root of every random stream.
    pub seed: u64,
    /// Nodes with their names.
    pub nodes: Vec<(String, N)>,
    /// Links.
    pub links: Vec<LinkSetup>,
    /// Names of the tenants, by id, for the digest; a tenant without one counts by its number.
    pub tenants: Vec<String>,
    /// Hashes of the flows' names, by id, for their luck on links; a flow without one counts by its
    /// number.
    pub flows: Vec<u64>,
}

/// A link between two ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSetup {
    /// Its name.
    pub name: String,
    /// One end.
    pub a: (NodeId, PortNo),
    /// The other end.
    pub b: (NodeId, PortNo),
    /// Rate, delay, MTU, queue.
    pub config: LinkConfig,
}

/// Why a world cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// Two nodes have one name.
    #[error("two nodes are named `{0}`")]
    TwoNodes(String),
    /// Two links have one name.
    #[error("two links are named `{0}`")]
    TwoLinks(String),
    /// A link ends at a node that is not there.
    #[error("link `{0}` ends at a node that is not there")]
    NoSuchNode(String),
    /// Two links end at one port.
    #[error("port {1} of node `{0}` has two links")]
    PortTaken(String, u32),
    /// A port's number is far above the number of its node's links.
    #[error("port {1} of node `{0}`: ports are counted from zero without wide gaps")]
    PortTooHigh(String, u32),
}

/// No link at this port.
pub(super) const NO_LANE: u32 = u32::MAX;

/// Which link leaves by which port: for each node a span of one flat list of lanes (twice the
/// link, and one more where the port is its `b` end).
#[derive(Debug, Default)]
pub(super) struct Wiring {
    lanes: Vec<u32>,
    spans: Vec<u32>,
}

impl Wiring {
    pub(super) fn lane(&self, node: NodeId, port: PortNo) -> Option<u32> {
        let start = self.spans[node.index()] as usize;
        let end = self.spans[node.index() + 1] as usize;
        let lane = *self.lanes[start..end].get(port.index())?;
        (lane != NO_LANE).then_some(lane)
    }

    fn of(names: &[&str], links: &[LinkSetup]) -> Result<Self, SetupError> {
        let mut degree = vec![0u32; names.len()];
        let mut width = vec![0u32; names.len()];
        for (node, port) in links.iter().flat_map(|l| [l.a, l.b]) {
            degree[node.index()] += 1;
            width[node.index()] = width[node.index()].max(port.0.saturating_add(1));
        }
        let mut spans = Vec::with_capacity(names.len() + 1);
        let mut total = 0u32;
        for (i, name) in names.iter().enumerate() {
            if u64::from(width[i]) > 4 * u64::from(degree[i]) + 64 {
                return Err(SetupError::PortTooHigh((*name).to_owned(), width[i] - 1));
            }
            spans.push(total);
            total = total.checked_add(width[i]).expect("fewer than 2^32 ports");
        }
        spans.push(total);
        let mut lanes = vec![NO_LANE; total as usize];
        for (i, link) in links.iter().enumerate() {
            let lane = u32::try_from(2 * i).expect("fewer than 2^31 links");
            for (lane, (node, port)) in [(lane, link.a), (lane + 1, link.b)] {
                let place = &mut lanes[spans[node.index()] as usize + port.index()];
                if *place != NO_LANE {
                    return Err(SetupError::PortTaken(names[node.index()].to_owned(), port.0));
                }
                *place = lane;
            }
        }
        Ok(Self { lanes, spans })
    }
}

impl<N> Setup<N> {
    /// Sorts by name and resolves every port.
    pub(super) fn wire(mut self) -> Result<(Self, Wiring), SetupError> {
        for link in &self.links {
            if link.a.0.index().max(link.b.0.index()) >= self.nodes.len() {
                return Err(SetupError::NoSuchNode(link.name.clone()));
            }
        }
        if !self.nodes.is_sorted_by(|a, b| a.0 <= b.0) {
            self.sort_nodes();
        }
        self.links.sort_by(|a, b| a.name.cmp(&b.name));
        if let Some(w) = self.nodes.windows(2).find(|w| w[0].0 == w[1].0) {
            return Err(SetupError::TwoNodes(w[0].0.clone()));
        }
        if let Some(w) = self.links.windows(2).find(|w| w[0].name == w[1].name) {
            return Err(SetupError::TwoLinks(w[0].name.clone()));
        }
        let names: Vec<&str> = self.nodes.iter().map(|(name, _)| name.as_str()).collect();
        let wiring = Wiring::of(&names, &self.links)?;
        Ok((self, wiring))
    }

    fn sort_nodes(&mut self) {
        let mut nodes: Vec<(usize, (String, N))> = std::mem::take(&mut self.nodes).into_iter().enumerate().collect();
        nodes.sort_by(|a, b| a.1.0.cmp(&b.1.0));
        let mut new_id = vec![NodeId(0); nodes.len()];
        for (now, (was, _)) in nodes.iter().enumerate() {
            new_id[*was] = NodeId::of(now);
        }
        self.nodes = nodes.into_iter().map(|(_, node)| node).collect();
        for link in &mut self.links {
            link.a.0 = new_id[link.a.0.index()];
            link.b.0 = new_id[link.b.0.index()];
        }
    }
}
