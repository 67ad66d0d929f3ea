//! Fails where a tenant's losses lie with another party than the one that was named.

mod table;

use std::collections::{BTreeMap, BTreeSet};

pub use table::{Blame, PlaceKind, blame};

use super::case::{Case, frames};
use super::index::Index;
use super::{Finding, Verdict};
use crate::evidence::{CellKey, ServiceFact};
use crate::ident::{DropReason, Fate, Party, StationId, TenantId};
use crate::scenario::plan::NodeKind;
use crate::wire::FrameView;

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
    let several = shares(&losses);
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
    let text = format!("{} lost: {}{several}{wanted}", frames(total), name(found));
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

/// Where the causes lie with several parties: how much with each.
fn shares(losses: &[Loss<'_>]) -> String {
    let mut sums: BTreeMap<Party, u64> = BTreeMap::new();
    for loss in losses.iter().filter(|l| l.of_flow) {
        if let Blame::Cause(party) = loss.blame {
            *sums.entry(party).or_default() += loss.frames;
        }
    }
    if sums.len() < 2 {
        return String::new();
    }
    let each: Vec<String> = sums.iter().map(|(p, n)| format!("{} {n}", p.as_str())).collect();
    format!(" ({})", each.join(", "))
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
        [] | [_, _, ..] => None,
    }
}

/// What a tenant lost, most first. Of protocols' frames those of the epochs in which it lost
/// frames of flows.
pub(super) fn losses<'a>(index: &Index<'a>, tenant: TenantId) -> Vec<Loss<'a>> {
    let case = &index.case;
    let dropped = || {
        index.cells(tenant).iter().filter_map(|(key, count)| match key.fate {
            Fate::Dropped(reason) => Some((key, reason, count.frames)),
            Fate::Delivered | Fate::Consumed => None,
        })
    };
    let epochs: BTreeSet<u32> = dropped()
        .filter(|(key, ..)| key.of_flow)
        .map(|(key, ..)| key.epoch)
        .collect();
    if epochs.is_empty() {
        return Vec::new();
    }
    let services = Services {
        facts: index.facts(tenant).collect(),
    };
    let mut sums: BTreeMap<(bool, DropReason, &'a str, Blame), u64> = BTreeMap::new();
    for (key, reason, frames) in dropped().filter(|(key, ..)| epochs.contains(&key.epoch)) {
        let Some(kind) = place_kind(case, &services, key) else {
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

fn place_kind(case: &Case<'_>, services: &Services<'_>, key: &CellKey) -> Option<PlaceKind> {
    if let Some(link) = key.station.as_link() {
        return Some(PlaceKind::Link(case.plan.links[link.index()].place.party));
    }
    let node = &case.plan.nodes[key.station.as_node()?.index()];
    Some(match node.kind {
        NodeKind::Idc(_) => PlaceKind::Idc,
        NodeKind::AccessPoint(_) | NodeKind::Fabric(_) => PlaceKind::PartnerSwitch,
        NodeKind::AccessDevice(_) => services.device_kind(case, key),
        NodeKind::Vbr(_) => PlaceKind::Vbr,
        NodeKind::Vpc(_) => PlaceKind::Vpc,
    })
}

/// What was shown of the services of one tenant, in order; an epoch begins with each.
struct Services<'a> {
    facts: Vec<&'a ServiceFact>,
}

impl Services<'_> {
    /// Was the service that the cell's frames were meant for open in the cell's epoch, and if not,
    /// who kept it shut? Of several services on that device, the one whose VLAN the kept frames
    /// carry is meant; frames under another tag were meant for any of them.
    fn device_kind(&self, case: &Case<'_>, key: &CellKey) -> PlaceKind {
        let circuits = case.plan.circuits.iter();
        let here: BTreeSet<&str> = circuits
            .filter(|c| StationId::node(c.device) == key.station)
            .map(|c| c.name.as_str())
            .collect();
        let mut states: BTreeMap<(&str, u16), &ServiceFact> = BTreeMap::new();
        let past = self.facts.iter().take(key.epoch as usize);
        for fact in past.filter(|f| here.contains(f.circuit.as_str())) {
            states.insert((&fact.circuit, fact.vlan), fact);
        }
        if states.values().any(|f| f.open) && !states.values().all(|f| f.open) {
            let kept = case.record.evidence.exceptions().of(*key);
            let vids: BTreeSet<u16> = kept.map(|e| outer_vid(&e.octets)).collect();
            if states.keys().any(|(_, vlan)| vids.contains(vlan)) {
                states.retain(|(_, vlan), _| vids.contains(vlan));
            }
        }
        let any = |what: &dyn Fn(&ServiceFact) -> bool| states.values().any(|fact| what(fact));
        match (any(&|f| f.open), any(&|f| f.shut_by_owner)) {
            (true, _) => PlaceKind::AccessDeviceOpen,
            (false, true) => PlaceKind::AccessDeviceShut,
            (false, false) => PlaceKind::AccessDeviceClosed,
        }
    }
}

/// The outer VID of a frame, 0 without a tag.
fn outer_vid(octets: &[u8]) -> u16 {
    match FrameView::new(octets).ok().and_then(|frame| frame.outer_tag()) {
        Some(tag) => tag.vid().get(),
        None => 0,
    }
}

/// Losses of every tenant, most first, as rows: tenant, frames, reason, place, who answers. Where
/// its flows show symptoms alone, the protocols' own losses are told too: among them is the cause.
pub fn losses_table(case: &Case<'_>) -> Vec<Vec<String>> {
    let mut rows: Vec<(u64, Vec<String>)> = Vec::new();
    let index = Index::new(case);
    for tenant in case.tenants(None) {
        let losses = losses(&index, tenant);
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
