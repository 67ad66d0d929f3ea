//! Which tenants share an object that one of them may take from another, and which are alike.

use std::fmt;

use super::world::World;
use crate::provision::{PcId, ServiceKey, Spec, State, Vbr};
use crate::rehearse::conversion::Conversion;

/// An object that deeds of several tenants look at and change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shared {
    /// What is left to sell on a circuit does not suffice for the most that they may all order.
    Bandwidth(PcId),
    /// The quota of shared ports on a circuit does not suffice for all of them.
    Ports(PcId),
    /// A VLAN that more than one of them may come to use.
    Vlan(ServiceKey),
    /// One account owns both VBRs.
    Account,
}

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bandwidth(id) => write!(f, "the bandwidth of {id}"),
            Self::Ports(id) => write!(f, "the quota of shared ports on {id}"),
            Self::Vlan(key) => write!(f, "{key}"),
            Self::Account => f.write_str("the tenant's account"),
        }
    }
}

/// The conversions of a world, parted into sets that share nothing, with what couples each.
pub(super) fn groups(world: &World) -> Vec<(Vec<usize>, Vec<Shared>)> {
    let shared = shared(world);
    let mut root: Vec<usize> = (0..world.conversions.len()).collect();
    for (_, members) in &shared {
        let roots: Vec<usize> = members.iter().map(|i| root[*i]).collect();
        let Some(least) = roots.iter().copied().min() else {
            continue;
        };
        for one in &mut root {
            if roots.contains(one) {
                *one = least;
            }
        }
    }
    let mut groups = Vec::new();
    for (i, own) in root.iter().enumerate().filter(|(i, own)| *i == **own) {
        let members: Vec<usize> = (0..root.len()).filter(|other| root[*other] == *own).collect();
        let by = shared
            .iter()
            .filter(|(_, of)| of.contains(&i) || of.iter().any(|m| members.contains(m)));
        groups.push((members.clone(), by.map(|(shared, _)| *shared).collect()));
    }
    groups
}

/// Every shared object with the conversions that may contend for it; two or more.
fn shared(world: &World) -> Vec<(Shared, Vec<usize>)> {
    let state = &world.start;
    let mut found = Vec::new();
    let mut circuits: Vec<PcId> = world.conversions.iter().map(|one| one.began.circuit).collect();
    circuits.sort_unstable();
    circuits.dedup();
    for circuit in circuits {
        let on: Vec<usize> = indices(world, |one| one.began.circuit == circuit);
        let Some(view) = state.circuit(circuit) else { continue };
        if demand(world, &on) > u64::from(view.circuit.free_mbps()) {
            found.push((Shared::Bandwidth(circuit), on.clone()));
        }
        let sold = state.ports().filter(|(_, port)| port.circuit == circuit).count();
        if sold + on.len() > state.premises().policies.shared_ports_per_circuit as usize {
            found.push((Shared::Ports(circuit), on));
        }
    }
    for (i, one) in world.conversions.iter().enumerate() {
        for j in i + 1..world.conversions.len() {
            let other = &world.conversions[j];
            if one.tenant == other.tenant {
                found.push((Shared::Account, vec![i, j]));
            }
            let mine = vlans(world, i);
            if one.began.circuit == other.began.circuit
                && let Some(vlan) = vlans(world, j).into_iter().find(|vlan| mine.contains(vlan))
            {
                found.push((Shared::Vlan(ServiceKey { vlan, ..one.began }), vec![i, j]));
            }
        }
    }
    found.retain(|(_, members)| members.len() > 1);
    found
}

fn indices(world: &World, wanted: impl Fn(&Conversion) -> bool) -> Vec<usize> {
    let all = world.conversions.iter().enumerate();
    all.filter(|(_, one)| wanted(one)).map(|(i, _)| i).collect()
}

/// VLANs of its circuit that a conversion may come to use.
fn vlans(world: &World, i: usize) -> Vec<u16> {
    let own = world.conversions[i].began.vlan;
    std::iter::once(own).chain(world.spares[i]).collect()
}

/// The most that these may have ordered at one time, in Mbit/s: each its own, and as many of the largest
/// raises as there are faults.
fn demand(world: &World, on: &[usize]) -> u64 {
    let unit = world.start.premises().policies.spec_1g;
    let mut raises = Vec::new();
    let mut sum = 0u64;
    for i in on {
        let own = spec(&world.start, &world.conversions[*i]).map_or(0, |spec| spec.mbps(unit));
        sum += u64::from(own);
        raises.push(world.larger[*i].map_or(0, |larger| u64::from(larger.mbps(unit).saturating_sub(own))));
    }
    raises.sort_unstable_by(|a, b| b.cmp(a));
    sum + raises.iter().take(usize::from(world.bounds.faults)).sum::<u64>()
}

/// The spec that its shared port gets.
fn spec(state: &State, one: &Conversion) -> Option<Spec> {
    let mbps = state.vbr(one.vbr)?.bandwidth_mbps;
    state.converts_to(mbps)
}

/// Is one of them as good as the other, but for ids and VLANs? Nothing in the law looks at which VLAN it
/// is, but for VLAN 0, and no two tenants of a circuit have that.
pub(super) fn are_alike(world: &World, i: usize, j: usize) -> bool {
    let (one, other) = (&world.conversions[i], &world.conversions[j]);
    let state = &world.start;
    let bare = |vbr: &Vbr| {
        let routes: Vec<_> = vbr.routes.values().copied().collect();
        let attached = vbr.attachment.is_some();
        (
            vbr.status,
            vbr.bandwidth_mbps,
            routes,
            attached,
            vbr.health.is_some(),
            vbr.addresses.is_some(),
        )
    };
    let account = |one: &Conversion| {
        let found = state.premises().account(one.tenant);
        found.map(|a| (a.kind, a.site, a.role))
    };
    let unit = state.premises().policies.spec_1g;
    let circuit = |i: usize, one: &Conversion| {
        let view = state.circuit(one.began.circuit)?;
        let room = |spec: Option<Spec>| spec.is_none_or(|spec| spec.mbps(unit) <= view.circuit.free_mbps());
        let rooms = (room(spec(state, one)), room(world.larger[i]));
        Some((
            view.circuit.status,
            view.circuit.business,
            view.circuit.qos_policy,
            rooms,
        ))
    };
    one.partner == other.partner
        && circuit(i, one) == circuit(j, other)
        && account(one) == account(other)
        && state.outbound_billing(one.tenant) == state.outbound_billing(other.tenant)
        && state.vbr(one.vbr).map(bare) == state.vbr(other.vbr).map(bare)
        && world.larger[i] == world.larger[j]
        && (one.began.vlan == 0) == (other.began.vlan == 0)
}
