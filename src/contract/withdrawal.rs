//! Calls that take away, move or lock what may be in use, and what is assumed of an attach.

use super::service::Call;
use super::{Deviation, Duty, Owner, Scene};
use crate::provision::OperationName as Op;
use crate::scenario::file::PolicyTable;
use crate::scenario::{Edit, ItemName};

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Deviation>) {
    for call in scene.services.calls.iter().filter(|call| call.accepted.is_some()) {
        found.extend(withdrawn(scene, call));
    }
    found.extend(attach(&scene.expanded.file().policies));
}

fn withdrawn(scene: &Scene<'_>, call: &Call<'_>) -> Option<Deviation> {
    let by = || scene.accounts.owner(&call.item.by.0);
    let (duty, owner) = match call.item.operation.value {
        Op::TerminatePhysicalConnection
        | Op::CancelPhysicalConnection
        | Op::DeletePhysicalConnection
        | Op::TerminateVirtualBorderRouter
        | Op::DeleteVirtualBorderRouter
        | Op::DeleteRouteEntry
        | Op::DeleteTransitRouterVbrAttachment
        | Op::UpdateVirtualPhysicalConnection
        | Op::UpdateVirtualBorderBandwidth
        | Op::ModifyPhysicalConnectionAttribute => (Duty::Keeping, by()),
        Op::ModifyVirtualBorderRouterAttribute if again(scene, call) => (Duty::Keeping, by()),
        Op::SetBusinessStatus => (Duty::Payment, locked_for(scene, call)?),
        _ => return None,
    };
    let on = call.item.with.0.first().map_or("", |(_, value)| value.0.as_str());
    let operation = &call.item.operation;
    let what = format!(
        "{} of {on} at {} takes away, moves or locks what is in use",
        operation.value.as_str(),
        call.item.at.value
    );
    let heal = vec![Edit::Remove(call.name.clone())];
    Some(Deviation::new(duty, owner, on, operation.span, what, heal))
}

/// Does a call change what an earlier one of its VBR gave?
fn again(scene: &Scene<'_>, call: &Call<'_>) -> bool {
    let own = |service: &&super::service::Service<'_>| service.vbr().is_some() && service.vbr() == call.with("VbrId");
    let Some(service) = scene.services.list.iter().find(own) else {
        return false;
    };
    let given = service.addresses.as_ref().and_then(|first| first.accepted);
    given.is_some_and(|first| first < call.item.at.value)
}

/// Who owes what something is locked for; `None`: nobody says.
fn locked_for(scene: &Scene<'_>, call: &Call<'_>) -> Option<Owner> {
    if call.with("BusinessStatus") == Some("Normal") {
        return None;
    }
    if let Some(account) = &call.item.because_of {
        return Some(scene.accounts.owner(&account.0));
    }
    if call.with("BusinessStatus") != Some("FinancialLocked") {
        return None;
    }
    let on = call.with("InstanceId")?;
    if let Some(circuit) = scene.accounts.circuit(on) {
        return Some(scene.accounts.of_circuit(circuit));
    }
    let made = |call: &&Call<'_>| call.bind() == Some(on) && call.accepted.is_some();
    let maker = scene.services.calls.iter().find(made)?;
    match (maker.with("OrderMode"), maker.with("VpconnAliUid")) {
        (Some("PayByPhysicalConnectionOwner"), _) => Some(scene.accounts.owner(&maker.item.by.0)),
        (_, Some(tenant)) => {
            let accounts = scene.expanded.file().accounts.iter();
            let mut named = accounts.filter(|account| scene.accounts.is(tenant, &account.name.0));
            named.next().map(|account| scene.accounts.owner(&account.name.0))
        }
        // A conversion names the VBR, and the VBR's sale its owner.
        (_, None) => {
            let vbr = maker.with("VbrId")?;
            let mut services = scene.services.list.iter();
            let service = services.find(|service| service.vbr() == Some(vbr))?;
            Some(Owner::Tenant(service.tenant.to_owned()))
        }
    }
}

/// An attach that is assumed to interrupt: the vendor promises that it does not.
fn attach(policies: &PolicyTable) -> Option<Deviation> {
    let (name, effect) = policies.attach_effect.as_ref()?;
    let call = Op::AttachVbrToVpconn.as_str();
    let what = format!("{call} is assumed to interrupt ({})", effect.kind.value.as_str());
    let heal = vec![Edit::drop(ItemName::scenario(), "policies.attach_effect")];
    Some(Deviation::new(Duty::Attach, Owner::Cloud, call, name.span, what, heal))
}
