//! What nobody knows: a verdict that needs it is INCONC, whatever the stand-in that was run came to.

use super::assumed::subject;
use super::case::some;
use super::index::Index;
use super::{Field, Finding, Value, Verdict};
use crate::ident::TenantId;
use crate::scenario::Plan;
use crate::scenario::plan::{Check, UnknownWord};

/// What a check needs to know of a tenant's service.
pub(super) const fn needs(check: &Check) -> &'static [UnknownWord] {
    use UnknownWord::{Account, Address, Circuit, Legacy, Peak, Spec, Tag, VlanId};
    match check {
        Check::Conservation | Check::Storm => &[],
        Check::Isolation => &[Circuit, VlanId, Tag],
        Check::Gating => &[Legacy],
        // Would each call be answered so? That hangs on everything that it is told.
        Check::Provisioning => &[Account, Circuit, VlanId, Spec, Address, Legacy],
        Check::Inheritance => &[VlanId, Spec, Address, Legacy],
        Check::Reachability { .. } | Check::Health { .. } | Check::Resolution { .. } => {
            &[Circuit, VlanId, Tag, Address]
        }
        Check::Continuity { .. } | Check::Sla(_) => &[Circuit, VlanId, Tag, Spec, Address, Peak],
        Check::Bandwidth { .. } => &[Spec, Peak],
        Check::Billing { .. } => &[Account, Legacy, Spec, Peak],
        Check::Attribution { .. } => &[Account, Circuit, VlanId, Tag, Spec, Address, Legacy, Peak],
        Check::Choice { .. } => &[Circuit, Spec],
    }
}

/// What of it nobody knows, of a tenant or of all, each with whose it is.
fn missing(plan: &Plan, needs: &[UnknownWord], whose: Option<TenantId>) -> Vec<String> {
    let all = plan.unknown.iter();
    let own = all.filter(|(tenant, word)| whose.is_none_or(|whose| whose == *tenant) && needs.contains(word));
    own.map(|(tenant, word)| format!("{} of {}", word.as_str(), plan.tenants[tenant.index()].name))
        .collect()
}

/// What a proof of isolation needs and nobody knows; `None`: everything is known.
pub fn unknown_of_isolation(plan: &Plan) -> Option<String> {
    let missing = missing(plan, needs(&Check::Isolation), None);
    (!missing.is_empty()).then(|| format!("UNKNOWN: {}", some(missing.iter().map(String::as_str))))
}

/// Takes a verdict back that needs what nobody knows, and says what that is. A check of the whole run that fails
/// keeps its FAIL: the frames that it found may be of others.
pub(super) fn tell(index: &Index<'_>, check: &Check, finding: &mut Finding) {
    let case = &index.case;
    let whose = subject(case, check);
    let missing = missing(case.plan, needs(check), whose);
    let taken_back = match finding.verdict {
        Verdict::Pass => true,
        Verdict::Fail => whose.is_some(),
        Verdict::Inconc | Verdict::Error | Verdict::NotApplicable | Verdict::NotTestable => false,
    };
    if missing.is_empty() || !taken_back {
        return;
    }
    let was = finding.verdict.as_str();
    let names = some(missing.iter().map(String::as_str));
    finding.text = format!("UNKNOWN: {names}; with stand-ins it is {was}: {}", finding.text);
    finding.verdict = Verdict::Inconc;
    finding.values.push(Field::new("unknown", Value::names(missing)));
}

#[cfg(test)]
mod tests {
    use super::{needs, unknown_of_isolation};
    use crate::check::{Judgement, Verdict};
    use crate::scenario::plan::{Check, UnknownWord};
    use crate::scenario::{MemorySources, load_text};

    /// Two tenants, of the first of whom `unknown` is not known.
    fn text(unknown: &str, expect: &str) -> String {
        format!(
            "trunklab: 1\nname: u\nduration: 20s\naccounts: [{{ name: p, uid: 1, role: partner }}]\n\
             access_points: [{{ name: ap }}]\naccess_devices: [{{ name: dev, region: r }}]\n\
             circuits: [{{ name: c, a: ap, b: dev }}]\ntenants:\n\
             \x20 - {{ name: a, circuit: c, unknown: [{unknown}], traffic: {{ interval: 100ms, stop: 19s }} }}\n\
             \x20 - {{ name: b, circuit: c, traffic: {{ interval: 100ms, stop: 19s }} }}\nexpect:\n{expect}"
        )
    }

    fn judged(unknown: &str, expect: &str) -> Judgement {
        let text = text(unknown, expect);
        let loaded = load_text("u.yaml", text, &MemorySources::new()).unwrap_or_else(|r| panic!("{}", r.errors[0]));
        crate::judge(&loaded.plan, &crate::run(&loaded.plan).expect("a run"))
    }

    #[test]
    fn each_check_needs_what_its_verdict_hangs_on() {
        use crate::scenario::plan::UnknownWord::{Account, Address, Circuit, Legacy, Peak, Spec, Tag, VlanId};
        let expect = "  - { check: reachability, flow: a-flow }\n  - { check: continuity, tenant: a }\n\
                      \x20 - { check: sla, tenant: a, delay_max: 1s }\n  - { check: bandwidth, tenant: a }\n\
                      \x20 - { check: billing, tenant: a, port_payer: a }\n\
                      \x20 - { check: attribution, tenant: a, party: none }\n\
                      \x20 - { check: resolution, last_resolved: [0s, 9s] }\n";
        let loaded = load_text("u.yaml", text("", expect), &MemorySources::new()).expect("a scenario");
        let asked: Vec<&[UnknownWord]> = loaded.plan.expect.iter().map(|one| needs(&one.check)).collect();
        let way: &[UnknownWord] = &[Circuit, VlanId, Tag, Address];
        let flow: &[UnknownWord] = &[Circuit, VlanId, Tag, Spec, Address, Peak];
        let all: &[UnknownWord] = &[Account, Circuit, VlanId, Tag, Spec, Address, Legacy, Peak];
        let bill: &[UnknownWord] = &[Account, Legacy, Spec, Peak];
        let own = &asked[asked.len() - 7..];
        assert_eq!(own, [way, flow, flow, &[Spec, Peak], bill, all, way]);
        let none: &[UnknownWord] = &[];
        assert_eq!((needs(&Check::Conservation), needs(&Check::Storm)), (none, none));
        assert_eq!(needs(&Check::Isolation), [Circuit, VlanId, Tag]);
        assert_eq!(needs(&Check::Gating), [Legacy]);
        assert_eq!(
            needs(&Check::Provisioning),
            [Account, Circuit, VlanId, Spec, Address, Legacy]
        );
        assert_eq!(needs(&Check::Inheritance), [VlanId, Spec, Address, Legacy]);
    }

    #[test]
    fn a_proof_of_isolation_needs_what_isolation_needs() {
        let of = |unknown: &str| {
            let loaded = load_text(
                "u.yaml",
                text(unknown, "  - { check: isolation }\n"),
                &MemorySources::new(),
            );
            unknown_of_isolation(&loaded.expect("a scenario").plan)
        };
        assert_eq!((of(""), of("spec, peak")), (None, None));
        assert_eq!(of("spec, vlan_id").as_deref(), Some("UNKNOWN: vlan_id of a"));
    }

    #[test]
    fn a_verdict_that_is_taken_back_says_what_it_was_and_why() {
        let judgement = judged(
            "address, peak",
            "  - { check: reachability, flow: a-flow, reachable: false }\n  - { check: reachability, flow: b-flow, reachable: false }\n",
        );
        let line = |subject: &str| {
            judgement
                .lines
                .iter()
                .find(|line| line.subject == subject)
                .expect("a line")
        };
        assert_eq!(
            (line("a-flow").verdict, line("b-flow").verdict),
            (Verdict::Inconc, Verdict::Fail)
        );
        let finding = &line("a-flow").finding;
        assert!(
            finding.starts_with("UNKNOWN: address of a; with stand-ins it is FAIL: "),
            "{finding}"
        );
        assert!(line("a-flow").values.iter().any(|field| field.key == "unknown"));
        let isolation = judgement
            .lines
            .iter()
            .find(|line| line.check == "isolation")
            .expect("a line");
        assert_eq!(isolation.verdict, Verdict::Pass, "it needs neither");
    }

    #[test]
    fn a_whole_run_that_fails_keeps_its_fail() {
        let expect = "  - { check: provisioning }\nprovisioning:\n  - { at: 1s, by: p, do: AttachVbrToVpconn, with: { VbrId: b-vbr, VpconnId: b-port } }\n";
        let judgement = judged("spec", expect);
        let line = judgement
            .lines
            .iter()
            .find(|line| line.check == "provisioning")
            .expect("a line");
        assert_eq!(line.verdict, Verdict::Fail, "{}", line.finding);
    }
}
