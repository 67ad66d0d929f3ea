//! Fails where flows lost, duplicated or reordered more than allowed, or were silent for longer.

use super::case::{Case, some, thousands};
use super::index::Index;
use super::{Finding, Verdict};
use crate::evidence::{FlowAccount, Passage};
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
struct Totals<'a> {
    sent: u64,
    lost: u64,
    duplicated: u64,
    reordered: u64,
    astray: u64,
    longest: Option<(SimDuration, SimTime, SimDuration, String)>,
    /// Flows that sent nothing.
    mute: Vec<&'a str>,
    /// Flows of which nothing arrived and nothing was lost: all of it was under way at the end.
    pending: Vec<&'a str>,
    /// Flows that came so late that a duplicate would not have been noticed.
    blurred: Vec<&'a str>,
}

pub(super) fn judge(index: &Index<'_>, tenant: Option<TenantId>, flow: Option<FlowId>, budget: Budget) -> Finding {
    let mut totals = Totals::default();
    let Case { plan: whole, record } = index.case;
    let meant: Vec<FlowId> = match (flow, tenant) {
        (Some(flow), _) => vec![flow],
        (None, Some(tenant)) => index.flows_of(tenant).collect(),
        (None, None) => (0..whole.flows.len()).map(FlowId::of).collect(),
    };
    for id in meant {
        let plan = &whole.flows[id.index()];
        match record.evidence.flow(id).filter(|a| a.forward.sent.frames > 0) {
            Some(account) => totals.add(&plan.name, account, plan.answered),
            None => totals.mute.push(&plan.name),
        }
    }
    if totals.sent == 0 {
        return Finding::new(Verdict::Inconc, "nothing was sent, so nothing could be interrupted");
    }
    let silent = budget
        .gap
        .is_some_and(|max| totals.longest.as_ref().is_some_and(|(gap, ..)| *gap > max));
    let holds = totals.lost <= budget.lost
        && totals.duplicated <= budget.duplicated
        && totals.reordered <= budget.reordered
        && totals.astray == 0
        && !silent;
    let text = totals.text();
    if !holds {
        return Finding::new(Verdict::Fail, text);
    }
    match totals.unknown() {
        Some(why) => Finding::new(Verdict::Inconc, format!("{text}; {why}")),
        None => Finding::new(Verdict::Pass, text),
    }
}

impl<'a> Totals<'a> {
    fn add(&mut self, name: &'a str, account: &FlowAccount, answered: bool) {
        let (forward, answers) = (&account.forward, &account.answers);
        self.sent += forward.sent.frames;
        self.astray += account.astray;
        self.count(forward, forward.lost());
        self.hear(name.to_owned(), silence(forward), forward);
        if forward.beyond_window + answers.beyond_window > 0 {
            self.blurred.push(name);
        }
        if forward.arrived_once() == 0 && forward.lost() == 0 {
            self.pending.push(name);
        }
        if answered {
            // Every frame that arrived wants an answer, whether or not one was ever sent.
            let wanted = forward.arrived_once();
            self.sent += wanted;
            let lost = wanted.saturating_sub(answers.arrived_once() + answers.held);
            self.count(answers, lost);
            let quiet = if answers.sent.frames > 0 {
                silence(answers)
            } else {
                whole(forward.first_arrival, forward.last_arrival)
            };
            self.hear(format!("answers to {name}"), quiet, answers);
        }
    }

    fn count(&mut self, passage: &Passage, lost: u64) {
        self.lost += lost;
        self.duplicated += passage.duplicated;
        self.reordered += passage.reordered;
    }

    fn hear(&mut self, name: String, silence: Option<(SimDuration, SimTime)>, passage: &Passage) {
        let Some((gap, from)) = silence else { return };
        if self.longest.as_ref().is_none_or(|(longest, ..)| gap > *longest) {
            self.longest = Some((gap, from, resolution(passage), name));
        }
    }

    fn text(&self) -> String {
        let gap = match &self.longest {
            Some((gap, at, resolution, name)) => {
                format!(", longest silence {gap} from {at} ({name}; one frame each {resolution})")
            }
            None => String::new(),
        };
        let astray = match self.astray {
            0 => String::new(),
            n => format!(", {} taken elsewhere", thousands(n)),
        };
        format!(
            "{} of {} frames lost, {} duplicated, {} out of order{astray}{gap}",
            thousands(self.lost),
            thousands(self.sent),
            thousands(self.duplicated),
            thousands(self.reordered)
        )
    }

    /// Why a pass would be more than was seen.
    fn unknown(&self) -> Option<String> {
        for (flows, why) in [
            (&self.mute, "sent nothing"),
            (&self.pending, "had everything under way when the run ended"),
            (&self.blurred, "came too late to tell duplicates"),
        ] {
            if !flows.is_empty() {
                return Some(format!("{} {why}", some(flows.iter().copied())));
            }
        }
        None
    }
}

/// The longest silence, and when it began: before the first arrival, where frames sent earlier
/// are missing; between two arrivals; or from the last arrival to the last frame sent, where
/// frames sent later are missing. The time that a frame is on its way counts in the first.
fn silence(passage: &Passage) -> Option<(SimDuration, SimTime)> {
    if passage.last_arrival.is_none() {
        return whole(passage.first_sent, passage.last_sent).filter(|_| passage.lost() > 0);
    }
    let between = passage.longest_gap.map(|gap| (gap.length(), gap.from));
    let lead = whole(passage.first_sent, passage.first_arrival).filter(|_| passage.first_seq != Some(0));
    let missing = passage.sent.frames > passage.next_seq.saturating_add(passage.held);
    let tail = whole(passage.last_arrival, passage.last_sent).filter(|_| missing);
    let mut all: Vec<_> = [lead, between, tail].into_iter().flatten().collect();
    all.sort_by_key(|(gap, from)| (std::cmp::Reverse(*gap), *from));
    all.first().copied()
}

fn whole(from: Option<SimTime>, to: Option<SimTime>) -> Option<(SimDuration, SimTime)> {
    Some((to?.saturating_since(from?), from?))
}

/// What a silence can be told by: the mean time between frames sent.
fn resolution(passage: &Passage) -> SimDuration {
    let (Some(first), Some(last)) = (passage.first_sent, passage.last_sent) else {
        return SimDuration::ZERO;
    };
    let gaps = passage.sent.frames.saturating_sub(1).max(1);
    SimDuration::from_nanos(last.saturating_since(first).as_nanos() / gaps)
}
