//! Fails where a flow that should arrive (and be answered) does not, or one that should not does;
//! unknown where one that should not never came to a place that refuses it.

mod refusal;

use super::case::{Case, frames, thousands};
use super::{Finding, Unit, Value, Verdict};
use crate::evidence::FlowAccount;
use crate::ident::FlowId;
use crate::units::SimDuration;

/// A flow of which nothing arrives within this time is not reachable, whatever comes later.
const IN_TIME: SimDuration = SimDuration::from_secs(1);

pub(super) fn judge(case: &Case<'_>, flow: FlowId, reachable: bool) -> Finding {
    let account = case.record.evidence.flow(flow).filter(|a| a.forward.sent.frames > 0);
    let Some(account) = account else {
        return Finding::new(Verdict::Inconc, "nothing of it was sent").numbers([("sent", Value::frames(0))]);
    };
    let answered = case.plan.flows[flow.index()].answered;
    let soonest = account.forward.transit.map(|(least, _)| least);
    found(case, flow, account, reachable).numbers([
        ("sent", Value::frames(account.forward.sent.frames)),
        ("arrived", Value::frames(account.forward.arrived_once())),
        (
            "answered",
            Value::Number(Unit::Frames, answered.then(|| account.answers.arrived_once())),
        ),
        ("astray", Value::frames(account.astray)),
        ("soonest", Value::span(soonest)),
    ])
}

fn found(case: &Case<'_>, flow: FlowId, account: &FlowAccount, reachable: bool) -> Finding {
    let plan = &case.plan.flows[flow.index()];
    let (sent, arrived) = (account.forward.sent.frames, account.forward.arrived_once());
    let answers = account.answers.arrived_once();
    let mut text = format!("{} sent, {} arrived", frames(sent), thousands(arrived));
    if plan.answered {
        text += &format!(", {} answered", thousands(answers));
    }
    if account.astray > 0 {
        text += &format!(", {} taken elsewhere", thousands(account.astray));
    }
    let both = [&account.forward, &account.answers];
    let on_their_way: u64 = both.iter().map(|passage| passage.on_their_way()).sum();
    if on_their_way > 0 {
        text += &format!(", {} under way at the end", thousands(on_their_way));
    }
    let waiting: u64 = both.iter().map(|passage| passage.overdue + passage.doubtful).sum();
    if waiting > 0 {
        text += &format!(", {} waiting", thousands(waiting));
    }
    if reachable {
        let stormed = case.record.storm.stormed(plan.tenant);
        return arrives(account, plan.answered, stormed, text);
    }
    if arrived > 0 || account.astray > 0 {
        return Finding::new(Verdict::Fail, format!("{text}; none should"));
    }
    if account.forward.missing() == 0 {
        let text = format!("{text}; all were still under way when the run ended");
        return Finding::new(Verdict::Inconc, text);
    }
    let refused = match refusal::of(case, flow, account) {
        Ok(refused) => refused,
        Err(elsewhere) => {
            let text = format!("{text}, but no frame came to a place that should refuse it: {elsewhere}");
            return Finding::new(Verdict::Inconc, text);
        }
    };
    match control(case, flow, account) {
        Some(control) => Finding::new(
            Verdict::Pass,
            format!("{text}, as it should be: {refused}; control: {control}"),
        ),
        None => Finding::new(
            Verdict::Inconc,
            format!("{text}, but no flow that could be its control arrived: the control is missing"),
        ),
    }
}

/// A flow arrives if one frame does, and one answer. `stormed`: frames of its tenant went in circles, so
/// that what arrives is no service, whatever it is.
fn arrives(account: &FlowAccount, answered: bool, stormed: bool, text: String) -> Finding {
    let there = account.forward.arrived_once() > 0 && (!answered || account.answers.arrived_once() > 0);
    // What waits somewhere at the end is neither there nor answered; what is on its way may still be.
    let missing = match account.forward.arrived_once() {
        0 => account.forward.missing() > 0,
        wanted => wanted > account.answers.held.saturating_sub(account.answers.overdue),
    };
    let soonest = account.forward.transit.map(|(least, _)| least);
    if let Some(late) = soonest.filter(|least| there && *least > IN_TIME) {
        return Finding::new(
            Verdict::Fail,
            format!("{text}, but none within {IN_TIME} of being sent: the soonest took {late}"),
        );
    }
    match (there, missing) {
        (true, _) if stormed => {
            let doubled = account.forward.duplicated + account.answers.duplicated;
            let text = format!(
                "{text}, {} of them again; frames of its tenant went in circles (check: storm)",
                thousands(doubled)
            );
            Finding::new(Verdict::Fail, text)
        }
        (true, _) => Finding::new(Verdict::Pass, text),
        (false, false) => Finding::new(
            Verdict::Inconc,
            format!("{text}; the rest was under way when the run ended"),
        ),
        (false, true) => Finding::new(Verdict::Fail, text),
    }
}

/// Another flow that arrived: best one of the same tenant at the same time, else one of the same
/// tenant at another time, else one of another tenant at the same time. Nothing else counts.
fn control(case: &Case<'_>, flow: FlowId, account: &FlowAccount) -> Option<String> {
    let tenant = case.plan.flows[flow.index()].tenant;
    let (from, to) = (account.forward.first_sent?, account.forward.last_sent?);
    let mut best: Option<(u8, &str)> = None;
    for (id, plan, other) in case.flows() {
        let Some(other) = other.filter(|_| id != flow) else {
            continue;
        };
        let (Some(first), Some(last)) = (other.forward.first_arrival, other.forward.last_arrival) else {
            continue;
        };
        let rank = match (plan.tenant == tenant, first <= to && from <= last) {
            (true, true) => 0,
            (true, false) => 1,
            (false, true) => 2,
            (false, false) => continue,
        };
        if best.is_none_or(|(least, _)| rank < least) {
            best = Some((rank, &plan.name));
        }
    }
    let (rank, name) = best?;
    Some(match rank {
        0 => format!("{name} arrived at the same time"),
        1 => format!("{name} of the same tenant arrived at another time"),
        _ => format!("{name} of another tenant arrived at the same time"),
    })
}
