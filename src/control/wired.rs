//! Where the services of a plan run.

use super::law::{Bursts, CircuitSite, Sites, VbrSite};
use crate::forward::Policer;
use crate::ident::TenantId;
use crate::record::Gates;
use crate::scenario::Plan;
use crate::scenario::plan::{LinkRole, NodeKind};

/// The sites of a plan; `gates` says how its observers number services.
pub fn sites(plan: &Plan, gates: Gates) -> Sites {
    let tenants = plan.tenants.iter().enumerate();
    Sites {
        circuits: (plan.circuits.iter())
            .map(|circuit| CircuitSite {
                name: circuit.name.clone(),
                device: circuit.device,
                device_port: circuit.device_port,
                subif_rate_limit: circuit.subif_rate_limit,
            })
            .collect(),
        vbrs: (plan.vbr_slots.iter())
            .map(|slot| VbrSite {
                node: slot.node,
                tenant: slot.tenant,
                device_port: slot.device_port,
                vpc: slot.vpc,
                cloud: slot.cloud.as_slice().into(),
            })
            .collect(),
        tenants: tenants.map(|(i, t)| (t.account, TenantId::of(i))).collect(),
        gates,
        bursts: bursts(plan),
    }
}

fn bursts(plan: &Plan) -> Bursts {
    let mut bursts = Bursts::default();
    for (tenant, policer) in plan.nodes.iter().flat_map(|node| policers(&node.kind)) {
        if tenant.index() < plan.tenants.len() {
            bursts.add_policer(tenant, policer.burst);
        }
    }
    for link in &plan.links {
        if matches!(link.role, LinkRole::Trunk | LinkRole::Circuit) {
            bursts.add_queue(link.config.queue, link.config.rate);
        }
    }
    bursts
}

/// The policers of the partners' switches.
fn policers(kind: &NodeKind) -> impl Iterator<Item = (TenantId, &Policer)> {
    let tables = match kind {
        NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) => Some(&switch.tables),
        NodeKind::Idc(_) | NodeKind::AccessDevice(_) | NodeKind::Vbr(_) | NodeKind::Vpc(_) => None,
    };
    let services = tables.into_iter().flat_map(|t| t.services.values());
    services.flat_map(|s| s.members.iter().filter_map(|m| Some((s.tenant, m.police.as_ref()?))))
}
