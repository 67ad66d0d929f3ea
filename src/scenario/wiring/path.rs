//! The way of least delay through the partner's switches, ties by name.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::scenario::codes::Code;
use crate::scenario::issues::Issues;
use crate::scenario::resolve::{Idc, World};

/// Ways towards circuits; one search for each switch that a circuit begins at.
pub(super) struct Paths<'a> {
    world: &'a World,
    /// By switch: neighbours by (switch, link), both in order of their names.
    near: Vec<Vec<(usize, usize)>>,
    /// By the switch of the circuit: delay of every switch to it; `u64::MAX` where there is none.
    from: BTreeMap<usize, Vec<u64>>,
}

impl<'a> Paths<'a> {
    pub(super) fn new(world: &'a World) -> Self {
        let mut near = vec![Vec::new(); world.switches.len()];
        for (i, link) in world.links.iter().enumerate() {
            near[link.a].push((link.b, i));
            near[link.b].push((link.a, i));
        }
        near.iter_mut().for_each(|list| list.sort_unstable());
        Self {
            world,
            near,
            from: BTreeMap::new(),
        }
    }

    /// The links from the IDC's switch to its circuit's, in order.
    pub(super) fn of(&mut self, idc: &Idc, issues: &mut Issues) -> Vec<usize> {
        let root = self.world.circuits[idc.circuit].a;
        if !self.from.contains_key(&root) {
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
                    self.world.switches[here].item.name.0, self.world.switches[root].item.name.0, idc.item.circuit.0
                ),
            );
            return Vec::new();
        }
        let mut links = Vec::new();
        while here != root {
            let step = self.near[here]
                .iter()
                .find(|(next, link)| distance[*next].checked_add(self.delay(*link)) == Some(distance[here]));
            let Some((next, link)) = step else { break };
            links.push(*link);
            here = *next;
        }
        links
    }

    fn delay(&self, link: usize) -> u64 {
        self.world.links[link].config.delay.as_nanos()
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
