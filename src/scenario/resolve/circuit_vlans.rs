//! VLANs of circuits: each has one service, which several lines of one tenant may be in.

use std::collections::BTreeMap;

use super::sites::Idc;
use super::terrain::{NOWHERE, Terrain};
use crate::scenario::at::Span;
use crate::scenario::codes::Code;
use crate::scenario::file::ServiceWord;
use crate::scenario::issues::Issues;
use crate::wire::Vid;

/// Several lines of one tenant's in one VLAN, which takes switches that bridge: where they end, and where
/// the circuit begins.
pub(super) fn share(terrain: &mut Terrain) {
    let bridges = |switch: usize| {
        let service = terrain
            .switches
            .get(switch)
            .and_then(|switch| switch.item.service.as_ref());
        service.is_some_and(|service| service.value == ServiceWord::Bridged)
    };
    let begins = |circuit: usize| terrain.circuits.get(circuit).map_or(NOWHERE, |circuit| circuit.a);
    let mut lines: BTreeMap<(usize, Vid), Vec<usize>> = BTreeMap::new();
    for (i, idc) in terrain.idcs.iter().enumerate().filter(|(_, idc)| idc.vlan.is_usable()) {
        lines.entry((idc.circuit, idc.vlan)).or_default().push(i);
    }
    let all = |lines: &Vec<usize>, holds: &dyn Fn(&Idc) -> bool| lines.iter().all(|i| holds(&terrain.idcs[*i]));
    let shared = lines.into_values().filter(|lines| lines.len() > 1).filter(|lines| {
        let tenant = terrain.idcs[lines[0]].tenant;
        all(lines, &|idc| {
            idc.tenant == tenant && bridges(idc.switch) && bridges(begins(idc.circuit))
        })
    });
    let shared: Vec<usize> = shared.flatten().collect();
    for i in shared {
        terrain.idcs[i].shares = true;
    }
}

/// Of one circuit, each VLAN has one service; VLAN 0 has the circuit alone.
pub(super) fn check(terrain: &Terrain, issues: &mut Issues) {
    let mut all: Vec<(usize, Vid, Span, &str)> = terrain
        .idcs
        .iter()
        .filter(|i| i.circuit != NOWHERE && i.vlan != Vid::RESERVED)
        .map(|i| (i.circuit, i.vlan, i.item.vlan_id.span, &*i.item.name.0))
        .collect();
    all.sort();
    let shares = |name: &str| terrain.idcs.iter().any(|idc| idc.shares && *idc.item.name.0 == *name);
    for pair in all.windows(2) {
        let (circuit, vlan, span, _) = pair[1];
        if circuit != pair[0].0 {
            continue;
        }
        let name = &*terrain.circuits[circuit].item.name.0;
        if vlan == pair[0].1 && shares(pair[1].3) {
            continue;
        }
        if vlan == pair[0].1 {
            issues.err(
                span,
                Code::VidTaken,
                format!("`{}` has VLAN {vlan} on circuit `{name}` already", pair[0].3),
            );
        } else if pair[0].1 == Vid::PRIORITY {
            issues.err(
                pair[0].2,
                Code::VlanZeroShared,
                format!(
                    "VLAN 0 takes circuit `{name}` as a whole, and `{}` is on it too",
                    pair[1].3
                ),
            );
        }
    }
}
