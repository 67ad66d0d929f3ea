//! Do the access devices' tables, changed step by step, equal what the law says, lowered from scratch?

use crate::engine::Run;
use crate::forward::Service;
use crate::node::lower::{Site, lower, policer_rule};
use crate::provision::ServiceKey;
use crate::scenario::Plan;

/// Every VLAN of a circuit whose sub-interface is not what lowering from scratch makes of it.
pub(super) fn differences(plan: &Plan, run: &Run) -> Vec<String> {
    let vlans = run.numbering.vlans().iter().zip(&run.devices);
    vlans
        .filter_map(|((circuit, vlan), device)| {
            let meant = meant(plan, run, *circuit, *vlan).map(canonical);
            let found = device.service.clone().map(canonical);
            (meant != found).then(|| {
                let name = &plan.circuits[*circuit].name;
                format!("VLAN {vlan} of {name}: the law says {meant:?}, the device has {found:?}")
            })
        })
        .collect()
}

fn meant(plan: &Plan, run: &Run, circuit: usize, vlan: u16) -> Option<Service> {
    let key = ServiceKey {
        circuit: run.cloud.circuits[circuit].connection()?,
        vlan,
    };
    let view = run.cloud.law.service(&key)?;
    let vbr = view.vbr.as_ref()?.id.to_string();
    let shown = run.cloud.facts.iter().rev();
    let slot = shown
        .filter(|(_, fact)| fact.vbr.as_ref().is_some_and(|v| v.id == vbr))
        .find_map(|(slot, _)| *slot)?;
    let (place, slot) = (&plan.circuits[circuit], &plan.vbr_slots[slot]);
    let site = Site {
        tenant: slot.tenant,
        circuit_port: place.device_port,
        vbr_port: slot.device_port,
        subif_rate_limit: place.subif_rate_limit,
        vpc_port: slot.vpc.map(|(_, port)| port),
        cloud: &slot.cloud,
        rule: policer_rule(&plan.law.world().policies),
    };
    lower(Some(&view), &site).sub_interface
}

fn canonical(mut service: Service) -> Service {
    service.members.sort_by_key(|member| (member.port, member.vid));
    service
}
