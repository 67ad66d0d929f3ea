//! Services out of a scenario: what its calls have made before its window opens, or at its end.

use std::sync::Arc;

use super::place::Place;
use super::service::{Fact, Service};
use super::shown::Value;
use crate::control::{Commands, Controller, Drawn, Timeline};
use crate::ident::AccountId;
use crate::provision::{PcId, ResourceId, State, Vbr};
use crate::record::Gates;
use crate::scenario::Plan;
use crate::scenario::plan::UnknownWord;
use crate::units::SimTime;

/// The services of a scenario just before `until`: the law alone is run, without frames. `path`: as the user named it.
///
/// Names of VBRs and ports are the scenario's own and no ids of the cloud's, so they are not shown.
pub fn of_plan(path: &str, plan: &Plan, until: SimTime) -> Vec<Service> {
    let mut timeline = Timeline::new(plan, Drawn::new(plan.seed), Gates::new(plan));
    while let Some(now) = timeline.next().filter(|now| *now <= plan.end && *now < until) {
        timeline.act(now, &mut Commands::default());
    }
    let state = timeline.law().state();
    let place = Place::whole(&Arc::from(path));
    state.vbrs().map(|(_, vbr)| of_vbr(plan, state, vbr, &place)).collect()
}

fn of_vbr(plan: &Plan, state: &State, vbr: &Vbr, place: &Place) -> Service {
    let mut service = Service::new(place.clone());
    let mut put = |fact: Fact, value: Value| service.put(fact, value, place);
    let unknown = |word: UnknownWord| {
        let tenant = plan.tenants.iter().position(|tenant| tenant.account == vbr.owner);
        let mut own = plan.unknown.iter().filter(|(of, _)| Some(of.index()) == tenant);
        own.any(|(_, known)| *known == word)
    };
    let text = |text: &str| Value::Text(text.to_owned());
    let account = |id: AccountId| plan.accounts.get(id.index());
    if let Some(owner) = account(vbr.owner) {
        put(Fact::Tenant, text(&owner.name));
        if !unknown(UnknownWord::Account) {
            put(Fact::Account, Value::Number(owner.uid));
        }
    }
    if let Some(name) = circuit(plan, vbr.circuit).filter(|_| !unknown(UnknownWord::Circuit)) {
        put(Fact::Circuit, text(name));
    }
    if !unknown(UnknownWord::VlanId) {
        put(Fact::VlanId, Value::Number(u64::from(vbr.vlan)));
    }
    if let Some(rate) = state.vbr_bandwidth(vbr).filter(|_| !unknown(UnknownWord::Spec)) {
        put(Fact::Spec, Value::Number(rate.as_bps() / 1_000_000));
    }
    if let Some(addresses) = vbr.addresses.filter(|_| !unknown(UnknownWord::Address)) {
        put(Fact::Gateway, text(&addresses.local.to_string()));
        put(Fact::Address, text(&addresses.peer.to_string()));
        put(Fact::Mask, Value::Number(u64::from(addresses.prefix_len)));
    }
    if !unknown(UnknownWord::Legacy) {
        put(Fact::Mode, text(if vbr.is_on_port() { "shared" } else { "legacy" }));
    }
    put(Fact::VbrState, text(vbr.status.as_str()));
    if let Some(port) = state.port(vbr.connection) {
        put(Fact::PortState, text(port.status.as_str()));
        put(Fact::Acceptance, text(port.acceptance.as_str()));
    }
    service
}

/// The circuit's name in the scenario.
fn circuit(plan: &Plan, id: PcId) -> Option<&str> {
    let at = plan
        .circuit_ids
        .iter()
        .position(|known| *known == ResourceId::from(id))?;
    plan.circuits.get(at).map(|circuit| circuit.name.as_str())
}
