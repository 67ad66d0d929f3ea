//! Fails where a VBR on a shared port has another VLAN or bandwidth than its port, or a port two VBRs.
//!
//! Three witnesses: what was shown of VBR and port whenever it changed, their own records at the
//! end, and the access device's table entry of the VLAN at the end.

use super::case::{Case, counted};
use super::{Finding, Value, Verdict};
use crate::evidence::ServiceFact;
use crate::forward::Service;
use crate::provision::{PcId, VbrId};
use crate::wire::Vid;

pub(super) fn judge(case: &Case<'_>) -> Finding {
    let mut seen = 0u64;
    let mut wrong = Vec::new();
    for (_, fact) in &case.record.cloud.facts {
        let (Some(vbr), Some(port)) = (&fact.vbr, &fact.port) else {
            continue;
        };
        if port.vbrs == 0 {
            continue; // A port made from a legacy VBR that does not hang on it yet.
        }
        seen += 1;
        let same = vbr.vlan == port.vlan && vbr.bandwidth == Some(port.bandwidth) && fact.vlan == port.vlan;
        if !same || port.vbrs != 1 {
            wrong.push(describe(case, fact));
        }
    }
    let records = records(case, &mut wrong);
    let tables = tables(case, &mut wrong);
    wrong.extend(case.record.cloud.law.violations());
    let departures = Value::count(wrong.len());
    let found = match (wrong.is_empty(), seen + records) {
        (false, _) => Finding::new(Verdict::Fail, "a VBR does not inherit from its shared port").with(wrong),
        (true, 0) => Finding::new(Verdict::NotApplicable, "no VBR hung on a shared port"),
        _ => Finding::new(
            Verdict::Pass,
            format!(
                "VLAN and bandwidth of VBR and port agree, one VBR per port, in {}, {} and {}",
                counted(seen, "state shown", "states shown"),
                counted(records, "pair of records", "pairs of records"),
                counted(tables, "device table", "device tables")
            ),
        ),
    };
    found.numbers([
        ("departures", departures),
        ("states_shown", Value::count(seen)),
        ("pairs_of_records", Value::count(records)),
        ("device_tables", Value::count(tables)),
    ])
}

/// Each VBR's own record against its port's, and how many VBRs name each port. Returns how many
/// pairs there were.
fn records(case: &Case<'_>, wrong: &mut Vec<String>) -> u64 {
    let law = &case.record.cloud.law;
    let hanging = law.vbrs().filter(|(_, vbr)| vbr.is_on_port());
    let mut pairs: Vec<(PcId, VbrId)> = hanging.map(|(id, vbr)| (vbr.connection, id)).collect();
    pairs.sort_unstable();
    for (port, vbr) in &pairs {
        let (own, of) = (law.port(*port).map(|p| p.vlan), law.vbr(*vbr).map(|v| v.vlan));
        if own != of {
            wrong.push(format!("{vbr} has VLAN {of:?} in its record, its port {port} {own:?}"));
        }
    }
    for pair in pairs.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        wrong.push(format!("{} and {} hang on {}", pair[0].1, pair[1].1, pair[0].0));
    }
    pairs.len() as u64
}

/// The access device's table entry of every VLAN whose service was shown as open last, against
/// the shared port. Returns how many there were.
fn tables(case: &Case<'_>, wrong: &mut Vec<String>) -> u64 {
    let mut last: std::collections::BTreeMap<(&str, u16), &ServiceFact> = std::collections::BTreeMap::new();
    for (_, fact) in &case.record.cloud.facts {
        last.insert((&fact.circuit, fact.vlan), fact);
    }
    let mut seen = 0;
    for ((circuit, vlan), device) in case.record.numbering.vlans().iter().zip(&case.record.devices) {
        let plan = &case.plan.circuits[*circuit];
        let Some(fact) = last.get(&(plan.name.as_str(), *vlan)).filter(|f| f.open) else {
            continue;
        };
        let Some(port) = fact.port.as_ref().filter(|p| p.vbrs > 0) else {
            continue;
        };
        seen += 1;
        let vid = Vid::new(port.vlan).filter(|_| port.vlan != 0);
        let member = |service: &Service| {
            let at = |m: &&crate::forward::Member| (m.port, m.vid) == (plan.device_port, vid);
            service.members.iter().find(at).cloned()
        };
        let name = case.tenant(fact.tenant);
        match device.service.as_ref().and_then(member) {
            None => wrong.push(format!(
                "{name}: the device has no entry for VLAN {} of {circuit}",
                port.vlan,
                circuit = plan.name
            )),
            Some(member) => {
                let rate = member.police.map(|p| p.rate);
                if plan.subif_rate_limit && rate != Some(port.bandwidth) {
                    let has = rate.map_or("nothing".to_owned(), |r| r.to_string());
                    wrong.push(format!(
                        "{name}: the device polices VLAN {} to {has}, the port has {}",
                        port.vlan, port.bandwidth
                    ));
                }
            }
        }
    }
    seen
}

fn describe(case: &Case<'_>, fact: &ServiceFact) -> String {
    let rate = |rate: Option<crate::units::BitRate>| rate.map_or("unlimited".to_owned(), |r| r.to_string());
    let vbr = fact.vbr.as_ref().map_or("no VBR".to_owned(), |v| {
        format!("{} has VLAN {} and {}", v.id, v.vlan, rate(v.bandwidth))
    });
    let port = fact.port.as_ref().map_or("no port".to_owned(), |p| {
        format!("{} has VLAN {}, {} and {} VBR", p.id, p.vlan, p.bandwidth, p.vbrs)
    });
    format!(
        "{} at {}, VLAN {}: {vbr}; {port}",
        case.tenant(fact.tenant),
        fact.at,
        fact.vlan
    )
}
