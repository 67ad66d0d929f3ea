//! The freeze check: before the window opens, is each port still what was made from its VBR?
//!
//! Bandwidth or VLAN may have been changed since, billing may have lapsed, a VBR may hang on the port
//! already. Who does not pass is not attached in this window.

use super::timing::Timing;
use crate::ident::AccountId;
use crate::provision::{Acceptance, BusinessStatus, ConnectionStatus, Port, ResourceId, State, Vbr};
use crate::scenario::{Plan, Unit};

/// A VBR that may not be attached, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// The VBR's name.
    pub vbr: String,
    /// Whose.
    pub tenant: String,
    /// What is not as it was.
    pub what: Vec<String>,
}

/// Every VBR that is to be attached and may not be, in the state before the window.
pub(super) fn check(plan: &Plan, units: &[Unit], timing: &Timing) -> Vec<Drift> {
    let going = units.iter().filter(|unit| unit.carried_over.is_none());
    let drifts = going.map(|unit| Drift {
        vbr: unit.vbr.clone(),
        tenant: unit.tenant.clone(),
        what: drifted(plan, unit, timing),
    });
    drifts.filter(|drift| !drift.what.is_empty()).collect()
}

fn drifted(plan: &Plan, unit: &Unit, timing: &Timing) -> Vec<String> {
    let state = &timing.seen;
    let resource = |name: &str| timing.bound.get(name).copied().unwrap_or(ResourceId::UNBOUND);
    let port = resource(&unit.port)
        .connection()
        .and_then(|id| Some((id, state.port(id)?)));
    let vbr = resource(&unit.vbr).vbr().and_then(|id| Some((id, state.vbr(id)?)));
    let refused = |word: &str| {
        let name = unit
            .steps
            .iter()
            .map(|step| &step.name)
            .find(|name| name.ends_with(word))?;
        timing.calls.get(name)?.error.as_ref().map(|(code, _)| code.clone())
    };
    let Some((_, vbr)) = vbr else {
        return vec![format!("there is no VBR `{}` any more", unit.vbr)];
    };
    let Some((port_id, port)) = port else {
        let why = refused(".create").map_or(String::new(), |code| {
            format!(": CreateVpconnFromVbr was refused, {code}")
        });
        return vec![format!("there is no port `{}`{why}", unit.port)];
    };
    let mut what = changed(state, vbr, port);
    if let Some(code) = refused(".confirm") {
        what.push(format!("the tenant's ConfirmPhysicalConnection was refused, {code}"));
    }
    if port.vbr.is_some() {
        what.push("another VBR hangs on the port".to_owned());
    }
    if vbr.connection != vbr.circuit {
        let elsewhere = if vbr.connection == port_id {
            "its port"
        } else {
            "another port"
        };
        what.push(format!("the VBR hangs on {elsewhere} already"));
    }
    let account = plan.accounts.iter().position(|account| account.name == unit.tenant);
    if account.is_some_and(|account| !state.outbound_billing(AccountId::of(account))) {
        what.push("the tenant's outbound billing has lapsed".to_owned());
    }
    what
}

/// What differs between a VBR and its port.
fn changed(state: &State, vbr: &Vbr, port: &Port) -> Vec<String> {
    let mut what = Vec::new();
    match (port.acceptance, port.status) {
        (Acceptance::UnConfirmed, _) => what.push("the port is not accepted".to_owned()),
        (Acceptance::Confirmed, ConnectionStatus::Enabled) => {}
        (Acceptance::Confirmed, status) => what.push(format!("the port is {status}")),
    }
    if port.business != BusinessStatus::Normal {
        what.push(format!("the port is {}", port.business));
    }
    if port.vlan != vbr.vlan {
        what.push(format!("the port has VLAN {}, the VBR {}", port.vlan, vbr.vlan));
    }
    let unit = state.premises().policies.spec_1g;
    let (sold, has) = (port.spec.rate(unit), state.vbr_bandwidth(vbr));
    if has.is_some_and(|has| has != sold) {
        what.push(format!("the port has {sold}, the VBR {}", has.unwrap_or(sold)));
    }
    if let Some(ordered) = port.expect_spec {
        what.push(format!("{} is ordered for the port and not paid", ordered.name()));
    }
    what
}
