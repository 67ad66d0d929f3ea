//! From a leak of the model to frames that should show it.

use std::collections::HashSet;

use foldhash::fast::FixedState;

use super::explore::{Lost, MOST_STATES};
use super::model::{Far, Model, Owner, PortId};
use super::state::{FrameSet, step};
use super::symbol::{Symbol, TPIDS, Tail};

/// A hop of a way: what came in by which port, and by which port it left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hop {
    /// The port that it came in by.
    pub from: PortId,
    /// The tag that the switch read; [`Symbol::NONE`] where it read none.
    pub read: Symbol,
    /// The port that it left by.
    pub to: PortId,
}

/// A way on which a tenant's frame reaches a terminal of somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// Whose frame.
    pub from: Owner,
    /// Whose terminal; [`NOBODY`](super::NOBODY) where no tenant owns it.
    pub to: Owner,
    /// The port that the sender is at.
    pub start: PortId,
    /// The port that the foreign terminal is at.
    pub end: PortId,
    /// The sender's own tags, outermost first.
    pub tags: Vec<Symbol>,
    /// How the tags go on behind those.
    pub rest: Tail,
    /// The only source address that passes, where there is one, by number.
    pub mac: Option<u32>,
    /// Every switch on the way.
    pub hops: Vec<Hop>,
}

struct Node {
    state: FrameSet,
    parent: u32,
    taken: Option<Symbol>,
    left: PortId,
}

/// The shortest way from each start to each foreign terminal; at most `most` of them.
///
/// # Errors
/// Where there are too many states.
pub fn leaks(model: &Model, owner: Owner, starts: &[PortId], most: usize) -> Result<Vec<Leak>, Lost> {
    let mut found: Vec<Leak> = Vec::new();
    for start in starts {
        search(model, owner, *start, most, &mut found)?;
    }
    Ok(found)
}

/// Breadth first, so that a way is the shortest. Tails are kept apart, so that it is one way.
fn search(model: &Model, owner: Owner, start: PortId, most: usize, found: &mut Vec<Leak>) -> Result<(), Lost> {
    let mut nodes = vec![Node {
        state: FrameSet::all(start),
        parent: u32::MAX,
        taken: None,
        left: 0,
    }];
    let mut seen: HashSet<FrameSet, FixedState> = HashSet::default();
    let mut next = 0;
    while next < nodes.len() && found.len() < most {
        let parent = u32::try_from(next).expect("fewer than MOST_STATES");
        let mut more = Vec::new();
        // Ways on which tags stand too high are not followed; a leak by another is one.
        let _ = step(model, &nodes[next].state, |taken, to| more.push((taken, to)));
        for (taken, to) in more {
            match model.far(to.port) {
                Far::Terminal(whose) if whose != owner => {
                    let known = |leak: &Leak| leak.start == start && leak.end == to.port;
                    if found.len() < most && !found.iter().any(known) {
                        found.push(leak(&nodes, next, (owner, whose), taken, &to));
                    }
                }
                Far::Port(port) if seen.insert(to.at(port)) => nodes.push(Node {
                    state: to.at(port),
                    parent,
                    taken,
                    left: to.port,
                }),
                Far::Port(_) | Far::Terminal(_) | Far::Nowhere => {}
            }
        }
        if nodes.len() > MOST_STATES {
            return Err(Lost::Many);
        }
        next += 1;
    }
    Ok(())
}

fn leak(nodes: &[Node], last: usize, (from, whose): (Owner, Owner), taken: Option<Symbol>, to: &FrameSet) -> Leak {
    let mut steps = vec![(nodes[last].state, taken, to.port)];
    let mut at = last;
    while let Some(parent) = nodes.get(nodes[at].parent as usize) {
        steps.push((parent.state, nodes[at].taken, nodes[at].left));
        at = nodes[at].parent as usize;
    }
    steps.reverse();
    let hops = steps.iter().map(|(state, taken, left)| Hop {
        from: state.port,
        read: state.pushed().first().copied().or(*taken).unwrap_or(Symbol::NONE),
        to: *left,
    });
    Leak {
        from,
        to: whose,
        start: steps[0].0.port,
        end: to.port,
        tags: steps.iter().filter_map(|(_, taken, _)| *taken).collect(),
        rest: to.tail,
        mac: to.mac(),
        hops: hops.collect(),
    }
}

impl Leak {
    /// The sender's tags, with one more where the way wants the frame to go on with a tag. Its VID
    /// is `vid`.
    pub fn stack(&self, vid: u16) -> Vec<Symbol> {
        let mut tags = self.tags.clone();
        if !self.rest.may_end()
            && let Some(tpid) = (0..TPIDS.len()).find(|tpid| self.rest.may_be(*tpid))
        {
            tags.push(Symbol::tag(tpid, vid));
        }
        tags
    }
}
