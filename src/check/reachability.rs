//! Fails where a flow that should arrive (and be answered) does not, or one that should not does.

use super::case::{Case, frames, thousands};
use super::{Finding, Verdict};
use crate::ident::FlowId;

pub(super) fn judge(case: &Case<'_>, flow: FlowId, reachable: bool) -> Finding {
    let plan = &case.plan.flows[flow.index()];
    let Some(account) = case.run.evidence.flow(flow) else {
        return Finding::new(Verdict::Inconc, "nothing of it was sent");
    };
    let (sent, arrived) = (account.forward.sent.frames, account.forward.arrived_once());
    let answers = account.answers.arrived_once();
    let text = if plan.answered {
        format!(
            "{} sent, {} arrived, {} answered",
            frames(sent),
            thousands(arrived),
            thousands(answers)
        )
    } else {
        format!("{} sent, {} arrived", frames(sent), thousands(arrived))
    };
    let there = arrived > 0 && (!plan.answered || answers > 0);
    if reachable {
        let verdict = if there { Verdict::Pass } else { Verdict::Fail };
        return Finding::new(verdict, text);
    }
    if arrived > 0 {
        return Finding::new(Verdict::Fail, format!("{text}; none should"));
    }
    match control(case, flow) {
        Some(name) => Finding::new(
            Verdict::Pass,
            format!("{text}, as it should be; control: {name} arrived"),
        ),
        None => Finding::new(
            Verdict::Inconc,
            format!("{text}, but no other flow arrived either: the control is missing"),
        ),
    }
}

/// Another flow that arrived: of the same tenant, or else of any.
fn control<'a>(case: &Case<'a>, flow: FlowId) -> Option<&'a str> {
    let tenant = case.plan.flows[flow.index()].tenant;
    let arrived = |same: bool| {
        case.flows().find(|(id, plan, account)| {
            *id != flow && (plan.tenant == tenant) == same && account.is_some_and(|a| a.forward.arrived_once() > 0)
        })
    };
    arrived(true)
        .or_else(|| arrived(false))
        .map(|(_, plan, _)| plan.name.as_str())
}
