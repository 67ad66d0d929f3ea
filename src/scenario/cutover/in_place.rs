//! In place: the partner makes a port from the VBR, the tenant accepts it, the partner hangs the VBR on it.

use super::waves::accepts_after;
use super::{Carried, Made, Unit, Writer};
use crate::provision::{OperationName as Op, OrderMode};
use crate::scenario::file::{CutoverItem, PayerWord, ScenarioFile};

pub(super) fn write(units: &mut [Unit], file: &ScenarioFile, item: &CutoverItem, writer: &mut Writer) {
    let seed = file.seed.as_ref().map_or(1, |seed| seed.value);
    let mut confirmed = Vec::with_capacity(units.len());
    for unit in units.iter_mut() {
        confirmed.push(prepare(unit, file, item, seed, writer));
    }
    let mut before: Vec<String> = Vec::new();
    let mut wave: (usize, Vec<String>) = (0, Vec::new());
    for (unit, confirmed) in units.iter_mut().zip(confirmed) {
        if unit.carried_over.is_some() {
            continue;
        }
        if unit.wave != wave.0 {
            before = std::mem::replace(&mut wave, (unit.wave, Vec::new())).1;
        }
        let (partner, vbr, port) = (unit.partner.clone(), unit.vbr.clone(), unit.port.clone());
        let mut attach = Made::new(unit.at, &partner, Op::AttachVbrToVpconn)
            .with("VbrId", &vbr)
            .with("VpconnId", &port)
            .after(confirmed.as_deref());
        attach.after.extend(before.iter().cloned());
        attach.poll = item.window.poll.as_ref().map(|poll| poll.value);
        wave.1.push(writer.step(unit, "attach", true, attach));
    }
}

/// Everything before the window; the name of the step by which the tenant accepts.
fn prepare(unit: &mut Unit, file: &ScenarioFile, item: &CutoverItem, seed: u64, writer: &mut Writer) -> Option<String> {
    let at = item.prepare.at.value;
    let (tenant, partner, vbr, port) = (
        unit.tenant.clone(),
        unit.partner.clone(),
        unit.vbr.clone(),
        unit.port.clone(),
    );
    let opened = match is_open(file, &tenant) {
        true => None,
        false => Some(writer.step(
            unit,
            "open",
            false,
            Made::new(at, &tenant, Op::OpenPhysicalConnectionService),
        )),
    };
    let mut create = Made::new(at, &partner, Op::CreateVpconnFromVbr)
        .with("VbrId", &vbr)
        .bind(&port);
    if let Some(payer) = &item.payer {
        create = create.with("OrderMode", order_mode(payer.value).as_str());
    }
    let created = writer.step(unit, "create", false, create.after(opened.as_deref()));
    if unit.carried_over == Some(Carried::NeverAccepted) {
        return None;
    }
    let takes = accepts_after(unit, item, seed)?;
    let confirm = Made::new(at, &tenant, Op::ConfirmPhysicalConnection).with("PhysicalConnectionId", &port);
    Some(writer.step(unit, "confirm", false, confirm.after(Some(&created)).wait(takes)))
}

pub(super) const fn order_mode(payer: PayerWord) -> OrderMode {
    match payer {
        PayerWord::Tenant => OrderMode::PayByVirtualPhysicalConnectionOwner,
        PayerWord::Partner => OrderMode::PayByPhysicalConnectionOwner,
    }
}

/// Has the tenant outbound billing from the start, or a step of its own that enables it?
pub(super) fn is_open(file: &ScenarioFile, tenant: &str) -> bool {
    let account = file.accounts.iter().find(|account| *account.name.0 == *tenant);
    let from_start = account
        .and_then(|account| account.outbound_billing.as_ref())
        .is_some_and(|on| on.value);
    let opens = file.provisioning.iter().any(|step| {
        step.operation.value == Op::OpenPhysicalConnectionService && *step.by.0 == *tenant && step.step.is_none()
    });
    from_start || opens
}
