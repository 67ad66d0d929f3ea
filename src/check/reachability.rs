//! Fails where a flow that should arrive (and be answered) does not, or one that should not does.

use super::case::{frames, thousands};
use super::index::Index;
use super::{Finding, Verdict};
use crate::ident::FlowId;

pub(super) fn judge(index: &Index<'_>, flow: FlowId, reachable: bool) -> Finding {
    let (plan, Some(account)) = index.flow(flow) else {
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
    match control(index, flow) {
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
fn control<'a>(index: &Index<'a>, flow: FlowId) -> Option<&'a str> {
    let tenant = index.flow(flow).0.tenant;
    let mut own = index.flows_of(tenant);
    own.find(|f| *f != flow && index.has_arrived(*f))
        .or_else(|| index.arrived_of_another(tenant))
        .map(|f| index.flow(f).0.name.as_str())
}
