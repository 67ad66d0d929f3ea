//! Configuration faults that no scenario can say: a partner's switch whose tables are other than any
//! key makes them.

use crate::forward::{Member, PortRole, Service, ServiceId, ServiceKind, Tables, Untagged};
use crate::ident::{NodeId, PortNo};
use crate::scenario::Plan;
use crate::scenario::plan::{NodeKind, SwitchPlan};
use crate::units::SimDuration;
use crate::wire::Vid;

/// Two tenants who share a trunk of a partner's switch.
struct Pair {
    node: usize,
    trunk: PortNo,
    a: ServiceId,
    b: ServiceId,
}

const ALONE: &str = "no two tenants share a trunk of a partner's switch in this scenario";

fn partners_switch(kind: &NodeKind) -> Option<&SwitchPlan> {
    match kind {
        NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) => Some(switch),
        _ => None,
    }
}

fn pair(plan: &Plan) -> Result<Pair, String> {
    for (node, at) in plan.nodes.iter().enumerate() {
        let Some(switch) = partners_switch(&at.kind) else {
            continue;
        };
        let services = &switch.tables.services;
        for (a, first) in services {
            for member in first.members.iter().filter(|m| is_on_trunk(&switch.tables, m)) {
                let other = services.iter().find(|(b, other)| {
                    *b > a && other.tenant != first.tenant && on_trunk(other, member.port).is_some()
                });
                if let Some((b, _)) = other {
                    return Ok(Pair {
                        node,
                        trunk: member.port,
                        a: *a,
                        b: *b,
                    });
                }
            }
        }
    }
    Err(ALONE.to_owned())
}

fn is_on_trunk(tables: &Tables, member: &Member) -> bool {
    let role = tables.ports.get(member.port.index()).map(|port| port.role);
    member.vid.is_some() && role == Some(PortRole::Trunk)
}

fn on_trunk(service: &Service, trunk: PortNo) -> Option<&Member> {
    service.members.iter().find(|m| m.port == trunk && m.vid.is_some())
}

impl Pair {
    fn tables<'a>(&self, plan: &'a mut Plan) -> &'a mut Tables {
        match &mut plan.nodes[self.node].kind {
            NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) => &mut switch.tables,
            _ => unreachable!("a pair is at a partner's switch"),
        }
    }

    fn service<'a>(&self, plan: &'a mut Plan, id: ServiceId) -> &'a mut Service {
        self.tables(plan).services.get_mut(&id).expect("the pair's services")
    }

    fn vid(&self, plan: &mut Plan, id: ServiceId) -> Vid {
        let trunk = self.trunk;
        let member = on_trunk(self.service(plan, id), trunk).expect("the pair shares it");
        member.vid.expect("with a tag")
    }

    fn set_vid(&self, plan: &mut Plan, id: ServiceId, vid: Vid) {
        let trunk = self.trunk;
        for member in &mut self.service(plan, id).members {
            if member.port == trunk && member.vid.is_some() {
                member.vid = Some(vid);
            }
        }
    }

    /// Where a tenant's frames come from the customer.
    fn customer(&self, plan: &mut Plan, id: ServiceId) -> Result<Member, String> {
        let trunk = self.trunk;
        let mut members = self.service(plan, id).members.iter();
        let found = members.find(|member| member.port != trunk).cloned();
        found.ok_or_else(|| "the tenant's service has no other port".to_owned())
    }

    /// The service has one member more, and floods.
    fn join(&self, plan: &mut Plan, id: ServiceId, member: Member) {
        let service = self.service(plan, id);
        service.kind = match service.kind {
            ServiceKind::CrossConnect => ServiceKind::Bridged {
                mac_limit: 1_000,
                age: SimDuration::from_secs(300),
            },
            bridged => bridged,
        };
        service.members.push(member);
        service.members.sort();
    }

    fn name(&self, plan: &Plan) -> String {
        plan.nodes[self.node].name.clone()
    }
}

/// The name of the switch where two tenants share a trunk.
pub(super) fn switch_of_two(plan: &Plan) -> Result<String, String> {
    pair(plan).map(|pair| pair.name(plan))
}

fn tenants(plan: &mut Plan, pair: &Pair) -> (String, String) {
    let name = |plan: &mut Plan, id| {
        let tenant = pair.service(plan, id).tenant;
        plan.tenants
            .get(tenant.index())
            .map_or_else(|| format!("tenant {}", tenant.0), |t| t.name.clone())
    };
    (name(plan, pair.a), name(plan, pair.b))
}

/// A customer's port carries every VLAN of the trunk.
pub fn access_is_trunk(plan: &mut Plan) -> Result<String, String> {
    let pair = pair(plan)?;
    let (a, b) = tenants(plan, &pair);
    let customer = pair.customer(plan, pair.a)?;
    let vid = pair.vid(plan, pair.b);
    let port = &mut pair.tables(plan).ports[customer.port.index()];
    port.role = PortRole::Trunk;
    let member = Member {
        vid: Some(vid),
        ..customer
    };
    pair.join(plan, pair.b, member);
    Ok(format!(
        "the port of {a} at {} is a trunk that carries VLAN {} of {b}",
        pair.name(plan),
        vid.get()
    ))
}

/// A tenant's service still has the port that is another's by now.
pub fn stale_member(plan: &mut Plan) -> Result<String, String> {
    let pair = pair(plan)?;
    let (a, b) = tenants(plan, &pair);
    let stale = pair.customer(plan, pair.b)?;
    pair.join(plan, pair.a, stale);
    Ok(format!(
        "at {} the service of {a} still has the port of {b}",
        pair.name(plan)
    ))
}

/// A tenant's frames are copied into another's VLAN.
pub fn mirror(plan: &mut Plan) -> Result<String, String> {
    let pair = pair(plan)?;
    let (a, b) = tenants(plan, &pair);
    let trunk = pair.trunk;
    let into = on_trunk(pair.service(plan, pair.b), trunk)
        .expect("the pair shares it")
        .clone();
    pair.join(plan, pair.a, into);
    Ok(format!("{} copies frames of {a} into the VLAN of {b}", pair.name(plan)))
}

/// Every port's MTU is four octets less.
pub fn mtu_counts_tags(plan: &mut Plan) -> Result<String, String> {
    let mut ports = 0;
    for node in &mut plan.nodes {
        if let NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) = &mut node.kind {
            for port in &mut switch.tables.ports {
                port.mtu = port.mtu.saturating_sub(4);
                ports += 1;
            }
        }
    }
    if ports == 0 {
        return Err("the scenario has no partner's switch".to_owned());
    }
    Ok("a tag's four octets count against the MTU of the partner's switches".to_owned())
}

/// Two tenants have one VLAN.
pub fn same_vlan(plan: &mut Plan) -> Result<String, String> {
    let pair = pair(plan)?;
    let (a, b) = tenants(plan, &pair);
    let vid = pair.vid(plan, pair.a);
    pair.set_vid(plan, pair.b, vid);
    let name = pair.name(plan);
    Ok(format!("{name} gives {b} VLAN {} of {a}", vid.get()))
}

/// Two tenants have each other's VLAN.
pub fn swapped_vlans(plan: &mut Plan) -> Result<String, String> {
    let pair = pair(plan)?;
    let (a, b) = tenants(plan, &pair);
    let (va, vb) = (pair.vid(plan, pair.a), pair.vid(plan, pair.b));
    pair.set_vid(plan, pair.a, vb);
    pair.set_vid(plan, pair.b, va);
    Ok(format!("{} swaps the VLANs of {a} and {b}", pair.name(plan)))
}

/// The partner sends one tenant's VLAN untagged; the cloud takes what is untagged for another's.
pub fn native_mismatch(plan: &mut Plan) -> Result<String, String> {
    let pair = pair(plan)?;
    let (a, b) = tenants(plan, &pair);
    let (va, vb) = (pair.vid(plan, pair.a), pair.vid(plan, pair.b));
    let trunk = pair.trunk;
    let here = (NodeId::of(pair.node), trunk);
    let far = plan.links.iter().find_map(|link| match (link.a, link.b) {
        (end, far) | (far, end) if end == here => Some(far),
        _ => None,
    });
    let (far, far_port) = far.ok_or("the trunk has no link")?;
    pair.tables(plan).ports[trunk.index()].untagged = Untagged::Native(vb);
    match &mut plan.nodes[far.index()].kind {
        NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) | NodeKind::AccessDevice(switch) => {
            switch.tables.ports[far_port.index()].untagged = Untagged::Native(va);
        }
        _ => return Err("the trunk does not end at a switch".to_owned()),
    }
    Ok(format!(
        "native VLAN of the trunk: that of {b} at {}, that of {a} at {}",
        pair.name(plan),
        plan.nodes[far.index()].name
    ))
}
