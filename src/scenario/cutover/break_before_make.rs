//! Break before make: the VBR is terminated and deleted, a port is sold, accepted, and gets a new VBR.
//!
//! Where a deleted VBR's VLAN is held (policy `vlan_retention_on_delete`), the port gets another one, and the
//! partner's switch is set to it.

use std::collections::BTreeSet;

use super::in_place::{is_open, order_mode};
use super::units::with;
use super::{Made, Unit, Writer};
use crate::provision::{OperationName as Op, Spec, SpecUnit, VLAN_MAX};
use crate::scenario::at::At;
use crate::scenario::codes::Code;
use crate::scenario::file::{CutoverItem, FaultItem, PayerWord, ScenarioFile, StepItem};
use crate::scenario::issues::Issues;
use crate::scenario::scalars::Name;
use crate::scenario::written::{EditText, Editable};
use crate::units::SimDuration;

/// How long after it terminates a VBR the partner sets its switch to the new VLAN.
const RETAG: SimDuration = SimDuration::from_secs(1);

pub(super) fn write(
    units: &mut [Unit],
    file: &mut ScenarioFile,
    item: &CutoverItem,
    writer: &mut Writer,
    issues: &mut Issues,
) {
    let held = (file.policies.single.0.iter())
        .any(|(key, value)| key.value.as_str() == "vlan_retention_on_delete" && value.value.0 != "none");
    let mut used = vlans(file);
    for unit in units.iter_mut().filter(|unit| unit.carried_over.is_none()) {
        let sold = |spec: &Spec| spec.rate(SpecUnit::Decimal).as_bps() == unit.mbps.saturating_mul(1_000_000);
        let Some(spec) = Spec::all().find(sold) else {
            let text = format!(
                "no port is sold with the bandwidth of `{}`, {} Mbit/s",
                unit.vbr, unit.mbps
            );
            issues.err(writer.span, Code::Needed, text);
            continue;
        };
        if held {
            let free = (1..=VLAN_MAX).find(|vlan| !used.contains(&(unit.circuit.clone(), *vlan)));
            let Some(free) = free else {
                let text = format!("`{}` needs a VLAN that is free, and its circuit has none", unit.vbr);
                issues.err(writer.span, Code::TooMany, text);
                continue;
            };
            used.insert((unit.circuit.clone(), free));
            unit.vlan_after = free;
            retag(unit, file, writer);
        }
        one(unit, file, item, spec, writer);
    }
}

/// Every VLAN that something of the file names, by circuit.
fn vlans(file: &ScenarioFile) -> BTreeSet<(String, u16)> {
    let idcs = file.idcs.iter().map(|idc| (idc.circuit.0.clone(), idc.vlan_id.value));
    let steps = file.provisioning.iter().filter_map(|step| {
        let circuit = with(step, "PhysicalConnectionId")?;
        Some((circuit.to_owned(), with(step, "VlanId")?.parse().ok()?))
    });
    let all = idcs.chain(steps);
    all.filter_map(|(circuit, vlan): (String, u64)| Some((circuit, u16::try_from(vlan).ok()?)))
        .collect()
}

/// The partner sets its switch to the new VLAN.
fn retag(unit: &Unit, file: &ScenarioFile, writer: &mut Writer) {
    let circuit = file.circuits.iter().find(|circuit| *circuit.name.0 == *unit.circuit);
    let (Some(circuit), true) = (circuit, unit.idc.is_some()) else {
        return;
    };
    let text = format!(
        "{{ at: {}ns, misconnect: {}, tenant: {}, vlan_id: {} }}",
        unit.at.saturating_add(RETAG).as_nanos(),
        circuit.a.0,
        unit.tenant,
        unit.vlan_after
    );
    if let Ok(mut fault) = (EditText { text: &text, edit: 0 }).read::<FaultItem>() {
        let here = writer.span;
        fault.places(&mut |span| *span = here);
        writer.faults.push(fault);
    }
}

/// Steps that name a VBR by this key.
fn of_vbr<'a>(file: &'a ScenarioFile, operation: Op, key: &'static str, vbr: &str) -> Vec<&'a StepItem> {
    let own = |step: &&StepItem| step.operation.value == operation && with(step, key) == Some(vbr);
    file.provisioning.iter().filter(own).collect()
}

/// The name of the VBR's attachment; its step gets one where it has none.
fn attachment(unit: &Unit, file: &mut ScenarioFile) -> Option<String> {
    let own = |step: &&mut StepItem| {
        step.operation.value == Op::CreateTransitRouterVbrAttachment && with(step, "VbrId") == Some(&unit.vbr)
    };
    let step = file.provisioning.iter_mut().find(own)?;
    let span = step.at.span;
    let bound = step
        .bind
        .get_or_insert_with(|| At::new(Name(format!("{}-attachment", unit.vbr)), span));
    Some(bound.0.clone())
}

fn one(unit: &mut Unit, file: &mut ScenarioFile, item: &CutoverItem, spec: Spec, writer: &mut Writer) {
    let attachment = attachment(unit, file);
    let response = super::response(item);
    let (at, tenant, partner) = (unit.at, unit.tenant.clone(), unit.partner.clone());
    let (vbr, port, again) = (unit.vbr.clone(), unit.port.clone(), format!("{}-new", unit.vbr));
    let poll = item.window.poll.as_ref().map(|poll| poll.value);
    let terminate = Made::new(at, &partner, Op::TerminateVirtualBorderRouter).with("VbrId", &vbr);
    let mut last = writer.step(unit, "terminate", true, terminate);
    let mut wait = response;
    if let Some(attachment) = &attachment {
        let detach =
            Made::new(at, &tenant, Op::DeleteTransitRouterVbrAttachment).with("TransitRouterAttachmentId", attachment);
        last = writer.step(unit, "detach", true, detach.after(Some(&last)).wait(response));
        wait = SimDuration::ZERO;
    }
    let delete = Made::new(at, &tenant, Op::DeleteVirtualBorderRouter).with("VbrId", &vbr);
    last = writer.step(unit, "delete", true, delete.after(Some(&last)).wait(wait));
    if !is_open(file, &tenant) {
        let open = Made::new(at, &tenant, Op::OpenPhysicalConnectionService);
        last = writer.step(unit, "open", true, open.after(Some(&last)));
    }
    let payer = item.payer.as_ref().map_or(PayerWord::Tenant, |payer| payer.value);
    let mut sell = Made::new(at, &partner, Op::CreateVirtualPhysicalConnection)
        .with("PhysicalConnectionId", unit.circuit.clone())
        .with("VpconnAliUid", &tenant)
        .with("VlanId", unit.vlan_after.to_string())
        .with("Spec", spec.name())
        .with("OrderMode", order_mode(payer).as_str())
        .bind(&port)
        .after(Some(&last));
    sell.poll = poll;
    last = writer.step(unit, "sell", true, sell);
    let confirm = Made::new(at, &tenant, Op::ConfirmPhysicalConnection).with("PhysicalConnectionId", &port);
    last = writer.step(unit, "confirm", true, confirm.after(Some(&last)).wait(response));
    let mut create = Made::new(at, &tenant, Op::CreateVirtualBorderRouter)
        .with("PhysicalConnectionId", &port)
        .bind(&again)
        .after(Some(&last));
    let made = file
        .provisioning
        .iter()
        .find(|step| step.bind.as_ref().is_some_and(|bind| *bind.0 == *vbr));
    create.vpc = made.and_then(|step| step.vpc.as_ref()).map(|vpc| vpc.0.clone());
    let given = of_vbr(file, Op::ModifyVirtualBorderRouterAttribute, "VbrId", &vbr);
    for key in ["LocalGatewayIp", "PeerGatewayIp", "PeeringSubnetMask"] {
        let value = made
            .into_iter()
            .chain(given.iter().copied())
            .find_map(|step| with(step, key));
        if let Some(value) = value {
            create = create.with(key, value);
        }
    }
    last = writer.step(unit, "make", true, create);
    let routes: Vec<Vec<(String, String)>> = of_vbr(file, Op::CreateRouteEntry, "RouteTableId", &vbr)
        .into_iter()
        .map(|step| {
            step.with
                .0
                .iter()
                .map(|(key, value)| (key.clone(), value.0.clone()))
                .collect()
        })
        .collect();
    for (n, route) in routes.iter().enumerate() {
        let mut call = Made::new(at, &tenant, Op::CreateRouteEntry).after(Some(&last));
        for (key, value) in route {
            let value = if key == "RouteTableId" {
                again.clone()
            } else {
                value.clone()
            };
            call = call.with(key, value);
        }
        last = writer.step(unit, &format!("route-{}", n + 1), true, call);
    }
    if attachment.is_some() {
        let attach = Made::new(at, &tenant, Op::CreateTransitRouterVbrAttachment).with("VbrId", &again);
        writer.step(unit, "join", true, attach.after(Some(&last)));
    }
}
