//! Runs a trial: real switches, real links, virtual time, every tester listening.

use super::testbed::Testbed;
use super::trial::{Hand, Sender, Trial};
use super::watch::Watch;
use crate::control::{Command, Schedule};
use crate::engine::{LinkSetup, Setup, World};
use crate::ident::{LinkId, NodeId, PortNo};
use crate::node::link::LinkConfig;
use crate::node::{AnySwitch, Change};
use crate::study::tester::{Due, Station, Tester};
use crate::units::{SimDuration, SimTime};
use crate::wire::Frame;

/// What a trial's world ended with.
pub struct Ended {
    /// What was heard.
    pub watch: Watch,
    /// The switches, by device.
    pub devices: Vec<AnySwitch>,
    /// Digest of everything that happened.
    pub digest: u64,
    /// The links, by their numbers.
    pub links: Vec<LinkSetup>,
}

/// Who stands on which node of a trial's world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A device.
    Device(usize),
    /// A tester at a place.
    TestPort(usize),
    /// The tester in a trunk.
    Splice,
}

/// Nodes and links of a trial, in the order of the world's ids.
pub struct Layout {
    /// Nodes: name and who it is, in order of name.
    pub nodes: Vec<(String, Who)>,
    /// Links, in order of name.
    pub links: Vec<LinkSetup>,
    devices: Vec<NodeId>,
    places: Vec<NodeId>,
    splice: Option<(NodeId, usize)>,
}

impl Layout {
    /// The layout of a testbed, with a tester spliced into one trunk.
    pub fn new(bed: &Testbed, splice: Option<usize>) -> Self {
        let mut nodes: Vec<(String, Who)> = Vec::with_capacity(bed.devices.len() + bed.places.len() + 1);
        nodes.extend(
            bed.devices
                .iter()
                .enumerate()
                .map(|(i, d)| (d.name.clone(), Who::Device(i))),
        );
        nodes.extend(
            bed.places
                .iter()
                .enumerate()
                .map(|(i, p)| (p.name.clone(), Who::TestPort(i))),
        );
        nodes.extend(splice.map(|i| (format!("wire:{}", bed.trunks[i].name), Who::Splice)));
        nodes.sort_by(|a, b| a.0.cmp(&b.0));
        let mut layout = Self {
            nodes,
            links: Vec::new(),
            devices: vec![NodeId(0); bed.devices.len()],
            places: vec![NodeId(0); bed.places.len()],
            splice: None,
        };
        for (i, (_, who)) in layout.nodes.iter().enumerate() {
            match who {
                Who::Device(d) => layout.devices[*d] = NodeId::of(i),
                Who::TestPort(p) => layout.places[*p] = NodeId::of(i),
                Who::Splice => layout.splice = splice.map(|trunk| (NodeId::of(i), trunk)),
            }
        }
        layout.wire(bed);
        layout
    }

    fn wire(&mut self, bed: &Testbed) {
        for (i, place) in bed.places.iter().enumerate() {
            let (tester, device) = ((self.places[i], PortNo(0)), (self.devices[place.device], place.port));
            self.link(format!("{}/tester", place.name), tester, device, &place.link);
        }
        for (i, trunk) in bed.trunks.iter().enumerate() {
            let (a, b) = (
                (self.devices[trunk.a.0], trunk.a.1),
                (self.devices[trunk.b.0], trunk.b.1),
            );
            match self.splice {
                Some((node, spliced)) if spliced == i => {
                    let near = LinkConfig {
                        delay: SimDuration::from_nanos(1),
                        ..trunk.config.clone()
                    };
                    self.link(format!("{}/1", trunk.name), a, (node, PortNo(0)), &trunk.config);
                    self.link(format!("{}/2", trunk.name), (node, PortNo(1)), b, &near);
                }
                _ => self.link(trunk.name.clone(), a, b, &trunk.config),
            }
        }
        self.links.sort_by(|a, b| a.name.cmp(&b.name));
    }

    fn link(&mut self, name: String, a: (NodeId, PortNo), b: (NodeId, PortNo), config: &LinkConfig) {
        let config = config.clone();
        self.links.push(LinkSetup { name, a, b, config });
    }

    /// The node and port that a tester sends from.
    fn source(&self, from: Sender) -> (NodeId, PortNo) {
        match (from, self.splice) {
            (Sender::TestPort(i), _) => (self.places[i], PortNo(0)),
            (Sender::Wire(_, towards_b), Some((node, _))) => (node, PortNo(u32::from(towards_b))),
            (Sender::Wire(..), None) => unreachable!("a trial from a wire has a tester in it"),
        }
    }

    fn named(&self, name: &str) -> Option<LinkId> {
        let at = self.links.binary_search_by(|l| l.name.as_str().cmp(name)).ok()?;
        Some(LinkId::of(at))
    }

    fn command(&self, bed: &Testbed, hand: &Hand) -> Option<Command> {
        match hand {
            Hand::Switch(device, change) => Some(Command::Node(self.devices[*device], Change::Switch(change.clone()))),
            Hand::PlaceLink(place, change) => {
                let link = self.named(&format!("{}/tester", bed.places[*place].name))?;
                Some(Command::Link(link, *change))
            }
            Hand::TrunkLink(trunk, change) => {
                // A spliced trunk is in two halves; its own delay and faults are in the first.
                let name = &bed.trunks[*trunk].name;
                let link = self.named(name).or_else(|| self.named(&format!("{name}/1")))?;
                Some(Command::Link(link, *change))
            }
        }
    }
}

/// The switches of a testbed, ready to be cloned into a trial.
pub fn switches(bed: &Testbed) -> Vec<AnySwitch> {
    let switch = |d: &super::testbed::Device| AnySwitch::new(d.tables.clone(), d.quirk);
    bed.devices.iter().map(switch).collect()
}

fn splice_of(trial: &Trial) -> Option<usize> {
    let wire = |from: Sender| match from {
        Sender::Wire(trunk, _) => Some(trunk),
        Sender::TestPort(_) => None,
    };
    wire(trial.from).or_else(|| trial.sendings.iter().find_map(|s| wire(s.from)))
}

fn testers(layout: &Layout, trial: &Trial) -> Vec<Vec<Due>> {
    let mut due: Vec<Vec<Due>> = layout.nodes.iter().map(|_| Vec::new()).collect();
    for (number, sending) in trial.sendings.iter().enumerate() {
        let (node, port) = layout.source(sending.from);
        due[node.index()].push(Due {
            at: sending.at,
            port,
            tenant: sending.tenant,
            number: number as u64,
            frame: Frame::from_octets(&sending.octets),
        });
    }
    due
}

/// Runs a trial on clones of these switches.
///
/// # Errors
/// Where names collide, which the scenario's validation excludes.
pub fn run(bed: &Testbed, switches: &[AnySwitch], trial: &Trial, trail: bool) -> Result<Ended, String> {
    let layout = Layout::new(bed, splice_of(trial));
    let mut due = testers(&layout, trial);
    let station = |i: usize, who: Who, due: Vec<Due>| match who {
        Who::Device(d) => match trial.tables.iter().find(|(device, _)| *device == d) {
            Some((_, tables)) => Station::switch(tables.clone(), bed.devices[d].quirk),
            None => Station::Switch(switches[d].clone()),
        },
        Who::TestPort(_) => Station::tester(Tester::new(NodeId::of(i)).with(due)),
        Who::Splice => Station::tester(Tester::splice(NodeId::of(i)).with(due)),
    };
    let nodes = layout.nodes.iter().enumerate();
    let nodes = nodes.map(|(i, (name, who))| (name.clone(), station(i, *who, std::mem::take(&mut due[i]))));
    let setup = Setup {
        seed: bed.seed,
        nodes: nodes.collect(),
        links: layout.links.clone(),
        tenants: bed.tenants.clone(),
        flows: Vec::new(),
    };
    let standing = bed.faults.iter().map(|hand| (SimTime::ZERO, hand));
    let hands = standing.chain(trial.hands.iter().map(|(at, hand)| (*at, hand)));
    let hands = hands.filter_map(|(at, hand)| Some((at, layout.command(bed, hand)?)));
    let mut schedule = Schedule::new(hands.collect());
    let watch = Watch::new(bed, &layout, trial, trail);
    let mut world = World::new(setup, watch).map_err(|e| e.to_string())?;
    world.run(trial.end, &mut schedule);
    let outcome = world.finish();
    let mut devices: Vec<Option<AnySwitch>> = bed.devices.iter().map(|_| None).collect();
    for ((_, who), (_, station)) in layout.nodes.iter().zip(outcome.nodes) {
        if let Who::Device(d) = who {
            devices[*d] = station.into_switch();
        }
    }
    Ok(Ended {
        watch: outcome.observer,
        devices: devices.into_iter().flatten().collect(),
        digest: outcome.digest,
        links: layout.links,
    })
}
