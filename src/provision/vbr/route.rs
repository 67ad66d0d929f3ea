//! Custom routes of a VBR: written asynchronously, one task at a time.

use crate::provision::circuit::ConnectionStatus as S;
use crate::provision::ids::VbrId;
use crate::provision::law::choices::{Chance, Lead};
use crate::provision::law::error::{ApiError, deny, ensure};
use crate::provision::law::event::Sink;
use crate::provision::law::guard::{clip, is_reserved, prefix, unlocked};
use crate::provision::law::pending::Task;
use crate::provision::law::state::{Apply, Cx, Guarded, State, apply};
use crate::provision::table::codes as c;
use crate::provision::table::operation::{CreateRouteEntry, DeleteRouteEntry};
use crate::provision::table::param::NextHopType;
use crate::provision::vbr::{NextHop, Prefix, Route, RouteStatus, Vbr, VbrStatus};

impl State {
    pub(in crate::provision) fn route_is_up(&mut self, id: VbrId, prefix: Prefix, sink: &mut Sink) {
        let Some(vbr) = self.vbrs.get_mut(&id) else { return };
        if let Some(route) = vbr.routes.get_mut(&prefix) {
            route.status = RouteStatus::Available;
        }
        sink.touch(vbr.key());
    }

    pub(in crate::provision) fn route_is_gone(&mut self, id: VbrId, prefix: Prefix, sink: &mut Sink) {
        let Some(vbr) = self.vbrs.get_mut(&id) else { return };
        vbr.routes.remove(&prefix);
        sink.touch(vbr.key());
    }
}

impl Cx<'_> {
    /// No other route of the VBR is on its way, or the conflict is not met.
    fn no_conflict(&mut self, id: VbrId, vbr: &Vbr) -> Result<(), ApiError> {
        let busy = vbr.routes.values().any(|r| r.status != RouteStatus::Available);
        let meets = busy && self.choices.happens(Chance::TaskConflict);
        ensure(!meets, c::TASK_CONFLICT, || {
            format!("another route of {id} is being written or removed")
        })
    }
}

impl Guarded for CreateRouteEntry {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (id, vbr) = cx.own_vbr(self.route_table_id)?;
        let prefix = prefix(&self.destination_cidr_block)?;
        ensure(vbr.status == VbrStatus::Active, c::ROUTE_VBR, || {
            format!("{id} is {}", vbr.status)
        })?;
        let circuit = &cx.s.circuits[&vbr.circuit];
        ensure(circuit.status == S::Enabled, c::ROUTE_VBR, || {
            format!("{} is {}", vbr.circuit, circuit.status)
        })?;
        unlocked(circuit.business, vbr.circuit)?;
        if let Some(port) = cx.s.ports.get(&vbr.connection) {
            ensure(port.status == S::Enabled, c::ROUTE_VBR, || {
                format!("{} is {}", vbr.connection, port.status)
            })?;
            unlocked(port.business, vbr.connection)?;
        }
        ensure(!vbr.routes.contains_key(&prefix), c::ROUTE_EXISTS, || {
            format!("{id} has a route to {prefix}")
        })?;
        let quota = cx.s.premises.policies.routes_per_vbr as usize;
        ensure(vbr.routes.len() < quota, c::ROUTE_QUOTA, || {
            format!("{id} has {quota} routes")
        })?;
        let next_hop = match self.next_hop_type {
            NextHopType::PhysicalConnection => NextHop::Circuit,
            NextHopType::VPC => NextHop::Cloud,
        };
        let into_reserved = next_hop == NextHop::Circuit && prefix.len >= 10 && is_reserved(prefix.address);
        ensure(!into_reserved, c::RESERVED_ADDRESS, || {
            format!("{prefix} is in 100.64.0.0/10")
        })?;
        cx.no_conflict(id, vbr)?;
        let key = vbr.key();
        apply(move |s, fx| {
            fx.sink.touch(key);
            let wait = s.lead(Lead::RouteEntry, fx.choices);
            let route = Route {
                next_hop,
                status: RouteStatus::Pending,
            };
            s.vbrs.get_mut(&id).expect("guarded").routes.insert(prefix, route);
            if wait.is_zero() {
                s.route_is_up(id, prefix, &mut fx.sink);
            } else {
                s.pending.schedule(wait, Task::RouteUp(id, prefix));
            }
        })
    }
}

impl Guarded for DeleteRouteEntry {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (id, vbr) = cx.own_vbr(self.route_table_id)?;
        let prefix = prefix(&self.destination_cidr_block)?;
        cx.no_conflict(id, vbr)?;
        let found = vbr.routes.get(&prefix).filter(|r| r.status == RouteStatus::Available);
        if found.is_none() {
            let text = clip(&self.destination_cidr_block);
            return Err(deny(c::ROUTE_NOT_FOUND, format!("{id} has no settled route to {text}")));
        }
        let key = vbr.key();
        apply(move |s, fx| {
            fx.sink.touch(key);
            let wait = s.lead(Lead::RouteEntry, fx.choices);
            let vbr = s.vbrs.get_mut(&id).expect("guarded");
            vbr.routes.get_mut(&prefix).expect("guarded").status = RouteStatus::Deleting;
            if wait.is_zero() {
                s.route_is_gone(id, prefix, &mut fx.sink);
            } else {
                s.pending.schedule(wait, Task::RouteGone(id, prefix));
            }
        })
    }
}
