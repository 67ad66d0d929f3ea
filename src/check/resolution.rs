//! Fails where addresses resolve earlier or later than stated, or more or fewer tenants give up.

use std::collections::BTreeMap;

use super::case::{Case, some, thousands};
use super::health::Window;
use super::{Finding, Value, Verdict};
use crate::evidence::NodeChange;
use crate::ident::{NodeId, TenantId};
use crate::scenario::plan::NodeKind;
use crate::units::SimTime;

/// What the data centres of one tenant made of their gateways.
#[derive(Debug, Clone, Copy, Default)]
struct Story {
    /// Frames of its flows arrive: the gateway is known, asked for or announced.
    knows: bool,
    /// The first resolution after it.
    first: Option<SimTime>,
    /// How often it gave up after it.
    given_up: u64,
}

pub(super) fn judge(
    case: &Case<'_>,
    after: SimTime,
    last_resolved: Option<Window>,
    gave_up: Option<(u32, u32)>,
) -> Finding {
    let stories = stories(case, after);
    let resolved: Vec<SimTime> = stories.values().filter_map(|s| s.first).collect();
    let given = stories.values().filter(|s| s.given_up > 0).count();
    let given = u32::try_from(given).unwrap_or(u32::MAX);
    let times: u64 = stories.values().map(|s| s.given_up).sum();
    if resolved.is_empty() && given == 0 {
        return Finding::new(Verdict::Inconc, format!("nobody resolved an address after {after}"));
    }
    let last = resolved.iter().max().copied();
    let again = match times > u64::from(given) {
        true => format!(" ({} times)", thousands(times)),
        false => String::new(),
    };
    let text = format!(
        "after {after} {} of {} tenants resolved their gateway{}, {given} gave up{again}",
        resolved.len(),
        stories.len(),
        last.map_or(String::new(), |at| format!(", the last at {at}")),
    );
    let numbers = [
        ("tenants", Value::count(stories.len())),
        ("resolved", Value::count(resolved.len())),
        ("last_resolved_at", Value::at(last)),
        ("gave_up", Value::count(given)),
        ("times_given_up", Value::count(times)),
    ];
    if last_resolved.is_none() && gave_up.is_none() {
        let text =
            format!("{text}; neither `last_resolved` nor `gave_up` was asked, so that nothing could have failed");
        return Finding::new(Verdict::Inconc, text).numbers(numbers);
    }
    let timely = last_resolved.is_none_or(|(from, to)| last.is_some_and(|at| from <= at && at <= to));
    let patient = gave_up.is_none_or(|(least, most)| least <= given && given <= most);
    if !(timely && patient) {
        return Finding::new(Verdict::Fail, text).numbers(numbers);
    }
    let open: Vec<&str> = stories
        .iter()
        .filter(|(_, s)| !s.knows && s.first.is_none() && s.given_up == 0)
        .map(|(tenant, _)| case.tenant(*tenant))
        .collect();
    if !open.is_empty() {
        let text = format!("{text}; {} never resolved nor gave up", some(open.iter().copied()));
        let all = open
            .iter()
            .map(|name| format!("{name} never resolved nor gave up"))
            .collect();
        return Finding::new(Verdict::Inconc, text).with(all).numbers(numbers);
    }
    if case.record.evidence.changes_omitted() > 0 {
        return Finding::new(Verdict::Inconc, format!("{text}; later changes were not kept")).numbers(numbers);
    }
    Finding::new(Verdict::Pass, text).numbers(numbers)
}

/// By tenant that sends from a data centre. What its VBR resolves is another story.
fn stories(case: &Case<'_>, after: SimTime) -> BTreeMap<TenantId, Story> {
    let is_idc = |node: NodeId| matches!(case.plan.nodes[node.index()].kind, NodeKind::Idc(_));
    let mut stories: BTreeMap<TenantId, Story> = BTreeMap::new();
    for (_, plan, account) in case.flows() {
        let Some(account) = account.filter(|a| is_idc(plan.from) && a.forward.last_sent >= Some(after)) else {
            continue;
        };
        let story = stories.entry(plan.tenant).or_default();
        story.knows |= account.forward.arrived.frames > 0;
    }
    for noted in case.record.evidence.changes() {
        let NodeChange::Arp { tenant, resolved, .. } = noted.change else {
            continue;
        };
        if !is_idc(noted.node) {
            continue;
        }
        let story = stories.entry(tenant).or_default();
        match (noted.at >= after, resolved) {
            (false, _) => {}
            (true, true) => story.first = story.first.or(Some(noted.at)),
            (true, false) => story.given_up += 1,
        }
    }
    stories
}
