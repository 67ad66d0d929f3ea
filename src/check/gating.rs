//! Fails where an access device passed a frame of a service that was not open: before the port
//! is confirmed and enabled and the VBR active, or after.

use super::case::{Case, frames, thousands};
use super::{Finding, Verdict};

pub(super) fn judge(case: &Case<'_>) -> Finding {
    if case.plan.flows.is_empty() || case.plan.vbr_slots.is_empty() {
        return Finding::new(Verdict::NotApplicable, "the scenario has no service with traffic");
    }
    let gates = case.run.gates.gates();
    let closed: u64 = gates.iter().map(|g| g.while_closed.frames).sum();
    let open: u64 = gates.iter().map(|g| g.while_open.frames).sum();
    if closed > 0 {
        let details = gates
            .iter()
            .enumerate()
            .filter(|(_, gate)| gate.while_closed.frames > 0)
            .take(12)
            .map(|(i, gate)| {
                format!(
                    "{} at {} while it was closed",
                    frames(gate.while_closed.frames),
                    name(case, i)
                )
            });
        let text = format!("{} passed services that were not open", frames(closed));
        return Finding::new(Verdict::Fail, text).with(details.collect());
    }
    if open == 0 {
        return Finding::new(
            Verdict::Inconc,
            "no frame passed any service, open or not: the control is missing",
        );
    }
    let used = gates.iter().filter(|g| g.while_open.frames > 0).count();
    Finding::new(
        Verdict::Pass,
        format!(
            "0 frames passed a closed service; control: {} passed while open, {} of {} gates used",
            thousands(open),
            thousands(used as u64),
            thousands(gates.len() as u64)
        ),
    )
}

fn name(case: &Case<'_>, gate: usize) -> String {
    let vlans = case.run.numbering.vlans();
    match vlans.get(gate) {
        Some((circuit, vlan)) => format!("VLAN {vlan} of {}", case.plan.circuits[*circuit].name),
        None => case.plan.vbr_slots[gate - vlans.len()].name.clone(),
    }
}
