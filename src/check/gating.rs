//! Fails where an access device passed a frame of a service that was not open: before the port
//! is confirmed and enabled and the VBR active, or after.

use super::case::{Case, frames, some, thousands};
use super::{Detail, Field, Finding, Value, Verdict};
use crate::evidence::GateCount;
use crate::record::{Needed, uncontrolled};

pub(super) fn judge(case: &Case<'_>) -> Finding {
    if case.plan.vbr_slots.is_empty() {
        return Finding::new(Verdict::NotApplicable, "the scenario has no service");
    }
    let gates = case.record.gates.gates();
    let sum = |count: &dyn Fn(&GateCount) -> u64| -> u64 { gates.iter().map(count).sum() };
    let closed = sum(&|g| g.while_closed.frames);
    if closed > 0 {
        let text = format!("{} passed services that were not open", frames(closed));
        return Finding::new(Verdict::Fail, text)
            .told(passed(case))
            .numbers([("passed_closed", Value::frames(closed))]);
    }
    let tried = sum(&|g| g.tried_closed.frames);
    if tried == 0 {
        return Finding::new(
            Verdict::NotApplicable,
            "no frame came to an access device for a service that was closed",
        );
    }
    let without = tried_without_control(case);
    if !without.is_empty() {
        let names = some(without.iter().map(String::as_str));
        let text = format!(
            "{} tried closed services and none passed, but none ever passed {names}: the control is missing",
            frames(tried)
        );
        let all = without.iter().map(|name| format!("no frame ever passed {name}"));
        return Finding::new(Verdict::Inconc, text).with(all.collect()).numbers([
            ("passed_closed", Value::frames(0)),
            ("tried_closed", Value::frames(tried)),
        ]);
    }
    let used = gates.iter().filter(|g| g.while_open.frames > 0).count();
    Finding::new(
        Verdict::Pass,
        format!(
            "0 of {} passed a closed service; control: {} passed while open, {} of {} gates used",
            frames(tried),
            thousands(sum(&|g| g.while_open.frames)),
            thousands(used as u64),
            thousands(gates.len() as u64)
        ),
    )
    .numbers([
        ("passed_closed", Value::frames(0)),
        ("tried_closed", Value::frames(tried)),
        ("passed_open", Value::frames(sum(&|g| g.while_open.frames))),
        ("gates_used", Value::count(used)),
        ("gates", Value::count(gates.len())),
    ])
}

fn passed(case: &Case<'_>) -> Vec<Detail> {
    let gates = case.record.gates.gates().iter().enumerate();
    let mut through: Vec<_> = gates.filter(|(_, gate)| gate.while_closed.frames > 0).collect();
    through.sort_by_key(|(_, gate)| std::cmp::Reverse(gate.while_closed.frames));
    let told = through.into_iter().map(|(i, gate)| {
        let mut kept = case.record.gates.frames().of(u32::try_from(i).unwrap_or(u32::MAX));
        let first = kept.next().map(|e| e.at);
        let (passed, gate) = (gate.while_closed, name(case, i));
        let since = first.map_or(String::new(), |at| format!(", the first at {at}"));
        let text = format!("{} at {gate} while it was closed{since}", frames(passed.frames));
        let values = vec![
            Field::new("gate", Value::text(gate)),
            Field::new("passed_closed", Value::frames(passed.frames)),
            Field::new("passed_closed", Value::octets(passed.octets)),
            Field::new("first_at", Value::at(first)),
        ];
        Detail::new(text, values)
    });
    told.collect()
}

/// Gates that were tried while closed and have no control: neither passed a frame while they
/// were open, nor did another gate of the same circuit.
fn tried_without_control(case: &Case<'_>) -> Vec<String> {
    let gates = case.record.gates.gates();
    let mut circuits = vec![false; case.plan.circuits.len()];
    for (i, _) in gates.iter().enumerate().filter(|(_, g)| g.while_open.frames > 0) {
        circuits[circuit(case, i)] = true;
    }
    let tried = gates.iter().enumerate().filter(|(_, g)| g.tried_closed.frames > 0);
    let missing = uncontrolled(Needed::Each, tried.map(|(i, _)| (i, circuits[circuit(case, i)])));
    missing.into_iter().map(|i| name(case, i)).collect()
}

fn circuit(case: &Case<'_>, gate: usize) -> usize {
    let vlans = case.record.numbering.vlans();
    match vlans.get(gate) {
        Some((circuit, _)) => *circuit,
        None => case.plan.vbr_slots[gate - vlans.len()].circuit,
    }
}

fn name(case: &Case<'_>, gate: usize) -> String {
    let vlans = case.record.numbering.vlans();
    match vlans.get(gate) {
        Some((circuit, vlan)) => format!("VLAN {vlan} of {}", case.plan.circuits[*circuit].name),
        None => case.plan.vbr_slots[gate - vlans.len()].name.clone(),
    }
}
