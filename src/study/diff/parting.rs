//! The first event at which two runs part.
//!
//! A run's events are summed up, block by block, in the one order of the world, by names and never by
//! numbers. Where two runs' sums part, both run once more and the events of that one block are kept:
//! what is kept does not grow with the run.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::control::Drawn;
use crate::engine::run;
use crate::evidence::{Lineage, NodeChange, Observer, Trace};
use crate::ident::{Fate, Lane, NodeId, Origin, PortNo, Station, name_hash};
use crate::record::Record;
use crate::scenario::Plan;
use crate::units::SimTime;
use crate::wire::Frame;

/// Events of one block.
pub(super) const BLOCK: u64 = 4_096;
/// Events before the parting that are told: they are the same in both runs.
const BEFORE: usize = 3;

/// Where two runs part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parting {
    /// How many events are the same in both.
    pub common: u64,
    /// The last of these, in words.
    pub before: Vec<String>,
    /// What comes next in each; `None`: the run has ended.
    pub next: [Option<Happened>; 2],
    /// Where both come to the same in words, what differs in their octets.
    pub octets: Option<String>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// When.
    pub at: SimTime,
    /// What, in words.
    pub text: String,
    /// The frame, where it is about one.
    octets: Vec<u8>,
    /// The sum of the run's events up to here.
    sum: u64,
}

/// The sums of a run's events: one after each whole block, and one at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sums {
    blocks: Vec<u64>,
    last: u64,
    count: u64,
}

impl Sums {
    /// How many events there were.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }
}

/// Runs a plan and sums up its events.
///
/// # Errors
/// The plan cannot be run.
pub(super) fn summed(plan: &Plan) -> Result<(Record, Sums), String> {
    let (record, heard) = listened(plan, 0..0)?;
    let sums = Sums {
        blocks: heard.blocks,
        last: heard.sum,
        count: heard.count,
    };
    Ok((record, sums))
}

/// Where the runs of two plans part, whose sums these are.
///
/// # Errors
/// A plan cannot be run.
pub(super) fn part([(a, first), (b, second)]: [(&Plan, &Sums); 2]) -> Result<Option<Parting>, String> {
    if first == second {
        return Ok(None);
    }
    let same = first.blocks.iter().zip(&second.blocks).take_while(|(a, b)| a == b);
    let start = same.count() as u64 * BLOCK;
    let kept = start.saturating_sub(BEFORE as u64)..start + BLOCK;
    let [a, b] = [listened(a, kept.clone())?.1.kept, listened(b, kept.clone())?.1.kept];
    let common = a.iter().zip(&b).take_while(|(a, b)| a.sum == b.sum).count();
    let before = a[common.saturating_sub(BEFORE)..common].iter().map(Happened::told);
    Ok(Some(Parting {
        common: kept.start + common as u64,
        before: before.collect(),
        octets: a.get(common).zip(b.get(common)).and_then(|(a, b)| other_octets(a, b)),
        next: [a.get(common).cloned(), b.get(common).cloned()],
    }))
}

/// What differs in the frames of two events that are the same in words.
fn other_octets(a: &Happened, b: &Happened) -> Option<String> {
    if (a.at, &a.text) != (b.at, &b.text) {
        return None;
    }
    let pairs = a.octets.iter().zip(&b.octets).enumerate();
    let first = pairs.into_iter().find(|(_, (a, b))| a != b);
    Some(match first {
        Some((at, (a, b))) => format!(
            "octet {} of the frame is {a:02x} in the first and {b:02x} in the second",
            at + 1
        ),
        None => format!(
            "the frame has {} octets in the first and {} in the second",
            a.octets.len(),
            b.octets.len()
        ),
    })
}

impl Happened {
    fn told(&self) -> String {
        format!("{}: {}", self.at, self.text)
    }
}

fn listened(plan: &Plan, keep: std::ops::Range<u64>) -> Result<(Record, Listener<'_>), String> {
    let listener = Listener {
        plan,
        nodes: plan.nodes.iter().map(|node| name_hash(&node.name)).collect(),
        links: plan.links.iter().map(|link| name_hash(&link.name)).collect(),
        flows: plan.flows.iter().map(|flow| name_hash(&flow.name)).collect(),
        keep,
        kept: Vec::new(),
        blocks: Vec::new(),
        sum: 0,
        count: 0,
    };
    run(plan, Drawn::new(plan.seed), listener).map_err(|e| e.to_string())
}

/// Hears a run in its one order.
struct Listener<'a> {
    plan: &'a Plan,
    /// Hashes of names.
    nodes: Vec<u64>,
    links: Vec<u64>,
    flows: Vec<u64>,
    /// The numbers of the events that are kept in words.
    keep: std::ops::Range<u64>,
    kept: Vec<Happened>,
    blocks: Vec<u64>,
    sum: u64,
    count: u64,
}

impl Listener<'_> {
    /// One more event: what it is, as a number of its own kind and of its octets, and in words.
    fn hear(&mut self, at: SimTime, words: [u64; 6], frame: &[u8], text: impl FnOnce(&Self) -> String) {
        let mut octets = [0; 56];
        let all = std::iter::once(at.as_nanos()).chain(words);
        for (octet, word) in octets.chunks_exact_mut(8).zip(all) {
            octet.copy_from_slice(&word.to_le_bytes());
        }
        self.sum = xxh3_64_with_seed(&octets, self.sum);
        if self.keep.contains(&self.count) {
            let text = text(self);
            let (octets, sum) = (frame.to_vec(), self.sum);
            self.kept.push(Happened { at, text, octets, sum });
        }
        self.count += 1;
        if self.count.is_multiple_of(BLOCK) {
            self.blocks.push(self.sum);
        }
    }

    fn node(&self, node: NodeId) -> &str {
        self.plan.nodes.get(node.index()).map_or("?", |node| node.name.as_str())
    }

    fn place(&self, station: Station) -> String {
        match station {
            Station::Node(node) => self.node(node).to_owned(),
            Station::Lane(lane) => self.lane(lane),
        }
    }

    fn lane(&self, lane: Lane) -> String {
        let Some(link) = self.plan.links.get(lane.link.index()) else {
            return "?".to_owned();
        };
        let from = if lane.from_b { link.b.0 } else { link.a.0 };
        format!("{} from {}", link.name, self.node(from))
    }

    /// Whose frame it is, by names.
    fn whose(&self, trace: &Trace) -> String {
        let flow = self.plan.flows.get(trace.flow.index());
        let sent = match (flow, trace.origin) {
            (Some(flow), _) => format!("frame {} of {}", trace.seq, flow.name),
            (None, Origin::Protocol(node)) => format!("protocol frame {} of {}", trace.seq, self.node(node)),
            (None, _) => format!("frame {}", trace.seq),
        };
        match trace.lineage {
            Lineage::Root => sent,
            Lineage::Copy => format!("copy of {sent}"),
            Lineage::Reply => format!("answer to {sent}"),
            Lineage::ReplyCopy => format!("copy of the answer to {sent}"),
        }
    }

    /// A number of a place, by its name.
    fn place_sum(&self, station: Station) -> u64 {
        match station {
            Station::Node(node) => self.nodes.get(node.index()).copied().unwrap_or_default(),
            Station::Lane(lane) => {
                let link = self.links.get(lane.link.index()).copied().unwrap_or_default();
                link.rotate_left(u32::from(lane.from_b))
            }
        }
    }

    /// Numbers of what happened where to whose frame, with what octets.
    fn of_frame(&self, kind: u64, place: Station, trace: &Trace, more: u64, frame: &[u8]) -> [u64; 6] {
        let who = match (self.flows.get(trace.flow.index()), trace.origin) {
            (Some(flow), _) => *flow,
            (None, Origin::Protocol(node)) => self.nodes.get(node.index()).copied().unwrap_or_default(),
            (None, _) => 0,
        };
        let lineage = match trace.lineage {
            Lineage::Root => 0,
            Lineage::Copy => 1,
            Lineage::Reply => 2,
            Lineage::ReplyCopy => 3,
        };
        [
            kind << 8 | lineage,
            self.place_sum(place),
            who,
            trace.seq,
            more,
            xxh3_64(frame),
        ]
    }
}

impl Observer for Listener<'_> {
    fn offered(&mut self, at: SimTime, station: Station, trace: &Trace, octets: u32) {
        let words = self.of_frame(1, station, trace, u64::from(octets), &[]);
        self.hear(at, words, &[], |s| {
            format!("{} is offered at {}, {octets} octets", s.whose(trace), s.place(station))
        });
    }
    fn settled(&mut self, at: SimTime, station: Station, trace: &Trace, fate: Fate, frame: &Frame) {
        let words = self.of_frame(2, station, trace, name_hash(fate.as_str()), frame.bytes());
        self.hear(at, words, frame.bytes(), |s| {
            format!("{} ends at {}: {}", s.whose(trace), s.place(station), fate.as_str())
        });
    }
    fn sent(&mut self, at: SimTime, node: NodeId, _port: PortNo, lane: Lane, trace: &Trace, frame: &Frame) {
        let words = self.of_frame(3, Station::Lane(lane), trace, 0, frame.bytes());
        self.hear(at, words, frame.bytes(), |s| {
            let (who, whose, octets) = (s.node(node), s.whose(trace), frame.bytes().len());
            format!("{who} sends {whose} over {}, {octets} octets", s.lane(lane))
        });
    }
    fn arrived(&mut self, at: SimTime, node: NodeId, _port: PortNo, trace: &Trace, frame: &Frame) {
        let words = self.of_frame(4, Station::Node(node), trace, 0, frame.bytes());
        self.hear(at, words, frame.bytes(), |s| {
            format!("{} arrives at {}", s.whose(trace), s.node(node))
        });
    }
    fn changed(&mut self, at: SimTime, node: NodeId, change: NodeChange) {
        let text = match change {
            NodeChange::Health { healthy: true, .. } => "its peer is healthy".to_owned(),
            NodeChange::Health { healthy: false, .. } => "its peer is unhealthy".to_owned(),
            NodeChange::Arp {
                address: [a, b, c, d],
                resolved,
                ..
            } => format!("{a}.{b}.{c}.{d} is {}", if resolved { "resolved" } else { "given up" }),
            NodeChange::Moved { mac, vlan, .. } => format!("{mac} moved in VLAN {vlan}"),
        };
        let place = self.place_sum(Station::Node(node));
        self.hear(at, [5 << 8, place, name_hash(&text), 0, 0, 0], &[], |s| {
            format!("{} says: {text}", s.node(node))
        });
    }
    fn mark(&mut self, at: SimTime) {
        self.hear(at, [6 << 8, 0, 0, 0, 0, 0], &[], |_| {
            "a fault, a call that was accepted, or the outcome of one".to_owned()
        });
    }
}
