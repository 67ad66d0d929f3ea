//! Where the services of a plan run.

use super::law::{Bursts, CircuitSite, PolicedPort, PolicedSite, Sites, VbrSite};
use crate::forward::{Policer, Tables};
use crate::ident::{NodeId, TenantId};
use crate::record::Gates;
use crate::scenario::Plan;
use crate::scenario::plan::{LinkRole, NodeKind, PolicedVlan};

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
                subif_octets: circuit.subif_octets,
            })
            .collect(),
        vbrs: (plan.vbr_slots.iter())
            .map(|slot| VbrSite {
                node: slot.node,
                tenant: slot.tenant,
                circuit: slot.circuit,
                device_port: slot.device_port,
                vpc: slot.vpc,
                cloud: slot.cloud.as_slice().into(),
            })
            .collect(),
        policed: plan.policed.iter().map(|vlan| policed(plan, vlan)).collect(),
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

fn policed(plan: &Plan, vlan: &PolicedVlan) -> PolicedSite {
    let ports = vlan.ports.iter().map(|port| PolicedPort {
        node: port.node,
        port: port.port,
        burst: port.burst,
        octets: port.octets,
    });
    let service = |node: NodeId| {
        let tables = partner_tables(&plan.nodes[node.index()].kind)?;
        Some((node, tables.services.get(&vlan.service)?.clone()))
    };
    PolicedSite {
        circuit: vlan.circuit,
        vlan: vlan.vlan,
        service: vlan.service,
        sold: vlan.sold,
        tables: vlan.ports.iter().filter_map(|port| service(port.node)).collect(),
        ports: ports.collect(),
    }
}

/// What a partner's switch begins with.
fn partner_tables(kind: &NodeKind) -> Option<&Tables> {
    match kind {
        NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) => Some(&switch.tables),
        NodeKind::Idc(_) | NodeKind::AccessDevice(_) | NodeKind::Vbr(_) | NodeKind::Vpc(_) => None,
    }
}

/// The policers of the partners' switches.
fn policers(kind: &NodeKind) -> impl Iterator<Item = (TenantId, &Policer)> {
    let services = partner_tables(kind).into_iter().flat_map(|t| t.services.values());
    services.flat_map(|s| s.members.iter().filter_map(|m| Some((s.tenant, m.police.as_ref()?))))
}
