//! Migration of a legacy VBR to a shared port: convert, (the tenant accepts,) attach.
//!
//! The VBR keeps its id, VLAN, addresses, routes and attachment; only what it hangs on changes.

use crate::provision::circuit::ConnectionStatus as S;
use crate::provision::law::error::{ApiError, deny, ensure};
use crate::provision::law::guard::unlocked;
use crate::provision::law::policy::{ConvertSpec, ConvertedPortPayer, Policies, Switch};
use crate::provision::law::state::{Apply, Cx, Guarded, State, apply};
use crate::provision::port::Acceptance;
use crate::provision::port::ops::NewPort;
use crate::provision::table::codes as c;
use crate::provision::table::operation::{AttachVbrToVpconn, CreateVpconnFromVbr};
use crate::provision::table::param::OrderMode;
use crate::provision::table::spec::Spec;
use crate::provision::vbr::VbrStatus;
use crate::provision::vbr::ops::vbr_in_state;

/// The spec of the port that is made from a VBR of so many Mbit/s (0: none of its own), and what it keeps
/// besides; else what the VBR has that forbids it.
fn converted(policies: &Policies, mbps: u32) -> Result<(Spec, Option<u32>), String> {
    if mbps == 0 {
        let spec = policies.converted_spec.ok_or_else(|| {
            let help = "the policy `converted_spec` says which spec its port gets";
            format!("no bandwidth of its own: {help}")
        })?;
        return Ok((spec, None));
    }
    let unit = policies.spec_1g;
    let (below, above) = (Spec::at_most(mbps, unit), Spec::at_least(mbps, unit));
    if let Some(spec) = below.filter(|_| below == above) {
        return Ok((spec, None));
    }
    let found = match policies.convert_spec {
        ConvertSpec::Refuse => None,
        ConvertSpec::RoundDown => below.map(|spec| (spec, None)),
        ConvertSpec::RoundUp => above.map(|spec| (spec, None)),
        ConvertSpec::KeepExact => Some((below.unwrap_or(Spec::SMALLEST), Some(mbps))),
    };
    found.ok_or_else(|| {
        let near = |spec: Option<Spec>, which: &str| {
            spec.map_or_else(
                || format!("none is {which}"),
                |spec| format!("{spec} ({} Mbit/s) is the next {which}", spec.mbps(unit)),
            )
        };
        format!(
            "a bandwidth of {mbps} Mbit/s, which no shared port is sold with: {}, {}; the policy \
             `convert_spec` says what it becomes",
            near(below, "below"),
            near(above, "above")
        )
    })
}

impl State {
    /// The spec that a port gets which is made from a VBR of so many Mbit/s (0: none of its own), by the
    /// policies `converted_spec` and `convert_spec`; `None`: the call is refused.
    pub fn converts_to(&self, mbps: u32) -> Option<Spec> {
        converted(&self.premises.policies, mbps).ok().map(|(spec, _)| spec)
    }
}

impl Guarded for CreateVpconnFromVbr {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let s = cx.s;
        let (id, vbr) = cx.seen_vbr(self.vbr_id)?;
        let circuit = &s.circuits[&vbr.circuit];
        ensure(circuit.owner == cx.by, c::VBR_NOT_FOUND, || {
            format!("{id} hangs on no circuit of the caller")
        })?;
        ensure(!vbr.is_on_port(), c::VBR_BOUND, || {
            format!("{id} hangs on {} already", vbr.connection)
        })?;
        ensure(vbr.owner != cx.by, c::NOT_CROSS_ACCOUNT, || {
            format!("{id} is the caller's own")
        })?;
        vbr_in_state(id, vbr.status, &[VbrStatus::Active])?;
        let key = vbr.key();
        let taken = s.slots.get(&key).is_some_and(|slot| slot.port.is_some());
        ensure(!taken, c::CONVERTING, || format!("{key} has a shared port already"))?;
        let policies = &s.premises.policies;
        let found = converted(policies, vbr.bandwidth_mbps);
        let (spec, kept_mbps) = found.map_err(|why| deny(c::VBR_SPEC, format!("{id} has {why}")))?;
        let order_mode = self.order_mode.unwrap_or(match policies.converted_port_payer {
            ConvertedPortPayer::Tenant => OrderMode::PayByVirtualPhysicalConnectionOwner,
            ConvertedPortPayer::Partner => OrderMode::PayByPhysicalConnectionOwner,
        });
        s.may_sell(vbr.circuit, circuit, vbr.owner, spec)?;
        s.fits(vbr.circuit, circuit, kept_mbps.unwrap_or_else(|| s.mbps(spec)))?;
        let informed =
            s.books[vbr.owner.index()].outbound || s.premises.policies.convert_needs_outbound == Switch::Unenforced;
        ensure(informed, c::TRAFFIC_NOT_ENABLED, || {
            "the tenant has not enabled outbound billing".to_owned()
        })?;
        let new = NewPort {
            tenant: vbr.owner,
            partner: cx.by,
            key,
            spec,
            kept_mbps,
            order_mode,
            from_vbr: Some(id),
            name: None,
        };
        apply(move |s, fx| fx.created = Some(s.add_port(new, &mut fx.sink).into()))
    }
}

impl Guarded for AttachVbrToVpconn {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let s = cx.s;
        let (port_id, port) = cx.seen_port(self.vpconn_id, c::CONNECTION_NOT_FOUND)?;
        ensure(port.partner == cx.by, c::CONNECTION_NOT_FOUND, || {
            format!("{port_id} is on no circuit of the caller")
        })?;
        let (id, vbr) = cx.seen_vbr(self.vbr_id)?;
        ensure(s.circuit_owner(vbr.circuit) == Some(cx.by), c::VBR_NOT_FOUND, || {
            format!("{id} hangs on no circuit of the caller")
        })?;
        ensure(!vbr.is_on_port(), c::VBR_BOUND, || {
            format!("{id} hangs on {} already", vbr.connection)
        })?;
        let up = port.acceptance == Acceptance::Confirmed && port.status == S::Enabled;
        ensure(up, c::CONNECTION_STATUS, || {
            format!("{port_id} is {} and {}", port.acceptance, port.status)
        })?;
        unlocked(port.business, port_id)?;
        ensure(port.vbr.is_none(), c::QUOTA_VPCONN, || {
            "The quota of VBR_COUNT_PER_VPCONN is exceeded, usage 1/1.".to_owned()
        })?;
        let same = port.from_vbr == Some(id) && port.key() == vbr.key();
        ensure(same, c::NOT_STEP_ONE, || format!("{port_id} was not made from {id}"))?;
        vbr_in_state(id, vbr.status, &[VbrStatus::Active])?;
        let (owner, circuit, key) = (vbr.owner, vbr.circuit, vbr.key());
        apply(move |s, fx| {
            s.vbrs.get_mut(&id).expect("guarded").connection = port_id;
            let port = s.ports.get_mut(&port_id).expect("guarded");
            port.vbr = Some(id);
            port.from_vbr = None;
            s.circuits.get_mut(&circuit).expect("guarded").remove_vbr(owner);
            fx.sink.touch(key);
            s.sync_fees(port_id, &mut fx.sink);
        })
    }
}
