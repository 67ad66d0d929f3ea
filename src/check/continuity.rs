//! Fails where flows lost, duplicated or reordered more than allowed, or were silent for longer.

use super::case::thousands;
use super::index::Index;
use super::{Finding, Verdict};
use crate::evidence::Passage;
use crate::ident::{FlowId, TenantId};
use crate::units::{SimDuration, SimTime};

/// What is allowed, over all flows that are judged together; the silence holds for each flow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    pub lost: u64,
    pub duplicated: u64,
    pub reordered: u64,
    pub gap: Option<SimDuration>,
}

#[derive(Debug, Default)]
struct Totals {
    sent: u64,
    lost: u64,
    duplicated: u64,
    reordered: u64,
    longest: Option<(SimDuration, SimTime, SimDuration, String)>,
}

pub(super) fn judge(index: &Index<'_>, tenant: Option<TenantId>, flow: Option<FlowId>, budget: Budget) -> Finding {
    let mut totals = Totals::default();
    let meant: Vec<FlowId> = match (flow, tenant) {
        (Some(flow), _) => vec![flow],
        (None, Some(tenant)) => index.flows_of(tenant).collect(),
        (None, None) => (0..index.case.plan.flows.len()).map(FlowId::of).collect(),
    };
    for flow in meant {
        let (plan, Some(account)) = index.flow(flow) else {
            continue;
        };
        totals.add(&plan.name, &account.forward);
        if plan.answered {
            totals.add(&format!("answers to {}", plan.name), &account.answers);
        }
    }
    let gap = match &totals.longest {
        Some((gap, at, resolution, name)) => {
            format!(", longest silence {gap} from {at} ({name}; one frame each {resolution})")
        }
        None => String::new(),
    };
    let text = format!(
        "{} of {} frames lost, {} duplicated, {} out of order{gap}",
        thousands(totals.lost),
        thousands(totals.sent),
        thousands(totals.duplicated),
        thousands(totals.reordered)
    );
    if totals.sent == 0 {
        return Finding::new(Verdict::Inconc, "nothing was sent, so nothing could be interrupted");
    }
    let silent = budget
        .gap
        .is_some_and(|max| totals.longest.as_ref().is_some_and(|(gap, ..)| *gap > max));
    let holds = totals.lost <= budget.lost
        && totals.duplicated <= budget.duplicated
        && totals.reordered <= budget.reordered
        && !silent;
    Finding::new(if holds { Verdict::Pass } else { Verdict::Fail }, text)
}

impl Totals {
    fn add(&mut self, name: &str, passage: &Passage) {
        self.sent += passage.sent.frames;
        self.lost += passage.lost();
        self.duplicated += passage.duplicated;
        self.reordered += passage.reordered;
        let Some((gap, from)) = silence(passage) else { return };
        if self.longest.as_ref().is_none_or(|(longest, ..)| gap > *longest) {
            self.longest = Some((gap, from, resolution(passage), name.to_owned()));
        }
    }
}

/// The longest silence, and when it began: between two arrivals, or from the last arrival to the
/// last frame sent after it. A flow of which nothing arrived was silent from its first frame on.
fn silence(passage: &Passage) -> Option<(SimDuration, SimTime)> {
    let between = passage.longest_gap.map(|gap| (gap.length(), gap.from));
    let since = passage.last_arrival.or(passage.first_sent)?;
    let tail = passage.last_sent.map(|last| (last.saturating_since(since), since));
    between.into_iter().chain(tail).max_by_key(|(gap, _)| *gap)
}

/// What a silence can be told by: the mean time between frames sent.
fn resolution(passage: &Passage) -> SimDuration {
    let (Some(first), Some(last)) = (passage.first_sent, passage.last_sent) else {
        return SimDuration::ZERO;
    };
    let gaps = passage.sent.frames.saturating_sub(1).max(1);
    SimDuration::from_nanos(last.saturating_since(first).as_nanos() / gaps)
}
