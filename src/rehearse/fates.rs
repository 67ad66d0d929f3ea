//! What became of each frame of each flow, and when: enough to compare two worlds frame by frame.

use std::collections::BTreeMap;

use crate::evidence::{Lineage, Observer, Trace};
use crate::ident::{Fate, NodeId, PortNo, Station, TenantId};
use crate::scenario::Plan;
use crate::scenario::plan::NodeKind;
use crate::units::SimTime;
use crate::wire::Frame;

/// The frames of one flow, by number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct FlowStory {
    /// Whose flow it is.
    pub tenant: String,
    answered: bool,
    /// When each was sent; `None`: it was not.
    sent: Vec<Option<SimTime>>,
    /// When each first came where it should (or its answer did); `None`: never.
    came: Vec<Option<SimTime>>,
    /// Frames that came once more.
    pub duplicated: u64,
    /// Frames that came after one that was sent later.
    pub reordered: u64,
    /// Frames that came to another tenant's place.
    pub astray: u64,
    highest: Option<u64>,
}

fn put(list: &mut Vec<Option<SimTime>>, at: usize, time: SimTime) -> bool {
    if list.len() <= at {
        list.resize(at + 1, None);
    }
    let first = list[at].is_none();
    if first {
        list[at] = Some(time);
    }
    first
}

impl FlowStory {
    fn came_at(&mut self, seq: u64, at: SimTime) {
        let Ok(index) = usize::try_from(seq) else { return };
        if !put(&mut self.came, index, at) {
            self.duplicated += 1;
            return;
        }
        if self.highest.is_some_and(|highest| seq < highest) {
            self.reordered += 1;
        }
        self.highest = self.highest.max(Some(seq));
    }

    /// Every frame that was sent: its number, when, and when it came.
    pub(super) fn frames(&self) -> impl Iterator<Item = (usize, SimTime, Option<SimTime>)> + '_ {
        let sent = self.sent.iter().enumerate();
        sent.filter_map(|(at, sent)| Some((at, (*sent)?, self.came.get(at).copied().flatten())))
    }

    /// When the frame of this number came.
    pub(super) fn came(&self, at: usize) -> Option<SimTime> {
        self.came.get(at).copied().flatten()
    }

    /// Was a frame on its way at this instant that came?
    pub(super) fn in_flight(&self, at: SimTime) -> bool {
        let from = self.sent.partition_point(|sent| sent.is_some_and(|sent| sent <= at));
        // Nothing is on its way for longer than so many frames' sending.
        let last = self.sent.iter().zip(&self.came).take(from).rev().take(100_000);
        let mut frames = last.filter_map(|(sent, came)| Some(((*sent)?, (*came)?)));
        frames.any(|(sent, came)| sent <= at && at < came)
    }
}

/// What one run showed, by the flow's name.
pub(super) type Stories = BTreeMap<String, FlowStory>;

/// Listens to a run.
pub(super) struct Listener {
    names: Vec<String>,
    flows: Vec<FlowStory>,
    ends: Vec<(NodeId, NodeId)>,
    /// Of each node, the only tenant whose frames may be there.
    only: Vec<Option<TenantId>>,
}

impl Listener {
    pub(super) fn new(plan: &Plan) -> Self {
        let tenant = |at: TenantId| {
            plan.tenants
                .get(at.index())
                .map_or_else(String::new, |t| t.name.clone())
        };
        let flows = plan.flows.iter().map(|flow| FlowStory {
            tenant: tenant(flow.tenant),
            answered: flow.answered,
            ..FlowStory::default()
        });
        let only = plan.nodes.iter().map(|node| match node.kind {
            NodeKind::AccessPoint(_) | NodeKind::Fabric(_) | NodeKind::AccessDevice(_) => None,
            NodeKind::Idc(_) | NodeKind::Vbr(_) | NodeKind::Vpc(_) => node.place.only,
        });
        Self {
            names: plan.flows.iter().map(|flow| flow.name.clone()).collect(),
            flows: flows.collect(),
            ends: plan.flows.iter().map(|flow| (flow.from, flow.to)).collect(),
            only: only.collect(),
        }
    }

    pub(super) fn stories(self) -> Stories {
        self.names.into_iter().zip(self.flows).collect()
    }

    fn of(&mut self, trace: &Trace) -> Option<(&mut FlowStory, (NodeId, NodeId))> {
        let at = trace.flow.is_some().then(|| trace.flow.index())?;
        Some((self.flows.get_mut(at)?, *self.ends.get(at)?))
    }
}

impl Observer for Listener {
    fn offered(&mut self, at: SimTime, _: Station, trace: &Trace, _: u32) {
        if let Some((flow, _)) = self.of(trace)
            && trace.lineage == Lineage::Root
            && let Ok(seq) = usize::try_from(trace.seq)
        {
            put(&mut flow.sent, seq, at);
        }
    }

    fn settled(&mut self, at: SimTime, station: Station, trace: &Trace, fate: Fate, _: &Frame) {
        if matches!(fate, Fate::Dropped(_)) {
            return;
        }
        let Some((flow, (from, to))) = self.of(trace) else {
            return;
        };
        let (there, back) = (station == Station::Node(to), station == Station::Node(from));
        match trace.lineage {
            Lineage::Root | Lineage::Copy if there && !flow.answered => flow.came_at(trace.seq, at),
            Lineage::Reply | Lineage::ReplyCopy if back && flow.answered => flow.came_at(trace.seq, at),
            _ => {}
        }
    }

    fn arrived(&mut self, _: SimTime, node: NodeId, _: PortNo, trace: &Trace, _: &Frame) {
        let only = self.only.get(node.index()).copied().flatten();
        let tenant = trace.tenant;
        if let Some((flow, _)) = self.of(trace).filter(|_| only.is_some_and(|only| only != tenant)) {
            flow.astray += 1;
        }
    }
}
