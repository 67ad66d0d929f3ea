//! The lower side of a bandwidth: was what was bought delivered?
//!
//! A drop by a policer or a queue, of a frame of length l, is unjustified if and only if the contract
//! bucket, run in order of arrival at the reference point, holds `l + n x Lmax + CIR x J / 8` octets
//! or more: n policers on the way, Lmax the largest frame, J the delay variation up to that place, and of
//! further policers that dropped anything. Every depth up to C is asked, where C is the least of
//! `B - CIR x J / 8` of the policers of burst B that dropped anything, and the contract's own burst where
//! none did: a deep bucket shows a burst that was refused, a shallow one a rate.
//!
//! A service and a border are contracts alike, each between its own reference points.

use std::collections::BTreeSet;

use crate::check::case::{frames, some, thousands};
use crate::check::index::Index;
use crate::check::{Detail, Field, Unit, Value};
use crate::evidence::{Contract, Delivered, DeliveryWatch, SlowLink, Spot, Supposed, octets_in, rung_octets};
use crate::forward::{Octets, Policer};
use crate::ident::{NodeId, PortNo, TenantId};
use crate::node::SwitchChange;
use crate::node::lower::policer_rule;
use crate::record::beside_payload;
use crate::scenario::plan::{Fault, LinkPlan, LinkRole, NodeKind};
use crate::units::{BitRate, SimDuration};

/// A whole, in the unit of shares.
const SHARE: u64 = 1_000_000_000;

/// What is found of all services of all tenants.
#[derive(Debug, Default)]
pub(super) struct LowerSide {
    /// What was bought and not delivered.
    pub wrong: Vec<Detail>,
    /// What could not be known.
    pub unknown: Vec<String>,
    /// How much was asked of each direction, and what would have shown.
    pub asked: Vec<Asked>,
}

/// What was bought, asked and got in one direction.
#[derive(Debug)]
pub(super) struct Asked {
    text: String,
    /// The least shortfall that would have shown.
    shown: String,
    values: Vec<Field>,
}

impl LowerSide {
    /// Judges the services and borders of a tenant; has it `offered` anything under a contract?
    pub(super) fn add(&mut self, index: &Index<'_>, tenant: TenantId, full: bool, offered: bool) {
        let Some(watch) = &index.case.record.deliveries else {
            return;
        };
        for (contract, delivered) in watch.delivered(tenant) {
            if !full && !offered && delivered.asked.octets == 0 {
                continue;
            }
            let name = name(index, tenant, contract, &delivered);
            let mut wrong = unjustified(&delivered, |spot| index.case.station(spot.station).to_owned());
            if let (false, Contract::Service(way)) = (wrong.wrong.is_empty(), contract) {
                wrong.wrong.extend(counted_otherwise(index, way, &delivered));
            }
            if delivered.carried.over > 0 {
                wrong.wrong.push(format!(
                    "{} octets beyond {} and its burst, first at {}",
                    thousands(delivered.carried.excess),
                    delivered.sold.rate,
                    delivered.carried.first_over.unwrap_or_default()
                ));
            }
            let values = values(index.case.tenant(tenant), &name, &delivered);
            self.wrong.extend(
                wrong
                    .wrong
                    .iter()
                    .map(|text| Detail::new(format!("{name}: {text}"), values.clone())),
            );
            self.unknown
                .extend(wrong.unknown.iter().map(|text| format!("{name}: {text}")));
            if full && delivered.asked.over == 0 {
                let asked = asked(&delivered);
                self.unknown
                    .push(format!("{name}: {asked}: not all of it was asked for"));
            }
            if delivered.asked.octets > 0 {
                self.asked.push(Asked {
                    text: format!("{name}: {}", asked(&delivered)),
                    shown: shown(&delivered),
                    values,
                });
            }
        }
    }

    /// Judges links: those that a tenant has a part in, or all. What fell behind is told once for all
    /// whose contracts go by it.
    pub(super) fn add_links(&mut self, index: &Index<'_>, only: Option<TenantId>) {
        let watch = index.case.record.deliveries.as_ref();
        let slow = watch.map(DeliveryWatch::slow_links).unwrap_or_default();
        let touched = |link: &SlowLink| only.is_none_or(|tenant| link.tenants.contains(&tenant));
        self.wrong.extend(
            slow.iter()
                .filter(|link| touched(link))
                .map(|link| Detail::from(slow_link(index, link))),
        );
    }

    /// What was bought, asked and got, for the verdict's line: of one service whole, of many how many
    /// more. What would have shown is said where nothing did.
    pub(super) fn told(&self, nothing_wrong: bool) -> String {
        let text = |asked: &Asked| asked.told(nothing_wrong);
        match &self.asked[..] {
            [] => String::new(),
            few @ ([_] | [_, _]) => format!("; {}", few.iter().map(text).collect::<Vec<_>>().join("; ")),
            many => format!("; {} and {} more directions", text(&many[0]), many.len() - 1),
        }
    }

    /// The same of every direction where nothing was wrong, with its numbers.
    pub(super) fn details(&self) -> Vec<Detail> {
        let detail = |asked: &Asked| Detail::new(asked.told(true), asked.values.clone());
        self.asked.iter().map(detail).collect()
    }

    /// Every direction's numbers.
    pub(super) fn values(&self) -> Value {
        let fields = |asked: &Asked| Value::Fields(asked.values.clone());
        Value::List(self.asked.iter().map(fields).collect())
    }
}

impl Asked {
    fn told(&self, nothing_wrong: bool) -> String {
        let shown = if nothing_wrong { self.shown.as_str() } else { "" };
        format!("{}{shown}", self.text)
    }
}

/// A direction's numbers.
fn values(tenant: &str, name: &str, delivered: &Delivered) -> Vec<Field> {
    let asked = BitRate::from_bps(peak(delivered));
    let got = delivered.got.rate().map(BitRate::from_bps);
    let short = least_shown(delivered).map(|percent| percent * (SHARE / 100));
    vec![
        Field::new("tenant", Value::text(tenant)),
        Field::new("direction", Value::text(name)),
        Field::new("bought", Value::rate(delivered.sold.rate)),
        Field::new("asked", Value::rate(asked)),
        Field::new("got", Value::rate(got)),
        Field::new("least_shortfall", Value::Number(Unit::Share, short)),
    ]
}

/// What of a direction was withheld without reason, and what cannot be known.
#[derive(Debug, Default)]
pub(super) struct Withheld {
    pub wrong: Vec<String>,
    pub unknown: Vec<String>,
}

/// The delay variation up to a rank.
fn variation(delivered: &Delivered, rank: u32) -> SimDuration {
    let here = delivered.spots.iter().filter(|spot| spot.rank == rank & !1);
    here.map(Spot::variation).max().unwrap_or_default()
}

/// Octets by which policers and jitter may put a frame out of step with the contract.
fn slack(delivered: &Delivered, jitter: SimDuration) -> u64 {
    let frames = delivered.policers.saturating_mul(u64::from(delivered.longest));
    frames.saturating_add(octets_in(delivered.bounds.0, jitter))
}

/// The jitter that a place is allowed: the most up to there and up to any policer that dropped anything,
/// and that of every further one of them.
fn jitter(spot: &Spot, own: SimDuration, policers: &[(u32, SimDuration)]) -> SimDuration {
    let mut all: Vec<SimDuration> = policers.iter().map(|(_, jitter)| *jitter).collect();
    if !policers.iter().any(|(rank, _)| *rank == spot.rank) {
        match all.iter_mut().max() {
            Some(most) => *most = (*most).max(own),
            None => all.push(own),
        }
    }
    all.into_iter().fold(SimDuration::ZERO, SimDuration::saturating_add)
}

/// Judges every place where frames ended in a policer or a queue.
pub(super) fn unjustified(delivered: &Delivered, name: impl Fn(&Spot) -> String) -> Withheld {
    let (rate, burst) = (delivered.bounds.0, delivered.burst.get());
    let policed = delivered.spots.iter().filter(|spot| spot.withheld[0] > 0);
    let depth = |spot: &Spot| {
        let own = spot.burst.map_or(burst, |own| own.get().min(burst));
        own.saturating_sub(octets_in(rate, variation(delivered, spot.rank)))
    };
    let deepest = policed.clone().map(depth).min().unwrap_or(burst);
    // Each policer that dropped anything is out of step by its own jitter, and the others with it.
    let last: Vec<(u32, SimDuration)> = policed
        .map(|spot| (spot.rank, variation(delivered, spot.rank)))
        .collect();
    let mut found = Withheld::default();
    for spot in delivered.spots.iter().filter(|spot| spot.withheld != [0; 2]) {
        let jitter = jitter(spot, variation(delivered, spot.rank), &last);
        let slack = slack(delivered, jitter);
        let lost = frames(spot.withheld[0] + spot.withheld[1]);
        let what = if spot.withheld[0] > 0 { "policer" } else { "queue" };
        if deepest < slack.saturating_add(u64::from(delivered.longest)) {
            found.unknown.push(format!(
                "{lost} ended in a {what} at {}, and with delays that vary by {jitter} nobody can say whether rightly",
                name(spot)
            ));
            continue;
        }
        let rungs = spot.worst.iter().enumerate();
        let rungs = rungs.take_while(|(rung, _)| rung_octets(*rung) <= deepest);
        let worst = rungs.filter_map(|(rung, worst)| Some(((*worst)?, rung))).max();
        if let Some((left, rung)) = worst.filter(|(left, _)| *left >= slack) {
            found.wrong.push(format!(
                "{lost} ended in a {what} at {}, {} of them without reason and the first of those at {}, and {} of a burst of {} octets of {} were unused beside one \
                 of them ({} allowed for {} and a jitter of {jitter})",
                name(spot),
                thousands(spot.refused),
                spot.first.unwrap_or_default(),
                thousands(left),
                thousands(rung_octets(rung)),
                delivered.sold.rate,
                thousands(slack),
                policers(delivered.policers)
            ));
        }
    }
    if delivered.unknown > 0 {
        let n = frames(delivered.unknown);
        found.unknown.push(format!(
            "too many frames were under way at once: of {n} nothing is known"
        ));
    }
    found
}

fn policers(many: u64) -> String {
    format!("{many} policer{}", if many == 1 { "" } else { "s" })
}

fn name(index: &Index<'_>, tenant: TenantId, contract: Contract, delivered: &Delivered) -> String {
    let plan = index.case.plan;
    let tenant = index.case.tenant(tenant);
    match contract {
        Contract::Service(way) => {
            let way = &plan.ways[way];
            let towards = if delivered.to_cloud { "to" } else { "from" };
            format!(
                "{tenant}, VLAN {} of {}, {towards} the cloud",
                way.vlan, plan.circuits[way.circuit].name
            )
        }
        Contract::Border(link) => {
            let link = &plan.links[link.index()];
            format!("{tenant}, {}", across(index, link, delivered.to_cloud))
        }
    }
}

/// A direction across a border: from its `a` end, or from its `b` end.
fn across(index: &Index<'_>, link: &LinkPlan, forth: bool) -> String {
    let node = |(node, _): (NodeId, PortNo)| &index.case.plan.nodes[node.index()].name;
    let (a, b) = (node(link.a), node(link.b));
    let (from, to) = if forth { (a, b) } else { (b, a) };
    format!("border {}, from {from} to {to}", link.name)
}

/// A rate in whole kbit/s, so that it can be read.
fn readable(bps: u64) -> BitRate {
    BitRate::from_bps(if bps >= 1_000_000 { bps / 1_000 * 1_000 } else { bps })
}

/// The most that was asked in 100 ms, as a rate.
fn peak(delivered: &Delivered) -> u64 {
    delivered.peak.saturating_mul(80)
}

fn asked(delivered: &Delivered) -> String {
    let (bought, peak) = (delivered.sold.rate, readable(peak(delivered)));
    let within = if peak > bought && delivered.asked.over == 0 {
        " within its burst"
    } else {
        ""
    };
    let got = readable(delivered.got.rate().unwrap_or_default());
    format!("bought {bought}, asked up to {peak}{within}, got {got}")
}

/// The least shortfall that would have shown.
fn shown(delivered: &Delivered) -> String {
    match least_shown(delivered) {
        None => ", too little for any shortfall to show".to_owned(),
        Some(percent) => format!(", a shortfall of {percent} % or more would have shown"),
    }
}

/// The same in percent: of the policers that were supposed, at the reference point and with the deepest
/// and the shallowest bucket of the way, the one that withholds least and, with all that withhold more, could not have been
/// excused by three times what policers and jitter may put out of step.
fn least_shown(delivered: &Delivered) -> Option<u64> {
    let jitter = delivered.spots.iter().map(Spot::variation).max().unwrap_or_default();
    let slack = slack(delivered, jitter);
    let burst = delivered.bounds.1.get();
    let deepest = burst.saturating_sub(octets_in(delivered.bounds.0, jitter));
    let enough = slack.saturating_mul(3);
    let shows =
        |supposed: &Supposed| supposed.dropped >= enough && supposed.worst(deepest).is_some_and(|left| left >= enough);
    let shares = delivered.supposed.chunk_by(|a, b| a.short == b.short).rev();
    let shown = shares.take_while(|both| both.iter().all(shows));
    shown.last().map(|both| both[0].short)
}

fn slow_link(index: &Index<'_>, slow: &SlowLink) -> String {
    let link = &index.case.plan.links[slow.link.index()];
    let mut tenants: Vec<&str> = slow.tenants.iter().map(|tenant| index.case.tenant(*tenant)).collect();
    tenants.dedup();
    let direction = match (link.role == LinkRole::CrossBorder, slow.to_cloud) {
        (true, forth) => across(index, link, forth),
        (false, true) => "to the cloud".to_owned(),
        (false, false) => "from the cloud".to_owned(),
    };
    format!(
        "{}, {direction}: {} carries {} on the wire, and {} are sold over it: it fell {} octets behind what was asked \
         within that, first at {}",
        some(tenants),
        link.name,
        link.config.rate,
        slow.sold,
        thousands(slow.behind),
        slow.first
    )
}

/// Policers of the way that count more of a frame than the contract, with the arithmetic.
fn counted_otherwise(index: &Index<'_>, way: usize, delivered: &Delivered) -> Vec<String> {
    let plan = index.case.plan;
    let way = &plan.ways[way];
    let circuit = &plan.circuits[way.circuit];
    let contract = beside_payload(policer_rule(&plan.law.premises().policies).octets);
    let payload = delivered.shortest.saturating_sub(contract);
    let agreed = u64::from(payload.saturating_add(contract));
    let counts = |octets: Octets, tagged: bool| octets.count(payload + if tagged { 18 } else { 14 }, payload);
    let mut found = Vec::new();
    let wired = plan.nodes.iter().filter_map(|node| match &node.kind {
        NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) => {
            Some((node.name.as_str(), switch.tables.services.get(&way.service)?))
        }
        NodeKind::AccessDevice(_) | NodeKind::Idc(_) | NodeKind::Vbr(_) | NodeKind::Vpc(_) => None,
    });
    let typed = plan.faults.iter().filter_map(|fault| match &fault.what {
        Fault::Switch(node, SwitchChange::Set(id, service)) if *id == way.service => {
            Some((plan.nodes[node.index()].name.as_str(), service))
        }
        _ => None,
    });
    for (name, service) in wired.chain(typed) {
        for member in &service.members {
            let police: Option<&Policer> = member.police.as_ref();
            let count = police.map(|policer| counts(policer.octets, member.vid.is_some()));
            found.extend(count.map(|count| (name, count)));
        }
    }
    if let Some(octets) = circuit.subif_octets.filter(|_| circuit.subif_rate_limit) {
        let device = plan.nodes[circuit.device.index()].name.as_str();
        let tagged = delivered.to_cloud && way.vlan != 0;
        found.push((device, counts(octets, tagged)));
    }
    let mut told = BTreeSet::new();
    found.retain(|one| told.insert(*one));
    let more = found.into_iter().filter(|(_, count)| *count > agreed && agreed > 0);
    more.map(|(name, count)| {
        let short = (count - agreed) * 10_000 / agreed;
        let (whole, part) = (short / 100, short % 100);
        format!("the policer of {name} counts {count} for {agreed}: {whole}.{part:02} % short")
    })
    .collect()
}

#[cfg(test)]
mod model;
