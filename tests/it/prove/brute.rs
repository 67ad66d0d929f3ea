//! Small random worlds: the prover against frames that are really sent through their switches.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use trunklab::evidence::{AccountLine, Outbox, Packet};
use trunklab::ident::{DropReason, FlowId, NodeId, Origin, PortNo, TenantId};
use trunklab::node::{AnySwitch, Node};
use trunklab::prove::{Kind, NOBODY, Snapshot, Symbol};
use trunklab::scenario::Plan;
use trunklab::study::{Proven, prove_snapshot};
use trunklab::units::SimTime;
use trunklab::wire::{Frame, MacAddr};

use super::worlds::{VIDS, at_start, random};

type Place = (NodeId, PortNo);

/// Sends frames by nothing but the switches' own `receive`, and wires of this test.
struct Wires {
    switches: BTreeMap<NodeId, AnySwitch>,
    far: BTreeMap<Place, Place>,
    owners: Vec<Option<TenantId>>,
}

impl Wires {
    fn new(plan: &Plan, snapshot: &Snapshot) -> Self {
        let ends = plan.links.iter().flat_map(|link| [(link.a, link.b), (link.b, link.a)]);
        Self {
            switches: snapshot.switches.iter().cloned().collect(),
            far: ends.collect(),
            owners: plan.nodes.iter().map(|node| node.place.only).collect(),
        }
    }

    fn is_switch(&self, node: NodeId) -> bool {
        self.switches.contains_key(&node)
    }

    /// Boxes at the edge: own port, and the switch's port.
    fn edges(&self) -> Vec<(Place, Place)> {
        let at_edge =
            |(from, to): (&Place, &Place)| (!self.is_switch(from.0) && self.is_switch(to.0)).then_some((*from, *to));
        self.far.iter().filter_map(at_edge).collect()
    }

    /// Every box at the edge that the frame, or a copy of it, comes to. Destinations are unknown to
    /// everybody, so that what was learned of earlier frames changes nothing.
    fn send(&mut self, from: Place, octets: &[u8]) -> BTreeSet<NodeId> {
        let mut out = Outbox::default();
        let packet = out.offer(
            TenantId(0),
            Origin::Unknown,
            FlowId::NONE,
            0,
            Frame::from_octets(octets),
        );
        let mut moving: VecDeque<(Place, Packet)> = VecDeque::from([(from, packet)]);
        let mut there = BTreeSet::new();
        let mut hops = 0;
        while let Some((from, packet)) = moving.pop_front() {
            hops += 1;
            let to = self.far.get(&from).filter(|_| hops < 200);
            match to.map(|to| (to, self.switches.get_mut(&to.0))) {
                Some((to, Some(switch))) => {
                    switch.receive(to.1, packet, SimTime::ZERO, &mut out);
                    moving.extend(out.sends.drain(..).map(|(port, packet)| ((to.0, port), packet)));
                }
                Some((to, None)) => {
                    there.insert(to.0);
                    out.drop(packet, DropReason::NoSuchHost);
                }
                None => out.drop(packet, DropReason::LinkDown),
            }
            out.entries.retain(|entry| matches!(entry, AccountLine::Changed(_)));
        }
        there
    }
}

/// Stacks of up to two tags around the VIDs in use, and all kinds of frames on the shorter ones.
fn frames() -> Vec<Vec<u8>> {
    let vids = VIDS.into_iter().chain([0, 1, 12, 4095]);
    let symbols: Vec<Symbol> = (0..3)
        .flat_map(|tpid| vids.clone().map(move |vid| Symbol::tag(tpid, vid)))
        .collect();
    let mut stacks: Vec<Vec<Symbol>> = vec![Vec::new()];
    stacks.extend(symbols.iter().map(|s| vec![*s]));
    let short = stacks.clone();
    for outer in &symbols {
        stacks.extend(symbols.iter().map(|inner| vec![*outer, *inner]));
    }
    let plain = Kind::plain();
    let macs = [None, Some(MacAddr::local(7, 0)), Some(MacAddr::local(7, 1))];
    let mut frames: Vec<Vec<u8>> = Vec::new();
    for (i, stack) in stacks.iter().enumerate() {
        frames.push(plain.frame(stack, macs[i % 3]));
        if stack.len() < 2 {
            frames.extend(macs.iter().map(|mac| plain.frame(stack, *mac)));
        }
    }
    for kind in Kind::others().iter().filter(|kind| kind.priority % 5 < 2) {
        frames.extend(short.iter().step_by(2).map(|stack| kind.frame(stack, None)));
    }
    frames
}

fn who(owner: u32) -> Option<TenantId> {
    (owner != NOBODY).then_some(TenantId(owner))
}

#[test]
fn what_the_prover_excludes_never_happens_and_what_it_finds_does() {
    let frames = frames();
    let (mut proved, mut leaked, mut undecided) = (0, 0, 0);
    for seed in 0..28 {
        let plan = random(seed);
        let snapshot = at_start(&plan);
        let proof = prove_snapshot(&plan, &snapshot).expect("it has room");
        match &proof.verdict {
            Proven::Proved => proved += 1,
            Proven::Leaks => leaked += 1,
            Proven::Undecided(_) => undecided += 1,
            Proven::Broken(why) => panic!("seed {seed}: {why}"),
        }
        // Every leak was replayed: none is told of that did not happen.
        assert!(
            proof.leaks.iter().all(|shown| !shown.replayed.arrivals.is_empty()),
            "seed {seed}"
        );
        let mut wires = Wires::new(&plan, &snapshot);
        for (from, _) in wires.edges() {
            let owner = wires.owners[from.0.index()];
            for frame in frames.iter().skip(usize::try_from(seed % 3).expect("small")).step_by(3) {
                let there = wires.send(from, frame);
                let foreign = there.iter().find(|node| wires.owners[node.index()] != owner);
                let Some(foreign) = foreign else { continue };
                let known = proof.standing.leaking.iter().any(|leaking| who(*leaking) == owner)
                    || proof.standing.lost.iter().any(|(lost, _)| who(*lost) == owner);
                assert!(
                    known,
                    "seed {seed}: a frame from {} reaches {}, and the prover excludes it: {frame:02x?}",
                    plan.nodes[from.0.index()].name,
                    plan.nodes[foreign.index()].name
                );
            }
        }
    }
    assert!(
        proved >= 4 && leaked >= 10,
        "{proved} proved, {leaked} leaked, {undecided} undecided"
    );
    assert!(
        undecided * 10 < proved + leaked,
        "{undecided} undecided of {}",
        proved + leaked
    );
}

/// The prover asks with empty memories and unknown destinations, and takes that for the most.
#[test]
fn whatever_was_learned_a_frame_reaches_no_more_boxes_than_one_to_an_unknown_address() {
    let (mut arrived, mut fewer) = (0, 0);
    for seed in 0..80 {
        let mut plan = random(2000 + seed);
        for switch in super::worlds::switches(&mut plan) {
            switch.quirk = None;
        }
        let snapshot = at_start(&plan);
        let (mut learned, mut fresh) = (Wires::new(&plan, &snapshot), Wires::new(&plan, &snapshot));
        let edges = learned.edges();
        let mut dice = super::worlds::Dice(seed);
        for _ in 0..200 {
            let (from, _) = dice.of(&edges);
            let tags = [Symbol::tag(0, dice.of(&VIDS)), Symbol::tag(0, dice.of(&VIDS))];
            let tags = &tags[..usize::try_from(dice.roll(3)).expect("small")];
            let mac = |dice: &mut super::worlds::Dice| MacAddr::local(7, u32::try_from(dice.roll(3)).expect("small"));
            let unknown = Kind::plain().frame(tags, Some(mac(&mut dice)));
            let mut known = unknown.clone();
            known[..6].copy_from_slice(&mac(&mut dice).0);
            let (some, most) = (learned.send(from, &known), fresh.send(from, &unknown));
            assert!(some.is_subset(&most), "seed {seed}: {some:?} of {most:?}, {known:02x?}");
            arrived += some.len();
            fewer += most.len() - some.len();
        }
    }
    assert!(
        arrived > 500 && fewer > 50,
        "{arrived} arrived, {fewer} were spared by what was learned"
    );
}
