//! Faults of one key: a partner's switch that is set up, or made, other than it should be.

use crate::forward::{Planted, ServiceKind};
use crate::scenario::plan::{NodeKind, SwitchPlan};
use crate::scenario::{Edit, ItemName, Loaded, Plan, Section};

use super::tables;

/// A switch's tables, whoever has it.
fn switch(kind: &NodeKind) -> Option<&SwitchPlan> {
    match kind {
        NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) | NodeKind::AccessDevice(switch) => Some(switch),
        NodeKind::Idc(_) | NodeKind::Vbr(_) | NodeKind::Vpc(_) => None,
    }
}

/// Does a service of any switch learn addresses?
pub(super) fn learns(plan: &Plan) -> bool {
    let mut services = plan
        .nodes
        .iter()
        .filter_map(|node| switch(&node.kind))
        .flat_map(|switch| switch.tables.services.values());
    services.any(|service| service.kind != ServiceKind::CrossConnect)
}

/// The items of the partner's switches, each with its tables.
fn partners(world: &Loaded) -> Vec<(ItemName, &SwitchPlan)> {
    let names = [Section::AccessPoints, Section::Fabrics].map(|section| world.expanded.names(section));
    let of = |name: ItemName| {
        let node = world.plan.nodes.iter().find(|node| node.name == name.name)?;
        Some((name, switch(&node.kind)?))
    };
    names.into_iter().flatten().filter_map(of).collect()
}

/// Every switch has this fault.
pub(super) fn quirk(world: &Loaded, quirk: Planted) -> Result<(Vec<Edit>, String), String> {
    let sections = [Section::AccessPoints, Section::Fabrics, Section::AccessDevices];
    let switches = sections.into_iter().flat_map(|section| world.expanded.names(section));
    let edits: Vec<Edit> = switches
        .map(|switch| Edit::set(switch, "quirk", quirk.as_str()))
        .collect();
    match edits.len() {
        0 => Err("the scenario has no switch".to_owned()),
        n => Ok((edits, format!("{quirk} in {n} switches"))),
    }
}

/// VLANs that learn each for itself share one database.
pub fn shared_learning(world: &Loaded) -> Result<(Vec<Edit>, String), String> {
    let mut edits = Vec::new();
    let mut found = 0;
    for (name, switch) in partners(world) {
        let services = switch.tables.services.values();
        let learning = services.filter(|service| matches!(service.kind, ServiceKind::Bridged { .. }));
        let many = learning.count();
        if many > 1 {
            edits.push(Edit::set(name, "learning", "shared"));
            found += many;
        }
    }
    match found {
        0 => Err("no two VLANs of a partner's switch learn addresses".to_owned()),
        n => Ok((edits, format!("{n} VLANs share one database of addresses"))),
    }
}

/// Every ARP limit is one.
pub fn shared_arp_limit(world: &Loaded) -> Result<(Vec<Edit>, String), String> {
    let mut edits = Vec::new();
    let mut found = 0;
    for (name, switch) in partners(world) {
        let members = switch.tables.services.values().flat_map(|service| &service.members);
        let limited = members.filter(|member| member.arp.is_some()).count();
        if limited > 0 {
            edits.push(Edit::set(name, "arp_limit", "shared"));
            found += limited;
        }
    }
    match found {
        0 => Err("nobody's ARP is limited in this scenario".to_owned()),
        n => Ok((edits, format!("{n} limits of ARP share one bucket"))),
    }
}

/// One ICMP frame a second.
pub fn tight_icmp_limit(world: &Loaded) -> Result<(Vec<Edit>, String), String> {
    let crowded = tables::switch_of_two(&world.plan)?;
    let switch = partners(world).into_iter().find(|(name, _)| name.name == crowded);
    let (switch, _) = switch.ok_or("the switch is no item of the scenario")?;
    let edits = vec![Edit::set(switch, "icmp_per_second", "1")];
    Ok((edits, format!("{crowded} passes one ICMP frame a second")))
}
