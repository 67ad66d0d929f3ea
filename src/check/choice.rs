//! Fails where a way to the cloud (a shared port, or a circuit of one's own) fits the need stated
//! and should not, or the reverse: ready in time, fast enough, near enough, within the budget.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::case::Case;
use super::{Finding, Verdict};
use crate::ident::NodeId;
use crate::provision::SpecUnit;
use crate::scenario::DedicatedPort;
use crate::scenario::plan::{LinkRole, Need, NodeKind, Prices, VbrSlot};
use crate::units::{BitRate, SimDuration, SimTime};

/// What a way to the cloud turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudWay {
    /// The VBR at its end.
    pub name: String,
    /// Does it hang on a shared port?
    pub shared: bool,
    /// When its gate first opened.
    pub ready: Option<SimTime>,
    /// Its bandwidth.
    pub bandwidth: Option<BitRate>,
    /// Propagation from the IDC to the partner, and on to the access device.
    pub delay: Option<(SimDuration, SimDuration)>,
    /// Monthly fee of its port, in millionths; `None`: the scenario gives no price.
    pub monthly: Option<u64>,
    /// What is paid once, in millionths; nothing for a shared port.
    pub once: Option<u64>,
}

/// How many whole km of fibre light passes in that time: it goes 2e8 m/s, 5,000 ns a km.
pub fn fibre_km(delay: SimDuration) -> u64 {
    const NANOS_PER_KM: u64 = 5_000;
    delay.as_nanos() / NANOS_PER_KM
}

impl CloudWay {
    /// From the IDC to the access device, in whole km of fibre.
    pub fn km(&self) -> Option<u64> {
        self.delay.map(|(near, far)| fibre_km(near.saturating_add(far)))
    }

    /// Why it certainly does not meet the need, and what of it is asked for and not known.
    fn misses(&self, need: &Need) -> (Vec<&'static str>, Vec<&'static str>) {
        let nanos = |time: SimTime| time.as_nanos();
        let over = |have: Option<u64>, most: Option<u64>| most.map(|most| have.map(|have| have > most));
        let bandwidth = need.bandwidth_min.map(|least| self.bandwidth.map(|b| b < least));
        // Never ready is too late: whoever asks has waited for that.
        let ready = self.ready.map_or(u64::MAX, nanos);
        let asked = [
            (
                over(Some(ready), need.ready_by.map(nanos)),
                "too late",
                "when it is ready",
            ),
            (bandwidth, "too slow", "its bandwidth"),
            (over(self.monthly, need.monthly_max), "too dear", "its price"),
            (over(self.km(), need.distance_max_km), "too far", "its length"),
        ];
        let missed = asked.iter().filter(|(missed, ..)| *missed == Some(Some(true)));
        let unknown = asked.iter().filter(|(missed, ..)| *missed == Some(None));
        (
            missed.map(|(_, why, _)| *why).collect(),
            unknown.map(|(.., what)| *what).collect(),
        )
    }
}

pub(super) fn judge(case: &Case<'_>, slot: usize, need: &Need, fits: bool) -> Finding {
    if *need == Need::default() {
        return Finding::new(
            Verdict::Inconc,
            "nothing was asked of it, so that nothing could have failed",
        );
    }
    let way = way(case, slot);
    if way.ready.is_none() && need.ready_by.is_none_or(|by| by > case.record.end) {
        return Finding::new(Verdict::Inconc, "it never opened, and the run ends before it has to");
    }
    let (misses, unknown) = way.misses(need);
    let ready = way
        .ready
        .map_or("never ready".to_owned(), |at| format!("ready after {at}"));
    if misses.is_empty() && !unknown.is_empty() {
        let text = format!("{ready}; {} is not known", unknown.join(", "));
        return Finding::new(Verdict::Inconc, text);
    }
    let answer = if misses.is_empty() {
        "it fits".to_owned()
    } else {
        format!("it does not fit: {}", misses.join(", "))
    };
    let verdict = if misses.is_empty() == fits {
        Verdict::Pass
    } else {
        Verdict::Fail
    };
    Finding::new(verdict, format!("{ready}; {answer}"))
}

/// What the way that ends at this slot's VBR turned out to be.
pub fn way(case: &Case<'_>, slot: usize) -> CloudWay {
    let plan = &case.plan.vbr_slots[slot];
    let facts = || {
        case.record
            .cloud
            .facts
            .iter()
            .filter(move |(s, _)| *s == Some(slot))
            .map(|(_, fact)| fact)
    };
    let last = facts().rfind(|f| f.vbr.is_some());
    let vbr = last.and_then(|f| f.vbr.as_ref());
    let port = last.and_then(|f| f.port.as_ref());
    let circuit = &case.plan.circuits[plan.circuit];
    let bandwidth = vbr.and_then(|v| v.bandwidth).or(vbr.map(|_| circuit.bandwidth));
    let prices = case.plan.prices.as_ref();
    let unit = case.record.cloud.law.premises().policies.spec_1g;
    let (monthly, once) = match port {
        Some(port) => (prices.and_then(|p| shared(p, port.bandwidth, unit)), Some(0)),
        None => {
            let monthly = prices.and_then(|p| dedicated(p, circuit.bandwidth));
            (monthly, prices.map(|p| p.installation.unwrap_or(0)))
        }
    };
    CloudWay {
        name: plan.name.clone(),
        shared: port.is_some(),
        ready: facts().find(|f| f.open).map(|f| f.at),
        bandwidth,
        delay: vbr.and_then(|v| delay(case, plan, &v.addresses)),
        monthly,
        once,
    }
}

/// What a shared port of that bandwidth costs a month.
fn shared(prices: &Prices, rate: BitRate, unit: SpecUnit) -> Option<u64> {
    let mut known = prices.port_per_month.iter();
    known.find(|(spec, _)| spec.rate(unit) == rate).map(|(_, price)| *price)
}

/// What a port of a circuit of that bandwidth costs a month.
fn dedicated(prices: &Prices, rate: BitRate) -> Option<u64> {
    prices.dedicated_per_month.get(&DedicatedPort::Rate(rate)).copied()
}

/// Propagation over the last mile, and on over switches and circuit to the access device.
fn delay(case: &Case<'_>, slot: &VbrSlot, addresses: &str) -> Option<(SimDuration, SimDuration)> {
    let peer = addresses.split('/').nth(1)?.parse::<Ipv4Addr>().ok()?;
    let mut nodes = case.plan.nodes.iter();
    let idc = nodes.position(|node| match &node.kind {
        NodeKind::Idc(idc) => idc.tenant == slot.tenant && idc.address == peer,
        NodeKind::AccessPoint(_) | NodeKind::Fabric(_) | NodeKind::AccessDevice(_) => false,
        NodeKind::Vbr(_) | NodeKind::Vpc(_) => false,
    })?;
    let idc = NodeId::of(idc);
    let uni = case
        .plan
        .links
        .iter()
        .find(|l| l.role == LinkRole::LastMile && (l.a.0 == idc || l.b.0 == idc))?;
    let switch = if uni.a.0 == idc { uni.b.0 } else { uni.a.0 };
    let circuit = &case.plan.circuits[slot.circuit];
    let link = &case.plan.links[circuit.link.index()];
    let near_end = if link.a.0 == circuit.device { link.b.0 } else { link.a.0 };
    let far = shortest(case, switch, near_end)?.saturating_add(link.config.delay);
    Some((uni.config.delay, far))
}

/// Least delay between two of the partner's switches (Dijkstra).
fn shortest(case: &Case<'_>, from: NodeId, to: NodeId) -> Option<SimDuration> {
    let mut near: BTreeMap<NodeId, Vec<(NodeId, SimDuration)>> = BTreeMap::new();
    for link in case.plan.links.iter().filter(|l| l.role == LinkRole::Trunk) {
        near.entry(link.a.0).or_default().push((link.b.0, link.config.delay));
        near.entry(link.b.0).or_default().push((link.a.0, link.config.delay));
    }
    let mut open = BTreeSet::from([(SimDuration::ZERO, from)]);
    let mut done = BTreeSet::new();
    while let Some((delay, here)) = open.pop_first() {
        if here == to {
            return Some(delay);
        }
        if done.insert(here) {
            let next = near.get(&here).into_iter().flatten();
            open.extend(next.map(|(there, more)| (delay.saturating_add(*more), *there)));
        }
    }
    None
}
