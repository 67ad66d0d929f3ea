//! Fails where a VBR on a shared port has another VLAN or bandwidth than its port, or a port two VBRs.

use super::case::{Case, thousands};
use super::{Finding, Verdict};
use crate::evidence::ServiceFact;

pub(super) fn judge(case: &Case<'_>) -> Finding {
    let mut seen = 0u64;
    let mut wrong = Vec::new();
    for (_, fact) in &case.run.cloud.facts {
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
    match (wrong.is_empty(), seen) {
        (false, _) => Finding::new(Verdict::Fail, "a VBR does not inherit from its shared port").with(wrong),
        (true, 0) => Finding::new(Verdict::NotApplicable, "no VBR hung on a shared port"),
        _ => Finding::new(
            Verdict::Pass,
            format!(
                "VLAN and bandwidth of VBR and port agree, one VBR per port, in each of {} states shown",
                thousands(seen)
            ),
        ),
    }
}

fn describe(case: &Case<'_>, fact: &ServiceFact) -> String {
    let (vbr, port) = (fact.vbr.as_ref(), fact.port.as_ref());
    format!(
        "{} at {}: VBR {:?}, port {:?}",
        case.tenant(fact.tenant),
        fact.at,
        vbr.map(|v| (v.id.as_str(), v.vlan, v.bandwidth.map(|b| b.to_string()))),
        port.map(|p| (p.id.as_str(), p.vlan, p.bandwidth.to_string(), p.vbrs)),
    )
}
