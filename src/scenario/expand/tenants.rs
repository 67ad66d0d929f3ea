//! `tenants`: which of them are where.

use std::collections::{BTreeMap, BTreeSet};

use super::TENANTS_MAX;
use super::tenant::One;
use crate::provision::VLAN_MAX;
use crate::scenario::at::{At, Span};
use crate::scenario::codes::Code;
use crate::scenario::file::{ScenarioFile, TenantsItem};
use crate::scenario::issues::Issues;
use crate::scenario::plan::Role;
use crate::scenario::scalars::{Name, PlaceRef};

/// What `tenants` needs to know of a circuit.
struct Known {
    switch: At<PlaceRef>,
    owner: Option<At<Name>>,
    region: String,
}

/// What `tenants` needs to know of the rest.
pub(super) struct Tenants {
    circuits: BTreeMap<String, Known>,
    pops: BTreeMap<String, Vec<String>>,
    used: BTreeMap<String, BTreeSet<u64>>,
    next: BTreeMap<String, u64>,
    partner: Option<At<Name>>,
}

impl Tenants {
    pub(super) fn new(file: &ScenarioFile, pops: &BTreeMap<String, Vec<String>>) -> Self {
        let regions: BTreeMap<&str, &str> = file
            .access_devices
            .iter()
            .map(|d| (&*d.name.0, d.region.value.as_str()))
            .collect();
        let region = |device: &str| regions.get(device).copied().unwrap_or_default().to_owned();
        let mut used: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
        for idc in &file.idcs {
            used.entry(idc.circuit.0.clone()).or_default().insert(idc.vlan_id.value);
        }
        Self {
            circuits: file
                .circuits
                .iter()
                .map(|c| {
                    let known = Known {
                        switch: c.a.clone(),
                        owner: c.owner.clone(),
                        region: region(&c.b),
                    };
                    (c.name.0.clone(), known)
                })
                .collect(),
            pops: pops.clone(),
            used,
            next: BTreeMap::new(),
            partner: file
                .accounts
                .iter()
                .find(|a| a.role.as_ref().is_some_and(|r| r.value == Role::Partner))
                .map(|a| a.name.clone()),
        }
    }

    pub(super) fn expand(mut self, file: &mut ScenarioFile, issues: &mut Issues) -> Option<()> {
        // Numbers, VLANs and the order of steps follow the names: where an entry stands says nothing.
        let mut entries = std::mem::take(&mut file.tenants);
        entries.sort_by(|a, b| a.name.value.cmp(&b.name.value));
        let total = entries.iter().fold(0u64, |sum, e| {
            sum.saturating_add(e.count.as_ref().map_or(1, |c| c.value))
        });
        if total > TENANTS_MAX {
            let span = entries
                .iter()
                .find_map(|e| e.count.as_ref())
                .map_or_else(Span::default, |c| c.span);
            issues.err(
                span,
                Code::TooMany,
                format!("{total} tenants are more than {TENANTS_MAX}"),
            );
            return None;
        }
        let mut running = 0u32;
        for entry in &entries {
            self.entry(entry, &mut running, file, issues);
        }
        Some(())
    }

    fn entry(&mut self, entry: &TenantsItem, running: &mut u32, file: &mut ScenarioFile, issues: &mut Issues) {
        let mut circuits: Vec<&At<Name>> = entry.circuit.iter().collect();
        circuits.extend(&entry.circuits);
        if circuits.is_empty() {
            issues.err(entry.name.span, Code::Needed, "`tenants` needs `circuit` or `circuits`");
            return;
        }
        let Some(spread) = self.spread(entry, issues) else {
            return;
        };
        let count = entry.count.as_ref().map_or(1, |c| c.value);
        if count == 0 {
            let span = entry.count.as_ref().map_or(entry.name.span, |c| c.span);
            issues.err(span, Code::Zero, "a count of zero makes no tenant");
        }
        let mut own: BTreeMap<&str, u64> = BTreeMap::new();
        let width = count.to_string().len().max(4);
        for i in 0..count {
            let turn = usize::try_from(i).unwrap_or(usize::MAX);
            let circuit = circuits[turn % circuits.len()];
            let vlan = match &entry.vlan_id {
                Some(first) => {
                    let next = own.entry(&circuit.0).or_insert(first.value);
                    let vlan = *next;
                    *next = next.saturating_add(1);
                    vlan
                }
                None => self.free_vlan(&circuit.0),
            };
            self.used.entry(circuit.0.clone()).or_default().insert(vlan);
            if vlan > u64::from(VLAN_MAX) {
                let span = entry.vlan_id.as_ref().map_or(circuit.span, |v| v.span);
                issues.err_help(
                    span,
                    Code::VidRange,
                    format!(
                        "tenant {} of {count} would have VLAN {vlan} on circuit `{}`",
                        i + 1,
                        circuit.0
                    ),
                    format!("a circuit has VLANs 1 to {VLAN_MAX}; spread the tenants over more `circuits`"),
                );
                return;
            }
            let name = match &entry.count {
                Some(_) => format!("{}-{:0width$}", entry.name.0, i + 1),
                None => entry.name.0.clone(),
            };
            let known = self.circuits.get(&circuit.0);
            let one = One {
                entry,
                name,
                vlan,
                turn: i,
                step: i / circuits.len() as u64,
                circuit,
                attach: match spread.is_empty() {
                    true => known.map(|k| At::new(k.switch.value.clone(), circuit.span)),
                    false => Some(spread[turn % spread.len()].clone()),
                },
                owner: known.and_then(|k| k.owner.clone()).or_else(|| self.partner.clone()),
                region: known.map_or_else(String::new, |k| k.region.clone()),
                n: *running,
            };
            one.write(file, issues);
            *running += 1;
        }
    }

    fn spread(&self, entry: &TenantsItem, issues: &mut Issues) -> Option<Vec<At<PlaceRef>>> {
        let mut places = Vec::new();
        for place in entry.attach.iter().chain(&entry.spread) {
            match place.strip_suffix("/*") {
                None => places.push(place.clone()),
                Some(backbone) => match self.pops.get(backbone) {
                    Some(pops) => places.extend(pops.iter().map(|p| At::new(PlaceRef(p.clone()), place.span))),
                    None => {
                        issues.err(place.span, Code::Dangling, format!("there is no backbone `{backbone}`"));
                        return None;
                    }
                },
            }
        }
        Some(places)
    }

    fn free_vlan(&mut self, circuit: &str) -> u64 {
        let used = self.used.entry(circuit.to_owned()).or_default();
        let next = self.next.entry(circuit.to_owned()).or_insert(1);
        while used.contains(next) {
            *next += 1;
        }
        *next
    }
}
