//! Fails where a tenant's losses lie with another party than the one that was named.

mod table;

use std::collections::{BTreeMap, BTreeSet};

pub use table::{Blame, PlaceKind, blame};

use super::case::{Case, frames};
use super::{Finding, Verdict};
use crate::evidence::CellKey;
use crate::ident::{DropReason, Fate, Party, TenantId};
use crate::scenario::plan::NodeKind;

/// A tenant's losses at one place for one reason.
pub(super) struct Loss<'a> {
    pub of_flow: bool,
    pub reason: DropReason,
    pub station: &'a str,
    pub frames: u64,
    pub blame: Blame,
}

pub(super) fn judge(case: &Case<'_>, tenant: TenantId, expected: Option<Party>) -> Finding {
    let losses = losses(case, tenant);
    let total: u64 = losses.iter().filter(|l| l.of_flow).map(|l| l.frames).sum();
    if total == 0 {
        return Finding::new(Verdict::Inconc, "nothing was lost, so nobody answers for it");
    }
    let found = party(&losses);
    let name = |party: Option<Party>| party.map_or("not attributable", Party::as_str);
    let verdict = if found == expected {
        Verdict::Pass
    } else {
        Verdict::Fail
    };
    let wanted = if found == expected {
        String::new()
    } else {
        format!(", not {}", name(expected))
    };
    let text = format!("{} lost: {}{wanted}", frames(total), name(found));
    let details = losses.iter().take(12).map(|l| {
        let what = if l.of_flow { "" } else { " of a protocol" };
        format!(
            "{}{what} {} at {}: {}",
            frames(l.frames),
            l.reason.as_str(),
            l.station,
            who(l.blame)
        )
    });
    Finding::new(verdict, text).with(details.collect())
}

const fn who(blame: Blame) -> &'static str {
    match blame {
        Blame::Cause(party) => party.as_str(),
        Blame::Symptom => "a symptom",
    }
}

/// The party of all causes; `None` where causes lie with several, or only symptoms were seen.
///
/// Causes of lost flow frames count first. Where these are symptoms alone (an address that does
/// not resolve), what happened to the protocols' own frames in the same epochs is the cause.
fn party(losses: &[Loss<'_>]) -> Option<Party> {
    let causes = |of_flow: bool| {
        let causes = losses
            .iter()
            .filter(|l| l.of_flow == of_flow)
            .filter_map(|l| match l.blame {
                Blame::Cause(party) => Some(party),
                Blame::Symptom => None,
            });
        let mut parties: Vec<Party> = causes.collect();
        parties.sort_unstable();
        parties.dedup();
        parties
    };
    let of_flows = causes(true);
    match if of_flows.is_empty() { causes(false) } else { of_flows }[..] {
        [party] => Some(party),
        _ => None,
    }
}

/// What a tenant lost, most first. Of protocols' frames those of the epochs in which it lost
/// frames of flows.
pub(super) fn losses<'a>(case: &Case<'a>, tenant: TenantId) -> Vec<Loss<'a>> {
    let cells = case.run.evidence.cells();
    let dropped = || {
        let cells = cells.iter().filter(|(key, _)| key.tenant == tenant);
        cells.filter_map(|(key, count)| match key.fate {
            Fate::Dropped(reason) => Some((key, reason, count.frames)),
            _ => None,
        })
    };
    let epochs: BTreeSet<u32> = dropped()
        .filter(|(key, ..)| key.of_flow)
        .map(|(key, ..)| key.epoch)
        .collect();
    let mut sums: BTreeMap<(bool, DropReason, &'a str, Blame), u64> = BTreeMap::new();
    for (key, reason, frames) in dropped().filter(|(key, ..)| epochs.contains(&key.epoch)) {
        let Some(kind) = place_kind(case, key) else { continue };
        let key = (key.of_flow, reason, case.station(key.station), blame(reason, kind));
        *sums.entry(key).or_default() += frames;
    }
    let mut losses: Vec<Loss<'a>> = sums
        .into_iter()
        .map(|((of_flow, reason, station, blame), frames)| Loss {
            of_flow,
            reason,
            station,
            frames,
            blame,
        })
        .collect();
    losses.sort_by_key(|l| (!l.of_flow, std::cmp::Reverse(l.frames)));
    losses
}

fn place_kind(case: &Case<'_>, key: &CellKey) -> Option<PlaceKind> {
    if let Some(link) = key.station.as_link() {
        return Some(PlaceKind::Link(case.plan.links[link.index()].place.party));
    }
    let node = &case.plan.nodes[key.station.as_node()?.index()];
    Some(match node.kind {
        NodeKind::Idc(_) => PlaceKind::Idc,
        NodeKind::AccessPoint(_) | NodeKind::Fabric(_) => PlaceKind::PartnerSwitch,
        NodeKind::AccessDevice(_) => device_kind(case, key),
        NodeKind::Vbr(_) => PlaceKind::Vbr,
        NodeKind::Vpc(_) => PlaceKind::Vpc,
    })
}

/// Was any service of the cell's tenant open during the cell's epoch, and if not, who kept it
/// shut? An epoch begins with the fact that changed.
fn device_kind(case: &Case<'_>, key: &CellKey) -> PlaceKind {
    let facts = case.run.cloud.facts.iter().map(|(_, fact)| fact);
    let mut services: BTreeMap<(&str, u16), (bool, bool)> = BTreeMap::new();
    for fact in facts.filter(|f| f.tenant == key.tenant).take(key.epoch as usize) {
        services.insert((&fact.circuit, fact.vlan), (fact.open, fact.shut_by_owner));
    }
    let any = |what: &dyn Fn(&(bool, bool)) -> bool| services.values().any(what);
    match (any(&|(open, _)| *open), any(&|(_, by_owner)| *by_owner)) {
        (true, _) => PlaceKind::AccessDeviceOpen,
        (false, true) => PlaceKind::AccessDeviceShut,
        (false, false) => PlaceKind::AccessDeviceClosed,
    }
}

/// Losses of every tenant, most first, as rows: tenant, frames, reason, place, who answers. Where
/// its flows show symptoms alone, the protocols' own losses are told too: among them is the cause.
pub fn losses_table(case: &Case<'_>) -> Vec<Vec<String>> {
    let mut rows: Vec<(u64, Vec<String>)> = Vec::new();
    for tenant in case.tenants(None) {
        let losses = losses(case, tenant);
        let of_flows = || losses.iter().filter(|l| l.of_flow);
        let symptoms = of_flows().count() > 0 && of_flows().all(|l| l.blame == Blame::Symptom);
        for loss in losses.iter().filter(|l| l.of_flow || symptoms) {
            let (name, frames) = (case.tenant(tenant), loss.frames.to_string());
            let reason = match loss.of_flow {
                true => loss.reason.as_str().to_owned(),
                false => format!("{} (of a protocol)", loss.reason.as_str()),
            };
            let cells = [name, &frames, &reason, loss.station, who(loss.blame)];
            rows.push((loss.frames, cells.map(str::to_owned).to_vec()));
        }
    }
    rows.sort_by_key(|(frames, _)| std::cmp::Reverse(*frames));
    rows.into_iter().map(|(_, row)| row).collect()
}
