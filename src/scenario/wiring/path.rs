//! The way of least delay through the partner's switches, ties by name.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::scenario::codes::Code;
use crate::scenario::issues::Issues;
use crate::scenario::resolve::{Idc, Terrain};

/// Switches that all ways together may pass; each is a service in its tables.
const WORK_MAX: usize = 5_000_000;

/// Ways towards circuits; one search for each switch that a circuit begins at.
pub(super) struct Paths<'a> {
    terrain: &'a Terrain,
    /// By switch: neighbours by (switch, link), both in order of their names.
    near: Vec<Vec<(usize, usize)>>,
    /// Switches passed and visited so far.
    work: usize,
    /// By the switch of the circuit: delay of every switch to it; `u64::MAX` where there is none.
    from: BTreeMap<usize, Vec<u64>>,
}

impl<'a> Paths<'a> {
    pub(super) fn new(terrain: &'a Terrain) -> Self {
        let mut near = vec![Vec::new(); terrain.switches.len()];
        for (i, link) in terrain.links.iter().enumerate() {
            near[link.a].push((link.b, i));
            near[link.b].push((link.a, i));
        }
        near.iter_mut().for_each(|list| list.sort_unstable());
        Self {
            terrain,
            near,
            work: 0,
            from: BTreeMap::new(),
        }
    }

    /// The links from the IDC's switch to its circuit's, in order; none where there is no way,
    /// `None` where all ways together are more than a plan may have.
    pub(super) fn of(&mut self, idc: &Idc, issues: &mut Issues) -> Option<Vec<usize>> {
        let root = self.terrain.circuits[idc.circuit].a;
        if idc.switch == root {
            return Some(Vec::new());
        }
        if !self.from.contains_key(&root) {
            self.work += (self.near.len() + self.terrain.links.len()) / 4;
            let distances = self.distances(root);
            self.from.insert(root, distances);
        }
        let distance = &self.from[&root];
        let mut here = idc.switch;
        if distance[here] == u64::MAX {
            issues.err(
                idc.item.attach.span,
                Code::NoPath,
                format!(
                    "no way leads from `{}` to `{}`, where circuit `{}` begins",
                    self.terrain.switches[here].item.name.0,
                    self.terrain.switches[root].item.name.0,
                    idc.item.circuit.0
                ),
            );
            return Some(Vec::new());
        }
        let mut links = Vec::new();
        while here != root {
            let step = self.near[here]
                .iter()
                .find(|(next, link)| distance[*next].checked_add(self.delay(*link)) == Some(distance[here]));
            let Some((next, link)) = step else { break };
            links.push(*link);
            here = *next;
            self.work += 1;
            if self.work > WORK_MAX {
                let message = format!("all tenants' ways together pass more than {WORK_MAX} switches");
                issues.err(idc.item.attach.span, Code::TooMany, message);
                return None;
            }
        }
        Some(links)
    }

    fn delay(&self, link: usize) -> u64 {
        self.terrain.links[link].config.delay.as_nanos()
    }

    /// Dijkstra's search. A sum past the end of time counts as no way.
    fn distances(&self, root: usize) -> Vec<u64> {
        let mut distance = vec![u64::MAX; self.near.len()];
        distance[root] = 0;
        let mut queue = BinaryHeap::from([Reverse((0u64, root))]);
        while let Some(Reverse((d, here))) = queue.pop() {
            if d > distance[here] {
                continue;
            }
            for (next, link) in &self.near[here] {
                if let Some(there) = d.checked_add(self.delay(*link)).filter(|t| *t < distance[*next]) {
                    distance[*next] = there;
                    queue.push(Reverse((there, *next)));
                }
            }
        }
        distance
    }
}
