//! The search: every state that some sequence of deeds leads to; those of few faults first, then the
//! short ones.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;

use super::deed::{Act, Deed};
use super::invariants::{self, Broken, Invariant};
use super::key;
use super::leads;
use super::node::{Behaviour, Node, Stepped, step};
use super::replay;
use super::result::{Group, Reached, Seen, Told, Violation};
use super::world::World;
use crate::provision::{Outcome, ResourceId, ServiceKey, State};
use crate::rehearse::states::HalfDone;
use crate::units::ByteCount;

/// Octets that a state takes besides its key: its place in the index, and what is known of it.
const BESIDE: u64 = 96;
/// Octets that a step takes: whence and whither.
const PER_EDGE: u64 = 8;
/// A state in use is so many times as large as what it feeds a hasher: its maps keep room for more than
/// they hold.
const UNPACKED: u64 = 16;

/// How a state was reached.
#[derive(Debug, Clone, Copy)]
struct Parent {
    state: u32,
    act: Act,
}

/// What is known of a state.
#[derive(Debug, Clone, Copy)]
struct Entry {
    parent: Option<Parent>,
    /// Faults and deeds of the best sequence to it: the fewest faults, then the fewest deeds.
    best: (u32, u32),
    /// Was it gone on from?
    done: bool,
    /// Is every conversion done or not begun?
    at_rest: bool,
    /// Does some step lead on?
    leads_on: bool,
    /// Where the conversions stand: an index into the standings.
    standing: u32,
}

/// A state that is still to be gone on from.
struct Open {
    /// The state itself, while there is room for it; else it is what its sequence leads to.
    node: Option<Box<Node>>,
}

/// A search under way.
struct Search<'a> {
    world: &'a World,
    behaviour: &'a dyn Behaviour,
    /// Every state by its exact key. It is looked into and never gone through.
    index: HashMap<Box<[u8]>, u32, FixedState>,
    entries: Vec<Entry>,
    standings: BTreeMap<Vec<HalfDone>, u32>,
    /// Steps, faults left out, from state to state.
    edges: Vec<(u32, u32)>,
    /// States to go on from, by faults, deeds and number.
    open: BTreeMap<(u32, u32, u32), Open>,
    open_memory: u64,
    /// Octets that a state in use takes.
    weight: u64,
    memory: u64,
    /// Faults and deeds of the sequence of each violation.
    lengths: BTreeMap<Invariant, (u32, usize)>,
    group: Group,
}

/// Explores a world whose conversions may all move.
pub(super) fn search(world: &World, behaviour: &dyn Behaviour, group: Group) -> Group {
    let mut search = Search {
        world,
        behaviour,
        index: HashMap::with_hasher(FixedState::default()),
        entries: Vec::new(),
        standings: BTreeMap::new(),
        edges: Vec::new(),
        open: BTreeMap::new(),
        open_memory: 0,
        weight: key::length(&world.start) * UNPACKED,
        memory: 0,
        lengths: BTreeMap::new(),
        group,
    };
    search.find(Box::new(Node::start(world)), None);
    while let Some(((faults, deeds, id), Open { node })) = search.open.pop_first() {
        search.open_memory -= if node.is_some() { search.weight } else { 0 };
        let entry = &search.entries[id as usize];
        if entry.done || entry.best != (faults, deeds) {
            continue;
        }
        let node = node.unwrap_or_else(|| search.along(&search.path(id)));
        search.look(id, &node);
        if search.reached() {
            break;
        }
    }
    search.end()
}

impl Search<'_> {
    fn reached(&mut self) -> bool {
        let bounds = &self.world.bounds;
        let reached = if self.entries.len() > bounds.states as usize {
            Some(Reached::States(bounds.states))
        } else if self.memory + self.open_memory > bounds.memory.get() {
            Some(Reached::Memory(bounds.memory))
        } else {
            None
        };
        let stops = reached.is_some();
        self.group.reached = reached.or(self.group.reached.take());
        stops
    }

    /// The number of a state, which is gone on from when it is new, or reached by a better sequence.
    fn find(&mut self, node: Box<Node>, parent: Option<Parent>) -> u32 {
        let key = key::of_node(&node, &self.world.start);
        let deeds = parent.map_or(0, |parent| self.entries[parent.state as usize].best.1 + 1);
        let best = (node.fault_count(), deeds);
        let weight = self.weight;
        let id = match self.index.get(&key) {
            Some(known) => {
                let entry = &mut self.entries[*known as usize];
                if entry.done || entry.best <= best {
                    return *known;
                }
                (entry.parent, entry.best) = (parent, best);
                *known
            }
            None => {
                let id = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
                self.memory += key.len() as u64 + BESIDE;
                self.index.insert(key, id);
                self.entries.push(Entry {
                    parent,
                    best,
                    done: false,
                    at_rest: false,
                    leads_on: false,
                    standing: 0,
                });
                id
            }
        };
        let room = (self.open_memory + weight) * 4 <= self.world.bounds.memory.get();
        self.open_memory += if room { weight } else { 0 };
        let node = room.then_some(node);
        self.open.insert((best.0, best.1, id), Open { node });
        id
    }

    /// Judges a state by its best sequence, and goes on from it.
    fn look(&mut self, id: u32, node: &Node) {
        let names: Vec<HalfDone> = (self.world.conversions.iter())
            .map(|one| HalfDone::of(&node.law, one))
            .collect();
        let rest = |name: &HalfDone| matches!(name, HalfDone::Converted | HalfDone::NotBegun | HalfDone::BillingOff);
        let next = u32::try_from(self.standings.len()).unwrap_or(u32::MAX);
        let standing = *self.standings.entry(names.clone()).or_insert(next);
        let entry = &mut self.entries[id as usize];
        (entry.done, entry.at_rest, entry.standing) = (true, names.iter().all(rest), standing);
        if let Some(count) = self.group.by_faults.get_mut(entry.best.0 as usize) {
            *count += 1;
        }
        self.group.depth = self.group.depth.max(entry.best.1);
        let mut scratch = node.law.clone();
        let broken = invariants::of_state(self.world, self.behaviour, node, &mut scratch);
        if broken.is_empty() {
            self.count(node, &names, &mut scratch);
            self.expand(id, node);
        } else {
            // What follows from a state that must not be tells nothing more.
            self.note(broken, id, None);
        }
    }

    /// Whether the calls that are said to lead on and back do.
    fn count(&mut self, node: &Node, names: &[HalfDone], scratch: &mut State) {
        for (one, name) in self.world.conversions.iter().zip(names) {
            let seen: &mut Seen = self.group.names.entry(*name).or_default();
            seen.states += 1;
            match leads::on(self.behaviour, &node.law, scratch, one) {
                Some(Err(code)) => *seen.blocked.entry(code).or_default() += 1,
                Some(Ok(())) => seen.goes_on += 1,
                None => {}
            }
            seen.goes_back += u64::from(leads::back(self.behaviour, &node.law, one) == Some(true));
        }
    }

    fn expand(&mut self, id: u32, node: &Node) {
        let mut scratch = node.law.clone();
        for act in acts(self.world, node) {
            let mut next = Some(act.answers);
            while let Some(answers) = next {
                let act = Act { answers, ..act };
                let (stepped, more) = step(self.world, self.behaviour, node, &mut scratch, act);
                next = more;
                self.take(id, node, act, stepped);
            }
        }
        if scratch != node.law {
            let says = "a refused call changed the state".to_owned();
            self.note(vec![(Invariant::Inert, says)], id, None);
        }
    }

    fn take(&mut self, id: u32, node: &Node, act: Act, stepped: Stepped) {
        match stepped {
            Stepped::NoCall | Stepped::Spent => {}
            Stepped::Refused(code) => *self.group.refused.entry(code).or_default() += 1,
            Stepped::Same => self.group.idle += 1,
            Stepped::To(next, touched) => self.go(id, node, act, next, &touched),
        }
    }

    fn go(&mut self, id: u32, node: &Node, act: Act, next: Box<Node>, touched: &[ServiceKey]) {
        self.group.transitions += 1;
        let broken = invariants::of_step(self.world, node, act, &next, touched);
        if !broken.is_empty() {
            self.note(broken, id, Some(act));
            return;
        }
        let to = self.find(next, Some(Parent { state: id, act }));
        if !act.deed.is_fault() {
            self.entries[id as usize].leads_on = true;
            self.edges.push((id, to));
            self.memory += PER_EDGE;
        }
    }

    /// Keeps the best violation of each kind: of the fewest faults, then of the fewest deeds.
    fn note(&mut self, broken: Vec<Broken>, id: u32, act: Option<Act>) {
        for (invariant, says) in broken {
            let mut path = self.path(id);
            path.extend(act);
            let faults = self.entries[id as usize].best.0 + u32::from(act.is_some_and(|act| act.deed.is_fault()));
            let length = (faults, path.len());
            if self.lengths.get(&invariant).is_some_and(|known| *known <= length) {
                continue;
            }
            self.lengths.insert(invariant, length);
            self.group
                .violations
                .retain(|violation| violation.invariant != invariant);
            let scenario = replay::scenario(self.world, self.behaviour, &path, invariant, &says);
            self.group.violations.push(Violation {
                invariant,
                says,
                sequence: self.told(&path),
                scenario,
            });
        }
    }

    fn path(&self, id: u32) -> Vec<Act> {
        let mut path = Vec::new();
        let mut at = self.entries[id as usize].parent;
        while let Some(parent) = at {
            path.push(parent.act);
            at = self.entries[parent.state as usize].parent;
        }
        path.reverse();
        path
    }

    /// The state that a sequence leads to.
    fn along(&self, path: &[Act]) -> Box<Node> {
        let mut node = Box::new(Node::start(self.world));
        for act in path {
            let mut scratch = node.law.clone();
            if let Stepped::To(next, _) = step(self.world, self.behaviour, &node, &mut scratch, *act).0 {
                node = next;
            }
        }
        node
    }

    fn told(&self, path: &[Act]) -> Vec<Told> {
        told(self.world, self.behaviour, path)
    }

    fn end(mut self) -> Group {
        self.group.states = self.entries.len() as u64;
        self.group.memory = ByteCount::new(self.memory);
        self.group.violations.sort_by_key(|violation| violation.invariant);
        // An exploration that was cut short does not know what its last states lead to.
        if self
            .group
            .reached
            .as_ref()
            .is_none_or(|reached| matches!(reached, Reached::Together(_)))
        {
            self.ends();
        }
        self.group
    }

    /// States in which no step leads on, and those from which none leads to rest.
    fn ends(&mut self) {
        let rests = self.comes_to_rest();
        let mut names: Vec<&[HalfDone]> = vec![&[]; self.standings.len()];
        for (name, id) in &self.standings {
            names[*id as usize] = name;
        }
        // How many, and one of those with the best sequence.
        let mut stuck: BTreeMap<Vec<HalfDone>, (u64, u32)> = BTreeMap::new();
        for (id, (entry, rests)) in (0u32..).zip(self.entries.iter().zip(&rests)) {
            let name = names[entry.standing as usize].to_vec();
            if !entry.leads_on {
                *self.group.terminal.entry(name.clone()).or_default() += 1;
            }
            if !rests {
                let known = stuck.entry(name).or_insert((0, id));
                known.0 += 1;
                if entry.best < self.entries[known.1 as usize].best {
                    known.1 = id;
                }
            }
        }
        let told = stuck
            .into_iter()
            .map(|(name, (count, best))| (name, (count, self.told(&self.path(best)))));
        self.group.stuck = told.collect();
    }

    /// From which states do steps alone lead to rest?
    fn comes_to_rest(&mut self) -> Vec<bool> {
        self.edges.sort_unstable_by_key(|(_, to)| *to);
        let mut rests: Vec<bool> = self.entries.iter().map(|entry| entry.at_rest).collect();
        let mut left: Vec<u32> = (0u32..)
            .zip(&rests)
            .filter(|(_, rests)| **rests)
            .map(|(id, _)| id)
            .collect();
        while let Some(id) = left.pop() {
            let begin = self.edges.partition_point(|(_, to)| *to < id);
            for (from, _) in self.edges[begin..].iter().take_while(|(_, to)| *to == id) {
                if !std::mem::replace(&mut rests[*from as usize], true) {
                    left.push(*from);
                }
            }
        }
        rests
    }
}

/// Everything that may be tried in a state, in order.
fn acts(world: &World, node: &Node) -> Vec<Act> {
    let count = u8::try_from(world.conversions.len()).unwrap_or(u8::MAX);
    let reduced = world.bounds.reduced && count > 1;
    let outcomes = node.law.outcomes();
    let mut acts = Vec::new();
    for of in 0..count {
        for deed in Deed::ALL.iter().copied().filter(|deed| !(reduced && deed.is_own())) {
            match deed {
                Deed::AttachWrongVbr => {
                    acts.extend(
                        (0..count)
                            .filter(|other| *other != of)
                            .map(|which| Act::new(of, deed, which)),
                    );
                }
                Deed::Outcome => {
                    let own = (0u8..)
                        .zip(&outcomes)
                        .filter(|(_, outcome)| owner(world, node, outcome) == Some(of));
                    acts.extend(own.map(|(which, _)| Act::new(of, deed, which)));
                }
                _ => acts.push(Act::new(of, deed, 0)),
            }
        }
    }
    acts
}

/// Whose conversion an outcome belongs to.
fn owner(world: &World, node: &Node, outcome: &Outcome) -> Option<u8> {
    let holder = outcome
        .freed()
        .and_then(|key| world.conversions.iter().position(|one| one.key(&node.law) == key));
    if let Some(holder) = holder {
        return u8::try_from(holder).ok();
    }
    let mut conversions = (0u8..).zip(&world.conversions).zip(&world.spares);
    let uid = |account| world.start.premises().account(account).map(|account| account.uid);
    let found = conversions.find(|((_, one), spare)| {
        if let Some(key) = outcome.freed() {
            return key.circuit == one.began.circuit && (key.vlan == one.began.vlan || Some(key.vlan) == **spare);
        }
        match outcome.resource() {
            Some(ResourceId::Connection(id)) => Some(id.uid) == uid(one.tenant),
            Some(ResourceId::Vbr(id)) => Some(id.uid) == uid(one.tenant),
            Some(ResourceId::Attachment(id)) => Some(id.uid) == uid(one.tenant),
            Some(ResourceId::Unbound) | None => false,
        }
    });
    found.map(|((of, _), _)| of)
}

/// A sequence as it is told, by going along it.
pub(super) fn told(world: &World, behaviour: &dyn Behaviour, path: &[Act]) -> Vec<Told> {
    let mut told = Vec::new();
    let mut node = Box::new(Node::start(world));
    for act in path {
        let deed = match act.deed {
            Deed::Outcome => {
                let outcome = node.law.outcomes().get(usize::from(act.which)).copied();
                outcome.map_or_else(String::new, |outcome| {
                    let of = outcome.resource().map(|id| format!(" {id}")).unwrap_or_default();
                    format!("outcome: {}{of}", outcome.done().as_str())
                })
            }
            Deed::AttachWrongVbr => {
                let whose = world.names.get(usize::from(act.which)).map_or("", String::as_str);
                format!("{}: {whose}'s", act.deed.name())
            }
            deed => deed.name().to_owned(),
        };
        told.push(Told {
            by: act.deed.by().as_str(),
            tenant: world.names.get(usize::from(act.of)).cloned().unwrap_or_default(),
            deed,
            fault: act.deed.is_fault(),
        });
        let mut scratch = node.law.clone();
        match step(world, behaviour, &node, &mut scratch, *act).0 {
            Stepped::To(next, _) => node = next,
            Stepped::NoCall | Stepped::Spent | Stepped::Refused(_) | Stepped::Same => return told,
        }
    }
    told
}
