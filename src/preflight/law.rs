//! The law alone, without frames: what it makes of the plan's steps, and how it answers the first call of each
//! conversion, one after the other, where every tenant has outbound billing.

use std::collections::BTreeMap;

use crate::control::{Commands, Controller, Drawn, Timeline};
use crate::ident::AccountId;
use crate::provision::{
    Call, ConvertSpec, CreateVpconnFromVbr, Defaults, OpenPhysicalConnectionService, Operation, OrderMode, ResourceId,
    Spec, State, VbrId,
};
use crate::record::Gates;
use crate::scenario::file::{PayerWord, ScenarioFile};
use crate::scenario::{Cutover, Plan, Unit};

/// How the law answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answered {
    /// The code of the first call of the conversion; `None`: it is accepted.
    pub create: Option<String>,
    /// Mbit/s that are left on the circuit before it, and all that there are.
    pub room: (u32, u32),
    /// Mbit/s left after it.
    pub after: u32,
    /// Steps of the plan that are refused: call and code.
    pub refused: Vec<(&'static str, String)>,
    /// The first step that is never called although none of its own is refused.
    pub never: Option<&'static str>,
}

/// The law before the first step of the cutover, and what it answers.
#[derive(Debug)]
pub(super) struct Law {
    /// The state before the first port is made.
    pub before: State,
    /// By VBR.
    pub answered: BTreeMap<String, Answered>,
    bound: BTreeMap<String, ResourceId>,
}

impl Law {
    /// Runs the law of a plan with its cutover to its end. `file`: the same plan as it was written, its steps written out.
    /// `pilot`: the spec that a converted pilot has shown for a VBR.
    pub(super) fn of(
        plan: &Plan,
        file: &ScenarioFile,
        cutover: &Cutover,
        pilot: impl Fn(&str) -> Option<Spec>,
    ) -> Self {
        let mut timeline = Timeline::new(plan, Drawn::new(plan.seed), Gates::new(plan));
        let mut before = None;
        while let Some(now) = timeline.next().filter(|now| *now <= plan.end) {
            if before.is_none() && now >= cutover.prepare {
                before = Some(timeline.law().state().clone());
            }
            timeline.act(now, &mut Commands::default());
        }
        let left = timeline.finish(plan.end);
        let names = names(file);
        let mut calls: BTreeMap<&str, Option<String>> = BTreeMap::new();
        for record in &left.steps {
            let name = names.get(record.step as usize).copied().unwrap_or_default();
            calls.insert(name, record.error.as_ref().map(|(code, _)| code.clone()));
        }
        let bound = plan.bindings.iter().cloned().zip(left.bound).collect();
        let mut law = Self {
            before: before.unwrap_or(left.law),
            answered: BTreeMap::new(),
            bound,
        };
        let mut state = law.before.clone();
        for unit in &cutover.units {
            state = shown(state, unit, &law.before, pilot(&unit.vbr));
            let answered = law.ask(&mut state, plan, unit, cutover.payer, &calls);
            law.answered.insert(unit.vbr.clone(), answered);
        }
        law
    }

    /// The VBR of this name.
    pub(super) fn vbr(&self, name: &str) -> Option<VbrId> {
        self.bound.get(name).copied()?.vbr()
    }

    fn ask(
        &self,
        state: &mut State,
        plan: &Plan,
        unit: &Unit,
        payer: Option<PayerWord>,
        calls: &BTreeMap<&str, Option<String>>,
    ) -> Answered {
        let account = |name: &str| {
            plan.accounts
                .iter()
                .position(|known| known.name == name)
                .map(AccountId::of)
        };
        let vbr = self.vbr(&unit.vbr);
        let circuit = vbr.and_then(|vbr| Some(state.vbr(vbr)?.circuit));
        let free = |state: &State| {
            let view = circuit.and_then(|circuit| Some(state.circuit(circuit)?.circuit));
            view.map_or((0, 0), |circuit| (circuit.free_mbps(), circuit.bandwidth_mbps))
        };
        let room = free(state);
        let (tenant, partner) = (account(&unit.tenant), account(&unit.partner));
        let create = match (tenant, partner, vbr) {
            (Some(tenant), Some(partner), Some(vbr)) => first_call(state, tenant, partner, vbr, payer),
            _ => Some("InvalidVbrId.NotFound".to_owned()),
        };
        let steps = || unit.steps.iter();
        let refused = steps().filter_map(|step| {
            let code = calls.get(step.name.as_str())?.clone()?;
            Some((step.operation.as_str(), code))
        });
        let refused: Vec<_> = refused.collect();
        let never = steps().find(|step| !calls.contains_key(step.name.as_str()));
        let going = unit.carried_over.is_none() && refused.is_empty();
        Answered {
            create,
            room,
            after: free(state).0,
            never: never.filter(|_| going).map(|step| step.operation.as_str()),
            refused,
        }
    }
}

/// The same state, under the policies that give this VBR the spec that its pilot has got; where there is none, under
/// the scenario's own. Policies are changed only where they have to be: VBRs that follow one another are alike.
fn shown(state: State, unit: &Unit, own: &State, pilot: Option<Spec>) -> State {
    let mbps = u32::try_from(unit.mbps).unwrap_or(u32::MAX);
    let by_policy = own.converts_to(mbps);
    let wanted = by_policy.or(pilot);
    if state.converts_to(mbps) == wanted {
        return state;
    }
    let policies = &own.premises().policies;
    let leads = own.premises().leads.clone();
    if by_policy.is_some() || pilot.is_none() {
        return state.under(policies.clone(), leads);
    }
    let mut tried = policies.clone();
    tried.converted_spec = pilot.filter(|_| mbps == 0).or(tried.converted_spec);
    for convert_spec in [ConvertSpec::RoundDown, ConvertSpec::RoundUp] {
        tried.convert_spec = convert_spec;
        let probe = own.clone().under(tried.clone(), leads.clone());
        if probe.converts_to(mbps) == pilot {
            return state.under(tried, leads);
        }
    }
    state.under(policies.clone(), leads)
}

/// How CreateVpconnFromVbr is answered for a tenant that has outbound billing.
fn first_call(
    state: &mut State,
    tenant: AccountId,
    partner: AccountId,
    vbr: VbrId,
    payer: Option<PayerWord>,
) -> Option<String> {
    if !state.outbound_billing(tenant) {
        let open = Operation::from(OpenPhysicalConnectionService {});
        // Whoever may not open it is told so by the next call.
        let _ = state.call(tenant, &Call::from(open), &mut Defaults);
    }
    let create = CreateVpconnFromVbr {
        vbr_id: vbr.into(),
        order_mode: payer.map(|payer| match payer {
            PayerWord::Tenant => OrderMode::PayByVirtualPhysicalConnectionOwner,
            PayerWord::Partner => OrderMode::PayByPhysicalConnectionOwner,
        }),
    };
    let answer = state.call(partner, &Call::from(Operation::from(create)), &mut Defaults);
    answer.err().map(|error| error.code.to_owned())
}

/// The names of all steps, in the order of the plan; empty for those without.
fn names(file: &ScenarioFile) -> Vec<&str> {
    let mut items: Vec<_> = file.provisioning.iter().collect();
    items.sort_by_key(|item| item.at.value);
    items
        .iter()
        .map(|item| item.step.as_ref().map_or("", |name| name.value.0.as_str()))
        .collect()
}
