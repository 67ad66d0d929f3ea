//! Fails where a tenant's losses lie with another party than the one that was named.

mod table;

use std::collections::{BTreeMap, BTreeSet};

pub use table::{Blame, PlaceKind, blame};

use super::case::{Case, frames};
use super::index::Index;
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

pub(super) fn judge(index: &Index<'_>, tenant: TenantId, expected: Option<Party>) -> Finding {
    let losses = losses(index, tenant);
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
pub(super) fn losses<'a>(index: &Index<'a>, tenant: TenantId) -> Vec<Loss<'a>> {
    let case = &index.case;
    let dropped = || {
        let cells = index.cells(tenant).iter();
        cells.filter_map(|(key, count)| match key.fate {
            Fate::Dropped(reason) => Some((key, reason, count.frames)),
            _ => None,
        })
    };
    let epochs: BTreeSet<u32> = dropped()
        .filter(|(key, ..)| key.of_flow)
        .map(|(key, ..)| key.epoch)
        .collect();
    let open = if epochs.is_empty() {
        Vec::new()
    } else {
        opened(index, tenant)
    };
    let mut sums: BTreeMap<(bool, DropReason, &'a str, Blame), u64> = BTreeMap::new();
    for (key, reason, frames) in dropped().filter(|(key, ..)| epochs.contains(&key.epoch)) {
        let Some(kind) = place_kind(index, key, &open) else {
            continue;
        };
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

fn place_kind(index: &Index<'_>, key: &CellKey, open: &[bool]) -> Option<PlaceKind> {
    let case = &index.case;
    if let Some(link) = key.station.as_link() {
        return Some(PlaceKind::Link(case.plan.links[link.index()].place.party));
    }
    let node = &case.plan.nodes[key.station.as_node()?.index()];
    Some(match node.kind {
        NodeKind::Idc(_) => PlaceKind::Idc,
        NodeKind::AccessPoint(_) | NodeKind::Fabric(_) => PlaceKind::PartnerSwitch,
        NodeKind::AccessDevice(_) if was_open(open, key.epoch) => PlaceKind::AccessDeviceOpen,
        NodeKind::AccessDevice(_) => PlaceKind::AccessDeviceClosed,
        NodeKind::Vbr(_) => PlaceKind::Vbr,
        NodeKind::Vpc(_) => PlaceKind::Vpc,
    })
}

/// Was any service of the tenant open after its first n facts? By n. An epoch begins with the
/// fact that changed.
fn opened(index: &Index<'_>, tenant: TenantId) -> Vec<bool> {
    let mut open: BTreeSet<(&str, u16)> = BTreeSet::new();
    let mut after = vec![false];
    for fact in index.facts(tenant) {
        let service = (fact.circuit.as_str(), fact.vlan);
        if fact.open {
            open.insert(service);
        } else {
            open.remove(&service);
        }
        after.push(!open.is_empty());
    }
    after
}

fn was_open(open: &[bool], epoch: u32) -> bool {
    let last = open.len().saturating_sub(1);
    open.get((epoch as usize).min(last)).copied().unwrap_or(false)
}

/// Losses of every tenant, most first, as rows: tenant, frames, reason, place, who answers.
pub fn losses_table(case: &Case<'_>) -> Vec<Vec<String>> {
    let index = Index::new(case);
    let mut rows: Vec<(u64, Vec<String>)> = Vec::new();
    for tenant in case.tenants(None) {
        for loss in losses(&index, tenant).into_iter().filter(|l| l.of_flow) {
            let (name, frames) = (case.tenant(tenant), loss.frames.to_string());
            let cells = [name, &frames, loss.reason.as_str(), loss.station, who(loss.blame)];
            rows.push((loss.frames, cells.map(str::to_owned).to_vec()));
        }
    }
    rows.sort_by_key(|(frames, _)| std::cmp::Reverse(*frames));
    rows.into_iter().map(|(_, row)| row).collect()
}
