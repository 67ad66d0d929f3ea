//! Where an exploration begins: tenants on legacy VBRs, everything settled, nothing on its way.

use std::collections::BTreeSet;

use super::result::Bounds;
use crate::ident::AccountId;
use crate::provision::{
    Account, Bindings, Call, Defaults, Lead, OperationName, Range, Role, Spec, State, VLAN_MAX, Vbr,
};
use crate::rehearse::conversion::Conversion;
use crate::scenario::Plan;
use crate::units::{SimDuration, SimTime};

/// Conversions whose actors move, in the world that they share with everybody else.
#[derive(Debug, Clone)]
pub struct World {
    /// The state before the first deed.
    pub start: State,
    /// Those whose actors move, by VBR.
    pub conversions: Vec<Conversion>,
    /// Their tenants' names.
    pub names: Vec<String>,
    /// The spec that each is raised to by mistake.
    pub larger: Vec<Option<Spec>>,
    /// The VLAN that each is moved to by mistake.
    pub spares: Vec<Option<u16>>,
    /// The VLAN that the partner mistypes for each.
    pub mistyped: Vec<Option<u16>>,
    /// How far it goes.
    pub bounds: Bounds,
}

/// Whatever takes time comes about at any later point of a sequence, so it takes time for certain.
const LATER: SimDuration = SimDuration::from_secs(3_600);

/// No foundation has more outcomes under way than this.
const OUTCOMES_MAX: usize = 1_000_000;

impl World {
    /// The world of a state with these conversions; whatever is on its way comes about first.
    pub fn new(state: State, conversions: Vec<Conversion>, names: Vec<String>, bounds: Bounds) -> Self {
        let mut state = with_cloud(state);
        for _ in 0..OUTCOMES_MAX {
            let Some(wait) = state.next_completion() else { break };
            state.advance(wait);
        }
        let (policies, mut leads) = (state.premises().policies.clone(), state.premises().leads.clone());
        for lead in Lead::ALL {
            leads.set(lead, Range::exactly(LATER));
        }
        let start = state.under(policies, leads);
        let larger = conversions.iter().map(|one| larger(&start, one)).collect();
        let mut taken: BTreeSet<_> = start.services().collect();
        let mut free = |one: &Conversion| {
            let mut vlans = (1..=VLAN_MAX).rev();
            let vlan = vlans.find(|vlan| {
                !taken.contains(&crate::provision::ServiceKey {
                    vlan: *vlan,
                    ..one.began
                })
            });
            taken.extend(vlan.map(|vlan| crate::provision::ServiceKey { vlan, ..one.began }));
            vlan
        };
        Self {
            spares: conversions.iter().map(&mut free).collect(),
            mistyped: conversions.iter().map(&mut free).collect(),
            start,
            larger,
            conversions,
            names,
            bounds,
        }
    }

    /// The world of a plan: its steps up to the first that converts or ends a VBR, then every legacy VBR
    /// that there is.
    pub fn of_plan(plan: &Plan, bounds: Bounds) -> Self {
        let state = foundation(plan);
        let conversions = Conversion::all(&state);
        let name = |account: AccountId| {
            let found = plan.accounts.get(account.index());
            found.map_or_else(|| format!("account number {}", account.0), |a| a.name.clone())
        };
        let names = conversions.iter().map(|one| name(one.tenant)).collect();
        Self::new(state, conversions, names, bounds)
    }

    /// The same world, in which only the actors of these conversions move.
    pub fn only(&self, members: &[usize]) -> Self {
        fn pick<T: Clone>(all: &[T], members: &[usize]) -> Vec<T> {
            members.iter().filter_map(|i| all.get(*i).cloned()).collect()
        }
        Self {
            start: self.start.clone(),
            conversions: pick(&self.conversions, members),
            names: pick(&self.names, members),
            larger: pick(&self.larger, members),
            spares: pick(&self.spares, members),
            mistyped: pick(&self.mistyped, members),
            bounds: self.bounds,
        }
    }
}

/// The cloud itself acts too: it gets an account where the premises have none for it.
fn with_cloud(state: State) -> State {
    let accounts = state.premises().accounts();
    if accounts.iter().any(|account| account.role == Role::System) {
        return state;
    }
    let free = (1..=u64::MAX).find(|uid| state.premises().by_uid(*uid).is_none());
    let account = Account {
        uid: free.unwrap_or(u64::MAX),
        role: Role::System,
        ..Account::default()
    };
    let as_it_was = state.clone();
    state.with_account(account).map_or(as_it_was, |(state, _)| state)
}

/// The next larger spec than a VBR's that its partner may sell.
fn larger(state: &State, one: &Conversion) -> Option<Spec> {
    let own = state.vbr(one.vbr).map_or(0, |vbr: &Vbr| vbr.bandwidth_mbps);
    let spec = state.converts_to(own).or(state.premises().policies.converted_spec)?;
    let seller = state.premises().account(one.partner)?;
    let sold = |spec: &Spec| {
        (seller.sold_specs.is_empty() || seller.sold_specs.contains(spec)) && (seller.large_specs || !spec.is_large())
    };
    Spec::all().filter(|next| *next > spec).find(sold)
}

/// The law after a plan's steps up to the first that converts or ends a VBR. A step that is refused is
/// passed over, as a run does.
pub fn foundation(plan: &Plan) -> State {
    let mut law = plan.law.clone();
    let planned = plan.circuits.iter().enumerate();
    let planned = planned.filter_map(|(i, circuit)| Some((circuit.created_by?, i)));
    let mut names = Bindings::new(plan.bindings.len(), plan.circuit_ids.clone(), planned);
    let mut clock = SimTime::ZERO;
    for step in &plan.steps {
        let begins = matches!(
            step.operation.operation(),
            OperationName::CreateVpconnFromVbr
                | OperationName::AttachVbrToVpconn
                | OperationName::TerminateVirtualBorderRouter
        );
        if begins {
            break;
        }
        law.advance(step.at.saturating_since(clock));
        clock = clock.max(step.at);
        let call = Call {
            op: step.operation.bind(&|hole| names.resource(hole)),
            token: step.token.clone(),
            dry_run: step.dry_run,
        };
        let made = law
            .call(step.by, &call, &mut Defaults)
            .ok()
            .and_then(|reply| reply.created);
        if let (Some(binding), Some(created)) = (step.as_name, made) {
            names.bind(binding, created);
        }
    }
    law
}
