//! Letter of authorisation and port occupancy: what stands between an allotted port and a circuit.

use crate::provision::circuit::ops::in_state;
use crate::provision::circuit::{Circuit, ConnectionStatus as S, LoaStatus, OrderStatus};
use crate::provision::ids::PcId;
use crate::provision::law::choices::Lead;
use crate::provision::law::error::{ApiError, ensure};
use crate::provision::law::guard::clip;
use crate::provision::law::pending::Task;
use crate::provision::law::state::{Apply, Cx, Guarded, apply};
use crate::provision::table::asked_word::{AskedWord, PricingCycle};
use crate::provision::table::codes as c;
use crate::provision::table::operation::{
    ApplyPhysicalConnectionLOA, CompletePhysicalConnectionLOA, CreatePhysicalConnectionOccupancyOrder,
};

fn loa_is(id: PcId, circuit: &Circuit, needed: Option<LoaStatus>) -> Result<(), ApiError> {
    let shown = |loa: Option<LoaStatus>| loa.map_or("not applied for", LoaStatus::as_str);
    ensure(circuit.loa == needed, c::LOA, || {
        format!(
            "the letter of authorisation of {id} is {}; this needs {}",
            shown(circuit.loa),
            shown(needed)
        )
    })
}

impl Guarded for ApplyPhysicalConnectionLOA {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (id, circuit) = cx.own_circuit(self.instance_id, c::PC_NOT_FOUND)?;
        in_state(id, circuit.status, &[S::Allocated])?;
        let fits = self.bandwidth.is_none_or(|b| (2..=10_240).contains(&b));
        ensure(fits, c::BANDWIDTH, || "Bandwidth is 2 to 10240 Mbit/s".to_owned())?;
        loa_is(id, circuit, None)?;
        apply(move |s, fx| {
            s.circuits.get_mut(&id).expect("guarded").loa = Some(LoaStatus::Applying);
            let review = s.lead(Lead::LoaReview, fx.choices);
            let issue = s.lead(Lead::LoaIssue, fx.choices);
            s.pending.schedule(review, Task::LoaAccept(id));
            s.pending.schedule(review.saturating_add(issue), Task::LoaAvailable(id));
        })
    }
}

impl Guarded for CompletePhysicalConnectionLOA {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (id, circuit) = cx.own_circuit(self.instance_id, c::PC_NOT_FOUND)?;
        in_state(id, circuit.status, &[S::Allocated])?;
        loa_is(id, circuit, Some(LoaStatus::Available))?;
        apply(move |s, fx| {
            s.circuits.get_mut(&id).expect("guarded").loa = Some(LoaStatus::Completing);
            let wait = s.lead(Lead::Construction, fx.choices);
            s.pending.schedule(wait, Task::Construct(id));
        })
    }
}

impl Guarded for CreatePhysicalConnectionOccupancyOrder {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (id, circuit) = cx.own_circuit(self.physical_connection_id, c::PC_NOT_FOUND)?;
        let cycle = self.pricing_cycle.as_ref().map(AskedWord::word);
        let (longest, cycle) = match cycle {
            None | Some(Ok(PricingCycle::Month)) => (Some(9), "Month"),
            Some(Ok(PricingCycle::Year)) => (Some(5), "Year"),
            Some(Err(text)) => (None, text),
        };
        let period = self.period.unwrap_or(1);
        ensure(longest.is_some_and(|max| (1..=max).contains(&period)), c::FIELD, || {
            format!("{period} {} is not 1 to 9 months or 1 to 5 years", clip(cycle))
        })?;
        loa_is(id, circuit, Some(LoaStatus::Complete))?;
        ensure(circuit.occupancy_order == OrderStatus::None, c::ORDER, || {
            format!("{id} has its occupancy order")
        })?;
        let order = if self.auto_pay == Some(true) {
            OrderStatus::Paid
        } else {
            OrderStatus::Unpaid
        };
        apply(move |s, _| s.circuits.get_mut(&id).expect("guarded").occupancy_order = order)
    }
}
