//! A circuit from its application to being enabled, and its attributes.

use std::collections::BTreeMap;
use std::fmt;

use crate::ident::AccountId;
use crate::provision::circuit::{BusinessStatus, Circuit, ConnectionStatus as S, LoaStatus, OrderStatus};
use crate::provision::ids::{PcId, ResourceId};
use crate::provision::law::choices::{Chance, Lead};
use crate::provision::law::error::{ApiError, deny, ensure};
use crate::provision::law::guard::{boxed, circuit_code, clip, labels};
use crate::provision::law::pending::Task;
use crate::provision::law::policy::{CircuitBuild, Switch};
use crate::provision::law::state::{Apply, Cx, Guarded, State, apply};
use crate::provision::table::asked_word::{AskedWord, LineOperator};
use crate::provision::table::codes as c;
use crate::provision::table::operation::{
    CreatePhysicalConnection, CreatePhysicalConnectionSetupOrder, EnablePhysicalConnection,
    ModifyPhysicalConnectionAttribute,
};
use crate::provision::table::port_type::PortType;
use crate::provision::table::spec::CIRCUIT_MBPS;

const MAX_UNFINISHED: u32 = 5;

impl Circuit {
    /// A circuit that was just applied for.
    pub(in crate::provision) fn applied(owner: AccountId, access_point: u32, device: u32, bandwidth_mbps: u32) -> Self {
        Self {
            owner,
            access_point,
            device,
            bandwidth_mbps,
            status: S::Initial,
            business: BusinessStatus::Normal,
            stopped: false,
            loa: None,
            setup_order: OrderStatus::None,
            occupancy_order: OrderStatus::None,
            qos_policy: false,
            redundant: None,
            circuit_code: None,
            name: None,
            allocated_mbps: 0,
            ports: 0,
            vbrs: BTreeMap::new(),
        }
    }

    /// Everything behind it: built, paid, enabled.
    pub(in crate::provision) fn set_built(&mut self) {
        self.status = S::Enabled;
        self.loa = Some(LoaStatus::Complete);
        self.setup_order = OrderStatus::Paid;
        self.occupancy_order = OrderStatus::Paid;
    }
}

impl State {
    pub(in crate::provision) fn set_circuit_status(&mut self, id: PcId, status: S) {
        let Some(circuit) = self.circuits.get_mut(&id) else {
            return;
        };
        let before = circuit.is_unfinished();
        circuit.status = status;
        let (owner, after) = (circuit.owner, circuit.is_unfinished());
        let books = self.books_mut(owner);
        match (before, after) {
            (false, true) => books.unfinished += 1,
            (true, false) => books.unfinished -= 1,
            _ => {}
        }
    }
}

/// The circuit's status is one of `allowed`.
pub(in crate::provision) fn in_state(id: PcId, status: S, allowed: &[S]) -> Result<(), ApiError> {
    ensure(allowed.contains(&status), c::NOT_ALLOWED_IN_STATE, || {
        let names: Vec<&str> = allowed.iter().map(|s| s.as_str()).collect();
        format!("{id} is {status}; this needs {}", names.join(", "))
    })
}

impl Cx<'_> {
    fn redundant(&self, of: Option<PcId>, other: Option<ResourceId>) -> Result<Option<PcId>, ApiError> {
        let Some(other) = other else { return Ok(None) };
        let (id, circuit) = self.own_circuit(other, c::REDUNDANT)?;
        let usable = matches!(circuit.status, S::Allocated | S::Confirmed | S::Enabled);
        ensure(usable && of != Some(id), c::REDUNDANT, || {
            format!("{id} is {}", circuit.status)
        })?;
        Ok(Some(id))
    }
}

impl Guarded for CreatePhysicalConnection {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (premises, by) = (&cx.s.premises, cx.by);
        let ap = premises.access_point_index(&self.access_point_id).ok_or_else(|| {
            deny(
                c::AP_NOT_FOUND,
                format!("no access point `{}`", clip(&self.access_point_id)),
            )
        })?;
        on_list(self.line_operator.as_ref(), LineOperator::ALL)?;
        on_list(self.port_type.as_ref(), &PortType::NAMES)?;
        labels(self.name.as_ref(), self.description.as_ref())?;
        circuit_code(self.circuit_code.as_ref())?;
        let bandwidth = u32::try_from(self.bandwidth)
            .ok()
            .filter(|b| CIRCUIT_MBPS.contains(b))
            .ok_or_else(|| deny(c::BANDWIDTH, format!("{} Mbit/s cannot be ordered", self.bandwidth)))?;
        let redundant = cx.redundant(None, self.redundant_physical_connection_id)?;
        let books = &cx.s.books[by.index()];
        ensure(books.overdue == 0, c::OVERDUE, || {
            "a circuit of the account is overdue".to_owned()
        })?;
        ensure(books.unfinished <= MAX_UNFINISHED, c::UNFINISHED_QUOTA, || {
            format!("{} circuits are not Enabled", books.unfinished)
        })?;
        let uid = cx.s.uid(by);
        let mine = cx.s.circuits.range(PcId { uid, n: 0 }..=PcId { uid, n: u32::MAX });
        let here = mine.filter(|(_, l)| l.access_point as usize == ap).count();
        let quota = premises.policies.circuits_per_access_point;
        ensure(here < quota as usize, c::AP_QUOTA, || {
            format!("{here} of {quota} circuits are at this access point")
        })?;
        let devices = premises.access_points()[ap].devices.len();
        let mut circuit = Circuit::applied(by, ap as u32, (here % devices) as u32, bandwidth);
        circuit.redundant = redundant;
        circuit.circuit_code = boxed(self.circuit_code.as_ref());
        circuit.name = boxed(self.name.as_ref());
        apply(move |s, fx| {
            let id = s.next_pc(by);
            s.circuits.insert(id, circuit);
            s.books_mut(by).unfinished += 1;
            let wait = s.lead(Lead::Review, fx.choices);
            let passes = !fx.choices.happens(Chance::ReviewRejects);
            s.pending.schedule(wait, Task::Review(id, passes));
            fx.created = Some(id.into());
        })
    }
}

impl Guarded for CreatePhysicalConnectionSetupOrder {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (id, circuit) = cx.own_circuit(self.physical_connection_id, c::PC_NOT_FOUND)?;
        if let Some(ap) = &self.access_point_id {
            let same = cx.s.premises.access_point_index(ap) == Some(circuit.access_point as usize);
            ensure(same, c::AP_NOT_FOUND, || format!("{id} is not at `{}`", clip(ap)))?;
        }
        in_state(id, circuit.status, &[S::Approved])?;
        apply(move |s, fx| {
            s.circuits.get_mut(&id).expect("guarded").setup_order = OrderStatus::Paid;
            s.set_circuit_status(id, S::Allocating);
            let wait = s.lead(Lead::Allocation, fx.choices);
            let works = !fx.choices.happens(Chance::AllocationFails);
            s.pending.schedule(wait, Task::Allocate(id, works));
            fx.note = "the initial installation fee is not charged".to_owned();
        })
    }
}

/// The dedicated half of `ConfirmPhysicalConnection`.
pub(in crate::provision) fn confirm_circuit(cx: &Cx<'_>, id: PcId, circuit: &Circuit) -> Result<Apply, ApiError> {
    in_state(id, circuit.status, &[S::Allocated])?;
    if cx.s.premises.policies.circuit_build == CircuitBuild::LoaAndOrders {
        ensure(circuit.loa == Some(LoaStatus::Complete), c::LOA, || {
            format!("the letter of authorisation of {id} is not Complete")
        })?;
        ensure(circuit.occupancy_order == OrderStatus::Paid, c::ORDER, || {
            format!("{id} waits for payment")
        })?;
    }
    apply(move |s, _| s.set_circuit_status(id, S::Confirmed))
}

impl Guarded for EnablePhysicalConnection {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        if let Ok((id, port)) = cx.seen_port(self.physical_connection_id, c::PC_NOT_FOUND) {
            ensure(port.owner == cx.by, c::PC_NOT_FOUND, || {
                format!("{id} is no circuit of the caller")
            })?;
            ensure(port.paid || port.status != S::Confirmed, c::ORDER, || {
                format!("{id} waits for payment")
            })?;
            in_state(id, port.status, &[S::Confirmed])?;
            return Err(deny(c::ENABLE_RUNNING, format!("{id} is coming up by itself")));
        }
        let (id, circuit) = cx.own_circuit(self.physical_connection_id, c::PC_NOT_FOUND)?;
        in_state(id, circuit.status, &[S::Confirmed])?;
        ensure(
            !cx.s.pending.is_pending(Task::EnableCircuit(id)),
            c::ENABLE_RUNNING,
            || format!("{id} is being enabled"),
        )?;
        apply(move |s, fx| {
            let wait = s.lead(Lead::CircuitEnable, fx.choices);
            s.pending.schedule(wait, Task::EnableCircuit(id));
        })
    }
}

impl Guarded for ModifyPhysicalConnectionAttribute {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (id, circuit) = cx.own_circuit(self.physical_connection_id, c::PC_NOT_FOUND)?;
        labels(self.name.as_ref(), self.description.as_ref())?;
        circuit_code(self.circuit_code.as_ref())?;
        let reordered = self.bandwidth.is_some() || self.redundant_physical_connection_id.is_some();
        let allowed: &[S] = if reordered {
            &[S::Initial, S::Enabled, S::Rejected]
        } else {
            &[
                S::Initial,
                S::Approved,
                S::Allocated,
                S::Confirmed,
                S::Enabled,
                S::Rejected,
            ]
        };
        in_state(id, circuit.status, allowed)?;
        let bandwidth = match self.bandwidth {
            None => circuit.bandwidth_mbps,
            Some(b) => u32::try_from(b)
                .ok()
                .filter(|b| (2..=10_240).contains(b))
                .ok_or_else(|| deny(c::BANDWIDTH, format!("{b} Mbit/s is not 2 to 10240")))?,
        };
        let enforced = cx.s.premises.policies.sum_of_specs == Switch::Enforced;
        ensure(
            !enforced || self.bandwidth.is_none() || circuit.allocated_mbps <= bandwidth,
            c::BANDWIDTH_BELOW,
            || format!("shared ports hold {} Mbit/s of {id}", circuit.allocated_mbps),
        )?;
        let redundant = cx.redundant(Some(id), self.redundant_physical_connection_id)?;
        let again = reordered && circuit.status == S::Rejected;
        let (name, code) = (boxed(self.name.as_ref()), boxed(self.circuit_code.as_ref()));
        apply(move |s, fx| {
            let circuit = s.circuits.get_mut(&id).expect("guarded");
            circuit.bandwidth_mbps = bandwidth;
            circuit.redundant = redundant.or(circuit.redundant);
            circuit.name = name.or(circuit.name.take());
            circuit.circuit_code = code.or(circuit.circuit_code.take());
            if again {
                s.set_circuit_status(id, S::Initial);
                let wait = s.lead(Lead::Review, fx.choices);
                let passes = !fx.choices.happens(Chance::ReviewRejects);
                s.pending.schedule(wait, Task::Review(id, passes));
            }
        })
    }
}

fn on_list<T, N: fmt::Display>(asked: Option<&AskedWord<T>>, list: &[N]) -> Result<(), ApiError> {
    ensure(asked.is_none_or(|asked| asked.word().is_ok()), c::FIELD, || {
        let names: Vec<String> = list.iter().map(N::to_string).collect();
        format!("the API lists {}", names.join(", "))
    })
}
