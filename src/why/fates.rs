//! What became of each frame of each flow: a few bits for each.

use crate::evidence::{Lineage, Observer, Trace};
use crate::ident::{DropReason, Fate, NodeId, PortNo, Station, TenantId};
use crate::scenario::Plan;
use crate::scenario::plan::{FlowPlan, NodeKind};
use crate::units::{SimDuration, SimTime};
use crate::wire::Frame;

/// What waits at the end for no longer is on its way.
const PATIENCE: SimDuration = SimDuration::from_secs(1);

/// A set of frame numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn set(&mut self, at: u64) {
        let Ok(word) = usize::try_from(at / 64) else { return };
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (at % 64);
    }

    pub(super) fn has(&self, at: u64) -> bool {
        let word = usize::try_from(at / 64).ok().and_then(|word| self.0.get(word));
        word.is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    pub(super) fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Its numbers, ascending.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u64> + '_ {
        let words = self.0.iter().zip(0u64..);
        words.flat_map(|(word, at)| {
            (0..64)
                .filter(move |bit| word >> bit & 1 == 1)
                .map(move |bit| at * 64 + bit)
        })
    }
}

/// The frames of one flow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct FlowFates {
    /// Its name.
    pub name: String,
    /// Whose flow it is.
    pub tenant: String,
    answered: bool,
    offered: Bits,
    /// Offered so early that waiting at the end is no excuse.
    early: Bits,
    arrived: Bits,
    replied: Bits,
    held: Bits,
    astray: Bits,
}

impl FlowFates {
    pub(super) fn is_offered(&self, seq: u64) -> bool {
        self.offered.has(seq)
    }

    /// Was the frame lost (or its answer), or did it come to a foreign place?
    pub(super) fn is_harmed(&self, seq: u64) -> bool {
        self.offered.has(seq) && (self.astray.has(seq) || self.is_lost(seq))
    }

    fn is_lost(&self, seq: u64) -> bool {
        let served = if self.answered { &self.replied } else { &self.arrived };
        !served.has(seq) && !self.held.has(seq)
    }

    /// Frames that were harmed.
    pub(super) fn harmed(&self) -> Bits {
        let mut harmed = Bits::default();
        self.offered
            .numbers()
            .filter(|seq| self.is_harmed(*seq))
            .for_each(|seq| harmed.set(seq));
        harmed
    }

    pub(super) fn lost(&self) -> u64 {
        let lost = self.offered.numbers().filter(|seq| self.is_lost(*seq));
        lost.fold(0, |sum, _| sum + 1)
    }

    pub(super) fn astray(&self) -> u64 {
        self.astray.count()
    }
}

/// What one run showed, flow by flow, in the order of the plan.
pub(super) type Fates = Vec<FlowFates>;

/// Listens to a run.
pub(super) struct Watch {
    flows: Vec<FlowFates>,
    ends: Vec<(NodeId, NodeId, bool)>,
    /// Of each node, the only tenant whose frames may be there.
    only: Vec<Option<TenantId>>,
    late: SimTime,
}

impl Watch {
    pub(super) fn new(plan: &Plan) -> Self {
        let flow = |flow: &FlowPlan| FlowFates {
            name: flow.name.clone(),
            tenant: plan
                .tenants
                .get(flow.tenant.index())
                .map_or(String::new(), |tenant| tenant.name.clone()),
            answered: flow.answered,
            ..FlowFates::default()
        };
        // A port of a switch is nobody's alone, whatever its line is.
        let only = plan.nodes.iter().map(|node| match node.kind {
            NodeKind::AccessPoint(_) | NodeKind::Fabric(_) | NodeKind::AccessDevice(_) => None,
            NodeKind::Idc(_) | NodeKind::Vbr(_) | NodeKind::Vpc(_) => node.place.only,
        });
        Self {
            flows: plan.flows.iter().map(flow).collect(),
            ends: plan.flows.iter().map(|flow| (flow.from, flow.to, flow.raw)).collect(),
            only: only.collect(),
            late: SimTime::from_nanos(plan.end.as_nanos().saturating_sub(PATIENCE.as_nanos())),
        }
    }

    pub(super) fn fates(self) -> Fates {
        self.flows
    }

    fn of(&mut self, trace: &Trace) -> Option<(&mut FlowFates, (NodeId, NodeId, bool))> {
        let at = trace.flow.is_some().then(|| trace.flow.index())?;
        Some((self.flows.get_mut(at)?, *self.ends.get(at)?))
    }
}

impl Observer for Watch {
    /// Fates are noted frame by frame.
    fn needs_order(&self) -> bool {
        false
    }

    fn offered(&mut self, at: SimTime, _: Station, trace: &Trace, _: u32) {
        let early = at < self.late;
        if let Some((flow, _)) = self.of(trace)
            && trace.lineage == Lineage::Root
        {
            flow.offered.set(trace.seq);
            if early {
                flow.early.set(trace.seq);
            }
        }
    }

    fn settled(&mut self, _: SimTime, station: Station, trace: &Trace, fate: Fate, _: &Frame) {
        let Some((flow, (from, to, _))) = self.of(trace) else {
            return;
        };
        if let Fate::Dropped(reason) = fate {
            // It came where it was sent, and nobody is asked for there: no way has lost it.
            let there = reason == DropReason::NoListener && station == Station::Node(to);
            if there && matches!(trace.lineage, Lineage::Root | Lineage::Copy) {
                flow.arrived.set(trace.seq);
                flow.replied.set(trace.seq);
            }
            return;
        }
        match trace.lineage {
            Lineage::Root | Lineage::Copy if station == Station::Node(to) => flow.arrived.set(trace.seq),
            Lineage::Reply | Lineage::ReplyCopy if station == Station::Node(from) => flow.replied.set(trace.seq),
            _ => {}
        }
    }

    /// Forged frames are carried, not understood: they arrive where their service ends.
    fn arrived(&mut self, _: SimTime, node: NodeId, _: PortNo, trace: &Trace, _: &Frame) {
        let Some(Some(only)) = self.only.get(node.index()).copied() else {
            return;
        };
        let Some((flow, (from, _, raw))) = self.of(trace) else {
            return;
        };
        if only != trace.tenant {
            flow.astray.set(trace.seq);
        } else if raw && node != from {
            flow.arrived.set(trace.seq);
        }
    }

    fn held(&mut self, _: SimTime, station: Station, trace: &Trace, _: u32) {
        if let Some((flow, _)) = self.of(trace)
            && (matches!(station, Station::Lane(_)) || !flow.early.has(trace.seq))
        {
            flow.held.set(trace.seq);
        }
    }
}
