//! What conversions made of bandwidths: nobody's choice, since the call takes no spec.

use super::ports::item;
use super::service::Call;
use super::workflow::with_span;
use super::{Deviation, Duty, Owner, Scene};
use crate::provision::{ConvertSpec, OperationName as Op};
use crate::scenario::{Edit, ItemName, Span};

/// From this policy on a port keeps what its VBR had.
const CONVERT_SPEC: &str = "convert_spec";

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Deviation>) {
    let accepted = |op: Op| {
        let calls = scene.services.calls.iter();
        calls.filter(move |call| call.item.operation.value == op && call.accepted.is_some())
    };
    let policies = &scene.plan.law.premises().policies;
    let rounded = matches!(policies.convert_spec, ConvertSpec::RoundDown | ConvertSpec::RoundUp);
    for call in accepted(Op::CreateVpconnFromVbr) {
        let Some(vbr) = call.with("VbrId") else { continue };
        if bandwidth(scene, vbr).is_some() {
            if rounded {
                let heal = vec![Edit::set(
                    ItemName::scenario(),
                    &format!("policies.{CONVERT_SPEC}"),
                    "keep_exact",
                )];
                found.push(deviation(scene, call, vbr, CONVERT_SPEC, heal));
            }
        } else if let Some(attach) = accepted(Op::AttachVbrToVpconn).find(|attach| attach.with("VbrId") == Some(vbr)) {
            // It had no limit of its own, and no spec is none: it goes on as it was, and so does the switch.
            let mut heal = vec![Edit::Remove(attach.name.clone())];
            heal.extend(unlimited(scene, vbr));
            found.push(deviation(scene, call, vbr, "converted_spec", heal));
        }
    }
}

/// The partner's switch polices a VBR's service to no less than its circuit.
fn unlimited(scene: &Scene<'_>, vbr: &str) -> Option<Edit> {
    let mut services = scene.services.list.iter();
    let idc = services.find(|service| service.vbr() == Some(vbr))?.idc;
    let mut circuits = scene.plan.circuits.iter();
    let circuit = circuits.find(|circuit| circuit.name == idc.circuit.0)?;
    Some(Edit::set(item(idc), "spec", &circuit.bandwidth.to_string()))
}

/// The bandwidth that a VBR was made with, or was given; `None`: none of its own.
fn bandwidth<'a>(scene: &'a Scene<'_>, vbr: &str) -> Option<&'a str> {
    let mut given = scene.services.calls.iter().filter(|call| {
        let made = call.item.operation.value == Op::CreateVirtualBorderRouter && call.bind() == Some(vbr);
        (made || call.with("VbrId") == Some(vbr)) && call.accepted.is_some()
    });
    given.find_map(|call| call.with("Bandwidth"))
}

fn deviation(scene: &Scene<'_>, call: &Call<'_>, vbr: &str, policy: &str, heal: Vec<Edit>) -> Deviation {
    let list = scene.plan.law.premises().policies.list();
    let value = list.into_iter().find(|info| info.name == policy).map(|info| info.value);
    let what = format!(
        "the conversion of {vbr} gives its port another bandwidth (policy {policy}: {})",
        value.unwrap_or_default()
    );
    let wrote = set(scene, policy).or_else(|| with_span(call, "VbrId"));
    let wrote = wrote.unwrap_or(call.item.operation.span);
    Deviation::new(Duty::Conversion, Owner::Contract, vbr, wrote, what, heal)
}

/// Where the file sets a policy.
fn set(scene: &Scene<'_>, policy: &str) -> Option<Span> {
    let mut set = scene.expanded.file().policies.single.0.iter();
    set.find(|(name, _)| name.value.as_str() == policy)
        .map(|(name, _)| name.span)
}
