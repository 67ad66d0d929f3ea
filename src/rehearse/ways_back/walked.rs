//! The steps of a strategy, taken one after the other on the law; each is undone from where it led to.

use std::collections::BTreeSet;

use super::tried::{Tried, Walk, back};
use super::{Rebuild, Rebuilt, Step, Terms, rebuild};
use crate::provision::{
    Call, ConvertedPortPayer, CreateVirtualPhysicalConnection, Defaults, DeleteTransitRouterVbrAttachment, Operation,
    OrderMode, ServiceKey, Spec, State, VLAN_MAX,
};
use crate::rehearse::conversion::Conversion;
use crate::rehearse::hands;

/// The steps of a conversion in place, in order.
pub const IN_PLACE: [Step; 4] = [Step::OpenBilling, Step::Create, Step::Confirm, Step::Attach];

/// The steps of break before make, in order.
pub const BREAK_BEFORE_MAKE: [Step; 6] = [
    Step::TerminateVbr,
    Step::DeleteVbr,
    Step::OpenBilling,
    Step::Sell,
    Step::Confirm,
    Step::BuildVbr,
];

/// Other VLANs than its own that a port is tried to be sold in: a deleted VBR's is held for seven days at most.
const TRIED: usize = 8;

/// What walking a strategy came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walked {
    /// Each step that was taken, with its way back as it was run. A step that was refused is the last.
    pub steps: Vec<Tried>,
    /// The VBR built anew after the attach, on its port and as a legacy one; empty where nothing was attached.
    pub rebuilt: Vec<Rebuilt>,
}

/// Takes the steps from `start`, where nothing has begun, and from each the way back.
pub fn walk(start: &State, conversion: &Conversion, steps: &[Step], terms: Terms) -> Walked {
    let (mut now, mut one) = (start.clone(), *conversion);
    // The way back of an acceptance gives the port back, so it undoes that the port was made as well.
    let mut without_port = start.clone();
    let mut walked = Walked {
        steps: Vec::new(),
        rebuilt: Vec::new(),
    };
    for step in steps {
        if *step == Step::OpenBilling && now.outbound_billing(one.tenant) {
            continue;
        }
        let before = now.clone();
        if matches!(step, Step::Create | Step::Sell) {
            without_port = before.clone();
        }
        let since = if *step == Step::Confirm { &without_port } else { &before };
        let mut walk = Walk::since(&before, since);
        let way = step.way_back(terms);
        if !take(&mut walk, start, &mut one, *step) {
            walked.steps.push(walk.end(*step, way));
            return walked;
        }
        now = walk.state.clone();
        back(&mut walk, &one, way);
        walked.steps.push(walk.end(*step, way));
        if *step == Step::Attach {
            walked.rebuilt = [Rebuild::OnThePort, Rebuild::AsLegacy]
                .map(|how| rebuild(&now, &one, how))
                .to_vec();
        }
    }
    walked
}

/// Takes a step; was every call of it accepted?
fn take(walk: &mut Walk<'_>, start: &State, one: &mut Conversion, step: Step) -> bool {
    let Some(by) = one.account(step.by()) else { return false };
    if step == Step::DeleteVbr
        && let Some(id) = walk.state.vbr(one.vbr).and_then(|vbr| vbr.attachment)
    {
        let detach = DeleteTransitRouterVbrAttachment {
            transit_router_attachment_id: id.into(),
        };
        if walk.call(one.tenant, detach.into(), &mut Defaults).is_none() {
            return false;
        }
    }
    let op = match step {
        Step::Sell => sell(&walk.state, start, one),
        _ => hands::call(&walk.state, one, step.call()),
    };
    op.is_some_and(|op| walk.call(by, op, &mut Defaults).is_some())
}

/// A port of the bandwidth that the VBR had, in its VLAN or, where that is held, in another one.
fn sell(now: &State, start: &State, one: &mut Conversion) -> Option<Operation> {
    let mbps = start.vbr(one.vbr)?.bandwidth_mbps;
    let unit = start.premises().policies.spec_1g;
    let spec = Spec::all().find(|spec| spec.vbr_mbps(unit) == mbps)?;
    let order_mode = match now.premises().policies.converted_port_payer {
        ConvertedPortPayer::Tenant => OrderMode::PayByVirtualPhysicalConnectionOwner,
        ConvertedPortPayer::Partner => OrderMode::PayByPhysicalConnectionOwner,
    };
    let sold = |vlan: u16| -> Operation {
        CreateVirtualPhysicalConnection {
            physical_connection_id: one.began.circuit.into(),
            vpconn_ali_uid: one.tenant.into(),
            vlan_id: i64::from(vlan),
            spec: spec.name().into(),
            order_mode,
            ..CreateVirtualPhysicalConnection::default()
        }
        .into()
    };
    let used: BTreeSet<ServiceKey> = now.services().collect();
    let free = (1..=VLAN_MAX).filter(|vlan| {
        !used.contains(&ServiceKey {
            vlan: *vlan,
            ..one.began
        })
    });
    let passes = |vlan: &u16| {
        let call = Call::from(sold(*vlan));
        now.clone().call(one.partner, &call, &mut Defaults).is_ok()
    };
    let own = one.began.vlan;
    let vlan = std::iter::once(own).chain(free.take(TRIED)).find(passes).unwrap_or(own);
    let op = sold(vlan);
    one.began.vlan = vlan;
    Some(op)
}
