//! Around which instants the frames of each flow passed which places: what could have been noticed
//! there, and for how long nothing could.

use super::event_key::EventKey;
use super::moves::Moves;
use super::observer::Observer;
use super::outbox::NodeChange;
use super::ticket::{Lineage, Trace};
use super::window::Window;
use crate::ident::{Fate, FlowId, Lane, NodeId, PortNo, Station, StationId};
use crate::units::{SimDuration, SimTime};
use crate::wire::Frame;

/// So many stretches are kept of all flows together (40 MiB). Later ones run into those before them,
/// so that intervals come out longer than they were, never shorter.
const STRETCHES_MAX: usize = 1 << 20;

/// What passed a place around a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Around {
    /// The last passage before it.
    pub before: Option<SimTime>,
    /// The first passage after it.
    pub after: Option<SimTime>,
    /// The longest interval between two passages, from the one before to the one after; meant only
    /// where there are both.
    pub longest: SimDuration,
}

/// Between two passages of one place something happened.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    /// The marks that lie in it: from the first to before the second.
    marks: (u32, u32),
    before: Option<SimTime>,
    after: SimTime,
    /// The longest interval between passages since the stretch before it.
    calm: SimDuration,
}

/// One direction of a flow at one place.
#[derive(Debug, Clone)]
struct Row {
    /// Where; `None`: where the frames come to be.
    place: Option<StationId>,
    /// One more than the highest number that passed.
    next_seq: u64,
    last: Option<SimTime>,
    /// Marks that lie before the last passage.
    marks: u32,
    calm: SimDuration,
    stretches: Vec<Stretch>,
}

impl Row {
    fn new(place: Option<StationId>) -> Self {
        Self {
            place,
            next_seq: 0,
            last: None,
            marks: 0,
            calm: SimDuration::ZERO,
            stretches: Vec::new(),
        }
    }

    /// A frame passes. `marks`: how many lie before it. `room`: how many stretches may still be kept.
    fn pass(&mut self, at: SimTime, seq: u64, marks: u32, room: &mut usize) {
        self.next_seq = self.next_seq.max(seq.saturating_add(1));
        if self.marks < marks {
            match self.stretches.last_mut().filter(|_| *room == 0) {
                Some(last) => {
                    last.marks.1 = marks;
                    last.after = at;
                }
                None => {
                    *room = room.saturating_sub(1);
                    self.stretches.push(Stretch {
                        marks: (self.marks, marks),
                        before: self.last,
                        after: at,
                        calm: self.calm,
                    });
                }
            }
            self.marks = marks;
            self.calm = SimDuration::ZERO;
        } else if let Some(last) = self.last {
            self.calm = self.calm.max(at.saturating_since(last));
        }
        debug_assert!(self.last.is_none_or(|last| last <= at), "frames pass in order of time");
        self.last = Some(at);
    }

    /// Around the marks from `from` up to and with `to`.
    fn around(&self, from: u32, to: u32) -> Around {
        let holds = |mark: u32| {
            self.stretches
                .iter()
                .position(|s| s.marks.0 <= mark && mark < s.marks.1)
        };
        let (Some(first), last) = (holds(from), holds(to)) else {
            return Around {
                before: self.last,
                after: None,
                longest: SimDuration::ZERO,
            };
        };
        let until = last.unwrap_or(self.stretches.len() - 1);
        let within = self.stretches[first..=until].iter().enumerate();
        let longest = within.map(|(n, stretch)| {
            let across = stretch
                .before
                .map_or(SimDuration::ZERO, |b| stretch.after.saturating_since(b));
            if n == 0 { across } else { across.max(stretch.calm) }
        });
        Around {
            before: self.stretches[first].before,
            after: last.map(|last| self.stretches[last].after),
            longest: longest.max().unwrap_or(SimDuration::ZERO),
        }
    }
}

/// Watches when frames of flows pass the places where something happens, and where they come to be.
///
/// A frame that is lost passes at that moment every place that it did not come to. Its size depends on
/// flows, on the places that are watched, and on marks.
#[derive(Debug, Clone)]
pub struct PassageWatch {
    nodes: Vec<bool>,
    links: Vec<bool>,
    /// Marks that are known beforehand, the last first.
    coming: Vec<SimTime>,
    /// When something happened, in order.
    marks: Vec<SimTime>,
    /// The frames of each flow, and answers to them.
    flows: Vec<[Vec<Row>; 2]>,
    room: usize,
    moves: Moves,
    /// What passed before its turn: marks and losses before it are still to come.
    window: Window<Passed>,
}

/// A frame of a flow came by a place.
#[derive(Debug, Clone, Copy)]
struct Passed {
    at: SimTime,
    flow: FlowId,
    answers: bool,
    seq: u64,
    place: Option<StationId>,
}

impl PassageWatch {
    /// For so many flows. Watched are the `places`; `times` are marks that nobody tells of.
    pub fn new(flows: usize, places: impl IntoIterator<Item = StationId>, mut times: Vec<SimTime>) -> Self {
        let (mut nodes, mut links) = (Vec::new(), Vec::new());
        for place in places {
            match (place.as_node(), place.as_link()) {
                (Some(node), _) => watch(&mut nodes, node.index()),
                (_, Some(link)) => watch(&mut links, link.index()),
                _ => {}
            }
        }
        times.sort_unstable_by(|a, b| b.cmp(a));
        times.dedup();
        Self {
            nodes,
            links,
            coming: times,
            marks: Vec::new(),
            flows: vec![[Vec::new(), Vec::new()]; flows],
            room: STRETCHES_MAX,
            moves: Moves::default(),
            window: Window::default(),
        }
    }

    /// What passed a place around the time from `from` to `to`, of a flow's frames or of answers to
    /// them; `None` where none of them ever came there. Without a place: where they come to be.
    pub fn around(
        &self,
        flow: FlowId,
        answers: bool,
        place: Option<StationId>,
        (from, to): (SimTime, SimTime),
    ) -> Option<Around> {
        let row = self.row(flow, answers, place)?;
        let mark = |at: SimTime| {
            let known = self.marks.partition_point(|m| *m < at);
            // Frames may have ended before a mark that was known beforehand came.
            let coming = self.coming.iter().rev().filter(|m| **m < at).count();
            u32::try_from(known + coming).unwrap_or(u32::MAX)
        };
        Some(row.around(mark(from), mark(to)))
    }

    /// Did any of a flow's frames, or of answers to them, pass this place?
    pub fn passed(&self, flow: FlowId, answers: bool, place: Option<StationId>) -> bool {
        self.row(flow, answers, place).is_some()
    }

    fn row(&self, flow: FlowId, answers: bool, place: Option<StationId>) -> Option<&Row> {
        let rows = &self.flows.get(flow.index())?[usize::from(answers)];
        rows.iter().find(|row| row.place == place)
    }

    fn is_watched(&self, station: StationId) -> bool {
        let watched = |list: &[bool], i: usize| list.get(i).copied().unwrap_or(false);
        match (station.as_node(), station.as_link()) {
            (Some(node), _) => watched(&self.nodes, node.index()),
            (_, Some(link)) => watched(&self.links, link.index()),
            _ => false,
        }
    }

    /// How many marks lie before this instant or at it.
    fn marks_by(&mut self, at: SimTime) -> u32 {
        while let Some(next) = self.coming.pop_if(|next| *next <= at) {
            self.note(next);
        }
        u32::try_from(self.marks.len()).unwrap_or(u32::MAX)
    }

    fn note(&mut self, at: SimTime) {
        if self.marks.last().is_none_or(|last| *last < at) {
            self.marks.push(at);
        }
    }

    fn pass(&mut self, passed: Passed) {
        let marks = self.marks_by(passed.at);
        let Some(ways) = self.flows.get_mut(passed.flow.index()) else {
            return;
        };
        let rows = &mut ways[usize::from(passed.answers)];
        let row = match rows.iter().position(|row| row.place == passed.place) {
            Some(row) => &mut rows[row],
            None => {
                rows.push(Row::new(passed.place));
                rows.last_mut().expect("it was just pushed")
            }
        };
        row.pass(passed.at, passed.seq, marks, &mut self.room);
    }

    /// A frame of a flow comes by a place that is watched, in its turn or before.
    fn comes_by(&mut self, at: SimTime, trace: &Trace, place: StationId) {
        if trace.flow.is_some()
            && self.is_watched(place)
            && let Some(passed) = self.window.in_turn(Passed::new(at, trace, Some(place)))
        {
            self.pass(passed);
        }
    }

    /// A frame comes to be at a station.
    fn begin(&mut self, at: SimTime, station: StationId, trace: &Trace) {
        self.pass(Passed::new(at, trace, None));
        if self.is_watched(station) {
            self.pass(Passed::new(at, trace, Some(station)));
        }
    }

    fn lost(&mut self, at: SimTime, station: StationId, trace: &Trace) {
        if self.is_watched(station) {
            self.pass(Passed::new(at, trace, Some(station)));
        }
        let marks = self.marks_by(at);
        let Some(ways) = self.flows.get_mut(trace.flow.index()) else {
            return;
        };
        for row in &mut ways[usize::from(trace.lineage.is_answer())] {
            if row.place.is_some() && trace.seq >= row.next_seq {
                row.pass(at, trace.seq, marks, &mut self.room);
            }
        }
    }
}

impl Passed {
    const fn new(at: SimTime, trace: &Trace, place: Option<StationId>) -> Self {
        Self {
            at,
            flow: trace.flow,
            answers: trace.lineage.is_answer(),
            seq: trace.seq,
            place,
        }
    }
}

fn watch(list: &mut Vec<bool>, index: usize) {
    if list.len() <= index {
        list.resize(index + 1, false);
    }
    list[index] = true;
}

impl Observer for PassageWatch {
    fn needs_order(&self) -> bool {
        false
    }

    fn turn(&mut self, key: &EventKey) {
        self.window.turn(key);
        while let Some(passed) = self.window.next() {
            self.pass(passed);
        }
    }

    fn ahead(&mut self, key: &EventKey) {
        self.window.ahead(key);
    }

    fn offered(&mut self, at: SimTime, station: Station, trace: &Trace, _octets: u32) {
        let station = station.id();
        if trace.flow.is_some() {
            self.begin(at, station, trace);
        }
    }

    fn copied(&mut self, at: SimTime, station: Station, trace: &Trace, _octets: u32) {
        let station = station.id();
        if trace.flow.is_some() && trace.lineage == Lineage::Reply {
            self.begin(at, station, trace);
        }
    }

    fn sent(&mut self, at: SimTime, _node: NodeId, _port: PortNo, lane: Lane, trace: &Trace, _frame: &Frame) {
        self.comes_by(at, trace, StationId::link(lane.link));
    }

    fn arrived(&mut self, at: SimTime, node: NodeId, _port: PortNo, trace: &Trace, _frame: &Frame) {
        self.comes_by(at, trace, StationId::node(node));
    }

    fn settled(&mut self, at: SimTime, station: Station, trace: &Trace, fate: Fate, _frame: &Frame) {
        let station = station.id();
        if trace.flow.is_some() && matches!(fate, Fate::Dropped(_)) {
            self.lost(at, station, trace);
        }
    }

    /// An address that begins to move to and fro disturbs flows.
    fn changed(&mut self, at: SimTime, node: NodeId, change: NodeChange) {
        if !self.flows.is_empty() && self.moves.note(at, node, change) {
            self.mark(at);
        }
    }

    fn mark(&mut self, at: SimTime) {
        self.marks_by(at);
        self.note(at);
    }
}
