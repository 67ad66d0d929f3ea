//! What is sold first on each VLAN of a circuit: the plan's calls, rehearsed with the law.
//!
//! The partner's switches are set up before the run begins, to what will be sold; where the law sells
//! nothing, to what is asked for. What is sold there later at another bandwidth, or otherwise than the
//! rehearsal had it, they follow in the run.

use std::collections::{BTreeMap, BTreeSet};

use super::steps::Steps;
use super::terrain::Terrain;
use crate::node::lower::sold;
use crate::provision::{Bindings, Call, Defaults, OperationName, PcId, ServiceKey, State};
use crate::scenario::plan::StepPlan;
use crate::units::{BitRate, SimDuration, SimTime};

/// The bandwidth that is sold first, or asked for where none is sold, by circuit and VLAN.
pub(crate) struct Sales(BTreeMap<(usize, u16), BitRate>);

impl Sales {
    /// The bandwidth that is sold first on this VLAN, or asked for where none is sold.
    pub(crate) fn first(&self, circuit: usize, vlan: u16) -> Option<BitRate> {
        self.0.get(&(circuit, vlan)).copied()
    }
}

/// Can a VLAN have a shared port after this call that had none before?
fn sells(step: &StepPlan) -> bool {
    matches!(
        step.operation.operation(),
        OperationName::CreateVirtualPhysicalConnection
            | OperationName::CreateVpconnFromVbr
            | OperationName::UpdateVirtualPhysicalConnection
    )
}

/// VLANs whose first sale somebody asks for: those of data centres, and VLAN 0 of circuits without one.
fn wanted(terrain: &Terrain) -> BTreeSet<(usize, u16)> {
    let mut wanted: BTreeSet<(usize, u16)> = terrain.idcs.iter().map(|idc| (idc.circuit, idc.vlan.get())).collect();
    let alone =
        (0..terrain.circuits.len()).filter(|circuit| wanted.range((*circuit, 0)..(*circuit + 1, 0)).next().is_none());
    let untagged: Vec<(usize, u16)> = alone.map(|circuit| (circuit, 0)).collect();
    wanted.extend(untagged);
    wanted
}

/// Calls what the steps call, with every outcome as early as it can be, until nothing more is sold
/// for the first time.
pub(super) fn rehearse(
    law: &State,
    circuits: &[crate::provision::ResourceId],
    steps: &Steps,
    terrain: &Terrain,
) -> Sales {
    let last = steps.list.iter().rposition(sells).map_or(0, |last| last + 1);
    let mut rehearsal = Rehearsal {
        law: law.clone(),
        names: super::bindings(steps, terrain, circuits),
        circuits: BTreeMap::new(),
        wanted: wanted(terrain),
        sold: BTreeMap::new(),
        asked: BTreeMap::new(),
    };
    for (circuit, id) in circuits.iter().enumerate() {
        rehearsal.circuits.extend(id.connection().map(|id| (id, circuit)));
    }
    let mut clock = SimTime::ZERO;
    for step in &steps.list[..last] {
        if rehearsal.wanted.is_empty() {
            break;
        }
        rehearsal.law.advance(step.at.saturating_since(clock));
        clock = step.at;
        rehearsal.call(step);
    }
    let Rehearsal { sold, mut asked, .. } = rehearsal;
    asked.extend(sold);
    Sales(asked)
}

struct Rehearsal {
    law: State,
    names: Bindings,
    circuits: BTreeMap<PcId, usize>,
    wanted: BTreeSet<(usize, u16)>,
    sold: BTreeMap<(usize, u16), BitRate>,
    asked: BTreeMap<(usize, u16), BitRate>,
}

impl Rehearsal {
    fn call(&mut self, step: &StepPlan) {
        let call = Call {
            op: step.operation.bind(&|hole| self.names.resource(hole)),
            token: step.token.clone(),
            dry_run: step.dry_run,
        };
        let Ok(reply) = self.law.call(step.by, &call, &mut Defaults) else {
            return self.note_asked(step);
        };
        if let (Some(binding), Some(made)) = (step.as_name, reply.created)
            && let (Some(circuit), Some(id)) = (self.names.bind(binding, made), made.connection())
        {
            self.circuits.insert(id, circuit);
        }
        for key in reply.touched {
            self.note(key);
        }
        if self.law.next_completion() == Some(SimDuration::ZERO) {
            self.law.advance(SimDuration::ZERO);
        }
    }

    /// A sale that is refused, and was not meant to be.
    fn note_asked(&mut self, step: &StepPlan) {
        let call = &step.operation;
        let circuit = call.made_on().and_then(|hole| self.names.circuit(hole));
        let vlan = call.made_with_vlan().and_then(|vlan| u16::try_from(vlan).ok());
        let meant = !step.dry_run && step.expect_error.is_none();
        if let (Some(circuit), Some(vlan), Some(spec), true) = (circuit, vlan, call.made_with_spec(), meant) {
            let rate = spec.rate(self.law.premises().policies.spec_1g);
            self.asked.entry((circuit, vlan)).or_insert(rate);
        }
    }

    /// What is sold on a VLAN that a VBR had before is no first sale: the VBR's frames pass already.
    fn note(&mut self, key: ServiceKey) {
        let Some(circuit) = self.circuits.get(&key.circuit) else {
            return;
        };
        let place = (*circuit, key.vlan);
        let view = self.law.service(&key).filter(|view| view.vbr.is_none());
        let rate = sold(view.as_ref());
        if let Some(rate) = rate.filter(|_| self.wanted.remove(&place)) {
            self.sold.insert(place, rate);
        }
    }
}
