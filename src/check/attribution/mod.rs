//! Fails where a tenant's losses lie with another party than the one that was named.

mod table;

use std::collections::{BTreeMap, BTreeSet};

pub use table::{Blame, PlaceKind, blame};

use super::case::{Case, frames};
use super::index::Index;
use super::{Detail, Field, Finding, Value, Verdict};
use crate::evidence::{CellKey, Count, ServiceFact};
use crate::ident::{Direction, DropReason, Fate, Party, StationId, TenantId};
use crate::scenario::plan::NodeKind;
use crate::wire::FrameView;

/// A tenant's losses at one place for one reason.
pub struct Loss<'a> {
    /// Frames of flows, else of protocols.
    pub of_flow: bool,
    /// Which way they went.
    pub direction: Direction,
    /// Why.
    pub reason: DropReason,
    /// Where.
    pub station: &'a str,
    /// How many, and with how many octets.
    pub count: Count,
    /// Who answers for it.
    pub blame: Blame,
}

impl Loss<'_> {
    /// What a program wants to know of it.
    pub fn values(&self) -> Vec<Field> {
        vec![
            Field::new("direction", Value::text(self.direction.as_str())),
            Field::new("reason", Value::text(self.reason.as_str())),
            Field::new("place", Value::text(self.station)),
            Field::new("of", Value::text(if self.of_flow { "flow" } else { "protocol" })),
            Field::new("lost", Value::frames(self.count.frames)),
            Field::new("lost", Value::octets(self.count.octets)),
            Field::new("answers_for_it", Value::text(who(self.blame))),
        ]
    }
}

pub(super) fn judge(index: &Index<'_>, tenant: TenantId, expected: Option<Party>) -> Finding {
    let losses = losses(index, tenant);
    let total: u64 = losses.iter().filter(|l| l.of_flow).map(|l| l.count.frames).sum();
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
    let details = losses.iter().map(|l| {
        let what = if l.of_flow { "" } else { " of a protocol" };
        let way = if l.direction == Direction::Neither {
            ""
        } else {
            l.direction.as_str()
        };
        let text = format!(
            "{}{what} {} at {}{}{way}: {}",
            frames(l.count.frames),
            l.reason.as_str(),
            l.station,
            if way.is_empty() { "" } else { ", going " },
            who(l.blame)
        );
        Detail::new(text, l.values())
    });
    let cause = |party: Option<Party>| Value::text(party.map_or("none", Party::as_str));
    Finding::new(verdict, text).told(details.collect()).numbers([
        ("lost", Value::frames(total)),
        ("party", cause(found)),
        ("party_expected", cause(expected)),
    ])
}

/// Where the causes lie with several parties: how much with each.
fn shares(losses: &[Loss<'_>]) -> String {
    let mut sums: BTreeMap<Party, u64> = BTreeMap::new();
    for loss in losses.iter().filter(|l| l.of_flow) {
        if let Blame::Cause(party) = loss.blame {
            *sums.entry(party).or_default() += loss.count.frames;
        }
    }
    if sums.len() < 2 {
        return String::new();
    }
    let each: Vec<String> = sums.iter().map(|(p, n)| format!("{} {n}", p.as_str())).collect();
    format!(" ({})", each.join(", "))
}

/// Who answers, as reports say it.
pub const fn who(blame: Blame) -> &'static str {
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
    let of_flows = index.cells(tenant).iter().filter(|(key, _)| key.of_flow);
    let epochs: BTreeSet<u32> = of_flows
        .filter(|(key, _)| matches!(key.fate, Fate::Dropped(_)))
        .map(|(key, _)| key.epoch)
        .collect();
    lost(index, tenant, |key| epochs.contains(&key.epoch))
}

/// What was lost of a tenant's cells that are meant, most first, flows before protocols.
fn lost<'a>(index: &Index<'a>, tenant: TenantId, meant: impl Fn(&CellKey) -> bool) -> Vec<Loss<'a>> {
    let case = &index.case;
    let services = Services {
        facts: index.facts(tenant).collect(),
    };
    let mut sums: BTreeMap<(bool, DropReason, &'a str, Direction, Blame), Count> = BTreeMap::new();
    for (key, count) in index.cells(tenant).iter().filter(|(key, _)| meant(key)) {
        let Fate::Dropped(reason) = key.fate else { continue };
        let Some(kind) = place_kind(case, &services, key) else {
            continue;
        };
        let station = case.station(key.station);
        let key = (key.of_flow, reason, station, key.direction, blame(reason, kind));
        *sums.entry(key).or_default() += *count;
    }
    let each = sums.into_iter();
    let mut losses: Vec<Loss<'a>> = each
        .map(|((of_flow, reason, station, direction, blame), count)| Loss {
            of_flow,
            direction,
            reason,
            station,
            count,
            blame,
        })
        .collect();
    losses.sort_by_key(|l| (!l.of_flow, std::cmp::Reverse(l.count.frames)));
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

/// Everything that was lost, of every tenant and of nobody: frames of flows first, most first.
pub fn all_losses<'a>(case: &Case<'a>) -> Vec<(&'a str, Loss<'a>)> {
    let index = Index::new(case);
    let whose = case.tenants(None).chain([TenantId::NONE]);
    let mut rows: Vec<(&str, Loss<'_>)> = whose
        .flat_map(|tenant| {
            lost(&index, tenant, |_| true)
                .into_iter()
                .map(move |loss| (tenant, loss))
        })
        .map(|(tenant, loss)| (case.tenant(tenant), loss))
        .collect();
    rows.sort_by_key(|(_, loss)| (!loss.of_flow, std::cmp::Reverse(loss.count.frames)));
    rows
}
